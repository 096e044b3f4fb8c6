"""The table of estimates: one row a figure, never without its error."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from parindex.language import Text
from parindex.tables.columns import Column, TableSpec

WHOLE: Final = "*"
"""The domain that holds everybody."""

CROSSED: Final = "*"
"""Joins the words of crossed domains, as in `P01*female`."""


class EstimateRow(NamedTuple):
    """One published figure of a survey with its error."""

    by: str
    domain: str
    code: str
    answers: str | None
    measure: str
    value: Decimal | None
    se: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    n: int | None
    deff: Decimal | None
    df: Decimal | None
    method: str
    status: str
    note_vi: str | None
    note_en: str | None


_EMPTY = Text("xem note", "see the note")
ESTIMATES = TableSpec(
    "survey_estimates",
    EstimateRow,
    key=("by", "domain", "code", "answers", "measure"),
    says=Text("Ước lượng kèm sai số", "Estimates with their errors"),
    columns=(
        Column("by", "text", Text("cột chia nhóm, * là không chia", "the column of domains, * for none")),
        Column("domain", "text", Text("nhóm, * là tất cả", "the domain, * for all")),
        Column("code", "text", Text("câu hỏi, nhân tố hoặc chỉ số", "item, factor or index")),
        Column(
            "answers",
            "text",
            Text("các mã trả lời của tỷ lệ", "the answers of a share"),
            null_means=Text("mọi trả lời hợp lệ", "all valid answers"),
        ),
        Column("measure", "text", Text("mean, share, total, ratio, factor, part, index", "mean, share, total, …")),
        Column("value", "decimal", Text("giá trị; tỷ lệ từ 0 đến 1", "the value; shares 0 to 1"), null_means=_EMPTY),
        Column("se", "decimal", Text("sai số chuẩn", "standard error"), null_means=_EMPTY),
        Column("lower", "decimal", Text("cận dưới", "lower end of the interval"), null_means=_EMPTY),
        Column("upper", "decimal", Text("cận trên", "upper end of the interval"), null_means=_EMPTY),
        Column(
            "n",
            "whole",
            Text("số trả lời hợp lệ", "valid answers"),
            null_means=Text("không công bố", "not published"),
        ),
        Column(
            "deff",
            "decimal",
            Text("hệ số thiết kế", "design effect"),
            null_means=Text("không tồn tại với số đo này", "this measure has none"),
        ),
        Column(
            "df",
            "decimal",
            Text("bậc tự do", "degrees of freedom"),
            null_means=Text("vô hạn hoặc không có", "without end, or none"),
        ),
        Column("method", "text", Text("cách tính", "method")),
        Column("status", "text", Text("published, empty, too_small, protects_others", "whether it is published")),
        Column(
            "note_vi",
            "text",
            Text("lý do trống, hoặc điều cần biết (tiếng Việt)", "why it is empty, or what to know, in Vietnamese"),
            null_means=Text("không có", "none"),
        ),
        Column(
            "note_en",
            "text",
            Text("như trên, tiếng Anh", "the same in English"),
            null_means=Text("không có", "none"),
        ),
    ),
)
