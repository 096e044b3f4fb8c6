"""Roles of one edition given again for the next: who held them to its end holds them anew, between new days.

What an administrator decided is repeated, never widened: the same people, roles, units and domains. Roles for all
editions go on by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from parindex.language import Text
from parindex_web import clock
from parindex_web.accounts.models import Duty, Person
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act
from parindex_web.editions.models import Edition
from parindex_web.editions.steps import Impossible
from parindex_web.people import problems

ENDED_BEFORE = Text("vai trò đã hết trước khi kỳ trước xong", "the role ended before the edition was over")
ACCOUNT_CLOSED = Text("tài khoản đã khóa", "the account is closed")
UNIT_GONE = Text("đơn vị không còn trong kỳ mới", "the unit is not in the new edition")
ADMINISTERS = Text("đang là quản trị tài khoản", "administers accounts")
ONESELF = Text("không ai tự giao vai trò cho mình", "nobody gives a role to themselves")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A role that is not given again, and why."""

    duty: Duty
    why: Text


@dataclass(frozen=True, slots=True)
class Carried:
    """The roles of an edition as they would be given for the next, each once."""

    again: tuple[Duty, ...]
    left_out: tuple[LeftOut, ...]


def roles_to_carry(last: Edition, *, by: Person, units: Collection[str]) -> Carried:
    """What of the roles of an edition would be given again by a person. `units`: those of the new edition."""
    rows = Duty.objects.filter(edition=last.code).select_related("person").order_by("role", "unit", "person", "pk")
    administer = {
        duty.person_id
        for duty in Duty.objects.filter(role="administrator", ended_at=None)
        if duty.valid_until is None or duty.valid_until >= clock.today()
    }
    ends = [timezone.localtime(each.closes_at).date() for each in last.deadlines.all()]
    again: dict[tuple[object, ...], Duty] = {}
    left_out = []
    for duty in rows:
        key = (duty.person_id, duty.role, duty.unit, tuple(sorted(duty.domains)))
        why = _why_not(duty, by, units, administer, max(ends, default=clock.today()))
        if why is not None:
            left_out.append((key, LeftOut(duty, why)))
        else:
            again.setdefault(key, duty)
    return Carried(tuple(again.values()), tuple(each for key, each in left_out if key not in again))


def _why_not(duty: Duty, by: Person, units: Collection[str], administer: Collection[int], end: date) -> Text | None:
    if not duty.person.is_active:
        return ACCOUNT_CLOSED
    if duty.ended_at is not None or (duty.valid_until is not None and duty.valid_until < min(end, clock.today())):
        return ENDED_BEFORE
    if duty.unit and duty.unit not in units:
        return UNIT_GONE
    if duty.person_id in administer and duty.role != "auditor":
        return ADMINISTERS
    return ONESELF if duty.person_id == by.pk else None


def carry_roles(
    *, by: Person, last: Edition, edition: Edition, valid_from: date, valid_until: date | None
) -> Sequence[Duty]:
    """Give the roles of an edition again for another, all in one act. Raises Refused, Impossible."""
    with act("edition.carry_roles", by=by, target=Target(edition=edition.code)) as record:
        if valid_until is not None and valid_until < valid_from:
            raise Impossible(problems.DAYS_TURNED)
        if valid_until is not None and valid_until < clock.today():
            raise Impossible(problems.DAY_PAST)
        units = set(edition.unit_files.values_list("unit", flat=True))
        carried = roles_to_carry(last, by=by, units=units)
        given = Duty.objects.bulk_create(
            Duty(
                person=duty.person,
                role=duty.role,
                edition=edition.code,
                unit=duty.unit,
                domains=duty.domains,
                valid_from=valid_from,
                valid_until=valid_until,
                given_by=by,
            )
            for duty in carried.again
        )
        record(
            subject=last.code,
            details={
                "from": valid_from.isoformat(),
                "until": valid_until.isoformat() if valid_until else None,
                "roles": [
                    {
                        "person": f"person-{duty.person_id}",
                        "role": duty.role,
                        "unit": duty.unit,
                        "domains": duty.domains,
                    }
                    for duty in given
                ],
            },
        )
    return given
