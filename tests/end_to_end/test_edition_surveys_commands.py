"""An edition with a survey through the commands: check, compute, explain, publish, verify, in both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FEATURES = Path(__file__).parents[2] / "examples" / "features"

pytestmark = pytest.mark.slow


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "parindex.cli", *map(str, words)]
    return subprocess.run(call, capture_output=True, encoding="utf-8", check=False)


def test_from_interviews_to_a_verified_publication(tmp_path: Path) -> None:
    edition = FEATURES / "survey-of-citizens"
    checked = run("check", edition)
    assert checked.returncode == 0, checked.stderr
    assert "Khảo sát hài lòng (mô phỏng): 144 phiếu, 2/3 đơn vị có đủ ước lượng" in checked.stdout
    computed = run("--lang", "en", "compute", edition, "--out", tmp_path / "out", "--engine", "reference")
    assert computed.returncode == 0, computed.stderr
    assert "144 interviews, all estimates for 2 of 3 units" in computed.stdout
    explained = json.loads(run("explain", tmp_path / "out", "T1", "1.1", "--format", "json").stdout)

    def steps(step: dict[str, object]) -> list[dict[str, object]]:
        below = step["steps"]
        assert isinstance(below, list)
        return [step, *(found for each in below for found in steps(each))]

    kinds = [step["what"] for step in steps(explained)]
    for kind, times in (("index", 2), ("part", 1), ("factor", 2), ("question", 4), ("answers", 4), ("sample", 1)):
        assert kinds.count(kind) == times, kind
    published = run("publish", tmp_path / "out", "--to", tmp_path / "line", "--decision", "1/QĐ-MP")
    assert published.returncode == 0, published.stderr
    verified = run("verify", tmp_path / "line", "--edition", edition)
    assert verified.returncode == 0, verified.stderr
    assert "khảo sát: tính lại được 16/16 số liệu" in verified.stdout


def test_an_engine_that_does_not_exist(tmp_path: Path) -> None:
    found = run("compute", FEATURES / "survey-of-citizens", "--out", tmp_path / "out", "--engine", "abacus")
    assert found.returncode == 2 and "duckdb, spark, reference" in found.stderr
