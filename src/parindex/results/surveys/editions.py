"""Figures of a survey in the form an edition takes: estimates.csv, in percent, one row a unit and node."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from parindex.problems import Problems
from parindex.results.surveys.tables import WHOLE, EstimateRow
from parindex.sources import Place
from parindex.survey.asked_mistakes import NODE_CODE

EDITION_COLUMNS: Final = ("unit", "node", "value", "se", "lower", "upper", "n", "method", "basis", "reason", "source")
_HUNDRED: Final = ("index", "part", "factor", "node")
"""Measures that stand in percent already."""


def edition_csv(rows: Sequence[EstimateRow], nodes: Mapping[str, str], source: str) -> bytes:
    """estimates.csv of an edition: the figures of single units, in percent, intervals cut to 0 and 100.

    `nodes` says which node takes which code (an index, or a share); items that score a node are there without being
    named. A unit without a figure keeps its row, empty with the reason. Raises ProblemsFound.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(EDITION_COLUMNS)
    problems = Problems()
    told = set()
    # Which of several shares (a choice, a number of visits) would be meant, no code says.
    shares = Counter((row.domain, row.code) for row in rows if row.measure == "share" and row.by != WHOLE)
    for row in rows:
        node = row.code if row.measure == "node" else nodes.get(row.code)
        if node is None or row.domain == WHOLE or row.measure not in (*_HUNDRED, "share"):
            continue
        if row.measure == "share" and shares[row.domain, row.code] > 1:
            continue
        told.add(row.code)
        scale = 1 if row.measure in _HUNDRED else 100
        value, se, lower, upper = (None if each is None else each * scale for each in row[5:9])
        low = None if lower is None else max(lower, Decimal(0))
        high = None if upper is None else min(upper, Decimal(100))
        figures = ["" if each is None else format(each, "f") for each in (value, se, low, high)]
        reason = "" if value is not None or row.note_vi is None else f"{row.note_vi} / {row.note_en}"
        n = "" if row.n is None else row.n
        writer.writerow([row.domain, node, *figures, n, row.method, "survey", reason, source])
    for code in nodes:
        if code not in told:
            problems.add(NODE_CODE, Place(source), code=code)
    problems.raise_if_any()
    return out.getvalue().encode()
