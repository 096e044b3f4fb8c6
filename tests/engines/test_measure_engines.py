"""DuckDB and Spark count what the reference counts, whatever stands in the records and whatever is asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_records import DATES, measures, numbered, tables, write_parts

from parindex.engines.measures_duckdb import DuckdbMeasures
from parindex.engines.measures_reference import tallies_of_rows
from parindex.engines.measures_spark import SparkMeasures, local_session
from parindex.measures.engine import Grain, MeasureEngine, RecordSet
from parindex.measures.library import ready_measures
from parindex.measures.nodes import Measure

GRAINS = (Grain(), Grain(office=True), Grain(month=True), Grain(office=True, month=True))
READY = tuple(ready_measures().values())


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkMeasures]:
    """One session on this machine. Without Java this fails, and says what to install."""
    with SparkMeasures(local_session()) as engine:
        yield engine


def compared(engine: MeasureEngine, asked: list[Measure], rows: dict[str, list[Any]], records: RecordSet) -> None:
    for grain in GRAINS:
        expected = tallies_of_rows([each for each in asked if rows[each.table]], rows, DATES, grain)
        assert engine.evaluate(asked, records, DATES, grain) == expected, grain


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rows=tables(), asked=st.lists(measures(), min_size=1, max_size=4).map(numbered))
def test_duckdb_agrees(rows: dict[str, list[Any]], asked: list[Measure]) -> None:
    with TemporaryDirectory() as folder, DuckdbMeasures() as engine:
        compared(engine, asked, rows, write_parts(rows, Path(folder)))
