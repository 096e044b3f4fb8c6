"""Student's t distribution: its tail and its quantile, without SciPy."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist


def upper_tail(t: float, df: float) -> float:
    """P(T > t) for T with `df` degrees of freedom (> 0; infinite: the normal distribution)."""
    if math.isinf(df):
        return 0.5 * math.erfc(t / math.sqrt(2))
    whole = df + t * t
    half = 0.5 * _beta_ratio(df / whole, t * t / whole, df / 2, 0.5, _half_step(df / 2) - 0.5 * math.log(math.pi))
    return half if t >= 0 else 1 - half


@lru_cache(maxsize=4096)
def quantile(p: float, df: float) -> float:
    """The t with P(T <= t) = p, 0 < p < 1, to about 1e-13 of its size."""
    if p < 0.5:
        return -quantile(1 - p, df)
    if p == 0.5:
        return 0.0
    if math.isinf(df):
        return NormalDist().inv_cdf(p)
    tail = 1 - p
    low, high = 0.0, 1.0
    while upper_tail(high, df) > tail:
        low, high = high, high * 2
    t = 0.5 * (low + high)
    for _ in range(200):
        error = upper_tail(t, df) - tail
        low, high = (t, high) if error > 0 else (low, t)
        step = error / _density(t, df)
        following = t + step
        if not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - t) <= 1e-15 * t:
            return following
        t = following
    return t


def _density(t: float, df: float) -> float:
    logarithm = _half_step(df / 2) - 0.5 * math.log(df * math.pi)
    return math.exp(logarithm - (df + 1) / 2 * math.log1p(t * t / df))


def _half_step(a: float) -> float:
    """log Γ(a + ½) − log Γ(a); by its series where the two are large and nearly equal (DLMF 5.11.13)."""
    if a < 50:
        return math.lgamma(a + 0.5) - math.lgamma(a)
    return 0.5 * math.log(a) - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5) + 17 / (14336 * a**7)


def _beta_ratio(x: float, y: float, a: float, b: float, scale: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22).

    `y` is 1 − x, given apart because it may be tiny; `scale` is −log B(a, b).
    """
    if x <= 0 or y <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_ratio(y, x, b, a, scale)
    logarithms = a * (math.log1p(-y) if y < 0.5 else math.log(x)) + b * (math.log1p(-x) if x < 0.5 else math.log(y))
    return math.exp(scale + logarithms) / a * _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    def away(value: float) -> float:
        return value if abs(value) > 1e-300 else 1e-300

    c, d = 1.0, 1 / away(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / away(1 + term * d)
            c = away(1 + term / c)
            found *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return found


def two_sided(t: float, df: float) -> float:
    """The p-value of a two-sided test."""
    return 2 * upper_tail(abs(t), df)
