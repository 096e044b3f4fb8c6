"""What every kind of rule is: built from its body, it turns inputs into points, a branch and a sentence."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, NamedTuple, Protocol, TypeAlias

from yaml.nodes import Node as YamlNode

from parindex.documents.csv_rows import is_decimal
from parindex.documents.shapes import Anything, Fields, Key, Reading, Record
from parindex.language import Language, Text, half_up, number
from parindex.problems import ProblemKind, Problems
from parindex.programme.framework import Framework, InputSpec, LeafSpec, Node, RuleSpec
from parindex.scoring import formula

Given: TypeAlias = "Mapping[str, Decimal | str | bool]"
"""Inputs by name: numbers as Decimal, choices as the option's code, yes/no as bool."""

LANGUAGES: tuple[Language, ...] = ("vi", "en")
"""In the order of `Text`."""

EXACT_DECIMALS = 4
"""Decimals of numbers that are only shown in sentences, such as a ratio in percent."""

RULE_INPUTS = ProblemKind(
    "RULE-INPUTS",
    what=Text("loại {kind} cần số liệu đầu vào: {expected}.", "the kind {kind} needs these inputs: {expected}."),
    why=Text("", ""),
    remedy=Text("Sửa mục inputs.", "Correct inputs."),
)
RULE_POINTS_RANGE = ProblemKind(
    "RULE-POINTS-RANGE",
    what=Text(
        "{points} điểm nằm ngoài 0–{maximum}, điểm tối đa của mục này.",
        "{points} points lie outside 0–{maximum}, the maximum of this leaf.",
    ),
    why=Text("", ""),
    remedy=Text("Sửa điểm ở đây hoặc điểm tối đa.", "Correct the points here, or the maximum."),
)
RULE_MAXIMUM = ProblemKind(
    "RULE-MAXIMUM",
    what=Text(
        "không mức nào đạt {maximum} điểm tối đa; cao nhất là {best}.",
        "no level earns the maximum of {maximum}; the best earns {best}.",
    ),
    why=Text("Điểm tối đa phải đạt được.", "The maximum must be within reach."),
    remedy=Text("Cho một mức đúng {maximum} điểm.", "Let one level earn {maximum}."),
)
RULE_LEVEL_UNREACHABLE = ProblemKind(
    "RULE-LEVEL-UNREACHABLE",
    what=Text("mức này không bao giờ đạt tới: {reason_vi}.", "this level is never reached: {reason_en}."),
    why=Text("Mức trên được xét trước.", "The level above it is tried first."),
    remedy=Text("Sắp xếp mức cao nhất lên đầu, bỏ mức trùng.", "Put the highest level first and remove repeats."),
)
FORMULA_WRONG = ProblemKind(
    "FORMULA-WRONG",
    what=Text('"{formula}", ký tự thứ {at}: {says}.', '"{formula}", character {at}: {says}.'),
    why=Text("", ""),
    remedy=Text(
        "Dùng số, tên số liệu, + - * /, so sánh, and or not, min max, if then else.",
        "Use numbers, input names, + - * /, comparisons, and or not, min max, if then else.",
    ),
)


