"""The XML inside a workbook, read with expat alone: markup that is refused, and the few lists a reader needs.

Each part is parsed in one go, so that expat never starts a long token anew; its size is bounded before.
Names are compared without their prefix, since any prefix can be bound to the same namespace.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from xml.parsers import expat

from parindex.workbooks import refusals
from parindex.workbooks.cells import Limits, cell_name, column_number
from parindex.workbooks.refusals import Finding, Refused, shown
from parindex.workbooks.reply import FORMULA, PERCENT

Attributes = dict[str, str]

ERROR = 4  # beside FORMULA and PERCENT, which the reply carries


class MalformedXml(Exception):
    """Not well-formed, so no two programs need to read the same in it."""


class Relationship(NamedTuple):
    """`kind` is the last word of the type, in lower case: "worksheet"."""

    id: str
    kind: str
    target: str
    external: bool


class SheetEntry(NamedTuple):
    name: str
    relation: str
    hidden: bool


class SheetScan(NamedTuple):
    """Where a sheet holds something: flags by (row, column), and the text of error cells."""

    flags: dict[tuple[int, int], int]
    errors: dict[tuple[int, int], str]


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _parse(content: bytes, prepare: Callable[[expat.XMLParserType], None]) -> None:
    parser = expat.ParserCreate()
    prepare(parser)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as fault:
        raise MalformedXml(str(fault)) from fault
    except (ValueError, LookupError) as fault:  # an encoding Python does not know, or cannot use here
        raise MalformedXml(str(fault)) from fault


def check_markup(content: bytes, part: str) -> None:
    """Refuse a DOCTYPE in any encoding, and any encoding but UTF-8. `part` is the name for messages.

    Raises Refused, or MalformedXml.
    """
    encodings: list[str] = []

    def doctype(*_: object) -> None:
        raise Refused(Finding(refusals.DOCTYPE, {"part": part}))

    def declaration(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None:
            encodings.append(encoding)

    def prepare(parser: expat.XMLParserType) -> None:
        parser.XmlDeclHandler = declaration
        parser.StartDoctypeDeclHandler = doctype
        parser.EntityDeclHandler = doctype

    if b"\0" in content[:4]:
        encodings.append("UTF-16")
    malformed = None
    try:
        _parse(content, prepare)
    except MalformedXml as fault:
        malformed = fault
    strange = [encoding for encoding in encodings if encoding.lower() not in ("utf-8", "us-ascii", "ascii")]
    if strange:
        # Also when not well-formed: of the two messages this one helps.
        raise Refused(Finding(refusals.UNUSUAL, {"part": part, "detail": shown(strange[0], 20)}))
    if malformed is not None:
        raise malformed


def _elements(content: bytes, each: Callable[[str, Attributes], None]) -> None:
    def prepare(parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = lambda name, attributes: each(_local(name), attributes)

    _parse(content, prepare)


def content_types(content: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Types by file ending, and by part name (lower case, without the leading slash)."""
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}

    def each(name: str, attributes: Attributes) -> None:
        if name == "Default":
            defaults[attributes.get("Extension", "").lower()] = attributes.get("ContentType", "")
        elif name == "Override":
            overrides[attributes.get("PartName", "").lower().lstrip("/")] = attributes.get("ContentType", "")

    _elements(content, each)
    return defaults, overrides


