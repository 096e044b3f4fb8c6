"""The sheets of the workbook that units fill in, written one after the other, and where things stand on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from parindex.language import Text, number, same
from parindex.programme.edition import Edition, UnitList
from parindex.programme.framework import InputSpec, LeafSpec, Node
from parindex.submissions import form_texts, layout
from parindex.submissions.filled import CellsOfSheet, SelfScore
from parindex.submissions.layout import FormColumn, Question
from parindex.submissions.looks import Looks, height_of
from parindex.workbooks import cell_name

_Sheet: TypeAlias = Any  # XlsxWriter carries no types
_Format: TypeAlias = Any

HIGHEST = 400.0
"""Points that a row may be high; Excel takes up to 409."""

_TOTAL_COLUMNS = (
    FormColumn(Text("Mã", "Code"), 8),
    FormColumn(Text("Lĩnh vực", "Domain"), 60),
    FormColumn(Text("Điểm tối đa", "Maximum"), 13),
    FormColumn(Text("Tự chấm tối đa", "Can be self-scored"), 18),
    FormColumn(Text("Điểm tự chấm", "Self-score"), 13),
    FormColumn(Text("Mục đã chấm", "Lines scored"), 13),
    FormColumn(Text("Mục phải chấm", "Lines to score"), 15),
)


@dataclass(frozen=True, slots=True)
class _Total:
    """Where the self-scores of one sheet stand."""

    node: Node
    scores: str  # a range on another sheet, as formulas name it
    self_scored: Decimal
    leaves: int


class Mark:
    """Words of a form that stand for a unit's own until it is filled in. No font has these letters."""

    NAME_VI = "\ue0f1vi\ue0f1"
    NAME_EN = "\ue0f1en\ue0f1"
    CODE = "\ue0f1code\ue0f1"
    CHECK = "\ue0f1check\ue0f1"
    FOOT = "\ue0f1foot\ue0f1"


@dataclass(slots=True)
class Places:
    """Where a form is filled in: sheets by name, rows and columns counted from 0, heights in points."""

    heights: dict[str, dict[int, float]] = field(default_factory=dict)
    """How high the rows are, by what the form itself says in them."""
    values: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The row of each question, by its key."""
    evidence: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The row of each leaf and bonus item where its evidence and explanation stand."""
    unit_name: int = 0
    """The row of the cover that names the unit."""
    documents: int = 0
    """The first row of the list of documents."""


