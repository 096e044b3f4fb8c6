"""Parquet files made column by column: tables too long to be rows in Python, such as interviews and dossiers."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

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
