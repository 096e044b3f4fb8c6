"""The engines by the names under which a door offers them. A new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from parindex.engines.measures_duckdb import DuckdbMeasures
from parindex.engines.measures_reference_files import ReferenceMeasures
from parindex.engines.measures_spark import SparkMeasures, local_session, remote_session
from parindex.measures.engine import MeasureEngine


def _duckdb(threads: int, _: str | None) -> MeasureEngine:
    return DuckdbMeasures(threads=threads)


def _spark(threads: int, address: str | None) -> MeasureEngine:
    return SparkMeasures(remote_session(address) if address is not None else local_session(threads=threads))


def _reference(_: int, __: str | None) -> MeasureEngine:
    return ReferenceMeasures()


ENGINES: Final[Mapping[str, Callable[[int, str | None], MeasureEngine]]] = {
    "duckdb": _duckdb,
    "spark": _spark,
    "reference": _reference,
}


def open_engine(name: str, *, threads: int = 2, spark: str | None = None) -> MeasureEngine:
    """The engine of this name (a key of ENGINES); the caller closes it. `spark`: the address of a Spark Connect server.

    Raises ProblemsFound where Spark is asked for and neither Java nor the server is there.
    """
    return ENGINES[name](threads, spark)
