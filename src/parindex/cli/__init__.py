"""The command line: a door that translates between people and the library, and decides nothing."""

from __future__ import annotations


def main() -> None:
    """Entry point of the command `parindex`."""
    from parindex.cli.app import run

    run()