class Outcome(NamedTuple):
    """Points before rounding (None: cannot be scored), the branch, and the numbers of its sentence."""

    points: Fraction | None
    branch: str | None
    because: str
    numbers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Building:
    """What a kind needs to build a rule: the leaf it belongs to and where problems go."""

    node: Node
    leaf: LeafSpec
    framework: Framework
    fields: Fields
    reading: Reading

    @property
    def spec(self) -> RuleSpec:
        return self.leaf.rule

    @property
    def maximum(self) -> Decimal:
        return self.node.max_points

    def add(self, kind: ProblemKind, at: str | YamlNode, /, **values: object) -> None:
        node = self.fields.node_of(at) if isinstance(at, str) else at
        self.reading.add(kind, node, **values)

    def points_within(self, points: Decimal, at: YamlNode) -> bool:
        if 0 <= points <= self.maximum:
            return True
        self.add(RULE_POINTS_RANGE, at, points=points, maximum=self.maximum)
        return False

    def reaches_maximum(self, points: Iterable[Decimal], at: str) -> None:
        best = max(points, default=Decimal(0))
        if best < self.maximum:
            self.add(RULE_MAXIMUM, at, maximum=self.maximum, best=best)

    def inputs_named(self, *wanted: tuple[str, tuple[str, ...]]) -> bool:
        """The inputs are exactly these, each of one of its types."""
        found = {spec.name: spec.type for spec in self.spec.inputs}
        if set(found) == {name for name, _ in wanted} and all(found[name] in types for name, types in wanted):
            return True
        expected = ", ".join(f"{name} ({'/'.join(types)})" for name, types in wanted)
        self.add(RULE_INPUTS, "inputs", kind=self.spec.kind, expected=expected)
        return False

    def inputs_all(self, types: tuple[str, ...], least: int) -> bool:
        """There are at least so many inputs, all of one of these types."""
        if len(self.spec.inputs) >= least and all(spec.type in types for spec in self.spec.inputs):
            return True
        names = "/".join(types)
        expected = Text(f"ít nhất {least} số liệu kiểu {names}", f"at least {least} of type {names}")
        self.add(RULE_INPUTS, "inputs", kind=self.spec.kind, expected=expected)
        return False

    def formula(self, text: str, at: YamlNode, wanted: formula.ValueType) -> formula.Expression | None:
        names: dict[str, formula.ValueType] = {"max_points": "number"}
        for spec in self.spec.inputs:
            if spec.type == "yes_no":
                names[spec.name] = "truth"
            elif spec.type != "choice":
                names[spec.name] = "number"
        try:
            return formula.parse(text, names, wanted)
        except formula.FormulaWrong as wrong:
            self.add(FORMULA_WRONG, at, formula=text, at=wrong.column, says=wrong.says)
            return None


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a rule as people read it before any figure is known: when it applies, and what it earns."""

    when: Text
    earns: Text


def points_earned(points: Decimal, sign: str = "") -> Text:
    """What a case earns where it is one number, with a sign before it where it is added or taken off."""
    return Text(f"{sign}{points_in(points, 'vi')} điểm", f"{sign}{points_in(points, 'en')} points")


def share_named(part: InputSpec, whole: InputSpec) -> Text:
    """A ratio by the names of its two figures."""
    return Text(f"{part.label.vi} / {whole.label.vi}", f"{part.label.en} / {whole.label.en}")


def percent_said(value: Decimal) -> Text:
    """A threshold in percent."""
    return Text(*(f"{number(_plain(value), language)} %" for language in LANGUAGES))


def band_said(low: Decimal, high: Decimal | None) -> Text:
    """A range of a ratio in words: from, from ... to below, or below. `high` None: without end."""
    start = percent_said(low)
    if high is None:
        return Text(f"từ {start.vi} trở lên", f"from {start.en}")
    end = percent_said(high)
    if low == 0:
        return Text(f"dưới {end.vi}", f"below {end.en}")
    return Text(f"từ {start.vi} đến dưới {end.vi}", f"from {start.en} to below {end.en}")


def none_arose_case(whole: InputSpec, maximum: Decimal) -> Case:
    """The row of a line on which nothing arose, where its leaf allows full points for that."""
    when = Text(f"không phát sinh ({whole.label.vi} bằng 0)", f"nothing arose ({whole.label.en} is 0)")
    return Case(when, points_earned(maximum))


class Cells(Protocol):
    """How a rule speaks of a workbook's cells when it writes its live self-score."""

    def number(self, name: str) -> str:
        """The reference of the cell of a number."""

    def holds(self, name: str) -> str:
        """A test that the yes/no cell says yes."""

    def chosen(self, name: str, option: str) -> str:
        """A test that the choice cell holds this option."""


