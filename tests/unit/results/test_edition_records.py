"""Counts from records inside an edition: beside the claim, in the decision, in explanations and publications."""

from __future__ import annotations

import csv
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.end_to_end.test_submissions_folder import submit
from tests.unit.results.counted_edition import DECISIONS, MEASURES, NAMED, framework, write_counted_edition
from tests.unit.results.tiny_edition import EDITION, write_edition

import parindex
from parindex.problems import Problem, ProblemsFound
from parindex.programme.changes import changes
from parindex.programme.framework_reading import read_framework
from parindex.publication.freeze import publish
from parindex.publication.verify import verify
from parindex.results.appraisal_table import appraisal_rows
from parindex.results.explain import explain
from parindex.results.reading import read_edition as read_without_engine
from parindex.results.result import Result, read_result, seal_of, table_files, write_result
from parindex.results.steps import as_data
from parindex.sources import digest_of


def setting(use: str) -> str:
    return EDITION.replace("publish_decimals: 2}", f"publish_decimals: 2, records: {use}}}")


def computed(folder: Path) -> Result:
    return parindex.compute(parindex.read_edition(folder))


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(ProblemsFound) as found:
        parindex.compute(parindex.read_edition(folder))
    return list(found.value.problems)


def final(result: Result, unit: str, node: str = "1.1") -> dict[str, tuple[str, str]]:
    return {
        row.input: (row.value, row.basis) for row in result.accepted_of.get((unit, node), ()) if row.stage == "final"
    }


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """U1 claims 9 of 10; its records say 7 of 12."""
    folder = write_counted_edition(tmp_path / "edition")
    submit(folder, "U1")
    return folder


def test_a_count_stands_beside_the_claim_and_changes_nothing(edition: Path) -> None:
    result = computed(edition)
    rows = {(row.unit, row.input): row for row in result.counted}
    one = rows["U1", "numerator"]
    assert (one.claimed, one.counted, one.difference) == (Decimal(9), Decimal(7), Decimal(2))
    assert rows["U1", "denominator"].difference == Decimal(-2)
    assert one.says_en.startswith("Of the dossiers for which the day it was settled is from 2023-01-01 to 2023-12-31")
    assert (one.measure, one.part, one.source, one.place) == ("on_time", "numerator", "records/measures.yaml", "2")
    journal = json.loads((edition / "records/dossiers/import.json").read_bytes())
    assert {row.digest for row in result.counted} == {journal["digest"]}
    assert final(result, "U1") == {"numerator": ("9", "answer"), "denominator": ("10", "answer")}


def test_a_unit_without_records_is_empty_with_its_reason_never_0(edition: Path) -> None:
    result = computed(edition)
    rows = {(row.unit, row.input): row for row in result.counted}
    assert len(rows) == 8
    for unit in ("U3", "U4"):
        row = rows[unit, "numerator"]
        assert (row.counted, row.records, row.reason) == (None, 0, "no_records")
        assert (row.claimed, row.difference) == (None, None)


def test_a_unit_whose_records_are_not_concerned_has_counted_nothing(edition: Path) -> None:
    """U2 has a dossier, without a due date: of its dossiers 0 are concerned, and that is a count."""
    row = {(row.unit, row.input): row for row in computed(edition).counted}["U2", "denominator"]
    assert (row.counted, row.records, row.reason) == (Decimal(0), 0, None)
    measured = computed(edition).measured_of["U2", "on_time"]
    assert (measured.value, measured.reason) == (None, "none_concerned")


