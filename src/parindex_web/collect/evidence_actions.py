"""Writes of evidence: taking a document in, saying what it is, taking it out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db.models import Max, Sum

from parindex.language import Text, nfc
from parindex.problems import ProblemKind
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act
from parindex_web.collect.evidence_store import new_name, place, take_away
from parindex_web.collect.file_kinds import KINDS, NAMES, FileKind, kind_of
from parindex_web.collect.models import EvidenceFile
from parindex_web.collect.uploads import DISK_FULL, FULL, Incoming, clean_name
from parindex_web.editions.deadlines import Closing, closing
from parindex_web.editions.models import UnitFile
from parindex_web.editions.steps import Impossible, locked, standing_said
from parindex_web.pages.templatetags.saying import moment

KIND_UNKNOWN = ProblemKind(
    "WEB-FILE-KIND",
    what=Text(
        "{name}: nội dung không phải loại tệp nhận được.", "{name}: its content is no kind of file that is taken."
    ),
    why=Text(
        "Chỉ nhận {kinds}; máy chủ xem nội dung, không xem tên.", "Taken are {kinds}, told by content, not by name."
    ),
    remedy=Text("In ra PDF rồi tải lại.", "Print it to PDF and upload that."),
)
KIND_OLD = ProblemKind(
    "WEB-FILE-OLD",
    what=Text(
        "{name}: là tệp Office kiểu cũ (DOC, XLS), hoặc có mật khẩu.",
        "{name}: an Office file of the old kind (DOC, XLS), or one with a password.",
    ),
    why=Text("Không kiểm tra được nội dung của loại này.", "The content of such files cannot be checked."),
    remedy=Text(
        "Bỏ mật khẩu, lưu thành PDF, DOCX hoặc XLSX rồi tải lại.",
        "Take the password away, save as PDF, DOCX or XLSX and upload again.",
    ),
)
KIND_MACROS = ProblemKind(
    "WEB-FILE-MACROS",
    what=Text("{name}: có macro.", "{name}: it carries macros."),
    why=Text("Macro có thể gây hại máy của người mở.", "Macros can harm the computer of whoever opens it."),
    remedy=Text("Lưu thành PDF rồi tải lại.", "Save it as PDF and upload again."),
)
KIND_OTHER = ProblemKind(
    "WEB-FILE-NAME",
    what=Text(
        "{name}: tên cho là {said}, nhưng nội dung là {found}.", "{name}: the name says {said}, the content is {found}."
    ),
    why=Text("Người thẩm định phải mở được đúng loại tệp.", "Appraisers must be able to open it as what it is."),
    remedy=Text(
        "Đổi đuôi tên thành .{ending}, hoặc chọn đúng tệp.", "Let the name end in .{ending}, or choose the right file."
    ),
)
FILE_EMPTY = ProblemKind(
    "WEB-FILE-EMPTY",
    what=Text("{name}: tệp trống.", "{name}: the file is empty."),
    why=Text("", ""),
    remedy=Text("Mở tệp kiểm tra, rồi tải lại.", "Open it to see, then upload again."),
)
UNIT_FULL = ProblemKind(
    "WEB-EVIDENCE-FULL",
    what=Text("{name}: tài liệu của đơn vị vượt {limit} MB.", "{name}: documents of the unit exceed {limit} MB."),
    why=Text("Mỗi đơn vị có một dung lượng chung.", "Each unit has one allowance."),
    remedy=Text(
        "Nén ảnh quét, bỏ tệp thừa; nếu vẫn thiếu, đề nghị quản trị hệ thống tăng mức. Tài liệu đã gỡ vẫn được giữ.",
        "Scan at lower resolution; if need be, have the administrator raise it. Documents taken out are still kept.",
    ),
)
EVIDENCE_LOCKED = ProblemKind(
    "WEB-EVIDENCE-LOCKED",
    what=Text("hồ sơ đã khóa ({standing}), tài liệu giữ nguyên.", "the file is locked ({standing}): documents stay."),
    why=Text("Tài liệu đã trình không thêm, bớt được.", "What was sent is neither added to nor taken from."),
    remedy=Text("Nếu cần, đề nghị trả lại hoặc mở lại hồ sơ.", "If need be, ask for the file to be returned."),
)
EVIDENCE_LATE = ProblemKind(
    "WEB-EVIDENCE-LATE",
    what=Text("đã hết hạn nộp tài liệu ({at}).", "the time for documents has passed ({at})."),
    why=Text("Thời hạn tự khóa.", "Deadlines lock by themselves."),
    remedy=Text(
        "Nếu cần mở lại, gửi đề nghị tới cơ quan quản lý bộ chỉ số kèm lý do.",
        "To have it reopened, ask the owner of the programme, with the reason.",
    ),
)
EVIDENCE_CITED = ProblemKind(
    "WEB-EVIDENCE-CITED",
    what=Text("TL{number}: đang được dẫn ở mục {nodes}.", "TL{number}: cited at {nodes}."),
    why=Text("Gỡ đi thì các mục này mất tài liệu kiểm chứng.", "Without it these lines lose their evidence."),
    remedy=Text("Bỏ dẫn ở các mục đó, rồi gỡ tài liệu.", "Take the citation out of these lines first."),
)
TITLE_MISSING = ProblemKind(
    "WEB-EVIDENCE-TITLE",
    what=Text("TL{number}: chưa có tên văn bản.", "TL{number}: it has no title."),
    why=Text("Người thẩm định tìm tài liệu theo tên.", "Appraisers look for documents by title."),
    remedy=Text("Ghi trích yếu hoặc tên văn bản.", "Write the title or subject."),
)
DATE_WRONG = ProblemKind(
    "WEB-EVIDENCE-DATE",
    what=Text('TL{number}: "{date}" không phải là ngày.', 'TL{number}: "{date}" is not a date.'),
    why=Text("", ""),
    remedy=Text("Ghi ngày/tháng/năm, ví dụ 30/06/2025.", "Write day/month/year, for example 30/06/2025."),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A document that is there now. `known`: the unit had the same content already, and nothing was added."""

    document: EvidenceFile
    known: bool


