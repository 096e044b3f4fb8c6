"""Values of inputs: from text and back, and what no input can have."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parindex.language import LANGUAGES, Text
from parindex.programme.framework import INPUT_TYPES, InputSpec, InputType
from parindex.programme.inputs import ValueWrong, canonical, check_number, parse_value, part_exceeds_whole
from parindex.sources import Place

OPTIONS = {"late": Text("Chậm", "Late"), "on_time": Text("Đúng hạn", "On time")}


def spec(type_: InputType, name: str = "x", part_of: str | None = None) -> InputSpec:
    options = OPTIONS if type_ == "choice" else {}
    return InputSpec(name, type_, Text("Số", "Figure"), None, options, part_of, Place("framework.yaml", 1))


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("yes_no", "yes", True),
        ("yes_no", "no", False),
        ("choice", "late", "late"),
        ("count", "12", Decimal(12)),
        ("count", "12.0", Decimal(12)),
        ("count", "1000000000000", Decimal(10) ** 12),
        ("amount", "0.25", Decimal("0.25")),
        ("percent", "104.5", Decimal("104.5")),
        ("number", "-3.5", Decimal("-3.5")),
        ("number", "-0", Decimal(0)),
        ("amount", "999999999999999.0123456789", Decimal("999999999999999.0123456789")),
        ("amount", "1.50000000000", Decimal("1.5")),
    ],
)
def test_a_value_is_read(type_: InputType, text: str, value: object) -> None:
    read = parse_value(spec(type_), text)

    assert read == value
    assert parse_value(spec(type_), canonical(read)) == read


@pytest.mark.parametrize(
    ("type_", "text", "code"),
    [
        ("yes_no", "Có", "VALUE-YES-NO"),
        ("choice", "never", "VALUE-CHOICE"),
        ("count", "many", "VALUE-NUMBER"),
        ("count", "1,5", "VALUE-NUMBER"),
        ("count", "1e5", "VALUE-NUMBER"),
        ("count", "NaN", "VALUE-NUMBER"),
        ("count", "1.5", "VALUE-WHOLE"),
        ("count", "-1", "VALUE-NEGATIVE"),
        ("amount", "-0.1", "VALUE-NEGATIVE"),
        ("percent", "-0.1", "VALUE-NEGATIVE"),
        ("count", "1000000000001", "VALUE-TOO-LARGE"),
        ("percent", "1000001", "VALUE-TOO-LARGE"),
        ("amount", "1000000000000000.1", "VALUE-TOO-LARGE"),
        ("amount", "0.00000000001", "VALUE-DECIMALS"),
        ("amount", "100000000000000.0000000000000001", "VALUE-DECIMALS"),
    ],
)
def test_what_no_input_can_have(type_: InputType, text: str, code: str) -> None:
    with pytest.raises(ValueWrong) as wrong:
        parse_value(spec(type_), text)

    assert wrong.value.kind.code == str(wrong.value) == code
    for language in LANGUAGES:
        words = wrong.value.kind.what.filled(language, wrong.value.values)
        assert words.startswith(Text("Số: ", "Figure: ").in_(language))
        wrong.value.kind.remedy.filled(language, wrong.value.values)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_only_finite_numbers(value: str) -> None:
    with pytest.raises(ValueWrong) as wrong:
        check_number(spec("number"), Decimal(value))

    assert wrong.value.kind.code == "VALUE-NUMBER"


@given(st.sampled_from(INPUT_TYPES), st.one_of(st.text(max_size=20), st.decimals().map(str)))
def test_any_text_is_a_value_or_says_why_not(type_: InputType, text: str) -> None:
    try:
        value = parse_value(spec(type_), text)
    except ValueWrong:
        return
    assert parse_value(spec(type_), canonical(value)) == value
    assert canonical(parse_value(spec(type_), canonical(value))) == canonical(value)


def test_canonical_text() -> None:
    assert canonical(True) == "yes"
    assert canonical(False) == "no"
    assert canonical("late") == "late"
    assert canonical(Decimal("1.50")) == "1.5"
    assert canonical(Decimal("1E+3")) == "1000"
    assert canonical(Decimal("-0.0")) == "0"


def test_a_part_may_not_exceed_its_whole() -> None:
    part, whole = spec("count", "on_time", part_of="due"), spec("count", "due")

    assert part_exceeds_whole((part, whole), {"on_time": Decimal(6), "due": Decimal(5)}) == [(part, whole)]
    assert part_exceeds_whole((part, whole), {"on_time": Decimal(5), "due": Decimal(5)}) == []
    assert part_exceeds_whole((part, whole), {"on_time": Decimal(5)}) == []
    assert part_exceeds_whole((whole,), {"due": Decimal(5)}) == []
