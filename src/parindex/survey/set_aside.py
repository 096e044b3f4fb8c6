"""Interviews that cannot be used: left out with their reason, counted and kept in a file, never silently dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from parindex.language import Text
from parindex.problems import ProblemKind
from parindex.tables.columns import Column, TableSpec


class SetAside(NamedTuple):
    """One reason why one record is not used."""

    record: str
    column: str
    value: str
    code: str
    reason_vi: str
    reason_en: str


SET_ASIDE = TableSpec(
    "set_aside",
    SetAside,
    key=("record", "column", "code"),
    says=Text("Bản ghi bị để riêng, kèm lý do", "Records set aside, with the reason"),
    columns=(
        Column("record", "text", Text("mã phiếu, hoặc dòng trong tệp", "code of the interview, or its line")),
        Column("column", "text", Text("cột có giá trị sai", "the column that holds the wrong value")),
        Column("value", "text", Text("giá trị như trong tệp", "the value as it stands in the file")),
        Column("code", "text", Text("mã của loại lỗi", "code of the kind of mistake")),
        Column("reason_vi", "text", Text("lý do, tiếng Việt", "the reason in Vietnamese")),
        Column("reason_en", "text", Text("lý do, tiếng Anh", "the reason in English")),
    ),
)


def set_aside(kind: ProblemKind, record: str, column: str, value: object, /, **values: object) -> SetAside:
    """One row: what is wrong and why, in both languages. `values` fill the texts of `kind`, as do the first three."""
    known = {"record": record, "column": column, "value": str(value), **values}
    vi, en = (
        " ".join(text.filled(language, known) for text in (kind.what, kind.why) if text.in_(language))
        for language in ("vi", "en")
    )
    return SetAside(record, column, str(value), kind.code, vi, en)


def counted(rows: Iterable[SetAside]) -> Mapping[str, int]:
    """How many records each kind of mistake set aside; a record with two mistakes counts under both."""
    pairs = {(row.code, row.record) for row in rows}
    return dict(sorted(Counter(code for code, _ in pairs).items()))
