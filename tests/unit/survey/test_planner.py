"""The planner: what a sample buys, and what few primary sampling units cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import inf, sqrt

import pytest

from parindex.language import Text, same
from parindex.survey.planner import (
    PLAN,
    Choice,
    ClusterLevel,
    compared,
    curve,
    enough,
    enough_people,
    growth,
    margin,
    plan_row,
    share_spread,
)
from parindex.survey.student import quantile, upper_tail

# Three districts, two communes in each, three villages in each, about 32 people: 576 a province.
DISTRICTS = Choice(
    "district",
    Text("quận, huyện là đơn vị sơ cấp", "districts first"),
    (
        ClusterLevel(same("district"), 3, 0.01, 900),
        ClusterLevel(same("commune"), 2, 0.01, 300),
        ClusterLevel(same("village"), 3, 0.02, 100),
    ),
    people=32,
    cost_per_interview=10,
    response=0.96,
)
# Six communes drawn at once: what lay between districts now lies between communes.
COMMUNES = replace(
    DISTRICTS,
    code="commune",
    name=Text("xã, phường là đơn vị sơ cấp", "communes first"),
    levels=(ClusterLevel(same("commune"), 6, 0.02, 700), ClusterLevel(same("village"), 3, 0.02, 100)),
)
SPREAD = share_spread(0.83)


def test_the_reference_figure() -> None:
    assert round(100 * margin(SPREAD, 580), 1) == 3.1


@pytest.mark.parametrize(
    ("confidence", "df", "expected"),
    [  # R: qt((1 + confidence) / 2, df)
        (0.95, 1, 12.7062047361746941),
        (0.95, 2, 4.3026527297494619),
        (0.95, 5, 2.5705818356363137),
        (0.95, 31, 2.0395134463964082),
        (0.95, 126, 1.9789706019906144),
        (0.90, 10, 1.8124611228116756),
        (0.99, 3, 5.8409093097333544),
        (0.95, 1000, 1.9623390808264076),
        (0.95, inf, 1.959963984540054),
    ],
)
def test_t_quantiles(confidence: float, df: float, expected: float) -> None:
    assert quantile((1 + confidence) / 2, df) == pytest.approx(expected, rel=1e-12)
    assert 1 - 2 * upper_tail(expected, df) == pytest.approx(confidence, abs=1e-13)


def test_one_level_is_the_formula_of_kish() -> None:
    choice = Choice("x", same("x"), (ClusterLevel(same("psu"), 10, 0.05),), people=20, weight_cv=0.3)
    assert choice.clustering == pytest.approx(1 + 19 * 0.05)
    assert choice.design_effect == pytest.approx((1 + 19 * 0.05) * 1.09)


def test_nested_levels_add_up() -> None:
    # Var(mean) = s1/D + s2/(Dc) + s3/(Dcv) + s4/(Dcvm), over the variance of a simple random sample 1/(Dcvm).
    variance = 0.01 / 3 + 0.01 / 6 + 0.02 / 18 + 0.96 / 576
    assert DISTRICTS.design_effect == pytest.approx(variance * 576)


def test_few_degrees_of_freedom_cost_more_than_the_design_effect() -> None:
    rows = compared((DISTRICTS, COMMUNES), SPREAD)
    districts, communes = rows
    assert (districts.interviews, communes.interviews) == (576, 576)
    assert (districts.df, communes.df) == (2, 5)
    assert districts.multiplier == Decimal("4.303") and communes.multiplier == Decimal("2.571")
    assert districts.df_cost == Decimal("119.5") and communes.df_cost == Decimal("31.2")
    assert districts.margin is not None and communes.margin is not None
    assert districts.margin / districts.margin_many_psus == pytest.approx(Decimal("2.195"), abs=Decimal("0.003"))
    assert districts.margin > communes.margin
    assert districts.national_interviews == 36288
    assert districts.issued == 18 * 34
    assert districts.cost == 3 * 900 + 6 * 300 + 18 * 100 + 5760
    assert PLAN.csv_bytes(rows).count(b"\n") == 3


def test_the_nation_has_the_degrees_of_freedom_of_all_provinces() -> None:
    row = plan_row(DISTRICTS, SPREAD)
    expected = quantile(0.975, 126) * SPREAD * sqrt(DISTRICTS.design_effect / 36288)
    assert row.national_margin == Decimal(f"{100 * expected:.2f}")
    uneven = plan_row(DISTRICTS, SPREAD, populations=[9_000_000] + [1_000_000] * 62)
    assert uneven.national_margin is not None and row.national_margin is not None
    assert uneven.national_margin > row.national_margin


def test_one_psu_a_stratum_has_no_interval() -> None:
    row = plan_row(replace(DISTRICTS, psu_strata=3), SPREAD)
    assert (row.df, row.multiplier, row.margin, row.national_margin) == (0, None, None, None)


def test_a_certain_unit_is_a_stratum_of_the_units_in_it() -> None:
    # Two of three districts are drawn: 1 degree of freedom; the two communes of the capital give another.
    assert replace(DISTRICTS, certain=1).degrees_of_freedom == 2
    # Without a level below, the people of the certain unit are its primary units.
    alone = replace(COMMUNES, levels=COMMUNES.levels[:1], certain=2)
    assert alone.degrees_of_freedom == 6 - 2 - 1 + 2 * 31
    with pytest.raises(ValueError):
        replace(DISTRICTS, certain=3)


def test_growth_is_the_plan_with_more_units() -> None:
    points = growth(COMMUNES, SPREAD, psus=(1, 3, 12))
    assert [point.psus for point in points] == [3, 12]
    assert [point.national_interviews for point in points] == [3 * 96 * 63, 12 * 96 * 63]
    assert (
        points[1].margin
        == plan_row(
            replace(COMMUNES, levels=(replace(COMMUNES.levels[0], count=12), COMMUNES.levels[1])), SPREAD
        ).margin
    )


def test_enough_psus_for_a_target() -> None:
    found = enough(COMMUNES, SPREAD, 0.04)
    assert found is not None
    assert plan_row(found, SPREAD).margin <= 4  # type: ignore[operator]
    fewer = replace(found, levels=(replace(found.levels[0], count=found.psus - 1), *found.levels[1:]))
    assert plan_row(fewer, SPREAD).margin > 4  # type: ignore[operator]
    assert enough(COMMUNES, SPREAD, 0.0001) is None


def test_more_neighbours_do_not_replace_more_places() -> None:
    assert enough_people(DISTRICTS, SPREAD, 0.04) is None
    found = enough_people(COMMUNES, SPREAD, 0.08)
    assert found is not None and found.people < COMMUNES.people
    assert enough_people(replace(DISTRICTS, psu_strata=3), SPREAD, 0.5) is None


def test_the_curve_spreads_the_same_work_over_more_places() -> None:
    points = curve(COMMUNES, SPREAD, psus=(1, 2, 3, 6, 12))
    assert [point.psus for point in points] == [2, 3, 6, 12]
    margins = [point.margin for point in points]
    assert margins == sorted(margins, reverse=True)
    assert all(abs(point.interviews - 576) < 40 for point in points)


def test_choices_that_make_no_sense() -> None:
    for wrong in ({"people": 0}, {"response": 0.0}, {"psu_strata": 4}, {"levels": ()}):
        with pytest.raises(ValueError):
            replace(DISTRICTS, **wrong)
