"""What a cell gives back is what a person sees in Excel, and never what a formula claims."""

from __future__ import annotations

import datetime
import io
import unicodedata
from decimal import Decimal

import pytest

from parindex.workbooks import EMPTY, Cell, cell_name, cell_position, new_workbook, read_workbook


@pytest.fixture
def cells(handmade, read):
    """The cells of one sheet with these rows, by name."""

    def of(rows, **more):
        sheet = read(handmade(rows, **more)).sheets[0]
        return {cell_name(*place): cell for place, cell in sheet.cells.items()}

    return of


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        ("0.1", "0.1"),
        ("0.10000000000000001", "0.1"),  # as older versions of Excel write it
        ("5", "5"),
        ("5.0", "5"),
        ("-0", "0"),
        ("50112", "50112"),
        ("12345678901234567890", "1.2345678901234567E+19"),
        ("1e308", "1E+308"),
        ("5E-324", "5E-324"),
    ],
)
def test_a_number_is_the_decimal_a_person_typed(cells, stored, value):
    found = cells(f'<row r="1"><c r="A1"><v>{stored}</v></c></row>')
    assert found == {"A1": Cell(Decimal(value), "number")}
    assert str(found["A1"].value) == value


@pytest.mark.parametrize("stored", ["1e999", "-1e999", "inf", "nan"])
def test_a_number_that_is_none_can_be_told(cells, stored):
    cell = cells(f'<row r="1"><c r="A1"><v>{stored}</v></c></row>')["A1"]
    assert cell.is_number
    assert not cell.value.is_finite()


def test_texts_shared_inline_and_rich(cells):
    assert cells(
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="C1" t="inlineStr"><is><t>a &amp; b</t></is></c>'
        '<c r="D1" t="inlineStr"><is><r><t>một</t></r><r><t xml:space="preserve"> hai</t></r></is></c></row>'
    ) == {
        "A1": Cell("Huế", "text"),
        "B1": Cell("Đà Nẵng", "text"),
        "C1": Cell("a & b", "text"),
        "D1": Cell("một hai", "text"),
    }


