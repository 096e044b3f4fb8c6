"""Pages of the appraisal: the queue, a unit's lines, one line with everything known of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from parindex.documents.csv_rows import is_decimal
from parindex.language import Text, number
from parindex.scoring.rule import points_in
from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.appraise import actions
from parindex_web.appraise.figures import figures_of, points_of, said_of_finding
from parindex_web.appraise.marking import Marks, blind_of, marks_in, seconds_of, seen_by, sees_open_round
from parindex_web.appraise.models import Explanation, Finding, ReusableReason
from parindex_web.appraise.queries import (
    OUTCOME_NAMES,
    ROUND_NAMES,
    ROUND_OF,
    appraised,
    appraised_lines,
    counted,
    findings_on,
    last_year,
    reasons_offered,
    rule_shown,
    worth,
)
from parindex_web.appraise.queue import (
    STANDS,
    STATES,
    Files,
    Task,
    explaining_of,
    in_order,
    next_open,
    queue_of,
    rounds_of,
    task_state,
    tasks_of,
)
from parindex_web.collect.actions import NotTaken
from parindex_web.collect.file_kinds import BY_MEDIA_TYPE, FileKind
from parindex_web.collect.models import Citation, EvidenceFile, Line
from parindex_web.collect.queries import line_shown
from parindex_web.collect.self_score import parsed, shown, what_is_asked
from parindex_web.editions.deadlines import closing
from parindex_web.editions.doors import SignedIn, edition_seen, for_people, unit_file_seen
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.moves import STANDINGS, UNIT_MOVES
from parindex_web.editions.places import QUEUE_ROLES
from parindex_web.editions.programme import Asked, asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say
from parindex_web.pages.typed import say_typed, typed_texts, whole_number

PER_PAGE = 200
MAY_HAVE_REPLIED = frozenset({"explaining", "explained", "appraised_2"})


def frame_of(edition: Edition, unit_file: UnitFile | None = None) -> dict[str, Any]:
    """The edition and unit with their names, for templates."""
    english = language() == "en"
    names: dict[str, Any] = {"edition": edition, "edition_name": edition.name_en if english else edition.name_vi}
    if unit_file is not None:
        names |= {"unit_file": unit_file, "unit_name": unit_file.name_en if english else unit_file.name_vi}
    return names


def done(request: SignedIn, act: Callable[[], object], success: str) -> None:
    """Do an act and say how it went, on the next page."""
    try:
        act()
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
        say_typed(request)
    else:
        messages.success(request, success, extra_tags="good")


def domain_names(programme: Asked) -> dict[str, Text]:
    """Every domain of the edition's frameworks, by code; bonus items under ""."""
    return {domain.code: domain.name for each in programme.edition.lists for domain in each.framework.domains}


@require_GET
@for_people
def queue(request: SignedIn, edition: str) -> HttpResponse:
    """What waits for the appraiser: units x domains, and where asked the lines themselves."""
    found = edition_seen(request, edition)
    if not request.rights.roles(edition) & QUEUE_ROLES:
        raise Http404
    programme = asked(found)
    names = domain_names(programme)
    by = "domain" if request.GET.get("by") == "domain" else "unit"
    unit, domain, state = (request.GET.get(name, "") for name in ("unit", "domain", "state"))
    files = Files.of(found)
    tasks = in_order(tasks_of(request.rights, found, request.user.pk, files), by)
    here = [each for each in tasks if unit in ("", each.unit) and domain in ("", each.domain or "bonus")]
    wanted = [
        each for each in here if state in ("", each.state) or (state == "mine" and each.state in ("open", "settle"))
    ]
    listing = bool(unit or domain or state)
    appraises = "appraiser" in request.rights.roles(edition)
    units = {each.unit: each for each in found.unit_files.prefetch_related("extensions")}
    lines = [
        {
            "task": each,
            "unit_file": units[each.unit],
            "name": what_is_asked(programme, each.unit, each.node).name,
            "state": STATES[each.state],
        }
        for each in (wanted[:PER_PAGE] if listing else ())
    ]
    counts = {name: sum(each.state == name for each in here) for name in STATES}
    kept = {"by": by, "unit": unit, "domain": domain}
    states = [(code, name, counts[code], "?" + urlencode({**kept, "state": code})) for code, name in STATES.items()]
    context = {
        **frame_of(found),
        "queue": queue_of(units.values(), tasks, [*names, ""]),
        "rounds": rounds_of(found, units.values(), tasks),
        "explaining": explaining_of(request.rights, found, files, units.values()),
        "domains": names,
        "has_bonus": any(not each.domain for each in tasks),
        "lines": lines,
        "listing": listing,
        "more": max(0, len(wanted) - PER_PAGE) if listing else 0,
        "mine": counts["open"] + counts["settle"],
        "mine_url": "?" + urlencode({**kept, "state": "mine"}),
        "all_url": "?" + urlencode(kept),
        "states": states,
        "chosen": {"by": by, "unit": unit, "domain": domain, "state": state},
        "next": next_open(wanted if listing else tasks, None) if appraises else None,
        "walk": urlencode({"by": by, "only": domain}) if domain else urlencode({"by": by}),
        "may_see_agreement": request.rights.may("appraisal.agreement", Target(edition)),
        "may_close": request.rights.may("unit.close_appraisal", Target(edition)),
        "appraises": appraises,
    }
    return render(request, "appraise/queue.html", context)


