"""What items give together within one respondent: sums of products, for the design effect of composites.

Cells count each item by itself; they do not know who answered two items, nor how. A composite of items needs that for
the variance a simple random sample would have, and for the second stage where respondents are it. These sums stand in
a second table beside the cells, counted only where somebody asks for composites. They are whole numbers and add, as
cells do.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parindex.problems import Problems
from parindex.sources import Place
from parindex.survey.design import SurveyDesign
from parindex.survey.keys import sorted_groups
from parindex.survey.mistakes import MOMENTS_FORM

Whole = NDArray[np.int64]
AnyWhole = NDArray[Any]
"""64-bit whole numbers, or Python's where sums may pass them."""

MOST_PRODUCTS: Final = 4_000_000
"""A table with more sums is not made: composites then have no design effect. Composites of pooled answers need few
(SIPAS: 6 factors, 78 products a domain); 40 items one by one need 3,240."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Two whole numbers of a respondent: D by which an estimate divides, and Y which it adds.

    Coded `items`: D how many of them were answered, Y the sum of the `scores` (code, whole number). One number item:
    D is 1 where it was answered, Y the number in whole 10^-decimals. With `denominator`, a second number item: D is
    its number and Y that of the first, both 0 unless both were answered.
    """

    items: tuple[str, ...]
    scores: tuple[tuple[str, int], ...] = ()
    denominator: str | None = None

    @property
    def words(self) -> str:
        """The measure in one line (JSON), as the table tells it."""
        return json.dumps([self.items, self.scores, self.denominator], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def of_words(cls, words: str) -> Measure:
        """The measure that `words` tells. Raises ValueError or TypeError for other words."""
        items, scores, denominator = json.loads(words)
        return cls(tuple(map(str, items)), tuple((str(code), int(score)) for code, score in scores), denominator)

    @property
    def largest(self) -> int | None:
        """The greatest absolute value that D or Y can have; None for numbers."""
        if not self.scores:
            return None
        return len(self.items) * max(1, *(abs(score) for _, score in self.scores))


@dataclass(frozen=True, slots=True)
class Together:
    """Which measures are multiplied, two by two, and which sets of them make a composite.

    With K measures there are 2K features (D and Y of the first, of the second, …) and P = K(2K + 1) products. `sets`
    are positions of measures; respondents who answered any measure of a set are counted for it.
    """

    measures: tuple[Measure, ...]
    sets: tuple[tuple[int, ...], ...]

    @property
    def features(self) -> int:
        return 2 * len(self.measures)

    @property
    def products(self) -> int:
        return self.features * (self.features + 1) // 2

    def pairs(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The two features of each product, the first not after the second."""
        return np.triu_indices(self.features)

    @property
    def items(self) -> tuple[str, ...]:
        """Every item that is read, once."""
        found: dict[str, None] = {}
        for measure in self.measures:
            found.update(dict.fromkeys(measure.items))
            if measure.denominator is not None:
                found[measure.denominator] = None
        return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Sums of products, rows sorted by their keys.

    With M rows, S sets and P products: `keys` (M, columns) text; `n` (M, S) respondents who answered any measure of
    the set, `weight` (M, S) their Σw in millionths; `products` (M, P) Σw·f·g over pairs of features; `squares` (M, P)
    the same with w², 10^-12, None unless respondents are the second stage.
    """

    together: Together
    keys: NDArray[np.object_]
    n: Whole
    weight: Whole
    products: AnyWhole
    squares: AnyWhole | None

    def __len__(self) -> int:
        return len(self.keys)


def moment_columns(design: SurveyDesign) -> tuple[str, ...]:
    """The key columns of moments: domains; those of the cells, where respondents are the second stage."""
    return design.key_columns if design.element_stage else design.domains


def too_many(together: Together, rows: int) -> bool:
    """The table would be larger than what is made."""
    return rows * together.products > MOST_PRODUCTS


def blank_moments(design: SurveyDesign, together: Together, keys: Sequence[tuple[str, ...]]) -> Moments:
    """Moments of these rows with nobody in them yet, in Python's whole numbers; `added_moments([…])` sorts them."""
    table = np.empty((len(keys), len(moment_columns(design))), dtype=object)
    for at, key in enumerate(keys):
        table[at] = key
    sets = (len(keys), len(together.sets))

    def wide() -> AnyWhole:
        return np.zeros((len(keys), together.products), dtype=object)

    return Moments(
        together,
        table,
        np.zeros(sets, dtype=np.int64),
        np.zeros(sets, dtype=np.int64),
        wide(),
        wide() if design.element_stage else None,
    )


def added_moments(parts: Sequence[Moments | None]) -> Moments | None:
    """The moments of all parts together; None where one has none, or others, or there would be too many."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or any(part.together != known[0].together for part in known):
        return None
    first = known[0]
    keys = np.concatenate([part.keys for part in known])
    order, starts = sorted_groups(keys)
    if too_many(first.together, len(starts)):
        return None

    def summed(arrays: Sequence[Any]) -> Any:
        if arrays[0] is None:
            return None
        # Whole numbers of 64 bits where the sum of the sizes stays within them, else Python's.
        bound = sum(float(np.abs(array).astype(np.float64).sum(axis=0).max(initial=0)) for array in arrays)
        kind = np.int64 if bound < 4e18 else object
        if len(arrays) == 1 and len(starts) == len(order) and bool((np.diff(order) > 0).all()):
            return arrays[0].astype(kind, copy=False)
        whole = np.concatenate([array.astype(kind, copy=False) for array in arrays])[order]
        return np.add.reduceat(whole, starts, axis=0) if len(starts) else whole

    return Moments(
        first.together,
        keys[order][starts] if len(starts) else keys,
        summed([part.n for part in known]),
        summed([part.weight for part in known]),
        summed([part.products for part in known]),
        summed([part.squares for part in known]),
    )


# --- As a file.

_MEASURE, _SET, _ANSWERED, _PRODUCT = "measure", "set", "answered", "product"


def _header(design: SurveyDesign) -> list[str]:
    squares = ["ww"] if design.element_stage else []
    return [*(f"key:{column}" for column in moment_columns(design)), "what", "first", "second", "n", "w", *squares]


def _declared(together: Together) -> Iterator[tuple[str, str, str]]:
    for at, measure in enumerate(together.measures):
        yield _MEASURE, f"m{at}", measure.words
    for at, members in enumerate(together.sets):
        yield _SET, f"s{at}", " ".join(f"m{member}" for member in members)


def _features(together: Together) -> list[str]:
    return [f"m{at}.{letter}" for at in range(len(together.measures)) for letter in "dy"]


def moments_csv(moments: Moments, design: SurveyDesign) -> bytes:
    """The moments as CSV, whole numbers in full: what is multiplied first, then the sums; products of 0 are left out.

    `moments_of_csv` reads them back.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_header(design))
    none = [""] * (1 if design.element_stage else 0)
    blank = [""] * len(moment_columns(design))
    writer.writerows([*blank, *declared, "", "", *none] for declared in _declared(moments.together))
    features = _features(moments.together)
    pairs = [(features[one], features[other]) for one, other in zip(*moments.together.pairs(), strict=True)]
    for row in range(len(moments)):
        keys = moments.keys[row].tolist()
        for at in range(len(moments.together.sets)):
            writer.writerow(
                [*keys, _ANSWERED, f"s{at}", "", int(moments.n[row, at]), int(moments.weight[row, at]), *none]
            )
        products = moments.products[row].tolist()
        squares = None if moments.squares is None else moments.squares[row].tolist()
        for at, product in enumerate(products):
            if product or (squares is not None and squares[at]):
                writer.writerow([*keys, _PRODUCT, *pairs[at], "", product, *([] if squares is None else [squares[at]])])
    return out.getvalue().encode()


def moments_of_csv(content: bytes, design: SurveyDesign, place: Place) -> Moments | None:
    """The moments that `moments_csv` wrote. Raises ProblemsFound for a file of another design, or a changed one."""
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    problems = Problems()
    try:
        if next(rows, []) != _header(design):
            raise ValueError
        width = len(moment_columns(design))
        declared: list[list[str]] = []
        others: list[list[str]] = []
        for row in rows:
            (declared if row[width] in (_MEASURE, _SET) else others).append(row)
        together = Together(
            tuple(Measure.of_words(row[width + 2]) for row in declared if row[width] == _MEASURE),
            tuple(
                tuple(int(member.removeprefix("m")) for member in row[width + 2].split())
                for row in declared
                if row[width] == _SET
            ),
        )
        if any(code not in {item.code for item in design.items} for code in together.items):
            raise ValueError
        places = {key: at for at, key in enumerate(dict.fromkeys(tuple(row[:width]) for row in others))}
        moments = blank_moments(design, together, list(places))
        features = _features(together)
        pairs = zip(*together.pairs(), strict=True)
        column = {(features[one], features[other]): at for at, (one, other) in enumerate(pairs)}
        for row in others:
            at = places[tuple(row[:width])]
            what, first, second, n, weight = row[width : width + 5]
            if what == _ANSWERED:
                number = int(first.removeprefix("s"))
                moments.n[at, number], moments.weight[at, number] = int(n), int(weight)
            elif what == _PRODUCT:
                moments.products[at, column[first, second]] = int(weight)
                if moments.squares is not None:
                    moments.squares[at, column[first, second]] = int(row[width + 5])
            else:
                raise ValueError
    except (ValueError, KeyError, IndexError, TypeError):
        # Whatever was done to this file, it is not what was written.
        problems.add(MOMENTS_FORM, place)
        problems.raise_if_any()
        raise
    return added_moments([moments])
