"""Composites of several items: what has to be counted together for them, and what comes out of it.

Their estimate and its linearised variance need sums item by item only. The variance that a simple random sample would
have, and the variance among respondents where these are the second stage, need sums of products (see `moments`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parindex.survey.cells import Cells
from parindex.survey.design import WEIGHT_UNIT, SurveyDesign
from parindex.survey.estimands import Composite, Count, Estimand, Pooled, Ratio, Share, Single
from parindex.survey.moments import AnyWhole, Measure, Moments, Together, moment_columns

Reals = NDArray[np.float64]

FINEST_SCORE = 1_000_000
"""Scores that are no multiples of a millionth of their range cannot be counted as whole numbers."""


class Placed(NamedTuple):
    """A single estimand by its measure: y = `intercept` · D + `slope` · Y, and x = `denominator` · D."""

    measure: Measure
    intercept: float
    slope: float
    denominator: float


def placed(design: SurveyDesign, single: Single) -> Placed | None:
    """The measure of an estimand; None for one whose scores are no whole steps, or are not all there.

    KeyError for an unknown item.
    """
    if isinstance(single, Ratio):
        ratio = design.ratio(single.ratio)
        y_unit, x_unit = (10 ** design.item(code).decimals for code in (ratio.numerator, ratio.denominator))
        return Placed(Measure((ratio.numerator,), denominator=ratio.denominator), 0.0, 1 / y_unit, 1 / x_unit)
    if isinstance(single, Pooled):
        worth = dict(single.scores)
        answers = dict.fromkeys(code for item in single.items for code in design.item(item).answers)
        if any(code not in worth for code in answers):
            return None
        return _coded(single.items, {code: worth[code] for code in answers})
    item = design.item(single.item)
    if not item.coded:
        return Placed(Measure((item.code,)), 0.0, 1 / 10**item.decimals, 1.0)
    if isinstance(single, Share | Count):
        chosen = single.codes or item.top
        return _coded((item.code,), {code: int(code in chosen) for code in item.answers})
    return _coded((item.code,), {code: score for code, score in item.answers.items() if score is not None})


def _coded(items: tuple[str, ...], scores: Mapping[str, float]) -> Placed | None:
    """Scores as whole steps above the least: 0, 25, 50 are 0, 1, 2, so that a mean and a share in percent are one."""
    exact = {code: Fraction(score).limit_denominator(FINEST_SCORE) for code, score in scores.items()}
    size = max((abs(score) for score in scores.values()), default=0.0) or 1.0
    if any(abs(float(exact[code]) - score) > 1e-12 * size for code, score in scores.items()):
        return None
    low = min(exact.values())
    above = [score - low for score in exact.values() if score > low]
    step = Fraction(math.gcd(*(each.numerator for each in above)), math.lcm(*(each.denominator for each in above)))
    if not above:
        step = Fraction(1)
    steps = tuple((code, int((score - low) / step)) for code, score in exact.items())
    if max(count for _, count in steps) > FINEST_SCORE:
        return None
    return Placed(Measure(items, steps), float(low), float(step), 1.0)


def parts_of(estimand: Estimand) -> tuple[tuple[Single, float], ...]:
    """An estimand as a weighted sum of single ones."""
    return estimand.parts if isinstance(estimand, Composite) else ((estimand, 1.0),)


def of_several(singles: Iterable[Single]) -> bool:
    """Several items make it up, so that cells alone do not know its spread within respondents."""
    found = set(singles)
    return len(found) > 1 or any(isinstance(single, Pooled) and len(single.items) > 1 for single in found)


def together_of(design: SurveyDesign, estimands: Sequence[Estimand]) -> Together | None:
    """What is to be counted together for these estimands; None where none of them is of several items."""
    measures: dict[Measure, int] = {}
    sets: dict[tuple[int, ...], None] = {}
    for estimand in estimands:
        singles = tuple(dict.fromkeys(single for single, _ in parts_of(estimand)))
        if not of_several(singles):
            continue
        found = [placed(design, single) for single in singles]
        known = [each.measure for each in found if each is not None]
        if len(known) < len(found):
            continue
        members = [measures.setdefault(measure, len(measures)) for measure in known]
        sets.setdefault(tuple(sorted(set(members))))
    return Together(tuple(measures), tuple(sets)) if sets else None


class Within(NamedTuple):
    """A composite in the moments: its set, and of each part the measure and how y and x are made of D and Y."""

    set: int
    measures: tuple[int, ...]
    parts: tuple[Placed, ...]

    def features(self, alpha: Reals, beta: Reals) -> tuple[NDArray[np.intp], Reals]:
        """The linearised variable Σ (α y + β x), with α, β (R, parts), by its features: (F,) positions, (R, F)."""
        intercept, slope, denominator = (
            np.array([part[at] for part in self.parts], dtype=np.float64) for at in (1, 2, 3)
        )
        where = np.repeat(np.array(self.measures) * 2, 2) + np.tile([0, 1], len(self.measures))
        values = np.empty((len(alpha), 2 * len(self.parts)))
        values[:, 0::2] = alpha * intercept + beta * denominator
        values[:, 1::2] = alpha * slope
        features, into = np.unique(where, return_inverse=True)
        total = np.zeros((len(alpha), len(features)))
        for column, at in enumerate(into.tolist()):
            total[:, at] += values[:, column]
        return features, total


def within(design: SurveyDesign, moments: Moments, singles: Sequence[Single]) -> Within | None:
    """Where the parts of a composite stand in the moments; None where they were not counted together."""
    positions = {measure: at for at, measure in enumerate(moments.together.measures)}
    found = [placed(design, single) for single in singles]
    known = [each for each in found if each is not None and each.measure in positions]
    if len(known) < len(found):
        return None
    measures = tuple(positions[each.measure] for each in known)
    members = tuple(sorted(set(measures)))
    if members not in moments.together.sets:
        return None
    return Within(moments.together.sets.index(members), measures, tuple(known))


def quadratic(together: Together, features: NDArray[np.intp], coefficients: Reals, products: Reals) -> Reals:
    """Σ_ab c_a c_b m_ab of each row (R,), from `coefficients` (R, F) of `features` and products (R, P)."""
    first, second = together.pairs()
    position = np.full(together.features, -1)
    position[features] = np.arange(len(features))
    chosen = np.flatnonzero((position[first] >= 0) & (position[second] >= 0))
    one, other = position[first[chosen]], position[second[chosen]]
    times = np.where(one == other, 1.0, 2.0)
    total = np.empty(len(coefficients))
    step = max(1, (1 << 20) // max(len(chosen), 1))
    for start in range(0, len(coefficients), step):
        rows = slice(start, start + step)
        each = coefficients[rows][:, one] * coefficients[rows][:, other] * times * products[rows][:, chosen]
        total[rows] = each.sum(axis=1)
    return total


def in_people(whole: AnyWhole, unit: int) -> Reals:
    """Whole numbers as multiples of `unit`, each rounded once."""
    if whole.dtype == np.int64:
        return np.asarray(whole.astype(np.float64) / unit)
    return np.array([value / unit for value in whole.ravel().tolist()], dtype=np.float64).reshape(whole.shape)


class Summed(NamedTuple):
    """Moments of D domains: `n` (D, S), `weight` (D, S) and `products` (D, P) in people."""

    n: Reals
    weight: Reals
    products: Reals


def of_domains(cells: Cells, by: Sequence[str], names: Sequence[tuple[str, ...]]) -> Summed | None:
    """The moments of domains; None where the cells have none, or a column of `by` is not among their keys."""
    moments = cells.moments
    if moments is None or any(column not in moment_columns(cells.design) for column in by):
        return None
    columns = [moments.keys[:, moment_columns(cells.design).index(column)] for column in by]
    keys = list(zip(*columns, strict=True)) if columns else [()] * len(moments)
    places = {tuple(name): at for at, name in enumerate(names)}
    domain = np.array([places.get(key, -1) for key in keys], dtype=np.intp)
    rows = np.flatnonzero(domain >= 0)
    rows = rows[np.argsort(domain[rows], kind="stable")]

    def summed(whole: AnyWhole, unit: int) -> Reals:
        total = np.zeros((len(places), whole.shape[1]))
        if len(rows):
            starts = np.flatnonzero(np.concatenate(([True], domain[rows][1:] != domain[rows][:-1])))
            total[domain[rows][starts]] = in_people(np.add.reduceat(whole[rows], starts, axis=0), unit)
        return total

    return Summed(summed(moments.n, 1), summed(moments.weight, WEIGHT_UNIT), summed(moments.products, WEIGHT_UNIT))
