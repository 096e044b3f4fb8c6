"""Lines: saving once, two people, late, rights taken back, last year's claims, what is still to do."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from collecting import E, client_of, pdf, save, seen_of, text_of, upload

from parindex.language import fold
from parindex_web import clock
from parindex_web.accounts.models import Duty
from parindex_web.audit.guard import writing
from parindex_web.audit.models import Event
from parindex_web.collect.models import Line, LineVersion
from parindex_web.collect.self_score import rule_in_sentences, what_is_asked
from parindex_web.editions.actions import move_edition
from parindex_web.editions.models import Deadline, Edition, UnitFile
from parindex_web.editions.programme import asked
from parindex_web.steering.actions import create_edition, files_of_folder

SMALL = Path(__file__).parent / "small"


@pytest.fixture
def officer(edition, people):
    return client_of(people("coordinator", unit="U1"))


def line_of(node: str, unit: str = "U1") -> Line:
    return Line.objects.get(node=node, unit_file__unit=unit)


def test_a_save_sent_twice_is_kept_once(officer):
    key = uuid4()
    for _ in range(2):
        answer = save(officer, "U1", "1.1", {"met": "yes"}, seen=0, key=key, script=True)
        assert answer.status_code == 200 and answer.json()["version"] == 1
    assert LineVersion.objects.count() == 1
    assert Event.objects.filter(act="line.fill").count() == 1


def test_a_number_of_a_save_that_was_used_takes_nothing_more(officer):
    """A program that numbers all its saves alike is told so, for the same line and for another."""
    key = uuid4()
    save(officer, "U1", "1.1", {"met": "yes"}, seen=0, key=key, script=True)
    for node, fields, seen in (("1.1", {"met": "no"}, 1), ("1.2", {"numerator": "5", "denominator": "6"}, 0)):
        answer = save(officer, "U1", node, fields, seen=seen, key=key, script=True)
        assert answer.status_code == 400 and "số ấy đã dùng" in answer.json()["problem"]
    assert (line_of("1.1").values, line_of("1.1").version, line_of("1.2").version) == ({"met": "yes"}, 1, 0)
    assert LineVersion.objects.count() == Event.objects.filter(act="line.fill").count() == 1


def test_what_was_typed_stays_on_the_page_when_it_cannot_be_taken(officer):
    fields = {"numerator": "70", "denominator": "60"}
    answer = save(officer, "U1", "1.2", fields, script=True, explanation="Theo báo cáo 15")
    html = answer.json()["html"]
    assert answer.status_code == 422 and "Chưa lưu" in html
    assert 'value="70"' in html and 'value="60"' in html and "Theo báo cáo 15</textarea>" in html
    assert line_of("1.2").version == 0
    long = save(officer, "U1", "1.1", {"met": "yes"}, explanation="x" * 2001)
    assert long.status_code == 422 and "2000 ký tự" in text_of(long)


def test_what_records_count_stands_beside_the_claim(officer, edition):
    from parindex_web.appraise.models import Count

    save(officer, "U1", "1.2", {"numerator": "47", "denominator": "60"}, script=True)
    line = line_of("1.2")
    with writing():
        for name, value in (("numerator", "45"), ("denominator", "60")):
            Count.objects.create(line=line, input=name, value=value, measure="m", records=60)
    page = text_of(officer.get(f"{E}/units/U1/domains/1/"))
    found = re.findall(r'class="counted( differs)?">hồ sơ đếm được <b>([^<]+)</b>', page)
    assert found == [(" differs", "45"), ("", "60")]
    again = save(officer, "U1", "1.2", {"numerator": "45", "denominator": "60"}, script=True).json()["html"]
    assert re.findall(r'class="counted( differs)?">hồ sơ đếm được <b>([^<]+)</b>', again) == [("", "45"), ("", "60")]


def test_two_tabs_show_both_values_and_a_choice(officer, people, edition):
    other = client_of(people("field_officer", unit="U1", domains=["1"]))
    seen = seen_of(officer, "U1", "1.2")
    save(officer, "U1", "1.2", {"numerator": "54", "denominator": "60"}, seen=seen)
    answer = save(other, "U1", "1.2", {"numerator": "50", "denominator": "60"}, seen=seen, script=True)
    html = answer.json()["html"]
    assert answer.status_code == 409
    assert "<td>54 nhiệm vụ</td><td>50 nhiệm vụ</td>" in html
    assert "Giữ của tôi" in html and "Lấy số đang có" in html
    assert 'name="seen" value="1"' in html and 'value="50"' in html
    assert line_of("1.2").values["numerator"] == "54"
    # Keeping one's own is a save over the version that was shown.
    assert save(other, "U1", "1.2", {"numerator": "50", "denominator": "60"}, seen=1).status_code == 302
    assert line_of("1.2").values["numerator"] == "50"
    assert LineVersion.objects.filter(line=line_of("1.2")).count() == 2


def test_without_a_script_a_conflict_is_a_page_with_both(officer):
    save(officer, "U1", "1.1", {"met": "yes"}, seen=0)
    answer = save(officer, "U1", "1.1", {"met": "no"}, seen=0)
    page = text_of(answer)
    assert answer.status_code == 409 and "<td>Có</td><td>Không</td>" in page and "</html>" in page


def test_a_deadline_that_passes_while_a_form_is_open_refuses_in_words(officer, edition, monkeypatch):
    seen = seen_of(officer, "U1", "1.1")
    end = datetime(2099, 1, 31, 10, tzinfo=UTC)  # 17:00 in Vietnam
    monkeypatch.setattr(clock, "now", lambda: end)
    assert save(officer, "U1", "1.1", {"met": "no"}, seen=seen).status_code == 302, "the last moment counts"
    monkeypatch.setattr(clock, "now", lambda: end + timedelta(microseconds=1))
    answer = save(officer, "U1", "1.1", {"met": "yes"}, seen=1, script=True)
    assert answer.status_code == 423
    assert "17:00, 31/01/2099" in answer.json()["problem"]
    page = save(officer, "U1", "1.2", {"numerator": "1.234", "denominator": "2.000"}, seen=0, explanation="Mới gõ")
    assert page.status_code == 423 and "Mới gõ" in text_of(page) and "1.234" in text_of(page)
    assert upload(officer, "U1", ("a.pdf", pdf())).status_code == 422
    assert line_of("1.1").version == 1


def test_deadlines_and_days_are_those_of_vietnam(officer, edition, people, monkeypatch):
    end = datetime(2024, 1, 20, 10, 0, tzinfo=UTC)
    with writing():
        Deadline.objects.filter(edition=edition, what="self_assessment").update(closes_at=end)
    assert "17:00, 20/01/2024" in text_of(officer.get(f"{E}/units/U1/domains/1/"))
    # 23:30 UTC on the 19th is the 20th in Vietnam: a duty until the 19th is over.
    person = people("coordinator", unit="U2")
    with writing():
        Duty.objects.filter(person=person).update(valid_until=date(2024, 1, 19))
    client = client_of(person)
    late = datetime(2024, 1, 19, 23, 30, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    assert clock.today() == date(2024, 1, 20)
    assert client.get(f"{E}/units/U2/domains/1/").status_code == 404
    monkeypatch.setattr("django.utils.timezone.now", lambda: late - timedelta(hours=7))
    assert client.get(f"{E}/units/U2/domains/1/").status_code == 200


def test_a_role_taken_back_in_mid_session_answers_the_script_in_words(officer, people):
    person = people("field_officer", unit="U1", domains=["1"])
    client = client_of(person)
    assert save(client, "U1", "1.1", {"met": "yes"}, script=True).status_code == 200
    yesterday = clock.today() - timedelta(days=1)
    with writing():
        Duty.objects.filter(person=person).update(valid_until=yesterday)
        Duty.objects.create(person=person, role="field_officer", unit="U1", domains=["2"], valid_from=yesterday)
    answer = save(client, "U1", "1.1", {"met": "no"}, seen=1, script=True)
    assert answer.status_code == 403
    assert "vẫn còn trên trang này" in answer.json()["problem"]
    assert line_of("1.1").values == {"met": "yes"}
    with writing():
        Duty.objects.filter(person=person).update(valid_until=yesterday)
    assert save(client, "U1", "1.1", {"met": "no"}, seen=1, script=True).status_code == 404


def test_an_expired_session_sends_to_the_sign_in_and_saves_nothing(officer):
    seen = seen_of(officer, "U1", "1.1")
    officer.logout()
    answer = save(officer, "U1", "1.1", {"met": "yes"}, seen=seen, script=True)
    assert answer.status_code == 401 and "/accounts/login/" in answer.content.decode()
    assert answer["Content-Type"].startswith("text/html"), "the script asks for the page again, and finds the sign-in"
    assert line_of("1.1").version == 0


def test_totals_move_with_each_save_and_stand_beside_the_answer(officer):
    answer = save(officer, "U1", "1.2", {"numerator": "54", "denominator": "60"}, script=True)
    around = answer.json()["around"]
    assert set(around) == {"tree", "mend", "sums"}
    assert "0,90" in around["sums"] and "1.2" in around["mend"]
    save(officer, "U1", "2.1.1", {"numerator": "1.880", "denominator": "2.000"})
    page = text_of(officer.get(f"{E}/units/U1/"))
    assert "2,31" in page
    assert UnitFile.objects.get(unit="U1").lines.get(node="2.1.1").points == line_of("2.1.1").points


def test_what_is_still_to_do_stands_at_the_top(officer):
    save(officer, "U1", "1.1", {"met": "yes"})
    save(officer, "U1", "1.2", {"numerator": "54"}, explanation="")
    page = text_of(officer.get(f"{E}/units/U1/domains/1/"))
    top = page[page.index('id="mend"') : page.index("<article")]
    assert "Chưa đủ số liệu:" in top and '<a href="#line-1.2">' in top
    assert "Thiếu tài liệu, giải trình:" in top and '<a href="#line-1.1">' in top
    save(officer, "U1", "1.1", {"met": "yes"}, explanation="Kế hoạch 12")
    save(officer, "U1", "1.2", {"numerator": "54", "denominator": "60"}, explanation="Báo cáo 15")
    assert "Mọi mục ở đây đã có số liệu và căn cứ" in text_of(officer.get(f"{E}/units/U1/domains/1/"))


def test_an_officer_of_a_domain_sees_what_is_theirs(officer, people):
    client = client_of(people("field_officer", unit="U1", domains=["1"]))
    page = text_of(client.get(f"{E}/units/U1/domains/2/"))
    assert page.count('class="mine"') == 1 and "do người khác theo dõi" in page
    assert "data-save" not in page
    assert "data-save" in text_of(client.get(f"{E}/units/U1/domains/1/"))


def test_lines_are_handed_in_and_returned_many_at_once(officer, people):
    field = client_of(people("field_officer", unit="U1", domains=["1"]))
    save(field, "U1", "1.1", {"met": "yes"}, explanation="a")
    save(field, "U1", "1.2", {"numerator": "54", "denominator": "60"}, explanation="a")
    field.post(f"{E}/units/U1/lines/move/", {"move": "hand_in", "domain": "1"})
    assert {line_of(node).standing for node in ("1.1", "1.2")} == {"handed_in"}
    # A line of another domain is not theirs to move, and an empty one is not handed in.
    field.post(f"{E}/units/U1/lines/move/", {"move": "hand_in", "node": ["2.1.1"]})
    assert line_of("2.1.1").standing == "open"
    page = text_of(officer.get(f"{E}/units/U1/lines/?show=handed_in"))
    assert page.count('name="node"') == 2
    without = officer.post(f"{E}/units/U1/lines/move/", {"move": "return", "node": ["1.1", "1.2"]}, follow=True)
    assert "WEB-REASON" in text_of(without) and line_of("1.1").standing == "handed_in"
    body = {"move": "return", "node": ["1.1", "1.2"], "reason": "Thiếu tài liệu"}
    officer.post(f"{E}/units/U1/lines/move/", body)
    assert {line_of(node).standing for node in ("1.1", "1.2")} == {"returned"}
    assert "Thiếu tài liệu" in text_of(field.get(f"{E}/units/U1/domains/1/"))
    assert Event.objects.filter(act="line.return").count() == 2
    field.post(f"{E}/units/U1/lines/move/", {"move": "hand_in", "node": ["1.1"]})
    assert line_of("1.1").standing == "handed_in"
    assert officer.get(f"{E}/units/U1/lines/?show=nonsense").status_code == 404


def test_a_return_without_a_reason_keeps_what_was_ticked(officer):
    save(officer, "U1", "1.1", {"met": "yes"}, explanation="a")
    officer.post(f"{E}/units/U1/lines/move/", {"move": "hand_in", "node": ["1.1"]})
    answer = officer.post(
        f"{E}/units/U1/lines/move/?show=handed_in", {"move": "return", "node": ["1.1"], "reason": " "}
    )
    assert answer.status_code == 422
    assert 'value="1.1" checked' in text_of(answer) and "WEB-REASON" in text_of(answer)


def test_lines_are_found_filtered_and_put_in_order(officer):
    save(officer, "U1", "1.2", {"numerator": "54"})
    save(officer, "U1", "2.1.2", {"level": "all"}, explanation="a")

    def listed(query: str) -> list[str]:
        table = text_of(officer.get(f"{E}/units/U1/lines/?{query}")).partition("<tbody>")[2]
        return re.findall(r"#line-([0-9.]+)", table)

    assert listed("") == ["1.1", "1.2", "2.1.1", "2.1.2"]
    assert listed("domain=2") == ["2.1.1", "2.1.2"] and listed("show=empty&domain=2") == ["2.1.1"]
    assert listed("show=incomplete") == ["1.2"] == listed("show=unexplained")
    assert listed("q=" + fold(what_is_asked(asked(Edition.objects.get()), "U1", "2.1.2").name.vi)) == ["2.1.2"]
    assert listed("sort=saved")[:2] == ["2.1.2", "1.2"] and listed("sort=lost")[-1] == "2.1.2"
    assert officer.get(f"{E}/units/U1/lines/?sort=x").status_code == 404
    page = text_of(officer.get(f"{E}/units/U1/"))
    assert "?show=incomplete" in page and "?show=empty&amp;domain=2" in page


def test_the_history_marks_what_changed(officer):
    upload(officer, "U1", ("a.pdf", pdf("1")))
    save(officer, "U1", "1.2", {"numerator": "54", "denominator": "60"})
    save(officer, "U1", "1.2", {"numerator": "54", "denominator": "61"}, document="TL01", where="trang 3")
    page = text_of(officer.get(f"{E}/units/U1/lines/1.2/history/"))
    changed = re.findall(r'class="changed">([^<]*)<', page)
    assert changed == ["61 nhiệm vụ", "TL01 (trang 3)"]


def test_how_a_line_is_scored_stands_beside_it(officer):
    page = text_of(officer.get(f"{E}/units/U1/domains/1/"))
    first = page[page.index('id="line-1.2"') :].partition("</article>")[0]
    rule = first[first.index('class="rule"') :].partition("</details>")[0]
    examples = rule_in_sentences(asked(Edition.objects.get()), "U1", "1.2")
    assert rule.count("<li>") == len(examples) > 1
    assert all(text.vi.endswith(said) for text, said in zip(examples, re.findall("<li>([^<]*)", rule), strict=True))


def test_a_consolidated_file_is_returned_by_the_approver_with_a_reason(officer, people):
    for node, fields in {
        "1.1": {"met": "yes"},
        "1.2": {"numerator": "54", "denominator": "60"},
        "2.1.1": {"numerator": "1", "denominator": "2"},
        "2.1.2": {"level": "all"},
    }.items():
        save(officer, "U1", node, fields, explanation="Báo cáo")
    officer.post(f"{E}/units/U1/consolidate/")
    approver = client_of(people("approver", unit="U1"))
    assert "WEB-REASON" in text_of(approver.post(f"{E}/units/U1/return/", {"reason": " "}, follow=True))
    approver.post(f"{E}/units/U1/return/", {"reason": "Rà soát lại mục 1.2"})
    assert UnitFile.objects.get(unit="U1").standing == "draft"
    assert Event.objects.get(act="unit.return").details["reason"] == "Rà soát lại mục 1.2"


# --- last year


@pytest.fixture
def year_later(edition, people, tmp_path):
    """The next edition of the programme, with a new framework: 1.2 is now 1.9, said to continue it; 2.1.2 is new."""
    owner = people("coordinator", unit="U1")
    client = client_of(owner)
    upload(client, "U1", ("Kế hoạch 12.pdf", pdf("1")))
    for node, fields in {
        "1.1": {"met": "yes"},
        "1.2": {"numerator": "54", "denominator": "60"},
        "2.1.1": {"numerator": "1.880", "denominator": "2.000"},
        "2.1.2": {"level": "all"},
    }.items():
        save(client, "U1", node, fields, document="TL01", where="trang 3", explanation="Báo cáo")
    for name, content in (each for each in _next_files()):
        (tmp_path / name).write_text(content, "utf-8")
    manager = people("programme_manager")
    made = create_edition(by=manager, files=files_of_folder(tmp_path))
    return move_edition(by=manager, edition=made, name="open")


def _next_files():
    declared = yaml.safe_load((SMALL / "edition.yaml").read_text("utf-8"))
    declared.update(edition="2024-mô-phỏng", year=2024, as_of=date(2024, 12, 31))
    declared["calendar"] = {"opens_on": date(2024, 12, 15), "closes_on": date(2025, 1, 31)}
    yield "edition.yaml", yaml.safe_dump(declared, allow_unicode=True)
    framework = yaml.safe_load((SMALL / "framework.yaml").read_text("utf-8"))
    framework.update(version="2", editions=[2024])
    direction, dossiers = framework["domains"]
    direction["criteria"][1].update(code="1.9", continues={"version": "1", "code": "1.2", "comparable": True})
    dossiers["criteria"][0]["subcriteria"][0]["continues"] = {"version": "1", "code": "2.1.1", "comparable": False}
    yield "framework.yaml", json.dumps(framework, ensure_ascii=False, default=str)
    yield "units.csv", (SMALL / "units.csv").read_text("utf-8")


def test_last_years_claims_stand_beside_this_years_where_the_framework_says_so(year_later, people):
    client = client_of(people("coordinator", unit="U1"))
    E2 = "/editions/2024-mô-phỏng"
    assert "last-year" not in text_of(client.get(f"{E2}/units/U1/domains/1/")), "not signed: not claimed"
    client.post(f"{E}/units/U1/consolidate/")
    approver = client_of(people("approver", unit="U1"))
    digest = UnitFile.objects.get(unit="U1", edition__year=2023)
    from parindex_web.collect.actions import claims_digest

    approver.post(f"{E}/units/U1/sign/", {"digest": claims_digest(digest)})
    page = text_of(client.get(f"{E2}/units/U1/domains/1/"))
    assert page.count("last-year") == 2
    box = page[page.rindex('class="last-year"') :].split("</div>")[0]
    assert "Năm 2023, mục 1.2" in box and "54 nhiệm vụ" in box and "0,90 / 1,00 điểm" in box
    assert "Giải trình: Báo cáo" in box and "Kế hoạch 12 (trang 3)" in box and "không so sánh được" not in box
    assert page.index("last-year") < page.index('id="line-1.9"') < page.rindex("last-year")
    second = text_of(client.get(f"{E2}/units/U1/domains/2/"))
    first, other = (part.split("</div>")[0] for part in second.split('class="last-year"')[1:])
    assert "1.880 hồ sơ" in first and "không so sánh được" in first and "không so sánh được theo khai báo" in first
    # Nobody declared 2.1.2: its code and name stayed, so the comparison of the frameworks finds it.
    assert "Đầy đủ" in other and "không so sánh được" not in other and "mục 2.1.2" not in other
    assert "last-year" not in text_of(client_of(people("coordinator", unit="U2")).get(f"{E2}/units/U2/domains/1/"))
