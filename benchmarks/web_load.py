"""Many people save at once: `python -m benchmarks.web_load`, or inside `scripts/with-postgres.sh` for PostgreSQL.

Each of them saves one line every 15 seconds, with permission check, history and audit event. The generator runs on the
same machine. 60 seconds are measured after the ramp; `--seconds 300` is the whole figure. Then the same people save
without pause, which gives the rate at which the server is saturated. Exit code 1 when a limit is not kept.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from tests.web.live import Live

PAUSE = 15.0
RAMP = 30.0
LIMIT = 0.5
"""Seconds within which 95 of 100 saves are answered."""
NATIONAL = Path("out") / "editions" / "national"

MAKE = """
from datetime import date, datetime, timezone
from pathlib import Path
from django.test import Client
from parindex_web.accounts.models import Duty, Person
from parindex_web.audit.guard import writing
from parindex_web.collect.models import Line
from parindex_web.collect.self_score import what_is_asked
from parindex_web.editions.actions import move_edition, set_deadline
from parindex_web.editions.programme import asked
from parindex_web.steering.actions import create_edition, files_of_folder
with writing():
    manager = Person.objects.create_user("0@demo.test", full_name="Q")
    Duty.objects.create(person=manager, role="programme_manager", valid_from=date(2020, 1, 1))
folder = {folder!r}
edition = create_edition(by=manager, files=files_of_folder(Path(folder)))
set_deadline(by=manager, edition=edition, what="self_assessment", closes_at=datetime(2099, 1, 1, tzinfo=timezone.utc))
move_edition(by=manager, edition=edition, name="open")
programme, made = asked(edition), []
units = list(edition.unit_files.all())
by_unit = {{}}
for line in Line.objects.exclude(domain="").select_related("unit_file"):
    inputs = what_is_asked(programme, line.unit_file.unit, line.node).inputs
    if [each.type for each in inputs] == ["count", "count"]:
        by_unit.setdefault(line.unit_file.unit, []).append((line.node, [each.name for each in inputs]))
for number in range({people}):
    unit = units[number % len(units)].unit
    lines = by_unit[unit]
    node, names = lines[(number // len(units)) % len(lines)]
    with writing():
        person = Person.objects.create_user(f"{{number}}.daumoi@demo.test", full_name="Đ")
        Duty.objects.create(person=person, role="coordinator", unit=unit, valid_from=date(2020, 1, 1))
    client = Client()
    client.force_login(person)
    made.append([unit, node, names, client.cookies["sessionid"].value])
print(json.dumps([edition.code, made]))
"""
VERSIONS = """
from parindex_web.collect.models import Line
from parindex_web.audit.models import Event
lines = Line.objects.filter(version__gt=0).select_related("unit_file")
found = {f"{each.unit_file.unit} {each.node}": each.version for each in lines}
print(json.dumps([found, Event.objects.filter(act="line.fill").count()]))
"""


@dataclass
class Somebody:
    """One signed-in person with a line of their own."""

    live: Live
    edition: str
    unit: str
    node: str
    names: list[str]
    session: str
    version: int = 0
    taken: list[tuple[float, float]] = field(default_factory=list)
    """Each save that was acknowledged: when it was sent, and the seconds until its answer."""
    errors: list[str] = field(default_factory=list)
    connection: http.client.HTTPConnection | None = None

    def save(self) -> None:
        whole = 1000 + self.version
        figures = dict(zip(self.names, (str(whole - 7), str(whole)), strict=True))
        token = "x" * 32
        body = {
            "csrfmiddlewaretoken": token,
            "seen": str(self.version),
            "key": str(uuid4()),
            f"{self.node}-explanation": f"Lần {self.version + 1}",
            **{f"{self.node}-{name}": value for name, value in figures.items()},
        }
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={self.session}; csrftoken={token}",
        }
        path = urllib.parse.quote(f"/editions/{self.edition}/units/{self.unit}/lines/{self.node}/save/")
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.live.port, timeout=60)
        began = time.monotonic()
        try:
            self.connection.request("POST", path, urllib.parse.urlencode(body), headers)
            answer = self.connection.getresponse()
            page = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.errors.append(type(error).__name__)
            self.connection = None
            return
        if answer.status != 200:
            self.errors.append(f"{answer.status}: {page[:200]!r}")
            return
        self.taken.append((began, time.monotonic() - began))
        self.version = json.loads(page)["version"]


def every_15_seconds(somebody: Somebody, starts: float, ends: float) -> None:
    due = starts
    while due < ends:
        time.sleep(max(0.0, due - time.monotonic()))
        somebody.save()
        due += PAUSE


def without_pause(somebody: Somebody, ends: float) -> None:
    while time.monotonic() < ends:
        somebody.save()


def run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def measure(people: int, seconds: float, folder: Path) -> bool:
    """Print the figures; whether all limits are kept."""
    live = Live(folder)
    try:
        edition, made = live.ask(MAKE.format(folder=str(NATIONAL.resolve()), people=people))
        cast = [Somebody(live, edition, *each) for each in made]
        live.start_server()
        chance = random.Random(1)
        began = time.monotonic()
        measured, ends = began + RAMP, began + RAMP + seconds
        run(
            [
                threading.Thread(target=every_15_seconds, args=(each, began + chance.uniform(0, RAMP), ends))
                for each in cast
            ]
        )
        times = [spent for each in cast for sent, spent in each.taken if sent >= measured]
        before = sum(len(each.taken) for each in cast)
        saturation = time.monotonic() + 20
        run([threading.Thread(target=without_pause, args=(each, saturation)) for each in cast[:16]])
        after = sum(len(each.taken) for each in cast)
        errors = [error for each in cast for error in each.errors]
        versions, events = live.ask(VERSIONS)
        lost = sum(versions.get(f"{each.unit} {each.node}", 0) != len(each.taken) for each in cast)
    finally:
        live.stop()
    name = "PostgreSQL" if live.cluster.startswith("postgres") else "SQLite"
    p95 = percentile(times, 0.95)
    kept = p95 < LIMIT and not errors and not lost and events == after
    print(
        f"{name}, {people} people, a save every {PAUSE:.0f} s, {seconds:.0f} s measured after a ramp of {RAMP:.0f} s:"
    )
    print(
        f"  saves {len(times)} ({len(times) / seconds:.1f} a second), errors {len(errors)}, "
        f"lines with a lost save {lost}"
    )
    print(
        f"  median {statistics.median(times) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms (limit {LIMIT * 1000:.0f}), "
        f"p99 {percentile(times, 0.99) * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms: "
        f"{'kept' if kept else 'NOT KEPT'}"
    )
    print(f"  saturated at {(after - before) / 20:.0f} saves a second (16 people without pause)")
    for error in sorted(set(errors))[:5]:
        print(f"  error: {error}")
    return kept


def main() -> int:
    postgres = os.environ.get("PARINDEX_DATABASE", "").startswith("postgres")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300 if postgres else 30)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    if not NATIONAL.is_dir():
        print(f"{NATIONAL} is missing: run `ONCE=1 make run` first.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="parindex-load-") as folder:
        return 0 if measure(asked.people, asked.seconds, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
