"""Printing the self-assessment and handing in the signed copy."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from parindex_web.accounts.permissions import Target
from parindex_web.collect.evidence_store import path_of
from parindex_web.collect.file_kinds import DOCX
from parindex_web.collect.paper import paper_of
from parindex_web.collect.paper_actions import attach_signed, digest_here
from parindex_web.collect.paper_pdf import pdf_of
from parindex_web.collect.paper_queries import papers_of
from parindex_web.collect.paper_word import word_of
from parindex_web.collect.queries import tree
from parindex_web.collect.uploads import uploads
from parindex_web.collect.views import frame
from parindex_web.editions.doors import SignedIn, for_people, unit_file_seen
from parindex_web.editions.models import UnitFile
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say


@require_http_methods(["GET", "POST"])
@for_people
def paper(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """Print, and hand in what was signed; a copy signed over other figures is refused with both digests."""
    unit_file = unit_file_seen(request, edition, unit)
    if request.method == "GET":
        return _page(request, unit_file, "", 200)
    request.rights.refuse_unless("unit.attach_signed", Target(edition, unit))
    files, refused = uploads(request, "signed")
    if refused or not files:
        words = refused[0].words(language()) if refused else say("Chưa chọn tệp nào.", "No file was chosen.")
        return _page(request, unit_file, words, 422)
    try:
        attach_signed(by=request.user, unit_file=unit_file, incoming=files[0], typed=request.POST.get("digest", ""))
    except Impossible as impossible:
        return _page(request, unit_file, impossible.words(language()), 422)
    messages.success(
        request,
        say("Đã nhận bản ký: mã băm trùng với hồ sơ.", "The signed copy is taken: its digest is that of the file."),
        extra_tags="good",
    )
    return HttpResponseRedirect(reverse("unit_paper", args=[edition, unit]))


def _page(request: SignedIn, unit_file: UnitFile, problem: str, status: int) -> HttpResponse:
    digest = digest_here(unit_file)
    context = {
        **frame(unit_file),
        "tree": tree(asked(unit_file.edition), unit_file, request.rights),
        "digest": digest,
        "papers": papers_of(unit_file, digest),
        "problem": problem,
        "typed": request.POST.get("digest", ""),
        "draft": unit_file.standing == "draft",
        "may_attach": unit_file.standing != "draft"
        and request.rights.may("unit.attach_signed", Target(unit_file.edition.code, unit_file.unit)),
    }
    return render(request, "collect/paper.html", context, status=status)


@require_GET
@for_people
def as_pdf(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """The self-assessment as PDF."""
    unit_file = unit_file_seen(request, edition, unit)
    return _file(unit_file, pdf_of(paper_of(asked(unit_file.edition), unit_file)), "application/pdf", "pdf")


@require_GET
@for_people
def as_word(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """The self-assessment as a Word document."""
    unit_file = unit_file_seen(request, edition, unit)
    return _file(unit_file, word_of(paper_of(asked(unit_file.edition), unit_file)), DOCX.media_type, "docx")


def _file(unit_file: UnitFile, content: bytes, media_type: str, ending: str) -> HttpResponse:
    from django.utils.http import content_disposition_header

    name = f"tu-danh-gia-{unit_file.edition.code}-{unit_file.unit}.{ending}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=media_type, headers=headers)


@require_GET
@for_people
def signed(request: SignedIn, edition: str, unit: str, pk: int) -> HttpResponseBase:
    """The bytes of a signed copy, to be kept."""
    unit_file = unit_file_seen(request, edition, unit)
    found = unit_file.signed_papers.filter(pk=pk).first()
    if found is None:
        raise Http404
    response = FileResponse(
        path_of(found.stored_as).open("rb"),
        as_attachment=True,
        filename=found.file_name,
        content_type=found.media_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
