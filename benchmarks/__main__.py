"""`python -m benchmarks`: every figure with its limit and a named peer; exit code 1 when a limit is not kept."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import edition, records, records_import, survey, web
from benchmarks.measuring import Figure, print_figures

SUITES = (edition.figures, survey.figures, records_import.figures, records.figures, web.figures)
TABLES = (survey.print_cost_of_a_row, records.print_cost_of_a_row)
"""What is printed after the figures, without a limit."""


def main() -> int:
    work = Path("out") / "benchmarks"
    work.mkdir(parents=True, exist_ok=True)
    measured: list[Figure] = []
    for suite in SUITES:
        measured.extend(suite(work))
    print_figures(measured)
    for table in TABLES:
        table(work)
    return 0 if all(figure.kept for figure in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
