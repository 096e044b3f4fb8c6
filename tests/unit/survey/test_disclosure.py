"""Small cells are not published, nor those from which they could be computed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parindex.problems import ProblemsFound
from parindex.survey.disclosure import Cell, TableShape, recoverable, suppress

FACTORS = {"X": None, "A": "X", "B": "X", "A1": "A", "A2": "A", "B1": "B", "B2": "B"}
UNITS = ("P1", "P2", "P3", "VN")
SHAPE = TableShape(UNITS, FACTORS, "VN")


def plenty(shape: TableShape = SHAPE, **small: int) -> dict[Cell, int]:
    """A table with enough answers everywhere but in the cells named `P1_A1=3`."""
    answers = {(unit, column): 500 if unit == shape.total else 100 for unit, column in shape.cells}
    for name, n in small.items():
        unit, column = name.split("_")
        answers[unit, column] = n
    return answers


def test_nothing_small_nothing_hidden():
    assert set(suppress(SHAPE, plenty(), least=30).status.values()) == {"published"}


def test_one_small_cell_takes_others_with_it():
    found = suppress(SHAPE, plenty(P1_A1=3), least=30)
    assert found.status["P1", "A1"] == "too_small"
    hidden = {cell for cell, status in found.status.items() if status != "published"}
    # The smallest circle: two units and two factors of one sub-index. Totals, with more answers, stay.
    assert len(hidden) == 4
    assert {unit for unit, _ in hidden} <= {"P1", "P2", "P3"}
    assert {column for _, column in hidden} == {"A1", "A2"}
    assert recoverable(SHAPE, hidden) == frozenset()
    assert found.reason("P1", "A1").en == "Not published: fewer than 30 answers."
    assert "no other cell can be computed" in found.reason(*found.secondary[0]).en
    assert found.reason("VN", "X") is None and found.shown("VN", "X")


def test_a_cell_alone_can_be_computed_from_its_line():
    assert recoverable(SHAPE, [("P1", "A1")]) == {("P1", "A1")}
    assert recoverable(SHAPE, [("P1", "A1"), ("P1", "A2")]) == {("P1", "A1"), ("P1", "A2")}, "from their columns"


def test_a_unit_too_small_altogether():
    found = suppress(SHAPE, plenty(**{f"P1_{column}": 5 for column in FACTORS}), least=30)
    hidden = {cell for cell, status in found.status.items() if status != "published"}
    assert not recoverable(SHAPE, hidden) & {("P1", column) for column in FACTORS}
    assert found.secondary


def test_without_a_line_of_totals_less_is_hidden():
    shape = TableShape(UNITS[:3], FACTORS, None)
    found = suppress(shape, plenty(shape, P1_A1=3), least=30)
    hidden = {cell for cell, status in found.status.items() if status != "published"}
    assert hidden == {("P1", "A1"), ("P1", "A2")}


def test_columns_that_add_up_to_nothing_need_no_protection_without_totals():
    shape = TableShape(("P1", "P2"), {"N3": None, "N4": None}, None)
    found = suppress(shape, {("P1", "N3"): 4, ("P1", "N4"): 90, ("P2", "N3"): 90, ("P2", "N4"): 90}, least=30)
    assert found.secondary == ()


def test_an_empty_cell_is_empty_and_hides_nothing():
    found = suppress(SHAPE, plenty(P1_A1=0), least=30)
    assert found.status["P1", "A1"] == "empty"
    assert found.secondary == ()
    assert found.reason("P1", "A1").en == "There is no valid answer."
    again = suppress(SHAPE, plenty(P1_A1=0, P1_A2=7), least=30)
    assert ("P1", "A1") not in again.secondary
    assert not recoverable(SHAPE, {cell for cell, s in again.status.items() if s in ("too_small", "protects_others")})


def test_the_cheapest_circle_is_taken():
    answers = plenty(P1_A1=3, P2_A1=40, P2_A2=40, P1_A2=40)
    assert set(suppress(SHAPE, answers, least=30).secondary) == {("P2", "A1"), ("P2", "A2"), ("P1", "A2")}
    cost = {cell: 1 if cell[0] == "P3" else 1000 for cell in SHAPE.cells}
    assert ("P3", "A1") in suppress(SHAPE, answers, least=30, cost=cost).secondary


def test_a_table_too_small_to_protect_is_refused():
    shape = TableShape(("P1",), {"X": None, "A": "X"}, "P1")
    with pytest.raises(ProblemsFound, match="DISCLOSURE-OPEN"):
        suppress(shape, {("P1", "A"): 5}, least=30)


def test_a_shape_that_is_no_tree():
    with pytest.raises(ValueError, match="no tree"):
        suppress(TableShape(("P1",), {"A": "B", "B": "A"}), {}, least=5)
    with pytest.raises(ValueError, match="total"):
        suppress(TableShape(("P1",), {"A": None}, "VN"), {}, least=5)


# --- against the linear algebra of every published sum


def computable(shape: TableShape, hidden: set[Cell]) -> set[Cell]:
    """Cells of `hidden` that all sums together determine, by exact elimination: the meaning, without a network."""
    order = sorted(hidden)
    at = {cell: place for place, cell in enumerate(order)}
    rows: list[list[Fraction]] = []

    def sum_of(whole: Cell, parts: list[Cell]) -> None:
        row = [Fraction(0)] * len(order)
        for cell, sign in [(whole, -1), *((part, 1) for part in parts)]:
            if cell in at:
                row[at[cell]] += sign
        rows.append(row)

    for unit in shape.units:
        for column in shape.parents:
            parts = [(unit, each) for each, parent in shape.parents.items() if parent == column]
            if parts:
                sum_of((unit, column), parts)
    if shape.total is not None:
        for column in shape.parents:
            sum_of((shape.total, column), [(unit, column) for unit in shape.units if unit != shape.total])
    done = 0
    for place in range(len(order)):
        pivot = next((at_ for at_ in range(done, len(rows)) if rows[at_][place]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][place] for value in rows[done]]
        for other in range(len(rows)):
            if other != done and rows[other][place]:
                factor = rows[other][place]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[done], strict=True)]
        done += 1
    return {order[row.index(Fraction(1))] for row in rows if sum(1 for value in row if value) == 1}


@st.composite
def shapes(draw: st.DrawFn) -> TableShape:
    units = tuple(f"P{at}" for at in range(draw(st.integers(2, 5))))
    total = draw(st.sampled_from((None, "VN")))
    parents: dict[str, str | None] = {}
    for at in range(draw(st.integers(1, 7))):
        parents[f"c{at}"] = draw(st.sampled_from((None, *parents)))
    return TableShape((*units, *((total,) if total else ())), parents, total)


@settings(max_examples=200)
@given(shapes(), st.data())
def test_what_the_network_says_can_be_computed_is_what_the_sums_determine(shape, data):
    hidden = data.draw(st.sets(st.sampled_from(shape.cells), max_size=14))
    assert recoverable(shape, hidden) == computable(shape, hidden)


@settings(max_examples=200)
@given(shapes(), st.data())
def test_no_small_cell_can_be_computed_afterwards(shape, data):
    answers = {cell: data.draw(st.sampled_from((0, 3, 8, 40, 90, 200))) for cell in shape.cells}
    try:
        found = suppress(shape, answers, least=30)
    except ProblemsFound:
        return
    hidden = {cell for cell, status in found.status.items() if status in ("too_small", "protects_others")}
    small = {cell for cell, n in answers.items() if 0 < n < 30}
    assert small <= hidden
    assert not computable(shape, hidden) & small
    assert all(found.status[cell] == "empty" for cell, n in answers.items() if n == 0)
