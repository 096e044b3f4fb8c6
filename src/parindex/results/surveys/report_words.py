"""How the figures of a report are written, in either form and language."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from parindex.language import Language, Text, number
from parindex.results.surveys.report_content import Line, Report, Unit
from parindex.results.surveys.tables import EstimateRow

SCALE: Final[dict[Unit, int]] = {"percent": 100, "points": 1, "number": 1}
DECIMALS: Final[dict[Unit, int]] = {"percent": 1, "points": 2, "number": 2}
SIGN: Final[dict[Unit, str]] = {"percent": " %", "points": "", "number": ""}

HEADINGS: Final = (
    Text("Giá trị", "Value"),
    Text("Khoảng tin cậy", "Interval"),
    Text("Sai số chuẩn", "Standard error"),
    Text("Số trả lời", "Answers"),
    Text("Hệ số thiết kế", "Design effect"),
    Text("Bậc tự do", "Degrees of freedom"),
)
NO_ROW: Final = Text("không có trong bảng ước lượng", "not among the estimates")


def shown(value: Decimal | None, unit: Unit, language: Language, *, sign: bool = False) -> str:
    """A figure in its unit; "–" where there is none."""
    if value is None:
        return "–"
    written = number(value * SCALE[unit], language, DECIMALS[unit])
    return written + (SIGN[unit] if sign else "")


def between(row: EstimateRow, unit: Unit, language: Language) -> str:
    """The interval, cut at the ends of what the figure can be; "–" where there is none."""
    if row.lower is None or row.upper is None:
        return "–"
    low, high = within(row.lower, unit), within(row.upper, unit)
    return f"{shown(low, unit, language)} – {shown(high, unit, language)}"


def within(value: Decimal, unit: Unit) -> Decimal:
    """A share lies between 0 and 1 and an index between 0 and 100, though Student's interval may reach further."""
    if unit == "number":
        return value
    return min(max(value, Decimal(0)), Decimal(100 // SCALE[unit]))


def cells(row: EstimateRow, unit: Unit, language: Language) -> tuple[str, ...]:
    """The cells under `HEADINGS`."""
    df = row.df
    return (
        shown(row.value, unit, language, sign=True),
        between(row, unit, language),
        shown(row.se, unit, language),
        "–" if row.n is None else number(Decimal(row.n), language),
        "–" if row.deff is None else number(row.deff, language, 2),
        "–" if df is None else number(df, language, 1 if df % 1 else 0),
    )


def note(row: EstimateRow | None, language: Language) -> str:
    """Why a figure is empty, or what to know about it."""
    if row is None:
        return NO_ROW.in_(language)
    return (row.note_vi if language == "vi" else row.note_en) or ""


def finding(report: Report, language: Language) -> str | None:
    """The index of the nation in one sentence."""
    if report.index is None:
        return None
    line = report.index.lines[0]
    row = report.row(line)
    if row is None or row.value is None:
        return None
    level = number(report.level.normalize(), language)
    say = Text(
        f"Toàn quốc: {shown(row.value, line.unit, language)} điểm trên 100; với độ tin cậy {level} %, từ "
        f"{between(row, line.unit, language).replace(' – ', ' đến ')}.",
        f"Nation: {shown(row.value, line.unit, language)} points of 100; with {level} % confidence, from "
        f"{between(row, line.unit, language).replace(' – ', ' to ')}.",
    )
    return say.in_(language)


def by_value(report: Report, line: Line, by: str, domains: tuple[str, ...]) -> tuple[str, ...]:
    """Domains with the highest value first; those without one at the end, in their order."""

    def value(domain: str) -> Decimal:
        row = report.row(line, by, domain)
        return Decimal(-1) if row is None or row.value is None else row.value

    return tuple(sorted(domains, key=lambda domain: -value(domain)))
