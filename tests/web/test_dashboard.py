"""Running the programme: new editions, calendar, dashboard, reminders."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from stories import E, client_of, find, line_of, signed

from parindex_web import clock
from parindex_web.accounts.models import Duty
from parindex_web.audit.models import Event
from parindex_web.editions.models import Edition

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
    for query in ("standing=signed", "only=late", "only=disputed", "sort=filled", "sort=domain-1", "sort=domain-77"):
        assert manager.get(f"{E}/?{query}").status_code == 200
    rows = manager.get(f"{E}/progress.csv").content.decode().splitlines()
    assert rows[0].startswith("unit,name_vi,name_en,standing,late") and rows[1].split(",")[3] == "signed"


def test_late_units_are_named(edition, people, manager):
    from parindex_web.editions.actions import set_deadline

    past = clock.now() - timedelta(minutes=1)
    set_deadline(by=people("programme_manager"), edition=edition, what="self_assessment", closes_at=past)
    assert manager.get(f"{E}/?only=late").content.decode().count("quá hạn</span>") == 2


def test_more_time_and_reopening_with_a_reason(edition, people, manager):
    edition = signed(edition, people)
    body = {"what": "self_assessment", "node": "1.1", "until": "2098-01-02T10:00", "reopen": "yes"}
    manager.post(f"{E}/units/U1/extend/", body)
    assert edition.unit_files.get(unit="U1").standing == "signed"
    manager.post(f"{E}/units/U1/extend/", {**body, "node": "9.9", "reason": "Nhầm số"})
    assert not edition.unit_files.get(unit="U1").extensions.exists()
    manager.post(f"{E}/units/U1/extend/", {**body, "reason": "Nhầm số"})
    assert edition.unit_files.get(unit="U1").standing == "draft"
    page = manager.get(f"{E}/calendar/").content.decode()
    assert "Nhầm số" in page and "10:00, 02/01/2098" in page
    other = client_of(people("coordinator", unit="U2")).get(f"{E}/calendar/").content.decode()
    assert "Nhầm số" not in other
