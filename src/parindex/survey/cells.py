"""Cells: how many respondents of a group gave which answer, and with what weight. They add, exactly.

A group is what shares a stratum, PSU, SSU, domains and calibration margins. All sums are whole numbers (weights are
whole millionths), so that cells are the same for every number of threads and every order in which parts are merged.
Every respondent is counted in its group, also one who answered nothing: the number of PSUs of a stratum comes from
the whole sample, never from those who answered.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.survey.design import ALL, SurveyDesign
from parindex.survey.keys import sorted_groups
from parindex.survey.moments import Moments, added_moments

Whole = NDArray[np.int64]
WideWhole = NDArray[np.object_]
"""Python whole numbers: sums that may pass 64 bits."""

PSU_TWO_STRATA = ProblemKind(
    "PSU-TWO-STRATA",
    what=Text(
        'cột "{column}": đơn vị mẫu "{psu}" có ở hai tầng, "{first}" và "{second}".',
        'column "{column}": the sampled unit "{psu}" lies in two strata, "{first}" and "{second}".',
    ),
    why=Text(
        "Sai số chuẩn tính theo từng tầng; một đơn vị chỉ được chọn trong một tầng.",
        "Standard errors are computed stratum by stratum, and a unit is drawn in one of them.",
    ),
    remedy=Text(
        'Sửa mã; nếu mã chỉ duy nhất trong tầng, ghi "nested: true".',
        'Correct the code; if codes are unique only within their stratum, write "nested: true".',
    ),
)
SSU_TWO_PSUS = ProblemKind(
    "SSU-TWO-PSUS",
    what=Text(
        'cột "{column}": đơn vị cấp hai "{ssu}" có ở hai đơn vị cấp một, "{first}" và "{second}".',
        'column "{column}": the second-stage unit "{ssu}" lies in two first-stage units, "{first}" and "{second}".',
    ),
    why=Text("Các giai đoạn chọn mẫu phải lồng nhau.", "The stages of a sample nest."),
    remedy=Text(
        'Sửa mã; nếu mã chỉ duy nhất trong đơn vị cấp một, ghi "nested: true".',
        'Correct the code; if codes are unique only within their first-stage unit, write "nested: true".',
    ),
)
POPULATION_SMALL = ProblemKind(
    "POPULATION-SMALL",
    what=Text(
        'cột "{column}": tổng thể của "{unit}" là {population}, mẫu có {sample}.',
        'column "{column}": the population of "{unit}" is {population}, the sample has {sample}.',
    ),
    why=Text("Mẫu không thể lớn hơn tổng thể.", "A sample cannot be larger than its population."),
    remedy=Text("Sửa quy mô tổng thể.", "Correct the size of the population."),
)
POPULATION_VARIES = ProblemKind(
    "POPULATION-VARIES",
    what=Text(
        'cột "{column}": "{unit}" có nhiều quy mô tổng thể khác nhau, từ {low} đến {high}.',
        'column "{column}": "{unit}" has several population sizes, from {low} to {high}.',
    ),
    why=Text(
        "Quy mô tổng thể là một số cho cả tầng (hoặc cả đơn vị cấp một).",
        "The size is one number for the whole stratum (or first-stage unit).",
    ),
    remedy=Text("Ghi cùng một số ở mọi dòng.", "Write the same number on every row."),
)
CELLS_DIFFER = ProblemKind(
    "CELLS-DIFFER",
    what=Text("hai bảng ô thuộc hai thiết kế khác nhau.", "the two tables of cells are of different designs."),
    why=Text(
        "Chỉ cộng được các ô có cùng cột, câu hỏi và mã trả lời.", "Cells add only with the same columns and codes."
    ),
    remedy=Text("Tính lại các ô bằng một design.yaml.", "Compute the cells again with one design.yaml."),
)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of one design, groups sorted by their keys.

    With G groups, C answer codes (`design.code_columns()`) and M number sums (`design.number_sums()`):
    `keys` (G, key columns) text, empty where a domain or margin is not known; `n` (G,) respondents; `weight` (G,) Σw
    in millionths; `base` (G,) the same before calibration, None without one; `squares` (G,) Σw² in 10^-12, None
    unless respondents are the second stage; `psu_population`, `unit_population` (G,) sizes, 0 where not given;
    `code_n`, `code_weight`, `code_base` (G, C) whole, `code_squares` (G, C) and `numbers` (G, M) Python whole.
    `set_aside` counts the records that could not be used. `moments` are products of several items, for composites;
    None where they were not counted.
    """

    design: SurveyDesign
    keys: NDArray[np.object_]
    n: Whole
    weight: Whole
    base: Whole | None
    squares: WideWhole | None
    psu_population: Whole
    unit_population: Whole
    code_n: Whole
    code_weight: Whole
    code_base: Whole | None
    code_squares: WideWhole | None
    numbers: WideWhole
    set_aside: int = 0
    moments: Moments | None = None

    def __len__(self) -> int:
        return len(self.n)

    @property
    def respondents(self) -> int:
        return int(self.n.sum())

    def column(self, name: str) -> NDArray[np.object_]:
        """The key of every group in one column; KeyError for a column that is no key."""
        if name not in self.design.key_columns:
            raise KeyError(name)
        return self.keys[:, self.design.key_columns.index(name)]


