"""The framework as people will fill it: domains with their maxima, each line with its method and rule, and a search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from parindex.language import Text, fold
from parindex.programme.edition import UnitList
from parindex.programme.framework import METHODS, Method, Node
from parindex.submissions.layout import is_asked
from parindex_web.accounts.permissions import Target
from parindex_web.collect.queries import FieldShown
from parindex_web.collect.self_score import rule_in_sentences
from parindex_web.editions.doors import SignedIn, edition_seen, for_people
from parindex_web.editions.programme import Asked, asked
from parindex_web.pages.languages import language

METHOD_NAMES: Final[dict[Method, Text]] = {
    "appraisal": Text("tự chấm, thẩm định", "self-assessed and appraised"),
    "data": Text("số liệu", "data"),
    "survey": Text("điều tra xã hội học", "survey"),
}
MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class DomainRow:
    """A domain in the overview: how many lines it has, its maximum, and the part of it by method."""

    node: Node
    lines: int
    parts: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class LeafShown:
    """One line as units will see it. `rule`: its kind in words; `sentences`: how it scores its worked examples."""

    node: Node
    criterion: Node | None
    method: Text
    asked: bool
    fields: tuple[FieldShown, ...]
    rule: Text
    sentences: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A line that a search found."""

    node: Node
    method: Text
    url: str


@require_GET
@for_people
def framework(request: SignedIn, edition: str, unit_list: str, domain: str) -> HttpResponse:
    """One domain of a framework as people will fill it, or the lines of all domains that a search finds."""
    found = edition_seen(request, edition)
    programme = asked(found)
    chosen = next((each for each in programme.edition.lists if each.code == unit_list), None)
    if chosen is None or not request.rights.may("edition.dashboard", Target(edition)):
        raise Http404
    node = next((each for each in chosen.framework.domains if each.code == domain), None)
    if node is None:
        raise Http404
    search = request.GET.get("search", "").strip()
    domains = [_domain_row(each) for each in chosen.framework.domains]
    results = list(_search(edition, chosen, search)) if search else []
    context = {
        "edition": found,
        "edition_name": found.name_en if language() == "en" else found.name_vi,
        "list": chosen,
        "lists": programme.edition.lists,
        "domain": node,
        "domains": domains,
        "total": DomainRow(
            node,
            sum(each.lines for each in domains),
            tuple(sum((each.parts[at] for each in domains), Decimal(0)) for at in range(len(METHODS))),
        ),
        "total_points": sum((each.max_points for each in chosen.framework.domains), Decimal(0)),
        "methods": [METHOD_NAMES[each] for each in METHODS],
        "leaves": () if search else _leaves(programme, chosen, node),
        "search": search,
        "found": results[:MOST_FOUND],
        "found_in_all": len(results),
        "overview": not search and node.code == chosen.framework.domains[0].code,
    }
    return render(request, "steering/framework.html", context)


def _domain_row(domain: Node) -> DomainRow:
    leaves = [each for each in domain.leaves() if each.leaf is not None]
    parts = tuple(
        sum((each.max_points for each in leaves if each.leaf and each.leaf.method == method), Decimal(0))
        for method in METHODS
    )
    return DomainRow(domain, len(leaves), parts)


def _leaves(programme: Asked, unit_list: UnitList, domain: Node) -> tuple[LeafShown, ...]:
    unit = unit_list.units[0].code
    book, framework = programme.books[unit_list.code], unit_list.framework
    shown = []
    last = ""
    for leaf in domain.leaves():
        if leaf.leaf is None:
            continue
        parent = framework.parents.get(leaf.code) or ""
        above = framework.by_code.get(parent)
        criterion = above if above is not None and above.level == "criterion" and parent != last else None
        last = parent
        shown.append(
            LeafShown(
                leaf,
                criterion,
                METHOD_NAMES[leaf.leaf.method],
                is_asked(leaf.leaf),
                tuple(FieldShown(spec, "", None, f"{leaf.code}-{spec.name}") for spec in leaf.leaf.rule.inputs),
                book.rules[leaf.code].says,
                rule_in_sentences(programme, unit, leaf.code),
            )
        )
    return tuple(shown)


def _search(edition: str, unit_list: UnitList, search: str) -> Iterator[Found]:
    """Lines whose code begins with what was typed, or whose words hold all of it, with or without accents."""
    words = fold(search).split()
    for domain in unit_list.framework.domains:
        for leaf in domain.leaves():
            if leaf.leaf is None:
                continue
            texts = [leaf.name, *leaf.leaf.evidence, *(spec.label for spec in leaf.leaf.rule.inputs)]
            texts += [leaf.leaf.guidance] if leaf.leaf.guidance else []
            held = fold(" ".join(f"{each.vi} {each.en}" for each in texts))
            if leaf.code.startswith(search) or all(word in held for word in words):
                there = reverse("framework", args=[edition, unit_list.code, domain.code])
                yield Found(leaf, METHOD_NAMES[leaf.leaf.method], f"{there}#head-{leaf.code}")


@require_GET
@for_people
def framework_start(request: SignedIn, edition: str) -> HttpResponse:
    """To the first domain of the first list."""
    first = asked(edition_seen(request, edition)).edition.lists[0]
    there = reverse("framework", args=[edition, first.code, first.framework.domains[0].code])
    return HttpResponseRedirect(there)
