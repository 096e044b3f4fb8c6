"""Writes of the appraisal: findings, blind second markers, closing a round, explanations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parindex.language import Language, Text
from parindex.problems import ProblemKind
from parindex.programme.inputs import ValueWrong
from parindex.tables.counted import Counted
from parindex_web import clock
from parindex_web.accounts.models import Duty, Person
from parindex_web.accounts.permissions import Target
from parindex_web.appraise.marking import BLIND_ROUND, Marks, blind_of, counting, marks_of, seconds_of
from parindex_web.appraise.models import (
    SETTLES,
    BlindMarking,
    Count,
    Explanation,
    Finding,
    ReusableReason,
    SecondMarker,
)
from parindex_web.appraise.queries import ROUND_OF
from parindex_web.audit.acts import act
from parindex_web.collect.actions import LOCATOR_LONGEST, NotTaken
from parindex_web.collect.models import EvidenceFile, Line
from parindex_web.collect.self_score import FieldWrong, LineAsks, check_together, typed, what_is_asked
from parindex_web.editions.deadlines import closing
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.moves import UNIT_MOVES, move_named
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import REASON_MISSING, Impossible, locked, short, standing_said, step

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
NOT_BLIND = ProblemKind(
    "WEB-NOT-BLIND",
    what=Text("mục này chỉ có một người thẩm định.", "this line has one marker only."),
    why=Text(
        "Bạn được giao chấm độc lập lần hai; mục này không chấm hai lần.",
        "You mark as the second; this line is not marked twice.",
    ),
    remedy=Text("Sang mục khác.", "Go on to another line."),
)
MARKS_IN = ProblemKind(
    "WEB-MARKS-IN",
    what=Text("cả hai người đã chấm mục này.", "both markers have marked this line."),
    why=Text(
        "Sau khi thấy kết quả của nhau, không ai sửa kết quả của mình.",
        "Once they see each other, neither changes what they found.",
    ),
    remedy=Text("Nếu hai kết quả khác nhau, người thứ ba quyết định.", "Where the two differ, a third person settles."),
)
OTHER_MARKER = ProblemKind(
    "WEB-OTHER-MARKER",
    what=Text("bạn đã chấm mục này.", "you have marked this line already."),
    why=Text(
        "Chấm lần một, lần hai và quyết định là ba người khác nhau.",
        "First marker, second marker and who settles are three people.",
    ),
    remedy=Text("Để người khác làm.", "Leave it to somebody else."),
)
NOT_DIFFERENT = ProblemKind(
    "WEB-NOT-DIFFERENT",
    what=Text("mục này không có hai kết quả khác nhau.", "this line has no two findings that differ."),
    why=Text("", ""),
    remedy=Text("Tải lại trang để xem hiện trạng.", "Load the page again to see how it stands."),
)
BLIND_BEGUN = ProblemKind(
    "WEB-BLIND-BEGUN",
    what=Text("việc chấm độc lập đã bắt đầu.", "blind marking has begun."),
    why=Text("Kết quả chấm lần hai phải được giữ.", "What second markers found is kept."),
    remedy=Text("Giữ nguyên lựa chọn.", "Leave the option as it is."),
)
LINE_UNKNOWN = ProblemKind(
    "WEB-LINE-UNKNOWN",
    what=Text('không có mục "{node}".', 'there is no line "{node}".'),
    why=Text("", ""),
    remedy=Text("Ghi mã mục như trong bộ tiêu chí.", "Write the code as in the framework."),
)
NOT_APPRAISER = ProblemKind(
    "WEB-NOT-APPRAISER",
    what=Text("người này không phải là người thẩm định của kỳ.", "this person is no appraiser of the edition."),
    why=Text("Chấm độc lập là việc của người thẩm định.", "Second markers are appraisers."),
    remedy=Text("Nhờ quản trị tài khoản giao vai trò trước.", "Have the administrator give the role first."),
)
DOCUMENT_UNKNOWN = ProblemKind(
    "WEB-DOCUMENT-UNKNOWN",
    what=Text("không có tài liệu số {number}.", "there is no document {number}."),
    why=Text("Tài liệu có thể vừa bị gỡ.", "It may have been taken out just now."),
    remedy=Text("Tải lại trang rồi chọn lại.", "Load the page again and choose again."),
)
EXPLAINING_RUNS = ProblemKind(
    "WEB-EXPLAINING-RUNS",
    what=Text("thời hạn giải trình chưa hết ({at}).", "the time for explanations still runs ({at})."),
    why=Text("Trước hạn, chỉ đơn vị được khóa giải trình của mình.", "Until then only the unit locks its own."),
    remedy=Text("Chờ hết hạn.", "Wait for the deadline."),
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


@dataclass(frozen=True, slots=True)
class Found:
    """What an appraiser says of a line, as typed: see `Finding`."""

    outcome: str
    basis: str
    fields: Mapping[str, str]
    points: Decimal | None
    reason: str


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
) -> Finding:
    """Record what an appraiser found on one line in the open round, as first or second marker by their duty.

    Raises NotTaken, Impossible, Refused.
    """
    said = Found(outcome, basis, fields, points, reason)
    values = _values_typed(line, said, language)
    unit_file = line.unit_file
    with act("line.appraise", by=by, target=Target(unit_file.edition.code, unit_file.unit, line.domain)) as record:
        unit_file = locked(unit_file)
        line = Line.objects.select_related("unit_file__edition").get(pk=line.pk)
        round_ = _open_round(unit_file, line)
        blind = blind_of(unit_file.edition).holds(line.node, round_)
        marker = seconds_of(by.pk, unit_file.edition).marker(unit_file.unit, line.domain)
        if marker == 2 and not blind:
            raise Impossible(NOT_BLIND)
        if blind:
            marks = marks_of(unit_file, round_).get(line.pk, Marks(True))
            if marks.both_in:
                raise Impossible(MARKS_IN)
            other = marks.of(3 - marker)
            if other is not None and other.by_id == by.pk:
                raise Impossible(OTHER_MARKER)
        finding = _put(by, line, round_, marker, said, values)
        record(subject=line.node, details=_details(finding))
    return finding


def settle(
    *,
    by: Person,
    line: Line,
    outcome: str,
    basis: str,
    fields: Mapping[str, str],
    points: Decimal | None,
    reason: str,
    language: Language,
) -> Finding:
    """Say what counts where two blind markers differ; whoever marked the line may not. Raises as `find`."""
    said = Found(outcome, basis, fields, points, reason)
    values = _values_typed(line, said, language)
    unit_file = line.unit_file
    with act("line.settle", by=by, target=Target(unit_file.edition.code, unit_file.unit, line.domain)) as record:
        unit_file = locked(unit_file)
        line = Line.objects.select_related("unit_file__edition").get(pk=line.pk)
        round_ = _open_round(unit_file, line)
        marks = marks_of(unit_file, round_).get(line.pk)
        if marks is None or not marks.blind or not marks.differ:
            raise Impossible(NOT_DIFFERENT)
        if by.pk in {each.by_id for each in (marks.first, marks.second) if each is not None}:
            raise Impossible(OTHER_MARKER)
        if not reason.strip():
            raise Impossible(REASON_MISSING)
        finding = _put(by, line, round_, SETTLES, said, values)
        record(subject=line.node, details=_details(finding))
    return finding


def _values_typed(line: Line, said: Found, language: Language) -> dict[str, str]:
    """The figures of an adjustment, in canonical text. Raises NotTaken, Impossible."""
    if said.outcome != "adjust":
        return {}
    unit_file = line.unit_file
    asks: LineAsks = what_is_asked(asked(unit_file.edition), unit_file.unit, line.node)
    values: dict[str, str] = {}
    wrong = []
    for spec in asks.inputs:
        try:
            value = typed(spec, said.fields.get(spec.name, ""), language)
        except ValueWrong as mistake:
            wrong.append(FieldWrong(spec.name, mistake.says, mistake.remedy))
            continue
        if value is not None:
            values[spec.name] = value
    wrong += check_together(asks, {**line.values, **values}, language) if not wrong else []
    if wrong:
        raise NotTaken(wrong)
    if said.points is not None and not 0 <= said.points <= asks.max_points:
        raise Impossible(POINTS_BEYOND, points=said.points, maximum=asks.max_points)
    return values


def _open_round(unit_file: UnitFile, line: Line) -> str:
    """The round that is open for a line of a locked file. Raises Impossible."""
    round_ = ROUND_OF.get(unit_file.standing)
    if round_ is None or unit_file.edition.stage != "appraisal":
        raise Impossible(NOT_IN_ROUND, standing=standing_said(unit_file.standing))
    end = closing(unit_file, round_, line.node)
    if end.passed(clock.now()):
        raise Impossible(ROUND_LATE, at=end.said)
    return round_


def _put(by: Person, line: Line, round_: str, marker: int, said: Found, values: Mapping[str, str]) -> Finding:
    if not short(said.reason) and said.outcome != "accept":
        raise Impossible(REASON_MISSING)
    if said.outcome == "ask" and round_ == "appraisal_2":
        raise Impossible(SECOND_ASKS)
    changed = {name: value for name, value in values.items() if line.values.get(name) != value}
    if said.outcome == "adjust" and not changed and said.points is None:
        raise Impossible(NO_CHANGE)
    return Finding.objects.create(
        line=line,
        round=round_,
        marker=marker,
        outcome=said.outcome,
        basis="answer" if said.outcome == "accept" else said.basis,
        values=changed,
        points=said.points if said.outcome == "adjust" else None,
        reason=said.reason.strip(),
        by=by,
        at=clock.now(),
    )


def _details(finding: Finding) -> dict[str, object]:
    return {
        "round": finding.round,
        "marker": finding.marker,
        "outcome": finding.outcome,
        "basis": finding.basis,
        "values": finding.values,
        "points": None if finding.points is None else format(finding.points, "f"),
        "reason": finding.reason,
    }


# --- blind second markers


def set_blind(*, by: Person, edition: Edition, node: str, on: bool) -> None:
    """Have a line (or, with node "", every line) marked twice in round 1, or no longer. Raises Impossible, Refused."""
    if node and not Line.objects.filter(unit_file__edition=edition, node=node).exists():
        raise Impossible(LINE_UNKNOWN, node=node)
    with act("appraisal.blind", by=by, target=Target(edition.code)) as record:
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if on:
            BlindMarking.objects.get_or_create(edition=edition, node=node)
        else:
            begun = Finding.objects.filter(line__unit_file__edition=edition, round=BLIND_ROUND, marker=2)
            if (begun.filter(line__node=node) if node else begun).exists():
                raise Impossible(BLIND_BEGUN)
            BlindMarking.objects.filter(edition=edition, node=node).delete()
        record(subject=node, details={"blind": on})


def give_second_marking(
    *, by: Person, edition: Edition, person: Person, unit: str, domains: Sequence[str]
) -> SecondMarker:
    """Let an appraiser mark as second in a unit ("" all) and domains (none: all). Raises Impossible, Refused."""
    with act("appraisal.second_marker", by=by, target=Target(edition.code)) as record:
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        duties = Duty.objects.filter(person=person, role="appraiser", edition__in=["", edition.code])
        if not person.is_active or not any(each.holds_on(clock.today()) for each in duties):
            raise Impossible(NOT_APPRAISER)
        SecondMarker.objects.filter(edition=edition, person=person, unit=unit, ended_at=None).update(
            ended_at=clock.now()
        )
        made = SecondMarker.objects.create(
            edition=edition, person=person, unit=unit, domains=sorted(set(domains)), given_at=clock.now()
        )
        record(subject=f"person-{person.pk}", details={"unit": unit, "domains": made.domains})
    return made


def end_second_marking(*, by: Person, duty: SecondMarker) -> None:
    """The person marks as first again. What they marked stays. Raises Refused."""
    with act("appraisal.second_marker", by=by, target=Target(duty.edition.code)) as record:
        SecondMarker.objects.filter(pk=duty.pk, ended_at=None).update(ended_at=clock.now())
        record(subject=f"person-{duty.person_id}", details={"ended": True, "unit": duty.unit, "domains": duty.domains})


# --- reusable reasons


def keep_reason(*, by: Person, edition: Edition, text: str) -> ReusableReason:
    """Keep a text that the appraiser uses again and again. Raises Impossible, Refused."""
    text = short(" ".join(text.split()))
    if not text:
        raise Impossible(REASON_MISSING)
    with act("reason.keep", by=by, target=Target(edition.code)) as record:
        kept, _ = ReusableReason.objects.get_or_create(person=by, text=text)
        record(subject=f"reason:{kept.pk}", details={"text": text})
    return kept


def drop_reason(*, by: Person, edition: Edition, reason: ReusableReason) -> None:
    """Take a text of one's own away; findings that used it keep their words. Raises Refused."""
    with act("reason.keep", by=by, target=Target(edition.code)) as record:
        record(subject=f"reason:{reason.pk}", details={"text": reason.text, "dropped": True})
        ReusableReason.objects.filter(pk=reason.pk, person=by).delete()


