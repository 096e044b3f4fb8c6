"""Writes of the council: sessions, who takes part, motions, votes, what they decide, and the decision on the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from parindex.language import Text
from parindex.problems import ProblemKind
from parindex_web import clock
from parindex_web.accounts.models import Duty, Person
from parindex_web.accounts.permissions import Target
from parindex_web.appraise.models import Attendance, Finding, Motion, Session, Vote
from parindex_web.appraise.queries import count_of
from parindex_web.audit.acts import act
from parindex_web.collect.models import Line
from parindex_web.collect.self_score import what_is_asked
from parindex_web.editions.models import Edition
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import REASON_MISSING, Impossible, listed, short, standing_said

SESSION_CLOSED = ProblemKind(
    "WEB-SESSION-CLOSED",
    what=Text("phiên họp hoặc biểu quyết này đã đóng.", "this session or vote is closed."),
    why=Text("Kết quả đã vào biên bản.", "Its result stands in the minutes."),
    remedy=Text("Trình lại ở phiên sau nếu cần.", "Put it to a later session if needed."),
)
NOT_COUNCIL = ProblemKind(
    "WEB-COUNCIL-STAGE",
    what=Text(
        "kỳ đang ở bước {stage}, hội đồng chưa họp được.", "the edition is at {stage}: the council does not sit."
    ),
    why=Text("", ""),
    remedy=Text("Chuyển kỳ sang bước hội đồng.", "Hand the edition over to the council first."),
)
NO_MEMBERS = ProblemKind(
    "WEB-COUNCIL-EMPTY",
    what=Text("ngày {day} hội đồng chưa có thành viên nào.", "on {day} the council has no member."),
    why=Text("Biểu quyết tính trên tổng số thành viên.", "Votes are counted against all members."),
    remedy=Text(
        "Nhờ quản trị tài khoản giao vai trò thành viên hội đồng.", "Have the administrator give members their role."
    ),
)
NOT_A_MEMBER = ProblemKind(
    "WEB-NOT-A-MEMBER",
    what=Text("người này không phải thành viên hội đồng vào ngày họp.", "this person is no member on the day."),
    why=Text("Chỉ thành viên của phiên họp được biểu quyết.", "Only members of the session vote."),
    remedy=Text("Kiểm tra vai trò và ngày hiệu lực.", "Check the role and its dates."),
)
ABSENT_VOTES = ProblemKind(
    "WEB-ABSENT-VOTE",
    what=Text("bạn được ghi là vắng mặt.", "you are recorded as absent."),
    why=Text("Người vắng mặt không biểu quyết.", "Who is absent does not vote."),
    remedy=Text("Nhờ thư ký ghi lại cách tham gia.", "Have the secretary record how you take part."),
)
NO_QUORUM = ProblemKind(
    "WEB-QUORUM",
    what=Text(
        "mới có {present} trong {members} thành viên tham gia, chưa quá nửa.",
        "{present} of {members} members take part: not more than half.",
    ),
    why=Text(
        "Phiên họp hợp lệ khi quá nửa thành viên tham gia, trực tiếp hoặc bằng văn bản.",
        "A session is valid when more than half take part, present or in writing.",
    ),
    remedy=Text("Ghi nhận thêm thành viên, hoặc lấy ý kiến bằng văn bản.", "Record more members, or ask in writing."),
)
MOTION_EMPTY = ProblemKind(
    "WEB-MOTION-EMPTY",
    what=Text("chưa ghi số liệu hoặc điểm đề nghị.", "no figures and no points are proposed."),
    why=Text(
        "Nội dung về một mục phải nêu điểm hoặc số liệu.", "A motion on a line says what its points or figures become."
    ),
    remedy=Text("Ghi điểm, hoặc số liệu.", "Write points, or figures."),
)
MOTION_POINTS = ProblemKind(
    "WEB-MOTION-POINTS",
    what=Text("{points} điểm nằm ngoài 0–{maximum}.", "{points} points lie outside 0–{maximum}."),
    why=Text("", ""),
    remedy=Text("Ghi điểm từ 0 đến điểm tối đa của mục.", "Write points from 0 to the maximum of the line."),
)
MOTION_UNIT = ProblemKind(
    "WEB-MOTION-UNIT",
    what=Text("hồ sơ của {unit} đang ở bước {standing}.", "the file of {unit} stands at {standing}."),
    why=Text("Hội đồng chỉ quyết mục đã thẩm định lần 2.", "The council decides on lines that were appraised twice."),
    remedy=Text("Hoàn thành thẩm định trước.", "Finish the appraisal first."),
)
MOTIONS_OPEN = ProblemKind(
    "WEB-MOTIONS-OPEN",
    what=Text("còn {count} nội dung chưa chốt biểu quyết.", "{count} motions are still open."),
    why=Text("Biên bản ghi kết quả của mọi nội dung.", "The minutes say how each ended."),
    remedy=Text("Chốt biểu quyết từng nội dung trước.", "Close the vote on each first."),
)
NOT_CARRIED = ProblemKind(
    "WEB-NOT-CARRIED",
    what=Text("hội đồng chưa thông qua toàn bộ kết quả.", "the council has not carried a motion on the whole result."),
    why=Text(
        "Quyết định dựa trên kết quả hội đồng đã thông qua, sau mọi thay đổi về từng mục.",
        "The decision rests on the whole result, carried after every change to a line.",
    ),
    remedy=Text(
        "Trình toàn bộ kết quả, biểu quyết và chốt.", "Put the whole result to the council, vote, close the vote."
    ),
)
UNITS_OPEN = ProblemKind(
    "WEB-UNITS-OPEN",
    what=Text("{count} đơn vị chưa thẩm định xong: {units}.", "{count} units are not appraised to the end: {units}."),
    why=Text("Hội đồng xem kết quả thẩm định lần 2.", "The council looks at the results of round 2."),
    remedy=Text("Kết thúc thẩm định lần 2 của các đơn vị này.", "Close round 2 of these units."),
)


def members_on(edition: Edition, day: date) -> frozenset[int]:
    """Who is a member of the council of an edition on a day."""
    duties = Duty.objects.filter(role="council_member", edition__in=["", edition.code], person__is_active=True)
    return frozenset(duty.person_id for duty in duties if duty.holds_on(day))


def members_by_day(edition: Edition, days: Iterable[date]) -> dict[date, frozenset[int]]:
    """The same for several days. One query."""
    duties = list(Duty.objects.filter(role="council_member", edition__in=["", edition.code], person__is_active=True))
    return {day: frozenset(each.person_id for each in duties if each.holds_on(day)) for day in days}


def convene(
    *, by: Person, edition: Edition, held_on: date, place: str, in_writing: bool, chair: Person | None = None
) -> Session:
    """A session of the council with as many members as hold the duty on its day. Raises Impossible, Refused."""
    with act("council.convene", by=by, target=Target(edition.code)) as record:
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        _refuse_unless_council(edition)
        members = members_on(edition, held_on)
        if not members:
            raise Impossible(NO_MEMBERS, day=held_on.strftime("%d/%m/%Y"))
        if chair is not None and chair.pk not in members:
            raise Impossible(NOT_A_MEMBER)
        number = (Session.objects.filter(edition=edition).aggregate(last=Max("number"))["last"] or 0) + 1
        session = Session.objects.create(
            edition=edition,
            number=number,
            held_on=held_on,
            place=short(place, 200),
            in_writing=in_writing,
            members=len(members),
            chair=chair,
            secretary=by,
        )
        record(
            subject=f"session:{number}",
            details={
                "held_on": held_on.isoformat(),
                "members": session.members,
                "in_writing": in_writing,
                "chair": f"person-{chair.pk}" if chair else None,
            },
        )
    return session


def attend(*, by: Person, session: Session, ways: Mapping[int, str]) -> None:
    """Record how members take part: person to room, writing or absent. Raises Impossible, Refused."""
    with act("council.attend", by=by, target=Target(session.edition.code)) as record:
        session = _open_session(session)
        members = members_on(session.edition, session.held_on)
        if not set(ways) <= members:
            raise Impossible(NOT_A_MEMBER)
        for person, way in sorted(ways.items()):
            Attendance.objects.update_or_create(session=session, person_id=person, defaults={"way": way})
        record(subject=f"session:{session.number}", details={f"person-{person}": way for person, way in ways.items()})


def propose(
    *, by: Person, session: Session, text: str, line: Line | None, values: Mapping[str, str], points: Decimal | None
) -> Motion:
    """Put a motion: values or points of one line, or the result of the whole edition. Raises Impossible, Refused."""
    if not short(text):
        raise Impossible(REASON_MISSING)
    with act("council.propose", by=by, target=Target(session.edition.code)) as record:
        session = _open_session(session)
        if line is not None:
            unit_file = line.unit_file
            if unit_file.standing != "appraised_2":
                raise Impossible(MOTION_UNIT, unit=unit_file.name_vi, standing=standing_said(unit_file.standing))
            if points is None and not values:
                raise Impossible(MOTION_EMPTY)
            maximum = what_is_asked(asked(session.edition), unit_file.unit, line.node).max_points
            if points is not None and not 0 <= points <= maximum:
                raise Impossible(MOTION_POINTS, points=points, maximum=maximum)
        else:
            # The whole result is carried as it is: figures belong to a line.
            values, points = {}, None
        number = (Motion.objects.filter(session=session).aggregate(last=Max("number"))["last"] or 0) + 1
        motion = Motion.objects.create(
            session=session, number=number, line=line, text=text.strip(), values=dict(values), points=points
        )
        at = f"{line.unit_file.unit}/{line.node}" if line else ""
        record(
            subject=f"session:{session.number}/motion:{number}",
            details={"line": at, "text": motion.text, "values": dict(values), "points": _plain(points)},
        )
    return motion


def vote(*, by: Person, motion: Motion, choice: str, way: str) -> Vote:
    """A member's vote; the newest counts while the motion is open. Raises Impossible, Refused."""
    with act("council.vote", by=by, target=Target(motion.session.edition.code)) as record:
        motion = Motion.objects.select_for_update(of=("self",)).select_related("session__edition").get(pk=motion.pk)
        session = motion.session
        if motion.closed_at is not None or session.closed_at is not None:
            raise Impossible(SESSION_CLOSED)
        _refuse_unless_council(session.edition)
        if by.pk not in members_on(session.edition, session.held_on):
            raise Impossible(NOT_A_MEMBER)
        here, _ = Attendance.objects.get_or_create(session=session, person=by, defaults={"way": way})
        if here.way == "absent":
            raise Impossible(ABSENT_VOTES)
        made = Vote.objects.create(motion=motion, person=by, choice=choice, at=clock.now())
        record(subject=f"session:{session.number}/motion:{motion.number}", details={"choice": choice, "way": here.way})
    return made


