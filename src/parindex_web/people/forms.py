"""Reading what is typed about a person and a role: all problems at once, each with its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from parindex.language import nfc
from parindex.problems import Problem, ProblemKind
from parindex.sources import Place
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.roles import DOMAIN_ROLES, ROLES, UNIT_ROLES
from parindex_web.people import problems
from parindex_web.people.actions import DutyAsked
from parindex_web.people.queries import Known

EDITION_FREE = frozenset({"administrator"})
"""Roles that belong to no edition."""

UNIT_FREE = frozenset(ROLES) - UNIT_ROLES - {"appraiser"}
"""Roles that work with all units."""


@dataclass(slots=True)
class Wrong:
    """What is wrong, by field. Empty: nothing."""

    fields: dict[str, list[Problem]] = field(default_factory=dict)

    def add(self, name: str, kind: ProblemKind, **values: object) -> None:
        self.fields.setdefault(name, []).append(Problem(kind, Place(""), values))

    def __bool__(self) -> bool:
        return bool(self.fields)


@dataclass(frozen=True, slots=True)
class PersonTyped:
    full_name: str
    email: str
    language: str


def read_person(typed: Mapping[str, str], wrong: Wrong) -> PersonTyped:
    """Name, address and language; what is wrong goes to `wrong`."""
    full_name = " ".join(nfc(typed.get("full_name", "")).split())
    if not 0 < len(full_name) <= 120 or not full_name.isprintable():
        wrong.add("full_name", problems.NAME_MISSING)
    email = typed.get("email", "").strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        wrong.add("email", problems.ADDRESS_WRONG if email else problems.ADDRESS_MISSING, typed=email)
    else:
        if len(email) > 254:
            wrong.add("email", problems.ADDRESS_WRONG, typed=email)
    language = typed.get("language", "")
    if language not in ("vi", "en"):
        wrong.add("language", problems.LANGUAGE_WRONG)
    return PersonTyped(full_name, email, language)


def read_duty(typed: Mapping[str, str], known: Known, wrong: Wrong) -> DutyAsked:
    """A role with its edition, unit, domains and days; what is wrong goes to `wrong`."""
    role = typed.get("role", "")
    name = ROLES.get(role)  # type: ignore[call-overload]
    if name is None:
        wrong.add("role", problems.ROLE_WRONG)
    edition = typed.get("edition", "")
    if edition and edition not in known.units:
        wrong.add("edition", problems.EDITION_WRONG, edition=edition)
    elif edition and role in EDITION_FREE:
        wrong.add("edition", problems.EDITION_NOT_FOR_ROLE, role=name)
    unit = typed.get("unit", "")
    if role in UNIT_ROLES and not unit:
        wrong.add("unit", problems.UNIT_MISSING, role=name)
    elif unit and role in UNIT_FREE:
        wrong.add("unit", problems.UNIT_NOT_FOR_ROLE, role=name)
    elif unit and "edition" not in wrong.fields and unit not in known.units_of(edition):
        wrong.add("unit", problems.UNIT_UNKNOWN, unit=unit)
    domains = tuple(dict.fromkeys(each.strip() for each in typed.get("domains", "").split(",") if each.strip()))
    there = known.domains_of(edition)
    if domains and name is not None and role not in DOMAIN_ROLES:
        wrong.add("domains", problems.DOMAIN_NOT_FOR_ROLE, role=name)
    elif "edition" not in wrong.fields:
        for domain in domains:
            if domain not in there:
                wrong.add("domains", problems.DOMAIN_UNKNOWN, domain=domain, known=", ".join(there))
    first = read_day(typed, "valid_from", wrong) or clock.today()
    last = read_day(typed, "valid_until", wrong)
    if last is not None and "valid_from" not in wrong.fields:
        if last < first:
            wrong.add("valid_until", problems.DAYS_TURNED)
        elif last < clock.today():
            wrong.add("valid_until", problems.DAY_PAST)
    return DutyAsked(role, edition, unit, domains, first, last)


def read_other(typed: Mapping[str, str], wrong: Wrong) -> Person | None:
    """The open account whose address was typed."""
    email = typed.get("other", "").strip().lower()
    person = Person.objects.filter(email=email, is_active=True).first() if email else None
    if person is None:
        wrong.add("other", problems.PERSON_UNKNOWN, typed=email)
    return person


def read_days_between(typed: Mapping[str, str], wrong: Wrong) -> tuple[date | None, date | None]:
    """A first and a last day, both needed."""
    first, last = read_day(typed, "first_day", wrong), read_day(typed, "last_day", wrong)
    for name, day in (("first_day", first), ("last_day", last)):
        if day is None and name not in wrong.fields:
            wrong.add(name, problems.DAY_MISSING)
    if first is None or last is None:
        return None, None
    if last < first:
        wrong.add("last_day", problems.DAYS_TURNED)
    elif last < clock.today():
        wrong.add("last_day", problems.DAY_PAST)
    return (None, None) if wrong else (first, last)


def read_day(typed: Mapping[str, str], name: str, wrong: Wrong) -> date | None:
    """A day as a browser's field writes it; None where it is empty or wrong."""
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong.add(name, problems.DAY_WRONG, typed=text)
        return None
