"""parindex survey form: out, back and checked, with every mistake at its cell and no file lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.end_to_end.test_command_line import EXAMPLES, parindex

pytestmark = pytest.mark.slow

SIPAS = EXAMPLES / "questionnaires" / "sipas-2023" / "questionnaire.yaml"
SMALL = EXAMPLES / "survey-small" / "questionnaire.yaml"


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The XLSForm of the national questionnaire."""
    to = tmp_path_factory.mktemp("form") / "sipas.xlsx"
    done = parindex("--lang", "en", "survey", "form", "export", SIPAS, "--out", to)
    assert "without a warning; it reads back equal" in done.stdout
    return to


def changed(form: Path, to: Path, change: Callable[[Any], object]) -> Path:
    book = openpyxl.load_workbook(form)
    change(book)
    book.save(to)
    return to


def cell_of(sheet: Any, column: str, row: str) -> Any:
    """The cell under this head in the row of this name."""
    heads = [cell.value for cell in sheet[1]]
    names = [cell.value for cell in sheet["B"]]
    return sheet.cell(names.index(row) + 1, heads.index(column) + 1)


def test_a_questionnaire_goes_out_and_comes_back_equal(form: Path, tmp_path: Path) -> None:
    back = tmp_path / "questionnaire.yaml"
    done = parindex("survey", "form", "import", form, "--out", back)
    assert done.stderr == "" and "43 câu hỏi" in done.stdout
    again = tmp_path / "again.xlsx"
    parindex("survey", "form", "export", back, "--out", again)
    assert again.read_bytes() == form.read_bytes()
    same = parindex("--lang", "en", "survey", "form", "check", form, "--against", SIPAS)
    assert "The same as questionnaire.yaml." in same.stdout


def test_a_change_made_in_the_form_is_shown(form: Path, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        cell_of(book["survey"], "label::English (en)", "sex").value = "Gender"
        cell_of(book["survey"], "required", "sex").value = None

    other = changed(form, tmp_path / "other.xlsx", change)
    done = parindex("--lang", "en", "survey", "form", "check", other, "--against", SIPAS, code=1)
    assert "sex.text" in done.stdout and "Gender" in done.stdout
    assert "sex.required" in done.stdout and "2 differences." in done.stdout


def test_mistakes_stand_at_their_cells_and_nothing_is_written(form: Path, tmp_path: Path) -> None:
    def spoil(book: Any) -> None:
        survey = book["survey"]
        cell_of(survey, "relevant", "had_transaction").value = "${sex} * 2 > 3"
        cell_of(survey, "type", "age_group").value = "select_one ages"

    spoilt = changed(form, tmp_path / "spoilt.xlsx", spoil)
    places = {
        cell_of(openpyxl.load_workbook(spoilt)["survey"], *at).coordinate
        for at in (("relevant", "had_transaction"), ("type", "age_group"))
    }
    for command in (("check", spoilt), ("import", spoilt, "--out", tmp_path / "q.yaml")):
        done = parindex("--lang", "en", "survey", "form", *command, code=1)
        assert "XLSFORM-RELEVANT" in done.stderr and "ANSWER-LIST-UNKNOWN" in done.stderr
        assert all(f'sheet "survey", cell {place}' in done.stderr for place in places)
    assert not (tmp_path / "q.yaml").exists()
    told = json.loads(parindex("survey", "form", "check", spoilt, "--json", code=1).stdout)
    assert places <= {problem["cell"] for problem in told} and {problem["sheet"] for problem in told} == {"survey"}


def test_a_form_made_elsewhere_becomes_a_questionnaire(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheets = {
        "survey": (
            ("type", "name", "label::Tiếng Việt (vi)", "label::English (en)", "relevant"),
            ("geopoint", "where", "Ở đâu", "Where", None),
            ("select_one Yes-No", "went", "Có đến không?", "Did you go?", None),
            ("integer", "times", "Mấy lần?", "How often?", "${went} = 'yes'"),
        ),
        "choices": (
            ("list_name", "name", "label::Tiếng Việt (vi)", "label::English (en)"),
            ("Yes-No", "yes", "Có", "Yes"),
            ("Yes-No", "no", "Không", "No"),
        ),
        "settings": (("form_title", "form_id"), ("Thăm", "tham.2025")),
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(tmp_path / "kobo.xlsx")
    done = parindex("--lang", "en", "survey", "form", "import", tmp_path / "kobo.xlsx", "--out", tmp_path / "q.yaml")
    for code in ("XLSFORM-TYPE", "FORM-RENAMED", "FORM-VERSION", "FORM-COUNT"):
        assert code in done.stderr
    assert 'cell A2: "where"' in done.stderr
    text = (tmp_path / "q.yaml").read_text(encoding="utf-8")
    assert "questionnaire: tham_2025" in text and "scale: yes_no" in text
    parindex("survey", "form", "export", tmp_path / "q.yaml", "--out", tmp_path / "back.xlsx")


def test_files_that_exist_are_kept_unless_asked(form: Path, tmp_path: Path) -> None:
    mine = tmp_path / "questionnaire.yaml"
    mine.write_text("mine", encoding="utf-8")
    parindex("survey", "form", "import", form, "--out", mine, code=2)
    assert mine.read_text(encoding="utf-8") == "mine"
    parindex("survey", "form", "import", form, "--out", mine, "--replace")
    assert mine.read_text(encoding="utf-8").startswith("questionnaire: sipas-2023")
    target = tmp_path / "f.xlsx"
    target.write_bytes(b"mine")
    parindex("survey", "form", "export", SMALL, "--out", target, code=2)
    assert target.read_bytes() == b"mine"
    parindex("survey", "form", "export", SMALL, "--out", target, "--replace")
    parindex("survey", "form", "export", SMALL, "--out", tmp_path / "f.xls", code=2)
    parindex("survey", "form", "import", form, "--out", tmp_path / "q.json", code=2)


def test_what_is_no_form_or_no_questionnaire_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "form.xlsx"
    text.write_text("type,name\n", encoding="utf-8")
    assert "WORKBOOK-PLAIN-TEXT" in parindex("survey", "form", "check", text, code=1).stderr
    assert "FILE-MISSING" in parindex("survey", "form", "check", tmp_path / "none.xlsx", code=1).stderr
    bad = tmp_path / "bad.yaml"
    bad.write_text(SMALL.read_text(encoding="utf-8").replace("scale: yes_no", "scale: yes_know"), encoding="utf-8")
    done = parindex("survey", "form", "export", bad, "--out", tmp_path / "out.xlsx", code=1)
    assert "ANSWER-LIST-UNKNOWN" in done.stderr and not (tmp_path / "out.xlsx").exists()
