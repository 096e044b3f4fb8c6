"""The record of acts as it leaves the application: lines of JSON, chained by digests, that anybody can check offline.

Every unit of an edition has a chain of its own, and so has the edition (unit ""). The digest of an event covers
everything in it and the digest of the event before it, so that no event can be changed, left out or put in without
changing the head. The heads are sealed into the publication.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from parindex.documents.text_files import read_bytes
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.tables.columns import canonical_json

BEGINNING: Final = "0" * 64
"""Stands as `previous` in the first event of a chain."""

EVENT_KEYS: Final = ("edition", "unit", "position", "at", "by", "act", "subject", "details", "previous", "digest")

AUDIT_LINE = ProblemKind(
    "AUDIT-LINE",
    what=Text("dòng này không phải là một sự kiện của nhật ký.", "this line is no event of a record."),
    why=Text(
        "Mỗi dòng là một đối tượng JSON đủ các khóa: {keys}.", "Every line is a JSON object with the keys {keys}."
    ),
    remedy=Text("Xuất lại nhật ký từ ứng dụng.", "Export the record again from the application."),
)
AUDIT_DIGEST = ProblemKind(
    "AUDIT-DIGEST",
    what=Text(
        "sự kiện {position} của {chain} không khớp mã băm của nó.",
        "event {position} of {chain} does not match its digest.",
    ),
    why=Text("Nội dung đã bị sửa sau khi ghi.", "It was changed after it was written."),
    remedy=Text("So với bản sao lưu của cơ sở dữ liệu.", "Compare with a backup of the database."),
)
AUDIT_CHAIN = ProblemKind(
    "AUDIT-CHAIN",
    what=Text(
        "sự kiện {position} của {chain} không nối với sự kiện trước.",
        "event {position} of {chain} does not follow the event before it.",
    ),
    why=Text("Có sự kiện bị xóa, thêm hoặc đảo thứ tự.", "An event was taken out, put in or moved."),
    remedy=Text("So với bản sao lưu của cơ sở dữ liệu.", "Compare with a backup of the database."),
)
HEADS_BROKEN = ProblemKind(
    "AUDIT-HEADS-FILE",
    what=Text("dòng này không phải đầu của một chuỗi.", "this line is no head of a chain."),
    why=Text("Mỗi dòng gồm: {columns}.", "Every line has: {columns}."),
    remedy=Text("Dùng tệp do ứng dụng xuất ra.", "Take the file that the application exports."),
)
AUDIT_HEAD = ProblemKind(
    "AUDIT-HEAD",
    what=Text(
        "{chain}: nhật ký có {found}, bản công bố ghi {expected}.",
        "{chain}: the record has {found}, the publication says {expected}.",
    ),
    why=Text(
        "Sự kiện cuối bị cắt, hoặc nhật ký của bản khác.", "Its last events are missing, or it is another record."
    ),
    remedy=Text("Xuất lại nhật ký của đúng bản công bố.", "Export the record that belongs to this publication."),
)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of one chain: how many events it has, and the digest of the last."""

    edition: str
    unit: str
    length: int
    digest: str


def event_digest(event: Mapping[str, Any]) -> str:
    """The digest of an event: SHA-256 of its canonical JSON without `digest`, in hexadecimal."""
    body = {key: event[key] for key in EVENT_KEYS if key != "digest"}
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()


