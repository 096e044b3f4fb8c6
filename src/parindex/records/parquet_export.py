"""Parquet exports, row group by row group, each value as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from parindex.problems import Problems
from parindex.records.chunks import NUMBER_CELL, TextChunk, shown
from parindex.records.mistakes import FILE_EMPTY, PARQUET_DAMAGED, PARQUET_TYPE
from parindex.sources import Place

if TYPE_CHECKING:
    import pyarrow

CHUNK_ROWS: Final = 65_536
_HOUR: Final = 3_600


@dataclass(frozen=True, slots=True)
class ParquetExport:
    """An opened Parquet file. Its header counts as row 1, as if it were a sheet."""

    path: Path
    name: str
    header: tuple[str, ...]
    total: int
    chunk_rows: int
    header_row: int = 1

    def chunks(
        self, wanted: Sequence[int], repeating: frozenset[int], start: tuple[int, int] | None
    ) -> Iterator[TextChunk]:
        import numpy as np
        import pyarrow as pa
        from pyarrow import parquet

        done = start[0] if start is not None else 0
        try:
            with parquet.ParquetFile(self.path) as file:
                before = 0
                for group in range(file.metadata.num_row_groups):
                    count = file.metadata.row_group(group).num_rows
                    if before + count <= done:
                        before += count
                        continue
                    for batch in file.iter_batches(batch_size=self.chunk_rows, row_groups=[group], use_threads=False):
                        if before + batch.num_rows <= done:
                            before += batch.num_rows
                            continue
                        columns = {number: _as_text(batch.column(number), number in repeating) for number in wanted}
                        first, before = before, before + batch.num_rows
                        done = before
                        yield TextChunk(
                            rows=np.arange(first + 2, before + 2, dtype=np.int64),
                            columns=columns,
                            broken=(),
                            cells=_cells_of(batch),
                            next=(done, 0),
                            done=done,
                        )
        except (pa.ArrowException, OSError) as fault:
            problems = Problems()
            problems.add(PARQUET_DAMAGED, Place(self.name, done + 2), detail=_first_line(fault))
            problems.raise_if_any()


def _cells_of(batch: pyarrow.RecordBatch) -> Any:
    def cells(at: int) -> Sequence[str]:
        return [
            "" if (value := _as_text(column.slice(at, 1), False)[0].as_py()) is None else shown(value)
            for column in batch.columns
        ]

    return cells


def _as_text(column: pyarrow.Array, repeating: bool) -> pyarrow.Array:
    """Text of each value, "" for null: days as 2023-12-31, numbers with NUMBER_CELL before them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:
            # A moment with a time zone belongs to the day it had in Vietnam (UTC+7 all year).
            column = pc.add(column.cast(pa.timestamp("us", "UTC")), pa.scalar(7 * _HOUR * 1_000_000, pa.duration("us")))
            column = column.cast(pa.timestamp("us"))
        text = pc.strftime(column, format="%Y-%m-%d")
    elif pa.types.is_date(kind):
        text = column.cast(pa.date32()).cast(pa.string())
    elif pa.types.is_boolean(kind):
        text = column.cast(pa.string())
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        number = column.cast(pa.string())
        if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            number = pc.replace_substring_regex(number, r"^(-?\d+\.\d*?)0+$", r"\1")
            number = pc.replace_substring_regex(number, r"\.$", "")
        text = pc.binary_join_element_wise(NUMBER_CELL, number, "")
    else:
        text = column.cast(pa.string())
        if len(text) and _decomposed(text):
            from parindex.language import nfc

            text = pa.array([None if value is None else nfc(value) for value in text.to_pylist()], pa.string())
    text = pc.fill_null(text, "")
    return text.dictionary_encode() if repeating else text


def _decomposed(text: pyarrow.Array) -> bool:
    data = text.buffers()[2]
    content = data.to_pybytes() if data is not None else b""
    return b"\xcc" in content or b"\xcd" in content


def schema_words(path: Path) -> tuple[tuple[str, str], ...]:
    """(column, type) of a Parquet file. Raises ArrowException or OSError for a damaged one."""
    from pyarrow import parquet

    return tuple((field.name, str(field.type)) for field in parquet.read_schema(path))


def open_parquet(path: Path, name: str, problems: Problems, *, chunk_rows: int = CHUNK_ROWS) -> ParquetExport | None:
    """Read schema and number of rows. None after problems: cut off, empty, or cells that hold lists or structures."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            schema, total = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError) as fault:
        problems.add(PARQUET_DAMAGED, Place(name), detail=_first_line(fault))
        return None
    if total == 0:
        problems.add(FILE_EMPTY, Place(name))
        return None
    nested = [field for field in schema if pa.types.is_nested(field.type) or pa.types.is_binary(field.type)]
    for field in nested:
        problems.add(PARQUET_TYPE, Place(name), header=field.name, found=str(field.type))
    if nested:
        return None
    return ParquetExport(path, name, tuple(field.name for field in schema), total, chunk_rows)


def _first_line(fault: BaseException) -> str:
    words = str(fault).strip().splitlines()
    return words[0][:120] if words else type(fault).__name__
