"""Every page of the web application on the simulated national edition: queries, size, CPU of the server side.

`python -m benchmarks.web_pages`, after `ONCE=1 make run`: on a copy of the demonstration, 63 units in mid-year.
Exit code 1 when a page asks the database more than 15 times or is larger than 100 KB before compression.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

QUERIES, BYTES = 15, 100_000
DEMONSTRATION = Path("out") / "demonstration"
MINE, THERE, NODE = "P63-01", "P63-02", "3.4.1"
"""A unit that still fills in its file, another, and a line that records count."""
BEFORE_APPRAISERS = ("P63-02", "P63-38")
"""Units whose files are in round 1 and round 2: pages of a unit are tried on them too."""
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    who: str
    queries: int
    size: int
    seconds: float


@contextmanager
def demonstration_scene() -> Iterator[dict[str, Any]]:
    """The application on a copy of the demonstration that `make run` made, with one of everything that an address can
    name; gives the things by their names. Raises SystemExit where there is no demonstration.
    """
    if not (DEMONSTRATION / ".complete").exists():
        raise SystemExit(f"{DEMONSTRATION} is missing: run `ONCE=1 make run` first.")
    with tempfile.TemporaryDirectory(prefix="parindex-pages-") as folder:
        _ready(Path(folder))
        from addresses import scene

        from parindex_web.accounts.models import Duty, Person
        from parindex_web.audit.guard import writing
        from parindex_web.editions.models import Edition

        def people(role: str, *, name: str = "", **duty: Any) -> Person:
            with writing():
                person = Person.objects.create_user(f"{name}@bench.test", full_name=name)
                Duty.objects.create(person=person, role=role, valid_from=date(2020, 1, 1), **duty)
            return person

        yield scene(Edition.objects.get(), people, mine=MINE, there=THERE, node=NODE)


def pages(things: Mapping[str, Any]) -> list[Page]:
    """Each page of the table of addresses, as the person who can do most there gets it."""
    from addresses import pages_tried
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    found = []
    for name, url, person in pages_tried(things, BEFORE_APPRAISERS):
        client = Client()
        if person is not None:
            client.force_login(person)
        if client.get(url).status_code != 200:
            continue
        with CaptureQueriesContext(connection) as asked:
            size = len(client.get(url).content)
        queries = len(asked)
        began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        for _ in range(ROUNDS):
            client.get(url)
        spent = (resource.getrusage(resource.RUSAGE_SELF).ru_utime - began) / ROUNDS
        found.append(Page(name, person.full_name if person else "–", queries, size, spent))
    return found


def _ready(folder: Path) -> None:
    """A copy of the demonstration in a folder, the application set up on it, the tests' table of addresses in reach."""
    shutil.copytree(DEMONSTRATION, folder / "demonstration", ignore=shutil.ignore_patterns("*.log"))
    os.environ.update(
        PARINDEX_SECRET_KEY="only-for-measuring-" + "x" * 50,
        PARINDEX_HOSTS="testserver",
        PARINDEX_HTTPS="0",
        PARINDEX_FILES=str(folder / "demonstration"),
        PARINDEX_MAIL="memorymail://",
        DJANGO_SETTINGS_MODULE="parindex_web.settings",
    )
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))


def main() -> int:
    with demonstration_scene() as things:
        found = pages(things)
    width = max(len(page.name) for page in found)
    print(f"{'page':{width}}  {'who':16} {'queries':>7} {'KB':>6} {'CPU ms':>7}")
    for page in sorted(found, key=lambda page: -page.size):
        kept = page.queries <= QUERIES and page.size <= BYTES
        print(
            f"{page.name:{width}}  {page.who:16} {page.queries:7} {page.size / 1000:6.1f} {page.seconds * 1000:7.1f}"
            f"{'' if kept else '  NOT KEPT'}"
        )
    wrong = [page for page in found if page.queries > QUERIES or page.size > BYTES]
    print(
        f"{len(found)} pages; limits: {QUERIES} queries, {BYTES // 1000} KB before compression; not kept: {len(wrong)}"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
