"""Records invented by DuckDB itself: dossiers of any number, made part by part and never rows in Python.

Chance is a hash of (key of the unit, number of the row), written out in SQL with whole numbers, so that neither the
number of threads nor the version of DuckDB changes a row. What must be counted exactly is no chance: a permutation
of the row numbers says who is late, who filed online, who paid online.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from math import gcd
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from parindex.tables.record_tables import (
    DECIMAL_PLACES,
    DOSSIERS,
    SOURCE_ROW,
    RecordColumn,
    RecordTable,
    RecordType,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEVELS: Final = ("province", "district", "commune")

STATES: Final = (
    "on_time_carried",  # received the year before, settled on time in the year
    "late_carried",
    "late",  # received and settled in the year
    "on_time",
    "no_limit",  # settled, of a procedure without time limit
    "not_due",  # not settled at the end of the year, due after it
    "overdue",  # not settled at the end of the year, due before it
    "before",  # received and settled the year before
)
"""What became of a dossier by the end of the year. Neighbours here can be counted together: late ones, those settled
in the year (up to `no_limit`), those received in it (`late` to `overdue`)."""

ROWS_OF_PART: Final = 250_000
LONGEST_LIMIT: Final = 60
"""The longest time limit, in working days: with it every dossier finds its place within two years."""

_LATEST: Final = 26  # working days late, at most
_OPEN_SINCE: Final = 45  # working days overdue at the end of the year, at most
_WORD: Final = 0xFFFFFFFF
_SLOTS: Final = 1024
_SEATS_OF_LEVEL: Final = 1000  # more than a level has offices
_SEATS: Final = _SEATS_OF_LEVEL * len(LEVELS)
_PROCEDURES: Final = 1 << 16  # more than a unit has procedures of a kind
_KINDS: Final = 4 * len(LEVELS)


class Season(NamedTuple):
    """When dossiers of a kind come in: a weight for every working day of the year."""

    name: str
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days in order; `year_start` is the place of the first one of the year, `year_end` of the last."""

    days: tuple[date, ...]
    year_start: int
    year_end: int


@dataclass(frozen=True, slots=True)
class MadeUnit:
    """One unit to make: how many dossiers in each state and level, and how many of them have which quality.

    `cells` by state, then by level. `apologies` of the late ones settled in the year; `of_online_procedures` and
    `with_fee` of those received in the year, `submitted_online` and `paid_online` of these; `digitised` of
    `digitised_known` of those settled in the year. `offices` by level, without the province's departments: these
    follow from the procedure. `late_season` names the season of late dossiers.
    """

    unit: str
    key: int
    cells: tuple[tuple[int, int, int], ...]
    apologies: int
    of_online_procedures: int
    submitted_online: int
    with_fee: int
    paid_online: int
    digitised_known: int
    digitised: int
    offices: Mapping[str, tuple[str, ...]]
    late_season: str

    def __post_init__(self) -> None:
        assert len(self.cells) == len(STATES), self.unit
        assert all(count >= 0 for state in self.cells for count in state), self.unit
        assert 0 <= self.apologies <= self.between("late_carried", "late"), self.unit
        assert 0 <= self.submitted_online <= self.of_online_procedures <= self.received, self.unit
        assert 0 <= self.paid_online <= self.with_fee <= self.received, self.unit
        assert 0 <= self.digitised <= self.digitised_known <= self.settled, self.unit

    def before(self, state: str) -> int:
        """Dossiers in the states that come before this one."""
        return sum(sum(counts) for counts in self.cells[: STATES.index(state)])

    def between(self, first: str, last: str) -> int:
        """Dossiers in the states from `first` to `last`, both included."""
        return sum(sum(counts) for counts in self.cells[STATES.index(first) : STATES.index(last) + 1])

    @property
    def rows(self) -> int:
        return sum(sum(counts) for counts in self.cells)

    @property
    def received(self) -> int:
        return self.between("late", "overdue")

    @property
    def settled(self) -> int:
        return self.between("on_time_carried", "no_limit")


_SQL_TYPES: Final[Mapping[RecordType, str]] = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "choice": "VARCHAR",
    "date": "DATE",
    "whole": "BIGINT",
    "decimal": f"DECIMAL(18,{DECIMAL_PLACES})",
    "flag": "BOOLEAN",
}


def part_name(number: int) -> str:
    """Parts are named as an import names them, from 1."""
    return f"part-{number:06d}.parquet"


