"""mapping.yaml: how an export maps on a declared table. All mistakes of the file at once, with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from parindex.documents.shapes import (
    INVALID,
    VALUE_TYPE,
    Code,
    Fields,
    InvalidType,
    Key,
    Line,
    ListOf,
    MapOf,
    Reading,
    Record,
    Whole,
    Word,
    guess,
)
from parindex.documents.yaml_nodes import compose
from parindex.language import Text, fold
from parindex.problems import ProblemKind, Problems
from parindex.sources import digest_of
from parindex.tables.columns import canonical_json
from parindex.tables.record_tables import RECORD_TABLES, RecordColumn, RecordTable

Encoding = Literal["utf-8", "utf-16", "windows-1258"]
DateForm = Literal["dd/mm/yyyy", "mm/dd/yyyy", "yyyy/mm/dd"]
DecimalMark = Literal["comma", "point"]
ENCODINGS: Final[tuple[Encoding, ...]] = ("utf-8", "utf-16", "windows-1258")
DATE_FORMS: Final[tuple[DateForm, ...]] = ("dd/mm/yyyy", "mm/dd/yyyy", "yyyy/mm/dd")

MAPPING_TABLE = ProblemKind(
    "MAPPING-TABLE",
    what=Text(
        "ánh xạ này dành cho bảng {found}, lệnh nhập vào bảng {table}.",
        "this mapping is for the table {found}, the command imports {table}.",
    ),
    why=Text("", ""),
    remedy=Text("Chọn tệp ánh xạ khác, hoặc sửa --table.", "Choose another mapping, or correct --table."),
)
MAPPING_COLUMN = ProblemKind(
    "MAPPING-COLUMN-MISSING",
    what=Text("thiếu cột {column} ({says}).", "the column {column} ({says}) is missing."),
    why=Text("Cột này không được để trống trong bảng {table}.", "It is never empty in the table {table}."),
    remedy=Text(
        'Thêm {column}: "tên cột trong tệp", hoặc {column}: {{constant: "giá trị"}}.',
        'Add {column}: "header in the file", or {column}: {{constant: "value"}}.',
    ),
)
MAPPING_SOURCE = ProblemKind(
    "MAPPING-SOURCE",
    what=Text("cột này cần đúng một trong hai khóa header và constant.", "a column has either a header or a constant."),
    why=Text("", ""),
    remedy=Text("Giữ một khóa.", "Keep one of them."),
)
MAPPING_KEY = ProblemKind(
    "MAPPING-KEY",
    what=Text("khóa {key} không dùng cho cột kiểu {type}.", "the key {key} means nothing for a column of type {type}."),
    why=Text("", ""),
    remedy=Text("Bỏ khóa này.", "Remove it."),
)
MAPPING_CODE = ProblemKind(
    "MAPPING-CODE",
    what=Text('"{value}" không phải là giá trị của {column}{guess}.', '"{value}" is no value of {column}{guess}.'),
    why=Text("", ""),
    remedy=Text("Dùng một trong: {known}.", "Use one of: {known}."),
)
MAPPING_TWICE = ProblemKind(
    "MAPPING-VALUE-TWICE",
    what=Text(
        '"{value}" và "{other}" là một khi bỏ dấu, nhưng dẫn tới hai giá trị.',
        '"{value}" and "{other}" are one without accents, but lead to two values.',
    ),
    why=Text("Giá trị được so không phân biệt dấu và chữ hoa.", "Values are compared without accents and case."),
    remedy=Text("Giữ một dòng.", "Keep one of them."),
)
MAPPING_HEADER_TWICE = ProblemKind(
    "MAPPING-HEADER-TWICE",
    what=Text(
        'tiêu đề "{header}" đã dùng cho {column}.',
        'the header "{header}" is already used for {column}.',
    ),
    why=Text("Hai cột của bảng lấy từ một cột của tệp.", "Two columns of the table would come from one of the file."),
    remedy=Text("Kiểm tra lại; nếu đúng ý, cứ để.", "Check it; leave it if that is meant."),
    severity="notice",
)

FLAG_WORDS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("co", "dung", "x", "yes", "y", "true", "1"), True),
    **dict.fromkeys(("khong", "sai", "no", "n", "false", "0"), False),
}
"""What a flag may say without a value map, folded."""

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """Where one column of the table comes from: a column of the file, by any of its names, or one constant.

    `values`: what the file says, folded -> the code of the choice, "true"/"false" of a flag, or "" for empty.
    `empty`: folded texts that mean an empty cell, beside the empty text itself.
    """

    column: RecordColumn
    headers: tuple[str, ...] = ()
    constant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    dates: DateForm = "dd/mm/yyyy"
    decimal: DecimalMark = "comma"


@dataclass(frozen=True, slots=True)
class RecordMapping:
    """A read mapping.yaml. `columns` in the order of the table; columns it leaves out are empty in every record.

    `encoding` None: by the mark at the beginning of the file, else UTF-8. `header_row` counts from 1. `units`: old
    code -> code. `sha256` is of what the mapping means, not of how the file is written.
    """

    table: RecordTable
    columns: tuple[ColumnSource, ...]
    encoding: Encoding | None
    separator: str
    sheet: str | None
    header_row: int
    units: Mapping[str, str]
    sha256: str


@dataclass(frozen=True, slots=True)
class Value:
    """Any single value, as text: `counter`, `true`, "1"."""

    says: Text = Text("một giá trị", "a value")

    def read(self, node: Node, reading: Reading) -> str | InvalidType:
        if not isinstance(node, ScalarNode):
            return reading.add(
                VALUE_TYPE, node, expected=self.says, found=Text("một bảng hoặc danh sách", "a collection")
            )
        return str(node.value).strip()

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]}


_ANY_WORDS = r"(?s).+"
_DATES = Key(Word(DATE_FORMS), Text("thứ tự ngày, tháng, năm", "order of day, month, year"))
_DECIMAL = Key(Word(("comma", "point")), Text("dấu thập phân", "decimal mark"))
_EMPTY = Key(ListOf(Value()), Text("chữ có nghĩa là ô trống", "texts that mean an empty cell"))

COLUMN = Record(
    {
        "header": Key(Line(), Text("tên cột trong tệp, hoặc danh sách tên", "header in the file, or a list of names")),
        "constant": Key(Value(), Text("một giá trị cho mọi bản ghi", "one value for every record")),
        "values": Key(MapOf(Value(), key_form=_ANY_WORDS), Text("chữ trong tệp: giá trị", "text in the file: value")),
        "empty": _EMPTY,
        "dates": _DATES,
        "decimal": _DECIMAL,
    },
    title="column",
)


@dataclass(frozen=True, slots=True)
class Source:
    """`"Mã hồ sơ"`, `["Mã hồ sơ", "Số hồ sơ"]`, or a map with header or constant."""

    says: Text = Text("tên cột trong tệp, hoặc {{header: …}}", "a header of the file, or {{header: …}}")

    def read(self, node: Node, reading: Reading) -> Any:
        if isinstance(node, MappingNode):
            return _ColumnRecord.read(node, reading)
        return Headers().read(node, reading)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [Headers().schema(), _ColumnRecord.schema()]}


@dataclass(frozen=True, slots=True)
class Headers:
    """One name, or a list of names of which a file has one."""

    says: Text = Text("một tên hoặc danh sách tên", "a name or a list of names")

    def read(self, node: Node, reading: Reading) -> tuple[str, ...] | InvalidType:
        if isinstance(node, SequenceNode):
            listed = ListOf(Line(), least=1).read(node, reading)
            return INVALID if isinstance(listed, InvalidType) or not listed.complete else listed.values
        line = Line().read(node, reading)
        return INVALID if isinstance(line, InvalidType) else (line,)

    def schema(self) -> dict[str, Any]:
        line = Line().schema()
        return {"anyOf": [line, {"type": "array", "items": line, "minItems": 1}]}


_ColumnRecord = Record({**COLUMN.keys, "header": Key(Headers(), COLUMN.keys["header"].says)}, title="column")


def mapping_record(table: RecordTable | None = None) -> Record:
    """The shape of mapping.yaml; with the columns of one table where it is known."""
    columns: Any = MapOf(Source())
    if table is not None:
        columns = Record({column.name: Key(Source(), column.says) for column in table.columns})
    return Record(
        {
            "table": Key(Word(tuple(RECORD_TABLES)), Text("bảng nhận bản ghi", "the table"), required=True),
            "encoding": Key(Word(ENCODINGS), Text("mã chữ của tệp CSV", "encoding of CSV files")),
            "separator": Key(Separator(), Text("dấu ngăn cột của tệp CSV", "what separates columns in CSV files")),
            "sheet": Key(Line(), Text("trang của tệp Excel; không ghi: trang đầu", "sheet; none: the first")),
            "header_row": Key(Whole(1, 1000), Text("hàng có tên cột", "row of the headers")),
            "dates": _DATES,
            "decimal": _DECIMAL,
            "empty": _EMPTY,
            "units": Key(MapOf(Code(), key_form=_ANY_WORDS), Text("mã cũ: mã đơn vị", "old code: code of the unit")),
            "columns": Key(
                columns, Text("cột của bảng: cột của tệp", "column of the table: its source"), required=True
            ),
        },
        title="mapping",
    )


@dataclass(frozen=True, slots=True)
class Separator:
    """One of , ; | or a tab."""

    says: Text = Text('"," ";" "|" hoặc "tab"', '"," ";" "|" or "tab"')

    def read(self, node: Node, reading: Reading) -> str | InvalidType:
        if isinstance(node, ScalarNode) and (node.value in (",", ";", "|", "\t", "tab")):
            return "\t" if node.value == "tab" else str(node.value)
        found = Text(f'"{node.value}"', f'"{node.value}"') if isinstance(node, ScalarNode) else Text("khác", "another")
        return reading.add(VALUE_TYPE, node, expected=self.says, found=found)

    def schema(self) -> dict[str, Any]:
        return {"enum": [",", ";", "|", "tab"]}


def folded(text: str) -> str:
    """How headers and values are compared: without accents, case and needless spaces."""
    return " ".join(fold(text).replace("\u00a0", " ").split())


def folded_header(text: str) -> str:
    """As `folded`, and without the marks people put around headers: `* Ngày nộp:`."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", folded(text))


