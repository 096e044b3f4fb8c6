"""The folder records/ of a simulated edition, as an import would have left it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from parindex.engines.made_records import part_name
from parindex.records.journal import ImportedSource, Journal, Part, file_digest, write_journal
from parindex.results.reading import Progress, no_progress
from parindex.simulation.accepted_counts import AcceptedCounts
from parindex.simulation.dossiers import RECORDS_LABEL, LevelCounts, RecordCounts, write_records
from parindex.simulation.edition_folder import GENERATOR
from parindex.simulation.procedure_catalogue import CatalogueCounts
from parindex.sources import digest_of
from parindex.tables.record_tables import DOSSIERS, PROCEDURES, RECORDS_FOLDER

MEASURES: Final = "measures.yaml"
"""Committed beside edition.yaml of the national example; in an edition folder it stands in records/."""


def records_of(accepted: AcceptedCounts) -> RecordCounts:
    """What records must count to, so that they agree with the accepted answers of a province."""
    return RecordCounts(
        levels={level: LevelCounts(each.settled, each.on_time) for level, each in accepted.settled.items()},
        apologies=accepted.apologies,
        received=accepted.received,
        of_online_procedures=accepted.of_online_procedures,
        submitted_online=accepted.submitted_online,
        with_fee=accepted.with_fee,
        paid_online=accepted.paid_online,
        # The line counts dossiers and results together; the records only say it of results.
        digitised_share=accepted.digitised / (accepted.received + accepted.all_settled),
        catalogue=CatalogueCounts(
            accepted.unit,
            procedures=accepted.procedures,
            offered_online=accepted.fit_for_online,
            fully_online=accepted.fully_online,
            to_publish=accepted.to_publish,
            published_on_time=accepted.published_on_time,
        ),
    )


def write_record_folder(
    edition: Path,
    counts: Sequence[RecordCounts],
    *,
    year: int,
    seed: int,
    sizes: Mapping[str, float],
    threads: int = 2,
    progress: Progress = no_progress,
) -> tuple[str, ...]:
    """Write `records/` of an edition folder as an import would have left it; return the names of its files."""
    folder = edition / RECORDS_FOLDER
    written = write_records(counts, folder, year=year, seed=seed, sizes=sizes, threads=threads, progress=progress)
    for table, rows in ((DOSSIERS, written.dossiers), (PROCEDURES, written.procedures)):
        write_journal(edition, table, _journal(folder / table.name, table.name, rows, seed))
    return tuple(sorted(path.relative_to(edition).as_posix() for path in folder.rglob("*") if path.is_file()))


def _journal(folder: Path, table: str, parts: Sequence[int], seed: int) -> Journal:
    """The journal of parts that were made here, by their rows: each part is its own source."""
    made_by = digest_of(f"{GENERATOR} {table} {seed}".encode())
    sources = []
    for number, rows in enumerate(parts, start=1):
        path = folder / part_name(number)
        digest = file_digest(path)
        sources.append(
            ImportedSource(
                name=f"{RECORDS_LABEL.both()} {path.stem}",
                sha256=digest,
                mapping_sha256=made_by,
                rows=rows,
                taken=rows,
                repeated=0,
                quarantined=0,
                reasons={},
                parts=(Part(path.name, rows, path.stat().st_size, digest),),
                quarantine={},
            )
        )
    return Journal(table, tuple(sources), next_part=len(sources) + 1)