@contextmanager
def _connection() -> Iterator[DuckDBPyConnection]:
    """One thread: a part is then the same bytes whatever runs beside it."""
    import duckdb

    connection = duckdb.connect(":memory:")
    overflow = tempfile.TemporaryDirectory(prefix="parindex-")
    try:
        connection.execute("SET temp_directory = $folder", {"folder": overflow.name})
        for setting in (
            "threads = 1",
            "enable_progress_bar = false",
            "autoinstall_known_extensions = false",
            "memory_limit = '1GB'",
        ):
            connection.execute(f"SET {setting}")
        yield connection
    finally:
        connection.close()
        overflow.cleanup()


def _text(value: str | Path) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _typed(column: RecordColumn, name: str | None = None) -> str:
    return f'CAST("{name or column.name}" AS {_SQL_TYPES[column.type]}) AS "{column.name}"'


def _copy(connection: DuckDBPyConnection, query: str, file: Path, label: str) -> None:
    """Write the rows of a query in its order, each with its number as the row of its source."""
    numbered = f"SELECT *, row_number() OVER () AS {SOURCE_ROW} FROM ({query})"
    options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{simulated: {_text(label)}}}"
    connection.execute(f"COPY ({numbered}) TO {_text(file)} ({options})")


def write_rows(table: RecordTable, csv: Path, file: Path, *, label: str) -> None:
    """A record table as Parquet from a CSV file of its own columns, in the order of its rows; empty cells are null.

    `label` is kept in the metadata of the file.
    """
    with _connection() as connection:
        columns = ", ".join(_typed(column) for column in table.columns)
        _copy(connection, f"SELECT {columns} FROM {_csv(csv)}", file, label)


def _csv(file: Path) -> str:
    return f"read_csv({_text(file)}, all_varchar = true, header = true, delim = ',', quote = '\"', nullstr = '')"


class ExportColumn(NamedTuple):
    """A column of an export: its heading there, and what stands for each code (of a choice, or `true` and `false`)."""

    name: str
    heading: str
    words: Mapping[str, str] = {}


def export_units(
    table: RecordTable, parts: Sequence[Path], columns: Sequence[ExportColumn], files: Mapping[str, Path]
) -> Iterator[str]:
    """The records of each unit as a CSV file as an office would send it; yields the units whose file is written.

    Days as dd/mm/yyyy, decimal commas, words for codes, empty cells for what is null; in the order in which the
    records were made.
    """
    with _connection() as connection:
        chosen = ", ".join(f"{_exported(table, column)} AS {_name(column.heading)}" for column in columns)
        listed = "[" + ", ".join(_text(part) for part in parts) + "]"
        for unit, file in files.items():
            connection.execute(
                f"COPY (SELECT {chosen} FROM read_parquet({listed}) WHERE unit = {_text(unit)})"
                f" TO {_text(file)} (FORMAT csv, HEADER true, NULLSTR '', DELIMITER ',')"
            )
            yield unit


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _exported(table: RecordTable, column: ExportColumn) -> str:
    kind = table.column(column.name).type
    value = _name(column.name)
    if kind == "date":
        return f"strftime({value}, '%d/%m/%Y')"
    if kind == "decimal":
        return f"replace(rtrim(rtrim({value}::VARCHAR, '0'), '.'), '.', ',')"
    if column.words:
        cases = " ".join(f"WHEN {_text(code)} THEN {_text(word)}" for code, word in column.words.items())
        return f"CASE {value}::VARCHAR {cases} ELSE {value}::VARCHAR END"
    return value


@dataclass(frozen=True, slots=True)
class Making:
    """What all parts share: the catalogue as Parquet, the department of each procedure code, calendar and seasons.

    The seasons `plain`, `online` and `counter` must be there, beside those that units name.
    """

    procedures: Path
    departments: Mapping[str, str]
    calendar: Calendar
    seasons: tuple[Season, ...]
    label: str


class _Slice(NamedTuple):
    unit: MadeUnit
    first: int
    last: int


