"""The way every write goes: permission, transaction, one event of the record.

    with act("line.fill", by=person, target=target) as record:
        ...                                  # what is written
        record(subject="3.4.1", details={...})

Leaving without having recorded is a mistake of the programmer and undoes the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from django.db import transaction

from parindex.publication.audit_trail import event_digest
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target, rights_of
from parindex_web.accounts.roles import OWN_ACTS, act_named
from parindex_web.audit.guard import writing
from parindex_web.audit.models import Chain, Event

Record = Callable[..., Event]


@contextmanager
def act(name: str, *, by: Person, target: Target) -> Iterator[Record]:
    """One act of a person. Raises Refused where their duties do not allow it, before anything is written."""
    rights_of(by, clock.today()).refuse_unless(name, target)
    with _recorded(name, by, target) as record:
        yield record


@contextmanager
def act_of_oneself(name: str, *, by: Person) -> Iterator[Record]:
    """What everybody may do with their own account (`roles.OWN_ACTS`), recorded in the chain of the programme."""
    if name not in OWN_ACTS:
        raise AssertionError(f"{name} is no act on one's own account")
    with _recorded(name, by, Target()) as record:
        yield record


@contextmanager
def act_of_the_system(name: str, *, target: Target) -> Iterator[Record]:
    """What the application does by itself, such as a deadline that locks: recorded without a person."""
    if act_named(name) is None:
        raise AssertionError(f"{name} has no name in the tables of acts")
    with _recorded(name, None, target) as record:
        yield record


@contextmanager
def _recorded(name: str, by: Person | None, target: Target) -> Iterator[Record]:
    recorded: list[Event] = []

    def record(subject: str = "", details: Mapping[str, Any] | None = None) -> Event:
        event = _append(name, by, target, subject, dict(details or {}))
        recorded.append(event)
        return event

    with transaction.atomic(), writing():
        yield record
        if len(recorded) != 1:
            raise AssertionError(f"{name}: {len(recorded)} events recorded; an act is one event")


def _append(name: str, by: Person | None, target: Target, subject: str, details: dict[str, Any]) -> Event:
    # Locked until the transaction ends: two events never take the same position.
    chains = Chain.objects.select_for_update().filter(edition=target.edition, unit=target.unit)
    chain = chains.first()
    if chain is None:
        Chain.objects.get_or_create(edition=target.edition, unit=target.unit)
        chain = chains.get()
    at = clock.now()
    event = Event(
        chain=chain,
        position=chain.length + 1,
        at=at,
        said_at=at.astimezone(UTC).isoformat(timespec="microseconds"),
        by=by,
        # A number, not a name: the record may be published, who stands behind a number is kept inside.
        said_by=f"person-{by.pk}" if by else "system",
        act=name,
        subject=subject,
        details=details,
        previous=chain.head,
    )
    event.digest = event_digest(as_lines_say(event))
    event.save(force_insert=True)
    chain.length, chain.head = event.position, event.digest
    chain.save(update_fields=["length", "head"])
    return event


def as_lines_say(event: Event) -> dict[str, Any]:
    """The event with the keys and texts of a record file."""
    return {
        "edition": event.chain.edition,
        "unit": event.chain.unit,
        "position": event.position,
        "at": event.said_at,
        "by": event.said_by,
        "act": event.act,
        "subject": event.subject,
        "details": event.details,
        "previous": event.previous,
        "digest": event.digest,
    }
