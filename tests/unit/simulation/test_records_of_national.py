"""Measures over the invented records count exactly what was accepted, for every province of the simulated edition."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from parindex.engines.measure_engines import open_engine
from parindex.measures.engine import RecordSet
from parindex.measures.measured import measured_rows
from parindex.measures.nodes import edition_dates
from parindex.measures.reading import read_measures
from parindex.problems import Problems
from parindex.records.journal import record_set
from parindex.simulation.accepted_counts import AcceptedCounts
from parindex.simulation.example_files import example_folder
from parindex.simulation.national import accepted_counts
from parindex.simulation.record_folder import MEASURES, records_of, write_record_folder
from parindex.tables.record_tables import RECORD_TABLES

YEAR = 2023
SEED = 11


def counted(accepted: AcceptedCounts) -> dict[str, tuple[int, int]]:
    """What each measure must count, numerator and denominator: the accepted answers."""
    return {
        "procedures_published_on_time": (accepted.published_on_time, accepted.to_publish),
        **{
            f"on_time_share_{level}": (accepted.settled[level].on_time, accepted.settled[level].settled)
            for level in ("province", "district", "commune")
        },
        "apologies_for_late": (accepted.apologies, accepted.late),
        "fully_online_share": (accepted.fully_online, accepted.fit_for_online),
        "online_share": (accepted.submitted_online, accepted.of_online_procedures),
        "online_payment_share": (accepted.paid_online, accepted.with_fee),
    }


@pytest.mark.slow
def test_the_measures_of_the_edition_count_what_was_accepted(tmp_path: Path) -> None:
    source = example_folder("national")
    accepted = accepted_counts(source, SEED)
    write_record_folder(
        tmp_path, [records_of(each) for each in accepted.values()], year=YEAR, seed=SEED, sizes={"P63-01": 3.0}
    )
    records = {name: record_set(tmp_path, table, verify=True) for name, table in RECORD_TABLES.items()}
    problems = Problems()
    dates = edition_dates(YEAR, {"opens_on": date(2023, 12, 15), "closes_on": date(2024, 1, 31)})
    measures = read_measures((source / MEASURES).read_bytes(), MEASURES, problems, dates=dates)
    problems.raise_if_any()
    parts = RecordSet({name: tuple(str(file) for file in each.files) for name, each in records.items()})
    engine = open_engine("duckdb")
    try:
        tallies = engine.evaluate(measures, parts, dates)
    finally:
        engine.close()
    rows = measured_rows(
        measures,
        tallies,
        edition="2023",
        units=list(accepted),
        digests={name: each.digest for name, each in records.items()},
    )
    assert len(rows) == 63 * len(measures)
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in rows:
        assert row.unknown == 0, row
        pair = (int(row.numerator or Decimal(0)), int(row.denominator or Decimal(0)))
        found.setdefault(row.unit, {})[row.measure] = pair
    assert found == {unit: counted(each) for unit, each in accepted.items()}
    assert set(counted(accepted["P63-01"])) == {measure.code for measure in measures}
