"""Excel exports: one sheet, read within limits by `parindex.workbooks`, its cells as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from parindex.problems import Problems, ProblemsFound
from parindex.records.chunks import NUMBER_CELL, STRANGE_CELL, TextChunk, shown
from parindex.records.mapping import RecordMapping
from parindex.records.mistakes import FILE_EMPTY, SHEET_MISSING
from parindex.sources import Place
from parindex.workbooks import Cell, Limits, Sheet, read_workbook

# An export of a one-stop shop for a year is larger than any form. What is larger still goes as CSV.
LIMITS: Final = Limits(
    file_bytes=60_000_000,
    part_bytes=600_000_000,
    total_bytes=700_000_000,
    rows=1_048_576,
    columns=200,
    cells=3_000_000,
    cpu_seconds=120,
    wall_seconds=240,
    memory_bytes=4 << 30,
)
CHUNK_ROWS: Final = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class WorkbookExport:
    """An opened sheet. It is in memory whole, within LIMITS; `total` counts its rows."""

    sheet: Sheet
    header: tuple[str, ...]
    header_row: int
    total: int
    chunk_rows: int

    def chunks(
        self, wanted: Sequence[int], repeating: frozenset[int], start: tuple[int, int] | None
    ) -> Iterator[TextChunk]:
        import numpy as np
        import pyarrow as pa

        first = start[1] if start is not None else self.header_row + 1
        width = len(self.header)
        while first <= self.total:
            last = min(first + self.chunk_rows, self.total + 1)
            # Formatted rows below the data hold nothing; they are no records.
            rows = [
                row
                for row in range(first, last)
                if any((row, column) in self.sheet.cells for column in range(1, width + 1))
            ]
            columns = {}
            for number in wanted:
                texts = pa.array([_text(self.sheet.at(row, number + 1)) for row in rows], pa.string())
                columns[number] = texts.dictionary_encode() if number in repeating else texts

            def cells(at: int, rows: Sequence[int] = rows) -> Sequence[str]:
                return [shown(_text(self.sheet.at(rows[at], column))) for column in range(1, width + 1)]

            yield TextChunk(
                rows=np.array(rows, dtype=np.int64),
                columns=columns,
                broken=(),
                cells=cells,
                next=(0, last),
                done=last - 1,
            )
            first = last


def _text(cell: Cell) -> str:
    if cell.formula:
        return f"{STRANGE_CELL}={_plain(cell)}"
    if cell.kind in ("error", "duration"):
        return f"{STRANGE_CELL}{cell.value}"
    if cell.kind == "number":
        return f"{NUMBER_CELL}{_plain(cell)}"
    return _plain(cell)


def _plain(cell: Cell) -> str:
    match cell.value:
        case None:
            return ""
        case bool(value):
            return "true" if value else "false"
        case Decimal() as value:
            return format(value, "f") if value.is_finite() and abs(value) < Decimal("1e30") else str(value)
        case datetime() as value:
            return value.date().isoformat()
        case date() as value:
            return value.isoformat()
        case value:
            return str(value)


def open_workbook(
    path: Path, name: str, mapping: RecordMapping, problems: Problems, *, chunk_rows: int = CHUNK_ROWS
) -> WorkbookExport | None:
    """Read the sheet the mapping names, or the first one. None after problems."""
    try:
        workbook = read_workbook(name, path, limits=LIMITS)
    except ProblemsFound as found:
        problems.extend(found.problems)
        return None
    sheet = workbook.sheet(mapping.sheet) if mapping.sheet is not None else workbook.sheets[0]
    if sheet is None:
        listed = ", ".join(f'"{each.name}"' for each in workbook.sheets)
        problems.add(SHEET_MISSING, Place(name), sheet=mapping.sheet, found=listed)
        return None
    if sheet.row_count <= mapping.header_row:
        problems.add(FILE_EMPTY, sheet.place())
        return None
    header = tuple(shown(_text(cell)).strip() for cell in sheet.row(mapping.header_row))
    while header and not header[-1]:
        header = header[:-1]
    if not header:
        problems.add(FILE_EMPTY, sheet.place(mapping.header_row, 1))
        return None
    return WorkbookExport(sheet, header, mapping.header_row, sheet.row_count, chunk_rows)
