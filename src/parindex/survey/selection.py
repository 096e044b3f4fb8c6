"""Ways to draw some of many with known chances. Whole numbers in, positions out; chance comes in as an argument.

A unit whose size reaches the interval is taken with certainty before anything is drawn (`certain_units`); the drawing
functions want sizes below it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Literal

Method = Literal["pps_systematic", "brewer", "systematic", "simple_random"]
METHODS: tuple[Method, ...] = ("pps_systematic", "brewer", "systematic", "simple_random")
BY_SIZE: frozenset[str] = frozenset(("pps_systematic", "brewer"))


class Draws:
    """Chance for one draw, from a master seed and the words that name the draw (province, stage, parent).

    Each draw has its own stream, so that a province that is added, or a village more in one commune, changes no
    other draw. The stream is PCG64 read raw: NumPy promises the same bits in every version, which it does not
    promise for the methods of `Generator` (NEP 19).
    """

    def __init__(self, seed: int, *words: str) -> None:
        from numpy.random import PCG64

        name = "\x1f".join((str(seed), *words))
        self._bits = PCG64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big"))

    def below(self, count: int) -> int:
        """A whole number in 0 .. count-1, each with the same chance; `count` at most 2**64."""
        # Numbers past the last full round of `count` would favour the small ones.
        limit = (1 << 64) - (1 << 64) % count
        while True:
            bits = int(self._bits.random_raw())
            if bits < limit:
                return bits % count

    def share(self) -> float:
        """A number in [0, 1) on the grid of 2**-53."""
        return (int(self._bits.random_raw()) >> 11) * 2.0**-53

    def shuffled(self, count: int) -> list[int]:
        """0 .. count-1 in random order (Fisher-Yates)."""
        order = list(range(count))
        for at in range(count - 1):
            other = at + self.below(count - at)
            order[at], order[other] = order[other], order[at]
        return order


def certain_units(sizes: Sequence[int], count: int) -> frozenset[int]:
    """Positions of units to take with certainty when `count` are drawn by size.

    A unit as large as the interval (total size / count) or larger is certain; then the interval is taken anew for
    the rest, until none is. All are certain when there are no more than `count`.
    """
    certain: set[int] = set()
    while True:
        rest = [at for at in range(len(sizes)) if at not in certain]
        left = count - len(certain)
        if len(rest) <= left:
            return frozenset(range(len(sizes)))
        if left == 0:
            return frozenset(certain)
        total = sum(sizes[at] for at in rest)
        large = [at for at in rest if sizes[at] * left >= total]
        if not large:
            return frozenset(certain)
        certain.update(large)


def systematic(sizes: Sequence[int], count: int, start: int) -> list[int]:
    """Every interval-th point on the line of sizes, from `start` in 0 .. sum(sizes)-1.

    The interval is sum(sizes)/count; all is multiplied by `count` to stay in whole numbers, so that over all starts
    a unit is met exactly `count * size` times: its chance is count * size / sum(sizes) without rounding.
    With sizes of 1 this is the ordinary systematic sample. The order of the units (by code, which groups
    neighbours) is an implicit stratification. Method: Madow (1949), fractional interval.
    """
    total = sum(sizes)
    met: list[int] = []
    bounds = list(accumulate(size * count for size in sizes))
    at = 0
    for draw in range(count):
        point = start + draw * total
        while bounds[at] <= point:
            at += 1
        met.append(at)
    return met


def brewer_chances(sizes: Sequence[int], count: int, taken: Sequence[int]) -> dict[int, Fraction]:
    """The exact chance of each unit at the next draw of Brewer's method, after `taken`; they add up to 1.

    Draw by draw without replacement, no rejection; over all draws a unit's chance is count * size / sum(sizes).
    Method: Brewer (1975), Australian Journal of Statistics 17, 166-172; Tillé (2006), Sampling Algorithms, 6.
    """
    total = sum(sizes)
    done = set(taken)
    rest = count * total - count * sum(sizes[at] for at in taken)  # (n - sum of taken chances) * total
    steps = count - len(taken)
    weights = {
        at: Fraction(size * (rest - count * size), rest - count * size * steps)
        for at, size in enumerate(sizes)
        if at not in done
    }
    whole = sum(weights.values())
    return {at: weight / whole for at, weight in weights.items()}


def brewer(sizes: Sequence[int], count: int, draws: Draws) -> list[int]:
    """Positions in the order drawn; see `brewer_chances`, whose steps are done here in floating point.

    Unlike the systematic draw, every pair of units can come together, so that a variance can be estimated
    without an assumption.
    """
    total = sum(sizes)
    chances = [count * size / total for size in sizes]
    taken: list[int] = []
    left = float(count)
    for step in range(count):
        open_units = [at for at in range(len(sizes)) if at not in taken]
        weights = [chances[at] * (left - chances[at]) / (left - chances[at] * (count - step)) for at in open_units]
        bounds = list(accumulate(weights))
        point = draws.share() * bounds[-1]
        chosen = next(at for at, bound in zip(open_units, bounds, strict=True) if point < bound)
        taken.append(chosen)
        left -= chances[chosen]
    return taken


def drawn(method: Method, sizes: Sequence[int], count: int, draws: Draws) -> list[int]:
    """`count` positions by `method`, in the order drawn. Every size must be below the interval."""
    if method == "pps_systematic":
        return systematic(sizes, count, draws.below(sum(sizes)))
    if method == "systematic":
        return systematic([1] * len(sizes), count, draws.below(len(sizes)))
    if method == "brewer":
        return brewer(sizes, count, draws)
    return draws.shuffled(len(sizes))[:count]


def in_reserve(method: Method, sizes: Sequence[int], count: int, draws: Draws) -> list[int]:
    """Up to `count` of the units not drawn, in the order in which they step in: by size one after another for a
    draw by size, else in random order."""
    rest = list(range(len(sizes)))
    if method not in BY_SIZE:
        return draws.shuffled(len(rest))[:count]
    order: list[int] = []
    while rest and len(order) < count:
        point = draws.below(sum(sizes[at] for at in rest))
        bounds = accumulate(sizes[at] for at in rest)
        order.append(rest.pop(next(place for place, bound in enumerate(bounds) if point < bound)))
    return order


def shared_out(total: int, claims: Mapping[str, Fraction], least: int, most: Mapping[str, int]) -> dict[str, int]:
    """`total` whole units in proportion to `claims`, each between `least` and its `most`.

    What a bound takes or leaves goes to the others in proportion; remainders go to the largest fraction first, ties
    by name (Hamilton). Where `most` is below `least`, `most` counts. ValueError when the bounds leave no solution.
    """
    low = {name: min(least, most[name]) for name in claims}
    if not sum(low.values()) <= total <= sum(most[name] for name in claims):
        raise ValueError("the bounds leave no room")
    fixed: dict[str, int] = {}
    while True:
        open_names = sorted(name for name in claims if name not in fixed)
        left = total - sum(fixed.values())
        whole = sum((claims[name] for name in open_names), Fraction(0))
        shares = {
            name: left * claims[name] / whole if whole else Fraction(left, len(open_names)) for name in open_names
        }
        under = {name: low[name] for name in open_names if shares[name] < low[name]}
        over = {name: most[name] for name in open_names if shares[name] > most[name]}
        lacking = sum((low[name] - shares[name] for name in under), Fraction(0))
        excess = sum((shares[name] - most[name] for name in over), Fraction(0))
        # The side that moves more units is fixed first: fixing both at once can overshoot.
        worst = under if lacking >= excess else over
        if not worst:
            break
        fixed.update(worst)
    floors = {name: int(share) for name, share in shares.items()}
    spare = left - sum(floors.values())
    for name in sorted(shares, key=lambda name: (floors[name] - shares[name], name))[:spare]:
        floors[name] += 1
    return {name: fixed[name] if name in fixed else floors[name] for name in claims}
