"""Minutes of a session of the council as a Word document, in the layout of state documents.

The layout follows Nghị định 30/2020/NĐ-CP on clerical work: A4, Times-like serif 13 or 14 point, the name of the body
at the left, quốc hiệu and tiêu ngữ at the right, and the signatures of secretary and chair.
"""

from __future__ import annotations

import io
from typing import Any

from parindex.language import number
from parindex.scoring.rule import points_in
from parindex_web.accounts.models import Person
from parindex_web.appraise.council import members_on
from parindex_web.appraise.models import Motion, Session
from parindex_web.appraise.queries import CHOICE_NAMES, WAY_NAMES, count_of, newest_votes
from parindex_web.collect.self_score import parsed, what_is_asked
from parindex_web.editions.programme import asked

FONT = "Liberation Serif"


def minutes_of(session: Session) -> bytes:
    """The document of one session, in Vietnamese. What is still open is said to be open."""
    from docx import Document
    from docx.shared import Cm, Pt

    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Cm(3), Cm(2), Cm(2), Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(13)
    normal.paragraph_format.space_after = Pt(6)
    _properties(document, session)
    _head(document, session)
    _title(document, session)
    present, absent = _members(session)
    _section(document, "I. Thành phần")
    chair, secretary = session.chair, session.secretary
    _text(document, f"Chủ trì: {chair.full_name if chair else '…'}")
    _text(document, f"Thư ký: {secretary.full_name if secretary else '…'}")
    _text(document, f"Tổng số thành viên hội đồng: {session.members}. Tham gia: {len(present)}. Vắng: {len(absent)}.")
    for name, way in present:
        _text(document, f"– {name} ({way});", indent=True)
    for name in absent:
        _text(document, f"– {name} (vắng mặt);", indent=True)
    valid = len(present) * 2 > session.members
    _text(
        document,
        "Số thành viên tham gia quá nửa tổng số thành viên, phiên họp hợp lệ."
        if valid
        else "Số thành viên tham gia chưa quá nửa tổng số thành viên.",
    )
    motions = list(session.motions.select_related("line__unit_file").prefetch_related("votes__person"))
    _section(document, "II. Nội dung")
    if not motions:
        _text(document, "Không có nội dung nào được trình.")
    for motion in motions:
        _text(document, f"{motion.number}. {_subject(session, motion)}: {motion.text}")
    _section(document, "III. Biểu quyết")
    _text(document, "Nội dung được thông qua khi quá nửa tổng số thành viên hội đồng tán thành.")
    if motions:
        _votes(document, session, motions)
    _section(document, "IV. Kết luận")
    for motion in motions:
        _text(document, f"Nội dung {motion.number}: {_result(motion)}.")
    closed = session.closed_at is not None
    _text(
        document,
        "Phiên họp đã kết thúc; biên bản được thông qua và lập thành 02 bản."
        if closed
        else "Dự thảo biên bản: phiên họp chưa kết thúc.",
    )
    _signatures(document, session)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _properties(document: Any, session: Session) -> None:
    from datetime import UTC, datetime, time

    about = document.core_properties
    at = datetime.combine(session.held_on, time(0), UTC)
    about.title = f"Biên bản phiên họp số {session.number}"
    about.author, about.last_modified_by, about.comments = "parindex", "parindex", ""
    about.created = about.modified = at
    about.language = "vi-VN"


