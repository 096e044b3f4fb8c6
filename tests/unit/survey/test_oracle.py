"""Every estimate, standard error and design effect equals that of R's survey package, to 1e-10 of its size.

The values were written by `oracle/make_oracle.R` with survey 4.1.1 on R 4.2.2. The sample holds every trap: domains
that cut through PSUs, item non-response, a stratum where nobody answers, strata with one PSU or taken whole, codes
that differ only in case, finite populations at one and two stages, post-stratified and raked weights.
"""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from oracle_sample import DOMAINS, ESTIMANDS, ORACLE, design_of, expected, records

from parindex.engines.reference import cells_of_records
from parindex.survey.cells import Cells
from parindex.survey.compare import domain_differences
from parindex.survey.estimate import STANDARD, Estimate, Options, estimates
from parindex.survey.replicates import Replicates, bootstrap, jackknife, psus_of, replicate_estimates
from parindex.survey.student import quantile, two_sided, upper_tail

WITH_REPLACEMENT = Options(design_effect="with_replacement")
LOGIT = Options(interval="logit")
CASES = sorted({(row["case"], row["rule"]) for row in expected()})
LINEAR = [case for case in CASES if case[0].split("_")[0] not in ("jkn", "bootstrap", "student")]


def cells_of(case: str, rule: str) -> Cells:
    return cells_of_records(design_of(case, rule), records(lonely=rule != "fail"))


def close(ours: float | None, theirs: str) -> bool:
    if theirs in ("NA", "NaN"):
        return ours is None
    wanted = float(theirs)
    return ours is not None and math.isclose(ours, wanted, rel_tol=1e-10, abs_tol=1e-13)


@pytest.mark.parametrize(("case", "rule"), LINEAR, ids=["-".join(case) for case in LINEAR])
def test_linearised_estimates_agree_with_r(case: str, rule: str) -> None:
    cells = cells_of(case, rule)
    rows = [row for row in expected() if (row["case"], row["rule"]) == (case, rule)]
    compared = 0
    for name, words in DOMAINS.items():
        wanted = [row for row in rows if row["domain"] == name]
        chosen = [row for row in wanted if row["estimand"] in ESTIMANDS]
        asked = [ESTIMANDS[row["estimand"]] for row in chosen]

        def found(options: Options = STANDARD, asked=asked, words=words) -> tuple[Estimate, ...]:  # type: ignore[no-untyped-def]
            return estimates(cells, asked, by=tuple(words), domains=[tuple(words.values())], options=options)

        for row, plain, replaced, logit in zip(chosen, found(), found(WITH_REPLACEMENT), found(LOGIT), strict=True):
            figures = {
                "value": plain.value,
                "se": plain.se,
                "deff": plain.deff,
                "deff_replace": replaced.deff,
                "lower": plain.lower,
                "upper": plain.upper,
                "logit_lower": logit.lower,
                "logit_upper": logit.upper,
            }
            for what, ours in figures.items():
                if row[what] and not (what == "value" and plain.value is None):
                    assert close(ours, row[what]), (name, row["estimand"], what, ours, row[what])
                    compared += 1
        freedom = [row["df"] for row in wanted if row["estimand"] == "*"]
        assert all(found()[0].df == int(df) for df in freedom)
    assert compared >= 16


@pytest.mark.parametrize("case", sorted({row["case"] for row in expected() if row["estimand"].startswith("diff")}))
def test_differences_know_the_covariance_of_their_domains(case: str) -> None:
    cells = cells_of(case, "fail")
    for row in expected():
        if row["case"] == case and row["estimand"].startswith("difference:"):
            first, second = row["domain"].split("-")
            name = "composite" if row["estimand"].endswith("composite") else "mean:q2"
            (ours,) = domain_differences(cells, [ESTIMANDS[name]], [(DOMAINS[first], DOMAINS[second])])
            assert close(ours.value, row["value"])
            assert close(ours.se, row["se"])


@pytest.mark.parametrize("stage", ["wr", "fpc1"])
def test_the_jackknife_agrees_with_r(stage: str) -> None:
    cells = cells_of(stage, "fail")
    check_replicates(cells, jackknife(cells), f"jkn_{stage}")


def test_the_bootstrap_gives_the_errors_r_computes_from_the_same_factors() -> None:
    cells = cells_of("wr", "fail")
    replicates = bootstrap(cells, 40, np.random.Generator(np.random.PCG64(7)))
    with (ORACLE / "bootstrap_factors.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert [tuple(row[:2]) for row in rows] == list(psus_of(cells))
    stored = Replicates("bootstrap", np.array([row[2:] for row in rows], dtype=float).T, replicates.scales)
    assert np.array_equal(stored.factors, replicates.factors)
    check_replicates(cells, stored, "bootstrap")


def check_replicates(cells: Cells, replicates: Replicates, case: str) -> None:
    rows = [row for row in expected() if row["case"] == case]
    assert rows
    for row in rows:
        words = DOMAINS[row["domain"]]
        (ours,) = replicate_estimates(
            cells, [ESTIMANDS[row["estimand"]]], replicates, by=tuple(words), domains=[tuple(words.values())]
        )
        assert close(ours.se, row["se"]), (row, ours)


def test_quantiles_of_student_agree_with_r() -> None:
    rows = [row for row in expected() if row["case"] == "student"]
    assert len(rows) == 18
    for row in rows:
        p, df = float(row["estimand"]), float(row["domain"])
        assert math.isclose(quantile(p, df), float(row["value"]), rel_tol=1e-11)
        assert math.isclose(upper_tail(quantile(p, df), df), 1 - p, rel_tol=1e-11)
        assert quantile(1 - p, df) == -quantile(p, df) or math.isclose(quantile(1 - p, df), -quantile(p, df))
    assert quantile(0.5, 3) == 0
    assert math.isclose(quantile(0.975, math.inf), 1.959963984540054, rel_tol=1e-14)
    assert math.isclose(two_sided(-1.959963984540054, math.inf), 0.05, rel_tol=1e-13)
