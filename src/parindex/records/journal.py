"""The journal of a record table: which files were taken in, in which order, and the parts they became.

The journal decides what the table is: a part that it does not name is not counted. It carries no time of day, so that
the same imports give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from parindex.documents.writing import write_file
from parindex.language import Text
from parindex.problems import Problems
from parindex.records.mistakes import JOURNAL_DAMAGED, NO_RECORDS, PART_DAMAGED, PART_STRANGE
from parindex.records.parquet_export import schema_words
from parindex.sources import Place, digest_of
from parindex.tables.record_tables import RECORDS_FOLDER, RecordTable

JOURNAL: Final = "import.json"
KEYS_FOLDER: Final = ".keys"
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of a table."""

    file: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ImportedSource:
    """One file that was taken in.

    `rows` = `taken` + `repeated` + `quarantined`. `repeated`: the same record stood already in the table, and counts
    once. `reasons`: how many records each kind of mistake sent to quarantine; a record with two counts under both.
    `quarantine`: the files in records/quarantine with its digest, none where no record was wrong.
    """

    name: str
    sha256: str
    mapping_sha256: str
    rows: int
    taken: int
    repeated: int
    quarantined: int
    reasons: Mapping[str, int]
    parts: tuple[Part, ...]
    quarantine: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Journal:
    """All sources of a table, in the order in which they came. `leftover`: files of removed sources, to be deleted."""

    table: str
    sources: tuple[ImportedSource, ...] = ()
    next_part: int = 1
    leftover: tuple[str, ...] = ()

    @property
    def parts(self) -> Iterator[tuple[ImportedSource, Part]]:
        for source in self.sources:
            for part in source.parts:
                yield source, part

    def source(self, sha256: str) -> ImportedSource | None:
        return next((each for each in self.sources if each.sha256 == sha256), None)

    def as_bytes(self) -> bytes:
        data = {"format": _FORMAT, "digest": digest_of_parts(part.sha256 for _, part in self.parts), **asdict(self)}
        return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def digest_of_parts(digests: Iterator[str]) -> str:
    """SHA-256 over the digests of the parts in order, each on a line."""
    return digest_of("".join(f"{each}\n" for each in digests).encode())


def table_folder(edition: Path, table: RecordTable) -> Path:
    return edition / RECORDS_FOLDER / table.name


def read_journal(edition: Path, table: RecordTable, problems: Problems) -> Journal:
    """The journal of a table, empty where nothing was imported. A damaged one is a problem."""
    path = table_folder(edition, table) / JOURNAL
    name = path.relative_to(edition).as_posix()
    if not path.exists():
        return Journal(table.name)
    try:
        data = json.loads(path.read_bytes())
        if data["format"] != _FORMAT or data["table"] != table.name:
            raise ValueError(f"format {data['format']}, {data['table']}")
        journal = Journal(
            data["table"],
            tuple(source_from(each) for each in data["sources"]),
            int(data["next_part"]),
            tuple(data["leftover"]),
        )
        if data["digest"] != digest_of_parts(part.sha256 for _, part in journal.parts):
            raise ValueError("digest")
    except (ValueError, KeyError, TypeError) as fault:
        problems.add(JOURNAL_DAMAGED, Place(name), detail=str(fault))
        return Journal(table.name)
    return journal


def source_from(data: Mapping[str, Any]) -> ImportedSource:
    """Raises KeyError or TypeError for anything `asdict` cannot have written."""
    return ImportedSource(**{**data, "parts": tuple(Part(**part) for part in data["parts"])})


def write_journal(edition: Path, table: RecordTable, journal: Journal) -> None:
    write_file(table_folder(edition, table) / JOURNAL, journal.as_bytes())


@dataclass(frozen=True, slots=True)
class RecordSet:
    """A whole record table on disk, as an engine reads it: its files in order, its digest, its number of records.

    `sources`: (name, SHA-256) of the files it was imported from.
    """

    table: RecordTable
    files: tuple[Path, ...]
    digest: str
    rows: int
    sources: tuple[tuple[str, str], ...]


def record_set(edition: Path, table: RecordTable, *, verify: bool = False) -> RecordSet:
    """The imported records of a table. `verify` also reads every part and compares its digest.

    Raises ProblemsFound: nothing imported, a journal or part that is damaged or missing, a Parquet file in the folder
    that the journal does not name (with what its columns differ in).
    """
    problems = Problems()
    journal = read_journal(edition, table, problems)
    folder = table_folder(edition, table)
    if not journal.sources and not problems.errors:
        problems.add(NO_RECORDS, Place(folder.relative_to(edition).as_posix()), table=table.name)
    problems.raise_if_any()
    named = {part.file: part for _, part in journal.parts}
    for name, part in named.items():
        path = folder / name
        good = path.is_file() and path.stat().st_size == part.bytes
        if good and verify:
            good = file_digest(path) == part.sha256
        if not good:
            place = Place(path.relative_to(edition).as_posix())
            problems.add(PART_DAMAGED, place, size=part.bytes, sha256=part.sha256)
    for path in sorted(folder.glob("*.parquet")):
        if path.name not in named and f"{table.name}/{path.name}" not in journal.leftover:
            place = Place(path.relative_to(edition).as_posix())
            problems.add(PART_STRANGE, place, difference=_difference(path, folder / next(iter(named), "")))
    problems.raise_if_any()
    return RecordSet(
        table,
        tuple(folder / name for name in named),
        digest_of_parts(part.sha256 for _, part in journal.parts),
        sum(part.rows for part in named.values()),
        tuple((each.name, each.sha256) for each in journal.sources),
    )


def _difference(strange: Path, part: Path) -> Text:
    """How the columns of a strange file differ from those of a part."""
    import pyarrow as pa

    try:
        found, declared = schema_words(strange), schema_words(part)
    except (pa.ArrowException, OSError):
        return Text(", và không đọc được", ", and cannot be read")
    told = schema_difference(declared, found)
    return Text(f", và có lược đồ khác ({told})", f", and has another schema ({told})") if told else Text("", "")


def schema_difference(first: tuple[tuple[str, str], ...], second: tuple[tuple[str, str], ...]) -> str:
    """Columns that only one has, or that have two types: `+a string, -b date32[day], c: int64 → string`."""
    one, two = dict(first), dict(second)
    told = [f"-{name} {kind}" for name, kind in one.items() if name not in two]
    told += [f"+{name} {kind}" for name, kind in two.items() if name not in one]
    told += [f"{name}: {one[name]} → {two[name]}" for name in one if name in two and one[name] != two[name]]
    return ", ".join(told)


def file_digest(path: Path) -> str:
    """SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
