"""A small framework with one input of every type, its edition, and workbooks of it to tamper with."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from unittest import mock

import openpyxl
from openpyxl.workbook import Workbook as OpenWorkbook

from parindex.language import Text, same
from parindex.problems import Problem, Problems
from parindex.programme.edition import Edition, Settings, UnitList
from parindex.programme.framework import Framework
from parindex.programme.framework_reading import read_framework
from parindex.programme.units import Unit
from parindex.scoring.rule import Rule
from parindex.scoring.rule_book import open_rules
from parindex.sources import Place
from parindex.submissions import EvidenceDocument, Filled, Submission, layout, read_submission, write_submission
from parindex.workbooks import read_workbook

FRAMEWORK = """
framework: small
version: "1"
name: {vi: "Bộ tiêu chí nhỏ", en: "Small framework"}
legal_basis: {vi: "Quyết định 1/QĐ", en: "Decision 1/QĐ"}
editions: [2025]
unit_kind: province
max_points: 10
scales:
  two:
    - {option: good, label: {vi: "Tốt", en: "Good"}, weight: 1}
    - {option: poor, label: {vi: "Kém", en: "Poor"}, weight: 0}
adjustments:
  bonus:
    cap: 2
    items:
      - code: "B1"
        name: {vi: "Sáng kiến", en: "Initiatives"}
        points_each: 1
        unit: {vi: "sáng kiến", en: "initiatives"}
  penalty:
    cap: 2
    items:
      - code: "P1"
        name: {vi: "Báo cáo sai", en: "False reports"}
        points_each: 1
        unit: {vi: "lần", en: "times"}
domains:
  - code: "1"
    name: {vi: "Chỉ đạo", en: "Steering"}
    max_points: 4
    criteria:
      - code: "1.1"
        name: {vi: "Kế hoạch", en: "Plan"}
        max_points: 3
        subcriteria:
          - code: "1.1.1"
            name: {vi: "Ban hành kế hoạch", en: "Plan issued"}
            max_points: 1
            method: appraisal
            appraiser: {vi: "Bộ Nội vụ", en: "Ministry of Home Affairs"}
            evidence: [{vi: "Kế hoạch năm", en: "Annual plan"}, {vi: "Báo cáo", en: "Report"}]
            guidance: {vi: "Tính đến ngày 31/12", en: "As of 31 December"}
            rule:
              kind: binary
              inputs:
                met: {type: yes_no, label: {vi: "Đã ban hành", en: "Issued"}}
            examples:
              - {given: {met: "yes"}, points: 1, branch: met}
              - {given: {met: "no"}, points: 0, branch: not_met}
          - code: "1.1.2"
            name: {vi: "Chất lượng kế hoạch", en: "Quality of the plan"}
            max_points: 2
            method: appraisal
            rule:
              kind: tiers
              inputs:
                level:
                  type: choice
                  label: {vi: "Mức độ", en: "Level"}
                  options:
                    full: {vi: "Đầy đủ, đúng hạn", en: "Complete and on time"}
                    part: {vi: "Thiếu hoặc chậm", en: "Partial or late"}
              points: {full: 2, part: 0}
            examples:
              - {given: {level: full}, points: 2, branch: full}
              - {given: {level: part}, points: 0, branch: part}
      - code: "1.2"
        name: {vi: "Lãnh đạo quyết tâm", en: "Commitment"}
        max_points: 1
        method: survey
        rule: {kind: survey_scale, scale: two, respondents: [officials]}
        examples:
          - {given: {good: 1, poor: 1}, points: 0.5, branch: value}
  - code: "2"
    name: {vi: "Thủ tục hành chính", en: "Procedures"}
    max_points: 6
    criteria:
      - code: "2.1"
        name: {vi: "Giải quyết đúng hạn", en: "Settled on time"}
        max_points: 2
        method: data
        rule:
          kind: proportional
          inputs:
            numerator:
              type: count
              label: {vi: "Hồ sơ đúng hạn", en: "Dossiers settled on time"}
              unit: {vi: "hồ sơ", en: "dossiers"}
              part_of: denominator
            denominator:
              type: count
              label: {vi: "Hồ sơ đã giải quyết", en: "Dossiers settled"}
              unit: {vi: "hồ sơ", en: "dossiers"}
          full_at: 100
        examples:
          - {given: {numerator: 1, denominator: 2}, points: 1, branch: proportional}
          - {given: {numerator: 2, denominator: 2}, points: 2, branch: full}
      - code: "2.2"
        name: {vi: "Thu hút đầu tư", en: "Investment"}
        max_points: 2
        method: data
        rule:
          kind: target_ratio
          inputs:
            actual:
              type: amount
              label: {vi: "Vốn thực hiện", en: "Invested"}
              unit: {vi: "tỷ đồng", en: "billion đồng"}
            target:
              type: amount
              label: {vi: "Kế hoạch", en: "Target"}
              unit: {vi: "tỷ đồng", en: "billion đồng"}
        examples:
          - {given: {actual: 1, target: 2}, points: 1, branch: short}
          - {given: {actual: 2, target: 2}, points: 2, branch: reached}
      - code: "2.3"
        name: {vi: "Tăng trưởng", en: "Growth"}
        max_points: 2
        method: data
        rule:
          kind: formula
          inputs:
            share: {type: percent, label: {vi: "Tỷ lệ", en: "Share"}}
            growth:
              type: number
              label: {vi: "Mức tăng", en: "Growth"}
              unit: {vi: "điểm %", en: "percent points"}
          value: "share / 100 + growth / 10"
        examples:
          - {given: {share: 50, growth: 5}, points: 1, branch: value}
          - {given: {share: 100, growth: 10}, points: 2, branch: at_maximum}
          - {given: {share: 0, growth: 0}, points: 0, branch: at_zero}
