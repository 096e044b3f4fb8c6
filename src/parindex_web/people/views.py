"""Pages of the administrator of accounts, which auditors read too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from parindex.language import nfc
from parindex_web import clock
from parindex_web.accounts.models import Duty, Person
from parindex_web.accounts.permissions import Target
from parindex_web.accounts.roles import DOMAIN_ROLES, ROLES, UNIT_ROLES
from parindex_web.audit.queries import exported
from parindex_web.editions.doors import SignedIn, for_people
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say
from parindex_web.people import actions, queries
from parindex_web.people.forms import Wrong, read_day, read_days_between, read_duty, read_other

PER_PAGE = 50


def seen(request: SignedIn) -> None:
    """Raises Http404 for whoever may not know of people."""
    if not request.rights.may("person.see", Target()):
        raise Http404


def _person(request: SignedIn, key: int) -> Person:
    seen(request)
    found = Person.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def words_of(wrong: Wrong) -> dict[str, list[str]]:
    """What is wrong, by field, in the language of the page."""
    return {name: [sentence(each.words(language())) for each in found] for name, found in wrong.fields.items()}


def sentence(words: str) -> str:
    """Words that follow a place elsewhere stand alone here."""
    return words[:1].upper() + words[1:]


def role_choices() -> dict[str, Any]:
    return {"roles": ROLES, "unit_roles": UNIT_ROLES, "domain_roles": DOMAIN_ROLES}


@require_GET
@for_people
def people(request: SignedIn) -> HttpResponse:
    """Everybody, found by name or address with or without accents; what needs attention stands above."""
    seen(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "role", "unit", "standing")}
    found = queries.people_found(text=asked["q"], role=asked["role"], unit=asked["unit"], standing=asked["standing"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    searching = any(asked.values())
    context = {
        "page": page,
        "rows": queries.shown(list(page)),
        "count": len(found),
        "asked": asked,
        "searching": searching,
        "standings": queries.STANDINGS,
        "attention": None if searching or page.number > 1 else queries.attention(),
        "units": queries.unit_names(),
        "may_invite": request.rights.may("person.invite", Target()),
        **role_choices(),
    }
    return render(request, "people/people.html", context)


@require_GET
@for_people
def units(request: SignedIn) -> HttpResponse:
    """Who speaks for each unit of an edition on a day."""
    seen(request)
    known_editions, wrong = queries.editions(), Wrong()
    edition = request.GET.get("edition", "")
    if edition not in known_editions:
        edition = next(iter(known_editions), "")
    unit = request.GET.get("unit", "")
    day = read_day(request.GET, "day", wrong) or clock.today()
    context = {
        "rows": queries.speakers(edition, unit, day),
        "known_editions": known_editions,
        "edition": edition,
        "unit": unit,
        "units": queries.known().units_of(edition),
        "day": day,
        "is_today": day == clock.today(),
        "typed_day": request.GET.get("day", "") if wrong else day.isoformat(),
        "wrong": words_of(wrong),
        "may_invite": request.rights.may("person.invite", Target()),
    }
    return render(request, "people/units.html", context, status=422 if wrong else 200)


@require_GET
@for_people
def person(request: SignedIn, person: int) -> HttpResponse:
    """One account: roles, ways to sign in, what happened to it."""
    return _person_page(request, _person(request, person))


def _person_page(
    request: SignedIn, found: Person, *, wrong: dict[str, list[str]] | None = None, form: str = ""
) -> HttpResponse:
    known = queries.known()
    events = queries.events_on(found)
    page = Paginator(events, 20).get_page(request.GET.get("page"))
    context = {
        "person": found,
        "duties": queries.duties_of(found),
        "ways": queries.ways_in(found),
        "events": [queries.event_shown(event) for event in page],
        "page": page,
        "oneself": found.pk == request.user.pk,
        "may_change": request.rights.may("person.give_duty", Target()),
        "wrong": wrong or {},
        "form": form,
        "typed": request.POST if request.method == "POST" else {"valid_from": clock.today().isoformat()},
        "others": [each for each in queries.open_accounts() if each.pk != found.pk],
        "known_editions": queries.editions(),
        "units": known.units_of(""),
        "domains": known.domains_of(""),
        **role_choices(),
    }
    return render(request, "people/person.html", context, status=422 if wrong else 200)


@require_POST
@for_people
def give_duty(request: SignedIn, person: int) -> HttpResponse:
    found, wrong = _person(request, person), Wrong()
    request.rights.refuse_unless("person.give_duty", Target())
    duty = read_duty(request.POST, queries.known(), wrong)
    if wrong:
        return _person_page(request, found, wrong=words_of(wrong), form="give")
    return _done(
        request,
        found,
        "give",
        "role",
        lambda: actions.give_duty(by=request.user, person=found, duty=duty),
        say("Đã giao vai trò.", "The role is given."),
    )


@require_POST
@for_people
def stand_in(request: SignedIn, person: int, duty: int) -> HttpResponse:
    """Somebody else does the same for some days."""
    found = _person(request, person)
    kept = _duty(found, duty)
    request.rights.refuse_unless("person.give_duty", Target())
    typed, wrong, form = request.POST, Wrong(), f"stand-in-{duty}"
    other = read_other(typed, wrong)
    first, last = read_days_between(typed, wrong)
    if other is None or first is None or last is None:
        return _person_page(request, found, wrong=words_of(wrong), form=form)
    return _done(
        request,
        found,
        form,
        "other",
        lambda: actions.stand_in(
            by=request.user, duty=kept, person=other, first=first, last=last, reason=_reason(request)
        ),
        say(f"Đã giao {other.full_name} làm thay.", f"{other.full_name} stands in."),
    )


def _duty(found: Person, key: int) -> Duty:
    kept = Duty.objects.select_related("person").filter(pk=key, person=found).first()
    if kept is None:
        raise Http404
    return kept


@require_POST
@for_people
def end_duty(request: SignedIn, person: int, duty: int) -> HttpResponse:
    found = _person(request, person)
    kept = _duty(found, duty)
    request.rights.refuse_unless("person.end_duty", Target())
    wrong = Wrong()
    last_day = read_day(request.POST, "last_day", wrong)
    form = f"end-{duty}"
    if wrong:
        return _person_page(request, found, wrong=words_of(wrong), form=form)
    reason = _reason(request)
    return _done(
        request,
        found,
        form,
        "reason",
        lambda: actions.end_duty(by=request.user, duty=kept, last_day=last_day, reason=reason),
        say("Đã kết thúc vai trò.", "The role is ended."),
    )


@require_POST
@for_people
def close(request: SignedIn, person: int) -> HttpResponse:
    found, reason = _person(request, person), _reason(request)
    return _done(
        request,
        found,
        "close",
        "reason",
        lambda: actions.close_account(by=request.user, person=found, reason=reason),
        say("Đã khóa tài khoản; mọi phiên đăng nhập đã kết thúc.", "The account is closed; every session is ended."),
    )


@require_POST
@for_people
def reopen(request: SignedIn, person: int) -> HttpResponse:
    found, reason = _person(request, person), _reason(request)
    return _done(
        request,
        found,
        "reopen",
        "reason",
        lambda: actions.reopen_account(by=request.user, person=found, reason=reason),
        say("Đã mở lại tài khoản.", "The account is open again."),
    )


@require_POST
@for_people
def reset_second_step(request: SignedIn, person: int) -> HttpResponse:
    found, reason = _person(request, person), _reason(request)
    return _done(
        request,
        found,
        "second-step",
        "reason",
        lambda: actions.reset_second_step(by=request.user, person=found, reason=reason),
        say("Đã gỡ đăng nhập hai lớp.", "The second step is taken away."),
    )


def _reason(request: SignedIn) -> str:
    return nfc(request.POST.get("reason", "")).strip()


def _done(request: SignedIn, found: Person, form: str, field: str, do: Callable[[], object], says: str) -> HttpResponse:
    """Do it and say so; or show the page again with what is wrong and what was typed."""
    try:
        do()
    except Impossible as impossible:
        return _person_page(request, found, wrong={field: [sentence(impossible.words(language()))]}, form=form)
    messages.success(request, says)
    return HttpResponseRedirect(reverse("person", args=[found.pk]))


@require_GET
@for_people
def record(request: SignedIn) -> StreamingHttpResponse:
    """The record of the programme, people and their sign-ins, as lines of JSON for `parindex audit verify`."""
    seen(request)
    response = StreamingHttpResponse(exported(""), content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="people.jsonl"'
    return response