# --- closing rounds, explanations


def close_round(*, by: Person, unit_file: UnitFile, explain: bool) -> UnitFile:
    """Close the open round of a unit. After round 1, `explain` opens the explanations at once."""
    round_ = ROUND_OF.get(unit_file.standing)
    move = move_named(UNIT_MOVES, "close_round_2" if round_ == "appraisal_2" else "close_round_1")
    with act(move.act, by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
        unit_file = locked(unit_file)
        open_lines = lines_unfinished(unit_file)
        if open_lines:
            raise Impossible(ROUND_UNFINISHED, count=len(open_lines), nodes=", ".join(open_lines[:8]))
        step(unit_file, move, "")
        taken = [move.name]
        if explain and move.name == "close_round_1":
            step(unit_file, move_named(UNIT_MOVES, "ask"), "")
            taken.append("ask")
        record(details={"moves": taken, "to": unit_file.standing})
    return unit_file


def lines_unfinished(unit_file: UnitFile) -> list[str]:
    """The lines that keep the open round from closing: without a finding that counts.

    Round 1 asks for every line, round 2 for those on which the unit was asked or has replied.
    """
    round_ = ROUND_OF.get(unit_file.standing)
    if round_ is None:
        return []
    found = counting(unit_file, round_)
    lines = list(unit_file.lines.all())
    if round_ == "appraisal_1":
        wanted = {line.pk for line in lines if line.domain or line.values}
    else:
        first = counting(unit_file, "appraisal_1")
        wanted = {pk for pk, finding in first.items() if finding.outcome == "ask"}
        wanted |= set(Explanation.objects.filter(line__unit_file=unit_file).values_list("line", flat=True))
    return [line.node for line in lines if line.pk in wanted and line.pk not in found]


def explain_line(*, by: Person, line: Line, text: str, cited: Sequence[tuple[int, str]] = ()) -> Explanation:
    """What the unit answers to a finding of round 1, with documents as (number, section and page).

    Raises Impossible, Refused.
    """
    unit_file = line.unit_file
    if not short(text):
        raise Impossible(REASON_MISSING)
    cited = [(number, short(locator, LOCATOR_LONGEST)) for number, locator in cited]
    with act("line.explain", by=by, target=Target(unit_file.edition.code, unit_file.unit, line.domain)) as record:
        unit_file = locked(unit_file)
        if unit_file.standing != "explaining":
            raise Impossible(NOT_ASKED)
        finding = counting(unit_file, "appraisal_1").get(line.pk)
        if finding is None or finding.outcome == "accept":
            raise Impossible(NOT_ASKED)
        end = closing(unit_file, "explanation", line.node)
        if end.passed(clock.now()):
            raise Impossible(ROUND_LATE, at=end.said)
        known = {each.number: each for each in EvidenceFile.objects.filter(unit_file=unit_file, removed_at=None)}
        for number, _ in cited:
            if number not in known:
                raise Impossible(DOCUMENT_UNKNOWN, number=number)
        citations = [
            {"document": number, "sha256": known[number].sha256, "locator": locator.strip()}
            for number, locator in dict.fromkeys(cited)
        ]
        reply = Explanation.objects.create(line=line, text=text.strip(), citations=citations, by=by, at=clock.now())
        record(subject=line.node, details={"text": reply.text, "evidence": citations})
    return reply


def close_explaining(*, by: Person, unit_file: UnitFile) -> UnitFile:
    """Lock the explanations of a unit: by the unit itself, or after the deadline by the programme manager."""
    move = move_named(UNIT_MOVES, "explained")
    target = Target(unit_file.edition.code, unit_file.unit)
    with act(move.act, by=by, target=target) as record:
        unit_file = locked(unit_file)
        own = Duty.objects.filter(person=by, role="coordinator", unit=unit_file.unit)
        if not any(each.holds_on(clock.today()) for each in own):
            end = closing(unit_file, "explanation")
            if not end.passed(clock.now()):
                raise Impossible(EXPLAINING_RUNS, at=end.said)
        step(unit_file, move, "")
        record(details={"move": move.name, "from": move.before, "to": move.after})
    return unit_file


def keep_counts(edition: Edition, rows: Iterable[Counted]) -> int:
    """Put what records say beside the claims, in place of what stood there. Inside an act; gives how many were kept."""
    lines = {
        (unit, node): pk
        for pk, unit, node in Line.objects.filter(unit_file__edition=edition).values_list(
            "pk", "unit_file__unit", "node"
        )
    }
    Count.objects.filter(line__unit_file__edition=edition).delete()
    kept = [
        Count(
            line_id=lines[row.unit, row.node],
            input=row.input,
            value="" if row.counted is None else format(row.counted, "f"),
            measure=row.measure,
            records=row.records,
            reason=row.reason or "",
        )
        for row in rows
        if (row.unit, row.node) in lines
    ]
    Count.objects.bulk_create(kept, batch_size=500)
    return len(kept)
