"""Base weights, non-response classes that merge, and records that cannot be weighted."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from parindex.problems import Problems
from parindex.survey.calibration import margins_of, raked, trimmed
from parindex.survey.frame import FrameLayout, read_frame
from parindex.survey.sample import Chosen, SampleDesign, Stage, draw_sample
from parindex.survey.weights import (
    ADJUSTMENT,
    EFFECTS,
    CollapseRule,
    adjusted_for_nonresponse,
    base_weights,
    kish_effect,
    usable_records,
    weight_effects,
)

LAYOUT = FrameLayout(("province", "commune", "village"), "people")


def the_sample() -> tuple[Chosen, ...]:
    lines = ["province,commune,village,people"]
    for province in ("P01", "P02"):
        for commune in range(5):
            for village in range(4):
                code = f"{province}-{commune}"
                lines.append(f"{province},{code},{code}{village},{200 + 10 * commune + village}")
    frame = read_frame("\n".join(lines).encode(), "frame.csv", LAYOUT, Problems())
    assert frame is not None
    stages = (
        Stage("commune", "pps_systematic", 2, 1),
        Stage("village", "pps_systematic", 2),
        Stage("person", "simple_random", 8),
    )
    sample = draw_sample(frame, SampleDesign("x", 3, LAYOUT, stages), Problems())
    assert sample is not None
    return sample.units


def villages(sample: tuple[Chosen, ...]) -> list[Chosen]:
    return [row for row in sample if row.unit == "village" and row.in_sample]


# --- records ---------------------------------------------------------------------------------------------------------


def test_records_with_their_own_weights() -> None:
    kept = usable_records(
        ["a", "b", "c", "d", "e", "f", "g", "g", "h", "i", "j", ""],
        [1.0, None, 0.0, -2.0, float("inf"), float("nan"), 1.0, 2.0, 1.0, 1.0, 1.5, 1.0],
        ["S1", "S1", "S1", "S1", "S1", "S1", "S1", "S1", "", "S1", "S1", "S1"],
        ["p", "p", "p", "p", "p", "p", "p", "p", "q", "", "p", "p"],
        columns={"weight": "w_final"},
    )
    assert kept.indices.tolist() == [0, 10]
    assert [(row.record, row.column, row.value, row.code) for row in kept.set_aside] == [
        ("g", "record", "g", "RECORD-TWICE"),
        ("g", "record", "g", "RECORD-TWICE"),
        ("", "record", "", "KEY-EMPTY"),
        ("b", "w_final", "", "WEIGHT-WRONG"),
        ("c", "w_final", "0.0", "WEIGHT-WRONG"),
        ("d", "w_final", "-2.0", "WEIGHT-WRONG"),
        ("e", "w_final", "inf", "WEIGHT-WRONG"),
        ("f", "w_final", "nan", "WEIGHT-WRONG"),
        ("h", "stratum", "", "KEY-EMPTY"),
        ("i", "psu", "", "KEY-EMPTY"),
    ]


def test_a_psu_in_two_strata() -> None:
    kept = usable_records(
        ["a", "b", "c", "d", "e"], [1.0] * 5, ["S1", "S1", "S2", "S1", "S2"], ["p", "p", "p", "q", "q"]
    )
    # Two of three records say S1; for q nobody can tell.
    assert kept.indices.tolist() == [0, 1]
    assert [(row.record, row.code) for row in kept.set_aside] == [
        ("c", "PSU-STRATA"),
        ("d", "PSU-STRATA"),
        ("e", "PSU-STRATA"),
    ]
    assert 'its sampled unit "p" lies in "S1"' in kept.set_aside[0].reason_en
    assert 'lies in "S1, S2"' in kept.set_aside[1].reason_en


def test_base_weights_come_from_the_sample() -> None:
    sample = the_sample()
    units = [row.code for row in villages(sample) for _ in range(8)]
    records = [f"R{at:03d}" for at in range(len(units))]
    problems = Problems()
    found = base_weights(records, units, sample, problems)
    assert not len(problems) and not found.set_aside
    assert set(found.strata) == {"P01", "P02"} and len(set(found.psus)) == 4
    people = sum(200 + 10 * commune + village for commune in range(5) for village in range(4))
    # Sizes decide the chances at both stages, and takes are equal: every weight of a province is the same.
    assert found.weights == pytest.approx(np.full(len(units), people / 32), abs=1e-6)


def test_cases_outside_the_sample_and_strata_without_cases() -> None:
    sample = the_sample()
    here = [row.code for row in villages(sample) if row.province == "P01"]
    reserve = next(row.code for row in sample if row.unit == "village" and not row.in_sample)
    problems = Problems()
    found = base_weights(["a", "b", "c", "d", "d"], [here[0], "nowhere", reserve, here[1], here[1]], sample, problems)
    assert found.kept.tolist() == [0]
    assert [(row.record, row.column, row.code) for row in found.set_aside] == [
        ("d", "record", "RECORD-TWICE"),
        ("d", "record", "RECORD-TWICE"),
        ("b", "unit", "UNIT-UNSAMPLED"),
        ("c", "unit", "UNIT-UNSAMPLED"),
    ]
    assert [problem.code for problem in problems.errors] == ["STRATUM-EMPTY"]
    assert len(problems.notices) == 3
    for problem in problems:
        assert "{" not in problem.words("vi") + problem.words("en")


def test_more_cases_than_people() -> None:
    sample = the_sample()
    unit = villages(sample)[0]
    problems = Problems()
    base_weights([f"R{at}" for at in range(unit.size + 1)], [unit.code] * (unit.size + 1), sample, problems)
    assert "UNIT-OVERFULL" in {problem.code for problem in problems}


def test_people_are_psus_where_all_above_was_certain() -> None:
    frame = read_frame(
        b"province,commune,people\nP01,C1,50\n", "f.csv", FrameLayout(("province", "commune"), "people"), Problems()
    )
    assert frame is not None
    stages = (Stage("commune", "pps_systematic", 1), Stage("person", "simple_random", 20))
    sample = draw_sample(frame, SampleDesign("x", 1, frame.layout, stages), Problems())
    assert sample is not None
    found = base_weights(["a", "b"], ["C1", "C1"], sample.units, Problems())
    assert found.psus == ("a", "b") and found.strata == ("P01/C1", "P01/C1")


# --- non-response ----------------------------------------------------------------------------------------------------


def classes_of(text: str) -> tuple[list[tuple[str, ...]], np.ndarray, np.ndarray]:
    """Lines "class words | people approached | answered", each person with weight 10."""
    keys: list[tuple[str, ...]] = []
    answered: list[bool] = []
    for line in text.strip().splitlines():
        words, approached, yes = (cell.strip() for cell in line.split("|"))
        for at in range(int(approached)):
            keys.append(tuple(words.split()))
            answered.append(at < int(yes))
    return keys, np.array(answered), np.full(len(keys), 10.0)


def adjust(
    text: str, rule: CollapseRule, problems: Problems | None = None
) -> tuple[dict[str, tuple[object, ...]], np.ndarray]:
    keys, answered, weights = classes_of(text)
    result = adjusted_for_nonresponse(weights, answered, keys, rule, problems if problems is not None else Problems())
    assert ADJUSTMENT.csv_bytes(result.classes)
    return {
        row.name: (row.merged, row.cases, row.answered, row.factor, row.thin) for row in result.classes
    }, result.weights


def test_the_weight_of_those_who_did_not_answer_goes_to_those_who_did() -> None:
    classes, weights = adjust("P01 town | 50 | 40\nP01 country | 60 | 48", CollapseRule(least=20))
    assert classes == {
        "P01/country": (None, 60, 48, Decimal("1.250000"), False),
        "P01/town": (None, 50, 40, Decimal("1.250000"), False),
    }
    assert weights.sum() == pytest.approx(1100)
    assert sorted(set(weights.tolist())) == [0, 12.5]


def test_a_thin_class_merges_with_its_smaller_neighbour() -> None:
    classes, weights = adjust(
        "P01 a | 50 | 40\nP01 b | 12 | 6\nP01 c | 40 | 30\nP02 a | 30 | 25", CollapseRule(least=20)
    )
    assert classes == {
        "P01/a": (None, 50, 40, Decimal("1.250000"), False),
        "P01/b": ("P01/c", 52, 36, Decimal("1.444444"), False),
        "P02/a": (None, 30, 25, Decimal("1.200000"), False),
    }
    assert weights.sum() == pytest.approx(1320)


def test_a_large_factor_merges_too() -> None:
    classes, _ = adjust("P01 a | 100 | 25\nP01 b | 60 | 50", CollapseRule(least=20, largest_factor=2.5))
    assert classes == {"P01/a": ("P01/b", 160, 75, Decimal("2.133333"), False)}


def test_words_are_dropped_one_by_one_and_never_the_first() -> None:
    text = "P01 town old | 9 | 5\nP01 town young | 9 | 6\nP01 country old | 30 | 25\nP02 town old | 9 | 8"
    classes, _ = adjust(text, CollapseRule(least=20))
    assert classes == {
        "P01/country/old": ("P01/town/old; P01/town/young", 48, 36, Decimal("1.333333"), False),
        "P02/town/old": (None, 9, 8, Decimal("1.125000"), True),
    }
    everywhere, _ = adjust(text, CollapseRule(least=20, never_across=0))
    assert len(everywhere) == 1


def test_a_class_in_which_nobody_answered_is_a_problem() -> None:
    problems = Problems()
    classes, weights = adjust("P01 a | 5 | 0\nP02 a | 30 | 25", CollapseRule(), problems)
    assert [problem.code for problem in problems] == ["CLASS-EMPTY"]
    assert classes["P01/a"] == (None, 5, 0, None, True)
    assert weights[:5].tolist() == [0] * 5


# --- effects ---------------------------------------------------------------------------------------------------------


def test_effects_of_weights() -> None:
    row = weight_effects("base", np.array([1.0, 2.0, 3.0, 0.0]), held=0.25)
    assert row == (
        "base", 3, Decimal("6.000000"), Decimal("1.000000"), Decimal("3.000000"),
        Decimal("0.408248"), Decimal("1.166667"), Decimal("2.57"), Decimal("25.0000"),
    )  # fmt: skip
    assert kish_effect(np.full(7, 3.3)) == pytest.approx(1)
    assert EFFECTS.csv_bytes([row])
    with pytest.raises(ValueError):
        weight_effects("none", np.zeros(3))


def test_the_whole_way_from_sample_to_calibrated_weights() -> None:
    sample = the_sample()
    chance = np.random.Generator(np.random.PCG64(11))
    units = [row.code for row in villages(sample) for _ in range(8)]
    records = [f"R{at:03d}" for at in range(len(units))]
    sexes = ["f" if draw < 0.55 else "m" for draw in chance.random(len(units))]
    answered = chance.random(len(units)) < 0.85
    problems = Problems()
    base = base_weights(records, units, sample, problems)
    classes = [(stratum, sex) for stratum, sex in zip(base.strata, sexes, strict=True)]
    adjusted = adjusted_for_nonresponse(base.weights, answered, classes, CollapseRule(least=10), problems)
    assert adjusted.weights.sum() == pytest.approx(base.weights.sum())
    here = np.flatnonzero(answered)
    cut = trimmed(adjusted.weights[here], 0.0, 220.0)
    totals = {
        "province": {"P01": Decimal(4500), "P02": Decimal(4400)},
        "province*sex": {
            "P01*f": Decimal(2300),
            "P01*m": Decimal(2200),
            "P02*f": Decimal(2250),
            "P02*m": Decimal(2150),
        },
    }
    columns = {"province": [base.strata[at] for at in here], "sex": [sexes[at] for at in here]}
    found = margins_of([records[at] for at in here], columns, totals, ("province", "province*sex"), problems)
    assert found.margins is not None and not problems.errors
    result = raked(cut.weights, found.margins)
    assert result.converged
    report = [
        weight_effects("base", base.weights),
        weight_effects("nonresponse", adjusted.weights),
        weight_effects("trimmed", cut.weights, held=cut.share),
        weight_effects("calibrated", result.weights),
    ]
    assert report[-1].total == Decimal("8900.000000")
    assert report[0].design_effect == Decimal("1.000000") < report[1].design_effect
