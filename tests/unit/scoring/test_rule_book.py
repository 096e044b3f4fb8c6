"""Every rule of every framework of the repository, opened and held against its worked examples."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from parindex.language import LANGUAGES
from parindex.problems import Problems
from parindex.programme.framework_reading import read_framework
from parindex.programme.inputs import parse_value
from parindex.scoring.rule_book import RuleBook, check_examples, open_rules
from parindex.scoring.rules import KINDS
from written_rule import written_rule

EXAMPLES = Path(__file__).parents[3] / "examples"
FRAMEWORKS = sorted(EXAMPLES.rglob("framework*.yaml"))


def opened(file: Path) -> tuple[RuleBook, Problems]:
    problems = Problems()
    framework = read_framework(file.read_bytes(), file.name, problems)
    assert framework is not None
    return open_rules(framework, problems), problems


@pytest.mark.parametrize("file", FRAMEWORKS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_framework_of_the_repository_is_right(file: Path) -> None:
    book, problems = opened(file)
    run = check_examples(book, problems)

    assert not problems.errors, [problem.words("en") for problem in problems]
    assert set(book.rules) == {leaf.code for leaf in book.framework.leaves}
    assert run == sum(len(leaf.leaf.examples) for leaf in book.framework.leaves if leaf.leaf)


@pytest.mark.parametrize("file", FRAMEWORKS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_worked_example_explains_itself(file: Path) -> None:
    book, _ = opened(file)
    for leaf in book.framework.leaves:
        rule = book.rules[leaf.code]
        specs = {spec.name: spec for spec in rule.inputs}
        assert leaf.leaf is not None
        for example in leaf.leaf.examples:
            outcome = rule.outcome({name: parse_value(specs[name], text) for name, text in example.given.items()})
            for language in LANGUAGES:
                sentence = rule.because(outcome.because, outcome.numbers, language)
                assert sentence.endswith(".")
                assert "{" not in sentence


def test_the_features_show_every_kind_of_rule() -> None:
    shown = {
        rule.kind
        for file in FRAMEWORKS
        if file.parents[1].name == "features"
        for rule in opened(file)[0].rules.values()
    }

    assert shown == set(KINDS)


def test_the_schema_of_a_kind_names_its_keys() -> None:
    for name, kind in KINDS.items():
        schema = kind.shape().schema()
        assert schema["title"] == name == kind.kind
        assert set(schema["properties"]) == {"kind", "inputs", *kind.keys}
        assert kind.says.vi
        assert kind.says.en


LATE = """
    kind: deduction
    inputs:
      late: {type: count, label: {vi: "Chậm", en: "Late"}, unit: {vi: "báo cáo", en: "reports"}}
"""


def test_a_deduction_as_large_as_the_points_leaves_no_branch_between() -> None:
    rule = written_rule(LATE + "    minus: {late: 1}").rule

    assert rule.branches == ("none", "at_minimum")
    assert rule.edges == ("minimum",)


def test_a_minimum_that_no_number_of_events_reaches_exactly_is_no_edge() -> None:
    rule = written_rule(LATE + "    minus: {late: 0.3}").rule

    assert rule.branches == ("none", "deducted", "at_minimum")
    assert rule.edges == ()


def test_large_deductions_are_exact_and_print_whole() -> None:
    rule = written_rule(LATE + "    minus: {late: 99999.123456789012}")

    assert rule(late=999_999_999_999)[:2] == ("0", "at_minimum")
    assert "1.00 − 99,999,123,456,689,012.8765" in rule(late=999_999_999_999).en


COMPARED = """
    kind: binary
    inputs:
      used: {type: count, label: {vi: "Dùng", en: "Used"}, unit: {vi: "người", en: "posts"}}
    holds_when: "used <= 5 and used <= 5"
"""


def test_the_same_comparison_twice_is_one_edge() -> None:
    assert written_rule(COMPARED).rule.edges == ("used <= 5",)


def test_impossible_branches_of_a_formula_need_no_example() -> None:
    text = """
        kind: formula
        inputs:
          x: {type: percent, label: {vi: "Tỷ lệ", en: "Rate"}}
        value: "x / 200"
        branches: [at_zero, value]
    """

    assert written_rule(text).rule.branches == ("value", "at_zero")
    assert written_rule(text, allows="full_points_when_none_arise").rule.branches == ("value", "at_zero", "none_arose")


def test_a_survey_needs_all_counts_or_the_mean() -> None:
    scale = """
    scales:
      two:
        - {option: good, label: {vi: "Tốt", en: "Good"}, weight: 1}
        - {option: poor, label: {vi: "Kém", en: "Poor"}, weight: 0}
    """
    rule = written_rule("{kind: survey_scale, scale: two}", beside=scale).rule

    assert rule.complete({"mean_percent": Decimal(50)})
    assert rule.complete({"good": Decimal(1), "poor": Decimal(0)})
    assert not rule.complete({"good": Decimal(1)})
    assert not written_rule(COMPARED).rule.complete({})
