"""What people see of editions: their own work, and the progress of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from parindex.language import Text, fold
from parindex_web import clock
from parindex_web.collect.models import Line
from parindex_web.editions.deadlines import closing
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.moves import STANDINGS


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """One row of the dashboard: where a unit's file stands, and by domain how many lines hold something."""

    unit_file: UnitFile
    standing: Text
    late: bool
    closes_at: datetime | None
    domains: tuple[tuple[int, int], ...]
    filled: int
    lines: int
    disputed: int


def progress_of_units(edition: Edition, domains: tuple[str, ...]) -> list[UnitProgress]:
    """All units x domains: (lines that hold figures or an explanation, lines)."""
    counts: dict[tuple[int, str], tuple[int, int]] = {}
    rows = (
        Line.objects.filter(unit_file__edition=edition)
        .exclude(domain="")
        .values("unit_file", "domain")
        .annotate(lines=Count("pk"), held=Count("pk", filter=Q(version__gt=0)))
    )
    for row in rows:
        counts[(row["unit_file"], row["domain"])] = (row["held"], row["lines"])
    disputed = dict(
        Line.objects.filter(unit_file__edition=edition, replies__isnull=False)
        .values("unit_file")
        .annotate(n=Count("pk", distinct=True))
        .values_list("unit_file", "n")
    )
    found = []
    now = clock.now()
    for unit_file in edition.unit_files.prefetch_related("extensions").select_related("edition"):
        unit_file.edition = edition
        end = closing(unit_file, "self_assessment")
        cells = tuple(counts.get((unit_file.pk, domain), (0, 0)) for domain in domains)
        waiting = unit_file.standing in ("draft", "consolidated")
        found.append(
            UnitProgress(
                unit_file,
                STANDINGS[unit_file.standing],
                waiting and end.passed(now),
                end.at,
                cells,
                sum(held for held, _ in cells),
                sum(lines for _, lines in cells),
                disputed.get(unit_file.pk, 0),
            )
        )
    return found


def wanted(row: UnitProgress, chosen: Mapping[str, str]) -> bool:
    """Whether a unit passes the filters of the dashboard: standing, late or disputed only, a part of its name."""
    if chosen["standing"] and row.unit_file.standing != chosen["standing"]:
        return False
    if (chosen["only"] == "late" and not row.late) or (chosen["only"] == "disputed" and not row.disputed):
        return False
    sought = fold(chosen["search"].strip())
    names = (row.unit_file.unit, row.unit_file.name_vi, row.unit_file.name_en)
    return not sought or any(sought in fold(name) for name in names)


def sorted_rows(rows: list[UnitProgress], sort: str) -> list[UnitProgress]:
    """By what was asked, units in their own order where equal. Least done and most disputed come first."""
    order = list(STANDINGS)
    keys: Mapping[str, Callable[[UnitProgress], tuple[float, ...]]] = {
        "standing": lambda row: (order.index(row.unit_file.standing),),
        "filled": lambda row: (row.filled / row.lines if row.lines else 2,),
        "late": lambda row: (not row.late,),
        "disputed": lambda row: (-row.disputed,),
    }
    key = keys.get(sort)
    if key is None and sort.startswith("domain-") and sort[7:].isdigit():
        at = int(sort[7:])
        key = lambda row: (_share(row, at),)  # noqa: E731
    return sorted(rows, key=lambda row: (*(key(row) if key else ()), row.unit_file.order))


def _share(row: UnitProgress, at: int) -> float:
    held, lines = row.domains[at] if at < len(row.domains) else (0, 0)
    return held / lines if lines else 2
