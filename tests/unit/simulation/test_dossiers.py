"""Invented dossiers: counts hold to the last one, the declared tables hold, and a seed is a seed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from parindex.simulation.dossiers import (
    LevelCounts,
    RecordCounts,
    invented_counts,
    working_days,
    write_records,
)
from parindex.simulation.procedure_catalogue import CatalogueCounts, known_procedures, procedure_rows
from parindex.tables.record_tables import RECORD_TABLES, SOURCE_ROW, RecordTable

YEAR = 2023
SIZES = {"P63-01": 3.0, "P63-02": 0.55, "P63-93": 1.0}

USUAL = RecordCounts(
    levels={"province": LevelCounts(700, 683), "district": LevelCounts(2209, 2136), "commune": LevelCounts(5016, 4997)},
    apologies=88,
    received=8204,
    of_online_procedures=5511,
    submitted_online=3907,
    with_fee=3004,
    paid_online=1203,
    digitised_share=0.7,
    catalogue=CatalogueCounts("P63-02", 1540, 811, 798, 203, 197),
)
NOBODY_LATE = replace(
    USUAL,
    levels={level: LevelCounts(each.settled, each.settled) for level, each in USUAL.levels.items()},
    apologies=0,
    catalogue=USUAL.catalogue._replace(unit="P63-93", published_on_time=203),
)
ALL_LATE_AND_A_LEVEL_WITHOUT = replace(
    USUAL,
    levels={"province": LevelCounts(0, 0), "district": LevelCounts(3000, 0), "commune": LevelCounts(1, 1)},
    apologies=3000,
    received=3001,
    of_online_procedures=3001,
    submitted_online=3001,
    with_fee=0,
    paid_online=0,
    digitised_share=1.0,
    catalogue=CatalogueCounts("P63-01", 130, 20, 0, 0, 0),
)
COUNTS = (ALL_LATE_AND_A_LEVEL_WITHOUT, USUAL, NOBODY_LATE)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    write_records(COUNTS, folder, year=YEAR, seed=7, sizes=SIZES, rows_of_part=5000)
    return folder


@pytest.fixture
def ask(records: Path) -> Any:
    with duckdb.connect() as connection:
        for table in RECORD_TABLES:
            connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{records}/{table}/*.parquet')")
        yield lambda sql: connection.execute(sql).fetchall()


IN_YEAR = "BETWEEN DATE '2023-01-01' AND DATE '2023-12-31'"


@pytest.mark.parametrize("counts", COUNTS, ids=lambda counts: counts.unit)
def test_records_count_to_what_they_must(ask: Any, counts: RecordCounts) -> None:
    unit = counts.unit
    settled = {
        level: (many, on_time)
        for level, many, on_time in ask(
            f"SELECT level, count(*), count(*) FILTER (settled_on <= due_on) FROM dossiers"
            f" WHERE unit = '{unit}' AND settled_on {IN_YEAR} AND due_on IS NOT NULL GROUP BY level"
        )
    }
    assert settled == {level: tuple(each) for level, each in counts.levels.items() if each.settled}
    late = ask(
        f"SELECT count(*), count(apology), count(*) FILTER (apology) FROM dossiers"
        f" WHERE unit = '{unit}' AND settled_on {IN_YEAR} AND settled_on > due_on"
    )
    assert late == [(counts.late, counts.late, counts.apologies)]
    received = ask(
        f"SELECT count(*), count(*) FILTER (online_service IN ('partial', 'full')),"
        f" count(*) FILTER (online_service IN ('partial', 'full') AND channel = 'online'),"
        f" count(*) FILTER (channel = 'online'),"
        f" count(*) FILTER (payment IN ('cash', 'online')), count(*) FILTER (payment = 'online')"
        f" FROM dossiers JOIN procedures USING (unit, procedure) WHERE unit = '{unit}' AND received_on {IN_YEAR}"
    )
    online = counts.submitted_online
    assert received == [
        (counts.received, counts.of_online_procedures, online, online, counts.with_fee, counts.paid_online)
    ]
    catalogue = ask(
        f"SELECT unit, count(*), count(*) FILTER (online_service IN ('partial', 'full')),"
        f" count(*) FILTER (online_service = 'full'), count(*) FILTER (publish_by {IN_YEAR}),"
        f" count(*) FILTER (publish_by {IN_YEAR} AND published_on <= publish_by)"
        f" FROM procedures WHERE unit = '{unit}' GROUP BY unit"
    )
    assert catalogue == [tuple(counts.catalogue)]


@pytest.mark.parametrize("table", RECORD_TABLES.values(), ids=RECORD_TABLES)
def test_what_the_table_declares_holds(ask: Any, table: RecordTable) -> None:
    rows = ask(f"SELECT count(*) FROM {table.name}")[0][0]
    assert rows > 0
    assert ask(f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(table.key)} FROM {table.name})") == [(rows,)]
    for column in table.columns:
        if column.null_means is None:
            assert ask(f"SELECT count({column.name}) FROM {table.name}") == [(rows,)], column.name
        if column.codes:
            found = {code for (code,) in ask(f"SELECT DISTINCT {column.name} FROM {table.name}")}
            assert found - {None} <= set(column.codes), column.name
        if column.lowest is not None:
            assert ask(f"SELECT min({column.name}) FROM {table.name}")[0][0] >= column.lowest
        if column.happened:
            assert ask(f"SELECT max({column.name}) FROM {table.name}")[0][0] <= date(YEAR, 12, 31), column.name
    for pair in table.order:
        assert ask(f"SELECT count(*) FROM {table.name} WHERE {pair.later} < {pair.earlier}") == [(0,)], pair
    for own, other, theirs in table.references:
        assert own == theirs
        assert ask(f"SELECT count(*) FROM {table.name} ANTI JOIN {other} USING ({', '.join(own)})") == [(0,)]


@pytest.mark.parametrize("table", RECORD_TABLES.values(), ids=RECORD_TABLES)
def test_files_have_the_declared_types(records: Path, table: RecordTable) -> None:
    arrow = {
        "text": "string",
        "code": "string",
        "choice": "string",
        "date": "date32[day]",
        "whole": "int64",
        "decimal": "decimal128(18, 4)",
        "flag": "bool",
    }
    wanted = [(column.name, arrow[column.type]) for column in table.columns] + [(SOURCE_ROW, "int64")]
    files = sorted((records / table.name).iterdir())
    for file in files:
        schema = pq.read_schema(file)
        assert [(field.name, str(field.type)) for field in schema] == wanted
        assert schema == pq.read_schema(files[0])  # what may be empty, too
        assert b"m\xc3\xb4 ph\xe1\xbb\x8fng" in pq.read_metadata(file).metadata[b"simulated"]
    assert [file.name for file in files] == [f"part-{number:06d}.parquet" for number in range(1, len(files) + 1)]


def test_days_are_working_days_and_parts_are_in_order(ask: Any, records: Path) -> None:
    days = {*working_days(YEAR - 1), *working_days(YEAR)}
    for column in ("received_on", "settled_on", "returned_on"):
        found = {day for (day,) in ask(f"SELECT DISTINCT {column} FROM dossiers WHERE {column} IS NOT NULL")}
        assert found <= days, column
    for file in (records / "dossiers").iterdir():
        table = pq.read_table(file, columns=["unit", "received_on", SOURCE_ROW]).to_pylist()
        places = [(row["unit"], row["received_on"]) for row in table]
        assert places == sorted(places)
        assert [row[SOURCE_ROW] for row in table] == list(range(1, len(table) + 1))


def test_every_kind_of_ending_is_there(ask: Any) -> None:
    found = ask(
        "SELECT count(*) FILTER (settled_on < due_on), count(*) FILTER (settled_on = due_on),"
        " count(*) FILTER (settled_on > due_on), count(*) FILTER (settled_on IS NULL AND due_on > DATE '2023-12-31'),"
        " count(*) FILTER (settled_on IS NULL AND due_on <= DATE '2023-12-31'), count(*) FILTER (due_on IS NULL),"
        " count(*) FILTER (received_on < DATE '2023-01-01' AND settled_on >= DATE '2023-01-01'),"
        " count(*) FILTER (settled_on < DATE '2023-01-01'), count(*) FILTER (channel IS NULL),"
        " count(*) FILTER (payment IS NULL), count(*) FILTER (digitised IS NULL AND settled_on IS NOT NULL),"
        " count(*) FILTER (applicant IS NULL)"
        " FROM dossiers WHERE unit = 'P63-02'"
    )[0]
    assert all(found), found


def test_no_applicant_could_be_a_real_person(ask: Any) -> None:
    for column in ("applicant", "applicant_number", "applicant_phone"):
        values = {value for (value,) in ask(f"SELECT DISTINCT {column} FROM dossiers WHERE {column} IS NOT NULL")}
        assert values
        assert all(re.fullmatch(r"(Người nộp |số )?mô phỏng [0-9]{6}", value) for value in values)


def test_the_due_day_follows_from_the_limit_after_cutting(ask: Any) -> None:
    days = sorted({*working_days(YEAR - 1), *working_days(YEAR), *working_days(YEAR + 1)})
    place = {day: number for number, day in enumerate(days)}
    rows = ask(
        "SELECT received_on, due_on, ceil(coalesce(limit_days_cut, limit_days)) FROM dossiers"
        " JOIN procedures USING (unit, procedure) WHERE due_on IS NOT NULL"
    )
    assert all(place[due] - place[received] == limit for received, due, limit in rows)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*.parquet")}


def test_a_seed_gives_the_same_bytes_with_any_number_of_threads(tmp_path: Path) -> None:
    counts = invented_counts(SIZES, rows=3000, seed=5)
    made = []
    for number, (threads, seed) in enumerate(((1, 5), (2, 5), (3, 5), (1, 6))):
        folder = tmp_path / str(number)
        write_records(counts, folder, year=YEAR, seed=seed, sizes=SIZES, threads=threads, rows_of_part=700)
        made.append(_bytes(folder))
    assert len(made[0]) > 5
    assert made[0] == made[1] == made[2]
    assert made[0] != made[3]


@pytest.mark.parametrize("rows", [0, 1, 2, 7, 1000, 12345])
def test_any_number_of_rows(tmp_path: Path, rows: int) -> None:
    counts = invented_counts(SIZES, rows=rows, seed=5)
    written = write_records(counts, tmp_path / "out", year=YEAR, seed=5, sizes=SIZES)
    assert sum(written.dossiers) == rows
    for table, told in zip(("dossiers", "procedures"), written, strict=True):
        files = sorted((tmp_path / "out" / table).iterdir())
        assert tuple(pq.read_metadata(file).num_rows for file in files) == told


@pytest.mark.parametrize(
    "wrong",
    [
        replace(USUAL, apologies=110),
        replace(USUAL, received=7000),
        replace(USUAL, submitted_online=6000),
        replace(USUAL, levels={"province": LevelCounts(1, 1)}),
        replace(USUAL, levels={**USUAL.levels, "province": LevelCounts(3, 4)}),
        replace(USUAL, catalogue=USUAL.catalogue._replace(offered_online=1539)),
        replace(USUAL, catalogue=USUAL.catalogue._replace(published_on_time=204)),
    ],
)
def test_counts_that_contradict_each_other_are_refused(tmp_path: Path, wrong: RecordCounts) -> None:
    with pytest.raises(ValueError, match=r"(have|has) these counts"):
        write_records([wrong], tmp_path / "out", year=YEAR, seed=5, sizes={})
    assert not (tmp_path / "out").exists()


def test_procedures_are_the_same_in_every_unit_that_has_them() -> None:
    days = working_days(YEAR)
    by_code: dict[object, set[tuple[object, ...]]] = {}
    for counts in COUNTS:
        for row in procedure_rows(counts.catalogue, year=YEAR, working_days=days, seed=7):
            by_code.setdefault(row[1], set()).add(row[2:5])
    assert all(len(each) == 1 for each in by_code.values())
    known = known_procedures(6000)
    assert len({each.name for each in known}) == len({each.code for each in known}) == len(known) >= 6000
