"""Inviting: one person, a list of them, and what became of invitations."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parindex.problems import Problem, Problems
from parindex.sources import Place
from parindex_web import clock
from parindex_web.accounts.models import Invitation
from parindex_web.accounts.permissions import Target
from parindex_web.collect.uploads import uploads
from parindex_web.editions.doors import SignedIn, for_people
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say
from parindex_web.people import actions, problems, queries
from parindex_web.people.forms import Wrong, read_duty, read_person
from parindex_web.people.invited_list import HEADER, MOST, ListRead, read_list, text_of
from parindex_web.people.mail import send_invitations
from parindex_web.people.views import role_choices, seen, sentence, words_of

log = logging.getLogger(__name__)
PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@for_people
def invite(request: SignedIn) -> HttpResponse:
    """Ask for everything at once; what is wrong is said at the top and at its field, what was typed stays."""
    seen(request)
    request.rights.refuse_unless("person.invite", Target())
    known, wrong = queries.known(), Wrong()
    if request.method == "POST":
        typed = request.POST
        person = read_person(typed, wrong)
        duty = read_duty(typed, known, wrong)
        if not wrong:
            try:
                made = actions.invite(
                    by=request.user,
                    full_name=person.full_name,
                    email=person.email,
                    language=person.language,
                    duty=duty,
                )
            except Impossible as impossible:
                wrong.fields["email"] = [impossible.problem]
            else:
                _send(request, [made])
                return HttpResponseRedirect(reverse("invitations"))
    context = {
        "typed": request.POST if request.method == "POST" else {"valid_from": clock.today().isoformat()},
        "wrong": words_of(wrong),
        "known_editions": queries.editions(),
        "units": known.units_of(""),
        "domains": known.domains_of(""),
        **role_choices(),
    }
    return render(request, "people/invite.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
@for_people
def invite_list(request: SignedIn) -> HttpResponse:
    """Paste or choose a list; see what it says, or all that is wrong with it; then send. Nothing is sent before."""
    seen(request)
    request.rights.refuse_unless("person.invite", Target())
    if request.method != "POST":
        return _list_page(request, HEADER + "\n")
    found = Problems()
    text: str | None = request.POST.get("list", "")
    files, refused = uploads(request, "file") if request.content_type == "multipart/form-data" else ([], [])
    if refused:
        return _list_page(request, text or "", [each.problem for each in refused])
    if files:
        text = text_of(files[0].read(), files[0].name or "", found)
        if text is None:
            return _list_page(request, request.POST.get("list", ""), list(found))
    known = queries.known()
    read = read_list(text or "", known)
    if read.problems or "back" in request.POST:
        return _list_page(request, text or "", list(read.problems))
    if "send" not in request.POST:
        return _list_page(request, text or "", read=read)
    try:
        made = actions.invite_all(by=request.user, asked=[each.asked for each in read.lines])
    except Impossible as impossible:
        # Somebody else invited one of them a moment ago.
        return _list_page(request, text or "", [impossible.problem])
    _send(request, made)
    return HttpResponseRedirect(reverse("invitations"))


def _list_page(
    request: SignedIn, text: str, wrong: list[Problem] | None = None, *, read: ListRead | None = None
) -> HttpResponse:
    known = queries.known()
    names = queries.unit_names()
    context = {
        "text": text,
        "wrong": [sentence(each.words(language())) for each in wrong or ()],
        "lines": [
            (each.line, each.asked, queries.asked_in_words(each.asked.duty, names)) for each in read.lines
        ] if read else (),
        "header": HEADER,
        "most": MOST,
        "known_editions": queries.editions(),
        "units": known.units_of(""),
        "domains": known.domains_of(""),
        **role_choices(),
    }  # fmt: skip
    return render(request, "people/invite_list.html", context, status=422 if wrong else 200)


@require_GET
@for_people
def invitations(request: SignedIn) -> HttpResponse:
    """Invitations without an answer, with the days left."""
    seen(request)
    expired = request.GET.get("show") == "expired"
    rows = queries.open_invitations(expired=expired)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "count": len(rows),
        "expired": expired,
        "may_invite": request.rights.may("person.invite", Target()),
    }
    return render(request, "people/invitations.html", context)


@require_POST
@for_people
def send_again(request: SignedIn) -> HttpResponse:
    """New links for the chosen, or for all that the page shows."""
    seen(request)
    request.rights.refuse_unless("person.invite", Target())
    made = []
    for each in _chosen(request):
        try:
            made.append(actions.invite_again(by=request.user, invitation=each))
        except Impossible as impossible:
            messages.error(request, f"{each.email}: {impossible.words(language())}")
    if made:
        _send(request, made)
    return _back(request)


@require_POST
@for_people
def withdraw(request: SignedIn) -> HttpResponse:
    """The links of the chosen are void."""
    seen(request)
    request.rights.refuse_unless("person.withdraw", Target())
    done = 0
    for each in _chosen(request):
        try:
            actions.withdraw(by=request.user, invitation=each)
        except Impossible as impossible:
            messages.error(request, f"{each.email}: {impossible.words(language())}")
        else:
            done += 1
    if done:
        messages.success(request, say(f"Đã rút {done} lời mời.", f"Invitations withdrawn: {done}."))
    return _back(request)


def _chosen(request: SignedIn) -> list[Invitation]:
    """The invitations of the form; nobody chosen is said in words."""
    if request.POST.get("all") == "yes":
        rows = queries.open_invitations(expired=request.POST.get("show") == "expired")
        return [row.invitation for row in rows][:MOST]
    keys = [int(each) for each in request.POST.getlist("invitation") if each.isdecimal() and len(each) < 19]
    if not keys:
        messages.error(request, say("Chưa chọn lời mời nào. Đánh dấu ở đầu dòng.", "Choose invitations first."))
    return list(Invitation.objects.filter(pk__in=keys).order_by("pk"))


def _back(request: SignedIn) -> HttpResponse:
    shown = "?show=expired" if request.POST.get("show") == "expired" else ""
    return HttpResponseRedirect(reverse("invitations") + shown)


def _send(request: SignedIn, made: list[tuple[Invitation, str]]) -> None:
    """The mails, and what became of them."""
    unsent = send_invitations([(each, queries.link_of(request, secret)) for each, secret in made])
    sent = len(made) - len(unsent)
    if sent == 1:
        address = next(each.email for each, _ in made if each not in unsent)
        words = (f"Đã gửi thư mời tới {address}. Liên kết dùng một lần.",
                 f"The invitation is on its way to {address}. Its link works once.")  # fmt: skip
        messages.success(request, say(*words))
    elif sent:
        words = (f"Đã gửi {sent} thư mời. Mỗi liên kết dùng một lần.",
                 f"Invitations on their way: {sent}. Each link works once.")  # fmt: skip
        messages.success(request, say(*words))
    for each in unsent[:10]:
        problem = Problem(problems.MAIL_NOT_SENT, Place(""), {"address": each.email})
        messages.error(request, sentence(problem.words(language())))
    if len(unsent) > 10:
        more = len(unsent) - 10
        messages.error(request, say(f"Và {more} thư nữa chưa gửi được.", f"And {more} more could not be sent."))
