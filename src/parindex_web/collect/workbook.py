"""A unit's workbook: written with everything it claims on the web, and read back as changes to its lines."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from parindex.language import Text, nfc
from parindex.problems import ProblemKind, Problems
from parindex.programme.inputs import InputValue, parse_value
from parindex.sources import Place
from parindex.submissions import EvidenceDocument, Filled, Submission, read_submission
from parindex.submissions.layout import document_id
from parindex.tables.columns import canonical_json
from parindex.workbooks import Workbook
from parindex_web.collect.actions import Claim, refuse_unless_open
from parindex_web.collect.differences import EVIDENCE, EXPLANATION, cited_shown
from parindex_web.collect.last_year import value_shown
from parindex_web.collect.models import EvidenceFile, Line, cited_documents
from parindex_web.collect.self_score import check_together, what_is_asked
from parindex_web.editions.models import UnitFile
from parindex_web.editions.programme import Asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language

OTHER_UNIT = ProblemKind(
    "WEB-WORKBOOK-UNIT",
    what=Text(
        "đây là tệp của đơn vị {found}; cần tệp của {expected}.",
        "this is the workbook of {found}; expected {expected}.",
    ),
    why=Text(
        "Số liệu của đơn vị này không nhận vào hồ sơ đơn vị khác.", "One unit's figures are not taken for another."
    ),
    remedy=Text(
        "Chọn đúng tệp, hoặc tải tệp của đơn vị xuống và chép số liệu sang.",
        "Choose the right file, or download the unit's own and copy the figures.",
    ),
)
NOT_UPLOADED = ProblemKind(
    "WEB-WORKBOOK-DOCUMENT",
    what=Text(
        "mục {node} dẫn {id}, nhưng đơn vị chưa tải tài liệu này lên.",
        "line {node} cites {id}, which the unit has not uploaded.",
    ),
    why=Text("Chỉ dẫn được tài liệu đã có tệp trên hệ thống.", "Only documents whose file is here can be cited."),
    remedy=Text(
        "Tải tài liệu lên trang Tài liệu kiểm chứng, dùng mã của hệ thống, rồi gửi lại tệp Excel.",
        "Upload it on the page Evidence, use the code given there, and send the workbook again.",
    ),
)
TOGETHER = ProblemKind(
    "WEB-WORKBOOK-TOGETHER",
    what=Text("mục {node}: {says}", "line {node}: {says}"),
    why=Text(
        "Số trong tệp được ghép với số đang có trên hệ thống.",
        "Figures of the workbook are joined with those that stand here.",
    ),
    remedy=Text("Điền đủ các số của mục này trong tệp.", "Fill in all figures of this line in the workbook."),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a workbook changes in a line; "" where nothing stood."""

    label: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a workbook changes in one line. `closed`: why the line takes nothing now; "" where it does."""

    line: Line
    name: Text
    claim: Claim
    changes: tuple[Change, ...]
    closed: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a workbook would do. Cells that are empty in it change nothing."""

    sha256: str
    lines: tuple[LineChange, ...]

    @property
    def taken(self) -> tuple[LineChange, ...]:
        return tuple(each for each in self.lines if not each.closed)

    @property
    def digest(self) -> str:
        """Tells whether the plan, made again, is still the one that was shown: same file, same lines, same versions."""
        rows = [
            [each.line.node, each.line.version, dict(each.claim.values), each.claim.explanation, _pairs(each.claim)]
            for each in self.taken
        ]
        return hashlib.sha256(canonical_json([self.sha256, rows]).encode()).hexdigest()


def _pairs(claim: Claim) -> list[list[str]]:
    return [[document.sha256, where] for document, where in claim.citations or ()]


