"""The changes between two versions of a framework as a text that people read."""

from __future__ import annotations

from collections.abc import Mapping

from parindex.language import Language, Text, number
from parindex.programme.changes import Aspect, Change, FrameworkChanges, NodeChange
from parindex.programme.framework import Node
from parindex.programme.node_matching import Match, Why

_GROUPS: tuple[tuple[str, Text], ...] = (
    ("kept", Text("Giữ nguyên ({count})", "Kept as it was ({count})")),
    ("moved", Text("Đổi mã ({count})", "Moved to another code ({count})")),
    ("changed", Text("Giữ mã, có thay đổi ({count})", "Changed, same code ({count})")),
    ("dropped", Text("Bỏ ({count})", "Dropped ({count})")),
    ("added", Text("Thêm mới ({count})", "Added ({count})")),
)
_WHY: Mapping[Why, Text] = {
    "declared": Text("khai báo trong continues", "declared under continues"),
    "same_code_and_name": Text("cùng mã, cùng tên", "same code and name"),
    "same_name": Text("cùng tên", "same name"),
    "similar_name": Text("tên gần giống, {score}", "similar name, {score}"),
    "same_content": Text("cùng nội dung bên dưới, {score}", "same content below, {score}"),
}
_ASPECTS: Mapping[Aspect, Text] = {
    "name": Text("tên", "name"),
    "level": Text("cấp", "level"),
    "parent": Text("nằm dưới", "below"),
    "max_points": Text("điểm tối đa", "maximum points"),
    "method": Text("cách đánh giá", "method"),
    "rule_kind": Text("loại cách tính điểm", "kind of rule"),
    "rule_parameters": Text("tham số", "parameter"),
    "inputs": Text("số liệu đầu vào", "input"),
    "not_applicable": Text("khi không áp dụng", "when not applicable"),
    "counted": Text("đếm từ hồ sơ", "counted from records"),
}
# Reasons repeat these in a sentence, so the list of changes leaves them out.
_SAID_BY_REASONS = frozenset({"rule_kind", "rule_parameters", "inputs"})

_TITLE = Text("So sánh bộ tiêu chí: {old} → {new}", "Framework compared: {old} → {new}")
_COUNTS = Text(
    "Giữ mã {kept}, đổi mã {moved}, bỏ {dropped}, thêm {added}. So sánh được {comparable} mục, không so sánh được "
    "{not_comparable} mục; các mục chấm điểm so sánh được chiếm {points}/{maximum} điểm.",
    "Same code {kept}, moved {moved}, dropped {dropped}, added {added}. Comparable {comparable} nodes, not comparable "
    "{not_comparable}; comparable leaves hold {points} of {maximum} points.",
)
_INDEX_YES = Text("Chỉ số chung: so sánh được.", "The whole index: comparable.")
_INDEX_NO = Text("Chỉ số chung: không so sánh được: {reasons}.", "The whole index: not comparable: {reasons}.")
_YES = Text("so sánh được", "comparable")
_NO = Text("không so sánh được: {reasons}", "not comparable: {reasons}")
_POSSIBLE = Text(
    "gần giống {codes}, chưa đủ để chọn; nếu đúng, khai báo continues",
    "resembles {codes}, too close to choose; declare continues if one is right",
)


def render_changes(changes: FrameworkChanges, language: Language) -> str:
    """Title, counts, then the nodes in five groups: kept, moved, changed, dropped, added. Empty groups are left out."""
    summary = changes.summary
    lines = [
        _TITLE.filled(language, {"old": changes.old.version, "new": changes.new.version}),
        _COUNTS.filled(
            language,
            {
                "kept": summary.kept,
                "moved": summary.moved,
                "dropped": summary.dropped,
                "added": summary.added,
                "comparable": summary.comparable,
                "not_comparable": summary.not_comparable,
                "points": summary.comparable_points,
                "maximum": changes.new.max_points,
            },
        ),
        _INDEX_YES.in_(language)
        if changes.comparable
        else _INDEX_NO.filled(language, {"reasons": _joined(changes.reasons, language)}),
        *(problem.words(language) for problem in changes.problems),
    ]
    for group, title in _GROUPS:
        members = [change for change in changes.nodes if _group(change) == group]
        if members:
            lines += ["", title.filled(language, {"count": len(members)})]
            for change in members:
                lines += _change_lines(change, language)
    return "\n".join(lines) + "\n"


def _group(change: NodeChange) -> str:
    if change.status == "kept" and (change.changes or not change.comparable):
        return "changed"
    return change.status


def _change_lines(change: NodeChange, language: Language) -> list[str]:
    node = change.new or change.old
    assert node is not None
    code = node.code
    if change.status == "moved" and change.old is not None:
        code = f"{change.old.code} → {node.code}"
    lines = [f"  {code} {_named(node, language)}"]
    if change.possible:
        lines.append("      " + _POSSIBLE.filled(language, {"codes": ", ".join(change.possible)}))
    if change.match is None:
        return lines
    if change.match.why != "same_code_and_name":
        lines[0] += f" [{_why(change.match, language)}]"
    lines += [
        "      " + _change_line(one, language)
        for one in change.changes
        # A declaration overrules the reasons; what changed must then be read here.
        if one.aspect not in _SAID_BY_REASONS or change.comparable
    ]
    if _group(change) == "kept":
        return lines
    said = (
        _YES.in_(language)
        if change.comparable
        else _NO.filled(language, {"reasons": _joined(change.reasons, language)})
    )
    return [*lines, "      " + "; ".join([said, *(note.in_(language) for note in change.notes)])]


def _change_line(change: Change, language: Language) -> str:
    old, new = change.old.in_(language), change.new.in_(language)
    if old == new:  # reworded in the other language only
        old, new = change.old.both(), change.new.both()
    at = f" {change.at}" if change.at else ""
    return f"{_ASPECTS[change.aspect].in_(language)}{at}: {old} → {new}"


def _named(node: Node, language: Language) -> str:
    points = Text("điểm", "point" if node.max_points == 1 else "points")
    return f"{node.name.in_(language)} ({number(node.max_points, language)} {points.in_(language)})"


def _why(match: Match, language: Language) -> str:
    return _WHY[match.why].filled(language, {"score": match.score} if match.score is not None else {})


def _joined(reasons: tuple[Text, ...], language: Language) -> str:
    return "; ".join(reason.in_(language) for reason in reasons)
