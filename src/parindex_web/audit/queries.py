"""Reading the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from parindex.problems import Problem, Problems
from parindex.publication.audit_trail import Head, check_heads, trail_lines, verify_trail
from parindex_web.audit.acts import as_lines_say
from parindex_web.audit.models import Chain, Event


def events_of(edition: str, *, unit: str = "", subject: str = "") -> QuerySet[Event]:
    """The events of an edition, newest first; of one unit, and of one line, where named."""
    events = Event.objects.filter(chain__edition=edition).select_related("chain", "by").order_by("-at", "-pk")
    if unit:
        events = events.filter(chain__unit=unit)
    return events.filter(subject=subject) if subject else events


def between(events: QuerySet[Event], first: date | None, last: date | None) -> QuerySet[Event]:
    """The events of these days, both included, counted in Vietnam."""
    if first is not None:
        events = events.filter(at__gte=_begins(first))
    return events if last is None else events.filter(at__lt=_begins(last + timedelta(days=1)))


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def concerning(edition: str, unit: str, node: str) -> list[Event]:
    """Every event that touched a line, newest first: acts on it, acts that took many lines at once, the steps of the
    unit's file, and what the council was asked about it. Two queries.
    """
    rows = Event.objects.filter(chain__edition=edition).select_related("chain", "by")
    together = Q(act__in=TAKE_MANY) | Q(act__startswith="unit.", subject="")
    own = rows.filter(chain__unit=unit).filter(Q(subject=node) | together)
    found = [each for each in own if each.subject == node or _touches(each, node)]
    motions: set[str] = set()
    for each in rows.filter(chain__unit="", act__in=("council.propose", "council.close")).order_by("position"):
        if each.details.get("line") == f"{unit}/{node}":
            motions.add(each.subject)
        if each.subject in motions:
            found.append(each)
    return sorted(found, key=lambda each: (each.at, each.pk), reverse=True)


TAKE_MANY = ("workbook.take", "demonstration.bring")
"""Acts on a whole file that write its lines."""


def _touches(event: Event, node: str) -> bool:
    lines = event.details.get("lines")
    return not isinstance(lines, list) or any(each.get("node") == node for each in lines)


def acts_since(edition: str, at: datetime, acts: Sequence[str]) -> int:
    """How many of these acts were done in an edition after a moment."""
    return Event.objects.filter(chain__edition=edition, act__in=acts, at__gt=at).count()


def exported(edition: str) -> Iterator[bytes]:
    """The record of an edition as a file of lines, chain by chain."""
    events = Event.objects.filter(chain__edition=edition).select_related("chain")
    return trail_lines(as_lines_say(each) for each in events.order_by("chain__unit", "position").iterator(1000))


def heads_of(edition: str) -> tuple[Head, ...]:
    """The ends of all chains of an edition as they are now, in order of unit."""
    chains = Chain.objects.filter(edition=edition, length__gt=0).order_by("unit")
    return tuple(Head(each.edition, each.unit, each.length, each.head) for each in chains)


@dataclass(frozen=True, slots=True)
class RecordState:
    """How long the record of an edition is: chains, events, and the newest event."""

    chains: int
    events: int
    newest: Event | None


def state_of(edition: str) -> RecordState:
    """The state of the record, from the ends of its chains. Two queries."""
    chains = Chain.objects.filter(edition=edition, length__gt=0)
    events = chains.aggregate(events=Sum("length"))["events"] or 0
    return RecordState(chains.count() if events else 0, events, events_of(edition).first())


MOST_CHECKED = 60_000
"""Events that a page checks at once; a longer record is checked offline, from its export."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking found: how many events were looked at, and what is wrong. `too_long`: none was looked at."""

    events: int
    chains: int
    problems: tuple[Problem, ...]
    too_long: bool = False

    @property
    def whole(self) -> bool:
        return not self.too_long and not self.problems


def check(edition: str, state: RecordState) -> Checked:
    """Compute every digest of an edition's record anew, follow every chain to its end, and compare the ends.

    `state`: how long the record is.
    """
    if state.events > MOST_CHECKED:
        return Checked(0, state.chains, (), too_long=True)
    problems = Problems()
    content = b"".join(exported(edition))
    trail = verify_trail(content, "record.jsonl", problems)
    check_heads(trail, heads_of(edition), "record.jsonl", problems)
    return Checked(content.count(b"\n"), len(trail.heads), tuple(problems.sorted()))
