"""Which interviews were counted, as digests: so that one that comes a second time, in another part, is noticed.

Cells know no records, and nothing can be taken out of them again: a second copy is refused, not set aside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place

Digests = NDArray[np.uint64]
"""The last 64 bits of the MD5 of each name, sorted. Among n records of one part and m of another, two names have one
digest with a chance of n·m / 2^64: 5e-8 for a day of 100,000 beside 10 million. Such a record would be refused by
name, never counted twice."""

RECORD_TWO_PARTS = ProblemKind(
    "RECORD-TWO-PARTS",
    what=Text(
        'cột "{column}": {count} phiếu đã được tính ở phần khác: {records}.',
        'column "{column}": {count} interviews were counted in another part already: {records}.',
    ),
    why=Text(
        "Cộng cả hai là tính một người hai lần, và không bỏ được phiếu ra khỏi các ô đã cộng.",
        "With both, one person would count twice; and nothing can be taken out of cells that were added.",
    ),
    remedy=Text(
        "Bỏ các phiếu này khỏi một trong hai phần, hoặc chỉ cộng mỗi tệp một lần.",
        "Remove them from one of the two, or add each file once.",
    ),
)
FILE_TWICE = ProblemKind(
    "SURVEY-FILE-TWICE",
    what=Text("tệp trả lời này đã được tính.", "this file of answers was counted already."),
    why=Text("Mỗi người sẽ được tính hai lần.", "Everybody in it would count twice."),
    remedy=Text("Chỉ cộng mỗi tệp một lần.", "Add each file once."),
)
RECORDS_FORM = ProblemKind(
    "RECORDS-FORM",
    what=Text("danh sách phiếu đã tính không phải danh sách đã ghi.", "the list of counted interviews is damaged."),
    why=Text("Không biết phiếu nào đã được tính.", "Which interviews were counted is not known."),
    remedy=Text("Chạy lại từ tệp trả lời.", "Run again from the files of answers."),
)


def digest_of(name: str) -> int:
    """The digest of one record name, taken as it stands in the file."""
    return int.from_bytes(hashlib.md5(name.encode(), usedforsecurity=False).digest()[8:], "little")


def digests_of(names: Iterable[str]) -> Digests:
    """The digests of record names, sorted."""
    return np.unique(np.array([digest_of(name) for name in names], dtype=np.uint64))


def joined(parts: Sequence[Digests]) -> Digests:
    """The records of all parts, sorted."""
    return np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *parts]))


def in_both(one: Digests, other: Digests) -> Digests:
    """The records that stand in both."""
    return np.intersect1d(one, other, assume_unique=True)


def digests_bytes(digests: Digests) -> bytes:
    """8 bytes a record, least byte first, rising."""
    return digests.astype("<u8").tobytes()


def digests_of_bytes(content: bytes, place: Place) -> Digests:
    """What `digests_bytes` wrote. Raises ProblemsFound for anything else."""
    problems = Problems()
    if len(content) % 8 == 0:
        found = np.frombuffer(content, dtype="<u8").astype(np.uint64)
        if bool((found[1:] > found[:-1]).all()):
            return found
    problems.add(RECORDS_FORM, place)
    problems.raise_if_any()
    raise AssertionError


NAMED = 10
"""Records that a message names; the others are counted."""


def listed(names: Sequence[str], count: int) -> str:
    """Record names for a message."""
    return ", ".join(names[:NAMED]) + (", …" if count > NAMED else "")
