"""Publishing, the published ranking, and downloads."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from parindex.language import Text
from parindex.problems import ProblemKind
from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.audit.queries import acts_since
from parindex_web.editions.doors import SignedIn, edition_seen, for_people
from parindex_web.editions.models import Edition
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say
from parindex_web.pages.limits import limited
from parindex_web.pages.typed import time_typed, whole_number
from parindex_web.results import actions
from parindex_web.results.exporting import export_edition
from parindex_web.results.models import Computation
from parindex_web.results.opened import (
    edition_of_results,
    frame,
    publications_seen,
    published_result,
    result_of,
)
from parindex_web.results.packing import zipped
from parindex_web.results.ranking import rankings_of

COMPUTED_FROM = ("line.fill", "workbook.take", "line.appraise", "line.settle", "council.close")
"""The acts that a computation would read: after one of them it is no longer the newest state."""

DECISION_MISSING = ProblemKind(
    "WEB-DECISION",
    what=Text("chưa ghi số quyết định.", "the decision is missing."),
    why=Text("Bản công bố nêu quyết định mà nó theo.", "A publication names the decision that it follows."),
    remedy=Text("Ghi số, ký hiệu và ngày của quyết định.", "Write number and day of the decision."),
)
REASON_MISSING = ProblemKind(
    "WEB-CORRECTION",
    what=Text("chưa ghi lý do đính chính.", "the reason of the correction is missing."),
    why=Text(
        "Người đọc bản trước cần biết điều gì đã sai.", "Readers of the version before need to know what was wrong."
    ),
    remedy=Text("Ghi điều được sửa và vì sao.", "Write what is corrected, and why."),
)
EMBARGO_WRONG = ProblemKind(
    "WEB-EMBARGO",
    what=Text('"{text}" không phải là một thời điểm.', '"{text}" is no time.'),
    why=Text("", ""),
    remedy=Text("Ghi ngày và giờ, hoặc để trống.", "Write day and hour, or leave it empty."),
)


@require_http_methods(["GET", "POST"])
@for_people
@limited("compute")
def publish(request: SignedIn, edition: str) -> HttpResponse:
    """What will be frozen, and the form for it; then the act itself."""
    found = edition_of_results(request, edition)
    request.rights.refuse_unless("results.publish", Target(edition))
    if request.method == "GET":
        return _publish_page(request, found, _ready(found, request.GET.get("computation", "")), {}, {})
    each = _ready(found, request.POST.get("computation", ""))
    typed = {name: request.POST.get(name, "").strip() for name in ("decision", "embargo", "reason")}
    wrong: dict[str, str] = {}
    embargo = clock.now()
    if not typed["decision"]:
        wrong["decision"] = Impossible(DECISION_MISSING).words(language())
    if not typed["reason"] and found.publications.exists():
        wrong["reason"] = Impossible(REASON_MISSING).words(language())
    if typed["embargo"]:
        try:
            embargo = _moment(typed["embargo"])
        except Impossible as impossible:
            wrong["embargo"] = impossible.words(language())
    if each is None or wrong:
        return _publish_page(request, found, each, typed, wrong, status=422)
    try:
        asked = actions.publish(
            by=request.user,
            edition=found,
            computation=each,
            decision=typed["decision"],
            reason=typed["reason"],
            embargo_until=embargo,
        )
    except Impossible as impossible:
        return _publish_page(request, found, each, typed, {"form": impossible.words(language())}, status=409)
    version = asked.version
    messages.info(
        request,
        say(f"Đang đóng băng v{version}. Trang tự cập nhật.", f"Freezing v{version}. The page renews itself."),
    )
    return HttpResponseRedirect(reverse("results", args=[edition]))


def _ready(edition: Edition, number: str) -> Computation | None:
    """The computation of that number, or the newest, where it is done."""
    done = edition.computations.filter(state="done")
    if number:
        whole = whole_number(number)
        return None if whole is None else done.filter(number=whole).first()
    return done.first()


def _moment(text: str) -> datetime:
    """A time in Vietnam. A wrong one must not become "now": what is under embargo would be public at once."""
    at = time_typed(text)
    if at is None:
        raise Impossible(EMBARGO_WRONG, text=text)
    return at


def _publish_page(
    request: SignedIn,
    edition: Edition,
    computation: Computation | None,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    result = result_of(computation)
    last = edition.publications.first()
    context: dict[str, Any] = {
        **frame(edition),
        "computation": computation,
        "last": last,
        "version": (last.version if last else 0) + 1,
        "decided": edition.stage in ("decided", "published"),
        "typed": typed,
        "wrong": wrong,
    }
    if computation is not None and result is not None:
        context |= {
            "rankings": rankings_of(result),
            "later": acts_since(edition.code, computation.asked_at, COMPUTED_FROM),
            "same": last is not None and last.computation_id == computation.pk,
        }
    return render(request, "results/publish.html", context, status=status)


@require_GET
@for_people
def published(request: SignedIn, edition: str) -> HttpResponse:
    """The published ranking, for everybody of the edition when its embargo is over."""
    found = edition_seen(request, edition)
    versions = publications_seen(request, found)
    if not versions:
        raise Http404
    newest = versions[0]
    context = {
        **frame(found),
        "publication": newest,
        "embargo": newest.embargo_until > clock.now(),
        "versions": versions,
        "rankings": rankings_of(published_result(actions.files_root() / newest.folder)),
        "own": request.rights.units(edition) or (),
        "may_export": request.rights.may("edition.export", Target(edition)),
    }
    return render(request, "results/published.html", context)


@require_GET
@for_people
@limited("export", methods=("GET",))
def publication_zip(request: SignedIn, edition: str, version: int) -> HttpResponseBase:
    """A whole publication as one .zip."""
    found = edition_seen(request, edition)
    publication = next((each for each in publications_seen(request, found) if each.version == version), None)
    if publication is None:
        raise Http404
    folder = actions.files_root() / publication.folder
    return _zip(zipped(folder, folder.name), f"v{version}.zip")


@require_GET
@for_people
@limited("export", methods=("GET",))
def edition_zip(request: SignedIn, edition: str) -> HttpResponseBase:
    """The whole edition folder as it stands now, for the library and for keeping."""
    if not request.rights.may("edition.export", Target(edition)):
        raise Http404
    found = edition_seen(request, edition)
    root = Path(tempfile.mkdtemp(prefix="export-", dir=_room()))
    try:
        export_edition(found, root / "edition", progress=lambda what, done, total: None)
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)
        raise
    return _zip(_then_removed(root), "edition.zip")


def _room() -> Path:
    room = actions.files_root() / "exports"
    room.mkdir(parents=True, exist_ok=True)
    return room


def _then_removed(root: Path) -> Iterator[bytes]:
    try:
        yield from zipped(root / "edition", "edition")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _zip(pieces: Iterator[bytes], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
