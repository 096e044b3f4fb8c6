"""Writes of the self-assessment: saving, handing in, returning lines; consolidating and signing the file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from django.db.models import prefetch_related_objects

from parindex.language import Language, Text, nfc
from parindex.problems import ProblemKind
from parindex.programme.inputs import ValueWrong
from parindex.submissions.layout import EXPLANATION_LONGEST
from parindex.tables.columns import canonical_json
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act
from parindex_web.collect.models import Citation, EvidenceFile, Line, LineVersion, cited_documents
from parindex_web.collect.self_score import FieldWrong, check_together, self_score, typed, what_is_asked
from parindex_web.editions.deadlines import closing, closing_of_file
from parindex_web.editions.models import UnitFile
from parindex_web.editions.moves import LINE_MOVES, UNIT_MOVES, move_named
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import REASON_MISSING, Impossible, check_move, listed, locked, standing_said, step
from parindex_web.pages.templatetags.saying import moment

LINE_LOCKED = ProblemKind(
    "WEB-LINE-LOCKED",
    what=Text(
        "hồ sơ đã khóa ({standing}), không sửa được mục này.", "the file is locked ({standing}): this line stays."
    ),
    why=Text("Số liệu đã trình hoặc đã phê duyệt không được thay đổi.", "What was sent or signed is not changed."),
    remedy=Text(
        "Nếu cần sửa, đề nghị trả lại hoặc mở lại hồ sơ kèm lý do.", "To change it, ask for the file to be returned."
    ),
)
LINE_LATE = ProblemKind(
    "WEB-LATE",
    what=Text("đã hết hạn tự chấm điểm ({at}).", "the deadline of the self-assessment has passed ({at})."),
    why=Text("Thời hạn tự khóa.", "Deadlines lock by themselves."),
    remedy=Text(
        "Nếu cần mở lại, gửi đề nghị tới cơ quan quản lý bộ chỉ số kèm lý do.",
        "To have it reopened, ask the owner of the programme, with the reason.",
    ),
)
LINES_OPEN = ProblemKind(
    "WEB-LINES-OPEN",
    what=Text(
        "{count} mục chưa có số liệu và chưa có giải trình: {nodes}.",
        "{count} lines are empty and unexplained: {nodes}.",
    ),
    why=Text("Mục để trống không được điểm; phải nói rõ vì sao.", "An empty line earns nothing; it must be said why."),
    remedy=Text("Điền số liệu, hoặc ghi giải trình cho từng mục.", "Fill them in, or explain each."),
)

CLAIMS_CHANGED = ProblemKind(
    "WEB-CLAIMS-CHANGED",
    what=Text("hồ sơ đã thay đổi sau khi trang này được mở.", "the file changed after this page was opened."),
    why=Text("Chỉ phê duyệt đúng những gì đã xem.", "What is signed is what was seen."),
    remedy=Text("Xem lại rồi phê duyệt.", "Look at it again, then sign."),
)

LOCATOR_LONGEST: Final = 200
EXPLANATION_LONG: Final = Text(
    f"Giải trình dài hơn {EXPLANATION_LONGEST} ký tự.",
    f"The explanation is longer than {EXPLANATION_LONGEST} characters.",
)
EXPLANATION_LONG_REMEDY: Final = Text(
    "Rút gọn, phần còn lại đưa vào tài liệu kiểm chứng.", "Shorten it; what is longer belongs into a document."
)
CITED_UNKNOWN: Final = Text("Đơn vị không có tài liệu này.", "The unit has no such document.")
CITED_EMPTY: Final = Text("Có mục, trang nhưng chưa chọn tài liệu.", "There is a place, but no document.")
CITED_REMEDY: Final = Text(
    "Chọn trong danh mục, ví dụ TL03; tài liệu mới thì tải lên trước.",
    "Choose from the list, such as TL03; upload a new document first.",
)
LOCATOR_LONG: Final = Text(f"Mục, trang dài hơn {LOCATOR_LONGEST} ký tự.", f"Longer than {LOCATOR_LONGEST} characters.")
LOCATOR_LONG_REMEDY: Final = Text("Ghi ngắn: Mục II, trang 3.", "Keep it short: Section II, page 3.")


class Conflict(Exception):
    """Somebody saved the line in between. Carries the line as it stands now."""

    def __init__(self, line: Line):
        super().__init__(line.node)
        self.line = line


class KeyUsed(Exception):
    """The number of this save belongs to another save, of this line or another. Nothing was saved."""


class NotTaken(Exception):
    """What was typed cannot be; carries what to say at each field. Nothing was saved, nothing of it is lost."""

    def __init__(self, wrong: Sequence[FieldWrong]):
        super().__init__(", ".join(each.input for each in wrong))
        self.wrong = tuple(wrong)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a line shall hold: canonical values, the explanation, and (document, section and page); None leaves them."""

    values: Mapping[str, str]
    explanation: str
    citations: tuple[tuple[EvidenceFile, str], ...] | None


