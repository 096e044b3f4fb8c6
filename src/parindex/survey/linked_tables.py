"""Small cells in several tables that share their sums: by province, by sex, and by province and sex.

`disclosure` protects one table, whose sums make a network. Tables that are published together do not: a cell of a
province may come back from the two sexes of that province, or from all other provinces, or from both in turn. Here
the published sums are linear equations, and what is left out are their unknowns. A cell can be computed exactly when
the equations determine its unknown, which elimination tells. As long as a small cell can, one published figure of
the combination that gives it away is left out too, the one that loses least.

Arithmetic is that of whole numbers modulo a prime, so that nothing hides behind rounding. A coefficient that is not
known here (a mean of units of several sizes) is a made-up number: equations with such numbers determine at least as
much as the true ones.

Method: the audit of a pattern of suppression by elimination, as in L. Willenborg, T. de Waal, Elements of Statistical
Disclosure Control (2001), section 4.2; the choice of further cells is a greedy one. It guards against exact
recovery, not against a good guess.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from parindex.problems import Problems
from parindex.sources import Place
from parindex.survey.disclosure import NOT_PROTECTED, Status

PRIME: Final = (1 << 61) - 1

Cell = TypeVar("Cell", bound=Hashable)


class Sum(NamedTuple, Generic[Cell]):
    """`whole` = Σ of `parts` with the coefficients that `coefficients` says: 1 each, or numbers not known here."""

    whole: Cell
    parts: tuple[Cell, ...]
    known: bool = True


_Row = dict[int, int]


class _Equations(Generic[Cell]):
    """The sums as rows of whole numbers modulo the prime, each = 0. Empty cells have dropped out, as they are 0."""

    def __init__(self, sums: Sequence[Sum[Cell]], counts: Mapping[Cell, int]):
        self.number: dict[Cell, int] = {}
        self.cells: list[Cell] = []
        self.rows: list[_Row] = []
        self.of_cell: dict[int, list[int]] = {}
        for each in sums:
            row: _Row = {}
            for at, cell in enumerate((each.whole, *each.parts)):
                if counts.get(cell, 0) <= 0:
                    continue
                number = self._number(cell)
                coefficient = PRIME - 1 if at == 0 else 1 if each.known else _made_up(len(self.rows), at)
                row[number] = (row.get(number, 0) + coefficient) % PRIME
            for number in row:
                self.of_cell.setdefault(number, []).append(len(self.rows))
            self.rows.append(row)

    def _number(self, cell: Cell) -> int:
        if cell not in self.number:
            self.number[cell] = len(self.cells)
            self.cells.append(cell)
        return self.number[cell]

    def parts_of(self, hidden: Collection[int], wanted: Iterable[int]) -> Iterable[tuple[set[int], set[int]]]:
        """Unknowns that hang together, with their rows; only those that hold one of `wanted`."""
        seen: set[int] = set()
        for start in wanted:
            if start in seen:
                continue
            unknowns, rows, open_ = {start}, set(), [start]
            while open_:
                for at in self.of_cell.get(open_.pop(), ()):
                    if at in rows:
                        continue
                    rows.add(at)
                    found = [cell for cell in self.rows[at] if cell in hidden and cell not in unknowns]
                    unknowns.update(found)
                    open_ += found
            seen |= unknowns
            yield unknowns, rows

    def determined(self, hidden: Collection[int], wanted: Collection[int]) -> dict[int, _Row]:
        """Those of `wanted` that the equations determine, each with the combination that does so."""
        found: dict[int, _Row] = {}
        for unknowns, rows in self.parts_of(hidden, wanted):
            solved = _eliminated([dict(self.rows[at]) for at in sorted(rows)], unknowns)
            for pivot, row in solved.items():
                if pivot in wanted and not any(cell in unknowns and cell != pivot for cell in row):
                    found[pivot] = row
        return found


def _eliminated(rows: Sequence[_Row], unknowns: Collection[int]) -> dict[int, _Row]:
    """Rows by their pivot, in reduced form: a pivot stands in its own row only (Gauss and Jordan)."""
    solved: dict[int, _Row] = {}
    using: dict[int, set[int]] = {}
    # Short rows first keep the others short.
    for row in sorted(rows, key=lambda each: sum(cell in unknowns for cell in each)):
        for pivot in [cell for cell in row if cell in solved]:
            _subtract(row, solved[pivot], pivot)
        open_ = [cell for cell in row if cell in unknowns]
        if not open_:
            continue
        pivot = min(open_, key=lambda cell: (len(using.get(cell, ())), cell))
        inverse = pow(row[pivot], -1, PRIME)
        for cell, value in row.items():
            row[cell] = value * inverse % PRIME
        for other in tuple(using.get(pivot, ())):
            before = solved[other]
            had = {cell for cell in before if cell in unknowns}
            _subtract(before, row, pivot)
            has = {cell for cell in before if cell in unknowns}
            for cell in had - has:
                using[cell].discard(other)
            for cell in has - had:
                using.setdefault(cell, set()).add(other)
        solved[pivot] = row
        for cell in row:
            if cell in unknowns:
                using.setdefault(cell, set()).add(pivot)
    return solved


def _subtract(row: _Row, other: _Row, pivot: int) -> None:
    """Take a multiple of `other`, where `pivot` has the coefficient 1, so that `pivot` leaves `row`."""
    factor = row.get(pivot, 0)
    if not factor:
        return
    for cell, value in other.items():
        left = (row.get(cell, 0) - factor * value) % PRIME
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


def _made_up(row: int, at: int) -> int:
    """A number that depends on its place only, evenly spread (splitmix64)."""
    word = (0x9E3779B97F4A7C15 * ((row << 20) + at + 1)) & 0xFFFFFFFFFFFFFFFF
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        word = ((word ^ (word >> shift)) * factor) & 0xFFFFFFFFFFFFFFFF
    return (word ^ (word >> 31)) % (PRIME - 1) + 1


def protect(
    counts: Mapping[Cell, int],
    sums: Sequence[Sum[Cell]],
    *,
    least: int,
    never_shown: Collection[Cell] = (),
    words: Callable[[Cell], tuple[str, str]] = lambda cell: (str(cell), ""),
) -> dict[Cell, Status]:
    """Which cells may be published, over all tables at once.

    `counts`: how many answers each cell rests on; 0 is an empty cell, which has nothing to hide. `never_shown` are
    cells that no table has but that stand in a sum (people whose sex is not known). A cell is small when it rests on
    fewer than `least` answers. `words` names (domain, column) of a cell in a problem.

    Raises ProblemsFound where a small cell can be computed whatever is left out.
    """
    equations = _Equations(sums, counts)
    status: dict[Cell, Status] = {
        cell: "empty" if n <= 0 else "too_small" if n < least else "published" for cell, n in counts.items()
    }
    for cell in never_shown:
        if status.get(cell) == "published":
            status[cell] = "protects_others"
    small = {
        equations.number[cell] for cell, what in status.items() if what == "too_small" and cell in equations.number
    }
    hidden = {
        equations.number[cell] for cell, what in status.items() if cell in equations.number and what != "published"
    }
    fixed = frozenset(hidden)
    cost = [counts.get(cell, 0) for cell in equations.cells]
    problems = Problems()
    open_ = set(small)
    while found := equations.determined(hidden, open_):
        for number, row in sorted(found.items(), key=lambda each: (cost[each[0]], each[0])):
            choice = [other for other in row if other not in fixed]
            if any(other in hidden for other in choice):
                continue  # What was just left out for another cell may do.
            if not choice:
                domain, column = words(equations.cells[number])
                problems.add(NOT_PROTECTED, Place(""), unit=domain, column=column, n=cost[number])
                open_.discard(number)
                continue
            hidden.add(min(choice, key=lambda each: (cost[each], each)))
    problems.raise_if_any()
    _release(equations, hidden, fixed, small, cost)
    for number in hidden - fixed:
        status[equations.cells[number]] = "protects_others"
    return status


def _release(
    equations: _Equations[Cell], hidden: set[int], fixed: frozenset[int], small: set[int], cost: Sequence[int]
) -> None:
    """Publish again what later choices made needless, the dearest first."""
    for cell in sorted(hidden - fixed, key=lambda each: (-cost[each], each)):
        hidden.discard(cell)
        around = next(iter(equations.parts_of(hidden | {cell}, (cell,))))[0] & small
        if equations.determined(hidden, around):
            hidden.add(cell)


def recoverable(counts: Mapping[Cell, int], sums: Sequence[Sum[Cell]], hidden: Iterable[Cell]) -> frozenset[Cell]:
    """Those of the cells left out that the published ones determine. Empty cells are known to everybody."""
    equations = _Equations(sums, counts)
    numbers = {equations.number[cell] for cell in hidden if cell in equations.number}
    return frozenset(equations.cells[cell] for cell in equations.determined(numbers, numbers))
