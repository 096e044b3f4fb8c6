"""The report as Markdown, for who edits it further: the same figures, national tables in full, domains by figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from parindex.language import Language, Text, number
from parindex.results.surveys.report_content import SIMULATED, DomainTable, Line, Question, Report
from parindex.results.surveys.report_words import HEADINGS, between, cells, finding, note, shown
from parindex.results.surveys.tables import CROSSED, WHOLE


def report_markdown(report: Report, language: Language) -> str:
    """The whole text."""
    return "\n".join(_text(report, language)).rstrip("\n") + "\n"


def _text(report: Report, language: Language) -> Iterator[str]:
    yield f"# {report.title.in_(language)}"
    yield ""
    if report.simulated:
        yield f"**{SIMULATED.in_(language)}.**"
        yield ""
    found = finding(report, language)
    if found is not None:
        yield found
        yield ""
    if report.index is not None:
        yield from _chapter(report, report.index.title, (report.index,), language)
    for chapter in report.chapters:
        yield from _chapter(report, chapter.title, chapter.questions, language)
    if report.omitted:
        yield f"## {Text('Câu hỏi không báo cáo', 'Questions not reported').in_(language)}"
        yield ""
        for each in report.omitted:
            yield f"- {each.code}. {each.title.in_(language)}: {each.reason.in_(language)}."
        yield ""
    if report.set_aside:
        heading = Text("Bản ghi bị để riêng và trả lời không hợp lệ", "Records set aside and answers not valid")
        yield f"## {heading.in_(language)}"
        yield ""
        for code, count, reason in report.set_aside:
            yield f"- {code}: {number(Decimal(count), language)}. {reason.in_(language)}"
        yield ""
    yield f"## {Text('Cách làm', 'Method').in_(language)}"
    yield ""
    for heading, text in report.method:
        yield f"**{heading.in_(language)}.** {text.in_(language)}"
        yield ""


def _chapter(report: Report, title: Text, questions: Sequence[Question], language: Language) -> Iterator[str]:
    yield f"## {title.in_(language)}"
    yield ""
    for question in questions:
        if question is not report.index:
            yield f"### {question.code}. {question.title.in_(language)}" if question.code else "###"
            yield ""
        if question.note is not None:
            yield question.note.in_(language)
            yield ""
        lines = report.in_order(question)
        rows = []
        for line in lines:
            row = report.row(line)
            label = line.label.in_(language)
            if row is None or row.value is None:
                rows.append((label, "–", note(row, language), *[""] * (len(HEADINGS) - 2)))
            else:
                rows.append((label, *cells(row, line.unit, language)))
        yield from _table(("", *(each.in_(language) for each in HEADINGS)), rows)
        for table in report.tables:
            if CROSSED not in table.by:
                yield from _matrix(report, lines, table, language)


def _matrix(report: Report, lines: Sequence[Line], table: DomainTable, language: Language) -> Iterator[str]:
    names = [(WHOLE, WHOLE, Text("Toàn bộ", "All").in_(language))]
    names += [(table.by, domain, name.in_(language)) for domain, name in table.names.items()]
    rows = []
    for by, domain, name in names:
        told = [name]
        for line in lines:
            row = report.row(line, by, domain)
            if row is None or row.value is None:
                told.append(note(row, language))
            else:
                told.append(f"{shown(row.value, line.unit, language)} ({between(row, line.unit, language)})")
        rows.append(tuple(told))
    yield from _table((table.title.in_(language), *(line.label.in_(language) for line in lines)), rows)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(map(_cell, headings)) + " |"
    yield "|---|" + "---:|" * (len(headings) - 1)
    for row in rows:
        yield "| " + " | ".join(map(_cell, row)) + " |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
