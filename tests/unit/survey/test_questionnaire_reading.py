"""Every mistake in a questionnaire file, with the line and the words its message must hold."""

from __future__ import annotations

import json

import pytest

from parindex.problems import Problems
from parindex.survey.questionnaire_reading import questionnaire_schema, read_questionnaire

GOOD = """
questionnaire: tiny
version: "1"
name: {vi: "Phiếu nhỏ", en: "Tiny"}
sources:
  law: {title: {vi: "Luật", en: "Law"}}
groups:
  - {code: "P1", name: {vi: "y tế", en: "health"}}
  - {code: "P2", name: {vi: "điện", en: "power"}}
scales:
  sat:
    satisfied: ["4", "5"]
    steps:
      - {code: "1", value: 1, label: {vi: "kém", en: "bad"}}
      - {code: "4", value: 4, label: {vi: "khá", en: "good"}}
      - {code: "5", value: 5, label: {vi: "tốt", en: "best"}}
      - {code: "98", valid: false, label: {vi: "không biết", en: "don't know"}}
  yn:
    satisfied: ["1"]
    steps:
      - {code: "1", value: 1, label: {vi: "có", en: "yes"}}
      - {code: "0", value: 0, label: {vi: "không", en: "no"}}
choices:
  ways:
    - {code: "a", label: {vi: "a", en: "a"}}
    - {code: "b", label: {vi: "b", en: "b"}}
index:
  code: "X"
  name: {vi: "Chỉ số", en: "Index"}
  formula: satisfaction_share
  factor: pooled_answers
  national: mean_of_units
  parts:
    - code: "XA"
      name: {vi: "A", en: "A"}
      weight: 60
      factors:
        - {code: "F1", name: {vi: "F1", en: "F1"}, weight: 60, source: law}
    - code: "XB"
      name: {vi: "B", en: "B"}
      weight: 40
      factors:
        - {code: "F2", name: {vi: "F2", en: "F2"}, weight: 40}
sections:
  - code: "S1"
    name: {vi: "Một", en: "One"}
    items:
      - {code: "went", kind: yes_no, scale: yn, text: {vi: "Có đến?", en: "Went?"}}
      - {code: "times", kind: count, highest: 20, non_response: ["98"], text: {vi: "Mấy lần?", en: "Times?"}}
      - {code: "how", kind: pick, scale: ways, at_most: 2, text: {vi: "Cách nào?", en: "How?"}}
      - code: "q1"
        kind: scale
        scale: sat
        factor: "F1"
        ask_when: [{item: "went", in: ["1"]}, {item: "times", at_least: 1}]
        text: {vi: "Hài lòng?", en: "Satisfied?"}
  - code: "S2"
    name: {vi: "Hai", en: "Two"}
    groups_asked: 1
    items:
      - {code: "q2", kind: scale, scale: sat, factor: "F2", text: {vi: "Về {group}?", en: "On {group}?"}}
  - code: "S3"
    name: {vi: "Ba", en: "Three"}
    items:
      - {code: "q3", kind: text, text: {vi: "Ý kiến", en: "Remarks"}}
breaks:
  - {code: new, first_edition: 2022, name: {vi: "Cách mới", en: "New way"}, reason: {vi: "Đổi.", en: "Changed."}}
""".lstrip()


def said(content: str) -> list[str]:
    problems = Problems()
    read_questionnaire(content.encode(), "q.yaml", problems)
    return [problem.words("en") for problem in problems.sorted()]


def test_the_good_one_has_no_problem():
    assert said(GOOD) == []


