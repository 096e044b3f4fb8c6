"""Writes on people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from parindex_web.accounts.models import Duty, Person
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act, act_of_the_system


def choose_language(*, by: Person, language: str) -> None:
    """Everybody may choose their own language."""
    with act_of_the_system("person.language", target=Target()) as record:
        Person.objects.filter(pk=by.pk).update(language=language)
        record(subject=f"person-{by.pk}", details={"language": language})


def give_duty(
    *,
    by: Person,
    person: Person,
    role: str,
    edition: str = "",
    unit: str = "",
    domains: Sequence[str] = (),
    valid_from: date,
    valid_until: date | None = None,
) -> Duty:
    """Let a person speak in a role. Raises Refused."""
    with act("person.invite", by=by, target=Target()) as record:
        duty = Duty.objects.create(
            person=person,
            role=role,
            edition=edition,
            unit=unit,
            domains=list(domains),
            valid_from=valid_from,
            valid_until=valid_until,
            given_by=by,
        )
        record(
            subject=f"person-{person.pk}",
            details={
                "role": role,
                "edition": edition,
                "unit": unit,
                "domains": list(domains),
                "from": valid_from.isoformat(),
            },
        )
    return duty
