"""Excel workbooks in and out: the only place that knows them.

Workbooks that people send are hostile until shown otherwise, and are opened only in a short-lived child process
under limits (`reading`). Workbooks that we make come out byte for byte the same each time (`writing`),
also when one is filled in again and again (`filling`).
"""

from parindex.workbooks.cells import (
    EMPTY,
    Cell,
    CellKind,
    CellValue,
    Limits,
    Sheet,
    Workbook,
    cell_name,
    cell_position,
)
from parindex.workbooks.filling import CellFilling, FilledAgain, SheetFilling
from parindex.workbooks.reading import NamedFile, Readings, read_workbook, read_workbooks
from parindex.workbooks.writing import Formats, new_workbook, sheet_name, standard_formats, write_whole

__all__ = [
    "EMPTY",
    "Cell",
    "CellFilling",
    "CellKind",
    "CellValue",
    "FilledAgain",
    "Formats",
    "Limits",
    "NamedFile",
    "Readings",
    "Sheet",
    "SheetFilling",
    "Workbook",
    "cell_name",
    "cell_position",
    "new_workbook",
    "read_workbook",
    "read_workbooks",
    "sheet_name",
    "standard_formats",
    "write_whole",
]
