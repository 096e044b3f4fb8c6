"""COUNTED: what records say of an input, beside what the unit claims for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from parindex.language import Text
from parindex.tables.columns import Column, TableSpec
from parindex.tables.measured import REASONS


class Counted(NamedTuple):
    """One input of one leaf and unit: the claimed value, the counted one, and how it was counted."""

    edition: str
    unit: str
    node: str
    input: str
    claimed: Decimal | None
    counted: Decimal | None
    difference: Decimal | None
    measure: str
    kind: str
    part: str
    records: int
    unknown: int | None
    reason: str | None
    says_vi: str
    says_en: str
    digest: str | None
    source: str
    place: str


_NOT_COUNTED: Final = Text("không đếm được; xem reason", "not counted; see reason")

COUNTED_REASONS: Final = REASONS
"""Why there is no count. It is then empty, never 0."""

COUNTED: TableSpec[Counted] = TableSpec(
    "counted",
    Counted,
    ("edition", "unit", "node", "input"),
    (
        Column("edition", "text", Text("năm đánh giá; bản mô phỏng ghi rõ", "edition; a simulated one says so")),
        Column("unit", "text", Text("mã đơn vị", "unit code")),
        Column("node", "text", Text("mã mục chấm điểm", "code of the leaf")),
        Column("input", "text", Text("tên số liệu đầu vào của cách tính điểm", "name of the rule's input")),
        Column(
            "claimed",
            "decimal",
            Text("giá trị đơn vị tự đánh giá", "value that the unit claims"),
            null_means=Text("đơn vị không khai", "the unit claims none"),
        ),
        Column(
            "counted",
            "decimal",
            Text("giá trị đếm từ hồ sơ, danh mục", "value counted from records"),
            null_means=_NOT_COUNTED,
        ),
        Column(
            "difference",
            "decimal",
            Text("tự đánh giá trừ số đếm", "claimed less counted"),
            null_means=Text("thiếu một trong hai", "one of the two is missing"),
        ),
        Column("measure", "text", Text("mã chỉ tiêu, xem measured.csv", "code of the measure, see measured.csv")),
        Column("kind", "text", Text("loại chỉ tiêu", "kind of the measure")),
        Column(
            "part",
            "text",
            Text("phần của chỉ tiêu: numerator, denominator, value, records", "part of the measure that it is"),
        ),
        Column("records", "whole", Text("số bản ghi thuộc diện xét", "records concerned")),
        Column(
            "unknown",
            "whole",
            Text(
                "số bản ghi thuộc diện xét nhưng thiếu số liệu, không tính",
                "records concerned that lack what is asked, not counted",
            ),
            null_means=_NOT_COUNTED,
        ),
        Column(
            "reason",
            "text",
            Text("lý do để trống: no_records, none_concerned, all_unknown", "why it is empty"),
            null_means=Text("đếm được", "it was counted"),
        ),
        Column("says_vi", "text", Text("đếm gì, của ai: một câu", "what is counted, of whom, in Vietnamese")),
        Column("says_en", "text", Text("câu đó bằng tiếng Anh", "what is counted, of whom, in one sentence")),
        Column(
            "digest",
            "text",
            Text("mã băm SHA-256 của tập bản ghi", "SHA-256 of the record set"),
            null_means=Text("không có bản ghi", "there are no records"),
        ),
        Column("source", "text", Text("tệp khai chỉ tiêu", "file that declares the measure")),
        Column("place", "text", Text("dòng trong tệp đó", "line in that file")),
    ),
    Text("Số đếm từ hồ sơ bên cạnh số tự đánh giá", "What records count, beside what is claimed"),
)
