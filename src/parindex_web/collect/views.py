"""Pages of the self-assessment."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from parindex.language import Text, fold
from parindex_web import clock
from parindex_web.accounts.permissions import Refused, Target
from parindex_web.collect import actions
from parindex_web.collect.differences import differences, versions_shown
from parindex_web.collect.last_year import claimed_before
from parindex_web.collect.models import Line
from parindex_web.collect.queries import (
    BONUS,
    LineInShort,
    LineShown,
    TypedLine,
    counts_said,
    criterion_of,
    documents_offered,
    line_shown,
    lines_in_short,
    lines_of,
    overview,
    to_mend,
    totals,
    tree,
)
from parindex_web.collect.self_score import FieldWrong, what_is_asked
from parindex_web.editions.deadlines import closing
from parindex_web.editions.doors import SignedIn, for_people, stands_in, unit_file_seen
from parindex_web.editions.models import UnitFile
from parindex_web.editions.moves import LINE_MOVES, STANDINGS, UNIT_MOVES
from parindex_web.editions.programme import Asked, asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, said, say
from parindex_web.pages.parts import drawn
from parindex_web.pages.typed import say_typed


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
    lines = lines_in_short(unit_file)
    steps = tree(programme, unit_file, request.rights, lines)
    consolidated = unit_file.standing == "consolidated"
    context = {
        **frame(unit_file),
        "tree": steps,
        "totals": totals(steps),
        "mend": to_mend(each for each in lines if each.domain),
        "uncited": unit_file.evidence.filter(removed_at=None, citations=None).count(),
        "open_lines": sum(step.lines - step.handed_in for step in steps if step.of is not None),
        "standing": STANDINGS[unit_file.standing],
        "closing": closing(unit_file, "self_assessment"),
        "moves": {move.name for move in open_moves},
        "digest": actions.claims_digest(unit_file) if consolidated else unit_file.signed_digest,
        "may_take": request.rights.may("workbook.take", target),
    }
    return render(request, "collect/unit.html", context)


@require_GET
@for_people
def domain(request: SignedIn, edition: str, unit: str, domain: str) -> HttpResponse:
    """The lines of one domain, to fill in or to read."""
    unit_file = unit_file_seen(request, edition, unit)
    programme = asked(unit_file.edition)
    steps = tree(programme, unit_file, request.rights)
    at = next((at for at, each in enumerate(steps) if each.code == domain), None)
    if at is None:
        raise Http404
    shown = lines_of(programme, unit_file, domain)
    lines = [{"shown": each, **line_state(request, unit_file, each.line)} for each in shown]
    for each in shown:
        each.line.cited = len(each.line.citations.all())  # type: ignore[attr-defined]
    open_ = any(each["open"] for each in lines)
    context = {
        **frame(unit_file),
        "up": "../../",
        "tree": steps,
        "totals": totals(steps),
        "domain": steps[at],
        "earlier": steps[at - 1] if at else None,
        "later": steps[at + 1] if at + 1 < len(steps) else None,
        "lines": lines,
        "mend": to_mend(each.line for each in shown),
        "open": open_,
        "last_saved": max((each.line.saved_at for each in shown if each.line.saved_at), default=None),
        "documents": documents_offered(unit_file) if open_ else (),
        "may_hand_in": any(each["may_hand_in"] and each["shown"].line.standing != "handed_in" for each in lines),
        "closing": closing(unit_file, "self_assessment"),
        "standing": STANDINGS[unit_file.standing],
    }
    return render(request, "collect/domain.html", context)


def frame(unit_file: UnitFile) -> dict[str, Any]:
    """What every page of a unit's file says of it."""
    name = unit_file.name_en if language() == "en" else unit_file.name_vi
    edition = unit_file.edition
    return {
        "edition": edition,
        "edition_name": edition.name_en if language() == "en" else edition.name_vi,
        "unit_file": unit_file,
        "unit_name": name,
    }


def line_state(request: SignedIn, unit_file: UnitFile, line: Line) -> dict[str, Any]:
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
    """A line with its file, in one query: saving is what most requests do."""
    if not request.rights.may("unit.see", Target(edition, unit)):
        raise Http404
    lines = Line.objects.select_related("unit_file__edition")
    line = lines.filter(unit_file__edition__code=edition, unit_file__unit=unit, node=node).first()
    if line is None:
        raise Http404
    stands_in(request, line.unit_file.edition)
    return line


