"""deduction: start from the maximum and subtract for each recorded event, never below a minimum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Key, MapOf, Number
from parindex.language import Language, Text
from parindex.problems import ProblemKind
from parindex.programme.framework import InputSpec
from parindex.programme.framework_shape import POINTS
from parindex.scoring.rule import (
    Building,
    Case,
    Cells,
    Given,
    Outcome,
    Rule,
    decimal_of,
    numbers_of,
    points_earned,
    text_of,
)

DEDUCTION_EVENTS = ProblemKind(
    "DEDUCTION-EVENTS",
    what=Text("minus ghi {found}; các sự việc là {expected}.", "minus has {found}; the events are {expected}."),
    why=Text("", ""),
    remedy=Text("Ghi điểm trừ cho từng sự việc.", "Give every event its deduction."),
)
DEDUCTION_MINIMUM = ProblemKind(
    "DEDUCTION-MINIMUM",
    what=Text(
        "mức thấp nhất {minimum} không thấp hơn điểm tối đa {maximum}.",
        "the minimum of {minimum} is not below the maximum of {maximum}.",
    ),
    why=Text("Khi đó không bao giờ bị trừ.", "Then nothing is ever deducted."),
    remedy=Text("Sửa minimum.", "Correct minimum."),
)


@dataclass(frozen=True)
class Deduction(Rule):
    """Maximum less the sum of count x minus, at least `minimum`."""

    kind: ClassVar[str] = "deduction"
    says: ClassVar[Text] = Text(
        "trừ điểm theo số vụ việc, không dưới mức thấp nhất", "points taken off per event, not below a minimum"
    )
    takes: ClassVar[Text] = Text(
        "một hay nhiều `count`, tên tùy ý",
        "one or more `count`, under any names",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `none` (không bị trừ), `at_minimum` (chạm mức thấp nhất), và `deducted` khi một vụ việc có thể bị trừ mà chưa chạm mức ấy; mốc: vừa chạm mức thấp nhất, khi một loại sự việc tự nó chạm đúng được",
        "branches `none` (nothing taken off), `at_minimum` (the minimum is reached), and `deducted` where one event can take points off without reaching it; edge: exactly reaching the minimum, where events of one sort alone can do so",
    )
    keys: ClassVar[Mapping[str, Key]] = {
        "minus": Key(MapOf(Number(above=Decimal(0), high=Decimal(100_000)), least=1), Text("điểm trừ mỗi sự việc", "deduction per event"), required=True),
        "minimum": Key(POINTS, Text("mức thấp nhất, mặc định 0", "the minimum, 0 unless stated")),
    }  # fmt: skip
    sentences: ClassVar[Mapping[str, Text]] = {
        "none": Text("{events}: không bị trừ, {points}/{max} điểm.", "{events}: nothing taken off, {points} of {max}."),
        "deducted": Text("{events}: {max} − {minus} = {points}/{max} điểm.", "{events}: {max} − {minus} = {points} of {max}."),
        "at_minimum": Text("{events}: {max} − {minus}, không dưới {minimum}: tính {points}/{max} điểm.", "{events}: {max} − {minus}, not below {minimum}: counted as {points} of {max}."),
    }  # fmt: skip

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    minus: Mapping[str, Decimal]
    minimum: Decimal

    @classmethod
    def build(cls, building: Building) -> Deduction | None:
        if not building.inputs_all(("count",), 1):
            return None
        minus = building.fields.entries("minus")
        names = [spec.name for spec in building.spec.inputs]
        if set(minus) != set(names):
            building.add(DEDUCTION_EVENTS, "minus", found=", ".join(minus), expected=", ".join(names))
            return None
        minimum = building.fields["minimum"] or Decimal(0)
        if minimum >= building.maximum:
            building.add(DEDUCTION_MINIMUM, "minimum", minimum=minimum, maximum=building.maximum)
            return None
        return cls(building.maximum, building.spec.inputs, {name: minus[name] for name in names}, minimum)

    @property
    def branches(self) -> tuple[str, ...]:
        room = self.maximum - self.minimum
        possible = any(each < room for each in self.minus.values())
        return ("none", *(("deducted",) if possible else ()), "at_minimum")

    @property
    def edges(self) -> tuple[str, ...]:
        """The minimum reached exactly, where some number of events does so."""
        room = self.maximum - self.minimum
        return ("minimum",) if any(room % each == 0 for each in self.minus.values()) else ()

    def _taken(self, given: Given) -> Fraction:
        # Fractions, because products of long decimals would be rounded.
        return sum(
            (Fraction(decimal_of(given, name)) * Fraction(each) for name, each in self.minus.items()), Fraction(0)
        )

    @property
    def cases(self) -> tuple[Case, ...]:
        full = Case(Text("không có trường hợp nào", "none"), points_earned(self.maximum))
        floor = Case(Text("thấp nhất", "never below"), points_earned(self.minimum))
        taken = (
            Case(
                Text(f"mỗi trường hợp: {spec.label.vi}", f"each of: {spec.label.en}"),
                points_earned(self.minus[spec.name], "− "),
            )
            for spec in self.inputs
        )
        return (full, *taken, floor)

    def outcome(self, given: Given) -> Outcome:
        taken = self._taken(given)
        points = max(Fraction(self.maximum) - taken, Fraction(self.minimum))
        branch = "none" if taken == 0 else "at_minimum" if points == self.minimum else "deducted"
        numbers = {**numbers_of(given), "minus": text_of(taken), "points": text_of(points)}
        return Outcome(points, branch, branch, numbers)

    def edges_at(self, given: Given) -> frozenset[str]:
        return (
            frozenset(("minimum",))
            if self._taken(given) == Fraction(self.maximum) - Fraction(self.minimum)
            else frozenset()
        )

    def words(self) -> Mapping[str, object]:
        return {**super().words(), "minimum": self.minimum}

    def add_words(self, values: dict[str, object], language: Language) -> None:
        super().add_words(values, language)
        values["events"] = values["facts"]

    def spreadsheet(self, cells: Cells) -> str:
        taken = "".join(f"-{cells.number(name)}*{each}" for name, each in self.minus.items())
        return f"MAX({self.maximum}{taken},{self.minimum})"
