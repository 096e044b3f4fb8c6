"""What a report of a survey says, before it has a form: every question with its figures, tables, method, omissions.

Nothing is computed here: a report shows the published rows of a folder of estimates, and says which questions of the
questionnaire it does not show and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from parindex.language import Text, same
from parindex.results.surveys.folders import SurveyFolder
from parindex.results.surveys.report_method import method_of
from parindex.results.surveys.tables import CROSSED, WHOLE, EstimateRow
from parindex.survey.design import AnswerItem, SurveyDesign
from parindex.survey.indexing import item_of
from parindex.survey.questionnaire import Item, Questionnaire
from parindex.survey.set_aside import counted

Unit = Literal["percent", "points", "number"]
"""Shares are told in percent; an index has points of 100; a mean is a number of its own."""

SIMULATED = Text("Số liệu mô phỏng, không phải kết quả chính thức", "Simulated figures, not an official result")


class Line(NamedTuple):
    """One figure of a question: its key in the estimates. `beside` is the mean that goes with a share."""

    label: Text
    unit: Unit
    code: str
    answers: str | None
    measure: str
    beside: tuple[str, str | None, str] | None = None

    @property
    def key(self) -> tuple[str, str | None, str]:
        return self.code, self.answers, self.measure


@dataclass(frozen=True, slots=True)
class Question:
    """A question, or several of one list that are read together. `ranked`: options with the most named first."""

    code: str
    title: Text
    lines: tuple[Line, ...]
    note: Text | None = None
    ranked: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the questionnaire."""

    code: str
    title: Text
    questions: tuple[Question, ...]


class Omitted(NamedTuple):
    """A question of the questionnaire that the report does not show."""

    code: str
    title: Text
    reason: Text


@dataclass(frozen=True, slots=True)
class DomainTable:
    """The domains of one table of the estimates, in order, with their names."""

    by: str
    title: Text
    names: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Report:
    """All that is said. `rows` finds a figure by (table, domain, code, answers, measure)."""

    title: Text
    edition: int | None
    simulated: bool
    level: Decimal
    respondents: int
    index: Question | None
    chapters: tuple[Chapter, ...]
    omitted: tuple[Omitted, ...]
    tables: tuple[DomainTable, ...]
    method: tuple[tuple[Text, Text], ...]
    set_aside: tuple[tuple[str, int, Text], ...]
    records_set_aside: int
    rows: Mapping[tuple[str, str, str, str | None, str], EstimateRow]

    def row(self, line: Line, by: str = WHOLE, domain: str = WHOLE) -> EstimateRow | None:
        return self.rows.get((by, domain, *line.key))

    def beside(self, line: Line, by: str = WHOLE, domain: str = WHOLE) -> EstimateRow | None:
        return None if line.beside is None else self.rows.get((by, domain, *line.beside))

    def units(self) -> DomainTable | None:
        """The first table: the provinces."""
        return self.tables[0] if self.tables else None

    def in_order(self, question: Question) -> tuple[Line, ...]:
        """The lines of a question, those of a ranked one by their national share; what is not shown comes last."""
        if not question.ranked:
            return question.lines

        def value(line: Line) -> Decimal:
            row = self.row(line)
            return Decimal(-1) if row is None or row.value is None else row.value

        return tuple(sorted(question.lines, key=lambda line: -value(line)))


def report_of(folder: SurveyFolder) -> Report:
    """The report of a folder of estimates."""
    design, form = folder.inputs.under(folder.settings)
    omitted: tuple[Omitted, ...] = ()
    if form is None:
        chapters = _plain(design)
    else:
        chapters, omitted = _chapters(form, folder.counts.cells.design)
    tables = tuple(_tables(folder, form))
    reasons: dict[str, Text] = {}
    for each in folder.counts.set_aside:
        reasons.setdefault(each.code, Text(each.reason_vi, each.reason_en))
    return Report(
        same(design.name) if form is None else form.name,
        folder.settings.edition,
        folder.settings.simulated,
        Decimal(repr(folder.settings.level)) * 100,
        folder.counts.cells.respondents,
        None if form is None else _index(form),
        chapters,
        omitted,
        tables,
        method_of(folder),
        tuple((code, count, reasons[code]) for code, count in counted(folder.counts.set_aside).items()),
        folder.counts.cells.set_aside,
        {(row.by, row.domain, row.code, row.answers, row.measure): row for row in folder.rows},
    )


