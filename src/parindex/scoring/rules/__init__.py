"""The kinds of rules. A new kind is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from parindex.scoring.rule import Rule
from parindex.scoring.rules.binary import Binary
from parindex.scoring.rules.checklist import Checklist
from parindex.scoring.rules.count_tiers import CountTiers
from parindex.scoring.rules.deduction import Deduction
from parindex.scoring.rules.external_index import ExternalIndex
from parindex.scoring.rules.formula import FormulaRule
from parindex.scoring.rules.percentage_bands import PercentageBands
from parindex.scoring.rules.proportional import Proportional
from parindex.scoring.rules.survey_scale import SurveyScale
from parindex.scoring.rules.target_ratio import TargetRatio
from parindex.scoring.rules.tiers import Tiers
from parindex.scoring.rules.year_on_year import YearOnYear

KINDS: Mapping[str, type[Rule]] = {
    "binary": Binary,
    "tiers": Tiers,
    "checklist": Checklist,
    "percentage_bands": PercentageBands,
    "proportional": Proportional,
    "deduction": Deduction,
    "count_tiers": CountTiers,
    "year_on_year": YearOnYear,
    "target_ratio": TargetRatio,
    "survey_scale": SurveyScale,
    "external_index": ExternalIndex,
    "formula": FormulaRule,
}
