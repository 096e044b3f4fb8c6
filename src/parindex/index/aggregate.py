"""SCORES to INDEX_VALUES: sums of points are exact, and every value is the exact fraction until it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from parindex.language import Text, half_up
from parindex.programme.edition import Edition, UnitList
from parindex.programme.framework import INDEX, Framework, Node
from parindex.tables.flow import IndexValue, Score

REASONS: Mapping[str, Text] = {
    "nothing_applicable": Text("không có nội dung nào áp dụng", "nothing below it applies"),
    "incomplete": Text("chưa đủ số liệu", "figures are missing"),
}

VALUE_DECIMALS = 10
"""Decimals of a written value; ranks do not use them, they compare the exact fractions."""

# Statuses of SCORES whose maximum leaves the denominator.
_OUTSIDE = frozenset({"excluded", "survey_not_held", "left_out"})


@dataclass(slots=True)
class _Sum:
    points: Decimal = Decimal(0)
    applicable: Decimal = Decimal(0)
    scored: Decimal = Decimal(0)

    def add(self, other: _Sum) -> None:
        self.points += other.points
        self.applicable += other.applicable
        self.scored += other.scored


def points_over_applicable(*, edition: Edition, unit_list: UnitList, scores: Sequence[Score]) -> tuple[IndexValue, ...]:
    """100 x points / applicable maximum for every node of every unit; bonus and penalty come after, with their caps.

    Takes the `final` rows of SCORES. A leaf outside the denominator (excluded, survey not held) leaves points and
    maximum, and so the rest is rescaled to 100; a leaf without data stays in the maximum and lowers `coverage`. Below
    the edition's `min_coverage` a value is null with the reason, never a low number.
    Method: points over applicable maximum, as the provincial frameworks publish it.
    """
    by_unit: dict[str, dict[str, Score]] = {}
    for row in scores:
        if row.stage == "final":
            by_unit.setdefault(row.unit, {})[row.node] = row
    values: list[IndexValue] = []
    for unit in unit_list.units:
        values.extend(_unit(edition, unit_list, unit.code, by_unit.get(unit.code, {})))
    return tuple(values)


def _unit(edition: Edition, unit_list: UnitList, unit: str, scores: Mapping[str, Score]) -> Iterable[IndexValue]:
    framework = unit_list.framework
    sums: dict[str, _Sum] = {}
    total = _Sum()
    for domain in framework.domains:
        total.add(_sum(domain, scores, sums))
    least = Fraction(edition.settings.min_coverage)
    adjustment = _adjustment(framework, scores)
    yield _value(edition, unit_list.code, unit, INDEX, framework.max_points, total, total, least, adjustment)
    for node in framework.nodes:
        yield _value(edition, unit_list.code, unit, node.code, node.max_points, sums[node.code], total, least, None)


def _sum(node: Node, scores: Mapping[str, Score], sums: dict[str, _Sum]) -> _Sum:
    found = _Sum()
    if node.leaf is not None:
        row = scores.get(node.code)
        if row is None or row.status not in _OUTSIDE:
            found.applicable = node.max_points
            if row is not None and row.points is not None:
                found.points = row.points
                found.scored = node.max_points
    for child in node.children:
        found.add(_sum(child, scores, sums))
    sums[node.code] = found
    return found


def _adjustment(framework: Framework, scores: Mapping[str, Score]) -> Decimal | None:
    """Bonus less penalty, each under its cap; null when the framework has none."""
    if not framework.adjustments:
        return None
    result = Decimal(0)
    for adjustment in framework.adjustments:
        points = (scores[item.code].points for item in adjustment.items if item.code in scores)
        total = min(sum((each for each in points if each is not None), Decimal(0)), adjustment.cap)
        result += total if adjustment.kind == "bonus" else -total
    return result


def _value(
    edition: Edition,
    list_code: str,
    unit: str,
    node: str,
    maximum: Decimal,
    found: _Sum,
    total: _Sum,
    least_coverage: Fraction,
    adjustment: Decimal | None,
) -> IndexValue:
    reason = None
    coverage = Fraction(0)
    if found.applicable == 0:
        reason = "nothing_applicable"
    else:
        coverage = Fraction(found.scored) * 100 / Fraction(found.applicable)
        if coverage < least_coverage:
            reason = "incomplete"
    row = IndexValue(
        edition=edition.code,
        list=list_code,
        unit=unit,
        node=node,
        points=found.points,
        max_points=maximum,
        applicable=found.applicable,
        adjustment=adjustment,
        value=None,
        lower=None,
        upper=None,
        weight=half_up(Fraction(found.applicable) / Fraction(total.applicable), VALUE_DECIMALS)
        if found.applicable
        else None,
        contribution=half_up(Fraction(found.points) * 100 / Fraction(total.applicable), VALUE_DECIMALS)
        if found.applicable and reason is None
        else None,
        coverage=half_up(coverage, 4),
        reason=reason,
    )
    return row if reason is not None else row._replace(value=half_up(row.exact, VALUE_DECIMALS))


Method = Callable[..., tuple[IndexValue, ...]]

METHODS: Mapping[str, Method] = {"points_over_applicable": points_over_applicable}
