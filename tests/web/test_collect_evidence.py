"""Documents of a unit: taken by content, kept outside of the web root, cited by lines, never half-kept."""

from __future__ import annotations

import io
import re
import resource
import zipfile
from pathlib import Path

import pytest
from collecting import E, client_of, docx, opendocument, pdf, png, save, text_of, upload
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from parindex_web.audit.models import Event
from parindex_web.collect.evidence_store import path_of
from parindex_web.collect.models import Citation, EvidenceFile, LineVersion
from parindex_web.collect.uploads import clean_name


@pytest.fixture
def officer(edition, people):
    return client_of(people("coordinator", unit="U1"))


def kept_files() -> list[Path]:
    return [path for path in (Path(settings.FILES) / "evidence").rglob("*") if path.is_file()]


def incoming_files() -> list[Path]:
    return list(Path(settings.INCOMING).iterdir())


KINDS = {
    "a.pdf": (pdf(), "application/pdf"),
    "a.png": (png(), "image/png"),
    "a.JPG": (b"\xff\xd8\xff\xe0" + b"0" * 40, "image/jpeg"),
    "a.tif": (b"II*\x00" + b"0" * 40, "image/tiff"),
    "a.docx": (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "a.odt": (opendocument("text"), "application/vnd.oasis.opendocument.text"),
    "a.ods": (opendocument("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_document_is_kept_under_a_random_name_and_given_back_as_an_attachment(officer, name):
    content, media_type = KINDS[name]
    before = len(kept_files())
    assert upload(officer, "U1", (name, content)).status_code == 200
    document = EvidenceFile.objects.get()
    assert (document.file_name, document.media_type, document.size) == (name, media_type, len(content))
    assert len(kept_files()) == before + 1 and name not in str(path_of(document.stored_as))
    assert not path_of(document.stored_as).is_relative_to(settings.STATIC_ROOT)
    answer = officer.get(f"{E}/units/U1/evidence/1/file/")
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", media_type)


def test_an_xlsx_of_the_library_is_known_by_its_content(officer):
    book = officer.get(f"{E}/units/U1/workbook/file/")
    upload(officer, "U1", ("biểu mẫu.xlsx", b"".join(book.streaming_content)))
    assert EvidenceFile.objects.get().media_type.endswith("spreadsheetml.sheet")


HOSTILE = {
    "picture.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "WEB-FILE-KIND"),
    "page.html": (b"<!doctype html><script>alert(1)</script>", "WEB-FILE-KIND"),
    "page.pdf": (b"<!doctype html><script>alert(1)</script>%PDF-1.7", "WEB-FILE-KIND"),
    "run.exe": (b"MZ" + b"\0" * 60, "WEB-FILE-KIND"),
    "run.pdf": (b"MZ" + b"\0" * 60, "WEB-FILE-KIND"),
    "plan.docx": (pdf(), "WEB-FILE-NAME"),
    "plan.pdf": (docx(), "WEB-FILE-NAME"),
    "plan": (pdf(), "WEB-FILE-NAME"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "WEB-FILE-OLD"),
    "empty.pdf": (b"", "WEB-FILE-EMPTY"),
    "archive.docx": (b"PK\x03\x04" + b"\0" * 80, "WEB-FILE-KIND"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_on_the_list_or_not_its_name_is_refused_in_words(officer, name):
    content, code = HOSTILE[name]
    before = kept_files()
    answer = upload(officer, "U1", (name, content))
    assert answer.status_code == 422
    page = text_of(answer)
    assert code in page and name in page
    assert kept_files() == before and not EvidenceFile.objects.exists() and not incoming_files()


def test_macros_are_refused(officer):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in ("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"):
            archive.writestr(part, b"x")
    assert "WEB-FILE-MACROS" in text_of(upload(officer, "U1", ("kế hoạch.docx", out.getvalue())))


def test_a_bomb_is_only_stored_never_opened(officer):
    bomb = docx(b"\0" * 40_000_000)
    assert len(bomb) < 100_000
    assert upload(officer, "U1", ("bomb.docx", bomb)).status_code == 200
    document = EvidenceFile.objects.get()
    assert document.size == len(bomb) == path_of(document.stored_as).stat().st_size


def test_a_package_that_lies_about_its_directory_is_refused(officer):
    broken = bytearray(docx())
    at = broken.rfind(b"PK\x05\x06")
    broken[at + 12 : at + 16] = (2_000_000_000).to_bytes(4, "little")
    assert "WEB-FILE-KIND" in text_of(upload(officer, "U1", ("x.docx", bytes(broken))))


TRICKS = {
    "../../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\a.pdf": "a.pdf",
    "\u202efdp.exe\u202c.pdf": "fdp.exe.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "aSet-Cookie: x=1.pdf",
    '"><script>alert(1)</script>.pdf': "script>.pdf",
    "Kế hoạch số 12 " + "dài " * 80 + ".pdf": None,
}


@pytest.mark.parametrize("name", TRICKS)
def test_tricks_in_names_are_taken_off(officer, name):
    cleaned = clean_name(name)
    assert len(cleaned) <= 150 and cleaned.endswith(".pdf")
    assert not set(cleaned) & set("/\\\r\n\u202e\u202c")
    assert TRICKS[name] in (None, cleaned)
    upload(officer, "U1", (cleaned if "\n" in name else name, pdf(name)))
    document = EvidenceFile.objects.get()
    assert not set(document.file_name) & set("/\\\r\n\u202e\u202c")
    page = officer.get(f"{E}/units/U1/evidence/")
    assert "<script>alert" not in text_of(page)
    answer = officer.get(f"{E}/units/U1/evidence/1/file/")
    assert "\n" not in answer["Content-Disposition"] and answer.headers.get("Set-Cookie") is None


def test_the_same_file_twice_is_recognised(officer):
    upload(officer, "U1", ("a.pdf", pdf("one")))
    answer = upload(officer, "U1", ("b.pdf", pdf("one")), ("c.pdf", pdf("two")))
    assert "b.pdf = " in text_of(answer)
    assert list(EvidenceFile.objects.values_list("number", "file_name")) == [(1, "a.pdf"), (2, "c.pdf")]


@pytest.mark.slow
def test_two_hundred_files_at_once(officer, django_assert_max_num_queries):
    files = [(f"văn bản {n}.pdf", pdf(str(n))) for n in range(198)]
    answer = upload(officer, "U1", *files, ("x.svg", b"<svg/>"), ("y.pdf", pdf("7")))
    page = text_of(answer)
    assert answer.status_code == 200 and EvidenceFile.objects.count() == 198
    assert "x.svg" in page and "WEB-FILE-KIND" in page and "y.pdf = " in page
    assert [*EvidenceFile.objects.values_list("number", flat=True)] == [*range(1, 199)]
    with django_assert_max_num_queries(15):
        page = officer.get(f"{E}/units/U1/evidence/")
    assert len(page.content) < 100_000
    with django_assert_max_num_queries(15):
        assert officer.get(f"{E}/units/U1/domains/1/").status_code == 200


def test_more_files_than_are_taken_at_once_are_refused_in_words(officer, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    answer = upload(officer, "U1", *[(f"{n}.pdf", pdf(str(n))) for n in range(4)])
    assert answer.status_code == 400 and "không quá 3 tệp" in text_of(answer)
    assert not EvidenceFile.objects.exists() and not incoming_files()


def test_sizes_are_limited_for_file_unit_and_request(officer, settings):
    settings.EVIDENCE_FILE_BYTES = 1_000_000
    settings.EVIDENCE_UNIT_BYTES = 1_500_000
    large, small = pdf("x" * 1_100_000), pdf("x" * 900_000)
    answer = upload(officer, "U1", ("lớn.pdf", large), ("vừa.pdf", small), ("nữa.pdf", pdf("y" * 900_000)))
    page = text_of(answer)
    assert "lớn.pdf: lớn hơn 1 MB" in page and "WEB-EVIDENCE-FULL" in page
    assert [each.file_name for each in EvidenceFile.objects.all()] == ["vừa.pdf"]
    assert not incoming_files()
    settings.UPLOAD_REQUEST_BYTES = 1_000_000
    answer = upload(officer, "U1", ("quá.pdf", large))
    assert answer.status_code == 413 and "không quá 1 MB" in text_of(answer)


def test_nobody_fills_the_disk_without_signing_in(edition, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    answer = upload(Client(), "U1", ("a.pdf", pdf("x" * 200_000)))
    assert answer.status_code == 413


def test_a_full_disk_is_said_and_nothing_is_half_kept(officer):
    # The system itself refuses to write more than this into one file, as a full disk would.
    before, events = kept_files(), Event.objects.count()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        answer = upload(officer, "U1", ("nhỏ.pdf", pdf("a")), ("lớn.pdf", pdf("b" * 900_000)), ("vừa.pdf", pdf("c")))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    page = text_of(answer)
    assert "lớn.pdf: chưa nhận được vì máy chủ hết chỗ lưu" in page
    assert [each.file_name for each in EvidenceFile.objects.all()] == ["nhỏ.pdf", "vừa.pdf"]
    assert len(kept_files()) == len(before) + 2 and not incoming_files()
    assert Event.objects.count() == events + 2


def test_a_reserve_is_left_on_the_disk(officer, settings):
    settings.DISK_RESERVE_BYTES = 1 << 60
    answer = upload(officer, "U1", ("a.pdf", pdf()))
    assert answer.status_code == 422 and "WEB-DISK-FULL" in text_of(answer)
    assert not EvidenceFile.objects.exists() and not incoming_files()


def test_what_documents_are_is_said_and_dates_are_checked(officer):
    upload(officer, "U1", ("a.pdf", pdf("1")), ("b.pdf", pdf("2")))
    body = {
        "number": ["1", "2"],
        "1-title": "Kế hoạch CCHC năm 2023",
        "1-symbol": "12/KH-UBND",
        "1-issuer": "UBND tỉnh",
        "1-issued": "05/01/2023",
        "2-title": "Báo cáo",
        "2-issued": "31/02/2023",
    }
    answer = officer.post(f"{E}/units/U1/evidence/describe/", body)
    page = text_of(answer)
    # What is right is saved; what is not stands as it was typed, with the same words at the top and at its field.
    assert answer.status_code == 422 and page.count("WEB-EVIDENCE-DATE") == 2
    assert 'value="31/02/2023"' in page and 'value="Báo cáo"' in page and "1-title" not in page
    assert "12/KH-UBND" in text_of(officer.get(f"{E}/units/U1/evidence/?q=ke hoach"))
    first = EvidenceFile.objects.get(number=1)
    assert (first.title, first.issued) == ("Kế hoạch CCHC năm 2023", "2023-01-05")


def test_documents_are_found_without_accents_and_by_what_is_missing(officer):
    upload(officer, "U1", ("Kế hoạch.pdf", pdf("1")), ("Đề án.pdf", pdf("2")), ("ảnh.pdf", pdf("3")))
    save(officer, "U1", "1.1", {"met": "yes"}, document="TL02", where="trang 3")
    body = {"number": "1", "1-title": "Kế hoạch", "1-symbol": "12/KH-UBND", "1-issuer": "UBND tỉnh Hà Nam"}
    officer.post(f"{E}/units/U1/evidence/describe/", body)

    def listed(query: str) -> list[str]:
        table = text_of(officer.get(f"{E}/units/U1/evidence/?{query}")).partition("<tbody>")[2]
        return re.findall(r"TL0[0-9] [^<]*", table)

    assert listed("q=de an") == ["TL02 Đề án"] and listed("q=HA NAM") == ["TL01 Kế hoạch"]
    assert listed("show=uncited") == ["TL01 Kế hoạch", "TL03 ảnh"]
    assert listed("show=bare") == ["TL02 Đề án", "TL03 ảnh"]
    assert listed("sort=title") == ["TL03 ảnh", "TL02 Đề án", "TL01 Kế hoạch"]
    assert listed("sort=uploaded") == ["TL03 ảnh", "TL02 Đề án", "TL01 Kế hoạch"]
    assert listed("q=nothing") == []
    for query in ("show=x", "sort=x"):
        assert officer.get(f"{E}/units/U1/evidence/?{query}").status_code == 404
    assert "2 tài liệu chưa dẫn ở mục nào" in re.sub("<[^>]+>", "", text_of(officer.get(f"{E}/units/U1/")))


def test_a_line_cites_documents_with_section_and_page(officer):
    upload(officer, "U1", ("a.pdf", pdf("1")), ("b.pdf", pdf("2")))
    answer = save(
        officer, "U1", "1.1", {"met": "yes"}, document=["TL01", "2", ""], where=["Mục II, trang 3", "trang 5", ""]
    )
    assert answer.status_code == 302, text_of(answer)
    cited = Citation.objects.values_list("document__number", "locator", "order")
    assert list(cited) == [(1, "Mục II, trang 3", 0), (2, "trang 5", 1)]
    version = LineVersion.objects.get()
    assert [row["locator"] for row in version.citations] == ["Mục II, trang 3", "trang 5"]
    assert "Mục II, trang 3" in text_of(officer.get(f"{E}/units/U1/evidence/"))
    # A save that says nothing of evidence leaves it, one that empties the rows takes it away.
    save(officer, "U1", "1.1", {"met": "no"})
    assert Citation.objects.count() == 2
    save(officer, "U1", "1.1", {"met": "no"}, document=["", ""], where=["", ""])
    assert not Citation.objects.exists()


@pytest.mark.parametrize(
    ("document", "where", "words"),
    [("TL09", "", "không có tài liệu này"), ("", "trang 3", "chưa chọn tài liệu"), ("TL01", "x" * 201, "dài hơn 200")],
)
def test_a_wrong_citation_is_said_at_its_row_and_kept_as_typed(officer, document, where, words):
    upload(officer, "U1", ("a.pdf", pdf("1")))
    answer = save(officer, "U1", "1.1", {"met": "yes"}, document=document, where=where, explanation="Vì sao")
    page = text_of(answer)
    assert answer.status_code == 422 and words in page
    assert f'value="{where}"' in page and "Vì sao</textarea>" in page
    assert not LineVersion.objects.exists()


def test_a_cited_document_stays_and_the_lines_are_named(officer):
    upload(officer, "U1", ("a.pdf", pdf("1")))
    for node, fields in {"1.1": {"met": "yes"}, "1.2": {"numerator": "1", "denominator": "2"}}.items():
        save(officer, "U1", node, fields, document="TL01", where="")
    page = text_of(officer.post(f"{E}/units/U1/evidence/1/remove/", follow=True))
    assert "đang được dẫn ở mục 1.1, 1.2" in page
    document = EvidenceFile.objects.get()
    assert document.removed_at is None
    for node in ("1.1", "1.2"):
        save(officer, "U1", node, {}, document="", where="")
    officer.post(f"{E}/units/U1/evidence/1/remove/")
    document.refresh_from_db()
    assert document.removed_at is not None and path_of(document.stored_as).exists()
    assert "không có tài liệu này" in text_of(save(officer, "U1", "1.1", {"met": "yes"}, document="TL01", where=""))
    # The number is not given again.
    upload(officer, "U1", ("a.pdf", pdf("1")))
    assert EvidenceFile.objects.filter(removed_at=None).get().number == 2


def test_the_database_itself_keeps_documents(officer):
    upload(officer, "U1", ("a.pdf", pdf("1")))
    save(officer, "U1", "1.1", {"met": "yes"}, document="TL01", where="")
    rows = EvidenceFile.objects.filter(number=1)
    for change in (
        rows.delete,
        lambda: rows.update(sha256="0" * 64),
        lambda: rows.update(number=9),
        lambda: rows.update(removed_at=timezone.now()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_locked_file_takes_and_loses_no_documents(officer, people):
    upload(officer, "U1", ("a.pdf", pdf("1")))
    for node, fields in {
        "1.1": {"met": "yes"},
        "1.2": {"numerator": "54", "denominator": "60"},
        "2.1.1": {"numerator": "1", "denominator": "2"},
        "2.1.2": {"level": "all"},
    }.items():
        assert save(officer, "U1", node, fields, explanation="Báo cáo").status_code == 302
    officer.post(f"{E}/units/U1/consolidate/")
    answer = upload(officer, "U1", ("b.pdf", pdf("2")))
    assert "WEB-EVIDENCE-LOCKED" in text_of(answer)
    assert "WEB-EVIDENCE-LOCKED" in text_of(officer.post(f"{E}/units/U1/evidence/1/remove/", follow=True))
    assert EvidenceFile.objects.get().removed_at is None and not incoming_files()


def test_previews_are_frames_of_our_own_pages_and_images(officer):
    upload(officer, "U1", ("a.pdf", pdf("1")), ("b.png", png()), ("c.docx", docx()))
    first = officer.get(f"{E}/units/U1/evidence/1/")
    assert "<iframe" in text_of(first) and "frame-src 'self'" in first["Content-Security-Policy"]
    assert "<img" in text_of(officer.get(f"{E}/units/U1/evidence/2/"))
    third = text_of(officer.get(f"{E}/units/U1/evidence/3/"))
    assert "<iframe" not in third and "<img" not in third
    look = officer.get(f"{E}/units/U1/evidence/1/look/")
    assert look["Content-Disposition"].startswith("inline") and look["X-Frame-Options"] == "SAMEORIGIN"
    assert officer.get(f"{E}/units/U1/evidence/3/look/").status_code == 404


def test_another_unit_learns_nothing_of_documents(officer, people):
    upload(officer, "U1", ("a.pdf", pdf("1")))
    other = client_of(people("coordinator", unit="U2"))
    for address in ("", "1/", "1/file/", "1/look/"):
        assert other.get(f"{E}/units/U1/evidence/{address}").status_code == 404
    assert upload(other, "U1", ("b.pdf", pdf("2"))).status_code == 404
    assert other.post(f"{E}/units/U1/evidence/1/remove/").status_code == 404
    reader = client_of(people("auditor"))
    assert reader.get(f"{E}/units/U1/evidence/1/file/").status_code == 200
    assert upload(reader, "U1", ("b.pdf", pdf("2"))).status_code == 403
    assert reader.post(f"{E}/units/U1/evidence/1/remove/").status_code == 403
    assert EvidenceFile.objects.count() == 1


def test_an_upload_that_breaks_off_leaves_nothing(officer):
    body = {"files": SimpleUploadedFile("a.pdf", pdf("x" * 200_000)), "whole": "1"}
    sent = encode_multipart(BOUNDARY, body)
    answer = officer.generic("POST", f"{E}/units/U1/evidence/", sent[: len(sent) // 2], MULTIPART_CONTENT)
    assert answer.status_code == 422 and "WEB-UPLOAD-BROKEN" in text_of(answer)
    assert not EvidenceFile.objects.exists() and not incoming_files()
