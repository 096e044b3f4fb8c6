"""What a server must be before it faces a network: checks, headers, cookies, a policy without exceptions, logs."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from addresses import ADDRESSES, scene
from django.test import Client

pytestmark = pytest.mark.slow

SRC = Path(__file__).parents[2] / "src"


def command(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PARINDEX_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "parindex_web", *words],
        env={**clean, "PYTHONPATH": str(SRC), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def server(tmp_path: Path, **more: str) -> dict[str, str]:
    (tmp_path / "incoming").mkdir(exist_ok=True)
    return {
        "PARINDEX_SECRET_KEY": "mot-chuoi-bi-mat-dai-hon-nam-muoi-ky-tu-0123456789-abcdefghij",
        "PARINDEX_HOSTS": "parindex.example.vn",
        "PARINDEX_FILES": str(tmp_path),
        **more,
    }


def test_check_deploy_finds_nothing(tmp_path: Path) -> None:
    done = command("check", "--deploy", "--fail-level", "WARNING", **server(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_no_migration_is_missing(tmp_path: Path) -> None:
    done = command("makemigrations", "--check", "--dry-run", **server(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_server_without_a_secret_does_not_start(tmp_path: Path) -> None:
    done = command("check", **{**server(tmp_path), "PARINDEX_SECRET_KEY": ""})
    assert done.returncode != 0 and "PARINDEX_SECRET_KEY" in done.stderr


def test_a_demonstration_serves_this_machine_only(tmp_path: Path) -> None:
    with_hosts = command("check", PARINDEX_DEMO="1", PARINDEX_FILES=str(tmp_path), PARINDEX_HOSTS="parindex.example.vn")
    assert with_hosts.returncode != 0 and "loopback" in with_hosts.stderr
    listening = subprocess.run(
        [sys.executable, "-c", "import parindex_web.server"],
        env={**os.environ, "PYTHONPATH": str(SRC), "PARINDEX_DEMO": "1", "PARINDEX_LISTEN": "0.0.0.0:8000"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert listening.returncode != 0 and "0.0.0.0" in listening.stderr
    accounts = command("make_demonstration", **server(tmp_path, PARINDEX_DATABASE=f"sqlite:///{tmp_path / 'db'}"))
    assert accounts.returncode != 0 and "WEB-DEMO" in accounts.stderr


def test_cookies_and_headers_of_a_server_behind_https(tmp_path: Path) -> None:
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "import json; print(json.dumps([s.DEBUG, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY,"
        " s.CSRF_COOKIE_HTTPONLY, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, s.SESSION_COOKIE_SAMESITE]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **server(tmp_path), "PYTHONPATH": str(SRC), "PARINDEX_HTTPS": "1",
             "DJANGO_SETTINGS_MODULE": "parindex_web.settings"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == [False, True, True, True, True, True, True, "Lax"]


class Inline(HTMLParser):
    """Everything in a page that a policy without exceptions refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.script = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or "style" in given:
            self.found.append(f"<{tag} style>")
        self.found += [f"<{tag} {name}>" for name in given if name.startswith("on")]
        self.found += [
            f"<{tag} {name}={value}>" for name, value in attrs if (value or "").startswith(("javascript:", "data:"))
        ]
        data = given.get("type") in ("application/json", "application/ld+json")
        if tag == "script" and "src" not in given and not data:
            self.found.append("<script> without src")
        for name in ("src", "href"):
            away = (given.get(name) or "").startswith(("http:", "https:", "//"))
            if tag in ("script", "link", "img", "iframe") and away:
                self.found.append(f"<{tag} {name}={given[name]}>")


def test_no_page_needs_an_exception_from_the_policy(edition, people) -> None:
    things = scene(edition, people)
    seen = 0
    for each in ADDRESSES:
        if each.method != "GET":
            continue
        client = Client()
        client.force_login(things["cast"][each.let_in.split()[0]])
        response = client.get(each.url(things))
        if not response.headers.get("Content-Type", "").startswith("text/html") or response.status_code in (301, 302):
            continue
        seen += 1
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy and "*" not in policy, each.name
        assert response.headers["X-Content-Type-Options"] == "nosniff", each.name
        assert response.headers["X-Frame-Options"] == "DENY", each.name
        assert response.headers["Referrer-Policy"] == "same-origin", each.name
        assert "camera=()" in response.headers["Permissions-Policy"], each.name
        assert response.headers["Content-Language"] in ("vi", "en"), each.name
        page = Inline()
        page.feed(response.content.decode())
        assert not page.found, (each.name, page.found)
    assert seen > 40


@pytest.mark.parametrize("status", [400, 403, 404])
def test_pages_of_mistakes_need_no_exception_either(status, client) -> None:
    ways = {
        404: lambda: client.get("/khong-co/"),
        403: lambda: Client(enforce_csrf_checks=True).post("/language/", {"language": "en"}),
        400: lambda: client.get("/", headers={"host": "!"}),
    }
    response = ways[status]()
    assert response.status_code == status
    page = Inline()
    page.feed(response.content.decode())
    assert not page.found


def test_a_line_of_the_log_is_json_and_says_nothing_that_was_typed() -> None:
    from parindex_web.pages.logs import JsonLines

    record = logging.LogRecord("parindex", logging.WARNING, "f.py", 1, "Đã từ chối %s", ("yêu cầu",), None)
    record.status_code = 403  # type: ignore[attr-defined]
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["says"], line["status"]) == ("WARNING", "Đã từ chối yêu cầu", 403)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["at"])
