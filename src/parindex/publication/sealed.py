"""The manifest of a folder against its seal, and every file against its digest. Nothing is computed here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import parindex
from parindex.documents.text_files import read_bytes
from parindex.language import Text
from parindex.problems import Problems
from parindex.publication import findings
from parindex.publication.checks import Record
from parindex.publication.release import KIND, folder_name
from parindex.results.result import FORMAT, RESULT_FORMAT, RESULT_MISSING, SEAL, manifest_bytes, seal_of
from parindex.results.result_tables import MANIFEST
from parindex.sources import Place, digest_of

SEALED = Text("danh mục khớp con dấu của nó", "the manifest agrees with its seal")
_ANNOUNCED = Text("con dấu khớp con dấu đã công bố", "the seal agrees with the announced one")
_DIGESTS = Text(
    "các tệp đúng mã băm, không thiếu, không thừa", "the files have their digests, none missing, none added"
)


@dataclass(frozen=True)
class Sealed:
    """A folder whose files are those of its manifest. `contents` has every file but the manifest, by path."""

    manifest: Mapping[str, Any]
    contents: Mapping[str, bytes]

    @property
    def is_publication(self) -> bool:
        return bool(self.manifest["kind"] == KIND)

    @property
    def made_by(self) -> str:
        """The version of parindex that wrote the folder."""
        code = self.manifest.get("code")
        return str(code.get("parindex")) if isinstance(code, dict) else ""

    @property
    def made_by_this(self) -> bool:
        return self.made_by == parindex.__version__


def refuse_what_is_no_folder(folder: Path) -> None:
    """Raise `ProblemsFound` where there is no manifest, and name the versions where the folder is a line of them."""
    problems = Problems()
    if not (folder / MANIFEST).is_file():
        place = Place(folder.name or str(folder))
        if versions := versions_in(folder):
            names = ", ".join(folder_name(each) for each in versions)
            last = str(folder / folder_name(versions[-1]))
            problems.add(findings.PUBLICATION_LINE, place, versions=names, last=last)
        else:
            problems.add(RESULT_MISSING, place, file=MANIFEST)
    problems.raise_if_any()


def versions_in(line: Path) -> tuple[int, ...]:
    """The numbers of the publications that stand in a line, rising."""
    if not line.is_dir():
        return ()
    names = (re.fullmatch(r"v([1-9][0-9]*)", path.name) for path in line.iterdir() if (path / MANIFEST).is_file())
    return tuple(sorted(int(match[1]) for match in names if match))


def versions_of(folder: Path) -> tuple[Path, ...]:
    """The folders to verify or read: the versions of a line, oldest first, or the folder itself."""
    if (folder / MANIFEST).is_file():
        return (folder,)
    return tuple(folder / folder_name(version) for version in versions_in(folder)) or (folder,)


def read_manifest(folder: Path, record: Record) -> Mapping[str, Any] | None:
    """The manifest, if it agrees with its seal; None with a failed check."""
    content = _content(folder, MANIFEST, record)
    if content is None:
        return None
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        record.fails(SEALED, findings.MANIFEST_BROKEN, MANIFEST, detail=str(error)[:80])
        return None
    if not isinstance(manifest, dict) or SEAL not in manifest:
        record.fails(SEALED, findings.MANIFEST_BROKEN, MANIFEST, detail=f'no "{SEAL}"')
        return None
    # The bytes too: a space that was changed leaves the values as they are.
    if manifest[SEAL] != seal_of(manifest) or manifest_bytes(manifest) != content:
        record.fails(SEALED, findings.MANIFEST_CHANGED, MANIFEST)
        return None
    return manifest


def read_sealed(folder: Path, record: Record, *, announced: str | None = None) -> Sealed | None:
    """The folder's manifest and files; None with failed checks, as then there is no ground for computing anything.

    `announced` is the seal that the publisher made known.
    """
    manifest = read_manifest(folder, record)
    if manifest is None:
        return None
    if announced is not None and announced.strip().lower() != manifest[SEAL]:
        record.fails(_ANNOUNCED, findings.SEAL_DIFFERS, MANIFEST, found=manifest[SEAL], expected=announced)
        return None
    if manifest.get("format") != FORMAT or manifest.get("kind") not in ("result", KIND):
        found = f"{manifest.get('format')} ({manifest.get('kind')})"
        record.fails(SEALED, RESULT_FORMAT, MANIFEST, found=found, known=str(FORMAT))
        return None
    entries = _entries(manifest.get("files"), record)
    if entries is None:
        return None
    record.holds(SEALED, MANIFEST)
    contents = _contents(folder, entries, record)
    return Sealed(manifest, contents) if contents is not None else None


def _entries(listed: object, record: Record) -> dict[str, tuple[str, int]] | None:
    """Digest and size of every listed file."""
    found: dict[str, tuple[str, int]] = {}
    if not isinstance(listed, list):
        record.fails(SEALED, findings.MANIFEST_BROKEN, MANIFEST, detail="files")
        return None
    for entry in listed:
        values = entry if isinstance(entry, dict) else {}
        path, sha256, size = values.get("path"), values.get("sha256"), values.get("size")
        good = isinstance(path, str) and _inside(path) and path not in found and path != MANIFEST
        if not good or not isinstance(sha256, str) or not isinstance(size, int):
            record.fails(SEALED, findings.MANIFEST_PATH, MANIFEST, path=str(path)[:80])
            return None
        found[str(path)] = (sha256, size)
    return found


def _contents(folder: Path, entries: Mapping[str, tuple[str, int]], record: Record) -> dict[str, bytes] | None:
    contents: dict[str, bytes] = {}
    good = True
    for path, (sha256, size) in entries.items():
        if not (folder / path).is_file():
            record.fails(_DIGESTS, findings.FILE_LOST, path)
            good = False
            continue
        content = _content(folder, path, record)
        if content is None:
            good = False
            continue
        contents[path] = content
        found = digest_of(content)
        if found != sha256 or len(content) != size:
            record.fails(_DIGESTS, findings.FILE_CHANGED, path, found=found[:12], expected=sha256[:12])
            good = False
    for path in sorted(_files_in(folder) - set(entries) - {MANIFEST}):
        record.fails(_DIGESTS, findings.FILE_UNLISTED, path)
        good = False
    if not good:
        return None
    count = len(entries)
    record.holds(Text(f"{count} tệp đúng mã băm trong danh mục", f"{count} files have the digests of the manifest"))
    return contents


def _content(folder: Path, path: str, record: Record) -> bytes | None:
    problems = Problems()
    content = read_bytes(folder / path, path, problems)
    record.failed(_DIGESTS, *problems)
    return content


def _inside(path: str) -> bool:
    """A plain relative path with forward slashes that stays within the folder."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and not re.search(r"[\\:\0]", path)


def _files_in(folder: Path) -> set[str]:
    """Every file below the folder, hidden ones too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
