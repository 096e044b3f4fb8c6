"""Made-up interviews of one province: who could be met, and what those who were met answered.

The level of satisfaction is set for the population of the province: each answer is a hidden normal number, made of
the district, the commune, the village, the person and the moment, and steps of the scale are intervals of it. The
level is solved so that the index of the whole population, by the questionnaire's own formula and weights, is the
target; a sample then comes near it, as near as three districts can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import erfc, sqrt
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from parindex.simulation.survey_frame import Village, stream
from parindex.survey.questionnaire import (
    Condition,
    Item,
    Questionnaire,
    Scale,
    Section,
    column_name,
)
from parindex.survey.sipas import index_weights, scores

Strings = NDArray[np.str_]
Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

COMPLETE: Final = "1.1"

# --- choices of the generator, none of them a statistic

SEXES: Final = ("1", "2")
AGES: Final = ("1", "2", "3", "4", "5")
AGE_SHARES: Final = (0.11, 0.21, 0.31, 0.20, 0.17)
_LEVEL_BY_AGE = np.array([-0.06, -0.05, 0.0, 0.03, 0.09])

_COMPLETE_RATE = 0.88
_RATE_BY_AGE = np.array([-0.05, -0.02, 0.0, 0.02, 0.03])
_RATE_BY_SEX = np.array([-0.012, 0.012])
_RATE_IN_TOWN, _RATE_SPREAD = -0.03, 0.03
_OTHER_OUTCOMES: Mapping[str, float] = {
    "2.111": 0.16,
    "2.112": 0.20,
    "2.12": 0.04,
    "2.24": 0.12,
    "2.25": 0.27,
    "2.32": 0.05,
    "2.33": 0.02,
    "3.18": 0.05,
    "4.60": 0.05,
    "4.70": 0.04,
}

# Shares of the variance of one hidden answer; they add up to 1.
_DISTRICT, _COMMUNE, _VILLAGE, _PERSON, _MOMENT = 0.004, 0.006, 0.006, 0.334, 0.65
_FACTOR_LEVEL: Mapping[str, float] = {"A2": -0.25, "B1": 0.1, "B2": 0.12, "B3": 0.15, "B4": 0.15, "B5": -0.2}
_ITEM_SPREAD = 0.12
# How far the hidden number is from the edge between the two middle steps; the scale of five has four edges.
_EDGES = (-1.35, -0.75, 0.0, 1.5)

_MISSING_BY_FACTOR: Mapping[str, float] = {"A2": 0.07, "A1": 0.04, "A3": 0.04, "A4": 0.04, "B5": 0.05}
_MISSING, _MISSING_OF_PERSON = 0.025, 1.1
_REFUSED_OF_MISSING, _BLANK_OF_MISSING = 0.15, 0.08

_TRANSACTION_BY_AGE = np.array([0.48, 0.62, 0.63, 0.55, 0.42])
_EDUCATION_BY_AGE = (
    (0.05, 0.18, 0.45, 0.20, 0.12),
    (0.08, 0.25, 0.30, 0.17, 0.20),
    (0.15, 0.33, 0.25, 0.13, 0.14),
    (0.25, 0.38, 0.20, 0.10, 0.07),
    (0.42, 0.33, 0.14, 0.07, 0.04),
)
_OCCUPATION_BY_AGE = (
    (0.16, 0.03, 0.33, 0.10, 0.30, 0.00, 0.08),
    (0.25, 0.10, 0.38, 0.18, 0.01, 0.00, 0.08),
    (0.34, 0.12, 0.25, 0.20, 0.00, 0.00, 0.09),
    (0.44, 0.08, 0.12, 0.18, 0.00, 0.08, 0.10),
    (0.42, 0.01, 0.02, 0.10, 0.00, 0.33, 0.12),
)
_YES: Mapping[str, float] = {"N4": 0.025, "N5": 0.018}
_CHANNELS = (0.62, 0.38, 0.55, 0.17, 0.34, 0.30, 0.27, 0.41)
_NOTHING_WISHED, _PICKED = 0.08, (0.2, 0.3, 0.5)
_COMMENTS = (
    "Mong thủ tục nhanh hơn (mô phỏng)",
    "Cần thêm chỗ ngồi chờ (mô phỏng)",
    "Hài lòng với cán bộ xã (mô phỏng)",
    "Nên hướng dẫn rõ hơn trên mạng (mô phỏng)",
)
_COMMENTED = 0.04


@dataclass(frozen=True, slots=True)
class Shares:
    """What is known of the adults of a province: their number, and shares (K,) by sex and by age group."""

    adults: int
    sexes: tuple[float, ...]
    ages: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """The persons approached in one province, (n,) each, in the order of villages.

    `village` are positions in the sampled villages of the province; `sex` and `age` positions in `SEXES` and `AGES`,
    known to the simulation for everyone and written for interviews only.
    """

    village: Whole
    sex: Whole
    age: Whole
    outcome: Strings

    @property
    def complete(self) -> Flags:
        return np.asarray(self.outcome == COMPLETE)


@dataclass(frozen=True, slots=True, eq=False)
class Interviews:
    """The answers of one province, (n,) each: `columns` by name with "" where nothing was asked or said.

    `near` tells for every scored column how far the hidden answer lies from the edge of being satisfied.
    """

    start: Whole
    columns: dict[str, Strings]
    near: dict[str, Reals]


def shares_of(province: str, adults: int, seed: int) -> Shares:
    chance = stream(seed, "people", province)
    women = 0.508 + 0.008 * chance.standard_normal()
    ages = np.array(AGE_SHARES) * np.exp(0.06 * chance.standard_normal(len(AGE_SHARES)))
    return Shares(adults, (1 - women, women), tuple((ages / ages.sum()).tolist()))


def approached(villages: Sequence[Village], people: Sequence[int], shares: Shares, chance: Generator) -> Cases:
    """`people[i]` persons approached in `villages[i]`, with their final dispositions."""
    village = np.repeat(np.arange(len(villages)), people)
    sex = _drawn(chance, len(village), shares.sexes)
    age = _drawn(chance, len(village), shares.ages)
    town = np.array([each.urban for each in villages])[village]
    rate = _COMPLETE_RATE + _RATE_BY_AGE[age] + _RATE_BY_SEX[sex] + _RATE_IN_TOWN * town
    rate += (_RATE_SPREAD * chance.standard_normal(len(villages)))[village]
    others = np.array(list(_OTHER_OUTCOMES))[_drawn(chance, len(village), tuple(_OTHER_OUTCOMES.values()))]
    outcome = np.where(chance.random(len(village)) < rate, COMPLETE, others)
    return Cases(village, sex, age, outcome)


class Answering:
    """A questionnaire whose answers can be made up: the level of every scored column against the others."""

    def __init__(self, questionnaire: Questionnaire, seed: int) -> None:
        self.questionnaire = questionnaire
        self.offsets: dict[str, float] = {}
        group_offset = {
            group.code: _ITEM_SPREAD * stream(seed, "group", group.code).standard_normal()
            for group in questionnaire.groups
        }
        for column in questionnaire.columns:
            item = questionnaire.by_code[column.item]
            if item.factor is not None:
                own = _ITEM_SPREAD * stream(seed, "item", column.name).standard_normal()
                self.offsets[column.name] = (
                    own + _FACTOR_LEVEL.get(item.factor, 0.0) + group_offset.get(column.group or "", 0.0)
                )
        self._parts = self._expected_parts()

    def _expected_parts(self) -> list[tuple[float, float, float]]:
        """(weight in the index, level against the province's, edge) of every step of every scored column."""
        questionnaire = self.questionnaire
        if questionnaire.index is None:
            raise ValueError("the questionnaire makes no index")
        found = []
        for term in index_weights(questionnaire)[-1].terms:
            answered = {
                column: 1 - missing_rate(questionnaire.by_code[item])
                for item in term.items
                for column in questionnaire.columns_of[item]
            }
            for item in term.items:
                scale = questionnaire.scale_of(item)
                assert scale is not None
                worth = [float(value) / 100 for value in _worth(questionnaire, scale).values()]
                for column in questionnaire.columns_of[item]:
                    weight = float(term.weight) * answered[column] / sum(answered.values())
                    found.append((weight * worth[0], 0.0, -np.inf))
                    found += [
                        (weight * (above - below), self.offsets[column], edge)
                        for below, above, edge in zip(worth[:-1], worth[1:], _EDGES, strict=True)
                        if above != below
                    ]
        return [part for part in found if part[0]]

    def level_for(self, target: float, ages: Sequence[float]) -> float:
        """The level of a province at which the index of its whole population is `target` percent."""
        aim, low, high = target / 100, -4.0, 6.0
        while high - low > 1e-9:
            middle = (low + high) / 2
            if self._expected(middle, ages) < aim:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def _expected(self, level: float, ages: Sequence[float]) -> float:
        return sum(
            weight * share * erfc((edge - level - offset - by_age) / sqrt(2)) / 2
            for share, by_age in zip(ages, _LEVEL_BY_AGE.tolist(), strict=True)
            for weight, offset, edge in self._parts
        )

    def interviews(
        self, villages: Sequence[Village], village: Whole, sex: Whole, age: Whole, level: float, chance: Generator
    ) -> Interviews:
        """Answers of everyone interviewed to every column of the questionnaire; see `Cases` for the arrays."""
        return _Asking(self, villages, village, sex, age, level, chance).all_answers()


def _worth(questionnaire: Questionnaire, scale: Scale) -> Mapping[str, float]:
    """Scores of the valid answers, lowest first. ValueError for a scale that has not five steps."""
    assert questionnaire.index is not None
    ordered = sorted(scale.values, key=lambda code: scale.values[code])
    if len(ordered) != len(_EDGES) + 1:
        raise ValueError(f"answers are made up on scales of {len(_EDGES) + 1} steps; {scale.code} has {len(ordered)}")
    found = scores(questionnaire.index.formula, scale)
    return {code: float(found[code]) for code in ordered}


def missing_rate(item: Item) -> float:
    """How many of those asked do not answer."""
    return _MISSING_BY_FACTOR.get(item.factor or "", _MISSING)


def _drawn(chance: Generator, count: int, shares: Sequence[float]) -> Whole:
    """Positions (count,) with the chances `shares`."""
    bounds = np.cumsum(np.array(shares))
    at = np.searchsorted(bounds, chance.random(count) * bounds[-1], side="right")
    return np.asarray(np.minimum(at, len(shares) - 1), dtype=np.int64)


class _Asking:
    """One province while its interviews are made up."""

    def __init__(
        self,
        answering: Answering,
        villages: Sequence[Village],
        village: Whole,
        sex: Whole,
        age: Whole,
        level: float,
        chance: Generator,
    ) -> None:
        self.answering, self.questionnaire = answering, answering.questionnaire
        self.chance, self.sex, self.age = chance, sex, age
        self.n = len(village)
        self.urban = np.array([each.urban for each in villages])[village]
        self.remote = np.array([each.remote for each in villages])[village]
        self.person = sqrt(_PERSON) * chance.standard_normal(self.n)
        place = self._effect([each.district for each in villages], _DISTRICT)
        place += self._effect([each.commune for each in villages], _COMMUNE)
        place += self._effect([each.village for each in villages], _VILLAGE)
        self.content = level + _LEVEL_BY_AGE[age] + place[village] + self.person
        # Some answer everything; a few leave much out.
        self.leaves_out = chance.gamma(_MISSING_OF_PERSON, 1 / _MISSING_OF_PERSON, self.n)
        self.minority = chance.beta(0.4, 1.6)
        self.start = chance.integers(0, max(len(self.questionnaire.groups), 1), self.n)
        self.columns: dict[str, Strings] = {}
        self.near: dict[str, Reals] = {}

    def _effect(self, places: Sequence[str], variance: float) -> Reals:
        """(villages,) the same number for villages of the same place."""
        names = sorted(set(places))
        values = sqrt(variance) * self.chance.standard_normal(len(names))
        return np.asarray(values[[names.index(each) for each in places]])

    def all_answers(self) -> Interviews:
        questionnaire = self.questionnaire
        for section in questionnaire.sections:
            groups = [None] if section.groups_asked is None else [group.code for group in questionnaire.groups]
            for at, group in enumerate(groups):
                here = self._asked(section.ask_when, group) & self._of_group(section, at)
                for item in section.items:
                    name = column_name(item.code, group)
                    said = self._answers(item, name)
                    self.columns[name] = np.where(here & self._asked(item.ask_when, group), said, "")
        return Interviews(self.start, self.columns, self.near)

    def _of_group(self, section: Section, at: int) -> Flags:
        """Whether the policy group at this place is among those a respondent is asked about."""
        if section.groups_asked is None:
            return np.ones(self.n, dtype=np.bool_)
        return np.asarray((at - self.start) % len(self.questionnaire.groups) < section.groups_asked)

    def _asked(self, conditions: Sequence[Condition], group: str | None) -> Flags:
        """ValueError for a condition on a number: only listed answers are followed here."""
        asked = np.ones(self.n, dtype=np.bool_)
        for condition in conditions:
            if not condition.codes:
                raise ValueError(f"a condition on the number {condition.item} cannot be made up")
            earlier = column_name(condition.item, group)
            asked &= np.isin(self.columns[earlier if earlier in self.columns else condition.item], condition.codes)
        return asked

    def _answers(self, item: Item, column: str) -> Strings:
        known: Mapping[str, Callable[[], Strings]] = {
            "sex": lambda: np.array(SEXES)[self.sex],
            "age_group": lambda: np.array(AGES)[self.age],
            "area_urban_rural": lambda: np.where(self.urban, "1", "2"),
            "area_remote": lambda: np.where(self.remote, "1", "0"),
        }
        if item.code in known:  # seen or known by the interviewer: no one leaves it out
            return known[item.code]()
        if item.kind == "text":
            comments = np.array(_COMMENTS)[self.chance.integers(0, len(_COMMENTS), self.n)]
            return np.where(self.chance.random(self.n) < _COMMENTED, comments, "")
        return self._left_out(item, self._valid(item, column))

    def _left_out(self, item: Item, said: Strings) -> Strings:
        """Answers with those left out: mostly "don't know", some refused, a few left blank."""
        codes = self.questionnaire.non_response_codes(item.code)
        unknown, refused = (codes[0], codes[-1]) if codes else ("", "")
        missing = self.chance.random(self.n) < missing_rate(item) * self.leaves_out
        kind = self.chance.random(self.n)
        why = np.where(kind < _REFUSED_OF_MISSING, refused, unknown)
        why = np.where(kind > 1 - _BLANK_OF_MISSING, "", why)
        return np.where(missing, why, said)

    def _valid(self, item: Item, column: str) -> Strings:
        chance, n = self.chance, self.n
        codes = np.array(self.questionnaire.answer_codes(item.code) or ("",))
        if item.kind == "scale":
            return self._steps(item, column)
        if item.kind == "yes_no":
            rate = _TRANSACTION_BY_AGE[self.age] if item.code == "had_transaction" else _YES.get(item.code, 0.5)
            return np.asarray(np.where(chance.random(n) < rate, codes[0], codes[-1]))
        if item.kind == "choice":
            return codes[self._choice(item, len(codes))]
        if item.kind == "choices":
            return self._several(item)
        if item.kind == "pick":
            return self._picked(item)
        lowest, highest = int(item.lowest or 0), int(item.highest if item.highest is not None else 20)
        visits = lowest + chance.poisson(0.9 + 0.5 * (self.person < -0.5))
        return np.asarray(np.minimum(visits, highest).astype(str))

    def _steps(self, item: Item, column: str) -> Strings:
        scale = self.questionnaire.scale_of(item.code)
        assert scale is not None
        ordered = np.array(list(_worth(self.questionnaire, scale)))
        hidden = sqrt(_MOMENT) * self.chance.standard_normal(self.n)
        if item.factor is None:  # interest: a person's own, not of the place
            hidden += 0.5 + 0.3 * self.person
        else:
            hidden += self.content + self.answering.offsets[column]
            self.near[column] = np.abs(hidden)
        return np.asarray(ordered[np.searchsorted(np.array(_EDGES), hidden)])

    def _choice(self, item: Item, count: int) -> Whole:
        """Positions in the valid answers."""
        by_age = {"education": _EDUCATION_BY_AGE, "occupation": _OCCUPATION_BY_AGE}.get(item.code)
        if by_age is not None and len(by_age[0]) == count:
            bounds = np.cumsum(np.array(by_age), axis=1)[self.age]
            passed = (self.chance.random(self.n)[:, None] * bounds[:, -1:] >= bounds).sum(axis=1)
            return np.asarray(np.minimum(passed, count - 1), dtype=np.int64)
        if item.code == "ethnic_group" and count == 2:
            return np.asarray(self.chance.random(self.n) < self.minority, dtype=np.int64)
        return self.chance.integers(0, count, self.n)

    def _several(self, item: Item) -> Strings:
        """Any number of the answers that may stand together; an answer that excludes the others where none does."""
        codes, alone = self._together(item)
        rates = np.array(_CHANNELS if len(_CHANNELS) == len(codes) else [0.3] * len(codes))
        return _joined(codes, self.chance.random((self.n, len(codes))) < rates, alone or codes[0])

    def _picked(self, item: Item) -> Strings:
        codes, alone = self._together(item)
        most = min(item.at_most or 3, len(codes), len(_PICKED))
        wanted = 1 + _drawn(self.chance, self.n, _PICKED[:most])
        liking = self.chance.random((self.n, len(codes))) ** np.linspace(1.5, 0.6, len(codes))
        places = np.argsort(np.argsort(-liking, axis=1, kind="stable"), axis=1, kind="stable")
        chosen = places < wanted[:, None]
        if alone:
            chosen[self.chance.random(self.n) < _NOTHING_WISHED] = False
        return _joined(codes, chosen, alone or codes[0])

    def _together(self, item: Item) -> tuple[list[str], str | None]:
        scale = self.questionnaire.scale_of(item.code)
        assert scale is not None
        valid = [step for step in scale.steps if step.valid]
        alone = next((step.code for step in valid if step.exclusive), None)
        return [step.code for step in valid if not step.exclusive], alone


def _joined(codes: Sequence[str], chosen: Flags, otherwise: str) -> Strings:
    """(n,) the chosen codes with spaces between; `otherwise` where none is."""
    said = np.full(len(chosen), "", dtype="U64")
    for at, code in enumerate(codes):
        said = np.where(chosen[:, at], np.char.add(np.where(said == "", "", np.char.add(said, " ")), code), said)
    return np.where(said == "", otherwise, said)
