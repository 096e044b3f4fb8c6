"""mapping.yaml: all mistakes at once, each with its line."""

from __future__ import annotations

from pathlib import Path

from tests.unit.records.small_records import HEADER, MAPPING, dossier, mapping_of, write_csv

from parindex.problems import Problems
from parindex.records.drafting import draft_mapping
from parindex.records.mapping import read_mapping
from parindex.tables.record_tables import DOSSIERS, PROCEDURES


def problems_of(text: str) -> list[tuple[int | None, str]]:
    problems = Problems()
    read_mapping(text.encode(), "mapping.yaml", DOSSIERS, problems)
    return [(problem.where.line, problem.code) for problem in problems.sorted()]


def test_every_mistake_has_its_line() -> None:
    text = """\
table: dossiers
encoding: tcvn3
separator: "."
columns:
  unit: {header: "Mã", constant: "P01"}
  office: {values: {"a": "b"}}
  level: {constant: nation}
  dossier: 5
  procdure: "Mã TTHC"
  received_on: {header: "Ngày", decimal: comma}
  channel:
    header: "Hình thức"
    values:
      "Trực tiếp": countr
      "truc tiep": post
      "Trực  tiếp": online
  due_on: "Ngày"
"""
    assert problems_of(text) == [
        (2, "WORD-UNKNOWN"),
        (3, "VALUE-TYPE"),
        (5, "MAPPING-COLUMN-MISSING"),
        (5, "MAPPING-SOURCE"),
        (6, "MAPPING-SOURCE"),
        (7, "MAPPING-CODE"),
        (8, "TEXT-UNQUOTED"),
        (9, "KEY-UNKNOWN"),
        (10, "MAPPING-KEY"),
        (14, "MAPPING-CODE"),
        (16, "MAPPING-VALUE-TWICE"),
        (17, "MAPPING-HEADER-TWICE"),
    ]


def test_a_mapping_of_another_table() -> None:
    problems = Problems()
    assert read_mapping(MAPPING.encode(), "mapping.yaml", PROCEDURES, problems) is None
    (problem,) = problems
    assert problem.code == "MAPPING-TABLE"


def test_the_digest_is_of_the_meaning() -> None:
    assert mapping_of().sha256 == mapping_of("# a remark\n".join(["", MAPPING]).replace("# a remark\n", "")).sha256
    assert mapping_of().sha256 == mapping_of(MAPPING + "# a remark\n").sha256
    assert mapping_of().sha256 != mapping_of(MAPPING + "dates: mm/dd/yyyy\n").sha256


def test_a_draft_finds_titles_separator_and_order_of_dates(tmp_path: Path) -> None:
    dates = {"received_on": "03/25/2023", "due_on": "", "settled_on": "04/03/2023", "returned_on": ""}
    rows = [dossier(number, channel="Qua mạng", **dates) for number in range(3)]
    header = [*HEADER[:3], "Số biên nhận", "Mã số TTHC", *HEADER[5:11], "Họ tên chủ hồ sơ"]
    file = write_csv(tmp_path / "x.csv", rows, header)
    file.write_text("DANH SÁCH HỒ SƠ\n\n" + file.read_text().replace(",", ";"))
    problems = Problems()
    draft = draft_mapping(file, DOSSIERS, problems)
    assert draft is not None and not len(problems)
    lines = draft.text.splitlines()
    assert 'separator: ";"' in lines and "header_row: 3" in lines and "dates: mm/dd/yyyy" in lines
    assert '  dossier: "Số biên nhận"' in lines and '    #   "Qua mạng": …' in lines
    assert draft.missing == ()
