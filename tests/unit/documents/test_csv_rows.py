"""CSV with places: every mistake named at its line, and the same text back that was written."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parindex.documents.csv_rows import CsvRow, guarded, is_decimal, read_rows
from parindex.language import LANGUAGES, nfc
from parindex.problems import Problems
from parindex.sources import Place


def read(text: str | bytes, *, optional: tuple[str, ...] = (), others: bool = False) -> tuple[list[CsvRow], Problems]:
    problems = Problems()
    content = text.encode() if isinstance(text, str) else text
    rows = read_rows(content, "a.csv", problems, columns=("unit", "value"), optional=optional, others=others)
    for problem in problems:
        for language in LANGUAGES:
            assert "{" not in problem.words(language)
    return rows, problems


def found(problems: Problems) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.where.line) for problem in problems]


def test_rows_have_their_lines() -> None:
    rows, problems = read('\nunit,value\nA,1\n\n"B\nb",2\nC,\n')

    assert not list(problems)
    assert [(row.values, row.place.line) for row in rows] == [
        ({"unit": "A", "value": "1"}, 3),
        ({"unit": "B\nb", "value": "2"}, 5),
        ({"unit": "C", "value": ""}, 7),
    ]


def test_columns_come_in_any_order_and_cells_are_trimmed() -> None:
    rows, problems = read(" value , unit\n 1 , A \n")

    assert not list(problems)
    assert rows[0]["unit"] == "A"
    assert rows[0]["absent"] == ""


def test_optional_and_other_columns() -> None:
    assert found(read("unit,value,note\nA,1,x\n")[1]) == [("CSV-COLUMN-UNKNOWN", 1)]
    assert found(read("unit,value,note\nA,1,x\n", optional=("note",))[1]) == []
    assert found(read("unit,value,note\nA,1,x\n", others=True)[1]) == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [("CSV-EMPTY", None)]),
        ("\n \n", [("CSV-EMPTY", None)]),
        ("unit,valeu\nA,1\n", [("CSV-COLUMN-MISSING", 1)]),
        ("unit,weight\nA,1\n", [("CSV-COLUMN-MISSING", 1), ("CSV-COLUMN-UNKNOWN", 1)]),
        ("unit,value,value\nA,1,2\n", [("CSV-COLUMN-TWICE", 1)]),
        ("unit;value\nA;1\n", [("CSV-SEPARATOR", 1)]),
        ("unit\tvalue\nA\t1\n", [("CSV-SEPARATOR", 1)]),
        ("unit|value\nA|1\n", [("CSV-SEPARATOR", 1)]),
        ("unit\nA\n", [("CSV-COLUMN-MISSING", 1)]),
        ("unit,value\nA,1,5\nB,2\nC\n", [("CSV-WIDTH", 2), ("CSV-WIDTH", 4)]),
        ('unit,value\nA,1\n"B,2\nC,3\n', [("CSV-SYNTAX", 3)]),
        ('unit,value\nA,"1"2\n', [("CSV-SYNTAX", 2)]),
        (b"unit,value\nA,\xe9\n", [("FILE-ENCODING", 2)]),
    ],
)
def test_mistakes_are_named_at_their_line(text: str | bytes, problems: list[tuple[str, int | None]]) -> None:
    assert found(read(text)[1]) == problems


def test_a_misspelt_column_is_guessed() -> None:
    _, problems = read("unit,valeu\nA,1\n")

    assert 'the column "value" is missing; the file has "valeu".' in next(iter(problems)).words("en")


def test_lines_of_another_width_are_left_out_and_the_others_kept() -> None:
    rows, _ = read("unit,value\nA,1,5\nB,2\n")

    assert [row["unit"] for row in rows] == ["B"]


def test_required_and_decimal_cells() -> None:
    problems = Problems()
    row = CsvRow({"unit": "A", "value": "93.91", "empty": "", "comma": "93,91"}, Place("a.csv", 2))

    assert row.required("unit", problems) == "A"
    assert row.decimal("value", problems) == Decimal("93.91")
    assert row.decimal("empty", problems) is None
    assert found(problems) == []

    assert row.required("empty", problems) is None
    assert row.decimal("comma", problems) is None
    assert found(problems) == [("CELL-EMPTY", 2), ("CELL-NUMBER", 2)]


@pytest.mark.parametrize("text", ["0", "-1", "12.50", "0.0000000001", "9" * 18])
def test_a_plain_decimal(text: str) -> None:
    assert is_decimal(text)


@pytest.mark.parametrize("text", ["", "1,5", "1 000", "1e5", "+1", ".5", "5.", "NaN", "Infinity", "٣", "１", "9" * 19])
def test_not_a_plain_decimal(text: str) -> None:
    assert not is_decimal(text)


@pytest.mark.parametrize("text", ["=1+1", "+84", "-x", "@name", "\tx", "'=x"])
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["", "A", "-5", "-0.25", "'tis", "a=b"])
def test_what_it_would_not_run_is_left_alone(text: str) -> None:
    assert guarded(text) == text


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), min_size=1))
@example("'=x")
@example("''=x")
@example("\t=x")
@example("-5")
@example("'-5")
def test_a_guarded_text_is_read_as_it_was(text: str) -> None:
    text = nfc(text).strip()
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([("unit", "value"), ("A", guarded(text))])

    rows, problems = read(out.getvalue())

    assert not list(problems)
    assert rows[0]["value"] == text


ROWS = 'unit,value\nA,1\n"B, b",2.5\nĐà Nẵng,\'=x\n'.encode()


@given(st.data())
def test_any_bytes_give_rows_or_problems_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(ROWS)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 6))] = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([b'"', b",", b"\n", b"\r", b";", b"\xef\xbb\xbf", b"''"]))
        )

    rows, problems = read(bytes(content))

    assert all(set(row.values) == {"unit", "value"} for row in rows)
    assert all(problem.where.file == "a.csv" for problem in problems)
