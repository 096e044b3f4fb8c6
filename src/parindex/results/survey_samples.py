"""From a frame to a sample, and from the people approached to the weights of those who answered."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np

from parindex.documents.csv_rows import CsvRow, guarded, read_rows
from parindex.documents.text_files import read_bytes
from parindex.documents.writing import new_folder
from parindex.language import Text
from parindex.problems import Problem, ProblemKind, Problems
from parindex.results.replacing import OUT_NOT_RESULTS
from parindex.sources import Place
from parindex.survey.calibration import CROSSING, check_converged, in_millionths, margins_of, raked, read_totals
from parindex.survey.frame import read_frame
from parindex.survey.outcomes import DISPOSITIONS, OUTCOMES, OutcomeRate, tabulated
from parindex.survey.sample import PSUS, SAMPLE, STRATA, Sample, SampleDesign, draw_sample
from parindex.survey.sample_reading import read_sample_design
from parindex.survey.set_aside import SET_ASIDE, SetAside
from parindex.survey.weights import (
    ADJUSTMENT,
    EFFECTS,
    AdjustmentClass,
    CollapseRule,
    WeightEffects,
    adjusted_for_nonresponse,
    base_weights,
    weight_effects,
)
from parindex.tables.columns import Column, TableSpec

NOBODY_ANSWERED = ProblemKind(
    "NOBODY-ANSWERED",
    what=Text("không có phiếu hoàn thành nào dùng được.", "there is no usable interview."),
    why=Text("Không có ai để mang quyền số.", "There is nobody to carry a weight."),
    remedy=Text("Kiểm tra các cột unit và outcome.", "Check the columns unit and outcome."),
)

SAMPLE_FILE = "sample.csv"
STRATA_FILE = "strata.csv"
PSUS_FILE = "psus.csv"
ANSWERS_FILE = "answers.csv"


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files, whole or not at all. Only an empty place, or a folder of the same files, may be replaced.

    Raises ProblemsFound.
    """
    if folder.exists() and not (folder.is_dir() and {path.name for path in folder.iterdir()} <= set(files)):
        problems = Problems()
        problems.add(OUT_NOT_RESULTS, Place(str(folder)))
        problems.raise_if_any()
    with new_folder(folder) as fresh:
        for name, content in files.items():
            (fresh / name).write_bytes(content)


class Drawn(NamedTuple):
    """A sample with the design it was drawn by, and remarks that do not stop the work."""

    design: SampleDesign
    sample: Sample
    notices: tuple[Problem, ...]


def draw(file: Path, *, seed: int | None = None) -> Drawn:
    """Draw the sample of a sample.yaml; its frame lies beside it. `seed` replaces the one in the file.

    Raises ProblemsFound.
    """
    problems = Problems()
    content = read_bytes(file, file.name, problems)
    read = read_sample_design(content, file.name, problems) if content is not None else None
    problems.raise_if_any()
    assert read is not None
    design, frame_name = read
    if seed is not None:
        design = replace(design, seed=seed)
    content = read_bytes(file.parent / frame_name, frame_name, problems)
    frame = read_frame(content, frame_name, design.layout, problems) if content is not None else None
    problems.raise_if_any()
    assert frame is not None
    sample = draw_sample(frame, design, problems)
    problems.raise_if_any()
    assert sample is not None
    return Drawn(design, sample, problems.notices)


def write_sample(drawn: Drawn, folder: Path) -> None:
    """sample.csv, strata.csv and psus.csv."""
    files = {
        SAMPLE_FILE: SAMPLE.csv_bytes(drawn.sample.units),
        STRATA_FILE: STRATA.csv_bytes(drawn.sample.strata),
        PSUS_FILE: PSUS.csv_bytes(drawn.sample.psus(drawn.design)),
    }
    write_folder(folder, files)


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
    """Weights of all interviews, by record, what each step did to them, and the cases that could not be used."""

    weights: tuple[WeightRow, ...]
    answers: bytes
    effects: tuple[WeightEffects, ...]
    classes: tuple[AdjustmentClass, ...]
    outcomes: tuple[OutcomeRate, ...]
    set_aside: tuple[SetAside, ...]
    notices: tuple[Problem, ...]
    rounds: int | None


