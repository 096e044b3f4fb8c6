"""parindex records: what people see when they import, in both languages, and when something is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.records.small_records import MAPPING, dossier, write_csv

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def run(*words: object, lang: str = "vi") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PARINDEX_LANG": "vi", "NO_COLOR": "1"}
    call = [sys.executable, "-m", "parindex.cli", "--lang", lang, "records", *map(str, words)]
    return subprocess.run(call, capture_output=True, encoding="utf-8", env=environment)


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    folder = tmp_path / "edition"
    shutil.copytree(ROOT / "examples" / "national", folder)
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return folder


def test_an_import_says_what_it_took_and_what_not(edition: Path, tmp_path: Path) -> None:
    rows = [dossier(number, unit="P63-01") for number in range(8)] + [dossier(9, unit="P01"), dossier(7, unit="P63-01")]
    file = write_csv(tmp_path / "x.csv", rows)
    words = ("import", edition, file, "--table", "dossiers", "--mapping", tmp_path / "mapping.yaml")
    done = run(*words)
    assert done.returncode == 0, done.stderr
    first, reason, *apart, table = done.stdout.splitlines()
    assert first == "x.csv: đã nhập 8 trên 10 bản ghi; 1 đã có, tính một lần; 1 để riêng."
    assert reason == "  RECORD-UNIT: 1"
    assert len(apart) == 2 and all(Path(line.partition(": ")[2]).is_file() for line in apart)
    assert table.startswith("Bảng dossiers: 8 bản ghi, sha256 ")
    assert "chưa có danh mục thủ tục của P63-01" in done.stderr
    again = run(*words, lang="en")
    assert again.stdout.splitlines()[0] == "x.csv: imported before (8 records); nothing changed."
    assert again.stdout.splitlines()[1].endswith(table.split()[-1])


def test_days_come_from_the_edition(edition: Path, tmp_path: Path) -> None:
    """closes_on of the national example is 31 January 2024."""
    rows = [dossier(number, unit="P63-01") for number in range(8)]
    rows += [dossier(10, unit="P63-01", returned_on="31/01/2024"), dossier(11, unit="P63-01", returned_on="01/02/2024")]
    file = write_csv(tmp_path / "x.csv", rows)
    done = run("import", edition, file, "--table", "dossiers", "--mapping", tmp_path / "mapping.yaml", lang="en")
    assert "  RECORD-FUTURE: 1" in done.stdout.splitlines()


def test_problems_come_without_traceback_and_leave_nothing(edition: Path, tmp_path: Path) -> None:
    good = write_csv(tmp_path / "good.csv", [dossier(1, unit="P63-01")])
    words = ("--table", "dossiers", "--mapping", tmp_path / "mapping.yaml")
    for file, code in ((tmp_path / "none.csv", "FILE-MISSING"), (tmp_path / "bad.csv", "RECORDS-SHARE")):
        if code == "RECORDS-SHARE":
            write_csv(file, [dossier(1), dossier(2, unit="P63-01")])
        done = run("import", edition, file, *words)
        assert (done.returncode, code in done.stderr, "Traceback" in done.stderr) == (1, True, False)
        assert not list(edition.rglob("*.parquet"))
    (tmp_path / "mapping.yaml").write_text(MAPPING + "dates: dd-mm\nsepparator: x\n", encoding="utf-8")
    done = run("import", edition, good, *words)
    assert done.returncode == 1 and "mapping.yaml, dòng 15" in done.stderr and "2 lỗi." in done.stderr


def test_a_drafted_mapping_takes_the_file_it_was_drafted_from(edition: Path, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "x.csv", [dossier(number, unit="P63-01") for number in range(20)])
    draft = tmp_path / "draft.yaml"
    done = run("mapping", file, "--table", "dossiers", "--out", draft)
    assert done.returncode == 0 and "Đã nhận ra 12 cột" in done.stdout, done.stderr
    assert run("mapping", file, "--table", "dossiers", "--out", draft).returncode == 2
    done = run("import", edition, file, "--table", "dossiers", "--mapping", draft)
    assert "x.csv: đã nhập 20 trên 20 bản ghi" in done.stdout
