"""Differences with their error and test: between two domains of a survey, a domain and everybody, and two years.

Within one survey the two may share people (a province and the nation) or sampled units (men and women): the
covariance is in the error. Surveys of two years are drawn apart, and their variances add.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from parindex.documents.shapes import guess
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.results.surveys.estimating import Asked, estimands_of
from parindex.results.surveys.figures import figure
from parindex.results.surveys.folders import SurveyFolder
from parindex.results.surveys.tables import CROSSED, WHOLE, EstimateRow
from parindex.sources import Place
from parindex.survey.compare import Difference, domain_differences, independent_difference
from parindex.survey.estimate import Estimate, Options, interval
from parindex.survey.indexing import index_parts, node_estimands
from parindex.survey.series import Piece, joined
from parindex.survey.student import two_sided
from parindex.tables.columns import Column, TableSpec

TABLE_ABSENT = ProblemKind(
    "SURVEY-TABLE-ABSENT",
    what=Text('thư mục ước lượng không có bảng "{table}"{guess}.', 'the estimates have no table "{table}"{guess}.'),
    why=Text("Chỉ so được những gì được công bố.", "Only what is published can be compared."),
    remedy=Text('Chạy lại survey estimate với --by "{table}".', 'Run survey estimate again with --by "{table}".'),
)
DOMAIN_ABSENT = ProblemKind(
    "SURVEY-DOMAIN-ABSENT",
    what=Text('bảng "{table}" không có nhóm "{domain}"{guess}.', 'the table "{table}" has no "{domain}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Ghi đúng mã như trong estimates.csv.", "Write the code as estimates.csv has it."),
)
CODE_ABSENT = ProblemKind(
    "SURVEY-CODE-ABSENT",
    what=Text('không có câu hỏi hay chỉ số "{code}"{guess}.', 'there is no item or index "{code}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Các mã có thể dùng: {known}.", "Codes that can be used: {known}."),
)
EDITION_ABSENT = ProblemKind(
    "SURVEY-EDITION-ABSENT",
    what=Text("ước lượng không nói là của năm nào.", "the estimates do not say of which year they are."),
    why=Text(
        "Không biết năm thì không biết có điểm gãy nào giữa hai cuộc khảo sát.",
        "Without the years nobody knows whether a break lies between the two surveys.",
    ),
    remedy=Text("Chạy lại survey estimate với --edition.", "Run survey estimate again with --edition."),
)
EDITION_TWICE = ProblemKind(
    "SURVEY-EDITION-TWICE",
    what=Text("hai thư mục ước lượng cùng là của năm {edition}.", "two folders are both of {edition}."),
    why=Text("Mỗi năm có một cuộc khảo sát.", "A year has one survey."),
    remedy=Text("Bỏ một thư mục, hoặc sửa --edition.", "Leave one out, or correct --edition."),
)
FORMULAS_DIFFER = ProblemKind(
    "SURVEY-FORMULAS-DIFFER",
    what=Text("chỉ số của các năm tính theo công thức khác nhau: {formulas}.", "years have two formulas: {formulas}."),
    why=Text(
        "Chênh lệch giữa hai công thức không phải là thay đổi của thực tế.",
        "A difference of two formulas is no change of fact.",
    ),
    remedy=Text("Chạy lại survey estimate với cùng --formula.", "Run survey estimate again with one --formula."),
)

SMALL_PROBABILITY: Final = Decimal("0.0001")
"""Smaller p-values are told as this one: further digits say nothing."""


class DifferenceRow(NamedTuple):
    """first − second of one figure, with its error and the test that it is 0."""

    by: str
    first: str
    second: str
    code: str
    answers: str | None
    measure: str
    value: Decimal | None
    se: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    t: Decimal | None
    df: Decimal | None
    p: Decimal | None
    method: str
    note_vi: str | None
    note_en: str | None


_EMPTY = Text("xem note", "see the note")
DIFFERENCES = TableSpec(
    "survey_differences",
    DifferenceRow,
    key=("by", "first", "second", "code", "answers", "measure"),
    says=Text("Chênh lệch kèm sai số và kiểm định", "Differences with error and test"),
    columns=(
        Column("by", "text", Text("cột chia nhóm, * là không chia", "the column of domains, * for none")),
        Column("first", "text", Text("nhóm thứ nhất, có thể kèm năm", "the first domain, or its year")),
        Column("second", "text", Text("nhóm thứ hai; * là tất cả", "the second domain; * for all")),
        Column("code", "text", Text("câu hỏi, nhân tố hoặc chỉ số", "item, factor or index")),
        Column(
            "answers",
            "text",
            Text("các mã trả lời của tỷ lệ", "the answers of a share"),
            null_means=Text("mọi trả lời hợp lệ", "all valid answers"),
        ),
        Column("measure", "text", Text("mean, share, total, ratio, factor, part, index", "mean, share, total, …")),
        Column("value", "decimal", Text("thứ nhất trừ thứ hai", "first less second"), null_means=_EMPTY),
        Column("se", "decimal", Text("sai số chuẩn của hiệu", "standard error of it"), null_means=_EMPTY),
        Column("lower", "decimal", Text("cận dưới", "lower end of the interval"), null_means=_EMPTY),
        Column("upper", "decimal", Text("cận trên", "upper end of the interval"), null_means=_EMPTY),
        Column("t", "decimal", Text("hiệu chia sai số chuẩn", "difference by standard error"), null_means=_EMPTY),
        Column("df", "decimal", Text("bậc tự do", "degrees of freedom"), null_means=Text("vô hạn", "without end")),
        Column(
            "p",
            "decimal",
            Text("trị số p hai phía; 0.0001 là nhỏ hơn hoặc bằng", "two-sided p; 0.0001 is that or less"),
            null_means=_EMPTY,
        ),
        Column("method", "text", Text("cách tính", "method")),
        Column("note_vi", "text", Text("lý do trống (tiếng Việt)", "why empty, Vietnamese"), null_means=_EMPTY),
        Column("note_en", "text", Text("lý do trống, tiếng Anh", "why empty, English"), null_means=_EMPTY),
    ),
)

HIDDEN = Text(
    "một trong hai số không được công bố, nên hiệu của chúng cũng không",
    "one of the two is not published, so that their difference is not either",
)

_Figure = tuple[str, str | None, str]
"""Code, answers, measure: what a difference is taken of."""


def check_codes(folder: SurveyFolder, codes: Sequence[str], problems: Problems) -> None:
    """Every code must be one of the estimates."""
    known = tuple(dict.fromkeys(row.code for row in folder.rows))
    for code in codes:
        if code not in known:
            place = Place(folder.name)
            problems.add(CODE_ABSENT, place, code=code, guess=guess(code, known), known=", ".join(known))


def differences(
    folder: SurveyFolder,
    table: str,
    pairs: Sequence[tuple[str, str]] | None = None,
    *,
    codes: Collection[str] = (),
) -> tuple[DifferenceRow, ...]:
    """Each pair of domains of a table of the folder, first − second; `*` is everybody.

    `pairs` None: every domain against everybody. `codes` empty: every figure. A difference is left out where one of
    its two figures is. Raises ProblemsFound.
    """
    problems = Problems()
    known = dict.fromkeys(row.domain for row in folder.rows if row.by == table)
    if not known:
        tables = tuple(dict.fromkeys(row.by for row in folder.rows if row.by != WHOLE))
        problems.add(TABLE_ABSENT, Place(folder.name), table=table, guess=guess(table, tables))
    elif pairs is not None:
        for domain in dict.fromkeys(domain for pair in pairs for domain in pair if domain != WHOLE):
            if domain not in known:
                words = guess(domain, tuple(known))
                problems.add(DOMAIN_ABSENT, Place(folder.name), table=table, domain=domain, guess=words)
    check_codes(folder, tuple(codes), problems)
    problems.raise_if_any()
    chosen = [(domain, WHOLE) for domain in known] if pairs is None else list(pairs)
    rows = {(row.by, row.domain, row.code, row.answers, row.measure): row for row in folder.rows}
    asked = [each for each in _asked(folder) if not codes or each.code in codes]
    averaged = _averaged(folder, table)
    computed = _computed(folder, table, chosen, asked)
    found = []
    for (first, second), told in zip(chosen, computed, strict=True):
        for what, difference in zip(asked, told, strict=True):
            key = (what.code, what.answers, what.measure or difference.measure)
            one, other = (rows.get((WHOLE if each == WHOLE else table, each, *key)) for each in (first, second))
            if one is None or other is None:
                continue
            if averaged and WHOLE in (first, second) and what.measure in _INDEX:
                units = [row for row in folder.rows if row.by == table and _key(row) == key]
                difference = _from_mean(one, other, units, folder.settings.options)
            found.append(_row(table, first, second, key, difference, hidden=_hidden(one) or _hidden(other)))
    return tuple(found)


_INDEX: Final = ("factor", "part", "index")


def _key(row: EstimateRow) -> _Figure:
    return row.code, row.answers, row.measure


def _hidden(row: EstimateRow) -> bool:
    return row.status in ("too_small", "protects_others")


def _asked(folder: SurveyFolder) -> tuple[Asked, ...]:
    """Every figure of the folder, as it was estimated."""
    _, form = folder.inputs.under(folder.settings)
    design = folder.counts.cells.design
    problems = Problems()
    nodes = tuple(Asked(pooled, node, measure="node") for node, pooled in node_estimands(design, form, problems))
    parts = tuple(Asked(each, part.code, measure=part.level) for part, each in index_parts(design, form, problems))
    problems.raise_if_any()
    return (*estimands_of(design), *nodes, *parts)


def _averaged(folder: SurveyFolder, table: str) -> bool:
    """The nation of an index is the mean of these units."""
    form = folder.inputs.questionnaire
    tables = folder.settings.tables
    return (
        form is not None
        and form.index is not None
        and form.index.national == "mean_of_units"
        and bool(tables)
        and tables[0] == (table,)
    )


def _computed(
    folder: SurveyFolder, table: str, pairs: Sequence[tuple[str, str]], asked: Sequence[Asked]
) -> list[Sequence[Difference]]:
    design, _ = folder.inputs.under(folder.settings)
    columns = table.split(CROSSED)

    def where(domain: str) -> Mapping[str, str]:
        return {} if domain == WHOLE else dict(zip(columns, domain.split(CROSSED), strict=True))

    found = domain_differences(
        folder.counts.under(design.lonely_psu).cells,
        [each.estimand for each in asked],
        [(where(first), where(second)) for first, second in pairs],
        options=folder.settings.options,
    )
    size = len(asked)
    return [found[at * size : (at + 1) * size] for at in range(len(pairs))]


def _from_mean(one: EstimateRow, other: EstimateRow, units: Sequence[EstimateRow], options: Options) -> Difference:
    """A unit less the mean of all units (or the reverse): units are drawn apart, and the unit is part of the mean.

    With N units, u − ū has the variance (1 − 1/N)² v(u) + (v(ū) − v(u)/N²): the unit's own part, and that of the
    others. Degrees of freedom after Welch and Satterthwaite, those of the others taken as those of the mean.
    """
    unit, mean = (one, other) if other.domain == WHOLE else (other, one)
    count = sum(row.status != "empty" for row in units)
    value = math.nan if one.value is None or other.value is None else float(one.value - other.value)
    own, all_ = (math.nan if row.se is None else float(row.se) ** 2 for row in (unit, mean))
    parts = ((1 - 1 / count) ** 2 * own, max(all_ - own / count**2, 0.0)) if count else (math.nan, math.nan)
    total = parts[0] + parts[1]
    df = _freedom(parts, (unit.df, mean.df))
    reason = None
    if not math.isfinite(value) or not math.isfinite(total):
        empty = one if one.value is None else other
        reason = Text(empty.note_vi or "–", empty.note_en or "–")
    method = f"difference of {one.measure}, mean of units, t {options.level:.0%}"
    names = ((one.domain,), (other.domain,))
    n = (one.n or 0, other.n or 0)
    if reason is not None:
        return Difference(one.code, one.measure, *names, None, None, None, None, None, df, None, *n, method, reason)
    se = math.sqrt(total)
    lower, upper = interval(value, se, df, options.level, logit=False) if df > 0 else (None, None)
    t = value / se if se > 0 and df > 0 else None
    p = None if t is None else two_sided(t, df)
    return Difference(one.code, one.measure, *names, value, se, lower, upper, t, df, p, *n, method)


def _freedom(parts: Sequence[float], freedom: Sequence[Decimal | None]) -> float:
    """Welch and Satterthwaite's degrees of freedom of a sum of variances; None in `freedom` is without end."""
    if any(part > 0 and of is not None and of <= 0 for part, of in zip(parts, freedom, strict=True)):
        return 0.0
    spread = math.fsum(
        part**2 / float(of) for part, of in zip(parts, freedom, strict=True) if of is not None and of > 0
    )
    return math.fsum(parts) ** 2 / spread if spread > 0 else math.inf


