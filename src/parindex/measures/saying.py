"""A measure in one sentence, in both languages, made from what is declared: what is counted, of whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from parindex.language import Text, number, same
from parindex.measures.engine import percent_of
from parindex.measures.nodes import (
    All,
    Between,
    ColumnRef,
    Compare,
    Condition,
    Constant,
    DaysBetween,
    EditionDate,
    Either,
    Empty,
    Expression,
    Measure,
    OneOf,
    Shifted,
    Total,
)
from parindex.tables.record_tables import RECORD_TABLES, RecordColumn

Dates = Mapping[str, date]

_EDITION_DATES: Final = {
    "year_start": Text("ngày đầu năm đánh giá", "the first day of the reporting year"),
    "year_end": Text("ngày cuối năm đánh giá", "the last day of the reporting year"),
    "opens_on": Text("ngày mở kỳ đánh giá", "the day the edition opens"),
    "closes_on": Text("ngày đóng kỳ đánh giá", "the day the edition closes"),
}
_RECORDS: Final = {
    "dossiers": Text("hồ sơ thủ tục hành chính", "dossiers"),
    "procedures": Text("thủ tục hành chính", "procedures"),
}
_DATE_COMPARE: Final = {
    "=": Text("đúng vào", "is on"),
    "!=": Text("khác", "is not on"),
    "<": Text("trước", "is before"),
    "<=": Text("không muộn hơn", "is no later than"),
    ">": Text("sau", "is after"),
    ">=": Text("không sớm hơn", "is no earlier than"),
}
_COMPARE: Final = {
    "=": Text("là", "is"),
    "!=": Text("khác", "is not"),
    "<": Text("nhỏ hơn", "is less than"),
    "<=": Text("không quá", "is at most"),
    ">": Text("lớn hơn", "is more than"),
    ">=": Text("ít nhất là", "is at least"),
}


def sentence(measure: Measure, dates: Dates | None = None) -> Text:
    """What a measure counts, in one sentence of each language. With `dates`, the edition's dates stand in it."""
    records = _RECORDS.get(measure.table, same(measure.table))
    whose = _whose(measure.where, dates)
    what = said(measure.value, dates) if measure.value is not None else Text("", "")
    match measure.kind:
        case "count":
            text = Text(f"Số {records.vi}{whose.vi}", f"The number of {records.en}{whose.en}")
        case "distinct":
            text = Text(
                f"Số {what.vi} khác nhau trong các {records.vi}{whose.vi}",
                f"The number of distinct values of {_the(what.en)} among {records.en}{whose.en}",
            )
        case "share":
            counted = told(measure.of or All(), dates)
            text = Text(
                f"Trong số {records.vi}{whose.vi}, tỷ lệ có {counted.vi}",
                f"Of the {records.en}{whose.en}, the share of those for which {counted.en}",
            )
        case "sum":
            text = Text(
                f"Tổng của {what.vi} trong các {records.vi}{whose.vi}",
                f"The sum of {_the(what.en)} over {records.en}{whose.en}",
            )
        case "mean":
            text = Text(
                f"Trung bình của {what.vi} trong các {records.vi}{whose.vi}",
                f"The mean of {_the(what.en)} over {records.en}{whose.en}",
            )
        case "median":
            text = Text(
                f"Trung vị của {what.vi} trong các {records.vi}{whose.vi}",
                f"The median of {_the(what.en)} over {records.en}{whose.en}",
            )
        case "percentile":
            percent = percent_of(measure)
            text = Text(
                f"Bách phân vị thứ {number(percent, 'vi')} của {what.vi} trong các {records.vi}{whose.vi}",
                f"Percentile {number(percent, 'en')} of {_the(what.en)} over {records.en}{whose.en}",
            )
    return Text(f"{text.vi}.", f"{text.en}.")


def _whose(where: All, dates: Dates | None) -> Text:
    if not where.parts:
        return Text("", "")
    inner = told(where, dates)
    return Text(f" có {inner.vi}", f" for which {inner.en}")


def told(condition: Condition, dates: Dates | None = None) -> Text:
    """A condition as part of a sentence."""
    match condition:
        case All(parts=parts) if not parts:
            return Text("bất kỳ nội dung nào", "anything holds")
        case All(parts=(part,)) | Either(parts=(part,)):
            return told(part, dates)
        case All(parts=parts):
            return _joined([_inside(part, dates) for part in parts], Text(" và ", " and "))
        case Either(parts=parts):
            return _joined([_inside(part, dates) for part in parts], Text(" hoặc ", " or "))
        case Compare(left=left, comparator=comparator, right=right):
            return _compared(left, comparator, right, dates)
        case Between(value=value, low=low, high=high):
            name, start, end = said(value, dates), said(low, dates), said(high, dates)
            return Text(f"{name.vi} từ {start.vi} đến {end.vi}", f"{_the(name.en)} is from {start.en} to {end.en}")
        case OneOf(value=value, among=among):
            name = said(value, dates)
            words = _joined([said(each, dates, beside=value) for each in among], Text(" hoặc ", " or "))
            return Text(f"{name.vi} là {words.vi}", f"{_the(name.en)} is {words.en}")
        case Empty(value=value, yes=yes):
            return _empty(value, yes, dates)


