"""Pages of the council: sessions, who takes part, motions, votes, minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from parindex.programme.inputs import ValueWrong
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.appraise import council as actions
from parindex_web.appraise.before_council import Put, put_to_council
from parindex_web.appraise.figures import signed
from parindex_web.appraise.minutes import minutes_of
from parindex_web.appraise.models import WAYS, Motion, Session
from parindex_web.appraise.queries import CHOICE_NAMES, WAY_NAMES, count_of, newest_votes, sessions_of
from parindex_web.appraise.views import done, frame_of, points_typed
from parindex_web.collect.models import Line
from parindex_web.collect.self_score import typed, what_is_asked
from parindex_web.editions.doors import SignedIn, edition_seen, for_people
from parindex_web.editions.models import Edition
from parindex_web.editions.places import COUNCIL_ROLES
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, said, say
from parindex_web.pages.typed import whole_number

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _council_seen(request: SignedIn, edition: str) -> Edition:
    found = edition_seen(request, edition)
    if not request.rights.roles(edition) & COUNCIL_ROLES:
        raise Http404
    return found


def _session(request: SignedIn, edition: str, number: int) -> Session:
    found = _council_seen(request, edition)
    return get_object_or_404(Session.objects.select_related("edition"), edition=found, number=number)


def _back(edition: str, number: int | None = None) -> HttpResponse:
    return HttpResponseRedirect(reverse("council", args=[edition]) + (f"#session-{number}" if number else ""))


@require_GET
@for_people
def council(request: SignedIn, edition: str) -> HttpResponse:
    """Sessions with presence, motions and votes, the newest first."""
    return _page(request, _council_seen(request, edition))


def _page(
    request: SignedIn, found: Edition, *, problem: str = "", at: int | None = None, status: int = 200
) -> HttpResponse:
    """The page of the council; after a problem with what was typed in its forms. `at`: the session it was typed in."""
    programme = asked(found)
    people = {person.pk: person for person in Person.objects.filter(duties__role="council_member").distinct()}
    rows = list(sessions_of(found))
    members = actions.members_by_day(found, {clock.today(), *(each.held_on for each in rows)})
    put = put_to_council(programme, found, [motion for each in rows for motion in each.motions.all()], language())
    target = Target(found.code)
    sits = found.stage == "council"
    unit_list = programme.edition.lists[0]
    context = {
        **frame_of(found),
        "sessions": [_shown(session, people, members[session.held_on], put, request.user.pk) for session in rows],
        "members_now": sorted(
            (people[pk] for pk in members[clock.today()] if pk in people), key=lambda each: each.full_name
        ),
        "sits": sits,
        "may_convene": sits and request.rights.may("council.convene", target),
        "may_vote": sits and request.rights.may("council.vote", target),
        "may_close": sits and request.rights.may("council.close", target),
        "units": found.unit_files.filter(standing="appraised_2"),
        "leaves": unit_list.framework.leaves,
        "ways": WAY_NAMES,
        "today": clock.today(),
        "problem": problem,
        "at": at,
        # A template would take `values` for the method of that name.
        "typed": {**request.POST.dict(), "values_typed": request.POST.get("values", "")},
    }
    return render(request, "appraise/council.html", context, status=status)


def _shown(
    session: Session, people: Mapping[int, Person], members_then: frozenset[int], put: Mapping[int, Put], person: int
) -> dict[str, Any]:
    """One session: who takes part and how, each motion with its count, and every member's vote on every motion."""
    ways = {each.person_id: each.way for each in session.attendance.all()}
    members = sorted(members_then | set(ways), key=lambda pk: people[pk].full_name)
    present = sum(way != "absent" for way in ways.values())
    motions = list(session.motions.all())
    votes = {motion.pk: newest_votes(motion) for motion in motions}
    table = [
        (
            people[pk],
            WAY_NAMES.get(ways.get(pk, "")),
            # How members vote is seen by all at once, when the vote is closed.
            [CHOICE_NAMES.get(votes[each.pk].get(pk, "")) if each.closed_at else None for each in motions],
        )
        for pk in members
    ]
    return {
        "session": session,
        "members": [(people[pk], ways.get(pk, ""), WAY_NAMES.get(ways.get(pk, ""))) for pk in members],
        "present": present,
        "quorate": present * 2 > session.members,
        "needed": session.members // 2 + 1,
        "motions": [
            {
                "motion": motion,
                "votes": count_of(motion) if motion.closed_at else None,
                "voted": len(votes[motion.pk]),
                "mine": CHOICE_NAMES.get(votes[motion.pk].get(person, "")),
                "put": put.get(motion.pk),
                "change": signed(put[motion.pk].change, language()) if motion.pk in put else "",
            }
            for motion in motions
        ],
        "table": table,
        "votes_here": person in members and ways.get(person) != "absent",
        "my_way": WAY_NAMES.get(ways.get(person, "")),
    }


