"""Drawing a sample: chances are exact, the seed decides all, and each unit's weight follows from its path."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from parindex.problems import Problems
from parindex.survey.frame import Frame, FrameLayout, read_frame
from parindex.survey.reserves import read_replacements, replaced
from parindex.survey.sample import (
    SAMPLE,
    Allocation,
    Chosen,
    Sample,
    SampleDesign,
    Stage,
    draw_from_list,
    draw_sample,
    list_weight,
    millionths,
)
from parindex.survey.sample_reading import read_sample_design
from parindex.survey.selection import (
    Draws,
    brewer,
    brewer_chances,
    certain_units,
    drawn,
    in_reserve,
    shared_out,
    systematic,
)

LEVELS = ("province", "district", "commune", "village")


def frame_text(provinces: tuple[str, ...] = ("P01", "P02"), *, capital: int = 1) -> str:
    """Six districts of four communes of three villages in each province; the first district `capital` times as big."""
    lines = ["province,district,commune,village,people"]
    for province in provinces:
        for district in range(6):
            for commune in range(4):
                for village in range(3):
                    people = 100 + 10 * district + 7 * commune + 3 * village
                    codes = [f"{province}-{district}", f"{province}-{district}{commune}"]
                    code = f"{province}-{district}{commune}{village}"
                    lines.append(",".join([province, *codes, code, str(people * (capital if district == 0 else 1))]))
    return "\n".join(lines) + "\n"


def the_frame(text: str, levels: tuple[str, ...] = LEVELS) -> Frame:
    problems = Problems()
    frame = read_frame(text.encode(), "frame.csv", FrameLayout(levels, "people"), problems)
    assert frame is not None and not problems.errors
    return frame


STAGES = (
    Stage("district", "pps_systematic", 3, reserves=1),
    Stage("commune", "pps_systematic", 2),
    Stage("village", "systematic", 2),
    Stage("person", "simple_random", 10, reserves=3),
)
DESIGN = SampleDesign("test", 2024, FrameLayout(LEVELS, "people"), STAGES)


def draw(frame: Frame, design: SampleDesign = DESIGN) -> Sample:
    problems = Problems()
    sample = draw_sample(frame, design, problems)
    assert sample is not None, [problem.words("en") for problem in problems]
    return sample


def in_sample(sample: Sample, unit: str, province: str | None = None) -> list[Chosen]:
    return [row for row in sample.units if row.unit == unit and row.in_sample and province in (None, row.province)]


# --- chances ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sizes", "count"), [([5, 3, 7, 4, 6], 3), ([1] * 7, 3), ([10, 1, 1, 9], 2), ([4], 1)])
def test_over_all_starts_each_unit_is_met_in_proportion_to_its_size(sizes: list[int], count: int) -> None:
    met: Counter[int] = Counter()
    for start in range(sum(sizes)):
        chosen = systematic(sizes, count, start)
        assert len(set(chosen)) == count or max(sizes) * count >= sum(sizes)
        met.update(chosen)
    assert [met[at] for at in range(len(sizes))] == [count * size for size in sizes]


@pytest.mark.parametrize(("sizes", "count"), [([5, 3, 7, 4, 6], 3), ([2, 2, 3], 2), ([9, 8, 1, 1, 2], 2)])
def test_brewer_gives_exact_chances(sizes: list[int], count: int) -> None:
    chance = dict.fromkeys(range(len(sizes)), Fraction(0))

    def walk(taken: list[int], so_far: Fraction) -> None:
        if len(taken) == count:
            for at in taken:
                chance[at] += so_far
            return
        steps = brewer_chances(sizes, count, taken)
        assert sum(steps.values()) == 1
        for at, step in steps.items():
            walk([*taken, at], so_far * step)

    walk([], Fraction(1))
    assert chance == {at: Fraction(count * size, sum(sizes)) for at, size in enumerate(sizes)}


def test_certain_units_are_found_again_after_each_is_taken() -> None:
    assert certain_units([50, 20, 10, 10, 10], 2) == {0}
    # 30 is below 100/3, and reaches (100-60)/2 once 60 is gone.
    assert certain_units([60, 30, 4, 3, 3], 3) == {0, 1}
    assert certain_units([1, 1, 1], 3) == {0, 1, 2}
    assert certain_units([1, 1, 1], 9) == {0, 1, 2}
    assert certain_units([3, 3, 3, 3], 2) == frozenset()


def test_chance_of_a_draw_depends_on_seed_and_words_only() -> None:
    assert [Draws(1, "P01").below(1000) for _ in range(2)] == [Draws(1, "P01").below(1000)] * 2
    values = {Draws(seed, *words).below(10**12) for seed in (1, 2) for words in (("a", "b"), ("ab",), ("a", "b", ""))}
    assert len(values) == 6
    assert sorted(Draws(5, "x").shuffled(20)) == list(range(20))
    # Fixed for all time: samples drawn today are drawn again from the same seed.
    draws = Draws(20231231, "P01", "district")
    assert [draws.below(100) for _ in range(8)] == FIXED


FIXED = [38, 69, 32, 11, 96, 6, 95, 6]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["pps_systematic", "brewer", "systematic", "simple_random"])
def test_realised_frequencies_match_the_chances(method: str) -> None:
    sizes = [5, 3, 7, 4, 6, 2]
    if method in ("systematic", "simple_random"):
        sizes = [1] * 6
    rounds = 20_000
    met: Counter[int] = Counter()
    draws = Draws(7, method)
    for _ in range(rounds):
        met.update(drawn(method, sizes, 3, draws))  # type: ignore[arg-type]
    for at, size in enumerate(sizes):
        chance = 3 * size / sum(sizes)
        assert abs(met[at] / rounds - chance) < 4.5 * (chance * (1 - chance) / rounds) ** 0.5


@pytest.mark.slow
def test_final_chances_match_frequencies_over_many_seeds() -> None:
    frame = the_frame(frame_text(("P01",), capital=4))
    rounds = 1500
    total = 0.0
    met: Counter[str] = Counter()
    chances: dict[str, float] = {}
    for seed in range(rounds):
        for row in in_sample(draw(frame, replace(DESIGN, seed=seed)), "village"):
            met[row.code] += 1
            chances[row.code] = float(row.inclusion)
            total += float(row.weight or 0) * (row.take or 0)
    for code, chance in chances.items():
        # Within a district or a commune that is certain or not, the chance of a path is the same in every draw.
        assert abs(met[code] / rounds - chance) < 5 * (chance * (1 - chance) / rounds) ** 0.5
    assert total / rounds == pytest.approx(frame.levels[0].sizes[0], rel=0.02)


# --- the whole draw --------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_rows() -> None:
    text = frame_text()
    header, *rows = text.splitlines()
    shuffled = "\n".join([header, *reversed(rows)]) + "\n"
    assert SAMPLE.csv_bytes(draw(the_frame(text)).units) == SAMPLE.csv_bytes(draw(the_frame(shuffled)).units)
    other = draw(the_frame(text), replace(DESIGN, seed=2025))
    assert other.units != draw(the_frame(text)).units


def test_a_province_more_does_not_move_the_others() -> None:
    two = draw(the_frame(frame_text(("P01", "P02"))))
    three = draw(the_frame(frame_text(("P01", "P015", "P02"))))
    for province in ("P01", "P02"):
        assert [row for row in two.units if row.province == province] == [
            row for row in three.units if row.province == province
        ]


def test_chances_multiply_along_the_path_and_weights_are_their_inverse() -> None:
    sample = draw(the_frame(frame_text()))
    rows = {(row.stage, row.code): row for row in sample.units}
    for village in in_sample(sample, "village"):
        commune = rows[2, village.parent]
        district = rows[1, commune.parent]
        assert abs(Fraction(district.probability) - Fraction(3 * district.size, district.group_size)) <= Fraction(
            1, 10**15
        )
        exact = (
            Fraction(district.group_drawn * district.size, district.group_size)
            * Fraction(commune.group_drawn * commune.size, commune.group_size)
            * Fraction(village.group_drawn, village.group_units)
        )
        assert float(village.inclusion) == pytest.approx(float(exact), rel=1e-12)
        assert village.take == 10
        assert village.weight is not None
        assert abs(Fraction(village.weight) - 1 / (exact * Fraction(10, village.size))) <= Fraction(1, 2_000_000)
        assert village.psu == district.code
        assert village.stratum == village.province


def test_strata_and_degrees_of_freedom() -> None:
    sample = draw(the_frame(frame_text()))
    assert [(row.stratum, row.unit, row.psus, row.psus_in_frame) for row in sample.strata] == [
        ("P01", "district", 3, 6),
        ("P02", "district", 3, 6),
    ]
    assert sample.degrees_of_freedom == {"P01": 2, "P02": 2}
    assert [row.size for row in sample.strata] == list(the_frame(frame_text()).levels[0].sizes)


def test_the_psus_of_a_certain_district_are_its_communes() -> None:
    sample = draw(the_frame(frame_text(("P01",), capital=6)))
    capital = next(row for row in sample.units if row.code == "P01-0")
    assert capital.certain and capital.psu is None and capital.probability == 1
    assert capital.stratum == "P01/P01-0"
    # Half of the people: one and a half of three districts, so three communes instead of two.
    assert capital.take == 3
    inside = [row for row in sample.units if row.parent == "P01-0"]
    assert {row.psu for row in inside} == {row.code for row in inside}
    strata = {row.stratum: row for row in sample.strata}
    assert strata["P01"].psus == 2 and strata["P01"].psus_in_frame == 5
    assert strata["P01/P01-0"].unit == "commune"
    assert (strata["P01/P01-0"].psus, strata["P01/P01-0"].psus_in_frame) == (3, 4)
    # As many strata more as certain units: nothing is won for the degrees of freedom.
    assert sample.degrees_of_freedom == {"P01": 1 + 2}
    same = draw(the_frame(frame_text(("P01",), capital=6)), replace(DESIGN, certainty_take="same"))
    assert next(row for row in same.units if row.code == "P01-0").take == 2


def test_the_second_stage_of_each_psu() -> None:
    sample = draw(the_frame(frame_text(("P01",), capital=6)))
    psus = sample.psus(DESIGN)
    assert [(row.stratum, row.psu_population, row.unit, row.units, row.unit_population) for row in psus] == [
        *[("P01", 5, "commune", 2, 4)] * 2,
        *[("P01/P01-0", 4, "village", 2, 3)] * 3,
    ]
    frame = the_frame("province,commune,people\nP01,C1,50\nP01,C2,60\nP01,C3,70\n", ("province", "commune"))
    design = SampleDesign(
        "x", 1, frame.layout, (Stage("commune", "simple_random", 2), Stage("person", "simple_random", 20))
    )
    sizes = {row.psu: row.unit_population for row in draw(frame, design).psus(design)}
    assert len(sizes) == 2 and set(sizes.items()) < {("C1", 50), ("C2", 60), ("C3", 70)}


def test_people_are_the_psus_where_all_above_is_certain() -> None:
    frame = the_frame("province,commune,people\nP01,C1,50\n", ("province", "commune"))
    stages = (Stage("commune", "pps_systematic", 1), Stage("person", "simple_random", 20))
    sample = draw(frame, SampleDesign("x", 1, frame.layout, stages))
    assert sample.units[0].psu is None
    assert sample.units[0].weight == Decimal("2.500000")
    assert sample.strata == ((("P01/C1"), "P01", "person", 20, 50, 50),)


def test_listed_people_are_drawn_from_the_frame() -> None:
    lines = ["province,commune,person"]
    lines += [f"P01,C{commune},C{commune}-{person:02d}" for commune in range(5) for person in range(20 + commune)]
    layout = FrameLayout(("province", "commune", "person"))
    frame = read_frame("\n".join(lines).encode(), "people.csv", layout, Problems())
    assert frame is not None
    stages = (Stage("commune", "brewer", 2), Stage("person", "simple_random", 5, reserves=2))
    sample = draw(frame, SampleDesign("x", 1, layout, stages))
    people = [row for row in sample.units if row.unit == "person"]
    assert len(people) == 14 and sum(row.in_sample for row in people) == 10
    # Equal takes after a draw by size: everyone has the same chance.
    assert {row.weight for row in people if row.in_sample} == {Decimal("11.000000")}
    assert millionths([Decimal("11.000000")]) == [11_000_000]


def test_the_weights_add_up_to_the_people_on_average_and_near_it_in_each_draw() -> None:
    sample = draw(the_frame(frame_text()))
    people = sum((row.weight or 0) * (row.take or 0) for row in in_sample(sample, "village", "P01"))
    assert float(people) == pytest.approx(the_frame(frame_text()).levels[0].sizes[0], rel=0.1)


def test_too_few_units_are_all_taken_and_said_so() -> None:
    problems = Problems()
    stages = (
        Stage("district", "simple_random", 9),
        Stage("commune", "simple_random", 2),
        Stage("village", "simple_random", 1),
    )
    sample = draw_sample(the_frame(frame_text(("P01",))), replace(DESIGN, stages=stages), problems)
    assert sample is not None
    assert [problem.code for problem in problems] == ["SAMPLE-TAKE-ALL"]
    assert all(row.certain for row in sample.units if row.unit == "district")
    assert len(sample.strata) == 6 and sample.degrees_of_freedom == {"P01": 6}


def test_a_lonely_psu_is_noticed() -> None:
    problems = Problems()
    draw_sample(
        the_frame(frame_text(("P01",))), replace(DESIGN, stages=(replace(STAGES[0], take=1), *STAGES[1:])), problems
    )
    assert [problem.code for problem in problems] == ["SAMPLE-LONELY"]


def test_strata_within_provinces() -> None:
    text = "province,commune,people,area\n" + "".join(
        f"P01,C{at:02d},{100 + at},{'town' if at < 6 else 'country'}\n" for at in range(16)
    )
    layout = FrameLayout(("province", "commune"), "people", ("area",))
    frame = read_frame(text.encode(), "frame.csv", layout, Problems())
    assert frame is not None
    stages = (Stage("commune", "pps_systematic", None), Stage("person", "simple_random", 10))
    sample = draw(frame, SampleDesign("x", 1, layout, stages, Allocation("equal", 6)))
    assert [(row.stratum, row.psus, row.psus_in_frame) for row in sample.strata] == [
        ("P01/country", 4, 10),
        ("P01/town", 2, 6),
    ]
    problems = Problems()
    mixed = read_frame(
        (text + "P01,C99,1,town\n").replace("C99", "C15").replace("commune,people", "village,people").encode(),
        "frame.csv",
        FrameLayout(("province", "village"), "people", ("area",)),
        problems,
    )
    assert [problem.code for problem in problems] == ["FRAME-TWICE"] and mixed is not None


def test_a_first_unit_in_two_strata_is_refused() -> None:
    layout = FrameLayout(("province", "commune", "village"), "people", ("area",))
    text = "province,commune,village,people,area\nP01,C1,V1,5,town\nP01,C1,V2,5,country\nP01,C2,V3,5,town\n"
    frame = read_frame(text.encode(), "frame.csv", layout, Problems())
    assert frame is not None
    problems = Problems()
    stages = (Stage("commune", "pps_systematic", 1), Stage("village", "pps_systematic", 1))
    assert draw_sample(frame, SampleDesign("x", 1, layout, stages), problems) is None
    assert [(problem.code, problem.where.line) for problem in problems] == [("SAMPLE-STRATUM-MIXED", 2)]


# --- allocation ------------------------------------------------------------------------------------------------------


def test_shares_are_whole_and_keep_their_bounds() -> None:
    claims = {"a": Fraction(1), "b": Fraction(1), "c": Fraction(1)}
    most = dict.fromkeys(claims, 100)
    assert shared_out(10, claims, 1, most) == {"a": 4, "b": 3, "c": 3}
    assert shared_out(10, {**claims, "a": Fraction(98)}, 2, most) == {"a": 6, "b": 2, "c": 2}
    assert shared_out(10, claims, 1, {"a": 2, "b": 100, "c": 100}) == {"a": 2, "b": 4, "c": 4}
    assert shared_out(3, claims, 1, {"a": 1, "b": 1, "c": 1}) == {"a": 1, "b": 1, "c": 1}
    with pytest.raises(ValueError):
        shared_out(4, claims, 1, {"a": 1, "b": 1, "c": 1})
    with pytest.raises(ValueError):
        shared_out(2, claims, 1, most)


PEOPLE = "province,village,people\nP01,V1,100\nP01,V2,300\nP02,V3,800\nP02,V4,800\n"


@pytest.mark.parametrize(
    ("allocation", "expected"),
    [
        (Allocation("equal", 100), {"P01": 50, "P02": 50}),
        (Allocation("proportional", 100), {"P01": 20, "P02": 80}),
        (Allocation("square_root", 99), {"P01": 33, "P02": 66}),
        (Allocation("neyman", 100, 1, {"P01": Decimal("0.8"), "P02": Decimal("0.2")}), {"P01": 50, "P02": 50}),
        (Allocation("proportional", 100, 30), {"P01": 30, "P02": 70}),
    ],
)
def test_interviews_are_allocated_to_provinces(allocation: Allocation, expected: dict[str, int]) -> None:
    frame = the_frame(PEOPLE, ("province", "village"))
    stages = (Stage("village", "simple_random", 1), Stage("person", "simple_random", None))
    sample = draw(frame, SampleDesign("x", 1, frame.layout, stages, allocation))
    assert {row.province: row.take for row in in_sample(sample, "village")} == expected


def test_a_national_sample_has_its_total_and_equal_provinces() -> None:
    stages = (*STAGES[:3], Stage("person", "simple_random", None, reserves=3))
    sample = draw(
        the_frame(frame_text(capital=4)), replace(DESIGN, stages=stages, allocation=Allocation("equal", 1001))
    )
    takes = Counter()
    for row in in_sample(sample, "village"):
        takes[row.province] += row.take or 0
    assert takes == {"P01": 501, "P02": 500}
    assert len({row.take for row in in_sample(sample, "village", "P02")}) <= 2


def test_neyman_needs_a_spread_for_every_province() -> None:
    problems = Problems()
    frame = the_frame(PEOPLE, ("province", "village"))
    stages = (Stage("village", "simple_random", 1), Stage("person", "simple_random", None))
    design = SampleDesign("x", 1, frame.layout, stages, Allocation("neyman", 100, 1, {"P01": Decimal(1)}))
    assert draw_sample(frame, design, problems) is None
    assert [problem.code for problem in problems] == ["SAMPLE-SPREAD-MISSING"]
    problems = Problems()
    design = replace(design, allocation=Allocation("equal", 1))
    assert draw_sample(frame, design, problems) is None
    assert "from 2 to 2,000" in next(iter(problems)).words("en")


# --- reserves and lists ----------------------------------------------------------------------------------------------


def replace_units(sample: Sample, text: str) -> tuple[tuple[Chosen, ...], Problems]:
    problems = Problems()
    replacements = read_replacements(f"unit,reserve,contacts,reason\n{text}".encode(), "r.csv", problems)
    return replaced(sample.units, replacements, 3, problems), problems


def test_a_reserve_steps_in_with_all_that_was_drawn_within_it() -> None:
    sample = draw(the_frame(frame_text()))
    gone = in_sample(sample, "district", "P01")[0].code
    reserve = next(row.code for row in sample.units if row.role == "reserve" and row.province == "P01")
    after, problems = replace_units(sample, f"{gone},{reserve},3,flooded\n")
    assert not len(problems)
    villages = [row for row in after if row.unit == "village" and row.in_sample and row.province == "P01"]
    assert len(villages) == 12
    assert {row.psu for row in villages} >= {reserve}
    assert gone not in {row.psu for row in villages}


def test_a_reserve_is_refused_early_elsewhere_or_out_of_order() -> None:
    stages = (replace(STAGES[0], reserves=2), *STAGES[1:])
    sample = draw(the_frame(frame_text()), replace(DESIGN, stages=stages))
    main = [row.code for row in in_sample(sample, "district", "P01")]
    first, second = (
        row.code for row in sample.units if row.role == "reserve" and row.province == "P01" and row.stage == 1
    )
    far = next(row.code for row in sample.units if row.role == "reserve" and row.province == "P02")
    after, problems = replace_units(
        sample,
        f"{main[0]},{first},2,away\n{main[0]},{far},3,away\n{main[0]},{second},3,away\n{main[0]},nowhere,3,away\n"
        f"{first},{second},3,away\n{main[0]},{first},3,away\n{main[1]},{first},3,away\n",
    )
    assert [(problem.code, problem.where.line) for problem in problems] == [
        ("RESERVE-CONTACTS", 2),
        ("RESERVE-GROUP", 3),
        ("RESERVE-ORDER", 4),
        ("RESERVE-UNKNOWN", 5),
        ("RESERVE-ROLE", 6),
        ("RESERVE-ROLE", 8),
    ]
    assert sum(row.in_sample for row in after if row.stage == 1) == 6
    for problem in problems:
        assert "{" not in problem.words("vi") + problem.words("en")


def test_reserves_follow_size_and_never_hold_a_unit_twice() -> None:
    order = in_reserve("pps_systematic", [5, 3, 7, 4], 9, Draws(1, "r"))
    assert sorted(order) == [0, 1, 2, 3]
    assert sorted(in_reserve("simple_random", [1] * 5, 2, Draws(1, "r"))) != [0, 0]


def test_a_list_made_in_the_field() -> None:
    names = [f"HH{at:03d}" for at in range(90)]
    main, spare = draw_from_list(names, 12, 5, 2024, "P01-000")
    assert (main, spare) == draw_from_list(names[::-1], 12, 5, 2024, "P01-000")
    assert len(set(main) | set(spare)) == 17
    chosen = in_sample(draw(the_frame(frame_text())), "village")[0]
    weight = list_weight(chosen, 90, 12)
    assert float(weight) == pytest.approx(90 / 12 / float(chosen.inclusion), rel=1e-9)


def test_brewer_draws_distinct_units() -> None:
    for seed in range(50):
        assert len(set(brewer([8, 8, 1, 1, 2, 6], 3, Draws(seed, "b")))) == 3


# --- sample.yaml -----------------------------------------------------------------------------------------------------

YAML = """sample: test
seed: 2024
frame: {file: frame.csv, levels: [province, district, commune, village], size: people}
stages:
  - {unit: district, method: pps_systematic, take: 3, reserves: 1}
  - {unit: commune, method: pps_systematic, take: 2}
  - {unit: village, method: systematic, take: 2}
  - {unit: person, method: simple_random, take: 10, reserves: 3}
