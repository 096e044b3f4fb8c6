"""How large a sample must be, and what each choice buys: margins, primary sampling units, degrees of freedom, cost.

A plan is the same in each of `provinces` provinces. Its clusters are nested: primary sampling units (PSUs), units
within them, and so on down to people. What counts twice against few PSUs is shown apart: neighbours answer alike
(design effect), and a variance found from few PSUs is itself uncertain (Student's t in place of the normal).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil, inf, prod, sqrt
from typing import Literal, NamedTuple

from parindex.language import Text
from parindex.survey.student import quantile
from parindex.tables.columns import Column, TableSpec

Purpose = Literal["given", "enough_psus", "enough_people"]


@dataclass(frozen=True, slots=True)
class ClusterLevel:
    """Units of one level: how many in each unit above (in a province at the top), and how alike their people are.

    `alike` is the part of the variance of an answer that lies between units of this level within the one above,
    0 to 1; over one level it is the intraclass correlation. `cost` is what visiting one unit costs, in any money.
    """

    name: Text
    count: int
    alike: float
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One design to weigh. `levels` go from PSUs down; `people` are interviews wished for in each lowest unit.

    `certain` of the first units are taken with certainty: in each, the units of the next level are the PSUs. The
    others lie in `psu_strata` strata of a province. `weight_cv` is the coefficient of variation of the weights;
    `response` the part of people issued who answer.
    """

    code: str
    name: Text
    levels: tuple[ClusterLevel, ...]
    people: int
    psu_strata: int = 1
    certain: int = 0
    weight_cv: float = 0.0
    response: float = 1.0
    cost_per_interview: float = 0.0
    provinces: int = 63

    def __post_init__(self) -> None:
        if not self.levels or self.people < 1 or any(level.count < 1 for level in self.levels):
            raise ValueError("a choice has at least one level of units and one person in each")
        if sum(level.alike for level in self.levels) > 1 or any(level.alike < 0 for level in self.levels):
            raise ValueError("the parts of the variance between units lie between 0 and 1 together")
        if not 0 < self.response <= 1 or self.weight_cv < 0:
            raise ValueError("response is above 0 and at most 1, and weights vary by 0 or more")
        if self.psu_strata < 1 or self.certain < 0 or self.psu_strata + self.certain > self.psus:
            raise ValueError("every stratum has a unit beside those taken with certainty")

    @property
    def psus(self) -> int:
        return self.levels[0].count

    @property
    def interviews(self) -> int:
        """Completed interviews in a province."""
        return prod(level.count for level in self.levels) * self.people

    @property
    def issued(self) -> int:
        """People to approach in a province so that enough answer."""
        clusters = prod(level.count for level in self.levels)
        return clusters * ceil(self.people / self.response - 1e-9)

    @property
    def clustering(self) -> float:
        """Design effect of clusters: 1 + the sum over levels of alike * (people in one unit - 1).

        With one level this is 1 + (b - 1) * rho. Certain units count like the others, a little too much. Method:
        Kish (1965), Survey Sampling, 5.4; Valliant, Dever and Kreuter (2018), Practical Tools, 9.2, for nested levels.
        """
        effect, within = 1.0, self.interviews
        for level in self.levels:
            within //= level.count
            effect += level.alike * (within - 1)
        return effect

    @property
    def design_effect(self) -> float:
        """Clustering times unequal weighting, 1 + cv**2 (Kish 1987)."""
        return self.clustering * (1 + self.weight_cv**2)

    @property
    def degrees_of_freedom(self) -> int:
        """PSUs less strata of a province; 0 leaves no interval. A certain unit is a stratum of the units in it."""
        within = self.levels[1].count if len(self.levels) > 1 else self.people
        return self.psus - self.certain - self.psu_strata + self.certain * (within - 1)

    @property
    def cost(self) -> float:
        """Of a province: every unit visited once, every completed interview."""
        total, units = self.interviews * self.cost_per_interview, 1
        for level in self.levels:
            units *= level.count
            total += units * level.cost
        return total


def share_spread(share: float) -> float:
    """The standard deviation of a yes or no with this share of yes, 0 to 1."""
    return sqrt(share * (1 - share))


def margin(
    spread: float, interviews: float, design_effect: float = 1.0, *, df: float = inf, confidence: float = 0.95
) -> float:
    """Half the width of the interval, in the unit of `spread` (the standard deviation of an answer).

    580 people of whom 83 % are satisfied, design effect 1: 0.031, that is ±3.1 percentage points.
    """
    return quantile((1 + confidence) / 2, df) * spread * sqrt(design_effect / interviews)


