"""Invented records as a province would send them: CSV with Vietnamese headings, and mistakes to find in them.

Every file that is long enough ends with one row of each mistake; `wrong-rows.csv` says which row has which, so that
an import can be held against it. `wrong-files` holds files that are wrong as a whole.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from parindex.engines.made_records import ExportColumn, export_units
from parindex.language import Text
from parindex.simulation.edition_folder import csv_bytes
from parindex.tables.record_tables import DOSSIERS, PROCEDURES, RecordTable

WRONG_ROWS: Final = "wrong-rows.csv"
WRONG_FILES: Final = "wrong-files"

_YES_NO: Final = {"true": "Có", "false": "Không"}
_LEVELS: Final = {"province": "Cấp tỉnh", "district": "Cấp huyện", "commune": "Cấp xã"}
DOSSIER_COLUMNS: Final = (
    ExportColumn("dossier", "Mã hồ sơ"),
    ExportColumn("unit", "Mã tỉnh"),
    ExportColumn("office", "Cơ quan giải quyết"),
    ExportColumn("level", "Cấp giải quyết", _LEVELS),
    ExportColumn("procedure", "Mã TTHC"),
    ExportColumn("received_on", "Ngày tiếp nhận"),
    ExportColumn("due_on", "Ngày hẹn trả"),
    ExportColumn("settled_on", "Ngày có kết quả"),
    ExportColumn("returned_on", "Ngày trả kết quả"),
    ExportColumn(
        "channel",
        "Hình thức nộp",
        {"counter": "Trực tiếp", "post": "Bưu chính công ích", "online": "Trực tuyến"},
    ),
    ExportColumn("payment", "Thanh toán", {"none": "Không thu", "cash": "Tiền mặt", "online": "Trực tuyến"}),
    ExportColumn("digitised", "Số hóa kết quả", _YES_NO),
    ExportColumn("apology", "Thư xin lỗi", _YES_NO),
    ExportColumn("applicant", "Người nộp"),
    ExportColumn("applicant_number", "Số định danh"),
    ExportColumn("applicant_phone", "Điện thoại"),
)
PROCEDURE_COLUMNS: Final = (
    ExportColumn("procedure", "Mã TTHC"),
    ExportColumn("unit", "Mã tỉnh"),
    ExportColumn("name", "Tên TTHC"),
    ExportColumn("field", "Lĩnh vực"),
    ExportColumn("level", "Cấp giải quyết", _LEVELS),
    ExportColumn("decision", "Quyết định công bố"),
    ExportColumn("publish_by", "Hạn công bố"),
    ExportColumn("published_on", "Ngày công bố"),
    ExportColumn("posted_on", "Ngày công khai"),
    ExportColumn("posted_at", "Nơi công khai"),
    ExportColumn(
        "online_service",
        "Dịch vụ công trực tuyến",
        {"none": "Cung cấp thông tin", "partial": "Một phần", "full": "Toàn trình"},
    ),
    ExportColumn("limit_days", "Thời hạn theo quy định (ngày)"),
    ExportColumn("limit_days_cut", "Thời hạn sau cắt giảm (ngày)"),
    ExportColumn("steps", "Số bước"),
    ExportColumn("documents", "Số giấy tờ"),
    ExportColumn("simplification_proposed", "Có phương án đơn giản hóa", _YES_NO),
)


class _Mistake(NamedTuple):
    """A mistake of a row: the code an import gives it, what it is, and how a good row becomes a bad one."""

    code: str
    says: Text
    spoil: Callable[[dict[str, str]], None]


def _set(heading: str, value: str) -> Callable[[dict[str, str]], None]:
    def spoil(row: dict[str, str]) -> None:
        row[heading] = value

    return spoil


_LONG_AGO: Final = "02/01/2019"
_DOSSIER_MISTAKES: Final = (
    _Mistake(
        "RECORD-ORDER", Text("hẹn trả trước khi tiếp nhận", "due before received"), _set("Ngày hẹn trả", _LONG_AGO)
    ),
    _Mistake(
        "RECORD-ORDER",
        Text("có kết quả trước khi tiếp nhận", "settled before received"),
        _set("Ngày có kết quả", _LONG_AGO),
    ),
    _Mistake("RECORD-PROCEDURE", Text("thủ tục không có trong danh mục", "unknown procedure"), _set("Mã TTHC", "MP-X")),
    _Mistake("RECORD-UNIT", Text("không có đơn vị này", "unknown unit"), _set("Mã tỉnh", "T-00")),
    _Mistake(
        "RECORD-FUTURE", Text("ngày trong tương lai", "a day in the future"), _set("Ngày trả kết quả", "15/08/2099")
    ),
    _Mistake("RECORD-DATE", Text("ngày không có trong lịch", "no such day"), _set("Ngày tiếp nhận", "31/02/2023")),
    _Mistake("RECORD-CHOICE", Text("hình thức nộp lạ", "unknown channel"), _set("Hình thức nộp", "Bồ câu")),
    _Mistake("RECORD-EMPTY", Text("thiếu mã hồ sơ", "no number of the dossier"), _set("Mã hồ sơ", "")),
    _Mistake("RECORD-FLAG", Text("không rõ có hay không", "neither yes nor no"), _set("Số hóa kết quả", "một nửa")),
)
_PROCEDURE_MISTAKES: Final = (
    _Mistake("RECORD-LOW", Text("thời hạn âm", "a negative limit"), _set("Thời hạn theo quy định (ngày)", "-3")),
    _Mistake("RECORD-NUMBER", Text("thời hạn không là số", "a limit that is no number"), _set("Số bước", "năm")),
    _Mistake("RECORD-UNIT", Text("không có đơn vị này", "unknown unit"), _set("Mã tỉnh", "T-00")),
)
_CONFLICT: Final = _Mistake(
    "RECORD-CONFLICT", Text("mã đã có, nội dung khác", "the same number with other content"), lambda row: None
)
_WIDTH: Final = _Mistake("RECORD-WIDTH", Text("thiếu ô ở cuối", "cells missing at the end"), lambda row: None)
_ENCODING: Final = _Mistake(
    "RECORD-ENCODING", Text("dòng bằng mã chữ khác", "a row in another encoding"), lambda row: None
)

_FEWEST_ROWS: Final = 200  # below it the wrong rows would be too great a part of the file
_ENOUGH: Final = 200
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"


class WrongRow(NamedTuple):
    """A row that an import must set aside: the file, the row (the heading is row 1), the code, what is wrong."""

    file: str
    row: int
    code: str
    says: Text


def export_records(
    records: Path,
    out: Path,
    *,
    units: Sequence[str],
    codes: Mapping[str, str],
    progress: Callable[[str, int, int], None] = lambda step, done, total: None,
) -> Sequence[WrongRow]:
    """Write the records in `records` (as `write_records` made them) as exports into the folder `out`.

    `codes` gives the code a unit writes of itself, by unit; the mappings lead it back. Returns the rows that are
    wrong, which are also in `wrong-rows.csv`.
    """
    wrong: list[WrongRow] = []
    tables: Sequence[tuple[RecordTable, Sequence[ExportColumn]]] = (
        (PROCEDURES, PROCEDURE_COLUMNS),
        (DOSSIERS, DOSSIER_COLUMNS),
    )
    done = 0
    for table, columns in tables:
        folder = out / table.name
        folder.mkdir(parents=True)
        parts = sorted((records / table.name).glob("part-*.parquet"))
        if not parts:
            continue
        written = [
            column._replace(words={unit: codes[unit] for unit in units}) if column.name == "unit" else column
            for column in columns
        ]
        files = {unit: folder / f"{unit}.csv" for unit in units}
        for unit in export_units(table, parts, written, files):
            name = files[unit].relative_to(out).as_posix()
            wrong += _spoil(table, files[unit], name, [column.heading for column in columns])
            done += 1
            progress(name, done, len(tables) * len(units))
        (out / f"mapping-{table.name}.yaml").write_bytes(_mapping(table, columns, codes))
    (out / WRONG_ROWS).write_bytes(
        csv_bytes(
            ("file", "row", "code", "says"), [(each.file, each.row, each.code, each.says.both()) for each in wrong]
        )
    )
    _wrong_files(records, out, units[0])
    return wrong


def _spoil(table: RecordTable, file: Path, name: str, headings: Sequence[str]) -> list[WrongRow]:
    """Add one row of each mistake at the end of a file that has rows enough."""
    with file.open("rb") as content:
        rows = sum(line.count(b"\n") for line in content)  # no cell holds a line break
    if rows < _FEWEST_ROWS:
        return []
    with file.open(encoding="utf-8", newline="") as text:
        first = [row for row, _ in zip(csv.DictReader(text), range(_ENOUGH), strict=False)]
    good = [row for row in first if table is PROCEDURES or row["Ngày trả kết quả"]] or first
    mistakes = _DOSSIER_MISTAKES if table is DOSSIERS else _PROCEDURE_MISTAKES
    key = headings[0]
    lines: list[bytes] = []
    wrong: list[WrongRow] = []

    def add(mistake: _Mistake, line: bytes) -> None:
        lines.append(line)
        wrong.append(WrongRow(name, rows + len(lines), mistake.code, mistake.says))

    for number, mistake in enumerate(mistakes):
        row = dict(good[number % len(good)])
        row[key] = f"{row[key]}-{number}"
        mistake.spoil(row)
        add(mistake, _line(row.values()))
    other = dict(good[0])
    other["Cơ quan giải quyết" if table is DOSSIERS else "Nơi công khai"] += " (bản khác)"
    add(_CONFLICT, _line(other.values()))
    if table is DOSSIERS:
        short = [f"{good[0][key]}-thiếu", *list(good[0].values())[1:6]]
        add(_WIDTH, _line(short))
        strange = {**good[0], key: f"{good[0][key]}-mã", "Người nộp": "Người nộp mô phỏng"}
        add(_ENCODING, _in_windows_1258(_line(strange.values()).decode()))
    with file.open("ab") as end:
        end.write(b"".join(lines))
    return wrong


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue().encode()


def _in_windows_1258(text: str) -> bytes:
    """Text as old programs wrote it: that code page has letters with a roof, a bowl or a horn, and tones apart."""
    apart = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in marks if mark in _TONES)
        apart.append(unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)) + tones)
    return "".join(apart).encode("cp1258")


def _mapping(table: RecordTable, columns: Sequence[ExportColumn], codes: Mapping[str, str]) -> bytes:
    lines = [
        "# Cách đọc tệp xuất mô phỏng này. / How this simulated export is read.",
        f"table: {table.name}",
        "encoding: utf-8",
        "dates: dd/mm/yyyy",
        "decimal: comma",
        "units:",
        *(f'  "{code}": {unit}' for unit, code in codes.items()),
        "columns:",
    ]
    for column in columns:
        if not column.words:
            lines.append(f'  {column.name}: "{column.heading}"')
            continue
        lines += [f"  {column.name}:", f'    header: "{column.heading}"', "    values:"]
        lines += [f'      "{word}": "{code}"' for code, word in column.words.items()]
    return ("\n".join(lines) + "\n").encode()


def _wrong_files(records: Path, out: Path, unit: str) -> None:
    """A heading renamed, a Parquet file cut off, and a folder of Parquet files that have two schemas."""
    folder = out / WRONG_FILES
    renamed = folder / "renamed-column" / f"{unit}.csv"
    truncated = folder / "truncated" / "part-000001.parquet"
    for place in (renamed, truncated, folder / "two-schemas" / "x"):
        place.parent.mkdir(parents=True)
    sent = (out / DOSSIERS.name / f"{unit}.csv").read_bytes().split(b"\n")[:20]
    sent[0] = sent[0].replace("Ngày hẹn trả".encode(), "Hạn xử lý".encode())
    renamed.write_bytes(b"\n".join(sent) + b"\n")
    catalogue = next((records / PROCEDURES.name).glob("part-*.parquet")).read_bytes()
    truncated.write_bytes(catalogue[: len(catalogue) * 2 // 3])
    (folder / "two-schemas" / "part-000001.parquet").write_bytes(catalogue)
    dossiers = next((records / DOSSIERS.name).glob("part-*.parquet")).read_bytes()
    (folder / "two-schemas" / "part-000002.parquet").write_bytes(dossiers)
