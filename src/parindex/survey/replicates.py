"""Replicate weights and what they say: the jackknife (JKn) and the rescaling bootstrap of Rao and Wu.

A replicate multiplies all weights of a PSU by one factor, so that replicate estimates come from cells, without the
answers. They need no linearisation, and carry over to anything that is computed from estimates: ranks, for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.survey.cells import Cells
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
REPLICATES_CALIBRATED = ProblemKind(
    "REPLICATES-CALIBRATED",
    what=Text("quyền số đã hiệu chỉnh theo tổng thể.", "the weights are calibrated to population totals."),
    why=Text(
        "Mỗi bản lặp phải hiệu chỉnh lại; nhân hệ số thôi thì sai số quá lớn.",
        "Each replicate would have to be calibrated again; with factors alone the error comes out too large.",
    ),
    remedy=Text("Dùng phương sai tuyến tính hóa.", "Use the linearised variance."),
)


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """`factors` (R, P) by which the weights of each PSU are multiplied, PSUs in the order of the cells.

    The variance is Σ_r `scales`[r] (θ_r − θ̄)², θ̄ the mean of the replicates.
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
    ProblemsFound for such a stratum under the rule `fail`, and for calibrated weights.
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
    ProblemsFound, as do calibrated weights; ValueError for fewer than two replicates.
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
    if cells.design.calibration is not None:
        problems.add(REPLICATES_CALIBRATED, Place(""))
    if cells.design.lonely_psu == "fail":
        lonely = (structure.psus == 1) & (_left_out(structure) >= NO_VARIANCE_LEFT)
        for stratum in np.flatnonzero(lonely).tolist():
            problems.add(STRATUM_LONELY, Place(""), stratum=structure.strata[stratum])
    problems.raise_if_any()
    return structure


def replicate_values(
    cells: Cells,
    estimands: Sequence[Estimand],
    replicates: Replicates,
    *,
    by: Sequence[str] = (),
    domains: Sequence[Domain] | None = None,
) -> tuple[tuple[Domain, ...], Reals]:
    """The domains, and the estimates of every replicate (R, D, E); NaN where a replicate holds nobody of a domain."""
    prepared = prepare(cells, estimands)
    where = domains_of(cells, by, domains)
    mixing, offsets = prepared.mixing(estimands)
    totals = np.array([is_total(single) for single in prepared.singles], dtype=bool)
    found = np.full((len(replicates.factors), len(where.names), len(estimands)), np.nan)
    for at in range(len(where.names)):
        groups = where.group[where.domain == at]
        if not len(groups):
            continue
        psu, starts = np.unique(prepared.structure.psu[groups], return_index=True)
        factors = replicates.factors[:, psu]
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
