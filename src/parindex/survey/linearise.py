"""Estimates and their linearised variables, for every domain at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from parindex.survey.cells import Cells
from parindex.survey.composites import in_people, of_several, parts_of, quadratic, within
from parindex.survey.design import WEIGHT_UNIT
from parindex.survey.estimands import Composite, Estimand, Single, Sums, is_total, sums_of
from parindex.survey.variance import Influence, Places, Reals, Structure, Variance, structure_of, variance

Domain = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Cells made ready for estimates of some estimands: sums per group, and the structure of the sample."""

    cells: Cells
    structure: Structure
    singles: tuple[Single, ...]
    sums: Sums

    def mixing(self, estimands: Sequence[Estimand]) -> tuple[Reals, Reals]:
        """Each estimand as a weighted sum of the single ones: (K, E) weights and (E,) offsets."""
        weights = np.zeros((len(self.singles), len(estimands)))
        offsets = np.zeros(len(estimands))
        for column, estimand in enumerate(estimands):
            for part, weight in parts_of(estimand):
                weights[self.singles.index(part), column] += weight
            offsets[column] = estimand.offset if isinstance(estimand, Composite) else 0.0
        return weights, offsets


def prepare(cells: Cells, estimands: Sequence[Estimand]) -> Prepared:
    """Read the sums of every single estimand once."""
    singles: dict[Single, None] = {}
    for estimand in estimands:
        singles.update(dict.fromkeys(part for part, _ in parts_of(estimand)))
    return Prepared(cells, structure_of(cells), tuple(singles), sums_of(cells, tuple(singles)))


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """Groups sorted by domain: `group` (R,) positions, `domain` (R,) rising positions in `names`."""

    names: tuple[Domain, ...]
    group: Places
    domain: Places

    def sum(self, values: Reals) -> Reals:
        """Sums of group values (G, K) by domain (D, K), 0 where a domain has nobody."""
        found = np.zeros((len(self.names), values.shape[1]))
        if len(self.group):
            starts = np.flatnonzero(np.concatenate(([True], self.domain[1:] != self.domain[:-1])))
            found[self.domain[starts]] = np.add.reduceat(values[self.group], starts, axis=0)
        return found


