"""Pages of the self-assessment."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.collect import actions
from parindex_web.collect.models import Line
from parindex_web.collect.queries import BONUS, criterion_of, line_shown, lines_of, totals, tree
from parindex_web.collect.self_score import what_is_asked
from parindex_web.editions.deadlines import closing
from parindex_web.editions.doors import SignedIn, for_people, unit_file_seen
from parindex_web.editions.models import UnitFile
from parindex_web.editions.moves import LINE_MOVES, STANDINGS, UNIT_MOVES
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, said, say


@require_GET
@for_people
def unit(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """Overview of a unit's file: where it stands, what is done in each domain, what can be done next."""
    unit_file = unit_file_seen(request, edition, unit)
    programme = asked(unit_file.edition)
    target = Target(edition, unit)
    open_moves = [
        move
        for move in UNIT_MOVES
        if move.before == unit_file.standing
        and unit_file.edition.stage in move.stages
        and request.rights.may(move.act, target)
    ]
    context = {
        **_frame(unit_file),
        "tree": tree(programme, unit_file),
        "totals": totals(programme, unit_file),
        "standing": STANDINGS[unit_file.standing],
        "closing": closing(unit_file, "self_assessment"),
        "moves": {move.name for move in open_moves},
        "digest": actions.claims_digest(unit_file) if unit_file.standing == "consolidated" else unit_file.signed_digest,
        "may_fill": request.rights.may("line.fill", target),
    }
    return render(request, "collect/unit.html", context)


@require_GET
@for_people
def domain(request: SignedIn, edition: str, unit: str, domain: str) -> HttpResponse:
    """The lines of one domain, to fill in or to read."""
    unit_file = unit_file_seen(request, edition, unit)
    programme = asked(unit_file.edition)
    steps = tree(programme, unit_file)
    step = next((each for each in steps if each.code == domain), None)
    if step is None:
        raise Http404
    context = {
        **_frame(unit_file),
        "tree": steps,
        "domain": step,
        "lines": [
            {"shown": each, **_line_state(request, unit_file, each.line)}
            for each in lines_of(programme, unit_file, domain)
        ],
        "closing": closing(unit_file, "self_assessment"),
        "standing": STANDINGS[unit_file.standing],
    }
    return render(request, "collect/domain.html", context)


def _frame(unit_file: UnitFile) -> dict[str, Any]:
    name = unit_file.name_en if language() == "en" else unit_file.name_vi
    edition = unit_file.edition
    return {
        "edition": edition,
        "edition_name": edition.name_en if language() == "en" else edition.name_vi,
        "unit_file": unit_file,
        "unit_name": name,
    }


def _line_state(request: SignedIn, unit_file: UnitFile, line: Line) -> dict[str, Any]:
    """Whether this person may type into this line now, and the number their next save will have."""
    target = Target(unit_file.edition.code, unit_file.unit, line.domain)
    open_ = (
        unit_file.standing == "draft"
        and line.standing != "handed_in"
        and unit_file.edition.stage in ("open", "appraisal")
        and not closing(unit_file, "self_assessment", line.node).passed(clock.now())
    )
    may_fill = request.rights.may("line.fill", target)
    return {
        "open": open_ and may_fill,
        "may_hand_in": unit_file.standing == "draft" and request.rights.may("line.submit", target),
        "may_return": unit_file.standing == "draft" and request.rights.may("line.return", target),
        "key": uuid4(),
    }


def _line_seen(request: SignedIn, edition: str, unit: str, node: str) -> Line:
    unit_file = unit_file_seen(request, edition, unit)
    line = unit_file.lines.filter(node=node).first()
    if line is None:
        raise Http404
    line.unit_file = unit_file
    return line


