"""The self-assessment as PDF, set by Typst with fonts of our own: the same claims give the same bytes everywhere."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Final

from parindex_web.collect.paper import Paper

HERE: Final = Path(__file__).parent


def pdf_of(paper: Paper) -> bytes:
    """A4, embedded Liberation Serif. The digest stands in the keywords of the file, where a signed copy keeps it."""
    import segno
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copyfile(HERE / "paper.typ", root / "paper.typ")
        (root / "paper.json").write_text(json.dumps(asdict(paper), ensure_ascii=False), "utf-8")
        segno.make(paper.code, error="m").save(str(root / "code.svg"), border=2, scale=4)
        made: bytes = typst.compile(
            str(root / "paper.typ"),
            root=str(root),
            font_paths=[str(HERE / "fonts")],
            ignore_system_fonts=True,
            format="pdf",
            timestamp=0,
        )
    return made
