"""Breaks of a series: refused in one line, unless they are named."""

from __future__ import annotations

import pytest

from parindex.language import Text
from parindex.problems import ProblemsFound
from parindex.survey.series import Break, breaks_between, joined, pieces

METHOD = Break(
    "sipas-2022", 2022, Text("Cách đo từ 2022", "The method from 2022 on"), Text("Cách đo đổi.", "The measure changed.")
)
SIPAS = [(2017, "80.90"), (2018, "82.99"), (2020, "85.48"), (2022, "80.08"), (2023, "82.66")]


def test_a_series_across_the_break_is_refused_with_its_name_and_reason():
    with pytest.raises(ProblemsFound) as refused:
        joined(SIPAS, [METHOD])
    (problem,) = refused.value.problems
    assert problem.code == "SERIES-BREAK"
    said = problem.words("en")
    assert 'the series 2017–2023 crosses the break "sipas-2022" before 2022' in said
    assert "The measure changed." in said and "name the break (sipas-2022)" in said
    assert "Cách đo đổi." in problem.words("vi")


def test_who_names_the_break_gets_the_series_and_the_name_stays_with_it():
    series = joined(SIPAS, [METHOD], across=["sipas-2022"])
    assert [edition for edition, _ in series.points] == [2017, 2018, 2020, 2022, 2023]
    assert series.crosses == (METHOD,)


def test_pieces_end_at_the_break():
    before, after = pieces(SIPAS, [METHOD])
    assert [edition for edition, _ in before.points] == [2017, 2018, 2020]
    assert [edition for edition, _ in after.points] == [2022, 2023]
    assert before.crosses == after.crosses == ()


def test_one_side_of_the_break_is_a_series():
    assert joined(SIPAS[3:], [METHOD]).crosses == ()
    assert len(joined(SIPAS[:3], [METHOD]).points) == 3


def test_a_name_that_is_no_break_is_refused_too():
    with pytest.raises(ProblemsFound, match="SERIES-BREAK-UNKNOWN"):
        joined(SIPAS, [METHOD], across=["sipas-2021"])


def test_naming_one_of_two_breaks_is_not_enough():
    other = Break("sample-2025", 2023, Text("a", "a"), Text("b", "b"))
    with pytest.raises(ProblemsFound) as refused:
        joined(SIPAS, [other, METHOD], across=["sipas-2022"])
    assert [problem.values["code"] for problem in refused.value.problems] == ["sample-2025"]


def test_breaks_between_two_editions_in_either_order():
    assert breaks_between(2020, 2022, [METHOD]) == breaks_between(2022, 2020, [METHOD]) == (METHOD,)
    assert breaks_between(2022, 2023, [METHOD]) == ()
    assert breaks_between(2020, 2021, [METHOD]) == ()


def test_order_of_years_and_an_edition_twice():
    assert [edition for edition, _ in joined(list(reversed(SIPAS[:3])), []).points] == [2017, 2018, 2020]
    with pytest.raises(ValueError, match="twice"):
        joined([(2020, "a"), (2020, "b")], [])


def test_nothing_to_join():
    assert pieces([], [METHOD]) == ()
    assert joined([], [METHOD]).points == ()
