"""Minutes of a session of the council as a Word document, in the layout of state documents.

The layout follows Nghị định 30/2020/NĐ-CP on clerical work, appendix I and form 1.10 (biên bản): A4, a Times-like serif
of 13 or 14 point, the body at the left and quốc hiệu and tiêu ngữ at the right, each with its rule beneath, page
numbers from the second page, signatures of secretary and chair, and where copies go.

The minutes are Vietnamese. `minutes_of(session, "en")` is a translation to read: it says so first and is not signed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from parindex.language import Language, Text
from parindex.scoring.rule import points_in
from parindex_web.accounts.models import Person
from parindex_web.appraise.before_council import Put, Step, put_to_council
from parindex_web.appraise.council import members_on
from parindex_web.appraise.figures import signed
from parindex_web.appraise.models import Motion, Session
from parindex_web.appraise.queries import CHOICE_NAMES, WAY_NAMES, count_of, newest_votes
from parindex_web.editions.programme import asked

FONT = "Liberation Serif"
READING_COPY = Text(
    "",
    "READING COPY IN ENGLISH. The minutes are the Vietnamese document. This translation serves reading only: it is not "
    "signed and has no legal effect. Motions and reasons stand as they were written.",
)


def minutes_of(session: Session, language: Language = "vi") -> bytes:
    """The document of one session. What is still open is said to be open."""
    return _Minutes(session, language).document()


class _Minutes:
    """One document being written, from its head to its signatures."""

    def __init__(self, session: Session, language: Language):
        from docx import Document

        self.session, self.language = session, language
        self.paper: Any = Document()
        self.motions = list(session.motions.select_related("line__unit_file").prefetch_related("votes__person"))
        self.put = put_to_council(asked(session.edition), session.edition, self.motions, language)
        self.ways = {each.person_id: each.way for each in session.attendance.all()}
        members = members_on(session.edition, session.held_on) | set(self.ways)
        self.members = list(Person.objects.filter(pk__in=members).order_by("full_name"))

    def say(self, vi: str, en: str) -> str:
        return Text(vi, en).in_(self.language)

    def document(self) -> bytes:
        self._page()
        self._properties()
        if self.language == "en":
            self._boxed(READING_COPY.en)
        self._head()
        self._title()
        self._taking_part()
        self._contents()
        self._votes()
        self._conclusion()
        self._signatures()
        out = io.BytesIO()
        self.paper.save(out)
        return out.getvalue()

    # --- the paper

    def _page(self) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        page = self.paper.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Cm(3), Cm(1.5), Cm(2), Cm(2)
        normal = self.paper.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(13)
        fonts = normal.element.rPr.rFonts
        for name in ("w:eastAsia", "w:cs", "w:hAnsi"):
            fonts.set(qn(name), FONT)
        normal.paragraph_format.space_after = Pt(6)
        page.different_first_page_header_footer = True
        page.header_distance = Cm(1)
        number = self._centred(page.header.paragraphs[0])
        for kind, text in (("begin", None), (None, " PAGE "), ("end", None)):
            run = number.add_run()
            element = run._r.makeelement(qn("w:fldChar" if kind else "w:instrText"), {})
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = text
            run._r.append(element)

    def _properties(self) -> None:
        from datetime import UTC, datetime, time

        about = self.paper.core_properties
        title = self.say("Biên bản phiên họp số", "Minutes of session no.")
        about.title = f"{title} {self.session.number}"
        about.author, about.last_modified_by, about.comments = "parindex", "parindex", ""
        about.created = about.modified = datetime.combine(self.session.held_on, time(0), UTC)
        about.language = self.say("vi-VN", "en-GB")

    def _centred(self, paragraph: Any) -> Any:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(0)
        return paragraph

    def _rule(self, paragraph: Any, indent: float) -> None:
        """The line beneath a name: a border between two indents, in centimetres."""
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls
        from docx.shared import Cm, Pt

        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Cm(indent)
        paragraph.paragraph_format.line_spacing = Pt(4)
        borders = f'<w:pBdr {nsdecls("w")}><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
        paragraph._p.get_or_add_pPr().append(parse_xml(borders))

    def _boxed(self, text: str) -> None:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        paragraph = self.paper.add_paragraph()
        paragraph.add_run(text).bold = True
        sides = "".join(
            f'<w:{side} w:val="single" w:sz="8" w:space="6"/>' for side in ("top", "left", "bottom", "right")
        )
        paragraph._p.get_or_add_pPr().append(parse_xml(f"<w:pBdr {nsdecls('w')}>{sides}</w:pBdr>"))

    def _head(self) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm, Pt

        table = self.paper.add_table(rows=1, cols=2)
        table.autofit = False
        left, right = table.rows[0].cells
        for at, width in enumerate((6.0, 10.5)):
            table.columns[at].width = table.rows[0].cells[at].width = Cm(width)
        body = self._centred(left.paragraphs[0])
        run = body.add_run(self.say("HỘI ĐỒNG THẨM ĐỊNH", "APPRAISAL COUNCIL"))
        run.bold, run.font.size = True, Pt(12)
        self._rule(self._centred(left.add_paragraph()), 1.8)
        number = self._centred(left.add_paragraph())
        number.add_run(self.say("Số: …/BB-HĐTĐ", "No.: …/BB-HĐTĐ"))
        country = self._centred(right.paragraphs[0])
        run = country.add_run(self.say("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"))
        run.bold, run.font.size = True, Pt(12)
        motto = self._centred(right.add_paragraph())
        motto.add_run(self.say("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness")).bold = True
        self._rule(self._centred(right.add_paragraph()), 2.3)
        day = self.session.held_on
        where = self.session.place or "…"
        dated = self.paper.add_paragraph()
        dated.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        when = self.say(f"ngày {day.day:02d} tháng {day.month:02d} năm {day.year}", f"{day.day} {day:%B} {day.year}")
        dated.add_run(f"{where}, {when}").italic = True

    def _title(self) -> None:
        from docx.shared import Pt

        edition, number = self.session.edition, self.session.number
        lines = [(self.say("BIÊN BẢN", "MINUTES"), Pt(14))]
        lines.append(
            (
                self.say(f"Phiên họp số {number} của Hội đồng thẩm định", f"Session {number} of the appraisal council"),
                Pt(14),
            )
        )
        lines.append((self.say(edition.name_vi, edition.name_en), Pt(13)))
        for text, size in lines:
            run = self._centred(self.paper.add_paragraph()).add_run(text)
            run.bold, run.font.size = True, size
        self._rule(self._centred(self.paper.add_paragraph()), 6.5)
        if edition.simulated:
            words = self.say(
                "SỐ LIỆU MÔ PHỎNG, KHÔNG PHẢI KẾT QUẢ CHÍNH THỨC", "SIMULATED FIGURES, NOT OFFICIAL RESULTS"
            )
            line = self._centred(self.paper.add_paragraph())
            line.paragraph_format.space_after = Pt(6)
            run = line.add_run(words)
            run.bold, run.font.size = True, Pt(12)
        day = self.session.held_on
        self._text(
            self.say(f"Thời gian bắt đầu: … giờ …, ngày {day:%d/%m/%Y}", f"Begun: …, {day.day} {day:%B} {day.year}")
        )
        way = self.say("lấy ý kiến bằng văn bản", "by written procedure")
        if not self.session.in_writing:
            way = self.say("họp trực tiếp", "in the room")
        place = self.session.place or "…"
        self._text(self.say(f"Địa điểm: {place}. Hình thức: {way}.", f"Place: {place}. Form: {way}."))

    def _section(self, vi: str, en: str) -> None:
        paragraph = self.paper.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run(self.say(vi, en)).bold = True

    def _text(self, text: str, *, keep: bool = False) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm

        paragraph = self.paper.add_paragraph(text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        paragraph.paragraph_format.first_line_indent = Cm(1)
        paragraph.paragraph_format.keep_with_next = keep

    def _table(self, heads: list[str], rows: list[list[str]], widths: list[float], *, strong: int = 0) -> None:
        """A ruled table whose head is repeated on every page; the last `strong` rows are bold."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        table = self.paper.add_table(rows=1, cols=len(heads))
        table.style, table.autofit = "Table Grid", False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        head = table.rows[0]._tr.get_or_add_trPr()
        head.append(head.makeelement(qn("w:tblHeader"), {}))
        for at, row in enumerate([heads, *rows]):
            line = table.rows[0] if at == 0 else table.add_row()
            whole = line._tr.get_or_add_trPr()
            whole.append(whole.makeelement(qn("w:cantSplit"), {}))
            cells = line.cells
            for cell, text, width in zip(cells, row, widths, strict=True):
                cell.width = Cm(width)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(2)
                run = paragraph.add_run(text)
                run.font.size = Pt(12)
                run.bold = at == 0 or at > len(rows) - strong
                if at == 0:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self.paper.add_paragraph().paragraph_format.space_after = Pt(0)

    # --- what was done

    def _taking_part(self) -> None:
        session = self.session
        self._section("I. Thành phần tham dự", "I. Taking part")
        chair, secretary = session.chair, session.secretary
        self._text(f"{self.say('Chủ trì', 'Chair')}: {chair.full_name if chair else '…'}")
        self._text(f"{self.say('Thư ký', 'Secretary')}: {secretary.full_name if secretary else '…'}")
        present = [each for each in self.members if self.ways.get(each.pk, "absent") != "absent"]
        absent = len(self.members) - len(present)
        self._text(
            self.say(
                f"Tổng số thành viên hội đồng: {session.members}. Tham gia: {len(present)}. Vắng: {absent}.",
                f"Members of the council: {session.members}. Taking part: {len(present)}. Absent: {absent}.",
            ),
            keep=True,
        )
        heads = [self.say("STT", "No."), self.say("Họ và tên", "Name"), self.say("Cách tham gia", "Takes part")]
        rows = [
            [str(at), each.full_name, WAY_NAMES[self.ways.get(each.pk, "absent")].in_(self.language)]
            for at, each in enumerate(self.members, 1)
        ]
        self._table(heads, rows, [1.5, 9, 6])
        valid = len(present) * 2 > session.members
        self._text(
            self.say(
                "Số thành viên tham gia quá nửa tổng số thành viên, phiên họp hợp lệ.",
                "More than half of the members take part: the session is valid.",
            )
            if valid
            else self.say(
                "Số thành viên tham gia chưa quá nửa tổng số thành viên.",
                "Not more than half of the members take part.",
            )
        )

    def _contents(self) -> None:
        self._section("II. Nội dung", "II. Motions")
        if not self.motions:
            self._text(self.say("Không có nội dung nào được trình.", "No motion was put."))
        for motion in self.motions:
            self._text(f"{motion.number}. {self._subject(motion)}: {motion.text}", keep=motion.line is not None)
            if motion.pk in self.put:
                self._stands(self.put[motion.pk])

    def _subject(self, motion: Motion) -> str:
        if motion.line is None:
            return self.say("Toàn bộ kết quả của kỳ đánh giá", "The whole result of the edition")
        unit_file, put = motion.line.unit_file, self.put[motion.pk]
        unit = self.say(unit_file.name_vi, unit_file.name_en)
        becomes = []
        if motion.points is not None:
            points, most = (points_in(each, self.language) for each in (motion.points, put.max_points))
            becomes.append(self.say(f"điểm {points}/{most}", f"{points} of {most} points"))
        becomes += [f"{label.in_(self.language)} {value}" for label, value in put.proposed.figures]
        change = f" ({'; '.join(becomes)})" if becomes else ""
        return f"{unit}, {self.say('mục', 'line')} {motion.line.node} {put.name.in_(self.language)}{change}"

    def _stands(self, put: Put) -> None:
        heads = [self.say("Bước", "Step"), self.say("Điểm", "Points"), self.say("Số liệu, lý do", "Figures, reason")]
        rows = [self._step(step) for step in (*put.steps, put.proposed)]
        change = self.say("Tổng điểm của đơn vị thay đổi", "The total of the unit changes by")
        figures = f"{rows[-1][2]}. " if rows[-1][2] else ""
        rows[-1][2] = f"{figures}{change}: {signed(put.change, self.language)}."
        self._table(heads, rows, [4, 2.5, 10], strong=1)

    def _step(self, step: Step) -> list[str]:
        name = step.name.in_(self.language)
        figures = "; ".join(f"{label.in_(self.language)} {value}" for label, value in step.figures)
        points = "–" if step.points is None else points_in(step.points, self.language)
        return [name[:1].upper() + name[1:], points, ". ".join(filter(None, (figures, step.why)))]

    def _votes(self) -> None:
        self._section("III. Biểu quyết", "III. Votes")
        self._text(
            self.say(
                "Nội dung được thông qua khi quá nửa tổng số thành viên hội đồng tán thành.",
                "A motion is carried when more than half of all members of the council are for it.",
            )
        )
        if not self.motions:
            return
        # A vote that is not closed is opened to nobody, in the draft of the minutes neither.
        votes = {motion.pk: newest_votes(motion) for motion in self.motions if motion.closed_at}
        heads = [self.say("Thành viên", "Member")]
        heads += [f"{self.say('Nội dung', 'Motion')} {motion.number}" for motion in self.motions]
        rows = [
            [self._voter(each), *(self._choice(motion, votes, each.pk) for motion in self.motions)]
            for each in self.members
        ]
        counts = [count_of(motion) if motion.closed_at else None for motion in self.motions]
        waits = self.say("chưa chốt", "not closed")
        rows.append([self.say("Tán thành", "For"), *(str(each.in_favour) if each else waits for each in counts)])
        rows.append(
            [self.say("Không tán thành", "Against"), *(str(each.against) if each else waits for each in counts)]
        )
        rows.append([self.say("Ý kiến khác", "Abstain"), *(str(each.other) if each else waits for each in counts)])
        self._table(heads, rows, [5.5, *[11 / len(counts)] * len(counts)], strong=3)

    def _voter(self, person: Person) -> str:
        way = self.ways.get(person.pk, "absent")
        return person.full_name if way == "room" else f"{person.full_name} ({WAY_NAMES[way].in_(self.language)})"

    def _choice(self, motion: Motion, votes: Mapping[int, Mapping[int, str]], person: int) -> str:
        if motion.pk not in votes:
            return self.say("chưa chốt", "not closed")
        choice = votes[motion.pk].get(person)
        if choice is None:
            return self.say("không biểu quyết", "no vote")
        return CHOICE_NAMES[choice].in_(self.language)

    def _conclusion(self) -> None:
        self._section("IV. Kết luận", "IV. Conclusions")
        for motion in self.motions:
            self._text(f"{self.say('Nội dung', 'Motion')} {motion.number}: {self._result(motion)}.")
        if self.session.closed_at is None:
            self._text(
                self.say(
                    "Dự thảo biên bản: phiên họp chưa kết thúc.", "Draft of the minutes: the session has not ended."
                )
            )
            return
        at = timezone.localtime(self.session.closed_at)
        self._text(
            self.say(
                f"Phiên họp đã kết thúc vào {at.hour} giờ {at.minute:02d}, ngày {at:%d/%m/%Y}; biên bản được thông qua "
                "và lập thành 02 bản./.",
                f"The session ended at {at:%H:%M} on {at.day} {at:%B} {at.year}; the minutes were approved and made in "
                "two copies.",
            )
        )

    def _result(self, motion: Motion) -> str:
        if motion.closed_at is None:
            return self.say("chưa chốt biểu quyết", "the vote is not closed")
        if motion.carried:
            return self.say("được thông qua", "carried")
        return self.say("không được thông qua", "not carried")

    def _signatures(self) -> None:
        from docx.shared import Pt

        table = self.paper.add_table(rows=1, cols=2)
        names = (self.session.secretary, self.session.chair)
        titles = (self.say("THƯ KÝ", "SECRETARY"), self.say("CHỦ TRÌ", "CHAIR"))
        note = self.say("(Ký, ghi rõ họ tên)", "(signed in the Vietnamese minutes only)")
        for cell, title, person in zip(table.rows[0].cells, titles, names, strict=True):
            for at, text in enumerate((title, note, "", "", "", person.full_name if person else "")):
                paragraph = self._centred(cell.paragraphs[0] if at == 0 else cell.add_paragraph())
                paragraph.paragraph_format.keep_with_next = True
                run = paragraph.add_run(text)
                run.bold = at in (0, 5)
                run.italic = at == 1
        copies = self.paper.add_paragraph()
        copies.paragraph_format.space_after = Pt(0)
        run = copies.add_run(self.say("Nơi nhận:", "Copies to:"))
        run.bold = run.italic = True
        run.font.size = Pt(12)
        for text in (
            self.say("- Thành viên hội đồng;", "- Members of the council;"),
            self.say("- Lưu: VT, Hồ sơ.", "- Archive."),
        ):
            line = self.paper.add_paragraph()
            line.paragraph_format.space_after = Pt(0)
            line.add_run(text).font.size = Pt(11)
