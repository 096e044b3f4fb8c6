"""Composites of several items carry what single items carry: the values are those of R's survey package.

Written by `oracle/composites.R`. Where everybody answers everything a composite is a variable like any other; with item
non-response its design effect is that of its linearised variable.
"""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from oracle_sample import DOMAINS, ITEMS, ORACLE, design_of, records

from parindex.engines.reference import cells_of_records
from parindex.problems import ProblemsFound
from parindex.sources import Place
from parindex.survey.cells import Cells, added
from parindex.survey.composites import together_of
from parindex.survey.design import Calibration, choice_item
from parindex.survey.estimands import Composite, Count, Estimand, Mean, Pooled, Ratio, Share, Total
from parindex.survey.estimate import NO_VARIANCE, Options, estimates
from parindex.survey.moments import moments_csv, moments_of_csv
from parindex.survey.replicates import Replicates, jackknife, psus_of, replicate_estimates

WITH_REPLACEMENT = Options(design_effect="with_replacement")
STEPS = tuple((str(step), float(step)) for step in range(1, 6))
COMPOSITES: dict[str, Estimand] = {
    "composite": Composite("composite", ((Mean("q1"), 0.5), (Mean("q2"), 0.3), (Mean("q3"), 0.2))),
    "pooled": Pooled("pooled", ("q1", "q2", "q3"), STEPS),
    "mixed": Composite("mixed", ((Share("q1"), 0.6), (Ratio("paid/visits"), 0.03), (Mean("visits"), 0.1))),
}


