"""The simulated survey: the same seed gives the same bytes, stages nest, answers are valid, targets are met openly."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from parindex.engines.duckdb import cells_of_file, records_set_aside
from parindex.language import half_up
from parindex.problems import Problems
from parindex.simulation.example_files import example_folder
from parindex.simulation.national_survey import (
    FIELD_COLUMNS,
    INTERVIEWS_CSV,
    INTERVIEWS_PARQUET,
    MARGINS,
    PEOPLE_IN_VILLAGE,
    WEIGHTED_COLUMNS,
    NationalSurvey,
    national_survey,
    province_values,
    survey_files,
)
from parindex.simulation.national_targets import national_targets
from parindex.simulation.survey_shift import TOLERANCE, index_value, shift_to_target
from parindex.simulation.writing import write_example
from parindex.sources import Place
from parindex.survey.calibration import check_totals, read_totals
from parindex.survey.cells import cells_csv
from parindex.survey.design_reading import read_design
from parindex.survey.estimands import Composite, Pooled
from parindex.survey.estimate import estimates
from parindex.survey.outcomes import DISPOSITIONS, tabulated
from parindex.survey.sipas import index_weights, scores

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("national survey")]

ROOT = Path(__file__).parents[3]
SEED = 7


def provinces() -> list[str]:
    with (ROOT / "examples" / "national" / "units.csv").open(encoding="utf-8") as file:
        return [row["unit_code"] for row in csv.DictReader(file)]


def some_targets(codes: list[str]) -> dict[str, Decimal]:
    """From the lowest to the highest index ever printed."""
    values = np.linspace(75.03, 90.61, len(codes))
    return {code: Decimal(f"{value:.2f}") for code, value in zip(codes, values.tolist(), strict=True)}


@pytest.fixture(scope="module")
def drawn() -> NationalSurvey:
    """The whole country, answers as drawn."""
    return national_survey(seed=SEED, targets=some_targets(provinces()), shift=False)


@pytest.fixture(scope="module")
def whole() -> NationalSurvey:
    """The whole country, answers shifted to the targets."""
    return national_survey(seed=SEED, targets=some_targets(provinces()))


@pytest.fixture(scope="module")
def files(whole: NationalSurvey) -> Mapping[str, bytes]:
    return survey_files(whole)


@pytest.fixture(scope="module")
def cases(files: Mapping[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files["responses.csv"].decode())))


@pytest.fixture(scope="module")
def interviews(cases: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in cases if row["outcome"] == "1.1"]


def test_63_provinces_and_about_36500_interviews(whole: NationalSurvey) -> None:
    assert len(whole.provinces) == 63
    assert abs(whole.completes - 36_500) <= 0.02 * 36_500
    assert 660 <= len({village.district for village in whole.villages}) <= 740


def test_the_capital_and_two_other_districts_two_communes_three_villages(whole: NationalSurvey) -> None:
    units = [row for row in whole.sample.units if row.in_sample]
    assert set(Counter(row.province for row in units if row.unit == "district").values()) == {3}
    assert set(Counter(row.parent for row in units if row.unit == "commune").values()) == {2}
    assert set(Counter(row.parent for row in units if row.unit == "village").values()) == {3}
    certain = [row.code for row in units if row.unit == "district" and row.certain]
    assert certain == [f"{province}-M01" for province in sorted(whole.targets)]
    assert set(whole.sample.degrees_of_freedom.values()) == {2}
    for lower, upper in (("commune", "district"), ("village", "commune")):
        above = {row.code for row in units if row.unit == upper}
        assert {row.parent for row in units if row.unit == lower} <= above


def test_every_person_approached_has_a_row_with_a_disposition(
    whole: NationalSurvey, cases: list[dict[str, str]]
) -> None:
    villages = {row.code: row for row in whole.sample.units if row.unit == "village" and row.in_sample}
    assert set(Counter(row["village"] for row in cases).values()) == {PEOPLE_IN_VILLAGE}
    assert len(cases) == PEOPLE_IN_VILLAGE * len(villages)
    assert len({row["record"] for row in cases}) == len(cases)
    for row in cases[::41]:
        assert row["commune"] == villages[row["village"]].parent and row["outcome"] in DISPOSITIONS
        assert row["commune"].startswith(row["district"]) and row["district"].startswith(row["province"])
    names = [row["record"] for row in cases]
    rates, bad = tabulated(names, [row["outcome"] for row in cases], ["x"] * len(cases))
    assert not bad
    first = next(rate for rate in rates if rate.domain == "*" and rate.rate == "RR1")
    assert first.value is not None and 85 < first.value < 92


def test_those_who_were_not_interviewed_have_no_answers(whole: NationalSurvey, cases: list[dict[str, str]]) -> None:
    names = [column.name for column in whole.questionnaire.columns]
    for row in cases:
        if row["outcome"] != "1.1":
            assert not any(row[name] for name in names)


def test_every_answer_is_valid_and_asked(whole: NationalSurvey, interviews: list[dict[str, str]]) -> None:
    questionnaire = whole.questionnaire
    for row in interviews[::40]:
        start = int(row["group_start"])
        for column in questionnaire.columns:
            value = row[column.name]
            if questionnaire.is_asked(column, row, start=start):
                assert questionnaire.status(column.item, value) != "invalid", (row["record"], column, value)
            else:
                assert value == "", (row["record"], column, value)


def test_policy_is_asked_of_three_groups_in_rotation(interviews: list[dict[str, str]]) -> None:
    starts = Counter(row["group_start"] for row in interviews)
    assert len(starts) == 9 and max(starts.values()) < 1.1 * min(starts.values())


def test_item_nonresponse_is_as_in_the_field(whole: NationalSurvey, interviews: list[dict[str, str]]) -> None:
    """Few leave out a question on a service they used; more have no opinion on their chance to take part."""

    def missing(column: str, among: list[dict[str, str]]) -> float:
        item = column.split("_P")[0]
        said = [whole.questionnaire.status(item, row[column]) for row in among]
        return said.count("non_response") / len(said)

    customers = [row for row in interviews if row["had_transaction"] == "1"]
    assert 0.5 < len(customers) / len(interviews) < 0.65
    assert 0.015 < missing("B3.1", customers) < 0.04
    asked = [row for row in interviews if row["group_start"] in ("7", "8", "0")]
    assert 0.05 < missing("A2.1_P1", asked) < 0.09
    assert all(row["sex"] in "12" and row["age_group"] in "12345" for row in interviews)


def test_indices_come_near_their_targets_by_the_population_alone(drawn: NationalSurvey) -> None:
    off = np.array([value - float(drawn.targets[code]) for code, value in province_values(drawn).items()])
    assert not drawn.shifts
    assert abs(off.mean()) < 0.6  # the mean of 63, with a standard error of about 0.2
    assert 0.8 < off.std() < 2.5
    assert np.abs(off).max() < 6


def test_shifted_indices_are_their_targets_and_few_answers_moved(whole: NationalSurvey, drawn: NationalSurvey) -> None:
    for code, value in province_values(whole).items():
        assert abs(value - float(whole.targets[code])) < 0.005
    before = province_values(drawn)
    assert {row.province for row in whole.shifts} == set(whole.targets)
    for row in whole.shifts:
        assert row.basis == "simulated" and abs(float(row.before) - before[row.province]) < 1e-5
        assert row.changed < 0.08 * row.answers
    assert sum(row.changed for row in whole.shifts) < 0.02 * sum(row.answers for row in whole.shifts)


def test_the_estimators_find_the_targets_with_errors_like_those_of_the_draw(
    whole: NationalSurvey, files: Mapping[str, bytes], tmp_path: Path
) -> None:
    problems = Problems()
    design = read_design(files["design.yaml"], "design.yaml", problems)
    assert design is not None and not problems.errors
    (tmp_path / "interviews.csv").write_bytes(files["interviews.csv"])
    cells = cells_of_file(design, tmp_path / "interviews.csv")
    assert cells.set_aside == 0
    index = index_weights(whole.questionnaire)[-1]
    worth = scores("satisfaction_share", whole.questionnaire.scales["likert_5"])
    code_scores = tuple((code, float(score)) for code, score in worth.items())
    terms = tuple((Pooled(term.factor, term.columns, code_scores), float(term.weight)) for term in index.terms)
    found = estimates(cells, [Composite("SIPAS", terms)], by=["province"])
    assert len(found) == 63
    errors = []
    for estimate in found:
        assert estimate.value is not None and estimate.se is not None and estimate.df == 2
        assert abs(estimate.value - float(whole.targets[estimate.domain[0]])) < 0.005
        errors.append(estimate.se)
    assert 0.8 < float(np.mean(errors)) < 2.5


def test_weights_meet_the_totals_and_totals_agree(whole: NationalSurvey, files: Mapping[str, bytes]) -> None:
    problems = Problems()
    totals = read_totals(files["totals.csv"], "totals.csv", problems)
    check_totals(totals, problems, Place("totals.csv"))
    assert not problems.errors and set(totals) == set(MARGINS)
    adults = Counter()
    for village in whole.villages:
        adults[village.province] += village.people
    for margin, wanted in totals.items():
        sums: dict[str, float] = {}
        for row in csv.DictReader(io.StringIO(files["interviews.csv"].decode())):
            sums[row[margin]] = sums.get(row[margin], 0.0) + float(row["weight"])
        assert sums.keys() == wanted.keys()
        assert all(abs(sums[category] - float(total)) < 0.01 for category, total in wanted.items())
        assert sum(wanted.values()) == sum(adults.values())


def test_every_file_says_that_it_is_simulated(files: Mapping[str, bytes], whole: NationalSurvey) -> None:
    for name in ("frame.csv", "responses.csv", "interviews.csv", "totals.csv", "shifts.csv"):
        header, *rows = files[name].decode().splitlines()
        assert header.endswith(",basis") and all(row.endswith(",simulated") for row in rows), name
    for name in ("sample.yaml", "design.yaml", "README.md"):
        text = files[name].decode()
        assert "mô phỏng" in text and "simulated" in text.lower(), name
    assert all(row.code.split("-")[2].startswith("M") for row in whole.sample.units)
    names = tuple(column.name for column in whole.questionnaire.columns)
    assert tuple(files["responses.csv"].decode().split("\n", 1)[0].split(",")) == (*FIELD_COLUMNS, *names, "basis")
    assert tuple(files["interviews.csv"].decode().split("\n", 1)[0].split(",")) == (*WEIGHTED_COLUMNS, *names, "basis")


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    targets = some_targets(provinces()[:4])

    def contents(seed: int, interviews: str) -> Mapping[str, bytes]:
        return survey_files(national_survey(seed=seed, targets=targets), interviews=interviews)

    first = contents(3, INTERVIEWS_PARQUET)
    assert first == contents(3, INTERVIEWS_PARQUET)
    other = contents(4, INTERVIEWS_PARQUET)
    names = ("frame.csv", "sample.csv", "responses.csv", "totals.csv", INTERVIEWS_PARQUET)
    assert all(first[name] != other[name] for name in names)


def test_interviews_as_parquet_are_those_of_csv(tmp_path: Path) -> None:
    survey = national_survey(seed=3, targets=some_targets(provinces()[:4]))
    found = []
    for name in (INTERVIEWS_CSV, INTERVIEWS_PARQUET):
        files, problems = survey_files(survey, interviews=name), Problems()
        design = read_design(files["design.yaml"], "design.yaml", problems)
        assert design is not None and name in files["design.yaml"].decode() and name in files["README.md"].decode()
        (tmp_path / name).write_bytes(files[name])
        assert not problems.errors
        found.append((cells_csv(cells_of_file(design, tmp_path / name)), records_set_aside(design, tmp_path / name)))
    assert found[0] == found[1]


def test_a_province_does_not_depend_on_the_others() -> None:
    """But for its weights, in which only its own margins count."""
    codes = provinces()[:3]
    targets = some_targets(codes)
    three = national_survey(seed=5, targets=targets)
    one = national_survey(seed=5, targets={codes[1]: targets[codes[1]]})
    assert np.array_equal(one.provinces[0].cases.outcome, three.provinces[1].cases.outcome)
    assert np.allclose(one.provinces[0].weight, three.provinces[1].weight, rtol=0, atol=1e-5)


def test_shifting_moves_answers_by_one_step_only_and_the_nearest_first() -> None:
    survey = national_survey(seed=5, targets=some_targets(provinces()[:1]), shift=False)
    made, weights = survey.provinces[0].interviews, survey.provinces[0].weights
    before = index_value(made.columns, weights, survey.questionnaire)
    assert before is not None
    target = Decimal(f"{before + 1.5:.2f}")
    moved = shift_to_target(made.columns, weights, survey.questionnaire, target, near=made.near)
    assert moved.before == before and abs(moved.value - float(target)) < TOLERANCE
    pairs: Counter[tuple[str, str]] = Counter()
    reach = []
    for name, said in made.columns.items():
        rows = np.flatnonzero(said != moved.columns[name])
        pairs.update(zip(said[rows].tolist(), moved.columns[name][rows].tolist(), strict=True))
        reach += made.near[name][rows].tolist() if len(rows) else []
    assert pairs[("3", "4")] + pairs[("4", "3")] == sum(pairs.values()) == moved.changed
    assert pairs[("4", "3")] <= 2
    assert np.quantile(reach, 0.98) < 0.15


def test_what_answers_cannot_give_is_refused() -> None:
    survey = national_survey(seed=5, targets=some_targets(provinces()[:1]), shift=False)
    made, weights = survey.provinces[0].interviews, survey.provinces[0].weights
    with pytest.raises(ValueError, match="cannot give"):
        shift_to_target(made.columns, weights, survey.questionnaire, Decimal("99.9"))
    silent = replace(made, columns={name: np.full_like(said, "") for name, said in made.columns.items()})
    assert index_value(silent.columns, weights, survey.questionnaire) is None
    with pytest.raises(ValueError, match="no index"):
        shift_to_target(silent.columns, weights, survey.questionnaire, Decimal("80"))


def test_the_example_has_the_sipas_of_the_national_edition(tmp_path: Path) -> None:
    """As many provinces, in their order, each with the value of the edition made with the same seed."""
    out = write_example("national-survey", tmp_path / "out")
    wanted = national_targets(example_folder("national"), None)
    rows = list(csv.DictReader(io.StringIO((out / "shifts.csv").read_text(encoding="utf-8"))))
    assert {row["province"]: Decimal(row["target"]) for row in rows} == dict(wanted.sipas)
    assert all(half_up(Decimal(row["after"]), 4) == Decimal(row["target"]) for row in rows)
    assert wanted.sipas["P63-22"] == Decimal("90.61") and wanted.sipas["P63-06"] == Decimal("75.03")
    assert json.loads((out / "generator.json").read_bytes())["seed"] == wanted.seed
    assert not (out / "submissions").exists()
    write_example("national-survey", out)  # what it wrote, it may replace