def relationships(content: bytes) -> list[Relationship]:
    found: list[Relationship] = []

    def each(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            found.append(
                Relationship(
                    attributes.get("Id", ""),
                    attributes.get("Type", "").rpartition("/")[2].lower(),
                    attributes.get("Target", ""),
                    attributes.get("TargetMode", "").lower() == "external",
                )
            )

    _elements(content, each)
    return found


def sheet_entries(content: bytes) -> tuple[list[SheetEntry], bool]:
    """The sheets in workbook order, and whether days count from 1904."""
    sheets: list[SheetEntry] = []
    from_1904 = False

    def each(name: str, attributes: Attributes) -> None:
        nonlocal from_1904
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            sheets.append(SheetEntry(attributes.get("name", ""), relation, hidden))
        elif name == "workbookPr":
            from_1904 = attributes.get("date1904", "0").lower() in ("1", "true", "on")

    _elements(content, each)
    return sheets, from_1904


_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def percent_styles(content: bytes) -> frozenset[str]:
    """The numbers of the cell formats that show a percentage (numFmtId 9 and 10, or a code with %)."""
    codes = {"9": "0%", "10": "0.00%"}
    styles: set[str] = set()
    inside = False
    count = 0

    def start(name: str, attributes: Attributes) -> None:
        nonlocal inside, count
        name = _local(name)
        if name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            if "%" in _NOT_SHOWN.sub("", codes.get(attributes.get("numFmtId", "0"), "")):
                styles.add(str(count))
            count += 1

    def end(name: str) -> None:
        nonlocal inside
        if _local(name) == "cellXfs":
            inside = False

    def prepare(parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = start
        parser.EndElementHandler = end

    _parse(content, prepare)
    return frozenset(styles)


def texts_of_children(content: bytes, *, name_attribute: str | None = None) -> dict[str, str]:
    """The text of each child of the root, by its name, or by the attribute that names it."""
    texts: dict[str, str] = {}
    depth = 0
    key = ""

    def start(name: str, attributes: Attributes) -> None:
        nonlocal depth, key
        depth += 1
        if depth == 2:
            key = _local(name) if name_attribute is None else attributes.get(name_attribute, "")
            texts[key] = ""

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def text(data: str) -> None:
        if depth >= 2:
            texts[key] += data

    def prepare(parser: expat.XMLParserType) -> None:
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text

    _parse(content, prepare)
    return texts


def refuse_uncommon_text(content: bytes, part: str) -> None:
    """Refuse CDATA, comments and instructions: programs differ in what they read there; Excel writes none."""

    def uncommon(*_: object) -> None:
        raise Refused(Finding(refusals.UNUSUAL, {"part": part, "detail": "CDATA, <!-- -->, <? ?>"}))

    def prepare(parser: expat.XMLParserType) -> None:
        parser.StartCdataSectionHandler = uncommon
        parser.CommentHandler = uncommon
        parser.ProcessingInstructionHandler = uncommon

    # The bytes decide whether to look: in UTF-8 this markup cannot be written in any other way.
    if b"<!" in content or content.count(b"<?") > content.startswith((b"<?xml", b"\xef\xbb\xbf<?xml")):
        _parse(content, prepare)


# A cell in the first 9,999 rows as Excel, LibreOffice and XlsxWriter write it; and any cell at all.
_COMMON_CELL = re.compile(rb'<c r="([A-Z]{1,3})[1-9][0-9]{0,3}"')
_COMMON_ROWS = 9_999
_ANY_CELL = re.compile(rb"<c(?![A-Za-z0-9_.-])")


def count_of_plain_cells(content: bytes, limits: Limits, percent: frozenset[str]) -> int | None:
    """How many cells, held or empty, a sheet has in which `scan_sheet` would find nothing to refuse or to mark.

    None where it might. Three times as fast as the scan, and exact because the part is well-formed UTF-8 without
    DOCTYPE, CDATA, comments and instructions: every "<" then begins a tag.
    """
    if limits.rows < _COMMON_ROWS or any(sign in content for sign in (b"<f", b":f", b":c", b'"e"', b"'e'")):
        return None
    letters = _COMMON_CELL.findall(content)
    if len(letters) != len(_ANY_CELL.findall(content)):
        return None
    if any(column_number(text.decode("ascii")) > limits.columns for text in set(letters)):
        return None
    if percent:
        styles = "|".join(sorted(percent)).encode("ascii")
        if re.search(rb"\ss\s*=\s*[\"'](?:" + styles + rb")[\"']", content):
            return None
    return len(letters)


# What a cell may hold, down to its texts; after any other element no cell is open.
_INSIDE_A_CELL = frozenset({"v", "f", "is", "t", "r", "rPr", "rPh", "phoneticPr"})
_FILLS_A_RANGE = frozenset({"array", "dataTable"})
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})", re.ASCII)


