"""The printed self-assessment, and the signed copy that comes back."""

from __future__ import annotations

import io
import subprocess

import pypdfium2
import pytest
from collecting import E, client_of, pdf, png, save, text_of, upload
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from docx import Document
from papers import Authority

from parindex_web.audit.models import Event
from parindex_web.collect.actions import claims_digest
from parindex_web.collect.models import PaperSignature, SignedPaper
from parindex_web.collect.paper import digests_inside
from parindex_web.editions.models import UnitFile
from parindex_web.trust import anchors_of

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
    officer.post(f"{E}/units/U1/consolidate/")
    assert "Bản trình ký" in words_of_pdf(officer.get(f"{E}/units/U1/paper/pdf/").content)
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
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in cells[1]
    assert any("TM. ỦY BAN NHÂN DÂN" in cell for cell in cells)
    words = [paragraph.text for paragraph in made.paragraphs]
    assert words.index("Phụ lục I") < words.index("Phụ lục II")
    assert {"2.1.1", "1,41", "TL01 (trang 3)"} <= set(cells)
    assert digest in made.sections[0].footer.paragraphs[0].text and digest in made.core_properties.keywords
    assert len(made.inline_shapes) == 1


def scanned(content: bytes, *, dpi: int = 100) -> bytes:
    """The first page of a PDF, as a scanner gives it back."""
    picture = pypdfium2.PdfDocument(content)[0].render(scale=dpi / 72).to_pil()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60)
    return out.getvalue()


def test_a_digitally_signed_copy_is_held_against_what_is_locked(officer, people, settings, tmp_path):
    authority = Authority()
    settings.TRUST = anchors_of(authority.pem(tmp_path / "trust"))
    digest = sign(officer, people)
    made = officer.get(f"{E}/units/U1/paper/pdf/").content
    signed = authority.person("Người Ký Thử", "UBND tỉnh Một").sign(made)
    assert hand_in(officer, "đã ký.pdf", signed).status_code == 302
    paper = SignedPaper.objects.get()
    assert (paper.way, paper.digest_said, paper.read_from) == ("digital", digest, "code")
    page = text_of(officer.get(f"{E}/units/U1/paper/"))
    for words in ("trùng mã băm", "Người Ký Thử", "UBND tỉnh Một", "chứng thư tin cậy", "nguyên vẹn từ khi ký"):
        assert words in page, words
    assert "Chưa kiểm tra thu hồi" in page and "giờ do máy người ký ghi" in page
    details = Event.objects.get(act="unit.attach_signed").details
    assert details["digest"] == digest and details["signatures"][0]["trust"] == "trusted"
    given = officer.get(f"{E}/units/U1/paper/signed/{paper.pk}/")
    assert b"".join(given.streaming_content) == signed and given["Content-Disposition"].startswith("attachment")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        PaperSignature.objects.update(trust="unknown")


def test_a_signature_that_does_not_hold_is_refused_with_the_reason(officer, people):
    sign(officer, people)
    signed = Authority().person("Người Ký Thử").sign(officer.get(f"{E}/units/U1/paper/pdf/").content)
    changed = bytearray(signed)
    place = changed.index(b"<", changed.index(b"/Title")) + 6
    changed[place] ^= 1
    page = text_of(hand_in(officer, "đã sửa.pdf", bytes(changed)))
    assert "WEB-PAPER-SIGNATURE" in page and "nội dung đã bị sửa sau khi ký" in page and "Người Ký Thử" in page
    assert not SignedPaper.objects.exists()


def test_the_print_that_nobody_signed_is_refused(officer, people):
    sign(officer, people)
    made = officer.get(f"{E}/units/U1/paper/pdf/").content
    assert "WEB-PAPER-UNSIGNED" in text_of(hand_in(officer, "đã ký.pdf", made))
    claimed = made + b"\n9 0 obj <</Type/Sig/ByteRange [0 1 2 3]/Contents <00>>> endobj\n%%EOF\n"
    assert "WEB-PAPER-SIGNATURE" in text_of(hand_in(officer, "đã ký.pdf", claimed))
    assert not SignedPaper.objects.exists()


def test_a_copy_signed_over_other_figures_is_refused_with_both_digests(officer, people):
    old = officer.get(f"{E}/units/U1/paper/pdf/").content
    before = claims_digest(UnitFile.objects.get(unit="U1"))
    save(officer, "U1", "1.1", {"met": "no"}, explanation="Sửa")
    digest = sign(officer, people)
    page = text_of(hand_in(officer, "đã ký.pdf", Authority().person("Người Ký Thử").sign(old)))
    assert before[:16] in page and digest[:16] in page and "WEB-PAPER-OTHER" in page and "chưa từng được khóa" in page
    # The code on the scan counts, whatever is typed.
    page = text_of(hand_in(officer, "quét.jpg", scanned(old), digest[:16]))
    assert before[:16] in page and "WEB-PAPER-OTHER" in page
    assert "WEB-PAPER-OTHER" in text_of(hand_in(officer, "quét.png", png(), before[:16]))
    assert not SignedPaper.objects.exists()


def test_the_code_of_a_scan_is_read(officer, people):
    digest = sign(officer, people)
    scan = scanned(officer.get(f"{E}/units/U1/paper/pdf/").content)
    assert hand_in(officer, "quét.jpg", scan).status_code == 302
    paper = SignedPaper.objects.get()
    assert (paper.way, paper.digest_said, paper.read_from) == ("scan", digest, "code")
    assert "mã đọc từ mã QR" in text_of(officer.get(f"{E}/units/U1/paper/"))


def test_a_scan_without_a_code_needs_the_digest_that_is_printed_on_it(officer, people):
    digest = sign(officer, people)
    page = text_of(hand_in(officer, "quét.png", png()))
    assert "WEB-PAPER-DIGEST" in page and "Không thấy mã QR trong 1/1 trang." in page
    assert "WEB-FILE-KIND" in text_of(hand_in(officer, "a.svg", b"<svg/>", digest))
    spaced = f"{digest[:4]} {digest[4:8]} {digest[8:16]}".upper()
    assert hand_in(officer, "quét.png", png(), spaced).status_code == 302
    paper = SignedPaper.objects.get()
    assert (paper.way, paper.read_from) == ("scan", "typed")
    assert "mã do người nộp ghi" in text_of(officer.get(f"{E}/units/U1/paper/"))


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
    assert "khác mã băm" in page and digest[:16] in page and "(khóa lúc" in page


def test_a_scan_of_what_was_locked_before_says_when_that_was(officer, people):
    digest = sign(officer, people)
    scan = scanned(officer.get(f"{E}/units/U1/paper/pdf/").content)
    UnitFile.objects.filter(unit="U1").update(standing="draft")
    save(officer, "U1", "1.1", {"met": "no"}, explanation="Sửa")
    sign(officer, people)
    page = text_of(hand_in(officer, "quét.jpg", scan))
    assert digest[:16] in page and "Đó là số liệu đã khóa lúc" in page and "WEB-PAPER-OTHER" in page
