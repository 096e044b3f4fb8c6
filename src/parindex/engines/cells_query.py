"""The questions an engine is asked about a survey file, as SQLGlot expressions.

A file has one row a respondent. `coded` turns each row into what is counted: keys, whole weights, and answers as
positions in the list of valid codes (0: no valid answer). `groups` is the one GROUP BY; `packed` gives the rows
with their group and several answers in one small whole number, from which counts by code are added in blocks.

Why not 40 × 5 sums in the GROUP BY: measured on 1 million rows of 40 questions (2 cores), 200 conditional sums and
their counts take DuckDB 2.0 1.8 to 4.0 CPU seconds, packed rows added by NumPy 0.7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from sqlglot import exp

from parindex.survey.design import LARGEST_WEIGHT, WEIGHT_UNIT, AnswerItem, SurveyDesign

Type = Literal["whole", "real", "text"]
"""What a column of a file holds, as far as reading it goes. Flags and dates are text."""

NUMBER_FORM: Final = r"^[+-]?[0-9]{1,15}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?$"
"""How a number may be written in a column of text; anything else is no number."""

WHOLE_WITH_ZEROS: Final = r"^([+-]?[0-9]+)\.0+$"
"""`4.0`, as programs write a whole number beside empty cells: read as `4`."""

LARGEST_NUMBER: Final = 10**12
LARGEST_POPULATION: Final = 10**12

SOURCE: Final = "answers"
GROUPS: Final = "cell_groups"
DOUBLES: Final = "double_records"
SUSPECTS: Final = "suspect_records"
ROW: Final = "row_number_in_file"
FIRST: Final = "first"
LAST: Final = "last"
"""Parameters of `packed`: the rows of the file it gives, both included."""


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def _int(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _cast(this: exp.Expr, to: str) -> exp.Expr:
    return exp.Cast(this=this, to=exp.DataType.build(to, dialect="duckdb"))


def _try(this: exp.Expr, to: str) -> exp.Expr:
    return exp.TryCast(this=this, to=exp.DataType.build(to, dialect="duckdb"))


def _between(this: exp.Expr, low: int, high: int) -> exp.Expr:
    return exp.Between(this=this, low=_int(low), high=_int(high))


def _text(name: str) -> exp.Expr:
    return _cast(_column(name), "TEXT")


def _trimmed(name: str) -> exp.Expr:
    return exp.Trim(this=_text(name))


def _number(name: str, types: Mapping[str, Type]) -> exp.Expr:
    """A column as a double; null where it holds no number."""
    if types[name] == "text":
        written = exp.RegexpLike(this=_trimmed(name), expression=exp.Literal.string(NUMBER_FORM))
        return exp.Case().when(written, _try(_trimmed(name), "DOUBLE"))
    return _cast(_column(name), "DOUBLE")


def _whole(name: str, types: Mapping[str, Type], scale: int, low: int, high: int) -> exp.Expr:
    """A column times `scale` as a whole number, rounded half away from zero; null outside the bounds."""
    number = _number(name, types)
    scaled = exp.Mul(this=exp.Paren(this=number), expression=_cast(_int(scale), "DOUBLE")) if scale != 1 else number
    whole = _try(exp.Round(this=scaled), "BIGINT")
    return exp.Case().when(_between(whole, low, high), whole.copy())


def answer_position(item: AnswerItem, types: Mapping[str, Type]) -> exp.Expr:
    """1 for the first valid code of a coded item, 2 for the second, …; 0 where the answer is not valid."""
    codes = list(item.answers)
    if item.option is not None:
        padded = exp.Concat(expressions=[exp.Literal.string(" "), _trimmed(item.column), exp.Literal.string(" ")])
        within = exp.GT(
            this=exp.StrPosition(this=padded, substr=exp.Literal.string(f" {item.option} ")), expression=_int(0)
        )
        empty = exp.or_(_column(item.column).is_(exp.null()), _trimmed(item.column).eq(exp.Literal.string("")))
        return exp.Case().when(empty, _int(0)).when(within, _int(2)).else_(_int(1))
    if types[item.column] == "text":
        return _text_position(item, codes)
    numbers = [int(code) if is_whole_code(code) else None for code in codes]
    first = numbers[0]
    if types[item.column] == "whole" and first is not None and numbers == list(range(first, first + len(codes))):
        inside = _between(_column(item.column), first, first + len(codes) - 1)
        shifted = exp.Sub(this=_column(item.column), expression=exp.Paren(this=_int(first - 1)))
        return exp.Case().when(inside, shifted, copy=False).else_(_int(0), copy=False)
    case = exp.Case(this=_column(item.column))
    for at, number in enumerate(numbers):
        if number is not None:
            case = case.when(_int(number), _int(at + 1))
    return case.else_(_int(0)) if case.args.get("ifs") else _int(0)


def _text_position(item: AnswerItem, codes: Sequence[str]) -> exp.Expr:
    if not _of_one_letter(codes):
        return _any_position(item, codes)
    # Codes of one letter are found by their place in a word: half the cost of comparing one after the other.
    found = exp.Case().when(_one_letter(item), _place_in(item, codes), copy=False)
    return found.else_(_any_position(item, codes), copy=False)


def _of_one_letter(codes: Sequence[str]) -> bool:
    return bool(codes) and all(len(code) == 1 and code.isascii() and code.isalnum() for code in codes)


def _one_letter(item: AnswerItem) -> exp.Expr:
    return exp.Length(this=_text(item.column)).eq(_int(1))


def _place_in(item: AnswerItem, codes: Sequence[str]) -> exp.Expr:
    return exp.StrPosition(this=exp.Literal.string("".join(codes)), substr=_text(item.column))


def _any_position(item: AnswerItem, codes: Sequence[str]) -> exp.Expr:
    trimmed = _trimmed(item.column)
    last: exp.Expr = _int(0)
    if all(is_whole_code(code) for code in codes):
        # Only what is no code as it stands is looked at again: patterns cost ten times what comparing does.
        plain = exp.RegexpReplace(
            this=trimmed.copy(),
            expression=exp.Literal.string(WHOLE_WITH_ZEROS),
            replacement=exp.Literal.string(r"\1"),
        )
        last = exp.Case().when(_given(item), _position(plain, codes, _int(0))).else_(_int(0))
    return _position(trimmed, codes, last)


def _position(value: exp.Expr, codes: Sequence[str], last: exp.Expr) -> exp.Expr:
    case = exp.Case(this=value)
    for at, code in enumerate(codes):
        case = case.when(exp.Literal.string(code), _int(at + 1), copy=False)
    return case.else_(last, copy=False)


def is_whole_code(code: str) -> bool:
    """The code is a whole number as people write it, without leading zeros."""
    try:
        return str(int(code)) == code
    except ValueError:
        return False


def number_value(item: AnswerItem, types: Mapping[str, Type]) -> exp.Expr:
    """The answer to a count or number item in whole 10^-decimals; null where it is not valid."""
    scale = 10**item.decimals
    low = -LARGEST_NUMBER if item.lowest is None else max(item.lowest * scale, -LARGEST_NUMBER)
    high = LARGEST_NUMBER if item.highest is None else min(item.highest * scale, LARGEST_NUMBER)
    return _whole(item.column, types, scale, low, high)


def weight(design: SurveyDesign, types: Mapping[str, Type]) -> exp.Expr:
    return _whole(design.weight, types, WEIGHT_UNIT, 1, LARGEST_WEIGHT)


def base_weight(design: SurveyDesign, types: Mapping[str, Type]) -> exp.Expr:
    """The weight before calibration; 1 for every respondent where the design names none."""
    if design.base_weight is None:
        return _cast(_int(WEIGHT_UNIT), "BIGINT")
    return _whole(design.base_weight, types, WEIGHT_UNIT, 1, LARGEST_WEIGHT)


def population(column: str, types: Mapping[str, Type]) -> exp.Expr:
    return _whole(column, types, 1, 1, LARGEST_POPULATION)


def _missing(name: str) -> exp.Expr:
    return exp.Coalesce(this=_text(name), expressions=[exp.Literal.string("")]).eq(exp.Literal.string(""))


def _null(this: exp.Expr) -> exp.Expr:
    return exp.Paren(this=this).is_(exp.null())


def faults(design: SurveyDesign, types: Mapping[str, Type], *, doubles: bool) -> list[tuple[str, str, exp.Expr]]:
    """Why a record is set aside: (code of the problem, column, condition), in the order in which they are told."""
    found = [("KEY-EMPTY", column, _missing(column)) for column in design.nesting_columns]
    found.append(("WEIGHT-WRONG", design.weight, _null(weight(design, types))))
    if design.base_weight is not None:
        found.append(("WEIGHT-WRONG", design.base_weight, _null(base_weight(design, types))))
    for column in (design.psu_population, design.unit_population):
        if column is not None:
            found.append(("POPULATION-WRONG", column, _null(population(column, types))))
    if design.record is not None and doubles:
        twice = exp.In(this=_text(design.record), query=exp.select(_column("record")).from_(DOUBLES).subquery())
        found.append(("RECORD-TWICE", design.record, twice))
    return found


def double_records(design: SurveyDesign) -> exp.Expr:
    """Record names that stand more than once. Records without a name are not compared."""
    assert design.record is not None
    name = _text(design.record)
    return (
        exp.select(name.as_("record"))
        .from_(SOURCE)
        .where(_missing(design.record).not_())
        .group_by(name.copy())
        .having(exp.GT(this=exp.Count(this=exp.Star()), expression=_int(1)))
    )


def coded(
    design: SurveyDesign,
    types: Mapping[str, Type],
    values: Sequence[exp.Expr],
    *,
    doubles: bool,
    block: bool = False,
) -> exp.Select:
    """Usable records: keys `k0`…, whole weights `w` (and `d`), sizes `size0`, `size1`, and `values`.

    With `block`, only the rows of the file from `$first` to `$last`.
    """
    keys = [
        exp.Coalesce(this=_text(column), expressions=[exp.Literal.string("")]).as_(f"k{at}")
        for at, column in enumerate(design.key_columns)
    ]
    numbers = {"w": weight(design, types)}
    if design.calibration is not None:
        numbers["d"] = base_weight(design, types)
    for at, column in enumerate((design.psu_population, design.unit_population)):
        if column is not None:
            numbers[f"size{at}"] = population(column, types)
    record = [_text(design.record).as_("record")] if design.record is not None and doubles else []
    # Copies that the builder makes for safety cost more than the query of a small file: every node here is new.
    whole_numbers = (number.as_(name, copy=False) for name, number in numbers.items())
    inner = exp.select(*keys, *whole_numbers, *record, *values, copy=False).from_(SOURCE, copy=False)
    if block:
        first, last = (exp.Parameter(this=exp.var(name)) for name in (FIRST, LAST))
        inner = inner.where(exp.Between(this=_column(ROW), low=first, high=last), copy=False)
    query = exp.select("*").from_(inner.subquery("read", copy=False), copy=False)
    for at in range(len(design.nesting_columns)):
        query = query.where(_column(f"k{at}").neq(exp.Literal.string("")), copy=False)
    for name in numbers:
        query = query.where(_column(name).is_(exp.null()).not_(), copy=False)
    if record:
        twice = exp.In(this=_column("record"), query=exp.select(_column("record")).from_(DOUBLES).subquery())
        query = query.where(exp.or_(_column("record").is_(exp.null()), twice.not_()), copy=False)
    return query


def groups(design: SurveyDesign, types: Mapping[str, Type], *, doubles: bool) -> exp.Select:
    """One row a group: keys, n, Σw, (Σd), (Σw²), least and greatest population sizes, and the number sums.

    Columns: `k…`, `n`, `w`, `d`, `ww`, `low0`, `high0` (PSUs), `low1`, `high1` (units), `s0`… as in
    `design.number_sums()`; those the design does not need are absent.
    """
    values: list[exp.Expr] = []
    names = {item.code: f"v{at}" for at, item in enumerate(design.number_items)}
    values.extend(number_value(item, types).as_(names[item.code]) for item in design.number_items)
    keys = [_column(f"k{at}") for at in range(len(design.key_columns))]
    wide = "INT128"

    def product(*names_: str) -> exp.Expr:
        this: exp.Expr = _cast(_column(names_[0]), wide)
        for name in names_[1:]:
            this = exp.Mul(this=this, expression=_column(name))
        return this

    def total(this: exp.Expr, name: str) -> exp.Expr:
        return exp.Coalesce(this=exp.Sum(this=this), expressions=[_int(0)]).as_(name)

    columns: list[exp.Expr] = [exp.Count(this=exp.Star()).as_("n"), total(_column("w"), "w")]
    if design.calibration:
        columns.append(total(_column("d"), "d"))
    if design.element_stage:
        columns.append(total(product("w", "w"), "ww"))
    for at, column in enumerate((design.psu_population, design.unit_population)):
        if column is not None:
            columns.append(exp.Min(this=_column(f"size{at}")).as_(f"low{at}"))
            columns.append(exp.Max(this=_column(f"size{at}")).as_(f"high{at}"))
    ratios = {ratio.code: (names[ratio.numerator], names[ratio.denominator]) for ratio in design.ratios}
    for at, (code, what) in enumerate(design.number_sums()):
        y, x = ratios.get(code, (names.get(code, ""), ""))
        if what == "n":
            # A product is null unless every factor is there: the respondents who answered all that is asked.
            columns.append(exp.Count(this=product(*(each for each in (y, x) if each))).as_(f"s{at}"))
            continue
        factors = [{"w": "w", "d": "d", "y": y, "x": x}[letter] for letter in what]
        this = product(*factors)
        unused = [each for each in (y, x) if each and each not in factors]
        if unused:
            there = exp.and_(*(_column(each).is_(exp.null()).not_() for each in unused))
            this = exp.Case().when(there, this)
        columns.append(total(this, f"s{at}"))
    return (
        exp.select(*keys, *columns)
        .from_(coded(design, types, values, doubles=doubles).subquery("coded"))
        .group_by(*(key.copy() for key in keys))
    )


def packed(
    design: SurveyDesign,
    types: Mapping[str, Type],
    bundles: Sequence[Sequence[AnswerItem]],
    numbers: Sequence[AnswerItem] = (),
    *,
    doubles: bool,
) -> exp.Select:
    """One row a usable record: `gid` of its group in `cell_groups`, `w`, (`d`), bundles of answers `b0`…, and the
    answers to `numbers` as `v0`…, null where there is none.

    A bundle is Σ position × radix, the radix of an item being the product of (codes + 1) of the items before it.
    """
    values = [bundle_value(bundle, types).as_(f"b{at}", copy=False) for at, bundle in enumerate(bundles)]
    values += [number_value(item, types).as_(f"v{at}", copy=False) for at, item in enumerate(numbers)]
    names = [*(f"b{at}" for at in range(len(bundles))), *(f"v{at}" for at in range(len(numbers)))]
    rows = coded(design, types, values, doubles=doubles, block=True)
    inner = rows.subquery("coded", copy=False)
    on = exp.and_(*(_column(f"k{at}", "coded").eq(_column(f"k{at}", GROUPS)) for at in range(len(design.key_columns))))
    base = [_column("d", "coded")] if design.calibration else []
    return (
        exp.select(_column("gid", GROUPS), _column("w", "coded"), *base, *(_column(name, "coded") for name in names))
        .from_(inner, copy=False)
        .join(exp.to_table(GROUPS), on=on, copy=False)
    )


def bundle_value(bundle: Sequence[AnswerItem], types: Mapping[str, Type]) -> exp.Expr:
    """Several answers in one whole number, see `packed`."""
    parts: list[exp.Expr] = []
    radix = 1
    for item in bundle:
        position = _cast(answer_position(item, types), "USMALLINT")
        parts.append(position if radix == 1 else exp.Mul(this=position, expression=_int(radix)))
        radix *= len(item.answers) + 1
    total = parts[0]
    for part in parts[1:]:
        total = exp.Add(this=total, expression=part)
    return _cast(exp.Paren(this=total), "USMALLINT")


def counted_records(design: SurveyDesign, types: Mapping[str, Type], *, doubles: bool) -> exp.Select:
    """The digests of the usable records that have a name, and the names: `digest`, `name`."""
    assert design.record is not None
    rows = coded(design, types, [_text(design.record).as_("name")], doubles=doubles).subquery("coded")
    digest = exp.func("md5_number_lower", _column("name"))
    named = exp.Coalesce(this=_column("name"), expressions=[exp.Literal.string("")]).neq(exp.Literal.string(""))
    return exp.select(digest.as_("digest"), _column("name")).from_(rows).where(named)


def _given(item: AnswerItem) -> exp.Expr:
    blank = _trimmed(item.column).eq(exp.Literal.string(""))
    return exp.and_(_column(item.column).is_(exp.null()).not_(), blank.not_())


def _answer_fault(item: AnswerItem, types: Mapping[str, Type]) -> exp.Expr:
    """There is an answer, and it is not valid."""
    if item.coded:
        return exp.and_(_given(item), exp.Paren(this=answer_position(item, types)).eq(_int(0)))
    return exp.and_(_given(item), _null(number_value(item, types)))


def _looks_wrong(item: AnswerItem, types: Mapping[str, Type]) -> exp.Expr:
    """True at least wherever `_answer_fault` is, and cheaper."""
    codes = list(item.answers)
    if types[item.column] != "text" or not item.coded or not _of_one_letter(codes):
        return _answer_fault(item, types)
    known = exp.and_(_one_letter(item), exp.GT(this=_place_in(item, codes), expression=_int(0)))
    return exp.and_(_column(item.column).is_(exp.null()).not_(), exp.Paren(this=known).not_())


def suspect_records(design: SurveyDesign, types: Mapping[str, Type], *, doubles: bool) -> exp.Expr:
    """The rows in which anything may be wrong: most files have few, and only these are looked at one by one."""
    wrong = [fault for _, _, fault in faults(design, types, doubles=doubles)]
    wrong += [_looks_wrong(item, types) for item in design.items if item.option is None]
    return exp.select("*").from_(SOURCE).where(exp.or_(*wrong, copy=False), copy=False)


def wrong_records(design: SurveyDesign, types: Mapping[str, Type], *, doubles: bool) -> exp.Expr:
    """What is set aside, of the table `suspects`: record, column, value, code of the problem, item. One row a fault."""
    row = _column(ROW)
    record = (
        _cast(row, "TEXT")
        if design.record is None
        else exp.Coalesce(this=_text(design.record), expressions=[_cast(row, "TEXT")])
    )

    def told(code: str, column: str, item: str, fault: exp.Expr) -> exp.Select:
        value = exp.Coalesce(this=_text(column), expressions=[exp.Literal.string("")])
        words = [exp.Literal.string(each).as_(name) for each, name in ((column, "c"), (code, "p"), (item, "i"))]
        return (
            exp.select(row.as_("r"), record.copy().as_("n"), value.as_("v"), *words)
            .from_(SUSPECTS)
            .where(fault, copy=False)
        )

    parts = [told(code, column, "", fault) for code, column, fault in faults(design, types, doubles=doubles)]
    for item in design.items:
        if item.option is not None:
            continue
        parts.append(told("ANSWER-UNKNOWN", item.column, item.code, _answer_fault(item, types)))
    union: exp.Expr = parts[0]
    for part in parts[1:]:
        union = exp.union(union, part, distinct=False, copy=False)
    return exp.select("*").from_(union.subquery("faults")).order_by("r", "c", "p", "i")  # type: ignore[attr-defined]
