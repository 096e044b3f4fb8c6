"""The record for auditors: a page for each line, filters, heads, and checking offline."""

from __future__ import annotations

import ast
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from stories import E, before_council, client_of, find, line_of, signed, without_locks

import parindex_web
from parindex.problems import Problems
from parindex.publication.audit_trail import check_heads, heads_csv, read_heads, trail_lines, verify_trail
from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.accounts.roles import ACTS, OWN_ACTS, act_named
from parindex_web.appraise import council
from parindex_web.audit.acts import act, act_of_the_system
from parindex_web.audit.guard import writing
from parindex_web.audit.models import Chain, Event
from parindex_web.audit.queries import exported, heads_of
from parindex_web.editions.moves import EDITION_MOVES, LINE_MOVES, UNIT_MOVES

pytestmark = pytest.mark.slow


def test_one_page_says_who_claimed_who_changed_and_why(edition, people):
    edition = signed(edition, people)
    find(people("appraiser"), line_of(edition, "U1", "1.2"), "adjust", fields={"numerator": "50", "denominator": "60"},
         reason="Bốn nhiệm vụ chưa xong")  # fmt: skip
    page = client_of(people("auditor")).get(f"{E}/record/units/U1/lines/1.2/").content.decode()
    for part in ("coordinator-U1", "appraiser", "Bốn nhiệm vụ chưa xong", "<del>54</del> → <ins>50</ins>", "0,90"):
        assert part in page, part
    assert page.count("tự chấm một mục") == 1


def test_only_those_who_may_see_the_record_do(edition, people):
    for person in (people("coordinator", unit="U1"), people("appraiser"), people("council_member")):
        for address in ("record/", "record/heads.csv", "record/export/", "record/units/U1/lines/1.2/"):
            assert client_of(person).get(f"{E}/{address}").status_code == 404, address
    assert client_of(people("auditor")).get(f"{E}/record/units/U1/lines/9.9/").status_code == 404


def test_the_record_is_filtered_by_unit_line_act_and_person(edition, people):
    edition = signed(edition, people)
    client = client_of(people("auditor"))
    coordinator = people("coordinator", unit="U1")
    page = client.get(f"{E}/record/?unit=U1&act=line.fill&person={coordinator.pk}&line=1.1").content.decode()
    assert page.count('<tr><th scope="row">') == 1
    assert client.get(f"{E}/record/?page=999&person=x").status_code == 200


def test_heads_as_sealed_agree_with_the_record_and_a_cut_record_does_not(edition, people):
    edition = signed(edition, people)
    content = b"".join(exported(edition.code))
    problems = Problems()
    heads = read_heads(client_of(people("auditor")).get(f"{E}/record/heads.csv").content, "audit_heads.csv", problems)
    assert heads == heads_of(edition.code) and heads_csv(heads).startswith(b"edition,unit,length,digest\n")
    check_heads(verify_trail(content, "r", problems), heads, "r", problems)
    assert not problems.errors
    cut = b"".join(content.splitlines(keepends=True)[:-1])
    check_heads(verify_trail(cut, "r", problems), heads, "r", problems)
    assert [each.code for each in problems] == ["AUDIT-HEAD"]


@pytest.mark.parametrize("row", ["2023,U1,x," + "0" * 64, "2023,U1,1,abc", "2023,U1,1", "2023,U1,²," + "0" * 64])
def test_heads_that_are_no_heads(row):
    problems = Problems()
    assert read_heads(f"edition,unit,length,digest\n{row}\n".encode(), "audit_heads.csv", problems) == ()
    assert [(each.code, each.where.line) for each in problems] == [("AUDIT-HEADS-FILE", 2)]


def test_an_empty_record_is_whole_and_a_line_that_is_no_event_is_named():
    problems = Problems()
    assert verify_trail(b"".join(trail_lines([])), "r", problems).heads == () and not problems.errors
    verify_trail(b'{"a": 1}\nnot json\n', "r", problems)
    assert [(each.code, each.where.line) for each in problems] == [("AUDIT-LINE", 1), ("AUDIT-LINE", 2)]


