"""Whether a person may do an act: the one answer for all, from duties and the table of acts."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date

from parindex_web.accounts.models import Duty, Person
from parindex_web.accounts.roles import ACTS


@dataclass(frozen=True, slots=True)
class Target:
    """What an act is done to: codes, empty where the act is above that level."""

    edition: str = ""
    unit: str = ""
    domain: str = ""


class Refused(Exception):
    """The person may not do this. Views answer as if it were not there, unless they may see it."""

    def __init__(self, act: str, target: Target):
        super().__init__(act)
        self.act = act
        self.target = target


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do on one day. Made once for a request, from one query."""

    person: int | None
    duties: tuple[Duty, ...]

    def may(self, act: str, target: Target) -> bool:
        return any(_covers(duty, act, target) for duty in self.duties)

    def may_beside(self, act: str, target: Target, roles: Container[str]) -> bool:
        """Whether the person may do the act by a role that is none of these."""
        return any(duty.role not in roles and _covers(duty, act, target) for duty in self.duties)

    def refuse_unless(self, act: str, target: Target) -> None:
        """Raises Refused."""
        if not self.may(act, target):
            raise Refused(act, target)

    def units(self, edition: str) -> frozenset[str] | None:
        """The units whose files the person may see in an edition; None: all."""
        found: set[str] = set()
        for duty in self.duties:
            if duty.edition not in ("", edition) or duty.role not in ACTS["unit.see"].roles:
                continue
            if not duty.unit:
                return None
            found.add(duty.unit)
        return frozenset(found)

    def roles(self, edition: str = "") -> frozenset[str]:
        return frozenset(duty.role for duty in self.duties if not edition or duty.edition in ("", edition))


def rights_of(person: Person, day: date) -> Rights:
    """The rights of a person on a day; nobody and a closed account have none."""
    if not person.is_authenticated or not person.is_active:
        return Rights(None, ())
    return Rights(person.pk, tuple(_holding(person.duties.all(), day)))


def _holding(duties: Iterable[Duty], day: date) -> Iterable[Duty]:
    return (duty for duty in duties if duty.holds_on(day))


def _covers(duty: Duty, act: str, target: Target) -> bool:
    permission = ACTS[act]
    if duty.role not in permission.roles:
        return False
    if duty.edition and duty.edition != target.edition:
        return False
    if permission.scope in ("unit", "line") and duty.unit and duty.unit != target.unit:
        return False
    return not (permission.scope == "line" and duty.domains and target.domain not in duty.domains)
