"""A list of people to be invited, pasted from a spreadsheet or read from a CSV file: all problems at once, by line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from parindex.documents.csv_rows import CsvRow, read_rows
from parindex.documents.text_files import decode
from parindex.language import fold
from parindex.problems import Problem, Problems
from parindex.sources import Place
from parindex_web.accounts.roles import ROLES
from parindex_web.people import problems
from parindex_web.people.actions import PersonAsked
from parindex_web.people.forms import Wrong, read_duty, read_person
from parindex_web.people.queries import Known, addresses_taken, unit_codes

COLUMNS = ("email", "full_name", "role")
OPTIONAL = ("edition", "unit", "domains", "from", "until", "language")
HEADER = ",".join((*COLUMNS, *OPTIONAL))

MOST = 200
"""People on one list: their mails leave while the page is awaited."""

LARGEST = 200_000
"""Bytes."""

_NAMES = {
    "dia chi thu": "email", "dia chi": "email", "thu dien tu": "email", "address": "email", "e-mail": "email",
    "ho ten": "full_name", "ho va ten": "full_name", "name": "full_name", "full name": "full_name",
    "vai tro": "role", "ky": "edition", "ky danh gia": "edition", "don vi": "unit", "linh vuc": "domains",
    "tu ngay": "from", "den ngay": "until", "den het ngay": "until", "ngon ngu": "language",
}  # fmt: skip
"""Other names of the columns, without accents."""

_ROLES = {fold(word): code for code, name in ROLES.items() for word in (code, name.vi, name.en)}
_LANGUAGES = {"": "vi", "vi": "vi", "tieng viet": "vi", "en": "en", "english": "en", "tieng anh": "en"}
_EVERYTHING = {"tat ca", "moi ky", "moi don vi", "all"}


@dataclass(frozen=True, slots=True)
class LineRead:
    """One person of the list and the line they stand on."""

    line: int
    asked: PersonAsked


@dataclass(frozen=True, slots=True)
class ListRead:
    """The list as it was understood; `problems` empty: it can be sent as it is."""

    lines: tuple[LineRead, ...]
    problems: tuple[Problem, ...]


def text_of(content: bytes, name: str, found: Problems) -> str | None:
    """The text of an uploaded file; None with what is wrong with it."""
    if len(content) > LARGEST:
        found.add(problems.LIST_LARGE, Place(""), limit=LARGEST // 1000)
    elif content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        found.add(problems.LIST_WORKBOOK, Place(""), name=name)
    else:
        return decode(content, name, found)
    return None


def read_list(text: str, known: Known) -> ListRead:
    """Everybody on the list, and all that is wrong with it."""
    found = Problems()
    content = text.encode()
    if len(content) > LARGEST:
        found.add(problems.LIST_LARGE, Place(""), limit=LARGEST // 1000)
        return ListRead((), found.sorted())
    rows = read_rows(_with_commas(text).encode(), "", found, columns=COLUMNS, optional=OPTIONAL)
    if not rows and not found.errors:
        found.add(problems.LIST_EMPTY, Place(""))
    if len(rows) > MOST:
        found.add(problems.LIST_LONG, Place(""), found=len(rows), most=MOST)
        return ListRead((), found.sorted())
    units = unit_codes()
    lines = tuple(_line(row, units, known, found) for row in rows)
    _refuse_taken(lines, found)
    return ListRead(lines, found.sorted())


def _line(row: CsvRow, units: Mapping[str, str], known: Known, found: Problems) -> LineRead:
    wrong = Wrong()
    typed = {
        "email": row["email"],
        "full_name": row["full_name"],
        "language": _LANGUAGES.get(fold(row["language"]), row["language"]),
        "role": _ROLES.get(fold(row["role"]), row["role"]),
        "edition": _unless_all(row["edition"]),
        "unit": units.get(fold(row["unit"]), _unless_all(row["unit"])),
        "domains": re.sub(r"[;\s]+", ",", row["domains"]),
        "valid_from": _day(row["from"]),
        "valid_until": _day(row["until"]),
    }
    person = read_person(typed, wrong)
    duty = read_duty(typed, known, wrong)
    for each in (problem for of_field in wrong.fields.values() for problem in of_field):
        if each.kind is problems.ROLE_WRONG and row["role"]:
            found.add(problems.ROLE_UNKNOWN, row.place, typed=row["role"], known=", ".join(ROLES))
        else:
            found.add(each.kind, row.place, **each.values)
    return LineRead(row.place.line or 0, PersonAsked(person.full_name, person.email, person.language, duty))


def _refuse_taken(lines: tuple[LineRead, ...], found: Problems) -> None:
    """Addresses that stand on the list twice, belong to somebody, or are invited already."""
    first: dict[str, int] = {}
    people, invited = addresses_taken([each.asked.email for each in lines])
    for each in lines:
        email, place = each.asked.email, Place("", each.line)
        if not email:
            continue
        if email in first:
            # As text: a line has no thousands separator.
            found.add(problems.LINE_TWICE, place, address=email, line=str(first[email]))
        elif email in people:
            found.add(problems.ADDRESS_KNOWN, place, address=email)
        elif email in invited:
            found.add(problems.ADDRESS_INVITED, place, address=email)
        first.setdefault(email, each.line)


def _unless_all(typed: str) -> str:
    return "" if fold(typed) in _EVERYTHING else typed


def _day(typed: str) -> str:
    """20/01/2024, as a spreadsheet writes it, as the date it is; anything else stays."""
    parts = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", typed)
    if parts is None:
        return typed
    day, month, year = map(int, parts.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return typed


def _with_commas(text: str) -> str:
    """The same lines with commas and the names of `COLUMNS`: spreadsheets paste tabs and save semicolons here."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    mark = next((each for each in "\t;" if each in head), ",")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    named = False
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            if not named and any(cells):
                named = True
                cells = [_NAMES.get(fold(cell.strip()), cell.strip().lower()) for cell in cells]
            writer.writerow(cells)
    except csv.Error:
        # The reader of rows says where.
        return text
    return out.getvalue()
