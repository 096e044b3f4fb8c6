"""The record of acts as it leaves the application: lines of JSON, chained by digests, that anybody can check offline.

Every unit of an edition has a chain of its own, and so has the edition (unit ""). The digest of an event covers
everything in it and the digest of the event before it, so that no event can be changed, left out or put in without
changing the head. The heads are sealed into the publication.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

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
    why=Text("Mỗi dòng là một đối tượng JSON đủ các khóa: {keys}.", "Every line is a JSON object with the keys {keys}."),
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
AUDIT_HEAD = ProblemKind(
    "AUDIT-HEAD",
    what=Text(
        "{chain} kết thúc bằng {found}, bản công bố ghi {expected}.",
        "{chain} ends in {found}, the publication says {expected}.",
    ),
    why=Text("Sự kiện cuối bị cắt, hoặc nhật ký của bản khác.", "Its last events are missing, or it is another record."),
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


def verify_trail(content: bytes, name: str, problems: Problems) -> tuple[Head, ...]:
    """Check every chain of a record file; problems name line and event. Returns the heads in order of edition, unit.

    Chains may be mixed in the file, each in its own order.
    """
    heads: dict[tuple[str, str], Head] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        place = Place(name, line=number)
        event = _event(line)
        if event is None:
            problems.add(AUDIT_LINE, place, keys=", ".join(EVENT_KEYS))
            continue
        key = (event["edition"], event["unit"])
        chain = "/".join(filter(None, key))
        before = heads.get(key)
        length, digest = (before.length, before.digest) if before else (0, BEGINNING)
        if event["digest"] != event_digest(event):
            problems.add(AUDIT_DIGEST, place, position=event["position"], chain=chain)
        if event["previous"] != digest or event["position"] != length + 1:
            problems.add(AUDIT_CHAIN, place, position=event["position"], chain=chain)
        heads[key] = Head(*key, event["position"], event["digest"])
    return tuple(heads[key] for key in sorted(heads))


def check_heads(found: Iterable[Head], expected: Iterable[Head], name: str, problems: Problems) -> None:
    """Hold the heads of a record against those sealed into a publication."""
    ends = {(head.edition, head.unit): head for head in found}
    for head in expected:
        end = ends.get((head.edition, head.unit))
        if end != head:
            chain = "/".join(filter(None, (head.edition, head.unit)))
            shown = "–" if end is None else f"{end.length}:{end.digest[:12]}"
            problems.add(AUDIT_HEAD, Place(name), chain=chain, found=shown, expected=f"{head.length}:{head.digest[:12]}")


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
