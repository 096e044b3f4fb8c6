"""Computations: asked for, waited for, looked at beside the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.editions.doors import SignedIn, for_people
from parindex_web.editions.models import Edition
from parindex_web.editions.moves import STAGES
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language
from parindex_web.pages.limits import limited
from parindex_web.results import actions
from parindex_web.results.models import Computation
from parindex_web.results.opened import (
    as_csv,
    computation_seen,
    edition_of_results,
    frame,
    names_of,
    result_of,
)
from parindex_web.results.progress import progress_of
from parindex_web.results.ranking import rankings_of
from parindex_web.results.review import Changed, changes_between

LINES_SHOWN = 6
"""Of the lines of a unit whose points changed; all of them are in the table beside the page."""


@require_GET
@for_people
def results(request: SignedIn, edition: str) -> HttpResponse:
    """What was computed and published, and what to do next."""
    found = edition_of_results(request, edition)
    target = Target(edition)
    computations = list(found.computations.select_related("asked_by")[:20])
    running = next((each for each in computations if each.state in ("waiting", "running")), None)
    freezing = found.freezings.select_related("computation").first()
    now = clock.now()
    publications = list(found.publications.select_related("published_by", "computation"))
    ready = next((each for each in computations if each.state == "done"), None)
    context = {
        **frame(found),
        "stage": STAGES[found.stage],
        "computations": [(each, _taken(each)) for each in computations],
        "running": running,
        "progress": progress_of(running, now, names_of(found)) if running else None,
        "freezing": freezing if freezing and freezing.state in ("waiting", "running") else None,
        "freezing_progress": progress_of(freezing, now, names_of(found)) if freezing else None,
        "not_frozen": freezing if freezing and freezing.state == "failed" else None,
        "not_frozen_because": [each[language()] for each in freezing.problems] if freezing else [],
        "publications": [(each, each.embargo_until > now) for each in publications],
        "may_compute": request.rights.may("results.compute", target) and running is None,
        "publishes": request.rights.may("results.publish", target)
        and not (freezing and freezing.state in ("waiting", "running")),
        "decided": found.stage in ("decided", "published"),
        "may_export": request.rights.may("edition.export", target),
        "ready": ready,
        "newest_published": bool(publications and ready and publications[0].computation_id == ready.pk),
    }
    return render(request, "results/results.html", context)


def _taken(computation: Computation) -> int | None:
    """Seconds from asking to the end."""
    if computation.finished_at is None:
        return None
    return round((computation.finished_at - computation.asked_at).total_seconds())


@require_POST
@for_people
@limited("compute")
def compute(request: SignedIn, edition: str) -> HttpResponse:
    found = edition_of_results(request, edition)
    try:
        actions.ask_computation(by=request.user, edition=found)
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    return HttpResponseRedirect(reverse("results", args=[edition]))


@require_GET
@for_people
def computation(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """The ranking that a computation gives, what changed since the one before, or why it gave none."""
    found, each = computation_seen(request, edition, number)
    names = names_of(found)
    result = result_of(each)
    before = _before(found, number) if result is not None else None
    earlier = result_of(before)
    context: dict[str, Any] = {
        **frame(found),
        "computation": each,
        "taken": _taken(each),
        "progress": progress_of(each, clock.now(), names),
        "problems": [_problem(problem, names) for problem in each.problems],
        "before": before,
    }
    if result is not None:
        changed = changes_between(earlier, result) if earlier is not None else []
        context |= {
            "rankings": rankings_of(result),
            "changed": len(changed),
            "changes": _changes([row for row in changed if not row.only_moved], names),
            "moved": [(row, names.get(row.unit, row.unit)) for row in changed if row.only_moved],
            "decimals": result.edition.settings.publish_decimals,
        }
    return render(request, "results/computation.html", context)


def _before(edition: Edition, number: int) -> Computation | None:
    return edition.computations.filter(state="done", number__lt=number).first()


def _changes(rows: Sequence[Changed], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "name": names.get(row.unit, row.unit),
            "lines": row.lines[:LINES_SHOWN],
            "more": max(0, len(row.lines) - LINES_SHOWN),
        }
        for row in rows
    ]


def _problem(kept: dict[str, str], names: dict[str, str]) -> dict[str, str]:
    """A problem by its parts in the language of the page, and the unit whose file it is in."""
    here = language()
    stem = kept.get("file", "").removeprefix("submissions/").removesuffix(".xlsx")
    return {
        "code": kept["code"],
        "words": kept[here],
        "where": kept.get(f"where_{here}", ""),
        "what": kept.get(f"what_{here}", ""),
        "why": kept.get(f"why_{here}", ""),
        "remedy": kept.get(f"remedy_{here}", ""),
        "unit": stem if stem in names else "",
        "unit_name": names.get(stem, ""),
    }


@require_GET
@for_people
def changes_csv(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """What changed since the computation before, line by line."""
    found, each = computation_seen(request, edition, number)
    result = result_of(each)
    earlier = result_of(_before(found, number))
    if result is None or earlier is None:
        raise Http404
    rows: list[Sequence[object]] = []
    for row in changes_between(earlier, result):
        rows.append((row.unit, "index", row.before, row.after, row.rank_before, row.rank_after))
        rows.extend((row.unit, node, old, new, None, None) for node, old, new in row.lines)
    return as_csv("changes.csv", ("unit", "node", "before", "after", "rank_before", "rank_after"), rows)
