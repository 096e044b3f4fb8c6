"""formula: arithmetic over named inputs, clipped to what the leaf can earn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Key, Line, ListOf, Word
from parindex.language import Language, Text
from parindex.programme.framework import InputSpec
from parindex.scoring import formula
from parindex.scoring.rule import (
    ANY_NUMBER_TYPES,
    NONE_AROSE,
    Building,
    Case,
    Cells,
    Given,
    Outcome,
    Rule,
    formula_in,
    fractions_of,
    numbers_of,
    points_earned,
    text_of,
)

_BRANCHES = ("at_maximum", "value", "at_zero")


@dataclass(frozen=True)
class FormulaRule(Rule):
    """`value` is a formula in points; the result is kept within 0 and the maximum."""

    kind: ClassVar[str] = "formula"
    says: ClassVar[Text] = Text("công thức từ các số liệu", "a formula over the inputs")
    takes: ClassVar[Text] = Text(
        "một hay nhiều số liệu dạng số hay `yes_no`, tên tùy ý",
        "one or more numbers or `yes_no`, under any names",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `at_maximum`, `value`, `at_zero`, hoặc chỉ những nhánh nêu ở `branches`; `none_arose` khi mục cho phép `full_points_when_none_arise` (chia cho 0 và mọi số bằng 0); mốc: hai vế của mỗi phép so sánh bằng nhau",
        "branches `at_maximum`, `value`, `at_zero`, or only those named in `branches`; `none_arose` where the leaf allows `full_points_when_none_arise` (it divides by 0 and all numbers are 0); edges: both sides of every comparison equal",
    )
    keys: ClassVar[Mapping[str, Key]] = {
        "value": Key(Line(), Text("công thức ra điểm", "the formula, in points"), required=True),
        "branches": Key(ListOf(Word(_BRANCHES), least=1), Text("các nhánh có thể xảy ra", "the branches that can happen")),
    }  # fmt: skip
    sentences: ClassVar[Mapping[str, Text]] = {
        "value": Text("{facts}: {formula} = {points}/{max} điểm.", "{facts}: {formula} = {points} of {max}."),
        "at_maximum": Text("{facts}: {formula} = {result}, tối đa {points}/{max} điểm.", "{facts}: {formula} = {result}, at most {points} of {max}."),
        "at_zero": Text("{facts}: {formula} = {result}, tính {points}/{max} điểm.", "{facts}: {formula} = {result}, counted as {points} of {max}."),
        "none_arose": NONE_AROSE,
        "undefined": Text("Không tính được công thức vì có phép chia cho 0.", "The formula has no value: it divides by 0."),
    }  # fmt: skip

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    expression: formula.Expression
    possible: tuple[str, ...]
    when_none_arose: bool

    @classmethod
    def build(cls, building: Building) -> FormulaRule | None:
        if not building.inputs_all((*ANY_NUMBER_TYPES, "yes_no"), 1):
            return None
        expression = building.formula(building.fields["value"], building.fields.node_of("value"), "number")
        if expression is None:
            return None
        declared = building.fields.items("branches")
        possible = tuple(branch for branch in _BRANCHES if not declared or branch in declared)
        allowed = "full_points_when_none_arise" in building.leaf.not_applicable
        return cls(building.maximum, building.spec.inputs, expression, possible, allowed)

    @property
    def branches(self) -> tuple[str, ...]:
        return (*self.possible, *(("none_arose",) if self.when_none_arose else ()))

    @property
    def edges(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(formula.written(each) for each in formula.comparisons(self.expression)))

    @property
    def cases(self) -> tuple[Case, ...]:
        value = self.named(self.expression)
        rows = [
            Case(
                Text("theo công thức", "by the formula"),
                Text(
                    f"{value.vi} (từ 0 đến {points_earned(self.maximum).vi})",
                    f"{value.en} (0 to {points_earned(self.maximum).en})",
                ),
            )
        ]
        if self.when_none_arose:
            rows.append(
                Case(
                    Text("không phát sinh (mọi số bằng 0)", "nothing arose (all figures are 0)"),
                    points_earned(self.maximum),
                )
            )
        return tuple(rows)

    def outcome(self, given: Given) -> Outcome:
        facts = numbers_of(given)
        try:
            result = formula.evaluate(self.expression, fractions_of(given, self.maximum))
        except formula.Undefined:
            numbers = [value for value in given.values() if isinstance(value, Decimal)]
            if self.when_none_arose and not any(numbers):
                return Outcome(Fraction(self.maximum), "none_arose", "none_arose", {"points": text_of(self.maximum)})
            return Outcome(None, None, "undefined", facts)
        assert isinstance(result, Fraction)
        points = max(min(result, Fraction(self.maximum)), Fraction(0))
        branch = "at_maximum" if result >= self.maximum else "at_zero" if result <= 0 else "value"
        return Outcome(points, branch, branch, {**facts, "result": text_of(result), "points": text_of(points)})

    def edges_at(self, given: Given) -> frozenset[str]:
        values = fractions_of(given, self.maximum)
        return frozenset(
            formula.written(each) for each in formula.comparisons(self.expression) if formula.at_edge(each, values)
        )

    def add_words(self, values: dict[str, object], language: Language) -> None:
        super().add_words(values, language)
        values["formula"] = formula_in(self.expression, values, language)

    def spreadsheet(self, cells: Cells) -> str:
        text = f"MAX(MIN({self.in_cells(self.expression, cells)},{self.maximum}),0)"
        if not formula.may_be_undefined(self.expression):
            return text
        empty = '""'
        numbers = [f"{cells.number(spec.name)}=0" for spec in self.inputs if spec.type != "yes_no"]
        if self.when_none_arose and numbers:
            empty = f'IF(AND({",".join(numbers)}),{self.maximum},"")'
        return f"IFERROR({text},{empty})"
