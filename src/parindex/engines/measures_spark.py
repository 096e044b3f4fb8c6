"""Measures by Spark: the same SQL as for DuckDB, for records that one machine does not hold.

Spark Connect is what is used: `sc://127.0.0.1:15002`, a server that somebody runs. Without an address a session is
started here, on this machine only.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import socket
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from parindex.engines import measures_query as query
from parindex.engines.measures_sql import SqlMeasures
from parindex.engines.record_files import DOUBLES_TOLD, PART_UNREADABLE, Held, add_doubles, check_columns
from parindex.language import Text
from parindex.measures.engine import RecordSet
from parindex.measures.nodes import Measure
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.tables.record_tables import DECIMAL_PLACES, RECORD_TABLES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sqlglot import exp

JAVA_MISSING = ProblemKind(
    "SPARK-JAVA",
    what=Text(
        "không tìm thấy Java để chạy Spark trên máy này.", "Java, which Spark needs on this machine, was not found."
    ),
    why=Text("Spark chạy trên Java 17 trở lên.", "Spark runs on Java 17 or newer."),
    remedy=Text(
        "Cài: sudo apt-get install -y openjdk-17-jre-headless; hoặc nối tới một máy chủ: --spark sc://127.0.0.1:15002; "
        "hoặc dùng --engine duckdb.",
        "Install it: sudo apt-get install -y openjdk-17-jre-headless; or name a server: --spark sc://127.0.0.1:15002; "
        "or use --engine duckdb.",
    ),
)
SPARK_ADDRESS = ProblemKind(
    "SPARK-ADDRESS",
    what=Text('"{address}" không phải địa chỉ Spark Connect.', '"{address}" is no address of Spark Connect.'),
    why=Text("", ""),
    remedy=Text("Viết dạng sc://127.0.0.1:15002.", "Write it as sc://127.0.0.1:15002."),
)
SPARK_UNREACHABLE = ProblemKind(
    "SPARK-UNREACHABLE",
    what=Text("không nối được tới Spark tại {address} ({detail}).", "Spark cannot be reached at {address} ({detail})."),
    why=Text("", ""),
    remedy=Text(
        "Kiểm tra máy chủ đã chạy và địa chỉ; hoặc dùng --engine duckdb.",
        "Check that the server runs, and the address; or use --engine duckdb.",
    ),
)

CONNECT_PORT: Final = 15002
SECONDS_TO_ANSWER: Final = 10

_LOCAL: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.log.level": "FATAL",
}
_WHOLE: Final = frozenset(("tinyint", "smallint", "int", "bigint"))


def check_java() -> None:
    """Raises ProblemsFound where this machine has no Java."""
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and os.access(os.path.join(home, "bin", "java"), os.X_OK)):
        problems = Problems()
        problems.add(JAVA_MISSING, Place(""))
        problems.raise_if_any()


def local_session(*, threads: int = 2, memory: str = "1g") -> SparkSession:
    """A session on this machine that listens on the loopback address only. Raises ProblemsFound without Java."""
    check_java()
    # Spark asks for the address of this host otherwise, and says so when the name has none.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    # At the end of a program it tells of every connection it closes.
    logging.getLogger("py4j").setLevel(logging.WARNING)
    builder = SparkSession.builder.master(f"local[{int(threads)}]").appName("parindex")
    for key, value in {**_LOCAL, "spark.driver.memory": memory}.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("FATAL")
    return session


def remote_session(address: str) -> SparkSession:
    """A session on a Spark Connect server. Raises ProblemsFound where none answers."""
    _check_address(address)
    problems = Problems()
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        session = SparkSession.builder.remote(address).getOrCreate()
        session.sql("SELECT 1").collect()
    except (PySparkException, OSError) as error:
        problems.add(SPARK_UNREACHABLE, Place(""), address=address, detail=_first_line(error))
        problems.raise_if_any()
        raise
    except Exception as error:
        # gRPC raises its own kind, which is installed with Spark Connect only.
        if type(error).__module__.split(".")[0] != "grpc":
            raise
        problems.add(SPARK_UNREACHABLE, Place(""), address=address, detail=_first_line(error))
        problems.raise_if_any()
        raise
    return session


def _check_address(address: str) -> None:
    """Somebody listens there: Spark itself would go on trying for minutes."""
    problems = Problems()
    host, port = None, None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or CONNECT_PORT
    except ValueError:
        pass  # the port is no number; said below
    if not address.startswith("sc://") or host is None or port is None:
        problems.add(SPARK_ADDRESS, Place(""), address=address)
        problems.raise_if_any()
        return
    try:
        socket.create_connection((host, port), timeout=SECONDS_TO_ANSWER).close()
    except OSError as error:
        detail = error.strerror or str(error) or type(error).__name__
        problems.add(SPARK_UNREACHABLE, Place(""), address=address, detail=detail)
    problems.raise_if_any()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


class SparkMeasures(SqlMeasures):
    """Spark through a session. Parts are opened by the server, so their addresses must mean something to it."""

    def __init__(self, session: SparkSession, *, own_session: bool = True) -> None:
        self._session = session
        self._own = own_session
        self._offered: dict[str, tuple[str, ...]] = {}

    def close(self) -> None:
        if self._own:
            self._session.stop()

    def __enter__(self) -> SparkMeasures:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _streamed(self, expression: exp.Expr) -> Iterator[tuple[Any, ...]]:
        for row in self._frame(expression).toLocalIterator():
            yield tuple(row)

    def _frame(self, expression: exp.Expr) -> DataFrame:
        return self._session.sql(expression.sql(dialect="spark"))

    def _rows(self, expression: exp.Expr) -> tuple[list[str], list[tuple[Any, ...]]]:
        frame = self._frame(expression)
        return list(frame.columns), [tuple(row) for row in frame.collect()]

    def _offer(self, measures: Sequence[Measure], records: RecordSet) -> None:
        """Make the views that these measures read, after their columns were looked at."""
        problems = Problems()
        joins = {measure.join: measure.join_columns for measure in measures if measure.join is not None}
        for table in dict.fromkeys([*(measure.table for measure in measures), *joins]):
            parts = records.of(table)
            if self._offered.get(table) == parts and table in self._offered:
                continue
            if not parts:
                self._frame(query.no_rows(table)).createOrReplaceTempView(query.view(table))
            else:
                try:
                    frame = self._session.read.option("mergeSchema", "true").parquet(*parts)
                    found = {name: (_held(written), written) for name, written in frame.dtypes}
                except _spark_errors() as error:
                    told = str(error)
                    wrong = [part for part in parts if f"{PurePath(part).name}." in told] or list(parts)
                    problems.add(PART_UNREADABLE, _place(wrong), detail=_said(told))
                    continue
                before = len(problems.errors)
                check_columns(RECORD_TABLES[table], found, _place(parts), problems)
                if len(problems.errors) > before:
                    continue
                frame.createOrReplaceTempView(query.view(table))
            if table in joins:
                columns = [theirs for _, theirs in joins[table]]
                _, keys = self._rows(query.doubles(table, columns, DOUBLES_TOLD))
                add_doubles(table, keys, problems)
            problems.raise_if_any()
            self._offered[table] = parts
        problems.raise_if_any()


def _spark_errors() -> tuple[type[Exception], ...]:
    """What reading raises: Spark's own kind, and in a session of this machine also what Java raised."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError


def _said(told: str) -> str:
    """What Spark says, without the way it went: `[FAILED_READ_FILE…] Encountered error while reading file …`."""
    found = re.search(r"\[[A-Z_.]+\][^\n]*", told)
    return found[0] if found else told.strip().splitlines()[0][:200]


def _place(parts: Sequence[str]) -> Place:
    """Some parts by their names; Spark looks at all of them together."""
    return Place(", ".join(PurePath(part).name for part in parts[:3]) + (", …" if parts[3:] else ""))


def _held(written: str) -> Held:
    if written == "string":
        return "text"
    if written == "date":
        return "date"
    if written == "boolean":
        return "flag"
    if written in _WHOLE:
        return "whole"
    if written.startswith("decimal"):
        places = int(written.rstrip(")").split(",")[1])
        return "decimal" if places <= DECIMAL_PLACES else "other"
    return "other"
