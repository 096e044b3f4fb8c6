"""Invented dossiers, catalogues and measures: whatever may stand in a record, and whatever may be asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from parindex.language import Text
from parindex.measures.engine import RecordSet
from parindex.measures.nodes import (
    All,
    Between,
    ColumnRef,
    Compare,
    Condition,
    Constant,
    DaysBetween,
    EditionDate,
    Either,
    Empty,
    Expression,
    Measure,
    OneOf,
    Shifted,
    Total,
    edition_dates,
)
from parindex.tables.record_tables import RECORD_TABLES

DATES = edition_dates(2023, {"opens_on": date(2023, 12, 15), "closes_on": date(2024, 1, 31)})
UNITS = ("P01", "P02", "P-Đà Nẵng")
OFFICES = ("Sở A", "sở a", 'o\'ffice \\ "x"')
PROCEDURES = ("1.01", "1.02", "2.01", "9.99")
TEXTS = ("x", "X", "12/QĐ-UBND", "it's", "a\\b", "%_", "Đất đai", "")
ARROW: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "code": pa.string(),
    "choice": pa.string(),
    "date": pa.date32(),
    "whole": pa.int64(),
    "decimal": pa.decimal128(18, 4),
    "flag": pa.bool_(),
}

# Few different days, so that equal dates, edges of months and of the year meet often.
days = st.sampled_from(
    [date(2022, 12, 31), date(2023, 1, 1), date(2023, 5, 31), date(2023, 6, 1), date(2023, 12, 31), date(2024, 1, 1)]
) | st.dates(date(2022, 11, 1), date(2024, 2, 28))
decimals = st.sampled_from([Decimal(0), Decimal("0.0001"), Decimal("2.5"), Decimal(30)]) | st.decimals(
    min_value=0, max_value=Decimal("99999999999999.9999"), places=4
)
wholes = st.integers(0, 6) | st.integers(0, 2**62)


def cell(column: Any) -> st.SearchStrategy[Any]:
    """A cell of a declared column, empty one time in five where it may be."""
    named = {"unit": UNITS, "office": OFFICES, "procedure": PROCEDURES[:3]}
    if column.name in named:
        values: st.SearchStrategy[Any] = st.sampled_from(named[column.name])
    else:
        values = {
            "text": st.sampled_from(TEXTS),
            "code": st.sampled_from(TEXTS),
            "choice": st.sampled_from(tuple(column.codes) or ("",)),
            "date": days,
            "whole": wholes,
            "decimal": decimals,
            "flag": st.booleans(),
        }[column.type]
    if column.null_means is None:
        return values
    return st.integers(0, 4).flatmap(lambda at: st.none() if at == 0 else values)


@st.composite
def rows(draw: st.DrawFn, table: str, most: int) -> list[dict[str, Any]]:
    """Rows of a table, their key met once."""
    declared = RECORD_TABLES[table]
    one = st.fixed_dictionaries({column.name: cell(column) for column in declared.columns})
    found = draw(st.lists(one, max_size=most))
    if table == "dossiers":
        return [{**row, "dossier": f"D{at:03}"} for at, row in enumerate(found)]
    return list({tuple(row[name] for name in declared.key): row for row in found}.values())


@st.composite
def tables(draw: st.DrawFn, most: int = 40) -> dict[str, list[dict[str, Any]]]:
    return {"dossiers": draw(rows("dossiers", most)), "procedures": draw(rows("procedures", 8))}


def write_parts(tables: Mapping[str, list[dict[str, Any]]], folder: Path, parts: int = 2) -> RecordSet:
    """Rows as Parquet parts; a table without rows has no part."""
    found = {}
    for name, given in tables.items():
        schema = pa.schema([(column.name, ARROW[column.type]) for column in RECORD_TABLES[name].columns])
        (folder / name).mkdir(parents=True, exist_ok=True)
        files = []
        for at in range(parts):
            share = given[at::parts]
            if share:
                file = folder / name / f"part-{at}.parquet"
                pq.write_table(pa.Table.from_pylist(share, schema), file)
                files.append(str(file))
        found[name] = tuple(files)
    return RecordSet(found)


# Measures.


def _columns(table: str, join: str | None, types: tuple[str, ...]) -> list[ColumnRef]:
    found = [
        ColumnRef(name, column.name)
        for name in (table, join)
        if name is not None
        for column in RECORD_TABLES[name].columns
        if not column.personal
    ]
    return [ref for ref in found if ref.type in types]


def _dates(refs: list[ColumnRef]) -> st.SearchStrategy[Any]:
    fixed = st.builds(Constant, days, st.just("date")) | st.builds(EditionDate, st.sampled_from(sorted(DATES)))
    plain = st.sampled_from(refs) | fixed
    return plain | st.builds(Shifted, plain, st.integers(-400, 400))


def _numbers(refs: list[ColumnRef], dated: list[ColumnRef]) -> st.SearchStrategy[Any]:
    written = st.builds(Constant, decimals | st.integers(0, 60).map(Decimal), st.just("number"))
    between = st.builds(DaysBetween, _dates(dated), _dates(dated))
    one = st.one_of(*([st.sampled_from(refs)] if refs else []), written, between)
    several = st.lists(st.tuples(st.booleans(), one), min_size=1, max_size=2).map(tuple)
    return one | st.builds(lambda first, rest: Total(((True, first), *rest)), one, several)


@st.composite
def comparisons(draw: st.DrawFn, table: str, join: str | None) -> Condition:
    dated = _columns(table, join, ("date",))
    numbers = _columns(table, join, ("number",))
    what = draw(st.sampled_from(["date", "date", "number", "choice", "text", "flag", "empty"]))
    if what == "empty":
        ref = st.sampled_from(_columns(table, join, ("date", "number", "choice", "text", "flag")))
        given = ref | _numbers(numbers, dated) | st.builds(Shifted, st.sampled_from(dated), st.integers(-9, 9))
        return Empty(draw(given), draw(st.booleans()))
    if what in ("date", "number"):
        side = _dates(dated) if what == "date" else _numbers(numbers, dated)
        form = draw(st.sampled_from(["compare", "between", "in"]))
        if form == "between":
            return Between(draw(side), draw(side), draw(side))
        if form == "in":
            return OneOf(draw(side), tuple(draw(st.lists(side, min_size=1, max_size=3))))
        return Compare(draw(side), draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="])), draw(side))
    ref = draw(st.sampled_from(_columns(table, join, (what,)) or _columns(table, join, ("text",))))
    column = RECORD_TABLES[ref.table].column(ref.name)
    words: st.SearchStrategy[Any]
    if ref.type == "choice":
        words = st.sampled_from(tuple(column.codes)).map(lambda word: Constant(word, "choice"))
    elif ref.type == "flag":
        words = st.booleans().map(lambda flag: Constant(flag, "flag"))
    else:
        words = st.sampled_from((*TEXTS, *OFFICES, *PROCEDURES)).map(lambda word: Constant(word, "text"))
    if draw(st.booleans()):
        return OneOf(ref, tuple(draw(st.lists(words, min_size=1, max_size=3))))
    return Compare(ref, draw(st.sampled_from(["=", "!="])), draw(words))


def conditions(table: str, join: str | None) -> st.SearchStrategy[All]:
    """Conditions of up to three levels."""
    simple = comparisons(table, join)
    nested: st.SearchStrategy[Condition] = st.recursive(
        simple,
        lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
            lambda parts: st.sampled_from([All(tuple(parts)), Either(tuple(parts))])
        ),
        max_leaves=4,
    )
    return st.lists(nested, max_size=2).map(lambda parts: All(tuple(parts)))


@st.composite
def measures(draw: st.DrawFn) -> Measure:
    """Any measure that the reader could make."""
    table = draw(st.sampled_from(["dossiers", "dossiers", "procedures"]))
    join = draw(st.sampled_from([None, "procedures"])) if table == "dossiers" else None
    kind = draw(st.sampled_from(["count", "distinct", "share", "share", "sum", "mean", "median", "percentile"]))
    dated, numbers = _columns(table, join, ("date",)), _columns(table, join, ("number",))
    value: Expression | None = None
    if kind == "distinct":
        refs = _columns(table, join, ("date", "number", "choice", "text", "flag"))
        value = draw(st.sampled_from(refs) | _numbers(numbers, dated))
    elif kind not in ("count", "share"):
        value = draw(_numbers(numbers, dated))
    own = [column.name for column in RECORD_TABLES[table].columns if column.type == "date"]
    return Measure(
        code="m",
        name=Text("chỉ tiêu", "measure"),
        table=table,
        kind=kind,  # type: ignore[arg-type]
        where=draw(conditions(table, join)),
        of=draw(conditions(table, join)) if kind == "share" else None,
        value=value,
        percent=draw(st.decimals(0, 100, places=2)) if kind == "percentile" else None,
        join=join,
        month=draw(st.sampled_from(own)),
    )


def numbered(given: list[Measure]) -> list[Measure]:
    """The same measures, each under its own code."""
    return [replace(measure, code=f"m{at}") for at, measure in enumerate(given)]
