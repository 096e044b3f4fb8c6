"""What evaluating a measure needs from an engine, so that what composes the two need not know which one it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple, Protocol

from parindex.measures.nodes import Measure
from parindex.tables.record_tables import DECIMAL_PLACES

NO_MONTH: Final = "none"
"""The month of a record whose date is empty: it is counted, and in no month."""

SCALE: Final = 10**DECIMAL_PLACES
"""Sums and values travel as whole ten-thousandths, so that every engine adds them exactly."""

Part = Literal["numerator", "denominator", "difference", "unknown"]
"""Which records stand behind a number. `difference`: in the denominator and not in the numerator (of a share)."""

PARTS: Final[tuple[Part, ...]] = ("numerator", "denominator", "difference", "unknown")


class Grain(NamedTuple):
    """What results are split by, beside the unit."""

    office: bool = False
    month: bool = False


class Tally(NamedTuple):
    """What an engine counted of one measure for one unit (and office, and month where the grain has them).

    `records`: all records there. `inside`: those for which `where` is true. Of these, `known` are those that `of` is
    true or false for, or whose value is not empty (all, for count); the rest are unknown. `hits`: those `of` is true
    for; distinct values; for count and sums all that are known. `total`: the sum in ten-thousandths (sum, mean).
    `low`, `high`: for median and percentile the values, in ten-thousandths, between which it lies, see `position`.
    """

    measure: str
    unit: str
    office: str | None
    month: str | None
    records: int
    inside: int
    known: int
    hits: int
    total: int | None = None
    low: int | None = None
    high: int | None = None

    @property
    def unknown(self) -> int:
        return self.inside - self.known

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.measure, self.unit, self.office or "", self.month or ""


def position(known: int, percent: Decimal) -> tuple[int, Fraction]:
    """Where a percentile lies among `known` ordered values: the place of the lower value, from 0, and the part of the
    way to the next one.

    Linear interpolation between order statistics, (n − 1)·p from the least value: type 7 of Hyndman and Fan,
    "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996).
    """
    at = (known - 1) * Fraction(percent) / 100
    whole = at.numerator // at.denominator
    return whole, at - whole


def percent_of(measure: Measure) -> Decimal:
    """The percentile that a measure asks for; 50 for a median."""
    return Decimal(50) if measure.percent is None else measure.percent


@dataclass(frozen=True, slots=True)
class RecordSet:
    """Where the records of one edition stand: the Parquet parts of each declared table, as the engine can open them."""

    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, table: str) -> tuple[str, ...]:
        return self.parts.get(table, ())


@dataclass(frozen=True, slots=True)
class ListedRecords:
    """The records behind a number, ordered by their key; rows are made as they are asked for."""

    columns: tuple[str, ...]
    rows: Iterable[tuple[Any, ...]]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Whose records, and which. `office`, `month` None: all. `limit` None: all of them, streamed.

    Personal columns are left out unless `personal` names them; who asks for them is asked why, and that is recorded,
    by the door.
    """

    unit: str
    part: Part
    office: str | None = None
    month: str | None = None
    limit: int | None = 1000
    personal: tuple[str, ...] = ()


class MeasureEngine(Protocol):
    """An engine of `parindex.engines`. Raises ProblemsFound for records that cannot be used."""

    def evaluate(
        self, measures: Sequence[Measure], records: RecordSet, dates: Mapping[str, date], grain: Grain = Grain(), /
    ) -> tuple[Tally, ...]:
        """Every measure for every unit that has records in its table, ordered by measure, unit, office and month.

        With `grain.month`, measures without a month column are left out. A table without parts gives nothing.
        """
        ...

    def listed(
        self, measure: Measure, records: RecordSet, dates: Mapping[str, date], request: ListRequest, /
    ) -> ListedRecords:
        """The records behind one number of one unit: public columns, then those of the joined table that it reads."""
        ...

    def close(self) -> None:
        """Let go of what the engine holds (a connection, a session)."""
        ...
