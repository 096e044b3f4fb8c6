"""parindex records measure and list, appraisal: what people see, on every engine, and what is written down."""

from __future__ import annotations

import csv
import getpass
import io
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.end_to_end.test_submissions_folder import submit
from tests.unit.results.counted_edition import write_counted_edition

from parindex.results.personal_access import ACCESS_LOG

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def run(*words: object, lang: str = "vi", given: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PARINDEX_LANG": "vi", "NO_COLOR": "1"}
    call = [sys.executable, "-m", "parindex.cli", "--lang", lang, *map(str, words)]
    return subprocess.run(call, capture_output=True, encoding="utf-8", env=environment, input=given)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_counted_edition(tmp_path_factory.mktemp("counted") / "edition")
    submit(folder, "U1")
    return folder


def test_a_measure_of_every_unit(edition: Path) -> None:
    done = run("records", "measure", edition, "--measure", "on_time")
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["U1", "7", "12", "58,33", "%", "0"] in lines
    empty = next(line for line in done.stdout.splitlines() if line.startswith("U3"))
    assert " ".join(empty.split()) == "U3 – – đơn vị không có bản ghi nào trong bảng –"
    assert "Trong số hồ sơ thủ tục hành chính có ngày có kết quả từ 01/01/2023 đến 31/12/2023" in done.stdout
    ready = run("records", "measure", edition, "--measure", "on_time_share", "--format", "csv", "--unit", "U1")
    assert [(row["unit"], row["measure"]) for row in rows_of(ready.stdout)] == [("U1", "on_time_share")]


def test_months_and_offices_with_bars_and_a_chart(edition: Path, tmp_path: Path) -> None:
    chart = tmp_path / "c.svg"
    words = ("records", "measure", edition, "--measure", "on_time", "--by", "month", "--unit", "U1")
    done = run(*words, "--chart", chart, lang="en")
    assert done.returncode == 0, done.stderr
    march, april = done.stdout.splitlines()[-2:]
    assert march.startswith("  2023-03  █") and march.endswith("100 % (7/7)")
    assert "█" not in april and april.endswith("0 % (0/5)  ▼ 58.33 below the whole period")
    root = ElementTree.fromstring(chart.read_bytes())
    texts = [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Settled on time" in texts and "Province One (U1)" in texts
    told = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")]
    assert told == ["Trial edition", "2023-03: 100 % (7/7)", "2023-04: 0 % (0/5)"]
    rows = rows_of(run(*words, "--by", "office", "--format", "csv").stdout)
    assert [(row["office"], row["month"], row["numerator"]) for row in rows] == [
        ("", "", "7"),
        ("", "2023-03", "7"),
        ("", "2023-04", "0"),
        ("P01-S1", "", "7"),
        ("P01-S1", "2023-03", "7"),
        ("P01-S1", "2023-04", "0"),
    ]
    data = json.loads(run(*words, "--format", "json").stdout)
    assert data["measures"][0]["says"]["en"].startswith("Of the dossiers") and len(data["rows"]) == 3


@pytest.mark.xdist_group("spark")
def test_three_engines_print_the_same(edition: Path) -> None:
    measured, listed = set(), set()
    for engine in ("duckdb", "reference", "spark"):
        done = run("records", "measure", edition, "--by", "office", "--engine", engine, "--format", "csv")
        assert done.returncode == 0, done.stderr
        measured.add(done.stdout)
        words = ("on_time", "U1", "--which", "difference", "--engine", engine, "--format", "csv")
        done = run("records", "list", edition, *words)
        assert done.returncode == 0, done.stderr
        listed.add(done.stdout)
    assert len(measured) == len(listed) == 1
    assert len(rows_of(measured.pop())) > 8 and len(rows_of(listed.pop())) == 5


def test_the_records_behind_a_number_without_anybody(edition: Path) -> None:
    counts = {}
    for which in ("numerator", "denominator", "difference", "unknown"):
        done = run("records", "list", edition, "on_time", "U1", "--which", which, "--format", "csv")
        assert done.returncode == 0, done.stderr
        rows = rows_of(done.stdout)
        counts[which] = len(rows)
        assert "applicant" not in done.stdout and "Nguyễn" not in done.stdout
    assert counts == {"numerator": 7, "denominator": 12, "difference": 5, "unknown": 0}
    april = run("records", "list", edition, "on_time", "U1", "--which", "denominator", "--month", "2023-04")
    assert april.stdout.count("28/04/2023") == 5 and "trực tiếp" in april.stdout
    few = run("records", "list", edition, "on_time", "U1", "--limit", "3", "--format", "csv")
    assert len(rows_of(few.stdout)) == 3 and "--limit" in few.stderr
    nothing = run("records", "list", edition, "on_time", "U3")
    assert nothing.stdout.splitlines()[-1] == "Không có bản ghi nào."
    assert not (edition / ACCESS_LOG).exists()


def test_personal_columns_only_after_asking_and_with_a_line_in_the_log(edition: Path) -> None:
    words = ("records", "list", edition, "on_time", "U1", "--which", "difference", "--with-personal", "--format", "csv")
    for answer in ("", "n\n"):
        done = run(*words, given=answer)
        assert (done.returncode, done.stdout) == (1, "")
        assert "applicant (họ tên người nộp), applicant_number" in done.stderr
    assert not (edition / ACCESS_LOG).exists()
    done = run(*words, given="có\nXác minh\n")
    assert done.returncode == 0, done.stderr
    assert {row["applicant"] for row in rows_of(done.stdout)} == {"Nguyễn Văn A"}
    done = run(*words, "--yes", "--reason", "Kiểm tra", "--limit", "2")
    assert done.returncode == 0, done.stderr
    first, second = [json.loads(line) for line in (edition / ACCESS_LOG).read_text(encoding="utf-8").splitlines()]
    assert (first["rows"], first["reason"], second["rows"], second["reason"]) == (5, "Xác minh", 2, "Kiểm tra")
    assert first["columns"] == ["applicant", "applicant_number", "applicant_phone"]
    assert first["account"] == getpass.getuser() and "--with-personal" in first["command"]
    assert datetime.fromisoformat(first["at"]).tzinfo is not None
    assert (edition / ACCESS_LOG).stat().st_mode & 0o077 == 0


def test_nothing_is_shown_where_the_log_cannot_be_written(tmp_path: Path) -> None:
    folder = write_counted_edition(tmp_path / "edition")
    (folder / ACCESS_LOG).mkdir()
    done = run("records", "list", folder, "on_time", "U1", "--with-personal", "--yes")
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    assert "personal-access.log" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("measure", "EDITION", "--measure", "on_tim"), "on_time"),
        (("measure", "EDITION", "--by", "week"), "unit, month, office"),
        (("measure", "EDITION", "--measure", "days", "--by", "month"), "days"),
        (("measure", "EDITION", "--chart", "x.svg"), "--by month"),
        (("measure", "EDITION", "--unit", "U9"), "U9"),
        (("measure", "EDITION", "--engine", "pandas"), "duckdb, spark, reference"),
        (("measure", "EDITION", "--spark", "sc://127.0.0.1"), "--engine spark"),
        (("list", "EDITION", "on_time", "U9"), "U9"),
        (("list", "EDITION", "on_time", "U1", "--which", "all"), "numerator"),
        (("list", "EDITION", "days", "U1", "--month", "2023-04"), "month"),
    ],
)
def test_what_cannot_be_asked(edition: Path, words: tuple[str, ...], told: str) -> None:
    done = run("records", *(edition if word == "EDITION" else word for word in words))
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    assert told in done.stderr


