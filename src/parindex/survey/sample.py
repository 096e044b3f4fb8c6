"""Drawing a stratified multi-stage sample from a frame, with the chance of every unit and the base weights.

The strata are the provinces (divided further where the frame says so). Within a stratum units are drawn stage by
stage; the last stage may be drawn in the field from lists made there. The primary sampling unit (PSU) of an interview
is the first unit on its path that was not taken with certainty: a unit taken with certainty becomes a stratum of its
own, and the units drawn within it are its PSUs. Chances are exact fractions; a base weight is 1 / chance, rounded half
up to whole millionths, which is the only rounding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import Literal, NamedTuple

from parindex.language import Text, half_up
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.survey.frame import MIXED, Frame, FrameLayout
from parindex.survey.selection import BY_SIZE, Draws, Method, certain_units, drawn, in_reserve, shared_out
from parindex.tables.columns import Column, TableSpec

AllocationKind = Literal["equal", "proportional", "square_root", "neyman"]
ALLOCATIONS: tuple[AllocationKind, ...] = ("equal", "proportional", "square_root", "neyman")
CertaintyTake = Literal["in_proportion", "same"]
Role = Literal["main", "reserve"]

SAMPLE_STRATUM_MIXED = ProblemKind(
    "SAMPLE-STRATUM-MIXED",
    what=Text(
        '{level} "{code}" nằm trong nhiều tầng ({columns}).', '{level} "{code}" lies in several strata ({columns}).'
    ),
    why=Text("Đơn vị mẫu giai đoạn đầu phải thuộc đúng một tầng.", "A unit drawn first must belong to one stratum."),
    remedy=Text(
        "Ghi cùng một tầng cho mọi dòng của đơn vị này, hoặc phân tầng theo cột khác.",
        "Give all its rows the same stratum, or stratify by another column.",
    ),
)
SAMPLE_TOTAL = ProblemKind(
    "SAMPLE-TOTAL",
    what=Text(
        '"{name}": không thể chia {total} cho {groups} nhóm (từ {low} đến {high}).',
        '"{name}": {total} cannot be shared among {groups} groups (from {low} to {high}).',
    ),
    why=Text(
        "Mỗi nhóm cần một số tối thiểu và không thể nhiều hơn số có trong khung.",
        "Each group needs its minimum and cannot get more than the frame holds.",
    ),
    remedy=Text("Sửa total hoặc least, hoặc số chọn ở giai đoạn trước.", "Change total, least, or an earlier take."),
)
SAMPLE_SPREAD_MISSING = ProblemKind(
    "SAMPLE-SPREAD-MISSING",
    what=Text('phân bổ Neyman thiếu độ lệch chuẩn của "{code}".', 'Neyman allocation lacks the spread of "{code}".'),
    why=Text("", ""),
    remedy=Text("Thêm vào spreads, ví dụ từ kỳ trước.", "Add it to spreads, for example from the last edition."),
)
SAMPLE_TAKE_ALL = ProblemKind(
    "SAMPLE-TAKE-ALL",
    what=Text(
        '"{code}" chỉ có {units} {unit}, ít hơn số cần chọn ({take}); tất cả được chọn.',
        '"{code}" has only {units} of level {unit}, fewer than the {take} to draw; all are taken.',
    ),
    why=Text("Mẫu sẽ nhỏ hơn dự kiến.", "The sample is smaller than planned."),
    remedy=Text("Chấp nhận, hoặc giảm số chọn.", "Accept it, or draw fewer."),
    severity="notice",
)
SAMPLE_LONELY = ProblemKind(
    "SAMPLE-LONELY",
    what=Text(
        'tầng "{stratum}" chỉ có 1 đơn vị mẫu sơ cấp trong {units} đơn vị.',
        'the stratum "{stratum}" has 1 primary sampling unit out of {units}.',
    ),
    why=Text(
        "Sai số trong tầng này không ước lượng được từ chính nó.",
        "The error within it cannot be estimated from itself.",
    ),
    remedy=Text("Chọn ít nhất 2, hoặc gộp tầng.", "Draw at least 2, or merge the stratum with another."),
    severity="notice",
)


USUAL_CONTACTS = 3
"""Contacts before a reserve steps in, where a design does not say."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `take` units are drawn in each unit of the stage before (in each stratum at the first stage).

    `take` None: the number comes from the allocation. `reserves` are drawn beside them in each group.
    """

    unit: str
    method: Method
    take: int | None
    reserves: int = 0


@dataclass(frozen=True, slots=True)
class Allocation:
    """How `total` units of the stage without `take` are shared among provinces.

    `equal`; `proportional` to size; `square_root` of size; `neyman`: size times standard deviation (`spreads`, by
    province; Neyman 1934). No province gets fewer than `least`.
    """

    kind: AllocationKind
    total: int
    least: int = 1
    spreads: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SampleDesign:
    """A sample as declared in sample.yaml. The last stage may be a unit the frame does not list (a person): it is
    drawn in the field, with equal chances out of as many as the size of the last listed unit says.

    `certainty_take`: a unit larger than the interval gets the next stage's take `in_proportion` to its size (the
    weights stay near equal), or the `same`. A reserve may step in after `contacts_before_reserve` contacts.
    """

    name: str
    seed: int
    layout: FrameLayout
    stages: tuple[Stage, ...]
    allocation: Allocation | None = None
    certainty_take: CertaintyTake = "in_proportion"
    contacts_before_reserve: int = USUAL_CONTACTS

    @property
    def field_stage(self) -> Stage | None:
        """The last stage, when the frame does not list its units."""
        return self.stages[-1] if self.stages[-1].unit not in self.layout.levels else None

    @property
    def listed_stages(self) -> tuple[Stage, ...]:
        return self.stages[:-1] if self.field_stage else self.stages


class Chosen(NamedTuple):
    """One unit drawn at one stage, main or reserve."""

    stage: int
    unit: str
    code: str
    parent: str
    province: str
    stratum: str
    psu: str | None
    method: str
    role: Role
    order: int
    in_sample: bool
    certain: bool
    size: int
    group_size: int
    group_units: int
    group_drawn: int
    probability: Decimal
    inclusion: Decimal
    take: int | None
    weight: Decimal | None


SAMPLE = TableSpec(
    "sample",
    Chosen,
    key=("stage", "code"),
    says=Text("Đơn vị được chọn ở từng giai đoạn", "The units drawn at each stage"),
    columns=(
        Column("stage", "whole", Text("giai đoạn, từ 1", "stage, from 1")),
        Column("unit", "text", Text("cấp của đơn vị", "level of the unit")),
        Column("code", "text", Text("mã đơn vị", "code of the unit")),
        Column("parent", "text", Text("đơn vị được chọn ở giai đoạn trước", "the unit drawn at the stage before")),
        Column("province", "text", Text("tỉnh", "province")),
        Column("stratum", "text", Text("tầng dùng khi tính sai số", "stratum for the estimation of errors")),
        Column(
            "psu",
            "text",
            Text("đơn vị mẫu sơ cấp", "primary sampling unit"),
            null_means=Text(
                "chắc chắn được chọn: đơn vị mẫu sơ cấp nằm ở giai đoạn sau",
                "taken with certainty: the primary sampling units are those of a later stage",
            ),
        ),
        Column("method", "text", Text("cách chọn", "method")),
        Column("role", "text", Text("main: chính, reserve: dự phòng", "main or reserve")),
        Column("order", "whole", Text("thứ tự trong nhóm, theo vai trò", "order in its group, within its role")),
        Column("in_sample", "flag", Text("đang trong mẫu", "in the sample now")),
        Column("certain", "flag", Text("chắc chắn được chọn", "taken with certainty")),
        Column("size", "whole", Text("quy mô", "size")),
        Column(
            "group_size", "whole", Text("tổng quy mô nhóm được chọn từ đó", "total size of the group it was drawn from")
        ),
        Column("group_units", "whole", Text("số đơn vị trong nhóm", "units in its group")),
        Column("group_drawn", "whole", Text("số đơn vị được chọn trong nhóm", "units drawn in its group")),
        Column("probability", "decimal", Text("xác suất chọn ở giai đoạn này", "chance at this stage")),
        Column("inclusion", "decimal", Text("xác suất qua mọi giai đoạn đến đây", "chance over the stages so far")),
        Column(
            "take",
            "whole",
            Text("số đơn vị chọn ở giai đoạn sau", "units to draw in it at the next stage"),
            null_means=Text("giai đoạn cuối", "last stage"),
        ),
        Column(
            "weight",
            "decimal",
            Text("quyền số cơ bản của một phiếu, 6 chữ số lẻ", "base weight of an interview in it, 6 decimals"),
            null_means=Text("không phải giai đoạn cuối trong khung", "not the last stage that the frame lists"),
        ),
    ),
)


class SampledStratum(NamedTuple):
    """One stratum as the estimation of errors sees it."""

    stratum: str
    province: str
    unit: str
    psus: int
    psus_in_frame: int
    size: int


STRATA = TableSpec(
    "sample_strata",
    SampledStratum,
    key=("stratum",),
    says=Text("Tầng và số đơn vị mẫu sơ cấp", "Strata and their primary sampling units"),
    columns=(
        Column("stratum", "text", Text("tầng", "stratum")),
        Column("province", "text", Text("tỉnh", "province")),
        Column("unit", "text", Text("cấp của đơn vị mẫu sơ cấp", "level of the primary sampling units")),
        Column("psus", "whole", Text("số đơn vị mẫu sơ cấp trong mẫu", "primary sampling units in the sample")),
        Column("psus_in_frame", "whole", Text("số đơn vị trong khung", "units in the frame")),
        Column("size", "whole", Text("tổng quy mô", "total size")),
    ),
)


class SampledPsu(NamedTuple):
    """One primary sampling unit with its second stage: what a two-stage finite population correction needs."""

    stratum: str
    psu: str
    psu_population: int
    unit: str
    units: int
    unit_population: int


PSUS = TableSpec(
    "sample_psus",
    SampledPsu,
    key=("psu",),
    says=Text("Đơn vị mẫu sơ cấp và giai đoạn thứ hai", "Primary sampling units and their second stage"),
    columns=(
        Column("stratum", "text", Text("tầng", "stratum")),
        Column("psu", "text", Text("đơn vị mẫu sơ cấp", "primary sampling unit")),
        Column("psu_population", "whole", Text("số đơn vị sơ cấp trong tầng", "PSUs in its stratum of the frame")),
        Column("unit", "text", Text("cấp của giai đoạn thứ hai", "level of the second stage")),
        Column("units", "whole", Text("số đơn vị được chọn trong đơn vị này", "units drawn in it")),
        Column("unit_population", "whole", Text("số đơn vị có trong khung", "units the frame has in it")),
    ),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn sample. `units` are sorted by stage and province, and within a group by role and order."""

    units: tuple[Chosen, ...]
    strata: tuple[SampledStratum, ...]

    @property
    def degrees_of_freedom(self) -> Mapping[str, int]:
        """By province: primary sampling units less strata. Few units here make wide intervals."""
        found: dict[str, int] = {}
        for row in self.strata:
            found[row.province] = found.get(row.province, 0) + row.psus - 1
        return found

    def psus(self, design: SampleDesign) -> tuple[SampledPsu, ...]:
        """Every PSU in the sample that has a second stage, by stratum and code.

        Finite population corrections are exact for equal chances and an approximation after a draw by size.
        """
        population = {row.stratum: row.psus_in_frame for row in self.strata}
        held: dict[tuple[int, str], list[Chosen]] = {}
        for row in self.units:
            if row.in_sample and row.stage > 1:
                held.setdefault((row.stage, row.parent), []).append(row)
        found = []
        for row in self.units:
            if not row.in_sample or row.psu != row.code or row.take is None:
                continue
            within = held.get((row.stage + 1, row.code), [])
            certain = sum(each.certain for each in within)
            drawn_from = max((each.group_units for each in within if not each.certain), default=0)
            units, unit_population = (len(within), certain + drawn_from) if within else (row.take, row.size)
            unit = design.stages[row.stage].unit
            found.append(SampledPsu(row.stratum, row.code, population[row.stratum], unit, units, unit_population))
        return tuple(sorted(found))


