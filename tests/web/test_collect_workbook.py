"""The workbook of a unit: down with everything, up with a preview, taken only as it was shown."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest
from collecting import E, client_of, docx, pdf, save, text_of, upload
from django.core.files.uploadedfile import SimpleUploadedFile

from parindex_web import clock
from parindex_web.audit.models import Event
from parindex_web.collect.models import Citation, Line, LineVersion


@pytest.fixture
def officer(edition, people):
    return client_of(people("coordinator", unit="U1"))


def download(client, unit="U1") -> bytes:
    return b"".join(client.get(f"{E}/units/{unit}/workbook/file/").streaming_content)


def send(client, content: bytes, unit="U1", name="tự chấm.xlsx"):
    body = {"workbook": SimpleUploadedFile(name, content), "whole": "1"}
    return client.post(f"{E}/units/{unit}/workbook/", body)


def filled(content: bytes, sheet: str, cells: dict[tuple[str, str], object]) -> bytes:
    """The workbook with values put in by (code of the row, head of the column)."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book[sheet]
    heads = {}
    for row in page.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.split("\n")[0] in (
                "Mã",
                "Số liệu của đơn vị",
                "Mã TLKC",
                "Mục, trang",
                "Giải trình",
            ):
                heads.setdefault(cell.value.split("\n")[0], cell.column)
    rows = {str(page.cell(row, heads["Mã"]).value): row for row in range(1, page.max_row + 1)}
    for (code, head), value in cells.items():
        page.cell(rows[code], heads[head]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


VALUE = "Số liệu của đơn vị"


def token_of(answer) -> str:
    return re.search(r'name="token" value="([^"]+)"', text_of(answer))[1]


def test_what_stands_on_the_web_goes_down_and_comes_back_unchanged(officer):
    upload(officer, "U1", ("a.pdf", pdf("1")))
    save(
        officer,
        "U1",
        "1.2",
        {"numerator": "54", "denominator": "60"},
        document="TL01",
        where="trang 3",
        explanation="Vì",
    )
    save(officer, "U1", "2.1.2", {"level": "some"})
    answer = send(officer, download(officer))
    assert answer.status_code == 200 and "không làm thay đổi mục nào" in text_of(answer)


def test_changes_are_shown_first_and_taken_after_confirmation(officer):
    upload(officer, "U1", ("a.pdf", pdf("1")))
    save(officer, "U1", "1.2", {"numerator": "54", "denominator": "60"})
    book = filled(
        download(officer),
        "1",
        {
            ("1.1/met", VALUE): "Có",
            ("1.1", "Giải trình"): "Ban hành ngày 15/1",
            ("1.1", "Mã TLKC"): "TL01",
            ("1.1", "Mục, trang"): "Mục II",
            ("1.2/numerator", VALUE): 57,
        },
    )
    answer = send(officer, book)
    page = text_of(answer)
    assert answer.status_code == 200 and "2 mục sẽ thay đổi" in page
    assert "<td>54 nhiệm vụ</td><td>57 nhiệm vụ</td>" in page and "TL01 (Mục II)" in page
    assert LineVersion.objects.count() == 1, "nothing is taken before it is confirmed"
    taken = officer.post(f"{E}/units/U1/workbook/take/", {"token": token_of(answer)})
    assert taken.status_code == 302
    line = Line.objects.get(unit_file__unit="U1", node="1.2")
    assert line.values == {"numerator": "57", "denominator": "60"} and line.version == 2
    assert line.versions.get(version=2).way == "workbook"
    assert Citation.objects.get().locator == "Mục II"
    event = Event.objects.get(act="workbook.take")
    assert [row["node"] for row in event.details["lines"]] == ["1.1", "1.2"]
    # Sent again, as by a double click: the preview is gone, nothing is written twice.
    again = officer.post(f"{E}/units/U1/workbook/take/", {"token": token_of(answer)})
    assert "hết hiệu lực" in text_of(again)
    assert Event.objects.filter(act="workbook.take").count() == 1


def test_a_stale_preview_is_shown_again(officer):
    answer = send(officer, filled(download(officer), "1", {("1.1/met", VALUE): "Có"}))
    save(officer, "U1", "1.1", {"met": "no"})
    again = officer.post(f"{E}/units/U1/workbook/take/", {"token": token_of(answer)})
    assert again.status_code == 409 and "WEB-WORKBOOK-STALE" in text_of(again)
    assert "<td>Không</td><td>Có</td>" in text_of(again)
    assert Line.objects.get(unit_file__unit="U1", node="1.1").values == {"met": "no"}
    assert officer.post(f"{E}/units/U1/workbook/take/", {"token": token_of(again)}).status_code == 302
    assert Line.objects.get(unit_file__unit="U1", node="1.1").values == {"met": "yes"}


def test_all_problems_come_with_sheet_and_cell_and_nothing_is_taken(officer):
    book = filled(
        download(officer),
        "1",
        {("1.1/met", VALUE): "có lẽ", ("1.2/numerator", VALUE): 70, ("1.2/denominator", VALUE): 60},
    )
    answer = send(officer, book)
    page = text_of(answer)
    assert answer.status_code == 422 and 'name="token"' not in page
    found = re.findall(r"trang &quot;1&quot;, ô ([A-Z]+[0-9]+)", page)
    assert len(set(found)) >= 2, page
    assert not LineVersion.objects.exists()


def test_a_document_that_was_not_uploaded_cannot_be_cited(officer):
    content = download(officer)
    book = openpyxl.load_workbook(
        io.BytesIO(filled(content, "1", {("1.1/met", VALUE): "Có", ("1.1", "Mã TLKC"): "TL05"}))
    )
    page = book["TLKC"]
    row = next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == "TL05")
    page.cell(row, 2).value = "Kế hoạch chưa tải lên"
    out = io.BytesIO()
    book.save(out)
    answer = send(officer, out.getvalue())
    assert answer.status_code == 422 and "mục 1.1 dẫn TL05" in text_of(answer)


