"""Pictures of every page of the web application, to be looked at: `python -m benchmarks.pictures [OUT]`.

On a copy of the demonstration that `make run` made; both languages, a laptop's and a telephone's width, whole pages.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.web_pages import BEFORE_APPRAISERS, demonstration_scene


def main() -> int:
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/pictures")
    out.mkdir(parents=True, exist_ok=True)
    with demonstration_scene() as things:
        from looking import SITE, WIDTHS, sent_pages, window

        for language in ("vi", "en"):
            sent = sent_pages(things, language, BEFORE_APPRAISERS)
            with window(lambda path, sent=sent: sent[path][1] if path in sent else None) as page:  # type: ignore[misc]
                for done, (path, (name, _)) in enumerate(sent.items(), 1):
                    page.goto(SITE + path)
                    for kind, (width, height) in WIDTHS.items():
                        page.set_viewport_size({"width": width, "height": height})
                        picture = out / f"{name.replace(' ', '-')}-{language}-{kind}.png"
                        page.screenshot(path=str(picture), full_page=True)
                    print(f"\r{language}: {done}/{len(sent)} pages", end="", flush=True)
            print()
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
