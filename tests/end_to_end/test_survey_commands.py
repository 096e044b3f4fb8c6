"""parindex survey: from a frame to estimates, the same bytes by any road, and bad records set aside with reasons."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from tests.end_to_end.test_command_line import EXAMPLES, parindex

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("survey commands")]

SMALL = EXAMPLES / "survey-small"
DESIGN = SMALL / "design.yaml"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answers of the small survey with their weights."""
    base = tmp_path_factory.mktemp("survey")
    parindex("survey", "sample", SMALL / "sample.yaml", "--out", base / "sample")
    totals = ("--totals", SMALL / "totals.csv", "--margin", "province*sex")
    done = parindex(
        "--lang", "en", "survey", "weights", base / "sample", SMALL / "cases.csv", *totals, "--out", base / "weights"
    )
    assert "Calibration converged in" in done.stdout
    assert "No record was set aside." in done.stdout
    return base / "weights" / "answers.csv"


def estimate(*arguments: str | Path, out: Path) -> dict[str, bytes]:
    """Every file that the command wrote."""
    parindex("survey", "estimate", DESIGN, *arguments, "--by", "province", "--units", SMALL / "units.csv", "--out", out)
    return {path.name: path.read_bytes() for path in out.iterdir()}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(content.decode().splitlines()))


def changed(answers: Path, to: Path, change: Callable[[list[dict[str, str]]], object]) -> Path:
    rows = rows_of(answers.read_bytes())
    names = list(rows[0])
    change(rows)
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return to


def test_the_same_seed_draws_the_same_sample_and_another_another(tmp_path: Path) -> None:
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        parindex("survey", "sample", SMALL / "sample.yaml", "--seed", seed, "--out", tmp_path / name)
    first, second, third = ((tmp_path / name / "sample.csv").read_bytes() for name in "abc")
    assert first == second != third


def test_weights_meet_their_totals(answers: Path) -> None:
    sums: dict[str, Decimal] = {}
    for row in rows_of(answers.read_bytes()):
        sums[row["province*sex"]] = sums.get(row["province*sex"], Decimal(0)) + Decimal(row["weight"])
    totals = {row["category"]: Decimal(row["total"]) for row in rows_of((SMALL / "totals.csv").read_bytes())}
    assert sums.keys() == totals.keys()
    assert all(abs(sums[category] - total) < Decimal("0.001") for category, total in totals.items())


@pytest.mark.slow
def test_threads_engines_parts_and_order_give_the_same_bytes(answers: Path, tmp_path: Path) -> None:
    once = estimate(answers, out=tmp_path / "once")
    assert set(once) == {
        *("estimates.csv", "cells.csv", "set_aside.csv", "summary.json", "design.yaml", "units.csv", "records.bin"),
    }
    assert estimate(answers, "--threads", "1", out=tmp_path / "one") == once
    assert estimate(answers, "--engine", "reference", out=tmp_path / "plain") == once
    assert estimate(changed(answers, tmp_path / "r.csv", list.reverse), out=tmp_path / "reversed") == once

    def every(at: int, count: int) -> Callable[[list[dict[str, str]]], object]:
        def keep(rows: list[dict[str, str]]) -> None:
            rows[:] = rows[at::count]

        return keep

    parts = [changed(answers, tmp_path / f"part{at}.csv", every(at, 10)) for at in range(10)]
    assert estimate(*parts, out=tmp_path / "parts") == once
    estimate(*parts[:7], out=tmp_path / "days")
    assert estimate(*parts[7:], "--add", tmp_path / "days", out=tmp_path / "days") == once


def test_a_parquet_file_gives_the_same_estimates(answers: Path, tmp_path: Path) -> None:
    import duckdb

    file = tmp_path / "answers.parquet"
    duckdb.execute(f"COPY (SELECT * FROM read_csv('{answers}', all_varchar = true)) TO '{file}' (FORMAT parquet)")
    assert estimate(file, out=tmp_path / "parquet") == estimate(answers, out=tmp_path / "csv")


def test_a_province_without_answers_is_empty_with_the_reason(answers: Path, tmp_path: Path) -> None:
    files = estimate(answers, "--questionnaire", SMALL / "questionnaire.yaml", out=tmp_path / "out")
    empty = [row for row in rows_of(files["estimates.csv"]) if row["domain"] == "P03"]
    assert {row["code"] for row in empty} == {"q1", "q2", "q3", "paid", "visits", "F1", "F2", "S", "SIPAS"}
    for row in empty:
        assert (row["value"], row["se"], row["n"], row["status"]) == ("", "", "0", "empty")
        assert row["note_vi"] and row["note_en"]
    nation = next(row for row in rows_of(files["estimates.csv"]) if (row["domain"], row["code"]) == ("*", "SIPAS"))
    assert "P03" in nation["note_en"]