class Rule(ABC):
    """One rule of one leaf. Subclasses are frozen data classes, one file each; `KINDS` lists them.

    `branches` are all branches that inputs can hit and `edges` all places where the branch changes: the checker
    wants a worked example on each. `takes` and `hits` say for readers which inputs the kind wants and which branches
    and edges it has.
    """

    kind: ClassVar[str]
    says: ClassVar[Text]
    takes: ClassVar[Text]
    hits: ClassVar[Text]
    keys: ClassVar[Mapping[str, Key]]
    sentences: ClassVar[Mapping[str, Text]]

    maximum: Decimal
    inputs: tuple[InputSpec, ...]

    @classmethod
    def shape(cls) -> Record:
        """The whole body of the rule in YAML."""
        return Record(
            {
                "kind": Key(Anything(), Text("loại", "kind"), required=True),
                "inputs": Key(Anything(), Text("số liệu đầu vào", "inputs")),
                **cls.keys,
            },
            title=cls.kind,
        )

    @classmethod
    @abstractmethod
    def build(cls, building: Building) -> Rule | None:
        """The rule of a leaf, or None after its problems were added."""

    @property
    @abstractmethod
    def branches(self) -> tuple[str, ...]: ...

    @property
    @abstractmethod
    def edges(self) -> tuple[str, ...]: ...

    @property
    def judged(self) -> Text | None:
        """What all rows of `cases` look at, where it is one thing: a ratio, a count, a change; None: rows say it."""
        return None

    @property
    @abstractmethod
    def cases(self) -> tuple[Case, ...]:
        """The rule as a table for people, in the order in which it is tried; no figure of a unit is in it."""

    @abstractmethod
    def outcome(self, given: Given) -> Outcome:
        """Points, branch and sentence for complete inputs. Pure: the same inputs give the same outcome."""

    @abstractmethod
    def edges_at(self, given: Given) -> frozenset[str]:
        """Which of `edges` these inputs stand on."""

    def complete(self, given: Given) -> bool:
        """All inputs that the rule needs are there."""
        return all(spec.name in given for spec in self.inputs)

    def spreadsheet(self, cells: Cells) -> str | None:
        """The points as a spreadsheet expression, "" where they cannot be given; None when it is not self-scored."""
        return None

    def in_cells(self, expression: formula.Expression, cells: Cells) -> str:
        """A formula of this rule over the cells of its inputs."""
        truths = {spec.name for spec in self.inputs if spec.type == "yes_no"}

        def cell(name: str) -> str:
            if name == "max_points":
                return str(self.maximum)
            return cells.holds(name) if name in truths else cells.number(name)

        return formula.spreadsheet(expression, cell)

    def named(self, expression: formula.Expression) -> Text:
        """A formula of this rule with the labels of its inputs, as people read it."""
        names: dict[str, object] = {spec.name: Text(f"“{spec.label.vi}”", f"“{spec.label.en}”") for spec in self.inputs}
        names["max"] = points_text(self.maximum)
        return Text(*(formula_in(expression, names, language) for language in LANGUAGES))

    def input(self, name: str) -> InputSpec:
        """The input of this name. StopIteration where the rule has none."""
        return next(spec for spec in self.inputs if spec.name == name)

    def words(self) -> Mapping[str, object]:
        """Texts of the rule that its sentences use: labels and units."""
        found: dict[str, object] = {"max": points_text(self.maximum)}
        for spec in self.inputs:
            found[f"label_{spec.name}"] = spec.label
            found[f"unit_{spec.name}"] = Text("%", "%") if spec.type == "percent" else spec.unit or Text("", "")
        return found

    def add_words(self, values: dict[str, object], language: Language) -> None:
        """Add what a sentence needs and only the language decides; kinds with their own words extend it."""
        facts = []
        for spec in self.inputs:
            value = values.get(spec.name)
            if spec.type == "yes_no" and value in YES_NO:
                values[spec.name] = value = YES_NO[str(value)]
            if isinstance(value, Decimal | Text):
                facts.append(f"{spec.label.in_(language)}: {_shown(value, language)}{_unit(spec, language)}")
        values["facts"] = "; ".join(facts)

    def because(self, code: str, numbers: Mapping[str, object], language: Language) -> str:
        """The sentence of an outcome, as people read it."""
        values: dict[str, object] = dict(self.words())
        for name, value in numbers.items():
            text = str(value)
            if name in ("points", "minus"):
                values[name] = points_text(Decimal(text))
            elif name == "percent" or name.endswith("_percent"):
                values[name] = half_up(Decimal(text), 2).normalize() if is_decimal(text) else text
            else:
                values[name] = Decimal(text) if is_decimal(text) else text
        self.add_words(values, language)
        shown = {name: _shown(value, language) for name, value in values.items()}
        return self.sentences[code].in_(language).format_map(shown)


def _unit(spec: InputSpec, language: Language) -> str:
    if spec.type == "percent":
        return " %"
    return f" {spec.unit.in_(language)}" if spec.unit else ""


def formula_in(expression: formula.Expression, values: Mapping[str, object], language: Language) -> str:
    """A formula with the numbers in place of the names, as people read it."""

    def show(part: formula.Number | formula.Name) -> str:
        if isinstance(part, formula.Number):
            return _shown(half_up(part.value, 12), language)
        value = values.get("max" if part.name == "max_points" else part.name, part.name)
        return _shown(_plain(Decimal(value)) if isinstance(value, Decimal) else value, language)

    text = formula.written(expression, show)
    for sign, shown in ((" <= ", " ≤ "), (" >= ", " ≥ "), (" != ", " ≠ "), (" * ", " × "), (" - ", " − ")):
        text = text.replace(sign, shown)
    if language == "vi":
        text = _FORMULA_WORDS.sub(lambda match: _VIETNAMESE[match[0]], text)
    return text


_VIETNAMESE = {"if": "nếu", "then": "thì", "else": "nếu không thì", "and": "và", "or": "hoặc", "not": "không phải"}
_FORMULA_WORDS = re.compile(r"\b(?:if|then|else|and|or|not)\b")

