"""Writes of the appraisal: findings, closing a round, explanations, and the council's sessions, motions and votes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Max

from parindex.language import Language, Text
from parindex.problems import ProblemKind
from parindex.programme.inputs import ValueWrong
from parindex_web import clock
from parindex_web.accounts.models import Duty, Person
from parindex_web.accounts.permissions import Target
from parindex_web.appraise.models import Attendance, Explanation, Finding, Motion, Session, Vote
from parindex_web.appraise.queries import ROUND_OF, count_of, newest_findings
from parindex_web.audit.acts import act
from parindex_web.collect.actions import NotTaken
from parindex_web.collect.models import Line
from parindex_web.collect.self_score import FieldWrong, check_together, typed, what_is_asked
from parindex_web.editions.deadlines import closing
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.moves import UNIT_MOVES, move_named
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import REASON_MISSING, Impossible, locked, standing_said, step

NOT_IN_ROUND = ProblemKind(
    "WEB-ROUND",
    what=Text(
        "hồ sơ đang ở bước {standing}, không thẩm định được.", "the file stands at {standing}: it is not appraised now."
    ),
    why=Text("Mỗi vòng chỉ mở ở một bước.", "Each round is open at one step only."),
    remedy=Text("Tải lại trang để xem bước hiện tại.", "Load the page again to see the present step."),
)
ROUND_LATE = ProblemKind(
    "WEB-ROUND-LATE",
    what=Text("đã hết hạn ({at}).", "the deadline has passed ({at})."),
    why=Text("Thời hạn tự khóa.", "Deadlines lock by themselves."),
    remedy=Text("Đề nghị gia hạn kèm lý do.", "Ask for more time, with the reason."),
)
ROUND_UNFINISHED = ProblemKind(
    "WEB-ROUND-UNFINISHED",
    what=Text("còn {count} mục chưa thẩm định: {nodes}.", "{count} lines are not appraised yet: {nodes}."),
    why=Text("Vòng chỉ kết thúc khi mọi mục đã có kết quả.", "A round closes when every line has a finding."),
    remedy=Text("Thẩm định các mục này.", "Appraise these lines."),
)
SECOND_ASKS = ProblemKind(
    "WEB-SECOND-ASKS",
    what=Text("vòng 2 không hỏi lại đơn vị.", "round 2 asks the unit no more."),
    why=Text("Điểm của vòng 2 là điểm thẩm định.", "The score of round 2 is the one that counts."),
    remedy=Text("Chấp nhận hoặc điều chỉnh.", "Accept or adjust."),
)
NO_CHANGE = ProblemKind(
    "WEB-NO-CHANGE",
    what=Text(
        "điều chỉnh nhưng không đổi số liệu hay điểm nào.", "this adjusts, and changes neither figures nor points."
    ),
    why=Text("", ""),
    remedy=Text("Chọn Chấp nhận, hoặc ghi số liệu đúng.", "Choose Accept, or write the right figures."),
)
POINTS_BEYOND = ProblemKind(
    "WEB-POINTS",
    what=Text("{points} điểm nằm ngoài 0–{maximum}.", "{points} points lie outside 0–{maximum}."),
    why=Text("", ""),
    remedy=Text("Ghi điểm từ 0 đến điểm tối đa của mục.", "Write points from 0 to the maximum of the line."),
)
NOT_ASKED = ProblemKind(
    "WEB-NOT-ASKED",
    what=Text("mục này không mở giải trình.", "this line takes no explanation."),
    why=Text(
        "Chỉ giải trình khi hồ sơ đang ở bước giải trình.", "Explanations are taken while the file is explaining."
    ),
    remedy=Text("Tải lại trang để xem bước hiện tại.", "Load the page again to see the present step."),
)
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


def find(
    *,
    by: Person,
    line: Line,
    outcome: str,
    basis: str,
    fields: Mapping[str, str],
    points: Decimal | None,
    reason: str,
    language: Language,
    marker: int = 1,
) -> Finding:
    """Record what an appraiser found on one line in the open round. Raises NotTaken, Impossible, Refused."""
    unit_file = line.unit_file
    asks = what_is_asked(asked(unit_file.edition), unit_file.unit, line.node)
    values: dict[str, str] = {}
    if outcome == "adjust":
        wrong = []
        for spec in asks.inputs:
            try:
                value = typed(spec, fields.get(spec.name, ""), language)
            except ValueWrong as mistake:
                wrong.append(FieldWrong(spec.name, mistake.says, mistake.remedy))
                continue
            if value is not None:
                values[spec.name] = value
        wrong += check_together(asks, {**line.values, **values}, language) if not wrong else []
        if wrong:
            raise NotTaken(wrong)
        if points is not None and not 0 <= points <= asks.max_points:
            raise Impossible(POINTS_BEYOND, points=points, maximum=asks.max_points)
    with act("line.appraise", by=by, target=Target(unit_file.edition.code, unit_file.unit, line.domain)) as record:
        unit_file = locked(unit_file)
        round_ = ROUND_OF.get(unit_file.standing)
        if round_ is None or unit_file.edition.stage != "appraisal":
            raise Impossible(NOT_IN_ROUND, standing=standing_said(unit_file.standing))
        end = closing(unit_file, round_, line.node)
        if end.passed(clock.now()):
            raise Impossible(ROUND_LATE, at=end.at)
        if outcome != "accept" and not reason.strip():
            raise Impossible(REASON_MISSING)
        if outcome == "ask" and round_ == "appraisal_2":
            raise Impossible(SECOND_ASKS)
        changed = {name: value for name, value in values.items() if line.values.get(name) != value}
        if outcome == "adjust" and not changed and points is None:
            raise Impossible(NO_CHANGE)
        finding = Finding.objects.create(
            line=line,
            round=round_,
            marker=marker,
            outcome=outcome,
            basis="answer" if outcome == "accept" else basis,
            values=changed,
            points=points if outcome == "adjust" else None,
            reason=reason.strip(),
            by=by,
            at=clock.now(),
        )
        record(
            subject=line.node,
            details={
                "round": round_,
                "marker": marker,
                "outcome": outcome,
                "basis": finding.basis,
                "values": changed,
                "points": None if finding.points is None else format(finding.points, "f"),
                "reason": finding.reason,
            },
        )
    return finding


def close_round(*, by: Person, unit_file: UnitFile, explain: bool) -> UnitFile:
    """Close the open round of a unit. After round 1, `explain` opens the explanations at once."""
    round_ = ROUND_OF.get(unit_file.standing)
    move = move_named(UNIT_MOVES, "close_round_2" if round_ == "appraisal_2" else "close_round_1")
    with act(move.act, by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
        unit_file = locked(unit_file)
        found = newest_findings(unit_file, ROUND_OF.get(unit_file.standing, ""))
        open_lines = [line.node for line in unit_file.lines.all() if _needs_finding(line) and line.pk not in found]
        if open_lines and unit_file.standing == "signed":
            raise Impossible(ROUND_UNFINISHED, count=len(open_lines), nodes=", ".join(open_lines[:8]))
        step(unit_file, move, "")
        taken = [move.name]
        if explain and move.name == "close_round_1":
            step(unit_file, move_named(UNIT_MOVES, "ask"), "")
            taken.append("ask")
        record(details={"moves": taken, "to": unit_file.standing})
    return unit_file


def _needs_finding(line: Line) -> bool:
    return bool(line.domain or line.values)


def explain_line(*, by: Person, line: Line, text: str) -> Explanation:
    """What the unit answers to the finding of round 1. Raises Impossible, Refused."""
    unit_file = line.unit_file
    if not text.strip():
        raise Impossible(REASON_MISSING)
    with act("line.explain", by=by, target=Target(unit_file.edition.code, unit_file.unit, line.domain)) as record:
        unit_file = locked(unit_file)
        if unit_file.standing != "explaining":
            raise Impossible(NOT_ASKED)
        end = closing(unit_file, "explanation", line.node)
        if end.passed(clock.now()):
            raise Impossible(ROUND_LATE, at=end.at)
        reply = Explanation.objects.create(line=line, text=text.strip(), by=by, at=clock.now())
        record(subject=line.node, details={"text": reply.text})
    return reply


def close_explaining(*, by: Person, unit_file: UnitFile) -> UnitFile:
    """Lock the explanations of a unit."""
    move = move_named(UNIT_MOVES, "explained")
    with act(move.act, by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
        unit_file = locked(unit_file)
        step(unit_file, move, "")
        record(details={"move": move.name, "from": move.before, "to": move.after})
    return unit_file


# --- council


def convene(*, by: Person, edition: Edition, held_on: date, place: str, in_writing: bool) -> Session:
    """A session of the council with as many members as hold the duty on its day."""
    with act("council.convene", by=by, target=Target(edition.code)) as record:
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        _refuse_unless_council(edition)
        number = (Session.objects.filter(edition=edition).aggregate(last=Max("number"))["last"] or 0) + 1
        session = Session.objects.create(
            edition=edition,
            number=number,
            held_on=held_on,
            place=place.strip(),
            in_writing=in_writing,
            members=len(members_on(edition, held_on)),
        )
        record(subject=f"session:{number}", details={"held_on": held_on.isoformat(), "members": session.members})
    return session


def members_on(edition: Edition, day: date) -> frozenset[int]:
    """Who is a member of the council of an edition on a day."""
    duties = Duty.objects.filter(role="council_member", edition__in=["", edition.code], person__is_active=True)
    return frozenset(duty.person_id for duty in duties if duty.holds_on(day))


def propose(
    *, by: Person, session: Session, text: str, line: Line | None, values: Mapping[str, str], points: Decimal | None
) -> Motion:
    """Put a motion: values or points of one line, or the result of the whole edition."""
    if not text.strip():
        raise Impossible(REASON_MISSING)
    with act("council.propose", by=by, target=Target(session.edition.code)) as record:
        session = Session.objects.select_for_update().get(pk=session.pk)
        _refuse_unless_council(session.edition)
        if session.closed_at is not None:
            raise Impossible(SESSION_CLOSED)
        number = (Motion.objects.filter(session=session).aggregate(last=Max("number"))["last"] or 0) + 1
        motion = Motion.objects.create(
            session=session, number=number, line=line, text=text.strip(), values=dict(values), points=points
        )
        subject = f"session:{session.number}/motion:{number}"
        at = f"{line.unit_file.unit}/{line.node}" if line else ""
        record(
            subject=subject, details={"line": at, "text": motion.text, "values": dict(values), "points": _plain(points)}
        )
    return motion


def vote(*, by: Person, motion: Motion, choice: str, way: str) -> Vote:
    """A member's vote; the newest counts while the motion is open."""
    with act("council.vote", by=by, target=Target(motion.session.edition.code)) as record:
        motion = Motion.objects.select_for_update(of=("self",)).select_related("session__edition").get(pk=motion.pk)
        if motion.closed_at is not None or motion.session.closed_at is not None:
            raise Impossible(SESSION_CLOSED)
        Attendance.objects.get_or_create(session=motion.session, person=by, defaults={"way": way})
        made = Vote.objects.create(motion=motion, person=by, choice=choice, at=clock.now())
        record(
            subject=f"session:{motion.session.number}/motion:{motion.number}", details={"choice": choice, "way": way}
        )
    return made


