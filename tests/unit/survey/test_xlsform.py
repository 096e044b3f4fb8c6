"""XLSForm: what goes out comes back equal, converts without a warning, and foreign forms are read as far as they go."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from tests.unit.survey.made_questionnaires import questionnaires

from parindex.problems import Problems
from parindex.survey.questionnaire import Condition, Questionnaire
from parindex.survey.questionnaire_checks import check_questionnaire
from parindex.survey.questionnaire_reading import read_questionnaire
from parindex.survey.xlsform import check_xlsform, read_xlsform, write_xlsform
from parindex.workbooks import new_workbook

EXAMPLES = Path(__file__).parents[3] / "examples" / "questionnaires"


def written(questionnaire: Questionnaire) -> bytes:
    target = io.BytesIO()
    write_xlsform(questionnaire, target)
    return target.getvalue()


def example(name: str) -> Questionnaire:
    problems = Problems()
    path = EXAMPLES / name / "questionnaire.yaml"
    found = read_questionnaire(path.read_bytes(), path.name, problems)
    problems.raise_if_any()
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["sipas-2023", "officials-2023"])
def test_an_example_converts_without_a_warning_and_comes_back_equal(name):
    questionnaire = example(name)
    content = written(questionnaire)
    problems = Problems()
    xform = check_xlsform("form.xlsx", content, problems)
    assert xform is not None and questionnaire.code in xform
    assert read_xlsform("form.xlsx", content, problems) == questionnaire
    assert list(problems) == []


def test_the_same_questionnaire_gives_the_same_bytes():
    assert written(example("sipas-2023")) == written(example("sipas-2023"))


# Without shrinking: a case of this size takes minutes to shrink, and is printed whole anyway.
@pytest.mark.slow
@settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(questionnaires())
def test_any_questionnaire_converts_without_a_warning_and_comes_back_equal(questionnaire):
    problems = Problems()
    check_questionnaire(questionnaire, problems)
    # Drawn skips may contradict each other; such a questionnaire is refused before it becomes a form.
    assume("ITEM-UNREACHABLE" not in {problem.code for problem in problems})
    assert [problem.words("en") for problem in problems] == []
    content = written(questionnaire)
    assert check_xlsform("form.xlsx", content, problems) is not None
    again = read_xlsform("form.xlsx", content, problems)
    assert [problem.words("en") for problem in problems] == []
    assert again == questionnaire


def test_a_skip_and_a_rotation_stand_in_the_form_as_other_tools_read_them():
    xform = check_xlsform("form.xlsx", written(example("sipas-2023")), Problems())
    assert "relevant=\" /data/R/had_transaction  = '1'\"" in xform
    assert 'calculate="once(int(random() * 9))"' in xform
    assert "((8 + 9 -  /data/group_start ) mod 9) &lt; 3" in xform
    assert "count-selected(.) &lt;= 3" in xform


# --- forms made elsewhere


def form(survey: str, choices: str = "", settings: str = "form_title | form_id\nVisits | visits") -> bytes:
    """An XLSForm from tables as people see them; cells are parted by bars."""
    target = io.BytesIO()
    with new_workbook(target) as book:
        for name, table in (("survey", survey), ("choices", choices), ("settings", settings)):
            if not table:
                continue
            sheet = book.add_worksheet(name)
            for row, line in enumerate(table.strip().splitlines()):
                for column, cell in enumerate(line.split("|")):
                    if cell.strip():
                        sheet.write_string(row, column, cell.strip())
    return target.getvalue()


def read(*tables: str) -> tuple[Questionnaire | None, list[str]]:
    problems = Problems()
    found = read_xlsform("form.xlsx", form(*tables), problems)
    return found, [problem.words("en") for problem in problems.sorted()]


def test_a_plain_form_is_read():
    questionnaire, said = read(
        """
        type                  | name    | label::Tiếng Việt (vi) | label::English (en) | relevant              | constraint | required
        start                 | start   |                        |                     |                       |            |
        begin_group           | visit   | Lần đến                | The visit           |                       |            |
        select_one yesno      | went    | Có đến không?          | Did you go?         |                       |            | yes
        integer               | times   | Mấy lần?               | How often?          | ${went} = 'yes'       | . > 0 and . < 20 |
        select_multiple ways  | ways    | Bằng gì?               | By what means?      | selected(${went}, 'yes') and ${times} >= 2 | count-selected(.) <= 2 |
        end_group             |         |                        |                     |                       |            |
        text                  | remarks | Ý kiến                 | Remarks             |                       |            |
        """,
        """
        list_name | name | label::Tiếng Việt (vi) | label::English (en)
        yesno     | yes  | Có                     | Yes
        yesno     | no   | Không                  | No
        ways      | foot | Đi bộ                  | On foot
        ways      | bus  | Xe buýt                | By bus
        ways      | none | Không                  | None
        """,
    )
    assert said == []
    assert questionnaire is not None
    went, times, ways, remarks = questionnaire.items
    assert (went.kind, went.required) == ("yes_no", True)
    assert (times.kind, times.lowest, times.highest) == ("count", 1, 19)
    assert times.ask_when == (Condition("went", ("yes",)),)
    assert (ways.kind, ways.at_most) == ("pick", 2)
    assert ways.ask_when == (Condition("went", ("yes",)), Condition("times", (), 2))
    assert remarks.kind == "text"
    assert [section.code for section in questionnaire.sections] == ["visit", "main"]
    assert questionnaire.is_valid("went", "no") and not questionnaire.is_valid("times", "20")


ONE_LIST = """
    list_name | name | label
    l         | a    | A
    l         | b    | B