@require_POST
@for_people
def convene(request: SignedIn, edition: str) -> HttpResponse:
    found = _council_seen(request, edition)
    try:
        day = date.fromisoformat(request.POST.get("held_on", ""))
    except ValueError:
        return _page(request, found, problem=say("Chưa ghi ngày họp.", "The day is missing."), status=422)
    number = whole_number(request.POST.get("chair", ""))
    chair = Person.objects.filter(pk=number).first() if number is not None else None
    try:
        session = actions.convene(
            by=request.user,
            edition=found,
            held_on=day,
            place=request.POST.get("place", ""),
            in_writing=request.POST.get("in_writing") == "yes",
            chair=chair,
        )
    except Impossible as impossible:
        return _page(request, found, problem=impossible.words(language()), status=409)
    messages.success(request, say("Đã lập phiên họp.", "The session is convened."), extra_tags="good")
    return _back(edition, session.number)


@require_POST
@for_people
def attend(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """Who is in the room, who votes in writing, who is absent."""
    session = _session(request, edition, number)
    ways = {}
    for name, way in request.POST.items():
        person = whole_number(name.removeprefix("way-"))
        if name.startswith("way-") and person is not None and way in WAYS:
            ways[person] = str(way)
    done(
        request,
        lambda: actions.attend(by=request.user, session=session, ways=ways),
        say("Đã ghi thành phần tham gia.", "Who takes part is recorded."),
    )
    return _back(edition, number)


@require_POST
@for_people
def end(request: SignedIn, edition: str, number: int) -> HttpResponse:
    session = _session(request, edition, number)
    done(
        request,
        lambda: actions.close_session(by=request.user, session=session),
        say("Đã kết thúc phiên họp.", "The session has ended."),
    )
    return _back(edition, number)


@require_GET
@for_people
def minutes(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """The minutes as a Word document, in Vietnamese: they are a state document."""
    session = _session(request, edition, number)
    return _document(minutes_of(session), f"bien-ban-{number}.docx")


@require_GET
@for_people
def reading_copy(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """A translation of the minutes, to read: it says that it is none of the minutes themselves."""
    session = _session(request, edition, number)
    return _document(minutes_of(session, "en"), f"minutes-{number}-reading-copy.docx")


def _document(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=DOCX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@for_people
def propose(request: SignedIn, edition: str, number: int) -> HttpResponse:
    session = _session(request, edition, number)
    unit, node = request.POST.get("unit", ""), request.POST.get("node", "").strip()
    line = (
        Line.objects.select_related("unit_file__edition")
        .filter(unit_file__edition=session.edition, unit_file__unit=unit, node=node)
        .first()
    )
    problem, status = "", 422
    if (unit or node) and line is None:
        problem = say(f'Không có mục "{node}" của đơn vị này.', f'This unit has no line "{node}".')
    try:
        points = points_typed(request.POST.get("points", ""))
        values = _values_typed(line, request.POST.get("values", "")) if line else {}
    except ValueWrong as wrong:
        problem = f"{said(wrong.says)} {said(wrong.remedy)}"
    except ValueError as wrong:
        problem = say(f'"{wrong}" không đúng.', f'"{wrong}" is not right.')
    if not problem:
        text = request.POST.get("text", "")
        try:
            actions.propose(by=request.user, session=session, text=text, line=line, values=values, points=points)
        except Impossible as impossible:
            problem, status = impossible.words(language()), 409
    if problem:
        return _page(request, session.edition, problem=problem, at=number, status=status)
    messages.success(request, say("Đã trình hội đồng.", "The motion is put."), extra_tags="good")
    return _back(edition, number)


def _values_typed(line: Line, text: str) -> dict[str, str]:
    """Figures as lines "name = value", by the names or labels of the inputs. Raises ValueWrong, ValueError."""
    asks = what_is_asked(asked(line.unit_file.edition), line.unit_file.unit, line.node)
    known = {spec.name: spec for spec in asks.inputs}
    known |= {label: spec for spec in asks.inputs for label in (spec.label.vi, spec.label.en)}
    values = {}
    for row in filter(None, (row.strip() for row in text.splitlines())):
        name, mark, given = row.partition("=")
        spec = known.get(name.strip())
        if spec is None or not mark:
            raise ValueError(row)
        value = typed(spec, given, language())
        if value is not None:
            values[spec.name] = value
    return values


def _motion(request: SignedIn, edition: str, pk: int) -> Motion:
    found = _council_seen(request, edition)
    return get_object_or_404(Motion.objects.select_related("session__edition"), pk=pk, session__edition=found)


@require_POST
@for_people
def vote(request: SignedIn, edition: str, motion: int) -> HttpResponse:
    found = _motion(request, edition, motion)
    choice = request.POST.get("choice", "")
    if choice not in CHOICE_NAMES:
        raise Http404
    way = "writing" if found.session.in_writing or request.POST.get("way") == "writing" else "room"
    done(
        request,
        lambda: actions.vote(by=request.user, motion=found, choice=choice, way=way),
        say("Đã ghi nhận biểu quyết.", "Your vote is recorded."),
    )
    return _back(edition, found.session.number)


@require_POST
@for_people
def close_motion(request: SignedIn, edition: str, motion: int) -> HttpResponse:
    found = _motion(request, edition, motion)
    done(
        request,
        lambda: actions.close_motion(by=request.user, motion=found),
        say("Đã chốt biểu quyết.", "The vote is closed."),
    )
    return _back(edition, found.session.number)
