"""Estimates in small: what is empty and why, what an interval is, what a textbook says."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from parindex.engines.reference import cells_of_records
from parindex.problems import ProblemsFound
from parindex.survey.cells import Cells
from parindex.survey.compare import domain_differences, independent_difference
from parindex.survey.design import Calibration, SurveyDesign, choice_item, number_item, scale_item
from parindex.survey.estimands import Composite, Count, Estimand, Mean, Pooled, Ratio, Share, Total
from parindex.survey.estimate import Estimate, Options, estimates, published
from parindex.survey.replicates import bootstrap, jackknife, replicate_estimates, replicate_values

DESIGN = SurveyDesign(
    name="small",
    psu="psu",
    weight="weight",
    stratum="stratum",
    items=(
        scale_item("q1", "q1", 1, 5, (4, 5)),
        scale_item("q2", "q2", 1, 5, (4, 5)),
        choice_item("office", "office", ("a", "b")),
        number_item("visits", "visits"),
    ),
    domains=("province",),
)


def table(text: str) -> list[dict[str, str]]:
    header, *rows = [line.split() for line in text.strip().splitlines()]
    return [{name: "" if cell == "." else cell for name, cell in zip(header, row, strict=True)} for row in rows]


ANSWERS = table(
    """
    stratum psu weight province q1 q2 office visits
    A       1   10     T1       4  5  a      1
    A       1   12     T1       5  .  b      0
    A       2   11     T1       2  3  a      2
    A       3   9      T1       3  4  .      1
    B       4   20     T2       4  4  b      3
    B       4   22     T2       .  2  b      1
    B       5   18     T2       1  1  a      .
    C       6   30     T3       .  5  a      1
    C       7   30     T3       .  4  b      2
    D       8   5      T4       4  4  a      1
    """
)


def cells_of(**changes: object) -> Cells:
    return cells_of_records(replace(DESIGN, **changes), ANSWERS)  # type: ignore[arg-type]


def one(cells: Cells, estimand: Estimand, domain: str | None = None, options: Options | None = None) -> Estimate:
    by, domains = ((), [()]) if domain is None else (("province",), [(domain,)])
    (row,) = estimates(cells, [estimand], by=by, domains=domains, options=options or Options())
    return row


def test_a_mean_by_hand() -> None:
    row = one(cells_of(), Mean("q1"), "T1")
    mean = (10 * 4 + 12 * 5 + 11 * 2 + 9 * 3) / 42
    z = np.array([10 * (4 - mean) + 12 * (5 - mean), 11 * (2 - mean), 9 * (3 - mean)]) / 42
    assert row.value == pytest.approx(mean, rel=1e-15)
    assert row.se == pytest.approx(math.sqrt(3 / 2 * ((z - z.mean()) ** 2).sum()), rel=1e-14)
    assert (row.n, row.df, row.measure, row.domain) == (4, 2, "mean", ("T1",))


def test_cluster_sample_of_a_textbook() -> None:
    # Lohr, Sampling: Design and Analysis, example 5.2: grade points of all 4 students in 5 of 100 suites.
    suites = (
        (308, 260, 344, 304),
        (236, 304, 328, 268),
        (200, 256, 252, 188),
        (300, 288, 344, 364),
        (268, 192, 328, 320),
    )
    design = SurveyDesign(
        "suites", "suite", "weight", (number_item("points", "points", decimals=2),), psu_population="suites"
    )
    rows = [
        {"suite": at, "weight": 20, "suites": 100, "points": points / 100}
        for at, suite in enumerate(suites)
        for points in suite
    ]
    mean, total = estimates(cells_of_records(design, rows), [Mean("points"), Total("points")])
    assert total.value == pytest.approx(1130.4)
    assert (round(mean.value or 0, 3), round(mean.se or 0, 3), mean.df) == (2.826, 0.164, 4)
    # s² of the suite totals is 2.256, so that SE = 1/4 √(0.95 × 2.256/5).
    assert mean.se == pytest.approx(math.sqrt(0.95 * 2.256 / 5) / 4, rel=1e-3)


def test_who_did_not_answer_one_question_still_answers_the_others() -> None:
    first, second = estimates(cells_of(lonely_psu="remove"), [Mean("q1"), Mean("q2")])
    assert (first.n, second.n) == (7, 9)


def test_an_empty_domain_is_empty_with_its_reason_and_never_nothing() -> None:
    cells = cells_of(lonely_psu="remove")
    rows = estimates(cells, [Mean("q1"), Total("q1")], by=("province",), domains=[("T3",), ("T9",), ("T1",)])
    assert [row.domain for row in rows] == [("T3",)] * 2 + [("T9",)] * 2 + [("T1",)] * 2
    for row in rows[:4]:
        assert (row.value, row.se, row.lower, row.upper, row.n, row.deff) == (None, None, None, None, 0, None)
    assert [row.reason.vi if row.reason else "" for row in rows] == [
        "không có trả lời hợp lệ",
        "không có trả lời hợp lệ",
        "không có phiếu nào trong nhóm này",
        "không có phiếu nào trong nhóm này",
        "",
        "",
    ]
    named = estimates(cells, [Mean("q1")], by=("province",))
    assert [row.domain for row in named] == [("T1",), ("T2",), ("T3",), ("T4",)]


def test_a_composite_without_one_of_its_items_is_empty() -> None:
    cells = cells_of(lonely_psu="remove")
    index = Composite("index", ((Mean("q1"), 0.5), (Mean("q2"), 0.5)))
    assert one(cells, index, "T3").reason is not None
    assert one(cells, Mean("q2"), "T3").value == pytest.approx(4.5)
    row = one(cells, index, "T1")
    assert row.value == pytest.approx(sum((one(cells, Mean(q), "T1").value or 0) / 2 for q in ("q1", "q2")))
    assert row.n == 3


def test_a_stratum_with_one_unit_is_said_by_name_under_the_rule_fail() -> None:
    cells = cells_of(lonely_psu="fail")
    row = one(cells, Mean("q1"))
    assert row.value is None
    assert row.reason is not None
    assert '"D"' in row.reason.en
    assert one(cells, Mean("q1"), "T1").se is not None
    with pytest.raises(ProblemsFound, match='"D" has only one sampled unit'):
        jackknife(cells)


def test_rules_for_strata_with_one_unit_differ_as_they_should() -> None:
    se = {
        rule: one(cells_of(lonely_psu=rule), Mean("q1")).se or 0
        for rule in ("remove", "certainty", "adjust", "average")
    }
    assert se["remove"] == se["certainty"] < se["adjust"]
    # Nobody of stratum C answered q1: the average is over A, B and D, of which two have an error.
    assert se["average"] == pytest.approx(se["remove"] * math.sqrt(3 / 2), rel=1e-14)


def test_without_degrees_of_freedom_there_is_an_error_but_no_interval() -> None:
    row = one(cells_of(lonely_psu="remove"), Mean("q1"), "T4")
    assert (row.value, row.se, row.lower, row.df) == (4, 0, None, 0)
    assert row.reason is not None
    assert one(cells_of(lonely_psu="remove"), Mean("q1"), "T4", Options(freedom="design")).lower == 4


def test_a_logit_interval_stays_between_0_and_1() -> None:
    cells = cells_of(lonely_psu="remove")
    plain = one(cells, Share("q1"), "T1")
    logit = one(cells, Share("q1"), "T1", Options(interval="logit"))
    assert plain.lower is not None and plain.lower < 0
    assert logit.lower is not None and logit.upper is not None
    assert 0 < logit.lower < (logit.value or 0) < logit.upper < 1
    assert one(cells, Mean("q1"), "T1", Options(interval="logit")).method == "mean, taylor, t 95%"


def test_shares_of_all_codes_add_up_and_their_errors_agree() -> None:
    cells = cells_of(lonely_psu="remove")
    a, b = estimates(cells, [Share("office", ("a",)), Share("office", ("b",))])
    assert (a.value or 0) + (b.value or 0) == pytest.approx(1)
    assert a.se == pytest.approx(b.se)
    count = one(cells, Count("office", ("a", "b")))
    assert count.value == pytest.approx(158)


@pytest.mark.parametrize(
    "wrong",
    [Mean("office"), Share("visits"), Share("office"), Share("q1", ("9",)), Pooled("p", ("q1",), (("1", 0.0),))],
)
def test_what_has_no_meaning_is_refused(wrong: Estimand) -> None:
    with pytest.raises(ValueError):
        estimates(cells_of(), [wrong])


@pytest.mark.parametrize("unknown", [Mean("q9"), Ratio("r")])
def test_unknown_items_and_columns_are_refused(unknown: Estimand) -> None:
    with pytest.raises(KeyError):
        estimates(cells_of(), [unknown])
    with pytest.raises(KeyError):
        estimates(cells_of(), [Mean("q1")], by=("sex",))


def test_pooled_answers_are_one_mean() -> None:
    scores = tuple((str(step), 20.0 * step) for step in range(1, 6))
    cells = cells_of(lonely_psu="remove")
    single = one(cells, Pooled("q1", ("q1",), scores), "T1")
    plain = one(cells, Mean("q1"), "T1")
    assert single.value == pytest.approx(20 * (plain.value or 0))
    assert single.se == pytest.approx(20 * (plain.se or 0))
    assert single.deff == pytest.approx(plain.deff)
    both = one(cells, Pooled("both", ("q1", "q2"), scores), "T1")
    assert both.value == pytest.approx(20 * (10 * 9 + 12 * 5 + 11 * 5 + 9 * 7) / (42 + 30))
    assert (both.deff, both.n) == (None, 4)
    assert both.se is not None and both.se > 0


def test_a_total_that_was_calibrated_to_has_no_error() -> None:
    rows = [dict(row, sex="nam" if at % 3 else "nữ") for at, row in enumerate(ANSWERS)]
    items = (*DESIGN.items, choice_item("gender", "sex", ("nam", "nữ")))
    design = replace(DESIGN, items=items, calibration=Calibration(("sex",)), lonely_psu="remove")
    plain = replace(design, calibration=None)
    known, mean = estimates(cells_of_records(design, rows), [Count("gender", ("nam",)), Mean("q1")])
    assert known.se == pytest.approx(0, abs=1e-12)
    free, free_mean = estimates(cells_of_records(plain, rows), [Count("gender", ("nam",)), Mean("q1")])
    assert (free.se or 0) > 1
    assert mean.value == free_mean.value
    assert mean.se != pytest.approx(free_mean.se)


def test_differences_within_a_sample_and_between_two() -> None:
    cells = cells_of(lonely_psu="remove")
    (row,) = domain_differences(cells, [Mean("q2")], [({"province": "T1"}, {"province": "T2"})])
    first, second = (one(cells, Mean("q2"), name) for name in ("T1", "T2"))
    assert row.value == pytest.approx((first.value or 0) - (second.value or 0))
    # The provinces share no stratum, so that their errors are independent.
    assert row.se == pytest.approx(math.hypot(first.se or 0, second.se or 0))
    assert (row.df, row.n_first, row.n_second) == (3, 3, 3)
    assert row.t == pytest.approx((row.value or 0) / (row.se or 1))
    apart = independent_difference(first, second)
    assert apart.se == pytest.approx(row.se)
    assert 1 < apart.df < 3
    assert apart.p is not None and 0 < apart.p < 1
    (same,) = domain_differences(cells, [Mean("q2")], [({}, {})])
    assert (same.value, same.se, same.t, same.p) == (0, 0, None, None)
    (empty,) = domain_differences(cells, [Mean("q2")], [({"province": "T1"}, {"province": "T9"})])
    assert empty.value is None and empty.reason is not None
    nothing = independent_difference(first, one(cells, Mean("q1"), "T3"))
    assert nothing.value is None and nothing.reason is not None and "valid answer" in nothing.reason.en


def test_replicates_without_a_domain_are_passed_over() -> None:
    cells = cells_of(lonely_psu="remove")
    (linear,) = estimates(cells, [Mean("q2")], by=("province",), domains=[("T1",)])
    (jack,) = replicate_estimates(cells, [Mean("q2")], jackknife(cells), by=("province",), domains=[("T1",)])
    assert jack.value == linear.value
    assert jack.se == pytest.approx(linear.se, rel=0.5)
    assert jack.method == "mean, jkn, t 95%"


def test_the_bootstrap_is_repeatable_and_near_the_linearised_error() -> None:
    random = np.random.Generator(np.random.PCG64(11))
    rows = [
        {
            "stratum": f"S{at % 8}",
            "psu": at % 80,
            "weight": 1 + at % 5,
            "province": "T",
            "q1": int(random.integers(1, 6)),
        }
        | {"q2": "", "office": "", "visits": ""}
        for at in range(1600)
    ]
    cells = cells_of_records(DESIGN, rows)
    (linear,) = estimates(cells, [Mean("q1")])
    draws = [bootstrap(cells, 2000, np.random.Generator(np.random.PCG64(3))) for _ in range(2)]
    assert np.array_equal(draws[0].factors, draws[1].factors)
    assert draws[0].factors.mean() == pytest.approx(1, abs=0.01)
    (row,) = replicate_estimates(cells, [Mean("q1")], draws[0])
    assert row.se == pytest.approx(linear.se, rel=0.06)
    names, values = replicate_values(cells, [Mean("q1")], draws[0])
    assert (names, values.shape) == (((),), (2000, 1, 1))


def test_published_figures_have_ten_digits() -> None:
    assert published(0.1 + 0.2) == Decimal("0.3")
    assert published(1234567.890123) == Decimal("1234567.89")
    assert published(2 / 3 * 1e-7) == Decimal("0.00000006666666667")
    assert published(12345678901234.0) == Decimal("12345678900000")
    assert published(None) is None
