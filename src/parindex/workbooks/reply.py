"""What the child that opened a hostile file may say: JSON of a fixed shape, checked on arrival.

Not pickle nor marshal, which trust their sender. Any answer of another shape raises ValueError.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from parindex.problems import Problem
from parindex.sources import Place
from parindex.workbooks.cells import Cell, CellKind, CellValue, Sheet
from parindex.workbooks.refusals import KINDS, Finding

# One letter for each kind of cell value on its way; both "d" and "D" are dates, without and with a time of day.
CELL_KINDS: Mapping[str, CellKind] = {
    "z": "empty",
    "t": "text",
    "n": "number",
    "b": "boolean",
    "d": "date",
    "D": "date",
    "h": "time",
    "u": "duration",
    "e": "error",
}


@dataclass(slots=True)
class SheetReply:
    """A sheet on its way: four lists of one length, and the numbers in them of formulas and percentages."""

    name: str
    hidden: bool
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    values: list[str | int | float | bool | None] = field(default_factory=list)
    formulas: list[int] = field(default_factory=list)
    percents: list[int] = field(default_factory=list)

    def add(
        self,
        row: int,
        column: int,
        kind: str,
        value: str | int | float | bool | None,
        *,
        formula: bool,
        percent: bool = False,
    ) -> None:
        if formula:
            self.formulas.append(len(self.rows))
        if percent:
            self.percents.append(len(self.rows))
        self.rows.append(row)
        self.columns.append(column)
        self.kinds.append(kind)
        self.values.append(value)


@dataclass(slots=True)
class BookReply:
    sheets: list[SheetReply]
    properties: dict[str, str]
    custom_properties: dict[str, str]


def encode_book(book: BookReply) -> bytes:
    return json.dumps({"book": asdict_shallow(book)}, separators=(",", ":")).encode("ascii")


def asdict_shallow(book: BookReply) -> dict[str, object]:
    """Like `dataclasses.asdict`, which would copy every cell."""
    sheets = [
        {name: getattr(sheet, name) for name in SheetReply.__slots__} | {"kinds": "".join(sheet.kinds)}
        for sheet in book.sheets
    ]
    return {"sheets": sheets, "properties": book.properties, "custom_properties": book.custom_properties}


def encode_findings(findings: tuple[Finding, ...]) -> bytes:
    said = [
        {"code": found.kind.code, "values": dict(found.values), "sheet": found.sheet, "cell": found.cell}
        for found in findings
    ]
    return json.dumps({"refused": said}, separators=(",", ":")).encode("ascii")
