"""The workbook of a unit: down with everything filled in, up with a preview of what would change."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.db.models import Prefetch, prefetch_related_objects
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parindex.problems import Problems, ProblemsFound
from parindex.workbooks import read_workbook
from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.collect.models import Line, cited_documents
from parindex_web.collect.queries import tree
from parindex_web.collect.uploads import Incoming, clean_name, uploads
from parindex_web.collect.views import frame
from parindex_web.collect.workbook import Plan, plan_of, write_workbook
from parindex_web.collect.workbook_actions import take_workbook
from parindex_web.editions.deadlines import closing
from parindex_web.editions.doors import SignedIn, for_people, unit_file_seen
from parindex_web.editions.models import UnitFile
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say
from parindex_web.pages.limits import limited

SALT = "parindex.workbook"
KEPT_SECONDS = 24 * 3600
"""How long a workbook waits to be confirmed."""


@require_http_methods(["GET", "POST"])
@for_people
@limited("workbook")
def workbook(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """Download and upload; an upload answers with its problems, or with what it would change."""
    unit_file = unit_file_seen(request, edition, unit)
    if request.method == "GET":
        return _page(request, unit_file)
    request.rights.refuse_unless("workbook.take", Target(edition, unit))
    files, refused = uploads(request, "workbook")
    if refused:
        return _page(request, unit_file, problems=[each.words(language()) for each in refused])
    if not files:
        return _page(request, unit_file, problems=[say("Chưa chọn tệp nào.", "No file was chosen.")])
    name = clean_name(files[0].name or "") or "workbook.xlsx"
    return _preview(request, unit_file, _Waiting(_keep(files[0]), name))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A workbook that was uploaded and waits to be confirmed."""

    stored: str
    name: str

    @property
    def path(self) -> Path:
        return _folder() / self.stored


def _folder() -> Path:
    return Path(settings.FILES) / "workbooks"


def _keep(incoming: Incoming) -> str:
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if clock.now().timestamp() - old.stat().st_mtime > KEPT_SECONDS:
            old.unlink(missing_ok=True)
    stored = secrets.token_hex(16)
    shutil.move(incoming.temporary_file_path(), folder / stored)
    return stored


def _read(unit_file: UnitFile, waiting: _Waiting) -> tuple[Plan | None, Problems]:
    problems = Problems()
    try:
        opened = read_workbook(waiting.name, waiting.path)
    except ProblemsFound as found:
        problems.extend(found.problems)
        return None, problems
    return plan_of(asked(unit_file.edition), unit_file, opened, problems), problems


def _preview(request: SignedIn, unit_file: UnitFile, waiting: _Waiting, *, stale: str = "") -> HttpResponse:
    plan, problems = _read(unit_file, waiting)
    words = [problem.words(language()) for problem in problems.sorted() if problem.kind.severity == "error"]
    notices = [problem.words(language()) for problem in problems.sorted() if problem.kind.severity == "notice"]
    if plan is None:
        waiting.path.unlink(missing_ok=True)
        return _page(request, unit_file, problems=words, notices=notices)
    token = signing.dumps(
        {"file": waiting.stored, "name": waiting.name, "plan": plan.digest, "of": unit_file.pk, "by": request.user.pk},
        salt=SALT,
    )
    more = {"plan": plan, "token": token, "name": waiting.name, "stale": stale, "notices": notices}
    return _page(request, unit_file, **more, status=409 if stale else 200)


def _page(request: SignedIn, unit_file: UnitFile, *, status: int | None = None, **more: Any) -> HttpResponse:
    target = Target(unit_file.edition.code, unit_file.unit)
    context = {
        **frame(unit_file),
        "tree": tree(asked(unit_file.edition), unit_file, request.rights),
        "closing": closing(unit_file, "self_assessment"),
        "may_take": request.rights.may("workbook.take", target),
        **more,
    }
    answer = status or (422 if more.get("problems") else 200)
    return render(request, "collect/workbook.html", context, status=answer)


@require_POST
@for_people
def take(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """Take what was shown. Where it would do something else by now, it is shown again."""
    unit_file = unit_file_seen(request, edition, unit)
    request.rights.refuse_unless("workbook.take", Target(edition, unit))
    gone = say("Bản xem trước đã hết hiệu lực: tải tệp lên lại.", "The preview has lapsed: upload the file again.")
    try:
        token = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return _page(request, unit_file, problems=[gone])
    waiting = _Waiting(str(token["file"]), str(token["name"]))
    if (token["of"], token["by"]) != (unit_file.pk, request.user.pk) or not waiting.path.is_file():
        return _page(request, unit_file, problems=[gone])
    plan, _ = _read(unit_file, waiting)
    if plan is None:
        return _preview(request, unit_file, waiting)
    try:
        count = take_workbook(by=request.user, unit_file=unit_file, plan=plan, seen=str(token["plan"]))
    except Impossible as impossible:
        return _preview(request, unit_file, waiting, stale=impossible.words(language()))
    waiting.path.unlink(missing_ok=True)
    messages.success(
        request,
        say(f"Đã nhận số liệu của {count} mục từ tệp.", f"{count} lines were taken from the workbook."),
        extra_tags="good",
    )
    return HttpResponseRedirect(reverse("unit", args=[edition, unit]))


@require_GET
@for_people
@limited("workbook_down", methods=("GET",))
def download(request: SignedIn, edition: str, unit: str) -> HttpResponseBase:
    """The unit's workbook with everything that stands on the web."""
    unit_file = unit_file_seen(request, edition, unit)
    programme = asked(unit_file.edition)
    prefetch_related_objects([unit_file], Prefetch("lines", Line.objects.prefetch_related(cited_documents())))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        write_workbook(programme, unit_file, path)
        content = path.open("rb")
    return FileResponse(content, as_attachment=True, filename=f"{edition}-{unit}.xlsx")
