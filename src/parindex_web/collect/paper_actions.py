"""Taking the signed self-assessment: what was signed is held against what stands here."""

from __future__ import annotations

import re
from pathlib import Path

from parindex.language import Text, same
from parindex.problems import ProblemKind
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act
from parindex_web.collect.actions import claims_digest
from parindex_web.collect.evidence_actions import KIND_UNKNOWN, checked_kind
from parindex_web.collect.evidence_store import new_name, place, take_away
from parindex_web.collect.file_kinds import JPEG, PDF, PNG, TIFF
from parindex_web.collect.models import PaperSignature, SignedPaper
from parindex_web.collect.paper_queries import locked_at
from parindex_web.collect.paper_reading import Reading, read_paper
from parindex_web.collect.uploads import DISK_FULL, FULL, Incoming, clean_name
from parindex_web.editions.models import UnitFile
from parindex_web.editions.steps import Impossible, locked
from parindex_web.pages.templatetags.saying import moment

NOT_CLOSED = ProblemKind(
    "WEB-PAPER-DRAFT",
    what=Text("hồ sơ chưa được tổng hợp.", "the file is not consolidated."),
    why=Text("Số liệu còn thay đổi thì chưa có gì để ký.", "While figures change there is nothing to sign."),
    remedy=Text("Tổng hợp hồ sơ, in ra, ký rồi nộp bản ký.", "Consolidate it, print it, sign it, then hand it in."),
)
DIGEST_MISSING = ProblemKind(
    "WEB-PAPER-DIGEST",
    what=Text("chưa biết mã băm in trên bản đã ký. {unseen}", "the digest on the signed copy is not known. {unseen}"),
    why=Text("Cần mã để so bản ký với hồ sơ.", "It is needed to hold the copy against the file."),
    remedy=Text(
        "Ghi ít nhất 16 ký tự đầu của mã, đứng dưới mã QR; hoặc quét rõ hơn, đủ trang có chữ ký.",
        "Type at least its first 16 signs, below the QR code; or scan more sharply, with the page of the signature.",
    ),
)
DIGEST_OTHER = ProblemKind(
    "WEB-PAPER-OTHER",
    what=Text(
        "bản ký mang mã {said}…, hồ sơ ở đây có mã {expected}….",
        "the signed copy carries {said}…, the file here has {expected}….",
    ),
    why=Text(
        "Bản này ký trên số liệu khác với số liệu ở đây. {known}",
        "It was signed over other figures than these. {known}",
    ),
    remedy=Text("In lại bản hiện hành, ký và nộp bản đó.", "Print the present version, sign it and hand that in."),
)
KNOWN = Text(
    "Đó là số liệu đã khóa lúc {at}, sau đó đã thay đổi.", "Those were locked at {at}, and have changed since."
)
NOT_KNOWN = Text("Mã đó chưa từng được khóa trong hồ sơ này.", "That digest was never locked in this file.")
SIGNATURE_BAD = ProblemKind(
    "WEB-PAPER-SIGNATURE",
    what=Text("{name}: {signer}{fault}", "{name}: {signer}{fault}"),
    why=Text("Chữ ký số không còn chứng minh được nội dung.", "The signature no longer proves what stands there."),
    remedy=Text(
        "Nộp đúng tệp như khi ký xong (không lưu lại, không in ra PDF); nếu không còn, tải lại, ký lại rồi nộp.",
        "Hand in the file as it was when signed (not saved again or printed to PDF), or download and sign again.",
    ),
)
UNSIGNED = ProblemKind(
    "WEB-PAPER-UNSIGNED",
    what=Text("{name}: tệp tải từ hệ thống, chưa có chữ ký số.", "{name}: the download itself, without a signature."),
    why=Text(
        "Bản in chưa ký không thay được bản đã ký.", "A print that nobody signed does not stand for a signed one."
    ),
    remedy=Text(
        "Ký số vào tệp; hoặc in, ký, đóng dấu rồi quét.", "Sign the file digitally; or print, sign, seal, scan."
    ),
)
PAPERS = (PDF, PNG, JPEG, TIFF)


def digest_here(unit_file: UnitFile) -> str:
    """What a signed copy must carry: the digest that was locked, or that of the claims waiting for signature."""
    return unit_file.signed_digest if unit_file.standing not in ("draft", "consolidated") else claims_digest(unit_file)


