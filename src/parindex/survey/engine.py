"""What counting needs from an engine, so that what composes the two need not know which one it is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

from parindex.survey.cells import Cells
from parindex.survey.design import SurveyDesign
from parindex.survey.moments import Together
from parindex.survey.records import Digests
from parindex.survey.set_aside import SetAside


class Counted(NamedTuple):
    """One file: its cells, every record set aside and every answer that is no valid code in file order, and the
    digests of the records that were counted; None where the design names no records."""

    cells: Cells
    set_aside: tuple[SetAside, ...]
    records: Digests | None


class Engine(Protocol):
    """A module of `parindex.engines`. All raise ProblemsFound for a file that cannot be used."""

    def count_file(
        self, design: SurveyDesign, source: Path, /, *, threads: int = 2, together: Together | None = None
    ) -> Counted:
        """Count one file, reading it once. With `together`, the cells carry moments."""
        ...

    def record_names(self, design: SurveyDesign, source: Path, digests: Digests, /) -> tuple[str, ...]:
        """The names of the counted records of a file that have these digests, sorted."""
        ...
