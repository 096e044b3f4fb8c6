"""How a unit's workbook looks: near-black on white, one accent, greys, and yellow where people write."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# On every office computer, with all Vietnamese letters; LibreOffice puts Liberation Sans, of the same widths.
_FONT = "Arial"
_INK, _GREY, _ACCENT = "#1A1A1A", "#595959", "#123F6D"
_LINE, _LEAF, _CRITERION, _CLOSED = "#BFBFBF", "#F3F6F9", "#DCE6EF", "#E6E6E6"
_OPEN, _BANNER, _WARNING = "#FFF9E5", "#FFD54A", "#B00020"


class Looks:
    """The formats of one workbook. `open_*` are unlocked: what people fill in on a protected sheet."""

    def __init__(self, book: Any, decimals: int):
        font: dict[str, object] = {"font_name": _FONT, "font_size": 10, "font_color": _INK, "valign": "top"}
        cell: dict[str, object] = {**font, "border": 1, "border_color": _LINE, "text_wrap": True}
        points = {"num_format": "0.00##", "align": "right", "indent": 1}
        digits = "0." + "0" * decimals if decimals else "0"
        score = {"num_format": digits, "align": "right", "indent": 1, "bold": True, "font_color": _ACCENT}
        leaf = {**cell, "bg_color": _LEAF}
        criterion = {**cell, "bg_color": _CRITERION, "bold": True}
        grey = {**cell, "bg_color": _CLOSED, "font_color": _GREY}
        filled = {**cell, "bg_color": _OPEN, "locked": False}

        def add(*properties: Mapping[str, object]) -> Any:
            merged: dict[str, object] = {}
            for each in properties:
                merged |= each
            return book.add_format(merged)

        self.plain = add(font)
        self.title = add(font, {"bold": True, "font_size": 14, "font_color": _ACCENT})
        self.subtitle = add(font, {"font_size": 10, "font_color": _GREY})
        self.note_line = add(font, {"font_size": 9, "font_color": _GREY})
        self.section = add(font, {"bold": True, "font_color": _ACCENT})
        self.step = add(cell, {"align": "center"})
        self.sign = add(font, {"bold": True})
        self.banner = add(font, {"bold": True, "font_size": 11, "bg_color": _BANNER, "valign": "vcenter"})
        self.head = add(cell, {"bold": True, "font_size": 9, "font_color": "#FFFFFF", "bg_color": _ACCENT})
        self.head.set_align("center")
        self.head.set_align("vcenter")
        self.small = book.add_format({"font_name": _FONT, "font_size": 8, "font_color": _GREY})

        self.text = add(cell)
        self.bold = add(cell, {"bold": True})
        self.points = add(cell, points)
        self.whole = add(cell, {"num_format": "#,##0", "align": "right", "indent": 1})
        self.criterion = add(criterion)
        self.criterion_points = add(criterion, points)
        self.total_score = add(criterion, score)
        self.total_whole = add(criterion, {"num_format": "#,##0", "align": "right", "indent": 1})
        self.leaf = add(leaf)
        self.leaf_points = add(leaf, points)
        self.leaf_side = add(leaf, {"font_size": 9})
        self.score = add(leaf, score)
        self.grey = add(grey)
        self.grey_points = add(grey, points)
        self.key = add(cell, {"font_size": 8, "font_color": _GREY, "text_wrap": False, "shrink": True})
        self.input_label = add(cell, {"indent": 1})
        self.unit = add(cell, {"font_size": 9})
        self.warning = add(cell, {"bold": True, "font_color": _WARNING, "font_size": 9})

        self.open_text = add(filled, {"num_format": "@"})
        self.open_date = add(filled, {"num_format": "dd/mm/yyyy", "align": "left"})
        # General: a figure typed with % then shows it, and can be refused; a fixed format would hide the sign.
        general = {"align": "right", "indent": 1}
        self.open_number: Mapping[str, Any] = {
            "yes_no": add(filled),
            "choice": add(filled),
            "count": add(filled, general, {"num_format": "#,##0"}),
            "amount": add(filled, general, {"num_format": "#,##0.00##"}),
            "percent": add(filled, general),
            "number": add(filled, general),
        }


# How wide Arial of 10 points is, in units of column width (7 pixels); letters that are not named are like "a".
_WIDE: Mapping[str, float] = {
    **dict.fromkeys(" tf.,;:/|!'()[]iíìỉĩịljIÍÌỈĨỊ", 0.53),
    **dict.fromkeys("r-", 0.64),
    **dict.fromkeys("cksvxyzýỳỷỹỵ", 0.96),
    **dict.fromkeys("mMwW%@Ơ—", 1.59),
    **dict.fromkeys("ABCDEGHKNOPQRSTUVXYĐÂÊÔƯÁẠẢÃÀẤẦẨẪẬỐỒỔỖỘẾỀỂỄỆ&", 1.35),
}


@lru_cache(maxsize=8192)
def lines_of(text: str, width: float, size: int = 10) -> int:
    """How many lines `text` takes in a column of `width`, wrapped at words; a little more rather than less."""
    room = (width - 0.4) * 10 / size
    lines = 0
    for paragraph in text.split("\n"):
        lines += 1
        used = 0.0
        for word in paragraph.split(" "):
            long = sum(_WIDE.get(letter, 1.07) for letter in word)
            if used and used + 0.53 + long > room:
                lines += 1
                used = 0.0
            if long > room:  # broken inside the word
                lines += int(long / room)
                long %= room
            used += long + (0.53 if used else 0)
    return lines


def height_of(text: str, width: float, small: str = "", *, size: int = 10, bold: bool = False) -> float:
    """The height of a cell in points: `text` at `size` points and `small` under it at 8."""
    height = 1.28 * size * lines_of(text, width / 1.08 if bold else width, size) + 3.5
    return height + 10.5 * lines_of(small, width, 8) if small else height
