"""MEASURED: what records say of each unit, counted by whichever engine; it does not say which, for they agree."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from parindex.language import Text
from parindex.tables.columns import Column, TableSpec


class Measured(NamedTuple):
    """One measure of one unit, or of one office or month of it."""

    edition: str
    unit: str
    measure: str
    office: str | None
    month: str | None
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    unknown: int | None
    records: int
    reason: str | None
    digest: str | None


REASONS: Final = {
    "no_records": Text("đơn vị không có bản ghi nào trong bảng", "the unit has no records in the table"),
    "none_concerned": Text("không có bản ghi nào thuộc diện xét", "no record is concerned"),
    "all_unknown": Text(
        "mọi bản ghi thuộc diện xét đều thiếu số liệu cần dùng", "every record concerned lacks what is asked"
    ),
}
"""Why a measure has no value. It is then empty, never 0."""

_SEE_REASON: Final = Text("không có; xem reason", "empty; see reason")

MEASURED: TableSpec[Measured] = TableSpec(
    "measured",
    Measured,
    ("edition", "unit", "measure", "office", "month"),
    (
        Column("edition", "text", Text("năm đánh giá; bản mô phỏng ghi rõ", "edition; a simulated one says so")),
        Column("unit", "text", Text("mã đơn vị", "unit code")),
        Column("measure", "text", Text("mã chỉ tiêu", "code of the measure")),
        Column(
            "office",
            "text",
            Text("cơ quan giải quyết", "office"),
            null_means=Text("mọi cơ quan của đơn vị", "all offices of the unit"),
        ),
        Column(
            "month",
            "text",
            Text("tháng, như 2023-05; none: hồ sơ không có ngày", "month, as 2023-05; none: records without the date"),
            null_means=Text("cả kỳ", "the whole period"),
        ),
        Column(
            "numerator",
            "decimal",
            Text("tử số; số đếm hoặc tổng", "numerator; the count, or the sum"),
            null_means=Text("trung vị, bách phân vị; hoặc xem reason", "a median or percentile; or see reason"),
        ),
        Column(
            "denominator",
            "decimal",
            Text("mẫu số: số bản ghi đã biết", "denominator: records for which it is known"),
            null_means=Text(
                "số đếm và tổng không có mẫu số; hoặc xem reason", "counts and sums have none; or see reason"
            ),
        ),
        Column(
            "value",
            "decimal",
            Text(
                "giá trị, 10 chữ số thập phân của phân số chính xác; tỷ lệ tính bằng %",
                "value, 10 decimals of the exact fraction; shares in %",
            ),
            null_means=_SEE_REASON,
        ),
        Column(
            "unknown",
            "whole",
            Text(
                "số bản ghi thuộc diện xét nhưng thiếu số liệu, không tính vào tử số và mẫu số",
                "records concerned that lack what is asked, in neither numerator nor denominator",
            ),
            null_means=_SEE_REASON,
        ),
        Column("records", "whole", Text("số bản ghi thuộc diện xét", "records concerned")),
        Column(
            "reason",
            "text",
            Text("lý do để trống: no_records, none_concerned, all_unknown", "why it is empty"),
            null_means=Text("có giá trị", "there is a value"),
        ),
        Column(
            "digest",
            "text",
            Text("mã băm SHA-256 của tập bản ghi", "SHA-256 of the record set"),
            null_means=Text("không có bản ghi", "there are no records"),
        ),
    ),
    Text("Kết quả đếm từ hồ sơ và danh mục", "What records say"),
)
