"""Reminders over a real SMTP connection: once for each person and deadline, whatever the server does."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from mail_server import MailServer
from stories import CLAIMS, client_of, find, line_of, signed

from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.audit.models import Event
from parindex_web.collect.actions import save_line
from parindex_web.editions.actions import set_deadline


@pytest.fixture
def mail_server(settings):
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.SITE = "https://parindex.example"
    yield server
    server.stop()


def closes_in(days, edition, people, what="self_assessment"):
    day = timezone.localtime(clock.now()) + timedelta(days=days)
    at = datetime(day.year, day.month, day.day, 17, tzinfo=timezone.get_default_timezone())
    set_deadline(by=people("programme_manager"), edition=edition, what=what, closes_at=at)
    return at


def text_of(letter):
    return letter.get_payload(decode=True).decode()


def fill(edition, people, unit, *nodes, by=None):
    from uuid import uuid4

    for node in nodes:
        save_line(
            by=by or people("coordinator", unit=unit), line=line_of(edition, unit, node), seen=0, key=uuid4(),
            fields=CLAIMS[unit][node], explanation="Báo cáo", language="vi",
        )  # fmt: skip


def test_each_is_told_what_is_missing_in_their_language_and_once(edition, people, mail_server):
    one, two = people("coordinator", unit="U1"), people("coordinator", unit="U2")
    officer = people("field_officer", unit="U1", domains=["2"])
    Person.objects.filter(pk=two.pk).update(language="en")
    fill(edition, people, "U1", "1.1", "2.1.1")
    at = closes_in(1, edition, people)
    call_command("remind")
    assert mail_server.to == sorted([one.email, two.email, officer.email])
    letters = {letter["To"]: text_of(letter) for letter in mail_server.taken}
    when = at.strftime("%H:%M, %d/%m/%Y")
    assert f"sẽ hết hạn lúc {when}" in letters[one.email]
    assert "Tỉnh Một (mô phỏng): 2 mục còn trống (1.2, 2.1.2); hồ sơ chưa tổng hợp" in letters[one.email]
    assert "https://parindex.example/editions/2023-m%C3%B4-ph%E1%BB%8Fng/units/U1/" in letters[one.email]
    assert "1 mục còn trống (2.1.2); 1 mục chưa gửi đầu mối (2.1.1)" in letters[officer.email]
    assert f"closes at {when} (Vietnam time)" in letters[two.email]
    assert "Province Two (simulated): 4 empty lines (1.1, 1.2, 2.1.1, 2.1.2)" in letters[two.email]
    assert Event.objects.filter(act="edition.remind").count() == 3
    call_command("remind")
    assert len(mail_server.taken) == 3, "run twice, sent once"
    closes_in(2, edition, people)
    call_command("remind", days=[3])
    assert len(mail_server.taken) == 6, "another deadline is another reminder"


def test_only_those_who_can_act_are_written_to(edition, people, mail_server):
    people("approver", unit="U1")
    people("auditor")
    people("appraiser")
    people("coordinator", name="khóa", unit="U1")
    Person.objects.filter(full_name="khóa").update(is_active=False)
    people("coordinator", name="hết vai trò", unit="U1", valid_until=clock.today() - timedelta(days=1))
    done = people("field_officer", unit="U1", domains=["1"])
    fill(edition, people, "U1", "1.1", "1.2", by=done)
    for node in ("1.1", "1.2"):
        from parindex_web.collect.actions import move_line

        move_line(by=done, line=line_of(edition, "U1", node), name="hand_in", reason="")
    closes_in(3, edition, people)
    call_command("remind")
    assert mail_server.to == []
    closes_in(20, edition, people)
    people("coordinator", unit="U1")
    call_command("remind")
    assert mail_server.to == [], "not yet"


def test_an_appraiser_has_one_letter_for_all_units(edition, people, mail_server):
    appraiser = people("appraiser")
    edition = signed(edition, people)
    find(appraiser, line_of(edition, "U1", "1.1"))
    closes_in(3, edition, people, "appraisal_1")
    call_command("remind")
    (letter,) = mail_server.taken
    assert letter["To"] == appraiser.email
    assert "Tỉnh Một (mô phỏng): 3 mục chưa thẩm định" in text_of(letter)
    assert "Tỉnh Hai (mô phỏng): 4 mục chưa thẩm định" in text_of(letter)


def test_what_is_to_be_explained(edition, people, mail_server):
    from parindex_web.appraise.actions import close_round, explain_line

    edition = signed(edition, people)
    appraiser, owner = people("appraiser"), people("coordinator", unit="U1")
    for node in CLAIMS["U1"]:
        outcome = "ask" if node.startswith("2.") else "accept"
        find(appraiser, line_of(edition, "U1", node), outcome, reason="Thiếu phụ lục" if outcome == "ask" else "")
    close_round(by=people("programme_manager"), unit_file=edition.unit_files.get(unit="U1"), explain=True)
    explain_line(by=owner, line=line_of(edition, "U1", "2.1.1"), text="Đã bổ sung")
    closes_in(1, edition, people, "explanation")
    call_command("remind")
    letters = [letter for letter in mail_server.taken if letter["To"] == owner.email]
    assert len(letters) == 1 and "1 mục chưa giải trình (2.1.2)" in text_of(letters[0])


def test_a_refused_letter_holds_up_no_other_and_is_tried_again(edition, people, mail_server):
    one, two, three = (people("coordinator", name=f"đầu mối {n}", unit="U1") for n in range(3))
    closes_in(1, edition, people)
    mail_server.answer = lambda address, number: "refuse" if address == one.email else "take"
    with pytest.raises(CommandError, match=r"550|no such mailbox"):
        call_command("remind")
    assert mail_server.to == sorted([two.email, three.email])
    mail_server.answer = lambda address, number: "take"
    call_command("remind")
    assert Counter(mail_server.to) == Counter([one.email, two.email, three.email])


def test_a_connection_lost_in_the_middle_loses_and_doubles_nothing(edition, people, mail_server):
    everybody = [people("coordinator", name=f"đầu mối {n}", unit="U1").email for n in range(4)]
    closes_in(1, edition, people)
    # The second letter meets a server that hangs up: it goes over a new connection.
    mail_server.answer = lambda address, number: "drop" if number == 2 else "take"
    call_command("remind")
    assert Counter(mail_server.to) == Counter(everybody)


def test_a_server_that_is_gone_leaves_the_rest_for_the_next_run(edition, people, mail_server):
    everybody = [people("coordinator", name=f"đầu mối {n}", unit="U1").email for n in range(4)]
    closes_in(3, edition, people)
    mail_server.answer = lambda address, number: "take" if number == 1 else "drop"
    with pytest.raises(CommandError, match="lần chạy sau gửi tiếp"):
        call_command("remind")
    assert len(mail_server.taken) == 1 == Event.objects.filter(act="edition.remind").count()
    mail_server.answer = lambda address, number: "take"
    # The next run is a day later: the letter of three days before is still owed, and is sent once.
    real = clock.now
    try:
        clock.now = lambda: real() + timedelta(days=1)
        call_command("remind")
        call_command("remind")
    finally:
        clock.now = real
    assert Counter(mail_server.to) == Counter(everybody)


def test_a_letter_that_arrived_without_an_answer_carries_the_same_id(edition, people, mail_server):
    """The one case in which SMTP itself cannot tell: taken, and the line cut before the server said so."""
    people("coordinator", unit="U1")
    closes_in(1, edition, people)
    mail_server.answer = lambda address, number: "drop_after" if number == 1 else "take"
    call_command("remind")
    assert len({letter["Message-ID"] for letter in mail_server.taken}) == 1


def test_nobody_listens(edition, people, mail_server, settings):
    person = people("coordinator", unit="U1")
    closes_in(1, edition, people)
    mail_server.stop()
    with pytest.raises(CommandError, match=person.email):
        call_command("remind")
    assert not Event.objects.filter(act="edition.remind").exists()
    assert client_of(person).get("/").status_code == 200
