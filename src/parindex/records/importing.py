"""Importing: files of records become parts of a table, each file whole or not at all.

A file is worked on in chunks, kept in a folder of its own until all of it is right; then a plan of what goes where is
written, the parts are moved, and the journal names them. Whatever moment the work is stopped at, starting it again
goes on from the last chunk, or finishes the plan, and the table has the same bytes as if nothing had happened.
"""

from __future__ import annotations

import fcntl
import io
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from parindex.documents.writing import write_file, write_pieces
from parindex.language import Text
from parindex.problems import Problem, Problems, ProblemsFound
from parindex.programme.edition import Edition
from parindex.records.checking import Checked, Checker, Finding
from parindex.records.chunks import Export
from parindex.records.exports import ChunkSizes, Opened, expanded, open_export
from parindex.records.journal import (
    KEYS_FOLDER,
    ImportedSource,
    Journal,
    Part,
    file_digest,
    read_journal,
    record_set,
    source_from,
    table_folder,
    write_journal,
)
from parindex.records.keys import (
    CHUNK,
    FIRST_PART,
    FIRST_ROW,
    ROW,
    SAME,
    as_bytes,
    find_again,
    fingerprints,
    opened,
)
from parindex.records.mapping import RecordMapping
from parindex.records.mistakes import BUSY, CATALOGUE_MISSING, FILE_EMPTY, MAPPING_OTHER, ROW_BAD, ROW_CONFLICT, SHARE
from parindex.records.quarantine import QUARANTINE, REASONS, Quarantined, file_names, reason_of, rows_bytes, rows_head
from parindex.records.values import Surroundings
from parindex.sources import Place, digest_of
from parindex.tables.columns import canonical_json
from parindex.tables.record_tables import PROCEDURES, RECORDS_FOLDER, SOURCE_ROW, RecordTable

if TYPE_CHECKING:
    import pyarrow

