"""Writes `bootstrap_factors.csv`: replicate factors made by parindex, from which R computes the same errors.

PYTHONPATH=src:tests/unit/survey python tests/unit/survey/oracle/make_bootstrap_factors.py
"""

import csv
from pathlib import Path

import numpy as np
from oracle_sample import design_of, records

from parindex.engines.reference import cells_of_records
from parindex.survey.replicates import bootstrap, psus_of

HERE = Path(__file__).parent


def main() -> None:
    cells = cells_of_records(design_of("wr", "fail"), records(lonely=False))
    replicates = bootstrap(cells, 40, np.random.Generator(np.random.PCG64(7)))
    with (HERE / "bootstrap_factors.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["stratum", "psu", *(f"r{at}" for at in range(len(replicates.factors)))])
        for psu, factors in zip(psus_of(cells), replicates.factors.T.tolist(), strict=True):
            writer.writerow([*psu, *(repr(factor) for factor in factors)])


if __name__ == "__main__":
    main()