def test_every_figure_has_its_error_and_at_most_ten_digits(answers: Path, tmp_path: Path) -> None:
    files = estimate(answers, out=tmp_path / "out")
    rows = [row for row in rows_of(files["estimates.csv"]) if row["status"] == "published"]
    assert len(rows) == 45
    exact = [row for row in rows if row["se"] == "0"]
    assert {(row["code"], row["answers"], row["value"]) for row in exact} == {("visits", "0", "0")}
    assert all(row["lower"] == row["deff"] == "" and "all answers in the sample" in row["note_en"] for row in exact)
    for row in (row for row in rows if row not in exact):
        value, se, lower, upper = (Decimal(row[name]) for name in ("value", "se", "lower", "upper"))
        assert lower < value < upper and se > 0
        assert len(value.normalize().as_tuple().digits) <= 10
        assert int(row["n"]) > 0 and int(row["df"]) > 0 and row["deff"] and row["method"]


def test_bad_records_are_set_aside_with_reasons_and_counted(answers: Path, tmp_path: Path) -> None:
    def spoil(rows: list[dict[str, str]]) -> None:
        for row, weight in zip(rows, ("", "0", "-3", "inf", "x"), strict=False):
            row["weight"] = weight
        rows[5]["stratum"] = ""
        rows[6]["record"] = rows[7]["record"]
        rows[8]["q1"] = " 9 \u0065\u0309"

    spoilt = changed(answers, tmp_path / "spoilt.csv", spoil)
    files = estimate(spoilt, out=tmp_path / "out")
    aside = rows_of(files["set_aside.csv"])
    found = [(row["code"], row["column"], row["value"]) for row in aside if row["value"] != "98"]
    record = rows_of(spoilt.read_bytes())[7]["record"]
    assert sorted(found) == sorted(
        [
            *(("WEIGHT-WRONG", "weight", value) for value in ("", "0", "-3", "inf", "x")),
            ("KEY-EMPTY", "stratum", ""),
            *[("RECORD-TWICE", "record", record)] * 2,
            ("ANSWER-UNKNOWN", "q1", "9 ẻ"),
        ]
    )
    assert all(row["reason_vi"] and row["reason_en"] for row in aside)
    summary = json.loads(files["summary.json"])
    assert (summary["respondents"], summary["set_aside"]) == (108, 8)
    assert estimate(spoilt, "--engine", "reference", out=tmp_path / "plain") == files
    first = changed(spoilt, tmp_path / "first.csv", lambda rows: rows.__delitem__(slice(60, None)))
    rest = changed(spoilt, tmp_path / "rest.csv", lambda rows: rows.__delitem__(slice(0, 60)))
    estimate(first, out=tmp_path / "days")
    assert estimate(rest, "--add", tmp_path / "days", out=tmp_path / "days") == files
    done = parindex("--lang", "en", "survey", "estimate", DESIGN, spoilt, "--out", tmp_path / "out")
    assert "8 records set aside, with reasons:" in done.stdout


def test_small_cells_are_left_out_and_cannot_be_computed(answers: Path, tmp_path: Path) -> None:
    crossed = ("--by", "province*sex", "--least", "25")
    parindex("survey", "estimate", DESIGN, answers, *crossed, "--out", tmp_path / "out")
    rows = [row for row in rows_of((tmp_path / "out/estimates.csv").read_bytes()) if row["code"] == "q1"]
    status = {row["domain"]: row["status"] for row in rows}
    assert status["*"] == "published"
    hidden = [row for row in rows if row["status"] in ("too_small", "protects_others")]
    assert len({row["domain"] for row in hidden}) > 1
    assert all(not row[name] for row in hidden for name in ("value", "se", "lower", "upper", "n", "deff", "df"))
    printed = parindex("--lang", "en", "survey", "report", tmp_path / "out", "--code", "q1").stdout
    assert "Not published: fewer than 25 answers." in printed


