"""DuckDB and Spark count what the reference counts, whatever stands in the records and whatever is asked of them.

All tests of Spark stand here and in one group, so that one session serves them.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_records import (
    ARROW,
    DATES,
    OFFICES,
    PROCEDURES,
    TEXTS,
    UNITS,
    measures,
    numbered,
    tables,
    write_parts,
)

from parindex.engines import measures_query as query
from parindex.engines import measures_spark
from parindex.engines.measure_engines import ENGINES, open_engine
from parindex.engines.measures_duckdb import DuckdbMeasures
from parindex.engines.measures_reference import listed_rows, tallies_of_rows
from parindex.engines.measures_reference_files import ReferenceMeasures
from parindex.engines.measures_spark import SparkMeasures, local_session, remote_session
from parindex.measures import measured_rows
from parindex.measures.engine import NO_MONTH, PARTS, Grain, ListRequest, MeasureEngine, RecordSet, Tally
from parindex.measures.library import ready_measures
from parindex.measures.nodes import Measure, certain_columns, never_unknown
from parindex.problems import ProblemsFound
from parindex.tables.measured import MEASURED
from parindex.tables.record_tables import RECORD_TABLES

GRAINS = (Grain(), Grain(office=True), Grain(month=True), Grain(office=True, month=True))
READY = tuple(ready_measures().values())
PATIENT = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkMeasures]:
    """One session on this machine. Without Java this fails, and says what to install."""
    with SparkMeasures(local_session()) as engine:
        yield engine


@pytest.fixture(
    params=["reference", "duckdb", pytest.param("spark", marks=[pytest.mark.slow, pytest.mark.xdist_group("spark")])]
)
def engine(request: pytest.FixtureRequest) -> Iterator[MeasureEngine]:
    if request.param == "spark":
        yield request.getfixturevalue("spark")
        return
    opened = open_engine(request.param)
    yield opened
    opened.close()


def made_rows(dossiers: int, seed: int = 1) -> Rows:
    """Records with every kind of cell, in which something is found of all that the ready measures ask."""
    chance = random.Random(seed)

    def cell(column: Any) -> Any:
        named = {"unit": UNITS, "office": OFFICES, "procedure": PROCEDURES}
        if column.name in named:
            return chance.choice(named[column.name])
        if column.null_means is not None and chance.random() < 0.2:
            return None
        return {
            "text": lambda: chance.choice(TEXTS),
            "code": lambda: "x",
            "choice": lambda: chance.choice(tuple(column.codes)),
            "date": lambda: date(2023, 1, 1) + timedelta(days=chance.randint(-60, 420)),
            "whole": lambda: chance.randint(0, 9),
            "decimal": lambda: Decimal(chance.randint(0, 99_999)) / 100,
            "flag": lambda: chance.random() < 0.5,
        }[column.type]()

    found = {
        name: [{column.name: cell(column) for column in table.columns} for _ in range(count)]
        for name, table, count in (
            (name, RECORD_TABLES[name], count) for name, count in (("dossiers", dossiers), ("procedures", 60))
        )
    }
    catalogue = {(row["unit"], row["procedure"]): row for row in found["procedures"] if row["procedure"] != "9.99"}
    return {
        "dossiers": [{**row, "dossier": f"D{at:05}"} for at, row in enumerate(found["dossiers"])],
        "procedures": list(catalogue.values()),
    }


def expected(asked: list[Measure], rows: Rows, grain: Grain) -> tuple[Tally, ...]:
    return tallies_of_rows([each for each in asked if rows[each.table]], rows, DATES, grain)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=PATIENT)
@given(rows=tables(), asked=st.lists(measures(), min_size=1, max_size=4).map(numbered))
def test_duckdb_agrees(rows: Rows, asked: list[Measure]) -> None:
    with TemporaryDirectory() as folder, DuckdbMeasures() as engine:
        records = write_parts(rows, Path(folder))
        for grain in GRAINS:
            assert engine.evaluate(asked, records, DATES, grain) == expected(asked, rows, grain), grain


@pytest.mark.slow
@pytest.mark.xdist_group("spark")
@settings(max_examples=3, suppress_health_check=PATIENT)
@given(rows=tables(most=60), asked=st.lists(measures(), min_size=6, max_size=8).map(numbered))
def test_spark_agrees(spark: SparkMeasures, rows: Rows, asked: list[Measure]) -> None:
    with TemporaryDirectory() as folder:
        records = write_parts(rows, Path(folder))
        for grain in (Grain(), Grain(office=True, month=True)):
            assert spark.evaluate(asked, records, DATES, grain) == expected(asked, rows, grain), grain


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=PATIENT)
@given(
    rows=tables(),
    measure=measures(),
    part=st.sampled_from(PARTS),
    office=st.none() | st.sampled_from(OFFICES),
    month=st.none() | st.sampled_from(["2023-05", "2023-12", NO_MONTH]),
    limit=st.sampled_from([None, 1, 5]),
)
def test_duckdb_lists_the_records_behind_a_number(
    rows: Rows, measure: Measure, part: Any, office: str | None, month: str | None, limit: int | None
) -> None:
    if measure.table == "procedures":
        office = None
    request = ListRequest("P01", part, office, month, limit)
    with TemporaryDirectory() as folder, DuckdbMeasures() as engine:
        records = write_parts(rows, Path(folder))
        found = list(engine.listed(measure, records, DATES, request))
        with ReferenceMeasures() as reference:
            listed = reference.listed(measure, records, DATES, request)
        assert found == list(listed)
    assert len(found) == len(listed_rows(measure, rows, DATES, request))
    assert not {"applicant", "applicant_number", "applicant_phone"} & set(listed.columns)


def test_the_table_is_the_same_bytes_whichever_engine(engine: MeasureEngine, tmp_path: Path) -> None:
    rows = made_rows(400)
    records = write_parts(rows, tmp_path)
    grains = (Grain(), Grain(office=True, month=True))

    def content(tallies: list[Tally]) -> bytes:
        measured = measured_rows(READY, tallies, edition="2023", units=(*UNITS, "P04"), digests={"dossiers": "d" * 64})
        return MEASURED.csv_bytes(measured)

    found = content([each for grain in grains for each in engine.evaluate(READY, records, DATES, grain)])
    assert found == content([each for grain in grains for each in tallies_of_rows(READY, rows, DATES, grain)])
    # Something is there of everything that is asked.
    assert all(f"2023,P01,{measure.code},".encode() in found for measure in READY)
    assert found.count(b"no_records") == len(READY)


def test_lists_are_the_same_whichever_engine(engine: MeasureEngine, tmp_path: Path) -> None:
    rows = made_rows(150)
    records = write_parts(rows, tmp_path)
    ready = ready_measures()
    requests = [
        (ready["online_share_full"], ListRequest("P01", "difference", limit=None)),
        (ready["digitised_share"], ListRequest("P01", "unknown", office=OFFICES[2], month="2023-05")),
        (ready["overdue"], ListRequest(UNITS[2], "numerator", month=NO_MONTH, personal=("applicant",))),
    ]
    for measure, request in requests:
        with ReferenceMeasures() as reference:
            listed = reference.listed(measure, records, DATES, request)
            found = engine.listed(measure, records, DATES, request)
        assert found.columns == listed.columns
        assert ("applicant" in found.columns) == bool(request.personal)
        assert list(found) == list(listed)
    assert "procedures.online_service" in engine.listed(*_asked(requests[0], records)).columns


def _asked(asked: tuple[Measure, ListRequest], records: RecordSet) -> tuple[Any, ...]:
    return asked[0], records, DATES, asked[1]


def test_the_lists_of_a_share_are_as_long_as_its_numbers(tmp_path: Path) -> None:
    records = write_parts(made_rows(300), tmp_path)
    with DuckdbMeasures() as engine:
        tallies = [each for each in engine.evaluate(READY, records, DATES) if each.unit == "P01"]
        for measure, tally in zip(READY, tallies, strict=True):
            lengths = {
                part: len(list(engine.listed(measure, records, DATES, ListRequest("P01", part, limit=None))))
                for part in PARTS
            }
            hits = tally.known if measure.kind == "distinct" else tally.hits
            assert lengths == {
                "numerator": hits,
                "denominator": tally.known,
                "difference": tally.known - hits,
                "unknown": tally.unknown,
            }, measure.code


def test_lists_are_streamed_and_two_may_be_open(tmp_path: Path) -> None:
    records = write_parts(made_rows(5000), tmp_path)
    everything = replace(ready_measures()["dossiers_received"], where=replace(READY[0].where, parts=()))
    with DuckdbMeasures() as engine:
        one, other = (
            iter(engine.listed(everything, records, DATES, ListRequest("P01", "numerator", limit=None))) for _ in "ab"
        )
        first = next(one)
        assert next(other) == first
        assert len(list(one)) == len(list(other)) > 1000


def test_sums_are_exact(engine: MeasureEngine, tmp_path: Path) -> None:
    """A tenth cannot be written in binary; a million millionths of tenths still make what they make."""
    rows = made_rows(0)
    rows["procedures"] = [
        {
            **rows["procedures"][0],
            "unit": "P01",
            "procedure": f"1.{at:03}",
            "limit_days": Decimal("99999999999999.9999"),
            "limit_days_cut": Decimal("0.1"),
        }
        for at in range(1000)
    ]
    records = write_parts(rows, tmp_path)
    (tally,) = engine.evaluate([ready_measures()["days_cut"]], records, DATES)
    assert tally.total == 1000 * (999999999999999999 - 1000)


def test_tables_without_parts_give_nothing(engine: MeasureEngine, tmp_path: Path) -> None:
    rows = made_rows(50)
    dossiers = write_parts({"dossiers": rows["dossiers"], "procedures": []}, tmp_path)
    assert engine.evaluate(READY, RecordSet(), DATES) == ()
    assert list(engine.listed(READY[0], RecordSet(), DATES, ListRequest("P01", "numerator"))) == []
    # Without a catalogue nothing is known of the procedures of the dossiers.
    measure = ready_measures()["online_share_full"]
    assert {each.inside for each in engine.evaluate([measure], dossiers, DATES)} == {0}
    assert engine.evaluate([ready_measures()["days_cut"]], dossiers, DATES) == ()


def test_more_measures_than_one_query_holds(tmp_path: Path) -> None:
    rows = made_rows(200)
    records = write_parts(rows, tmp_path)
    many = numbered([READY[0], READY[5], READY[9]] * 30)
    with DuckdbMeasures() as engine:
        assert engine.evaluate(many, records, DATES) == tallies_of_rows(many, rows, DATES)


def test_what_cannot_be_unknown() -> None:
    """Seen from the conditions alone; that it holds of all records is shown by the suites above."""
    decided = {
        measure.code
        for measure in READY
        if measure.of is not None and never_unknown(measure.of, certain_columns(measure.where))
    }
    shares = {measure.code for measure in READY if measure.kind == "share"}
    assert shares - decided == {
        "late_and_apologised_share",
        "online_share",
        "online_share_offered",
        "online_share_partial",
        "online_share_full",
        "online_payment_share",
        "digitised_share",
    }


def test_units_too_large_to_be_counted_exactly_are_refused() -> None:
    (counted,) = query.passes(READY[:1], DATES, Grain())
    row = ("P01", query.TRUE_UNIT, 5)
    with pytest.raises(ProblemsFound, match="RECORD-TABLE-LARGE"):
        query.tallies(counted, ["unit", "n", "s0"], [row], {})


# What stands at the door.


def dossier_table(rows: Rows) -> pa.Table:
    declared = {column.name: ARROW[column.type] for column in RECORD_TABLES["dossiers"].columns}
    return pa.Table.from_pylist(rows["dossiers"], pa.schema(list(declared.items())))


def refused(engine: MeasureEngine, records: RecordSet, measure: Measure = READY[0]) -> list[tuple[str, str]]:
    with pytest.raises(ProblemsFound) as raised:
        engine.evaluate([measure], records, DATES)
    return [(problem.code, problem.where.file) for problem in raised.value.problems]


def test_a_truncated_part(engine: MeasureEngine, tmp_path: Path) -> None:
    records = write_parts(made_rows(50), tmp_path)
    whole = Path(records.of("dossiers")[1])
    whole.write_bytes(whole.read_bytes()[:-20])
    ((code, file),) = refused(engine, records)
    assert code == "RECORD-TABLE-PART"
    assert "part-1.parquet" in file


def test_a_missing_and_a_wrong_column(engine: MeasureEngine, tmp_path: Path) -> None:
    table = dossier_table(made_rows(20))
    at = table.column_names.index("due_on")
    table = table.set_column(at, "due_on", table["due_on"].cast(pa.timestamp("us")))
    pq.write_table(
        table.rename_columns(["settle_on" if name == "settled_on" else name for name in table.column_names]),
        tmp_path / "a.parquet",
    )
    found = refused(engine, RecordSet({"dossiers": (str(tmp_path / "a.parquet"),)}))
    assert sorted(found) == [("RECORD-TABLE-COLUMN", "a.parquet"), ("RECORD-TABLE-TYPE", "a.parquet")]


def test_a_procedure_that_stands_twice(engine: MeasureEngine, tmp_path: Path) -> None:
    rows = made_rows(20)
    rows["procedures"] += rows["procedures"][:2]
    found = refused(engine, write_parts(rows, tmp_path), ready_measures()["online_share_full"])
    assert [code for code, _ in found] == ["RECORD-TABLE-TWICE"] * 2


def test_parts_of_two_schemas(tmp_path: Path) -> None:
    """Each part is looked at by itself, so the one that differs is named."""
    rows = made_rows(40)
    good, bad = tmp_path / "a.parquet", tmp_path / "b.parquet"
    pq.write_table(dossier_table(rows), good)
    pq.write_table(dossier_table(rows).drop_columns(["channel"]), bad)
    for name in ("duckdb", "reference"):
        engine = open_engine(name)
        assert refused(engine, RecordSet({"dossiers": (str(good), str(bad))})) == [("RECORD-TABLE-COLUMN", "b.parquet")]
        engine.close()


def test_parts_may_order_their_columns_differently(engine: MeasureEngine, tmp_path: Path) -> None:
    rows = made_rows(60)
    table = dossier_table(rows)
    pq.write_table(table.slice(0, 30), tmp_path / "a.parquet")
    pq.write_table(table.slice(30).select(list(reversed(table.column_names))), tmp_path / "b.parquet")
    records = RecordSet({"dossiers": (str(tmp_path / "a.parquet"), str(tmp_path / "b.parquet"))})
    asked = [ready_measures()[code] for code in ("on_time_share", "digitised_share")]
    assert engine.evaluate(asked, records, DATES) == tallies_of_rows(asked, rows, DATES)


# Meaning: small tables that can be counted by hand.


def dossiers(*given: dict[str, Any]) -> Rows:
    blank: dict[str, Any] = {column.name: None for column in RECORD_TABLES["dossiers"].columns}
    blank |= {"unit": "P01", "office": "A", "level": "province", "procedure": "1.01", "received_on": date(2023, 3, 1)}
    return {"dossiers": [{**blank, "dossier": f"D{at}", **row} for at, row in enumerate(given)], "procedures": []}


def counted(code: str, rows: Rows) -> tuple[int, int, int]:
    (tally,) = tallies_of_rows([ready_measures()[code]], rows, DATES)
    return tally.hits, tally.known, tally.unknown


def test_on_time_late_not_yet_due_and_without_limit() -> None:
    day = date(2023, 6, 1)
    rows = dossiers(
        {"due_on": day, "settled_on": day},
        {"due_on": day, "settled_on": day + timedelta(days=1)},
        {"due_on": day, "settled_on": None},
        {"due_on": date(2024, 1, 5), "settled_on": None},
        {"due_on": date(2024, 1, 5), "settled_on": date(2024, 1, 4)},
        {"due_on": date(2023, 12, 31), "settled_on": date(2024, 1, 4)},
        {"due_on": None, "settled_on": day},
    )
    # Settled in the year: the first two. The overdue one is in the other share, and so is the one settled in January.
    assert counted("on_time_share", rows) == (1, 2, 0)
    assert counted("on_time_share_due", rows) == (1, 4, 0)
    assert counted("early_share", rows) == (0, 2, 0)
    assert counted("overdue", rows) == (3, 3, 0)
    assert counted("overdue_unexplained", rows) == (3, 3, 0)


def test_what_is_not_recorded_is_unknown_not_no() -> None:
    rows = dossiers(
        {"channel": "online", "payment": "online", "settled_on": date(2023, 4, 1), "digitised": True},
        {"channel": "counter", "payment": "cash", "settled_on": date(2023, 4, 1), "digitised": False},
        {"channel": None, "payment": None, "settled_on": date(2023, 4, 1), "digitised": None},
        {"channel": "post", "payment": "none"},
    )
    assert counted("online_share", rows) == (1, 3, 1)
    assert counted("online_payment_share", rows) == (1, 2, 1)
    assert counted("digitised_share", rows) == (1, 2, 1)


def test_days_to_settle() -> None:
    start = date(2023, 3, 1)
    rows = dossiers(*({"settled_on": start + timedelta(days=days)} for days in (1, 2, 4, 8)))
    (median,) = tallies_of_rows([ready_measures()["days_to_settle_median"]], rows, DATES)
    (ninety,) = tallies_of_rows([ready_measures()["days_to_settle_90"]], rows, DATES)
    assert (median.low, median.high) == (20_000, 40_000)
    assert (ninety.low, ninety.high) == (40_000, 80_000)


# Spark.


def test_the_engines_are_named() -> None:
    assert list(ENGINES) == ["duckdb", "spark", "reference"]


@pytest.mark.parametrize("address", ["127.0.0.1:15002", "http://127.0.0.1", "sc://", "sc://a:b", ""])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ProblemsFound, match="SPARK-ADDRESS"):
        remote_session(address)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def test_where_nobody_listens() -> None:
    with pytest.raises(ProblemsFound, match="SPARK-UNREACHABLE"):
        open_engine("spark", spark=f"sc://127.0.0.1:{free_port()}")


OVER_CONNECT = """
import json, sys
from datetime import date
from parindex.engines.measure_engines import open_engine
from parindex.measures import Grain, RecordSet, measured_rows
from parindex.measures.library import ready_measures
from parindex.tables.measured import MEASURED

