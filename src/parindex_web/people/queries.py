"""What is shown of people: the list, one person, open invitations, what may be named in a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from parindex.language import Text, fold, sort_key
from parindex_web import clock
from parindex_web.accounts.models import Duty, Invitation, Person
from parindex_web.accounts.roles import ACTS, OWN_ACTS, ROLES, SYSTEM_ACTS_ON_PEOPLE, UNIT_ROLES
from parindex_web.audit.models import Event
from parindex_web.collect.models import Line
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.pages.languages import language
from parindex_web.people.actions import DutyAsked, duty_asked


@dataclass(frozen=True, slots=True)
class DutyShown:
    """A role in words. `standing`: holds, waits (begins later) or over."""

    key: int
    role: Text
    edition: str
    unit: str
    unit_name: str
    domains: str
    valid_from: date
    valid_until: date | None
    ended_at: datetime | None
    given_by: str
    standing: str


@dataclass(frozen=True, slots=True)
class PersonShown:
    """One row of the list: the roles that hold today or later."""

    person: Person
    duties: tuple[DutyShown, ...]


def by_given_name(full_name: str) -> tuple[Any, ...]:
    """The order of Vietnamese lists: by the given name, which stands last, then by the whole name."""
    words = full_name.split() or [""]
    return sort_key(words[-1]), sort_key(full_name)


STANDINGS: Mapping[str, Text] = {
    "": Text("đang mở", "open"),
    "ending": Text("có vai trò hết hạn trong 14 ngày tới", "with a role that ends within 14 days"),
    "no_role": Text("không giữ vai trò nào", "with no role today"),
    "no_second_step": Text("chưa có lớp đăng nhập thứ hai", "without a second step"),
    "must_have": Text("phải đăng nhập hai lớp mà chưa có", "that must have a second step and have none"),
    "never": Text("chưa vào lần nào", "never signed in"),
    "closed": Text("đã khóa", "closed"),
}
"""Accounts that can be asked for."""

SOON = timedelta(days=14)
"""Roles that end within this time are shown to the administrator."""


def people_found(*, text: str, role: str, unit: str, standing: str) -> list[Person]:
    """People whose name or address holds the words of `text`, typed with or without accents, in list order."""
    people = Person.objects.filter(is_active=standing != "closed")
    if role or unit:
        duties = Duty.objects.filter(ended_at=None)
        if role:
            duties = duties.filter(role=role)
        if unit:
            duties = duties.filter(unit=unit)
        today = clock.today()
        people = people.filter(pk__in={each.person_id for each in duties if each.holds_on(today)})
    if standing == "ending":
        people = people.filter(pk__in=_with_a_role_that_ends())
    elif standing == "no_role":
        today = clock.today()
        held = {each.person_id for each in Duty.objects.filter(ended_at=None) if each.holds_on(today)}
        people = people.exclude(pk__in=held)
    elif standing == "no_second_step":
        people = people.exclude(pk__in=_with_a_second_step())
    elif standing == "must_have":
        people = people.filter(pk__in=_lacking_a_second_step())
    elif standing == "never":
        people = people.filter(last_login=None)
    words = fold(text).split()
    found = []
    # Accents are folded here, as the two databases do not agree on how.
    for person in people.only("pk", "full_name", "email", "is_active", "last_login"):
        held_text = fold(f"{person.full_name} {person.email}")
        if all(word in held_text for word in words):
            found.append(person)
    return sorted(found, key=lambda person: by_given_name(person.full_name))


def _with_a_role_that_ends() -> set[int]:
    today = clock.today()
    duties = Duty.objects.filter(ended_at=None, valid_until__range=(today, today + SOON), person__is_active=True)
    return {each.person_id for each in duties if each.holds_on(today)}


def _with_a_second_step() -> set[int]:
    steps = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return set(steps.values_list("user_id", flat=True))


def _lacking_a_second_step() -> set[int]:
    """Those whose roles of today ask for a second step, and who have none."""
    if not settings.TWO_STEP_ROLES:
        return set()
    today = clock.today()
    duties = Duty.objects.filter(role__in=settings.TWO_STEP_ROLES, ended_at=None, person__is_active=True)
    return {each.person_id for each in duties if each.holds_on(today)} - _with_a_second_step()


@dataclass(frozen=True, slots=True)
class Attention:
    """What an administrator should look at, as counts."""

    invitations: int
    expired: int
    ending: int
    must_have_second_step: int
    units_without: int
    units: int


def attention() -> Attention:
    """Invitations without an answer, roles about to end, second steps that are missing, units nobody speaks for."""
    now, today = clock.now(), clock.today()
    expiries = list(Invitation.objects.filter(used_at=None, withdrawn_at=None).values_list("expires_at", flat=True))
    newest = next(iter(editions()), "")
    units = speakers(newest, "", today) if newest else ()
    return Attention(
        len(expiries),
        sum(at < now for at in expiries),
        len(_with_a_role_that_ends()),
        len(_lacking_a_second_step()),
        sum(not (each.coordinators and each.approvers) for each in units),
        len(units),
    )


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who speaks for a unit, for these domains (empty: all)."""

    key: int
    full_name: str
    domains: str
    until: date | None


