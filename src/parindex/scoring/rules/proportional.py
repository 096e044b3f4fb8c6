"""proportional: points grow with a ratio up to full, and are 0 below a floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Key, Number
from parindex.language import Text
from parindex.problems import ProblemKind
from parindex.programme.framework import InputSpec
from parindex.scoring.rule import (
    NO_DENOMINATOR,
    NONE_AROSE,
    NUMBER_TYPES,
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
    percent_said,
    points_earned,
    share_named,
    text_of,
    unless_nothing_arose,
)

PROPORTIONAL_FLOOR = ProblemKind(
    "PROPORTIONAL-FLOOR",
    what=Text(
        "mức sàn {floor} % không thấp hơn mức đủ điểm {full} %.",
        "the floor of {floor} % is not below full at {full} %.",
    ),
    why=Text("Khi đó không có khoảng nào tính theo tỷ lệ.", "Then no ratio is scored in proportion."),
    remedy=Text("Sửa zero_below hoặc full_at, hoặc dùng binary.", "Correct zero_below or full_at, or use binary."),
)


@dataclass(frozen=True)
class Proportional(Rule):
    """Maximum x min(ratio / full_at, 1); 0 when the ratio is below `zero_below`. Both in percent."""

    kind: ClassVar[str] = "proportional"
    says: ClassVar[Text] = Text(
        "điểm theo tỷ lệ, 0 khi dưới mức sàn", "points in proportion to a ratio, 0 below a floor"
    )
    takes: ClassVar[Text] = Text(
        "`numerator` và `denominator`, đều là `count` hoặc `amount`",
        "`numerator` and `denominator`, each a `count` or `amount`",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `full`, `proportional`; `below_floor` khi `zero_below` > 0; `none_arose` khi mục cho phép `full_points_when_none_arise`; mốc: tỷ lệ đúng bằng `full_at`, và đúng bằng `zero_below` khi > 0",
        "branches `full`, `proportional`; `below_floor` with `zero_below` > 0; `none_arose` where the leaf allows `full_points_when_none_arise`; edges: the ratio exactly at `full_at`, and at `zero_below` when > 0",
    )
    keys: ClassVar[Mapping[str, Key]] = {
        "full_at": Key(Number(above=Decimal(0)), Text("tỷ lệ được đủ điểm, %", "ratio that earns all, %")),
        "zero_below": Key(Number(low=Decimal(0)), Text("dưới tỷ lệ này được 0, %", "below this ratio 0, %")),
    }
    sentences: ClassVar[Mapping[str, Text]] = {
        "full": Text("{label_numerator}: {numerator}/{denominator} {unit_denominator} = {percent} %, đạt mức đủ điểm {full_at} %: {points}/{max} điểm.", "{label_numerator}: {numerator} of {denominator} {unit_denominator} = {percent} %, full from {full_at} %: {points} of {max}."),
        "proportional": Text("{label_numerator}: {numerator}/{denominator} {unit_denominator} = {percent} %, đủ điểm từ {full_at} %: {points}/{max} điểm.", "{label_numerator}: {numerator} of {denominator} {unit_denominator} = {percent} %, full from {full_at} %: {points} of {max}."),
        "below_floor": Text("{label_numerator}: {numerator}/{denominator} {unit_denominator} = {percent} %, dưới mức sàn {zero_below} %: {points} điểm.", "{label_numerator}: {numerator} of {denominator} {unit_denominator} = {percent} %, under the floor of {zero_below} %: {points}."),
        "none_arose": NONE_AROSE,
        "no_denominator": NO_DENOMINATOR,
    }  # fmt: skip

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    full_at: Decimal
    zero_below: Decimal
    when_none_arose: bool

    @classmethod
    def build(cls, building: Building) -> Proportional | None:
        if not building.inputs_named(("numerator", NUMBER_TYPES), ("denominator", NUMBER_TYPES)):
            return None
        full = building.fields["full_at"] or Decimal(100)
        floor = building.fields["zero_below"] or Decimal(0)
        if floor >= full:
            building.add(PROPORTIONAL_FLOOR, "zero_below", floor=floor, full=full)
            return None
        allowed = "full_points_when_none_arise" in building.leaf.not_applicable
        return cls(building.maximum, building.spec.inputs, full, floor, allowed)

    @property
    def branches(self) -> tuple[str, ...]:
        return (
            "full",
            "proportional",
            *(("below_floor",) if self.zero_below > 0 else ()),
            *(("none_arose",) if self.when_none_arose else ()),
        )

    @property
    def edges(self) -> tuple[str, ...]:
        """Each with its value, because the example has to stand exactly there: "full_at 100"."""
        return tuple(self._edges)

    @property
    def _edges(self) -> Mapping[str, Decimal]:
        floor = {f"zero_below {text_of(self.zero_below)}": self.zero_below} if self.zero_below > 0 else {}
        return {f"full_at {text_of(self.full_at)}": self.full_at, **floor}

    @property
    def judged(self) -> Text:
        return share_named(self.input("numerator"), self.input("denominator"))

    @property
    def cases(self) -> tuple[Case, ...]:
        most = points_earned(self.maximum)

        full = Text("", "")
        if self.full_at != 100:
            at = percent_said(self.full_at)
            full = Text(f" / {at.vi}", f" / {at.en}")
        between = Text(f"{most.vi} × tỷ lệ{full.vi}", f"{most.en} × ratio{full.en}")
        rows = [
            Case(band_said(self.full_at, None), most),
            Case(band_said(self.zero_below, self.full_at), between),
        ]
        if self.zero_below > 0:
            rows.append(
                Case(
                    band_said(Decimal(0), self.zero_below),
                    points_earned(Decimal(0)),
                )
            )
        if self.when_none_arose:
            rows.append(none_arose_case(self.input("denominator"), self.maximum))
        return tuple(rows)

    def outcome(self, given: Given) -> Outcome:
        empty = nothing_arose(
            given, whole="denominator", part="numerator", allowed=self.when_none_arose, maximum=self.maximum
        )
        if empty is not None:
            return empty
        numerator, denominator = decimal_of(given, "numerator"), decimal_of(given, "denominator")
        percent = Fraction(numerator) * 100 / Fraction(denominator)
        if percent >= Fraction(self.full_at):
            branch, points = "full", Fraction(self.maximum)
        elif percent < Fraction(self.zero_below):
            branch, points = "below_floor", Fraction(0)
        else:
            branch, points = "proportional", Fraction(self.maximum) * percent / Fraction(self.full_at)
        numbers = {
            "numerator": text_of(numerator),
            "denominator": text_of(denominator),
            "percent": text_of(percent),
            "points": text_of(points),
        }
        return Outcome(points, branch, branch, numbers)

    def edges_at(self, given: Given) -> frozenset[str]:
        denominator = decimal_of(given, "denominator")
        if denominator == 0:
            return frozenset()
        percent = Fraction(decimal_of(given, "numerator")) * 100 / Fraction(denominator)
        return frozenset(edge for edge, at in self._edges.items() if percent == Fraction(at))

    def words(self) -> Mapping[str, object]:
        return {**super().words(), "full_at": self.full_at, "zero_below": self.zero_below}

    def spreadsheet(self, cells: Cells) -> str:
        numerator, denominator = cells.number("numerator"), cells.number("denominator")
        expression = f"{self.maximum}*MIN({numerator}*100/{denominator}/{self.full_at},1)"
        if self.zero_below > 0:
            expression = f"IF({numerator}*100<{self.zero_below}*{denominator},0,{expression})"
        return unless_nothing_arose(
            expression,
            cells,
            whole="denominator",
            part="numerator",
            allowed=self.when_none_arose,
            maximum=self.maximum,
        )