@cache
def expected() -> tuple[dict[str, str], ...]:
    with (ORACLE / "composites_expected.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def rows_of(data: str) -> list[dict[str, str]]:
    rows = records(lonely=False)
    if data == "full":
        rows = [row for row in rows if row["q1"] and row["q2"] and row["q3"]]
        kept: dict[str, set[str]] = {}
        for row in rows:
            kept.setdefault(row["stratum"], set()).add(row["psu"])
        rows = [row for row in rows if len(kept[row["stratum"]]) > 1]
    return rows


def cells_of(data: str, case: str, *estimands: Estimand) -> Cells:
    design = design_of(case, "fail")
    return cells_of_records(design, rows_of(data), together=together_of(design, estimands))


def close(ours: float | None, theirs: str) -> bool:
    return ours is not None and math.isclose(ours, float(theirs), rel_tol=1e-10, abs_tol=1e-13)


CASES = sorted({(row["data"], row["case"]) for row in expected() if row["deff"]})


@pytest.mark.parametrize(("data", "case"), CASES, ids=["-".join(case) for case in CASES])
def test_composites_agree_with_r(data: str, case: str) -> None:
    wanted = [row for row in expected() if (row["data"], row["case"]) == (data, case)]
    asked = [COMPOSITES[name] for name in dict.fromkeys(row["estimand"] for row in wanted)]
    cells = cells_of(data, case, *asked)
    assert len(wanted) == 5 * len(asked)
    for row in wanted:
        words = DOMAINS[row["domain"]]

        def figures(options: Options, row=row, words=words):  # type: ignore[no-untyped-def]
            of = [COMPOSITES[row["estimand"]]]
            return estimates(cells, of, by=tuple(words), domains=[tuple(words.values())], options=options)[0]

        plain = figures(Options())
        assert close(plain.value, row["value"]), (row, plain.value)
        assert close(plain.se, row["se"]), (row, plain.se)
        assert close(plain.deff, row["deff"]), (row, plain.deff)
        assert close(figures(WITH_REPLACEMENT).deff, row["deff_replace"])


def test_a_composite_of_one_item_has_the_design_effect_of_the_item() -> None:
    cells = cells_of("plain", "wr")
    half = Composite("half", ((Mean("q1"), 0.5),), offset=1.0)
    mean, composite = estimates(cells, [Mean("q1"), half])
    assert mean.deff is not None and composite.deff is not None
    assert math.isclose(mean.deff, composite.deff, rel_tol=1e-14)


def test_without_moments_there_is_no_design_effect_and_no_second_stage_among_respondents() -> None:
    (row,) = estimates(cells_of("plain", "wr"), [COMPOSITES["composite"]])
    assert row.se is not None
    assert row.deff is None
    (row,) = estimates(cells_of("plain", "fpc2e"), [COMPOSITES["composite"]])
    assert (row.value, row.reason) == (None, NO_VARIANCE)


def test_what_was_counted_together_is_what_is_asked() -> None:
    design = design_of("wr", "fail")
    assert together_of(design, [Mean("q1"), Share("q2"), Total("visits")]) is None
    found = together_of(design, list(COMPOSITES.values()))
    assert found is not None
    assert found.sets == ((0, 1, 2), (3,), (4, 5, 6))
    # A mean of 1 to 5 and one of 20 to 100 percent are one measure; a pool of irrational scores is none.
    percent = Pooled("percent", ("q1", "q2", "q3"), tuple((code, 20 * score) for code, score in STEPS))
    assert together_of(design, [percent]) == together_of(design, [COMPOSITES["pooled"]])
    odd = Pooled("odd", ("q1", "q2"), tuple((code, math.sqrt(score)) for code, score in STEPS))
    assert together_of(design, [odd]) is None
    cells = cells_of("plain", "wr", *COMPOSITES.values())
    other = Composite("other", ((Mean("q1"), 0.5), (Share("q1"), 0.5)))
    (row,) = estimates(cells, [other])
    assert row.se is not None and row.deff is None
    # Domains by a column that is no domain of the design.
    (row, *_) = estimates(cells, [COMPOSITES["composite"]], by=("stratum",))
    assert row.deff is None


@pytest.mark.parametrize("case", ["wr", "fpc2e"])
def test_moments_add_and_come_back_from_a_file(case: str) -> None:
    design = design_of(case, "fail")
    together = together_of(design, list(COMPOSITES.values()))
    rows = rows_of("plain")
    whole = cells_of_records(design, rows, together=together).moments
    parts = [cells_of_records(design, rows[at::4], together=together) for at in (2, 0, 3, 1)]
    merged = added([added(parts[:2]), *parts[2:]])
    assert whole is not None and merged.moments is not None and together is not None
    content = moments_csv(whole, design)
    assert moments_csv(merged.moments, design) == content
    again = moments_of_csv(content, design, Place("moments.csv"))
    assert again is not None
    assert moments_csv(again, design) == content
    assert again.together == together
    for spoilt in (
        content.replace(b"product", b"total", 1),
        content.replace(b"q1", b"q9"),
        content[: len(content) // 2],
    ):
        with pytest.raises(ProblemsFound, match="MOMENTS-FORM"):
            moments_of_csv(spoilt, design, Place("moments.csv"))
    assert added([parts[0], replace(parts[1], moments=None)]).moments is None
    assert {item.code for item in ITEMS} >= set(together.items)


REPLICATED = sorted({row["case"] for row in expected() if not row["deff"]})


@pytest.mark.parametrize("case", REPLICATED)
def test_replicates_of_calibrated_weights_agree_with_r(case: str) -> None:
    kind, _, how = case.partition("_")
    stage = how.removeprefix("jkn_") if how != "bootstrap" else "wr"
    cells = cells_of("plain", f"{kind}_{stage}")
    replicates = jackknife(cells)
    if how == "bootstrap":
        with (ORACLE / "bootstrap_factors.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
        assert [tuple(row[:2]) for row in rows] == list(psus_of(cells))
        factors = np.array([row[2:] for row in rows], dtype=float).T
        replicates = Replicates("bootstrap", factors, np.full(len(factors), 1 / (len(factors) - 1)))
    asked: dict[str, Estimand] = {f"mean:{item}": Mean(item) for item in ("q1", "q2", "visits")}
    asked |= {"total:satisfied": Total("satisfied"), "ratio:paid/visits": Ratio("paid/visits")}
    wanted = [row for row in expected() if row["case"] == case]
    assert len(wanted) == 25
    for row in wanted:
        words = DOMAINS[row["domain"]]
        (ours,) = replicate_estimates(
            cells, [asked[row["estimand"]]], replicates, by=tuple(words), domains=[tuple(words.values())]
        )
        assert close(ours.value, row["value"]), (row, ours.value)
        assert close(ours.se, row["se"]), (row, ours.se)


def test_known_totals_have_no_variance_among_replicates() -> None:
    cells = cells_of("plain", "rake_wr")
    total = replicate_estimates(cells, [Total("satisfied")], jackknife(cells), by=("sex",))
    assert all(row.se is not None and row.se > 1 for row in total)
    design = replace(design_of("rake_wr", "fail"), items=(*ITEMS, choice_item("sex", "sex", ("nam", "nữ"))))
    known = cells_of_records(design, rows_of("plain"))
    (men,) = replicate_estimates(known, [Count("sex", ("nam",))], jackknife(known))
    assert men.value is not None and men.se is not None
    assert men.se < 1e-9 * men.value


def test_a_category_that_only_one_unit_has_cannot_be_met_without_it() -> None:
    design = replace(design_of("rake_wr", "fail"), calibration=Calibration(("sex", "place")))
    rows = rows_of("plain")
    rows = [row | {"place": "alone" if (row["stratum"], row["psu"]) == ("H0", "Xa") else "others"} for row in rows]
    cells = cells_of_records(design, rows)
    with pytest.raises(ProblemsFound, match='replicate 1: place = "alone" has no interview left'):
        replicate_estimates(cells, [Mean("q1")], jackknife(cells))
