"""Writing workbooks: XlsxWriter with safe options, and the same bytes for the same content."""

from __future__ import annotations

import datetime
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook as WritableWorkbook

# The clock must not stand in a file whose digest is published.
_CREATED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)

_OPTIONS = {
    "in_memory": True,
    # Text stays text: "=1+1" typed by somebody must not become a formula, nor "https://…" a link, nor "1.10" 1.1.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

LONGEST_TEXT = 32_767  # characters in a cell; XlsxWriter would cut the rest without a word


@contextmanager
def new_workbook(
    target: Path | IO[bytes],
    *,
    properties: Mapping[str, str] | None = None,
    custom_properties: Mapping[str, str] | None = None,
    created: datetime.datetime = _CREATED,
) -> Iterator[WritableWorkbook]:
    """An XlsxWriter workbook to fill; it is written to `target` when the block ends well, and not at all otherwise.

    The same content gives the same bytes (with the same versions of XlsxWriter and zlib). `properties` are
    XlsxWriter's document properties ("title", "author", …), `custom_properties` text under names of our own, which
    `Workbook.custom_properties` gives back. A text too long for a cell, and a cell beyond the last row or column,
    raise ValueError. `created` must carry its time zone.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, dict(_OPTIONS))
    book.worksheet_class = _loud_worksheet()
    book.set_properties({**(properties or {}), "created": created.astimezone(datetime.UTC)})
    for name, value in (custom_properties or {}).items():
        book.set_custom_property(name, value, "text")
    yield book
    book.close()
    write_whole(target, buffer.getvalue())


def write_whole(target: Path | IO[bytes], content: bytes) -> None:
    """Write a file whole or not at all."""
    if isinstance(target, Path):
        fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            fresh.write_bytes(content)
            os.replace(fresh, target)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    else:
        target.write(content)


def _loud_worksheet() -> type[Any]:
    """XlsxWriter's worksheet, which here raises where it would leave something out, and lets rows grow."""
    from xlsxwriter.worksheet import Worksheet

    class LoudWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter carries no types
        def _check_dimensions(self, row: int, col: int, *rest: Any, **named: Any) -> int:
            result: int = super()._check_dimensions(row, col, *rest, **named)
            if result:
                raise ValueError(f"row {row + 1}, column {col + 1} is outside of an Excel sheet")
            return result

        def _write_string(self, row: int, col: int, string: str, *rest: Any) -> int:
            if len(string) > LONGEST_TEXT:
                raise ValueError(f"{len(string)} characters do not fit in one Excel cell ({LONGEST_TEXT})")
            result: int = super()._write_string(row, col, string, *rest)
            return result

        def _xml_start_tag_unencoded(self, tag: str, attributes: Sequence[tuple[str, object]] = ()) -> None:
            # The height of a row is where it begins: marked as custom, it would not grow when more is typed.
            if tag == "row":
                attributes = [each for each in attributes if each[0] != "customHeight"]
            super()._xml_start_tag_unencoded(tag, attributes)

    return LoudWorksheet


@dataclass(frozen=True, slots=True)
class Formats:
    """The looks our workbooks share. `input_*` are unlocked and tinted: what people may fill on a protected sheet."""

    title: Format
    heading: Format
    text: Format
    note: Format
    whole: Format
    decimal: Format
    input_text: Format
    input_whole: Format
    input_decimal: Format


def standard_formats(book: WritableWorkbook, *, decimals: int = 2) -> Formats:
    """Add the shared formats to `book`. `decimals` is how many digits a decimal number shows; it keeps all it has."""
    cell: dict[str, object] = {"valign": "top", "border": 1, "border_color": "#BFBFBF"}
    text = {**cell, "num_format": "@", "text_wrap": True}
    whole = {**cell, "num_format": "#,##0"}
    decimal = {**cell, "num_format": "#,##0." + "0" * decimals if decimals else "#,##0"}
    filled: dict[str, object] = {"bg_color": "#FFF9E5", "locked": False}
    add = book.add_format
    return Formats(
        title=add({"bold": True, "font_size": 14, "valign": "top"}),
        heading=add({**cell, "bold": True, "text_wrap": True, "bg_color": "#E7EEF4"}),
        text=add(text),
        note=add({"italic": True, "text_wrap": True, "valign": "top", "font_color": "#595959"}),
        whole=add(whole),
        decimal=add(decimal),
        input_text=add({**text, **filled}),
        input_whole=add({**whole, **filled}),
        input_decimal=add({**decimal, **filled}),
    )


_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def sheet_name(text: str) -> str:
    """`text` as Excel takes it for a sheet: at most 31 characters, without []:*?/\\ or quotes at the ends.

    Two texts may become one name; the caller keeps them apart.
    """
    name = _NOT_IN_SHEET_NAMES.sub("-", text).strip().strip("'")[:31].rstrip(" '")
    if not name or name.lower() == "history":  # Excel keeps this one to itself
        name = f"{name}_"
    return name
