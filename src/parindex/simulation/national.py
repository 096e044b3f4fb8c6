"""The simulated national edition: 63 provinces whose published totals, ranks and means hold exactly.

What is invented is worked out backwards. Targets come first (`targets`); then every province gets accepted answers
whose points come near what its target leaves for them, and the survey of officials fills the rest to the last
digit; then claims and decisions are told that end in the accepted answers.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from parindex.language import Text, half_up
from parindex.programme.framework import Framework
from parindex.programme.inputs import canonical
from parindex.programme.units import Unit
from parindex.results.reading import Progress, no_progress
from parindex.scoring.rules.external_index import ExternalIndex
from parindex.simulation.accepted_counts import AcceptedCounts, DossierVolumes, counts_of, of_fewer_dossiers
from parindex.simulation.answers import Inputs
from parindex.simulation.appraisal_story import (
    DECISION_COLUMNS,
    Act,
    Bodies,
    Story,
    Storyteller,
    decision_rows,
)
from parindex.simulation.edition_folder import SimulatedEdition, Submitted, csv_bytes, readme
from parindex.simulation.evidence import proof
from parindex.simulation.national_targets import NationalTargets, national_targets
from parindex.simulation.slips import SIMULATED, figure
from parindex.simulation.survey_results import (
    ESTIMATE_COLUMNS,
    OFFICIALS_METHOD,
    EstimateRow,
    points_shared_out,
    rows_of_officials,
)
from parindex.simulation.unit_design import Answers, AskedLeaf, Design, UnitDesigner, asked_leaves
from parindex.submissions import Filled
from parindex.tables.flow import POINTS_INPUT
from parindex.tables.record_tables import MEASURES_FILE, RECORDS_FOLDER

if TYPE_CHECKING:
    from parindex.simulation.national_survey import NationalSurvey
    from parindex.survey.questionnaire import Questionnaire

COPIED = (
    "framework.yaml",
    "units.csv",
    "unit_changes.csv",
    "history.csv",
    "published.csv",
    "means.csv",
    "SOURCES.md",
)
"""Committed files that the edition needs as they are: the framework, and what is published."""

SIPAS = "8.1"
JITTER = Decimal("0.002")
"""How far, in points, a computed index may be from its target: no total is suspiciously round, and means hold."""

# Shares of the survey of officials: its mean at the national mean of the index, how it follows the index, and its
# own chance. Ninh Thuận 2022 had 18.05 of 22 points, which is 82 percent.
_OFFICIALS_MEAN, _OFFICIALS_SLOPE, _OFFICIALS_SPREAD = 0.81, 0.011, 0.012
_OFFICIALS_LOW, _OFFICIALS_HIGH = 0.6, 0.99
_ATTEMPTS = 40

# None arose: an unlawful document to correct, a recommendation from above, a recruitment. By leaf, with how many
# of 100 provinces, and the reason.
_NONE_AROSE: Mapping[str, tuple[int, str]] = {
    "2.4.3": (10, "trong năm không có kiến nghị xử lý văn bản của cơ quan kiểm tra cấp trên"),
    "5.2.1": (6, "trong năm không tổ chức tuyển dụng công chức"),
    "5.2.2": (5, "trong năm không tổ chức tuyển dụng viên chức"),
}
# These provinces find nothing to correct and claim 0 of 0, which the rule itself counts as full.
_NONE_FOUND, _NONE_FOUND_IN_100 = "2.4.2", 12

_BODIES = Bodies(
    appraiser="Bộ Nội vụ",
    council="Hội đồng thẩm định",
    windows={
        "appraisal_1": (date(2024, 2, 5), date(2024, 2, 28)),
        "appraisal_2": (date(2024, 3, 6), date(2024, 3, 22)),
        "council": (date(2024, 4, 1), date(2024, 4, 9)),
    },
)

# Two stories are always told, for documentation and tests to follow.
_TOLD_UNIT, _TOLD_NODE = "P63-31", "3.4.1"
_TOLD_REASON = "đợt hồ sơ ngày 12/3 bị đếm hai lần"
_OVERRIDE_UNIT, _OVERRIDE_POINTS = "P63-06", Decimal("7.48")
_OVERRIDE_REASON = (
    "ghi 7,48 điểm như kết quả tỉnh Bắc Kạn đã công bố năm 2023, thay cho 7,503 điểm tính từ SIPAS 75,03 %"
)


@dataclass(frozen=True, slots=True)
class _Province:
    """What is settled for one province before its workbook is written."""

    unit: Unit
    accepted: Mapping[str, Inputs]
    claims: Mapping[str, Inputs]
    acts: Sequence[Act]
    estimates: Sequence[EstimateRow]
    none_arose: Mapping[str, str]


def national(source: Path, seed: int | None, progress: Progress) -> SimulatedEdition:
    """Invent the national edition from its committed files; `seed` None takes the one of generator.yaml.

    Raises `ProblemsFound` when the committed files are wrong, or no targets fit the published figures.
    """
    from parindex.simulation.national_survey import survey_of  # NumPy: only where it is needed

    targets = national_targets(source, seed)
    maker = _Maker(targets)
    provinces = maker.provinces(progress)
    survey = survey_of(targets, progress)
    return SimulatedEdition(
        example="national",
        seed=targets.seed,
        source=source,
        edition=targets.edition,
        books=targets.books,
        copied=COPIED,
        written={
            "edition.yaml": (source / "edition.yaml").read_bytes() + _surveys(survey.questionnaire).encode(),
            **_tables(targets, provinces, survey.completes),
            **_survey_folder(survey, targets.seed),
        },
        submissions=[maker.submitted(province) for province in provinces],
        records=lambda folder, told: _records(source, targets, provinces, folder, told),
    )


def _records(
    source: Path, targets: NationalTargets, provinces: Sequence[_Province], folder: Path, progress: Progress
) -> Sequence[str]:
    """Dossiers and catalogues that count to the accepted answers, and the measures that count them."""
    from parindex.simulation.record_folder import MEASURES, records_of, write_record_folder  # DuckDB: only here

    accepted = [counts_of(each.unit.code, each.accepted) for each in provinces]
    names = write_record_folder(
        folder,
        [records_of(each) for each in accepted],
        year=targets.edition.year,
        seed=targets.seed,
        sizes=targets.settings.sizes,
        progress=progress,
    )
    (folder / MEASURES_FILE).write_bytes((source / MEASURES).read_bytes())
    return [*names, MEASURES_FILE]


def accepted_counts(source: Path, seed: int | None) -> Mapping[str, AcceptedCounts]:
    """What dossiers and procedures the accepted answers of `national` count, by unit; arguments and errors as there.

    What units claim differs from this: some count a batch twice.
    """
    provinces = _Maker(national_targets(source, seed)).provinces(no_progress)
    return {each.unit.code: counts_of(each.unit.code, each.accepted) for each in provinces}


class _Maker:
    """Makes provinces one by one, each from its own chance, so that one does not depend on another."""

    def __init__(self, targets: NationalTargets):
        edition, unit_list, book, settings = targets.edition, targets.unit_list, targets.book, targets.settings
        self.targets = targets
        self.edition = edition
        self.list = unit_list
        self.framework: Framework = unit_list.framework
        self.book = book
        self.settings = settings
        self.seed = targets.seed
        self.decimals = edition.settings.store_decimals
        self.leaves: tuple[AskedLeaf, ...] = of_fewer_dossiers(
            asked_leaves(self.framework, book),
            settled=settings.settled_dossiers,
            sizes=[settings.sizes.get(unit.code, 1.0) for unit in unit_list.units],
        )
        self.officials = {
            node.code: node.max_points
            for node in self.framework.leaves
            if node.leaf is not None and node.leaf.rule.kind == "survey_scale"
        }

    def provinces(self, progress: Progress) -> list[_Province]:
        made = []
        for done, unit in enumerate(self.list.units, start=1):
            made.append(self.province(unit, self.targets.index[unit.code], self.targets.sipas[unit.code]))
            progress(unit.code, done, len(self.list.units))
        return made

    def province(self, unit: Unit, target: Decimal, sipas: Decimal) -> _Province:
        for attempt in range(_ATTEMPTS):
            chance = random.Random(f"{self.seed}/{unit.code}/{attempt}")
            made = self._attempt(unit, target, sipas, chance)
            if made is not None:
                design, shared, none_arose = made
                stories = self._stories(unit, design, chance)
                return _Province(
                    unit,
                    design.answers,
                    {code: story.claim for code, story in stories.items()},
                    [*(act for story in stories.values() for act in story.acts), *self._override(unit, chance)],
                    self._estimates(unit, shared, chance),
                    none_arose,
                )
        raise AssertionError(f"no answers fit the target of {unit.code}")  # a target far from all quality

    def _attempt(
        self, unit: Unit, target: Decimal, sipas: Decimal, chance: random.Random
    ) -> tuple[Design, Mapping[str, Decimal], Mapping[str, str]] | None:
        """Answers and points of the survey of officials that together give the target; None when they cannot."""
        total = target + half_up(JITTER * Decimal(repr(round(chance.uniform(-1, 1), 6))), self.decimals)
        none_arose = {code: why for code, (part, why) in _NONE_AROSE.items() if chance.random() * 100 < part}
        nothing_found = chance.random() * 100 < _NONE_FOUND_IN_100
        wish = _OFFICIALS_MEAN + _OFFICIALS_SLOPE * float(target - 87) + chance.gauss(0, _OFFICIALS_SPREAD)
        maximum = sum(self.officials.values(), Decimal(0))
        left = total - self._sipas_points(unit, sipas)
        dossiers = DossierVolumes(random.Random(f"{self.seed}/{unit.code}/dossiers"))

        def links(code: str, made: Answers) -> Mapping[str, Decimal]:
            if code == _NONE_FOUND and nothing_found:
                return {"denominator": Decimal(0)}
            return self._links(code, made) or dossiers.of(code, made)

        designer = UnitDesigner(
            self.leaves,
            chance,
            decimals=self.decimals,
            size=self.settings.sizes.get(unit.code, 1.0) * chance.uniform(0.85, 1.15),
            links=links,
            none_arose=none_arose,
        )
        design = designer.near(left - maximum * Decimal(repr(round(wish, 6))))
        if unit.code == _TOLD_UNIT and not self._can_be_told(design):
            return None
        try:
            shared = points_shared_out(
                left - design.points,
                self.officials,
                chance,
                decimals=self.decimals,
                low=_OFFICIALS_LOW,
                high=_OFFICIALS_HIGH,
            )
        except ValueError:
            return None
        return design, shared, none_arose

    def _links(self, code: str, made: Answers) -> Mapping[str, Decimal]:
        """One province states the same facts in several lines."""
        if code in ("3.3.4", "3.2.3"):
            return {"denominator": _figure(made, {"3.3.4": "3.3.1", "3.2.3": "3.2.2"}[code], "denominator")}
        if code == "3.5.2":
            return {"denominator": _figure(made, "3.5.1", "numerator")}
        if code == "8.2.5":
            return {"national_growth": self.settings.national_growth}
        return {}

    def _sipas_points(self, unit: Unit, sipas: Decimal) -> Decimal:
        """Points of SIPAS. Targets have two decimals, and the survey's estimate is within 0.00004 of its target: both
        earn the same points once these are rounded to what is stored."""
        if unit.code == _OVERRIDE_UNIT:
            return _OVERRIDE_POINTS
        rule = self.book.rules[SIPAS]
        assert isinstance(rule, ExternalIndex)
        points = rule.outcome({rule.inputs[0].name: sipas}).points
        assert points is not None
        return half_up(points, self.decimals)

    # --- stories

    def _stories(self, unit: Unit, design: Design, chance: random.Random) -> dict[str, Story]:
        teller = Storyteller(unit.code, _BODIES, chance)
        return {
            leaf.node.code: (
                self._told(teller, leaf, design.answers[leaf.node.code])
                if (unit.code, leaf.node.code) == (_TOLD_UNIT, _TOLD_NODE)
                else teller.tell(leaf.node, leaf.rule, design.answers[leaf.node.code])
            )
            for leaf in self.leaves
            if leaf.node.code in design.answers
        }

    def _can_be_told(self, design: Design) -> bool:
        """Some dossiers were late, so that counting a batch of good ones twice gained points."""
        answers = design.answers
        share = _figure(answers, _TOLD_NODE, "numerator") / _figure(answers, _TOLD_NODE, "denominator")
        return Decimal("0.955") < share < Decimal("0.998")

    def _told(self, teller: Storyteller, leaf: AskedLeaf, final: Inputs) -> Story:
        batch = Decimal(round(float(_figure({_TOLD_NODE: final}, _TOLD_NODE, "denominator")) * 0.035))
        claim: Inputs = {name: value + batch for name, value in final.items() if isinstance(value, Decimal)}
        reason = f"{_TOLD_REASON} ({figure(batch, leaf.rule.inputs[0].unit)})"
        return Story(claim, teller.acts(leaf.node, "appraisal_1", final, reason))

    def _override(self, unit: Unit, chance: random.Random) -> list[Act]:
        """The council sets the SIPAS points of one province directly: its published points are not 10 % of SIPAS."""
        if unit.code != _OVERRIDE_UNIT:
            return []
        at = _BODIES.day("council", chance)
        points = canonical(_OVERRIDE_POINTS)
        reason = SIMULATED + _OVERRIDE_REASON
        return [Act(unit.code, SIPAS, POINTS_INPUT, "council", points, "adjusted", _BODIES.council, at, reason)]

    # --- survey results

    def _estimates(self, unit: Unit, shared: Mapping[str, Decimal], chance: random.Random) -> list[EstimateRow]:
        forms = round(self.settings.forms / len(self.list.units) * chance.uniform(0.9, 1.1))
        return rows_of_officials(
            unit.code,
            shared,
            self.officials,
            chance,
            decimals=self.decimals,
            forms=forms,
            method=OFFICIALS_METHOD,
            order=list(self.officials),
        )

    # --- workbooks

    def submitted(self, province: _Province) -> Submitted:
        chance = random.Random(f"{self.seed}/{province.unit.code}/evidence")
        proofs = proof(
            self.framework,
            province.claims,
            chance,
            issuer=f"UBND {province.unit.name.vi[0].lower()}{province.unit.name.vi[1:]}",
            sign="UBND",
            year=self.edition.year,
        )
        filled = Filled(
            documents=proofs.documents,
            answers=province.claims,
            evidence=proofs.evidence,
            explanations=proofs.explanations,
        )
        return Submitted(self.list, province.unit, filled)


def _figure(answers: Answers, code: str, name: str) -> Decimal:
    value = answers[code][name]
    assert isinstance(value, Decimal), (code, name)
    return value


# --- files


_SURVEY = "survey"


def _surveys(questionnaire: Questionnaire) -> str:
    """What edition.yaml says of the survey in the folder."""
    from parindex.simulation.national_survey import INTERVIEWS_PARQUET

    index = questionnaire.index
    assert index is not None
    return f"""
