"""The ready measures: written as any edition writes its own, shipped with the package, checked when they are read."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from parindex.measures.nodes import Measure
from parindex.measures.reading import read_measures
from parindex.problems import Problems

FILE: Final = "ready-measures.yaml"
DATES: Final = ("year_start", "year_end")
"""The dates that every edition has, whatever its calendar; ready measures use no others."""


@cache
def ready_measures() -> dict[str, Measure]:
    """The ready measures by code, in the order of their file."""
    problems = Problems()
    content = resources.files("parindex.measures").joinpath(FILE).read_bytes()
    measures = read_measures(content, FILE, problems, dates=DATES)
    problems.raise_if_any()
    return {measure.code: measure for measure in measures}
