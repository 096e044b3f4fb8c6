"""How a survey file is laid out: which columns hold strata, sampled units, weights, domains and answers.

Read from `design.yaml` (see `design_reading`), or made in code. Everything that counts and estimates takes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

ItemKind = Literal["scale", "yes_no", "choice", "choices", "count", "number"]
ITEM_KINDS: Final[tuple[ItemKind, ...]] = ("scale", "yes_no", "choice", "choices", "count", "number")

LonelyRule = Literal["fail", "remove", "certainty", "adjust", "average"]
LONELY_RULES: Final[tuple[LonelyRule, ...]] = ("fail", "remove", "certainty", "adjust", "average")

WEIGHT_UNIT: Final = 1_000_000
"""Weights are stored as whole millionths, so that their sums are exact whole numbers in every order."""

LARGEST_WEIGHT: Final = 1 << 40
"""In millionths: 1.1 million people for one respondent. A greater weight is a mistake."""

ALL: Final = "*"
"""The item code under which a cell counts all respondents, whatever they answered."""


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """One question as it stands in the file.

    `answers` are the valid codes as text, each with its score; None where a code is no number on a scale (choice).
    It is empty for count and number items, which have bounds (inclusive, None: unbounded) and `decimals`: their
    answers are whole numbers of 10^-decimals, further digits are rounded half away from zero.
    `top` are the codes that count as satisfied, or as yes. `option` is set where the column holds several codes
    separated by spaces (select-many of XLSForm): the item then says whether this option is among them, "1" or "0".
    Anything that is not a valid answer is item non-response.
    """

    code: str
    column: str
    kind: ItemKind
    answers: Mapping[str, int | None] = field(default_factory=dict)
    top: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None
    decimals: int = 0
    option: str | None = None

    @property
    def coded(self) -> bool:
        """Answers are a few codes, counted one by one; else they are numbers, summed."""
        return self.kind not in ("count", "number")


@dataclass(frozen=True, slots=True)
class RatioItem:
    """Σwy / Σwx over the respondents who answered both. Numerator and denominator are count or number items."""

    code: str
    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """The weights were calibrated to known totals of these margins (post-strata: one margin of crossed cells).

    `margins` are columns of categories. Variances use the residuals of a regression on them, weighted by the column
    `base_weight`, the weights before calibration (Deville and Särndal 1992); where it is None every respondent counts
    the same, as in `rake()` of R's survey package.
    """

    margins: tuple[str, ...]
    base_weight: str | None = None


@dataclass(frozen=True, slots=True)
class SurveyDesign:
    """Names of columns, and the rules of the variance.

    `stratum` None: one stratum. `psu` is the first sampled unit; `ssu` the second, None where respondents are the
    second stage or where the second stage does not matter. `psu_population`: number of PSUs in the stratum's
    population, for the finite population correction; `unit_population`: number of second-stage units in the PSU's
    population, which asks for the second-stage term too. `record` names interviews, so that doubles are seen.
    `nested`: the same PSU code in two strata means two PSUs (and an SSU code in two PSUs two SSUs); else a mistake.
    `lonely_psu`: what a stratum with one PSU adds to the variance, the rules of R's `survey.lonely.psu`;
    `lonely_in_domains` applies them also where a domain has only one PSU of a stratum with more
    (R's `survey.adjust.domain.lonely`).
    """

    name: str
    psu: str
    weight: str
    items: tuple[AnswerItem, ...]
    stratum: str | None = None
    ssu: str | None = None
    record: str | None = None
    psu_population: str | None = None
    unit_population: str | None = None
    domains: tuple[str, ...] = ()
    ratios: tuple[RatioItem, ...] = ()
    calibration: Calibration | None = None
    nested: bool = False
    lonely_psu: LonelyRule = "fail"
    lonely_in_domains: bool = False

    @property
    def margins(self) -> tuple[str, ...]:
        return self.calibration.margins if self.calibration else ()

    @property
    def base_weight(self) -> str | None:
        return self.calibration.base_weight if self.calibration else None

    @property
    def element_stage(self) -> bool:
        """Respondents are the second sampled stage, so that cells need sums of squared weights."""
        return self.unit_population is not None and self.ssu is None

    @property
    def key_columns(self) -> tuple[str, ...]:
        """What divides respondents into groups: stratum, PSU, SSU, domains, margins; each column once."""
        return tuple(dict.fromkeys((*self.nesting_columns, *self.domains, *self.margins)))

    @property
    def nesting_columns(self) -> tuple[str, ...]:
        return tuple(column for column in (self.stratum, self.psu, self.ssu) if column is not None)

    @property
    def coded_items(self) -> tuple[AnswerItem, ...]:
        return tuple(item for item in self.items if item.coded)

    @property
    def number_items(self) -> tuple[AnswerItem, ...]:
        return tuple(item for item in self.items if not item.coded)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the file that is read."""
        others = (self.weight, self.base_weight, self.record, self.psu_population, self.unit_population)
        items = (item.column for item in self.items)
        return tuple(dict.fromkeys((*self.key_columns, *(each for each in others if each), *items)))

    def item(self, code: str) -> AnswerItem:
        """The item of this code; KeyError where there is none."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def ratio(self, code: str) -> RatioItem:
        """The ratio of this code; KeyError where there is none."""
        for ratio in self.ratios:
            if ratio.code == code:
                return ratio
        raise KeyError(code)

    def code_columns(self) -> Iterator[tuple[AnswerItem, str]]:
        """The columns of the count arrays of cells: every code of every coded item, in order."""
        for item in self.coded_items:
            for code in item.answers:
                yield item, code

    def number_sums(self) -> tuple[tuple[str, str], ...]:
        """The columns of the number sums of cells: (item or ratio, what is summed).

        `n` valid answers, `w` Σw, `wy` Σwy, `wyy` Σwy²; for a ratio also x, the denominator. `d…` are the same with
        base weights (1 for everyone where there are none), `ww…` with squared weights.
        """
        single = ["n", "w", "wy", "wyy"]
        pair = ["n", "w", "wy", "wyy", "wx", "wxx", "wxy"]
        if self.calibration:
            single += ["d", "dy"]
            pair += ["d", "dy", "dx"]
        if self.element_stage:
            single += ["ww", "wwy", "wwyy"]
            pair += ["ww", "wwy", "wwyy", "wwx", "wwxx", "wwxy"]
        return (
            *((item.code, name) for item in self.number_items for name in single),
            *((ratio.code, name) for ratio in self.ratios for name in pair),
        )


def scale_item(code: str, column: str, lowest: int, highest: int, top: tuple[int, ...] = ()) -> AnswerItem:
    """A question answered on steps from `lowest` to `highest`, the score being the step."""
    answers = {str(step): step for step in range(lowest, highest + 1)}
    return AnswerItem(code, column, "scale", answers, tuple(str(step) for step in top))


def yes_no_item(code: str, column: str, yes: str = "1", no: str = "0") -> AnswerItem:
    """A question answered yes (score 1) or no (score 0)."""
    return AnswerItem(code, column, "yes_no", {no: 0, yes: 1}, (yes,))


def choice_item(code: str, column: str, answers: tuple[str, ...], top: tuple[str, ...] = ()) -> AnswerItem:
    """A question answered by one of several words, without scores."""
    return AnswerItem(code, column, "choice", dict.fromkeys(answers), top)


def choices_items(code: str, column: str, options: tuple[str, ...]) -> tuple[AnswerItem, ...]:
    """A question answered by several of several words: one item `code.option` an option, "1" where it was named."""
    return tuple(
        AnswerItem(f"{code}.{option}", column, "choices", {"0": 0, "1": 1}, ("1",), option=option) for option in options
    )


def number_item(
    code: str, column: str, *, lowest: int | None = 0, highest: int | None = None, decimals: int = 0
) -> AnswerItem:
    """A question answered by a number: visits, dong, days."""
    return AnswerItem(
        code, column, "number" if decimals else "count", lowest=lowest, highest=highest, decimals=decimals
    )