def read_mapping(content: bytes, name: str, table: RecordTable, problems: Problems) -> RecordMapping | None:
    """Read a mapping of `table`. None when it cannot be used; every problem is added with its line."""
    document = compose(content, name, problems)
    if document is None:
        return None
    reading = Reading(document, problems)
    named = _named_table(document.root)
    if named is not None and named in RECORD_TABLES and named != table.name:
        reading.add(MAPPING_TABLE, document.root, found=named, table=table.name)
        return None
    before = len(problems.errors)
    fields = mapping_record(table).read(document.root, reading)
    if not isinstance(fields, Fields):
        return None
    columns = tuple(_columns(table, fields, reading))
    if len(problems.errors) > before:
        return None
    units = dict(fields.entries("units"))
    encoding, separator = fields["encoding"] or None, fields["separator"] or ","
    sheet, header_row = fields["sheet"] or None, fields["header_row"] or 1
    meaning = [
        [table.name, encoding, separator, sheet, header_row, sorted(units.items())],
        [
            [
                each.column.name,
                each.headers,
                each.constant,
                sorted(each.values.items()),
                sorted(each.empty),
                each.dates,
                each.decimal,
            ]
            for each in columns
        ],
    ]
    return RecordMapping(
        table, columns, encoding, separator, sheet, header_row, units, digest_of(canonical_json(meaning).encode())
    )


