"""Invented answers: what a unit of a given quality would state for each kind of rule.

The quality of a unit is a number near 1; a leaf's own luck is added to it, and the sum is the share of the points
that the answer should earn. At 1 and above it earns them all. Points are never invented: they come from the rule.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TypeAlias, TypeVar

from parindex.programme.framework import InputSpec, LeafSpec
from parindex.programme.inputs import InputValue
from parindex.scoring.rule import Rule
from parindex.scoring.rules.binary import Binary
from parindex.scoring.rules.checklist import Checklist
from parindex.scoring.rules.count_tiers import CountTiers
from parindex.scoring.rules.deduction import Deduction
from parindex.scoring.rules.percentage_bands import PercentageBands
from parindex.scoring.rules.proportional import Proportional
from parindex.scoring.rules.target_ratio import TargetRatio
from parindex.scoring.rules.tiers import Tiers
from parindex.scoring.rules.year_on_year import YearOnYear

Inputs: TypeAlias = "dict[str, InputValue]"

SPREAD = 0.24
"""How far leaves of one unit stray from its quality, as a standard deviation in shares of points."""

_MET_FROM = 0.5  # a yes/no condition holds from this share
_FLOOR_FROM = 0.3  # a ratio falls under the floor of its rule below this share
_SCALES_FROM = 100  # whole numbers from here on follow the size of the unit (dossiers, staff), smaller ones do not


@dataclass(frozen=True, slots=True)
class Luck:
    """Chance of one leaf of one unit, drawn once: the same luck at a higher quality gives no worse answer."""

    shift: float
    draws: tuple[float, ...]
    size: float

    def between(self, at: int, low: float, high: float) -> float:
        return low + (high - low) * self.draws[at]


def draw_luck(chance: random.Random, *, size: float) -> Luck:
    return Luck(chance.gauss(0, SPREAD), tuple(chance.random() for _ in range(6)), size)


@dataclass(frozen=True, slots=True)
class Task:
    """One leaf to answer: its rule, the share of its points that is aimed at, and figures other leaves have fixed.

    `usual` has a figure of the usual size for every numeric input.
    """

    code: str
    rule: Rule
    usual: Mapping[str, Decimal]
    share: float
    luck: Luck
    given: Mapping[str, Decimal]

    def volume(self, name: str, draw: int = 0) -> Decimal:
        """A figure of the size that the worked examples have: fixed elsewhere, or drawn."""
        if name in self.given:
            return self.given[name]
        spec = spec_of(self.rule, name)
        usual = self.usual[name]
        value = usual * Decimal(repr(round(self.luck.between(draw, 0.8, 1.25), 6)))
        if usual >= _SCALES_FROM:
            value *= Decimal(repr(round(self.luck.size, 6)))
        return max(in_steps(spec, value), step_of(spec))


def usual_figures(rule: Rule, leaf: LeafSpec) -> Mapping[str, Decimal]:
    """For every numeric input the middle one of the figures that the worked examples of the leaf give."""
    found: dict[str, Decimal] = {}
    for spec in rule.inputs:
        if spec.type in _STEPS:
            figures = sorted(
                Decimal(example.given[spec.name]) for example in leaf.examples if spec.name in example.given
            )
            figures = [figure for figure in figures if figure > 0] or [Decimal(10)]
            found[spec.name] = figures[len(figures) // 2]
    return found


_STEPS: Mapping[str, Decimal] = {
    "count": Decimal(1),
    "amount": Decimal("0.1"),
    "percent": Decimal("0.01"),
    "number": Decimal("0.01"),
}


def step_of(spec: InputSpec) -> Decimal:
    """The smallest difference in which figures of this type are told."""
    return _STEPS[spec.type]


def in_steps(spec: InputSpec, value: Decimal | float, rounding: str = ROUND_HALF_UP) -> Decimal:
    step = step_of(spec)
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return (exact / step).to_integral_value(rounding=rounding) * step


def spec_of(rule: Rule, name: str) -> InputSpec:
    return next(spec for spec in rule.inputs if spec.name == name)


def answer(task: Task) -> Inputs:
    """All inputs of a leaf. Raises ValueError for a rule whose inputs no maker knows."""
    names = frozenset(spec.name for spec in task.rule.inputs)
    maker = MAKERS_BY_INPUTS.get(names)
    if maker is not None:
        return maker(task)
    for kind, make in MAKERS.items():
        if isinstance(task.rule, kind):
            return make(task)
    raise ValueError(f"no way to invent an answer to {task.code}")


_Choice = TypeVar("_Choice")


def _nearest(task: Task, choices: Sequence[_Choice], points: Callable[[_Choice], Decimal]) -> int:
    """The place of the choice whose points are nearest the aim; the better one of two."""
    aim = max(task.share, 0.0) * float(task.rule.maximum)
    return min(range(len(choices)), key=lambda at: (abs(float(points(choices[at])) - aim), -float(points(choices[at]))))


# --- by kind of rule


def _binary(task: Task) -> Inputs:
    met = task.share >= _MET_FROM
    names = {spec.name for spec in task.rule.inputs}
    if names == {"met"}:
        return {"met": met}
    if names != {"used", "assigned"}:
        raise ValueError(f"no way to invent an answer to {task.code}")
    assigned = task.volume("assigned")
    off = max(Decimal(1), in_steps(spec_of(task.rule, "used"), float(assigned) * task.luck.between(1, 0.001, 0.02)))
    return {"used": assigned - off if met else assigned + off, "assigned": assigned}


def _tiers(task: Task) -> Inputs:
    rule = task.rule
    assert isinstance(rule, Tiers)
    if not rule.by_choice:
        raise ValueError(f"no way to invent an answer to {task.code}")
    return {"level": rule.tiers[_nearest(task, rule.tiers, lambda tier: tier.points)].code}


def _checklist(task: Task) -> Inputs:
    return {spec.name: task.share >= task.luck.between(at % 6, 0.4, 0.85) for at, spec in enumerate(task.rule.inputs)}


def _deduction(task: Task) -> Inputs:
    rule = task.rule
    assert isinstance(rule, Deduction)
    left = max(0.0, 1 - task.share) * float(rule.maximum)
    events: Inputs = {spec.name: Decimal(0) for spec in rule.inputs}
    heaviest_first = sorted(rule.minus.items(), key=lambda item: -item[1])
    for at, (name, each) in enumerate(heaviest_first):
        last = at == len(heaviest_first) - 1
        most = math.ceil(float(rule.maximum - rule.minimum) / float(each))
        count = min(int(left / float(each) * (1 if last else 0.6) + (0.5 if last else 0)), most)
        events[name] = Decimal(count)
        left -= count * float(each)
    return events


def _count_tiers(task: Task) -> Inputs:
    rule = task.rule
    assert isinstance(rule, CountTiers)
    at = _nearest(task, rule.levels, lambda level: level[1])
    low = rule.levels[at][0]
    above = rule.levels[at - 1][0] if at else low + max(2, round(low * 0.6))
    return {"count": Decimal(low + int(task.luck.draws[1] * (above - low)))}


def _part_of_whole(rule: Rule) -> bool:
    return spec_of(rule, "numerator").part_of == "denominator"


def _percentage_bands(task: Task) -> Inputs:
    rule = task.rule
    assert isinstance(rule, PercentageBands)
    at = _nearest(task, rule.bands, lambda band: band.points)
    whole = task.volume("denominator")
    spec = spec_of(rule, "numerator")
    most = Decimal(100) if _part_of_whole(rule) else max(Decimal(120), rule.bands[0].start)
    low = in_steps(spec, whole * rule.bands[at].start / 100, ROUND_CEILING)
    high = in_steps(spec, whole * (rule.bands[at - 1].start if at else most) / 100, ROUND_CEILING)
    if at:
        high -= step_of(spec)
    if not at:  # far above the top edge is rare
        high = min(high, in_steps(spec, low * Decimal("1.4"), ROUND_FLOOR))
    else:
        low = max(low, in_steps(spec, high * Decimal("0.7")))
    part = in_steps(spec, float(low) + float(high - low) * task.luck.draws[1]) if high > low else low
    return {"numerator": part, "denominator": whole}


def _proportional(task: Task) -> Inputs:
    rule = task.rule
    assert isinstance(rule, Proportional)
    whole = task.volume("denominator")
    spec = spec_of(rule, "numerator")
    full, floor = float(rule.full_at), float(rule.zero_below)
    if whole == 0:
        return {"numerator": Decimal(0), "denominator": whole}
    if task.share >= 1:
        most = min(full * 1.3, 100.0) if _part_of_whole(rule) else full * 1.08
        percent = task.luck.between(1, full, max(full, most))
        part = in_steps(spec, float(whole) * percent / 100)
        least = in_steps(spec, whole * rule.full_at / 100, ROUND_CEILING)
        return {"numerator": max(part, least), "denominator": whole}
    if floor == 0:
        percent = full * max(task.share, 0.02)
        return {"numerator": in_steps(spec, float(whole) * percent / 100, ROUND_FLOOR), "denominator": whole}
    if task.share < _FLOOR_FROM:
        percent = floor * task.luck.between(1, 0.85, 0.99)
        return {"numerator": in_steps(spec, float(whole) * percent / 100, ROUND_FLOOR), "denominator": whole}
    percent = floor + (full - floor) * (task.share - _FLOOR_FROM) / (1 - _FLOOR_FROM)
    least = in_steps(spec, whole * rule.zero_below / 100, ROUND_CEILING)
    return {
        "numerator": max(in_steps(spec, float(whole) * percent / 100, ROUND_FLOOR), least),
        "denominator": whole,
    }


def _target_ratio(task: Task) -> Inputs:
    target = task.volume("target")
    ratio = task.luck.between(1, 1, 1.15) if task.share >= 1 else max(task.share, 0.05)
    return {"actual": in_steps(spec_of(task.rule, "actual"), float(target) * ratio), "target": target}


def _year_on_year(task: Task) -> Inputs:
    rule = task.rule
    assert isinstance(rule, YearOnYear)
    at = _nearest(task, rule.levels, lambda level: level.points)
    level = rule.levels[at]
    reach = 14.0 if rule.in_percent else 2.0
    above = float(rule.levels[at - 1].bound or 0) if at else float(level.bound or 0) + reach
    below = float(level.bound) if level.bound is not None else above - reach
    change = below + (above - below) * task.luck.between(1, 0.1, 0.85)
    previous = task.volume("previous")
    spec = spec_of(rule, "current")
    current = float(previous) * (1 + change / 100) if rule.in_percent else float(previous) + change
    return {"current": max(in_steps(spec, current), Decimal(0)), "previous": previous}


# --- rules whose levels depend on several figures


def _growth(task: Task) -> Inputs:
    """Growth of a province against the country's and its own of the year before."""
    national = task.volume("national_growth")
    ahead, behind = task.luck.between(1, 0.1, 3), task.luck.between(2, 0.2, 2.5)
    spec = spec_of(task.rule, "growth")
    if task.share >= 0.75:
        growth, previous = float(national) + ahead, float(national) + ahead + task.luck.between(3, -2, 3)
    elif task.share >= 0.25:
        growth, previous = float(national) - behind, float(national) - behind - ahead / 2
    else:
        growth, previous = float(national) - behind, float(national) - behind + ahead
    return {
        "growth": in_steps(spec, growth),
        "national_growth": national,
        "previous_growth": in_steps(spec, previous),
    }


