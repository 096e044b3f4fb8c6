"""Minutes of repeated work: many seeds, many kills, many spoilt files. Run with `make soak`."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.unit.results.tiny_edition import write_edition

import parindex
from parindex.problems import Problem
from parindex.simulation.writing import write_example
from parindex.workbooks import Workbook, read_workbooks

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.soak


def fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.mark.parametrize("seed", range(1, 13))
def test_every_seed_meets_every_published_figure(seed: int, tmp_path: Path) -> None:
    place = write_example("national", tmp_path / "national", seed=seed)
    result = parindex.compute(parindex.read_edition(place))
    assert not result.differences
    groups = [sum(row.group == group for row in result.ranks) for group in "ABC"]
    assert groups == [7, 56, 0]


def test_a_computation_that_is_killed_leaves_whole_results(tmp_path: Path) -> None:
    """300 kills at random moments: the folder always holds the old results or the new, never something between."""
    edition, out = write_edition(tmp_path / "edition"), tmp_path / "out"
    call = [sys.executable, "-m", "parindex.cli", "compute", str(edition), "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run(call, check=True, capture_output=True, env=environment)
    whole = fingerprint(out)
    chance = random.Random(2023)
    killed = 0
    for _ in range(300):
        process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        time.sleep(chance.uniform(0.05, 0.6))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        assert fingerprint(out) == whole
    assert killed > 50


def test_spoilt_workbooks_are_refused_or_read_but_never_break_the_reader(tmp_path: Path) -> None:
    """2,000 workbooks with a few bytes changed, all through one warm server."""
    place = write_example("national", tmp_path / "national", seed=1)
    good = (place / "submissions" / "P63-31.xlsx").read_bytes()
    chance = random.Random(31)

    def spoilt() -> bytes:
        content = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        return bytes(content[: chance.choice((len(content), len(content), chance.randrange(len(content))))])

    files = [(f"{number}.xlsx", spoilt()) for number in range(2000)]
    refused = 0
    for reading in read_workbooks(files, workers=2):
        if not isinstance(reading, Workbook):
            refused += 1
            assert reading
            assert all(isinstance(problem, Problem) for problem in reading)
    assert refused > 500