def _index(form: Questionnaire) -> Question | None:
    index = form.index
    if index is None:
        return None
    lines = [Line(index.name, "points", index.code, None, "index")]
    for part in index.parts:
        lines.append(Line(part.name, "points", part.code, None, "part"))
        lines += [Line(factor.name, "points", factor.code, None, "factor") for factor in part.factors]
    return Question(index.code, index.name, tuple(lines))


# --- Questions.

TEXT_ANSWERS = Text(
    "câu trả lời bằng lời, không có ước lượng; chỉ đọc trong đơn vị khảo sát vì có thể nhận ra người trả lời",
    "answers in words, which have no estimate; read within the survey office only, as they may name people",
)
NOT_COUNTED = Text(
    "design.yaml của lần ước lượng này không có câu hỏi này", "design.yaml of these estimates does not have it"
)
NO_FIGURE = Text(
    "các mã trả lời không có điểm và không có mức hài lòng, nên không có số nào để ước lượng",
    "its answers have neither scores nor satisfied ones, so that there is nothing to estimate",
)


def _chapters(form: Questionnaire, design: SurveyDesign) -> tuple[tuple[Chapter, ...], tuple[Omitted, ...]]:
    chapters: list[Chapter] = []
    omitted: list[Omitted] = []
    for section in form.sections:
        questions: list[Question] = []
        battery: list[tuple[Item, Line]] = []
        for item in section.items:
            reason = _why_not(form, design, item)
            if reason is not None:
                omitted.append(Omitted(item.code, item.text, reason))
                continue
            found = _question(form, design, item)
            if len(found.lines) == 1 and item.kind in ("scale", "yes_no"):
                # Single lines stand together, under the factor they belong to.
                if battery and _factor(battery[-1][0]) != _factor(item):
                    questions.append(_together(form, battery))
                    battery = []
                battery.append((item, found.lines[0]._replace(label=item.text)))
                continue
            if battery:
                questions.append(_together(form, battery))
                battery = []
            questions.append(found)
        if battery:
            questions.append(_together(form, battery))
        if questions:
            chapters.append(Chapter(section.code, section.name, tuple(questions)))
    return tuple(chapters), tuple(omitted)


def _factor(item: Item) -> tuple[str, str | None]:
    return item.kind, item.factor


SATISFIED = Text("Tỷ lệ chọn hai mức cao nhất", "Share of the two highest answers")


def _together(form: Questionnaire, battery: Sequence[tuple[Item, Line]]) -> Question:
    items = [item for item, _ in battery]
    index = form.index
    factor = next((each for each in (index.factors if index else ()) if each.code == items[0].factor), None)
    yes = items[0].kind == "yes_no"
    title = factor.name if factor is not None else Text("Trả lời có", "Answered yes") if yes else SATISFIED
    code = items[0].code if len(items) == 1 else f"{items[0].code} – {items[-1].code}"
    return Question(code, title, tuple(line for _, line in battery), _scale_note(form, items[0]))


def _scale_note(form: Questionnaire, item: Item) -> Text | None:
    """Which answers a share counts."""
    scale = form.scale_of(item.code)
    if scale is None or not scale.satisfied:
        return None
    labels = [scale.by_code[code].label for code in scale.satisfied]
    vi, en = (", ".join(getattr(label, language) for label in labels) for language in ("vi", "en"))
    return Text(f"Tỷ lệ người trả lời: {vi}.", f"Share who answered: {en}.")


def _why_not(form: Questionnaire, design: SurveyDesign, item: Item) -> Text | None:
    if item.kind == "text":
        return TEXT_ANSWERS
    if not any(_items(form, design, item)):
        return NOT_COUNTED
    return None if _question(form, design, item).lines else NO_FIGURE


def _items(form: Questionnaire, design: SurveyDesign, item: Item) -> Iterator[tuple[AnswerItem, Text]]:
    """The items of the design of a question, with what tells them apart: the policy group, or nothing."""
    for column in form.columns:
        if column.item != item.code:
            continue
        group = next((each for each in form.groups if each.code == column.group), None)
        found = item_of(design, column.name)
        if found is not None:
            yield found, item.text if group is None else _capital(group.name)


def _capital(text: Text) -> Text:
    return Text(text.vi[:1].upper() + text.vi[1:], text.en[:1].upper() + text.en[1:])


