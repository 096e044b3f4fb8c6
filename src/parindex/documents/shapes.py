"""What a YAML file may hold, declared once: read with all problems, and exported as JSON Schema.

A shape reads one node and returns its value, or `INVALID` after adding a problem. A `Record` always returns
`Fields`, so that one wrong value does not hide the mistakes beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final, Protocol

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from parindex.documents.yaml_nodes import YamlDocument, word_pairs
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place


class InvalidType:
    """The mark of a value that was there and wrong. False in conditions, so `if value` skips it."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "INVALID"


INVALID: Final = InvalidType()

KEY_UNKNOWN = ProblemKind(
    "KEY-UNKNOWN",
    what=Text('khóa "{key}" không được dùng ở đây{guess}.', 'the key "{key}" is not known here{guess}.'),
    why=Text("Nội dung của khóa lạ sẽ bị bỏ qua mà không ai biết.", "An unknown key would be ignored unseen."),
    remedy=Text("Các khóa có thể dùng: {known}.", "Keys that may stand here: {known}."),
)
KEY_MISSING = ProblemKind(
    "KEY-MISSING",
    what=Text('thiếu khóa "{key}".', 'the key "{key}" is missing.'),
    why=Text("", ""),
    remedy=Text("Thêm {key}: {says}.", "Add {key}: {says}."),
)
LABEL_MISSING = ProblemKind(
    "LABEL-MISSING",
    what=Text('thiếu nội dung tiếng {language} (khóa "{key}").', 'the {language} text (key "{key}") is missing.'),
    why=Text("Mọi nhãn được hiển thị bằng cả hai thứ tiếng.", "Every label is shown in both languages."),
    remedy=Text('Thêm {key}: "…".', 'Add {key}: "…".'),
)
VALUE_TYPE = ProblemKind(
    "VALUE-TYPE",
    what=Text("ở đây cần {expected}, nhưng tệp ghi {found}.", "{expected} is expected here, but the file has {found}."),
    why=Text("", ""),
    remedy=Text("Sửa lại cho đúng dạng.", "Write it in that form."),
)
CODE_UNQUOTED = ProblemKind(
    "CODE-UNQUOTED",
    what=Text("mã {value} không có dấu nháy.", "the code {value} has no quotes."),
    why=Text(
        "Nhiều chương trình đọc {value} không nháy thành số, lô-gic hoặc ngày, như 1.10 thành 1.1.",
        "Other programs read {value} without quotes as a number, a truth value or a date, as 1.10 becomes 1.1.",
    ),
    remedy=Text('Viết "{value}" trong dấu nháy kép.', 'Write "{value}" in double quotes.'),
)
TEXT_UNQUOTED = ProblemKind(
    "TEXT-UNQUOTED",
    what=Text("chữ {value} không có dấu nháy.", "the text {value} has no quotes."),
    why=Text(
        "YAML đọc {value} không nháy thành số, lô-gic hoặc ngày.",
        "YAML reads {value} without quotes as a number, a truth value or a date.",
    ),
    remedy=Text('Viết "{value}" trong dấu nháy kép.', 'Write "{value}" in double quotes.'),
)
NUMBER_WRONG = ProblemKind(
    "NUMBER-WRONG",
    what=Text('"{value}" không phải là số.', '"{value}" is not a number.'),
    why=Text(
        "Tệp YAML dùng dấu chấm thập phân, không dấu phân nhóm.", "YAML files use a decimal point and no grouping."
    ),
    remedy=Text("Viết ví dụ 0.25 hoặc 1200.", "Write for example 0.25 or 1200."),
)
NUMBER_QUOTED = ProblemKind(
    "NUMBER-QUOTED",
    what=Text('số "{value}" nằm trong dấu nháy.', 'the number "{value}" stands in quotes.'),
    why=Text("Trong dấu nháy là chữ; ở đây cần một số.", "What stands in quotes is text; a number is needed here."),
    remedy=Text("Bỏ dấu nháy: {value}.", "Take the quotes away: {value}."),
)
NUMBER_COMMA = ProblemKind(
    "NUMBER-COMMA",
    what=Text("số {value} viết bằng dấu phẩy thập phân.", "the number {value} is written with a decimal comma."),
    why=Text(
        "Trong {{…}} dấu phẩy ngăn các khóa, nên số này bị cắt làm hai.",
        "Between {{ and }} a comma separates keys, so that the number is cut in two.",
    ),
    remedy=Text("Viết {point}.", "Write {point}."),
)
NUMBER_RANGE = ProblemKind(
    "NUMBER-RANGE",
    what=Text("số {value} nằm ngoài khoảng cho phép ({range}).", "the number {value} is outside the range {range}."),
    why=Text("", ""),
    remedy=Text("Sửa lại số này.", "Correct the number."),
)
WORD_UNKNOWN = ProblemKind(
    "WORD-UNKNOWN",
    what=Text('"{value}" không phải là một lựa chọn ở đây{guess}.', '"{value}" is not a choice here{guess}.'),
    why=Text("", ""),
    remedy=Text("Chọn một trong: {known}.", "Choose one of: {known}."),
)
WORD_FORM = ProblemKind(
    "WORD-FORM",
    what=Text('"{value}" không đúng dạng cần ở đây.', '"{value}" does not have the form needed here.'),
    why=Text("", ""),
    remedy=Text("Viết lại: {form}.", "Write it again: {form}."),
)
DATE_WRONG = ProblemKind(
    "DATE-WRONG",
    what=Text('"{value}" không phải là ngày có thật.', '"{value}" is not a date.'),
    why=Text("", ""),
    remedy=Text("Viết năm-tháng-ngày, ví dụ 2023-12-31.", "Write year-month-day, for example 2023-12-31."),
)
LIST_LENGTH = ProblemKind(
    "LIST-LENGTH",
    what=Text(
        "danh sách có {count} mục, cần ít nhất {least}.", "the list has {count} items, at least {least} are needed."
    ),
    why=Text("", ""),
    remedy=Text("Thêm mục còn thiếu.", "Add what is missing."),
)


