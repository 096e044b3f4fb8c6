"""The formats: the same rows in each, every digit kept, and nothing that a spreadsheet would run."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from parindex.publication.exports.parquet import content
from parindex.publication.exports.xlsx import FILE
from parindex.publication.release import PUBLIC_TABLES
from parindex.results.result import Result, read_result
from parindex.tables.columns import canonical_json
from parindex.workbooks import Sheet, Workbook, read_workbook


@pytest.fixture(scope="session")
def folder(made: Path) -> Path:
    return made / "line/v1"


@pytest.fixture(scope="session")
def result(folder: Path) -> Result:
    return read_result(folder)


@pytest.fixture(scope="session")
def workbook(folder: Path) -> Workbook:
    return read_workbook(FILE, folder / FILE)


def sheet_of(workbook: Workbook, english: str) -> Sheet:
    return next(sheet for sheet in workbook.sheets if sheet.name.endswith(f" - {english}"))


def table_of(workbook: Workbook, english: str) -> list[dict[str, object]]:
    """The rows below the heading, by the English name of the column."""
    rows = [[cell.value for cell in row] for row in sheet_of(workbook, english).rows()]
    top = next(place for place, row in enumerate(rows) if "\n" in str(row[0]))
    heads = [str(head).split("\n")[1] for head in rows[top]]
    return [dict(zip(heads, row, strict=True)) for row in rows[top + 1 :]]


@pytest.mark.parametrize("spec", PUBLIC_TABLES, ids=lambda spec: spec.name)
def test_json_holds_every_row_with_decimals_as_text(spec, folder: Path, result: Result) -> None:  # type: ignore[no-untyped-def]
    data = json.loads((folder / f"json/{spec.name}.json").read_bytes())
    assert data["rows"] == spec.as_records(result.table(spec))
    assert data["label"]["en"].startswith("Simulated")
    assert list(data)[:3] == ["label", "programme", "edition"]
    for row in data["rows"]:
        assert not any(isinstance(value, float) for value in row.values())


@pytest.mark.parametrize("spec", PUBLIC_TABLES, ids=lambda spec: spec.name)
def test_parquet_holds_every_value_exactly(spec, folder: Path, result: Result) -> None:  # type: ignore[no-untyped-def]
    columns, says, values = content((folder / f"parquet/{spec.name}.parquet").read_bytes())  # type: ignore[misc]
    assert json.loads(says)["label"]["vi"].startswith("Số liệu mô phỏng")
    assert [name for name, *_ in columns] == [column.name for column in spec.columns]
    for place, column in enumerate(spec.columns):
        cells = [row[place] for row in result.table(spec)]
        if column.type == "json":
            cells = [canonical_json(cell) for cell in cells]
        assert values[column.name] == cells, column.name


def test_parquet_columns_say_their_unit(folder: Path) -> None:
    columns, _, _ = content((folder / "parquet/ranks.parquet").read_bytes())  # type: ignore[misc]
    value = next(column for column in columns if column[0] == "value")
    assert value == ("value", "decimal128(38, 16)", True, {b"unit": b"%"})


def test_the_workbook_has_no_formula_and_text_that_looks_like_one_is_text(workbook: Workbook) -> None:
    cells = [cell for sheet in workbook.sheets for cell in sheet.cells.values()]
    assert not any(cell.formula for cell in cells)
    texts = {cell.value for cell in cells if cell.kind == "text"}
    assert {"=1+1", "@SUM(A1)", "=HYPERLINK(1)", "+Province"} <= texts


def test_the_sheets(workbook: Workbook) -> None:
    assert [sheet.name for sheet in workbook.sheets] == [
        "Giới thiệu - About",
        "Thứ hạng - Ranks",
        "Lĩnh vực - Domains",
        "Điểm - Scores",
        "Trung bình - Means",
        "Thay đổi - Movements",
        "Khác số in - Differences",
    ]
    assert workbook.properties["title"].endswith("not an official result")
    assert workbook.custom_properties["parindex-version"] == "2023-mô-phỏng-v1"


def test_ranks_are_numbers_with_names_beside_them(workbook: Workbook, result: Result) -> None:
    rows = table_of(workbook, "Ranks")
    assert [(row["Rank"], row["Code"], row["Index (%)"]) for row in rows] == [
        (row.rank, row.unit, row.value) for row in result.ranks
    ]
    assert rows[0]["Unit (Vietnamese)"] == result.edition.units[result.ranks[0].unit].name.vi


def test_domains_have_points_and_index_and_nothing_where_nothing_applies(workbook: Workbook, result: Result) -> None:
    for row in table_of(workbook, "Domains"):
        value = result.index_of[(str(row["Code"]), "1")]
        if value.applicable == 0:
            assert row["1. Dossiers (of 5)"] is None and row["1. Index (%)"] is None
        else:
            assert row["1. Dossiers (of 5)"] == value.points
            assert row["1. Index (%)"] == pytest.approx(value.value)
    assert result.index_of[("U4", "1")].applicable == 0


def test_every_score_has_its_sentence_in_both_languages(workbook: Workbook, result: Result) -> None:
    rows = table_of(workbook, "Scores")
    finals = [row for row in result.scores if row.stage == "final"]
    assert [(row["Code"], row["Node"]) for row in rows] == [(row.unit, row.node) for row in finals]
    for row in rows:
        assert str(row["Reason (Vietnamese)"]) != str(row["Reason"]) != "None"
    excluded = next(row for row in rows if row["Code"] == "U4")
    assert (excluded["Points"], excluded["Reason"]) == (None, "Does not apply to the unit: đơn vị không có thủ tục.")


def test_movements_and_differences_are_there(workbook: Workbook, result: Result) -> None:
    movement = {row["Code"]: row for row in table_of(workbook, "Movements")}["U2"]
    row = next(row for row in result.movements if row.unit == "U2")
    assert (movement["Index then (%)"], movement["Change (percent points)"]) == (Decimal(90), row.change)
    assert len(table_of(workbook, "Differences")) == len(result.differences) > 0


def test_explanations_have_every_unit_and_line(folder: Path, result: Result) -> None:
    data = json.loads((folder / "explanations.json").read_bytes())
    units = {entry["unit"]: entry for entry in data["units"]}
    assert list(units) == ["U1", "U2", "U3", "U4"]
    assert units["U1"]["walk"]["label"]["en"].startswith("Simulated")
    assert set(units["U2"]["because"]) == {"1.1", "1.2", "2.1", "2.2", "B1"}
    assert units["U2"]["because"]["1.1"]["vi"] != units["U2"]["because"]["1.1"]["en"]


def test_the_readme_says_what_it_is_in_both_languages(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    for words in ("2023-mô-phỏng-v1", "268/QĐ-BNV", "parindex verify .", "Số liệu mô phỏng", "Simulated figures"):
        assert words in text
    assert text.index("## Tiếng Việt") < text.index("## English")


def test_the_data_package_names_every_table_with_its_digest(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_bytes())
    assert package["name"] == "tiny-2023-mo-phong-v1"
    assert [each["path"] for each in package["resources"]] == [spec.file_name for spec in PUBLIC_TABLES]
    assert package["sources"] == [{"title": "Văn bản thử / Trial text"}]
    assert "licenses" not in package
    assert all("mô phỏng" in each["title"] for each in package["resources"])


@pytest.mark.slow
def test_the_data_package_is_valid(folder: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "fieldName", "rowNumber", "message"])
