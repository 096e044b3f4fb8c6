"""Conditions are short sentences: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from parindex.measures.conditions import MAX_LENGTH, Names, read_condition, read_value
from parindex.measures.nodes import (
    Between,
    ColumnRef,
    Compare,
    Condition,
    Constant,
    DaysBetween,
    EditionDate,
    Empty,
    Expression,
    OneOf,
    Shifted,
    Total,
)
from parindex.problems import ProblemKind
from parindex.tables.record_tables import DOSSIERS, PROCEDURES

NAMES = Names(DOSSIERS, PROCEDURES, ("year_start", "year_end", "closes_on"))
ALONE = Names(DOSSIERS, None, ("year_end",))


def own(name: str) -> ColumnRef:
    return ColumnRef("dossiers", name)


def number(text: str) -> Constant:
    return Constant(Decimal(text), "number")


def told(text: str, names: Names = NAMES, *, value: bool = False) -> list[tuple[str, int, dict[str, Any]]]:
    """What is said of a sentence that is wrong: (code, column, values)."""
    found: list[tuple[str, int, dict[str, Any]]] = []

    def report(kind: ProblemKind, at: int, /, **values: Any) -> None:
        found.append((kind.code, at, values))

    read = read_value if value else read_condition
    node = read(text, names, report)
    assert (node is None) == bool(found)
    return found


def means(text: str) -> Condition | None:
    def report(kind: ProblemKind, at: int, /, **values: Any) -> None:
        pytest.fail(f"{kind.code} {at} {values}")

    return read_condition(text, NAMES, report)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("settled_on <= due_on", Compare(own("settled_on"), "<=", own("due_on"))),
        ("  settled_on<=due_on ", Compare(own("settled_on"), "<=", own("due_on"))),
        ("dossiers.settled_on <= due_on", Compare(own("settled_on"), "<=", own("due_on"))),
        ("level = province", Compare(own("level"), "=", Constant("province", "choice"))),
        ('level = "province"', Compare(own("level"), "=", Constant("province", "choice"))),
        ("province = level", Compare(Constant("province", "choice"), "=", own("level"))),
        ("level = procedures.level", Compare(own("level"), "=", ColumnRef("procedures", "level"))),
        ("channel in online, post", OneOf(own("channel"), (Constant("online", "choice"), Constant("post", "choice")))),
        ("digitised = yes", Compare(own("digitised"), "=", Constant(True, "flag"))),
        ("digitised != true", Compare(own("digitised"), "!=", Constant(True, "flag"))),
        ("office = 'Sở Y tế'", Compare(own("office"), "=", Constant("Sở Y tế", "text"))),
        ("due_on is empty", Empty(own("due_on"), True)),
        ("due_on is not empty", Empty(own("due_on"), False)),
        ("applicant is not empty", Empty(own("applicant"), False)),
        (
            "settled_on between edition.year_start and 2023-06-30",
            Between(own("settled_on"), EditionDate("year_start"), Constant(date(2023, 6, 30), "date")),
        ),
        ("settled_on <= due_on + 5 days", Compare(own("settled_on"), "<=", Shifted(own("due_on"), 5))),
        ("settled_on <= due_on - 1 day + 3 days", Compare(own("settled_on"), "<=", Shifted(own("due_on"), 2))),
        (
            "settled_on > edition.closes_on - 30 days",
            Compare(own("settled_on"), ">", Shifted(EditionDate("closes_on"), -30)),
        ),
        (
            "settled_on - received_on <= procedures.limit_days",
            Compare(DaysBetween(own("settled_on"), own("received_on")), "<=", ColumnRef("procedures", "limit_days")),
        ),
        (
            "settled_on - received_on > 5 days",
            Compare(DaysBetween(own("settled_on"), own("received_on")), ">", number("5")),
        ),
        (
            "procedures.limit_days - procedures.limit_days_cut + 0.5 > 2",
            Compare(
                Total(
                    (
                        (True, ColumnRef("procedures", "limit_days")),
                        (False, ColumnRef("procedures", "limit_days_cut")),
                        (True, number("0.5")),
                    )
                ),
                ">",
                number("2"),
            ),
        ),
    ],
)
def test_what_a_sentence_means(text: str, node: Expression) -> None:
    assert means(text) == node


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("setled_on <= due_on", "MEASURE-COLUMN", 1),
        ("settled_on <= procedures.limit", "MEASURE-COLUMN", 15),
        ("settled_on <= other.limit", "MEASURE-COLUMN", 15),
        ("office = abc", "MEASURE-COLUMN", 10),
        ("level = provnce", "MEASURE-VALUE", 9),
        ("level = yes", "MEASURE-VALUE", 9),
        ("procedures.online_service in full, ful", "MEASURE-VALUE", 36),
        ("settled_on <= edition.year_ends", "MEASURE-EDITION-DATE", 15),
        ("settled_on < 5", "MEASURE-TYPES", 14),
        ("settled_on < 5 days", "MEASURE-TYPES", 14),
        ("digitised = 3", "MEASURE-TYPES", 13),
        ("level = 3", "MEASURE-TYPES", 9),
        ("settled_on between due_on and 4", "MEASURE-TYPES", 31),
        ("settled_on - received_on <= due_on", "MEASURE-TYPES", 29),
        ("due_on + 5 <= settled_on", "MEASURE-ADDING", 1),
        ("due_on + received_on <= settled_on", "MEASURE-ADDING", 1),
        ("office + 5 days <= settled_on", "MEASURE-ADDING", 1),
        ("level < province", "MEASURE-ORDER", 1),
        ('office < "b"', "MEASURE-ORDER", 1),
        ("digitised between no and yes", "MEASURE-ORDER", 1),
        ("settled_on <= 31/12/2023", "MEASURE-DATE", 15),
        ("settled_on <= 2023-02-30", "MEASURE-DATE", 15),
        ("settled_on <= 2023-2-3", "MEASURE-DATE", 15),
        ("settled_on <= 0023-12-31", "MEASURE-DATE", 15),
        ("procedures.limit_days > 1.23456", "MEASURE-NUMBER", 25),
        ("procedures.limit_days > 123456789012345", "MEASURE-NUMBER", 25),
        ('applicant = "A"', "MEASURE-PERSONAL", 1),
        ('applicant_phone in "1", "2"', "MEASURE-PERSONAL", 1),
        ("edition.year_start < edition.year_end", "MEASURE-NO-COLUMN", 1),
        ("1 = 1", "MEASURE-NO-COLUMN", 1),
        ("5 is empty", "MEASURE-NO-COLUMN", 1),
        ("", "MEASURE-CONDITION", 1),
        ("settled_on", "MEASURE-CONDITION", 11),
        ("settled_on <=", "MEASURE-CONDITION", 14),
        ("settled_on <= due_on due_on", "MEASURE-CONDITION", 22),
        ("settled_on == due_on", "MEASURE-CONDITION", 12),
        ("settled_on <> due_on", "MEASURE-CONDITION", 12),
        ("settled_on between due_on", "MEASURE-CONDITION", 26),
        ("settled_on between due_on, returned_on", "MEASURE-CONDITION", 26),
        ("due_on is emty", "MEASURE-CONDITION", 11),
        ("due_on is not", "MEASURE-CONDITION", 14),
        ("due_on is", "MEASURE-CONDITION", 10),
        ("<= due_on", "MEASURE-CONDITION", 1),
        ("office = 'a", "MEASURE-CONDITION", 10),
        ("office = Sở", "MEASURE-CONDITION", 11),
        ("due_on; 1", "MEASURE-CONDITION", 7),
        ("due_on + 1.5 days = settled_on", "MEASURE-CONDITION", 10),
        ("due_on + 99999 days = settled_on", "MEASURE-CONDITION", 10),
        ("not due_on = settled_on", "MEASURE-CONDITION", 1),
        ("due_on = settled_on or due_on is empty", "MEASURE-CONDITION", 21),
        ("a" * (MAX_LENGTH + 1), "MEASURE-CONDITION", MAX_LENGTH),
    ],
)
def test_what_is_said_of_a_wrong_sentence(text: str, code: str, column: int) -> None:
    assert [(found, at) for found, at, _ in told(text)] == [(code, column)]


def test_every_wrong_name_of_a_sentence_is_told_at_once() -> None:
    assert [code for code, _, _ in told("setled_on <= edition.yearend")] == ["MEASURE-COLUMN", "MEASURE-EDITION-DATE"]


def test_the_nearest_name_is_guessed() -> None:
    (column,) = told("setled_on <= due_on")
    assert 'did you mean "settled_on"?' in column[2]["guess"].en
    (value,) = told("level = provnce")
    assert 'ý bạn là "province"?' in value[2]["guess"].vi
    assert value[2]["known"] == "province, district, commune"
    (day,) = told("settled_on <= edition.year_en")
    assert "year_end" in day[2]["guess"].en


def test_personal_columns_are_not_offered() -> None:
    (column,) = told("nobody = due_on")
    assert "applicant" not in column[2]["known"]


def test_a_table_that_is_not_joined() -> None:
    (found,) = told("procedures.limit_days > 3", ALONE)
    assert found[:2] == ("MEASURE-JOIN", 1)
    assert found[2]["table"] == "procedures"


def test_values() -> None:
    assert read_value("settled_on - received_on", ALONE, pytest.fail) == DaysBetween(
        own("settled_on"), own("received_on")
    )
    assert read_value("office", ALONE, pytest.fail) == own("office")
    assert told("5 - 3", value=True)[0][0] == "MEASURE-NO-COLUMN"
    assert told("office office", value=True)[0][0] == "MEASURE-CONDITION"
    assert told("ofice", value=True)[0][0] == "MEASURE-COLUMN"
