"""The list a sample is drawn from: provinces, their districts and communes, villages, households or transactions.

One row per unit of the lowest listed level, with the codes of all levels above it. Units are kept sorted by code, so
that the order of the rows in the file changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from parindex.documents.csv_rows import CELL_EMPTY, CsvRow, read_rows
from parindex.documents.shapes import guess
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.tables.parquet_files import parquet_rows

FRAME_EMPTY = ProblemKind(
    "FRAME-EMPTY",
    what=Text("khung mẫu không có đơn vị nào dùng được.", "the frame has no usable unit."),
    why=Text("", ""),
    remedy=Text("Thêm các dòng vào khung mẫu.", "Add the rows of the frame."),
)
FRAME_TWICE = ProblemKind(
    "FRAME-TWICE",
    what=Text('{level} "{code}" đã có ở dòng {first}.', '{level} "{code}" stands already on line {first}.'),
    why=Text(
        "Đơn vị có hai dòng sẽ có xác suất chọn gấp đôi mà không ai biết.",
        "A unit listed twice would have twice its chance, unseen.",
    ),
    remedy=Text("Bỏ dòng trùng, hoặc sửa mã.", "Remove the repeat, or correct the code."),
)
FRAME_NESTING = ProblemKind(
    "FRAME-NESTING",
    what=Text(
        '{level} "{code}" thuộc "{parent}" ở đây, nhưng thuộc "{first_parent}" ở dòng {first}.',
        '{level} "{code}" is in "{parent}" here, but in "{first_parent}" on line {first}.',
    ),
    why=Text(
        "Mỗi đơn vị chỉ nằm trong một đơn vị cấp trên, nếu không xác suất chọn không tính được.",
        "A unit lies within one unit of the level above, or its chance has no value.",
    ),
    remedy=Text("Sửa mã cấp trên, hoặc đặt mã riêng cho từng đơn vị.", "Correct the upper code, or give each its own."),
)
FRAME_SIZE = ProblemKind(
    "FRAME-SIZE",
    what=Text(
        'cột "{column}": quy mô "{value}" không phải là số nguyên dương.',
        'column "{column}": the size "{value}" is not a whole number above 0.',
    ),
    why=Text(
        "Xác suất chọn theo quy mô; quy mô 0 là không bao giờ được chọn.",
        "Chances follow sizes; with size 0 a unit can never be chosen.",
    ),
    remedy=Text(
        "Ghi số người, số hộ hoặc số hồ sơ; bỏ dòng nếu đơn vị không còn.",
        "Write the number of people, households or dossiers; remove the row if the unit no longer exists.",
    ),
)
FRAME_PROVINCE_UNKNOWN = ProblemKind(
    "FRAME-PROVINCE-UNKNOWN",
    what=Text('không có đơn vị mã "{code}" trong danh sách{guess}.', 'there is no unit with the code "{code}"{guess}.'),
    why=Text(
        "Mẫu được phân bổ cho các đơn vị của kỳ đánh giá.", "The sample is shared among the units of the edition."
    ),
    remedy=Text(
        "Dùng mã đơn vị của kỳ (không dùng tên hay mã hành chính).",
        "Use the edition's unit codes, never names or official numbers.",
    ),
)
FRAME_PROVINCE_ABSENT = ProblemKind(
    "FRAME-PROVINCE-ABSENT",
    what=Text('khung mẫu không có dòng nào của "{code}".', 'the frame has no row of "{code}".'),
    why=Text("Đơn vị này sẽ không có ước lượng.", "This unit would have no estimate."),
    remedy=Text("Thêm các dòng của đơn vị này.", "Add its rows."),
)
FRAME_CODE_CASE = ProblemKind(
    "FRAME-CODE-CASE",
    what=Text(
        '{level} "{code}" và "{first}" chỉ khác nhau ở chữ hoa, chữ thường.',
        '{level} "{code}" and "{first}" differ only in capital and small letters.',
    ),
    why=Text(
        "Ở đây là hai đơn vị; nhiều chương trình coi là một.", "Here they are two; other programs take them for one."
    ),
    remedy=Text("Kiểm tra có phải cùng một đơn vị.", "See whether they are one unit."),
    severity="notice",
)

MIXED: Final = "*"
"""The stratum of a unit whose rows lie in more than one."""

_WHOLE = re.compile("[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class FrameLayout:
    """Which columns a frame has. `levels` are columns of codes from the top (province) to the listed units.

    `size` is the column of people, households or dossiers; None counts each row as one. `strata` are columns that
    divide each province further (town and country).
    """

    levels: tuple[str, ...]
    size: str | None = None
    strata: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameLevel:
    """The units of one level, sorted by code. All tuples have one entry per unit.

    `parents` are positions in the level above (-1 at the top); `sizes` are sums over the listed rows below;
    `strata` are the words of the stratum columns joined by "/", empty without such columns, `MIXED` where the rows
    of a unit differ; `lines` are where each unit stands first.
    """

    name: str
    codes: tuple[str, ...]
    parents: tuple[int, ...]
    sizes: tuple[int, ...]
    strata: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A checked frame: every unit lies within one unit of the level above and has a size above 0."""

    file: str
    layout: FrameLayout
    levels: tuple[FrameLevel, ...]

    def level_at(self, name: str) -> int:
        """The position of a level, 0 at the top; ValueError for a level that is not in the frame."""
        return self.layout.levels.index(name)

    def place(self, level: int, unit: int) -> Place:
        return Place(self.file, self.levels[level].lines[unit])

    def ancestor(self, level: int, unit: int, upper: int) -> int:
        """The position at level `upper` of the unit that holds `unit` of `level`."""
        while level > upper:
            unit = self.levels[level].parents[unit]
            level -= 1
        return unit

    def members(self, upper: int, lower: int) -> list[list[int]]:
        """For each unit of `upper`, the positions of its units of `lower`, in the order of their codes."""
        found: list[list[int]] = [[] for _ in self.levels[upper].codes]
        for unit in range(len(self.levels[lower].codes)):
            found[self.ancestor(lower, unit, upper)].append(unit)
        return found


