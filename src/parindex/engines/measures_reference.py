"""What measures mean, in plain Python over rows: slow, short, and the judge of every engine.

A row is a mapping from the names of its table's columns to text, date, whole number, Decimal, True, False, or None for
an empty cell. Truth is True, False or None (unknown).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from parindex.measures.engine import NO_MONTH, SCALE, Grain, ListRequest, Tally, percent_of, position
from parindex.measures.nodes import (
    All,
    Between,
    ColumnRef,
    Compare,
    Condition,
    Constant,
    DaysBetween,
    EditionDate,
    Either,
    Empty,
    Expression,
    Measure,
    OneOf,
    Shifted,
    Total,
)

Row = Mapping[str, Any]
Truth = bool | None
Value = Any
"""Dates are day numbers, numbers exact fractions; None is empty."""


def both(truths: Iterable[Truth]) -> Truth:
    """False when one is false, else unknown when one is unknown, else true."""
    found = list(truths)
    return False if False in found else None if None in found else True


def either(truths: Iterable[Truth]) -> Truth:
    """True when one is true, else unknown when one is unknown, else false."""
    found = list(truths)
    return True if True in found else None if None in found else False


@dataclass(frozen=True, slots=True)
class Record:
    """One record with the row of the joined table it names; None where there is none."""

    table: str
    own: Row
    joined: Row | None
    dates: Mapping[str, date]

    def truth(self, condition: Condition) -> Truth:
        match condition:
            case Compare(left=left, comparator=comparator, right=right):
                return compared(self.value(left), comparator, self.value(right))
            case Between(value=value, low=low, high=high):
                this = self.value(value)
                return both((compared(this, ">=", self.value(low)), compared(this, "<=", self.value(high))))
            case OneOf(value=value, among=among):
                this = self.value(value)
                return either(compared(this, "=", self.value(each)) for each in among)
            case Empty(value=value, yes=yes):
                return (self.value(value) is None) == yes
            case All(parts=parts):
                return both(self.truth(part) for part in parts)
            case Either(parts=parts):
                return either(self.truth(part) for part in parts)

    def value(self, expression: Expression) -> Value:
        match expression:
            case ColumnRef(table=table, name=name):
                if table == self.table:
                    return plain(self.own[name])
                return None if self.joined is None else plain(self.joined[name])
            case Constant(value=value):
                return plain(value)
            case EditionDate(name=name):
                return plain(self.dates[name])
            case Shifted(date=inner, days=days):
                day = self.value(inner)
                return None if day is None else day + days
            case DaysBetween(later=later, earlier=earlier):
                end, start = self.value(later), self.value(earlier)
                return None if end is None or start is None else Fraction(end - start)
            case Total(terms=terms):
                total = Fraction(0)
                for plus, term in terms:
                    number = self.value(term)
                    if number is None:
                        return None
                    total += number if plus else -number
                return total


def plain(value: Any) -> Value:
    """A cell as it is compared: dates as day numbers, numbers as fractions."""
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    return value


def compared(left: Value, comparator: str, right: Value) -> Truth:
    """Unknown where one side is empty."""
    if left is None or right is None:
        return None
    match comparator:
        case "=":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case _:
            return bool(left >= right)


@dataclass(slots=True)
class _Group:
    """What is counted of one measure in one group. `values`: those of the known records, where a measure has one."""

    records: int = 0
    inside: int = 0
    known: int = 0
    hits: int = 0
    values: list[Any] = field(default_factory=list)


def tallies_of_rows(
    measures: Sequence[Measure],
    tables: Mapping[str, Iterable[Row]],
    dates: Mapping[str, date],
    grain: Grain = Grain(),
) -> tuple[Tally, ...]:
    """Every measure over the rows of its table, ordered as `MeasureEngine.evaluate` says."""
    found: list[Tally] = []
    rows = {name: list(given) for name, given in tables.items()}
    for measure in measures:
        if grain.month and measure.month is None:
            continue
        groups: dict[tuple[str, str | None, str | None], _Group] = {}
        for record in records_of(measure, rows, dates):
            key = (
                record.own["unit"],
                _office(record.own, grain),
                month_of(measure, record.own) if grain.month else None,
            )
            _add(groups.setdefault(key, _Group()), measure, record)
        for (unit, office, month), group in sorted(groups.items(), key=lambda item: tuple(map(str, _blank(item[0])))):
            found.append(_tally(measure, unit, office, month, group))
    return tuple(found)


def _blank(key: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(part or "" for part in key)


def _office(row: Row, grain: Grain) -> str | None:
    return row["office"] if grain.office and "office" in row else None


def month_of(measure: Measure, row: Row) -> str:
    day = row[measure.month or ""]
    return NO_MONTH if day is None else f"{day:%Y-%m}"


def records_of(measure: Measure, tables: Mapping[str, Iterable[Row]], dates: Mapping[str, date]) -> Iterator[Record]:
    """Each row of the measure's table, beside the row of the joined table that it names."""
    catalogue: dict[tuple[Any, ...], Row] = {}
    if measure.join is not None:
        for row in tables.get(measure.join, ()):
            catalogue[tuple(row[theirs] for _, theirs in measure.join_columns)] = row
    for row in tables.get(measure.table, ()):
        joined = catalogue.get(tuple(row[own] for own, _ in measure.join_columns)) if measure.join else None
        yield Record(measure.table, row, joined, dates)


