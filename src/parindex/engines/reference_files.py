"""The plain-Python engine on CSV files: slow, for holding the other one against it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

from parindex.engines.duckdb import records_set_aside as listed
from parindex.engines.reference import cells_of_records, is_usable, key_text
from parindex.problems import Problems
from parindex.sources import Place
from parindex.survey.cells import Cells
from parindex.survey.design import SurveyDesign
from parindex.survey.engine import Counted
from parindex.survey.mistakes import FILE_FORM
from parindex.survey.moments import Together
from parindex.survey.records import Digests, digest_of, digests_of
from parindex.survey.set_aside import SetAside


def count_file(design: SurveyDesign, source: Path, *, threads: int = 1, together: Together | None = None) -> Counted:
    """One CSV file: its cells, what was set aside, its records. One thread, whatever is asked.

    The list of what is set aside, with its reasons, is made by DuckDB for both engines. Raises ProblemsFound for
    another kind of file.
    """
    rows = _rows(source)
    records = None
    if design.record is not None:
        names = Counter(key_text(row[design.record]) for row in rows)
        usable = (key_text(row[design.record]) for row in rows if is_usable(design, row, names))
        records = digests_of(name for name in usable if name)
    cells = cells_of_records(design, rows, together=together)
    return Counted(cells, records_set_aside(design, source, threads=threads), records)


def cells_of_file(design: SurveyDesign, source: Path, *, threads: int = 1, together: Together | None = None) -> Cells:
    """The cells alone, see `count_file`."""
    del threads
    return cells_of_records(design, _rows(source), together=together)


def _rows(source: Path) -> list[dict[str, str | None]]:
    if source.suffix.lower() == ".parquet":
        problems = Problems()
        problems.add(FILE_FORM, Place(source.name), reason="Parquet, --engine reference")
        problems.raise_if_any()
    text = source.read_bytes().decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: value or None for name, value in row.items()} for row in rows]


def records_set_aside(design: SurveyDesign, source: Path, *, threads: int = 1) -> tuple[SetAside, ...]:
    """The records set aside. Their list, with its reasons, is made by DuckDB for both engines."""
    return listed(design, source, threads=threads)


def record_names(design: SurveyDesign, source: Path, digests: Digests) -> tuple[str, ...]:
    """The names of the counted records of a file that have these digests, sorted."""
    assert design.record is not None
    rows = _rows(source)
    names = Counter(key_text(row[design.record]) for row in rows)
    usable = (key_text(row[design.record]) for row in rows if is_usable(design, row, names))
    wanted = set(digests.tolist())
    return tuple(sorted(name for name in usable if name and digest_of(name) in wanted))
