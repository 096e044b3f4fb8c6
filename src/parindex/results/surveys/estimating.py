"""Every figure of a survey from its cells: for everybody, and for the domains of several tables at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from parindex.documents.shapes import guess
from parindex.problems import Problems
from parindex.results.surveys.counting import TIMES, SurveyCounts
from parindex.results.surveys.figures import Told, row_of
from parindex.results.surveys.protecting import Figure, protected
from parindex.results.surveys.tables import CROSSED, WHOLE, EstimateRow
from parindex.sources import Place
from parindex.survey.asked_mistakes import DOMAIN_UNKNOWN
from parindex.survey.cells import Cells
from parindex.survey.design import AnswerItem, SurveyDesign
from parindex.survey.estimands import Composite, Estimand, Mean, Ratio, Share, Total
from parindex.survey.estimate import Estimate, Options, estimates, interval
from parindex.survey.indexing import index_parts, node_estimands
from parindex.survey.questionnaire import Questionnaire
from parindex.survey.sipas import Composite as IndexPart
from parindex.survey.sipas import IndexRow, index_rows, mean_of_units

if TYPE_CHECKING:
    from parindex.survey.replicates import Replicates

OPTIONS: Final = Options(interval="logit")

SINGLE_TIMES: Final = 5
"""How many numbers of a count have a share of their own; the rest go together."""

Domain = tuple[str, ...]


class Asked(NamedTuple):
    """A figure that is asked for: `answers` are the codes of a share as they are written, None for all valid ones."""

    estimand: Estimand
    code: str
    answers: str | None = None
    measure: str | None = None


class Errors(NamedTuple):
    """How standard errors are made: `taylor`, or replicates `jkn` and `bootstrap` (how many, from which seed)."""

    method: str = "taylor"
    replicates: int = 1000
    seed: int = 1


TAYLOR: Final = Errors()


def estimands_of(design: SurveyDesign) -> tuple[Asked, ...]:
    """What a design asks to be estimated."""
    twins = {item.code.removesuffix(TIMES): item for item in design.items if item.code.endswith(TIMES)}
    found: list[Asked] = []
    for item in design.items:
        if item.code.removesuffix(TIMES) not in twins or item.code in twins:
            found += _of_item(item)
        if item.code in twins:
            found += _distribution(item, twins[item.code])
    found += [Asked(Ratio(ratio.code), ratio.code) for ratio in design.ratios]
    return tuple(found)


def _of_item(item: AnswerItem) -> Iterator[Asked]:
    if not item.coded:
        yield Asked(Mean(item.code), item.code)
        yield Asked(Total(item.code), item.code)
        return
    if item.kind == "scale":
        yield Asked(Mean(item.code), item.code)
    if item.kind == "choice":
        for answer in item.answers:
            yield Asked(Share(item.code, (answer,)), item.code, answer)
    if item.top and (item.kind != "choice" or len(item.top) > 1):
        yield Asked(Share(item.code), item.code, " ".join(item.top))


def _distribution(item: AnswerItem, twin: AnswerItem) -> Iterator[Asked]:
    """How many gave each number: the lowest ones alone, the rest together."""
    numbers = tuple(twin.answers)
    single = numbers if len(numbers) <= SINGLE_TIMES + 1 else numbers[:SINGLE_TIMES]
    for number in single:
        yield Asked(Share(twin.code, (number,)), item.code, number)
    rest = numbers[len(single) :]
    if rest:
        yield Asked(Share(twin.code, rest), item.code, f"{rest[0]}-{rest[-1]}")


def tables_of(by: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """`province`, `province*sex` as columns; each table once, whatever the order of its columns."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for each in by:
        columns = tuple(dict.fromkeys(each.split(CROSSED)))
        found.setdefault(frozenset(columns), columns)
    return tuple(found.values())


def check_tables(design: SurveyDesign, tables: Sequence[Sequence[str]], problems: Problems) -> None:
    """Every column of a table must be a domain of the design."""
    for column in dict.fromkeys(column for columns in tables for column in columns):
        if column not in design.domains:
            problems.add(DOMAIN_UNKNOWN, Place(design.name), column=column, guess=guess(column, design.domains))


