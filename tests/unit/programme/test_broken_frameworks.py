"""Every mistake that a framework file can hold has one broken file, which says at its top what must be found.

`# expect: CODE line N` once per problem (without a line where the whole file is meant), and `# says: words` that the
Vietnamese or English message must hold. Files that are no text say it in a `.expect` file beside them.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from types import ModuleType

import pytest

from parindex.documents import shapes, text_files, yaml_nodes
from parindex.language import LANGUAGES
from parindex.problems import ProblemKind, Problems
from parindex.programme import framework_reading
from parindex.programme.framework import Framework
from parindex.programme.framework_reading import read_framework
from parindex.scoring import rule, rule_book
from parindex.scoring.rule_book import check_examples, open_rules
from parindex.scoring.rules import KINDS

BROKEN = Path(__file__).parents[2] / "broken" / "framework"
FILES = sorted(BROKEN.glob("*.yaml"))

_EXPECT = re.compile(r"^# expect: (\S+)(?: line (\d+))?$", re.MULTILINE)
_SAYS = re.compile(r"^# says: (.+)$", re.MULTILINE)


def declaration(file: Path) -> str:
    beside = file.with_suffix(".expect")
    return (beside if beside.exists() else file).read_text(encoding="utf-8")


def expected(file: Path) -> list[tuple[str, int | None]]:
    return sorted(
        ((code, int(line) if line else None) for code, line in _EXPECT.findall(declaration(file))),
        key=lambda pair: (pair[1] or 0, pair[0]),
    )


def checked(content: bytes) -> tuple[Framework | None, Problems]:
    """What `parindex` does with a framework file: read it, open its rules, run its worked examples."""
    problems = Problems()
    framework = read_framework(content, "framework.yaml", problems)
    if framework is not None:
        check_examples(open_rules(framework, problems), problems)
    return framework, problems


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_broken_file_has_exactly_the_problems_it_declares(file: Path) -> None:
    _, problems = checked(file.read_bytes())

    found = sorted(((each.code, each.where.line) for each in problems), key=lambda pair: (pair[1] or 0, pair[0]))
    assert found == expected(file), "\n" + "\n".join(each.words("en") for each in problems)

    messages = [each.words(language) for each in problems for language in LANGUAGES]
    for words in _SAYS.findall(declaration(file)):
        assert any(words in message for message in messages), (words, messages)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_message_is_whole_in_both_languages(file: Path) -> None:
    _, problems = checked(file.read_bytes())

    for problem in problems:
        for language in LANGUAGES:
            message = problem.words(language)
            assert not re.search(r"\{\w*\}|\{\{|\}\}|INVALID|Node\(|None", message), message
            assert message.startswith("framework.yaml"), message
            assert message.endswith(f"[{problem.code}]"), message
            data = problem.as_data(language)
            assert all(str(data[part]) in message for part in ("what", "why", "remedy"))


def test_ten_different_mistakes_of_a_file_come_at_once() -> None:
    _, problems = checked((BROKEN / "ten-mistakes.yaml").read_bytes())

    assert len(problems) == 10
    assert len({problem.code for problem in problems}) == 10


def test_reading_a_file_twice_into_the_same_problems_adds_nothing() -> None:
    for file in FILES:
        content = file.read_bytes()
        _, once = checked(content)
        problems = Problems()
        for _ in range(2):
            framework = read_framework(content, "framework.yaml", problems)
            if framework is not None:
                check_examples(open_rules(framework, problems), problems)
        assert [each.code for each in problems] == [each.code for each in once], file.stem


def test_letters_are_composed_on_the_way_in() -> None:
    content = (BROKEN / "accepted-decomposed-letters.yaml").read_bytes()
    assert not unicodedata.is_normalized("NFC", content.decode())

    framework, problems = checked(content)

    assert not list(problems)
    assert framework is not None
    assert framework.by_code["1.1"].name.vi == "Tiêu chí"


def kinds_of(*modules: ModuleType) -> set[str]:
    return {value.code for module in modules for value in vars(module).values() if isinstance(value, ProblemKind)}


# Not to be shown by a framework file: where each of them is tested instead.
ELSEWHERE = {
    "FILE-MISSING": "documents/test_text_files.py",
    "FILE-UNREADABLE": "documents/test_text_files.py",
    "FILE-TOO-LARGE": "documents/test_text_files.py",
    "DATE-WRONG": "documents/test_shapes.py",
}


def test_every_kind_of_problem_has_a_broken_file() -> None:
    import sys

    rules = [sys.modules[kind.__module__] for kind in KINDS.values()]
    declared = kinds_of(text_files, yaml_nodes, shapes, framework_reading, rule, rule_book, *rules)
    covered = {code for file in FILES for code, _ in expected(file)}

    assert declared - covered == set(ELSEWHERE)
    for code, file in ELSEWHERE.items():
        assert code.replace("-", "_") in (BROKEN.parents[1] / "unit" / file).read_text(encoding="utf-8")
