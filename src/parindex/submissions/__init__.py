"""What units send in: the workbook they fill in (`layout`, `writing`) and what it says (`reading`).

The workbook carries the digest of the form it was made as, and a key in every row. It is read by keys and column
heads, never by position; protection of its sheets is a courtesy, and nothing depends on it.
"""

from parindex.submissions.filled import CellsOfSheet, Filled
from parindex.submissions.layout import EvidenceDocument, schema_digest
from parindex.submissions.reading import Submission, read_submission
from parindex.submissions.writing import BlankForm, write_submission

__all__ = [
    "BlankForm",
    "CellsOfSheet",
    "EvidenceDocument",
    "Filled",
    "Submission",
    "read_submission",
    "schema_digest",
    "write_submission",
]
