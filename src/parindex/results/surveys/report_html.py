"""The report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere; it prints.

Bars and intervals are small SVG pictures in the cells of tables, so that who looks and who reads have the same line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape

from parindex.language import Language, Text, number
from parindex.results.surveys.report_content import SIMULATED, DomainTable, Line, Question, Report
from parindex.results.surveys.report_words import (
    HEADINGS,
    SCALE,
    between,
    by_value,
    cells,
    finding,
    note,
    shown,
)
from parindex.results.surveys.tables import CROSSED, WHOLE, EstimateRow

_STYLE = """
:root { --ink: #1b1f24; --soft: #5b6570; --rule: #d5dae0; --bar: #a9c4e4; --mark: #0b4f8a; --warn: #8a2b0b; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 0 1rem 4rem; color: var(--ink); background: #fff;
  font: 16px/1.55 "Be Vietnam Pro", "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.3; margin: 1.5rem 0 .5rem; max-width: 44rem; }
h2 { font-size: 1.3rem; margin: 3rem 0 .5rem; padding-top: .75rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.05rem; margin: 2rem 0 .25rem; max-width: 48rem; }
p, li { max-width: 44rem; } .note { color: var(--soft); margin: .25rem 0 .5rem; }
.lead { font-size: 1.2rem; margin: .5rem 0 1rem; }
.simulated { position: sticky; top: 0; z-index: 3; max-width: none; margin: 0 -1rem; padding: .4rem 1rem;
  color: #fff; background: var(--warn); font-weight: 600; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none; }
a { color: var(--mark); }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .25rem; }
th, td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap;
  vertical-align: baseline; }
thead th { color: var(--soft); font-weight: 600; font-size: .85rem; white-space: normal; vertical-align: bottom; }
th[scope=row] { position: sticky; left: 0; background: #fff; text-align: left; font-weight: 400; white-space: normal;
  min-width: 9rem; max-width: 26rem; }
tr.main th, tr.main td { font-weight: 600; } tr.sub th[scope=row] { padding-left: 1rem; }
td.why { text-align: left; color: var(--soft); white-space: normal; min-width: 14rem; }
td.bar { min-width: 9rem; width: 16rem; } td.bar svg { display: block; width: 100%; height: 1rem; }
td small { display: block; color: var(--soft); }
.scale { display: flex; justify-content: space-between; }
details { margin: .25rem 0; } summary { cursor: pointer; color: var(--mark); }
dt { font-weight: 600; margin-top: .75rem; } dd { margin: 0; max-width: 48rem; }
@media (max-width: 40rem) { body { font-size: 15px; } h1 { font-size: 1.35rem; } td.bar { min-width: 6rem; }
  th[scope=row] { min-width: 7.5rem; max-width: 9.5rem; } }
@media print { .simulated { position: static; } details:not([open]) > *:not(summary) { display: block; }
  .wide { overflow: visible; } h2 { break-before: page; } tr { break-inside: avoid; } }
