"""Invented dossiers and catalogues of many units: any number of rows, and counts that hold exactly.

The counts come first (`RecordCounts`): those of the accepted answers of the simulated national edition, or counts
invented for any number of rows. From them follows how many dossiers are in which state; DuckDB makes the rows.
"""

from __future__ import annotations

import csv
import hashlib
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from parindex.engines.made_records import (
    LEVELS,
    ROWS_OF_PART,
    STATES,
    Calendar,
    MadeUnit,
    Making,
    Season,
    part_name,
    write_dossiers,
    write_rows,
)
from parindex.language import Text
from parindex.simulation.procedure_catalogue import (
    CatalogueCounts,
    check_counts,
    known_procedures,
    procedure_rows,
)
from parindex.tables.record_tables import PROCEDURES

RECORDS_LABEL: Final = Text(
    "Hồ sơ mô phỏng: không có người nộp nào là thật.", "Simulated records: no applicant is a real person."
)


class LevelCounts(NamedTuple):
    """Dossiers with a time limit settled in the year at one level, and those of them on time or early."""

    settled: int
    on_time: int


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """What the records of one unit must count to, for one year.

    `received` in the year; of these `of_online_procedures` are of procedures offered online and `with_fee` cost
    something; `submitted_online` and `paid_online` are parts of those. `apologies` of all late ones.
    `digitised_share` of the results of the year is a share because no line of the index counts it from records.
    """

    levels: Mapping[str, LevelCounts]
    apologies: int
    received: int
    of_online_procedures: int
    submitted_online: int
    with_fee: int
    paid_online: int
    digitised_share: float
    catalogue: CatalogueCounts

    @property
    def unit(self) -> str:
        return self.catalogue.unit

    @property
    def settled(self) -> int:
        return sum(level.settled for level in self.levels.values())

    @property
    def late(self) -> int:
        return sum(level.settled - level.on_time for level in self.levels.values())


# Choices of the generator, as shares of the dossiers settled: received the year before (of those on time, and of the
# late), without time limit, settled the year before and still on file.
_CARRIED, _CARRIED_LATE, _NO_LIMIT, _BEFORE = 0.012, 0.05, 0.01, 0.006
_OVERDUE_OF_OPEN = 0.15
_DIGITISED_KNOWN = 0.97


def check_record_counts(counts: RecordCounts) -> None:
    """ValueError where no records can have these counts."""
    check_counts(counts.catalogue)
    fits = (
        set(counts.levels) == set(LEVELS)
        and all(0 <= level.on_time <= level.settled for level in counts.levels.values())
        and 0 <= counts.apologies <= counts.late
        and counts.settled <= counts.received
        and 0 <= counts.submitted_online <= counts.of_online_procedures <= counts.received
        and 0 <= counts.paid_online <= counts.with_fee <= counts.received
        and 0 <= counts.digitised_share <= 1
    )
    if not fits:
        raise ValueError(f"no records have these counts: {counts}")


