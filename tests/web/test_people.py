"""People: inviting, joining, roles with days, closing and reopening, who may do what, every wrong input."""

from __future__ import annotations

import html
import re
import smtplib
import unicodedata
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from parindex_web.accounts.models import Duty, Invitation, Person
from parindex_web.audit.guard import writing
from parindex_web.audit.models import Event
from parindex_web.people.queries import by_given_name

E = "2023-mô-phỏng"
GOOD = "ba con mèo trên mái nhà"
FAR = "2099-12-31"
INVITED = {"full_name": "Người Thứ Nhất", "email": "moi@so.test", "language": "vi", "role": "coordinator",
           "edition": E, "unit": "U1", "domains": "", "valid_from": "2024-01-01", "valid_until": FAR}  # fmt: skip


LIST = """\
email,full_name,role,unit,domains,from,until
mot@so.test,Người Một,coordinator,U1,,01/12/2023,
hai@so.test,Người Hai,field_officer,U2,1 2,,31/12/2099
"""


def _client(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def administrator(people):
    return people("administrator", name="Quản Trị Một")


@pytest.fixture
def admin(administrator):
    return _client(administrator)


def _invite(admin, **changed):
    return admin.post("/people/invite/", {**INVITED, **changed})


def _link():
    return re.search(r"http://testserver(/people/join/\S+)", mail.outbox[-1].body)[1]


def _acts():
    return list(Event.objects.filter(chain__edition="").order_by("position").values_list("act", flat=True))


def test_an_invited_person_sets_a_password_joins_and_speaks_for_the_unit(edition, admin):
    assert _invite(admin).status_code == 302
    letter = mail.outbox[-1]
    assert letter.to == ["moi@so.test"] and "Đầu mối của đơn vị" in letter.body and "Kính gửi" in letter.body
    kept = Invitation.objects.get()
    assert kept.digest not in letter.body and len(kept.digest) == 64

    stranger = Client()
    assert stranger.get(_link()).headers["Location"] == "/people/join/"
    page = stranger.get("/people/join/").content.decode()
    assert "moi@so.test" in page and "Ít nhất 12 ký tự" in page
    answer = stranger.post("/people/join/", {"password1": GOOD, "password2": GOOD})
    assert answer.headers["Location"] == "/"
    person = Person.objects.get(email="moi@so.test")
    assert person.duties.get().unit == "U1" and person.duties.get().given_by.full_name == "Quản Trị Một"
    assert stranger.get(f"/editions/{E}/units/U1/").status_code == 200
    assert stranger.get(f"/editions/{E}/units/U2/").status_code == 404
    assert _acts()[-3:] == ["person.invite", "person.join", "person.sign_in"]

    # Once only.
    late = Client()
    late.get(_link())
    assert "đã dùng rồi" in late.get("/people/join/").content.decode()
    assert late.get("/people/join/").status_code == 410


def test_a_new_role_cannot_be_used_by_the_old_link_after_sending_again_or_withdrawing(edition, admin):
    _invite(admin)
    first, invitation = _link(), Invitation.objects.get()
    admin.post("/people/invitations/send/", {"invitation": invitation.pk})
    second = _link()
    assert first != second
    for link, status in ((first, 410), (second, 200)):
        stranger = Client()
        stranger.get(link)
        assert stranger.get("/people/join/").status_code == status
    admin.post("/people/invitations/withdraw/", {"invitation": invitation.pk})
    assert stranger.get("/people/join/").status_code == 410
    assert stranger.post("/people/join/", {"password1": GOOD, "password2": GOOD}).status_code == 410
    assert not Person.objects.filter(email="moi@so.test").exists()
    again = admin.post("/people/invitations/withdraw/", {"invitation": invitation.pk}, follow=True).content.decode()
    assert "đã hết hạn hoặc đã rút" in again


def test_a_link_expires(edition, admin):
    _invite(admin)
    with writing():
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    stranger = Client()
    stranger.get(_link())
    page = stranger.get("/people/join/")
    assert page.status_code == 410 and "gửi lại lời mời" in page.content.decode()
    assert "đã hết hạn: 1" in admin.get("/people/").content.decode()
    assert "Người Thứ Nhất" in admin.get("/people/invitations/?show=expired").content.decode()
    admin.post("/people/invitations/send/", {"all": "yes", "show": "expired"})
    assert "Không có lời mời nào hết hạn" in admin.get("/people/invitations/?show=expired").content.decode()
    stranger.get(_link())
    assert stranger.get("/people/join/").status_code == 200


def test_a_link_is_not_for_somebody_who_is_signed_in(edition, admin):
    _invite(admin)
    admin.get(_link())
    page = admin.post("/people/join/", {"password1": GOOD, "password2": GOOD})
    assert page.status_code == 409 and "Đăng xuất rồi mở lại" in page.content.decode()
    assert Invitation.objects.get().used_at is None


def test_the_invited_read_in_their_own_language(edition, admin):
    _invite(admin, language="en")
    assert "Dear Người Thứ Nhất" in mail.outbox[-1].body
    stranger = Client()
    stranger.get(_link())
    assert "Join parindex" in stranger.get("/people/join/").content.decode()


PASSWORDS = [
    ("ngắn quá", "ngắn quá", "ngắn hơn 12 ký tự"),
    ("1qaz2wsx3edc", "1qaz2wsx3edc", "nhiều người dùng"),
    ("moi@so.test1", "moi@so.test1", "quá giống họ tên hoặc địa chỉ"),
    (GOOD, GOOD + "x", "Hai lần gõ mật khẩu khác nhau"),
    ("", "", "ngắn hơn 12 ký tự"),
]


@pytest.mark.parametrize(("first", "second", "says"), PASSWORDS)
def test_a_password_that_will_not_do_says_why(edition, admin, first, second, says):
    _invite(admin)
    stranger = Client()
    stranger.get(_link())
    page = stranger.post("/people/join/", {"password1": first, "password2": second})
    assert page.status_code == 422 and says in page.content.decode()
    assert not Person.objects.filter(email="moi@so.test").exists()
    assert stranger.post("/people/join/", {"password1": GOOD, "password2": GOOD}).status_code == 302


WRONG = [
    ({"full_name": "  "}, "WEB-NAME"),
    ({"full_name": "x" * 121}, "WEB-NAME"),
    ({"email": "khong-phai-thu"}, "WEB-ADDRESS"),
    ({"email": "x" * 250 + "@so.test"}, "WEB-ADDRESS"),
    ({"email": "một@sở.test\r\nBcc: x@y.test"}, "WEB-ADDRESS"),
    ({"language": "fr"}, "WEB-LANGUAGE"),
    ({"role": "king"}, "WEB-ROLE"),
    ({"role": ""}, "WEB-ROLE"),
    ({"edition": "1999"}, "WEB-EDITION"),
    ({"role": "administrator", "unit": ""}, "WEB-EDITION-ROLE"),
    ({"unit": ""}, "WEB-UNIT"),
    ({"unit": "U99"}, "WEB-UNIT-UNKNOWN"),
    ({"role": "auditor"}, "WEB-UNIT-ROLE"),
    ({"role": "field_officer", "domains": "1, 9"}, "WEB-DOMAIN"),
    ({"domains": "1"}, "WEB-DOMAIN-ROLE"),
    ({"valid_from": "31/01/2024"}, "WEB-DAY"),
    ({"valid_until": "2099-02-30"}, "WEB-DAY"),
    ({"valid_from": "2099-01-01", "valid_until": "2098-01-01"}, "WEB-DAYS"),
    ({"valid_from": "2019-01-01", "valid_until": "2019-12-31"}, "WEB-DAY-PAST"),
]


@pytest.mark.parametrize(("changed", "code"), WRONG)
def test_every_mistake_in_an_invitation_is_said_and_nothing_is_sent(edition, admin, changed, code):
    page = _invite(admin, **changed)
    text = page.content.decode()
    assert page.status_code == 422 and f"[{code}]" in text
    assert text.count(f"[{code}]") >= 2, "at the top and at its field"
    kept = {**INVITED, **changed}["full_name"]
    assert f'value="{kept}"' in text, "what was typed stays"
    assert not mail.outbox and not Invitation.objects.exists()


def test_signs_that_nobody_can_see_are_taken_out_of_a_name(edition, admin):
    assert _invite(admin, full_name="a\x00b").status_code == 302
    assert Invitation.objects.get().full_name == "ab"


def test_all_mistakes_come_at_once(edition, admin):
    text = admin.post("/people/invite/", {}).content.decode()
    assert {"WEB-NAME", "WEB-ADDRESS-MISSING", "WEB-LANGUAGE", "WEB-ROLE"} <= set(
        re.findall(r"\[(WEB-[A-Z-]+)\]", text)
    )


def test_an_address_is_invited_once_and_a_known_one_never(edition, admin, people):
    _invite(admin)
    assert "WEB-ADDRESS-INVITED" in _invite(admin, email="MOI@so.test").content.decode()
    known = people("auditor")
    assert "WEB-ADDRESS-KNOWN" in _invite(admin, email=known.email.upper()).content.decode()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_down_loses_no_invitation(edition, admin, monkeypatch):
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
    monkeypatch.setattr(settings, "EMAIL_PORT", 1)
    assert issubclass(smtplib.SMTPException, OSError)
    page = admin.post("/people/invite/", INVITED, follow=True).content.decode()
    assert "WEB-MAIL" in page and Invitation.objects.get().email in page


def test_a_role_that_is_ended_holds_no_more_at_the_next_request(edition, admin, people):
    person = people("coordinator", unit="U1")
    signed_in = _client(person)
    assert signed_in.get(f"/editions/{E}/units/U1/").status_code == 200
    duty = person.duties.get()
    page = admin.post(f"/people/{person.pk}/duties/{duty.pk}/end/", {"reason": "chuyển công tác"})
    assert page.status_code == 302
    assert signed_in.get(f"/editions/{E}/units/U1/").status_code == 404
    save = signed_in.post(f"/editions/{E}/units/U1/lines/1.1/save/", {"seen": "0"})
    assert save.status_code == 404
    assert "chưa được giao việc" in signed_in.get("/").content.decode()
    assert Event.objects.get(act="person.end_duty").details["reason"] == "chuyển công tác"
    again = admin.post(f"/people/{person.pk}/duties/{duty.pk}/end/", {"reason": "x"}).content.decode()
    assert "WEB-DUTY-ENDED" in again


def test_a_role_ends_after_a_day_and_begins_on_one(edition, admin, people):
    person = people("coordinator", unit="U1")
    duty = person.duties.get()
    today = timezone.localdate()
    end = f"/people/{person.pk}/duties/{duty.pk}/end/"
    assert "WEB-DAY-PAST" in admin.post(end, {"last_day": str(today - timedelta(1)), "reason": "x"}).content.decode()
    assert "WEB-DAY]" in admin.post(end, {"last_day": "mai", "reason": "x"}).content.decode()
    assert "WEB-REASON" in admin.post(end, {"last_day": str(today)}).content.decode()
    assert admin.post(end, {"last_day": str(today), "reason": "x"}).status_code == 302
    duty.refresh_from_db()
    assert duty.holds_on(today) and not duty.holds_on(today + timedelta(1))
    later = {"role": "coordinator", "edition": "", "unit": "U2", "valid_from": str(today + timedelta(5))}
    assert admin.post(f"/people/{person.pk}/duties/", later).status_code == 302
    new = person.duties.get(unit="U2")
    assert not new.holds_on(today) and new.holds_on(today + timedelta(5))
    assert _client(person).get(f"/editions/{E}/units/U2/").status_code == 404
    turned = {"last_day": str(today + timedelta(1)), "reason": "x"}
    assert "WEB-DAYS]" in admin.post(f"/people/{person.pk}/duties/{new.pk}/end/", turned).content.decode()


def test_the_same_role_is_not_given_twice(edition, admin, people):
    person = people("coordinator", unit="U1")
    same = {"role": "coordinator", "edition": "", "unit": "U1", "valid_from": "2024-01-01"}
    page = admin.post(f"/people/{person.pk}/duties/", same)
    assert page.status_code == 422 and "WEB-DUTY-TWICE" in page.content.decode()
    assert "WEB-UNIT]" in admin.post(f"/people/{person.pk}/duties/", {**same, "unit": ""}).content.decode()


def test_an_administrator_gives_themselves_nothing(edition, admin, administrator, people):
    for role in ("appraiser", "auditor", "administrator"):
        page = admin.post(f"/people/{administrator.pk}/duties/", {"role": role, "edition": "", "unit": ""})
        assert "WEB-NOT-ONESELF" in page.content.decode(), role
    own = administrator.duties.get()
    for path in (f"duties/{own.pk}/end", "close", "reopen", "second-step"):
        page = admin.post(f"/people/{administrator.pk}/{path}/", {"reason": "x"})
        assert "WEB-NOT-ONESELF" in page.content.decode(), path
    assert administrator.duties.count() == 1


def test_an_administrator_scores_nothing_even_when_another_gives_the_role(edition, admin, people):
    other = people("administrator", name="Quản Trị Hai")
    scoring = {"role": "appraiser", "edition": "", "unit": ""}
    assert "WEB-APART" in admin.post(f"/people/{other.pk}/duties/", scoring).content.decode()
    appraiser = people("appraiser")
    role = {"role": "administrator", "edition": "", "unit": ""}
    assert "WEB-APART" in admin.post(f"/people/{appraiser.pk}/duties/", role).content.decode()
    assert admin.post(f"/people/{other.pk}/duties/", {**scoring, "role": "auditor"}).status_code == 302
    # The way there: another administrator ends the administration first, on record.
    admin.post(f"/people/{other.pk}/duties/{other.duties.get(role='administrator').pk}/end/", {"reason": "đổi việc"})
    assert admin.post(f"/people/{other.pk}/duties/", scoring).status_code == 302


def test_the_database_itself_keeps_administration_and_scoring_apart(edition, people):
    administrator, appraiser = people("administrator"), people("appraiser")
    beginning = date(2024, 1, 1)
    with writing():
        for role, person in (("council_member", administrator), ("administrator", appraiser)):
            with pytest.raises(IntegrityError), transaction.atomic():
                Duty.objects.create(person=person, role=role, valid_from=beginning)
        with pytest.raises(IntegrityError), transaction.atomic():
            Duty.objects.create(person=appraiser, role="auditor", valid_from=beginning, given_by=appraiser)
        duty = appraiser.duties.get()
        for changed in ({"role": "auditor"}, {"unit": "U1"}, {"person": administrator}, {"valid_from": beginning}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Duty.objects.filter(pk=duty.pk).update(**changed)
        with pytest.raises(IntegrityError), transaction.atomic():
            duty.delete()
        past = Duty.objects.create(
            person=administrator, role="appraiser", valid_from=date(2010, 1, 1), valid_until=date(2010, 12, 31)
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            Duty.objects.filter(pk=past.pk).update(valid_until=None)


def test_the_last_administrator_stays(edition, people):
    first, second = people("administrator", name="a"), people("administrator", name="b")
    one, two = _client(first), _client(second)
    assert one.post(f"/people/{second.pk}/close/", {"reason": "nghỉ hưu"}).status_code == 302
    # Nobody is left who could end the first, and whoever could is signed out.
    assert two.post(f"/people/{first.pk}/close/", {"reason": "x"}).status_code == 401
    first.refresh_from_db()
    assert first.is_active
    from parindex_web.people import actions

    third = people("auditor")
    with pytest.raises(actions.Impossible) as found, transaction.atomic(), writing():
        actions._not_the_last(first)
    assert found.value.problem.code == "WEB-LAST-ADMINISTRATOR" and third.is_active


def test_a_closed_account_is_out_at_once_everywhere_and_can_come_back(edition, admin, people):
    person = people("coordinator", unit="U1")
    first, second = _client(person), _client(person)
    assert first.get("/").status_code == second.get("/").status_code == 200
    assert "WEB-REASON" in admin.post(f"/people/{person.pk}/close/", {"reason": " "}).content.decode()
    assert admin.post(f"/people/{person.pk}/close/", {"reason": "thôi việc"}).status_code == 302
    for client in (first, second):
        assert client.get("/").headers["Location"].startswith("/accounts/login/")
    assert "WEB-CLOSED" in admin.post(f"/people/{person.pk}/close/", {"reason": "x"}).content.decode()
    give = {"role": "auditor", "edition": "", "unit": ""}
    assert "WEB-CLOSED" in admin.post(f"/people/{person.pk}/duties/", give).content.decode()
    stranger = Client()
    answer = stranger.post("/accounts/login/", {"login": person.email, "password": "demo-parindex-1"}, follow=True)
    assert "Tài khoản đã khóa" in answer.content.decode()
    assert admin.post(f"/people/{person.pk}/reopen/", {"reason": "quay lại"}).status_code == 302
    assert "WEB-OPEN" in admin.post(f"/people/{person.pk}/reopen/", {"reason": "x"}).content.decode()
    # Old sessions stay out, a new sign-in works.
    assert first.get("/").status_code == 302
    answer = stranger.post("/accounts/login/", {"login": person.email, "password": "demo-parindex-1"})
    assert answer.headers["Location"] == "/"


def test_signing_out_everywhere_ends_every_session_of_oneself_only(people):
    person, other = people("auditor"), people("council_member")
    first, second, third = _client(person), _client(person), _client(other)
    assert first.post("/people/me/sign-out-everywhere/").status_code == 302
    assert [client.get("/").status_code for client in (first, second, third)] == [302, 302, 200]
    assert Event.objects.get(act="person.sign_out_everywhere").by == person


def test_people_are_found_without_accents_and_stand_by_given_name(edition, admin, people):
    for number, name in enumerate(["Đặng Văn Ổn", "Ân", "Lê Thị Ánh", "Bùi An", "Đỗ Đức", "Zô Da"]):
        people("auditor", name=name)
        assert number >= 0
    page = admin.get("/people/").content.decode()
    order = [page.index(f">{name}<") for name in ("Bùi An", "Lê Thị Ánh", "Ân", "Zô Da", "Đỗ Đức", "Đặng Văn Ổn")]
    assert order == sorted(order)
    found = admin.get("/people/", {"q": "dang on"}).content.decode()
    assert "Đặng Văn Ổn" in found and "Đỗ Đức" not in found
    assert "Đỗ Đức" in admin.get("/people/", {"q": "ĐỨC"}).content.decode()
    assert "Không có ai như vậy" in admin.get("/people/", {"q": "xyz"}).content.decode()
    assert by_given_name("") < by_given_name("A")


def test_people_are_found_by_role_unit_and_closed_accounts_apart(edition, admin, people):
    people("coordinator", unit="U1", name="Đầu mối U1")
    people("coordinator", unit="U2", name="Đầu mối U2")
    gone = people("auditor", name="Người Đã Nghỉ")
    admin.post(f"/people/{gone.pk}/close/", {"reason": "nghỉ"})
    assert "Người Đã Nghỉ" not in admin.get("/people/").content.decode()
    assert "Người Đã Nghỉ" in admin.get("/people/", {"standing": "closed"}).content.decode()
    page = admin.get("/people/", {"role": "coordinator", "unit": "U2"}).content.decode()
    assert "Đầu mối U2</a>" in page and "Đầu mối U1</a>" not in page


def test_the_list_asks_the_database_little_however_many_there_are(edition, admin, django_assert_max_num_queries):
    with writing():
        for number in range(126):
            person = Person(email=f"p{number}@so.test", full_name=f"Người thứ {number} ở một nơi có tên rất dài")
            person.set_unusable_password()
            person.save()
            Duty.objects.create(person=person, role="appraiser", valid_from=date(2024, 1, 1))
    with django_assert_max_num_queries(15):
        page = admin.get("/people/")
    assert len(page.content) < 100_000 and "1/3" in page.content.decode()
    with django_assert_max_num_queries(15):
        admin.get(f"/people/{Person.objects.last().pk}/")
    assert "3/3" in admin.get("/people/", {"page": "99"}).content.decode()


PAGES = ["/people/", "/people/invite/", "/people/invite/list/", "/people/invitations/", "/people/units/",
         "/people/record/", "/people/{person}/"]  # fmt: skip
ACTS = ["/people/invite/", "/people/{person}/duties/", "/people/{person}/duties/{duty}/end/", "/people/{person}/close/",
        "/people/{person}/reopen/", "/people/{person}/second-step/", "/people/{person}/duties/{duty}/stand-in/",
        "/people/invitations/send/", "/people/invitations/withdraw/", "/people/invite/list/"]  # fmt: skip
OTHERS = [
    "programme_manager",
    "coordinator",
    "field_officer",
    "approver",
    "appraiser",
    "council_member",
    "council_secretary",
]


def _addresses(admin, people):
    _invite(admin)
    person = people("council_member", name="Ai Đó")
    return {"person": person.pk, "duty": person.duties.get().pk}


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_cannot_know_of_people(edition, admin, people, role):
    there = _addresses(admin, people)
    unit = {"unit": "U1"} if role in ("coordinator", "field_officer", "approver") else {}
    client = _client(people(role, **unit))
    events = Event.objects.count()
    for path in PAGES:
        assert client.get(path.format(**there)).status_code == 404, path
    for path in ACTS:
        assert (
            client.post(path.format(**there), {**INVITED, "reason": "x", "list": LIST, "invitation": "1"}).status_code
            == 404
        ), path
    assert Event.objects.count() == events


def test_an_auditor_reads_and_changes_nothing(edition, admin, people):
    there = _addresses(admin, people)
    client = _client(people("auditor"))
    for path in PAGES:
        assert client.get(path.format(**there)).status_code == (403 if "invite" in path else 200), path
    events = Event.objects.count()
    for path in ACTS:
        assert (
            client.post(path.format(**there), {**INVITED, "reason": "x", "list": LIST, "invitation": "1"}).status_code
            == 403
        ), path
    assert Event.objects.count() == events
    assert "Mời người" not in client.get("/people/").content.decode()


def test_strangers_are_asked_to_sign_in(edition, admin, people):
    there = _addresses(admin, people)
    for path in [*PAGES, "/people/me/"]:
        assert Client().get(path.format(**there)).headers["Location"].startswith("/accounts/login/?next=/people/")
    for path in [*ACTS, "/people/me/sign-out-everywhere/"]:
        sent = Client().post(path.format(**there))
        assert sent.status_code == 401 and "/accounts/login/" in sent.content.decode()


def test_nobody_is_found_at_a_number_that_is_not_there(admin, people):
    other = people("auditor")
    for path in (
        "/people/999/",
        "/people/999/close/",
        "/people/999/duties/1/stand-in/",
        f"/people/{other.pk}/duties/999/end/",
    ):
        assert admin.post(path, {"reason": "x"}).status_code in (404, 405)
    mine = people("council_member").duties.get()
    assert admin.post(f"/people/{other.pk}/duties/{mine.pk}/end/", {"reason": "x"}).status_code == 404


def test_the_record_of_accounts_is_whole(edition, admin, people):
    from parindex.problems import Problems
    from parindex.publication.audit_trail import verify_trail

    _invite(admin)
    _client(people("auditor"))
    record = b"".join(admin.get("/people/record/").streaming_content)
    problems = Problems()
    heads = verify_trail(record, "people.jsonl", problems).heads
    assert not problems.errors and [(head.edition, head.unit) for head in heads] == [("", "")]
    assert b"demo-parindex-1" not in record and Invitation.objects.get().digest.encode() not in record


def test_own_account_shows_own_roles_and_record(edition, people):
    person = people("coordinator", unit="U1")
    page = _client(person).get("/people/me/").content.decode()
    assert "Tài khoản của tôi" in page and "U1" in page and person.email in page
    english = _client(person)
    english.post("/language/", {"language": "en", "next": "/people/me/"})
    assert "My account" in english.get("/people/me/").content.decode()
    assert Event.objects.get(act="person.language").by == person


# --- lists of people


def _list(admin, text, **more):
    return admin.post("/people/invite/list/", {"list": text, "whole": "yes", **more})


def test_a_list_is_looked_at_first_and_then_sent_each_with_an_event_of_its_own(edition, admin):
    assert "email,full_name,role" in admin.get("/people/invite/list/").content.decode()
    page = _list(admin, LIST)
    text = page.content.decode()
    assert page.status_code == 200 and "Gửi 2 lời mời" in text and "01/12/2023 – không thời hạn" in text
    assert not mail.outbox and not Invitation.objects.exists(), "looking sends nothing"
    # The page sends back what was looked at.
    kept = html.unescape(re.search(r'<textarea name="list" hidden>\n(.*?)</textarea>', text, re.DOTALL)[1])
    assert "mot@so.test" in _list(admin, kept, back="yes").content.decode() and not mail.outbox
    sent = admin.post("/people/invite/list/", {"list": kept, "whole": "yes", "send": "yes"}, follow=True)
    assert sent.redirect_chain[-1][0] == "/people/invitations/" and "Đã gửi 2 thư mời" in sent.content.decode()
    assert [letter.to for letter in mail.outbox] == [["mot@so.test"], ["hai@so.test"]]
    assert _acts()[-2:] == ["person.invite", "person.invite"]
    duty = Invitation.objects.get(email="hai@so.test").duty
    today = timezone.localdate().isoformat()
    assert duty == {"role": "field_officer", "edition": "", "unit": "U2", "domains": ["1", "2"], "from": today,
                    "until": "2099-12-31"}  # fmt: skip
    stranger = Client()
    stranger.get(_link())
    assert "Người Hai" in stranger.get("/people/join/").content.decode()


def test_a_list_is_read_as_spreadsheets_paste_and_save_it(edition, admin):
    units = dict(edition.unit_files.values_list("unit", "name_vi"))
    english = dict(edition.unit_files.values_list("unit", "name_en"))
    head = ("Địa chỉ thư", "Họ và tên", "Vai trò", "Đơn vị", "Đến ngày", "Ngôn ngữ")
    rows = [("A@so.test", unicodedata.normalize("NFD", "Nguyễn Thị Huệ"), "đầu mối của đơn vị (sở nội vụ)", units["U1"], "1/2/2099", "en"),
            ("b@so.test", "Lê,  Ổn", "Approver", english["U2"], "", "")]  # fmt: skip
    for mark in ("\t", ";"):
        text = "\ufeff" + "\r\n".join(mark.join(row) for row in (head, *rows)) + "\r\n"
        upload = SimpleUploadedFile("ds.csv", text.encode(), "text/csv")
        page = admin.post("/people/invite/list/", {"list": "", "file": upload, "whole": "yes"})
        shown = page.content.decode()
        assert page.status_code == 200 and "Gửi 2 lời mời" in shown, shown
        assert "a@so.test" in shown and "Nguyễn Thị Huệ" in shown and "(U1)" in shown and "(U2)" in shown
        assert "01/02/2099" in shown and "Lê, Ổn" in shown and "English" in shown


WRONG_LISTS = [
    ("", {"CSV-EMPTY": None}),
    ("email,full_name,role\n", {"WEB-LIST-EMPTY": None}),
    ("email,ho ten,chuc vu\na@b.test,A,auditor\n", {"CSV-COLUMN-MISSING": 1, "CSV-COLUMN-UNKNOWN": 1}),
    ("email,full_name,role\na@b.test,A\n", {"CSV-WIDTH": 2}),
    ('email,full_name,role\na@b.test,"A,auditor\n', {"CSV-SYNTAX": 2}),
    (
        "email,full_name,role,unit,domains,from\n\n"
        "x@@,,vua,,,31/02/2027\n"
        "a@b.test,A,coordinator,U99,,\n"
        "A@B.test,A,appraiser,,9,\n"
        "biet@so.test,A,auditor,,,\n"
        "moi@so.test,A,auditor,,,\n",
        {
            "WEB-ADDRESS": 3,
            "WEB-NAME": 3,
            "WEB-ROLE-UNKNOWN": 3,
            "WEB-DAY": 3,
            "WEB-UNIT-UNKNOWN": 4,
            "WEB-DOMAIN": 5,
            "WEB-LINE-TWICE": 5,
            "WEB-ADDRESS-KNOWN": 6,
            "WEB-ADDRESS-INVITED": 7,
        },
    ),
    ("email,full_name,role\n" + "".join(f"p{n}@so.test,A,auditor\n" for n in range(201)), {"WEB-LIST-LONG": None}),
    ("email,full_name,role\n" + "x" * 200_000, {"WEB-LIST-LARGE": None}),
]


@pytest.mark.parametrize(("text", "codes"), WRONG_LISTS)
def test_all_problems_of_a_list_come_at_once_with_their_lines(edition, admin, text, codes):
    _invite(admin)
    Person.objects.create_user("biet@so.test", full_name="Đã có")
    mail.outbox.clear()
    for more in ({}, {"send": "yes"}):
        page = _list(admin, text, **more)
        shown = html.unescape(page.content.decode())
        assert page.status_code == 422
        said = {code: where for where, code in re.findall(r"<li>(?:Dòng (\d+))?[^<]*?\[([A-Z-]+)\]</li>", shown)}
        assert said == {code: str(line or "") for code, line in codes.items()}
        assert text.strip() in shown, "what was pasted stays"
    assert not mail.outbox and Invitation.objects.count() == 1


@pytest.mark.parametrize(("content", "code"), [
    (b"PK\x03\x04 and so on", "WEB-LIST-WORKBOOK"),
    ("email,full_name,role\n".encode("utf-16"), "FILE-UTF16"),
    (b"email,full_name,role\na@b.test,L\xea,auditor\n", "FILE-ENCODING"),
    (b"x" * 200_001, "WEB-LIST-LARGE"),
])  # fmt: skip
def test_a_file_that_is_no_list_is_said_in_words(edition, admin, content, code):
    upload = SimpleUploadedFile("ds.csv", content, "text/csv")
    page = admin.post("/people/invite/list/", {"list": "đã gõ", "file": upload, "whole": "yes"})
    assert page.status_code == 422 and f"[{code}]" in page.content.decode() and "đã gõ" in page.content.decode()


def test_the_list_of_the_guide_is_one_that_is_read(edition, admin):
    guide = (Path(__file__).parents[2] / "docs/how-to/manage-people.md").read_text(encoding="utf-8")
    listed = re.search(r"```csv\n(.*?)```", guide, re.DOTALL)[1]
    # The units of the guide are provinces; here there are two.
    page = _list(admin, listed.replace("P63-01", "U1").replace("Tỉnh Hà Giang", "U2"))
    assert page.status_code == 200 and "Gửi 2 lời mời" in page.content.decode()


def test_a_list_is_sent_whole_or_not_at_all(edition, administrator):
    from parindex_web.people import actions

    asked = actions.PersonAsked(
        "A", "a@so.test", "vi", actions.DutyAsked("auditor", "", "", (), timezone.localdate(), None)
    )
    events = Event.objects.count()
    with pytest.raises(actions.Impossible):
        actions.invite_all(by=administrator, asked=[asked, asked])
    assert not Invitation.objects.exists() and Event.objects.count() == events


def test_mails_that_do_not_leave_are_named_and_their_invitations_wait(edition, admin, monkeypatch):
    from django.core.mail.backends.locmem import EmailBackend

    def deliver(self, messages):
        if messages[0].to == ["mot@so.test"]:
            raise smtplib.SMTPRecipientsRefused({"mot@so.test": (550, b"no")})
        return taken(self, messages)

    taken = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", deliver)
    page = admin.post(
        "/people/invite/list/", {"list": LIST, "whole": "yes", "send": "yes"}, follow=True
    ).content.decode()
    assert "WEB-MAIL" in page and "hai@so.test" in mail.outbox[0].to and Invitation.objects.count() == 2
    assert "Đã gửi thư mời tới hai@so.test" in page


def test_the_longest_list_and_its_invitations_stay_small_pages(edition, admin, django_assert_max_num_queries):
    head = "email,full_name,role,unit\n"
    lines = [f"canbo.theodoi.caicachhanhchinh{n}@sonoivu.test,Công Tằng Tôn Nữ Thị Ngọc Ánh,coordinator,U1\n" for n in range(200)]  # fmt: skip
    with django_assert_max_num_queries(15):
        page = _list(admin, head + "".join(lines))
    assert page.status_code == 200 and len(page.content) < 150_000
    _list(admin, head + "".join(lines[:126]), send="yes")
    with django_assert_max_num_queries(15):
        page = admin.get("/people/invitations/")
    assert len(page.content) < 100_000 and "1/3" in page.content.decode() and "7 ngày" in page.content.decode()
    with django_assert_max_num_queries(15):
        assert "Lời mời chưa trả lời: 126" in admin.get("/people/").content.decode()


def test_nothing_chosen_is_said_and_several_are_withdrawn_at_once(edition, admin):
    _list(admin, LIST, send="yes")
    for keys in ([], ["x"], ["9" * 30], ["999"]):
        admin.post("/people/invitations/withdraw/", {"invitation": keys})
    assert "Chưa chọn lời mời nào" in admin.get("/people/invitations/").content.decode()
    keys = list(Invitation.objects.values_list("pk", flat=True))
    page = admin.post("/people/invitations/withdraw/", {"invitation": keys}, follow=True).content.decode()
    assert "Đã rút 2 lời mời" in page and "lời mời đã rút" in page
    assert _acts()[-2:] == ["person.withdraw", "person.withdraw"]


# --- who speaks for whom, and standing in


def test_who_speaks_for_a_unit_is_seen_for_any_day(edition, admin, people):
    first, today = people("coordinator", unit="U1", name="Đầu Mối Cũ"), timezone.localdate()
    people("field_officer", unit="U1", domains=["1"], name="Cán Bộ Một")
    people("approver", unit="U1", name="Người Ký", valid_until=today + timedelta(3))
    page = admin.get("/people/units/", {"unit": "U1"}).content.decode()
    assert "Đầu Mối Cũ</a>" in page and "Cán Bộ Một</a> <span" in page and "(U2)" not in page
    assert "badge warn" not in page
    later = admin.get("/people/units/", {"unit": "U1", "day": today + timedelta(4)}).content.decode()
    assert "Người Ký" not in later and "badge warn" in later
    assert "Đơn vị chưa có đầu mối hoặc người phê duyệt" in admin.get("/people/").content.decode()
    ended = first.duties.get()
    admin.post(f"/people/{first.pk}/duties/{ended.pk}/end/", {"reason": "chuyển"})
    assert "Đầu Mối Cũ" not in admin.get("/people/units/").content.decode()
    past = admin.get("/people/units/", {"day": today - timedelta(1)}).content.decode()
    assert "Đầu Mối Cũ" in past, "they spoke for it yesterday"
    wrong = admin.get("/people/units/", {"day": "hôm qua"})
    assert wrong.status_code == 422 and "WEB-DAY" in wrong.content.decode()
    assert admin.get("/people/units/", {"edition": "khong-co"}).status_code == 200


def test_roles_about_to_end_and_accounts_to_look_at_are_found(edition, admin, people, settings):
    today = timezone.localdate()
    people("auditor", name="Sắp Hết", valid_until=today + timedelta(14))
    people("council_member", name="Còn Lâu", valid_until=today + timedelta(15))
    people("council_secretary", name="Đã Hết", valid_until=today - timedelta(1))
    settings.TWO_STEP_ROLES = frozenset({"council_member"})

    def found(standing):
        page = admin.get("/people/", {"standing": standing}).content.decode()
        return {name for name in ("Sắp Hết", "Còn Lâu", "Đã Hết", "Quản Trị Một") if f">{name}</a></th>" in page}

    assert found("ending") == {"Sắp Hết"}
    assert found("no_role") == {"Đã Hết"}
    assert found("must_have") == {"Còn Lâu"}
    assert found("no_second_step") == {"Sắp Hết", "Còn Lâu", "Đã Hết", "Quản Trị Một"}
    assert "Sắp Hết" in found("never")
    page = admin.get("/people/").content.decode()
    assert "14 ngày tới: 1<" in page and "hai lớp mà chưa có: 1<" in page


def test_somebody_stands_in_for_two_weeks_and_no_longer(edition, admin, people):
    officer = people("field_officer", unit="U1", domains=["1"], name="Đi Học")
    other = people("coordinator", unit="U2", name="Làm Thay")
    duty, today = officer.duties.get(), timezone.localdate()
    path = f"/people/{officer.pk}/duties/{duty.pk}/stand-in/"
    right = {"other": other.email.upper(), "first_day": today, "last_day": today + timedelta(13), "reason": "đi học"}
    for changed, code in (
        ({"other": "ai@so.test"}, "WEB-PERSON-UNKNOWN"),
        ({"other": ""}, "WEB-PERSON-UNKNOWN"),
        ({"other": officer.email}, "WEB-STAND-IN-ONESELF"),
        ({"last_day": ""}, "WEB-DAY-MISSING"),
        ({"last_day": "mai"}, "WEB-DAY"),
        ({"last_day": today - timedelta(1)}, "WEB-DAYS"),
        ({"first_day": "2010-01-01"}, "WEB-STAND-IN-DAYS"),
        ({"reason": " "}, "WEB-REASON"),
    ):
        page = admin.post(path, {**right, **changed})
        text = page.content.decode()
        assert page.status_code == 422 and f"[{code}]" in text, (changed, text)
        assert "reason" in changed or f'value="{right["reason"]}"' in text, "what was typed stays"
    assert admin.post(path, right).status_code == 302
    given = other.duties.get(role="field_officer")
    assert (given.unit, given.domains, given.valid_until) == ("U1", ["1"], today + timedelta(13))
    assert not given.holds_on(today + timedelta(14)) and duty.holds_on(today)
    client = _client(other)
    assert client.get(f"/editions/{E}/units/U1/").status_code == 200
    event = Event.objects.get(act="person.give_duty")
    assert event.details["instead_of"] == f"person-{officer.pk}" and event.subject == f"person-{other.pk}"
    assert "WEB-DUTY-TWICE" in admin.post(path, right).content.decode()


def test_an_administrator_gets_no_scoring_role_by_standing_in(edition, admin, administrator, people):
    appraiser, second = people("appraiser"), people("administrator", name="Quản Trị Hai")
    today = timezone.localdate()
    typed = {"first_day": today, "last_day": today, "reason": "x"}
    path = f"/people/{appraiser.pk}/duties/{appraiser.duties.get().pk}/stand-in/"
    for email, code in ((administrator.email, "WEB-NOT-ONESELF"), (second.email, "WEB-APART")):
        assert code in admin.post(path, {**typed, "other": email}).content.decode()
    assert not Duty.objects.filter(role="appraiser", person__in=[administrator, second]).exists()


# --- time, open forms, names


def test_a_role_ends_at_midnight_in_vietnam(edition, people, monkeypatch):
    last = date(2026, 3, 31)
    person = people("coordinator", unit="U1", valid_until=last)
    for moment, status in ((datetime(2026, 3, 31, 16, 59, 59, tzinfo=UTC), 200), (datetime(2026, 3, 31, 17, tzinfo=UTC), 404)):  # fmt: skip
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        assert _client(person).get(f"/editions/{E}/units/U1/").status_code == status, moment


def test_what_was_typed_into_an_open_form_comes_back_when_the_role_has_ended(edition, admin, people):
    person = people("coordinator", unit="U1")
    signed_in = _client(person)
    admin.post(f"/people/{person.pk}/duties/{person.duties.get().pk}/end/", {"reason": "chuyển công tác"})
    typed = {"1.1-note": "Dòng một <b>\nDòng hai", "seen": "0", "password": "bí mật của tôi"}
    answer = signed_in.post(f"/editions/{E}/units/U1/lines/1.1/save/", typed)
    page = answer.content.decode()
    assert answer.status_code == 404 and "chưa lưu" in page and "Dòng một &lt;b&gt;\nDòng hai" in page
    assert "bí mật" not in page
    assert "Dòng một" not in signed_in.post("/khong/co/dia/chi/nay/", typed).content.decode()
    # Signed out in between: the form is one of ours too.
    assert "Dòng một" in Client().post(f"/editions/{E}/units/U1/lines/1.1/save/", typed).content.decode()


def test_names_and_reasons_are_kept_composed_however_they_were_typed(edition, admin, people):
    name = "Nguyễn Thị Huệ"
    _invite(admin, full_name=unicodedata.normalize("NFD", name))
    assert Invitation.objects.get().full_name == name
    person = people("auditor")
    admin.post(f"/people/{person.pk}/close/", {"reason": unicodedata.normalize("NFD", "nghỉ hưu")})
    assert Event.objects.get(act="person.close").details["reason"] == "nghỉ hưu"
    stranger = Client()
    stranger.get(_link())
    stranger.post("/people/join/", {"password1": GOOD, "password2": GOOD})
    assert Person.objects.get(email="moi@so.test").full_name == name
    assert name in admin.get("/people/", {"q": unicodedata.normalize("NFD", "Huệ")}).content.decode()
