"""CSV as rows of text with their line numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from parindex.documents.shapes import guess
from parindex.documents.text_files import decode
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place

CSV_EMPTY = ProblemKind(
    "CSV-EMPTY",
    what=Text("tệp không có dòng tiêu đề.", "the file has no header line."),
    why=Text("", ""),
    remedy=Text("Dòng đầu phải là tên các cột: {columns}.", "The first line must name the columns: {columns}."),
)
CSV_COLUMN_MISSING = ProblemKind(
    "CSV-COLUMN-MISSING",
    what=Text('thiếu cột "{column}"{found}.', 'the column "{column}" is missing{found}.'),
    why=Text("", ""),
    remedy=Text("Tệp này cần các cột: {columns}.", "This file needs the columns {columns}."),
)
CSV_COLUMN_TWICE = ProblemKind(
    "CSV-COLUMN-TWICE",
    what=Text('cột "{column}" có hai lần.', 'the column "{column}" stands twice.'),
    why=Text("", ""),
    remedy=Text("Giữ một cột.", "Keep one of them."),
)
CSV_COLUMN_UNKNOWN = ProblemKind(
    "CSV-COLUMN-UNKNOWN",
    what=Text('cột "{column}" không được dùng{guess}.', 'the column "{column}" is not used{guess}.'),
    why=Text("", ""),
    remedy=Text("Sửa tên hoặc bỏ cột này. Các cột: {columns}.", "Correct its name or remove it. Columns: {columns}."),
)
CSV_SEPARATOR = ProblemKind(
    "CSV-SEPARATOR",
    what=Text("các cột được ngăn bằng dấu {mark}.", "the columns are separated by {mark}."),
    why=Text("Tệp CSV ở đây dùng dấu phẩy.", "CSV files here use commas."),
    remedy=Text(
        "Lưu lại bằng dấu phẩy; số dùng dấu chấm thập phân.",
        "Save it with commas; numbers have a decimal point.",
    ),
)
CSV_WIDTH = ProblemKind(
    "CSV-WIDTH",
    what=Text(
        "dòng có {found} ô, tiêu đề có {expected} cột.", "the line has {found} cells, the header {expected} columns."
    ),
    why=Text("", ""),
    remedy=Text(
        "Nếu một ô chứa dấu phẩy, đặt ô đó trong dấu nháy kép.", "Put a cell that holds a comma into double quotes."
    ),
)
CSV_SYNTAX = ProblemKind(
    "CSV-SYNTAX",
    what=Text("không đọc được dòng này ({detail}).", "this line cannot be read ({detail})."),
    why=Text("", ""),
    remedy=Text("Kiểm tra dấu nháy kép ở dòng này.", "Check the double quotes of this line."),
)
CELL_EMPTY = ProblemKind(
    "CELL-EMPTY",
    what=Text('cột "{column}" để trống.', 'the column "{column}" is empty.'),
    why=Text("", ""),
    remedy=Text("Điền giá trị.", "Fill it in."),
)
CELL_NUMBER = ProblemKind(
    "CELL-NUMBER",
    what=Text('cột "{column}": "{value}" không phải là số.', 'column "{column}": "{value}" is not a number.'),
    why=Text("Tệp CSV dùng dấu chấm thập phân, không dấu phân nhóm.", "CSV files use a decimal point and no grouping."),
    remedy=Text("Viết ví dụ 93.91.", "Write for example 93.91."),
)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One data row: text by column (empty when the cell is), and its line."""

    values: dict[str, str]
    place: Place

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    def required(self, column: str, problems: Problems) -> str | None:
        """The text, or None with a problem when the cell is empty."""
        value = self[column]
        if not value:
            problems.add(CELL_EMPTY, self.place, column=column)
            return None
        return value

    def decimal(self, column: str, problems: Problems) -> Decimal | None:
        """The number; None for an empty cell, and None with a problem for a text that is no number."""
        value = self[column]
        if not value:
            return None
        if not is_decimal(value):
            problems.add(CELL_NUMBER, self.place, column=column, value=value)
            return None
        return Decimal(value)


_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,16})?")


def is_decimal(text: str) -> bool:
    """A plain decimal of sensible length: no grouping, comma, exponent, infinity."""
    return _DECIMAL.fullmatch(text) is not None


def read_rows(
    content: bytes,
    name: str,
    problems: Problems,
    *,
    columns: Sequence[str],
    optional: Sequence[str] = (),
    others: bool = False,
) -> list[CsvRow]:
    """All rows of a CSV file. `columns` must be there, `optional` may; any other only with `others`.

    Adds problems for a wrong encoding, missing or unknown columns, and lines of another width; such lines are left
    out. Empty lines are passed over.
    """
    text = decode(content, name, problems)
    if text is None:
        return []
    known = [*columns, *optional]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[CsvRow] = []
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            # The row may have run on over many lines since a quote that was not closed: name where it began.
            problems.add(CSV_SYNTAX, Place(name, line), detail=str(error))
            break
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [cell.strip() for cell in cells]
            if not _check_header(header, name, line, problems, columns, known, others):
                return []
            continue
        if len(cells) != len(header):
            problems.add(CSV_WIDTH, Place(name, line), found=len(cells), expected=len(header))
            continue
        rows.append(
            CsvRow(
                {column: _unguarded(cell.strip()) for column, cell in zip(header, cells, strict=True)},
                Place(name, line),
            )
        )
    if header is None:
        problems.add(CSV_EMPTY, Place(name), columns=", ".join(columns))
    return rows


def _check_header(
    header: list[str],
    name: str,
    line: int,
    problems: Problems,
    columns: Sequence[str],
    known: Sequence[str],
    others: bool,
) -> bool:
    place = Place(name, line)
    if len(header) == 1 and len(known) > 1:
        for mark in (";", "\t", "|"):
            if mark in header[0]:
                problems.add(CSV_SEPARATOR, place, mark=";" if mark == ";" else "Tab" if mark == "\t" else mark)
                return False
    good = True
    slips: set[str] = set()
    for column in columns:
        if column not in header:
            # A slip in a name is one problem, told by the name that should stand there.
            near = get_close_matches(column, [each for each in header if each not in known], n=1, cutoff=0.7)
            slips.update(near)
            found = Text(f'; tệp có "{near[0]}"', f'; the file has "{near[0]}"') if near else Text("", "")
            problems.add(CSV_COLUMN_MISSING, place, column=column, columns=", ".join(columns), found=found)
            good = False
    for column in dict.fromkeys(column for column in header if header.count(column) > 1):
        problems.add(CSV_COLUMN_TWICE, place, column=column)
        good = False
    for column in header:
        # Where other columns may stand, one that is nearly a known one is a slip, not another column.
        slip = bool(column) and bool(guess(column, [each for each in known if each not in header]).vi)
        if column not in known and column not in slips and (slip or not others):
            problems.add(CSV_COLUMN_UNKNOWN, place, column=column, columns=", ".join(known), guess=guess(column, known))
            good = False
    return good


# A cell that a spreadsheet would run as a formula is written with an apostrophe before it (see `guarded`).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(text: str) -> str:
    """A text as it may stand in a CSV file that people open in a spreadsheet."""
    # A lone carriage return is written without quotes, and a spreadsheet begins a new row at it: with what it likes.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # A text that has apostrophes before the sign gets one more, so that reading takes off exactly what was put on.
    return "'" + text if text.lstrip("'").startswith(_FORMULA_STARTS) and not is_decimal(text) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA_STARTS) else text
