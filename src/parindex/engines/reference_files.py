"""The plain-Python engine on CSV files: slow, for holding the other one against it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from parindex.engines.duckdb import records_set_aside as listed
from parindex.engines.reference import cells_of_records
from parindex.problems import Problems
from parindex.sources import Place
from parindex.survey.cells import Cells
from parindex.survey.design import SurveyDesign
from parindex.survey.mistakes import FILE_FORM
from parindex.survey.set_aside import SetAside


def cells_of_file(design: SurveyDesign, source: Path, *, threads: int = 1) -> Cells:
    """The cells of a CSV file. One thread, whatever is asked. Raises ProblemsFound for another kind of file."""
    del threads
    if source.suffix.lower() == ".parquet":
        problems = Problems()
        problems.add(FILE_FORM, Place(source.name), reason="Parquet, --engine reference")
        problems.raise_if_any()
    text = source.read_bytes().decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return cells_of_records(design, ({name: value or None for name, value in row.items()} for row in rows))


def records_set_aside(design: SurveyDesign, source: Path, *, threads: int = 1) -> tuple[SetAside, ...]:
    """The records set aside. Their list, with its reasons, is made by DuckDB for both engines."""
    return listed(design, source, threads=threads)
