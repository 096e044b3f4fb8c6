"""The table an appraiser works from: what units claim beside what records count, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from parindex.documents.csv_rows import is_decimal
from parindex.language import Text
from parindex.results.result_tables import ResultTables
from parindex.tables.columns import Column, TableSpec
from parindex.tables.counted import COUNTED
from parindex.tables.flow import ACCEPTED, POINTS_INPUT


class Appraised(NamedTuple):
    """One input of one leaf and unit that records can count."""

    edition: str
    list: str
    unit: str
    node: str
    input: str
    claimed: Decimal | None
    counted: Decimal | None
    difference: Decimal | None
    reason: str | None
    accepted: Decimal | None
    basis: str | None
    decision: str | None
    by: str | None
    measure: str
    part: str


_DECLARED: Final = {column.name: column for spec in (ACCEPTED, COUNTED) for column in spec.columns}

APPRAISAL: TableSpec[Appraised] = TableSpec(
    "appraisal",
    Appraised,
    ("edition", "unit", "node", "input"),
    (
        _DECLARED["edition"],
        Column("list", "text", Text("danh sách xếp hạng", "list that is ranked")),
        *(_DECLARED[name] for name in ("unit", "node", "input", "claimed", "counted", "difference", "reason")),
        Column(
            "accepted",
            "decimal",
            Text("giá trị được chấp nhận", "accepted value"),
            null_means=Text("không có, hoặc điểm do quyết định ấn định", "none, or a decision sets the points"),
        ),
        Column(
            "basis",
            "text",
            Text("căn cứ: answer, records, adjusted, points", "what it rests on"),
            null_means=Text("không có giá trị được chấp nhận", "nothing is accepted"),
        ),
        _DECLARED["decision"],
        _DECLARED["by"],
        *(_DECLARED[name] for name in ("measure", "part")),
    ),
    Text("Tự đánh giá, số đếm, chênh lệch và giá trị được chấp nhận", "Claimed, counted, difference and accepted"),
)


def appraisal_rows(
    result: ResultTables, *, unit: str | None = None, list_code: str | None = None
) -> tuple[Appraised, ...]:
    """Every counted input, the largest difference first; those without one come last, in the order of COUNTED."""
    lists = {member.code: each.code for each in result.edition.lists for member in each.units}
    rows = []
    for row in result.counted:
        if (unit is not None and row.unit != unit) or (list_code is not None and lists[row.unit] != list_code):
            continue
        final = {each.input: each for each in result.accepted_of.get((row.unit, row.node), ()) if each.stage == "final"}
        accepted = final.get(POINTS_INPUT) or final.get(row.input)
        points = accepted is not None and accepted.input == POINTS_INPUT
        has_value = accepted is not None and not points and is_decimal(accepted.value)
        rows.append(
            Appraised(
                edition=row.edition,
                list=lists[row.unit],
                unit=row.unit,
                node=row.node,
                input=row.input,
                claimed=row.claimed,
                counted=row.counted,
                difference=row.difference,
                reason=row.reason,
                accepted=Decimal(accepted.value) if accepted is not None and has_value else None,
                basis=None if accepted is None else POINTS_INPUT if points else accepted.basis,
                decision=accepted.decision if accepted is not None else None,
                by=accepted.by if accepted is not None else None,
                measure=row.measure,
                part=row.part,
            )
        )
    return tuple(sorted(rows, key=_size))


def _size(row: Appraised) -> tuple[bool, Decimal]:
    """The largest difference first, then what has none."""
    return row.difference is None, -abs(row.difference or Decimal(0))


def claims_above(rows: Sequence[Appraised]) -> tuple[str, ...]:
    """The units that claim more than is counted of some input, each once."""
    return tuple(dict.fromkeys(row.unit for row in rows if row.difference is not None and row.difference > 0))
