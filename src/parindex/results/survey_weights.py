"""From the people approached to the weights of those who answered."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parindex.documents.csv_rows import CsvRow, guarded, read_rows
from parindex.documents.text_files import read_bytes
from parindex.language import Text
from parindex.problems import Problem, ProblemKind, Problems
from parindex.results.survey_samples import DrawnFolder, read_sample_folder, write_folder
from parindex.sources import Place
from parindex.survey.calibration import (
    CROSSING,
    Margins,
    check_converged,
    in_millionths,
    margins_of,
    raked,
    read_totals,
    trimmed,
)
from parindex.survey.outcomes import DISPOSITIONS, OUTCOMES, OutcomeRate, tabulated
from parindex.survey.set_aside import SET_ASIDE, SetAside, set_aside
from parindex.survey.weights import (
    ADJUSTMENT,
    EFFECTS,
    AdjustmentClass,
    BaseWeights,
    CollapseRule,
    WeightEffects,
    adjusted_for_nonresponse,
    base_weights,
    weight_effects,
)
from parindex.tables.columns import Column, TableSpec

Floats = NDArray[np.float64]
Method = Literal["rake", "poststratify"]
METHODS: tuple[Method, ...] = ("rake", "poststratify")

NOBODY_ANSWERED = ProblemKind(
    "NOBODY-ANSWERED",
    what=Text("không có phiếu hoàn thành nào dùng được.", "there is no usable interview."),
    why=Text("Không có ai để mang quyền số.", "There is nobody to carry a weight."),
    remedy=Text("Kiểm tra các cột unit và outcome.", "Check the columns unit and outcome."),
)
UNIT_REPLACED = ProblemKind(
    "UNIT-REPLACED",
    what=Text(
        'cột "{column}": "{value}" đã được thay, nhưng có phiếu phỏng vấn.',
        'column "{column}": "{value}" was replaced, but has an interview.',
    ),
    why=Text(
        "Đơn vị đã thay không còn trong mẫu; phiếu ở đó không có quyền số.",
        "A unit that was replaced is no longer in the sample; its interviews have no weight.",
    ),
    remedy=Text(
        "Nếu đã phỏng vấn được ở đó, bỏ dòng thay thế trong replacements.csv.",
        "If people there were interviewed, remove the replacement from replacements.csv.",
    ),
)
POSTSTRATA_ONE = ProblemKind(
    "POSTSTRATA-ONE",
    what=Text(
        "phân tầng sau cần đúng một biên, ở đây có {count}.", "post-stratification needs one margin; here are {count}."
    ),
    why=Text(
        "Phân tầng sau khớp từng ô của một bảng; nhiều biên thì phải lặp (rake).",
        "It meets every cell of one table; several margins are met by raking.",
    ),
    remedy=Text(
        "Dùng một bảng chéo, ví dụ province*sex*age, hoặc phương pháp rake.",
        "Use one crossed table, such as province*sex*age, or the method rake.",
    ),
)
TRIM_TIGHT = ProblemKind(
    "TRIM-TIGHT",
    what=Text(
        '"{province}": giới hạn {limit} lần trung vị không đủ chỗ cho tổng quyền số.',
        '"{province}": {limit} times the median leaves no room for the sum of the weights.',
    ),
    why=Text(
        "Cắt thấp hơn trung bình thì tổng thể của tỉnh sẽ mất người.", "Below the mean a province would lose people."
    ),
    remedy=Text("Nới giới hạn, ví dụ 3 đến 6.", "Widen it, for example to 3 to 6."),
)

WEIGHTS_SUMMARY = "summary.json"
ANSWERS_FILE = "answers.csv"


@dataclass(frozen=True, slots=True)
class WeightSettings:
    """How to weight.

    `unit` is the column of the cases that holds the last unit the frame lists. `classes` divide the provinces into
    weighting classes, from coarse to fine; classes of different provinces never merge. `trim` cuts weights before
    calibration at so many times the median of their province (None: not cut). `bounds` hold the factors of
    calibration, new over old.
    """

    unit: str = "unit"
    classes: tuple[str, ...] = ()
    rule: CollapseRule = field(default_factory=CollapseRule)
    trim: float | None = None
    margins: tuple[str, ...] = ()
    method: Method = "rake"
    bounds: tuple[float, float] | None = None


class Convergence(NamedTuple):
    """How calibration ended: rounds, the largest |sum - total| / total with its category, interviews at a bound."""

    rounds: int
    largest_deviation: float
    margin: str
    category: str
    held: int


class WeightRow(NamedTuple):
    """One interview with its weight."""

    record: str
    unit: str
    stratum: str
    psu: str
    psu_population: int
    design_weight: Decimal
    base_weight: Decimal
    weight: Decimal


WEIGHTS = TableSpec(
    "weights",
    WeightRow,
    key=("record",),
    says=Text("Quyền số của từng phiếu", "The weight of each interview"),
    columns=(
        Column("record", "text", Text("mã phiếu", "code of the interview")),
        Column("unit", "text", Text("đơn vị được chọn", "the sampled unit")),
        Column("stratum", "text", Text("tầng", "stratum")),
        Column("psu", "text", Text("đơn vị mẫu sơ cấp", "primary sampling unit")),
        Column("psu_population", "whole", Text("số đơn vị sơ cấp của tầng trong khung", "PSUs of the stratum")),
        Column("design_weight", "decimal", Text("1 chia xác suất chọn", "1 over the chance of being drawn")),
        Column("base_weight", "decimal", Text("sau điều chỉnh không trả lời", "after the non-response adjustment")),
        Column("weight", "decimal", Text("sau hiệu chỉnh theo tổng đã biết", "after calibration to known totals")),
    ),
)
_ADDED = ("stratum", "psu", "psu_population", "design_weight", "base_weight", "weight")


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Weights of all interviews, by record, what each step did to them, and the cases that could not be used.

    `outcomes` are AAPOR rates, with and without base weights; units that were replaced count in them.
    """

    weights: tuple[WeightRow, ...]
    answers: bytes
    effects: tuple[WeightEffects, ...]
    classes: tuple[AdjustmentClass, ...]
    outcomes: tuple[OutcomeRate, ...]
    set_aside: tuple[SetAside, ...]
    notices: tuple[Problem, ...]
    settings: WeightSettings
    convergence: Convergence | None
    replaced_units: int


