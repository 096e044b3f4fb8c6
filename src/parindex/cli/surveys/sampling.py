"""parindex survey sample: from a frame to a sample."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from parindex.cli.speaking import out, print_problems, problems_said, progress_bar, say
from parindex.cli.surveys.wording import OutFolder


def add_to(app: typer.Typer) -> None:
    app.command(
        "sample",
        help=say(
            "Chọn mẫu từ khung, theo sample.yaml; cùng hạt giống cho cùng mẫu.\n\n"
            "Ví dụ: parindex survey sample sample.yaml --out out/sample",
            "Draw a sample from a frame, as sample.yaml says; the same seed gives the same sample.\n\n"
            "Example: parindex survey sample sample.yaml --out out/sample",
        ),
    )(sample)


def sample(
    design: Annotated[Path, typer.Argument(help=say("Tệp sample.yaml.", "The file sample.yaml."))],
    to: OutFolder,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, help=say("Hạt giống, thay cho số trong tệp.", "Seed, in place of the file's.")),
    ] = None,
) -> None:
    from parindex.results.survey_samples import draw, write_sample

    with problems_said():
        with progress_bar(say("Chọn mẫu", "Drawing")):
            drawn = draw(design, seed=seed)
        write_sample(drawn, to)
        print_problems(drawn.notices)
        freedom = drawn.sample.degrees_of_freedom
        for number, stage in enumerate(drawn.design.listed_stages, 1):
            chosen = [row for row in drawn.sample.units if row.stage == number]
            main = sum(row.in_sample for row in chosen)
            out(
                f"{stage.unit}: {main} "
                + say(f"được chọn, {len(chosen) - main} dự phòng", f"drawn, {len(chosen) - main} in reserve")
            )
        out(
            say(
                f"{len(freedom)} tỉnh; bậc tự do mỗi tỉnh từ {min(freedom.values())} đến {max(freedom.values())}",
                f"{len(freedom)} provinces; degrees of freedom in a province {min(freedom.values())} to "
                f"{max(freedom.values())}",
            )
        )
        out(say(f"Mẫu: {to / 'sample.csv'}", f"Sample: {to / 'sample.csv'}"))
