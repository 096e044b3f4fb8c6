"""Values that stand together at a stage, held against each other: a part is never more than its whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from parindex.problems import Problems
from parindex.programme.edition import Edition
from parindex.programme.inputs import VALUE_PART, canonical, parse_value, part_exceeds_whole
from parindex.scoring.rule_book import RuleBook
from parindex.sources import Place
from parindex.tables.flow import Accepted


def check_standing(
    *, edition: Edition, books: Mapping[str, RuleBook], accepted: Sequence[Accepted], problems: Problems
) -> None:
    """Add a problem where, at one stage, an input is more than the input it is a part of.

    A decision may set only one of the two; the place named is that of the row that decided last.
    """
    lists = {unit.code: each.code for each in edition.lists for unit in each.units}
    for (unit, node, _), group in groupby(accepted, key=lambda row: (row.unit, row.node, row.stage)):
        rule = books[lists[unit]].rules.get(node)
        rows = {row.input: row for row in group}
        if rule is None:
            continue
        specs = {spec.name: spec for spec in rule.inputs}
        given = {name: parse_value(specs[name], row.value) for name, row in rows.items() if name in specs}
        for part, whole in part_exceeds_whole(rule.inputs, given):
            place = _later(rows[part.name], rows[whole.name])
            problems.add(
                VALUE_PART,
                place,
                part=part.label,
                value_part=canonical(given[part.name]),
                whole=whole.label,
                value_whole=canonical(given[whole.name]),
            )


def _later(first: Accepted, second: Accepted) -> Place:
    """The place of the row that decided at its stage: a decision before a claim, then the lower line."""
    row = max((first, second), key=lambda each: (each.decision is not None, each.basis != "answer", each.place))
    if row.place.isdigit():
        return Place(row.source, int(row.place))
    sheet, _, cell = row.place.strip('"').partition('"!')
    return Place(row.source, sheet=sheet or None, cell=cell or None)
