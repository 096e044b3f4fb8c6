"""What we write comes out the same each time, keeps text as text, and is read back by two readers."""

from __future__ import annotations

import datetime
import io
import time
import zipfile
from decimal import Decimal

import pytest

from parindex.workbooks import new_workbook, read_workbook, sheet_name, standard_formats


def written(**options) -> bytes:
    buffer = io.BytesIO()
    with new_workbook(buffer, **options) as book:
        formats = standard_formats(book)
        sheet = book.add_worksheet("5.2")
        sheet.write(0, 0, "Nội dung", formats.heading)
        sheet.write(1, 0, "=1+1", formats.input_text)
        sheet.write(2, 0, "https://vanban.example", formats.text)
        sheet.write(3, 0, "1.10", formats.text)
        sheet.write(4, 0, Decimal("50112.25"), formats.decimal)
        sheet.write(5, 0, 7, formats.input_whole)
    return buffer.getvalue()


@pytest.mark.slow
def test_the_same_content_gives_the_same_bytes_at_another_time():
    first = written(custom_properties={"schema": "abc"})
    time.sleep(2.1)  # ZIP counts in steps of two seconds
    assert written(custom_properties={"schema": "abc"}) == first


def test_nothing_in_the_file_tells_when_it_was_written():
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_the_date_can_be_given():
    created = datetime.datetime(2024, 1, 20, 7, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))
    with zipfile.ZipFile(io.BytesIO(written(created=created))) as archive:
        assert archive.read("docProps/core.xml").count(b"2024-01-20T00:00:00Z") == 2


def test_text_stays_text_and_numbers_stay_exact():
    sheet = read_workbook("P07.xlsx", written()).sheets[0]
    assert [sheet.at(row, 1).value for row in range(1, 7)] == [
        "Nội dung",
        "=1+1",
        "https://vanban.example",
        "1.10",
        Decimal("50112.25"),
        Decimal(7),
    ]
    assert not any(cell.formula or cell.percent for cell in sheet.cells.values())


def test_another_reader_reads_the_same():
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.load_workbook(io.BytesIO(written()))["5.2"]
    assert [row[0].value for row in sheet.iter_rows()][:2] == ["Nội dung", "=1+1"]
    assert sheet["A2"].data_type == "s"


def test_properties_come_back():
    content = written(properties={"title": "Biểu mẫu"}, custom_properties={"lược đồ": "876-abc"})
    workbook = read_workbook("P07.xlsx", content)
    assert workbook.properties["title"] == "Biểu mẫu"
    assert workbook.custom_properties == {"lược đồ": "876-abc"}


def test_nothing_is_written_when_the_block_fails(tmp_path):
    target = tmp_path / "a.xlsx"
    with pytest.raises(LookupError), new_workbook(target) as book:
        book.add_worksheet("1")
        raise LookupError
    assert list(tmp_path.iterdir()) == []


def test_a_path_takes_the_place_of_the_file_before(tmp_path):
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    with new_workbook(target) as book:
        book.add_worksheet("1").write_number(0, 0, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
    assert read_workbook("a.xlsx", target).sheets[0].cell("A1").value == 1


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [(0, 0, "x" * 32_768), (1_048_576, 0, "x"), (0, 16_384, "x")],
    ids=["long", "row", "column"],
)
def test_what_excel_cannot_hold_is_said_aloud(row, column, text):
    with pytest.raises(ValueError, match=r"cell|outside"), new_workbook(io.BytesIO()) as book:
        book.add_worksheet("1").write(row, column, text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("5.2", "5.2"),
        ("1/2: a*b?", "1-2- a-b-"),
        ("x" * 40, "x" * 31),
        ("'a'", "a"),
        ("", "_"),
        ("History", "History_"),
    ],
)
def test_sheet_names_that_excel_takes(text, name):
    assert sheet_name(text) == name
    with new_workbook(io.BytesIO()) as book:
        book.add_worksheet(sheet_name(text))
