"""What the same unit claimed for the same line in an earlier edition of the programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from parindex.language import Text
from parindex.programme.inputs import parse_value
from parindex_web.collect.models import Citation, Line
from parindex_web.collect.self_score import LineAsks, shown, what_is_asked
from parindex_web.editions.continuity import Continued, EarlierFile, continued, earlier_files
from parindex_web.editions.models import UnitFile
from parindex_web.editions.programme import Asked
from parindex_web.pages.languages import language

CLAIMED: tuple[str, ...] = ("signed", "appraised_1", "explaining", "explained", "appraised_2")
"""Standings of files whose claims count: what was not signed was not claimed."""


@dataclass(frozen=True, slots=True)
class ClaimedBefore:
    """A claim of an earlier year, under the code that the line had then.

    `values`: label and text. `points` None: the rule could not say. `reasons` say why it does not compare, or what to
    keep in mind where it does.
    """

    year: int
    node: str
    renamed: bool
    unit: Text | None
    """The unit that claimed it, where this year's unit came out of a merger or split."""
    values: tuple[tuple[Text, str], ...]
    points: Decimal | None
    max_points: Decimal
    explanation: str
    documents: tuple[str, ...]
    """Titles of the documents that were cited, with section and page."""
    comparable: bool
    reasons: tuple[Text, ...]


def claimed_before(now: Asked, unit_file: UnitFile, nodes: list[str]) -> Mapping[str, tuple[ClaimedBefore, ...]]:
    """By line of this edition: what was claimed in the newest earlier edition that was signed. Three queries.

    One claim for each unit that this one came from, side by side: what they claimed is never added up.
    """
    files = earlier_files(now, unit_file, standings=CLAIMED)
    if not files:
        return {}
    new = now.list_of(unit_file.unit).framework
    mapped = [continued(new, file.asked.list_of(file.unit_file.unit).framework) for file in files]
    codes = {each[node].code for each in mapped for node in nodes if node in each}
    there = Line.objects.filter(unit_file__in=[file.unit_file for file in files], node__in=codes)
    lines = {(each.unit_file_id, each.node): each for each in there if each.values}
    cited: dict[int, list[str]] = {}
    for row in Citation.objects.filter(line__in=lines.values()).select_related("document"):
        title = f"{row.document.title} ({row.locator})" if row.locator else row.document.title
        cited.setdefault(row.line_id, []).append(title)
    found: dict[str, tuple[ClaimedBefore, ...]] = {}
    for node in nodes:
        for file, continues in zip(files, mapped, strict=True):
            was = continues.get(node)
            line = lines.get((file.unit_file.pk, was.code)) if was else None
            if was is not None and line is not None:
                found[node] = (*found.get(node, ()), _shown(file, line, was, node, cited))
    return found


def _shown(file: EarlierFile, line: Line, was: Continued, node: str, cited: dict[int, list[str]]) -> ClaimedBefore:
    asks: LineAsks = what_is_asked(file.asked, file.unit_file.unit, line.node)
    return ClaimedBefore(
        year=file.unit_file.edition.year,
        node=line.node,
        renamed=line.node != node,
        unit=file.name if file.merged else None,
        values=tuple(
            (spec.label, value_shown(spec.name, asks, line.values)) for spec in asks.inputs if spec.name in line.values
        ),
        points=line.points,
        max_points=asks.max_points,
        explanation=line.explanation,
        documents=tuple(cited.get(line.pk, ())),
        comparable=was.comparable and not file.merged,
        reasons=was.reasons,
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
