"""The units of a programme: dated codes, never names or official numbers, are their identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from parindex.documents.csv_rows import CsvRow, read_rows
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place

UNIT_TWICE = ProblemKind(
    "UNIT-TWICE",
    what=Text('mã đơn vị "{unit}" đã có ở dòng {first}.', 'the unit code "{unit}" stands already on line {first}.'),
    why=Text("Mỗi mã chỉ một đơn vị.", "A code is one unit."),
    remedy=Text("Bỏ dòng trùng, hoặc đặt mã khác.", "Remove the repeat, or use another code."),
)
DATE_CELL = ProblemKind(
    "DATE-CELL",
    what=Text('cột "{column}": "{value}" không phải là ngày.', 'column "{column}": "{value}" is not a date.'),
    why=Text("", ""),
    remedy=Text("Viết năm-tháng-ngày, ví dụ 2025-06-30.", "Write year-month-day, for example 2025-06-30."),
)
UNIT_DATES_ORDER = ProblemKind(
    "UNIT-DATES-ORDER",
    what=Text("valid_from {start} sau valid_to {end}.", "valid_from {start} is after valid_to {end}."),
    why=Text("", ""),
    remedy=Text("Đổi lại hai ngày.", "Correct the two dates."),
)

UNIT_CHANGE_KIND = ProblemKind(
    "UNIT-CHANGE-KIND",
    what=Text('change_type "{found}" không có.', 'there is no change_type "{found}".'),
    why=Text("", ""),
    remedy=Text("Dùng một trong: {known}.", "Use one of: {known}."),
)

UNIT_COLUMNS = ("unit_code", "level", "name_vi", "name_en")
UNIT_OPTIONAL = (
    "short_name",
    "region_code",
    "region_vi",
    "region_en",
    "type",
    "official_code",
    "vintage",
    "valid_from",
    "valid_to",
    "note",
    "source_url",
)
UNIT_CHANGES = ("unchanged", "merged", "split", "reclassified")
UNIT_CHANGE_COLUMNS = ("predecessor_code", "successor_code", "change_type", "effective_date")


@dataclass(frozen=True, slots=True)
class Unit:
    """One assessed unit. `valid_from` None: since before the first edition; `valid_to` None: still valid."""

    code: str
    kind: str
    name: Text
    short_name: str
    region: str | None
    region_name: Text | None
    valid_from: date | None
    valid_to: date | None
    place: Place

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A predecessor and its successor: unchanged, merged, split or reclassified."""

    predecessor: str
    successor: str
    change: str
    effective: date | None


def read_units(content: bytes, name: str, problems: Problems) -> Mapping[str, Unit]:
    """Units by code, in the order of the file. Other columns may stand there; they are not read."""
    units: dict[str, Unit] = {}
    for row in read_rows(content, name, problems, columns=UNIT_COLUMNS, optional=UNIT_OPTIONAL, others=True):
        texts = [row.required(column, problems) for column in UNIT_COLUMNS]
        if any(text is None for text in texts):
            continue
        code, kind, name_vi, name_en = (text or "" for text in texts)
        if code in units:
            problems.add(UNIT_TWICE, row.place, unit=code, first=units[code].place.line)
            continue
        start, end = read_day(row, "valid_from", problems), read_day(row, "valid_to", problems)
        if start is not None and end is not None and start > end:
            problems.add(UNIT_DATES_ORDER, row.place, start=start, end=end)
        region = row["region_code"] or None
        units[code] = Unit(
            code,
            kind,
            Text(name_vi, name_en),
            row["short_name"] or name_vi,
            region,
            Text(row["region_vi"] or region, row["region_en"] or region) if region else None,
            start,
            end,
            row.place,
        )
    return units


def read_unit_changes(content: bytes, name: str, problems: Problems) -> tuple[UnitChange, ...]:
    """Predecessors and successors. Units of other years need not stand in units.csv."""
    changes = []
    for row in read_rows(content, name, problems, columns=UNIT_CHANGE_COLUMNS, others=True):
        old, new = row.required("predecessor_code", problems), row.required("successor_code", problems)
        effective = read_day(row, "effective_date", problems)
        if row["change_type"] not in UNIT_CHANGES:
            problems.add(UNIT_CHANGE_KIND, row.place, found=row["change_type"], known=", ".join(UNIT_CHANGES))
        if old is not None and new is not None:
            changes.append(UnitChange(old, new, row["change_type"], effective))
    return tuple(changes)


def read_day(row: CsvRow, column: str, problems: Problems) -> date | None:
    """The date of a cell; None when it is empty, and None with a problem when it is no date."""
    text = row[column]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.add(DATE_CELL, row.place, column=column, value=text)
        return None


def predecessors(changes: Sequence[UnitChange], unit: str, after: date, until: date) -> tuple[UnitChange, ...]:
    """The changes between two days that led to `unit`; empty when nothing changed."""
    return tuple(
        change
        for change in changes
        if change.successor == unit and (change.effective is None or after < change.effective <= until)
    )


def origins(
    changes: Sequence[UnitChange], unit: str, *, after: date = date.min, until: date = date.max
) -> tuple[UnitChange, ...]:
    """The changes between two days by which `unit` came to be; the predecessors are the units that were there first.

    A unit in between (A became B, B became C) is passed through. Empty when nothing changed.
    """
    return tuple(_origins(changes, unit, after, until, frozenset({unit})))


def _origins(
    changes: Sequence[UnitChange], unit: str, after: date, until: date, passed: frozenset[str]
) -> Iterator[UnitChange]:
    for change in predecessors(changes, unit, after, until):
        # A unit that took in another under its old code is its own predecessor: there the way ends.
        beyond = (
            ()
            if change.predecessor in passed
            else tuple(
                _origins(changes, change.predecessor, after, change.effective or until, passed | {change.predecessor})
            )
        )
        yield from beyond or (change,)
