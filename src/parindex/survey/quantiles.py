"""Quantiles of the normal and of Student's t distribution, without SciPy (whose import takes seconds)."""

from __future__ import annotations

from functools import lru_cache
from math import atan2, cos, exp, inf, lgamma, log1p, pi, sin, sqrt
from statistics import NormalDist


@lru_cache(maxsize=4096)
def two_sided(confidence: float, df: float = inf) -> float:
    """How many standard errors an interval of `confidence` (0.95) reaches on either side.

    `df` is a whole number of degrees of freedom, at least 1, or infinite for the normal distribution.
    ValueError outside of these. Method: Abramowitz and Stegun (1964), 26.7.3 and 26.7.4, exact for whole df, solved
    by Newton's method; agrees with R's qt to 1e-13 up to 1,000 df, 1e-10 beyond.
    """
    if not 0 < confidence < 1 or not df >= 1 or (df != inf and df != int(df)):
        raise ValueError(f"no quantile at confidence {confidence} with {df} degrees of freedom")
    normal = NormalDist().inv_cdf((1 + confidence) / 2)
    if df > 1_000_000:  # nearer to the normal than doubles tell
        return normal if df == inf else normal + (normal**3 + normal) / (4 * df)
    whole = int(df)
    # In terms of the angle the distribution has no tail: one degree of freedom is a straight line. The probability
    # grows ever slower with the angle, so steps from below never pass the solution.
    angle = 0.0
    constant = 2 * exp(lgamma((whole + 1) / 2) - lgamma(whole / 2)) / sqrt(pi)
    for _ in range(200):
        slope = constant * exp((whole - 1) * log1p(-(sin(angle) ** 2)) / 2)
        step = (confidence - _within(angle, whole)) / slope
        angle += step
        if abs(step) <= 1e-16 * angle:
            break
    return sqrt(whole) * sin(angle) / cos(angle)


def within(multiplier: float, df: float = inf) -> float:
    """The probability that a t variable lies within ± `multiplier`: the inverse of `two_sided`."""
    if df > 1_000_000:
        return 2 * NormalDist().cdf(multiplier) - 1
    return _within(atan2(multiplier, sqrt(df)), int(df))


def _within(angle: float, df: int) -> float:
    """P(|T| <= sqrt(df) * tan(angle))."""
    square = cos(angle) ** 2
    total, term = 0.0, cos(angle) if df % 2 else 1.0
    for power in range(1 if df % 2 else 0, df - 1, 2):
        total += term
        term *= square * (power + 1) / (power + 2)
        if term < 1e-18 * total:
            break
    return 2 / pi * (angle + sin(angle) * total) if df % 2 else sin(angle) * total