@dataclass(frozen=True, slots=True)
class UnitSpeakers:
    """A unit and who speaks for it on a day."""

    unit: str
    name: str
    coordinators: tuple[Speaker, ...]
    officers: tuple[Speaker, ...]
    approvers: tuple[Speaker, ...]


def speakers(edition: str, unit: str, day: date) -> tuple[UnitSpeakers, ...]:
    """Who speaks for each unit of an edition on a day, or for the one named, in the order of the edition."""
    held: dict[tuple[str, str], list[Speaker]] = {}
    duties = Duty.objects.filter(role__in=UNIT_ROLES, edition__in=("", edition), valid_from__lte=day)
    # Who closed their account since spoke on that day all the same; today they do not.
    if day >= clock.today():
        duties = duties.filter(person__is_active=True)
    for duty in duties.select_related("person"):
        if _held_on(duty, day):
            speaker = Speaker(duty.person_id, duty.person.full_name, ", ".join(duty.domains), duty.valid_until)
            held.setdefault((duty.unit, duty.role), []).append(speaker)
    column = "name_en" if language() == "en" else "name_vi"
    files = UnitFile.objects.filter(edition__code=edition).order_by("order")
    if unit:
        files = files.filter(unit=unit)

    def of(code: str, role: str) -> tuple[Speaker, ...]:
        return tuple(sorted(held.get((code, role), ()), key=lambda each: by_given_name(each.full_name)))

    return tuple(
        UnitSpeakers(code, name, of(code, "coordinator"), of(code, "field_officer"), of(code, "approver"))
        for code, name in files.values_list("unit", column)
    )


def _held_on(duty: Duty, day: date) -> bool:
    """Whether it held on a day, also one that is past: a role that was ended at once held until that moment."""
    if not duty.valid_from <= day or (duty.valid_until is not None and duty.valid_until < day):
        return False
    return duty.ended_at is None or (day < clock.today() and day <= timezone.localdate(duty.ended_at))


def addresses_taken(emails: Iterable[str]) -> tuple[set[str], set[str]]:
    """Of these addresses: those of people, and those that are invited."""
    people = Person.objects.filter(email__in=list(emails))
    invited = Invitation.objects.filter(email__in=list(emails), used_at=None, withdrawn_at=None)
    return set(people.values_list("email", flat=True)), set(invited.values_list("email", flat=True))


def open_accounts() -> list[Person]:
    """Everybody who may be given a role, in list order."""
    people = Person.objects.filter(is_active=True).only("pk", "full_name", "email")
    return sorted(people, key=lambda person: by_given_name(person.full_name))


def shown(people: list[Person]) -> list[PersonShown]:
    """Rows of the list."""
    names = unit_names()
    by_person: dict[int, list[Duty]] = {}
    for duty in Duty.objects.filter(person__in=people).select_related("given_by").order_by("valid_from", "pk"):
        by_person.setdefault(duty.person_id, []).append(duty)
    rows = []
    for person in people:
        duties = (duty_shown(duty, names) for duty in by_person.get(person.pk, ()))
        rows.append(PersonShown(person, tuple(duty for duty in duties if duty.standing != "over")))
    return rows


def duties_of(person: Person) -> list[DutyShown]:
    """All roles of a person, those that hold first."""
    names = unit_names()
    order = {"holds": 0, "waits": 1, "over": 2}
    duties = person.duties.select_related("given_by").order_by("-valid_from", "-pk")
    return sorted((duty_shown(duty, names) for duty in duties), key=lambda duty: order[duty.standing])