def _inside(condition: Condition, dates: Dates | None) -> Text:
    """A part of a longer condition: alternatives, and groups of several, stand in brackets."""
    inner = told(condition, dates)
    if isinstance(condition, All | Either) and len(condition.parts) > 1:
        return Text(f"({inner.vi})", f"({inner.en})")
    return inner


def _joined(texts: Sequence[Text], by: Text) -> Text:
    return Text(by.vi.join(text.vi for text in texts), by.en.join(text.en for text in texts))


def _compared(left: Expression, comparator: str, right: Expression, dates: Dates | None) -> Text:
    if left.type == "flag" and isinstance(right, Constant):
        name = said(left, dates)
        yes = (right.value is True) == (comparator == "=")
        answer = Text("có", "yes") if yes else Text("không", "no")
        return Text(f"“{name.vi}” ghi là {answer.vi}", f"“{name.en}” says {answer.en}")
    words = (_DATE_COMPARE if left.type == "date" else _COMPARE)[comparator]
    one, other = said(left, dates, beside=right), said(right, dates, beside=left)
    return Text(f"{one.vi} {words.vi} {other.vi}", f"{_the(one.en)} {words.en} {_the(other.en, right)}")


def _empty(value: Expression, yes: bool, dates: Dates | None) -> Text:
    name = said(value, dates)
    column = _column(value)
    means = column.null_means if column is not None else None
    if column is not None and column.type == "flag":
        name = Text(f"“{name.vi}”", f"“{name.en}”")
    if yes and means is not None:
        return Text(f"{name.vi} để trống ({means.vi})", f"{_the(name.en)} is empty ({means.en})")
    if yes:
        return Text(f"{name.vi} để trống", f"{_the(name.en)} is empty")
    return Text(f"{name.vi} đã được ghi", f"{_the(name.en)} is recorded")


def said(expression: Expression, dates: Dates | None = None, *, beside: Expression | None = None) -> Text:
    """An expression as part of a sentence; a word of a choice by its label, beside the column it is compared with."""
    match expression:
        case ColumnRef(table=table, name=name):
            return RECORD_TABLES[table].column(name).says
        case Constant(value=value):
            return _constant(value, beside)
        case EditionDate(name=name):
            if dates is not None and name in dates:
                return _day(dates[name])
            return _EDITION_DATES.get(name, Text(f"ngày {name} của kỳ đánh giá", f"the edition's {name}"))
        case Shifted(date=inner, days=days):
            day = said(inner, dates)
            size = abs(days)
            if days >= 0:
                return Text(f"{day.vi} cộng {size} ngày", f"{size} days after {_the(day.en, inner)}")
            return Text(f"{day.vi} trừ {size} ngày", f"{size} days before {_the(day.en, inner)}")
        case DaysBetween(later=later, earlier=earlier):
            start, end = said(earlier, dates), said(later, dates)
            return Text(
                f"số ngày từ {start.vi} đến {end.vi}",
                f"the days from {_the(start.en, earlier)} to {_the(end.en, later)}",
            )
        case Total(terms=terms):
            vi = en = ""
            for plus, term in terms:
                words = said(term, dates)
                if not vi:
                    vi, en = words.vi, _the(words.en, term)
                else:
                    vi += f" {'cộng' if plus else 'trừ'} {words.vi}"
                    en += f" {'plus' if plus else 'less'} {_the(words.en, term)}"
            return Text(vi, en)


def _constant(value: date | Decimal | str | bool, beside: Expression | None) -> Text:
    if isinstance(value, bool):
        return Text("có", "yes") if value else Text("không", "no")
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, Decimal):
        return Text(number(value, "vi"), number(value, "en"))
    column = _column(beside)
    if column is not None and value in column.codes:
        label = column.codes[value]
        return Text(f"“{label.vi}”", f"“{label.en}”")
    return Text(f"“{value}”", f"“{value}”")


def _column(expression: Expression | None) -> RecordColumn | None:
    if isinstance(expression, ColumnRef):
        return RECORD_TABLES[expression.table].column(expression.name)
    return None


def _day(day: date) -> Text:
    return Text(f"{day:%d/%m/%Y}", day.isoformat())


def _the(english: str, of: Expression | None = None) -> str:
    """`the` before the name of a column, where a sentence needs it."""
    if of is not None and not isinstance(of, ColumnRef):
        return english
    return english if english.startswith(("the ", "how ", "“")) else f"the {english}"
