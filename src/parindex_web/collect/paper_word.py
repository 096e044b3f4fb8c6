"""The self-assessment as a Word document, in the layout of state documents."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from parindex_web.collect.paper import Paper

FONT = "Times New Roman"
"""On the screens of officials; Liberation Serif has the same measures."""


def word_of(paper: Paper) -> bytes:
    """A4 with header and footer; the digest also stands in the keywords of the file."""
    import segno
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Mm, Pt

    doc: Any = Document()
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    style = doc.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    _east_asia(style.element)
    style.paragraph_format.space_after = Pt(4)
    core = doc.core_properties
    core.title, core.keywords, core.author = f"Báo cáo tự đánh giá {paper.year} - {paper.unit}", paper.code, ""
    core.created = core.modified = datetime(2000, 1, 1, tzinfo=UTC)

    head = doc.add_table(rows=2, cols=2)
    _widths(head, (66, 99))
    _lines(head.cell(0, 0), [(each, 12, each == paper.organ[-1], False) for each in paper.organ])
    _lines(
        head.cell(0, 1),
        [("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, True, False), ("Độc lập - Tự do - Hạnh phúc", 13, True, False)],
    )
    for cell in head.rows[0].cells:
        _underline(cell.paragraphs[-1])
    office = "UBND" if len(paper.organ) > 1 else ""
    _lines(head.cell(1, 0), [(f"Số:         /BC-{office}", 13, False, False)])
    _lines(head.cell(1, 1), [("…………, ngày      tháng      năm", 13, False, True)])

    if paper.simulated:
        _centred(doc, "SỐ LIỆU MÔ PHỎNG, KHÔNG PHẢI KẾT QUẢ CHÍNH THỨC", 12)
    _centred(doc, "BÁO CÁO", 14)
    _centred(doc, f"Kết quả tự đánh giá, chấm điểm Chỉ số cải cách hành chính năm {paper.year}", 14)
    for text in (
        f"{paper.unit} tự đánh giá, chấm điểm Chỉ số cải cách hành chính năm {paper.year} đạt {paper.points} trên "
        f"{paper.most} điểm tự chấm (chưa tính điểm điều tra xã hội học và điểm thưởng). Trạng thái hồ sơ khi in: "
        f"{paper.standing}.",
        "Số liệu trong báo cáo có mã băm SHA-256 ghi ở cuối mỗi trang và trong mã QR ở phần ký; mã này phải trùng với "
        "mã của hồ sơ đã khóa trên hệ thống.",
    ):
        body = doc.add_paragraph(text)
        body.alignment = ALIGN.JUSTIFY
        body.paragraph_format.first_line_indent = Mm(10)

    _title(doc, "I. TỔNG HỢP THEO LĨNH VỰC")
    rows = [((row.code, row.name, row.most, row.points), False) for row in paper.domains]
    rows.append((("", "Tổng điểm (không kể điểm thưởng)", paper.most, paper.points), True))
    _table(doc, ("STT", "Lĩnh vực", "Điểm tối đa", "Điểm tự chấm"), rows, (12, 105, 24, 24), right=(2, 3))
    _title(doc, "II. BẢNG TỰ CHẤM ĐIỂM")
    heads = ("Mã", "Tiêu chí", "Tối đa", "Tự chấm", "Số liệu, giải trình", "Tài liệu")
    rows_of_lines = [
        (
            (row.code, row.name, row.most, row.points, row.basis, row.evidence),
            row.kind in ("domain", "criterion", "bonus_head"),
        )
        for row in paper.lines
    ]
    _table(doc, heads, rows_of_lines, (15, 47, 15, 16, 46, 26), right=(2, 3))
    _title(doc, "III. DANH MỤC TÀI LIỆU KIỂM CHỨNG")
    if paper.documents:
        listed = [
            ((row.code, row.title, row.issuer, row.issued, row.cited, row.digest), False) for row in paper.documents
        ]
        heads = ("Mã", "Tên, số, ký hiệu văn bản", "Cơ quan ban hành", "Ngày", "Dẫn ở mục", "Mã băm tệp")
        _table(doc, heads, listed, (14, 52, 32, 22, 21, 24))
    else:
        doc.add_paragraph("Không dẫn tài liệu nào.")

    doc.add_paragraph()
    foot = doc.add_table(rows=1, cols=3)
    _widths(foot, (60, 35, 70))
    left, middle, right = foot.rows[0].cells
    _lines(left, [("Nơi nhận:", 12, True, True)])
    for text in ("- Cơ quan quản lý bộ chỉ số;", "- Lưu: VT."):
        left.add_paragraph().add_run(text).font.size = Pt(11)
    left.paragraphs[0].alignment = ALIGN.LEFT
    picture = io.BytesIO()
    segno.make(paper.code, error="m").save(picture, kind="png", border=2, scale=4)
    picture.seek(0)
    middle.paragraphs[0].alignment = ALIGN.CENTER
    middle.paragraphs[0].add_run().add_picture(picture, width=Mm(28))
    _lines(right, [(each, 13, True, False) for each in paper.signer])

    words = f"Mã băm số liệu: {paper.digest}"
    words += "" if paper.locked else " · BẢN NHÁP, số liệu chưa khóa"
    words += " · SỐ LIỆU MÔ PHỎNG" if paper.simulated else ""
    section.different_first_page_header_footer = True
    for footer in (section.first_page_footer, section.footer):
        footer.paragraphs[0].add_run(words).font.size = Pt(8)
    _page_number(section.header.paragraphs[0])
    out = io.BytesIO()
    doc.save(out)
    return out.getvalue()


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


def _underline(paragraph: Any) -> None:
    for run in paragraph.runs:
        run.underline = True


def _centred(doc: Any, text: str, size: int) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Pt

    paragraph = doc.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Pt(size)


def _title(doc: Any, text: str) -> None:
    from docx.shared import Pt

    paragraph = doc.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(10)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(text).bold = True


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