def test_mistakes_are_named_and_nothing_is_written(answers: Path, tmp_path: Path) -> None:
    split = changed(answers, tmp_path / "split.csv", lambda rows: rows[0].update(stratum="P02"))
    small = changed(answers, tmp_path / "small.csv", lambda rows: [row.update(psu_population="2") for row in rows])
    for arguments, code in (
        ((DESIGN, split), "PSU-TWO-STRATA"),
        ((DESIGN, small), "POPULATION-SMALL"),
        ((DESIGN, answers, "--by", "district"), "DOMAIN-UNKNOWN"),
        ((DESIGN, tmp_path / "absent.csv"), "SURVEY-FILE-FORM"),
        ((tmp_path / "absent.yaml", answers), "FILE-MISSING"),
    ):
        done = parindex("--lang", "en", "survey", "estimate", *arguments, "--out", tmp_path / "out", code=1)
        assert code in done.stderr
        assert not (tmp_path / "out").exists()


def test_totals_that_contradict_each_other_stop_the_weights(answers: Path, tmp_path: Path) -> None:
    totals = tmp_path / "totals.csv"
    more = "sex,female,1000\nsex,male,1000\n"
    totals.write_text((SMALL / "totals.csv").read_text(encoding="utf-8") + more, encoding="utf-8")
    call = ("weights", answers.parent.parent / "sample", SMALL / "cases.csv", "--totals", totals)
    margins = ("--margin", "province*sex", "--margin", "sex")
    done = parindex("survey", *call, *margins, "--out", tmp_path / "out", code=1)
    assert "MARGINS-CONTRADICT" in done.stderr


def test_cases_outside_the_sample_are_set_aside(answers: Path, tmp_path: Path) -> None:
    def spoil(rows: list[dict[str, str]]) -> None:
        rows[0]["unit"] = "P09-1-1"
        rows[1]["outcome"] = "7.7"

    cases = changed(SMALL / "cases.csv", tmp_path / "cases.csv", spoil)
    done = parindex(
        "--lang", "en", "survey", "weights", answers.parent.parent / "sample", cases, "--out", tmp_path / "out"
    )
    assert "2 records set aside, with reasons:" in done.stdout
    aside = rows_of((tmp_path / "out/set_aside.csv").read_bytes())
    assert {row["code"] for row in aside} == {"UNIT-UNSAMPLED", "OUTCOME-UNKNOWN"}


def test_a_survey_that_nobody_answered_has_no_weights(answers: Path, tmp_path: Path) -> None:
    cases = changed(SMALL / "cases.csv", tmp_path / "c.csv", lambda rows: [row.update(outcome="4.70") for row in rows])
    call = ("survey", "weights", answers.parent.parent / "sample", cases, "--out", tmp_path / "out")
    assert "NOBODY-ANSWERED" in parindex(*call, code=1).stderr


def test_spoilt_cells_are_refused(answers: Path, tmp_path: Path) -> None:
    estimate(answers, out=tmp_path / "days")
    cells = tmp_path / "days" / "cells.csv"
    cells.write_text(cells.read_text(encoding="utf-8").replace(",8,0,", ",x,0,", 1), encoding="utf-8")
    done = parindex("survey", "estimate", DESIGN, "--add", tmp_path / "days", "--out", tmp_path / "out", code=1)
    assert "CELLS-DIFFER" in done.stderr


def test_only_own_folders_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("keep", encoding="utf-8")
    done = parindex("survey", "sample", SMALL / "sample.yaml", "--out", tmp_path / "out", code=1)
    assert "OUT-NOT-RESULTS" in done.stderr
    assert (tmp_path / "out" / "letter.txt").exists()


def test_the_plan_tells_what_few_primary_units_cost(tmp_path: Path) -> None:
    call = ("survey", "plan", "--psus", "1", "--psus", "3", "--psus", "6", "--people", "96")
    done = parindex("--lang", "en", *call, "--out", tmp_path / "plan.csv")
    rows = rows_of((tmp_path / "plan.csv").read_bytes())
    assert [row["df"] for row in rows] == ["0", "2", "5"]
    assert rows[0]["margin"] == ""
    assert Decimal(rows[1]["margin"]) > 2 * Decimal(rows[1]["margin_many_psus"])
    assert "there is no interval" in done.stdout


