"""The invented sample and the values that R's survey package gives for it (see `oracle/make_oracle.R`)."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

from parindex.survey.design import (
    Calibration,
    RatioItem,
    SurveyDesign,
    number_item,
    scale_item,
    yes_no_item,
)
from parindex.survey.estimands import Composite, Count, Estimand, Mean, Ratio, Share, Total

ORACLE = Path(__file__).parent / "oracle"

ITEMS = (
    scale_item("q1", "q1", 1, 5, (4, 5)),
    scale_item("q2", "q2", 1, 5, (4, 5)),
    scale_item("q3", "q3", 1, 5),
    yes_no_item("satisfied", "satisfied"),
    number_item("visits", "visits"),
    number_item("paid", "paid", decimals=2),
)
ESTIMANDS: dict[str, Estimand] = {
    "mean:q1": Mean("q1"),
    "mean:q2": Mean("q2"),
    "mean:top1": Share("q1"),
    "mean:visits": Mean("visits"),
    "total:q1": Total("q1"),
    "total:q2": Total("q2"),
    "total:top1": Count("q1"),
    "total:visits": Total("visits"),
    "ratio:paid/visits": Ratio("paid/visits"),
    "composite": Composite("composite", ((Mean("q1"), 0.5), (Mean("q2"), 0.3), (Mean("q3"), 0.2))),
}
DOMAINS: dict[str, dict[str, str]] = {
    "all": {},
    "T0": {"province": "T0"},
    "T1": {"province": "T1"},
    "T2": {"province": "T2"},
    "T3": {"province": "T3"},
    "nam": {"sex": "nam"},
    "T2|nam": {"province": "T2", "sex": "nam"},
    "T3|55+": {"province": "T3", "age": "55+"},
}


@cache
def all_records() -> tuple[dict[str, str], ...]:
    with (ORACLE / "answers.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def records(*, lonely: bool) -> list[dict[str, str]]:
    """The sample, with or without the strata that have one PSU."""
    return [row for row in all_records() if lonely or row["lonely"] == "0"]


@cache
def expected() -> tuple[dict[str, str], ...]:
    with (ORACLE / "expected.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def design_of(case: str, rule: str) -> SurveyDesign:
    """`wr`, `fpc1`, `fpc2` (villages), `fpc2e` (respondents), behind `post_`, `rake_`, `calibrated_` or nothing."""
    kind, _, stage = case.removesuffix("_in_domains").rpartition("_")
    design = SurveyDesign(
        name="oracle",
        psu="psu",
        weight="raked" if kind in ("rake", "calibrated") else "weight",
        stratum="stratum",
        items=ITEMS,
        domains=("province", "sex", "age"),
        ratios=(RatioItem("paid/visits", "paid", "visits"),),
        nested=True,
        lonely_psu=rule,  # type: ignore[arg-type]
        lonely_in_domains=case.endswith("_in_domains"),
        psu_population=None if stage == "wr" else "psus",
    )
    if stage == "fpc2":
        design = replace(design, ssu="village", unit_population="villages")
    if stage == "fpc2e":
        design = replace(design, unit_population="people")
    calibration = {
        "post": Calibration(("sex",), "base"),
        "rake": Calibration(("sex", "age")),
        "calibrated": Calibration(("sex", "age"), "base"),
    }
    return replace(design, calibration=calibration.get(kind))
