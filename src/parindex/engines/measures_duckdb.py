"""Measures by DuckDB over the Parquet parts of record tables: many measures in one scan."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from parindex.engines import measures_query as query
from parindex.engines.measures_sql import SqlMeasures
from parindex.engines.record_files import DOUBLES_TOLD, PART_UNREADABLE, Held, add_doubles, check_columns
from parindex.measures.engine import RecordSet
from parindex.measures.nodes import Measure
from parindex.problems import Problems
from parindex.sources import Place
from parindex.tables.record_tables import DECIMAL_PLACES, RECORD_TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

LISTED_AT_ONCE: Final = 2000
_WHOLE: Final = frozenset(
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
)


class DuckdbMeasures(SqlMeasures):
    """DuckDB in this process. `memory` bounds what it keeps; what does not fit goes to a temporary folder."""

    def __init__(self, *, threads: int = 2, memory: str = "1GB") -> None:
        import duckdb

        self._overflow = tempfile.TemporaryDirectory(prefix="parindex-")
        self._connection: DuckDBPyConnection = duckdb.connect(":memory:")
        self._connection.execute("SET temp_directory = $folder", {"folder": self._overflow.name})
        self._connection.execute(f"SET threads = {int(threads)}")
        self._connection.execute("SET memory_limit = $memory", {"memory": memory})
        self._connection.execute("SET preserve_insertion_order = false")
        self._connection.execute("SET enable_progress_bar = false")
        self._connection.execute("SET autoinstall_known_extensions = false")
        self._offered: dict[str, tuple[str, ...]] = {}

    def close(self) -> None:
        self._connection.close()
        self._overflow.cleanup()

    def __enter__(self) -> DuckdbMeasures:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _streamed(self, expression: exp.Expr) -> Iterator[tuple[Any, ...]]:
        result = self._connection.cursor().execute(expression.sql(dialect="duckdb"))
        while rows := result.fetchmany(LISTED_AT_ONCE):
            yield from rows

    def _rows(self, expression: exp.Expr) -> tuple[list[str], list[tuple[Any, ...]]]:
        result = self._connection.execute(expression.sql(dialect="duckdb"))
        return [column[0] for column in result.description or ()], result.fetchall()

    def _offer(self, measures: Sequence[Measure], records: RecordSet) -> None:
        """Make the views that these measures read, after their parts were looked at."""
        problems = Problems()
        joins = {measure.join: measure.join_columns for measure in measures if measure.join is not None}
        for table in dict.fromkeys([*(measure.table for measure in measures), *joins]):
            parts = records.of(table)
            if self._offered.get(table) == parts and table in self._offered:
                continue
            if not parts:
                self._view(table, query.no_rows(table).sql(dialect="duckdb"))
            elif look_at_parts(self._connection, table, parts, problems):
                listed = ", ".join("'" + part.replace("'", "''") + "'" for part in parts)
                self._view(table, f"SELECT * FROM read_parquet([{listed}], union_by_name = true)")
            else:
                continue
            if table in joins:
                columns = [theirs for _, theirs in joins[table]]
                _, keys = self._rows(query.doubles(table, columns, DOUBLES_TOLD))
                add_doubles(table, keys, problems)
            problems.raise_if_any()
            self._offered[table] = parts
        problems.raise_if_any()

    def _view(self, table: str, select: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE VIEW {query.view(table)} AS {select}")


def look_at_parts(connection: DuckDBPyConnection, table: str, parts: Sequence[str], problems: Problems) -> bool:
    """Every part is a whole Parquet file with the declared columns; the problems of all parts are added."""
    before = len(problems.errors)
    import duckdb

    for part in parts:
        place = Place(Path(part).name)
        try:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet($part)", {"part": part}).fetchall()
        except duckdb.Error as error:
            detail = str(error).splitlines()[0].replace(part, place.file)
            problems.add(PART_UNREADABLE, place, detail=detail)
            continue
        found = {str(name): (_held(str(written)), str(written)) for name, written, *_ in described}
        check_columns(RECORD_TABLES[table], found, place, problems)
    return len(problems.errors) == before


def _held(written: str) -> Held:
    if written == "VARCHAR" or written.startswith("ENUM"):
        return "text"
    if written == "DATE":
        return "date"
    if written == "BOOLEAN":
        return "flag"
    if written in _WHOLE:
        return "whole"
    if written.startswith("DECIMAL"):
        places = int(written.rstrip(")").split(",")[1])
        return "decimal" if places <= DECIMAL_PLACES else "other"
    return "other"
