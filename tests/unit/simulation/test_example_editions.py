"""What the two examples promise, computed straight from what was invented; the way through files is tested apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from parindex.documents.csv_rows import read_rows
from parindex.language import half_up
from parindex.problems import Problems, ProblemsFound
from parindex.results.reading import no_progress
from parindex.results.result import Result
from parindex.simulation.edition_folder import SimulatedEdition
from parindex.simulation.example_files import example_folder
from parindex.simulation.generator_settings import internal_settings, national_settings
from parindex.simulation.national import national
from parindex.simulation.national_targets import national_targets
from parindex.simulation.province_internal import province_internal
from parindex.simulation.survey_shift import TOLERANCE

Compute = Callable[[SimulatedEdition], Result]

pytestmark = pytest.mark.slow


def rows(simulated: SimulatedEdition, name: str) -> list[dict[str, str]]:
    problems = Problems()
    found = [row.values for row in read_rows(simulated.written[name], name, problems, columns=(), others=True)]
    problems.raise_if_any()
    return found


def rows_of_file(name: str) -> list[dict[str, str]]:
    """Rows of the whole index in a committed file of the national example."""
    content, problems = (example_folder("national") / name).read_bytes(), Problems()
    found = [row.values for row in read_rows(content, name, problems, columns=(), others=True)]
    problems.raise_if_any()
    return [row for row in found if not row.get("node")]


@pytest.fixture(scope="module", params=[pytest.param(101, marks=pytest.mark.xdist_group("national 101"))])
def country(request: pytest.FixtureRequest) -> SimulatedEdition:
    return national(example_folder("national"), request.param, no_progress)


@pytest.fixture(scope="module")
def country_result(country: SimulatedEdition, compute_directly: Compute) -> Result:
    return compute_directly(country)


class TestNational:
    def test_nothing_printed_is_contradicted(self, country_result: Result) -> None:
        assert country_result.differences == ()
        assert Counter(row.group for row in country_result.ranks) == {"A": 7, "B": 56}
        assert all(row.coverage == 100 for row in country_result.index_values)
        assert not any(row.tied_with for row in country_result.ranks)

    def test_about_fifteen_percent_of_the_claims_change_and_none_was_too_modest(self, country_result: Result) -> None:
        final = {(row.unit, row.node, row.input): row.value for row in country_result.accepted if row.stage == "final"}
        changed = {
            (row.unit, row.node) for row in country_result.answers if final[row.unit, row.node, row.input] != row.value
        }
        claimed = {(row.unit, row.node) for row in country_result.answers}
        assert 0.11 < len(changed) / len(claimed) < 0.19
        points = {(row.unit, row.node, row.stage): row.points for row in country_result.scores}
        for unit, node in claimed:
            claim, accepted = points[unit, node, "self"], points[unit, node, "final"]
            assert claim is not None and accepted is not None and claim >= accepted

    def test_all_rounds_decide_with_simulated_reasons_by_bodies(self, country: SimulatedEdition) -> None:
        decisions = rows(country, "decisions.csv")
        assert set(Counter(row["round"] for row in decisions)) == {"appraisal_1", "appraisal_2", "council"}
        bodies = ("Bộ ", "Văn phòng ", "Hội đồng ")
        for row in decisions:
            assert row["reason"].startswith("Mô phỏng: ")
            assert row["by"].startswith(bodies)
            assert row["decision"].startswith("MP-")
        numbers = list(dict.fromkeys(row["decision"] for row in decisions))
        assert numbers == [f"MP-{at:04d}" for at in range(1, len(numbers) + 1)], "numbered in the order of the file"
        assert list(dict.fromkeys(row["unit"] for row in decisions)) == sorted({row["unit"] for row in decisions})

    def test_the_council_sets_the_points_of_sipas_once(self, country: SimulatedEdition, country_result: Result) -> None:
        direct = [row for row in rows(country, "decisions.csv") if row["input"] == "points"]
        assert [(row["unit"], row["node"], row["round"], row["value"]) for row in direct] == [
            ("P63-06", "8.1", "council", "7.48")
        ]
        score = next(row for row in country_result.scores if (row.unit, row.node) == ("P63-06", "8.1"))
        assert score.points == Decimal("7.48") and score.branch == "decided"

    def test_the_story_that_documentation_tells(self, country: SimulatedEdition, country_result: Result) -> None:
        told = [row for row in rows(country, "decisions.csv") if (row["unit"], row["node"]) == ("P63-31", "3.4.1")]
        assert {row["input"] for row in told} == {"numerator", "denominator"}
        for row in told:
            assert (row["round"], row["basis"]) == ("appraisal_1", "records")
            assert "đợt hồ sơ ngày 12/3 bị đếm hai lần" in row["reason"]
        points = {row.stage: row.points for row in country_result.scores if (row.unit, row.node) == ("P63-31", "3.4.1")}
        assert points["self"] > points["appraisal_1"] == points["final"]  # type: ignore[operator]

    def test_late_dossiers_are_the_same_everywhere(self, country_result: Result) -> None:
        """Accepted figures of one province agree: what was late at three levels is due an apology."""
        final = {
            (row.unit, row.node, row.input): Decimal(row.value)
            for row in country_result.accepted
            if row.stage == "final" and row.input in ("numerator", "denominator")
        }
        for unit in country_result.edition.units:
            late = sum(
                final[unit, level, "denominator"] - final[unit, level, "numerator"]
                for level in ("3.4.1", "3.4.2", "3.4.3")
            )
            assert final[unit, "3.4.4", "denominator"] == late

    def test_some_provinces_have_nothing_to_answer_and_some_claim_nought_of_nought(
        self, country: SimulatedEdition, country_result: Result
    ) -> None:
        answered = {(row.unit, row.node) for row in country_result.answers}
        left_out = {(row["unit"], row["node"]) for row in rows(country, "not_applicable.csv")}
        assert left_out and not left_out & answered
        assert any(row.stage == "self" and row.status == "none_arose" for row in country_result.scores)

    def test_estimates_are_simulated_and_carry_their_errors(self, country: SimulatedEdition) -> None:
        estimates = rows(country, "estimates.csv")
        assert len(estimates) == 63 * 22 and not any(row["node"] == "8.1" for row in estimates)
        for row in estimates:
            assert row["basis"] == "simulated" and "mô phỏng" in row["method"]
            assert Decimal(row["se"]) > 0 and int(row["n"]) > 500 and 60 <= Decimal(row["value"]) <= 99

    def test_sipas_is_estimated_from_interviews_and_meets_its_target(
        self, country: SimulatedEdition, country_result: Result
    ) -> None:
        wanted = national_targets(example_folder("national"), country.seed).sipas
        found = {row.unit: row for row in country_result.estimates if row.node == "8.1"}
        assert found.keys() == wanted.keys()
        for unit, row in found.items():
            assert row.value is not None and abs(row.value - wanted[unit]) < TOLERANCE
            assert row.basis == "simulated" and row.se and row.lower and row.upper and row.lower < row.value < row.upper
            assert row.df == 2 and row.n and row.n > 200 and row.source == "survey/interviews.parquet"
        printed = rows_of_file("sipas.csv")
        assert sum(bool(row["value"]) for row in printed) == 7
        for row in printed:
            value = found[row["unit"]].value
            assert not row["value"] or (value is not None and half_up(value, 2) == Decimal(row["value"]))


@pytest.fixture(scope="module", params=[pytest.param(11, marks=pytest.mark.xdist_group("province 11"))])
def province(request: pytest.FixtureRequest) -> SimulatedEdition:
    return province_internal(example_folder("province-internal"), request.param, no_progress)


@pytest.fixture(scope="module")
def province_result(province: SimulatedEdition, compute_directly: Compute) -> Result:
    return compute_directly(province)


class TestProvinceInternal:
    def test_two_rankings_spread_over_the_five_classes(self, province_result: Result) -> None:
        for code, units in (("departments", 20), ("communes", 126)):
            ranked = [row for row in province_result.ranks if row.list == code]
            assert len(ranked) == units and all(row.rank is not None for row in ranked)
            groups = Counter(row.group for row in ranked)
            assert set(groups) == {"XS", "T", "K", "TB", "YEU"}
            assert groups["YEU"] < units * 0.1 and groups["XS"] < units * 0.35
        assert all(row.coverage == 100 for row in province_result.index_values if row.node == "index")

    def test_units_without_procedures_are_scored_out_of_less(self, province_result: Result) -> None:
        index = {row.unit: row for row in province_result.index_values if row.node == "index"}
        assert index["S-16"].applicable == index["S-17"].applicable == 73
        assert index["S-15"].applicable == 100
        assert "73" in province_result.explain("S-16")
        assert "không có TTHC" in province_result.explain("S-16", "3.3")

    def test_caps_are_reached(self, province_result: Result) -> None:
        adjustment = {row.unit: row.adjustment for row in province_result.index_values if row.node == "index"}
        claims = {row.unit: row for row in province_result.answers if row.node == "B1"}
        assert claims["S-05"].value == "3"
        points = {(row.unit, row.node): row.points for row in province_result.scores if row.stage == "final"}
        for unit in ("S-05", "X-012"):
            assert points[unit, "B1"] + points[unit, "B2"] == 4  # type: ignore[operator]
            assert adjustment[unit] is not None and adjustment[unit] in (Decimal(3), Decimal("2.5"))
        for unit in ("S-14", "X-090"):
            assert points[unit, "P1"] + points[unit, "P2"] == 6  # type: ignore[operator]
            bonus = points.get((unit, "B1")) or Decimal(0)
            assert adjustment[unit] == min(bonus, Decimal(3)) - 5

    def test_communes_have_no_survey_results(self, province: SimulatedEdition) -> None:
        assert {row["unit"][:2] for row in rows(province, "estimates.csv")} == {"S-"}
        accepted = rows(province, "accepted.csv")
        assert {row["unit"][:2] for row in accepted} == {"X-"} and {row["basis"] for row in accepted} == {"simulated"}

    def test_no_answer_where_nothing_arose_or_nothing_applies(self, province_result: Result) -> None:
        answered = {(row.unit, row.node) for row in province_result.answers}
        for row in province_result.not_applicable:
            framework = province_result.edition.list_of(row.unit).framework  # type: ignore[union-attr]
            for leaf in framework.leaves_under(row.node):
                assert (row.unit, leaf.code) not in answered

    def test_nobody_decides_about_itself(self, province: SimulatedEdition) -> None:
        for row in rows(province, "decisions.csv"):
            assert row["reason"].startswith("Mô phỏng: ")
            assert not (row["unit"] == "S-02" and row["by"] == "Sở Nội vụ")

    def test_the_same_seed_gives_the_same_edition(self, province: SimulatedEdition) -> None:
        again = province_internal(example_folder("province-internal"), province.seed, no_progress)
        assert again.written == province.written
        assert [each.filled for each in again.submissions] == [each.filled for each in province.submissions]


class TestSettings:
    def test_without_a_seed_the_one_of_the_settings_counts(self) -> None:
        assert national_settings(example_folder("national")).seed == 2023
        assert internal_settings(example_folder("province-internal")).seed == 2025
        assert province_internal(example_folder("province-internal"), None, no_progress).seed == 2025

    def test_a_mistake_is_named_with_its_line(self, tmp_path: Path) -> None:
        text = (example_folder("province-internal") / "generator.yaml").read_text(encoding="utf-8")
        (tmp_path / "generator.yaml").write_text(text.replace("forms:", "form:"), encoding="utf-8")
        with pytest.raises(ProblemsFound) as found:
            internal_settings(tmp_path)
        assert {problem.kind.code for problem in found.value.problems} == {"KEY-UNKNOWN", "KEY-MISSING"}

    def test_the_settings_aim_at_every_unit(self) -> None:
        settings = internal_settings(example_folder("province-internal"))
        assert {code: sum(counts.values()) for code, counts in settings.classes.items()} == {
            "departments": 20,
            "communes": 126,
        }
