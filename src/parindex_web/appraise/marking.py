"""Who marks a line as first and who as second, what neither may see yet, and which finding counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from parindex_web.accounts.permissions import Rights, Target
from parindex_web.appraise.models import SETTLES, BlindMarking, Finding, SecondMarker
from parindex_web.collect.models import Line
from parindex_web.editions.models import Edition, UnitFile

BLIND_ROUND = "appraisal_1"
"""The round in which lines may be marked twice. In round 2 the unit's reply lies open to all."""


@dataclass(frozen=True, slots=True)
class Blind:
    """The lines of an edition that are marked twice."""

    all: bool
    nodes: frozenset[str]

    def holds(self, node: str, round_: str) -> bool:
        return round_ == BLIND_ROUND and (self.all or node in self.nodes)


def blind_of(edition: Edition) -> Blind:
    """What is marked twice in an edition."""
    nodes = frozenset(BlindMarking.objects.filter(edition=edition).values_list("node", flat=True))
    return Blind("" in nodes, nodes - {""})


@dataclass(frozen=True, slots=True)
class Marks:
    """The newest finding of each marker on one line in one round. Findings on figures that changed since are gone."""

    blind: bool
    first: Finding | None = None
    second: Finding | None = None
    settled: Finding | None = None

    @property
    def both_in(self) -> bool:
        return self.first is not None and self.second is not None

    @property
    def differ(self) -> bool:
        """Both are in, and do not say the same."""
        return self.first is not None and self.second is not None and said_of(self.first) != said_of(self.second)

    @property
    def counts(self) -> Finding | None:
        """The finding that counts; None while one is missing, or two differ and nobody settled it."""
        if not self.blind:
            return self.first
        if self.settled is not None:
            return self.settled
        return self.first if self.both_in and not self.differ else None

    def of(self, marker: int) -> Finding | None:
        return {1: self.first, 2: self.second, SETTLES: self.settled}[marker]


def said_of(finding: Finding) -> tuple[object, ...]:
    """What two findings must have in common to agree: outcome, figures and points; reasons may differ."""
    return (finding.outcome, tuple(sorted(finding.values.items())), finding.points)


def marks_from(findings: Iterable[Finding], blind: bool, claimed_at: datetime | None) -> Marks:
    """The marks of one line in one round from its findings, oldest first."""
    newest: dict[int, Finding] = {}
    for finding in findings:
        # A file that was reopened comes back with other figures: what was found on the old ones is history.
        if claimed_at is None or finding.at >= claimed_at:
            newest[finding.marker] = finding
    return Marks(blind, newest.get(1), newest.get(2), newest.get(SETTLES))


def marks_in(line: Line, findings: Iterable[Finding], round_: str, blind: Blind) -> Marks:
    """The marks of one line in a round, from all its findings, oldest first."""
    rows = [each for each in findings if each.round == round_]
    return marks_from(rows, blind.holds(line.node, round_), line.saved_at)


def marks_of(unit_file: UnitFile, round_: str, blind: Blind | None = None) -> dict[int, Marks]:
    """The marks of every line of a file that has findings in a round, by line."""
    blind = blind or blind_of(unit_file.edition)
    rows = Finding.objects.filter(line__unit_file=unit_file, round=round_).order_by("pk")
    found: dict[int, list[Finding]] = {}
    for row in rows.select_related("by", "line"):
        found.setdefault(row.line_id, []).append(row)
    return {
        line: marks_from(each, blind.holds(each[0].line.node, round_), each[0].line.saved_at)
        for line, each in found.items()
    }


def counting(unit_file: UnitFile, round_: str) -> dict[int, Finding]:
    """The finding that counts in a round, by line; lines without one are absent."""
    return {line: each.counts for line, each in marks_of(unit_file, round_).items() if each.counts is not None}


@dataclass(frozen=True, slots=True)
class Seconds:
    """Where one person marks as second in an edition."""

    duties: tuple[tuple[str, tuple[str, ...]], ...]

    def marker(self, unit: str, domain: str) -> int:
        """2 where they mark as second, else 1."""
        here = any(at in ("", unit) and (not domains or domain in domains) for at, domains in self.duties)
        return 2 if here else 1


def seconds_of(person: int, edition: Edition) -> Seconds:
    """The duties of a person as second marker that hold now."""
    rows = SecondMarker.objects.filter(edition=edition, person=person, ended_at=None)
    return Seconds(tuple((row.unit, tuple(row.domains)) for row in rows))


def seen_by(rights: Rights, unit_file: UnitFile, domain: str, round_: str, marks: Marks, person: int) -> Marks:
    """What of the marks a person may see now.

    The unit sees a round when it is closed. Who appraises the line sees, while a blind mark is missing, only their own.
    """
    edition = unit_file.edition
    target = Target(edition.code, unit_file.unit, domain)
    if not sees_open_round(rights, unit_file, round_):
        return Marks(marks.blind)
    if marks.blind and not marks.both_in and rights.may("line.appraise", target):
        own: Mapping[int, Finding | None] = {
            each: mark if mark is not None and mark.by_id == person else None
            for each, mark in ((1, marks.first), (2, marks.second))
        }
        return Marks(True, own[1], own[2])
    return marks


OPEN_AT = {"appraisal_1": ("signed",), "appraisal_2": ("explained",)}
_UNIT_ONLY = frozenset({"coordinator", "field_officer", "approver"})


def sees_open_round(rights: Rights, unit_file: UnitFile, round_: str) -> bool:
    """Whether findings of a round may be shown: to the unit only when the round is closed, or the result decided."""
    # By a role that covers this very unit: who appraises elsewhere reads their own unit as its people do.
    if rights.may_beside("unit.see", Target(unit_file.edition.code, unit_file.unit), _UNIT_ONLY):
        return True
    if round_ == "council":
        return unit_file.edition.stage in ("decided", "published")
    return unit_file.standing not in OPEN_AT[round_]
