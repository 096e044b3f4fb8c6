"""A framework file becomes a tree; what is optional is optional, and any bytes end in problems."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parindex.language import LANGUAGES, Text
from parindex.problems import Problems
from parindex.programme.framework import Framework
from parindex.programme.framework_reading import read_framework
from parindex.programme.framework_shape import InputValue, RuleHead, TextOrBilingual, framework_record
from parindex.scoring.rule_book import check_examples, open_rules

EXAMPLES = Path(__file__).parents[3] / "examples"

FULL = """
framework: full
version: "2023"
name: {vi: "Đầy đủ", en: "Full"}
legal_basis: {vi: "Quyết định 1", en: "Decision 1"}
editions: [2022, 2023]
unit_kind: province
max_points: 3
structure: {domains: 1, criteria: 2, subcriteria: 1}
points_by_method: {appraisal: 1, survey: 2}
provenance:
  found: ["một", {vi: "hai", en: "two"}]
  not_official: {vi: "Không chính thức", en: "Not official"}
sources:
  decision: {title: {vi: "Quyết định", en: "Decision"}, url: "https://example.org"}
scales:
  two:
    - {option: good, label: {vi: "Tốt", en: "Good"}, weight: 1}
    - {option: poor, label: {vi: "Kém", en: "Poor"}, weight: 0}
adjustments:
  bonus:
    cap: 3
    items: [{code: "B1", name: {vi: "Mô hình", en: "Model"}, points_each: 1, unit: {vi: "mô hình", en: "models"}}]
  penalty:
    cap: 5
    items: [{code: "P1", name: {vi: "Vi phạm", en: "Breach"}, points_each: 0.5, unit: {vi: "vụ", en: "cases"}}]
domains:
  - code: "1"
    name: {vi: "Lĩnh vực", en: "Domain"}
    max_points: 3
    source: decision
    criteria:
      - code: "1.1"
        name: {vi: "Tiêu chí một", en: "First criterion"}
        max_points: 1
        subcriteria:
          - code: "1.1.1"
            name: {vi: "Thành phần", en: "Sub-criterion"}
            max_points: 1
            continues: {version: "2017", code: "1.1.2", comparable: false}
            method: appraisal
            appraiser: {vi: "Sở Nội vụ", en: "Department of Home Affairs"}
            evidence: ["Báo cáo", {vi: "Kế hoạch", en: "Plan"}]
            guidance: {vi: "Ghi số", en: "Give the figure"}
            not_applicable: [exclude_from_denominator, exclude_from_denominator]
            rule:
              kind: binary
              inputs:
                used: {type: count, label: {vi: "Dùng", en: "Used"}, unit: {vi: "người", en: "posts"}, part_of: all_}
                all_: {type: count, label: {vi: "Giao", en: "Assigned"}, unit: {vi: "người", en: "posts"}}
              holds_when: "used >= all_"
            examples:
              - {given: {used: 1, all_: 2}, points: 0, branch: not_met}
              - {given: {used: 2, all_: 2}, points: 1}
      - code: "1.2"
        name: {vi: "Tiêu chí hai", en: "Second criterion"}
        max_points: 2
        method: survey
        rule: {kind: survey_scale, scale: two}
        examples: [{given: {good: 3, poor: 1}, points: 1.5}]