class PlanRow(NamedTuple):
    """What one choice buys. Margins are in the unit of the spread times 100 (percentage points for a share)."""

    choice: str
    psus: int
    clusters: int
    people: int
    interviews: int
    issued: int
    design_effect: Decimal
    effective: Decimal
    df: int
    multiplier: Decimal | None
    margin: Decimal | None
    margin_many_psus: Decimal
    df_cost: Decimal | None
    national_interviews: int
    national_margin: Decimal | None
    cost: Decimal
    national_cost: Decimal
    national_issued: int
    purpose: Purpose = "given"


_NO_DF = Text("không có bậc tự do: không có khoảng tin cậy", "no degree of freedom: there is no interval")
PLAN = TableSpec(
    "plan",
    PlanRow,
    key=("choice", "purpose"),
    says=Text("Mỗi phương án mua được gì", "What each choice buys"),
    columns=(
        Column("choice", "text", Text("phương án", "choice")),
        Column("psus", "whole", Text("đơn vị mẫu sơ cấp mỗi tỉnh", "primary sampling units in a province")),
        Column("clusters", "whole", Text("cụm nhỏ nhất mỗi tỉnh", "lowest clusters in a province")),
        Column("people", "whole", Text("số phiếu mỗi cụm", "interviews in a cluster")),
        Column("interviews", "whole", Text("số phiếu hoàn thành mỗi tỉnh", "completed interviews in a province")),
        Column("issued", "whole", Text("số người cần tiếp cận mỗi tỉnh", "people to approach in a province")),
        Column("design_effect", "decimal", Text("hệ số thiết kế", "design effect")),
        Column("effective", "decimal", Text("cỡ mẫu hiệu dụng", "effective sample size")),
        Column("df", "whole", Text("bậc tự do", "degrees of freedom")),
        Column("multiplier", "decimal", Text("hệ số t", "multiplier of the standard error"), null_means=_NO_DF),
        Column(
            "margin", "decimal", Text("sai số biên của tỉnh", "margin of a province"), unit="points", null_means=_NO_DF
        ),
        Column(
            "margin_many_psus",
            "decimal",
            Text("sai số biên nếu bậc tự do vô hạn", "the margin if degrees of freedom were without end"),
            unit="points",
        ),
        Column(
            "df_cost",
            "decimal",
            Text("phần tăng sai số do ít bậc tự do", "how much wider few degrees of freedom make it"),
            unit="%",
            null_means=_NO_DF,
        ),
        Column("national_interviews", "whole", Text("số phiếu toàn quốc", "interviews in the nation")),
        Column(
            "national_margin",
            "decimal",
            Text("sai số biên toàn quốc", "margin of the nation"),
            unit="points",
            null_means=_NO_DF,
        ),
        Column("cost", "decimal", Text("chi phí mỗi tỉnh", "cost of a province")),
        Column("national_cost", "decimal", Text("chi phí toàn quốc", "cost of the nation")),
        Column("national_issued", "whole", Text("số người cần tiếp cận toàn quốc", "people to approach in the nation")),
        Column(
            "purpose",
            "text",
            Text(
                "given: phương án đã nêu; enough_psus, enough_people: vừa đủ đơn vị hoặc phiếu mỗi cụm cho mục tiêu",
                "given: the choice as given; enough_psus, enough_people: just enough units, or interviews in a "
                "cluster, for the target",
            ),
        ),
    ),
)


def plan_row(choice: Choice, spread: float, *, confidence: float = 0.95, populations: Sequence[int] = ()) -> PlanRow:
    """One row of the plan for answers with this standard deviation (see `share_spread`).

    `populations` are the people of each province, whose sizes weigh in the national figure; without them the
    provinces count alike.
    """
    df = choice.degrees_of_freedom
    effect, interviews = choice.design_effect, choice.interviews
    normal = margin(spread, interviews, effect, confidence=confidence)
    here = margin(spread, interviews, effect, df=df, confidence=confidence) if df else None
    # Provinces are independent: variances add with the squares of their shares of the people.
    shares = [people / sum(populations) for people in populations] or [1 / choice.provinces] * choice.provinces
    effective_provinces = 1 / sum(share**2 for share in shares)
    national = (
        margin(spread, interviews * effective_provinces, effect, df=df * len(shares), confidence=confidence)
        if df
        else None
    )
    return PlanRow(
        choice.code,
        choice.psus,
        prod(level.count for level in choice.levels),
        choice.people,
        interviews,
        choice.issued,
        _decimal(effect, 3),
        _decimal(interviews / effect, 1),
        df,
        None if not df else _decimal(quantile((1 + confidence) / 2, df), 3),
        None if here is None else _decimal(100 * here, 2),
        _decimal(100 * normal, 2),
        None if here is None else _decimal(100 * (here / normal - 1), 1),
        interviews * len(shares),
        None if national is None else _decimal(100 * national, 2),
        _decimal(choice.cost, 2),
        _decimal(choice.cost * len(shares), 2),
        choice.issued * len(shares),
    )