"""


def report_html(report: Report, language: Language) -> str:
    """The whole page."""
    return "\n".join(_page(report, language)) + "\n"


def _page(report: Report, language: Language) -> Iterator[str]:
    def say(vi: str, en: str) -> str:
        return vi if language == "vi" else en

    title = report.title.in_(language)
    yield "<!doctype html>"
    yield f'<html lang="{language}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    if report.simulated:
        yield f'<p class="simulated">{escape(SIMULATED.in_(language))}</p>'
    yield f"<header><h1>{escape(title)}</h1>"
    found = finding(report, language)
    if found is not None:
        yield f'<p class="lead">{escape(found)}</p>'
    people = number(Decimal(report.respondents), language)
    year = "" if report.edition is None else say(f"Năm {report.edition}. ", f"{report.edition}. ")
    yield "<p>" + escape(
        year
        + say(
            f"{people} phiếu; {report.records_set_aside} bản ghi bị để riêng.",
            f"{people} interviews; {report.records_set_aside} records set aside.",
        )
    )
    yield "</p></header>"
    yield from _contents(report, language)
    yield "<main>"
    if report.index is not None:
        yield f'<section id="index"><h2>{escape(report.index.title.in_(language))}</h2>'
        yield from _index(report, report.index, language)
        yield "</section>"
    for chapter in report.chapters:
        yield f'<section id="part-{escape(chapter.code)}"><h2>{escape(chapter.title.in_(language))}</h2>'
        for question in chapter.questions:
            yield from _question(report, question, language)
        yield "</section>"
    yield from _omitted(report, language)
    yield from _set_aside(report, language)
    yield f'<section id="method"><h2>{say("Cách làm", "Method")}</h2><dl>'
    for heading, text in report.method:
        yield f"<dt>{escape(heading.in_(language))}</dt><dd>{escape(text.in_(language))}</dd>"
    yield "</dl></section></main></body></html>"


def _contents(report: Report, language: Language) -> Iterator[str]:
    links = []
    if report.index is not None:
        links.append(("index", report.index.title))
    links += [(f"part-{chapter.code}", chapter.title) for chapter in report.chapters]
    links.append(("method", Text("Cách làm", "Method")))
    yield f'<nav aria-label="{Text("Nội dung", "Contents").in_(language)}"><ul>'
    for anchor, title in links:
        yield f'<li><a href="#{escape(anchor)}">{escape(title.in_(language))}</a></li>'
    yield "</ul></nav>"


def _index(report: Report, question: Question, language: Language) -> Iterator[str]:
    yield from _figures(report, question.lines, language, levels=True)
    main = question.lines[0]
    for at, table in enumerate(report.tables):
        title = Text(f"Theo {_lower(table.title.vi)}", f"By {_lower(table.title.en)}").in_(language)
        if CROSSED in table.by:
            yield f"<details><summary>{escape(title)}</summary>"
            yield from _dots(report, main, table, language)
            yield "</details>"
            continue
        yield f"<h3>{escape(title)}</h3>"
        if at == 0:
            says = Text(
                "Vạch đậm là giá trị, dải là khoảng tin cậy, vạch đứt là toàn quốc. Xếp từ cao xuống thấp; khi các dải "
                "chồng nhau, thứ tự giữa chúng không chắc chắn.",
                "The dark mark is the value, the band its interval, the dashed line the nation. Highest first; where "
                "bands overlap, the order between them is not certain.",
            )
            yield f'<p class="note">{escape(says.in_(language))}</p>'
        yield from _dots(report, main, table, language)
        parts = Text("Chỉ số thành phần và nhân tố", "Sub-indices and factors").in_(language)
        yield f"<details><summary>{escape(parts)}</summary>"
        yield from _matrix(report, question.lines[1:], table, language)
        yield "</details>"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _question(report: Report, question: Question, language: Language) -> Iterator[str]:
    code = f"{question.code}. " if question.code else ""
    yield f"<h3>{escape(code + question.title.in_(language))}</h3>"
    if question.note is not None:
        yield f'<p class="note">{escape(question.note.in_(language))}</p>'
    lines = report.in_order(question)
    yield from _figures(report, lines, language)
    for table in report.tables:
        if CROSSED in table.by:
            continue
        title = Text(f"Theo {_lower(table.title.vi)}", f"By {_lower(table.title.en)}").in_(language)
        yield f"<details><summary>{escape(title)}</summary>"
        yield from _matrix(report, lines, table, language)
        yield "</details>"


def _figures(report: Report, lines: Sequence[Line], language: Language, *, levels: bool = False) -> Iterator[str]:
    """A table of figures of the nation, each with its bar."""
    mean = any(line.beside is not None for line in lines)
    yield '<div class="wide"><table><thead><tr><th></th><th></th>'
    for heading in HEADINGS:
        yield f"<th>{escape(heading.in_(language))}</th>"
    if mean:
        yield f"<th>{escape(Text('Điểm trung bình (± nửa khoảng)', 'Mean (± half interval)').in_(language))}</th>"
    yield "</tr></thead><tbody>"
    for line in lines:
        row = report.row(line)
        kind = "" if not levels else ' class="main"' if line.measure != "factor" else ' class="sub"'
        yield f'<tr{kind}><th scope="row">{escape(line.label.in_(language))}</th>'
        if row is None or row.value is None:
            yield f'<td class="why" colspan="{len(HEADINGS) + 1 + mean}">{escape(note(row, language))}</td></tr>'
            continue
        yield f'<td class="bar">{_bar(row, line, language) if line.unit != "number" else ""}</td>'
        yield "".join(f"<td>{escape(cell)}</td>" for cell in cells(row, line.unit, language))
        if mean:
            yield f"<td>{escape(_mean(report.beside(line), language))}</td>"
        yield "</tr>"
    yield "</tbody></table></div>"


def _mean(row: EstimateRow | None, language: Language) -> str:
    if row is None or row.value is None:
        return "–"
    half = None if row.lower is None or row.upper is None else (row.upper - row.lower) / 2
    told = shown(row.value, "number", language)
    return told if half is None else f"{told} (± {shown(half, 'number', language)})"


def _matrix(report: Report, lines: Sequence[Line], table: DomainTable, language: Language) -> Iterator[str]:
    """Domains by figures: value, and its interval beneath."""
    yield '<div class="wide"><table><thead><tr><th></th>'
    for line in lines:
        yield f"<th>{escape(line.label.in_(language))}{' (%)' if line.unit == 'percent' else ''}</th>"
    yield "</tr></thead><tbody>"
    everybody = Text("Toàn bộ", "All").in_(language)
    named = [(table.by, domain, name.in_(language)) for domain, name in table.names.items()]
    for by, domain, name in ((WHOLE, WHOLE, everybody), *named):
        main = ' class="main"' if by == WHOLE else ""
        yield f'<tr{main}><th scope="row">{escape(name)}</th>'
        for line in lines:
            row = report.row(line, by, domain)
            if row is None or row.value is None:
                yield f"<td><small>{escape(note(row, language))}</small></td>"
            else:
                value = shown(row.value, line.unit, language)
                yield f"<td>{escape(value)}<small>{escape(between(row, line.unit, language))}</small></td>"
        yield "</tr>"
    yield "</tbody></table></div>"


def _dots(report: Report, line: Line, table: DomainTable, language: Language) -> Iterator[str]:
    """Domains with their value and interval on one axis, the highest first."""
    rows = {domain: report.row(line, table.by, domain) for domain in table.names}
    ends = [each for row in rows.values() if row is not None for each in (row.value, row.lower, row.upper) if each]
    low, high = _axis(ends)
    nation = report.row(line)
    yield '<div class="wide"><table><thead><tr><th></th>'
    yield f'<th><span class="scale"><span>{low}</span><span>{high}</span></span></th>'
    for heading in HEADINGS:
        yield f"<th>{escape(heading.in_(language))}</th>"
    yield "</tr></thead><tbody>"
    for domain in by_value(report, line, table.by, tuple(table.names)):
        row = rows[domain]
        yield f'<tr><th scope="row">{escape(table.names[domain].in_(language))}</th>'
        if row is None or row.value is None:
            yield f'<td class="why" colspan="{len(HEADINGS) + 1}">{escape(note(row, language))}</td></tr>'
            continue
        mark = None if nation is None else nation.value
        yield f'<td class="bar">{_dot(row, line, mark, low, high, language)}</td>'
        yield "".join(f"<td>{escape(cell)}</td>" for cell in cells(row, line.unit, language)) + "</tr>"
    yield "</tbody></table></div>"


def _axis(values: Sequence[Decimal]) -> tuple[int, int]:
    """Whole tens around all values, within 0 and 100."""
    if not values:
        return 0, 100
    low = max(0, 10 * math.floor(min(values) / 10))
    high = min(100, 10 * math.ceil(max(values) / 10))
    return (low, high) if high > low else (max(0, low - 10), low + 10)


def _bar(row: EstimateRow, line: Line, language: Language) -> str:
    """A bar from 0 to 100 with the interval on it."""
    value = _place(row.value, line, 0, 100)
    marks = f'<rect x="0" y="2" width="{value}" height="10" fill="#a9c4e4"/>'
    if row.lower is not None and row.upper is not None:
        marks += _whisker(_place(row.lower, line, 0, 100), _place(row.upper, line, 0, 100))
    return _svg(marks, row, line, language, '<rect x="0" y="12.5" width="100" height="1" fill="#d5dae0"/>')


def _dot(row: EstimateRow, line: Line, nation: Decimal | None, low: int, high: int, language: Language) -> str:
    marks = ""
    if row.lower is not None and row.upper is not None:
        left, right = _place(row.lower, line, low, high), _place(row.upper, line, low, high)
        marks += f'<rect x="{left}" y="4" width="{right - left:.2f}" height="6" fill="#a9c4e4"/>'
    if nation is not None:
        at = _place(nation, line, low, high)
        marks += (
            f'<line x1="{at}" x2="{at}" y1="0" y2="14" stroke="#5b6570" stroke-dasharray="2 2" '
            'vector-effect="non-scaling-stroke"/>'
        )
    at = _place(row.value, line, low, high)
    marks += f'<rect x="{at - 0.6:.2f}" y="1" width="1.2" height="12" fill="#0b4f8a"/>'
    return _svg(marks, row, line, language)


def _whisker(left: float, right: float) -> str:
    stroke = 'stroke="#1b1f24" stroke-width="1.5" vector-effect="non-scaling-stroke"'
    return (
        f'<line x1="{left}" x2="{right}" y1="7" y2="7" {stroke}/>'
        f'<line x1="{left}" x2="{left}" y1="4" y2="10" {stroke}/>'
        f'<line x1="{right}" x2="{right}" y1="4" y2="10" {stroke}/>'
    )


def _place(value: Decimal | None, line: Line, low: int, high: int) -> float:
    """Where a figure stands between the ends of the axis, 0 to 100; outside it, at the end."""
    share = (float(value or 0) * SCALE[line.unit] - low) / (high - low) * 100
    return round(min(max(share, 0.0), 100.0), 2)


def _svg(marks: str, row: EstimateRow, line: Line, language: Language, below: str = "") -> str:
    told = f"{shown(row.value, line.unit, language, sign=True)} ({between(row, line.unit, language)})"
    start = f'<svg viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label="{escape(told)}">'
    return f"{start}{below}{marks}</svg>"


def _omitted(report: Report, language: Language) -> Iterator[str]:
    if not report.omitted:
        return
    yield f"<section><h2>{Text('Câu hỏi không báo cáo', 'Questions not reported').in_(language)}</h2><ul>"
    for each in report.omitted:
        said = f"{each.code}. {each.title.in_(language)}: {each.reason.in_(language)}."
        yield f"<li>{escape(said)}</li>"
    yield "</ul></section>"


def _set_aside(report: Report, language: Language) -> Iterator[str]:
    if not report.set_aside:
        return
    heading = Text("Bản ghi bị để riêng và trả lời không hợp lệ", "Records set aside and answers not valid")
    yield f"<section><h2>{escape(heading.in_(language))}</h2>"
    yield '<div class="wide"><table><thead><tr><th></th><th></th><th></th></tr></thead><tbody>'
    for code, count, reason in report.set_aside:
        yield (
            f'<tr><th scope="row">{escape(code)}</th><td>{number(Decimal(count), language)}</td>'
            f'<td class="why">{escape(reason.in_(language))}</td></tr>'
        )
    yield "</tbody></table></div></section>"