class _Sent(Exception):
    """The same save came before; its answer was lost on the way."""


def save_line(
    *,
    by: Person,
    line: Line,
    seen: int,
    key: UUID,
    fields: Mapping[str, str],
    explanation: str,
    language: Language,
    citations: Sequence[tuple[str, str]] | None = None,
    way: str = "page",
) -> Line:
    """Save what a person typed into one line.

    `seen` is the version on their screen, `key` the number of this save (sent again after a lost answer, or by a
    double click, it is kept once). `citations` are (document as typed, section and page); None leaves them. Raises
    NotTaken, Conflict, KeyUsed, Impossible, Refused.
    """
    unit_file = line.unit_file
    claim = claim_typed(line, fields, explanation, citations, language)
    target = Target(unit_file.edition.code, unit_file.unit, line.domain)
    try:
        with act("line.fill", by=by, target=target) as record:
            # With its file: a step of the file and a document being taken out wait for this save, and it for them.
            line = (
                Line.objects.select_for_update(of=("self", "unit_file"))
                .select_related("unit_file__edition")
                .prefetch_related("unit_file__extensions", "unit_file__edition__deadlines", cited_documents())
                .get(pk=line.pk)
            )
            if line.version != seen and LineVersion.objects.filter(key=key, line=line).exists():
                raise _Sent
            refuse_unless_open(line)
            if line.version != seen:
                raise Conflict(line)
            gone = _taken_out(claim)
            if gone:
                raise NotTaken(gone)
            record(subject=line.node, details=write_claim(line, claim, key=key, by=by, way=way))
    except IntegrityError:
        if LineVersion.objects.filter(key=key).exists():
            raise KeyUsed from None
        raise
    except _Sent:
        line = Line.objects.select_related("unit_file__edition", "saved_by").get(pk=line.pk)
    return line


def claim_typed(
    line: Line,
    fields: Mapping[str, str],
    explanation: str,
    citations: Sequence[tuple[str, str]] | None,
    language: Language,
) -> Claim:
    """What was typed, as a claim. Raises NotTaken with every field that cannot be."""
    unit_file = line.unit_file
    asks = what_is_asked(asked(unit_file.edition), unit_file.unit, line.node)
    values: dict[str, str] = {}
    wrong: list[FieldWrong] = []
    for spec in asks.inputs:
        try:
            value = typed(spec, fields.get(spec.name, ""), language)
        except ValueWrong as mistake:
            wrong.append(FieldWrong(spec.name, mistake.says, mistake.remedy))
            continue
        if value is not None:
            values[spec.name] = value
    wrong += check_together(asks, values, language) if not wrong else []
    explanation = nfc(explanation).replace("\r\n", "\n").strip()
    if len(explanation) > EXPLANATION_LONGEST:
        wrong.append(FieldWrong("explanation", EXPLANATION_LONG, EXPLANATION_LONG_REMEDY))
    cited = None if citations is None else _cited(unit_file, citations, wrong)
    if wrong:
        raise NotTaken(wrong)
    return Claim(values, explanation, cited)


