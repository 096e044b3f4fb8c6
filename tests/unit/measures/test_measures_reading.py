"""measures.yaml: measures as people write them, and all mistakes of a file at once, each at its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from parindex.measures.library import ready_measures
from parindex.measures.nodes import Either, Measure, edition_dates
from parindex.measures.reading import read_measures
from parindex.problems import Problems

DATES = edition_dates(2023, {"closes_on": date(2024, 1, 31)})


def read(text: str) -> tuple[tuple[Measure, ...], list[tuple[str, int | None, int | None]]]:
    problems = Problems()
    found = read_measures(text.encode(), "measures.yaml", problems, dates=DATES, ready=ready_measures())
    return found, [(each.code, each.where.line, each.where.column) for each in problems.sorted()]


def one(body: str) -> tuple[Measure | None, list[tuple[str, int | None, int | None]]]:
    """One measure of dossiers; `body` begins on line 5 of the file."""
    text = 'measures:\n  - code: m\n    name: {vi: "a", en: "b"}\n    table: dossiers\n'
    text += "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    measures, problems = read(text)
    return (measures[0] if measures else None), problems


def test_a_measure_as_people_write_it() -> None:
    measure, problems = one("""
kind: share
where:
  - level = province
  - any_of:
      - "channel = online"
      - [payment = online, digitised = yes]
of: ["settled_on <= due_on"]
month: settled_on
join: procedures
note: {vi: "x", en: "y"}
""")
    assert not problems
    assert measure is not None
    assert measure.kind == "share"
    assert isinstance(measure.where.parts[1], Either)
    assert len(measure.where.parts[1].parts) == 2
    assert measure.join_columns == (("unit", "unit"), ("procedure", "procedure"))
    assert measure.month == "settled_on"
    assert measure.place.line == 2


def test_ready_measures_are_taken_by_code_and_stand_first() -> None:
    measures, problems = read(
        "ready: [online_share_full, overdue]\n"
        "measures:\n"
        '  - {code: mine, name: {vi: "a", en: "b"}, table: procedures, kind: count}\n'
    )
    assert not problems
    assert [measure.code for measure in measures] == ["online_share_full", "overdue", "mine"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("kind: share", [("MEASURE-NEEDS", 2, 5)]),
        ("kind: median", [("MEASURE-NEEDS", 2, 5)]),
        ("kind: percentile\ncolumn: settled_on - received_on", [("MEASURE-NEEDS", 2, 5)]),
        ("kind: count\ncolumn: office", [("MEASURE-EXTRA", 6, 13)]),
        ("kind: count\nof: [level = province]", [("MEASURE-EXTRA", 6, 9)]),
        ("kind: sum\ncolumn: settled_on", [("MEASURE-NO-NUMBER", 6, 13)]),
        ("kind: distinct\ncolumn: offce", [("MEASURE-COLUMN", 6, 13)]),
        ("kind: count\njoin: dossiers", [("MEASURE-NO-REFERENCE", 6, 11)]),
        ("kind: count\njoin: nothing", [("MEASURE-NO-REFERENCE", 6, 11)]),
        ("kind: count\nmonth: office", [("MEASURE-MONTH", 6, 12)]),
        ("kind: count\nwhere: level = province", [("VALUE-TYPE", 6, 12)]),
        ("kind: count\nwhere: []", [("VALUE-TYPE", 6, 12)]),
        ("kind: count\nwhere: [{none_of: [level = province]}]", [("MEASURE-GROUP", 6, 13)]),
        ("kind: count\nwhere: [{any_of: []}]", [("MEASURE-GROUP", 6, 13)]),
        ("kind: count\nwhere: [[[[[level = province]]]]]", [("MEASURE-DEPTH", 6, 17)]),
        ("kind: counts", [("WORD-UNKNOWN", 5, 11)]),
        ("kind: count\nwheer: [level = province]", [("KEY-UNKNOWN", 6, 5)]),
        ("kind: percentile\npercent: 101\ncolumn: settled_on - received_on", [("NUMBER-RANGE", 6, 14)]),
        ("kind: percentile\npercent: 99.99999\ncolumn: settled_on - received_on", [("MEASURE-NUMBER", 6, 14)]),
        # A sentence in quotes: the column is that of the word in the file.
        ('kind: count\nwhere: ["level = x"]', [("MEASURE-VALUE", 6, 22)]),
        ("kind: count\nwhere:\n  - level = x", [("MEASURE-VALUE", 7, 17)]),
        # Written over several lines, or with escapes: where it begins.
        ("kind: count\nwhere:\n  - level =\n    x", [("MEASURE-VALUE", 7, 9)]),
        ('kind: count\nwhere: ["level = \\"x\\""]', [("MEASURE-VALUE", 6, 13)]),
    ],
)
def test_mistakes(body: str, expected: list[tuple[str, int, int]]) -> None:
    measure, problems = one(body)
    assert problems == expected
    # An unknown key is a mistake of the file; the measure beside it can be read.
    assert measure is None or expected[0][0] == "KEY-UNKNOWN"


def test_all_mistakes_come_at_once() -> None:
    measures, problems = read("""\
ready: [overdu, overdue]
measures:
  - code: a
    name: {vi: "a", en: "b"}
    table: dossiers
    kind: share
    where: [setled_on <= due_on, level = x]
  - code: a
    name: {vi: "a"}
    table: dossier
    kind: shares
  - {code: overdue, name: {vi: "a", en: "b"}, table: dossiers, kind: count}
  - {code: good, name: {vi: "a", en: "b"}, table: dossiers, kind: count}
""")
    assert [code for code, _, _ in problems] == [
        "MEASURE-READY",
        "MEASURE-NEEDS",
        "MEASURE-COLUMN",
        "MEASURE-VALUE",
        "MEASURE-TWICE",
        "LABEL-MISSING",
        "WORD-UNKNOWN",
        "WORD-UNKNOWN",
        "MEASURE-TWICE",
    ]
    assert [measure.code for measure in measures] == ["overdue", "good"]


@pytest.mark.parametrize("text", ["", "[]", "measures: []", "- a", "measures: [a]"])
def test_files_that_are_no_measures(text: str) -> None:
    measures, problems = read(text)
    assert measures == ()
    assert problems


def test_a_percentile_keeps_its_digits() -> None:
    measure, _ = one("kind: percentile\npercent: 97.5\ncolumn: settled_on - received_on")
    assert measure is not None
    assert measure.percent == Decimal("97.5")
