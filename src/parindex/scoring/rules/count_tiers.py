"""count_tiers: points by how many qualifying things were counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Fields, Key, ListOf, Record, Whole
from parindex.language import Text
from parindex.problems import ProblemKind
from parindex.programme.framework import InputSpec
from parindex.programme.framework_shape import POINTS
from parindex.scoring.rule import (
    RULE_LEVEL_UNREACHABLE,
    Building,
    Case,
    Cells,
    Given,
    Outcome,
    Rule,
    decimal_of,
    points_earned,
    text_of,
)

LEVELS_GAP = ProblemKind(
    "LEVELS-GAP",
    what=Text("mức cuối bắt đầu từ {low}, bỏ trống các số nhỏ hơn.", "the last level begins at {low} and leaves smaller counts uncovered."),
    why=Text("", ""),
    remedy=Text("Thêm mức at_least: 0.", "Add a level with at_least: 0."),
)  # fmt: skip


@dataclass(frozen=True)
class CountTiers(Rule):
    """One `count`; levels from the highest, the last from 0."""

    kind: ClassVar[str] = "count_tiers"
    says: ClassVar[Text] = Text("điểm theo số lượng đạt được", "points by how many were counted")
    takes: ClassVar[Text] = Text(
        "một `count` tên `count`",
        "one `count` named `count`",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `from_2`, `from_1`, `from_0` theo `at_least`; mốc: mỗi `at_least` trừ 0",
        "branches `from_2`, `from_1`, `from_0` by `at_least`; edges: every `at_least` but 0",
    )
    keys: ClassVar[Mapping[str, Key]] = {
        "levels": Key(
            ListOf(
                Record(
                    {
                        "at_least": Key(Whole(), Text("từ", "at least"), required=True),
                        "points": Key(POINTS, Text("điểm", "points"), required=True),
                    }
                ),
                least=2,
            ),
            Text("các mức, cao nhất trước", "the levels, highest first"),
            required=True,
        )
    }
    sentences: ClassVar[Mapping[str, Text]] = {
        "top": Text("{label_count}: {count} {unit_count} (đủ điểm từ {top}): {points}/{max} điểm.", "{label_count}: {count} {unit_count} (full from {top}): {points} of {max}."),
    }  # fmt: skip

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    levels: tuple[tuple[int, Decimal], ...]

    @classmethod
    def build(cls, building: Building) -> CountTiers | None:
        if not building.inputs_named(("count", ("count",))):
            return None
        rows: tuple[Fields, ...] = building.fields.items("levels")
        good = True
        for above, row in zip((None, *rows), rows, strict=False):
            good = building.points_within(row["points"], row.node_of("points")) and good
            if above is not None and row["at_least"] >= above["at_least"]:
                building.add(
                    RULE_LEVEL_UNREACHABLE,
                    row.node,
                    reason_vi=f"mức trên đã bắt đầu từ {above['at_least']}",
                    reason_en=f"the level above begins already at {above['at_least']}",
                )
                good = False
        if rows and rows[-1]["at_least"] > 0:
            building.add(LEVELS_GAP, rows[-1].node, low=rows[-1]["at_least"])
            good = False
        if not good:
            return None
        building.reaches_maximum((row["points"] for row in rows), "levels")
        return cls(building.maximum, building.spec.inputs, tuple((row["at_least"], row["points"]) for row in rows))

    @property
    def branches(self) -> tuple[str, ...]:
        return tuple(f"from_{low}" for low, _ in self.levels)

    @property
    def edges(self) -> tuple[str, ...]:
        return tuple(str(low) for low, _ in self.levels if low > 0)

    @property
    def judged(self) -> Text:
        return self.input("count").label

    @property
    def cases(self) -> tuple[Case, ...]:
        return tuple(
            Case(Text(f"từ {least}", f"{least} or more") if least else Text("ít hơn", "fewer"), points_earned(points))
            for least, points in self.levels
        )

    def outcome(self, given: Given) -> Outcome:
        count = decimal_of(given, "count")
        low, points = next(level for level in self.levels if count >= level[0])
        numbers = {"count": text_of(count), "points": text_of(points), "top": str(self.levels[0][0])}
        return Outcome(Fraction(points), f"from_{low}", "top", numbers)

    def edges_at(self, given: Given) -> frozenset[str]:
        count = decimal_of(given, "count")
        return frozenset(str(low) for low, _ in self.levels if count == low > 0)

    def spreadsheet(self, cells: Cells) -> str:
        expression = str(self.levels[-1][1])
        for low, points in reversed(self.levels[:-1]):
            expression = f"IF({cells.number('count')}>={low},{points},{expression})"
        return expression