def close_motion(*, by: Person, motion: Motion) -> Motion:
    """Count the votes. Carried when more than half of all members are for it; then it decides the line."""
    with act("council.close", by=by, target=Target(motion.session.edition.code)) as record:
        motion = (
            Motion.objects.select_for_update(of=("self",))
            .select_related("session__edition", "line__unit_file")
            .get(pk=motion.pk)
        )
        if motion.closed_at is not None:
            raise Impossible(SESSION_CLOSED)
        votes = count_of(motion)
        motion.carried = votes.in_favour * 2 > motion.session.members
        motion.closed_at = clock.now()
        motion.save(update_fields=["carried", "closed_at"])
        sets_something = bool(motion.values) or motion.points is not None
        if motion.carried and motion.line is not None and sets_something:
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
                decision=f"{motion.session.number}/{motion.number}",
            )
        record(
            subject=f"session:{motion.session.number}/motion:{motion.number}",
            details={
                "for": votes.in_favour,
                "against": votes.against,
                "other": votes.other,
                "members": motion.session.members,
                "carried": motion.carried,
            },
        )
    return motion


def _refuse_unless_council(edition: Edition) -> None:
    if edition.stage != "council":
        raise Impossible(NOT_COUNCIL, stage=standing_said(edition.stage))


def _plain(points: Decimal | None) -> str | None:
    return None if points is None else format(points, "f")
