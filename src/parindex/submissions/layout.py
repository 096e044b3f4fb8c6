"""The form of a unit's workbook: its sheets, columns and row keys, known to the writer and the reader."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parindex.language import Text
from parindex.programme.framework import AdjustmentItem, Framework, InputSpec, LeafSpec, Node
from parindex.sources import digest_of
from parindex.workbooks import sheet_name

FORM = "parindex-submission/1"
"""The mark on the cover. The number goes up when a workbook can no longer be read the old way."""

COVER = "Bìa"
ADJUSTMENTS = "Thưởng-trừ"
DOCUMENTS = "TLKC"
TOTALS = "Tổng điểm"
CHOICES = "Danh mục"
"""The hidden sheet that holds the labels of the drop-down lists."""

SIMULATED = Text(
    "SỐ LIỆU MÔ PHỎNG, KHÔNG PHẢI KẾT QUẢ CHÍNH THỨC",
    "SIMULATED FIGURES, NOT AN OFFICIAL RESULT",
)
YES = Text("Có", "Yes")
NO = Text("Không", "No")

EXPLANATION_LONGEST = 2000
"""Characters of an explanation: about a page. What is longer is evidence, and belongs into a document."""

COUNT = "count"
"""The input of a bonus item: how many times it arose."""


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column, found again by its head. `width` in characters."""

    head: Text
    width: float

    @property
    def label(self) -> str:
        return f"{self.head.vi}\n{self.head.en}"


KEY = FormColumn(Text("Mã", "Code"), 15)
CONTENT = FormColumn(Text("Nội dung", "Content"), 44)
MAX_POINTS = FormColumn(Text("Điểm tối đa", "Maximum"), 10.5)
POINTS_EACH = FormColumn(Text("Điểm mỗi lần", "Points each"), 10.5)
VALUE = FormColumn(Text("Số liệu của đơn vị", "Value"), 24)
UNIT = FormColumn(Text("Đơn vị tính", "Unit"), 14)
SELF_SCORE = FormColumn(Text("Điểm tự chấm", "Self-score"), 12)
EVIDENCE = FormColumn(Text("Mã TLKC", "Evidence"), 12)
LOCATOR = FormColumn(Text("Mục, trang", "Section, page"), 20)
EXPLANATION = FormColumn(Text("Giải trình", "Explanation"), 32)
GUIDANCE = FormColumn(Text("Hướng dẫn", "Guidance"), 34)
WANTED = FormColumn(Text("TLKC cần có", "Evidence wanted"), 34)
APPRAISER = FormColumn(Text("Cơ quan thẩm định", "Appraised by"), 20)

# Guidance and what follows it stand on the screen only: with them a page of A4 would be too small to read.
_PRINTED = (VALUE, UNIT, SELF_SCORE, EVIDENCE, LOCATOR, EXPLANATION)
DOMAIN_COLUMNS = (KEY, CONTENT, MAX_POINTS, *_PRINTED, GUIDANCE, WANTED, APPRAISER)
DOMAIN_COLUMNS_PRINTED = 9
ADJUSTMENT_COLUMNS = (KEY, CONTENT, POINTS_EACH, *_PRINTED)
ANSWER_COLUMNS = (KEY, VALUE, EVIDENCE, LOCATOR, EXPLANATION)
"""The columns that are read, on sheets of domains and of bonus items."""
VALUE_PLACE = 3
EVIDENCE_PLACES = (6, 7, 8)
"""Where value, and evidence, its place and the explanation stand on both kinds of sheets, counted from 0."""

DOCUMENT_ID = FormColumn(Text("Mã TLKC", "Evidence id"), 10)
DOCUMENT_TITLE = FormColumn(Text("Tên, số, ký hiệu văn bản", "Title and number"), 60)
DOCUMENT_ISSUER = FormColumn(Text("Cơ quan ban hành", "Issued by"), 32)
DOCUMENT_ISSUED = FormColumn(Text("Ngày ban hành", "Issued on"), 14)
DOCUMENT_FILE = FormColumn(Text("Tên tệp gửi kèm", "File sent along"), 34)
DOCUMENT_COLUMNS = (DOCUMENT_ID, DOCUMENT_TITLE, DOCUMENT_ISSUER, DOCUMENT_ISSUED, DOCUMENT_FILE)
DOCUMENT_ROWS = 150

