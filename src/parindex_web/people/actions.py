"""Writes on people: inviting, joining, giving and ending roles, closing and reopening accounts.

Nobody acts on their own account here, and who administers accounts holds no role that scores, appraises or decides
on the same day (the database refuses both: `accounts/migrations/0003_locks.py`).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from parindex.language import Text, same
from parindex_web import clock
from parindex_web.accounts.models import Duty, Invitation, Person
from parindex_web.accounts.permissions import Target
from parindex_web.accounts.roles import APART as APART_ROLES
from parindex_web.audit.acts import act, act_of_oneself, act_of_the_system
from parindex_web.editions.steps import REASON_MISSING, Impossible
from parindex_web.people import problems


@dataclass(frozen=True, slots=True)
class DutyAsked:
    """A role to be given: edition "" all, unit "" all, domains () all, until None without end."""

    role: str
    edition: str
    unit: str
    domains: tuple[str, ...]
    valid_from: date
    valid_until: date | None

    def as_data(self) -> dict[str, Any]:
        """As kept in an invitation and on record."""
        return {
            "role": self.role,
            "edition": self.edition,
            "unit": self.unit,
            "domains": list(self.domains),
            "from": self.valid_from.isoformat(),
            "until": self.valid_until.isoformat() if self.valid_until else None,
        }


def duty_asked(data: Mapping[str, Any]) -> DutyAsked:
    """The other way: from what an invitation keeps."""
    until = data.get("until")
    return DutyAsked(
        data["role"],
        data["edition"],
        data["unit"],
        tuple(data["domains"]),
        date.fromisoformat(data["from"]),
        date.fromisoformat(until) if until else None,
    )


# --- invitations


def invite(*, by: Person, full_name: str, email: str, language: str, duty: DutyAsked) -> tuple[Invitation, str]:
    """An invitation, and the secret of its link, which is kept nowhere. Raises Refused, Impossible."""
    with act("person.invite", by=by, target=Target()) as record:
        invitation, secret = _invitation(by, full_name, email, language, duty)
        record(subject=_invited(invitation), details=_said(invitation))
    return invitation, secret


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """Somebody to be invited, with their first role."""

    full_name: str
    email: str
    language: str
    duty: DutyAsked


def invite_all(*, by: Person, asked: Sequence[PersonAsked]) -> list[tuple[Invitation, str]]:
    """All of a list or nobody, each an event of its own. Raises Refused, Impossible."""
    with transaction.atomic():
        return [
            invite(by=by, full_name=each.full_name, email=each.email, language=each.language, duty=each.duty)
            for each in asked
        ]


def invite_first(*, full_name: str, email: str, language: str) -> tuple[Invitation, str]:
    """The invitation of the first administrator, by who runs the server. Raises Impossible."""
    duty = DutyAsked("administrator", "", "", (), clock.today(), None)
    with act_of_the_system("person.invite_first", target=Target()) as record:
        if administrators():
            raise Impossible(problems.ADMINISTRATOR_THERE)
        # Asked again, the earlier link is void.
        Invitation.objects.filter(email=email, used_at=None, withdrawn_at=None).update(withdrawn_at=clock.now())
        invitation, secret = _invitation(None, full_name, email, language, duty)
        record(subject=_invited(invitation), details=_said(invitation))
    return invitation, secret


def invite_again(*, by: Person, invitation: Invitation) -> tuple[Invitation, str]:
    """A new link with a new term; the old one is void. Raises Refused, Impossible."""
    with act("person.invite", by=by, target=Target()) as record:
        kept = _open(Invitation.objects.select_for_update().get(pk=invitation.pk), expired_too=True)
        secret = secrets.token_urlsafe(32)
        kept.digest, kept.invited_by = _digest(secret), by
        kept.invited_at = clock.now()
        kept.expires_at = kept.invited_at + timedelta(days=settings.INVITATION_DAYS)
        kept.save()
        record(subject=_invited(kept), details={**_said(kept), "again": True})
    return kept, secret


def withdraw(*, by: Person, invitation: Invitation) -> None:
    """The link is void. Raises Refused, Impossible."""
    with act("person.withdraw", by=by, target=Target()) as record:
        kept = _open(Invitation.objects.select_for_update().get(pk=invitation.pk), expired_too=True)
        kept.withdrawn_at = clock.now()
        kept.save(update_fields=["withdrawn_at"])
        record(subject=_invited(kept), details={})


def invitation_of(secret: str) -> Invitation:
    """The open invitation of a link. Raises Impossible."""
    found = Invitation.objects.filter(digest=_digest(secret)).first()
    if found is None:
        raise Impossible(problems.INVITATION_UNKNOWN)
    return _open(found)


def join(*, secret: str, password: str | None) -> Person:
    """A person and their first role, by the link of an invitation; without password only single sign-on lets them in.

    Raises Impossible. Clicking twice joins once.
    """
    with act_of_the_system("person.join", target=Target()) as record:
        found = Invitation.objects.select_for_update().filter(digest=_digest(secret)).first()
        if found is None:
            raise Impossible(problems.INVITATION_UNKNOWN)
        invitation = _open(found)
        if Person.objects.filter(email=invitation.email).exists():
            raise Impossible(problems.INVITATION_USED)
        person = Person.objects.create_user(
            invitation.email, password, full_name=invitation.full_name, language=invitation.language
        )
        _give(person, duty_asked(invitation.duty), invitation.invited_by)
        invitation.used_at = clock.now()
        invitation.save(update_fields=["used_at"])
        record(subject=_subject(person), details={"invitation": _invited(invitation), **invitation.duty})
    return person


def _invitation(
    by: Person | None, full_name: str, email: str, language: str, duty: DutyAsked
) -> tuple[Invitation, str]:
    if Person.objects.filter(email=email).exists():
        raise Impossible(problems.ADDRESS_KNOWN, address=email)
    if Invitation.objects.filter(email=email, used_at=None, withdrawn_at=None).exists():
        raise Impossible(problems.ADDRESS_INVITED, address=email)
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    invitation = Invitation.objects.create(
        email=email,
        full_name=full_name,
        language=language,
        digest=_digest(secret),
        duty=duty.as_data(),
        invited_by=by,
        invited_at=now,
        expires_at=now + timedelta(days=settings.INVITATION_DAYS),
    )
    return invitation, secret


def _open(invitation: Invitation, *, expired_too: bool = False) -> Invitation:
    if invitation.used_at is not None:
        raise Impossible(problems.INVITATION_USED)
    if invitation.withdrawn_at is not None or (invitation.expires_at < clock.now() and not expired_too):
        raise Impossible(problems.INVITATION_OVER)
    return invitation


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _invited(invitation: Invitation) -> str:
    return f"invitation-{invitation.pk}"


def _said(invitation: Invitation) -> dict[str, Any]:
    return {"address": invitation.email, "expires": invitation.expires_at.isoformat(), **invitation.duty}


# --- roles


def give_duty(*, by: Person, person: Person, duty: DutyAsked) -> Duty:
    """Let a person speak in a role. Raises Refused, Impossible."""
    with act("person.give_duty", by=by, target=Target()) as record:
        _not_oneself(by, person)
        if not _locked(person).is_active:
            raise Impossible(problems.ALREADY_CLOSED)
        given = _give(person, duty, by)
        record(subject=_subject(person), details={"duty": given.pk, **duty.as_data()})
    return given


def _give(person: Person, asked: DutyAsked, by: Person | None) -> Duty:
    same_days = Q(valid_until=None) | Q(valid_until__gte=asked.valid_from)
    others = person.duties.filter(same_days, ended_at=None)
    if asked.valid_until is not None:
        others = others.filter(valid_from__lte=asked.valid_until)
    for other in others:
        if (asked.role == "administrator" and other.role not in APART_ROLES) or (
            other.role == "administrator" and asked.role not in APART_ROLES
        ):
            raise Impossible(problems.APART)
        if (other.role, other.edition, other.unit, sorted(other.domains)) == (
            asked.role,
            asked.edition,
            asked.unit,
            sorted(asked.domains),
        ):
            raise Impossible(problems.DUTY_TWICE)
    return Duty.objects.create(
        person=person,
        role=asked.role,
        edition=asked.edition,
        unit=asked.unit,
        domains=list(asked.domains),
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
        given_by=by,
    )


def stand_in(*, by: Person, duty: Duty, person: Person, first: date, last: date, reason: str) -> Duty:
    """Let somebody else speak in the same role for some days; whoever holds it keeps it. Raises Refused, Impossible."""
    with act("person.give_duty", by=by, target=Target()) as record:
        _not_oneself(by, person)
        _said_why(reason)
        if person.pk == duty.person_id:
            raise Impossible(problems.STAND_IN_ONESELF)
        if not _locked(person).is_active:
            raise Impossible(problems.ALREADY_CLOSED)
        kept = Duty.objects.select_for_update().get(pk=duty.pk)
        if kept.ended_at is not None or (kept.valid_until is not None and kept.valid_until < clock.today()):
            raise Impossible(problems.ALREADY_ENDED)
        if first < kept.valid_from or (kept.valid_until is not None and last > kept.valid_until):
            until = same(f"{kept.valid_until:%d/%m/%Y}") if kept.valid_until else Text("không thời hạn", "no end")
            raise Impossible(problems.STAND_IN_DAYS, first=f"{kept.valid_from:%d/%m/%Y}", last=until)
        asked = DutyAsked(kept.role, kept.edition, kept.unit, tuple(kept.domains), first, last)
        given = _give(person, asked, by)
        details = {"duty": given.pk, **asked.as_data(), "instead_of": _subject(duty.person), "reason": reason}
        record(subject=_subject(person), details=details)
    return given


def end_duty(*, by: Person, duty: Duty, last_day: date | None, reason: str) -> Duty:
    """End a role after a day, or at once: then it holds no more at the person's next request.

    Raises Refused, Impossible.
    """
    with act("person.end_duty", by=by, target=Target()) as record:
        _not_oneself(by, duty.person)
        _said_why(reason)
        person = _locked_with_administrators(duty.person)
        kept = Duty.objects.select_for_update().get(pk=duty.pk)
        today = clock.today()
        if kept.ended_at is not None or (kept.valid_until is not None and kept.valid_until < today):
            raise Impossible(problems.ALREADY_ENDED)
        if last_day is not None and last_day < today:
            raise Impossible(problems.DAY_PAST)
        if last_day is not None and last_day < kept.valid_from:
            raise Impossible(problems.DAYS_TURNED)
        if kept.role == "administrator":
            _not_the_last(person)
        if last_day is None:
            kept.ended_at = clock.now()
        else:
            kept.valid_until = last_day
        kept.save(update_fields=["ended_at", "valid_until"])
        until = last_day.isoformat() if last_day else None
        record(subject=_subject(person), details={"duty": kept.pk, "role": kept.role, "until": until, "reason": reason})
    return kept


# --- accounts


def close_account(*, by: Person, person: Person, reason: str) -> None:
    """Nobody signs in with this account, and whoever is signed in is out at their next request.

    Raises Refused, Impossible.
    """
    with act("person.close", by=by, target=Target()) as record:
        _not_oneself(by, person)
        _said_why(reason)
        kept = _locked_with_administrators(person)
        if not kept.is_active:
            raise Impossible(problems.ALREADY_CLOSED)
        if any(duty.role == "administrator" and duty.holds_on(clock.today()) for duty in kept.duties.all()):
            _not_the_last(kept)
        kept.is_active = False
        kept.session_round = F("session_round") + 1
        kept.save(update_fields=["is_active", "session_round"])
        record(subject=_subject(kept), details={"reason": reason})


def reopen_account(*, by: Person, person: Person, reason: str) -> None:
    """The account works again, with the roles that hold today. Raises Refused, Impossible."""
    with act("person.reopen", by=by, target=Target()) as record:
        _not_oneself(by, person)
        _said_why(reason)
        kept = _locked(person)
        if kept.is_active:
            raise Impossible(problems.ALREADY_OPEN)
        kept.is_active = True
        kept.save(update_fields=["is_active"])
        record(subject=_subject(kept), details={"reason": reason})


def reset_second_step(*, by: Person, person: Person, reason: str) -> None:
    """For somebody who lost telephone and codes: the password alone lets them in, to add another second step.

    Raises Refused, Impossible.
    """
    with act("person.reset_second_step", by=by, target=Target()) as record:
        _not_oneself(by, person)
        _said_why(reason)
        kept = _locked(person)
        steps = Authenticator.objects.filter(user_id=kept.pk)
        kinds = sorted(steps.values_list("type", flat=True))
        if not kinds:
            raise Impossible(problems.NO_SECOND_STEP)
        steps.delete()
        kept.session_round = F("session_round") + 1
        kept.save(update_fields=["session_round"])
        record(subject=_subject(kept), details={"reason": reason, "kinds": kinds})


def sign_out_everywhere(*, by: Person) -> None:
    """End every session of one's own account."""
    with act_of_oneself("person.sign_out_everywhere", by=by) as record:
        Person.objects.filter(pk=by.pk).update(session_round=F("session_round") + 1)
        record(subject=_subject(by))


