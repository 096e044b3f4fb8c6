"""parindex survey sample, replace and weights: reserves by their rules, and every option of the weights felt."""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest
from tests.end_to_end.test_command_line import EXAMPLES, parindex

pytestmark = pytest.mark.slow

SMALL = EXAMPLES / "survey-small"
CASES = SMALL / "cases.csv"
TOTALS = ("--totals", SMALL / "totals.csv", "--margin", "province*sex")


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def written(rows: list[dict[str, str]], to: Path) -> Path:
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return to


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample of the small survey: districts P01-1, -4, -7 with the reserve -2, P02-4, -6, -8 with -1."""
    to = tmp_path_factory.mktemp("drawn") / "sample"
    done = parindex("--lang", "en", "survey", "sample", SMALL / "sample.yaml", "--out", to)
    assert "degrees of freedom in a province 2 to 2" in done.stdout
    return to


@pytest.fixture
def sample(drawn: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(drawn, tmp_path / "sample"))


def replace(sample: Path, unit: str, *options: str, code: int = 0) -> str:
    call = ("--lang", "en", "survey", "replace", sample, "--unit", unit, "--reason", "flood", *options)
    done = parindex(*call, code=code)
    return done.stderr if code else done.stdout


def weigh(sample: Path, to: Path, *options: str | Path, cases: Path = CASES, code: int = 0) -> str:
    done = parindex("--lang", "en", "survey", "weights", sample, cases, *options, "--out", to, code=code)
    return done.stderr if code else done.stdout


# --- The sample and its reserves.


def test_the_folder_holds_the_reserves_and_the_rules_for_their_use(drawn: Path) -> None:
    rules = (drawn / "reserves.md").read_text(encoding="utf-8")
    assert "| P01 | district | P01-1, P01-4, P01-7 | P01-2 |" in rules
    assert "ít nhất 3 lần liên hệ" in rules and "at least 3 contacts" in rules
    summary = json.loads((drawn / "summary.json").read_bytes())
    assert (summary["seed"], summary["contacts_before_reserve"]) == (7, 3)


def test_certain_units_are_named(tmp_path: Path) -> None:
    frame = (SMALL / "frame.csv").read_text(encoding="utf-8")
    capital = "".join(f"P01,P01-99,P01-99-{at},2000\n" for at in range(1, 9))
    (tmp_path / "frame.csv").write_text(frame + capital, encoding="utf-8")
    (tmp_path / "sample.yaml").write_bytes((SMALL / "sample.yaml").read_bytes())
    done = parindex("--lang", "en", "survey", "sample", tmp_path / "sample.yaml", "--out", tmp_path / "out")
    assert "Taken with certainty (1): P01-99. Each is a stratum of its own." in done.stdout
    assert "P01-99 *" in (tmp_path / "out" / "reserves.md").read_text(encoding="utf-8")
    refused = replace(tmp_path / "out", "P01-99", "--contacts", "9", code=1)
    assert "RESERVE-CERTAIN" in refused and not (tmp_path / "out" / "replacements.csv").exists()


def test_a_reserve_steps_in_with_all_that_is_in_it(sample: Path, tmp_path: Path) -> None:
    said = replace(sample, "P01-1", "--contacts", "3")
    assert "P01-2 stands in for P01-1: flood" in said and "P01-2-2, P01-2-4 (24 people)" in said
    assert (sample / "replacements.csv").read_text() == "unit,reserve,contacts,reason\nP01-1,P01-2,3,flood\n"
    assert "Replaced: 1; reserves left: 1." in parindex("--lang", "en", "survey", "replace", sample).stdout
    # A folder with replacements is what happened in the field: drawing again does not wipe it out.
    again = parindex("survey", "sample", SMALL / "sample.yaml", "--out", sample, code=1)
    assert "OUT-NOT-RESULTS" in again.stderr and (sample / "replacements.csv").exists()


@pytest.mark.parametrize(
    ("unit", "options", "code"),
    [
        ("P01-1", ("--contacts", "2"), "RESERVE-CONTACTS"),
        ("P01-1", ("--contacts", "3", "--reserve", "P02-1"), "RESERVE-GROUP"),
        ("P01-1", ("--contacts", "3", "--reserve", "P09"), "RESERVE-UNKNOWN"),
        ("P01-1", ("--contacts", "3", "--reserve", "P01-4"), "RESERVE-ROLE"),
        ("P09-9", ("--contacts", "3"), "RESERVE-UNKNOWN"),
        ("P01-1-1", ("--contacts", "3"), "RESERVE-NONE"),
    ],
)
def test_a_replacement_against_the_rules_is_refused(
    sample: Path, unit: str, options: tuple[str, ...], code: str
) -> None:
    assert f"[{code}]" in replace(sample, unit, *options, code=1)
    assert not (sample / "replacements.csv").exists()


def test_a_replacement_needs_a_reason(sample: Path) -> None:
    parindex("survey", "replace", sample, "--unit", "P01-1", "--contacts", "3", code=2)
    parindex("survey", "replace", sample, "--contacts", "3", code=2)
    assert "FILE-MISSING" in parindex("survey", "replace", sample / "none", code=1).stderr


# --- Weights.


def test_weights_honour_replacements_and_rates_count_the_replaced(sample: Path, tmp_path: Path) -> None:
    moved = [
        dict(row, unit=row["unit"].replace("P01-1-1", "P01-2-2").replace("P01-1-3", "P01-2-4"))
        for row in rows_of(CASES)
    ]
    cases = written(moved, tmp_path / "cases.csv")
    # Before it is recorded, nobody knows why there are interviews in a reserve.
    weigh(sample, tmp_path / "before", cases=cases)
    aside = rows_of(tmp_path / "before" / "set_aside.csv")
    assert {row["code"] for row in aside} == {"UNIT-UNSAMPLED"} and len(aside) == 24
    replace(sample, "P01-1", "--contacts", "3")
    said = weigh(sample, tmp_path / "out", cases=cases)
    assert "With 2 replaced units, whose people count as non-response." in said
    assert rows_of(tmp_path / "out" / "set_aside.csv") == []
    units = {row["unit"]: row["stratum"] + " " + row["psu"] for row in rows_of(tmp_path / "out" / "weights.csv")}
    assert units["P01-2-2"] == "P01 P01-2" and "P01-1-1" not in units
    rates = {(row["domain"], row["rate"], row["weighted"]): row for row in rows_of(tmp_path / "out" / "outcomes.csv")}
    # 24 people of the replaced district were never approached.
    assert rates["*", "RR1", "false"]["cases"] == str(144 + 24)
    completes = sum(row["outcome"] == "1.1" for row in moved)
    assert abs(Decimal(rates["*", "RR1", "false"]["value"]) - Decimal(100 * completes) / 167) < 1
    # A file given by name takes the place of the one in the folder.
    (sample / "replacements.csv").rename(tmp_path / "mine.csv")
    weigh(sample, tmp_path / "named", "--replacements", tmp_path / "mine.csv", cases=cases)
    assert (tmp_path / "named" / "weights.csv").read_bytes() == (tmp_path / "out" / "weights.csv").read_bytes()


def test_interviews_of_a_replaced_unit_are_set_aside(sample: Path, tmp_path: Path) -> None:
    replace(sample, "P01-1", "--contacts", "3")
    weigh(sample, tmp_path / "out")
    aside = rows_of(tmp_path / "out" / "set_aside.csv")
    there = [row for row in rows_of(CASES) if row["unit"].startswith("P01-1-") and row["outcome"] == "1.1"]
    assert sorted(row["record"] for row in aside) == sorted(row["record"] for row in there)
    assert {row["code"] for row in aside} == {"UNIT-REPLACED"}


def test_a_spoilt_file_of_replacements_is_named_by_line(sample: Path, tmp_path: Path) -> None:
    file = sample / "replacements.csv"
    file.write_text("unit,reserve,contacts,reason\nP01-1,P01-2,some,flood\nP02-4,P02-1,2.5,\nP02-4,,3,x\n")
    said = weigh(sample, tmp_path / "out", code=1)
    assert "line 2" in said and "line 3" in said and "line 4" in said
    assert "CELL-NUMBER" in said and "RESERVE-CONTACTS-NUMBER" in said and "CELL-EMPTY" in said
    assert not (tmp_path / "out").exists()


def test_classes_merge_as_the_rule_says(drawn: Path, tmp_path: Path) -> None:
    def classes(*options: str) -> list[dict[str, str]]:
        weigh(drawn, tmp_path / "out", "--class", "sex", *options)
        return rows_of(tmp_path / "out" / "classes.csv")

    apart = classes("--least-answers", "1", "--largest-factor", "50")
    assert [row["name"] for row in apart] == ["P01/female", "P01/male", "P02/female", "P02/male"]
    assert all(row["merged"] == "" for row in apart)
    together = classes("--least-answers", "50")
    assert [(row["name"], row["merged"]) for row in together] == [
        ("P01/female", "P01/male"),
        ("P02/female", "P02/male"),
    ]
    tight = classes("--least-answers", "1", "--largest-factor", "1.01")
    assert len(tight) < 4 and all(row["thin"] == "true" for row in tight)
    assert "too thin, with nothing left to merge" in weigh(drawn, tmp_path / "out", "--largest-factor", "1.01")


def uneven(tmp_path: Path) -> Path:
    """The sample with one village drawn with a small chance, so that its people weigh 12 times as much."""
    folder = tmp_path / "uneven"
    parindex("survey", "sample", SMALL / "sample.yaml", "--out", folder)
    rows = rows_of(folder / "sample.csv")
    for row in rows:
        if row["code"] == "P01-1-1":
            row["weight"] = str(Decimal(row["weight"]) * 12)
    written(rows, folder / "sample.csv")
    return folder


def test_trimming_cuts_at_medians_and_keeps_the_people_of_a_province(tmp_path: Path) -> None:
    folder = uneven(tmp_path)

    def sums(name: str, *options: str) -> tuple[dict[str, Decimal], list[dict[str, str]]]:
        weigh(folder, tmp_path / name, *options)
        found: dict[str, Decimal] = defaultdict(Decimal)
        rows = rows_of(tmp_path / name / "weights.csv")
        for row in rows:
            found[row["unit"][:3]] += Decimal(row["weight"])
        return found, rows

    before, plain = sums("plain")
    after, cut = sums("cut", "--trim", "5")
    assert all(abs(before[province] - after[province]) < Decimal("0.001") for province in before)
    middle = median(Decimal(row["weight"]) for row in plain if row["unit"].startswith("P01"))
    largest = max(Decimal(row["weight"]) for row in cut)
    assert abs(largest - 5 * middle) < Decimal("0.001") < max(Decimal(row["weight"]) for row in plain) - largest
    steps = {row["step"]: row for row in rows_of(tmp_path / "cut" / "effects.csv")}
    assert Decimal(steps["trimming"]["cv"]) < Decimal(steps["nonresponse"]["cv"])
    assert Decimal(steps["trimming"]["held"]) > 0
    refused = weigh(folder, tmp_path / "tight", "--trim", "1", code=1)
    assert "TRIM-TIGHT" in refused and '"P01"' in refused and not (tmp_path / "tight").exists()


def test_bounds_hold_the_factors_or_stop_with_the_category(drawn: Path, tmp_path: Path) -> None:
    said = weigh(drawn, tmp_path / "out", *TOTALS, "--bounds", "0.5", "2")
    assert "Calibration converged in" in said and "province*sex = " in said
    for row in rows_of(tmp_path / "out" / "weights.csv"):
        assert Decimal("0.4999") < Decimal(row["weight"]) / Decimal(row["base_weight"]) < Decimal("2.0001")
    refused = weigh(drawn, tmp_path / "narrow", *TOTALS, "--bounds", "0.99", "1.01", code=1)
    assert "RAKING-NOT-CONVERGED" in refused and "P01*" in refused and not (tmp_path / "narrow").exists()


def test_post_stratification_meets_one_table_as_raking_it_does(drawn: Path, tmp_path: Path) -> None:
    weigh(drawn, tmp_path / "rake", *TOTALS)
    weigh(drawn, tmp_path / "post", *TOTALS, "--method", "poststratify")
    assert (tmp_path / "rake" / "weights.csv").read_bytes() == (tmp_path / "post" / "weights.csv").read_bytes()
    assert json.loads((tmp_path / "post" / "summary.json").read_bytes())["method"] == "poststratify"
    two = tmp_path / "totals.csv"
    text = (SMALL / "totals.csv").read_text(encoding="utf-8")
    two.write_text(text + "province,P01,7335\nprovince,P02,6232\n", encoding="utf-8")
    margins = ("--totals", two, "--margin", "province*sex", "--margin", "province")
    assert "POSTSTRATA-ONE" in weigh(drawn, tmp_path / "no", *margins, "--method", "poststratify", code=1)
    weigh(drawn, tmp_path / "two", *margins)


def test_rates_stand_in_the_file_with_and_without_weights(drawn: Path, tmp_path: Path) -> None:
    said = weigh(drawn, tmp_path / "out")
    found = rows_of(tmp_path / "out" / "outcomes.csv")
    assert {row["weighted"] for row in found} == {"true", "false"}
    assert {f"RR{at}" for at in range(1, 7)} <= {row["rate"] for row in found}
    counts: dict[str, int] = defaultdict(int)
    for row in rows_of(CASES):
        counts[row["outcome"][0]] += 1
    rate = next(row for row in found if (row["domain"], row["rate"], row["weighted"]) == ("*", "RR5", "false"))
    exact = Decimal(100 * counts["1"]) / (counts["1"] + counts["2"])
    assert abs(Decimal(rate["value"]) - exact) < Decimal("0.0001")
    assert f"RR5{'':13}" in said and "Largest weight: interview" in said


def test_the_unit_may_stand_in_another_column(drawn: Path, tmp_path: Path) -> None:
    cases = [{("commune" if name == "unit" else name): value for name, value in row.items()} for row in rows_of(CASES)]
    file = written(cases, tmp_path / "cases.csv")
    assert "CSV-COLUMN-MISSING" in weigh(drawn, tmp_path / "no", cases=file, code=1)
    weigh(drawn, tmp_path / "out", "--unit", "commune", cases=file)
    weigh(drawn, tmp_path / "usual")
    assert (tmp_path / "out" / "weights.csv").read_bytes() == (tmp_path / "usual" / "weights.csv").read_bytes()


def test_options_that_do_not_go_together_are_refused(drawn: Path, tmp_path: Path) -> None:
    for wrong in (
        ("--bounds", "0.5", "2"),
        (*TOTALS, "--bounds", "1.2", "2"),
        (*TOTALS, "--method", "guess"),
        ("--totals", SMALL / "totals.csv"),
        ("--margin", "sex"),
        ("--trim", "0.5"),
        ("--least-answers", "0"),
        ("--largest-factor", "1"),
    ):
        weigh(drawn, tmp_path / "out", *wrong, code=2)
    assert not (tmp_path / "out").exists()