YES = Text("có", "yes")
NO = Text("không", "no")
YES_NO: Mapping[object, Text] = {"yes": YES, "no": NO}


class _Points(Decimal):
    """Points print with two decimals or, where they have more, up to four."""


def points_text(value: Decimal) -> _Points:
    return _Points(value)


def points_in(value: Decimal, language: Language) -> str:
    """Points inside a sentence that a rule writes itself."""
    return _shown(points_text(value), language)


def _shown(value: object, language: Language) -> str:
    if isinstance(value, _Points):
        long = half_up(Decimal(value), 4)
        short = half_up(long, 2)
        return number(short if short == long else _plain(long), language)
    if isinstance(value, Decimal):
        return number(_plain(value), language)
    if isinstance(value, Text):
        return value.in_(language)
    return str(value)


def _plain(value: Decimal) -> Decimal:
    """Without trailing zeros. Format it with `f`: a round number may be held with an exponent."""
    return Decimal(value).normalize()


def text_of(value: Decimal | Fraction) -> str:
    """A number for `Outcome.numbers`: exact decimals as they are, fractions with a few decimals."""
    if isinstance(value, Fraction):
        value = half_up(value, EXACT_DECIMALS)
    return format(_plain(value), "f")


def numbers_of(given: Given) -> dict[str, str]:
    """The inputs as numbers of a sentence; choices and yes/no as their codes."""
    found: dict[str, str] = {}
    for name, value in given.items():
        if isinstance(value, bool):
            found[name] = "yes" if value else "no"
        elif isinstance(value, Decimal):
            found[name] = text_of(value)
        else:
            found[name] = value
    return found


def fractions_of(given: Given, maximum: Decimal) -> dict[str, formula.Value]:
    """The inputs as the formula language takes them."""
    found: dict[str, formula.Value] = {"max_points": Fraction(maximum)}
    for name, value in given.items():
        if isinstance(value, bool):
            found[name] = value
        elif isinstance(value, Decimal):
            found[name] = Fraction(value)
    return found


def decimal_of(given: Given, name: str) -> Decimal:
    value = given[name]
    assert isinstance(value, Decimal), (name, value)
    return value


def code_of(value: Decimal) -> str:
    """A threshold as part of a branch's code: 97.5 -> "97_5", -5 -> "minus_5"."""
    return format(_plain(value), "f").replace("-", "minus_").replace(".", "_")


NO_INPUTS = Text("không ghi inputs", "none are written")

NUMBER_TYPES = ("count", "amount")
ANY_NUMBER_TYPES = ("count", "amount", "percent", "number")

NO_DENOMINATOR = Text(
    "Mẫu số bằng 0, chưa tính được điểm; cần ghi nhận không phát sinh hoặc sửa số liệu.",
    "The denominator is 0, so no points can be given; record that nothing arose, or correct the figures.",
)
NONE_AROSE = Text(
    "Không phát sinh trong năm, được tính đủ {points}/{max} điểm.", "Nothing arose in the year: full {points} of {max}."
)


def nothing_arose(given: Given, *, whole: str, part: str, allowed: bool, maximum: Decimal) -> Outcome | None:
    """The outcome when a denominator is 0: full points where the leaf allows it, else none; None when it is not 0."""
    if decimal_of(given, whole) != 0:
        return None
    if allowed and decimal_of(given, part) == 0:
        return Outcome(Fraction(maximum), "none_arose", "none_arose", {"points": text_of(maximum)})
    return Outcome(None, None, "no_denominator", {})


def unless_nothing_arose(
    expression: str, cells: Cells, *, whole: str, part: str, allowed: bool, maximum: Decimal
) -> str:
    """The same in a spreadsheet, around the expression for all other cases."""
    empty = f'IF({cells.number(part)}=0,{maximum},"")' if allowed else '""'
    return f"IF({cells.number(whole)}=0,{empty},{expression})"


def build_rule(node: Node, framework: Framework, problems: Problems, kind: type[Rule]) -> Rule | None:
    """Open the body of a leaf's rule. None after adding problems, or when the leaf itself could not be read whole."""
    leaf = node.leaf
    assert leaf is not None, node.code
    # Apart from the other problems, which may already hold the same one from an earlier look at this file.
    own = Problems()
    reading = Reading(leaf.rule.document, own)
    fields = kind.shape().read(leaf.rule.body, reading)
    rule = None
    if isinstance(fields, Fields) and not own.errors and leaf.rule.readable and node.max_points:
        rule = kind.build(Building(node, leaf, framework, fields, reading))
    problems.extend(own)
    return rule
