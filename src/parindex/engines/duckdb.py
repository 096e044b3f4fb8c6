"""Cells of a survey file by DuckDB: Parquet, CSV, or a table in memory (Arrow, pandas, NumPy columns)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from parindex.documents.shapes import guess
from parindex.engines import cells_query as query
from parindex.engines.moment_sums import MomentSums, Numbers, Positions
from parindex.language import nfc
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.survey import mistakes
from parindex.survey.cells import POPULATION_VARIES, Cells, added, blank_cells, cells_header, cells_of_rows, empty_cells
from parindex.survey.design import AnswerItem, SurveyDesign
from parindex.survey.engine import Counted
from parindex.survey.moments import Together
from parindex.survey.records import Digests
from parindex.survey.set_aside import SetAside, set_aside

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

BLOCK: Final = 1 << 18
"""Rows added at once. Sums of a block are made in doubles, exactly: weights are split so that none passes 2^53."""

EXACT_WEIGHT: Final = 1 << 34
"""Weights below this add up exactly over a block in doubles; greater ones are split in two."""

_WHOLE_TYPES = frozenset(
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT", "UHUGEINT")
)


@contextmanager
def _connection(threads: int, memory: str | None) -> Iterator[DuckDBPyConnection]:
    import duckdb

    connection = duckdb.connect(":memory:")
    # What does not fit the memory limit goes to a folder that is gone afterwards, never beside the user's files.
    overflow = tempfile.TemporaryDirectory(prefix="parindex-")
    try:
        connection.execute("SET temp_directory = $folder", {"folder": overflow.name})
        connection.execute(f"SET threads = {int(threads)}")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET autoinstall_known_extensions = false")
        if memory is not None:
            connection.execute("SET memory_limit = $memory", {"memory": memory})
        yield connection
    finally:
        connection.close()
        overflow.cleanup()


def count_file(
    design: SurveyDesign,
    source: Path | Any,
    *,
    threads: int = 2,
    memory: str | None = "256MB",
    together: Together | None = None,
) -> Counted:
    """One file (`.parquet`, else CSV) or table in memory, read once: its cells, what was set aside, its records.

    `memory` bounds what DuckDB keeps in memory, not the cells. With `together`, the cells carry moments. Raises
    ProblemsFound where a column is missing, two differ only in case, or the file cannot be read.
    """
    with _connection(threads, memory) as connection:
        opened = _open(connection, design, source)
        doubles = _find_doubles(connection, design)
        cells = _counted(connection, design, source, *opened, doubles=doubles, together=together)
        bad = _set_aside(connection, design, opened[0], doubles=doubles)
        return Counted(cells, bad, _records(connection, design, opened[0], doubles=doubles))


def cells_of_file(
    design: SurveyDesign,
    source: Path | Any,
    *,
    threads: int = 2,
    memory: str | None = "256MB",
    together: Together | None = None,
) -> Cells:
    """The cells alone, see `count_file`; `added` puts several together.

    Records that cannot be used are left out and counted in `Cells.set_aside`; `records_set_aside` names them.
    """
    with _connection(threads, memory) as connection:
        opened = _open(connection, design, source)
        doubles = _find_doubles(connection, design)
        return _counted(connection, design, source, *opened, doubles=doubles, together=together)


def records_set_aside(
    design: SurveyDesign, source: Path | Any, *, threads: int = 2, memory: str | None = "256MB"
) -> tuple[SetAside, ...]:
    """Every record that cannot be used and every answer that is no valid code, with the reason, in file order."""
    with _connection(threads, memory) as connection:
        types, _ = _open(connection, design, source)
        return _set_aside(connection, design, types, doubles=_find_doubles(connection, design))


def _counted(
    connection: DuckDBPyConnection,
    design: SurveyDesign,
    source: Path | Any,
    types: Mapping[str, query.Type],
    rows: int,
    *,
    doubles: bool,
    together: Together | None,
) -> Cells:
    groups, gids = _groups(connection, design, types, place=_place(source), doubles=doubles)
    found = _answers(connection, design, types, groups, gids, rows, doubles=doubles, together=together)
    cells = added([found])
    return replace(cells, set_aside=rows - cells.respondents)


def _records(
    connection: DuckDBPyConnection, design: SurveyDesign, types: Mapping[str, query.Type], *, doubles: bool
) -> Digests | None:
    """The digests of the records that were counted; None where the design names no records."""
    if design.record is None:
        return None
    sql = _sql(query.counted_records(design, types, doubles=doubles))
    found = connection.execute(f"SELECT DISTINCT digest FROM ({sql}) ORDER BY digest").fetchnumpy()["digest"]
    return np.asarray(np.ma.getdata(found), dtype=np.uint64)


def record_names(design: SurveyDesign, source: Path | Any, digests: Digests) -> tuple[str, ...]:
    """The names of the counted records of a file that have these digests, sorted."""
    with _connection(1, None) as connection:
        types, _ = _open(connection, design, source)
        sql = _sql(query.counted_records(design, types, doubles=_find_doubles(connection, design)))
        wanted = ", ".join(map(str, digests.tolist())) or "NULL"
        rows = connection.execute(f"SELECT name FROM ({sql}) WHERE digest IN ({wanted}) ORDER BY name").fetchall()
    return tuple(row[0] for row in rows)


def _set_aside(
    connection: DuckDBPyConnection, design: SurveyDesign, types: Mapping[str, query.Type], *, doubles: bool
) -> tuple[SetAside, ...]:
    kinds: Mapping[str, ProblemKind] = {
        kind.code: kind
        for kind in (
            mistakes.KEY_EMPTY,
            mistakes.WEIGHT_WRONG,
            mistakes.POPULATION_WRONG,
            mistakes.RECORD_TWICE,
            mistakes.ANSWER_UNKNOWN,
        )
    }
    suspects = _sql(query.suspect_records(design, types, doubles=doubles))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {query.SUSPECTS} AS {suspects}")
    counted = connection.execute(f"SELECT count(*) FROM {query.SUSPECTS}").fetchone()
    if counted is None or not counted[0]:
        return ()
    found = connection.execute(_sql(query.wrong_records(design, types, doubles=doubles))).fetchall()
    return tuple(
        set_aside(kinds[code], record, column, value, item=item) for _, record, value, column, code, item in found
    )


def _sql(expression: exp.Expr) -> str:
    return expression.sql(dialect="duckdb")


def _place(source: Path | Any) -> Place:
    return Place(source.name if isinstance(source, Path) else "")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _open(
    connection: DuckDBPyConnection, design: SurveyDesign, source: Path | Any
) -> tuple[dict[str, query.Type], int]:
    """Make `answers` of the columns that are read, with a row number; return their types and the number of rows."""
    import duckdb

    place = _place(source)
    problems = Problems()
    try:
        if isinstance(source, Path) and source.suffix.lower() == ".parquet":
            reading = "read_parquet($file, file_row_number = true)"
            relation = f"SELECT * FROM {reading}"
        elif isinstance(source, Path):
            # Every column as text: 01 stays 01, and what is a number is decided in one place.
            reading = "read_csv($file, all_varchar = true, header = true, nullstr = '', quote = '\"', escape = '\"')"
            relation = f"SELECT * FROM {reading}"
        else:
            connection.register("given", source)
            relation = "SELECT * FROM given"
        parameters = {"file": str(source)} if isinstance(source, Path) else {}
        names, kinds = _described(connection, relation, parameters)
    except duckdb.Error as error:
        problems.add(mistakes.FILE_FORM, place, reason=str(error).splitlines()[0])
        problems.raise_if_any()
        raise
    _check_columns(design, names, place, problems)
    problems.raise_if_any()
    wanted = [name for name in names if name in set(design.columns)]
    columns = ", ".join(_quoted(name) for name in wanted)
    parquet = isinstance(source, Path) and source.suffix.lower() == ".parquet"
    try:
        if parquet:
            # Read again for each question: a scan of few columns is cheaper than keeping a copy of all.
            file = str(source).replace("'", "''")
            connection.execute(
                f"CREATE TEMP VIEW {query.SOURCE} AS SELECT {columns}, file_row_number + 1 AS {query.ROW}"
                f" FROM read_parquet('{file}', file_row_number = true)"
            )
        else:
            connection.execute(
                f"CREATE TEMP TABLE kept AS SELECT {columns} FROM ({relation})",
                parameters,
            )
            connection.execute(
                f"CREATE TEMP VIEW {query.SOURCE} AS SELECT {columns}, rowid + 1 AS {query.ROW} FROM kept"
            )
        counted = connection.execute(f"SELECT count(*) FROM {query.SOURCE}").fetchone()
    except duckdb.Error as error:
        problems.add(mistakes.FILE_FORM, place, reason=str(error).splitlines()[0])
        problems.raise_if_any()
        raise
    assert counted is not None
    return {name: kind for name, kind in zip(names, kinds, strict=True) if name in wanted}, int(counted[0])


def _described(
    connection: DuckDBPyConnection, relation: str, parameters: Mapping[str, str]
) -> tuple[list[str], list[query.Type]]:
    rows = connection.execute(f"DESCRIBE {relation}", dict(parameters)).fetchall()
    names = [str(row[0]) for row in rows]
    return names, [_type_of(str(row[1])) for row in rows]


def _type_of(name: str) -> query.Type:
    if name in _WHOLE_TYPES:
        return "whole"
    if name in ("FLOAT", "DOUBLE") or name.startswith("DECIMAL"):
        return "real"
    return "text"


def _check_columns(design: SurveyDesign, names: Sequence[str], place: Place, problems: Problems) -> None:
    folded: dict[str, str] = {}
    for name in names:
        # DuckDB renames the second of two such columns to "name_1" in CSV, so its original name is compared too.
        first = folded.setdefault(name.casefold(), name)
        renamed = name.rpartition("_")
        if first == name and renamed[2].isdigit() and renamed[0].casefold() in folded and renamed[0] not in names:
            first = folded[renamed[0].casefold()]
        if first != name and (first in design.columns or name in design.columns):
            problems.add(mistakes.COLUMN_CASE, place, first=first, second=name)
    for column in design.columns:
        if column not in names:
            problems.add(mistakes.COLUMN_ABSENT, place, column=column, guess=guess(column, names))


def _find_doubles(connection: DuckDBPyConnection, design: SurveyDesign) -> bool:
    """Make the table of record names that stand more than once; whether there are any."""
    if design.record is None:
        return False
    connection.execute(f"CREATE TEMP TABLE {query.DOUBLES} AS {_sql(query.double_records(design))}")
    counted = connection.execute(f"SELECT count(*) FROM {query.DOUBLES}").fetchone()
    return counted is not None and counted[0] > 0


def _groups(
    connection: DuckDBPyConnection,
    design: SurveyDesign,
    types: Mapping[str, query.Type],
    *,
    place: Place,
    doubles: bool,
) -> tuple[Cells, NDArray[np.int64]]:
    """Cells without answers by code, and for each `gid` of the table `cell_groups` its row in them."""
    import duckdb

    sql = _sql(query.groups(design, types, doubles=doubles))
    problems = Problems()
    try:
        connection.execute(
            f"CREATE TEMP TABLE {query.GROUPS} AS SELECT (row_number() OVER () - 1)::INTEGER AS gid, * FROM ({sql})"
        )
    except duckdb.OutOfRangeException:
        problems.add(mistakes.NUMBERS_LARGE, place)
        problems.raise_if_any()
        raise
    result = connection.execute(f"SELECT * FROM {query.GROUPS} ORDER BY gid")
    at = {column[0]: place_ for place_, column in enumerate(result.description)}
    rows = result.fetchall()
    first = at["k0"]
    last = first + len(design.key_columns)
    # The same word typed on two systems is one key.
    keys = [tuple(nfc(word) for word in row[first:last]) for row in rows]
    places = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    gids = np.array([places[key] for key in keys], dtype=np.int64)
    cells = blank_cells(design, list(places))
    sums = [at[f"s{number}"] for number in range(len(design.number_sums()))]
    sizes = [
        (number, column, array)
        for number, column, array in (
            (0, design.psu_population, cells.psu_population),
            (1, design.unit_population, cells.unit_population),
        )
        if column is not None
    ]
    for row, group in zip(rows, gids.tolist(), strict=True):
        cells.n[group] += row[at["n"]]
        cells.weight[group] += row[at["w"]]
        if cells.base is not None:
            cells.base[group] += row[at["d"]]
        if cells.squares is not None:
            cells.squares[group] += row[at["ww"]]
        for number, column, array in sizes:
            low, high = row[at[f"low{number}"]], row[at[f"high{number}"]]
            if low != high or array[group] not in (0, low):
                low, high = min(low, int(array[group]) or low), max(high, int(array[group]))
                unit = "/".join(row[first : first + len(design.nesting_columns)])
                problems.add(POPULATION_VARIES, place, column=column, unit=unit, low=low, high=high)
            array[group] = low
        if sums:
            cells.numbers[group] += np.array([int(row[each]) for each in sums], dtype=object)
    problems.raise_if_any()
    return cells, gids


def _bundles(items: Sequence[AnswerItem], groups: int, rows: int) -> list[list[AnswerItem]]:
    """Items counted together: as many as keep the table of joint answers small beside the number of rows."""
    most = min(256, max(rows // max(groups, 1), 1), max((1 << 20) // max(groups, 1), 1))
    bundles: list[list[AnswerItem]] = []
    size = 0
    for item in items:
        radix = len(item.answers) + 1
        if bundles and size * radix <= most:
            bundles[-1].append(item)
            size *= radix
        else:
            bundles.append([item])
            size = radix
    return bundles


def _answers(
    connection: DuckDBPyConnection,
    design: SurveyDesign,
    types: Mapping[str, query.Type],
    cells: Cells,
    gids: NDArray[np.int64],
    rows: int,
    *,
    doubles: bool,
    together: Together | None,
) -> Cells:
    """Add what was answered to the cells of the groups, and what was answered together."""
    items = design.coded_items
    sums = MomentSums(cells, together) if together is not None else None
    numbers: list[AnswerItem] = []
    if sums is not None and not sums.wanted:
        sums = None
    elif together is not None:
        numbers = [design.item(code) for code in together.items if not design.item(code).coded]
    if not len(cells) or not (items or numbers):
        return cells if sums is None else replace(cells, moments=sums.moments())
    count = len(cells)
    bundles = _bundles(items, count, rows)
    sizes = [int(np.prod([len(item.answers) + 1 for item in bundle])) for bundle in bundles]
    sql = _sql(query.packed(design, types, bundles, numbers, doubles=doubles))
    whole = [np.zeros(count * size, dtype=np.int64) for size in sizes]
    weights = [np.zeros(count * size, dtype=np.int64) for size in sizes]
    bases = [np.zeros(count * size, dtype=np.int64) for size in sizes] if design.calibration else []
    squares = [np.zeros(count * size, dtype=object) for size in sizes] if design.element_stage else []
    for start in range(0, rows, BLOCK):
        block = connection.execute(sql, {query.FIRST: start + 1, query.LAST: start + BLOCK}).fetchnumpy()
        if not len(block["gid"]):
            continue
        group = gids[_plain(block["gid"])]
        if sums is not None:
            sums.add(group, _plain(block["w"]), *_readers(block, bundles, numbers))
        weight = _limbs(_plain(block["w"]))
        base = _limbs(_plain(block["d"])) if design.calibration else []
        square = _square_limbs(_plain(block["w"])) if design.element_stage else []
        for at, size in enumerate(sizes):
            key = group * size + _plain(block[f"b{at}"])
            whole[at] += np.bincount(key, minlength=count * size)
            for shift, limb in weight:
                weights[at] += np.bincount(key, limb, count * size).astype(np.int64) << shift
            for shift, limb in base:
                bases[at] += np.bincount(key, limb, count * size).astype(np.int64) << shift
            for shift, limb in square:
                part = np.bincount(key, limb, count * size).astype(np.int64).astype(object)
                squares[at] += part * (1 << shift)
    column = 0
    for at, bundle in enumerate(bundles):
        radices = [len(item.answers) + 1 for item in bundle]
        for number, item in enumerate(bundle):
            columns = slice(column, column + len(item.answers))
            column += len(item.answers)
            cells.code_n[:, columns] = _marginal(whole[at], count, radices, number)
            cells.code_weight[:, columns] = _marginal(weights[at], count, radices, number)
            if cells.code_base is not None:
                cells.code_base[:, columns] = _marginal(bases[at], count, radices, number)
            if cells.code_squares is not None:
                cells.code_squares[:, columns] = _marginal(squares[at], count, radices, number)
    return cells if sums is None else replace(cells, moments=sums.moments())


def _readers(
    block: Mapping[str, Any], bundles: Sequence[Sequence[AnswerItem]], numbers: Sequence[AnswerItem]
) -> tuple[Positions, Numbers]:
    """How answers are read out of a block: positions out of bundles, and numbers."""
    places: dict[str, tuple[str, int, int]] = {}
    for at, bundle in enumerate(bundles):
        radix = 1
        for item in bundle:
            places[item.code] = (f"b{at}", radix, len(item.answers) + 1)
            radix *= len(item.answers) + 1
    columns = {item.code: f"v{at}" for at, item in enumerate(numbers)}

    def position(code: str) -> NDArray[np.uint16]:
        name, radix, size = places[code]
        bundle = np.ma.getdata(block[name]).astype(np.uint16, copy=False)
        return np.asarray(bundle // np.uint16(radix) % np.uint16(size), dtype=np.uint16)

    def number(code: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        column = block[columns[code]]
        return _plain(column), ~np.ma.getmaskarray(column)

    return position, number


def _plain(column: Any) -> NDArray[np.int64]:
    return np.asarray(np.ma.getdata(column)).astype(np.int64)


def _limbs(weight: NDArray[np.int64]) -> list[tuple[int, NDArray[np.float64]]]:
    """Weights as parts whose sums over a block are exact in doubles: (shift, part)."""
    if not len(weight) or int(weight.max()) < EXACT_WEIGHT:
        return [(0, weight.astype(np.float64))]
    return [(0, (weight & 0xFFFFFF).astype(np.float64)), (24, (weight >> 24).astype(np.float64))]


def _square_limbs(weight: NDArray[np.int64]) -> list[tuple[int, NDArray[np.float64]]]:
    """Squared weights as parts of 32 bits, from limbs of 16 bits: (shift, part)."""
    limbs = [(weight >> shift) & 0xFFFF for shift in (0, 16, 32)]
    return [(16 * (one + two), (limbs[one] * limbs[two]).astype(np.float64)) for one in range(3) for two in range(3)]


def _marginal(joint: NDArray[Any], groups: int, radices: Sequence[int], at: int) -> NDArray[Any]:
    """Counts by valid code of one item of a bundle. The first item of a bundle turns fastest."""
    shaped = joint.reshape(groups, *reversed(radices))
    axis = len(radices) - at
    others = tuple(each for each in range(1, len(radices) + 1) if each != axis)
    return np.asarray(shaped.sum(axis=others) if others else shaped)[:, 1:]


def write_cells(cells: Cells, path: Path) -> None:
    """The cells as Parquet, with the columns and rows of `cells_csv`; wide sums as text, so that no digit is lost."""
    from parindex.survey.cells import cells_csv

    with _connection(1, None) as connection:
        header = cells_header(cells.design)
        content = cells_csv(cells)
        staged = path.with_name(f".{path.name}.csv")
        staged.write_bytes(content)
        try:
            whole = {"psu_population", "unit_population", "n", "w", "d"}
            chosen = ", ".join(
                f"{_quoted(name)}::BIGINT AS {_quoted(name)}" if name in whole else _quoted(name) for name in header
            )
            connection.execute("SET preserve_insertion_order = true")
            target = str(path).replace("'", "''")
            connection.execute(
                f"COPY (SELECT {chosen} FROM read_csv($file, all_varchar = true, header = true, delim = ',',"
                f" quote = '\"', nullstr = 'never')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)",
                {"file": str(staged)},
            )
        finally:
            staged.unlink(missing_ok=True)


def read_cells(path: Path, design: SurveyDesign) -> Cells:
    """The cells that `write_cells` wrote. Raises ProblemsFound where they are of another design."""
    with _connection(1, None) as connection:
        result = connection.execute("SELECT * FROM read_parquet($file)", {"file": str(path)})
        header = [column[0] for column in result.description]
        rows = result.fetchall()
    if not rows:
        return empty_cells(design)
    return cells_of_rows(header, rows, design, _place(path))
