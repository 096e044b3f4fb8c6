"""parindex survey estimate, compare, series and report: options, differences, the report, and an attack on it."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from tests.end_to_end.test_command_line import EXAMPLES, parindex

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("survey reports")]

SMALL = EXAMPLES / "survey-small"
DESIGN = SMALL / "design.yaml"
FORM = ("--questionnaire", SMALL / "questionnaire.yaml", "--units", SMALL / "units.csv")
TABLES = ("--by", "province", "--by", "sex", "--by", "province*sex")

Row = dict[str, str]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("survey")
    parindex("survey", "sample", SMALL / "sample.yaml", "--out", base / "sample")
    totals = ("--totals", SMALL / "totals.csv", "--margin", "province*sex")
    parindex("survey", "weights", base / "sample", SMALL / "cases.csv", *totals, "--out", base / "weights")
    return base / "weights" / "answers.csv"


@pytest.fixture(scope="module")
def folder(answers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Estimates with three tables."""
    out = tmp_path_factory.mktemp("estimates") / "e2023"
    parindex("survey", "estimate", DESIGN, answers, *TABLES, *FORM, "--edition", "2023", "--simulated", "--out", out)
    return out


def rows_of(folder: Path) -> list[Row]:
    return list(csv.DictReader((folder / "estimates.csv").read_text(encoding="utf-8").splitlines()))


def figure(rows: list[Row], domain: str, code: str, measure: str) -> Row:
    return next(row for row in rows if (row["domain"], row["code"], row["measure"]) == (domain, code, measure))


# --- Options of estimate.


def test_several_tables_come_in_one_run(folder: Path) -> None:
    rows = rows_of(folder)
    assert list(dict.fromkeys(row["by"] for row in rows)) == ["*", "province", "sex", "province*sex"]
    crossed = {row["domain"] for row in rows if row["by"] == "province*sex"}
    assert crossed == {f"{province}*{sex}" for province, sex in product(("P01", "P02"), ("female", "male"))}
    visits = {
        row["answers"]: Decimal(row["value"])
        for row in rows
        if row["domain"] == "*" and row["code"] == "visits" and row["measure"] == "share"
    }
    assert list(visits) == ["0", "1", "2", "3", "4", "5-100"]
    assert abs(sum(visits.values()) - 1) < Decimal("1e-9")


def test_level_interval_and_formula_are_options(answers: Path, folder: Path, tmp_path: Path) -> None:
    options = ("--level", "0.9", "--interval", "t", "--formula", "mean_rescaled")
    parindex("survey", "estimate", DESIGN, answers, "--by", "province", *FORM, *options, "--out", tmp_path / "out")
    before, after = rows_of(folder), rows_of(tmp_path / "out")
    old, new = (figure(rows, "P01", "q1", "share") for rows in (before, after))
    assert (old["value"], old["se"]) == (new["value"], new["se"])
    assert "logit 95%" in old["method"] and "t 90%" in new["method"]
    assert Decimal(new["upper"]) - Decimal(new["lower"]) < Decimal(old["upper"]) - Decimal(old["lower"])
    middle = (Decimal(new["upper"]) + Decimal(new["lower"])) / 2
    assert abs(middle - Decimal(new["value"])) < Decimal("1e-9"), "Student's interval lies evenly around the share"
    assert figure(before, "P01", "SIPAS", "index")["method"].startswith("satisfaction_share")
    assert figure(after, "P01", "SIPAS", "index")["method"].startswith("mean_rescaled")
    assert figure(after, "P01", "SIPAS", "index")["value"] != figure(before, "P01", "SIPAS", "index")["value"]


def test_replicates_are_the_same_from_one_seed_and_near_the_linearised_error(answers: Path, tmp_path: Path) -> None:
    def errors(name: str, *options: str) -> dict[str, Decimal]:
        call = ("survey", "estimate", DESIGN, answers, "--by", "province", *options, "--out", tmp_path / name)
        parindex(*call)
        return {
            row["code"]: Decimal(row["se"])
            for row in rows_of(tmp_path / name)
            if row["measure"] == "mean" and row["domain"] == "*"
        }

    linear = errors("taylor")
    bootstrap = ("--method", "bootstrap", "--replicates", "400", "--seed")
    first, again, other = errors("a", *bootstrap, "5"), errors("b", *bootstrap, "5"), errors("c", *bootstrap, "6")
    jackknife = errors("j", "--method", "jkn")
    assert first == again != other
    for code, se in linear.items():
        assert abs(jackknife[code] / se - 1) < Decimal("0.35")
        assert abs(first[code] / se - 1) < Decimal("0.5")
    assert (tmp_path / "a" / "estimates.csv").read_bytes() == (tmp_path / "b" / "estimates.csv").read_bytes()


