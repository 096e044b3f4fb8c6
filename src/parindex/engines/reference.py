"""What the cells of a survey file mean, in plain Python: slow, short, and the judge of every engine."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from parindex.engines.cells_query import (
    LARGEST_NUMBER,
    LARGEST_POPULATION,
    NUMBER_FORM,
    WHOLE_WITH_ZEROS,
    is_whole_code,
)
from parindex.language import nfc
from parindex.survey.cells import Cells, added, blank_cells
from parindex.survey.design import LARGEST_WEIGHT, WEIGHT_UNIT, AnswerItem, SurveyDesign
from parindex.survey.moments import Measure, Moments, Together, blank_moments, moment_columns, too_many


def cells_of_records(
    design: SurveyDesign, records: Iterable[Mapping[str, Any]], *, together: Together | None = None
) -> Cells:
    """Cells of records by column name, with values as text, whole, real, flag or None. NaN is None.

    With `together`, also the sums of products of several items.
    """
    rows = list(records)
    names = Counter(key_text(row[design.record]) for row in rows) if design.record else Counter()
    usable = [row for row in rows if is_usable(design, row, names)]
    keys = [tuple(nfc(key_text(row[column])) for column in design.key_columns) for row in usable]
    places = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    cells = blank_cells(design, list(places))
    columns = {(item.code, code): at for at, (item, code) in enumerate(design.code_columns())}
    for row, key in zip(usable, keys, strict=True):
        _add(cells, places[key], row, columns)
    if together is not None:
        cells = replace(cells, moments=_moments(design, together, usable, keys))
    total = added([cells])
    return replace(total, set_aside=len(rows) - len(usable))


def _moments(
    design: SurveyDesign, together: Together, rows: Sequence[Mapping[str, Any]], keys: Sequence[tuple[str, ...]]
) -> Moments | None:
    at = [design.key_columns.index(column) for column in moment_columns(design)]
    cut = [tuple(key[each] for each in at) for key in keys]
    places = {key: place for place, key in enumerate(dict.fromkeys(cut))}
    if too_many(together, len(places)):
        return None
    moments = blank_moments(design, together, list(places))
    for row, key in zip(rows, cut, strict=True):
        weight = whole(row[design.weight], WEIGHT_UNIT, 1, LARGEST_WEIGHT) or 0
        measured = [measures(design, measure, row) for measure in together.measures]
        for number, members in enumerate(together.sets):
            if any(measured[member] is not None for member in members):
                moments.n[places[key], number] += 1
                moments.weight[places[key], number] += weight
        features = [feature for each in measured for feature in (each or (0, 0))]
        for product, (one, other) in enumerate(zip(*together.pairs(), strict=True)):
            moments.products[places[key], product] += weight * features[one] * features[other]
            if moments.squares is not None:
                moments.squares[places[key], product] += weight * weight * features[one] * features[other]
    return moments


def measures(design: SurveyDesign, measure: Measure, row: Mapping[str, Any]) -> tuple[int, int] | None:
    """D and Y of a respondent; None where the measure was not answered."""
    items = [design.item(code) for code in measure.items]
    if measure.scores:
        scores = dict(measure.scores)
        codes = [valid_code(item, row[item.column]) for item in items]
        given = [scores[code] for code in codes if code is not None]
        return (len(given), sum(given)) if given else None
    value = valid_number(items[0], row[items[0].column])
    divisor: int | None = 1
    if measure.denominator is not None:
        item = design.item(measure.denominator)
        divisor = valid_number(item, row[item.column])
    return None if value is None or divisor is None else (divisor, value)


def _add(cells: Cells, group: int, row: Mapping[str, Any], columns: Mapping[tuple[str, str], int]) -> None:
    design = cells.design
    weight = whole(row[design.weight], WEIGHT_UNIT, 1, LARGEST_WEIGHT) or 0
    base = 0
    cells.n[group] += 1
    cells.weight[group] += weight
    if cells.base is not None:
        base = WEIGHT_UNIT
        if design.base_weight is not None:
            base = whole(row[design.base_weight], WEIGHT_UNIT, 1, LARGEST_WEIGHT) or 0
        cells.base[group] += base
    if cells.squares is not None:
        cells.squares[group] += weight * weight
    if design.psu_population is not None:
        cells.psu_population[group] = whole(row[design.psu_population], 1, 1, LARGEST_POPULATION) or 0
    if design.unit_population is not None:
        cells.unit_population[group] = whole(row[design.unit_population], 1, 1, LARGEST_POPULATION) or 0
    for item in design.coded_items:
        code = valid_code(item, row[item.column])
        if code is None:
            continue
        at = columns[item.code, code]
        cells.code_n[group, at] += 1
        cells.code_weight[group, at] += weight
        if cells.code_base is not None:
            cells.code_base[group, at] += base
        if cells.code_squares is not None:
            cells.code_squares[group, at] += weight * weight
    values = {item.code: valid_number(item, row[item.column]) for item in design.number_items}
    pairs = {ratio.code: (values[ratio.numerator], values[ratio.denominator]) for ratio in design.ratios}
    for at, (code, what) in enumerate(design.number_sums()):
        y, x = pairs.get(code, (values.get(code), 0))
        if y is None or x is None:
            continue
        factors = {"n": 1, "w": weight, "d": base, "y": y, "x": x}
        cells.numbers[group, at] += math.prod(factors[letter] for letter in what)


def is_usable(design: SurveyDesign, row: Mapping[str, Any], names: Mapping[str, int]) -> bool:
    """The record counts: it has its stratum and sampled units, weights above 0, sizes, and is there once."""
    if any(key_text(row[column]) == "" for column in design.nesting_columns):
        return False
    if whole(row[design.weight], WEIGHT_UNIT, 1, LARGEST_WEIGHT) is None:
        return False
    if design.base_weight is not None and whole(row[design.base_weight], WEIGHT_UNIT, 1, LARGEST_WEIGHT) is None:
        return False
    for column in (design.psu_population, design.unit_population):
        if column is not None and whole(row[column], 1, 1, LARGEST_POPULATION) is None:
            return False
    if design.record is None:
        return True
    name = key_text(row[design.record])
    return not name or names[name] == 1


def key_text(value: Any) -> str:
    """A key as text; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def whole(value: Any, scale: int, low: int, high: int) -> int | None:
    """`value` × `scale`, rounded half away from zero; None where it is no number or outside the bounds."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip(" ")
        if re.match(NUMBER_FORM, text) is None or text.endswith("\n"):
            return None
        value = float(text)
    scaled = float(value) * scale if scale != 1 else float(value)
    if not math.isfinite(scaled):
        return None
    size = abs(scaled)
    rounded = math.floor(size) + (1 if size - math.floor(size) >= 0.5 else 0)
    found = rounded if scaled >= 0 else -rounded
    return found if low <= found <= high else None


def valid_code(item: AnswerItem, value: Any) -> str | None:
    """The valid code that was answered; None for none."""
    if value is None:
        return None
    if item.option is not None:
        text = key_text(value).strip(" ")
        if not text:
            return None
        return "1" if f" {item.option} " in f" {text} " else "0"
    if isinstance(value, str | bool):
        text = key_text(value).strip(" ")
        if all(is_whole_code(code) for code in item.answers) and not text.endswith("\n"):
            text = re.sub(WHOLE_WITH_ZEROS, r"\1", text)
        return text if text in item.answers else None
    for code in item.answers:
        if is_whole_code(code) and int(code) == value:
            return code
    return None


def valid_number(item: AnswerItem, value: Any) -> int | None:
    """The number that was answered, in whole 10^-decimals; None where it is not valid."""
    scale = 10**item.decimals
    low = -LARGEST_NUMBER if item.lowest is None else max(item.lowest * scale, -LARGEST_NUMBER)
    high = LARGEST_NUMBER if item.highest is None else min(item.highest * scale, LARGEST_NUMBER)
    return whole(value, scale, low, high)