"""


def read(text: str) -> tuple[Framework | None, Problems]:
    problems = Problems()
    return read_framework(text.encode(), "framework.yaml", problems), problems


def test_everything_that_a_file_may_say() -> None:
    framework, problems = read(FULL)

    assert not list(problems)
    assert framework is not None
    assert (framework.code, framework.version, framework.unit_kind) == ("full", "2023", "province")
    assert framework.editions == (2022, 2023)
    assert framework.legal_basis == Text("Quyết định 1", "Decision 1")
    assert framework.not_official == Text("Không chính thức", "Not official")
    assert framework.provenance == {"found": (Text("một", "một"), Text("hai", "two"))}
    assert framework.sources == {"decision": Text("Quyết định", "Decision")}
    assert [option.weight for option in framework.scales["two"]] == [1, 0]
    assert [(each.kind, each.cap) for each in framework.adjustments] == [("bonus", 3), ("penalty", 5)]
    assert framework.adjustment_items["P1"][1].points_each == Decimal("0.5")
    assert len(framework.sha256) == 64

    leaf = framework.by_code["1.1.1"]
    assert leaf.continues is not None
    assert (leaf.continues.version, leaf.continues.code, leaf.continues.comparable) == ("2017", "1.1.2", False)
    assert leaf.leaf is not None
    assert leaf.leaf.not_applicable == ("exclude_from_denominator",)
    assert leaf.leaf.evidence == (Text("Báo cáo", "Báo cáo"), Text("Kế hoạch", "Plan"))
    assert leaf.leaf.appraiser is not None
    assert leaf.leaf.guidance is not None
    used = leaf.leaf.rule.input("used")
    assert used is not None
    assert used.part_of == "all_"
    assert leaf.leaf.rule.input("absent") is None
    assert [(example.branch, dict(example.given)) for example in leaf.leaf.examples] == [
        ("not_met", {"used": "1", "all_": "2"}),
        (None, {"used": "2", "all_": "2"}),
    ]


def test_the_tree_can_be_walked() -> None:
    framework, _ = read(FULL)

    assert framework is not None
    assert [node.code for node in framework.nodes] == ["1", "1.1", "1.1.1", "1.2"]
    assert [node.code for node in framework.leaves] == ["1.1.1", "1.2"]
    assert framework.parents == {"1": "index", "1.1": "1", "1.2": "1", "1.1.1": "1.1"}
    assert [node.code for node in framework.leaves_under("1")] == ["1.1.1", "1.2"]
    assert [node.code for node in framework.leaves_under("1.2")] == ["1.2"]
    assert framework.leaves_under("9") == ()


def test_an_outline_has_domains_only() -> None:
    framework, problems = read((EXAMPLES / "features/outline/framework.yaml").read_text(encoding="utf-8"))

    assert not list(problems)
    assert framework is not None
    assert framework.completeness == "domains_only"
    assert (framework.leaves, framework.adjustments, framework.provenance) == ((), (), {})


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        # One mistake each, in a part that something else adds up or refers to: nothing may follow from it.
        ("        max_points: 2\n", "        max_points: two\n", ["NUMBER-WRONG"]),
        ("rule: {kind: survey_scale, scale: two}", "rule: survey_scale", ["VALUE-TYPE"]),
        ("rule: {kind: survey_scale, scale: two}", "rule: {kind: surveys, scale: two}", ["KIND-UNKNOWN"]),
        ("        method: survey\n", "        method: surveys\n", ["WORD-UNKNOWN"]),
        ("        method: survey\n", "", ["METHOD-MISSING"]),
        ("        subcriteria:\n", "        subcriteria:\n          - other\n", ["VALUE-TYPE"]),
        ("    criteria:\n", "    criteria:\n      - other\n", ["VALUE-TYPE"]),
        ("domains:\n", "domains:\n  - other\n", ["VALUE-TYPE"]),
        ("sources:\n", "sources: none\nsource:\n", ["VALUE-TYPE", "KEY-UNKNOWN"]),
        ("provenance:\n", "provenance: none\nprovenence:\n", ["VALUE-TYPE", "KEY-UNKNOWN"]),
        ('version: "2017", ', "", ["KEY-MISSING"]),
        ("    cap: 3\n", "    cap: lots\n", ["NUMBER-WRONG"]),
        ("points_each: 1, ", "points_each: one, ", ["NUMBER-WRONG"]),
        ('{code: "B1", ', "{", ["KEY-MISSING"]),
        ("  penalty:\n", "  penalties:\n", ["KEY-UNKNOWN"]),
        ("adjustments:\n", "adjustments: none\nadjustment:\n", ["VALUE-TYPE", "KEY-UNKNOWN"]),
        ("weight: 1}", "weight: all}", ["NUMBER-WRONG"]),
        ("max_points: 3\nstructure", "max_points: three\nstructure", ["NUMBER-WRONG"]),
        ("{domains: 1, criteria: 2", "{domains: 1, criteria: two", ["NUMBER-WRONG"]),
        ("{appraisal: 1,", "{appraisal: one,", ["NUMBER-WRONG"]),
        ('type: count, label: {vi: "Giao"', 'type: counts, label: {vi: "Giao"', ["WORD-UNKNOWN"]),
        ("{used: 1, all_: 2}", "{used: yes, all_: 2}", ["TEXT-UNQUOTED"]),
        ("points: 0, branch: not_met}", "points: one, branch: not_met}", ["NUMBER-WRONG"]),
        ("              - {given: {used: 2, all_: 2}, points: 1}\n", "              - other\n", ["VALUE-TYPE"]),
    ],
)
def test_one_mistake_is_one_problem(old: str, new: str, codes: list[str]) -> None:
    assert FULL.count(old) == 1, old
    framework, problems = read(FULL.replace(old, new))
    if framework is not None:
        check_examples(open_rules(framework, problems), problems)

    assert [problem.code for problem in problems] == codes


def test_a_file_that_is_no_map_gives_no_framework() -> None:
    framework, problems = read("- 1\n")

    assert framework is None
    assert [problem.code for problem in problems] == ["VALUE-TYPE"]


def test_shapes_of_a_framework_say_what_they_take() -> None:
    assert TextOrBilingual().schema()["anyOf"][0] == {"type": "string"}
    assert InputValue().schema() == {"type": ["number", "string"]}
    assert RuleHead({}).schema() == {"type": "object", "required": ["kind"]}
    schema = RuleHead({"binary": {"title": "binary"}}).schema()
    assert schema["properties"]["kind"]["enum"] == ["binary"]
    assert schema["allOf"][0]["then"] == {"title": "binary"}
    assert "domains" in framework_record().schema()["required"]


SOURCES = [
    *(
        EXAMPLES / "features" / name / "framework.yaml"
        for name in ("formula", "survey-scale", "bonus-penalty", "outline")
    ),
    EXAMPLES / "features" / "tiers-levels" / "framework.yaml",
]
SNIPPETS = [
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b"- ",
        b"? ",
        b"\t",
        b"\n",
        b"\r",
        b"*a ",
        b"&a ",
        b"!x ",
        b"<<: ",
        b"---\n",
        b"|\n",
    ),
    *(b'"', b"'", b"#", b"1.10", b"no", b"0,25", b"~", b"\xc3", b"\xef\xbb\xbf", b"\xcc\x81", b"\0", b"\x07"),
    *(b"criteria:\n", b"rule: {}", b"kind: formula", b"[]", b"{}", b"code: ", b"points: -1", b"99999999999999999999"),
]


def check_bytes(content: bytes) -> None:
    problems = Problems()
    framework = read_framework(content, "framework.yaml", problems)
    if framework is not None:
        check_examples(open_rules(framework, problems), problems)
    else:
        assert problems.errors
    for problem in problems.sorted():
        for language in LANGUAGES:
            assert problem.words(language).endswith(f"[{problem.code}]")


def mutated(data: st.DataObject) -> bytes:
    content = bytearray(data.draw(st.sampled_from(SOURCES), label="file").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        match data.draw(st.sampled_from(["insert", "delete", "replace", "move a line", "drop a line"])):
            case "insert":
                content[at:at] = data.draw(st.sampled_from(SNIPPETS))
            case "delete":
                del content[at : at + data.draw(st.integers(1, 12))]
            case "replace":
                content[at : at + 1] = data.draw(st.binary(min_size=1, max_size=2))
            case action:
                lines = bytes(content).split(b"\n")
                line = lines.pop(data.draw(st.integers(0, len(lines) - 1)))
                if action == "move a line":
                    lines.insert(data.draw(st.integers(0, len(lines))), line)
                content = bytearray(b"\n".join(lines))
    return bytes(content)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_change_of_a_good_file_ends_in_a_framework_or_in_problems(data: st.DataObject) -> None:
    check_bytes(mutated(data))


@pytest.mark.slow
@settings(max_examples=1500, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_change_of_a_good_file_for_long(data: st.DataObject) -> None:
    check_bytes(mutated(data))


@settings(max_examples=100)
@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(SNIPPETS), max_size=20).map(b"".join)))
def test_any_bytes_end_in_problems(content: bytes) -> None:
    check_bytes(content)
