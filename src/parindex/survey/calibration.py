"""Weights that add up to known totals: post-stratification, raking with bounds, and trimming.

Arrays in, arrays out, all sums in the order of the rows, so that the same rows give the same bytes; sort them by
record first. Known totals are counts of people, by margin: a column, or columns crossed ("province*sex").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parindex.documents.csv_rows import read_rows
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.survey.set_aside import SetAside, set_aside

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
Spread = Literal["in_proportion", "equally"]

CROSSING = "*"
"""Joins the columns of a crossed margin, and their categories."""

TOTAL_WRONG = ProblemKind(
    "TOTAL-WRONG",
    what=Text('tổng của {margin} = "{category}" là "{value}".', 'the total of {margin} = "{category}" is "{value}".'),
    why=Text("Tổng là số người, lớn hơn 0.", "A total is a number of people above 0."),
    remedy=Text("Sửa tổng, hoặc gộp nhóm này với nhóm khác.", "Correct it, or merge this category with another."),
)
TOTAL_TWICE = ProblemKind(
    "TOTAL-TWICE",
    what=Text(
        '{margin} = "{category}" đã có ở dòng {first}.', '{margin} = "{category}" stands already on line {first}.'
    ),
    why=Text("", ""),
    remedy=Text("Giữ một dòng.", "Keep one line."),
)
TOTAL_SMALL = ProblemKind(
    "TOTAL-SMALL",
    what=Text(
        '{margin} = "{category}": tổng thể {total} nhỏ hơn số phiếu {count}.',
        '{margin} = "{category}": the population of {total} is smaller than the {count} interviews.',
    ),
    why=Text("Mẫu không thể lớn hơn tổng thể.", "A sample cannot be larger than its population."),
    remedy=Text(
        "Kiểm tra tổng và đơn vị tính (người, nghìn người).", "Check the total and its unit (people, thousands)."
    ),
)
MARGINS_CONTRADICT = ProblemKind(
    "MARGINS-CONTRADICT",
    what=Text(
        "tổng theo {first} là {first_sum}, theo {second} là {second_sum}{where}.",
        "the totals by {first} add up to {first_sum}, those by {second} to {second_sum}{where}.",
    ),
    why=Text(
        "Không có bộ quyền số nào thỏa mãn cả hai, nên lặp mãi không hội tụ.",
        "No weights can meet both, so that raking would go round for ever.",
    ),
    remedy=Text("Dùng hai nguồn cùng thời điểm, cùng phạm vi.", "Take both from sources of the same day and scope."),
)
MARGIN_EMPTY = ProblemKind(
    "MARGIN-EMPTY",
    what=Text('{margin} = "{category}" không có phiếu nào.', '{margin} = "{category}" has no interview.'),
    why=Text(
        "Không có phiếu nào để đại diện cho {total} người này.", "There is nobody to stand for these {total} people."
    ),
    remedy=Text("Gộp với nhóm gần nhất, trong cả tổng và số liệu.", "Merge it with its neighbour, in totals and data."),
)
MARGIN_ABSENT = ProblemKind(
    "MARGIN-ABSENT",
    what=Text('không có tổng nào cho biên "{margin}".', 'there are no totals for the margin "{margin}".'),
    why=Text("", ""),
    remedy=Text("Thêm các dòng của biên này vào tệp tổng.", "Add its lines to the file of totals."),
)
CATEGORY_UNKNOWN = ProblemKind(
    "CATEGORY-UNKNOWN",
    what=Text(
        'cột "{column}": nhóm "{value}" không có tổng.', 'column "{column}": the category "{value}" has no total.'
    ),
    why=Text(
        "Phiếu không thuộc nhóm nào thì không cân chỉnh được.",
        "An interview outside all categories cannot be calibrated.",
    ),
    remedy=Text("Sửa mã, hoặc thêm tổng.", "Correct the code, or add a total."),
)
NOT_CONVERGED = ProblemKind(
    "RAKING-NOT-CONVERGED",
    what=Text(
        'sau {rounds} vòng, {margin} = "{category}" còn lệch {deviation} %.',
        'after {rounds} rounds {margin} = "{category}" is still {deviation} % off.',
    ),
    why=Text(
        "Giới hạn quyền số quá hẹp, hoặc có tổ hợp nhóm không có phiếu nào.",
        "The bounds are too narrow, or some combinations of categories have no interview.",
    ),
    remedy=Text("Nới giới hạn, gộp nhóm, hoặc bỏ một biên.", "Widen the bounds, merge categories, or drop a margin."),
)


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """One margin of `n` respondents with `K` categories.

    `index` (n,) is each respondent's position in `categories`; `totals` (K,) are people, all above 0.
    """

    name: str
    categories: tuple[str, ...]
    index: Positions
    totals: Floats

    def sums(self, weights: Floats) -> Floats:
        """(K,) sums of the weights by category."""
        return np.asarray(np.bincount(self.index, weights=weights, minlength=len(self.categories)), dtype=np.float64)

    def labels(self) -> list[str]:
        """The category of each respondent: the column that goes with the weights to the estimation of errors."""
        return [self.categories[at] for at in self.index]


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """All margins of the same respondents, checked: every category is met, and the totals agree.

    With totals known, the variance of an estimate is that of the residuals after a regression on these memberships;
    the totals themselves have none.
    """

    margins: tuple[Margin, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(margin.name for margin in self.margins)

    def indicators(self) -> Floats:
        """(n, sum of K) ones and zeros, margin after margin: the auxiliary variables of a regression.

        Its rank is less than its columns: the categories of each margin add up to one.
        """
        columns = [
            (margin.index[:, None] == np.arange(len(margin.categories))[None, :]).astype(np.float64)
            for margin in self.margins
        ]
        return np.concatenate(columns, axis=1)


Totals = Mapping[str, Mapping[str, Decimal]]
"""Margin -> category -> people."""


def read_totals(content: bytes, name: str, problems: Problems) -> Totals:
    """Known totals from CSV (margin, category, total). Crossed margins are written province*sex, P01*female."""
    totals: dict[str, dict[str, Decimal]] = {}
    lines: dict[tuple[str, str], int | None] = {}
    for row in read_rows(content, name, problems, columns=("margin", "category", "total"), others=True):
        margin, category = row.required("margin", problems), row.required("category", problems)
        row.required("total", problems)
        total = row.decimal("total", problems)
        if margin is None or category is None or total is None:
            continue
        if (margin, category) in lines:
            first = str(lines[margin, category])
            problems.add(TOTAL_TWICE, row.place, margin=margin, category=category, first=first)
            continue
        lines[margin, category] = row.place.line
        if total <= 0:
            problems.add(TOTAL_WRONG, row.place, margin=margin, category=category, value=row["total"])
            continue
        totals.setdefault(margin, {})[category] = total
    return totals


class MarginsOfRecords(NamedTuple):
    """The margins of the records `kept` (positions in the input), and why the others were set aside."""

    margins: Margins | None
    kept: Positions
    set_aside: tuple[SetAside, ...]


def margins_of(
    records: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    totals: Totals,
    wanted: Sequence[str],
    problems: Problems,
    *,
    place: Place | None = None,
) -> MarginsOfRecords:
    """Match records with the totals of the margins `wanted`.

    `columns` hold one category per record. Records whose category has no total are set aside. Problems are added
    when margins have no totals, contradict each other, are met by no record, or are smaller than the sample; then
    `margins` is None. `place` is the file of the totals.
    """
    where = place or Place("")
    errors = len(problems.errors)
    bad: list[SetAside] = []
    keep = np.ones(len(records), dtype=np.bool_)
    found: list[Margin] = []
    for name in wanted:
        if not totals.get(name):
            problems.add(MARGIN_ABSENT, where, margin=name)
            continue
        categories = tuple(sorted(totals[name]))
        position = {category: at for at, category in enumerate(categories)}
        crossed = [columns[column] for column in name.split(CROSSING)]
        labels = [CROSSING.join(values) for values in zip(*crossed, strict=True)]
        index = np.array([position.get(label, -1) for label in labels], dtype=np.intp)
        for at in np.flatnonzero(index < 0).tolist():
            bad.append(set_aside(CATEGORY_UNKNOWN, records[at], name, labels[at]))
        keep &= index >= 0
        sizes = np.array([float(totals[name][category]) for category in categories], dtype=np.float64)
        found.append(Margin(name, categories, index, sizes))
    kept = np.flatnonzero(keep)
    margins = Margins(tuple(Margin(each.name, each.categories, each.index[kept], each.totals) for each in found))
    for margin in margins.margins:
        counts = np.bincount(margin.index, minlength=len(margin.categories))
        for category, count in zip(margin.categories, counts.tolist(), strict=True):
            total = totals[margin.name][category]
            if count == 0:
                problems.add(MARGIN_EMPTY, where, margin=margin.name, category=category, total=total)
            elif count > total:
                problems.add(TOTAL_SMALL, where, margin=margin.name, category=category, total=total, count=count)
    check_totals({name: totals[name] for name in margins.names}, problems, where)
    return MarginsOfRecords(None if len(problems.errors) > errors else margins, kept, tuple(bad))


def check_totals(totals: Totals, problems: Problems, place: Place) -> None:
    """Add a problem for every two margins that cannot both be met: their sums differ, over all or within a column
    that both cross (the same province). Totals are compared exactly."""
    for (first, by_first), (second, by_second) in combinations(totals.items(), 2):
        shared = [column for column in first.split(CROSSING) if column in second.split(CROSSING)]
        one, other = _projected(first, by_first, shared), _projected(second, by_second, shared)
        for key in sorted(one.keys() | other.keys()):
            sums = one.get(key, Decimal(0)), other.get(key, Decimal(0))
            if sums[0] != sums[1]:
                at = ", ".join(f'{column} "{value}"' for column, value in zip(shared, key, strict=True))
                where = Text(f" ({at})", f" ({at})") if shared else Text("", "")
                problems.add(
                    MARGINS_CONTRADICT,
                    place,
                    first=first,
                    first_sum=sums[0],
                    second=second,
                    second_sum=sums[1],
                    where=where,
                )


def _projected(name: str, totals: Mapping[str, Decimal], shared: Sequence[str]) -> dict[tuple[str, ...], Decimal]:
    columns = name.split(CROSSING)
    places = [columns.index(column) for column in shared]
    sums: dict[tuple[str, ...], Decimal] = {}
    for category, total in totals.items():
        values = category.split(CROSSING)
        key = tuple(values[at] if at < len(values) else "" for at in places)
        sums[key] = sums.get(key, Decimal(0)) + total
    return sums


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """Calibrated weights (n,) and how they came about.

    `factors` (n,) are new over old weights; `largest_deviation` is the greatest |sum - total| / total over all
    categories, at `worst` (margin, category); `at_bounds` counts factors held by a bound.
    """

    weights: Floats
    factors: Floats
    rounds: int
    largest_deviation: float
    worst: tuple[str, str]
    converged: bool
    at_bounds: int


def poststratified(weights: Floats, margin: Margin) -> Calibrated:
    """Weights times total / sum within each category: one margin, met at once. Holt and Smith (1979)."""
    return raked(weights, Margins((margin,)))


def raked(
    weights: Floats,
    margins: Margins,
    *,
    bounds: tuple[float, float] | None = None,
    tolerance: float = 1e-12,
    most_rounds: int = 500,
) -> Calibrated:
    """Weights scaled to one margin after the other until all are met (iterative proportional fitting).

    Without bounds the limit is that of Deming and Stephan (1940). `bounds` (low, high) hold every factor
    new / old: then factors are clip(product of effects, low, high), which is calibration with the truncated
    exponential of Deville and Särndal (1992), the `calibrate(calfun = "raking", bounds =)` of R's survey package;
    it also exists where clipping after each round would stop short of the totals. A round goes over all margins;
    rounds end when no category is further than `tolerance` from its total, relative to it.

    `converged` False: see `largest_deviation` and `worst`, and do not publish. ValueError for weights that are not
    finite and above 0.
    """
    if weights.size == 0 or not np.all(np.isfinite(weights)) or not np.all(weights > 0):
        raise ValueError("weights to calibrate are finite and above 0, at least one")
    low, high = bounds or (0.0, np.inf)
    if not 0 <= low < 1 < high:
        raise ValueError("bounds of factors lie on both sides of 1")
    effects = np.ones(len(weights), dtype=np.float64)  # the product of effects, before it is clipped
    members = [_members(margin) for margin in margins.margins] if bounds else []
    rounds = 0
    deviation, worst = _deviation(weights, margins)
    while deviation > tolerance and rounds < most_rounds:
        rounds += 1
        for number, margin in enumerate(margins.margins):
            if bounds is None:
                effects *= (margin.totals / margin.sums(weights * effects))[margin.index]
            else:
                for category, rows in enumerate(members[number]):
                    total = float(margin.totals[category])
                    effects[rows] *= scale_within(weights[rows], effects[rows], low, high, total)
        deviation, worst = _deviation(weights * np.clip(effects, low, high), margins)
        # Where no factors within the bounds meet the totals, the effects run away for ever.
        if effects.max() > 1e100 or effects.min() < 1e-100:
            break
    factors = np.clip(effects, low, high)
    held = int(np.count_nonzero((effects <= low) | (effects >= high))) if bounds else 0
    return Calibrated(weights * factors, factors, rounds, deviation, worst, deviation <= tolerance, held)


def check_converged(result: Calibrated, problems: Problems, place: Place) -> None:
    """Add a problem that names the worst category when raking did not meet its totals."""
    if not result.converged:
        problems.add(
            NOT_CONVERGED,
            place,
            rounds=result.rounds,
            margin=result.worst[0],
            category=result.worst[1],
            deviation=Decimal(f"{100 * result.largest_deviation:.2g}"),
        )


def _members(margin: Margin) -> list[Positions]:
    order = np.argsort(margin.index, kind="stable")
    ends = np.cumsum(np.bincount(margin.index, minlength=len(margin.categories)))
    return np.split(order, ends[:-1])


def _deviation(weights: Floats, margins: Margins) -> tuple[float, tuple[str, str]]:
    largest, worst = -1.0, ("", "")
    for margin in margins.margins:
        off = np.abs(margin.sums(weights) - margin.totals) / margin.totals
        at = int(np.argmax(off))
        if off[at] > largest:
            largest, worst = float(off[at]), (margin.name, margin.categories[at])
    return largest, worst


def scale_within(weights: Floats, effects: Floats, low: float, high: float, total: float) -> float:
    """The `a` with sum(weights * clip(a * effects, low, high)) = `total`; the nearest end where there is none.

    The sum grows with `a` along straight lines that break where an effect meets a bound, so it is solved without
    iteration.
    """
    breaks = np.concatenate([low / effects, high / effects])
    slopes = np.concatenate([weights * effects, -(weights * effects)])
    finite = np.isfinite(breaks)
    order = np.argsort(breaks[finite], kind="stable")
    at = breaks[finite][order]
    slope = np.cumsum(slopes[finite][order])
    start = low * float(np.cumsum(weights)[-1])
    # The sum at each break: before the first, all are held by the lower bound.
    sums = start + np.concatenate([[0.0], np.cumsum(slope[:-1] * np.diff(at))])
    place = int(np.searchsorted(sums, total, side="right")) - 1
    if place < 0:
        return float(at[0])
    if place + 1 == len(at):
        # Past the last break: only without an upper bound does the sum still grow.
        return float(at[-1]) if np.isfinite(high) else float(at[-1] + (total - sums[-1]) / slope[-1])
    return float(at[place] + (total - sums[place]) / slope[place])


class Trimmed(NamedTuple):
    """Weights (n,) within bounds, with the sum they had. `share` is the part of respondents held by a bound, `moved`
    the part of the sum that went from one to another; `complete` False when the bounds leave no room for the sum."""

    weights: Floats
    share: float
    moved: float
    complete: bool


def trimmed(weights: Floats, low: float, high: float, *, spread: Spread = "in_proportion") -> Trimmed:
    """Weights cut to [low, high]; what is cut off is spread over the others, and cut again, until none is outside.

    The end of these rounds is solved at once: `in_proportion` gives clip(a * w), `equally` clip(w + a), with the
    `a` that keeps the sum. Where one side is cut, the second is the limit of `trimWeights(strict = TRUE)` of R's
    survey package.
    """
    total = float(np.cumsum(weights)[-1])
    ones = np.ones(len(weights), dtype=np.float64)
    if not len(weights) * low <= total <= len(weights) * high:
        result = np.full(len(weights), high if total > len(weights) * high else low, dtype=np.float64)
        moved = float(np.abs(result - weights).sum()) / 2 / total
        return Trimmed(result, 1.0, moved, False)
    if bool(np.all((weights >= low) & (weights <= high))):
        return Trimmed(weights.copy(), 0.0, 0.0, True)
    if spread == "in_proportion":
        result = np.clip(weights * scale_within(ones, weights, low, high, total), low, high)
    else:
        result = np.clip(weights + _shift_within(weights, low, high, total), low, high)
    held = np.count_nonzero((result <= low) | (result >= high))
    return Trimmed(result, held / len(weights), float(np.abs(result - weights).sum()) / 2 / total, True)


def _shift_within(weights: Floats, low: float, high: float, total: float) -> float:
    """The `a` with sum(clip(weights + a, low, high)) = `total`."""
    breaks = np.concatenate([low - weights, high - weights])
    slopes = np.concatenate([np.ones(len(weights)), -np.ones(len(weights))])
    finite = np.isfinite(breaks)
    order = np.argsort(breaks[finite], kind="stable")
    at, slope = breaks[finite][order], np.cumsum(slopes[finite][order])
    if not np.isfinite(low):
        slope = slope + len(weights)
        # All grow before the first break, so the sum there is known from the shift itself.
        start = float(np.cumsum(np.minimum(weights + at[0], high))[-1])
    else:
        start = low * len(weights)
    sums = start + np.concatenate([[0.0], np.cumsum(slope[:-1] * np.diff(at))])
    place = max(int(np.searchsorted(sums, total, side="right")) - 1, 0)
    if slope[place] == 0:
        return float(at[place])
    return float(at[place] + (total - sums[place]) / slope[place])


def in_millionths(weights: Floats) -> NDArray[np.int64]:
    """Weights as whole millionths, rounded half up: the form in which cells add them exactly.

    Totals then hold to n half millionths at most.
    """
    return np.floor(weights * 1e6 + 0.5).astype(np.int64)
