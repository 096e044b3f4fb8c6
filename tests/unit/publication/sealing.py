"""What a forger would do: change a file, then put its digest and a new seal into the manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from parindex.results.result import SEAL, manifest_bytes, seal_of
from parindex.results.result_tables import MANIFEST
from parindex.sources import digest_of

DECISION = "268/QĐ-BNV"


def flip(path: Path, place: int | None = None) -> None:
    """Change one byte, in the middle unless told where."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if place is None else place] ^= 1
    path.write_bytes(content)


def replace_text(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, (path.name, old)
    path.write_bytes(text.replace(old, new, 1).encode())


def manifest_in(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    return manifest


def write_sealed(folder: Path, manifest: dict[str, Any]) -> None:
    (folder / MANIFEST).write_bytes(manifest_bytes({**manifest, SEAL: seal_of(manifest)}))


def seal_again(folder: Path, **changes: object) -> None:
    """The manifest as it would be for the files that now stand in the folder, with `changes` to its own entries."""
    files = [
        {"path": path.relative_to(folder).as_posix(), "sha256": digest_of(content := path.read_bytes()), "size": len(content)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    ]  # fmt: skip
    write_sealed(folder, {**manifest_in(folder), "files": files, **changes})
