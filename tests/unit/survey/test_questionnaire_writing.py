"""questionnaire.yaml written again: what is read from it is equal, whatever a questionnaire holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st
from tests.unit.survey.made_questionnaires import questionnaires

from parindex.language import Text
from parindex.problems import Problems
from parindex.survey.questionnaire import Questionnaire
from parindex.survey.questionnaire_checks import check_questionnaire
from parindex.survey.questionnaire_reading import read_questionnaire
from parindex.survey.questionnaire_writing import named_for_yaml, write_questionnaire

EXAMPLES = Path(__file__).parents[3] / "examples"


def again(questionnaire: Questionnaire) -> Questionnaire | None:
    problems = Problems()
    found = read_questionnaire(write_questionnaire(questionnaire), "questionnaire.yaml", problems)
    assert [problem.words("en") for problem in problems] == []
    return found


def read(file: Path) -> Questionnaire:
    problems = Problems()
    found = read_questionnaire(file.read_bytes(), file.name, problems)
    assert found is not None and not problems.errors
    return found


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("**/questionnaire.yaml")), ids=lambda file: file.parent.name)
def test_every_example_comes_back_equal(file: Path) -> None:
    questionnaire = read(file)
    assert again(questionnaire) == questionnaire
    assert all(len(line) <= 400 for line in write_questionnaire(questionnaire).decode().splitlines())


@pytest.mark.slow
@settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(questionnaires())
def test_any_questionnaire_comes_back_equal(questionnaire: Questionnaire) -> None:
    problems = Problems()
    check_questionnaire(questionnaire, problems)
    assume("ITEM-UNREACHABLE" not in {problem.code for problem in problems})
    assert again(questionnaire) == questionnaire


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip).filter(bool))
@example("1.10")
@example("no: {a, #b}")
@example('“Có” \\ "không"\ttab\nnew line')
@example("x\u2028y\ufeffz")
def test_any_text_stays_what_it_is(text: str) -> None:
    from parindex.language import nfc

    small = read(EXAMPLES / "survey-small" / "questionnaire.yaml")
    text = nfc(text)
    name = Text(text, text)
    problems = Problems()
    found = read_questionnaire(write_questionnaire(replace(small, name=name)), "q.yaml", problems)
    if found is not None and not problems.errors:
        assert found.name == name
    else:
        # Marks that nobody sees are refused by name, not lost.
        assert {problem.code for problem in problems} <= {"YAML-SYNTAX", "YAML-CHARACTER", "VALUE-TYPE"}


def test_names_that_the_file_does_not_take_are_changed_and_told() -> None:
    small = read(EXAMPLES / "survey-small" / "questionnaire.yaml")
    scales = {
        "Mức độ": replace(small.scales["satisfaction"], code="Mức độ"),
        "muc_do": replace(small.scales["yes_no"], code="muc_do"),
    }
    items = tuple(
        replace(item, scale={"satisfaction": "Mức độ", "yes_no": "muc_do"}.get(item.scale or ""))
        for item in small.items
    )
    odd = replace(
        small, code="2025 form", version="", scales=scales, sections=(replace(small.sections[0], items=items),)
    )
    problems = Problems()
    named = named_for_yaml(odd, problems)
    assert (named.code, named.version, set(named.scales)) == ("form_2025_form", "1", {"muc_do", "muc_do_2"})
    assert {item.scale for item in named.items} <= {"muc_do", "muc_do_2", None}
    assert [problem.code for problem in problems] == ["FORM-RENAMED", "FORM-VERSION", "FORM-RENAMED"]
    assert not problems.errors
    assert again(named) == named
    assert named_for_yaml(small, problems) == small
