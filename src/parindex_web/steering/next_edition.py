"""The declaration of the next edition from that of the last: framework and units kept, year and days moved on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from parindex.language import Text
from parindex.problems import Problems, ProblemsFound
from parindex.programme.edition import Edition as Programme
from parindex.results.reading import read_programme
from parindex_web.editions.models import Edition
from parindex_web.editions.store import kept_at

EDITION_FILE = "edition.yaml"
KEPT_KEYS = frozenset(
    {"programme", "edition", "year", "name", "simulated", "as_of", "calendar", "lists", "settings", "groups"}
)
"""What the next edition takes over. Surveys, comparison and notes speak of one year, and are declared anew."""


def files_for_next(last: Edition, programme: Programme, *, code: str, year: int, to: Path) -> dict[str, Path]:
    """Write the files of the next edition into a folder: its declaration, the frameworks, the units. By name.

    Claims, decisions, estimates, records and printed figures stay behind: they are facts of their year.
    """
    to.mkdir(parents=True, exist_ok=True)
    kept = {file.name: kept_at(file.sha256) for file in last.files.all()}
    frameworks = {each.framework.file for each in programme.lists}
    wanted = {*TAKEN_OVER, *frameworks} & set(kept)
    files = {}
    for name in sorted(wanted):
        content = kept[name].read_text(encoding="utf-8")
        if name in frameworks:
            content = with_year(content, year)
        files[name] = to / name
        files[name].parent.mkdir(parents=True, exist_ok=True)
        files[name].write_text(content, encoding="utf-8")
    files[EDITION_FILE] = to / EDITION_FILE
    declared = kept[EDITION_FILE].read_text(encoding="utf-8")
    files[EDITION_FILE].write_text(moved_on(declared, code=code, year=year), encoding="utf-8")
    return files


TAKEN_OVER = ("units.csv", "unit_changes.csv", "measures.yaml")
"""Beside edition.yaml and the frameworks."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What the next edition would be, before it is made.

    `days`: name, day of last year, day of the next. `came`, `went`: names of units that enter and leave the lists.
    """

    programme: Programme
    files: tuple[str, ...]
    left: tuple[str, ...]
    lists: tuple[tuple[Text, str, int, int], ...]
    """Name of the list, version of its framework, how many lines and units."""
    days: tuple[tuple[str, date, date], ...]
    came: tuple[Text, ...]
    went: tuple[Text, ...]

    @property
    def units(self) -> frozenset[str]:
        return frozenset(unit.code for each in self.programme.lists for unit in each.units)


def taken_over(last: Edition, before: Programme, *, code: str, year: int) -> TakenOver:
    """Read the next edition without making it. Raises ProblemsFound with all that is wrong with it."""
    with TemporaryDirectory(prefix="next-") as room:
        folder = Path(room)
        files = files_for_next(last, before, code=code, year=year, to=folder)
        problems = Problems()
        programme, _, _ = read_programme(folder, problems, examples=False)
    if programme is None or problems.errors:
        raise ProblemsFound(problems.sorted())
    old = {unit.code: unit.name for each in before.lists for unit in each.units}
    new = {unit.code: unit.name for each in programme.lists for unit in each.units}
    return TakenOver(
        programme,
        tuple(sorted(files)),
        tuple(sorted(_in_short(file.name for file in last.files.all() if file.name not in files))),
        tuple(
            (each.name, each.framework.version, len(each.framework.leaves), len(each.units)) for each in programme.lists
        ),
        tuple((name, day, programme.calendar[name]) for name, day in before.calendar.items()),
        tuple(name for unit, name in new.items() if unit not in old),
        tuple(name for unit, name in old.items() if unit not in new),
    )


def _in_short(names: Iterable[str]) -> set[str]:
    """Names of files, and of folders in place of what is in them."""
    return {f"{name.split('/')[0]}/" if "/" in name else name for name in names}


def moved_on(declared: str, *, code: str, year: int) -> str:
    """The text of edition.yaml with another code and year; days and the year in names move by as many years.

    Values are replaced where they stand, so that comments and order stay.
    """
    root = yaml.compose(declared, Loader=yaml.SafeLoader)
    assert isinstance(root, MappingNode)
    entries = {key.value: (key, value) for key, value in root.value}
    before = int(entries["year"][1].value)
    changes: list[tuple[int, int, str]] = []
    for name, (key, value) in entries.items():
        if name not in KEPT_KEYS:
            changes.append((key.start_mark.index, value.end_mark.index, ""))
        elif name == "edition":
            changes.append((value.start_mark.index, value.end_mark.index, _quoted(code)))
        elif name == "year":
            changes.append((value.start_mark.index, value.end_mark.index, str(year)))
        elif name in ("as_of", "calendar"):
            changes.extend(
                (each.start_mark.index, each.end_mark.index, _later(each.value, year - before))
                for each in _scalars(value)
            )
        elif name == "name":
            changes.extend(
                (each.start_mark.index, each.end_mark.index, _quoted(each.value.replace(str(before), str(year))))
                for each in _scalars(value)
            )
    return _replaced(declared, changes)


def with_year(framework: str, year: int) -> str:
    """The text of a framework whose `editions` hold this year too."""
    root = yaml.compose(framework, Loader=yaml.SafeLoader)
    assert isinstance(root, MappingNode)
    for key, value in root.value:
        if key.value == "editions" and isinstance(value, SequenceNode):
            years = [int(each.value) for each in value.value]
            if year not in years:
                end = value.value[-1].end_mark.index
                indent = " " * value.value[-1].start_mark.column
                more = f", {year}" if value.flow_style else f"\n{indent[:-2]}- {year}"
                return framework[:end] + more + framework[end:]
    return framework


def _later(text: str, years: int) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _quoted(text)
    try:
        return day.replace(year=day.year + years).isoformat()
    except ValueError:
        # 29 February has no sister in most years: the last day of the month is meant.
        return date(day.year + years, 2, 28).isoformat()


def _scalars(node: Node) -> Iterator[ScalarNode]:
    """The values below a node, without keys."""
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for each in node.value:
            yield from _scalars(each)
    elif isinstance(node, MappingNode):
        for _, value in node.value:
            yield from _scalars(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _replaced(text: str, changes: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return re.sub(r"\n{3,}", "\n\n", text)
