"""The documentation holds what it says: commands run as shown, files shown are good, links and codes lead somewhere."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted(path for path in DOCS.rglob("*.md") if REFERENCE not in path.parents)
TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
TASKS = [ROOT / "README.md", *sorted((DOCS / "tutorials").glob("*.md")), *sorted((DOCS / "how-to").glob("*.md"))]

# --- What a page shows, in reading order.

_FENCE = re.compile(r"^(?P<mark>```+)(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=mark)\s*$", re.M | re.S)
_WRITES = re.compile(r"^Tệp / file `(?P<path>[^`]+)`:$")
_REPLACES = re.compile(r"^Trong / In `(?P<path>[^`]+)`, thay dòng / replace the line `(?P<line>[^`]+)`:$")
_INSERTS = re.compile(r"^Thêm vào / Add to `(?P<path>[^`]+)`, sau dòng / after the line `(?P<line>[^`]+)`:$")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language and options, the text in it, the line before it, and where it begins."""

    language: str
    options: dict[str, str]
    body: str
    before: str
    line: int


def blocks_of(path: Path) -> Iterator[Block]:
    text = path.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        language, *options = found["info"].split() or [""]
        pairs = dict(option.split("=", 1) if "=" in option else (option, "") for option in options)
        before = [line for line in text[: found.start()].splitlines() if line.strip()]
        yield Block(
            language, pairs, found["body"], before[-1] if before else "", text.count("\n", 0, found.start()) + 1
        )


def test_a_page_is_read_as_it_looks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# T\n\nTệp / file `a.csv`:\n\n```csv\nx\n1\n```\n\n```console exit=1\n$ parindex check a\n…\n```\n"
    )
    first, second = blocks_of(page)
    assert (first.language, first.body, first.before) == ("csv", "x\n1\n", "Tệp / file `a.csv`:")
    assert (second.language, second.options, second.line) == ("console", {"exit": "1"}, 10)


# --- Commands run as shown.


def put_file(folder: Path, block: Block) -> None:
    """Write, extend or correct a file as the line before the block says; nothing when it says nothing of a file."""
    if found := _WRITES.match(block.before):
        path = folder / found["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.body, encoding="utf-8")
    elif found := _REPLACES.match(block.before) or _INSERTS.match(block.before):
        path = folder / found["path"]
        lines = path.read_text(encoding="utf-8").splitlines()
        at = [number for number, line in enumerate(lines) if line.strip() == found["line"].strip()]
        assert len(at) == 1, f"line {block.line}: {found['line']!r} stands {len(at)} times in {found['path']}"
        keep = [lines[at[0]]] if block.before.startswith("Thêm") else []
        lines[at[0] : at[0] + 1] = [*keep, *block.body.splitlines()]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def commands_in(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block with the lines shown under it."""
    command: str | None = None
    shown: list[str] = []
    for line in block.body.splitlines():
        if line.startswith("$ "):
            if command is not None:
                yield command, shown
            command, shown = line[2:], []
        elif command is not None:
            shown.append(line)
    if command is not None:
        yield command, shown


def assert_shows(shown: list[str], output: str, where: str) -> None:
    """Every shown line stands in the output, in this order; `…` in it stands for anything, alone for any lines."""
    lines = output.splitlines()
    at = 0
    for line in shown:
        if line.strip() in ("", "…"):
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.rstrip().split("…")))
        for number in range(at, len(lines)):
            if pattern.fullmatch(lines[number].rstrip()):
                at = number + 1
                break
        else:
            pytest.fail(f"{where}: the page shows\n  {line}\nbut the output is\n{textwrap.indent(output, '  ')}")


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `parindex` and `python`, to go before all others in PATH."""
    folder = tmp_path_factory.mktemp("bin")
    for name, arguments in (("parindex", "-m parindex.cli"), ("parindex-web", "-m parindex_web"), ("python", "")):
        path = folder / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        path.chmod(0o755)
    return folder


def runnable() -> list[Any]:
    """The pages with commands; one with a block marked `slow` is slow."""
    found = []
    for path in TASKS:
        blocks = [block for block in blocks_of(path) if block.language == "console"]
        if blocks:
            slow = any("slow" in block.options for block in blocks)
            found.append(pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if slow else []))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("path", runnable())
def test_commands_do_what_the_page_shows(path: Path, program: Path, tmp_path: Path) -> None:
    """All commands of a page, in one folder that holds the examples, with the files that the page shows."""
    for name in ("examples", "scripts"):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("PARINDEX", "COV", "DJANGO_"))},
        "PATH": f"{program}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
    try:
        for block in blocks_of(path):
            if block.language != "console":
                put_file(tmp_path, block)
                continue
            for command, shown in commands_in(block):
                done = subprocess.run(
                    ["/bin/sh", "-c", command],
                    cwd=tmp_path,
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    encoding="utf-8",
                    timeout=300,
                )
                where = f"{path.relative_to(ROOT)}, block at line {block.line}, `{command}`"
                expected = int(block.options.get("exit", "0"))
                assert done.returncode == expected, f"{where}: exit code {done.returncode}\n{done.stdout}"
                assert_shows(shown, done.stdout, where)
    finally:
        stop_what_was_started(tmp_path)


