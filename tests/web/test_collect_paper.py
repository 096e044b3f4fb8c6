"""The printed self-assessment, and the signed copy that comes back."""

from __future__ import annotations

import io
import subprocess

import pytest
from collecting import E, client_of, pdf, png, save, text_of, upload
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from parindex_web.audit.models import Event
from parindex_web.collect.actions import claims_digest
from parindex_web.collect.models import SignedPaper
from parindex_web.collect.paper import digests_inside
from parindex_web.editions.models import UnitFile

pytestmark = pytest.mark.slow


@pytest.fixture
def officer(edition, people):
    client = client_of(people("coordinator", unit="U1"))
    upload(client, "U1", ("Kế hoạch CCHC.pdf", pdf("1")), ("không dẫn.pdf", pdf("2")))
    for node, fields in {
        "1.1": {"met": "yes"},
        "1.2": {"numerator": "54", "denominator": "60"},
        "2.1.1": {"numerator": "1.880", "denominator": "2.000"},
        "2.1.2": {"level": "some"},
    }.items():
        save(client, "U1", node, fields, explanation="Báo cáo số 15", document="TL01", where="trang 3")
    return client


def words_of_pdf(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def sign(officer, people) -> str:
    officer.post(f"{E}/units/U1/consolidate/")
    digest = claims_digest(UnitFile.objects.get(unit="U1"))
    client_of(people("approver", unit="U1")).post(f"{E}/units/U1/sign/", {"digest": digest})
    assert UnitFile.objects.get(unit="U1").signed_digest == digest
    return digest


def hand_in(client, name, content, digest=""):
    body = {"signed": SimpleUploadedFile(name, content), "digest": digest, "whole": "1"}
    return client.post(f"{E}/units/U1/paper/", body)


def test_the_pdf_says_what_is_claimed_and_carries_the_digest(officer, people):
    draft = officer.get(f"{E}/units/U1/paper/pdf/")
    assert draft["Content-Type"] == "application/pdf" and draft["Content-Disposition"].startswith("attachment")
    assert "BẢN NHÁP" in words_of_pdf(draft.content)
    digest = sign(officer, people)
    made = officer.get(f"{E}/units/U1/paper/pdf/").content
    assert made == officer.get(f"{E}/units/U1/paper/pdf/").content, "the same claims give the same bytes"
    words = words_of_pdf(made)
    for expected in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ỦY BAN NHÂN DÂN", "Nơi nhận:",
        "TM. ỦY BAN NHÂN DÂN", "SỐ LIỆU MÔ PHỎNG", "1,41", "3,31", "Kế hoạch CCHC", digest[:40],
    ):  # fmt: skip
        assert expected in words, words
    assert "không dẫn" not in words and "BẢN NHÁP" not in words
    assert digests_inside(io.BytesIO(made)) == {digest}


def test_the_word_document_says_the_same(officer, people):
    digest = sign(officer, people)
    made = Document(io.BytesIO(officer.get(f"{E}/units/U1/paper/word/").content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in cells[1] and "TM. ỦY BAN NHÂN DÂN" in cells[-1]
    assert {"2.1.1", "1,41", "TL01 (trang 3)"} <= set(cells)
    assert digest in made.sections[0].footer.paragraphs[0].text and digest in made.core_properties.keywords
    assert len(made.inline_shapes) == 1


def test_a_digitally_signed_copy_is_held_against_what_is_locked(officer, people):
    digest = sign(officer, people)
    made = officer.get(f"{E}/units/U1/paper/pdf/").content
    signed = made + b"\n9 0 obj <</Type/Sig/ByteRange [0 1 2 3]/Contents <00>>> endobj\n%%EOF\n"
    assert hand_in(officer, "đã ký.pdf", signed).status_code == 302
    paper = SignedPaper.objects.get()
    assert (paper.way, paper.digest_said) == ("digital", digest)
    assert "trùng mã băm" in text_of(officer.get(f"{E}/units/U1/paper/"))
    assert Event.objects.get(act="unit.attach_signed").details["digest"] == digest
    given = officer.get(f"{E}/units/U1/paper/signed/{paper.pk}/")
    assert b"".join(given.streaming_content) == signed and given["Content-Disposition"].startswith("attachment")


def test_a_copy_signed_over_other_figures_is_refused_with_both_digests(officer, people):
    old = officer.get(f"{E}/units/U1/paper/pdf/").content
    before = claims_digest(UnitFile.objects.get(unit="U1"))
    save(officer, "U1", "1.1", {"met": "no"}, explanation="Sửa")
    digest = sign(officer, people)
    page = text_of(hand_in(officer, "đã ký.pdf", old))
    assert before[:16] in page and digest[:16] in page and "WEB-PAPER-OTHER" in page
    assert "WEB-PAPER-OTHER" in text_of(hand_in(officer, "quét.png", png(), before[:16]))
    assert not SignedPaper.objects.exists()


def test_a_scan_needs_the_digest_that_is_printed_on_it(officer, people):
    digest = sign(officer, people)
    assert "WEB-PAPER-DIGEST" in text_of(hand_in(officer, "quét.png", png()))
    assert "WEB-FILE-KIND" in text_of(hand_in(officer, "a.svg", b"<svg/>", digest))
    spaced = f"{digest[:4]} {digest[4:8]} {digest[8:16]}".upper()
    assert hand_in(officer, "quét.png", png(), spaced).status_code == 302
    assert SignedPaper.objects.get().way == "scan"


def test_nothing_is_handed_in_for_a_draft_and_only_by_the_unit(officer, people):
    assert "WEB-PAPER-DRAFT" in text_of(hand_in(officer, "quét.png", png(), "0" * 16))
    sign(officer, people)
    field = client_of(people("field_officer", unit="U1", domains=["1"]))
    assert hand_in(field, "quét.png", png(), "0" * 16).status_code == 403
    other = client_of(people("coordinator", unit="U2"))
    for address in ("", "pdf/", "word/"):
        assert other.get(f"{E}/units/U1/paper/{address}").status_code == 404


def test_a_signed_copy_of_a_file_that_was_reopened_is_named(officer, people):
    digest = sign(officer, people)
    hand_in(officer, "quét.png", png(), digest[:16])
    UnitFile.objects.filter(unit="U1").update(standing="draft")
    save(officer, "U1", "1.1", {"met": "no"}, explanation="Sửa")
    page = text_of(officer.get(f"{E}/units/U1/paper/"))
    assert "khác mã băm" in page and digest[:16] in page