def test_a_claim_above_the_count_shows_in_explain_and_appraisal_and_the_decision_is_followed(edition: Path) -> None:
    before = computed(edition)
    text = before.explain("U1", "1.1", language="en")
    for words in (
        "counted from records: more is claimed than is counted",
        "On time: counted 7 dossiers; claimed 9 dossiers; claimed more by 2; accepted 9",
        "measure on_time: Of the dossiers",
        "numerator 7; denominator 12; value 58.3333 %.",
        "record set: 12 records concerned, sha256 ",
    ):
        assert words in text, words
    first, second, *_ = appraisal_rows(before)
    assert {first.input, second.input} == {"numerator", "denominator"}
    row = next(row for row in appraisal_rows(before, unit="U1") if row.input == "numerator")
    assert (row.claimed, row.counted, row.difference, row.accepted, row.basis) == (
        Decimal(9), Decimal(7), Decimal(2), Decimal(9), "answer",
    )  # fmt: skip
    (edition / "decisions.csv").write_text(
        DECISIONS
        + "U1,1.1,numerator,appraisal_1,,records,Bộ Tư pháp,2024-02-01,Theo hồ sơ,5\n"
        + "U1,1.1,denominator,appraisal_1,12,records,Bộ Tư pháp,2024-02-01,Theo hồ sơ,5\n",
        encoding="utf-8",
    )
    after = computed(edition)
    assert final(after, "U1") == {"numerator": ("7", "records"), "denominator": ("12", "records")}
    points = {row.stage: row.points for row in after.scores_of["U1", "1.1"]}
    assert points == {"self": Decimal("2.7"), "appraisal_1": Decimal("1.75"), "final": Decimal("1.75")}
    assert "accepted as counted by decision 5" in after.explain("U1", "1.1", language="en")
    row = next(row for row in appraisal_rows(after, unit="U1") if row.input == "numerator")
    assert (row.accepted, row.basis, row.decision, row.by) == (Decimal(7), "records", "5", "Bộ Tư pháp")


def test_the_steps_of_an_explanation_carry_its_figures(edition: Path) -> None:
    def found(step: dict[str, Any], what: str) -> list[dict[str, Any]]:
        below = [each for inner in step["steps"] for each in found(inner, what)]
        return [step, *below] if step["what"] == what else below

    data = as_data(explain(computed(edition), "U1", "1.1"))
    (measure,) = found(data, "measure")
    assert (measure["numerator"], measure["denominator"], measure["records"]) == ("7", "12", 12)
    assert set(measure["filter"]) == {"vi", "en"} and len(measure["digest"]) == 64
    assert [each["difference"] for each in found(data, "counted")] == ["2", "-2"]


# --- Decisions.


def decide(edition: Path, *rows: str) -> None:
    (edition / "decisions.csv").write_text(DECISIONS + "".join(f"{row}\n" for row in rows), encoding="utf-8")


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ("U1,1.1,numerator,appraisal_1,8,records,A,2024-02-01,x,5", "DECISION-COUNT", ("says 8", "count 7")),
        ("U3,1.1,numerator,appraisal_1,,records,A,2024-02-01,x,5", "DECISION-NOT-COUNTED", ("no records",)),
        ("U3,1.1,numerator,appraisal_1,4,records,A,2024-02-01,x,5", "DECISION-NOT-COUNTED", ("no records",)),
        ("U1,1.2,level,appraisal_1,,records,A,2024-02-01,x,5", "DECISION-NOT-COUNTED", ("names no measure",)),
        ("U1,1.1,numerator,appraisal_1,,adjusted,A,2024-02-01,x,5", "CELL-EMPTY", ()),
        ("U1,1.1,points,appraisal_1,,records,A,2024-02-01,x,5", "CELL-EMPTY", ()),
        ("U1,1.1,,appraisal_1,,records,A,2024-02-01,x,5", "INPUT-NEEDED", ()),
    ],
)
def test_a_decision_that_does_not_follow_the_records(edition: Path, row: str, code: str, words: tuple[str]) -> None:
    decide(edition, row)
    (problem,) = problems_of(edition)
    assert (problem.code, problem.where.file, problem.where.line) == (code, "decisions.csv", 2)
    for word in words:
        assert word in problem.words("en")


def test_an_adjusted_value_may_differ_from_the_count(edition: Path) -> None:
    decide(edition, "U1,1.1,numerator,appraisal_1,8,adjusted,A,2024-02-01,Một hồ sơ ghi sai ngày,5")
    assert final(computed(edition), "U1")["numerator"] == ("8", "adjusted")


