"""What differs between two versions of a framework: which node became which, and what can still be compared."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from parindex.problems import Problems
from parindex.programme.changes import FrameworkChanges, NodeChange, changes
from parindex.programme.changes_text import render_changes
from parindex.programme.framework import Framework
from parindex.programme.framework_reading import read_framework
from parindex.programme.node_matching import plain_name
from parindex.programme.rule_differences import moves_with_maximum, plain_rule

EXAMPLES = Path(__file__).parents[3] / "examples"
NATIONAL = EXAMPLES / "national" / "framework.yaml"
EIGHT = EXAMPLES / "frameworks" / "province-eight-components" / "framework.yaml"
MINISTRY = EXAMPLES / "frameworks" / "ministry-2022" / "framework.yaml"

Data = dict[str, Any]


def text(both: str) -> Data:
    """ "Kế hoạch / Plan" in both languages; one text alone stands for both."""
    vi, _, en = both.partition(" / ")
    return {"vi": vi, "en": en or vi}


def binary(label: str = "Đạt / Met") -> Data:
    return {"kind": "binary", "inputs": {"met": {"type": "yes_no", "label": text(label)}}}


def ratio(unit: str = "hồ sơ / dossiers", **more: Any) -> Data:
    given = {
        name: {"type": "count", "label": text(label), "unit": text(unit)}
        for name, label in (("numerator", "Đạt / Reached"), ("denominator", "Tổng số / All"))
    }
    return {"kind": "proportional", "inputs": given, **more}


def bands(*rows: tuple[float, float], to: float | None = None) -> Data:
    found = [{"from": start, "points": points} for start, points in rows]
    if to is not None:
        found[1]["to"] = to
    return {**ratio(), "kind": "percentage_bands", "bands": found}


def minus(**events: float) -> Data:
    inputs = {name: {"type": "count", "label": text(name), "unit": text("việc / cases")} for name in events}
    return {"kind": "deduction", "inputs": inputs, "minus": events}


def formula(value: str) -> Data:
    return {**ratio(), "kind": "formula", "value": value}


SURVEY: Data = {"kind": "survey_scale", "scale": "four"}


def leaf(code: str, name: str, rule: Data | None = None, *, points: float = 1, **more: Any) -> Data:
    rule = binary() if rule is None else rule
    method = "survey" if rule["kind"] == "survey_scale" else "appraisal"
    return {"code": code, "name": text(name), "max_points": points, "method": method, "rule": rule, **more}


def criterion(code: str, name: str, *below: Data, **more: Any) -> Data:
    points = sum(node["max_points"] for node in below)
    return {"code": code, "name": text(name), "max_points": points, "subcriteria": list(below), **more}


def domain(code: str, name: str, *below: Data, **more: Any) -> Data:
    points = sum(node["max_points"] for node in below)
    return {"code": code, "name": text(name), "max_points": points, "criteria": list(below), **more}


def framework(*domains: Data, version: str = "old", **more: Any) -> Framework:
    options = [("all", 1), ("most", 0.6), ("few", 0.3), ("none", 0)]
    document = {
        "framework": "par-index",
        "version": version,
        "name": text("Chỉ số / Index"),
        "editions": [2024],
        "unit_kind": "province",
        "max_points": sum(node["max_points"] for node in domains),
        "scales": {"four": [{"option": o, "label": text(o), "weight": w} for o, w in options]},
        "domains": list(domains),
        **more,
    }
    return read(yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode(), f"{version}.yaml")


def read(content: bytes, name: str) -> Framework:
    problems = Problems()
    found = read_framework(content, name, problems)
    assert found is not None
    assert not problems.errors, [problem.words("en") for problem in problems]
    return found


@cache
def example(path: Path) -> Framework:
    return read(path.read_bytes(), path.parent.name)


def compared(old: list[Data], new: list[Data]) -> FrameworkChanges:
    """Both lists of criteria below one domain of the same name."""
    return changes(
        framework(domain("1", "Chỉ đạo / Steering", *old)),
        framework(domain("1", "Chỉ đạo / Steering", *new), version="new"),
    )


def pairs(found: FrameworkChanges) -> dict[str, str]:
    """Old code to new code, of all matched nodes."""
    return {one.match.old: one.match.new for one in found.nodes if one.match is not None}


def rules(old: Data, new: Data, *, old_points: float = 1, new_points: float = 1, **more: Any) -> NodeChange:
    """What became of one leaf whose rule or points changed."""
    found = compared(
        [leaf("1.1", "Hồ sơ đúng hạn / On time", old, points=old_points)],
        [leaf("1.1", "Hồ sơ đúng hạn / On time", new, points=new_points, **more)],
    )
    return found.of_new["1.1"]


def reasons(change: NodeChange) -> str:
    return "; ".join(reason.en for reason in change.reasons)


def notes(change: NodeChange) -> str:
    return "; ".join(note.en for note in change.notes)


def aspects(change: NodeChange) -> list[str]:
    return [one.aspect for one in change.changes]


# --- every node once ---


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("**/framework*.yaml")), ids=lambda path: str(path.relative_to(EXAMPLES))
)
def test_a_framework_against_itself_is_all_kept_and_comparable(path: Path) -> None:
    found = changes(example(path), example(path))
    assert {one.status for one in found.nodes} == {"kept"}
    assert all(one.comparable and not one.changes and not one.notes for one in found.nodes)
    assert {one.match.why for one in found.nodes if one.match} == {"same_code_and_name"}
    assert found.comparable
    assert found.summary.unchanged == len(found.new.nodes)


@pytest.mark.parametrize(("old", "new"), [(EIGHT, NATIONAL), (NATIONAL, EIGHT), (NATIONAL, MINISTRY)])
def test_every_node_of_both_stands_once(old: Path, new: Path) -> None:
    found = changes(example(old), example(new))
    olds = [one.old.code for one in found.nodes if one.old]
    news = [one.new.code for one in found.nodes if one.new]
    assert sorted(olds) == sorted(node.code for node in found.old.nodes)
    assert news == [node.code for node in found.new.nodes]
    summary = found.summary
    assert summary.kept + summary.moved + summary.dropped == len(olds)
    assert summary.kept + summary.moved + summary.added == len(news)
    assert summary.comparable + summary.not_comparable == summary.kept + summary.moved
    for one in found.nodes:
        assert (one.match is None) == (one.status in ("dropped", "added"))
        assert (one.comparable is None) == (one.match is None)
        assert bool(one.reasons) == (one.comparable is False)
        if one.old and one.new:
            assert (one.old.leaf is None) == (one.new.leaf is None)


def test_the_same_input_gives_the_same_answer() -> None:
    first = changes(example(EIGHT), example(NATIONAL))
    again = changes(example(EIGHT), example(NATIONAL))
    assert first.as_data() == again.as_data()
    assert render_changes(first, "vi") == render_changes(again, "vi")


# --- the eight components of 2012 against the framework of 2022 ---


@pytest.fixture(scope="module")
def to_2022() -> FrameworkChanges:
    return changes(example(EIGHT), example(NATIONAL))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1.1.1", "1.1.1"),  # Ban hành kế hoạch CCHC năm
        ("1.1.3", "1.1.2"),  # Mức độ hoàn thành kế hoạch
        ("1.3.2", "1.3.1"),  # Tỷ lệ cơ quan, đơn vị được kiểm tra
        ("1.6", "1.5"),  # Sáng kiến
        ("1.7.1", "1.7.1"),  # Quyết tâm của người đứng đầu
        ("2.2.1", "2.3.1"),  # Rà soát văn bản
        ("2.4.3", "2.5.3"),  # Tính khả thi
        ("4.3.1", "4.4.1"),  # Quy định về phân cấp
        ("4.4.3", "4.5.3"),  # Thực hiện phân cấp, điều tra
        ("5.2.2", "5.3"),  # Bổ nhiệm: a sub-criterion became a criterion
        ("5.4.2", "5.5.3"),  # Công chức cấp xã đạt chuẩn
        ("5.5.3", "5.6.3"),  # Thái độ phục vụ của công chức
        ("5", "5"),  # renamed, recognised by its content
        ("6.4", "6.1.2"),  # Kiến nghị sau kiểm toán: a criterion became a sub-criterion
        ("7.4.2", "7.3.3"),  # Chất lượng dịch vụ công trực tuyến
        ("8.2.1", "3.3.2"),  # one-stop lines went from domain 8 to domain 3
        ("8.2.2", "3.3.3"),
    ],
)
def test_a_line_is_found_again_in_2022(to_2022: FrameworkChanges, old: str, new: str) -> None:
    assert pairs(to_2022).get(old) == new


@pytest.mark.parametrize(
    "old",
    [
        "1.1.2",  # funding of the plan
        "1.3.1",  # inspection plan issued: not the annual plan issued
        "4.2.2",  # findings of checks on organisation: not those on decentralisation
        "3.4.2",  # asked of citizens about procedures; nothing like it in 2022
        "8.4.3",  # attitude at the one-stop unit: not that of civil servants in general
        "8.4.7",  # overall satisfaction: not SIPAS, which is another index
        "7.2.1",
    ],
)
def test_a_line_without_a_successor_is_dropped(to_2022: FrameworkChanges, old: str) -> None:
    assert to_2022.of_old[old].status == "dropped"


def test_a_line_that_was_split_is_left_to_its_authors(to_2022: FrameworkChanges) -> None:
    settled = to_2022.of_old["8.3.2"]  # dossiers settled on time; since 2022 one line per level
    assert settled.status == "dropped"
    assert set(settled.possible) == {"3.4.1", "3.4.2", "3.4.3"}


def test_other_respondents_are_another_survey(to_2022: FrameworkChanges) -> None:
    change = to_2022.of_old["7.4.2"]
    assert change.comparable is False
    assert "respondents" in reasons(change)


def test_the_whole_index_is_not_comparable(to_2022: FrameworkChanges) -> None:
    assert not to_2022.comparable
    assert to_2022.reasons[0].en == "2, 6, 7, 8 came in below it"
    assert Decimal(0) < to_2022.summary.comparable_points < Decimal(30)


def test_a_ministry_is_not_asked_what_only_provinces_are() -> None:
    found = pairs(changes(example(NATIONAL), example(MINISTRY)))
    assert found["4.3"] == "4.2.3"  # Tinh giản biên chế
    assert found["7.2.6"] == "7.2.5"
    assert "8.2.1" not in found
    assert "5.6.3" not in found  # attitude of service; ministries are asked about cooperation


# --- matching ---


def test_long_and_short_forms_are_one_name() -> None:
    assert plain_name("Kế hoạch cải cách hành chính năm") == plain_name("KẾ HOẠCH CCHC NĂM")
    found = compared([leaf("1.1", "Kế hoạch CCHC năm")], [leaf("1.1", "Kế hoạch cải cách hành chính năm")])
    change = found.of_new["1.1"]
    assert change.match is not None
    assert change.match.why == "same_code_and_name"
    assert aspects(change) == ["name"]


def test_a_node_may_move_and_keep_its_name() -> None:
    old = [leaf("1.1", "Kế hoạch / Plan"), leaf("1.2", "Báo cáo / Reports")]
    new = [leaf("1.1", "Báo cáo / Reports"), leaf("1.2", "Kế hoạch / Plan")]
    found = compared(old, new)
    assert pairs(found) == {"1": "1", "1.1": "1.2", "1.2": "1.1"}
    change = found.of_new["1.1"]
    assert (change.status, change.comparable) == ("moved", True)
    assert change.match is not None
    assert (change.match.why, change.match.score) == ("same_name", None)


def test_a_similar_name_carries_its_score() -> None:
    found = compared(
        [leaf("1.1", "Tuyên truyền cải cách / Communication of reform")],
        [leaf("1.1", "Công tác tuyên truyền cải cách / Reform communication")],
    )
    match = found.of_new["1.1"].match
    assert match is not None
    assert match.why == "similar_name"
    assert match.score is not None
    assert Decimal("0.34") <= match.score < 1


def test_words_that_only_join_leave_the_score_below_one() -> None:
    found = compared(
        [leaf("1.1", "Hiệu quả cơ chế tự chủ / Effect of autonomy")],
        [leaf("1.1", "Hiệu quả của cơ chế tự chủ / Effect of the autonomy")],
    )
    match = found.of_new["1.1"].match
    assert match is not None
    assert (match.why, match.score) == ("similar_name", Decimal("0.99"))


def test_a_name_of_filling_words_alone_still_matches_itself() -> None:
    found = compared(
        [leaf("1.1", "Và của / Of the"), leaf("1.2", "Kế hoạch / Plan")],
        [leaf("1.1", "Kế hoạch / Plan"), leaf("1.2", "Và của / Of the")],
    )
    assert pairs(found)["1.1"] == "1.2"


def test_unlike_names_are_dropped_and_added() -> None:
    found = compared([leaf("1.1", "Kế hoạch / Plan")], [leaf("1.1", "Trụ sở / Offices")])
    assert [(one.status, (one.new or one.old).code) for one in found.nodes[1:]] == [  # type: ignore[union-attr]
        ("added", "1.1"),
        ("dropped", "1.1"),
    ]


def test_what_is_asked_never_matches_what_is_recorded() -> None:
    found = compared([leaf("1.1", "Thái độ phục vụ")], [leaf("1.2", "Thái độ phục vụ", SURVEY), leaf("1.3", "Khác")])
    assert "1.1" not in pairs(found)


def test_the_same_code_and_name_stay_together_when_the_method_changes() -> None:
    change = rules(binary(), binary())
    assert change.changes == ()
    change = rules(SURVEY, binary())
    assert change.status == "kept"
    assert change.comparable is False
    assert aspects(change) == ["method", "rule_kind", "inputs"]


def test_a_leaf_never_matches_a_group() -> None:
    found = compared(
        [leaf("1.1", "Kế hoạch / Plan", points=2)],
        [criterion("1.1", "Kế hoạch / Plan", leaf("1.1.1", "Ban hành / Issued"), leaf("1.1.2", "Xong / Done"))],
    )
    assert pairs(found) == {"1": "1"}


def test_equal_names_are_told_apart_by_their_parents() -> None:
    def groups(first: str, second: str) -> list[Data]:
        return [
            criterion(
                first, "Kiểm tra cải cách / Inspection of reform", leaf(f"{first}.1", "Xử lý kết quả / Follow-up")
            ),
            criterion(
                second, "Rà soát văn bản / Review of documents", leaf(f"{second}.1", "Xử lý kết quả / Follow-up")
            ),
        ]

    found = compared(groups("1.1", "1.2"), groups("1.2", "1.1"))
    assert pairs(found) == {"1": "1", "1.1": "1.2", "1.1.1": "1.2.1", "1.2": "1.1", "1.2.1": "1.1.1"}


def test_a_tie_is_left_open_on_both_sides() -> None:
    split = [
        leaf("1.1", "Hồ sơ cấp tỉnh đúng hạn / Provincial dossiers on time"),
        leaf("1.2", "Hồ sơ cấp xã đúng hạn / Commune dossiers on time"),
    ]
    whole = [leaf("1.3", "Hồ sơ đúng hạn / Dossiers on time", points=2)]
    found = compared(whole, split)
    assert found.of_old["1.3"].status == "dropped"
    assert set(found.of_old["1.3"].possible) == {"1.1", "1.2"}
    merged = compared(split, whole)
    assert merged.of_new["1.3"].status == "added"
    assert merged.of_old["1.1"].possible == merged.of_old["1.2"].possible == ("1.3",)


def test_a_renamed_group_is_known_by_its_content() -> None:
    lines = [("Kế hoạch / Plan"), ("Báo cáo / Reports")]
    old = [criterion("1.1", "Điều hành / Management", *(leaf(f"1.1.{n}", name) for n, name in enumerate(lines)))]
    new = [criterion("1.2", "Công tác khác / Other work", *(leaf(f"1.2.{n}", name) for n, name in enumerate(lines)))]
    change = compared(old, new).of_new["1.2"]
    assert change.match is not None
    assert (change.match.why, change.match.score) == ("same_content", Decimal("1.00"))
    assert change.comparable is True


# --- what the authors declare ---


def test_a_declaration_wins_over_names() -> None:
    found = compared(
        [leaf("1.1", "Kế hoạch / Plan"), leaf("1.2", "Chương trình / Programme")],
        [
            leaf("1.1", "Kế hoạch / Plan", ratio(), continues={"version": "old", "code": "1.2", "comparable": True}),
            leaf("1.2", "Tài liệu / Papers"),
        ],
    )
    change = found.of_new["1.1"]
    assert change.match is not None
    assert (change.match.old, change.match.why) == ("1.2", "declared")
    assert change.comparable is True  # although the kind changed
    assert "rule_kind" in aspects(change)
    assert notes(change) == "comparable as declared under continues"
    assert found.of_old["1.1"].status == "dropped"
    # The list of changes shows what the declaration overrules.
    assert "kind of rule: binary → proportional" in render_changes(found, "en")


def test_a_declaration_may_say_that_values_do_not_compare() -> None:
    declared = {"version": "old", "code": "1.1", "comparable": False}
    change = rules(binary(), binary(), continues=declared)
    assert change.status == "kept"
    assert reasons(change) == "not comparable as declared under continues"


def test_a_declared_group_speaks_for_itself() -> None:
    declared = {"version": "old", "code": "1.1", "comparable": True}
    found = compared(
        [criterion("1.1", "Kế hoạch / Plan", leaf("1.1.1", "Ban hành / Issued"))],
        [criterion("1.1", "Kế hoạch / Plan", leaf("1.1.1", "Hoàn thành / Completed"), continues=declared)],
    )
    assert found.of_new["1.1"].comparable is True
    assert found.of_new["1.1.1"].status == "added"


def test_a_declaration_may_join_a_leaf_and_a_group() -> None:
    declared = {"version": "old", "code": "1.1", "comparable": False}
    group = criterion("1.2", "Chương trình / Programme", leaf("1.2.1", "Ban hành / Issued"), continues=declared)
    change = compared([leaf("1.1", "Kế hoạch / Plan")], [group]).of_new["1.2"]
    assert change.match is not None
    assert change.match.old == "1.1"
    assert change.reasons[0].en == "not comparable as declared under continues"


def test_a_criterion_may_have_become_a_domain() -> None:
    lines = leaf("1.1.1", "Ban hành / Issued"), leaf("2.1", "Ban hành / Issued")
    declared = {"version": "old", "code": "1.1", "comparable": True}
    old = framework(domain("1", "Chỉ đạo / Steering", criterion("1.1", "Kế hoạch / Plan", lines[0])))
    new = framework(domain("2", "Kế hoạch / Plan", lines[1], continues=declared), version="new")
    change = changes(old, new).of_new["2"]
    assert [(one.aspect, one.old.en, one.new.en) for one in change.changes] == [
        ("level", "criterion", "domain"),
        ("parent", "1 Steering", "the whole index"),
    ]


def test_a_declaration_for_another_version_is_not_for_this_comparison() -> None:
    change = rules(binary(), binary(), continues={"version": "2012", "code": "9.9", "comparable": False})
    assert (change.status, change.comparable) == ("kept", True)


def test_a_declaration_that_leads_nowhere_is_noticed() -> None:
    found = compared(
        [leaf("1.1", "Kế hoạch / Plan")],
        [leaf("1.1", "Kế hoạch / Plan", continues={"version": "old", "code": "1.7", "comparable": True})],
    )
    assert [problem.code for problem in found.problems] == ["CONTINUES-UNKNOWN"]
    assert found.problems[0].where.file == "new.yaml"
    assert found.of_new["1.1"].status == "added"
    assert "CONTINUES-UNKNOWN" in render_changes(found, "vi")


def test_a_node_is_continued_once() -> None:
    def part(code: str, name: str) -> Data:
        return leaf(code, name, continues={"version": "old", "code": "1.1", "comparable": False})

    found = compared(
        [leaf("1.1", "Hồ sơ đúng hạn / On time")],
        [part("1.1", "Cấp tỉnh / Provinces"), part("1.2", "Cấp xã / Communes")],
    )
    assert [problem.code for problem in found.problems] == ["CONTINUES-TWICE"]
    assert [found.of_new[code].status for code in ("1.1", "1.2")] == ["kept", "added"]


# --- what stays comparable ---


@pytest.mark.parametrize(
    ("old", "new", "old_points", "new_points", "says"),
    [
        # Nothing of the rule is in points: the maximum alone changed.
        (ratio(full_at=95), ratio(full_at=95), 1, 2, ""),
        # Spelled out or left out, and written with other digits.
        (ratio(), ratio(full_at=100.0, zero_below=0), 1, 1, ""),
        (minus(late=0.25), {**minus(late=0.25), "minimum": 0}, 1, 1, ""),
        (ratio(full_at=95), ratio(full_at=90), 1, 1, "the parameter full_at: 95 → 90"),
        (ratio(zero_below=80), ratio(), 1, 1, "the parameter zero_below: 80 → 0"),
        # Points move with the maximum, or not.
        (bands((30, 1), (0, 0)), bands((30, 2), (0, 0)), 1, 2, ""),
        (bands((30, 1), (0, 0)), bands((30, 1), (0, 0), to=30), 1, 1, ""),
        (bands((30, 1), (0, 0)), bands((40, 1), (0, 0)), 1, 1, "the parameter bands 1 from: 30 → 40"),
        (bands((30, 1), (0, 0)), bands((30, 2), (20, 1), (0, 0)), 1, 2, "bands 2 from: 0 → 20"),
        (minus(late=0.25), minus(late=0.25), 1, 0.5, "the parameter minus late: 0.25/1 → 0.25/0.5"),
        (minus(late=0.5), minus(late=0.25), 1, 0.5, ""),
        (minus(late=0.5), minus(late=0.25), 1, 1, "the parameter minus late: 0.5 → 0.25"),
        (binary(), ratio(), 1, 1, "the kind of rule changed from binary to proportional"),
        # Formulas.
        (formula("max_points * numerator / denominator"), formula("max_points*numerator/denominator"), 1, 1, "value"),
        (formula("max_points * numerator"), formula("max_points  *  numerator"), 1, 2, ""),
        (formula("numerator / denominator"), formula("numerator / denominator"), 1, 1, ""),
        (formula("numerator / denominator"), formula("numerator / denominator"), 1, 2, "do not move with it"),
    ],
)
def test_a_rule_is_compared_as_a_share_of_its_points(
    old: Data, new: Data, old_points: float, new_points: float, says: str
) -> None:
    change = rules(old, new, old_points=old_points, new_points=new_points)
    assert change.comparable == (not says)
    assert says in reasons(change)


def test_a_scaled_maximum_is_a_note() -> None:
    change = rules(bands((30, 1), (0, 0)), bands((30, 2), (0, 0)), new_points=2)
    assert aspects(change) == ["max_points"]
    assert notes(change) == "points within the rule moved with the maximum; compare as a percentage of the maximum"
    assert notes(rules(ratio(), ratio(), new_points=2)) == "compare as a percentage of the maximum"


def test_a_condition_on_the_maximum_changes_with_it() -> None:
    def tiers(points: float) -> Data:
        levels = [
            {"level": "much", "when": "numerator >= max_points", "label": text("Nhiều / Much"), "points": points},
            {"level": "less", "label": text("Ít / Less"), "points": 0},
        ]
        return {**ratio(), "kind": "tiers", "levels": levels}

    assert rules(tiers(1), tiers(1)).comparable is True
    assert rules(tiers(1), tiers(2), new_points=2).comparable is False


def test_labels_are_no_part_of_a_rule() -> None:
    change = rules(binary("Đã ban hành / Issued"), binary("Có ban hành / Was issued"))
    assert change.comparable is True
    assert change.changes == ()
    assert notes(change) == "inputs are worded anew"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"numerator": {"type": "amount"}}, "the input numerator: count, dossiers → amount, dossiers"),
        ({"numerator": {"part_of": "denominator"}}, "→ count ⊂ denominator, dossiers"),
        ({"numerator": {"unit": text("việc / cases")}}, ""),
    ],
)
def test_other_inputs_are_another_rule(change: dict[str, Data], says: str) -> None:
    new = ratio()
    for name, keys in change.items():
        new["inputs"][name].update(keys)
    found = rules(ratio(), new)
    assert found.comparable == (not says)
    assert says in reasons(found)


def test_an_amount_in_another_unit_is_another_input() -> None:
    def amounts(unit: str) -> Data:
        rule = ratio(unit)
        for spec in rule["inputs"].values():
            spec["type"] = "amount"
        return rule

    assert rules(amounts("tỷ đồng / billion VND"), amounts("triệu đồng / million VND")).comparable is False
    assert rules(amounts("tỷ đồng / billion VND"), amounts("Tỷ đồng / bn VND")).comparable is True


def test_other_options_are_another_input() -> None:
    def choice(*options: str) -> Data:
        level = {"type": "choice", "label": text("Mức / Level"), "options": {one: text(one) for one in options}}
        return {"kind": "tiers", "inputs": {"level": level}, "points": dict.fromkeys(options, 1)}

    change = rules(choice("good", "fair"), choice("good", "fair", "poor"))
    assert "the input level: choice (good, fair) → choice (good, fair, poor)" in reasons(change)


def test_inputs_may_come_and_go() -> None:
    change = rules(minus(late=0.25, wrong=0.5), minus(late=0.25, missing=0.5))
    assert "the input wrong: count, cases → –" in reasons(change)
    assert "the input missing: – → count, cases" in reasons(change)
    assert "the parameter minus wrong: 0.5 → –" in reasons(change)


def test_a_scale_counts_by_its_weights_not_by_its_name() -> None:
    def scales(weight: float, name: str) -> Data:
        return {name: [{"option": o, "label": text(o), "weight": w} for o, w in (("good", 1), ("poor", weight))]}

    def version(weight: float, name: str, label: str, **more: Any) -> Framework:
        asked = leaf("1.1", "Tính kịp thời / Timeliness", {"kind": "survey_scale", "scale": name, **more})
        return framework(domain("1", "Chỉ đạo"), version=label, domains=[domain("1", "Chỉ đạo", asked)],
                         max_points=1, scales=scales(weight, name))  # fmt: skip

    old = version(0, "two", "old", respondents=["officials", "citizens"])
    same = version(0, "pair", "new", respondents=["citizens", "officials"])
    assert changes(old, same).of_new["1.1"].comparable is True
    other = changes(old, version(0.2, "two", "new", respondents=["officials", "citizens"]))
    assert reasons(other.of_new["1.1"]) == "the parameter scale poor: 0 → 0.2"


@pytest.mark.parametrize(
    ("text_of_formula", "moves"),
    [
        ("max_points * min((on_time + late / 2) / due, 1)", True),
        ("min(a / b, 1) * max_points", True),
        ("a / b * max_points", True),
        ("a / max_points", False),
        ("max_points - late", False),
        ("if a >= b then max_points else 0", False),
        ("max_points * a / max_points", False),
        ("(max_points - 1) * a", False),
        ("a / b", False),
    ],
)
def test_a_formula_moves_with_the_maximum_when_that_is_a_factor(text_of_formula: str, moves: bool) -> None:
    assert moves_with_maximum(text_of_formula) == moves


def test_a_rule_as_plain_data() -> None:
    rule = framework(domain("1", "A", leaf("1.1", "B", bands((30, 1), (0, 0), to=30)))).leaves[0].leaf
    assert rule is not None
    assert plain_rule(rule.rule) == (
        (
            "bands",
            (
                (("from", Decimal(30)), ("points", Decimal(1))),
                (("from", Decimal(0)), ("points", Decimal(0))),
            ),
        ),
    )


# --- nodes above leaves ---


def test_a_group_compares_when_all_below_it_does() -> None:
    def group(points: float) -> Data:
        lines = leaf("1.1.1", "Ban hành", points=points), leaf("1.1.2", "Hoàn thành", ratio(), points=points)
        return criterion("1.1", "Kế hoạch / Plan", *lines)

    found = compared([group(1)], [group(0.5)])
    assert found.comparable
    assert all(one.comparable for one in found.nodes)
    assert notes(found.of_new["1.1"]) == "compare as a percentage of the maximum"


def test_why_a_group_does_not_compare() -> None:
    old = [
        leaf("1.1", "Ban hành kế hoạch / Plan issued"),
        leaf("1.2", "Trụ sở / Offices"),
        leaf("1.3", "Hồ sơ / Dossiers", ratio(), points=2),
    ]
    new = [
        leaf("1.1", "Ban hành kế hoạch / Plan issued", points=2),
        leaf("1.2", "Cổng thông tin / Portal"),
        leaf("1.3", "Hồ sơ / Dossiers", ratio(full_at=90)),
    ]
    change = compared(old, new).of_new["1"]
    assert reasons(change) == (
        "1.2 came in below it; 1.2 went from below it; not comparable below it: 1.3; "
        "other shares of the points: 1.1, 1.3"
    )


def test_an_outline_says_too_little_to_compare() -> None:
    def outline(version: str) -> Framework:
        bare = {"code": "1", "name": text("Chỉ đạo / Steering"), "max_points": 5}
        return framework(bare, version=version, completeness="domains_only")

    change = changes(outline("old"), outline("new")).of_new["1"]
    assert (change.status, change.comparable) == ("kept", False)
    assert reasons(change) == "an outline: what is below it is not known"


def test_bonus_and_penalty_belong_to_the_whole() -> None:
    def bonus(cap: int) -> Data:
        item = {"code": "B1", "name": text("Sáng kiến / Idea"), "points_each": 1, "unit": text("lần / times")}
        return {"bonus": {"cap": cap, "items": [item]}}

    node = domain("1", "Chỉ đạo / Steering", leaf("1.1", "Kế hoạch / Plan"))
    found = changes(framework(node, adjustments=bonus(2)), framework(node, version="new", adjustments=bonus(3)))
    assert all(one.comparable for one in found.nodes)
    assert not found.comparable
    assert [reason.en for reason in found.reasons] == ["the bonus or penalty points changed"]


def test_parent_level_and_policy_are_named() -> None:
    old = [criterion("1.1", "Kế hoạch / Plan", leaf("1.1.1", "Ban hành kế hoạch năm / Annual plan issued", ratio()))]
    new = [
        leaf(
            "1.1",
            "Ban hành kế hoạch năm / Annual plan issued",
            ratio(),
            not_applicable=["full_points_when_none_arise", "exclude_from_denominator"],
        )
    ]
    change = compared(old, new).of_new["1.1"]
    assert [(one.aspect, one.old.en, one.new.en) for one in change.changes] == [
        ("level", "sub-criterion", "criterion"),
        ("parent", "1.1 Plan", "1 Steering"),
        ("not_applicable", "–", "left out of the maximum; full points when none arise"),
    ]
    assert change.comparable is True


# --- as people and programs read it ---


def printed(language: Any) -> str:
    old = [
        leaf("1.1", "Kế hoạch / Plan"),
        leaf("1.2", "Hồ sơ đúng hạn / Dossiers on time", bands((30, 1), (0, 0))),
        leaf("1.3", "Trụ sở cấp xã / Commune offices"),
        leaf("1.4", "Báo cáo định kỳ / Periodic reports", minus(late=0.25)),
    ]
    new = [
        leaf("1.1", "Kế hoạch / Plan"),
        leaf("1.2", "Hồ sơ đúng hạn / Dossiers in time", bands((40, 1.5), (0, 0)), points=1.5),
        leaf("1.3", "Báo cáo định kỳ / Periodic reports", minus(late=0.25)),
        leaf("1.4", "Thanh toán trực tuyến / Online payment"),
    ]
    return render_changes(compared(old, new), language)


def test_the_text_in_english() -> None:
    assert printed("en") == (
        "Framework compared: old → new\n"
        "Same code 3, moved 1, dropped 1, added 1. Comparable 2 nodes, not comparable 2; "
        "comparable leaves hold 2 of 4.5 points.\n"
        "The whole index: not comparable: not comparable below it: 1.\n"
        "\n"
        "Kept as it was (1)\n"
        "  1.1 Plan (1 point)\n"
        "\n"
        "Moved to another code (1)\n"
        "  1.4 → 1.3 Periodic reports (1 point) [same name]\n"
        "      comparable\n"
        "\n"
        "Changed, same code (2)\n"
        "  1 Steering (4.5 points)\n"
        "      maximum points: 4 → 4.5\n"
        "      not comparable: 1.4 came in below it; 1.3 went from below it; not comparable below it: 1.2; "
        "other shares of the points: 1.1, 1.2, 1.3\n"
        "  1.2 Dossiers in time (1.5 points)\n"
        "      name: Dossiers on time → Dossiers in time\n"
        "      maximum points: 1 → 1.5\n"
        "      not comparable: the parameter bands 1 from: 30 → 40; points within the rule moved with the maximum\n"
        "\n"
        "Dropped (1)\n"
        "  1.3 Commune offices (1 point)\n"
        "\n"
        "Added (1)\n"
        "  1.4 Online payment (1 point)\n"
    )


def test_the_text_in_vietnamese() -> None:
    said = printed("vi")
    assert "Giữ mã 3, đổi mã 1, bỏ 1, thêm 1." in said
    assert "chiếm 2/4,5 điểm" in said
    assert "  1.4 → 1.3 Báo cáo định kỳ (1 điểm) [cùng tên]\n      so sánh được\n" in said
    assert "      điểm tối đa: 1 → 1,5\n" in said
    # Reworded in English alone: both languages are shown, or the line would say nothing.
    assert "tên: Hồ sơ đúng hạn / Dossiers on time → Hồ sơ đúng hạn / Dossiers in time" in said


def test_a_comparable_index_says_so() -> None:
    node = leaf("1.1", "Kế hoạch / Plan")
    assert "The whole index: comparable.\n" in render_changes(compared([node], [node]), "en")


def test_near_ties_are_shown_where_they_were_dropped(to_2022: FrameworkChanges) -> None:
    said = render_changes(to_2022, "vi")
    assert "8.3.2 Giải quyết hồ sơ đúng hạn (1 điểm)\n      gần giống 3.4.3, 3.4.1, 3.4.2, chưa đủ để chọn" in said
    assert "[tên gần giống, 0," in said
    assert "[cùng nội dung bên dưới, " in said


def test_the_data_is_plain_json(to_2022: FrameworkChanges) -> None:
    data = json.loads(json.dumps(to_2022.as_data(), ensure_ascii=False))
    assert data["summary"]["kept"] == to_2022.summary.kept
    assert data["new"]["version"] == "2022-reconstructed"
    by_new = {node["new"]["code"]: node for node in data["nodes"] if node["new"]}
    moved = by_new["3.3.2"]
    assert (moved["status"], moved["old"]["code"], moved["why"], moved["score"]) == (
        "moved",
        "8.2.1",
        "same_name",
        None,
    )
    assert by_new["1.2"]["score"] == "0.92"
    assert {"aspect": "max_points", "at": "", "old": {"vi": "1", "en": "1"}, "new": {"vi": "0,5", "en": "0.5"}} in (
        moved["changes"]
    )
    assert by_new["1.6"]["old"] is None
    assert by_new["1.6"]["comparable"] is None
    assert data["nodes"][-1]["new"] is None


def test_problems_travel_with_the_data() -> None:
    found = compared(
        [leaf("1.1", "Kế hoạch / Plan")],
        [leaf("1.1", "Kế hoạch / Plan", continues={"version": "old", "code": "9", "comparable": True})],
    )
    assert found.as_data()["problems"]["vi"][0]["code"] == "CONTINUES-UNKNOWN"