@dataclass(slots=True)
class _Drawn:
    """A unit while the sample is being drawn."""

    stage: int
    level: int
    at: int
    code: str
    parent: str
    province: int
    stratum: str
    psu: str | None
    method: Method
    role: Role
    order: int
    in_sample: bool
    certain: bool
    size: int
    group_size: int
    group_units: int
    group_drawn: int
    probability: Fraction
    inclusion: Fraction
    intervals: Fraction
    """The size in intervals of the group, at least 1: how many ordinary units a certain one stands for."""
    take: int | None = None


@dataclass(slots=True)
class _Group:
    """Units to draw from at one stage: those of a stratum, or of a unit drawn before."""

    units: Sequence[int]
    province: int
    stratum: str
    parent: _Drawn | None
    take: int


def draw_sample(frame: Frame, design: SampleDesign, problems: Problems) -> Sample | None:
    """Draw all stages. None, with problems, when strata or numbers do not allow it.

    The same frame and seed give the same sample whatever the order of rows; each group draws from a stream of its
    own, named by province, stratum and unit, so that changes elsewhere in the frame do not move it.
    """
    draft = _Draft(frame, design, problems)
    groups = draft.first_groups()
    if groups is None:
        return None
    all_drawn: list[_Drawn] = []
    for number, stage in enumerate(design.listed_stages):
        here = [unit for group in groups for unit in draft.draw(group, number, stage)]
        all_drawn += here
        if not draft.set_takes(here, number):
            return None
        groups = draft.groups_within(here, number)
    strata = draft.strata(all_drawn)
    for row in strata:
        if row.psus == 1 < row.psus_in_frame:
            problems.add(SAMPLE_LONELY, Place(frame.file), stratum=row.stratum, units=row.psus_in_frame)
    return Sample(tuple(draft.row(unit) for unit in all_drawn), strata)