def trail_lines(events: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The lines of a record file, in the order given."""
    for event in events:
        yield canonical_json({key: event[key] for key in EVENT_KEYS}).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Trail:
    """A record as it was read. `heads` in order of edition and unit; `digests` of every event, by its place."""

    heads: tuple[Head, ...]
    digests: Mapping[tuple[str, str, int], str]


def verify_trail(content: bytes, name: str, problems: Problems) -> Trail:
    """Check every chain of a record file; problems name line and event.

    Chains may be mixed in the file, each in its own order. An empty file is a record without events.
    """
    heads: dict[tuple[str, str], Head] = {}
    digests: dict[tuple[str, str, int], str] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        place = Place(name, line=number)
        event = _event(line)
        if event is None:
            problems.add(AUDIT_LINE, place, keys=", ".join(EVENT_KEYS))
            continue
        key = (event["edition"], event["unit"])
        chain = "/".join(filter(None, key)) or "–"
        before = heads.get(key)
        length, digest = (before.length, before.digest) if before else (0, BEGINNING)
        if event["digest"] != event_digest(event):
            problems.add(AUDIT_DIGEST, place, position=event["position"], chain=chain)
        if event["previous"] != digest or event["position"] != length + 1:
            problems.add(AUDIT_CHAIN, place, position=event["position"], chain=chain)
        heads[key] = Head(*key, event["position"], event["digest"])
        digests[(*key, event["position"])] = event["digest"]
    return Trail(tuple(heads[key] for key in sorted(heads)), digests)


def read_trail(path: Path, problems: Problems) -> Trail:
    """The record in a file, checked; an empty one with a problem where it cannot be read."""
    content = read_bytes(path, path.name, problems, limit=RECORD_LIMIT)
    return verify_trail(content or b"", path.name, problems)


def check_heads(trail: Trail, expected: Iterable[Head], name: str, problems: Problems) -> None:
    """Hold a record against the heads sealed into a publication. What came after publishing may follow them."""
    ends = {(head.edition, head.unit): head for head in trail.heads}
    for head in expected:
        found = trail.digests.get((head.edition, head.unit, head.length))
        if found != head.digest:
            end = ends.get((head.edition, head.unit))
            chain = "/".join(filter(None, (head.edition, head.unit)))
            shown = (
                f"{head.length}:{found[:12]}" if found else "–" if end is None else f"{end.length}:{end.digest[:12]}"
            )
            problems.add(
                AUDIT_HEAD, Place(name), chain=chain, found=shown, expected=f"{head.length}:{head.digest[:12]}"
            )


RECORD_LIMIT: Final = 2_000_000_000
"""Bytes of a record file. An edition of 63 units writes some tens of millions."""

HEADS_FILE: Final = "audit_heads.csv"
"""The heads of all chains in a publication: edition, unit (empty: the edition itself), number of events, digest."""

HEAD_COLUMNS: Final = ("edition", "unit", "length", "digest")


def heads_csv(heads: Iterable[Head]) -> bytes:
    """The file of heads, in order of edition and unit."""
    rows = [",".join(HEAD_COLUMNS)]
    rows += [f"{each.edition},{each.unit},{each.length},{each.digest}" for each in sorted(heads, key=_place_of)]
    return ("\n".join(rows) + "\n").encode()


def read_heads(content: bytes, name: str, problems: Problems) -> tuple[Head, ...]:
    """The heads of a file as `heads_csv` writes it; problems name the line."""
    heads = []
    lines = content.decode("utf-8", errors="replace").split("\n")
    if lines[0] != ",".join(HEAD_COLUMNS):
        problems.add(HEADS_BROKEN, Place(name, line=1), columns=", ".join(HEAD_COLUMNS))
    for number, line in enumerate(lines[1:], start=2):
        if not line and number == len(lines):
            continue
        cells = line.split(",")
        good = len(cells) == 4 and cells[2].isascii() and cells[2].isdigit() and re.fullmatch("[0-9a-f]{64}", cells[3])
        if not good:
            problems.add(HEADS_BROKEN, Place(name, line=number), columns=", ".join(HEAD_COLUMNS))
            continue
        heads.append(Head(cells[0], cells[1], int(cells[2]), cells[3]))
    return tuple(heads)


def _place_of(head: Head) -> tuple[str, str]:
    return (head.edition, head.unit)


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    if not isinstance(event, dict) or set(event) != set(EVENT_KEYS):
        return None
    whole = isinstance(event["position"], int) and not isinstance(event["position"], bool)
    texts = all(isinstance(event[key], str) for key in EVENT_KEYS if key not in ("position", "details"))
    return event if whole and texts and isinstance(event["details"], dict) else None
