"""The door of the engines for records: what a part of a record table must look like, said the same by every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from parindex.documents.shapes import guess
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.tables.record_tables import RecordTable, RecordType

Held = Literal["text", "date", "whole", "decimal", "flag", "other"]
"""What a column of a Parquet part holds, as far as measures go."""

ACCEPTED: Final[Mapping[RecordType, tuple[Held, ...]]] = {
    "text": ("text",),
    "code": ("text",),
    "choice": ("text",),
    "date": ("date",),
    "whole": ("whole",),
    "decimal": ("decimal", "whole"),
    "flag": ("flag",),
}
HELD: Final[Mapping[Held, Text]] = {
    "text": Text("chữ", "text"),
    "date": Text("ngày", "dates"),
    "whole": Text("số nguyên", "whole numbers"),
    "decimal": Text("số thập phân có tối đa 4 chữ số lẻ", "decimals with four places at most"),
    "flag": Text("có hoặc không", "yes or no"),
    "other": Text("kiểu {type}", "the type {type}"),
}

PART_UNREADABLE = ProblemKind(
    "RECORD-TABLE-PART",
    what=Text("không đọc được phần dữ liệu này ({detail}).", "this part of the records cannot be read ({detail})."),
    why=Text(
        "Tệp Parquet bị cắt ngang khi chép, hoặc không phải tệp Parquet.",
        "The Parquet file was cut while it was copied, or is no Parquet file.",
    ),
    remedy=Text("Nhập lại dữ liệu từ tệp gốc.", "Import the records again from their source."),
)
COLUMN_MISSING = ProblemKind(
    "RECORD-TABLE-COLUMN",
    what=Text(
        'thiếu cột "{column}" của bảng {table}{guess}.', 'the column "{column}" of the table {table} is missing{guess}.'
    ),
    why=Text("Mọi phần của một bảng có cùng các cột.", "All parts of a table have the same columns."),
    remedy=Text("Nhập lại dữ liệu từ tệp gốc.", "Import the records again from their source."),
)
COLUMN_TYPE = ProblemKind(
    "RECORD-TABLE-TYPE",
    what=Text(
        'cột "{column}" của bảng {table} chứa {found}, cần {expected}.',
        'the column "{column}" of the table {table} holds {found}; it must hold {expected}.',
    ),
    why=Text("", ""),
    remedy=Text("Nhập lại dữ liệu từ tệp gốc.", "Import the records again from their source."),
)
JOINED_TWICE = ProblemKind(
    "RECORD-TABLE-TWICE",
    what=Text('bảng {table} có hai dòng cho "{key}".', 'the table {table} has two rows for "{key}".'),
    why=Text("Hồ sơ nối tới dòng này sẽ bị đếm hai lần.", "Records that are joined to it would be counted twice."),
    remedy=Text("Giữ một dòng và nhập lại bảng này.", "Keep one of them, and import the table again."),
)
UNIT_TOO_LARGE = ProblemKind(
    "RECORD-TABLE-LARGE",
    what=Text(
        "đơn vị {unit} có {records} bản ghi, giới hạn là {limit}.",
        "the unit {unit} has {records} records, fewer than {limit} can be counted.",
    ),
    why=Text("Quá giới hạn này số đếm không còn chính xác.", "Beyond that counts would not be exact."),
    remedy=Text("Chia đơn vị này, hoặc đếm từng năm.", "Split the unit, or count year by year."),
)
DOUBLES_TOLD: Final = 20


def check_columns(table: RecordTable, found: Mapping[str, tuple[Held, str]], place: Place, problems: Problems) -> None:
    """Every declared column is there, of the declared type. `found`: (what it holds, its type) by name."""
    for column in table.columns:
        if column.name not in found:
            near = guess(column.name, [name for name in found if all(name != each.name for each in table.columns)])
            problems.add(COLUMN_MISSING, place, column=column.name, table=table.name, guess=near)
            continue
        held, written = found[column.name]
        if held not in ACCEPTED[column.type]:
            expected = HELD[ACCEPTED[column.type][0]]
            shown = Text(f"kiểu {written}", f"the type {written}") if held == "other" else HELD[held]
            problems.add(COLUMN_TYPE, place, column=column.name, table=table.name, found=shown, expected=expected)


def add_doubles(table: str, keys: Sequence[Sequence[object]], problems: Problems) -> None:
    for key in keys:
        problems.add(JOINED_TWICE, Place(""), table=table, key=" / ".join(str(each) for each in key))
