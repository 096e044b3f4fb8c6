"""parindex survey compare, series: differences between domains and years, with their error and test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parindex.cli.speaking import language, out, print_table, problems_said, say
from parindex.cli.surveys.wording import number, one_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from parindex.results.surveys.comparing import DifferenceRow

FORMATS = ("table", "csv", "markdown")


def add_to(app: typer.Typer) -> None:
    app.command(
        "compare",
        help=say(
            "Chênh lệch giữa hai nhóm, hoặc mỗi nhóm với toàn bộ, kèm sai số và kiểm định.\n\n"
            "Ví dụ: parindex survey compare out/estimates --by province --first P01 --second P02 --code SIPAS",
            "Differences between two domains, or of each from the whole, with error and test.\n\n"
            "Example: parindex survey compare out/estimates --by province --first P01 --second P02 --code SIPAS",
        ),
    )(compare)
    app.command(
        "series",
        help=say(
            "Chuỗi các năm của một chỉ số, kèm thay đổi so với năm trước và kiểm định; điểm gãy phải nêu tên.\n\n"
            "Ví dụ: parindex survey series out/2023 out/2024 --code SIPAS",
            "An index year by year, with the change since the year before and its test; breaks must be named.\n\n"
            "Example: parindex survey series out/2023 out/2024 --code SIPAS",
        ),
    )(series)


def compare(
    folder: Annotated[Path, typer.Argument(help=say("Thư mục ước lượng.", "A folder of estimates."))],
    by: Annotated[
        str,
        typer.Option(
            "--by",
            help=say("Bảng trong thư mục: province, province*sex.", "A table of the folder: province, province*sex."),
        ),
    ],
    first: Annotated[
        str | None,
        typer.Option("--first", help=say("Nhóm thứ nhất; bỏ trống: mọi nhóm.", "First domain; without it, all.")),
    ] = None,
    second: Annotated[
        str | None,
        typer.Option("--second", help=say("Nhóm thứ hai; bỏ trống: toàn bộ.", "Second domain; without it, everybody.")),
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option("--code", help=say("Chỉ câu hỏi hoặc chỉ số này.", "Only this item or index.")),
    ] = None,
    format_: Annotated[str, typer.Option("--format", help=" | ".join(FORMATS))] = "table",
) -> None:
    one_of(format_, FORMATS, "--format")
    if second is not None and first is None:
        raise typer.BadParameter(say("cần --first", "needs --first"), param_hint="--second")

    from parindex.results.surveys.comparing import DIFFERENCES, differences
    from parindex.results.surveys.folders import read_survey
    from parindex.results.surveys.tables import WHOLE

    with problems_said():
        survey = read_survey(folder)
        pairs = None if first is None else [(first, second or WHOLE)]
        rows = differences(survey, by, pairs, codes=code or ())
        if format_ == "csv":
            out(DIFFERENCES.csv_bytes(rows).decode().rstrip("\n"))
            return
        headings = (
            say("Nhóm", "Domain"),
            say("so với", "against"),
            say("Mã", "Code"),
            say("Số đo", "Measure"),
            say("Chênh lệch", "Difference"),
            say("Sai số chuẩn", "Std. error"),
            _interval(survey.settings.level),
            "t",
            say("Bậc tự do", "df"),
            "p",
        )
        _print(headings, [_line(row) for row in rows], (4, 5, 6, 7, 8, 9), format_)
        for told in dict.fromkeys(
            f"{row.first}, {row.code}: {say(row.note_vi or '', row.note_en or '')}" for row in rows if row.note_vi
        ):
            out(told)
        tests = sum(row.p is not None for row in rows)
        level = survey.settings.level
        if (1 - level) * tests >= 1:
            out(
                say(
                    f"{tests} kiểm định: dù không có khác biệt nào, khoảng {_few((1 - level) * tests)} trong số đó "
                    f"vẫn có p dưới {_few(1 - level, 2)}.",
                    f"{tests} tests: with no difference at all, about {_few((1 - level) * tests)} of them still come "
                    f"out with p below {_few(1 - level, 2)}.",
                )
            )


def series(
    folders: Annotated[
        list[Path],
        typer.Argument(
            help=say("Các thư mục ước lượng, mỗi năm một (--edition).", "Folders of estimates, one a year (--edition).")
        ),
    ],
    code: Annotated[
        list[str], typer.Option("--code", help=say("Câu hỏi hoặc chỉ số; lặp lại được.", "Item or index; repeatable."))
    ],
    by: Annotated[
        str | None, typer.Option("--by", help=say("Bảng của các nhóm ở --domain.", "The table of --domain."))
    ] = None,
    domain: Annotated[
        list[str] | None,
        typer.Option("--domain", help=say("Nhóm; bỏ trống: toàn bộ.", "A domain; without it, everybody.")),
    ] = None,
    across: Annotated[
        list[str] | None,
        typer.Option(
            "--across",
            help=say("Nối qua điểm gãy có tên này.", "Join across the break of this name."),
        ),
    ] = None,
    format_: Annotated[str, typer.Option("--format", help=" | ".join(FORMATS))] = "table",
) -> None:
    one_of(format_, FORMATS, "--format")
    if (by is None) != (not domain):
        raise typer.BadParameter(say("cần cả --by và --domain", "needs both --by and --domain"), param_hint="--by")

    from parindex.results.surveys.comparing import DIFFERENCES, ordered
    from parindex.results.surveys.comparing import series as joined
    from parindex.results.surveys.folders import read_survey
    from parindex.results.surveys.tables import WHOLE

    with problems_said():
        surveys = [read_survey(folder) for folder in folders]
        places = [(by, each) for each in domain or ()] if by is not None else [(WHOLE, WHOLE)]
        rows = joined(surveys, code, domains=places, across=across or ())
        if format_ == "csv":
            changes = [row.change for row in rows if row.change is not None]
            out(DIFFERENCES.csv_bytes(changes).decode().rstrip("\n"))
            return
        headings = (
            say("Nhóm", "Domain"),
            say("Mã", "Code"),
            say("Năm", "Year"),
            say("Giá trị", "Value"),
            _interval(surveys[0].settings.level),
            say("Thay đổi", "Change"),
            say("Sai số chuẩn", "Std. error"),
            "p",
        )
        lines = []
        for row in rows:
            figure, change, scale = row.figure, row.change, 100 if row.figure.measure == "share" else 1
            lines.append(
                (
                    say("tất cả", "all") if figure.domain == WHOLE else figure.domain,
                    _code(figure.code, figure.answers),
                    str(row.edition),
                    _scaled(figure.value, scale),
                    _between(figure.lower, figure.upper, scale),
                    "–" if change is None else _scaled(change.value, scale),
                    "–" if change is None else _scaled(change.se, scale),
                    "–" if change is None else _p(change.p),
                )
            )
        _print(headings, lines, (2, 3, 4, 5, 6, 7), format_)
        told = {
            f"{row.edition}, {_code(each.code, each.answers)}: {say(each.note_vi or '', each.note_en or '')}": None
            for row in rows
            for each in (row.figure, row.change)
            if each is not None and each.value is None and each.note_vi
        }
        for line in told:
            out(line)
        for crossed in ordered(surveys, across or ()).crosses:
            out(
                say("Nối qua điểm gãy ", "Joined across the break ")
                + f"{crossed.code}: {crossed.name.in_(language())}. {crossed.reason.in_(language())}"
            )


def _print(headings: Sequence[str], lines: Sequence[Sequence[str]], right: tuple[int, ...], format_: str) -> None:
    if format_ == "table":
        print_table(headings, lines, right=right)
        return
    out("| " + " | ".join(headings) + " |")
    out("|" + "".join("---:|" if at in right else "---|" for at in range(len(headings))))
    for line in lines:
        out("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |")


def _line(row: DifferenceRow) -> tuple[str, ...]:
    scale = 100 if row.measure == "share" else 1
    return (
        say("tất cả", "all") if row.first == "*" else row.first,
        say("tất cả", "all") if row.second == "*" else row.second,
        _code(row.code, row.answers),
        row.measure + (" %" if scale == 100 else ""),
        _scaled(row.value, scale),
        _scaled(row.se, scale),
        _between(row.lower, row.upper, scale),
        number(row.t, 2),
        number(row.df, 1 if row.df is not None and row.df % 1 else 0),
        _p(row.p),
    )


def _code(code: str, answers: str | None) -> str:
    return f"{code} ({answers})" if answers else code


def _scaled(value: Decimal | None, scale: int) -> str:
    return number(None if value is None else value * scale, 2)


def _between(lower: Decimal | None, upper: Decimal | None, scale: int) -> str:
    return "–" if lower is None else f"{_scaled(lower, scale)} – {_scaled(upper, scale)}"


def _p(value: Decimal | None) -> str:
    from decimal import Decimal

    if value is None:
        return "–"
    return f"≤ {number(Decimal('0.0001'), 4)}" if value <= Decimal("0.0001") else number(value, 4)


def _interval(level: float) -> str:
    return say("Khoảng tin cậy ", "Interval ") + _few(100 * level, 1) + " %"


def _few(value: float, decimals: int = 0) -> str:
    """At most so many decimals, none where they are 0."""
    from decimal import Decimal

    shown = number(Decimal(repr(round(value, 6))), decimals)
    mark = "," if language() == "vi" else "."
    return shown.rstrip("0").rstrip(mark) if mark in shown else shown
