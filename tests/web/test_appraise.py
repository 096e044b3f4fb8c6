"""The appraisal: queue, findings, blind second markers, explanations with evidence."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from stories import CLAIMS, E, accept_all, client_of, find, line_of, signed

from parindex_web import clock
from parindex_web.accounts.permissions import Refused
from parindex_web.appraise import actions
from parindex_web.appraise.marking import counting, marks_of
from parindex_web.appraise.models import Finding
from parindex_web.audit.guard import writing
from parindex_web.audit.models import Event
from parindex_web.collect.models import EvidenceFile
from parindex_web.editions.actions import extend, move_unit, set_deadline
from parindex_web.editions.steps import Impossible

pytestmark = pytest.mark.slow


def _code(call):
    with pytest.raises(Impossible) as found:
        call()
    return found.value.problem.code


def _explaining(edition, people, *, asked=("2.1.1",)):
    """U1 is asked about some lines; its explanations are open."""
    edition = signed(edition, people)
    appraiser = people("appraiser")
    for node in CLAIMS["U1"]:
        if node in asked:
            find(appraiser, line_of(edition, "U1", node), "ask", reason="Nêu rõ nguồn số liệu")
        else:
            find(appraiser, line_of(edition, "U1", node))
    file = edition.unit_files.get(unit="U1")
    actions.close_round(by=people("programme_manager"), unit_file=file, explain=True)
    return edition


def _document(unit_file, person, number=1):
    with writing():
        return EvidenceFile.objects.create(
            unit_file=unit_file, number=number, title=f"Báo cáo {number}", file_name="a.pdf",
            media_type="application/pdf", size=3, sha256=f"{number:064x}", stored_as=f"a{number}",
            uploaded_at=clock.now(), uploaded_by=person,
        )  # fmt: skip


# --- the queue


def test_the_queue_by_unit_and_by_line_and_the_next_open_line(edition, people):
    edition = signed(edition, people)
    client = client_of(people("appraiser"))
    page = client.get(f"{E}/appraisal/").content.decode()
    assert (
        "0/4" in page
        and f'href="{E.replace("ô", "%C3%B4").replace("ỏ", "%E1%BB%8F")}/appraisal/units/U1/lines/1.1/?by=unit"' in page
    )
    after = client.get(f"{E}/appraisal/next/?by=domain&unit=U1&node=1.1")
    assert after.url.endswith("/units/U2/lines/1.1/?by=domain&only=")
    after = client.get(f"{E}/appraisal/next/?by=unit&only=2&unit=U1&node=2.1.1")
    assert after.url.endswith("/units/U1/lines/2.1.2/?by=unit&only=2")
    lines = client.get(f"{E}/appraisal/?domain=1&state=open").content.decode()
    assert lines.count("chưa thẩm định</span>") == 4
    accept_all(edition, people("appraiser"))
    assert client.get(f"{E}/appraisal/next/?by=unit").url.endswith("/appraisal/")


def test_an_appraiser_of_a_domain_and_unit_sees_and_marks_only_theirs(edition, people):
    edition = signed(edition, people)
    mine = people("appraiser", unit="U1", domains=["2"])
    page = client_of(mine).get(f"{E}/appraisal/").content.decode()
    assert "0/2" in page and "Tỉnh Hai" not in page
    find(mine, line_of(edition, "U1", "2.1.1"))
    for unit, node in (("U1", "1.1"), ("U2", "2.1.1")):
        with pytest.raises(Refused):
            find(mine, line_of(edition, unit, node))
    assert client_of(mine).get(f"{E}/appraisal/units/U2/lines/2.1.1/").status_code == 404
    assert client_of(mine).get(f"{E}/appraisal/units/U1/lines/1.1/").status_code == 404


def test_everything_of_a_line_is_on_one_screen(edition, people):
    edition = signed(edition, people)
    page = client_of(people("appraiser")).get(f"{E}/appraisal/units/U1/lines/1.2/").content.decode()
    for text in ("54", "Báo cáo số 1", "Cách tính điểm", "47/60 nhiệm vụ", "dưới mức sàn", "0,90 / 1,00"):
        assert text in page, text


def test_saving_goes_on_to_the_next_open_line_in_the_way_of_working(edition, people):
    signed(edition, people)
    client = client_of(people("appraiser"))
    body = {"outcome": "accept", "by": "domain", "only": ""}
    assert client.post(f"{E}/appraisal/units/U1/lines/1.1/find/", body).url.endswith("U2/lines/1.1/?by=domain&only=")
    stays = client.post(f"{E}/appraisal/units/U2/lines/1.1/find/", {**body, "stay": "yes"})
    assert stays.url.endswith("/units/U2/lines/1.1/")


# --- what is typed


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "Chưa chọn kết quả"),
        ({"outcome": "adjust", "points": "x"}, "không phải là số"),
        ({"outcome": "adjust", "points": "0,5"}, "WEB-REASON"),
        ({"outcome": "adjust", "points": "9", "reason": "vì"}, "WEB-POINTS"),
        ({"outcome": "adjust", "reason": "vì"}, "WEB-NO-CHANGE"),
        ({"outcome": "ask"}, "WEB-REASON"),
        ({"outcome": "adjust", "2.1.1-numerator": "3.000", "2.1.1-denominator": "2.000", "reason": "vì"}, "nhiều hơn"),
        ({"outcome": "adjust", "2.1.1-numerator": "nhiều", "reason": "vì"}, "class=\"wrong\""),
    ],
)  # fmt: skip
def test_a_finding_that_cannot_be_keeps_what_was_typed(edition, people, body, says):
    signed(edition, people)
    answer = client_of(people("appraiser")).post(f"{E}/appraisal/units/U1/lines/2.1.1/find/", body)
    page = answer.content.decode()
    assert answer.status_code in (409, 422) and says in page
    assert body.get("reason", "") in page and not Finding.objects.exists()


def test_a_reason_is_kept_chosen_again_and_dropped(edition, people):
    edition = signed(edition, people)
    client = client_of(people("appraiser"))
    body = {"outcome": "adjust", "points": "0", "reason": "Thiếu quyết định ban hành", "keep": "yes"}
    client.post(f"{E}/appraisal/units/U1/lines/1.1/find/", body)
    page = client.get(f"{E}/appraisal/units/U1/lines/1.2/").content.decode()
    assert "Thiếu quyết định ban hành</option>" in page
    from parindex_web.appraise.models import ReusableReason

    kept = ReusableReason.objects.get()
    client.post(f"{E}/appraisal/units/U1/lines/1.2/find/", {"outcome": "adjust", "points": "0", "kept": kept.pk})
    assert Finding.objects.get(line__node="1.2").reason == "Thiếu quyết định ban hành"
    other = client_of(people("appraiser", name="other"))
    assert other.post(f"{E}/appraisal/reasons/{kept.pk}/drop/").status_code == 404
    client.post(f"{E}/appraisal/reasons/{kept.pk}/drop/")
    assert not ReusableReason.objects.exists()
    assert "WEB-REASON" in client.post(f"{E}/appraisal/reasons/", {"text": " "}, follow=True).content.decode()
    assert client_of(people("auditor")).get(f"{E}/appraisal/reasons/").status_code == 404


def test_a_round_locks_at_its_deadline_but_a_line_may_be_given_more_time(edition, people):
    edition = signed(edition, people)
    manager, appraiser = people("programme_manager"), people("appraiser")
    past = clock.now() - timedelta(seconds=1)
    set_deadline(by=manager, edition=edition, what="appraisal_1", closes_at=past)
    assert _code(lambda: find(appraiser, line_of(edition, "U1", "1.1"))) == "WEB-ROUND-LATE"
    file, soon = edition.unit_files.get(unit="U1"), clock.now() + timedelta(hours=1)
    extend(by=manager, unit_file=file, what="appraisal_1", until=soon, reason="Ốm", node="1.1")
    find(appraiser, line_of(edition, "U1", "1.1"))
    assert _code(lambda: find(appraiser, line_of(edition, "U1", "1.2"))) == "WEB-ROUND-LATE"


def test_findings_on_figures_that_changed_since_no_longer_count(edition, people):
    from uuid import uuid4

    from parindex_web.collect.actions import claims_digest, consolidate, save_line, sign

    edition = signed(edition, people)
    accept_all(edition, people("appraiser"))
    file = edition.unit_files.get(unit="U1")
    file = move_unit(by=people("programme_manager"), unit_file=file, name="reopen", reason="Nhầm số")
    with writing():
        edition.stage = "open"
        edition.save()
    line = line_of(edition, "U1", "1.2")
    coordinator = people("coordinator", unit="U1")
    save_line(
        by=coordinator, line=line, seen=line.version, key=uuid4(), explanation="Đã sửa", language="vi",
        fields={"numerator": "60", "denominator": "60"},
    )  # fmt: skip
    file = consolidate(by=coordinator, unit_file=file)
    file = sign(by=people("approver", unit="U1"), unit_file=file, seen=claims_digest(file))
    found = counting(file, "appraisal_1")
    assert len(found) == 3 and line.pk not in found
    assert actions.lines_unfinished(file) == ["1.2"]


# --- blind second markers


@pytest.fixture
def blind(edition, people):
    """Line 1.1 is marked twice; `second` marks as second everywhere."""
    edition = signed(edition, people)
    manager = people("programme_manager")
    actions.set_blind(by=manager, edition=edition, node="1.1", on=True)
    second = people("appraiser", name="second")
    actions.give_second_marking(by=manager, edition=edition, person=second, unit="", domains=[])
    return edition


def test_neither_marker_sees_the_other_before_both_are_in(blind, people):
    first, second = people("appraiser"), people("appraiser", name="second")
    find(first, line_of(blind, "U1", "1.1"), "adjust", points="0,25".replace(",", "."), reason="Chỉ một phần bí mật")
    address = f"{E}/appraisal/units/U1/lines/1.1/"
    assert "bí mật" in client_of(first).get(address).content.decode()
    assert "bí mật" not in client_of(second).get(address).content.decode()
    assert "bí mật" not in client_of(people("coordinator", unit="U1")).get(address).content.decode()
    assert "bí mật" not in client_of(people("appraiser", name="third")).get(address).content.decode()
    unit_page = client_of(second).get(f"{E}/appraisal/units/U1/").content.decode()
    assert "0,25" not in unit_page
    find(second, line_of(blind, "U1", "1.1"))
    for person in (first, second):
        assert "bí mật" in client_of(person).get(address).content.decode()


def test_two_who_agree_settle_the_line_and_may_not_change_it(blind, people):
    line = line_of(blind, "U1", "1.1")
    first, second = people("appraiser"), people("appraiser", name="second")
    find(first, line)
    assert "1.1" in actions.lines_unfinished(line.unit_file)
    find(second, line)
    assert counting(line.unit_file, "appraisal_1")[line.pk].by == first
    for person in (first, second):
        assert _code(lambda person=person: find(person, line, "ask", reason="x")) == "WEB-MARKS-IN"


def test_a_difference_waits_for_a_third_who_marked_neither(blind, people):
    line = line_of(blind, "U1", "1.1")
    first, second = people("appraiser"), people("appraiser", name="second")
    third = people("appraiser", name="third")
    assert _code(lambda: find(third, line, act=actions.settle, reason="x")) == "WEB-NOT-DIFFERENT"
    find(first, line)
    find(second, line, "adjust", points="0", reason="Không thấy kế hoạch")
    assert line.pk not in counting(line.unit_file, "appraisal_1")
    assert _code(lambda: find(first, line, act=actions.settle, reason="x")) == "WEB-OTHER-MARKER"
    assert _code(lambda: find(third, line, act=actions.settle)) == "WEB-REASON"
    page = client_of(people("programme_manager")).get(f"{E}/appraisal/agreement/").content.decode()
    assert "chờ người thứ ba" in page
    body = {"act": "settle", "outcome": "adjust", "points": "0", "reason": "Kế hoạch ban hành quý II"}
    assert client_of(third).post(f"{E}/appraisal/units/U1/lines/1.1/find/", body).status_code == 302
    assert counting(line.unit_file, "appraisal_1")[line.pk].by == third
    details = Event.objects.get(act="line.settle").details
    assert details["marker"] == 3 and details["reason"] == "Kế hoạch ban hành quý II"


def test_a_second_marker_marks_only_what_is_marked_twice_and_is_one_person(blind, people):
    manager, second = people("programme_manager"), people("appraiser", name="second")
    assert _code(lambda: find(second, line_of(blind, "U1", "1.2"))) == "WEB-NOT-BLIND"
    line = line_of(blind, "U1", "1.1")
    find(second, line)
    duty = blind.second_markers.get(ended_at=None)
    actions.end_second_marking(by=manager, duty=duty)
    assert _code(lambda: find(second, line)) == "WEB-OTHER-MARKER"
    assert _code(lambda: actions.set_blind(by=manager, edition=blind, node="1.1", on=False)) == "WEB-BLIND-BEGUN"


def test_who_may_be_a_second_marker_and_what_may_be_marked_twice(edition, people):
    manager, auditor = people("programme_manager"), people("auditor")
    give = actions.give_second_marking
    assert _code(lambda: give(by=manager, edition=edition, person=auditor, unit="", domains=[])) == "WEB-NOT-APPRAISER"
    assert _code(lambda: actions.set_blind(by=manager, edition=edition, node="9.9", on=True)) == "WEB-LINE-UNKNOWN"
    with pytest.raises(Refused):
        actions.set_blind(by=auditor, edition=edition, node="", on=True)
    client = client_of(auditor)
    assert client.get(f"{E}/appraisal/agreement/").status_code == 200
    assert client.post(f"{E}/appraisal/agreement/blind/", {"node": "", "on": "yes"}).status_code == 403
    assert client_of(people("appraiser")).get(f"{E}/appraisal/agreement/").status_code == 404


def test_agreement_of_an_edition_with_its_chart_and_table(edition, people):
    edition = signed(edition, people)
    manager, second = people("programme_manager"), people("appraiser", name="second")
    actions.set_blind(by=manager, edition=edition, node="", on=True)
    actions.give_second_marking(by=manager, edition=edition, person=second, unit="", domains=[])
    accept_all(edition, people("appraiser"))
    accept_all(edition, second, but=[("U1", "1.1"), ("U2", "2.1.2")])
    find(second, line_of(edition, "U1", "1.1"), "adjust", points="0.25", reason="Ban hành muộn")
    find(second, line_of(edition, "U2", "2.1.2"), "adjust", points="0", reason="Không có văn bản")
    third = people("appraiser", name="third")
    find(third, line_of(edition, "U1", "1.1"), act=actions.settle, reason="Đúng hạn")
    page = client_of(manager).get(f"{E}/appraisal/agreement/").content.decode()
    # 6 of 8 lines alike; one marker only ever accepts, so kappa is 0: no better than chance.
    assert "75,0" in page and "0,00" in page and "<svg" in page and "style=" not in page
    # Coordinates are for machines: no decimal comma, whatever the language of the page.
    assert not re.search(r'(?:cx|cy|x1|y1|x|y)="[^"]*,', page)
    rows = client_of(manager).get(f"{E}/appraisal/agreement/differences.csv").content.decode().splitlines()
    assert len(rows) == 9 and sum(row.endswith(",yes") for row in rows) == 2
    marks = marks_of(edition.unit_files.get(unit="U2"), "appraisal_1")
    assert sum(each.differ for each in marks.values()) == 1


# --- explanations


def test_a_reply_cites_documents_and_round_two_decides(edition, people):
    edition = _explaining(edition, people)
    coordinator = people("coordinator", unit="U1")
    file = edition.unit_files.get(unit="U1")
    _document(file, coordinator)
    body = {"text": "Số đúng là 1.880", "document": ["1"], "locator-1": "mục II, trang 4"}
    client = client_of(coordinator)
    assert client.post(f"{E}/appraisal/units/U1/lines/2.1.1/explain/", body).status_code == 302
    reply = line_of(edition, "U1", "2.1.1").replies.get()
    assert reply.citations == [{"document": 1, "sha256": f"{1:064x}", "locator": "mục II, trang 4"}]
    assert Event.objects.get(act="line.explain").details["evidence"] == reply.citations
    actions.close_explaining(by=coordinator, unit_file=file)
    page = client_of(people("appraiser")).get(f"{E}/appraisal/units/U1/lines/2.1.1/").content.decode()
    assert "Số đúng là 1.880" in page and "mục II, trang 4" in page
    manager = people("programme_manager")
    file.refresh_from_db()
    assert _code(lambda: actions.close_round(by=manager, unit_file=file, explain=False)) == "WEB-ROUND-UNFINISHED"
    find(people("appraiser"), line_of(edition, "U1", "2.1.1"))
    file.refresh_from_db()
    assert actions.close_round(by=manager, unit_file=file, explain=False).standing == "appraised_2"


def test_what_a_unit_cannot_explain(edition, people):
    edition = _explaining(edition, people)
    coordinator = people("coordinator", unit="U1")
    explain = actions.explain_line
    assert _code(lambda: explain(by=coordinator, line=line_of(edition, "U1", "1.1"), text="x")) == "WEB-NOT-ASKED"
    line = line_of(edition, "U1", "2.1.1")
    assert _code(lambda: explain(by=coordinator, line=line, text=" ")) == "WEB-REASON"
    assert _code(lambda: explain(by=coordinator, line=line, text="x", cited=[(7, "")])) == "WEB-DOCUMENT-UNKNOWN"
    with pytest.raises(Refused):
        explain(by=people("coordinator", unit="U2"), line=line, text="x")
    client = client_of(people("coordinator", unit="U2"))
    assert client.post(f"{E}/appraisal/units/U1/lines/2.1.1/explain/", {"text": "x"}).status_code == 404


def test_explanations_have_a_lock_of_their_own(edition, people):
    edition = _explaining(edition, people)
    manager, file = people("programme_manager"), edition.unit_files.get(unit="U1")
    assert _code(lambda: actions.close_explaining(by=manager, unit_file=file)) == "WEB-EXPLAINING-RUNS"
    past = clock.now() - timedelta(seconds=1)
    set_deadline(by=manager, edition=edition, what="explanation", closes_at=past)
    line, coordinator = line_of(edition, "U1", "2.1.1"), people("coordinator", unit="U1")
    assert _code(lambda: actions.explain_line(by=coordinator, line=line, text="x")) == "WEB-ROUND-LATE"
    soon = clock.now() + timedelta(hours=1)
    extend(by=manager, unit_file=file, what="explanation", until=soon, reason="Bão", node="2.1.1")
    actions.explain_line(by=coordinator, line=line, text="Đã bổ sung")
    assert actions.close_explaining(by=manager, unit_file=file).standing == "explained"
    with pytest.raises(IntegrityError), transaction.atomic(), writing():
        from parindex_web.appraise.models import Explanation

        Explanation.objects.create(line=line, text="muộn", by=coordinator, at=clock.now())


def test_counts_of_records_stand_beside_the_claim(edition, people):
    from decimal import Decimal

    from parindex.tables.counted import Counted

    edition = signed(edition, people)
    row = Counted(
        edition.code, "U1", "2.1.1", "numerator", Decimal(1880), Decimal(1800), Decimal(80), "on_time", "share",
        "numerator", 2000, 0, None, "", "", None, "", "",
    )  # fmt: skip
    with transaction.atomic(), writing():
        assert actions.keep_counts(edition, [row, row._replace(unit="U9")]) == 1
        assert actions.keep_counts(edition, [row]) == 1
    page = client_of(people("appraiser")).get(f"{E}/appraisal/units/U1/lines/2.1.1/").content.decode()
    assert "Đếm từ hồ sơ" in page and "1.800" in page and "đếm từ 2000 bản ghi" in page and "1,35" in page
