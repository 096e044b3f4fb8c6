"""Invented survey files, with everything that people and programs write into them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from parindex.survey.design import (
    Calibration,
    RatioItem,
    SurveyDesign,
    choice_item,
    choices_items,
    number_item,
    scale_item,
    yes_no_item,
)

ITEMS = (
    scale_item("q1", "q1", 1, 5, (4, 5)),
    scale_item("q2", "q2", 0, 10),
    yes_no_item("asked", "asked", "yes", "no"),
    choice_item("office", "office", ("a", "B", "b", "01")),
    *choices_items("needs", "needs", ("x", "xy", "z")),
    number_item("visits", "visits", highest=50),
    number_item("paid", "paid", lowest=None, decimals=2),
)
BASE = SurveyDesign(
    name="invented",
    psu="psu",
    weight="weight",
    stratum="stratum",
    items=ITEMS,
    record="record",
    domains=("province", "sex"),
    ratios=(RatioItem("price", "paid", "visits"),),
    nested=True,
    lonely_psu="remove",
)
DESIGNS = (
    BASE,
    replace(BASE, stratum=None, record=None, domains=("province",), ssu="village"),
    replace(BASE, psu_population="psus", unit_population="people"),
    replace(BASE, calibration=Calibration(("sex",), "base")),
    replace(BASE, psu_population="psus", unit_population="people", calibration=Calibration(("province", "sex"))),
)

_WORDS = st.sampled_from(["H", "h", "Huế", "Hue\u0302\u0301", "Đà Nẵng", "01", "1", "", "a b", 'say "x"', "a,b"])
_NUMBER_TEXTS = st.sampled_from(
    [
        "1",
        "2.5",
        " 3",
        "0.0000004",
        "0.0000005",
        "12.3456785",
        "-1",
        "0",
        "",
        "inf",
        "nan",
        "1e3",
        "x",
        "1_0",
        "+7",
        "1.2000000000000002",
    ]
)
_ANSWER_TEXTS = st.sampled_from(["1", "2", "3", "4", "5", "5.0", "3.5", " 4 ", "04", "0", "10", "9.00", "-1", "99", ""])


def _or_none(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def _text_record() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "record": st.sampled_from(["1", "2", "3", "a", "A", ""]),
            "province": _WORDS,
            "stratum": _WORDS,
            "psu": _WORDS,
            "village": _WORDS,
            "sex": _WORDS,
            "weight": st.one_of(_NUMBER_TEXTS, st.decimals("0.000001", "5000", places=6).map(str)),
            "base": st.one_of(_NUMBER_TEXTS, st.just("2.25")),
            "psus": st.just("40"),
            "people": st.sampled_from(["500", "500.0"]),
            "q1": _ANSWER_TEXTS,
            "q2": _ANSWER_TEXTS,
            "asked": st.sampled_from(["yes", "no", "Yes", " yes", "", "1"]),
            "office": st.sampled_from(["a", "B", "b", "A", "01", "1", "", " a", "a.0"]),
            "needs": st.sampled_from(["x", "xy", "x z", "z  xy", "w", "", " ", "xyz"]),
            "visits": _NUMBER_TEXTS,
            "paid": st.one_of(_NUMBER_TEXTS, st.decimals("-1000", "1000000", places=3).map(str)),
        }
    )


def _typed_record() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "record": _or_none(st.integers(0, 8)),
            "province": _or_none(st.integers(0, 3)),
            "stratum": _or_none(_WORDS),
            "psu": _or_none(st.integers(0, 3)),
            "village": _or_none(_WORDS),
            "sex": _or_none(st.booleans()),
            "weight": _or_none(st.floats(allow_nan=False, width=64)),
            "base": _or_none(st.floats(0, 1e6)),
            "psus": st.just(40),
            "people": st.just(500.0),
            "q1": _or_none(st.integers(-1, 7)),
            "q2": _or_none(st.floats(-1, 11).map(lambda value: round(value * 2) / 2)),
            "asked": _or_none(st.sampled_from(["yes", "no"])),
            "office": _or_none(st.sampled_from(["a", "b", "B", "x"])),
            "needs": _or_none(st.sampled_from(["x", "xy z"])),
            "visits": _or_none(st.integers(-2, 60)),
            "paid": _or_none(st.floats(-1e6, 1e6)),
        }
    )


def text_files() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows as a CSV file holds them."""
    return st.lists(_text_record(), min_size=1, max_size=25)


def typed_files() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows as a Parquet file holds them."""
    return st.lists(_typed_record(), min_size=1, max_size=25)
