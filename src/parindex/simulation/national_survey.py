"""The simulated satisfaction survey of the whole country: frame, sample, interviews, weights, totals to rake to.

About 36,500 interviews in the 63 provinces, three districts each (the capital certain), two communes in each, three
villages in each. Everything comes from one seed. Each province's index is first near its target by the level of its
population, then, unless asked otherwise, brought to the target itself (`survey_shift`), for the weights of this folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parindex.language import Text
from parindex.problems import Problems, ProblemsFound
from parindex.results.reading import Progress, no_progress
from parindex.simulation.edition_folder import LABEL, SimulatedEdition, csv_bytes, readme
from parindex.simulation.example_files import example_questionnaire
from parindex.simulation.national_targets import NationalTargets, national_targets
from parindex.simulation.survey_answers import (
    AGES,
    SEXES,
    Answering,
    Cases,
    Interviews,
    Shares,
    Strings,
    approached,
    shares_of,
)
from parindex.simulation.survey_design import survey_design_yaml
from parindex.simulation.survey_frame import (
    FRAME_FILE,
    Village,
    frame_bytes,
    made_frame,
    sample_yaml,
    stream,
)
from parindex.simulation.survey_shift import index_value, shift_to_target
from parindex.sources import Place
from parindex.survey.calibration import check_converged, in_millionths, margins_of, raked
from parindex.survey.frame import Frame, read_frame
from parindex.survey.outcomes import DISPOSITIONS
from parindex.survey.questionnaire import GROUP_START, Questionnaire
from parindex.survey.questionnaire_reading import read_questionnaire
from parindex.survey.sample import SAMPLE, STRATA, Chosen, Sample, SampleDesign, draw_sample
from parindex.survey.sample_reading import read_sample_design
from parindex.survey.weights import CollapseRule, adjusted_for_nonresponse, base_weights
from parindex.tables.parquet_files import ColumnKind, FileColumn, parquet_bytes

Reals = NDArray[np.float64]

QUESTIONNAIRE: Final = "sipas-2023"
INTERVIEWS_CSV: Final = "interviews.csv"
INTERVIEWS_PARQUET: Final = "interviews.parquet"
PEOPLE_IN_VILLAGE: Final = 37
BY_SEX, BY_AGE = "province*sex", "province*age_group"
MARGINS: Final = (BY_SEX, BY_AGE)

FIELD_COLUMNS: Final = ("record", "province", "district", "commune", "village", "outcome", GROUP_START)
"""Columns of responses.csv before those of the questionnaire; `basis` comes last."""
WEIGHTED_COLUMNS: Final = (*FIELD_COLUMNS, "stratum", "psu", "base_weight", "weight", *MARGINS)
"""The same of the file of interviews."""


class ShiftRow(NamedTuple):
    """What was done to the answers of one province. Values in percent; `changed` counts answers."""

    province: str
    target: Decimal
    before: Decimal
    after: Decimal
    changed: int
    answers: int
    basis: str


@dataclass(frozen=True, slots=True, eq=False)
class SurveyOfProvince:
    """One province: everybody approached (n,), and the answers of those interviewed.

    `base` and `weight` (n,) in people, `weight` 0 for those who were not interviewed; `interviews` in the order of
    `cases.complete`.
    """

    province: str
    shares: Shares
    villages: tuple[Village, ...]
    chosen: tuple[Chosen, ...]
    cases: Cases
    interviews: Interviews
    base: Reals
    weight: Reals

    @property
    def weights(self) -> Reals:
        """Weights of the interviews."""
        return self.weight[self.cases.complete]


@dataclass(frozen=True, slots=True, eq=False)
class NationalSurvey:
    """A simulated survey. `targets` in percent by province; `shifts` is empty when answers were left as drawn."""

    seed: int
    questionnaire: Questionnaire
    questionnaire_content: bytes
    villages: tuple[Village, ...]
    frame: Frame
    design: SampleDesign
    sample: Sample
    provinces: tuple[SurveyOfProvince, ...]
    targets: Mapping[str, Decimal]
    shifts: tuple[ShiftRow, ...]

    @property
    def completes(self) -> int:
        return sum(int(each.cases.complete.sum()) for each in self.provinces)


def national_survey(
    *,
    seed: int,
    targets: Mapping[str, Decimal],
    sizes: Mapping[str, float] | None = None,
    shift: bool = True,
    questionnaire: bytes | None = None,
    progress: Progress = no_progress,
) -> NationalSurvey:
    """Invent a survey of the provinces in `targets` (index in percent). `sizes`: 1 is a middling province.

    `shift` False leaves every answer as it was drawn, so that indices differ from the targets by sampling error.
    `questionnaire` is the content of its file; None takes the example's. The same arguments give the same survey.
    Raises `ProblemsFound` for a questionnaire with mistakes, ValueError for a target no answers can give.
    """
    problems = Problems()
    content = example_questionnaire(QUESTIONNAIRE) if questionnaire is None else questionnaire
    asked = read_questionnaire(content, "questionnaire.yaml", problems)
    if asked is None or problems.errors:
        raise ProblemsFound(problems.sorted())
    villages = made_frame(tuple(targets), sizes or {}, seed)
    frame, design, sample = _sampled(villages, len(targets), seed, problems)
    if frame is None or design is None or sample is None or problems.errors:
        raise ProblemsFound(problems.sorted())
    provinces = _interviewed(Answering(asked, seed), villages, sample, targets, seed, progress)
    provinces = _weighted(provinces, sample, problems)
    if problems.errors:
        raise ProblemsFound(problems.sorted())
    shifts: list[ShiftRow] = []
    if shift:
        for at, each in enumerate(provinces):
            provinces[at], row = _shifted(each, asked, targets[each.province])
            shifts.append(row)
    return NationalSurvey(
        seed, asked, content, villages, frame, design, sample, tuple(provinces), dict(targets), tuple(shifts)
    )


def _sampled(
    villages: Sequence[Village], provinces: int, seed: int, problems: Problems
) -> tuple[Frame | None, SampleDesign | None, Sample | None]:
    """Read back what is written, so that the files of the folder are known to work."""
    read = read_sample_design(sample_yaml(seed, provinces, PEOPLE_IN_VILLAGE), "sample.yaml", problems)
    if read is None:
        return None, None, None
    design, _ = read
    frame = read_frame(frame_bytes(villages), FRAME_FILE, design.layout, problems)
    return frame, design, None if frame is None else draw_sample(frame, design, problems)


def _interviewed(
    answering: Answering,
    villages: Sequence[Village],
    sample: Sample,
    targets: Mapping[str, Decimal],
    seed: int,
    progress: Progress,
) -> list[SurveyOfProvince]:
    adults: dict[str, int] = {}
    for village in villages:
        adults[village.province] = adults.get(village.province, 0) + village.people
    by_code = {village.village: village for village in villages}
    drawn: dict[str, list[Chosen]] = {}
    for row in sample.units:
        if row.weight is not None and row.in_sample:
            drawn.setdefault(row.province, []).append(row)
    found = []
    for done, (province, target) in enumerate(targets.items(), start=1):
        chance = stream(seed, "answers", province)
        shares = shares_of(province, adults[province], seed)
        chosen = sorted(drawn[province], key=lambda row: row.code)
        here = tuple(by_code[row.code] for row in chosen)
        cases = approached(here, [row.take or 0 for row in chosen], shares, chance)
        yes = cases.complete
        level = answering.level_for(float(target), shares.ages)
        interviews = answering.interviews(here, cases.village[yes], cases.sex[yes], cases.age[yes], level, chance)
        nothing = np.zeros(len(yes))
        found.append(
            SurveyOfProvince(province, shares, here, tuple(chosen), cases, interviews, nothing, nothing.copy())
        )
        progress(province, done, len(targets))
    return found


def records_of(survey: SurveyOfProvince) -> list[str]:
    """The name of every person approached: the village and a number within it."""
    numbers: dict[str, int] = {}
    found = []
    for at in survey.cases.village.tolist():
        village = survey.villages[at].village
        numbers[village] = numbers.get(village, 0) + 1
        found.append(f"{village}-{numbers[village]:02d}")
    return found


def _weighted(provinces: Sequence[SurveyOfProvince], sample: Sample, problems: Problems) -> list[SurveyOfProvince]:
    """Base weights; those of unknown eligibility, then of the eligible who gave no interview, shared out within
    districts; then raked to sex and age by province."""
    records = [record for each in provinces for record in records_of(each)]
    units = [each.villages[at].village for each in provinces for at in each.cases.village.tolist()]
    places = [
        (each.province, each.villages[at].district, each.villages[at].commune)
        for each in provinces
        for at in each.cases.village.tolist()
    ]
    base = base_weights(records, units, sample.units, problems).weights
    outcome = np.concatenate([each.cases.outcome for each in provinces])
    group = {code: disposition.group for code, disposition in DISPOSITIONS.items()}
    groups = np.array([group[code] for code in outcome.tolist()])
    rule = CollapseRule()
    known = ~np.isin(groups, ("UH", "UO"))
    eligible = known & (groups != "NE")
    weights = adjusted_for_nonresponse(base, known, places, rule, problems).weights
    rows = np.flatnonzero(eligible)
    adjusted = adjusted_for_nonresponse(
        weights[rows], groups[rows] == "I", [places[at] for at in rows.tolist()], rule, problems
    ).weights
    answered = np.flatnonzero(groups == "I")
    weights = np.zeros(len(base))
    weights[rows] = adjusted
    margins = margins_of(
        [records[at] for at in answered.tolist()],
        {
            "province": [places[at][0] for at in answered.tolist()],
            "sex": _said(provinces, "sex"),
            "age_group": _said(provinces, "age_group"),
        },
        {
            BY_SEX: {f"{p}*{code}": Decimal(n) for p, code, n in _counts(provinces, "sex")},
            BY_AGE: {f"{p}*{code}": Decimal(n) for p, code, n in _counts(provinces, "age_group")},
        },
        MARGINS,
        problems,
        place=Place("totals.csv"),
    ).margins
    if margins is None:
        return list(provinces)
    calibrated = raked(weights[answered], margins)
    check_converged(calibrated, problems, Place("totals.csv"))
    weights = np.zeros(len(base))
    weights[answered] = in_millionths(calibrated.weights) / 1e6
    found, start = [], 0
    for each in provinces:
        end = start + len(each.base)
        found.append(replace(each, base=base[start:end], weight=weights[start:end]))
        start = end
    return found


def _said(provinces: Iterable[SurveyOfProvince], column: str) -> list[str]:
    return [said for each in provinces for said in each.interviews.columns[column].tolist()]


def _counts(provinces: Iterable[SurveyOfProvince], column: str) -> Iterable[tuple[str, str, int]]:
    """(province, code, adults): whole numbers that add up to the adults of the frame."""
    for each in provinces:
        codes, shares = (SEXES, each.shares.sexes) if column == "sex" else (AGES, each.shares.ages)
        counts = [round(each.shares.adults * share) for share in shares[1:]]
        for code, count in zip(codes, [each.shares.adults - sum(counts), *counts], strict=True):
            yield each.province, code, count


def _shifted(
    survey: SurveyOfProvince, questionnaire: Questionnaire, target: Decimal
) -> tuple[SurveyOfProvince, ShiftRow]:
    made = survey.interviews
    moved = shift_to_target(made.columns, survey.weights, questionnaire, target, near=made.near)
    scored = [column for item in questionnaire.items if item.factor for column in questionnaire.columns_of[item.code]]
    answers = sum(int(np.count_nonzero(made.columns[column] != "")) for column in scored)
    row = ShiftRow(
        survey.province,
        target,
        Decimal(f"{moved.before:.6f}"),
        Decimal(f"{moved.value:.6f}"),
        moved.changed,
        answers,
        "simulated",
    )
    return replace(survey, interviews=replace(made, columns=dict(moved.columns))), row


def province_values(survey: NationalSurvey) -> Mapping[str, float]:
    """The index of every province in percent, weighted. Raises ValueError for a province without one."""
    found = {}
    for each in survey.provinces:
        value = index_value(each.interviews.columns, each.weights, survey.questionnaire)
        if value is None:
            raise ValueError(f"{each.province} has no index")
        found[each.province] = value
    return found


# --- files


def survey_files(survey: NationalSurvey, *, interviews: str = INTERVIEWS_CSV, command: str = "") -> Mapping[str, bytes]:
    """Every file of the folder by name. `interviews` is `INTERVIEWS_CSV` or `INTERVIEWS_PARQUET`; README.md names the
    `command` that made the folder, by default that of the survey alone."""
    counts = {BY_SEX: "sex", BY_AGE: "age_group"}
    totals = [
        (margin, f"{province}*{code}", count, "simulated")
        for margin, column in counts.items()
        for province, code, count in _counts(survey.provinces, column)
    ]
    files = {
        "questionnaire.yaml": survey.questionnaire_content,
        FRAME_FILE: frame_bytes(survey.villages),
        "sample.yaml": sample_yaml(survey.seed, len(survey.targets), PEOPLE_IN_VILLAGE),
        SAMPLE.file_name: SAMPLE.csv_bytes(survey.sample.units),
        STRATA.file_name: STRATA.csv_bytes(survey.sample.strata),
        "responses.csv": _responses(survey),
        interviews: _interviews_parquet(survey) if interviews == INTERVIEWS_PARQUET else _interviews_csv(survey),
        "totals.csv": csv_bytes(("margin", "category", "total", "basis"), totals),
        "design.yaml": survey_design_yaml(survey.questionnaire, MARGINS, interviews=interviews),
        "README.md": _readme(
            survey, interviews, command or f"parindex example write national-survey --seed {survey.seed}"
        ),
    }
    if survey.shifts:
        files["shifts.csv"] = csv_bytes(ShiftRow._fields, survey.shifts)
    return files


def _responses(survey: NationalSurvey) -> bytes:
    """What came back from the field: a row for everyone approached, answers of those who were interviewed."""
    names = [column.name for column in survey.questionnaire.columns]
    lines = [",".join((*FIELD_COLUMNS, *names, "basis"))]
    for each in survey.provinces:
        yes, made = each.cases.complete, each.interviews
        answers = (_spread(made.columns[name], yes) for name in names)
        lines += _lines([*_field(each), _spread(made.start.astype(str), yes), *answers])
    return ("\n".join(lines) + "\n").encode()


def _interviews_csv(survey: NationalSurvey) -> bytes:
    columns = _interview_columns(survey)
    lines = [",".join(column.name for column in columns)]
    lines += [",".join(row) for row in zip(*(column.values for column in columns), strict=True)]
    return ("\n".join(lines) + "\n").encode()


def _interviews_parquet(survey: NationalSurvey) -> bytes:
    kinds: Mapping[str, ColumnKind] = {"base_weight": "decimal", "weight": "decimal"}
    columns = [replace(column, kind=kinds.get(column.name, "text")) for column in _interview_columns(survey)]
    return parquet_bytes(columns, says={"label_vi": LABEL.vi, "label_en": LABEL.en})


def _interview_columns(survey: NationalSurvey) -> list[FileColumn]:
    """The interviews with stratum, PSU and weights, all as text: what estimates are made of."""
    names = [column.name for column in survey.questionnaire.columns]
    found: list[list[str]] = [[] for _ in (*WEIGHTED_COLUMNS, *names)]
    for each in survey.provinces:
        yes, made = each.cases.complete.tolist(), each.interviews
        field = [[cell for cell, there in zip(column, yes, strict=True) if there] for column in _field(each)]
        chosen = [each.chosen[at] for at, there in zip(each.cases.village.tolist(), yes, strict=True) if there]
        columns = [
            *field,
            made.start.astype(str).tolist(),
            [row.stratum for row in chosen],
            [row.psu or record for row, record in zip(chosen, field[0], strict=True)],
            [str(row.weight) for row in chosen],
            [f"{weight:.6f}" for weight in each.weights.tolist()],
            [f"{each.province}*{said}" for said in made.columns["sex"].tolist()],
            [f"{each.province}*{said}" for said in made.columns["age_group"].tolist()],
            *(made.columns[name].tolist() for name in names),
        ]
        for whole, part in zip(found, columns, strict=True):
            whole += part
    found.append(["simulated"] * len(found[0]))
    return [
        FileColumn(name, "text", values)
        for name, values in zip((*WEIGHTED_COLUMNS, *names, "basis"), found, strict=True)
    ]


def _field(survey: SurveyOfProvince) -> list[list[str]]:
    """Record, places and outcome of everyone approached."""
    places = [survey.villages[at] for at in survey.cases.village.tolist()]
    return [
        records_of(survey),
        [place.province for place in places],
        [place.district for place in places],
        [place.commune for place in places],
        [place.village for place in places],
        [str(code) for code in survey.cases.outcome.tolist()],
    ]


def _lines(columns: Sequence[Sequence[str]]) -> list[str]:
    """Rows of CSV; no cell has a comma, a quote or the end of a line."""
    return [",".join((*row, "simulated")) for row in zip(*columns, strict=True)]


def _spread(values: Strings, yes: NDArray[np.bool_]) -> list[str]:
    """Values of the interviewed over all approached, "" for the others."""
    found = np.full(len(yes), "", dtype=values.dtype)
    found[yes] = values
    return [str(each) for each in found.tolist()]


_TITLE = Text("Khảo sát hài lòng năm 2023, mô phỏng", "Satisfaction survey 2023, simulated")
_WARNING = Text(
    "Địa danh dưới cấp tỉnh, người trả lời, câu trả lời, tổng dân số đều không có thật.",
    "Places below the province, respondents, answers and population totals are all made up.",
)
_NOTE = Text(
    "Chỉ số mỗi tỉnh tính từ mẫu được đưa về đúng giá trị của kỳ mô phỏng bằng cách đổi một bậc ở một số ít câu trả "
    "lời gần ranh giới nhất; shifts.csv ghi giá trị trước, sau và số câu đã đổi. Chỉ số liệu mô phỏng được làm vậy.",
    "The index of each province is brought from its sampled value to that of the simulated edition by moving a few "
    "answers, those nearest to the edge, by one step; shifts.csv says the value before and after and how many answers "
    "moved. Only simulated figures may be treated so.",
)


def _readme(survey: NationalSurvey, interviews: str, command: str) -> bytes:
    cases = sum(len(each.base) for each in survey.provinces)
    files = [
        ("`questionnaire.yaml`", Text("phiếu dựng lại", "the reconstructed questionnaire")),
        (f"`{FRAME_FILE}`", Text("mô phỏng: khung mẫu, tỉnh đến thôn", "simulated: the frame, province to village")),
        ("`sample.yaml`", Text("thiết kế mẫu", "how the sample is drawn")),
        (
            f"`{SAMPLE.file_name}`, `{STRATA.file_name}`",
            Text("mô phỏng: mẫu đã chọn và các tầng", "simulated: the sample drawn, and its strata"),
        ),
        (
            "`responses.csv`",
            Text(
                f"mô phỏng: {cases} người được tiếp cận, {survey.completes} phiếu hoàn thành",
                f"simulated: {cases} people approached, {survey.completes} interviews",
            ),
        ),
        (
            f"`{interviews}`",
            Text("mô phỏng: phiếu hoàn thành với quyền số", "simulated: the interviews with their weights"),
        ),
        ("`totals.csv`", Text("mô phỏng: dân số theo giới, nhóm tuổi", "simulated: adults by sex and age group")),
        (
            "`design.yaml`",
            Text(f"các cột của {interviews} để ước lượng", f"columns of {interviews}, for the estimators"),
        ),
    ]
    note = Text("", "")
    if survey.shifts:
        files.append(("`shifts.csv`", Text("mô phỏng: trước và sau khi đưa về đích", "simulated: before and after")))
        note = _NOTE
    return readme(_TITLE, _WARNING, command=command, files=files, note=note)


def survey_of(targets: NationalTargets, progress: Progress) -> NationalSurvey:
    """The survey of the national edition: the index of every province is its SIPAS there."""
    return national_survey(
        seed=targets.seed, targets=targets.sipas, sizes=targets.settings.sizes, shift=True, progress=progress
    )


def national_survey_example(source: Path, seed: int | None, progress: Progress) -> SimulatedEdition:
    """The survey of the national example as a folder of its own, its interviews as CSV; arguments as of `national`."""
    targets = national_targets(source, seed)
    return SimulatedEdition(
        example="national-survey",
        seed=targets.seed,
        source=source,
        edition=targets.edition,
        books=targets.books,
        copied=(),
        written=survey_files(survey_of(targets, progress)),
        submissions=(),
    )