def scan_sheet(content: bytes, sheet: str, limits: Limits, room: int, percent: frozenset[str]) -> SheetScan:
    """Find the cells that hold something, those with a formula, shown as percent, or in error.

    A cell without a place (`r`) stands right of the one before it, as the format says. Raises Refused at the first
    cell beyond `limits.rows` or `limits.columns`, at one more than `room` cells, or at a place that is none.
    """
    flags: dict[tuple[int, int], int] = {}
    errors: dict[tuple[int, int], str] = {}
    ranges: list[tuple[int, int, int, int]] = []
    columns: dict[str, int] = {}
    row = 0  # the row that is open, or was last
    column = 0  # the column of the last cell
    place: tuple[int, int] | None = None
    mark = 0
    words: list[str] | None = None  # the text of an error cell, while it is being read
    parser_of_sheet: list[expat.XMLParserType] = []

    def position(name: str) -> tuple[int, int]:
        letters = name.rstrip("0123456789")
        number = columns.get(letters)
        digits = name[len(letters) :]
        if number is None or len(digits) > 7:
            match = _CELL.fullmatch(name)
            if match is None:
                found = {"part": shown(sheet), "detail": f'r="{shown(name, 20)}"'}
                raise Refused(Finding(refusals.UNUSUAL, found, sheet))
            number = columns[letters] = column_number(match[1])
        return int(digits or 0), number

    def begin_cell(attributes: Attributes) -> None:
        nonlocal row, column, place, mark
        name = attributes.get("r")
        if name is None:
            column += 1
            place = (row, column)
        else:
            place = position(name)
            column = place[1]
        mark = PERCENT if attributes.get("s") in percent else 0
        if attributes.get("t") == "e":
            mark |= ERROR

    def holds_something(where: tuple[int, int]) -> None:
        if where[0] < 1:
            raise Refused(Finding(refusals.UNUSUAL, {"part": shown(sheet), "detail": "<c>"}, sheet))
        if where[0] > limits.rows or where[1] > limits.columns:
            values = {"rows": limits.rows, "columns": limits.columns}
            raise Refused(Finding(refusals.TOO_FAR, values, sheet, cell_name(*where)))
        if len(flags) >= room:
            raise Refused(Finding(refusals.TOO_MUCH, {"limit": limits.cells}))

    def start(name: str, attributes: Attributes) -> None:
        nonlocal row, column, place, words
        if ":" in name:
            name = _local(name)
        if words is not None and place is not None:
            _close_error(place)
        if name == "c":
            begin_cell(attributes)
        elif name in _INSIDE_A_CELL:
            if place is None or name not in ("v", "f", "is"):
                return
            old = flags.get(place)
            if old is None:
                holds_something(place)
                old = 0
            if name == "f":
                flags[place] = old | mark | FORMULA
                if attributes.get("t") in _FILLS_A_RANGE and "ref" in attributes:
                    first, _, last = attributes["ref"].partition(":")
                    ranges.append(position(first) + position(last or first))
            else:
                flags[place] = old | mark
                if mark & ERROR:
                    words = []
                    parser_of_sheet[0].CharacterDataHandler = words.append
        elif name == "row":
            place = None
            column = 0
            number = attributes.get("r", "")
            row = int(number) if number.isascii() and number.isdigit() and len(number) <= 7 else row + 1
        else:
            place = None

    def _close_error(where: tuple[int, int]) -> None:
        nonlocal words
        errors[where] = shown("".join(words or ()).strip(), 40)
        words = None
        parser_of_sheet[0].CharacterDataHandler = None

    def prepare(parser: expat.XMLParserType) -> None:
        parser_of_sheet.append(parser)
        parser.buffer_text = True
        parser.StartElementHandler = start

    _parse(content, prepare)
    if words is not None and place is not None:
        _close_error(place)
    _mark_ranges(flags, ranges)
    return SheetScan(flags, errors)


def _mark_ranges(flags: dict[tuple[int, int], int], ranges: list[tuple[int, int, int, int]]) -> None:
    """Only the first cell of an array formula names it; all cells of its range hold what it gave."""
    last_row = max((row for row, _ in flags), default=0)
    last_column = max((column for _, column in flags), default=0)
    for top, left, bottom, right in set(ranges):
        for row in range(top, min(bottom, last_row) + 1):
            for column in range(left, min(right, last_column) + 1):
                if (row, column) in flags:
                    flags[row, column] |= FORMULA
