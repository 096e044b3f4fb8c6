"""Survey estimates from answers: one GROUP BY's worth of cells, then linearised errors on the cells.

`python -m benchmarks.survey` prints the figures and the cost of a row from 100 thousand to 10 million rows.

The same task is run by svy (PyPI, 0.35.0) where it can be found, in an environment of its own, since nothing of ours
needs it:

    python3 -m venv out/peers && out/peers/bin/pip install -r benchmarks/peers.txt

Another interpreter that has it is named by the variable SVY_PYTHON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import Figure, print_figures

ROOT = Path(__file__).resolve().parents[1]
PROVINCES, QUESTIONS = 63, 40
SEED = 2023
PEERS = ROOT / "out" / "peers" / "bin" / "python"

# Each work runs in a fresh interpreter: its peak memory is its own, and its CPU seconds begin after the imports.
_CHILD = """
import json, resource, sys
from pathlib import Path
import duckdb, numpy as np, sqlglot
from parindex.engines import duckdb as engine
from dataclasses import replace
from parindex.survey.cells import added
from parindex.survey.composites import together_of
from parindex.survey.design import Calibration, SurveyDesign, scale_item
from parindex.survey.estimands import Composite, Mean, Pooled, Share
from parindex.survey.estimate import estimates
from parindex.survey.replicates import bootstrap, replicate_estimates

work, *files = sys.argv[1:]
ITEMS = tuple(scale_item(f"q{at:02}", f"q{at:02}", 1, 5, (4, 5)) for at in range(1, 41))
DESIGN = SurveyDesign("bench", psu="commune", weight="weight", stratum="stratum", items=ITEMS, domains=("province",))
INDEX = Composite("sipas", tuple((Share(item.code), 1 / len(ITEMS)) for item in ITEMS))

STEPS = tuple((str(step), float(step)) for step in range(1, 6))
FACTORS = tuple(Pooled(f"f{at}", tuple(item.code for item in ITEMS[5 * at : 5 * at + 5]), STEPS) for at in range(8))
POOLED = Composite("sipas", tuple((factor, 1 / 8) for factor in FACTORS))

def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

def everything(file, *composites):
    together = together_of(DESIGN, composites)
    cells = engine.cells_of_file(DESIGN, file, together=together)
    rows = estimates(cells, [*composites, *(Mean(item.code) for item in ITEMS)], by=("province",))
    assert len(rows) == 63 * (40 + len(composites)) and all(row.se and row.deff for row in rows)

first = [engine.cells_of_file(DESIGN, Path(file)) for file in files[:-1]]
before = spent()
if work == "estimate":
    everything(Path(files[-1]))
elif work == "composite":
    everything(Path(files[-1]), INDEX)
elif work == "pooled":
    everything(Path(files[-1]), POOLED, *FACTORS)
elif work == "csv":
    counted = engine.count_file(DESIGN, Path(files[-1]))
    assert counted.cells.respondents
elif work == "merge":
    merged = added([first[0], engine.cells_of_file(DESIGN, Path(files[-1]))])
    assert merged.respondents > first[0].respondents
elif work in ("bootstrap", "raked"):
    raked = replace(DESIGN, calibration=Calibration(("province", "sex", "age")))
    cells = engine.cells_of_file(raked if work == "raked" else DESIGN, Path(files[-1]))
    before = spent()
    draws = bootstrap(cells, 1000, np.random.Generator(np.random.PCG64(1)))
    (row,) = replicate_estimates(cells, [INDEX], draws)
    assert row.se
