"""What a folder says of records, held against itself without a single record: counts, claims, sentences, decisions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from parindex.appraisal.from_records import BASIS
from parindex.language import half_up
from parindex.measures.library import ready_measures
from parindex.measures.measured import VALUE_DECIMALS, record_digest
from parindex.measures.nodes import Measure, edition_dates
from parindex.measures.reading import read_measures
from parindex.problems import Problems
from parindex.results.edition_records import claims_of, counted_rows
from parindex.results.result import Result
from parindex.results.survey_recomputed import Disagreement
from parindex.tables.counted import COUNTED
from parindex.tables.flow import ACCEPTED
from parindex.tables.measured import MEASURED, Measured
from parindex.tables.record_tables import MEASURES_FILE


class RecountedRecords(NamedTuple):
    """How many counts were held against the measures, and what disagrees."""

    counts: int
    disagreements: tuple[Disagreement, ...]


def recompute_counted(result: Result) -> RecountedRecords:
    """Hold MEASURED and COUNTED against the measures of the programme, the claims and the accepted values.

    Numbers of records cannot be counted again without them; that a value is its numerator over its denominator, that
    a count stands beside the right claim, that every unit has its row, and that what was accepted from records is the
    count, can be seen. Raises ProblemsFound where the measures of the programme cannot be read.
    """
    measures = _measures(result)
    wrong = list(_measured(result, measures))
    if not wrong:
        wrong += _counted(result, measures)
    wrong += _accepted(result)
    return RecountedRecords(len(result.counted), tuple(wrong))


def _measures(result: Result) -> tuple[Measure, ...]:
    content = result.programme_files.get(MEASURES_FILE)
    if content is None:
        return ()
    problems = Problems()
    dates = edition_dates(result.edition.year, result.edition.calendar)
    measures = read_measures(content, MEASURES_FILE, problems, dates=dates, ready=ready_measures())
    problems.raise_if_any()
    return measures


def _measured(result: Result, measures: tuple[Measure, ...]) -> Iterator[Disagreement]:
    """A row for every measure and unit, its value that of its parts, and one record set a measure."""
    known = {measure.code: measure for measure in measures}
    units = [unit.code for each in result.edition.lists for unit in each.units]
    expected = {(unit, code) for unit in units for code in known}
    there = {(row.unit, row.measure) for row in result.measured}
    for unit, code in sorted(expected - there):
        yield Disagreement(MEASURED.file_name, f"{unit}, {code}", "–", code)
    for unit, code in sorted(there - expected):
        yield Disagreement(MEASURED.file_name, f"{unit}, {code}", code, "–")
    digests: dict[str, str | None] = {}
    tables: dict[str, str] = {}
    for row in result.measured:
        measure = known.get(row.measure)
        if measure is None:
            continue
        value = _value(measure, row)
        if value != row.value:
            yield Disagreement(MEASURED.file_name, f"{row.unit}, {row.measure}", _text(row.value), _text(value))
        first = digests.setdefault(row.measure, row.digest)
        if measure.join is None and row.digest is not None:
            first = tables.setdefault(measure.table, row.digest)
        if row.digest != first:
            yield Disagreement(MEASURED.file_name, f"{row.unit}, {row.measure}", row.digest or "–", first or "–")
    for code, digest in digests.items():
        joined = known[code]
        if joined.join is not None and {joined.table, joined.join} <= set(tables):
            should = record_digest(joined, tables)
            if digest != should:
                yield Disagreement(MEASURED.file_name, code, digest or "–", should or "–")


def _value(measure: Measure, row: Measured) -> Decimal | None:
    """The value of a row from its own numbers; of a median, which has none, the value itself."""
    if row.reason is not None:
        return None
    if measure.kind in ("median", "percentile") or row.numerator is None:
        return row.value
    if measure.kind in ("count", "distinct", "sum"):
        return row.numerator
    if not row.denominator:
        return None
    share = Fraction(row.numerator) / Fraction(row.denominator) * (100 if measure.kind == "share" else 1)
    return half_up(share, VALUE_DECIMALS)


def _counted(result: Result, measures: tuple[Measure, ...]) -> Iterator[Disagreement]:
    """COUNTED as it is made from MEASURED, the framework, the measures and the claims."""
    dates = edition_dates(result.edition.year, result.edition.calendar)
    claims = claims_of(result.accepted)
    again = counted_rows(result.edition, result.books, measures, dates, result.measured, claims) if measures else ()
    found = {(row.unit, row.node, row.input): row for row in result.counted}
    expected = {(row.unit, row.node, row.input): row for row in again}
    for key in dict.fromkeys((*found, *expected)):
        one, two = found.get(key), expected.get(key)
        if one == two:
            continue
        where = ", ".join(key)
        if one is None or two is None:
            yield Disagreement(COUNTED.file_name, where, "–" if one is None else key[2], "–" if two is None else key[2])
            continue
        name = next(name for name in one._fields if getattr(one, name) != getattr(two, name))
        yield Disagreement(
            COUNTED.file_name, f"{where}, {name}", str(getattr(one, name) or "–"), str(getattr(two, name) or "–")
        )


def _accepted(result: Result) -> Iterator[Disagreement]:
    """What rests on records is what they count, where a measure is named for it."""
    counted = {(row.unit, row.node, row.input): row.counted for row in result.counted}
    for row in result.accepted:
        key = (row.unit, row.node, row.input)
        if row.basis == BASIS and key in counted:
            count = counted[key]
            if count is None or Decimal(row.value) != count:
                yield Disagreement(ACCEPTED.file_name, f"{', '.join(key)}, {row.stage}", row.value, _text(count))


def _text(value: Decimal | None) -> str:
    return "–" if value is None else format(value, "f")
