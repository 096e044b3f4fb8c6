"""Signing in: words in both languages, wrong passwords, lock-out, second steps, single sign-on, the record of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone
from identity_provider import identity_provider
from oidc_provider_mock import User as Claims

from parindex_web.accounts.models import CacheEntry, Person
from parindex_web.audit.guard import WriteOutsideAct, writing
from parindex_web.audit.models import Event

PASSWORD = "demo-parindex-1"
NEW = "bốn từ dễ nhớ này"


def _sign_in(person, password=PASSWORD, client=None, **more):
    client = client or Client()
    return client, client.post("/accounts/login/", {"login": person.email, "password": password, **more})


def _acts(person):
    events = Event.objects.filter(subject=f"person-{person.pk}").order_by("position")
    return [(each.act, each.details) for each in events]


def _code(secret, ahead=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def _confirm(client, to, password=PASSWORD):
    answer = client.post("/accounts/reauthenticate/", {"password": password, "next": to})
    assert answer.status_code == 302, answer.content.decode()


# --- the door


def test_the_right_password_lets_in_and_both_ends_are_on_record(people):
    person = people("auditor")
    client, answer = _sign_in(person)
    assert answer.status_code == 302 and answer.headers["Location"] == "/"
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/").headers["Location"] == "/accounts/login/?next=/"
    assert _acts(person) == [("person.sign_in", {"way": ["password"]}), ("person.sign_out", {})]
    assert {each.by for each in Event.objects.all()} == {person}


def test_one_goes_where_one_wanted_to_and_nowhere_else(people):
    person = people("auditor")
    assert _sign_in(person, next="/people/me/")[1].headers["Location"] == "/people/me/"
    elsewhere = ("https://elsewhere.test/", "//elsewhere.test/", "/\\elsewhere.test", "http:elsewhere.test", "javascript:alert(1)",
                 "https://testserver@elsewhere.test/", "\thttps://elsewhere.test")  # fmt: skip
    for place in elsewhere:
        client, answer = _sign_in(person, next=place)
        assert answer.headers["Location"] == "/", place
        there = Client().post(f"/accounts/login/?next={quote(place)}", {"login": person.email, "password": PASSWORD})
        assert there.headers["Location"] == "/", place
        confirmed = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": place})
        assert "elsewhere" not in confirmed.headers.get("Location", "") and "alert" not in str(confirmed.headers), place
        spoken = client.post("/language/", {"language": "vi", "next": place})
        assert spoken.headers["Location"] == "/", place
        assert "elsewhere" not in client.post("/accounts/logout/", {"next": place}).headers["Location"], place


@pytest.mark.parametrize(("login", "password", "says"), [
    ("known", "sai hoàn toàn", "Địa chỉ thư hoặc mật khẩu không đúng"),
    ("nobody@so.test", PASSWORD, "Địa chỉ thư hoặc mật khẩu không đúng"),
    ("không phải thư", PASSWORD, "không phải địa chỉ thư điện tử"),
    ("known", "", "Chưa điền ô này"),
    ("", "", "Chưa điền ô này"),
])  # fmt: skip
def test_what_is_wrong_is_said_without_telling_who_is_known(people, login, password, says):
    person = people("auditor")
    typed = person.email if login == "known" else login
    answer = Client().post("/accounts/login/", {"login": typed, "password": password})
    page = answer.content.decode()
    assert answer.status_code == 200 and says in page
    assert ('role="alert"' in page and f'value="{typed}"' in page) or not typed
    assert password not in page or not password, "a password is never sent back"


def test_failures_at_known_accounts_are_on_record_without_what_was_typed(people):
    person = people("auditor")
    _sign_in(person, "một mật khẩu sai nào đó")
    Client().post("/accounts/login/", {"login": "nobody@so.test", "password": "x"})
    assert _acts(person) == [("person.turned_away", {"way": "password", "why": "wrong"})]
    assert Event.objects.count() == 1


def test_too_many_failures_lock_the_account_in_words_and_once_on_record(people):
    person, other = people("auditor"), people("council_member")
    for _ in range(5):
        _sign_in(person, "sai sai sai sai")
    for _ in range(3):
        page = _sign_in(person)[1].content.decode()
        assert "tạm khóa đăng nhập. Thử lại sau 5 phút" in page
    english = Client()
    english.cookies["parindex_language"] = "en"
    assert "Try again in 5 minutes" in _sign_in(person, client=english)[1].content.decode()
    assert [details["why"] for _, details in _acts(person)] == ["wrong"] * 5 + ["locked"]
    assert _sign_in(other)[1].status_code == 302, "others come in"
    with writing():
        CacheEntry.objects.filter(cache_key__contains="login_failed").update(expires=timezone.now() - timedelta(1))
    assert _sign_in(person)[1].status_code == 302, "after the window it opens by itself"


def test_an_address_nobody_has_is_locked_in_the_same_words(people):
    pages = []
    for email in (people("auditor").email, "nobody@so.test"):
        answers = [Client().post("/accounts/login/", {"login": email, "password": "sai sai sai"}) for _ in range(6)]
        pages.append([re.sub(r"name=.csrf[^>]*>", "", each.content.decode().replace(email, "…")) for each in answers])
    assert pages[0] == pages[1] and "Thử lại sau 5 phút" in pages[1][-1]


def test_the_work_of_a_wrong_password_is_the_same_for_an_address_nobody_has(people, monkeypatch):
    from quick_hasher import QuickHasher

    known, closed = people("auditor"), people("council_member")
    with writing():
        Person.objects.filter(pk=closed.pk).update(is_active=False)
    hashed, encode, verify = [], QuickHasher.encode, QuickHasher.verify
    monkeypatch.setattr(QuickHasher, "encode", lambda *words, **more: hashed.append(1) or encode(*words, **more))
    monkeypatch.setattr(QuickHasher, "verify", lambda *words, **more: hashed.append(1) or verify(*words, **more))
    work = []
    for email in (known.email, closed.email, "nobody@so.test"):
        hashed.clear()
        Client().post("/accounts/login/", {"login": email, "password": "sai sai sai"})
        work.append(len(hashed))
    assert work == [1, 1, 1]


def test_a_right_password_between_wrong_ones_does_not_start_the_count_anew(people):
    person = people("auditor")
    for _ in range(4):
        _sign_in(person, "sai sai sai sai")
    assert _sign_in(person)[1].status_code == 302
    _sign_in(person, "sai sai sai sai")
    assert "tạm khóa" in _sign_in(person)[1].content.decode()


def test_counts_are_kept_in_the_database_that_all_processes_share(people):
    _sign_in(people("auditor"), "sai sai sai sai")
    assert django_settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM parindex_cache WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone()[0] == 2


@override_settings(ACCOUNT_RATE_LIMITS={"login": "3/m/ip"})
def test_too_many_forms_from_one_place_get_a_page_in_words():
    client = Client()
    answers = [client.post("/accounts/login/", {"login": "a@b.test", "password": "x"}) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert "Chờ một phút" in answers[-1].content.decode() and answers[-1].headers["Retry-After"] == "60"


def test_nobody_signs_up_and_no_page_speaks_of_it():
    for path in ("/accounts/signup/", "/accounts/email/", "/accounts/3rdparty/", "/accounts/3rdparty/signup/"):
        assert Client().get(path).status_code == 404, path
    page = Client().get("/accounts/login/").content.decode()
    assert "signup" not in page and "ở đây không tự đăng ký" in page


def test_pages_hold_no_script_or_style_of_their_own(people):
    client, _ = _sign_in(people("auditor"))
    _confirm(client, "/")
    pages = {"/accounts/login/": Client(), "/accounts/password/reset/": Client()}
    for path in ("logout/", "password/change/", "2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "reauthenticate/"):
        pages[f"/accounts/{path}"] = client
    for path, by in pages.items():
        answer = by.get(path)
        text = answer.content.decode()
        assert answer.status_code == 200, path
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|src=\"data:", text), path
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
            assert "src=" in attributes or 'type="application/json"' in attributes, (path, body)


# --- passwords


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(people):
    person = people("auditor")
    old, _ = _sign_in(person)
    stranger = Client()
    assert (
        "Xem hộp thư"
        in stranger.post("/accounts/password/reset/", {"email": person.email}, follow=True).content.decode()
    )
    letter = mail.outbox[-1]
    assert letter.subject == "parindex: đặt lại mật khẩu" and "bỏ qua thư này" in letter.body
    link = re.search(r"http://testserver(\S+)", letter.body)[1]
    form = stranger.get(link, follow=True)
    to = form.redirect_chain[-1][0]
    assert "Hai lần gõ" in stranger.post(to, {"password1": NEW, "password2": NEW + "x"}).content.decode()
    assert "ngắn hơn 12" in stranger.post(to, {"password1": "ngắn", "password2": "ngắn"}).content.decode()
    assert "đặt mật khẩu mới" in stranger.post(to, {"password1": NEW, "password2": NEW}, follow=True).content.decode()
    assert "không còn dùng được" in Client().get(link, follow=True).content.decode()
    assert old.get("/").status_code == 302, "sessions under the old password are over"
    assert _sign_in(person, NEW)[1].status_code == 302
    assert ("person.password", {"kind": "reset"}) in _acts(person)
    assert "đặt lại" in mail.outbox[-1].body


def test_asking_for_an_unknown_address_answers_the_same_and_sends_nothing(people):
    closed = people("auditor")
    with writing():
        Person.objects.filter(pk=closed.pk).update(is_active=False)
    for email in ("nobody@so.test", closed.email):
        page = Client().post("/accounts/password/reset/", {"email": email}, follow=True).content.decode()
        assert "Xem hộp thư" in page
    assert not mail.outbox


def test_the_mail_of_a_reset_leaves_after_the_answer_whose_time_tells_nothing(people, monkeypatch):
    from django.core.mail.backends.locmem import EmailBackend
    from django.core.signals import request_finished

    order, taken = [], EmailBackend.send_messages

    def answered(**_):
        order.append("answered")

    monkeypatch.setattr(EmailBackend, "send_messages", lambda *all: order.append("mail") or taken(*all))
    request_finished.connect(answered)
    try:
        Client().post("/accounts/password/reset/", {"email": people("auditor").email})
    finally:
        request_finished.disconnect(answered)
    assert order == ["answered", "mail"] and len(mail.outbox) == 1


def test_a_mail_server_that_is_down_breaks_no_page(people, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1)  # fmt: skip
    answer = Client().post("/accounts/password/reset/", {"email": people("auditor").email}, follow=True)
    assert answer.status_code == 200 and "Xem hộp thư" in answer.content.decode()


def test_changing_the_password_asks_for_the_present_one_and_ends_other_sessions(people):
    person = people("auditor")
    here, _ = _sign_in(person)
    there, _ = _sign_in(person)
    change = {"oldpassword": "sai", "password1": NEW, "password2": NEW}
    assert "Mật khẩu hiện tại không đúng" in here.post("/accounts/password/change/", change).content.decode()
    assert here.post("/accounts/password/change/", {**change, "oldpassword": PASSWORD}).status_code == 302
    assert here.get("/").status_code == 200 and there.get("/").status_code == 302
    assert _acts(person)[-1] == ("person.password", {"kind": "changed"})
    assert "được đổi" in mail.outbox[-1].body and mail.outbox[-1].to == [person.email]


def test_mails_are_written_in_the_language_of_the_person_not_of_who_asks(people):
    person = people("auditor")
    with writing():
        Person.objects.filter(pk=person.pk).update(language="en")
    Client().post("/accounts/password/reset/", {"email": person.email})
    assert mail.outbox[-1].subject == "parindex: set a new password"


# --- second steps


@pytest.fixture
def at_once(monkeypatch):
    """What waits for the end of the transaction happens now: a test's own transaction never ends."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, **_: do())


