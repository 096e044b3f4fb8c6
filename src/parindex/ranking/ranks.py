"""INDEX_VALUES to RANKS and MEANS. Ranks compare exact fractions; rounding happens only on print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from parindex.language import Text, half_up
from parindex.programme.edition import Edition, Group, UnitList
from parindex.programme.framework import INDEX
from parindex.tables.flow import IndexValue, Mean, Rank

MEAN_DECIMALS = 10


def index_rows(unit_list: UnitList, index_values: Sequence[IndexValue]) -> Mapping[str, IndexValue]:
    """The row of the whole index of each unit of a list."""
    return {row.unit: row for row in index_values if row.node == INDEX and row.list == unit_list.code}


def rank(*, edition: Edition, unit_list: UnitList, index_values: Sequence[IndexValue]) -> tuple[Rank, ...]:
    """Rank the units of a list, best first; units without an index come last, unranked, with the reason.

    Ties are equal fractions and share a rank: 1, 2, 2, 4 with `tie_method` min, 1, 2, 2, 3 with dense. Units with
    the same rank stand in the order of the list.
    """
    settings = edition.settings
    rows = index_rows(unit_list, index_values)
    valued = [(rows[unit.code].exact, unit.code) for unit in unit_list.units if rows[unit.code].value is not None]
    valued.sort(key=lambda pair: -pair[0])
    by_value: dict[Fraction, list[str]] = {}
    for value, unit in valued:
        by_value.setdefault(value, []).append(unit)
    ranks: list[Rank] = []
    place = 1
    for value, units in by_value.items():
        printed = half_up(value, settings.publish_decimals)
        group = group_of(unit_list.groups, Fraction(printed) if settings.rounding_before_grouping else value)
        for unit in units:
            tied = " ".join(other for other in units if other != unit) or None
            ranks.append(
                Rank(
                    edition.code,
                    unit_list.code,
                    unit,
                    printed,
                    place,
                    tied,
                    group.code if group else None,
                    None,
                    None,
                    None,
                )
            )
        place += len(units) if settings.tie_method == "min" else 1
    for member in unit_list.units:
        row = rows[member.code]
        if row.value is None:
            ranks.append(
                Rank(edition.code, unit_list.code, member.code, None, None, None, None, None, None, row.reason)
            )
    return tuple(ranks)


def group_of(groups: Sequence[Group], value: Fraction) -> Group | None:
    """The highest group whose start is reached; None below all of them."""
    return next((group for group in groups if value >= Fraction(group.start)), None)


def means(*, edition: Edition, unit_list: UnitList, index_values: Sequence[IndexValue]) -> tuple[Mean, ...]:
    """Simple means of the unrounded values: of the list, and of each region in the order of units.csv."""
    rows = index_rows(unit_list, index_values)
    regions: dict[str, Text] = {}
    members: dict[str, list[Fraction]] = {}
    everything: list[Fraction] = []
    for unit in unit_list.units:
        row = rows[unit.code]
        if unit.region is not None and unit.region_name is not None:
            regions.setdefault(unit.region, unit.region_name)
            members.setdefault(unit.region, [])
        if row.value is None:
            continue
        everything.append(row.exact)
        if unit.region is not None:
            members[unit.region].append(row.exact)
    result = [_mean(edition, unit_list, "all", "", unit_list.name, everything)]
    result.extend(_mean(edition, unit_list, "region", code, name, members[code]) for code, name in regions.items())
    return tuple(result)


def _mean(edition: Edition, unit_list: UnitList, scope: str, code: str, name: Text, values: Sequence[Fraction]) -> Mean:
    def written(value: Fraction) -> Decimal:
        return half_up(value, MEAN_DECIMALS)

    return Mean(
        edition.code,
        unit_list.code,
        scope,
        code,
        name.vi,
        name.en,
        len(values),
        written(sum(values, Fraction(0)) / len(values)) if values else None,
        written(min(values)) if values else None,
        written(max(values)) if values else None,
    )