def duty_shown(duty: Duty, names: dict[str, str]) -> DutyShown:
    today = clock.today()
    standing = "holds" if duty.holds_on(today) else "over"
    if duty.ended_at is None and duty.valid_from > today:
        standing = "waits"
    return DutyShown(
        duty.pk,
        ROLES[duty.role],  # type: ignore[index]
        duty.edition,
        duty.unit,
        names.get(duty.unit, duty.unit),
        ", ".join(duty.domains),
        duty.valid_from,
        duty.valid_until,
        duty.ended_at,
        duty.given_by.full_name if duty.given_by else "",
        standing,
    )


def unit_names() -> dict[str, str]:
    """Names of all units by code, as the newest edition that has them calls them."""
    column = "name_en" if language() == "en" else "name_vi"
    return dict(UnitFile.objects.order_by("edition__year", "pk").values_list("unit", column))


@dataclass(frozen=True, slots=True)
class Known:
    """What a role may name: per edition its units and domains, the newest edition first."""

    units: Mapping[str, Mapping[str, str]]
    domains: Mapping[str, tuple[str, ...]]

    def units_of(self, edition: str) -> dict[str, str]:
        """Code and name; of all editions where none is named, as the newest calls them."""
        if edition:
            return dict(self.units.get(edition, {}))
        found: dict[str, str] = {}
        for units in self.units.values():
            found = {**units, **found}
        return found

    def domains_of(self, edition: str) -> tuple[str, ...]:
        if edition:
            return self.domains.get(edition, ())
        return tuple(dict.fromkeys(code for codes in self.domains.values() for code in codes))


def known() -> Known:
    """What a role may name."""
    column = "name_en" if language() == "en" else "name_vi"
    units: dict[str, dict[str, str]] = {code: {} for code in editions()}
    for edition, unit, name in UnitFile.objects.order_by("order").values_list("edition__code", "unit", column):
        units[edition][unit] = name
    domains: dict[str, tuple[str, ...]] = {}
    rows = Line.objects.exclude(domain="").values_list("unit_file__edition__code", "domain").distinct()
    for edition, domain in sorted(rows, key=lambda row: (row[0], len(row[1]), row[1])):
        domains[edition] = (*domains.get(edition, ()), domain)
    return Known(units, domains)


def unit_codes() -> dict[str, str]:
    """Codes of units by how people write them, without accents: code, or name in either language."""
    found: dict[str, str] = {}
    for row in UnitFile.objects.order_by("edition__year", "pk").values_list("unit", "name_vi", "name_en"):
        found.update((fold(each), row[0]) for each in row if each)
    return found


def editions() -> dict[str, str]:
    """Codes and names, the newest first."""
    column = "name_en" if language() == "en" else "name_vi"
    return dict(Edition.objects.order_by("-year", "code").values_list("code", column))


@dataclass(frozen=True, slots=True)
class InvitationShown:
    """One open invitation; `days_left` counts begun days."""

    invitation: Invitation
    duty: DutyShown
    expired: bool
    days_left: int