def weigh(
    sample_folder: Path,
    cases_file: Path,
    settings: WeightSettings | None = None,
    *,
    totals_file: Path | None = None,
    replacements_file: Path | None = None,
) -> Weighted:
    """Base weight, non-response in two steps (eligibility known; then an interview), trimming, calibration.

    The file of cases has one row for each person approached: record, the unit, outcome (an AAPOR code), and for those
    who answered their answers. Replacements recorded in the folder of the sample are made first. Raises ProblemsFound.
    """
    chosen = settings or WeightSettings()
    problems = Problems()
    if chosen.method == "poststratify" and len(chosen.margins) != 1:
        problems.add(POSTSTRATA_ONE, Place(""), count=len(chosen.margins))
    sample = read_sample_folder(sample_folder, problems, replacements=replacements_file)
    cases_bytes = read_bytes(cases_file, cases_file.name, problems)
    totals_bytes = read_bytes(totals_file, totals_file.name, problems) if totals_file is not None else b""
    problems.raise_if_any()
    assert sample is not None and cases_bytes is not None and totals_bytes is not None
    crossed = [margin.split(CROSSING) for margin in chosen.margins]
    columns = (each for margin in crossed for each in margin)
    wanted = dict.fromkeys(("record", chosen.unit, "outcome", *chosen.classes, *columns))
    given = [column for column in wanted if column not in _ADDED]
    cases = read_rows(cases_bytes, cases_file.name, problems, columns=given, others=True)
    totals = read_totals(totals_bytes, totals_file.name, problems) if totals_file is not None else {}
    problems.raise_if_any()
    # Sums follow the order of rows: by record, so that the order of the file changes nothing.
    cases.sort(key=lambda row: row["record"])
    place = Place(cases_file.name)
    gone = {row.code: row for row in sample.gone}
    there = [row for row in cases if row[chosen.unit] not in gone]
    left = [row for row in cases if row[chosen.unit] in gone]
    records, units = [row["record"] for row in there], [row[chosen.unit] for row in there]
    base = base_weights(records, units, sample.units, problems, column=chosen.unit, place=place)
    problems.raise_if_any()
    kept = [there[at] for at in base.kept.tolist()]
    provinces = _provinces(sample)
    rates, unknown = _rates(kept, base, left, sample, provinces, chosen.unit)
    bad = [*base.set_aside, *unknown]
    if not any(_group(row) in ("I", "P") for row in kept):
        problems.add(NOBODY_ANSWERED, place)
        problems.raise_if_any()
    steps = [weight_effects("base", base.weights)]
    names = [(provinces[row[chosen.unit]], *(row[column] for column in chosen.classes)) for row in kept]
    who, weights, classes = _for_nonresponse(kept, base.weights, names, chosen.rule, problems, place)
    problems.raise_if_any()
    steps.append(weight_effects("nonresponse", weights))
    if chosen.trim is not None:
        weights, held = _trimmed(weights, [names[at][0] for at in who], chosen.trim, problems, place)
        problems.raise_if_any()
        steps.append(weight_effects("trimming", weights, held=held))
    convergence = None
    final = weights
    if chosen.margins:
        totals_place = Place(totals_file.name if totals_file is not None else "")
        matched = margins_of(
            [kept[at]["record"] for at in who],
            {each: [kept[at][each] for at in who] for margin in crossed for each in margin},
            totals,
            chosen.margins,
            problems,
            place=totals_place,
        )
        problems.raise_if_any()
        assert matched.margins is not None
        bad += matched.set_aside
        usable = matched.kept.tolist()
        who, weights = [who[at] for at in usable], weights[usable]
        final, convergence = _calibrated(weights, matched.margins, chosen, problems, totals_place)
        problems.raise_if_any()
        steps.append(weight_effects("calibration", final, held=convergence.held / max(len(who), 1)))
    rows = _weight_rows(kept, who, base, weights, final, sample, chosen.unit)
    answers = _answers([kept[at] for at in who], rows, [margin for margin in chosen.margins if CROSSING in margin])
    return Weighted(
        rows,
        answers,
        tuple(steps),
        classes,
        rates,
        tuple(sorted(bad)),
        problems.notices,
        chosen,
        convergence,
        len(gone),
    )


