"""Where documents lie: outside of the web root, under random names that no address shows."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings


def new_name() -> str:
    return secrets.token_hex(20)


def path_of(stored_as: str) -> Path:
    """The file of this name."""
    return Path(settings.FILES) / "evidence" / stored_as[:2] / stored_as


def place(incoming: Path, stored_as: str) -> None:
    """Move a whole file, already synced, to its place. Either it is there afterwards or nothing changed."""
    target = path_of(stored_as)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(incoming, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def take_away(stored_as: str) -> None:
    """Undo `place`, for a document whose row was not kept."""
    path_of(stored_as).unlink(missing_ok=True)