def test_an_edition_without_records(tmp_path: Path) -> None:
    folder = write_counted_edition(tmp_path / "edition", rows=())
    for words in (("measure", folder), ("list", folder, "on_time", "U1")):
        done = run("records", *words)
        assert (done.returncode, "RECORDS-NONE" in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def test_compute_and_check_say_what_was_counted_and_the_table_shows_it(edition: Path, tmp_path: Path) -> None:
    line = "Đếm 13 hồ sơ; 1/4 đơn vị khai cao hơn số đếm"
    assert line in run("check", edition).stdout.splitlines()
    out = tmp_path / "out"
    done = run("compute", edition, "--out", out, lang="en")
    assert "Counted 13 dossiers; 1 of 4 units claim more than counted" in done.stdout.splitlines(), done.stderr
    table = run("appraisal", out, "--unit", "U1").stdout.splitlines()
    assert table[2].split() == ["U1", "1.1", "numerator", "9", "7", "+2", "9", "theo", "tự", "đánh", "giá", "–"]
    assert table[3].split()[3:7] == ["10", "12", "−2", "10"]
    whole = run("appraisal", edition, "--format", "csv", "--list", "provinces")
    assert rows_of(whole.stdout) == rows_of(run("appraisal", out, "--format", "csv").stdout)
    sizes = [abs(float(row["difference"] or 0)) for row in rows_of(whole.stdout)]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) == 8
    short = run("appraisal", out, "--limit", "1", lang="en").stdout
    assert "… and 7 more rows." in short and "Not counted, 2 units: the unit has no records in the table." in short
    assert run("appraisal", out, "--unit", "U9").returncode == 2
    assert run("appraisal", out, "--list", "x").returncode == 2
