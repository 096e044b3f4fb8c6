"""parindex survey plan: what each sample size buys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parindex.cli.speaking import language, note, out, print_table, problems_said, say
from parindex.cli.surveys.wording import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parindex.survey.plan_reading import SamplePlan
    from parindex.survey.planner import PlanRow


def add_to(app: typer.Typer) -> None:
    app.command(
        "plan",
        help=say(
            "Mỗi phương án mẫu mua được gì: sai số biên, bậc tự do, số phiếu, chi phí; "
            "cần bao nhiêu để đạt mục tiêu.\n\n"
            "Nêu các phương án trong plan.yaml (nhiều cấp, chi phí, dân số các tỉnh), hoặc ngay bằng các lựa chọn.\n\n"
            "Ví dụ: parindex survey plan examples/survey-small/plan.yaml --chart plan.svg\n\n"
            "Ví dụ: parindex survey plan --psus 3 --psus 6 --units 2 --people 12 --alike 0.05 --target 5",
            "What each sample buys: margin, degrees of freedom, interviews, cost; and what reaches a target.\n\n"
            "State the choices in plan.yaml (several levels, costs, people of provinces), or at once by options.\n\n"
            "Example: parindex survey plan examples/survey-small/plan.yaml --chart plan.svg\n\n"
            "Example: parindex survey plan --psus 3 --psus 6 --units 2 --people 12 --alike 0.05 --target 5",
        ),
    )(plan)


def plan(
    file: Annotated[
        Path | None,
        typer.Argument(
            help=say(
                "Tệp plan.yaml; có tệp thì chỉ dùng thêm --target, --out, --chart.",
                "The file plan.yaml; with it only --target, --out and --chart are used.",
            ),
            show_default=False,
        ),
    ] = None,
    psus: Annotated[
        list[int] | None,
        typer.Option(
            "--psus",
            min=1,
            max=100_000,
            help=say(
                "Số đơn vị mẫu sơ cấp (huyện, xã) mỗi tỉnh; lặp lại để so sánh. Ít đơn vị là ít bậc tự do: "
                "3 đơn vị thì khoảng tin cậy rộng gấp hơn 2 lần.",
                "Primary sampling units (districts, communes) in a province; repeat to compare. Few units leave few "
                "degrees of freedom: with 3 the interval is more than twice as wide.",
            ),
            show_default=False,
        ),
    ] = None,
    people: Annotated[
        int,
        typer.Option(
            "--people",
            min=1,
            max=100_000,
            help=say("Số phiếu hoàn thành mỗi cụm nhỏ nhất.", "Completed interviews in each lowest cluster."),
        ),
    ] = 10,
    units: Annotated[
        int,
        typer.Option(
            "--units",
            min=1,
            max=100_000,
            help=say("Số cụm (thôn) trong mỗi đơn vị sơ cấp.", "Clusters (villages) in each primary unit."),
        ),
    ] = 1,
    alike: Annotated[
        float,
        typer.Option(
            "--alike",
            min=0,
            max=1,
            help=say(
                "Phần phương sai giữa các đơn vị sơ cấp, 0–1 (hệ số tương quan nội cụm): người cùng nơi trả lời giống "
                "nhau bao nhiêu. 0.01–0.1 là thường gặp; lấy từ kỳ trước nếu có.",
                "Part of the variance between primary units, 0–1 (the intraclass correlation): how alike people of "
                "one place answer. 0.01–0.1 is usual; take it from the last survey.",
            ),
        ),
    ] = 0.05,
    alike_within: Annotated[
        float,
        typer.Option(
            "--alike-within",
            min=0,
            max=1,
            help=say(
                "Như --alike, giữa các cụm trong một đơn vị sơ cấp.", "As --alike, between clusters of a primary unit."
            ),
        ),
    ] = 0.0,
    strata: Annotated[
        int,
        typer.Option(
            "--strata",
            min=1,
            max=100_000,
            help=say(
                "Số tầng mỗi tỉnh; mỗi đơn vị chắc chắn được chọn là một tầng. Mỗi tầng mất một bậc tự do.",
                "Strata in a province; a unit taken with certainty is one. Each costs a degree of freedom.",
            ),
        ),
    ] = 1,
    cv: Annotated[
        float,
        typer.Option(
            "--cv",
            min=0,
            max=10,
            help=say(
                "Hệ số biến thiên của quyền số; quyền số không đều nhân hệ số thiết kế với 1 + cv². "
                "0.3–0.6 là thường gặp.",
                "Coefficient of variation of the weights; unequal weights multiply the design effect by 1 + cv². "
                "0.3–0.6 is usual.",
            ),
        ),
    ] = 0.0,
    response: Annotated[
        float,
        typer.Option(
            "--response",
            min=0.01,
            max=1,
            help=say(
                "Tỷ lệ trả lời, 0–1: phải tiếp cận bao nhiêu người.", "Response rate, 0–1: how many must be approached."
            ),
        ),
    ] = 1.0,
    share: Annotated[
        float,
        typer.Option(
            "--share",
            min=0.01,
            max=0.99,
            help=say(
                "Tỷ lệ cần đo, 0–1; 0.5 là trường hợp xấu nhất.", "The share to measure, 0–1; 0.5 is the worst case."
            ),
        ),
    ] = 0.5,
    confidence: Annotated[
        float,
        typer.Option(
            "--confidence", min=0.5, max=0.999, help=say("Độ tin cậy của khoảng.", "Confidence of the interval.")
        ),
    ] = 0.95,
    interview_cost: Annotated[
        float, typer.Option("--interview-cost", min=0, help=say("Chi phí mỗi phiếu.", "Cost of an interview."))
    ] = 0.0,
    psu_cost: Annotated[
        float,
        typer.Option(
            "--psu-cost", min=0, help=say("Chi phí đến mỗi đơn vị sơ cấp.", "Cost of visiting a primary unit.")
        ),
    ] = 0.0,
    unit_cost: Annotated[
        float, typer.Option("--unit-cost", min=0, help=say("Chi phí đến mỗi cụm.", "Cost of visiting a cluster."))
    ] = 0.0,
    provinces: Annotated[int, typer.Option("--provinces", min=1, max=10_000, help=say("Số tỉnh.", "Provinces."))] = 63,
    target: Annotated[
        float | None,
        typer.Option(
            "--target",
            min=0.01,
            max=50,
            help=say(
                "Sai số biên muốn có ở mỗi tỉnh, điểm phần trăm: tìm số đơn vị, và số phiếu mỗi cụm, vừa đủ.",
                "Margin wished for in a province, percentage points: finds the units, and the interviews in a "
                "cluster, that are just enough.",
            ),
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=say("Ghi bảng đầy đủ: .csv hoặc .json.", "Write the whole table: .csv or .json."),
            show_default=False,
        ),
    ] = None,
    chart: Annotated[
        Path | None,
        typer.Option(
            "--chart",
            help=say(
                "Ghi biểu đồ .svg: sai số biên theo số đơn vị và số phiếu.",
                "Write a chart, .svg: the margin by units and by interviews.",
            ),
            show_default=False,
        ),
    ] = None,
) -> None:
    if (file is None) == (not psus):
        raise typer.BadParameter(say("cần plan.yaml hoặc --psus, không cả hai", "plan.yaml or --psus, one of them"))
    if to is not None and to.suffix not in (".csv", ".json"):
        raise typer.BadParameter(".csv, .json", param_hint="--out")
    if chart is not None and chart.suffix != ".svg":
        raise typer.BadParameter(".svg", param_hint="--chart")
    if min(psus or [strata]) < strata:
        raise typer.BadParameter(
            say("mỗi tầng cần ít nhất một đơn vị sơ cấp", "every stratum needs a primary unit"), param_hint="--strata"
        )
    if alike + (alike_within if units > 1 else 0) > 1:
        raise typer.BadParameter(
            say("cộng lại lớn hơn 1", "more than 1 together"), param_hint="--alike, --alike-within"
        )

    from dataclasses import replace
    from decimal import Decimal

    from parindex.documents.writing import write_file
    from parindex.language import Text, same
    from parindex.results.survey_plans import bought, plan_bytes, plan_in
    from parindex.survey.plan_chart import chart_svg
    from parindex.survey.plan_reading import SamplePlan
    from parindex.survey.planner import Choice, ClusterLevel

    with problems_said():
        if file is not None:
            planned = plan_in(file)
        else:
            choices = []
            for count in dict.fromkeys(psus or ()):
                levels = [ClusterLevel(Text("đơn vị mẫu sơ cấp", "primary unit"), count, alike, psu_cost)]
                if units > 1:
                    levels.append(ClusterLevel(Text("cụm", "cluster"), units, alike_within, unit_cost))
                code = f"{count}x{units}x{people}"
                name = Text(
                    f"{count} đơn vị sơ cấp, {units} cụm mỗi đơn vị, {people} phiếu mỗi cụm",
                    f"{count} primary units, {units} clusters in each, {people} interviews in a cluster",
                )
                choices.append(
                    Choice(
                        code,
                        name if units > 1 else same(code),
                        tuple(levels),
                        people,
                        psu_strata=strata,
                        weight_cv=cv,
                        response=response,
                        cost_per_interview=interview_cost,
                        provinces=provinces,
                    )
                )
            planned = SamplePlan("plan", tuple(choices), share=share, confidence=confidence)
        if target is not None:
            planned = replace(planned, target=Decimal(f"{target:g}"))
        rows = bought(planned)
        if to is not None:
            write_file(to, plan_bytes(planned, rows, as_json=to.suffix == ".json"))
        if chart is not None:
            write_file(chart, chart_svg(planned, language()))
        _print_plan(planned, rows)
        if to is not None:
            note(say(f"Bảng: {to}", f"Table: {to}"))
        if chart is not None:
            note(say(f"Biểu đồ: {chart}", f"Chart: {chart}"))


def _print_plan(planned: SamplePlan, rows: Sequence[PlanRow]) -> None:
    from parindex.survey.plan_chart import bars

    given = [row for row in rows if row.purpose == "given"]
    headings = (
        say("Phương án", "Choice"),
        say("Phiếu/tỉnh", "Interviews"),
        say("Tiếp cận", "Issued"),
        say("Hệ số TK", "Design eff."),
        say("Cỡ hiệu dụng", "Effective n"),
        say("Bậc tự do", "df"),
        "t",
        say("± tỉnh", "± province"),
        say("± nếu vô hạn bậc", "± with many df"),
        say("rộng thêm", "wider by"),
        say("± toàn quốc", "± nation"),
    )
    lines = [
        (
            row.choice,
            number(row.interviews),
            number(row.issued),
            number(row.design_effect),
            number(row.effective),
            number(row.df),
            number(row.multiplier, 2),
            number(row.margin),
            number(row.margin_many_psus),
            "–" if row.df_cost is None else f"{number(row.df_cost, 0)} %",
            number(row.national_margin),
        )
        for row in given
    ]
    print_table(headings, lines, right=tuple(range(1, len(headings))))
    if any(row.margin is None for row in given):
        out(say("– không có bậc tự do: không có khoảng tin cậy", "– no degree of freedom: there is no interval"))
    out()
    out(
        say(
            "± tỉnh: █ nếu vô hạn bậc tự do, ░ thêm vì ít bậc tự do",
            "± province: █ with many degrees of freedom, ░ added because there are few",
        )
        + ("" if planned.target is None else say(", │ mục tiêu", ", │ target"))
    )
    for line in bars(given, language(), target=planned.target):
        out(line)
    out()
    _print_whole(planned, given)
    if planned.target is not None:
        out()
        _print_target(planned, rows)


def _money(planned: SamplePlan) -> str:
    return f" ({planned.currency})" if planned.currency else ""


def _print_whole(planned: SamplePlan, given: Sequence[PlanRow]) -> None:
    headings: tuple[str, ...] = (
        say("Cả nước", "Nation"),
        say("Đơn vị sơ cấp", "Primary units"),
        say("Phiếu", "Interviews"),
        say("Tiếp cận", "Issued"),
        say("± toàn quốc", "± nation"),
    )
    priced = any(row.cost for row in given)
    if priced:
        headings += (say("Chi phí/tỉnh", "Cost/province"), say("Chi phí cả nước", "Cost of nation") + _money(planned))
    lines: list[tuple[str, ...]] = []
    for row in given:
        whole = row.national_interviews // row.interviews
        line = (
            row.choice,
            number(row.psus * whole),
            number(row.national_interviews),
            number(row.national_issued),
            number(row.national_margin),
        )
        lines.append((*line, number(row.cost, 0), number(row.national_cost, 0)) if priced else line)
    print_table(headings, lines, right=tuple(range(1, len(headings))))


def _print_target(planned: SamplePlan, rows: Sequence[PlanRow]) -> None:
    wished = number(planned.target)
    ways = {
        "enough_psus": say("thêm đơn vị sơ cấp", "more primary units"),
        "enough_people": say("thêm phiếu mỗi cụm", "more interviews in a cluster"),
    }
    headings: tuple[str, ...] = (
        say(f"Để đạt ± {wished}", f"To reach ± {wished}"),
        say("Cách", "Way"),
        say("Đơn vị/tỉnh", "Units"),
        say("Phiếu/cụm", "People"),
        say("Phiếu/tỉnh", "Interviews"),
        say("Phiếu cả nước", "Nation"),
        say("± tỉnh", "± province"),
    )
    priced = any(row.cost for row in rows)
    if priced:
        headings += (say("Chi phí cả nước", "Cost of nation") + _money(planned),)
    found = {(row.choice, str(row.purpose)): row for row in rows}
    lines: list[tuple[str, ...]] = []
    for choice in planned.choices:
        for purpose, way in ways.items():
            row = found.get((choice.code, purpose))
            if row is None:
                none = say("không đủ dù bao nhiêu", "no number is enough")
                lines.append((choice.code, f"{way}: {none}", *["–"] * (len(headings) - 2)))
                continue
            line = (
                choice.code,
                way,
                number(row.psus),
                number(row.people),
                number(row.interviews),
                number(row.national_interviews),
                number(row.margin),
            )
            lines.append((*line, number(row.national_cost, 0)) if priced else line)
    print_table(headings, lines, right=tuple(range(2, len(headings))))
