"""Which column of a file is meant by a header of the mapping: without regard to accents, case and spaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from parindex.language import Text, nfc
from parindex.problems import Problems
from parindex.records.legacy import find_legacy
from parindex.records.mapping import RecordMapping, folded_header
from parindex.records.mistakes import COLUMN_MISSING, COLUMN_TWICE, LEGACY
from parindex.sources import Place


def match_headers(
    headers: Sequence[str], mapping: RecordMapping, place: Place, problems: Problems
) -> Mapping[str, int] | None:
    """The number (from 0) of the file's column for each mapped column of the table.

    None after problems: a header that is missing (renamed), or stands twice.
    """
    exact: dict[str, list[int]] = {}
    loose: dict[str, list[int]] = {}
    for number, header in enumerate(headers):
        exact.setdefault(nfc(header).strip(), []).append(number)
        loose.setdefault(folded_header(header), []).append(number)
    found: dict[str, int] = {}
    missing: list[tuple[str, str]] = []
    for source in mapping.columns:
        if not source.headers:
            continue
        # A header as it is written wins over one that differs in accents: a file may have "Mã" and "Ma".
        hits = [at for name in source.headers for at in exact.get(nfc(name).strip(), ())]
        hits = hits or [at for name in source.headers for at in loose.get(folded_header(name), ())]
        hits = list(dict.fromkeys(hits))
        if len(hits) == 1:
            found[source.column.name] = hits[0]
        elif hits:
            problems.add(COLUMN_TWICE, place, header=headers[hits[0]], count=len(hits), column=source.column.name)
        else:
            missing.append((source.column.name, source.headers[0]))
    if missing:
        names = [name for source in mapping.columns for name in source.headers]
        old = find_legacy(headers, names)
        if old is not None:
            problems.add(LEGACY, place, code=old.code, header=old.header, meant=old.meant)
            return None
    used = set(found.values())
    free = {folded_header(header): header for number, header in enumerate(headers) if number not in used}
    for column, header in missing:
        near = get_close_matches(folded_header(header), list(free), n=1, cutoff=0.5)
        guess = Text("", "")
        if near:
            guess = Text(f'; gần nhất là "{free[near[0]]}"', f'; the nearest is "{free[near[0]]}"')
        listed = ", ".join(f'"{each}"' for each in headers[:60])
        problems.add(COLUMN_MISSING, place, header=header, column=column, guess=guess, found=listed)
    return found if len(found) == sum(bool(source.headers) for source in mapping.columns) else None
