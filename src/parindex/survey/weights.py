"""From the chance of being asked to the weight of an answer: base weight, non-response, and what weighting costs.

Arrays in, arrays out, all sums in the order of the rows. Calibration to known totals is `survey.calibration`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.survey.mistakes import KEY_EMPTY, RECORD_TWICE, WEIGHT_WRONG
from parindex.survey.sample import Chosen
from parindex.survey.set_aside import SetAside, set_aside
from parindex.tables.columns import Column, TableSpec

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]

UNIT_UNSAMPLED = ProblemKind(
    "UNIT-UNSAMPLED",
    what=Text('cột "{column}": "{value}" không có trong mẫu.', 'column "{column}": "{value}" is not in the sample.'),
    why=Text(
        "Phiếu ở nơi không được chọn không có xác suất, nên không có quyền số.",
        "An interview from a place that was not drawn has no chance, so no weight.",
    ),
    remedy=Text(
        "Sửa mã; nếu là đơn vị dự phòng, ghi vào replacements.csv.",
        "Correct the code; if a reserve stepped in, write it into replacements.csv.",
    ),
)
UNIT_OVERFULL = ProblemKind(
    "UNIT-OVERFULL",
    what=Text(
        '"{code}" có {size} người trong khung, nhưng {count} người được tiếp cận.',
        '"{code}" has {size} people in the frame, but {count} were approached.',
    ),
    why=Text("Mẫu không thể lớn hơn tổng thể.", "A sample cannot be larger than its population."),
    remedy=Text("Kiểm tra mã của các phiếu, hoặc quy mô trong khung.", "Check the codes of the cases, or the frame."),
)
STRATUM_EMPTY = ProblemKind(
    "STRATUM-EMPTY",
    what=Text('tầng "{stratum}" không có phiếu nào.', 'the stratum "{stratum}" has no case.'),
    why=Text(
        "Người ở tầng này không được đại diện; quyền số nơi khác không thay được.",
        "Its people are not represented, and weights elsewhere cannot stand for them.",
    ),
    remedy=Text("Bổ sung số liệu, hoặc gộp tầng trước khi tính.", "Add the data, or merge the stratum with another."),
)
SAMPLED_UNIT_EMPTY = ProblemKind(
    "SAMPLED-UNIT-EMPTY",
    what=Text('"{code}" được chọn nhưng không có phiếu nào.', '"{code}" was drawn, but has no case.'),
    why=Text(
        "Các đơn vị khác trong lớp sẽ phải gánh phần của đơn vị này.",
        "The others of its class have to stand for it.",
    ),
    remedy=Text("Kiểm tra số liệu đã đủ chưa.", "See whether the data are complete."),
    severity="notice",
)
PSU_STRATA = ProblemKind(
    "PSU-STRATA",
    what=Text(
        'cột "{column}": phiếu ghi tầng "{value}", nhưng đơn vị mẫu "{psu}" thuộc tầng "{usual}".',
        'column "{column}": the record says stratum "{value}", but its sampled unit "{psu}" lies in "{usual}".',
    ),
    why=Text("Một đơn vị chỉ được chọn trong một tầng.", "A unit is drawn in one stratum."),
    remedy=Text("Sửa mã tầng hoặc mã đơn vị.", "Correct the stratum or the unit."),
)
CLASS_EMPTY = ProblemKind(
    "CLASS-EMPTY",
    what=Text(
        'lớp "{name}" có {cases} người được tiếp cận, không ai trả lời.',
        'the class "{name}" has {cases} people approached, and nobody answered.',
    ),
    why=Text("Không có ai để nhận quyền số của họ.", "There is nobody to take their weight."),
    remedy=Text("Gộp lớp rộng hơn.", "Use wider classes."),
)


class Kept(NamedTuple):
    """Positions of usable records, in order, and the others with their reasons."""

    indices: Positions
    set_aside: tuple[SetAside, ...]


def usable_records(
    records: Sequence[str],
    weights: Sequence[float | None],
    strata: Sequence[str],
    psus: Sequence[str],
    *,
    columns: Mapping[str, str] | None = None,
) -> Kept:
    """Records of a file that brings its own weights: which can be used.

    Set aside are: a record that stands more than once (every time), an empty stratum or PSU, a weight that is missing,
    not a number, infinite, zero or negative, and a record whose PSU lies in another stratum elsewhere (the stratum
    of most of its records counts; without a majority all are set aside). `columns` gives the names of the columns
    record, weight, stratum and psu where they differ.
    """
    names = {"record": "record", "weight": "weight", "stratum": "stratum", "psu": "psu", **(columns or {})}
    bad: list[SetAside] = []
    wrong = np.zeros(len(records), dtype=np.bool_)

    def add(at: int, kind: ProblemKind, column: str, value: object, **values: object) -> None:
        wrong[at] = True
        bad.append(set_aside(kind, records[at], names[column], value, **values))

    _add_doubles(records, add)
    votes: dict[str, Counter[str]] = {}
    for at, (weight, stratum, psu) in enumerate(zip(weights, strata, psus, strict=True)):
        if weight is None or not np.isfinite(weight) or weight <= 0:
            add(at, WEIGHT_WRONG, "weight", "" if weight is None else weight)
        for column, value in (("stratum", stratum), ("psu", psu)):
            if not value:
                add(at, KEY_EMPTY, column, value)
        if stratum and psu:
            votes.setdefault(psu, Counter())[stratum] += 1
    usual: dict[str, str] = {}
    for psu, counts in votes.items():
        (first, most), *others = counts.most_common()
        usual[psu] = first if not others or others[0][1] < most else ", ".join(sorted(counts))
    for at, (stratum, psu) in enumerate(zip(strata, psus, strict=True)):
        if stratum and psu and usual[psu] != stratum:
            add(at, PSU_STRATA, "stratum", stratum, psu=psu, usual=usual[psu])
    return Kept(np.flatnonzero(~wrong), tuple(bad))


def _add_doubles(records: Sequence[str], add: Callable[..., None]) -> None:
    times = Counter(records)
    for at, record in enumerate(records):
        if not record:
            add(at, KEY_EMPTY, "record", record)
        elif times[record] > 1:
            add(at, RECORD_TWICE, "record", record)


class BaseWeights(NamedTuple):
    """Cases that belong to the sample: their positions in the input, base weights (n,), strata and PSUs."""

    kept: Positions
    weights: Floats
    strata: tuple[str, ...]
    psus: tuple[str, ...]
    set_aside: tuple[SetAside, ...]


def base_weights(
    records: Sequence[str],
    units: Sequence[str],
    sample: Iterable[Chosen],
    problems: Problems,
    *,
    column: str = "unit",
    place: Place | None = None,
) -> BaseWeights:
    """The base weight, stratum and PSU of each person approached, from the sampled unit in which the person lives.

    `units` are codes of the last stage that the frame lists. Cases of units that are not in the sample, and records
    that stand more than once, are set aside. Problems: a stratum without a case, more cases than people; a unit
    without a case is a notice. Where all units above were certain, each person is a PSU.
    """
    where = place or Place("")
    last: dict[str, Chosen] = {row.code: row for row in sample if row.weight is not None and row.in_sample}
    bad: list[SetAside] = []
    wrong = np.zeros(len(records), dtype=np.bool_)

    def add(at: int, kind: ProblemKind, name: str, value: object) -> None:
        wrong[at] = True
        bad.append(set_aside(kind, records[at], name, value))

    _add_doubles(records, add)
    for at, unit in enumerate(units):
        if unit not in last:
            add(at, UNIT_UNSAMPLED, column, unit)
    kept = np.flatnonzero(~wrong)
    cases = Counter(units[at] for at in kept.tolist())
    met = {row.stratum for code, row in last.items() if cases[code]}
    for stratum in sorted({row.stratum for row in last.values()} - met):
        problems.add(STRATUM_EMPTY, where, stratum=stratum)
    for code, row in sorted(last.items()):
        if cases[code] > row.size:
            problems.add(UNIT_OVERFULL, where, code=code, size=row.size, count=cases[code])
        if not cases[code] and row.stratum in met:
            problems.add(SAMPLED_UNIT_EMPTY, where, code=code)
    rows = [last[units[at]] for at in kept.tolist()]
    return BaseWeights(
        kept,
        np.array([float(row.weight or 0) for row in rows], dtype=np.float64),
        tuple(row.stratum for row in rows),
        tuple(row.psu or records[at] for at, row in zip(kept.tolist(), rows, strict=True)),
        tuple(bad),
    )


@dataclass(frozen=True, slots=True)
class CollapseRule:
    """When a weighting class is too thin to stand alone, and what may be merged.

    A class merges when fewer than `least` of it answered, or when its factor would pass `largest_factor`. Classes are
    tuples of words from coarse to fine; those that differ in the first `never_across` words never merge.
    """

    least: int = 20
    largest_factor: float = 3.0
    never_across: int = 1


class AdjustmentClass(NamedTuple):
    """One weighting class after merging. `thin` is true when it stays below the rule with nothing left to merge."""

    name: str
    merged: str | None
    cases: int
    answered: int
    factor: Decimal | None
    thin: bool


ADJUSTMENT = TableSpec(
    "weighting_classes",
    AdjustmentClass,
    key=("name",),
    says=Text("Lớp điều chỉnh không trả lời", "Classes of the non-response adjustment"),
    columns=(
        Column("name", "text", Text("lớp, hoặc lớp đầu tiên đã gộp", "class, or the first of those merged")),
        Column(
            "merged",
            "text",
            Text("các lớp đã gộp vào", "the classes merged into it"),
            null_means=Text("không gộp", "none was merged"),
        ),
        Column("cases", "whole", Text("số người được tiếp cận", "people approached")),
        Column("answered", "whole", Text("số người trả lời", "people who answered")),
        Column(
            "factor",
            "decimal",
            Text("hệ số điều chỉnh", "factor"),
            null_means=Text("không ai trả lời", "nobody answered"),
        ),
        Column("thin", "flag", Text("vẫn quá nhỏ, không còn lớp để gộp", "still too thin, nothing left to merge")),
    ),
)


class Adjusted(NamedTuple):
    """Weights (n,) after the adjustment, 0 for those who did not answer, and the classes that were used."""

    weights: Floats
    classes: tuple[AdjustmentClass, ...]


@dataclass(slots=True)
class _Class:
    """Weighting classes under way to being merged."""

    keys: list[tuple[str, ...]]
    cases: int
    answered: int
    all_weight: float
    answered_weight: float

    def thin(self, rule: CollapseRule) -> bool:
        return self.answered < max(rule.least, 1) or self.all_weight > rule.largest_factor * self.answered_weight

    def take_in(self, other: _Class) -> None:
        self.keys = sorted([*self.keys, *other.keys])
        self.cases += other.cases
        self.answered += other.answered
        self.all_weight += other.all_weight
        self.answered_weight += other.answered_weight


def adjusted_for_nonresponse(
    weights: Floats,
    answered: Flags,
    classes: Sequence[tuple[str, ...]],
    rule: CollapseRule,
    problems: Problems,
    *,
    place: Place | None = None,
) -> Adjusted:
    """Give the weight of those who did not answer to those of their class who did; the sum in each class stays.

    Thin classes merge with the neighbour (in the order of their names) that has fewer answers, first among classes
    that share all words but the last, then all but the last two, and so on. A class in which nobody answered and
    nothing can be merged is a problem. Call it twice: first with everyone, `answered` meaning that eligibility is
    known; then with the eligible, `answered` meaning an interview. Method: weighting classes, Oh and Scheuren (1983).
    """
    names = sorted(set(classes))
    position = {name: at for at, name in enumerate(names)}
    index = np.array([position[name] for name in classes], dtype=np.intp)
    yes = answered.astype(np.float64)
    size = len(names)
    cases = np.bincount(index, minlength=size)
    counts = np.bincount(index, weights=yes, minlength=size)
    all_weight = np.bincount(index, weights=weights, minlength=size)
    answered_weight = np.bincount(index, weights=weights * yes, minlength=size)
    groups = [
        _Class([name], int(cases[at]), int(counts[at]), float(all_weight[at]), float(answered_weight[at]))
        for at, name in enumerate(names)
    ]
    deepest = max((len(name) for name in names), default=0)
    for shared in range(deepest - 1, rule.never_across - 1, -1):
        merged: list[_Class] = []
        for prefix in dict.fromkeys(group.keys[0][:shared] for group in groups):
            merged += _merged([group for group in groups if group.keys[0][:shared] == prefix], rule)
        groups = merged
    factors = np.zeros(size, dtype=np.float64)
    rows = []
    for group in groups:
        name = "/".join(group.keys[0])
        factor = group.all_weight / group.answered_weight if group.answered else 0.0
        for key in group.keys:
            factors[position[key]] = factor
        if not group.answered:
            problems.add(CLASS_EMPTY, place or Place(""), name=name, cases=group.cases)
        rows.append(
            AdjustmentClass(
                name,
                "; ".join("/".join(key) for key in group.keys[1:]) or None,
                group.cases,
                group.answered,
                Decimal(f"{factor:.6f}") if group.answered else None,
                group.thin(rule),
            )
        )
    return Adjusted(weights * yes * factors[index], tuple(rows))


def _merged(groups: list[_Class], rule: CollapseRule) -> list[_Class]:
    """Merge thin neighbours until none is thin or one is left."""
    groups = list(groups)
    while len(groups) > 1:
        thin = [at for at, group in enumerate(groups) if group.thin(rule)]
        if not thin:
            break
        at = min(thin, key=lambda place: (groups[place].answered, place))
        beside = [place for place in (at - 1, at + 1) if 0 <= place < len(groups)]
        other = min(beside, key=lambda place: (groups[place].answered, place))
        first, second = sorted((at, other))
        groups[first].take_in(groups.pop(second))
    return groups


class WeightEffects(NamedTuple):
    """What the weights are like after one step, over those with a weight above 0."""

    step: str
    n: int
    total: Decimal
    smallest: Decimal
    largest: Decimal
    cv: Decimal
    design_effect: Decimal
    effective: Decimal
    held: Decimal


EFFECTS = TableSpec(
    "weight_effects",
    WeightEffects,
    key=("step",),
    says=Text("Ảnh hưởng của quyền số sau từng bước", "What the weights are like after each step"),
    columns=(
        Column("step", "text", Text("bước", "step")),
        Column("n", "whole", Text("số phiếu có quyền số", "interviews with a weight")),
        Column("total", "decimal", Text("tổng quyền số", "sum of the weights"), unit="people"),
        Column("smallest", "decimal", Text("nhỏ nhất", "smallest")),
        Column("largest", "decimal", Text("lớn nhất", "largest")),
        Column("cv", "decimal", Text("hệ số biến thiên", "coefficient of variation")),
        Column("design_effect", "decimal", Text("hệ số thiết kế Kish, 1 + cv²", "design effect of Kish, 1 + cv²")),
        Column("effective", "decimal", Text("cỡ mẫu hiệu dụng", "effective sample size")),
        Column("held", "decimal", Text("phần phiếu bị chặn ở giới hạn", "interviews held by a bound"), unit="%"),
    ),
)


def kish_effect(weights: Floats) -> float:
    """n * sum(w**2) / sum(w)**2 = 1 + cv**2: how much unequal weights widen variances. Kish (1965), 11.7."""
    total = float(np.cumsum(weights)[-1])
    return len(weights) * float(np.cumsum(weights * weights)[-1]) / total**2


def weight_effects(step: str, weights: Floats, *, held: float = 0.0) -> WeightEffects:
    """One row of the report. Weights of 0 (no answer) do not count; `held` is the share held by a bound."""
    used = weights[weights > 0]
    if used.size == 0:
        raise ValueError("no weight above 0")
    effect = kish_effect(used)
    return WeightEffects(
        step,
        len(used),
        _decimal(float(np.cumsum(used)[-1]), 6),
        _decimal(float(used.min()), 6),
        _decimal(float(used.max()), 6),
        _decimal(max(effect - 1, 0.0) ** 0.5, 6),
        _decimal(effect, 6),
        _decimal(len(used) / effect, 2),
        _decimal(100 * held, 4),
    )


def _decimal(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")