def _row(
    by: str, first: str, second: str, key: _Figure, difference: Difference, *, hidden: bool = False
) -> DifferenceRow:
    note = HIDDEN if hidden else difference.reason
    p = figure(difference.p)
    figures = (difference.value, difference.se, difference.lower, difference.upper, difference.t)
    value, se, lower, upper, t = (None if hidden else figure(each) for each in figures)
    return DifferenceRow(
        by,
        first,
        second,
        key[0],
        key[1],
        key[2],
        value,
        se,
        lower,
        upper,
        t,
        None if hidden or not math.isfinite(difference.df) else figure(difference.df),
        None if hidden or p is None else max(p, SMALL_PROBABILITY),
        difference.method,
        None if note is None else note.vi,
        None if note is None else note.en,
    )


# --- Years.


class SeriesRow(NamedTuple):
    """One figure of one year, and its change since the year before in the series; None for the first."""

    edition: int
    figure: EstimateRow
    change: DifferenceRow | None


def ordered(folders: Sequence[SurveyFolder], across: Collection[str] = ()) -> Piece[SurveyFolder]:
    """The surveys in order of year, joined across the breaks that are named only.

    Raises ProblemsFound for surveys without a year, a year twice, two formulas, and a break that is not named.
    """
    problems = Problems()
    points: list[tuple[int, SurveyFolder]] = []
    for folder in folders:
        edition = folder.settings.edition
        if edition is None:
            problems.add(EDITION_ABSENT, Place(folder.name))
        elif edition in dict(points):
            problems.add(EDITION_TWICE, Place(folder.name), edition=str(edition))
        else:
            points.append((edition, folder))
    formulas = {_formula(folder): None for folder in folders}
    if len(formulas) > 1:
        problems.add(FORMULAS_DIFFER, Place(""), formulas=", ".join(each or "–" for each in formulas))
    problems.raise_if_any()
    forms = [folder.inputs.questionnaire for folder in folders]
    breaks = {each.code: each for form in forms if form is not None for each in form.breaks}
    return joined(points, tuple(breaks.values()), across=across)


