"""Simulated editions computed straight from what was invented, without the way through workbooks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from parindex.appraisal.accept import accept
from parindex.problems import Problems
from parindex.programme.inputs import canonical
from parindex.results.compute import from_accepted
from parindex.results.folder_tables import FolderTables
from parindex.results.result import Result
from parindex.simulation.edition_folder import SimulatedEdition
from parindex.submissions.layout import COUNT
from parindex.tables.flow import Answer


def computed_directly(simulated: SimulatedEdition) -> Result:
    """The edition computed from its answers and its CSV files; every file must be without a problem."""
    edition, problems = simulated.edition, Problems()
    tables = FolderTables(edition, simulated.books, problems)
    answers = []
    for each in simulated.submissions:
        unit, filled = each.unit.code, each.filled
        claims = {**filled.answers, **{item: {COUNT: count} for item, count in filled.bonus.items()}}
        answers.extend(
            Answer(edition.code, unit, node, name, canonical(value), None, None, "", "")
            for node, given in claims.items()
            for name, value in given.items()
        )

    def content(name: str) -> bytes:
        return simulated.written.get(name) or (simulated.source / name).read_bytes()

    decisions = tables.decisions(content("decisions.csv"), "decisions.csv")
    elsewhere = ()
    if "accepted.csv" in simulated.written:
        elsewhere = tables.accepted(content("accepted.csv"), "accepted.csv")
    published = means = ()
    if "published.csv" in simulated.copied:
        published = tables.published(content("published.csv"), "published.csv")
        means = tables.printed_means(content("means.csv"), "means.csv")
    result = from_accepted(
        edition=edition,
        books=simulated.books,
        answers=answers,
        accepted=accept(edition=edition.code, answers=answers, decisions=decisions, elsewhere=elsewhere),
        estimates=tables.estimates(content("estimates.csv"), "estimates.csv"),
        not_applicable=tables.not_applicable(content("not_applicable.csv"), "not_applicable.csv"),
        history=(),
        published=published,
        printed_means=means,
        sources=(),
        programme_files={},
    )
    problems.raise_if_any()
    return result


@pytest.fixture(scope="session")
def compute_directly() -> Callable[[SimulatedEdition], Result]:
    return computed_directly
