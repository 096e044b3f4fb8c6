"""Whatever ends between typing and saving, a person without JavaScript has on the page what they typed, and is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from collecting import E, client_of, save, text_of
from django.test import Client
from stories import before_council, find, line_of, signed

from parindex_web import clock
from parindex_web.accounts.models import Duty
from parindex_web.audit.guard import writing
from parindex_web.pages import limits

pytestmark = pytest.mark.slow

TYPED = "Báo cáo số 15 gõ suốt một giờ"


def test_a_form_sent_after_the_session_ended(edition, people):
    somebody = Client()
    came_from = f"http://testserver{E}/units/U1/domains/1/"
    body = {"1.1-explanation": TYPED, "1.1-met": "yes", "seen": "0", "key": "x", "password": "bí mật"}
    answer = somebody.post(f"{E}/units/U1/lines/1.1/save/", body, headers={"referer": came_from})
    page = text_of(answer)
    assert answer.status_code == 401 and "Phiên làm việc đã hết" in page
    assert TYPED in page and "1.1 Giải trình" in page and "bí mật" not in page
    assert "/accounts/login/?next=%2Feditions%2F" in page and "domains%2F1%2F" in page


def test_signing_in_never_leads_to_another_site(edition):
    for referer in ("http://evil.test/x", "http://testserver.evil.test/", "//evil.test"):
        page = text_of(Client().post(f"{E}/units/U1/sign/", {"digest": "0"}, headers={"referer": referer}))
        assert "evil" not in page and "next=%2F" in page


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_form_whose_token_is_of_an_old_session(edition, people, language):
    person = people("coordinator", unit="U1")
    with writing():
        person.language = language
        person.save(update_fields=["language"])
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    sent = {"text": TYPED}
    answer = strict.post(f"{E}/appraisal/units/U1/lines/1.1/explain/", sent, headers={"origin": "http://testserver"})
    page = text_of(answer)
    assert answer.status_code == 403 and TYPED in page
    assert {"vi": "chưa lưu", "en": "not saved"}[language] in page and {"vi": "not saved", "en": "chưa"}[
        language
    ] not in page
    other = strict.post(f"{E}/appraisal/units/U1/lines/1.1/explain/", sent, headers={"origin": "http://evil.test"})
    assert other.status_code == 403 and TYPED not in text_of(other), "another site does not write on our pages"


def test_a_role_that_ended_while_typing(edition, people):
    person = people("coordinator", unit="U1")
    client = client_of(person)
    yesterday = clock.today() - timedelta(days=1)
    with writing():
        Duty.objects.filter(person=person).update(valid_until=yesterday)
        Duty.objects.create(person=person, role="field_officer", unit="U1", domains=["2"], valid_from=yesterday)
    answer = save(client, "U1", "1.2", {"numerator": "54", "denominator": "60"}, seen=0, explanation=TYPED)
    page = text_of(answer)
    assert answer.status_code == 403 and TYPED in page and "không ghi được mục này" in page
    assert "numerator" not in page.split("Những gì bạn vừa gõ")[1], "fields have names that people know"


def test_a_form_without_its_number_is_answered_on_its_page(edition, people):
    client = client_of(people("coordinator", unit="U1"))
    answer = client.post(f"{E}/units/U1/lines/1.1/save/", {"1.1-explanation": TYPED})
    assert answer.status_code == 400 and TYPED in text_of(answer)


def test_the_address_of_a_form_opened_as_a_page_is_no_blank_page(edition, people):
    client = client_of(people("coordinator", unit="U1"))
    answer = client.get(f"{E}/units/U1/lines/1.1/save/")
    assert answer.status_code == 405 and answer["Allow"] == "POST" and "địa chỉ của một biểu mẫu" in text_of(answer)


def test_too_many_forms_give_back_what_was_typed_and_say_when_to_go_on(edition, people, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "compute", (0, 600))
    manager = client_of(people("programme_manager"))
    answer = manager.post(f"{E}/results/publish/", {"decision": TYPED, "computation": "1"})
    page = text_of(answer)
    assert answer.status_code == 429 and 0 < int(answer["Retry-After"]) <= 600
    assert TYPED in page and "phút rồi thử lại" in page


def test_a_motion_that_cannot_be_put(edition, people):
    from parindex_web.appraise import council

    edition = before_council(edition, people)
    people("council_member")
    secretary = people("council_secretary")
    council.convene(by=secretary, edition=edition, held_on=clock.today(), place="", in_writing=False)
    body = {"text": TYPED, "unit": "U1", "node": "9.9", "points": "1,5"}
    page = text_of(client_of(secretary).post(f"{E}/appraisal/council/sessions/1/motions/", body, follow=True))
    assert "không có mục" in page.casefold() and TYPED in page and "1,5" in page


def test_a_reason_typed_for_a_step_that_is_no_longer_possible(edition, people):
    signed(edition, people)
    answer = client_of(people("approver", unit="U1")).post(f"{E}/units/U1/return/", {"reason": TYPED}, follow=True)
    assert TYPED in text_of(answer)


def test_a_finding_that_comes_too_late(edition, people):
    edition = signed(edition, people)
    appraiser = people("appraiser")
    find(appraiser, line_of(edition, "U1", "1.1"))
    with writing():
        edition.unit_files.filter(unit="U1").update(standing="appraised_1")
    answer = client_of(appraiser).post(
        f"{E}/appraisal/units/U1/lines/1.1/find/", {"outcome": "adjust", "points": "0,1", "reason": TYPED}
    )
    assert answer.status_code == 409 and TYPED in text_of(answer)
