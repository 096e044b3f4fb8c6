"""The satisfaction index: which answers make which factor, sub-index and index, per unit and for the nation.

This module says what is to be estimated and puts the results in their places. How an estimate and its error come
out of the answers is the caller's: a `Composite` is a fixed linear combination of pooled means, and an estimator
takes it whole, so that the covariance of its parts stays in its error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Protocol

from parindex.language import Text
from parindex.survey.questionnaire import (
    Factor,
    FactorRule,
    FormulaName,
    Item,
    NationalRule,
    Questionnaire,
    Scale,
    SubIndex,
)

Level = Literal["factor", "part", "index"]


@dataclass(frozen=True, slots=True)
class Formula:
    """How one answer is turned into 0-100. `says` stands beside every figure that was made by it."""

    name: FormulaName
    says: Text
    score: Callable[[Scale], Mapping[str, Fraction]]


def _satisfaction_share(scale: Scale) -> Mapping[str, Fraction]:
    return {code: Fraction(100 if code in scale.satisfied else 0) for code in scale.valid_codes}


def _mean_rescaled(scale: Scale) -> Mapping[str, Fraction]:
    top = Fraction(max(scale.values.values()))
    return {code: 100 * Fraction(value) / top for code, value in scale.values.items()}


def _mean_rescaled_zero(scale: Scale) -> Mapping[str, Fraction]:
    low, top = Fraction(min(scale.values.values())), Fraction(max(scale.values.values()))
    return {code: 100 * (Fraction(value) - low) / (top - low) for code, value in scale.values.items()}


FORMULAS: Mapping[FormulaName, Formula] = {
    "satisfaction_share": Formula(
        "satisfaction_share",
        Text("tỷ lệ câu trả lời ở các bậc hài lòng", "share of answers at the satisfied steps"),
        _satisfaction_share,
    ),
    "mean_rescaled": Formula(
        "mean_rescaled",
        Text("điểm trung bình chia cho bậc cao nhất", "mean answer divided by the top of the scale"),
        _mean_rescaled,
    ),
    "mean_rescaled_zero": Formula(
        "mean_rescaled_zero",
        Text("điểm trung bình, bậc thấp nhất là 0", "mean answer, with the lowest step as 0"),
        _mean_rescaled_zero,
    ),
}


def scores(formula: FormulaName, scale: Scale) -> Mapping[str, Fraction]:
    """What each valid answer of a scale is worth, 0-100, exactly. The mean of these is the value of an item."""
    return FORMULAS[formula].score(scale)


@dataclass(frozen=True, slots=True)
class Term:
    """One pooled mean in a composite: all valid answers in `columns`, each scored, together.

    `weight` is its share of the composite. A term without any valid answer leaves the composite empty.
    """

    weight: Fraction
    columns: tuple[str, ...]
    items: tuple[str, ...]
    factor: str


@dataclass(frozen=True, slots=True)
class Composite:
    """A factor, a sub-index or the index: the weighted sum of `terms`, whose weights add up to 1.

    `weights`: the same by item, as they are when everybody answers everything; for reading, and for estimators
    that know means of items only. With pooled answers and item non-response the two differ a little.
    """

    code: str
    name: Text
    level: Level
    terms: tuple[Term, ...]
    weights: Mapping[str, Fraction]


def index_weights(questionnaire: Questionnaire, *, factor_rule: FactorRule | None = None) -> tuple[Composite, ...]:
    """Every factor, sub-index and the index, in reading order with the index last.

    Takes a questionnaire without problems. `factor_rule` None: as the questionnaire says. Empty when it makes no
    index.
    """
    index = questionnaire.index
    if index is None:
        return ()
    rule = factor_rule or index.factor_rule
    found: list[Composite] = []
    whole: list[tuple[Fraction, Factor]] = []
    for part in index.parts:
        shares = [(Fraction(factor.weight) / Fraction(part.weight), factor) for factor in part.factors]
        for factor in part.factors:
            found.append(_composite(questionnaire, rule, factor, "factor", [(Fraction(1), factor)]))
        found.append(_composite(questionnaire, rule, part, "part", shares))
        whole += [(Fraction(factor.weight) / 100, factor) for factor in part.factors]
    terms = tuple(term for share, factor in whole for term in _terms(questionnaire, rule, factor, share))
    found.append(Composite(index.code, index.name, "index", terms, _item_weights(questionnaire, terms)))
    return tuple(found)


def _composite(
    questionnaire: Questionnaire,
    rule: FactorRule,
    named: Factor | SubIndex,
    level: Level,
    shares: Sequence[tuple[Fraction, Factor]],
) -> Composite:
    terms = tuple(term for share, factor in shares for term in _terms(questionnaire, rule, factor, share))
    return Composite(named.code, named.name, level, terms, _item_weights(questionnaire, terms))


def _terms(questionnaire: Questionnaire, rule: FactorRule, factor: Factor, share: Fraction) -> list[Term]:
    items = questionnaire.items_of_factor(factor.code)
    pools = [items] if rule == "pooled_answers" else [(item,) for item in items]
    return [
        Term(
            share / len(pools),
            tuple(column for item in pool for column in questionnaire.columns_of[item.code]),
            tuple(item.code for item in pool),
            factor.code,
        )
        for pool in pools
    ]


def _item_weights(questionnaire: Questionnaire, terms: Sequence[Term]) -> Mapping[str, Fraction]:
    weights: dict[str, Fraction] = {}
    for term in terms:
        asked = {code: _times_asked(questionnaire, questionnaire.by_code[code]) for code in term.items}
        for code, times in asked.items():
            weights[code] = weights.get(code, Fraction(0)) + term.weight * times / sum(asked.values())
    return weights


def _times_asked(questionnaire: Questionnaire, item: Item) -> int:
    """How often one respondent is asked an item: once for each policy group that is asked."""
    return questionnaire.section_of[item.code].groups_asked or 1


def combine(
    composite: Composite, means: Sequence[float | None], covariance: Sequence[Sequence[float]]
) -> tuple[float, float] | None:
    """(value, standard error) of a composite from the pooled mean of each term and their covariance matrix.

    None when a term has no answers: the others do not speak for it.
    """
    if any(mean is None for mean in means):
        return None
    shares = [float(term.weight) for term in composite.terms]
    value = math.fsum(share * mean for share, mean in zip(shares, means, strict=True) if mean is not None)
    variance = math.fsum(
        one * other * covariance[row][column] for row, one in enumerate(shares) for column, other in enumerate(shares)
    )
    return value, math.sqrt(max(variance, 0.0))


class Estimated(Protocol):
    """What an estimator gives for one composite and unit, 0-100. `value` None is empty, and `reason` says why."""

    @property
    def value(self) -> float | None: ...
    @property
    def se(self) -> float | None: ...
    @property
    def lower(self) -> float | None: ...
    @property
    def upper(self) -> float | None: ...
    @property
    def n(self) -> int: ...
    @property
    def deff(self) -> float | None: ...
    @property
    def df(self) -> float | None: ...
    @property
    def reason(self) -> Text | None: ...


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One figure of the index with its error. `note` must stand beside it wherever it is shown."""

    unit: str
    code: str
    level: Level
    formula: FormulaName
    value: float | None
    se: float | None
    lower: float | None
    upper: float | None
    n: int
    deff: float | None
    df: float | None
    reason: Text | None = None
    note: Text | None = None