def stop_what_was_started(folder: Path) -> None:
    """A server that a page starts leaves its process id in a file; a page that failed half way did not stop it."""
    for file in folder.glob("*.pid"):
        with suppress(ProcessLookupError):
            os.kill(int(file.read_text()), signal.SIGTERM)


# --- Leaves shown in the page on frameworks are good leaves.

_SCALES = {
    "officials_5": [
        {"option": code, "label": {"vi": code, "en": code}, "weight": weight}
        for code, weight in (("very_good", 1), ("good", 0.8), ("fair", 0.6), ("average", 0.3), ("poor", 0))
    ]
}


def leaves_shown() -> list[Any]:
    page = DOCS / "how-to" / "write-a-framework.md"
    found = []
    for block in blocks_of(page) if page.exists() else ():
        if block.language == "yaml" and block.body.startswith("- code:"):
            code = re.search(r"kind: (\w+)", block.body)
            found.append(pytest.param(block, id=f"{block.line}-{code[1] if code else 'leaf'}"))
    return found


def framework_around(block: Block) -> str:
    """A whole framework around one criterion that a page shows."""
    import yaml

    points = yaml.safe_load(block.body)[0]["max_points"]
    scales = yaml.safe_dump(_SCALES, allow_unicode=True, sort_keys=False)
    head = f"""
        framework: shown
        version: "1"
        name: {{vi: "Bộ", en: "Framework"}}
        editions: [2025]
        unit_kind: commune
        max_points: {points}
        domains:
          - code: "1"
            name: {{vi: "Lĩnh vực", en: "Domain"}}
            max_points: {points}
            criteria:
    """
    return (
        textwrap.dedent(head).strip()
        + "\n"
        + textwrap.indent(block.body, "      ")
        + "scales:\n"
        + textwrap.indent(scales, "  ")
    )


@pytest.mark.parametrize("block", leaves_shown())
def test_a_leaf_that_is_shown_can_be_used(block: Block) -> None:
    from parindex.problems import Problems
    from parindex.programme.framework_reading import read_framework
    from parindex.scoring.rule_book import check_examples, open_rules

    problems = Problems()
    framework = read_framework(framework_around(block).encode(), "page.yaml", problems)
    assert framework is not None
    run = check_examples(open_rules(framework, problems), problems)
    assert not list(problems), "\n".join(problem.words("en") for problem in problems)
    assert run > 0


def test_every_kind_of_rule_is_shown() -> None:
    from parindex.scoring.rules import KINDS

    shown = {name for param in leaves_shown() for name in re.findall(r"kind: (\w+)", param.values[0].body)}
    assert set(KINDS) <= shown


# --- Links, codes and names.

