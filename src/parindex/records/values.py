"""From the text of a cell to the value of a column: days, numbers, flags, choices, units.

Each distinct text is understood once; columns of many rows hold few of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from parindex.language import Text
from parindex.problems import ProblemKind
from parindex.programme.units import Unit, UnitChange
from parindex.records.chunks import NUMBER_CELL
from parindex.records.mapping import FLAG_WORDS, FORMULA_STARTS, ColumnSource, folded
from parindex.records.mistakes import (
    ROW_CELL,
    ROW_CHOICE,
    ROW_CODE_NUMBER,
    ROW_DATE,
    ROW_EMPTY,
    ROW_FLAG,
    ROW_FUTURE,
    ROW_LOW,
    ROW_NUMBER,
    ROW_PLACES,
    ROW_UNIT,
    ROW_UNIT_SPLIT,
    ROW_WHOLE,
)
from parindex.tables.record_tables import DECIMAL_PLACES


class Understood(NamedTuple):
    """The value of a text (None: empty), or the mistake in it with what fills its words."""

    value: Any = None
    kind: ProblemKind | None = None
    values: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the records of an edition are checked against.

    `units`: those of units.csv. `as_of`: the day they must be valid on. `latest`: no recorded act is after it.
    `catalogue`: the procedures of each unit that has a catalogue; None where the table has no such column.
    """

    units: Mapping[str, Unit]
    changes: Sequence[UnitChange]
    as_of: date
    latest: date
    catalogue: Mapping[str, frozenset[str]] = field(default_factory=dict)


Understand = Callable[[str], Understood]


def understanding(source: ColumnSource, around: Surroundings, units: Mapping[str, str]) -> Understand:
    """How the texts of this column are understood; `units` are the old codes that the mapping names."""
    column = source.column
    required = column.null_means is None

    def empty() -> Understood:
        return Understood(None, ROW_EMPTY, {"name": column.name}) if required else Understood()

    if column.type == "date":
        read: Understand = _days(source, around.latest if column.happened else None)
    elif column.type in ("decimal", "whole"):
        read = _numbers(source)
    elif column.type == "flag":
        read = _flags(source)
    elif column.type == "choice":
        read = _choices(source)
    elif column.name == "unit":
        read = _units(around, units)
    else:
        read = _codes

    def understand(text: str) -> Understood:
        text = unguarded(text.strip().strip("\u00a0\ufeff").strip())
        if text.startswith("\0") and not text.startswith(NUMBER_CELL):
            return Understood(None, ROW_CELL, {})
        if not text or folded(text) in source.empty:
            return empty()
        found = read(text)
        return empty() if found.kind is None and found.value is None else found

    return understand


