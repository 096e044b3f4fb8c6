"""Replicate weights and what they say: the jackknife (JKn) and the rescaling bootstrap of Rao and Wu.

A replicate multiplies all weights of a PSU by one factor, so that replicate estimates come from cells, without the
answers. They need no linearisation, and carry over to anything that is computed from estimates: ranks, for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.survey.cells import Cells
from parindex.survey.design import WEIGHT_UNIT
from parindex.survey.estimands import Estimand, is_total
from parindex.survey.estimate import STANDARD, Estimate, Options, degrees_of_freedom, told
from parindex.survey.linearise import Domain, domains_of, linear, prepare
from parindex.survey.variance import NO_VARIANCE_LEFT, Structure, structure_of

Reals = NDArray[np.float64]

STRATUM_LONELY = ProblemKind(
    "STRATUM-LONELY",
    what=Text('tầng "{stratum}" chỉ có một đơn vị mẫu.', 'the stratum "{stratum}" has only one sampled unit.'),
    why=Text(
        "Không bỏ hay chọn lại được đơn vị duy nhất của một tầng.",
        "The only unit of a stratum can be neither left out nor drawn again.",
    ),
    remedy=Text(
        'Ghép tầng, hoặc chọn quy tắc khác cho "lonely_psu".', 'Join strata, or choose another rule for "lonely_psu".'
    ),
)
REPLICATE_EMPTY = ProblemKind(
    "REPLICATE-MARGIN-EMPTY",
    what=Text(
        'bản lặp {number}: {margin} = "{category}" không còn phiếu nào.',
        'replicate {number}: {margin} = "{category}" has no interview left.',
    ),
    why=Text(
        "Mỗi bản lặp phải đạt lại tổng đã biết của nhóm này.", "Every replicate must meet the total of this category."
    ),
    remedy=Text(
        "Gộp nhóm này với nhóm khác, hoặc dùng phương sai tuyến tính hóa.",
        "Merge the category with another, or use the linearised variance.",
    ),
)
REPLICATE_NOT_MET = ProblemKind(
    "REPLICATE-NOT-CALIBRATED",
    what=Text(
        "bản lặp {number}: sau {rounds} vòng vẫn chưa đạt các tổng đã biết.",
        "replicate {number} does not meet the known totals after {rounds} rounds.",
    ),
    why=Text("Sai số chuẩn sẽ sai.", "The standard error would be wrong."),
    remedy=Text(
        "Gộp các nhóm nhỏ, hoặc dùng phương sai tuyến tính hóa.",
        "Merge small categories, or use the linearised variance.",
    ),
)

MET: Final = 1e-13
"""A known total is met by a replicate when it is no further from it than this, relative to it."""

MOST_ROUNDS: Final = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """`factors` (R, P) by which the weights of each PSU are multiplied, PSUs in the order of the cells.

    The variance is Σ_r `scales`[r] (θ_r − θ̄)², θ̄ the mean of the replicates.

    Where weights are calibrated each replicate meets the known totals again: its weights are those of the cells times
    the factor of the PSU times effects of the margins, found by raking (see `replicate_values`). Weights that were
    raked or post-stratified are base weights times effects of the margins, so that raking them, or the base weights,
    ends at the same weights. It does not hold for weights that were trimmed afterwards or held within bounds: what a
    bound did to one interview is not in the cells. Then the replicates are raked without bounds, which a bound that
    few weights touch changes little.
    """

    kind: str
    factors: Reals
    scales: Reals


def psus_of(cells: Cells) -> tuple[tuple[str, ...], ...]:
    """(stratum, PSU) of each column of the factors; the PSU alone without strata."""
    structure = structure_of(cells)
    first = np.searchsorted(structure.psu, np.arange(len(structure.stratum_of_psu)))
    depth = 2 if cells.design.stratum is not None else 1
    return tuple(tuple(row) for row in cells.keys[first, :depth].tolist())


def jackknife(cells: Cells) -> Replicates:
    """JKn: each PSU left out once, the others of its stratum made up for it.

    Strata with one PSU follow the rule of the design, as `as.svrepdesign` of R's survey package has them. Raises
    ProblemsFound for such a stratum under the rule `fail`.
    """
    structure = _open(cells)
    count = len(structure.stratum_of_psu)
    left = _left_out(structure)
    rule = cells.design.lonely_psu
    rows, scales = [], []
    strata = len(structure.psus)
    for psu in range(count):
        stratum = int(structure.stratum_of_psu[psu])
        members = structure.psus[stratum]
        factor = np.ones(count)
        if members > 1:
            factor[structure.stratum_of_psu == stratum] = members / (members - 1)
            scale = left[stratum] * (members - 1) / members
        elif left[stratum] >= NO_VARIANCE_LEFT and rule == "adjust":
            factor[:] = strata / (strata - 1)
            scale = (strata - 1) / strata
        else:
            continue
        factor[psu] = 0.0
        rows.append(factor)
        scales.append(scale)
    weights = np.array(scales)
    if rule == "average" and rows:
        weights = weights * (count / len(rows))
    return Replicates("jkn", np.array(rows).reshape(len(rows), count), weights)


def bootstrap(cells: Cells, count: int, random: np.random.Generator) -> Replicates:
    """`count` replicates of the rescaling bootstrap: in each stratum n − 1 PSUs are drawn with replacement.

    With a finite population correction the draws are shrunk towards 1 by its root. Method: Rao and Wu (1988); Rao,
    Wu and Yue (1992). A stratum with one PSU stays as it is, and adds nothing; under the rule `fail` it raises
    ProblemsFound; ValueError for fewer than two replicates.
    """
    if count < 2:
        raise ValueError("a variance needs at least two replicates")
    structure = _open(cells)
    left = _left_out(structure)
    factors = np.ones((count, len(structure.stratum_of_psu)))
    first = np.searchsorted(structure.stratum_of_psu, np.arange(len(structure.psus)))
    for stratum, start in enumerate(first.tolist()):
        members = int(structure.psus[stratum])
        if members == 1:
            continue
        drawn = random.multinomial(members - 1, np.full(members, 1 / members), size=count)
        shrink = np.sqrt(max(left[stratum], 0.0))
        factors[:, start : start + members] = 1 + shrink * (drawn * (members / (members - 1)) - 1)
    return Replicates("bootstrap", factors, np.full(count, 1 / (count - 1)))


def _left_out(structure: Structure) -> Reals:
    given = structure.psu_population > 0
    return np.where(given, 1 - structure.psus / np.where(given, structure.psu_population, 1.0), 1.0)


def _open(cells: Cells) -> Structure:
    structure = structure_of(cells)
    problems = Problems()
    if cells.design.lonely_psu == "fail":
        lonely = (structure.psus == 1) & (_left_out(structure) >= NO_VARIANCE_LEFT)
        for stratum in np.flatnonzero(lonely).tolist():
            problems.add(STRATUM_LONELY, Place(""), stratum=structure.strata[stratum])
    problems.raise_if_any()
    return structure


def _recalibrated(cells: Cells, structure: Structure, replicates: Replicates) -> tuple[NDArray[np.intp], Reals | None]:
    """The combination of margin categories of each group (G,), and its effect in each replicate (R, C).

    Raking needs no more than the sums of weights by combination, so that all replicates are raked at once. Effects
    None without calibration. Raises ProblemsFound.
    """
    if cells.design.calibration is None:
        return np.zeros(len(cells), dtype=np.intp), None
    words = [np.unique(cells.column(margin).astype(str), return_inverse=True) for margin in cells.design.margins]
    combinations, combination = np.unique(np.stack([at for _, at in words]), axis=1, return_inverse=True)
    combination = combination.reshape(-1)
    weight = cells.weight / WEIGHT_UNIT
    by_psu = np.zeros((len(structure.stratum_of_psu), combinations.shape[1]))
    np.add.at(by_psu, (structure.psu, combination), weight)
    sums = replicates.factors @ by_psu
    members = [row[:, None] == np.arange(len(names)) for row, (names, _) in zip(combinations, words, strict=True)]
    targets = [by_psu.sum(axis=0) @ member for member in members]
    effects = np.ones_like(sums)
    problems = Problems()
    for margin, (names, _), member in zip(cells.design.margins, words, members, strict=True):
        empty = np.argwhere(sums @ member <= 0)
        for number, category in empty[:1].tolist():
            told = {"number": number + 1, "margin": margin, "category": str(names[category])}
            problems.add(REPLICATE_EMPTY, Place(cells.design.name), **told)
    problems.raise_if_any()
    for _ in range(MOST_ROUNDS):
        off = np.zeros(len(sums))
        for member, target, at in zip(members, targets, combinations, strict=True):
            ratio = target / ((sums * effects) @ member)
            off = np.maximum(off, np.abs(ratio - 1).max(axis=1))
            effects *= ratio[:, at]
        if (off <= MET).all() or not np.isfinite(effects).all():
            break
    for number in np.flatnonzero(~(off <= MET))[:1].tolist():
        problems.add(REPLICATE_NOT_MET, Place(cells.design.name), number=number + 1, rounds=MOST_ROUNDS)
    problems.raise_if_any()
    return combination, effects


def replicate_values(
    cells: Cells,
    estimands: Sequence[Estimand],
    replicates: Replicates,
    *,
    by: Sequence[str] = (),
    domains: Sequence[Domain] | None = None,
) -> tuple[tuple[Domain, ...], Reals]:
    """The domains, and the estimates of every replicate (R, D, E); NaN where a replicate holds nobody of a domain.

    Calibrated weights are raked again in every replicate, to the sums that the weights of the cells have by margin.
    Raises ProblemsFound where a replicate has nobody left in a category, or cannot meet its totals.
    """
    prepared = prepare(cells, estimands)
    where = domains_of(cells, by, domains)
    mixing, offsets = prepared.mixing(estimands)
    totals = np.array([is_total(single) for single in prepared.singles], dtype=bool)
    combination, effects = _recalibrated(cells, prepared.structure, replicates)
    found = np.full((len(replicates.factors), len(where.names), len(estimands)), np.nan)
    for at in range(len(where.names)):
        groups = where.group[where.domain == at]
        if not len(groups):
            continue
        if effects is None:
            psu, starts = np.unique(prepared.structure.psu[groups], return_index=True)
            factors = replicates.factors[:, psu]
        else:
            starts = np.arange(len(groups))
            factors = replicates.factors[:, prepared.structure.psu[groups]] * effects[:, combination[groups]]
        y = factors @ np.add.reduceat(prepared.sums.y[groups], starts, axis=0)
        x = factors @ np.add.reduceat(prepared.sums.x[groups], starts, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            single = np.where(totals, y, y / x)
        missing = np.isnan(single) @ (mixing != 0) > 0
        found[:, at] = np.where(missing, np.nan, np.nan_to_num(single) @ mixing + offsets)
    return where.names, found


def replicate_estimates(
    cells: Cells,
    estimands: Sequence[Estimand],
    replicates: Replicates,
    *,
    by: Sequence[str] = (),
    domains: Sequence[Domain] | None = None,
    options: Options = STANDARD,
) -> tuple[Estimate, ...]:
    """Rows as `estimates` gives, with standard errors from replicates and without design effects.

    Replicates in which a domain has nobody left are passed over, as R does.
    """
    names, values = replicate_values(cells, estimands, replicates, by=by, domains=domains)
    prepared = prepare(cells, estimands)
    where = domains_of(cells, by, domains)
    full = linear(prepared, where)
    mixing, offsets = prepared.mixing(estimands)
    freedom = degrees_of_freedom(prepared.structure, where, options.freedom)
    respondents = where.sum(cells.n[:, None].astype(np.float64))[:, 0]
    rows = []
    for at, domain in enumerate(names):
        for column, estimand in enumerate(estimands):
            parts = np.flatnonzero(mixing[:, column])
            own = values[:, at, column]
            good = np.isfinite(own)
            variance = float("nan")
            if good.any():
                centred = own[good] - own[good & (replicates.scales > 0)].mean()
                variance = float((replicates.scales[good] * centred * centred).sum())
            rows.append(
                told(
                    estimand,
                    domain,
                    value=float(full.value[at, parts] @ mixing[parts, column] + offsets[column]),
                    variance=variance,
                    n=int(full.n[at, parts].min()),
                    deff=None,
                    df=int(freedom[at]),
                    respondents=int(respondents[at]),
                    lonely=None,
                    options=options,
                    technique=replicates.kind,
                )
            )
    return tuple(rows)
