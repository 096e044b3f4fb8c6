"""The council: quorum, votes, what they decide, minutes, and the decision on the whole."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from docx import Document
from stories import E, before_council, client_of, line_of, signed

from parindex_web.accounts.models import Duty
from parindex_web.accounts.permissions import Refused
from parindex_web.appraise import council
from parindex_web.appraise.models import Finding
from parindex_web.audit.guard import writing
from parindex_web.editions.actions import move_edition
from parindex_web.editions.models import Edition
from parindex_web.editions.steps import Impossible
from parindex_web.steering.actions import move_on

pytestmark = pytest.mark.slow
DAY = date(2024, 3, 20)


def _code(call):
    with pytest.raises(Impossible) as found:
        call()
    return found.value.problem.code


@pytest.fixture
def session(edition, people):
    """A session of three members in the room."""
    edition = before_council(edition, people)
    for name in ("An", "Bình", "Chi"):
        people("council_member", name=name)
    return council.convene(
        by=people("council_secretary"), edition=edition, held_on=DAY, place="Hà Nội", in_writing=False,
        chair=people("council_member", name="An"),
    )  # fmt: skip


def _propose(session, people, line=None, **more):
    values, points = more.get("values", {}), more.get("points")
    return council.propose(
        by=people("council_secretary"), session=session, text=more.get("text", "Thông qua"), line=line, values=values,
        points=None if points is None else Decimal(points),
    )  # fmt: skip


def _vote(people, motion, **choices):
    for name, choice in choices.items():
        council.vote(by=people("council_member", name=name), motion=motion, choice=choice, way="room")


def test_carried_by_more_than_half_of_all_members_and_only_with_a_quorum(session, people):
    secretary = people("council_secretary")
    motion = _propose(session, people, line_of(session.edition, "U1", "2.1.2"), points="0.75")
    _vote(people, motion, An="for")
    assert _code(lambda: council.close_motion(by=secretary, motion=motion)) == "WEB-QUORUM"
    _vote(people, motion, Bình="against")
    assert council.close_motion(by=secretary, motion=motion).carried is False
    assert not Finding.objects.filter(round="council").exists()
    again = _propose(session, people, line_of(session.edition, "U1", "2.1.2"), points="0.75")
    _vote(people, again, An="against", Bình="for", Chi="for")
    _vote(people, again, An="for")
    assert council.close_motion(by=secretary, motion=again).carried is True
    finding = Finding.objects.get(round="council")
    assert (finding.points, finding.decision) == (Decimal("0.75"), "1/2")


def test_who_does_not_vote(session, people):
    motion = _propose(session, people)
    with pytest.raises(Refused):
        council.vote(by=people("council_secretary"), motion=motion, choice="for", way="room")
    later = people("auditor", name="sau")
    Duty.objects.create(person=later, role="council_member", valid_from=date(2025, 1, 1))
    assert _code(lambda: council.vote(by=later, motion=motion, choice="for", way="room")) == "WEB-NOT-A-MEMBER"
    absent = people("council_member", name="Chi")
    council.attend(by=people("council_secretary"), session=session, ways={absent.pk: "absent"})
    assert _code(lambda: council.vote(by=absent, motion=motion, choice="for", way="room")) == "WEB-ABSENT-VOTE"


def test_motions_that_cannot_be(session, people):
    line = line_of(session.edition, "U1", "2.1.2")
    assert _code(lambda: _propose(session, people, line)) == "WEB-MOTION-EMPTY"
    assert _code(lambda: _propose(session, people, line, points="9")) == "WEB-MOTION-POINTS"
    assert _code(lambda: _propose(session, people, text=" ")) == "WEB-REASON"
    client = client_of(people("council_secretary"))
    address = f"{E}/appraisal/council/sessions/1/motions/"
    for body, says in (
        ({"unit": "U1", "node": "9.9"}, "Không có mục"),
        ({"unit": "U1", "node": "2.1.1", "values": "numerator 5"}, "không đúng"),
        ({"unit": "U1", "node": "2.1.1", "values": "numerator = năm"}, "note bad"),
    ):
        assert says in client.post(address, {"text": "x", **body}, follow=True).content.decode()
    assert not session.motions.exists()
    client.post(address, {"text": "x", "unit": "U1", "node": "2.1.1", "values": "Hồ sơ đúng hạn = 1.900"})
    assert session.motions.get().values == {"numerator": "1900"}


def test_the_edition_is_decided_only_after_the_whole_is_carried(session, people):
    manager, edition = people("programme_manager"), session.edition
    decide = lambda: move_on(by=manager, edition=edition, name="decide")  # noqa: E731
    assert _code(decide) == "WEB-NOT-CARRIED"
    # The database refuses it too, whoever asks.
    with pytest.raises(IntegrityError), transaction.atomic():
        move_edition(by=manager, edition=edition, name="decide")
    whole = _propose(session, people)
    _vote(people, whole, An="for", Bình="for")
    council.close_motion(by=people("council_secretary"), motion=whole)
    line = _propose(session, people, line_of(edition, "U1", "2.1.2"), points="0.5")
    assert _code(decide) == "WEB-MOTIONS-OPEN"
    _vote(people, line, An="for", Bình="for")
    council.close_motion(by=people("council_secretary"), motion=line)
    assert _code(decide) == "WEB-NOT-CARRIED"
    last = _propose(session, people)
    _vote(people, last, An="for", Bình="for")
    council.close_motion(by=people("council_secretary"), motion=last)
    assert decide().stage == "decided"


def test_a_closed_session_stays_as_it_is(session, people):
    secretary, motion = people("council_secretary"), _propose(session, people)
    assert _code(lambda: council.close_session(by=secretary, session=session)) == "WEB-MOTIONS-OPEN"
    _vote(people, motion, An="for", Bình="for")
    council.close_motion(by=secretary, motion=motion)
    council.close_session(by=secretary, session=session)
    assert _code(lambda: _propose(session, people)) == "WEB-SESSION-CLOSED"
    chi = people("council_member", name="Chi")
    assert _code(lambda: council.vote(by=chi, motion=motion, choice="for", way="room")) == "WEB-SESSION-CLOSED"
    with pytest.raises(IntegrityError), transaction.atomic(), writing():
        session.attendance.update(way="absent")
    with pytest.raises(IntegrityError), transaction.atomic(), writing():
        motion.votes.create(person=chi, choice="for", at=motion.session.edition.created_at)


def test_minutes_in_the_state_layout_with_every_vote(session, people):
    motion = _propose(session, people, line_of(session.edition, "U1", "2.1.2"), points="0.75", text="Thiếu văn bản")
    council.attend(
        by=people("council_secretary"), session=session, ways={people("council_member", name="Chi").pk: "absent"}
    )
    _vote(people, motion, An="for", Bình="for")
    council.close_motion(by=people("council_secretary"), motion=motion)
    answer = client_of(people("council_member", name="An")).get(f"{E}/appraisal/council/sessions/1/minutes.docx")
    text = _text(answer)
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BIÊN BẢN", "SỐ LIỆU MÔ PHỎNG",
        "Chủ trì: An", "\nBình\ncó mặt\n", "\nChi\nvắng mặt\n", "Chi (vắng mặt)\nkhông biểu quyết", "điểm 0,75/1,00", "Thiếu văn bản", "được thông qua",
        "tán thành", "THƯ KÝ", "CHỦ TRÌ", "Hà Nội, ngày 20 tháng 03 năm 2024",
    ):  # fmt: skip
        assert part in text, part
    assert client_of(people("coordinator", unit="U1")).get(
        f"{E}/appraisal/council/sessions/1/minutes.docx"
    ).status_code == 404  # fmt: skip


def test_the_minutes_say_what_stands_beside_what_is_proposed(session, people):
    edition = session.edition
    motion = _propose(session, people, line_of(edition, "U1", "2.1.2"), points="0.75", text="Thiếu văn bản")
    reader = client_of(people("council_member", name="An"))
    page = reader.get(f"{E}/appraisal/council/").content.decode()
    assert "Tổng điểm của đơn vị: −0,25" in page and "Tự chấm</th>" in page
    text = _text(reader.get(f"{E}/appraisal/council/sessions/1/minutes.docx"))
    assert "Tự chấm\n1,00" in text and "Đề nghị\n0,75\nTổng điểm của đơn vị thay đổi: −0,25." in text
    _vote(people, motion, An="for", Bình="for")
    council.close_motion(by=people("council_secretary"), motion=motion)
    # Carried, it is still what was proposed: what stood before it does not change.
    assert "Tổng điểm của đơn vị: −0,25" in reader.get(f"{E}/appraisal/council/").content.decode()


def test_the_reading_copy_says_that_it_is_none_of_the_minutes(session, people):
    motion = _propose(session, people, text="Thông qua toàn bộ")
    council.vote(by=people("council_member", name="Chi"), motion=motion, choice="for", way="writing")
    _vote(people, motion, An="for")
    council.close_motion(by=people("council_secretary"), motion=motion)
    reader = client_of(people("council_secretary"))
    assert "Reading copy" not in reader.get(f"{E}/appraisal/council/").content.decode()
    reader.post("/language/", {"language": "en", "next": "/"})
    assert "reading-copy.docx" in reader.get(f"{E}/appraisal/council/").content.decode()
    text = _text(reader.get(f"{E}/appraisal/council/sessions/1/reading-copy.docx"))
    for part in ("READING COPY IN ENGLISH", "no legal effect", "Chi (in writing)\nfor", "SIMULATED", "20 March 2024"):
        assert part in text, part


def test_what_was_typed_stays_when_a_motion_cannot_be(session, people):
    secretary = client_of(people("council_secretary"))
    body = {"text": "Ấn định lại mục 9.9", "unit": "U1", "node": "9.9", "points": "0,5", "values": "Số đúng = 4"}
    answer = secretary.post(f"{E}/appraisal/council/sessions/1/motions/", body)
    page = answer.content.decode()
    assert answer.status_code == 422 and "không có mục" in page.lower()
    assert all(typed in page for typed in ("Ấn định lại mục 9.9", 'value="9.9"', 'value="0,5"', "Số đúng = 4"))
    late = secretary.post(
        f"{E}/appraisal/council/sessions/1/motions/", {**body, "node": "2.1.2", "points": "5", "values": ""}
    )
    assert late.status_code == 409 and "WEB-MOTION-POINTS" in late.content.decode()
    day = secretary.post(f"{E}/appraisal/council/convene/", {"held_on": "", "place": "Hội trường A"})
    assert day.status_code == 422 and "Hội trường A" in day.content.decode()


def _text(answer):
    document = Document(io.BytesIO(answer.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_council_sits_when_every_file_is_appraised_and_has_members(edition, people):
    manager = people("programme_manager")
    edition = signed(edition, people)
    with pytest.raises(Impossible) as found:
        move_on(by=manager, edition=edition, name="convene")
    assert found.value.problem.code == "WEB-UNITS-OPEN"
    first, second = edition.unit_files.all()
    assert f"appraised to the end: {first.name_en}, {second.name_en}." in found.value.words("en")
    assert f"chưa thẩm định xong: {first.name_vi}, {second.name_vi}." in found.value.words("vi")
    convene = lambda: council.convene(  # noqa: E731
        by=people("council_secretary"), edition=edition, held_on=DAY, place="", in_writing=True
    )
    assert _code(convene) == "WEB-COUNCIL-STAGE"
    with writing():
        Edition.objects.update(stage="council")
    assert _code(convene) == "WEB-COUNCIL-EMPTY"
