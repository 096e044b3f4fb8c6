"""Dossiers and procedures that the accepted answers of the simulated national edition count."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from parindex.results.reading import no_progress
from parindex.results.result import Result
from parindex.simulation.accepted_counts import SETTLED_NODES, AcceptedCounts
from parindex.simulation.edition_folder import SimulatedEdition
from parindex.simulation.example_files import example_folder
from parindex.simulation.national import accepted_counts, national

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("accepted counts")]

SEED = 101


@pytest.fixture(scope="module")
def counts() -> dict[str, AcceptedCounts]:
    return dict(accepted_counts(example_folder("national"), SEED))


def test_the_country_settles_about_a_million(counts: dict[str, AcceptedCounts]) -> None:
    assert len(counts) == 63
    assert 970_000 < sum(each.all_settled for each in counts.values()) < 1_030_000


def test_counts_of_one_province_fit_together(counts: dict[str, AcceptedCounts]) -> None:
    for each in counts.values():
        assert all(0 <= level.late <= level.settled and level.settled > 100 for level in each.settled.values())
        assert each.apologies <= each.late
        assert each.all_settled < each.received < 1.05 * each.all_settled
        assert each.submitted_online <= each.of_online_procedures < each.received
        assert each.paid_online <= each.with_fee < each.received
        assert each.digitised <= each.received + each.all_settled
        assert each.returned_by_post <= each.all_settled and each.reused <= each.received
        assert max(each.at_one_stop, each.anywhere, each.to_publish, each.fit_for_online) <= each.procedures
        assert each.published_on_time <= each.to_publish and each.fully_online <= each.fit_for_online


def test_they_are_the_accepted_values_of_the_edition(
    counts: dict[str, AcceptedCounts], compute_directly: Callable[[SimulatedEdition], Result]
) -> None:
    result = compute_directly(national(example_folder("national"), SEED, no_progress))
    final = {
        (row.unit, row.node, row.input): row.value
        for row in result.accepted
        if row.stage == "final" and row.input in ("numerator", "denominator")
    }
    claimed = {(row.unit, row.node, row.input): row.value for row in result.answers}
    for unit, each in counts.items():
        for level, node in SETTLED_NODES.items():
            assert Decimal(final[unit, node, "denominator"]) == each.settled[level].settled
            assert Decimal(final[unit, node, "numerator"]) == each.settled[level].on_time
        assert Decimal(final[unit, "7.2.5", "denominator"]) == each.all_settled
        assert Decimal(final[unit, "3.2.1", "numerator"]) == each.published_on_time
    above = [key for key, value in final.items() if key[1] in SETTLED_NODES.values() and value != claimed[key]]
    assert above and all(Decimal(claimed[key]) > Decimal(final[key]) for key in above), "batches counted twice"
