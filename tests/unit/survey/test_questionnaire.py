"""A questionnaire: which answers count, who is asked what, and what the two examples hold."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from parindex.problems import Problems
from parindex.programme.framework_reading import read_framework
from parindex.survey.questionnaire import DataColumn, Questionnaire
from parindex.survey.questionnaire_reading import read_questionnaire
from parindex.survey.sipas import node_items

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module")
def sipas() -> Questionnaire:
    return example("sipas-2023")


def example(name: str) -> Questionnaire:
    problems = Problems()
    path = EXAMPLES / "questionnaires" / name / "questionnaire.yaml"
    found = read_questionnaire(path.read_bytes(), path.name, problems)
    assert [problem.words("en") for problem in problems] == []
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("item", "value", "status"),
    [
        ("B1.1", "4", "valid"),
        ("B1.1", 4, "valid"),
        ("B1.1", "98", "non_response"),  # don't know
        ("B1.1", "", "non_response"),
        ("B1.1", None, "non_response"),
        ("B1.1", "6", "invalid"),
        ("B1.1", "4 5", "invalid"),
        ("N4", "1", "valid"),
        ("N4", "99", "non_response"),
        ("N2", "1 3 8", "valid"),
        ("N2", "0", "valid"),
        ("N2", "0 1", "invalid"),  # "does not follow" excludes the others
        ("N2", "98 1", "invalid"),
        ("N2", "1 1", "invalid"),
        ("N2", "98", "non_response"),
        ("E", "E1 E5 E9", "valid"),
        ("E", "E1 E2 E3 E4", "invalid"),  # pick at most three
        ("N3", "1", "valid"),
        ("N3", "60", "valid"),
        ("N3", Decimal("2"), "valid"),
        ("N3", "0", "invalid"),
        ("N3", "61", "invalid"),
        ("N3", "2.5", "invalid"),
        ("N3", "98", "non_response"),
        ("N3", "many", "invalid"),
        ("comment", "Tốt", "valid"),
    ],
)
def test_what_an_answer_is(sipas, item, value, status):
    assert sipas.status(item, value) == status
    assert sipas.is_valid(item, value) == (status == "valid")


def test_the_codes_of_an_item(sipas):
    assert sipas.answer_codes("B1.1") == ("1", "2", "3", "4", "5")
    assert sipas.non_response_codes("B1.1") == ("98", "99")
    assert sipas.answer_codes("N3") == ()
    assert sipas.non_response_codes("N3") == ("98", "99")


def test_a_rotating_item_has_a_column_for_each_policy_group(sipas):
    assert sipas.columns_of["A3.1"] == tuple(f"A3.1_P{at}" for at in range(1, 10))
    assert sipas.columns_of["B1.1"] == ("B1.1",)
    assert DataColumn("A3.1_P4", "A3.1", "P4") in sipas.columns
    assert len(sipas.columns) == 43 + 8 * 7


def test_every_policy_group_is_asked_of_the_same_share_of_respondents(sipas):
    section = sipas.section_of["A1.1"]
    assert sipas.asked_groups(section, 7) == ("P8", "P9", "P1")
    asked = Counter(group for start in range(9) for group in sipas.asked_groups(section, start))
    assert set(asked.values()) == {3}


def test_who_is_asked_what(sipas):
    columns = {column.name: column for column in sipas.columns}
    visited = {"had_transaction": "1"}
    assert sipas.is_asked(columns["B1.1"], visited)
    assert not sipas.is_asked(columns["B1.1"], {"had_transaction": "0"})
    assert not sipas.is_asked(columns["B1.1"], {"had_transaction": "98"})
    assert not sipas.is_asked(columns["B1.1"], {})
    assert sipas.is_asked(columns["A3.1_P9"], {}, start=7)
    assert not sipas.is_asked(columns["A3.1_P2"], {}, start=7)
    assert sipas.is_asked(columns["N1_P2"], {}), "asked about all nine groups, so that no start is needed"
    with pytest.raises(ValueError, match=r"A3\.1_P2"):
        sipas.is_asked(columns["A3.1_P2"], {})


def test_the_example_is_the_published_structure(sipas):
    assert sipas.index is not None
    policy, service = sipas.index.parts
    counts = [len(sipas.items_of_factor(factor.code)) for factor in service.factors]
    assert counts == [4, 5, 6, 3, 4]
    assert sum(counts) == 22
    assert [len(sipas.items_of_factor(factor.code)) for factor in policy.factors] == [2, 2, 1, 1]
    assert len(sipas.groups) == 9
    assert sipas.not_official is not None and "Không có toàn văn" in sipas.not_official.vi
    assert set(sipas.provenance) == {"found", "recalled", "illustrative"}
    assert "dựng lại" in sipas.name.vi
    assert [each.code for each in sipas.breaks] == ["sipas-2022"]


def test_the_survey_of_officials_scores_the_nodes_of_the_framework():
    content = (EXAMPLES / "national" / "framework.yaml").read_bytes()
    framework = read_framework(content, "framework.yaml", Problems())
    assert framework is not None
    nodes = {leaf.code: leaf for leaf in framework.leaves if leaf.leaf and leaf.leaf.rule.kind == "survey_scale"}
    officials = example("officials-2023")
    scored = node_items(officials)
    assert list(scored) == list(nodes)
    assert sum((leaf.max_points for leaf in nodes.values()), Decimal(0)) == 22
    weights = {option.code: option.weight for option in framework.scales["officials_5"]}
    for node, (item, scale) in scored.items():
        assert dict(scale.values) == weights
        assert nodes[node].name.vi.lower() in item.text.vi.lower()
    assert officials.non_response_codes("Q1.7.1") == ("not_known",)