def _head(document: Any, session: Session) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    left, right = table.rows[0].cells
    left.width, right.width = Cm(6.5), Cm(9.5)
    for cell, rows in (
        (left, (("HỘI ĐỒNG THẨM ĐỊNH", True), (f"Số: …/BB-HĐ ({session.number})", False))),
        (right, (("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True), ("Độc lập - Tự do - Hạnh phúc", True))),
    ):
        for at, (text, bold) in enumerate(rows):
            paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(text)
            run.bold = bold
            run.underline = text.startswith("Độc lập")
    day = session.held_on
    where = session.place or "…"
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.add_run(f"{where}, ngày {day.day:02d} tháng {day.month:02d} năm {day.year}").italic = True


def _title(document: Any, session: Session) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    lines = [("BIÊN BẢN", Pt(14)), (f"Phiên họp số {session.number} của Hội đồng thẩm định", Pt(13))]
    lines.append((session.edition.name_vi, Pt(13)))
    if session.edition.simulated:
        lines.append(("SỐ LIỆU MÔ PHỎNG, KHÔNG PHẢI KẾT QUẢ CHÍNH THỨC", Pt(12)))
    for text, size in lines:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.bold, run.font.size = True, size
    way = "lấy ý kiến bằng văn bản" if session.in_writing else "họp trực tiếp"
    _text(document, f"Hình thức: {way}. Địa điểm: {session.place or '…'}.")


def _section(document: Any, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(text).bold = True


def _text(document: Any, text: str, indent: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    paragraph = document.add_paragraph(text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if indent:
        paragraph.paragraph_format.left_indent = Cm(1)


def _members(session: Session) -> tuple[list[tuple[str, str]], list[str]]:
    """(name, way) of those who take part, and the names of those who do not."""
    ways = {each.person_id: each.way for each in session.attendance.all()}
    people = Person.objects.filter(pk__in=members_on(session.edition, session.held_on) | set(ways))
    present, absent = [], []
    for person in people.order_by("full_name"):
        way = ways.get(person.pk, "absent")
        if way == "absent":
            absent.append(person.full_name)
        else:
            present.append((person.full_name, WAY_NAMES[way].vi))
    return present, absent


def _subject(session: Session, motion: Motion) -> str:
    if motion.line is None:
        return "Toàn bộ kết quả của kỳ đánh giá"
    unit_file = motion.line.unit_file
    asks = what_is_asked(asked(session.edition), unit_file.unit, motion.line.node)
    becomes = []
    if motion.points is not None:
        becomes.append(f"điểm {points_in(motion.points, 'vi')}/{points_in(asks.max_points, 'vi')}")
    given = parsed(asks, motion.values)
    for spec in asks.inputs:
        if spec.name in given:
            value = given[spec.name]
            shown = number(value, "vi") if not isinstance(value, str | bool) else motion.values[spec.name]
            becomes.append(f"{spec.label.vi} {shown}")
    change = f" ({'; '.join(becomes)})" if becomes else ""
    return f"{unit_file.name_vi}, mục {motion.line.node} {asks.name.vi}{change}"


def _votes(document: Any, session: Session, motions: list[Motion]) -> None:
    votes = {motion.pk: newest_votes(motion) for motion in motions}
    voters = Person.objects.filter(pk__in={pk for each in votes.values() for pk in each}).order_by("full_name")
    table = document.add_table(rows=1, cols=1 + len(motions))
    table.style = "Table Grid"
    heads = ["Thành viên", *(f"Nội dung {motion.number}" for motion in motions)]
    rows = [[voter.full_name, *(_choice(votes[each.pk].get(voter.pk)) for each in motions)] for voter in voters]
    counts = [count_of(motion) for motion in motions]
    rows.append(["Tán thành", *(str(each.in_favour) for each in counts)])
    rows.append(["Không tán thành", *(str(each.against) for each in counts)])
    rows.append(["Ý kiến khác", *(str(each.other) for each in counts)])
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph()


def _choice(choice: str | None) -> str:
    return "không biểu quyết" if choice is None else CHOICE_NAMES[choice].vi


def _result(motion: Motion) -> str:
    if motion.closed_at is None:
        return "chưa chốt biểu quyết"
    return "được thông qua" if motion.carried else "không được thông qua"


def _signatures(document: Any, session: Session) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    table = document.add_table(rows=1, cols=2)
    names = (session.secretary, session.chair)
    for cell, title, person in zip(table.rows[0].cells, ("THƯ KÝ", "CHỦ TRÌ"), names, strict=True):
        for at, text in enumerate((title, "(Ký, ghi rõ họ tên)", "", "", person.full_name if person else "")):
            paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(text)
            run.bold = at in (0, 4)
            run.italic = at == 1
