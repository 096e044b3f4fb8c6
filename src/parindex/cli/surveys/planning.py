"""parindex survey plan: what each sample size buys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parindex.cli.speaking import out, print_table, problems_said, say
from parindex.cli.surveys.wording import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parindex.survey.planner import PlanRow


def add_to(app: typer.Typer) -> None:
    app.command(
        "plan",
        help=say(
            "Mỗi cỡ mẫu mua được sai số nào.\n\nVí dụ: parindex survey plan --psus 3 --psus 6 --units 4 --people 24",
            "What margin each sample size buys.\n\n"
            "Example: parindex survey plan --psus 3 --psus 6 --units 4 --people 24",
        ),
    )(plan)


def plan(
    psus: Annotated[
        list[int],
        typer.Option(
            "--psus",
            min=1,
            help=say(
                "Số đơn vị mẫu sơ cấp mỗi tỉnh; lặp lại để so sánh.",
                "Primary sampling units in a province; repeat to compare.",
            ),
        ),
    ],
    people: Annotated[
        int, typer.Option("--people", min=1, help=say("Số phiếu mỗi cụm.", "Interviews in a cluster."))
    ] = 10,
    units: Annotated[
        int,
        typer.Option("--units", min=1, help=say("Số cụm trong mỗi đơn vị sơ cấp.", "Clusters in each primary unit.")),
    ] = 1,
    alike: Annotated[
        float,
        typer.Option(
            "--alike",
            min=0,
            max=1,
            help=say(
                "Phần phương sai giữa các đơn vị sơ cấp (0–1).", "Part of the variance between primary units (0–1)."
            ),
        ),
    ] = 0.05,
    response: Annotated[
        float, typer.Option("--response", min=0.01, max=1, help=say("Tỷ lệ trả lời (0–1).", "Response rate (0–1)."))
    ] = 1.0,
    share: Annotated[
        float, typer.Option("--share", min=0, max=1, help=say("Tỷ lệ cần đo (0–1).", "The share to measure (0–1)."))
    ] = 0.5,
    provinces: Annotated[int, typer.Option("--provinces", min=1, help=say("Số tỉnh.", "Provinces."))] = 63,
    to: Annotated[Path | None, typer.Option("--out", help=say("Ghi bảng vào tệp CSV.", "Write the table as CSV."))] = (
        None
    ),
) -> None:
    from parindex.documents.writing import write_file
    from parindex.language import same
    from parindex.survey.planner import PLAN, Choice, ClusterLevel, compared, share_spread

    with problems_said():
        choices = []
        for count in psus:
            levels = [ClusterLevel(same("psu"), count, alike)]
            if units > 1:
                levels.append(ClusterLevel(same("cluster"), units, 0.0))
            code = f"{count}x{units}x{people}"
            choices.append(Choice(code, same(code), tuple(levels), people, response=response, provinces=provinces))
        rows = compared(choices, share_spread(share))
        if to is not None:
            write_file(to, PLAN.csv_bytes(rows))
        _print_plan(rows)


def _print_plan(rows: Sequence[PlanRow]) -> None:
    headings = (
        say("Phương án", "Choice"),
        say("Phiếu/tỉnh", "Interviews"),
        say("Tiếp cận", "Issued"),
        say("Hệ số TK", "Design eff."),
        say("Bậc tự do", "df"),
        say("± tỉnh", "± province"),
        say("± nếu vô hạn bậc", "± with many df"),
        say("± toàn quốc", "± nation"),
    )
    lines = [
        (
            row.choice,
            number(row.interviews),
            number(row.issued),
            number(row.design_effect),
            number(row.df),
            number(row.margin),
            number(row.margin_many_psus),
            number(row.national_margin),
        )
        for row in rows
    ]
    print_table(headings, lines, right=tuple(range(1, 8)))
    if any(row.margin is None for row in rows):
        out(say("– không có bậc tự do: không có khoảng tin cậy", "– no degree of freedom: there is no interval"))