def _group(case: CsvRow) -> str | None:
    disposition = DISPOSITIONS.get(case["outcome"])
    return None if disposition is None else disposition.group


def _provinces(sample: DrawnFolder) -> dict[str, str]:
    return {row.code: row.province for row in sample.units if row.weight is not None}


def _rates(
    kept: Sequence[CsvRow],
    base: BaseWeights,
    left: Sequence[CsvRow],
    sample: DrawnFolder,
    provinces: dict[str, str],
    unit: str,
) -> tuple[tuple[OutcomeRate, ...], list[SetAside]]:
    """Rates without and with base weights, over the sample as it stands and the units that were replaced.

    People of a replaced unit of whom nothing was recorded were never approached (3.11).
    """
    bad = [set_aside(UNIT_REPLACED, row["record"], unit, row[unit]) for row in left if _group(row) in ("I", "P")]
    told = [row for row in left if _group(row) not in ("I", "P")]
    recorded = Counter(row[unit] for row in told)
    records = [row["record"] for row in (*kept, *told)]
    outcomes = [row["outcome"] for row in (*kept, *told)]
    where = [provinces[row[unit]] for row in (*kept, *told)]
    weight_of = {row.code: row.weight or Decimal(0) for row in sample.gone}
    weights = [_decimal(each) for each in in_millionths(base.weights).tolist()]
    weights += [weight_of[row[unit]] for row in told]
    for gone in sample.gone:
        for number in range(max((gone.take or 0) - recorded[gone.code], 0)):
            records.append(f"{gone.code}#{number + 1}")
            outcomes.append("3.11")
            where.append(gone.province)
            weights.append(gone.weight or Decimal(0))
    plain, unknown = tabulated(records, outcomes, where)
    weighted, _ = tabulated(records, outcomes, where, weights)
    rates = sorted((*plain, *weighted), key=lambda row: (row.domain, row.weighted))
    return tuple(rates), [*bad, *unknown]


def _for_nonresponse(
    kept: Sequence[CsvRow],
    base: Floats,
    names: Sequence[tuple[str, ...]],
    rule: CollapseRule,
    problems: Problems,
    place: Place,
) -> tuple[list[int], Floats, tuple[AdjustmentClass, ...]]:
    """Positions of those interviewed, their weights after both steps, and the classes of the second step."""
    groups = [_group(row) for row in kept]
    known = [at for at, group in enumerate(groups) if group is not None]
    first = adjusted_for_nonresponse(
        base[known],
        np.array([groups[at] not in ("UH", "UO") for at in known], dtype=np.bool_),
        [names[at] for at in known],
        rule,
        problems,
        place=place,
    )
    likely = [number for number, at in enumerate(known) if groups[at] not in ("UH", "UO", "NE")]
    eligible = [known[number] for number in likely]
    second = adjusted_for_nonresponse(
        first.weights[likely],
        np.array([groups[at] in ("I", "P") for at in eligible], dtype=np.bool_),
        [names[at] for at in eligible],
        rule,
        problems,
        place=place,
    )
    answered = [number for number, at in enumerate(eligible) if groups[at] in ("I", "P")]
    return [eligible[number] for number in answered], second.weights[answered], second.classes


