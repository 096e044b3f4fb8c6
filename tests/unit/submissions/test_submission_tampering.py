"""What people do to a form, on purpose or not: each is named with its sheet and cell, or does no harm."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import io
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from openpyxl.styles import Alignment
from openpyxl.workbook import Workbook as OpenWorkbook
from small_form import (
    FILLED,
    FRAMEWORK,
    answers,
    codes,
    edition_of,
    filled_bytes,
    framework_of,
    only,
    put,
    read,
    read_tampered,
    renewed,
    row_of,
    small_framework,
    tampered,
    written,
)

from parindex.problems import Problem
from parindex.submissions import layout


def both(problem: Problem) -> str:
    return problem.words("vi") + "\n" + problem.words("en")


# --- the form is what it was


def test_saving_with_another_program_changes_nothing() -> None:
    submission, problems = read_tampered(lambda book: None)
    plain, _ = read(filled_bytes())
    assert not list(problems)
    assert submission is not None
    assert plain is not None
    assert dataclasses.replace(submission, sha256="") == dataclasses.replace(plain, sha256="")


def _move_row(sheet: Any, source: int, target: int) -> None:
    for column in range(1, sheet.max_column + 1):
        sheet.cell(target, column).value = sheet.cell(source, column).value
        sheet.cell(source, column).value = None


def test_rows_may_be_moved() -> None:
    def change(book: OpenWorkbook) -> None:
        sheet = book["2"]
        last = sheet.max_row
        for place, key in enumerate(("2.3/growth", "2.1", "2.1/denominator"), 5):
            _move_row(sheet, row_of(book, "2", key), last + place)

    submission, problems = read_tampered(change)
    assert not list(problems)
    assert answers(submission) == answers(read(filled_bytes())[0])


def test_rows_may_be_moved_to_another_sheet() -> None:
    def change(book: OpenWorkbook) -> None:
        row = row_of(book, "1", "1.1.1/met")
        for column in range(1, 7):
            book["2"].cell(60, column).value = book["1"].cell(row, column).value
            book["1"].cell(row, column).value = None

    submission, problems = read_tampered(change)
    assert not list(problems)
    assert answers(submission)["1.1.1", "met"] == "yes"
    assert submission is not None
    assert {answer.place for answer in submission.answers if answer.node == "1.1.1"} == {'"2"!D60'}


def test_a_column_may_be_inserted() -> None:
    submission, problems = read_tampered(lambda book: book["2"].insert_cols(3))
    assert not list(problems)
    assert answers(submission)["2.1", "numerator"] == "49998"


def test_a_deleted_row_is_missed() -> None:
    submission, problems = read_tampered(lambda book: book["2"].delete_rows(row_of(book, "2", "2.1/numerator")))
    missing = next(problem for problem in problems if problem.code == "SUBMISSION-ROW-MISSING")
    assert '2.1/numerator" (Hồ sơ đúng hạn)' in missing.words("vi")
    assert 'U1.xlsx, sheet "2"' in missing.words("en")
    assert ("2.1", "numerator") not in answers(submission)


def test_a_deleted_leaf_row_is_missed() -> None:
    _, problems = read_tampered(lambda book: book["2"].delete_rows(row_of(book, "2", "2.2")))
    assert "SUBMISSION-ROW-MISSING" in codes(problems)


def test_a_doubled_row_is_not_read_either_way() -> None:
    def change(book: OpenWorkbook) -> None:
        book["2"]["A50"].value, book["2"]["D50"].value = "2.1/numerator", 7

    submission, problems = read_tampered(change)
    problem = only(problems)
    assert problem.code == "SUBMISSION-ROW-TWICE"
    assert (problem.where.sheet, problem.where.cell) == ("2", "A50")
    assert "D" not in str(problem.values["first"])
    assert ("2.1", "numerator") not in answers(submission)


def test_an_unknown_key_is_named_with_its_neighbour() -> None:
    def change(book: OpenWorkbook) -> None:
        book["2"][f"A{row_of(book, '2', '2.1/numerator')}"].value = "2.1/numerater"

    _, problems = read_tampered(change)
    assert "SUBMISSION-ROW-UNKNOWN" in codes(problems)
    assert "SUBMISSION-ROW-MISSING" in codes(problems)
    unknown = next(problem for problem in problems if problem.code == "SUBMISSION-ROW-UNKNOWN")
    assert 'did you mean "2.1/numerator"?' in unknown.words("en")


def test_a_missing_sheet_is_one_problem() -> None:
    submission, problems = read_tampered(lambda book: book.remove(book["2"]))
    assert codes(problems) == ["SUBMISSION-SHEET-MISSING"]
    assert 'thiếu trang "2"' in only(problems).words("vi")
    assert ("1.1.1", "met") in answers(submission)


def test_a_renamed_sheet_is_missing_and_extra() -> None:
    def change(book: OpenWorkbook) -> None:
        book["2"].title = "Thủ tục"

    _, problems = read_tampered(change)
    assert codes(problems) == ["SUBMISSION-SHEET-MISSING", "SUBMISSION-SHEET-EXTRA"]


def test_a_list_of_documents_that_is_missing_does_not_blame_every_id() -> None:
    submission, problems = read_tampered(lambda book: book.remove(book["TLKC"]))
    assert codes(problems) == ["SUBMISSION-SHEET-MISSING"]
    assert submission is not None
    assert submission.answers[0].evidence == "TL01 (Mục II, trang 3)"


def test_heads_that_are_gone_are_named() -> None:
    def change(book: OpenWorkbook) -> None:
        for cell in book["2"][_head_row(book)]:
            cell.value = None

    _, problems = read_tampered(change)
    problem = only(problems)
    assert problem.code == "SUBMISSION-HEADS"
    assert "Số liệu của đơn vị / Value" in problem.words("en")


def test_a_doubled_column_is_refused() -> None:
    def change(book: OpenWorkbook) -> None:
        book["2"].cell(_head_row(book), 14).value = layout.VALUE.label

    _, problems = read_tampered(change)
    assert only(problems).code == "SUBMISSION-HEAD-TWICE"


def _head_row(book: OpenWorkbook) -> int:
    return row_of(book, "2", layout.KEY.label)


def test_a_value_beside_its_cell_is_not_lost_in_silence() -> None:
    _, problems = read_tampered(put("2", "2.1", 5))
    problem = only(problems)
    assert problem.code == "SUBMISSION-STRAY"
    assert problem.where.cell is not None


def test_a_note_far_below_in_a_column_of_figures_is_not_lost_either() -> None:
    def change(book: OpenWorkbook) -> None:
        book["2"]["D90"].value = "xem công văn"

    assert codes(read_tampered(change)[1]) == ["SUBMISSION-STRAY"]


def test_figures_in_a_survey_row_are_not_read() -> None:
    submission, problems = read_tampered(put("1", "1.2", 1))
    assert codes(problems) == ["SUBMISSION-STRAY"]
    assert "1.2" not in {node for node, _ in answers(submission)}


def test_penalties_are_not_self_claimed() -> None:
    submission, problems = read_tampered(put("Thưởng-trừ", "P1", 1))
    assert codes(problems) == ["SUBMISSION-STRAY"]
    assert ("P1", "count") not in answers(submission)


# --- the cover


def _cover(key: str, value: object) -> Any:
    def change(book: OpenWorkbook) -> None:
        book["Bìa"][f"C{row_of(book, 'Bìa', key)}"].value = value

    return change


def test_another_workbook_altogether() -> None:
    def change(book: OpenWorkbook) -> None:
        book["Bìa"].title = "Sheet1"

    submission, problems = read_tampered(change)
    assert submission is None
    assert only(problems).code == "SUBMISSION-NOT-A-FORM"


def test_a_workbook_of_another_edition_is_refused_with_what_is_expected() -> None:
    other = edition_of(small_framework(), code="2024-mô-phỏng")
    submission, problems = read(written(FILLED, other))
    assert submission is None
    words = both(only(problems))
    assert "2024-mô-phỏng, small 1" in words
    assert "2025-mô-phỏng, small 1" in words
    assert 'trang "Bìa", ô C' in words


def test_a_workbook_of_another_version_of_the_framework_is_refused() -> None:
    older = edition_of(renewed(small_framework(), version="0"))
    content = written(FILLED, older)
    submission, problems = read(content)
    assert submission is None
    assert only(problems).code == "SUBMISSION-OTHER-EDITION"
    assert "small 0" in both(only(problems))


def test_a_workbook_of_the_same_version_that_asked_other_things_is_refused() -> None:
    changed = framework_of(FRAMEWORK.replace('vi: "tỷ đồng"', 'vi: "triệu đồng"'))
    submission, problems = read(written(FILLED, edition_of(changed)))
    assert submission is None
    assert only(problems).code == "SUBMISSION-OTHER-EDITION"


def test_a_unit_that_is_not_in_the_edition() -> None:
    submission, problems = read_tampered(_cover(layout.COVER_UNIT, "U9-9"))
    assert submission is None
    assert only(problems).code == "SUBMISSION-UNIT"
    assert '"U9-9"' in both(only(problems))


def test_a_form_of_another_unit() -> None:
    submission, problems = read_tampered(_cover(layout.COVER_UNIT, "U1-2"))
    assert submission is None
    assert only(problems).code == "SUBMISSION-UNIT-CHANGED"


def test_a_form_of_another_list() -> None:
    second = renewed(small_framework(), version="2")
    edition = edition_of(small_framework(), second)
    from parindex.submissions.layout import schema_digest, unit_check

    digest = schema_digest(edition.code, small_framework())

    def change(book: OpenWorkbook) -> None:
        _cover(layout.COVER_UNIT, "U2-1")(book)
        _cover(layout.COVER_CHECK, unit_check(digest, "U2-1"))(book)

    submission, problems = read(tampered(change, written(FILLED, edition)), edition)
    assert submission is None
    assert only(problems).code == "SUBMISSION-OTHER-LIST"
    assert "Danh sách 1" in both(only(problems))


@pytest.mark.parametrize("key", layout.COVER_KEYS)
def test_a_row_of_the_cover_that_is_gone(key: str) -> None:
    submission, problems = read_tampered(lambda book: book["Bìa"].delete_rows(row_of(book, "Bìa", key)))
    assert submission is None
    assert only(problems).code == "SUBMISSION-COVER-ROW"
    assert f'"{key}"' in both(only(problems))


def test_a_row_of_the_cover_that_is_empty() -> None:
    submission, problems = read_tampered(_cover(layout.COVER_UNIT, None))
    assert submission is None
    assert only(problems).where.cell is not None


def test_another_form() -> None:
    submission, problems = read_tampered(_cover(layout.COVER_FORM, "parindex-submission/9"))
    assert submission is None
    assert only(problems).code == "SUBMISSION-FORM-VERSION"


# --- values


def _percent(sheet: str, key: str, value: float) -> Any:
    def change(book: OpenWorkbook) -> None:
        put(sheet, key, value)(book)
        book[sheet][f"D{row_of(book, sheet, key)}"].number_format = "0%"

    return change


WRONG = [
    ("2.1/numerator", "1.234", "ANSWER-TEXT", '"1.234"'),
    ("2.1/numerator", "49998", "ANSWER-TEXT", '"49998"'),
    ("2.1/numerator", "1.234,5", "ANSWER-TEXT", '"1.234,5"'),
    ("2.1/numerator", "12 hồ sơ", "ANSWER-TEXT", "12 hồ sơ"),
    ("2.3/share", "95%", "ANSWER-TEXT", '"95%"'),
    ("2.1/numerator", "-", "ANSWER-TEXT", '"-"'),
    ("2.1/numerator", 1e308, "VALUE-TOO-LARGE", "1E+308"),
    ("2.1/numerator", 10**13, "VALUE-TOO-LARGE", "1.00000E+13"),
    ("2.1/numerator", -5, "VALUE-NEGATIVE", "-5"),
    ("2.1/numerator", 12.5, "VALUE-WHOLE", "12.5"),
    ("2.2/actual", -0.5, "VALUE-NEGATIVE", "-0.5"),
    ("2.3/share", -1, "VALUE-NEGATIVE", "-1"),
    ("2.2/actual", 0.00000000001, "VALUE-DECIMALS", "0.00000000001"),
    ("2.1/numerator", datetime.date(2025, 1, 2), "ANSWER-DATE", "02/01/2025"),
    ("2.1/numerator", datetime.datetime(2025, 1, 2, 3, 4), "ANSWER-DATE", "2025-01-02 03:04"),  # noqa: DTZ001
    ("2.1/numerator", datetime.time(3, 4), "ANSWER-DATE", "03:04"),
    ("2.1/numerator", True, "ANSWER-BOOLEAN", "TRUE"),
    ("2.1/numerator", "=1+1", "ANSWER-FORMULA", ""),
    ("2.1/numerator", "#DIV/0!", "ANSWER-ERROR", "#DIV/0!"),
    ("1.1.1/met", "Đúng", "VALUE-YES-NO", "Đúng"),
    ("1.1.1/met", 1, "VALUE-YES-NO", '"1"'),
    ("1.1.1/met", True, "ANSWER-BOOLEAN", "TRUE"),
    ("1.1.1/met", "=TRUE", "ANSWER-FORMULA", ""),
    ("1.1.2/level", "Rất tốt", "VALUE-CHOICE", "Rất tốt"),
    ("1.1.2/level", 2, "VALUE-CHOICE", '"2"'),
    ("1.1.2/level", datetime.date(2025, 1, 2), "ANSWER-DATE", "02/01/2025"),
]


@pytest.mark.parametrize(("key", "value", "code", "shown"), WRONG, ids=lambda each: str(each)[:20])
def test_values_that_are_none(key: str, value: object, code: str, shown: str) -> None:
    sheet = key[0]
    submission, problems = read_tampered(put(sheet, key, value))
    wrong = next(problem for problem in problems if problem.kind.severity == "error")
    assert wrong.code == code
    assert len(problems.errors) == 1
    assert wrong.where.file == "U1.xlsx"
    assert wrong.where.sheet == sheet
    assert str(wrong.where.cell).startswith("D")
    assert shown in wrong.words("en")
    assert wrong.words("vi") != wrong.words("en")
    assert wrong.kind.remedy.vi
    assert wrong.kind.remedy.en
    node, name = key.split("/")
    assert (node, name) not in answers(submission)


@pytest.mark.parametrize("key", ["2.3/share", "2.1/numerator"])
def test_a_figure_typed_with_its_percent_sign(key: str) -> None:
    submission, problems = read_tampered(_percent("2", key, 0.95 if key == "2.3/share" else 5))
    wrong = problems.errors[0]
    assert wrong.code == "ANSWER-PERCENT"
    assert "(95%)" in wrong.words("vi") or "(500%)" in wrong.words("vi")
    assert tuple(key.split("/")) not in answers(submission)


def test_a_share_below_one_percent_is_asked_about() -> None:
    submission, problems = read_tampered(put("2", "2.3/share", 0.95))
    assert only(problems).code == "ANSWER-PERCENT-SMALL"
    assert not problems.errors
    assert answers(submission)["2.3", "share"] == "0.95"


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("1.1.1/met", "không", "no"),
        ("1.1.1/met", " CÓ ", "yes"),
        ("1.1.1/met", "No", "no"),
        ("1.1.1/met", unicodedata.normalize("NFD", "Có"), "yes"),
        ("1.1.2/level", unicodedata.normalize("NFD", "Thiếu hoặc chậm"), "part"),
        ("1.1.2/level", "thiếu  hoặc\nchậm ", "part"),
        ("1.1.2/level", "Partial or late", "part"),
        ("2.1/numerator", 0, "0"),
        ("2.2/actual", 0.1 + 0.2, "0.3"),
        ("2.2/actual", 1234.5, "1234.5"),
        ("2.3/share", 120, "120"),
        ("2.3/growth", -3.75, "-3.75"),
    ],
    ids=str,
)
def test_values_as_people_type_them(key: str, typed: object, value: str) -> None:
    submission, problems = read_tampered(put(key[0], key, typed))
    assert not list(problems)
    node, name = key.split("/")
    assert answers(submission)[node, name] == value


@pytest.mark.parametrize("empty", [None, "", "   "], ids=repr)
def test_an_empty_cell_is_no_answer_and_no_zero(empty: object) -> None:
    submission, problems = read_tampered(put("2", "2.3/growth", empty))
    assert ("2.3", "growth") not in answers(submission)
    notice = only(problems)
    assert notice.code == "ANSWER-INCOMPLETE"
    assert notice.kind.severity == "notice"
    assert "Mức tăng" in notice.words("vi")


def test_a_leaf_left_empty_is_silent() -> None:
    def change(book: OpenWorkbook) -> None:
        for key in ("2.3/growth", "2.3/share"):
            put("2", key, None)(book)

    submission, problems = read_tampered(change)
    assert not list(problems)
    assert submission is not None
    assert "2.3" not in {answer.node for answer in submission.answers}
    assert submission.explanations["2.3"]


def test_a_part_larger_than_its_whole_names_both_cells() -> None:
    submission, problems = read_tampered(put("2", "2.1/numerator", 50113))
    problem = only(problems)
    assert problem.code == "ANSWER-PART"
    at = str(problem.where.cell)
    whole = f"D{int(at[1:]) + 1}"
    assert problem.words("vi") == (
        f'U1.xlsx, trang "2", ô {at}: 50.113 (Hồ sơ đúng hạn) nhiều hơn 50.112 (Hồ sơ đã giải quyết, ô {whole}). '
        f"Số thứ nhất là một phần của số thứ hai. Sửa {at} hoặc {whole} rồi tải lại. [ANSWER-PART]"
    )
    assert "50,113 (Dossiers settled on time) is more than 50,112" in problem.words("en")
    assert not {("2.1", "numerator"), ("2.1", "denominator")} & set(answers(submission))


def test_a_part_equal_to_its_whole_is_fine() -> None:
    assert not list(read_tampered(put("2", "2.1/numerator", 50112))[1])


def test_labels_that_two_options_share_are_refused() -> None:
    twins = framework_of(FRAMEWORK.replace('en: "Partial or late"', 'en: "Complete and on time"'))
    edition = edition_of(twins)
    content = written(FILLED, edition)
    typed = tampered(put("1", "1.1.2/level", "Complete and on time"), content)
    assert "VALUE-CHOICE" in codes(read(typed, edition)[1])
    vietnamese = tampered(put("1", "1.1.2/level", "Thiếu hoặc chậm"), content)
    assert answers(read(vietnamese, edition)[0])["1.1.2", "level"] == "part"


def test_a_bonus_is_a_count() -> None:
    assert "VALUE-WHOLE" in codes(read_tampered(put("Thưởng-trừ", "B1/count", 1.5))[1])
    submission, _ = read_tampered(put("Thưởng-trừ", "B1/count", None))
    assert ("B1", "count") not in answers(submission)


# --- evidence and explanations


def evidence_of(node: str, column: str, value: object) -> Any:
    return put(node[0], node, value, column)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("TL02", "TL02"),
        ("tl2", "TL02"),
        ("TL 02", "TL02"),
        ("TL002", "TL02"),
        ("TL01, TL02", "TL01 TL02"),
        ("TL01;TL02;", "TL01 TL02"),
        ("TL01\nTL02", "TL01 TL02"),
        ("TL01; TL01", "TL01"),
    ],
)
def test_ids_as_people_type_them(typed: str, ids: str) -> None:
    submission, problems = read_tampered(evidence_of("1.1.1", "G", typed))
    assert not problems.errors
    assert submission is not None
    evidence = submission.answers[0].evidence or ""
    assert [word for word in evidence.split() if word.startswith("TL")] == ids.split()


def test_an_id_that_is_not_in_the_list() -> None:
    submission, problems = read_tampered(evidence_of("1.1.1", "G", "TL01; TL09"))
    problem = only(problems)
    assert problem.code == "EVIDENCE-UNLISTED"
    assert "TL09" in both(problem)
    assert submission is not None
    assert (submission.answers[0].evidence or "").startswith("TL01")


@pytest.mark.parametrize("typed", ["Kế hoạch", "TL", "TL0", "12", 12])
def test_an_id_that_is_none(typed: object) -> None:
    assert "EVIDENCE-ID" in codes(read_tampered(evidence_of("1.1.1", "G", typed))[1])


def test_a_formula_is_no_evidence() -> None:
    assert "ANSWER-FORMULA" in codes(read_tampered(evidence_of("1.1.1", "G", "=TLKC!A6"))[1])


def test_figures_with_neither_evidence_nor_explanation_are_noticed() -> None:
    def change(book: OpenWorkbook) -> None:
        for column in "GHI":
            evidence_of("2.1", column, None)(book)

    submission, problems = read_tampered(change)
    notice = only(problems)
    assert (notice.code, notice.kind.severity) == ("EVIDENCE-MISSING", "notice")
    assert str(notice.where.cell).startswith("G")
    assert answers(submission)["2.1", "numerator"] == "49998"


def test_evidence_without_a_place_is_noticed() -> None:
    submission, problems = read_tampered(evidence_of("1.1.2", "H", "trang 5"))
    notice = only(problems)
    assert (notice.code, notice.kind.severity) == ("EVIDENCE-LOCATOR", "notice")
    assert "TL02" in both(notice)
    assert submission is not None
    said = next(answer.evidence for answer in submission.answers if answer.node == "1.1.2")
    assert said == "TL01 Kế hoạch 12/KH-UBND (trang 5); TL02 Báo cáo 99/BC-UBND"


def test_more_places_than_documents_are_noticed_and_kept() -> None:
    submission, problems = read_tampered(evidence_of("1.1.2", "H", "trang 5; trang 6; trang 7"))
    assert only(problems).code == "EVIDENCE-LOCATORS"
    assert submission is not None
    said = next(answer.evidence for answer in submission.answers if answer.node == "1.1.2")
    assert said is not None
    assert said.endswith("(trang 6; trang 7)")


def test_one_document_may_have_any_place() -> None:
    submission, problems = read_tampered(evidence_of("1.1.1", "H", "Mục I; Mục II\nPhụ lục"))
    assert not list(problems)
    assert submission is not None
    assert submission.answers[0].evidence == "TL01 Kế hoạch 12/KH-UBND (Mục I; Mục II\nPhụ lục)"


def test_a_page_number_alone_is_a_place() -> None:
    submission, _ = read_tampered(evidence_of("1.1.1", "H", 3))
    assert submission is not None
    assert submission.answers[0].evidence == "TL01 Kế hoạch 12/KH-UBND (3)"


def test_a_long_explanation_is_refused() -> None:
    _, problems = read_tampered(evidence_of("2.3", "I", "a" * 2001))
    problem = problems.errors[0]
    assert problem.code == "ANSWER-TEXT-LONG"
    assert "2,001" in problem.words("en")
    assert not read_tampered(evidence_of("2.3", "I", "a" * 2000))[1].errors


def test_control_characters_are_dropped() -> None:
    submission, _ = read_tampered(evidence_of("2.3", "I", "một_x0007_ hai_x000D_\nba"))
    assert submission is not None
    text = submission.explanations["2.3"]
    assert all(letter == "\n" or letter.isprintable() for letter in text)


def _document(row: int, column: str, value: object) -> Any:
    def change(book: OpenWorkbook) -> None:
        first = row_of(book, "TLKC", "TL01")
        book["TLKC"][f"{column}{first + row}"].value = value

    return change


def test_documents_may_be_added_in_any_row() -> None:
    submission, problems = read_tampered(_document(7, "B", "Công văn 5/CV"))
    assert not list(problems)
    assert submission is not None
    assert submission.documents[-1].id == "TL08"


def test_a_document_listed_twice() -> None:
    _, problems = read_tampered(_document(1, "A", "TL01"))
    assert "EVIDENCE-TWICE" in codes(problems)


def test_a_document_without_a_name() -> None:
    _, problems = read_tampered(_document(0, "B", None))
    assert codes(problems) == ["EVIDENCE-UNNAMED"]


@pytest.mark.parametrize(
    ("typed", "issued", "notices"),
    [
        (datetime.date(2025, 3, 4), "2025-03-04", []),
        ("4/3/2025", "2025-03-04", []),
        ("04.03.2025", "2025-03-04", []),
        ("tháng 3/2025", "tháng 3/2025", ["EVIDENCE-DATE"]),
        ("31/02/2025", "31/02/2025", ["EVIDENCE-DATE"]),
        (None, "", []),
    ],
)
def test_dates_of_documents(typed: object, issued: str, notices: list[str]) -> None:
    submission, problems = read_tampered(_document(0, "D", typed))
    assert codes(problems) == notices
    assert submission is not None
    assert submission.documents[0].issued == issued


# --- everything at once


def test_all_problems_come_at_once() -> None:
    def change(book: OpenWorkbook) -> None:
        put("2", "2.1/numerator", "nhiều")(book)
        put("2", "2.2/actual", -1)(book)
        put("1", "1.1.1/met", "Đúng")(book)
        evidence_of("1.1.2", "G", "TL77")(book)
        book["2"].delete_rows(row_of(book, "2", "2.3/share"))

    _, problems = read_tampered(change)
    assert {problem.code for problem in problems.errors} == {
        "ANSWER-TEXT",
        "VALUE-NEGATIVE",
        "VALUE-YES-NO",
        "EVIDENCE-UNLISTED",
        "SUBMISSION-ROW-MISSING",
    }


def test_looks_do_not_matter() -> None:
    def change(book: OpenWorkbook) -> None:
        for sheet in book.worksheets:
            sheet.protection.sheet = False
            for row in sheet.iter_rows():
                for cell in row:
                    font = copy.copy(cell.font)
                    font.bold = True
                    cell.font = font
                    cell.alignment = Alignment(wrap_text=False)

    assert not list(read_tampered(change)[1])


def test_numbers_are_exact() -> None:
    submission, _ = read_tampered(put("2", "2.2/actual", 79.125))
    assert Decimal(answers(submission)["2.2", "actual"]) == Decimal("79.125")


def test_an_openpyxl_book_is_what_the_tests_think() -> None:
    """The rows of the form, as people see them."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(filled_bytes()))
    keys = [cell.value for cell in book["2"]["A"]][_head_row(book) :]
    assert keys == [
        "2.1",
        "2.1/numerator",
        "2.1/denominator",
        "2.2",
        "2.2/actual",
        "2.2/target",
        "2.3",
        "2.3/share",
        "2.3/growth",
    ]


def test_a_document_whose_id_is_none() -> None:
    _, problems = read_tampered(_document(7, "A", "Văn bản 8"))
    assert not list(problems)  # an empty line is no document, whatever stands before it

    def change(book: OpenWorkbook) -> None:
        _document(7, "B", "Công văn")(book)
        _document(7, "A", "Văn bản 8")(book)

    submission, problems = read_tampered(change)
    assert codes(problems) == ["EVIDENCE-ID"]
    assert submission is not None
    assert len(submission.documents) == 2