def close_motion(*, by: Person, motion: Motion) -> Motion:
    """Count the votes. Carried when more than half of all members are for it; then it decides the line."""
    with act("council.close", by=by, target=Target(motion.session.edition.code)) as record:
        motion = (
            Motion.objects.select_for_update(of=("self",))
            .select_related("session__edition", "line__unit_file")
            .get(pk=motion.pk)
        )
        session = motion.session
        if motion.closed_at is not None or session.closed_at is not None:
            raise Impossible(SESSION_CLOSED)
        _refuse_unless_council(session.edition)
        present = session.attendance.exclude(way="absent").count()
        if present * 2 <= session.members:
            raise Impossible(NO_QUORUM, present=present, members=session.members)
        votes = count_of(motion)
        motion.carried = votes.in_favour * 2 > session.members
        motion.closed_at = clock.now()
        motion.save(update_fields=["carried", "closed_at"])
        if motion.carried and motion.line is not None:
            Finding.objects.create(
                line=motion.line,
                round="council",
                outcome="adjust",
                basis="adjusted",
                values=motion.values,
                points=motion.points,
                reason=motion.text,
                by=by,
                at=motion.closed_at,
                decision=f"{session.number}/{motion.number}",
            )
        record(
            subject=f"session:{session.number}/motion:{motion.number}",
            details={
                "for": votes.in_favour,
                "against": votes.against,
                "other": votes.other,
                "members": session.members,
                "present": present,
                "carried": motion.carried,
            },
        )
    return motion


