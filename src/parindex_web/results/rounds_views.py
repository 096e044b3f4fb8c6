"""What the rounds of the appraisal changed: by unit and domain, by unit, by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from parindex.results.result import Result
from parindex_web.appraise.queries import ROUND_NAMES
from parindex_web.editions.doors import SignedIn, for_people
from parindex_web.pages.languages import language, say
from parindex_web.results.opened import as_csv, computation_seen, frame, names_of, result_of
from parindex_web.results.review import ROUNDS, RoundRow, UnitRounds, lines_moved, matrix_of, rounds_of

SORTS = ("taken", "unit", *ROUNDS)
"""By how much was changed, the most first; by the order of units; by the points of a round, the highest first."""


@dataclass(frozen=True, slots=True)
class Head:
    """One head of a column of numbers that the table can be sorted by."""

    key: str
    says: str
    query: str
    sorted: str
    """What `aria-sort` says; "" where the table is sorted by something else."""


@require_GET
@for_people
def rounds(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """All units with the whole and what each domain changed; or one domain, or one unit with its lines."""
    found, each = computation_seen(request, edition, number)
    result = result_of(each)
    if result is None:
        raise Http404
    names = names_of(found)
    domains = {node.code: node.name for unit_list in result.edition.lists for node in unit_list.framework.domains}
    chosen = {name: request.GET.get(name, "") for name in ("unit", "domain", "sort")}
    if (chosen["domain"] and chosen["domain"] not in domains) or (chosen["unit"] and chosen["unit"] not in names):
        raise Http404
    if chosen["sort"] not in SORTS:
        chosen["sort"] = "unit" if chosen["unit"] else "taken"
    context: dict[str, Any] = {
        **frame(found),
        "computation": each,
        "units": names.items(),
        "domains": domains,
        "chosen": chosen,
        "heads": _heads(chosen),
    }
    if chosen["unit"]:
        context |= _of_unit(result, chosen["unit"], chosen["domain"], names)
        return render(request, "results/rounds_unit.html", context)
    rows = matrix_of(rounds_of(result), tuple(domains))
    if chosen["domain"]:
        rows = [UnitRounds(row, ()) for row in rounds_of(result) if row.domain == chosen["domain"]]
    rows.sort(key=_sorting(chosen["sort"], list(names)))
    moved = [row for row in rows if row.whole.taken]
    taken = [row.whole.taken for row in rows]
    context |= {
        "rows": [(row, names.get(row.whole.unit, row.whole.unit)) for row in rows],
        "means": [_mean(row.whole.points[stage] for row in rows) for stage in ROUNDS],
        "mean_taken": _mean(taken),
        "mean_domains": [
            _mean(row.domains[place] for row in rows) for place in range(len(domains) if not chosen["domain"] else 0)
        ],
        "moved": len(moved),
        "largest": moved[0] if moved and chosen["sort"] == "taken" else None,
        "largest_name": names.get(moved[0].whole.unit, "") if moved else "",
    }
    return render(request, "results/rounds.html", context)


def _of_unit(result: Result, unit: str, domain: str, names: Mapping[str, str]) -> dict[str, Any]:
    rows = [row for row in rounds_of(result) if row.unit == unit]
    return {
        "unit_name": names[unit],
        "whole": next((row for row in rows if not row.domain), None),
        "by_domain": [row for row in rows if row.domain and domain in ("", row.domain)],
        "lines": lines_moved(result, unit, domain),
    }


def _heads(chosen: Mapping[str, str]) -> list[Head]:
    says = {
        "self": say("Tự chấm", "Claimed"),
        **{stage: _first_upper(ROUND_NAMES[stage].in_(language())) for stage in ROUNDS[1:]},
        "taken": say("Cuối so với tự chấm", "Last less claimed"),
    }
    kept = {name: chosen[name] for name in ("unit", "domain") if chosen[name]}
    return [
        Head(
            key,
            text,
            urlencode({**kept, "sort": key}),
            "" if chosen["sort"] != key else "other" if key == "taken" else "descending",
        )
        for key, text in says.items()
    ]


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sorting(sort: str, order: list[str]) -> Callable[[UnitRounds], tuple[Any, ...]]:
    places = {unit: place for place, unit in enumerate(order)}

    def key(row: UnitRounds) -> tuple[Any, ...]:
        place = places.get(row.whole.unit, len(places))
        if sort == "unit":
            return (place,)
        value = row.whole.taken if sort == "taken" else row.whole.points[sort]
        amount = None if value is None else -abs(value) if sort == "taken" else -value
        return (amount is None, amount or Decimal(0), place)

    return key


def _mean(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [each for each in values if each is not None]
    return sum(known, Decimal(0)) / len(known) if known else None


@require_GET
@for_people
def rounds_csv(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """All units x domains x rounds as a table; domain empty: the whole."""
    _, each = computation_seen(request, edition, number)
    result = result_of(each)
    if result is None:
        raise Http404

    def row_of(row: RoundRow) -> tuple[object, ...]:
        return (row.unit, row.domain, *row.stages, row.taken)

    return as_csv("rounds.csv", ("unit", "domain", *ROUNDS, "taken"), map(row_of, rounds_of(result)))
