"""A workbook written once and filled in many times says what one written whole would."""

from __future__ import annotations

import io
from datetime import date

import pytest

from parindex.workbooks import FilledAgain, SheetFilling, Workbook, new_workbook, read_workbook

MARK = "\ue0f1name\ue0f1"


def blank() -> FilledAgain:
    target = io.BytesIO()
    with new_workbook(target, properties={"title": f"Form of {MARK}"}) as book:
        sheet = book.add_worksheet("A & B")
        look = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_string(0, 0, f"Unit {MARK}")
        for column in range(3):
            sheet.write_blank(2, column, None, look)
        sheet.write_string(2, 3, "fixed")
        sheet.set_footer(f"&L{MARK}")
        book.add_worksheet("empty")
    return FilledAgain(target.getvalue())


def filled(cells: dict[tuple[int, int], object], name: str = "U1") -> bytes:
    filling = SheetFilling(dict(cells), {2: 40.0})  # type: ignore[arg-type]
    return blank().filled({"A & B": filling}, {MARK: name})


def read(content: bytes) -> Workbook:
    workbook = read_workbook("a.xlsx", content)
    assert isinstance(workbook, Workbook), list(workbook)
    return workbook


def test_words_numbers_and_days_stand_where_they_were_put() -> None:
    book = read(filled({(2, 0): "một", (2, 1): 0.1, (2, 2): date(2024, 2, 29)}, "Bà Rịa <&> Vũng Tàu"))
    sheet = book.sheet("A & B")
    assert sheet is not None
    assert [sheet.cell(name).value for name in ("A1", "A3", "B3", "C3", "D3")][:2] == [
        "Unit Bà Rịa <&> Vũng Tàu",
        "một",
    ]
    assert sheet.cell("C3").value == date(2024, 2, 29) and sheet.cell("D3").value == "fixed"
    assert book.properties["title"] == "Form of Bà Rịa <&> Vũng Tàu"


@pytest.mark.parametrize(
    "words",
    [
        "<r><t>rich</t></r>",
        " spaces ",
        "=1+1",
        "_x0041_",
        "a\tb\nc",
        MARK,
        "</t></si>",
        "https://example.test",
        "\u0007",
    ],
)
def test_words_stay_the_words_that_were_typed(words: str) -> None:
    sheet = read(filled({(2, 0): words})).sheet("A & B")
    assert sheet is not None and sheet.cell("A3").value == words and not sheet.cell("A3").formula


def test_the_same_filling_gives_the_same_bytes_and_leaves_the_form_blank() -> None:
    form = blank()
    first = form.filled({"A & B": SheetFilling({(2, 0): "x"})}, {MARK: "U1"})
    other = read(form.filled({}, {MARK: "U2"})).sheet("A & B")
    assert first == form.filled({"A & B": SheetFilling({(2, 0): "x"})}, {MARK: "U1"})
    assert other is not None and other.cell("A3").is_empty and other.cell("A1").value == "Unit U2"


def test_what_has_no_place_or_room_is_refused() -> None:
    with pytest.raises(KeyError):
        filled({(9, 0): "x"})
    with pytest.raises(KeyError):
        filled({(2, 9): "x"})
    with pytest.raises(ValueError, match="do not fit"):
        filled({(2, 0): "x" * 32_768})