def attach_signed(*, by: Person, unit_file: UnitFile, incoming: Incoming, typed: str) -> SignedPaper:
    """Keep the signed copy. `typed` is the digest as printed on it, needed where it cannot be read from the file.

    Raises Impossible where it was signed over other claims, its digital signature does not hold, or it is no PDF or
    picture; nothing is kept then. Refused.
    """
    name = clean_name(incoming.name or "")
    stored_as = new_name()
    if unit_file.standing == "draft":
        raise Impossible(NOT_CLOSED)
    kind = checked_kind(incoming, name)
    if kind not in PAPERS:
        raise Impossible(KIND_UNKNOWN, name=name, kinds=", ".join(each.name for each in PAPERS))
    # Seconds of work: done before the transaction, so that nobody waits for it.
    reading = read_paper(Path(incoming.temporary_file_path()), kind)
    _refuse_bad(reading, name)
    try:
        with act("unit.attach_signed", by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
            unit_file = locked(unit_file)
            if unit_file.standing == "draft":
                raise Impossible(NOT_CLOSED)
            said, read_from = _digest_of(reading, unit_file, typed)
            paper = SignedPaper.objects.create(
                unit_file=unit_file,
                way="digital" if reading.signed.signatures else "scan",
                digest_said=said,
                read_from=read_from,
                file_name=name,
                media_type=kind.media_type,
                size=incoming.length,
                sha256=incoming.sha256,
                stored_as=stored_as,
                uploaded_at=clock.now(),
                uploaded_by=by,
            )
            for number, each in enumerate(reading.signed.signatures, 1):
                PaperSignature.objects.create(
                    paper=paper,
                    number=number,
                    name=each.name,
                    organisation=each.organisation,
                    issuer=each.issuer,
                    serial=each.serial,
                    signed_at=each.at,
                    time_from=each.time_from,
                    trust=each.trust,
                    revocation=each.revocation,
                )
            record(
                subject="signed copy",
                details={
                    "sha256": incoming.sha256,
                    "digest": said,
                    "read_from": read_from,
                    "way": paper.way,
                    # Serial numbers, not names: the record may be published.
                    "signatures": [{"serial": each.serial, "trust": each.trust} for each in reading.signed.signatures],
                },
            )
            place(Path(incoming.temporary_file_path()), stored_as)
    except OSError as fault:
        take_away(stored_as)
        if fault.errno in FULL:
            raise Impossible(DISK_FULL, name=name) from fault
        raise
    except BaseException:
        take_away(stored_as)
        raise
    return paper


def _refuse_bad(reading: Reading, name: str) -> None:
    signed = reading.signed
    if signed.fault is not None:
        signer = Text(f"chữ ký số của {signed.signer}: ", f"signature of {signed.signer}: ")
        raise Impossible(SIGNATURE_BAD, name=name, signer=signer if signed.signer else same(""), fault=signed.fault)
    # Our own PDF names its digest in its keywords, which neither a scanner nor a camera knows.
    if reading.own and not signed.signatures:
        raise Impossible(UNSIGNED, name=name)


def _digest_of(reading: Reading, unit_file: UnitFile, typed: str) -> tuple[str, str]:
    """The digest that the copy carries, and how it was learnt. Raises Impossible where it is not that of the file."""
    expected = digest_here(unit_file)
    other = next((digest for digest in sorted(reading.digests) if digest != expected), "")
    if not other and reading.digests:
        return expected, reading.digests[expected]
    said = other or re.sub("[^0-9a-f]", "", typed.lower())[:64]
    if len(said) < 16:
        raise Impossible(DIGEST_MISSING, unseen=reading.unseen)
    if not expected.startswith(said):
        raise Impossible(DIGEST_OTHER, said=said[:16], expected=expected[:16], known=_history(unit_file, said))
    return said, "typed"


def _history(unit_file: UnitFile, said: str) -> Text:
    at = locked_at(unit_file, said)
    if at is None:
        return NOT_KNOWN
    return Text(KNOWN.filled("vi", {"at": moment(at)}), KNOWN.filled("en", {"at": moment(at)}))
