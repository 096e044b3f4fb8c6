"""The list of evidence documents, and what a leaf says of them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Mapping

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.submissions import layout
from parindex.submissions.heads import Columns, find_columns
from parindex.submissions.layout import EvidenceDocument
from parindex.submissions.values import words_of
from parindex.workbooks import Cell, Sheet

DOCUMENT_ID_WRONG = ProblemKind(
    "EVIDENCE-ID",
    what=Text('"{id}" không phải là mã tài liệu.', '"{id}" is no id of a document.'),
    why=Text("", ""),
    remedy=Text(
        "Ghi TL và số thứ tự; nhiều mã thì cách nhau bằng dấu chấm phẩy: TL01; TL03.",
        "Write TL and a number; between several ids a semicolon: TL01; TL03.",
    ),
)
DOCUMENT_TWICE = ProblemKind(
    "EVIDENCE-TWICE",
    what=Text("mã {id} đã đứng ở {first}.", "the id {id} stands already at {first}."),
    why=Text("Mỗi mã chỉ một tài liệu.", "An id is one document."),
    remedy=Text("Ghi mỗi tài liệu một dòng, mã khác nhau.", "Give each document a line and an id of its own."),
)
DOCUMENT_UNNAMED = ProblemKind(
    "EVIDENCE-UNNAMED",
    what=Text("tài liệu {id} chưa có tên.", "the document {id} has no title."),
    why=Text("", ""),
    remedy=Text("Ghi tên, số, ký hiệu văn bản.", "Write its title and number."),
)
DOCUMENT_UNLISTED = ProblemKind(
    "EVIDENCE-UNLISTED",
    what=Text('{id} không có trong trang "TLKC".', '{id} is not listed on the sheet "TLKC".'),
    why=Text("Người thẩm định tìm tài liệu theo danh mục đó.", "Appraisers look for evidence in that list."),
    remedy=Text("Thêm tài liệu vào danh mục, hoặc sửa mã.", "Add the document to the list, or correct the id."),
)
EVIDENCE_MISSING = ProblemKind(
    "EVIDENCE-MISSING",
    what=Text(
        "{node}: có số liệu nhưng không có tài liệu kiểm chứng, cũng không có giải trình.",
        "{node}: there are figures, but neither evidence nor an explanation.",
    ),
    why=Text("Khi thẩm định có thể không được công nhận.", "At appraisal it may not be accepted."),
    remedy=Text("Ghi mã tài liệu, hoặc giải trình.", "Name a document, or explain."),
    severity="notice",
)
LOCATOR_MISSING = ProblemKind(
    "EVIDENCE-LOCATOR",
    what=Text("{node}: chưa ghi mục, trang cần xem trong {id}.", "{node}: section and page in {id} are not given."),
    why=Text("", ""),
    remedy=Text(
        "Ghi theo thứ tự của mã, cách nhau bằng dấu chấm phẩy: Mục II, trang 3; trang 5.",
        "Write them in the order of the ids, with semicolons between: Mục II, trang 3; trang 5.",
    ),
    severity="notice",
)
LOCATORS_MANY = ProblemKind(
    "EVIDENCE-LOCATORS",
    what=Text(
        "{node}: {places} chỗ cần xem cho {documents} tài liệu.",
        "{node}: {places} places are given for {documents} documents.",
    ),
    why=Text("Không rõ chỗ nào thuộc tài liệu nào.", "It is not clear which belongs to which."),
    remedy=Text(
        "Ghi một chỗ cho mỗi tài liệu; trong một tài liệu dùng dấu phẩy.",
        "Give one place for each document; within a document use commas.",
    ),
    severity="notice",
)
ISSUED_UNREAD = ProblemKind(
    "EVIDENCE-DATE",
    what=Text('"{value}" không phải là ngày.', '"{value}" is not a date.'),
    why=Text("", ""),
    remedy=Text("Ghi ngày/tháng/năm, ví dụ 30/06/2025.", "Write day/month/year, for example 30/06/2025."),
    severity="notice",
)

_ID = re.compile(r"TL\s*0*([1-9][0-9]{0,3})", re.ASCII | re.IGNORECASE)
_LONGEST = {layout.DOCUMENT_TITLE: 500, layout.DOCUMENT_ISSUER: 300, layout.DOCUMENT_FILE: 255}
_IDS_LONGEST = 500
_LOCATORS_LONGEST = 1000


def read_documents(sheet: Sheet, problems: Problems) -> Mapping[str, EvidenceDocument] | None:
    """The documents of the list by id, in the order of the sheet; None when the sheet cannot be read."""
    columns = find_columns(sheet, layout.DOCUMENT_COLUMNS, problems)
    if columns is None:
        return None
    documents: dict[str, EvidenceDocument] = {}
    rows: dict[str, int] = {}
    for row in sorted({row for row, _ in sheet.cells if row > columns.row}):

        def words(column: layout.FormColumn, longest: int, row: int = row) -> str:
            number = columns.numbers[column]
            return words_of(sheet.at(row, number), sheet.place(row, number), problems, longest=longest)

        title, issuer, file = (words(column, longest) for column, longest in _LONGEST.items())
        issued = _issued(sheet, row, columns, problems)
        if not (title or issuer or file or issued):
            continue  # an id that was not used
        place = sheet.place(row, columns.numbers[layout.DOCUMENT_ID])
        written = words(layout.DOCUMENT_ID, 50)
        id_ = _document_id(written)
        if id_ is None:
            problems.add(DOCUMENT_ID_WRONG, place, id=written)
            continue
        if id_ in rows:
            problems.add(DOCUMENT_TWICE, place, id=id_, first=columns.name(rows[id_], layout.DOCUMENT_ID))
            continue
        rows[id_] = row
        if not title:
            problems.add(DOCUMENT_UNNAMED, sheet.place(row, columns.numbers[layout.DOCUMENT_TITLE]), id=id_)
        documents[id_] = EvidenceDocument(id_, title, issuer, issued, file)
    return documents


def _issued(sheet: Sheet, row: int, columns: Columns, problems: Problems) -> str:
    cell: Cell = columns.cell(sheet, row, layout.DOCUMENT_ISSUED)
    place = sheet.place(row, columns.numbers[layout.DOCUMENT_ISSUED])
    if isinstance(cell.value, datetime.date) and not cell.formula:
        return f"{cell.value:%Y-%m-%d}"
    text = words_of(cell, place, problems, longest=50)
    if not text:
        return ""
    match = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", text)
    if match is not None:
        try:
            return datetime.date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        except ValueError:
            pass
    problems.add(ISSUED_UNREAD, place, value=text)
    return text


def _document_id(text: str) -> str | None:
    match = _ID.fullmatch(text.strip())
    return layout.document_id(int(match[1])) if match else None


def read_evidence(
    sheet: Sheet,
    row: int,
    columns: Columns,
    node: str,
    documents: Mapping[str, EvidenceDocument] | None,
    problems: Problems,
) -> tuple[tuple[str, str], ...]:
    """The documents that a leaf cites: (id, section and page), the place "" where it is not given.

    `documents` None: the list could not be read, so ids are not looked up in it.
    """
    at, at_places = (sheet.place(row, columns.numbers[column]) for column in (layout.EVIDENCE, layout.LOCATOR))
    ids_text = words_of(columns.cell(sheet, row, layout.EVIDENCE), at, problems, longest=_IDS_LONGEST)
    places_text = words_of(columns.cell(sheet, row, layout.LOCATOR), at_places, problems, longest=_LOCATORS_LONGEST)
    ids = []
    for written in re.split(r"[;,\n]", ids_text):
        if not written.strip():
            continue
        id_ = _document_id(written)
        if id_ is None:
            problems.add(DOCUMENT_ID_WRONG, at, id=written.strip()[:100])
        elif documents is not None and id_ not in documents:
            problems.add(DOCUMENT_UNLISTED, at, id=id_)
        elif id_ not in ids:
            ids.append(id_)
    if not ids:
        return ()
    places = _places(places_text, len(ids))
    if len(places) > len(ids):
        problems.add(LOCATORS_MANY, at_places, node=node, places=len(places), documents=len(ids))
        places = [*places[: len(ids) - 1], "; ".join(places[len(ids) - 1 :])]
    places += [""] * (len(ids) - len(places))
    unplaced = [id_ for id_, place in zip(ids, places, strict=True) if not place]
    if unplaced:
        problems.add(LOCATOR_MISSING, at_places, node=node, id=", ".join(unplaced))
    return tuple(zip(ids, places, strict=True))


def evidence_said(cited: Iterable[tuple[str, str]], documents: Mapping[str, EvidenceDocument] | None) -> str:
    """What a leaf cites, for people: "TL01 Kế hoạch 12/KH-UBND (Mục II, trang 3); …"; "" for none."""
    return "; ".join(_shown(id_, place, documents or {}) for id_, place in cited)


def _places(text: str, documents: int) -> list[str]:
    if not text:
        return []
    # With one document the whole cell speaks of it, whatever signs stand in it.
    return [text] if documents == 1 else [each.strip() for each in re.split(r"[;\n]", text)]


def _shown(id_: str, place: str, documents: Mapping[str, EvidenceDocument]) -> str:
    title = documents[id_].title if id_ in documents else ""
    return " ".join(part for part in (id_, title, f"({place})" if place else "") if part)


def check_evidence(
    sheet: Sheet,
    row: int,
    columns: Columns,
    node: str,
    *,
    answered: Collection[object],
    evidence: str,
    explanation: str,
    problems: Problems,
) -> None:
    """A notice where figures stand alone: appraisers may not accept them."""
    named = columns.cell(sheet, row, layout.EVIDENCE).is_empty
    if answered and not evidence and not explanation and named:
        problems.add(EVIDENCE_MISSING, sheet.place(row, columns.numbers[layout.EVIDENCE]), node=node)
