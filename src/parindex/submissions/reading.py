"""Reading a unit's workbook: what it claims, with every problem at its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from parindex.documents.shapes import guess
from parindex.language import LANGUAGES, Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.edition import Edition, UnitList
from parindex.programme.framework import Framework
from parindex.programme.inputs import InputValue, canonical
from parindex.sources import Place
from parindex.submissions import layout
from parindex.submissions.cover import read_cover
from parindex.submissions.evidence import check_evidence, evidence_said, read_documents, read_evidence
from parindex.submissions.heads import Columns, find_columns
from parindex.submissions.layout import EvidenceDocument, Question
from parindex.submissions.values import check_parts, value_of, words_of
from parindex.tables.flow import Answer
from parindex.workbooks import Sheet, Workbook

SHEET_MISSING = ProblemKind(
    "SUBMISSION-SHEET-MISSING",
    what=Text('thiếu trang "{sheet}".', 'the sheet "{sheet}" is missing.'),
    why=Text("Trang bị xóa hoặc đổi tên.", "It was deleted or renamed."),
    remedy=Text("Khôi phục trang này như biểu mẫu đã phát.", "Restore the sheet as it was handed out."),
)
SHEET_EXTRA = ProblemKind(
    "SUBMISSION-SHEET-EXTRA",
    what=Text("trang này không thuộc biểu mẫu và không được đọc.", "this sheet is not in the form and is not read."),
    why=Text("", ""),
    remedy=Text(
        "Nếu có số liệu hay giải trình ở đây, chuyển vào ô của biểu mẫu.",
        "If figures or explanations stand here, move them into cells of the form.",
    ),
    severity="notice",
)
ROW_MISSING = ProblemKind(
    "SUBMISSION-ROW-MISSING",
    what=Text('thiếu hàng "{key}" ({label}).', 'the row "{key}" is missing ({label}).'),
    why=Text("Hàng bị xóa hoặc mã bị sửa.", "It was deleted, or its code was changed."),
    remedy=Text("Khôi phục hàng này như biểu mẫu đã phát.", "Restore the row as it was handed out."),
)
ROW_TWICE = ProblemKind(
    "SUBMISSION-ROW-TWICE",
    what=Text('hàng "{key}" có hai lần, ở đây và ở {first}.', 'the row "{key}" stands twice, here and at {first}.'),
    why=Text("Không biết hàng nào là số liệu đúng.", "There is no telling which of them holds."),
    remedy=Text("Giữ một hàng, xóa hàng kia.", "Keep one and delete the other."),
)
ROW_UNKNOWN = ProblemKind(
    "SUBMISSION-ROW-UNKNOWN",
    what=Text('mã "{key}" không có trong biểu mẫu{guess}.', 'the code "{key}" is not in the form{guess}.'),
    why=Text("Số liệu được đọc theo mã ở cột này.", "Values are read by the codes of this column."),
    remedy=Text("Khôi phục mã, hoặc xóa hàng đã thêm.", "Restore the code, or delete the row that was added."),
)
STRAY = ProblemKind(
    "SUBMISSION-STRAY",
    what=Text('"{value}" nằm ngoài các ô để điền.', '"{value}" stands outside of the cells to fill in.'),
    why=Text("Giá trị ở đây không được đọc.", "What stands here is not read."),
    remedy=Text("Chuyển vào đúng ô nền vàng, hoặc xóa.", "Move it into its yellow cell, or delete it."),
)
INCOMPLETE = ProblemKind(
    "ANSWER-INCOMPLETE",
    what=Text("{node}: còn trống {missing}.", "{node}: {missing} is still empty."),
    why=Text("Thiếu một số liệu thì mục này chưa được tính điểm.", "With an input missing, no points are computed."),
    remedy=Text("Điền đủ, hoặc giải trình vì sao chưa có.", "Fill it in, or explain why it is not known."),
    severity="notice",
)


@dataclass(frozen=True, slots=True)
class Submission:
    """What one unit sent. An empty cell has no row in `answers`: not stated, which is not zero.

    `explanations` and `citations` (document id, section and page) hold those of all leaves, also of leaves without
    any answer; `sha256` is that of the workbook.
    """

    unit: str
    answers: tuple[Answer, ...]
    documents: tuple[EvidenceDocument, ...]
    explanations: Mapping[str, str]
    citations: Mapping[str, tuple[tuple[str, str], ...]]
    source: str
    sha256: str


def read_submission(workbook: Workbook, *, edition: Edition, source: str, problems: Problems) -> Submission | None:
    """What a unit's workbook says. `source` is what `Answer.source` carries, such as the path of the file.

    None when it is not a workbook of this edition, or not of a known unit. Otherwise every problem of the workbook
    is added with its sheet and cell, and the answers that can be used are given in the framework's order. Only
    a submission without errors among its problems is the whole of what the unit sent.
    """
    cover = read_cover(workbook, edition, problems)
    if cover is None:
        return None
    reader = _Reader(workbook, edition, cover.unit_list, cover.unit, source, problems)
    return reader.read()


@dataclass(frozen=True, slots=True)
class _Row:
    sheet: Sheet
    number: int
    columns: Columns

    def place(self, column: layout.FormColumn) -> Place:
        return self.sheet.place(self.number, self.columns.numbers[column])


class _Reader:
    def __init__(
        self,
        workbook: Workbook,
        edition: Edition,
        unit_list: UnitList,
        unit: str,
        source: str,
        problems: Problems,
    ):
        self.workbook = workbook
        self.edition = edition
        self.framework: Framework = unit_list.framework
        self.unit = unit
        self.source = source
        self.problems = problems
        self.form = _FormKeys(self.framework)
        self.rows: dict[str, _Row] = {}
        self.documents: Mapping[str, EvidenceDocument] | None = None
        self.explanations: dict[str, str] = {}
        self.citations: dict[str, tuple[tuple[str, str], ...]] = {}

    def read(self) -> Submission:
        found = self._sheets()
        if layout.DOCUMENTS in found:
            self.documents = read_documents(found[layout.DOCUMENTS], self.problems)
        unread: set[str] = set()
        twice: set[str] = set()
        for name in self.form.sheets:
            columns = find_columns(found[name], layout.ANSWER_COLUMNS, self.problems) if name in found else None
            if columns is None:
                unread.add(name)
            else:
                twice |= self._index(found[name], columns)
        for key, (name, label) in self.form.wanted.items():
            # Rows of a sheet that is missing are not counted up one by one.
            if key not in self.rows and name not in unread:
                self.problems.add(ROW_MISSING, found[name].place(), key=key, label=label)
        answers = tuple(answer for each in self._answers(twice) for answer in each)
        return Submission(
            self.unit,
            answers,
            tuple((self.documents or {}).values()),
            self.explanations,
            self.citations,
            self.source,
            self.workbook.sha256,
        )

    def _sheets(self) -> dict[str, Sheet]:
        """The sheets of the form by their names; problems for those missing, notices for others."""
        found = {}
        for name in (*self.form.sheets, layout.DOCUMENTS):
            sheet = self.workbook.sheet(name)
            if sheet is None:
                self.problems.add(SHEET_MISSING, Place(self.workbook.name), sheet=name)
            else:
                found[name] = sheet
        known = {sheet.name for sheet in found.values()}
        own = {name.casefold() for name in (layout.COVER, layout.TOTALS, layout.CHOICES)}
        for sheet in self.workbook.sheets:
            if sheet.name not in known and sheet.name.casefold() not in own and sheet.cells:
                self.problems.add(SHEET_EXTRA, sheet.place())
        return found

    def _index(self, sheet: Sheet, columns: Columns) -> set[str]:
        """Note which row holds which key; returns the keys that stand more than once."""
        twice: set[str] = set()
        at = columns.numbers[layout.KEY]
        keys: dict[int, str] = {}
        for (row, column), cell in sheet.cells.items():
            if column != at or row <= columns.row:
                continue
            place = sheet.place(row, column)
            key = words_of(cell, place, self.problems, longest=200)
            if not key:
                continue
            keys[row] = key
            if key not in self.form.known:
                near = guess(key, tuple(self.form.known))
                self.problems.add(ROW_UNKNOWN, place, key=key, guess=near)
            elif key in self.rows:
                first = self.rows[key].place(layout.KEY)
                cell_of = first.cell if first.sheet == place.sheet else first.inside()
                self.problems.add(ROW_TWICE, place, key=key, first=cell_of)
                twice.add(key)
            else:
                self.rows[key] = _Row(sheet, row, columns)
        self._look_for_strays(sheet, columns, keys)
        return twice

    def _look_for_strays(self, sheet: Sheet, columns: Columns, keys: Mapping[int, str]) -> None:
        numbers = {columns.numbers[column]: column for column in layout.ANSWER_COLUMNS if column is not layout.KEY}
        for (row, number), cell in sheet.cells.items():
            column = numbers.get(number)
            if column is None or row <= columns.row:
                continue
            key = keys.get(row, "")
            if key and key not in self.form.known:
                continue  # said already
            if column not in self.form.open_columns(key) and not cell.is_empty and str(cell.value).strip():
                self.problems.add(STRAY, sheet.place(row, number), value=str(cell.value).strip()[:80])

    def _answers(self, twice: set[str]) -> Iterator[list[Answer]]:
        for node in self.framework.leaves:
            questions = tuple(layout.questions(node))
            if questions and node.leaf is not None:
                yield self._leaf(node.code, questions, self._row(node.code, twice), twice)
        for item in layout.bonus_items(self.framework):
            question = layout.bonus_question(item)
            yield self._leaf(item.code, (question,), self._row(question.key, twice), twice)

    def _row(self, key: str, twice: set[str]) -> _Row | None:
        return None if key in twice else self.rows.get(key)

    def _leaf(self, node: str, questions: tuple[Question, ...], said: _Row | None, twice: set[str]) -> list[Answer]:
        """The answers to one leaf or bonus item; `said` is the row of its evidence and explanation."""
        problems = self.problems
        evidence = explanation = ""
        if said is not None:
            cited = read_evidence(said.sheet, said.number, said.columns, node, self.documents, problems)
            evidence = evidence_said(cited, self.documents)
            if cited:
                self.citations[node] = cited
            explanation = words_of(
                said.sheet.at(said.number, said.columns.numbers[layout.EXPLANATION]),
                said.place(layout.EXPLANATION),
                problems,
                longest=layout.EXPLANATION_LONGEST,
            )
            if explanation:
                self.explanations[node] = explanation
        given: dict[str, InputValue] = {}
        places: dict[str, Place] = {}
        empty: list[Question] = []
        for question in questions:
            row = self._row(question.key, twice)
            if row is None:
                continue
            place = places[question.spec.name] = row.place(layout.VALUE)
            before = len(problems)
            value = value_of(row.columns.cell(row.sheet, row.number, layout.VALUE), question.spec, place, problems)
            if value is not None:
                given[question.spec.name] = value
            elif len(problems) == before:
                empty.append(question)
        if given and empty:
            missing = Text(*("; ".join(each.spec.label.in_(language) for each in empty) for language in LANGUAGES))
            problems.add(INCOMPLETE, places[empty[0].spec.name], node=node, missing=missing)
        if said is not None:
            check_evidence(
                said.sheet,
                said.number,
                said.columns,
                node,
                answered=given,
                evidence=evidence,
                explanation=explanation,
                problems=problems,
            )
        wrong = check_parts(tuple(question.spec for question in questions), given, places, problems)
        return [
            Answer(
                edition=self.edition.code,
                unit=self.unit,
                node=node,
                input=name,
                value=canonical(value),
                evidence=evidence or None,
                explanation=explanation or None,
                source=self.source,
                place=places[name].inside(),
            )
            for name, value in given.items()
            if name not in wrong
        ]


class _FormKeys:
    """What rows the form has: on which sheet, and in which columns people write there."""

    def __init__(self, framework: Framework):
        names = layout.domain_sheets(framework)
        self.sheets = list(names.values())
        self.wanted: dict[str, tuple[str, Text]] = {}
        """Rows that must be there, with their sheet and label."""
        self._open: dict[str, tuple[layout.FormColumn, ...]] = {}
        said = (layout.EVIDENCE, layout.LOCATOR, layout.EXPLANATION)
        for domain in framework.domains:
            for node in domain.walk():
                questions = tuple(layout.questions(node))
                self._open[node.code] = said if questions else ()
                if questions:
                    self.wanted[node.code] = names[domain.code], node.name
                for question in questions:
                    self.wanted[question.key] = names[domain.code], question.spec.label
                    self._open[question.key] = (layout.VALUE,)
        if framework.adjustments:
            self.sheets.append(layout.ADJUSTMENTS)
        for adjustment in framework.adjustments:
            for item in adjustment.items:
                if adjustment.kind == "bonus":
                    key = layout.bonus_question(item).key
                    self.wanted[key] = layout.ADJUSTMENTS, item.name
                    self._open[key] = (layout.VALUE, *said)
                else:
                    self._open[item.code] = ()
        self.known = frozenset(self._open)

    def open_columns(self, key: str) -> tuple[layout.FormColumn, ...]:
        """The columns people write in, in the row of `key`; none where the row has no key."""
        return self._open.get(key, ())
