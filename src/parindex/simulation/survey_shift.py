"""Making a simulated survey give a published figure: the fewest answers moved by one step, openly.

A sample differs from its population by chance, but the totals of the simulated edition leave its index no freedom.
So a few made-up answers are told anew, those that were nearest to the other side: "neutral" becomes "satisfied", or
the other way round. Only invented answers may be moved like this; nothing here is for real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parindex.survey.questionnaire import Questionnaire, Scale
from parindex.survey.sipas import index_weights, scores

Strings = NDArray[np.str_]
Reals = NDArray[np.float64]

TOLERANCE: Final = Decimal("0.00004")
"""In percent points: with four decimals the index then is its target."""

_PAIRS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Shifted:
    """Answers after the shift. `before` and `value` are the index in percent, `changed` how many answers moved."""

    columns: Mapping[str, Strings]
    before: float
    value: float
    changed: int


def index_value(columns: Mapping[str, Strings], weights: Reals, questionnaire: Questionnaire) -> float | None:
    """The index of one province in percent, from its answers (n,) by column and weights (n,).

    By the questionnaire's formula and weights; answers that are not valid leave the denominator of their term. None
    when a term has no valid answer, or the questionnaire makes no index.
    """
    composites = index_weights(questionnaire)
    if not composites or questionnaire.index is None:
        return None
    total = 0.0
    for term in composites[-1].terms:
        above = below = 0.0
        for item in term.items:
            scale = questionnaire.scale_of(item)
            assert scale is not None
            worth = scores(questionnaire.index.formula, scale)
            for column in questionnaire.columns_of[item]:
                for code, score in worth.items():
                    held = float(weights[columns[column] == code].sum())
                    below += held
                    above += held * float(score)
        if below == 0:
            return None
        total += float(term.weight) * above / below
    return total


def shift_to_target(
    columns: Mapping[str, Strings],
    weights: Reals,
    questionnaire: Questionnaire,
    target: Decimal,
    *,
    near: Mapping[str, Reals] | None = None,
    tolerance: Decimal = TOLERANCE,
) -> Shifted:
    """Move the fewest simulated answers over the edge of being satisfied until the index is `target` percent.

    `columns` and `weights` as in `index_value`, the weights being those of the estimate that shall meet the target.
    `near` (n,) by scored column: which answers are nearest to the edge, and move first; without it the first rows
    do. Deterministic; no answer moves by more than one step, and non-response stays. Raises ValueError when the
    answers cannot give the target within `tolerance` percent points.
    """
    before = index_value(columns, weights, questionnaire)
    if before is None:
        raise ValueError("there is no index to shift")
    moves = _Moves(columns, weights, questionnaire, near)
    aim, within = float(target), float(tolerance)
    left = aim - before
    chosen = moves.towards(left)
    left -= float(moves.worth[chosen].sum())
    if abs(left) >= within:
        chosen = moves.refined(chosen, left, within)
    shifted = moves.made(chosen)
    value = index_value(shifted, weights, questionnaire)
    if value is None or abs(value - aim) >= within:
        raise ValueError(f"these answers cannot give {target}: they come to {value}")
    return Shifted(shifted, before, value, len(chosen))


class _Moves:
    """Every answer that stands beside the edge, and what its move is worth. Arrays are (moves,)."""

    def __init__(
        self,
        columns: Mapping[str, Strings],
        weights: Reals,
        questionnaire: Questionnaire,
        near: Mapping[str, Reals] | None,
    ) -> None:
        self.columns = columns
        assert questionnaire.index is not None
        names: list[str] = []
        self.edges: list[tuple[str, str]] = []
        at_column, at_row, worth, order = [], [], [], []
        for term in index_weights(questionnaire)[-1].terms:
            scales = {item: questionnaire.scale_of(item) for item in term.items}
            pool = [(column, scale) for item, scale in scales.items() for column in questionnaire.columns_of[item]]
            answered = sum(
                float(weights[np.isin(columns[column], scale.valid_codes)].sum())
                for column, scale in pool
                if scale is not None
            )
            for column, scale in pool:
                assert scale is not None
                below, above = _edge(scale)
                score = scores(questionnaire.index.formula, scale)
                step = float(term.weight) * float(score[above] - score[below]) / answered
                for code, sign in ((below, 1), (above, -1)):
                    rows = np.flatnonzero(columns[column] == code)
                    at_column.append(np.full(len(rows), len(names)))
                    at_row.append(rows)
                    worth.append(sign * step * weights[rows])
                    order.append(near[column][rows] if near is not None else rows.astype(np.float64))
                names.append(column)
                self.edges.append((below, above))
        self.names = names
        self.at_column = np.concatenate(at_column)
        self.at_row = np.concatenate(at_row)
        self.worth: Reals = np.concatenate(worth)
        self.order: NDArray[np.intp] = np.argsort(np.concatenate(order), kind="stable")

    def towards(self, left: float) -> NDArray[np.intp]:
        """The nearest answers that together go as far as `left`, and no further."""
        right_way = self.order[np.sign(self.worth[self.order]) == np.sign(left)]
        reached = np.cumsum(np.abs(self.worth[right_way]))
        return np.asarray(right_way[: int(np.searchsorted(reached, abs(left), side="right"))], dtype=np.intp)

    def refined(self, chosen: NDArray[np.intp], left: float, within: float) -> NDArray[np.intp]:
        """With one move more, or two, the rest `left` is gone; `chosen` as it is when none does it."""
        free = self.order[~np.isin(self.order, chosen)]
        worth = self.worth[free]
        good = np.flatnonzero(np.abs(worth - left) < within)
        if good.size:
            return np.append(chosen, free[good[0]])
        by_worth = np.argsort(worth, kind="stable")
        ascending = worth[by_worth]
        for first in range(min(_PAIRS, len(free))):
            wanted = left - worth[first]
            place = int(np.searchsorted(ascending, wanted))
            for each in (place - 1, place):
                if 0 <= each < len(ascending) and by_worth[each] != first and abs(ascending[each] - wanted) < within:
                    return np.append(chosen, free[[first, by_worth[each]]])
        return chosen

    def made(self, chosen: NDArray[np.intp]) -> dict[str, Strings]:
        found = dict(self.columns)
        for at in np.unique(self.at_column[chosen]).tolist():
            name, (below, above) = self.names[at], self.edges[at]
            rows = self.at_row[chosen[self.at_column[chosen] == at]]
            changed = found[name].copy()
            changed[rows] = np.where(changed[rows] == below, above, below)
            found[name] = changed
        return found


def _edge(scale: Scale) -> tuple[str, str]:
    """The highest answer that is not satisfied and the lowest that is."""
    ordered = sorted(scale.values, key=lambda code: scale.values[code])
    first = next(at for at, code in enumerate(ordered) if code in scale.satisfied)
    return ordered[first - 1], ordered[first]
