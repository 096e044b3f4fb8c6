"""The record of acts: to read, and to export for checking offline."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from parindex.language import Text
from parindex_web.accounts.permissions import Target
from parindex_web.accounts.roles import ACTS
from parindex_web.audit.queries import events_of, exported
from parindex_web.editions.doors import SignedIn, edition_seen, for_people
from parindex_web.editions.models import Edition
from parindex_web.pages.languages import language

PER_PAGE = 50
SYSTEM_ACTS = {"results.computed": Text("tính xong", "computed")}


def _seen(request: SignedIn, edition: str) -> Edition:
    if not request.rights.may("audit.see", Target(edition)):
        raise Http404
    return edition_seen(request, edition)


@require_GET
@for_people
def record(request: SignedIn, edition: str) -> HttpResponse:
    """Who did what, when; of one unit or line where asked."""
    found = _seen(request, edition)
    unit, subject = request.GET.get("unit", ""), request.GET.get("line", "")
    page = Paginator(events_of(edition, unit=unit, subject=subject), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(each, ACTS[each.act].says if each.act in ACTS else SYSTEM_ACTS.get(each.act)) for each in page]
    context = {
        "edition": found,
        "edition_name": found.name_en if language() == "en" else found.name_vi,
        "page": page,
        "rows": rows,
        "unit": unit,
        "line": subject,
        "units": found.unit_files.all(),
    }
    return render(request, "steering/record.html", context)


@require_GET
@for_people
def export(request: SignedIn, edition: str) -> StreamingHttpResponse:
    """The whole record of the edition as lines of JSON, for `parindex audit verify`."""
    found = _seen(request, edition)
    response = StreamingHttpResponse(exported(found.code), content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="record.jsonl"'
    return response
