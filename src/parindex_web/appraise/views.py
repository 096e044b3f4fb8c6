"""Pages of the appraisal and of the council."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from parindex_web.editions.doors import SignedIn, edition_seen, for_people


@require_GET
@for_people
def queue(request: SignedIn, edition: str) -> HttpResponse:
    """Lines that wait for the appraiser."""
    found = edition_seen(request, edition)
    if "appraiser" not in request.rights.roles(edition):
        raise Http404
    return render(request, "appraise/queue.html", {"edition": found})


@require_GET
@for_people
def council(request: SignedIn, edition: str) -> HttpResponse:
    """Sessions, motions and votes."""
    found = edition_seen(request, edition)
    if not request.rights.roles(edition) & {"council_member", "council_secretary", "programme_manager", "auditor"}:
        raise Http404
    return render(request, "appraise/council.html", {"edition": found})
