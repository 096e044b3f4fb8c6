"""What the same unit claimed for the same line in an earlier edition of the programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from parindex.language import Text
from parindex.programme.framework import Framework
from parindex.programme.inputs import parse_value
from parindex_web.collect.models import Citation, Line
from parindex_web.collect.self_score import LineAsks, shown, what_is_asked
from parindex_web.editions.models import UnitFile
from parindex_web.editions.programme import Asked, asked
from parindex_web.pages.languages import language

CLAIMED: tuple[str, ...] = ("signed", "appraised_1", "explaining", "explained", "appraised_2")
"""Standings of files whose claims count: what was not signed was not claimed."""


@dataclass(frozen=True, slots=True)
class ClaimedBefore:
    """A claim of an earlier year. `values`: label and text. `points` None: the rule could not say."""

    year: int
    values: tuple[tuple[Text, str], ...]
    points: Decimal | None
    documents: tuple[str, ...]
    """Titles of the documents that were cited, with section and page."""
    comparable: bool
    """False where the authors of the framework say that the line means something else now."""


def same_line(framework: Framework, earlier: Framework, node: str) -> tuple[str, bool] | None:
    """The code of a line in the earlier framework and whether it compares; None where nobody said which it was."""
    found = framework.by_code.get(node)
    continues = found.continues if found else None
    if continues is not None and continues.version == earlier.version:
        return continues.code, continues.comparable
    if (framework.code, framework.version) == (earlier.code, earlier.version):
        return node, True
    return None


def claimed_before(now: Asked, unit_file: UnitFile, nodes: list[str]) -> Mapping[str, ClaimedBefore]:
    """By line of this edition: what was claimed in the newest earlier edition that the unit signed. Three queries."""
    edition = unit_file.edition
    earlier = (
        UnitFile.objects.filter(
            edition__programme=edition.programme,
            edition__year__lt=edition.year,
            unit=unit_file.unit,
            standing__in=CLAIMED,
        )
        .select_related("edition")
        .order_by("-edition__year", "-edition__pk")
        .first()
    )
    if earlier is None:
        return {}
    then = asked(earlier.edition)
    new, old = now.list_of(unit_file.unit).framework, then.list_of(earlier.unit).framework
    mapped = {node: found for node in nodes if (found := same_line(new, old, node))}
    lines = {each.node: each for each in earlier.lines.filter(node__in=[code for code, _ in mapped.values()])}
    cited: dict[int, list[str]] = {}
    for row in Citation.objects.filter(line__in=lines.values()).select_related("document"):
        title = f"{row.document.title} ({row.locator})" if row.locator else row.document.title
        cited.setdefault(row.line_id, []).append(title)
    return {
        node: _shown(then, earlier, lines[code], comparable, cited)
        for node, (code, comparable) in mapped.items()
        if code in lines and lines[code].values
    }


def _shown(then: Asked, earlier: UnitFile, line: Line, comparable: bool, cited: dict[int, list[str]]) -> ClaimedBefore:
    asks: LineAsks = what_is_asked(then, earlier.unit, line.node)
    return ClaimedBefore(
        year=earlier.edition.year,
        values=tuple(
            (spec.label, value_shown(spec.name, asks, line.values)) for spec in asks.inputs if spec.name in line.values
        ),
        points=line.points,
        documents=tuple(cited.get(line.pk, ())),
        comparable=comparable,
    )


def value_shown(name: str, asks: LineAsks, values: Mapping[str, str]) -> str:
    """One value as a reader sees it: labels of choices, yes or no, numbers with their unit; "" where not stated."""
    spec = next(each for each in asks.inputs if each.name == name)
    if name not in values:
        return ""
    text = values[name]
    if spec.type == "yes_no":
        return Text("Có", "Yes").in_(language()) if text == "yes" else Text("Không", "No").in_(language())
    if spec.type == "choice":
        return spec.options[text].in_(language())
    unit = spec.unit.in_(language()) if spec.unit else ("%" if spec.type == "percent" else "")
    return f"{shown(parse_value(spec, text), language())} {unit}".strip()
