"""The secret of a demonstration: made once for its folder, never written into the sources."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def demonstration_key(folder: Path) -> str:
    """The key kept in `folder`; made on first use, readable by its owner only."""
    path = folder / "demonstration.key"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(60)
    waiting = folder / f".demonstration.{os.getpid()}.key"
    handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    try:
        # Linking fails where another process was quicker: then its key is the one.
        os.link(waiting, path)
    except FileExistsError:
        pass
    finally:
        waiting.unlink()
    return path.read_text(encoding="ascii")