seconds = spent() - before
print(json.dumps({"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""

_SVY = """
import json, resource, sys
import polars as pl, svy

data = pl.read_parquet(sys.argv[1])
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
before = spent()
sample = svy.Sample(data, svy.Design(stratum="stratum", psu="commune", wgt="weight"))
for at in range(1, 41):
    found = sample.estimation.mean(f"q{at:02}", by="province", drop_nulls=True, deff="wor")
print(json.dumps({"seconds": spent() - before}))
"""


def answers(work: Path, rows: int, *, seed: int = SEED) -> Path:
    """An invented file of `rows` interviews: 63 provinces, 2 strata each, about 6 communes a province, 8 % silent."""
    import duckdb

    path = work / f"interviews-{rows}-{seed}.parquet"
    if path.is_file():
        return path
    questions = ", ".join(
        f"CASE WHEN hash(i * 41 + {at} + {seed}) % 100 < 8 THEN NULL"
        f" ELSE 1 + (hash(i * 43 + {7 * at} + {seed}) % 3 + hash(commune, {at}) % 3)::TINYINT END AS q{at:02}"
        for at in range(1, QUESTIONS + 1)
    )
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(
        f"""COPY (
            SELECT province, stratum, commune, 100 + (hash(i, {seed}) % 4000000) / 1000.0 AS weight,
                'S' || (hash(i, 1) % 2) AS sex, 'A' || (hash(i, 2) % 4) AS age, {questions}
            FROM (
                SELECT i, 'T' || (i % 63) AS province, province || '-' || (i // 63 % 2) AS stratum,
                    stratum || '-' || (i // 126 % 3) AS commune
                FROM range({rows}) AS numbers(i)
            )
        ) TO '{path}' (FORMAT parquet)"""
    )
    connection.close()
    return path


def as_csv(file: Path) -> Path:
    """The same answers as CSV."""
    import duckdb

    path = file.with_suffix(".csv")
    if not path.is_file():
        connection = duckdb.connect()
        connection.execute(f"COPY (SELECT * FROM '{file}') TO '{path}' (HEADER)")
        connection.close()
    return path


def measured(work: str, *files: Path) -> dict[str, float]:
    """CPU seconds after the imports, and peak memory in MB, of one work in an interpreter of its own."""
    call = [sys.executable, "-c", _CHILD, work, *map(str, files)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(call, check=True, capture_output=True, text=True, env=environment)
    return dict(json.loads(done.stdout))


def best(work: str, *files: Path, rounds: int = 3) -> float:
    return min(measured(work, *files)["seconds"] for _ in range(rounds))


def svy_seconds(file: Path) -> float | None:
    """The same task by svy; None where it is not installed."""
    python = os.environ.get("SVY_PYTHON", str(PEERS) if PEERS.is_file() else sys.executable)
    done = subprocess.run([python, "-c", _SVY, str(file)], capture_output=True, text=True, check=False)
    if done.returncode != 0 and ("SVY_PYTHON" in os.environ or PEERS.is_file()):
        print(done.stderr, file=sys.stderr)
    return float(json.loads(done.stdout)["seconds"]) if done.returncode == 0 else None


def figures(work: Path) -> list[Figure]:
    usual, large, day = answers(work, 36_500), answers(work, 10_000_000), answers(work, 100_000, seed=7)
    peer = svy_seconds(usual)
    ten_million = measured("estimate", large)
    memory = ten_million["peak"]
    return [
        Figure(
            "36,500 x 40 x 63: means, errors, intervals, deff",
            best("estimate", usual),
            0.5,
            "svy" if peer is not None else "",
            peer,
        ),
        Figure(
            f"10 million x 40 x 63 from Parquet, peak {memory:.0f} of 600 MB",
            ten_million["seconds"] if memory <= 600 else float("inf"),
            12.0,
        ),
        Figure("100,000 new answers into the cells of 10 million", best("merge", large, day, rounds=1), 0.5),
        Figure("1,000 bootstrap replicates of the national index", best("bootstrap", usual), 2.0),
        Figure("1,000 replicates, each raked again to 3 margins", best("raked", usual), 2.0),
        Figure("36,500 x 40 x 63 with a composite of 40 items and its deff", best("composite", usual), 1.0),
        Figure("36,500 x 40 x 63 with 8 factors, their index and deff", best("pooled", usual), 0.6),
        Figure("10 million x 40 x 63 with 8 factors, their index and deff", measured("pooled", large)["seconds"], 16.0),
        Figure("36,500 x 40 from CSV, with what is set aside", best("csv", as_csv(usual)), 1.0),
    ]


def cost_of_a_row(work: Path) -> list[tuple[int, float, float]]:
    """(rows, CPU seconds, microseconds a row) from 100 thousand to 10 million."""
    found = []
    for rows in (100_000, 316_000, 1_000_000, 3_160_000, 10_000_000):
        seconds = best("estimate", answers(work, rows), rounds=3 if rows < 1_000_000 else 1)
        found.append((rows, seconds, seconds / rows * 1e6))
    return found


def print_cost_of_a_row(work: Path) -> None:
    """The table of `cost_of_a_row`: the last column stays the same from a million rows on."""
    print(f"\n{'rows':>12} {'CPU s':>8} {'µs a row':>9}")
    for rows, seconds, each in cost_of_a_row(work):
        print(f"{rows:12,} {seconds:8.2f} {each:9.2f}")


def main() -> None:
    work = ROOT / "out" / "benchmarks"
    work.mkdir(parents=True, exist_ok=True)
    print_figures(figures(work))
    print_cost_of_a_row(work)


if __name__ == "__main__":
    main()
