"""parindex check, compute, rank, explain: an edition folder to ranks and reasons."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parindex.cli.speaking import (
    language,
    note,
    out,
    print_json,
    print_problems,
    print_table,
    problems_said,
    progress_bar,
    say,
    words,
)

if TYPE_CHECKING:
    from parindex.programme.edition import UnitList
    from parindex.results.result import Result

EditionFolder = Annotated[
    Path, typer.Argument(help=say("Thư mục kỳ đánh giá (có edition.yaml).", "The edition folder (with edition.yaml)."))
]
ResultFolder = Annotated[
    Path, typer.Argument(help=say("Thư mục kết quả hoặc bản công bố.", "A folder of results, or a publication."))
]
ListCode = Annotated[str | None, typer.Option("--list", help=say("Chỉ danh sách này.", "Only this list."))]


def add_to(app: typer.Typer) -> None:
    app.command(
        "check",
        help=say(
            "Kiểm tra cả thư mục kỳ đánh giá, không tính điểm.",
            "Check a whole edition folder without computing it.",
        ),
    )(check)
    app.command(
        "compute",
        help=say(
            "Tính điểm, chỉ số và thứ hạng của một kỳ.\n\nVí dụ: parindex compute examples/ministries-2023 --out out/m",
            "Compute points, index and ranks of an edition.\n\n"
            "Example: parindex compute examples/ministries-2023 --out out/m",
        ),
    )(compute)
    app.command(
        "rank",
        help=say(
            "In bảng xếp hạng.\n\nVí dụ: parindex rank out/m --format csv",
            "Print the ranking.\n\nExample: parindex rank out/m --format csv",
        ),
    )(rank)
    app.command(
        "explain",
        help=say(
            "Giải thích thứ hạng của đơn vị, hoặc điểm của một mục, đến tận ô trong hồ sơ và quyết định.\n\n"
            "Ví dụ: parindex explain out/n P63-31 3.4.1",
            "Explain the rank of a unit, or the points of a node, down to workbook cell and decision.\n\n"
            "Example: parindex explain out/n P63-31 3.4.1",
        ),
    )(explain)


def check(edition: EditionFolder) -> None:
    from parindex.results.reading import read_edition

    with problems_said():
        with progress_bar(say("Đọc", "Reading")) as progress:
            inputs = read_edition(edition, progress=progress)
        print_problems(inputs.notices)
        for each in inputs.edition.lists:
            out(
                f"{words(each.name)}: {len(each.units)} "
                + say(
                    f"đơn vị, {len(each.framework.leaves)} mục chấm điểm", f"units, {len(each.framework.leaves)} leaves"
                )
            )
        out(say("Không có lỗi.", "No problems."))


def compute(
    edition: EditionFolder,
    to: Annotated[Path, typer.Option("--out", help=say("Thư mục ghi kết quả.", "Folder for the results."))],
) -> None:
    from parindex.problems import Problems
    from parindex.results.compute import compute as compute_edition
    from parindex.results.reading import read_edition
    from parindex.results.result import MANIFEST, write_result
    from parindex.results.result_tables import SIMULATED

    with problems_said():
        _may_replace(to, Problems())
        with progress_bar(say("Đọc", "Reading")) as progress:
            inputs = read_edition(edition, progress=progress)
        with progress_bar(say("Tính", "Computing")) as progress:
            result = compute_edition(inputs, progress=progress)
        write_result(result, to)
        print_problems(inputs.notices)
        for each in result.edition.lists:
            ranked = sum(row.rank is not None for row in result.ranks if row.list == each.code)
            out(
                f"{words(each.name)}: "
                + say(f"xếp hạng {ranked}/{len(each.units)} đơn vị", f"{ranked} of {len(each.units)} units ranked")
            )
        if result.edition.simulated:
            out(words(SIMULATED))
        out(say(f"Kết quả: {to / MANIFEST}", f"Results: {to / MANIFEST}"))


def _may_replace(folder: Path, problems: Any) -> None:
    """Only an empty place or earlier results may be replaced."""
    from parindex.results.replacing import check_replaceable

    check_replaceable(folder, problems)
    problems.raise_if_any()


def rank(
    folder: ResultFolder,
    list_code: ListCode = None,
    format_: Annotated[str, typer.Option("--format", help="table | csv | json")] = "table",
) -> None:
    from parindex.publication.sealed import versions_of
    from parindex.results.result import read_result

    if format_ not in ("table", "csv", "json"):
        raise typer.BadParameter("table, csv, json", param_hint="--format")
    with problems_said():
        result = read_result(versions_of(folder)[-1])
        lists = result.list_named(list_code)
        if not lists:
            known = ", ".join(each.code for each in result.edition.lists)
            raise typer.BadParameter(known, param_hint="--list")
        if format_ == "csv":
            _rank_csv(result, lists)
        elif format_ == "json":
            _rank_json(result, lists)
        else:
            for each in lists:
                _rank_table(result, each)


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


def _rank_csv(result: Result, lists: tuple[UnitList, ...]) -> None:
    from parindex.documents.csv_rows import guarded

    several = len(result.edition.lists) > 1
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["unit", "name", "value", "rank", "group", *(["list"] if several else [])])
    for each in lists:
        for row in _rows(result, each):
            writer.writerow(
                ["" if cell is None else guarded(cell) if isinstance(cell, str) else cell for cell in row.values()]
            )
    if result.edition.simulated:
        _say_simulated()


def _say_simulated() -> None:
    from parindex.results.result_tables import SIMULATED

    note(words(SIMULATED))


def _rank_json(result: Result, lists: tuple[UnitList, ...]) -> None:
    rows = [row for each in lists for row in _rows(result, each)]
    if result.edition.simulated:
        _say_simulated()
        rows = [{**row, "simulated": True} for row in rows]
    print_json(rows)


def _rank_table(result: Result, unit_list: UnitList) -> None:
    from collections import Counter
    from fractions import Fraction

    from parindex.language import half_up, number
    from parindex.results.result_tables import SIMULATED

    edition = result.edition
    digits = edition.settings.publish_decimals
    out(f"{words(edition.name)} · {words(unit_list.name)}")
    if edition.simulated:
        out(words(SIMULATED))
    ranks = [row for row in result.ranks if row.list == unit_list.code]
    printed = Counter(row.value for row in ranks)
    names = {unit.code: words(unit.name) for unit in unit_list.units}
    groups = {group.code: words(group.name) for group in unit_list.groups}
    movement = {row.unit: row for row in result.movements}
    rows = []
    for row in ranks:
        change = movement.get(row.unit)
        rows.append(
            (
                "–" if row.rank is None else f"{row.rank}{'=' if row.tied_with else ''}",
                row.unit,
                names[row.unit],
                "–"
                if row.value is None
                else number(row.value, language(), digits) + ("=" if printed[row.value] > 1 else " "),
                groups.get(row.group or "", ""),
                _signed(change.change, language()) if change else "",
            )
        )
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
    counts = Counter(row.group for row in ranks if row.group)
    if unit_list.groups:
        out("; ".join(f"{groups[group.code]}: {counts.get(group.code, 0)}" for group in unit_list.groups))
    _print_differences(result, unit_list, names)
    out()


def _print_differences(result: Result, unit_list: UnitList, names: dict[str, str]) -> None:
    """Every published figure of the list that the recomputed one does not print as."""
    from parindex.language import number
    from parindex.programme.framework import INDEX

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


def _signed(value: Any, lang: Any) -> str:
    from parindex.language import number

    if value is None:
        return ""
    return ("+" if value > 0 else "−" if value < 0 else "") + number(abs(value), lang)


def explain(
    folder: ResultFolder,
    unit: Annotated[str, typer.Argument(help=say("Mã đơn vị.", "Code of the unit."))],
    node: Annotated[
        str | None, typer.Argument(help=say("Mã mục, ví dụ 3.4.1.", "Code of a node, such as 3.4.1."))
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="text | json")] = "text",
) -> None:
    from parindex.publication.sealed import versions_of
    from parindex.results.explain import as_data, render
    from parindex.results.explain import explain as explain_result
    from parindex.results.result import read_result

    if format_ not in ("text", "json"):
        raise typer.BadParameter("text, json", param_hint="--format")
    with problems_said():
        step = explain_result(read_result(versions_of(folder)[-1]), unit, node)
        if format_ == "json":
            print_json(as_data(step))
        else:
            out(render(step, language()))
