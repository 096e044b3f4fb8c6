"""parindex survey report: a table to publish from a folder of estimates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parindex.cli.speaking import language, out, print_table, problems_said, say
from parindex.cli.surveys.wording import number, one_of

if TYPE_CHECKING:
    from decimal import Decimal

    from parindex.results.surveys.tables import EstimateRow


FORMATS = ("table", "csv", "markdown", "html", "edition")


def add_to(app: typer.Typer) -> None:
    app.command(
        "report",
        help=say(
            "Bảng công bố từ một thư mục ước lượng.\n\nVí dụ: parindex survey report out/estimates --code SIPAS",
            "A table to publish from a folder of estimates.\n\n"
            "Example: parindex survey report out/estimates --code SIPAS",
        ),
    )(report)


def report(
    folder: Annotated[Path, typer.Argument(help=say("Thư mục ước lượng.", "A folder of estimates."))],
    code: Annotated[
        list[str] | None,
        typer.Option("--code", help=say("Chỉ câu hỏi hoặc chỉ số này.", "Only this item or index.")),
    ] = None,
    node: Annotated[
        str | None,
        typer.Option(
            "--node",
            help=say(
                "Với --format edition: mục của bộ tiêu chí nhận mã ở --code.",
                "With --format edition: the node of the framework that takes the code of --code.",
            ),
        ),
    ] = None,
    format_: Annotated[str, typer.Option("--format", help=" | ".join(FORMATS))] = "table",
    to: Annotated[
        Path | None,
        typer.Option("--out", help=say("Ghi vào tệp này, không in ra.", "Write to this file instead of printing.")),
    ] = None,
) -> None:
    one_of(format_, FORMATS, "--format")
    if (format_ == "html" and code) or (to is not None and format_ in ("table", "markdown") and code):
        raise typer.BadParameter(say("báo cáo đầy đủ không dùng --code", "a full report takes no --code"))
    if to is not None and format_ == "table":
        raise typer.BadParameter("csv, markdown, html, edition", param_hint="--format")
    if node is not None and (format_ != "edition" or len(code or ()) != 1):
        raise typer.BadParameter(say("cần --format edition và một --code", "needs --format edition and one --code"))

    from parindex.results.surveys.editions import edition_csv
    from parindex.results.surveys.folders import read_estimates
    from parindex.results.surveys.tables import ESTIMATES

    with problems_said():
        if format_ in ("html", "markdown") and not code:
            _give(_page(folder, format_), to)
            return
        rows = read_estimates(folder)
        if code:
            known = dict.fromkeys(row.code for row in rows)
            missing = [each for each in code if each not in known]
            if missing:
                raise typer.BadParameter(", ".join(known), param_hint="--code")
            rows = tuple(row for row in rows if row.code in code)
        if format_ == "edition":
            nodes = {code[0]: node} if code and node else {}
            _give(edition_csv(rows, nodes, folder.name).decode(), to)
            return
        if format_ == "csv":
            _give(ESTIMATES.csv_bytes(rows).decode(), to)
            return
        headings = (
            say("Nhóm", "Domain"),
            say("Mã", "Code"),
            say("Số đo", "Measure"),
            say("Giá trị", "Value"),
            say("Sai số chuẩn", "Std. error"),
            say("Khoảng tin cậy 95 %", "95 % interval"),
            say("n", "n"),
            say("Hệ số TK", "Design eff."),
            say("Bậc tự do", "df"),
        )
        lines = [_report_line(row) for row in rows]
        if format_ == "markdown":
            out("| " + " | ".join(headings) + " |")
            out("|---|---|---|" + "---:|" * 6)
            for line in lines:
                out("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |")
        else:
            print_table(headings, lines, right=(3, 4, 5, 6, 7, 8))
        for told in dict.fromkeys(
            f"{_domain(row)}, {row.code}: {say(row.note_vi or '', row.note_en or '')}" for row in rows if row.note_vi
        ):
            out(told)


def _page(folder: Path, format_: str) -> str:
    """The whole report."""
    from parindex.results.surveys.folders import read_survey
    from parindex.results.surveys.report_content import report_of
    from parindex.results.surveys.report_html import report_html
    from parindex.results.surveys.report_markdown import report_markdown

    told = report_of(read_survey(folder))
    return report_html(told, language()) if format_ == "html" else report_markdown(told, language())


def _give(text: str, to: Path | None) -> None:
    if to is None:
        out(text.rstrip("\n"))
        return
    from parindex.documents.writing import write_file

    write_file(to, text.encode())
    out(say(f"Báo cáo: {to}", f"Report: {to}"))


def _domain(row: EstimateRow) -> str:
    return say("tất cả", "all") if row.domain == "*" else row.domain


def _report_line(row: EstimateRow) -> tuple[str, ...]:
    percent = row.measure == "share"
    scale = 100 if percent else 1
    decimals = 0 if row.measure in ("total", "count") else 2

    def shown(value: Decimal | None) -> str:
        return number(None if value is None else value * scale, decimals)

    answers = f" ({row.answers})" if row.answers else ""
    return (
        _domain(row),
        f"{row.code}{answers}",
        row.measure + (" %" if percent else ""),
        shown(row.value),
        shown(row.se),
        "–" if row.lower is None else f"{shown(row.lower)} – {shown(row.upper)}",
        number(row.n),
        number(row.deff, 2),
        number(row.df, 1 if row.df is not None and row.df % 1 else 0),
    )
