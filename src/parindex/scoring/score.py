"""Accepted values and estimates to SCORES: points of every leaf at every stage, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from parindex.language import Language, Text, half_up
from parindex.programme.edition import Edition, UnitList
from parindex.programme.framework import Framework, Node
from parindex.programme.inputs import parse_value
from parindex.scoring.adjustments import ADJUSTMENT_SENTENCES, score_adjustment
from parindex.scoring.rule import Outcome, Rule, points_in
from parindex.scoring.rule_book import RuleBook
from parindex.scoring.rules.external_index import INDEX_INPUT
from parindex.scoring.rules.survey_scale import MEAN
from parindex.tables.flow import POINTS_INPUT, STAGES, Accepted, Estimate, NotApplicable, Score, Stage

SENTENCES: Mapping[str, Text] = {
    "excluded": Text("Không áp dụng với đơn vị: {reason}.", "Does not apply to the unit: {reason}."),
    "none_arose_decided": Text(
        "Không phát sinh trong năm ({reason}): {points}/{max} điểm.",
        "Nothing arose in the year ({reason}): {points} of {max}.",
    ),
    "survey_not_held": Text("Không tổ chức điều tra: {reason}.", "No survey was held: {reason}."),
    "missing": Text("Chưa có số liệu: đơn vị chưa nộp.", "No figures yet: the unit has not sent any."),
    "missing_estimate": Text("Chưa có kết quả điều tra.", "There is no survey result yet."),
    "empty_estimate": Text("Không có kết quả điều tra: {reason}.", "The survey gives no result: {reason}."),
    "missing_inputs": Text("Còn thiếu số liệu: {inputs}.", "Figures are missing: {inputs}."),
    "counted_zero": Text(
        "Chưa có số liệu; kỳ này quy định tính 0/{max} điểm.", "No figures; this edition counts that as 0 of {max}."
    ),
    "left_out": Text(
        "Chưa có số liệu; kỳ này quy định không tính vào mẫu số.", "No figures; this edition leaves the line out."
    ),
    "decided": Text("Quyết định ghi thẳng {points}/{max} điểm: {reason}", "Set to {points} of {max} by decision: {reason}"),
    "decided_above": Text(
        "Quyết định ghi {given} điểm, tối đa {points}/{max}: {reason}", "Decision says {given}, at most {points} of {max}: {reason}"
    ),
}  # fmt: skip

OUTSIDE_DENOMINATOR = frozenset({"excluded", "survey_not_held", "left_out"})
"""Statuses of leaves whose maximum does not count for the unit."""


def score(
    *,
    edition: Edition,
    unit_list: UnitList,
    book: RuleBook,
    accepted: Sequence[Accepted],
    estimates: Sequence[Estimate],
    not_applicable: Sequence[NotApplicable],
    framework_source: str,
) -> tuple[Score, ...]:
    """Score every leaf of every unit of a list.

    Takes ACCEPTED with the rows of all stages, ESTIMATES in percent and NOT_APPLICABLE. Gives one row at stage
    `final` for every leaf, and one for each earlier stage that has a value of its own. Points are rounded once, half
    up, to the edition's `store_decimals`, from the exact fraction. `points` is null where a leaf is outside the
    denominator or has no data; `status` says which.
    """
    return _Scorer(edition, unit_list, book, framework_source).all(accepted, estimates, not_applicable)


class _Scorer:
    def __init__(self, edition: Edition, unit_list: UnitList, book: RuleBook, source: str):
        self.edition = edition
        self.list = unit_list
        self.framework: Framework = unit_list.framework
        self.book = book
        self.source = source
        self.decimals = edition.settings.store_decimals
        # A rule is a pure function, and most values do not change between rounds.
        self.known: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[Outcome, Decimal | None]] = {}

    def all(
        self, accepted: Sequence[Accepted], estimates: Sequence[Estimate], not_applicable: Sequence[NotApplicable]
    ) -> tuple[Score, ...]:
        values: dict[tuple[str, str], dict[Stage, dict[str, Accepted]]] = {}
        for row in accepted:
            values.setdefault((row.unit, row.node), {}).setdefault(row.stage, {})[row.input] = row
        surveyed = {(row.unit, row.node): row for row in estimates}
        decided = self._not_applicable(not_applicable)
        scores: list[Score] = []
        for unit in self.list.units:
            for node in self.framework.leaves:
                key = (unit.code, node.code)
                scores.extend(self._leaf(unit.code, node, values.get(key, {}), surveyed.get(key), decided.get(key)))
            for adjustment, item in self.framework.adjustment_items.values():
                for stage, rows in values.get((unit.code, item.code), {}).items():
                    row = rows.get("count") or rows[POINTS_INPUT]
                    outcome = score_adjustment(adjustment, item, row)
                    place = item.place.inside()
                    points = half_up(outcome.points, self.decimals) if outcome.points is not None else None
                    scores.append(
                        Score(
                            self.edition.code,
                            unit.code,
                            item.code,
                            stage,
                            "scored",
                            points,
                            adjustment.cap,
                            adjustment.kind,
                            outcome.branch,
                            outcome.because,
                            outcome.numbers,
                            self.source,
                            place,
                        )
                    )
        return tuple(scores)

    def _not_applicable(self, rows: Sequence[NotApplicable]) -> dict[tuple[str, str], NotApplicable]:
        """By unit and leaf; a row that names a domain or criterion holds for all leaves below it."""
        found: dict[tuple[str, str], NotApplicable] = {}
        for row in rows:
            for leaf in self.framework.leaves_under(row.node):
                key = (row.unit, leaf.code)
                # The row that names the leaf itself is the more exact one.
                if key not in found or row.node == leaf.code:
                    found[key] = row
        return found

    def _leaf(
        self,
        unit: str,
        node: Node,
        stages: Mapping[Stage, Mapping[str, Accepted]],
        estimate: Estimate | None,
        decided: NotApplicable | None,
    ) -> list[Score]:
        assert node.leaf is not None
        if decided is not None and decided.policy == "exclude_from_denominator":
            return [self._row(unit, node, "final", "excluded", None, None, "excluded", {"reason": decided.reason})]
        if decided is not None:
            points = half_up(node.max_points, self.decimals)
            numbers = {"reason": decided.reason, "points": format(points, "f")}
            return [self._row(unit, node, "final", "none_arose", points, "none_arose", "none_arose_decided", numbers)]
        if node.leaf.method == "survey" and not self.list.survey_held:
            reason = self.list.survey_reason
            numbers = {"reason": reason.vi if reason else "", "reason_en": reason.en if reason else ""}
            return [self._row(unit, node, "final", "survey_not_held", None, None, "survey_not_held", numbers)]
        rows: list[Score] = []
        rule = self.book.rules[node.code]
        for stage in STAGES:
            if stage in stages:
                rows.append(self._valued(unit, node, rule, stage, stages[stage]))
        if "final" not in stages:
            rows.append(self._without_answer(unit, node, rule, estimate))
        return rows

    def _valued(self, unit: str, node: Node, rule: Rule, stage: Stage, rows: Mapping[str, Accepted]) -> Score:
        direct = rows.get(POINTS_INPUT)
        if direct is not None:
            given = Decimal(direct.value)
            points = half_up(min(given, node.max_points), self.decimals)
            numbers = {
                "points": format(points, "f"),
                "given": direct.value,
                "reason": direct.reason or "",
                "decision": direct.decision or "",
            }
            because = "decided" if given <= node.max_points else "decided_above"
            return self._row(unit, node, stage, "scored", points, "decided", because, numbers)  # fmt: skip
        texts = {name: row.value for name, row in rows.items()}
        return self._ruled(unit, node, rule, stage, texts)

    def _without_answer(self, unit: str, node: Node, rule: Rule, estimate: Estimate | None) -> Score:
        assert node.leaf is not None
        if estimate is not None and estimate.value is not None:
            name = INDEX_INPUT if rule.kind == "external_index" else MEAN
            if rule.kind in ("external_index", "survey_scale"):
                return self._ruled(unit, node, rule, "final", {name: format(estimate.value, "f")})
        if self.edition.settings.missing != "leave_empty":
            return self._by_policy(unit, node)
        if estimate is not None:
            return self._row(
                unit, node, "final", "missing", None, None, "empty_estimate", {"reason": estimate.reason or ""}
            )
        because = "missing_estimate" if node.leaf.method == "survey" else "missing"
        return self._row(unit, node, "final", "missing", None, None, because, {})

    def _by_policy(self, unit: str, node: Node) -> Score:
        """A leaf without points, in an edition that says what that means: 0 points, or outside the denominator."""
        if self.edition.settings.missing == "zero_points":
            zero = half_up(Decimal(0), self.decimals)
            return self._row(unit, node, "final", "counted_zero", zero, "counted_zero", "counted_zero", {"points": "0"})
        return self._row(unit, node, "final", "left_out", None, None, "left_out", {})

    def _ruled(self, unit: str, node: Node, rule: Rule, stage: Stage, texts: Mapping[str, str]) -> Score:
        key = (node.code, tuple(sorted(texts.items())))
        if key not in self.known:
            specs = {spec.name: spec for spec in rule.inputs}
            given = {name: parse_value(specs[name], text) for name, text in texts.items() if name in specs}
            if rule.complete(given):
                outcome = rule.outcome(given)
            else:
                lacking = ", ".join(spec.name for spec in rule.inputs if spec.name not in given)
                outcome = Outcome(None, None, "missing_inputs", {"inputs": lacking})
            points = half_up(outcome.points, self.decimals) if outcome.points is not None else None
            self.known[key] = (outcome, points)
        outcome, points = self.known[key]
        if points is None and stage == "final" and self.edition.settings.missing != "leave_empty":
            return self._by_policy(unit, node)
        status = "none_arose" if outcome.branch == "none_arose" else "missing" if points is None else "scored"
        return self._row(unit, node, stage, status, points, outcome.branch, outcome.because, outcome.numbers)

    def _row(
        self,
        unit: str,
        node: Node,
        stage: Stage,
        status: str,
        points: Decimal | None,
        branch: str | None,
        because: str,
        numbers: Mapping[str, Any],
    ) -> Score:
        assert node.leaf is not None
        return Score(
            self.edition.code,
            unit,
            node.code,
            stage,
            status,
            points,
            node.max_points,
            node.leaf.rule.kind,
            branch,
            because,
            numbers,
            self.source,
            node.place.inside(),
        )


def because(row: Score, book: RuleBook, language: Language) -> str:
    """The sentence of a score, rendered from its code and numbers."""
    numbers = row.numbers
    if row.rule in ("bonus", "penalty"):
        item = book.framework.adjustment_items[row.node][1]
        values = {"name": item.name.in_(language), "unit": item.unit.in_(language), **_shown(row, language)}
        return ADJUSTMENT_SENTENCES[row.because].in_(language).format_map(values)
    if row.because in SENTENCES:
        values = _shown(row, language)
        if row.because == "missing_inputs":
            labels = {spec.name: spec.label.in_(language) for spec in book.rules[row.node].inputs}
            values["inputs"] = "; ".join(labels.get(name, name) for name in str(numbers["inputs"]).split(", "))
        if language == "en" and numbers.get("reason_en"):
            values["reason"] = str(numbers["reason_en"])
        return SENTENCES[row.because].in_(language).format_map(values)
    return book.rules[row.node].because(row.because, numbers, language)


def _shown(row: Score, language: Language) -> dict[str, str]:
    values = {name: str(value) for name, value in row.numbers.items()}
    values["max"] = points_in(row.max_points, language)
    for name in ("points", "given", "each"):
        if name in values:
            values[name] = points_in(Decimal(values[name]), language)
    if "reason" in values:
        values["reason"] = values["reason"].rstrip(".")
    return values
