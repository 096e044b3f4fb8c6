"""The smallest framework around one rule, so that a test can show the rule alone."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import NamedTuple

from parindex.language import half_up
from parindex.problems import Problems
from parindex.programme.framework_reading import read_framework
from parindex.programme.inputs import parse_value
from parindex.scoring.rule import Rule
from parindex.scoring.rule_book import open_rules

FRAME = """
framework: chapter
version: "1"
name: {{vi: "Chương", en: "Chapter"}}
editions: [2023]
unit_kind: province
max_points: {max_points}
{beside}
domains:
  - code: "1"
    name: {{vi: "Lĩnh vực", en: "Domain"}}
    max_points: {max_points}
    criteria:
      - code: "1.1"
        name: {{vi: "Tiêu chí", en: "Criterion"}}
        max_points: {max_points}
        method: appraisal
        not_applicable: [{allows}]
        rule:
{rule}
"""


class Scored(NamedTuple):
    """What a rule makes of its inputs; points as text, None where none can be given."""

    points: str | None
    branch: str | None
    vi: str
    en: str


@dataclass(frozen=True)
class WrittenRule:
    """A rule that can be called with inputs: numbers, "yes"/"no", or the code of an option."""

    rule: Rule
    text: str

    def __repr__(self) -> str:
        return self.text

    def __call__(self, **given: int | float | str) -> Scored:
        specs = {spec.name: spec for spec in self.rule.inputs}
        outcome = self.rule.outcome({name: parse_value(specs[name], str(value)) for name, value in given.items()})
        points = None if outcome.points is None else format(half_up(outcome.points, 4).normalize(), "f")
        vi, en = (self.rule.because(outcome.because, outcome.numbers, language) for language in ("vi", "en"))
        return Scored(points, outcome.branch, vi, en)

    def points(self, **given: int | float | str) -> str | None:
        return self(**given).points


def written_rule(text: str, max_points: float | str = 1, *, allows: str = "", beside: str = "") -> WrittenRule:
    """The rule of this YAML text. Raises `ProblemsFound` when it is none."""
    content = FRAME.format(
        max_points=max_points,
        allows=allows,
        beside=textwrap.dedent(beside),
        rule=textwrap.indent(textwrap.dedent(text).strip("\n"), " " * 10),
    )
    problems = Problems()
    framework = read_framework(content.encode(), "framework.yaml", problems)
    assert framework is not None
    book = open_rules(framework, problems)
    problems.raise_if_any()
    return WrittenRule(book.rules["1.1"], text)
