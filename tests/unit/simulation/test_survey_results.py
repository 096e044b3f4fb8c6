"""Survey results: points are shared out to the last digit, and estimates earn exactly those points."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from parindex.language import half_up
from parindex.simulation.survey_results import OFFICIALS_METHOD, estimate_of, points_shared_out, rows_of_officials

MAXIMA = {"a": Decimal(1), "b": Decimal("1.5"), "c": Decimal("0.5"), "d": Decimal(1), "e": Decimal(2)}


@pytest.mark.parametrize("seed", range(30))
def test_shares_add_up_exactly_and_stay_within(seed: int) -> None:
    chance = random.Random(seed)
    total = half_up(Decimal(repr(chance.uniform(3.7, 5.8))), 4)
    shared = points_shared_out(total, MAXIMA, chance, decimals=4, low=0.6, high=0.99)
    assert sum(shared.values()) == total
    for code, points in shared.items():
        assert Decimal("0.6") * MAXIMA[code] <= points <= Decimal("0.99") * MAXIMA[code]


@pytest.mark.parametrize("total", ["3.5", "5.99"])
def test_what_cannot_be_shared_out_is_refused(total: str) -> None:
    with pytest.raises(ValueError):
        points_shared_out(Decimal(total), MAXIMA, random.Random(1), decimals=4, low=0.6, high=0.99)


@pytest.mark.parametrize("maximum", ["0.5", "1", "1.5", "3", "10"])
def test_an_estimate_earns_its_points(maximum: str) -> None:
    chance = random.Random(8)
    for _ in range(400):
        points = half_up(Decimal(repr(chance.uniform(0.5, 0.99))) * Decimal(maximum), 4)
        value = estimate_of(points, Decimal(maximum), chance, decimals=4)
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int) and exponent >= -4
        assert half_up(Decimal(maximum) * value / 100, 4) == points


def test_rows_carry_error_answers_and_the_label() -> None:
    points = {code: maximum * Decimal("0.8") for code, maximum in MAXIMA.items()}
    rows = rows_of_officials(
        "U1",
        points,
        MAXIMA,
        random.Random(2),
        decimals=4,
        forms=780,
        method=OFFICIALS_METHOD,
        order=list(MAXIMA),
    )
    for row in rows:
        assert row.n is not None and 700 < row.n < 780
        assert row.se is not None and Decimal("0.6") < row.se < Decimal("1.2")
        assert row.basis == "simulated" and "mô phỏng" in row.method and "simulated" in row.method
