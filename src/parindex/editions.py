"""From an edition folder to what is computed: reading, with engines that count its interviews and its records.

Reading and counting do not know each other; whoever reads an edition comes through here and names an engine.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from parindex.engines import DEFAULT_ENGINE, ENGINES, engine_named
from parindex.measures.engine import MeasureEngine
from parindex.results.reading import EditionInputs, Progress, no_progress
from parindex.results.reading import read_edition as read_with

__all__ = ["EDITION_ENGINES", "measure_engine", "read_edition"]

EDITION_ENGINES: tuple[str, ...] = ("duckdb", "spark", "reference")
"""What may count an edition. Spark counts its records; interviews, which one machine holds, are left to DuckDB."""


def measure_engine(name: str, *, spark: str | None = None) -> MeasureEngine:
    """The engine of this name for records, opened; the caller closes it. `spark`: address of a Spark Connect server."""
    from parindex.engines.measure_engines import open_engine

    return open_engine(name, spark=spark)


def read_edition(
    path: str | Path, *, engine: str = DEFAULT_ENGINE, spark: str | None = None, progress: Progress = no_progress
) -> EditionInputs:
    """Read a whole edition folder, and count the interviews of its surveys and its records.

    `engine` is one of EDITION_ENGINES; its libraries are loaded only where there is something to count. `spark`: the
    address of a Spark Connect server. Raises `ProblemsFound` with the problems of all files at once, KeyError for an
    unknown engine.
    """
    if engine not in EDITION_ENGINES:
        raise KeyError(engine)
    interviews = engine if engine in ENGINES else DEFAULT_ENGINE
    return read_with(
        path,
        engine=partial(engine_named, interviews),
        measures=partial(measure_engine, engine, spark=spark),
        progress=progress,
    )
