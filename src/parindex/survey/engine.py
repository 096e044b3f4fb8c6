"""What counting needs from an engine, so that what composes the two need not know which one it is."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from parindex.survey.cells import Cells
from parindex.survey.design import SurveyDesign
from parindex.survey.set_aside import SetAside


class Engine(Protocol):
    """A module of `parindex.engines`. Both raise ProblemsFound for a file that cannot be used."""

    def cells_of_file(self, design: SurveyDesign, source: Path, /, *, threads: int = 2) -> Cells:
        """The cells of one file; records that cannot be used are left out and counted in `Cells.set_aside`."""
        ...

    def records_set_aside(self, design: SurveyDesign, source: Path, /, *, threads: int = 2) -> tuple[SetAside, ...]:
        """Every record that cannot be used and every answer that is no valid code, in file order."""
        ...
