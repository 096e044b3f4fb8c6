"""A publication of an edition with a survey: figures and counts, no interview and no person; verified without them."""

from __future__ import annotations

import csv
import shutil
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.unit.publication.sealing import DECISION, replace_text, seal_again

import parindex
from parindex.publication.freeze import publish
from parindex.publication.verify import verify
from parindex.results.result import read_result, write_result

FEATURES = Path(__file__).parents[3] / "examples" / "features"
EDITION = FEATURES / "survey-of-citizens"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("survey")
    write_result(parindex.compute(parindex.read_edition(EDITION)), root / "result")
    publish(root / "result", root / "line", decision=DECISION)
    return root / "line" / "v1"


@pytest.fixture
def publication(published: Path, tmp_path: Path) -> Path:
    return shutil.copytree(published, tmp_path / "v1")


def everything(folder: Path) -> str:
    """All text of all files, workbooks and Parquet opened."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            found.append(str(pq.read_table(path).to_pydict()))
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found += [book.read(name).decode() for name in book.namelist()]
        elif path.is_file():
            found.append(path.read_text(encoding="utf-8"))
    return "\n".join(found)


def test_it_holds_no_interview_and_no_person(published: Path) -> None:
    with (EDITION / "survey/interviews.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    text = everything(published)
    assert "Nơi ngồi chờ?" in text
    assert not [row["record"] for row in rows if row["record"] in text]
    # Sampled units could lead to the people who live there.
    assert not [row["psu"] for row in rows if row["psu"] in text]
    assert not list(published.rglob("*interviews*"))
    for name in ("survey_counts.csv", "survey_terms.csv"):
        with (published / name).open(encoding="utf-8", newline="") as file:
            assert not {"record", "psu", "stratum", "weight_of_record"} & set(csv.DictReader(file).fieldnames or ())


def test_no_count_below_the_least_is_published(published: Path) -> None:
    result = read_result(published)
    least = result.edition.surveys[0].least
    assert result.survey_counts
    assert all(row.n is None or row.n == 0 or row.n >= least for row in result.survey_counts)
    assert all(row.n is None or row.n >= least for row in result.survey_terms)


def test_every_format_has_the_figures_and_the_counts(published: Path) -> None:
    result = read_result(published)
    for name, rows in (("survey_terms", result.survey_terms), ("survey_counts", result.survey_counts)):
        assert pq.read_table(published / "parquet" / f"{name}.parquet").num_rows == len(rows)
        assert (published / "json" / f"{name}.json").is_file()
    with zipfile.ZipFile(published / "publication.xlsx") as book:
        sheets = book.read("xl/workbook.xml").decode()
    assert "Khảo sát" in sheets and "Trả lời" in sheets


def test_it_verifies_with_and_without_the_interviews(published: Path) -> None:
    alone = verify(published)
    assert alone.ok, alone.problems
    assert any("16/16" in check.says.vi for check in alone.checks)
    assert verify(published, edition=EDITION).ok


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("survey_counts.csv", ",100,29,1748.75,", ",100,29,1848.75,"),
        ("survey_terms.csv", "Access,0.6,", "Access,0.5,"),
        ("estimates.csv", ",59.90199541,", ",69.90199541,"),
    ],
)
def test_a_changed_figure_is_named_though_all_is_sealed_again(file: str, old: str, new: str, publication: Path) -> None:
    replace_text(publication / file, old, new)
    seal_again(publication)
    verification = verify(publication)
    assert not verification.ok
    assert "SURVEY-DIFFERS" in {problem.code for problem in verification.problems}


def test_interviews_changed_since_are_noticed(publication: Path, tmp_path: Path) -> None:
    edition = shutil.copytree(EDITION, tmp_path / "edition")
    replace_text(edition / "survey/interviews.csv", ",4,", ",1,")
    problems = verify(publication, edition=edition).problems
    assert {problem.code for problem in problems} >= {"INPUT-CHANGED", "TABLE-DIFFERS"}
    assert "edition/survey/interviews.csv" in {problem.where.file for problem in problems}
