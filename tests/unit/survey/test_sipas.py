"""The satisfaction index: formulas on published figures, weights, empty units, the nation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from parindex.language import Text, half_up
from parindex.problems import Problems
from parindex.survey.questionnaire import Questionnaire
from parindex.survey.questionnaire_reading import read_questionnaire
from parindex.survey.sipas import combine, index_rows, index_weights, mean_of_units, scores

EXAMPLE = Path(__file__).parents[3] / "examples" / "questionnaires" / "sipas-2023" / "questionnaire.yaml"


@pytest.fixture(scope="module")
def sipas() -> Questionnaire:
    found = read_questionnaire(EXAMPLE.read_bytes(), "questionnaire.yaml", Problems())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("formula", "percent"),
    [("satisfaction_share", "81.00"), ("mean_rescaled", "79.40"), ("mean_rescaled_zero", "74.25")],
)
def test_two_hundred_answers_under_each_formula(sipas, formula, percent):
    """200 answers on the steps 1 to 5: 2, 6, 30, 120, 42."""
    worth = scores(formula, sipas.scales["likert_5"])
    answers = {"1": 2, "2": 6, "3": 30, "4": 120, "5": 42}
    assert str(half_up(sum(worth[code] * n for code, n in answers.items()) / 200, 2)) == percent


def test_answers_that_do_not_count_are_worth_nothing_at_all(sipas):
    assert set(scores("mean_rescaled", sipas.scales["likert_5"])) == {"1", "2", "3", "4", "5"}


@pytest.mark.parametrize("rule", ["pooled_answers", "mean_of_items"])
def test_weights_add_up_exactly(sipas, rule):
    composites = index_weights(sipas, factor_rule=rule)
    assert [each.code for each in composites] == (
        ["A1", "A2", "A3", "A4", "A", "B1", "B2", "B3", "B4", "B5", "B", "SIPAS"]
    )
    for each in composites:
        assert sum(each.weights.values()) == 1
        assert sum(term.weight for term in each.terms) == 1


def test_the_index_is_the_weighted_sum_of_its_factors(sipas):
    by_code = {each.code: each for each in index_weights(sipas)}
    index = by_code["SIPAS"]
    assert index.weights["B1.1"] == Fraction(1, 10) / 4
    assert index.weights["A3.1"] == Fraction(1, 8)
    assert by_code["B"].weights["B2.5"] == Fraction(1, 5) / 5
    (term,) = by_code["A3"].terms
    assert term.columns == tuple(f"A3.1_P{at}" for at in range(1, 10)), "all policy groups are pooled"
    assert len(index.terms) == 9
    assert len({each.code: each for each in index_weights(sipas, factor_rule="mean_of_items")}["B"].terms) == 22


def test_an_item_asked_more_often_weighs_more_in_a_pool(sipas):
    from dataclasses import replace

    sections = tuple(
        replace(each, items=tuple(replace(item, factor="B1") if item.code == "A1.1" else item for item in each.items))
        for each in sipas.sections
    )
    weights = {each.code: each for each in index_weights(replace(sipas, sections=sections))}["B1"].weights
    assert weights["A1.1"] == Fraction(3, 7), "asked about three policy groups, the four others once"


def test_combine_keeps_the_covariance(sipas):
    composite = {each.code: each for each in index_weights(sipas)}["A"]
    covariance = [[4.0 if row == column else 1.0 for column in range(4)] for row in range(4)]
    value, se = combine(composite, [80.0, 60.0, 70.0, 90.0], covariance)
    assert value == pytest.approx(75.0)
    assert se == pytest.approx(math.sqrt((4 * 4 + 12 * 1) / 16))
    assert combine(composite, [80.0, None, 70.0, 90.0], covariance) is None, "a factor without answers is not left out"


@dataclass(frozen=True)
class Figure:
    value: float | None
    se: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: int = 0
    deff: float | None = None
    df: float | None = None
    reason: Text | None = None


def interval(value: float, se: float, df: float) -> tuple[float, float]:
    return value - 2 * se, value + 2 * se


def test_a_unit_without_answers_is_empty_with_the_reason_and_never_dropped(sipas):
    figures = {
        "P1": Figure(80.0, 1.0, 78.0, 82.0, 580, 1.6, 4),
        "P2": Figure(None, n=3, reason=Text("Lý do", "Reason")),
    }
    composites = index_weights(sipas)
    units = ("P1", "P2", "P3")
    rows = index_rows(composites, units, lambda unit, _: figures.get(unit), formula="satisfaction_share")
    assert [(row.unit, row.code) for row in rows] == [(unit, each.code) for unit in units for each in composites]
    empty = [row for row in rows if row.unit != "P1"]
    assert all(row.value is None and row.se is None and row.reason is not None for row in empty)
    assert {row.reason.en for row in empty} == {"Reason", "There is no valid answer."}
    assert {row.formula for row in rows} == {"satisfaction_share"}


def test_the_nation_is_the_mean_of_units_and_names_those_without(sipas):
    figures = {"P1": Figure(80.0, 3.0, n=500, df=4), "P2": Figure(70.0, 4.0, n=600, df=4)}
    index = [each for each in index_weights(sipas) if each.level == "index"]
    rows = index_rows(index, ("P1", "P2", "P3"), lambda unit, _: figures.get(unit), formula="mean_rescaled")
    (nation,) = mean_of_units("VN", rows, interval)
    assert nation.value == 75.0
    assert nation.se == pytest.approx(2.5)
    assert nation.df == pytest.approx(25**2 / (81 / 4 + 256 / 4))
    assert (nation.lower, nation.upper) == pytest.approx((70.0, 80.0))
    assert nation.n == 1100
    assert nation.note.en == "Simple mean of 2 of 3 units; without figures: P3."
    (nothing,) = mean_of_units("VN", [row for row in rows if row.unit == "P3"], interval)
    assert nothing.value is None and nothing.reason is not None
