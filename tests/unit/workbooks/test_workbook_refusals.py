"""Files made to harm, files of another kind, and broken files: each refused by name, none with a traceback."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from handmade_workbooks import XLSX, parts_of, relations_part, sheet_part, types_part, zipped

from parindex.workbooks import Limits

GOOD = zipped(parts_of())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "WORKBOOK-EMPTY"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "WORKBOOK-OLD-EXCEL"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(100), "WORKBOOK-OLD-EXCEL"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500),
            "WORKBOOK-ENCRYPTED",
        ),
        ("Mã,Giá trị\n1.2,5\n".encode(), "WORKBOOK-PLAIN-TEXT"),
        ("Mã;Giá trị\n1.2;5\n".encode("utf-16"), "WORKBOOK-PLAIN-TEXT"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "WORKBOOK-PLAIN-TEXT"),
        (b"%PDF-1.7\n...", "WORKBOOK-NOT-EXCEL"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "WORKBOOK-NOT-EXCEL"),
        (
            zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}),
            "WORKBOOK-OPENDOCUMENT",
        ),
        (zipped({"[Content_Types].xml": types_part(), "xl/workbook.bin": b"\x83\x01\x00"}), "WORKBOOK-BINARY"),
        (zipped({"[Content_Types].xml": types_part(), "word/document.xml": "<a/>"}), "WORKBOOK-NOT-EXCEL"),
        (zipped({"ảnh.jpg": b"\xff\xd8"}), "WORKBOOK-NOT-EXCEL"),
    ],
)
def test_a_file_of_another_kind_is_told_by_name(refused, content, code):
    assert refused(content) == [code]


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.999])
def test_a_file_cut_off_is_damaged(refused, share):
    assert refused(GOOD[: max(int(len(GOOD) * share), 4)]) == ["WORKBOOK-DAMAGED"]


def test_a_part_that_disagrees_with_its_checksum_is_damaged(refused):
    content = zipped(parts_of(), compression=zipfile.ZIP_STORED).replace(b"<v>1</v>", b"<v>9</v>")
    assert refused(content) == ["WORKBOOK-DAMAGED"]


def test_more_bytes_than_allowed(refused):
    assert refused(GOOD + bytes(100), Limits(file_bytes=len(GOOD))) == ["WORKBOOK-TOO-LARGE"]


def test_a_bomb_is_refused_by_its_ratio_before_it_is_unpacked(handmade, refused):
    content = handmade(parts={"xl/media/drawing.xml": " " * 5_000_000})
    assert refused(content) == ["WORKBOOK-RATIO"]


def test_a_bomb_of_one_large_part_and_of_many(handmade, refused):
    large = handmade(parts={"xl/a.xml": "<a>" + "0123456789" * 400_000 + "</a>"})
    assert refused(large, Limits(part_bytes=3_000_000, ratio=10_000)) == ["WORKBOOK-EXPANDS"]
    assert refused(large, Limits(total_bytes=3_000_000, ratio=10_000)) == ["WORKBOOK-EXPANDS"]


def test_a_part_larger_than_the_table_says_is_not_unpacked_beyond_it(refused):
    """The size in both headers is a lie; what is unpacked then fails its checksum."""
    content = bytearray(zipped({**parts_of(), "xl/big.xml": "<a>" + " " * 900_000 + "</a>"}))
    size = struct.pack("<I", 900_007)
    assert content.count(size) == 2
    assert refused(bytes(content.replace(size, struct.pack("<I", 100)))) == ["WORKBOOK-DAMAGED"]


def test_many_parts(handmade, refused):
    assert refused(handmade(parts={f"xl/{n}.xml": "<a/>" for n in range(600)})) == ["WORKBOOK-PARTS"]


@pytest.mark.parametrize("name", ["/etc/passwd", "../../x.xml", "xl/../x.xml", "C:/x.xml", "xl\\x.xml", "xl//x.xml"])
def test_names_that_lead_out_of_the_package(handmade, refused, name):
    assert refused(handmade(parts={name: "<a/>"})) == ["WORKBOOK-PART-NAME"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/Worksheets/Sheet1.xml"])
def test_a_part_that_is_there_twice(refused, name):
    buffer = io.BytesIO(GOOD)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, sheet_part(""))
    assert refused(buffer.getvalue()) == ["WORKBOOK-PART-NAME"]


def test_an_encrypted_part_and_an_unusual_compression(refused):
    content = bytearray(GOOD)
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    assert refused(bytes(content)) == ["WORKBOOK-ENCRYPTED"]
    assert set(refused(zipped(parts_of(), compression=zipfile.ZIP_LZMA))) == {"WORKBOOK-UNUSUAL"}


DOCTYPE = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]>"
)
PLACES = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "[Content_Types].xml",
    "docProps/custom.xml",
    "xl/theme.xml",
]


@pytest.mark.parametrize("part", PLACES)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: (DOCTYPE + text).encode(),
        lambda text: (LAUGHS + text).encode(),
        lambda text: ("\ufeff" + DOCTYPE + text).encode(),
        lambda text: ('<?xml version="1.0" encoding="UTF-16"?>' + DOCTYPE + text).encode("utf-16"),
        lambda text: (DOCTYPE + text).encode("utf-16-le"),
        lambda text: (DOCTYPE + text).encode("utf-16-be"),
    ],
    ids=["plain", "laughs", "bom", "utf-16", "utf-16-le", "utf-16-be"],
)
def test_a_doctype_is_refused_in_every_part_and_encoding(handmade, refused, part, spoil):
    text = str(parts_of().get(part, "<a/>"))
    assert refused(handmade(parts={part: spoil(text)})) == ["WORKBOOK-DOCTYPE"]


def test_a_part_in_ebcdic_is_read_by_nobody(handmade, refused):
    text = '<?xml version="1.0" encoding="cp037"?>' + DOCTYPE + sheet_part("")
    assert refused(handmade(parts={"xl/worksheets/sheet1.xml": text.encode("cp037")})) == ["WORKBOOK-DAMAGED"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_any_encoding_but_utf_8_is_refused(handmade, refused, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + sheet_part('<row r="1"><c r="A1"><f>1</f></c></row>')
    assert refused(handmade(parts={"xl/worksheets/sheet1.xml": text.encode(encoding)})) == ["WORKBOOK-UNUSUAL"]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="str"><v><![CDATA[5]]></v></c>',
        '<c r="A1"><v>1<!-- -->2</v></c>',
        '<c r="A1"><v>1<?x y?>2</v></c>',
        '<c r="$A$1"><v>1</v></c>',
        '<c r="A"><v>1</v></c>',
        '<c r="ABCD1"><v>1</v></c>',
    ],
)
def test_what_programs_read_differently_is_refused(handmade, refused, cell):
    assert refused(handmade(f'<row r="1">{cell}</row>')) == ["WORKBOOK-UNUSUAL"]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="s"><v>99</v></c>',
        '<c r="A1" t="b"><v>7</v></c>',
        '<c r="A1" t="zz"><v>7</v></c>',
        '<c r="A1"><g><v>1</v></g></c>',
        '<c r="A1"><v>1</v><c r="B1"><v>2</v></c></c>',
    ],
)
def test_what_the_reader_cannot_read_is_refused_and_not_raised(handmade, refused, cell):
    assert refused(handmade(f'<row r="1">{cell}</row>')) == ["WORKBOOK-UNREADABLE"]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"xl/vbaProject.bin": b"x"}, "WORKBOOK-MACRO"),
        ({"xl/macrosheets/sheet1.xml": "<a/>"}, "WORKBOOK-MACRO"),
        (
            {"[Content_Types].xml": types_part(workbook="application/vnd.ms-excel.sheet.macroEnabled.main+xml")},
            "WORKBOOK-MACRO",
        ),
        (
            {"[Content_Types].xml": types_part(("/xl/x.bin", "application/vnd.ms-office.vbaProject"))},
            "WORKBOOK-MACRO",
        ),
        ({"xl/worksheets/_rels/sheet1.xml.rels": relations_part(("xlMacrosheet", "x.xml"))}, "WORKBOOK-MACRO"),
        ({"xl/externalLinks/externalLink1.xml": "<a/>"}, "WORKBOOK-EXTERNAL-LINK"),
        ({"[Content_Types].xml": types_part(("/xl/x.xml", f"{XLSX}.externalLink+xml"))}, "WORKBOOK-EXTERNAL-LINK"),
        ({"xl/connections.xml": "<a/>"}, "WORKBOOK-EXTERNAL-LINK"),
        (
            {
                "xl/drawings/_rels/d.xml.rels": relations_part(
                    ("image", "http://a.example/x"), mode=' TargetMode="External"'
                )
            },
            "WORKBOOK-EXTERNAL-LINK",
        ),
        ({"xl/embeddings/oleObject1.bin": b"x"}, "WORKBOOK-EMBEDDED"),
        ({"xl/activeX/activeX1.xml": "<a/>"}, "WORKBOOK-EMBEDDED"),
        ({"xl/worksheets/_rels/sheet1.xml.rels": relations_part(("oleObject", "../x.bin"))}, "WORKBOOK-EMBEDDED"),
    ],
)
def test_macros_links_and_embedded_objects(handmade, refused, parts, code):
    assert refused(handmade(parts=parts)) == [code]


def test_all_that_a_workbook_carries_is_told_at_once(handmade, refused):
    found = refused(
        handmade(parts={"xl/vbaProject.bin": b"x", "xl/embeddings/a.bin": b"x", "xl/connections.xml": "<a/>"})
    )
    assert found == ["WORKBOOK-MACRO", "WORKBOOK-EMBEDDED", "WORKBOOK-EXTERNAL-LINK"]


def test_a_hyperlink_to_evidence_and_an_old_drawing_are_no_harm(handmade, read):
    content = handmade(
        parts={
            "xl/worksheets/_rels/sheet1.xml.rels": relations_part(
                ("hyperlink", "https://vanban.example/876"), mode=' TargetMode="External"'
            ),
            "xl/drawings/vmlDrawing1.vml": "<xml><div><br></div></xml>",
            "xl/printerSettings/printerSettings1.bin": b"\x00\x01",
        }
    )
    assert read(content).sheets[0].cell("A1").value == 1


def test_a_cell_beyond_the_limits_is_named(handmade, read, refused):
    wide = handmade('<row r="1"><c r="GS1"><v>1</v></c></row>')
    long = handmade('<row r="20001"><c r="A20001"><f>1</f></c></row>')
    last = handmade('<row r="20000"><c r="GR20000"><v>1</v></c></row>')
    assert refused(wide) == refused(long) == ["WORKBOOK-TOO-FAR"]
    with pytest.raises(Exception, match=r'sheet "1", cell GS1: .*20,000 rows and 200 columns'):
        read(wide)
    assert read(last).sheets[0].row_count == 20_000


def test_the_last_row_and_column_of_excel_take_no_memory(handmade, refused):
    content = handmade('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    assert refused(content) == ["WORKBOOK-TOO-FAR"]


def test_more_cells_than_allowed_over_all_sheets(handmade, refused):
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c></row>' for r in range(1, 12))
    assert refused(handmade(rows), Limits(cells=10)) == ["WORKBOOK-TOO-MUCH"]


def test_more_sheets_than_allowed_and_none(handmade, refused):
    assert refused(handmade(), Limits(sheets=0)) == ["WORKBOOK-SHEETS"]
    empty = str(parts_of()["xl/workbook.xml"]).replace('<sheet name="1" sheetId="1" r:id="rId1"/>', "")
    assert refused(handmade(parts={"xl/workbook.xml": empty})) == ["WORKBOOK-DAMAGED"]


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ('<sheet name="2" sheetId="2" r:id="rId1"/>', "WORKBOOK-UNUSUAL"),  # one part as two sheets
        ('<sheet name="1" sheetId="2" r:id="rId2"/>', "WORKBOOK-UNUSUAL"),
        ('<sheet name="2" sheetId="2" r:id="rId9"/>', "WORKBOOK-DAMAGED"),
        ('<sheet name="2" sheetId="2" r:id="rId2"/>', "WORKBOOK-UNUSUAL"),  # the table of texts is no sheet
    ],
)
def test_sheets_that_do_not_lead_to_one_part_each(handmade, refused, second, code):
    workbook = str(parts_of()["xl/workbook.xml"]).replace("</sheets>", second + "</sheets>")
    assert refused(handmade(parts={"xl/workbook.xml": workbook})) == [code]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "_rels/.rels"])
def test_a_part_that_is_not_well_formed(handmade, refused, part):
    assert refused(handmade(parts={part: "<a><b></a>"})) == ["WORKBOOK-DAMAGED"]


def test_a_message_never_carries_strange_letters_of_the_file(handmade, read):
    with pytest.raises(Exception, match="WORKBOOK-PART-NAME") as caught:
        read(handmade(parts={"../\x1b[31m\u202e" + "x" * 500: "<a/>"}))
    words = caught.value.problems[0].words("en")
    assert "\x1b" not in words
    assert "\u202e" not in words
    assert len(words) < 400
