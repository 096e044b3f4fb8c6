"""axe on every page of the table of addresses: both languages, at the width of a laptop and of a telephone."""

from __future__ import annotations

import pytest
from addresses import scene
from looking import SITE, WIDTHS, axe_violations, sent_pages, window

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_nothing(edition, people, language) -> None:
    sent = sent_pages(scene(edition, people), language)
    assert len(sent) > 35
    wrong: list[str] = []
    with window(lambda path: sent[path][1] if path in sent else None) as page:
        for path, (name, _) in sent.items():
            width, height = WIDTHS["laptop"]
            page.set_viewport_size({"width": width, "height": height})
            page.goto(SITE + path)
            assert page.get_attribute("html", "lang") == language, name
            for kind, (width, height) in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                wrong += [f"{name} ({language}, {kind}): {each}" for each in axe_violations(page)]
                if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                    wrong.append(f"{name} ({language}, {kind}): the page is wider than the window")
    assert not wrong, "\n" + "\n".join(wrong)
