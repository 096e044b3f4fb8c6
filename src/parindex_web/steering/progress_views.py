"""The dashboard: the progress of all units, the next step of the edition, and the same figures as a table."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from parindex.documents.csv_rows import guarded
from parindex.language import Text
from parindex_web.accounts.permissions import Target
from parindex_web.editions.doors import SignedIn, edition_seen, for_people
from parindex_web.editions.models import Edition
from parindex_web.editions.moves import STAGES, STANDINGS
from parindex_web.editions.programme import asked
from parindex_web.pages.languages import language
from parindex_web.steering.letters import STEP_NAMES
from parindex_web.steering.next_step import next_steps
from parindex_web.steering.progress import (
    SHOWS,
    STAGE_SHOWS,
    UnitProgress,
    progress_of_units,
    sorted_rows,
    totals_of,
    wanted,
)

FILTERS = ("standing", "only", "search", "sort", "show")


@require_GET
@for_people
def dashboard(request: SignedIn, edition: str) -> HttpResponse:
    """All units x domains: where they stand, who is late, what is disputed, what can be done next."""
    found, chosen = _asked_for(request, edition)
    domains = _domains(found)
    every = progress_of_units(found, tuple(domains), chosen["show"])
    rows = sorted_rows([row for row in every if wanted(row, chosen)], chosen["sort"])
    forward, back = next_steps(found, every, request.rights)
    kept = {name: value for name, value in chosen.items() if value}
    if chosen["show"] == STAGE_SHOWS[found.stage]:
        del kept["show"]
    context = {
        "edition": found,
        "edition_name": found.name_en if language() == "en" else found.name_vi,
        "stage": STAGES[found.stage],
        "domains": domains,
        "rows": rows,
        "totals": totals_of(rows),
        "every": len(every),
        "summary": _summary(every),
        "standings": [(code, name) for code, name in STANDINGS.items()],
        "chosen": chosen,
        "shows": SHOWS.items(),
        "showing": SHOWS[chosen["show"]],
        "points": chosen["show"] in ("claimed", "left", "result"),
        "appraising": found.stage not in ("preparing", "open"),
        "query": urlencode({name: value for name, value in kept.items() if name != "sort"}),
        "whole_query": urlencode(kept),
        "filtered": any(chosen[name] for name in ("standing", "only", "search")),
        "steps": STEP_NAMES,
        "forward": forward,
        "back": back,
        "may_extend": request.rights.may("unit.reopen", Target(edition)),
        "tenths": range(1, 10),
    }
    return render(request, "steering/dashboard.html", context)


def _asked_for(request: SignedIn, edition: str) -> tuple[Edition, dict[str, str]]:
    """The edition and what was asked of its dashboard. Raises Http404."""
    if not request.rights.may("edition.dashboard", Target(edition)):
        raise Http404
    found = edition_seen(request, edition)
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    if chosen["show"] not in SHOWS:
        chosen["show"] = STAGE_SHOWS[found.stage]
    return found, chosen


def _summary(every: list[UnitProgress]) -> list[tuple[str, int, Text]]:
    """How many units stand where, each with its filter. Late ones are counted also when there are none."""
    counts: list[tuple[str, int, Text]] = [
        (f"standing={code}", sum(row.unit_file.standing == code for row in every), name)
        for code, name in STANDINGS.items()
    ]
    counts += [
        ("only=late", sum(row.late for row in every), Text("quá hạn", "late")),
        ("only=disputed", sum(row.all.answered > 0 for row in every), Text("có giải trình", "have answered findings")),
        (
            "only=extended",
            sum(bool(row.closing and row.closing.extended) for row in every),
            Text("được gia hạn", "have more time"),
        ),
    ]
    return [each for each in counts if each[1] or each[0] == "only=late"]


def _domains(edition: Edition) -> dict[str, Text]:
    programme = asked(edition)
    return {domain.code: domain.name for each in programme.edition.lists for domain in each.framework.domains}


@require_GET
@for_people
def dashboard_csv(request: SignedIn, edition: str) -> HttpResponse:
    """The dashboard as a table: the same units in the same order, with every figure that it can show."""
    found, chosen = _asked_for(request, edition)
    domains = tuple(_domains(found))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="progress.csv"'
    writer = csv.writer(response, lineterminator="\n")
    parts = ("lines", "filled", "appraised", "claimed", "left")
    heads = [f"{part}_{domain}" for domain in domains for part in parts]
    sums = ("lines", "filled", "appraised", "changed", "asked", "answered", "put", "decided", "claimed", "left")
    writer.writerow(
        ("unit", "name_vi", "name_en", "standing", "late", "waits_at", "closes_at", "extended", *sums, *heads)
    )
    every = progress_of_units(found, domains, chosen["show"])
    for row in sorted_rows([row for row in every if wanted(row, chosen)], chosen["sort"]):
        unit_file, end = row.unit_file, row.closing
        cells = [
            _figure(getattr(row.tallies[domain], part)) if domain in row.tallies else ""
            for domain in domains
            for part in parts
        ]
        writer.writerow(
            [
                guarded(unit_file.unit),
                guarded(unit_file.name_vi),
                guarded(unit_file.name_en),
                unit_file.standing,
                "yes" if row.late else "no",
                row.waits,
                timezone.localtime(end.at).isoformat() if end and end.at else "",
                "yes" if end and end.extended else "no",
                *(_figure(getattr(row.all, part)) for part in sums),
                *cells,
            ]
        )
    return response


def _figure(value: Any) -> str:
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)
