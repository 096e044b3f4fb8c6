"""What a read workbook is: sheets of cells, and the limits within which one is read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from parindex.sources import Place, SourceFile

CellKind = Literal["empty", "text", "number", "boolean", "date", "time", "duration", "error"]
CellValue = str | Decimal | bool | datetime.date | datetime.time | datetime.timedelta | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one workbook may cost. Sizes in bytes; `ratio` is expanded/compressed of a part over 1 MB.

    `rows` and `columns` count to the last cell that holds something, per sheet; `cells` counts the cells that hold
    something in the whole workbook. `memory_bytes` is the address space of the child that reads it.
    """

    file_bytes: int = 10_000_000
    parts: int = 500
    part_bytes: int = 30_000_000
    total_bytes: int = 60_000_000
    ratio: int = 200
    rows: int = 20_000
    columns: int = 200
    sheets: int = 60
    cells: int = 300_000
    cpu_seconds: int = 10
    wall_seconds: float = 20
    memory_bytes: int = 1 << 30


class Cell(NamedTuple):
    """One cell that holds something.

    `value` by kind: text -> str (NFC), number -> Decimal, boolean -> bool, date -> date or datetime,
    time -> time, duration -> timedelta, error -> str ("#DIV/0!"), empty -> None.

    A number is the shortest decimal that gives Excel's double, which is what was typed up to 15 digits: 0.1 is
    Decimal("0.1"). It may be as large as 1E+308, or not finite: ask `value.is_finite()` before computing.

    `formula`: the cell holds a formula, or is part of the range an array formula or a data table fills. The value
    is then what some program stored beside it; it is not computed here, and must not be trusted.

    `percent`: the number is shown as a percentage: who typed 95% sees "95%", and the value is Decimal("0.95").
    """

    value: CellValue
    kind: CellKind
    formula: bool = False
    percent: bool = False

    @property
    def is_number(self) -> bool:
        return self.kind == "number"

    @property
    def is_empty(self) -> bool:
        """Nothing stands here, not even a formula."""
        return self.kind == "empty" and not self.formula


EMPTY = Cell(None, "empty")


@dataclass(frozen=True)
class Sheet:
    """A worksheet. `cells` holds only cells that hold something, by (row, column) from (1, 1), in reading order.

    Of merged cells only the first holds something. Chart sheets are left out.
    """

    file: str
    name: str
    cells: Mapping[tuple[int, int], Cell]
    hidden: bool = False

    def cell(self, name: str) -> Cell:
        """The cell called `name` ("D14"); `EMPTY` where nothing stands. Raises ValueError for what is no name."""
        return self.cells.get(cell_position(name), EMPTY)

    def at(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), EMPTY)

    def row(self, row: int) -> tuple[Cell, ...]:
        """The cells of one row from column 1 to `column_count`, `EMPTY` where nothing stands."""
        return tuple(self.cells.get((row, column), EMPTY) for column in range(1, self.column_count + 1))

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Every row from 1 to `row_count`, each `column_count` long."""
        for row in range(1, self.row_count + 1):
            yield self.row(row)

    @cached_property
    def row_count(self) -> int:
        """The last row that holds something; 0 when the sheet is empty."""
        return max((row for row, _ in self.cells), default=0)

    @cached_property
    def column_count(self) -> int:
        """The last column that holds something; 0 when the sheet is empty."""
        return max((column for _, column in self.cells), default=0)

    def place(self, row: int | None = None, column: int | None = None) -> Place:
        """Where a cell stands, for a problem; the sheet itself without row and column."""
        cell = cell_name(row, column) if row is not None and column is not None else None
        return Place(self.file, sheet=self.name, cell=cell)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that was read whole. `name` is what the caller called it.

    `properties` are the document's own (title, creator, …), `custom_properties` those a program added (for
    instance the digest of a form); both as text. `cpu_seconds` is what reading it cost outside this process.
    """

    name: str
    sha256: str
    sheets: tuple[Sheet, ...]
    properties: Mapping[str, str]
    custom_properties: Mapping[str, str]
    cpu_seconds: float

    @property
    def source(self) -> SourceFile:
        return SourceFile(self.name, self.sha256)

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name (Excel keeps names apart without regard to case), or None."""
        folded = name.casefold()
        return next((sheet for sheet in self.sheets if sheet.name.casefold() == folded), None)


def cell_name(row: int, column: int) -> str:
    """(14, 4) -> "D14". Rows and columns count from 1."""
    if row < 1 or column < 1:
        raise ValueError(f"rows and columns count from 1, not ({row}, {column})")
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


_CELL_NAME = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})", re.ASCII)


def cell_position(name: str) -> tuple[int, int]:
    """ "D14" -> (14, 4). Raises ValueError for anything else than letters and a row."""
    match = _CELL_NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} names no cell")
    return int(match[2]), column_number(match[1])


def column_number(letters: str) -> int:
    """ "AB" -> 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
