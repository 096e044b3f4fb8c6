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
from collections.abc import Iterable, Iterator
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
CENTRAL = ("appraiser", "manager", "auditor")
ROUNDS = 5
PREFERRED = ("coordinator", "appraiser", "secretary", "administrator", "manager")


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    who: str
    queries: int
    size: int
    seconds: float


def pages(folder: Path) -> list[Page]:
    """Each page of the table of addresses, as the person who can do most there gets it."""
    _ready(folder)
    from addresses import ADDRESSES, scene
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from parindex_web.accounts.models import Duty, Person
    from parindex_web.audit.guard import writing
    from parindex_web.editions.models import Edition

    def people(role: str, *, name: str = "", **duty: Any) -> Person:
        with writing():
            person = Person.objects.create_user(f"{name}@bench.test", full_name=name)
            Duty.objects.create(person=person, role=role, valid_from=date(2020, 1, 1), **duty)
        return person

    edition = Edition.objects.get()
    things = scene(edition, people, mine=MINE, there=THERE, node=NODE)
    found = []
    for each, unit in _tried(ADDRESSES):
        let_in = each.let_in.split()
        likely = CENTRAL if unit in BEFORE_APPRAISERS else PREFERRED
        who = next((name for name in likely if name in let_in), let_in[0])
        client = Client()
        if each.anonymous != "open":
            client.force_login(things["cast"][who])
        url = each.url({**things, "unit": unit or MINE})
        if client.get(url).status_code != 200:
            continue
        with CaptureQueriesContext(connection) as asked:
            size = len(client.get(url).content)
        queries = len(asked)
        began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        for _ in range(ROUNDS):
            client.get(url)
        spent = (resource.getrusage(resource.RUSAGE_SELF).ru_utime - began) / ROUNDS
        found.append(Page(f"{each.name} {unit}".strip(), who, queries, size, spent))
    return found


def _tried(addresses: Iterable[Any]) -> Iterator[tuple[Any, str]]:
    """Every page; those of a unit for each unit that is looked at."""
    for each in addresses:
        if each.method == "GET" and each.page:
            for unit in (MINE, *BEFORE_APPRAISERS) if "unit" in each.args else ("",):
                yield each, unit


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
    if not (DEMONSTRATION / ".complete").exists():
        print(f"{DEMONSTRATION} is missing: run `ONCE=1 make run` first.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="parindex-pages-") as folder:
        found = pages(Path(folder))
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
