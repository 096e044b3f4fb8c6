"""Where a value stood: a file with its digest, and the place inside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from parindex.language import Language, Text


@dataclass(frozen=True, slots=True)
class Place:
    """A place a person can go to. `file` is relative to the edition folder, or as the user named it.

    Lines, columns and data rows count from 1. A sheet goes with a cell ("D14"), or stands alone.
    """

    file: str
    line: int | None = None
    column: int | None = None
    sheet: str | None = None
    cell: str | None = None

    def words(self, language: Language) -> str:
        """ "framework.yaml, dòng 214, cột 9" or "P07.xlsx, trang "5.2", ô D14"."""
        parts = [self.file] if self.file else []
        if self.sheet is not None:
            parts.append(Text('trang "{}"', 'sheet "{}"').in_(language).format(self.sheet))
        if self.cell is not None:
            parts.append(Text("ô {}", "cell {}").in_(language).format(self.cell))
        if self.line is not None:
            parts.append(Text("dòng {}", "line {}").in_(language).format(self.line))
        if self.column is not None:
            parts.append(Text("cột {}", "column {}").in_(language).format(self.column))
        return ", ".join(parts)

    def inside(self) -> str:
        """The place within its file, short and the same in every language: `"3.4"!D14` or `214:9`."""
        if self.cell is not None:
            return f'"{self.sheet}"!{self.cell}'
        if self.sheet is not None:
            return f'"{self.sheet}"'
        if self.line is None:
            return ""
        return str(self.line) if self.column is None else f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read. `path` is relative to the edition folder, with forward slashes."""

    path: str
    sha256: str


def digest_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_of_file(path: Path) -> str:
    """The same of a file, without holding it in memory. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
