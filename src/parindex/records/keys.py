"""Who is who among a hundred million records: fingerprints of keys and contents, compared piece by piece.

A fingerprint of a part is (4, n) uint64, sorted by its first row: two hashes of the key, one of the content, the row in
the source. Pieces of all parts that share a range of the first hash are compared at once, so memory stays flat.

The hash of a text is the sum of a random number for each (position, byte), modulo 2^64: tabulation hashing (Carter &
Wegman 1979), whose chance to confuse two given texts is 2^-64; keys have two of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import shake_256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from parindex.tables.record_tables import SOURCE_ROW, RecordTable

if TYPE_CHECKING:
    import numpy as np
    import pyarrow

    Hashes = np.ndarray[Any, np.dtype[np.uint64]]

PIECE_ROWS: Final = 400_000
"""About how many fingerprints are compared at once: 32 bytes each, and three times as much for sorting."""
_ROW_BYTES: Final = 32
_POSITIONS: Final = 128
_ODD: Final = 0x9E3779B97F4A7C15
_NOTHING: Final = 0xD6E8FEB86659FD93


@lru_cache(maxsize=4)
def _numbers(salt: str) -> Hashes:
    """Random numbers (positions * 256,), the same on every machine."""
    import numpy as np

    return np.frombuffer(shake_256(f"parindex {salt}".encode()).digest(_POSITIONS * 256 * 8), dtype="<u8")


def _mixed(hashes: Hashes) -> Hashes:
    """Every bit depends on every bit (the finaliser of SplitMix64)."""
    import numpy as np

    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def _text_hashes(texts: pyarrow.Array, salt: str) -> Hashes:
    """(n,) hashes of texts without null."""
    import numpy as np

    if not len(texts):
        return np.zeros(0, dtype=np.uint64)
    _, ends, data = texts.buffers()
    offsets = np.frombuffer(ends, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    if data is None or offsets[-1] == offsets[0]:
        return np.zeros(len(texts), dtype=np.uint64)
    content = np.frombuffer(data, dtype=np.uint8)[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    lengths = np.diff(offsets)
    positions = np.arange(len(content), dtype=np.int32) - np.repeat(offsets[:-1].astype(np.int32), lengths)
    found = _numbers(salt)[(positions & (_POSITIONS - 1)) * 256 + content]
    if lengths.max() > _POSITIONS:
        # Further on the numbers come again, turned by a power; the first stretch as in a piece of short texts.
        turns = np.full(int(lengths.max()) // _POSITIONS + 1, _ODD, dtype=np.uint64)
        turns[0] = 1
        turns = np.cumprod(turns)
        found = found * turns[positions // _POSITIONS]
    sums = np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(found, dtype=np.uint64)))
    return np.asarray(sums[offsets[1:]] - sums[offsets[:-1]] + lengths.astype(np.uint64))


def _column_hashes(column: pyarrow.Array, salt: str) -> Hashes:
    """(n,) hashes of any declared column; an empty cell has its own."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_string(kind):
        if column.null_count < len(column) and _repeats(column):
            column = column.dictionary_encode()
            known = _text_hashes(column.dictionary, salt)
            hashes = known[pc.fill_null(column.indices, 0).to_numpy()]
        else:
            hashes = _text_hashes(pc.fill_null(column, ""), salt)
    elif pa.types.is_decimal(kind):
        halves = np.frombuffer(column.buffers()[1], dtype=np.uint64).reshape(-1, 2)
        halves = halves[column.offset : column.offset + len(column)]
        hashes = _mixed(halves[:, 0]) + halves[:, 1]
    else:
        if pa.types.is_date32(kind):
            column = column.cast(pa.int32())
        hashes = pc.fill_null(column.cast(pa.int64()), 0).to_numpy().view(np.uint64)
    if column.null_count:
        hashes = np.where(column.is_null().to_numpy(zero_copy_only=False), np.uint64(_NOTHING), hashes)
    return _mixed(hashes)


def _repeats(column: pyarrow.Array) -> bool:
    """Whether few values repeat, seen at its beginning."""
    sample = column.slice(0, 1000)
    return len(sample.unique()) * 4 < len(sample)


