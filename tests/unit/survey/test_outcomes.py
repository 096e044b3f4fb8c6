"""Outcome rates follow the Standard Definitions of AAPOR."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from parindex.survey.outcomes import (
    DISPOSITIONS,
    GROUPS,
    OUTCOMES,
    Group,
    counted,
    eligible_part,
    outcome_rates,
    tabulated,
)


def test_a_printed_example() -> None:
    """Twelve cases and their rates as printed in the documentation of the R package outcomerate (rOpenSci)."""
    cases: dict[Group, int | Fraction] = {"I": 4, "P": 2, "R": 1, "NC": 1, "O": 1, "UH": 1, "UO": 1, "NE": 1}
    counts = counted(cases)
    assert eligible_part(counts) == Fraction(9, 10)
    rates = outcome_rates(counts)
    printed = {
        "RR1": 0.364, "RR2": 0.545, "RR3": 0.370, "RR4": 0.556, "RR5": 0.444, "RR6": 0.667,
        "COOP1": 0.500, "COOP2": 0.750, "COOP3": 0.571, "COOP4": 0.857,
        "REF1": 0.091, "REF2": 0.093, "REF3": 0.111, "CON1": 0.727, "CON2": 0.741, "CON3": 0.889,
    }  # fmt: skip
    assert {name: round(float(rate or 0), 3) for name, rate in rates.items()} == printed
    assert list(rates) == list(printed)


def test_by_hand() -> None:
    """365 complete, 15 partial, 60 refused, 40 not met, 10 other, 20 + 5 unknown, 60 not eligible."""
    cases: dict[Group, int | Fraction] = {"I": 365, "P": 15, "R": 60, "NC": 40, "O": 10, "UH": 20, "UO": 5, "NE": 60}
    counts = counted(cases)
    assert counts.all == 575
    e = Fraction(490, 550)
    assert eligible_part(counts) == e
    rates = outcome_rates(counts)
    assert rates["RR1"] == Fraction(365, 515)
    assert rates["RR2"] == Fraction(380, 515)
    assert rates["RR3"] == 365 / (490 + e * 25)
    assert rates["RR4"] == 380 / (490 + e * 25)
    assert rates["RR5"] == Fraction(365, 490)
    assert rates["RR6"] == Fraction(380, 490)
    assert rates["COOP1"] == Fraction(365, 450)
    assert rates["COOP2"] == Fraction(380, 450)
    assert rates["COOP3"] == Fraction(365, 440)
    assert rates["COOP4"] == Fraction(380, 440)
    assert rates["REF1"] == Fraction(60, 515)
    assert rates["REF2"] == 60 / (490 + e * 25)
    assert rates["REF3"] == Fraction(60, 490)
    assert rates["CON1"] == Fraction(450, 515)
    assert rates["CON2"] == 450 / (490 + e * 25)
    assert rates["CON3"] == Fraction(450, 490)


def test_bounds_of_e_meet_the_rates_beside() -> None:
    counts = counted({"I": 10, "R": 3, "UH": 4})
    all_eligible, none_eligible = outcome_rates(counts, Fraction(1)), outcome_rates(counts, Fraction(0))
    assert all_eligible["RR3"] == all_eligible["RR1"]
    assert none_eligible["RR3"] == none_eligible["RR5"]


def test_no_case_is_no_rate_and_not_zero() -> None:
    assert set(outcome_rates(counted({})).values()) == {None}
    only_unknown = outcome_rates(counted({"UH": 3}))
    assert only_unknown["RR1"] == 0
    assert only_unknown["RR3"] is None and only_unknown["RR5"] is None


def test_every_code_has_a_group_and_names_in_both_languages() -> None:
    for code, row in DISPOSITIONS.items():
        assert row.code == code and row.group in GROUPS
        assert row.name.vi and row.name.en
        assert {"1": "IP", "2": "RNCO", "3": "UHUO", "4": "NE"}[code[0]].count(row.group) == 1


def test_a_table_by_province_with_cases_set_aside() -> None:
    rows, bad = tabulated(
        ["a", "b", "c", "d", "e", "f"],
        ["1.1", "2.11", "1.1", "2.1x", "1.1", "4.50"],
        ["P01", "P01", "P02", "P03", "P02", "P02"],
        [Decimal(1), Decimal(3), Decimal(2), Decimal(1), Decimal("NaN"), Decimal(2)],
    )
    value = {(row.domain, row.rate): row.value for row in rows}
    assert value["P01", "RR1"] == Decimal("25.0000")
    assert value["P02", "RR1"] == Decimal("100.0000")
    assert value["*", "RR1"] == Decimal("50.0000")
    assert value["P03", "RR1"] is None
    assert {row.e for row in rows if row.domain == "*"} == {Decimal("0.750000")}
    assert [(row.record, row.column, row.code) for row in bad] == [
        ("d", "outcome", "OUTCOME-UNKNOWN"),
        ("e", "weight", "OUTCOME-WEIGHT"),
    ]
    assert '"2.1x" is not in the table' in bad[0].reason_en
    assert OUTCOMES.csv_bytes(rows).count(b"\n") == 1 + 4 * 16


def test_unweighted_counts_each_case_once() -> None:
    rows, _ = tabulated(["a", "b", "c"], ["1.1", "1.2", "3.17"], ["P01"] * 3)
    value = {row.rate: row.value for row in rows if row.domain == "P01"}
    assert value["RR1"] == pytest.approx(Decimal("33.3333"))
    assert value["RR6"] == Decimal("100.0000")