@dataclass(slots=True)
class Reading:
    """One document being read: its places, and where its problems go."""

    document: YamlDocument
    problems: Problems

    def place(self, node: Node) -> Place:
        return self.document.place(node)

    def add(self, kind: ProblemKind, node: Node, /, **values: object) -> InvalidType:
        self.problems.add(kind, self.place(node), **values)
        return INVALID


class Shape(Protocol):
    """How one kind of value is read from a node, and how JSON Schema says the same."""

    @property
    def says(self) -> Text: ...

    def read(self, node: Node, reading: Reading) -> Any: ...

    def schema(self) -> dict[str, Any]: ...


def guess(word: str, known: Sequence[str]) -> Text:
    """' (did you mean "x"?)' when one known word is near, else nothing."""
    near = get_close_matches(word, known, n=1, cutoff=0.7)
    if not near:
        return Text("", "")
    return Text(f' (ý bạn là "{near[0]}"?)', f' (did you mean "{near[0]}"?)')


def _found(node: Node) -> Text:
    if isinstance(node, MappingNode):
        return Text("một bảng khóa", "a map")
    if isinstance(node, SequenceNode):
        return Text("một danh sách", "a list")
    if isinstance(node, ScalarNode) and node.value == "":
        return Text("chỗ trống", "nothing")
    return Text(f'"{node.value}"', f'"{node.value}"')


_FORMS: Mapping[str, Text] = {
    r"[a-z][a-z0-9_]*": Text(
        "chữ thường a–z không dấu, chữ số và gạch dưới, bắt đầu bằng chữ",
        "small letters a–z, digits and underscores, beginning with a letter",
    ),
    r"[A-Za-z][A-Za-z0-9_\-]*": Text(
        "chữ cái không dấu, chữ số, gạch dưới và gạch nối, bắt đầu bằng chữ",
        "letters without accents, digits, underscores and hyphens, beginning with a letter",
    ),
    r"[^\s,;|]([^,;|\n]*[^\s,;|])?": Text(
        "không để trống, không có dấu phẩy, chấm phẩy, gạch đứng, không có dấu cách ở đầu và cuối",
        "not empty, without comma, semicolon or bar, and without spaces around it",
    ),
    r"[^\s,;|/\\]+": Text(
        "không để trống, không có dấu cách, dấu phẩy, chấm phẩy, gạch đứng, gạch chéo",
        "not empty, without space, comma, semicolon, bar or slash",
    ),
}


def _form(pattern: str) -> Text:
    """A form as people say it; the pattern itself where no words were written for it."""
    return _FORMS.get(pattern, Text(pattern, pattern))


