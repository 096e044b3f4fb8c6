"""The form itself: what can be filled in, what helps, and the live self-score."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import cache

import openpyxl
import pytest
from openpyxl.workbook import Workbook as OpenWorkbook
from small_form import FILLED, edition_of, filled_bytes, row_of, small_framework, written

from parindex.submissions import CellsOfSheet, layout


@cache
def book() -> OpenWorkbook:
    return openpyxl.load_workbook(io.BytesIO(filled_bytes()))


def test_the_sheets_in_their_order() -> None:
    assert book().sheetnames == ["Bìa", "1", "2", "Thưởng-trừ", "TLKC", "Tổng điểm", "Danh mục"]
    assert book()["Danh mục"].sheet_state == "hidden"


def test_no_adjustments_no_sheet_of_them() -> None:
    import dataclasses

    plain = dataclasses.replace(small_framework(), adjustments=())
    names = openpyxl.load_workbook(io.BytesIO(written(None, edition_of(plain)))).sheetnames
    assert "Thưởng-trừ" not in names


def test_the_cover_says_whose_it_is_and_by_when() -> None:
    texts = [str(cell.value) for row in book()["Bìa"].iter_rows() for cell in row if cell.value is not None]
    for wanted in ("U1-1", "2025-mô-phỏng", "20/01/2026", "parindex-submission/1", "small"):
        assert wanted in texts
    joined = "\n".join(texts)
    assert "Tỉnh Thử\nTest Province" in joined
    assert "Quyết định 1/QĐ" in joined
    assert "để trống, không ghi 0" in joined


def test_every_sheet_of_a_simulated_edition_says_so() -> None:
    for sheet in book().worksheets:
        shown = [str(cell.value) for row in sheet.iter_rows(max_row=1) for cell in row if cell.value]
        assert any("SỐ LIỆU MÔ PHỎNG" in text and "SIMULATED FIGURES" in text for text in shown), sheet.title
        assert "SỐ LIỆU MÔ PHỎNG" in sheet.oddHeader.center.text


def test_no_sheet_of_a_real_edition_says_so() -> None:
    real = edition_of(small_framework(), code="2025", simulated=False)
    for sheet in openpyxl.load_workbook(io.BytesIO(written(None, real))).worksheets:
        assert "SIMULATED" not in str([cell.value for row in sheet.iter_rows() for cell in row])
        assert not sheet.oddHeader.center.text


def test_only_what_is_to_be_filled_in_is_unlocked() -> None:
    unlocked = {
        (sheet.title, sheet.cell(cell.row, 1).value, cell.column_letter)
        for sheet in book().worksheets
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked and sheet.title != layout.DOCUMENTS
    }
    said = {("1", "1.1.1"), ("1", "1.1.2"), ("2", "2.1"), ("2", "2.2"), ("2", "2.3"), ("Thưởng-trừ", "B1/count")}
    values = {
        ("1", "1.1.1/met"),
        ("1", "1.1.2/level"),
        ("2", "2.1/numerator"),
        ("2", "2.1/denominator"),
        ("2", "2.2/actual"),
        ("2", "2.2/target"),
        ("2", "2.3/share"),
        ("2", "2.3/growth"),
        ("Thưởng-trừ", "B1/count"),
    }
    assert unlocked == {(*each, letter) for each in said for letter in "GHI"} | {(*each, "D") for each in values}
    for sheet in book().worksheets:
        assert sheet.protection.sheet
        assert not sheet.protection.password


def test_a_survey_leaf_asks_nothing_and_says_why() -> None:
    sheet = book()["1"]
    row = row_of(book(), "1", "1.2")
    assert "Điều tra xã hội học; đơn vị không tự chấm" in str(sheet[f"B{row}"].value)
    assert not any(str(cell.value).startswith("1.2/") for cell in sheet["A"])


def validation(sheet: str, key: str) -> object:
    place = f"D{row_of(book(), sheet, key)}"
    return next(each for each in book()[sheet].data_validations.dataValidation if place in each.sqref)


def test_drop_down_lists_hold_the_vietnamese_labels() -> None:
    for sheet, key, labels in (
        ("1", "1.1.1/met", ["Có", "Không"]),
        ("1", "1.1.2/level", ["Đầy đủ, đúng hạn", "Thiếu hoặc chậm"]),
    ):
        source = validation(sheet, key).formula1  # type: ignore[attr-defined]
        name, cells = source.split("!")
        found = [cell.value for (cell,) in book()[name.strip("'")][cells.replace("$", "")]]
        assert found == labels


@pytest.mark.parametrize(
    ("key", "kind", "low"),
    [("2.1/numerator", "whole", "0"), ("2.2/actual", "decimal", "0"), ("2.3/growth", "decimal", str(-(10**15)))],
)
def test_numbers_have_a_range_and_a_note(key: str, kind: str, low: str) -> None:
    found = validation("2", key)
    assert (found.type, found.formula1) == (kind, low)  # type: ignore[attr-defined]
    assert "để trống" in found.prompt  # type: ignore[attr-defined]


def test_a_part_shows_at_once_that_it_exceeds_its_whole() -> None:
    row = row_of(book(), "2", "2.1/numerator")
    formula = str(book()["2"][f"F{row}"].value)
    assert f"N(D{row})>N(D{row + 1})" in formula
    assert f"nhiều hơn D{row + 1}" in formula


def test_the_self_score_waits_for_all_inputs() -> None:
    row = row_of(book(), "2", "2.1")
    formula = str(book()["2"][f"F{row}"].value)
    assert formula.startswith(f"=IF(AND(COUNT(D{row + 1},D{row + 2})=2),IFERROR(ROUND(")
    assert formula.endswith(',4),""),"")')


def test_a_rule_speaks_of_cells() -> None:
    cells = CellsOfSheet({"met": "D4", "level": "D5"}, {"level": {"full": "'Danh mục'!$B$4"}})
    assert cells.number("met") == "D4"
    assert cells.holds("met") == '(D4="Có")'
    assert cells.chosen("level", "full") == "(D5='Danh mục'!$B$4)"


def test_the_page_is_set_up_for_paper() -> None:
    sheet = book()["2"]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows is not None
    head = int(sheet.freeze_panes[1:]) - 1
    assert sheet[f"A{head}"].value == "Mã\nCode"


def test_long_names_have_room() -> None:
    """Rows are as high as their lines; the longest Vietnamese names wrap instead of being cut."""
    from parindex.submissions.looks import lines_of

    name = "Tỷ lệ hồ sơ thủ tục hành chính được giải quyết trước hạn và đúng hạn trên Cổng Dịch vụ công quốc gia"
    assert lines_of(name, 44) == 3
    assert lines_of(name, 200) == 1
    assert lines_of("dòng một\ndòng hai", 44) == 2
    assert lines_of("x" * 500, 10) >= 50


def test_totals_point_at_every_domain() -> None:
    sheet = book()["Tổng điểm"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("SUM('1'!$F$" in text for text in texts)
    assert any("SUM('2'!$F$" in text for text in texts)
    assert any("MIN(SUM('Thưởng-trừ'!" in text for text in texts)


def test_typed_formulas_are_written_as_text() -> None:
    import dataclasses

    nasty = dataclasses.replace(FILLED, explanations={"2.1": "=1+1", "2.2": "@SUM(A1)", "B1": "https://example.org"})
    found = openpyxl.load_workbook(io.BytesIO(written(nasty)))
    cell = found["2"][f"I{row_of(found, '2', '2.1')}"]
    assert (cell.value, cell.data_type) in [("=1+1", "s"), ("=1+1", "f")]  # openpyxl guesses from the first sign
    import zipfile

    with zipfile.ZipFile(io.BytesIO(written(nasty))) as archive:
        assert "<f>1+1</f>" not in archive.read("xl/worksheets/sheet3.xml").decode()
        assert b"hyperlink" not in archive.read("xl/worksheets/sheet4.xml")


def test_many_documents_are_more_than_the_rows_of_the_form() -> None:
    from parindex.submissions import EvidenceDocument, Filled

    many = tuple(EvidenceDocument(layout.document_id(n), f"Văn bản {n}") for n in range(1, 301))
    found = openpyxl.load_workbook(io.BytesIO(written(Filled(documents=many))))
    ids = [str(cell.value) for cell in found[layout.DOCUMENTS]["A"] if str(cell.value).startswith("TL")]
    assert ids[-1] == "TL300"
    assert Decimal(len(set(ids))) == 300


def test_rows_grow_when_more_is_typed() -> None:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(filled_bytes())) as archive:
        sheet = archive.read("xl/worksheets/sheet3.xml").decode()
    assert ' ht="' in sheet
    assert "customHeight" not in sheet


def test_a_domain_may_be_called_like_another_sheet() -> None:
    import dataclasses

    first, second = small_framework().domains
    odd = dataclasses.replace(small_framework(), domains=(dataclasses.replace(first, code="TLKC"), second))
    assert layout.domain_sheets(odd) == {"TLKC": "TLKC (2)", "2": "2"}
    odder = dataclasses.replace(small_framework(), domains=(dataclasses.replace(first, code="a/b"), second))
    assert layout.domain_sheets(odder) == {"a/b": "a-b", "2": "2"}
