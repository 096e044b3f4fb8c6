"""The queue of appraisal: what waits for a person, line by line, and how far the rounds are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from parindex.language import Text
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.appraise.marking import Blind, Marks, blind_of, marks_in, seconds_of
from parindex_web.appraise.models import Explanation, Finding
from parindex_web.appraise.queries import ROUND_NAMES, ROUND_OF
from parindex_web.collect.models import Line
from parindex_web.editions.deadlines import Closing, closing, deadline
from parindex_web.editions.models import Edition, UnitFile

STATES = {
    "open": Text("chưa thẩm định", "to do"),
    "settle": Text("hai kết quả khác nhau, cần quyết định", "two findings differ: to be settled"),
    "waiting": Text("chờ người chấm kia", "waits for the other marker"),
    "done": Text("đã thẩm định", "done"),
}
STANDS = Text("giữ kết quả lần 1", "round 1 stands")
"""Said of a line that round 2 asks nothing of: the unit was not asked, and did not reply."""


@dataclass(frozen=True, slots=True)
class Task:
    """One line that waits for somebody, or was done, in the open round of its file."""

    unit: str
    unit_order: int
    node: str
    domain: str
    order: int
    state: str
    """`open`; `done`; `settle`: two markers differ and a third must say; `waiting`: the other marker is missing."""


@dataclass(frozen=True, slots=True)
class Files:
    """What is in appraisal: lines of files that are open or explain, their findings, those that were replied to."""

    lines: tuple[Line, ...]
    findings: Mapping[int, Sequence[Finding]]
    replied: frozenset[int]
    blind: Blind

    @classmethod
    def of(cls, edition: Edition) -> Files:
        """Four queries."""
        here = {"line__unit_file__edition": edition, "line__unit_file__standing__in": IN_APPRAISAL}
        lines = Line.objects.filter(unit_file__edition=edition, unit_file__standing__in=IN_APPRAISAL)
        findings: dict[int, list[Finding]] = {}
        for row in Finding.objects.filter(**here).exclude(round="council").order_by("pk"):
            findings.setdefault(row.line_id, []).append(row)
        return cls(
            tuple(lines.select_related("unit_file").order_by("unit_file__order", "order")),
            findings,
            frozenset(Explanation.objects.filter(**here).values_list("line", flat=True)),
            blind_of(edition),
        )


IN_APPRAISAL = (*ROUND_OF, "explaining")


def tasks_of(rights: Rights, edition: Edition, person: int, files: Files | None = None) -> list[Task]:
    """The lines of files open for appraisal, by unit and place in the framework.

    To an appraiser those that they mark or settle; to who only looks on all that they may see. Of round 2 only the
    lines that it asks for: the unit was asked, or has replied.
    """
    files = files or Files.of(edition)
    appraises = "appraiser" in rights.roles(edition.code)
    seconds = seconds_of(person, edition)
    found = []
    for line in files.lines:
        unit_file, here = line.unit_file, files.findings.get(line.pk, ())
        target = Target(edition.code, unit_file.unit, line.domain)
        round_ = ROUND_OF.get(unit_file.standing)
        if round_ is None or not rights.may("line.appraise" if appraises else "line.see_appraisal", target):
            continue
        marks = marks_in(line, here, round_, files.blind)
        if marks.first is None and not _asked_for(line, here, round_, files.blind, line.pk in files.replied):
            continue
        marker = seconds.marker(unit_file.unit, line.domain)
        state = task_state(marks, marker, person) if appraises else standing_of(marks)
        if state:
            found.append(Task(unit_file.unit, unit_file.order, line.node, line.domain, line.order, state))
    return found


def _asked_for(line: Line, findings: Sequence[Finding], round_: str, blind: Blind, replied: bool) -> bool:
    """What `actions.lines_unfinished` wants of a round, told of one line."""
    if round_ == "appraisal_1":
        return bool(line.domain or line.values)
    first = marks_in(line, findings, "appraisal_1", blind).counts
    return replied or (first is not None and first.outcome == "ask")


def task_state(marks: Marks, marker: int, person: int) -> str:
    """What a line asks of a marker now; "" where it asks nothing of them."""
    if not marks.blind:
        return "" if marker == 2 else "done" if marks.first else "open"
    mine = marks.of(marker)
    if marks.differ and marks.settled is None:
        marked = {each.by_id for each in (marks.first, marks.second) if each is not None}
        return "waiting" if person in marked else "settle"
    if mine is None:
        return "open"
    return "done" if marks.both_in else "waiting"


def standing_of(marks: Marks) -> str:
    """Where a line stands for who only looks on."""
    if marks.counts is not None:
        return "done"
    if marks.differ:
        return "settle"
    return "waiting" if marks.first or marks.second else "open"


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of one domain of one unit: done and all. `tenths` is the filled part of the bar."""

    domain: str
    found: int
    lines: int

    @property
    def tenths(self) -> int:
        return 10 * self.found // self.lines if self.lines else 0