def test_an_empty_cell_erases_nothing_and_parts_are_checked_against_what_stands(officer):
    blank = download(officer)
    save(officer, "U1", "1.2", {"numerator": "54", "denominator": "60"})
    assert "không làm thay đổi mục nào" in text_of(send(officer, blank))
    answer = send(officer, filled(blank, "1", {("1.2/numerator", VALUE): 70}))
    assert answer.status_code == 422 and "WEB-WORKBOOK-TOGETHER" in text_of(answer)


def test_another_units_workbook_is_refused_in_words(officer, people):
    other = download(client_of(people("coordinator", unit="U2")), "U2")
    answer = send(officer, other)
    assert answer.status_code == 422 and "WEB-WORKBOOK-UNIT" in text_of(answer)


def test_what_is_no_workbook_or_a_hostile_one_is_refused_in_words(officer):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/workbook.xml", b"\0" * 80_000_000)
    for content in (b"", b"not a workbook", docx(), pdf(), bomb.getvalue()):
        answer = send(officer, content)
        assert answer.status_code == 422 and "Chưa nhận tệp" in text_of(answer), content[:20]
    assert not LineVersion.objects.exists()


def test_a_late_workbook_shows_why_nothing_is_taken(officer, monkeypatch):
    book = filled(download(officer), "1", {("1.1/met", VALUE): "Có"})
    early = send(officer, book)
    late = clock.now().replace(year=2100)
    monkeypatch.setattr(clock, "now", lambda: late)
    answer = officer.post(f"{E}/units/U1/workbook/take/", {"token": token_of(early)})
    assert answer.status_code == 409 and not LineVersion.objects.exists()
    page = text_of(send(officer, book))
    assert "không nhận" in page and "17:00, 31/01/2099" in page and 'name="token"' not in page


def test_only_the_coordinator_takes_a_workbook_and_only_their_own_preview(officer, people):
    book = filled(download(officer), "1", {("1.1/met", VALUE): "Có"})
    field = client_of(people("field_officer", unit="U1", domains=["1"]))
    assert send(field, book).status_code == 403
    token = token_of(send(officer, book))
    second = client_of(people("coordinator", name="second", unit="U1"))
    assert "hết hiệu lực" in text_of(second.post(f"{E}/units/U1/workbook/take/", {"token": token}))
    assert "hết hiệu lực" in text_of(officer.post(f"{E}/units/U1/workbook/take/", {"token": token + "x"}))
    assert not LineVersion.objects.exists()