def test_without_records_basis_records_is_what_it_was(tmp_path: Path) -> None:
    folder = write_edition(tmp_path / "edition", {"framework.yaml": framework(), "accepted.csv": None})
    submit(folder, "U1")
    decide(folder, "U1,1.1,numerator,appraisal_1,8,records,A,2024-02-01,x,5")
    result = computed(folder)
    assert (result.counted, result.measured) == ((), ())
    assert final(result, "U1")["numerator"] == ("8", "records")
    decide(folder, "U1,1.1,numerator,appraisal_1,,records,A,2024-02-01,x,5")
    (problem,) = problems_of(folder)
    assert problem.code == "DECISION-NOT-COUNTED"


# --- The setting.


def test_preferred_takes_the_count_where_nobody_decided(tmp_path: Path) -> None:
    folder = write_counted_edition(tmp_path / "edition", {"edition.yaml": setting("preferred")})
    for unit in ("U1", "U3"):
        submit(folder, unit)
    decide(folder, "U1,1.1,denominator,appraisal_2,14,adjusted,A,2024-02-01,Hai hồ sơ giấy,5")
    result = computed(folder)
    assert final(result, "U1") == {"numerator": ("7", "records"), "denominator": ("14", "adjusted")}
    taken = next(row for row in result.accepted_of["U1", "1.1"] if row.basis == "records")
    assert (taken.stage, taken.source, taken.decision) == ("appraisal_1", "records/measures.yaml", None)
    assert "settings.records: preferred" in (taken.reason or "")
    # Nothing was counted of U3: its claim stands.
    assert final(result, "U3") == {"numerator": ("9", "answer"), "denominator": ("10", "answer")}


def test_preferred_leaves_decided_points_alone(tmp_path: Path) -> None:
    folder = write_counted_edition(tmp_path / "edition", {"edition.yaml": setting("preferred")})
    submit(folder, "U1")
    decide(folder, "U1,1.1,points,council,2,adjusted,Hội đồng,2024-02-01,Biểu quyết,9")
    result = computed(folder)
    assert result.scores_of["U1", "1.1"][-1].points == Decimal(2)
    row = next(row for row in appraisal_rows(result, unit="U1") if row.input == "numerator")
    assert (row.accepted, row.basis, row.decision) == (None, "points", "9")


def test_only_takes_counts_and_nothing_else(tmp_path: Path) -> None:
    folder = write_counted_edition(tmp_path / "edition", {"edition.yaml": setting("only")})
    for unit in ("U1", "U3"):
        submit(folder, unit)
    result = computed(folder)
    assert final(result, "U1") == {"numerator": ("7", "records"), "denominator": ("12", "records")}
    assert final(result, "U3") == {}
    assert {row.value for row in result.accepted_of["U3", "1.1"]} == {"9", "10"}  # the claim is kept, at stage self
    assert result.scores_of["U3", "1.1"][-1].status == "missing"
    assert final(result, "U3", "1.2") == {"level": ("late", "answer")}
    decide(folder, "U1,1.1,numerator,appraisal_1,8,adjusted,A,2024-02-01,x,5")
    (problem,) = problems_of(folder)
    assert (problem.code, problem.where.line) == ("DECISION-RECORDS-ONLY", 2)


def test_a_setting_that_needs_records(tmp_path: Path) -> None:
    folder = write_edition(tmp_path / "edition", {"edition.yaml": setting("only"), "framework.yaml": framework()})
    (problem,) = problems_of(folder)
    assert (problem.code, problem.where.file) == ("RECORDS-SETTING", "edition.yaml")


# --- What a leaf names.


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        ("{numerator: on_time}", "COUNTED-FORM"),
        ("{numerator: on_time.numarator}", "COUNTED-PART"),
        ("{numerater: on_time.numerator}", "COUNTED-INPUT"),
        ("{}", "LIST-LENGTH"),
        ("on_time", "VALUE-TYPE"),
    ],
)
def test_a_leaf_that_names_a_measure_wrongly(tmp_path: Path, counted: str, code: str) -> None:
    folder = write_edition(tmp_path / "edition", {"framework.yaml": framework(f"        counted: {counted}\n")})
    (problem,) = problems_of(folder)
    line = framework().splitlines().index(NAMED.rstrip("\n")) + 1
    assert (problem.code, problem.where.file, problem.where.line) == (code, "framework.yaml", line)


