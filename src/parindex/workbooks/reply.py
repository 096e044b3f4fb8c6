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

# Text, numbers and truth as they are, nothing as null, and (letter of `_OTHER`, text) for all else.
CellReply = str | int | float | bool | tuple[str, str] | None
FORMULA, PERCENT = 1, 2


class SheetReply(NamedTuple):
    """A sheet on its way.

    `rows`: (row, its first column, values from there on). `marks`: (row, column, FORMULA | PERCENT). `unread`: cells
    without a value in `rows`: (row, column, the error, or None for a formula without a stored value).
    """

    name: str
    hidden: bool
    rows: list[tuple[int, int, list[CellReply]]]
    marks: list[tuple[int, int, int]]
    unread: list[tuple[int, int, str | None]]


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
    name, hidden, rows, marks, unread = said
    if not isinstance(rows, list) or not isinstance(marks, list) or not isinstance(unread, list):
        raise ValueError("sheet")
    if type(hidden) is not bool:
        raise ValueError("hidden")
    cells: dict[tuple[int, int], Cell] = {}
    for row, first, values in rows:
        if type(row) is not int or type(first) is not int or row < 1 or first < 1:
            raise ValueError("row or column")
        for column, value in enumerate(values, first):
            if value is not None:
                cells[row, column] = Cell(value, "text") if type(value) is str else _cell(value)
    for row, column, error in unread:
        if type(row) is not int or type(column) is not int or row < 1 or column < 1:
            raise ValueError("row or column")
        cells[row, column] = Cell(None, "empty") if error is None else Cell(_text(error), "error")
    for row, column, flags in marks:
        value, kind, _, _ = cells[row, column]
        cells[row, column] = Cell(value, kind, flags & FORMULA != 0, flags & PERCENT != 0)
    return Sheet(file, _text(name), dict(sorted(cells.items())) if unread else cells, hidden)


def _cell(value: object) -> Cell:
    if type(value) is Decimal:
        return Cell(value, "number")
    if type(value) is int:
        return Cell(Decimal(value), "number")
    if type(value) is bool:
        return Cell(value, "boolean")
    if type(value) is not list:
        raise ValueError("value")
    letter, text = value
    kind, convert = _OTHER[letter]
    return Cell(convert(_text(text)), kind)


def _texts(said: object) -> dict[str, str]:
    if not isinstance(said, dict):
        raise ValueError("properties")
    return {name: _text(value) for name, value in said.items()}


def _text(value: object) -> str:
    if type(value) is not str:
        raise ValueError("text")
    return value


def _duration(text: str) -> datetime.timedelta:
    days, seconds, microseconds = (int(part) for part in text.split(" "))
    return datetime.timedelta(days, seconds, microseconds)


# "d" and "D" are dates without and with a time of day.
_OTHER: Mapping[str, tuple[CellKind, Callable[[str], CellValue]]] = {
    "d": ("date", datetime.date.fromisoformat),
    "D": ("date", datetime.datetime.fromisoformat),
    "h": ("time", datetime.time.fromisoformat),
    "u": ("duration", _duration),
}
