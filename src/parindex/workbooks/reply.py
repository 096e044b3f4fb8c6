"""What the child that opened a hostile file may say: JSON of a fixed shape, checked on arrival.

Not pickle nor marshal, which trust their sender.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from parindex.problems import Problem
from parindex.sources import Place
from parindex.workbooks.cells import Cell, CellKind, CellValue, Sheet
from parindex.workbooks.refusals import KINDS, Finding

# (row, column, letter of `CELL_KINDS`, value, FORMULA | PERCENT)
CellReply = tuple[int, int, str, str | int | float | bool | None, int]
FORMULA, PERCENT = 1, 2


class SheetReply(NamedTuple):
    name: str
    hidden: bool
    cells: list[CellReply]


class BookReply(NamedTuple):
    sheets: list[SheetReply]
    properties: dict[str, str]
    custom_properties: dict[str, str]


class FindingReply(NamedTuple):
    code: str
    values: dict[str, str | int]
    sheet: str | None
    cell: str | None


class Answer(NamedTuple):
    """The book, or the reasons why it is not read."""

    sheets: tuple[Sheet, ...]
    properties: dict[str, str]
    custom_properties: dict[str, str]
    problems: tuple[Problem, ...]


def encode_book(book: BookReply) -> bytes:
    return json.dumps({"book": book}, separators=(",", ":")).encode("ascii")


def encode_findings(findings: tuple[Finding, ...]) -> bytes:
    said = [FindingReply(found.kind.code, dict(found.values), found.sheet, found.cell) for found in findings]
    return json.dumps({"refused": said}, separators=(",", ":")).encode("ascii")


def decode(payload: bytes, file: str) -> Answer:
    """Raises ValueError for anything the two encoders above cannot have written."""
    try:
        said = json.loads(payload, parse_float=Decimal, parse_constant=Decimal)
        if "refused" in said:
            problems = tuple(_problem(finding, file) for finding in said["refused"])
            if not problems:
                raise ValueError("refused without a reason")
            return Answer((), {}, {}, problems)
        sheets, properties, custom = said["book"]
        return Answer(tuple(_sheet(sheet, file) for sheet in sheets), _texts(properties), _texts(custom), ())
    except (LookupError, TypeError, ArithmeticError, AttributeError, RecursionError) as fault:
        raise ValueError("an answer of another shape") from fault


def _problem(said: list[object], file: str) -> Problem:
    code, values, sheet, cell = said
    if not isinstance(values, dict) or not all(type(value) in (str, int) for value in values.values()):
        raise ValueError("values")
    if not isinstance(sheet, str | None) or not isinstance(cell, str | None):
        raise ValueError("place")
    return Problem(KINDS[_text(code)], Place(file, sheet=sheet, cell=cell), values)


def _sheet(said: list[object], file: str) -> Sheet:
    name, hidden, found = said
    if not isinstance(found, list) or type(hidden) is not bool:
        raise ValueError("sheet")
    cells: dict[tuple[int, int], Cell] = {}
    for row, column, letter, value, flags in found:
        kind, convert = CELL_KINDS[letter]
        if type(row) is not int or type(column) is not int or row < 1 or column < 1:
            raise ValueError("row or column")
        cells[row, column] = Cell(convert(value), kind, flags & FORMULA != 0, flags & PERCENT != 0)
    return Sheet(file, _text(name), cells, hidden)


def _texts(said: object) -> dict[str, str]:
    if not isinstance(said, dict):
        raise ValueError("properties")
    return {name: _text(value) for name, value in said.items()}


def _text(value: object) -> str:
    if type(value) is not str:
        raise ValueError("text")
    return value


def _number(value: object) -> Decimal:
    if type(value) is Decimal:
        return value
    if type(value) is not int:
        raise ValueError("number")
    return Decimal(value)


def _boolean(value: object) -> bool:
    if type(value) is not bool:
        raise ValueError("boolean")
    return value


def _nothing(value: object) -> None:
    if value is not None:
        raise ValueError("nothing")


def _duration(value: object) -> datetime.timedelta:
    days, seconds, microseconds = (int(part) for part in _text(value).split(" "))
    return datetime.timedelta(days, seconds, microseconds)


# One letter for each kind of value on its way; "d" and "D" are dates without and with a time of day.
CELL_KINDS: Mapping[str, tuple[CellKind, Callable[[object], CellValue]]] = {
    "z": ("empty", _nothing),
    "t": ("text", _text),
    "n": ("number", _number),
    "b": ("boolean", _boolean),
    "d": ("date", lambda value: datetime.date.fromisoformat(_text(value))),
    "D": ("date", lambda value: datetime.datetime.fromisoformat(_text(value))),
    "h": ("time", lambda value: datetime.time.fromisoformat(_text(value))),
    "u": ("duration", _duration),
    "e": ("error", _text),
}
