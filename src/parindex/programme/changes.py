"""What differs between two versions of a framework, and which values can still be compared between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from parindex.language import LANGUAGES, Text, same, written
from parindex.problems import Problem
from parindex.programme.framework import INDEX, Framework, LeafSpec, Node
from parindex.programme.node_matching import Match, match_nodes
from parindex.programme.rule_differences import Difference, RuleDifferences, rule_differences

Status = Literal["kept", "moved", "dropped", "added"]
Aspect = Literal[
    "name",
    "level",
    "parent",
    "max_points",
    "method",
    "rule_kind",
    "rule_parameters",
    "inputs",
    "not_applicable",
    "counted",
]

DECLARED_COMPARABLE = Text("so sánh được theo khai báo continues", "comparable as declared under continues")
DECLARED_NOT = Text("không so sánh được theo khai báo continues", "not comparable as declared under continues")
KIND_CHANGED = Text("loại cách tính điểm đổi từ {old} sang {new}", "the kind of rule changed from {old} to {new}")
INPUT_CHANGED = Text("số liệu đầu vào {at}: {old} → {new}", "the input {at}: {old} → {new}")
PARAMETER_CHANGED = Text("tham số {at}: {old} → {new}", "the parameter {at}: {old} → {new}")
FORMULA_FIXED = Text(
    "điểm tối đa đổi mà điểm theo công thức không đổi theo cùng tỷ lệ",
    "the maximum changed, and the points of the formula do not move with it",
)
CONTENT_ADDED = Text("có thêm mục con {codes}", "{codes} came in below it")
CONTENT_DROPPED = Text("không còn mục con {codes}", "{codes} went from below it")
CONTENT_NOT_COMPARABLE = Text("mục con không so sánh được: {codes}", "not comparable below it: {codes}")
CONTENT_SHARES = Text("tỷ trọng điểm thay đổi: {codes}", "other shares of the points: {codes}")
OUTLINE = Text("chỉ có đề cương, không biết mục con", "an outline: what is below it is not known")
ADJUSTMENTS_CHANGED = Text("điểm thưởng, điểm trừ thay đổi", "the bonus or penalty points changed")
SCALED = Text(
    "điểm trong cách tính đổi theo cùng tỷ lệ với điểm tối đa", "points within the rule moved with the maximum"
)
RESCALED = Text("so sánh theo phần trăm của điểm tối đa", "compare as a percentage of the maximum")
COUNTED_CHANGED = Text(
    "số đếm từ hồ sơ dùng chỉ tiêu khác; điểm chỉ đổi khi số đếm được dùng làm giá trị chấp nhận",
    "records count it by another measure; points move only where the count is what is accepted",
)
LABELS_CHANGED = Text("nhãn số liệu đầu vào viết khác", "inputs are worded anew")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing of a matched node that changed. `at`: the parameter or input, empty for the other aspects."""

    aspect: Aspect
    old: Text
    new: Text
    at: str = ""


