"""Records that were not taken, kept so that nothing is lost: the reasons, and the rows ready to be imported again.

Two files for each source. `….reasons.csv` has a line for every mistake. `….rows.csv` has the header and the rows as
they came, as UTF-8 text with the separator of the mapping: corrected there, it is imported with the same mapping.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Final, NamedTuple

from parindex.documents.csv_rows import guarded
from parindex.language import LANGUAGES, Text
from parindex.records.checking import Finding
from parindex.tables.columns import Column, TableSpec

QUARANTINE: Final = "quarantine"


class Quarantined(NamedTuple):
    """One mistake of one record. `row` in the source, `kept_row` in the file of rows."""

    row: int
    kept_row: int
    column: str
    value: str
    code: str
    reason_vi: str
    reason_en: str


REASONS = TableSpec(
    "reasons",
    Quarantined,
    key=("row", "column", "code"),
    says=Text("Bản ghi chưa được nhập, kèm lý do", "Records that were not taken, with the reason"),
    columns=(
        Column("row", "whole", Text("hàng trong tệp gốc, tiêu đề là hàng 1", "row in the source, the header is row 1")),
        Column("kept_row", "whole", Text("hàng trong tệp .rows.csv", "row in the file .rows.csv")),
        Column("column", "text", Text("cột có giá trị sai", "the column that holds the wrong value")),
        Column("value", "text", Text("giá trị như trong tệp", "the value as it stands in the file")),
        Column("code", "text", Text("mã của loại lỗi", "code of the kind of mistake")),
        Column("reason_vi", "text", Text("lý do, tiếng Việt", "the reason in Vietnamese")),
        Column("reason_en", "text", Text("lý do, tiếng Anh", "the reason in English")),
    ),
)


def reason_of(finding: Finding) -> tuple[str, str]:
    """What is wrong, why, and what to do, in Vietnamese and English."""
    values = {"value": finding.value, **finding.values}
    kind = finding.kind
    vi, en = (
        " ".join(text.filled(language, values) for text in (kind.what, kind.why, kind.remedy) if text.in_(language))
        for language in LANGUAGES
    )
    return vi, en


def file_names(table: str, source: str, sha256: str) -> tuple[str, str]:
    """Names of the two files: of reasons and of rows."""
    stem = f"{table}-{PurePath(source).stem}-{sha256[:8]}"
    return f"{stem}.reasons.csv", f"{stem}.rows.csv"


def rows_head(header: Sequence[str], header_row: int, separator: str) -> bytes:
    """The beginning of the file of rows: the mark that lets Excel know UTF-8, empty title lines, the header."""
    lines = "\n" * (header_row - 1)
    return b"\xef\xbb\xbf" + lines.encode() + rows_bytes([header], separator)


def rows_bytes(rows: Iterable[Sequence[str]], separator: str) -> bytes:
    """Rows as CSV; a cell that a spreadsheet would run as a formula has an apostrophe before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
    return out.getvalue().encode()
