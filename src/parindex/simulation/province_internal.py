"""A simulated index inside a province that does not exist: departments with a survey, communes without one.

Nothing is published here, so nothing has to be met to the last digit: every unit gets a class to aim at, answers
whose points come near it and, for departments, survey results that fill the rest as far as they can.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from parindex.documents.text_files import read_bytes
from parindex.language import Text, half_up
from parindex.problems import Problems, ProblemsFound
from parindex.programme.edition import Edition, UnitList
from parindex.programme.framework import Framework, Node
from parindex.programme.units import Unit
from parindex.results.folder_tables import FolderTables
from parindex.results.reading import Progress, read_programme
from parindex.scoring.rule_book import RuleBook
from parindex.scoring.rules.external_index import INDEX_INPUT
from parindex.simulation.answers import Inputs
from parindex.simulation.appraisal_story import DECISION_COLUMNS, Act, Bodies, Storyteller, decision_rows
from parindex.simulation.edition_folder import SimulatedEdition, Submitted, csv_bytes, readme
from parindex.simulation.evidence import proof
from parindex.simulation.generator_settings import InternalSettings, internal_settings
from parindex.simulation.slips import SIMULATED
from parindex.simulation.survey_results import (
    ESTIMATE_COLUMNS,
    SIMULATED_SOURCE,
    EstimateRow,
    points_shared_out,
    rows_of_officials,
)
from parindex.simulation.unit_design import Answers, AskedLeaf, UnitDesigner, asked_leaves, no_links
from parindex.submissions import Filled
from parindex.submissions.layout import COUNT
from parindex.tables.flow import NotApplicable

COPIED = (
    "edition.yaml",
    "framework-department.yaml",
    "framework-commune.yaml",
    "units.csv",
    "not_applicable.csv",
)
"""Committed files that the edition needs as they are."""

_LATE: Mapping[str, tuple[str, str]] = {"departments": ("3.6", "3.3"), "communes": ("3.5", "3.2")}
"""By list: the line on apologies for late dossiers, and the line that says how many were late."""

_SURVEY_LOW, _SURVEY_HIGH = 0.45, 0.97
_INDEX_SPREAD = 0.035  # how far another index strays from the unit's own, in shares

_HOME_AFFAIRS, _APPRAISER, _ITS_APPRAISER = "S-02", "Sở Nội vụ", "Tổ thẩm định liên ngành"
_BODIES = Bodies(
    appraiser=_APPRAISER,
    council="Hội đồng thẩm định",
    windows={
        "appraisal_1": (date(2026, 1, 26), date(2026, 2, 12)),
        "appraisal_2": (date(2026, 2, 23), date(2026, 3, 6)),
        "council": (date(2026, 3, 16), date(2026, 3, 20)),
    },
)

_NEW_MODELS, _RAISED_RANKS, _FALSE_CLAIMS, _SENT_LATE = "B1", "B2", "P1", "P2"
_BONUS_DOCUMENTS: Mapping[str, str] = {
    _NEW_MODELS: "Quyết định công nhận sáng kiến, mô hình",
    _RAISED_RANKS: "Báo cáo kết quả các chỉ số của tỉnh",
}
_BONUS_IN_100, _REFUSED_IN_100, _LATE_IN_100 = 20, 30, 8

_OFFICIALS = Text("mô phỏng: trung bình trọng số phiếu điều tra", "simulated: mean weight of survey forms")
_SATISFACTION = Text("mô phỏng: mức độ hài lòng chung", "simulated: overall satisfaction")


class _Made(NamedTuple):
    """What is settled for one unit before its workbook is written."""

    unit_list: UnitList
    unit: Unit
    claims: Mapping[str, Inputs]
    bonus: Mapping[str, Decimal]
    acts: Sequence[Act]
    estimates: Sequence[EstimateRow]
    accepted: Sequence[tuple[str, str, str, Decimal, str, str]]


def province_internal(source: Path, seed: int | None, progress: Progress) -> SimulatedEdition:
    """Invent the edition from its committed files; `seed` None takes the one of generator.yaml.

    Raises `ProblemsFound` when the committed files are wrong.
    """
    settings = internal_settings(source)
    seed = settings.seed if seed is None else seed
    problems = Problems()
    edition, books, _ = read_programme(source, problems, examples=False)
    if edition is None or problems.errors:
        raise ProblemsFound(problems.sorted())
    left_out = _not_applicable(source, edition, books)
    made: list[_Made] = []
    total = sum(len(unit_list.units) for unit_list in edition.lists)
    for unit_list in edition.lists:
        maker = _Maker(edition, unit_list, books[unit_list.code], settings, left_out, seed)
        for unit, aim in maker.aims():
            made.append(maker.unit(unit, aim))
            progress(unit.code, len(made), total)
    return SimulatedEdition(
        example="province-internal",
        seed=seed,
        source=source,
        edition=edition,
        books=books,
        copied=COPIED,
        written=_tables(edition, made, seed),
        submissions=[_submitted(edition, each, seed) for each in made],
    )


def _not_applicable(source: Path, edition: Edition, books: Mapping[str, RuleBook]) -> tuple[NotApplicable, ...]:
    problems = Problems()
    name = "not_applicable.csv"
    content = read_bytes(source / name, name, problems)
    rows = FolderTables(edition, books, problems).not_applicable(content, name) if content is not None else ()
    problems.raise_if_any()
    return rows


@dataclass
class _Maker:
    """Makes the units of one list, each from its own chance."""

    edition: Edition
    unit_list: UnitList
    book: RuleBook
    settings: InternalSettings
    left_out: Sequence[NotApplicable]
    seed: int

    def __post_init__(self) -> None:
        self.framework: Framework = self.unit_list.framework
        self.decimals = self.edition.settings.store_decimals
        self.leaves: tuple[AskedLeaf, ...] = asked_leaves(self.framework, self.book)
        self.forms = self.settings.forms

    def aims(self) -> list[tuple[Unit, float]]:
        """Every unit with the index it aims at: so many in each class, who is in which by chance."""
        chance = random.Random(f"{self.seed}/{self.unit_list.code}")
        groups = self.unit_list.groups
        aims: list[float] = []
        for at, group in enumerate(groups):
            low = float(group.start) if group.start > 0 else 38.0
            high = float(groups[at - 1].start) if at else 97.0
            wanted = self.settings.classes.get(self.unit_list.code, {}).get(group.code, 0)
            aims.extend(chance.uniform(low + 1, high - 1) for _ in range(wanted))
        while len(aims) < len(self.unit_list.units):  # a list longer than its classes say: the rest is like the middle
            aims.append(chance.uniform(70, 89))
        chance.shuffle(aims)
        return list(zip(self.unit_list.units, aims, strict=False))

    def unit(self, unit: Unit, aim: float) -> _Made:
        chance = random.Random(f"{self.seed}/{unit.code}")
        excluded, none_arose = self._outside(unit)
        late, dossiers = _LATE[self.unit_list.code]
        surveyed = [node for node in self.framework.leaves if self._is_surveyed(node) and node.code not in excluded]
        indices = {
            node.code: self._index_value(aim, chance)
            for node in self.framework.leaves
            if node.code not in excluded and self._is_index(node)
        }
        applicable = sum(
            (node.max_points for node in self.framework.leaves if node.code not in excluded and self._counts(node)),
            Decimal(0),
        )
        left = applicable * Decimal(repr(round(aim, 6))) / 100
        left -= sum((self._index_points(code, value) for code, value in indices.items()), Decimal(0))
        share = min(max(0.78 + 0.6 * (aim / 100 - 0.8) + chance.gauss(0, 0.03), 0.5), 0.95)
        maxima = {node.code: node.max_points for node in surveyed}
        survey = sum(maxima.values(), Decimal(0)) * Decimal(repr(round(share, 6)))
        designer = UnitDesigner(
            self.leaves,
            chance,
            decimals=self.decimals,
            size=chance.uniform(0.6, 1.7),
            links=_late_dossiers(late, dossiers) if dossiers not in excluded else no_links,
            none_arose=none_arose,
            left_out=excluded,
            full=(dossiers,) if late in none_arose else (),
        )
        design = designer.near(left - survey)
        bodies = _BODIES if unit.code != _HOME_AFFAIRS else replace(_BODIES, appraiser=_ITS_APPRAISER)
        teller = Storyteller(unit.code, bodies, chance)
        stories = {
            leaf.node.code: teller.tell(leaf.node, leaf.rule, design.answers[leaf.node.code])
            for leaf in self.leaves
            if leaf.node.code in design.answers
        }
        bonus, adjustments = self._adjustments(unit, bodies, chance)
        return _Made(
            self.unit_list,
            unit,
            {code: story.claim for code, story in stories.items()},
            bonus,
            [*(act for story in stories.values() for act in story.acts), *adjustments],
            self._estimates(unit, left - design.points, maxima, indices, chance),
            self._accepted(unit, indices),
        )

    # --- what counts for a unit, and where it comes from

    def _outside(self, unit: Unit) -> tuple[Collection[str], Collection[str]]:
        """Leaves that do not concern the unit, and leaves where nothing arose."""
        found: dict[str, set[str]] = {"exclude_from_denominator": set(), "full_points_when_none_arise": set()}
        for row in self.left_out:
            if row.unit == unit.code:
                found[row.policy].update(leaf.code for leaf in self.framework.leaves_under(row.node))
        return found["exclude_from_denominator"], found["full_points_when_none_arise"]

    def _counts(self, node: Node) -> bool:
        return node.leaf is not None and (self.unit_list.survey_held or node.leaf.method != "survey")

    def _is_index(self, node: Node) -> bool:
        return self._counts(node) and node.leaf is not None and node.leaf.rule.kind == "external_index"

    def _is_surveyed(self, node: Node) -> bool:
        return self._counts(node) and node.leaf is not None and node.leaf.rule.kind == "survey_scale"

    def _index_value(self, aim: float, chance: random.Random) -> Decimal:
        share = min(max(aim / 100 + chance.gauss(0, _INDEX_SPREAD), 0.4), 0.985)
        return half_up(Decimal(repr(100 * share)), 2)

    def _index_points(self, code: str, value: Decimal) -> Decimal:
        points = self.book.rules[code].outcome({INDEX_INPUT: value}).points
        assert points is not None
        return half_up(points, self.decimals)

    # --- values that units do not give themselves

    def _estimates(
        self,
        unit: Unit,
        left: Decimal,
        maxima: Mapping[str, Decimal],
        indices: Mapping[str, Decimal],
        chance: random.Random,
    ) -> list[EstimateRow]:
        """Survey results, only where a survey was held. They fill what the answers leave, within what is likely."""
        if not self.unit_list.survey_held:
            return []
        total = sum(maxima.values(), Decimal(0))
        least, most = total * Decimal("0.5"), total * Decimal("0.95")
        shared = points_shared_out(
            half_up(min(max(left, least), most), self.decimals),
            maxima,
            chance,
            decimals=self.decimals,
            low=_SURVEY_LOW,
            high=_SURVEY_HIGH,
        )
        forms = round(self.forms * chance.uniform(0.8, 1.2))
        rows = rows_of_officials(
            unit.code,
            shared,
            maxima,
            chance,
            decimals=self.decimals,
            forms=forms,
            method=_OFFICIALS,
            order=list(maxima),
        )
        for code, value in indices.items():
            n = round(chance.uniform(120, 420))
            share = float(value) / 100
            se = half_up(Decimal(repr(100 * (share * (1 - share) / n) ** 0.5)), 3)
            rows.append(EstimateRow(unit.code, code, value, se, n, _SATISFACTION.both(), "simulated", SIMULATED_SOURCE))
        return rows

    def _accepted(self, unit: Unit, indices: Mapping[str, Decimal]) -> list[tuple[str, str, str, Decimal, str, str]]:
        """Where no survey is held, an index comes from a platform's records and is accepted as it is."""
        if self.unit_list.survey_held:
            return []
        return [(unit.code, code, INDEX_INPUT, value, "simulated", SIMULATED_SOURCE) for code, value in indices.items()]

    # --- bonus and penalty

    def _adjustments(
        self, unit: Unit, bodies: Bodies, chance: random.Random
    ) -> tuple[Mapping[str, Decimal], list[Act]]:
        """The bonus a unit claims, and what the appraiser decides on bonus and penalty."""
        bonus: dict[str, Decimal] = {}
        acts: list[Act] = []
        appraiser = bodies.appraiser

        def decide(item: str, count: int, basis: str, reason: str) -> None:
            at = bodies.day("appraisal_1", chance)
            acts.append(
                Act(unit.code, item, COUNT, "appraisal_1", str(count), basis, appraiser, at, SIMULATED + reason)
            )

        if unit.code in self.settings.bonus_at_cap:
            bonus = {_NEW_MODELS: Decimal(3), _RAISED_RANKS: Decimal(1)}
        elif chance.random() * 100 < _BONUS_IN_100:
            bonus = {_NEW_MODELS: Decimal(chance.randint(1, 2))}
            if chance.random() * 100 < _REFUSED_IN_100:
                kept = int(bonus[_NEW_MODELS]) - 1
                decide(_NEW_MODELS, kept, "adjusted", "1 mô hình đã được công nhận từ năm trước, không tính lại")
        if unit.code in self.settings.penalty_at_cap:
            decide(_FALSE_CLAIMS, 5, "records", "5 tài liệu kiểm chứng không đúng thực tế, xác minh tại đơn vị")
            decide(_SENT_LATE, 2, "records", "hai lần nộp hồ sơ quá hạn")
        elif chance.random() * 100 < _LATE_IN_100:
            decide(_SENT_LATE, 1, "records", f"hồ sơ nộp ngày {chance.randint(21, 25)}/1/2026, quá hạn 20/1/2026")
        return bonus, acts


