"""DuckDB counts what the reference counts, to the last bit, on whatever a survey file may hold."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_answers import BASE, DESIGNS, text_files, typed_files

from parindex.engines import reference_files
from parindex.engines.duckdb import cells_of_file, count_file, record_names, records_set_aside
from parindex.engines.reference import cells_of_records
from parindex.problems import ProblemsFound
from parindex.survey.cells import Cells, cells_csv
from parindex.survey.composites import together_of
from parindex.survey.design import SurveyDesign
from parindex.survey.estimands import Composite, Estimand, Mean, Pooled, Ratio, Share
from parindex.survey.moments import moments_csv
from parindex.survey.records import digests_of

TYPES = {
    "record": pa.int64(),
    "province": pa.int32(),
    "psu": pa.int64(),
    "sex": pa.bool_(),
    "weight": pa.float64(),
    "base": pa.float64(),
    "psus": pa.int32(),
    "people": pa.float64(),
    "q1": pa.int8(),
    "q2": pa.float64(),
    "visits": pa.int16(),
    "paid": pa.float64(),
}
EXAMPLES = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def table(rows: list[dict[str, Any]]) -> pa.Table:
    schema = pa.schema([(name, TYPES.get(name, pa.string())) for name in rows[0]])
    return pa.Table.from_pylist(rows, schema)


def equal(one: Cells, other: Cells) -> None:
    assert cells_csv(one).decode() == cells_csv(other).decode()
    assert one.set_aside == other.set_aside
    for name in ("n", "weight", "code_n", "code_weight", "psu_population", "unit_population", "keys", "numbers"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert (one.moments is None) == (other.moments is None)
    if one.moments is not None and other.moments is not None:
        assert moments_csv(one.moments, one.design).decode() == moments_csv(other.moments, other.design).decode()


TEN = tuple((str(step), float(step)) for step in range(11))
TOGETHER: tuple[Estimand, ...] = (
    Composite("scores", ((Mean("q1"), 0.5), (Share("q1"), 0.2), (Mean("q2"), 0.3))),
    Pooled("pooled", ("q1", "q2"), TEN),
    Composite("words", ((Share("asked"), 1.0), (Share("office", ("b", "01")), -1.0), (Share("needs.xy"), 2.0))),
    Composite("numbers", ((Mean("paid"), 0.1), (Ratio("price"), 0.1), (Mean("visits"), 0.1), (Mean("q2"), 1.0))),
)
FEWER = TOGETHER[:2]


@pytest.mark.slow
@EXAMPLES
@given(rows=text_files(), design=st.sampled_from(DESIGNS), threads=st.sampled_from([1, 2]))
def test_csv(tmp_path: Path, rows: list[dict[str, Any]], design: SurveyDesign, threads: int) -> None:
    file = write_csv(tmp_path / "answers.csv", rows)
    # An empty cell of a CSV file is no value.
    read = [{name: value or None for name, value in row.items()} for row in rows]
    together = together_of(design, TOGETHER)
    ours = cells_of_file(design, file, threads=threads, together=together)
    equal(ours, cells_of_records(design, read, together=together))


@pytest.mark.slow
@settings(EXAMPLES, max_examples=8)
@given(rows=text_files())
def test_both_engines_tell_the_same_of_a_file(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    design = BASE
    file = write_csv(tmp_path / "answers.csv", rows)
    counted, plain = count_file(design, file), reference_files.count_file(design, file)
    assert counted.set_aside == plain.set_aside == records_set_aside(design, file)
    equal(counted.cells, plain.cells)
    assert counted.records is not None and plain.records is not None
    assert np.array_equal(counted.records, plain.records)
    names = record_names(design, file, counted.records)
    assert names == reference_files.record_names(design, file, counted.records)
    assert np.array_equal(digests_of(names), counted.records)


def test_a_design_without_record_names_has_no_digests(tmp_path: Path) -> None:
    design = replace(BASE, record=None)
    row = dict.fromkeys(TYPES, "") | {"stratum": "a", "psu": "1", "village": "v", "weight": "2", "psus": "40"}
    file = write_csv(tmp_path / "answers.csv", [row | {"people": "9", "asked": "", "office": "", "needs": ""}])
    for engine in (count_file, reference_files.count_file):
        assert engine(design, file).records is None
        assert engine(design, file).cells.respondents == 1


@pytest.mark.slow
@EXAMPLES
@given(rows=typed_files(), design=st.sampled_from(DESIGNS), block=st.sampled_from([3, 1 << 18]))
def test_parquet(tmp_path: Path, rows: list[dict[str, Any]], design: SurveyDesign, block: int) -> None:
    pq.write_table(table(rows), tmp_path / "answers.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("parindex.engines.duckdb.BLOCK", block)
        together = together_of(design, TOGETHER if block == 3 else FEWER)
        ours = cells_of_file(design, tmp_path / "answers.parquet", together=together)
        equal(ours, cells_of_records(design, rows, together=together))


def test_arrow_in_memory_and_huge_weights() -> None:
    rows: list[dict[str, Any]] = [
        {
            "record": at,
            "province": 1,
            "stratum": "a",
            "psu": at % 3,
            "village": "v",
            "sex": True,
            "weight": 1_000_000.0 - at / 7,
            "base": 1.0,
            "psus": 40,
            "people": 500.0,
            "q1": at % 6,
            "q2": 1.0,
            "asked": "yes",
            "office": "b",
            "needs": "x",
            "visits": at % 50,
            "paid": at / 3,
        }
        for at in range(500)
    ]
    for design in DESIGNS:
        together = together_of(design, TOGETHER)
        equal(cells_of_file(design, table(rows), together=together), cells_of_records(design, rows, together=together))


def test_sums_that_would_not_be_exact_are_refused() -> None:
    design = replace(BASE, psu_population="psus", unit_population="people", record=None)
    row: dict[str, Any] = dict.fromkeys(TYPES) | {"stratum": "a", "psu": 1, "village": "v", "weight": 1_000_000.0}
    row |= {"psus": 40, "people": 500.0, "paid": 9_999_999_999.0, "asked": "", "office": "", "needs": ""}
    with pytest.raises(ProblemsFound, match="NUMBERS-LARGE"):
        cells_of_file(design, table([row]))


def test_answers_are_bundled_without_a_difference() -> None:
    random = np.random.Generator(np.random.PCG64(3))
    rows: list[dict[str, Any]] = [
        {
            "record": at,
            "province": 1,
            "stratum": "a",
            "psu": int(random.integers(0, 2)),
            "village": "v",
            "sex": True,
            "weight": float(random.integers(1, 9_000_000)) / 1000,
            "base": 1.0,
            "psus": 40,
            "people": 5000.0,
            "q1": int(random.integers(0, 7)),
            "q2": float(random.integers(-1, 12)),
            "asked": random.choice(["yes", "no", "?"]),
            "office": random.choice(["a", "B", "b", "01", ""]),
            "needs": random.choice(["x", "xy z", "z", ""]),
            "visits": 1,
            "paid": 0.5,
        }
        for at in range(1500)
    ]
    for design in DESIGNS:
        together = together_of(design, FEWER)
        equal(cells_of_file(design, table(rows), together=together), cells_of_records(design, rows, together=together))
    assert BASE.element_stage is False


@pytest.mark.parametrize("rows_at_once", [4, 1 << 15])
def test_products_are_exact_whatever_their_size(monkeypatch: pytest.MonkeyPatch, rows_at_once: int) -> None:
    monkeypatch.setattr("parindex.engines.moment_sums.ROWS", rows_at_once)
    random = np.random.Generator(np.random.PCG64(8))
    for design in DESIGNS:
        # With squared weights, sums of squares of numbers are refused much earlier.
        most = 10**4 if design.element_stage else 10**9
        rows: list[dict[str, Any]] = [
            dict.fromkeys(TYPES)
            | {"record": at, "province": 1, "stratum": "a", "psu": int(random.integers(0, 3)), "village": "v"}
            | {"weight": 1_099_511.0 - float(random.integers(0, 1000)) / 1e6, "base": 1.0, "psus": 40, "people": 500.0}
            | {"visits": 50, "paid": -float(random.integers(0, most)), "asked": "yes", "office": "b", "needs": "x"}
            | {"q1": int(random.integers(0, 7)), "q2": 10.0}
            for at in range(60)
        ]
        together = together_of(design, TOGETHER)
        wanted = cells_of_records(design, rows, together=together)
        equal(cells_of_file(design, table(rows), together=together), wanted)
