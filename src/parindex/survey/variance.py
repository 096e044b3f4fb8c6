"""The linearised variance of a stratified multi-stage sample, from sums over sampled units.

With replacement within strata, or with finite population corrections at the first and second stage. Method: Särndal,
Swensson and Wretman (1992), chapters 4 and 5; rules for strata with one PSU as in R's survey package (`svyrecvar`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parindex.survey.cells import Cells
from parindex.survey.design import LonelyRule

Reals = NDArray[np.float64]
Places = NDArray[np.intp]

NO_VARIANCE_LEFT = 1e-7
"""A stratum of which less than this share was left out adds nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """Strata, PSUs and SSUs of the whole sample; groups of cells point into them.

    `stratum`, `psu`, `ssu` (G,) positions; `stratum_of_psu` (P,). Counts are of the sample: `psus` (H,), `units`
    (P,) second-stage units (respondents, where no SSU is named). Populations are 0 where not given.
    """

    stratum: Places
    psu: Places
    ssu: Places
    stratum_of_psu: Places
    psus: Reals
    psu_population: Reals
    units: Reals
    unit_population: Reals
    strata: tuple[str, ...]
    second_stage: bool
    by_element: bool


def structure_of(cells: Cells) -> Structure:
    """Who was sampled in what; groups of cells are sorted by their nesting, so that positions rise with them."""
    design = cells.design
    keys = cells.keys
    depth = 1 if design.stratum is not None else 0
    stratum = _positions(keys[:, :depth])
    psu = _positions(keys[:, : depth + 1])
    ssu = _positions(keys[:, : depth + 2]) if design.ssu is not None else psu
    first_of_psu = _firsts(psu)
    first_of_stratum = _firsts(stratum)
    stratum_of_psu = stratum[first_of_psu]
    count = len(first_of_stratum)
    if design.ssu is None:
        units = np.bincount(psu, cells.n, len(first_of_psu)).astype(np.float64)
    else:
        units = np.bincount(psu[_firsts(ssu)], minlength=len(first_of_psu)).astype(np.float64)
    return Structure(
        stratum=stratum,
        psu=psu,
        ssu=ssu,
        stratum_of_psu=stratum_of_psu,
        psus=np.bincount(stratum_of_psu, minlength=count).astype(np.float64),
        psu_population=cells.psu_population[first_of_stratum].astype(np.float64),
        units=units,
        unit_population=cells.unit_population[first_of_psu].astype(np.float64),
        strata=tuple(keys[first_of_stratum, 0].tolist()) if depth else (design.name,) * count,
        second_stage=design.psu_population is not None and design.unit_population is not None,
        by_element=design.element_stage,
    )


