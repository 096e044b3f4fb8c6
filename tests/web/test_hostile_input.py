"""What somebody careless or hostile can put into any field of any form or address: never a broken page."""

from __future__ import annotations

import unicodedata

import pytest
from addresses import ADDRESSES, scene
from collecting import E, client_of, pdf, save, text_of, upload
from django.db import transaction
from django.test import Client
from stories import line_of

from parindex_web.pages.typed import cleaned, time_typed, whole_number

pytestmark = pytest.mark.slow

LIBRARY = ("account_", "mfa_", "socialaccount_", "openid_connect_", "sign_out_everywhere")
FREE = [
    "reason",
    "text",
    "explanation",
    "1.1-explanation",
    "place",
    "decision",
    "title",
    "1-title",
    "1-symbol",
    "1-issuer",
    "full_name",
    "where",
    "locator-1",
    "q",
    "search",
    "kept",
    "digest",
    "line",
    "values",
    "seen",
    "number",
    "document",
    "computation",
    "person",
    "chair",
    "points",
    "1-issued",
    "page",
    "year",
    "closes_at",
    "until",
    "embargo",
    "held_on",
    "valid_from",
    "valid_until",
    "email",
    "code",
    "last",
    "1.1-met",
    "1.1-document",
    "way-1",
]
CHOICES = [
    "node",
    "move",
    "what",
    "choice",
    "act",
    "outcome",
    "basis",
    "standing",
    "sort",
    "only",
    "by",
    "unit",
    "domain",
    "domains",
    "state",
    "show",
    "role",
    "edition",
    "on",
    "way",
    "language",
    "reopen",
    "keep",
    "next",
    "token",
]
HOSTILE = {
    "null byte": "một\x00hai",
    "digits": "9" * 5000,
    "superscript": "²",
    "beyond 64 bits": "9" * 30,
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "signs": "Kế hoạch \u202egnp.exe\u2066 👩‍👩‍👧 \ufeff\ufffe",
    "first day": "0001-01-01T00:00",
    "last day": "9999-12-31T23:59",
    "bytes": "Tỉnh".encode("utf-16"),
    "long": "dài " * 5_000,
}


@pytest.mark.parametrize("names", [sorted(HOSTILE)[::2], sorted(HOSTILE)[1::2]], ids=["one half", "other half"])
def test_no_field_of_any_address_breaks_a_page(edition, people, names):
    """Every field hostile at once; every field but the choices, so that what is behind them is reached too."""
    things = scene(edition, people)
    clients = {}
    broken, shown = [], []
    for each in ADDRESSES:
        if each.name.startswith(LIBRARY) or not each.let_in:
            continue
        who = each.let_in.split()[0]
        if who not in clients:
            clients[who] = Client(raise_request_exception=False)
            clients[who].force_login(things["cast"][who])
        usual = dict(each.body(things))
        files = {key: value for key, value in usual.items() if not isinstance(value, str | int)}
        right = {key: value for key, value in usual.items() if key in CHOICES or key in ("key", "seen", "computation")}
        for name in names:
            if name == "long" and each.method == "GET":
                continue  # the server takes no address of that length
            value = HOSTILE[name]
            for body in ({**dict.fromkeys(FREE + CHOICES, value), **files}, {**dict.fromkeys(FREE, value), **right}):
                with transaction.atomic():
                    ask = clients[who].post if each.method == "POST" else clients[who].get
                    response = ask(each.url(things), body)
                    content = b"".join(response.streaming_content) if response.streaming else response.content
                    transaction.set_rollback(True)
                if response.status_code >= 500:
                    broken.append(f"{each.method} {each.name}, {name}: {response.status_code}")
                if b"<script>alert(1)" in content or "\u202e".encode() in content:
                    shown.append(f"{each.method} {each.name}, {name}")
    assert not broken, "\n".join(broken)
    assert not shown, "\n".join(shown)


def test_what_is_typed_is_composed_and_freed_of_signs_that_nobody_typed(edition, people):
    officer = client_of(people("coordinator", unit="U1"))
    decomposed = unicodedata.normalize("NFD", "Kế hoạch số 12/KH-UBND của Huế")
    saved = save(officer, "U1", "1.1", {"met": "yes"}, explanation=f"\u202e{decomposed}\x00\x07 👍\nDòng hai")
    assert saved.status_code == 302
    assert line_of(edition, "U1", "1.1").explanation == "Kế hoạch số 12/KH-UBND của Huế 👍\nDòng hai"


def test_a_document_is_found_by_a_word_typed_decomposed(edition, people):
    officer = client_of(people("coordinator", unit="U1"))
    upload(officer, "U1", (unicodedata.normalize("NFD", "Quyết định Huế.pdf"), pdf("a")), ("Khác.pdf", pdf("b")))
    page = text_of(officer.get(f"{E}/units/U1/evidence/", {"q": unicodedata.normalize("NFD", "huế")}))
    assert "Quyết định Huế" in page and "Khác" not in page


def test_an_address_typed_decomposed_is_the_same_and_one_with_control_signs_is_none(edition, people):
    officer = client_of(people("coordinator", unit="U1"))
    assert officer.get(unicodedata.normalize("NFD", f"{E}/units/U1/")).status_code == 200
    for address in (f"{E}/units/U1%00/", f"{E}/units/U1/domains/1%00/", f"{E}/units/U1/evidence/{'9' * 30}/"):
        assert officer.get(address).status_code == 404, address


def test_a_password_is_left_as_it_was_typed(people):
    person = people("auditor")
    secret = unicodedata.normalize("NFD", "mật khẩu rất là dài của tôi")
    person.set_password(secret)
    person.save(update_fields=["password"])
    answer = Client().post("/accounts/login/", {"login": person.email, "password": secret})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("2147483647", 2147483647), ("2147483648", None), ("9" * 5000, None), ("²", None), ("-1", None),
     ("٣", None), ("", None), (" 7", None)],
)  # fmt: skip
def test_numbers(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59", "2026-01-01T17:00+00:00", "17:00", ""])
def test_times_that_are_none(text):
    assert time_typed(text) is None


def test_a_time_is_one_of_vietnam():
    assert time_typed("2026-01-31T17:00").isoformat() == "2026-01-31T17:00:00+07:00"


def test_cleaning_keeps_what_people_type():
    kept = "Điểm 1,5 – “đạt” 👩‍👩‍👧\tcột\ndòng"
    assert cleaned(kept) == kept
    assert cleaned("a\r\nb\rc") == "a\nb\nc"


def test_ten_megabytes_in_a_field_are_refused_in_words(edition, people):
    officer = client_of(people("coordinator", unit="U1"))
    page = save(officer, "U1", "1.1", {"met": "yes"}, explanation="x" * 10_000_000)
    assert page.status_code == 400 and "không quá 2 MB chữ" in text_of(page)
    script = save(officer, "U1", "1.1", {"met": "yes"}, explanation="x" * 10_000_000, script=True)
    assert script.status_code == 400 and "không quá 2 MB chữ" in script.json()["problem"]
    assert line_of(edition, "U1", "1.1").version == 0


def test_a_reason_that_nobody_would_read_is_refused_in_words_and_given_back(edition, people):
    manager = client_of(people("programme_manager"))
    body = {"unit": "U1", "what": "self_assessment", "until": "2099-03-01T17:00", "reason": "bão " * 2_000}
    page = text_of(manager.post(f"{E}/extend/", body, follow=True))
    assert "nhiều nhất 4.000" in page and "bão bão" in page
    assert not edition.unit_files.get(unit="U1").extensions.exists()
