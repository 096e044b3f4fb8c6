"""The self-assessment as a Word document, in the layout of state documents."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from parindex_web.collect.paper import Paper

FONT = "Times New Roman"
"""On the screens of officials; Liberation Serif has the same measures."""
SIMULATED = "SỐ LIỆU MÔ PHỎNG, KHÔNG PHẢI KẾT QUẢ CHÍNH THỨC"


def word_of(paper: Paper) -> bytes:
    """A4 with header and footer; the digest also stands in the keywords of the file."""
    from docx import Document
    from docx.shared import Mm, Pt

    doc: Any = Document()
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    style = doc.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    _east_asia(style.element)
    style.paragraph_format.space_after = Pt(4)
    core = doc.core_properties
    core.title, core.keywords, core.author = f"Báo cáo tự đánh giá {paper.year} - {paper.unit}", paper.code, ""
    core.created = core.modified = datetime(2000, 1, 1, tzinfo=UTC)

    office = "UBND" if len(paper.organ) > 1 else "………"
    head = doc.add_table(rows=2, cols=2)
    _widths(head, (66, 99))
    _lines(head.cell(0, 0), [(each, 12, True, False) for each in paper.organ])
    _lines(
        head.cell(0, 1),
        [("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, True, False), ("Độc lập - Tự do - Hạnh phúc", 13, True, False)],
    )
    _rule(head.cell(0, 0).add_paragraph(), 22, 62)
    _rule(head.cell(0, 1).add_paragraph(), 60, 95)
    _lines(head.cell(1, 0), [(f"Số:         /BC-{office}", 13, False, False)])
    _lines(head.cell(1, 1), [("…………, ngày      tháng      năm", 13, False, True)])

    doc.add_paragraph().paragraph_format.space_after = Pt(0)
    if paper.simulated:
        _centred(doc, SIMULATED, 12)
    _centred(doc, "BÁO CÁO", 14)
    _centred(doc, f"Kết quả tự đánh giá, chấm điểm Chỉ số cải cách hành chính năm {paper.year}", 14)
    _rule(doc.add_paragraph(), 40, 165)
    _body(
        doc,
        f"{paper.unit} tự đánh giá, chấm điểm Chỉ số cải cách hành chính năm {paper.year} đạt {paper.points} trên "
        f"{paper.most} điểm tự chấm (chưa tính điểm điều tra xã hội học và điểm thưởng), tổng hợp theo lĩnh vực như "
        "sau:",
    )
    rows = [((row.code, row.name, row.most, row.points), False) for row in paper.domains]
    rows.append((("", "Tổng điểm (không kể điểm thưởng)", paper.most, paper.points), True))
    _table(doc, ("STT", "Lĩnh vực", "Điểm tối đa", "Điểm tự chấm"), rows, (12, 99, 26, 28), right=(2, 3))
    doc.add_paragraph().paragraph_format.space_after = Pt(0)
    _body(
        doc,
        "Điểm tự chấm của từng tiêu chí tại Phụ lục I; danh mục tài liệu kiểm chứng tại Phụ lục II. Số liệu có mã băm "
        "SHA-256 ghi ở cuối mỗi trang và trong mã QR dưới đây; mã này phải trùng với mã của hồ sơ đã khóa trên hệ "
        "thống.",
    )
    _signature(doc, paper)

    _annex(doc, "I", "BẢNG TỰ CHẤM ĐIỂM", paper, office)
    heads = ("Mã", "Tiêu chí", "Tối đa", "Tự chấm", "Số liệu, giải trình", "Tài liệu")
    rows_of_lines = [
        (
            (row.code, row.name, row.most, row.points, row.basis, row.evidence),
            row.kind in ("domain", "criterion", "bonus_head"),
        )
        for row in paper.lines
    ]
    _table(doc, heads, rows_of_lines, (15, 46, 15, 19, 44, 26), right=(2, 3))
    _annex(doc, "II", "DANH MỤC TÀI LIỆU KIỂM CHỨNG", paper, office)
    if paper.documents:
        listed = [
            ((row.code, row.title, row.issuer, row.issued, row.cited, row.digest), False) for row in paper.documents
        ]
        heads = ("Mã", "Tên, số, ký hiệu văn bản", "Cơ quan ban hành", "Ngày", "Dẫn ở mục", "Mã băm tệp")
        _table(doc, heads, listed, (14, 52, 30, 22, 21, 26))
    else:
        doc.add_paragraph("Không dẫn tài liệu nào.")

    words = f"Mã băm số liệu: {paper.digest}"
    words += f" · {paper.footing}" if paper.footing else ""
    words += " · SỐ LIỆU MÔ PHỎNG" if paper.simulated else ""
    # The annexes follow the first section in what stands above and below their pages.
    for footer in (section.first_page_footer, section.footer):
        footer.paragraphs[0].add_run(words).font.size = Pt(8)
    _page_number(section.header.paragraphs[0])
    out = io.BytesIO()
    doc.save(out)
    return out.getvalue()


def _body(doc: Any, text: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Mm

    paragraph = doc.add_paragraph(text)
    paragraph.alignment = ALIGN.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(10)


def _signature(doc: Any, paper: Paper) -> None:
    """Recipients and code on the left, signature on the right: a seal covers its left third, and not the code."""
    import segno
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Mm, Pt

    doc.add_paragraph().paragraph_format.space_after = Pt(0)
    foot = doc.add_table(rows=1, cols=2)
    _together(foot.rows[0])
    _widths(foot, (82, 83))
    left, right = foot.rows[0].cells
    _lines(left, [("Nơi nhận:", 12, True, True)])
    for text in ("- Cơ quan quản lý bộ chỉ số;", "- Lưu: VT."):
        paragraph = left.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.add_run(text).font.size = Pt(11)
    left.paragraphs[0].alignment = ALIGN.LEFT
    picture = io.BytesIO()
    segno.make(paper.code, error="m").save(picture, kind="png", border=2, scale=4)
    picture.seek(0)
    code = left.add_paragraph()
    code.paragraph_format.space_before = Pt(6)
    code.paragraph_format.space_after = Pt(0)
    code.add_run().add_picture(picture, width=Mm(28))
    left.add_paragraph().add_run(paper.digest[:16]).font.size = Pt(8)
    _lines(right, [(each, 13, True, False) for each in paper.signer])


def _annex(doc: Any, number: str, name: str, paper: Paper, office: str) -> None:
    """An annex begins on a page of its own and counts its own pages (Decree 30/2020, annex I, I.7 and III)."""
    from docx.enum.section import WD_SECTION
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    section = doc.add_section(WD_SECTION.NEW_PAGE)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.append(start)
    _centred(doc, f"Phụ lục {number}", 14)
    _centred(doc, name, 14)
    words = f"(Kèm theo Báo cáo số        /BC-{office} ngày      tháng      năm         của {paper.signatory})"
    _centred(doc, words, 13, bold=False, italic=True)
    _rule(doc.add_paragraph(), 40, 165)
    if paper.simulated:
        _centred(doc, SIMULATED, 12)


def _east_asia(element: Any) -> None:
    from docx.oxml.ns import qn

    element.rPr.rFonts.set(qn("w:eastAsia"), FONT)


def _lines(cell: Any, lines: list[tuple[str, int, bool, bool]]) -> None:
    """Centred lines of a cell: text, size, bold, italic."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Pt

    for at, (text, size, bold, italic) in enumerate(lines):
        paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        paragraph.alignment = ALIGN.CENTER
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(text)
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _rule(paragraph: Any, width: int, of: int) -> None:
    """A line of `width` mm in the middle of `of` mm: the upper border of an empty paragraph with indents."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm((of - width) / 2)
    shape.space_before, shape.space_after, shape.line_spacing = Pt(3), Pt(2), Pt(4)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _together(row: Any) -> None:
    """The row is not divided between two pages."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _centred(doc: Any, text: str, size: int, *, bold: bool = True, italic: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Pt

    paragraph = doc.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _widths(table: Any, widths: tuple[int, ...]) -> None:
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _table(
    doc: Any,
    heads: tuple[str, ...],
    rows: Sequence[tuple[tuple[str, ...], bool]],
    widths: tuple[int, ...],
    *,
    right: tuple[int, ...] = (),
) -> None:
    """A ruled table whose head is repeated on each page; a row marked True is bold."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    table = doc.add_table(rows=1 + len(rows), cols=len(heads))
    table.style = "Table Grid"
    # Cells by row: asking the table for each cell would walk it again every time.
    for row, (texts, bold) in zip(table.rows, [(heads, True), *rows], strict=True):
        for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            _cell(cell, text, bold, at in right)
    _widths_by_row(table, widths)
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)


def _cell(cell: Any, text: str, bold: bool, right: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.alignment = ALIGN.RIGHT if right else ALIGN.LEFT
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(11)


def _widths_by_row(table: Any, widths: tuple[int, ...]) -> None:
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _page_number(paragraph: Any) -> None:
    """The number of the page, as a field that Word fills in."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = ALIGN.CENTER
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)