def choose_language(*, by: Person, language: str) -> None:
    """Everybody may choose their own language."""
    with act_of_oneself("person.language", by=by) as record:
        Person.objects.filter(pk=by.pk).update(language=language)
        record(subject=_subject(by), details={"language": language})


def administrators() -> list[Person]:
    """Everybody who administers accounts today."""
    duties = Duty.objects.filter(role="administrator", person__is_active=True).select_related("person")
    return [duty.person for duty in duties if duty.holds_on(clock.today())]


def _not_the_last(person: Person) -> None:
    if not any(other.pk != person.pk for other in administrators()):
        raise Impossible(problems.LAST_ADMINISTRATOR)


def _not_oneself(by: Person, person: Person) -> None:
    if by.pk == person.pk:
        raise Impossible(problems.NOT_ONESELF)


def _said_why(reason: str) -> None:
    if not reason.strip():
        raise Impossible(REASON_MISSING)


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update().get(pk=person.pk)


def _locked_with_administrators(person: Person) -> Person:
    """The person, held together with all administrators: two of them cannot end each other at the same moment."""
    who = Duty.objects.filter(role="administrator").values("person")
    rows = Person.objects.select_for_update().filter(Q(pk=person.pk) | Q(pk__in=who)).order_by("pk")
    return next(each for each in rows if each.pk == person.pk)


def _subject(person: Person) -> str:
    return f"person-{person.pk}"