def _autonomous_units(task: Task) -> Inputs:
    """Public service units that finance themselves: this year, last year, and the increase set as target."""
    previous, target = task.volume("previous"), max(Decimal(2), task.volume("target", 1))
    more = Decimal(int(task.luck.draws[2] * 4))
    if task.share >= 0.75:
        current = previous + target + more
    elif task.share >= 0.25:
        current = previous + max(Decimal(1), target - 1 - more)
    else:
        current = previous - int(more / 2)
    return {"current": current, "previous": previous, "target": target}


def _assigned_tasks(task: Task) -> Inputs:
    """Tasks due: settled on time, settled late, and not settled."""
    due = task.volume("due")
    # Each task fails at two moments with the same chance; one failure is late and costs half, two cost all.
    fails = min(max(1 - task.share, 0.0), 1.0)
    missing = Decimal(round(fails**2 * float(due)))
    late = min(Decimal(round(2 * (fails - fails**2) * float(due))), due - missing)
    return {"on_time": due - late - missing, "late": late, "due": due}


Maker: TypeAlias = Callable[[Task], Inputs]

MAKERS: Mapping[type[Rule], Maker] = {
    Binary: _binary,
    Tiers: _tiers,
    Checklist: _checklist,
    Deduction: _deduction,
    CountTiers: _count_tiers,
    PercentageBands: _percentage_bands,
    Proportional: _proportional,
    TargetRatio: _target_ratio,
    YearOnYear: _year_on_year,
}

MAKERS_BY_INPUTS: Mapping[frozenset[str], Maker] = {
    frozenset(("growth", "national_growth", "previous_growth")): _growth,
    frozenset(("current", "previous", "target")): _autonomous_units,
    frozenset(("on_time", "late", "due")): _assigned_tasks,
}
"""Makers that know what the inputs mean; they come before those by kind."""
