"""binary: all points when the condition holds, else none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Key, Line
from parindex.language import Language, Text
from parindex.programme.framework import InputSpec
from parindex.scoring import formula
from parindex.scoring.rule import (
    ANY_NUMBER_TYPES,
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


@dataclass(frozen=True)
class Binary(Rule):
    """One yes/no named `met`, or numbers compared by `holds_when`."""

    kind: ClassVar[str] = "binary"
    says: ClassVar[Text] = Text(
        "đủ điểm khi điều kiện đúng, nếu không thì 0", "all points when the condition holds, else 0"
    )
    takes: ClassVar[Text] = Text(
        "một số liệu `yes_no` tên `met`, không có `holds_when`; hoặc một hay nhiều số liệu dạng số (`count`, `amount`, `percent`, `number`), tên tùy ý, với `holds_when`",
        "one `yes_no` named `met`, without `holds_when`; or one or more numbers (`count`, `amount`, `percent`, `number`) under any names, with `holds_when`",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `met`, `not_met`; mốc: hai vế của mỗi phép so sánh trong `holds_when` bằng nhau",
        "branches `met`, `not_met`; edges: both sides of every comparison in `holds_when` equal",
    )
    keys: ClassVar[Mapping[str, Key]] = {
        "holds_when": Key(Line(), Text("điều kiện giữa các số liệu", "a condition over the inputs"))
    }
    sentences: ClassVar[Mapping[str, Text]] = {
        "met": Text("{label_met}: có. {points}/{max} điểm.", "{label_met}: yes. {points} of {max}."),
        "not_met": Text("{label_met}: không. {points}/{max} điểm.", "{label_met}: no. {points} of {max}."),
        "holds": Text("{facts}: đạt điều kiện ({condition}). {points}/{max} điểm.", "{facts}: the condition holds ({condition}). {points} of {max}."),
        "fails": Text("{facts}: không đạt điều kiện ({condition}). {points}/{max} điểm.", "{facts}: the condition does not hold ({condition}). {points} of {max}."),
        "undefined": Text("Không tính được điều kiện vì có phép chia cho 0.", "The condition cannot be decided: it divides by 0."),
    }  # fmt: skip

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    condition: formula.Expression | None

    @classmethod
    def build(cls, building: Building) -> Binary | None:
        text = building.fields["holds_when"]
        if text is None:
            if not building.inputs_named(("met", ("yes_no",))):
                return None
            return cls(building.maximum, building.spec.inputs, None)
        if not building.inputs_all(ANY_NUMBER_TYPES, 1):
            return None
        condition = building.formula(text, building.fields.node_of("holds_when"), "truth")
        return None if condition is None else cls(building.maximum, building.spec.inputs, condition)

    @property
    def branches(self) -> tuple[str, ...]:
        return ("met", "not_met")

    @property
    def edges(self) -> tuple[str, ...]:
        if self.condition is None:
            return ()
        return tuple(dict.fromkeys(formula.written(each) for each in formula.comparisons(self.condition)))

    @property
    def cases(self) -> tuple[Case, ...]:
        if self.condition is None:
            met = self.input("met").label
            return (
                Case(Text(f"{met.vi}: có", f"{met.en}: yes"), points_earned(self.maximum)),
                Case(Text(f"{met.vi}: không", f"{met.en}: no"), points_earned(Decimal(0))),
            )
        return (
            Case(self.named(self.condition), points_earned(self.maximum)),
            Case(Text("trường hợp khác", "otherwise"), points_earned(Decimal(0))),
        )

    def outcome(self, given: Given) -> Outcome:
        if self.condition is None:
            met = given["met"] is True
            because = "met" if met else "not_met"
        else:
            try:
                met = bool(formula.evaluate(self.condition, fractions_of(given, self.maximum)))
            except formula.Undefined:
                return Outcome(None, None, "undefined", numbers_of(given))
            because = "holds" if met else "fails"
        points = Fraction(self.maximum) if met else Fraction(0)
        return Outcome(points, "met" if met else "not_met", because, {**numbers_of(given), "points": text_of(points)})

    def edges_at(self, given: Given) -> frozenset[str]:
        if self.condition is None:
            return frozenset()
        values = fractions_of(given, self.maximum)
        return frozenset(
            formula.written(each) for each in formula.comparisons(self.condition) if formula.at_edge(each, values)
        )

    def add_words(self, values: dict[str, object], language: Language) -> None:
        super().add_words(values, language)
        if self.condition is not None:
            values["condition"] = formula_in(self.condition, values, language)

    def spreadsheet(self, cells: Cells) -> str:
        if self.condition is None:
            return f"IF({cells.holds('met')},{self.maximum},0)"
        text = f"IF({self.in_cells(self.condition, cells)},{self.maximum},0)"
        return f'IFERROR({text},"")' if formula.may_be_undefined(self.condition) else text