def _acts_in_code() -> set[str]:
    """Every name that code gives to an act, read from the sources: the first argument, and what the tables of moves name."""
    root = Path(parindex_web.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or not call.args:
                continue
            if call.func.id in ("act", "act_of_the_system", "act_of_oneself", "_recorded"):
                found |= {each.value for each in ast.walk(call.args[0]) if isinstance(each, ast.Constant)}
    return {each for each in found if isinstance(each, str)} | {
        each.act for each in (*EDITION_MOVES, *UNIT_MOVES, *LINE_MOVES)
    }


def test_every_act_that_code_records_reads_as_words_in_both_languages():
    names = _acts_in_code() | set(ACTS) | set(OWN_ACTS)
    assert {"demonstration.bring", "results.computed", "edition.remind", "line.fill", "unit.sign"} <= names
    for name in names:
        says = act_named(name)
        assert says is not None, name
        assert says.vi and says.en and "." not in says.vi + says.en and says.vi != says.en, name


def test_an_act_of_the_system_without_a_name_is_refused(edition):
    with pytest.raises(AssertionError, match="tables of acts"), act_of_the_system("x.y", target=Target(edition.code)):
        pass


def test_the_chains_are_checked_on_the_page(edition, people, django_assert_max_num_queries):
    signed(edition, people)
    client = client_of(people("auditor"))
    before = Event.objects.count()
    with django_assert_max_num_queries(15):
        page = client.get(f"{E}/record/?check=yes").content.decode()
    assert "Toàn vẹn" in page and Event.objects.count() == before
    without_locks("audit_chain")
    with writing():
        Chain.objects.filter(edition=edition.code, unit="U1").update(head="0" * 64)
    page = client.get(f"{E}/record/?check=yes").content.decode()
    assert "Không toàn vẹn" in page and "AUDIT-HEAD" in page and f"{edition.code}/U1" in page


def test_a_record_that_is_too_long_for_a_page_says_how_to_check_it(edition, people, monkeypatch):
    monkeypatch.setattr("parindex_web.audit.queries.MOST_CHECKED", 3)
    page = client_of(people("auditor")).get(f"{E}/record/?check=yes").content.decode()
    assert "không kiểm tra trên trang" in page and "Toàn vẹn" not in page


def test_days_filter_and_a_wrong_day_is_said_and_kept(edition, people):
    signed(edition, people)
    client = client_of(people("auditor"))
    today = clock.today().isoformat()
    assert "Không có sự kiện nào như vậy" in client.get(f"{E}/record/?to=2020-01-01").content.decode()
    assert "Không có sự kiện nào" not in client.get(f"{E}/record/?from={today}&to={today}").content.decode()
    page = client.get(f"{E}/record/?from=31/01/2024").content.decode()
    assert "không phải là một ngày" in page and 'value="31/01/2024"' in page
    page = client.get(f"{E}/record/?from=2024-02-01&to=2024-01-01").content.decode()
    assert "sớm hơn ngày đầu" in page


def test_pages_keep_the_filters(edition, people, monkeypatch):
    monkeypatch.setattr("parindex_web.steering.record.PER_PAGE", 2)
    signed(edition, people)
    page = client_of(people("auditor")).get(f"{E}/record/?unit=U1&act=line.fill").content.decode()
    assert "unit=U1&amp;act=line.fill&amp;page=2" in page


def test_changes_read_as_before_and_after(edition, people):
    edition = signed(edition, people)
    page = client_of(people("auditor")).get(f"{E}/record/?act=unit.sign&unit=U1").content.decode()
    assert "<del>đã tổng hợp, chờ phê duyệt</del> → <ins>đã phê duyệt, khóa</ins>" in page
    page = client_of(people("auditor")).get(f"{E}/record/?act=edition.deadline").content.decode()
    assert "<ins>17:00, 31/01/2099</ins>" in page and "thẩm định lần 2" in page


def test_the_page_of_a_line_has_workbooks_steps_of_the_file_and_motions(edition, people):
    edition = before_council(edition, people)
    with act_of_the_system("demonstration.bring", target=Target(edition.code, "U1")) as record:
        record(subject="submissions/U1.xlsx", details={"lines": 4})
    coordinator = people("coordinator", unit="U1")
    for node in ("1.2", "1.1"):
        with act("workbook.take", by=coordinator, target=Target(edition.code, "U1")) as record:
            record(subject="workbook", details={"sha256": "0" * 64, "lines": [{"node": node, "version": 7}]})
    secretary = people("council_secretary")
    people("council_member")
    session = council.convene(by=secretary, edition=edition, held_on=date(2024, 3, 20), place="", in_writing=False)
    for unit in ("U1", "U2"):
        council.propose(
            by=secretary, session=session, text=f"Giảm điểm {unit}", line=line_of(edition, unit, "1.2"),
            values={}, points=Decimal("0.5"),
        )  # fmt: skip
    page = client_of(people("auditor")).get(f"{E}/record/units/U1/lines/1.2/").content.decode()
    events = page.partition("Sự kiện trong nhật ký</h2>")[2]
    assert events.count("nhận số liệu từ tệp Excel") == 1 and "nạp hồ sơ trình diễn" in events
    assert "phê duyệt và khóa hồ sơ" in events and "kết thúc một vòng thẩm định" in events
    assert "Giảm điểm U1" in events and "Giảm điểm U2" not in events
