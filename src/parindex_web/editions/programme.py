"""What an edition asks: its files, opened by the library and kept by their digest."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from parindex.problems import Problems
from parindex.programme.edition import Edition as Programme
from parindex.programme.edition import UnitList
from parindex.programme.framework import Node
from parindex.programme.units import Unit
from parindex.results.reading import read_programme
from parindex.scoring.rule_book import RuleBook
from parindex.submissions import BlankForm
from parindex_web.editions.models import Edition, EditionFile
from parindex_web.editions.store import lay


@dataclass(frozen=True, eq=False)
class Asked:
    """An edition as the library reads it, one object for all who ask. `books` by code of the list of units."""

    edition: Programme
    books: Mapping[str, RuleBook]
    _forms: dict[str, BlankForm] = field(default_factory=dict, compare=False, repr=False)

    def list_of(self, unit: str) -> UnitList:
        found = self.edition.list_of(unit)
        assert found is not None, unit
        return found

    def unit(self, code: str) -> Unit:
        return next(unit for unit in self.list_of(code).units if unit.code == code)

    def form_of(self, unit_list: UnitList) -> BlankForm:
        """The workbook that units of the list fill in; made once."""
        if unit_list.code not in self._forms:
            self._forms[unit_list.code] = BlankForm(self.edition, unit_list, self.books[unit_list.code].live_score)
        return self._forms[unit_list.code]

    def leaf(self, unit: str, node: str) -> Node | None:
        """The node of a line; None for a bonus item."""
        return self.list_of(unit).framework.by_code.get(node)


def digest_of_files(files: Iterable[tuple[str, str]]) -> str:
    """The digest of an edition's files from (name, sha256)."""
    lines = "".join(f"{name}\t{sha256}\n" for name, sha256 in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def asked(edition: Edition) -> Asked:
    """What the edition asks. Read once in a process for each digest of its files."""
    return _read(laid_out(edition.digest, edition.files.all), edition.digest)


@lru_cache(maxsize=8)
def _read(folder: Path, digest: str) -> Asked:
    del digest
    problems = Problems()
    programme, books, _ = read_programme(folder, problems, examples=False)
    problems.raise_if_any()
    assert programme is not None
    return Asked(programme, books)


def laid_out(digest: str, files: Callable[[], Iterable[EditionFile]]) -> Path:
    """A folder with what an edition asks, made on first use; its name is the digest of its files.

    Folders of surveys and records stay in the store: asking needs none of them.
    """
    root = Path(settings.FILES) / "editions"
    folder = root / digest
    if folder.is_dir():
        return folder
    waiting = root / f".{digest}.{secrets.token_hex(6)}"
    waiting.mkdir(parents=True)
    for file in files():
        if "/" not in file.name:
            lay(file.sha256, waiting / file.name)
    try:
        os.replace(waiting, folder)
    except OSError:
        # Another process laid out the same folder in between: same digest, same files.
        if not folder.is_dir():
            raise
        shutil.rmtree(waiting)
    return folder