class _Draft:
    """The frame and the design at hand while one sample is drawn."""

    def __init__(self, frame: Frame, design: SampleDesign, problems: Problems) -> None:
        self.frame, self.design, self.problems = frame, design, problems
        self.provinces = frame.levels[0].codes
        self.at_level = [frame.level_at(stage.unit) for stage in design.listed_stages]

    def shares(self, number: int) -> dict[str, int] | None:
        """By province, how many units of stage `number` the allocation gives; None with a problem."""
        allocation = self.design.allocation
        assert allocation is not None, "sample_reading refuses a stage without take and allocation"
        sizes = self.frame.levels[0].sizes
        if allocation.kind == "neyman":
            lacking = [code for code in self.provinces if code not in allocation.spreads]
            for code in lacking:
                self.problems.add(SAMPLE_SPREAD_MISSING, Place(self.frame.file), code=code)
            if lacking:
                return None
        claims = {code: _claim(allocation, code, size) for code, size in zip(self.provinces, sizes, strict=True)}
        most = dict(zip(self.provinces, sizes, strict=True))
        if number < len(self.at_level):
            held = self.frame.members(0, self.at_level[number])
            most = {code: len(units) for code, units in zip(self.provinces, held, strict=True)}
        return self._shared(self.design.name, allocation.total, claims, allocation.least, most)

    def _shared(
        self, name: str, total: int, claims: Mapping[str, Fraction], least: int, most: Mapping[str, int]
    ) -> dict[str, int] | None:
        try:
            return shared_out(total, claims, least, most)
        except ValueError:
            self.problems.add(
                SAMPLE_TOTAL,
                Place(self.frame.file),
                name=name,
                total=total,
                groups=len(claims),
                low=sum(min(least, most[key]) for key in claims),
                high=sum(most[key] for key in claims),
            )
            return None

    def first_groups(self) -> list[_Group] | None:
        stage, level = self.design.stages[0], self.at_level[0]
        units = self.frame.levels[level]
        by_stratum: dict[tuple[int, str], list[int]] = {}
        mixed = False
        for province, members in enumerate(self.frame.members(0, level)):
            for at in members:
                if units.strata[at] == MIXED:
                    mixed = True
                    columns = ", ".join(self.frame.layout.strata)
                    place = self.frame.place(level, at)
                    self.problems.add(
                        SAMPLE_STRATUM_MIXED, place, level=stage.unit, code=units.codes[at], columns=columns
                    )
                by_stratum.setdefault((province, units.strata[at]), []).append(at)
        if mixed:
            return None
        groups = [
            _Group(by_stratum[key], key[0], "/".join(filter(None, (self.provinces[key[0]], key[1]))), None, 0)
            for key in sorted(by_stratum)
        ]
        takes = {group.stratum: stage.take for group in groups}
        if stage.take is None:
            shares = self.shares(0)
            if shares is None:
                return None
            for province, code in enumerate(self.provinces):
                here = [group for group in groups if group.province == province]
                claims = {group.stratum: Fraction(sum(units.sizes[at] for at in group.units)) for group in here}
                most = {group.stratum: len(group.units) for group in here}
                # Two in each stratum where the number allows it: one alone has no measurable error.
                least = 2 if shares[code] >= sum(min(2, count) for count in most.values()) else 1
                within = self._shared(code, shares[code], claims, least, most)
                if within is None:
                    return None
                takes.update(within)
        for group in groups:
            group.take = takes[group.stratum] or 0
        return groups

    def draw(self, group: _Group, number: int, stage: Stage) -> list[_Drawn]:
        """The main units and the reserves of one group. Certain units come first."""
        level = self.frame.levels[self.at_level[number]]
        sizes = [level.sizes[at] if stage.method in BY_SIZE else 1 for at in group.units]
        parent = group.parent
        parent_code = parent.code if parent else group.stratum
        if group.take > len(sizes):
            self.problems.add(
                SAMPLE_TAKE_ALL,
                Place(self.frame.file),
                code=parent_code,
                units=len(sizes),
                unit=stage.unit,
                take=group.take,
            )
        certain = certain_units(sizes, group.take)
        rest = [place for place in range(len(sizes)) if place not in certain]
        rest_sizes = [sizes[place] for place in rest]
        count = max(group.take - len(certain), 0)
        # The words that name this draw: its place in the tree, not its place in the file.
        words = (self.provinces[group.province], stage.unit, group.stratum, parent.code if parent else "")
        picked = drawn(stage.method, rest_sizes, count, Draws(self.design.seed, *words)) if rest and count else []
        spare = [place for place in range(len(rest)) if place not in picked]
        stepping_in = in_reserve(
            stage.method,
            [rest_sizes[place] for place in spare],
            stage.reserves,
            Draws(self.design.seed, *words, "reserve"),
        )
        entries: list[tuple[int, Role]] = [(place, "main") for place in sorted(certain)]
        entries += [(rest[place], "main") for place in picked]
        entries += [(rest[spare[place]], "reserve") for place in stepping_in]
        mains = len(certain) + len(picked)
        found = []
        for position, (place, role) in enumerate(entries):
            at = group.units[place]
            sure = place in certain
            chance = Fraction(1) if sure else Fraction(count * sizes[place], sum(rest_sizes))
            code = level.codes[at]
            stratum, psu = group.stratum, parent.psu if parent else None
            if psu is None:
                if sure:
                    stratum = f"{stratum}/{code}"
                if not sure or (number + 1 == len(self.design.stages)):
                    psu = code
            found.append(
                _Drawn(
                    stage=number,
                    level=self.at_level[number],
                    at=at,
                    code=code,
                    parent=parent_code,
                    province=group.province,
                    stratum=stratum,
                    psu=psu,
                    method=stage.method,
                    role=role,
                    order=position + 1 if role == "main" else position + 1 - mains,
                    in_sample=role == "main" and (parent is None or parent.in_sample),
                    certain=sure,
                    size=level.sizes[at],
                    # A certain unit is drawn from itself alone: for every row drawn by size,
                    # probability = group_drawn * size / group_size.
                    group_size=level.sizes[at] if sure else sum(level.sizes[group.units[each]] for each in rest),
                    group_units=1 if sure else len(rest),
                    group_drawn=1 if sure else count,
                    probability=chance,
                    inclusion=chance * (parent.inclusion if parent else 1),
                    intervals=max(Fraction(mains * sizes[place], sum(sizes)), Fraction(1)) if sure else Fraction(1),
                )
            )
        return found

    def set_takes(self, here: list[_Drawn], number: int) -> bool:
        """How many units each drawn unit gets at the next stage. False, with problems, when it cannot be."""
        if number + 1 == len(self.design.stages):
            return True
        stage = self.design.stages[number + 1]
        held = self._held(here, number)
        in_proportion = self.design.certainty_take == "in_proportion"
        weights = [unit.intervals if in_proportion else Fraction(1) for unit in here]
        if stage.take is not None:
            for unit, weight, most in zip(here, weights, held, strict=True):
                unit.take = int(half_up(stage.take * weight, 0))
                # The drawing of a listed stage says itself that it takes all.
                if stage is self.design.field_stage:
                    unit.take = self._capped(unit.code, unit.take, most, stage.unit)
            return True
        shares = self.shares(number + 1)
        if shares is None:
            return False
        for province, code in enumerate(self.provinces):
            members = [place for place, unit in enumerate(here) if unit.province == province]
            mains = [place for place in members if here[place].in_sample]
            # Positions as names, so that ties go by the order of the units.
            claims = {f"{place:09d}": weights[place] for place in mains}
            most_of = {f"{place:09d}": held[place] for place in mains}
            total = self._capped(code, shares[code], sum(most_of.values()), stage.unit)
            within = self._shared(code, total, claims, 1, most_of)
            if within is None:
                return False
            for place in members:
                given = within.get(f"{place:09d}", max(total // max(len(mains), 1), 1))
                here[place].take = min(given, held[place])
        return True

    def _held(self, here: Iterable[_Drawn], number: int) -> list[int]:
        """How many units of the next stage each unit holds; people, when they are drawn in the field."""
        if number + 1 == len(self.at_level):
            return [unit.size for unit in here]
        within = self.frame.members(self.at_level[number], self.at_level[number + 1])
        return [len(within[unit.at]) for unit in here]

    def _capped(self, code: str, take: int, most: int, unit: str) -> int:
        if take > most:
            self.problems.add(SAMPLE_TAKE_ALL, Place(self.frame.file), code=code, units=most, unit=unit, take=take)
        return min(take, most)

    def groups_within(self, here: Iterable[_Drawn], number: int) -> list[_Group]:
        if number + 1 >= len(self.at_level):
            return []
        within = self.frame.members(self.at_level[number], self.at_level[number + 1])
        return [_Group(within[unit.at], unit.province, unit.stratum, unit, unit.take or 0) for unit in here]

    def strata(self, drawn_units: Iterable[_Drawn]) -> tuple[SampledStratum, ...]:
        found: dict[str, SampledStratum] = {}
        for unit in drawn_units:
            if not unit.in_sample:
                continue
            province = self.provinces[unit.province]
            if unit.psu == unit.code:
                before = found.get(unit.stratum)
                found[unit.stratum] = SampledStratum(
                    unit.stratum,
                    province,
                    self.design.stages[unit.stage].unit,
                    before.psus + 1 if before else 1,
                    unit.group_units,
                    unit.group_size,
                )
            elif unit.psu is None and unit.stage + 2 == len(self.design.stages) and self.design.field_stage:
                # Certain down to the last listed unit: the people drawn in it are the primary sampling units.
                found[unit.stratum] = SampledStratum(
                    unit.stratum, province, self.design.field_stage.unit, unit.take or 0, unit.size, unit.size
                )
        return tuple(found[stratum] for stratum in sorted(found))

    def row(self, unit: _Drawn) -> Chosen:
        weight: Decimal | None = None
        if unit.stage + 1 == len(self.at_level):
            last = Fraction(unit.take or 1, unit.size) if self.design.field_stage else Fraction(1)
            weight = half_up(1 / (unit.inclusion * last), 6)
        return Chosen(
            unit.stage + 1,
            self.design.stages[unit.stage].unit,
            unit.code,
            unit.parent,
            self.provinces[unit.province],
            unit.stratum,
            unit.psu,
            unit.method,
            unit.role,
            unit.order,
            unit.in_sample,
            unit.certain,
            unit.size,
            unit.group_size,
            unit.group_units,
            unit.group_drawn,
            half_up(unit.probability, 15),
            half_up(unit.inclusion, 15),
            unit.take,
            weight,
        )


def _claim(allocation: Allocation, code: str, size: int) -> Fraction:
    if allocation.kind == "equal":
        return Fraction(1)
    if allocation.kind == "proportional":
        return Fraction(size)
    if allocation.kind == "square_root":
        return Fraction(isqrt(size * 10**18))  # nine more digits: the same on every machine
    return size * Fraction(allocation.spreads[code])


def list_weight(chosen: Chosen, listed: int, taken: int) -> Decimal:
    """The base weight of an interview when the list made in the field has `listed` names, of which `taken`
    were drawn with equal chances; six decimals. It replaces `chosen.weight`, which trusted the frame's size."""
    return half_up(Fraction(listed, taken) / Fraction(chosen.inclusion), 6)


def draw_from_list(
    codes: Sequence[str], take: int, reserves: int, seed: int, village: str
) -> tuple[list[str], list[str]]:
    """Names of a list made in the field: those drawn, and the reserves in the order in which they step in.

    Equal chances; the list is sorted first, so that its order does not matter. A name that stands twice counts once.
    """
    names = sorted(set(codes))
    order = Draws(seed, "list", village).shuffled(len(names))
    return [names[at] for at in order[:take]], [names[at] for at in order[take : take + reserves]]


def millionths(weights: Iterable[Decimal]) -> list[int]:
    """Weights as whole millionths, the form in which cells add them exactly."""
    return [int(weight.scaleb(6)) for weight in weights]
