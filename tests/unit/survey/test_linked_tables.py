"""Small cells stay hidden over all tables that are published together, however the sums are put together."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parindex.problems import ProblemsFound
from parindex.survey.linked_tables import Sum, protect, recoverable

Cell = tuple[str, ...]
PROVINCES, SEXES = ("P1", "P2", "P3", "P4"), ("m", "f")


def crossed(inner: dict[tuple[str, str], int]) -> tuple[dict[Cell, int], list[Sum[Cell]]]:
    """Province by sex with both margins and the whole, and how they add up."""
    counts: dict[Cell, int] = defaultdict(int)
    for (province, sex), n in inner.items():
        for cell in ((province, sex), (province, "*"), ("*", sex), ("*", "*")):
            counts[cell] += n
    sums: list[Sum[Cell]] = [Sum((p, "*"), tuple((p, s) for s in SEXES)) for p in PROVINCES]
    sums += [Sum(("*", s), tuple((p, s) for p in PROVINCES)) for s in SEXES]
    sums += [Sum(("*", "*"), tuple((p, "*") for p in PROVINCES)), Sum(("*", "*"), tuple(("*", s) for s in SEXES))]
    return dict(counts), sums


def solved_by_attack(counts: dict[Cell, int], sums: list[Sum[Cell]], hidden: set[Cell]) -> set[Cell]:
    """What an outsider finds who puts every published number into the sums: least squares over the unknowns."""
    unknowns = sorted(hidden)
    matrix = np.zeros((len(sums), len(unknowns)))
    right = np.zeros(len(sums))
    for row, each in enumerate(sums):
        for cell, sign in ((each.whole, -1.0), *((part, 1.0) for part in each.parts)):
            if cell in hidden:
                matrix[row, unknowns.index(cell)] += sign
            else:
                right[row] -= sign * counts[cell]
    guess, _, rank, _ = np.linalg.lstsq(matrix, right, rcond=None)
    _, _, rows = np.linalg.svd(matrix)
    free = rows[rank:]
    return {
        cell
        for at, cell in enumerate(unknowns)
        if not np.any(np.abs(free[:, at]) > 1e-9) and abs(guess[at] - counts[cell]) < 1e-6
    }


def hidden_of(status: dict[Cell, str]) -> set[Cell]:
    return {cell for cell, what in status.items() if what in ("too_small", "protects_others")}


def test_a_cell_of_one_table_does_not_come_back_from_another() -> None:
    counts, sums = crossed({(p, s): 40 for p in PROVINCES for s in SEXES} | {("P1", "f"): 4})
    alone = {("P1", "f")}
    assert solved_by_attack(counts, sums, alone) == alone, "the planted attack works on what is not protected"
    # A table of province by sex hides the other sex; the table of sexes gives both away.
    assert solved_by_attack(counts, sums, {("P1", "f"), ("P1", "m")}) == {("P1", "f"), ("P1", "m")}
    status = protect(counts, sums, least=10)
    assert status["P1", "f"] == "too_small"
    hidden = hidden_of(status)
    assert solved_by_attack(counts, sums, hidden) == set()
    assert len(hidden) == 4, "two provinces and two sexes, no more"


@given(st.lists(st.integers(0, 60), min_size=8, max_size=8), st.integers(2, 15))
def test_no_attack_solves_a_small_cell(inner: list[int], least: int) -> None:
    counts, sums = crossed(dict(zip(((p, s) for p in PROVINCES for s in SEXES), inner, strict=True)))
    try:
        status = protect(counts, sums, least=least)
    except ProblemsFound as found:
        assert {problem.code for problem in found.problems} == {"DISCLOSURE-OPEN"}
        return
    hidden = hidden_of(status)
    small = {cell for cell, n in counts.items() if 0 < n < least}
    assert small <= hidden
    assert not small & solved_by_attack(counts, sums, hidden)
    assert not small & recoverable(counts, sums, hidden)
    for cell in sorted(hidden - small):
        assert small & recoverable(counts, sums, hidden - {cell}), f"{cell} is hidden for nothing"


def test_people_outside_of_a_table_are_protected_too() -> None:
    counts: dict[str, int] = {"all": 103, "m": 50, "f": 50, "unknown": 3}
    sums: list[Sum[str]] = [Sum("all", ("m", "f", "unknown"))]
    status = protect(counts, sums, least=10, never_shown=("unknown",))
    assert status == {"all": "published", "m": "protects_others", "f": "published", "unknown": "too_small"}
    assert protect({**counts, "unknown": 30}, sums, least=10, never_shown=("unknown",))["m"] == "published"


def test_numbers_that_are_not_known_count_as_any_number() -> None:
    counts = {"whole": 80, "a": 40, "b": 4, "c": 36, "mean": 80}
    plain: list[Sum[str]] = [Sum("whole", ("a", "b", "c"))]
    assert recoverable(counts, plain, {"a", "b"}) == frozenset()
    twice = [*plain, Sum("mean", ("a", "b", "c"), known=False)]
    assert recoverable(counts, twice, {"a", "b"}) == {"a", "b"}, "two different means of the same two"
    hidden = hidden_of(protect(counts, twice, least=10))  # type: ignore[arg-type]
    assert "b" in hidden and not recoverable(counts, twice, hidden) & {"b"}  # type: ignore[arg-type]


def test_an_empty_cell_hides_nothing_and_is_known() -> None:
    counts = {"all": 44, "a": 40, "b": 4, "c": 0}
    sums: list[Sum[str]] = [Sum("all", ("a", "b", "c"))]
    assert protect(counts, sums, least=10) == {
        "all": "published",
        "a": "protects_others",
        "b": "too_small",
        "c": "empty",
    }


def test_a_cell_that_nothing_can_hide_is_a_problem() -> None:
    with pytest.raises(ProblemsFound) as found:
        # Whole and parts are all known to stand elsewhere: nothing may be left out but the small one.
        protect({"a": 3, "twin": 3, "b": 0}, [Sum("a", ("b",))], least=10)
    assert found.value.problems[0].code == "DISCLOSURE-OPEN"
