"""Small differences between two statements of the same facts: a claim too high, an appraisal too low."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from parindex.language import Text, number
from parindex.programme.framework import InputSpec
from parindex.programme.inputs import InputValue, part_exceeds_whole
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
from parindex.simulation.answers import Inputs, in_steps, spec_of, step_of

SIMULATED = "Mô phỏng: "
"""How every reason of a simulated edition begins."""


_MANY = 5000


class Slip(NamedTuple):
    """The same leaf stated otherwise, and why the higher statement does not stand (without the word that it is
    simulated). All inputs are given."""

    inputs: Inputs
    reason: str


Given: TypeAlias = "Mapping[str, InputValue]"


def higher(rule: Rule, given: Given, chance: random.Random) -> Slip | None:
    """A more favourable statement than `given`, or one as favourable with a mistake in it; None where none is."""
    return _checked(rule, _slip(rule, given, chance, up=True))


def lower(rule: Rule, given: Given, chance: random.Random) -> Slip | None:
    """A less favourable statement than `given`; None where none is. Its reason says why it was taken."""
    return _checked(rule, _slip(rule, given, chance, up=False))


def _checked(rule: Rule, slip: Slip | None) -> Slip | None:
    """No part may be larger than its whole, and the rule must give points."""
    if slip is None or part_exceeds_whole(rule.inputs, slip.inputs):
        return None
    return None if rule.outcome(slip.inputs).points is None else slip


def _slip(rule: Rule, given: Given, chance: random.Random, *, up: bool) -> Slip | None:
    names = frozenset(spec.name for spec in rule.inputs)
    if names == frozenset(("on_time", "late", "due")):
        return _assigned_tasks(given, chance, up)
    for kind, make in SLIPS.items():
        if isinstance(rule, kind):
            return make(rule, given, chance, up)
    return None


def figure(value: Decimal, unit: Text | None) -> str:
    """A number as a reason writes it: "1.846 hồ sơ", "2,5 %"."""
    return f"{number(value.normalize(), 'vi')} {unit.vi if unit is not None else '%'}"


def _number(given: Given, name: str) -> Decimal:
    value = given[name]
    assert isinstance(value, Decimal), (name, value)
    return value


def _yes_no(rule: Rule, given: Given, chance: random.Random, up: bool) -> Slip | None:
    names = [name for name, value in given.items() if value is not up]
    if not names:
        return None
    name = chance.choice(names)
    label = spec_of(rule, name).label.vi
    reason = chance.choice(
        (
            f"tài liệu kiểm chứng không thể hiện nội dung “{label}”",
            f"văn bản gửi kèm ban hành sau ngày 31/12, không tính “{label}”",
            f"chưa có kết quả cụ thể cho nội dung “{label}”",
        )
    )
    return Slip({**given, name: up}, reason)


def _binary(rule: Rule, given: Given, chance: random.Random, up: bool) -> Slip | None:
    if "met" in given:
        return _yes_no(rule, given, chance, up)
    used, assigned = _number(given, "used"), _number(given, "assigned")
    if (used > assigned) is not up:
        return None
    other = assigned - chance.randint(1, 4) if up else assigned + chance.randint(1, 4)
    off = figure(abs(used - other), spec_of(rule, "used").unit)
    return Slip({**given, "used": max(other, Decimal(0))}, f"báo cáo quyết toán biên chế ghi nhiều hơn {off}")


def _tiers(rule: Rule, given: Given, chance: random.Random, up: bool) -> Slip | None:
    assert isinstance(rule, Tiers)
    if not rule.by_choice:
        name = "growth" if "growth" in given else "current"
        return _measured(rule, given, chance, name, up)
    tiers = sorted(rule.tiers, key=lambda tier: tier.points)
    at = next(place for place, tier in enumerate(tiers) if tier.code == given["level"])
    other = at + 1 if up else at - 1
    if not 0 <= other < len(tiers):
        return None
    proven = tiers[at if up else other].label.vi
    reason = chance.choice(
        (f"tài liệu chỉ chứng minh mức “{proven}”", f"đối chiếu ngày ban hành và nội dung, xác định mức “{proven}”")
    )
    return Slip({**given, "level": tiers[other].code}, reason)


def _measured(rule: Rule, given: Given, chance: random.Random, name: str, up: bool) -> Slip:
    """A figure that somebody measured: early figures come out higher than final ones."""
    spec, value = spec_of(rule, name), _number(given, name)
    off = max(step_of(spec), in_steps(spec, abs(float(value)) * chance.uniform(0.004, 0.03)))
    other = value + off if up else max(value - off, Decimal(0) if spec.type != "number" else value - off)
    reason = chance.choice(
        (
            f"số ước tính được thay bằng số chính thức, giảm {figure(off, spec.unit)}",
            f"số liệu của cơ quan thống kê thấp hơn {figure(off, spec.unit)}",
        )
    )
    return Slip({**given, name: other}, reason)


def _deduction(rule: Rule, given: Given, chance: random.Random, up: bool) -> Slip | None:
    names = [name for name in given if not up or _number(given, name) > 0]
    if not names:
        return None
    name = chance.choice(names)
    value = _number(given, name)
    other = value - chance.randint(1, min(2, int(value))) if up else value + 1
    more = figure(abs(value - other), spec_of(rule, name).unit)
    reason = chance.choice(
        (f"cơ quan thẩm định ghi nhận thêm {more}", f"dữ liệu theo dõi còn {more} chưa được kê khai")
    )
    return Slip({**given, name: other}, reason)


def _count_tiers(rule: Rule, given: Given, chance: random.Random, up: bool) -> Slip | None:
    value = _number(given, "count")
    if not up and value == 0:
        return None
    off = Decimal(chance.randint(1, max(1, int(value) // 4))) if not up or value > 8 else Decimal(chance.randint(1, 2))
    fewer = figure(off, spec_of(rule, "count").unit)
    reason = chance.choice((f"{fewer} không được công nhận, đã áp dụng từ năm trước", f"{fewer} bị kê khai trùng"))
    return Slip({**given, "count": value + off if up else value - off}, reason)


_DATED = frozenset(("hồ sơ", "văn bản", "kết quả", "báo cáo", "hồ sơ, kết quả", "phản ánh, kiến nghị", "lượt đánh giá"))
_FINISHED = frozenset(("nhiệm vụ", "vấn đề", "lớp", "chỉ tiêu", "kiến nghị", "hồ sơ", "văn bản"))
"""What comes in on a day, and what is finished on one, by the unit of measure."""


def _not_counted(spec: InputSpec, off: Decimal, chance: random.Random) -> str:
    """Why a part of a count does not count."""
    fewer = figure(off, spec.unit)
    unit = spec.unit.vi if spec.unit is not None else ""
    if spec.type == "amount":
        return chance.choice((f"đối chiếu số liệu kế toán, ít hơn {fewer}", f"{fewer} chưa có chứng từ"))
    reasons = [f"{fewer} không có tài liệu kiểm chứng", f"dữ liệu theo dõi ít hơn {fewer}"]
    if unit in _DATED:
        reasons += [_twice(spec, off, chance)] * 2
    if unit in _FINISHED:
        reasons.append(f"{fewer} hoàn thành sau ngày 31/12, không tính trong năm")
    return chance.choice(reasons)


def _twice(spec: InputSpec, off: Decimal, chance: random.Random) -> str:
    fewer = figure(off, spec.unit)
    if spec.unit is None or spec.unit.vi not in _DATED:
        return f"{fewer} kê khai hai lần"
    return f"{fewer} trùng ngày {chance.randint(1, 28)}/{chance.randint(1, 12)}"


def _ratio(rule: Rule, given: Given, chance: random.Random, up: bool) -> Slip | None:
    spec = spec_of(rule, "numerator")
    part, whole = _number(given, "numerator"), _number(given, "denominator")
    if whole == 0:
        return None
    step = step_of(spec)
    # A slip in a hundred thousand dossiers is a batch of some hundreds, not of five thousand.
    share = chance.uniform(0.008, 0.05) * (0.2 if whole >= _MANY else 1)
    off = max(step, in_steps(spec, float(whole) * share))
    if up and spec.part_of and part == whole:
        # Counted twice in both, so that the points are the same: a mistake that gains nothing.
        inputs = {**given, "numerator": part + off, "denominator": whole + off}
        return Slip(inputs, _twice(spec, off, chance))
    off = min(off, whole - part if up and spec.part_of else part)
    if off <= 0:
        return None
    return Slip({**given, "numerator": part + off if up else part - off}, _not_counted(spec, off, chance))


def _target_ratio(rule: Rule, given: Given, chance: random.Random, up: bool) -> Slip | None:
    return _measured(rule, given, chance, "actual", up)


def _year_on_year(rule: Rule, given: Given, chance: random.Random, up: bool) -> Slip | None:
    return _measured(rule, given, chance, "current", up)


def _assigned_tasks(given: Given, chance: random.Random, up: bool) -> Slip | None:
    on_time, late = _number(given, "on_time"), _number(given, "late")
    room = late if up else on_time
    if room == 0:
        return None
    moved = Decimal(chance.randint(1, min(4, int(room))))
    sign = 1 if up else -1
    reason = f"theo dõi của cơ quan giao việc: {moved} nhiệm vụ hoàn thành quá hạn"
    return Slip({**given, "on_time": on_time + sign * moved, "late": late - sign * moved}, reason)


Make: TypeAlias = Callable[[Rule, Given, random.Random, bool], "Slip | None"]

SLIPS: Mapping[type[Rule], Make] = {
    Binary: _binary,
    Tiers: _tiers,
    Checklist: _yes_no,
    Deduction: _deduction,
    CountTiers: _count_tiers,
    PercentageBands: _ratio,
    Proportional: _ratio,
    TargetRatio: _target_ratio,
    YearOnYear: _year_on_year,
}
