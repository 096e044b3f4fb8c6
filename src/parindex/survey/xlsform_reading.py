"""The sheets of an XLSForm to a questionnaire: ours whole, others as far as they go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePath
from typing import TypeVar, get_args

from parindex.documents.shapes import guess
from parindex.language import LANGUAGES, Language, Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.survey import xlsform_layout as layout
from parindex.survey.questionnaire import (
    ANSWER_CODE,
    FACTOR_RULES,
    FORMULA_NAMES,
    GROUP_START,
    ITEM_CODE,
    ITEM_KINDS,
    LISTED,
    MANY,
    NATIONAL_RULES,
    NUMERIC,
    Condition,
    Factor,
    IndexDefinition,
    Item,
    ItemKind,
    PolicyGroup,
    Questionnaire,
    Scale,
    Section,
    Source,
    Step,
    SubIndex,
    column_name,
    filled,
)
from parindex.survey.series import Break
from parindex.survey.xlsform_expressions import Constraint, Referred, conditions_in, constraint_in
from parindex.workbooks import Sheet, Workbook

NO_SURVEY = ProblemKind(
    "XLSFORM-NO-SURVEY",
    what=Text('không có trang "survey" với các cột type và name.', 'there is no sheet "survey" with type and name.'),
    why=Text("", ""),
    remedy=Text("Kiểm tra đây có phải là tệp XLSForm không.", "Check that this is an XLSForm."),
)
NO_QUESTIONS = ProblemKind(
    "XLSFORM-NO-QUESTIONS",
    what=Text("không đọc được câu hỏi nào.", "no question could be read."),
    why=Text("", ""),
    remedy=Text("Kiểm tra cột type.", "Check the column type."),
)
TYPE_UNKNOWN = ProblemKind(
    "XLSFORM-TYPE",
    what=Text('"{name}": kiểu "{type}" không được nhận; câu này bị bỏ ra.', '"{name}": the type "{type}" is left out.'),
    why=Text(
        "Phiếu chỉ gồm câu chọn từ danh sách, câu số và câu chữ.",
        "A questionnaire here holds choices from lists, numbers and texts.",
    ),
    remedy=Text("Nếu cần câu này khi ước lượng, đổi kiểu.", "If estimates need it, give it another type."),
    severity="notice",
)
REPEAT = ProblemKind(
    "XLSFORM-REPEAT",
    what=Text('nhóm lặp "{name}" bị bỏ ra cùng các câu bên trong.', 'the repeat "{name}" is left out with all inside.'),
    why=Text("Mỗi phiếu ở đây là một dòng.", "An interview is one row here."),
    remedy=Text("Tách nhóm lặp thành phiếu riêng.", "Make it a questionnaire of its own."),
    severity="notice",
)
NAME_FORM = ProblemKind(
    "XLSFORM-NAME",
    what=Text('tên "{name}" không dùng được.', 'the name "{name}" cannot be used.'),
    why=Text(
        "Tên gồm chữ cái không dấu, chữ số, gạch dưới, gạch nối và dấu chấm; tên câu hỏi không bắt đầu bằng số.",
        "Names hold letters without accents, digits, underscores, hyphens and dots; those of questions begin with a "
        "letter or an underscore.",
    ),
    remedy=Text("Đặt lại tên.", "Give it another name."),
)
RELEVANT = ProblemKind(
    "XLSFORM-RELEVANT",
    what=Text(
        '"{name}": không đọc được điều kiện: {expression}', '"{name}": the condition cannot be read: {expression}'
    ),
    why=Text(
        "Không biết câu này được hỏi ai thì không biết ai đã không trả lời.",
        "Unless it is known who is asked, it is not known who did not answer.",
    ),
    remedy=Text(
        "Viết lại dưới dạng ${{câu}} = 'mã', selected(${{câu}}, 'mã'), ${{câu}} >= số, nối bằng or trong một câu "
        "và and giữa các câu.",
        "Write it as ${{name}} = 'code', selected(${{name}}, 'code') or ${{name}} >= number, joined by or within one "
        "question and by and between questions.",
    ),
)
CONSTRAINT = ProblemKind(
    "XLSFORM-CONSTRAINT",
    what=Text(
        '"{name}": ràng buộc không được giữ lại: {expression}', '"{name}": the constraint is not kept: {expression}'
    ),
    why=Text("", ""),
    remedy=Text(
        "Nếu cần kiểm tra khi nhập phiếu, viết dưới dạng . >= số and . <= số.",
        "If answers are to be checked by it, write it as . >= number and . <= number.",
    ),
    severity="notice",
)
COLUMN = ProblemKind(
    "XLSFORM-COLUMN",
    what=Text('cột "{column}" không được giữ lại.', 'the column "{column}" is not kept.'),
    why=Text("Phiếu ở đây không có chỗ cho nội dung này.", "A questionnaire here has no place for it."),
    remedy=Text("", ""),
    severity="notice",
)
LANGUAGE = ProblemKind(
    "XLSFORM-LANGUAGE",
    what=Text("không có nội dung {language}.", "there is no {language} text."),
    why=Text("Nội dung của thứ tiếng kia được dùng cho cả hai.", "The text of the other language stands for both."),
    remedy=Text("Thêm cột {column}.", "Add the column {column}."),
    severity="notice",
)
LABEL = ProblemKind(
    "XLSFORM-LABEL",
    what=Text('"{name}" không có nhãn.', '"{name}" has no label.'),
    why=Text("Tên được dùng thay.", "Its name stands for it."),
    remedy=Text("Thêm nhãn.", "Add a label."),
    severity="notice",
)
NESTED = ProblemKind(
    "XLSFORM-NESTED",
    what=Text('nhóm "{name}" nằm trong nhóm khác.', 'the group "{name}" stands inside another.'),
    why=Text(
        "Tên nhóm không được giữ lại; điều kiện của nhóm được chép vào từng câu.",
        "Its name is not kept; its condition is copied to its questions.",
    ),
    remedy=Text("", ""),
    severity="notice",
)
OPEN_GROUP = ProblemKind(
    "XLSFORM-GROUP-OPEN",
    what=Text("begin và end không đi thành cặp.", "begin and end do not pair."),
    why=Text("", ""),
    remedy=Text("Thêm hoặc bỏ một dòng end group.", "Add or remove an end group."),
)
NO_TYPE = ProblemKind(
    "XLSFORM-ROW",
    what=Text("dòng này thiếu {column}.", "this row has no {column}."),
    why=Text("", ""),
    remedy=Text("Điền {column}, hoặc xóa dòng.", "Fill in {column}, or delete the row."),
)
GROUP_DIFFERS = ProblemKind(
    "XLSFORM-GROUP-DIFFERS",
    what=Text(
        '"{name}" khác với câu "{item}" của nhóm chính sách khác ({column}).',
        '"{name}" differs from "{item}" as asked about other policy groups ({column}).',
    ),
    why=Text(
        "Một câu hỏi theo nhóm phải giống nhau, chỉ khác tên nhóm.",
        "An item that is asked per group must be the same but for the name of the group.",
    ),
    remedy=Text(
        "Sửa mọi dòng của câu này, kể cả cột parindex_text.", "Change all its rows alike, parindex_text included."
    ),
)
GROUP_MISSING = ProblemKind(
    "XLSFORM-GROUP-MISSING",
    what=Text(
        '"{name}" không hỏi về đủ các nhóm chính sách (thiếu {missing}).',
        '"{name}" is not asked about all policy groups ({missing}).',
    ),
    why=Text("", ""),
    remedy=Text("Khôi phục các dòng đã xóa.", "Restore the rows that were deleted."),
)
VALUE = ProblemKind(
    "XLSFORM-VALUE",
    what=Text('cột {column}: "{value}" không dùng được.', 'column {column}: "{value}" cannot be used.'),
    why=Text("", ""),
    remedy=Text("{needed}", "{needed}"),
)

_NUMBER_NEEDED = Text("Cần một số.", "A number is needed.")
_QUIET_TYPES = frozenset(("start", "end", "today", "deviceid", "username", "audit", "start-geopoint", "phonenumber"))
_ALIASES = {"relevance": "relevant", "caption": "label", "list name": "list_name", "value": "name", "tag": "name"}
_CARRIED = frozenset(("type", "name", "required", "relevant", "constraint", "calculation", "list_name"))
_NOT_OURS = re.compile(r"(constraint_message|required_message|label|hint)(::.*)?|parindex_.*")
_TYPES: Mapping[str, ItemKind] = {
    "integer": "count",
    "int": "count",
    "decimal": "number",
    "text": "text",
    "string": "text",
}
_SELECT = re.compile(r"(select_one|select one|select1|select_multiple|select multiple)\s+([^\s.]+)(\s+or_other)?")
_LANGUAGE_CODES: Mapping[str, Language] = {
    "vi": "vi",
    "vie": "vi",
    "vietnamese": "vi",
    "tiếng việt": "vi",
    "en": "en",
    "eng": "en",
    "english": "en",
    "tiếng anh": "en",
}
_YES_NO = ({"yes", "no"}, {"1", "0"})


def questionnaire_in(book: Workbook, problems: Problems) -> Questionnaire | None:
    """What the workbook asks. None when it is no XLSForm; else what could be read, beside its problems."""
    survey = book.sheet(layout.SURVEY)
    grid = _Grid(survey, problems, _ALIASES) if survey is not None else None
    if grid is None or not grid.has("type", "name"):
        problems.add(NO_SURVEY, Place(book.name))
        return None
    return _Reader(book, grid, problems).questionnaire()


@dataclass(frozen=True, slots=True)
class _Row:
    """One row under the headers of its sheet."""

    grid: _Grid
    number: int

    def __getitem__(self, column: str) -> str:
        at = self.grid.columns.get(column)
        return "" if at is None else _written(self.grid.sheet, self.number, at)

    def place(self, column: str = "name") -> Place:
        return self.grid.sheet.place(self.number, self.grid.columns.get(column, 1))


class _Grid:
    """A sheet whose first row names its columns."""

    def __init__(self, sheet: Sheet, problems: Problems, aliases: Mapping[str, str]):
        self.sheet = sheet
        self.problems = problems
        self.columns: dict[str, int] = {}
        self.heads: dict[str, str] = {}
        for at in range(1, sheet.column_count + 1):
            head = _written(sheet, 1, at)
            if not head:
                continue
            key = _column_key(head, aliases)
            self.columns.setdefault(key, at)
            self.heads.setdefault(key, head)

    def has(self, *columns: str) -> bool:
        return all(column in self.columns for column in columns)

    def rows(self) -> Iterator[_Row]:
        filled = sorted({row for row, _ in self.sheet.cells if row > 1})
        return (_Row(self, number) for number in filled)

    def place(self, column: str) -> Place:
        return self.sheet.place(1, self.columns.get(column, 1))

    def text(self, row: _Row, column: str, default: Language) -> Text | None:
        """The text of a column in both languages; where one is missing, the other stands for both."""
        bare = row[column]
        texts = {each: row[f"{column}::{each}"] or (bare if each == default else "") for each in LANGUAGES}
        found = texts["vi"] or texts["en"] or bare
        if not found:
            return None
        for each in LANGUAGES:
            if not texts[each]:
                known = f"{column}::{each}" in self.columns
                place = row.place(f"{column}::{each}") if known else self.place(column)
                language = Text("tiếng Việt", "Vietnamese") if each == "vi" else Text("tiếng Anh", "English")
                self.problems.add(LANGUAGE, place, language=language, column=layout.translated(column, each))
        return Text(texts["vi"] or found, texts["en"] or found)


def _written(sheet: Sheet, row: int, column: int) -> str:
    value = sheet.at(row, column).value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value.is_finite() else str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def _column_key(head: str, aliases: Mapping[str, str]) -> str:
    """ "label::English (en)" -> "label::en"; other heads in small letters, by their first name."""
    base, _, language = head.partition("::")
    base = re.sub(r"\s+", " ", base.strip().lower())
    base = aliases.get(base, base)
    if not language:
        return base
    bracketed = re.search(r"\(([^()]+)\)\s*$", language)
    for name in (bracketed[1] if bracketed else "", language):
        code = _LANGUAGE_CODES.get(name.strip().lower())
        if code is not None:
            return f"{base}::{code}"
    return f"{base}::{language.strip()}"


@dataclass(slots=True)
class _Question:
    """A question with the rows it stands in: one, or one for each policy group."""

    item: Item
    row: _Row
    relevants: tuple[tuple[_Row, str], ...]
    groups: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """A section being read."""

    code: str
    name: Text
    row: _Row
    relevant: str
    groups_asked: int | None
    questions: dict[str, _Question] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Open:
    """A group whose end has not come yet."""

    row: _Row
    group: str
    left_out: bool = False


class _Reader:
    def __init__(self, book: Workbook, survey: _Grid, problems: Problems):
        self.book = book
        self.survey = survey
        self.problems = problems
        self.settings = self._only_row(layout.SETTINGS)
        self.about = self._grid(layout.ABOUT)
        self.default = self._default_language()
        self.groups: dict[str, PolicyGroup] = {}
        self.scales: dict[str, Scale] = {}
        self.ours = survey.has(layout.KIND)
        self.parts: list[_Part] = []
        self.names: dict[str, Referred] = {}

    def _grid(self, name: str) -> _Grid | None:
        sheet = self.book.sheet(name)
        # Only the sheets of XLSForm itself know other names for a column.
        aliases = _ALIASES if name == layout.CHOICES else {}
        return _Grid(sheet, self.problems, aliases) if sheet is not None else None

    def _only_row(self, name: str) -> _Row | None:
        grid = self._grid(name)
        return next(grid.rows(), None) if grid is not None else None

    def _setting(self, column: str) -> str:
        return self.settings[column] if self.settings is not None else ""

    def _default_language(self) -> Language:
        key = _column_key(f"label::{self._setting('default_language')}", {}).removeprefix("label::")
        return "vi" if key == "vi" else "en"

    def questionnaire(self) -> Questionnaire | None:
        self._unknown_columns(self.survey)
        self.groups = {
            row["code"]: PolicyGroup(row["code"], _pair(row), row.place("code")) for row in self._said("group")
        }
        self._lists()
        self._questions()
        if not any(part.questions for part in self.parts):
            self.problems.add(NO_QUESTIONS, self.survey.place("type"))
            return None
        title = self._setting("form_title") or self._setting("form_id") or PurePath(self.book.name).stem
        names = [_pair(row) for row in self._said("name")]
        index = self._grid(layout.INDEX)
        said = {key: tuple(_pair(row) for row in self._said(key)) for key in ("found", "recalled", "illustrative")}
        legal = next((_pair(row) for row in self._said("legal_basis")), None)
        reasons = {row["code"]: _pair(row) for row in self._said("break_reason")}
        return Questionnaire(
            code=self._setting("form_id") or PurePath(self.book.name).stem,
            version=self._setting("version"),
            name=names[0] if names else Text(title, title),
            sections=tuple(self._section(part) for part in self.parts if part.questions),
            scales=self.scales,
            groups=tuple(self.groups.values()),
            index=self._index(index) if index is not None else None,
            breaks=tuple(
                Break(
                    row["code"],
                    self._whole(row, "value") or 0,
                    _pair(row),
                    reasons.get(row["code"], Text("", "")),
                    row.place("code"),
                )
                for row in self._said("break")
            ),
            editions=tuple(
                int(each) for row in self._said("editions") for each in row["value"].split() if each.isdigit()
            ),
            languages=self._languages(),
            legal_basis=legal,
            provenance={key: texts for key, texts in said.items() if texts},
            not_official=next((_pair(row) for row in self._said("not_official")), None),
            sources={row["code"]: Source(_pair(row), row["value"] or None) for row in self._said("source")},
            file=self.book.name,
            sha256=self.book.sha256,
        )

    def _said(self, key: str) -> list[_Row]:
        return [row for row in self.about.rows() if row["key"] == key] if self.about is not None else []

    def _languages(self) -> tuple[Language, ...]:
        written = [each for row in self._said("languages") for each in row["value"].split()]
        known = tuple(each for each in LANGUAGES if each in written)
        if known and len(known) == len(written):
            return tuple(sorted(known, key=written.index))
        return tuple(sorted(LANGUAGES, key=lambda each: each != self.default))

    def _unknown_columns(self, grid: _Grid) -> None:
        for key, head in grid.heads.items():
            ours = key in _CARRIED or _NOT_OURS.fullmatch(key) is not None
            foreign = "::" in key and key.rpartition("::")[2] not in LANGUAGES
            if not ours or foreign:
                self.problems.add(COLUMN, grid.place(key), column=head)

    def _lists(self) -> None:
        grid = self._grid(layout.CHOICES)
        if grid is None:
            return
        self._unknown_columns(grid)
        steps: dict[str, list[Step]] = {}
        satisfied: dict[str, list[str]] = {}
        places: dict[str, Place] = {}
        for row in grid.rows():
            name, code = row["list_name"], row["name"]
            if not name and not code:
                continue
            if not name or not code:
                self.problems.add(NO_TYPE, row.place(), column="list_name" if code else "name")
                continue
            if not re.fullmatch(ANSWER_CODE, code):
                self.problems.add(NAME_FORM, row.place(), name=code)
                continue
            label = grid.text(row, "label", self.default)
            if label is None:
                self.problems.add(LABEL, row.place(), name=code)
            places.setdefault(name, row.place("list_name"))
            steps.setdefault(name, []).append(
                Step(
                    code,
                    label or Text(code, code),
                    self._number(row, layout.VALUE),
                    row[layout.VALID] != "no",
                    row[layout.EXCLUSIVE] == "yes",
                    row.place(),
                )
            )
            if row[layout.SATISFIED] == "yes":
                satisfied.setdefault(name, []).append(code)
        self.scales = {
            name: Scale(name, tuple(found), tuple(satisfied.get(name, ())), places[name])
            for name, found in steps.items()
        }

    def _questions(self) -> None:
        opened: list[_Open] = []
        loose = 0
        section: _Part | None = None
        for row in self.survey.rows():
            type_ = re.sub(r"\s+", " ", row["type"])
            name = row["name"]
            begin = re.fullmatch(r"begin[ _](group|repeat|loop)(?: .*)?", type_)
            if begin is not None:
                left_out = begin[1] != "group" or bool(opened and opened[-1].left_out)
                if left_out and not (opened and opened[-1].left_out):
                    self.problems.add(REPEAT, row.place(), name=name)
                if not left_out and not opened:
                    section = self._begin(row)
                elif not left_out and not row[layout.GROUP]:
                    self.problems.add(NESTED, row.place(), name=name)
                opened.append(_Open(row, row[layout.GROUP], left_out))
                continue
            if re.fullmatch(r"end[ _](group|repeat|loop)", type_):
                if not opened:
                    self.problems.add(OPEN_GROUP, row.place("type"))
                    continue
                opened.pop()
                if not opened:
                    section = None
                continue
            if (opened and opened[-1].left_out) or (not type_ and not name) or name == GROUP_START:
                continue
            if not type_ or not name:
                if type_ not in _QUIET_TYPES and type_ != "note":
                    self.problems.add(NO_TYPE, row.place(), column="name" if type_ else "type")
                continue
            kind, scale = self._kind(row, type_)
            if kind is None:
                if type_ not in _QUIET_TYPES:
                    self.problems.add(TYPE_UNKNOWN, row.place("type"), name=name, type=type_)
                continue
            if section is None:
                loose += 1
                code = "main" if loose == 1 else f"main_{loose}"
                section = _Part(code, Text("Câu hỏi", "Questions"), row, "", None)
                self.parts.append(section)
            self._question(row, kind, scale, section, opened)
        if opened:
            self.problems.add(OPEN_GROUP, opened[-1].row.place("type"))

    def _begin(self, row: _Row) -> _Part:
        code = row["name"]
        if not re.fullmatch(ITEM_CODE, code):
            self.problems.add(NAME_FORM, row.place(), name=code)
        name = self.survey.text(row, "label", self.default) or Text(code, code)
        section = _Part(code, name, row, row["relevant"], self._whole(row, layout.GROUPS_ASKED))
        self.parts.append(section)
        return section

    def _question(self, row: _Row, kind: ItemKind, scale: str | None, section: _Part, opened: Sequence[_Open]) -> None:
        name = row["name"]
        if not re.fullmatch(ITEM_CODE, name):
            self.problems.add(NAME_FORM, row.place(), name=name)
            return
        group = self.groups.get(row[layout.GROUP])
        per_group = section.groups_asked is not None and group is not None and bool(row[layout.ITEM])
        code = row[layout.ITEM] if per_group else name
        label = self.survey.text(row, "label", self.default)
        if label is None:
            self.problems.add(LABEL, row.place(), name=name)
            label = Text(name, name)
        constraint = self._constraint(row, kind)
        if kind == "choices" and constraint.at_most is not None:
            kind = "pick"
        if kind in MANY and not self.ours:
            self._alone(scale, constraint.alone)
        item = Item(
            code=code,
            text=Text(row[layout.TEXT["vi"]], row[layout.TEXT["en"]]) if per_group else label,
            kind=kind,
            scale=scale,
            factor=row[layout.FACTOR] or None,
            node=row[layout.NODE] or None,
            at_most=constraint.at_most if kind == "pick" else None,
            lowest=constraint.lowest if kind in NUMERIC else None,
            highest=constraint.highest if kind in NUMERIC else None,
            non_response=constraint.non_response if kind in NUMERIC else (),
            required=row["required"].lower() in ("yes", "true", "true()"),
            hint=self.survey.text(row, "hint", self.default),
            source=row[layout.SOURCE] or None,
            places=_places(row, self.default),
        )
        relevants = tuple(
            (each, each["relevant"])
            for each in (*(outer.row for outer in opened[1:] if not outer.group), row)
            if each["relevant"]
        )
        self.names.setdefault(name, Referred(code, kind, item.non_response))
        known = section.questions.get(code) if per_group else None
        if known is None:
            # A name that stands twice is named by the check of the whole.
            key = code if per_group or code not in section.questions else f"{code} {row.number}"
            known = section.questions[key] = _Question(item, row, relevants)
        if group is not None and per_group:
            known.groups.append(group.code)
            self._same(row, known, item, relevants, label, group)

    def _same(
        self,
        row: _Row,
        known: _Question,
        item: Item,
        relevants: tuple[tuple[_Row, str], ...],
        label: Text,
        group: PolicyGroup,
    ) -> None:
        """The rows of one item must differ in nothing but the policy group."""
        differs = None
        if row["name"] != column_name(known.item.code, group.code):
            differs = "name"
        elif filled(known.item.text, group) != label:
            differs = "label"
        elif item != known.item:
            differs = next(
                (
                    each
                    for each in ("text", "hint", "kind", "scale")
                    if getattr(item, each) != getattr(known.item, each)
                ),
                "…",
            )
        elif self._for_group(relevants, group) != self._for_group(known.relevants, self.groups[known.groups[0]]):
            differs = "relevant"
        if differs is not None:
            self.problems.add(GROUP_DIFFERS, row.place(), name=row["name"], item=known.item.code, column=differs)

    def _for_group(self, relevants: tuple[tuple[_Row, str], ...], group: PolicyGroup) -> list[str]:
        return [re.sub(rf"_{re.escape(group.code)}\}}", "}", text) for _, text in relevants]

    def _kind(self, row: _Row, type_: str) -> tuple[ItemKind | None, str | None]:
        select = _SELECT.fullmatch(type_)
        named = row[layout.KIND]
        written = next((each for each in ITEM_KINDS if each == named), None)
        if named and written is None:
            known = get_args(ItemKind)
            needed = Text(f"Chọn trong: {', '.join(known)}.", f"Choose among: {', '.join(known)}.")
            self.problems.add(VALUE, row.place(layout.KIND), column=layout.KIND, value=named, needed=needed)
        if select is None:
            kind = _TYPES.get(type_)
            return (written if kind is not None and written is not None and written not in LISTED else kind), None
        if select[3]:
            self.problems.add(TYPE_UNKNOWN, row.place("type"), name=row["name"], type="or_other")
        scale = select[2]
        if "multiple" in select[1]:
            return (written if written in MANY else "choices"), scale
        if written is not None and written in LISTED and written not in MANY:
            return written, scale
        return ("yes_no" if self._yes_no(scale) else "choice"), scale

    def _yes_no(self, name: str) -> bool:
        """A list of yes and no made elsewhere: it gets the values 1 and 0."""
        scale = self.scales.get(name)
        if scale is None or set(scale.valid_codes) not in _YES_NO:
            return False
        if not scale.has_values:
            values = {"yes": Decimal(1), "1": Decimal(1), "no": Decimal(0), "0": Decimal(0)}
            steps = tuple(replace(step, value=values[step.code] if step.valid else None) for step in scale.steps)
            self.scales[name] = replace(scale, steps=steps)
        return True

    def _alone(self, name: str | None, codes: Sequence[str]) -> None:
        """A form made elsewhere says by a constraint which answers exclude the others."""
        scale = self.scales.get(name or "")
        if scale is not None and codes:
            steps = tuple(replace(step, exclusive=step.exclusive or step.code in codes) for step in scale.steps)
            self.scales[scale.code] = replace(scale, steps=steps)

    def _constraint(self, row: _Row, kind: ItemKind) -> Constraint:
        text = row["constraint"]
        if not text:
            return Constraint()
        found = constraint_in(text, whole=kind == "count")
        if found is None or kind not in MANY | NUMERIC:
            self.problems.add(CONSTRAINT, row.place("constraint"), name=row["name"], expression=text)
            return Constraint()
        return found

    def _section(self, part: _Part) -> Section:
        if part.groups_asked is not None:
            for question in part.questions.values():
                missing = [code for code in self.groups if code not in question.groups]
                if missing:
                    self.problems.add(
                        GROUP_MISSING, question.row.place(), name=question.item.code, missing=", ".join(missing)
                    )
        return Section(
            code=part.code,
            name=part.name,
            items=tuple(
                replace(question.item, ask_when=self._conditions(question.item.code, question.relevants))
                for question in part.questions.values()
            ),
            ask_when=self._conditions(part.code, ((part.row, part.relevant),) if part.relevant else ()),
            groups_asked=part.groups_asked,
            places=_places(part.row, self.default),
        )

    def _conditions(self, name: str, relevants: Sequence[tuple[_Row, str]]) -> tuple[Condition, ...]:
        found: list[Condition] = []
        for row, text in relevants:
            conditions = conditions_in(text, self.names.get)
            if conditions is None:
                self.problems.add(RELEVANT, row.place("relevant"), name=name, expression=text)
                continue
            found += [replace(each, place=row.place("relevant")) for each in conditions]
        return tuple(found)

    def _index(self, grid: _Grid) -> IndexDefinition | None:
        rows = list(grid.rows())
        head = next((row for row in rows if row["level"] == "index"), None)
        if head is None:
            return None
        formula = self._word(head, "formula", FORMULA_NAMES)
        rule = self._word(head, "factor", FACTOR_RULES)
        national = self._word(head, "national", NATIONAL_RULES)
        if formula is None or rule is None or national is None:
            return None
        parts = []
        for row in rows:
            if row["level"] != "part":
                continue
            factors = tuple(
                Factor(
                    each["code"],
                    _pair(each),
                    self._number(each, "weight") or Decimal(0),
                    each["source"] or None,
                    _places(each, self.default),
                )
                for each in rows
                if each["level"] == "factor" and each["parent"] == row["code"]
            )
            parts.append(
                SubIndex(
                    row["code"],
                    _pair(row),
                    self._number(row, "weight") or Decimal(0),
                    factors,
                    self._whole(row, "since"),
                    row["source"] or None,
                    _places(row, self.default),
                )
            )
        return IndexDefinition(
            head["code"], _pair(head), formula, rule, national, tuple(parts), _places(head, self.default)
        )

    def _number(self, row: _Row, column: str) -> Decimal | None:
        text = row[column]
        if not text:
            return None
        if re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,12})?", text):
            return Decimal(text)
        self.problems.add(VALUE, row.place(column), column=column, value=text, needed=_NUMBER_NEEDED)
        return None

    def _whole(self, row: _Row, column: str) -> int | None:
        number = self._number(row, column)
        return None if number is None else int(number)

    def _word(self, row: _Row, column: str, known: Sequence[_W]) -> _W | None:
        found = next((each for each in known if each == row[column]), None)
        if found is None:
            names = [str(each) for each in known]
            near = guess(row[column], names)
            needed = Text(f"Chọn trong: {', '.join(names)}{near.vi}.", f"Choose among: {', '.join(names)}{near.en}.")
            self.problems.add(VALUE, row.place(column), column=column, value=row[column], needed=needed)
        return found


_W = TypeVar("_W", bound=str)


def _pair(row: _Row) -> Text:
    vi, en = row["vi"], row["en"]
    return Text(vi or en, en or vi)


def _places(row: _Row, language: Language) -> Mapping[str, Place]:
    label = f"label::{language}" if row.grid.has(f"label::{language}") else "label"
    columns = {
        "code": "name" if row.grid.has("name") else "code",
        "text": label,
        "name": label,
        "scale": "type",
        "at_most": "constraint",
        "lowest": "constraint",
        "highest": "constraint",
        "non_response": "constraint",
        "ask_when": "relevant",
        "factor": layout.FACTOR,
        "node": layout.NODE,
        "source": layout.SOURCE,
        "groups_asked": layout.GROUPS_ASKED,
        "weight": "weight",
    }
    return {key: row.place(column) for key, column in columns.items() if row.grid.has(column)}
