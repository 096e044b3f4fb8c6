"""The progress of all units by domain: what is filled in, appraised, disputed and claimed, and who is late."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q

from parindex.language import Text, fold, half_up
from parindex.problems import Problems
from parindex.programme.framework import INDEX
from parindex.submissions.layout import is_asked
from parindex.tables.columns import canonical_json
from parindex.tables.flow import INDEX_VALUES
from parindex_web import clock
from parindex_web.appraise.marking import blind_of
from parindex_web.appraise.models import Explanation, Finding, Motion
from parindex_web.appraise.queries import decides
from parindex_web.collect.models import Line
from parindex_web.collect.self_score import self_score
from parindex_web.editions.deadlines import Closing, closing_of_file
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.moves import STANDINGS
from parindex_web.editions.programme import asked
from parindex_web.results.models import Computation
from parindex_web.steering.findings import counting_findings
from parindex_web.steering.letters import WAITS_AT
from parindex_web.steering.time_left import TimeLeft, time_left

SHOWS: Final[Mapping[str, Text]] = {
    "filled": Text("mục đã điền / số mục", "lines filled in / lines"),
    "appraised": Text("mục đã thẩm định / số mục", "lines appraised / lines"),
    "council": Text("mục hội đồng đã quyết / mục đã trình", "lines the council decided / lines put to it"),
    "claimed": Text("điểm tự chấm", "points claimed"),
    "left": Text("điểm còn lại sau thẩm định và hội đồng", "points left by appraisal and council"),
    "result": Text("điểm theo lần tính gần nhất", "points by the last computation"),
}
"""What the cells of the domains can show."""

STAGE_SHOWS: Final = {
    "preparing": "filled",
    "open": "filled",
    "appraisal": "appraised",
    "council": "council",
    "decided": "result",
    "published": "result",
}
"""What they show at each stage, where nothing else was asked for."""

UNSIGNED: Final = ("draft", "consolidated")
_IN_APPRAISAL: Final = ("signed", "appraised_1", "explaining", "explained", "appraised_2")


@dataclass(slots=True)
class Tally:
    """What was counted on the lines of one unit in one domain."""

    lines: int = 0
    filled: int = 0
    appraised: int = 0
    changed: int = 0
    asked: int = 0
    answered: int = 0
    put: int = 0
    decided: int = 0
    claimed: Decimal | None = None
    left: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a domain: so many of so many lines, or points of a maximum. `of` None: there is nothing here."""

    done: Decimal | int | None
    of: Decimal | int | None
    points: bool = False

    @property
    def whole(self) -> bool:
        return not self.points and bool(self.of) and self.done == self.of

    @property
    def tenth(self) -> int:
        """How long the bar is, of ten: never empty when something is done, never full before all is."""
        if not self.of or not self.done:
            return 0
        share = int(half_up(Decimal(self.done) * 10 / Decimal(self.of), 0))
        return 10 if self.done >= self.of else min(9, max(1, share))


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """One row of the dashboard. `waits`: the step its file waits at; `late`: that step is over for it."""

    unit_file: UnitFile
    standing: Text
    waits: str
    closing: Closing | None
    late: bool
    cells: tuple[Cell, ...]
    total: Cell
    tallies: Mapping[str, Tally]
    all: Tally

    @property
    def left(self) -> TimeLeft | None:
        return time_left(self.closing.at) if self.closing and self.closing.at else None

    @property
    def taken(self) -> Decimal | None:
        """What appraisal and council changed."""
        return None if self.all.left is None or self.all.claimed is None else self.all.left - self.all.claimed


@dataclass(frozen=True, slots=True)
class Totals:
    """The line below the table: sums over its rows, and how many units have all of a domain."""

    cells: tuple[Cell, ...]
    whole: tuple[int, ...]
    total: Cell
    total_whole: int
    changed: int
    asked: int
    answered: int
    units_answered: int
    units: int


