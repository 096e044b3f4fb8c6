"""What stands behind the page of signed copies: when a digest was locked, and what was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from parindex.language import Text
from parindex_web.audit.models import Event
from parindex_web.collect.models import PaperSignature, SignedPaper
from parindex_web.editions.models import UnitFile

WAYS: Final[Mapping[str, Text]] = {
    "scan": Text("bản quét", "scan"),
    "digital": Text("PDF ký số", "digitally signed PDF"),
}
SOURCES: Final[Mapping[str, Text]] = {
    "": Text("", ""),
    "metadata": Text("mã đọc trong tệp", "digest read in the file"),
    "code": Text("mã đọc từ mã QR", "digest read from the QR code"),
    "typed": Text("mã do người nộp ghi", "digest typed by who handed it in"),
}
TIMES: Final[Mapping[str, Text]] = {
    "": Text("không ghi giờ ký", "no time of signing"),
    "claim": Text("giờ do máy người ký ghi", "by the signer's own clock"),
    "stamp": Text("có dấu thời gian", "time-stamped"),
    "stamp_unknown": Text("dấu thời gian của nơi cấp chưa được tin cậy", "stamped by an authority that is not trusted"),
}


@dataclass(frozen=True, slots=True)
class Trust:
    """How a page says how far a certificate is vouched for: colour, words of the badge, and what they mean."""

    badge: str
    words: Text
    means: Text


TRUSTS: Final[Mapping[str, Trust]] = {
    "trusted": Trust("good", Text("chứng thư tin cậy", "trusted certificate"), Text("", "")),
    "lapsed": Trust(
        "warn",
        Text("chứng thư nay đã hết hạn", "certificate has run out"),
        Text(
            "Không có dấu thời gian nên không chứng minh được là đã ký trong thời hạn.",
            "Without a time stamp nothing proves that it was in force when used.",
        ),
    ),
    "unknown": Trust(
        "warn",
        Text("nơi cấp chưa được tin cậy", "issuer not trusted"),
        Text(
            "Chứng thư không dẫn về đơn vị cấp nào trong danh sách tin cậy của hệ thống.",
            "The certificate goes back to no authority on the trusted list of this system.",
        ),
    ),
    "self": Trust(
        "warn",
        Text("chứng thư tự cấp", "self-signed certificate"),
        Text("Không cơ quan nào chứng thực người ký.", "No authority vouches for the signer."),
    ),
    "unfit": Trust(
        "warn",
        Text("chứng thư không hợp lệ", "certificate not valid"),
        Text(
            "Chứng thư không dùng để ký văn bản, hoặc một chứng thư cấp trên không còn hợp lệ.",
            "It is not made for signing documents, or a certificate above it is no longer valid.",
        ),
    ),
    "unchecked": Trust(
        "plain",
        Text("chưa kiểm tra nơi cấp", "issuer not checked"),
        Text("Hệ thống chưa được cài danh sách tin cậy.", "This system has no list of trusted authorities."),
    ),
}
REVOCATIONS: Final[Mapping[str, Text]] = {
    "good": Text("Chưa bị thu hồi, theo thông tin kèm trong tệp.", "Not revoked, as proofs inside the file say."),
    "unknown": Text(
        "Chưa kiểm tra thu hồi: tệp không kèm thông tin.", "Revocation was not checked: the file brings no proof."
    ),
}


@dataclass(frozen=True, slots=True)
class ShownSignature:
    """A signature with its words."""

    signature: PaperSignature
    time: Text
    trust: Trust
    revocation: Text


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A signed copy with its words. `same`: its digest is that of the file; else `locked_at` tells when it was."""

    paper: SignedPaper
    way: Text
    source: Text
    same: bool
    locked_at: datetime | None
    signatures: tuple[ShownSignature, ...]

    @property
    def unchecked(self) -> bool:
        """A PDF that was handed in before signatures were checked."""
        return self.paper.way == "digital" and not self.signatures


def papers_of(unit_file: UnitFile, digest: str) -> list[ShownPaper]:
    """What was handed in, newest first, held against the digest of the file."""
    papers = list(unit_file.signed_papers.select_related("uploaded_by").prefetch_related("signatures"))
    others = any(not digest.startswith(each.digest_said) for each in papers)
    locks = _locks(unit_file) if others else {}
    return [_shown(each, digest, locks) for each in papers]


def _shown(paper: SignedPaper, digest: str, locks: Mapping[str, datetime]) -> ShownPaper:
    same = digest.startswith(paper.digest_said)
    signatures = (
        ShownSignature(each, TIMES[each.time_from], TRUSTS[each.trust], REVOCATIONS[each.revocation])
        for each in paper.signatures.all()
    )
    locked_at = None if same else _beginning(locks, paper.digest_said)
    return ShownPaper(paper, WAYS[paper.way], SOURCES[paper.read_from], same, locked_at, tuple(signatures))


def locked_at(unit_file: UnitFile, said: str) -> datetime | None:
    """When claims of this digest, or of a digest that begins so, were last signed here; None: never."""
    return _beginning(_locks(unit_file), said)


def _locks(unit_file: UnitFile) -> dict[str, datetime]:
    """The digests that were signed in this file, each with its last time."""
    events = Event.objects.filter(
        chain__edition=unit_file.edition.code, chain__unit=unit_file.unit, act="unit.sign"
    ).order_by("position")
    return {each.details["digest"]: each.at for each in events if "digest" in each.details}


def _beginning(locks: Mapping[str, datetime], said: str) -> datetime | None:
    return next((at for digest, at in locks.items() if digest.startswith(said)), None)
