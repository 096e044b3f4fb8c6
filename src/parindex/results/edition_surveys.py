"""The surveys of an edition, read: their design and questionnaire held against each other and against the framework."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol, cast

from parindex.documents.shapes import guess
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.edition import Edition, SurveyOfEdition
from parindex.programme.edition_surveys import SURVEY_LEAF, SURVEY_NODE, SURVEY_NODE_TWICE, SURVEY_RULES
from parindex.scoring.rule_book import RuleBook
from parindex.scoring.rules.survey_scale import SurveyScale
from parindex.sources import Place
from parindex.survey.asked_mistakes import DOMAIN_UNKNOWN, NODE_WEIGHTS
from parindex.survey.cells import Cells
from parindex.survey.design import SurveyDesign
from parindex.survey.design_reading import read_design
from parindex.survey.indexing import checked_items
from parindex.survey.moments import Together
from parindex.survey.questionnaire import Factor, FormulaName, Item, Questionnaire, Scale, SubIndex
from parindex.survey.questionnaire_reading import read_questionnaire
from parindex.survey.sipas import Composite, index_weights, node_items, scores

Level = Literal["index", "part", "factor", "question"]

ABOVE: Mapping[Level, Level] = {"question": "factor", "factor": "part", "part": "index"}
"""The level of the figure that a figure is a part of."""

SURVEY_CODE = ProblemKind(
    "SURVEY-CODE",
    what=Text(
        'khảo sát "{survey}", mục "{node}": phiếu không có chỉ số, chỉ số thành phần hay nhân tố "{code}"{guess}.',
        'survey "{survey}", node "{node}": the questionnaire has no index, sub-index or factor "{code}"{guess}.',
    ),
    why=Text("", ""),
    remedy=Text("Ghi một trong: {known}.", "Write one of: {known}."),
)
SURVEY_NO_NODES = ProblemKind(
    "SURVEY-NO-NODES",
    what=Text(
        'khảo sát "{survey}" ghi nodes: from_questionnaire, phiếu không có câu nào mang khóa node.',
        'the survey "{survey}" says nodes: from_questionnaire, and no item of the questionnaire has the key node.',
    ),
    why=Text("Không mục nào nhận được kết quả.", "No leaf would take a result."),
    remedy=Text(
        "Thêm node vào các câu hỏi, hoặc ghi bảng nodes trong edition.yaml.",
        "Add node to the items, or write the map nodes in edition.yaml.",
    ),
)
SURVEY_SCALE = ProblemKind(
    "SURVEY-SCALE",
    what=Text(
        'câu "{item}" chấm mục "{node}": trọng số của phiếu là {found}, của bộ tiêu chí là {expected}.',
        'item "{item}" scores "{node}": the questionnaire has the weights {found}, the framework {expected}.',
    ),
    why=Text("Cùng một phương án trả lời phải có cùng trọng số.", "An answer has one weight."),
    remedy=Text("Ghi cùng một thang ở hai tệp.", "Write the same scale in both files."),
)


class CellEngine(Protocol):
    """What an edition needs of an engine: the cells of one file of interviews. Raises ProblemsFound."""

    def cells_of_file(
        self, design: SurveyDesign, source: Path, /, *, threads: int = 2, together: Together | None = None
    ) -> Cells: ...


@dataclass(frozen=True, slots=True)
class Pool:
    """Answers that are counted together: items of the design, each code worth its score (0-100)."""

    name: str
    items: tuple[str, ...]
    scores: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure on the way from answers to the value of a leaf.

    `pools` with their weights make it up. `weight` is its weight in `parent`; None at the top, and where its parent
    pools answers: its weight is then its share of the weighted answers. `item` and `scale` belong to a question.
    """

    node: str
    level: Level
    code: str
    parent: str | None
    name: Text
    weight: Fraction | None
    pools: tuple[tuple[Pool, Fraction], ...]
    place: Place
    item: Item | None = None
    scale: Scale | None = None


@dataclass(frozen=True, slots=True)
class SurveyInputs:
    """A survey of an edition, ready to be counted.

    `design` keeps only what is counted: the items that enter a figure, and the column of units. `units` are those of
    the list, in its order. `figures` come node by node, each before those it is made of.
    """

    declared: SurveyOfEdition
    units: tuple[str, ...]
    file: Path
    design: SurveyDesign
    questionnaire: Questionnaire
    formula: FormulaName | None
    figures: tuple[Figure, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(figure.node for figure in self.figures))