# SIPAS của từng tỉnh được ước lượng từ các phiếu mô phỏng trong thư mục {_SURVEY}.
# SIPAS of each province is estimated from the simulated interviews in the folder {_SURVEY}.
surveys:
  - code: SIPAS
    name: {{vi: "Khảo sát mức độ hài lòng (mô phỏng)", en: "Satisfaction survey (simulated)"}}
    folder: {_SURVEY}
    interviews: {INTERVIEWS_PARQUET}
    unit_column: province
    formula: {index.formula}
    least: 10
    nodes: {{"{SIPAS}": {index.code}}}
"""


def _survey_folder(survey: NationalSurvey, seed: int) -> dict[str, bytes]:
    from parindex.simulation.national_survey import INTERVIEWS_PARQUET, survey_files

    files = survey_files(survey, interviews=INTERVIEWS_PARQUET, command=_command(seed))
    return {f"{_SURVEY}/{name}": content for name, content in files.items()}


def _tables(targets: NationalTargets, provinces: Sequence[_Province], interviews: int) -> dict[str, bytes]:
    decisions = decision_rows([act for each in provinces for act in each.acts], [targets.unit_list])
    left_out = [
        (province.unit.code, code, "full_points_when_none_arise", SIMULATED + why)
        for province in provinces
        for code, why in province.none_arose.items()
    ]
    return {
        "decisions.csv": csv_bytes(DECISION_COLUMNS, decisions),
        "estimates.csv": csv_bytes(ESTIMATE_COLUMNS, [row for each in provinces for row in each.estimates]),
        "not_applicable.csv": csv_bytes(("unit", "node", "policy", "reason"), left_out),
        "README.md": _readme(targets.seed, len(decisions), interviews),
    }


def _command(seed: int) -> str:
    return f"parindex example write national --seed {seed}"


_TITLE = Text("Kỳ 2023 cấp tỉnh, mô phỏng", "Provincial edition 2023, simulated")
_WARNING = Text("Không được dùng để nhận xét một tỉnh thật.", "It must not be used to judge a real province.")
_NOTE = Text(
    "Tổng điểm, thứ hạng và trung bình đã công bố được giữ đúng; mọi điểm thành phần, kể cả của tỉnh có tổng điểm đã "
    "công bố, là mô phỏng.",
    "Published totals, ranks and means hold exactly; every point below the total is simulated, also for provinces "
    "whose total is published.",
)


def _readme(seed: int, decisions: int, interviews: int) -> bytes:
    files = (
        ("`published.csv`, `means.csv`, `history.csv`", Text("đã công bố, giữ nguyên", "published, as they are")),
        ("`units.csv`, `unit_changes.csv`", Text("danh mục thật", "real lists")),
        ("`SOURCES.md`", Text("nguồn của các tệp trên", "sources of the files above")),
        ("`edition.yaml`", Text("khai báo của kỳ mô phỏng", "declares the simulated edition")),
        ("`framework.yaml`", Text("bộ tiêu chí dựng lại", "the reconstructed framework")),
        ("`submissions/*.xlsx`", Text("mô phỏng: hồ sơ tự đánh giá", "simulated: self-assessments")),
        (
            "`decisions.csv`",
            Text(f"mô phỏng: {decisions} dòng quyết định", f"simulated: {decisions} rows of decisions"),
        ),
        (
            f"`{_SURVEY}/`",
            Text(
                f"mô phỏng: khảo sát hài lòng, {interviews} phiếu; SIPAS từng tỉnh ước lượng từ đây",
                f"simulated: the satisfaction survey, {interviews} interviews; SIPAS is estimated from it",
            ),
        ),
        (
            "`estimates.csv`",
            Text("mô phỏng: điều tra lãnh đạo, quản lý", "simulated: the survey of officials"),
        ),
        (
            f"`{RECORDS_FOLDER}/`",
            Text(
                "mô phỏng: khoảng một triệu hồ sơ một cửa và danh mục thủ tục, đếm ra đúng giá trị được công nhận; "
                "chỉ tiêu đếm ở measures.yaml",
                "simulated: some one million dossiers of one-stop shops and the procedure catalogue, which count to "
                "what was accepted; measures.yaml says how they are counted",
            ),
        ),
        ("`not_applicable.csv`", Text("mô phỏng: mục không phát sinh", "simulated: what did not arise")),
        ("`generator.json`", Text("số khởi tạo, phiên bản, danh sách tệp", "seed, versions, list of files")),
    )
    return readme(_TITLE, _WARNING, command=_command(seed), files=files, note=_NOTE)