def test_the_rule_for_lonely_units_is_an_option(answers: Path, tmp_path: Path) -> None:
    rows = list(csv.DictReader(answers.read_text(encoding="utf-8").splitlines()))
    keep = next(row["psu"] for row in rows if row["province"] == "P01")
    left = [row for row in rows if row["province"] != "P01" or row["psu"] == keep]
    lonely = tmp_path / "lonely.csv"
    with lonely.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(left)
    found = {}
    for rule in ("fail", "remove", "adjust", "average"):
        parindex("survey", "estimate", DESIGN, lonely, "--lonely", rule, "--out", tmp_path / rule)
        found[rule] = figure(rows_of(tmp_path / rule), "*", "visits", "mean")
    assert found["fail"]["se"] == "" and "only one sampled unit" in found["fail"]["note_en"]
    assert all(found[rule]["se"] for rule in ("remove", "adjust", "average"))
    assert Decimal(found["average"]["se"]) > Decimal(found["remove"]["se"])


@pytest.mark.parametrize(
    ("option", "word"),
    [("--formula", "best"), ("--interval", "wald"), ("--lonely", "ignore"), ("--method", "guess"), ("--level", "2")],
)
def test_unknown_words_are_refused(answers: Path, tmp_path: Path, option: str, word: str) -> None:
    call = ("survey", "estimate", DESIGN, answers, option, word, "--out", tmp_path / "out")
    assert option in parindex(*call, code=2).stderr
    assert not (tmp_path / "out").exists()


def test_interviews_of_another_part_are_not_counted_twice(answers: Path, folder: Path, tmp_path: Path) -> None:
    call = ("--lang", "en", "survey", "estimate", DESIGN, answers, "--add", folder, "--out", tmp_path / "out")
    assert "counted" in parindex(*call, code=1).stderr
    assert not (tmp_path / "out").exists()


# --- What is not shown cannot be computed.


def hidden(row: Row) -> bool:
    return row["status"] in ("too_small", "protects_others")


def solvable(rows: list[Row], code: str, column: str) -> set[str]:
    """The domains whose hidden figure an outsider computes from all published tables of one item."""
    of = {row["domain"]: row for row in rows if row["code"] == code and row["measure"] in ("mean", "share")}
    provinces, sexes = ("P01", "P02"), ("female", "male")
    sums = [(province, [f"{province}*{sex}" for sex in sexes]) for province in provinces]
    sums += [(sex, [f"{province}*{sex}" for province in provinces]) for sex in sexes]
    sums += [("*", list(provinces)), ("*", list(sexes))]
    unknown = [domain for domain, row in of.items() if hidden(row)]
    if not unknown:
        return set()
    matrix = np.zeros((len(sums), len(unknown)))
    for at, (whole, parts) in enumerate(sums):
        for domain, sign in ((whole, -1), *((part, 1) for part in parts)):
            if domain in unknown:
                matrix[at, unknown.index(domain)] += sign
            else:
                assert of[domain][column] != ""
    _, singular, rows_ = np.linalg.svd(matrix)
    free = rows_[int((singular > 1e-9).sum()) :]
    return {domain for at, domain in enumerate(unknown) if not (np.abs(free[:, at]) > 1e-9).any()}


def test_no_hidden_figure_comes_back_from_all_tables_together(answers: Path, tmp_path: Path) -> None:
    # 116 interviews in two provinces by two sexes: some of the four cells are small, the margins are not.
    for least in ("20", "28"):
        out = tmp_path / least
        parindex("survey", "estimate", DESIGN, answers, *TABLES, "--least", least, "--out", out)
        rows = rows_of(out)
        small = {(row["domain"], row["code"]) for row in rows if row["status"] == "too_small"}
        assert small, "the data hold figures to hide"
        for code in ("q1", "q2", "q3", "paid", "visits"):
            found = solvable(rows, code, "n")
            assert not {domain for domain in found if (domain, code) in small}
        for row in rows:
            if hidden(row):
                assert not any(row[name] for name in ("value", "se", "lower", "upper", "n", "deff", "df"))