def write_dossiers(
    units: Sequence[MadeUnit],
    making: Making,
    folder: Path,
    *,
    threads: int = 2,
    rows_of_part: int = ROWS_OF_PART,
    progress: Callable[[str, int, int], None] = lambda step, done, total: None,
) -> tuple[int, ...]:
    """Write `part-000001.parquet` and so on into `folder`, which must be there and empty; return the rows of each.

    The same units and making give the same bytes for every number of threads. Memory is that of `threads` parts.
    ValueError where a unit has dossiers for which its catalogue has no procedure.
    """
    parts = list(_parts(units, rows_of_part))
    total = sum(unit.rows for unit in units)
    done = 0
    with ThreadPoolExecutor(max_workers=max(threads, 1)) as workers:
        waiting: dict[Future[None], int] = {}
        try:
            for number, part in enumerate(parts, start=1):
                if len(waiting) > threads:
                    done += _ended(waiting)
                    progress(f"{done}", done, total)
                task = workers.submit(_write_part, part, making, folder / part_name(number))
                waiting[task] = sum(each.last - each.first for each in part)
            while waiting:
                done += _ended(waiting)
                progress(f"{done}", done, total)
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise
    return tuple(sum(each.last - each.first for each in part) for part in parts)


def _ended(waiting: dict[Future[None], int]) -> int:
    ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
    rows = 0
    for task in ended:
        rows += waiting.pop(task)
        task.result()
    return rows


