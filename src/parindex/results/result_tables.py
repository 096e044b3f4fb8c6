"""A computed edition in memory: its programme and the table of every stage, found by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from parindex.language import Text
from parindex.programme.edition import Edition, UnitList
from parindex.scoring.rule_book import RuleBook
from parindex.tables.columns import Row, TableSpec
from parindex.tables.counted import Counted
from parindex.tables.flow import (
    Accepted,
    Answer,
    Difference,
    Estimate,
    IndexValue,
    Mean,
    Movement,
    NotApplicable,
    Rank,
    Score,
    SourceRow,
    SurveyCount,
    SurveyTerm,
)
from parindex.tables.measured import Measured

MANIFEST = "manifest.json"
"""What a folder of results or a publication holds and what made it; only such a folder has it."""

SIMULATED = Text("Số liệu mô phỏng, không phải kết quả chính thức", "Simulated figures, not an official result")


@dataclass(frozen=True)
class ResultTables:
    """Every stage's table of one edition, with the programme that gives them meaning."""

    edition: Edition
    books: Mapping[str, RuleBook]
    answers: tuple[Answer, ...]
    accepted: tuple[Accepted, ...]
    estimates: tuple[Estimate, ...]
    not_applicable: tuple[NotApplicable, ...]
    scores: tuple[Score, ...]
    index_values: tuple[IndexValue, ...]
    ranks: tuple[Rank, ...]
    means: tuple[Mean, ...]
    movements: tuple[Movement, ...]
    differences: tuple[Difference, ...]
    sources: tuple[SourceRow, ...]
    programme_files: Mapping[str, bytes]
    survey_terms: tuple[SurveyTerm, ...] = ()
    survey_counts: tuple[SurveyCount, ...] = ()
    measured: tuple[Measured, ...] = ()
    counted: tuple[Counted, ...] = ()

    def table(self, spec: TableSpec[Row]) -> tuple[Row, ...]:
        """The rows of one declared table."""
        rows: tuple[Row, ...] = getattr(self, spec.name)
        return rows

    @cached_property
    def scores_of(self) -> Mapping[tuple[str, str], tuple[Score, ...]]:
        """Scores by unit and node, in the order of stages."""
        found: dict[tuple[str, str], list[Score]] = {}
        for row in self.scores:
            found.setdefault((row.unit, row.node), []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def accepted_of(self) -> Mapping[tuple[str, str], tuple[Accepted, ...]]:
        found: dict[tuple[str, str], list[Accepted]] = {}
        for row in self.accepted:
            found.setdefault((row.unit, row.node), []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def answers_of(self) -> Mapping[str, tuple[Answer, ...]]:
        found: dict[str, list[Answer]] = {}
        for row in self.answers:
            found.setdefault(row.unit, []).append(row)
        return {unit: tuple(rows) for unit, rows in found.items()}

    @cached_property
    def index_of(self) -> Mapping[tuple[str, str], IndexValue]:
        return {(row.unit, row.node): row for row in self.index_values}

    @cached_property
    def rank_of(self) -> Mapping[str, Rank]:
        return {row.unit: row for row in self.ranks}

    @cached_property
    def estimate_of(self) -> Mapping[tuple[str, str], Estimate]:
        return {(row.unit, row.node): row for row in self.estimates}

    @cached_property
    def survey_terms_of(self) -> Mapping[tuple[str, str], tuple[SurveyTerm, ...]]:
        """By unit and node, each figure before those it is made of."""
        found: dict[tuple[str, str], list[SurveyTerm]] = {}
        for row in self.survey_terms:
            found.setdefault((row.unit, row.node), []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def survey_counts_of(self) -> Mapping[tuple[str, str, str], tuple[SurveyCount, ...]]:
        """By survey, unit and question."""
        found: dict[tuple[str, str, str], list[SurveyCount]] = {}
        for row in self.survey_counts:
            found.setdefault((row.survey, row.unit, row.item), []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def counted_of(self) -> Mapping[tuple[str, str], tuple[Counted, ...]]:
        """By unit and leaf, in the order of the leaf's inputs."""
        found: dict[tuple[str, str], list[Counted]] = {}
        for row in self.counted:
            found.setdefault((row.unit, row.node), []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def measured_of(self) -> Mapping[tuple[str, str], Measured]:
        """By unit and measure, of the whole unit and period."""
        return {(row.unit, row.measure): row for row in self.measured if row.office is None and row.month is None}

    @cached_property
    def digest_of_source(self) -> Mapping[str, str]:
        return {row.source: row.sha256 for row in self.sources}

    def list_named(self, code: str | None) -> tuple[UnitList, ...]:
        """One list by its code, or all."""
        return tuple(each for each in self.edition.lists if code is None or each.code == code)