@dataclass(frozen=True, slots=True)
class NodeChange:
    """What became of one node.

    `old` is None for an added node, `new` for a dropped one; `match` and `comparable` are then None. `comparable`
    speaks of values as a share of the maximum; when it is False, `reasons` say why. `possible` are codes that a
    dropped node resembles, too alike to choose between.
    """

    status: Status
    old: Node | None
    new: Node | None
    match: Match | None = None
    changes: tuple[Change, ...] = ()
    comparable: bool | None = None
    reasons: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    possible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of nodes (`leaves`: of leaves alone). `dropped` are nodes of the old framework, the rest of the new.

    `unchanged` are kept nodes on which nothing changed; `comparable_points` the new maximum points of comparable
    leaves.
    """

    kept: int
    moved: int
    dropped: int
    added: int
    unchanged: int
    comparable: int
    not_comparable: int
    comparable_points: Decimal
    leaves: Mapping[Status, int]


@dataclass(frozen=True)
class FrameworkChanges:
    """Every node of two frameworks, once: kept, moved or added in the order of the new one, then dropped.

    `comparable` and `reasons` speak of the whole index. `problems` are notices about `continues` that lead nowhere.
    """

    old: Framework
    new: Framework
    nodes: tuple[NodeChange, ...]
    comparable: bool
    reasons: tuple[Text, ...]
    problems: tuple[Problem, ...]

    @cached_property
    def of_new(self) -> Mapping[str, NodeChange]:
        """By the code in the new framework."""
        return {change.new.code: change for change in self.nodes if change.new is not None}

    @cached_property
    def of_old(self) -> Mapping[str, NodeChange]:
        """By the code in the old framework."""
        return {change.old.code: change for change in self.nodes if change.old is not None}

    @cached_property
    def summary(self) -> Summary:
        leaves: dict[Status, int] = {"kept": 0, "moved": 0, "dropped": 0, "added": 0}
        counts = dict(leaves)
        for change in self.nodes:
            counts[change.status] += 1
            node = change.new or change.old
            if node is not None and node.leaf is not None:
                leaves[change.status] += 1
        return Summary(
            **counts,
            unchanged=sum(change.status == "kept" and not change.changes for change in self.nodes),
            comparable=sum(change.comparable is True for change in self.nodes),
            not_comparable=sum(change.comparable is False for change in self.nodes),
            comparable_points=sum(
                (
                    change.new.max_points
                    for change in self.nodes
                    if change.new is not None and change.new.leaf is not None and change.comparable
                ),
                Decimal(0),
            ).normalize(),
            leaves=leaves,
        )

    def as_data(self) -> dict[str, Any]:
        """For JSON: texts in both languages, numbers as texts so that none loses a digit."""
        summary = self.summary
        return {
            "old": _framework_data(self.old),
            "new": _framework_data(self.new),
            "comparable": self.comparable,
            "reasons": [_text_data(reason) for reason in self.reasons],
            "summary": {
                "kept": summary.kept,
                "moved": summary.moved,
                "dropped": summary.dropped,
                "added": summary.added,
                "unchanged": summary.unchanged,
                "comparable": summary.comparable,
                "not_comparable": summary.not_comparable,
                "comparable_points": _number_data(summary.comparable_points),
                "leaves": dict(summary.leaves),
            },
            "nodes": [_change_data(change) for change in self.nodes],
            "problems": {language: [problem.as_data(language) for problem in self.problems] for language in LANGUAGES},
        }


def changes(old: Framework, new: Framework) -> FrameworkChanges:
    """What became of every node of `old`, and where every node of `new` comes from.

    Nodes are matched by `continues` of the new file where it names the version of the old one, else by names, way
    of scoring and place (`node_matching`). Values of a leaf stay comparable when kind, inputs and parameters of its
    rule are the same, points taken as shares of the maximum; values of a node above, when everything below it is
    comparable and has the same share of its points. A comparability declared under `continues` overrules both.

    Both frameworks must have been read without errors.
    """
    return _Comparison(old, new).result()


class _Comparison:
    def __init__(self, old: Framework, new: Framework):
        self.old = old
        self.new = new
        self.matching = match_nodes(old, new)
        self.by_new = {match.new: match for match in self.matching.matches}
        self.by_old = {match.old: match for match in self.matching.matches}
        self.found: dict[str, NodeChange] = {}

    def result(self) -> FrameworkChanges:
        # From the leaves up: what can be compared above depends on what is below.
        for node in reversed(self.new.nodes):
            match = self.by_new.get(node.code)
            if match is None:
                self.found[node.code] = NodeChange("added", None, node)
            else:
                self.found[node.code] = self._matched(self.old.by_code[match.old], node, match)
        dropped = tuple(
            NodeChange("dropped", node, None, possible=self.matching.possible.get(node.code, ()))
            for node in self.old.nodes
            if node.code not in self.by_old
        )
        reasons = self._content(self.old.domains, self.old.max_points, self.new.domains, self.new.max_points)
        if _adjustments(self.old) != _adjustments(self.new):
            reasons = (*reasons, ADJUSTMENTS_CHANGED)
        return FrameworkChanges(
            self.old,
            self.new,
            (*(self.found[node.code] for node in self.new.nodes), *dropped),
            comparable=not reasons,
            reasons=reasons,
            problems=self.matching.problems,
        )

    def _matched(self, old: Node, new: Node, match: Match) -> NodeChange:
        found = list(self._plain_changes(old, new))
        notes: list[Text] = []
        if old.leaf is not None and new.leaf is not None:
            rules = rule_differences(old, new, old_framework=self.old, new_framework=self.new)
            found += _leaf_changes(old.leaf, new.leaf, rules)
            reasons = _rule_reasons(rules)
            notes += [SCALED] * rules.scaled + [LABELS_CHANGED] * rules.labels
            notes += [COUNTED_CHANGED] * (_counted(old.leaf) != _counted(new.leaf))
        else:
            reasons = self._below(old, new)
        declared = new.continues if match.why == "declared" else None
        if declared is not None:
            reasons = () if declared.comparable else (DECLARED_NOT, *reasons)
            notes += [DECLARED_COMPARABLE] * declared.comparable
        if not reasons and old.max_points != new.max_points:
            notes.append(RESCALED)
        return NodeChange(
            "kept" if old.code == new.code else "moved",
            old,
            new,
            match,
            tuple(found),
            comparable=not reasons,
            reasons=reasons,
            notes=tuple(notes),
        )

    def _plain_changes(self, old: Node, new: Node) -> list[Change]:
        found = []
        if old.name != new.name:
            found.append(Change("name", old.name, new.name))
        if old.level != new.level:
            found.append(Change("level", LEVELS[old.level], LEVELS[new.level]))
        old_parent, new_parent = self.old.parents[old.code], self.new.parents[new.code]
        above = self.by_old.get(old_parent)
        if (above.new if above is not None else old_parent) != new_parent or (above is None and old_parent != INDEX):
            found.append(Change("parent", _node_words(old_parent, self.old), _node_words(new_parent, self.new)))
        if old.max_points != new.max_points:
            found.append(Change("max_points", _number_text(old.max_points), _number_text(new.max_points)))
        return found

    def _below(self, old: Node, new: Node) -> tuple[Text, ...]:
        if not old.children or not new.children:
            # The same file says the same, known or not.
            return () if self.old.sha256 == self.new.sha256 else (OUTLINE,)
        return self._content(old.children, old.max_points, new.children, new.max_points)

    def _content(
        self, old: tuple[Node, ...], old_points: Decimal, new: tuple[Node, ...], new_points: Decimal
    ) -> tuple[Text, ...]:
        """Why the sum over these nodes cannot be compared; empty when it can."""
        before = {node.code: node for node in old}
        came, other, shares = [], [], []
        stayed = set()
        for node in new:
            match = self.by_new.get(node.code)
            if match is None or match.old not in before:
                came.append(node.code)
                continue
            stayed.add(match.old)
            if not self.found[node.code].comparable:
                other.append(node.code)
            one = before[match.old]
            if Fraction(one.max_points) / Fraction(old_points) != Fraction(node.max_points) / Fraction(new_points):
                shares.append(node.code)
        went = [code for code in before if code not in stayed]
        return tuple(
            _filled(reason, codes=", ".join(codes))
            for reason, codes in (
                (CONTENT_ADDED, came),
                (CONTENT_DROPPED, went),
                (CONTENT_NOT_COMPARABLE, other),
                (CONTENT_SHARES, shares),
            )
            if codes
        )


def _leaf_changes(old: LeafSpec, new: LeafSpec, rules: RuleDifferences) -> list[Change]:
    found = []
    if old.method != new.method:
        found.append(Change("method", METHOD_WORDS[old.method], METHOD_WORDS[new.method]))
    if rules.kind is not None:
        found.append(_change("rule_kind", rules.kind))
    found += [_change("rule_parameters", difference) for difference in rules.parameters]
    found += [_change("inputs", difference) for difference in rules.inputs]
    if set(old.not_applicable) != set(new.not_applicable):
        found.append(Change("not_applicable", _policies(old), _policies(new)))
    before, after = _counted(old), _counted(new)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            found.append(Change("counted", same(before.get(name, "–")), same(after.get(name, "–")), name))
    return found


def _counted(leaf: LeafSpec) -> dict[str, str]:
    """Measure and part by input."""
    return {each.input: f"{each.measure}.{each.part}" for each in leaf.counted}


def _change(aspect: Aspect, difference: Difference) -> Change:
    return Change(aspect, difference.old, difference.new, "" if aspect == "rule_kind" else difference.at)


def _rule_reasons(rules: RuleDifferences) -> tuple[Text, ...]:
    reasons = []
    for template, differences in (
        (KIND_CHANGED, (rules.kind,) if rules.kind is not None else ()),
        (PARAMETER_CHANGED, rules.parameters),
        (INPUT_CHANGED, rules.inputs),
    ):
        reasons += [_filled(template, at=one.at, old=one.old, new=one.new) for one in differences]
    if rules.fixed_formula:
        reasons.append(FORMULA_FIXED)
    return tuple(reasons)


LEVELS: Mapping[str, Text] = {
    "domain": Text("lĩnh vực", "domain"),
    "criterion": Text("tiêu chí", "criterion"),
    "subcriterion": Text("tiêu chí thành phần", "sub-criterion"),
}
METHOD_WORDS: Mapping[str, Text] = {
    "appraisal": Text("thẩm định", "appraisal"),
    "data": Text("số liệu", "data"),
    "survey": Text("điều tra xã hội học", "survey"),
}
POLICY_WORDS: Mapping[str, Text] = {
    "exclude_from_denominator": Text("không tính vào điểm tối đa", "left out of the maximum"),
    "full_points_when_none_arise": Text("đủ điểm khi không phát sinh", "full points when none arise"),
}


def _policies(leaf: LeafSpec) -> Text:
    if not leaf.not_applicable:
        return same("–")
    words = [POLICY_WORDS[policy] for policy in sorted(leaf.not_applicable)]
    return Text("; ".join(word.vi for word in words), "; ".join(word.en for word in words))


def _filled(template: Text, **values: object) -> Text:
    return Text(template.filled("vi", values), template.filled("en", values))


def _node_words(code: str, framework: Framework) -> Text:
    if code == INDEX:
        return Text("chỉ số chung", "the whole index")
    name = framework.by_code[code].name
    return Text(f"{code} {name.vi}", f"{code} {name.en}")


def _number_text(value: Decimal) -> Text:
    return Text(written(value, "vi"), written(value, "en"))


def _adjustments(framework: Framework) -> tuple[object, ...]:
    """Bonus and penalty as they count, without words."""
    return tuple(
        (one.kind, one.cap, tuple(sorted((item.code, item.points_each) for item in one.items)))
        for one in framework.adjustments
    )


def _number_data(value: Decimal) -> str:
    return format(value, "f")


def _text_data(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}


def _framework_data(framework: Framework) -> dict[str, Any]:
    return {
        "framework": framework.code,
        "version": framework.version,
        "name": _text_data(framework.name),
        "max_points": _number_data(framework.max_points),
        "sha256": framework.sha256,
    }


def _node_data(node: Node | None) -> dict[str, Any] | None:
    if node is None:
        return None
    return {
        "code": node.code,
        "level": node.level,
        "name": _text_data(node.name),
        "max_points": _number_data(node.max_points),
        "leaf": node.leaf is not None,
    }


def _change_data(change: NodeChange) -> dict[str, Any]:
    match = change.match
    return {
        "status": change.status,
        "old": _node_data(change.old),
        "new": _node_data(change.new),
        "why": match.why if match is not None else None,
        "score": _number_data(match.score) if match is not None and match.score is not None else None,
        "changes": [
            {"aspect": one.aspect, "at": one.at, "old": _text_data(one.old), "new": _text_data(one.new)}
            for one in change.changes
        ],
        "comparable": change.comparable,
        "reasons": [_text_data(reason) for reason in change.reasons],
        "notes": [_text_data(note) for note in change.notes],
        "possible": list(change.possible),
    }
