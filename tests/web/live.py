"""The application as people meet it: gunicorn and a worker in processes of their own, on a database of their own."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

HERE = Path(__file__).parent
PASSWORD = "demo-parindex-1"
EDITION = "2023-mô-phỏng"


class Live:
    """A server, a worker and their database, beside PARINDEX_DATABASE where that is PostgreSQL, else SQLite."""

    def __init__(self, folder: Path):
        self.folder = folder
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PARINDEX_", "DJANGO_"))}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.cluster = os.environ.get("PARINDEX_DATABASE", "")
        database = f"sqlite:///{folder / 'live.sqlite3'}"
        if self.cluster.startswith("postgres"):
            self.name = f"live_{uuid4().hex[:12]}"
            self._in_cluster(f"CREATE DATABASE {self.name}")
            database = self.cluster.rpartition("/")[0] + f"/{self.name}"
        self.environ = {
            **clean,
            "PYTHONPATH": str(HERE.parents[1] / "src"),
            "PARINDEX_SECRET_KEY": "only-for-tests-" + "x" * 50,
            "PARINDEX_HOSTS": "127.0.0.1",
            "PARINDEX_HTTPS": "0",
            "PARINDEX_FILES": str(folder / "files"),
            "PARINDEX_DATABASE": database,
            "PARINDEX_LISTEN": f"127.0.0.1:{self.port}",
            "PARINDEX_MAIL": "memorymail://",
            "DJANGO_SETTINGS_MODULE": "parindex_web.settings",
        }
        (folder / "files" / "incoming").mkdir(parents=True)
        self.log = (folder / "log").open("ab")
        self.server: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.manage("migrate", "--verbosity", "0")

    def _in_cluster(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.cluster, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def manage(self, *words: str) -> str:
        """A command of the application; gives what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "parindex_web", *words],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def ask(self, code: str) -> Any:
        """Run code in a process with the application's settings; it prints JSON."""
        head = "import json\n"
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{head}{code}"],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def start(self) -> None:
        """Both processes, and the first answer of the server."""
        self.start_server()
        self.start_worker()

    def start_server(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", "python:parindex_web.server", "parindex_web.wsgi"]
        self.server = subprocess.Popen(command, env=self.environ, stderr=self.log, stdout=self.log)
        end = time.monotonic() + 60
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                assert time.monotonic() < end and self.server.poll() is None, self.said()
                time.sleep(0.02)

    def start_worker(self) -> None:
        command = [sys.executable, "-m", "parindex_web", "db_worker", "--interval", "0.5"]
        self.worker = subprocess.Popen(command, env=self.environ, stderr=self.log, stdout=self.log)

    def processes(self) -> list[int]:
        """The numbers of all that runs: the server, its children, the worker."""
        assert self.server is not None and self.worker is not None
        found = [self.server.pid, self.worker.pid]
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children")
        with suppress(FileNotFoundError):
            found += [int(pid) for pid in children.read_text().split()]
        return found

    def said(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        for process in (self.server, self.worker):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.log.close()
        if self.cluster.startswith("postgres"):
            self._in_cluster(f"DROP DATABASE {self.name} WITH (FORCE)")


MAKE = """
from datetime import date, datetime, timezone
from pathlib import Path
from parindex_web.accounts.models import Duty, Person
from parindex_web.audit.guard import writing
from parindex_web.editions.actions import move_edition, set_deadline
from parindex_web.steering.actions import create_edition, files_of_folder
people = {people!r}
made = {{}}
with writing():
    for email, name, role, unit, domains in people:
        made[role] = person = Person.objects.create_user(email, {password!r}, full_name=name)
        Duty.objects.create(person=person, role=role, unit=unit, domains=domains, valid_from=date(2020, 1, 1))
edition = create_edition(by=made["programme_manager"], files=files_of_folder(Path({folder!r})))
for what in ("self_assessment", "appraisal_1", "explanation", "appraisal_2"):
    set_deadline(by=made["programme_manager"], edition=edition, what=what, closes_at=datetime(2099, 1, 31, tzinfo=timezone.utc))
if {opened!r}:
    move_edition(by=made["programme_manager"], edition=edition, name="open")
print(json.dumps(edition.code))
"""


def populate(live: Live, people: list[tuple[str, str, str, str, list[str]]], *, opened: bool = True) -> None:
    """People as (address, name, role, unit, domains), and the tiny edition."""
    code = live.ask(MAKE.format(people=people, password=PASSWORD, folder=str(HERE / "small"), opened=opened))
    assert code == EDITION


class Caller:
    """Somebody signed in, without a window: what a browser sends, and the answer or that none came."""

    def __init__(self, live: Live, email: str):
        self.live = live
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.email = email
        self.token = ""

    def sign_in(self) -> None:
        self.get("/accounts/login/")
        status, page = self.post("/accounts/login/", {"login": self.email, "password": PASSWORD})
        assert status == 200 and self.email not in page.partition("<main")[2][:200], page[:2000]
        self.get("/")

    def get(self, path: str) -> tuple[int, str]:
        status, page = self._ask(urllib.request.Request(self.live.address + urllib.parse.quote(path)))
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if found:
            self.token = found[1]
        return status, page

    def post(self, path: str, body: dict[str, str], *, script: bool = False) -> tuple[int, str]:
        data = urllib.parse.urlencode({**body, "csrfmiddlewaretoken": self.token}).encode()
        headers = {"Accept": "application/json"} if script else {}
        return self._ask(urllib.request.Request(self.live.address + urllib.parse.quote(path), data, headers))

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        """Status and body. Raises OSError when the line broke."""
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
