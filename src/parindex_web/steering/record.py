"""The record of acts: to read, line by line for auditors, and to export for checking offline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from parindex.publication.audit_trail import heads_csv
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.appraise.silence import silence_for
from parindex_web.audit.models import Event
from parindex_web.audit.queries import (
    MOST_CHECKED,
    between,
    check,
    concerning,
    events_of,
    exported,
    heads_of,
    state_of,
)
from parindex_web.collect.self_score import what_is_asked
from parindex_web.editions.doors import SignedIn, edition_seen, for_people, unit_file_seen
from parindex_web.editions.models import Edition
from parindex_web.editions.programme import Asked, asked
from parindex_web.pages.errors import conflict
from parindex_web.pages.languages import language, said, say
from parindex_web.pages.limits import limited
from parindex_web.pages.typed import whole_number
from parindex_web.steering.line_story import story_of
from parindex_web.steering.record_words import act_said, event_shown

PER_PAGE = 50
FILTERS = ("unit", "line", "act", "person", "from", "to")


def _seen(request: SignedIn, edition: str) -> Edition:
    if not request.rights.may("audit.see", Target(edition)):
        raise Http404
    return edition_seen(request, edition)


@require_GET
@for_people
def record(request: SignedIn, edition: str) -> HttpResponse:
    """Who did what, when; of one unit, line, person, act or span of days where asked. `check`: are the chains whole?"""
    found = _seen(request, edition)
    chosen = {name: request.GET.get(name, "").strip() for name in FILTERS}
    events, wrong = _filtered(edition, chosen)
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    units = {each.unit: each for each in found.unit_files.all()}
    everybody = events_of(edition).order_by()
    people = dict(
        Person.objects.filter(pk__in=everybody.exclude(by=None).values("by"))
        .order_by("full_name")
        .values_list("pk", "full_name")
    )
    programme = asked(found)
    silence = silence_for(found, request.rights, request.user.pk)
    rows = [
        {
            "shown": event_shown(each, labels=_labels(programme, each), people=people, closed=silence.keeps(each)),
            "unit": units.get(each.chain.unit),
        }
        for each in page
    ]
    state = state_of(edition)
    acts = everybody.values_list("act", flat=True).distinct()
    context = {
        "edition": found,
        "edition_name": found.name_en if language() == "en" else found.name_vi,
        "page": page,
        "rows": rows,
        "chosen": chosen,
        "wrong": wrong,
        "query": urlencode({name: value for name, value in chosen.items() if value}),
        "units": list(units.values()),
        "acts": sorted(((name, said(act_said(name))) for name in acts), key=lambda each: each[1]),
        "people": people.items(),
        "state": state,
        "checked": check(edition, state) if request.GET.get("check") else None,
        "most_checked": MOST_CHECKED,
    }
    return render(request, "steering/record.html", context)


def _filtered(edition: str, chosen: Mapping[str, str]) -> tuple[QuerySet[Event], dict[str, str]]:
    """The events that were asked for, and what is wrong with the days that were typed."""
    events = events_of(edition, unit=chosen["unit"], subject=chosen["line"])
    if chosen["act"]:
        events = events.filter(act=chosen["act"])
    if (person := whole_number(chosen["person"])) is not None:
        events = events.filter(by=person)
    wrong = {}
    days: dict[str, date | None] = {"from": None, "to": None}
    for name in days:
        try:
            days[name] = date.fromisoformat(chosen[name]) if chosen[name] else None
        except ValueError:
            wrong[name] = say(
                f'"{chosen[name]}" không phải là một ngày. Ghi như 2024-01-31, hoặc để trống.',
                f'"{chosen[name]}" is no day. Write it like 2024-01-31, or leave it empty.',
            )
    first, last = days["from"], days["to"]
    if first and last and last < first:
        wrong["to"] = say(
            "Ngày cuối sớm hơn ngày đầu nên không có sự kiện nào. Sửa một trong hai.",
            "The last day is earlier than the first, so there is no event. Change one of them.",
        )
    return between(events, first, last), wrong


def _labels(programme: Asked, event: Event) -> dict[str, str]:
    """The names of the inputs of the line that an event was done to."""
    if not event.chain.unit or not event.act.startswith("line."):
        return {}
    try:
        asks = what_is_asked(programme, event.chain.unit, event.subject)
    except (KeyError, AssertionError):
        return {}  # a line of an older framework: its inputs keep the names of the record
    return {spec.name: said(spec.label) for spec in asks.inputs}


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
    asks = what_is_asked(programme, unit, node)
    labels = {spec.name: said(spec.label) for spec in asks.inputs}
    silence = silence_for(unit_file.edition, request.rights, request.user.pk)
    context: dict[str, Any] = {
        "edition": unit_file.edition,
        "edition_name": unit_file.edition.name_en if english else unit_file.edition.name_vi,
        "unit_file": unit_file,
        "unit_name": unit_file.name_en if english else unit_file.name_vi,
        "line": found,
        "asks": asks,
        "story": story_of(programme, found, only_by=request.user.pk if silence.keeps_line(unit, node) else None),
        "events": [
            event_shown(each, labels=labels, node=node, closed=silence.keeps(each))
            for each in concerning(edition, unit, node)
        ],
    }
    return render(request, "steering/line_record.html", context)


@require_GET
@for_people
@limited("export", methods=("GET",))
def export(request: SignedIn, edition: str) -> HttpResponseBase:
    """The whole record of the edition as lines of JSON, for `parindex audit verify`: when nothing in it is closed."""
    found = _seen(request, edition)
    if silence_for(found, request.rights, request.user.pk).anything:
        return conflict(
            request,
            say("Chưa xuất được nhật ký", "The record is not exported yet"),
            say(
                "Đang có biểu quyết chưa chốt, hoặc mục chấm độc lập chưa đủ hai người. Nhật ký xuất ra gồm cả phiếu "
                "và kết quả đó; chờ chốt rồi xuất.",
                "A vote is open, or a line that is marked twice waits for a marker. The export would tell of them: "
                "wait until they are closed.",
            ),
        )
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