def close_session(*, by: Person, session: Session) -> Session:
    """End a session: nothing in it changes any more, and its minutes can be signed. Raises Impossible, Refused."""
    with act("council.end", by=by, target=Target(session.edition.code)) as record:
        session = _open_session(session)
        waiting = session.motions.filter(closed_at=None).count()
        if waiting:
            raise Impossible(MOTIONS_OPEN, count=waiting)
        session.closed_at = clock.now()
        session.save(update_fields=["closed_at"])
        record(
            subject=f"session:{session.number}",
            details={"present": session.attendance.exclude(way="absent").count(), "members": session.members},
        )
    return session


def refuse_unless_carried(edition: Edition) -> None:
    """The decision needs the whole result, carried after every change to a line. Raises Impossible."""
    closed = Motion.objects.filter(session__edition=edition, carried=True)
    whole = closed.filter(line=None).order_by("-closed_at").first()
    changed = closed.exclude(line=None).order_by("-closed_at").first()
    if whole is None or (changed is not None and _closed(changed) > _closed(whole)):
        raise Impossible(NOT_CARRIED)
    waiting = Motion.objects.filter(session__edition=edition, closed_at=None).count()
    if waiting:
        raise Impossible(MOTIONS_OPEN, count=waiting)


def refuse_unless_appraised(edition: Edition) -> None:
    """The council sits when no file is in the middle of its appraisal. Files never signed stay behind, unscored."""
    waiting = edition.unit_files.filter(standing__in=["signed", "appraised_1", "explaining", "explained"])
    first, count = [Text(each.name_vi, each.name_en) for each in waiting[:6]], waiting.count()
    if count:
        raise Impossible(UNITS_OPEN, count=count, units=listed(first, count, Text("đơn vị khác", "more")))


def _closed(motion: Motion) -> tuple[datetime, int]:
    assert motion.closed_at is not None
    return (motion.closed_at, motion.pk)


def _open_session(session: Session) -> Session:
    session = Session.objects.select_for_update(of=("self",)).select_related("edition").get(pk=session.pk)
    if session.closed_at is not None:
        raise Impossible(SESSION_CLOSED)
    _refuse_unless_council(session.edition)
    return session


def _refuse_unless_council(edition: Edition) -> None:
    if edition.stage != "council":
        raise Impossible(NOT_COUNCIL, stage=standing_said(edition.stage))


def _plain(points: Decimal | None) -> str | None:
    return None if points is None else format(points, "f")
