"""Targets of the simulated edition 2023: everything printed holds, for every seed."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from statistics import correlation

import pytest

from parindex.language import half_up
from parindex.simulation.targets import (
    Anchor,
    TargetsImpossible,
    UnitInRegion,
    sipas_targets,
    target_indexes,
)

NATIONAL = Path(__file__).parents[3] / "examples" / "national"
SEEDS = range(200)

Values = Mapping[str, Decimal]


def rows(name: str) -> list[dict[str, str]]:
    with (NATIONAL / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def anchors(name: str) -> list[Anchor]:
    return [
        Anchor(
            row["unit"],
            Decimal(row["value"]) if row["value"] else None,
            int(row["rank"]) if row["rank"] else None,
        )
        for row in rows(name)
    ]


UNITS = [UnitInRegion(row["unit_code"], row["region_code"]) for row in rows("units.csv")]
PUBLISHED = anchors("published.csv")
SIPAS = anchors("sipas.csv")
REGION_MEANS = {row["code"]: Decimal(row["value"]) for row in rows("means.csv") if row["scope"] == "region"}
NATIONAL_MEAN = next(Decimal(row["value"]) for row in rows("means.csv") if row["scope"] == "all")


def indexes(seed: int, **changed: object) -> Values:
    arguments: dict[str, object] = {
        "units": UNITS,
        "anchors": PUBLISHED,
        "region_means": REGION_MEANS,
        "national_mean": NATIONAL_MEAN,
        "above_mean": 32,
        "at_least_90": 7,
        "low": Decimal(80),
    }
    return target_indexes(**{**arguments, **changed}, seed=seed)  # type: ignore[arg-type]


def satisfaction(seed: int, index: Values, **changed: object) -> Values:
    arguments: dict[str, object] = {
        "units": [row.unit for row in UNITS],
        "anchors": SIPAS,
        "index": index,
        "mean": Decimal("82.66"),
        "low": Decimal("75.03"),
        "high": Decimal("90.61"),
    }
    return sipas_targets(**{**arguments, **changed}, seed=seed)  # type: ignore[arg-type]


def mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def likeness(one: Values, other: Values) -> float:
    return correlation([float(one[unit]) for unit in one], [float(other[unit]) for unit in one])


def ranks(values: Values) -> dict[str, int]:
    return {unit: place for place, unit in enumerate(sorted(values, key=lambda u: -values[u]), start=1)}


def require_anchors(values: Values, printed: Sequence[Anchor]) -> None:
    order = ranks(values)
    for unit, value, rank in printed:
        assert value is None or values[unit] == value, unit
        assert rank is None or order[unit] == rank, unit


@pytest.fixture(scope="module")
def many() -> dict[int, Values]:
    return {seed: indexes(seed) for seed in SEEDS}


@pytest.fixture(scope="module")
def many_sipas(many: dict[int, Values]) -> dict[int, Values]:
    return {seed: satisfaction(seed, index) for seed, index in many.items()}


class TestIndexes:
    def test_every_unit_has_a_value_with_two_decimals(self, many: dict[int, Values]) -> None:
        for values in many.values():
            assert list(values) == [row.unit for row in UNITS]
            assert all(value.as_tuple().exponent == -2 for value in values.values())

    def test_printed_values_and_ranks_hold(self, many: dict[int, Values]) -> None:
        assert sum(anchor.value is not None for anchor in PUBLISHED) == 14
        for values in many.values():
            require_anchors(values, PUBLISHED)

    def test_no_two_values_are_equal(self, many: dict[int, Values]) -> None:
        for values in many.values():
            assert len(set(values.values())) == 63

    def test_means_of_the_regions_print_as_published(self, many: dict[int, Values]) -> None:
        for values in many.values():
            for region, printed in REGION_MEANS.items():
                found = mean([values[row.unit] for row in UNITS if row.region == region])
                assert abs(found - printed) < Decimal("0.005")
                assert half_up(found, 2) == printed

    def test_the_national_mean_prints_as_published(self, many: dict[int, Values]) -> None:
        for values in many.values():
            assert half_up(mean(list(values.values())), 2) == Decimal("86.98")

    def test_means_keep_a_distance_from_where_their_print_changes(self, many: dict[int, Values]) -> None:
        """A value computed from points is off by a little; the printed means must stand that."""
        for values in many.values():
            national = mean(list(values.values()))
            assert Decimal("86.977") < national < Decimal("86.983")
            for region, printed in REGION_MEANS.items():
                found = mean([values[row.unit] for row in UNITS if row.region == region])
                assert abs(found - printed) < Decimal("0.003")

    def test_groups_and_the_part_above_the_mean(self, many: dict[int, Values]) -> None:
        for values in many.values():
            national = mean(list(values.values()))
            assert sum(value >= 90 for value in values.values()) == 7
            assert min(values.values()) == values["P63-89"] == Decimal("81.32")
            assert sum(value > Decimal("86.98") for value in values.values()) == 32
            assert sum(value > national for value in values.values()) == 32

    def test_the_same_seed_gives_the_same_values(self, many: dict[int, Values]) -> None:
        assert indexes(7) == many[7]

    def test_seeds_differ(self, many: dict[int, Values]) -> None:
        assert len({tuple(values.values()) for values in many.values()}) == len(SEEDS)
        places = {ranks(values)["P63-26"] for values in many.values()}
        assert len(places) > 15, "a unit without a printed rank stands in many places"


class TestSipas:
    def test_printed_values_and_ranks_hold(self, many_sipas: dict[int, Values]) -> None:
        for values in many_sipas.values():
            assert len(set(values.values())) == 63
            require_anchors(values, SIPAS)

    def test_range_and_mean(self, many_sipas: dict[int, Values]) -> None:
        for values in many_sipas.values():
            assert max(values.values()) == values["P63-22"] == Decimal("90.61")
            assert min(values.values()) == values["P63-06"] == Decimal("75.03")
            assert abs(mean(list(values.values())) - Decimal("82.66")) < Decimal("0.005")

    def test_goes_with_the_index(self, many: dict[int, Values], many_sipas: dict[int, Values]) -> None:
        found = [
            correlation([float(v) for v in many[seed].values()], [float(v) for v in many_sipas[seed].values()])
            for seed in SEEDS
        ]
        assert min(found) > 0.25
        assert 0.5 < sum(found) / len(found) < 0.9

    def test_closeness_is_how_much_of_the_order_comes_from_the_index(self, many: dict[int, Values]) -> None:
        def found(closeness: float) -> float:
            return likeness(many[3], satisfaction(3, many[3], closeness=closeness))

        assert found(0.0) < found(1.0)
        with pytest.raises(ValueError, match="closeness"):
            found(1.5)

    def test_deterministic(self, many: dict[int, Values], many_sipas: dict[int, Values]) -> None:
        assert satisfaction(11, many[11]) == many_sipas[11]
        assert satisfaction(12, many[11]) != many_sipas[11]

    def test_a_unit_without_index_is_named(self) -> None:
        with pytest.raises(TargetsImpossible, match="P63-01"):
            satisfaction(1, {})

    def test_a_mean_out_of_reach_is_named(self, many: dict[int, Values]) -> None:
        with pytest.raises(TargetsImpossible, match=r"mean 90\.000 cannot be reached"):
            satisfaction(1, many[1], mean=Decimal("90.00"))


class TestImpossible:
    """Each case breaks one printed figure; the message names it, in both languages."""

    @pytest.mark.parametrize(
        ("extra", "words"),
        [
            (Anchor("P63-99", None, 20), "no unit P63-99"),
            (Anchor("P63-26", None, 33), "P63-79 and P63-26 are both at rank 33"),
            (Anchor("P63-26", None, 64), "Rank 64 of P63-26 is outside 1–63"),
            (Anchor("P63-22", None, 20), "P63-22 appears twice"),
            (Anchor("P63-26", Decimal("88.125"), 20), "88.125 has more than two decimals"),
            (Anchor("P63-26", Decimal("86.97"), 34), "published value of P63-79"),
            (Anchor("P63-26", Decimal("89.99"), 6), "exactly 7 units from 90 up"),
            (Anchor("P63-26", Decimal("88.67"), None), "No rank is left for the published value 88.67"),
        ],
    )
    def test_an_anchor_that_cannot_stand(self, extra: Anchor, words: str) -> None:
        with pytest.raises(TargetsImpossible, match=words) as caught:
            indexes(1, anchors=[*PUBLISHED, extra])
        assert caught.value.constraint.vi != caught.value.constraint.en

    def test_the_message_writes_numbers_as_each_language_does(self) -> None:
        with pytest.raises(TargetsImpossible) as caught:
            indexes(1, above_mean=40)
        assert caught.value.constraint.vi == (
            "Hạng 33 cần ít nhất 87,06 (đúng 40 đơn vị trên trung bình) "
            "nhưng nhiều nhất 86,97 (giá trị đã công bố của P63-79)."
        )
        assert "at least 87.06" in caught.value.constraint.en

    def test_more_units_above_the_mean_than_printed_ranks_allow(self) -> None:
        with pytest.raises(TargetsImpossible, match="exactly 40 units above the mean"):
            indexes(1, above_mean=40)

    def test_a_printed_value_below_the_lowest_allowed(self) -> None:
        with pytest.raises(TargetsImpossible, match="the lowest allowed"):
            indexes(1, low=Decimal("81.50"))

    def test_means_of_regions_that_do_not_give_the_national_mean(self) -> None:
        with pytest.raises(TargetsImpossible, match=r"cannot give the national mean 86\.98"):
            indexes(1, region_means={**REGION_MEANS, "DNB": Decimal("87.45")})

    def test_a_region_without_mean(self) -> None:
        with pytest.raises(TargetsImpossible, match="mean of region TN is missing"):
            indexes(1, region_means={code: value for code, value in REGION_MEANS.items() if code != "TN"})

    def test_a_mean_of_a_region_its_printed_units_exclude(self) -> None:
        two = [UnitInRegion("a", "N"), UnitInRegion("b", "S")]
        with pytest.raises(TargetsImpossible, match=r"region [NS] the mean"):
            target_indexes(
                units=two,
                anchors=[Anchor("a", Decimal("84.00"), 1), Anchor("b", Decimal("82.00"), 2)],
                region_means={"N": Decimal("82.00"), "S": Decimal("84.00")},
                national_mean=Decimal("83.00"),
                above_mean=1,
                at_least_90=0,
                low=Decimal(80),
                seed=1,
            )

    def test_no_units(self) -> None:
        with pytest.raises(TargetsImpossible, match="no units"):
            indexes(1, units=[])


def test_a_value_without_rank_finds_its_place() -> None:
    """88.50 fits between 88.66 at rank 13 and 88.38 at rank 17, with rank 15 taken."""
    for seed in range(20):
        values = indexes(seed, anchors=[*PUBLISHED, Anchor("P63-26", Decimal("88.50"), None)])
        assert values["P63-26"] == Decimal("88.50")
        assert ranks(values)["P63-26"] in {14, 16}
        require_anchors(values, PUBLISHED)


def test_two_values_without_rank_leave_each_other_room() -> None:
    loose = [Anchor("P63-26", Decimal("88.40"), None), Anchor("P63-27", Decimal("88.60"), None)]
    order = ranks(indexes(1, anchors=[*PUBLISHED, *loose]))
    assert (order["P63-27"], order["P63-26"]) == (14, 16)