COVER_WIDTHS = (13, 27, 68)
# Keys of the rows of the cover. The value stands two columns to the right of its key.
COVER_FORM = "form"
COVER_EDITION = "edition"
COVER_FRAMEWORK = "framework"
COVER_VERSION = "version"
COVER_UNIT = "unit_code"
COVER_DIGEST = "schema_sha256"
COVER_CHECK = "unit_check"
COVER_KEYS = (COVER_FORM, COVER_EDITION, COVER_FRAMEWORK, COVER_VERSION, COVER_UNIT, COVER_DIGEST, COVER_CHECK)
"""The rows of the cover that are read."""


@dataclass(frozen=True, slots=True)
class EvidenceDocument:
    """One document of the list of evidence. `issued` is an ISO date, or the words that were typed; "" not given."""

    id: str
    title: str
    issuer: str = ""
    issued: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One cell that a unit fills in: an input of a leaf, or the count of a bonus item (`spec.name` is "count")."""

    node: str
    spec: InputSpec

    @property
    def key(self) -> str:
        return f"{self.node}/{self.spec.name}"


def is_asked(leaf: LeafSpec) -> bool:
    """Units answer for the leaf. Not for survey leaves, nor where the value comes from a published index."""
    return leaf.method != "survey" and bool(leaf.rule.inputs)


def questions(node: Node) -> Iterator[Question]:
    """What the form asks for a leaf; nothing where units do not answer."""
    if node.leaf is not None and is_asked(node.leaf):
        for spec in node.leaf.rule.inputs:
            yield Question(node.code, spec)


def bonus_question(item: AdjustmentItem) -> Question:
    return Question(item.code, InputSpec(COUNT, "count", item.name, item.unit, {}, None, item.place))


def bonus_items(framework: Framework) -> tuple[AdjustmentItem, ...]:
    """What units may claim; penalties are recorded by appraisers, not claimed."""
    return tuple(item for each in framework.adjustments if each.kind == "bonus" for item in each.items)


def domain_sheets(framework: Framework) -> Mapping[str, str]:
    """The name of the sheet of each domain: its code, in a form that Excel takes."""
    taken = {name.casefold() for name in (COVER, ADJUSTMENTS, DOCUMENTS, TOTALS, CHOICES)}
    names: dict[str, str] = {}
    for domain in framework.domains:
        name = plain = sheet_name(domain.code)
        count = 1
        while name.casefold() in taken:
            count += 1
            name = f"{plain[:25]} ({count})"
        taken.add(name.casefold())
        names[domain.code] = name
    return names


def document_id(number: int) -> str:
    return f"TL{number:02d}"


def free_ids(documents: Sequence[EvidenceDocument]) -> tuple[str, ...]:
    """The ids of the list of evidence that no document has yet."""
    used = {document.id for document in documents}
    return tuple(id_ for number in range(1, DOCUMENT_ROWS + 1) if (id_ := document_id(number)) not in used)


def schema_digest(edition_code: str, framework: Framework) -> str:
    """SHA-256 of what a form of this edition asks; a workbook with another one is refused.

    It covers edition, framework and version, the order and codes of leaves, their methods, and of each input the
    name, type, options, whole and unit of measure: a change of unit changes what a number means. Names, labels,
    guidance, points and thresholds are left out, so that a slip of the pen in them can be mended after forms went
    out: answers stay what they were.
    """
    form = [
        FORM,
        edition_code,
        framework.code,
        framework.version,
        [
            [node.code, leaf.method, [_asked(question.spec) for question in questions(node)]]
            for node in framework.leaves
            if (leaf := node.leaf) is not None
        ],
        [[item.code, item.unit.vi] for item in bonus_items(framework)],
    ]
    return digest_of(json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode())


def _asked(spec: InputSpec) -> list[object]:
    return [spec.name, spec.type, list(spec.options), spec.part_of, spec.unit.vi if spec.unit else None]


def unit_check(digest: str, unit: str) -> str:
    """A word that ties a unit to its form, so that a code changed by a slip is noticed. It protects from no one."""
    return digest_of(f"{digest} {unit}".encode())[:12]
