"""axe on every page of the table of addresses: both languages, at the width of a laptop and of a telephone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from addresses import ADDRESSES, scene
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Route, sync_playwright

pytestmark = pytest.mark.slow

WIDTHS = {"laptop": (1366, 768), "telephone": (390, 844)}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SITE = "http://parindex.test"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
PREFERRED = ("coordinator", "appraiser", "secretary", "administrator", "manager")
"""Whose page is looked at: of those let in, the one who can do most there."""


def pages(edition: Any, people: Any, language: str) -> dict[str, tuple[str, str]]:
    """Every page of the table as it is sent, by address: (name, HTML)."""
    things = scene(edition, people)
    found = {}
    for each in ADDRESSES:
        if each.method != "GET" or not each.page:
            continue
        let_in = each.let_in.split()
        client = Client()
        client.cookies["parindex_language"] = language
        if each.anonymous != "open":
            person = things["cast"][next((who for who in PREFERRED if who in let_in), let_in[0])]
            type(person).objects.filter(pk=person.pk).update(language=language)
            client.force_login(person)
        response = client.get(each.url(things))
        if response.status_code in (301, 302, 404):
            continue
        found[each.url(things)] = (each.name, response.content.decode())
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_nothing(edition, people, language) -> None:
    sent = pages(edition, people, language)
    assert len(sent) > 35
    wrong: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path in sent:
            route.fulfill(body=sent[path][1], content_type="text/html; charset=utf-8")
        elif path.startswith("/static/") and (file := finders.find(path.removeprefix("/static/"))):
            route.fulfill(
                body=Path(str(file)).read_bytes(), content_type=TYPES.get(Path(str(file)).suffix, "text/plain")
            )
        else:
            route.fulfill(status=404, body="")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", answer)
        for path, (name, _) in sent.items():
            width, height = WIDTHS["laptop"]
            page.set_viewport_size({"width": width, "height": height})
            page.goto(SITE + path)
            assert page.get_attribute("html", "lang") == language, name
            page.evaluate(AXE_SCRIPT)
            for kind, (width, height) in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                for each in page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]:
                    nodes = "; ".join(node["html"][:160] for node in each["nodes"][:3])
                    wrong.append(f"{name} ({language}, {kind}): {each['id']}: {each['help']}: {nodes}")
                if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                    wrong.append(f"{name} ({language}, {kind}): the page is wider than the window")
        browser.close()
    assert not wrong, "\n" + "\n".join(wrong)