def _with_app(person):
    client, _ = _sign_in(person)
    _confirm(client, "/accounts/2fa/totp/activate/")
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="secret" value="(\w+)"', page)[1]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": _code(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return client, secret


def test_an_app_is_added_by_its_picture_and_asked_for_ever_after(people, at_once):
    person = people("auditor")
    client, _ = _sign_in(person)
    assert client.get("/accounts/2fa/totp/activate/").headers["Location"].startswith("/accounts/reauthenticate/")
    assert client.get("/accounts/2fa/totp/picture.svg").status_code == 302
    client, secret = _with_app(person)
    assert [act for act, _ in _acts(person) if "step" in act] == ["person.add_second_step"] * 2
    assert "10/10" in client.get("/accounts/2fa/recovery-codes/").content.decode()

    signing, answer = _sign_in(person)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert signing.get("/").status_code == 302, "the password alone opens nothing"
    wrong = signing.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "Mã không đúng hoặc đã dùng" in wrong
    assert ("person.turned_away", {"way": "mfa", "why": "code"}) in _acts(person)
    code = _code(secret)
    assert signing.post("/accounts/2fa/authenticate/", {"code": code}).headers["Location"] == "/"
    assert _acts(person)[-1] == ("person.sign_in", {"way": ["password", "mfa"]})
    again, _ = _sign_in(person)
    assert "đã dùng" in again.post("/accounts/2fa/authenticate/", {"code": code}).content.decode()


