"""An edition from files to ranks: the national example, 63 provinces and 96 leaves, all rounds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

import parindex
from benchmarks.measuring import Figure, children_seconds, cpu_seconds
from parindex.problems import Problems
from parindex.programme.framework_reading import read_framework
from parindex.results.schemas import SCHEMAS
from parindex.scoring.rule_book import check_examples, open_rules
from parindex.submissions import read_submission
from parindex.workbooks import Workbook, read_workbooks

ROOT = Path(__file__).resolve().parents[1]
FRAMEWORK = ROOT / "examples" / "national" / "framework.yaml"


def write_national(place: Path, seed: int) -> None:
    call = [sys.executable, "-m", "parindex.cli", "example", "write", "national"]
    subprocess.run([*call, "--seed", str(seed), "--out", str(place)], check=True, stdout=subprocess.DEVNULL)


def national_edition(work: Path) -> Path:
    """The simulated national edition, made once."""
    place = work / "national"
    if not (place / "edition.yaml").is_file():
        write_national(place, 2023)
    return place


def figures(work: Path) -> list[Figure]:
    place = national_edition(work)
    return [help_(), framework_check(), example_written(work), *edition(place), with_survey(place, work)]


def example_written(work: Path) -> Figure:
    """Making the simulated national edition: 63 workbooks, decisions, a survey of 36,500 interviews."""
    place = work / "national-again"
    return Figure(
        "simulated national edition written", children_seconds(lambda: write_national(place, 7), rounds=1), 20.0
    )


def help_() -> Figure:
    def call(*arguments: str) -> float:
        command = [sys.executable, *arguments]
        return children_seconds(
            lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL) and None, rounds=5
        )

    peer = call("-c", "import typer, rich.console")
    return Figure("parindex --help", call("-m", "parindex.cli", "--help"), 0.4, "importing typer and rich alone", peer)


def framework_check() -> Figure:
    content = FRAMEWORK.read_bytes()

    def ours() -> None:
        problems = Problems()
        framework = read_framework(content, FRAMEWORK.name, problems)
        assert framework is not None
        assert check_examples(open_rules(framework, problems), problems) > 300
        assert not problems.errors

    schema = SCHEMAS["framework"]()

    def peer() -> None:
        data = yaml.load(content, Loader=yaml.CSafeLoader)
        Draft202012Validator(schema).validate(data)

    return Figure(
        "framework of 96 leaves checked, 312 examples run",
        cpu_seconds(ours),
        0.2,
        "jsonschema, form only",
        cpu_seconds(peer),
    )


def edition(place: Path) -> list[Figure]:
    files = [(path.name, path.read_bytes()) for path in sorted((place / "submissions").glob("*.xlsx"))]

    def read() -> float:
        readings = read_workbooks(files, workers=2)
        assert sum(isinstance(each, Workbook) for each in readings) == 63
        return readings.cpu_seconds

    def peer() -> None:
        for path in sorted((place / "submissions").glob("*.xlsx")):
            book = load_workbook(path)
            for sheet in book:
                for row in sheet.iter_rows(values_only=True):
                    assert row is not None

    inputs = parindex.read_edition(place)

    books = [each for each in read_workbooks(files, workers=2) if isinstance(each, Workbook)]

    def match() -> None:
        for book in books:
            assert read_submission(book, edition=inputs.edition, source="", problems=Problems())

    def compute() -> None:
        result = parindex.compute(inputs)
        assert len(result.ranks) == 63
        for row in result.ranks:
            result.explain(row.unit)

    return [
        Figure(
            "63 workbooks read, children counted",
            cpu_seconds(read),
            3.0,
            "openpyxl, no limits",
            cpu_seconds(peer, rounds=1),
        ),
        Figure("63 read workbooks matched to their forms", cpu_seconds(match), 1.0),
        Figure("63 x 96 leaves, all rounds: computed, ranked, explained", cpu_seconds(compute), 1.0),
    ]


def with_survey(place: Path, work: Path) -> Figure:
    """The whole edition from files to ranks, SIPAS estimated from interviews, beside the same with SIPAS as a table."""

    def compute(folder: Path) -> float:
        command = [sys.executable, "-m", "parindex.cli", "compute", str(folder), "--out", str(work / "computed")]
        return children_seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL) and None)

    return Figure(
        "national edition computed, its survey of 36,500 interviews with it",
        compute(place),
        15.0,
        "SIPAS from estimates.csv",
        compute(_without_survey(place, work / "national-without-survey")),
    )


def _without_survey(place: Path, copy: Path) -> Path:
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(place, copy, ignore=shutil.ignore_patterns("survey"))
    declared = (copy / "edition.yaml").read_text(encoding="utf-8")
    (copy / "edition.yaml").write_text(declared.partition("\nsurveys:")[0] + "\n", encoding="utf-8")
    rows = [row for row in parindex.read_edition(place).estimates if row.node == "8.1"]
    with (copy / "estimates.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row.unit},{row.node},{row.value},{row.se},{row.n},,simulated,\n" for row in rows)
    return copy