def plan_of(asked: Asked, unit_file: UnitFile, workbook: Workbook, problems: Problems) -> Plan | None:
    """What a workbook changes. None, with every problem at its sheet and cell, where it cannot be taken."""
    submission = read_submission(workbook, edition=asked.edition, source=workbook.name, problems=problems)
    if submission is None:
        return None
    if submission.unit != unit_file.unit:
        problems.add(OTHER_UNIT, Place(workbook.name), found=submission.unit, expected=unit_file.unit)
        return None
    documents = {document_id(each.number): each for each in unit_file.evidence.filter(removed_at=None)}
    said: dict[str, dict[str, str]] = {}
    for answer in submission.answers:
        said.setdefault(answer.node, {})[answer.input] = answer.value
    found = []
    for line in unit_file.lines.prefetch_related(cited_documents()):
        line.unit_file = unit_file
        change = _change(asked, line, said.get(line.node, {}), submission, documents, problems)
        if change is not None:
            found.append(change)
    return None if problems.errors else Plan(workbook.sha256, tuple(found))


def _change(
    asked: Asked,
    line: Line,
    said: Mapping[str, str],
    submission: Submission,
    documents: Mapping[str, EvidenceFile],
    problems: Problems,
) -> LineChange | None:
    asks = what_is_asked(asked, line.unit_file.unit, line.node)
    place = Place(submission.source)
    values = {**line.values, **said}
    explanation = nfc(submission.explanations.get(line.node, "")).strip() or line.explanation
    there = [(row.document, row.locator) for row in line.citations.all()]
    cited = there
    if line.node in submission.citations:
        cited = []
        for id_, where in submission.citations[line.node]:
            if id_ in documents:
                cited.append((documents[id_], where))
            else:
                problems.add(NOT_UPLOADED, place, node=line.node, id=id_)
    for wrong in check_together(asks, values, language()):
        problems.add(TOGETHER, place, node=line.node, says=wrong.says)
    changes = [
        Change(spec.label, value_shown(spec.name, asks, line.values), value_shown(spec.name, asks, values))
        for spec in asks.inputs
        if line.values.get(spec.name) != values.get(spec.name)
    ]
    if explanation != line.explanation:
        changes.append(Change(EXPLANATION, line.explanation, explanation))
    if [(document.pk, where) for document, where in cited] != [(document.pk, where) for document, where in there]:
        changes.append(Change(EVIDENCE, _cited(there), _cited(cited)))
    if not changes:
        return None
    closed = ""
    try:
        refuse_unless_open(line)
    except Impossible as impossible:
        closed = impossible.words(language())
    return LineChange(line, asks.name, Claim(values, explanation, tuple(cited)), tuple(changes), closed)


def _cited(rows: list[tuple[EvidenceFile, str]]) -> str:
    return cited_shown([(document_id(document.number), where) for document, where in rows])


def title_and_symbol(document: EvidenceFile) -> str:
    """As lists of evidence name a document: title, then số, ký hiệu."""
    return ", ".join(part for part in (document.title, document.symbol) if part)


def write_workbook(programme: Asked, unit_file: UnitFile, path: Path) -> None:
    """The unit's workbook with everything it claims on the web. Lines and evidence are prefetched by the caller."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unit = programme.unit(unit_file.unit)
    programme.form_of(programme.list_of(unit.code)).write(path, unit, filled(programme, unit_file))


def filled(programme: Asked, unit_file: UnitFile) -> Filled:
    """What stands in the workbook of a unit."""
    answers: dict[str, dict[str, InputValue]] = {}
    bonus: dict[str, Decimal] = {}
    evidence: dict[str, list[tuple[str, str]]] = {}
    explanations: dict[str, str] = {}
    for line in unit_file.lines.all():
        asks = what_is_asked(programme, unit_file.unit, line.node)
        values = {
            spec.name: parse_value(spec, line.values[spec.name]) for spec in asks.inputs if spec.name in line.values
        }
        if line.domain:
            if values:
                answers[line.node] = values
        elif values:
            count = values["count"]
            assert isinstance(count, Decimal)
            bonus[line.node] = count
        cited = [(document_id(each.document.number), each.locator) for each in line.citations.all()]
        if cited:
            evidence[line.node] = cited
        if line.explanation:
            explanations[line.node] = line.explanation
    documents = [
        EvidenceDocument(document_id(each.number), title_and_symbol(each), each.issuer, each.issued, each.file_name)
        for each in unit_file.evidence.all()
        if each.removed_at is None
    ]
    return Filled(documents, answers, evidence, explanations, bonus)