def empty_cells(design: SurveyDesign) -> Cells:
    """No respondent at all; what every sum begins with."""
    codes, sums = len(tuple(design.code_columns())), len(design.number_sums())
    calibrated, squared = design.calibration is not None, design.element_stage

    def zeros(*shape: int) -> Whole:
        return np.zeros(shape, dtype=np.int64)

    def wide(*shape: int) -> WideWhole:
        return np.zeros(shape, dtype=object)

    return Cells(
        design,
        keys=np.empty((0, len(design.key_columns)), dtype=object),
        n=zeros(0),
        weight=zeros(0),
        base=zeros(0) if calibrated else None,
        squares=wide(0) if squared else None,
        psu_population=zeros(0),
        unit_population=zeros(0),
        code_n=zeros(0, codes),
        code_weight=zeros(0, codes),
        code_base=zeros(0, codes) if calibrated else None,
        code_squares=wide(0, codes) if squared else None,
        numbers=wide(0, sums),
    )


def added(parts: Sequence[Cells]) -> Cells:
    """The cells of all parts together: yesterday's and today's, or ten files in any order.

    Raises ProblemsFound where the parts have different designs, or give one stratum (or PSU) two population sizes.
    """
    if not parts:
        raise ValueError("nothing to add")
    design = parts[0].design
    if any(part.design != design for part in parts):
        problems = Problems()
        problems.add(CELLS_DIFFER, Place(""))
        problems.raise_if_any()
    keys = np.concatenate([part.keys for part in parts])
    order, starts = sorted_groups(keys)

    def summed(arrays: Sequence[Any]) -> Any:
        if arrays[0] is None:
            return None
        whole = np.concatenate(arrays)[order]
        return np.add.reduceat(whole, starts, axis=0) if len(starts) else whole

    def one(arrays: Sequence[Whole]) -> Whole:
        # Sizes do not add: they must agree, see `check_cells`, which sees the greatest of each group.
        whole = np.concatenate(arrays)[order]
        return np.maximum.reduceat(whole, starts) if len(starts) else whole

    total = Cells(
        design,
        keys=keys[order][starts] if len(starts) else keys,
        n=summed([part.n for part in parts]),
        weight=summed([part.weight for part in parts]),
        base=summed([part.base for part in parts]),
        squares=summed([part.squares for part in parts]),
        psu_population=one([part.psu_population for part in parts]),
        unit_population=one([part.unit_population for part in parts]),
        code_n=summed([part.code_n for part in parts]),
        code_weight=summed([part.code_weight for part in parts]),
        code_base=summed([part.code_base for part in parts]),
        code_squares=summed([part.code_squares for part in parts]),
        numbers=summed([part.numbers for part in parts]),
        set_aside=sum(part.set_aside for part in parts),
        moments=added_moments([part.moments for part in parts]),
    )
    if len(parts) > 1:
        _check_sizes(parts, design)
    return total


def _check_sizes(parts: Sequence[Cells], design: SurveyDesign) -> None:
    """One size a stratum and PSU over all parts."""
    problems = Problems()
    for name, column, depth in _sizes(design):
        seen: dict[tuple[str, ...], int] = {}
        for part in parts:
            sizes = getattr(part, name)
            for key, size in zip(part.keys[:, :depth].tolist(), sizes.tolist(), strict=True):
                first = seen.setdefault(tuple(key), size)
                if first != size:
                    problems.add(
                        POPULATION_VARIES,
                        Place(""),
                        column=column,
                        unit="/".join(key),
                        low=min(first, size),
                        high=max(first, size),
                    )
    problems.raise_if_any()


