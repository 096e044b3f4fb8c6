"""Pages of the appraisal and of the council."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from parindex.documents.csv_rows import is_decimal
from parindex_web.accounts.permissions import Target
from parindex_web.appraise import actions
from parindex_web.appraise.models import Finding, Motion, Session
from parindex_web.appraise.queries import (
    OUTCOME_NAMES,
    ROUND_NAMES,
    ROUND_OF,
    appraised,
    appraised_lines,
    count_of,
    newest_findings,
    newest_replies,
    queue_of,
    sessions_of,
)
from parindex_web.collect.actions import NotTaken
from parindex_web.collect.models import Line
from parindex_web.collect.queries import line_shown
from parindex_web.collect.self_score import what_is_asked
from parindex_web.editions.doors import SignedIn, edition_seen, for_people, unit_file_seen
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.moves import STANDINGS, UNIT_MOVES
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say


def _frame(edition: Edition, unit_file: UnitFile | None = None) -> dict[str, Any]:
    english = language() == "en"
    names: dict[str, Any] = {"edition": edition, "edition_name": edition.name_en if english else edition.name_vi}
    if unit_file is not None:
        names |= {"unit_file": unit_file, "unit_name": unit_file.name_en if english else unit_file.name_vi}
    return names


def _done(request: SignedIn, act: Callable[[], object], success: str) -> None:
    try:
        act()
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    else:
        messages.success(request, success, extra_tags="good")


@require_GET
@for_people
def queue(request: SignedIn, edition: str) -> HttpResponse:
    """Units that wait for the appraiser."""
    found = edition_seen(request, edition)
    if not request.rights.roles(edition) & {"appraiser", "programme_manager", "auditor"}:
        raise Http404
    return render(request, "appraise/queue.html", {**_frame(found), "queue": queue_of(request.rights, found)})


@require_GET
@for_people
def unit_lines(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """All lines of a unit with claim, findings and replies."""
    unit_file = unit_file_seen(request, edition, unit)
    programme = asked(unit_file.edition)
    rows = appraised_lines(programme, unit_file, request.rights)
    target = Target(edition, unit)
    moves = {
        move.name
        for move in UNIT_MOVES
        if move.before == unit_file.standing
        and unit_file.edition.stage in move.stages
        and request.rights.may(move.act, target)
    }
    context = {
        **_frame(unit_file.edition, unit_file),
        "rows": rows,
        "standing": STANDINGS[unit_file.standing],
        "moves": moves,
        "outcomes": OUTCOME_NAMES,
        "found": sum(row.found is not None for row in rows),
        "claimed": sum((row.claimed or Decimal(0) for row in rows if row.line.domain), Decimal(0)),
        "appraised": sum((row.points or Decimal(0) for row in rows if row.line.domain), Decimal(0)),
    }
    return render(request, "appraise/unit.html", context)


@require_POST
@for_people
def close(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    unit_file = unit_file_seen(request, edition, unit)
    _done(
        request,
        lambda: actions.close_round(by=request.user, unit_file=unit_file, explain=True),
        say("Đã kết thúc vòng thẩm định của đơn vị.", "The round of this unit is closed."),
    )
    return HttpResponseRedirect(reverse("appraisal_unit", args=[edition, unit]))


@require_POST
@for_people
def explained(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    unit_file = unit_file_seen(request, edition, unit)
    _done(
        request,
        lambda: actions.close_explaining(by=request.user, unit_file=unit_file),
        say("Đã khóa giải trình.", "The explanations are locked."),
    )
    return HttpResponseRedirect(reverse("appraisal_unit", args=[edition, unit]))


def _line(request: SignedIn, edition: str, unit: str, node: str) -> Line:
    unit_file = unit_file_seen(request, edition, unit)
    line = unit_file.lines.filter(node=node).prefetch_related("citations__document").first()
    if line is None or not request.rights.may("line.see_appraisal", Target(edition, unit, line.domain)):
        raise Http404
    line.unit_file = unit_file
    return line


@require_GET
@for_people
def line_page(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    return _line_page(request, _line(request, edition, unit, node))


def _line_page(
    request: SignedIn, line: Line, *, status: int = 200, wrong: tuple[Any, ...] = (), problem: str = ""
) -> HttpResponse:
    unit_file = line.unit_file
    edition, unit = unit_file.edition.code, unit_file.unit
    programme = asked(unit_file.edition)
    round_ = ROUND_OF.get(unit_file.standing)
    found = newest_findings(unit_file, round_ or "appraisal_2").get(line.pk)
    earlier = newest_findings(unit_file, "appraisal_1").get(line.pk) if round_ != "appraisal_1" else None
    nodes = list(unit_file.lines.values_list("node", flat=True))
    at = nodes.index(line.node)
    typed = None
    if request.method == "POST":
        asks = what_is_asked(programme, unit, line.node)
        typed = {spec.name: request.POST.get(f"{line.node}-{spec.name}", "") for spec in asks.inputs}
    target = Target(edition, unit, line.domain)
    context = {
        **_frame(unit_file.edition, unit_file),
        "row": appraised(programme, line, found, earlier, newest_replies(unit_file).get(line.pk)),
        "shown": line_shown(programme, line, None),
        "fields": line_shown(programme, line, None, typed=typed, wrong=wrong).fields,
        "round": ROUND_NAMES.get(round_ or ""),
        "rounds": ROUND_NAMES,
        "outcomes": OUTCOME_NAMES,
        "findings": Finding.objects.filter(line=line).select_related("by").order_by("pk"),
        "open": round_ is not None
        and unit_file.edition.stage == "appraisal"
        and request.rights.may("line.appraise", target),
        "may_explain": unit_file.standing == "explaining" and request.rights.may("line.explain", target),
        "may_ask": round_ == "appraisal_1",
        "before": nodes[at - 1] if at else None,
        "after": nodes[at + 1] if at + 1 < len(nodes) else None,
        "problem": problem,
        "posted": request.POST if request.method == "POST" else {},
    }
    return render(request, "appraise/line.html", context, status=status)


def _points(text: str) -> Decimal | None:
    """Points as typed in either language's way; None for nothing. Raises Http404 for what is no number."""
    text = text.strip().replace(",", ".")
    if not text:
        return None
    if not is_decimal(text):
        raise ValueError(text)
    return Decimal(text)


