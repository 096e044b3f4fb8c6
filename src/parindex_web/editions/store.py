"""Files of editions, kept once by their digest in a folder outside of the web root."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path

from django.conf import settings


def kept_at(sha256: str) -> Path:
    """Where the file of this digest lies."""
    return Path(settings.FILES) / "store" / sha256[:2] / sha256


def keep(source: Path) -> tuple[str, int]:
    """Copy a file into the store; gives its digest and size. A file that is there already stays as it is."""
    with source.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    target = kept_at(sha256)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        waiting = target.with_name(f".{sha256}.{secrets.token_hex(6)}")
        shutil.copyfile(source, waiting)
        os.replace(waiting, target)
    return sha256, source.stat().st_size


def lay(sha256: str, path: Path) -> None:
    """Put a kept file into a folder. A copy: what is done to the folder never changes the store."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept_at(sha256), path)