def _entries(node: MappingNode, reading: Reading) -> Iterator[tuple[ScalarNode, Node | None]]:
    """The entries of a map. A number that a decimal comma cut in two (`{points: 0,25}`) comes as None."""
    pairs = word_pairs(node)
    for at, (key, value) in enumerate(pairs):
        if at and _cut(pairs[at - 1][1], key, value):
            continue
        after = pairs[at + 1] if at + 1 < len(pairs) else None
        if after is not None and isinstance(value, ScalarNode) and _cut(value, *after):
            reading.add(
                NUMBER_COMMA,
                value,
                value=f"{value.value},{after[0].value}",
                point=f"{value.value}.{after[0].value}",
            )
            yield key, None
        else:
            yield key, value


def _cut(before: Node, key: ScalarNode, value: Node) -> bool:
    """`key` is the rest of the number `before`: digits that stand alone after a comma."""
    return (
        isinstance(before, ScalarNode)
        and isinstance(value, ScalarNode)
        and not (before.style or key.style or value.style or value.value)
        and re.fullmatch("-?[0-9]+", before.value) is not None
        and re.fullmatch("[0-9]+", key.value) is not None
    )


def _plain_not_text(node: ScalarNode) -> bool:
    """A plain scalar that YAML would not read as text: 1.10, no, 2023-01-01, null."""
    return not node.style and not node.tag.endswith(":str")


@dataclass(frozen=True, slots=True)
class Anything:
    """Kept as a node, for the stage that knows its shape."""

    says: Text = Text("nội dung", "content")

    def read(self, node: Node, reading: Reading) -> Node:
        return node

    def schema(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a node or unit: text, in quotes wherever YAML would read it as something else."""

    says: Text = Text("mã trong dấu nháy", "a code in quotes")
    form: str = r"[^\s,;|]([^,;|\n]*[^\s,;|])?"

    def read(self, node: Node, reading: Reading) -> str | InvalidType:
        if not isinstance(node, ScalarNode) or node.value == "":
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        if _plain_not_text(node):
            return reading.add(CODE_UNQUOTED, node, value=node.value)
        if not re.fullmatch(self.form, node.value):
            return reading.add(WORD_FORM, node, value=node.value, form=_form(self.form))
        return str(node.value)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few known words, or (with `known` empty) a word of a form."""

    known: tuple[str, ...] = ()
    form: str = r"[A-Za-z][A-Za-z0-9_\-]*"
    says: Text = Text("một từ", "a word")

    def read(self, node: Node, reading: Reading) -> str | InvalidType:
        if not isinstance(node, ScalarNode) or node.value == "":
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        if self.known and node.value not in self.known:
            return reading.add(
                WORD_UNKNOWN,
                node,
                value=node.value,
                known=", ".join(self.known),
                guess=guess(node.value, self.known),
            )
        if not self.known and not re.fullmatch(self.form, node.value):
            return reading.add(WORD_FORM, node, value=node.value, form=_form(self.form))
        return str(node.value)

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.known)} if self.known else {"type": "string", "pattern": f"^{self.form}$"}


@dataclass(frozen=True, slots=True)
class Line:
    """A text, not empty."""

    says: Text = Text("một đoạn chữ", "a text")

    def read(self, node: Node, reading: Reading) -> str | InvalidType:
        if not isinstance(node, ScalarNode) or not node.value.strip():
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        if _plain_not_text(node):
            return reading.add(TEXT_UNQUOTED, node, value=node.value)
        return str(node.value).strip()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Bilingual:
    """`{vi: "…", en: "…"}`."""

    says: Text = Text('{vi: "…", en: "…"}', '{vi: "…", en: "…"}')

    def read(self, node: Node, reading: Reading) -> Text | InvalidType:
        if not isinstance(node, MappingNode):
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        texts: dict[str, str] = {}
        wrong = False
        for key, value in word_pairs(node):
            if key.value not in ("vi", "en"):
                reading.add(KEY_UNKNOWN, key, key=key.value, known="vi, en", guess=Text("", ""))
                wrong = True
                continue
            text = Line().read(value, reading)
            if isinstance(text, str):
                texts[key.value] = text
            else:
                texts.setdefault(key.value, "")
                wrong = True
        for name, language in (("vi", Text("Việt", "Vietnamese")), ("en", Text("Anh", "English"))):
            if name not in texts:
                reading.add(LABEL_MISSING, node, key=name, language=language)
                wrong = True
        return INVALID if wrong else Text(texts["vi"], texts["en"])

    def schema(self) -> dict[str, Any]:
        return {"$ref": "#/$defs/bilingual"}