def _parts(units: Sequence[MadeUnit], most: int) -> Iterator[list[_Slice]]:
    """Units in order, several small ones together, a great one cut into pieces of about one size."""
    part: list[_Slice] = []
    held = 0
    for unit in units:
        pieces = -(-unit.rows // most)
        if part and (pieces > 1 or held + unit.rows > most):
            yield part
            part, held = [], 0
        for piece in range(pieces):
            part.append(_Slice(unit, unit.rows * piece // pieces, unit.rows * (piece + 1) // pieces))
            held += part[-1].last - part[-1].first
            if piece < pieces - 1:
                yield part
                part, held = [], 0
    if part:
        yield part


def _write_part(part: Sequence[_Slice], making: Making, file: Path) -> None:
    with _connection() as connection:
        _shared_tables(connection, making, part)
        # One query for all units: to plan it takes longer than to make the rows of a small one.
        columns = ", ".join(f'"{column.name}"' for column in DOSSIERS.columns)
        made = f"SELECT {columns} FROM ({_dossiers(making)}) ORDER BY place, received_on, i"
        _copy(connection, made, file, making.label)


# --- tables a part looks up


def _shared_tables(connection: DuckDBPyConnection, making: Making, part: Sequence[_Slice]) -> None:
    """`pieces` has what differs from unit to unit; `place` is the number of a piece, which has a unit of its own."""
    units = [each.unit for each in part]
    pieces = [
        {"place": place, "first": each.first, "last": each.last, **_figures_of(each.unit, making)}
        for place, each in enumerate(part)
    ]
    values = ", ".join(
        f"({_text(each.unit)}, {', '.join(str(number) for number in piece.values())})"
        for each, piece in zip(units, pieces, strict=True)
    )
    names = ", ".join(f"{name}::BIGINT AS {name}" for name in pieces[0])
    connection.execute(
        f"CREATE TEMP TABLE pieces AS SELECT unit, {names} FROM (VALUES {values}) AS v(unit, {', '.join(pieces[0])})"
    )
    calendar = making.calendar
    connection.execute(
        "CREATE TEMP TABLE days AS SELECT (row_number() OVER () - 1 - $start)::INTEGER AS w, day,"
        " strftime(day, '%y%m%d') AS short FROM (SELECT unnest($days) AS day)",
        {"start": calendar.year_start, "days": list(calendar.days)},
    )
    slots = [
        (number * _SLOTS + slot, place)
        for number, season in enumerate(making.seasons)
        for slot, place in enumerate(_spread(season.weights))
    ]
    connection.execute(
        "CREATE TEMP TABLE seasons AS SELECT unnest($keys)::INTEGER AS season, unnest($days)::INTEGER AS w0",
        {"keys": [key for key, _ in slots], "days": [place for _, place in slots]},
    )
    connection.execute(
        "CREATE TEMP TABLE departments AS SELECT unnest($codes) AS procedure, unnest($names) AS department",
        {"codes": list(making.departments), "names": list(making.departments.values())},
    )
    levels = " ".join(f"WHEN '{level}' THEN {number}" for number, level in enumerate(LEVELS))
    connection.execute(
        f"""
        CREATE TEMP TABLE catalogue AS
        SELECT place, kind, procedure, days, department,
               row_number() OVER (PARTITION BY place, kind ORDER BY procedure) - 1 AS number
        FROM (
            SELECT place, p.procedure, department,
                   ceil(coalesce(limit_days_cut, limit_days))::INTEGER AS days,
                   (CASE level {levels} END * 4
                    + coalesce(online_service IN ('partial', 'full'), false)::INTEGER * 2
                    + (limit_days IS NOT NULL)::INTEGER)::INTEGER AS kind
            FROM read_parquet({_text(making.procedures)}) p
            JOIN pieces ON pieces.unit = p.unit LEFT JOIN departments d ON d.procedure = p.procedure
        )
        """
    )
    connection.execute(
        "CREATE TEMP TABLE kinds AS SELECT place, kind, count(*) AS of_kind FROM catalogue GROUP BY place, kind"
    )
    _check_kinds(connection, units)
    seats = [
        (place * _SEATS + level * _SEATS_OF_LEVEL + number, office)
        for place, unit in enumerate(units)
        for level, name in enumerate(LEVELS)
        for number, office in enumerate(unit.offices.get(name, ()))
    ]
    connection.execute(
        "CREATE TEMP TABLE seats AS SELECT unnest($seats)::BIGINT AS seat, unnest($offices) AS office",
        {"seats": [seat for seat, _ in seats], "offices": [office for _, office in seats]},
    )


def _check_kinds(connection: DuckDBPyConnection, units: Sequence[MadeUnit]) -> None:
    """Every unit has procedures of each kind (level, offered online, with a time limit) that its dossiers need."""
    found = set(connection.execute("SELECT place, kind FROM kinds").fetchall())
    no_limit = STATES.index("no_limit")
    for place, unit in enumerate(units):
        for level, name in enumerate(LEVELS):
            for limited in (True, False):
                here = sum(counts[level] for at, counts in enumerate(unit.cells) if (at != no_limit) == limited)
                if here and not all((place, level * 4 + offered * 2 + limited) in found for offered in (0, 1)):
                    raise ValueError(f"{unit.unit}: no procedure of every kind at level {name}")


def _spread(weights: Sequence[float]) -> list[int]:
    """For each of the slots the place of a working day, so that days have slots in proportion to their weights."""
    whole = sum(weights)
    places = []
    place, reached = 0, weights[0]
    for slot in range(_SLOTS):
        while reached < whole * (slot + 0.5) / _SLOTS and place < len(weights) - 1:
            place += 1
            reached += weights[place]
        places.append(place)
    return places


# --- one unit


def _steps(chance: random.Random, count: int) -> tuple[int, int]:
    """Two numbers a and b for which (a × i + b) mod `count` is a permutation of 0 … `count` − 1."""
    if count < 3:
        return 1, 0
    while True:
        step = chance.randrange(1, count)
        if gcd(step, count) == 1:
            return step, chance.randrange(count)


_RANKS: Final = {
    "online": ("late", "overdue"),
    "fee": ("late", "overdue"),
    "digitised": ("on_time_carried", "no_limit"),
    "apology": ("late_carried", "late"),
}
"""What is decided by the rank of a dossier among those in the states from the first to the last."""


def _figures_of(unit: MadeUnit, making: Making) -> Mapping[str, int]:
    """The whole numbers in which the query of `_dossiers` differs from unit to unit, by name."""
    chance = random.Random(unit.key)
    step, shift = _steps(chance, unit.rows)
    figures = {"key": unit.key, "unit_rows": unit.rows, "step": step, "shift": shift}
    reached = 0
    for cell, count in enumerate(count for state in unit.cells for count in state):
        reached += count
        figures[f"below_{cell}"] = reached
    for name, (first, last) in _RANKS.items():
        count = unit.between(first, last)
        figures[f"{name}_start"], figures[f"{name}_count"] = unit.before(first), count
        figures[f"{name}_step"], figures[f"{name}_shift"] = _steps(chance, count) if count else (1, 0)
    seasons = [season.name for season in making.seasons]
    return figures | {
        "of_online": unit.of_online_procedures,
        "submitted": unit.submitted_online,
        "with_fee": unit.with_fee,
        "paid": unit.paid_online,
        "digitised_known": unit.digitised_known,
        "digitised": unit.digitised,
        "apologies": unit.apologies,
        "late_season": seasons.index(unit.late_season),
        "district_offices": len(unit.offices["district"]),
        "commune_offices": len(unit.offices["commune"]),
        "applicants": min(unit.rows // 3 + 1, 20_000),
    }


def _ranked(name: str) -> str:
    """SQL of the rank of a row among those of `_RANKS`; null for the others."""
    start, count = f"{name}_start", f"{name}_count"
    return (
        f"CASE WHEN j >= {start} AND j < {start} + {count}"
        f" THEN ((j - {start}) * {name}_step + {name}_shift) % {count} END AS {name}_rank"
    )


def _mixed(columns: Sequence[str], source: str) -> str:
    """SQL that hashes whole numbers of 32 bits in these columns: the last step of MurmurHash3, by Austin Appleby."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        made = ", ".join(f"(xor({x}, {x} >> {shift}) * {factor}::UBIGINT) & {_WORD}::UBIGINT AS {x}" for x in columns)
        source = f"SELECT * REPLACE ({made}) FROM ({source})"
    return f"SELECT * REPLACE ({', '.join(f'xor({x}, {x} >> 16)::BIGINT AS {x}' for x in columns)}) FROM ({source})"


_DRAWS: Final = ("x1", "x2", "x3", "x4", "x5", "x6")


def _dossiers(making: Making) -> str:
    """SQL of the rows of all pieces, with the columns of DOSSIERS after `place` and `i`."""
    draws = ", ".join(
        f"xor((i * 8 + {number})::UBIGINT & {_WORD}::UBIGINT, key::UBIGINT) AS {x}" for number, x in enumerate(_DRAWS)
    )
    numbers = (
        "SELECT *, (i * step + shift) % unit_rows AS j FROM (SELECT *, unnest(range(first, last)) AS i FROM pieces)"
    )
    hashed = _mixed(_DRAWS, f"SELECT *, {draws} FROM ({numbers})")

    # Which state and level: the row's place among all, against the sums of the cells.
    cells = range(len(STATES) * len(LEVELS))
    branches = " ".join(f"WHEN j < below_{cell} THEN {cell}" for cell in cells)
    ranked = f"SELECT *, CASE {branches} END AS cell, {', '.join(_ranked(name) for name in _RANKS)} FROM ({hashed})"
    known = f"""
        SELECT *, cell // 3 AS state, cell % 3 AS level,
            CASE WHEN online_rank IS NULL THEN (x1 & 255) < 150 ELSE online_rank < of_online END
                AS offered,
            CASE WHEN online_rank IS NULL THEN (x1 & 255) < 80 ELSE online_rank < submitted END
                AS online
        FROM ({ranked})
    """
    seasons = {season.name: number for number, season in enumerate(making.seasons)}
    late = f"state IN ({STATES.index('late')}, {STATES.index('late_carried')}, {STATES.index('overdue')})"
    no_limit = STATES.index("no_limit")
    chosen = f"""
        SELECT *, level * 4 + offered::INTEGER * 2 + (state <> {no_limit})::INTEGER AS kind, {late} AS late,
            ((x2 >> 16) & {_SLOTS - 1}) + {_SLOTS} * CASE
                WHEN {late} THEN late_season
                WHEN online THEN {seasons["online"]}
                WHEN offered THEN {seasons["counter"]}
                ELSE {seasons["plain"]} END AS season
        FROM ({known})
    """
    # Some procedures are asked for far more than others; late ones gather in other procedures and offices.
    drawn = "((x2 & 65535) * (x2 & 65535) * (x2 & 65535) * k.of_kind) >> 48"
    pointed = f"""
        SELECT c.*, CASE WHEN late THEN k.of_kind - 1 - ({drawn}) ELSE {drawn} END AS number
        FROM ({chosen}) c JOIN kinds k ON k.place * {_KINDS} + k.kind = c.place * {_KINDS} + c.kind
    """
    end = making.calendar.year_end - making.calendar.year_start
    # e: working days from receipt to result; u, v: draws of 16 bits.
    timed = f"""
        SELECT c.*, p.procedure, p.days, p.department, s.w0, (x3 & 65535) AS u,
            CASE state
                WHEN {STATES.index("on_time_carried")} THEN 1 + (((x3 >> 16) * p.days) >> 16)
                WHEN {STATES.index("late_carried")} THEN p.days + 1 + (((x3 >> 16) * (x3 >> 16) * {_LATEST}) >> 32)
                WHEN {STATES.index("late")} THEN p.days + 1 + (((x3 >> 16) * (x3 >> 16) * {_LATEST}) >> 32)
                WHEN {STATES.index("on_time")} THEN ((x3 >> 16) * (p.days + 1)) >> 16
                WHEN {no_limit} THEN ((x3 >> 16) * 30) >> 16
                WHEN {STATES.index("before")} THEN ((x3 >> 16) * (p.days + 1)) >> 16
            END AS e
        FROM ({pointed}) c
        JOIN catalogue p ON (p.place * {_KINDS} + p.kind) * {_PROCEDURES} + p.number
            = (c.place * {_KINDS} + c.kind) * {_PROCEDURES} + c.number
        JOIN seasons s ON s.season = c.season
    """
    carried = f"{STATES.index('on_time_carried')}, {STATES.index('late_carried')}"
    placed = f"""
        SELECT *, CASE
            WHEN state IN ({carried}) THEN -1 - ((u * e) >> 16)
            WHEN state = {STATES.index("before")} THEN -1 - e - ((u * 40) >> 16)
            WHEN state = {STATES.index("not_due")} THEN {end} - ((u * days) >> 16)
            WHEN state = {STATES.index("overdue")} THEN {end} - days - 1 - ((u * {_OPEN_SINCE}) >> 16)
            WHEN w0 + e <= {end} THEN w0
            ELSE w0 - e END AS w
        FROM ({timed})
    """
    # Results are handed over within a few days, and within the year in which they were made.
    handed = f"""
        SELECT *, CASE WHEN e IS NOT NULL THEN
            least(w + e + CASE WHEN x4 & 7 < 5 THEN 0 ELSE (x4 >> 3) & 3 END,
                  CASE WHEN state = {STATES.index("before")} THEN -1 ELSE {end} END) END AS back
        FROM ({placed})
    """
    offices = f"""
        SELECT h.*, CASE WHEN level = 0 THEN h.unit || '.' || department ELSE o.office END AS office
        FROM (SELECT *, place * {_SEATS} + level * {_SEATS_OF_LEVEL} + CASE level
                    WHEN 1 THEN {_office_number("district")} WHEN 2 THEN {_office_number("commune")} ELSE 0 END AS seat
              FROM ({handed})) h
        LEFT JOIN seats o ON o.seat = h.seat
    """
    level_names = " ".join(f"WHEN {number} THEN '{level}'" for number, level in enumerate(LEVELS))
    values = {
        "unit": "r.unit",
        "office": "office",
        "level": f"CASE level {level_names} END",
        "dossier": "office || '-' || received.short || '-' || lpad(i::VARCHAR, 7, '0')",
        "procedure": "procedure",
        "received_on": "received.day",
        "due_on": "due.day",
        "settled_on": "settled.day",
        "returned_on": "handed_over.day",
        "channel": "CASE WHEN online THEN 'online' WHEN NOT offered AND (x5 & 31) = 0 THEN NULL"
        " WHEN (x5 >> 5) & 7 = 0 THEN 'post' ELSE 'counter' END",
        "payment": "CASE WHEN fee_rank < paid THEN 'online'"
        " WHEN fee_rank < with_fee THEN 'cash'"
        " WHEN (x5 >> 8) & 31 = 0 THEN NULL ELSE 'none' END",
        "digitised": "CASE WHEN digitised_rank < digitised THEN true"
        " WHEN digitised_rank < digitised_known THEN false END",
        "apology": f"CASE WHEN apology_rank IS NOT NULL THEN apology_rank < apologies"
        f" WHEN state = {STATES.index('overdue')} AND (x5 >> 13) & 1 = 0 THEN (x5 >> 14) & 1 = 0 END",
        "applicant": "CASE WHEN (x6 & 15) > 0 THEN 'Người nộp mô phỏng ' || person END",
        "applicant_number": "CASE WHEN (x6 & 15) > 2 THEN 'mô phỏng ' || person END",
        "applicant_phone": "CASE WHEN (x6 & 15) > 5 THEN 'số mô phỏng ' || person END",
    }
    assert list(values) == [column.name for column in DOSSIERS.columns]
    chosen_columns = ", ".join(f'{value} AS "{name}"' for name, value in values.items())
    return f"""
        SELECT place, i, {chosen_columns}
        FROM (SELECT *, lpad((((x6 >> 8) * applicants) >> 24)::VARCHAR, 6, '0') AS person
              FROM ({offices})) r
        JOIN days AS received ON received.w = r.w
        LEFT JOIN days AS due ON due.w = r.w + r.days
        LEFT JOIN days AS settled ON settled.w = r.w + r.e
        LEFT JOIN days AS handed_over ON handed_over.w = r.back
    """


def _office_number(level: str) -> str:
    """SQL of the number of an office: few have most dossiers, and late ones gather in others."""
    many = f"{level}_offices"
    drawn = f"((x4 >> 16) * (x4 >> 16) * {many}) >> 32"
    return f"CASE WHEN late THEN ({many} - 1 - ({drawn})) ELSE {drawn} END"