def _question(form: Questionnaire, design: SurveyDesign, item: Item) -> Question:
    title = item.text if form.section_of[item.code].groups_asked is None else _without_group(item)
    scale = form.scale_of(item.code)
    lines: list[Line] = []
    if item.kind in ("choices", "pick") and scale is not None:
        for each in design.items:
            if each.option is not None and each.column in form.columns_of[item.code]:
                lines.append(Line(scale.by_code[each.option].label, "percent", each.code, "1", "share"))
        note = Text(
            "Tỷ lệ người nêu từng ý; mỗi người nêu được nhiều ý, nên tổng lớn hơn 100 %.",
            "Share of people who named each; people may name several, so that the sum is above 100 %.",
        )
        if item.at_most is not None:
            note = Text(
                f"Mỗi người chọn nhiều nhất {item.at_most} ý; tỷ lệ người chọn từng ý, xếp từ cao xuống thấp.",
                f"People pick at most {item.at_most}; share who picked each, the most picked first.",
            )
        return Question(item.code, title, tuple(lines), note, ranked=True)
    for found, label in _items(form, design, item):
        if item.kind in ("count", "number"):
            lines += _count_lines(found, design)
        elif item.kind == "choice" and scale is not None:
            lines += [Line(scale.by_code[code].label, "percent", found.code, code, "share") for code in found.answers]
        elif found.top:
            mean = (found.code, None, "mean") if found.kind == "scale" else None
            lines.append(Line(label, "percent", found.code, " ".join(found.top), "share", mean))
    return Question(item.code, title, tuple(lines), _scale_note(form, item) if item.kind == "scale" else None)


def _without_group(item: Item) -> Text:
    return filled_with(item.text, Text("từng nhóm chính sách", "each policy group"))


def filled_with(text: Text, name: Text) -> Text:
    """The text of a rotating question with other words in place of the group."""
    return Text(text.vi.replace("{group}", name.vi), text.en.replace("{group}", name.en))


def _count_lines(item: AnswerItem, design: SurveyDesign) -> Iterator[Line]:
    from parindex.results.surveys.estimating import estimands_of

    yield Line(Text("Trung bình", "Mean"), "number", item.code, None, "mean")
    for asked in estimands_of(design):
        if asked.code == item.code and asked.answers is not None:
            label = asked.answers.replace("-", "–")
            yield Line(same(label), "percent", item.code, asked.answers, "share")


def _plain(design: SurveyDesign) -> tuple[Chapter, ...]:
    """Without a questionnaire: the items under their codes."""
    lines = []
    for item in design.items:
        if item.coded and item.top:
            mean = (item.code, None, "mean") if item.kind == "scale" else None
            lines.append(Line(same(item.code), "percent", item.code, " ".join(item.top), "share", mean))
        elif not item.coded:
            lines.append(Line(same(item.code), "number", item.code, None, "mean"))
    return (Chapter("", Text("Câu hỏi", "Questions"), (Question("", Text("Các câu hỏi", "Items"), tuple(lines)),)),)


# --- Tables of domains.


def _tables(folder: SurveyFolder, form: Questionnaire | None) -> Iterator[DomainTable]:
    found: dict[str, dict[str, None]] = {}
    for row in folder.rows:
        if row.by != WHOLE:
            found.setdefault(row.by, {})[row.domain] = None
    for by, domains in found.items():
        columns = by.split(CROSSED)
        titles = [_column_title(column, form) for column in columns]
        title = Text(*(" × ".join(getattr(each, language) for each in titles) for language in ("vi", "en")))
        names = {}
        for domain in domains:
            words = domain.split(CROSSED)
            named = [
                _word(word, column, form, folder.inputs.units) for word, column in zip(words, columns, strict=True)
            ]
            names[domain] = Text(*(", ".join(getattr(each, language) for each in named) for language in ("vi", "en")))
        yield DomainTable(by, title, names)


_TITLES: Mapping[str, Text] = {
    "province": Text("Tỉnh", "Province"),
    "district": Text("Huyện", "District"),
    "commune": Text("Xã", "Commune"),
}


def _column_title(column: str, form: Questionnaire | None) -> Text:
    if form is not None and column in form.by_code:
        return form.by_code[column].text
    return _TITLES.get(column, same(column))


def _word(word: str, column: str, form: Questionnaire | None, units: Mapping[str, Text] | None) -> Text:
    if form is not None and column in form.by_code:
        scale = form.scale_of(column)
        if scale is not None and word in scale.by_code:
            return scale.by_code[word].label
    return (units or {}).get(word, same(word))
