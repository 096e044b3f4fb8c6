"""Computations, what they give, and publishing."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from parindex.problems import ProblemsFound
from parindex.results.result import Result, read_result
from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.editions.doors import SignedIn, edition_seen, for_people
from parindex_web.editions.models import Edition
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say
from parindex_web.results import actions
from parindex_web.results.models import Computation


def _seen(request: SignedIn, edition: str) -> Edition:
    if not request.rights.may("results.see", Target(edition)):
        raise Http404
    return edition_seen(request, edition)


@lru_cache(maxsize=4)
def _result(folder: Path, finished: datetime) -> Result:
    """The tables of a finished computation; they never change."""
    del finished
    return read_result(folder)


@require_GET
@for_people
def results(request: SignedIn, edition: str) -> HttpResponse:
    """What was computed and published."""
    found = _seen(request, edition)
    target = Target(edition)
    computations = list(found.computations.select_related("asked_by")[:20])
    running = any(each.state in ("waiting", "running") for each in computations)
    context = {
        "edition": found,
        "edition_name": found.name_en if language() == "en" else found.name_vi,
        "computations": computations,
        "running": running,
        "publications": found.publications.select_related("published_by"),
        "may_compute": request.rights.may("results.compute", target) and not running,
        "may_publish": request.rights.may("results.publish", target) and found.stage in ("decided", "published"),
        "ready": next((each for each in computations if each.state == "done"), None),
    }
    return render(request, "results/results.html", context)


@require_POST
@for_people
def compute(request: SignedIn, edition: str) -> HttpResponse:
    found = _seen(request, edition)
    try:
        actions.ask_computation(by=request.user, edition=found)
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    return HttpResponseRedirect(reverse("results", args=[edition]))


@require_GET
@for_people
def computation(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """The ranking that a computation gives, or why it gave none."""
    found = _seen(request, edition)
    each = get_object_or_404(Computation, edition=found, number=number)
    result = None
    if each.state == "done" and each.finished_at is not None:
        result = _result(actions.files_root() / each.folder / "result", each.finished_at)
    names = {file.unit: file for file in found.unit_files.all()}
    context = {
        "edition": found,
        "edition_name": found.name_en if language() == "en" else found.name_vi,
        "computation": each,
        "ranks": [
            (row, names.get(row.unit)) for row in sorted(result.ranks, key=lambda row: (row.list, row.rank or 10**6))
        ]
        if result
        else [],
        "decimals": result.edition.settings.publish_decimals if result else 2,
    }
    return render(request, "results/computation.html", context)


@require_POST
@for_people
def publish(request: SignedIn, edition: str) -> HttpResponse:
    found = _seen(request, edition)
    number = request.POST.get("computation", "")
    each = found.computations.filter(number=int(number)).first() if number.isdigit() else None
    decision = request.POST.get("decision", "").strip()
    if each is None or not decision:
        messages.error(request, say("Chưa ghi số quyết định.", "The decision is missing."), extra_tags="bad")
        return HttpResponseRedirect(reverse("results", args=[edition]))
    try:
        embargo = datetime.fromisoformat(request.POST.get("embargo", "")).replace(
            tzinfo=timezone.get_default_timezone()
        )
    except ValueError:
        embargo = clock.now()
    try:
        made = actions.publish(
            by=request.user,
            edition=found,
            computation=each,
            decision=decision,
            reason=request.POST.get("reason", "").strip(),
            embargo_until=embargo,
        )
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    except ProblemsFound as problems:
        for problem in problems.problems:
            messages.error(request, problem.words(language()), extra_tags="bad")
    else:
        messages.success(request, say(f"Đã công bố v{made.version}.", f"Version v{made.version} is published."), "good")
    return HttpResponseRedirect(reverse("results", args=[edition]))
