"""The figures of one line side by side: last year, claimed, counted from records, found, and how far they lie apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parindex.language import Language, Text, number
from parindex.programme.framework import InputSpec
from parindex.programme.inputs import InputValue
from parindex.scoring.rule import NO, YES, points_in
from parindex_web.appraise.models import Finding
from parindex_web.appraise.queries import Appraised, CountedLine, LastYear, worth
from parindex_web.collect.self_score import LineAsks, parsed
from parindex_web.editions.programme import Asked

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One input, or the points: a text for each column of the table, and whether the last one is a difference."""

    label: Text
    unit: Text | None
    cells: tuple[str, ...]
    points: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands side by side. `difference` says which two columns the last column compares; None: it is missing."""

    columns: tuple[Text, ...]
    rows: tuple[FigureRow, ...]
    difference: Text | None
    apart: bool
    """Some figure or the points differ."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: Text
    values: Mapping[str, InputValue]
    points: Decimal | None
    most: Decimal


YEARS_BESIDE = 2
"""Columns of last year at most: of a unit that came out of a merger each has its own."""


def figures_of(
    asked: Asked,
    row: Appraised,
    asks: LineAsks,
    *,
    last: Sequence[LastYear],
    counted: CountedLine | None,
    language: Language,
) -> Figures:
    """The columns that are known of a line. The difference compares what was counted, else what was found.

    Last year stands in a column where its line had the same inputs; `LastYear.stated` says the others.
    """
    claimed = _Column(Text("Tự chấm", "Claimed"), parsed(asks, row.line.values), row.claimed, asks.max_points)
    before = [_of_last_year(each) for each in last if not each.stated] if len(last) <= YEARS_BESIDE else []
    after = []
    if counted is not None:
        name = Text("Đếm từ hồ sơ", "Counted")
        after.append(_Column(name, parsed(asks, counted.values), counted.points, asks.max_points))
    finding = next((each for each in (row.found, row.earlier) if each is not None and each.outcome == "adjust"), None)
    if finding is not None:
        values = parsed(asks, {**row.line.values, **finding.values})
        after.append(_Column(Text("Thẩm định", "Appraised"), values, row.points, asks.max_points))
    compared = after[0] if after else None
    columns = [*before, claimed, *after]
    rows = []
    for spec in asks.inputs:
        cells = [value_said(spec, column.values.get(spec.name), language) for column in columns]
        cells += [_apart(spec, claimed, compared, language)] if compared else []
        rows.append(FigureRow(spec.label, _unit(spec), tuple(cells)))
    points = [_points_of_most(column, language) for column in columns]
    points += [_signed_points(claimed.points, compared.points, language)] if compared else []
    rows.append(FigureRow(Text("Điểm", "Points"), None, tuple(points), points=True))
    apart = compared is not None and (compared.points != claimed.points or _values_apart(asks, claimed, compared))
    return Figures(
        tuple(column.name for column in columns),
        tuple(rows),
        Text(f"{compared.name.vi} − tự chấm", f"{compared.name.en} − claimed") if compared else None,
        apart,
    )


def _of_last_year(was: LastYear) -> _Column:
    year = Text(f"Năm {was.edition.year}", f"Year {was.edition.year}")
    if was.unit is not None:
        year = Text(f"{year.vi}, {was.unit.vi}", f"{year.en}, {was.unit.en}")
    return _Column(year, was.texts, was.points, was.max_points)


def _points_of_most(column: _Column, language: Language) -> str:
    points = NOTHING if column.points is None else points_in(column.points, language)
    return f"{points} / {points_in(column.most, language)}"


def _values_apart(asks: LineAsks, claimed: _Column, other: _Column) -> bool:
    return any(
        other.values[spec.name] != claimed.values.get(spec.name) for spec in asks.inputs if spec.name in other.values
    )


def _unit(spec: InputSpec) -> Text | None:
    return Text("%", "%") if spec.type == "percent" else spec.unit


def value_said(spec: InputSpec, value: InputValue | None, language: Language) -> str:
    """A value as people read it: yes and no in words, a choice by its label."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return (YES if value else NO).in_(language)
    if isinstance(value, Decimal):
        return number(value, language)
    return spec.options[value].in_(language) if value in spec.options else value


def _apart(spec: InputSpec, claimed: _Column, other: _Column, language: Language) -> str:
    one, two = claimed.values.get(spec.name), other.values.get(spec.name)
    if isinstance(one, Decimal) and isinstance(two, Decimal):
        return signed(two - one, language)
    if one is None or two is None:
        return NOTHING
    return Text("khác", "differs").in_(language) if one != two else Text("giống", "same").in_(language)


def signed(value: Decimal | None, language: Language) -> str:
    """A difference with its sign; 0 has none. A dash where there is no difference to say."""
    if value is None:
        return NOTHING
    if value == 0:
        return "0"
    return ("+" if value > 0 else "−") + number(abs(value).normalize(), language)


def _signed_points(one: Decimal | None, two: Decimal | None, language: Language) -> str:
    if one is None or two is None:
        return NOTHING
    return ("+" if two > one else "−" if two < one else "") + points_in(abs(two - one), language)


def said_of_finding(asks: LineAsks, finding: Finding, language: Language) -> tuple[tuple[Text, str], ...]:
    """The figures that a finding sets, each with its label."""
    given = parsed(asks, finding.values)
    return tuple(
        (spec.label, value_said(spec, given[spec.name], language)) for spec in asks.inputs if spec.name in given
    )


def points_of(asked: Asked, row: Appraised, finding: Finding) -> Decimal | None:
    """What a finding makes the line worth. A question leaves the claim."""
    return worth(asked, row.line, finding)[0]