_LINK = re.compile(r"(?<!\!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def anchors_of(path: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    found = set()
    for heading in re.findall(r"^#+ +(.+?) *$", text, re.M):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", words).replace(" ", "-"))
    return found


@pytest.mark.parametrize("path", [*TOP, *DOCS.rglob("*.md")], ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    for found in _LINK.finditer(text):
        target, _, anchor = found["target"].partition("#")
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        place = (path.parent / target).resolve() if target else path
        assert place.exists(), f"{found['target']} leads nowhere"
        if anchor and place.suffix == ".md":
            assert anchor in anchors_of(place), f"{found['target']}: no such heading"


WITHOUT_COMMAND = ("certainty", "facts", "reports")
"""Packages that no command uses yet. What nobody can meet at a door is not in the reference."""


def problem_codes() -> dict[str, str]:
    """Every code of a problem that people can meet, with the module that declares it."""
    import importlib
    import pkgutil

    import parindex
    from parindex.problems import ProblemKind

    found: dict[str, str] = {}
    for module in pkgutil.walk_packages(parindex.__path__, "parindex."):
        if module.name.endswith("__main__") or module.name.split(".")[1] in ("cli", *WITHOUT_COMMAND):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, ProblemKind):
                found.setdefault(value.code, module.name)
    return found


def web_problem_codes() -> dict[str, str]:
    """The same for the web application, whichever module declares them."""
    import importlib
    import pkgutil

    import parindex_web
    from parindex.problems import ProblemKind

    found: dict[str, str] = {}
    for module in pkgutil.walk_packages(parindex_web.__path__, "parindex_web."):
        if module.name.endswith(("__main__", ".wsgi")) or ".migrations" in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, ProblemKind):
                found.setdefault(value.code, module.name)
    return found


def test_every_problem_of_the_web_is_in_the_reference() -> None:
    pages = "".join((REFERENCE / name).read_text(encoding="utf-8") for name in ("problems.md", "web-problems.md"))
    listed = set(re.findall(r"^### (\S+)", pages, re.M))
    missing = {code: module for code, module in web_problem_codes().items() if code not in listed}
    assert not missing, "run `make docs`; a new app must stand in APPS of steering/reference_pages.py"


def test_every_variable_is_declared_and_read() -> None:
    from parindex_web.environment import VARIABLES

    read = {
        name
        for path in (ROOT / "src" / "parindex_web").rglob("*.py")
        if path.name != "environment.py"
        for name in re.findall(r"[\"'](PARINDEX_\w+)[\"']", path.read_text(encoding="utf-8"))
    }
    assert read == set(VARIABLES), "declare it in src/parindex_web/environment.py"


def test_every_problem_is_in_the_reference() -> None:
    listed = set(re.findall(r"^### (\S+)", (REFERENCE / "problems.md").read_text(encoding="utf-8"), re.M))
    missing = {code: module for code, module in problem_codes().items() if code not in listed}
    assert not missing, "run `make docs`; a new package must stand in PROBLEM_PARTS of cli/reference_pages.py"


def test_packages_without_command_have_none() -> None:
    doors = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/parindex/cli").glob("*.py"))
    met = [name for name in WITHOUT_COMMAND if f"parindex.{name}" in doors]
    assert not met, "a command uses them now: move them from WITHOUT_COMMAND to PROBLEM_PARTS"


@pytest.mark.parametrize("path", [*TOP[:1], *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_codes_of_problems_exist(path: Path) -> None:
    """`[BANDS-GAP]` at the end of a shown message, and a bare code set as code."""
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"\[([A-Z]{3,}(?:-[A-Z0-9]+)+)\]", text))
    named |= set(re.findall(r"`([A-Z]{3,}(?:-[A-Z]+)+)`", text))
    assert named <= set(problem_codes()) | set(web_problem_codes())


# --- Pages on the web application name buttons, links and headings as they stand on screen.

