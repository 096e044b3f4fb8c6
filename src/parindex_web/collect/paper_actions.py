"""Taking the signed self-assessment: what was signed is held against what stands here."""

from __future__ import annotations

import re
from pathlib import Path

from parindex.language import Text
from parindex.problems import ProblemKind
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act
from parindex_web.collect.actions import claims_digest
from parindex_web.collect.evidence_actions import KIND_UNKNOWN, checked_kind
from parindex_web.collect.evidence_store import new_name, place, take_away
from parindex_web.collect.file_kinds import JPEG, PDF, PNG, TIFF
from parindex_web.collect.models import SignedPaper
from parindex_web.collect.paper import digests_inside, holds_signature
from parindex_web.collect.uploads import DISK_FULL, FULL, Incoming, clean_name
from parindex_web.editions.models import UnitFile
from parindex_web.editions.steps import Impossible, locked

NOT_CLOSED = ProblemKind(
    "WEB-PAPER-DRAFT",
    what=Text("hồ sơ chưa được tổng hợp.", "the file is not consolidated."),
    why=Text("Số liệu còn thay đổi thì chưa có gì để ký.", "While figures change there is nothing to sign."),
    remedy=Text("Tổng hợp hồ sơ, in ra, ký rồi nộp bản ký.", "Consolidate it, print it, sign it, then hand it in."),
)
DIGEST_MISSING = ProblemKind(
    "WEB-PAPER-DIGEST",
    what=Text("chưa ghi mã băm in trên bản đã ký.", "the digest printed on the signed copy is missing."),
    why=Text("Bản quét là ảnh: phải ghi mã để so với hồ sơ.", "A scan is a picture: the digest is needed to compare."),
    remedy=Text(
        "Ghi ít nhất 16 ký tự đầu của mã, đứng dưới mã QR.", "Type at least its first 16 signs, below the QR code."
    ),
)
DIGEST_OTHER = ProblemKind(
    "WEB-PAPER-OTHER",
    what=Text(
        "bản ký mang mã {said}…, hồ sơ ở đây có mã {expected}….",
        "the signed copy carries {said}…, the file here has {expected}….",
    ),
    why=Text("Bản này ký trên số liệu khác với số liệu ở đây.", "It was signed over other figures than those here."),
    remedy=Text("In lại bản hiện hành, ký và nộp bản đó.", "Print the present version, sign it and hand that in."),
)
PAPERS = (PDF, PNG, JPEG, TIFF)


def digest_here(unit_file: UnitFile) -> str:
    """What a signed copy must carry: the digest that was locked, or that of the claims waiting for signature."""
    return unit_file.signed_digest if unit_file.standing not in ("draft", "consolidated") else claims_digest(unit_file)


def attach_signed(*, by: Person, unit_file: UnitFile, incoming: Incoming, typed: str) -> SignedPaper:
    """Keep the signed copy. `typed` is the digest as printed on it, needed where the file does not carry it.

    Raises Impossible where it was signed over other claims, or is no PDF or picture; nothing is kept then. Refused.
    """
    name = clean_name(incoming.name or "")
    stored_as = new_name()
    try:
        with act("unit.attach_signed", by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
            unit_file = locked(unit_file)
            if unit_file.standing == "draft":
                raise Impossible(NOT_CLOSED)
            kind = checked_kind(incoming, name)
            if kind not in PAPERS:
                raise Impossible(KIND_UNKNOWN, name=name, kinds=", ".join(each.name for each in PAPERS))
            expected = digest_here(unit_file)
            inside = digests_inside(incoming.content) if kind is PDF else frozenset()
            said = next(iter(inside)) if len(inside) == 1 else re.sub("[^0-9a-f]", "", typed.lower())[:64]
            if inside and inside != {expected}:
                raise Impossible(DIGEST_OTHER, said=sorted(inside - {expected})[0][:16], expected=expected[:16])
            if len(said) < 16:
                raise Impossible(DIGEST_MISSING)
            if not expected.startswith(said):
                raise Impossible(DIGEST_OTHER, said=said[:16], expected=expected[:16])
            digital = kind is PDF and holds_signature(incoming.content)
            paper = SignedPaper.objects.create(
                unit_file=unit_file,
                way="digital" if digital else "scan",
                digest_said=said,
                file_name=name,
                media_type=kind.media_type,
                size=incoming.length,
                sha256=incoming.sha256,
                stored_as=stored_as,
                uploaded_at=clock.now(),
                uploaded_by=by,
            )
            record(subject="signed copy", details={"sha256": incoming.sha256, "digest": said, "way": paper.way})
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
