"""How a figure came about: a walk along the keys of a result's tables, from rank to workbook cell and decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from parindex.documents.csv_rows import is_decimal
from parindex.documents.shapes import guess
from parindex.index.aggregate import REASONS
from parindex.language import Language, Text, half_up, number
from parindex.problems import ProblemKind, Problems, ProblemsFound
from parindex.programme.edition import UnitList
from parindex.programme.framework import INDEX, InputSpec, Node
from parindex.ranking.movement import NOTES
from parindex.results.explain_records import records_step
from parindex.results.explain_surveys import estimate_step
from parindex.results.result_tables import SIMULATED, ResultTables
from parindex.results.steps import Step, both, plain, source_of, where
from parindex.scoring.rule import points_in
from parindex.scoring.score import because
from parindex.sources import Place
from parindex.tables.flow import POINTS_INPUT, Accepted, IndexValue, Score, Stage

EXPLAIN_UNIT = ProblemKind(
    "EXPLAIN-UNIT",
    what=Text('kết quả không có đơn vị "{unit}"{guess}.', 'the result has no unit "{unit}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Xem mã đơn vị bằng parindex rank.", "See the unit codes with parindex rank."),
)
EXPLAIN_NODE = ProblemKind(
    "EXPLAIN-NODE",
    what=Text('bộ tiêu chí không có mục "{node}"{guess}.', 'the framework has no node "{node}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Ghi mã như trong bộ tiêu chí, ví dụ 3.4.1.", "Write a code of the framework, for example 3.4.1."),
)

STAGE_NAMES: Mapping[Stage, Text] = {
    "self": Text("tự đánh giá", "claimed"),
    "appraisal_1": Text("thẩm định lần 1", "appraisal 1"),
    "appraisal_2": Text("thẩm định lần 2", "appraisal 2"),
    "council": Text("hội đồng", "council"),
    "final": Text("được chấp nhận", "accepted"),
}
BASIS_NAMES: Mapping[str, Text] = {
    "answer": Text("theo tự đánh giá", "as claimed"),
    "records": Text("theo dữ liệu hồ sơ", "from records"),
    "adjusted": Text("điều chỉnh", "adjusted"),
    "published": Text("số đã công bố", "as published"),
    "simulated": Text("mô phỏng", "simulated"),
}
LEVEL_NAMES: Mapping[str, Text] = {
    "domain": Text("lĩnh vực", "domain"),
    "criterion": Text("tiêu chí", "criterion"),
    "subcriterion": Text("tiêu chí thành phần", "sub-criterion"),
}


def explain(result: ResultTables, unit: str, node: str | None = None) -> Step:
    """The walk for one unit: rank, index and every domain; with a node, the chain down to it and its sources.

    Raises `ProblemsFound` when the unit or node does not exist.
    """
    problems = Problems()
    unit_list = result.edition.list_of(unit)
    if unit_list is None:
        problems.add(EXPLAIN_UNIT, Place(""), unit=unit, guess=guess(unit, tuple(result.rank_of)))
        raise ProblemsFound(problems.sorted())
    framework = unit_list.framework
    wanted = framework.by_code.get(node) if node is not None else None
    if node is not None and wanted is None and node not in framework.adjustment_items and node != INDEX:
        known = (*framework.by_code, *framework.adjustment_items)
        problems.add(EXPLAIN_NODE, Place(framework.file), node=node, guess=guess(node, known))
        raise ProblemsFound(problems.sorted())
    return _Walk(result, unit_list, unit).rank(node if node != INDEX else None)


class _Walk:
    def __init__(self, result: ResultTables, unit_list: UnitList, unit: str):
        self.result = result
        self.list = unit_list
        self.unit = unit
        self.decimals = result.edition.settings.publish_decimals
        self.evidence_of = {(row.node, row.input): row.evidence for row in result.answers_of.get(unit, ())}

    def rank(self, node: str | None) -> Step:
        row = self.result.rank_of[self.unit]
        member = next(each for each in self.list.units if each.code == self.unit)
        of = len(self.list.units)

        def says(language: Language) -> str:
            if row.rank is None:
                reason = REASONS[row.reason or "incomplete"].in_(language)
                return Text(f"chưa xếp hạng: {reason}", f"not ranked: {reason}").in_(language)
            text = Text(f"hạng {row.rank}/{of}", f"rank {row.rank} of {of}").in_(language)
            if row.tied_with:
                text += Text(f", cùng hạng với {row.tied_with}", f", tied with {row.tied_with}").in_(language)
            group = next((each for each in self.list.groups if each.code == row.group), None)
            if group is not None:
                text += f", {group.name.in_(language)}"
            return text

        edition = self.result.edition
        label = SIMULATED if edition.simulated else Text("", "")
        title = Text(
            f"{member.name.vi} ({self.unit}) – {edition.name.vi}", f"{member.name.en} ({self.unit}) – {edition.name.en}"
        )
        figures = {
            "unit": self.unit,
            "name": {"vi": member.name.vi, "en": member.name.en},
            "edition": edition.code,
            "simulated": edition.simulated,
            **({"label": {"vi": label.vi, "en": label.en}} if edition.simulated else {}),
            "list": self.list.code,
            "rank": row.rank,
            "of": of,
            "tied_with": row.tied_with.split() if row.tied_with else [],
            "group": row.group,
            "value": plain(row.value),
        }
        steps = [*self._movement(), self._index(node)]
        return Step("rank", self.unit, title, both(says), figures, tuple(steps))

    def _movement(self) -> Iterator[Step]:
        for row in self.result.movements:
            if row.unit != self.unit:
                continue

            def says(language: Language, row: Any = row) -> str:
                before = _value(row.previous_value, language) if row.previous_value is not None else "–"
                parts = [Text(f"kỳ {row.since}: {before}", f"edition {row.since}: {before}").in_(language)]
                if row.previous_rank is not None:
                    parts.append(Text(f"hạng {row.previous_rank}", f"rank {row.previous_rank}").in_(language))
                if row.change == 0:
                    parts.append(Text("giá trị không đổi", "the same value").in_(language))
                elif row.change is not None:
                    size = number(abs(row.change), language)
                    word = _direction(row.change > 0, ("tăng", "giảm"), ("up", "down"), language)
                    parts.append(f"{word} {size} {Text('điểm phần trăm', 'percent points').in_(language)}")
                if row.rank_change == 0:
                    parts.append(Text("giữ nguyên hạng", "the same rank").in_(language))
                elif row.rank_change is not None:
                    word = _direction(row.rank_change > 0, ("tăng", "giảm"), ("up", "down"), language)
                    places = Text("bậc", "place" if abs(row.rank_change) == 1 else "places")
                    parts.append(f"{word} {abs(row.rank_change)} {places.in_(language)}")
                if row.note:
                    comparison = self.result.edition.comparison
                    note = comparison.note.in_(language) if comparison and comparison.note else ""
                    parts.append(NOTES[row.note].in_(language).format(note=note))
                return ", ".join(parts)

            figures = {
                "since": row.since,
                "predecessor": row.predecessor,
                "previous_value": plain(row.previous_value),
                "change": plain(row.change),
                "previous_rank": row.previous_rank,
                "rank_change": row.rank_change,
                "comparable": row.comparable,
            }
            title = Text("thay đổi", "movement")
            if row.predecessor != self.unit:
                title = Text(f"thay đổi so với {row.predecessor}", f"movement from {row.predecessor}")
            yield Step("movement", row.predecessor, title, both(says), figures)

    def _index(self, node: str | None) -> Step:
        row = self.result.index_of[(self.unit, INDEX)]
        framework = self.list.framework

        def says(language: Language) -> str:
            text = self._points(row, language)
            if row.adjustment:
                sign = "+" if row.adjustment > 0 else "−"
                size = points_in(abs(row.adjustment), language)
                text += Text(f", thưởng trừ phạt {sign}{size}", f", bonus less penalty {sign}{size}").in_(language)
            return text

        steps: list[Step] = []
        if node is None:
            steps.extend(self._node(domain, None) for domain in framework.domains)
            steps.extend(self._adjustments(None))
        elif node in framework.adjustment_items:
            steps.extend(self._adjustments(node))
        else:
            steps.append(self._node(self._domain_of(node), node))
        value = Text("chỉ số", "index")
        title = both(lambda language: f"{value.in_(language)} {_percent(row, self.decimals, language)}")
        return Step("index", INDEX, title, both(says), self._figures(row), tuple(steps))

    def _domain_of(self, node: str) -> Node:
        parents = self.list.framework.parents
        while parents[node] != INDEX:
            node = parents[node]
        return self.list.framework.by_code[node]

    def _points(self, row: IndexValue, language: Language) -> str:
        if row.applicable == 0:
            return self._nothing_applies(row, language)
        points, applicable = points_in(row.points, language), points_in(row.applicable, language)
        text = Text(f"{points}/{applicable} điểm", f"{points} of {applicable} points").in_(language)
        if row.applicable != row.max_points:
            maximum = points_in(row.max_points, language)
            out = points_in(row.max_points - row.applicable, language)
            text += Text(
                f" áp dụng cho đơn vị ({out} trong {maximum} điểm không áp dụng)",
                f" that apply to the unit ({out} of {maximum} do not apply)",
            ).in_(language)
        if row.coverage != 100:
            share = number(half_up(row.coverage, 2).normalize() + 0, language)
            text += Text(f", mới có {share} % số điểm", f", {share} % of them scored").in_(language)
        if row.reason is not None:
            reason = REASONS[row.reason].in_(language)
            text += Text(f"; chưa có chỉ số: {reason}", f"; no index: {reason}").in_(language)
        return text

    def _nothing_applies(self, row: IndexValue, language: Language) -> str:
        maximum = points_in(row.max_points, language)
        return Text(
            f"không áp dụng với đơn vị: {maximum} điểm không tính vào mẫu số",
            f"does not apply to the unit: its {maximum} points leave the maximum",
        ).in_(language)

    def _figures(self, row: IndexValue) -> dict[str, Any]:
        return {
            "points": plain(row.points),
            "max_points": plain(row.max_points),
            "applicable": plain(row.applicable),
            "adjustment": plain(row.adjustment),
            "value": plain(row.value),
            "coverage": plain(row.coverage),
            "contribution": plain(row.contribution),
        }

    def _node(self, node: Node, wanted: str | None) -> Step:
        """A node on the way to `wanted`; below `wanted` itself one level is shown."""
        row = self.result.index_of[(self.unit, node.code)]
        title = Text(f"{node.code} {node.name.vi}", f"{node.code} {node.name.en}")
        if node.leaf is not None:
            return self._leaf(node, title, row, detailed=wanted == node.code)
        steps: tuple[Step, ...] = ()
        if wanted == node.code:
            steps = tuple(self._node(child, None) for child in node.children)
        elif wanted is not None:
            inside = next((child for child in node.children if any(each.code == wanted for each in child.walk())), None)
            steps = (self._node(inside, wanted),) if inside is not None else ()
        figures = {"level": node.level, "name": {"vi": node.name.vi, "en": node.name.en}, **self._figures(row)}

        def says(language: Language) -> str:
            text = self._points(row, language)
            if row.value is not None:
                text += f" = {_percent(row, self.decimals, language)}"
            return text

        return Step(node.level, node.code, title, both(says), figures, steps)

    def _leaf(self, node: Node, title: Text, row: IndexValue, *, detailed: bool) -> Step:
        scores = self.result.scores_of.get((self.unit, node.code), ())
        final = next((score for score in scores if score.stage == "final"), None)
        assert final is not None, (self.unit, node.code)
        book = self.result.books[self.list.code]
        says = both(lambda language: because(final, book, language))
        figures = {
            "level": node.level,
            "name": {"vi": node.name.vi, "en": node.name.en},
            **self._figures(row),
            "status": final.status,
            "rule": final.rule,
            "branch": final.branch,
            "rule_source": f"{final.source}:{final.place.split(':')[0]}",
            "method": node.leaf.method if node.leaf else None,
        }
        steps = tuple(self._leaf_steps(node, scores)) if detailed else ()
        return Step(node.level, node.code, title, says, figures, steps)

    def _leaf_steps(self, node: Node, scores: tuple[Score, ...]) -> Iterator[Step]:
        book = self.result.books[self.list.code]
        rule = book.rules[node.code]
        specs = {spec.name: spec for spec in rule.inputs}
        accepted = self.result.accepted_of.get((self.unit, node.code), ())
        for score in reversed(scores):
            rows = [row for row in accepted if row.stage == score.stage]
            if score.stage == "final":
                # Values of earlier stages stand at `final` again; show where they were decided, not the copy.
                earlier = {(row.input, row.source, row.place) for row in accepted if row.stage != "final"}
                rows = [row for row in rows if (row.input, row.source, row.place) not in earlier]
            if not rows:
                continue
            points = both(partial(_stage_points, score))
            yield Step(
                "stage",
                score.stage,
                STAGE_NAMES[score.stage],
                points,
                {"stage": score.stage, "points": plain(score.points), "branch": score.branch},
                (*(self._input(row, specs.get(row.input)) for row in rows), *self._evidence(rows)),
            )
        counted = self.result.counted_of.get((self.unit, node.code))
        if counted:
            yield records_step(self.result, counted, specs, accepted)
        estimate = self.result.estimate_of.get((self.unit, node.code))
        if estimate is not None:
            yield estimate_step(self.result, estimate)
        for left_out in self.result.not_applicable:
            if left_out.unit == self.unit and any(
                leaf.code == node.code for leaf in self.list.framework.leaves_under(left_out.node)
            ):
                at = where(self.result, left_out.source, left_out.place)
                says = Text(f"{left_out.reason} {at}", f"{left_out.reason} {at}")
                yield Step(
                    "not_applicable",
                    left_out.node,
                    Text("không áp dụng", "not applicable"),
                    says,
                    {
                        "policy": left_out.policy,
                        "reason": left_out.reason,
                        **source_of(self.result, left_out.source, left_out.place),
                    },
                )
        at = where(self.result, scores[-1].source, scores[-1].place)
        kind = scores[-1].rule
        yield Step(
            "rule",
            kind,
            Text("cách tính", "rule"),
            Text(f"{kind} {at}", f"{kind} {at}"),
            {
                "kind": kind,
                **source_of(self.result, scores[-1].source, scores[-1].place),
            },
        )

    def _input(self, row: Accepted, spec: InputSpec | None) -> Step:
        label = spec.label if spec is not None else Text("điểm", "points")

        def says(language: Language) -> str:
            text = _input_value(row, spec, language)
            if row.basis in BASIS_NAMES and row.basis != "answer":
                text += f", {BASIS_NAMES[row.basis].in_(language)}"
            if row.decision:
                text += Text(f", quyết định {row.decision}", f", decision {row.decision}").in_(language)
            if row.by:
                text += f", {row.by}"
            if row.reason:
                text += f": {row.reason}"
            return f"{text} {where(self.result, row.source, row.place)}"

        figures = {
            "input": row.input,
            "value": row.value,
            "basis": row.basis,
            "decision": row.decision,
            "by": row.by,
            "reason": row.reason,
            **source_of(self.result, row.source, row.place),
        }
        return Step("input", row.input, label, both(says), figures)

    def _evidence(self, rows: list[Accepted]) -> Iterator[Step]:
        """The documents that a claim cites, once for the leaf."""
        claims = [row for row in rows if row.stage == "self"]
        cited = {self.evidence_of.get((row.node, row.input)) for row in claims} - {None}
        for evidence in sorted(each for each in cited if each):
            title = Text("tài liệu kiểm chứng", "evidence")
            yield Step("evidence", claims[0].node, title, Text(evidence, evidence), {"evidence": evidence})

    def _adjustments(self, wanted: str | None) -> Iterator[Step]:
        book = self.result.books[self.list.code]
        for code, (adjustment, item) in self.list.framework.adjustment_items.items():
            if wanted is not None and code != wanted:
                continue
            scores = self.result.scores_of.get((self.unit, code), ())
            final = next((score for score in scores if score.stage == "final"), None)
            if final is None:
                continue
            steps = tuple(
                self._input(row, None)
                for row in self.result.accepted_of.get((self.unit, code), ())
                if row.stage != "final"
            )
            yield Step(
                adjustment.kind,
                code,
                Text(f"{code} {item.name.vi}", f"{code} {item.name.en}"),
                both(partial(because, final, book)),
                {"points": plain(final.points), "cap": plain(adjustment.cap)},
                steps if wanted is not None else (),
            )


def _input_value(row: Accepted, spec: InputSpec | None, language: Language) -> str:
    if row.input == POINTS_INPUT:
        points = points_in(Decimal(row.value), language)
        return Text(f"{points} điểm", f"{points} points").in_(language)
    if row.value in ("yes", "no") and (spec is None or spec.type == "yes_no"):
        return (Text("có", "yes") if row.value == "yes" else Text("không", "no")).in_(language)
    if spec is not None and row.value in spec.options:
        return spec.options[row.value].in_(language)
    if not is_decimal(row.value):
        return row.value
    text = number(Decimal(row.value), language)
    if spec is not None and spec.type == "percent":
        return f"{text} %"
    return f"{text} {spec.unit.in_(language)}" if spec is not None and spec.unit else text


def _stage_points(score: Score, language: Language) -> str:
    if score.points is None:
        return Text("chưa có điểm", "no points").in_(language)
    points, maximum = points_in(score.points, language), points_in(score.max_points, language)
    return Text(f"{points}/{maximum} điểm", f"{points} of {maximum}").in_(language)


def _direction(up: bool, vi: tuple[str, str], en: tuple[str, str], language: Language) -> str:
    return Text(vi[not up], en[not up]).in_(language)


def _percent(row: IndexValue, decimals: int, language: Language) -> str:
    if row.value is None:
        return "–"
    return number(half_up(row.exact, decimals), language)


def _value(value: Decimal, language: Language) -> str:
    return number(value, language)
