"""The first page: what waits for each role, by when, and a link to where it is done."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import resolve
from stories import CLAIMS, E, before_council, client_of, computed, decided, find, line_of, published, signed

from parindex_web import clock
from parindex_web.appraise import council
from parindex_web.audit.guard import writing

pytestmark = pytest.mark.slow


def tasks_of(person):
    """The entries of the list, each as one line of text; and every one of their links opens."""
    client = client_of(person)
    page = client.get("/").content.decode()
    found = []
    for items in re.findall(r'<ul class="tasks">(.*?)</ul>', page, re.DOTALL):
        for item in re.findall(r"<li.*?</li>", items, re.DOTALL):
            text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", item)).strip()
            for url in re.findall(r'href="([^"]+)"', item):
                assert client.get(url).status_code in (200, 302), (text, url)
            found.append(("waits: " if 'class="waits"' in item else "") + text)
    return found


def one(tasks, part):
    matching = [each for each in tasks if part in each]
    assert len(matching) == 1, (part, tasks)
    return matching[0]


def fill(edition, people, unit, nodes, *, explanation="Báo cáo số 1"):
    from parindex_web.collect.actions import save_line

    for node in nodes:
        save_line(
            by=people("coordinator", unit=unit), line=line_of(edition, unit, node), seen=0, key=uuid4(),
            fields=CLAIMS[unit][node], explanation=explanation, language="vi",
        )  # fmt: skip


def test_a_coordinator_sees_what_is_empty_returned_and_without_evidence(edition, people):
    from parindex_web.collect.actions import move_line

    coordinator = people("coordinator", unit="U1")
    tasks = tasks_of(coordinator)
    empty = one(tasks, "mục chưa điền")
    assert empty.startswith("4 ") and "17:00, 31/01/2099" in empty and re.search(r"còn \d+ ngày", empty)
    assert "lĩnh vực 1 (2)" in empty and "lĩnh vực 2 (2)" in empty
    fill(edition, people, "U1", ["1.1"], explanation="")
    tasks = tasks_of(coordinator)
    assert one(tasks, "chưa điền").startswith("3 ") and one(tasks, "thiếu tài liệu").startswith("1 ")
    move_line(by=coordinator, line=line_of(edition, "U1", "1.1"), name="hand_in", reason="")
    assert one(tasks_of(coordinator), "chờ bạn xem").startswith("1 ")
    move_line(by=coordinator, line=line_of(edition, "U1", "1.1"), name="return", reason="Thiếu số văn bản")
    assert "1.1: Thiếu số văn bản" in one(tasks_of(coordinator), "bị trả lại")


def test_an_officer_sees_the_own_domain_only(edition, people):
    officer = people("field_officer", unit="U1", domains=["2"])
    assert one(tasks_of(officer), "mục chưa điền").startswith("2 ")


def test_signing_waits_for_the_approver(edition, people):
    from parindex_web.collect.actions import consolidate

    approver = people("approver", unit="U1")
    assert one(tasks_of(approver), "chưa trình phê duyệt").startswith("waits: ")
    fill(edition, people, "U1", CLAIMS["U1"])
    coordinator = people("coordinator", unit="U1")
    one(tasks_of(coordinator), "tổng hợp và trình phê duyệt")
    consolidate(by=coordinator, unit_file=edition.unit_files.get(unit="U1"))
    assert one(tasks_of(approver), "chờ bạn phê duyệt").startswith("1 ")
    assert one(tasks_of(coordinator), "chờ phê duyệt").startswith("waits: ")


def test_appraisers_and_units_see_lines_of_each_round(edition, people):
    from parindex_web.appraise.actions import close_round, explain_line

    edition = signed(edition, people)
    appraiser, manager = people("appraiser"), people("programme_manager")
    coordinator = people("coordinator", unit="U1")
    assert one(tasks_of(appraiser), "thẩm định lần 1, ở 2 đơn vị").startswith("8 ")
    for node in CLAIMS["U1"]:
        find(appraiser, line_of(edition, "U1", node), "ask" if node == "1.2" else "accept", reason="Sao lại thế?")
    assert one(tasks_of(appraiser), "thẩm định lần 1, ở 1 đơn vị").startswith("4 ")
    close_round(by=manager, unit_file=edition.unit_files.get(unit="U1"), explain=True)
    asked = one(tasks_of(coordinator), "chưa giải trình")
    assert asked.startswith("1 ") and "1.2" in asked
    assert one(tasks_of(manager), "đang giải trình").startswith("waits: 1 ")
    explain_line(by=coordinator, line=line_of(edition, "U1", "1.2"), text="Số đúng")
    one(tasks_of(coordinator), "khóa giải trình")


def test_the_manager_sees_who_is_late_and_what_comes_next(edition, people):
    from parindex_web.editions.actions import set_deadline

    manager = people("programme_manager")
    assert one(tasks_of(manager), "chưa phê duyệt hồ sơ").startswith("waits: 2 ")
    set_deadline(by=manager, edition=edition, what="self_assessment", closes_at=clock.now() - timedelta(days=3))
    late = one(tasks_of(manager), "quá hạn tự chấm điểm")
    assert late.startswith("2 ") and "quá hạn 3 ngày" in late


def test_the_council_sees_motions_sessions_and_the_decision(edition, people, monkeypatch):
    edition = before_council(edition, people)
    member, secretary, manager = people("council_member"), people("council_secretary"), people("programme_manager")
    one(tasks_of(secretary), "Lập phiên họp")
    assert one(tasks_of(member), "Chưa có phiên họp").startswith("waits: ")
    day = clock.today() + timedelta(days=3)
    session = council.convene(by=secretary, edition=edition, held_on=day, place="", in_writing=False)
    assert day.strftime("%d/%m/%Y") in one(tasks_of(member), "Phiên họp tiếp theo")
    now = clock.now()
    monkeypatch.setattr("parindex_web.clock.now", lambda: now + timedelta(days=3))
    motion = council.propose(by=secretary, session=session, text="Toàn bộ", line=None, values={}, points=None)
    assert one(tasks_of(member), "chưa biểu quyết").startswith("1 ")
    assert one(tasks_of(secretary), "chưa chốt biểu quyết").startswith("1 ")
    council.vote(by=member, motion=motion, choice="for", way="room")
    assert not any("chưa biểu quyết" in each for each in tasks_of(member))
    council.close_motion(by=secretary, motion=motion)
    one(tasks_of(manager), "ghi quyết định")


def test_after_the_decision_results_and_embargo(edition, people):
    edition = decided(edition, people)
    manager = people("programme_manager")
    one(tasks_of(manager), "Tính kết quả theo quyết định")
    computation = computed(edition, people)
    one(tasks_of(manager), "công bố kết quả")
    published(edition, people, computation, embargo_until=clock.now() + timedelta(days=2))
    assert one(tasks_of(manager), "chưa đến giờ công bố").startswith("waits: ")
    page = client_of(people("auditor")).get("/").content.decode()
    assert "Kỳ đã công bố" in page and "Kiểm tra chuỗi ngay" in page


def test_a_failed_computation_is_named(edition, people):
    from parindex_web.results.models import Computation

    manager = people("programme_manager")
    with writing():
        Computation.objects.create(edition=edition, number=7, asked_at=clock.now(), asked_by=manager, state="failed")
    one(tasks_of(manager), "Lần tính 7 không xong")


def test_the_administrator_sees_invitations_and_roles_that_end(edition, people):
    from parindex_web.accounts.models import Invitation

    administrator = people("administrator")
    now = clock.now()
    for email, expires in (("a@demo.test", now - timedelta(days=1)), ("b@demo.test", now + timedelta(days=1))):
        with writing():
            Invitation.objects.create(
                email=email, full_name="Tên", digest=email, duty={"role": "auditor", "unit": ""},
                invited_by=administrator, invited_at=now, expires_at=expires,
            )  # fmt: skip
    auditor = people("auditor")
    with writing():
        auditor.duties.update(valid_until=clock.today() + timedelta(days=10))
    tasks = tasks_of(administrator)
    assert one(tasks, "đã hết hạn, gửi lại").startswith("1 ") and one(tasks, "chưa được nhận").startswith("waits: 1 ")
    assert "auditor" in one(tasks, "vai trò kết thúc")


def test_the_page_needs_few_queries_and_every_number_is_a_link(edition, people, django_assert_max_num_queries):
    signed(edition, people)
    for person in (people("programme_manager"), people("appraiser"), people("coordinator", unit="U1")):
        client = client_of(person)
        with django_assert_max_num_queries(15):
            page = client.get("/").content.decode()
        assert page.count("<strong>") == page.count('"><strong>')
        for url in re.findall(r'<a class="what" href="(/[^"?]+)', page):
            resolve(url)


def test_nobody_s_business_is_said(edition, people):
    page = client_of(people("coordinator", edition="khác", unit="U1")).get("/").content.decode()
    assert "chưa được giao việc" in page and E not in page
