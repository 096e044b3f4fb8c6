"""Printed figures held against the computed ones: every difference is named, none is smoothed over."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from parindex.language import half_up
from parindex.programme.edition import Edition
from parindex.programme.framework import INDEX
from parindex.results.folder_tables import PrintedFigure, PrintedMean
from parindex.tables.flow import Difference, IndexValue, Mean, Rank

PUBLISHED_FILE = "published.csv"
MEANS_FILE = "means.csv"


def differences(
    *,
    edition: Edition,
    index_values: Sequence[IndexValue],
    ranks: Sequence[Rank],
    means: Sequence[Mean],
    published: Sequence[PrintedFigure],
    printed_means: Sequence[PrintedMean],
) -> tuple[Difference, ...]:
    """One row for each printed value, rank or mean that the computed one does not print as.

    `kind` is `rounding` when they differ by one unit of the last printed digit, which is what parts that were printed
    rounded can do to a total; else `value`, `rank`, or `not_computed`.
    """
    digits = edition.settings.publish_decimals
    values = {(row.unit, row.node): row for row in index_values}
    placed = {row.unit: row for row in ranks}
    found: list[Difference] = []
    for figure in published:
        node = figure.node or INDEX
        if figure.value is not None:
            row = values.get((figure.unit, node))
            computed = half_up(row.exact, digits) if row is not None and row.value is not None else None
            found.extend(_compare(edition, figure.unit, node, figure.value, computed, digits, figure, PUBLISHED_FILE))
        if figure.rank is not None and node == INDEX:
            place = placed.get(figure.unit)
            rank = place.rank if place is not None else None
            if rank != figure.rank:
                found.append(
                    Difference(
                        edition.code,
                        figure.unit,
                        node,
                        "rank",
                        Decimal(figure.rank),
                        Decimal(rank) if rank is not None else None,
                        Decimal(figure.rank - rank) if rank is not None else None,
                        "rank" if rank is not None else "not_computed",
                        figure.basis,
                        PUBLISHED_FILE,
                        figure.place,
                    )
                )
    for printed in printed_means:
        for mean in means:
            if (mean.list, mean.scope, mean.code) == (printed.list, printed.scope, printed.code):
                computed = half_up(Fraction(mean.value), digits) if mean.value is not None else None
                unit = printed.code or mean.list
                figure_ = PrintedFigure(unit, None, printed.value, None, printed.basis, printed.place)
                found.extend(
                    _compare(
                        edition, unit, f"mean:{printed.scope}", printed.value, computed, digits, figure_, MEANS_FILE
                    )
                )
    return tuple(found)


def _compare(
    edition: Edition,
    unit: str,
    node: str,
    printed: Decimal,
    computed: Decimal | None,
    digits: int,
    figure: PrintedFigure,
    source: str,
) -> list[Difference]:
    if computed == printed:
        return []
    difference = printed - computed if computed is not None else None
    last = Decimal(1).scaleb(-digits)
    kind = "not_computed" if difference is None else "rounding" if abs(difference) == last else "value"
    return [
        Difference(
            edition.code, unit, node, "value", printed, computed, difference, kind, figure.basis, source, figure.place
        )
    ]