Progress = Callable[[str, int, int], None]
STAGING: Final = ".importing"
_STAGING_FORMAT: Final = 1
_EXAMPLES: Final = 10


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of one file.

    `known`: its content was imported before, and nothing was done. `reasons`: (code, how many records) of the
    quarantined ones. `unused`: headers of the file that the mapping does not name. `quarantine`: files written.
    `examples`: the first mistakes, as they stand in quarantine.
    """

    name: str
    known: bool
    rows: int
    taken: int
    repeated: int
    quarantined: int
    reasons: Mapping[str, int]
    unused: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    quarantine: tuple[str, ...] = ()
    examples: tuple[Quarantined, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """The files that were taken or known, in order, and the problems of those that were refused."""

    files: tuple[ImportedFile, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    digest: str | None
    rows: int


def latest_day(edition: Edition) -> date:
    """The day after which no recorded act can lie: when the edition closes, at the earliest its `as_of`."""
    return max(edition.as_of, edition.calendar.get("closes_on", edition.as_of))


def surroundings(folder: Path, edition: Edition, table: RecordTable) -> Surroundings:
    """What records of `table` are checked against: units, days, and the catalogue as far as it was imported."""
    catalogue = catalogue_of(folder) if table.references else {}
    return Surroundings(edition.units, edition.unit_changes, edition.as_of, latest_day(edition), catalogue)


def catalogue_of(folder: Path) -> Mapping[str, frozenset[str]]:
    """The codes of procedures by unit; empty where no catalogue was imported. Raises ProblemsFound."""
    from pyarrow import parquet

    problems = Problems()
    if not read_journal(folder, PROCEDURES, problems).sources:
        problems.raise_if_any()
        return {}
    found: dict[str, set[str]] = {}
    for path in record_set(folder, PROCEDURES).files:
        part = parquet.read_table(path, columns=["unit", "procedure"])
        for unit, code in zip(part["unit"].to_pylist(), part["procedure"].to_pylist(), strict=True):
            found.setdefault(unit, set()).add(code)
    return {unit: frozenset(codes) for unit, codes in found.items()}


def import_records(
    folder: Path,
    files: Sequence[Path],
    mapping: RecordMapping,
    around: Surroundings,
    *,
    bad_share: Decimal = Decimal("0.2"),
    dry_run: bool = False,
    sizes: ChunkSizes = ChunkSizes(),  # noqa: B008 (frozen)
    progress: Progress = lambda step, done, total: None,
) -> Imported:
    """Import `files` into the table of the mapping, in the order given; folders stand for the files in them.

    A file whose content was imported before changes nothing. All files are opened before the first is imported, and
    their problems raised together as ProblemsFound. A file in which more than `bad_share` of the records are wrong is
    refused whole; the others are imported. With `dry_run` nothing is written in the edition.
    """
    table = mapping.table
    problems = Problems()
    with _scratch() if dry_run else work_folder(folder, table) as work:
        if not dry_run:
            recover(folder, table)
        journal = read_journal(folder, table, problems)
        wanted = expanded(files, problems)
        digests = {path: file_digest(path) for path in wanted if path.is_file()}
        first_of = {}
        openings: dict[Path, Opened | None] = {}
        for path in wanted:
            digest = digests.get(path)
            if digest is not None and (journal.source(digest) or digest in first_of):
                continue
            first_of[digest] = path
            found = open_export(path, mapping, problems, sizes)
            # A workbook is in memory whole: of several, each is opened again when its turn comes.
            openings[path] = found if path.suffix.lower() != ".xlsx" or len(wanted) == 1 else None
        problems.raise_if_any()
        done: list[ImportedFile] = []
        refused = Problems()
        tried: dict[str, ImportedFile] = {}
        for path in wanted:
            if dry_run and digests[path] in tried:
                done.append(replace(tried[digests[path]], name=path.name, known=True))
                continue
            known = journal.source(digests[path])
            if known is not None:
                if known.mapping_sha256 != mapping.sha256:
                    problems.add(MAPPING_OTHER, Place(path.name))
                done.append(_known_file(path.name, known))
                continue
            one = openings.get(path) or open_export(path, mapping, problems, sizes)
            problems.raise_if_any()
            assert one is not None
            job = _Job(folder, work, path.name, digests[path], mapping, around, one, sizes, journal, progress)
            try:
                result, journal = job.run(bad_share, dry_run)
            except ProblemsFound as found_problems:
                refused.extend(found_problems.problems)
                shutil.rmtree(job.stage, ignore_errors=True)
                continue
            done.append(result)
            tried[digests[path]] = result
            problems.extend(job.notices)
        if not dry_run:
            shutil.rmtree(work, ignore_errors=True)
    rows = sum(source.taken for source in journal.sources)
    digest = None
    if journal.sources and not dry_run:
        digest = record_set(folder, table).digest
    return Imported(tuple(done), refused.errors, problems.notices, digest, rows)


def _known_file(name: str, source: ImportedSource) -> ImportedFile:
    return ImportedFile(
        name,
        True,
        source.rows,
        source.taken,
        source.repeated,
        source.quarantined,
        source.reasons,
        quarantine=tuple(source.quarantine),
    )


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@contextmanager
def work_folder(folder: Path, table: RecordTable) -> Iterator[Path]:
    """Where files of this table are prepared. Held by one process at a time; a stopped process holds nothing."""
    base = folder / RECORDS_FOLDER / STAGING
    base.mkdir(parents=True, exist_ok=True)
    with (base / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            problems = Problems()
            problems.add(BUSY, Place(f"{RECORDS_FOLDER}/{STAGING}"))
            problems.raise_if_any()
        yield base / table.name


def recover(folder: Path, table: RecordTable) -> None:
    """Finish what a stopped import or removal had decided. What it had not decided stays to be gone on with."""
    problems = Problems()
    journal = read_journal(folder, table, problems)
    problems.raise_if_any()
    place = table_folder(folder, table)
    for stray in place.glob(".import.json.*"):
        stray.unlink()
    for stage in sorted((folder / RECORDS_FOLDER / STAGING / table.name).glob("*/plan.json")):
        journal = _publish(folder, table, stage.parent, journal)
        shutil.rmtree(stage.parent)
    if journal.leftover:
        clear_leftover(folder, table, journal)


def clear_leftover(folder: Path, table: RecordTable, journal: Journal) -> Journal:
    """Delete the files of removed sources, and then forget their names."""
    for name in journal.leftover:
        (folder / RECORDS_FOLDER / name).unlink(missing_ok=True)
    journal = replace(journal, leftover=())
    write_journal(folder, table, journal)
    return journal


def _publish(folder: Path, table: RecordTable, stage: Path, journal: Journal) -> Journal:
    """Move what the plan names, then let the journal name it. Can be begun again at any point."""
    plan = json.loads((stage / "plan.json").read_bytes())
    source = source_from(plan["source"])
    if journal.source(source.sha256) is not None:
        return journal
    for old, new in plan["moves"]:
        target = folder / RECORDS_FOLDER / new
        if (stage / old).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            (stage / old).replace(target)
    journal = replace(journal, sources=(*journal.sources, source), next_part=plan["next_part"])
    write_journal(folder, table, journal)
    return journal


@dataclass(frozen=True, slots=True)
class _Staged:
    """One finished chunk: where it began, and how many records it has."""

    number: int
    start: tuple[int, int] | None
    next: tuple[int, int]
    good: int
    bad: int
    unchecked: Mapping[str, int]


class _Job:
    """One file on its way into the table."""

    def __init__(
        self,
        folder: Path,
        work: Path,
        name: str,
        sha256: str,
        mapping: RecordMapping,
        around: Surroundings,
        one: Opened,
        sizes: ChunkSizes,
        journal: Journal,
        progress: Progress,
    ):
        self.folder, self.name, self.sha256, self.mapping, self.around = folder, name, sha256, mapping, around
        self.export: Export = one.export
        self.journal, self.progress = journal, progress
        self.table = mapping.table
        self.stage = work / sha256[:16]
        self.checker = Checker(mapping, one.places, one.export.header, around)
        self.places = one.places
        self.notices = Problems()
        # All that the chunks depend on: under any other the work begins anew.
        self.settings = digest_of(
            canonical_json(
                [
                    _STAGING_FORMAT,
                    sha256,
                    mapping.sha256,
                    asdict(sizes),
                    sorted((code, str(u.valid_from), str(u.valid_to)) for code, u in around.units.items()),
                    [[c.predecessor, c.successor, str(c.effective)] for c in around.changes],
                    [str(around.as_of), str(around.latest)],
                    sorted((unit, sorted(codes)) for unit, codes in around.catalogue.items()),
                ]
            ).encode()
        )

    def run(self, bad_share: Decimal, dry_run: bool) -> tuple[ImportedFile, Journal]:
        chunks = self._stage_all()
        rows, bad = sum(each.good + each.bad for each in chunks), sum(each.bad for each in chunks)
        if rows == 0:
            self._refuse(FILE_EMPTY)
        self._find_again(chunks)
        repeated = sum(int(each[SAME].sum()) for each in self._again_pieces(chunks))
        conflicts = sum(each.shape[1] for each in self._again_pieces(chunks)) - repeated
        reasons, examples = self._reasons(chunks, conflicts)
        if bad + conflicts > bad_share * rows:
            self._refuse_share(bad + conflicts, rows, bad_share, reasons, examples)
        unchecked: Counter[str] = Counter()
        for each in chunks:
            unchecked.update(each.unchecked)
        if unchecked:
            units = ", ".join(sorted(unchecked)[:8]) + (" …" if len(unchecked) > 8 else "")
            self.notices.add(CATALOGUE_MISSING, Place(self.name), units=units, rows=sum(unchecked.values()))
        used = set(self.places.values())
        result = ImportedFile(
            self.name,
            False,
            rows,
            rows - bad - conflicts - repeated,
            repeated,
            bad + conflicts,
            reasons,
            tuple(header for at, header in enumerate(self.export.header) if at not in used and header),
            tuple((name, self.export.header[at]) for name, at in self.places.items()),
            examples=examples,
        )
        if dry_run:
            return result, self.journal
        source = self._write_plan(chunks, result)
        journal = _publish(self.folder, self.table, self.stage, self.journal)
        shutil.rmtree(self.stage)
        return replace(result, quarantine=tuple(source.quarantine)), journal

    # --- Chunks.

    def _stage_all(self) -> list[_Staged]:
        """Every chunk checked and kept; those that an earlier run finished are not read again."""
        settings = self.stage / "settings"
        if not settings.is_file() or settings.read_text() != self.settings:
            shutil.rmtree(self.stage, ignore_errors=True)
            write_file(settings, self.settings.encode())
        chunks: list[_Staged] = []
        while (path := self._file(len(chunks), "json")).is_file():
            chunks.append(_staged(len(chunks), json.loads(path.read_bytes())))
        start = chunks[-1].next if chunks else None
        total = self.export.total
        self.progress(self.name, 0, total)
        for chunk in self.export.chunks(self.checker.wanted, self.checker.repeating, start):
            checked = self.checker.check(chunk)
            chunks.append(self._keep(len(chunks), start, chunk.next, checked))
            start = chunk.next
            self.progress(self.name, chunk.done, total)
        return chunks

    def _file(self, number: int, suffix: str) -> Path:
        return self.stage / f"chunk-{number:06d}.{suffix}"

    def _keep(
        self, number: int, start: tuple[int, int] | None, following: tuple[int, int], checked: Checked
    ) -> _Staged:
        if checked.good.num_rows:
            write_file(self._file(number, "parquet"), part_bytes(checked.good))
            write_file(self._file(number, "keys"), as_bytes(fingerprints(checked.good, self.table)))
        data = {
            "start": start,
            "next": following,
            "good": checked.good.num_rows,
            "bad": len(checked.bad),
            "unchecked": dict(checked.unchecked),
            "findings": [_told(finding) for finding in checked.findings],
            "rows": [[row, list(cells)] for row, cells in checked.bad],
        }
        # Written last: a chunk with this file is finished.
        write_file(self._file(number, "json"), json.dumps(data, ensure_ascii=False).encode())
        return _staged(number, data)

    # --- The same record twice.

    def _find_again(self, chunks: Sequence[_Staged]) -> None:
        """For each chunk a file of its records that stand earlier: in the table, or in this file."""
        for path in self.stage.glob("chunk-*.again"):
            path.unlink()
        before = [self._keys_of(part) for _, part in self.journal.parts]
        filled = [each.number for each in chunks if each.good]
        new = [self._file(number, "keys") for number in filled]
        for piece in find_again(before, new):
            for at in sorted(set(piece[CHUNK].tolist())):
                with self._file(filled[at], "again").open("ab") as file:
                    file.write(piece[:, piece[CHUNK] == at].T.tobytes())

    def _keys_of(self, part: Part) -> Path:
        """The fingerprints of a part of the table; made again where they are missing, since they can be."""
        path = table_folder(self.folder, self.table) / KEYS_FOLDER / f"{part.file}.keys"
        if not path.is_file():
            from pyarrow import parquet

            whole = parquet.read_table(table_folder(self.folder, self.table) / part.file)
            write_file(path, as_bytes(fingerprints(whole, self.table)))
        return path

    def _again(self, number: int) -> Any:
        """(5, k) of one chunk, by row."""
        import numpy as np

        path = self._file(number, "again")
        if not path.is_file():
            return np.zeros((5, 0), dtype=np.int64)
        found = np.fromfile(path, dtype=np.int64).reshape(-1, 5).T
        return found[:, np.argsort(found[ROW])]

    def _again_pieces(self, chunks: Sequence[_Staged]) -> Iterator[Any]:
        for each in chunks:
            yield self._again(each.number)

    def _reasons(self, chunks: Sequence[_Staged], conflicts: int) -> tuple[Mapping[str, int], tuple[Quarantined, ...]]:
        """How many records each mistake sends to quarantine, and the first mistakes."""
        counts: Counter[str] = Counter()
        examples: list[Quarantined] = []
        for each in chunks:
            if each.bad:
                findings = json.loads(self._file(each.number, "json").read_bytes())["findings"]
                counts.update(code for _, code in {(finding[0], finding[3]) for finding in findings})
                for row, column, value, code, vi, en in findings[: _EXAMPLES - len(examples)]:
                    examples.append(Quarantined(row, 0, column, value, code, vi, en))
        if conflicts:
            counts[ROW_CONFLICT.code] += conflicts
            if len(examples) < _EXAMPLES:
                for each in chunks:
                    for finding in self._conflicts(each, chunks)[: _EXAMPLES - len(examples)]:
                        row, column, value, code, vi, en = _told(finding)
                        examples.append(Quarantined(row, 0, column, value, code, vi, en))
        return dict(sorted(counts.items())), tuple(examples)

    def _conflicts(self, chunk: _Staged, chunks: Sequence[_Staged]) -> list[Finding]:
        """Records of a chunk whose key stands earlier with other content."""
        import numpy as np
        from pyarrow import parquet

        again = self._again(chunk.number)
        again = again[:, again[SAME] == 0]
        if not again.shape[1]:
            return []
        owners = [source.name for source, _ in self.journal.parts]
        owners += [self.name] * sum(bool(each.good) for each in chunks)
        part = parquet.read_table(self._file(chunk.number, "parquet"), columns=[*self.table.key, SOURCE_ROW])
        at = np.searchsorted(part[SOURCE_ROW].to_numpy(), again[ROW])
        header = self.checker.names.get(self.table.key[-1], self.table.key[-1])
        told = part.take(at).to_pylist()
        return [
            Finding(
                row,
                header,
                " ".join(str(key[name]) for name in self.table.key),
                ROW_CONFLICT,
                {"first": owners[first], "row": str(first_row)},
            )
            for key, row, first, first_row in zip(
                told, again[ROW].tolist(), again[FIRST_PART].tolist(), again[FIRST_ROW].tolist(), strict=True
            )
        ]

    # --- Refusing.

    def _refuse(self, kind: Any, **values: object) -> None:
        problems = Problems()
        problems.add(kind, Place(self.name), **values)
        problems.raise_if_any()

    def _refuse_share(
        self,
        bad: int,
        rows: int,
        limit: Decimal,
        reasons: Mapping[str, int],
        examples: Sequence[Quarantined],
    ) -> None:
        problems = Problems()
        told = ", ".join(f"{code} {count}" for code, count in reasons.items())
        problems.add(SHARE, Place(self.name), bad=bad, rows=rows, limit=(limit * 100).normalize(), reasons=told)
        for each in examples:
            problems.add(
                ROW_BAD,
                Place(self.name, each.row),
                column=each.column,
                reason=Text(each.reason_vi, each.reason_en),
                code=each.code,
            )
        problems.raise_if_any()

    # --- Deciding.

    def _write_plan(self, chunks: Sequence[_Staged], result: ImportedFile) -> ImportedSource:
        """Parts without the records that stand earlier, the files of quarantine, and last the plan that names them."""
        moves: list[tuple[str, str]] = []
        parts: list[Part] = []
        number = self.journal.next_part
        for each in chunks:
            kept = self._final_part(each)
            if kept is None:
                continue
            file, keys, rows = kept
            name = f"part-{number:06d}.parquet"
            path = self.stage / file
            parts.append(Part(name, rows, path.stat().st_size, file_digest(path)))
            moves.append((file, f"{self.table.name}/{name}"))
            moves.append((keys, f"{self.table.name}/{KEYS_FOLDER}/{name}.keys"))
            number += 1
        quarantine: dict[str, str] = {}
        if result.quarantined:
            names = file_names(self.table.name, self.name, self.sha256)
            for name, pieces in zip(names, (self._reasons_file, self._rows_file), strict=True):
                write_pieces(self.stage / name, pieces(chunks))
                quarantine[name] = file_digest(self.stage / name)
                moves.append((name, f"{QUARANTINE}/{name}"))
        source = ImportedSource(
            self.name,
            self.sha256,
            self.mapping.sha256,
            result.rows,
            result.taken,
            result.repeated,
            result.quarantined,
            result.reasons,
            tuple(parts),
            quarantine,
        )
        plan = {"source": asdict(source), "moves": moves, "next_part": number}
        write_file(self.stage / "plan.json", json.dumps(plan, ensure_ascii=False).encode())
        return source

    def _final_part(self, chunk: _Staged) -> tuple[str, str, int] | None:
        """The files of a chunk's part and fingerprints, and its rows; None where no record is left."""
        import numpy as np
        import pyarrow as pa
        from pyarrow import parquet

        if not chunk.good:
            return None
        again = self._again(chunk.number)[ROW]
        part, keys = self._file(chunk.number, "parquet"), self._file(chunk.number, "keys")
        if not len(again):
            return part.name, keys.name, chunk.good
        whole = parquet.read_table(part)
        left = whole.filter(pa.array(~np.isin(whole[SOURCE_ROW].to_numpy(), again)))
        if not left.num_rows:
            return None
        made = opened(keys)
        final, final_keys = self._file(chunk.number, "final"), self._file(chunk.number, "final.keys")
        write_file(final, part_bytes(left))
        write_file(final_keys, as_bytes(np.ascontiguousarray(made[:, ~np.isin(made[3].astype(np.int64), again)])))
        return final.name, final_keys.name, left.num_rows

    def _quarantined(
        self, chunks: Sequence[_Staged]
    ) -> Iterator[tuple[list[list[Any]], list[tuple[int, Sequence[str]]]]]:
        """For each chunk with any: its findings and its rows, conflicts among them, by row."""
        for each in chunks:
            conflicts = self._conflicts(each, chunks)
            if not each.bad and not conflicts:
                continue
            data = json.loads(self._file(each.number, "json").read_bytes())
            findings, rows = data["findings"], [(row, cells) for row, cells in data["rows"]]
            if conflicts:
                # The cells as they came are only in the file itself: this chunk of it is read once more.
                chunk = next(iter(self.export.chunks(self.checker.wanted, self.checker.repeating, each.start)))
                at_of = {row: at for at, row in enumerate(chunk.rows.tolist())}
                findings = sorted(findings + [_told(finding) for finding in conflicts], key=lambda told: told[0])
                rows = sorted(
                    rows + [(finding.row, chunk.cells(at_of[finding.row])) for finding in conflicts],
                    key=lambda pair: pair[0],
                )
            yield findings, rows

    def _reasons_file(self, chunks: Sequence[_Staged]) -> Iterator[bytes]:
        kept_row = self.export.header_row
        # The mark lets Excel know UTF-8.
        yield b"\xef\xbb\xbf" + REASONS.csv_bytes(())
        for findings, rows in self._quarantined(chunks):
            kept = {row: kept_row + at for at, (row, _) in enumerate(rows, 1)}
            kept_row += len(rows)
            lines = [
                Quarantined(told[0], kept[told[0]], told[1], told[2], told[3], told[4], told[5]) for told in findings
            ]
            yield REASONS.csv_bytes(lines).partition(b"\n")[2]

    def _rows_file(self, chunks: Sequence[_Staged]) -> Iterator[bytes]:
        separator = self.mapping.separator
        yield rows_head(self.export.header, self.mapping.header_row, separator)
        for _, rows in self._quarantined(chunks):
            yield rows_bytes((cells for _, cells in rows), separator)


def _staged(number: int, data: Mapping[str, Any]) -> _Staged:
    start, following = data["start"], data["next"]
    return _Staged(
        number,
        (start[0], start[1]) if start is not None else None,
        (following[0], following[1]),
        data["good"],
        data["bad"],
        data["unchecked"],
    )


def _told(finding: Finding) -> list[Any]:
    """A finding as JSON keeps it: row, column, value, code, and the reason in both languages."""
    return [finding.row, finding.column, finding.value, finding.kind.code, *reason_of(finding)]


def part_bytes(part: pyarrow.Table) -> bytes:
    """A part as Parquet: the same records give the same bytes with the same version of Arrow."""
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(part.combine_chunks(), out, compression="zstd", row_group_size=max(part.num_rows, 1))
    return out.getvalue()
