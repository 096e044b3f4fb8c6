"""Measures over dossiers: 12 measures by 63 units, their cost a row, beside pandas and Spark.

`python -m benchmarks.records` prints the figures and the cost of a row. The largest number of dossiers is what
RECORDS_ROWS names, in whole millions (10 million without it: 100 million take about two minutes to make and 1 GB).
The dossiers are invented by DuckDB, a part of a million at a time, and kept for the next run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import Figure, print_figures

ROOT = Path(__file__).resolve().parents[1]
PART = 1_000_000
PROCEDURES = 1_800
LIMIT_AT_100_MILLION = 30.0
MEMORY = 2_000

CODES = (
    "on_time_share_province",
    "on_time_share_district",
    "on_time_share_commune",
    "on_time_share_due",
    "early_share",
    "overdue",
    "overdue_unexplained",
    "online_share",
    "online_share_full",
    "online_payment_share",
    "digitised_share",
    "dossiers_received",
)

# Each work runs in a fresh interpreter: its peak memory is its own, and its CPU seconds begin after the imports.
_CHILD = """
import hashlib, json, os, resource, sys
from pathlib import Path
import duckdb, sqlglot
from parindex.engines.measure_engines import open_engine
from parindex.measures import RecordSet, measured_rows
from parindex.measures.library import ready_measures
from parindex.measures.nodes import edition_dates
from parindex.tables.measured import MEASURED

engine_name, codes, catalogue, *parts = sys.argv[1:]
measures = [ready_measures()[code] for code in codes.split(",")]
records = RecordSet({"dossiers": tuple(parts), "procedures": (catalogue,)})

def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime + sum(map(of_process, children()))

def children():
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and Path(entry, "stat").read_text().rsplit(")", 1)[1].split()[1] == str(os.getpid()):
            yield entry