NO_ANSWERS = Text("Không có câu trả lời hợp lệ nào.", "There is no valid answer.")


def index_rows(
    composites: Sequence[Composite],
    units: Sequence[str],
    estimate_of: Callable[[str, Composite], Estimated | None],
    *,
    formula: FormulaName,
) -> tuple[IndexRow, ...]:
    """Every unit × composite, in the order given. A unit without answers has its rows, empty with the reason.

    `estimate_of(unit, composite)` estimates with `scores(formula, …)`; None means it knows of no answers.
    """
    rows = []
    for unit in units:
        for composite in composites:
            found = estimate_of(unit, composite)
            if found is None or found.value is None or not math.isfinite(found.value):
                reason = (found.reason if found is not None else None) or NO_ANSWERS
                n = found.n if found is not None else 0
                rows.append(_empty(unit, composite.code, composite.level, formula, n, reason))
                continue
            rows.append(
                IndexRow(
                    unit,
                    composite.code,
                    composite.level,
                    formula,
                    found.value,
                    found.se,
                    found.lower,
                    found.upper,
                    found.n,
                    found.deff,
                    found.df,
                )
            )
    return tuple(rows)


def _empty(unit: str, code: str, level: Level, formula: FormulaName, n: int, reason: Text) -> IndexRow:
    return IndexRow(unit, code, level, formula, None, None, None, None, n, None, None, reason)


