"""Weights that meet known totals, held against R's survey package; see oracle/calibration.R."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from parindex.problems import Problems
from parindex.sources import Place
from parindex.survey.calibration import (
    Floats,
    Margins,
    MarginsOfRecords,
    Totals,
    check_converged,
    check_totals,
    in_millionths,
    margins_of,
    poststratified,
    raked,
    read_totals,
    scale_within,
    trimmed,
)

ORACLE = Path(__file__).parent / "oracle"
TOTALS = """margin,category,total
sex,f,5250
sex,m,4750
age,18-34,3900
age,35-59,4300
age,60+,1800
province,P01,6400
province,P02,3600
province*sex,P01*f,3300
province*sex,P02*f,1950
province*sex,P01*m,3100
province*sex,P02*m,1650
"""
RAKING = ("sex", "age", "province")


def rows(name: str) -> list[dict[str, str]]:
    with (ORACLE / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def weights() -> Floats:
    return np.array([float(row["weight"]) for row in rows("calibration_records.csv")])


@pytest.fixture(scope="module")
def expected() -> dict[str, Floats]:
    table = rows("calibration_expected.csv")
    return {name: np.array([float(row[name]) for row in table]) for name in table[0] if name != "record"}


def totals(text: str = TOTALS) -> Totals:
    problems = Problems()
    found = read_totals(text.encode(), "totals.csv", problems)
    assert not len(problems)
    return found


def matched(wanted: tuple[str, ...], problems: Problems | None = None, text: str = TOTALS) -> MarginsOfRecords:
    table = rows("calibration_records.csv")
    columns = {name: [row[name] for row in table] for name in ("sex", "age", "province")}
    given = Problems() if problems is None else problems
    return margins_of([row["record"] for row in table], columns, totals(text), wanted, given)


def margins(*wanted: str) -> Margins:
    found = matched(wanted)
    assert found.margins is not None and not found.set_aside
    return found.margins


# --- against R -------------------------------------------------------------------------------------------------------


def test_post_stratification(weights: Floats, expected: dict[str, Floats]) -> None:
    result = poststratified(weights, margins("province*sex").margins[0])
    assert result.rounds == 1 and result.converged
    assert result.weights == pytest.approx(expected["post"], rel=1e-13)


def test_raking(weights: Floats, expected: dict[str, Floats]) -> None:
    result = raked(weights, margins(*RAKING), tolerance=1e-14)
    assert result.converged and result.at_bounds == 0
    assert result.weights == pytest.approx(expected["rake"], rel=1e-12)
    # Raking to its end is calibration with exponential factors.
    assert result.weights == pytest.approx(expected["exponential"], rel=1e-12)


def test_raking_within_bounds(weights: Floats, expected: dict[str, Floats]) -> None:
    result = raked(weights, margins(*RAKING), bounds=(0.6, 1.5), tolerance=1e-14)
    assert result.converged
    assert result.factors.min() == 0.6 and result.factors.max() == 1.5
    assert result.weights == pytest.approx(expected["bounded"], rel=1e-11)
    assert 0 < result.at_bounds < 90


def test_trimming(weights: Floats, expected: dict[str, Floats]) -> None:
    high = trimmed(weights, -np.inf, 170, spread="equally")
    assert high.weights == pytest.approx(expected["cut_high"], rel=1e-12)
    low = trimmed(weights, 60, np.inf, spread="equally")
    assert low.weights == pytest.approx(expected["cut_low"], rel=1e-12)
    # Cut on both sides R's end depends on the order of its rounds; here it is the one shift that keeps the sum.
    both = trimmed(weights, 60, 170, spread="equally")
    assert both.complete and both.weights.sum() == pytest.approx(weights.sum(), rel=1e-14)
    inside = (both.weights > 60) & (both.weights < 170)
    shift = (both.weights - weights)[inside]
    assert shift == pytest.approx(shift[0], rel=1e-11)
    assert both.weights == pytest.approx(np.clip(weights + shift[0], 60, 170), rel=1e-13)


# --- what calibration does -------------------------------------------------------------------------------------------


def test_all_totals_are_met_and_the_same_bytes_come_again(weights: Floats) -> None:
    three = margins(*RAKING)
    result = raked(weights, three)
    for margin in three.margins:
        assert margin.sums(result.weights) == pytest.approx(margin.totals, rel=1e-11)
    assert raked(weights, three).weights.tobytes() == result.weights.tobytes()
    assert result.largest_deviation <= 1e-12 and result.rounds > 1


def test_weights_that_already_meet_the_totals_stay(weights: Floats) -> None:
    three = margins(*RAKING)
    done = raked(weights, three, tolerance=1e-13).weights
    again = raked(done, three)
    assert again.rounds == 0 and (again.factors == 1).all()


def test_bounds_too_narrow_are_reported_with_the_worst_category(weights: Floats) -> None:
    problems = Problems()
    result = raked(weights, margins(*RAKING), bounds=(0.9, 1.1))
    assert not result.converged and result.largest_deviation > 0.01
    assert np.isfinite(result.weights).all()
    check_converged(result, problems, Place("totals.csv"))
    (problem,) = problems
    assert problem.code == "RAKING-NOT-CONVERGED" and result.worst[1] in problem.words("vi")
    check_converged(raked(weights, margins(*RAKING)), problems, Place("totals.csv"))
    assert len(problems) == 1


def test_unbounded_raking_that_cannot_converge() -> None:
    # No man is old: the old are women, but the totals want fewer women than old people.
    found = margins_of(
        ["a", "b", "c"],
        {"sex": ["f", "f", "m"], "age": ["old", "young", "young"]},
        {"sex": {"f": Decimal(40), "m": Decimal(60)}, "age": {"old": Decimal(50), "young": Decimal(50)}},
        ("sex", "age"),
        Problems(),
    )
    assert found.margins is not None
    result = raked(np.ones(3), found.margins)
    assert not result.converged and np.isfinite(result.weights).all() and result.largest_deviation > 0.01


@pytest.mark.parametrize("bad", [[], [1.0, 0.0], [1.0, -1.0], [1.0, np.nan], [1.0, np.inf]])
def test_weights_that_cannot_be_calibrated(bad: list[float]) -> None:
    with pytest.raises(ValueError):
        raked(np.array(bad), margins("sex"))


def test_bounds_must_hold_one() -> None:
    with pytest.raises(ValueError):
        raked(np.ones(90), margins("sex"), bounds=(1.1, 2.0))


def test_indicators_are_the_memberships() -> None:
    three = margins(*RAKING)
    x = three.indicators()
    assert x.shape == (90, 7) and (x.sum(axis=1) == 3).all()
    assert np.linalg.matrix_rank(x) == 5
    assert three.names == RAKING
    assert three.margins[0].labels()[:2] == [row["sex"] for row in rows("calibration_records.csv")][:2]


def test_scale_within_solves_the_line(weights: Floats) -> None:
    effects = np.linspace(0.5, 2, 90)
    for share in (0.75, 0.9, 1.0, 1.3, 1.45):
        total = share * weights.sum()
        a = scale_within(weights, effects, 0.7, 1.5, total)
        assert (weights * np.clip(a * effects, 0.7, 1.5)).sum() == pytest.approx(total, rel=1e-13)
    assert scale_within(weights, effects, 0.0, np.inf, 5.0) == pytest.approx(5.0 / (weights * effects).sum())
    # Out of reach: the end that comes nearest.
    far = scale_within(weights, effects, 0.7, 1.5, 9 * weights.sum())
    assert (np.clip(far * effects, 0.7, 1.5) == 1.5).all()


def test_trimming_in_proportion_keeps_ratios_among_those_not_held() -> None:
    result = trimmed(np.array([1.0, 2.0, 4.0, 13.0]), 0.0, 8.0)
    assert result.weights == pytest.approx([12 / 7, 24 / 7, 48 / 7, 8])
    assert result.share == 0.25 and result.moved == pytest.approx(0.25)
    # What is spread can push another over the bound; it is cut too.
    result = trimmed(np.array([1.0, 2.0, 7.0, 14.0]), 0.0, 8.0)
    assert result.weights == pytest.approx([8 / 3, 16 / 3, 8, 8])


def test_trimming_with_nothing_to_trim_and_with_no_room() -> None:
    weights = np.array([1.0, 2.0, 3.0])
    same = trimmed(weights, 0.5, 3.0)
    assert same.weights.tolist() == [1, 2, 3] and same.share == 0
    narrow = trimmed(weights, 0.0, 1.5)
    assert narrow.weights.tolist() == [1.5] * 3 and not narrow.complete


def test_millionths() -> None:
    assert in_millionths(np.array([1.0000004, 1.0000005, 2500.5])).tolist() == [1_000_000, 1_000_001, 2_500_500_000]


# --- totals that cannot be used --------------------------------------------------------------------------------------


def test_contradicting_totals_name_both_margins() -> None:
    problems = Problems()
    check_totals(totals(TOTALS.replace("age,60+,1800", "age,60+,1900")), problems, Place("totals.csv"))
    words = [problem.words("en") for problem in problems]
    assert len(words) == 3 and {problem.code for problem in problems} == {"MARGINS-CONTRADICT"}
    assert "the totals by sex add up to 10,000, those by age to 10,100." in words[0]


def test_contradictions_within_a_shared_column_are_found() -> None:
    problems = Problems()
    text = TOTALS.replace("P01*f,3300", "P01*f,3400").replace("P02*f,1950", "P02*f,1850")
    found = {name: values for name, values in totals(text).items() if name in ("province", "province*sex")}
    check_totals(found, problems, Place("totals.csv"))
    assert [problem.words("en").split(" (")[1].split(")")[0] for problem in problems] == [
        'province "P01"',
        'province "P02"',
    ]


def test_mistakes_in_the_file_of_totals() -> None:
    problems = Problems()
    text = "margin,category,total\nsex,f,10\nsex,f,11\nsex,m,0\nsex,x,-3\nsex,y,many\nsex,,4\nsex,z,\n"
    assert read_totals(text.encode(), "totals.csv", problems) == {"sex": {"f": Decimal(10)}}
    assert [(problem.code, problem.where.line) for problem in problems] == [
        ("TOTAL-TWICE", 3),
        ("TOTAL-WRONG", 4),
        ("TOTAL-WRONG", 5),
        ("CELL-NUMBER", 6),
        ("CELL-EMPTY", 7),
        ("CELL-EMPTY", 8),
    ]


def test_records_outside_the_categories_are_set_aside() -> None:
    problems = Problems()
    text = "margin,category,total\nsex,f,5250\nage,18-34,3000\nage,35-59,1250\nage,60+,1000\n"
    found = matched(("sex", "age"), problems, text)
    table = rows("calibration_records.csv")
    men = [row["record"] for row in table if row["sex"] == "m"]
    assert [row.record for row in found.set_aside] == men
    assert {(row.column, row.value, row.code) for row in found.set_aside} == {("sex", "m", "CATEGORY-UNKNOWN")}
    assert len(found.kept) == 90 - len(men)
    assert found.margins is not None and len(found.margins.margins[0].index) == 90 - len(men)


def test_margins_that_cannot_be_met_are_named() -> None:
    problems = Problems()
    text = TOTALS.replace("age,60+,1800", "age,60+,1700\nage,90+,100").replace("province,P02,3600", "province,P02,5")
    assert matched(("age", "province", "education"), problems, text).margins is None
    assert {problem.code for problem in problems} == {
        "MARGIN-ABSENT",
        "MARGIN-EMPTY",
        "TOTAL-SMALL",
        "MARGINS-CONTRADICT",
    }
    for problem in problems:
        assert "{" not in problem.words("vi") + problem.words("en")
