"""parindex survey: from a plan and a frame to estimates with their errors; one module for each group of commands."""

from __future__ import annotations

import typer

from parindex.cli.speaking import say
from parindex.cli.surveys import comparing, estimating, forms, planning, reporting, sampling, weighting

app = typer.Typer(
    no_args_is_help=True,
    help=say(
        "Khảo sát: biểu mẫu, cỡ mẫu, chọn mẫu, quyền số, ước lượng kèm sai số, bảng công bố.",
        "Surveys: forms, sample size, selection, weights, estimates with their errors, tables to publish.",
    ),
)
for group in (forms, planning, sampling, weighting, estimating, comparing, reporting):
    group.add_to(app)
