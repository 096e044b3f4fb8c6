"""measures.yaml to measures, with every problem of the file in one pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from parindex.documents.shapes import (
    VALUE_TYPE,
    Bilingual,
    Fields,
    InvalidType,
    Key,
    Line,
    ListOf,
    Number,
    Reading,
    Record,
    Word,
    guess,
)
from parindex.documents.yaml_nodes import compose, word_pairs
from parindex.language import Text
from parindex.measures.conditions import MAX_DIGITS, NUMBER_FORM, Names, read_condition, read_value
from parindex.measures.nodes import (
    All,
    Condition,
    Either,
    Expression,
    Measure,
    MeasureKind,
)
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.tables.record_tables import DECIMAL_PLACES, RECORD_TABLES, RecordTable

KINDS: Final[Mapping[MeasureKind, Text]] = {
    "count": Text("số bản ghi", "number of records"),
    "distinct": Text("số giá trị khác nhau", "number of distinct values"),
    "share": Text("tỷ lệ", "share"),
    "sum": Text("tổng", "sum"),
    "mean": Text("trung bình", "mean"),
    "median": Text("trung vị", "median"),
    "percentile": Text("bách phân vị", "percentile"),
}
NEEDS: Final[Mapping[MeasureKind, tuple[str, ...]]] = {
    "count": (),
    "distinct": ("column",),
    "share": ("of",),
    "sum": ("column",),
    "mean": ("column",),
    "median": ("column",),
    "percentile": ("column", "percent"),
}
"""The keys that a kind needs; of `column`, `of` and `percent` it takes no other."""

MAX_DEPTH: Final = 4

CODE_TWICE = ProblemKind(
    "MEASURE-TWICE",
    what=Text('mã chỉ tiêu "{code}" đã dùng ở dòng {first}.', 'the measure "{code}" stands already on line {first}.'),
    why=Text("Kết quả được tra theo mã.", "Results are found by code."),
    remedy=Text("Đặt mã khác cho một trong hai.", "Give one of the two another code."),
)
KEY_NEEDED = ProblemKind(
    "MEASURE-NEEDS",
    what=Text('chỉ tiêu loại {kind} thiếu khóa "{key}".', 'a measure of kind {kind} needs the key "{key}".'),
    why=Text("", ""),
    remedy=Text("Thêm {key}: {says}.", "Add {key}: {says}."),
)
KEY_EXTRA = ProblemKind(
    "MEASURE-EXTRA",
    what=Text('chỉ tiêu loại {kind} không dùng khóa "{key}".', 'a measure of kind {kind} takes no "{key}".'),
    why=Text("Nội dung của khóa này sẽ bị bỏ qua.", "What it says would be ignored."),
    remedy=Text("Bỏ khóa này hoặc đổi kind.", "Remove it, or change the kind."),
)
NOT_A_NUMBER = ProblemKind(
    "MEASURE-NO-NUMBER",
    what=Text(
        'chỉ tiêu loại {kind} cần một số, "{column}" không phải là số.',
        'a measure of kind {kind} takes a number, "{column}" is none.',
    ),
    why=Text("", ""),
    remedy=Text(
        "Nêu một cột là số, hoặc số ngày giữa hai cột ngày: settled_on - received_on.",
        "Name a column of numbers, or the days between two dates: settled_on - received_on.",
    ),
)
NO_REFERENCE = ProblemKind(
    "MEASURE-NO-REFERENCE",
    what=Text('bảng "{table}" không nối được với "{join}".', 'the table "{table}" cannot be joined to "{join}".'),
    why=Text(
        "Bảng được nối phải là bảng mà mỗi bản ghi trỏ tới một dòng.",
        "A joined table is one of which every record names a row.",
    ),
    remedy=Text("Các bảng có thể nối: {known}.", "Tables that may be joined: {known}."),
)
MONTH_COLUMN = ProblemKind(
    "MEASURE-MONTH",
    what=Text(
        '"{column}" không phải là một cột ngày của bảng{guess}.', '"{column}" is no date column of the table{guess}.'
    ),
    why=Text("", ""),
    remedy=Text("Chọn một trong: {known}.", "Choose one of: {known}."),
)
READY_UNKNOWN = ProblemKind(
    "MEASURE-READY",
    what=Text('không có chỉ tiêu dựng sẵn "{code}"{guess}.', 'there is no ready measure "{code}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Các chỉ tiêu dựng sẵn: {known}.", "The ready measures: {known}."),
)
CONDITION_GROUP = ProblemKind(
    "MEASURE-GROUP",
    what=Text(
        "ở đây cần một câu điều kiện, hoặc any_of, all_of với một danh sách.",
        "a condition is expected here, or any_of or all_of with a list.",
    ),
    why=Text("", ""),
    remedy=Text(
        'Viết ví dụ - any_of: ["channel = online", "channel = post"].',
        'Write for example - any_of: ["channel = online", "channel = post"].',
    ),
)
CONDITION_DEPTH = ProblemKind(
    "MEASURE-DEPTH",
    what=Text("điều kiện lồng nhau quá {limit} tầng.", "conditions are nested more than {limit} levels deep."),
    why=Text("", ""),
    remedy=Text("Viết ít tầng hơn.", "Write it with fewer levels."),
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """Conditions, one a line: kept as nodes until the table they speak of is known."""

    says: Text = Text("một danh sách điều kiện, mỗi dòng một câu", "a list of conditions, one sentence a line")

    def read(self, node: Node, reading: Reading) -> SequenceNode | InvalidType:
        if isinstance(node, SequenceNode) and node.value:
            return node
        shown = Text("chỗ trống", "nothing") if not node.value else Text("một nội dung khác", "something else")
        return reading.add(VALUE_TYPE, node, expected=self.says, found=shown)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "minItems": 1, "items": {"anyOf": [{"type": "string"}, {"type": "object"}]}}


MEASURE = Record(
    {
        "code": Key(Word(), Text("mã chỉ tiêu", "code of the measure"), required=True),
        "name": Key(Bilingual(), Text("tên chỉ tiêu", "name of the measure"), required=True),
        "table": Key(Word(tuple(RECORD_TABLES)), Text("bảng dữ liệu", "table of records"), required=True),
        "kind": Key(Word(tuple(KINDS)), Text("loại chỉ tiêu", "kind of measure"), required=True),
        "where": Key(Sentences(), Text("những bản ghi được xét", "the records concerned")),
        "of": Key(Sentences(), Text("trong đó, những bản ghi được tính", "which of those count")),
        "column": Key(Line(), Text("cột, hoặc hiệu của hai cột", "a column, or a difference of two")),
        "percent": Key(Number(low=Decimal(0), high=Decimal(100)), Text("bách phân vị thứ mấy", "which percentile")),
        "join": Key(Word(), Text("bảng được nối tới", "table that is joined")),
        "month": Key(Word(), Text("cột ngày để lập chuỗi theo tháng", "date column of the monthly series")),
        "note": Key(Bilingual(), Text("căn cứ, điều cần nói rõ", "its basis, and what must be said")),
    },
    title="measure",
)
MEASURES = Record(
    {
        "ready": Key(
            ListOf(Word(), least=1), Text("mã các chỉ tiêu dựng sẵn được dùng", "codes of ready measures to use")
        ),
        "measures": Key(ListOf(MEASURE, least=1), Text("các chỉ tiêu của kỳ này", "measures of this edition")),
    },
    title="measures",
)


def read_measures(
    content: bytes,
    name: str,
    problems: Problems,
    *,
    dates: Collection[str],
    ready: Mapping[str, Measure] | None = None,
) -> tuple[Measure, ...]:
    """The measures of one file, ready ones first, in the order in which they are named.

    `dates`: the names that may follow `edition.` (see `nodes.edition_dates`). `ready`: the ready measures by code,
    see `library.ready_measures`. What could not be read is left out beside its problem; the caller raises when
    `problems` holds errors.
    """
    document = compose(content, name, problems)
    if document is None:
        return ()
    reading = Reading(document, problems)
    fields = MEASURES.read(document.root, reading)
    if not isinstance(fields, Fields):
        return ()
    found: dict[str, Measure] = {}
    lines: dict[str, int] = {}
    library = ready or {}
    listed = fields["ready"]
    for code, node in zip(listed.values, listed.nodes, strict=True) if listed else ():
        if code not in library:
            known = tuple(library)
            reading.add(READY_UNKNOWN, node, code=code, known=", ".join(known), guess=guess(code, known))
        elif _is_new(code, node, lines, reading):
            found[code] = library[code]
    for item in fields.items("measures"):
        measure = _Builder(item, reading, dates).measure()
        if item["code"] and _is_new(item["code"], item.node_of("code"), lines, reading) and measure is not None:
            found[measure.code] = measure
    return tuple(found.values())


def _is_new(code: str, node: Node, lines: dict[str, int], reading: Reading) -> bool:
    if code in lines:
        reading.add(CODE_TWICE, node, code=code, first=str(lines[code]))
        return False
    lines[code] = node.start_mark.line + 1
    return True


class _Builder:
    """One measure from its fields."""

    def __init__(self, fields: Fields, reading: Reading, dates: Collection[str]):
        self.fields = fields
        self.reading = reading
        self.dates = dates
        self.whole = True
        """False once something was wrong, so that no measure is made of the rest."""

    def _add(self, kind: ProblemKind, key: str, /, **values: object) -> None:
        self.reading.add(kind, self.fields.node_of(key), **values)
        self.whole = False

    def measure(self) -> Measure | None:
        fields = self.fields
        kind: MeasureKind | None = fields["kind"] or None
        if kind is not None:
            self._check_keys(kind)
        if not fields["table"]:
            return None
        table = RECORD_TABLES[fields["table"]]
        joined = self._joined(table)
        names = Names(table, joined, self.dates)
        where = self._conditions("where", names)
        of = self._conditions("of", names)
        value = self._value(kind, names)
        month = self._month(table)
        self._check_percent()
        keys = ("code", "name", "table", "kind")
        if not self.whole or kind is None or not fields.has(*keys) or any(fields.wrong(key) for key in fields.values):
            return None
        return Measure(
            code=fields["code"],
            name=fields["name"],
            table=table.name,
            kind=kind,
            where=where or All(),
            of=of,
            value=value,
            percent=fields["percent"],
            join=joined.name if joined else None,
            month=month,
            note=fields["note"],
            place=fields.place,
        )

    def _check_keys(self, kind: MeasureKind) -> None:
        for key in ("column", "of", "percent"):
            if key in NEEDS[kind] and key not in self.fields.values:
                self.reading.add(KEY_NEEDED, self.fields.node, kind=kind, key=key, says=MEASURE.keys[key].says)
                self.whole = False
            if key not in NEEDS[kind] and key in self.fields.values:
                self._add(KEY_EXTRA, key, kind=kind, key=key)

    def _joined(self, table: RecordTable) -> RecordTable | None:
        name = self.fields["join"]
        if not name:
            return None
        known = tuple(target for _, target, _ in table.references)
        if name not in known:
            self._add(NO_REFERENCE, "join", table=table.name, join=name, known=", ".join(known) or "–")
            return RECORD_TABLES.get(name)
        return RECORD_TABLES[name]

    def _month(self, table: RecordTable) -> str | None:
        name = self.fields["month"]
        if not name:
            return None
        known = tuple(column.name for column in table.columns if column.type == "date")
        if name not in known:
            self._add(MONTH_COLUMN, "month", column=name, known=", ".join(known), guess=guess(name, known))
            return None
        return str(name)

    def _value(self, kind: MeasureKind | None, names: Names) -> Expression | None:
        text = self.fields["column"]
        if not text:
            return None
        node = self.fields.node_of("column")
        value = read_value(text, names, self._report(node))
        if value is None:
            self.whole = False
        elif kind in ("sum", "mean", "median", "percentile") and value.type != "number":
            self._add(NOT_A_NUMBER, "column", kind=kind, column=text)
        return value

    def _check_percent(self) -> None:
        """Places of values are found in whole numbers, so a percentile has few decimals."""
        percent = self.fields["percent"]
        if percent and percent.as_tuple().exponent < -DECIMAL_PLACES:
            self._add(NUMBER_FORM, "percent", value=percent, places=DECIMAL_PLACES, digits=MAX_DIGITS)

    def _conditions(self, key: str, names: Names) -> All | None:
        node = self.fields[key]
        if not isinstance(node, SequenceNode):
            return None
        return All(tuple(self._all(node.value, names, 1)))

    def _all(self, nodes: list[Node], names: Names, depth: int) -> Iterator[Condition]:
        for node in nodes:
            condition = self._condition(node, names, depth)
            if condition is None:
                self.whole = False
            else:
                yield condition

    def _condition(self, node: Node, names: Names, depth: int) -> Condition | None:
        if depth > MAX_DEPTH:
            self.reading.add(CONDITION_DEPTH, node, limit=MAX_DEPTH)
            return None
        if isinstance(node, ScalarNode) and node.value.strip():
            return read_condition(str(node.value), names, self._report(node))
        if isinstance(node, SequenceNode) and node.value:
            return All(tuple(self._all(node.value, names, depth + 1)))
        pairs = word_pairs(node) if isinstance(node, MappingNode) else []
        if len(pairs) == 1:
            key, inner = pairs[0]
            if key.value in ("any_of", "all_of") and isinstance(inner, SequenceNode) and inner.value:
                parts = tuple(self._all(inner.value, names, depth + 1))
                return Either(parts) if key.value == "any_of" else All(parts)
        self.reading.add(CONDITION_GROUP, node)
        return None

    def _report(self, node: Node) -> Any:
        """Where a word of a sentence stands in the file: on one line its own column, else where the text begins."""
        start = node.start_mark
        quoted = 1 if getattr(node, "style", None) in ('"', "'") else 0
        # An escape or a doubled quote takes more room in the file than in the text: then the sentence is the place.
        single = start.line == node.end_mark.line
        plain = single and node.end_mark.column - start.column == len(node.value) + 2 * quoted

        def report(kind: ProblemKind, column: int, /, **values: object) -> None:
            at = start.column + quoted + column if plain else start.column + 1
            self.reading.problems.add(kind, Place(self.reading.document.name, start.line + 1, at), **values)
            self.whole = False

        return report