def _cited(
    unit_file: UnitFile, citations: Sequence[tuple[str, str]], wrong: list[FieldWrong]
) -> tuple[tuple[EvidenceFile, str], ...]:
    """The documents that rows name ("TL03", "3", or the code with its title behind it). Adds to `wrong`."""
    rows = [(at, named.strip(), nfc(where).strip()) for at, (named, where) in enumerate(citations)]
    rows = [row for row in rows if row[1] or row[2]]
    known = {}
    if rows:
        known = {each.number: each for each in EvidenceFile.objects.filter(unit_file=unit_file, removed_at=None)}
    found = []
    for at, named, where in rows:
        number = re.match(r"(?:TL\s*)?0*([0-9]{1,4})(?![0-9])", named, re.IGNORECASE | re.ASCII)
        document = known.get(int(number[1])) if number else None
        if document is None:
            wrong.append(FieldWrong(f"citation-{at}", CITED_UNKNOWN if named else CITED_EMPTY, CITED_REMEDY))
        elif len(where) > LOCATOR_LONGEST:
            wrong.append(FieldWrong(f"citation-{at}", LOCATOR_LONG, LOCATOR_LONG_REMEDY))
        else:
            found.append((document, where))
    return tuple(dict.fromkeys(found))


def _taken_out(claim: Claim) -> list[FieldWrong]:
    """Documents that were taken out while the line was typed."""
    cited = [document.pk for document, _ in claim.citations or ()]
    there = (
        set(EvidenceFile.objects.filter(pk__in=cited, removed_at=None).values_list("pk", flat=True)) if cited else ()
    )
    return [FieldWrong(f"citation-{at}", CITED_UNKNOWN, CITED_REMEDY) for at, pk in enumerate(cited) if pk not in there]


def write_claim(line: Line, claim: Claim, *, key: UUID, by: Person, way: str) -> dict[str, Any]:
    """Put a claim into a locked line, inside an act; gives what the record says of it."""
    before = {"values": line.values, "explanation": line.explanation}
    unit_file = line.unit_file
    line.values = dict(claim.values)
    line.explanation = claim.explanation
    line.points = self_score(asked(unit_file.edition), unit_file.unit, line.node, line.values).points
    line.version += 1
    line.saved_at = clock.now()
    line.saved_by = by
    line.save(update_fields=["values", "explanation", "points", "version", "saved_at", "saved_by"])
    cited = _cite(line, claim.citations)
    LineVersion.objects.create(
        line=line,
        version=line.version,
        values=line.values,
        explanation=line.explanation,
        citations=cited,
        key=key,
        at=line.saved_at,
        by=by,
        way=way,
    )
    return {
        "version": line.version,
        "from": before,
        "to": {"values": line.values, "explanation": line.explanation},
        "evidence": cited,
        "way": way,
    }


def _cite(line: Line, citations: Sequence[tuple[EvidenceFile, str]] | None) -> list[dict[str, Any]]:
    rows = list(line.citations.all())
    if citations is not None and [(row.document_id, row.locator) for row in rows] != [
        (document.pk, where) for document, where in citations
    ]:
        if rows:
            line.citations.all().delete()
        rows = [
            Citation(line=line, document=document, locator=where, order=at)
            for at, (document, where) in enumerate(citations)
        ]
        Citation.objects.bulk_create(rows)
        line.refresh_from_db(fields=["citations"])
        prefetch_related_objects([line], cited_documents())
    return [{"document": row.document.number, "sha256": row.document.sha256, "locator": row.locator} for row in rows]


def refuse_unless_open(line: Line) -> None:
    """A line takes claims while its unit's file is a draft, it is not handed in, and its time has not passed."""
    unit_file = line.unit_file
    if (
        unit_file.standing != "draft"
        or line.standing == "handed_in"
        or unit_file.edition.stage not in ("open", "appraisal")
    ):
        raise Impossible(LINE_LOCKED, standing=standing_said(unit_file.standing))
    end = closing(unit_file, "self_assessment", line.node)
    if end.passed(clock.now()):
        raise Impossible(LINE_LATE, at=moment(end.at))


