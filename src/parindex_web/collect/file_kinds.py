"""Which files are taken as evidence, told by their content and never by what they are called.

Packages (DOCX, ODT and so on) are not opened: only the list of names at their end is read, under a limit.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO, Final, Literal


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file. `preview`: how a page shows it, "" where browsers cannot."""

    name: str
    media_type: str
    endings: tuple[str, ...]
    preview: Literal["", "frame", "image"] = ""


PDF: Final = FileKind("PDF", "application/pdf", ("pdf",), "frame")
PNG: Final = FileKind("PNG", "image/png", ("png",), "image")
JPEG: Final = FileKind("JPEG", "image/jpeg", ("jpg", "jpeg"), "image")
TIFF: Final = FileKind("TIFF", "image/tiff", ("tif", "tiff"))
DOCX: Final = FileKind("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
XLSX: Final = FileKind("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
ODT: Final = FileKind("ODT", "application/vnd.oasis.opendocument.text", ("odt",))
ODS: Final = FileKind("ODS", "application/vnd.oasis.opendocument.spreadsheet", ("ods",))
KINDS: Final = (PDF, PNG, JPEG, TIFF, DOCX, XLSX, ODT, ODS)
BY_MEDIA_TYPE: Final = {kind.media_type: kind for kind in KINDS}
NAMES: Final = ", ".join(kind.name for kind in KINDS)

Unwanted = Literal["old_office", "macros", "unknown"]
"""Why no kind was found: an old or locked Office file, a package that carries macros, anything else."""

_SIGNATURES: Final = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DIRECTORY_LARGEST: Final = 2_000_000
_END_LARGEST: Final = 22 + 65_535


def kind_of(file: IO[bytes]) -> FileKind | Unwanted:
    """What a file is, by its content. The file may be anything; it is left at no certain position."""
    file.seek(0)
    head = file.read(256)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(_OLD_OFFICE):
        return "old_office"
    return _package(file, head) if head.startswith(b"PK\x03\x04") else "unknown"


def _package(file: IO[bytes], head: bytes) -> FileKind | Unwanted:
    names = _names(file)
    if any(name.endswith(b"vbaProject.bin") or name.startswith(b"Basic/") for name in names):
        return "macros"
    # OpenDocument stores its type first and uncompressed, so that it stands at a fixed place.
    if head[30:38] == b"mimetype":
        length = int.from_bytes(head[18:22], "little")
        said = head[38 : 38 + length].decode("ascii", "replace")
        return next((kind for kind in (ODT, ODS) if kind.media_type == said), "unknown")
    if b"[Content_Types].xml" in names:
        if any(name.startswith(b"word/document") for name in names):
            return DOCX
        if any(name.startswith(b"xl/workbook") for name in names):
            return XLSX
    return "unknown"


def _names(file: IO[bytes]) -> frozenset[bytes]:
    """The names in the directory of a package; empty where the directory is broken or larger than any document's."""
    size = file.seek(0, 2)
    start = file.seek(max(0, size - _END_LARGEST))
    tail = file.read(_END_LARGEST)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        return frozenset()
    length, offset = struct.unpack_from("<II", tail, at + 12)
    if length > _DIRECTORY_LARGEST or offset + length > start + at:
        return frozenset()
    file.seek(offset)
    directory = file.read(length)
    found, here = set(), 0
    while directory[here : here + 4] == b"PK\x01\x02" and here + 46 <= len(directory):
        name, extra, comment = struct.unpack_from("<HHH", directory, here + 28)
        found.add(directory[here + 46 : here + 46 + name])
        here += 46 + name + extra + comment
    return frozenset(found)
