"""What an engine counted, as rows of MEASURED: values from exact whole numbers, reasons where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from parindex.language import half_up
from parindex.measures.engine import SCALE, Tally, percent_of, position
from parindex.measures.nodes import Measure
from parindex.sources import digest_of
from parindex.tables.measured import Measured

VALUE_DECIMALS: Final = 10


def value_of(measure: Measure, tally: Tally) -> Fraction | None:
    """The value as an exact fraction, shares in percent; None where nothing is known of it.

    A count of nothing is 0, and so is the sum over no record; a share, mean, median or percentile of nothing is empty,
    and so is a sum whose every record lacks the number.
    """
    match measure.kind:
        case "count" | "distinct":
            if measure.kind == "distinct" and tally.inside and not tally.known:
                return None
            return Fraction(tally.hits)
        case "sum":
            if tally.inside and not tally.known:
                return None
            return Fraction(tally.total or 0, SCALE)
        case "share":
            return Fraction(100 * tally.hits, tally.known) if tally.known else None
        case "mean":
            return Fraction(tally.total or 0, SCALE * tally.known) if tally.known else None
        case "median" | "percentile":
            if tally.low is None or tally.high is None:
                return None
            _, part = position(tally.known, percent_of(measure))
            return (tally.low + part * (tally.high - tally.low)) / SCALE


def measured_rows(
    measures: Sequence[Measure],
    tallies: Iterable[Tally],
    *,
    edition: str,
    units: Sequence[str],
    digests: Mapping[str, str],
) -> tuple[Measured, ...]:
    """MEASURED for these units, ordered by measure as given, then unit as given, office and month.

    `tallies` may be of several grains. Every unit has a row for every measure, empty with its reason where the unit
    has no records; offices and months have rows where they have records that are concerned. Tallies of units that are
    not named are left out. `digests`: the SHA-256 of each table's record set.
    """
    found: dict[tuple[str, str], list[Tally]] = {}
    for tally in tallies:
        found.setdefault((tally.measure, tally.unit), []).append(tally)
    rows = []
    for measure in measures:
        digest = record_digest(measure, digests)
        for unit in units:
            there = sorted(found.get((measure.code, unit), ()), key=lambda each: each.key)
            if not any(tally.office is None and tally.month is None for tally in there):
                rows.append(
                    Measured(edition, unit, measure.code, None, None, None, None, None, None, 0, "no_records", digest)
                )
            rows.extend(_rows(measure, there, edition, digest))
    return tuple(rows)


def _rows(measure: Measure, tallies: Iterable[Tally], edition: str, digest: str | None) -> Iterator[Measured]:
    for tally in tallies:
        if tally.month is not None and not tally.inside:
            continue  # a month in which nothing was concerned: years before and after the edition's have many
        value = value_of(measure, tally)
        numerator: Fraction | None = None
        denominator: int | None = None
        match measure.kind:
            case "count" | "distinct" | "share":
                numerator = Fraction(tally.hits)
            case "sum" | "mean":
                numerator = Fraction(tally.total or 0, SCALE)
            case "median" | "percentile":
                pass
        if measure.kind not in ("count", "distinct", "sum"):
            denominator = tally.known
        empty = value is None
        yield Measured(
            edition=edition,
            unit=tally.unit,
            measure=measure.code,
            office=tally.office,
            month=tally.month,
            numerator=None if empty or numerator is None else plain(numerator),
            denominator=None if empty or denominator is None else Decimal(denominator),
            value=None if value is None else plain(value),
            unknown=tally.unknown,
            records=tally.inside,
            reason=None if not empty else "all_unknown" if tally.inside else "none_concerned",
            digest=digest,
        )


def plain(value: Fraction) -> Decimal:
    """A fraction with 10 decimals, half up, without zeros at its end: 98.2482341071, 47113, 0.5."""
    rounded = half_up(value, VALUE_DECIMALS)
    text = format(rounded, "f").rstrip("0").rstrip(".") if "." in format(rounded, "f") else format(rounded, "f")
    return Decimal(text if text not in ("-0", "") else "0")


def record_digest(measure: Measure, digests: Mapping[str, str]) -> str | None:
    """The digest of the records a measure reads; of two tables joined, the digest of both digests."""
    tables = [measure.table] + ([measure.join] if measure.join else [])
    there = [digests[table] for table in tables if table in digests]
    if not there:
        return None
    return there[0] if len(tables) == 1 else digest_of("\n".join(sorted(there)).encode())