def test_a_choice_cannot_be_counted(tmp_path: Path) -> None:
    text = framework("").replace(
        "          points: {on_time: 2, late: 1, none: 0}\n",
        "          points: {on_time: 2, late: 1, none: 0}\n        counted: {level: on_time.numerator}\n",
    )
    (problem,) = problems_of(write_edition(tmp_path / "edition", {"framework.yaml": text}))
    assert problem.code == "COUNTED-TYPE"


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("on_tim.numerator", "COUNTED-MEASURE"),
        ("days.numerator", "COUNTED-KIND"),
        ("days.value", "COUNTED-WHOLE"),
        ("on_time.value", "COUNTED-WHOLE"),
    ],
)
def test_a_measure_that_the_edition_cannot_give(tmp_path: Path, named: str, code: str) -> None:
    text = framework(f"        counted: {{numerator: {named}}}\n")
    (problem,) = problems_of(write_counted_edition(tmp_path / "edition", {"framework.yaml": text}))
    assert (problem.code, problem.where.file) == (code, "framework.yaml")
    assert "on_time" in problem.words("vi") or code == "COUNTED-KIND" or "days" in problem.words("vi")


def test_a_framework_that_names_measures_and_an_edition_without_any(tmp_path: Path) -> None:
    folder = write_counted_edition(tmp_path / "edition", {"records/measures.yaml": None})
    (problem,) = problems_of(folder)
    assert problem.code == "COUNTED-NO-MEASURES"


def test_mistakes_in_measures_come_with_all_others(tmp_path: Path) -> None:
    broken = MEASURES.replace("settled_on <= due_on", "settled_on <= due_in")
    folder = write_counted_edition(tmp_path / "edition", {"records/measures.yaml": broken})
    decide(folder, "U9,1.1,numerator,appraisal_1,8,adjusted,A,2024-02-01,x,5")
    assert {problem.code for problem in problems_of(folder)} == {"MEASURE-COLUMN", "UNIT-UNKNOWN"}


def test_a_changed_part_is_found(edition: Path) -> None:
    (part,) = (edition / "records/dossiers").glob("*.parquet")
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    assert [problem.code for problem in problems_of(edition)] == ["RECORDS-PART"]


def test_changes_of_a_framework_name_the_measure() -> None:
    from parindex.problems import Problems

    problems = Problems()
    old = read_framework(framework("").encode(), "a.yaml", problems)
    new = read_framework(framework().encode(), "b.yaml", problems)
    assert old is not None and new is not None
    change = changes(old, new).of_new["1.1"]
    assert [(each.aspect, each.at, each.new.en) for each in change.changes] == [
        ("counted", "numerator", "on_time.numerator"),
        ("counted", "denominator", "on_time.denominator"),
    ]
    assert change.comparable is True and len(change.notes) == 1


# --- Engines, folders, publications.


def test_the_reference_counts_the_same(edition: Path) -> None:
    one = parindex.compute(parindex.read_edition(edition, engine="reference"))
    assert table_files(one) == table_files(computed(edition))
    with pytest.raises(ValueError, match="engine"):
        read_without_engine(edition)


@pytest.mark.slow
@pytest.mark.xdist_group("spark")
def test_spark_counts_the_same(edition: Path) -> None:
    one = parindex.compute(parindex.read_edition(edition, engine="spark"))
    assert table_files(one) == table_files(computed(edition))


def test_an_edition_that_names_no_measure_is_what_it_was(tmp_path: Path) -> None:
    plain = table_files(computed(write_edition(tmp_path / "plain")))
    named = table_files(computed(write_edition(tmp_path / "named", {"framework.yaml": framework()})))
    # The framework has another digest, and places below the new line moved by one.
    same = {"answers.csv", "accepted.csv", "ranks.csv", "index_values.csv", "counted.csv", "measured.csv"}
    assert {name for name in plain if plain[name] == named[name]} >= same
    assert plain["counted.csv"].count(b"\n") == plain["measured.csv"].count(b"\n") == 1


