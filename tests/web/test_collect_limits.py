"""No page of the self-assessment asks the database more than 15 times or is larger than 100 KB, full as it may be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from collecting import client_of, pdf, upload

from parindex_web.audit.guard import writing
from parindex_web.collect.models import Citation, EvidenceFile, Line
from parindex_web.editions.actions import move_edition, set_deadline
from parindex_web.editions.models import UnitFile
from parindex_web.steering.actions import create_edition, files_of_folder

SMALL = Path(__file__).parent / "small"
FAR = datetime(2099, 1, 31, 10, tzinfo=UTC)
LINES = 20
QUERIES, BYTES = 15, 100_000


def folder_of(folder: Path, year: int) -> Path:
    """The edition folder of a year whose second domain has many lines, each with two numbers."""
    folder.mkdir()
    declared = yaml.safe_load((SMALL / "edition.yaml").read_text("utf-8"))
    declared.update(edition=f"{year}-rộng-mô-phỏng", year=year, as_of=date(year, 12, 31))
    declared["calendar"] = {"opens_on": date(year, 12, 15), "closes_on": date(year + 1, 1, 31)}
    (folder / "edition.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
    framework = yaml.safe_load((SMALL / "framework.yaml").read_text("utf-8"))
    domain = framework["domains"][1]
    leaf = domain["criteria"][0]["subcriteria"][0]
    long = {
        "vi": "Tỷ lệ hồ sơ giải quyết đúng hạn của các cơ quan chuyên môn",
        "en": "Share of dossiers settled on time",
    }
    leaf.update(max_points=1, name=long, guidance=long, evidence=[long, long])
    leaf["rule"].pop("full_at", None)
    leaf["rule"]["full_at"] = 100
    leaf["examples"] = [
        {"given": {"numerator": 100, "denominator": 100}, "points": 1, "branch": "full"},
        {"given": {"numerator": 50, "denominator": 100}, "points": 0.5, "branch": "proportional"},
    ]
    parent = domain["criteria"][0]
    parent["subcriteria"] = [{**leaf, "code": f"2.1.{n}"} for n in range(1, LINES + 1)]
    parent["max_points"] = domain["max_points"] = LINES
    framework.update(max_points=LINES + 1.5, editions=[2023, 2024])
    (folder / "framework.yaml").write_text(json.dumps(framework, ensure_ascii=False, default=str), "utf-8")
    (folder / "units.csv").write_text((SMALL / "units.csv").read_text("utf-8"), "utf-8")
    return folder


def fill(edition, person, client) -> None:
    """Every line with figures, an explanation and two documents."""
    files = [(f"Báo cáo kết quả giải quyết thủ tục hành chính số {n}.pdf", pdf(str(n))) for n in range(60)]
    body = upload(client, "U1", *files, edition=edition.code)
    assert body.status_code == 200
    documents = list(EvidenceFile.objects.filter(unit_file__edition=edition))
    with writing():
        for line in Line.objects.filter(unit_file__edition=edition, unit_file__unit="U1", domain="2"):
            line.values = {"numerator": "188012", "denominator": "200345"}
            line.explanation = "Số liệu từ Hệ thống thông tin giải quyết thủ tục hành chính của tỉnh. " * 3
            line.saved_by, line.version = person, 3
            line.save()
            for at in range(2):
                where = "Mục II.3, trang 14-15"
                Citation.objects.create(line=line, document=documents[(line.order + at) % 60], locator=where, order=at)


def wide_pages(people, folder: Path):
    """Two editions, the first signed, both full; gives the coordinator of the unit, signed in."""
    manager = people("programme_manager")
    person = people("coordinator", unit="U1")
    client = client_of(person)
    for year in (2023, 2024):
        made = create_edition(by=manager, files=files_of_folder(folder_of(folder / str(year), year)))
        set_deadline(by=manager, edition=made, what="self_assessment", closes_at=FAR)
        move_edition(by=manager, edition=made, name="open")
        fill(made, person, client)
        if year == 2023:
            for standing in ("consolidated", "signed"):
                with writing():
                    UnitFile.objects.filter(edition=made, unit="U1").update(standing=standing)
    return client


@pytest.fixture
def wide(people, tmp_path):
    return wide_pages(people, tmp_path)


@pytest.mark.slow
def test_pages_stay_within_queries_and_size(wide, django_assert_max_num_queries):
    base = "/editions/2024-rộng-mô-phỏng/units/U1/"
    wide.get(base)
    for address in (
        "",
        "domains/2/",
        "lines/",
        "evidence/",
        "evidence/1/",
        "workbook/",
        "paper/",
        "lines/2.1.1/history/",
    ):
        with django_assert_max_num_queries(QUERIES):
            page = wide.get(base + address)
        assert page.status_code == 200 and len(page.content) < BYTES, (address, len(page.content))
    page = wide.get(base + "domains/2/").content.decode()
    assert page.count("<article") == LINES == page.count('class="last-year"')
