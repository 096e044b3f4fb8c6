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
    from parindex.simulation.writing import EXAMPLES

    for name, example in EXAMPLES.items():
        out(f"{name}: {words(example.says)}")


@app.command(
    help=say(
        "Tạo một kỳ mô phỏng.\n\nVí dụ: parindex example write national --seed 2023 --out out/editions/national",
        "Make a simulated edition.\n\nExample: parindex example write national --seed 2023 --out out/editions/national",
    )
)
def write(
    name: Annotated[
        str, typer.Argument(help=say("Tên, xem parindex example list.", "Its name; see parindex example list."))
    ],
    to: Annotated[Path, typer.Option("--out", help=say("Thư mục ghi.", "Folder to write."))],
    seed: Annotated[int | None, typer.Option("--seed", help=say("Số khởi tạo.", "The seed."))] = None,
) -> None:
    from parindex.simulation.writing import write_example

    with problems_said():
        with progress_bar(say("Tạo kỳ mô phỏng", "Making the simulated edition")) as progress:
            place = write_example(name, to, seed=seed, progress=progress)
        out(say(f"Kỳ mô phỏng: {place}", f"Simulated edition: {place}"))