# what to replace, by what, words of the message, its code, and (unless it is the line changed) what stands on the line
# that must be named
MISTAKES = {
    "unknown list": ("scale: sat, factor", "scale: satt, factor", 'did you mean "sat"', "ANSWER-LIST-UNKNOWN"),
    "unknown factor": ('factor: "F2", text', 'factor: "F9", text', 'there is no factor "F9"', "FACTOR-UNKNOWN"),
    "factor without items": (', factor: "F2", text', ", text", "no item belongs", "FACTOR-EMPTY", 'code: "F2"'),
    "skip on nothing": ('{item: "went", in', '{item: "wend", in', 'did you mean "went"', "SKIP-ITEM-UNKNOWN"),
    "skip on a later item": ('{item: "went", in: ["1"]}', '{item: "q3", in: ["1"]}', "asked later", "SKIP-ITEM-LATER"),
    "skip on itself": ('{item: "went", in: ["1"]}', '{item: "q1", in: ["1"]}', "asked later", "SKIP-ITEM-LATER"),
    "skip on a rotating item": (
        'kind: text, text: {vi: "Ý',
        'kind: text, ask_when: [{item: "q2", in: ["1"]}], text: {vi: "Ý',
        "once per policy group",
        "SKIP-ITEM-ROTATING",
    ),
    "skip on an answer that is none": ('in: ["1"]}', 'in: ["2"]}', '"went" has no answer "2"', "SKIP-ANSWER-UNKNOWN"),
    "skip by a number of a list": ('{item: "went", in: ["1"]}', '{item: "went", at_least: 1}', "in: [codes]", "SKIP-FORM"),
    "never asked, numbers": ("at_least: 1}", "at_least: 21}", '"q1" is never asked', "ITEM-UNREACHABLE"),
    "never asked, through another item": (
        'kind: text, text: {vi: "Ý',
        'kind: text, ask_when: [{item: "q1", in: ["1"]}, {item: "went", in: ["0"]}], text: {vi: "Ý',
        'The conditions on "went" cannot all hold',
        "ITEM-UNREACHABLE",
    ),
    "code twice": ('code: "q3"', 'code: "Q1"', 'stands already at q.yaml, line 50', "QUESTION-CODE-TWICE"),
    "code of a column": ('code: "q3"', 'code: "q2_P1"', "stands already", "QUESTION-CODE-TWICE"),
    "code of an item and a factor": ('code: "q3"', 'code: "F1"', "stands already", "QUESTION-CODE-TWICE", 'code: "F1"'),
    "code kept": ('code: "q3"', 'code: "group_start"', "kept for the program", "QUESTION-CODE-KEPT"),
    "answer code twice": ('code: "b", label', 'code: "a", label', 'the answer "a" stands twice', "ANSWER-CODE-TWICE"),
    "unquoted answer code": ('code: "98", valid', "code: 98, valid", "has no quotes", "CODE-UNQUOTED"),
    "unquoted code that is no text": ('code: "q3"', "code: 1.10", "has no quotes", "CODE-UNQUOTED"),
    "code with a space": ('code: "q3"', 'code: "q 3"', "does not have the form", "WORD-FORM"),
    "label missing": ('{vi: "khá", en: "good"}', '{vi: "khá"}', "English text", "LABEL-MISSING"),
    "text missing": (', text: {vi: "Ý kiến", en: "Remarks"}', "", 'the key "text" is missing', "KEY-MISSING"),
    "kind unknown": ("kind: text", "kind: txt", 'did you mean "text"', "WORD-UNKNOWN"),
    "key unknown": ("groups_asked: 1", "groups_aksed: 1", 'did you mean "groups_asked"', "KEY-UNKNOWN"),
    "parts do not add up": ("weight: 60\n", "weight: 50\n", 'below "X" add up to 90, 100 is needed', "WEIGHT-SUM", 'code: "X"'),
    "factors do not add up": ("weight: 40}", "weight: 30}", 'below "XB" add up to 30, 40 is needed', "WEIGHT-SUM", "weight: 40"),
    "value missing": ('code: "4", value: 4,', 'code: "4",', 'the answer "4" has no value', "STEP-VALUE-MISSING"),
    "value twice": ('code: "4", value: 4,', 'code: "4", value: 5,', "the value 5 stands twice", "STEP-VALUE-TWICE", 'code: "5"'),
    "value of what does not count": ("valid: false", "value: 9, valid: false", "has a value", "STEP-VALUE-EXTRA"),
    "satisfied with nothing": ('["4", "5"]', '["4", "6"]', '"6" is no answer that counts', "SATISFIED-UNKNOWN", "sat:"),
    "formula without satisfied": ('    satisfied: ["4", "5"]\n', "", "which steps are satisfied", "FORMULA-SCALE", "sat:"),
    "scale of the wrong kind": ("kind: scale, scale: sat", "kind: scale, scale: ways", "needs a value", "ANSWER-LIST-KIND"),
    "yes or no of five steps": ("scale: yn", "scale: sat", "of values 1 and 0", "ANSWER-LIST-KIND"),
    "list missing": ("scale: ways, at_most", "at_most", '"how" (pick) has no answer list', "ANSWER-LIST-MISSING"),
    "list of a number": ("kind: count,", "kind: count, scale: sat,", 'takes no "scale"', "QUESTION-KEY"),
    "bounds of a text": ("kind: text,", "kind: text, lowest: 1,", 'takes no "lowest"', "QUESTION-KEY"),
    "pick too many": ("at_most: 2", "at_most: 3", "from 1 to 2", "PICK-LIMIT"),
    "pick without limit": (", at_most: 2", "", "from 1 to 2", "PICK-LIMIT"),
    "bounds crossed": ("highest: 20", "lowest: 30, highest: 20", "is above highest", "QUESTION-BOUNDS"),
    "non-response within the bounds": ('["98"]', '["19"]', '"19" is no number outside', "NON-RESPONSE-INSIDE"),
    "factor of a list": ("kind: pick,", 'kind: pick, factor: "F1",', "Only scale and yes_no", "FACTOR-KIND"),
    "group not named": ('en: "On {group}?"', 'en: "On it?"', "(English) lacks {group}", "GROUP-TEXT"),
    "group named for nothing": ('en: "Remarks"', 'en: "On {group}"', "is not asked per group", "GROUP-TEXT-EXTRA"),
    "too many groups": ("groups_asked: 1", "groups_asked: 3", "asks about 3 policy groups", "GROUPS-ASKED"),
    "group twice": ('code: "P2"', 'code: "p1"', "stands twice", "GROUP-TWICE"),
    "source unknown": ("source: law", "source: lore", '"lore" does not stand under sources', "SOURCE-UNKNOWN"),
    "reference in a text": ('en: "Remarks"', 'en: "${q1}"', "An XLSForm would put", "TEXT-REFERENCE"),
    "list too short": (
        '    - {code: "b", label',
        '    - {code: "b", valid: false, label',
        "too few answers that count (1)",
        "ANSWER-LIST-SHORT",
        "ways:",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_line(name):
    old, new, words, code, *elsewhere = MISTAKES[name]
    assert GOOD.count(old) >= 1, "the mistake could not be made"
    content = GOOD.replace(old, new, 1)
    at = content.index(elsewhere[0]) if elsewhere else GOOD.index(old)
    line = content.count("\n", 0, at) + 1
    found = [each for each in said(content) if each.endswith(f"[{code}]")]
    assert any(each.startswith(f"q.yaml, line {line},") and words in each for each in found), said(content)


def test_all_mistakes_come_in_one_pass():
    content = GOOD
    for name in ("code with a space", "label missing", "key unknown", "kind unknown", "unquoted answer code"):
        old, new, *_ = MISTAKES[name]
        if old in content:
            content = content.replace(old, new, 1)
    assert len(said(content)) >= 4


def test_what_was_left_out_brings_no_further_complaints():
    """A factor whose only item could not be read is not also said to be empty."""
    (only,) = said(GOOD.replace("kind: scale, scale: sat, factor", "kind: scla, scale: sat, factor"))
    assert "[WORD-UNKNOWN]" in only


def test_an_empty_file_and_no_map():
    assert "[YAML-EMPTY]" in said("")[0]
    assert "[VALUE-TYPE]" in said("- 1")[0]


def test_the_schema_says_the_same():
    jsonschema = pytest.importorskip("jsonschema")
    import yaml

    schema = json.loads(json.dumps(questionnaire_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(yaml.safe_load(GOOD))) == []
    assert list(validator.iter_errors(yaml.safe_load(GOOD.replace("kind: text", "kind: txt")))) != []
