"""JSON Schema of the programme's documents: every example passes, and typical mistakes are seen while writing."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from parindex.documents.shapes import Key, Line, Record
from parindex.language import Text
from parindex.programme.schema import document_schema, edition_schema, framework_schema
from parindex.scoring.rules import KINDS

EXAMPLES = Path(__file__).parents[3] / "examples"
FRAMEWORKS = sorted(EXAMPLES.glob("**/framework*.yaml"))
EDITIONS = sorted(EXAMPLES.glob("**/edition.yaml"))

SCHEMA = framework_schema({name: kind.shape().schema() for name, kind in KINDS.items()})


def as_json(value: Any) -> Any:
    """As an editor hands it to the validator: dates stay text."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def load(text: str) -> Any:
    return as_json(yaml.safe_load(text))


def mistakes(document: Any, schema: dict[str, Any] = SCHEMA) -> list[str]:
    return [
        "/".join(str(part) for part in error.absolute_path) + ": " + error.message
        for error in Draft202012Validator(schema).iter_errors(document)
    ]


SMALL = """
framework: par-index
version: "2024"
name: {vi: "Chỉ số", en: "Index"}
editions: [2024]
unit_kind: province
max_points: 2
domains:
  - code: "1"
    name: {vi: "Lĩnh vực", en: "Domain"}
    max_points: 2
    criteria:
      - code: "1.1"
        name: {vi: "Hồ sơ đúng hạn", en: "Dossiers on time"}
        max_points: 1
        method: data
        rule:
          kind: proportional
          inputs:
            numerator: {type: count, label: {vi: "Đúng hạn", en: "On time"}, unit: {vi: "hồ sơ", en: "dossiers"}}
            denominator: {type: count, label: {vi: "Tổng số", en: "All"}, unit: {vi: "hồ sơ", en: "dossiers"}}
          full_at: 95
        examples:
          - {given: {numerator: 95, denominator: 100}, points: 1, branch: full}
      - code: "1.10"
        name: {vi: "Kế hoạch", en: "Plan"}
        max_points: 1
        subcriteria:
          - code: "1.10.1"
            name: {vi: "Ban hành", en: "Issued"}
            max_points: 1
            method: appraisal
            rule: {kind: binary, inputs: {met: {type: yes_no, label: {vi: "Đã ban hành", en: "Issued"}}}}
            examples: [{given: {met: "yes"}, points: 1, branch: met}]
"""


def test_the_schemas_are_schemas() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator.check_schema(edition_schema())
    assert SCHEMA["$schema"].endswith("2020-12/schema")


def test_title_and_description_speak_both_languages() -> None:
    assert SCHEMA["title"].startswith("Bộ tiêu chí")
    assert "Framework" in SCHEMA["title"]
    assert "cách tính điểm" in SCHEMA["description"]
    assert "worked examples" in SCHEMA["description"]
    assert "maximum points" in SCHEMA["$defs"]["criterion"]["properties"]["max_points"]["description"]


def test_every_kind_of_rule_has_its_own_definition() -> None:
    assert {name for name in SCHEMA["$defs"] if name.startswith("rule_")} == {f"rule_{kind}" for kind in KINDS}
    assert SCHEMA["$defs"]["bilingual"]["required"] == ["vi", "en"]