def read_frame(
    content: bytes, name: str, layout: FrameLayout, problems: Problems, *, provinces: Collection[str] | None = None
) -> Frame | None:
    """A frame from CSV, or from Parquet where the name says so. None when no row can be used; every problem is added
    with its line (in Parquet the number of the row, the head counted as the first).

    `provinces` are the codes that may, and must, stand at the top level; None accepts all. Other columns of the
    file are not read.
    """
    columns = (*layout.levels, *((layout.size,) if layout.size else ()), *layout.strata)
    rows: Iterable[CsvRow]
    if name.lower().endswith(".parquet"):
        rows = parquet_rows(content, name, problems, columns=columns)
    else:
        rows = read_rows(content, name, problems, columns=columns, others=True)
    return frame_of_rows(rows, name, layout, problems, provinces=provinces)


def frame_of_rows(
    rows: Iterable[CsvRow],
    name: str,
    layout: FrameLayout,
    problems: Problems,
    *,
    provinces: Collection[str] | None = None,
) -> Frame | None:
    """A frame from rows of text that any reader made (CSV, or an engine that read Parquet). See `read_frame`."""
    depth = len(layout.levels)
    first_seen: list[dict[str, tuple[str, int]]] = [{} for _ in range(depth)]  # code -> its parent, its line
    strata: list[dict[str, str]] = [{} for _ in range(depth)]
    sizes: list[dict[str, int]] = [{} for _ in range(depth)]
    for count, row in enumerate(rows, start=1):
        codes = _codes(row, layout, problems)
        size = _size(row, layout, problems)
        stratum = _stratum(row, layout, problems)
        if codes is None:
            continue
        if provinces is not None and codes[0] not in provinces:
            problems.add(FRAME_PROVINCE_UNKNOWN, row.place, code=codes[0], guess=guess(codes[0], sorted(provinces)))
            continue
        line = row.place.line or count  # rows of an engine have no lines: their order stands for them
        if not _nested(row, codes, line, layout, first_seen, problems) or size is None or stratum is None:
            continue
        for level, code in enumerate(codes):
            sizes[level][code] = sizes[level].get(code, 0) + size
            if strata[level].setdefault(code, stratum) != stratum:
                strata[level][code] = MIXED
    if not sizes[0]:
        problems.add(FRAME_EMPTY, Place(name))
        return None
    for code in sorted(provinces or ()):
        if code not in first_seen[0]:
            problems.add(FRAME_PROVINCE_ABSENT, Place(name), code=code)
    levels: list[FrameLevel] = []
    for level, level_name in enumerate(layout.levels):
        ordered = sorted(sizes[level])
        _check_case(ordered, level_name, first_seen[level], name, problems)
        above = {code: at for at, code in enumerate(levels[-1].codes)} if levels else {}
        levels.append(
            FrameLevel(
                level_name,
                tuple(ordered),
                tuple(above.get(first_seen[level][code][0], -1) for code in ordered),
                tuple(sizes[level][code] for code in ordered),
                tuple(strata[level][code] for code in ordered),
                tuple(first_seen[level][code][1] for code in ordered),
            )
        )
    return Frame(name, layout, tuple(levels))


def _codes(row: CsvRow, layout: FrameLayout, problems: Problems) -> Sequence[str] | None:
    codes = [row.required(level, problems) for level in layout.levels]
    return [code for code in codes if code is not None] if all(codes) else None


def _size(row: CsvRow, layout: FrameLayout, problems: Problems) -> int | None:
    if layout.size is None:
        return 1
    text = row[layout.size]
    if not text:
        problems.add(CELL_EMPTY, row.place, column=layout.size)
        return None
    if _WHOLE.fullmatch(text) is None:
        problems.add(FRAME_SIZE, row.place, column=layout.size, value=text)
        return None
    return int(text)


def _stratum(row: CsvRow, layout: FrameLayout, problems: Problems) -> str | None:
    words = [row.required(column, problems) for column in layout.strata]
    return "/".join(word or "" for word in words) if all(words) else None


def _nested(
    row: CsvRow,
    codes: Sequence[str],
    line: int,
    layout: FrameLayout,
    first_seen: list[dict[str, tuple[str, int]]],
    problems: Problems,
) -> bool:
    """Whether each code of the row lies where it lay before; adds what does not. New codes are remembered."""
    good = True
    parent = ""
    lowest = len(codes) - 1
    for level, code in enumerate(codes):
        known_parent, first = first_seen[level].setdefault(code, (parent, line))
        if known_parent != parent:
            problems.add(
                FRAME_NESTING,
                row.place,
                level=layout.levels[level],
                code=code,
                parent=parent,
                first_parent=known_parent,
                first=str(first),
            )
            good = False
        elif level == lowest and first != line:
            problems.add(FRAME_TWICE, row.place, level=layout.levels[level], code=code, first=str(first))
            good = False
        parent = code
    return good


def _check_case(
    codes: Sequence[str], level: str, seen: dict[str, tuple[str, int]], name: str, problems: Problems
) -> None:
    folded: dict[str, str] = {}
    for code in codes:
        first = folded.setdefault(code.casefold(), code)
        if first != code:
            problems.add(FRAME_CODE_CASE, Place(name, seen[code][1]), level=level, code=code, first=first)
