"""Whole editions: written as folders, read back through every workbook, computed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import parindex
from parindex.documents.writing import write_file
from parindex.results.result import Result
from parindex.simulation.writing import write_example


class Written(NamedTuple):
    """An example written and computed."""

    folder: Path
    seed: int
    result: Result


@pytest.fixture(scope="session")
def written_example(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Written]:
    """Each example and seed written once, also when several processes run the tests; computed once in each."""
    known: dict[tuple[str, int], Written] = {}
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def write(name: str, seed: int) -> Written:
        if (name, seed) not in known:
            folder, done = shared / f"{name}-{seed}", shared / f"{name}-{seed}.done"
            try:
                (shared / f"{name}-{seed}.claimed").mkdir()
            except FileExistsError:
                _wait_for(done)
            else:
                write_example(name, folder, seed=seed)
                write_file(done, b"")
            result = parindex.compute(parindex.read_edition(folder))
            known[name, seed] = Written(folder, seed, result)
        return known[name, seed]

    return write


def _wait_for(file: Path) -> None:
    """Another process writes it; it is given two minutes."""
    for _ in range(600):
        if file.exists():
            return
        time.sleep(0.2)
    pytest.fail(f"{file.name}: the process that should write it did not")