def domains_of(cells: Cells, by: Sequence[str], names: Sequence[Domain] | None = None) -> Domains:
    """The domains made by crossing the columns `by`; () is the whole population.

    `names` None takes those of the sample, sorted; respondents without one of the columns belong to none. Named
    domains keep their order, also those without respondents.
    """
    columns = [cells.column(name) for name in by]
    keys = [tuple(words) for words in zip(*columns, strict=True)] if columns else [()] * len(cells)
    if names is None:
        names = sorted({key for key in keys if all(key)}) if columns else [()]
    places = {tuple(name): at for at, name in enumerate(names)}
    domain = np.array([places.get(key, -1) for key in keys], dtype=np.intp)
    group = np.flatnonzero(domain >= 0)
    group = group[np.argsort(domain[group], kind="stable")]
    return Domains(tuple(places), group, domain[group])


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Single estimands as Σw(αy + βx): `value`, `alpha`, `beta` (D, K); NaN value where nobody answered."""

    value: Reals
    alpha: Reals
    beta: Reals
    n: Reals
    w: Reals


def linear(prepared: Prepared, domains: Domains) -> Linear:
    """Estimates of the single estimands in each domain, and the coefficients of their linearised variables."""
    sums = prepared.sums
    total = np.array([is_total(single) for single in prepared.singles], dtype=bool)
    n, w = domains.sum(sums.n), domains.sum(sums.w)
    y, x = domains.sum(sums.y), domains.sum(sums.x)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(x != 0, y / x, np.nan)
        alpha = np.where(total, 1.0, 1 / x)
        beta = np.where(total, 0.0, -ratio / x)
    value = np.where(n > 0, np.where(total, y, ratio), np.nan)
    bad = ~np.isfinite(value)
    return Linear(value, np.where(bad, 0.0, alpha), np.where(bad, 0.0, beta), n, w)


def coefficients(domains: Domains, values: Reals) -> Reals:
    """Domain coefficients (D, K) at each row of the domains (R, K)."""
    return np.asarray(values[domains.domain])


def variances(prepared: Prepared, domains: Domains, alpha: Reals, beta: Reals, mixing: Reals) -> Variance:
    """Variances (D, E) of Σ_k mixing[k, e] Σ_g (α y + β x), with α, β (R, K) at the rows of the domains.

    Rows may give one group several domains (a difference of two domains is one domain whose rows carry both).
    """
    design = prepared.cells.design
    sums = prepared.sums
    rows = domains.group
    single = alpha * sums.y[rows] + beta * sums.x[rows]
    answered = (sums.n[rows] @ (mixing != 0)).astype(np.float64)
    squares = None
    if sums.wwyy is not None and sums.wwxy is not None and sums.wwxx is not None:
        each = alpha**2 * sums.wwyy[rows] + 2 * alpha * beta * sums.wwxy[rows] + beta**2 * sums.wwxx[rows]
        squares = _squared(prepared, rows, alpha, beta, each, mixing)
    influence = Influence(rows, domains.domain, len(domains.names), single @ mixing, answered, squares, whole=False)
    if design.calibration is None:
        return variance(prepared.structure, influence, design.lonely_psu, in_domains=design.lonely_in_domains)
    return _calibrated(prepared, domains, influence, alpha, beta, mixing)


def _squared(prepared: Prepared, rows: Places, alpha: Reals, beta: Reals, each: Reals, mixing: Reals) -> Reals:
    """Σw²u² (R, E) from those of the single estimands; of several items together from the moments, NaN without."""
    found = np.full((len(rows), mixing.shape[1]), np.nan)
    moments = prepared.cells.moments
    products = None
    for column in range(mixing.shape[1]):
        parts = np.flatnonzero(mixing[:, column])
        singles = [prepared.singles[at] for at in parts.tolist()]
        if not of_several(singles):
            found[:, column] = each[:, parts] @ mixing[parts, column] ** 2
            continue
        # The moments have a row for each group of the cells where respondents are the second stage.
        where = None if moments is None else within(prepared.cells.design, moments, singles)
        if where is None or moments is None or moments.squares is None:
            continue
        if products is None:
            products = in_people(moments.squares, WEIGHT_UNIT**2)
        share = mixing[parts, column]
        features, coefficients = where.features(alpha[:, parts] * share, beta[:, parts] * share)
        found[:, column] = quadratic(moments.together, features, coefficients, products[rows])
    return found


def _calibrated(
    prepared: Prepared, domains: Domains, influence: Influence, alpha: Reals, beta: Reals, mixing: Reals
) -> Variance:
    """Residuals of the linearised variables on the calibration margins take their place (Deville, Särndal 1992)."""
    cells, sums = prepared.cells, prepared.sums
    design = cells.design
    assert cells.base is not None and sums.dy is not None and sums.dx is not None
    places, categories = _margin_places(cells)
    base = cells.base / WEIGHT_UNIT
    weight = cells.weight / WEIGHT_UNIT
    # One decomposition for all domains.
    inverse = _inverse(places, categories, base)
    rows = domains.group
    d_sum = (alpha * sums.dy[rows] + beta * sums.dx[rows]) @ mixing
    ww_sum = None
    if influence.zz is not None and sums.wwy is not None and sums.wwx is not None and cells.squares is not None:
        ww_sum = (alpha * sums.wwy[rows] + beta * sums.wwx[rows]) @ mixing
    count, width = len(domains.names), mixing.shape[1]
    everyone = np.arange(len(cells), dtype=np.intp)
    value = np.full((count, width), np.nan)
    lonely = np.full((count, width), -1, dtype=np.intp)
    for at in range(count):
        inside = np.flatnonzero(domains.domain == at)
        if not len(inside):
            continue
        groups = rows[inside]
        fitted = _fitted(places, inverse @ _margin_sums(places[groups], d_sum[inside], len(inverse)))
        z = -weight[:, None] * fitted
        z[groups] += influence.z[inside]
        zz: Reals | None = None
        if influence.zz is not None and ww_sum is not None and cells.squares is not None:
            squares = np.array([value_ / WEIGHT_UNIT**2 for value_ in cells.squares], dtype=np.float64)
            zz = fitted**2 * squares[:, None]
            zz[groups] += influence.zz[inside] - 2 * fitted[groups] * ww_sum[inside]
        one = Influence(everyone, np.zeros_like(everyone), 1, z, np.ones_like(z), zz, whole=True)
        found = variance(prepared.structure, one, design.lonely_psu, in_domains=design.lonely_in_domains)
        value[at], lonely[at] = found.value[0], found.lonely[0]
    return Variance(value, lonely)


def _margin_places(cells: Cells) -> tuple[Places, int]:
    """Which category of each margin a group belongs to (G, margins), categories of all margins numbered on."""
    columns, count = [], 0
    for margin in cells.design.margins:
        words, position = np.unique(cells.column(margin).astype(str), return_inverse=True)
        columns.append(position + count)
        count += len(words)
    return np.column_stack(columns), count


def _inverse(places: Places, categories: int, base: Reals) -> Reals:
    """Pseudo-inverse (C, C) of Xᵀ·diag(base)·X for the indicators X (G, C) of the categories.

    Margins within provinces make a matrix of independent blocks; each is inverted by itself.
    """
    flat = np.zeros(categories * categories)
    for left in places.T:
        for right in places.T:
            flat += np.bincount(left * categories + right, weights=base, minlength=len(flat))
    products = flat.reshape(categories, categories)
    block = np.arange(categories)
    while True:  # the lowest category that each is joined with, until nothing changes
        lowest = block.copy()
        together = block[places].min(axis=1)
        for column in places.T:
            np.minimum.at(lowest, column, together)
        if (lowest == block).all():
            break
        block = lowest
    inverse = np.zeros_like(products)
    for each in np.unique(block):
        inside = np.ix_(*[np.flatnonzero(block == each)] * 2)
        inverse[inside] = np.linalg.pinv(products[inside], rcond=1e-13, hermitian=True)
    return inverse


def _margin_sums(places: Places, values: Reals, categories: int) -> Reals:
    """Sums of group values (G, E) by category (categories, E)."""
    found = np.zeros((categories, values.shape[1]))
    for column in places.T:
        np.add.at(found, column, values)
    return found


def _fitted(places: Places, slopes: Reals) -> Reals:
    """What the margins say of each group (G, E): the slopes of its categories, added."""
    return np.asarray(sum(slopes[column] for column in places.T))


def difference_rows(domains: Domains, first: int, second: int, values: Reals) -> tuple[Domains, Reals]:
    """Rows of one domain that stands for first − second, with coefficients (R, K) of the two, signed."""
    rows, signed = [], []
    for at, sign in ((first, 1.0), (second, -1.0)):
        inside = domains.domain == at
        rows.append(domains.group[inside])
        signed.append(sign * values[domains.domain[inside]])
    group = np.concatenate(rows)
    coefficient = np.concatenate(signed)
    order = np.argsort(group, kind="stable")
    group, coefficient = group[order], coefficient[order]
    # A group in both (a province and the nation) carries the sum of both coefficients.
    starts = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1]))) if len(group) else group
    merged = np.add.reduceat(coefficient, starts, axis=0) if len(group) else coefficient
    return replace(domains, names=(("−",),), group=group[starts], domain=np.zeros(len(starts), dtype=np.intp)), merged
