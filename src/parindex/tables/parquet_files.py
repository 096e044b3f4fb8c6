"""Parquet files made column by column: tables too long to be rows in Python, such as interviews and dossiers."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from parindex.documents.csv_rows import CSV_COLUMN_MISSING, CsvRow
from parindex.language import Text, nfc
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place

if TYPE_CHECKING:
    import pyarrow

ColumnKind = Literal["text", "whole", "decimal"]
"""`decimal` has six places: what weights and shares are stored with."""

DECIMAL_DIGITS, DECIMAL_PLACES = 18, 6


@dataclass(frozen=True, slots=True, eq=False)
class FileColumn:
    """One column of a file, its values (n,) in file order.

    `text`: strings, "" for null; `whole`: whole numbers; `decimal`: decimals with at most six places.
    """

    name: str
    kind: ColumnKind
    values: Sequence[Any]


def parquet_bytes(columns: Sequence[FileColumn], *, says: Mapping[str, str]) -> bytes:
    """A Parquet file of columns of equal length; `says` stands in its schema, under `parindex`.

    The same columns give the same bytes with the same version of Arrow.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    told = {b"parindex": json.dumps(dict(says), ensure_ascii=False, sort_keys=True).encode()}
    arrays = [_array(column) for column in columns]
    fields = [pa.field(column.name, array.type) for column, array in zip(columns, arrays, strict=True)]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=told)), out, compression="zstd")
    return out.getvalue()


def _array(column: FileColumn) -> pyarrow.Array:
    import pyarrow as pa

    if column.kind == "text":
        return pa.array([value or None for value in column.values], type=pa.string())
    if column.kind == "whole":
        return pa.array(column.values, type=pa.int64())
    cells = [value if isinstance(value, Decimal) else Decimal(value) for value in column.values]
    return pa.array(cells, type=pa.decimal128(DECIMAL_DIGITS, DECIMAL_PLACES))


PARQUET_DAMAGED = ProblemKind(
    "PARQUET-DAMAGED",
    what=Text("không đọc được tệp Parquet: {detail}.", "the Parquet file cannot be read: {detail}."),
    why=Text("Tệp bị cắt ngang hoặc không phải Parquet.", "It was cut off, or it is no Parquet file."),
    remedy=Text("Xuất lại tệp từ nguồn.", "Export the file again."),
)


def parquet_rows(content: bytes, name: str, problems: Problems, *, columns: Sequence[str]) -> Iterator[CsvRow]:
    """Rows of text from a Parquet file, as readers of CSV take them; other columns are not read.

    Null is the empty text; whole numbers and decimals are written plainly. The place of a row is its number, the head
    counted as the first, as in CSV. Nothing is given where the file is damaged or a column is missing: then the
    problems say so.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(io.BytesIO(content), columns=None)
    except (pa.ArrowInvalid, OSError) as fault:
        problems.add(PARQUET_DAMAGED, Place(name), detail=str(fault).splitlines()[0][:160])
        return
    missing = [column for column in columns if column not in table.column_names]
    for column in missing:
        there = ", ".join(table.column_names)
        found = Text(f"; tệp có {there}", f"; the file has {there}")
        problems.add(CSV_COLUMN_MISSING, Place(name), column=column, columns=", ".join(columns), found=found)
    if missing:
        return
    values = [[_plain(value) for value in table.column(column).to_pylist()] for column in columns]
    for number, cells in enumerate(zip(*values, strict=True), start=2):
        yield CsvRow(dict(zip(columns, cells, strict=True)), Place(name, line=number))


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return nfc(str(value)).strip()
