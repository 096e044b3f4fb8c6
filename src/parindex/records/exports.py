"""Files of records as people have them: opened by their kind, folders as the files in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from parindex.documents.text_files import FILE_MISSING
from parindex.problems import Problems
from parindex.records.chunks import Export
from parindex.records.csv_export import CHUNK_BYTES, open_csv
from parindex.records.headers import match_headers
from parindex.records.journal import schema_difference
from parindex.records.mapping import RecordMapping
from parindex.records.mistakes import FILE_EMPTY, FILE_KIND, FOLDER_EMPTY, PARQUET_DAMAGED, SCHEMAS
from parindex.records.parquet_export import CHUNK_ROWS as PARQUET_ROWS
from parindex.records.parquet_export import open_parquet, schema_words
from parindex.records.workbook_export import CHUNK_ROWS as WORKBOOK_ROWS
from parindex.records.workbook_export import open_workbook
from parindex.sources import Place


@dataclass(frozen=True, slots=True)
class ChunkSizes:
    """How much of a file is worked on at once. The parts of a table are as long as its chunks."""

    csv_bytes: int = CHUNK_BYTES
    parquet_rows: int = PARQUET_ROWS
    workbook_rows: int = WORKBOOK_ROWS


class Opened(NamedTuple):
    """An export with the column of the file (from 0) for each mapped column of the table."""

    export: Export
    places: Mapping[str, int]


SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
_KINDS: Final[Mapping[str, Callable[[Path, str, RecordMapping, Problems, ChunkSizes], Export | None]]] = {
    ".xlsx": lambda path, name, mapping, problems, sizes: open_workbook(
        path, name, mapping, problems, chunk_rows=sizes.workbook_rows
    ),
    ".parquet": lambda path, name, mapping, problems, sizes: open_parquet(
        path, name, problems, chunk_rows=sizes.parquet_rows
    ),
    **dict.fromkeys(
        (".csv", ".tsv", ".txt"),
        lambda path, name, mapping, problems, sizes: open_csv(
            path, name, mapping, problems, chunk_bytes=sizes.csv_bytes
        ),
    ),
}


def expanded(paths: Iterable[Path], problems: Problems) -> tuple[Path, ...]:
    """The files that are meant, in order: a folder stands for its files by name. Folders of two schemas are refused."""
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and each.is_file())
        if not inside:
            problems.add(FOLDER_EMPTY, Place(str(path)))
        _check_one_schema([each for each in inside if each.suffix.lower() == ".parquet"], problems)
        files.extend(inside)
    return tuple(dict.fromkeys(files))


def _check_one_schema(files: Iterable[Path], problems: Problems) -> None:
    import pyarrow as pa

    first: tuple[str, tuple[tuple[str, str], ...]] | None = None
    for path in files:
        try:
            found = schema_words(path)
        except (pa.ArrowException, OSError) as fault:
            problems.add(PARQUET_DAMAGED, Place(path.name), detail=str(fault).splitlines()[0][:120])
            continue
        if first is None:
            first = path.name, found
        elif sorted(first[1]) != sorted(found):
            problems.add(SCHEMAS, Place(path.name), first=first[0], difference=schema_difference(first[1], found))


def open_export(path: Path, mapping: RecordMapping, problems: Problems, sizes: ChunkSizes) -> Opened | None:
    """Open one file and find its columns. None after problems, which name the file."""
    name = path.name
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        problems.add(FILE_KIND, Place(name), suffix=path.suffix or name)
        return None
    if not path.is_file():
        problems.add(FILE_MISSING, Place(str(path)))
        return None
    if path.stat().st_size == 0:
        problems.add(FILE_EMPTY, Place(name))
        return None
    export = kind(path, name, mapping, problems, sizes)
    if export is None:
        return None
    places = match_headers(export.header, mapping, Place(name, export.header_row), problems)
    return None if places is None else Opened(export, places)