@pytest.mark.parametrize("path", FRAMEWORKS, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_every_framework_of_the_examples_is_accepted(path: Path) -> None:
    assert mistakes(load(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", EDITIONS, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_every_edition_of_the_examples_is_accepted(path: Path) -> None:
    assert mistakes(load(path.read_text(encoding="utf-8")), edition_schema()) == []


def test_the_examples_were_found() -> None:
    assert len(FRAMEWORKS) >= 5
    assert EDITIONS


def test_a_small_framework_is_accepted() -> None:
    assert mistakes(load(SMALL)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "where", "words"),
    [
        ("unit_kind: province", "unit_kind: province\ncolour: red", "", "colour"),
        ('code: "1.10"\n', "code: 1.10\n", "domains/0/criteria/1/code", "'string'"),
        ('version: "2024"', "version: 2024", "version", "'string'"),
        ('name: {vi: "Lĩnh vực", en: "Domain"}', 'name: {vi: "Lĩnh vực"}', "domains/0/name", "'en' is a required"),
        ('label: {vi: "Tổng số", en: "All"}, ', "", "inputs/denominator", "'label' is a required"),
        ("max_points: 2\ndomains", 'max_points: "2"\ndomains', "max_points", "'number'"),
        ("max_points: 2\ndomains", "max_points: 0\ndomains", "max_points", "0"),
        ("method: data", "method: guess", "criteria/0/method", "'guess'"),
        ("        method: data\n", "", "criteria/0", "'method' is a required"),
        ("kind: proportional", "kind: proportionate", "rule/kind", "'proportionate'"),
        ("          kind: proportional\n", "", "criteria/0/rule", "'kind' is a required"),
        ("full_at: 95", "full_from: 95", "criteria/0/rule", "full_from"),
        ("full_at: 95", 'full_at: "95 %"', "rule/full_at", "'number'"),
        ("type: yes_no", "type: yesno", "met/type", "'yesno'"),
        ("{met: {type", "{Met: {type", "rule/inputs", "Met"),
        ('given: {met: "yes"}', "given: {met: yes}", "given/met", "True"),
        ("editions: [2024]", "editions: []", "editions", "[]"),
        ("    criteria:\n", "    criteria_of:\n", "domains/0", "criteria_of"),
    ],
)
def test_a_typical_mistake_is_seen_in_its_place(right: str, wrong: str, where: str, words: str) -> None:
    assert SMALL.count(right) == 1, right
    found = mistakes(load(SMALL.replace(right, wrong)))
    assert any(where in mistake.split(": ")[0] and words in mistake for mistake in found), found


def test_a_missing_kind_is_one_mistake_not_one_per_kind() -> None:
    assert len(mistakes(load(SMALL.replace("          kind: proportional\n", "")))) == 1


def test_a_criterion_is_scored_itself_or_by_its_subcriteria() -> None:
    document = load(SMALL)
    both = copy.deepcopy(document)
    both["domains"][0]["criteria"][1]["method"] = "data"
    assert any("domains/0/criteria/1" in mistake for mistake in mistakes(both))
    neither = copy.deepcopy(document)
    del neither["domains"][0]["criteria"][1]["subcriteria"]
    assert any("'rule' is a required" in mistake for mistake in mistakes(neither))


def test_only_an_outline_may_have_domains_without_criteria() -> None:
    document = load(SMALL)
    del document["domains"][0]["criteria"]
    assert any("'criteria' is a required" in mistake for mistake in mistakes(document))
    document["completeness"] = "domains_only"
    assert mistakes(document) == []


def test_without_kinds_any_rule_with_a_kind_is_accepted() -> None:
    schema = framework_schema({})
    assert mistakes(load(SMALL.replace("kind: proportional", "kind: new_kind")), schema) == []
    assert mistakes(load(SMALL.replace("          kind: proportional\n", "")), schema) != []


def test_making_the_schema_leaves_what_it_was_given_alone() -> None:
    kinds = {name: kind.shape().schema() for name, kind in KINDS.items()}
    before = copy.deepcopy(kinds)
    assert framework_schema(kinds) == framework_schema(kinds)
    assert kinds == before


def test_a_kind_is_asked_for_nothing_but_its_schema() -> None:
    schema = framework_schema({"plain": {"type": "object"}})
    assert schema["$defs"]["rule_plain"]["properties"]["kind"] == {"const": "plain"}


def test_two_records_of_one_title_must_be_the_same() -> None:
    says = Text("một", "one")
    one = Record({"a": Key(Line(), says)}, title="part")
    other = Record({"b": Key(Line(), says)}, title="part")
    same = Record({"x": Key(one, says), "y": Key(one, says)}, title="whole")
    assert list(document_schema(same, title=says, description=says)["$defs"]) == ["bilingual", "part"]
    with pytest.raises(AssertionError, match="part"):
        document_schema(
            Record({"x": Key(one, says), "y": Key(other, says)}, title="whole"), title=says, description=says
        )
