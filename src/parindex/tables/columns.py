"""What a table is: a row class and its declared columns. Written to and read from CSV and Arrow, nothing else."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from parindex.documents.csv_rows import CELL_NUMBER, CsvRow, guarded, is_decimal, read_rows
from parindex.language import Text
from parindex.problems import Problems

ColumnType = Literal["text", "decimal", "whole", "flag", "json"]
Row = TypeVar("Row", bound="tuple[Any, ...]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, in what unit, and what an empty cell means (None: it is never empty)."""

    name: str
    type: ColumnType
    says: Text
    unit: str = ""
    null_means: Text | None = None


@dataclass(frozen=True, slots=True)
class TableSpec(Generic[Row]):
    """One table: its name, its row class (a NamedTuple with the columns' names), and its key."""

    name: str
    row: type[Row]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    says: Text

    def __post_init__(self) -> None:
        fields = getattr(self.row, "_fields", ())
        assert fields == tuple(column.name for column in self.columns), (self.name, fields)
        assert set(self.key) <= set(fields), self.name

    @property
    def file_name(self) -> str:
        return f"{self.name}.csv"

    def csv_bytes(self, rows: Iterable[Row]) -> bytes:
        """UTF-8, line feeds, decimals in plain digits, empty cells for null: the same bytes on every machine."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([column.name for column in self.columns])
        writers = [_WRITERS[column.type] for column in self.columns]
        writer.writerows(
            ["" if cell is None else write(cell) for write, cell in zip(writers, row, strict=True)] for row in rows
        )
        return out.getvalue().encode()

    def read_csv(self, content: bytes, name: str, problems: Problems) -> tuple[Row, ...]:
        """Rows from the bytes of `csv_bytes`; problems for missing columns and cells of another type."""
        names = [column.name for column in self.columns]
        rows = []
        make: Callable[[list[Any]], Row] = self.row._make  # type: ignore[attr-defined]
        for csv_row in read_rows(content, name, problems, columns=names):
            rows.append(make([_read(column, csv_row, problems) for column in self.columns]))
        return tuple(rows)

    def as_records(self, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """Rows as JSON objects; decimals stay text, so that no digit is lost."""
        names = [column.name for column in self.columns]
        return [
            {
                name: (format(cell, "f") if isinstance(cell, Decimal) else cell)
                for name, cell in zip(names, row, strict=True)
            }
            for row in rows
        ]


def canonical_json(value: object) -> str:
    """One way to write a JSON value: keys sorted, no spaces, letters as they are, decimals as text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_decimal_text)


def _decimal_text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"not a value of a table: {value!r}")


def _write_decimal(value: Any) -> str:
    return format(value, "f")


def _write_flag(value: Any) -> str:
    return "true" if value else "false"


_WRITERS: Mapping[ColumnType, Callable[[Any], str]] = {
    "text": guarded,
    "decimal": _write_decimal,
    "whole": str,
    "flag": _write_flag,
    "json": canonical_json,
}


def _read(column: Column, row: CsvRow, problems: Problems) -> Any:
    text = row[column.name]
    if column.type == "text":
        return text if text or column.null_means is None else None
    if not text:
        return None
    if column.type == "json":
        try:
            return json.loads(text)
        except ValueError:
            problems.add(CELL_NUMBER, row.place, column=column.name, value=text)
            return None
    if column.type == "flag":
        return text == "true"
    if not is_decimal(text) or (column.type == "whole" and "." in text):
        problems.add(CELL_NUMBER, row.place, column=column.name, value=text)
        return None
    return Decimal(text) if column.type == "decimal" else int(text)
