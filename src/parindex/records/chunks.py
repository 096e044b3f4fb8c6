"""A piece of an export as text: what every kind of file becomes before its values are understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from parindex.problems import ProblemKind

if TYPE_CHECKING:
    import numpy as np
    import pyarrow

NUMBER_CELL: Final = "\0#"
"""Before a plain number (`\\0#0.25`): the cell held a number, not the text of one. Text files cannot hold it."""
STRANGE_CELL: Final = "\0!"
"""Before what a cell holds instead of a value: a formula, an error."""


class BrokenRow(NamedTuple):
    """A row that could not be divided into its cells: which, why, and its cells as far as they can be told."""

    row: int
    kind: ProblemKind
    values: Mapping[str, object]
    cells: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class TextChunk:
    """Some rows of an export, in order. `rows` (n,) int64 are their numbers in the file, the first row being 1.

    `columns`: by number of the file's column (from 0), only those asked for, n texts each (pyarrow; dictionaries
    where few values repeat). `cells(i)` gives all cells of row i as text. `next` is where reading goes on; it means
    something only to the export that made it. `done` of `total` measures the progress through the file.
    """

    rows: np.ndarray[Any, np.dtype[np.int64]]
    columns: Mapping[int, pyarrow.Array]
    broken: Sequence[BrokenRow]
    cells: Callable[[int], Sequence[str]]
    next: tuple[int, int]
    done: int


class Export(Protocol):
    """An opened file of records. `chunks` begins at a `next` of an earlier chunk, or at None.

    The same file gives the same chunks, wherever reading begins again. Raises ProblemsFound where the file turns out
    to be damaged.
    """

    @property
    def header(self) -> tuple[str, ...]: ...

    @property
    def header_row(self) -> int: ...

    @property
    def total(self) -> int: ...

    def chunks(
        self, wanted: Sequence[int], repeating: frozenset[int], start: tuple[int, int] | None
    ) -> Iterator[TextChunk]: ...


def shown(text: str) -> str:
    """A cell as people see it, without the marks above."""
    return text[2:] if text.startswith("\0") else text