WEB_TASKS = (
    "tutorials/first-edition-on-the-web.md",
    "how-to/fill-in-on-the-web.md",
    "how-to/approve-and-sign.md",
    "how-to/appraise-on-the-web.md",
    "how-to/run-a-council.md",
    "how-to/run-an-edition-on-the-web.md",
    "how-to/audit-an-edition.md",
)


@pytest.mark.parametrize("name", WEB_TASKS)
def test_words_of_the_screen_stand_in_the_application(name: str) -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for kind in ("*.html", "*.py")
        for path in (ROOT / "src" / "parindex_web").rglob(kind)
    ]
    said = {words for text in sources for words in re.findall(r'"([^"\n]+)"', text)}
    said |= {words.partition(":")[0].strip() for words in said}
    shown = re.findall(r"\*\*([^*]+)\*\*", (DOCS / name).read_text(encoding="utf-8"))
    assert shown and set(shown) <= said, set(shown) - said


# --- The reference is what the code says, and nothing is left out.


def reference_pages() -> list[str]:
    from parindex.cli.reference_pages import PAGES as made

    return list(made)


WEB_PAGES = ("web-problems.md", "roles.md", "moves.md", "settings.md")


@pytest.mark.parametrize("name", WEB_PAGES)
def test_the_reference_of_the_web_is_up_to_date(name: str) -> None:
    from parindex_web.steering.reference_pages import PAGES as made

    path = REFERENCE / name
    assert set(made) == set(WEB_PAGES)
    assert path.exists() and path.read_text(encoding="utf-8") == made[name](), "run `make docs`"


@pytest.mark.parametrize("name", reference_pages())
def test_the_reference_is_up_to_date(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from parindex.cli.reference_pages import PAGES as made

    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))  # the page on commands asks each command for its help
    path = REFERENCE / name
    assert path.exists() and path.read_text(encoding="utf-8") == made[name](), "run `make docs`"


def commands() -> dict[str, list[str]]:
    """Every command that people see, such as "framework check", with its long options."""
    import typer

    from parindex.cli.app import app

    found: dict[str, list[str]] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        if command.hidden:
            return
        below = getattr(command, "commands", None)
        if below is not None:
            for name, each in below.items():
                walk(each, (*words, name))
            return
        options = [word for each in command.params for word in each.opts if word.startswith("--")]
        found[" ".join(words)] = options

    walk(typer.main.get_command(app), ())
    return found


def test_there_are_commands() -> None:
    assert {"check", "compute", "rank", "explain", "publish", "verify", "framework check"} <= set(commands())


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str) -> None:
    reference = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    assert f"## parindex {command}\n" in reference
    section = reference.split(f"## parindex {command}\n")[1].split("\n## ")[0]
    pages = "\n".join(path.read_text(encoding="utf-8") for path in TASKS)
    assert re.search(rf"parindex (--lang \w\w )?{re.escape(command)}\b", pages), f"no tutorial or how-to uses {command}"
    for option in commands()[command]:
        assert option in section
        assert option in pages or option == "--help", f"no tutorial or how-to says what {command} {option} is for"


def test_every_page_stands_in_an_index() -> None:
    """A page that no list names is a page that nobody finds."""
    for room in ("tutorials", "how-to", "explanation", "reference"):
        index = (DOCS / room / "README.md").read_text(encoding="utf-8") if (DOCS / room / "README.md").exists() else ""
        index += (DOCS / "README.md").read_text(encoding="utf-8")
        for path in (DOCS / room).glob("*.md"):
            assert path.name == "README.md" or f"{path.name})" in index, f"docs/{room}/{path.name}"
    decisions = (DOCS / "README.md").read_text(encoding="utf-8")
    for path in (DOCS / "decisions").glob("*.md"):
        assert f"decisions/{path.name})" in decisions


def test_changes_are_dated() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings and all(re.fullmatch(r"\d+\.\d+\.\d+ – \d{4}-\d{2}-\d{2}", heading) for heading in headings)
    sections = re.split(r"^## .+$", text, flags=re.M)[1:]
    assert all(re.search(r"^- ", section, re.M) for section in sections)
