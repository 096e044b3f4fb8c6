"""Pages as they are sent, shown in Chromium without a server: for axe, and for looking with one's own eyes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Route, sync_playwright

WIDTHS: Mapping[str, tuple[int, int]] = {"laptop": (1366, 768), "telephone": (390, 844)}
SITE = "http://parindex.test"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_violations(page: Page) -> list[str]:
    """What axe finds wrong on the page that is shown, each with the elements; details of what passes are not asked."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    looked, found = page.evaluate(
        """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(said => [
            said.passes.length,
            said.violations.map(each => [each.id, each.help, each.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]),
        ])""",
        AXE_RULES,
    )
    assert looked > 10, "axe has looked"
    return [f"{rule}: {says}: {'; '.join(nodes)}" for rule, says, nodes in found]


def sent_pages(things: Mapping[str, Any], language: str, units: Iterable[str] = ()) -> dict[str, tuple[str, str]]:
    """Every page of the table of addresses as it is sent, by address: (name, HTML)."""
    from addresses import pages_tried
    from django.test import Client

    found = {}
    for each, url, person in pages_tried(things, units):
        client = Client()
        client.cookies["parindex_language"] = language
        if person is not None:
            type(person).objects.filter(pk=person.pk).update(language=language)
            client.force_login(person)
        response = client.get(url)
        if response.status_code not in (301, 302, 404):
            found[url] = (each, response.content.decode())
    return found


@contextmanager
def window(sent: Callable[[str], str | None]) -> Iterator[Page]:
    """A window in which SITE answers with what `sent` gives for a path, and with the application's static files."""
    from django.contrib.staticfiles import finders

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        page = sent(path)
        if page is not None:
            route.fulfill(body=page, content_type="text/html; charset=utf-8")
        elif path.startswith("/static/") and (file := finders.find(path.removeprefix("/static/"))):
            name = Path(str(file))
            route.fulfill(body=name.read_bytes(), content_type=TYPES.get(name.suffix, "text/plain"))
        else:
            route.fulfill(status=404, body="")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", answer)
        yield page
        browser.close()
