"""parindex check, compute, rank, explain: an edition folder to ranks and reasons."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from parindex.cli.speaking import (
    language,
    out,
    print_json,
    print_problems,
    problems_said,
    progress_bar,
    say,
    words,
)

EditionFolder = Annotated[
    Path, typer.Argument(help=say("Thư mục kỳ đánh giá (có edition.yaml).", "The edition folder (with edition.yaml)."))
]
ResultFolder = Annotated[
    Path, typer.Argument(help=say("Thư mục kết quả hoặc bản công bố.", "A folder of results, or a publication."))
]
EngineName = Annotated[
    str,
    typer.Option(
        "--engine",
        help=say(
            "Bộ đếm phiếu khảo sát và hồ sơ: duckdb | spark | reference; spark chỉ đếm hồ sơ, phiếu do duckdb đếm.",
            "What counts interviews and records: duckdb | spark | reference; spark counts records, duckdb interviews.",
        ),
    ),
]
SparkAddress = Annotated[
    str | None,
    typer.Option(
        "--spark",
        help=say(
            "Địa chỉ máy chủ Spark Connect; bỏ trống: chạy trên máy này.",
            "Address of a Spark Connect server; without it, Spark runs on this machine.",
        ),
    ),
]
ListCode = Annotated[str | None, typer.Option("--list", help=say("Chỉ danh sách này.", "Only this list."))]


_RECORDS = {"dossiers": say("hồ sơ", "dossiers"), "procedures": say("thủ tục", "procedures")}


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


def known_engine(name: str, spark: str | None) -> None:
    """Refuses an engine that is none, and an address that nobody would use."""
    from parindex.editions import EDITION_ENGINES

    if name not in EDITION_ENGINES:
        raise typer.BadParameter(", ".join(EDITION_ENGINES), param_hint="--engine")
    if spark is not None and name != "spark":
        raise typer.BadParameter(say("cần --engine spark", "needs --engine spark"), param_hint="--spark")


def check(edition: EditionFolder, engine: EngineName = "duckdb", spark: SparkAddress = None) -> None:
    from parindex.editions import read_edition
    from parindex.results.compute import compute as compute_edition

    known_engine(engine, spark)
    with problems_said():
        with progress_bar(say("Đọc", "Reading")) as progress:
            inputs = read_edition(edition, engine=engine, spark=spark, progress=progress)
        # Claims and decisions are held against each other where they meet; nothing is written.
        result = compute_edition(inputs)
        print_problems(inputs.notices)
        for each in inputs.edition.lists:
            out(
                f"{words(each.name)}: {len(each.units)} "
                + say(
                    f"đơn vị, {len(each.framework.leaves)} mục chấm điểm", f"units, {len(each.framework.leaves)} leaves"
                )
            )
        _say_surveys(inputs)
        _say_records(inputs, result)
        out(say("Không có lỗi.", "No problems."))


def compute(
    edition: EditionFolder,
    to: Annotated[Path, typer.Option("--out", help=say("Thư mục ghi kết quả.", "Folder for the results."))],
    engine: EngineName = "duckdb",
    spark: SparkAddress = None,
) -> None:
    from parindex.editions import read_edition
    from parindex.problems import Problems
    from parindex.results.compute import compute as compute_edition
    from parindex.results.result import write_result
    from parindex.results.result_tables import MANIFEST, SIMULATED

    known_engine(engine, spark)
    with problems_said():
        _may_replace(to, Problems())
        with progress_bar(say("Đọc", "Reading")) as progress:
            inputs = read_edition(edition, engine=engine, spark=spark, progress=progress)
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
        _say_surveys(inputs)
        _say_records(inputs, result)
        if result.edition.simulated:
            out(words(SIMULATED))
        out(say(f"Kết quả: {to / MANIFEST}", f"Results: {to / MANIFEST}"))


def _say_surveys(inputs: Any) -> None:
    """What each survey inside the edition gave: interviews, units with a figure, units without one."""
    for survey in inputs.edition.surveys:
        top = [row for row in inputs.survey_terms if row.survey == survey.code and row.parent is None]
        units = {row.unit for row in top}
        full = len(units - {row.unit for row in top if row.value is None})
        n = sum(inputs.interviews[survey.code].values())
        out(
            f"{words(survey.name)}: "
            + say(
                f"{n} phiếu, {full}/{len(units)} đơn vị có đủ ước lượng",
                f"{n} interviews, all estimates for {full} of {len(units)} units",
            )
        )


def _say_records(inputs: Any, result: Any) -> None:
    """How many records were counted, and how many units claim more than that."""
    if not inputs.records:
        return
    from decimal import Decimal

    from parindex.language import number
    from parindex.results.appraisal_table import appraisal_rows, claims_above

    counts = [f"{number(Decimal(rows), language())} {_RECORDS[table]}" for table, rows in inputs.records.items()]
    every = appraisal_rows(result)
    above, of = len(claims_above(every)), len({row.unit for row in every})
    told = say("Đếm ", "Counted ") + ", ".join(counts)
    if every:
        told += say(f"; {above}/{of} đơn vị khai cao hơn số đếm", f"; {above} of {of} units claim more than counted")
    out(told)


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
    from parindex.cli.rankings import print_ranking
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
        print_ranking(result, lists, format_)


def explain(
    folder: ResultFolder,
    unit: Annotated[str, typer.Argument(help=say("Mã đơn vị.", "Code of the unit."))],
    node: Annotated[
        str | None, typer.Argument(help=say("Mã mục, ví dụ 3.4.1.", "Code of a node, such as 3.4.1."))
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="text | json")] = "text",
) -> None:
    from parindex.publication.sealed import versions_of
    from parindex.results.explain import explain as explain_result
    from parindex.results.result import read_result
    from parindex.results.steps import as_data, render

    if format_ not in ("text", "json"):
        raise typer.BadParameter("text, json", param_hint="--format")
    with problems_said():
        step = explain_result(read_result(versions_of(folder)[-1]), unit, node)
        if format_ == "json":
            print_json(as_data(step))
        else:
            out(render(step, language()))
