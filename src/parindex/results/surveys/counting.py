"""Files of answers become cells: in one pass, in parts, or a new day added to earlier ones, with the same result."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Final

from parindex.language import nfc
from parindex.problems import Problems
from parindex.sources import Place
from parindex.survey.cells import Cells, added, check_cells
from parindex.survey.composites import together_of
from parindex.survey.design import AnswerItem, LonelyRule, SurveyDesign, choice_item
from parindex.survey.engine import Engine
from parindex.survey.indexing import index_parts
from parindex.survey.mistakes import ANSWER_UNKNOWN
from parindex.survey.moments import Together
from parindex.survey.questionnaire import Questionnaire
from parindex.survey.records import FILE_TWICE, NAMED, RECORD_TWO_PARTS, Digests, in_both, joined, listed
from parindex.survey.set_aside import SetAside

TIMES: Final = ".times"
"""Behind the code of a count item: the item that counts its answers one by one."""

MOST_TIMES: Final = 120
"""A count with more different answers than this is summed only, and has no distribution."""


@dataclass(frozen=True, slots=True, eq=False)
class SurveyCounts:
    """The cells of all parts together, and every record set aside, sorted so that the order of parts is gone.

    `records` are the interviews that were counted, where the design names them; else `files` are the digests of the
    files, sorted, so that at least the same file is not counted twice.
    """

    cells: Cells
    set_aside: tuple[SetAside, ...]
    records: Digests | None = None
    files: tuple[str, ...] = ()

    @property
    def answers_not_valid(self) -> int:
        """Answers outside their codes: these count as no answer, and the record is used."""
        return sum(row.code == ANSWER_UNKNOWN.code for row in self.set_aside)

    def under(self, rule: LonelyRule) -> SurveyCounts:
        """The same counts, with another rule for strata of one sampled unit."""
        cells = replace(self.cells, design=replace(self.cells.design, lonely_psu=rule))
        return replace(self, cells=cells)


def counted_design(design: SurveyDesign) -> SurveyDesign:
    """The design with an item more for each count of few different answers (visits): how many gave each number."""
    twins = tuple(
        choice_item(item.code + TIMES, item.column, tuple(str(number) for number in range(low, high + 1)))
        for item in design.items
        if item.kind == "count" and (low := item.lowest) is not None and (high := item.highest) is not None
        if high - low < MOST_TIMES and not _taken(design, item)
    )
    return replace(design, items=(*design.items, *twins))


def _taken(design: SurveyDesign, item: AnswerItem) -> bool:
    return any(other.code == item.code + TIMES for other in design.items)


def count_answers(
    design: SurveyDesign,
    files: Sequence[Path],
    engine: Engine,
    *,
    earlier: Sequence[SurveyCounts] = (),
    questionnaire: Questionnaire | None = None,
    threads: int = 2,
    progress: Callable[[str, int, int], None] | None = None,
) -> SurveyCounts:
    """The cells of all files and of `earlier` counts, without reading the answers of these again.

    With a questionnaire its codes for "don't know" and "refused" are no mistakes, and what its index needs for design
    effects is counted. Raises ProblemsFound, also for interviews that stand in two parts.
    """
    cells: list[Cells] = []
    bad: list[SetAside] = []
    known: list[Digests] = []
    copies: list[str] = []
    foreseen = _foreseen(questionnaire)
    wide = counted_design(design)
    together = together_for(wide, questionnaire)
    problems = Problems()
    for counts in earlier:
        cells.append(counts.cells)
        bad += counts.set_aside
        if counts.records is not None:
            _no_double(design, counts.records, known, Place(design.name), lambda _: (), problems)
            known.append(counts.records)
        copies += counts.files
    for at, file in enumerate(files):
        if progress is not None:
            progress(file.name, at, len(files))
        counted = engine.count_file(wide, file, threads=threads, together=together)
        cells.append(counted.cells)
        bad += _once(counted.set_aside, design, foreseen)
        if counted.records is not None:
            names = partial(engine.record_names, wide, file)
            _no_double(design, counted.records, known, Place(file.name), names, problems)
            known.append(counted.records)
        else:
            copies.append(_digest_of_file(file))
            if copies[-1] in copies[:-1]:
                problems.add(FILE_TWICE, Place(file.name))
    problems.raise_if_any()
    total = added(cells)
    check_cells(total, problems, Place(files[0].name if len(files) == 1 else design.name))
    problems.raise_if_any()
    records = joined(known) if len(known) == len(cells) else None
    return SurveyCounts(total, tuple(sorted(bad)), records, tuple(sorted(copies)))


def _digest_of_file(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def together_for(design: SurveyDesign, questionnaire: Questionnaire | None) -> Together | None:
    """What the factors and the index need counted together; mistakes of the questionnaire are told when it is used."""
    return together_of(design, [composite for _, composite in index_parts(design, questionnaire, Problems())])


def _no_double(
    design: SurveyDesign,
    records: Digests,
    known: Sequence[Digests],
    place: Place,
    names: Callable[[Digests], Sequence[str]],
    problems: Problems,
) -> None:
    """An interview of another part counts twice and cannot be taken out of cells again."""
    double = in_both(records, joined(known))
    if len(double) and len(double) == len(records):
        problems.add(FILE_TWICE, place)
    elif len(double):
        told_names = listed(names(double[:NAMED]), len(double)) or "…"
        problems.add(RECORD_TWO_PARTS, place, column=design.record, count=len(double), records=told_names)


def _as_read(row: SetAside) -> SetAside:
    """The row as it comes back from a file, so that parts that were written in between give the same bytes."""
    return SetAside(*(nfc(cell).strip() for cell in row))


def _once(rows: Sequence[SetAside], design: SurveyDesign, foreseen: frozenset[tuple[str, str]]) -> Iterator[SetAside]:
    """Each mistake once, though a count and the item of its numbers both see it; what one of them takes is none."""
    counts = {item.column: item for item in design.items if not item.coded}
    seen: set[SetAside] = set()
    for row in rows:
        item = counts.get(row.column)
        if (row.column, row.value) in foreseen:
            continue
        if row.code == ANSWER_UNKNOWN.code and item is not None:
            if row in seen or _within(item, row.value):
                continue
            seen.add(row)
        yield _as_read(row)


def _within(item: AnswerItem, value: str) -> bool:
    """A number that the count takes, written in a way that is no code (`02`)."""
    try:
        number = Decimal(value.strip())
    except InvalidOperation:
        return False
    low, high = item.lowest, item.highest
    return number.is_finite() and (low is None or number >= low) and (high is None or number <= high)


def _foreseen(questionnaire: Questionnaire | None) -> frozenset[tuple[str, str]]:
    """(column, value) of answers that the questionnaire offers and that count as none."""
    if questionnaire is None:
        return frozenset()
    columns = ((column.name, column.item) for column in questionnaire.columns)
    return frozenset((name, code) for name, item in columns for code in questionnaire.non_response_codes(item))
