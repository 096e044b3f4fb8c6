"""Pages of evidence: the documents of a unit, one document with its preview, and the bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parindex.language import Text, fold, sort_key
from parindex_web.accounts.permissions import Target
from parindex_web.collect import evidence_actions as actions
from parindex_web.collect.evidence_store import path_of
from parindex_web.collect.file_kinds import BY_MEDIA_TYPE, NAMES
from parindex_web.collect.models import EvidenceFile
from parindex_web.collect.queries import DocumentShown, documents_of, tree
from parindex_web.collect.uploads import uploads
from parindex_web.collect.views import frame
from parindex_web.editions.doors import SignedIn, for_people, unit_file_seen
from parindex_web.editions.models import UnitFile
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say
from parindex_web.pages.limits import limited
from parindex_web.pages.typed import whole_number


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was typed about a document and cannot be: the words, the code of the problem, the fields as typed."""

    words: str
    code: str
    fields: Mapping[str, str]

    @property
    def field(self) -> str:
        """The field that the words speak of; "" for the document as a whole."""
        return {actions.DATE_WRONG.code: "issued", actions.TITLE_MISSING.code: "title"}.get(self.code, "")


FIELDS = ("title", "symbol", "issuer", "issued")
PAGE = 60
"""Documents on one page of the list."""