def estimate_survey(
    counts: SurveyCounts,
    *,
    by: Sequence[str] = (),
    units: Sequence[str] | None = None,
    questionnaire: Questionnaire | None = None,
    least: int = 10,
    options: Options = OPTIONS,
    errors: Errors = TAYLOR,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[EstimateRow, ...]:
    """All estimates: everybody first, then each domain of each table of `by` (`province`, `province*sex`).

    `units` are the domains of the first table (of one column) to be told, also those without answers. Figures with
    fewer than `least` answers are left out, and others with them until none can be computed from all tables
    together. Raises ProblemsFound.
    """
    cells = counts.cells
    design = cells.design
    problems = Problems()
    tables = tables_of(by)
    check_tables(design, tables, problems)
    parts = index_parts(design, questionnaire, problems)
    asked = estimands_of(design)
    asked += tuple(
        Asked(pooled, node, measure="node") for node, pooled in node_estimands(design, questionnaire, problems)
    )
    problems.raise_if_any()
    estimator = _Estimator(cells, options, _replicates(cells, errors))
    averaged = (
        questionnaire is not None
        and questionnaire.index is not None
        and questionnaire.index.national == "mean_of_units"
        and bool(tables)
        and len(tables[0]) == 1
    )
    found: list[Figure] = []
    unit_rows: tuple[IndexRow, ...] = ()
    for at, columns in enumerate(tables):
        if progress is not None:
            progress(CROSSED.join(columns), at, len(tables) + 1)
        named = [(unit,) for unit in units] if units is not None and at == 0 and len(columns) == 1 else None
        figures = estimator.items(columns, asked, named)
        if questionnaire is not None and parts:
            rows = estimator.index(columns, questionnaire, parts, named)
            figures += estimator.index_figures(columns, rows)
            unit_rows = rows if at == 0 else unit_rows
        found += _by_domain(figures)
    whole = estimator.items((), asked, None)
    if questionnaire is not None and parts:
        if averaged:
            rows = mean_of_units(WHOLE, unit_rows, estimator.between)
            whole += estimator.index_figures((), rows, "mean_of_units")
        else:
            whole += estimator.index_figures((), estimator.index((), questionnaire, parts, None))
    return protected((*whole, *found), design, questionnaire, least=least, averaged=tables[0] if averaged else None)


def _by_domain(figures: Sequence[Figure]) -> list[Figure]:
    order: dict[Domain, int] = {}
    for each in figures:
        order.setdefault(each.domain, len(order))
    return sorted(figures, key=lambda each: order[each.domain])


def _replicates(cells: Cells, errors: Errors) -> Replicates | None:
    if errors.method == "taylor":
        return None
    from parindex.survey.replicates import bootstrap, jackknife

    if errors.method == "jkn":
        return jackknife(cells)
    import numpy as np

    return bootstrap(cells, errors.replicates, np.random.Generator(np.random.PCG64(errors.seed)))


class _Estimator:
    """Cells with one way to make standard errors."""

    def __init__(self, cells: Cells, options: Options, replicates: Replicates | None):
        self.cells = cells
        self.options = options
        self.replicates = replicates
        self.technique = "taylor" if replicates is None else replicates.kind

    def estimates(
        self, wanted: Sequence[Estimand], by: Sequence[str], domains: Sequence[Domain] | None
    ) -> tuple[Estimate, ...]:
        if self.replicates is None:
            return estimates(self.cells, wanted, by=by, domains=domains, options=self.options)
        from parindex.survey.replicates import replicate_estimates

        return replicate_estimates(self.cells, wanted, self.replicates, by=by, domains=domains, options=self.options)

    def items(self, columns: Sequence[str], asked: Sequence[Asked], domains: Sequence[Domain] | None) -> list[Figure]:
        found = self.estimates([each.estimand for each in asked], columns, domains)
        figures = []
        for at, estimate in enumerate(found):
            what = asked[at % len(asked)]
            told = Told(
                estimate.value,
                estimate.se,
                estimate.lower,
                estimate.upper,
                estimate.n,
                estimate.deff,
                estimate.df,
                estimate.method,
                estimate.reason,
            )
            row = row_of(columns, estimate.domain, what.code, what.answers, what.measure or estimate.measure, told)
            figures.append(Figure(tuple(columns), estimate.domain, row))
        return figures

    def index(
        self,
        columns: Sequence[str],
        questionnaire: Questionnaire,
        parts: Sequence[tuple[IndexPart, Composite]],
        domains: Sequence[Domain] | None,
    ) -> tuple[IndexRow, ...]:
        """Factors, sub-indices and the index of each domain; `unit` is the domain, its words joined."""
        assert questionnaire.index is not None
        found = self.estimates([composite for _, composite in parts], columns, domains)
        known: Mapping[tuple[str, str], Estimate] = {
            (CROSSED.join(each.domain) or WHOLE, each.name): each for each in found
        }
        self.words = {CROSSED.join(each.domain) or WHOLE: each.domain for each in found}
        return index_rows(
            [part for part, _ in parts],
            list(self.words),
            lambda unit, part: known.get((unit, part.code)),
            formula=questionnaire.index.formula,
        )

    def index_figures(self, columns: Sequence[str], rows: Sequence[IndexRow], how: str = "") -> list[Figure]:
        words = {WHOLE: ()} if not columns else self.words
        figures = []
        for row in rows:
            steps = (row.formula, how, self.technique, f"t {self.options.level:.0%}")
            method = ", ".join(each for each in steps if each)
            told = Told(
                row.value, row.se, row.lower, row.upper, row.n, row.deff, row.df, method, row.reason or row.note
            )
            domain = words[row.unit]
            written = row_of(columns, domain, row.code, None, row.level, told)
            figures.append(Figure(tuple(columns), domain, written))
        return figures

    def between(self, value: float, se: float, df: float) -> tuple[float, float]:
        return interval(value, se, df, self.options.level, logit=False)
