"""The record for auditors: a page for each line, filters, heads, and checking offline."""

from __future__ import annotations

import pytest
from stories import E, client_of, find, line_of, signed

from parindex.problems import Problems
from parindex.publication.audit_trail import check_heads, heads_csv, read_heads, trail_lines, verify_trail
from parindex_web.audit.queries import exported, heads_of

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
