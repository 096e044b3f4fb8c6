"""From the bytes of a workbook to its cells. Runs in the child only: everything it opens is hostile.

The cells that hold a formula, an error or a percentage are found by our own scan; the values are read by calamine,
from a fresh package that holds nothing but the scanned parts. So no part can be one thing to the scan and another
to the reader.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from parindex.language import nfc
from parindex.workbooks import refusals
from parindex.workbooks.cells import Limits, cell_name
from parindex.workbooks.package import Package, open_package
from parindex.workbooks.refusals import Finding, Refused, shown
from parindex.workbooks.reply import FORMULA, PERCENT, BookReply, CellReply, SheetReply
from parindex.workbooks.xml_scan import (
    ERROR,
    MalformedXml,
    SheetScan,
    count_of_plain_cells,
    percent_styles,
    refuse_uncommon_text,
    scan_sheet,
    sheet_entries,
    texts_of_children,
)

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_WORKBOOK = "xl/workbook.xml"
_STYLES = "xl/styles.xml"
_STRINGS = "xl/sharedStrings.xml"

# The reader stops at any other error value, though newer versions of Excel write some (#SPILL!, #CALC!).
_KNOWN_ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#DATA!"}
)


def read_contents(content: bytes, limits: Limits) -> BookReply:
    """The whole workbook, ready to be sent. Raises `Refused`; also whatever calamine raises for a bad file."""
    package = open_package(content, limits)
    try:
        return _read(package, limits)
    except MalformedXml as fault:
        raise Refused(Finding(refusals.DAMAGED, {"part": shown(str(fault))})) from fault


def _read(package: Package, limits: Limits) -> BookReply:
    entries, from_1904 = sheet_entries(package.part(_WORKBOOK))
    relations = {relation.id: relation for relation in package.relations_of(_WORKBOOK)}
    if len(relations) != len(package.relations_of(_WORKBOOK)):
        raise Refused(Finding(refusals.UNUSUAL, {"part": _WORKBOOK, "detail": "Id"}))
    if len(entries) > limits.sheets:
        raise Refused(Finding(refusals.TOO_MANY_SHEETS, {"count": len(entries), "limit": limits.sheets}))
    if len({entry.name.casefold() for entry in entries}) != len(entries):
        raise Refused(Finding(refusals.UNUSUAL, {"part": _WORKBOOK, "detail": "name"}))
    chosen = []
    for entry in entries:
        relation = relations.get(entry.relation)
        if relation is None:
            raise Refused(Finding(refusals.DAMAGED, {"part": shown(entry.name)}))
        if relation.kind == "worksheet":
            chosen.append((entry, _part_name(relation.target)))
        elif relation.kind != "chartsheet":
            raise Refused(Finding(refusals.UNUSUAL, {"part": shown(entry.name), "detail": shown(relation.kind)}))
    if not chosen:
        raise Refused(Finding(refusals.DAMAGED, {"part": _WORKBOOK}))
    if len({part for _, part in chosen}) != len(chosen):
        raise Refused(Finding(refusals.UNUSUAL, {"part": _WORKBOOK, "detail": "Target"}))

    shared = {"styles": _STYLES, "sharedstrings": _STRINGS}
    given: dict[str, bytes] = {}
    for relation in relations.values():
        if relation.kind in shared:
            given[shared[relation.kind]] = package.part(_part_name(relation.target))
    percent = percent_styles(given[_STYLES]) if _STYLES in given else frozenset[str]()
    if _STRINGS in given:
        refuse_uncommon_text(given[_STRINGS], _STRINGS)

    scans: list[SheetScan | None] = []
    findings: list[Finding] = []
    room = limits.cells
    for number, (entry, part) in enumerate(chosen, 1):
        name = nfc(entry.name)
        sheet = package.part(part)
        given[f"xl/worksheets/sheet{number}.xml"] = sheet
        try:
            refuse_uncommon_text(sheet, shown(part))
            count = count_of_plain_cells(sheet, limits, percent)
            if count is not None and count <= room:
                room -= count
                scans.append(None)
                continue
            scan = scan_sheet(sheet, name, limits, room, percent)
            for place, error in scan.errors.items():
                if error not in _KNOWN_ERRORS:
                    findings.append(Finding(refusals.CELL_UNREADABLE, {"found": error}, name, cell_name(*place)))
            room -= len(scan.flags)
            scans.append(scan)
        except Refused as refused:
            findings.extend(refused.findings)
    if findings:
        raise Refused(*findings[:100])

    from python_calamine import load_workbook

    book = load_workbook(io.BytesIO(_clean_package(given, len(chosen), from_1904)))
    sheets = [
        _sheet_reply(nfc(entry.name), entry.hidden, book.get_sheet_by_name(f"s{number}"), scan)
        for number, ((entry, _), scan) in enumerate(zip(chosen, scans, strict=True), 1)
    ]
    return BookReply(
        sheets=sheets,
        properties=_properties(package, "docProps/core.xml", None),
        custom_properties=_properties(package, "docProps/custom.xml", "name"),
    )


def _part_name(target: str) -> str:
    name = target.removeprefix("/")
    return name if name.startswith("xl/") else f"xl/{name}"


_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _clean_package(parts: Mapping[str, bytes], sheets: int, from_1904: bool) -> bytes:
    """A package whose own parts are ours, with the scanned ones at fixed places; sheets are called s1, s2, …"""
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, sheets + 1))
    workbook = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><workbookPr date1904="{int(from_1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>"
    )
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheets + 1)]
    targets += [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    targets = [target for target in targets if f"xl/{target[1]}" in parts]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        archive.writestr("_rels/.rels", _relations_part([("officeDocument", _WORKBOOK)]))
        archive.writestr(_WORKBOOK, workbook)
        archive.writestr("xl/_rels/workbook.xml.rels", _relations_part(targets))
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _relations_part(targets: list[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _sheet_reply(name: str, hidden: bool, sheet: CalamineSheet, scan: SheetScan | None) -> SheetReply:
    reply = SheetReply(name, hidden, [], [], [])
    left = 1 if sheet.start is None else sheet.start[1] + 1
    for row, values in enumerate(sheet.iter_rows(), 1):
        written = [_WRITTEN[type(value)](value) for value in values]
        if any(value is not None for value in written):
            reply.rows.append((row, left, written))
    if scan is None:
        return reply
    unread = dict(scan.flags)
    for row, left, written in reply.rows:
        for column, value in enumerate(written, left):
            if value is None:
                continue
            flags = unread.pop((row, column), None)
            if flags is None:
                # The reader found a value where the scan found none: one of them was misled.
                found = {"part": shown(name), "detail": "<c>"}
                raise Refused(Finding(refusals.UNUSUAL, found, name, cell_name(row, column)))
            if flags:
                reply.marks.append((row, column, flags & (FORMULA | PERCENT)))
    for (row, column), flags in unread.items():  # the reader leaves these out
        if flags & ERROR:
            reply.unread.append((row, column, scan.errors.get((row, column), "")))
        elif flags & FORMULA:
            reply.unread.append((row, column, None))
        if flags & FORMULA:
            reply.marks.append((row, column, FORMULA))
    return reply


def _text(value: str) -> CellReply:
    return (value if value.isascii() else nfc(value)) or None


def _double(value: float) -> CellReply:
    # 5.0 is what the reader makes of 5; above 2**53 a double is not one whole number but many.
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


# A value as the reader gives it, to what JSON can carry (see `reply.CellReply`); by exact type, as bool is an int.
_WRITTEN: Mapping[type, Callable[[Any], CellReply]] = {
    str: _text,
    float: _double,
    bool: lambda value: value,
    int: lambda value: value,
    datetime.datetime: lambda value: ("D", value.isoformat()),
    datetime.date: lambda value: ("d", value.isoformat()),
    datetime.time: lambda value: ("h", value.isoformat()),
    datetime.timedelta: lambda value: ("u", f"{value.days} {value.seconds} {value.microseconds}"),
}


def _properties(package: Package, part: str, name_attribute: str | None) -> dict[str, str]:
    """Document properties; none when the part is missing or broken, since no value depends on them."""
    if part not in package:
        return {}
    try:
        texts = texts_of_children(package.part(part), name_attribute=name_attribute)
    except (Refused, MalformedXml):
        return {}
    return {nfc(name): nfc(text.strip()) for name, text in list(texts.items())[:200]}