def of_process(entry):
    fields = Path(entry, "stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

before = spent()
engine = open_engine(engine_name)
tallies = engine.evaluate(measures, records, edition_dates(2023, {}))
seconds = spent() - before
engine.close()
units = [f"P{at:02}" for at in range(1, 64)]
rows = measured_rows(measures, tallies, edition="2023", units=units, digests={})
assert len(rows) == 63 * len(measures) and all(row.value is not None for row in rows)
print(json.dumps({
    "seconds": seconds,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "table": hashlib.sha256(MEASURED.csv_bytes(rows)).hexdigest(),
    "counts": [[row.measure, row.unit, int(row.numerator), int(row.denominator or 0)] for row in rows],
}))
"""

# The same task as an analyst would write it at once: a frame in memory, a mask and a group-by for each measure.
_PANDAS = """
import json, resource, sys
import pandas as pd

catalogue, *parts = sys.argv[1:]

def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

before = spent()
d = pd.concat([pd.read_parquet(part) for part in parts])
for name in ("received_on", "due_on", "settled_on"):
    d[name] = pd.to_datetime(d[name])
start, end = pd.Timestamp("2023-01-01"), pd.Timestamp("2023-12-31")
counts = {}

def counted(code, frame, hits=None):
    n = frame.groupby("unit").size()
    k = n if hits is None else frame[hits].groupby("unit").size()
    counts[code] = {unit: [int(k.get(unit, 0)), int(n[unit]) if hits is not None else 0] for unit in n.index}

settled = d[d.settled_on.between(start, end)]
limited = settled[settled.due_on.notna()]
for level in ("province", "district", "commune"):
    some = limited[limited.level == level]
    counted(f"on_time_share_{level}", some, some.settled_on <= some.due_on)
open_late = d.due_on.between(start, end) & (d.settled_on.isna() | (d.settled_on > end))
due = d[d.due_on.notna() & (d.settled_on.between(start, end) | open_late)]
counted("on_time_share_due", due, due.settled_on.notna() & (due.settled_on <= due.due_on))
counted("early_share", limited, limited.settled_on < limited.due_on)
late = d[(d.settled_on.between(start, end) & (d.settled_on > d.due_on)) | open_late]
counted("overdue", late)
counted("overdue_unexplained", late[late.apology.isna() | (late.apology == False)])
received = d[d.received_on.between(start, end)]
known = received[received.channel.notna()]
counted("online_share", known, known.channel == "online")
joined = known.merge(pd.read_parquet(catalogue), on=["unit", "procedure"], how="left")
full = joined[joined.online_service == "full"]
counted("online_share_full", full, full.channel == "online")
paid = received[received.payment.notna() & (received.payment != "none")]
counted("online_payment_share", paid, paid.payment == "online")
digital = settled[settled.digitised.notna()]
counted("digitised_share", digital, digital.digitised == True)
counted("dossiers_received", received)
seconds = spent() - before
print(json.dumps({
    "seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "counts": counts
}))
"""


def largest() -> int:
    """How many dossiers the largest run has, in whole parts."""
    return max(int(os.environ.get("RECORDS_ROWS", "10000000")) // PART, 1) * PART


def catalogue(work: Path) -> Path:
    """An invented catalogue: the same procedures in 63 units."""
    import duckdb

    path = work / "procedures.parquet"
    if not path.is_file():
        empty = "NULL::VARCHAR AS decision, NULL::DATE AS publish_by, NULL::DATE AS published_on"
        empty += ", NULL::DATE AS posted_on, NULL::VARCHAR AS posted_at"
        with duckdb.connect() as connection:
            connection.execute(
                f"""COPY (
                    SELECT 'P' || lpad((unit + 1)::VARCHAR, 2, '0') AS unit,
                        '1.' || lpad(number::VARCHAR, 6, '0') AS "procedure", 'procedure' AS name, 'field' AS field,
                        'province' AS "level", {empty},
                        CASE number % 3 WHEN 0 THEN 'none' WHEN 1 THEN 'partial' ELSE 'full' END AS online_service,
                        (number % 30 + 1)::DECIMAL(18, 4) AS limit_days, NULL::DECIMAL(18, 4) AS limit_days_cut,
                        3::BIGINT AS steps, 4::BIGINT AS documents, number % 20 = 0 AS simplification_proposed
                    FROM range(63) AS units(unit), range({PROCEDURES}) AS numbers(number)
                ) TO '{path}' (FORMAT parquet)"""
            )
    return path


def dossiers(work: Path, rows: int) -> list[Path]:
    """`rows` invented dossiers, a million a part: 63 units, 20 offices each, two years, cells empty as they are."""
    import duckdb

    folder = work / "dossiers"
    folder.mkdir(parents=True, exist_ok=True)
    parts = [folder / f"part-{at:06d}.parquet" for at in range(1, rows // PART + 1)]
    missing = [(at, part) for at, part in enumerate(parts) if not part.is_file()]
    if missing:
        with duckdb.connect() as connection:
            connection.execute("SET threads = 2")
            for at, part in missing:
                staged = part.with_suffix(".staged")
                connection.execute(f"COPY ({_made(at * PART)}) TO '{staged}' (FORMAT parquet, COMPRESSION zstd)")
                staged.rename(part)
    return parts


def _made(first: int) -> str:
    return f"""
        SELECT unit, unit || '-' || lpad((one % 20)::VARCHAR, 2, '0') AS office,
            CASE (one >> 8) % 3 WHEN 0 THEN 'province' WHEN 1 THEN 'district' ELSE 'commune' END AS "level",
            'D' || i AS dossier, '1.' || lpad(((one >> 16) % {PROCEDURES})::VARCHAR, 6, '0') AS "procedure",
            received_on,
            CASE WHEN (one >> 30) % 50 > 0 THEN received_on + (1 + (one >> 36) % 15)::INTEGER END AS due_on,
            CASE WHEN other % 20 > 0 THEN received_on + ((other >> 8) % 20)::INTEGER END AS settled_on,
            CASE WHEN other % 20 > 1 THEN received_on + ((other >> 8) % 20 + 1)::INTEGER END AS returned_on,
            CASE (other >> 20) % 5 WHEN 0 THEN NULL WHEN 1 THEN 'counter' WHEN 2 THEN 'post' ELSE 'online' END
                AS channel,
            CASE (other >> 24) % 4 WHEN 0 THEN NULL WHEN 1 THEN 'none' WHEN 2 THEN 'cash' ELSE 'online' END AS payment,
            CASE WHEN (other >> 28) % 8 > 0 THEN (other >> 28) % 2 = 0 END AS digitised,
            CASE WHEN (other >> 33) % 4 > 0 THEN (other >> 33) % 2 = 0 END AS apology,
            NULL::VARCHAR AS applicant, NULL::VARCHAR AS applicant_number, NULL::VARCHAR AS applicant_phone,
            i + 1 AS source_row
        FROM (
            SELECT i, 'P' || lpad((i % 63 + 1)::VARCHAR, 2, '0') AS unit, (hash(i, 1) >> 1)::BIGINT AS one,
                (hash(i, 2) >> 1)::BIGINT AS other, DATE '2022-11-01' + (hash(i, 3) % 450)::INTEGER AS received_on
            FROM range({first}, {first + PART}) AS numbers(i)
        )"""


def measured(engine: str, work: Path, rows: int) -> dict[str, object]:
    """CPU seconds after the imports (of children too), peak MB, and what was counted, in a fresh interpreter."""
    call = [sys.executable, "-c", _CHILD, engine, ",".join(CODES), str(catalogue(work))]
    return _run([*call, *map(str, dossiers(work, rows))])


def pandas_measured(work: Path, rows: int) -> dict[str, object]:
    return _run([sys.executable, "-c", _PANDAS, str(catalogue(work)), *map(str, dossiers(work, rows))])


def _run(call: list[str]) -> dict[str, object]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def figures(work: Path) -> list[Figure]:
    rows = largest()
    spark_rows = min(rows, 10 * PART) if "RECORDS_ROWS" in os.environ else PART
    few = measured("duckdb", work, PART)
    peer = pandas_measured(work, PART)
    _check_counts(few, peer)
    many = measured("duckdb", work, rows)
    spark, same = measured("spark", work, spark_rows), measured("duckdb", work, spark_rows)
    assert spark["table"] == same["table"], "Spark gives another table"
    peak = float(str(many["peak"]))
    seconds = float(str(many["seconds"]))
    return [
        Figure(
            f"1 million dossiers, {len(CODES)} measures x 63 units",
            float(str(few["seconds"])),
            1.0,
            f"pandas, {float(str(peer['peak'])):.0f} MB",
            float(str(peer["seconds"])),
        ),
        Figure(
            f"{rows // PART} million dossiers, 12 x 63, peak {peak:.0f} of {MEMORY} MB",
            seconds if peak <= MEMORY else float("inf"),
            max(LIMIT_AT_100_MILLION * rows / 100_000_000, 1.0),
            f"Spark on this machine, {spark_rows // PART} million, same table",
            float(str(spark["seconds"])),
        ),
    ]


def _check_counts(ours: dict[str, object], peer: dict[str, object]) -> None:
    """pandas counts the same, so that it is the same work that is compared."""
    theirs: dict[str, dict[str, list[int]]] = peer["counts"]  # type: ignore[assignment]
    for code, unit, numerator, denominator in ours["counts"]:  # type: ignore[attr-defined]
        assert theirs[code][unit] == [numerator, denominator], (code, unit)


def print_cost_of_a_row(work: Path) -> None:
    """CPU seconds and peak memory from 1 million dossiers to the largest number."""
    print(f"\n{'dossiers':>12} {'CPU s':>8} {'µs a row':>9} {'peak MB':>8}   12 measures x 63 units, DuckDB, 2 threads")
    parts = largest() // PART
    for count in sorted({1, 3, 10, 32, 100, parts}):
        if count <= parts:
            found = measured("duckdb", work, count * PART)
            seconds, peak = float(str(found["seconds"])), float(str(found["peak"]))
            print(f"{count * PART:12,} {seconds:8.2f} {seconds / count:9.3f} {peak:8.0f}")


def main() -> None:
    work = ROOT / "out" / "benchmarks"
    work.mkdir(parents=True, exist_ok=True)
    print_figures(figures(work))
    print_cost_of_a_row(work)


if __name__ == "__main__":
    main()
