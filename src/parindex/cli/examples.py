"""parindex example: editions to try things on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from parindex.cli.speaking import out, problems_said, progress_bar, say, words

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("Các kỳ ví dụ (mô phỏng).", "Example editions (simulated)."),
)


@app.command("list", help=say("Liệt kê các kỳ ví dụ.", "List the example editions."))
def list_() -> None:
    from parindex.simulation.writing import EXAMPLES, RECORDS_EXAMPLE, RECORDS_SAYS

    for name, example in EXAMPLES.items():
        out(f"{name}: {words(example.says)}")
    out(f"{RECORDS_EXAMPLE}: {words(RECORDS_SAYS)}")


@app.command(
    help=say(
        "Tạo một kỳ mô phỏng.\n\nVí dụ: parindex example write national --seed 2023 --out out/editions/national\n\n"
        "Ví dụ records chỉ có hồ sơ một cửa và danh mục thủ tục, số hồ sơ tùy ý:\n"
        "parindex example write records --rows 100000 --out out/editions/records",
        "Make a simulated edition.\n\n"
        "Example: parindex example write national --seed 2023 --out out/editions/national\n\n"
        "The example records has only dossiers and the procedure catalogue, as many dossiers as you like:\n"
        "parindex example write records --rows 100000 --out out/editions/records",
    )
)
def write(
    name: Annotated[
        str, typer.Argument(help=say("Tên, xem parindex example list.", "Its name; see parindex example list."))
    ],
    to: Annotated[Path, typer.Option("--out", help=say("Thư mục ghi.", "Folder to write."))],
    seed: Annotated[int | None, typer.Option("--seed", help=say("Số khởi tạo.", "The seed."))] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows",
            min=0,
            help=say("Số hồ sơ; chỉ dùng cho records.", "Number of dossiers; for records only."),
        ),
    ] = None,
    as_export: Annotated[
        bool,
        typer.Option(
            "--as-export",
            help=say(
                "Ghi hồ sơ thành tệp CSV như các tỉnh gửi, có cả dòng sai, để thử nhập; chỉ dùng cho records.",
                "Write the records as CSV files as provinces send them, wrong rows included, to try importing; "
                "for records only.",
            ),
        ),
    ] = False,
) -> None:
    from parindex.simulation.writing import RECORDS_EXAMPLE, refuse_options, write_example

    with problems_said():
        if name != RECORDS_EXAMPLE:
            refuse_options({"--rows": rows is not None, "--as-export": as_export})
        with progress_bar(say("Tạo kỳ mô phỏng", "Making the simulated edition")) as progress:
            if name == RECORDS_EXAMPLE:
                from parindex.simulation.record_example import USUAL_ROWS, RecordExample, write_record_example

                records = RecordExample(USUAL_ROWS if rows is None else rows, seed, as_export)
                place = write_record_example(records, to, progress=progress)
            else:
                place = write_example(name, to, seed=seed, progress=progress)
        out(say(f"Kỳ mô phỏng: {place}", f"Simulated edition: {place}"))
