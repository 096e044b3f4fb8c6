"""All rules of a framework, opened and held against their worked examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parindex.documents.shapes import guess
from parindex.documents.yaml_nodes import word_pairs
from parindex.language import Text, half_up
from parindex.problems import ProblemKind, Problems
from parindex.programme.framework import Framework, Node, RuleSpec
from parindex.programme.inputs import InputValue, ValueWrong, parse_value, part_exceeds_whole
from parindex.scoring.rule import Cells, Rule, build_rule
from parindex.scoring.rules import KINDS
from parindex.sources import Place

KIND_UNKNOWN = ProblemKind(
    "KIND-UNKNOWN",
    what=Text('không có loại cách tính điểm "{kind}"{guess}.', 'there is no kind of rule "{kind}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Các loại: {known}.", "The kinds are {known}."),
)
EXAMPLE_MISSING_BRANCH = ProblemKind(
    "EXAMPLE-MISSING-BRANCH",
    what=Text('"{code}" chưa có ví dụ cho nhánh "{branch}".', '"{code}" has no example for the branch "{branch}".'),
    why=Text(
        "Ví dụ cho thấy cách tính điểm đúng ý người viết.", "Examples show that the rule does what its authors mean."
    ),
    remedy=Text("Thêm một ví dụ đi vào nhánh này.", "Add an example that takes this branch."),
)
EXAMPLE_MISSING_EDGE = ProblemKind(
    "EXAMPLE-MISSING-EDGE",
    what=Text(
        '"{code}" chưa có ví dụ đúng tại ngưỡng "{edge}".', '"{code}" has no example exactly at the edge "{edge}".'
    ),
    why=Text("Ngưỡng là nơi hay tranh cãi nhất.", "The edge is where disputes arise."),
    remedy=Text("Thêm một ví dụ đúng bằng ngưỡng.", "Add an example that stands exactly on it."),
)
EXAMPLE_POINTS = ProblemKind(
    "EXAMPLE-POINTS",
    what=Text(
        'ví dụ của "{code}" ghi {expected} điểm, cách tính cho ra {found}.',
        'an example of "{code}" says {expected} points, the rule gives {found}.',
    ),
    why=Text("Hoặc ví dụ sai, hoặc cách tính sai.", "Either the example or the rule is wrong."),
    remedy=Text("Sửa một trong hai.", "Correct one of the two."),
)
EXAMPLE_BRANCH = ProblemKind(
    "EXAMPLE-BRANCH",
    what=Text(
        'ví dụ của "{code}" ghi nhánh "{expected}", cách tính đi vào "{found}".',
        'an example of "{code}" says the branch "{expected}", the rule takes "{found}".',
    ),
    why=Text("", ""),
    remedy=Text("Các nhánh của mục này: {branches}.", "The branches of this leaf are {branches}."),
)
EXAMPLE_INPUTS = ProblemKind(
    "EXAMPLE-INPUTS",
    what=Text(
        'ví dụ của "{code}" cho {found}; cách tính cần {expected}.',
        'an example of "{code}" gives {found}; the rule needs {expected}.',
    ),
    why=Text("", ""),
    remedy=Text("Ghi đủ và đúng tên số liệu.", "Give every input by its name."),
)
EXAMPLE_VALUE = ProblemKind(
    "EXAMPLE-VALUE",
    what=Text('ví dụ của "{code}": {says}', 'an example of "{code}": {says}'),
    why=Text("", ""),
    remedy=Text("", ""),
)
EXAMPLE_NO_POINTS = ProblemKind(
    "EXAMPLE-NO-POINTS",
    what=Text('ví dụ của "{code}" không tính được điểm: {says}', 'an example of "{code}" earns no points: {says}'),
    why=Text("", ""),
    remedy=Text("Đổi số liệu của ví dụ.", "Change the example's inputs."),
)


@dataclass(frozen=True)
class RuleBook:
    """The rules of a framework by leaf. A leaf whose rule could not be built is missing; its problems were added."""

    framework: Framework
    rules: Mapping[str, Rule]

    def live_score(self, node: str, cells: Cells) -> str | None:
        """The points of a leaf as a spreadsheet expression; None where it is not self-scored."""
        return self.rules[node].spreadsheet(cells)


def open_rules(framework: Framework, problems: Problems) -> RuleBook:
    """Build the rule of every leaf; all problems of all rules are added."""
    rules: dict[str, Rule] = {}
    for node in framework.leaves:
        leaf = node.leaf
        assert leaf is not None

        kind = KINDS.get(leaf.rule.kind)
        if kind is None:
            problems.add(
                KIND_UNKNOWN,
                _place_of_kind(leaf.rule),
                kind=leaf.rule.kind,
                known=", ".join(KINDS),
                guess=guess(leaf.rule.kind, tuple(KINDS)),
            )
            continue
        rule = build_rule(node, framework, problems, kind)
        if rule is not None:
            rules[node.code] = rule
    return RuleBook(framework, rules)


def _place_of_kind(spec: RuleSpec) -> Place:
    value = next(value for key, value in word_pairs(spec.body) if key.value == "kind")
    return spec.document.place(value)


def check_examples(book: RuleBook, problems: Problems, *, decimals: int = 4) -> int:
    """Run every worked example; want one per branch and one at each edge. Returns how many were run."""
    run = 0
    for node in book.framework.leaves:
        rule = book.rules.get(node.code)
        if rule is not None:
            run += _check_leaf(node, rule, problems, decimals)
    return run


def _check_leaf(node: Node, rule: Rule, problems: Problems, decimals: int) -> int:
    assert node.leaf is not None
    branches: set[str | None] = set()
    edges: set[str] = set()
    specs = {spec.name: spec for spec in rule.inputs}
    readable = node.leaf.examples_readable
    for example in node.leaf.examples:
        given: dict[str, InputValue] = {}
        good = True
        for name, text in example.given.items():
            if name not in specs:
                continue
            try:
                given[name] = parse_value(specs[name], text)
            except ValueWrong as wrong:
                problems.add(EXAMPLE_VALUE, example.place, code=node.code, says=wrong.says)
                good = False
        if not good:
            readable = False
            continue
        if not set(example.given) <= set(specs) or not rule.complete(given):
            readable = False
            problems.add(
                EXAMPLE_INPUTS,
                example.place,
                code=node.code,
                found=", ".join(example.given),
                expected=", ".join(specs),
            )
            continue
        for part, whole in part_exceeds_whole(rule.inputs, given):
            says = Text(f"{part.label.vi} lớn hơn {whole.label.vi}.", f"{part.label.en} is more than {whole.label.en}.")
            problems.add(EXAMPLE_VALUE, example.place, code=node.code, says=says)
        outcome = rule.outcome(given)
        if outcome.points is None:
            says = Text(*(rule.because(outcome.because, outcome.numbers, language) for language in ("vi", "en")))
            problems.add(EXAMPLE_NO_POINTS, example.place, code=node.code, says=says)
            readable = False
            continue
        branches.add(outcome.branch)
        edges |= rule.edges_at(given)
        points = half_up(outcome.points, decimals).normalize()
        if points != example.points:
            problems.add(EXAMPLE_POINTS, example.place, code=node.code, expected=example.points, found=points)
        if (example.branch or outcome.branch) != outcome.branch or outcome.branch not in rule.branches:
            problems.add(
                EXAMPLE_BRANCH,
                example.place,
                code=node.code,
                expected=example.branch or " | ".join(rule.branches),
                found=outcome.branch,
                branches=", ".join(rule.branches),
            )
    if not readable:  # what the unreadable ones were for cannot be told
        return len(node.leaf.examples)
    for branch in rule.branches:
        if branch not in branches:
            problems.add(EXAMPLE_MISSING_BRANCH, node.place, code=node.code, branch=branch)
    for edge in rule.edges:
        if edge not in edges:
            problems.add(EXAMPLE_MISSING_EDGE, node.place, code=node.code, edge=edge)
    return len(node.leaf.examples)
