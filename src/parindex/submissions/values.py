"""One cell to a value: exact, strict, and with words for what people really type."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from decimal import Context, Decimal

from parindex.language import LANGUAGES, Text, nfc
from parindex.problems import ProblemKind, Problems
from parindex.programme.framework import InputSpec
from parindex.programme.inputs import (
    VALUE_CHOICE,
    VALUE_PART,
    VALUE_YES_NO,
    InputValue,
    ValueWrong,
    check_number,
    part_exceeds_whole,
)
from parindex.sources import Place
from parindex.submissions import layout
from parindex.submissions.heads import plain
from parindex.workbooks import Cell

ANSWER_FORMULA = ProblemKind(
    "ANSWER-FORMULA",
    what=Text("ô này chứa công thức.", "this cell holds a formula."),
    why=Text(
        "Kết quả công thức có thể đổi theo máy, nên không được tin là số liệu đã khai.",
        "What a formula shows can differ between computers, so it is not taken as what was stated.",
    ),
    remedy=Text(
        "Gõ giá trị vào ô (hoặc Sao chép, rồi Dán giá trị - Paste Values).",
        "Type the value (or Copy, then Paste Values).",
    ),
)
ANSWER_ERROR = ProblemKind(
    "ANSWER-ERROR",
    what=Text("ô này mang lỗi {error}.", "this cell holds the error {error}."),
    why=Text("", ""),
    remedy=Text("Xóa ô và gõ lại giá trị.", "Clear the cell and type the value again."),
)
ANSWER_DATE = ProblemKind(
    "ANSWER-DATE",
    what=Text("{label}: ô này là ngày hoặc giờ ({value}).", "{label}: this cell holds a date or time ({value})."),
    why=Text(
        "Excel tự đổi những gì giống ngày, ví dụ 1/2, thành ngày.",
        "Excel turns what looks like a date, such as 1/2, into one.",
    ),
    remedy=Text(
        "Xóa ô kèm định dạng (Clear All), rồi gõ lại giá trị.",
        "Clear the cell with its format (Clear All) and type the value again.",
    ),
)
ANSWER_BOOLEAN = ProblemKind(
    "ANSWER-BOOLEAN",
    what=Text("{label}: ô này chứa TRUE/FALSE.", "{label}: this cell holds TRUE or FALSE."),
    why=Text("", ""),
    remedy=Text("{instead}", "{instead}"),
)
ANSWER_TEXT = ProblemKind(
    "ANSWER-TEXT",
    what=Text('{label}: "{value}" là chữ, không phải số.', '{label}: "{value}" is text, not a number.'),
    why=Text(
        "Ô lưu dạng chữ không tính được, và dấu chấm, phẩy có thể hiểu theo hai cách.",
        "Text cannot be computed with, and a point or comma in it can be read in two ways.",
    ),
    remedy=Text(
        "Xóa ô rồi gõ lại chỉ con số, không kèm chữ, đơn vị hay dấu %; chưa có số liệu thì để trống.",
        "Clear the cell and type the number alone, without words, unit or %; leave it empty if it is not known.",
    ),
)
ANSWER_PERCENT = ProblemKind(
    "ANSWER-PERCENT",
    what=Text(
        "{label}: ô này được gõ kèm dấu % ({shown}%), Excel lưu là {value}.",
        "{label}: this cell was typed with the sign % ({shown}%), and Excel keeps {value}.",
    ),
    why=Text("Hai cách hiểu chênh nhau 100 lần.", "The two readings differ by a factor of 100."),
    remedy=Text(
        "Đổi định dạng ô thành General (Chung), rồi gõ con số không có dấu %.",
        "Set the cell's format to General, and type the number without the sign %.",
    ),
)
ANSWER_PERCENT_SMALL = ProblemKind(
    "ANSWER-PERCENT-SMALL",
    what=Text("{label}: {value}% là dưới 1%.", "{label}: {value}% is less than 1%."),
    why=Text("95% phải ghi là 95, không phải 0,95.", "95% is written 95, not 0.95."),
    remedy=Text("Nếu đúng thì không cần sửa.", "If that is so, nothing need be done."),
    severity="notice",
)
TEXT_TOO_LONG = ProblemKind(
    "ANSWER-TEXT-LONG",
    what=Text(
        "nội dung dài {length} ký tự, nhiều nhất {limit}.", "this text has {length} characters, at most {limit}."
    ),
    why=Text("", ""),
    remedy=Text(
        "Rút gọn, hoặc gửi nội dung thành một tài liệu kiểm chứng.", "Shorten it, or send it as an evidence document."
    ),
)
# The same mistake as in other files; in a workbook it can name both cells.
ANSWER_PART = replace(
    VALUE_PART,
    what=Text(
        "{value_part} ({part}) nhiều hơn {value_whole} ({whole}, ô {cell_whole}).",
        "{value_part} ({part}) is more than {value_whole} ({whole}, cell {cell_whole}).",
    ),
    remedy=Text(
        "Sửa {cell_part} hoặc {cell_whole} rồi tải lại.", "Correct {cell_part} or {cell_whole} and upload again."
    ),
)

# Excel shows and keeps 15 digits of what is typed. Digits beyond are remains of binary arithmetic (0.1 + 0.2) that
# no one saw.
_FIFTEEN_DIGITS = Context(prec=15)


def value_of(cell: Cell, spec: InputSpec, place: Place, problems: Problems) -> InputValue | None:
    """The value of a cell that a unit fills in; None when it is empty, and None after a problem."""
    if not is_plain(cell, place, problems):
        return None
    if cell.kind in ("date", "time", "duration"):
        problems.add(ANSWER_DATE, place, label=spec.label, value=_day(cell.value))
        return None
    try:
        if spec.type in ("yes_no", "choice"):
            return _chosen(cell, spec, place, problems)
        return _number(cell, spec, place, problems)
    except ValueWrong as wrong:
        problems.add(wrong.kind, place, **wrong.values)
        return None


def is_plain(cell: Cell, place: Place, problems: Problems) -> bool:
    """Something was typed here. False when the cell is empty, and after a problem for formulas and error values."""
    if cell.formula:
        problems.add(ANSWER_FORMULA, place)
        return False
    if cell.kind == "error":
        problems.add(ANSWER_ERROR, place, error=str(cell.value))
        return False
    return not (cell.kind == "empty" or (cell.kind == "text" and not str(cell.value).strip()))


def _chosen(cell: Cell, spec: InputSpec, place: Place, problems: Problems) -> InputValue | None:
    if cell.kind == "boolean":
        instead = Text("Chọn một dòng trong danh sách của ô.", "Choose one from the list of the cell.")
        problems.add(ANSWER_BOOLEAN, place, label=spec.label, instead=instead)
        return None
    text = plain(_words(cell))
    if spec.type == "yes_no":
        if text not in _YES_NO:
            raise ValueWrong(VALUE_YES_NO, label=spec.label, value=_words(cell)[:100])
        return _YES_NO[text]
    code = _labels(spec.options).get(text)
    if code is None:
        options = Text(
            *("; ".join(f'"{each.in_(language)}"' for each in spec.options.values()) for language in LANGUAGES)
        )
        raise ValueWrong(VALUE_CHOICE, label=spec.label, value=_words(cell)[:100], options=options)
    return code


_YES_NO = {
    plain(text): says for label, says in ((layout.YES, True), (layout.NO, False)) for text in (label.vi, label.en)
}


def _labels(options: Mapping[str, Text]) -> Mapping[str, str | None]:
    """Codes by label, in either language; None for a label that two options share."""
    found: dict[str, str | None] = {}
    for language in LANGUAGES:
        for code, label in options.items():
            text = plain(label.in_(language))
            if found.setdefault(text, code) != code:
                found[text] = None
    return found


def _number(cell: Cell, spec: InputSpec, place: Place, problems: Problems) -> Decimal | None:
    value = cell.value
    if isinstance(value, bool):
        instead = Text("Gõ một con số.", "Type a number.")
        problems.add(ANSWER_BOOLEAN, place, label=spec.label, instead=instead)
        return None
    if not isinstance(value, Decimal):
        problems.add(ANSWER_TEXT, place, label=spec.label, value=str(value).strip()[:100])
        return None
    checked = check_number(spec, _FIFTEEN_DIGITS.plus(value) if value.is_finite() else value)
    if cell.percent and checked != 0:
        problems.add(ANSWER_PERCENT, place, label=spec.label, value=value, shown=_plainly(value * 100))
        return None
    if spec.type == "percent" and 0 < checked < 1:
        problems.add(ANSWER_PERCENT_SMALL, place, label=spec.label, value=checked)
    return checked


def words_of(cell: Cell, place: Place, problems: Problems, *, longest: int) -> str:
    """What a text cell says, "" when it is empty or cannot be used; numbers and dates as people write them."""
    if not is_plain(cell, place, problems):
        return ""
    text = _words(cell)
    if len(text) > longest:
        problems.add(TEXT_TOO_LONG, place, length=len(text), limit=longest)
        return ""
    return text


def _words(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, Decimal):
        return _plainly(value) if value.is_finite() and abs(value.adjusted()) < 20 else str(value)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return _day(value)
    lines = nfc(str(value))
    if lines.isprintable():
        return lines.strip()
    lines = lines.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter in "\n\t" or letter.isprintable()).strip()


def _plainly(value: Decimal) -> str:
    trimmed = value.normalize()
    return format(trimmed if trimmed != 0 else Decimal(0), "f")


def _day(value: object) -> str:
    """A date as it is written in Vietnam, without the midnight that Excel adds to it."""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return f"{value:%d/%m/%Y}"
    return f"{value:%d/%m/%Y}" if type(value) is datetime.date else str(value)


def check_parts(
    specs: tuple[InputSpec, ...],
    given: Mapping[str, InputValue],
    places: Mapping[str, Place],
    problems: Problems,
) -> frozenset[str]:
    """Add a problem for each part that is larger than its whole; the names of the inputs concerned."""
    wrong: set[str] = set()
    for part, whole in part_exceeds_whole(specs, given):
        at, other = places[part.name], places[whole.name]
        problems.add(
            ANSWER_PART,
            at,
            part=part.label,
            value_part=given[part.name],
            whole=whole.label,
            value_whole=given[whole.name],
            cell_part=at.cell,
            cell_whole=other.cell if other.sheet == at.sheet else other.inside(),
        )
        wrong |= {part.name, whole.name}
    return frozenset(wrong)
