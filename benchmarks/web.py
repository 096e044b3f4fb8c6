"""The web application on one processor: a domain page with 20 full lines, and one saved line."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure, cpu_seconds

LINES = 20
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

    return [Figure(f"web: domain page with {LINES} full lines", cpu_seconds(page) / PAGES, 0.1)]


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
