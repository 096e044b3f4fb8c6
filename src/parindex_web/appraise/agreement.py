"""How the two markers of an edition agree: kappa, differences waiting, and how each marker drifts over time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone

from parindex.appraisal.agreement import Agreement, agreement, squared
from parindex.language import Language, Text, half_up
from parindex_web.appraise.figures import signed
from parindex_web.appraise.marking import BLIND_ROUND, Marks, blind_of, marks_from
from parindex_web.appraise.models import Finding
from parindex_web.appraise.queries import worth
from parindex_web.collect.models import Line
from parindex_web.collect.self_score import what_is_asked
from parindex_web.editions.models import Edition
from parindex_web.editions.programme import Asked


@dataclass(frozen=True, slots=True)
class TwiceMarked:
    """One line that both markers have marked, with what each finding makes it worth (None: not scored yet)."""

    line: Line
    name: Text
    max_points: Decimal
    marks: Marks
    first_points: Decimal | None
    second_points: Decimal | None


@dataclass(frozen=True, slots=True)
class DomainAgreement:
    """Agreement on outcomes and, weighted, on points; of one domain or (domain "") of all."""

    domain: str
    outcomes: Agreement
    points: Agreement


KAPPA_MEANS = (
    (Fraction(81, 100), Text("gần như hoàn toàn", "almost complete")),
    (Fraction(61, 100), Text("cao", "substantial")),
    (Fraction(41, 100), Text("vừa", "moderate")),
    (Fraction(21, 100), Text("thấp", "fair")),
)
"""Kappa in words, from the highest: the usual reading of Landis and Koch (1977). A convention, not a threshold."""


def kappa_means(kappa: Fraction | None) -> Text:
    """What a kappa says, in a word or two."""
    if kappa is None:
        return Text("không tính được", "not defined")
    low = Text("rất thấp", "slight") if kappa > 0 else Text("không hơn ngẫu nhiên", "no better than chance")
    return next((words for at_least, words in KAPPA_MEANS if kappa >= at_least), low)


LEVEL = 1
"""A mean difference within this many percent of the maximum is said to be level."""


def drift_means(mean: Fraction) -> Text:
    """Whether a marker is more generous or stricter than what counts in the end."""
    if abs(mean) < LEVEL:
        return Text("ngang kết quả cuối", "level with what counts")
    return Text("rộng tay hơn", "more generous") if mean > 0 else Text("chặt hơn", "stricter")


@dataclass(frozen=True, slots=True)
class Drift:
    """One marker: how far their points lie from those that count, in percent of the maximum, by week.

    Positive: more generous than what counts in the end. `weeks` are (Monday, mean difference, lines).
    """

    person: int
    name: str
    lines: int
    mean: Fraction
    weeks: tuple[tuple[date, Fraction, int], ...]


def twice_marked(programme: Asked, edition: Edition) -> list[TwiceMarked]:
    """The lines of an edition that both markers have marked, in the order of units and lines."""
    blind = blind_of(edition)
    rows = Finding.objects.filter(line__unit_file__edition=edition, round=BLIND_ROUND)
    by_line: dict[int, list[Finding]] = {}
    lines: dict[int, Line] = {}
    for row in rows.select_related("by", "line__unit_file").order_by("pk"):
        by_line.setdefault(row.line_id, []).append(row)
        lines[row.line_id] = row.line
    found = []
    for pk, findings in by_line.items():
        line = lines[pk]
        line.unit_file.edition = edition
        marks = marks_from(findings, blind.holds(line.node, BLIND_ROUND), line.saved_at)
        if not marks.blind or marks.first is None or marks.second is None:
            continue
        asks = what_is_asked(programme, line.unit_file.unit, line.node)
        found.append(
            TwiceMarked(
                line,
                asks.name,
                asks.max_points,
                marks,
                worth(programme, line, marks.first)[0],
                worth(programme, line, marks.second)[0],
            )
        )
    return sorted(found, key=lambda each: (each.line.unit_file.order, each.line.order))


def agreements(rows: Sequence[TwiceMarked], domains: Sequence[str]) -> list[DomainAgreement]:
    """Agreement by domain and, last, of all. Points are compared as shares of the maximum of their line."""
    found = []
    for domain in [*domains, None]:
        here = [row for row in rows if domain is None or row.line.domain == domain]
        if domain is not None and not here:
            continue
        outcomes = [(_outcome(row.marks.first), _outcome(row.marks.second)) for row in here]
        points = [
            (_share(row.first_points, row.max_points), _share(row.second_points, row.max_points))
            for row in here
            if row.first_points is not None and row.second_points is not None and row.max_points
        ]
        found.append(DomainAgreement(domain or "", agreement(outcomes), agreement(points, squared)))
    return found


def drifts(programme: Asked, rows: Sequence[TwiceMarked]) -> list[Drift]:
    """Every marker against the finding that counts, over the weeks in which they marked. Open differences are out."""
    apart: dict[int, list[tuple[date, Fraction]]] = {}
    names: dict[int, str] = {}
    for row in rows:
        counts = row.marks.counts
        if counts is None or not row.max_points:
            continue
        final, _ = worth(programme, row.line, counts)
        for finding, points in ((row.marks.first, row.first_points), (row.marks.second, row.second_points)):
            if finding is None or points is None or final is None:
                continue
            day = timezone.localtime(finding.at).date()
            week = day - timedelta(days=day.weekday())
            apart.setdefault(finding.by_id, []).append((week, 100 * _share(points - final, row.max_points)))
            names[finding.by_id] = finding.by.full_name
    return [
        Drift(person, names[person], len(each), _mean([value for _, value in each]), _weeks(each))
        for person, each in sorted(apart.items(), key=lambda item: names[item[0]])
    ]


def _weeks(each: Sequence[tuple[date, Fraction]]) -> tuple[tuple[date, Fraction, int], ...]:
    weeks: Mapping[date, list[Fraction]] = {week: [] for week, _ in sorted(each)}
    for week, value in each:
        weeks[week].append(value)
    return tuple((week, _mean(values), len(values)) for week, values in weeks.items())


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _share(points: Decimal, maximum: Decimal) -> Fraction:
    return Fraction(points) / Fraction(maximum)


def _outcome(finding: Finding | None) -> str:
    assert finding is not None
    return finding.outcome


# --- the chart

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 240, 60, 170, 16, 30


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One marker in the chart: a path through the weeks, points with their words, and where the name stands."""

    name: str
    path: str
    dots: tuple[tuple[float, float, str], ...]
    x: float
    y: float
    place: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Drift over time as shapes for a template. `ticks` are (y, percent), `weeks` (x, day)."""

    lines: tuple[ChartLine, ...]
    ticks: tuple[tuple[float, str], ...]
    weeks: tuple[tuple[float, date], ...]
    zero: float


def chart_of(found: Sequence[Drift], language: Language) -> Chart | None:
    """The chart of all markers; None where nobody has marked anything that counts."""
    weeks = sorted({week for each in found for week, _, _ in each.weeks})
    if not weeks:
        return None
    reach = max([Fraction(5), *(abs(value) for each in found for _, value, _ in each.weeks)])
    limit = 5 * math.ceil(reach / 5)
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(week: date) -> float:
        return round(LEFT + (wide * weeks.index(week) / (len(weeks) - 1) if len(weeks) > 1 else wide / 2), 1)

    def y(value: Fraction | int) -> float:
        return round(TOP + high * float((limit - value) / (2 * Fraction(limit))), 1)

    lines = []
    taken: list[float] = []
    for place, each in enumerate(found):
        spots = tuple(
            (x(week), y(value), f"{each.name}, {week:%d/%m/%Y}: {signed(half_up(value, 1), language)} % ({n})")
            for week, value, n in each.weeks
        )
        path = "M" + " L".join(f"{a} {b}" for a, b, _ in spots)
        name_y = spots[-1][1]
        while any(abs(name_y - other) < 14 for other in taken):
            name_y += 14
        taken.append(name_y)
        lines.append(ChartLine(each.name, path, spots, WIDTH - RIGHT + 10, name_y + 4, place % 6))
    ticks = tuple((y(value), f"{value:+d}" if value else "0") for value in (-limit, 0, limit))
    shown = weeks if len(weeks) <= 8 else [weeks[0], weeks[len(weeks) // 2], weeks[-1]]
    return Chart(tuple(lines), ticks, tuple((x(week), week) for week in shown), y(0))