def open_invitations(*, expired: bool) -> list[InvitationShown]:
    """Invitations that were neither used nor withdrawn, or those of them whose link is void; in list order."""
    names = unit_names()
    now = clock.now()
    asked = Invitation.objects.filter(used_at=None, withdrawn_at=None)
    if expired:
        asked = asked.filter(expires_at__lt=now)
    rows = [
        InvitationShown(
            each, _duty_of(each, names), each.expires_at < now, -((now - each.expires_at) // timedelta(days=1))
        )
        for each in asked
    ]
    return sorted(rows, key=lambda row: by_given_name(row.invitation.full_name))


def duty_of_invitation(invitation: Invitation) -> DutyShown:
    """The role an invitation brings, in words."""
    return _duty_of(invitation, unit_names())


def asked_in_words(asked: DutyAsked, names: dict[str, str]) -> DutyShown:
    """A role that is not given yet, in words."""
    duty = Duty(
        role=asked.role,
        edition=asked.edition,
        unit=asked.unit,
        domains=list(asked.domains),
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
    )
    return duty_shown(duty, names)


def _duty_of(invitation: Invitation, names: dict[str, str]) -> DutyShown:
    return asked_in_words(duty_asked(invitation.duty), names)


@dataclass(frozen=True, slots=True)
class WayIn:
    """How a person may sign in."""

    password: bool
    second_steps: tuple[str, ...]
    providers: tuple[str, ...]


def ways_in(person: Person) -> WayIn:
    steps = Authenticator.objects.filter(user_id=person.pk).order_by("type").values_list("type", flat=True)
    providers = SocialAccount.objects.filter(user_id=person.pk).values_list("provider", flat=True)
    return WayIn(person.has_usable_password(), tuple(dict.fromkeys(steps)), tuple(providers))


@dataclass(frozen=True, slots=True)
class EventShown:
    """One event of the record on a person."""

    event: Event
    says: Text | None
    details: tuple[tuple[Text | str, Any], ...]


_DETAILS = {
    "role": Text("vai trò", "role"),
    "edition": Text("kỳ đánh giá", "edition"),
    "unit": Text("đơn vị", "unit"),
    "domains": Text("lĩnh vực", "domains"),
    "from": Text("từ ngày", "from"),
    "until": Text("đến hết ngày", "until"),
    "reason": Text("lý do", "reason"),
    "address": Text("địa chỉ", "address"),
    "expires": Text("hết hạn", "expires"),
    "way": Text("cách", "way"),
    "why": Text("vì sao", "why"),
    "kind": Text("loại", "kind"),
    "kinds": Text("loại", "kinds"),
    "language": Text("ngôn ngữ", "language"),
    "duty": Text("số vai trò", "number of the role"),
    "invitation": Text("lời mời", "invitation"),
    "instead_of": Text("làm thay", "standing in for"),
    "again": Text("gửi lại", "sent again"),
    "new_password": Text("mật khẩu mới", "new password"),
}

_WORDS: dict[str, Text] = {
    "password": Text("mật khẩu", "password"),
    "oidc": Text("đăng nhập một lần", "single sign-on"),
    "socialaccount": Text("đăng nhập một lần", "single sign-on"),
    "mfa": Text("lớp thứ hai", "second step"),
    "password_reset": Text("đặt lại mật khẩu", "password reset"),
    "invitation": Text("lời mời", "invitation"),
    "totp": Text("ứng dụng sinh mã", "app that makes codes"),
    "webauthn": Text("khóa", "key"),
    "recovery_codes": Text("mã dự phòng", "recovery codes"),
    "wrong": Text("sai mật khẩu", "wrong password"),
    "locked": Text("sai quá nhiều lần, tạm khóa", "too many wrong attempts, locked for now"),
    "code": Text("sai mã", "wrong code"),
    "unverified": Text("địa chỉ chưa được nhà cung cấp xác nhận", "address not verified by the provider"),
    "closed": Text("tài khoản đã khóa", "account closed"),
    "changed": Text("đổi", "changed"),
    "reset": Text("đặt lại bằng thư", "reset by mail"),
    "set": Text("đặt lần đầu", "set for the first time"),
    **{str(code): name for code, name in ROLES.items()},
}
"""Single words that details hold, as they are said."""


def events_on(person: Person) -> QuerySet[Event]:
    """The record on one account, newest first."""
    events = Event.objects.filter(chain__edition="", subject=f"person-{person.pk}")
    return events.select_related("by").order_by("-at", "-pk")


def event_shown(event: Event) -> EventShown:
    """An event in words."""
    known = {**{code: each.says for code, each in ACTS.items()}, **OWN_ACTS, **SYSTEM_ACTS_ON_PEOPLE}
    details = tuple((_DETAILS.get(key, key), _word(value)) for key, value in event.details.items() if value)
    return EventShown(event, known.get(event.act), details)


def _word(value: Any) -> Text | str:
    if isinstance(value, list):
        texts = [_WORDS.get(str(each), str(each)) for each in value]
        return Text(*(", ".join(t if isinstance(t, str) else t.in_(code) for t in texts) for code in ("vi", "en")))
    if value is True:
        return Text("có", "yes")
    return _WORDS.get(str(value), str(value))


def link_of(request: HttpRequest, secret: str) -> str:
    """The whole address of an invitation's link."""
    return request.build_absolute_uri(reverse("join", args=[secret]))
