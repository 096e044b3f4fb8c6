"""The record of acts: to read, line by line for auditors, and to export for checking offline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from parindex.language import Text
from parindex.publication.audit_trail import heads_csv
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.accounts.roles import ACTS
from parindex_web.audit.queries import events_of, exported, heads_of
from parindex_web.collect.self_score import what_is_asked
from parindex_web.editions.doors import SignedIn, edition_seen, for_people, unit_file_seen
from parindex_web.editions.models import Edition
from parindex_web.editions.programme import asked
from parindex_web.pages.languages import language, say
from parindex_web.steering.line_story import DETAIL_NAMES, story_of

PER_PAGE = 50
SYSTEM_ACTS = {
    "results.computed": Text("tính xong", "computed"),
    "edition.remind": Text("nhắc hạn bằng thư", "reminder by mail"),
    "person.language": Text("đổi ngôn ngữ", "language chosen"),
}


def _seen(request: SignedIn, edition: str) -> Edition:
    if not request.rights.may("audit.see", Target(edition)):
        raise Http404
    return edition_seen(request, edition)


def act_said(name: str) -> Text:
    """The name of an act for readers; its code where the table no longer has it."""
    if name in ACTS:
        return ACTS[name].says
    return SYSTEM_ACTS.get(name, Text(name, name))


@require_GET
@for_people
def record(request: SignedIn, edition: str) -> HttpResponse:
    """Who did what, when; of one unit, line, person or act where asked."""
    found = _seen(request, edition)
    unit, subject, act, person = (request.GET.get(name, "") for name in ("unit", "line", "act", "person"))
    events = events_of(edition, unit=unit, subject=subject)
    if act:
        events = events.filter(act=act)
    if person.isdigit():
        events = events.filter(by=int(person))
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    names = {each.unit: each for each in found.unit_files.all()}
    rows = [
        {
            "event": each,
            "says": act_said(each.act),
            "unit": names.get(each.chain.unit),
            "details": _details(each.details),
        }
        for each in page
    ]
    acted = events_of(edition).order_by("act").values_list("act", flat=True).distinct()
    people = events_of(edition).order_by("by").values_list("by", flat=True).distinct()
    context = {
        "edition": found,
        "edition_name": found.name_en if language() == "en" else found.name_vi,
        "page": page,
        "rows": rows,
        "chosen": {"unit": unit, "line": subject, "act": act, "person": person},
        "query": urlencode({"unit": unit, "line": subject, "act": act, "person": person}),
        "units": list(names.values()),
        "acts": sorted(((name, act_said(name)) for name in acted), key=lambda each: each[1].in_(language())),
        "people": Person.objects.filter(pk__in=[each for each in people if each is not None]).order_by("full_name"),
    }
    return render(request, "steering/record.html", context)


def _details(details: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """The details of an event as rows to read."""
    return [(DETAIL_NAMES.get(key, Text(key, key)), _shown(value)) for key, value in details.items()]


def _shown(value: Any) -> str:
    if value is None or value == "" or value == {} or value == []:
        return "–"
    if isinstance(value, bool):
        return say("có", "yes") if value else say("không", "no")
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_shown(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value)
    return str(value)


@require_GET
@for_people
def line(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    """Everything about one line on one page: who claimed, who changed, why, which files."""
    if not request.rights.may("audit.see", Target(edition, unit)):
        raise Http404
    unit_file = unit_file_seen(request, edition, unit)
    found = unit_file.lines.filter(node=node).first()
    if found is None:
        raise Http404
    found.unit_file = unit_file
    programme = asked(unit_file.edition)
    english = language() == "en"
    events = events_of(edition, unit=unit, subject=node)
    context = {
        "edition": unit_file.edition,
        "edition_name": unit_file.edition.name_en if english else unit_file.edition.name_vi,
        "unit_file": unit_file,
        "unit_name": unit_file.name_en if english else unit_file.name_vi,
        "line": found,
        "asks": what_is_asked(programme, unit, node),
        "story": story_of(programme, found),
        "events": [{"event": each, "says": act_said(each.act), "details": _details(each.details)} for each in events],
    }
    return render(request, "steering/line_record.html", context)


@require_GET
@for_people
def export(request: SignedIn, edition: str) -> StreamingHttpResponse:
    """The whole record of the edition as lines of JSON, for `parindex audit verify`."""
    found = _seen(request, edition)
    response = StreamingHttpResponse(exported(found.code), content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="record.jsonl"'
    return response


@require_GET
@for_people
def heads(request: SignedIn, edition: str) -> HttpResponse:
    """The ends of all chains as they are now."""
    found = _seen(request, edition)
    response = HttpResponse(heads_csv(heads_of(found.code)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit_heads.csv"'
    return response
