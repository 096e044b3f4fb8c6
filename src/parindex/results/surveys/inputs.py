"""What describes a survey beside its answers: design.yaml, the questionnaire, the units; and how it is estimated.

The files travel with the estimates, so that a folder of estimates can be compared and reported on its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from parindex.documents.csv_rows import read_rows
from parindex.documents.text_files import read_bytes
from parindex.language import Text
from parindex.problems import Problems
from parindex.survey.design import LonelyRule, SurveyDesign
from parindex.survey.design_reading import read_design
from parindex.survey.estimate import Interval, Options
from parindex.survey.questionnaire import FormulaName, Questionnaire
from parindex.survey.questionnaire_reading import read_questionnaire

Method = Literal["taylor", "jkn", "bootstrap"]
METHODS: Final[tuple[Method, ...]] = ("taylor", "jkn", "bootstrap")

DESIGN_FILE: Final = "design.yaml"
QUESTIONNAIRE_FILE: Final = "questionnaire.yaml"
UNITS_FILE: Final = "units.csv"
GENERATOR_FILE: Final = "generator.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a survey is estimated. `formula` and `lonely` None: as questionnaire and design say.

    `tables`: the columns of each table of domains, the first of them the units. `edition` is the year, None where
    none was told. `replicates` and `seed` belong to the bootstrap.
    """

    tables: tuple[tuple[str, ...], ...] = ()
    least: int = 10
    level: float = 0.95
    interval: Interval = "logit"
    formula: FormulaName | None = None
    lonely: LonelyRule | None = None
    method: Method = "taylor"
    replicates: int = 1000
    seed: int = 1
    edition: int | None = None
    simulated: bool = False

    @property
    def options(self) -> Options:
        return Options(level=self.level, interval=self.interval)


@dataclass(frozen=True, slots=True)
class Inputs:
    """A design, its questionnaire and its units as read, with their bytes by file name.

    `units`: code and name of every domain that must stand in the first table, None where the sample says which.
    """

    design: SurveyDesign
    questionnaire: Questionnaire | None = None
    units: Mapping[str, Text] | None = None
    files: Mapping[str, bytes] = field(default_factory=dict, compare=False)

    def under(self, settings: Settings) -> tuple[SurveyDesign, Questionnaire | None]:
        """Design and questionnaire with the rule and the formula that the settings name."""
        design = self.design if settings.lonely is None else replace(self.design, lonely_psu=settings.lonely)
        form = self.questionnaire
        if form is not None and form.index is not None and settings.formula is not None:
            form = replace(form, index=replace(form.index, formula=settings.formula))
        return design, form


def is_simulated(files: Sequence[Path]) -> bool:
    """A simulation writes generator.json beside its files."""
    return any((file.parent / GENERATOR_FILE).is_file() for file in files)


def read_inputs(design: Path, questionnaire: Path | None = None, units: Path | None = None) -> Inputs:
    """Read what describes a survey. Raises ProblemsFound, with the problems of all files."""
    problems = Problems()
    files: dict[str, bytes] = {}

    def content(path: Path | None, name: str) -> bytes | None:
        if path is None:
            return None
        found = read_bytes(path, path.name, problems)
        if found is not None:
            files[name] = found
        return found

    declared = form = named = None
    if (text := content(design, DESIGN_FILE)) is not None:
        declared = read_design(text, design.name, problems)
    if questionnaire is not None and (text := content(questionnaire, QUESTIONNAIRE_FILE)) is not None:
        form = read_questionnaire(text, questionnaire.name, problems)
    if units is not None and (text := content(units, UNITS_FILE)) is not None:
        named = _units(text, units.name, problems)
    problems.raise_if_any()
    assert declared is not None
    return Inputs(declared, form, named, files)


def _units(content: bytes, name: str, problems: Problems) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for row in read_rows(content, name, problems, columns=("unit_code",), others=True):
        code = row.required("unit_code", problems)
        if code:
            vi = _first(row.values, "short_name", "name_vi") or code
            found.setdefault(code, Text(vi, _first(row.values, "name_en") or vi))
    return found


def _first(cells: Mapping[str, str], *names: str) -> str:
    return next((cells[name] for name in names if cells.get(name)), "")
