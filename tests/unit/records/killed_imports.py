"""Imports in a process of their own that is killed at some moment, for the tests and the long runs."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.unit.records.small_records import dossier, take, write_csv

from parindex.records.exports import ChunkSizes

ROOT = Path(__file__).resolve().parents[3]
SIZES = ChunkSizes(csv_bytes=15_000)
_CHILD = """
import sys
from pathlib import Path
import numpy, pyarrow, pyarrow.csv, pyarrow.parquet
from tests.unit.records.small_records import take
from tests.unit.records.killed_imports import SIZES
edition, *files = map(Path, sys.argv[1:])
print("ready", flush=True)
take(edition, *files, sizes=SIZES)
"""


def exports(folder: Path) -> tuple[Path, Path]:
    """Two files with records that are wrong, repeated, and in conflict within and between them."""
    chance = random.Random(7)
    one, two = [], []
    for number in range(1_200):
        row = dossier(number, applicant=f"Người {chance.randrange(10**6)}")
        one.append(row)
        if chance.random() < 0.05:
            one.append(chance.choice(one))
        if chance.random() < 0.02:
            one.append([*chance.choice(one)[:-1], "Người khác"])
        if chance.random() < 0.03:
            one.append(dossier(number + 10_000, unit="P77"))
        if chance.random() < 0.3:
            two.append(row)
        two.append(dossier(number + 20_000, digitised=chance.choice(("Có", "Không", "?"))))
    return write_csv(folder / "one.csv", one), write_csv(folder / "two.csv", two)


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def kill_at_moments(folder: Path, moments: int, seed: int) -> int:
    """Kill an import at random moments, each time in a fresh edition, then start it again to its end.

    The records folder must end with the bytes of an undisturbed run. Returns how many were killed before they ended.
    """
    files = exports(folder)
    whole = folder / "whole"
    start = time.monotonic()
    take(whole, *files, sizes=SIZES)
    lasting = time.monotonic() - start
    expected = tree(whole)
    assert any("quarantine" in name for name in expected) and len(expected) > 20
    chance = random.Random(seed)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    killed = 0
    for number in range(moments):
        edition = folder / f"killed-{number}"
        edition.mkdir()
        call = [sys.executable, "-c", _CHILD, str(edition), *map(str, files)]
        with subprocess.Popen(call, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout is not None and process.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0, 1.3 * lasting))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                killed += 1
        take(edition, *files, sizes=SIZES)
        assert tree(edition) == expected, f"moment {number} of seed {seed}"
        shutil.rmtree(edition)
    return killed
