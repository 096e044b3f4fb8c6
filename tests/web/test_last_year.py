"""What stands beside this year's lines: codes that changed, rules and maxima that changed, units that merged."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape

import pytest
import yaml
from stories import E, client_of, find, line_of, signed

from parindex_web.editions.actions import move_edition
from parindex_web.editions.models import Edition
from parindex_web.steering.actions import create_edition, files_of_folder

SMALL = "tests/web/small"
E2 = "/editions/2024-mô-phỏng"


def _later(by, folder, small, *, framework=lambda found: None, files=()):
    """The edition of 2024, open, with a framework that was changed, and more files."""
    declared = yaml.safe_load((small / "edition.yaml").read_text("utf-8"))
    declared.update(edition="2024-mô-phỏng", year=2024, as_of=date(2024, 12, 31))
    declared["calendar"] = {"opens_on": date(2024, 12, 15), "closes_on": date(2099, 1, 31)}
    (folder / "edition.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
    asked = yaml.safe_load((small / "framework.yaml").read_text("utf-8"))
    asked.update(version="2", editions=[2024])
    framework(asked)
    (folder / "framework.yaml").write_text(json.dumps(asked, ensure_ascii=False, default=str), "utf-8")
    (folder / "units.csv").write_text((small / "units.csv").read_text("utf-8"), "utf-8")
    for name, content in files:
        (folder / name).write_text(content, "utf-8")
    made = create_edition(by=by, files=files_of_folder(folder))
    return move_edition(by=by, edition=made, name="open")


def _changed(framework):
    direction, dossiers = framework["domains"]
    plan, completion = direction["criteria"]
    # The plan keeps its name under another code; the completion counts for more; the apologies earn other points.
    plan["code"] = "1.5"
    completion["max_points"], direction["max_points"], framework["max_points"] = 2, 2.5, 5
    for example, points in zip(completion["examples"], (2, 1.8, 1.6, 0), strict=True):
        example["points"] = points
    apologies = dossiers["criteria"][0]["subcriteria"][1]
    apologies["rule"]["points"]["some"] = 0.25
    apologies["examples"][1]["points"] = 0.25


def _boxes(page):
    """The words of each box, by line."""
    found = {}
    for part in page.split('<article class="line')[1:]:
        node = re.search(r'data-node="([^"]+)"', part)[1]
        box = re.search(r'class="last-year".*?</div>', part, re.S)
        found[node] = " ".join(unescape(re.sub(r"<[^>]+>", " ", box[0])).split()) if box else None
    return found


@pytest.fixture
def small(request):
    return request.config.rootpath / SMALL


def test_a_line_under_another_code_shows_what_it_was(edition, people, tmp_path, small):
    signed(edition, people)
    find(people("appraiser"), line_of(edition, "U1", "1.1"), "adjust", fields={"met": "no"}, reason="Ban hành quý II")
    later = _later(people("programme_manager"), tmp_path, small, framework=_changed)
    client = client_of(people("coordinator", unit="U1"))
    first = _boxes(client.get(f"{E2}/units/U1/domains/1/").content.decode())
    assert "Năm 2023, mục 1.1 : 0,50 / 0,50 điểm" in first["1.5"] and "không so sánh được" not in first["1.5"]
    assert "Giải trình: Báo cáo số 1" in first["1.5"]
    # The code stayed, so it is not said again; two maxima are two scales, and the box says so.
    assert "Năm 2023 : 0,90 / 1,00 điểm không so sánh được" in first["1.2"]
    assert "điểm tối đa đổi từ 1 sang 2; so sánh theo phần trăm của điểm tối đa." in first["1.2"]
    second = _boxes(client.get(f"{E2}/units/U1/domains/2/").content.decode())
    assert "không so sánh được" not in second["2.1.1"]
    assert "không so sánh được" in second["2.1.2"] and "0.5 → 0.25" in second["2.1.2"]

    page = client_of(people("appraiser")).get(f"{E2}/appraisal/units/U1/lines/1.5/").content.decode()
    shown = " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition('<table class="stack figures">')[2])).split())
    assert "Số liệu Năm 2023 Tự chấm" in shown
    assert "Không – Điểm 0,00 / 0,50" in shown, "as the appraisal of 2023 left it"
    assert "Năm 2023, mục 1.1 . Báo cáo số 1" in shown
    assert later.year == 2024


MERGED = (
    ("units.csv", "unit_code,level,name_vi,name_en,valid_from,valid_to\nU1,province,Tỉnh Một,Province One,,2024-06-30\n"
     "U2,province,Tỉnh Hai,Province Two,,2024-06-30\nU3,province,Tỉnh Ba,Province Three,2024-07-01,\n"),
    ("unit_changes.csv", "predecessor_code,successor_code,change_type,effective_date\n"
     "U1,U3,merged,2024-07-01\nU2,U3,merged,2024-07-01\n"),
)  # fmt: skip


def test_units_that_merged_stand_side_by_side(edition, people, tmp_path, small, django_assert_max_num_queries):
    signed(edition, people)
    _later(people("programme_manager"), tmp_path, small, framework=_changed, files=MERGED)
    assert list(Edition.objects.get(year=2024).unit_files.values_list("unit", flat=True)) == ["U3"]
    client = client_of(people("coordinator", unit="U3"))
    with django_assert_max_num_queries(15):
        page = client.get(f"{E2}/units/U3/domains/2/").content.decode()
    box = _boxes(page)["2.1.1"]
    assert box.count("không so sánh được") == 2 and "không cộng lại" in box
    one, two = box.index("Năm 2023, Tỉnh Một"), box.index("Năm 2023, Tỉnh Hai")
    assert one < box.index("1.880 hồ sơ") < two < box.index("950 hồ sơ")
    assert "2.830" not in page, "never added up"
    appraiser = client_of(people("appraiser"))
    with django_assert_max_num_queries(15):
        seen = appraiser.get(f"{E2}/appraisal/units/U3/lines/2.1.1/").content.decode()
    assert all(f">Năm 2023, Tỉnh {name} (mô phỏng)</th>" in seen for name in ("Một", "Hai")) and "2.830" not in seen


def test_a_unit_sees_nothing_of_a_unit_it_did_not_come_from(edition, people, tmp_path, small):
    signed(edition, people)
    other = [MERGED[0], (MERGED[1][0], MERGED[1][1].replace("U2,U3,merged,2024-07-01\n", ""))]
    _later(people("programme_manager"), tmp_path, small, files=other)
    page = client_of(people("coordinator", unit="U3")).get(f"{E2}/units/U3/domains/2/").content.decode()
    assert "1.880" in page and "950" not in page
    assert client_of(people("coordinator", unit="U3")).get(f"{E}/units/U1/").status_code == 404
