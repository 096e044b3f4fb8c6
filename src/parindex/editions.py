"""From an edition folder to what is computed: reading, with the engine that counts the interviews of its surveys.

Reading and counting do not know each other; whoever reads an edition comes through here and names an engine.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from parindex.engines import DEFAULT_ENGINE, engine_named
from parindex.results.reading import EditionInputs, Progress, no_progress
from parindex.results.reading import read_edition as read_with

__all__ = ["read_edition"]


def read_edition(path: str | Path, *, engine: str = DEFAULT_ENGINE, progress: Progress = no_progress) -> EditionInputs:
    """Read a whole edition folder, and count the interviews of its surveys.

    `engine` is a name of `parindex.engines.ENGINES`; its libraries are loaded only where there is a survey. Raises
    `ProblemsFound` with the problems of all files at once, KeyError for an unknown engine.
    """
    return read_with(path, engine=partial(engine_named, engine), progress=progress)
