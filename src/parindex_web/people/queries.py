"""What is shown of people: the list, one person, open invitations, what may be named in a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from parindex.language import Text, fold, sort_key
from parindex_web import clock
from parindex_web.accounts.models import Duty, Invitation, Person
from parindex_web.accounts.roles import ACTS, OWN_ACTS, ROLES, SYSTEM_ACTS_ON_PEOPLE
from parindex_web.audit.models import Event
from parindex_web.collect.models import Line
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.pages.languages import language
from parindex_web.people.actions import duty_asked


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


def people_found(*, text: str, role: str, unit: str, closed: bool) -> list[Person]:
    """People whose name or address holds the words of `text`, typed with or without accents, in list order."""
    people = Person.objects.filter(is_active=not closed)
    if role or unit:
        duties = Duty.objects.filter(ended_at=None)
        if role:
            duties = duties.filter(role=role)
        if unit:
            duties = duties.filter(unit=unit)
        today = clock.today()
        people = people.filter(pk__in={each.person_id for each in duties if each.holds_on(today)})
    words = fold(text).split()
    found = []
    # Accents are folded here, as the two databases do not agree on how.
    for person in people.only("pk", "full_name", "email", "is_active", "last_login"):
        held = fold(f"{person.full_name} {person.email}")
        if all(word in held for word in words):
            found.append(person)
    return sorted(found, key=lambda person: by_given_name(person.full_name))


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


def editions() -> dict[str, str]:
    """Codes and names, the newest first."""
    column = "name_en" if language() == "en" else "name_vi"
    return dict(Edition.objects.order_by("-year", "code").values_list("code", column))


@dataclass(frozen=True, slots=True)
class InvitationShown:
    """One open invitation."""

    invitation: Invitation
    role: Text
    unit_name: str
    expired: bool


def open_invitations() -> list[InvitationShown]:
    """Invitations that were neither used nor withdrawn, in list order."""
    names = unit_names()
    now = clock.now()
    rows = [
        InvitationShown(
            each, ROLES[each.duty["role"]], names.get(each.duty["unit"], each.duty["unit"]), each.expires_at < now
        )
        for each in Invitation.objects.filter(used_at=None, withdrawn_at=None).select_related("invited_by")
    ]
    return sorted(rows, key=lambda row: by_given_name(row.invitation.full_name))


def duty_of_invitation(invitation: Invitation) -> DutyShown:
    """The role an invitation brings, in words."""
    asked = duty_asked(invitation.duty)
    duty = Duty(
        role=asked.role,
        edition=asked.edition,
        unit=asked.unit,
        domains=list(asked.domains),
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
    )
    return duty_shown(duty, unit_names())


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
