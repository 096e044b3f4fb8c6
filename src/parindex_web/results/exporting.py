"""The whole edition as the folder that the library reads: files, signed claims as workbooks, findings as decisions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from typing import Final

from parindex.documents.csv_rows import guarded
from parindex.programme.inputs import InputValue, parse_value
from parindex.submissions import EvidenceDocument, Filled, write_submission
from parindex.submissions.layout import document_id
from parindex.tables.flow import POINTS_INPUT
from parindex_web.appraise.models import Finding
from parindex_web.collect.models import Line
from parindex_web.collect.self_score import what_is_asked
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.programme import Asked, asked
from parindex_web.editions.store import lay

Progress = Callable[[str, int, int], None]

DECISION_COLUMNS: Final = ("unit", "node", "input", "round", "value", "basis", "by", "at", "reason", "decision")
CLAIMED: Final = ("signed", "appraised_1", "explaining", "explained", "appraised_2")
"""Standings of files whose claims count: what was not signed was not claimed."""


def export_edition(edition: Edition, to: Path, *, progress: Progress) -> None:
    """Write the edition folder into `to`, which must not exist. The same state gives the same bytes."""
    to.mkdir(parents=True)
    for file in edition.files.all():
        lay(file.sha256, to / file.name)
    programme = asked(edition)
    files = list(
        edition.unit_files.filter(standing__in=CLAIMED).prefetch_related(
            "lines__citations__document", "evidence", "lines__findings"
        )
    )
    for done, unit_file in enumerate(files, start=1):
        progress(unit_file.unit, done, len(files))
        write_workbook(programme, unit_file, to / "submissions" / f"{unit_file.unit}.xlsx")
    rows = [row for unit_file in files for row in decision_rows(unit_file)]
    if rows:
        (to / "decisions.csv").write_bytes(_csv(DECISION_COLUMNS, rows))


def write_workbook(programme: Asked, unit_file: UnitFile, path: Path) -> None:
    """The unit's workbook with everything it claims on the web. Lines and evidence are prefetched by the caller."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unit_list = programme.list_of(unit_file.unit)
    rules = programme.books[unit_list.code].rules
    write_submission(
        path,
        edition=programme.edition,
        unit_list=unit_list,
        unit=programme.unit(unit_file.unit),
        self_score=lambda code, cells: rules[code].spreadsheet(cells),
        filled=filled(programme, unit_file),
    )


def filled(programme: Asked, unit_file: UnitFile) -> Filled:
    """What stands in the workbook of a unit."""
    answers: dict[str, dict[str, InputValue]] = {}
    bonus: dict[str, Decimal] = {}
    evidence: dict[str, list[tuple[str, str]]] = {}
    explanations: dict[str, str] = {}
    for line in unit_file.lines.all():
        asks = what_is_asked(programme, unit_file.unit, line.node)
        values = {
            spec.name: parse_value(spec, line.values[spec.name]) for spec in asks.inputs if spec.name in line.values
        }
        if line.domain:
            if values:
                answers[line.node] = values
        elif values:
            count = values["count"]
            assert isinstance(count, Decimal)
            bonus[line.node] = count
        cited = [(document_id(each.document.number), each.locator) for each in line.citations.all()]
        if cited:
            evidence[line.node] = cited
        if line.explanation:
            explanations[line.node] = line.explanation
    documents = [
        EvidenceDocument(document_id(each.number), each.title, each.issuer, each.issued, each.file_name)
        for each in unit_file.evidence.all()
        if each.removed_at is None
    ]
    return Filled(documents, answers, evidence, explanations, bonus)


def decision_rows(unit_file: UnitFile) -> Iterable[tuple[str, ...]]:
    """The rows of decisions.csv of one unit: in each round the newest finding of each line."""
    for line in unit_file.lines.all():
        newest: dict[str, Finding] = {}
        for finding in sorted(line.findings.all(), key=lambda each: each.pk):
            if finding.marker == 1 and finding.outcome != "ask":
                newest[finding.round] = finding
        for round_ in ("appraisal_1", "appraisal_2", "council"):
            if round_ in newest:
                yield from _rows(unit_file.unit, line, newest[round_])


def _rows(unit: str, line: Line, finding: Finding) -> Iterable[tuple[str, ...]]:
    values: Mapping[str, str] = finding.values
    if finding.outcome == "accept":
        values = line.values
    elif finding.points is not None:
        values = {POINTS_INPUT: format(finding.points.normalize(), "f")}
    for name, value in values.items():
        yield (
            unit,
            line.node,
            name,
            finding.round,
            value,
            finding.basis,
            f"person-{finding.by_id}",
            finding.at.astimezone(UTC).date().isoformat(),
            finding.reason,
            finding.decision,
        )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode()