@pytest.fixture
def published(edition: Path, tmp_path: Path) -> Path:
    write_result(computed(edition), tmp_path / "result")
    return publish(tmp_path / "result", tmp_path / "line", decision="1/QĐ")


def test_a_publication_carries_counts_and_verifies_with_and_without_its_edition(published: Path, edition: Path) -> None:
    found = verify(published, edition=edition)
    assert found.ok, [problem.words("en") for problem in found.problems]
    assert any("8 counts agree" in check.says.en for check in found.checks)
    result = read_result(published)
    assert {row.unit for row in result.counted} == {"U1", "U2", "U3", "U4"}
    assert "counted 7 dossiers" in result.explain("U1", "1.1", language="en")
    for name in ("counted.csv", "measured.csv", "json/counted.json", "parquet/counted.parquet"):
        assert (published / name).is_file(), name
    text = b"".join(path.read_bytes() for path in published.rglob("*") if path.suffix in (".csv", ".json"))
    assert b"H00001" not in text and "Nguyễn Văn A".encode() not in text and b"P01-S1" not in text


def test_other_measures_show_when_the_edition_is_at_hand(published: Path, edition: Path) -> None:
    changed = (edition / "records/measures.yaml").read_text(encoding="utf-8").replace("<= due_on", "< due_on")
    (edition / "records/measures.yaml").write_text(changed, encoding="utf-8")
    codes = {problem.code for problem in verify(published, edition=edition).problems}
    assert {"INPUT-CHANGED", "TABLE-DIFFERS"} <= codes


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("counted", "counted", "8"),
        ("counted", "claimed", "10"),
        ("counted", "difference", "0"),
        ("counted", "says_en", "Something else."),
        ("counted", "reason", "no_records"),
        ("measured", "value", "60"),
        ("measured", "numerator", "8"),
        ("measured", "digest", "0" * 64),
        ("measured", "unit", "U9"),
    ],
)
def test_a_count_that_was_changed_and_sealed_anew_disagrees_with_the_rest(
    edition: Path, tmp_path: Path, table: str, column: str, value: str
) -> None:
    folder = tmp_path / "result"
    write_result(computed(edition), folder)
    file = folder / f"{table}.csv"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    rows[0][column] = value
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    _seal_anew(folder)
    assert "COUNT-DIFFERS" in {problem.code for problem in verify(folder).problems}


@pytest.mark.parametrize("emptied", [("counted",), ("measured",), ("counted", "measured")])
def test_counts_that_were_taken_out(edition: Path, tmp_path: Path, emptied: tuple[str, ...]) -> None:
    folder = tmp_path / "result"
    write_result(computed(edition), folder)
    for table in emptied:
        file = folder / f"{table}.csv"
        file.write_bytes(file.read_bytes().split(b"\n")[0] + b"\n")
    _seal_anew(folder)
    assert "COUNT-DIFFERS" in {problem.code for problem in verify(folder).problems}


def test_an_accepted_value_from_records_that_is_not_the_count(edition: Path, tmp_path: Path) -> None:
    decide(edition, "U1,1.1,numerator,appraisal_1,,records,A,2024-02-01,x,5")
    folder = tmp_path / "result"
    write_result(computed(edition), folder)
    shutil.copytree(folder, tmp_path / "copy")
    file = folder / "accepted.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",7,records,", ",8,records,"), encoding="utf-8")
    _seal_anew(folder)
    assert "COUNT-DIFFERS" in {problem.code for problem in verify(folder).problems}
    assert verify(tmp_path / "copy").ok


def _seal_anew(folder: Path) -> None:
    """What somebody does who wants the folder to look whole."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    for entry in manifest["files"]:
        content = (folder / entry["path"]).read_bytes()
        entry.update(sha256=digest_of(content), size=len(content))
    manifest["seal"] = seal_of(manifest)
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