def _named_table(root: Node) -> str | None:
    if isinstance(root, MappingNode):
        for key, value in root.value:
            if isinstance(key, ScalarNode) and key.value == "table" and isinstance(value, ScalarNode):
                return str(value.value)
    return None


def _columns(table: RecordTable, fields: Fields, reading: Reading) -> Iterator[ColumnSource]:
    given = fields["columns"]
    if not isinstance(given, Fields):
        return
    dates: DateForm = fields["dates"] or "dd/mm/yyyy"
    decimal: DecimalMark = fields["decimal"] or "comma"
    empty = frozenset(folded(text) for text in fields.items("empty"))
    used: dict[str, str] = {}
    for column in table.columns:
        found = given[column.name]
        if found is None:
            if column.null_means is None:
                reading.add(
                    MAPPING_COLUMN,
                    fields.node_of("columns"),
                    column=column.name,
                    says=column.says,
                    table=table.name,
                )
            continue
        if found is INVALID:
            continue
        if isinstance(found, tuple):
            source = ColumnSource(column, found, empty=empty, dates=dates, decimal=decimal)
        else:
            read = _source(column, found, reading, empty, dates, decimal)
            if read is None:
                continue
            source = read
        for header in source.headers:
            other = used.setdefault(folded_header(header), column.name)
            if other != column.name:
                reading.add(MAPPING_HEADER_TWICE, given.node_of(column.name), header=header, column=other)
        yield source