class _Known(Exception):
    def __init__(self, document: EvidenceFile):
        super().__init__()
        self.document = document


def closing_for_documents(unit_file: UnitFile) -> Closing:
    """When documents can no longer be added: with the last line that is open, or with the explanations."""
    what = "explanation" if unit_file.standing == "explaining" else "self_assessment"
    nodes = {"", *(each.node for each in unit_file.extensions.all() if each.what == what)}
    ends = [closing(unit_file, what, node) for node in nodes]
    return max(ends, key=lambda end: (end.at is None, end.at.timestamp() if end.at else 0))


def refuse_unless_taking(unit_file: UnitFile) -> None:
    """Documents are taken while the unit fills in its file, and again while it explains. Raises Impossible."""
    stages = {"draft": ("open", "appraisal"), "explaining": ("appraisal",)}
    if unit_file.edition.stage not in stages.get(unit_file.standing, ()):
        raise Impossible(EVIDENCE_LOCKED, standing=standing_said(unit_file.standing))
    end = closing_for_documents(unit_file)
    if end.passed(clock.now()):
        raise Impossible(EVIDENCE_LATE, at=moment(end.at))


def checked_kind(incoming: Incoming, name: str) -> FileKind:
    """What the file is; its content must be on the list and be what its name says. Raises Impossible."""
    if not incoming.length:
        raise Impossible(FILE_EMPTY, name=name)
    kind = kind_of(incoming.content)
    if kind == "old_office":
        raise Impossible(KIND_OLD, name=name)
    if kind == "macros":
        raise Impossible(KIND_MACROS, name=name)
    if not isinstance(kind, FileKind):
        raise Impossible(KIND_UNKNOWN, name=name, kinds=NAMES)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in kind.endings:
        said = next((each.name for each in KINDS if ending in each.endings), f".{ending}" if ending else "?")
        raise Impossible(KIND_OTHER, name=name, said=said, found=kind.name, ending=kind.endings[0])
    return kind


