"""parindex workbook: the Excel files that units fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from parindex.cli.editions import EditionFolder
from parindex.cli.speaking import fail, note, out, print_problems, problems_said, progress_bar, say

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("Tạo và kiểm tra hồ sơ tự đánh giá bằng Excel.", "Make and check self-assessment workbooks."),
)


@app.command(
    help=say(
        "Tạo tệp Excel cho một hoặc mọi đơn vị.\n\n"
        "Ví dụ: parindex workbook write examples/national --unit P63-31 --out ho-so",
        "Write the Excel file of one unit or of all.\n\n"
        "Example: parindex workbook write examples/national --unit P63-31 --out forms",
    )
)
def write(
    edition: EditionFolder,
    to: Annotated[Path, typer.Option("--out", help=say("Thư mục ghi các tệp.", "Folder for the files."))],
    unit: Annotated[
        list[str] | None,
        typer.Option("--unit", metavar="CODE", help=say("Mã đơn vị; lặp lại được.", "Unit code; may be repeated.")),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help=say("Mọi đơn vị.", "All units."))] = False,
) -> None:
    from parindex.results.forms import write_forms

    if bool(unit) == every:
        raise typer.BadParameter(say("dùng --unit hoặc --all", "use --unit or --all"))
    with problems_said(), progress_bar(say("Tạo hồ sơ", "Writing")) as progress:
        for path in write_forms(edition, to, units=None if every else tuple(unit or ()), progress=progress):
            out(str(path))


@app.command(
    help=say(
        "Kiểm tra một hồ sơ đã điền trước khi nộp.\n\n"
        "Ví dụ: parindex workbook check ho-so/P63-31.xlsx --edition examples/national",
        "Check a filled workbook before it is sent.\n\n"
        "Example: parindex workbook check forms/P63-31.xlsx --edition examples/national",
    )
)
def check(
    files: Annotated[list[Path], typer.Argument(help=say("Các tệp Excel.", "The Excel files."))],
    edition: Annotated[Path, typer.Option("--edition", help=say("Thư mục kỳ đánh giá.", "The edition folder."))],
) -> None:
    from parindex.results.forms import check_forms

    with problems_said():
        with progress_bar(say("Kiểm tra", "Checking")) as progress:
            checked, problems = check_forms(edition, files, progress=progress)
        for form in checked:
            share = say(
                f"{form.answered}/{form.inputs} số liệu đã điền", f"{form.answered} of {form.inputs} inputs filled"
            )
            points = say(f"tự chấm {form.points_vi} điểm", f"self-scored {form.points_en} points")
            out(f"{form.file}: {form.unit}, {share}, {points}")
        if problems.errors:
            fail(problems.sorted())
        print_problems(problems.notices)
        if problems.notices:
            note(say(f"{len(problems.notices)} điểm cần xem lại", f"{len(problems.notices)} remarks"))
