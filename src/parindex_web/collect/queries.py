"""What the pages of the self-assessment show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q

from parindex.language import Text, half_up
from parindex.programme.framework import AdjustmentItem, InputSpec, Node
from parindex.programme.inputs import parse_value
from parindex_web.collect.models import Line
from parindex_web.collect.self_score import FieldWrong, SelfScore, self_score, shown, what_is_asked
from parindex_web.editions.models import UnitFile
from parindex_web.editions.programme import Asked
from parindex_web.pages.languages import language

BONUS: str = "bonus"
"""Stands for the bonus items in addresses: they belong to no domain."""


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One input of a line as a form shows it. `text` is what stands in the field."""

    spec: InputSpec
    text: str
    wrong: FieldWrong | None
    id: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line of a domain page."""

    line: Line
    name: Text
    criterion: Text | None
    max_points: Decimal
    evidence: tuple[Text, ...]
    guidance: Text | None
    fields: tuple[FieldShown, ...]
    score: SelfScore
    needs_explanation: bool


@dataclass(frozen=True, slots=True)
class DomainStep:
    """One row of the tree at the side: lines held, and lines in all."""

    code: str
    name: Text
    held: int
    lines: int


def tree(asked: Asked, unit_file: UnitFile) -> tuple[DomainStep, ...]:
    """The domains of a unit's framework, with how many lines hold something."""
    counts = {
        row["domain"]: row
        for row in unit_file.lines.values("domain")
        .annotate(lines=Count("pk"), held=Count("pk", filter=Q(version__gt=0)))
        .order_by()
    }
    framework = asked.list_of(unit_file.unit).framework
    steps = [
        DomainStep(domain.code, domain.name, counts[domain.code]["held"], counts[domain.code]["lines"])
        for domain in framework.domains
        if domain.code in counts
    ]
    if "" in counts:
        steps.append(DomainStep(BONUS, Text("Điểm thưởng", "Bonus"), counts[""]["held"], counts[""]["lines"]))
    return tuple(steps)


def lines_of(asked: Asked, unit_file: UnitFile, domain: str) -> list[LineShown]:
    """The lines of one domain, with live self-scores."""
    rows = unit_file.lines.filter(domain="" if domain == BONUS else domain).select_related("saved_by")
    rows = rows.prefetch_related("citations__document")
    found = []
    last = ""
    for line in rows:
        line.unit_file = unit_file
        head = criterion_of(asked, unit_file.unit, line.node)
        found.append(line_shown(asked, line, None if head is None or head.code == last else head))
        last = head.code if head else last
    return found


def criterion_of(asked: Asked, unit: str, node: str) -> Node | None:
    """The criterion above a sub-criterion; None where the line is a criterion itself or a bonus item."""
    framework = asked.list_of(unit).framework
    parent = framework.parents.get(node)
    above = framework.by_code.get(parent) if parent else None
    return above if above is not None and above.level == "criterion" else None


def line_shown(
    asked: Asked,
    line: Line,
    criterion: Node | None,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: tuple[FieldWrong, ...] = (),
) -> LineShown:
    """One line; `typed` is what stands in the fields instead of what is saved, with what is wrong with it."""
    unit = line.unit_file.unit
    asks = what_is_asked(asked, unit, line.node)
    leaf = asked.leaf(unit, line.node)
    spec_of = {each.input: each for each in wrong}
    fields = []
    for spec in asks.inputs:
        if typed is not None:
            text = typed.get(spec.name, "")
        elif spec.name in line.values:
            text = shown(parse_value(spec, line.values[spec.name]), language())
        else:
            text = ""
        fields.append(FieldShown(spec, text, spec_of.get(spec.name), f"{line.node}-{spec.name}"))
    score = self_score(asked, unit, line.node, line.values)
    cited = bool(line.citations.all())
    return LineShown(
        line,
        asks.name,
        Text(f"{criterion.code}. {criterion.name.vi}", f"{criterion.code}. {criterion.name.en}") if criterion else None,
        asks.max_points,
        leaf.leaf.evidence if leaf and leaf.leaf else (),
        leaf.leaf.guidance if leaf and leaf.leaf else None,
        tuple(fields),
        score,
        bool(line.values) and not cited and not line.explanation,
    )


@dataclass(frozen=True, slots=True)
class UnitTotals:
    """Sum of the self-scores of a unit's file, and of the maxima that are self-scored."""

    points: Decimal
    of: Decimal


def totals(asked: Asked, unit_file: UnitFile) -> UnitTotals:
    """Points as claimed, over all lines of domains."""
    points = of = Decimal(0)
    for line in unit_file.lines.exclude(domain=""):
        asks = what_is_asked(asked, unit_file.unit, line.node)
        of += asks.max_points
        earned = self_score(asked, unit_file.unit, line.node, line.values).points if line.values else None
        points += earned or 0
    return UnitTotals(half_up(points, 4), of)


def item_of(asked: Asked, unit: str, node: str) -> AdjustmentItem | None:
    """The bonus item of a line."""
    found = asked.list_of(unit).framework.adjustment_items.get(node)
    return found[1] if found else None
