"""Invented results of a survey of officials: estimates in percent that earn exactly the points they should."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from parindex.language import Text, half_up

PERCENT_DECIMALS = 4
_STRAY = 0.025  # standard deviation of the questions of one unit around its mean
_SPREAD_OF_ONE = 25.0  # standard deviation of one answer on a scale of 100, about what five steps allow


class EstimateRow(NamedTuple):
    """One row of estimates.csv."""

    unit: str
    node: str
    value: Decimal
    se: Decimal | None
    n: int | None
    method: str
    basis: str
    source: str


ESTIMATE_COLUMNS = EstimateRow._fields

OFFICIALS_METHOD = Text(
    "mô phỏng: trung bình trọng số phiếu điện tử lãnh đạo, quản lý", "simulated: mean weight of e-forms of officials"
)
SIMULATED_SOURCE = "mô phỏng / simulated"


def points_shared_out(
    total: Decimal,
    maxima: Mapping[str, Decimal],
    chance: random.Random,
    *,
    decimals: int,
    low: float,
    high: float,
) -> Mapping[str, Decimal]:
    """Points of every question, adding up to `total` exactly, each a share of its maximum from `low` to `high`.

    `decimals` are those of the points. Raises ValueError when no sharing out is possible.
    """
    unit = Decimal(1).scaleb(-decimals)
    wanted = int((total / unit).to_integral_value())
    most = {code: int(Decimal(repr(high)) * maximum / unit) for code, maximum in maxima.items()}
    least = {code: int(Decimal(repr(low)) * maximum / unit) + 1 for code, maximum in maxima.items()}
    if not sum(least.values()) <= wanted <= sum(most.values()):
        raise ValueError(f"{total} points cannot be shared out over {sum(maxima.values())}")
    mean = wanted / sum(int(maximum / unit) for maximum in maxima.values())
    shared = {
        code: min(max(round((mean + chance.gauss(0, _STRAY)) * int(maximum / unit)), least[code]), most[code])
        for code, maximum in maxima.items()
    }
    codes = list(maxima)
    while (gap := wanted - sum(shared.values())) != 0:
        open_ = [code for code in codes if (shared[code] < most[code] if gap > 0 else shared[code] > least[code])]
        chance.shuffle(open_)
        each = max(1, abs(gap) // len(open_))
        for code in open_:
            move = min(each, abs(gap), most[code] - shared[code] if gap > 0 else shared[code] - least[code])
            shared[code] += move if gap > 0 else -move
            gap += -move if gap > 0 else move
            if gap == 0:
                break
    return {code: shared[code] * unit for code in codes}


def estimate_of(points: Decimal, maximum: Decimal, chance: random.Random, *, decimals: int) -> Decimal:
    """An estimate in percent, with up to four decimals, that earns exactly these points once they are rounded."""
    # Anywhere within half a unit of the last stored digit the points are the same; a survey's means are not even.
    room = Decimal(50).scaleb(-decimals) / maximum
    exact = points * 100 / maximum
    value = half_up(exact + room * Decimal(repr(round(chance.uniform(-0.8, 0.8), 6))), PERCENT_DECIMALS)
    if half_up(maximum * value / 100, decimals) != points:
        value = half_up(exact, PERCENT_DECIMALS)
    return min(value, Decimal(100)).normalize()


def rows_of_officials(
    unit: str,
    points: Mapping[str, Decimal],
    maxima: Mapping[str, Decimal],
    chance: random.Random,
    *,
    decimals: int,
    forms: int,
    method: Text,
    order: Sequence[str],
) -> list[EstimateRow]:
    """Estimates with standard errors. A few of the `forms` lack an answer to each question."""
    rows = []
    for code in order:
        answers = round(forms * chance.uniform(0.94, 0.995))
        spread = _SPREAD_OF_ONE * chance.uniform(0.85, 1.15)
        rows.append(
            EstimateRow(
                unit,
                code,
                estimate_of(points[code], maxima[code], chance, decimals=decimals),
                half_up(Decimal(repr(spread / answers**0.5)), 3),
                answers,
                method.both(),
                "simulated",
                SIMULATED_SOURCE,
            )
        )
    return rows
