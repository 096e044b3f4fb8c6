"""Estimates that never travel without their error: value, standard error, interval, n, design effect.

`estimates(cells, estimands, by=("province",))` gives one row for each estimand in each domain. Variances are
linearised (see `variance`); n and the number of PSUs of a stratum come from the whole sample, item by item.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final, Literal

import numpy as np

from parindex.language import Text
from parindex.survey.cells import Cells
from parindex.survey.composites import of_domains, of_several, quadratic, within
from parindex.survey.estimands import Composite, Count, Estimand, Mean, Pooled, Ratio, Share, Total, is_share
from parindex.survey.linearise import (
    Domain,
    Domains,
    Linear,
    Prepared,
    coefficients,
    domains_of,
    linear,
    prepare,
    variances,
)
from parindex.survey.student import quantile
from parindex.survey.variance import Reals, Structure

Interval = Literal["t", "logit"]
Freedom = Literal["domain", "design"]
DesignEffect = Literal["without_replacement", "with_replacement"]

DIGITS: Final = 10
"""Significant digits of a published estimate."""

NO_RESPONDENT = Text("không có phiếu nào trong nhóm này", "nobody of this domain is in the sample")
NO_ANSWER = Text("không có trả lời hợp lệ", "there is no valid answer")
NO_DENOMINATOR = Text("mẫu số bằng 0", "the denominator is 0")
LONELY = Text(
    'tầng "{stratum}" chỉ có một đơn vị mẫu, nên không có sai số chuẩn',
    'the stratum "{stratum}" has only one sampled unit, so there is no standard error',
)
NO_VARIANCE = Text("mẫu không cho sai số chuẩn", "the sample gives no standard error")
ONE_PSU = Text(
    "không có khoảng tin cậy: số đơn vị mẫu không nhiều hơn số tầng",
    "no interval: there are no more sampled units than strata",
)


@dataclass(frozen=True, slots=True)
class Options:
    """How errors are told.

    `level` of the interval; `interval` `logit` holds for shares (and for averages of shares), else `t` is used.
    `freedom`: degrees of freedom, PSUs less strata, of those with respondents in the domain, or of the whole design.
    `design_effect` compares with a simple random sample drawn without replacement, from a population of Σw (R's
    `deff = TRUE`), or with replacement (R's `deff = "replace"`); the variance of the sample uses n/(n−1).
    """

    level: float = 0.95
    interval: Interval = "t"
    freedom: Freedom = "domain"
    design_effect: DesignEffect = "without_replacement"


STANDARD: Final = Options()


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate with its error.

    `domain` are the words of the columns `by`, empty for the whole population. `measure`: mean, share, total, count,
    ratio or composite. `value`, `se`, `lower`, `upper` in the unit of the item (shares 0 to 1), None with `reason`
    where there is none; `value` is None wherever `se` is. `n` valid answers; for a composite the least of its items.
    `deff` None where it does not exist: constant answers, weights that are not scaled to a population, estimands of
    several items where the cells have no moments of them, or no domains by these columns.
    """

    name: str
    measure: str
    domain: Domain
    value: float | None
    se: float | None
    lower: float | None
    upper: float | None
    n: int
    deff: float | None
    df: float
    method: str
    reason: Text | None = None

    @property
    def cv(self) -> float | None:
        """The standard error as a share of the value."""
        return None if self.value is None or self.se is None or self.value == 0 else self.se / abs(self.value)


def published(value: float | None) -> Decimal | None:
    """A figure as it is published: 10 significant digits, so that no machine's last bit shows."""
    if value is None:
        return None
    rounded = Context(prec=DIGITS).create_decimal(repr(value)).normalize()
    return Decimal(format(rounded, "f"))


def estimates(
    cells: Cells,
    estimands: Sequence[Estimand],
    *,
    by: Sequence[str] = (),
    domains: Sequence[Domain] | None = None,
    options: Options = STANDARD,
) -> tuple[Estimate, ...]:
    """Every estimand in every domain of the columns `by`, domains outside, estimands inside.

    `domains` names them (in that order, also those without respondents, which come empty with a reason); None takes
    those of the sample. Raises KeyError for an unknown item or column, ValueError for a share of a number and so on.
    """
    prepared = prepare(cells, estimands)
    where = domains_of(cells, by, domains)
    found = linear(prepared, where)
    mixing, offsets = prepared.mixing(estimands)
    spread = variances(prepared, where, coefficients(where, found.alpha), coefficients(where, found.beta), mixing)
    simple = simple_variances(prepared, where, found, mixing, by, options.design_effect)
    freedom = degrees_of_freedom(prepared.structure, where, options.freedom)
    respondents = where.sum(cells.n[:, None].astype(np.float64))[:, 0]
    values = _mixed(found.value, mixing, offsets)
    rows = []
    for at, domain in enumerate(where.names):
        df = int(freedom[at])
        for column, estimand in enumerate(estimands):
            parts = np.flatnonzero(mixing[:, column])
            n = int(found.n[at, parts].min()) if len(parts) else 0
            effect = _ratio(spread.value[at, column], simple[at, column])
            rows.append(
                told(
                    estimand,
                    domain,
                    value=float(values[at, column]),
                    variance=float(spread.value[at, column]),
                    n=n,
                    deff=effect,
                    df=df,
                    respondents=int(respondents[at]),
                    lonely=_stratum(prepared.structure, int(spread.lonely[at, column])),
                    options=options,
                )
            )
    return tuple(rows)


def _mixed(values: Reals, mixing: Reals, offsets: Reals) -> Reals:
    """Weighted sums that are NaN only where one of their own parts is."""
    missing = np.isnan(values).astype(np.float64) @ (mixing != 0) > 0
    return np.where(missing, np.nan, np.nan_to_num(values) @ mixing + offsets)


def _ratio(value: float, by: float) -> float | None:
    return float(value / by) if by > 0 and math.isfinite(value) and math.isfinite(by) else None


def _stratum(structure: Structure, at: int) -> str | None:
    return None if at < 0 else structure.strata[at]


def told(
    estimand: Estimand,
    domain: Domain,
    *,
    value: float,
    variance: float,
    n: int,
    deff: float | None,
    df: int,
    respondents: int,
    lonely: str | None,
    options: Options,
    technique: str = "taylor",
) -> Estimate:
    """One row from its figures (NaN: there is none), with its interval or the reason why it is empty."""
    name = estimand.name
    measure = MEASURES[type(estimand)]
    reason: Text | None = None
    if not math.isfinite(value):
        if not respondents:
            reason = NO_RESPONDENT
        else:
            reason = NO_DENOMINATOR if n and isinstance(estimand, Ratio) else NO_ANSWER
    elif not math.isfinite(variance):
        if lonely is None:
            reason = NO_VARIANCE
        else:
            reason = Text(LONELY.vi.format(stratum=lonely), LONELY.en.format(stratum=lonely))
    logit = options.interval == "logit" and is_share(estimand)
    method = f"{measure}, {technique}, {'logit' if logit else 't'} {options.level:.0%}"
    if reason is not None:
        return Estimate(name, measure, domain, None, None, None, None, n, None, df, method, reason)
    se = math.sqrt(max(variance, 0.0))
    if df <= 0:
        return Estimate(name, measure, domain, value, se, None, None, n, deff, df, method, ONE_PSU)
    lower, upper = interval(value, se, df, options.level, logit=logit)
    return Estimate(name, measure, domain, value, se, lower, upper, n, deff, df, method)


MEASURES: Final[dict[type, str]] = {
    Mean: "mean",
    Share: "share",
    Total: "total",
    Count: "count",
    Ratio: "ratio",
    Pooled: "mean",
    Composite: "composite",
}


def interval(value: float, se: float, df: float, level: float, *, logit: bool) -> tuple[float, float]:
    """The interval of Student's t; on the logit scale for a share strictly between 0 and 1 (Korn, Graubard 1998)."""
    t = quantile((1 + level) / 2, df)
    if not logit or not 0 < value < 1:
        return value - t * se, value + t * se
    centre = math.log(value / (1 - value))
    half = t * se / (value * (1 - value))
    return tuple(1 / (1 + math.exp(-edge)) for edge in (centre - half, centre + half))  # type: ignore[return-value]


def simple_variances(
    prepared: Prepared, where: Domains, found: Linear, mixing: Reals, by: Sequence[str], kind: DesignEffect
) -> Reals:
    """The variance that a simple random sample of the same n would have, of each estimand (D, E); NaN: there is none.

    It is that of the linearised variable z = Σ_k a_k (α_k y_k + β_k x_k) among the respondents who answered any of its
    items: for estimands of several items it needs the moments of the cells. `by` are the columns of the domains.
    """
    sums = prepared.sums
    found_simple = np.full((len(where.names), mixing.shape[1]), np.nan)
    y, x = where.sum(sums.y), where.sum(sums.x)
    yy, xy, xx = where.sum(sums.yy), where.sum(sums.xy), where.sum(sums.xx)
    alpha, beta = found.alpha, found.beta
    squares = alpha**2 * yy + 2 * alpha * beta * xy + beta**2 * xx
    total = alpha * y + beta * x
    moments = prepared.cells.moments
    summed = of_domains(prepared.cells, by, where.names)
    for column in range(mixing.shape[1]):
        parts = np.flatnonzero(mixing[:, column])
        share = mixing[parts, column]
        singles = [prepared.singles[at] for at in parts.tolist()]
        if not of_several(singles):
            if len(parts):
                at = parts[0]
                found_simple[:, column] = share[0] ** 2 * _simple(
                    found.n[:, at], found.w[:, at], squares[:, at], total[:, at], kind
                )
            continue
        members = None if moments is None or summed is None else within(prepared.cells.design, moments, singles)
        if members is None or moments is None or summed is None:
            continue
        features, coefficients = members.features(alpha[:, parts] * share, beta[:, parts] * share)
        found_simple[:, column] = _simple(
            summed.n[:, members.set],
            summed.weight[:, members.set],
            quadratic(moments.together, features, coefficients, summed.products),
            total[:, parts] @ share,
            kind,
        )
    return found_simple


def _simple(n: Reals, w: Reals, squares: Reals, total: Reals, kind: DesignEffect) -> Reals:
    """The variance of Σwz of a simple random sample, from Σwz² and Σwz."""
    with np.errstate(divide="ignore", invalid="ignore"):
        unit_variance = n / (n - 1) * (squares - total**2 / w) / w
        simple = unit_variance * w**2 / n
        if kind == "without_replacement":
            simple = np.where(w < n, np.nan, simple * (w - n) / w)
    return np.asarray(simple)


def degrees_of_freedom(structure: Structure, where: Domains, kind: Freedom) -> Reals:
    """PSUs less strata (D,): of the whole design, or of those that have respondents in the domain."""
    if kind == "design":
        return np.full(len(where.names), float(len(structure.stratum_of_psu) - len(structure.psus)))
    found = np.zeros(len(where.names))
    for positions, sign in ((structure.psu, 1.0), (structure.stratum, -1.0)):
        pairs = np.unique(np.stack((where.domain, positions[where.group])), axis=1)
        found += sign * np.bincount(pairs[0], minlength=len(where.names))
    return found