def _late_dossiers(late: str, dossiers: str) -> Callable[[str, Answers], Mapping[str, Decimal]]:
    """Every dossier that was late is due an apology."""

    def links(code: str, made: Answers) -> Mapping[str, Decimal]:
        if code != late:
            return {}
        settled, on_time = made[dossiers]["denominator"], made[dossiers]["numerator"]
        assert isinstance(settled, Decimal) and isinstance(on_time, Decimal)
        return {"denominator": settled - on_time}

    return links


# --- files


def _submitted(edition: Edition, made: _Made, seed: int) -> Submitted:
    unit = made.unit
    one_word = bool(unit.short_name) and " " not in unit.short_name
    proofs = proof(
        made.unit_list.framework,
        made.claims,
        random.Random(f"{seed}/{unit.code}/evidence"),
        issuer=unit.name.vi,
        sign=unit.short_name if one_word else "UBND",
        year=edition.year,
        more={code: _BONUS_DOCUMENTS[code] for code in made.bonus},
    )
    filled = Filled(
        documents=proofs.documents,
        answers=made.claims,
        evidence=proofs.evidence,
        explanations=proofs.explanations,
        bonus=made.bonus,
    )
    return Submitted(made.unit_list, unit, filled)


def _tables(edition: Edition, made: Sequence[_Made], seed: int) -> dict[str, bytes]:
    decisions = decision_rows([act for each in made for act in each.acts], edition.lists)
    accepted_columns = ("unit", "node", "input", "value", "basis", "source")
    return {
        "decisions.csv": csv_bytes(DECISION_COLUMNS, decisions),
        "estimates.csv": csv_bytes(ESTIMATE_COLUMNS, [row for each in made for row in each.estimates]),
        "accepted.csv": csv_bytes(accepted_columns, [row for each in made for row in each.accepted]),
        "README.md": _readme(seed, len(decisions)),
    }


