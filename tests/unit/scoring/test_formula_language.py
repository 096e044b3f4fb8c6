"""The formula language: any text is a formula or says where it is none, and values are exact."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_rules import arithmetic, condition
from spreadsheet_evaluator import SpreadsheetError
from spreadsheet_evaluator import evaluate as evaluate_in_cells

from parindex.scoring import formula
from parindex.scoring.formula import (
    MAX_LENGTH,
    MAX_SIGNS,
    FormulaWrong,
    Undefined,
    ValueType,
    at_edge,
    comparisons,
    evaluate,
    may_be_undefined,
    names_in,
    parse,
    spreadsheet,
    type_of,
    written,
)

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

FEW = settings(max_examples=50)

NAMES: Mapping[str, ValueType] = {"a": "number", "b": "number", "max_points": "number", "yes": "truth"}

NUMBERS = arithmetic(("a", "b"), ("yes",))
TRUTHS = condition(st.tuples(NUMBERS, NUMBERS), ("yes",))
SMALL = st.fractions(-6, 6, max_denominator=4)
GIVEN = st.fixed_dictionaries({"a": SMALL, "b": SMALL, "max_points": st.just(Fraction(2)), "yes": st.booleans()})


def pythonic(text: str) -> str:
    """The same formula in Python: `(if c then a else b)` becomes a call that looks at one of the two only."""
    text = re.sub(r"\b(\d+(?:\.\d+)?)\b", r"Fraction('\1')", text)
    text = re.sub(r"(?<![<>!=])=(?!=)", "==", text)
    while (start := text.rfind("(if ")) >= 0:  # the last one holds no other
        depth, end = 0, start
        while depth or end == start:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        test, rest = text[start + 4 : end - 1].split(" then ")
        then, otherwise = rest.split(" else ")
        text = f"{text[:start]}choose(lambda: {test}, lambda: {then}, lambda: {otherwise}){text[end:]}"
    return text


def choose(test: Callable[[], bool], then: Callable[[], Fraction], otherwise: Callable[[], Fraction]) -> Fraction:
    return then() if test() else otherwise()


def independent(text: str, values: Mapping[str, Fraction | bool]) -> Fraction | bool | None:
    try:
        # Names are global, so that the bodies of `lambda` see them.
        return eval(pythonic(text), {"Fraction": Fraction, "min": min, "max": max, "choose": choose, **values})
    except ZeroDivisionError:
        return None


def value_of(expression: formula.Expression, values: Mapping[str, Fraction | bool]) -> Fraction | bool | None:
    try:
        return evaluate(expression, values)
    except Undefined:
        return None


@FEW
@given(NUMBERS, GIVEN)
def test_a_value_is_what_python_makes_of_it(text: str, values: dict[str, Fraction | bool]) -> None:
    assert value_of(parse(text, NAMES, "number"), values) == independent(text, values)


@FEW
@given(TRUTHS, GIVEN)
def test_a_condition_is_what_python_makes_of_it(text: str, values: dict[str, Fraction | bool]) -> None:
    assert value_of(parse(text, NAMES, "truth"), values) == independent(text, values)


TOKENS = st.lists(
    st.tuples(st.sampled_from(["+", "-", "*", "/", "- -"]), st.sampled_from(["a", "b", "2", "0.5"])), max_size=8
)


@FEW
@given(st.sampled_from(["a", "-b", "3"]), TOKENS, GIVEN)
def test_signs_bind_as_in_school(first: str, rest: list[tuple[str, str]], values: dict[str, Fraction | bool]) -> None:
    text = first + "".join(f" {sign} {name}" for sign, name in rest)

    assert value_of(parse(text, NAMES, "number"), values) == independent(text, values)


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from([" and ", " or ", " and not ", " or not "]), st.sampled_from(["yes", "a < b", "a = 1"])
        ),
        max_size=6,
    ),
    GIVEN,
)
def test_and_binds_before_or(rest: list[tuple[str, str]], values: dict[str, Fraction | bool]) -> None:
    text = "yes" + "".join(word + test for word, test in rest)

    assert value_of(parse(text, NAMES, "truth"), values) == independent(text, values)


@FEW
@given(st.one_of(NUMBERS, TRUTHS), GIVEN)
def test_what_is_written_is_read_again(text: str, values: dict[str, Fraction | bool]) -> None:
    wanted: ValueType = "truth" if re.search(r"[<>=]|yes", text) and parses(text, "truth") else "number"
    expression = parse(text, NAMES, wanted)

    again = written(expression)
    if len(again) <= MAX_LENGTH:
        assert parse(again, NAMES, wanted) == expression
        assert written(parse(again, NAMES, wanted)) == again


def parses(text: str, wanted: ValueType) -> bool:
    try:
        parse(text, NAMES, wanted)
    except FormulaWrong:
        return False
    return True


@FEW
@given(st.one_of(NUMBERS, TRUTHS), GIVEN)
def test_a_spreadsheet_computes_the_same(text: str, values: dict[str, Fraction | bool]) -> None:
    expression = parse(text, NAMES, "number" if parses(text, "number") else "truth")
    cells = {"a": "A1", "b": "B1", "max_points": "C1", "yes": "D1"}

    try:
        shown = evaluate_in_cells(
            spreadsheet(expression, cells.__getitem__), {cells[name]: value for name, value in values.items()}
        )
    except SpreadsheetError:
        shown = None

    assert shown == value_of(expression, values)
    if shown is None:
        assert may_be_undefined(expression)


MARKS = st.sampled_from(
    [*"+-*/(),<>= \t\n", "<=", "!=", "if ", " then ", " else ", " and ", " or ", "not ", "min(", "max("]
)


@FEW
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(st.one_of(MARKS, st.sampled_from(["a", "b", "yes", "1", "0.5"])), max_size=30).map("".join),
    ),
    st.sampled_from(["number", "truth"]),
)
def test_any_text_is_a_formula_or_says_where_it_is_none(text: str, wanted: ValueType) -> None:
    try:
        expression = parse(text, NAMES, wanted)
    except FormulaWrong as wrong:
        assert 1 <= wrong.column <= len(text) + 1
        assert wrong.says.vi
        assert wrong.says.en
    else:
        assert type_of(expression) == wanted
        assert names_in(expression) <= set(NAMES)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("", 1, "is missing here"),
        ("   ", 4, "is missing here"),
        ("a b", 3, "too much"),
        ("a $ b", 3, '"$" may not stand here'),
        ("(a", 3, '")" is expected'),
        ("if yes then 1", 14, '"else" is expected'),
        ("if yes 1", 8, '"then" is expected'),
        ("if yes then 1 else yes", 20, "a number is needed here"),
        ("not a", 5, "a condition is needed here"),
        ("yes or a", 8, "a condition is needed here"),
        ("a or yes", 1, "a condition is needed here"),
        ("yes < 1", 1, "a number is needed here"),
        ("1 < yes", 5, "a number is needed here"),
        ("min(yes, 1)", 5, "a number is needed here"),
        ("min(1, yes)", 8, "a number is needed here"),
        ("-yes", 2, "a number is needed here"),
        ("yes + 1", 1, "a number is needed here"),
        ("min 1", 5, '"(" is expected'),
        ("1 + then", 5, "is missing here"),
        ("٣", 1, "may not stand here"),
        ("min(a)", 6, '"," is expected, not ")"'),
        ("c", 1, "there are: a, b, max_points, yes"),
    ],
)
def test_mistakes_are_placed(text: str, column: int, says: str) -> None:
    with pytest.raises(FormulaWrong) as wrong:
        parse(text, NAMES, "number")

    assert wrong.value.column == column
    assert says in wrong.value.says.en


@pytest.mark.parametrize(
    "text",
    [
        "(" * 32 + "a" + ")" * 32,
        "-" * 32 + "a",
        "not " * 32 + "yes",
        "if yes then " * 32 + "1" + " else 2" * 32,
        "a" + "+a" * (MAX_SIGNS + 1),
        "a" + " " * MAX_LENGTH,
    ],
)
def test_size_is_bounded(text: str) -> None:
    for wanted in ("number", "truth"):
        with pytest.raises(FormulaWrong):
            parse(text, NAMES, wanted)  # type: ignore[arg-type]


def test_the_longest_formula_can_be_evaluated() -> None:
    expression = parse("a" + "+a" * MAX_SIGNS, NAMES, "number")

    assert evaluate(expression, {"a": Fraction(1)}) == MAX_SIGNS + 1
    assert len(list(comparisons(expression))) == 0
    assert names_in(expression) == {"a"}
    assert parse(written(expression), NAMES, "number") == expression
    assert "A1" in spreadsheet(expression, lambda name: "A1")


def test_division_by_zero_has_no_value() -> None:
    expression = parse("a / (b - b)", NAMES, "number")

    with pytest.raises(Undefined):
        evaluate(expression, {"a": Fraction(1), "b": Fraction(2)})


def test_edges_are_the_comparisons_in_reading_order() -> None:
    expression = parse("if a < 1 and (b >= 2 or max(a, if a = b then 1 else 0) > 3) then a else b", NAMES, "number")
    edges = list(comparisons(expression))

    assert [written(edge) for edge in edges] == ["a < 1", "b >= 2", "max(a, if a = b then 1 else 0) > 3", "a = b"]
    assert [at_edge(edge, {"a": Fraction(1), "b": Fraction(1)}) for edge in edges] == [True, False, False, True]


def test_names_are_found_everywhere() -> None:
    expression = parse("if a > max_points or not yes then min(b, 1) else 2", NAMES, "number")

    assert names_in(expression) == {"a", "b", "max_points", "yes"}


def test_an_undefined_comparison_is_no_edge() -> None:
    (edge,) = comparisons(parse("a / b > 1", NAMES, "truth"))

    assert not at_edge(edge, {"a": Fraction(1), "b": Fraction(0)})


@pytest.mark.parametrize(
    ("text", "undefined"),
    [
        ("a / 2", False),
        ("a / 2 / b", True),
        ("a / b / 2", True),
        ("a / 0", True),
        ("a > 1", False),
        ("not a > 1 / b", True),
        ("if a > 1 then 1 else 1 / b", True),
        ("min(a, -b)", False),
    ],
)
def test_what_may_be_undefined(text: str, undefined: bool) -> None:
    assert (
        may_be_undefined(parse(text, NAMES, "truth" if " > " in text and "if" not in text else "number")) is undefined
    )


def test_a_spreadsheet_stops_where_the_formula_stops() -> None:
    cell: Callable[[str], str] = str.upper

    assert spreadsheet(parse("b > 0 and a > 1", NAMES, "truth"), cell) == "AND((B>0),(A>1))"
    assert spreadsheet(parse("b > 0 and a / b > 1", NAMES, "truth"), cell) == "IF((B>0),((A/B)>1),FALSE)"
    assert spreadsheet(parse("b = 0 or a / b > 1", NAMES, "truth"), cell) == "IF((B=0),TRUE,((A/B)>1))"
    assert spreadsheet(parse("not a != 1", NAMES, "truth"), cell) == "NOT((A<>1))"


def test_numbers_are_written_as_they_were() -> None:
    assert written(parse("0.125 + 12.50 + 3", NAMES, "number")) == "0.125 + 12.5 + 3"
    assert parse("1.50", NAMES, "number") == parse("1.5", NAMES, "number")
