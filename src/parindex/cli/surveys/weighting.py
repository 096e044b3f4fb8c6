"""parindex survey weights: from the people approached to the weights of those who answered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from parindex.cli.speaking import out, print_problems, print_table, problems_said, progress_bar, say
from parindex.cli.surveys.wording import OutFolder, number, say_set_aside


def add_to(app: typer.Typer) -> None:
    app.command(
        "weights",
        help=say(
            "Quyền số: xác suất chọn, không trả lời, hiệu chỉnh theo tổng đã biết.\n\n"
            "Ví dụ: parindex survey weights out/sample cases.csv --out out/weights",
            "Weights: chances of selection, non-response, calibration to known totals.\n\n"
            "Example: parindex survey weights out/sample cases.csv --out out/weights",
        ),
    )(weights)


def weights(
    sample_folder: Annotated[
        Path, typer.Argument(help=say("Thư mục mẫu (có sample.csv).", "Folder of the sample (with sample.csv)."))
    ],
    cases: Annotated[
        Path,
        typer.Argument(
            help=say(
                "CSV, mỗi người được tiếp cận một dòng: record, unit, outcome và các câu trả lời.",
                "CSV, a row for each person approached: record, unit, outcome and the answers.",
            )
        ),
    ],
    to: OutFolder,
    classes: Annotated[
        list[str] | None,
        typer.Option(
            "--class",
            help=say("Cột chia lớp không trả lời trong tỉnh.", "Column of non-response classes in a province."),
        ),
    ] = None,
    totals: Annotated[
        Path | None,
        typer.Option(
            "--totals",
            help=say("CSV các tổng đã biết: margin, category, total.", "CSV of known totals: margin, category, total."),
        ),
    ] = None,
    margins: Annotated[
        list[str] | None,
        typer.Option(
            "--margin",
            help=say("Cột hiệu chỉnh; province*sex là bảng chéo.", "Column to calibrate to; province*sex is crossed."),
        ),
    ] = None,
) -> None:
    from parindex.results.survey_samples import ANSWERS_FILE, weigh, write_weights

    with problems_said():
        with progress_bar(say("Tính quyền số", "Weighting")):
            found = weigh(
                sample_folder, cases, classes=tuple(classes or ()), totals_file=totals, margins=tuple(margins or ())
            )
        write_weights(found, to)
        print_problems(found.notices)
        names = {
            "base": say("xác suất chọn", "chances of selection"),
            "nonresponse": say("không trả lời", "non-response"),
            "calibration": say("hiệu chỉnh", "calibration"),
        }
        headings = (
            say("Bước", "Step"),
            say("Phiếu", "Cases"),
            say("Tổng quyền số", "Sum of weights"),
            say("Nhỏ nhất", "Smallest"),
            say("Lớn nhất", "Largest"),
            say("Hệ số Kish", "Kish effect"),
        )
        lines = [
            (
                names[row.step],
                number(row.n),
                number(row.total, 0),
                number(row.smallest, 2),
                number(row.largest, 2),
                number(row.design_effect, 3),
            )
            for row in found.effects
        ]
        print_table(headings, lines, right=(1, 2, 3, 4, 5))
        rate = next((row.value for row in found.outcomes if (row.domain, row.rate) == ("*", "RR3")), None)
        out(say(f"Tỷ lệ trả lời AAPOR RR3: {number(rate, 1)} %", f"Response rate AAPOR RR3: {number(rate, 1)} %"))
        if found.rounds is not None:
            out(say(f"Hiệu chỉnh hội tụ sau {found.rounds} vòng", f"Calibration converged in {found.rounds} rounds"))
        say_set_aside(len({row.record for row in found.set_aside}), to)
        out(say(f"Phiếu kèm quyền số: {to / ANSWERS_FILE}", f"Answers with weights: {to / ANSWERS_FILE}"))
