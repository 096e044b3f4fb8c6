"""After the catalogue has come: which imported records name a procedure that it does not have. Nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from parindex.language import Text
from parindex.records.checking import distinct_pairs
from parindex.records.importing import catalogue_of
from parindex.records.journal import record_set
from parindex.tables.columns import Column, TableSpec
from parindex.tables.record_tables import SOURCE_ROW, RecordTable


class UnknownProcedure(NamedTuple):
    """A procedure that the catalogue of its unit does not have: how many records name it, and the first of them."""

    unit: str
    procedure: str
    records: int
    first_source: str
    first_row: int


UNKNOWN_PROCEDURES = TableSpec(
    "unknown_procedures",
    UnknownProcedure,
    key=("unit", "procedure"),
    says=Text("Thủ tục có hồ sơ nhưng không có trong danh mục", "Procedures of records that the catalogue lacks"),
    columns=(
        Column("unit", "text", Text("mã đơn vị", "code of the unit")),
        Column("procedure", "text", Text("mã thủ tục", "code of the procedure")),
        Column("records", "whole", Text("số bản ghi", "number of records")),
        Column("first_source", "text", Text("tệp gốc của bản ghi đầu tiên", "source of the first record")),
        Column("first_row", "whole", Text("hàng của bản ghi đó", "row of that record")),
    ),
)


class CatalogueCheck(NamedTuple):
    """`unknown` by unit and code; `without`: units without any catalogue, with their numbers of records."""

    rows: int
    unknown: tuple[UnknownProcedure, ...]
    without: Mapping[str, int]


def check_catalogue(folder: Path, table: RecordTable) -> CatalogueCheck:
    """Hold the records of a table against the catalogue as it is now. Raises ProblemsFound (nothing imported)."""
    import numpy as np
    from pyarrow import parquet

    records = record_set(folder, table, verify=False)
    known = catalogue_of(folder)
    source_of = dict(zip(records.files, _sources(folder, table), strict=True))
    counts: Counter[tuple[str, str]] = Counter()
    without: Counter[str] = Counter()
    first: dict[tuple[str, str], tuple[str, int]] = {}
    for path in records.files:
        part = parquet.read_table(path, columns=["unit", "procedure", SOURCE_ROW])
        pairs, of_row = distinct_pairs(part["unit"].combine_chunks(), part["procedure"].combine_chunks())
        _, first_at = np.unique(of_row, return_index=True)
        rows = part[SOURCE_ROW].to_numpy()
        for number, count in enumerate(np.bincount(of_row, minlength=len(pairs)).tolist()):
            unit, code = (str(each) for each in pairs[number])
            if unit not in known:
                without[unit] += count
            elif code not in known[unit]:
                counts[unit, code] += count
                first.setdefault((unit, code), (source_of[path], int(rows[first_at[number]])))
    unknown = tuple(UnknownProcedure(*pair, count, *first[pair]) for pair, count in sorted(counts.items()))
    return CatalogueCheck(records.rows, unknown, dict(sorted(without.items())))


def _sources(folder: Path, table: RecordTable) -> list[str]:
    from parindex.problems import Problems
    from parindex.records.journal import read_journal

    return [source.name for source, _ in read_journal(folder, table, Problems()).parts]
