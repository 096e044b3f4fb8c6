"""What a computation says beside another, and what the rounds of the appraisal changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parindex.language import Text
from parindex.results.result import Result
from parindex.tables.flow import STAGES, Rank


@dataclass(frozen=True, slots=True)
class Changed:
    """One unit in two computations. None: it had no value or rank then."""

    unit: str
    before: Decimal | None
    after: Decimal | None
    rank_before: int | None
    rank_after: int | None
    lines: tuple[tuple[str, Decimal | None, Decimal | None], ...]

    @property
    def only_moved(self) -> bool:
        """Nothing of its own changed: others passed it, or fell behind it."""
        return not self.lines and self.before == self.after

    @property
    def change(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before


def changes_between(before: Result, after: Result) -> list[Changed]:
    """The units whose index, rank or final points differ, by rank."""
    old_ranks, new_ranks = _by_unit(before.ranks), _by_unit(after.ranks)
    old_points, new_points = _final_points(before), _final_points(after)
    found = []
    for unit in {**new_ranks, **old_ranks}:
        old, new = old_ranks.get(unit), new_ranks.get(unit)
        nodes = sorted({node for at, node in {**old_points, **new_points} if at == unit})
        lines = tuple(
            (node, old_points.get((unit, node)), new_points.get((unit, node)))
            for node in nodes
            if old_points.get((unit, node)) != new_points.get((unit, node))
        )
        row = Changed(
            unit,
            old.value if old else None,
            new.value if new else None,
            old.rank if old else None,
            new.rank if new else None,
            lines,
        )
        if lines or row.before != row.after or row.rank_before != row.rank_after:
            found.append(row)
    return sorted(found, key=lambda row: (row.rank_after or 10**6, row.unit))


def _by_unit(ranks: Iterable[Rank]) -> dict[str, Rank]:
    return {row.unit: row for row in ranks}


def _final_points(result: Result) -> dict[tuple[str, str], Decimal | None]:
    return {(row.unit, row.node): row.points for row in result.scores if row.stage == "final"}


ROUNDS: tuple[str, ...] = STAGES[:-1]
"""Claim, both appraisals and the council: `final` repeats the last."""


@dataclass(frozen=True, slots=True)
class RoundRow:
    """Points of one unit in one domain (or, domain "", in all) as each round left them; None: nothing is scored."""

    unit: str
    domain: str
    points: Mapping[str, Decimal | None]

    @property
    def stages(self) -> tuple[Decimal | None, ...]:
        return tuple(self.points[stage] for stage in ROUNDS)

    @property
    def taken(self) -> Decimal | None:
        """What appraisal and council changed: the last round less the claim."""
        first, last = self.points["self"], self.points[ROUNDS[-1]]
        return None if first is None or last is None else last - first


def rounds_of(result: Result) -> list[RoundRow]:
    """Sums of points by unit and domain at every round. A line that a round did not touch keeps what it had.

    Only lines that units claim: surveys and outside indices have no rounds.
    """
    stages: dict[tuple[str, str], dict[str, Decimal | None]] = {}
    for row in result.scores:
        stages.setdefault((row.unit, row.node), {})[row.stage] = row.points
    found = []
    for unit_list in result.edition.lists:
        domains = [(domain.code, [leaf.code for leaf in domain.leaves()]) for domain in unit_list.framework.domains]
        for unit in unit_list.units:
            sums: dict[str, dict[str, Decimal | None]] = {}
            for domain, leaves in domains:
                claimed = [stages[unit.code, leaf] for leaf in leaves if _appraised(stages.get((unit.code, leaf)))]
                if claimed:
                    sums[domain] = {stage: _sum(_standing(each, stage) for each in claimed) for stage in ROUNDS}
            if sums:
                total = {stage: _sum(each[stage] for each in sums.values()) for stage in ROUNDS}
                found.append(RoundRow(unit.code, "", total))
                found.extend(RoundRow(unit.code, domain, points) for domain, points in sums.items())
    return found


def _appraised(stages: Mapping[str, Decimal | None] | None) -> bool:
    return stages is not None and any(stage in stages for stage in ROUNDS)


def _standing(stages: Mapping[str, Decimal | None], stage: str) -> Decimal | None:
    """What a line is worth after a round: as the round left it, or the last one before it."""
    points = None
    for each in ROUNDS[: ROUNDS.index(stage) + 1]:
        if each in stages:
            points = stages[each]
    return points


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None where nothing is: never 0."""
    known = [each for each in values if each is not None]
    return sum(known, Decimal(0)) if known else None


@dataclass(frozen=True, slots=True)
class UnitRounds:
    """One unit at every round: its sum, and what each domain lost or won between claim and the last round."""

    whole: RoundRow
    domains: tuple[Decimal | None, ...]
    """In the order of the domains that are shown; None: the unit claims nothing there."""


def matrix_of(rows: Iterable[RoundRow], domains: Sequence[str]) -> list[UnitRounds]:
    """One row for each unit out of the rows of `rounds_of`."""
    by_unit: dict[str, dict[str, RoundRow]] = {}
    for row in rows:
        by_unit.setdefault(row.unit, {})[row.domain] = row
    return [
        UnitRounds(each[""], tuple(each[code].taken if code in each else None for code in domains))
        for each in by_unit.values()
    ]


@dataclass(frozen=True, slots=True)
class LineRounds:
    """One line of a unit that some round gave other points."""

    node: str
    name: Text
    maximum: Decimal
    points: Mapping[str, Decimal | None]

    @property
    def stages(self) -> tuple[Decimal | None, ...]:
        return tuple(self.points[stage] for stage in ROUNDS)

    @property
    def taken(self) -> Decimal | None:
        first, last = self.points["self"], self.points[ROUNDS[-1]]
        return None if first is None or last is None else last - first


def lines_moved(result: Result, unit: str, domain: str = "") -> list[LineRounds]:
    """The lines of a unit whose points a round changed, in the order of the framework."""
    unit_list = result.edition.list_of(unit)
    if unit_list is None:
        return []
    stages: dict[str, dict[str, Decimal | None]] = {}
    for row in result.scores:
        if row.unit == unit:
            stages.setdefault(row.node, {})[row.stage] = row.points
    found = []
    for each in unit_list.framework.domains:
        for leaf in each.leaves() if domain in ("", each.code) else ():
            given = stages.get(leaf.code)
            if given is None or not _appraised(given):
                continue
            points = {stage: _standing(given, stage) for stage in ROUNDS}
            if len(set(points.values())) > 1:
                found.append(LineRounds(leaf.code, leaf.name, leaf.max_points, points))
    return found
