"""Movement: change of value and of places since the last comparable edition, never across a break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from parindex.language import Text
from parindex.programme.edition import Edition, UnitList
from parindex.programme.units import UnitChange, predecessors
from parindex.tables.flow import Movement, Rank

NOTES: Mapping[str, Text] = {
    "break": Text("không so sánh: {note}", "not comparable: {note}"),
    "merged": Text(
        "đơn vị mới hình thành; nêu từng đơn vị cũ, không so sánh",
        "a new unit; its predecessors are shown, not compared",
    ),
    "not_published": Text("năm trước không công bố giá trị", "no value of that edition was published"),
}


class PastResult(NamedTuple):
    """A value or rank of an earlier edition, as published."""

    edition: str
    unit: str
    value: Decimal | None
    rank: int | None
    basis: str


def movements(
    *, edition: Edition, unit_list: UnitList, ranks: Sequence[Rank], history: Sequence[PastResult]
) -> tuple[Movement, ...]:
    """One row for each unit and predecessor that has a result in the edition compared with.

    Changes are differences of printed values, in percent points, and of places (36 to 33 is +3). A unit that was
    merged or split since then gets its predecessors side by side without a change.
    """
    comparison = edition.comparison
    if comparison is None:
        return ()
    past = {row.unit: row for row in history if row.edition == comparison.edition}
    rows: list[Movement] = []
    for row in ranks:
        changes = _changes(edition, row.unit, comparison.edition)
        merged = len(changes) > 1 or any(change.change in ("merged", "split") for change in changes)
        for predecessor in [change.predecessor for change in changes] or [row.unit]:
            before = past.get(predecessor)
            if before is None:
                continue
            comparable = comparison.comparable and not merged
            note = None if comparable else "merged" if merged else "break"
            change = before.value is not None and row.value is not None and comparable
            places = before.rank is not None and row.rank is not None and comparable
            rows.append(
                Movement(
                    edition.code,
                    unit_list.code,
                    row.unit,
                    comparison.edition,
                    predecessor,
                    before.value,
                    row.value - before.value if change and row.value is not None and before.value is not None else None,
                    before.rank,
                    before.rank - row.rank if places and row.rank is not None and before.rank is not None else None,
                    comparable,
                    note if note else ("not_published" if before.value is None else None),
                )
            )
    return tuple(rows)


def _changes(edition: Edition, unit: str, since: str) -> tuple[UnitChange, ...]:
    """What became `unit` between the end of the year compared with and this edition."""
    year = "".join(mark for mark in since[:4] if mark.isdigit())
    if len(year) != 4:
        return ()
    return predecessors(edition.unit_changes, unit, date(int(year), 12, 31), edition.as_of)
