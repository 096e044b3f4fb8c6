"""The plain-Python engine on the Parquet parts of record tables: slow, for holding the others against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from parindex.engines import measures_query as query
from parindex.engines.measures_duckdb import look_at_parts
from parindex.engines.measures_reference import Record, Row, listed_rows, tallies_of_rows
from parindex.engines.record_files import DOUBLES_TOLD, add_doubles
from parindex.measures.engine import Grain, ListedRecords, ListRequest, RecordSet, Tally
from parindex.measures.nodes import Measure
from parindex.problems import Problems
from parindex.tables.record_tables import RECORD_TABLES


class ReferenceMeasures:
    """Rows are read from Parquet by DuckDB, which does nothing else here; all of a table is held in memory."""

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> ReferenceMeasures:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def evaluate(
        self, measures: Sequence[Measure], records: RecordSet, dates: Mapping[str, date], grain: Grain = Grain(), /
    ) -> tuple[Tally, ...]:
        there = [measure for measure in measures if records.of(measure.table)]
        return tallies_of_rows(there, rows_read(there, records), dates, grain)

    def listed(
        self, measure: Measure, records: RecordSet, dates: Mapping[str, date], request: ListRequest, /
    ) -> ListedRecords:
        columns = query.listed_columns(measure, request)
        if not records.of(measure.table):
            return ListedRecords(tuple(name for name, _ in columns), ())
        found = listed_rows(measure, rows_read([measure], records), dates, request)
        rows = (
            tuple(_cell(record, column.table == query.OWN, column.name) for _, column in columns) for record in found
        )
        return ListedRecords(tuple(name for name, _ in columns), rows)


def _cell(record: Record, own: bool, name: str) -> Any:
    row = record.own if own else record.joined
    return None if row is None else row[name]


def rows_read(measures: Sequence[Measure], records: RecordSet) -> dict[str, list[Row]]:
    """The rows of the tables that these measures read. Raises ProblemsFound as every engine does."""
    import duckdb

    problems = Problems()
    found: dict[str, list[Row]] = {}
    joins = {measure.join: measure.join_columns for measure in measures if measure.join is not None}
    with duckdb.connect(":memory:") as connection:
        for table in dict.fromkeys([*(measure.table for measure in measures), *joins]):
            parts = records.of(table)
            if not look_at_parts(connection, table, parts, problems):
                continue
            found[table] = [row for part in parts for row in _rows_of_part(connection, table, part)]
            if table in joins:
                _check_doubles(table, [theirs for _, theirs in joins[table]], found[table], problems)
    problems.raise_if_any()
    return found


def _rows_of_part(connection: Any, table: str, part: str) -> Iterator[Row]:
    names = [column.name for column in RECORD_TABLES[table].columns]
    chosen = ", ".join(f'"{name}"' for name in names)
    result = connection.execute(f"SELECT {chosen} FROM read_parquet($part)", {"part": part})
    while rows := result.fetchmany(10_000):
        for row in rows:
            yield dict(zip(names, row, strict=True))


def _check_doubles(table: str, columns: Sequence[str], rows: Sequence[Row], problems: Problems) -> None:
    counted: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in columns)
        counted[key] = counted.get(key, 0) + 1
    add_doubles(table, sorted(key for key, times in counted.items() if times > 1)[:DOUBLES_TOLD], problems)
