"""An edition written from the documentation alone, by somebody who had not seen the code: it must compute."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import parindex

EDITION = Path(__file__).with_name("edition_from_docs")


def test_it_computes_to_two_rankings_without_a_problem() -> None:
    inputs = parindex.read_edition(EDITION)
    result = parindex.compute(inputs)
    ranks = [(row.list, row.rank, row.unit, row.value) for row in result.ranks]
    assert ranks == [
        ("departments", 1, "D-05", Decimal("95.55")),
        ("departments", 2, "D-01", Decimal("86.99")),
        ("departments", 3, "D-02", Decimal("72.54")),
        ("departments", 4, "D-03", Decimal("56.13")),
        ("departments", 5, "D-04", Decimal("41.16")),
        ("communes", 1, "C-01", Decimal("98.36")),
        ("communes", 2, "C-02", Decimal("75.70")),
        ("communes", 3, "C-03", Decimal("69.92")),
        ("communes", 4, "C-04", Decimal("60.15")),
        ("communes", None, "C-05", None),
    ]


def test_it_uses_every_kind_of_rule() -> None:
    from parindex.scoring.rules import KINDS

    inputs = parindex.read_edition(EDITION)
    used = {leaf.leaf.rule.kind for each in inputs.edition.lists for leaf in each.framework.leaves if leaf.leaf}
    assert used == set(KINDS)