def test_the_same_attack_succeeds_on_tables_protected_one_by_one(answers: Path, tmp_path: Path) -> None:
    rows: dict[tuple[str, str, str], Row] = {}
    for by in ("province", "sex", "province*sex"):
        out = tmp_path / by.replace("*", "-")
        parindex("survey", "estimate", DESIGN, answers, "--by", by, "--least", "28", "--out", out)
        for row in rows_of(out):
            # What one table hides and another shows is known.
            key = (row["domain"], row["code"], row["measure"] + row["answers"])
            if key not in rows or hidden(rows[key]):
                rows[key] = row
    known = list(rows.values())
    small = {(row["domain"], row["code"]) for row in known if row["status"] == "too_small"}
    assert any((domain, code) in small for code in ("q1", "q2", "q3", "paid") for domain in solvable(known, code, "n"))


# --- Differences.


def differences(*arguments: str | Path) -> list[Row]:
    done = parindex("survey", "compare", *arguments, "--format", "csv")
    return list(csv.DictReader(done.stdout.splitlines()))


def test_two_units_are_drawn_apart_and_two_sexes_are_not(folder: Path) -> None:
    rows = rows_of(folder)
    (units,) = differences(folder, "--by", "province", "--first", "P01", "--second", "P02", "--code", "SIPAS")
    one, two = (figure(rows, unit, "SIPAS", "index") for unit in ("P01", "P02"))
    assert abs(Decimal(units["value"]) - (Decimal(one["value"]) - Decimal(two["value"]))) < Decimal("1e-6")
    apart = (Decimal(one["se"]) ** 2 + Decimal(two["se"]) ** 2).sqrt()
    assert abs(Decimal(units["se"]) / apart - 1) < Decimal("1e-6")
    (sexes,) = differences(folder, "--by", "sex", "--first", "female", "--second", "male", "--code", "SIPAS")
    one, two = (figure(rows, sex, "SIPAS", "index") for sex in ("female", "male"))
    apart = (Decimal(one["se"]) ** 2 + Decimal(two["se"]) ** 2).sqrt()
    assert abs(Decimal(sexes["se"]) / apart - 1) > Decimal("0.001"), "they share their sampled units"
    for row in (units, sexes):
        assert Decimal(row["lower"]) < Decimal(row["value"]) < Decimal(row["upper"])
        assert abs(Decimal(row["t"]) - Decimal(row["value"]) / Decimal(row["se"])) < Decimal("1e-6")
        inside = Decimal(row["lower"]) < 0 < Decimal(row["upper"])
        assert inside == (Decimal(row["p"]) > Decimal("0.05"))


def test_a_unit_is_part_of_the_nation_it_is_held_against(folder: Path) -> None:
    rows = rows_of(folder)
    against = {row["first"]: row for row in differences(folder, "--by", "province", "--code", "SIPAS")}
    nation = figure(rows, "*", "SIPAS", "index")
    first, second = (figure(rows, unit, "SIPAS", "index") for unit in ("P01", "P02"))
    # With two units, u1 - (u1 + u2)/2 = (u1 - u2)/2.
    expected = (Decimal(first["se"]) ** 2 + Decimal(second["se"]) ** 2).sqrt() / 2
    for unit, own in (("P01", first), ("P02", second)):
        row = against[unit]
        assert abs(Decimal(row["value"]) - (Decimal(own["value"]) - Decimal(nation["value"]))) < Decimal("1e-6")
        assert abs(Decimal(row["se"]) / expected - 1) < Decimal("1e-6")
    assert against["P03"]["value"] == "" and against["P03"]["note_en"]
    shown = parindex("--lang", "en", "survey", "compare", folder, "--by", "province").stdout
    assert "tests: with no difference at all" in shown


