"""What a signed copy says by itself: the digest it carries, and who signed it. Two children look (`confined`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from parindex.language import Text
from parindex_web import clock
from parindex_web.collect.confined import Unopened, ask
from parindex_web.collect.file_kinds import PDF, FileKind
from parindex_web.collect.paper import digests_inside, holds_signature

NO_CODE: Final = Text(
    "Không thấy mã QR trong {looked}/{pages} trang.", "No QR code was seen on {looked} of {pages} pages."
)
FOREIGN_CODE: Final = Text(
    "Mã QR trên bản này không phải mã của bản in tự đánh giá.",
    "The QR code on it is not that of a printed self-assessment.",
)
UNSEEN: Final[Mapping[str, Text]] = {
    "locked": Text(
        "Tệp đặt mật khẩu nên không đọc được mã QR.", "The file has a password, so its QR code cannot be read."
    ),
    "large": Text(
        "Ảnh lớn hơn 80 triệu điểm ảnh nên không đọc mã QR; quét ở 200 hoặc 300 dpi.",
        "The picture has more than 80 million pixels, so its QR code is not read; scan at 200 or 300 dpi.",
    ),
    "broken": Text(
        "Tệp hỏng một phần nên không đọc được mã QR.", "The file is damaged, so its QR code cannot be read."
    ),
    "time": Text("Đọc mã QR quá lâu nên đã dừng.", "Reading its QR code took too long and was stopped."),
    "memory": Text("Tệp cần quá nhiều bộ nhớ để đọc mã QR.", "Reading its QR code needs too much memory."),
}
FAULTS: Final[Mapping[str, Text]] = {
    "changed": Text("nội dung đã bị sửa sau khi ký.", "its content was changed after it was signed."),
    "forged": Text("chữ ký không khớp với chứng thư đi kèm.", "the signature does not fit its certificate."),
    "partial": Text("chữ ký không bao phủ toàn bộ văn bản đã ký.", "the signature does not cover the whole document."),
    "added": Text("có nội dung được thêm vào sau khi ký.", "something was added after it was signed."),
    "expired": Text(
        "chứng thư đã hết hạn ngày {date} khi ký.", "its certificate had expired on {date} when it was used."
    ),
    "early": Text("chứng thư đến ngày {date} mới có hiệu lực.", "its certificate was not in force before {date}."),
    "revoked": Text("chứng thư đã bị thu hồi ngày {date}.", "its certificate was revoked on {date}."),
    "stamp": Text("dấu thời gian trên chữ ký không hợp lệ.", "the time stamp on the signature is not valid."),
    "unreadable": Text("không đọc được chữ ký số ({detail}).", "the digital signature cannot be read ({detail})."),
    "locked": Text(
        "tệp đặt mật khẩu nên không kiểm tra được chữ ký số.", "it has a password, so its signature cannot be checked."
    ),
    "many": Text("có quá nhiều chữ ký số để kiểm tra.", "it has more digital signatures than can be checked."),
    "time": Text(
        "kiểm tra chữ ký số quá lâu nên đã dừng.", "checking its digital signature took too long and was stopped."
    ),
    "memory": Text("kiểm tra chữ ký số cần quá nhiều bộ nhớ.", "checking its digital signature needs too much memory."),
}


@dataclass(frozen=True, slots=True)
class Signature:
    """A digital signature as checked; the words of `time_from`, `trust`, `revocation` are those of `PaperSignature`."""

    name: str
    organisation: str
    issuer: str
    serial: str
    at: datetime | None
    time_from: str
    trust: str
    revocation: str


@dataclass(frozen=True, slots=True)
class Signed:
    """The digital signatures of a file. `fault`: why it does not stand as signed; `signer`: whose signature it is."""

    signatures: tuple[Signature, ...] = ()
    fault: Text | None = None
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """`digests` by where they stand: "code" (QR) or "metadata". `unseen`: why no QR code of ours was read.

    `own`: the file is a PDF that we made, whatever was added to it: its keywords name a digest.
    """

    digests: Mapping[str, str]
    own: bool
    unseen: Text
    signed: Signed


def read_paper(file: Path, kind: FileKind) -> Reading:
    """Look into an uploaded copy. Takes seconds, and no transaction should wait for it."""
    digests, own, unseen = _digests(file, kind)
    return Reading(digests, own, unseen, signed_by(file) if kind is PDF else Signed())


def signed_by(file: Path) -> Signed:
    """The digital signatures of a PDF, checked against the anchors of the settings."""
    with file.open("rb") as content:
        if not holds_signature(content):
            return Signed()
    asked = {"now": clock.now().isoformat(), "trust": list(settings.TRUST)}
    try:
        answer = ask("paper_signature", file, asked)
    except Unopened as unopened:
        fault = "unreadable" if unopened.why == "broken" else unopened.why
        return Signed(fault=_fault(fault, ""))
    signatures = tuple(map(_signature, answer["signatures"]))
    signer = signatures[answer["whose"] - 1].name if answer["whose"] else ""
    return Signed(signatures, _fault(answer["fault"], answer["detail"]), signer)


def _digests(file: Path, kind: FileKind) -> tuple[dict[str, str], bool, Text]:
    stated: Sequence[str] = ()
    if kind is PDF:
        with file.open("rb") as content:
            stated = sorted(digests_inside(content))
    try:
        answer = ask("paper_code", file, {"kind": kind.name})
    except Unopened as unopened:
        return dict.fromkeys(stated, "metadata"), bool(stated), UNSEEN[unopened.why]
    stated = [*stated, *answer["stated"]]
    digests = dict.fromkeys(stated, "metadata") | dict.fromkeys(answer["digests"], "code")
    if answer["problem"]:
        return digests, bool(stated), UNSEEN[answer["problem"]]
    if answer["foreign"]:
        return digests, bool(stated), FOREIGN_CODE
    return digests, bool(stated), _filled(NO_CODE, looked=answer["looked"], pages=answer["pages"])


def _signature(said: Mapping[str, Any]) -> Signature:
    at = datetime.fromisoformat(said["at"]) if said["at"] else None
    return Signature(**{**said, "at": at})


def _fault(name: str, detail: str) -> Text | None:
    if not name:
        return None
    if name in ("expired", "early", "revoked"):
        return _filled(FAULTS[name], date=timezone.localtime(datetime.fromisoformat(detail)).strftime("%d/%m/%Y"))
    return _filled(FAULTS[name], detail=detail or name)


def _filled(text: Text, **values: object) -> Text:
    return Text(text.filled("vi", values), text.filled("en", values))