def progress_of_units(edition: Edition, domains: Sequence[str], show: str) -> list[UnitProgress]:
    """All units in their order, with every count by domain. At most eight queries."""
    files = list(edition.unit_files.prefetch_related("extensions"))
    for unit_file in files:
        unit_file.edition = edition
    tallies = _tallies(edition, files)
    results = _points_of_results(edition) if show == "result" else {}
    return [_row(each, tallies[each.pk], domains, show, results) for each in files]


def _row(
    unit_file: UnitFile,
    tallies: Mapping[str, Tally],
    domains: Sequence[str],
    show: str,
    results: Mapping[tuple[str, str], tuple[Decimal, Decimal]],
) -> UnitProgress:
    waits, end = "", None
    if unit_file.standing in WAITS_AT and unit_file.edition.stage in ("open", "appraisal"):
        waits = WAITS_AT[unit_file.standing][0]
        # A signed file waits for nobody until the appraisal begins.
        if waits in ("appraisal_1", "appraisal_2") and unit_file.edition.stage == "open":
            waits = ""
        else:
            end = closing_of_file(unit_file, waits)
    every = _added([tally for domain, tally in tallies.items() if domain], tallies.get(""))
    if show == "result":
        cells = tuple(_cell_of(results.get((unit_file.unit, domain))) for domain in domains)
        total = _cell_of(results.get((unit_file.unit, INDEX)))
    else:
        most = _maxima(unit_file)
        cells = tuple(_cell(tallies.get(domain), show, most.get(domain)) for domain in domains)
        total = _cell(every, show, sum(most.values(), Decimal(0)))
    late = end is not None and end.passed(clock.now())
    return UnitProgress(unit_file, STANDINGS[unit_file.standing], waits, end, late, cells, total, tallies, every)


def _added(tallies: Sequence[Tally], bonus: Tally | None) -> Tally:
    """The sum over domains. Bonus lines count where they were changed, asked about or answered, not among the lines."""
    one = Tally()
    for each in tallies:
        one.lines += each.lines
        one.filled += each.filled
        one.appraised += each.appraised
        one.claimed = _plus(one.claimed, each.claimed)
        one.left = _plus(one.left, each.left)
    for each in (*tallies, *([bonus] if bonus else [])):
        one.changed += each.changed
        one.asked += each.asked
        one.answered += each.answered
        one.put += each.put
        one.decided += each.decided
    return one


