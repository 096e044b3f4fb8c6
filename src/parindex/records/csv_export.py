"""CSV exports, block by block: any size in the same memory, and reading can begin again at each block.

A block ends with the last whole record. Records are found by the parity of quotes before each line end, all at once;
only where stray quotes make that differ from what the CSV reader sees, they are found one by one.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from parindex.language import nfc
from parindex.problems import Problems
from parindex.records.chunks import BrokenRow, TextChunk
from parindex.records.mapping import Encoding, RecordMapping
from parindex.records.mistakes import ENCODING, FILE_EMPTY, QUOTE, ROW_ENCODING, ROW_WIDTH, SEPARATOR
from parindex.sources import Place

if TYPE_CHECKING:
    import numpy as np

    Offsets = np.ndarray[Any, np.dtype[np.int64]]

CHUNK_BYTES: Final = 16_000_000
_LONGEST_RECORD: Final = 4_000_000
_CODECS: Final = {"utf-8": "utf-8", "windows-1258": "cp1258", "utf-16": "utf-16-le"}
_MARKS: Final = {",": ",", ";": ";", "\t": "tab", "|": "|"}


@dataclass(frozen=True, slots=True)
class CsvExport:
    """An opened CSV file. `start` is where the first record after the header begins, in bytes."""

    path: Path
    name: str
    codec: str
    encoding: str
    separator: str
    header: tuple[str, ...]
    header_row: int
    start: int
    total: int
    chunk_bytes: int

    @property
    def wide(self) -> bool:
        """Two bytes a letter."""
        return self.codec.startswith("utf-16")

    def chunks(
        self, wanted: Sequence[int], repeating: frozenset[int], start: tuple[int, int] | None
    ) -> Iterator[TextChunk]:
        offset, row = start or (self.start, self.header_row + 1)
        with self.path.open("rb") as file:
            while offset < self.total:
                chunk = self._chunk(file, offset, row, wanted, repeating)
                yield chunk
                offset, row = chunk.next

    def _chunk(
        self, file: io.BufferedReader, offset: int, row: int, wanted: Sequence[int], repeating: frozenset[int]
    ) -> TextChunk:
        file.seek(offset)
        raw = b""
        while True:
            raw += file.read(self.chunk_bytes)
            last = offset + len(raw) >= self.total
            block = _Block(self, raw, last, row)
            ends = block.ends_by_parity()
            if ends is None and not last and len(raw) <= self.chunk_bytes + _LONGEST_RECORD:
                continue
            chunk = block.read(ends, offset, wanted, repeating) if ends is not None else None
            if chunk is None:
                # Stray quotes, one very long cell, or a quote that was never closed.
                ends = block.ends_one_by_one()
                chunk = block.read(ends, offset, wanted, repeating) if ends is not None else None
            if chunk is None:
                block.refuse_quote()
            assert chunk is not None
            return chunk


class _Block:
    """Bytes from the beginning of a record on, as UTF-8 with plain line ends."""

    def __init__(self, export: CsvExport, raw: bytes, last: bool, row: int):
        self.export = export
        self.row = row
        self.last = last
        self.raw = raw
        self.waiting = 0
        if export.wide:
            # A letter that the block cuts in two waits for the next one.
            decoder = codecs.getincrementaldecoder(export.codec)("replace")
            self.text = decoder.decode(raw, final=last).encode()
            self.waiting = len(decoder.getstate()[0])
        else:
            self.text = raw
        if b"\r" in self.text:
            # A lone one is no line end to people; to the CSV reader it is. Same length, so that places stay.
            self.text = re.sub(rb"\r(?!\n)", b" ", self.text)
        if last and self.text and not self.text.endswith(b"\n"):
            self.text += b"\n"

    def ends_by_parity(self) -> Offsets | None:
        """Where records end (after their line end): line ends with an even number of quotes before. None: nowhere."""
        import numpy as np

        data = np.frombuffer(self.text, dtype=np.uint8)
        ends = np.flatnonzero(data == 10)
        if b'"' in self.text:
            quotes = np.flatnonzero(data == 34)
            ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
        return ends + 1 if len(ends) else None

    def ends_one_by_one(self) -> Offsets | None:
        """As above where quotes stand inside of cells: only a quote that begins a cell opens one."""
        import numpy as np

        mark = re.escape(self.export.separator.encode())
        cell = re.compile(rb'(?:"(?:[^"]++|"")*+")?[^\n' + mark + rb"]*(\n|" + mark + rb")")
        ends = [found.end() for found in cell.finditer(self.text) if found[1] == b"\n"]
        return np.array(ends, dtype=np.int64) if ends else None

    def refuse_quote(self) -> None:
        """Raises ProblemsFound, naming the first line whose quotes do not pair."""
        problems = Problems()
        line = self.row
        for number, text in enumerate(self.text.split(b"\n")):
            if text.count(b'"') % 2:
                line = self.row + number
                break
        problems.add(QUOTE, Place(self.export.name, line))
        problems.raise_if_any()

    def read(self, ends: Offsets, offset: int, wanted: Sequence[int], repeating: frozenset[int]) -> TextChunk | None:
        """The records of the block; None when the CSV reader sees other records than `ends` says."""
        import numpy as np
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        export = self.export
        used = self.text[: int(ends[-1])]
        if export.wide:
            rest = self.text[len(used) :].decode().encode(export.codec)
            consumed = len(self.raw) - len(rest) - self.waiting
        else:
            consumed = min(len(used), len(self.raw))
        starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1]))
        content, broken = self._as_utf8(used, starts, ends)
        width = len(export.header)
        skipped: list[Any] = []

        def skip(row: Any) -> str:
            skipped.append(row)
            return "skip"

        names = [f"c{number}" for number in range(width)]
        types = {
            names[number]: pa.dictionary(pa.int32(), pa.string()) if number in repeating else pa.string()
            for number in wanted
        }
        try:
            table = arrow_csv.read_csv(
                io.BytesIO(content),
                read_options=arrow_csv.ReadOptions(
                    column_names=names, use_threads=False, block_size=max(len(content) + 1, 1000)
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=export.separator,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=skip,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=types,
                    include_columns=[names[number] for number in wanted],
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows + len(skipped) != len(starts):
            return None
        bad = dict(broken)
        blank = (ends - starts) <= 1
        if b"\r" in used:
            blank |= ((ends - starts) == 2) & (np.frombuffer(used, dtype=np.uint8)[starts] == 13)
        taken = ~blank
        for at in bad:
            taken[at] = False
        wide = []
        for row in skipped:
            at = row.number - 1
            taken[at] = False
            if at not in bad and not blank[at]:
                wide.append((at, row.actual_columns))
        # What the reader gave stands in the order of the records, but for those it skipped.
        given = np.ones(len(starts), dtype=np.bool_)
        given[[row.number - 1 for row in skipped]] = False
        keep = taken[given]
        table = table if keep.all() else table.filter(pa.array(keep))
        kept = np.flatnonzero(taken)

        def cells_of(at: int) -> Sequence[str]:
            text = used[int(starts[at]) : int(ends[at])].rstrip(b"\r\n")
            return _cells(text.decode(_decoder_of(export.codec), "backslashreplace"), export.separator)

        rows_broken = [
            BrokenRow(self.row + at, ROW_ENCODING, {"byte": f"{byte:02X}", "encoding": export.encoding}, cells_of(at))
            for at, byte in bad.items()
        ]
        rows_broken += [
            BrokenRow(self.row + at, ROW_WIDTH, {"found": count, "expected": width}, cells_of(at)) for at, count in wide
        ]
        return TextChunk(
            rows=kept + self.row,
            columns={number: table.column(names[number]).combine_chunks() for number in wanted},
            broken=sorted(rows_broken, key=lambda each: each.row),
            cells=lambda at: cells_of(int(kept[at])),
            next=(offset + consumed, self.row + len(starts)),
            done=offset + consumed,
        )

    def _as_utf8(self, used: bytes, starts: Offsets, ends: Offsets) -> tuple[bytes, list[tuple[int, int]]]:
        """The block as composed UTF-8, and (record, byte) of those that cannot be read, left empty there."""
        codec = _decoder_of(self.export.codec)
        try:
            if b"\0" in used:
                raise UnicodeDecodeError(codec, used, used.index(b"\0"), used.index(b"\0") + 1, "zero")
            text = used.decode(codec)
        except UnicodeDecodeError:
            return self._record_by_record(used, starts, ends, codec)
        if codec == "utf-8" and not _may_be_decomposed(used):
            return used, []
        return nfc(text).encode(), []

    @staticmethod
    def _record_by_record(
        used: bytes, starts: Offsets, ends: Offsets, codec: str
    ) -> tuple[bytes, list[tuple[int, int]]]:
        parts: list[bytes] = []
        broken: list[tuple[int, int]] = []
        for at, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            record = used[start:end]
            try:
                text = record.decode(codec)
                zero = text.find("\0")
                if zero >= 0:
                    broken.append((at, 0))
                    parts.append(b"\n")
                else:
                    parts.append(nfc(text).encode())
            except UnicodeDecodeError as fault:
                broken.append((at, record[fault.start]))
                parts.append(b"\n")
        return b"".join(parts), broken


def _decoder_of(codec: str) -> str:
    return "utf-8" if codec.startswith("utf-16") else codec


def _may_be_decomposed(content: bytes) -> bool:
    """Vietnamese in decomposed form has marks of U+0300–U+036F, whose first byte in UTF-8 is CC or CD."""
    return b"\xcc" in content or b"\xcd" in content


def _cells(line: str, separator: str) -> Sequence[str]:
    try:
        rows = list(csv.reader(io.StringIO(line, newline=""), delimiter=separator))
    except csv.Error:
        return [line]
    return rows[0] if rows else []


def open_csv(
    path: Path, name: str, mapping: RecordMapping, problems: Problems, *, chunk_bytes: int = CHUNK_BYTES
) -> CsvExport | None:
    """Find the encoding and the header. None after problems."""
    total = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(1_000_000)
    mark, encoding = _encoding(head, mapping.encoding)
    codec = "utf-16-be" if head.startswith(codecs.BOM_UTF16_BE) else _CODECS[encoding]
    body = head[mark:]
    line_end = "\n".encode(codec)
    lines: list[str] = []
    at = 0
    for number in range(mapping.header_row):
        end = _record_end(body, at, line_end, codec)
        piece = body[at:end]
        if not piece:
            problems.add(FILE_EMPTY, Place(name))
            return None
        try:
            lines.append(nfc(piece.decode(codec)).rstrip("\r\n"))
        except UnicodeDecodeError as fault:
            if number + 1 == mapping.header_row:
                lines.append("")
                _refuse_encoding(piece, fault, name, number + 1, mapping, encoding, problems)
                return None
            lines.append("")
        at = end
    header = tuple(cell.strip() for cell in _cells(lines[-1], mapping.separator))
    if not any(header):
        problems.add(FILE_EMPTY, Place(name, mapping.header_row))
        return None
    others = [each for each in _MARKS if each != mapping.separator and each in header[0]]
    if len(header) == 1 and others:
        declared = _MARKS[mapping.separator]
        problems.add(SEPARATOR, Place(name, mapping.header_row), mark=_MARKS[others[0]], declared=declared)
        return None
    if mark + at >= total:
        problems.add(FILE_EMPTY, Place(name))
        return None
    return CsvExport(
        path,
        name,
        codec,
        encoding,
        mapping.separator,
        header,
        mapping.header_row,
        mark + at,
        total,
        chunk_bytes - chunk_bytes % 2,
    )


def _encoding(head: bytes, declared: Encoding | None) -> tuple[int, Encoding]:
    """Length of the mark at the beginning, and the encoding. A mark is right even where the mapping says another."""
    if head.startswith(codecs.BOM_UTF8):
        return 3, "utf-8"
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return 2, "utf-16"
    if declared is None and len(head) > 3 and head[1] == 0 and head[3] == 0:
        return 0, "utf-16"
    return 0, declared or "utf-8"


def _record_end(body: bytes, start: int, line_end: bytes, codec: str) -> int:
    """After the line end that closes the record; a line end inside quotes does not."""
    at = start
    while True:
        found = body.find(line_end, at)
        while codec.startswith("utf-16") and found >= 0 and (found - start) % 2:
            found = body.find(line_end, found + 1)
        if found < 0:
            return len(body)
        at = found + len(line_end)
        if body[start:at].count('"'.encode(codec)) % 2 == 0:
            return at


def _refuse_encoding(
    piece: bytes,
    fault: UnicodeDecodeError,
    name: str,
    line: int,
    mapping: RecordMapping,
    encoding: str,
    problems: Problems,
) -> None:
    from parindex.records.legacy import find_legacy
    from parindex.records.mistakes import LEGACY

    place = Place(name, line)
    headers = _cells(piece.decode("latin-1").rstrip("\r\n"), mapping.separator)
    old = find_legacy(headers, [header for source in mapping.columns for header in source.headers])
    if old is not None:
        problems.add(LEGACY, place, code=old.code, header=old.header, meant=old.meant)
    else:
        problems.add(ENCODING, place, encoding=encoding.upper(), byte=f"{piece[fault.start]:02X}")