def _add(group: _Group, measure: Measure, record: Record) -> None:
    group.records += 1
    if record.truth(measure.where) is not True:
        return
    group.inside += 1
    if measure.of is not None:
        counted = record.truth(measure.of)
        group.known += counted is not None
        group.hits += counted is True
    elif measure.value is None:
        group.known += 1
        group.hits += 1
    else:
        value = record.value(measure.value)
        if value is not None:
            group.known += 1
            group.hits += 1
            group.values.append(value)


def _tally(measure: Measure, unit: str, office: str | None, month: str | None, group: _Group) -> Tally:
    hits, total, low, high = group.hits, None, None, None
    match measure.kind:
        case "distinct":
            hits = len(set(group.values))
        case "sum" | "mean":
            total = int(sum(group.values, Fraction(0)) * SCALE)
        case "median" | "percentile" if group.values:
            ordered = sorted(group.values)
            at, _ = position(len(ordered), percent_of(measure))
            low = int(ordered[at] * SCALE)
            high = int(ordered[min(at + 1, len(ordered) - 1)] * SCALE)
        case _:
            pass
    return Tally(measure.code, unit, office, month, group.records, group.inside, group.known, hits, total, low, high)


def listed_rows(
    measure: Measure, tables: Mapping[str, Iterable[Row]], dates: Mapping[str, date], request: ListRequest
) -> list[Record]:
    """The records behind a number, ordered by the key of their table."""
    found = [record for record in records_of(measure, tables, dates) if is_listed(measure, record, request)]
    found.sort(key=lambda record: tuple(record.own[name] for name in measure.record_table.key))
    return found if request.limit is None else found[: request.limit]


def is_listed(measure: Measure, record: Record, request: ListRequest) -> bool:
    """The record stands behind the number that was asked for."""
    own = record.own
    if own["unit"] != request.unit or (request.office is not None and own["office"] != request.office):
        return False
    if request.month is not None and month_of(measure, own) != request.month:
        return False
    if record.truth(measure.where) is not True:
        return False
    if measure.of is not None:
        counted = record.truth(measure.of)
        return {
            "numerator": counted is True,
            "denominator": counted is not None,
            "difference": counted is False,
            "unknown": counted is None,
        }[request.part]
    known = measure.value is None or record.value(measure.value) is not None
    return {"numerator": known, "denominator": known, "difference": False, "unknown": not known}[request.part]
