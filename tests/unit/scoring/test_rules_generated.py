"""Whatever a rule is given, it gives points within its maximum, a branch it declared, and a whole sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_rules import BODIES, inputs, rules
from spreadsheet_evaluator import Cell, evaluate

from parindex.language import LANGUAGES
from parindex.scoring.rule import Cells, Rule
from parindex.scoring.rules import KINDS
from written_rule import WrittenRule, written_rule

# The strategies for formulas are long when printed, and nobody prints them.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

GENERATED = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
LONG = settings(GENERATED, max_examples=300)


class SheetCells(Cells):
    """Inputs as cells A1, B1, …; a yes/no cell says Có or Không, a choice cell the option's code."""

    def __init__(self, rule: Rule):
        self.at = {spec.name: f"{chr(65 + number)}1" for number, spec in enumerate(rule.inputs)}

    def number(self, name: str) -> str:
        return self.at[name]

    def holds(self, name: str) -> str:
        return f'({self.at[name]}="Có")'

    def chosen(self, name: str, option: str) -> str:
        return f'({self.at[name]}="{option}")'

    def filled(self, given: Mapping[str, Decimal | str | bool]) -> dict[str, Cell]:
        return {
            self.at[name]: ("Có" if value else "Không")
            if isinstance(value, bool)
            else Fraction(value)
            if isinstance(value, Decimal)
            else value
            for name, value in given.items()
        }


def check(rule: Rule, given: Mapping[str, Decimal | str | bool]) -> None:
    assert rule.complete(given)
    outcome = rule.outcome(given)

    if outcome.points is None:
        assert outcome.branch is None
    else:
        assert isinstance(outcome.points, Fraction)
        assert 0 <= outcome.points <= Fraction(rule.maximum)
        assert outcome.branch in rule.branches
    assert rule.outcome(given) == outcome
    assert rule.edges_at(given) <= set(rule.edges)

    sentences = [rule.because(outcome.because, outcome.numbers, language) for language in LANGUAGES]
    for sentence in sentences:
        assert not re.search(r"[{}]|None|Decimal|Fraction|\bE[+-]?\d", sentence), sentence
    assert all(isinstance(value, str) for value in outcome.numbers.values())


def check_spreadsheet(rule: Rule, given: Mapping[str, Decimal | str | bool]) -> None:
    cells = SheetCells(rule)
    expression = rule.spreadsheet(cells)
    if expression is None:
        assert rule.kind in ("survey_scale", "external_index")
        return
    shown = evaluate(expression, cells.filled(given))
    points = rule.outcome(given).points
    if points is None:
        assert shown == "", expression
    else:
        assert shown == points, expression


def case(kind: str, data: st.DataObject) -> tuple[WrittenRule, dict[str, Decimal | str | bool]]:
    written = data.draw(rules(kind))
    return written, data.draw(inputs(written))


RATIO = """
    inputs:
      {0}: {{type: count, label: {{vi: "Đã làm", en: "Done"}}, unit: {{vi: "việc", en: "tasks"}}}}
      {1}: {{type: count, label: {{vi: "Phải làm", en: "Due"}}, unit: {{vi: "việc", en: "tasks"}}}}
"""


@pytest.mark.parametrize("allows", ["", "full_points_when_none_arise"])
@pytest.mark.parametrize(
    ("body", "part", "whole"),
    [
        ("    kind: proportional", "numerator", "denominator"),
        (
            "    kind: percentage_bands\n    bands: [{from: 9, points: 1}, {from: 0, points: 0}]",
            "numerator",
            "denominator",
        ),
        ("    kind: target_ratio", "actual", "target"),
        ('    kind: formula\n    value: "done / due"', "done", "due"),
    ],
    ids=["proportional", "bands", "target", "formula"],
)
def test_where_nothing_arose_the_workbook_shows_the_same(body: str, part: str, whole: str, allows: str) -> None:
    rule = written_rule(body + RATIO.format(part, whole), allows=allows).rule

    for done, due in ((0, 0), (3, 0), (3, 4), (0, 4)):
        check_spreadsheet(rule, {part: Decimal(done), whole: Decimal(due)})


def test_all_kinds_are_generated() -> None:
    assert set(BODIES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@GENERATED
@given(st.data())
def test_an_outcome_is_whole_and_the_workbook_shows_the_same_points(kind: str, data: st.DataObject) -> None:
    written, given_ = case(kind, data)
    check(written.rule, given_)
    check_spreadsheet(written.rule, given_)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@LONG
@given(st.data())
def test_the_same_for_long(kind: str, data: st.DataObject) -> None:
    written, given_ = case(kind, data)
    check(written.rule, given_)
    check_spreadsheet(written.rule, given_)
