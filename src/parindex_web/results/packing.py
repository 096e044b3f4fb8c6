"""A folder as one .zip that is written while it is sent. The same folder gives the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 20


class _Pipe:
    """What a zip file writes to: takes bytes in, gives them on, never goes back."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, content: bytes) -> int:
        self._waiting.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        content, self._waiting = b"".join(self._waiting), []
        return content


def zipped(folder: Path, inside: str) -> Iterator[bytes]:
    """The .zip of a folder, piece by piece; its files stand in a folder `inside`."""
    pipe = _Pipe()
    with zipfile.ZipFile(cast(IO[bytes], pipe), "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(f"{inside}/{path.relative_to(folder).as_posix()}", _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with (
                archive.open(entry, "w", force_zip64=path.stat().st_size > 1 << 30) as target,
                path.open("rb") as source,
            ):
                while piece := source.read(_PIECE):
                    target.write(piece)
                    yield pipe.taken()
            yield pipe.taken()
    yield pipe.taken()