"""


def survey_with(*rows: str) -> str:
    return "type | name | label | relevant | constraint | appearance\n" + "\n".join(rows)


MISTAKES = {
    "a type without a place here": (
        survey_with("select_one l | q1 | First", "geopoint | where | Where"),
        ['"survey", cell A3', '"where": the type "geopoint" is left out', "XLSFORM-TYPE"],
    ),
    "a repeat": (
        survey_with("select_one l | q1 | First", "begin repeat | child | Child", "text | name | Name", "end repeat"),
        ['cell B3: the repeat "child" is left out with all inside', "XLSFORM-REPEAT"],
    ),
    "a condition that computes": (
        survey_with("integer | q1 | First", "text | q2 | Second | ${q1} * 2 > 4"),
        ['"survey", cell D3: "q2": the condition cannot be read: ${q1} * 2 > 4', "XLSFORM-RELEVANT"],
    ),
    "a condition on what was left out": (
        survey_with("geopoint | where | Where", "text | q2 | Second | ${where} = 'x'"),
        ["cell D3", "XLSFORM-RELEVANT"],
    ),
    "a constraint that is not kept": (
        survey_with("text | q1 | First | | regex(., '[0-9]+')"),
        ["cell E2", "the constraint is not kept: regex(., '[0-9]+')", "XLSFORM-CONSTRAINT"],
    ),
    "a column that is not kept": (
        survey_with("text | q1 | First | | | multiline"),
        ['cell F1: the column "appearance" is not kept', "XLSFORM-COLUMN"],
    ),
    "a list that is not there": (
        survey_with("select_one ll | q1 | First"),
        ['"survey", cell A2: "q1": there is no answer list "ll"', "There are: l.", "ANSWER-LIST-UNKNOWN"],
    ),
    "a name twice": (
        survey_with("text | q1 | First", "text | Q1 | Again"),
        ['cell B3: the code "Q1" stands already at form.xlsx, sheet "survey", cell B2', "QUESTION-CODE-TWICE"],
    ),
    "a name that is none": (
        survey_with("text | 1st | First", "text | q2 | Second"),
        ['cell B2: the name "1st" cannot be used', "XLSFORM-NAME"],
    ),
    "one language": (
        survey_with("text | q1 | First"),
        ["cell C1: there is no Vietnamese text", "Add the column label::Vietnamese (vi)", "XLSFORM-LANGUAGE"],
    ),
    "a group without end": (
        survey_with("begin group | g | G", "text | q1 | First"),
        ["cell A2: begin and end do not pair", "XLSFORM-GROUP-OPEN"],
    ),
    "an answer that is not in the list": (
        survey_with("select_one l | q1 | First", "text | q2 | Second | ${q1} = 'c'"),
        ['cell D3: "q1" has no answer "c"', "SKIP-ANSWER-UNKNOWN"],
    ),
    "a row without a type": (survey_with("text | q1 | First", "| q2 | Second"), ["cell B3: this row has no type"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_does_not_map_is_named_with_its_cell(name):
    survey, expected = MISTAKES[name]
    _, said = read(survey, ONE_LIST)
    joined = "\n".join(said)
    for words in expected:
        assert words in joined


def test_no_form_at_all():
    problems = Problems()
    assert read_xlsform("form.xlsx", form("a | b\n1 | 2"), problems) is None
    assert [problem.code for problem in problems] == ["XLSFORM-NO-SURVEY"]
    problems = Problems()
    assert read_xlsform("form.xlsx", b"type,name\n", problems) is None
    assert [problem.code for problem in problems] == ["WORKBOOK-PLAIN-TEXT"]


def test_a_group_row_that_was_changed_alone_is_named():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(written(example("sipas-2023"))))
    sheet = book["survey"]
    names = [cell.value for cell in sheet["B"]]
    row = names.index("A3.1_P4") + 1
    sheet.cell(row, 3).value = "Một câu khác"
    target = io.BytesIO()
    book.save(target)
    problems = Problems()
    read_xlsform("form.xlsx", target.getvalue(), problems)
    (problem,) = problems
    assert f'cell B{row}: "A3.1_P4" differs from "A3.1"' in problem.words("en")


def test_pyxform_says_what_it_cannot_convert():
    problems = Problems()
    assert check_xlsform("form.xlsx", form("type | name | label\nselect_one l | q | Q"), problems) is None
    assert [problem.code for problem in problems] == ["XLSFORM-NOT-CONVERTED"]
