"""Pages of the administrator of accounts, which auditors read too."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parindex.problems import Problem
from parindex.sources import Place
from parindex_web import clock
from parindex_web.accounts.models import Duty, Invitation, Person
from parindex_web.accounts.permissions import Target
from parindex_web.accounts.roles import DOMAIN_ROLES, ROLES, UNIT_ROLES
from parindex_web.audit.queries import exported
from parindex_web.editions.doors import SignedIn, for_people
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say
from parindex_web.people import actions, problems, queries
from parindex_web.people.forms import Wrong, read_day, read_duty, read_person
from parindex_web.people.mail import send_invitation

log = logging.getLogger(__name__)
PER_PAGE = 50


def _seen(request: SignedIn) -> None:
    if not request.rights.may("person.see", Target()):
        raise Http404


def _person(request: SignedIn, key: int) -> Person:
    _seen(request)
    found = Person.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def _invitation(request: SignedIn, key: int) -> Invitation:
    _seen(request)
    found = Invitation.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def _role_choices() -> dict[str, Any]:
    return {"roles": ROLES, "unit_roles": UNIT_ROLES, "domain_roles": DOMAIN_ROLES}


@require_GET
@for_people
def people(request: SignedIn) -> HttpResponse:
    """Everybody, found by name or address with or without accents; open invitations above."""
    _seen(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "role", "unit")}
    closed = request.GET.get("closed") == "1"
    found = queries.people_found(text=asked["q"], role=asked["role"], unit=asked["unit"], closed=closed)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    searching = closed or any(asked.values())
    context = {
        "page": page,
        "rows": queries.shown(list(page)),
        "count": len(found),
        "asked": asked,
        "closed": closed,
        "searching": searching,
        "invitations": () if searching or page.number > 1 else queries.open_invitations(),
        "units": queries.unit_names(),
        "may_invite": request.rights.may("person.invite", Target()),
        **_role_choices(),
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "POST"])
@for_people
def invite(request: SignedIn) -> HttpResponse:
    """Ask for everything at once; what is wrong is said at the top and at its field, what was typed stays."""
    _seen(request)
    request.rights.refuse_unless("person.invite", Target())
    known, wrong = queries.known(), Wrong()
    if request.method == "POST":
        typed = request.POST
        person = read_person(typed, wrong)
        duty = read_duty(typed, known, wrong)
        if not wrong:
            try:
                made, secret = actions.invite(
                    by=request.user,
                    full_name=person.full_name,
                    email=person.email,
                    language=person.language,
                    duty=duty,
                )
            except Impossible as impossible:
                wrong.fields["email"] = [impossible.problem]
            else:
                _send(request, made, secret)
                return HttpResponseRedirect(reverse("people"))
    context = {
        "typed": request.POST if request.method == "POST" else {"valid_from": clock.today().isoformat()},
        "wrong": _words(wrong),
        "known_editions": queries.editions(),
        "units": known.units_of(""),
        "domains": known.domains_of(""),
        **_role_choices(),
    }
    return render(request, "people/invite.html", context, status=422 if wrong else 200)


def _send(request: SignedIn, invitation: Invitation, secret: str) -> None:
    try:
        send_invitation(invitation, queries.link_of(request, secret))
    except OSError:
        log.exception("mail not sent")
        problem = Problem(problems.MAIL_NOT_SENT, Place(""), {"address": invitation.email})
        messages.error(request, _sentence(problem.words(language())))
    else:
        messages.success(
            request,
            say(
                f"Đã gửi thư mời tới {invitation.email}. Liên kết dùng một lần.",
                f"The invitation is on its way to {invitation.email}. Its link works once.",
            ),
        )


def _words(wrong: Wrong) -> dict[str, list[str]]:
    return {name: [_sentence(each.words(language())) for each in found] for name, found in wrong.fields.items()}


def _sentence(words: str) -> str:
    """Words that follow a place elsewhere stand alone here."""
    return words[:1].upper() + words[1:]


@require_POST
@for_people
def send_again(request: SignedIn, invitation: int) -> HttpResponse:
    found = _invitation(request, invitation)
    try:
        made, secret = actions.invite_again(by=request.user, invitation=found)
    except Impossible as impossible:
        messages.error(request, _sentence(impossible.words(language())))
    else:
        _send(request, made, secret)
    return HttpResponseRedirect(reverse("people"))


@require_POST
@for_people
def withdraw(request: SignedIn, invitation: int) -> HttpResponse:
    found = _invitation(request, invitation)
    try:
        actions.withdraw(by=request.user, invitation=found)
    except Impossible as impossible:
        messages.error(request, _sentence(impossible.words(language())))
    else:
        messages.success(request, say("Đã rút lời mời.", "The invitation is withdrawn."))
    return HttpResponseRedirect(reverse("people"))


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
        "known_editions": queries.editions(),
        "units": known.units_of(""),
        "domains": known.domains_of(""),
        **_role_choices(),
    }
    return render(request, "people/person.html", context, status=422 if wrong else 200)


@require_POST
@for_people
def give_duty(request: SignedIn, person: int) -> HttpResponse:
    found, wrong = _person(request, person), Wrong()
    request.rights.refuse_unless("person.give_duty", Target())
    duty = read_duty(request.POST, queries.known(), wrong)
    if wrong:
        return _person_page(request, found, wrong=_words(wrong), form="give")
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
def end_duty(request: SignedIn, person: int, duty: int) -> HttpResponse:
    found = _person(request, person)
    kept = Duty.objects.select_related("person").filter(pk=duty, person=found).first()
    if kept is None:
        raise Http404
    request.rights.refuse_unless("person.end_duty", Target())
    wrong = Wrong()
    last_day = read_day(request.POST, "last_day", wrong)
    form = f"end-{duty}"
    if wrong:
        return _person_page(request, found, wrong=_words(wrong), form=form)
    reason = request.POST.get("reason", "")
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
    found, reason = _person(request, person), request.POST.get("reason", "")
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
    found, reason = _person(request, person), request.POST.get("reason", "")
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
    found, reason = _person(request, person), request.POST.get("reason", "")
    return _done(
        request,
        found,
        "second-step",
        "reason",
        lambda: actions.reset_second_step(by=request.user, person=found, reason=reason),
        say("Đã gỡ đăng nhập hai lớp.", "The second step is taken away."),
    )


def _done(request: SignedIn, found: Person, form: str, field: str, do: Callable[[], object], says: str) -> HttpResponse:
    """Do it and say so; or show the page again with what is wrong and what was typed."""
    try:
        do()
    except Impossible as impossible:
        return _person_page(request, found, wrong={field: [_sentence(impossible.words(language()))]}, form=form)
    messages.success(request, says)
    return HttpResponseRedirect(reverse("person", args=[found.pk]))


@require_GET
@for_people
def record(request: SignedIn) -> StreamingHttpResponse:
    """The record of the programme, people and their sign-ins, as lines of JSON for `parindex audit verify`."""
    _seen(request)
    response = StreamingHttpResponse(exported(""), content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="people.jsonl"'
    return response
