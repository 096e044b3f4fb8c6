"""kill -9 of server and worker at random moments while people save: every save that was acknowledged is there once."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest
from live import EDITION, Caller, Live, populate

from parindex.problems import Problems
from parindex.publication.audit_trail import verify_trail

pytestmark = [pytest.mark.slow, pytest.mark.databases, pytest.mark.xdist_group("kills")]

KILLS = int(os.environ.get("PARINDEX_KILLS", "30"))
LINES = {"1.1": ("met", ("yes", "no")), "1.2": ("numerator", ("47", "54")), "2.1.1": ("denominator", ("900", "1000")),
         "2.1.2": ("level", ("all", "some"))}  # fmt: skip
PEOPLE = [
    ("quanly@demo.test", "Quản lý", "programme_manager", "", []),
    ("daumoi1@demo.test", "Đầu mối 1", "coordinator", "U1", []),
    ("daumoi2@demo.test", "Đầu mối 2", "coordinator", "U2", []),
]


class Typist(threading.Thread):
    """Saves one line of one unit again and again, each save until it is acknowledged."""

    def __init__(self, live: Live, email: str, unit: str, node: str, over: threading.Event):
        super().__init__(daemon=True)
        self.caller, self.over = Caller(live, email), over
        self.unit, self.node = unit, node
        self.acknowledged: list[tuple[str, str]] = []
        self.broken = 0
        self.wrong = ""

    def run(self) -> None:
        try:
            self.caller.sign_in()
            while not self.over.is_set():
                self.save()
        except BaseException as error:
            self.wrong = f"{type(error).__name__}: {error}"
            raise

    def save(self) -> None:
        name, values = LINES[self.node]
        version, key = len(self.acknowledged), str(uuid4())
        body = {
            "seen": str(version),
            "key": key,
            f"{self.node}-{name}": values[version % 2],
            f"{self.node}-explanation": f"Lần {version + 1}",
        }
        path = f"/editions/{EDITION}/units/{self.unit}/lines/{self.node}/save/"
        while True:
            try:
                status, page = self.caller.post(path, body, script=True)
            except (OSError, http.client.HTTPException):
                # The line broke: nobody knows whether it was saved. The browser sends the same save once more.
                self.broken += 1
                time.sleep(0.05)
                continue
            if status >= 500:
                self.broken += 1
                time.sleep(0.05)
                continue
            assert status == 200, (status, page[:500])
            assert json.loads(page)["version"] == version + 1, page[:300]
            self.acknowledged.append((key, f"Lần {version + 1}"))
            return


@pytest.mark.django_db(transaction=True)
def test_every_acknowledged_save_is_there_once(tmp_path: Path) -> None:
    live = Live(tmp_path)
    try:
        populate(live, PEOPLE)
        live.start()
        manager = Caller(live, "quanly@demo.test")
        manager.sign_in()
        manager.get(f"/editions/{EDITION}/results/")
        assert manager.post(f"/editions/{EDITION}/results/compute/", {})[0] == 200
        over = threading.Event()
        typists = [
            Typist(live, f"daumoi{number}@demo.test", f"U{number}", node, over) for number in (1, 2) for node in LINES
        ]
        for typist in typists:
            typist.start()
        wait_until(lambda: all(typist.acknowledged or typist.wrong for typist in typists), 120)
        chance = random.Random(KILLS)
        for _ in range(KILLS):
            kill_one(live, chance)
        before = [len(typist.acknowledged) for typist in typists]
        wait_until(
            lambda: all(len(each.acknowledged) > had or each.wrong for each, had in zip(typists, before, strict=True)),
            120,
        )
        over.set()
        for typist in typists:
            typist.join(120)
        assert not [typist.wrong for typist in typists if typist.wrong]
        assert sum(typist.broken for typist in typists) > 0, "no kill ever broke a save"
        look_at_database(live, typists)
        wait_until(lambda: live.ask(COMPUTED) == "done", 180)
    finally:
        live.stop()


def wait_until(true, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def kill_one(live: Live, chance: random.Random) -> None:
    """Kill the server, one of its children, or the worker; what is gone is started again, as a supervisor would."""
    time.sleep(chance.uniform(0.0, 0.5))
    try:
        os.kill(chance.choice(live.processes()), signal.SIGKILL)
    except ProcessLookupError:
        return
    time.sleep(0.02)
    assert live.server is not None and live.worker is not None
    if live.worker.poll() is not None:
        live.start_worker()
    if live.server.poll() is not None:
        orphans_gone(live)
        live.start_server()


def orphans_gone(live: Live) -> None:
    """Children of a killed server notice and end by themselves; until then they answer from the same port."""
    import socket

    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", live.port), timeout=1):
                time.sleep(0.05)
        except OSError:
            return
    raise AssertionError("children of a killed server still listen")


VERSIONS = """
from parindex_web.collect.models import Line, LineVersion
from parindex_web.audit.queries import exported
found = {}
for each in LineVersion.objects.select_related("line__unit_file").order_by("version"):
    found.setdefault(f"{each.line.unit_file.unit} {each.line.node}", []).append((str(each.key), each.explanation))
lines = {f"{each.unit_file.unit} {each.node}": (each.version, each.explanation) for each in Line.objects.select_related("unit_file")}
print(json.dumps([found, lines, b"".join(exported("2023-mô-phỏng")).decode()]))
"""
COMPUTED = """
from parindex_web.results.models import Computation
print(json.dumps(Computation.objects.get().state))
"""


def look_at_database(live: Live, typists: list[Typist]) -> None:
    versions, lines, record = live.ask(VERSIONS)
    for typist in typists:
        line = f"{typist.unit} {typist.node}"
        assert [tuple(each) for each in versions[line]] == typist.acknowledged, line
        assert lines[line] == [len(typist.acknowledged), typist.acknowledged[-1][1]]
    problems = Problems()
    trail = verify_trail(record.encode(), "record.jsonl", problems)
    assert not problems.errors
    saved = {
        head.unit: sum(len(each.acknowledged) for each in typists if each.unit == head.unit) for head in trail.heads
    }
    acts = [json.loads(row) for row in record.splitlines()]
    for unit in ("U1", "U2"):
        assert sum(act["act"] == "line.fill" and act["unit"] == unit for act in acts) == saved[unit]
