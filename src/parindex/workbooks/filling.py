"""A workbook of ours that is written once and filled in many times: the form of all units, then the figures of each.

XlsxWriter makes the form (see `writing`), which takes a quarter of a second for one of a hundred lines. Filling in
only exchanges the cells that differ, in the XML that XlsxWriter wrote, and costs a hundredth of it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from parindex.workbooks.cells import column_number
from parindex.workbooks.writing import LONGEST_TEXT

CellFilling: TypeAlias = str | float | date
"""What is put into a cell: words, a number or a day."""

_STRINGS = "xl/sharedStrings.xml"
_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_DAY_ZERO = date(1899, 12, 30)
"""From which Excel counts days, 1 March 1900 and later."""

_ROW = re.compile(r'<row r="(\d+)"([^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(\w+)")?(?:/>|>.*?</c>)', re.DOTALL)
_HEIGHT = re.compile(r' ht="[^"]*"')
_COUNTS = re.compile(r' count="(\d+)" uniqueCount="(\d+)"')


@dataclass(slots=True)
class SheetFilling:
    """What a sheet gets. Rows and columns count from 0, as XlsxWriter counts them; `heights` in points."""

    cells: dict[tuple[int, int], CellFilling] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Cell:
    style: str
    is_string: bool
    xml: str


@dataclass(frozen=True, slots=True)
class _Row:
    attributes: str
    cells: Mapping[int, _Cell]
    xml: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    head: str
    rows: Mapping[int, _Row]
    tail: str


class FilledAgain:
    """A workbook as `new_workbook` writes it, ready to be filled in. It is never changed itself."""

    def __init__(self, content: bytes):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self._parts = {info.filename: archive.read(info).decode() for info in archive.infolist()}
        self._sheets = {path: _sheet_of(self._parts[path]) for path in _paths(self._parts).values()}
        self._paths = _paths(self._parts)
        count = _COUNTS.search(self._parts[_STRINGS])
        assert count is not None
        self._count, self._unique = int(count[1]), int(count[2])

    def filled(self, sheets: Mapping[str, SheetFilling], words: Mapping[str, str]) -> bytes:
        """The workbook with cells and heights of the named sheets, and with words put in the place of others.

        A cell keeps its look. `words` are exchanged in texts, headers, footers and properties, wherever they stand;
        what they are must occur in nothing else. The same arguments give the same bytes. Raises ValueError for a
        text that is too long for a cell, KeyError for a cell that the workbook does not have.
        """
        safe = {mark: _escaped(text) for mark, text in words.items()}
        strings = _Strings(self._unique)
        fillings = {self._paths[name]: filling for name, filling in sheets.items()}
        parts = {}
        for path, part in self._parts.items():
            if path in self._sheets:
                sheet = self._sheets[path]
                body = "".join(_rows(sheet, fillings.get(path) or SheetFilling(), strings))
                parts[path] = sheet.head + body + _exchanged(sheet.tail, safe)
            else:
                parts[path] = part if path == _STRINGS else _exchanged(part, safe)
        given = _exchanged(self._parts[_STRINGS], safe)
        counts = f' count="{self._count + strings.more}" uniqueCount="{self._unique + len(strings.found)}"'
        given = _COUNTS.sub(counts, given, count=1).removesuffix("</sst>")
        # Typed words come after the marks are exchanged: somebody may write what looks like one.
        parts[_STRINGS] = given + "".join(_item(text) for text in strings.found) + "</sst>"
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, part in parts.items():
                info = zipfile.ZipInfo(path, _LONG_AGO)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, part.encode())
        return target.getvalue()


class _Strings:
    """The texts that come after those of the form, each once."""

    def __init__(self, first: int):
        self.first = first
        self.found: dict[str, int] = {}
        self.more = 0
        """Cells with a text more, or fewer, than the form has."""

    def number(self, text: str) -> int:
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"{len(text)} characters do not fit in one Excel cell ({LONGEST_TEXT})")
        return self.found.setdefault(text, self.first + len(self.found))


def _rows(sheet: _Sheet, filling: SheetFilling, strings: _Strings) -> Iterator[str]:
    by_row: dict[int, dict[int, CellFilling]] = {}
    for (place, column), given in filling.cells.items():
        by_row.setdefault(place, {})[column] = given
    unknown = (by_row.keys() | filling.heights.keys()) - sheet.rows.keys()
    if unknown:
        raise KeyError(min(unknown))
    for number, row in sheet.rows.items():
        cells, height = by_row.get(number), filling.heights.get(number)
        if cells is None and height is None:
            yield row.xml
            continue
        attributes = row.attributes
        if height is not None:
            # As XlsxWriter has it: whole pixels.
            attributes = _HEIGHT.sub("", attributes) + f' ht="{int(height * 4 / 3 + 0.5) * 0.75:.16g}"'
        yield f'<row r="{number + 1}"{attributes}>'
        cells = cells or {}
        missing = cells.keys() - row.cells.keys()
        if missing:
            raise KeyError((number, min(missing)))
        for column, cell in row.cells.items():
            value = cells.get(column)
            if value is None:
                yield cell.xml
                continue
            start = f'<c r="{_letters(column)}{number + 1}"{cell.style}'
            strings.more += isinstance(value, str) - cell.is_string
            if isinstance(value, str):
                yield f'{start} t="s"><v>{strings.number(value)}</v></c>'
            else:
                amount = (value - _DAY_ZERO).days if isinstance(value, date) else value
                yield f"{start}><v>{amount:.16G}</v></c>"
        yield "</row>"


def _letters(column: int) -> str:
    assert column < 26
    return chr(65 + column)


def _paths(parts: Mapping[str, str]) -> dict[str, str]:
    """The part of each sheet by its name."""
    targets = dict(re.findall(r'<Relationship Id="(\w+)" [^>]*Target="(worksheets/[^"]+)"', parts[_RELATIONS]))
    found = re.findall(r'<sheet name="([^"]*)"[^>]* r:id="(\w+)"', parts[_BOOK])
    return {_read(name): f"xl/{targets[relation]}" for name, relation in found}


def _read(text: str) -> str:
    for mark, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(mark, letter)
    return text


def _sheet_of(part: str) -> _Sheet:
    if "<sheetData/>" in part:
        head, tail = part.split("<sheetData/>", 1)
        return _Sheet(f"{head}<sheetData/>", {}, tail)
    first = part.index("<sheetData>") + len("<sheetData>")
    last = part.index("</sheetData>")
    rows = {}
    for match in _ROW.finditer(part, first, last):
        cells = {}
        inside = match[3] or ""
        for cell in _CELL.finditer(inside):
            style = f' s="{cell[2]}"' if cell[2] else ""
            cells[column_number(cell[1]) - 1] = _Cell(style, cell[3] == "s", cell[0])
        assert "".join(cell.xml for cell in cells.values()) == inside, "XlsxWriter writes rows in another way"
        rows[int(match[1]) - 1] = _Row(match[2], cells, match[0])
    assert "".join(row.xml for row in rows.values()) == part[first:last], "XlsxWriter writes sheets in another way"
    return _Sheet(part[:first], rows, part[last:])


def _exchanged(part: str, words: Mapping[str, str]) -> str:
    for mark, text in words.items():
        part = part.replace(mark, text)
    return part


def _escaped(text: str) -> str:
    from xlsxwriter.xmlwriter import XMLwriter

    safe: str = XMLwriter()._escape_attributes(XMLwriter._escape_control_characters(text))
    return safe


def _item(text: str) -> str:
    """A shared string. Words that look like rich text stay words."""
    from xlsxwriter.utility import _preserve_whitespace
    from xlsxwriter.xmlwriter import XMLwriter

    writer = XMLwriter()
    writer.fh = io.StringIO()
    attributes = [("xml:space", "preserve")] if _preserve_whitespace(text) else []
    writer._xml_si_element(XMLwriter._escape_control_characters(text), attributes)
    item: str = writer.fh.getvalue()
    return item
