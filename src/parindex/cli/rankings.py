"""The ranking as people read it: a table with means, groups and differences; CSV and JSON for programs."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from parindex.cli.speaking import language, note, out, print_json, print_table, say, words
from parindex.documents.csv_rows import guarded
from parindex.language import half_up, number
from parindex.programme.framework import INDEX
from parindex.results.result_tables import SIMULATED

if TYPE_CHECKING:
    from parindex.programme.edition import UnitList
    from parindex.results.result import Result
    from parindex.tables.flow import Rank


def print_ranking(result: Result, lists: tuple[UnitList, ...], form: str) -> None:
    """Print the lists as `table`, `csv` or `json`."""
    if form == "csv":
        _csv(result, lists)
    elif form == "json":
        _json(result, lists)
    else:
        for each in lists:
            _table(result, each)


def _rows(result: Result, unit_list: UnitList) -> list[dict[str, Any]]:
    members = {unit.code: unit for unit in unit_list.units}
    several = len(result.edition.lists) > 1
    return [
        {
            "unit": row.unit,
            "name": words(members[row.unit].name),
            "value": format(row.value, "f") if row.value is not None else None,
            "rank": row.rank,
            "group": row.group,
            **({"list": row.list} if several else {}),
        }
        for row in result.ranks
        if row.list == unit_list.code
    ]


def _csv(result: Result, lists: tuple[UnitList, ...]) -> None:
    several = len(result.edition.lists) > 1
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["unit", "name", "value", "rank", "group", *(["list"] if several else [])])
    for each in lists:
        for row in _rows(result, each):
            cells = ("" if cell is None else guarded(cell) if isinstance(cell, str) else cell for cell in row.values())
            writer.writerow(cells)
    if result.edition.simulated:
        note(words(SIMULATED))


def _json(result: Result, lists: tuple[UnitList, ...]) -> None:
    rows = [row for each in lists for row in _rows(result, each)]
    if result.edition.simulated:
        note(words(SIMULATED))
        rows = [{**row, "simulated": True} for row in rows]
    print_json(rows)


def _table(result: Result, unit_list: UnitList) -> None:
    out(f"{words(result.edition.name)} · {words(unit_list.name)}")
    if result.edition.simulated:
        out(words(SIMULATED))
    if result.edition.note is not None:
        out(words(result.edition.note))
    ranks = [row for row in result.ranks if row.list == unit_list.code]
    printed = Counter(row.value for row in ranks)
    rows = _table_rows(result, unit_list, ranks, printed)
    moved = any(row[5] for row in rows)
    headings = (
        say("Hạng", "Rank"),
        say("Mã", "Code"),
        say("Đơn vị", "Unit"),
        say("Chỉ số ", "Index "),
        say("Nhóm", "Group"),
        say("Thay đổi", "Change"),
    )
    width = 6 if moved else 5
    print_table(headings[:width], [row[:width] for row in rows], right=(0, 3, 5) if moved else (0, 3))
    if any(value is not None and count > 1 for value, count in printed.items()):
        out(
            say(
                "= các giá trị in ra bằng nhau; hạng xét theo phân số chính xác",
                "= equal in print; ranks compare the exact fractions",
            )
        )
    _means(result, unit_list)
    counts = Counter(row.group for row in ranks if row.group)
    if unit_list.groups:
        out("; ".join(f"{words(group.name)}: {counts.get(group.code, 0)}" for group in unit_list.groups))
    _differences(result, unit_list)
    out()


def _table_rows(
    result: Result, unit_list: UnitList, ranks: list[Rank], printed: Counter[Decimal | None]
) -> list[tuple[str, ...]]:
    digits = result.edition.settings.publish_decimals
    names = {unit.code: words(unit.name) for unit in unit_list.units}
    groups = {group.code: words(group.name) for group in unit_list.groups}
    movement = {row.unit: row for row in result.movements}
    rows: list[tuple[str, ...]] = []
    for row in ranks:
        change = movement.get(row.unit)
        mark = "=" if printed[row.value] > 1 else " "
        rows.append(
            (
                "–" if row.rank is None else f"{row.rank}{'=' if row.tied_with else ''}",
                row.unit,
                names[row.unit],
                "–" if row.value is None else number(row.value, language(), digits) + mark,
                groups.get(row.group or "", ""),
                _signed(change.change) if change else "",
            )
        )
    return rows


def _means(result: Result, unit_list: UnitList) -> None:
    digits = result.edition.settings.publish_decimals
    for mean in result.means:
        if mean.list != unit_list.code or mean.value is None or mean.low is None or mean.high is None:
            continue
        name = say("Trung bình", "Mean") if mean.scope == "all" else say(mean.name_vi, mean.name_en)
        value, low, high = (
            number(half_up(Fraction(each), digits), language()) for each in (mean.value, mean.low, mean.high)
        )
        out(
            say(
                f"{name}: {value} ({mean.n_units} đơn vị, từ {low} đến {high})",
                f"{name}: {value} ({mean.n_units} units, {low} to {high})",
            )
        )


def _differences(result: Result, unit_list: UnitList) -> None:
    """Every published figure of the list that the recomputed one does not print as."""
    names = {unit.code: words(unit.name) for unit in unit_list.units}
    regions = {unit.region for unit in unit_list.units} | {unit_list.code}
    found = [row for row in result.differences if row.unit in (regions if row.node.startswith("mean:") else names)]
    means = {mean.code or mean.list: say(mean.name_vi, mean.name_en) for mean in result.means}
    whys = {
        "rounding": say("các số thành phần đã được làm tròn khi in", "its parts were rounded in print"),
        "value": say("khác nhau", "they differ"),
        "rank": say("khác thứ hạng", "another rank"),
        "not_computed": say("chưa tính được", "not computed"),
    }
    for row in found:
        is_mean = row.node.startswith("mean:")
        name = means.get(row.unit) if is_mean else names.get(row.unit)
        if row.node != INDEX and not is_mean:
            name = f"{name}, {say('mục', 'node')} {row.node}"
        printed = number(row.printed, language())
        computed = number(row.computed, language()) if row.computed is not None else "–"
        out(
            say(
                f"Đã công bố {name}: {printed}; tính lại: {computed} ({whys[row.kind]})",
                f"Published for {name}: {printed}; recomputed: {computed} ({whys[row.kind]})",
            )
        )
    if found:
        out(
            say(
                f"{len(found)} số công bố khác số tính lại",
                f"{len(found)} published figures differ from the recomputed ones"
                if len(found) > 1
                else "1 published figure differs from the recomputed one",
            )
        )


def _signed(value: Decimal | None) -> str:
    if value is None:
        return ""
    return ("+" if value > 0 else "−" if value < 0 else "") + number(abs(value), language())
