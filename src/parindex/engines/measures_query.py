"""Measures as SQLGlot expressions, said once for every engine that speaks SQL.

`passes` counts many measures in one scan of their table; `order_statistics` finds the two values between which a
percentile lies; `listed` gives the records behind a number. What they return is whole: counts, sums of decimals, values
of records. Shares and interpolation are made of these in Python.

A share is one number a record, packed: empty outside `where`, 0 where `of` is unknown, 1 where it is false, 2^31 where
it is true. COUNT gives who is inside, SUM both others; where `of` cannot be unknown inside, SUM alone says it all.
Measured on 10 million rows, 12 shares by 63 units (2 cores, DuckDB 2.0): 1.8 CPU seconds with COUNT and SUM; three
conditional sums a share 2.6, three conditional counts 2.8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from sqlglot import exp

from parindex.engines.record_files import UNIT_TOO_LARGE
from parindex.measures.engine import NO_MONTH, SCALE, Grain, ListRequest, Tally, percent_of
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
    certain_columns,
    never_unknown,
)
from parindex.problems import Problems
from parindex.sources import Place
from parindex.tables.record_tables import RECORD_TABLES, RecordTable, RecordType

PASS_SIZE: Final = 40
"""Measures in one query. More would not be planned in reasonable time."""

TRUE_UNIT: Final = 1 << 31
"""What a record adds to the packed sum where `of` is true; groups hold fewer records than this."""

OWN: Final = "r"
JOINED: Final = "j"
NUMBER: Final = "DECIMAL(28, 4)"
SUM: Final = "DECIMAL(38, 4)"

COLUMN_TYPES: Final[Mapping[RecordType, str]] = {
    "text": "TEXT",
    "code": "TEXT",
    "choice": "TEXT",
    "date": "DATE",
    "whole": "BIGINT",
    "decimal": "DECIMAL(18, 4)",
    "flag": "BOOLEAN",
}


def view(table: str) -> str:
    """The name under which an engine offers the records of a table."""
    return f"parindex_{table}"


def quoted(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def _int(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def cast(this: exp.Expr, to: str) -> exp.Expr:
    return exp.Cast(this=this, to=exp.DataType.build(to, dialect="duckdb"))


def _day(day: date) -> exp.Expr:
    return cast(exp.Literal.string(day.isoformat()), "DATE")


@dataclass(frozen=True, slots=True)
class Translation:
    """Nodes of the measures of one table to SQL: own columns stand in `r`, those of the joined table in `j`."""

    table: str
    dates: Mapping[str, date]

    def condition(self, node: Condition) -> exp.Expr:
        """SQL's own logic has three values, and its `and` and `or` are Kleene's."""
        match node:
            case Compare(left=left, comparator=comparator, right=right):
                one, other = self._alike(left, right)
                kinds: dict[str, type[exp.Binary]] = {
                    "=": exp.EQ,
                    "!=": exp.NEQ,
                    "<": exp.LT,
                    "<=": exp.LTE,
                    ">": exp.GT,
                    ">=": exp.GTE,
                }
                return kinds[comparator](this=one, expression=other)
            case Between(value=value, low=low, high=high):
                this, start, end = self._alike(value, low, high)
                return exp.Between(this=this, low=start, high=end)
            case OneOf(value=value, among=among):
                this, *words = self._alike(value, *among)
                return exp.In(this=this, expressions=words)
            case Empty(value=value, yes=yes):
                empty = exp.Is(this=exp.Paren(this=self.expression(value)), expression=exp.null())
                return empty if yes else exp.Not(this=exp.Paren(this=empty))
            case All(parts=parts):
                if not parts:
                    return exp.true()
                return exp.and_(*(self.condition(part) for part in parts))
            case Either(parts=parts):
                return exp.or_(*(self.condition(part) for part in parts))

    def _alike(self, *nodes: Expression) -> list[exp.Expr]:
        """Several expressions to be compared: numbers as decimals, unless all of them are whole."""
        if nodes[0].type == "number" and not all(_is_whole(node) for node in nodes):
            return [cast(self.expression(node), NUMBER) for node in nodes]
        return [self.expression(node) for node in nodes]

    def expression(self, node: Expression) -> exp.Expr:
        match node:
            case ColumnRef(table=table, name=name):
                return quoted(name, OWN if table == self.table else JOINED)
            case Constant(value=value):
                return _constant(value)
            case EditionDate(name=name):
                return _day(self.dates[name])
            case Shifted(date=inner, days=days):
                fixed = self.fixed(node)
                if fixed is not None:
                    return _day(fixed)
                shifted = exp.DateAdd(this=self.expression(inner), expression=_signed(days), unit=exp.var("DAY"))
                return cast(shifted, "DATE")
            case DaysBetween(later=later, earlier=earlier):
                difference = exp.DateDiff(
                    this=self.expression(later), expression=self.expression(earlier), unit=exp.var("DAY")
                )
                return cast(difference, "BIGINT")
            case Total(terms=terms):
                total: exp.Expr | None = None
                for plus, term in terms:
                    number = cast(self.expression(term), NUMBER)
                    if total is None:
                        total = number
                    else:
                        kind = exp.Add if plus else exp.Sub
                        total = kind(this=total, expression=number)
                assert total is not None
                return exp.Paren(this=total)

    def fixed(self, node: Expression) -> date | None:
        """The day that a date is for every record; None where it depends on the record."""
        match node:
            case Constant(value=date() as value):
                return value
            case EditionDate(name=name):
                return self.dates[name]
            case Shifted(date=inner, days=days):
                start = self.fixed(inner)
                return None if start is None else start + timedelta(days=days)
            case _:
                return None


def _signed(value: int) -> exp.Expr:
    return _int(value) if value >= 0 else exp.Neg(this=_int(-value))


def _constant(value: date | Decimal | str | bool) -> exp.Expr:
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, Decimal):
        return exp.Literal.number(format(value, "f"))
    return exp.Literal.string(value)


def _is_whole(node: Expression) -> bool:
    match node:
        case DaysBetween():
            return True
        case Constant(value=Decimal() as value):
            return value == value.to_integral_value()
        case ColumnRef(table=table, name=name):
            return RECORD_TABLES[table].column(name).type == "whole"
        case _:
            return False


class Pass(NamedTuple):
    """One query, the measures it counts, and whether its rows have an office and a month."""

    query: exp.Select
    measures: tuple[Measure, ...]
    grain: Grain


def passes(measures: Sequence[Measure], dates: Mapping[str, date], grain: Grain) -> list[Pass]:
    """As few scans as possible: one a table, one more where it is joined, and one a month column for series.

    Joined measures have a scan of their own: carried through a join, the columns of all the others cost more than
    reading a few of them twice (11 measures and 1 joined one, µs of CPU a row: together 0.38, apart 0.34).

    A row has the keys `unit`, `office`, `month` (as 202305; null where the date is empty) as the grain asks, `n`, and
    `a…` (inside), `k…` (known), `h…` (distinct), `s…` (packed sum, or sum) by the number of the measure in the pass.
    """
    together: dict[tuple[str, str | None, str | None], list[Measure]] = {}
    for measure in measures:
        if not grain.month:
            together.setdefault((measure.table, measure.join, None), []).append(measure)
        elif measure.month is not None:
            together.setdefault((measure.table, measure.join, measure.month), []).append(measure)
    found = []
    for (table, _, month), alike in together.items():
        for start in range(0, len(alike), PASS_SIZE):
            chosen = tuple(alike[start : start + PASS_SIZE])
            found.append(Pass(_counted(table, chosen, dates, grain.office, month), chosen, grain))
    return found


def _keys(office: bool, month: str | None) -> dict[str, exp.Expr]:
    keys: dict[str, exp.Expr] = {"unit": quoted("unit", OWN)}
    if office:
        keys["office"] = quoted("office", OWN)
    if month is not None:
        day = quoted(month, OWN)
        keys["month"] = exp.Add(
            this=exp.Mul(this=exp.Year(this=day), expression=_int(100)), expression=exp.Month(this=day.copy())
        )
    return keys


def has_office(table: RecordTable) -> bool:
    return any(column.name == "office" for column in table.columns)


def _counted(
    table: str, measures: Sequence[Measure], dates: Mapping[str, date], office: bool, month: str | None
) -> exp.Select:
    translation = Translation(table, dates)
    keys = _keys(office and has_office(RECORD_TABLES[table]), month)
    inner: list[exp.Expr] = [key.as_(name) for name, key in keys.items()]
    outer: list[exp.Expr] = [quoted(name) for name in keys]
    outer.append(exp.Count(this=exp.Star()).as_("n"))
    for at, measure in enumerate(measures):
        where = translation.condition(measure.where)
        if measure.kind == "share":
            decided = _is_decided(measure)
            inner.append(_packed(where, translation.condition(measure.of or All()), decided).as_(f"p{at}"))
            if not decided:
                outer.append(exp.Count(this=quoted(f"p{at}")).as_(f"a{at}"))
            outer.append(exp.Sum(this=quoted(f"p{at}")).as_(f"s{at}"))
            continue
        inner.append(exp.Case().when(where, _int(1)).as_(f"i{at}"))
        outer.append(exp.Count(this=quoted(f"i{at}")).as_(f"a{at}"))
        if measure.value is None:
            continue
        inner.append(exp.Case().when(where.copy(), _value(translation, measure)).as_(f"v{at}"))
        outer.append(exp.Count(this=quoted(f"v{at}")).as_(f"k{at}"))
        if measure.kind == "distinct":
            outer.append(exp.Count(this=exp.Distinct(expressions=[quoted(f"v{at}")])).as_(f"h{at}"))
        if measure.kind in ("sum", "mean"):
            outer.append(exp.Sum(this=quoted(f"v{at}")).as_(f"s{at}"))
    rows = _from(exp.select(*inner), table, measures)
    return exp.select(*outer).from_(rows.subquery("counted", copy=False)).group_by(*(quoted(name) for name in keys))


def _is_decided(measure: Measure) -> bool:
    """`of` is true or false for every record inside: nothing needs to be asked about unknown ones."""
    return never_unknown(measure.of or All(), certain_columns(measure.where))


def _packed(where: exp.Expr, of: exp.Expr, decided: bool) -> exp.Expr:
    unknown, false, true = (cast(_int(value), "BIGINT") for value in (0, 1, TRUE_UNIT))
    answered = exp.Case().when(of, true)
    if decided:
        return exp.Case().when(where, answered.else_(false))
    answered = answered.when(exp.Not(this=exp.Paren(this=of.copy())), false).else_(unknown)
    return exp.Case().when(where, answered)


def _value(translation: Translation, measure: Measure) -> exp.Expr:
    assert measure.value is not None
    value = translation.expression(measure.value)
    if measure.kind == "distinct" or isinstance(measure.value, DaysBetween):
        return value
    return cast(value, SUM if measure.kind in ("sum", "mean") else NUMBER)


def _from(select: exp.Select, table: str, measures: Sequence[Measure]) -> exp.Select:
    """The records of a table, each beside its row of the joined one; a record without one has empty cells there."""
    query = select.from_(exp.to_table(view(table)).as_(OWN))
    joined = next((measure for measure in measures if measure.join is not None), None)
    if joined is None:
        return query
    on = exp.and_(*(quoted(own, OWN).eq(quoted(theirs, JOINED)) for own, theirs in joined.join_columns))
    return query.join(exp.to_table(view(joined.join or "")).as_(JOINED), on=on, join_type="left")


def order_statistics(measure: Measure, dates: Mapping[str, date], grain: Grain) -> exp.Select:
    """The two values between which a percentile lies: keys as in `passes`, `low`, `high`.

    Values are counted first, so that what is ordered is distinct values, not records.
    """
    translation = Translation(measure.table, dates)
    keys = _keys(grain.office and has_office(measure.record_table), measure.month if grain.month else None)
    names = list(keys)
    value = exp.Case().when(translation.condition(measure.where), _value(translation, measure))
    rows = _from(exp.select(*(key.as_(name) for name, key in keys.items()), value.as_("v")), measure.table, [measure])
    given = exp.Not(this=exp.Paren(this=exp.Is(this=quoted("v"), expression=exp.null())))
    counted = (
        exp.select(*(quoted(name) for name in names), quoted("v"), exp.Count(this=exp.Star()).as_("c"))
        .from_(rows.subquery("rows_of_measure"))
        .where(given)
        .group_by(*(quoted(name) for name in names), quoted("v"))
    )

    def total(*, ordered: bool) -> exp.Expr:
        window = exp.Window(this=exp.Sum(this=quoted("c")), partition_by=[quoted(name) for name in names])
        if ordered:
            window.set("order", exp.Order(expressions=[exp.Ordered(this=quoted("v"), nulls_first=True)]))
        return cast(window, "BIGINT")

    placed = exp.select(
        *(quoted(name) for name in names),
        quoted("v"),
        total(ordered=True).as_("upto"),
        total(ordered=False).as_("known"),
    ).from_(counted.subquery("counted"))
    part = Fraction(percent_of(measure)) / 100
    product = exp.Mul(
        this=exp.Paren(this=exp.Sub(this=quoted("known"), expression=_int(1))), expression=_int(part.numerator)
    )
    at = exp.IntDiv(this=exp.Paren(this=product), expression=_int(part.denominator))
    positions = exp.select("*", cast(at, "BIGINT").as_("at")).from_(placed.subquery("placed"))
    last = exp.Sub(this=quoted("known"), expression=_int(1))
    following = exp.Least(this=exp.Add(this=quoted("at"), expression=_int(1)), expressions=[last], ignore_nulls=True)

    def least(place: exp.Expr) -> exp.Expr:
        return exp.Min(this=exp.Case().when(exp.GT(this=quoted("upto"), expression=place), quoted("v")))

    return (
        exp.select(*(quoted(name) for name in names), least(quoted("at")).as_("low"), least(following).as_("high"))
        .from_(positions.subquery("positions"))
        .group_by(*(quoted(name) for name in names))
    )


def listed_columns(measure: Measure, request: ListRequest) -> tuple[tuple[str, exp.Column], ...]:
    """The columns of a list: all public ones and the personal ones asked for; then what is read of the joined table."""
    table = measure.record_table
    shown = [column.name for column in table.columns if not column.personal or column.name in request.personal]
    columns = [(name, quoted(name, OWN)) for name in shown]
    for ref in measure.columns():
        if ref.table != measure.table and not RECORD_TABLES[ref.table].column(ref.name).personal:
            columns.append((f"{ref.table}.{ref.name}", quoted(ref.name, JOINED)))
    return tuple(columns)


def listed(measure: Measure, dates: Mapping[str, date], request: ListRequest) -> exp.Select:
    """The records behind a number, ordered by the key of their table."""
    translation = Translation(measure.table, dates)
    chosen = exp.select(*(column.as_(name, quoted=True) for name, column in listed_columns(measure, request)))
    query = _from(chosen, measure.table, [measure])
    query = query.where(quoted("unit", OWN).eq(exp.Literal.string(request.unit)))
    if request.office is not None:
        query = query.where(quoted("office", OWN).eq(exp.Literal.string(request.office)))
    if request.month is not None:
        assert measure.month is not None, measure.code
        day = quoted(measure.month, OWN)
        if request.month == NO_MONTH:
            query = query.where(exp.Is(this=day, expression=exp.null()))
        else:
            first, last = month_ends(request.month)
            query = query.where(exp.Between(this=day, low=_day(first), high=_day(last)))
    query = query.where(exp.Paren(this=translation.condition(measure.where)))
    query = query.where(_part(translation, measure, request))
    query = query.order_by(
        *(exp.Ordered(this=quoted(name, OWN), nulls_first=True) for name in measure.record_table.key)
    )
    return query if request.limit is None else query.limit(request.limit)


def month_ends(month: str) -> tuple[date, date]:
    """The first and last day of a month written as 2023-05."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _part(translation: Translation, measure: Measure, request: ListRequest) -> exp.Expr:
    if measure.of is not None:
        of = exp.Paren(this=translation.condition(measure.of))
        unknown = exp.Is(this=of, expression=exp.null())
        return {
            "numerator": of,
            "denominator": exp.Not(this=exp.Paren(this=unknown)),
            "difference": exp.Not(this=of.copy()),
            "unknown": unknown.copy(),
        }[request.part]
    if request.part == "difference":
        return exp.false()
    if measure.value is None:
        return exp.false() if request.part == "unknown" else exp.true()
    empty = exp.Is(this=exp.Paren(this=translation.expression(measure.value)), expression=exp.null())
    return empty if request.part == "unknown" else exp.Not(this=exp.Paren(this=empty))


