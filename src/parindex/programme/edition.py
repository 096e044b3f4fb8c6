"""An edition: one year of a programme, its lists of units, its calendar and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from parindex.language import Text
from parindex.programme.framework import Framework
from parindex.programme.units import Unit, UnitChange
from parindex.sources import Place

MissingPolicy = Literal["leave_empty", "zero_points", "rescale"]
TieMethod = Literal["min", "dense"]
RecordUse = Literal["beside", "preferred", "only"]
RECORD_USES: tuple[RecordUse, ...] = ("beside", "preferred", "only")
"""What becomes of a count from records. beside: it is shown, and decisions follow it or not. preferred: it is accepted
where no decision says otherwise. only: it alone is accepted, and an input that is not counted has no value."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group or named class: index values from `start` up to the start of the one above; the top one is closed."""

    code: str
    name: Text
    start: Decimal
    place: Place


@dataclass(frozen=True, slots=True)
class Settings:
    """How an edition counts. What is an assumption and what is known is said in the documentation of settings."""

    store_decimals: int = 4
    publish_decimals: int = 2
    rounding_before_grouping: bool = True
    tie_method: TieMethod = "min"
    missing: MissingPolicy = "leave_empty"
    min_coverage: Decimal = Decimal(100)
    aggregation: str = "points_over_applicable"
    records: RecordUse = "beside"


@dataclass(frozen=True, slots=True)
class UnitList:
    """One list of units that are ranked together, with their framework."""

    code: str
    name: Text
    units: tuple[Unit, ...]
    framework: Framework
    groups: tuple[Group, ...]
    survey_held: bool
    survey_reason: Text | None
    place: Place


@dataclass(frozen=True, slots=True)
class Comparison:
    """The edition that values are compared with, and whether they may be."""

    edition: str
    comparable: bool
    note: Text | None


SURVEY_FORMULAS: tuple[str, ...] = ("satisfaction_share", "mean_rescaled", "mean_rescaled_zero")
"""How an answer becomes 0-100; what each means is said by `parindex.survey.sipas.FORMULAS`."""

LEAST_ANSWERS = 10
"""Figures and counts of fewer answers are not published, unless an edition asks for more or fewer."""


@dataclass(frozen=True, slots=True)
class SurveyOfEdition:
    """A survey whose interviews lie in the edition folder, and the leaves of a list that it scores.

    `design`, `questionnaire` and `interviews` are paths inside the edition folder. `unit_column` is a domain column of
    the design whose values are unit codes. `formula` None: as the questionnaire says. `nodes` leads from a leaf to the
    code of an index, sub-index or factor; None: the items of the questionnaire say which leaf they score.
    """

    code: str
    name: Text
    list: str
    design: str
    questionnaire: str
    interviews: str
    unit_column: str
    formula: str | None
    least: int
    nodes: Mapping[str, str] | None
    place: Place


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything an edition declares; what units, appraisers and surveys said comes beside it."""

    programme: str
    code: str
    year: int
    name: Text
    simulated: bool
    as_of: date
    calendar: Mapping[str, date]
    lists: tuple[UnitList, ...]
    settings: Settings
    comparison: Comparison | None
    units: Mapping[str, Unit]
    unit_changes: tuple[UnitChange, ...]
    note: Text | None
    surveys: tuple[SurveyOfEdition, ...] = ()

    def list_of(self, unit: str) -> UnitList | None:
        """The list a unit is ranked in; None when it is in none."""
        return next((each for each in self.lists if any(member.code == unit for member in each.units)), None)