@require_POST
@for_people
def find(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    line = _line(request, edition, unit, node)
    asks = what_is_asked(asked(line.unit_file.edition), unit, node)
    outcome, basis = request.POST.get("outcome", ""), request.POST.get("basis", "adjusted")
    if outcome not in OUTCOME_NAMES or basis not in ("records", "adjusted"):
        return _line_page(
            request, line, status=422, problem=say("Chưa chọn kết quả thẩm định.", "No finding is chosen.")
        )
    try:
        points = _points(request.POST.get("points", ""))
    except ValueError:
        return _line_page(request, line, status=422, problem=say("Điểm không phải là số.", "The points are no number."))
    try:
        actions.find(
            by=request.user,
            line=line,
            outcome=outcome,
            basis=basis,
            fields={spec.name: request.POST.get(f"{node}-{spec.name}", "") for spec in asks.inputs},
            points=points,
            reason=request.POST.get("reason", ""),
            language=language(),
        )
    except NotTaken as not_taken:
        return _line_page(request, line, status=422, wrong=not_taken.wrong)
    except Impossible as impossible:
        return _line_page(request, line, status=409, problem=impossible.words(language()))
    messages.success(request, say(f"Đã lưu kết quả thẩm định mục {node}.", f"The finding on {node} is saved."))
    there = request.POST.get("then") or node
    known = line.unit_file.lines.filter(node=there).exists()
    return HttpResponseRedirect(reverse("appraisal_line", args=[edition, unit, there if known else node]))


@require_POST
@for_people
def explain(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    line = _line(request, edition, unit, node)
    try:
        actions.explain_line(by=request.user, line=line, text=request.POST.get("text", ""))
    except Impossible as impossible:
        return _line_page(request, line, status=409, problem=impossible.words(language()))
    messages.success(request, say("Đã lưu giải trình.", "The explanation is saved."))
    return HttpResponseRedirect(reverse("appraisal_line", args=[edition, unit, node]))


# --- council


_COUNCIL = frozenset({"council_member", "council_secretary", "programme_manager", "auditor"})


def _council_seen(request: SignedIn, edition: str) -> Edition:
    found = edition_seen(request, edition)
    if not request.rights.roles(edition) & _COUNCIL:
        raise Http404
    return found


@require_GET
@for_people
def council(request: SignedIn, edition: str) -> HttpResponse:
    """Sessions, motions and votes."""
    found = _council_seen(request, edition)
    sessions = [
        {
            "session": session,
            "motions": [
                {
                    "motion": motion,
                    "votes": count_of(motion),
                    "mine": next(
                        (
                            vote.choice
                            for vote in sorted(motion.votes.all(), key=lambda row: -row.pk)
                            if vote.person_id == request.user.pk
                        ),
                        None,
                    ),
                }
                for motion in session.motions.all()
            ],
        }
        for session in sessions_of(found)
    ]
    target = Target(edition)
    context = {
        **_frame(found),
        "sessions": sessions,
        "may_convene": found.stage == "council" and request.rights.may("council.convene", target),
        "may_vote": request.rights.may("council.vote", target),
        "may_close": request.rights.may("council.close", target),
        "units": found.unit_files.all(),
    }
    return render(request, "appraise/council.html", context)


@require_POST
@for_people
def convene(request: SignedIn, edition: str) -> HttpResponse:
    found = _council_seen(request, edition)
    try:
        day = date.fromisoformat(request.POST.get("held_on", ""))
    except ValueError:
        messages.error(request, say("Chưa ghi ngày họp.", "The day is missing."), extra_tags="bad")
        return HttpResponseRedirect(reverse("council", args=[edition]))
    _done(
        request,
        lambda: actions.convene(
            by=request.user,
            edition=found,
            held_on=day,
            place=request.POST.get("place", ""),
            in_writing=request.POST.get("in_writing") == "yes",
        ),
        say("Đã lập phiên họp.", "The session is convened."),
    )
    return HttpResponseRedirect(reverse("council", args=[edition]))


@require_POST
@for_people
def propose(request: SignedIn, edition: str, number: int) -> HttpResponse:
    found = _council_seen(request, edition)
    session = get_object_or_404(Session, edition=found, number=number)
    unit, node = request.POST.get("unit", ""), request.POST.get("node", "").strip()
    line = (
        Line.objects.select_related("unit_file")
        .filter(unit_file__edition=found, unit_file__unit=unit, node=node)
        .first()
    )
    back = HttpResponseRedirect(reverse("council", args=[edition]))
    if (unit or node) and line is None:
        messages.error(request, say("Không có mục này.", "There is no such line."), extra_tags="bad")
        return back
    try:
        points = _points(request.POST.get("points", ""))
    except ValueError:
        messages.error(request, say("Điểm không phải là số.", "The points are no number."), extra_tags="bad")
        return back
    _done(
        request,
        lambda: actions.propose(
            by=request.user, session=session, text=request.POST.get("text", ""), line=line, values={}, points=points
        ),
        say("Đã trình hội đồng.", "The motion is put."),
    )
    return back


def _motion(request: SignedIn, edition: str, pk: int) -> Motion:
    found = _council_seen(request, edition)
    return get_object_or_404(Motion.objects.select_related("session__edition"), pk=pk, session__edition=found)


@require_POST
@for_people
def vote(request: SignedIn, edition: str, motion: int) -> HttpResponse:
    found = _motion(request, edition, motion)
    choice = request.POST.get("choice", "")
    if choice not in ("for", "against", "abstain"):
        raise Http404
    way = "writing" if found.session.in_writing else "room"
    _done(
        request,
        lambda: actions.vote(by=request.user, motion=found, choice=choice, way=way),
        say("Đã ghi nhận biểu quyết.", "Your vote is recorded."),
    )
    return HttpResponseRedirect(reverse("council", args=[edition]))


@require_POST
@for_people
def close_motion(request: SignedIn, edition: str, motion: int) -> HttpResponse:
    found = _motion(request, edition, motion)
    _done(
        request,
        lambda: actions.close_motion(by=request.user, motion=found),
        say("Đã chốt biểu quyết.", "The vote is closed."),
    )
    return HttpResponseRedirect(reverse("council", args=[edition]))