def weigh(
    sample_folder: Path,
    cases_file: Path,
    *,
    classes: Sequence[str] = (),
    totals_file: Path | None = None,
    margins: Sequence[str] = (),
    rule: CollapseRule | None = None,
    bounds: tuple[float, float] | None = None,
) -> Weighted:
    """Base weight, non-response in two steps (eligibility known; then an interview), raking to `margins`.

    The file of cases has one row for each person approached: record, unit (the last unit the frame lists), outcome
    (an AAPOR code), and for those who answered their answers. `classes` are columns that divide the provinces into
    weighting classes, from coarse to fine; classes of different provinces never merge. Raises ProblemsFound.
    """
    problems = Problems()
    names = (SAMPLE_FILE, STRATA_FILE)
    contents = [read_bytes(sample_folder / name, f"{sample_folder.name}/{name}", problems) for name in names]
    cases_bytes = read_bytes(cases_file, cases_file.name, problems)
    totals_bytes = read_bytes(totals_file, totals_file.name, problems) if totals_file is not None else b""
    problems.raise_if_any()
    assert contents[0] is not None and contents[1] is not None and cases_bytes is not None and totals_bytes is not None
    sample = SAMPLE.read_csv(contents[0], SAMPLE_FILE, problems)
    strata = STRATA.read_csv(contents[1], STRATA_FILE, problems)
    crossed = [margin.split(CROSSING) for margin in margins]
    wanted = dict.fromkeys(("record", "unit", "outcome", *classes, *(each for margin in crossed for each in margin)))
    given = [column for column in wanted if column not in _ADDED]
    cases = read_rows(cases_bytes, cases_file.name, problems, columns=given, others=True)
    totals = read_totals(totals_bytes, totals_file.name, problems) if totals_file is not None else {}
    problems.raise_if_any()
    # Sums follow the order of rows: by record, so that the order of the file changes nothing.
    cases.sort(key=lambda row: row["record"])
    place = Place(cases_file.name)
    base = base_weights([row["record"] for row in cases], [row["unit"] for row in cases], sample, problems, place=place)
    problems.raise_if_any()
    province_of = {row.code: row.province for row in sample if row.weight is not None}
    kept = [cases[at] for at in base.kept.tolist()]
    rates, unknown = tabulated(
        [row["record"] for row in kept],
        [row["outcome"] for row in kept],
        [province_of[row["unit"]] for row in kept],
        [_decimal(weight) for weight in in_millionths(base.weights).tolist()],
    )
    groups = [DISPOSITIONS[row["outcome"]].group if row["outcome"] in DISPOSITIONS else None for row in kept]
    bad = [*base.set_aside, *unknown]
    merge = rule or CollapseRule()
    known = [at for at, group in enumerate(groups) if group is not None]
    steps = [weight_effects("base", base.weights)] if len(kept) else []

    def class_of(at: int) -> tuple[str, ...]:
        return (province_of[kept[at]["unit"]], *(kept[at][column] for column in classes))

    if not any(group in ("I", "P") for group in groups):
        problems.add(NOBODY_ANSWERED, place)
        problems.raise_if_any()
    first = adjusted_for_nonresponse(
        base.weights[known],
        np.array([groups[at] not in ("UH", "UO") for at in known], dtype=np.bool_),
        [class_of(at) for at in known],
        merge,
        problems,
        place=place,
    )
    likely = [number for number, at in enumerate(known) if groups[at] not in ("UH", "UO", "NE")]
    eligible = [known[number] for number in likely]
    second = adjusted_for_nonresponse(
        first.weights[likely],
        np.array([groups[at] in ("I", "P") for at in eligible], dtype=np.bool_),
        [class_of(at) for at in eligible],
        merge,
        problems,
        place=place,
    )
    problems.raise_if_any()
    answered = [number for number, at in enumerate(eligible) if groups[at] in ("I", "P")]
    who = [eligible[number] for number in answered]
    weights = second.weights[answered]
    steps.append(weight_effects("nonresponse", weights))
    rounds = None
    final = weights
    if margins:
        matched = margins_of(
            [kept[at]["record"] for at in who],
            {each: [kept[at][each] for at in who] for margin in crossed for each in margin},
            totals,
            margins,
            problems,
            place=Place(totals_file.name if totals_file is not None else ""),
        )
        problems.raise_if_any()
        assert matched.margins is not None
        bad += matched.set_aside
        usable = matched.kept.tolist()
        who, weights = [who[at] for at in usable], weights[usable]
        calibrated = raked(weights, matched.margins, bounds=bounds)
        check_converged(calibrated, problems, place)
        problems.raise_if_any()
        final, rounds = calibrated.weights, calibrated.rounds
        steps.append(weight_effects("calibration", final, held=calibrated.at_bounds / max(len(who), 1)))
    in_frame = {row.stratum: row.psus_in_frame for row in strata}
    design_weights, before, after = (in_millionths(each).tolist() for each in (base.weights[who], weights, final))
    rows = tuple(
        WeightRow(
            kept[at]["record"],
            kept[at]["unit"],
            base.strata[at],
            base.psus[at],
            in_frame.get(base.strata[at], 0),
            _decimal(design_weights[number]),
            _decimal(before[number]),
            _decimal(after[number]),
        )
        for number, at in enumerate(who)
    )
    answers = _answers([kept[at] for at in who], rows, [margin for margin in margins if CROSSING in margin])
    set_aside = tuple(sorted(bad))
    return Weighted(rows, answers, tuple(steps), second.classes, rates, set_aside, problems.notices, rounds)


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
    """weights.csv, answers.csv, and the reports: effects.csv, classes.csv, outcomes.csv, set_aside.csv."""
    files = {
        WEIGHTS.file_name: WEIGHTS.csv_bytes(weighted.weights),
        ANSWERS_FILE: weighted.answers,
        "effects.csv": EFFECTS.csv_bytes(weighted.effects),
        "classes.csv": ADJUSTMENT.csv_bytes(weighted.classes),
        OUTCOMES.file_name: OUTCOMES.csv_bytes(weighted.outcomes),
        SET_ASIDE.file_name: SET_ASIDE.csv_bytes(weighted.set_aside),
    }
    write_folder(folder, files)
