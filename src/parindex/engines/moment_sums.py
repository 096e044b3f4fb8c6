"""Sums of products of answers, block by block, by matrix products in doubles that are exact.

A product of matrices adds up r terms w·f·g. With w, f and g whole and r·|w|·|f|·|g| < 2^53, every partial sum is a
whole number that a double holds exactly, so that it is the same in whatever order, and with whatever number of
threads, the library of matrix products adds. Weights and features that are too large for it are split into parts of
few bits, and put together again in whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parindex.survey.cells import Cells
from parindex.survey.design import SurveyDesign
from parindex.survey.moments import Measure, Moments, Together, blank_moments, moment_columns, too_many

ROWS: Final = 1 << 12
"""Rows that are added up in doubles at most."""

SMALL_PRODUCT: Final = 1 << 18
"""Multiplications of one matrix product at most. OpenBLAS takes several threads above it, and these cost more than
they save: 5.2 CPU seconds for a million rows of 40 items on 2 cores, against 0.8 in small products."""

FEATURE_BITS: Final = 12
"""Features are split into parts of at most so many bits."""

Whole = NDArray[np.int64]
Positions = Callable[[str], NDArray[np.uint16]]
"""Of each row, the position of its answer to a coded item among its codes, from 1; 0 for none."""

Numbers = Callable[[str], tuple[Whole, NDArray[np.bool_]]]
"""Of each row, the answer to a number item, and whether there is one."""


class MomentSums:
    """The moments of cells whose groups are known, filled block by block."""

    def __init__(self, cells: Cells, together: Together) -> None:
        design = cells.design
        columns = [design.key_columns.index(column) for column in moment_columns(design)]
        keys = [tuple(row) for row in cells.keys[:, columns].tolist()]
        places = {key: at for at, key in enumerate(dict.fromkeys(keys))}
        self.design, self.together, self.keys = design, together, list(places)
        self.row_of_group = np.array([places[key] for key in keys], dtype=np.int64)
        self.wanted = not too_many(together, len(places))
        rows = len(places) if self.wanted else 0
        self._n = np.zeros((rows, len(together.sets)), dtype=np.int64)
        self._weight = np.zeros_like(self._n)
        self._products: dict[int, Whole] = {}
        self._squares: dict[int, Whole] = {}
        self._first, self._second = together.pairs()
        self._scores = {measure: _score_tables(design, measure) for measure in together.measures}

    def add(self, group: Whole, weight: Whole, positions: Positions, numbers: Numbers) -> None:
        """Add rows: their groups in the cells, their weights in millionths, and their answers."""
        row = self.row_of_group[group]
        order = np.argsort(row, kind="stable")
        row, weight = row[order], weight[order]
        features, answered = self._features(len(row), order, positions, numbers)
        if not len(row):
            return
        starts = np.flatnonzero(np.concatenate(([True], row[1:] != row[:-1])))
        for at, members in enumerate(self.together.sets):
            any_ = answered[members[0]] if len(members) == 1 else answered[list(members)].any(axis=0)
            self._n[row[starts], at] += np.add.reduceat(any_, starts, dtype=np.int64)
            self._weight[row[starts], at] += np.add.reduceat(weight * any_, starts)
        ends = np.append(starts[1:], len(row))
        pieces = [
            (int(row[start]), slice(piece, min(piece + ROWS, end)))
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
            for piece in range(start, end, ROWS)
        ]
        largest = int(np.abs(features).max(initial=0))
        most_rows = max(piece.stop - piece.start for _, piece in pieces)
        room = 53 - most_rows.bit_length() - 2 * min(largest.bit_length(), FEATURE_BITS)
        weights = [(shift, limb, self._products) for shift, limb in _limbs(weight, room)]
        if self.design.element_stage:
            weights += [(shift, limb, self._squares) for shift, limb in _square_limbs(weight, room)]
        most = max(SMALL_PRODUCT // self.together.features**2, 1)
        for at, piece in pieces:
            count = piece.stop - piece.start
            width = min(most, count)
            padded = -(-count // width) * width
            parts = [
                (shift, _in_chunks(part, padded, width)) for shift, part in _feature_limbs(features[:, piece], largest)
            ]
            for shift, limb, into in weights:
                self._multiply(at, parts, shift, _in_chunks(limb[None, piece], padded, width), into)

    def _features(
        self, rows: int, order: NDArray[np.intp], positions: Positions, numbers: Numbers
    ) -> tuple[Whole, NDArray[np.bool_]]:
        """(2K, rows) D and Y of each measure, and (K, rows) whether it was answered."""
        small = all(measure.largest is not None and measure.largest < 1 << 15 for measure in self.together.measures)
        features = np.zeros((self.together.features, rows), dtype=np.int16 if small else np.int64)
        answered = np.zeros((len(self.together.measures), rows), dtype=bool)
        at_hand: dict[str, Any] = {}
        for at, measure in enumerate(self.together.measures):
            if measure.scores:
                for item in measure.items:
                    if item not in at_hand:
                        at_hand[item] = positions(item)[order]
                    features[2 * at] += at_hand[item] > 0
                    features[2 * at + 1] += self._scores[measure][item].astype(features.dtype)[at_hand[item]]
                answered[at] = features[2 * at] > 0
                continue
            first, answered_first = numbers(measure.items[0])
            value, there = first[order], answered_first[order]
            divisor = there.astype(np.int64)
            if measure.denominator is not None:
                second, answered_too = numbers(measure.denominator)
                divisor, there = second[order], there & answered_too[order]
            features[2 * at], features[2 * at + 1] = np.where(there, divisor, 0), np.where(there, value, 0)
            answered[at] = there
        return features, answered

    def _multiply(
        self,
        row: int,
        features: list[tuple[int, NDArray[np.float64]]],
        weight_shift: int,
        weight: NDArray[np.float64],
        into: dict[int, Whole],
    ) -> None:
        for one_shift, one in features:
            weighted = one * weight
            for other_shift, other in features:
                shift = weight_shift + one_shift + other_shift
                if shift not in into:
                    into[shift] = np.zeros((len(self.keys), self.together.products), dtype=np.int64)
                product = (weighted @ other.transpose(0, 2, 1)).sum(axis=0)
                into[shift][row] += product[self._first, self._second].astype(np.int64)

    def moments(self) -> Moments | None:
        """What was added up; None where there would be too much of it."""
        if not self.wanted:
            return None
        blank = blank_moments(self.design, self.together, [])
        table = np.empty((len(self.keys), len(moment_columns(self.design))), dtype=object)
        for at, key in enumerate(self.keys):
            table[at] = key
        products = _together(self._products, (len(self.keys), self.together.products))
        squares = None
        if blank.squares is not None:
            squares = _together(self._squares, (len(self.keys), self.together.products))
        return Moments(self.together, table, self._n, self._weight, products, squares)


def _in_chunks(values: NDArray[np.float64], padded: int, width: int) -> NDArray[np.float64]:
    """(F, rows) as (chunks, F, width), the last chunk filled with zeros."""
    if padded > values.shape[1]:
        filled = np.zeros((len(values), padded))
        filled[:, : values.shape[1]] = values
        values = filled
    return values.reshape(len(values), -1, width).transpose(1, 0, 2)


def _score_tables(design: SurveyDesign, measure: Measure) -> Mapping[str, Whole]:
    """Of each item, the score by position of the answer; 0 for no answer."""
    scores = dict(measure.scores)
    if not scores:
        return {}
    return {
        item: np.array([0, *(scores[code] for code in design.item(item).answers)], dtype=np.int64)
        for item in measure.items
    }


def _limbs(weight: Whole, room: int) -> list[tuple[int, NDArray[np.float64]]]:
    """Whole numbers above 0 as parts of at most `room` bits: (shift, part)."""
    bits = int(weight.max(initial=0)).bit_length()
    if bits <= room:
        return [(0, weight.astype(np.float64))]
    mask = (1 << room) - 1
    return [(shift, ((weight >> shift) & mask).astype(np.float64)) for shift in range(0, bits, room)]


def _square_limbs(weight: Whole, room: int) -> list[tuple[int, NDArray[np.float64]]]:
    """Squares of whole numbers above 0 as parts of at most `room` bits: (shift, part)."""
    bits = int(weight.max(initial=0)).bit_length()
    width = (room - 1) // 2
    mask = (1 << width) - 1
    limbs = [(shift, (weight >> shift) & mask) for shift in range(0, bits, width)]
    found: dict[int, list[Whole]] = {}
    for at, (shift, limb) in enumerate(limbs):
        for other_shift, other in limbs[at:]:
            times = 1 if shift == other_shift else 2
            found.setdefault(shift + other_shift, []).append(times * limb * other)
    return [(shift, part.astype(np.float64)) for shift, parts in found.items() for part in parts]


def _feature_limbs(features: Whole, largest: int) -> list[tuple[int, NDArray[np.float64]]]:
    """Features as parts of at most `FEATURE_BITS` bits, the last one with the sign: (shift, part)."""
    if largest < 1 << FEATURE_BITS:
        return [(0, features.astype(np.float64))]
    mask = (1 << FEATURE_BITS) - 1
    # Shifting a negative number rounds down, so that what is left below is not negative.
    count = -(-(largest.bit_length() + 1) // FEATURE_BITS)
    return [
        (
            FEATURE_BITS * at,
            ((features >> FEATURE_BITS * at) & (mask if at + 1 < count else -1)).astype(np.float64),
        )
        for at in range(count)
    ]


def _together(parts: Mapping[int, Whole], shape: tuple[int, int]) -> NDArray[Any]:
    """Parts by shift as whole numbers: of 64 bits where that holds them."""
    if set(parts) <= {0}:
        return parts.get(0, np.zeros(shape, dtype=np.int64))
    bound = sum(float(np.abs(part).max(initial=0)) * 2.0**shift for shift, part in parts.items())
    if bound < 2.0**62:
        return sum((part << shift for shift, part in parts.items()), np.zeros(shape, dtype=np.int64))
    total = np.zeros(shape, dtype=object)
    for shift, part in parts.items():
        total = total + part.astype(object) * (1 << shift)
    return total