def _positions(keys: NDArray[np.object_]) -> Places:
    """0 for the first distinct row of sorted keys, 1 for the next, …"""
    if not len(keys):
        return np.zeros(0, dtype=np.intp)
    changed = np.zeros(len(keys), dtype=np.intp)
    if keys.shape[1]:
        changed[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    return np.cumsum(changed)


def _firsts(positions: Places) -> Places:
    return np.flatnonzero(np.concatenate(([True], positions[1:] != positions[:-1]))) if len(positions) else positions


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """What each group adds to D × K linearised estimates.

    `group` (R,) positions of groups, rising within each domain; `domain` (R,) positions 0…D-1, rising; `z` (R, K)
    Σwu of the linearised variable u; `answered` (R, K) respondents who count; `zz` (R, K) Σw²u², None where
    respondents are not the second stage or it is not known. With `whole` all groups stand in every domain, and every
    stratum counts as answered: so in calibrated designs, where the population totals tie all strata together.
    """

    group: Places
    domain: Places
    domains: int
    z: Reals
    answered: Reals
    zz: Reals | None
    whole: bool


@dataclass(frozen=True, slots=True, eq=False)
class Variance:
    """`value` (D, K), NaN where it does not exist; `lonely` (D, K) a stratum with one PSU is why, -1 for none."""

    value: Reals
    lonely: NDArray[np.intp]


def variance(structure: Structure, influence: Influence, rule: LonelyRule, *, in_domains: bool) -> Variance:
    """The variance of each estimate. `in_domains`: the rule holds also where a domain has one PSU of a stratum."""
    count, width = influence.domains, influence.z.shape[1]
    lonely = np.full((count, width), -1, dtype=np.intp)
    if not len(influence.group):
        return Variance(np.full((count, width), np.nan), lonely)
    psu_rows = _Rows.of(influence.domain, structure.psu[influence.group])
    z, answered = psu_rows.sum(influence.z), psu_rows.sum(influence.answered)
    domain, psu = influence.domain[psu_rows.starts], structure.psu[influence.group][psu_rows.starts]
    stratum_rows = _Rows.of(domain, structure.stratum_of_psu[psu])
    stratum = structure.stratum_of_psu[psu][stratum_rows.starts]
    domain_of_stratum = domain[stratum_rows.starts]
    there = np.ones((len(stratum), width), dtype=bool) if influence.whole else stratum_rows.sum(answered) > 0
    first = _stage(
        z,
        stratum_rows,
        structure.psus[stratum],
        structure.psu_population[stratum],
        rule,
        alone=stratum_rows.sum((answered > 0).astype(np.float64)) == 1 if in_domains and not influence.whole else None,
    )
    of_domain = _Rows.of(domain_of_stratum)
    counted = domain_of_stratum[of_domain.starts]
    if rule == "average":
        good = ~first.undefined
        kept = np.where(good & there, first.value, 0.0)
        strata = of_domain.sum(there.astype(np.float64))
        usable = of_domain.sum((there & good).astype(np.float64))
        with np.errstate(divide="ignore", invalid="ignore"):
            total = of_domain.sum(kept) * np.where(usable > 0, strata / usable, np.nan)
    else:
        total = of_domain.sum(np.where(first.undefined & ~there, 0.0, first.value))
        if rule == "fail":
            _note(lonely, first.undefined & there, stratum, domain_of_stratum)
    value = np.full((count, width), np.nan)
    value[counted] = total
    if structure.second_stage:
        value[counted] += _second_stage(structure, influence, psu_rows, z, answered, rule, lonely)
    value[lonely >= 0] = np.nan
    return Variance(value, lonely)


def _note(lonely: NDArray[np.intp], where: NDArray[np.bool_], stratum: Places, domain: Places) -> None:
    for row, column in zip(*np.nonzero(where), strict=True):
        if lonely[domain[row], column] < 0:
            lonely[domain[row], column] = stratum[row]


def _second_stage(
    structure: Structure,
    influence: Influence,
    psu_rows: _Rows,
    z: Reals,
    answered: Reals,
    rule: LonelyRule,
    lonely: NDArray[np.intp],
) -> Reals:
    """Σ over PSUs of n_h/N_h times the variance among the second-stage units of the PSU. (domains with rows, K)"""
    domain = influence.domain[psu_rows.starts]
    psu = structure.psu[influence.group][psu_rows.starts]
    stratum = structure.stratum_of_psu[psu]
    counts, populations = structure.units[psu], structure.unit_population[psu]
    with np.errstate(divide="ignore", invalid="ignore"):
        fraction = np.where(
            structure.psu_population[stratum] > 0, structure.psus[stratum] / structure.psu_population[stratum], 0.0
        )
    if structure.by_element:
        if influence.zz is None:
            spread: Any = np.full_like(z, np.nan)
            squares: Any = spread
        else:
            squares = psu_rows.sum(influence.zz)
            spread = np.maximum(squares - z * z / counts[:, None], 0.0)
        stage = _scaled(spread, squares, counts, populations, rule, None)
    else:
        ssu_rows = _Rows.of(influence.domain, structure.ssu[influence.group])
        inner = ssu_rows.sum(influence.z)
        inner_psu = _Rows.of(influence.domain[ssu_rows.starts], structure.psu[influence.group][ssu_rows.starts])
        stage = _stage(inner, inner_psu, counts, populations, rule, alone=None)
    there = (answered > 0) | influence.whole
    if rule in ("fail", "average"):
        _note(lonely, stage.undefined & there, stratum, domain)
    value = np.where(stage.undefined & ~there, 0.0, stage.value) * fraction[:, None]
    return _Rows.of(domain).sum(value)


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    value: Reals
    undefined: NDArray[np.bool_]


def _stage(
    z: Reals, rows: _Rows, counts: Reals, populations: Reals, rule: LonelyRule, *, alone: NDArray[np.bool_] | None
) -> _Stage:
    """The variance among the units of each stratum (or PSU); units without rows are zeros."""
    members = rows.lengths[:, None]
    mean = rows.sum(z) / counts[:, None]
    squares = rows.sum(z * z)
    centred = z - np.repeat(mean, rows.lengths, axis=0)
    spread = rows.sum(centred * centred) + (counts[:, None] - members) * mean * mean
    return _scaled(spread, squares, counts, populations, rule, alone)


def _scaled(
    spread: Reals, squares: Reals, counts: Reals, populations: Reals, rule: LonelyRule, alone: NDArray[np.bool_] | None
) -> _Stage:
    left = _left_out(counts, populations)
    single = counts == 1
    scale = left * np.where(single, 1.0, counts / np.where(single, 1.0, counts - 1))
    undefined = np.zeros(spread.shape, dtype=bool)
    if rule == "adjust":
        spread = np.where(single[:, None], squares, spread)
        if alone is not None:
            spread = np.where(alone & ~single[:, None], squares, spread)
    else:
        spread = np.where(single[:, None], 0.0, spread)
        if rule in ("fail", "average"):
            undefined |= single[:, None]
        if rule == "average" and alone is not None:
            undefined |= alone & ~single[:, None]
    none_left = left < NO_VARIANCE_LEFT
    value = np.where(none_left[:, None], 0.0, spread * scale[:, None])
    return _Stage(value, undefined & ~none_left[:, None])


def _left_out(counts: Reals, populations: Reals) -> Reals:
    """1 − n/N, the finite population correction; 1 where the population is not given."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(populations > 0, (populations - counts) / np.where(populations > 0, populations, 1.0), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Runs of equal positions, and sums over them in a fixed order."""

    starts: Places
    lengths: Places

    @classmethod
    def of(cls, *positions: Places) -> _Rows:
        changed = np.zeros(len(positions[0]), dtype=bool)
        if len(changed):
            changed[0] = True
        for each in positions:
            changed[1:] |= each[1:] != each[:-1]
        starts = np.flatnonzero(changed)
        return cls(starts, np.diff(np.append(starts, len(changed))))

    def sum(self, values: Any) -> Reals:
        return np.asarray(np.add.reduceat(values, self.starts, axis=0), dtype=np.float64)
