"""Pages of the council: sessions, who takes part, motions, votes, minutes."""

from __future__ import annotations

from datetime import date

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
from parindex_web.pages.languages import language, said, say

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
    found = _council_seen(request, edition)
    programme = asked(found)
    people = {person.pk: person for person in Person.objects.filter(duties__role="council_member").distinct()}
    sessions = []
    for session in sessions_of(found):
        ways = {each.person_id: each.way for each in session.attendance.all()}
        members = sorted(actions.members_on(found, session.held_on) | set(ways), key=lambda pk: people[pk].full_name)
        present = sum(way != "absent" for way in ways.values())
        motions = []
        for motion in session.motions.all():
            votes = newest_votes(motion)
            asks = what_is_asked(programme, motion.line.unit_file.unit, motion.line.node) if motion.line else None
            motions.append(
                {
                    "motion": motion,
                    "votes": count_of(motion),
                    "mine": CHOICE_NAMES.get(votes.get(request.user.pk, "")),
                    "by_member": [(people[pk].full_name, CHOICE_NAMES[choice]) for pk, choice in votes.items()],
                    "name": asks.name if asks else None,
                    "values": [
                        (spec.label, motion.values[spec.name]) for spec in asks.inputs if spec.name in motion.values
                    ]
                    if asks
                    else [],
                }
            )
        sessions.append(
            {
                "session": session,
                "members": [(people[pk], ways.get(pk, ""), WAY_NAMES.get(ways.get(pk, ""))) for pk in members],
                "present": present,
                "quorate": present * 2 > session.members,
                "motions": motions,
                "votes_here": request.user.pk in members and ways.get(request.user.pk) != "absent",
            }
        )
    target = Target(edition)
    sits = found.stage == "council"
    context = {
        **frame_of(found),
        "sessions": sessions,
        "members_now": [people[pk] for pk in actions.members_on(found, clock.today()) if pk in people],
        "sits": sits,
        "may_convene": sits and request.rights.may("council.convene", target),
        "may_vote": sits and request.rights.may("council.vote", target),
        "may_close": sits and request.rights.may("council.close", target),
        "units": found.unit_files.filter(standing="appraised_2"),
        "ways": WAY_NAMES,
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
        return _back(edition)
    number = request.POST.get("chair", "")
    chair = Person.objects.filter(pk=int(number)).first() if number.isdigit() else None
    done(
        request,
        lambda: actions.convene(
            by=request.user,
            edition=found,
            held_on=day,
            place=request.POST.get("place", "")[:200],
            in_writing=request.POST.get("in_writing") == "yes",
            chair=chair,
        ),
        say("Đã lập phiên họp.", "The session is convened."),
    )
    return _back(edition)


@require_POST
@for_people
def attend(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """Who is in the room, who votes in writing, who is absent."""
    session = _session(request, edition, number)
    ways = {}
    for name, way in request.POST.items():
        person = name.removeprefix("way-")
        if name.startswith("way-") and person.isdigit() and way in WAYS:
            ways[int(person)] = str(way)
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
    response = HttpResponse(minutes_of(session), content_type=DOCX)
    response["Content-Disposition"] = f'attachment; filename="bien-ban-{number}.docx"'
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
    if (unit or node) and line is None:
        messages.error(request, say("Không có mục này.", "There is no such line."), extra_tags="bad")
        return _back(edition, number)
    try:
        points = points_typed(request.POST.get("points", ""))
        values = _values_typed(line, request.POST.get("values", "")) if line else {}
    except ValueWrong as wrong:
        messages.error(request, f"{said(wrong.says)} {said(wrong.remedy)}", extra_tags="bad")
        return _back(edition, number)
    except ValueError as wrong:
        messages.error(request, say(f'"{wrong}" không đúng.', f'"{wrong}" is not right.'), extra_tags="bad")
        return _back(edition, number)
    done(
        request,
        lambda: actions.propose(
            by=request.user,
            session=session,
            text=request.POST.get("text", ""),
            line=line,
            values=values,
            points=points,
        ),
        say("Đã trình hội đồng.", "The motion is put."),
    )
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
