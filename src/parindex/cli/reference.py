"""parindex docs: the reference pages that are made from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from parindex.cli.speaking import out, problems_said, say

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=say("Tài liệu tra cứu.", "Reference pages."))


@app.callback()
def _group() -> None:
    """Keeps `write` a subcommand."""


@app.command(help=say("Ghi lại các trang tra cứu.", "Write the reference pages."))
def write(to: Annotated[Path, typer.Argument(help="docs/reference")]) -> None:
    from parindex.cli.reference_pages import PAGES
    from parindex.documents.writing import write_file

    with problems_said():
        for name, make in PAGES.items():
            write_file(to / name, make().encode())
            out(str(to / name))
