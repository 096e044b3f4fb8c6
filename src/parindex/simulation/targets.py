"""Target values of a simulated edition: every published figure exactly, the rest drawn from a seed.

Only some provinces of an edition have a printed value or rank; the mean of the country, the means of the
regions and the sizes of the groups are printed too. This module fills the gaps so that nothing printed is
contradicted. What it fills in is invented: the target of a province without a printed value says nothing
about that province.

Everything is counted in whole hundredths of a percent, the digits that are printed: no comparison is inexact.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from parindex.language import Text, half_up

SEARCH_ROUNDS = 120  # for figures that hardly fit together; those of 2023 need one
KICKS = 3  # exchanges at random that free a search which is stuck
COUNTRY = ""  # stands for a region where all units make one mean


class UnitInRegion(NamedTuple):
    """A unit and the region whose mean it enters."""

    unit: str
    region: str


class Anchor(NamedTuple):
    """What is printed of one unit: percent with at most two decimals, and rank; None where not printed."""

    unit: str
    value: Decimal | None
    rank: int | None


class TargetsImpossible(ValueError):
    """The printed figures cannot all hold together; `constraint` says which one fails."""

    def __init__(self, constraint: Text, **values: object) -> None:
        self.constraint = Text(constraint.filled("vi", values), constraint.filled("en", values))
        super().__init__(self.constraint.both())


def target_indexes(
    *,
    units: Sequence[UnitInRegion],
    anchors: Sequence[Anchor],
    region_means: Mapping[str, Decimal],
    national_mean: Decimal,
    above_mean: int,
    at_least_90: int,
    low: Decimal,
    seed: int,
) -> Mapping[str, Decimal]:
    """An index value (percent, two decimals) for every unit, in the order of `units`.

    No two values are equal, so ranks are unambiguous. Exact: each printed value and rank, `above_mean` units
    above the printed national mean and the others below it, `at_least_90` units from 90 up, none below `low`.
    The plain mean of each region, and of all units, lies less than 0.005 from its printed figure and so
    prints the same. Inside that span the means leave room on all sides, because the printed means of the
    regions give a national mean close to an edge (2023: 86.9760; less than 86.975 would print as 86.97).

    The same arguments give the same values; another `seed` gives another assignment. Units without a printed
    rank get one by chance, more often a good one in a region with a high mean.

    Raises TargetsImpossible where printed figures exclude each other, or no assignment was found.
    Method: own (targets by rank between the printed ones, then local search on the sums of the regions).
    """
    count = len(units)
    region_of = {row.unit: row.region for row in units}
    _require_units([row.unit for row in units])
    mean = _hundredths(national_mean)
    aims = _regional_aims(_units_per_region(units), region_means, mean)
    top_group = Text(f"đúng {at_least_90} đơn vị từ 90 trở lên", f"exactly {at_least_90} units from 90 up")
    upper_part = Text(f"đúng {above_mean} đơn vị trên trung bình", f"exactly {above_mean} units above the mean")
    gates = [
        _Gate(1, count, _hundredths(low), 10000, Text("giá trị thấp nhất được phép", "the lowest allowed")),
        _Gate(1, at_least_90, 9000, 10000, top_group),
        _Gate(at_least_90 + 1, count, 0, 8999, top_group),
        _Gate(1, above_mean, mean + 1, 10000, upper_part),
        _Gate(above_mean + 1, count, 0, mean - 1, upper_part),
    ]
    chance = random.Random(seed)
    places = _places(tuple(region_of), anchors, gates)

    def score(unit: str, curve: Sequence[int]) -> float:
        return _mean_left(region_of[unit], aims, region_of, places, curve) + chance.gauss(0, 200)

    curve = _curve(places.limits, sum(aims.values()), chance)
    standings = _Standings(_filled(places, curve, score), curve, region_of, aims, places, chance)
    _settle(standings)
    _require_regional_means(standings, region_means)
    return _in_order(tuple(region_of), standings)


def sipas_targets(
    *,
    units: Sequence[str],
    anchors: Sequence[Anchor],
    index: Mapping[str, Decimal],
    mean: Decimal,
    low: Decimal,
    high: Decimal,
    seed: int,
    closeness: float = 0.7,
) -> Mapping[str, Decimal]:
    """A SIPAS value (percent, two decimals) for every unit, in the order of `units`.

    Exact: each printed value and rank, the lowest value `low` and the highest `high`, both reached; no two
    values are equal. The plain mean of the units lies less than 0.005 from `mean`; that the printed national
    figure is the plain mean of the provinces is an assumption. Units without a printed rank are ordered
    partly by `index` (percent, one value for each unit), partly by chance: `closeness` 0 is chance alone,
    1 the order of `index`.

    Raises TargetsImpossible where printed figures exclude each other; ValueError for a wrong `closeness`.
    """
    if not 0 <= closeness <= 1:
        raise ValueError(f"closeness is a share from 0 to 1, not {closeness}")
    _require_units(units)
    missing = [unit for unit in units if unit not in index]
    if missing:
        raise TargetsImpossible(
            Text(
                "Đơn vị {unit} chưa có giá trị chỉ số để sắp thứ tự.",
                "Unit {unit} has no index value to order it by.",
            ),
            unit=missing[0],
        )
    bottom, top = _hundredths(low), _hundredths(high)
    ends = Text("giá trị thấp nhất và cao nhất đã công bố", "the published lowest and highest value")
    gates = [
        _Gate(1, len(units), bottom, top, ends),
        _Gate(1, 1, top, top, ends),
        _Gate(len(units), len(units), bottom, bottom, ends),
    ]
    chance = random.Random(seed)
    places = _places(units, anchors, gates)
    average, spread = _mean_and_spread([float(index[unit]) for unit in units])

    distance = math.sqrt(1 - closeness**2)

    def score(unit: str, curve: Sequence[int]) -> float:
        return closeness * (float(index[unit]) - average) / spread + distance * chance.gauss(0, 1)

    country = dict.fromkeys(units, COUNTRY)
    aims = {COUNTRY: len(units) * _hundredths(mean)}
    curve = _curve(places.limits, aims[COUNTRY], chance)
    standings = _Standings(_filled(places, curve, score), curve, country, aims, places, chance)
    _settle(standings)
    _require_regional_means(standings, {COUNTRY: mean})
    return _in_order(units, standings)


# --- what is printed, as limits of each rank ------------------------------------------------------


class _Gate(NamedTuple):
    """Ranks `first` to `last` hold values from `low` to `high`, both in hundredths."""

    first: int
    last: int
    low: int
    high: int
    because: Text


class _Bound(NamedTuple):
    value: int
    because: Text


class _Limits(NamedTuple):
    """The lowest and highest value each rank can hold, rank 1 first. Both are themselves possible orders."""

    low: Sequence[int]
    high: Sequence[int]


class _Places(NamedTuple):
    """Units whose rank is settled, units still to be placed, the limits of every rank (counted from 0)."""

    at: Mapping[int, str]
    free: Sequence[str]
    limits: _Limits


def _hundredths(value: Decimal) -> int:
    scaled = value.scaleb(2)
    if scaled != scaled.to_integral_value():
        raise TargetsImpossible(
            Text("Giá trị {value} có hơn hai chữ số thập phân.", "{value} has more than two decimals."),
            value=value,
        )
    return int(scaled)


def _percent(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2)


def _mean(hundredths: int, count: int) -> Decimal:
    """A mean as it is told in a message; nothing is computed from it."""
    return half_up(Fraction(hundredths, 100 * count), 3)


def _limits(count: int, gates: Iterable[_Gate]) -> _Limits:
    """The limits that all gates and the strict order leave: ranks one apart differ by 0.01 at least."""
    nothing = Text("không có giới hạn", "no limit")
    low = [_Bound(0, nothing)] * count
    high = [_Bound(10000, nothing)] * count
    for gate in gates:
        for place in range(max(gate.first, 1) - 1, min(gate.last, count)):
            # A tie goes to the later gate: a printed value is a clearer reason than a count.
            if gate.low >= low[place].value:
                low[place] = _Bound(gate.low, gate.because)
            if gate.high <= high[place].value:
                high[place] = _Bound(gate.high, gate.because)
    for place in range(1, count):
        if high[place - 1].value - 1 < high[place].value:
            high[place] = _Bound(high[place - 1].value - 1, high[place - 1].because)
    for place in range(count - 2, -1, -1):
        if low[place + 1].value + 1 > low[place].value:
            low[place] = _Bound(low[place + 1].value + 1, low[place + 1].because)
    for place, (least, most) in enumerate(zip(low, high, strict=True)):
        if least.value > most.value:
            raise TargetsImpossible(
                Text(
                    "Hạng {rank} cần ít nhất {least} ({why_least}) nhưng nhiều nhất {most} ({why_most}).",
                    "Rank {rank} needs at least {least} ({why_least}) but at most {most} ({why_most}).",
                ),
                rank=place + 1,
                least=_percent(least.value),
                why_least=least.because,
                most=_percent(most.value),
                why_most=most.because,
            )
    return _Limits([bound.value for bound in low], [bound.value for bound in high])


def _places(units: Sequence[str], anchors: Sequence[Anchor], gates: Sequence[_Gate]) -> _Places:
    """Give every anchor its rank; one printed with a value alone gets the rank that suits the value best."""
    _require_distinct([anchor.unit for anchor in anchors])
    count = len(units)
    at: dict[int, str] = {}
    fixed = list(gates)
    for anchor in anchors:
        if anchor.unit not in units:
            raise TargetsImpossible(
                Text("Không có đơn vị {unit}.", "There is no unit {unit} among the units."), unit=anchor.unit
            )
        if anchor.rank is None:
            continue
        if not 1 <= anchor.rank <= count:
            raise TargetsImpossible(
                Text(
                    "Hạng {rank} của {unit} nằm ngoài 1–{count}.",
                    "Rank {rank} of {unit} is outside 1–{count}.",
                ),
                rank=anchor.rank,
                unit=anchor.unit,
                count=count,
            )
        if anchor.rank - 1 in at:
            raise TargetsImpossible(
                Text("{one} và {other} cùng ở hạng {rank}.", "{one} and {other} are both at rank {rank}."),
                one=at[anchor.rank - 1],
                other=anchor.unit,
                rank=anchor.rank,
            )
        at[anchor.rank - 1] = anchor.unit
        if anchor.value is not None:
            fixed.append(_held(anchor.unit, anchor.rank, _hundredths(anchor.value)))
    loose = [(a.unit, _hundredths(a.value)) for a in anchors if a.rank is None and a.value is not None]
    return _with_loose(units, at, fixed, sorted(loose, key=lambda row: -row[1]))


def _held(unit: str, rank: int, value: int) -> _Gate:
    because = Text(f"giá trị đã công bố của {unit}", f"the published value of {unit}")
    return _Gate(rank, rank, value, value, because)


def _with_loose(
    units: Sequence[str], at: Mapping[int, str], gates: Sequence[_Gate], loose: Sequence[tuple[str, int]]
) -> _Places:
    """Place the units printed with a value but no rank, highest first, stepping back from a dead end."""
    limits = _limits(len(units), gates)
    if not loose:
        taken = set(at.values())
        return _Places(at, [unit for unit in units if unit not in taken], limits)
    (unit, value), rest = loose[0], loose[1:]
    possible = [
        place for place in range(len(units)) if place not in at and limits.low[place] <= value <= limits.high[place]
    ]
    possible.sort(key=lambda place: abs(limits.low[place] + limits.high[place] - 2 * value))
    for place in possible:
        try:
            return _with_loose(units, {**at, place: unit}, [*gates, _held(unit, place + 1, value)], rest)
        except TargetsImpossible:
            continue
    raise TargetsImpossible(
        Text(
            "Không còn hạng nào cho giá trị {value} đã công bố của {unit}.",
            "No rank is left for the published value {value} of {unit}.",
        ),
        value=_percent(value),
        unit=unit,
    )


# --- means ----------------------------------------------------------------------------------------


def _tolerance(count: int) -> int:
    """How far a sum of `count` values may be off, in hundredths, with the mean less than 0.005 off."""
    return (count - 1) // 2


def _units_per_region(units: Sequence[UnitInRegion]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in units:
        counts[row.region] = counts.get(row.region, 0) + 1
    return counts


def _regional_aims(counts: Mapping[str, int], means: Mapping[str, Decimal], national: int) -> dict[str, int]:
    """The sum each region aims at, in hundredths: what its mean says, moved as the national mean needs it.

    Moving stops where the national sum has as much room per unit as the tightest region.
    """
    for region in counts:
        if region not in means:
            raise TargetsImpossible(
                Text("Chưa có trung bình của vùng {region}.", "The mean of region {region} is missing."),
                region=region,
            )
    aims = {region: count * _hundredths(means[region]) for region, count in counts.items()}
    room = {region: _tolerance(count) for region, count in counts.items()}
    units = sum(counts.values())
    while (gap := units * national - sum(aims.values())) != 0:
        region = max(room, key=lambda name: (room[name] / counts[name], name))
        left = (room[region] - 1) / counts[region]
        inside = abs(gap) <= _tolerance(units)
        if inside and (_tolerance(units) - abs(gap)) / units >= left:
            break
        if room[region] == 0:
            raise TargetsImpossible(
                Text(
                    "Trung bình các vùng không thể cho trung bình chung {mean}.",
                    "The means of the regions cannot give the national mean {mean}.",
                ),
                mean=_percent(national),
            )
        aims[region] += 1 if gap > 0 else -1
        room[region] -= 1
    return aims


def _mean_left(
    region: str, aims: Mapping[str, int], region_of: Mapping[str, str], places: _Places, curve: Sequence[int]
) -> float:
    """The mean that the free units of a region need, once those with a settled rank are counted."""
    settled = sum(curve[place] for place, unit in places.at.items() if region_of[unit] == region)
    free = sum(1 for unit in places.free if region_of[unit] == region)
    return (aims[region] - settled) / free


def _mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    average = sum(values) / len(values)
    spread = (sum((value - average) ** 2 for value in values) / len(values)) ** 0.5
    return average, spread or 1.0


# --- values by rank -------------------------------------------------------------------------------


def _curve(limits: _Limits, total: int, chance: random.Random) -> list[int]:
    """Values by rank, strictly falling, inside the limits and adding up to `total` or nearly so.

    Fixed values are joined by lines that wander a little; then all move toward their limits until the sum
    fits.
    """
    if not sum(limits.low) <= total <= sum(limits.high):
        raise TargetsImpossible(
            Text(
                "Trung bình {mean} không đạt được: các hạng đã công bố chỉ cho từ {least} đến {most}.",
                "The mean {mean} cannot be reached: the published ranks allow {least} to {most}.",
            ),
            mean=_mean(total, len(limits.low)),
            least=_mean(sum(limits.low), len(limits.low)),
            most=_mean(sum(limits.high), len(limits.high)),
        )
    return _moved_to_total(_wandering(limits, chance), limits, total)


def _wandering(limits: _Limits, chance: random.Random) -> list[int]:
    last = len(limits.low) - 1
    values: dict[int, int] = {}

    def settle(place: int, wished: float, above: int | None, below: int | None) -> None:
        least, most = limits.low[place], limits.high[place]
        if above is not None:
            most = min(most, values[above] - (place - above))
        if below is not None:
            least = max(least, values[below] + (below - place))
        # A wish outside the limits would pile values up at the edge (90.00, 90.01, ...): step inside instead.
        step = max((most - least) // 3, 0)
        if wished < least:
            wished = least + chance.randint(0, step)
        elif wished > most:
            wished = most - chance.randint(0, step)
        values[place] = min(max(round(wished), least), most)

    fixed = [place for place in range(last + 1) if limits.low[place] == limits.high[place]]
    for place in fixed:
        values[place] = limits.low[place]
    # Where a limit jumps between two free ranks (90 between ranks 7 and 8), settle both sides first.
    jumps = [
        place
        for place in range(last)
        if limits.low[place] - limits.low[place + 1] > 1 and place not in values and place + 1 not in values
    ]
    for place in sorted({0, last, *jumps, *(jump + 1 for jump in jumps)} - set(fixed)):
        above = max((known for known in values if known < place), default=None)
        below = min((known for known in values if known > place), default=None)
        settle(place, _between(values, limits, place, above, below), above, below)
    spans = [(a, b) for a, b in pairwise(sorted(values)) if b - a > 1]
    while spans:
        above, below = spans.pop()
        middle = (above + below) // 2
        drop = values[above] - values[below]
        wished = values[above] - drop * (middle - above) / (below - above) + chance.gauss(0, 0.08 * drop)
        settle(middle, wished, above, below)
        spans.extend((a, b) for a, b in ((above, middle), (middle, below)) if b - a > 1)
    return [values[place] for place in range(last + 1)]


def _between(values: Mapping[int, int], limits: _Limits, place: int, above: int | None, below: int | None) -> float:
    if above is None or below is None:
        return (limits.low[place] + limits.high[place]) / 2
    return values[above] - (values[above] - values[below]) * (place - above) / (below - above)


def _moved_to_total(values: Sequence[int], limits: _Limits, total: int) -> list[int]:
    """Move all values the same share of the way to their limits, so far that the sum comes to `total`.

    Values and limits both fall by 0.01 a rank at least; so does every mixture of them, rounded to one side.
    """
    steps = 4096
    sign, edge = (1, limits.high) if sum(values) <= total else (-1, limits.low)

    def moved(share: int) -> list[int]:
        return [value + sign * (abs(bound - value) * share // steps) for value, bound in zip(values, edge, strict=True)]

    near, far = 0, steps
    while far - near > 1:
        middle = (near + far) // 2
        if sign * (total - sum(moved(middle))) >= 0:
            near = middle
        else:
            far = middle
    return moved(near)


# --- units by rank --------------------------------------------------------------------------------


def _filled(places: _Places, curve: Sequence[int], score: Callable[[str, Sequence[int]], float]) -> list[str]:
    """All units by rank: settled ones at their rank, the others into the gaps by falling score."""
    scores = {unit: score(unit, curve) for unit in places.free}
    waiting = iter(sorted(places.free, key=lambda unit: -scores[unit]))
    return [places.at[place] if place in places.at else next(waiting) for place in range(len(curve))]


@dataclass
class _Standings:
    """Units and values by rank while the regional sums are being settled."""

    units: list[str]
    values: list[int]
    region_of: Mapping[str, str]
    aims: Mapping[str, int]
    places: _Places
    chance: random.Random

    def errors(self) -> dict[str, int]:
        """Sum minus aim of each region, in hundredths."""
        errors = {region: -aim for region, aim in self.aims.items()}
        for unit, value in zip(self.units, self.values, strict=True):
            errors[self.region_of[unit]] += value
        return errors

    def swap(self, one: int, other: int) -> None:
        self.units[one], self.units[other] = self.units[other], self.units[one]


def _settle(standings: _Standings) -> None:
    """Bring every regional sum to its aim: units change ranks first, then values shift inside their gaps.

    Local search from the best state so far; stays at the best state found when no exact one is.
    """
    free = [place for place in range(len(standings.units)) if place not in standings.places.at]
    best = (_distance(standings), list(standings.units), list(standings.values))
    for _ in range(SEARCH_ROUNDS):
        _swap_units(standings, free)
        _shift_values(standings)
        distance = _distance(standings)
        if distance < best[0]:
            best = (distance, list(standings.units), list(standings.values))
        standings.units, standings.values = list(best[1]), list(best[2])
        if best[0] == 0 or len(free) < 2:
            return
        for _ in range(KICKS):
            standings.swap(*standings.chance.sample(free, 2))


def _distance(standings: _Standings) -> int:
    return sum(abs(error) for error in standings.errors().values())


def _swap_units(standings: _Standings, free: Sequence[int]) -> None:
    """Exchange the two units that bring the regional sums nearest their aims, until no exchange helps."""
    errors = standings.errors()
    while True:
        best_gain, best_pair = 0, None
        for position, upper in enumerate(free):
            region = standings.region_of[standings.units[upper]]
            error, value = errors[region], standings.values[upper]
            for lower in free[position + 1 :]:
                other = standings.region_of[standings.units[lower]]
                if other == region:
                    continue
                drop = value - standings.values[lower]
                gain = abs(error) + abs(errors[other]) - abs(error - drop) - abs(errors[other] + drop)
                if gain > best_gain:
                    best_gain, best_pair = gain, (upper, lower, drop)
        if best_pair is None:
            return
        upper, lower, drop = best_pair
        errors[standings.region_of[standings.units[upper]]] -= drop
        errors[standings.region_of[standings.units[lower]]] += drop
        standings.swap(upper, lower)


def _shift_values(standings: _Standings) -> None:
    """Move values between their neighbours, half the room at a time so that gaps stay."""
    errors = standings.errors()
    values, limits = standings.values, standings.places.limits
    order = list(range(len(values)))
    moving = True
    while moving and any(errors.values()):
        moving = False
        standings.chance.shuffle(order)
        for place in order:
            region = standings.region_of[standings.units[place]]
            needed = -errors[region]
            if needed > 0:
                most = limits.high[place] if place == 0 else min(limits.high[place], values[place - 1] - 1)
                move = min(needed, (most - values[place] + 1) // 2)
            elif needed < 0:
                end = place == len(values) - 1
                least = limits.low[place] if end else max(limits.low[place], values[place + 1] + 1)
                move = -min(-needed, (values[place] - least + 1) // 2)
            else:
                continue
            if move:
                values[place] += move
                errors[region] += move
                moving = True


# --- checks and result ----------------------------------------------------------------------------


def _require_units(units: Sequence[str]) -> None:
    if not units:
        raise TargetsImpossible(Text("Danh sách đơn vị trống.", "There are no units."))
    _require_distinct(units)


def _require_distinct(units: Sequence[str]) -> None:
    seen: set[str] = set()
    for unit in units:
        if unit in seen:
            raise TargetsImpossible(Text("Đơn vị {unit} xuất hiện hai lần.", "Unit {unit} appears twice."), unit=unit)
        seen.add(unit)


def _require_regional_means(standings: _Standings, means: Mapping[str, Decimal]) -> None:
    counts: dict[str, int] = {}
    sums: dict[str, int] = {}
    for unit, value in zip(standings.units, standings.values, strict=True):
        region = standings.region_of[unit]
        counts[region] = counts.get(region, 0) + 1
        sums[region] = sums.get(region, 0) + value
    for region, count in counts.items():
        if abs(sums[region] - count * _hundredths(means[region])) > _tolerance(count):
            whose = Text(f"vùng {region}", f"region {region}") if region != COUNTRY else _ALL_UNITS
            raise TargetsImpossible(
                Text(
                    "Không xếp được để trung bình của {whose} là {mean}; gần nhất là {found}.",
                    "No assignment gives {whose} the mean {mean}; the nearest gives {found}.",
                ),
                whose=whose,
                mean=means[region],
                found=_mean(sums[region], count),
            )


_ALL_UNITS = Text("mọi đơn vị", "all units")


def _in_order(units: Sequence[str], standings: _Standings) -> Mapping[str, Decimal]:
    values = dict(zip(standings.units, standings.values, strict=True))
    return {unit: _percent(values[unit]) for unit in units}
