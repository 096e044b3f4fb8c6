"""Cells too small to publish, and the others that must go with them.

A table of units × columns (factors, sub-indices, the index) is published with its totals: the nation as the sum or
mean of units, a sub-index as the weighted sum of its factors. One small cell left out of a line comes back by
subtraction, so that others must be left out too. Cells are the edges of a network whose nodes are the published
sums; a cell that is left out can be computed exactly when it is a bridge among those left out, that is, lies on no
circle of them.

Method: L. H. Cox, Network models for complementary cell suppression, JASA 90 (1995), 1453-1462; two dimensions, of
which one (the columns) may have levels. Here each small cell is closed to a circle at the least cost in turn, which
is safe against exact recovery, if not always the fewest cells. It does not bound how well a cell can be guessed.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place

Status = Literal["published", "too_small", "protects_others", "empty"]
Cell = tuple[str, str]
"""(unit, column)."""

NOT_PROTECTED = ProblemKind(
    "DISCLOSURE-OPEN",
    what=Text(
        "ô {unit}, {column} có {n} câu trả lời và vẫn tính ra được từ các tổng.",
        "the cell {unit}, {column} has {n} answers and can still be computed from the totals.",
    ),
    why=Text("Bảng có quá ít ô để che lẫn nhau.", "The table has too few cells to hide one another."),
    remedy=Text("Không công bố tổng, hoặc gộp đơn vị.", "Leave out a total, or merge units."),
)


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a table adds up.

    `parents`: the column each column is a part of, None for one that is part of none; every column has a key.
    `total`: the unit that is made of all others; None when no such line is published.
    """

    units: tuple[str, ...]
    parents: Mapping[str, str | None]
    total: str | None = None

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple((unit, column) for unit in self.units for column in self.parents)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be shown of each cell. `secondary` are the cells that only protect others."""

    status: Mapping[Cell, Status]
    least: int

    def shown(self, unit: str, column: str) -> bool:
        return self.status[unit, column] == "published"

    @property
    def secondary(self) -> tuple[Cell, ...]:
        return tuple(cell for cell, status in self.status.items() if status == "protects_others")

    def reason(self, unit: str, column: str) -> Text | None:
        """Why a cell is not shown; None when it is. The number of answers stays hidden with the value."""
        return {
            "published": None,
            "empty": Text("Không có câu trả lời hợp lệ nào.", "There is no valid answer."),
            "too_small": Text(
                f"Không công bố: dưới {self.least} câu trả lời.", f"Not published: fewer than {self.least} answers."
            ),
            "protects_others": Text(
                "Không công bố, để không suy ra được ô khác.", "Not published, so that no other cell can be computed."
            ),
        }[self.status[unit, column]]


def suppress(
    shape: TableShape,
    answers: Mapping[Cell, int],
    *,
    least: int,
    cost: Mapping[Cell, int] | None = None,
) -> Disclosure:
    """Decide which cells of a table are published.

    `answers` is how many answers each cell rests on (for a sum of several pools, the smallest of them); 0 or absent
    is an empty cell, which has no value to hide. Cells with fewer than `least` are left out; more go with them until
    none of the first can be computed. `cost` is what leaving out a cell loses, its answers unless told.

    Raises ValueError for a shape that is no tree, and ProblemsFound when the table is too small to protect a cell.
    """
    network = _Network(shape)
    counts = {cell: answers.get(cell, 0) for cell in shape.cells}
    status: dict[Cell, Status] = {
        cell: "empty" if n <= 0 else "too_small" if n < least else "published" for cell, n in counts.items()
    }
    small = sorted((cell for cell in shape.cells if status[cell] == "too_small"), key=lambda cell: counts[cell])
    losses = cost if cost is not None else counts
    problems = Problems()
    hidden = set(small)
    usable = {cell for cell in shape.cells if status[cell] != "empty"}
    for cell in small:
        if cell not in network.bridges(hidden):
            continue
        circle = network.circle(cell, hidden, {each: max(losses.get(each, 0), 1) for each in usable})
        if circle is None:
            problems.add(NOT_PROTECTED, Place(""), unit=cell[0], column=cell[1], n=counts[cell])
            continue
        for each in circle - hidden:
            status[each] = "protects_others"
        hidden |= circle
    problems.raise_if_any()
    _release(network, status, hidden, small, losses)
    return Disclosure(status, least)


def _release(
    network: _Network, status: dict[Cell, Status], hidden: set[Cell], small: Sequence[Cell], losses: Mapping[Cell, int]
) -> None:
    """Publish again what later circles made needless, the dearest first."""
    secondary = [cell for cell in hidden if status[cell] == "protects_others"]
    for cell in sorted(secondary, key=lambda each: (-losses.get(each, 0), each)):
        without = hidden - {cell}
        if not network.bridges(without) & set(small):
            status[cell] = "published"
            hidden.discard(cell)


def recoverable(shape: TableShape, hidden: Iterable[Cell]) -> frozenset[Cell]:
    """Those of the cells left out that can be computed from the published ones."""
    return frozenset(_Network(shape).bridges(set(hidden)))


class _Network:
    """The table as a graph: a node for each sum that holds among published cells, an edge for each cell.

    Per unit, each column with parts is a node: the sum of its parts. Per column without parts, all units together
    are a node: the sum over units, when it is published. (The sum over units of a column with parts follows from
    these.) So each cell stands in at most two sums; where it stands in one only, it leads outside.
    """

    _OUTSIDE = ("", "")

    def __init__(self, shape: TableShape):
        parents = shape.parents
        has_parts = {parent for parent in parents.values() if parent is not None}
        if not has_parts <= set(parents) or any(_loops(column, parents) for column in parents):
            raise ValueError("the columns are no tree: a parent is missing or a part of itself")
        if shape.total is not None and shape.total not in shape.units:
            raise ValueError(f"the total {shape.total!r} is not among the units")
        self.edges: dict[Cell, tuple[Cell, Cell]] = {}
        for unit in shape.units:
            for column, parent in parents.items():
                above = (unit, parent) if parent is not None else self._OUTSIDE
                if column in has_parts:
                    below = (unit, column)
                else:
                    below = ("", column) if shape.total is not None else self._OUTSIDE
                self.edges[unit, column] = (above, below)

    def _neighbours(self, cells: Collection[Cell]) -> dict[Cell, list[tuple[Cell, Cell]]]:
        found: dict[Cell, list[tuple[Cell, Cell]]] = {}
        for cell in sorted(cells):
            one, other = self.edges[cell]
            found.setdefault(one, []).append((cell, other))
            found.setdefault(other, []).append((cell, one))
        return found

    def bridges(self, hidden: Collection[Cell]) -> set[Cell]:
        """Cells of `hidden` on no circle of them. An edge from a node to itself is free: nothing sums it."""
        around = self._neighbours(hidden)
        entered: dict[Cell, int] = {}
        lowest: dict[Cell, int] = {}
        found: set[Cell] = set()
        for root in around:
            if root in entered:
                continue
            entered[root] = lowest[root] = len(entered)
            stack: list[tuple[Cell, Cell | None, int]] = [(root, None, 0)]
            while stack:
                node, by, at = stack.pop()
                if at < len(around[node]):
                    stack.append((node, by, at + 1))
                    cell, other = around[node][at]
                    if cell == by:
                        continue
                    if other in entered:
                        lowest[node] = min(lowest[node], entered[other])
                    else:
                        entered[other] = lowest[other] = len(entered)
                        stack.append((other, cell, 0))
                elif by is not None:
                    before = stack[-1][0]
                    lowest[before] = min(lowest[before], lowest[node])
                    if lowest[node] > entered[before]:
                        found.add(by)
        return found

    def circle(self, cell: Cell, hidden: Collection[Cell], losses: Mapping[Cell, int]) -> set[Cell] | None:
        """The circle through `cell` that loses least beside what is hidden already; None when there is none."""
        start, goal = self.edges[cell]
        around = self._neighbours([each for each in losses if each != cell])
        best: dict[Cell, int] = {start: 0}
        came: dict[Cell, tuple[Cell, Cell]] = {}
        queue: list[tuple[int, Cell]] = [(0, start)]
        while queue:
            spent, node = heapq.heappop(queue)
            if node == goal:
                break
            if spent > best[node]:
                continue
            for edge, other in around.get(node, ()):
                total = spent + (0 if edge in hidden else losses[edge])
                if other not in best or total < best[other]:
                    best[other] = total
                    came[other] = (edge, node)
                    heapq.heappush(queue, (total, other))
        if goal not in best:
            return None
        found = {cell}
        node = goal
        while node != start:
            edge, node = came[node]
            found.add(edge)
        return found


def _loops(column: str, parents: Mapping[str, str | None]) -> bool:
    seen = {column}
    above = parents[column]
    while above is not None:
        if above in seen:
            return True
        seen.add(above)
        above = parents.get(above)
    return False
