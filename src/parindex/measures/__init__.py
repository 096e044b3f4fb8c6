"""What records say: measures over declared record tables, read from YAML, said in a sentence, evaluated by an engine.

A measure is a frozen node (`nodes`). Nothing here counts: `parindex.engines` does, and `measured` puts what an engine
counted into the table MEASURED, the same bytes whichever engine it was.
"""

from parindex.measures.engine import Grain, MeasureEngine, Part, RecordSet, Tally
from parindex.measures.measured import measured_rows
from parindex.measures.nodes import Measure
from parindex.measures.reading import read_measures
from parindex.measures.saying import sentence

__all__ = [
    "Grain",
    "Measure",
    "MeasureEngine",
    "Part",
    "RecordSet",
    "Tally",
    "measured_rows",
    "read_measures",
    "sentence",
]