@require_GET
@for_people
def unit_lines(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    """All lines of a unit with claim, findings and replies."""
    unit_file = unit_file_seen(request, edition, unit)
    programme = asked(unit_file.edition)
    rows = appraised_lines(programme, unit_file, request.rights, request.user.pk)
    if domain := request.GET.get("domain", ""):
        rows = [row for row in rows if (row.line.domain or "bonus") == domain]
    target = Target(edition, unit)
    moves = {
        move.name
        for move in UNIT_MOVES
        if move.before == unit_file.standing
        and unit_file.edition.stage in move.stages
        and request.rights.may(move.act, target)
    }
    round_ = ROUND_OF.get(unit_file.standing, "")
    ends = closing(unit_file, round_ or "explanation")
    explaining = [row for row in rows if row.earlier is not None and row.earlier.outcome != "accept"]
    explaining = explaining if unit_file.standing == "explaining" else []
    claimed = sum((row.claimed or Decimal(0) for row in rows if row.line.domain), Decimal(0))
    points = sum((row.points or Decimal(0) for row in rows if row.line.domain), Decimal(0))
    context = {
        **frame_of(unit_file.edition, unit_file),
        "rows": rows,
        "standing": STANDINGS[unit_file.standing],
        "moves": moves,
        "outcomes": OUTCOME_NAMES,
        "found": sum(row.found is not None for row in rows),
        "unfinished": actions.lines_unfinished(unit_file) if moves & {"close_round_1", "close_round_2"} else [],
        "ends": ends if unit_file.standing in ("signed", "explaining", "explained") else None,
        "late": ends.passed(clock.now()),
        "round": round_,
        "explaining": explaining,
        "answered": sum(row.reply is not None for row in explaining),
        "unanswered": [row.line.node for row in explaining if row.reply is None],
        "may_explain": any(
            request.rights.may("line.explain", Target(edition, unit, row.line.domain)) for row in explaining
        ),
        "differing": [(row, _points_apart(row.claimed, row.points)) for row in rows],
        "claimed": claimed,
        "appraised": points,
        "apart": _points_apart(claimed, points),
        "in_queue": bool(request.rights.roles(edition) & QUEUE_ROLES),
        "domain": domain,
        "domain_name": domain_names(programme).get(domain),
        "shows_findings": sees_open_round(request.rights, unit_file, round_) if round_ else True,
    }
    return render(request, "appraise/unit.html", context)


def _points_apart(claimed: Decimal | None, found: Decimal | None) -> str:
    """How far an appraisal lies from a claim, with its sign; "" where it does not, or one is missing."""
    if claimed is None or found is None or claimed == found:
        return ""
    return ("+" if found > claimed else "−") + points_in(abs(found - claimed), language())


@require_POST
@for_people
def close(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    unit_file = unit_file_seen(request, edition, unit)
    done(
        request,
        lambda: actions.close_round(by=request.user, unit_file=unit_file, explain=True),
        say("Đã kết thúc vòng thẩm định của đơn vị.", "The round of this unit is closed."),
    )
    return HttpResponseRedirect(reverse("appraisal_unit", args=[edition, unit]))


@require_POST
@for_people
def explained(request: SignedIn, edition: str, unit: str) -> HttpResponse:
    unit_file = unit_file_seen(request, edition, unit)
    done(
        request,
        lambda: actions.close_explaining(by=request.user, unit_file=unit_file),
        say("Đã khóa giải trình.", "The explanations are locked."),
    )
    return HttpResponseRedirect(reverse("appraisal_unit", args=[edition, unit]))


def line_seen(request: SignedIn, edition: str, unit: str, node: str) -> Line:
    """The line that an address names, where the person may see its appraisal. Raises Http404."""
    return lines_seen(request, edition, unit, node)[0]


def lines_seen(request: SignedIn, edition: str, unit: str, node: str) -> tuple[Line, list[str]]:
    """The line, and the codes of all lines of the unit in order. Raises Http404."""
    unit_file = unit_file_seen(request, edition, unit)
    lines = list(unit_file.lines.all())
    line = next((each for each in lines if each.node == node), None)
    if line is None or not request.rights.may("line.see_appraisal", Target(edition, unit, line.domain)):
        raise Http404
    line.unit_file = unit_file
    prefetch_related_objects([line], Prefetch("citations", Citation.objects.select_related("document")))
    return line, [each.node for each in lines]


@require_GET
@for_people
def line_page(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    line, nodes = lines_seen(request, edition, unit, node)
    return _line_page(request, line, nodes=nodes)


def _line_page(
    request: SignedIn,
    line: Line,
    *,
    nodes: Sequence[str] = (),
    status: int = 200,
    wrong: tuple[Any, ...] = (),
    problem: str = "",
) -> HttpResponse:
    unit_file = line.unit_file
    edition, unit = unit_file.edition.code, unit_file.unit
    programme = asked(unit_file.edition)
    person = request.user.pk
    round_ = ROUND_OF.get(unit_file.standing)
    blind = blind_of(unit_file.edition)
    target = Target(edition, unit, line.domain)
    on_line = findings_on(line)
    findings = [each for each in on_line if each.line_id == line.pk]
    all_marks = marks_in(line, findings, round_ or "appraisal_2", blind)
    marks = seen_by(request.rights, unit_file, line.domain, round_ or "appraisal_2", all_marks, person)
    before = Marks(False)
    if round_ != "appraisal_1":
        before = marks_in(line, findings, "appraisal_1", blind)
        before = seen_by(request.rights, unit_file, line.domain, "appraisal_1", before, person)
    reply = None
    if unit_file.standing in MAY_HAVE_REPLIED:
        reply = line.replies.select_related("by").order_by("pk").last()
    row = appraised(programme, line, marks, before.counts, reply)
    asks = what_is_asked(programme, unit, line.node)
    last, counts = last_year(programme, line), counted(programme, line)
    mine = next((each for each in (marks.first, marks.second, marks.settled) if each and each.by_id == person), None)
    appraises = request.rights.may("line.appraise", target)
    state = ""
    if round_ is not None and unit_file.edition.stage == "appraisal":
        marker = seconds_of(person, unit_file.edition).marker(unit, line.domain)
        state = task_state(all_marks, marker, person) if appraises else ""
        if not appraises and all_marks.differ and all_marks.settled is None:
            state = "settle"
    asked_again = row.reply is not None or (before.counts is not None and before.counts.outcome == "ask")
    stands = round_ == "appraisal_2" and state == "open" and not asked_again
    settles = state == "settle" and request.rights.may("line.settle", target)
    open_ = settles or (
        appraises and (state == "open" or (state in ("done", "waiting") and not (marks.blind and all_marks.both_in)))
    )
    walk = {"by": "domain" if _chosen(request, "by") == "domain" else "unit", "only": _chosen(request, "only")}
    nodes = nodes or list(unit_file.lines.values_list("node", flat=True))
    at = nodes.index(line.node)
    may_explain = _may_explain(request, unit_file, line, before)
    context = {
        **frame_of(unit_file.edition, unit_file),
        "row": row,
        "shown": line_shown(programme, line, None),
        "figures": figures_of(programme, row, asks, last=last, counted=counts, language=language()),
        "fields": _fields(programme, line, mine or row.found or row.earlier, request, wrong),
        "entered": _entered(request, mine if open_ else None),
        "round": ROUND_NAMES.get(round_ or ""),
        "rounds": ROUND_NAMES,
        "outcomes": OUTCOME_NAMES,
        "findings": [
            {
                "finding": each,
                "round": ROUND_NAMES[each.round],
                "values": said_of_finding(asks, each, language()),
                "points": points_of(programme, row, each) if each.outcome != "ask" else None,
            }
            for each in _findings_seen(request, line, findings, marks, round_)
        ],
        "last": last,
        "counted": counts,
        "rule": rule_shown(programme, unit, line.node),
        "evidence": _evidence(line),
        "reply_evidence": _cited_in(unit_file, row.reply) if row.reply else (),
        "open": open_,
        "settles": settles,
        "state": STANDS if stands else STATES.get(state),
        "blind": marks.blind,
        "mine": mine,
        "may_explain": may_explain,
        "typed": () if open_ or may_explain else typed_texts(request),
        "to_explain": before.counts if may_explain else None,
        "documents": _documents_to_cite(unit_file, row.reply) if may_explain else ((), ()),
        "explain_until": closing(unit_file, "explanation", line.node),
        "reasons": reasons_offered(request.rights, line, on_line, blind, person) if open_ else (),
        "may_ask": round_ == "appraisal_1",
        "before": nodes[at - 1] if at else None,
        "after": nodes[at + 1] if at + 1 < len(nodes) else None,
        "place": (at + 1, len(nodes)),
        "walk": walk,
        "walk_query": urlencode(walk),
        "problem": problem,
        "wrong": wrong,
        "ends": closing(unit_file, round_, line.node) if round_ else None,
        "in_queue": bool(request.rights.roles(edition) & QUEUE_ROLES),
        "may_see_record": request.rights.may("audit.see", Target(edition, unit)),
    }
    return render(request, "appraise/line.html", context, status=status)


def _entered(request: SignedIn, mine: Finding | None) -> dict[str, str]:
    """What stands in the form: as typed, else as the person's own finding has it."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in ("outcome", "points", "basis", "reason", "text")}
    if mine is None:
        return {}
    points = "" if mine.points is None else number(mine.points.normalize(), language())
    return {"outcome": mine.outcome, "points": points, "basis": mine.basis, "reason": mine.reason}


def _evidence(line: Line) -> list[tuple[Citation, FileKind]]:
    """What the claim cites, each with how a page can show it."""
    return [(each, BY_MEDIA_TYPE[each.document.media_type]) for each in line.citations.all()]


def _cited_in(unit_file: UnitFile, reply: Explanation) -> list[tuple[EvidenceFile, FileKind, str]]:
    """The documents of a reply with section and page."""
    where = {each["document"]: each["locator"] for each in reply.citations}
    rows = unit_file.evidence.filter(number__in=list(where)).order_by("number")
    return [(each, BY_MEDIA_TYPE[each.media_type], where[each.number]) for each in rows]


DOCUMENTS_IN_SIGHT = 5


def _documents_to_cite(
    unit_file: UnitFile, reply: Explanation | None
) -> tuple[list[tuple[EvidenceFile, bool, str]], list[tuple[EvidenceFile, bool, str]]]:
    """The documents that a reply may cite: those it cites already and the newest, then the others."""
    where = {each["document"]: each["locator"] for each in reply.citations} if reply else {}
    rows = list(unit_file.evidence.filter(removed_at=None).order_by("-number"))
    rows.sort(key=lambda each: each.number not in where)
    cited = [(each, each.number in where, where.get(each.number, "")) for each in rows]
    sight = max(DOCUMENTS_IN_SIGHT, len(where))
    return cited[:sight], cited[sight:]


def _may_explain(request: SignedIn, unit_file: UnitFile, line: Line, before: Marks) -> bool:
    finding = before.counts
    return (
        unit_file.standing == "explaining"
        and finding is not None
        and finding.outcome != "accept"
        and request.rights.may("line.explain", Target(unit_file.edition.code, unit_file.unit, line.domain))
    )


def _chosen(request: SignedIn, name: str) -> str:
    given: str = (request.POST if request.method == "POST" else request.GET).get(name, "")
    return given


def _fields(
    programme: Asked, line: Line, finding: Finding | None, request: SignedIn, wrong: tuple[Any, ...]
) -> tuple[Any, ...]:
    """The fields of an adjustment: as typed, else as the finding that stands has them, else as claimed."""
    asks = what_is_asked(programme, line.unit_file.unit, line.node)
    if request.method == "POST":
        typed = {spec.name: request.POST.get(f"{line.node}-{spec.name}", "") for spec in asks.inputs}
        return line_shown(programme, line, None, typed=typed, wrong=wrong).fields
    if finding is None or not finding.values:
        return line_shown(programme, line, None).fields
    values = parsed(asks, {**line.values, **finding.values})
    texts = {name: shown(value, language()) for name, value in values.items()}
    return line_shown(programme, line, None, typed=texts).fields


def _findings_seen(
    request: SignedIn, line: Line, findings: list[Finding], marks: Marks, round_: str | None
) -> list[Finding]:
    """Those findings on the line that the person may see now."""
    open_ = {each.pk for each in (marks.first, marks.second, marks.settled) if each is not None}
    hides = round_ is not None and marks.blind and not marks.both_in and not marks.settled
    found = []
    for each in findings:
        if not sees_open_round(request.rights, line.unit_file, each.round):
            continue
        if hides and each.round == round_ and each.pk not in open_ and each.by_id != request.user.pk:
            continue
        found.append(each)
    return found


def points_typed(text: str) -> Decimal | None:
    """Points as typed in either language's way; None for nothing. Raises ValueError for what is no number."""
    text = text.strip().replace(",", ".")
    if not text:
        return None
    if not is_decimal(text):
        raise ValueError(text)
    return Decimal(text)


@require_POST
@for_people
def find(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    """Save what was found, or what settles two findings that differ, and go on to the next open line."""
    line = line_seen(request, edition, unit, node)
    asks = what_is_asked(asked(line.unit_file.edition), unit, node)
    outcome, basis = request.POST.get("outcome", ""), request.POST.get("basis", "adjusted")
    if outcome not in OUTCOME_NAMES or basis not in ("records", "adjusted"):
        return _line_page(
            request, line, status=422, problem=say("Chưa chọn kết quả thẩm định.", "No finding is chosen.")
        )
    try:
        points = points_typed(request.POST.get("points", ""))
    except ValueError:
        return _line_page(request, line, status=422, problem=say("Điểm không phải là số.", "The points are no number."))
    reason = request.POST.get("reason", "").strip()
    kept = request.POST.get("kept", "").strip()
    if (number := whole_number(kept)) is not None:
        again = ReusableReason.objects.filter(person=request.user, pk=number).first()
        kept = again.text if again else ""
    reason = " ".join(filter(None, (kept if kept not in reason else "", reason)))
    act = actions.settle if request.POST.get("act") == "settle" else actions.find
    try:
        finding = act(
            by=request.user,
            line=line,
            outcome=outcome,
            basis=basis,
            fields={spec.name: request.POST.get(f"{node}-{spec.name}", "") for spec in asks.inputs},
            points=points,
            reason=reason,
            language=language(),
        )
        if request.POST.get("keep") == "yes" and reason:
            actions.keep_reason(by=request.user, edition=line.unit_file.edition, text=reason)
    except NotTaken as not_taken:
        return _line_page(request, line, status=422, wrong=not_taken.wrong)
    except Impossible as impossible:
        return _line_page(request, line, status=409, problem=impossible.words(language()))
    messages.success(request, _saved(request, line, finding), extra_tags="good")
    return HttpResponseRedirect(_next_url(request, line))


def _saved(request: SignedIn, line: Line, finding: Finding) -> str:
    """What was saved, in one line, with the way back to it while the round is open."""
    unit_file = line.unit_file
    asks = what_is_asked(asked(unit_file.edition), unit_file.unit, line.node)
    points, _ = worth(asked(unit_file.edition), line, finding)
    earns = f"{points_in(points, language())}/{points_in(asks.max_points, language())}" if points is not None else "–"
    words = OUTCOME_NAMES[finding.outcome].in_(language())
    unit = say(unit_file.name_vi, unit_file.name_en)
    said = (
        say(
            f"Đã lưu kết quả thẩm định mục {line.node}, {unit}: {words}, {earns} điểm.",
            f"The finding on {line.node}, {unit}, is saved: {words}, {earns} points.",
        )
        if finding.outcome != "ask"
        else say(
            f"Đã lưu kết quả thẩm định mục {line.node}, {unit}: {words}.",
            f"The finding on {line.node}, {unit}, is saved: {words}.",
        )
    )
    there = reverse("appraisal_line", args=[unit_file.edition.code, unit_file.unit, line.node])
    query = urlencode({"by": _chosen(request, "by"), "only": _chosen(request, "only")})
    again = say("Xem lại, sửa", "Look again, change")
    return format_html('{} <a id="undo" href="{}?{}">{}</a>', said, there, query, again)


def _next_url(request: SignedIn, line: Line) -> str:
    """The next open line in the way the person works, else the queue."""
    edition = line.unit_file.edition
    by, only = _chosen(request, "by"), _chosen(request, "only")
    tasks = _walk(request, edition, by, only)
    upcoming = next_open(tasks, (line.unit_file.unit, line.node))
    if upcoming is None or request.POST.get("stay") == "yes":
        return reverse("appraisal_line", args=[edition.code, line.unit_file.unit, line.node])
    there = reverse("appraisal_line", args=[edition.code, upcoming.unit, upcoming.node])
    return f"{there}?{urlencode({'by': by, 'only': only})}" if by or only else there


def _walk(request: SignedIn, edition: Edition, by: str, only: str) -> list[Task]:
    """The lines in the order in which the person works. Who does not appraise goes where a third person settles."""
    tasks = in_order(tasks_of(request.rights, edition, request.user.pk), by)
    appraises = "appraiser" in request.rights.roles(edition.code)
    return [each for each in tasks if only in ("", each.domain or "bonus") and (appraises or each.state == "settle")]


@require_GET
@for_people
def next_line(request: SignedIn, edition: str) -> HttpResponse:
    """To the next open line after the one named, or back to the queue when all are done."""
    found = edition_seen(request, edition)
    by, only = request.GET.get("by", ""), request.GET.get("only", "")
    tasks = _walk(request, found, by, only)
    upcoming = next_open(tasks, (request.GET.get("unit", ""), request.GET.get("node", "")))
    if upcoming is None:
        messages.success(request, say("Không còn mục nào chờ bạn.", "No line waits for you."), extra_tags="good")
        return HttpResponseRedirect(reverse("appraisal", args=[edition]))
    there = reverse("appraisal_line", args=[edition, upcoming.unit, upcoming.node])
    return HttpResponseRedirect(f"{there}?{urlencode({'by': by, 'only': only})}")


@require_POST
@for_people
def explain(request: SignedIn, edition: str, unit: str, node: str) -> HttpResponse:
    line = line_seen(request, edition, unit, node)
    chosen = [number for each in request.POST.getlist("document") if (number := whole_number(each)) is not None]
    cited = [(number, request.POST.get(f"locator-{number}", "")) for number in chosen]
    try:
        actions.explain_line(by=request.user, line=line, text=request.POST.get("text", ""), cited=cited)
    except Impossible as impossible:
        return _line_page(request, line, status=409, problem=impossible.words(language()))
    messages.success(request, say("Đã lưu giải trình.", "The explanation is saved."))
    return HttpResponseRedirect(reverse("appraisal_line", args=[edition, unit, node]))


@require_POST
@for_people
def reason_drop(request: SignedIn, edition: str, reason: int) -> HttpResponse:
    found = edition_seen(request, edition)
    kept = get_object_or_404(ReusableReason, pk=reason, person=request.user)
    actions.drop_reason(by=request.user, edition=found, reason=kept)
    return HttpResponseRedirect(reverse("reasons", args=[edition]))


@for_people
def reasons(request: SignedIn, edition: str) -> HttpResponse:
    """An appraiser's own reusable texts: to add and to take away."""
    found = edition_seen(request, edition)
    if not request.rights.may("reason.keep", Target(edition)):
        raise Http404
    if request.method == "POST":
        done(
            request,
            lambda: actions.keep_reason(by=request.user, edition=found, text=request.POST.get("text", "")),
            say("Đã giữ lý do.", "The reason is kept."),
        )
        return HttpResponseRedirect(reverse("reasons", args=[edition]))
    kept = ReusableReason.objects.filter(person=request.user).order_by("text")
    return render(request, "appraise/reasons.html", {**frame_of(found), "reasons": kept})