@dataclass(frozen=True, slots=True)
class QueueUnit:
    """One unit of the queue: done and all lines in the person's domains, in all and by domain."""

    unit_file: UnitFile
    round: Text
    all: Cell
    domains: tuple[Cell, ...]
    settle: int


def queue_of(unit_files: Iterable[UnitFile], tasks: Sequence[Task], domains: Sequence[str]) -> list[QueueUnit]:
    """Units whose files are open for appraisal and in which at least one line is the person's."""
    mine: dict[str, list[Task]] = {}
    for task in tasks:
        mine.setdefault(task.unit, []).append(task)
    found = []
    for unit_file in unit_files:
        here = mine.get(unit_file.unit, [])
        if not here:
            continue
        cells = tuple(_cell(domain, [each for each in here if each.domain == domain]) for domain in domains)
        settle = sum(each.state == "settle" for each in here)
        found.append(QueueUnit(unit_file, ROUND_NAMES[ROUND_OF[unit_file.standing]], _cell("", here), cells, settle))
    return found


def _cell(domain: str, tasks: Sequence[Task]) -> Cell:
    return Cell(domain, sum(each.state in ("done", "waiting") for each in tasks), len(tasks))


def in_order(tasks: Iterable[Task], by: str) -> list[Task]:
    """The tasks as they are worked off: one unit after another, or one line through all units."""
    if by == "domain":
        return sorted(tasks, key=lambda each: (each.order, each.node, each.unit_order))
    return sorted(tasks, key=lambda each: (each.unit_order, each.order))


def next_open(tasks: Sequence[Task], after: tuple[str, str] | None) -> Task | None:
    """The next line to be worked on after (unit, node), from the beginning again at the end; None: all are done."""
    at = next((n for n, each in enumerate(tasks) if (each.unit, each.node) == after), -1)
    turned = [*tasks[at + 1 :], *tasks[: at + 1]]
    return next((each for each in turned if each.state in ("open", "settle") and (each.unit, each.node) != after), None)


@dataclass(frozen=True, slots=True)
class Explaining:
    """A unit that explains: lines that were not accepted as claimed, those it has answered, and until when."""

    unit_file: UnitFile
    asked: int
    answered: int
    until: Closing


def explaining_of(rights: Rights, edition: Edition, files: Files, unit_files: Iterable[UnitFile]) -> list[Explaining]:
    """The units that explain now, in which the person may see the appraisal."""
    asked: dict[int, list[int]] = {}
    for line in files.lines:
        if line.unit_file.standing != "explaining":
            continue
        counts = marks_in(line, files.findings.get(line.pk, ()), "appraisal_1", files.blind).counts
        target = Target(edition.code, line.unit_file.unit, line.domain)
        if counts is not None and counts.outcome != "accept" and rights.may("line.see_appraisal", target):
            asked.setdefault(line.unit_file_id, []).append(line.pk)
    found = []
    for unit_file in unit_files:
        here = asked.get(unit_file.pk, [])
        if here:
            unit_file.edition = edition
            answered = sum(each in files.replied for each in here)
            found.append(Explaining(unit_file, len(here), answered, closing(unit_file, "explanation")))
    return found


@dataclass(frozen=True, slots=True)
class Round:
    """How far a round is: files in it, lines done and all, and when it closes for files without more time."""

    name: Text
    files: int
    found: int
    lines: int
    ends: Closing


def rounds_of(edition: Edition, unit_files: Iterable[UnitFile], tasks: Sequence[Task]) -> list[Round]:
    """The open rounds, of the person's lines."""
    standing = {each.unit: each.standing for each in unit_files}
    found = []
    for name in ROUND_OF.values():
        here = [each for each in tasks if ROUND_OF[standing[each.unit]] == name]
        if here:
            at = deadline(edition, name)
            done = sum(each.state == "done" for each in here)
            found.append(Round(ROUND_NAMES[name], len({each.unit for each in here}), done, len(here), Closing(at)))
    return found