def add_document(*, by: Person, unit_file: UnitFile, incoming: Incoming) -> Taken:
    """Take one uploaded file; the same content again is recognised. Raises Impossible, Refused: nothing is kept."""
    name = clean_name(incoming.name or "")
    stored_as = new_name()
    try:
        with act("evidence.add", by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
            unit_file = locked(unit_file)
            refuse_unless_taking(unit_file)
            kind = checked_kind(incoming, name)
            known = unit_file.evidence.filter(sha256=incoming.sha256, removed_at=None).first()
            if known is not None:
                raise _Known(known)
            counted = unit_file.evidence.aggregate(number=Max("number"), size=Sum("size"))
            if (counted["size"] or 0) + incoming.length > settings.EVIDENCE_UNIT_BYTES:
                raise Impossible(UNIT_FULL, name=name, limit=settings.EVIDENCE_UNIT_BYTES // 1_000_000)
            document = EvidenceFile.objects.create(
                unit_file=unit_file,
                number=(counted["number"] or 0) + 1,
                title=name.rpartition(".")[0].replace("_", " ") or name,
                file_name=name,
                media_type=kind.media_type,
                size=incoming.length,
                sha256=incoming.sha256,
                stored_as=stored_as,
                uploaded_at=clock.now(),
                uploaded_by=by,
            )
            record(
                subject=code_of(document),
                details={"file": name, "size": incoming.length, "sha256": incoming.sha256, "kind": kind.name},
            )
            place(Path(incoming.temporary_file_path()), stored_as)
    except _Known as found:
        return Taken(found.document, known=True)
    except OSError as fault:
        take_away(stored_as)
        if fault.errno in FULL:
            raise Impossible(DISK_FULL, name=name) from fault
        raise
    except BaseException:
        take_away(stored_as)
        raise
    return Taken(document, known=False)


def code_of(document: EvidenceFile) -> str:
    """TL03, as in workbooks."""
    return f"TL{document.number:02d}"


def describe_document(*, by: Person, document: EvidenceFile, fields: Mapping[str, str]) -> EvidenceFile:
    """Say what a document is: title, symbol, issuer, issued. Raises Impossible, Refused."""
    unit_file = document.unit_file
    title = nfc(fields.get("title", "")).strip()[:300]
    if not title:
        raise Impossible(TITLE_MISSING, number=f"{document.number:02d}")
    after = {
        "title": title,
        "symbol": nfc(fields.get("symbol", "")).strip()[:60],
        "issuer": nfc(fields.get("issuer", "")).strip()[:200],
        "issued": _day(document, fields.get("issued", "").strip()),
    }
    before = {name: getattr(document, name) for name in after}
    if after == before:
        return document
    with act("evidence.add", by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
        unit_file = locked(unit_file)
        refuse_unless_taking(unit_file)
        if unit_file.standing != "draft" and document.citations.exists():
            raise Impossible(EVIDENCE_LOCKED, standing=standing_said(unit_file.standing))
        for name, value in after.items():
            setattr(document, name, value)
        document.save(update_fields=list(after))
        record(subject=code_of(document), details={"from": before, "to": after})
    return document


def _day(document: EvidenceFile, text: str) -> str:
    """An ISO date from day/month/year, or from an ISO date; "" for nothing."""
    if not text:
        return ""
    found = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", text)
    try:
        return (date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)).isoformat()
    except ValueError:
        raise Impossible(DATE_WRONG, number=f"{document.number:02d}", date=text[:40]) from None


def remove_document(*, by: Person, document: EvidenceFile) -> EvidenceFile:
    """Take a document out; its bytes stay for the record. One that a line cites stays. Raises Impossible, Refused."""
    unit_file = document.unit_file
    with act("evidence.remove", by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
        unit_file = locked(unit_file)
        refuse_unless_taking(unit_file)
        if unit_file.standing != "draft":
            raise Impossible(EVIDENCE_LOCKED, standing=standing_said(unit_file.standing))
        document = EvidenceFile.objects.select_related("unit_file__edition").get(pk=document.pk)
        nodes = list(document.citations.order_by("line__order").values_list("line__node", flat=True).distinct())
        if nodes:
            raise Impossible(EVIDENCE_CITED, number=f"{document.number:02d}", nodes=", ".join(nodes))
        document.removed_at = clock.now()
        document.save(update_fields=["removed_at"])
        record(subject=code_of(document), details={"file": document.file_name, "sha256": document.sha256})
    return document
