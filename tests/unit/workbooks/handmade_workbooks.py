"""Workbooks made by hand, part by part, so that a test can spoil any of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml"

Parts = dict[str, str | bytes]


def types_part(*overrides: tuple[str, str], workbook: str = f"{XLSX}.sheet.main+xml") -> str:
    listed = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides)
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{workbook}"/>{listed}</Types>'
    )


def relations_part(*relations: tuple[str, str], mode: str = "") -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/>'
        for n, (kind, target) in enumerate(relations, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def sheet_part(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def parts_of(rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>') -> Parts:
    """The parts of a workbook with one sheet, called "1", of these rows."""
    return {
        "[Content_Types].xml": types_part(("/xl/worksheets/sheet1.xml", f"{XLSX}.worksheet+xml")),
        "_rels/.rels": relations_part(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="1" sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": relations_part(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")
        ),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="0.0%"/>'
            '<numFmt numFmtId="165" formatCode="0&quot;%&quot;"/></numFmts><cellStyleXfs><xf numFmtId="9"/>'
            '</cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="165"/>'
            "</cellXfs></styleSheet>"
        ),
        "xl/sharedStrings.xml": (
            f'<sst xmlns="{MAIN}"><si><t>Huế</t></si>'
            '<si><r><t>Đà</t></r><r><t xml:space="preserve"> Nẵng</t></r></si></sst>'
        ),
        "xl/worksheets/sheet1.xml": sheet_part(rows),
    }


def zipped(parts: Mapping[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name)  # dated 1980, so that the same parts give the same bytes
            entry.compress_type = compression
            archive.writestr(entry, content)
    return buffer.getvalue()
