"""Self-assessment workbooks of an edition: written with live self-scores, and checked before they are sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from parindex.documents.text_files import read_bytes
from parindex.language import number
from parindex.problems import Problems
from parindex.programme.edition import Edition
from parindex.programme.edition_reading import check_unit
from parindex.results.folder_tables import UNIT_UNKNOWN
from parindex.results.reading import Progress, no_progress, read_programme
from parindex.scoring.rule_book import RuleBook
from parindex.scoring.score import score
from parindex.sources import Place
from parindex.tables.flow import Accepted, Answer


@dataclass(frozen=True, slots=True)
class CheckedForm:
    """What a workbook says: how many inputs are filled, and the points they earn."""

    file: str
    unit: str
    answered: int
    inputs: int
    points: Decimal

    @property
    def points_vi(self) -> str:
        return number(self.points, "vi")

    @property
    def points_en(self) -> str:
        return number(self.points, "en")


def _programme(root: Path) -> tuple[Edition, Mapping[str, RuleBook]]:
    problems = Problems()
    edition, books, _ = read_programme(root, problems, examples=False)
    problems.raise_if_any()
    assert edition is not None
    return edition, books


def write_forms(
    root: Path, to: Path, *, units: Sequence[str] | None, progress: Progress = no_progress
) -> Iterator[Path]:
    """Write the workbook of each named unit, or of all, into a folder. Raises `ProblemsFound` for an unknown unit."""
    from parindex.submissions.writing import BlankForm

    edition, books = _programme(root)
    problems = Problems()
    if units is None:
        wanted = [(each, unit) for each in edition.lists for unit in each.units]
    else:
        wanted = []
        for code in units:
            unit_list = check_unit(edition, code, Place(""), problems, UNIT_UNKNOWN)
            if unit_list is not None:
                wanted.append((unit_list, edition.units[code]))
    problems.raise_if_any()
    to.mkdir(parents=True, exist_ok=True)
    lists = {unit_list.code: unit_list for unit_list, _ in wanted}
    forms = {code: BlankForm(edition, unit_list, books[code].live_score) for code, unit_list in lists.items()}
    for done, (unit_list, unit) in enumerate(wanted, start=1):
        path = to / f"{unit.code}.xlsx"
        forms[unit_list.code].write(path, unit)
        progress(unit.code, done, len(wanted))
        yield path


def check_forms(
    root: Path, files: Sequence[Path], *, progress: Progress = no_progress
) -> tuple[tuple[CheckedForm, ...], Problems]:
    """Read filled workbooks as `read_edition` would, and score what they claim."""
    from parindex.submissions.reading import read_submission
    from parindex.workbooks import Workbook, read_workbooks

    edition, books = _programme(root)
    problems = Problems()
    contents = [
        (str(path), content) for path in files if (content := read_bytes(path, str(path), problems)) is not None
    ]
    checked: list[CheckedForm] = []
    for done, ((name, _), reading) in enumerate(zip(contents, read_workbooks(contents), strict=True), start=1):
        progress(name, done, len(contents))
        if not isinstance(reading, Workbook):
            problems.extend(reading)
            continue
        submission = read_submission(reading, edition=edition, source=name, problems=problems)
        if submission is not None:
            checked.append(_checked(edition, books, name, submission.unit, submission.answers))
    return tuple(checked), problems


def _checked(
    edition: Edition, books: Mapping[str, RuleBook], name: str, unit: str, answers: tuple[Answer, ...]
) -> CheckedForm:
    unit_list = edition.list_of(unit)
    assert unit_list is not None
    unit_list = replace(unit_list, units=(edition.units[unit],))
    accepted = [
        Accepted(edition.code, unit, each.node, each.input, "self", each.value, "answer", None, None, None, name, "")
        for each in answers
    ]
    scores = score(
        edition=edition,
        unit_list=unit_list,
        book=books[unit_list.code],
        accepted=accepted,
        estimates=(),
        not_applicable=(),
        framework_source=unit_list.framework.file,
    )
    framework = unit_list.framework
    points = sum(
        (
            row.points
            for row in scores
            if row.stage == "self" and row.points is not None and row.node in framework.by_code
        ),
        Decimal(0),
    )
    inputs = sum(len(leaf.leaf.rule.inputs) for leaf in framework.leaves if leaf.leaf and leaf.leaf.method != "survey")
    answered = sum(each.node in framework.by_code for each in answers)
    return CheckedForm(name, unit, answered, inputs, points)
