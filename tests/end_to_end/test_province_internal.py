"""The simulated index inside a province through all its files: two rankings in one edition."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parindex.workbooks import Workbook, read_workbooks

EXAMPLE = Path(__file__).parents[2] / "examples" / "province-internal"
COPIED = ("edition.yaml", "framework-commune.yaml", "framework-department.yaml", "not_applicable.csv", "units.csv")
INVENTED = ("README.md", "accepted.csv", "decisions.csv", "estimates.csv", "generator.json")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("province")]


@pytest.fixture(scope="module", params=[2025, 8])
def internal(request: pytest.FixtureRequest, written_example: Callable[[str, int], Any]) -> Any:
    return written_example("province-internal", request.param)


def test_two_rankings_with_all_five_classes(internal: Any) -> None:
    for code, units in (("departments", 20), ("communes", 126)):
        ranks = [row for row in internal.result.ranks if row.list == code]
        assert len(ranks) == units and min(row.rank for row in ranks) == 1
        assert set(Counter(row.group for row in ranks)) == {"XS", "T", "K", "TB", "YEU"}


def test_every_unit_is_covered_whole(internal: Any) -> None:
    index = [row for row in internal.result.index_values if row.node == "index"]
    assert len(index) == 146 and all(row.coverage == 100 for row in index)


def test_units_without_procedures_are_scored_out_of_73(internal: Any) -> None:
    index = {row.unit: row for row in internal.result.index_values if row.node == "index"}
    for unit in ("S-16", "S-17"):
        assert index[unit].applicable == 73
        assert "/73,00 điểm" in internal.result.explain(unit)
        assert "không có TTHC" in internal.result.explain(unit, "3.3")
        expected = index[unit].points * 100 / 73 + index[unit].adjustment
        assert abs(index[unit].value - expected) < Decimal("0.000001")


def test_communes_are_scored_without_the_survey(internal: Any) -> None:
    index = [row for row in internal.result.index_values if row.node == "index" and row.list == "communes"]
    assert {row.applicable for row in index} == {Decimal(72)}
    assert not any(row.unit.startswith("X-") for row in internal.result.estimates)
    assert "không tổ chức điều tra" in internal.result.explain("X-001", "8.1").lower()


def test_caps_of_bonus_and_penalty_are_reached(internal: Any) -> None:
    points = {(row.unit, row.node): row.points for row in internal.result.scores if row.stage == "final"}
    adjustment = {row.unit: row.adjustment for row in internal.result.index_values if row.node == "index"}
    at_cap = [unit for unit in adjustment if (points.get((unit, "B1")) or 0) + (points.get((unit, "B2")) or 0) > 3]
    assert at_cap == ["S-05", "X-012"]
    assert any(adjustment[unit] == 3 for unit in at_cap)
    for unit in ("S-14", "X-090"):
        assert points[unit, "P1"] + points[unit, "P2"] == 6
        assert adjustment[unit] == (points.get((unit, "B1")) or 0) - 5
        assert "Mô phỏng: 5 tài liệu kiểm chứng không đúng thực tế" in internal.result.explain(unit, "P1")


def test_files_are_copied_or_say_simulated(internal: Any) -> None:
    for name in COPIED:
        assert (internal.folder / name).read_bytes() == (EXAMPLE / name).read_bytes()
    assert {path.name for path in internal.folder.iterdir()} == {*COPIED, *INVENTED, "submissions"}
    for name in (*COPIED, *INVENTED):
        text = (internal.folder / name).read_text(encoding="utf-8").lower()
        if not name.startswith("framework"):
            assert "mô phỏng" in text, name
    for name in ("accepted.csv", "decisions.csv", "estimates.csv", "not_applicable.csv"):
        with (internal.folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert "mô phỏng" in " ".join(row.values()).lower(), row


def test_every_workbook_says_simulated(internal: Any) -> None:
    paths = sorted((internal.folder / "submissions").iterdir())
    assert len(paths) == 146
    for book in read_workbooks([(path.name, path.read_bytes()) for path in paths], workers=2):
        assert isinstance(book, Workbook)
        for sheet in book.sheets:
            texts = [str(cell.value) for cell in sheet.cells.values() if cell.value is not None]
            assert any("MÔ PHỎNG" in text for text in texts[:8]), (book.name, sheet.name)