@require_http_methods(["GET", "POST"])
@for_people
@limited("upload")
def documents(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """The documents of a unit. An upload answers with what was added, what was there, and what was not taken."""
    unit_file = unit_file_seen(request, edition, unit)
    if request.method == "POST":
        request.rights.refuse_unless("evidence.add", Target(edition, unit))
        return _take(request, unit_file)
    return _list(request, unit_file)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the files of one upload."""

    added: Sequence[EvidenceFile] = ()
    known: Sequence[tuple[str, EvidenceFile]] = ()
    refused: Sequence[Impossible] = ()


def _list(
    request: SignedIn,
    unit_file: UnitFile,
    *,
    result: Result | None = None,
    wrong: Mapping[int, Wrong] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The list as the address asks for it; after an upload what was added, after a mistake what is to be corrected."""
    shown, order = request.GET.get("show", "all"), request.GET.get("sort", "code")
    if shown not in GROUPS or order not in ORDERS:
        raise Http404
    every = documents_of(unit_file)
    words = fold(request.GET.get("q", "").strip())
    found = [each for each in every if words in fold(_searched(each))]
    rows = sorted((each for each in found if GROUPS[shown][1](each)), key=ORDERS[order][1])
    may = _may(request, unit_file)
    edit = may and "edit" in request.GET
    if result is not None and result.added:
        new = {each.pk for each in result.added}
        rows = [each for each in every if each.document.pk in new]
    if wrong:
        rows = [each for each in every if each.document.number in wrong]
    page = whole_number(request.GET.get("page", "")) or 1
    part = rows[(page - 1) * PAGE : page * PAGE]
    kept = {name: value for name, value in (("q", request.GET.get("q", "").strip()), ("sort", order)) if value}
    context = {
        **frame(unit_file),
        "tree": tree(asked(unit_file.edition), unit_file, request.rights),
        "documents": [(each, (wrong or {}).get(each.document.number)) for each in part],
        "count": len(rows),
        "groups": [
            (label, sum(map(holds, found)), name == shown, urlencode({"show": name, **kept}))
            for name, (label, holds) in GROUPS.items()
        ],
        "orders": [(name, label, name == order) for name, (label, _) in ORDERS.items()],
        "show": shown,
        "query": urlencode({"show": shown, **kept}),
        "words": request.GET.get("q", ""),
        "pages": range(1, -(-len(rows) // PAGE) + 1),
        "page": page,
        "later": max(0, len(rows) - PAGE),
        "edit": edit or bool(wrong) or bool(result and result.added),
        "wrong": wrong,
        "result": result,
        "refused": [each.words(language()) for each in result.refused] if result else [],
        "kinds": NAMES,
        "may_add": may,
    }
    return render(request, "collect/documents.html", context, status=status)


def _searched(each: DocumentShown) -> str:
    document = each.document
    return " ".join((actions.code_of(document), document.title, document.symbol, document.issuer, document.file_name))


GROUPS: Mapping[str, tuple[Text, Callable[[DocumentShown], bool]]] = {
    "all": (Text("Tất cả", "All"), lambda each: True),
    "uncited": (Text("Chưa dẫn ở mục nào", "Not cited"), lambda each: not each.cited_by),
    "bare": (
        Text("Chưa ghi số, cơ quan, ngày", "Without symbol, issuer or date"),
        lambda each: not (each.document.symbol or each.document.issuer or each.document.issued),
    ),
}

ORDERS: Mapping[str, tuple[Text, Callable[[DocumentShown], Any]]] = {
    "code": (Text("mã", "code"), lambda each: each.document.number),
    "title": (Text("tên văn bản", "title"), lambda each: sort_key(each.document.title)),
    "issued": (Text("ngày ban hành", "issued on"), lambda each: (not each.document.issued, each.document.issued)),
    "uploaded": (Text("mới tải lên", "uploaded last"), lambda each: -each.document.uploaded_at.timestamp()),
}


def _may(request: SignedIn, unit_file: UnitFile) -> bool:
    """The person may add documents, and the unit's file takes them now."""
    try:
        actions.refuse_unless_taking(unit_file)
    except Impossible:
        return False
    return request.rights.may("evidence.add", Target(unit_file.edition.code, unit_file.unit))


def _take(request: SignedIn, unit_file: UnitFile) -> HttpResponse:
    files, refused = uploads(request, "files")
    added: list[EvidenceFile] = []
    known: list[tuple[str, EvidenceFile]] = []
    for incoming in files:
        try:
            taken = actions.add_document(by=request.user, unit_file=unit_file, incoming=incoming)
        except Impossible as impossible:
            refused.append(impossible)
            continue
        if taken.known:
            known.append((incoming.name or "", taken.document))
        else:
            added.append(taken.document)
    if not (added or known or refused):
        messages.error(request, say("Chưa chọn tệp nào.", "No file was chosen."), extra_tags="bad")
        return HttpResponseRedirect(_address(unit_file))
    return _list(request, unit_file, result=Result(added, known, refused), status=422 if refused and not added else 200)


def _address(unit_file: UnitFile) -> str:
    return reverse("unit_evidence", args=[unit_file.edition.code, unit_file.unit])


@require_POST
@for_people
def describe(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """What documents are, several at once: fields are named by the number of their document."""
    unit_file = unit_file_seen(request, edition, unit)
    numbers = [number for each in request.POST.getlist("number") if (number := whole_number(each)) is not None]
    wrong: dict[int, Wrong] = {}
    for document in unit_file.evidence.filter(number__in=numbers, removed_at=None):
        document.unit_file = unit_file
        fields = {name: request.POST.get(f"{document.number}-{name}", "") for name in FIELDS}
        try:
            actions.describe_document(by=request.user, document=document, fields=fields)
        except Impossible as impossible:
            wrong[document.number] = Wrong(impossible.words(language()), impossible.problem.code, fields)
    if wrong:
        # What is right is saved; what is not stands there as it was typed.
        return _list(request, unit_file, wrong=wrong, status=422)
    messages.success(request, say("Đã lưu thông tin tài liệu.", "What the documents are is saved."), extra_tags="good")
    if len(numbers) == 1:
        return HttpResponseRedirect(reverse("unit_document", args=[edition, unit, numbers[0]]))
    return HttpResponseRedirect(_address(unit_file))


def _document_seen(request: SignedIn, edition: str, unit: str, number: int) -> EvidenceFile:
    """The document of this number. One that was taken out is still seen: the record speaks of it."""
    unit_file = unit_file_seen(request, edition, unit)
    document = unit_file.evidence.select_related("uploaded_by").filter(number=number).first()
    if document is None:
        raise Http404
    document.unit_file = unit_file
    return document


@require_GET
@for_people
def document(request: SignedIn, edition: str, unit: str, number: int) -> HttpResponse:
    """One document: what it is, which lines cite it, and how it looks."""
    found = _document_seen(request, edition, unit, number)
    kind = BY_MEDIA_TYPE[found.media_type]
    context = {
        **frame(found.unit_file),
        "tree": tree(asked(found.unit_file.edition), found.unit_file, request.rights),
        "document": found,
        "code": actions.code_of(found),
        "kind": kind,
        "cited": [
            (row.line.node, row.line.domain or "bonus", row.locator) for row in found.citations.select_related("line")
        ],
        "may_change": found.removed_at is None and _may(request, found.unit_file),
        "may_remove": found.removed_at is None
        and found.unit_file.standing == "draft"
        and _may(request, found.unit_file)
        and request.rights.may("evidence.remove", Target(edition, unit)),
    }
    return render(request, "collect/document.html", context)


@require_GET
@for_people
def download(request: SignedIn, edition: str, unit: str, number: int) -> HttpResponseBase:
    """The bytes, to be kept: never shown by the browser as a page of ours."""
    return _bytes(_document_seen(request, edition, unit, number), attached=True)


@require_GET
@xframe_options_sameorigin
@for_people
def look(request: SignedIn, edition: str, unit: str, number: int) -> HttpResponseBase:
    """The bytes of a PDF or an image, for the preview on a document's page."""
    found = _document_seen(request, edition, unit, number)
    if not BY_MEDIA_TYPE[found.media_type].preview:
        raise Http404
    return _bytes(found, attached=False)


def _bytes(document: EvidenceFile, *, attached: bool) -> FileResponse:
    response = FileResponse(
        path_of(document.stored_as).open("rb"),
        as_attachment=attached,
        filename=document.file_name,
        content_type=document.media_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_POST
@for_people
def remove(request: SignedIn, edition: str, unit: str, number: int) -> HttpResponse:
    """Take a document out; refused while lines cite it."""
    found = _document_seen(request, edition, unit, number)
    if found.removed_at is not None:
        raise Http404
    try:
        actions.remove_document(by=request.user, document=found)
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
        return HttpResponseRedirect(reverse("unit_document", args=[edition, unit, number]))
    messages.success(
        request, say(f"Đã gỡ {actions.code_of(found)}.", f"{actions.code_of(found)} was taken out."), extra_tags="good"
    )
    return HttpResponseRedirect(_address(found.unit_file))