def _sizes(design: SurveyDesign) -> Iterator[tuple[str, str, int]]:
    """(array of `Cells`, column of the file, how many leading keys the size belongs to)."""
    strata = 1 if design.stratum is not None else 0
    if design.psu_population is not None:
        yield "psu_population", design.psu_population, strata
    if design.unit_population is not None:
        yield "unit_population", design.unit_population, strata + 1


def check_cells(cells: Cells, problems: Problems, place: Place) -> None:
    """PSUs in two strata, stages that do not nest, populations that vary or are smaller than the sample."""
    design = cells.design
    strata = 1 if design.stratum is not None else 0
    rows = [tuple(row) for row in cells.keys[:, : len(design.nesting_columns)].tolist()]
    if not design.nested:
        if strata:
            for psu, first, second in _in_two((row[1], row[0]) for row in rows):
                problems.add(PSU_TWO_STRATA, place, column=design.psu, psu=psu, first=first, second=second)
        if design.ssu is not None:
            for ssu, first, second in _in_two((row[-1], "/".join(row[:-1])) for row in rows):
                problems.add(SSU_TWO_PSUS, place, column=design.ssu, ssu=ssu, first=first, second=second)
    for name, column, depth in _sizes(design):
        members: dict[tuple[str, ...], set[object]] = {}
        sizes: dict[tuple[str, ...], set[int]] = {}
        elements: dict[tuple[str, ...], int] = {}
        for row, size, n in zip(rows, getattr(cells, name).tolist(), cells.n.tolist(), strict=True):
            members.setdefault(row[:depth], set()).add(row[: depth + 1])
            sizes.setdefault(row[:depth], set()).add(size)
            elements[row[:depth]] = elements.get(row[:depth], 0) + n
        by_element = name == "unit_population" and design.ssu is None
        for key, found in sizes.items():
            unit = "/".join(key) or design.name
            if len(found) > 1:
                problems.add(POPULATION_VARIES, place, column=column, unit=unit, low=min(found), high=max(found))
            sample = elements[key] if by_element else len(members[key])
            if max(found) < sample:
                problems.add(POPULATION_SMALL, place, column=column, unit=unit, population=max(found), sample=sample)


def _in_two(pairs: Iterator[tuple[str, str]] | Any) -> Iterator[tuple[str, str, str]]:
    seen: dict[str, str] = {}
    told: set[str] = set()
    for inner, outer in pairs:
        first = seen.setdefault(inner, outer)
        if first != outer and inner not in told:
            told.add(inner)
            yield inner, first, outer


class CellRow(NamedTuple):
    """One cell in words: of one group, one item (`*`: all respondents) and one answer code.

    `weight`, `base` in millionths; `squares` in 10^-12. `sums` are the number sums of a count or number item, or of
    a ratio, by name.
    """

    keys: tuple[str, ...]
    item: str
    code: str
    n: int
    weight: int
    base: int | None
    squares: int | None
    sums: dict[str, int]


def cell_rows(cells: Cells) -> Iterator[CellRow]:
    """Every cell that holds somebody, group by group, items and codes in the order of the design."""
    design = cells.design
    codes = tuple(design.code_columns())
    sums = design.number_sums()
    for group in range(len(cells)):
        keys = tuple(cells.keys[group].tolist())

        def squares(of: WideWhole | None, at: Any) -> int | None:
            return None if of is None else int(of[at])

        base = None if cells.base is None else int(cells.base[group])
        yield CellRow(
            keys, ALL, "", int(cells.n[group]), int(cells.weight[group]), base, squares(cells.squares, group), {}
        )
        for at in np.flatnonzero(cells.code_n[group]):
            item, code = codes[at]
            yield CellRow(
                keys,
                item.code,
                code,
                int(cells.code_n[group, at]),
                int(cells.code_weight[group, at]),
                None if cells.code_base is None else int(cells.code_base[group, at]),
                squares(cells.code_squares, (group, at)),
                {},
            )
        found: dict[str, dict[str, int]] = {}
        for place, (item_code, name) in enumerate(sums):
            found.setdefault(item_code, {})[name] = int(cells.numbers[group, place])
        for item_code, named in found.items():
            if named["n"]:
                yield CellRow(keys, item_code, "", named["n"], named["w"], named.get("d"), named.get("ww"), named)


_SUM_NAMES = ("wy", "wyy", "wx", "wxx", "wxy", "dy", "dx", "wwy", "wwyy", "wwx", "wwxx", "wwxy")


