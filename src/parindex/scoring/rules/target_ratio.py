"""target_ratio: the share of an assigned target that was reached, capped at the maximum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Key
from parindex.language import Text
from parindex.programme.framework import InputSpec
from parindex.scoring.rule import (
    ANY_NUMBER_TYPES,
    NO_DENOMINATOR,
    NONE_AROSE,
    Building,
    Case,
    Cells,
    Given,
    Outcome,
    Rule,
    band_said,
    decimal_of,
    none_arose_case,
    nothing_arose,
    points_earned,
    share_named,
    text_of,
    unless_nothing_arose,
)


@dataclass(frozen=True)
class TargetRatio(Rule):
    """Maximum x min(actual / target, 1); a negative actual earns 0."""

    kind: ClassVar[str] = "target_ratio"
    says: ClassVar[Text] = Text("tỷ lệ so với chỉ tiêu được giao", "the share of a target that was reached")
    takes: ClassVar[Text] = Text(
        "`actual` (`count`, `amount`, `percent` hoặc `number`) và `target` (`count`, `amount` hoặc `percent`)",
        "`actual` (`count`, `amount`, `percent` or `number`) and `target` (`count`, `amount` or `percent`)",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `reached`, `short`; `none_arose` khi mục cho phép `full_points_when_none_arise`; mốc: `actual` = `target`",
        "branches `reached`, `short`; `none_arose` where the leaf allows `full_points_when_none_arise`; edge: `actual` = `target`",
    )
    keys: ClassVar[Mapping[str, Key]] = {}
    sentences: ClassVar[Mapping[str, Text]] = {
        "reached": Text("{label_actual}: {actual}/{target} {unit_target} = {percent} % chỉ tiêu: {points}/{max} điểm.", "{label_actual}: {actual} of {target} {unit_target} = {percent} % of the target: {points} of {max}."),
        "short": Text("{label_actual}: {actual}/{target} {unit_target} = {percent} % chỉ tiêu: {points}/{max} điểm.", "{label_actual}: {actual} of {target} {unit_target} = {percent} % of the target: {points} of {max}."),
        "none_arose": NONE_AROSE,
        "no_denominator": NO_DENOMINATOR,
    }  # fmt: skip

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    when_none_arose: bool

    @classmethod
    def build(cls, building: Building) -> TargetRatio | None:
        if not building.inputs_named(("actual", ANY_NUMBER_TYPES), ("target", ("count", "amount", "percent"))):
            return None
        allowed = "full_points_when_none_arise" in building.leaf.not_applicable
        return cls(building.maximum, building.spec.inputs, allowed)

    @property
    def branches(self) -> tuple[str, ...]:
        return ("reached", "short", *(("none_arose",) if self.when_none_arose else ()))

    @property
    def edges(self) -> tuple[str, ...]:
        return ("target",)

    @property
    def judged(self) -> Text:
        return share_named(self.input("actual"), self.input("target"))

    @property
    def cases(self) -> tuple[Case, ...]:
        most = points_earned(self.maximum)
        rows = [
            Case(band_said(Decimal(100), None), most),
            Case(
                band_said(Decimal(0), Decimal(100)),
                Text(f"{most.vi} × tỷ lệ", f"{most.en} × ratio"),
            ),
        ]
        if self.when_none_arose:
            rows.append(none_arose_case(self.input("target"), self.maximum))
        return tuple(rows)

    def outcome(self, given: Given) -> Outcome:
        empty = nothing_arose(given, whole="target", part="actual", allowed=self.when_none_arose, maximum=self.maximum)
        if empty is not None:
            return empty
        actual, target = decimal_of(given, "actual"), decimal_of(given, "target")
        ratio = Fraction(actual) / Fraction(target)
        points = Fraction(self.maximum) * max(min(ratio, Fraction(1)), Fraction(0))
        branch = "reached" if ratio >= 1 else "short"
        numbers = {
            "actual": text_of(actual),
            "target": text_of(target),
            "percent": text_of(ratio * 100),
            "points": text_of(points),
        }
        return Outcome(points, branch, branch, numbers)

    def edges_at(self, given: Given) -> frozenset[str]:
        reached = decimal_of(given, "actual") == decimal_of(given, "target") != 0
        return frozenset(("target",)) if reached else frozenset()

    def spreadsheet(self, cells: Cells) -> str:
        actual, target = cells.number("actual"), cells.number("target")
        return unless_nothing_arose(
            f"{self.maximum}*MAX(MIN({actual}/{target},1),0)",
            cells,
            whole="target",
            part="actual",
            allowed=self.when_none_arose,
            maximum=self.maximum,
        )
