"""checklist: the sum of the parts that are evidenced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Key, MapOf
from parindex.language import Language, Text
from parindex.problems import ProblemKind
from parindex.programme.framework import InputSpec
from parindex.programme.framework_shape import POINTS
from parindex.scoring.rule import (
    NO,
    YES,
    Building,
    Case,
    Cells,
    Given,
    Outcome,
    Rule,
    numbers_of,
    points_earned,
    points_in,
    text_of,
)

CHECKLIST_PARTS = ProblemKind(
    "CHECKLIST-PARTS",
    what=Text("points ghi {found}; các phần là {expected}.", "points has {found}; the parts are {expected}."),
    why=Text("Mỗi phần phải có điểm.", "Every part needs its points."),
    remedy=Text("Ghi điểm cho từng phần, không thừa không thiếu.", "Give points to each part, no more, no fewer."),
)
CHECKLIST_SUM = ProblemKind(
    "CHECKLIST-SUM",
    what=Text(
        "các phần cộng lại được {total}, điểm tối đa là {maximum}.",
        "the parts add up to {total}, the maximum is {maximum}.",
    ),
    why=Text("Đủ mọi phần là đủ điểm.", "All parts together earn the maximum."),
    remedy=Text("Sửa điểm của một phần hoặc điểm tối đa.", "Correct the points of a part, or the maximum."),
)


@dataclass(frozen=True)
class Checklist(Rule):
    """Yes/no inputs, each worth its points."""

    kind: ClassVar[str] = "checklist"
    says: ClassVar[Text] = Text("cộng điểm các phần đạt", "the sum of the parts that are met")
    takes: ClassVar[Text] = Text(
        "từ hai `yes_no` trở lên, tên tùy ý",
        "two or more `yes_no`, under any names",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `all`, `some`, `none`; không có mốc",
        "branches `all`, `some`, `none`; no edges",
    )
    keys: ClassVar[Mapping[str, Key]] = {
        "points": Key(MapOf(POINTS, least=2), Text("điểm từng phần", "points of each part"), required=True)
    }
    sentences: ClassVar[Mapping[str, Text]] = {
        "parts": Text("{parts}: {points}/{max} điểm.", "{parts}: {points} of {max}.")
    }

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    points: Mapping[str, Decimal]

    @classmethod
    def build(cls, building: Building) -> Checklist | None:
        if not building.inputs_all(("yes_no",), 2):
            return None
        points = building.fields.entries("points")
        names = [spec.name for spec in building.spec.inputs]
        if set(points) != set(names):
            building.add(CHECKLIST_PARTS, "points", found=", ".join(points), expected=", ".join(names))
            return None
        total = sum(points.values(), Decimal(0))
        if total != building.maximum:
            building.add(CHECKLIST_SUM, "points", total=total, maximum=building.maximum)
            return None
        return cls(building.maximum, building.spec.inputs, dict(points))

    @property
    def branches(self) -> tuple[str, ...]:
        return ("all", "some", "none")

    @property
    def edges(self) -> tuple[str, ...]:
        return ()

    @property
    def cases(self) -> tuple[Case, ...]:
        return tuple(
            Case(
                Text(f"{spec.label.vi}: có", f"{spec.label.en}: yes"),
                points_earned(self.points[spec.name], "+ "),
            )
            for spec in self.inputs
        )

    def outcome(self, given: Given) -> Outcome:
        met = [name for name in self.points if given[name] is True]
        points = sum((self.points[name] for name in met), Decimal(0))
        branch = "all" if len(met) == len(self.points) else "some" if met else "none"
        return Outcome(Fraction(points), branch, "parts", {**numbers_of(given), "points": text_of(points)})

    def edges_at(self, given: Given) -> frozenset[str]:
        return frozenset()

    def add_words(self, values: dict[str, object], language: Language) -> None:
        super().add_words(values, language)
        values["parts"] = "; ".join(
            f"{spec.label.in_(language)}: {_shown_part(values[spec.name] == YES, self.points[spec.name], language)}"
            for spec in self.inputs
        )

    def spreadsheet(self, cells: Cells) -> str:
        return "+".join(f"IF({cells.holds(name)},{points},0)" for name, points in self.points.items())


def _shown_part(met: bool, points: Decimal, language: Language) -> str:
    return f"{YES.in_(language)} ({points_in(points, language)})" if met else f"{NO.in_(language)} (0)"
