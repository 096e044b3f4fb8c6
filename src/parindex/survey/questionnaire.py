"""A questionnaire as data: what is asked of whom, which answers count, and what the answers are put together to.

Three answers to one question must never be mixed up, since each leaves another trace in an estimate: a *valid*
answer counts; "don't know", a refusal and an empty cell are *non-response* to this question only; a question that
was skipped or belongs to a policy group of other respondents was *not asked*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from parindex.language import Language, Text
from parindex.sources import Place
from parindex.survey.series import Break

ItemKind = Literal["scale", "yes_no", "choice", "choices", "pick", "count", "number", "text"]
AnswerStatus = Literal["valid", "non_response", "invalid"]
FormulaName = Literal["satisfaction_share", "mean_rescaled", "mean_rescaled_zero"]
FactorRule = Literal["pooled_answers", "mean_of_items"]
NationalRule = Literal["mean_of_units", "pooled_respondents"]

ITEM_KINDS: tuple[ItemKind, ...] = ("scale", "yes_no", "choice", "choices", "pick", "count", "number", "text")
FORMULA_NAMES: tuple[FormulaName, ...] = ("satisfaction_share", "mean_rescaled", "mean_rescaled_zero")
FACTOR_RULES: tuple[FactorRule, ...] = ("pooled_answers", "mean_of_items")
NATIONAL_RULES: tuple[NationalRule, ...] = ("mean_of_units", "pooled_respondents")

LISTED: frozenset[ItemKind] = frozenset(("scale", "yes_no", "choice", "choices", "pick"))
"""Kinds that are answered from a list."""
MANY: frozenset[ItemKind] = frozenset(("choices", "pick"))
"""Kinds that take several answers, written one after the other with spaces between."""
NUMERIC: frozenset[ItemKind] = frozenset(("count", "number"))

GROUP_START = "group_start"
"""The column that says with which policy group a respondent began: the place in `groups`, from 0."""

ITEM_CODE = r"[A-Za-z_][A-Za-z0-9_.\-]*"
"""The form of item and section codes: what XLSForm takes for a name."""
ANSWER_CODE = r"[A-Za-z0-9_.\-]+"
"""The form of answer codes: no space, since several answers are written with spaces between."""


@dataclass(frozen=True, slots=True)
class Step:
    """One answer of a list. `value` is its number on a scale; None where the list has no order or it is not valid.

    `valid` False: chosen by who does not know or does not want to say; item non-response. `exclusive`: a valid
    answer that excludes the others of its list ("none of these"); an answer that is not valid always does.
    """

    code: str
    label: Text
    value: Decimal | None = None
    valid: bool = True
    exclusive: bool = False
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Scale:
    """A list of answers. With values it is a scale, which has a mean; `satisfied` are the codes that count as such."""

    code: str
    steps: tuple[Step, ...]
    satisfied: tuple[str, ...] = ()
    place: Place = field(default=Place(""), compare=False)

    @cached_property
    def by_code(self) -> Mapping[str, Step]:
        return {step.code: step for step in self.steps}

    @cached_property
    def valid_codes(self) -> tuple[str, ...]:
        return tuple(step.code for step in self.steps if step.valid)

    @cached_property
    def values(self) -> Mapping[str, Decimal]:
        """The value of each valid answer that has one."""
        return {step.code: step.value for step in self.steps if step.valid and step.value is not None}

    @property
    def has_values(self) -> bool:
        return bool(self.values)


@dataclass(frozen=True, slots=True)
class Condition:
    """Ask only when the answer to an earlier item was one of `codes`, or a valid number within the bounds."""

    item: str
    codes: tuple[str, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    `scale` names its list, for kinds answered from one. `factor` is what the answers are put into; None for what is
    reported but not scored. `node` is the leaf of a framework that the mean of this item scores. `at_most` belongs
    to `pick`. `lowest`, `highest` (None: no bound) and `non_response` (codes for "don't know" among the numbers,
    outside of the bounds) belong to `count` and `number`. `places` says where each key stands.
    """

    code: str
    text: Text
    kind: ItemKind
    scale: str | None = None
    ask_when: tuple[Condition, ...] = ()
    factor: str | None = None
    node: str | None = None
    at_most: int | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    non_response: tuple[str, ...] = ()
    required: bool = True
    hint: Text | None = None
    source: str | None = None
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def place(self, key: str = "code") -> Place:
        """Where a key of this item stands; the item itself where it has none."""
        return self.places.get(key) or self.places.get("code") or Place("")


