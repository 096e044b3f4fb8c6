"""A plan drawn: bars for a terminal, and an SVG of how the margin of a province falls with places and interviews."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from math import ceil, floor, log10
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from parindex.language import Language, Text, number
from parindex.survey.plan_reading import SamplePlan
from parindex.survey.planner import PlanPoint, PlanRow, curve, enough, growth, plan_row

# Colours that stay apart for the colour-blind, and marks that stay apart without colour. Okabe and Ito (2008).
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#aa4499", "#b8860b", "#56b4e9")
_MARKS: Final = ("circle", "square", "diamond", "triangle")
_MOST: Final = 50.0
"""A margin of a share beyond this says nothing, and is not drawn."""

_TITLE = Text(
    "Sai số biên của một tỉnh (± điểm phần trăm, độ tin cậy {level} %)",
    "Margin of a province (± percentage points, {level} % confidence)",
)
_SAME_WORK = Text("Cùng số phiếu, trải ra nhiều nơi hơn", "The same interviews, spread over more places")
_PSUS = Text("Số đơn vị mẫu sơ cấp mỗi tỉnh", "Primary sampling units in a province")
_MORE_WORK = Text("Thêm nơi, thêm phiếu", "More places, more interviews")
_INTERVIEWS = Text("Số phiếu toàn quốc", "Interviews in the nation")
_AXIS = Text("± điểm phần trăm", "± percentage points")
_TARGET = Text("mục tiêu ± {target}", "target ± {target}")
_SOLID = Text(
    "nét liền: khoảng tin cậy thật, theo số bậc tự do", "solid: the real interval, with its degrees of freedom"
)
_DASHED = Text("nét đứt: nếu bậc tự do vô hạn", "dashed: if degrees of freedom were without end")
_CHOICE = Text(
    "dấu: phương án đã nêu; dấu rỗng: đủ đơn vị cho mục tiêu",
    "mark: the choice as given; hollow: enough units for the target",
)


def bars(
    rows: Sequence[PlanRow], language: Language, *, target: Decimal | None = None, width: int = 48
) -> Iterator[str]:
    """A line for each choice: █ the margin that many degrees of freedom would give, ░ what few of them add.

    The bar of a choice without an interval is empty; │ stands at the target.
    """
    longest = max([float(row.margin or row.margin_many_psus) for row in rows] + [float(target or 0)])
    names = max(len(row.choice) for row in rows)
    per = width / longest if longest else 0.0
    mark = None if target is None else min(round(float(target) * per), width - 1)
    for row in rows:
        if row.margin is None:
            yield f"{row.choice:<{names}}  –"
            continue
        solid, whole = round(float(row.margin_many_psus) * per), round(float(row.margin) * per)
        cells = ["█" if at < solid else "░" if at < whole else " " for at in range(width)]
        if mark is not None:
            cells[mark] = "│"
        yield f"{row.choice:<{names}}  {''.join(cells).rstrip()} ± {number(row.margin, language)}"


class _Scale(NamedTuple):
    """Values to places on paper, straight or by their logarithms."""

    low: float
    high: float
    start: float
    end: float
    log: bool

    def at(self, value: float) -> float:
        def of(each: float) -> float:
            return log10(each) if self.log else each

        return self.start + (of(value) - of(self.low)) / (of(self.high) - of(self.low)) * (self.end - self.start)

    def ticks(self) -> list[float]:
        if self.log:
            steps = (1, 2, 5) if self.high / self.low > 8 else (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)
            powers = range(floor(log10(self.low)), ceil(log10(self.high)) + 1)
            found = [step * 10.0**power for power in powers for step in steps]
        else:
            rough = (self.high - self.low) / 7
            size = 10.0 ** floor(log10(rough))
            step = next(each * size for each in (1, 2, 5, 10) if each * size >= rough)
            found = [step * at for at in range(ceil(self.low / step), floor(self.high / step) + 1)]
        return [tick for tick in found if self.low * 0.999 <= tick <= self.high * 1.001]


def chart_svg(plan: SamplePlan, language: Language) -> bytes:
    """An SVG of 1040 × 560: on the left the same interviews over more places, on the right larger samples.

    Texts and decimal marks are those of `language`. A choice without a degree of freedom has no point of its own.
    """
    few = [
        _near(curve(each, plan.spread, confidence=plan.confidence, psus=range(2, 41)), each.interviews)
        for each in plan.choices
    ]
    wished = None if plan.target is None else float(plan.target) / 100
    reach = [
        None if wished is None else enough(each, plan.spread, wished, confidence=plan.confidence)
        for each in plan.choices
    ]
    most = [
        max(40, each.psus, 0 if found is None else ceil(found.psus * 1.15))
        for each, found in zip(plan.choices, reach, strict=True)
    ]
    more = [
        growth(each, plan.spread, confidence=plan.confidence, psus=_steps(most[at]))
        for at, each in enumerate(plan.choices)
    ]
    own = [plan_row(each, plan.spread, confidence=plan.confidence) for each in plan.choices]
    enough_rows = [None if each is None else plan_row(each, plan.spread, confidence=plan.confidence) for each in reach]
    margins = [
        float(each) for points in (*few, *more) for point in points for each in (point.margin, point.margin_many_psus)
    ]
    margins += [float(row.margin) for row in own if row.margin is not None]
    margins += [] if plan.target is None else [float(plan.target)]
    low = min([each for each in margins if each > 0], default=1.0) * 0.9
    high = max([each for each in margins if each <= _MOST], default=_MOST)
    y = _Scale(low, max(high, low * 2), 420, 92, True)
    drawing = _Drawing(language)
    level = number(Decimal(str(plan.confidence * 100)).normalize(), language)
    drawing.text(20, 30, _TITLE.filled(language, {"level": level}), size=19, bold=True)
    panels: tuple[
        tuple[
            float,
            Text,
            Text,
            list[tuple[PlanPoint, ...]],
            Callable[[PlanPoint], float],
            Callable[[PlanRow], float],
            bool,
        ],
        ...,
    ] = (
        (70, _SAME_WORK, _PSUS, few, lambda point: point.psus, lambda row: row.psus, False),
        (
            590,
            _MORE_WORK,
            _INTERVIEWS,
            more,
            lambda point: point.national_interviews,
            lambda row: row.national_interviews,
            True,
        ),
    )
    for left, title, axis, lines, of_point, of_row, larger in panels:
        places = [of_point(point) for points in lines for point in points] + [of_row(row) for row in own]
        x = _Scale(min(places), max(max(places), min(places) * 1.2), left, left + 420, larger)
        drawing.frame(x, y, title, axis)
        if plan.target is not None:
            drawing.target(x, y, plan.target)
        for at, points in enumerate(lines):
            shown = [point for point in points if point.margin <= _MOST]
            drawing.line([(x.at(of_point(each)), y.at(float(each.margin))) for each in shown], at)
            drawing.line(
                [(x.at(of_point(each)), y.at(float(each.margin_many_psus))) for each in points], at, dashed=True
            )
        for at, row in enumerate(own):
            if row.margin is not None and row.margin <= _MOST:
                drawing.mark(x.at(of_row(row)), y.at(float(row.margin)), at)
            found = enough_rows[at]
            if larger and found is not None and found.margin is not None:
                drawing.mark(x.at(of_row(found)), y.at(float(found.margin)), at, hollow=True)
    for at, choice in enumerate(plan.choices):
        drawing.legend(20 + (at % 2) * 520, 492 + (at // 2) * 22, at, f"{choice.code}: {choice.name.in_(language)}")
    bottom = 492 + ((len(plan.choices) + 1) // 2) * 22 + 8
    drawing.text(20, bottom, "; ".join(each.in_(language) for each in (_SOLID, _DASHED)), size=13)
    drawing.text(20, bottom + 18, _CHOICE.in_(language), size=13)
    return drawing.content(1040, bottom + 34)


def _near(points: Sequence[PlanPoint], interviews: int) -> tuple[PlanPoint, ...]:
    """Points with about as many interviews: whole people in every cluster do not always add up to the same."""
    return tuple(point for point in points if abs(point.interviews - interviews) <= 0.04 * interviews)


def _steps(most: int) -> list[int]:
    """Numbers of units to draw at: each up to 40, then in steps of about a twentieth."""
    found = list(range(2, min(most, 40) + 1))
    while found[-1] < most:
        found.append(min(most, found[-1] + max(1, found[-1] // 20)))
    return found


class _Drawing:
    """SVG elements, one after the other."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.parts: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: int = 14,
        bold: bool = False,
        anchor: str = "start",
        turned: bool = False,
    ) -> None:
        turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{weight}{turn}>'
            f"{escape(text)}</text>"
        )

    def frame(self, x: _Scale, y: _Scale, title: Text, axis: Text) -> None:
        self.text(x.start, 66, title.in_(self.language), size=15, bold=True)
        for tick in y.ticks():
            at = y.at(tick)
            self.parts.append(f'<path d="M{x.start:.1f} {at:.1f}H{x.end:.1f}" stroke="#dcdcdc"/>')
            self.text(x.start - 8, at + 5, self._said(tick), anchor="end")
        for tick in x.ticks():
            at = x.at(tick)
            self.parts.append(f'<path d="M{at:.1f} {y.start:.1f}v6" stroke="#444"/>')
            self.text(at, y.start + 22, self._said(tick), anchor="middle")
        self.parts.append(f'<path d="M{x.start:.1f} {y.end:.1f}V{y.start:.1f}H{x.end:.1f}" fill="none" stroke="#444"/>')
        self.text((x.start + x.end) / 2, y.start + 46, axis.in_(self.language), anchor="middle")
        self.text(x.start - 46, (y.start + y.end) / 2, _AXIS.in_(self.language), anchor="middle", turned=True)

    def _said(self, value: float) -> str:
        return number(Decimal(f"{value:.6g}").normalize(), self.language)

    def target(self, x: _Scale, y: _Scale, target: Decimal) -> None:
        at = y.at(float(target))
        self.parts.append(
            f'<path d="M{x.start:.1f} {at:.1f}H{x.end:.1f}" stroke="#111" stroke-width="1.4" stroke-dasharray="2 3"/>'
        )
        said = _TARGET.filled(self.language, {"target": number(target, self.language)})
        self.text(x.end, at - 6, said, size=13, anchor="end")

    def line(self, points: Sequence[tuple[float, float]], choice: int, *, dashed: bool = False) -> None:
        if len(points) < 2:
            return
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        how = ' stroke-dasharray="7 5" stroke-width="1.4"' if dashed else ' stroke-width="2.4"'
        self.parts.append(f'<path d="{path}" fill="none" stroke="{_colour(choice)}"{how}/>')

    def mark(self, x: float, y: float, choice: int, *, hollow: bool = False) -> None:
        colour = _colour(choice)
        fill = "#ffffff" if hollow else colour
        look = f'fill="{fill}" stroke="{colour}" stroke-width="2"'
        kind = _MARKS[choice % len(_MARKS)]
        if kind == "circle":
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" {look}/>')
            return
        shape = {
            "square": "m-5.5 -5.5h11v11h-11z",
            "diamond": "m0 -7.5l7.5 7.5l-7.5 7.5l-7.5 -7.5z",
            "triangle": "m0 -7l7 12h-14z",
        }[kind]
        self.parts.append(f'<path d="M{x:.1f} {y:.1f}{shape}" {look}/>')

    def legend(self, x: float, y: float, choice: int, name: str) -> None:
        self.line([(x, y - 5), (x + 34, y - 5)], choice)
        self.mark(x + 17, y - 5, choice)
        self.text(x + 44, y, name)

    def content(self, width: int, height: int) -> bytes:
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'xml:lang="{self.language}" font-family="\'Noto Sans\', \'Segoe UI\', Arial, sans-serif" font-size="14" '
            f'fill="#222"><rect width="{width}" height="{height}" fill="#ffffff"/>'
        )
        return ("\n".join([head, *self.parts, "</svg>"]) + "\n").encode()


def _colour(choice: int) -> str:
    return _COLOURS[choice % len(_COLOURS)]
