"""Taking a source out of a table again, with those that leaned on it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.records.importing import clear_leftover, recover, work_folder
from parindex.records.journal import KEYS_FOLDER, ImportedSource, read_journal, write_journal
from parindex.records.mistakes import ROW_CONFLICT
from parindex.records.quarantine import QUARANTINE
from parindex.sources import Place
from parindex.tables.record_tables import RecordTable

SOURCE_UNKNOWN = ProblemKind(
    "RECORDS-SOURCE",
    what=Text('không có tệp "{name}" trong bảng {table}.', 'there is no file "{name}" in the table {table}.'),
    why=Text("", ""),
    remedy=Text("Các tệp đã nhập: {known}.", "Files that were imported: {known}."),
)
SOURCE_SEVERAL = ProblemKind(
    "RECORDS-SOURCE-SEVERAL",
    what=Text('có {count} tệp tên "{name}" đã nhập.', '{count} imported files are called "{name}".'),
    why=Text("", ""),
    remedy=Text("Ghi phần đầu của sha256: {known}.", "Give the beginning of its sha256: {known}."),
)


def remove_source(folder: Path, table: RecordTable, name: str) -> tuple[ImportedSource, ...]:
    """Take a source out, by its file name or the beginning of its SHA-256. Returns all that were taken out.

    Sources that came later and had records in common with it (or with another that goes) left those out, so they go
    too, and have to be imported again. Can be stopped at any moment: the next import or removal finishes it. Raises
    ProblemsFound.
    """
    problems = Problems()
    with work_folder(folder, table) as work:
        recover(folder, table)
        journal = read_journal(folder, table, problems)
        problems.raise_if_any()
        hits = [each for each in journal.sources if each.name == name]
        if not hits and len(name) >= 6:
            hits = [each for each in journal.sources if each.sha256.startswith(name)]
        if len(hits) != 1:
            kind = SOURCE_SEVERAL if hits else SOURCE_UNKNOWN
            known = [f"{each.sha256[:8]} {each.name}" for each in (hits or journal.sources)]
            problems.add(kind, Place(table.name), name=name, table=table.name, count=len(hits), known=", ".join(known))
            problems.raise_if_any()
        at = journal.sources.index(hits[0])
        later = [each for each in journal.sources[at + 1 :] if each.repeated or each.reasons.get(ROW_CONFLICT.code, 0)]
        gone = (hits[0], *later)
        leftover = []
        for source in gone:
            for part in source.parts:
                leftover += [f"{table.name}/{part.file}", f"{table.name}/{KEYS_FOLDER}/{part.file}.keys"]
            leftover += [f"{QUARANTINE}/{each}" for each in source.quarantine]
        kept = tuple(each for each in journal.sources if each not in gone)
        journal = replace(journal, sources=kept, leftover=tuple(leftover))
        write_journal(folder, table, journal)
        clear_leftover(folder, table, journal)
        shutil.rmtree(work, ignore_errors=True)
    return gone
