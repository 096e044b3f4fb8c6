"""Differences with their error: between two domains of one sample, or between two samples (two years)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from parindex.language import Text
from parindex.survey.cells import Cells
from parindex.survey.estimands import Estimand
from parindex.survey.estimate import (
    MEASURES,
    NO_ANSWER,
    NO_RESPONDENT,
    NO_VARIANCE,
    ONE_PSU,
    STANDARD,
    Estimate,
    Options,
    degrees_of_freedom,
    interval,
)
from parindex.survey.linearise import Domain, Domains, difference_rows, domains_of, linear, prepare, variances
from parindex.survey.student import two_sided

Where = Mapping[str, str]
"""A domain by its columns."""

ESTIMATE_EMPTY = Text("một trong hai ước lượng để trống: {reason}", "one of the two estimates is empty: {reason}")


@dataclass(frozen=True, slots=True)
class Difference:
    """first − second, with its error and the test that it is 0.

    `t` is value / se, `p` the two-sided p-value of Student's t with `df` degrees of freedom (whole numbers within
    one sample, Welch and Satterthwaite's fraction between two). All None with `reason` where there is none; `t` and
    `p` are None too where the standard error is 0 or there are no degrees of freedom.
    """

    name: str
    measure: str
    first: Domain
    second: Domain
    value: float | None
    se: float | None
    lower: float | None
    upper: float | None
    t: float | None
    df: float
    p: float | None
    n_first: int
    n_second: int
    method: str
    reason: Text | None = None


def domain_differences(
    cells: Cells,
    estimands: Sequence[Estimand],
    pairs: Sequence[tuple[Where, Where]],
    *,
    options: Options = STANDARD,
) -> tuple[Difference, ...]:
    """Each pair of domains, first − second, for every estimand; pairs outside.

    A domain is a mapping of columns to words (`{"province": "HN", "sex": "nam"}`); `{}` is the whole population. The
    two may share PSUs (men and women) or respondents (a province and the nation): their covariance is in the error.
    """
    prepared = prepare(cells, estimands)
    mixing, _ = prepared.mixing(estimands)
    rows: list[Difference] = []
    for first, second in pairs:
        groups = [domains_of(cells, tuple(each), (tuple(each.values()),)).group for each in (first, second)]
        # A group of both stands in two domains.
        named = Domains(
            (("first",), ("second",)),
            np.concatenate(groups),
            np.repeat(np.arange(2), [len(each) for each in groups]),
        )
        found = linear(prepared, named)
        signed, alpha = difference_rows(named, 0, 1, found.alpha)
        _, beta = difference_rows(named, 0, 1, found.beta)
        spread = variances(prepared, signed, alpha, beta, mixing)
        df = float(degrees_of_freedom(prepared.structure, signed, options.freedom)[0])
        respondents = named.sum(cells.n[:, None].astype(np.float64))[:, 0]
        for column, estimand in enumerate(estimands):
            parts = np.flatnonzero(mixing[:, column])
            value = float((found.value[0, parts] - found.value[1, parts]) @ mixing[parts, column])
            variance = float(spread.value[0, column])
            reason = None
            if not math.isfinite(value):
                empty = respondents[0] == 0 or respondents[1] == 0
                reason = NO_RESPONDENT if empty else NO_ANSWER
            elif not math.isfinite(variance):
                reason = NO_VARIANCE
            rows.append(
                _told(
                    estimand.name,
                    MEASURES[type(estimand)],
                    tuple(first.values()),
                    tuple(second.values()),
                    value,
                    math.sqrt(max(variance, 0.0)) if math.isfinite(variance) else math.nan,
                    df,
                    (int(found.n[0, parts].min()), int(found.n[1, parts].min())),
                    "one sample, taylor",
                    reason,
                    options,
                )
            )
    return tuple(rows)


def independent_difference(first: Estimate, second: Estimate, *, options: Options = STANDARD) -> Difference:
    """first − second of two samples drawn apart, such as two years.

    Where PSUs were kept from one year to the next the true error is mostly smaller: this one is on the safe side.
    """
    variances_ = [0.0 if each.se is None else each.se**2 for each in (first, second)]
    total = sum(variances_)
    freedom = [max(first.df, 0), max(second.df, 0)]
    df = 0.0
    if total > 0 and all(each > 0 or part == 0 for each, part in zip(freedom, variances_, strict=True)):
        df = total**2 / sum(part**2 / each for part, each in zip(variances_, freedom, strict=True) if part > 0)
    reason = None
    for each in (first, second):
        if each.value is None and each.reason is not None:
            reason = Text(
                ESTIMATE_EMPTY.vi.format(reason=each.reason.vi), ESTIMATE_EMPTY.en.format(reason=each.reason.en)
            )
    value = math.nan if first.value is None or second.value is None else first.value - second.value
    return _told(
        first.name,
        first.measure,
        first.domain,
        second.domain,
        value,
        math.sqrt(total),
        df,
        (first.n, second.n),
        "two samples",
        reason,
        options,
    )


def _told(
    name: str,
    measure: str,
    first: Domain,
    second: Domain,
    value: float,
    se: float,
    df: float,
    n: tuple[int, int],
    method: str,
    reason: Text | None,
    options: Options,
) -> Difference:
    method = f"difference of {measure}, {method}, t {options.level:.0%}"
    if reason is not None:
        return Difference(name, measure, first, second, None, None, None, None, None, df, None, *n, method, reason)
    if df <= 0:
        return Difference(name, measure, first, second, value, se, None, None, None, df, None, *n, method, ONE_PSU)
    lower, upper = interval(value, se, df, options.level, logit=False)
    t = value / se if se > 0 else None
    p = None if t is None else two_sided(t, df)
    return Difference(name, measure, first, second, value, se, lower, upper, t, df, p, *n, method)
