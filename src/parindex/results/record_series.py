"""A measure month by month: blocks of rows, bars for a terminal, and an SVG with a panel for each unit or office."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import escape

from parindex.language import Language, Text, half_up, number
from parindex.measures.engine import NO_MONTH
from parindex.measures.nodes import Measure
from parindex.tables.measured import REASONS, Measured

_COLOUR, _GREY, _INK = "#0072b2", "#5f5f5f", "#222222"  # Okabe and Ito (2008)
_WIDTH, _HEIGHT, _COLUMNS = 520, 250, 2
_NO_MONTH: Final = Text("không có ngày", "no date")
_WHOLE: Final = Text("cả kỳ", "whole period")


@dataclass(frozen=True, slots=True)
class Series:
    """One measure of one unit (or office of it), month after month. `whole` is the figure of all months together."""

    measure: Measure
    unit: str
    name: Text
    office: str | None
    whole: Measured
    months: tuple[Measured, ...]

    @property
    def title(self) -> Text:
        office = f", {self.office}" if self.office is not None else ""
        return Text(f"{self.name.vi} ({self.unit}){office}", f"{self.name.en} ({self.unit}){office}")


def series_of(
    measures: Sequence[Measure], rows: Sequence[Measured], names: Mapping[str, Text], *, offices: bool
) -> tuple[Series, ...]:
    """The series in these rows, in the order of measures and units; with `offices`, those of offices alone.

    A unit without records has a series without months, so that it is seen to have none; an office of which nothing
    was concerned in any month has no series.
    """
    wholes: dict[tuple[str, str, str | None], Measured] = {}
    months: dict[tuple[str, str, str | None], list[Measured]] = {}
    for row in rows:
        key = (row.measure, row.unit, row.office)
        if row.month is None:
            wholes[key] = row
        else:
            months.setdefault(key, []).append(row)
    split = {(code, unit) for code, unit, office in wholes if office is not None} if offices else set()
    known = {measure.code: measure for measure in measures}
    found = []
    for (code, unit, office), whole in wholes.items():
        if (office is not None) == ((code, unit) in split) and (office is None or (code, unit, office) in months):
            name = names.get(unit, Text(unit, unit))
            found.append(Series(known[code], unit, name, office, whole, tuple(months.get((code, unit, office), ()))))
    return tuple(found)


def month_name(month: str | None, language: Language) -> str:
    """2023-05 as "05/2023" in Vietnamese."""
    if month is None:
        return _WHOLE.in_(language)
    if month == NO_MONTH:
        return _NO_MONTH.in_(language)
    year, _, number_ = month.partition("-")
    return f"{number_}/{year}" if language == "vi" else month


def shown_value(row: Measured, measure: Measure, language: Language, decimals: int = 2) -> str:
    """The value as people read it, or why there is none."""
    if row.value is None:
        return REASONS[row.reason or "no_records"].in_(language)
    text = number(half_up(row.value, decimals).normalize() + 0, language)
    return f"{text} %" if measure.kind == "share" else text


def bars(series: Series, language: Language, *, width: int = 40) -> Iterator[str]:
    """A line for each month: its bar, its value, numerator and denominator; │ stands at the value of all months.

    Bars of shares go from 0 to 100 %, others from 0 to the largest. A month without a value has no bar.
    """
    values = [row.value for row in series.months if row.value is not None]
    top = Decimal(100) if series.measure.kind == "share" else max(values, default=Decimal(0))
    names = [month_name(row.month, language) for row in series.months]
    wide = max(map(len, names), default=0)
    mark = None
    # A sum or count of all months together is no mark among months.
    if series.measure.kind not in ("count", "distinct", "sum") and series.whole.value is not None and top > 0:
        mark = min(int(series.whole.value / top * width), width - 1)
    for row, name in zip(series.months, names, strict=True):
        filled = 0 if row.value is None or top <= 0 else max(0, round(row.value / top * width))
        cells = ["█" if at < filled else " " for at in range(width)]
        if mark is not None:
            cells[mark] = "│"
        away = _away(row, series, language) if mark is not None else ""
        shown = shown_value(row, series.measure, language)
        yield f"  {name:<{wide}}  {''.join(cells)}  {shown}{_of(row, language)}{away}"


def _away(row: Measured, series: Series, language: Language) -> str:
    """How far a month lies below the whole period, where it does."""
    if row.value is None or series.whole.value is None:
        return ""
    below = half_up(series.whole.value - row.value, 2)
    if below <= 0:
        return ""
    size = number(below.normalize() + 0, language)
    return Text(f"  ▼ {size} so với cả kỳ", f"  ▼ {size} below the whole period").in_(language)


def _of(row: Measured, language: Language) -> str:
    if row.numerator is None or row.denominator is None:
        return ""
    return f" ({number(row.numerator, language)}/{number(row.denominator, language)})"


def chart_svg(every: Sequence[Series], language: Language, *, heading: Text, label: Text | None) -> bytes:
    """Panels of 520 × 250, two beside each other, one for each series; those of a measure share their axis.

    A point a month; a gap where a month has no value; the dashed line is the value of all months together. `label`
    stands under the heading, where figures are simulated.
    """
    axes = {code: _axis([each for each in every if each.measure.code == code]) for code in _codes(every)}
    drawing = _Drawing(language)
    drawing.text(20, 34, heading.in_(language), size=19, weight="600")
    top = 58
    if label is not None:
        drawing.text(20, top, label.in_(language), size=14, weight="600")
        top += 22
    drawing.text(20, top, _LEGEND.in_(language), size=13, colour=_GREY)
    top += 16
    for code in axes:
        panels = [each for each in every if each.measure.code == code]
        top += 30
        drawing.text(20, top, panels[0].measure.name.in_(language), size=16, weight="600")
        top += 8
        for at, each in enumerate(panels):
            x, y = 20 + (at % _COLUMNS) * _WIDTH, top + (at // _COLUMNS) * _HEIGHT
            drawing.panel(x, y, each, axes[code])
        top += ceil(len(panels) / _COLUMNS) * _HEIGHT
    return drawing.content(40 + _COLUMNS * _WIDTH, top + 20, heading.in_(language))


_LEGEND: Final = Text(
    "Mỗi điểm là một tháng; nét đứt: cả kỳ. Trục tung không nhất thiết bắt đầu từ 0.",
    "Each point is a month; dashed: the whole period. The vertical axis need not begin at 0.",
)


def _codes(every: Sequence[Series]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.measure.code for each in every))


@dataclass(frozen=True, slots=True)
class _Axis:
    low: float
    high: float
    step: float

    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * at for at in range(count + 1)]


def _axis(panels: Sequence[Series]) -> _Axis:
    """Round ends around every value of these panels; shares never beyond 0 and 100."""
    share = panels[0].measure.kind == "share"
    values = [float(row.value) for each in panels for row in each.months if row.value is not None]
    if panels[0].measure.kind not in ("count", "distinct", "sum"):
        values += [float(each.whole.value) for each in panels if each.whole.value is not None]
    else:
        values.append(0.0)
    low, high = min(values, default=0.0), max(values, default=100.0 if share else 1.0)
    spread = (high - low) or max(abs(high), 1.0) / 10
    rough = spread / 4
    size = 10.0 ** floor(log10(rough))
    step = next(each * size for each in (1, 2, 5, 10) if each * size >= rough)
    start, end = floor(low / step) * step, ceil(high / step) * step
    if end == start:
        start, end = (start - step, end) if share and end + step > 100 else (start, end + step)
    if share:
        start, end = max(0.0, start), min(100.0, end)
        step = step if (end - start) / step >= 1 else end - start
    return _Axis(start, end, step)


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
        size: int = 13,
        weight: str = "400",
        anchor: str = "start",
        colour: str = _INK,
    ) -> None:
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
            f'fill="{colour}">{escape(text)}</text>'
        )

    def panel(self, x: float, y: float, series: Series, axis: _Axis) -> None:
        language = self.language
        self.text(x, y + 24, series.title.in_(language), size=14, weight="600")
        left, right, bottom, top = x + 58, x + _WIDTH - 72, y + _HEIGHT - 40, y + 44
        rows = [row for row in series.months if row.month != NO_MONTH]
        if not rows:
            reason = REASONS[series.whole.reason or "no_records"].in_(language)
            self.text(x, y + 60, reason, colour=_GREY)
            return

        def height(value: float) -> float:
            return bottom - (value - axis.low) / (axis.high - axis.low) * (bottom - top)

        for tick in axis.ticks():
            at = height(tick)
            self.parts.append(f'<path d="M{left:.1f} {at:.1f}H{right:.1f}" stroke="#dcdcdc"/>')
            said = number(Decimal(f"{tick:.6g}").normalize() + 0, language)
            self.text(left - 8, at + 5, f"{said} %" if series.measure.kind == "share" else said, anchor="end")
        step = (right - left) / max(len(rows) - 1, 1)
        places = [left + step * at for at in range(len(rows))]
        every = max(1, ceil(len(rows) / 12))
        for at, row in enumerate(rows):
            if at % every == 0:
                said = (row.month or "").partition("-")[2]
                self.text(places[at], bottom + 18, said, anchor="middle")
        self.text(left, bottom + 34, f"{rows[0].month} – {rows[-1].month}", size=12, colour=_GREY)
        if series.measure.kind not in ("count", "distinct", "sum") and series.whole.value is not None:
            at_whole = height(float(series.whole.value))
            self.parts.append(
                f'<path d="M{left:.1f} {at_whole:.1f}H{right:.1f}" stroke="{_GREY}" stroke-dasharray="6 4"/>'
            )
            shown = shown_value(series.whole, series.measure, language, 1)
            self.text(right + 8, at_whole + 5, shown, size=12, colour=_GREY)
        # A line through months that follow each other; where one has no value it is broken.
        runs: list[list[str]] = [[]]
        for place, row in zip(places, rows, strict=True):
            if row.value is None:
                runs.append([])
            else:
                runs[-1].append(f"{place:.1f} {height(float(row.value)):.1f}")
        for run in runs:
            if len(run) > 1:
                self.parts.append(f'<path d="M{"L".join(run)}" fill="none" stroke="{_COLOUR}" stroke-width="2.2"/>')
        for place, row in zip(places, rows, strict=True):
            if row.value is not None:
                told = f"{month_name(row.month, language)}: {shown_value(row, series.measure, language)}"
                self.parts.append(
                    f'<circle cx="{place:.1f}" cy="{height(float(row.value)):.1f}" r="3.6" fill="{_COLOUR}">'
                    f"<title>{escape(told + _of(row, language))}</title></circle>"
                )

    def content(self, width: float, height: float, title: str) -> bytes:
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'height="{height:.0f}" role="img" xml:lang="{self.language}" '
            "font-family=\"'Noto Sans', 'Segoe UI', Arial, sans-serif\">"
            f'<title>{escape(title)}</title><rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>'
        )
        return ("\n".join([head, *self.parts, "</svg>"]) + "\n").encode()
