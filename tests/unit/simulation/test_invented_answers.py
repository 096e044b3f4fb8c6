"""Invented answers and slips: valid for every rule of every example framework, at every quality."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from parindex.problems import Problems
from parindex.programme.framework import Framework
from parindex.programme.framework_reading import read_framework
from parindex.programme.inputs import canonical, parse_value, part_exceeds_whole
from parindex.scoring.rule import Rule
from parindex.scoring.rule_book import RuleBook, open_rules
from parindex.simulation.answers import Inputs, Task, answer, draw_luck
from parindex.simulation.slips import higher, lower
from parindex.simulation.unit_design import AskedLeaf, UnitDesigner, asked_leaves

EXAMPLES = Path(__file__).parents[3] / "examples"
FRAMEWORKS = (
    "national/framework.yaml",
    "province-internal/framework-department.yaml",
    "province-internal/framework-commune.yaml",
)
SHARES = (-0.2, 0.0, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95, 1.0, 1.5)


def opened(name: str) -> tuple[Framework, RuleBook]:
    problems = Problems()
    framework = read_framework((EXAMPLES / name).read_bytes(), name, problems)
    assert framework is not None
    book = open_rules(framework, problems)
    problems.raise_if_any()
    return framework, book


@pytest.fixture(scope="module", params=FRAMEWORKS)
def leaves(request: pytest.FixtureRequest) -> tuple[AskedLeaf, ...]:
    return asked_leaves(*opened(request.param))


def require_valid(rule: Rule, given: Inputs) -> Fraction:
    """The points; every input is one that a workbook can carry and read back."""
    assert set(given) == {spec.name for spec in rule.inputs}
    for spec in rule.inputs:
        assert parse_value(spec, canonical(given[spec.name])) == given[spec.name], (spec.name, given)
        if isinstance(value := given[spec.name], Decimal):
            assert len(value.normalize().as_tuple().digits) <= 15
    assert part_exceeds_whole(rule.inputs, given) == []
    points = rule.outcome(given).points
    assert points is not None, given
    return points


def invented(leaves: tuple[AskedLeaf, ...], count: int = 12) -> Iterator[tuple[AskedLeaf, float, Inputs]]:
    chance = random.Random(11)
    for leaf in leaves:
        for _ in range(count):
            luck = draw_luck(chance, size=chance.uniform(0.4, 3.2))
            for share in SHARES:
                yield leaf, share, answer(Task(leaf.node.code, leaf.rule, leaf.usual, share, luck, {}))


def test_every_answer_can_be_given(leaves: tuple[AskedLeaf, ...]) -> None:
    for leaf, _, given in invented(leaves):
        assert 0 <= require_valid(leaf.rule, given) <= leaf.rule.maximum


def test_from_share_1_all_points_are_earned(leaves: tuple[AskedLeaf, ...]) -> None:
    for leaf, share, given in invented(leaves):
        if share >= 1:
            assert leaf.rule.outcome(given).points == leaf.rule.maximum, (leaf.node.code, given)


def test_a_higher_share_earns_no_less(leaves: tuple[AskedLeaf, ...]) -> None:
    best: dict[str, Fraction] = {}
    for leaf, share, given in invented(leaves):
        points = leaf.rule.outcome(given).points
        assert points is not None
        if share > SHARES[0]:
            assert points >= best[leaf.node.code], (leaf.node.code, share, given)
        best[leaf.node.code] = points


def test_low_shares_earn_little(leaves: tuple[AskedLeaf, ...]) -> None:
    for leaf, share, given in invented(leaves):
        if share <= 0:
            points = leaf.rule.outcome(given).points
            assert points is not None and points <= Fraction(leaf.rule.maximum) / 10, (leaf.node.code, given)


def test_a_slip_upward_claims_no_less_and_one_downward_no_more(leaves: tuple[AskedLeaf, ...]) -> None:
    chance = random.Random(5)
    found = {"up": 0, "down": 0}
    for leaf, _, given in invented(leaves, 3):
        points = require_valid(leaf.rule, given)
        up, down = higher(leaf.rule, given, chance), lower(leaf.rule, given, chance)
        if up is not None:
            found["up"] += 1
            assert up.inputs != given and up.reason
            assert require_valid(leaf.rule, up.inputs) >= points, (leaf.node.code, given, up)
        if down is not None:
            found["down"] += 1
            assert down.inputs != given and down.reason
            assert require_valid(leaf.rule, down.inputs) <= points, (leaf.node.code, given, down)
    assert min(found.values()) > 400


def test_a_batch_counted_twice_gains_nothing(leaves: tuple[AskedLeaf, ...]) -> None:
    leaf = next(each for each in leaves if each.node.leaf is not None and each.node.leaf.rule.kind == "proportional")
    slip = higher(leaf.rule, {"numerator": Decimal(40), "denominator": Decimal(40)}, random.Random(1))
    assert slip is not None and slip.inputs["numerator"] == slip.inputs["denominator"]
    assert "hai lần" in slip.reason or "trùng ngày" in slip.reason


class TestDesign:
    def test_points_come_near_the_wish(self, leaves: tuple[AskedLeaf, ...]) -> None:
        total = sum((leaf.node.max_points for leaf in leaves), Decimal(0))
        for seed in range(6):
            designer = UnitDesigner(leaves, random.Random(seed), decimals=4, size=1)
            for share in ("0.55", "0.8", "0.9"):
                design = designer.near(total * Decimal(share))
                assert abs(design.points - total * Decimal(share)) < total * Decimal("0.03"), (seed, share)
                assert set(design.answers) == {leaf.node.code for leaf in leaves}

    def test_none_arose_earns_without_an_answer_and_left_out_neither(self, leaves: tuple[AskedLeaf, ...]) -> None:
        first, second = leaves[0].node, leaves[1].node
        plain = UnitDesigner(leaves, random.Random(3), decimals=4, size=1).at(0.4)
        other = UnitDesigner(
            leaves, random.Random(3), decimals=4, size=1, none_arose=(first.code,), left_out=(second.code,)
        ).at(0.4)
        rules = {leaf.node.code: leaf.rule for leaf in leaves}
        lost = sum((rules[node.code].outcome(plain.answers[node.code]).points or 0) for node in (first, second))
        assert set(plain.answers) - set(other.answers) == {first.code, second.code}
        assert abs(plain.points - other.points - (Decimal(float(lost)) - first.max_points)) < Decimal("0.0003")
