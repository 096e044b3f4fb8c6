"""Pages of those who run the programme: new editions, and the steps of an edition."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from parindex.language import Text
from parindex.problems import ProblemKind, ProblemsFound
from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.accounts.roles import ROLES
from parindex_web.collect.uploads import FILE_LARGE
from parindex_web.editions.doors import SignedIn, edition_seen, for_people
from parindex_web.editions.models import Edition
from parindex_web.editions.moves import EDITION_MOVES, STAGES
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, said, say
from parindex_web.pages.limits import limited
from parindex_web.people.carrying import roles_to_carry
from parindex_web.people.forms import Wrong, read_day
from parindex_web.steering.actions import (
    Days,
    create_edition,
    create_next_edition,
    files_of_folder,
    look_ahead,
    move_on,
)
from parindex_web.steering.edition_zip import LARGEST_UPLOAD, MOST_FILES, ZIP_LARGE, unpacked
from parindex_web.steering.letters import DAY_NAMES

NOTHING_CHOSEN = ProblemKind(
    "WEB-NOTHING-CHOSEN",
    what=Text("chưa chọn tệp .zip hay kỳ trước.", "neither a .zip nor an earlier edition is chosen."),
    why=Text("", ""),
    remedy=Text("Chọn một trong hai.", "Choose one of them."),
)


@for_people
@limited("edition")
def new_edition(request: SignedIn) -> HttpResponse:
    """A new edition: from the .zip of an edition folder, or from last year's, shown before it is made."""
    if not request.rights.may("edition.create", Target()):
        raise Http404
    problems: list[str] = []
    ahead: dict[str, Any] = {}
    status = 200
    typed = request.POST if request.method == "POST" else request.GET
    try:
        if "last" in typed:
            ahead = _ahead(request, typed)
        if request.method == "POST":
            made = _made(request)
            messages.success(request, say("Đã tạo kỳ đánh giá.", "The edition is created."), extra_tags="good")
            return HttpResponseRedirect(reverse("edition", args=[made.code]))
    except ProblemsFound as found:
        problems, status = [each.words(language()) for each in found.problems], 422
    except Impossible as impossible:
        problems, status = [impossible.words(language())], 409
    context = {
        "problems": problems,
        "editions": Edition.objects.order_by("-year", "code"),
        "typed": typed,
        "limits": {"files": MOST_FILES, "upload": LARGEST_UPLOAD // 1_000_000},
        "today": clock.today(),
        **ahead,
    }
    return render(request, "steering/new_edition.html", context, status=status)


NAMES_SHOWN = 20
"""People that are named for each role before the edition is made; the others are counted."""


def _ahead(request: SignedIn, typed: QueryDict) -> dict[str, Any]:
    last, code, year = _chosen(typed)
    ahead = look_ahead(by=request.user, last=last, code=code, year=year)
    carried = roles_to_carry(last, by=request.user, units=ahead.units)
    rows = []
    for role, name in ROLES.items():
        again = [duty.person.full_name for duty in carried.again if duty.role == role]
        if again:
            rows.append((name, len(again), again[:NAMES_SHOWN], max(0, len(again) - NAMES_SHOWN)))
    return {
        "ahead": ahead,
        "last": last,
        "days": [(DAY_NAMES.get(name, name), before, after) for name, before, after in ahead.days],
        "roles": rows,
        "left_out": [(each.duty.person.full_name, ROLES[each.duty.role], each.why) for each in carried.left_out],  # type: ignore[index]
    }


def _chosen(typed: QueryDict) -> tuple[Edition, str, int]:
    last = Edition.objects.filter(code=typed.get("last", "")).first()
    year = typed.get("year", "")
    if last is None:
        raise Impossible(NOTHING_CHOSEN)
    whole = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0
    return last, typed.get("code", ""), whole


def _made(request: SignedIn) -> Edition:
    for handler in request.upload_handlers:
        for refused in getattr(handler, "refused", ()):
            if refused.problem.kind is FILE_LARGE:
                found, most = f"> {LARGEST_UPLOAD // 1_000_000} MB", f"{LARGEST_UPLOAD // 1_000_000} MB"
                raise Impossible(ZIP_LARGE, what=Text("tệp .zip", "the .zip"), found=found, most=most)
            raise refused
    upload = request.FILES.get("folder")
    if upload is not None:
        with unpacked(upload, upload.size or 0, upload.name or "edition.zip") as folder:
            return create_edition(by=request.user, files=files_of_folder(folder))
    last, code, year = _chosen(request.POST)
    roles = _days(request.POST) if request.POST.get("roles") == "again" else None
    return create_next_edition(by=request.user, last=last, code=code, year=year, roles=roles)


def _days(typed: QueryDict) -> Days:
    wrong = Wrong()
    first, last = read_day(typed, "valid_from", wrong), read_day(typed, "valid_until", wrong)
    if wrong:
        raise ProblemsFound(tuple(each for problems in wrong.fields.values() for each in problems))
    return Days(first or clock.today(), last)


@require_POST
@for_people
def move(request: SignedIn, edition: str) -> HttpResponse:
    found = edition_seen(request, edition)
    name = request.POST.get("move", "")
    if name == "publish" or name not in {each.name for each in EDITION_MOVES}:
        raise Http404
    try:
        moved = move_on(by=request.user, edition=found, name=name, reason=request.POST.get("reason", ""))
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    else:
        messages.success(request, said(STAGES[moved.stage]).capitalize(), extra_tags="good")
    return HttpResponseRedirect(reverse("edition", args=[edition]))