def _plus(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return second if first is None else first if second is None else first + second


def _cell(tally: Tally | None, show: str, most: Decimal | None) -> Cell:
    if tally is None or not tally.lines:
        return Cell(None, None)
    if show == "claimed":
        return Cell(tally.claimed, most, points=True)
    if show == "left":
        return Cell(tally.left, most, points=True)
    if show == "council":
        return Cell(tally.decided, tally.put) if tally.put else Cell(None, None)
    return Cell(tally.appraised if show == "appraised" else tally.filled, tally.lines)


def _cell_of(points: tuple[Decimal, Decimal] | None) -> Cell:
    return Cell(points[0], points[1], points=True) if points else Cell(None, None)


def _maxima(unit_file: UnitFile) -> Mapping[str, Decimal]:
    """The points that units claim, by domain: surveys and published indices add theirs later."""
    return _maxima_of(unit_file.edition.digest, unit_file.edition, unit_file.unit_list)


@lru_cache(maxsize=32)
def _maxima_of(digest: str, edition: Edition, unit_list: str) -> Mapping[str, Decimal]:
    del digest
    framework = next(each.framework for each in asked(edition).edition.lists if each.code == unit_list)
    return {
        domain.code: sum((leaf.max_points for leaf in domain.leaves() if leaf.leaf and is_asked(leaf.leaf)), Decimal(0))
        for domain in framework.domains
    }


# --- counting


def _tallies(edition: Edition, files: Sequence[UnitFile]) -> dict[int, dict[str, Tally]]:
    found: dict[int, dict[str, Tally]] = {each.pk: {} for each in files}
    standing = {each.pk: each.standing for each in files}
    held = ExpressionWrapper(~Q(values={}) | ~Q(explanation=""), output_field=BooleanField())
    rows = (
        Line.objects.filter(unit_file__edition=edition)
        .order_by("unit_file", "order")
        .annotate(held=held)
        .values_list("pk", "unit_file", "domain", "node", "saved_at", "points", "held")
    )
    lines = {row[0]: row for row in rows}
    findings = Finding.objects.filter(line__unit_file__edition=edition).order_by("pk")
    counts = counting_findings(
        findings.only("line", "round", "marker", "outcome", "values", "points", "at"),
        blind_of(edition),
        {pk: (row[3], row[4]) for pk, row in lines.items()},
    )
    replied = set(Explanation.objects.filter(line__unit_file__edition=edition).values_list("line", flat=True))
    put = _put_to_council(edition)
    units = {each.pk: each.unit for each in files}
    left = _points_left(edition, {pk: (units[row[1]], row[3]) for pk, row in lines.items()}, counts)
    for pk, (_, unit_file, domain, _, _, points, is_held) in lines.items():
        tally = found[unit_file].setdefault(domain, Tally())
        tally.lines += 1
        tally.filled += is_held
        first, second = counts.get((pk, "appraisal_1")), counts.get((pk, "appraisal_2"))
        tally.appraised += _is_appraised(standing[unit_file], first, second, pk in replied)
        if standing[unit_file] in _IN_APPRAISAL:
            last = second if second is not None and decides(second) else first
            tally.changed += last is not None and last.outcome == "adjust"
            tally.asked += first is not None and first.outcome == "ask"
            tally.answered += pk in replied
        if pk in put:
            tally.put += 1
            tally.decided += put[pk]
        tally.claimed = _plus(tally.claimed, points)
        tally.left = _plus(tally.left, left.get(pk, points))
    return found


def _put_to_council(edition: Edition) -> dict[int, bool]:
    """The lines that were put to the council, and whether the last vote on each is closed."""
    if edition.stage in ("preparing", "open", "appraisal"):
        return {}
    motions = Motion.objects.filter(session__edition=edition).exclude(line=None).order_by("pk")
    found: dict[int, bool] = {}
    for line, closed_at in motions.values_list("line", "closed_at"):
        if line is not None:
            found[line] = closed_at is not None
    return found


def _is_appraised(standing: str, first: Finding | None, second: Finding | None, replied: bool) -> bool:
    """Whether the open round still waits for a line; see `appraise.actions.lines_unfinished`."""
    if standing not in _IN_APPRAISAL:
        return False
    if standing == "appraised_2":
        return True
    if standing == "explained" and (replied or (first is not None and first.outcome == "ask")):
        return second is not None
    return first is not None or second is not None


def _points_left(
    edition: Edition,
    lines: Mapping[int, tuple[str, str]],
    counts: Mapping[tuple[int, str], Finding],
) -> dict[int, Decimal | None]:
    """Points of the lines that appraisal or council changed: as the last round that decided them left them.

    `lines`: unit and node, by line.
    """
    last: dict[int, Finding] = {}
    for round_ in ("appraisal_1", "appraisal_2", "council"):
        for (line, at), finding in counts.items():
            if at == round_ and decides(finding):
                last[line] = finding
    changed = {line: finding for line, finding in last.items() if finding.outcome == "adjust"}
    by_values = [line for line, finding in changed.items() if finding.points is None]
    values = dict(
        Line.objects.filter(unit_file__edition=edition, findings__outcome="adjust").values_list("pk", "values")
        if by_values
        else ()
    )
    found: dict[int, Decimal | None] = {}
    for line, finding in changed.items():
        if finding.points is not None:
            found[line] = finding.points
        else:
            told = canonical_json({**values[line], **finding.values})
            found[line] = _scored(edition.digest, edition, *lines[line], told)
    return found


@lru_cache(maxsize=50_000)
def _scored(digest: str, edition: Edition, unit: str, node: str, values: str) -> Decimal | None:
    """The points of a line by its rule. A thousandth of a second each: what was scored once is kept."""
    del digest
    return self_score(asked(edition), unit, node, json.loads(values)).points


def _points_of_results(edition: Edition) -> Mapping[tuple[str, str], tuple[Decimal, Decimal]]:
    """Points and applicable maximum by unit and node, by the last computation that is done; none without one."""
    done = Computation.objects.filter(edition=edition, state="done").order_by("-number").first()
    if done is None or not done.folder:
        return {}
    return _index_points(Path(settings.FILES) / done.folder / "result" / INDEX_VALUES.file_name)


@lru_cache(maxsize=8)
def _index_points(path: Path) -> Mapping[tuple[str, str], tuple[Decimal, Decimal]]:
    problems = Problems()
    rows = INDEX_VALUES.read_csv(path.read_bytes(), path.name, problems)
    problems.raise_if_any()
    return {(row.unit, row.node): (row.points, row.applicable) for row in rows if row.applicable}


# --- what is shown of them


def totals_of(rows: Sequence[UnitProgress]) -> Totals:
    """Sums over the rows that are shown."""
    width = len(rows[0].cells) if rows else 0
    cells = tuple(_sum([row.cells[at] for row in rows]) for at in range(width))
    whole = tuple(sum(row.cells[at].whole for row in rows) for at in range(width))
    return Totals(
        cells,
        whole,
        _sum([row.total for row in rows]),
        sum(row.total.whole for row in rows),
        sum(row.all.changed for row in rows),
        sum(row.all.asked for row in rows),
        sum(row.all.answered for row in rows),
        sum(row.all.answered > 0 for row in rows),
        len(rows),
    )


def _sum(cells: Sequence[Cell]) -> Cell:
    """Lines are added; points are averaged over the units that have them."""
    known = [each for each in cells if each.done is not None and each.of is not None]
    if not known:
        return Cell(None, None)
    done = sum((Decimal(each.done or 0) for each in known), Decimal(0))
    of = sum((Decimal(each.of or 0) for each in known), Decimal(0))
    if known[0].points:
        return Cell(done / len(known), of / len(known), points=True)
    return Cell(int(done), int(of))


def wanted(row: UnitProgress, chosen: Mapping[str, str]) -> bool:
    """Whether a unit passes the filters of the dashboard: standing, late or disputed only, a part of its name."""
    standing = chosen["standing"]
    if standing and row.unit_file.standing not in (UNSIGNED if standing == "unsigned" else (standing,)):
        return False
    if (chosen["only"] == "late" and not row.late) or (chosen["only"] == "disputed" and not row.all.answered):
        return False
    if chosen["only"] == "extended" and not (row.closing and row.closing.extended):
        return False
    sought = fold(chosen["search"].strip())
    names = (row.unit_file.unit, row.unit_file.name_vi, row.unit_file.name_en)
    return not sought or any(sought in fold(name) for name in names)


def sorted_rows(rows: list[UnitProgress], sort: str) -> list[UnitProgress]:
    """By what was asked, units in their own order where equal. Least done and most disputed come first."""
    order = list(STANDINGS)
    keys: Mapping[str, Callable[[UnitProgress], tuple[float | Decimal, ...]]] = {
        "standing": lambda row: (order.index(row.unit_file.standing),),
        "total": lambda row: (_share(row.total),),
        "late": lambda row: (not row.late, row.closing.at.timestamp() if row.closing and row.closing.at else 1e12),
        "changed": lambda row: (-row.all.changed,),
        "asked": lambda row: (-row.all.asked,),
        "disputed": lambda row: (-row.all.answered,),
        "claimed": lambda row: (-(row.all.claimed or Decimal(0)),),
        "left": lambda row: (-(row.all.left or Decimal(0)),),
    }
    key = keys.get(sort)
    at = sort[7:] if sort.startswith("domain-") else ""
    if key is None and at.isascii() and at.isdecimal() and len(at) < 4:
        key = lambda row: (_share(row.cells[int(at)] if int(at) < len(row.cells) else Cell(None, None)),)  # noqa: E731
    return sorted(rows, key=lambda row: (*(key(row) if key else ()), row.unit_file.order))


def _share(cell: Cell) -> Decimal:
    """The share that is done; what has nothing to be done comes last."""
    return Decimal(cell.done) / Decimal(cell.of) if cell.of and cell.done is not None else Decimal(2)
