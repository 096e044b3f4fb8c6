"""From the interviews of an edition's survey to its estimates, what they are made of, and the counts behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.edition import Edition
from parindex.results.edition_surveys import CellEngine, Figure, Pool, SurveyInputs
from parindex.results.survey_counts import AnswerClass, classes_of, figure_disclosure
from parindex.sources import Place
from parindex.survey.cells import Cells, check_cells
from parindex.survey.composites import together_of
from parindex.survey.design import WEIGHT_UNIT
from parindex.survey.disclosure import Disclosure
from parindex.survey.estimands import Composite, Estimand, Pooled
from parindex.survey.estimate import NO_RESPONDENT, Options, estimates, published
from parindex.survey.estimate import Estimate as Told
from parindex.tables.flow import Estimate, SurveyCount, SurveyTerm

OPTIONS = Options(interval="logit")

SURVEY_UNIT = ProblemKind(
    "SURVEY-UNIT",
    what=Text(
        'cột "{column}" có đơn vị "{unit}" ({n} phiếu), không có trong kỳ.',
        'column "{column}" has the unit "{unit}" ({n} interviews), which the edition does not have.',
    ),
    why=Text("Các phiếu này sẽ bị bỏ đi mà không ai biết.", "These interviews would be dropped unseen."),
    remedy=Text(
        "Sửa mã trong tệp phiếu, hoặc thêm đơn vị vào units.csv.", "Correct the code, or add the unit to units.csv."
    ),
)
SURVEY_UNIT_UNUSED = ProblemKind(
    "SURVEY-UNIT-UNUSED",
    what=Text(
        'cột "{column}": {n} phiếu của "{unit}" không dùng, vì danh sách "{list}" không có đơn vị này.',
        'column "{column}": {n} interviews of "{unit}" are not used, as the list "{list}" does not hold it.',
    ),
    why=Text("", ""),
    remedy=Text("Không cần sửa nếu đúng ý.", "Nothing to do where that is meant."),
    severity="notice",
)
SURVEY_SET_ASIDE = ProblemKind(
    "SURVEY-SET-ASIDE",
    what=Text(
        "{n} bản ghi không dùng được (quyền số, mã tầng, mã đơn vị mẫu hoặc mã phiếu sai).",
        "{n} records cannot be used (a wrong weight, stratum, sampled unit or record code).",
    ),
    why=Text("", ""),
    remedy=Text(
        "Xem từng bản ghi và lý do: parindex survey estimate {design} {interviews} --out THƯ_MỤC",
        "To see each of them and why: parindex survey estimate {design} {interviews} --out DIR",
    ),
    severity="notice",
)

_BETWEEN_ANSWERS = " / "


@dataclass(frozen=True, slots=True)
class CountedSurvey:
    """What a survey gives an edition. `interviews` counts them by unit of the list; units without any are absent."""

    estimates: tuple[Estimate, ...]
    terms: tuple[SurveyTerm, ...]
    counts: tuple[SurveyCount, ...]
    interviews: Mapping[str, int]


def count_survey(
    survey: SurveyInputs, engine: CellEngine, *, edition: Edition, problems: Problems
) -> CountedSurvey | None:
    """Count the interviews of a survey and estimate every figure for every unit of its list.

    A unit without interviews, or with too few, has its rows, empty with the reason. None after a problem. Raises
    ProblemsFound where the file of interviews cannot be used.
    """
    before = len(problems.errors)
    declared = survey.declared
    place = Place(declared.interviews)
    asked = [_estimand(figure) for figure in survey.figures]
    cells = engine.cells_of_file(survey.design, survey.file, together=together_of(survey.design, asked))
    check_cells(cells, problems, place)
    _check_units(cells, survey, edition, problems)
    if cells.set_aside:
        values = {"design": declared.design, "interviews": declared.interviews}
        problems.add(SURVEY_SET_ASIDE, place, n=cells.set_aside, **values)
    if len(problems.errors) > before:
        return None
    return _Tables(survey, cells, edition).all(asked)


def _check_units(cells: Cells, survey: SurveyInputs, edition: Edition, problems: Problems) -> None:
    column, place = survey.declared.unit_column, Place(survey.declared.interviews)
    respondents: dict[str, int] = {}
    for unit, n in zip(cells.column(column).tolist(), cells.n.tolist(), strict=True):
        respondents[unit] = respondents.get(unit, 0) + n
    for unit in sorted(set(respondents) - set(survey.units)):
        known = unit in edition.units
        kind = SURVEY_UNIT_UNUSED if known else SURVEY_UNIT
        problems.add(kind, place, column=column, unit=unit, n=respondents[unit], list=survey.declared.list)


@dataclass(frozen=True, slots=True)
class _UnitSample:
    """The interviews of one unit: how many, from how many PSUs and strata, and their weights together."""

    n: int
    psus: int
    strata: int
    weight: int


class _Tables:
    """The rows of one survey, unit by unit."""

    def __init__(self, survey: SurveyInputs, cells: Cells, edition: Edition):
        self.survey = survey
        self.declared = survey.declared
        self.edition = edition.code
        self.basis = "simulated" if edition.simulated else "survey"
        self.cells = cells
        self.codes = {(item.code, code): at for at, (item, code) in enumerate(survey.design.code_columns())}
        self.samples, self.answers, self.weights = self._by_unit()
        self.factors = {figure.code: figure for figure in survey.figures if figure.level == "factor"}
        self.known: dict[tuple[str, str], list[AnswerClass]] = {}
        self.scores: dict[str, tuple[tuple[str, Decimal], ...]] = {}
        self.questions = {figure.code: figure for figure in survey.figures if figure.level == "question"}

    def _by_unit(self) -> tuple[dict[str, _UnitSample], dict[str, list[int]], dict[str, list[int]]]:
        """By unit: its sample, and the number and weight (in millionths) of every answer code of every item."""
        cells, design = self.cells, self.survey.design
        column = cells.column(self.declared.unit_column)
        samples: dict[str, _UnitSample] = {}
        answers: dict[str, list[int]] = {}
        weights: dict[str, list[int]] = {}
        psus = 2 if design.stratum is not None else 1
        for unit in self.survey.units:
            inside = np.flatnonzero(column == unit)
            if not len(inside):
                continue
            keys = cells.keys[inside].tolist()
            strata = len({row[0] for row in keys}) if design.stratum is not None else 1
            weight = sum(cells.weight[inside].tolist())
            n = int(cells.n[inside].sum())
            samples[unit] = _UnitSample(n, len({tuple(row[:psus]) for row in keys}), strata, weight)
            answers[unit] = cells.code_n[inside].sum(axis=0).tolist()
            weights[unit] = cells.code_weight[inside].sum(axis=0).tolist()
        return samples, answers, weights

    def all(self, asked: Sequence[Estimand]) -> CountedSurvey:
        survey = self.survey
        domains = [(unit,) for unit in survey.units]
        told = estimates(self.cells, asked, by=(self.declared.unit_column,), domains=domains, options=OPTIONS)
        width = len(asked)
        estimated: list[Estimate] = []
        terms: list[SurveyTerm] = []
        counts: list[SurveyCount] = []
        for at, unit in enumerate(survey.units):
            found = told[at * width : (at + 1) * width]
            classes = {code: self._classes(unit, figure) for code, figure in self.questions.items()}
            rested = [self._n(unit, *each) for each in zip(survey.figures, found, strict=True)]
            shown = figure_disclosure(survey.figures, rested, classes, self.declared.least)
            for figure, estimate in zip(survey.figures, found, strict=True):
                term = self._term(unit, figure, estimate, shown)
                terms.append(term)
                if figure.parent is None:
                    estimated.append(self._estimate(term, estimate))
            if unit in self.samples:
                counts += [self._count(unit, code, each) for code, found_ in classes.items() for each in found_]
        interviews = {unit: sample.n for unit, sample in self.samples.items()}
        return CountedSurvey(tuple(estimated), tuple(terms), tuple(counts), interviews)

    def _n(self, unit: str, figure: Figure, estimate: Told) -> int:
        """How many answers a figure rests on: all answers to a question, of a composite the least of its parts."""
        if estimate.value is None:
            return 0
        return sum(each.n for each in self._plain(unit, figure.pools[0][0])) if figure.item else estimate.n

    def _plain(self, unit: str, pool: Pool) -> list[AnswerClass]:
        """Every answer code of a question with its number and weight, all columns of the question together."""
        known = self.known.get((unit, pool.name))
        if known is not None:
            return known
        found = []
        answers, weights = self.answers.get(unit), self.weights.get(unit)
        for code, score in self._scores(pool):
            places = [self.codes[item, code] for item in pool.items]
            n = sum(answers[at] for at in places) if answers is not None else 0
            weight = sum(weights[at] for at in places) if weights is not None else 0
            found.append(AnswerClass((code,), score, n, weight, "published"))
        self.known[unit, pool.name] = found
        return found

    def _scores(self, pool: Pool) -> tuple[tuple[str, Decimal], ...]:
        if pool.name not in self.scores:
            self.scores[pool.name] = tuple((code, score_of(score)) for code, score in pool.scores)
        return self.scores[pool.name]

    def _classes(self, unit: str, figure: Figure) -> tuple[AnswerClass, ...]:
        return classes_of(self._plain(unit, figure.pools[0][0]), self.declared.least)

    def _weight(self, unit: str, pool: Pool) -> int:
        return sum(each.weight for each in self._plain(unit, pool))

    def _term(self, unit: str, figure: Figure, estimate: Told, shown: Disclosure) -> SurveyTerm:
        column = f"{figure.level}:{figure.code}"
        status, sample = shown.status["", column], self.samples.get(unit)
        reason = estimate.reason or shown.reason("", column)
        visible = status == "published"
        value, se, lower, upper = (
            _figure(each if visible else None) for each in (estimate.value, estimate.se, estimate.lower, estimate.upper)
        )
        weight = None if figure.weight is None else figure_weight(figure.weight)
        weighted: Decimal | None = None
        if figure.item is not None and visible:
            of_question = self._weight(unit, figure.pools[0][0])
            weighted = people(of_question)
            if figure.weight is None and figure.parent is not None and shown.shown("", f"factor:{figure.parent}"):
                # Answers are pooled: a question counts by its share of the weighted answers.
                together = sum(self._weight(unit, pool) for pool, _ in self.factors[figure.parent].pools)
                weight = _figure(of_question / together)
        elif figure.item is None and sample is not None:
            weighted = people(sample.weight)
        df = float(estimate.df)
        return SurveyTerm(
            edition=self.edition,
            survey=self.declared.code,
            unit=unit,
            node=figure.node,
            level=figure.level,
            code=figure.code,
            parent=figure.parent,
            name_vi=figure.name.vi,
            name_en=figure.name.en,
            weight=weight,
            value=value,
            se=se,
            lower=None if lower is None else max(lower, Decimal(0)),
            upper=None if upper is None else min(upper, Decimal(100)),
            n=self._n(unit, figure, estimate) if visible else None,
            deff=_figure(estimate.deff) if visible else None,
            df=_figure(df) if visible and math.isfinite(df) else None,
            weighted=weighted,
            psus=sample.psus if sample is not None else None,
            strata=sample.strata if sample is not None else None,
            status=status,
            reason=None if visible else (reason or NO_RESPONDENT).both(),
            source=self.declared.questionnaire,
            place=figure.place.inside(),
        )

    def _estimate(self, term: SurveyTerm, estimate: Told) -> Estimate:
        formula = self.survey.formula
        how = formula if formula is not None and term.level != "question" else "mean_weight"
        return Estimate(
            edition=self.edition,
            unit=term.unit,
            node=term.node,
            value=term.value,
            se=term.se,
            lower=term.lower,
            upper=term.upper,
            n=term.n,
            deff=term.deff,
            df=term.df,
            method=", ".join((how, *estimate.method.split(", ")[1:])),
            basis=self.basis,
            reason=term.reason,
            source=self.declared.interviews,
            place=f"{self.declared.unit_column} = {term.unit}",
        )

    def _count(self, unit: str, code: str, found: AnswerClass) -> SurveyCount:
        scale = self.questions[code].scale
        assert scale is not None
        labels = [scale.by_code[each].label for each in found.codes]
        visible = found.status == "published"
        return SurveyCount(
            edition=self.edition,
            survey=self.declared.code,
            unit=unit,
            item=code,
            answers=" ".join(found.codes),
            label_vi=_BETWEEN_ANSWERS.join(label.vi for label in labels),
            label_en=_BETWEEN_ANSWERS.join(label.en for label in labels),
            score=found.score,
            n=found.n if visible else None,
            weighted=people(found.weight) if visible else None,
            status=found.status,
        )


def _estimand(figure: Figure) -> Estimand:
    pools = [
        (Pooled(pool.name, pool.items, tuple((code, float(score)) for code, score in pool.scores)), float(weight))
        for pool, weight in figure.pools
    ]
    return pools[0][0] if figure.item is not None else Composite(figure.code, tuple(pools))


_FINEST = Decimal("1e-12")


def _figure(value: float | None) -> Decimal | None:
    """10 significant digits, and nothing finer than 10^-12: what is below that is the noise of floating numbers."""
    found = published(value)
    if found is None or -int(found.as_tuple().exponent) <= 12:
        return found
    rounded = found.quantize(_FINEST).normalize()
    return Decimal(format(rounded, "f"))


def score_of(score: Fraction) -> Decimal:
    """What an answer is worth, 0-100, as it is published."""
    return published(float(score)) or Decimal(0)


def figure_weight(weight: Fraction) -> Decimal | None:
    """A weight of the questionnaire as it is published."""
    return _figure(float(weight))


def people(millionths: int) -> Decimal:
    """A sum of weights, exactly."""
    return Decimal(format((Decimal(millionths) / WEIGHT_UNIT).normalize(), "f"))
