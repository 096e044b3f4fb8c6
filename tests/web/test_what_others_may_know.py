"""An official of province A, a curious appraiser, a member of the council: what they learn before they should."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from addresses import ADDRESSES, scene
from collecting import E, client_of, pdf, save, text_of, upload
from django.test import Client
from stories import before_council, computed, decided, find, frozen, line_of, signed, without_locks

from parindex_web import clock
from parindex_web.accounts.models import Duty
from parindex_web.appraise import actions, council
from parindex_web.audit.guard import writing
from parindex_web.results.actions import publish

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """Every test has a folder of its own: publications outlive the database of a test."""
    settings.FILES = tmp_path / "files"


LONG_AGO = clock.today() - timedelta(days=400)


def also(person, role, **duty):
    """One more role of a person."""
    with writing():
        Duty.objects.create(person=person, role=role, valid_from=LONG_AGO, **duty)


# --- votes


@pytest.fixture
def voting(edition, people):
    """A motion that one member of two has voted on."""
    edition = before_council(edition, people)
    an = people("council_member", name="An")
    people("council_member", name="Binh")
    secretary = people("council_secretary")
    session = council.convene(
        by=secretary, edition=edition, held_on=clock.today(), place="", in_writing=False, chair=an
    )
    motion = council.propose(by=secretary, session=session, text="Thông qua", line=None, values={}, points=None)
    council.vote(by=an, motion=motion, choice="against", way="room")
    return motion


def test_nobody_sees_a_vote_before_it_is_closed(voting, people):
    binh, secretary, manager = (
        people("council_member", name="Binh"),
        people("council_secretary"),
        people("programme_manager"),
    )
    for person in (binh, secretary, manager, people("auditor")):
        page = text_of(client_of(person).get(f"{E}/appraisal/council/"))
        assert "Đã biểu quyết <strong>1/2</strong>" in page and "không tán thành</td>" not in page
    minutes = _words(client_of(secretary).get(f"{E}/appraisal/council/sessions/1/minutes.docx").content)
    assert "Không tán thành\tchưa chốt" in minutes and "An\tkhông" not in minutes
    for person in (manager, people("auditor")):
        record = text_of(client_of(person).get(f"{E}/record/?act=council.vote"))
        assert "không tán thành" not in record and "Mở khi biểu quyết đã chốt" in record
        export = client_of(person).get(f"{E}/record/export/")
        assert export.status_code == 409 and "biểu quyết chưa chốt" in text_of(export)
    own = text_of(client_of(people("council_member", name="An")).get(f"{E}/appraisal/council/"))
    assert "Phiếu của bạn: <strong>không tán thành</strong>" in own


def test_a_vote_that_is_closed_is_open_to_all(voting, people):
    secretary = people("council_secretary")
    council.vote(by=people("council_member", name="Binh"), motion=voting, choice="for", way="room")
    council.close_motion(by=secretary, motion=voting)
    page = text_of(client_of(people("council_member", name="Binh")).get(f"{E}/appraisal/council/"))
    assert "không tán thành</td>" in page and "Tán thành <strong>1</strong>" in page
    auditor = client_of(people("auditor"))
    assert "không tán thành" in text_of(auditor.get(f"{E}/record/?act=council.vote"))
    assert auditor.get(f"{E}/record/export/").status_code == 200


def _words(document: bytes) -> str:
    from docx import Document

    found = Document(io.BytesIO(document))
    rows = ["\t".join(cell.text for cell in row.cells) for table in found.tables for row in table.rows]
    return "\n".join([*(each.text for each in found.paragraphs), *rows])


# --- markers and rounds


def test_a_marker_who_may_read_the_record_does_not_read_the_other_there(edition, people):
    edition = signed(edition, people)
    manager, first = people("programme_manager"), people("appraiser")
    second = people("appraiser", name="second")
    also(second, "auditor")
    actions.set_blind(by=manager, edition=edition, node="1.1", on=True)
    actions.give_second_marking(by=manager, edition=edition, person=second, unit="", domains=[])
    find(first, line_of(edition, "U1", "1.1"), "adjust", points="0.25", reason="Lý do bí mật")
    reader = client_of(second)
    addresses = ("record/?line=1.1", "record/units/U1/lines/1.1/", "appraisal/agreement/", "appraisal/agreement/differences.csv",
                 "units/U1/lines/1.1/history/", "appraisal/units/U1/", "appraisal/", "progress.csv")  # fmt: skip
    for address in addresses:
        page = text_of(reader.get(f"{E}/{address}"))
        assert "bí mật" not in page and "0,25" not in page and "0.25" not in page, address
    assert reader.get(f"{E}/record/export/").status_code == 409
    assert "bí mật" in text_of(client_of(people("auditor")).get(f"{E}/record/units/U1/lines/1.1/"))
    find(second, line_of(edition, "U1", "1.1"))
    assert "bí mật" in text_of(reader.get(f"{E}/record/units/U1/lines/1.1/"))
    assert reader.get(f"{E}/record/export/").status_code == 200


def test_who_appraises_elsewhere_reads_their_own_unit_as_its_people_do(edition, people):
    edition = signed(edition, people)
    find(people("appraiser"), line_of(edition, "U1", "1.1"), "adjust", points="0.25", reason="Lý do bí mật")
    person = people("coordinator", unit="U1")
    also(person, "appraiser", unit="U2")
    for address in ("appraisal/units/U1/", "appraisal/units/U1/lines/1.1/"):
        assert "bí mật" not in text_of(client_of(person).get(f"{E}/{address}")), address


# --- lines of another domain


def test_an_officer_of_domain_2_has_no_way_to_a_line_of_domain_1(edition, people):
    coordinator = client_of(people("coordinator", unit="U1"))
    upload(coordinator, "U1", ("a.pdf", pdf("a")))
    save(coordinator, "U1", "1.1", {"met": "yes"}, document="TL01")
    before = line_of(edition, "U1", "1.1")
    officer = client_of(people("field_officer", unit="U1", domains=["2"]))
    for script in (False, True):
        assert save(officer, "U1", "1.1", {"met": "no"}, seen=before.version, script=script).status_code == 403
    assert officer.post(f"{E}/units/U1/lines/1.1/move/", {"move": "hand_in"}).status_code == 403
    officer.post(f"{E}/units/U1/lines/move/", {"node": ["1.1"], "move": "hand_in"})
    officer.post(f"{E}/units/U1/lines/move/", {"domain": "1", "move": "hand_in"})
    assert officer.post(f"{E}/units/U1/workbook/", {}).status_code == 403
    assert officer.post(f"{E}/units/U1/workbook/take/", {"token": "x"}).status_code == 403
    refused = officer.post(f"{E}/units/U1/evidence/1/remove/", follow=True)
    assert "đang được dẫn ở mục 1.1" in text_of(refused)
    after = line_of(edition, "U1", "1.1")
    assert (after.version, after.values, after.standing) == (before.version, before.values, before.standing)
    assert after.citations.count() == 1


# --- documents


def test_the_same_content_elsewhere_is_not_told(edition, people):
    """What another unit has uploaded is not recognised: the answer is that of a new document."""
    mine, theirs = (client_of(people("coordinator", unit=unit)) for unit in ("U1", "U2"))
    upload(theirs, "U2", ("kế hoạch.pdf", pdf("giống")))
    answers = [
        text_of(upload(mine, "U1", (name, pdf(words)))) for name, words in (("a.pdf", "giống"), ("b.pdf", "khác"))
    ]
    told = [
        page.count("TL01") + page.count("TL02") > 0 and "đã có" in page.split("<main")[1].split("</main")[0]
        for page in answers
    ]
    assert told[0] == told[1]
    assert edition.unit_files.get(unit="U1").evidence.count() == 2


def test_a_document_of_a_signed_file_is_not_renamed_while_explaining(edition, people):
    from parindex_web.appraise.actions import close_round

    coordinator = people("coordinator", unit="U1")
    upload(client_of(coordinator), "U1", ("a.pdf", pdf("a")))
    save(client_of(coordinator), "U1", "1.1", {"met": "yes"}, document="TL01")
    # What the short cut saves, it saves from the beginning: here line 1.1 is there already.
    from uuid import uuid4

    from stories import CLAIMS

    from parindex_web.collect.actions import claims_digest, consolidate, save_line, sign
    from parindex_web.editions.actions import move_edition

    for node, fields in CLAIMS["U1"].items():
        line = line_of(edition, "U1", node)
        if not line.version:
            save_line(by=coordinator, line=line, seen=0, key=uuid4(), fields=fields, explanation="", language="vi")
    file = consolidate(by=coordinator, unit_file=edition.unit_files.get(unit="U1"))
    sign(by=people("approver", unit="U1"), unit_file=file, seen=claims_digest(file))
    edition = move_edition(by=people("programme_manager"), edition=edition, name="appraise")
    for node in CLAIMS["U1"]:
        find(people("appraiser"), line_of(edition, "U1", node), "ask", reason="Cần giải trình")
    close_round(by=people("programme_manager"), unit_file=edition.unit_files.get(unit="U1"), explain=True)
    client = client_of(coordinator)
    upload(client, "U1", ("mới.pdf", pdf("mới")))
    sent = {"number": ["1", "2"], "1-title": "Tên mới", "2-title": "Tài liệu bổ sung"}
    page = text_of(client.post(f"{E}/units/U1/evidence/describe/", sent, follow=True))
    titles = list(edition.unit_files.get(unit="U1").evidence.order_by("number").values_list("title", flat=True))
    assert titles == ["a", "Tài liệu bổ sung"] and "hồ sơ đã khóa" in page


# --- results


def test_an_embargo_is_kept_by_every_page_of_a_unit(edition, people):
    edition = decided(edition, people)
    computation = computed(edition, people)
    publish(
        by=people("programme_manager"), edition=edition, computation=computation, decision="Quyết định bí mật", reason="",
        embargo_until=clock.now() + timedelta(days=3),
    )  # fmt: skip
    assert frozen(edition).state == "done"
    reader = client_of(people("coordinator", unit="U1"))
    for address in ("results/", "results/published/", "results/publications/1.zip", "results/computations/1/",
                    "results/computations/1/rounds.csv", "results/edition.zip"):  # fmt: skip
        assert reader.get(f"{E}/{address}").status_code == 404, address
    for address in ("/", f"{E}/units/U1/", f"{E}/calendar/", f"{E}/appraisal/units/U1/"):
        page = text_of(reader.get(address, follow=True))
        assert "bí mật" not in page and "results/published" not in page, address


# --- all answers


def test_answers_are_kept_by_nobody_and_say_what_they_are(edition, people):
    """Every address: no store keeps it, no browser guesses its kind, nothing of it runs a foreign script."""
    things = scene(edition, people)
    seen = 0
    for each in ADDRESSES:
        if each.method != "GET":
            continue
        client = Client()
        if each.let_in:
            client.force_login(things["cast"][each.let_in.split()[0]])
        answer = client.get(each.url(things))
        if answer.streaming:
            b"".join(answer.streaming_content)
        assert "no-store" in answer["Cache-Control"], each.name
        assert answer["X-Content-Type-Options"] == "nosniff", each.name
        assert "default-src 'none'" in answer["Content-Security-Policy"], each.name
        if not answer["Content-Type"].startswith("text/html") and answer.status_code == 200:
            inline = each.name in ("unit_document_look", "mfa_totp_picture")
            assert inline or answer.get("Content-Disposition", "").startswith("attachment"), each.name
        seen += 1
    assert seen > 40


@pytest.mark.parametrize("address", ["/khong-co/", f"{E}/units/U9/", f"{E}/units/U1/lines/1.1/save/"])
def test_mistakes_are_answered_with_the_same_headers(edition, people, address):
    answer = client_of(people("coordinator", unit="U1")).get(address)
    assert answer.status_code in (404, 405)
    assert "default-src 'none'" in answer["Content-Security-Policy"] and "no-store" in answer["Cache-Control"]


def test_a_foreign_host_is_refused_in_words_and_never_named(client):
    answer = client.get("/accounts/login/", headers={"host": "evil.test"})
    assert answer.status_code == 400 and "evil" not in text_of(answer) and "Không đọc được yêu cầu" in text_of(answer)


def test_a_link_in_a_mail_leads_here_whatever_host_was_asked_for(people, mailoutbox):
    person = people("auditor")
    answer = Client().post("/accounts/password/reset/", {"email": person.email}, headers={"host": "evil.test"})
    assert answer.status_code == 400 and mailoutbox == []
    Client().post(
        "/accounts/password/reset/",
        {"email": person.email},
        headers={"x-forwarded-host": "evil.test", "forwarded": "host=evil.test"},
    )
    assert len(mailoutbox) == 1 and "evil" not in mailoutbox[0].body


@pytest.mark.parametrize(
    "there", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "http:evil.test"]
)
def test_no_form_leads_to_another_site(people, there):
    client = client_of(people("auditor"))
    assert client.post("/language/", {"language": "en", "next": there})["Location"] == "/"
    signing_in = Client().post(
        "/accounts/login/", {"login": people("auditor").email, "password": "demo-parindex-1", "next": there}
    )
    assert (
        signing_in.status_code == 302
        and "evil" not in signing_in["Location"]
        and "javascript" not in signing_in["Location"]
    )


FORMULAS = ("=1+1", "tên\r=1+1", "-1+1", "@SUM(1)", "\t=1", "+1+1")


def test_no_table_that_is_downloaded_holds_a_formula(edition, people):
    """Everything a person may call as they like begins like a formula; then every CSV is read."""
    edition = decided(edition, people)
    computed(edition, people)
    computed(edition, people)
    things_called = list(FORMULAS)
    with writing():
        from django.db import connection

        # Names of units stand in files; here they are bent past the locks, to see what every table makes of them.
        without_locks("editions_unitfile")
        with connection.cursor() as cursor:
            for at, file in enumerate(edition.unit_files.all()):
                cursor.execute("UPDATE editions_unitfile SET name_vi = %s, name_en = %s WHERE id = %s",
                               [things_called[at], things_called[-at - 1], file.pk])  # fmt: skip
    auditor = client_of(people("auditor"))
    read = 0
    for address in ("progress.csv", "results/computations/2/changes.csv", "results/computations/2/rounds.csv",
                    "appraisal/agreement/differences.csv", "record/heads.csv"):  # fmt: skip
        answer = auditor.get(f"{E}/{address}")
        assert answer.status_code == 200, address
        for row in csv.reader(io.StringIO(answer.content.decode())):
            for cell in row:
                read += 1
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), (address, cell)
                assert not cell.startswith("-") or cell[1:].replace(".", "").isdigit(), (address, cell)
    assert read > 50
