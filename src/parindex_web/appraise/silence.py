"""What the record does not tell a reader yet: votes before they are closed, and to a marker the other's findings."""

from __future__ import annotations

from dataclasses import dataclass

from parindex_web.accounts.permissions import Rights
from parindex_web.appraise.marking import BLIND_ROUND, blind_of
from parindex_web.appraise.models import Finding, Motion
from parindex_web.audit.models import Event
from parindex_web.editions.models import Edition


@dataclass(frozen=True, slots=True)
class Silence:
    """Open motions by the subject of their events, and lines (unit, node) whose two marks are not both in."""

    person: int
    motions: frozenset[str]
    lines: frozenset[tuple[str, str]]

    def keeps(self, event: Event) -> bool:
        """The details of this event stay closed to the person for now. Their own never do."""
        if event.by_id == self.person:
            return False
        if event.act == "council.vote":
            return event.subject in self.motions
        return event.act == "line.appraise" and self.keeps_line(event.chain.unit, event.subject)

    def keeps_line(self, unit: str, node: str) -> bool:
        return (unit, node) in self.lines

    @property
    def anything(self) -> bool:
        return bool(self.motions or self.lines)


def silence_for(edition: Edition, rights: Rights, person: int) -> Silence:
    """What is not told to a person of this edition now.

    Votes are closed to everybody. The findings of blind markers only to those who appraise: others keep watch.
    """
    votes = _motions(edition) if edition.stage == "council" else frozenset()
    marks = edition.stage == "appraisal" and "appraiser" in rights.roles(edition.code)
    return Silence(person, votes, _lines(edition) if marks else frozenset())


def _motions(edition: Edition) -> frozenset[str]:
    open_ = Motion.objects.filter(session__edition=edition, closed_at=None, votes__isnull=False)
    rows = open_.values_list("session__number", "number").distinct()
    return frozenset(f"session:{session}/motion:{number}" for session, number in rows)


def _lines(edition: Edition) -> frozenset[tuple[str, str]]:
    blind = blind_of(edition)
    if not (blind.all or blind.nodes):
        return frozenset()
    found: dict[tuple[str, str], set[int]] = {}
    rows = Finding.objects.filter(
        line__unit_file__edition=edition, line__unit_file__standing="signed", round=BLIND_ROUND
    ).values_list("line__unit_file__unit", "line__node", "marker")
    for unit, node, marker in rows:
        if blind.holds(node, BLIND_ROUND):
            found.setdefault((unit, node), set()).add(marker)
    return frozenset(line for line, markers in found.items() if not {1, 2} <= markers)
