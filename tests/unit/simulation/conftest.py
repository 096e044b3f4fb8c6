"""Simulated editions computed from their files but for the workbooks, whose answers are taken as invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import parindex
from parindex.programme.inputs import canonical
from parindex.results.reading import no_progress
from parindex.results.result import Result
from parindex.simulation.edition_folder import SimulatedEdition, write_folder
from parindex.submissions.layout import COUNT
from parindex.tables.flow import Answer


def computed_directly(simulated: SimulatedEdition, folder: Path) -> Result:
    """The edition computed from its answers and its files; every file must be without a problem."""
    answers = []
    for each in simulated.submissions:
        unit, filled = each.unit.code, each.filled
        claims = {**filled.answers, **{item: {COUNT: count} for item, count in filled.bonus.items()}}
        answers.extend(
            Answer(simulated.edition.code, unit, node, name, canonical(value), None, None, "", "")
            for node, given in claims.items()
            for name, value in given.items()
        )
    inputs = parindex.read_edition(write_folder(replace(simulated, submissions=(), records=None), folder, no_progress))
    return parindex.compute(replace(inputs, answers=tuple(answers)))


@pytest.fixture(scope="session")
def compute_directly(tmp_path_factory: pytest.TempPathFactory) -> Callable[[SimulatedEdition], Result]:
    return lambda simulated: computed_directly(simulated, tmp_path_factory.mktemp("edition") / "written")
