"""Invented exports: importing them gives back the records they were made of, and finds the mistakes they were given."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from parindex.problems import Problems, ProblemsFound
from parindex.programme.units import Unit, read_units
from parindex.records.importing import Imported, catalogue_of, import_records
from parindex.records.mapping import read_mapping
from parindex.records.values import Surroundings
from parindex.simulation.dossiers import invented_counts, write_records
from parindex.simulation.example_files import example_folder
from parindex.simulation.record_example import EXPORTS_FOLDER, RecordExample, write_record_example
from parindex.simulation.record_export import WRONG_FILES, WRONG_ROWS, WrongRow, export_records
from parindex.simulation.writing import write_example
from parindex.tables.record_tables import DOSSIERS, PROCEDURES, RecordTable

SIZES = {"P63-31": 1.6, "P63-06": 0.55, "P63-95": 0.05}
CODES = {"P63-31": "31", "P63-06": "06", "P63-95": "95"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`records` as they were made, and `exports` of them; the last province has too few dossiers for mistakes."""
    folder = tmp_path_factory.mktemp("made")
    write_records(invented_counts(SIZES, rows=2200, seed=3), folder / "records", year=2023, seed=3, sizes=SIZES)
    wrong = export_records(folder / "records", folder / "exports", units=list(SIZES), codes=CODES)
    assert wrong == listed(folder / "exports", wrong)
    return folder


def listed(exports: Path, wrong: Sequence[WrongRow]) -> list[WrongRow]:
    """The rows of wrong-rows.csv, with the words of those given."""
    with (exports / WRONG_ROWS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["says"] for row in rows] == [each.says.both() for each in wrong]
    return [
        WrongRow(row["file"], int(row["row"]), row["code"], each.says) for row, each in zip(rows, wrong, strict=True)
    ]


@pytest.fixture(scope="module")
def imported(made: Path) -> Mapping[str, Imported]:
    return {table.name: taken(made, table, made / "exports" / table.name) for table in (PROCEDURES, DOSSIERS)}


def taken(made: Path, table: RecordTable, files: Path) -> Imported:
    problems = Problems()
    name = f"mapping-{table.name}.yaml"
    mapping = read_mapping((made / "exports" / name).read_bytes(), name, table, problems)
    problems.raise_if_any()
    assert mapping is not None
    edition = made / "edition"
    edition.mkdir(exist_ok=True)
    catalogue = catalogue_of(edition) if table is DOSSIERS else {}
    around = Surroundings(units(), (), date(2023, 12, 31), date(2024, 1, 31), catalogue)
    return import_records(edition, [files], mapping, around, bad_share=Decimal("0.05"))


def units() -> Mapping[str, Unit]:
    problems = Problems()
    return read_units((example_folder("national") / "units.csv").read_bytes(), "units.csv", problems)


@pytest.mark.parametrize("table", [PROCEDURES, DOSSIERS], ids=lambda table: table.name)
def test_importing_gives_back_what_was_made(made: Path, imported: Mapping[str, Imported], table: RecordTable) -> None:
    columns = ", ".join(column.name for column in table.columns)
    one, two = (
        f"SELECT {columns} FROM read_parquet('{made}/{place}/{table.name}/*.parquet')"
        for place in ("records", "edition/records")
    )
    with duckdb.connect() as connection:
        counts = [connection.execute(f"SELECT count(*) FROM ({each})").fetchone() for each in (one, two)]
        for first, second in ((one, two), (two, one)):
            assert connection.execute(f"{first} EXCEPT ALL {second}").fetchall() == []
    assert counts[0] == counts[1] == (imported[table.name].rows,)


@pytest.mark.parametrize("table", [PROCEDURES, DOSSIERS], ids=lambda table: table.name)
def test_importing_finds_the_mistakes_and_no_others(
    made: Path, imported: Mapping[str, Imported], table: RecordTable
) -> None:
    with (made / "exports" / WRONG_ROWS).open(encoding="utf-8", newline="") as file:
        meant = Counter(
            (Path(row["file"]).name, int(row["row"]), row["code"])
            for row in csv.DictReader(file)
            if row["file"].startswith(table.name)
        )
    found: Counter[tuple[str, int, str]] = Counter()
    for each in imported[table.name].files:
        for name in each.quarantine:
            if name.endswith(".reasons.csv"):
                with (made / "edition" / "records" / "quarantine" / name).open(
                    encoding="utf-8-sig", newline=""
                ) as file:
                    found.update({(each.name, int(row["row"]), row["code"]): 1 for row in csv.DictReader(file)})
    assert found == meant
    assert len(meant) == (2 * 12 if table is DOSSIERS else 3 * 4)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("renamed-column", "RECORDS-COLUMN-MISSING"),
        ("truncated", "RECORDS-PARQUET-DAMAGED"),
        ("two-schemas", "RECORDS-SCHEMAS"),
    ],
)
def test_files_that_are_wrong_as_a_whole_are_refused(made: Path, name: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        taken(made, DOSSIERS, made / "exports" / WRONG_FILES / name)
    assert code in {problem.kind.code for problem in found.value.problems}


@pytest.mark.slow
def test_an_example_of_records_is_an_edition_folder(tmp_path: Path) -> None:
    out = write_record_example(RecordExample(rows=500, seed=4), tmp_path / "out")
    first = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert {"edition.yaml", "units.csv", "records/measures.yaml", "records/dossiers/import.json"} <= set(first)
    assert "mô phỏng" in first["README.md"].decode()
    assert write_record_example(RecordExample(rows=500, seed=4), out) == out
    again = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert first == again
    write_record_example(RecordExample(rows=500, seed=4, as_export=True), out)
    assert sorted(path.name for path in (out / "records").iterdir()) == ["measures.yaml"]
    assert len(list((out / EXPORTS_FOLDER / "dossiers").iterdir())) == 63


def test_a_name_that_is_no_example_is_told_of_records_too(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="records"):
        write_example("recrods", tmp_path / "out")