def cells_csv(cells: Cells) -> bytes:
    """The cells as CSV, one row a cell, whole numbers in full: the same bytes for the same answers.

    Columns: the keys, the two population sizes, item, code, n, w, and where the design needs them d, ww and the
    sums of number items. `cells_of_csv` reads them back.
    """
    design = cells.design
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(cells_header(design))
    sums = _sum_names(design)
    at = -1
    for row in cell_rows(cells):
        if row.item == ALL:
            at += 1
        writer.writerow(
            [
                *row.keys,
                int(cells.psu_population[at]),
                int(cells.unit_population[at]),
                row.item,
                row.code,
                row.n,
                row.weight,
                *([row.base] if design.calibration else []),
                *([row.squares] if design.element_stage else []),
                *(row.sums.get(name, "") for name in sums),
            ]
        )
    return out.getvalue().encode()


def cells_header(design: SurveyDesign) -> list[str]:
    """The columns of a cell table. Key columns carry `key:`, so that none can collide with the sums."""
    return [
        *(f"key:{column}" for column in design.key_columns),
        "psu_population",
        "unit_population",
        "item",
        "code",
        "n",
        "w",
        *(["d"] if design.calibration else []),
        *(["ww"] if design.element_stage else []),
        *_sum_names(design),
    ]


def _sum_names(design: SurveyDesign) -> tuple[str, ...]:
    names = {name for _, name in design.number_sums()}
    return tuple(name for name in _SUM_NAMES if name in names)


def cells_of_csv(content: bytes, design: SurveyDesign, place: Place) -> Cells:
    """The cells that `cells_csv` wrote. Raises ProblemsFound where the file is of another design."""
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return cells_of_rows(next(rows, []), rows, design, place)


def cells_of_rows(
    header: Sequence[str], rows: Iterator[Sequence[Any]] | Any, design: SurveyDesign, place: Place
) -> Cells:
    """Cells from rows with the columns of `cells_header`, in any order of rows. Numbers may be text."""
    problems = Problems()
    if list(header) != cells_header(design):
        problems.add(CELLS_DIFFER, place)
        problems.raise_if_any()
    width = len(design.key_columns)
    names = list(header[width:])
    codes = {(item.code, code): at for at, (item, code) in enumerate(design.code_columns())}
    sums = {pair: at for at, pair in enumerate(design.number_sums())}
    groups: dict[tuple[str, ...], int] = {}
    listed = [list(row) for row in rows]
    for row in listed:
        groups.setdefault(tuple(row[:width]), len(groups))
    total = blank_cells(design, list(groups))
    at_item, at_code, at_n = names.index("item") + width, names.index("code") + width, names.index("n") + width
    at_sums = {name: names.index(name) + width for name in ("n", "w", "d", "ww", *_sum_names(design)) if name in names}
    for row in listed:
        group = groups[tuple(row[:width])]
        item = row[at_item]
        n, weight = int(row[at_n]), int(row[at_n + 1])
        base = int(row[at_sums["d"]]) if total.base is not None else 0
        squares = int(row[at_sums["ww"]]) if total.squares is not None else 0
        total.psu_population[group], total.unit_population[group] = int(row[width]), int(row[width + 1])
        if item == ALL:
            total.n[group], total.weight[group] = n, weight
            if total.base is not None:
                total.base[group] = base
            if total.squares is not None:
                total.squares[group] = squares
        elif (item, row[at_code]) in codes:
            at = codes[item, row[at_code]]
            total.code_n[group, at], total.code_weight[group, at] = n, weight
            if total.code_base is not None:
                total.code_base[group, at] = base
            if total.code_squares is not None:
                total.code_squares[group, at] = squares
        elif (item, "n") in sums:
            for name, column in at_sums.items():
                if (item, name) in sums:
                    total.numbers[group, sums[item, name]] = int(row[column])
        else:
            problems.add(CELLS_DIFFER, place)
    problems.raise_if_any()
    return added([total])


def blank_cells(design: SurveyDesign, keys: Sequence[tuple[str, ...]]) -> Cells:
    """Cells of these groups with nobody in them yet, for an engine to fill; `added([…])` then sorts them."""
    none = empty_cells(design)
    table = np.empty((len(keys), len(design.key_columns)), dtype=object)
    for at, key in enumerate(keys):
        table[at] = key

    def zeros(like: Any) -> Any:
        return None if like is None else np.zeros((len(keys), *like.shape[1:]), dtype=like.dtype)

    return replace(
        none,
        keys=table,
        **{
            name: zeros(getattr(none, name))
            for name in (
                "n",
                "weight",
                "base",
                "squares",
                "psu_population",
                "unit_population",
                "code_n",
                "code_weight",
                "code_base",
                "code_squares",
                "numbers",
            )
        },
    )