def test_what_is_not_published_is_not_compared(answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    parindex("survey", "estimate", DESIGN, answers, *TABLES, "--least", "28", "--out", out)
    gone = {(row["domain"], row["code"]) for row in rows_of(out) if hidden(row) and row["by"] == "province*sex"}
    assert gone
    assert all(row["value"] for row in differences(out, "--by", "province"))
    for row in differences(out, "--by", "province*sex"):
        if (row["first"], row["code"]) in gone:
            assert not any(row[name] for name in ("value", "se", "lower", "upper", "t", "df", "p"))
            assert "not published" in row["note_en"]


def test_mistakes_of_a_comparison_are_named(folder: Path) -> None:
    for arguments, code in (
        (("--by", "provinces"), "SURVEY-TABLE-ABSENT"),
        (("--by", "province", "--first", "P9"), "SURVEY-DOMAIN-ABSENT"),
        (("--by", "province", "--code", "SIPA"), "SURVEY-CODE-ABSENT"),
    ):
        assert code in parindex("survey", "compare", folder, *arguments, code=1).stderr
    assert "--second" in parindex("survey", "compare", folder, "--by", "sex", "--second", "male", code=2).stderr


# --- Years.


def copied(folder: Path, to: Path, **settings: object) -> Path:
    """The folder with other settings."""
    to.mkdir()
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    summary = json.loads((to / "summary.json").read_text(encoding="utf-8"))
    summary["settings"] |= settings
    (to / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    return to


def with_break(folder: Path) -> None:
    form = folder / "questionnaire.yaml"
    told = "breaks:\n  - {code: new-method, first_edition: 2022, name: {vi: Cách mới, en: A new method}, "
    told += "reason: {vi: Hỏi thêm., en: More is asked.}}\n"
    form.write_text(form.read_text(encoding="utf-8").replace("sections:", f"{told}sections:"), encoding="utf-8")


def test_years_are_joined_with_their_change_and_a_break_must_be_named(folder: Path, tmp_path: Path) -> None:
    earlier = copied(folder, tmp_path / "e2021", edition=2021)
    done = parindex("survey", "series", folder, earlier, "--code", "SIPAS", "--format", "csv")
    (change,) = csv.DictReader(done.stdout.splitlines())
    own = figure(rows_of(folder), "*", "SIPAS", "index")
    assert (change["first"], change["second"], change["value"]) == ("* 2023", "* 2021", "0")
    assert abs(Decimal(change["se"]) - Decimal(own["se"]) * Decimal(2).sqrt()) < Decimal("1e-6"), "drawn apart"
    later = copied(folder, tmp_path / "e2024", edition=2024)
    with_break(later)
    call = ("--lang", "en", "survey", "series", earlier, later, "--code", "SIPAS")
    refused = parindex(*call, code=1).stderr
    assert "SERIES-BREAK" in refused and "new-method" in refused
    joined = parindex(*call, "--across", "new-method").stdout
    assert "Joined across the break new-method" in joined
    assert "SERIES-BREAK-UNKNOWN" in parindex(*call, "--across", "newmethod", code=1).stderr


def test_mistakes_of_a_series_are_named(folder: Path, tmp_path: Path) -> None:
    unknown = copied(folder, tmp_path / "unknown", edition=None)
    twice = copied(folder, tmp_path / "twice")
    other = copied(folder, tmp_path / "other", edition=2024, formula="mean_rescaled")
    for second, code in (
        (unknown, "SURVEY-EDITION-ABSENT"),
        (twice, "SURVEY-EDITION-TWICE"),
        (other, "SURVEY-FORMULAS-DIFFER"),
    ):
        assert code in parindex("survey", "series", folder, second, "--code", "SIPAS", code=1).stderr


# --- The report.


def test_the_report_needs_nothing_else_and_speaks_both_languages(folder: Path, tmp_path: Path) -> None:
    pages = {}
    for language, label in (("vi", "Số liệu mô phỏng"), ("en", "Simulated figures")):
        page = tmp_path / f"{language}.html"
        parindex("--lang", language, "survey", "report", folder, "--format", "html", "--out", page)
        pages[language] = page.read_text(encoding="utf-8")
        assert label in pages[language] and f'lang="{language}"' in pages[language]
        assert not re.search(r"<script|<link|https?://|url\(", pages[language])
        assert pages[language].count("<svg") == pages[language].count('aria-label="') - 1
    index = figure(rows_of(folder), "*", "SIPAS", "index")
    shown = f"{Decimal(index['value']):.2f}"
    assert shown.replace(".", ",") in pages["vi"] and shown in pages["en"]
    assert "nobody of this domain is in the sample" in pages["en"], "P03 is there, with the reason"
    text = parindex("survey", "report", folder, "--format", "markdown").stdout
    assert "**Số liệu mô phỏng, không phải kết quả chính thức.**" in text
    for part in ("Mẫu", "Quyền số", "Sai số", "Đọc khoảng tin cậy", "Số không công bố"):
        assert f"**{part}.**" in text


def test_the_report_counts_what_was_set_aside(answers: Path, tmp_path: Path) -> None:
    rows = list(csv.DictReader(answers.read_text(encoding="utf-8").splitlines()))
    rows[0]["weight"], rows[1]["weight"], rows[2]["q1"] = "0", "-1", "77"
    spoilt = tmp_path / "spoilt.csv"
    with spoilt.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    parindex("survey", "estimate", DESIGN, spoilt, *FORM, "--out", tmp_path / "out")
    text = parindex("--lang", "en", "survey", "report", tmp_path / "out", "--format", "markdown").stdout
    assert "- WEIGHT-WRONG: 2." in text and "- ANSWER-UNKNOWN: 1." in text
    assert "2 records are set aside" in text


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Estimates of the first provinces of the simulated national survey, with its questionnaire."""
    base = tmp_path_factory.mktemp("national")
    survey = base / "survey"
    parindex("example", "write", "national-survey", "--seed", "2023", "--out", survey)
    lines = (survey / "interviews.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    provinces = {f"P63-{number:02}" for number in (1, 2, 4)}
    kept = [lines[0], *(line for line in lines[1:] if line.split(",")[1] in provinces)]
    (base / "interviews.csv").write_text("".join(kept), encoding="utf-8")
    design = (survey / "design.yaml").read_text(encoding="utf-8")
    wide = re.sub(r"domains: .*", "domains: [province, sex, age_group, area_urban_rural]", design)
    (base / "design.yaml").write_text(wide, encoding="utf-8")
    tables = ("--by", "province", "--by", "sex", "--by", "age_group", "--by", "area_urban_rural")
    call = (base / "design.yaml", base / "interviews.csv", *tables, "--questionnaire", survey / "questionnaire.yaml")
    parindex("survey", "estimate", *call, "--out", base / "out")
    return base / "out"


def test_every_question_of_the_form_is_reported_or_named(national: Path) -> None:
    import yaml

    form = yaml.safe_load((national / "questionnaire.yaml").read_text(encoding="utf-8"))
    text = parindex("survey", "report", national, "--format", "markdown").stdout
    before, after = text.split("## Câu hỏi không báo cáo")
    omitted = after.split("## ")[0]
    groups = [group["name"]["vi"] for group in form["groups"]]
    for section in form["sections"]:
        for item in section["items"]:
            said = item["text"]["vi"]
            if item["kind"] == "text":
                assert f"- {item['code']}. {said}: " in omitted
                continue
            assert said.replace("{group}", "từng nhóm chính sách") in before, item["code"]
            assert f"- {item['code']}." not in omitted
    for name in groups:
        assert before.count(f"| {name[:1].upper()}{name[1:]} |") >= 7, "each question about each group"
    assert omitted.count("\n- ") == 1


def test_options_of_pick_three_are_ranked_and_counts_have_a_distribution(national: Path) -> None:
    text = parindex("--lang", "en", "survey", "report", national, "--format", "markdown").stdout
    picked = text.split("### E. ")[1].split("### ")[0].split("## ")[0]
    table = picked.split("\n\n")[2].splitlines()[2:]
    shares = [Decimal(line.split("|")[2].strip().removesuffix(" %")) for line in table]
    assert len(shares) == 10 and shares == sorted(shares, reverse=True)
    assert "People pick at most 3" in picked
    assert 100 < sum(shares) <= 300
    visits = text.split("### N3. ")[1].split("### ")[0]
    assert re.search(r"\| Mean \| \d\.\d\d \|", visits) and "| 6–60 |" in visits
    for heading in ("Province", "Sex", "Age group", "Area (noted by the interviewer)"):
        assert f"| {heading} | Mean |" in visits
    harassment = text.split("### N4 – N5. ")[1].split("## ")[0]
    assert "Were you harassed?" in harassment and "money beyond the fees" in harassment


def test_a_figure_that_is_known_from_the_weights_says_so(national: Path) -> None:
    known = [row for row in rows_of(national) if (row["code"], row["domain"], row["measure"]) == ("sex", "*", "share")]
    assert {row["answers"] for row in known if row["se"] == "0"} >= {"1", "2"}
    assert all("comes out as 0" in row["note_en"] for row in known if row["value"] not in ("0", "1"))


def test_an_index_has_a_design_effect_and_degrees_of_freedom(national: Path) -> None:
    for row in (row for row in rows_of(national) if row["by"] == "province" and row["measure"] == "index"):
        assert all(row[name] for name in ("value", "se", "lower", "upper", "n", "deff", "df"))
