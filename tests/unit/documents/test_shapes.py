"""Shapes read one node and say the same as JSON Schema."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from parindex.documents.shapes import (
    DATE_WRONG,
    INVALID,
    VALUE_TYPE,
    Anything,
    Bilingual,
    Code,
    Day,
    Fields,
    Flag,
    Key,
    Line,
    Listed,
    ListOf,
    MapOf,
    Mapped,
    Number,
    Reading,
    Record,
    Shape,
    Whole,
    Word,
    guess,
)
from parindex.documents.yaml_nodes import compose
from parindex.language import Text
from parindex.problems import Problems

SAYS = Text("một khóa", "a key")


def read(shape: Shape, text: str) -> tuple[Any, list[str], Problems]:
    problems = Problems()
    document = compose(f"value: {text}\n".encode(), "a.yaml", problems)
    assert document is not None
    (_, node), *_ = document.root.value
    value = shape.read(node, Reading(document, problems))
    return value, [problem.code for problem in problems], problems


def test_dates() -> None:
    assert read(Day(), "2023-12-31")[:2] == (date(2023, 12, 31), [])
    for wrong in ("2023-02-30", "31/12/2023", "2023-1-1", "hôm qua"):
        value, codes, problems = read(Day(), wrong)
        assert (value, codes) == (INVALID, [DATE_WRONG.code])
        assert "2023-12-31" in next(iter(problems)).words("vi")
    assert read(Day(), "[2023]")[1] == [VALUE_TYPE.code]


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        (Code(), '"1.10"', "1.10"),
        (Code(), "1.2.3", "1.2.3"),
        (Word(), "province", "province"),
        (Word(("a", "b")), "b", "b"),
        (Line(), '" Kế hoạch "', "Kế hoạch"),
        (Number(), "-0.25", Decimal("-0.25")),
        (Whole(), "12", 12),
        (Flag(), "true", True),
        (Flag(), "false", False),
        (Bilingual(), '{vi: "Có", en: "Yes"}', Text("Có", "Yes")),
    ],
)
def test_values(shape: Shape, text: str, value: object) -> None:
    assert read(shape, text)[:2] == (value, [])


@pytest.mark.parametrize(
    ("shape", "text", "code"),
    [
        (Code(), '" 1"', "WORD-FORM"),
        (Code(), '"1 "', "WORD-FORM"),
        (Code(), '""', "VALUE-TYPE"),
        (Number(), "1e5", "NUMBER-WRONG"),
        (Number(), "0x10", "NUMBER-WRONG"),
        (Number(), ".inf", "NUMBER-WRONG"),
        (Number(), "1_000", "NUMBER-WRONG"),
        (Number(), "٣", "NUMBER-WRONG"),
        (Number(high=Decimal(1)), "1.1", "NUMBER-RANGE"),
        (Whole(1, 5), "6", "NUMBER-RANGE"),
        (Flag(), "True", "VALUE-TYPE"),
        (Flag(), '"true"', "VALUE-TYPE"),
        (Line(), '"  "', "VALUE-TYPE"),
        (Line(), "~", "TEXT-UNQUOTED"),
        (ListOf(Whole()), "1", "VALUE-TYPE"),
        (MapOf(Whole()), "[1]", "VALUE-TYPE"),
        (MapOf(Whole(), least=1), "{}", "LIST-LENGTH"),
        (Record({}), "1", "VALUE-TYPE"),
    ],
)
def test_wrong_values(shape: Shape, text: str, code: str) -> None:
    value, codes, _ = read(shape, text)

    assert value is INVALID
    assert codes == [code]


def test_an_invalid_value_is_false_and_says_what_it_is() -> None:
    assert not INVALID
    assert repr(INVALID) == "INVALID"


def test_a_list_keeps_its_good_items_and_remembers_that_some_were_wrong() -> None:
    value, codes, _ = read(ListOf(Whole()), "[1, x, 3]")

    assert isinstance(value, Listed)
    assert (value.values, value.complete, bool(value)) == ((1, 3), False, True)
    assert [node.value for node in value.nodes] == ["1", "3"]
    assert codes == ["NUMBER-WRONG"]


def test_a_map_keeps_its_good_entries() -> None:
    value, codes, _ = read(MapOf(Whole()), "{a: 1, B: 2, c: x}")

    assert isinstance(value, Mapped)
    assert (dict(value.values), value.complete, bool(value)) == ({"a": 1}, False, True)
    assert codes == ["WORD-FORM", "NUMBER-WRONG"]


RECORD = Record(
    {
        "name": Key(Line(), SAYS, required=True),
        "count": Key(Whole(), SAYS),
        "list": Key(ListOf(Whole()), SAYS),
        "map": Key(MapOf(Whole()), SAYS),
        "rest": Key(Anything(), SAYS),
    },
    title="record",
)


def test_a_record_knows_what_is_absent_and_what_is_wrong() -> None:
    fields, codes, _ = read(RECORD, "{name: x, count: y, list: [1, z], map: {a: 1}, rest: [1]}")

    assert isinstance(fields, Fields)
    assert codes == ["NUMBER-WRONG", "NUMBER-WRONG"]
    assert fields["name"] == "x"
    assert fields["absent"] is None
    assert (fields.has("name"), fields.has("name", "count"), fields.has("absent")) == (True, False, False)
    assert (fields.wrong("count"), fields.wrong("name"), fields.wrong("absent")) == (True, False, False)
    assert (fields.items("list"), fields.items("absent")) == ((1,), ())
    assert (fields.entries("map"), fields.entries("absent")) == ({"a": 1}, {})
    assert [fields.complete(key) for key in ("list", "map", "absent", "count")] == [False, True, True, False]
    assert fields.node_of("absent") is fields.node
    assert fields.node_of("name").value == "x"


def test_a_missing_key_is_wrong_too() -> None:
    fields, codes, problems = read(RECORD, "{count: 1}")

    assert fields.wrong("name")
    assert codes == ["KEY-MISSING"]
    assert next(iter(problems)).words("en").endswith('the key "name" is missing. Add name: a key. [KEY-MISSING]')


def test_a_cut_number_spoils_only_its_own_key() -> None:
    fields, codes, _ = read(RECORD, "{name: x, count: 1,5, list: [1]}")

    assert codes == ["NUMBER-COMMA"]
    assert fields.wrong("count")
    assert fields.items("list") == (1,)


def test_only_digits_after_a_plain_number_are_a_cut_number() -> None:
    assert read(RECORD, '{name: x, count: 1, "5": }')[1] == ["KEY-UNKNOWN"]
    assert read(RECORD, "{name: x, 5: }")[1] == ["KEY-UNKNOWN"]
    assert read(RECORD, "{name: x, count: 1, 5: y}")[1] == ["KEY-UNKNOWN"]


def test_a_record_of_labels_says_how_a_label_is_written() -> None:
    record = Record({"label": Key(Bilingual(), Bilingual().says, required=True)})
    _, _, problems = read(record, "{}")

    assert 'Add label: {vi: "…", en: "…"}.' in next(iter(problems)).words("en")


def test_guesses() -> None:
    assert guess("metod", ("method", "rule")).en == ' (did you mean "method"?)'
    assert guess("x", ("method", "rule")) == Text("", "")


def test_schemas() -> None:
    assert Anything().schema() == {}
    assert Code().schema() == {"type": "string", "minLength": 1}
    assert Word(("a", "b")).schema() == {"enum": ["a", "b"]}
    assert Word(form="[a-z]+").schema() == {"type": "string", "pattern": "^[a-z]+$"}
    assert Line().schema() == {"type": "string", "minLength": 1}
    assert Bilingual().schema() == {"$ref": "#/$defs/bilingual"}
    assert Number(low=Decimal(0), high=Decimal("0.5"), above=Decimal(-1)).schema() == {
        "type": "number",
        "minimum": 0,
        "maximum": 0.5,
        "exclusiveMinimum": -1,
    }
    assert Whole(1, 5).schema() == {"type": "integer", "minimum": 1, "maximum": 5}
    assert Flag().schema() == {"type": "boolean"}
    assert Day().schema() == {"type": "string", "format": "date"}
    assert ListOf(Flag()).schema() == {"type": "array", "items": {"type": "boolean"}}
    assert ListOf(Flag(), least=2).schema()["minItems"] == 2
    assert MapOf(Flag()).schema()["patternProperties"] == {"^[a-z][a-z0-9_]*$": {"type": "boolean"}}
    schema = RECORD.schema()
    assert schema["title"] == "record"
    assert schema["required"] == ["name"]
    assert schema["properties"]["count"]["description"] == "một khóa / a key"
    assert "title" not in Record({}).schema()