def compared(
    choices: Iterable[Choice], spread: float, *, confidence: float = 0.95, populations: Sequence[int] = ()
) -> tuple[PlanRow, ...]:
    """The plan as a table, one row per choice, in the order given."""
    return tuple(plan_row(choice, spread, confidence=confidence, populations=populations) for choice in choices)


def enough(
    choice: Choice, spread: float, target: float, *, confidence: float = 0.95, most_psus: int = 2000
) -> Choice | None:
    """The choice with as few PSUs a province as give a margin of at most `target` (in the unit of the spread).

    People and units within a PSU stay as they are. None when `most_psus` are not enough.
    """
    # Both the number of interviews and the degrees of freedom grow with the PSUs, so the margin only falls.
    low, high = choice.psu_strata + choice.certain, most_psus
    if high < low or not _reaches(_with_psus(choice, high), spread, target, confidence):
        return None
    while low < high:
        middle = (low + high) // 2
        if _reaches(_with_psus(choice, middle), spread, target, confidence):
            high = middle
        else:
            low = middle + 1
    return _with_psus(choice, low)


def enough_people(
    choice: Choice, spread: float, target: float, *, confidence: float = 0.95, most: int = 10_000
) -> Choice | None:
    """The choice with as few interviews in each cluster as reach `target` with the PSUs it has.

    None when no number does: neighbours answer alike, so more of them cannot replace more places.
    """
    if choice.degrees_of_freedom == 0 or not _reaches(replace(choice, people=most), spread, target, confidence):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if _reaches(replace(choice, people=middle), spread, target, confidence):
            high = middle
        else:
            low = middle + 1
    return replace(choice, people=low)


def reaching(
    choices: Iterable[Choice],
    spread: float,
    target: float,
    *,
    confidence: float = 0.95,
    populations: Sequence[int] = (),
) -> tuple[PlanRow, ...]:
    """For each choice what reaches `target` (see `enough`): more units, then more people in the units it has.

    A way that cannot reach it has no row.
    """
    ways: tuple[tuple[Purpose, Callable[..., Choice | None]], ...] = (
        ("enough_psus", enough),
        ("enough_people", enough_people),
    )
    found = []
    for choice in choices:
        for purpose, way in ways:
            enlarged = way(choice, spread, target, confidence=confidence)
            if enlarged is not None:
                row = plan_row(enlarged, spread, confidence=confidence, populations=populations)
                found.append(row._replace(purpose=purpose))
    return tuple(found)


class PlanPoint(NamedTuple):
    """One point of the chart: the margins of a province against its PSUs, in percentage points."""

    choice: str
    psus: int
    interviews: int
    national_interviews: int
    df: int
    margin: Decimal
    margin_many_psus: Decimal
    cost: Decimal


def curve(
    choice: Choice, spread: float, *, confidence: float = 0.95, psus: Iterable[int] = range(2, 31)
) -> tuple[PlanPoint, ...]:
    """The margin as PSUs are added while the interviews of a province stay near those of `choice`.

    What is drawn: the same work spread over more places. Numbers of PSUs that leave no degree of freedom, or less
    than one person a cluster, are passed over.
    """
    points = []
    below = prod(level.count for level in choice.levels[1:])
    for count in psus:
        people = round(choice.interviews / (count * below))
        if count < choice.psu_strata + choice.certain or people < 1:
            continue
        spread_out = replace(_with_psus(choice, count), people=people)
        if spread_out.degrees_of_freedom:
            points.append(_point(spread_out, spread, confidence))
    return tuple(points)


def growth(
    choice: Choice, spread: float, *, confidence: float = 0.95, psus: Iterable[int] = range(2, 31)
) -> tuple[PlanPoint, ...]:
    """The margin as PSUs are added with all that is in them: a larger sample. See `curve` for what is passed over."""
    larger = [_with_psus(choice, count) for count in psus if count >= choice.psu_strata + choice.certain]
    return tuple(_point(each, spread, confidence) for each in larger if each.degrees_of_freedom)


def _point(choice: Choice, spread: float, confidence: float) -> PlanPoint:
    row = plan_row(choice, spread, confidence=confidence)
    assert row.margin is not None, "callers leave a degree of freedom"
    return PlanPoint(
        choice.code,
        choice.psus,
        row.interviews,
        row.national_interviews,
        row.df,
        row.margin,
        row.margin_many_psus,
        row.cost,
    )


def _with_psus(choice: Choice, psus: int) -> Choice:
    first, *rest = choice.levels
    return replace(choice, levels=(replace(first, count=psus), *rest))


def _reaches(choice: Choice, spread: float, target: float, confidence: float) -> bool:
    df = choice.degrees_of_freedom
    if df == 0:
        return False
    return margin(spread, choice.interviews, choice.design_effect, df=df, confidence=confidence) <= target


def _decimal(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")