@require_POST
@for_people
def save(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    """Save one line: from a script (answers JSON with the line drawn anew) or from the form itself."""
    line = _line_seen(request, edition, unit, node)
    programme = asked(line.unit_file.edition)
    typed = _typed(request, programme, line)
    draw = _Answer(request, programme, typed)
    try:
        seen, key = int(request.POST["seen"]), UUID(request.POST["key"])
    except (KeyError, ValueError):
        return draw.not_now(line, 400, said(NO_VERSION))
    try:
        saved = actions.save_line(
            by=request.user,
            line=line,
            seen=seen,
            key=key,
            fields=typed.fields,
            explanation=typed.explanation,
            citations=typed.citations,
            language=language(),
        )
    except actions.NotTaken as not_taken:
        return draw.not_taken(line, not_taken.wrong)
    except actions.Conflict as conflict:
        return draw.conflict(conflict.line)
    except actions.KeyUsed:
        return draw.not_now(line, 400, said(NO_VERSION))
    except Impossible as impossible:
        return draw.not_now(line, 423, impossible.words(language()))
    except Refused:
        return draw.not_now(line, 403, said(NO_LONGER))
    return draw.saved(saved)


NO_LONGER = Text(
    "Vai trò của bạn không ghi được mục này. Những gì vừa gõ vẫn còn trên trang này; "
    "hỏi đầu mối của đơn vị hoặc quản trị tài khoản.",
    "Your role does not let you write here. What you typed is still on this page; "
    "ask the coordinator of the unit or the administrator of accounts.",
)
NO_VERSION = Text(
    "Biểu mẫu thiếu số của lần lưu, hoặc số ấy đã dùng, nên chưa lưu được. "
    "Mở lại trang của lĩnh vực, rồi gõ lại mục này.",
    "The form lacks the number of its save, or the number was used: nothing was saved. "
    "Open the page of the domain again and type it there.",
)


def _typed(request: SignedIn, programme: Asked, line: Line) -> TypedLine:
    """What the form sent, as it was typed."""
    node = line.node
    asks = what_is_asked(programme, line.unit_file.unit, node)
    citations = None
    if f"{node}-document" in request.POST:
        named, where = request.POST.getlist(f"{node}-document"), request.POST.getlist(f"{node}-where")
        citations = list(zip(named, [*where, *[""] * len(named)], strict=False))[:CITATIONS_MOST]
    return TypedLine(
        {spec.name: request.POST.get(f"{node}-{spec.name}", "") for spec in asks.inputs},
        request.POST.get(f"{node}-explanation", ""),
        citations,
    )


CITATIONS_MOST = 60
"""Rows of evidence that one line takes."""


AROUND = ("tree", "mend", "sums")
"""What else of the page changes with a line that was saved."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The answer to a save: the line drawn anew, for a script with what else changed on the page, else as a page."""

    request: SignedIn
    programme: Asked
    typed: TypedLine

    @property
    def by_script(self) -> bool:
        return self.request.headers.get("Accept", "").startswith("application/json")

    def saved(self, line: Line) -> HttpResponse:
        if not self.by_script:
            messages.success(self.request, say(f"Đã lưu mục {line.node}.", f"Line {line.node} is saved."))
            return HttpResponseRedirect(_domain_url(line) + f"#line-{line.node}")
        return self._draw(line, self._shown(line), 200)

    def not_taken(self, line: Line, wrong: tuple[FieldWrong, ...]) -> HttpResponse:
        return self._draw(line, self._shown(line, typed=self.typed, wrong=wrong), 422)

    def conflict(self, line: Line) -> HttpResponse:
        """Both values side by side; what was typed stands in the fields, and saving it again is a choice."""
        mine = self._shown(line, typed=self.typed)
        return self._draw(line, mine, 409, conflict=list(differences(self.programme, line, self.typed)))

    def not_now(self, line: Line, status: int, problem: str) -> HttpResponse:
        return self._draw(line, self._shown(line, typed=self.typed), status, problem=problem)

    def _shown(self, line: Line, *, typed: TypedLine | None = None, wrong: tuple[FieldWrong, ...] = ()) -> LineShown:
        before = claimed_before(self.programme, line.unit_file, [line.node]).get(line.node, ())
        counted = counts_said(line)
        return line_shown(self.programme, line, None, typed=typed, wrong=wrong, before=before, counted=counted)

    def _draw(self, line: Line, shown: LineShown, status: int, **more: Any) -> HttpResponse:
        request, unit_file = self.request, line.unit_file
        state = line_state(request, unit_file, line)
        context = {**frame(unit_file), "each": {"shown": shown, **state}, "status": status, "typed": self.typed, **more}
        # Short addresses keep a page of many lines small: from a domain's page, or from that of one save.
        context["up"] = "../../" if self.by_script else "../../../"
        if not self.by_script:
            context["documents"] = documents_offered(unit_file) if state["open"] else ()
            return render(request, "collect/one_line.html", {**context, "back": _domain_url(line)}, status=status)
        body = {
            "status": status,
            "version": line.version,
            "problem": more.get("problem", ""),
        }
        if status == 200:
            lines = lines_in_short(unit_file)
            steps = tree(self.programme, unit_file, request.rights, lines)
            context |= {
                "tree": steps,
                "domain": next(step for step in steps if step.code == (line.domain or BONUS)),
                "totals": totals(steps),
                "mend": to_mend(each for each in lines if each.domain == line.domain),
            }
        parts = drawn(request, context, "line", *(AROUND if status == 200 else ()), of="collect")
        body |= {"html": parts.pop("line"), "around": parts}
        return JsonResponse(body, status=status)


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
        say_typed(request)
    return HttpResponseRedirect(_domain_url(line) + f"#line-{node}")


@require_GET
@for_people
def lines(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """All lines of the unit in short: what is handed in, returned, empty; to hand in or return many at once."""
    unit_file = unit_file_seen(request, edition, unit)
    if request.GET.get("show", "all") not in GROUPS or request.GET.get("sort", "order") not in ORDERS:
        raise Http404
    return _lines(request, unit_file)


def _lines(
    request: SignedIn, unit_file: UnitFile, *, chosen: Container[str] = (), problem: str = "", status: int = 200
) -> HttpResponse:
    """The overview, filtered and in the order that the address asks for. `chosen`: lines that stay ticked."""
    programme = asked(unit_file.edition)
    steps = tree(programme, unit_file, request.rights)
    shown, order = request.GET.get("show", "all"), request.GET.get("sort", "order")
    words, domain = request.GET.get("q", "").strip(), request.GET.get("domain", "")
    found = [
        row
        for row in overview(programme, unit_file, request.rights)
        if (not domain or domain == (row.line.domain or BONUS))
        and fold(words) in fold(f"{row.line.node} {row.name.vi} {row.name.en}")
    ]
    rows = [row for row in found if GROUPS[shown][1](row)]
    rows.sort(key=ORDERS[order][1])
    kept = {name: value for name, value in (("q", words), ("domain", domain), ("sort", order)) if value}
    draft = unit_file.standing == "draft"
    context = {
        **frame(unit_file),
        "tree": steps,
        "totals": totals(steps),
        "rows": rows,
        "groups": [
            (label, sum(map(holds, found)), name == shown, urlencode({"show": name, **kept}))
            for name, (label, holds) in GROUPS.items()
        ],
        "show": shown,
        "words": words,
        "in_domain": domain,
        "orders": [(name, label, name == order) for name, (label, _) in ORDERS.items()],
        "chosen": chosen,
        "reason": request.POST.get("reason", ""),
        "problem": problem,
        "query": urlencode({"show": shown, **kept}),
        "may_submit": draft and any(row.may_submit for row in rows),
        "may_return": draft and any(row.may_return for row in rows),
    }
    return render(request, "collect/lines.html", context, status=status)


EARLIEST: datetime = datetime(1970, 1, 1, tzinfo=UTC)

GROUPS: Mapping[str, tuple[Text, Callable[[LineInShort], bool]]] = {
    "all": (Text("Tất cả", "All"), lambda row: True),
    "handed_in": (Text("Đã gửi đầu mối", "Handed in"), lambda row: row.line.standing == "handed_in"),
    "not_handed_in": (Text("Chưa gửi", "Not handed in"), lambda row: row.line.standing != "handed_in"),
    "returned": (Text("Bị trả lại", "Returned"), lambda row: row.line.standing == "returned"),
    "open": (
        Text("Đang chấm", "Being filled in"),
        lambda row: row.line.standing == "open" and bool(row.line.values or row.line.explanation),
    ),
    "empty": (Text("Còn trống", "Empty"), lambda row: not row.line.values and not row.line.explanation),
    "incomplete": (
        Text("Chưa đủ số liệu", "Figures missing"),
        lambda row: bool(row.line.values) and row.line.points is None and not row.line.explanation,
    ),
    "unexplained": (Text("Thiếu tài liệu, giải trình", "No evidence, no explanation"), lambda row: row.unexplained),
}

ORDERS: Mapping[str, tuple[Text, Callable[[LineInShort], Any]]] = {
    "order": (Text("thứ tự bộ tiêu chí", "order of the framework"), lambda row: row.line.order),
    "lost": (Text("điểm còn thiếu nhiều nhất", "most points missing"), lambda row: row.points_held - row.max_points),
    "saved": (Text("mới lưu nhất", "saved last"), lambda row: -(row.line.saved_at or EARLIEST).timestamp()),
    "cited": (Text("ít tài liệu nhất", "fewest documents"), lambda row: row.cited),
}


@require_POST
@for_people
def lines_move(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """Hand in or return the lines that were ticked, each an act of its own; what cannot be moved is named."""
    unit_file = unit_file_seen(request, edition, unit)
    chosen = set(request.POST.getlist("node"))
    domain = request.POST.get("domain", "")
    if domain and not any(domain == (line.domain or BONUS) for line in unit_file.lines.all()):
        raise Http404
    returning = request.POST.get("move") == "return"
    act = "line.return" if returning else "line.submit"
    rows = [
        line
        for line in unit_file.lines.all()
        if (line.node in chosen or (domain and domain == (line.domain or BONUS)))
        and request.rights.may(act, Target(edition, unit, line.domain))
    ]
    moved, stopped = [], []
    for line in rows:
        line.unit_file = unit_file
        name = "return" if returning else HAND_IN.get(line.standing, "")
        if not name or (not returning and not line.version):
            continue
        try:
            actions.move_line(by=request.user, line=line, name=name, reason=request.POST.get("reason", ""))
        except Impossible as impossible:
            stopped.append((line.node, impossible.words(language())))
        else:
            moved.append(line.node)
    if stopped and not moved and not domain:
        # Nothing moved: what was ticked and typed stays.
        problems = dict.fromkeys(words for _, words in stopped)
        return _lines(request, unit_file, chosen=chosen, problem=" ".join(problems), status=422)
    if moved:
        what = say("Đã trả lại", "Returned") if returning else say("Đã gửi đầu mối", "Handed in")
        messages.success(request, f"{what}: {', '.join(moved)}.", extra_tags="good")
    if stopped or not moved:
        say_typed(request)
    for node, words in stopped[:5]:
        messages.error(request, f"{node}: {words}", extra_tags="bad")
    if not rows:
        messages.error(request, say("Chưa chọn mục nào.", "No line was chosen."), extra_tags="bad")
    elif not moved and not stopped:
        messages.error(
            request,
            say(
                "Không có mục nào để chuyển: mục chưa lưu lần nào thì chưa gửi được.",
                "There is nothing to move: a line that was never saved cannot be handed in.",
            ),
            extra_tags="bad",
        )
    if domain:
        return HttpResponseRedirect(reverse("unit_domain", args=[edition, unit, domain]))
    shown = request.GET.urlencode()
    return HttpResponseRedirect(reverse("unit_lines", args=[edition, unit]) + (f"?{shown}" if shown else ""))


HAND_IN = {"open": "hand_in", "returned": "hand_in_again"}


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
        **frame(line.unit_file),
        "line": line,
        "asks": what_is_asked(programme, unit, node),
        "criterion": criterion_of(programme, unit, node),
        "versions": versions_shown(programme, line),
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
        say_typed(request)
    else:
        messages.success(request, said(STANDINGS[moved.standing]).capitalize(), extra_tags="good")
    return HttpResponseRedirect(reverse("unit", args=[edition, unit]))
