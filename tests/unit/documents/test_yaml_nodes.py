"""YAML with places. What a framework file can show stands in tests/broken; here is what it cannot."""

from __future__ import annotations

import pytest

from parindex.documents.yaml_nodes import compose, word_pairs
from parindex.problems import Problems


def codes(text: str | bytes) -> list[tuple[str, int | None, int | None]]:
    problems = Problems()
    compose(text.encode() if isinstance(text, str) else text, "a.yaml", problems)
    return [(problem.code, problem.where.line, problem.where.column) for problem in problems]


def test_values_stay_text() -> None:
    document = compose(b"a: 1.10\nb: no\n", "a.yaml", Problems())

    assert document is not None
    assert [(key.value, value.value) for key, value in word_pairs(document.root)] == [("a", "1.10"), ("b", "no")]
    assert document.place(document.root.value[1][1]).inside() == "2:4"


@pytest.mark.parametrize("text", ["", "\n", "# only words\n", "---\n"])
def test_an_empty_file(text: str) -> None:
    assert codes(text) == [("YAML-EMPTY", None, None)]


def test_aliases_are_never_expanded() -> None:
    # Ten lines that stand for ten thousand million words.
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 11))
    problems = Problems()

    assert compose(bomb.encode(), "a.yaml", problems) is None
    assert {problem.code for problem in problems} == {"YAML-ALIAS"}


def test_an_alias_inside_itself() -> None:
    assert codes("a: &a [*a]\n") == [("YAML-ALIAS", 1, 8)]


def test_an_anchor_named_twice() -> None:
    assert [code for code, _, _ in codes("a: &document 1\nb: &document 2\n")] == ["YAML-SYNTAX"]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\x85", "\u2028"])
@pytest.mark.parametrize("nest", ["- ", "? "])
def test_depth_is_bounded_before_the_tree_is_built(nest: str, line_break: str) -> None:
    # Built without the bound, this would overflow the stack of the composer.
    deep = nest * 100_000
    assert [code for code, _, _ in codes(f"a:{line_break}{deep}x")] == ["YAML-DEPTH"]


def test_depth_within_brackets_is_bounded() -> None:
    assert codes("[" * 50_000)[0][0] == "YAML-DEPTH"
    assert codes("a: " + "[" * 30 + "]" * 30) == []


def test_many_brackets_are_not_deep() -> None:
    assert codes("a: [" + "[1], " * 200 + "]\n") == []


def test_a_mistake_among_many_brackets() -> None:
    assert codes("a: [" + "[1], " * 200 + "\n")[0][0] == "YAML-SYNTAX"


def test_a_tab_is_named_on_its_line() -> None:
    assert codes("a:\n  b: 1\n\tc: 2\n") == [("YAML-TAB", 3, 1)]


def test_a_tab_after_words_is_only_a_space() -> None:
    assert codes("a:\t1\n") == []


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_a_control_character_has_its_place(line_break: str) -> None:
    assert codes(f"a: 1{line_break}b: x\x07y{line_break}") == [("YAML-CHARACTER", 2, 5)]


def test_sets_and_ordered_maps_are_tags() -> None:
    assert codes("a: !!set {b}\n") == [("YAML-TAG", 1, 4)]
    assert codes("!x a: 1\n") == [("YAML-TAG", 1, 1)]


def test_every_problem_of_form_comes_at_once() -> None:
    found = codes("a: 1\na: !x 2\n? [b]\n: 3\n<<: {}\n")

    assert [code for code, _, _ in found] == ["YAML-DUPLICATE-KEY", "YAML-TAG", "YAML-KEY", "YAML-MERGE"]


def test_a_list_may_stand_at_the_top() -> None:
    assert codes("- 1\n- !x 2\n") == [("YAML-TAG", 2, 3)]


def test_without_the_fast_reader_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    texts = ["a: *b\n", "a: 1\n---\nb: 2\n", "a: [1\nb: 2\n", "a:\n\tb: 1\n", "a: &a [*a]\n", "[" * 100, "a: 1\na: 2\n"]
    fast = [[code for code, _, _ in codes(text)] for text in texts]
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)

    assert [[code for code, _, _ in codes(text)] for text in texts] == fast