"""

PLACE = Place("test")


def unit(code: str, name: str = "Tỉnh Thử") -> Unit:
    return Unit(code, "province", Text(name, "Test Province"), name, None, None, None, None, PLACE)


def edition_of(*frameworks: Framework, code: str = "2025-mô-phỏng", simulated: bool = True) -> Edition:
    """An edition of one list for each framework, with two units in each: U1-1, U1-2, U2-1, …"""
    lists = []
    for number, framework in enumerate(frameworks, 1):
        units = (unit(f"U{number}-1"), unit(f"U{number}-2", "Tỉnh Khác"))
        name = Text(f"Danh sách {number}", f"List {number}")
        lists.append(UnitList(f"list-{number}", name, units, framework, (), True, None, PLACE))
    return Edition(
        programme="test",
        code=code,
        year=2025,
        name=Text("Chỉ số thử năm 2025 (mô phỏng)", "Test index 2025 (simulated)") if simulated else same("2025"),
        simulated=simulated,
        as_of=date(2025, 12, 31),
        calendar={"closes_on": date(2026, 1, 20)},
        lists=tuple(lists),
        settings=Settings(),
        comparison=None,
        units={each.code: each for each_list in lists for each in each_list.units},
        unit_changes=(),
        note=None,
    )


def framework_of(text: str) -> Framework:
    problems = Problems()
    framework = read_framework(text.encode(), "framework.yaml", problems)
    problems.raise_if_any()
    assert framework is not None
    return framework


@cache
def small_framework() -> Framework:
    return framework_of(FRAMEWORK)


@cache
def small_edition() -> Edition:
    return edition_of(small_framework())


def rules_of(framework: Framework) -> dict[str, Rule]:
    problems = Problems()
    rules = open_rules(framework, problems).rules
    problems.raise_if_any()
    return dict(rules)


@cache
def _small_rules() -> dict[str, Rule]:
    return rules_of(small_framework())


FILLED = Filled(
    documents=(
        EvidenceDocument("TL01", "Kế hoạch 12/KH-UBND", "UBND tỉnh", "2025-01-15", "KH12.pdf"),
        EvidenceDocument("TL02", "Báo cáo 99/BC-UBND", "UBND tỉnh", "2025-12-01", ""),
    ),
    answers={
        "1.1.1": {"met": True},
        "1.1.2": {"level": "full"},
        "2.1": {"numerator": Decimal(49998), "denominator": Decimal(50112)},
        "2.2": {"actual": Decimal("1234.5678"), "target": Decimal("2000")},
        "2.3": {"share": Decimal("95.5"), "growth": Decimal("-1.25")},
    },
    evidence={
        "1.1.1": (("TL01", "Mục II, trang 3"),),
        "1.1.2": (("TL01", "trang 5"), ("TL02", "Mục I")),
        "2.1": (("TL02", "Phụ lục 1"),),
        "2.2": (("TL02", "Phụ lục 2"),),
        "B1": (("TL02", "trang 9"),),
    },
    explanations={"2.3": "Số liệu của Cục Thống kê"},
    bonus={"B1": Decimal(2)},
)


def written(filled: Filled | None = FILLED, edition: Edition | None = None, unit_code: str = "U1-1") -> bytes:
    edition = edition or small_edition()
    unit_list = edition.list_of(unit_code)
    assert unit_list is not None
    rules = _small_rules() if unit_list.framework is small_framework() else rules_of(unit_list.framework)
    target = io.BytesIO()
    # Fewer empty rows for documents than people get, so that hundreds of tests stay quick.
    with mock.patch.object(layout, "DOCUMENT_ROWS", 12):
        write_submission(
            target,
            edition=edition,
            unit_list=unit_list,
            unit=edition.units[unit_code],
            self_score=lambda code, cells: rules[code].spreadsheet(cells),
            filled=filled,
        )
    return target.getvalue()


@cache
def filled_bytes() -> bytes:
    return written()


def read(content: bytes, edition: Edition | None = None) -> tuple[Submission | None, Problems]:
    problems = Problems()
    workbook = read_workbook("U1.xlsx", content)
    submission = read_submission(
        workbook, edition=edition or small_edition(), source="submissions/U1.xlsx", problems=problems
    )
    return submission, problems


Tamper = Callable[[OpenWorkbook], object]


def tampered(change: Tamper, content: bytes | None = None) -> bytes:
    """The filled workbook after somebody changed and saved it."""
    book = openpyxl.load_workbook(io.BytesIO(content or filled_bytes()))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read_tampered(change: Tamper) -> tuple[Submission | None, Problems]:
    return read(tampered(change))


def row_of(book: OpenWorkbook, sheet: str, key: str) -> int:
    return next(cell.row for cell in book[sheet]["A"] if cell.value == key)


def put(sheet: str, key: str, value: object, column: str = "D") -> Tamper:
    """Type a value into the row of `key`; D is the column of figures, G evidence, H places, I explanations."""

    def change(book: OpenWorkbook) -> None:
        book[sheet][f"{column}{row_of(book, sheet, key)}"].value = value

    return change


def codes(problems: Problems) -> list[str]:
    return [problem.code for problem in problems]


def only(problems: Problems) -> Problem:
    found = tuple(problems)
    assert len(found) == 1, [problem.words("en") for problem in found]
    return found[0]


def answers(submission: Submission | None) -> dict[tuple[str, str], str]:
    assert submission is not None
    return {(answer.node, answer.input): answer.value for answer in submission.answers}


def renewed(framework: Framework, **changes: object) -> Framework:
    return dataclasses.replace(framework, **changes)  # type: ignore[arg-type]