_TITLE = Text("Chỉ số nội bộ của một tỉnh năm 2025, mô phỏng", "A province's own index, 2025, simulated")
_WARNING = Text(
    "Tỉnh này không có thật; không dùng kết quả để nói về bất kỳ cơ quan nào.",
    "This province does not exist; the results say nothing about any real body.",
)
_NOTE = Text(
    "Tên các sở là tên thường gặp; số liệu không phải của sở nào.",
    "Departments carry usual names; the figures belong to none of them.",
)


def _readme(seed: int, decisions: int) -> bytes:
    files = (
        ("`edition.yaml`", Text("khai báo của kỳ mô phỏng", "declares the simulated edition")),
        ("`framework-*.yaml`", Text("hai bộ tiêu chí ví dụ", "two example frameworks")),
        ("`units.csv`", Text("20 sở, ban, ngành; 126 xã, phường", "20 departments; 126 communes and wards")),
        ("`not_applicable.csv`", Text("mục không đánh giá, không phát sinh", "what is not scored, what did not arise")),
        ("`submissions/*.xlsx`", Text("mô phỏng: hồ sơ tự đánh giá", "simulated: self-assessments")),
        (
            "`decisions.csv`",
            Text(
                f"mô phỏng: {decisions} dòng quyết định, gồm điểm thưởng, điểm trừ",
                f"simulated: {decisions} rows of decisions, with bonus and penalty",
            ),
        ),
        ("`estimates.csv`", Text("mô phỏng: kết quả điều tra cấp sở", "simulated: survey of departments")),
        (
            "`accepted.csv`",
            Text("mô phỏng: chất lượng phục vụ cấp xã", "simulated: service quality of communes, in real time"),
        ),
        ("`generator.json`", Text("số khởi tạo, phiên bản, danh sách tệp", "seed, versions, list of files")),
    )
    command = f"parindex example write province-internal --seed {seed}"
    return readme(_TITLE, _WARNING, command=command, files=files, note=_NOTE)
