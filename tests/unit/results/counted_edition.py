"""The tiny edition with records: U1 has 12 dossiers of which 7 were on time, U2 one without a due date, U3 none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.unit.records.small_records import MAPPING, dossier, mapping_of, write_csv
from tests.unit.results.tiny_edition import FRAMEWORK, write_edition

from parindex.problems import Problems
from parindex.records.importing import import_records, surroundings
from parindex.results.reading import read_programme
from parindex.tables.record_tables import DOSSIERS

NAMED = "        counted: {numerator: on_time.numerator, denominator: on_time.denominator}\n"
_BEFORE = "        examples:\n          - {given: {numerator: 10, denominator: 10}, points: 3, branch: full}\n"
assert FRAMEWORK.count(_BEFORE) == 1


def framework(counted: str = NAMED) -> str:
    """The tiny framework whose leaf 1.1 names measures."""
    return FRAMEWORK.replace(_BEFORE, counted + _BEFORE)


MEASURES = """\
measures:
  - code: on_time
    name: {vi: "Giải quyết đúng hạn", en: "Settled on time"}
    table: dossiers
    kind: share
    where: ["settled_on between edition.year_start and edition.year_end", "due_on is not empty"]
    of: ["settled_on <= due_on"]
    month: settled_on
  - code: days
    name: {vi: "Số ngày giải quyết", en: "Days to settle"}
    table: dossiers
    kind: median
    where: ["settled_on is not empty"]
    column: settled_on - received_on
"""
DECISIONS = "unit,node,input,round,value,basis,by,at,reason,decision\n"


def dossiers() -> list[list[str]]:
    """7 on time and 5 late for U1; one of U2 has no due date."""
    rows = [dossier(number, unit="U1", settled_on=f"{number + 3:02d}/03/2023") for number in range(7)]
    late = {"settled_on": "28/04/2023", "returned_on": "29/04/2023"}
    rows += [dossier(number, unit="U1", **late) for number in range(7, 12)]
    return [*rows, dossier(20, unit="U2", due_on="")]


def write_counted_edition(
    folder: Path,
    changes: Mapping[str, str | bytes | None] | None = None,
    rows: Sequence[Sequence[str]] | None = None,
) -> Path:
    """The edition, its records imported as an office exported them. `rows` empty: nothing is imported."""
    files = {"framework.yaml": framework(), "records/measures.yaml": MEASURES, "accepted.csv": None, **(changes or {})}
    write_edition(folder, files)
    given = dossiers() if rows is None else rows
    if given:
        problems = Problems()
        edition, _, _ = read_programme(folder, problems, examples=False)
        problems.raise_if_any()
        assert edition is not None
        file = write_csv(folder.parent / f"{folder.name}.csv", given)
        done = import_records(folder, [file], mapping_of(MAPPING), surroundings(folder, edition, DOSSIERS))
        assert not done.problems
        assert done.rows == len(given)
    return folder