address, codes, parts, dates, units = sys.argv[1], *map(json.loads, sys.argv[2:])
ready = [ready_measures()[code] for code in codes]
engine = open_engine("spark", spark=address)
given = RecordSet({name: tuple(files) for name, files in parts.items()})
tallies = engine.evaluate(ready, given, {name: date.fromisoformat(day) for name, day in dates.items()}, Grain())
engine.close()
rows = measured_rows(ready, tallies, edition="2023", units=units, digests={})
sys.stdout.buffer.write(MEASURED.csv_bytes(rows))
"""


@pytest.mark.slow
@pytest.mark.xdist_group("spark")
def test_a_spark_connect_server_gives_the_same_table(tmp_path: Path) -> None:
    """A server as `scripts/spark-server.sh` runs it, and a client that knows nothing but its address."""
    root = Path(__file__).resolve().parents[2]
    codes = ("on_time_share", "days_to_settle_median", "online_share_full", "publishing_decisions", "days_cut")
    asked_measures = [ready_measures()[code] for code in codes]
    rows = made_rows(100)
    records = write_parts(rows, tmp_path)
    port = free_port()
    environment = {**os.environ, "PYTHON": sys.executable, "SPARK_MEMORY": "1g", "PYTHONPATH": str(root / "src")}
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [root / "scripts" / "spark-server.sh", str(port)], env=environment, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + 120
        while not _listens(port):
            assert server.poll() is None and time.monotonic() < deadline, (tmp_path / "server.log").read_text()
            time.sleep(0.5)
        asked = [
            json.dumps(codes),
            json.dumps(records.parts),
            json.dumps({name: day.isoformat() for name, day in DATES.items()}),
            json.dumps(UNITS),
        ]
        call = [sys.executable, "-c", OVER_CONNECT, f"sc://127.0.0.1:{port}", *asked]
        done = subprocess.run(call, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
    finally:
        server.terminate()
        server.wait(timeout=60)
    tallies = tallies_of_rows(asked_measures, rows, DATES)
    expected = measured_rows(asked_measures, tallies, edition="2023", units=UNITS, digests={})
    assert done.stdout == MEASURED.csv_bytes(expected)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_without_java_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ProblemsFound, match="openjdk-17-jre-headless"):
        measures_spark.check_java()
