"""How the command line speaks: language, problems, tables, progress, and which output goes where."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import NoReturn

import typer

from parindex.language import Language, Text
from parindex.problems import Problem, ProblemsFound


@lru_cache(maxsize=1)
def language() -> Language:
    """The language of this call: --lang before any command, then PARINDEX_LANG, then Vietnamese."""
    words = sys.argv[1:]
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "--lang" and following in ("vi", "en"):
            return "en" if following == "en" else "vi"
        if word in ("--lang=en", "--lang=vi"):
            return "en" if word.endswith("en") else "vi"
    return "en" if os.environ.get("PARINDEX_LANG", "vi").lower().startswith("en") else "vi"


def say(vi: str, en: str) -> str:
    """The text in the language of this call."""
    return en if language() == "en" else vi


def words(text: Text) -> str:
    return text.in_(language())


def out(text: str = "") -> None:
    """A line of the result, on standard output."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """A remark beside the result, on standard error."""
    sys.stderr.write(text + "\n")


def print_json(data: object) -> None:
    out(json.dumps(data, ensure_ascii=False, indent=1))


def print_problems(problems: Sequence[Problem], *, as_json: bool = False) -> None:
    """All problems, each on a line of its own."""
    if as_json:
        print_json([problem.as_data(language()) for problem in problems])
        return
    for problem in problems:
        note(problem.words(language()))


def fail(problems: Sequence[Problem], *, as_json: bool = False) -> NoReturn:
    """Print the problems, how many they are, and end with exit code 1."""
    print_problems(problems, as_json=as_json)
    errors = sum(problem.kind.severity == "error" for problem in problems)
    if not as_json:
        note(say(f"{errors} lỗi.", f"{errors} problem{'s' if errors > 1 else ''}."))
    raise typer.Exit(1)


@contextmanager
def problems_said(*, as_json: bool = False) -> Iterator[None]:
    """Turns `ProblemsFound` into printed problems and exit code 1; a user's mistake never shows a traceback."""
    try:
        yield
    except ProblemsFound as found:
        fail(found.problems, as_json=as_json)
    except BrokenPipeError:
        # The reader (`| head`) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except OSError as error:
        name = error.filename or ""
        note(
            say(
                f"{name}: không ghi hoặc đọc được ({error.strerror}).",
                f"{name}: cannot be read or written ({error.strerror}).",
            )
        )
        raise typer.Exit(1) from None


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """A plain table with columns under each other; `right` are the columns aligned to the right."""
    lines = [list(headings), *[list(row) for row in rows]]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(headings))]
    for number, line in enumerate(lines):
        cells = []
        for column, cell in enumerate(line):
            space = " " * (widths[column] - _width(cell))
            cells.append(space + cell if column in right else cell + space)
        out("  ".join(cells).rstrip())
        if number == 0:
            out("  ".join("─" * width for width in widths))


def _width(text: str) -> int:
    return len(text)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error; in a file or pipe only its first and last line."""
    if not sys.stderr.isatty():
        note(f"{what} …")
        yield lambda step, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        task = bar.add_task(what, total=None)

        def tell(step: str, done: int, total: int) -> None:
            bar.update(task, description=f"{what}: {step}", completed=done, total=total)

        yield tell
