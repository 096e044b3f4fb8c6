"""Reading the record."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from parindex.publication.audit_trail import Head, trail_lines
from parindex_web.audit.acts import as_lines_say
from parindex_web.audit.models import Chain, Event


def events_of(edition: str, *, unit: str = "", subject: str = "") -> QuerySet[Event]:
    """The events of an edition, newest first; of one unit, and of one line, where named."""
    events = Event.objects.filter(chain__edition=edition).select_related("chain", "by").order_by("-at", "-pk")
    if unit:
        events = events.filter(chain__unit=unit)
    return events.filter(subject=subject) if subject else events


def exported(edition: str) -> Iterator[bytes]:
    """The record of an edition as a file of lines, chain by chain."""
    events = Event.objects.filter(chain__edition=edition).select_related("chain")
    return trail_lines(as_lines_say(each) for each in events.order_by("chain__unit", "position").iterator(1000))


def heads_of(edition: str) -> tuple[Head, ...]:
    """The ends of all chains of an edition as they are now, in order of unit."""
    chains = Chain.objects.filter(edition=edition, length__gt=0).order_by("unit")
    return tuple(Head(each.edition, each.unit, each.length, each.head) for each in chains)
