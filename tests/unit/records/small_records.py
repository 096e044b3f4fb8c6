"""Small exports as offices send them, and what they are checked against."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from parindex.language import Text
from parindex.problems import Problem, Problems, ProblemsFound
from parindex.programme.units import Unit, UnitChange
from parindex.records.exports import ChunkSizes
from parindex.records.importing import Imported, import_records
from parindex.records.journal import record_set
from parindex.records.mapping import RecordMapping, read_mapping
from parindex.records.quarantine import REASONS
from parindex.records.values import Surroundings
from parindex.sources import Place
from parindex.tables.record_tables import DOSSIERS, PROCEDURES, RECORD_TABLES, RecordTable

MAPPING = """\
table: dossiers
columns:
  unit: "Mã tỉnh"
  office: "Cơ quan"
  level: "Cấp"
  dossier: "Mã hồ sơ"
  procedure: "Mã thủ tục"
  received_on: "Ngày tiếp nhận"
  due_on: "Ngày hẹn trả"
  settled_on: "Ngày có kết quả"
  returned_on: "Ngày trả"
  channel: {header: "Hình thức nộp", values: {"Qua mạng": online}}
  digitised: "Số hóa"
  applicant: "Người nộp"
"""
HEADER = (
    "Mã tỉnh",
    "Cơ quan",
    "Cấp",
    "Mã hồ sơ",
    "Mã thủ tục",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày có kết quả",
    "Ngày trả",
    "Hình thức nộp",
    "Số hóa",
    "Người nộp",
)
CATALOGUE_MAPPING = """\
table: procedures
columns:
  unit: "Mã tỉnh"
  procedure: "Mã thủ tục"
  name: "Tên thủ tục"
  field: "Lĩnh vực"
  level: {constant: province}
  limit_days: "Thời hạn"
  limit_days_cut: "Sau cắt giảm"
  steps: "Số bước"
"""


def _unit(code: str, until: date | None = None) -> Unit:
    return Unit(code, "province", Text(code, code), code, None, None, None, until, Place("units.csv"))


AROUND = Surroundings(
    units={code: _unit(code) for code in ("P01", "P02", "P31")} | {"P09": _unit("P09", date(2022, 6, 30))},
    changes=(
        UnitChange("P09", "P31", "merged", date(2022, 7, 1)),
        UnitChange("P08", "P01", "split", date(2022, 7, 1)),
        UnitChange("P08", "P02", "split", date(2022, 7, 1)),
    ),
    as_of=date(2023, 12, 31),
    latest=date(2024, 1, 31),
)


def dossier(number: int, **changes: str) -> list[str]:
    """A right row of an export; `changes` by the names of the table's columns."""
    row = {
        "unit": "P01",
        "office": "P01-S1",
        "level": "cấp tỉnh",
        "dossier": f"H{number:05d}",
        "procedure": "1.000123",
        "received_on": "02/03/2023",
        "due_on": "20/03/2023",
        "settled_on": "15/03/2023",
        "returned_on": "16/03/2023",
        "channel": "Trực tiếp",
        "digitised": "Có",
        "applicant": "Nguyễn Văn A",
    }
    assert set(changes) <= set(row), changes
    return list({**row, **changes}.values())


def write_csv(
    path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER, encoding: str = "utf-8"
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def mapping_of(text: str = MAPPING, table: RecordTable | None = None) -> RecordMapping:
    problems = Problems()
    declared = table or RECORD_TABLES[text.split()[1]]
    read = read_mapping(text.encode(), "mapping.yaml", declared, problems)
    problems.raise_if_any()
    assert read is not None
    return read


def take(
    edition: Path,
    *files: Path,
    mapping: str = MAPPING,
    around: Surroundings = AROUND,
    bad_share: str = "1",
    sizes: ChunkSizes | None = None,
    dry_run: bool = False,
) -> Imported:
    """Import, with every share of bad records allowed unless said."""
    edition.mkdir(exist_ok=True)
    return import_records(
        edition,
        files,
        mapping_of(mapping),
        around,
        bad_share=Decimal(bad_share),
        sizes=sizes or ChunkSizes(),
        dry_run=dry_run,
    )


def refusal(edition: Path, *files: Path, **settings: Any) -> list[Problem]:
    """The problems for which nothing is imported; the table stays empty."""
    try:
        problems = take(edition, *files, **settings).problems
    except ProblemsFound as found:
        problems = found.problems
    assert problems
    assert not list(edition.rglob("part-*.parquet"))
    return list(problems)


def table_of(edition: Path, table: RecordTable = DOSSIERS) -> list[dict[str, Any]]:
    """All records of the table, in order."""
    return [row for file in record_set(edition, table, verify=True).files for row in pq.read_table(file).to_pylist()]


def reasons_of(edition: Path) -> list[Mapping[str, str]]:
    """The mistakes in quarantine, of all files."""
    rows: list[Mapping[str, str]] = []
    problems = Problems()
    for path in sorted((edition / "records" / "quarantine").glob("*.reasons.csv")):
        for found in REASONS.read_csv(path.read_bytes(), path.name, problems):
            rows.append({**{name: str(value) for name, value in found._asdict().items()}, "file": path.name})
    problems.raise_if_any()
    return rows


def kept_rows(edition: Path) -> Path:
    (path,) = (edition / "records" / "quarantine").glob("*.rows.csv")
    return path


__all__ = ["DOSSIERS", "PROCEDURES"]