@require_POST
@for_people
def save(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    """Save one line: from a script (answers JSON with the line drawn anew) or from the form itself."""
    line = _line_seen(request, edition, unit, node)
    programme = asked(line.unit_file.edition)
    asks = what_is_asked(programme, unit, node)
    typed = {spec.name: request.POST.get(f"{node}-{spec.name}", "") for spec in asks.inputs}
    by_script = request.headers.get("Accept", "").startswith("application/json")
    try:
        seen, key = int(request.POST["seen"]), UUID(request.POST["key"])
    except (KeyError, ValueError):
        return HttpResponse(status=400)
    try:
        line = actions.save_line(
            by=request.user,
            line=line,
            seen=seen,
            key=key,
            fields=typed,
            explanation=request.POST.get(f"{node}-explanation", ""),
            language=language(),
        )
    except actions.NotTaken as not_taken:
        shown = line_shown(programme, line, None, typed=typed, wrong=not_taken.wrong)
        return _answer(request, line, shown, by_script, 422, wrong=True)
    except actions.Conflict as conflict:
        conflict.line.unit_file = line.unit_file
        shown = line_shown(programme, conflict.line, None)
        return _answer(request, conflict.line, shown, by_script, 409, typed=typed)
    except Impossible as impossible:
        shown = line_shown(programme, line, None, typed=typed)
        return _answer(request, line, shown, by_script, 423, impossible=impossible)
    return _answer(request, line, line_shown(programme, line, None), by_script, 200)


def _answer(request: SignedIn, line: Line, shown: Any, by_script: bool, status: int, **more: Any) -> HttpResponse:
    impossible = more.get("impossible")
    problem = impossible.words(language()) if impossible else ""
    state = _line_state(request, line.unit_file, line)
    context = {"each": {"shown": shown, **state}, "status": status, "typed": more.get("typed"), "problem": problem}
    if by_script:
        html = render_to_string("collect/line.html", {**_frame(line.unit_file), **context}, request)
        body = {"status": status, "version": line.version, "html": html, "problem": problem}
        return JsonResponse(body, status=status)
    if status == 200:
        messages.success(request, say(f"Đã lưu mục {line.node}.", f"Line {line.node} is saved."))
        return HttpResponseRedirect(_domain_url(line) + f"#line-{line.node}")
    return render(request, "collect/one_line.html", {**_frame(line.unit_file), **context}, status=status)


def _domain_url(line: Line) -> str:
    unit_file = line.unit_file
    return reverse("unit_domain", args=[unit_file.edition.code, unit_file.unit, line.domain or BONUS])


@require_POST
@for_people
def line_move(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    line = _line_seen(request, edition, unit, node)
    try:
        actions.move_line(by=request.user, line=line, name=_known(request), reason=request.POST.get("reason", ""))
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    return HttpResponseRedirect(_domain_url(line) + f"#line-{node}")


def _known(request: SignedIn) -> str:
    name = request.POST.get("move", "")
    if name not in {move.name for move in LINE_MOVES}:
        raise Http404
    return name


@require_GET
@for_people
def history(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    """Everything the line ever held, newest first."""
    line = _line_seen(request, edition, unit, node)
    programme = asked(line.unit_file.edition)
    context = {
        **_frame(line.unit_file),
        "line": line,
        "asks": what_is_asked(programme, unit, node),
        "criterion": criterion_of(programme, unit, node),
        "versions": line.versions.select_related("by").order_by("-version"),
        "back": _domain_url(line),
    }
    return render(request, "collect/history.html", context)


@require_POST
@for_people
def consolidate(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    return _unit_step(request, edition, unit, lambda each: actions.consolidate(by=request.user, unit_file=each))


@require_POST
@for_people
def return_unit(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _unit_step(
        request, edition, unit, lambda each: actions.return_unit(by=request.user, unit_file=each, reason=reason)
    )


@require_POST
@for_people
def sign(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    seen = request.POST.get("digest", "")
    return _unit_step(request, edition, unit, lambda each: actions.sign(by=request.user, unit_file=each, seen=seen))


def _unit_step(request: SignedIn, edition: str, unit: str, step: Any) -> HttpResponse:
    unit_file = unit_file_seen(request, edition, unit)
    try:
        moved = step(unit_file)
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    else:
        messages.success(request, said(STANDINGS[moved.standing]).capitalize(), extra_tags="good")
    return HttpResponseRedirect(reverse("unit", args=[edition, unit]))