def read_surveys(
    edition: Edition,
    books: Mapping[str, RuleBook],
    root: Path,
    content: Callable[[str], bytes | None],
    problems: Problems,
) -> tuple[SurveyInputs, ...]:
    """Every survey that an edition declares; those with problems are left out. `content` reads a file of the folder."""
    found: list[SurveyInputs] = []
    scored: dict[tuple[str, str], str] = {}
    for declared in edition.surveys:
        survey = _survey(declared, edition, books, root, content, problems)
        if survey is None:
            continue
        for node in survey.nodes:
            first = scored.setdefault((declared.list, node), declared.code)
            # Two maps that name one node were told where they stand, in edition.yaml.
            if first != declared.code and declared.nodes is None:
                place = next(figure.place for figure in survey.figures if figure.node == node)
                problems.add(SURVEY_NODE_TWICE, place, node=node, first=first, second=declared.code)
        found.append(survey)
    return tuple(found)


def _survey(
    declared: SurveyOfEdition,
    edition: Edition,
    books: Mapping[str, RuleBook],
    root: Path,
    content: Callable[[str], bytes | None],
    problems: Problems,
) -> SurveyInputs | None:
    before = len(problems.errors)
    unit_list = next(each for each in edition.lists if each.code == declared.list)
    files = {name: content(name) for name in (declared.design, declared.questionnaire)}
    design_file, asked_file = files[declared.design], files[declared.questionnaire]
    design = read_design(design_file, declared.design, problems) if design_file is not None else None
    asked = read_questionnaire(asked_file, declared.questionnaire, problems) if asked_file is not None else None
    if design is None or asked is None or len(problems.errors) > before:
        return None
    column = declared.unit_column
    if column not in design.domains:
        problems.add(DOMAIN_UNKNOWN, Place(declared.design), column=column, guess=guess(column, design.domains))
    formula = cast("FormulaName | None", declared.formula) or (asked.index.formula if asked.index is not None else None)
    building = _Building(declared, design, asked, formula, problems)
    book = books[declared.list]
    figures = tuple(building.from_items(book) if declared.nodes is None else building.from_index(declared.nodes))
    if len(problems.errors) > before:
        return None
    needed = {code for figure in figures for pool, _ in figure.pools for code in pool.items}
    counted = replace(
        design,
        items=tuple(item for item in design.items if item.code in needed),
        ratios=(),
        domains=(column,),
    )
    units = tuple(unit.code for unit in unit_list.units)
    return SurveyInputs(declared, units, root / declared.interviews, counted, asked, formula, figures)