def _trimmed(
    weights: Floats, provinces: Sequence[str], limit: float, problems: Problems, place: Place
) -> tuple[Floats, float]:
    """Weights cut at `limit` medians of their province, the sum of each province kept; and the share held."""
    found = weights.copy()
    held = 0.0
    members: dict[str, list[int]] = {}
    for at, province in enumerate(provinces):
        members.setdefault(province, []).append(at)
    for province in sorted(members):
        here = members[province]
        cut = trimmed(weights[here], 0.0, limit * float(np.median(weights[here])))
        if not cut.complete:
            problems.add(TRIM_TIGHT, place, province=province, limit=Decimal(f"{limit:g}"))
        found[here] = cut.weights
        held += cut.share * len(here)
    return found, held / max(len(weights), 1)


def _calibrated(
    weights: Floats, margins: Margins, settings: WeightSettings, problems: Problems, place: Place
) -> tuple[Floats, Convergence]:
    # One margin is met at once: raking it is post-stratification.
    found = raked(weights, margins, bounds=settings.bounds)
    check_converged(found, problems, place)
    margin, category = found.worst
    return found.weights, Convergence(found.rounds, found.largest_deviation, margin, category, found.at_bounds)


def _weight_rows(
    kept: Sequence[CsvRow],
    who: Sequence[int],
    base: BaseWeights,
    before: Floats,
    final: Floats,
    sample: DrawnFolder,
    unit: str,
) -> tuple[WeightRow, ...]:
    in_frame = {row.stratum: row.psus_in_frame for row in sample.strata}
    drawn, adjusted, calibrated = (in_millionths(each).tolist() for each in (base.weights[list(who)], before, final))
    return tuple(
        WeightRow(
            kept[at]["record"],
            kept[at][unit],
            base.strata[at],
            base.psus[at],
            in_frame.get(base.strata[at], 0),
            _decimal(drawn[number]),
            _decimal(adjusted[number]),
            _decimal(calibrated[number]),
        )
        for number, at in enumerate(who)
    )


def _decimal(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-6)


def _answers(cases: Sequence[CsvRow], rows: Sequence[WeightRow], crossings: Sequence[str]) -> bytes:
    """The rows of those who answered, with their weights: what `estimate` reads."""
    own = [column for column in (cases[0].values if cases else ()) if column not in (*_ADDED, *crossings)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*own, *crossings, *_ADDED])
    for case, row in zip(cases, rows, strict=True):
        crossed = [CROSSING.join(case[each] for each in crossing.split(CROSSING)) for crossing in crossings]
        added = [str(getattr(row, name)) for name in _ADDED]
        writer.writerow([*(guarded(case[column]) for column in own), *map(guarded, crossed), *added])
    return out.getvalue().encode()


def write_weights(weighted: Weighted, folder: Path) -> None:
    """weights.csv, answers.csv, and the reports: effects, classes, outcomes, set_aside, summary."""
    chosen, ended = weighted.settings, weighted.convergence
    summary = {
        "kind": "weights",
        "classes": chosen.classes,
        "least_answers": chosen.rule.least,
        "largest_factor": chosen.rule.largest_factor,
        "trim": chosen.trim,
        "method": chosen.method if chosen.margins else None,
        "margins": chosen.margins,
        "bounds": chosen.bounds,
        "rounds": None if ended is None else ended.rounds,
        "largest_deviation": None if ended is None else float(f"{ended.largest_deviation:.3g}"),
        "replaced_units": weighted.replaced_units,
    }
    files = {
        WEIGHTS.file_name: WEIGHTS.csv_bytes(weighted.weights),
        ANSWERS_FILE: weighted.answers,
        "effects.csv": EFFECTS.csv_bytes(weighted.effects),
        "classes.csv": ADJUSTMENT.csv_bytes(weighted.classes),
        OUTCOMES.file_name: OUTCOMES.csv_bytes(weighted.outcomes),
        SET_ASIDE.file_name: SET_ASIDE.csv_bytes(weighted.set_aside),
        WEIGHTS_SUMMARY: (json.dumps(summary, ensure_ascii=False, indent=1) + "\n").encode(),
    }
    write_folder(folder, files)
