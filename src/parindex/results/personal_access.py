"""Who looked at personal columns of records, when, why and at how much: one line for each time, never taken back."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from parindex.tables.record_tables import RECORDS_FOLDER

ACCESS_LOG: Final = f"{RECORDS_FOLDER}/personal-access.log"


def note_access(
    edition: Path, *, at: datetime, account: str, command: str, columns: Sequence[str], rows: int, reason: str
) -> None:
    """Append a line to the log of an edition folder and see it on disk. Raises OSError, and nothing is shown then.

    `account` is the name of the system account; `rows` how many records will be shown. The line is JSON.
    """
    line = {
        "at": at.isoformat(timespec="seconds"),
        "account": account,
        "command": command,
        "columns": list(columns),
        "rows": rows,
        "reason": reason,
    }
    # Appending in one write: two people at once leave two whole lines. Only the owner reads who looked.
    file = os.open(edition / ACCESS_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, (json.dumps(line, ensure_ascii=False) + "\n").encode())
        os.fsync(file)
    finally:
        os.close(file)
