"""A ranking as people read it: who stands where, in which group, and how that changed since the edition before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parindex.language import Text
from parindex.programme.edition import Group
from parindex.ranking.movement import NOTES
from parindex.results.result import Result
from parindex.tables.flow import Mean, Movement, Rank

WIDTH = Decimal(160)
"""How wide the picture of an index is, in its own pixels; `MARGIN` on both sides keeps the dot inside."""
MARGIN = Decimal(6)


@dataclass(frozen=True, slots=True)
class Axis:
    """The part of 0 to 100 % that the dots of a ranking lie on. A dot, unlike a bar, need not begin at nought."""

    low: int
    edges: tuple[str, ...]
    """Where groups begin."""

    def at(self, value: Decimal) -> str:
        return _at(self.low, value)


def _at(low: int, value: Decimal) -> str:
    share = (max(value, Decimal(low)) - low) / (100 - low)
    return format((MARGIN + share * (WIDTH - 2 * MARGIN)).quantize(Decimal("0.1")), "f")


def axis_of(values: Sequence[Decimal], groups: Sequence[Group]) -> Axis:
    """From the ten below the lowest value to 100."""
    low = min(int(min(values, default=Decimal(0)) // 10) * 10, 90)
    return Axis(low, tuple(_at(low, group.start) for group in groups if low < group.start < 100))


@dataclass(frozen=True, slots=True)
class Placed:
    """One unit of a ranking."""

    name: Text
    rank: Rank
    group: Group | None
    shade: int
    """Which of the groups it is in, from 1 at the top; 0 without a group."""
    movement: Movement | None
    at: str
    """Where its dot lies on the axis."""

    @property
    def unit(self) -> str:
        return self.rank.unit

    @property
    def risen(self) -> int | None:
        return self.movement.rank_change if self.movement else None

    @property
    def fallen(self) -> int | None:
        return None if self.risen is None else -self.risen

    @property
    def note(self) -> Text | None:
        """Why there is no change to name."""
        return NOTES[self.movement.note] if self.movement and self.movement.note else None


@dataclass(frozen=True, slots=True)
class Ranking:
    """One list of units by rank. `ranked`: how many have one; `since`: the edition that changes are counted from."""

    code: str
    name: Text
    rows: tuple[Placed, ...]
    ranked: int
    groups: tuple[tuple[Group, int, int], ...]
    """Each group with its shade and how many units are in it."""
    axis: Axis
    mean: Mean | None
    since: str
    comparable: bool
    decimals: int


def rankings_of(result: Result) -> tuple[Ranking, ...]:
    """The ranking of every list of an edition, units without a rank at the end."""
    movements = {row.unit: row for row in result.movements}
    means = {row.list: row for row in result.means if row.scope == "all"}
    comparison = result.edition.comparison
    found = []
    for unit_list in result.edition.lists:
        names = {unit.code: unit.name for unit in unit_list.units}
        shades = {group.code: (group, shade) for shade, group in enumerate(unit_list.groups, start=1)}
        ranks = sorted(
            (row for row in result.ranks if row.list == unit_list.code), key=lambda row: (row.rank or 10**6, row.unit)
        )
        axis = axis_of([row.value for row in ranks if row.value is not None], unit_list.groups)
        rows = []
        for row in ranks:
            group, shade = shades.get(row.group or "", (None, 0))
            at = axis.at(row.value) if row.value is not None else ""
            rows.append(Placed(names[row.unit], row, group, shade, movements.get(row.unit), at))
        counts = [row.rank.group for row in rows]
        compared = comparison is not None and any(row.movement for row in rows)
        found.append(
            Ranking(
                unit_list.code,
                unit_list.name,
                tuple(rows),
                sum(row.rank.rank is not None for row in rows),
                tuple((group, shade, counts.count(group.code)) for group, shade in shades.values()),
                axis,
                means.get(unit_list.code),
                comparison.edition if comparison is not None and compared else "",
                comparison is not None and comparison.comparable,
                result.edition.settings.publish_decimals,
            )
        )
    return tuple(found)
