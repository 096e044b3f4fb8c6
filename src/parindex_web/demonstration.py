"""Bringing a written edition folder to life for a demonstration: workbooks become claims, decisions become findings.

Units are left at different steps, so that every role finds work. Each unit is one act of the system, on record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from parindex.appraisal.accept import Decision
from parindex.problems import Problems
from parindex.results.folder_tables import FolderTables
from parindex.scoring.score import score
from parindex.submissions.layout import EvidenceDocument
from parindex.submissions.reading import Submission, read_submission
from parindex.tables.flow import POINTS_INPUT, Accepted, Answer
from parindex.workbooks import Workbook, read_workbooks
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.appraise.models import Explanation, Finding
from parindex_web.audit.acts import act_of_the_system
from parindex_web.collect.actions import claims_digest
from parindex_web.collect.evidence_store import new_name, path_of
from parindex_web.collect.models import Citation, EvidenceFile, Line, LineVersion
from parindex_web.editions.actions import extend, move_edition, set_deadline
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.moves import UNIT_MOVES, move_named
from parindex_web.editions.programme import Asked, asked
from parindex_web.editions.steps import step

Progress = Callable[[str, int, int], None]

DAYS_LEFT: Final = {"self_assessment": -20, "appraisal_1": 15, "explanation": 25, "appraisal_2": 45, "council": 60}
"""Deadlines, in days from the day on which the edition is brought: round 1 is under way."""

MORE_DAYS: Final = 20
"""For the first unit, which is still filling in its file."""

TO_DRAFT: Final[tuple[str, ...]] = ()
TO_SIGNED: Final = ("consolidate", "sign")
TO_EXPLAINING: Final = (*TO_SIGNED, "close_round_1", "ask")
TO_EXPLAINED: Final = (*TO_EXPLAINING, "explained")
TO_THE_END: Final = (*TO_EXPLAINED, "close_round_2")

REPLY: Final = "Mô phỏng: đơn vị đã gửi bổ sung tài liệu, đề nghị xem xét lại."


@dataclass(frozen=True, slots=True)
class Cast:
    """The accounts in whose names the edition is brought."""

    manager: Person
    coordinator: Person
    appraiser: Person


def bring(edition: Edition, folder: Path, *, cast: Cast, progress: Progress) -> None:
    """Fill a freshly created edition from its folder. Safe to run again after it was stopped: units that hold
    anything are left as they are. Raises ProblemsFound with the problems of workbooks and decisions.
    """
    programme = asked(edition)
    submissions, decisions = _read(programme, folder)
    if edition.stage in ("preparing", "open"):
        today = clock.now()
        for what, days in DAYS_LEFT.items():
            set_deadline(by=cast.manager, edition=edition, what=what, closes_at=_evening(today, days))
    if edition.stage == "preparing":
        edition = move_edition(by=cast.manager, edition=edition, name="open")
    if edition.stage == "open":
        edition = move_edition(by=cast.manager, edition=edition, name="appraise")
    points = _self_points(programme, submissions.values())
    files = list(edition.unit_files.all())
    page = simulated_document()
    for at, unit_file in enumerate(files):
        progress(unit_file.unit, at + 1, len(files))
        submission = submissions.get(unit_file.unit)
        if submission is None or unit_file.lines.filter(version__gt=0).exists():
            continue
        unit_file.edition = edition
        _bring_unit(
            unit_file,
            submission,
            points,
            [each for each in decisions if each.unit == unit_file.unit],
            moves=moves_for(at, len(files)),
            cast=cast,
            page=page,
        )
        if at == 0:
            extend(
                by=cast.manager,
                unit_file=unit_file,
                what="self_assessment",
                until=_evening(clock.now(), MORE_DAYS),
                reason="Mô phỏng: gia hạn theo đề nghị của đơn vị.",
            )


def moves_for(at: int, units: int) -> Sequence[str]:
    """How far the file of the unit at a place of the list has come: the first is still filled in."""
    if at == 0:
        return TO_DRAFT
    if at < units * 0.3:
        return TO_SIGNED
    if at < units * 0.4:
        return TO_EXPLAINING
    if at < units * 0.6:
        return TO_EXPLAINED
    return TO_THE_END


def _evening(moment: datetime, days: int) -> datetime:
    local = timezone.localtime(moment) + timedelta(days=days)
    return local.replace(hour=17, minute=0, second=0, microsecond=0)


# --- what the folder says


def _read(programme: Asked, folder: Path) -> tuple[Mapping[str, Submission], Sequence[Decision]]:
    problems = Problems()
    files = [
        (f"submissions/{path.name}", path.read_bytes()) for path in sorted((folder / "submissions").glob("*.xlsx"))
    ]
    submissions = {}
    for (name, _), reading in zip(files, read_workbooks(files, workers=2), strict=True):
        if not isinstance(reading, Workbook):
            problems.extend(reading)
            continue
        found = read_submission(reading, edition=programme.edition, source=name, problems=problems)
        if found is not None:
            submissions[found.unit] = found
    decisions: Sequence[Decision] = ()
    if (folder / "decisions.csv").is_file():
        tables = FolderTables(programme.edition, programme.books, problems)
        decisions = tables.decisions((folder / "decisions.csv").read_bytes(), "decisions.csv")
    problems.raise_if_any()
    return submissions, decisions


def _self_points(programme: Asked, submissions: Iterable[Submission]) -> Mapping[tuple[str, str], Decimal | None]:
    """The self-score of every line of every unit, by the library in one go: (unit, node) to points."""
    points: dict[tuple[str, str], Decimal | None] = {}
    rows = [
        Accepted(each.edition, each.unit, each.node, each.input, "self", each.value, "answer", None, None, None, "", "")
        for submission in submissions
        for each in submission.answers
    ]
    for unit_list in programme.edition.lists:
        scores = score(
            edition=programme.edition,
            unit_list=unit_list,
            book=programme.books[unit_list.code],
            accepted=rows,
            estimates=(),
            not_applicable=(),
            framework_source="",
        )
        points |= {(each.unit, each.node): each.points for each in scores if each.stage == "self"}
    return points


# --- one unit


def _bring_unit(
    unit_file: UnitFile,
    submission: Submission,
    points: Mapping[tuple[str, str], Decimal | None],
    decisions: Sequence[Decision],
    *,
    moves: Sequence[str],
    cast: Cast,
    page: bytes,
) -> None:
    target = Target(unit_file.edition.code, unit_file.unit)
    with act_of_the_system("demonstration.bring", target=target) as record:
        lines = {line.node: line for line in unit_file.lines.all()}
        documents = _documents(unit_file, submission, cast.coordinator, page)
        _claims(lines, submission, points, documents, cast.coordinator)
        found = 0
        # Of a file that is only signed, half is appraised so far.
        begun = dict(list(lines.items())[: len(lines) // 2]) if tuple(moves) == TO_SIGNED else {}
        for name in moves:
            if name == "close_round_1":
                found += _findings(lines, decisions, "appraisal_1", cast.appraiser)
            if name == "explained":
                _replies(lines, decisions, cast.coordinator)
            if name == "close_round_2":
                found += _findings(lines, decisions, "appraisal_2", cast.appraiser)
            if name == "sign":
                unit_file.signed_digest = claims_digest(unit_file)
                unit_file.save(update_fields=["signed_digest"])
            step(unit_file, move_named(UNIT_MOVES, name), "")
            if name == "sign":
                found += _findings(begun, decisions, "appraisal_1", cast.appraiser)
        record(
            subject=submission.source,
            details={
                "sha256": submission.sha256,
                "lines": len(lines),
                "documents": len(documents),
                "findings": found,
                "moves": list(moves),
            },
        )


def _documents(
    unit_file: UnitFile, submission: Submission, by: Person, page: bytes
) -> Mapping[str, tuple[EvidenceDocument, EvidenceFile]]:
    """The listed documents, each with a page that says that it is simulated: id to (as listed, as kept)."""
    kept = {}
    for number, each in enumerate(submission.documents, start=1):
        # Behind the end of a PDF readers ignore a comment: so every document has a digest of its own.
        content = page + f"\n% {unit_file.edition.code} {unit_file.unit} {each.id}\n".encode()
        stored_as = new_name()
        target = path_of(stored_as)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        kept[each.id] = (
            each,
            EvidenceFile(
                unit_file=unit_file,
                number=number,
                title=each.title,
                issuer=each.issuer,
                issued=each.issued,
                file_name=each.file or f"{each.id}.pdf",
                media_type="application/pdf",
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                stored_as=stored_as,
                uploaded_at=clock.now(),
                uploaded_by=by,
            ),
        )
    EvidenceFile.objects.bulk_create([row for _, row in kept.values()])
    return kept


def _claims(
    lines: Mapping[str, Line],
    submission: Submission,
    points: Mapping[tuple[str, str], Decimal | None],
    documents: Mapping[str, tuple[EvidenceDocument, EvidenceFile]],
    by: Person,
) -> None:
    answers: dict[str, list[Answer]] = {}
    for each in submission.answers:
        answers.setdefault(each.node, []).append(each)
    held, versions, citations = [], [], []
    for node, line in lines.items():
        given = answers.get(node, [])
        explanation = submission.explanations.get(node, "")
        if not given and not explanation:
            continue
        cited = _cited(given[0].evidence if given else None, documents)
        line.values = {each.input: each.value for each in given}
        line.explanation = explanation
        line.points = points.get((submission.unit, node)) if given else None
        line.version, line.saved_at, line.saved_by = 1, clock.now(), by
        held.append(line)
        versions.append(
            LineVersion(
                line=line,
                version=1,
                values=line.values,
                explanation=explanation,
                citations=[
                    {"document": document.number, "sha256": document.sha256, "locator": locator}
                    for document, locator in cited
                ],
                key=uuid4(),
                at=line.saved_at,
                by=by,
                way="workbook",
            )
        )
        citations += [
            Citation(line=line, document=document, locator=locator, order=at)
            for at, (document, locator) in enumerate(cited)
        ]
    Line.objects.bulk_update(
        held, ["values", "explanation", "points", "version", "saved_at", "saved_by"], batch_size=50
    )
    LineVersion.objects.bulk_create(versions)
    Citation.objects.bulk_create(citations)


def _cited(
    said: str | None, documents: Mapping[str, tuple[EvidenceDocument, EvidenceFile]]
) -> list[tuple[EvidenceFile, str]]:
    """The documents in "TL02 Title (place); TL03 Title (place)", as the reader of workbooks writes it."""
    found = []
    for id_, (listed, kept) in documents.items():
        begins = f"{id_} {listed.title}"
        at = (said or "").find(begins)
        if said is None or at < 0:
            continue
        rest = said[at + len(begins) :]
        place = rest[2:].split(")", 1)[0] if rest.startswith(" (") else ""
        found.append((kept, place))
    return found


def _findings(lines: Mapping[str, Line], decisions: Sequence[Decision], round_: str, by: Person) -> int:
    """The findings of a round: decisions as adjustments; in round 1 every other line that was claimed is accepted."""
    decided: dict[str, list[Decision]] = {}
    for each in decisions:
        if each.round == round_ and each.node in lines:
            decided.setdefault(each.node, []).append(each)
    rows = []
    for node, line in lines.items():
        here = decided.get(node, [])
        if not here and (round_ != "appraisal_1" or not (line.domain or line.values)):
            continue
        values = {
            each.input: each.value
            for each in here
            if each.input != POINTS_INPUT and line.values.get(each.input) != each.value
        }
        points = next((Decimal(each.value) for each in here if each.input == POINTS_INPUT), None)
        adjusts = bool(values) or points is not None
        rows.append(
            Finding(
                line=line,
                round=round_,
                outcome="adjust" if adjusts else "accept",
                basis=here[0].basis if adjusts else "answer",
                values=values,
                points=points,
                reason=(here[0].reason or "") if here else "",
                by=by,
                at=clock.now(),
            )
        )
    Finding.objects.bulk_create(rows)
    return len(rows)


def _replies(lines: Mapping[str, Line], decisions: Sequence[Decision], by: Person) -> None:
    """The unit explains the lines that were looked at again in round 2."""
    nodes = dict.fromkeys(each.node for each in decisions if each.round == "appraisal_2" and each.node in lines)
    Explanation.objects.bulk_create(
        [Explanation(line=lines[node], text=REPLY, by=by, at=clock.now()) for node in nodes]
    )


def simulated_document() -> bytes:
    """A PDF of one page that stands for a scanned document. Made once for a data folder."""
    path = Path(settings.FILES) / "demonstration.pdf"
    if not path.exists():
        import typst

        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(typst.compile(DOCUMENT.encode()))
    return path.read_bytes()


DOCUMENT: Final = """#set page(paper: "a4", margin: 25mm)
#set text(font: "Libertinus Serif", size: 13pt, lang: "vi")
#align(center)[*TÀI LIỆU MÔ PHỎNG* \\ _Simulated document_]
#v(10mm)
Trang này thay cho bản quét của một văn bản. Ở kỳ đánh giá thật, đơn vị tải lên văn bản đã ký, và người thẩm định đọc
tại đây.

_This page stands for a scanned document. In a real edition the unit uploads what was signed, and appraisers read it
here._
"""