_NUMBER = r"-?[0-9]{1,18}(\.[0-9]{1,12})?"


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number, exact as written."""

    low: Decimal | None = None
    high: Decimal | None = None
    above: Decimal | None = None
    says: Text = Text("một số", "a number")

    def read(self, node: Node, reading: Reading) -> Decimal | InvalidType:
        if not isinstance(node, ScalarNode):
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        if not re.fullmatch(_NUMBER, node.value):
            return reading.add(NUMBER_WRONG, node, value=node.value)
        if node.style:
            return reading.add(NUMBER_QUOTED, node, value=node.value)
        value = Decimal(node.value)
        if (
            (self.low is not None and value < self.low)
            or (self.high is not None and value > self.high)
            or (self.above is not None and value <= self.above)
        ):
            return reading.add(NUMBER_RANGE, node, value=node.value, range=self._range())
        return value

    def _range(self) -> str:
        parts = []
        if self.low is not None:
            parts.append(f"≥ {self.low}")
        if self.above is not None:
            parts.append(f"> {self.above}")
        if self.high is not None:
            parts.append(f"≤ {self.high}")
        return ", ".join(parts)

    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "number"}
        for key, bound in (("minimum", self.low), ("maximum", self.high), ("exclusiveMinimum", self.above)):
            if bound is not None:
                schema[key] = int(bound) if bound == int(bound) else float(bound)
        return schema


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    low: int = 0
    high: int = 1_000_000_000
    says: Text = Text("một số nguyên", "a whole number")

    def read(self, node: Node, reading: Reading) -> int | InvalidType:
        if not isinstance(node, ScalarNode):
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        if not re.fullmatch(_NUMBER, node.value):
            return reading.add(NUMBER_WRONG, node, value=node.value)
        if node.style:
            return reading.add(NUMBER_QUOTED, node, value=node.value)
        if "." in node.value:
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        value = int(node.value)
        if not self.low <= value <= self.high:
            return reading.add(NUMBER_RANGE, node, value=node.value, range=f"{self.low}–{self.high}")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`, nothing else."""

    says: Text = Text("true hoặc false", "true or false")

    def read(self, node: Node, reading: Reading) -> bool | InvalidType:
        if isinstance(node, ScalarNode) and not node.style and node.value in ("true", "false"):
            return bool(node.value == "true")
        return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Day:
    """A date, year-month-day."""

    says: Text = Text("một ngày, ví dụ 2023-12-31", "a date such as 2023-12-31")

    def read(self, node: Node, reading: Reading) -> date | InvalidType:
        if not isinstance(node, ScalarNode):
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        try:
            if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", node.value):
                raise ValueError
            return date.fromisoformat(node.value)
        except ValueError:
            return reading.add(DATE_WRONG, node, value=node.value)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; wrong items are left out of the value after their problem was added, see `Listed.complete`."""

    item: Shape
    least: int = 0
    says: Text = Text("một danh sách", "a list")

    def read(self, node: Node, reading: Reading) -> Listed | InvalidType:
        if not isinstance(node, SequenceNode):
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        if len(node.value) < self.least:
            return reading.add(LIST_LENGTH, node, count=len(node.value), least=self.least)
        items = [(self.item.read(item, reading), item) for item in node.value]
        kept = [(value, item) for value, item in items if value is not INVALID]
        return Listed(tuple(value for value, _ in kept), tuple(item for _, item in kept), len(kept) == len(items))

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(), **({"minItems": self.least} if self.least else {})}


@dataclass(frozen=True, slots=True)
class Listed:
    """The readable items of a list with their nodes; `complete` is False when some were wrong."""

    values: tuple[Any, ...] = ()
    nodes: tuple[Node, ...] = ()
    complete: bool = True

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map from free words to values of one shape; order is kept."""

    item: Shape
    key_form: str = r"[a-z][a-z0-9_]*"
    least: int = 0
    says: Text = Text("một bảng khóa", "a map")

    def read(self, node: Node, reading: Reading) -> Mapped | InvalidType:
        if not isinstance(node, MappingNode):
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        if len(node.value) < self.least:
            return reading.add(LIST_LENGTH, node, count=len(node.value), least=self.least)
        values: dict[str, Any] = {}
        nodes: dict[str, Node] = {}
        complete = True
        for key, value_node in _entries(node, reading):
            if not re.fullmatch(self.key_form, key.value):
                reading.add(WORD_FORM, key, value=key.value, form=_form(self.key_form))
                complete = False
                continue
            value = INVALID if value_node is None else self.item.read(value_node, reading)
            if value is INVALID:
                complete = False
            else:
                values[key.value] = value
                nodes[key.value] = key
        return Mapped(values, nodes, complete)

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {f"^{self.key_form}$": self.item.schema()},
        }


