"""What is estimated from cells: means, shares, totals, ratios, and weighted sums of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parindex.survey.cells import Cells
from parindex.survey.design import WEIGHT_UNIT, SurveyDesign

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mean:
    """The weighted mean of an item's scores or numbers, over those who answered it."""

    item: str

    @property
    def name(self) -> str:
        return self.item


@dataclass(frozen=True, slots=True)
class Share:
    """The share, 0 to 1, of those who gave one of `codes`, of those who answered the item. Empty: the item's `top`."""

    item: str
    codes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.item


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of an item's scores or numbers over the population; who did not answer counts as nothing."""

    item: str

    @property
    def name(self) -> str:
        return self.item


@dataclass(frozen=True, slots=True)
class Count:
    """How many people of the population gave one of `codes`. Empty: the item's `top`."""

    item: str
    codes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.item


@dataclass(frozen=True, slots=True)
class Ratio:
    """Σwy / Σwx of a ratio of the design, over those who answered both."""

    ratio: str

    @property
    def name(self) -> str:
        return self.ratio


@dataclass(frozen=True, slots=True)
class Pooled:
    """The weighted mean of all valid answers to several items together, each code worth its score.

    With one item, a mean under other scores than the item's own. With several, an answer counts once for each item:
    `n` is then the greatest n of the items; the design effect, and the second-stage variance where respondents are
    the second stage, need cells with moments (see `moments`), as cells do not say who answered what together.
    """

    name: str
    items: tuple[str, ...]
    scores: tuple[tuple[str, float], ...]


Single = Mean | Share | Total | Count | Ratio | Pooled


@dataclass(frozen=True, slots=True)
class Composite:
    """`offset` + Σ weight × estimate: an index of items. Its error knows how the items vary together."""

    name: str
    parts: tuple[tuple[Single, float], ...]
    offset: float = 0.0


Estimand = Single | Composite


def is_share(estimand: Estimand) -> bool:
    """The estimate lies between 0 and 1, so that a logit interval makes sense."""
    if isinstance(estimand, Composite):
        weights = [weight for _, weight in estimand.parts]
        return (
            estimand.offset == 0
            and all(isinstance(part, Share) for part, _ in estimand.parts)
            and min(weights) >= 0
            and abs(sum(weights) - 1) < 1e-9
        )
    return isinstance(estimand, Share)


