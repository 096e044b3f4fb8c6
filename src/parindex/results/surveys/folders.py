"""A folder of estimates: the table, the cells it came from, what was set aside, and how it was estimated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from parindex.documents.text_files import read_bytes
from parindex.documents.writing import new_folder
from parindex.problems import Problems
from parindex.results.replacing import OUT_NOT_RESULTS
from parindex.results.surveys.counting import SurveyCounts, counted_design, together_for
from parindex.results.surveys.inputs import DESIGN_FILE, QUESTIONNAIRE_FILE, UNITS_FILE, Inputs, Settings, read_inputs
from parindex.results.surveys.tables import ESTIMATES, EstimateRow
from parindex.sources import Place
from parindex.survey.cells import CELLS_DIFFER, cells_csv, cells_of_csv
from parindex.survey.design import SurveyDesign
from parindex.survey.moments import moments_csv, moments_of_csv
from parindex.survey.questionnaire import Questionnaire
from parindex.survey.records import digests_bytes, digests_of_bytes
from parindex.survey.set_aside import SET_ASIDE

CELLS_FILE: Final = "cells.csv"
SUMMARY_FILE: Final = "summary.json"
ESTIMATES_FILE: Final = "estimates.csv"
MOMENTS_FILE: Final = "moments.csv"
"""Beside the cells of a survey with an index: sums of products, for the design effects of composites."""
RECORDS_FILE: Final = "records.bin"
"""Digests of the interviews that were counted, so that none is added a second time."""
COUNTED_FILE: Final = "counted_files.txt"
"""Digests of the files that were counted, where the design names no interviews."""

SIZE_LIMIT: Final = 2_000_000_000
"""Cells of a national survey with several tables are longer than what people write."""


@dataclass(frozen=True, slots=True, eq=False)
class SurveyFolder:
    """What stands in a folder of estimates, read again."""

    name: str
    inputs: Inputs
    settings: Settings
    counts: SurveyCounts
    rows: tuple[EstimateRow, ...]


def write_survey(
    counts: SurveyCounts, rows: Sequence[EstimateRow], folder: Path, inputs: Inputs, settings: Settings
) -> None:
    """estimates.csv, set_aside.csv, cells.csv, summary.json and what described the survey, whole or not at all.

    cells.csv is for this programme: it holds small counts, and is not to be published. Raises ProblemsFound where
    the folder holds something else.
    """
    cells = counts.cells
    summary = {
        "design": cells.design.name,
        "respondents": cells.respondents,
        "set_aside": cells.set_aside,
        "answers_not_valid": counts.answers_not_valid,
        "settings": asdict(settings),
    }
    files = {
        **inputs.files,
        ESTIMATES_FILE: ESTIMATES.csv_bytes(rows),
        SET_ASIDE.file_name: SET_ASIDE.csv_bytes(counts.set_aside),
        CELLS_FILE: cells_csv(cells),
        **_beside(counts),
        SUMMARY_FILE: (json.dumps(summary, ensure_ascii=False, indent=1) + "\n").encode(),
    }
    known = {*files, QUESTIONNAIRE_FILE, UNITS_FILE, MOMENTS_FILE, RECORDS_FILE, COUNTED_FILE}
    if folder.exists() and not (folder.is_dir() and {path.name for path in folder.iterdir()} <= known):
        problems = Problems()
        problems.add(OUT_NOT_RESULTS, Place(str(folder)))
        problems.raise_if_any()
    with new_folder(folder) as fresh:
        for name, content in files.items():
            (fresh / name).write_bytes(content)


def _beside(counts: SurveyCounts) -> dict[str, bytes]:
    """What is kept of the counts beside the cells, so that a new day can be added."""
    found: dict[str, bytes] = {}
    if counts.cells.moments is not None:
        found[MOMENTS_FILE] = moments_csv(counts.cells.moments, counts.cells.design)
    if counts.records is not None:
        found[RECORDS_FILE] = digests_bytes(counts.records)
    if counts.files:
        found[COUNTED_FILE] = "".join(f"{digest}\n" for digest in counts.files).encode()
    return found


def read_counts(folder: Path, design: SurveyDesign, questionnaire: Questionnaire | None = None) -> SurveyCounts:
    """Counts of an earlier run. Raises ProblemsFound where they are of another design.

    What was counted together for the index is read too, where it is what the questionnaire needs.
    """
    problems = Problems()
    names = (CELLS_FILE, SET_ASIDE.file_name, SUMMARY_FILE)
    contents = {name: read_bytes(folder / name, f"{folder.name}/{name}", problems, limit=SIZE_LIMIT) for name in names}
    problems.raise_if_any()
    place = Place(f"{folder.name}/{CELLS_FILE}")
    try:
        cells = cells_of_csv(contents[CELLS_FILE] or b"", counted_design(design), place)
        count = int(json.loads(contents[SUMMARY_FILE] or b"{}")["set_aside"])
    except (ValueError, KeyError, IndexError, TypeError):
        # Whatever was done to these files, they are not what was written.
        problems.add(CELLS_DIFFER, place)
        problems.raise_if_any()
        raise
    together = together_for(cells.design, questionnaire)
    if together is not None and (folder / MOMENTS_FILE).is_file():
        file = Place(f"{folder.name}/{MOMENTS_FILE}")
        moments = moments_of_csv((folder / MOMENTS_FILE).read_bytes(), cells.design, file)
        cells = replace(cells, moments=moments)
    records = None
    if (folder / RECORDS_FILE).is_file():
        records = digests_of_bytes((folder / RECORDS_FILE).read_bytes(), Place(f"{folder.name}/{RECORDS_FILE}"))
    copies: tuple[str, ...] = ()
    if (folder / COUNTED_FILE).is_file():
        copies = tuple((folder / COUNTED_FILE).read_text(encoding="utf-8").split())
    rows = SET_ASIDE.read_csv(contents[SET_ASIDE.file_name] or b"", SET_ASIDE.file_name, problems)
    problems.raise_if_any()
    return SurveyCounts(replace(cells, set_aside=count), rows, records, copies)


def read_estimates(folder: Path) -> tuple[EstimateRow, ...]:
    """The estimates of a folder. Raises ProblemsFound."""
    problems = Problems()
    content = read_bytes(folder / ESTIMATES_FILE, f"{folder.name}/{ESTIMATES_FILE}", problems, limit=SIZE_LIMIT)
    rows = ESTIMATES.read_csv(content, ESTIMATES_FILE, problems) if content is not None else ()
    problems.raise_if_any()
    return rows


def read_survey(folder: Path) -> SurveyFolder:
    """All that a folder of estimates holds. Raises ProblemsFound."""
    rows = read_estimates(folder)

    def where(name: str) -> Path | None:
        return folder / name if (folder / name).is_file() else None

    inputs = read_inputs(folder / DESIGN_FILE, where(QUESTIONNAIRE_FILE), where(UNITS_FILE))
    settings = _settings(folder)
    counts = read_counts(folder, inputs.design, inputs.under(settings)[1])
    return SurveyFolder(folder.name, inputs, settings, counts, rows)


def _settings(folder: Path) -> Settings:
    place = Place(f"{folder.name}/{SUMMARY_FILE}")
    try:
        told: dict[str, Any] = json.loads((folder / SUMMARY_FILE).read_bytes())["settings"]
        return Settings(**{**told, "tables": tuple(tuple(each) for each in told["tables"])})
    except (ValueError, KeyError, TypeError):
        problems = Problems()
        problems.add(CELLS_DIFFER, place)
        problems.raise_if_any()
        raise