@dataclass(frozen=True, slots=True)
class WordOr:
    """One known word, or something else of one shape: `nodes: from_questionnaire` or `nodes: {…}`."""

    word: str
    other: Shape
    says: Text = Text("một từ hoặc nội dung khác", "a word, or other content")

    def read(self, node: Node, reading: Reading) -> Any:
        if isinstance(node, ScalarNode):
            return Word((self.word,)).read(node, reading)
        return self.other.read(node, reading)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"const": self.word}, self.other.schema()]}


@dataclass(frozen=True, slots=True)
class Mapped:
    """The readable entries of a map, with the node of each key."""

    values: Mapping[str, Any] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)
    complete: bool = True

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record."""

    shape: Shape
    says: Text
    required: bool = False


@dataclass(slots=True)
class Fields:
    """The values of one record: None where a key is absent, `INVALID` where its value was wrong."""

    node: Node
    place: Place
    values: dict[str, Any]
    nodes: dict[str, Node]

    def __getitem__(self, key: str) -> Any:
        return self.values.get(key)

    def has(self, *keys: str) -> bool:
        """All these keys are there and right."""
        return all(self.values.get(key) not in (None, INVALID) for key in keys)

    def wrong(self, key: str) -> bool:
        return self.values.get(key) is INVALID

    def node_of(self, key: str) -> Node:
        return self.nodes.get(key, self.node)

    def items(self, key: str) -> tuple[Any, ...]:
        """The readable items of a list, empty when it is absent or wrong."""
        listed = self.values.get(key)
        return listed.values if isinstance(listed, Listed) else ()

    def entries(self, key: str) -> Mapping[str, Any]:
        mapped = self.values.get(key)
        return mapped.values if isinstance(mapped, Mapped) else {}

    def complete(self, key: str) -> bool:
        """The list or map had no wrong item (an absent one has none)."""
        value = self.values.get(key)
        if isinstance(value, Listed | Mapped):
            return value.complete
        return value is None


@dataclass(frozen=True, slots=True)
class Record:
    """A map with known keys."""

    keys: Mapping[str, Key]
    says: Text = Text("một bảng khóa", "a map")
    title: str = ""

    def read(self, node: Node, reading: Reading) -> Fields | InvalidType:
        if not isinstance(node, MappingNode):
            return reading.add(VALUE_TYPE, node, expected=self.says, found=_found(node))
        fields = Fields(node, reading.place(node), {}, {})
        for key_node, value_node in _entries(node, reading):
            name = key_node.value
            key = self.keys.get(name)
            if key is None:
                reading.add(
                    KEY_UNKNOWN,
                    key_node,
                    key=name,
                    known=", ".join(self.keys),
                    guess=guess(name, tuple(self.keys)),
                )
                continue
            fields.values[name] = INVALID if value_node is None else key.shape.read(value_node, reading)
            fields.nodes[name] = value_node or key_node
        for name, key in self.keys.items():
            if key.required and name not in fields.values:
                reading.add(KEY_MISSING, node, key=name, says=key.says)
                fields.values[name] = INVALID
        return fields

    def schema(self) -> dict[str, Any]:
        return {
            **({"title": self.title} if self.title else {}),
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: {"description": key.says.both(), **key.shape.schema()} for name, key in self.keys.items()
            },
            "required": [name for name, key in self.keys.items() if key.required],
        }


BILINGUAL_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"vi": {"type": "string", "minLength": 1}, "en": {"type": "string", "minLength": 1}},
    "required": ["vi", "en"],
}
