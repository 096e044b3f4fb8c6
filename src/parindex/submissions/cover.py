"""The cover of a workbook: whose it is, and whether it is the form of this edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.edition import Edition, UnitList
from parindex.programme.edition_reading import check_unit
from parindex.sources import Place
from parindex.submissions import layout
from parindex.submissions.values import words_of
from parindex.workbooks import Sheet, Workbook

NOT_A_FORM = ProblemKind(
    "SUBMISSION-NOT-A-FORM",
    what=Text(
        'không có trang "{sheet}" của biểu mẫu tự chấm điểm.', 'there is no sheet "{sheet}" of the self-scoring form.'
    ),
    why=Text("Trang đó cho biết đơn vị và biểu mẫu.", "That sheet tells the unit and the form."),
    remedy=Text(
        "Gửi biểu mẫu đã phát cho đơn vị; không đổi tên, xóa các trang.",
        "Send the form that was handed out; do not rename or delete its sheets.",
    ),
)
COVER_ROW = ProblemKind(
    "SUBMISSION-COVER-ROW",
    what=Text('hàng "{key}" bị thiếu, trống hoặc có hai lần.', 'the row "{key}" is missing, empty or repeated.'),
    why=Text("Hàng này cho biết đơn vị và biểu mẫu.", "It tells the unit and the form."),
    remedy=Text(
        "Khôi phục trang này như biểu mẫu đã phát, hoặc chép số liệu sang biểu mẫu đó.",
        "Restore this sheet as it was handed out, or copy the values into a fresh form.",
    ),
)
FORM_VERSION = ProblemKind(
    "SUBMISSION-FORM-VERSION",
    what=Text('mẫu tệp là "{found}", cần "{expected}".', 'the form is "{found}", expected "{expected}".'),
    why=Text("Tệp theo mẫu khác không đọc được.", "A workbook of another form cannot be read."),
    remedy=Text("Chép số liệu sang biểu mẫu của năm đánh giá này.", "Copy the values into a form of this edition."),
)
OTHER_EDITION = ProblemKind(
    "SUBMISSION-OTHER-EDITION",
    what=Text("đây là biểu mẫu của {found}; cần {expected}.", "this is a form of {found}; expected {expected}."),
    why=Text(
        "Biểu mẫu khác hỏi những số liệu khác, dù mã có thể giống nhau.",
        "Another form asks for other figures, even where codes are alike.",
    ),
    remedy=Text(
        "Lấy biểu mẫu của năm đánh giá này, điền và gửi lại.", "Take the form of this edition, fill it in and send it."
    ),
)
OTHER_LIST = ProblemKind(
    "SUBMISSION-OTHER-LIST",
    what=Text(
        'đơn vị {unit} thuộc danh sách "{expected}", nhưng đây là biểu mẫu của danh sách "{found}".',
        'the unit {unit} is in the list "{expected}", but this is a form of the list "{found}".',
    ),
    why=Text("Mỗi danh sách có bộ tiêu chí riêng.", "Each list has a framework of its own."),
    remedy=Text("Điền biểu mẫu đã phát cho đơn vị.", "Fill in the form that was handed out to the unit."),
)
UNIT_UNKNOWN = ProblemKind(
    "SUBMISSION-UNIT",
    what=Text('không có đơn vị "{unit}" trong năm đánh giá này.', 'there is no unit "{unit}" in this edition.'),
    why=Text("", ""),
    remedy=Text("Khôi phục mã đơn vị như biểu mẫu đã phát.", "Restore the unit code as it was handed out."),
)
UNIT_CHANGED = ProblemKind(
    "SUBMISSION-UNIT-CHANGED",
    what=Text(
        'mã đơn vị "{unit}" không phải là mã khi phát biểu mẫu.',
        'the unit code "{unit}" is not the one this form was made for.',
    ),
    why=Text(
        "Biểu mẫu phát riêng cho từng đơn vị; dùng biểu mẫu của đơn vị khác dễ nhầm số liệu.",
        "Each unit has a form of its own; with another unit's form, figures get mixed up.",
    ),
    remedy=Text(
        "Khôi phục mã đơn vị, hoặc chép số liệu sang biểu mẫu của đơn vị mình.",
        "Restore the code, or copy the values into the unit's own form.",
    ),
)


@dataclass(frozen=True, slots=True)
class Cover:
    """A workbook that is a form of this edition, and the unit that sends it."""

    unit: str
    unit_list: UnitList


def read_cover(workbook: Workbook, edition: Edition, problems: Problems) -> Cover | None:
    """Whose workbook this is; None after a problem, when it is not a form of this edition."""
    sheet = workbook.sheet(layout.COVER)
    if sheet is None:
        problems.add(NOT_A_FORM, Place(workbook.name), sheet=layout.COVER)
        return None
    rows = _rows(sheet)
    texts: dict[str, str] = {}
    places: dict[str, Place] = {}
    for key in layout.COVER_KEYS:
        found = rows.get(key, [])
        if len(found) == 1:
            row, column = found[0]
            places[key] = sheet.place(row, column + 2)
            texts[key] = words_of(sheet.at(row, column + 2), places[key], problems, longest=300)
        if not texts.get(key):
            problems.add(COVER_ROW, places.get(key, sheet.place()), key=key)
    if not all(texts.get(key) for key in layout.COVER_KEYS):
        return None
    if texts[layout.COVER_FORM] != layout.FORM:
        place = places[layout.COVER_FORM]
        problems.add(FORM_VERSION, place, found=texts[layout.COVER_FORM], expected=layout.FORM)
        return None
    return _checked(texts, places, edition, problems)


def _checked(
    texts: Mapping[str, str], places: Mapping[str, Place], edition: Edition, problems: Problems
) -> Cover | None:
    unit, digest = texts[layout.COVER_UNIT], texts[layout.COVER_DIGEST]
    digests = {each.code: layout.schema_digest(edition.code, each.framework) for each in edition.lists}
    same_form = [each for each in edition.lists if digests[each.code] == digest]
    unit_list = edition.list_of(unit)
    if not same_form:
        expected = [unit_list] if unit_list is not None else edition.lists
        problems.add(
            OTHER_EDITION,
            places[layout.COVER_DIGEST],
            found=_form(
                texts[layout.COVER_EDITION], texts[layout.COVER_FRAMEWORK], texts[layout.COVER_VERSION], digest
            ),
            expected="; ".join(
                _form(edition.code, each.framework.code, each.framework.version, digests[each.code])
                for each in expected
            ),
        )
        return None
    if unit_list is None:
        check_unit(edition, unit, places[layout.COVER_UNIT], problems, UNIT_UNKNOWN)
        return None
    if texts[layout.COVER_CHECK] != layout.unit_check(digest, unit):
        problems.add(UNIT_CHANGED, places[layout.COVER_UNIT], unit=unit)
        return None
    if unit_list not in same_form:
        problems.add(OTHER_LIST, places[layout.COVER_UNIT], unit=unit, expected=unit_list.name, found=same_form[0].name)
        return None
    return Cover(unit, unit_list)


def _form(edition: str, framework: str, version: str, digest: str) -> str:
    return f"{edition}, {framework} {version} (#{digest[:8]})"


def _rows(sheet: Sheet) -> Mapping[str, list[tuple[int, int]]]:
    """Where each key stands, in whatever column."""
    found: dict[str, list[tuple[int, int]]] = {}
    for place, cell in sheet.cells.items():
        if cell.kind == "text" and not cell.formula and cell.value in layout.COVER_KEYS:
            found.setdefault(str(cell.value), []).append(place)
    return found