def _formula(folder: SurveyFolder) -> str | None:
    form = folder.inputs.under(folder.settings)[1]
    return None if form is None or form.index is None else form.index.formula


def series(
    folders: Sequence[SurveyFolder],
    codes: Sequence[str],
    *,
    domains: Sequence[tuple[str, str]] = ((WHOLE, WHOLE),),
    across: Collection[str] = (),
) -> tuple[SeriesRow, ...]:
    """Each figure of `codes` in each (table, domain), year by year, with the change since the year before.

    Raises ProblemsFound, also for a break of series that `across` does not name.
    """
    piece = ordered(folders, across)
    problems = Problems()
    for _, folder in piece.points:
        check_codes(folder, codes, problems)
        for table, domain in domains:
            known = dict.fromkeys(row.domain for row in folder.rows if row.by == table)
            if domain not in known:
                words = guess(domain, tuple(known))
                problems.add(DOMAIN_ABSENT, Place(folder.name), table=table, domain=domain, guess=words)
    problems.raise_if_any()
    found: list[SeriesRow] = []
    for place in domains:
        keys = dict.fromkeys(
            _key(row) for _, folder in piece.points for row in folder.rows if row.code in codes and _at(row, place)
        )
        for key in keys:
            before: tuple[int, EstimateRow] | None = None
            for edition, folder in piece.points:
                row = next((row for row in folder.rows if _at(row, place) and _key(row) == key), None)
                if row is None:
                    continue
                change = None
                if before is not None:
                    change = between_years(row, before[1], (edition, before[0]), folder.settings.options)
                found.append(SeriesRow(edition, row, change))
                before = edition, row
    return tuple(found)


def _at(row: EstimateRow, place: tuple[str, str]) -> bool:
    return (row.by, row.domain) == place


def between_years(now: EstimateRow, then: EstimateRow, years: tuple[int, int], options: Options) -> DifferenceRow:
    """now − then, of two samples drawn apart."""
    difference = independent_difference(_estimate(now), _estimate(then), options=options)
    first, second = (f"{row.domain} {year}" for row, year in zip((now, then), years, strict=True))
    return _row(now.by, first, second, _key(now), difference, hidden=_hidden(now) or _hidden(then))


def _estimate(row: EstimateRow) -> Estimate:
    value, se, lower, upper, deff = (None if each is None else float(each) for each in (*row[5:9], row.deff))
    reason = Text(row.note_vi or "", row.note_en or "")
    # No degrees of freedom are written for an index whose units have them without end.
    df = float(row.df) if row.df is not None else math.inf if row.se is not None else 0.0
    return Estimate(
        row.code,
        row.measure,
        (row.domain,),
        value,
        se,
        lower,
        upper,
        row.n or 0,
        deff,
        df,
        row.method,
        reason if row.value is None else None,
    )