def _source(
    column: RecordColumn,
    fields: Fields,
    reading: Reading,
    empty: frozenset[str],
    dates: DateForm,
    decimal: DecimalMark,
) -> ColumnSource | None:
    if (fields["header"] is None) == (fields["constant"] is None):
        reading.add(MAPPING_SOURCE, fields.node)
        return None
    for key, types in (("values", ("choice", "flag")), ("dates", ("date",)), ("decimal", ("decimal", "whole"))):
        if fields[key] is not None and column.type not in types:
            reading.add(MAPPING_KEY, fields.node_of(key), key=key, type=column.type)
    constant = fields["constant"]
    values: dict[str, str] = {}
    written: dict[str, str] = {}
    mapped = fields["values"]
    if mapped:
        for text, code in mapped.values.items():
            meant = _code(column, code)
            if meant is None:
                known = _known(column)
                reading.add(
                    MAPPING_CODE,
                    mapped.nodes[text],
                    value=code,
                    column=column.name,
                    known=", ".join(known),
                    guess=guess(code, known),
                )
                continue
            other = values.setdefault(folded(text), meant)
            if other != meant:
                reading.add(MAPPING_TWICE, mapped.nodes[text], value=text, other=written[folded(text)])
            written.setdefault(folded(text), text)
    if constant and column.type in ("choice", "flag") and folded(constant) not in values:
        meant = _code(column, constant)
        if meant is None:
            known = _known(column)
            reading.add(
                MAPPING_CODE,
                fields.node_of("constant"),
                value=constant,
                column=column.name,
                known=", ".join(known),
                guess=guess(constant, known),
            )
    return ColumnSource(
        column,
        fields["header"] or (),
        constant if constant is not INVALID else None,
        values,
        empty | frozenset(folded(text) for text in fields.items("empty")),
        fields["dates"] or dates,
        fields["decimal"] or decimal,
    )


def _known(column: RecordColumn) -> tuple[str, ...]:
    return tuple(column.codes) if column.type == "choice" else ("true", "false")


def _code(column: RecordColumn, text: str) -> str | None:
    """The code that a value of a map names; "" stands for an empty cell; None: there is no such code."""
    if text == "":
        return ""
    if column.type == "flag":
        flag = FLAG_WORDS.get(folded(text))
        return None if flag is None else str(flag).lower()
    return text if text in column.codes else None