def doubles(table: str, columns: Sequence[str], limit: int) -> exp.Select:
    """Keys of a joined table that stand more than once: they would count records twice."""
    keys = [quoted(name) for name in columns]
    return (
        exp.select(*keys)
        .from_(exp.to_table(view(table)))
        .group_by(*(key.copy() for key in keys))
        .having(exp.GT(this=exp.Count(this=exp.Star()), expression=_int(1)))
        .order_by(*(exp.Ordered(this=key.copy(), nulls_first=True) for key in keys))
        .limit(limit)
    )


def no_rows(table: str) -> exp.Select:
    """The columns of a table, without a row: what is joined where nothing was imported."""
    columns = [
        cast(exp.null(), COLUMN_TYPES[column.type]).as_(column.name, quoted=True)
        for column in RECORD_TABLES[table].columns
    ]
    return exp.select(*columns).where(exp.false())


def tallies(
    counted: Pass, names: Sequence[str], rows: Sequence[Sequence[Any]], ordered: Mapping[str, Mapping[Any, Any]]
) -> list[Tally]:
    """Rows of a pass as tallies. `ordered`: by measure and key, what `order_statistics` found."""
    at = {name: place for place, name in enumerate(names)}
    found = []
    problems = Problems()
    for row in rows:
        unit = str(row[at["unit"]])
        if int(row[at["n"]]) >= TRUE_UNIT:
            problems.add(UNIT_TOO_LARGE, Place(""), unit=unit, records=int(row[at["n"]]), limit=TRUE_UNIT)
            continue
        office = str(row[at["office"]]) if "office" in at else None
        month = month_text(row[at["month"]]) if "month" in at else None
        for number, measure in enumerate(counted.measures):
            total = low = high = None
            if measure.kind == "share":
                hits, false = divmod(int(row[at[f"s{number}"]] or 0), TRUE_UNIT)
                known = hits + false
                inside = int(row[at[f"a{number}"]]) if f"a{number}" in at else known
            else:
                inside = known = hits = int(row[at[f"a{number}"]])
            if measure.value is not None:
                known = hits = int(row[at[f"k{number}"]])
            if measure.kind == "distinct":
                hits = int(row[at[f"h{number}"]])
            if measure.kind in ("sum", "mean"):
                total = scaled(row[at[f"s{number}"]] or 0)
            if measure.kind in ("median", "percentile") and known:
                low, high = ordered[measure.code][unit, office, month]
            found.append(
                Tally(measure.code, unit, office, month, int(row[at["n"]]), inside, known, hits, total, low, high)
            )
    problems.raise_if_any()
    return found


def ordered_values(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[Any, tuple[int, int]]:
    """Rows of `order_statistics` by key: the two values in ten-thousandths."""
    at = {name: place for place, name in enumerate(names)}
    return {
        (
            str(row[at["unit"]]),
            str(row[at["office"]]) if "office" in at else None,
            month_text(row[at["month"]]) if "month" in at else None,
        ): (scaled(row[at["low"]]), scaled(row[at["high"]]))
        for row in rows
    }


def scaled(value: Any) -> int:
    """A number as whole ten-thousandths; it has four decimals at most."""
    exact = Fraction(value) * SCALE
    assert exact.denominator == 1, value
    return exact.numerator


def month_text(value: Any) -> str:
    """202305 as "2023-05"; an empty one as "none"."""
    if value is None or value != value:
        return NO_MONTH
    year, month = divmod(int(value), 100)
    return f"{year:04d}-{month:02d}"


def in_order(found: Sequence[Tally], measures: Sequence[Measure]) -> tuple[Tally, ...]:
    """By measure as given, then unit, office and month."""
    place = {measure.code: at for at, measure in enumerate(measures)}
    return tuple(sorted(found, key=lambda tally: (place[tally.measure], *tally.key[1:])))
