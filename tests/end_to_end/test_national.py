"""The simulated national edition through all its files: 63 workbooks, decisions, survey results, ranks."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parindex.results.appraisal_table import appraisal_rows
from parindex.simulation.writing import write_example
from parindex.workbooks import Workbook, read_workbooks

EXAMPLE = Path(__file__).parents[2] / "examples" / "national"
AS_PUBLISHED = (
    "framework.yaml",
    "history.csv",
    "means.csv",
    "published.csv",
    "SOURCES.md",
    "unit_changes.csv",
    "units.csv",
)
INVENTED = ("README.md", "decisions.csv", "edition.yaml", "estimates.csv", "generator.json", "not_applicable.csv")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("national")]


@pytest.fixture(scope="module", params=[2023, 7])
def national(request: pytest.FixtureRequest, written_example: Callable[[str, int], Any]) -> Any:
    return written_example("national", request.param)


def printed(name: str) -> list[dict[str, str]]:
    with (EXAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_published_totals_and_ranks_come_out(national: Any) -> None:
    rows = printed("published.csv")
    assert sum(bool(row["value"]) for row in rows) == 14 and sum(bool(row["rank"]) for row in rows) == 20
    for row in rows:
        found = national.result.rank_of[row["unit"]]
        if row["value"]:
            assert found.value == Decimal(row["value"]), row["unit"]
        if row["rank"]:
            assert found.rank == int(row["rank"]), row["unit"]


def test_no_difference_is_left(national: Any) -> None:
    assert national.result.differences == ()


def test_every_rank_once_and_groups_7_56_0(national: Any) -> None:
    ranks = national.result.ranks
    assert sorted(row.rank for row in ranks) == list(range(1, 64))
    groups = Counter(row.group for row in ranks)
    assert (groups["A"], groups["B"], groups["C"], groups["D"]) == (7, 56, 0, 0)


def test_means_come_out(national: Any) -> None:
    found = {(row.scope, row.code): row.value for row in national.result.means}
    for row in printed("means.csv"):
        assert abs(found[row["scope"], row["code"]] - Decimal(row["value"])) < Decimal("0.005")
    mean = found["all", ""]
    assert sum(row.value > mean for row in national.result.ranks) == 32


def test_every_unit_is_covered_whole(national: Any) -> None:
    index = [row for row in national.result.index_values if row.node == "index"]
    assert len(index) == 63
    assert all(row.coverage == 100 and row.applicable == 100 for row in index)


def test_the_whole_chain_is_explained(national: Any) -> None:
    text = national.result.explain("P63-31", "3.4.1")
    for words in (
        "hạng 2/63",
        "thẩm định lần 1",
        "theo dữ liệu hồ sơ",
        "Văn phòng Chính phủ: Mô phỏng: đợt hồ sơ ngày 12/3 bị đếm hai lần",
        "tự đánh giá",
        'submissions/P63-31.xlsx "3"!D',
        "tài liệu kiểm chứng",
    ):
        assert words in text, words
    assert "7,48/10,00 điểm: Mô phỏng" in national.result.explain("P63-06", "8.1")


def test_records_count_what_was_accepted(national: Any) -> None:
    """A million dossiers and the catalogue stand beside 16 inputs of each province."""
    result = national.result
    assert len(result.counted) == 63 * 16
    final = {(row.unit, row.node, row.input): row for row in result.accepted if row.stage == "final"}
    for row in result.counted:
        assert row.counted is not None and row.claimed is not None
        assert Decimal(final[row.unit, row.node, row.input].value) == row.counted, row
    corrected = [row for row in result.counted if row.difference]
    assert 50 < len(corrected) < 300
    assert all(final[row.unit, row.node, row.input].basis in ("records", "adjusted") for row in corrected)
    assert any(final[row.unit, row.node, row.input].basis == "records" for row in corrected)


def test_a_claim_above_the_count_shows_with_its_decision(national: Any) -> None:
    rows = appraisal_rows(national.result, unit="P63-31")
    row = next(row for row in rows if (row.node, row.input) == ("3.4.1", "numerator"))
    assert row.accepted == row.counted
    text = national.result.explain("P63-31", "3.4.1")
    assert "đếm từ hồ sơ: " in text and "chỉ tiêu on_time_share_province: Trong số hồ sơ" in text
    if national.seed == 2023:
        assert (row.difference, row.basis) == (57, "records")
        assert "đếm từ hồ sơ: tự đánh giá cao hơn số đếm" in text


def test_sipas_points_are_explained_down_to_the_interviews(national: Any) -> None:
    text = national.result.explain("P63-31", "8.1")
    assert "8,809/10,00 điểm" in text or national.seed != 2023
    for words in ("SIPAS", "mô phỏng", "survey/interviews.parquet province = P63-31"):
        assert words in text, words


def test_compared_with_2022_only(national: Any) -> None:
    movements = {row.unit: row for row in national.result.movements}
    assert set(movements) == {row["unit"] for row in printed("history.csv") if row["edition"] == "2022"}
    assert movements["P63-79"].change == Decimal("2.27") and movements["P63-79"].rank_change == 3
    assert movements["P63-40"].change is None and movements["P63-40"].previous_value is None


def test_published_files_are_copied_as_they_are(national: Any) -> None:
    for name in AS_PUBLISHED:
        assert (national.folder / name).read_bytes() == (EXAMPLE / name).read_bytes()
    names = {path.name for path in national.folder.iterdir()}
    assert names == {*AS_PUBLISHED, *INVENTED, "records", "submissions", "survey"}


def test_every_invented_text_says_simulated(national: Any) -> None:
    for name in INVENTED:
        text = (national.folder / name).read_text(encoding="utf-8")
        assert "mô phỏng" in text.lower(), name
        if name.endswith(".csv"):
            for row in csv.DictReader(text.splitlines()):
                assert "mô phỏng" in " ".join(row.values()).lower(), row
        else:
            assert "simulated" in text.lower(), name


def test_every_workbook_says_simulated_on_every_sheet(national: Any) -> None:
    paths = sorted((national.folder / "submissions").iterdir())
    assert len(paths) == 63
    for book in read_workbooks([(path.name, path.read_bytes()) for path in paths], workers=2):
        assert isinstance(book, Workbook)
        for sheet in book.sheets:
            texts = [str(cell.value) for cell in sheet.cells.values() if cell.value is not None]
            assert any("MÔ PHỎNG" in text and "SIMULATED" in text for text in texts[:8]), (book.name, sheet.name)
        documents = book.sheet("TLKC")
        assert documents is not None
        titles = [row[1].value for row in documents.rows() if row[0].value == "TL01"]
        assert len(titles) == 1 and str(titles[0]).endswith("(mô phỏng)")


def test_evidence_and_explanations_stand_beside_the_answers(national: Any) -> None:
    answers = national.result.answers
    with_evidence = [row for row in answers if row.evidence]
    explained = [row for row in answers if row.explanation]
    assert len(with_evidence) > 0.85 * len(answers)
    assert explained and all(row.explanation.startswith("Mô phỏng: ") for row in explained)
    assert all("trang" in row.evidence and "(mô phỏng)" in row.evidence for row in with_evidence)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, written_example: Callable[[str, int], Any]) -> None:
    first = written_example("national", 2023).folder
    again = write_example("national", tmp_path / "again", seed=2023)
    names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    for name in names:
        assert (first / name).read_bytes() == (again / name).read_bytes(), name


def test_another_seed_gives_another_edition(written_example: Callable[[str, int], Any]) -> None:
    one, other = written_example("national", 2023), written_example("national", 7)
    values = [{row.unit: row.value for row in each.result.ranks} for each in (one, other)]
    printed_ones = {row["unit"] for row in printed("published.csv") if row["value"]}
    same = {unit for unit in values[0] if values[0][unit] == values[1][unit]}
    assert printed_ones <= same and len(same) < 30