def made_unit(counts: RecordCounts, *, seed: int, size: float) -> MadeUnit:
    """How many dossiers are in each state, from what they must count to. `size` says how many offices there are."""
    check_record_counts(counts)
    unit = counts.unit
    chance = random.Random(f"{seed}/{unit}/offices")
    settled = [counts.levels[level].settled for level in LEVELS]
    on_time = [counts.levels[level].on_time for level in LEVELS]
    late = [whole - part for whole, part in zip(settled, on_time, strict=True)]
    carried = [int(number * _CARRIED) for number in on_time]
    carried_late = [int(number * _CARRIED_LATE) for number in late]
    # Received in the year: what was settled but not carried over, what has no limit, and what is still open.
    more = counts.received - counts.settled + sum(carried) + sum(carried_late)
    no_limit = _shared_out(min(int(counts.settled * _NO_LIMIT), more // 2), settled)
    left_open = more - sum(no_limit)
    overdue = _shared_out(int(left_open * _OVERDUE_OF_OPEN), settled)
    not_due = _shared_out(left_open - sum(overdue), settled)
    cells = {
        "on_time_carried": carried,
        "late_carried": carried_late,
        "late": [whole - part for whole, part in zip(late, carried_late, strict=True)],
        "on_time": [whole - part for whole, part in zip(on_time, carried, strict=True)],
        "no_limit": no_limit,
        "not_due": not_due,
        "overdue": overdue,
        "before": [int(number * _BEFORE) for number in settled],
    }
    results = counts.settled + sum(no_limit)
    digitised_known = int(results * _DIGITISED_KNOWN)
    return MadeUnit(
        unit=unit,
        key=int.from_bytes(hashlib.sha256(f"{seed}/{unit}".encode()).digest()[:4], "big"),
        cells=tuple((cells[state][0], cells[state][1], cells[state][2]) for state in STATES),
        apologies=counts.apologies,
        of_online_procedures=counts.of_online_procedures,
        submitted_online=counts.submitted_online,
        with_fee=counts.with_fee,
        paid_online=counts.paid_online,
        digitised_known=digitised_known,
        digitised=int(digitised_known * counts.digitised_share),
        offices={
            "district": tuple(f"{unit}.H{number + 1:02d}" for number in range(_many(chance, 10, size))),
            "commune": tuple(f"{unit}.X{number + 1:03d}" for number in range(_many(chance, 150, size))),
        },
        late_season=f"late_{chance.randint(1, 12)}",
    )


def _many(chance: random.Random, usual: int, size: float) -> int:
    return max(2, round(usual * math.sqrt(min(size, 3.0)) * chance.uniform(0.7, 1.3)))


def _shared_out(whole: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers that add up to `whole`, in proportion to the weights; all on the last when these are nothing."""
    sums = [sum(weights[: at + 1]) for at in range(len(weights))]
    if not sums[-1]:
        return [0] * (len(weights) - 1) + [whole]
    ends = [whole * each // sums[-1] for each in sums]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


# --- counts for any number of rows


def invented_counts(units: Mapping[str, float], *, rows: int, seed: int) -> list[RecordCounts]:
    """Counts of units of the given sizes whose dossiers are `rows` together, exactly."""
    whole = sum(units.values())
    made = []
    before, reached = 0, 0.0
    for unit, size in units.items():
        reached += size
        here = round(rows * min(reached / whole, 1.0)) - before
        before += here
        made.append(_invented(unit, here, random.Random(f"{seed}/{unit}/counts")))
    return made


def _invented(unit: str, rows: int, chance: random.Random) -> RecordCounts:
    """Counts of one unit that has so many dossiers, those settled before the year included."""
    # What `made_unit` adds to those received: a part of the settled, so first a number of settled ones near below.
    shares = {"province": 0.1, "district": 0.27, "commune": 0.63}
    on_time = {level: chance.uniform(0.95, 1) for level in LEVELS}

    def levels(settled: int) -> dict[str, LevelCounts]:
        numbers = _shared_out(settled, [round(shares[level] * 1000) for level in LEVELS])
        return {
            level: LevelCounts(number, min(round(number * on_time[level]), number))
            for level, number in zip(LEVELS, numbers, strict=True)
        }

    settled = int(rows / (1 + _BEFORE + chance.uniform(0.025, 0.05)))
    found = levels(settled)
    carried = sum(
        int(each.on_time * _CARRIED) + int((each.settled - each.on_time) * _CARRIED_LATE) for each in found.values()
    )
    received = rows - carried - sum(int(each.settled * _BEFORE) for each in found.values())
    late = sum(each.settled - each.on_time for each in found.values())
    offered = int(received * chance.uniform(0.6, 0.85))
    fee = int(received * chance.uniform(0.3, 0.5))
    procedures = chance.randint(700, 2000)
    online = int(procedures * chance.uniform(0.4, 0.6))
    due = int(procedures * chance.uniform(0.1, 0.2))
    return RecordCounts(
        levels=found,
        apologies=round(late * chance.uniform(0.8, 1)),
        received=received,
        of_online_procedures=offered,
        submitted_online=int(offered * chance.uniform(0.4, 0.9)),
        with_fee=fee,
        paid_online=int(fee * chance.uniform(0.2, 0.7)),
        digitised_share=chance.uniform(0.4, 0.95),
        catalogue=CatalogueCounts(
            unit,
            procedures=procedures,
            offered_online=online,
            fully_online=int(online * chance.uniform(0.75, 1)),
            to_publish=due,
            published_on_time=int(due * chance.uniform(0.9, 1)),
        ),
    )


# --- days

# First day off for Tết and how many days there are, as announced; other years have none here.
_TET: Final[Mapping[int, tuple[date, int]]] = {
    2021: (date(2021, 2, 10), 7),
    2022: (date(2022, 1, 31), 5),
    2023: (date(2023, 1, 20), 7),
    2024: (date(2024, 2, 8), 7),
    2025: (date(2025, 1, 25), 9),
}
_HOLIDAYS: Final = ((1, 1), (4, 30), (5, 1), (9, 2), (9, 1))


def working_days(year: int) -> list[date]:
    """Working days of a year: no Saturdays, Sundays, public holidays; Tết of the years in which it is known."""
    off = {date(year, month, day) for month, day in _HOLIDAYS}
    if year in _TET:
        first, many = _TET[year]
        off.update(first + timedelta(days=number) for number in range(many))
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    return [day for day in days if day.year == year and day.weekday() < 5 and day not in off]


def calendar_of(year: int) -> Calendar:
    before, during, after = working_days(year - 1), working_days(year), working_days(year + 1)
    return Calendar((*before, *during, *after), len(before), len(before) + len(during) - 1)


# How many dossiers come in, by month: few around Tết, many before the school year and in the last quarter.
_MONTHS: Final = (0.85, 0.7, 1.1, 1.05, 1.0, 1.05, 1.1, 1.2, 1.05, 1.1, 1.1, 0.95)
_WEEKDAYS: Final = (1.25, 1.05, 1.0, 0.95, 0.85)


def seasons_of(year: int) -> tuple[Season, ...]:
    """Seasons of receipt: all, filed online (more and more), filed at the counter, late (around any one month)."""
    days = working_days(year)
    usual = [_MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()] for day in days]
    through = [number / len(days) for number in range(len(days))]

    def bent(weight: Callable[[int], float]) -> tuple[float, ...]:
        return tuple(each * weight(at) for at, each in enumerate(usual))

    def around(month: int) -> Callable[[int], float]:
        return lambda at: 0.6 + max(0.0, 1.6 - 0.8 * min((days[at].month - month) % 12, (month - days[at].month) % 12))

    return (
        Season("plain", tuple(usual)),
        Season("online", bent(lambda at: 0.7 + 0.6 * through[at])),
        Season("counter", bent(lambda at: 1.3 - 0.6 * through[at])),
        *(Season(f"late_{month}", bent(around(month))) for month in range(1, 13)),
    )


# --- files


class WrittenRecords(NamedTuple):
    """How many rows were written of each table, by part."""

    dossiers: tuple[int, ...]
    procedures: tuple[int, ...]


def write_records(
    counts: Sequence[RecordCounts],
    folder: Path,
    *,
    year: int,
    seed: int,
    sizes: Mapping[str, float],
    threads: int = 2,
    rows_of_part: int = ROWS_OF_PART,
    progress: Callable[[str, int, int], None] = lambda step, done, total: None,
) -> WrittenRecords:
    """Write `dossiers/part-*.parquet` and `procedures/part-000001.parquet` into `folder`, which must not hold them.

    The same arguments give the same bytes, whatever `threads`. A unit not in `sizes` has size 1. ValueError where
    counts contradict each other.
    """
    units = [made_unit(each, seed=seed, size=sizes.get(each.unit, 1.0)) for each in counts]
    days = working_days(year)
    for name in ("dossiers", "procedures"):
        (folder / name).mkdir(parents=True)
    catalogue = folder / "procedures" / part_name(1)
    staged = folder / ".procedures.csv"
    try:
        many = _write_csv(
            staged,
            [column.name for column in PROCEDURES.columns],
            (row for each in counts for row in procedure_rows(each.catalogue, year=year, working_days=days, seed=seed)),
        )
        write_rows(PROCEDURES, staged, catalogue, label=RECORDS_LABEL.both())
    finally:
        staged.unlink(missing_ok=True)
    most = max(each.catalogue.procedures for each in counts)
    making = Making(
        procedures=catalogue,
        departments={known.code: known.department for known in known_procedures(most + most // 20)},
        calendar=calendar_of(year),
        seasons=seasons_of(year),
        label=RECORDS_LABEL.both(),
    )
    rows = write_dossiers(
        units, making, folder / "dossiers", threads=threads, rows_of_part=rows_of_part, progress=progress
    )
    return WrittenRecords(rows, (many,))


def _write_csv(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    many = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(["" if value is None else value for value in row])
            many += 1
    return many
