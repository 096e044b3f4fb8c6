"""A measure and the conditions it is made of: frozen nodes, typed when they are read, the same for every engine.

Truth has three values. A comparison with an empty cell is *unknown*; `All` and `Either` combine as Kleene's logic does:
false and unknown is false, true or unknown is true. Only `Empty` is never unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from parindex.language import Text
from parindex.sources import Place
from parindex.tables.record_tables import RECORD_TABLES, RecordTable, RecordType

MeasureKind = Literal["count", "distinct", "share", "sum", "mean", "median", "percentile"]
ValueType = Literal["date", "number", "text", "choice", "flag"]
Comparator = Literal["=", "!=", "<", "<=", ">", ">="]

VALUE_TYPES: Final[Mapping[RecordType, ValueType]] = {
    "text": "text",
    "code": "text",
    "date": "date",
    "whole": "number",
    "decimal": "number",
    "flag": "flag",
    "choice": "choice",
}
"""How a column is compared. Texts and codes are equal or not; they have no order."""


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column of the measure's own table, or of the table it joins."""

    table: str
    name: str

    @property
    def type(self) -> ValueType:
        return VALUE_TYPES[RECORD_TABLES[self.table].column(self.name).type]


@dataclass(frozen=True, slots=True)
class Constant:
    """A date, number, word or flag as written."""

    value: date | Decimal | str | bool
    type: ValueType


@dataclass(frozen=True, slots=True)
class EditionDate:
    """A date of the edition by its name: `year_end`, `closes_on`."""

    name: str
    type: Literal["date"] = "date"


@dataclass(frozen=True, slots=True)
class Shifted:
    """A date so many days later (earlier where `days` is negative). Unknown where the date is empty."""

    date: DateExpression
    days: int
    type: Literal["date"] = "date"


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """Days from `earlier` to `later`, negative where they stand the other way round."""

    later: DateExpression
    earlier: DateExpression
    type: Literal["number"] = "number"


@dataclass(frozen=True, slots=True)
class Total:
    """Numbers added (True) and taken away (False). Empty where one of them is."""

    terms: tuple[tuple[bool, Expression], ...]
    type: Literal["number"] = "number"


DateExpression: TypeAlias = "ColumnRef | Constant | EditionDate | Shifted"
Expression: TypeAlias = "ColumnRef | Constant | EditionDate | Shifted | DaysBetween | Total"


@dataclass(frozen=True, slots=True)
class Compare:
    left: Expression
    comparator: Comparator
    right: Expression


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends included."""

    value: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class OneOf:
    value: Expression
    among: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Empty:
    """The cell is empty (`yes`), or is not; never unknown."""

    value: Expression
    yes: bool


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds. Without parts: true."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = "Compare | Between | OneOf | Empty | All | Either"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted, of whom.

    `where`: the records concerned, those for which it is true. `of` (share only): which of those are counted; a
    record for which it is unknown is counted apart, in neither numerator nor denominator. `value` is the column or
    difference that distinct, sum, mean, median and percentile take; records where it is empty are counted apart.
    `percent`: the percentile, from 0 to 100. `join`: the table whose columns stand beside each record's own, by the
    reference declared for both. `month`: the date column by whose month series are made; None: no series.
    """

    code: str
    name: Text
    table: str
    kind: MeasureKind
    where: All = All()
    of: All | None = None
    value: Expression | None = None
    percent: Decimal | None = None
    join: str | None = None
    month: str | None = None
    note: Text | None = None
    place: Place = field(default=Place(""), compare=False)

    @property
    def record_table(self) -> RecordTable:
        return RECORD_TABLES[self.table]

    @property
    def join_columns(self) -> tuple[tuple[str, str], ...]:
        """(own column, column of the joined table), as the reference between the two tables says."""
        for own, table, theirs in self.record_table.references:
            if table == self.join:
                return tuple(zip(own, theirs, strict=True))
        return ()

    def columns(self) -> tuple[ColumnRef, ...]:
        """Every column the measure reads, each once, in the order of the sentence."""
        found: dict[ColumnRef, None] = {}
        for condition in (self.where, self.of):
            if condition is not None:
                found.update(dict.fromkeys(condition_columns(condition)))
        if self.value is not None:
            found.update(dict.fromkeys(expression_columns(self.value)))
        return tuple(found)


def expressions(condition: Condition) -> Iterator[Expression]:
    """The expressions that a condition compares."""
    match condition:
        case Compare(left=left, right=right):
            yield left
            yield right
        case Between(value=value, low=low, high=high):
            yield from (value, low, high)
        case OneOf(value=value, among=among):
            yield value
            yield from among
        case Empty(value=value):
            yield value
        case All(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from expressions(part)


def condition_columns(condition: Condition) -> Iterator[ColumnRef]:
    for expression in expressions(condition):
        yield from expression_columns(expression)


def expression_columns(expression: Expression) -> Iterator[ColumnRef]:
    match expression:
        case ColumnRef():
            yield expression
        case Shifted(date=inner):
            yield from expression_columns(inner)
        case DaysBetween(later=later, earlier=earlier):
            yield from expression_columns(later)
            yield from expression_columns(earlier)
        case Total(terms=terms):
            for _, term in terms:
                yield from expression_columns(term)
        case Constant() | EditionDate():
            pass


def certain_columns(condition: Condition) -> frozenset[ColumnRef]:
    """The columns that cannot be empty in a record for which the condition is true."""
    match condition:
        case Compare() | Between():
            return frozenset(condition_columns(condition))
        case OneOf(value=value):
            return frozenset(expression_columns(value))
        case Empty(value=value, yes=yes):
            return frozenset() if yes else frozenset(expression_columns(value))
        case All(parts=parts):
            return frozenset[ColumnRef]().union(*(certain_columns(part) for part in parts))
        case Either(parts=parts):
            found = [certain_columns(part) for part in parts]
            return found[0].intersection(*found[1:]) if found else frozenset()


def never_unknown(condition: Condition, certain: frozenset[ColumnRef]) -> bool:
    """The condition is true or false of every record in which these columns are not empty.

    What one part of `All` tests for being there, the others may take for granted: without it the whole is false.
    """
    match condition:
        case Compare() | Between() | OneOf():
            return certain.issuperset(condition_columns(condition))
        case Empty():
            return True
        case All(parts=parts):
            tested = [certain_columns(part) for part in parts if isinstance(part, Empty)]
            return all(never_unknown(part, certain.union(*tested)) for part in parts)
        case Either(parts=parts):
            return all(never_unknown(part, certain) for part in parts)


def edition_dates(year: int, calendar: Mapping[str, date]) -> dict[str, date]:
    """The dates a condition may name as `edition.…`: the reporting year's first and last day, and the calendar."""
    return {**calendar, "year_start": date(year, 1, 1), "year_end": date(year, 12, 31)}
