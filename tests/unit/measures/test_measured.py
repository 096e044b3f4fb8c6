"""What records say as rows of MEASURED: exact values, reasons where there is none, one sentence each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from parindex.language import Text
from parindex.measures.engine import Tally, position
from parindex.measures.library import ready_measures
from parindex.measures.measured import measured_rows, plain, record_digest, value_of
from parindex.measures.nodes import Measure, edition_dates
from parindex.measures.saying import sentence
from parindex.problems import Problems
from parindex.tables.measured import MEASURED, REASONS

SHARE = Measure("m", Text("a", "b"), "dossiers", "share")
DIGESTS = {"dossiers": "d" * 64, "procedures": "e" * 64}


def tally(**given: object) -> Tally:
    counted = {
        "measure": "m",
        "unit": "P01",
        "office": None,
        "month": None,
        "records": 10,
        "inside": 8,
        "known": 7,
        "hits": 5,
    }
    return Tally(**{**counted, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("share", {}, Fraction(500, 7)),
        ("share", {"known": 0, "hits": 0}, None),
        ("share", {"inside": 0, "known": 0, "hits": 0}, None),
        ("count", {"inside": 0, "known": 0, "hits": 0}, Fraction(0)),
        ("distinct", {"hits": 3}, Fraction(3)),
        ("distinct", {"inside": 2, "known": 0, "hits": 0}, None),
        ("sum", {"total": 25_000}, Fraction(5, 2)),
        ("sum", {"inside": 0, "known": 0, "total": 0}, Fraction(0)),
        ("sum", {"inside": 3, "known": 0, "total": 0}, None),
        ("mean", {"total": 70_001}, Fraction(70_001, 70_000)),
        ("mean", {"known": 0, "total": 0}, None),
        # Four values 1, 2, 4, 8: the median is 3, halfway from 2 to 4.
        ("median", {"known": 4, "low": 20_000, "high": 40_000}, Fraction(3)),
        ("median", {"known": 0}, None),
    ],
)
def test_values(kind: str, given: dict[str, object], value: Fraction | None) -> None:
    assert value_of(replace(SHARE, kind=kind), tally(**given)) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        # R 4: quantile(c(1, 2, 4, 8), c(0, .1, .25, .5, .9, 1), type = 7) -> 1, 1.3, 1.75, 3, 6.8, 8
        ((1, 2, 4, 8), "0", "1"),
        ((1, 2, 4, 8), "10", "1.3"),
        ((1, 2, 4, 8), "25", "1.75"),
        ((1, 2, 4, 8), "50", "3"),
        ((1, 2, 4, 8), "90", "6.8"),
        ((1, 2, 4, 8), "100", "8"),
        ((7,), "90", "7"),
    ],
)
def test_percentiles_lie_between_two_values(values: tuple[int, ...], percent: str, expected: str) -> None:
    at, part = position(len(values), Decimal(percent))
    low, high = values[at], values[min(at + 1, len(values) - 1)]
    assert low + part * (high - low) == Fraction(expected)


def test_every_unit_has_a_row_and_empty_ones_say_why() -> None:
    rows = measured_rows(
        [SHARE],
        [
            tally(),
            tally(unit="P02", inside=0, known=0, hits=0),
            tally(unit="P03", inside=4, known=0, hits=0),
            tally(unit="P99"),
        ],
        edition="2023",
        units=("P03", "P01", "P02", "P04"),
        digests=DIGESTS,
    )
    assert [(row.unit, row.value, row.reason, row.records, row.unknown) for row in rows] == [
        ("P03", None, "all_unknown", 4, 4),
        ("P01", Decimal("71.4285714286"), None, 8, 1),
        ("P02", None, "none_concerned", 0, 0),
        ("P04", None, "no_records", 0, None),
    ]
    assert {row.reason for row in rows if row.reason} == set(REASONS)
    assert all((row.numerator is None) == (row.denominator is None) == (row.value is None) for row in rows)
    assert {row.digest for row in rows} == {"d" * 64}


def test_the_table_comes_back_from_its_file_as_it_was() -> None:
    rows = measured_rows(
        [SHARE, replace(SHARE, code="n", kind="count")],
        [
            tally(),
            tally(office="Sở Y tế"),
            tally(month="2023-05"),
            tally(measure="n"),
            tally(measure="n", month="none"),
        ],
        edition="2023",
        units=("P01", "P02"),
        digests={},
    )
    problems = Problems()
    assert MEASURED.read_csv(MEASURED.csv_bytes(rows), "measured.csv", problems) == rows
    assert not len(problems)
    assert [(row.unit, row.office, row.month) for row in rows[:4]] == [
        ("P01", None, None),
        ("P01", None, "2023-05"),
        ("P01", "Sở Y tế", None),
        ("P02", None, None),
    ]


def test_months_in_which_nothing_was_concerned_have_no_row() -> None:
    empty = tally(month="2021-05", inside=0, known=0, hits=0)
    rows = measured_rows([SHARE], [tally(), empty], edition="2023", units=("P01",), digests={})
    assert [row.month for row in rows] == [None]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(47113), "47113"),
        (Fraction(1, 3), "0.3333333333"),
        (Fraction(2, 3), "0.6666666667"),
        (Fraction(0), "0"),
        (Fraction(100), "100"),
        (Fraction(1, 10**11), "0"),
        (Fraction(-1, 10**11), "0"),
        (Fraction(-5, 2), "-2.5"),
    ],
)
def test_values_are_written_one_way(value: Fraction, written: str) -> None:
    assert str(plain(value)) == written


def test_the_digest_of_joined_tables_is_of_both() -> None:
    joined = replace(SHARE, join="procedures")
    assert record_digest(SHARE, DIGESTS) == "d" * 64
    assert record_digest(joined, DIGESTS) not in (None, "d" * 64, "e" * 64)
    assert record_digest(joined, DIGESTS) != record_digest(joined, {**DIGESTS, "procedures": "f" * 64})
    assert record_digest(joined, {}) is None


def test_every_ready_measure_is_said_in_both_languages() -> None:
    dates = edition_dates(2023, {})
    for measure in ready_measures().values():
        words = sentence(measure, dates)
        assert words.vi.endswith(".") and words.en.endswith(".")
        assert "edition." not in words.vi + words.en
        assert "{" not in words.vi + words.en


def test_sentences() -> None:
    ready = ready_measures()
    dates = edition_dates(2023, {})
    assert sentence(ready["on_time_share_province"], dates) == Text(
        "Trong số hồ sơ thủ tục hành chính có cấp giải quyết là “cấp tỉnh” và ngày có kết quả từ 01/01/2023 đến 31/12/2023"
        " và ngày hẹn trả đã được ghi, tỷ lệ có ngày có kết quả không muộn hơn ngày hẹn trả.",
        "Of the dossiers for which the level of government is “province” and the day it was settled is from 2023-01-01"
        " to 2023-12-31 and the day it is due is recorded, the share of those for which the day it was settled is no"
        " later than the day it is due.",
    )
    assert sentence(ready["publishing_decisions"]) == Text(
        "Số quyết định công bố khác nhau trong các thủ tục hành chính có ngày công bố từ ngày đầu năm đánh giá đến ngày"
        " cuối năm đánh giá.",
        "The number of distinct values of the decision that published it among procedures for which the day it was"
        " published is from the first day of the reporting year to the last day of the reporting year.",
    )


def test_the_dates_of_an_edition() -> None:
    assert edition_dates(2023, {"closes_on": date(2024, 1, 31)}) == {
        "closes_on": date(2024, 1, 31),
        "year_start": date(2023, 1, 1),
        "year_end": date(2023, 12, 31),
    }