def move_line(*, by: Person, line: Line, name: str, reason: str = "") -> Line:
    """Hand in, take back or return one line. Raises Impossible, Refused."""
    move = move_named(LINE_MOVES, name)
    unit_file = line.unit_file
    with act(move.act, by=by, target=Target(unit_file.edition.code, unit_file.unit, line.domain)) as record:
        line = Line.objects.select_for_update(of=("self",)).select_related("unit_file__edition").get(pk=line.pk)
        if line.unit_file.standing != "draft" or line.unit_file.edition.stage not in move.stages:
            raise Impossible(LINE_LOCKED, standing=standing_said(line.unit_file.standing))
        check_move(move, line.standing, reason)
        line.standing = move.after
        line.returned_reason = reason.strip() if move.reason else ""
        line.save(update_fields=["standing", "returned_reason"])
        record(
            subject=line.node, details={"move": name, "from": move.before, "to": move.after, "reason": reason.strip()}
        )
    return line


def consolidate(*, by: Person, unit_file: UnitFile) -> UnitFile:
    """Close the self-assessment and send it for signature: every line holds figures or says why not."""
    move = move_named(UNIT_MOVES, "consolidate")
    with act(move.act, by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
        unit_file = locked(unit_file)
        end = closing_of_file(unit_file, "self_assessment")
        if end.passed(clock.now()):
            raise Impossible(LINE_LATE, at=moment(end.at))
        empty = [line.node for line in unit_file.lines.exclude(domain="") if not line.values and not line.explanation]
        if empty:
            first = [Text(node, node) for node in empty[:8]]
            nodes = listed(first, len(empty), Text("mục khác", "more"))
            raise Impossible(LINES_OPEN, count=len(empty), nodes=nodes)
        step(unit_file, move, "")
        record(details={"move": move.name, "from": move.before, "to": move.after, "lines": unit_file.lines.count()})
    return unit_file


def return_unit(*, by: Person, unit_file: UnitFile, reason: str) -> UnitFile:
    """Send a consolidated file back for correction, with the reason."""
    if not reason.strip():
        raise Impossible(REASON_MISSING)
    move = move_named(UNIT_MOVES, "return_to_draft")
    with act(move.act, by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
        unit_file = locked(unit_file)
        step(unit_file, move, reason)
        record(details={"move": move.name, "from": move.before, "to": move.after, "reason": reason.strip()})
    return unit_file


def claims_digest(unit_file: UnitFile) -> str:
    """The digest of everything a unit claims: values, explanations and cited evidence, in the order of the lines.

    It is printed on the document that is signed, and anybody with the exported file can compute it again.
    """
    rows = [
        {
            "node": line.node,
            "values": line.values,
            "explanation": line.explanation,
            "evidence": [
                {"document": each.document.number, "sha256": each.document.sha256, "locator": each.locator}
                for each in line.citations.all()
            ],
        }
        for line in unit_file.lines.prefetch_related("citations__document")
    ]
    body = {"edition": unit_file.edition.code, "unit": unit_file.unit, "lines": rows}
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()


def sign(*, by: Person, unit_file: UnitFile, seen: str) -> UnitFile:
    """Approve and lock the file. `seen` is the digest of what was on the approver's page: nothing else is signed."""
    move = move_named(UNIT_MOVES, "sign")
    with act(move.act, by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
        unit_file = locked(unit_file)
        digest = claims_digest(unit_file)
        if digest != seen:
            raise Impossible(CLAIMS_CHANGED)
        check_move(move, unit_file.standing, "")
        # Before the step: of a file that is signed the database keeps the digest as it is.
        unit_file.signed_digest = digest
        unit_file.save(update_fields=["signed_digest"])
        step(unit_file, move, "")
        record(details={"move": move.name, "from": move.before, "to": move.after, "digest": digest})
    return unit_file