class _Building:
    """Makes the figures of one survey, adding what is wrong with its codes and scales."""

    def __init__(
        self,
        declared: SurveyOfEdition,
        design: SurveyDesign,
        asked: Questionnaire,
        formula: FormulaName | None,
        problems: Problems,
    ):
        self.declared = declared
        self.design = design
        self.asked = asked
        self.formula = formula
        self.problems = problems
        self.checked: dict[str, tuple[str, ...]] = {}

    def from_index(self, nodes: Mapping[str, str]) -> Iterator[Figure]:
        """The figures below the code of an index, sub-index or factor, for each node."""
        composites = {part.code: part for part in index_weights(self.asked)}
        for node, code in nodes.items():
            if code not in composites:
                self.problems.add(
                    SURVEY_CODE,
                    self.declared.place,
                    survey=self.declared.code,
                    node=node,
                    code=code,
                    guess=guess(code, tuple(composites)),
                    known=", ".join(composites) or "–",
                )
                continue
            yield from self._below(node, composites[code], composites, None, None)

    def _below(
        self,
        node: str,
        part: Composite,
        composites: Mapping[str, Composite],
        parent: str | None,
        weight: Fraction | None,
    ) -> Iterator[Figure]:
        index = self.asked.index
        assert index is not None
        pools = tuple((self._pool(term.items), term.weight) for term in part.terms)
        named, inside = self._parts(part)
        place = named.get("code", Place(self.declared.questionnaire))
        yield Figure(node, part.level, part.code, parent, part.name, weight, pools, place)
        if part.level != "factor":
            for below in inside:
                share = Fraction(below.weight) / (Fraction(part_weight(self.asked, part)))
                yield from self._below(node, composites[below.code], composites, part.code, share)
            return
        items = self.asked.items_of_factor(part.code)
        pooled = index.factor_rule == "pooled_answers"
        for item in items:
            # A question alone in its factor is the factor, however answers are put together.
            share_ = None if pooled and len(items) > 1 else Fraction(1, len(items))
            yield self._question(node, item, part.code, share_)

    def _parts(self, part: Composite) -> tuple[Mapping[str, Place], tuple[SubIndex | Factor, ...]]:
        """Where a composite is declared, and what it is made of (nothing for a factor)."""
        index = self.asked.index
        assert index is not None
        if part.level == "index":
            return index.places, index.parts
        if part.level == "part":
            sub_index = next(each for each in index.parts if each.code == part.code)
            return sub_index.places, sub_index.factors
        return next(each for each in index.factors if each.code == part.code).places, ()

    def _question(self, node: str, item: Item, parent: str | None, weight: Fraction | None) -> Figure:
        pool = self._pool((item.code,))
        scale = self.asked.scale_of(item.code)
        pools = ((pool, Fraction(1)),)
        return Figure(node, "question", item.code, parent, worded(item.text), weight, pools, item.place(), item, scale)

    def _pool(self, items: tuple[str, ...]) -> Pool:
        assert self.formula is not None
        scale = self.asked.scale_of(items[0])
        worth = dict(scores(self.formula, scale)) if scale is not None else {}
        return Pool("+".join(items), self._columns(items, worth), tuple(worth.items()))

    def _columns(self, items: tuple[str, ...], worth: Mapping[str, Fraction]) -> tuple[str, ...]:
        """The items of the design in whose columns these questions stand; checked once for each question."""
        for code in items:
            if code not in self.checked:
                columns = self.asked.columns_of[code]
                self.checked[code] = checked_items(self.design, columns, worth, self.asked, self.problems)
        return tuple(column for code in items for column in self.checked[code])

    def from_items(self, book: RuleBook) -> Iterator[Figure]:
        """A figure for each item that names a node, its answers worth the weights of their options."""
        declared, asked = self.declared, self.asked
        try:
            found = node_items(asked)
        except ValueError as error:
            self.problems.add(NODE_WEIGHTS, Place(asked.file), reason=str(error))
            return
        if not found:
            self.problems.add(SURVEY_NO_NODES, declared.place, survey=declared.code)
        framework = book.framework
        for node, (item, scale) in found.items():
            place = item.place("node")
            leaf = framework.by_code.get(node)
            if leaf is None:
                known = tuple(each.code for each in framework.leaves)
                self.problems.add(SURVEY_NODE, place, code=declared.code, node=node, guess=guess(node, known))
                continue
            if leaf.leaf is None or leaf.leaf.rule.kind not in SURVEY_RULES:
                rule = leaf.leaf.rule.kind if leaf.leaf is not None else leaf.level
                self.problems.add(SURVEY_LEAF, place, code=declared.code, node=node, found=rule)
                continue
            self._same_weights(item, scale, book, node, place)
            worth = {code: 100 * Fraction(value) for code, value in scale.values.items()}
            pool = Pool(item.code, self._columns((item.code,), worth), tuple(worth.items()))
            pools = ((pool, Fraction(1)),)
            yield Figure(node, "question", item.code, None, worded(item.text), None, pools, place, item, scale)

    def _same_weights(self, item: Item, scale: Scale, book: RuleBook, node: str, place: Place) -> None:
        rule = book.rules.get(node)
        if not isinstance(rule, SurveyScale):
            return
        expected = {option.code: option.weight for option in rule.options}
        if expected != dict(scale.values):
            self.problems.add(
                SURVEY_SCALE,
                place,
                item=item.code,
                node=node,
                found=_weights(scale.values),
                expected=_weights(expected),
            )


def worded(text: Text) -> Text:
    """The wording of a question; one that is asked of several policy groups speaks of each of them."""
    return Text(
        text.vi.replace("{group}", "từng nhóm chính sách"), text.en.replace("{group}", "each of the policy groups")
    )


def part_weight(asked: Questionnaire, part: Composite) -> Decimal:
    """The weight in percent that the parts of an index or sub-index share out."""
    if part.level == "index" or asked.index is None:
        return Decimal(100)
    return next(each.weight for each in asked.index.parts if each.code == part.code)


def _weights(of: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{code} {weight}" for code, weight in of.items())
