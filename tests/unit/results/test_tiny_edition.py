"""The whole chain on the tiny edition: points, index, ranks, means, movement and explanations, figure by figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from tests.unit.results.tiny_edition import ACCEPTED, EDITION, ESTIMATES, UNITS, write_edition

import parindex
from parindex.results.explain import explain
from parindex.results.result import Result
from parindex.results.steps import as_data

Compute = Callable[..., Result]


@pytest.fixture
def computed(tmp_path: Path) -> Compute:
    def make(changes: Mapping[str, str | None] | None = None) -> Result:
        return parindex.compute(parindex.read_edition(write_edition(tmp_path / "edition", changes)))

    return make


def final_points(result: Result, unit: str) -> dict[str, Decimal | None]:
    return {row.node: row.points for row in result.scores if row.unit == unit and row.stage == "final"}


def test_points_of_every_leaf(computed: Compute) -> None:
    result = computed()
    assert final_points(result, "U1") == {
        "1.1": Decimal("2.7"),
        "1.2": Decimal(2),
        "2.1": Decimal("2.4"),
        "2.2": Decimal("1.8"),
    }
    # 2 of 3 is exactly two thirds: 2 points of 3, not 1.9999. The estimate is scored at 10 significant digits.
    assert final_points(result, "U3") == {
        "1.1": Decimal(2),
        "1.2": Decimal(1),
        "2.1": Decimal("2.1167"),
        "2.2": Decimal(1),
    }


def test_index_and_ranks_with_a_tie(computed: Compute) -> None:
    result = computed()
    assert [(row.unit, row.rank, row.value, row.group, row.tied_with) for row in result.ranks] == [
        ("U1", 1, Decimal("89.00"), "B", "U2"),
        ("U2", 1, Decimal("89.00"), "B", "U1"),
        ("U4", 3, Decimal("78.50"), "C", None),
        ("U3", 4, Decimal("61.17"), "C", None),
    ]


def test_dense_ranks(computed: Compute) -> None:
    edition = EDITION.replace("publish_decimals: 2", "publish_decimals: 2, tie_method: dense")
    assert [row.rank for row in computed({"edition.yaml": edition}).ranks] == [1, 1, 2, 3]


def test_ranks_compare_what_print_hides(computed: Compute) -> None:
    """Two units that print alike stand on different places, because their exact fractions differ."""
    estimates = ESTIMATES.replace("U2,2.1,80,", "U2,2.1,80.01,")
    ranks = {row.unit: row for row in computed({"estimates.csv": estimates}).ranks}
    assert (ranks["U2"].rank, ranks["U1"].rank) == (1, 2)
    assert ranks["U2"].value == Decimal("89.00") == ranks["U1"].value
    assert ranks["U2"].tied_with is None


def test_rounding_before_grouping_decides_the_group(computed: Compute) -> None:
    """2.7 + 2 + 2.4 + 1.8999 of 10 is 89.999 %, which prints 90.00."""
    estimates = {"estimates.csv": ESTIMATES.replace("U1,2.2,90", "U1,2.2,94.995")}
    exact = EDITION.replace("publish_decimals: 2", "publish_decimals: 2, rounding_before_grouping: false")
    for edition, group in ((EDITION, "A"), (exact, "B")):
        row = computed({**estimates, "edition.yaml": edition}).rank_of["U1"]
        assert (row.value, row.group) == (Decimal("90.00"), group)


def test_means_are_simple_and_unrounded(computed: Compute) -> None:
    result = computed()
    means = {(row.scope, row.code): row for row in result.means}
    exact = [Fraction("89"), Fraction("89"), Fraction("61.167"), Fraction("78.5")]
    assert means["all", ""].value == Decimal("79.4167500000")
    assert means["all", ""].value == Decimal(str(float(sum(exact) / 4))).quantize(Decimal("1e-10"))
    assert (means["region", "S"].value, means["region", "S"].n_units) == (Decimal("69.8335000000"), 2)
    assert (means["region", "N"].low, means["region", "N"].high) == (Decimal("89.0000000000"), Decimal("89.0000000000"))


def test_a_domain_that_does_not_apply_leaves_the_maximum(computed: Compute) -> None:
    rows = "unit,node,policy,reason\nU3,1,exclude_from_denominator,không có thủ tục\n"
    result = computed({"not_applicable.csv": rows})
    row = result.index_of["U3", "index"]
    assert (row.points, row.applicable, row.max_points) == (Decimal("3.1167"), Decimal(5), Decimal(10))
    assert row.exact == Fraction("3.1167") * 100 / 5
    assert row.coverage == 100
    assert result.index_of["U3", "1"].value is None
    assert result.index_of["U3", "1"].reason == "nothing_applicable"
    text = result.explain("U3", language="en")
    assert "3.1167 of 5.00 points that apply to the unit (5.00 of 10.00 do not apply)" in text
    assert "không có thủ tục" in result.explain("U3", "1.1")


def test_nothing_arose_gives_full_points_by_decision_and_by_zero_of_zero(computed: Compute) -> None:
    rows = "unit,node,policy,reason\nU3,1.1,full_points_when_none_arise,không phát sinh\n"
    decided = computed({"not_applicable.csv": rows})
    assert final_points(decided, "U3")["1.1"] == Decimal(3)
    assert decided.scores_of["U3", "1.1"][-1].status == "none_arose"
    zero = ACCEPTED.replace("U3,1.1,numerator,2", "U3,1.1,numerator,0").replace(
        "U3,1.1,denominator,3", "U3,1.1,denominator,0"
    )
    counted = computed({"accepted.csv": zero})
    assert final_points(counted, "U3")["1.1"] == Decimal(3)
    assert counted.scores_of["U3", "1.1"][-1].branch == "none_arose"


def test_survey_not_held_rescales_the_rest(computed: Compute) -> None:
    edition = EDITION.replace(
        "    framework: framework.yaml\n",
        "    framework: framework.yaml\n"
        '    survey: {held: false, reason: {vi: "mới sắp xếp", en: "units were just merged"}}\n',
    )
    result = computed({"edition.yaml": edition})
    assert result.index_of["U1", "index"].exact == Fraction("4.7") * 100 / 5
    assert {row.status for row in result.scores if row.node == "2.1"} == {"survey_not_held"}
    assert "units were just merged" in result.explain("U1", "2.1", language="en")
    assert "mới sắp xếp" in result.explain("U1", "2.1")


@pytest.mark.parametrize(
    ("missing", "value", "reason"),
    [("leave_empty", None, "incomplete"), ("zero_points", Decimal("69.0000000000"), None),
     ("rescale", Decimal("86.2500000000"), None)],
)  # fmt: skip
def test_a_leaf_without_figures_is_never_silently_zero(
    computed: Compute, missing: str, value: Decimal | None, reason: str | None
) -> None:
    accepted = ACCEPTED.replace("U1,1.2,,on_time,published,x\n", "")
    edition = EDITION.replace("publish_decimals: 2", f"publish_decimals: 2, missing: {missing}")
    result = computed({"accepted.csv": accepted, "edition.yaml": edition})
    row = result.index_of["U1", "index"]
    assert (row.value, row.reason) == (value, reason)
    if value is None:
        last = result.ranks[-1]
        assert (last.unit, last.rank, last.value, last.reason) == ("U1", None, None, "incomplete")
        assert row.coverage == 80
        assert "chưa xếp hạng" in result.explain("U1")


def test_partial_inputs_are_missing_and_say_which(computed: Compute) -> None:
    result = computed({"accepted.csv": ACCEPTED.replace("U1,1.1,denominator,10,published,x\n", "")})
    assert final_points(result, "U1")["1.1"] is None
    assert "Đã giải quyết" in result.explain("U1", "1.1")


def test_bonus_and_penalty_stop_at_their_caps(computed: Compute) -> None:
    rows = "U1,B1,,4,published,x\nU1,P1,count,1,published,x\nU3,P1,count,20,published,x\nU4,B1,points,2.5,published,x\n"
    more = (ACCEPTED + rows).replace("basis,source", "basis,reason").replace("published,x", "published,quyết định 7")
    result = computed({"accepted.csv": more})
    index = {unit: result.index_of[unit, "index"] for unit in ("U1", "U2", "U3", "U4")}
    assert [index[unit].adjustment for unit in index] == [Decimal("2.5"), Decimal(0), Decimal(-5), Decimal("2.5")]
    assert index["U1"].exact == Fraction("91.5")
    assert index["U3"].exact == Fraction("61.167") - 5
    text = result.explain("U1", language="en")
    assert "New models: 4 models × 1.00 = 4.00 added (all bonus points capped at 3.00)" in text
    assert "bonus less penalty +2.50" in text
    assert "P1" in result.explain("U3", "P1")


@pytest.mark.parametrize(
    ("missing", "status"), [("leave_empty", "missing"), ("zero_points", "counted_zero"), ("rescale", "left_out")]
)
def test_a_half_answered_leaf_follows_the_same_policy(computed: Compute, missing: str, status: str) -> None:
    accepted = ACCEPTED.replace("U1,1.1,denominator,10,published,x\n", "")
    edition = EDITION.replace("publish_decimals: 2", f"publish_decimals: 2, missing: {missing}")
    result = computed({"accepted.csv": accepted, "edition.yaml": edition})
    assert result.scores_of["U1", "1.1"][-1].status == status


def test_a_part_above_its_whole_is_refused_at_the_row_that_decided(computed: Compute) -> None:
    from parindex.problems import ProblemsFound

    with pytest.raises(ProblemsFound) as found:
        computed({"accepted.csv": ACCEPTED.replace("U1,1.1,numerator,9,", "U1,1.1,numerator,19,")})
    problem = found.value.problems[0]
    assert (problem.code, problem.where.file) == ("ANSWER-PART", "accepted.csv")
    assert "Đúng hạn 19 nhiều hơn Đã giải quyết 10" in problem.words("vi")


def test_the_index_stays_within_0_and_100(computed: Compute) -> None:
    full = ACCEPTED.replace("U4,1.2,level,none", "U4,1.2,level,on_time") + "U4,B1,,3,published,x\n"
    assert computed({"accepted.csv": full}).index_of["U4", "index"].exact == 100


DECISIONS = "unit,node,input,round,value,basis,by,at,reason,decision\n"


def test_decisions_replace_values_round_by_round_and_every_round_is_kept(computed: Compute) -> None:
    decisions = (
        DECISIONS
        + "U1,1.2,level,appraisal_1,late,adjusted,Bộ Nội vụ,2024-02-10,Ban hành ngày 15/3,12\n"
        + "U1,1.2,level,appraisal_2,on_time,adjusted,Bộ Nội vụ,2024-03-01,Có văn bản ngày 1/3,13\n"
        + "U1,1.1,points,council,1.25,adjusted,Hội đồng,2024-03-20,Trùng hồ sơ,14\n"
    )
    accepted = ACCEPTED.replace("U1,1.1,numerator,9,published,x\nU1,1.1,denominator,10,published,x\nU1,1.2,,on_time,published,x\n", "")  # fmt: skip
    extra = (
        DECISIONS
        + "U1,1.1,numerator,appraisal_1,9,answer,,,,\nU1,1.1,denominator,appraisal_1,10,answer,,,,\n"
        + "U1,1.2,level,appraisal_1,late,adjusted,Bộ Nội vụ,2024-02-10,Ban hành ngày 15/3,12\n"
    )
    first = computed({"accepted.csv": accepted, "decisions.csv": extra})
    assert final_points(first, "U1")["1.2"] == 1
    second = computed({"accepted.csv": accepted, "decisions.csv": extra + decisions.removeprefix(DECISIONS).replace(
        "U1,1.2,level,appraisal_1,late,adjusted,Bộ Nội vụ,2024-02-10,Ban hành ngày 15/3,12\n", "")})  # fmt: skip
    stages = [(row.stage, row.points) for row in second.scores_of["U1", "1.2"]]
    assert stages == [("appraisal_1", Decimal(1)), ("appraisal_2", Decimal(2)), ("final", Decimal(2))]
    assert final_points(second, "U1")["1.1"] == Decimal("1.25")
    text = second.explain("U1", "1.1", language="en")
    assert "Set to 1.25 of 3.00 by decision: Trùng hồ sơ" in text
    assert "decision 14" in text
    assert "decisions.csv:6" in text


def test_a_value_accepted_elsewhere_over_a_decision_shows_its_source(computed: Compute) -> None:
    decisions = DECISIONS + "U1,1.2,level,appraisal_1,late,adjusted,Bộ Nội vụ,2024-02-10,Ban hành ngày 15/3,12\n"
    result = computed({"decisions.csv": decisions})
    assert final_points(result, "U1")["1.2"] == 2
    text = result.explain("U1", "1.2")
    assert "accepted.csv:4" in text
    assert "decisions.csv:2" in text


def test_an_estimate_without_a_value_says_why(computed: Compute) -> None:
    estimates = (
        ESTIMATES.replace("method,basis,source", "method,basis,reason")
        .replace("published,x", "published,")
        .replace("U1,2.1,80,1.2,500,mean,published,", "U1,2.1,,,,,published,mất phiếu")
    )
    result = computed({"estimates.csv": estimates})
    assert final_points(result, "U1")["2.1"] is None
    assert "mất phiếu" in result.explain("U1", "2.1")


def test_published_figures_are_compared(computed: Compute) -> None:
    published = (
        "unit,node,value,rank,basis,source\nU1,,89.01,1,published,x\nU2,,88.50,1,published,x\nU3,2,62.33,,published,x\n"
        "U4,,78.50,2,published,x\n"
    )
    means = "edition,scope,code,n_units,value,basis,source\n2023,all,,4,79.42,published,x\n2023,region,S,2,70.00,published,x\n2022,all,,4,1,published,x\n"
    result = computed({"published.csv": published, "means.csv": means})
    found = [(row.unit, row.node, row.quantity, row.kind, row.difference) for row in result.differences]
    assert found == [
        ("U1", "index", "value", "rounding", Decimal("0.01")),
        ("U2", "index", "value", "value", Decimal("-0.50")),
        ("U4", "index", "rank", "rank", Decimal(-1)),
        ("S", "mean:region", "value", "value", Decimal("0.17")),
    ]


HISTORY = "edition,unit,value,rank,basis,source\n2022,U1,87.00,3,published,x\n2022,U2,90.5,1,published,x\n2022,U3,,4,published,x\n2021,U1,1,1,published,x\n"
COMPARED = EDITION + 'comparison: {edition: "2022", comparable: true}\n'


def test_movement_against_the_last_comparable_edition(computed: Compute) -> None:
    result = computed({"history.csv": HISTORY, "edition.yaml": COMPARED})
    rows = {row.unit: row for row in result.movements}
    assert (rows["U1"].change, rows["U1"].rank_change) == (Decimal("2.00"), 2)
    assert (rows["U2"].change, rows["U2"].rank_change) == (Decimal("-1.50"), 0)
    assert (rows["U3"].change, rows["U3"].rank_change, rows["U3"].note) == (None, 0, "not_published")
    assert "U4" not in rows
    assert "tăng 2,00 điểm phần trăm, tăng 2 bậc" in result.explain("U1")
    assert "down 1.50 percent points" in result.explain("U2", language="en")


def test_no_change_across_a_break(computed: Compute) -> None:
    broken = (
        EDITION
        + 'comparison: {edition: "2022", comparable: false, note: {vi: "đổi phương pháp", en: "the method changed"}}\n'
    )
    result = computed({"history.csv": HISTORY, "edition.yaml": broken})
    assert all(row.change is None and row.rank_change is None and not row.comparable for row in result.movements)
    assert "not comparable: the method changed" in result.explain("U1", language="en")


def test_a_merged_unit_shows_its_predecessors_side_by_side(computed: Compute) -> None:
    changes = (
        "predecessor_code,successor_code,change_type,effective_date\n"
        "OLD1,U1,merged,2023-07-01\nOLD2,U1,merged,2023-07-01\nOLD3,U2,unchanged,2023-07-01\nOLD9,U3,merged,2019-01-01\n"
    )
    history = "edition,unit,value,rank\n2022,OLD1,80,5\n2022,OLD2,70,9\n2022,OLD3,88,2\n2022,U3,60,4\n"
    result = computed({"history.csv": history, "edition.yaml": COMPARED, "unit_changes.csv": changes})
    rows = {(row.unit, row.predecessor): row for row in result.movements}
    assert set(rows) == {("U1", "OLD1"), ("U1", "OLD2"), ("U2", "OLD3"), ("U3", "U3")}
    assert rows["U1", "OLD1"].change is None
    assert rows["U1", "OLD1"].note == "merged"
    assert rows["U2", "OLD3"].change == Decimal("1.00")
    said = result.explain("U1")
    assert "├ thay đổi so với OLD1: kỳ 2022: 80, hạng 5" in said
    assert "├ thay đổi so với OLD2: kỳ 2022: 70, hạng 9" in said
    assert "├ movement: edition 2022: 60" in result.explain("U3", language="en")


def test_one_place_is_one_place(computed: Compute) -> None:
    history = HISTORY.replace("2022,U1,87.00,3", "2022,U1,87.00,2")
    result = computed({"history.csv": history, "edition.yaml": COMPARED})
    assert result.explain("U1", language="en").count("up 1 place\n") == 1


def test_two_lists_are_ranked_apart(computed: Compute) -> None:
    lists = EDITION.replace(
        "settings:",
        '  - code: south\n    name: {vi: "Nam", en: "South"}\n    unit_kind: province\n    framework: framework.yaml\n'
        '    units: ["U3", "U4"]\n    groups: [{code: X, name: {vi: "Chung", en: "All"}, from: 0}]\nsettings:',
    ).replace(
        "    framework: framework.yaml\n  - code", '    framework: framework.yaml\n    units: ["U1", "U2"]\n  - code'
    )
    result = computed({"edition.yaml": lists})
    assert [(row.list, row.unit, row.rank) for row in result.ranks] == [
        ("provinces", "U1", 1),
        ("provinces", "U2", 1),
        ("south", "U4", 1),
        ("south", "U3", 2),
    ]
    assert {row.group for row in result.ranks if row.list == "south"} == {"X"}


def test_units_left_out_or_of_another_vintage_are_not_ranked(computed: Compute) -> None:
    units = UNITS + "U5,province,Tỉnh Năm,Province Five,S,Nam,South,2025-07-01,\n"
    edition = EDITION.replace(
        "    framework: framework.yaml\n", '    framework: framework.yaml\n    leave_out: ["U4"]\n'
    )
    gone = {"accepted.csv": "\n".join(line for line in ACCEPTED.splitlines() if not line.startswith("U4")),
            "estimates.csv": "\n".join(line for line in ESTIMATES.splitlines() if not line.startswith("U4"))}  # fmt: skip
    result = computed({"edition.yaml": edition, "units.csv": units, **gone})
    assert {row.unit for row in result.ranks} == {"U1", "U2", "U3"}


def test_explanations_as_data_reach_the_file_and_line(computed: Compute) -> None:
    data = as_data(explain(computed(), "U1", "1.1"))
    assert data["rank"] == 1
    leaf = data["steps"][0]["steps"][0]["steps"][0]
    assert (leaf["code"], leaf["points"], leaf["branch"]) == ("1.1", "2.7000", "proportional")
    step = leaf["steps"][0]["steps"][0]
    assert (step["input"], step["value"], step["source"], step["place"]) == ("numerator", "9", "accepted.csv", "2")
    assert len(step["sha256"]) == 64
    assert leaf["says"]["vi"] == "Đúng hạn: 9/10 hồ sơ = 90 %, đủ điểm từ 100 %: 2,70/3,00 điểm."


def test_explaining_a_domain_lists_what_is_below_it(computed: Compute) -> None:
    text = computed().explain("U1", "1", language="en")
    assert "1.1 On time" in text
    assert "1.2 Plan" in text
    assert "2 Survey" not in text


def test_the_same_input_gives_the_same_tables(computed: Compute) -> None:
    from parindex.results.result import result_files

    assert result_files(computed()) == result_files(computed())
