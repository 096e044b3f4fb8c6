"""The web application on one processor: a domain page with 20 full lines, and the export of a national edition."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.edition import national_edition
from benchmarks.measuring import Figure, cpu_seconds

LINES = 20
UNITS = 63
PAGES = 20
"""Requests in one round, so that the clock of the system is fine enough."""


def figures(work: Path) -> list[Figure]:
    """CPU of the server side of one request: sign-in, rights, queries on SQLite, rules, templates."""
    _settings()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    client, address = _full_page(work)
    assert client.get(address).status_code == 200

    def page() -> None:
        for _ in range(PAGES):
            assert client.get(address).content.count(b"<article") == LINES

    return [Figure(f"web: domain page with {LINES} full lines", cpu_seconds(page) / PAGES, 0.1), export(work)]


def export(work: Path) -> Figure:
    """The folder of an edition of 63 units x 96 lines, as a computation begins with; wall time is printed beside it.

    The peer is what it cost to write each workbook from its first cell.
    """
    from parindex.submissions import BlankForm
    from parindex_web.collect.workbook import filled
    from parindex_web.editions.programme import asked
    from parindex_web.results.exporting import export_edition

    edition = _national(national_edition(work))
    to = Path(os.environ["PARINDEX_FILES"]) / "exported"
    programme = asked(edition)

    def ours() -> None:
        shutil.rmtree(to, ignore_errors=True)
        export_edition(edition, to, progress=lambda what, done, total: None)
        assert len(list((to / "submissions").iterdir())) == UNITS

    def peer() -> None:
        for unit_file in edition.unit_files.all():
            unit_list = programme.list_of(unit_file.unit)
            form = BlankForm(programme.edition, unit_list, programme.books[unit_list.code].live_score)
            form.write(io.BytesIO(), programme.unit(unit_file.unit), filled(programme, unit_file))

    began = time.monotonic()
    ours()
    print(f"web: edition of {UNITS} units exported in {time.monotonic() - began:.1f} s on the clock")
    return Figure(
        f"web: edition of {UNITS} units x 96 lines exported",
        cpu_seconds(ours),
        8.0,
        "each workbook written anew",
        cpu_seconds(peer, rounds=1),
    )


def _national(folder: Path) -> Any:
    """The simulated national edition with claims and findings of every unit, in the middle of its appraisal."""
    from datetime import date

    from parindex_web.accounts.models import Duty, Person
    from parindex_web.audit.guard import writing
    from parindex_web.demonstration import Cast, bring
    from parindex_web.editions.models import Edition
    from parindex_web.steering.actions import create_edition, files_of_folder

    def person(role: str, **duty: str) -> Person:
        with writing():
            made = Person.objects.create_user(f"national-{role}@bench.test", "only-for-measuring", full_name=role)
            Duty.objects.create(person=made, role=role, valid_from=date(2020, 1, 1), **duty)
        return made

    manager = person("programme_manager")
    edition = create_edition(by=manager, files=files_of_folder(folder))
    unit = edition.unit_files.order_by("order")[0].unit
    cast = Cast(manager, person("coordinator", unit=unit), person("appraiser"))
    bring(edition, folder, cast=cast, progress=lambda what, done, total: None)
    # The first unit is left at its draft; here all 63 count.
    draft = edition.unit_files.get(standing="draft")
    for standing in ("consolidated", "signed"):
        with writing():
            edition.unit_files.filter(pk=draft.pk).update(standing=standing)
    return Edition.objects.get(pk=edition.pk)


def _settings() -> None:
    os.environ.update(
        PARINDEX_SECRET_KEY="only-for-measuring-" + "x" * 50,
        PARINDEX_HOSTS="testserver",
        PARINDEX_HTTPS="0",
        PARINDEX_FILES=tempfile.mkdtemp(prefix="parindex-web-benchmark-"),
        PARINDEX_MAIL="memorymail://",
        DJANGO_SETTINGS_MODULE="parindex_web.settings",
    )


def _full_page(work: Path) -> tuple[Any, str]:
    """A signed-in coordinator, and the address of a domain whose every line has figures, evidence and last year's."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))
    from datetime import date

    from collecting import client_of
    from test_collect_limits import wide_pages

    from parindex_web.accounts.models import Duty, Person
    from parindex_web.audit.guard import writing

    del work

    def people(role: str, **duty: str) -> Person:
        with writing():
            person = Person.objects.create_user(f"{role}@bench.test", "only-for-measuring", full_name=role)
            Duty.objects.create(person=person, role=role, valid_from=date(2020, 1, 1), **duty)
        return person

    wide_pages(people, Path(os.environ["PARINDEX_FILES"]))
    person = Person.objects.get(email="coordinator@bench.test")
    return client_of(person), "/editions/2024-rộng-mô-phỏng/units/U1/domains/2/"
