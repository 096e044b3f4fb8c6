"""Pages of those who run the programme: the progress of all, steps, deadlines, more time."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from parindex_web.accounts.permissions import Target
from parindex_web.editions import actions
from parindex_web.editions.doors import SignedIn, edition_seen, for_people, unit_file_seen
from parindex_web.editions.models import DEADLINES
from parindex_web.editions.moves import EDITION_MOVES, STAGES
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, said, say
from parindex_web.steering.actions import move_on
from parindex_web.steering.queries import progress_of_units


@require_GET
@for_people
def dashboard(request: SignedIn, edition: str) -> HttpResponse:
    """All units x domains: who is late, what is disputed, what can be done next."""
    if not request.rights.may("edition.dashboard", Target(edition)):
        raise Http404
    found = edition_seen(request, edition)
    programme = asked(found)
    domains = {
        domain.code: domain.name for unit_list in programme.edition.lists for domain in unit_list.framework.domains
    }
    context = {
        "edition": found,
        "edition_name": found.name_en if language() == "en" else found.name_vi,
        "stage": STAGES[found.stage],
        "domains": domains,
        "rows": progress_of_units(found, tuple(domains)),
        "moves": [
            each
            for each in EDITION_MOVES
            if each.before == found.stage and each.name != "publish" and request.rights.may(each.act, Target(edition))
        ],
        "may_extend": request.rights.may("unit.reopen", Target(edition)),
        "may_set": request.rights.may("edition.deadline", Target(edition)),
        "deadlines": {what: next((d for d in found.deadlines.all() if d.what == what), None) for what in DEADLINES},
    }
    return render(request, "steering/dashboard.html", context)


@require_POST
@for_people
def move(request: SignedIn, edition: str) -> HttpResponse:
    found = edition_seen(request, edition)
    name = request.POST.get("move", "")
    if name == "publish" or name not in {each.name for each in EDITION_MOVES}:
        raise Http404
    try:
        moved = move_on(by=request.user, edition=found, name=name, reason=request.POST.get("reason", ""))
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    else:
        messages.success(request, said(STAGES[moved.stage]).capitalize(), extra_tags="good")
    return HttpResponseRedirect(reverse("edition", args=[edition]))


def _time(text: str) -> datetime | None:
    """A time as a browser's field writes it, in Vietnam."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())
    except ValueError:
        return None


@require_POST
@for_people
def deadlines(request: SignedIn, edition: str) -> HttpResponse:
    found = edition_seen(request, edition)
    what, at = request.POST.get("what", ""), _time(request.POST.get("closes_at", ""))
    if what not in DEADLINES:
        raise Http404
    if at is None:
        messages.error(request, say("Chưa ghi thời điểm.", "No time is given."), extra_tags="bad")
    else:
        actions.set_deadline(by=request.user, edition=found, what=what, closes_at=at)
        messages.success(request, say("Đã đặt thời hạn.", "The deadline is set."), extra_tags="good")
    return HttpResponseRedirect(reverse("edition", args=[edition]))


@require_POST
@for_people
def extend_unit(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    unit_file = unit_file_seen(request, edition, unit)
    what, until = request.POST.get("what", ""), _time(request.POST.get("until", ""))
    if what not in DEADLINES:
        raise Http404
    try:
        if until is None:
            messages.error(request, say("Chưa ghi thời điểm.", "No time is given."), extra_tags="bad")
        else:
            actions.extend(
                by=request.user,
                unit_file=unit_file,
                what=what,
                until=until,
                reason=request.POST.get("reason", ""),
                node=request.POST.get("node", ""),
            )
            messages.success(request, say("Đã gia hạn.", "More time is given."), extra_tags="good")
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    return HttpResponseRedirect(reverse("edition", args=[edition]))
