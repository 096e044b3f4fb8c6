"""The same record is found wherever it stands, however the parts and pieces are cut."""

from __future__ import annotations

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from parindex.records.checking import part_schema
from parindex.records.keys import as_bytes, find_again, fingerprints
from parindex.tables.record_tables import PROCEDURES, SOURCE_ROW

Record = tuple[str, str, str | None, Decimal | None, int | None, bool | None, date | None]

TEXTS = st.sampled_from(["", "a", "b", "ab", "ba", "đ", "d" * 200, "d" * 199 + "e", "e" + "d" * 199])
RECORDS = st.tuples(
    st.sampled_from(["P01", "P10"]),
    TEXTS,
    st.none() | TEXTS,
    st.none() | st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(-1), Decimal("12345678901.2345")]),
    st.none() | st.integers(0, 2),
    st.none() | st.booleans(),
    st.none() | st.dates(date(2023, 1, 1), date(2023, 1, 3)),
)


def part_of(records: list[Record], first_row: int) -> pa.Table:
    schema = part_schema(PROCEDURES)
    rows = [
        {
            **dict.fromkeys(schema.names),
            "unit": unit,
            "procedure": code,
            "name": "x",
            "field": "y",
            "level": "province",
            "decision": decision,
            "limit_days": limit,
            "steps": steps,
            "simplification_proposed": proposed,
            "posted_on": posted,
            SOURCE_ROW: first_row + at,
        }
        for at, (unit, code, decision, limit, steps, proposed, posted) in enumerate(records)
    ]
    return pa.Table.from_pylist(rows, schema=schema)


@given(st.lists(st.lists(RECORDS, max_size=12), min_size=1, max_size=5), st.integers(0, 5), st.integers(1, 40))
def test_what_stands_again_is_found(parts: list[list[Record]], old: int, piece_rows: int) -> None:
    before = min(old, len(parts))
    expected = {}
    first: dict[tuple[str, str], tuple[Record, int, int]] = {}
    row = 2
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, records in enumerate(parts):
            table = part_of(records, row)
            path = Path(folder) / str(number)
            path.write_bytes(as_bytes(fingerprints(table, PROCEDURES)))
            files.append(path)
            for record in records:
                key = record[0], record[1]
                if key not in first:
                    first[key] = record, number, row
                elif number >= before:
                    kept, part, kept_row = first[key]
                    expected[number - before, row] = (kept == record, part, kept_row)
                row += 1
        found = {}
        for piece in find_again(files[:before], files[before:], piece_rows=piece_rows):
            for chunk, at, same, part, kept_row in piece.T.tolist():
                found[chunk, at] = (bool(same), part, kept_row)
    assert found == expected
