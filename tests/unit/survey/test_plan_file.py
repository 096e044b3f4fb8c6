"""plan.yaml and its drawing: every mistake named with its line, one page of readable SVG."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from parindex.problems import Problems, ProblemsFound
from parindex.results.survey_plans import bought, plan_in
from parindex.survey.plan_chart import bars, chart_svg
from parindex.survey.plan_reading import read_plan, read_populations
from parindex.survey.planner import plan_row

EXAMPLE = Path(__file__).parents[3] / "examples" / "survey-small" / "plan.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")


def test_the_example_says_what_few_degrees_of_freedom_cost() -> None:
    plan = plan_in(EXAMPLE)
    assert [choice.degrees_of_freedom for choice in plan.choices] == [2, 5, 11]
    rows = bought(plan)
    given = [row for row in rows if row.purpose == "given"]
    assert {row.interviews for row in given} == {576}
    margins = [row.margin for row in given]
    assert None not in margins and margins == sorted(margins, reverse=True)  # type: ignore[type-var]
    reached = [row for row in rows if row.purpose != "given"]
    assert reached and all(row.margin is not None and row.margin <= 5 for row in reached)
    # More people in three districts never reach it.
    assert ("huyen-2024", "enough_people") not in {(row.choice, row.purpose) for row in reached}
    assert given[0].cost == 3 * 3_000_000 + 6 * 1_000_000 + 18 * 300_000 + 576 * 60_000


def test_populations_weigh_the_provinces_and_count_them(tmp_path: Path) -> None:
    text = TEXT.replace("provinces: 63", "populations: people.csv")
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    # A frame will do: several rows of a province are added up.
    (tmp_path / "people.csv").write_text("province,commune,people\nP1,a,600\nP1,b,300\nP2,c,100\n", encoding="utf-8")
    plan = plan_in(tmp_path / "plan.yaml")
    assert plan.populations == {"P1": 900, "P2": 100}
    uneven = bought(plan)[0]
    even = plan_row(plan.choices[0], plan.spread)
    assert uneven.national_interviews == even.national_interviews == 2 * 576
    assert uneven.national_margin is not None and even.national_margin is not None
    assert uneven.national_margin > even.national_margin


@pytest.mark.parametrize(
    ("line", "instead", "code", "at"),
    [
        ("count: 6, alike: 0.02", "count: 6, alike: 0.99", "PLAN-ALIKE", 25),
        ("    certain: 1\n", "    certain: 3\n", "PLAN-STRATA", 15),
        ('- code: "xa-12"', '- code: "xa-2025"', "PLAN-TWICE", 27),
        ("target: 5", "target: 0", "NUMBER-RANGE", 7),
        ("response: 0.85", "response: 85", "NUMBER-RANGE", 8),
        ("share: 0.83", "shear: 0.83", "KEY-UNKNOWN", 6),
        ("target: 5", "target: 3,5", "NUMBER-WRONG", 7),
    ],
)
def test_a_mistake_is_named_with_its_line(line: str, instead: str, code: str, at: int) -> None:
    assert TEXT.count(line) == 1
    problems = Problems()
    assert read_plan(TEXT.replace(line, instead).encode(), "plan.yaml", problems) is None
    assert [(problem.code, problem.where.line) for problem in problems] == [(code, at)]


def test_people_that_are_no_number_are_named(tmp_path: Path) -> None:
    problems = Problems()
    read_populations(b"province,people\nP1,0\nP2,1.5\nP3,x\n,5\n", "people.csv", problems)
    codes = [(problem.code, problem.where.line) for problem in problems]
    assert codes == [("PLAN-PEOPLE", 2), ("PLAN-PEOPLE", 3), ("CELL-NUMBER", 4), ("CELL-EMPTY", 5)]
    (tmp_path / "plan.yaml").write_text(TEXT.replace("provinces: 63", "populations: none.csv"), encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        plan_in(tmp_path / "plan.yaml")
    assert [problem.code for problem in found.value.problems] == ["FILE-MISSING"]


def test_the_chart_speaks_its_language_and_names_every_choice() -> None:
    plan = plan_in(EXAMPLE)
    for language, words in (("vi", ("Số đơn vị mẫu sơ cấp", "20.000")), ("en", ("Primary sampling units", "20,000"))):
        root = ElementTree.fromstring(chart_svg(plan, language))  # type: ignore[arg-type]
        said = " ".join(root.itertext())
        assert all(word in said for word in words)
        assert all(choice.code in said and choice.name.in_(language) in said for choice in plan.choices)  # type: ignore[arg-type]
        width, height = float(root.get("width") or 0), float(root.get("height") or 0)
        for element in root.iter("{http://www.w3.org/2000/svg}text"):
            assert 0 <= float(element.get("x") or -1) <= width and 0 <= float(element.get("y") or -1) <= height
    vietnamese = chart_svg(replace(plan, target=Decimal("4.5")), "vi").decode()
    assert "mục tiêu ± 4,5" in vietnamese


def test_the_chart_holds_names_with_marks_and_choices_without_an_interval() -> None:
    problems = Problems()
    text = TEXT.replace("6 communes in a province", "6 < 12 & more").replace(
        'name: {vi: "xã", en: "commune"}, count: 12', 'name: {vi: "xã", en: "commune"}, count: 1'
    )
    read = read_plan(text.encode(), "plan.yaml", problems)
    assert read is not None
    root = ElementTree.fromstring(chart_svg(read[0], "en"))
    assert "6 < 12 & more" in " ".join(root.itertext())
    lone = replace(read[0], choices=read[0].choices[2:], target=None)
    ElementTree.fromstring(chart_svg(lone, "en"))
    assert list(bars(bought(lone), "en")) == ["xa-12  –"]


def test_bars_grow_with_the_margin() -> None:
    plan = plan_in(EXAMPLE)
    drawn = list(bars(bought(plan)[:3], "vi", target=plan.target))
    lengths = [len(line.split(" ± ")[0]) for line in drawn]
    assert lengths == sorted(lengths, reverse=True)
    assert all("│" in line and "█" in line for line in drawn) and "± 15,35" in drawn[0]
