"""Workbooks in an edition folder: claims become points, and whatever is wrong with one is named with its file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.results.tiny_edition import EDITION, write_edition

import parindex
from parindex.problems import Problems, ProblemsFound
from parindex.results.reading import read_programme
from parindex.submissions import EvidenceDocument, Filled, write_submission


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """The tiny edition without accepted values: its units send workbooks."""
    return write_edition(tmp_path / "edition", {"accepted.csv": None})


def submit(folder: Path, unit: str, name: str | None = None, *, on_time: int = 9) -> Path:
    problems = Problems()
    edition, books, _ = read_programme(folder, problems)
    assert edition is not None
    assert not problems.errors
    unit_list = edition.lists[0]
    rules = books[unit_list.code].rules
    path = folder / "submissions" / (name or f"{unit}.xlsx")
    path.parent.mkdir(exist_ok=True)
    write_submission(
        path,
        edition=edition,
        unit_list=unit_list,
        unit=edition.units[unit],
        self_score=lambda code, cells: rules[code].spreadsheet(cells),
        filled=Filled(
            documents=(EvidenceDocument("TL01", "Báo cáo 12/BC-UBND", "UBND tỉnh", "2023-12-20", "BC12.pdf"),),
            answers={
                "1.1": {"numerator": Decimal(on_time), "denominator": Decimal(10)},
                "1.2": {"level": "late"},
            },
            evidence={"1.1": [("TL01", "Mục II, trang 3")]},
            explanations={"1.2": "Ban hành sau khi kiện toàn tổ chức"},
        ),
    )
    return path


def codes(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(ProblemsFound) as found:
        parindex.read_edition(folder)
    return [(problem.code, problem.where.file) for problem in found.value.problems]


def test_claims_become_points_and_explanations_reach_the_cell(edition: Path) -> None:
    submit(edition, "U1")
    result = parindex.compute(parindex.read_edition(edition))
    points = {row.node: row.points for row in result.scores if row.unit == "U1" and row.stage == "self"}
    assert points == {"1.1": Decimal("2.7"), "1.2": Decimal(1)}
    text = result.explain("U1", "1.1", language="en")
    assert 'submissions/U1.xlsx "1"!D' in text
    assert "TL01 Báo cáo 12/BC-UBND (Mục II, trang 3)" in text


def test_a_round_of_appraisal_keeps_what_it_does_not_mention(edition: Path) -> None:
    submit(edition, "U1")
    (edition / "decisions.csv").write_text(
        "unit,node,input,round,value,basis,by,at,reason,decision\n"
        "U1,1.1,numerator,appraisal_1,7,records,Bộ Tư pháp,2024-02-01,Hai hồ sơ trùng,5\n",
        encoding="utf-8",
    )
    result = parindex.compute(parindex.read_edition(edition))
    stages = {row.stage: row.points for row in result.scores_of["U1", "1.1"]}
    assert stages == {"self": Decimal("2.7"), "appraisal_1": Decimal("2.1"), "final": Decimal("2.1")}


def test_two_files_of_one_unit(edition: Path) -> None:
    submit(edition, "U1")
    submit(edition, "U1", "U1 (2).xlsx", on_time=10)
    assert codes(edition) == [("SUBMISSION-TWICE", "submissions/U1.xlsx")]


def test_all_bad_workbooks_are_named_at_once(edition: Path) -> None:
    whole = submit(edition, "U1").read_bytes()
    folder = edition / "submissions"
    (folder / "U2.xlsx").write_bytes(whole[: len(whole) // 2])
    (folder / "U3.xlsx").write_bytes(b"")
    (folder / "U4.xlsx").write_bytes("không phải Excel".encode())
    (folder / "U5.xlsm").write_bytes(whole)
    (folder / "~$U1.xlsx").write_bytes(b"lock file of Excel, passed over")
    found = codes(edition)
    assert [file for _, file in found] == [
        f"submissions/{name}" for name in ("U2.xlsx", "U3.xlsx", "U4.xlsx", "U5.xlsm")
    ]
    assert all(code.startswith(("WORKBOOK-", "SUBMISSION-KIND")) for code, _ in found)


def test_a_workbook_of_another_edition(edition: Path) -> None:
    submit(edition, "U1")
    (edition / "edition.yaml").write_text(EDITION.replace('edition: "2023"', 'edition: "2023-2"'), encoding="utf-8")
    found = codes(edition)
    assert [file for _, file in found] == ["submissions/U1.xlsx"]
