"""Running the programme: new editions, calendar, dashboard, reminders."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from stories import E, client_of, computed, decided, find, line_of, signed

from parindex.language import Text
from parindex.results.result import read_result
from parindex.scoring.rule import points_in
from parindex_web import clock
from parindex_web.accounts.models import Duty
from parindex_web.audit.guard import writing
from parindex_web.audit.models import Event
from parindex_web.editions.models import Edition
from parindex_web.results.actions import files_root
from parindex_web.steering.year_picture import LABEL, year_picture

pytestmark = pytest.mark.slow

SMALL = Path(__file__).parent / "small"


def _zip(files, *, inside="ky/", **how):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how.get("method", zipfile.ZIP_DEFLATED)) as archive:
        for name, content in files.items():
            archive.writestr(name if isinstance(name, zipfile.ZipInfo) else f"{inside}{name}", content)
    return out.getvalue()


def _small(**changed):
    files = {path.name: path.read_bytes() for path in SMALL.iterdir()}
    return files | changed


def _upload(client, content):
    return client.post("/editions/new/", {"folder": SimpleUploadedFile("ky.zip", content)})


@pytest.fixture
def manager(people):
    return client_of(people("programme_manager"))


def test_an_edition_from_a_zip(manager):
    answer = _upload(manager, _zip(_small(), inside="ky-2023/"))
    assert answer.status_code == 302, answer.content.decode()
    made = Edition.objects.get()
    assert made.stage == "preparing" and made.unit_files.count() == 2
    assert Event.objects.get(act="edition.create").details["files"].keys() == {path.name for path in SMALL.iterdir()}


def test_all_problems_of_the_folder_are_shown_with_places(manager):
    broken = (SMALL / "framework.yaml").read_text().replace("max_points: 4", "max_points: 5").encode()
    units = b"unit_code,level,name_vi,name_en\nU1,province,,\n"
    page = _upload(manager, _zip(_small(**{"framework.yaml": broken, "units.csv": units})))
    text = page.content.decode()
    assert page.status_code == 422 and "framework.yaml, dòng" in text and "units.csv, dòng 2" in text
    assert not Edition.objects.exists()


def _link():
    entry = zipfile.ZipInfo("ky/link.csv")
    entry.external_attr = 0o120777 << 16
    return entry


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"../outside.csv": b"x"}, "ZIP-NAME"),
        ({"a\\b.csv": b"x"}, "ZIP-NAME"),
        ({"c:drive.csv": b"x"}, "ZIP-NAME"),
        ({zipfile.ZipInfo("/root.csv"): b"x"}, "ZIP-NAME"),
        ({"bomb.csv": b"0" * 3_000_000}, "ZIP-RATIO"),
        ({"A.csv": b"x", "a.csv": b"y"}, "ZIP-TWICE"),
        ({_link(): b"/etc/passwd"}, "ZIP-KIND"),
        ({f"f{n}.csv": b"x" for n in range(3_001)}, "ZIP-LARGE"),
    ],
    ids=["up", "backslash", "drive", "root", "bomb", "twice", "link", "many"],
)
def test_a_hostile_zip_is_refused_and_nothing_is_left(manager, settings, files, code):
    page = _upload(manager, _zip({**_small(), **files}))
    assert page.status_code == 422 and code in page.content.decode()
    assert not Edition.objects.exists()
    assert not list((Path(settings.FILES) / "uploads").iterdir())


def test_what_is_no_zip_is_said(manager):
    assert "ZIP-BROKEN" in _upload(manager, b"PK\x03\x04 not a zip").content.decode()
    content = bytearray(_zip(_small()))
    content[60:90] = b"\x00" * 30
    assert "ZIP-BROKEN" in _upload(manager, bytes(content)).content.decode()
    assert (
        "ZIP-NO-EDITION" in _upload(manager, _zip({"a.csv": b"x", "b/edition.yaml": b""}, inside="")).content.decode()
    )


def test_the_next_edition_from_last_years(edition, manager):
    body = {"last": edition.code, "code": "2024-mô-phỏng", "year": "2024"}
    answer = manager.post("/editions/new/", body)
    assert answer.status_code == 302, answer.content.decode()
    made = Edition.objects.get(year=2024)
    assert made.stage == "preparing" and made.unit_files.count() == 2
    deadline = made.deadlines.get(what="self_assessment")
    assert timezone.localtime(deadline.closes_at).date().isoformat() == "2025-01-31"
    assert {file.name for file in made.files.all()} == {"edition.yaml", "framework.yaml", "units.csv"}


@pytest.mark.parametrize(
    ("code", "year", "says"),
    [("2023-mô-phỏng", "2024", "WEB-EDITION-EXISTS"), ("a b", "2024", "WEB-LAST-EDITION"),
     ("x-mô-phỏng", "2023", "WEB-LAST-EDITION"), ("x-mô-phỏng", "hai", "WEB-LAST-EDITION"),
     ("x", "2024", "SIMULATED-NAME")],
)  # fmt: skip
def test_a_code_or_year_that_cannot_be(edition, manager, code, year, says):
    page = manager.post("/editions/new/", {"last": edition.code, "code": code, "year": year})
    assert page.status_code in (409, 422) and says in page.content.decode()
    assert Edition.objects.count() == 1


AHEAD = {"last": "2023-mô-phỏng", "code": "2024-mô-phỏng", "year": "2024"}


def test_what_is_taken_over_is_shown_before_anything_is_made(edition, manager):
    page = manager.get("/editions/new/", AHEAD).content.decode()
    assert "Kỳ thử nghiệm (mô phỏng)" in page and "2 đơn vị; bộ tiêu chí phiên bản 1, 4 mục" in page
    assert "<td>31/01/2024</td><td>31/01/2025</td>" in page, page[page.index("Các ngày") :][:600]
    assert "edition.yaml, framework.yaml, units.csv" in page
    assert "không có vai trò riêng" in page and not Edition.objects.filter(year=2024).exists()
    wrong = manager.get("/editions/new/", {**AHEAD, "year": "2022"})
    assert wrong.status_code == 409 and "WEB-LAST-EDITION" in wrong.content.decode()
    assert 'value="2024-mô-phỏng"' in wrong.content.decode(), "what was typed is kept"


def test_the_roles_of_last_year_are_given_again_in_one_act(edition, people, manager):
    kept = people("coordinator", unit="U1", edition=edition.code)
    people("appraiser", name="của mọi kỳ")
    domains = people("appraiser", edition=edition.code, domains=["2"])
    people("appraiser", name="đã hết", edition=edition.code, valid_until=date(2021, 1, 1))
    closed = people("approver", unit="U2", edition=edition.code)
    type(closed).objects.filter(pk=closed.pk).update(is_active=False)
    gone = people("coordinator", name="đơn vị cũ", unit="U9", edition=edition.code)
    page = manager.get("/editions/new/", AHEAD).content.decode()
    assert kept.full_name in page and domains.full_name in page and "của mọi kỳ" not in page
    left = page.split("<details>")[1]
    assert "hết trước khi kỳ trước xong" in left and "tài khoản đã khóa" in left and "không còn trong kỳ mới" in left

    turned = {**AHEAD, "roles": "again", "valid_from": "2099-02-01", "valid_until": "2099-01-01"}
    answer = manager.post("/editions/new/", turned)
    assert (
        answer.status_code == 409 and "checked" in answer.content.decode() and "2099-02-01" in answer.content.decode()
    )
    assert not Edition.objects.filter(year=2024).exists(), "all or nothing"

    manager.post("/editions/new/", {**turned, "valid_until": "2099-12-31"})
    made = Duty.objects.filter(edition="2024-mô-phỏng")
    assert {(duty.person, duty.role, duty.unit, tuple(duty.domains)) for duty in made} == {
        (kept, "coordinator", "U1", ()),
        (domains, "appraiser", "", ("2",)),
    }
    assert {(duty.valid_from, duty.valid_until) for duty in made} == {(date(2099, 2, 1), date(2099, 12, 31))}
    event = Event.objects.get(act="edition.carry_roles")
    assert event.subject == edition.code and len(event.details["roles"]) == 2
    assert f"person-{gone.pk}" not in str(event.details)


def test_without_the_choice_no_role_is_given(edition, people, manager):
    people("coordinator", unit="U1", edition=edition.code)
    manager.post("/editions/new/", AHEAD)
    assert Edition.objects.filter(year=2024).exists() and not Duty.objects.filter(edition="2024-mô-phỏng").exists()


def test_nobody_gives_a_role_to_themselves_or_to_an_administrator(edition, people):
    from parindex_web.steering.actions import Days, create_next_edition

    by = people("programme_manager")
    Duty.objects.create(person=by, role="council_secretary", edition=edition.code, valid_from=date(2023, 1, 1))
    changed_sides = people("appraiser", edition=edition.code, valid_until=date(2099, 1, 1))
    Duty.objects.create(person=changed_sides, role="administrator", valid_from=date(2099, 6, 1))
    made = create_next_edition(by=by, last=edition, code="2024-mô-phỏng", year=2024, roles=Days(date(2099, 1, 1), None))
    assert not Duty.objects.filter(edition=made.code).exists()


def test_only_the_manager_makes_editions(edition, people):
    for role in ("auditor", "appraiser", "council_member"):
        assert client_of(people(role)).get("/editions/new/").status_code == 404


def test_the_framework_as_people_will_fill_it(edition, manager):
    page = manager.get(f"{E}/framework/provinces/2/").content.decode()
    assert "Hồ sơ đúng hạn" in page and "<fieldset disabled" in page and "Hồ sơ giải quyết đúng hạn" in page
    assert manager.get(f"{E}/framework/").status_code == 302
    assert manager.get(f"{E}/framework/provinces/9/").status_code == 404


def test_the_dashboard_filters_sorts_and_has_a_csv(edition, people, manager):
    signed(edition, people)
    find(people("appraiser"), line_of(edition, "U2", "1.1"))
    page = manager.get(f"{E}/").content.decode()
    assert "Tỉnh Một" in page and "Tỉnh Hai" in page
    assert "Tỉnh Hai" not in manager.get(f"{E}/?search=tinh mot").content.decode().split("<tbody>")[1]
    for query in (
        "standing=signed",
        "only=late",
        "only=disputed",
        "only=extended",
        "sort=total",
        "sort=left",
        "sort=domain-1",
        "sort=domain-77",
    ):
        assert manager.get(f"{E}/?{query}").status_code == 200
    rows = manager.get(f"{E}/progress.csv").content.decode().splitlines()
    assert rows[0].startswith("unit,name_vi,name_en,standing,late") and rows[1].split(",")[3] == "signed"


def test_the_dashboard_s_totals_and_its_csv_say_the_same(edition, people, manager):
    import csv
    import io

    edition = signed(edition, people)
    appraiser = people("appraiser")
    find(appraiser, line_of(edition, "U1", "1.1"))
    find(
        appraiser,
        line_of(edition, "U1", "1.2"),
        "adjust",
        fields={"numerator": "50", "denominator": "60"},
        reason="Sai",
    )
    find(appraiser, line_of(edition, "U1", "2.1.1"), "ask", reason="Vì sao?")
    page = manager.get(f"{E}/").content.decode()
    foot = page.partition("<tfoot>")[2].partition("</tfoot>")[0]
    cells = [each.partition("<")[0].strip() for each in foot.split("<td>")]
    assert cells[3:9] == ["2/4", "1/4", "3/8", "1", "1", "0"]
    assert 'href="#b5"' in foot and "✓" not in foot.partition("</tr>")[0]
    rows = list(csv.DictReader(io.StringIO(manager.get(f"{E}/progress.csv").content.decode())))
    first = rows[0]
    assert (first["appraised"], first["lines"], first["changed"], first["asked"], first["answered"]) == (
        "3",
        "4",
        "1",
        "1",
        "0",
    )
    assert first["appraised_1"] == "2" and first["filled_2"] == "2"
    # 54 of 60 earned 0.90, 50 of 60 earns less; what was not touched stays.
    taken = Decimal(first["left"]) - Decimal(first["claimed"])
    assert taken == Decimal(first["left_1"]) - Decimal(first["claimed_1"]) < 0 and first["left_2"] == first["claimed_2"]
    filtered = manager.get(f"{E}/progress.csv?search=tinh hai").content.decode()
    assert "U2" in filtered and "U1" not in filtered


def test_disputed_units_are_those_that_answered_wherever_it_is_said(edition, people, manager):
    from parindex_web.appraise.actions import close_round, explain_line

    edition = signed(edition, people)
    for node in ("1.1", "1.2", "2.1.1", "2.1.2"):
        find(people("appraiser"), line_of(edition, "U1", node), "ask" if node == "1.2" else "accept", reason="Vì sao?")
    close_round(by=people("programme_manager"), unit_file=edition.unit_files.get(unit="U1"), explain=True)
    assert "có giải trình</a>" not in manager.get(f"{E}/").content.decode()
    explain_line(by=people("coordinator", unit="U1"), line=line_of(edition, "U1", "1.2"), text="Đúng")
    page = manager.get(f"{E}/").content.decode()
    assert '<a href="?only=disputed"><strong>1</strong> có giải trình</a>' in page
    assert "1 mục, ở 1/2 đơn vị" in page
    assert "Tỉnh Hai" not in manager.get(f"{E}/?only=disputed").content.decode().partition("<tbody>")[2]


def test_the_next_step_says_what_it_does_and_what_stands_in_the_way(edition, people, manager):
    page = manager.get(f"{E}/").content.decode()
    assert (
        "Bước tiếp theo: Bắt đầu thẩm định" in page
        and 'href="/editions/2023-m%C3%B4-ph%E1%BB%8Fng/?standing=unsigned"' in page
    )
    assert manager.get(f"{E}/?standing=unsigned").content.decode().count('<th scope="row"><a') == 2
    signed(edition, people)
    page = manager.get(f"{E}/").content.decode()
    assert "Chưa chuyển được" in page and "WEB-UNITS-OPEN" in page and 'value="convene"' not in page
    assert 'value="back_to_open"' in page and page.index("Bước tiếp theo") < page.index('value="back_to_open"')
    assert "Bước tiếp theo" not in client_of(people("auditor")).get(f"{E}/").content.decode()


def test_points_are_shown_once_computed(edition, people, manager):
    edition = decided(edition, people)
    computation = computed(edition, people)
    page = manager.get(f"{E}/").content.decode()
    assert "điểm theo lần tính gần nhất" in page.partition("<caption>")[2].partition("</caption>")[0]
    value = next(row for row in read_result(files_root() / computation.folder / "result").index_values
                 if row.unit == "U1" and row.node == "1")  # fmt: skip
    assert f"<td>{points_in(value.points, 'vi')}" in page.partition("Tỉnh Một")[2]


@pytest.mark.parametrize("show", ["filled", "appraised", "council", "claimed", "left", "result", "khác"])
def test_each_view_of_the_dashboard_opens_with_few_queries(
    edition, people, manager, show, django_assert_max_num_queries
):
    signed(edition, people)
    with django_assert_max_num_queries(15):
        page = manager.get(f"{E}/?show={show}").content.decode()
    assert "Tỉnh Một" in page and len(page.encode()) < 100_000


def test_late_is_said_in_days_and_for_each_step(edition, people, manager):
    from parindex_web.editions.actions import set_deadline

    signed(edition, people)
    past = clock.now() - timedelta(days=4)
    set_deadline(by=people("programme_manager"), edition=edition, what="appraisal_1", closes_at=past)
    page = manager.get(f"{E}/").content.decode()
    assert page.count("quá hạn 4 ngày</b>") == 2 and '<a href="?only=late" class="late"><strong>2</strong>' in page


def test_late_units_are_named(edition, people, manager):
    from parindex_web.editions.actions import set_deadline

    past = clock.now() - timedelta(minutes=1)
    set_deadline(by=people("programme_manager"), edition=edition, what="self_assessment", closes_at=past)
    assert manager.get(f"{E}/?only=late").content.decode().count("đã hết hạn hôm nay</b>") == 2


EXTENSION = {"unit": "U1", "what": "self_assessment", "until": "2099-03-02T10:00", "reason": "Bão số 3"}


def test_more_time_and_reopening_with_a_reason(edition, people, manager):
    edition = signed(edition, people)
    body = {**EXTENSION, "node": "1.1", "reopen": "yes"}
    answer = manager.post(f"{E}/extend/", body)
    assert answer.status_code == 302 and answer["Location"].endswith("/calendar/#extensions")
    assert edition.unit_files.get(unit="U1").standing == "draft"
    event = Event.objects.get(act="unit.reopen")
    assert (event.subject, event.details["to"], event.details["reason"]) == ("1.1", "draft", "Bão số 3")
    page = manager.get(f"{E}/calendar/").content.decode()
    assert "Bão số 3" in page and "10:00, 02/03/2099" in page and "Hồ sơ đã mở lại" in page
    other = client_of(people("coordinator", unit="U2")).get(f"{E}/calendar/").content.decode()
    assert "Bão số 3" not in other and 'id="extend"' not in other


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [({"reason": " "}, "reason", "Chưa ghi lý do"), ({"node": "9.9"}, "node", "Không có mục &quot;9.9&quot;"),
     ({"unit": "U9"}, "unit", "không có đơn vị &quot;U9&quot;"), ({"unit": ""}, "unit", "Chưa chọn đơn vị"),
     ({"until": "2020-01-01T10:00"}, "until", "10:00, 01/01/2020 đã qua"),
     ({"until": "2098-01-01T10:00"}, "until", "không muộn hơn hạn chung (17:00, 31/01/2099)"),
     ({"until": "ngày mai"}, "until", "không phải là một thời điểm"), ({"what": "council"}, "what", "Chưa chọn bước")],
)  # fmt: skip
def test_more_time_that_cannot_be_keeps_what_was_typed(edition, people, manager, wrong, field, says):
    signed(edition, people)
    body = {**EXTENSION, "node": "1.1", "reopen": "yes", **wrong}
    answer = manager.post(f"{E}/extend/", body)
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count(says) == 2 and f'id="{field}-wrong"' in page
    for kept in set(body) - {field, "what", "unit", "reopen"}:
        assert body[kept] in page, kept
    assert edition.unit_files.get(unit="U1").standing == "signed"
    assert not Event.objects.filter(act="unit.reopen").exists()


def test_a_file_that_cannot_be_reopened_now_gets_no_time_either(edition, people, manager):
    edition = signed(edition, people)
    with writing():
        Edition.objects.filter(pk=edition.pk).update(stage="council")
    answer = manager.post(f"{E}/extend/", {**EXTENSION, "reopen": "yes"})
    assert answer.status_code == 422 and "WEB-MOVE" in answer.content.decode()
    assert not edition.unit_files.get(unit="U1").extensions.exists()


def test_a_deadline_says_what_it_was_and_a_wrong_one_is_kept(edition, people, manager):
    body = {"what": "explanation", "closes_at": "2099-02-01T12:30"}
    assert manager.post(f"{E}/deadlines/", body).status_code == 302
    assert "Hạn giải trình: 17:00, 31/01/2099 → 12:30, 01/02/2099." in manager.get(f"{E}/calendar/").content.decode()
    answer = manager.post(f"{E}/deadlines/", {**body, "closes_at": "31/01"})
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and 'value="31/01" aria-invalid="true"' in page
        and page.count("không phải là một thời điểm") == 2
    )
    assert client_of(people("auditor")).post(f"{E}/deadlines/", {**body, "closes_at": ""}).status_code == 403


def test_the_year_is_drawn_and_its_days_have_words(edition, people, manager):
    page = manager.get(f"{E}/calendar/").content.decode()
    picture = page.partition("<svg")[2].partition("</svg>")[0]
    assert picture.count("<circle") == 4 and "hôm nay" in picture
    assert "31/01/2099" in picture and "style=" not in page
    for name in ("opens_on", "closes_on"):
        assert name not in page


@pytest.mark.parametrize("apart", [0, 1, 40])
def test_labels_of_the_year_never_overlap(apart):
    first = date(2024, 1, 1)
    picture = year_picture([(first + timedelta(days=apart * n), Text(str(n), str(n))) for n in range(6)], first)
    places = [(mark.x, mark.y) for mark in picture.marks]
    assert len(set(places)) == 6
    for at, (x, y) in enumerate(places):
        assert all(abs(x - other) >= LABEL for other, height in places[at + 1 :] if height == y)
    assert max(y for _, y in places) < picture.height
    assert year_picture([], first) is None


@pytest.mark.parametrize("search", ["ho so dung han", "HỒ SƠ ĐÚNG HẠN", "2.1.1", "dossiers on time"])
def test_the_framework_is_searched_without_accents(edition, manager, search):
    page = manager.get(f"{E}/framework/provinces/1/?search={search}").content.decode()
    assert "#head-2.1.1" in page and "/framework/provinces/2/#head-2.1.1" in page and "<fieldset disabled" not in page


def test_a_search_that_finds_nothing_says_so(edition, manager):
    page = manager.get(f"{E}/framework/provinces/1/?search=zzz").content.decode()
    assert "0 mục" in page and "Thử ít từ hơn" in page


def test_the_framework_says_maxima_methods_and_rules_in_words(edition, manager):
    page = manager.get(f"{E}/framework/provinces/1/").content.decode()
    assert "Cả bộ tiêu chí" in page and "tự chấm, thẩm định" in page and "Cách tính điểm:" in page
    assert "percentage_bands" not in page and "binary" not in page
