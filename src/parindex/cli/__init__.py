"""The command line: a door that translates between people and the library, and decides nothing."""

from __future__ import annotations


def main() -> None:
    """Entry point of the command `parindex`."""
    from parindex.cli import reference
    from parindex.cli.app import app

    # Here and not in `app`: the pages it writes are made from the finished app.
    app.add_typer(reference.app, name="docs", hidden=True)
    app()
