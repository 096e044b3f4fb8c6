"""The whole edition as the folder that the library reads: files, signed claims as workbooks, findings as decisions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from django.utils import timezone

from parindex.documents.csv_rows import guarded
from parindex.tables.flow import POINTS_INPUT
from parindex_web.appraise.marking import Blind, blind_of, marks_from
from parindex_web.appraise.models import Finding
from parindex_web.collect.last_year import CLAIMED
from parindex_web.collect.models import Line
from parindex_web.collect.workbook import write_workbook
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.programme import asked
from parindex_web.editions.store import lay

Progress = Callable[[str, int, int], None]

DECISION_COLUMNS: Final = ("unit", "node", "input", "round", "value", "basis", "by", "at", "reason", "decision")


def export_edition(edition: Edition, to: Path, *, progress: Progress) -> None:
    """Write the edition folder into `to`, which must not exist. The same state gives the same bytes."""
    to.mkdir(parents=True)
    for file in edition.files.all():
        lay(file.sha256, to / file.name)
    programme = asked(edition)
    files = list(
        edition.unit_files.filter(standing__in=CLAIMED)
        .prefetch_related("lines__citations__document", "evidence", "lines__findings")
        # SQLite takes no condition that names thousands of rows, as 63 units have.
        .iterator(chunk_size=5)
    )
    for done, unit_file in enumerate(files, start=1):
        progress(unit_file.unit, done, len(files))
        write_workbook(programme, unit_file, to / "submissions" / f"{unit_file.unit}.xlsx")
    blind = blind_of(edition)
    rows = [row for unit_file in files for row in decision_rows(unit_file, blind)]
    if rows:
        (to / "decisions.csv").write_bytes(_csv(DECISION_COLUMNS, rows))


def decision_rows(unit_file: UnitFile, blind: Blind) -> Iterable[tuple[str, ...]]:
    """The rows of decisions.csv of one unit: in each round the finding that counts, of each line."""
    for line in unit_file.lines.all():
        findings = sorted(line.findings.all(), key=lambda each: each.pk)
        for round_ in ("appraisal_1", "appraisal_2", "council"):
            here = [each for each in findings if each.round == round_]
            counts = marks_from(here, blind.holds(line.node, round_), line.saved_at).counts
            if counts is not None and counts.outcome != "ask":
                yield from _rows(unit_file.unit, line, counts)


def _rows(unit: str, line: Line, finding: Finding) -> Iterable[tuple[str, ...]]:
    """All inputs of the line, those that the finding leaves as claimed too: an earlier round may have changed them."""
    values: Mapping[str, str] = line.values
    if finding.outcome == "adjust":
        values = {**line.values, **finding.values}
    if finding.points is not None:
        values = {POINTS_INPUT: format(finding.points.normalize(), "f")}
    for name, value in values.items():
        kept = name not in finding.values and name != POINTS_INPUT
        yield (
            unit,
            line.node,
            name,
            finding.round,
            value,
            "answer" if kept else finding.basis,
            f"person-{finding.by_id}",
            timezone.localtime(finding.at).date().isoformat(),
            finding.reason,
            finding.decision,
        )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode()