class Form:
    """The workbook while it is written: one method for each sheet, in their order.

    `same_names`: the units it is for are called the same in both languages. `document_rows`: how many documents the
    list of evidence has room for.
    """

    def __init__(
        self,
        book: Any,
        edition: Edition,
        unit_list: UnitList,
        self_score: SelfScore,
        *,
        same_names: bool,
        document_rows: int,
    ):
        self.book = book
        self.edition = edition
        self.unit_list = unit_list
        self.framework = unit_list.framework
        self.self_score = self_score
        self.document_rows = document_rows
        self.unit_name = Text(Mark.NAME_VI, Mark.NAME_VI if same_names else Mark.NAME_EN)
        self.digest = layout.schema_digest(edition.code, unit_list.framework)
        self.places = Places()
        self.looks = Looks(book, edition.settings.store_decimals)
        self.sheets = layout.domain_sheets(self.framework)
        self.widths: Sequence[float] = ()
        self.heights: dict[int, float] = {}
        self.choice_rows: list[tuple[str, Text]] = []
        self.yes_no = self._list_of("", {"yes": layout.YES, "no": layout.NO})
        self.lists = {
            question.key: self._list_of(question.key, question.spec.options)
            for leaf in self.framework.leaves
            for question in layout.questions(leaf)
            if question.spec.type == "choice"
        }

    def _list_of(self, key: str, options: Mapping[str, Text]) -> dict[str, str]:
        """Put labels on the hidden sheet; the reference of each by its option's code."""
        references = {}
        for code, label in options.items():
            self.choice_rows.append((f"{key}/{code}", label))
            references[code] = f"'{layout.CHOICES}'!$B${len(self.choice_rows) + 1}"
        return references

    # --- what all sheets have

    def _sheet(self, name: str, title: Text, widths: Sequence[float], *, landscape: bool = True) -> tuple[_Sheet, int]:
        """A new protected sheet with its title lines; also the row below them."""
        sheet = self.book.add_worksheet(name)
        self.widths = widths
        self.heights = self.places.heights[name] = {}
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width, self.looks.plain)
        sheet.hide_gridlines(2)
        row = 0
        if self.edition.simulated:
            for column in range(len(widths)):
                sheet.write_blank(row, column, None, self.looks.banner)
            sheet.write_string(row, 0, layout.SIMULATED.both(), self.looks.banner)
            sheet.set_row(row, 20)
            row += 1
        sheet.write_string(row, 0, title.vi, self.looks.title)
        sheet.set_row(row, 22)
        if title.en != title.vi:
            row += 1
            sheet.write_string(row, 0, title.en, self.looks.subtitle)
        self._page(sheet, landscape)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        return sheet, row + 1

    def _page(self, sheet: _Sheet, landscape: bool) -> None:
        sheet.set_paper(9)  # A4
        sheet.set_landscape() if landscape else sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        if self.edition.simulated:
            sheet.set_header(f'&C&"Arial,Bold"&10{layout.SIMULATED.both()}')
        mark = f" · {layout.SIMULATED.vi}" if self.edition.simulated else ""
        sheet.set_footer(f'&L&"Arial,Regular"&8{Mark.FOOT} · {self.edition.code}{mark}&R&"Arial,Regular"&8&A · &P/&N')

    def _who(self, sheet: _Sheet, row: int) -> int:
        """The line that names unit and edition, so that a sheet printed alone is not lost."""
        text = f"{Mark.NAME_VI} ({Mark.CODE}) · {self.edition.name.vi}"
        sheet.write_string(row, 0, text, self.looks.note_line)
        return row + 1

    def _heads(self, sheet: _Sheet, row: int, columns: Sequence[FormColumn], *, frozen: int) -> int:
        for place, column in enumerate(columns):
            sheet.write_string(row, place, column.label, self.looks.head)
        sheet.set_row(row, 32)
        sheet.freeze_panes(row + 1, frozen)
        sheet.repeat_rows(0, row)
        return row + 1

    def _text(self, sheet: _Sheet, row: int, column: int, text: Text, look: _Format, *more: str) -> None:
        """Vietnamese in the look of the cell, English and `more` under it, smaller."""
        small = "\n".join([*([text.en] if text.en != text.vi else []), *more])
        if small:
            sheet.write_rich_string(row, column, text.vi, self.looks.small, f"\n{small}", look)
        else:
            sheet.write_string(row, column, text.vi, look)
        self._tall(row, height_of(text.vi, self.widths[column], small, size=look.font_size, bold=look.bold))

    def _tall(self, row: int, height: float) -> None:
        """The row is at least so high. LibreOffice does not find heights by itself when it opens a workbook."""
        self.heights[row] = max(self.heights.get(row, 0), height)

    def _set_heights(self, sheet: _Sheet) -> None:
        for row, height in self.heights.items():
            sheet.set_row(row, min(height, HIGHEST))

    # --- the sheets

    def cover(self) -> None:
        sheet, row = self._sheet(layout.COVER, self.edition.name, layout.COVER_WIDTHS, landscape=False)
        sheet.write_string(row, 0, "Hồ sơ tự đánh giá, tự chấm điểm / Self-assessment submission", self.looks.section)
        row += 2
        framework = self.framework
        rows: list[tuple[str, Text, Text]] = [
            ("unit", Text("Đơn vị", "Unit"), self.unit_name),
            (layout.COVER_UNIT, Text("Mã đơn vị", "Unit code"), same(Mark.CODE)),
            ("list", Text("Danh sách", "List"), self.unit_list.name),
            (layout.COVER_EDITION, Text("Năm đánh giá", "Edition"), same(self.edition.code)),
            ("name", Text("Bộ tiêu chí", "Framework"), framework.name),
        ]
        if framework.legal_basis is not None:
            rows.append(("legal_basis", Text("Căn cứ", "Legal basis"), framework.legal_basis))
        closes_on = self.edition.calendar.get("closes_on")
        if closes_on is not None:
            rows.append(("closes_on", Text("Hạn gửi", "To be sent by"), same(f"{closes_on:%d/%m/%Y}")))
        if framework.not_official is not None:
            rows.append(("not_official", Text("Lưu ý", "Note"), framework.not_official))
        self.places.unit_name = row
        row = self._cover_rows(sheet, row, rows) + 1

        sheet.write_string(row, 0, "Cách điền / How to fill in", self.looks.section)
        width = self.widths[1] + self.widths[2]
        for step, text in enumerate(form_texts.steps(self.framework), 1):
            row += 1
            sheet.write_string(row, 0, f"{step}", self.looks.step)
            sheet.merge_range(row, 1, row, 2, "", self.looks.text)
            self._text(sheet, row, 1, text, self.looks.text)
            self.heights[row] = height_of(text.vi, width, text.en)
        row += 2

        sheet.write_string(
            row, 0, "Để máy đọc, xin giữ nguyên / For the computer: please leave as is", self.looks.section
        )
        rows = [
            (layout.COVER_FRAMEWORK, Text("Mã bộ tiêu chí", "Framework code"), same(framework.code)),
            (layout.COVER_VERSION, Text("Phiên bản", "Version"), same(framework.version)),
            (layout.COVER_FORM, Text("Mẫu tệp", "Form"), same(layout.FORM)),
            (layout.COVER_DIGEST, Text("Mã biểu mẫu", "Digest of the form"), same(self.digest)),
            (layout.COVER_CHECK, Text("Mã kiểm", "Check word"), same(Mark.CHECK)),
        ]
        self._cover_rows(sheet, row + 1, rows)
        self._set_heights(sheet)
        sheet.activate()

    def _cover_rows(self, sheet: _Sheet, row: int, rows: Sequence[tuple[str, Text, Text]]) -> int:
        for row_, (key, label, value) in enumerate(rows, row):
            sheet.write_string(row_, 0, key, self.looks.key)
            self._text(sheet, row_, 1, label, self.looks.bold)
            self._text(sheet, row_, 2, value, self.looks.text)
        return row + len(rows)

    def domain(self, domain: Node) -> _Total:
        name = self.sheets[domain.code]
        title = Text(f"Lĩnh vực {domain.code}. {domain.name.vi}", f"Domain {domain.code}. {domain.name.en}")
        sheet, row = self._sheet(name, title, [column.width for column in layout.DOMAIN_COLUMNS])
        row = self._who(sheet, row)
        first = row = self._heads(sheet, row, layout.DOMAIN_COLUMNS, frozen=2)
        self_scored, leaves = Decimal(0), 0
        for node in domain.walk():
            if node.leaf is None:
                if node is not domain:
                    self._criterion(sheet, row, node)
                    row += 1
            elif layout.is_asked(node.leaf):
                row = self._leaf(sheet, row, node, node.leaf)
                self_scored += node.max_points
                leaves += 1
            else:
                self._not_asked(sheet, row, node, node.leaf)
                row += 1
        self._advice(sheet, first, row - 1)
        self._set_heights(sheet)
        sheet.print_area(0, 0, max(row - 1, first), layout.DOMAIN_COLUMNS_PRINTED - 1)
        column = layout.DOMAIN_COLUMNS.index(layout.SELF_SCORE)
        quoted = name.replace("'", "''")
        scores = f"'{quoted}'!{_absolute(first, column)}:{_absolute(max(row - 1, first), column)}"
        return _Total(domain, scores, self_scored, leaves)

    def _criterion(self, sheet: _Sheet, row: int, node: Node) -> None:
        for column in range(3, len(layout.DOMAIN_COLUMNS)):
            sheet.write_blank(row, column, None, self.looks.criterion)
        sheet.write_string(row, 0, node.code, self.looks.criterion)
        self._text(sheet, row, 1, node.name, self.looks.criterion)
        sheet.write_number(row, 2, float(node.max_points), self.looks.criterion_points)

    def _not_asked(self, sheet: _Sheet, row: int, node: Node, leaf: LeafSpec) -> None:
        for column in range(3, len(layout.DOMAIN_COLUMNS)):
            sheet.write_blank(row, column, None, self.looks.grey)
        says = form_texts.SURVEY if leaf.method == "survey" else form_texts.ELSEWHERE
        sheet.write_string(row, 0, node.code, self.looks.grey)
        self._text(sheet, row, 1, node.name, self.looks.grey, f"— {says.vi}", f"— {says.en}")
        sheet.write_number(row, 2, float(node.max_points), self.looks.grey_points)

    def _leaf(self, sheet: _Sheet, row: int, node: Node, leaf: LeafSpec) -> int:
        """The row of a leaf and those of its inputs; returns the row below."""
        looks = self.looks
        questions = tuple(layout.questions(node))
        cells = {question.spec.name: cell_name(row + 2 + place, 4) for place, question in enumerate(questions)}
        sheet.write_string(row, 0, node.code, looks.leaf)
        self._text(sheet, row, 1, node.name, looks.leaf)
        sheet.write_number(row, 2, float(node.max_points), looks.leaf_points)
        sheet.write_blank(row, 3, None, looks.leaf)
        sheet.write_blank(row, 4, None, looks.leaf)
        self._live_score(sheet, row, 5, node.code, questions, cells)
        self._evidence(sheet, row, node.code)
        for column, text in ((9, (leaf.guidance,)), (10, leaf.evidence), (11, (leaf.appraiser,))):
            self._list(sheet, row, column, [each for each in text if each is not None])
        for question in questions:
            row += 1
            self._input(sheet, row, question, cells)
        return row + 1

    def _live_score(
        self, sheet: _Sheet, row: int, column: int, code: str, questions: Sequence[Question], cells: Mapping[str, str]
    ) -> None:
        choices = {question.spec.name: self.lists.get(question.key, {}) for question in questions}
        expression = self.self_score(code, CellsOfSheet(cells, choices))
        if expression is None:
            sheet.write_blank(row, column, None, self.looks.score)
            return
        numbers = [cells[q.spec.name] for q in questions if q.spec.type not in ("yes_no", "choice")]
        ready = [f"COUNT({','.join(numbers)})={len(numbers)}"] if numbers else []
        for question in questions:
            if question.spec.type in ("yes_no", "choice"):
                ready.append(f"ISNUMBER(MATCH({cells[question.spec.name]},{self._range_of(question)},0))")
        decimals = self.edition.settings.store_decimals
        formula = f'=IF(AND({",".join(ready)}),IFERROR(ROUND({expression},{decimals}),""),"")'
        sheet.write_formula(row, column, formula, self.looks.score, "")

    def _evidence(self, sheet: _Sheet, row: int, code: str) -> None:
        self.places.evidence[code] = (sheet.get_name(), row)
        for column in layout.EVIDENCE_PLACES:
            sheet.write_blank(row, column, None, self.looks.open_text)

    def _list(self, sheet: _Sheet, row: int, column: int, texts: Sequence[Text]) -> None:
        if not texts:
            sheet.write_blank(row, column, None, self.looks.leaf_side)
            return
        mark = "– " if len(texts) > 1 else ""
        vi = "\n".join(f"{mark}{text.vi}" for text in texts)
        en = "\n".join(f"{mark}{text.en}" for text in texts)
        self._text(sheet, row, column, Text(vi, en), self.looks.leaf_side)

    def _input(self, sheet: _Sheet, row: int, question: Question, cells: Mapping[str, str]) -> None:
        looks, spec = self.looks, question.spec
        sheet.write_string(row, 0, question.key, looks.key)
        options = [f"• {label.both()}" for label in spec.options.values()]
        self._text(sheet, row, 1, spec.label, looks.input_label, *options)
        for label in spec.options.values():  # whichever is chosen has room
            self._tall(row, height_of(label.vi, self.widths[3]))
        sheet.write_blank(row, 2, None, looks.text)
        self._value(sheet, row, question, cells.get(spec.part_of or ""))
        self._text(sheet, row, 4, _unit_of(spec), looks.unit)
        whole = cells.get(spec.part_of or "")
        if whole is not None:
            part = cells[spec.name]
            formula = f'=IF(AND(ISNUMBER({part}),ISNUMBER({whole}),N({part})>N({whole})),"nhiều hơn {whole}","")'
            sheet.write_formula(row, 5, formula, looks.warning, "")
        else:
            sheet.write_blank(row, 5, None, looks.text)
        for column in range(6, len(layout.DOMAIN_COLUMNS)):
            sheet.write_blank(row, column, None, looks.text)

    def _value(self, sheet: _Sheet, row: int, question: Question, whole: str | None) -> None:
        spec, column = question.spec, layout.VALUE_PLACE
        self.places.values[question.key] = (sheet.get_name(), row)
        sheet.write_blank(row, column, None, self.looks.open_number[spec.type])
        if spec.type in ("yes_no", "choice"):
            rule: dict[str, Any] = {"validate": "list", "source": f"={self._range_of(question)}"}
        else:
            rule = {"criteria": "between", **form_texts.RANGES[spec.type]}
        rule |= form_texts.messages(spec, whole)
        sheet.data_validation(row, column, row, column, rule)

    def _range_of(self, question: Question) -> str:
        references = list((self.lists.get(question.key) or self.yes_no).values())
        return f"{references[0]}:{references[-1].split('!')[1]}"

    def _advice(self, sheet: _Sheet, first: int, last: int) -> None:
        """Input messages of the columns of evidence, and the longest explanation."""
        if last < first:
            return
        for column, title, message in form_texts.ADVICE:
            rule: dict[str, Any] = {"validate": "any"}
            if column is layout.EXPLANATION:
                rule = {"validate": "length", "criteria": "<=", "value": layout.EXPLANATION_LONGEST}
                rule |= {"error_title": "Giải trình quá dài", "error_message": message}
            place = layout.DOMAIN_COLUMNS.index(column)
            sheet.data_validation(first, place, last, place, {**rule, "input_title": title, "input_message": message})

    def adjustments(self) -> tuple[str, Decimal] | None:
        """Bonus items to claim and penalties to know of; where the bonus points stand, and their cap."""
        title = Text("Điểm thưởng, điểm trừ", "Bonus and penalty points")
        sheet, row = self._sheet(layout.ADJUSTMENTS, title, [column.width for column in layout.ADJUSTMENT_COLUMNS])
        row = self._who(sheet, row)
        first = row = self._heads(sheet, row, layout.ADJUSTMENT_COLUMNS, frozen=2)
        bonus: tuple[str, Decimal] | None = None
        for adjustment in self.framework.adjustments:
            kind = form_texts.BONUS if adjustment.kind == "bonus" else form_texts.PENALTY
            cap = adjustment.cap
            head = Text(
                f"{kind.vi}; tất cả không quá {number(cap, 'vi')} điểm.",
                f"{kind.en}; at most {number(cap, 'en')} points in all.",
            )
            for column in range(len(layout.ADJUSTMENT_COLUMNS)):
                sheet.write_blank(row, column, None, self.looks.criterion)
            self._text(sheet, row, 1, head, self.looks.criterion)
            row += 1
            start = row
            for item in adjustment.items:
                if adjustment.kind == "penalty":
                    for column in range(3, len(layout.ADJUSTMENT_COLUMNS)):
                        sheet.write_blank(row, column, None, self.looks.grey)
                    sheet.write_string(row, 0, item.code, self.looks.grey)
                    self._text(sheet, row, 1, item.name, self.looks.grey)
                    sheet.write_number(row, 2, -float(item.points_each), self.looks.grey_points)
                    row += 1
                    continue
                question = layout.bonus_question(item)
                sheet.write_string(row, 0, question.key, self.looks.key)
                self._text(sheet, row, 1, item.name, self.looks.leaf)
                sheet.write_number(row, 2, float(item.points_each), self.looks.leaf_points)
                self._value(sheet, row, question, None)
                self._text(sheet, row, 4, item.unit, self.looks.unit)
                count = cell_name(row + 1, 4)
                formula = f'=IF(ISNUMBER({count}),{count}*{item.points_each:f},"")'
                sheet.write_formula(row, 5, formula, self.looks.score, "")
                self._evidence(sheet, row, item.code)
                row += 1
            if adjustment.kind == "bonus":
                bonus = f"'{layout.ADJUSTMENTS}'!{_absolute(start, 5)}:{_absolute(row - 1, 5)}", cap
        self._advice(sheet, first, row - 1)
        self._set_heights(sheet)
        return bonus

    def documents(self) -> None:
        title = Text("Danh mục tài liệu kiểm chứng (TLKC)", "List of evidence documents")
        sheet, row = self._sheet(layout.DOCUMENTS, title, [column.width for column in layout.DOCUMENT_COLUMNS])
        row = self._who(sheet, row)
        row = self._heads(sheet, row, layout.DOCUMENT_COLUMNS, frozen=1)
        first = self.places.documents = row
        looks = self.looks
        for number_ in range(1, self.document_rows + 1):
            sheet.write_string(row, 0, layout.document_id(number_), looks.bold)
            for column in (1, 2, 4):
                sheet.write_blank(row, column, None, looks.open_text)
            sheet.write_blank(row, 3, None, looks.open_date)
            row += 1
        day_rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1945, 9, 2),
            "maximum": date(2999, 12, 31),
            "error_type": "warning",
            "error_title": "Ngày",
            "error_message": "Ghi ngày/tháng/năm, ví dụ 30/06/2025. / Write day/month/year.",
        }
        sheet.data_validation(first, 3, row - 1, 3, day_rule)
        self._set_heights(sheet)

    def totals(self, totals: Sequence[_Total], bonus: tuple[str, Decimal] | None) -> None:
        title = Text("Tổng điểm tự chấm", "Self-scored points in all")
        sheet, row = self._sheet(layout.TOTALS, title, [column.width for column in _TOTAL_COLUMNS])
        row = self._who(sheet, row)
        first = row = self._heads(sheet, row, _TOTAL_COLUMNS, frozen=0)
        looks = self.looks
        for total in totals:
            sheet.write_string(row, 0, total.node.code, looks.bold)
            self._text(sheet, row, 1, total.node.name, looks.text)
            sheet.write_number(row, 2, float(total.node.max_points), looks.points)
            sheet.write_number(row, 3, float(total.self_scored), looks.points)
            formula = f'=IF(COUNT({total.scores})=0,"",SUM({total.scores}))'
            sheet.write_formula(row, 4, formula, looks.score, "")
            sheet.write_formula(row, 5, f"=COUNT({total.scores})", looks.whole, 0)
            sheet.write_number(row, 6, total.leaves, looks.whole)
            row += 1
        sheet.write_blank(row, 0, None, looks.criterion)
        self._text(sheet, row, 1, Text("Cộng", "Total"), looks.criterion)
        for column in range(2, 7):
            cells = f"{_relative(first, column)}:{_relative(row - 1, column)}"
            look = looks.total_whole if column > 4 else looks.total_score if column == 4 else looks.criterion_points
            sheet.write_formula(row, column, f'=IF(COUNT({cells})=0,"",SUM({cells}))', look, "")
        row += 1
        if bonus is not None:
            scores, cap = bonus
            label = Text(
                f"Điểm thưởng tự đề nghị (không quá {number(cap, 'vi')})",
                f"Bonus claimed (at most {number(cap, 'en')})",
            )
            sheet.write_blank(row, 0, None, looks.text)
            self._text(sheet, row, 1, label, looks.text)
            for column in (2, 3, 5, 6):
                sheet.write_blank(row, column, None, looks.text)
            formula = f'=IF(COUNT({scores})=0,"",MIN(SUM({scores}),{cap:f}))'
            sheet.write_formula(row, 4, formula, looks.score, "")
            row += 1
        self._set_heights(sheet)
        sheet.write_string(row + 1, 1, "Người lập biểu / Prepared by", looks.sign)
        sheet.write_string(row + 1, 4, "Thủ trưởng đơn vị / Head of the unit", looks.sign)

    def choices(self) -> None:
        sheet = self.book.add_worksheet(layout.CHOICES)
        heads = ("Mã / Code", "Lựa chọn", "Choice")
        for column, (head, width) in enumerate(zip(heads, (34, 60, 60), strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head, self.looks.head)
        for row, (key, label) in enumerate(self.choice_rows, 1):
            sheet.write_string(row, 0, key, self.looks.plain)
            sheet.write_string(row, 1, label.vi, self.looks.plain)
            sheet.write_string(row, 2, label.en, self.looks.plain)
        if self.edition.simulated:
            sheet.write_string(0, 3, layout.SIMULATED.both(), self.looks.banner)
        self._page(sheet, landscape=False)
        sheet.protect("")
        sheet.hide()


def _unit_of(spec: InputSpec) -> Text:
    if spec.unit is not None:
        return spec.unit
    if spec.type == "percent":
        return same("%")
    return Text("chọn", "choose")


def _relative(row: int, column: int) -> str:
    return cell_name(row + 1, column + 1)


def _absolute(row: int, column: int) -> str:
    return f"${cell_name(1, column + 1)[:-1]}${row + 1}"