Interval = Callable[[float, float, float], tuple[float, float]]
"""(value, standard error, degrees of freedom) -> (lower, upper)."""


def mean_of_units(nation: str, rows: Sequence[IndexRow], interval: Interval) -> tuple[IndexRow, ...]:
    """The nation as the simple mean of its units, one row per composite.

    Units are sampled independently, so variances add up; degrees of freedom by Welch and Satterthwaite. Units that
    are empty are left out of the mean and named in `note`. Without design effect: the mean is not one of people.
    """
    codes = dict.fromkeys((row.code, row.level, row.formula) for row in rows)
    found = []
    for code, level, formula in codes:
        of = [row for row in rows if row.code == code]
        full = [row for row in of if row.value is not None]
        if not full:
            found.append(_empty(nation, code, level, formula, 0, NO_ANSWERS))
            continue
        without = [row.unit for row in of if row.value is None]
        value = math.fsum(row.value for row in full if row.value is not None) / len(full)
        variances = [None if row.se is None else row.se**2 for row in full]
        se = df = lower = upper = None
        known = [each for each in variances if each is not None]
        if len(known) == len(full):
            total = math.fsum(known)
            se = math.sqrt(total) / len(full)
            parts = [(v, row.df) for v, row in zip(known, full, strict=True) if v > 0]
            if all(each is not None and each > 0 for _, each in parts):
                spread = math.fsum(v * v / each for v, each in parts if each)
                df = total * total / spread if spread > 0 else math.inf
                lower, upper = interval(value, se, df)
        note = _mean_note(len(full), len(of), without)
        n = sum(row.n for row in full)
        found.append(IndexRow(nation, code, level, formula, value, se, lower, upper, n, None, df, None, note))
    return tuple(found)


def _mean_note(used: int, all_: int, without: Sequence[str]) -> Text:
    if not without:
        return Text(f"Trung bình cộng của {all_} đơn vị.", f"Simple mean of {all_} units.")
    names = ", ".join(without)
    return Text(
        f"Trung bình cộng của {used} trên {all_} đơn vị; không có số liệu: {names}.",
        f"Simple mean of {used} of {all_} units; without figures: {names}.",
    )


NATIONAL_SAYS: Mapping[NationalRule, Text] = {
    "mean_of_units": Text("trung bình cộng của các đơn vị", "simple mean of the units"),
    "pooled_respondents": Text("gộp mọi người trả lời theo quyền số", "all respondents together, weighted"),
}


def node_items(questionnaire: Questionnaire) -> Mapping[str, tuple[Item, Scale]]:
    """Items that score a node of a framework, by node: the mean value of their answers is the share of the points.

    Raises ValueError for an item whose scale does not lie within 0 and 1.
    """
    found: dict[str, tuple[Item, Scale]] = {}
    for item in questionnaire.items:
        if item.node is None:
            continue
        scale = questionnaire.scale_of(item.code)
        if scale is None or not scale.has_values or not all(0 <= value <= 1 for value in scale.values.values()):
            raise ValueError(f"{item.code} scores {item.node}, and its answers have no weights from 0 to 1")
        found[item.node] = (item, scale)
    return found