def test_the_picture_is_an_svg_of_the_secret_on_offer_and_kept_by_nobody(people):
    client, _ = _sign_in(people("auditor"))
    _confirm(client, "/")
    assert client.get("/accounts/2fa/totp/picture.svg").status_code == 404
    client.get("/accounts/2fa/totp/activate/")
    picture = client.get("/accounts/2fa/totp/picture.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml" and picture.content.startswith(b"<?xml")
    assert "no-store" in picture.headers["Cache-Control"]


def test_a_recovery_code_works_once(people, at_once):
    person = people("auditor")
    client, _ = _with_app(person)
    codes = client.get("/accounts/2fa/recovery-codes/download/").content.decode().split()
    assert len(codes) == 10
    for expected in (302, 200):
        signing, _ = _sign_in(person)
        assert signing.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == expected
    client.post("/accounts/2fa/recovery-codes/generate/")
    assert _acts(person)[-1][0] == "person.new_codes" and "mã cũ hết hiệu lực" in mail.outbox[-1].body


def test_guessing_codes_is_locked_like_guessing_passwords(people, at_once):
    person = people("auditor")
    _with_app(person)
    signing, _ = _sign_in(person)
    for _ in range(5):
        signing.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "tạm khóa" in signing.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()


def test_roles_that_must_have_a_second_step_do_nothing_before(people, settings, at_once):
    settings.TWO_STEP_ROLES = frozenset({"administrator"})
    person, free = people("administrator"), people("auditor")
    client, _ = _sign_in(person)
    answer = client.get("/people/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/2fa/" and "phải đăng nhập hai lớp" in answer.content.decode()
    assert client.post("/people/invite/", {}).status_code == 302
    assert _sign_in(free)[0].get("/").status_code == 200
    client, _ = _with_app(person)
    assert client.get("/people/").status_code == 200
    page = client.get("/accounts/2fa/totp/deactivate/").content.decode()
    assert "không gỡ được lớp cuối cùng" in page
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_an_administrator_takes_a_lost_second_step_away(people, at_once):
    person, administrator = people("auditor"), people("administrator")
    client, _ = _with_app(person)
    admin, _ = _sign_in(administrator)
    path = f"/people/{person.pk}/second-step/"
    assert "WEB-REASON" in admin.post(path, {"reason": ""}).content.decode()
    assert admin.post(path, {"reason": "mất điện thoại"}).status_code == 302
    assert client.get("/").status_code == 302 and _sign_in(person)[1].headers["Location"] == "/"
    assert "WEB-NO-SECOND-STEP" in admin.post(path, {"reason": "x"}).content.decode()
    assert _acts(person)[-2][1]["kinds"] == ["recovery_codes", "totp"]


def test_a_broken_key_is_said_in_words(people):
    client, _ = _sign_in(people("auditor"))
    _confirm(client, "/")
    for credential in ("", "{}", '{"id": 1}', "[]", "không phải"):
        answer = client.post("/accounts/2fa/webauthn/add/", {"name": "x", "credential": credential})
        assert answer.status_code == 200 and 'role="alert"' in answer.content.decode(), credential
    for credential in ("", "{}", "không phải"):
        answer = Client().post("/accounts/2fa/webauthn/login/", {"credential": credential}, follow=True)
        assert "Đăng nhập" in answer.content.decode()


# --- sessions


def test_an_expired_session_asks_to_sign_in_and_leads_back(people):
    client, _ = _sign_in(people("auditor"))
    with writing():
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/people/me/").headers["Location"] == "/accounts/login/?next=/people/me/"


def test_a_session_lasts_a_working_day_and_ends_with_the_browser(people):
    client, _ = _sign_in(people("auditor"))
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(hours=8) < left <= timedelta(hours=9)
    cookie = client.cookies["sessionid"]
    assert cookie["expires"] == "" and cookie["httponly"] and cookie["samesite"] == "Lax"


def test_signing_in_changes_the_session_so_that_a_planted_one_is_worth_nothing(people):
    client = Client()
    client.get("/people/join/planted/")
    before = client.cookies["sessionid"].value
    _sign_in(people("auditor"), client=client)
    assert client.cookies["sessionid"].value != before


def test_the_library_changes_passwords_and_its_own_tables_only(people):
    person = people("auditor")
    from parindex_web.audit.guard import _refuse, connections

    with connections["default"].execute_wrapper(_refuse):
        person.set_password(NEW)
        person.save(update_fields=["password"])
        for field, value in (("email", "x@y.test"), ("is_active", False), ("session_round", 5), ("full_name", "X")):
            setattr(person, field, value)
            with pytest.raises(WriteOutsideAct):
                person.save(update_fields=[field])


# --- single sign-on


KNOWN = "officer@so.test"


@pytest.fixture
def provider(settings):
    people = [
        Claims(sub="known", claims={"email": "Officer@So.Test", "email_verified": True, "name": "Cán bộ"}),
        Claims(sub="unknown", claims={"email": "stranger@so.test", "email_verified": True}),
        Claims(sub="unverified", claims={"email": KNOWN, "email_verified": False}),
        Claims(sub="says-false", claims={"email": KNOWN, "email_verified": "false"}),
        Claims(sub="silent", claims={"email": KNOWN}),
        Claims(sub="nothing", claims={}),
    ]
    with identity_provider(*people) as (address, door):
        app = {
            "provider_id": "so",
            "name": "Cổng của Sở",
            "client_id": "parindex",
            "secret": "s3cret",
            "settings": {"server_url": address},
        }
        settings.OIDC_APPS = [app]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
        yield door


def _by_provider(subject, client=None, *, path="/accounts/oidc/so/login/"):
    """Press the button, say at the provider who one is, come back."""
    client = client or Client()
    there = client.post(path).headers["Location"]
    asked = parse_qs(urlsplit(there).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["state"] and "openid" in asked["scope"][0]
    back = requests.post(there, data={"sub": subject}, allow_redirects=False, timeout=10).headers["Location"]
    assert back.startswith("http://testserver/accounts/oidc/so/login/callback/?code=")
    return client, client.get(back.removeprefix("http://testserver")), back


def test_a_known_address_enters_by_single_sign_on(people, provider):
    person = Person.objects.create_user(KNOWN, full_name="Cán bộ")
    page = Client().get("/accounts/login/").content.decode()
    assert "Đăng nhập bằng Cổng của Sở" in page and 'action="/accounts/oidc/so/login/' in page
    client, answer, _ = _by_provider("known")
    assert answer.headers["Location"] == "/" and client.get("/").status_code == 200
    assert provider.proofs == 1
    assert [act for act, _ in _acts(person)] == ["person.connect", "person.sign_in"]
    assert "gắn với đăng nhập một lần: Cổng của Sở" in mail.outbox[-1].body
    # From now on the subject counts, not the address.
    _by_provider("known")
    assert SocialAccount.objects.get().user == person
    assert [act for act, _ in _acts(person)][-1] == "person.sign_in"


@pytest.mark.parametrize(("subject", "says"), [
    ("unknown", "không có tài khoản đang mở"),
    ("unverified", "chưa xác nhận địa chỉ"),
    ("says-false", "chưa xác nhận địa chỉ"),
    ("silent", "chưa xác nhận địa chỉ"),
    ("nothing", "không cho biết địa chỉ thư"),
])  # fmt: skip
def test_who_is_not_known_by_a_verified_address_stays_outside(people, provider, subject, says):
    person = Person.objects.create_user(KNOWN, full_name="Cán bộ")
    client, answer, _ = _by_provider(subject)
    assert answer.status_code == 403 and says in answer.content.decode()
    assert client.get("/").status_code == 302
    assert Person.objects.count() == 1 and not SocialAccount.objects.exists()
    known = subject in ("unverified", "says-false", "silent")
    assert _acts(person) == ([("person.turned_away", {"way": "oidc", "why": "unverified"})] if known else [])


def test_a_closed_account_stays_outside_before_and_after_it_was_bound(people, provider):
    person = Person.objects.create_user(KNOWN, full_name="Cán bộ")
    with writing():
        Person.objects.filter(pk=person.pk).update(is_active=False)
    assert _by_provider("known")[1].status_code == 403
    with writing():
        Person.objects.filter(pk=person.pk).update(is_active=True)
    client, _, _ = _by_provider("known")
    with writing():
        Person.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/").status_code == 302
    assert _by_provider("known")[1].headers["Location"] == "/accounts/inactive/"


def test_a_code_or_state_of_somebody_else_opens_nothing(people, provider):
    Person.objects.create_user(KNOWN, full_name="Cán bộ")
    _, _, back = _by_provider("known")
    for path in (back, back.replace("code=", "code=x"), "/accounts/oidc/so/login/callback/?code=1&state=2"):
        other = Client()
        answer = other.get(path.removeprefix("http://testserver"))
        assert answer.status_code == 401 and "Thử lại" in answer.content.decode()
        assert other.get("/").status_code == 302
    assert Client().get("/accounts/oidc/nobody/login/").status_code == 404


def test_a_code_without_its_proof_opens_nothing(people, provider):
    """Whoever steals the code on its way back lacks what only the browser's own session holds (PKCE)."""
    Person.objects.create_user(KNOWN, full_name="Cán bộ")
    client = Client()
    there = client.post("/accounts/oidc/so/login/").headers["Location"]
    back = requests.post(there, data={"sub": "known"}, allow_redirects=False, timeout=10).headers["Location"]
    session = client.session
    ((state, *_),) = session["socialaccount_states"].values()
    assert len(state["pkce_code_verifier"]) >= 43
    state["pkce_code_verifier"] = "x" * 43
    session.save()
    answer = client.get(back.removeprefix("http://testserver"))
    assert answer.status_code == 401 and "Thử lại" in answer.content.decode()
    assert provider.proofs == 0 and client.get("/").status_code == 302


def test_stopping_at_the_provider_is_no_fault(provider):
    client = Client()
    there = client.post("/accounts/oidc/so/login/").headers["Location"]
    back = requests.post(there, data={"action": "deny"}, allow_redirects=False, timeout=10).headers["Location"]
    assert "error=access_denied" in back
    # This provider leaves the state out, others send it back.
    assert "Thử lại" in client.get(back.removeprefix("http://testserver")).content.decode()
    state = parse_qs(urlsplit(there).query)["state"][0]
    page = client.get(f"/accounts/oidc/so/login/callback/?error=access_denied&state={state}", follow=True)
    assert "Đã dừng đăng nhập" in page.content.decode()


def test_a_provider_that_does_not_answer_is_said_in_words(settings):
    app = {
        "provider_id": "so",
        "name": "X",
        "client_id": "x",
        "secret": "y",
        "settings": {"server_url": "http://127.0.0.1:1"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
    answer = Client().post("/accounts/oidc/so/login/")
    assert answer.status_code == 401 and "không trả lời đúng" in answer.content.decode()


def test_nobody_binds_another_address_to_their_own_account(people, provider):
    officer, person = Person.objects.create_user(KNOWN, full_name="Cán bộ"), people("auditor")
    client, _ = _sign_in(person)
    _confirm(client, "/")
    _by_provider("known", client, path="/accounts/oidc/so/login/?process=connect")
    assert not SocialAccount.objects.filter(user=person).exists()
    client, _ = _sign_in(person)
    _confirm(client, "/")
    answer = _by_provider("unknown", client, path="/accounts/oidc/so/login/?process=connect")[1]
    assert answer.status_code == 403 and not SocialAccount.objects.filter(user=person).exists()
    assert officer.is_active


def test_the_second_step_is_asked_for_after_single_sign_on_too(people, provider, at_once):
    person = Person.objects.create_user(KNOWN, PASSWORD, full_name="Cán bộ")
    _with_app(person)
    assert _by_provider("known")[1].headers["Location"] == "/accounts/2fa/authenticate/"


def test_an_invited_person_may_join_without_a_password(edition, people, provider):
    admin, _ = _sign_in(people("administrator"))
    admin.post("/people/invite/", {"full_name": "Cán bộ", "email": KNOWN, "language": "vi", "role": "auditor"})
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]
    client = Client()
    client.get(link)
    assert client.post("/people/join/", {"way": "provider"}, follow=True).redirect_chain[-1][0] == "/accounts/login/"
    assert not Person.objects.get(email=KNOWN).has_usable_password()
    client, answer, _ = _by_provider("known", client)
    assert answer.headers["Location"] == "/" and "Đặt mật khẩu" in client.get("/people/me/").content.decode()
    set_it = client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW})
    assert set_it.status_code == 302 and Person.objects.get(email=KNOWN).check_password(NEW)


def test_without_a_provider_there_is_no_button(people):
    assert "Đăng nhập bằng Cổng" not in Client().get("/accounts/login/").content.decode()
    assert "oidc" not in Client().get("/accounts/login/").content.decode()


# --- commands


def _command(tmp_path, *words, **environ):
    (tmp_path / "incoming").mkdir(exist_ok=True)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PARINDEX_", "DJANGO_"))}
    given = {"PARINDEX_FILES": str(tmp_path), "PARINDEX_DATABASE": f"sqlite:///{tmp_path}/x.sqlite3", **environ}
    return subprocess.run(
        [sys.executable, "-m", "parindex_web", *words], env={**clean, "PYTHONPATH": "src", **given}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_commands_make_the_first_administrator_and_a_demonstration(tmp_path):
    demo = {"PARINDEX_DEMO": "1"}
    assert _command(tmp_path, "migrate", **demo).returncode == 0
    wrong = _command(tmp_path, "invite_first_administrator", "x", " ", "--site", "foo", **demo)
    assert wrong.returncode == 1 and {"WEB-NAME", "WEB-ADDRESS", "WEB-SITE"} <= set(
        re.findall(r"\[([A-Z-]+)\]", wrong.stderr)
    )
    site = ("--site", "https://parindex.test")
    first = _command(tmp_path, "invite_first_administrator", "a@so.test", "Một", *site, **demo)
    second = _command(tmp_path, "invite_first_administrator", "a@so.test", "Một", *site, **demo)
    for each in (first, second):
        assert re.search(r"^https://parindex.test/people/join/\S{40,}/$", each.stdout, re.MULTILINE), each.stderr
    assert first.stdout != second.stdout
    no_edition = _command(tmp_path, "make_demonstration", **demo)
    assert no_edition.returncode == 1 and "WEB-DEMO-EDITION" in no_edition.stderr
    made = _command(tmp_path, "make_demonstration", "tests/web/small", **demo)
    rows = re.findall(r"^  (\S+@demo\.test) +(\S{16}) ", made.stdout, re.MULTILINE)
    assert len(rows) == 9 and len({password for _, password in rows}) == 9, made.stderr
    again = _command(tmp_path, "make_demonstration", **demo)
    assert again.returncode == 1 and "WEB-DEMO-THERE" in again.stderr
    new = _command(tmp_path, "make_demonstration", "--new-passwords", **demo)
    assert len(re.findall("@demo.test", new.stdout)) == 9 and rows[0][1] not in new.stdout
    there = _command(tmp_path, "invite_first_administrator", "b@so.test", "Hai", *site, **demo)
    assert there.returncode == 1 and "WEB-ADMINISTRATOR" in there.stderr


@pytest.mark.slow
def test_a_demonstration_is_refused_on_a_real_server(tmp_path):
    real = {"PARINDEX_SECRET_KEY": "x" * 60, "PARINDEX_HOSTS": "parindex.test"}
    assert _command(tmp_path, "migrate", **real).returncode == 0
    refused = _command(tmp_path, "make_demonstration", "tests/web/small", **real)
    assert refused.returncode == 1 and "WEB-DEMO]" in refused.stderr
    outside = _command(tmp_path, "check", PARINDEX_DEMO="1", PARINDEX_HOSTS="parindex.test")
    assert outside.returncode != 0 and "loopback only" in outside.stderr
    apps = json.dumps(
        [
            {
                "provider_id": "so",
                "name": "Sở",
                "client_id": "x",
                "secret": "y",
                "settings": {"server_url": "https://id.so.test/realm"},
            }
        ]
    )
    shown = _command(tmp_path, "diffsettings", PARINDEX_OIDC=apps, **real)
    assert "'https://id.so.test'" in shown.stdout and "https://id.so.test/realm'\"" not in shown.stdout
