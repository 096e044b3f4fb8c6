"""Two small publications, made once: a real edition, and a simulated one that has everything a publication can hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.publication.sealing import DECISION
from tests.unit.publication.simulated_edition import SIMULATED_CHANGES
from tests.unit.results.tiny_edition import write_edition

import parindex
from parindex.publication.freeze import publish
from parindex.results.result import write_result


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `edition`, `result` and the publication `line/v1` of the simulated edition; not to be changed."""
    root = tmp_path_factory.mktemp("made")
    write_edition(root / "edition", SIMULATED_CHANGES)
    write_result(parindex.compute(parindex.read_edition(root / "edition")), root / "result")
    publish(root / "result", root / "line", decision=DECISION)
    return root


@pytest.fixture
def edition(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made / "edition", tmp_path / "edition")


@pytest.fixture
def result(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made / "result", tmp_path / "result")


@pytest.fixture
def publication(made: Path, tmp_path: Path) -> Path:
    """A copy of version 1 that a test may harm."""
    return shutil.copytree(made / "line", tmp_path / "line") / "v1"


@pytest.fixture
def compute_and_write(tmp_path: Path) -> Callable[..., Path]:
    """An edition folder to a folder of results."""

    def make(edition: Path, name: str) -> Path:
        write_result(parindex.compute(parindex.read_edition(edition)), tmp_path / name)
        return tmp_path / name

    return make
