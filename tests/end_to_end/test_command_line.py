"""The command line as people call it: exit codes, places of mistakes, both languages, and no traceback."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.results.tiny_edition import ACCEPTED, write_edition

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PUBLISHED_ORDER = [
    "M-BTP",
    "M-NHNN",
    "M-BTC",
    "M-BNV",
    "M-BTNMT",
    "M-BNNPTNT",
    "M-BXD",
    "M-BGTVT",
    "M-BTTTT",
    "M-BLDTBXH",
    "M-BVHTTDL",
    "M-BGDDT",
    "M-BKHCN",
    "M-BKHDT",
    "M-BYT",
    "M-BNG",
    "M-BCT",
]


def parindex(*arguments: str | Path, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command; it must end with `code` and never show a traceback."""
    call = [sys.executable, "-m", "parindex.cli", *map(str, arguments)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", **environment}
    done = subprocess.run(call, capture_output=True, text=True, env=variables)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def ministries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ministries") / "m"
    parindex("compute", EXAMPLES / "ministries-2023", "--out", out)
    return out


def test_the_real_ministries_come_out_in_the_published_order(ministries: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(parindex("rank", ministries, "--format", "csv").stdout)))
    assert list(rows[0]) == ["unit", "name", "value", "rank", "group"]
    assert [row["unit"] for row in rows] == PUBLISHED_ORDER
    assert [int(row["rank"]) for row in rows] == list(range(1, 18))
    with (EXAMPLES / "ministries-2023" / "published.csv").open(encoding="utf-8") as file:
        published = {row["unit"]: float(row["value"]) for row in csv.DictReader(file)}
    assert all(abs(float(row["value"]) - published[row["unit"]]) < 0.0101 for row in rows)
    table = parindex("rank", ministries).stdout
    assert "Đã công bố Bộ Tư pháp: 89,95; tính lại: 89,96" in table
    assert "9 số công bố khác số tính lại" in table


def test_a_difference_below_the_total_names_its_node(tmp_path: Path) -> None:
    edition = write_edition(tmp_path / "edition", {"published.csv": "unit,node,value,rank\nU1,1,91,\n"})
    parindex("compute", edition, "--out", tmp_path / "out")
    table = parindex("--lang", "en", "rank", tmp_path / "out").stdout
    assert "Published for Province One, node 1: 91; recomputed: 94.00" in table
    assert "1 published figure differs from the recomputed one\n" in table


def test_rank_as_json_and_in_english(ministries: Path) -> None:
    rows = json.loads(parindex("--lang", "en", "rank", ministries, "--format", "json").stdout)
    assert rows[0] == {
        "unit": "M-BTP",
        "name": "Ministry of Justice",
        "value": "89.96",
        "rank": 1,
        "group": "T80",
    }
    assert "Ministry of Justice" in parindex("rank", ministries, PARINDEX_LANG="en").stdout


def test_explanations_as_text_and_json(ministries: Path) -> None:
    text = parindex("explain", ministries, "M-BTP", "1.1").stdout
    assert "hạng 1/17" in text
    assert "accepted.csv:2" in text
    data = json.loads(parindex("explain", ministries, "M-BTP", "--format", "json").stdout)
    assert data["of"] == 17
    assert [step["code"] for step in data["steps"][0]["steps"]] == ["1", "2"]


def test_wrong_usage_ends_with_2_and_wrong_input_with_1(tmp_path: Path, ministries: Path) -> None:
    assert "Missing argument" in parindex("rank", code=2).stderr
    parindex("rank", ministries, "--format", "pdf", code=2)
    parindex("nonsense", code=2)
    said = parindex("rank", tmp_path / "none", code=1).stderr
    assert "manifest.json" in said
    assert "[RESULT-MISSING]" in said
    said = parindex("explain", ministries, "M-BTX", code=1).stderr
    assert "M-BTX" in said


def test_a_mistake_leaves_earlier_results_as_they_were(tmp_path: Path) -> None:
    edition, out = write_edition(tmp_path / "edition"), tmp_path / "out"
    parindex("compute", edition, "--out", out)
    before = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (edition / "accepted.csv").write_text(ACCEPTED + "U9,1.2,,late,x,x\n", encoding="utf-8")
    said = parindex("compute", edition, "--out", out, code=1).stderr
    assert "accepted.csv, dòng 14" in said
    assert "[UNIT-UNKNOWN]" in said
    assert {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["edition", "out"]


def test_a_folder_that_holds_something_else_is_never_replaced(tmp_path: Path) -> None:
    edition = write_edition(tmp_path / "edition")
    assert "[OUT-NOT-RESULTS]" in parindex("compute", edition, "--out", edition, code=1).stderr
    assert (edition / "edition.yaml").is_file()


def test_every_framework_of_the_examples_holds_with_its_worked_examples() -> None:
    files = sorted(EXAMPLES.rglob("framework*.yaml"))
    assert len(files) >= 20
    said = parindex("framework", "check", *files).stdout
    assert said.count("\n") == len(files)


def test_problems_of_a_framework_as_json() -> None:
    broken = ROOT / "tests" / "broken" / "framework"
    file = next(path for path in sorted(broken.iterdir()) if "bands-gap" in path.name.replace("_", "-"))
    found = json.loads(parindex("framework", "check", file, "--json", code=1).stdout)
    assert any(each["code"] == "BANDS-GAP" and each["line"] for each in found)


def test_what_differs_between_two_frameworks() -> None:
    old = EXAMPLES / "frameworks" / "province-eight-components" / "framework.yaml"
    new = EXAMPLES / "national" / "framework.yaml"
    said = parindex("--lang", "en", "framework", "changes", old, new).stdout
    assert "8.2.1 → 3.3.2" in said
    data = json.loads(parindex("framework", "changes", old, new, "--json").stdout)
    assert data


def test_schemas_are_exported(tmp_path: Path) -> None:
    for what in ("framework", "edition"):
        parindex("framework", "schema", what, "--out", tmp_path / f"{what}.json")
        assert json.loads((tmp_path / f"{what}.json").read_text(encoding="utf-8"))["$schema"]


def test_a_unit_gets_its_workbook_and_has_it_checked(tmp_path: Path) -> None:
    said = parindex("workbook", "write", EXAMPLES / "national", "--unit", "P63-31", "--out", tmp_path).stdout
    assert said.strip().endswith("P63-31.xlsx")
    said = parindex("workbook", "check", tmp_path / "P63-31.xlsx", "--edition", EXAMPLES / "national").stdout
    assert "P63-31, 0/" in said
    parindex("workbook", "write", EXAMPLES / "national", "--unit", "P63-99", "--out", tmp_path, code=1)
    parindex("workbook", "write", EXAMPLES / "national", "--out", tmp_path, code=2)


def test_help_teaches_in_both_languages() -> None:
    assert "parindex compute examples/ministries-2023" in parindex("--help").stdout
    assert "To begin" in parindex("--lang", "en", "--help").stdout
    assert parindex("--version").stdout.startswith("parindex ")


def test_output_cut_off_by_its_reader_is_no_error(ministries: Path) -> None:
    call = f'"{sys.executable}" -m parindex.cli rank "{ministries}" --format csv | head -n 1'
    done = subprocess.run(
        ["bash", "-c", call], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    )
    assert done.stdout == "unit,name,value,rank,group\n"
    assert "Traceback" not in done.stderr