def test_a_plan_file_gives_a_table_a_chart_and_what_reaches_the_target(tmp_path: Path) -> None:
    call = ("survey", "plan", SMALL / "plan.yaml", "--target", "6")
    done = parindex(*call, "--out", tmp_path / "p.json", "--chart", tmp_path / "p.svg")
    data = json.loads((tmp_path / "p.json").read_bytes())
    assert (data["target"], data["currency"]) == ("6", "đồng")
    purposes = {(row["choice"], row["purpose"]) for row in data["rows"]}
    assert {("huyen-2024", "given"), ("xa-12", "given"), ("xa-2025", "enough_psus")} <= purposes
    assert all(Decimal(row["margin"]) <= 6 for row in data["rows"] if row["purpose"] != "given")
    assert b"Sai s" in (tmp_path / "p.svg").read_bytes()
    assert "Để đạt ± 6" in done.stdout and "không đủ dù bao nhiêu" in done.stdout
    assert "To reach ± 6" in parindex("--lang", "en", *call).stdout


def test_every_option_of_the_plan_changes_what_it_says(tmp_path: Path) -> None:
    def row(*options: str) -> dict[str, str]:
        call = ("survey", "plan", "--psus", "4", "--units", "2", "--people", "10", *options)
        parindex(*call, "--out", tmp_path / "plan.csv")
        return rows_of((tmp_path / "plan.csv").read_bytes())[0]

    usual = row()
    assert (usual["design_effect"], row("--cv", "0.5")["design_effect"]) == ("1.950", "2.438")
    assert Decimal(row("--alike-within", "0.1")["design_effect"]) == Decimal(usual["design_effect"]) + Decimal("0.9")
    assert row("--strata", "2")["df"] == "2" and usual["df"] == "3"
    assert Decimal(row("--confidence", "0.9")["margin"]) < Decimal(usual["margin"])
    assert row("--response", "0.5")["issued"] == "160"
    costs = ("--interview-cost", "2", "--psu-cost", "100", "--unit-cost", "10")
    assert Decimal(row(*costs)["cost"]) == 4 * 100 + 8 * 10 + 80 * 2
    assert row("--provinces", "34")["national_interviews"] == str(34 * 80)


def test_a_plan_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text((SMALL / "plan.yaml").read_text(encoding="utf-8").replace("certain: 1", "certain: 9"))
    assert "PLAN-STRATA" in parindex("survey", "plan", file, code=1).stderr
    for wrong in (
        (),
        (SMALL / "plan.yaml", "--psus", "3"),
        ("--psus", "2", "--strata", "3"),
        ("--psus", "2", "--alike", "0.8", "--units", "2", "--alike-within", "0.3"),
        ("--psus", "2", "--out", tmp_path / "plan.xlsx"),
        ("--psus", "2", "--chart", tmp_path / "plan.png"),
        ("--psus", "2", "--share", "0"),
    ):
        parindex("survey", "plan", *wrong, code=2)


def test_an_edition_takes_the_index_and_the_items_that_score_its_nodes(answers: Path, tmp_path: Path) -> None:
    text = (SMALL / "questionnaire.yaml").read_text(encoding="utf-8")
    assert text.count("scale: yes_no,") == 1
    form = tmp_path / "form.yaml"
    form.write_text(text.replace("scale: yes_no,", 'scale: yes_no, node: "8.2",'), encoding="utf-8")
    files = estimate(answers, "--questionnaire", form, out=tmp_path / "out")
    call = ("survey", "report", tmp_path / "out", "--format", "edition")
    given = rows_of(parindex(*call, "--code", "SIPAS", "--node", "8.1").stdout.encode())
    assert [(row["unit"], row["node"]) for row in given] == [(unit, "8.1") for unit in ("P01", "P02", "P03")]
    assert given[2]["value"] == "" and given[2]["reason"]
    figures = rows_of(files["estimates.csv"])
    index = next(row for row in figures if (row["domain"], row["code"]) == ("P01", "SIPAS"))
    assert (given[0]["value"], given[0]["se"]) == (index["value"], index["se"])
    node, share = (
        next(row for row in figures if (row["domain"], row["code"]) == ("P01", code)) for code in ("8.2", "paid")
    )
    assert abs(Decimal(node["value"]) - 100 * Decimal(share["value"])) < Decimal("1e-7")
    scored = rows_of(parindex(*call).stdout.encode())
    assert [(row["unit"], row["node"]) for row in scored] == [(unit, "8.2") for unit in ("P01", "P02", "P03")]
    refused = parindex(*call, "--code", "visits", "--node", "8.1", code=1)
    assert "NODE-CODE" in refused.stderr
