"""Parquet: a file per table. Decimals stay exact, and the schema carries what the publication says of itself."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from parindex.publication.release import PUBLIC_TABLES, Release
from parindex.tables.columns import Column, Row, TableSpec, canonical_json

if TYPE_CHECKING:
    import pyarrow

# Every decimal that a table may hold (18 digits before the point, 16 after it) fits exactly, and a column has the
# same type in every edition, so that files of several years are read as one table.
_PRECISION, _SCALE = 38, 16

_NAME = b"parindex"


def files(release: Release) -> dict[str, bytes]:
    """`parquet/<table>.parquet`; columns of JSON are text in canonical form."""
    return {f"parquet/{spec.name}.parquet": _file(release, spec, release.result.table(spec)) for spec in PUBLIC_TABLES}


def content(file: bytes) -> object:
    """Column names and types, what the schema says, and all values."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(file))
    except (pa.ArrowException, OSError) as error:
        return f"{type(error).__name__}: {error}"
    columns = [(field.name, str(field.type), field.nullable, field.metadata) for field in table.schema]
    return columns, (table.schema.metadata or {}).get(_NAME), table.to_pydict()


def _file(release: Release, spec: TableSpec[Row], rows: tuple[Row, ...]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    says = json.dumps({**release.head, "table": spec.name, "key": list(spec.key)}, ensure_ascii=False)
    schema = pa.schema([_field(column) for column in spec.columns], metadata={_NAME: says.encode()})
    arrays = [
        pa.array([_cell(column, row[place]) for row in rows], type=schema.field(place).type)
        for place, column in enumerate(spec.columns)
    ]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), out)
    return out.getvalue()


def _field(column: Column) -> pyarrow.Field:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "json": pa.string(),
        "decimal": pa.decimal128(_PRECISION, _SCALE),
        "whole": pa.int64(),
        "flag": pa.bool_(),
    }
    unit = {b"unit": column.unit.encode()} if column.unit else None
    return pa.field(column.name, types[column.type], nullable=column.null_means is not None, metadata=unit)


def _cell(column: Column, value: Any) -> Any:
    return canonical_json(value) if column.type == "json" and value is not None else value