def test_text_is_composed_at_the_door(cells):
    decomposed = unicodedata.normalize("NFD", "Thừa Thiên Huế")
    found = cells(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{decomposed}</t></is></c></row>')
    assert found["A1"].value == "Thừa Thiên Huế"


def test_what_looks_like_a_formula_or_a_number_but_is_text_stays_text(cells):
    found = cells(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>=1+1</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>1.10</t></is></c></row>'
    )
    assert found == {"A1": Cell("=1+1", "text"), "B1": Cell("1.10", "text")}


def test_truth_and_errors(cells):
    found = cells(
        '<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="e"><v>#DIV/0!</v></c>'
        '<c r="D1" t="e"><f>1/0</f><v>#N/A</v></c><c r="E1" t = \'e\'><v>#REF!</v></c></row>'
    )
    assert found == {
        "A1": Cell(True, "boolean"),
        "B1": Cell(False, "boolean"),
        "C1": Cell("#DIV/0!", "error"),
        "D1": Cell("#N/A", "error", formula=True),
        "E1": Cell("#REF!", "error"),
    }


def test_an_error_the_reader_does_not_know_is_named_with_its_cell(handmade, read, refused):
    content = handmade('<row r="7"><c r="D7" t="e"><v>#SPILL!</v></c></row>')
    assert refused(content) == ["WORKBOOK-CELL"]
    with pytest.raises(Exception, match=r'sheet "1", cell D7: .*#SPILL!'):
        read(content)


def test_dates_times_and_durations():
    buffer = io.BytesIO()
    with new_workbook(buffer) as book:
        sheet = book.add_worksheet("1")
        for row, (number, look) in enumerate(
            [(45000, "dd/mm/yyyy"), (45000.25, "dd/mm/yyyy hh:mm"), (0.5, "hh:mm"), (1.5, "[h]:mm"), (45000, "0")]
        ):
            sheet.write_number(row, 0, number, book.add_format({"num_format": look}))
    found = read_workbook("P07.xlsx", buffer.getvalue()).sheets[0]
    assert [found.at(row, 1) for row in range(1, 6)] == [
        Cell(datetime.date(2023, 3, 15), "date"),
        Cell(datetime.datetime(2023, 3, 15, 6, 0), "date"),  # noqa: DTZ001  Excel knows no time zone
        Cell(datetime.time(12, 0), "time"),
        Cell(datetime.timedelta(days=1, hours=12), "duration"),
        Cell(Decimal(45000), "number"),
    ]


def test_days_counted_from_1904(handmade, read):
    workbook = (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<workbookPr date1904="1"/><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    content = handmade('<row r="1"><c r="A1" s="2"><v>366</v></c></row>', parts={"xl/workbook.xml": workbook})
    assert read(content).sheets[0].cell("A1").value == datetime.date(1905, 1, 1)


def test_a_formula_is_marked_whatever_its_prefix_and_its_stored_value(cells):
    found = cells(
        '<row r="1"><c r="A1"><f>1+1</f><v>100</v></c><c r="B1"><v>2</v></c>'
        '<c r="C1" t="str"><f>"a"</f><v>a</v></c><c r="D1"><f>1</f></c></row>'
        '<row r="2" xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<x:c r="A2"><x:f t="shared" si="0"/><x:v>7</x:v></x:c></row>'
    )
    assert found == {
        "A1": Cell(Decimal(100), "number", formula=True),
        "B1": Cell(Decimal(2), "number"),
        "C1": Cell("a", "text", formula=True),
        "D1": Cell(None, "empty", formula=True),
        "A2": Cell(Decimal(7), "number", formula=True),
    }
    assert not found["D1"].is_empty


def test_an_array_formula_marks_every_cell_it_fills(cells):
    found = cells(
        '<row r="1"><c r="A1"><f t="array" ref="A1:B2">1</f><v>1</v></c>'
        '<c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>'
        '<row r="2"><c r="A2"><v>4</v></c><c r="B2"><v>5</v></c></row><row r="3"><c r="A3"><v>6</v></c></row>'
    )
    assert [name for name, cell in found.items() if cell.formula] == ["A1", "B1", "A2", "B2"]
    assert [name for name, cell in found.items() if not cell.formula] == ["C1", "A3"]


def test_cells_without_a_place_stand_right_of_the_one_before(cells):
    found = cells(
        "<row><c><v>1</v></c><c><f>2</f><v>2</v></c></row>"
        '<row r="4"><c r="C4"><v>3</v></c><c><f>4</f><v>4</v></c></row><row><c><v>5</v></c></row>'
    )
    assert list(found) == ["A1", "B1", "C4", "D4", "A5"]
    assert [name for name, cell in found.items() if cell.formula] == ["B1", "D4"]


def test_a_rule_of_the_sheet_is_no_formula_of_its_last_cell(handmade, read):
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1"><v>1</v></c></row></sheetData><extLst><ext xmlns:xm="m"><xm:f>A1</xm:f></ext></extLst></worksheet>'
    )
    content = handmade(parts={"xl/worksheets/sheet1.xml": sheet})
    assert read(content).sheets[0].cell("A1") == Cell(Decimal(1), "number")


def test_a_percentage_is_marked_so_that_95_percent_is_not_taken_for_0_95(cells):
    found = cells(
        '<row r="1"><c r="A1" s="1"><v>0.95</v></c><c r="B1" s="0"><v>0.95</v></c><c r="C1" s="3"><v>0.95</v></c></row>'
    )
    assert found["A1"] == Cell(Decimal("0.95"), "number", percent=True)
    assert not found["B1"].percent
    assert not found["C1"].percent  # its percent sign is a quoted letter: Excel multiplies nothing


def test_cells_that_hold_nothing_are_left_out(cells):
    assert cells('<row r="1"><c r="A1" s="2"/><c r="B1"><v></v></c><c r="C1" t="str"><v></v></c></row>') == {}


def test_empty_cells_far_out_are_no_harm(cells):
    found = cells('<row r="1"><c r="B1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576"/></row>')
    assert list(found) == ["B1"]


def test_a_sheet_knows_its_cells_by_name_row_and_place(handmade, read):
    sheet = read(handmade('<row r="14"><c r="D14"><v>3</v></c></row>')).sheets[0]
    assert sheet.cell("D14") == sheet.at(14, 4) == Cell(Decimal(3), "number")
    assert sheet.cell("A1") is EMPTY
    assert (sheet.row_count, sheet.column_count) == (14, 4)
    assert sheet.row(14) == (EMPTY, EMPTY, EMPTY, Cell(Decimal(3), "number"))
    assert len(list(sheet.rows())) == 14
    assert sheet.place(14, 4).words("vi") == 'P07.xlsx, trang "1", ô D14'


def test_hidden_sheets_are_read_and_chart_sheets_left_out(read):
    buffer = io.BytesIO()
    with new_workbook(buffer) as book:
        data = book.add_worksheet("Số liệu")
        data.write_number(0, 0, 1)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": ["Số liệu", 0, 0, 0, 0]})
        book.add_chartsheet("Biểu đồ").set_chart(chart)
        book.add_worksheet("_lược đồ").hide()
    workbook = read(buffer.getvalue())
    assert [(sheet.name, sheet.hidden) for sheet in workbook.sheets] == [("Số liệu", False), ("_lược đồ", True)]
    assert workbook.sheet("SỐ LIỆU") is workbook.sheets[0]
    assert workbook.sheet("khác") is None


@pytest.mark.parametrize(("row", "column", "name"), [(1, 1, "A1"), (14, 4, "D14"), (2, 27, "AA2"), (3, 16384, "XFD3")])
def test_cell_names(row, column, name):
    assert cell_name(row, column) == name
    assert cell_position(name) == (row, column)


@pytest.mark.parametrize("name", ["", "14", "D", "D0", "$D$14", "D14:E15", "Đ1", "D٣"])
def test_what_names_no_cell(name):
    with pytest.raises(ValueError, match="names no cell"):
        cell_position(name)


def test_a_workbook_of_another_writer_reads_the_same():
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "3.4"
    values = ["Huế", Decimal("0.1"), 12, True, datetime.date(2023, 12, 31), None, -2.5, "=SUM(B1:C1)"]
    sheet.append(values)
    buffer = io.BytesIO()
    book.save(buffer)
    found = read_workbook("P07.xlsx", buffer.getvalue()).sheets[0]
    assert found.name == "3.4"
    assert found.row(1) == (
        Cell("Huế", "text"),
        Cell(Decimal("0.1"), "number"),
        Cell(Decimal(12), "number"),
        Cell(True, "boolean"),
        Cell(datetime.date(2023, 12, 31), "date"),
        EMPTY,
        Cell(Decimal("-2.5"), "number"),
        Cell(None, "empty", formula=True),
    )
