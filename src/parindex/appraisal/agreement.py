"""How far two markers who did not see each other agree: percent agreement and Cohen's kappa, in exact fractions.

Cohen, J. (1960), "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20, 37–46;
Cohen, J. (1968), "Weighted kappa", Psychological Bulletin 70, 213–220.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

V = TypeVar("V", bound=Hashable)

Disagreement = Callable[[V, V], "Fraction | int"]
"""How far two values are apart: 0 for no disagreement, never below."""


class Agreement(NamedTuple):
    """`n` lines marked twice, how many of them alike, and kappa.

    `percent` is None where nothing was marked twice. `kappa` is None then too, and where chance alone leaves no room
    for disagreement (both markers gave every line the same value): it is then not defined, which is not 0.
    """

    n: int
    alike: int
    percent: Fraction | None
    kappa: Fraction | None


def different(first: object, second: object) -> int:
    """Every disagreement counts the same: the kappa of 1960."""
    return 0 if first == second else 1


def squared(first: Fraction, second: Fraction) -> Fraction:
    """Disagreement of two numbers as the square of their difference: usual for points."""
    return (first - second) ** 2


def distance(first: Fraction, second: Fraction) -> Fraction:
    """Disagreement of two numbers as their difference."""
    return abs(first - second)


def agreement(pairs: Sequence[tuple[V, V]], disagreement: Disagreement[V] = different) -> Agreement:
    """Agreement of (first marker, second marker), one pair a line.

    Kappa is 1 − observed ÷ expected disagreement, expected as if both markers gave their values independently, each
    as often as they did: with `different` this is Cohen's kappa of 1960, otherwise the weighted kappa of 1968.
    """
    n = len(pairs)
    if not n:
        return Agreement(0, 0, None, None)
    alike = sum(first == second for first, second in pairs)
    observed = sum((Fraction(disagreement(*pair)) * times for pair, times in Counter(pairs).items()), Fraction(0)) / n
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    expected = sum(
        (Fraction(disagreement(a, b)) * na * nb for a, na in firsts.items() for b, nb in seconds.items()), Fraction(0)
    ) / (n * n)
    kappa = 1 - observed / expected if expected else None
    return Agreement(n, alike, Fraction(100 * alike, n), kappa)