def fingerprints(part: pyarrow.Table, table: RecordTable) -> Hashes:
    """(4, n) fingerprints of a part, sorted by the first row."""
    import numpy as np

    count = part.num_rows
    keys = [np.zeros(count, dtype=np.uint64), np.zeros(count, dtype=np.uint64)]
    content = np.zeros(count, dtype=np.uint64)
    odd = np.uint64(_ODD)
    for column in table.columns:
        values = part.column(column.name).combine_chunks()
        first = _column_hashes(values, "key a")
        if column.name in table.key:
            keys[0] = keys[0] * odd + first
            keys[1] = keys[1] * odd + _column_hashes(values, "key b")
        else:
            content = content * odd + first
    rows = part.column(SOURCE_ROW).to_numpy().astype(np.uint64)
    made = np.stack((_mixed(keys[0]), _mixed(keys[1]), content, rows))
    return np.ascontiguousarray(made[:, np.argsort(made[0], kind="stable")])


def as_bytes(made: Hashes) -> bytes:
    import numpy as np

    out = io.BytesIO()
    np.save(out, made, allow_pickle=False)
    return out.getvalue()


def opened(path: Path) -> Hashes:
    """Fingerprints of a file, read only where they are looked at."""
    import numpy as np

    made: Hashes = np.load(path, mmap_mode="r", allow_pickle=False)
    return made


CHUNK, ROW, SAME, FIRST_PART, FIRST_ROW = range(5)
"""Rows of what `find_again` gives: the number of the new part; the row in its source; 1 where the content is the same;
the part that has the record first, counting those of before and then the new ones; the row in the source of that part.
"""


def find_again(
    before: Sequence[Path], new: Sequence[Path], *, piece_rows: int = PIECE_ROWS
) -> Iterator[np.ndarray[Any, np.dtype[np.int64]]]:
    """The new records whose key stands in a part before, or earlier among the new: (5, k) in pieces. The first is kept.

    `before` and `new` are files of fingerprints. Order: parts as given, then rows of the source; which record is kept
    depends on nothing else.
    """
    import numpy as np

    total = sum(each.stat().st_size for each in (*before, *new)) // _ROW_BYTES
    pieces = max(1, -(-total // piece_rows))
    edges = [(2**64 * at) // pieces for at in range(pieces + 1)]
    for low, high in pairwise(edges):
        slices = [_between(each, low, high) for each in new]
        wanted = np.sort(np.concatenate([each[0] for each in slices])) if slices else np.zeros(0, dtype=np.uint64)
        if not len(wanted):
            continue
        found = []
        owners = []
        for number, each in enumerate(before):
            part = _between(each, low, high)
            at = np.minimum(np.searchsorted(wanted, part[0]), len(wanted) - 1)
            part = part[:, wanted[at] == part[0]]
            found.append(part)
            owners.append(np.full(part.shape[1], number, dtype=np.int64))
        for number, part in enumerate(slices, len(before)):
            found.append(part)
            owners.append(np.full(part.shape[1], number, dtype=np.int64))
        together, owner = np.concatenate(found, axis=1), np.concatenate(owners)
        order = np.lexsort((together[3], owner, together[1], together[0]))
        together, owner = together[:, order], owner[order]
        repeats = np.zeros(len(owner), dtype=np.bool_)
        repeats[1:] = (together[0, 1:] == together[0, :-1]) & (together[1, 1:] == together[1, :-1])
        first = np.maximum.accumulate(np.where(repeats, 0, np.arange(len(owner))))
        again = np.flatnonzero(repeats & (owner >= len(before)))
        if len(again):
            kept = first[again]
            yield np.stack(
                (
                    owner[again] - len(before),
                    together[3, again].astype(np.int64),
                    (together[2, again] == together[2, kept]).astype(np.int64),
                    owner[kept],
                    together[3, kept].astype(np.int64),
                )
            )


def _between(path: Path, low: int, high: int) -> Hashes:
    """A copy of what lies in a range. The file is open only here: a table has more parts than a process has files."""
    import numpy as np

    made = opened(path)
    start = int(np.searchsorted(made[0], np.uint64(low)))
    end = made.shape[1] if high >= 2**64 else int(np.searchsorted(made[0], np.uint64(high)))
    return np.array(made[:, start:end])