def is_total(single: Single) -> bool:
    return isinstance(single, Total | Count)


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Per group and estimand (G, K), in units of people: y is what is averaged or added, x what it is divided by.

    For a mean or share x is 1 for everyone who answered. `w` Σw of those who answered; `y` Σwy, `x` Σwx, `yy` Σwy²,
    `xy`, `xx`; `dy`, `dx` with base weights, None without calibration; `wwy`… with squared weights, None unless
    respondents are the second stage.
    """

    n: Reals
    w: Reals
    y: Reals
    x: Reals
    yy: Reals
    xy: Reals
    xx: Reals
    dy: Reals | None
    dx: Reals | None
    wwy: Reals | None
    wwx: Reals | None
    wwyy: Reals | None
    wwxy: Reals | None
    wwxx: Reals | None


_FIELDS = ("n", "w", "y", "x", "yy", "xy", "xx", "dy", "dx", "wwy", "wwx", "wwyy", "wwxy", "wwxx")


def sums_of(cells: Cells, singles: Sequence[Single]) -> Sums:
    """The sums of each estimand in each group. KeyError for an item or ratio that the design does not have;
    ValueError where the item cannot be estimated so (the mean of a choice, the share of a number)."""
    columns = [_columns(cells, single) for single in singles]

    def stacked(name: str) -> Reals | None:
        found = [column[name] for column in columns]
        known = [each for each in found if each is not None]
        if not found:
            return np.zeros((len(cells), 0))
        return np.column_stack(known) if known else None

    return Sums(**{name: stacked(name) for name in _FIELDS})  # type: ignore[arg-type]


def _columns(cells: Cells, single: Single) -> dict[str, Reals | None]:
    design = cells.design
    if isinstance(single, Pooled):
        return _pooled_columns(cells, single)
    if isinstance(single, Ratio):
        ratio = design.ratio(single.ratio)
        y_unit = 10 ** design.item(ratio.numerator).decimals
        x_unit = 10 ** design.item(ratio.denominator).decimals
        return _number_columns(cells, single.ratio, y_unit, x_unit)
    item = design.item(single.item)
    if isinstance(single, Share | Count):
        if not item.coded:
            raise ValueError(f"{single.item}: a share needs an item with codes")
        chosen = single.codes or item.top
        unknown = [code for code in chosen if code not in item.answers]
        if unknown or not chosen:
            raise ValueError(f"{single.item}: no such code {', '.join(unknown) or '(no top codes)'}")
        return _code_columns(cells, single.item, {code: int(code in chosen) for code in item.answers})
    if not item.coded:
        return _number_columns(cells, single.item, 10**item.decimals, None)
    scores = {code: score for code, score in item.answers.items() if score is not None}
    if len(scores) < len(item.answers):
        raise ValueError(f"{single.item}: answers without scores have no mean")
    return _code_columns(cells, single.item, scores)


def _pooled_columns(cells: Cells, pooled: Pooled) -> dict[str, Reals | None]:
    scores = dict(pooled.scores)
    parts = []
    for code in pooled.items:
        answers = cells.design.item(code).answers
        unscored = [answer for answer in answers if answer not in scores]
        if unscored or not answers:
            raise ValueError(f"{pooled.name}: no score for {code} {', '.join(unscored)}")
        parts.append(_code_columns(cells, code, {answer: scores[answer] for answer in answers}))
    found = dict(parts[0])
    for part in parts[1:]:
        for name in ("w", "y", "x", "dy", "dx", "wwy", "wwx"):
            one, other = found[name], part[name]
            found[name] = None if one is None or other is None else one + other
        one, other = found["n"], part["n"]
        found["n"] = None if one is None or other is None else np.maximum(one, other)
        for name in ("yy", "xy", "xx", "wwyy", "wwxy", "wwxx"):
            one = found[name]
            found[name] = None if one is None else np.full_like(one, np.nan)
    return found


def _code_columns(cells: Cells, code: str, scores: Mapping[str, int | float]) -> dict[str, Reals | None]:
    at = code_slice(cells.design, code)
    whole = all(isinstance(score, int) for score in scores.values())
    score = np.array(list(scores.values()), dtype=np.int64 if whole else np.float64)

    def total(of: Any, factor: Any, unit: int) -> Reals:
        # Whole numbers first, so that each figure is rounded once.
        return np.asarray((of[:, at] * factor).sum(axis=1), dtype=np.float64) / unit

    weight = cells.code_weight
    w, y, yy = (total(weight, factor, WEIGHT_UNIT) for factor in (1, score, score * score))
    found: dict[str, Reals | None] = dict.fromkeys(_FIELDS)
    found |= {"n": total(cells.code_n, 1, 1), "w": w, "y": y, "x": w, "yy": yy, "xy": y, "xx": w}
    if cells.code_base is not None:
        found |= {"dy": total(cells.code_base, score, WEIGHT_UNIT), "dx": total(cells.code_base, 1, WEIGHT_UNIT)}
    if cells.code_squares is not None:
        unit = WEIGHT_UNIT**2
        wide = score.astype(object)
        ww, wwy, wwyy = (total(cells.code_squares, factor, unit) for factor in (1, wide, wide * wide))
        found |= {"wwy": wwy, "wwx": ww, "wwyy": wwyy, "wwxy": wwy, "wwxx": ww}
    return found


def code_slice(design: SurveyDesign, code: str) -> slice:
    """Where the codes of an item stand among `design.code_columns()`."""
    at = 0
    for item in design.coded_items:
        if item.code == code:
            return slice(at, at + len(item.answers))
        at += len(item.answers)
    raise KeyError(code)


def _number_columns(cells: Cells, code: str, y_unit: int, x_unit: int | None) -> dict[str, Reals | None]:
    places = {name: at for at, (item, name) in enumerate(cells.design.number_sums()) if item == code}

    def total(name: str) -> Reals | None:
        if name not in places:
            return None
        weights = sum(letter in "wd" for letter in name)
        unit = WEIGHT_UNIT**weights * y_unit ** name.count("y") * (x_unit or 1) ** name.count("x")
        # Python divides whole numbers of any size with one rounding.
        return np.array([value / unit for value in cells.numbers[:, places[name]]], dtype=np.float64)

    if x_unit is None:  # a mean: x is 1
        names = {"n": "n", "w": "w", "y": "wy", "x": "w", "yy": "wyy", "xy": "wy", "xx": "w", "dy": "dy", "dx": "d"}
        names |= {"wwy": "wwy", "wwx": "ww", "wwyy": "wwyy", "wwxy": "wwy", "wwxx": "ww"}
    else:
        names = {
            "n": "n",
            "w": "w",
            "y": "wy",
            "x": "wx",
            "yy": "wyy",
            "xy": "wxy",
            "xx": "wxx",
            "dy": "dy",
            "dx": "dx",
        }
        names |= {name: name for name in ("wwy", "wwx", "wwyy", "wwxy", "wwxx")}
    return {field: total(name) for field, name in names.items()}