"""


def read_yaml(text: str) -> tuple[SampleDesign | None, list[tuple[str, int | None]]]:
    problems = Problems()
    found = read_sample_design(text.encode(), "sample.yaml", problems)
    for problem in problems:
        assert "{" not in problem.words("vi") + problem.words("en")
    return (found[0] if found else None), [(problem.code, problem.where.line) for problem in problems]


def test_a_design_is_read_from_yaml() -> None:
    assert read_yaml(YAML) == (DESIGN, [])


def test_an_allocation_is_read_from_yaml() -> None:
    text = YAML.replace("take: 10", "take: allocated") + (
        "allocation: {kind: neyman, total: 36500, least: 300, spreads: {P01: 0.37, P02: 0.4}}\n"
        "certainty_take: same\ncontacts_before_reserve: 4\n"
    )
    design, problems = read_yaml(text)
    assert not problems and design is not None
    assert design.allocation == Allocation("neyman", 36500, 300, {"P01": Decimal("0.37"), "P02": Decimal("0.4")})
    assert design.stages[-1].take is None
    assert (design.certainty_take, design.contacts_before_reserve) == ("same", 4)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("unit: district", "unit: province", ("SAMPLE-STAGE-ORDER", 5)),
        ("unit: commune", "unit: parish", ("SAMPLE-STAGE-ORDER", 6)),
        ("unit: village", "unit: district", ("SAMPLE-STAGE-ORDER", 7)),
        ("method: simple_random", "method: pps_systematic", ("SAMPLE-FIELD-METHOD", 8)),
        ("take: 10", "take: allocated", ("SAMPLE-ALLOCATED", 1)),
        ("take: 10", "take: 0", ("NUMBER-RANGE", 8)),
        ("take: 10", "take: all", ("NUMBER-WRONG", 8)),
        ("seed: 2024", "sed: 2024", ("KEY-UNKNOWN", 2)),
        ("method: systematic", "method: haphazard", ("WORD-UNKNOWN", 7)),
        ("seed: 2024", "seed: 2024\nallocation: {kind: equal, total: 100}", ("SAMPLE-ALLOCATED", 1)),
        ("seed: 2024", "seed: 2024\nallocation: {kind: equal}", ("KEY-MISSING", 3)),
    ],
)
def test_mistakes_in_yaml_are_named(old: str, new: str, expected: tuple[str, int]) -> None:
    assert old in YAML
    design, problems = read_yaml(YAML.replace(old, new))
    assert design is None
    assert expected in problems