@dataclass(frozen=True, slots=True)
class Section:
    """Items asked one after the other. `ask_when` holds for all of them.

    `groups_asked`: the section is asked once for each of so many policy groups, and every respondent begins with
    another group. None: it is asked once.
    """

    code: str
    name: Text
    items: tuple[Item, ...]
    ask_when: tuple[Condition, ...] = ()
    groups_asked: int | None = None
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def place(self, key: str = "code") -> Place:
        return self.places.get(key) or self.places.get("code") or Place("")


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """One of the fields of policy that a rotating section asks about."""

    code: str
    name: Text
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of a sub-index. `weight` is its share of the index in percent."""

    code: str
    name: Text
    weight: Decimal
    source: str | None = None
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class SubIndex:
    """A part of the index. `weight` is its share in percent, shared out over its factors; `since` the first year."""

    code: str
    name: Text
    weight: Decimal
    factors: tuple[Factor, ...]
    since: int | None = None
    source: str | None = None
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """What the scored items are put together to, 0-100. Formula, rules and weights are settings of an edition."""

    code: str
    name: Text
    formula: FormulaName
    factor_rule: FactorRule
    national: NationalRule
    parts: tuple[SubIndex, ...]
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def factors(self) -> tuple[Factor, ...]:
        return tuple(factor for part in self.parts for factor in part.factors)


@dataclass(frozen=True, slots=True)
class Source:
    """Where content comes from. `url` is None for what stands nowhere to be looked up."""

    title: Text
    url: str | None = None


class DataColumn(NamedTuple):
    """One column of the answers. `group` is the policy group, None for an item asked once."""

    name: str
    item: str
    group: str | None


@dataclass(frozen=True)
class Questionnaire:
    """One version of a questionnaire, as read from one file."""

    code: str
    version: str
    name: Text
    sections: tuple[Section, ...]
    scales: Mapping[str, Scale]
    groups: tuple[PolicyGroup, ...] = ()
    index: IndexDefinition | None = None
    breaks: tuple[Break, ...] = ()
    editions: tuple[int, ...] = ()
    languages: tuple[Language, ...] = ("vi", "en")
    legal_basis: Text | None = None
    provenance: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    not_official: Text | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    file: str = field(default="", compare=False)
    sha256: str = field(default="", compare=False)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item in the order asked."""
        return tuple(item for section in self.sections for item in section.items)

    @cached_property
    def by_code(self) -> Mapping[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        """The section of each item code."""
        return {item.code: section for section in self.sections for item in section.items}

    @cached_property
    def columns(self) -> tuple[DataColumn, ...]:
        """The columns of the answers, in the order asked. A rotating item has one for each policy group."""
        return tuple(self._columns())

    def _columns(self) -> Iterator[DataColumn]:
        for section in self.sections:
            if section.groups_asked is None:
                for item in section.items:
                    yield DataColumn(item.code, item.code, None)
                continue
            for group in self.groups:
                for item in section.items:
                    yield DataColumn(column_name(item.code, group.code), item.code, group.code)

    @cached_property
    def columns_of(self) -> Mapping[str, tuple[str, ...]]:
        """Names of the columns of each item code."""
        found: dict[str, list[str]] = {}
        for column in self.columns:
            found.setdefault(column.item, []).append(column.name)
        return {code: tuple(names) for code, names in found.items()}

    @property
    def rotates(self) -> bool:
        """Some section is asked for a part of the policy groups only."""
        return any(
            section.groups_asked is not None and section.groups_asked < len(self.groups) for section in self.sections
        )

    def scale_of(self, item: str) -> Scale | None:
        """The answer list of an item; None for numbers and texts."""
        name = self.by_code[item].scale
        return None if name is None else self.scales.get(name)

    def answer_codes(self, item: str) -> tuple[str, ...]:
        """The codes of the answers that count; empty for numbers and texts. Raises KeyError for an unknown item."""
        scale = self.scale_of(item)
        return scale.valid_codes if scale is not None else ()

    def non_response_codes(self, item: str) -> tuple[str, ...]:
        """The codes that say "don't know" or "no answer"."""
        scale = self.scale_of(item)
        if scale is None:
            return self.by_code[item].non_response
        return tuple(step.code for step in scale.steps if not step.valid)

    def status(self, item: str, value: str | int | Decimal | None) -> AnswerStatus:
        """What an answer to an item that was asked is. Nothing (None, "") is non-response.

        Several answers come as one text with spaces between. Raises KeyError for an unknown item.
        """
        asked = self.by_code[item]
        text = "" if value is None else str(value).strip()
        if not text:
            return "non_response"
        if asked.kind == "text":
            return "valid"
        if asked.kind in NUMERIC:
            return _number_status(asked, text)
        scale = self.scale_of(item)
        if scale is None:
            return "invalid"
        codes = text.split() if asked.kind in MANY else [text]
        steps = [scale.by_code[code] for code in codes if code in scale.by_code]
        if len(steps) < len(codes) or len(set(codes)) < len(codes):
            return "invalid"
        if len(steps) > 1 and any(step.exclusive or not step.valid for step in steps):
            return "invalid"
        if asked.at_most is not None and len(steps) > asked.at_most:
            return "invalid"
        return "valid" if steps[0].valid else "non_response"

    def is_valid(self, item: str, value: str | int | Decimal | None) -> bool:
        """The answer counts: neither non-response nor outside of what may be answered."""
        return self.status(item, value) == "valid"

    def items_of_factor(self, factor: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.factor == factor)

    def asked_groups(self, section: Section, start: int) -> tuple[str, ...]:
        """The policy groups a respondent is asked about who begins with the group at `start` (from 0).

        When `start` is drawn evenly, every group is asked with the same chance, `groups_asked` of all groups.
        """
        if section.groups_asked is None or not self.groups:
            return ()
        codes = [group.code for group in self.groups]
        return tuple(codes[(start + step) % len(codes)] for step in range(min(section.groups_asked, len(codes))))

    def is_asked(self, column: DataColumn, answers: Mapping[str, str | None], *, start: int | None = None) -> bool:
        """Whether this column should hold an answer, given the earlier answers of the same respondent by column.

        `start` is where the respondent's policy groups begin; needed only when the questionnaire rotates.
        """
        section = self.section_of[column.item]
        if column.group is not None and section.groups_asked is not None and section.groups_asked < len(self.groups):
            if start is None:
                raise ValueError(f"{column.name} is asked of some respondents only, and none says of whom")
            if column.group not in self.asked_groups(section, start):
                return False
        conditions = (*section.ask_when, *self.by_code[column.item].ask_when)
        return all(self._holds(condition, column, answers) for condition in conditions)

    def _holds(self, condition: Condition, column: DataColumn, answers: Mapping[str, str | None]) -> bool:
        earlier = self.by_code[condition.item]
        rotating = self.section_of[condition.item].groups_asked is not None
        name = column_name(condition.item, column.group) if rotating and column.group else condition.item
        text = (answers.get(name) or "").strip()
        if not text:
            return False
        if earlier.kind in NUMERIC:
            number = _number(text) if _number_status(earlier, text) == "valid" else None
            return number is not None and within(number, condition.at_least, condition.at_most)
        return any(code in condition.codes for code in (text.split() if earlier.kind in MANY else [text]))


def column_name(item: str, group: str | None) -> str:
    """The column of an item: its code, with the policy group behind it where it is asked for several."""
    return item if group is None else f"{item}_{group}"


def filled(text: Text, group: PolicyGroup) -> Text:
    """The text of a rotating item as asked about one policy group: `{group}` is where its name stands."""
    return Text(text.vi.replace("{group}", group.name.vi), text.en.replace("{group}", group.name.en))


def within(number: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _number_status(item: Item, text: str) -> AnswerStatus:
    number = _number(text)
    if number is None:
        return "invalid"
    if any(number == Decimal(code) for code in item.non_response):
        return "non_response"
    if item.kind == "count" and number != number.to_integral_value():
        return "invalid"
    return "valid" if within(number, item.lowest, item.highest) else "invalid"