def unguarded(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running a cell as a formula."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text


_TIME: Final = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?(?:AM|PM|SA|CH|am|pm))?"
TIME_AFTER: Final = rf"[ T]+{_TIME}$"
"""The time of day after a date, as exports write it (also for Arrow)."""
_DATE = re.compile(
    rf"(?:{_TIME},?\s+)?(\d{{1,4}})([/.-])(\d{{1,2}})\2(\d{{1,4}})(?:[ T]+{_TIME})?(Z|[+-]\d{{2}}:?\d{{2}})?", re.ASCII
)
_COMPACT = re.compile(r"([12]\d{3})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"([2-7]\d{4})(?:[.,]\d+)?", re.ASCII)
_EXCEL_DAY_ZERO: Final = date(1899, 12, 30)  # serial 60 (29 February 1900, which never was) lies before all we take
_FORMS: Final = {"dd/mm/yyyy": (2, 1, 0), "mm/dd/yyyy": (2, 0, 1), "yyyy/mm/dd": (0, 1, 2)}


def _days(source: ColumnSource, latest: date | None) -> Understand:
    year_at, month_at, day_at = _FORMS[source.dates]

    def read(text: str) -> Understood:
        shown = text.removeprefix(NUMBER_CELL)
        wrong = Understood(None, ROW_DATE, {"form": source.dates})
        found = _DATE.fullmatch(shown)
        if found is not None:
            parts = [found[1], found[3], found[4]]
            if len(parts[0]) == 4:
                year, month, day = parts
            else:
                year, month, day = parts[year_at], parts[month_at], parts[day_at]
            if len(year) != 4:
                return wrong
            try:
                value = date(int(year), int(month), int(day))
            except ValueError:
                return wrong
            if found[5]:
                value = _in_vietnam(shown, value)
        elif serial := _SERIAL.fullmatch(shown):
            value = _EXCEL_DAY_ZERO + timedelta(int(serial[1]))
        elif compact := _COMPACT.fullmatch(shown):
            try:
                value = date(int(compact[1]), int(compact[2]), int(compact[3]))
            except ValueError:
                return wrong
        else:
            return wrong
        if not 1900 <= value.year <= 2200:
            return wrong
        if latest is not None and value > latest:
            return Understood(None, ROW_FUTURE, {"day": latest})
        return Understood(value)

    return read


_MOMENT = re.compile(r".*[ T](\d{1,2}):(\d{2}).*?(Z|[+-]\d{2}:?\d{2})", re.ASCII)


def _in_vietnam(text: str, day: date) -> date:
    """A moment with a time zone belongs to the day it had in Vietnam (UTC+7 all year)."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return day
    zone = found[3]
    ahead = 0 if zone == "Z" else (int(zone[1:3]) * 60 + int(zone[-2:])) * (-1 if zone[0] == "-" else 1)
    minutes = int(found[1]) * 60 + int(found[2]) - ahead + 7 * 60
    return day + timedelta(minutes // 1440)


_PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_WITH_COMMA = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?", re.ASCII)
_WITH_POINT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_SPACES = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3})")
_MARKS: Final = {
    "comma": Text("dấu phẩy thập phân, dấu chấm phân nhóm", "a decimal comma, points between groups"),
    "point": Text("dấu chấm thập phân, dấu phẩy phân nhóm", "a decimal point, commas between groups"),
}


def _numbers(source: ColumnSource) -> Understand:
    whole, lowest = source.column.type == "whole", source.column.lowest

    def read(text: str) -> Understood:
        if text.startswith(NUMBER_CELL):
            plain = text.removeprefix(NUMBER_CELL)
        else:
            plain = _SPACES.sub("", text).replace("−", "-")
            if not (_WITH_COMMA if source.decimal == "comma" else _WITH_POINT).fullmatch(plain):
                return Understood(None, ROW_NUMBER, {"mark": _MARKS[source.decimal]})
            if source.decimal == "comma":
                plain = plain.replace(".", "").replace(",", ".")
            else:
                plain = plain.replace(",", "")
        if not _PLAIN.fullmatch(plain):
            return Understood(None, ROW_NUMBER, {"mark": _MARKS[source.decimal]})
        number = Decimal(plain)
        # A double of a spreadsheet may be a hair off: 2.1 + 0.1 is stored as 2.2000000000000002.
        if text.startswith(NUMBER_CELL) and len(plain) > 15:
            number = Decimal(f"{number:.15g}")
        if whole and number != number.to_integral_value():
            return Understood(None, ROW_WHOLE, {})
        if number != round(number, DECIMAL_PLACES) or abs(number) >= Decimal(10) ** (18 - DECIMAL_PLACES):
            return Understood(None, ROW_PLACES, {"places": DECIMAL_PLACES})
        if lowest is not None and number < lowest:
            return Understood(None, ROW_LOW, {"lowest": lowest})
        return Understood(int(number) if whole else round(number, DECIMAL_PLACES))

    return read


def _flags(source: ColumnSource) -> Understand:
    def read(text: str) -> Understood:
        word = folded(text.removeprefix(NUMBER_CELL))
        if word in source.values:
            code = source.values[word]
            return Understood(None if code == "" else code == "true")
        flag = FLAG_WORDS.get(word)
        return Understood(None, ROW_FLAG, {}) if flag is None else Understood(flag)

    return read


def _choices(source: ColumnSource) -> Understand:
    column = source.column
    known = {folded(code): code for code in column.codes}
    for code, says in column.codes.items():
        for label in (says.vi, says.en):
            known.setdefault(folded(label), code)

    def read(text: str) -> Understood:
        word = folded(text.removeprefix(NUMBER_CELL))
        if word in source.values:
            return Understood(source.values[word] or None)
        if word in known:
            return Understood(known[word])
        listed = [f"{code} ({says.vi})" for code, says in column.codes.items()]
        written = [f'"{word}"' for word in source.values]
        return Understood(None, ROW_CHOICE, {"known": ", ".join((*listed, *written))})

    return read


def _codes(text: str) -> Understood:
    if text.startswith(NUMBER_CELL):
        plain = text.removeprefix(NUMBER_CELL)
        # A whole number is the code that was typed; of a fraction, zeros at the end may be lost.
        return Understood(plain) if plain.lstrip("-").isdigit() else Understood(None, ROW_CODE_NUMBER, {})
    return Understood(text)


def _units(around: Surroundings, old: Mapping[str, str]) -> Understand:
    by_old = {folded(code): unit for code, unit in old.items()}

    def read(text: str) -> Understood:
        text = text.removeprefix(NUMBER_CELL)
        code = by_old.get(folded(text), text)
        reached = successors(code, around)
        if len(reached) == 1:
            return Understood(next(iter(reached)))
        if reached:
            return Understood(None, ROW_UNIT_SPLIT, {"known": ", ".join(sorted(reached))})
        return Understood(None, ROW_UNIT, {"day": around.as_of})

    return read


def successors(code: str, around: Surroundings) -> frozenset[str]:
    """The units valid on `as_of` that a code has become; the code itself where it is still valid."""
    reached: set[str] = set()
    seen: set[str] = set()
    ways = [code]
    while ways:
        each = ways.pop()
        if each in seen:
            continue
        seen.add(each)
        unit = around.units.get(each)
        if unit is not None and unit.valid_on(around.as_of):
            reached.add(each)
            continue
        ways.extend(
            change.successor
            for change in around.changes
            if change.predecessor == each and (change.effective is None or change.effective <= around.as_of)
        )
    return frozenset(reached)
