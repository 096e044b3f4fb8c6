"""external_index: points in proportion to another published index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Key, Word
from parindex.language import Text
from parindex.programme.framework import InputSpec
from parindex.scoring.rule import (
    NO_INPUTS,
    RULE_INPUTS,
    Building,
    Case,
    Given,
    Outcome,
    Rule,
    decimal_of,
    points_earned,
    text_of,
)

INDEX_INPUT = "index_value"


@dataclass(frozen=True)
class ExternalIndex(Rule):
    """Maximum x index / 100, the index in percent. An override is a decision on the points, with its reason."""

    kind: ClassVar[str] = "external_index"
    says: ClassVar[Text] = Text("điểm theo một chỉ số khác", "points from another index")
    takes: ClassVar[Text] = Text(
        "không ghi `inputs`; có sẵn `index_value`, phần trăm",
        "none are written; there is `index_value`, in percent",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `value`; không có mốc",
        "branch `value`; no edges",
    )
    keys: ClassVar[Mapping[str, Key]] = {"index": Key(Word(), Text("tên chỉ số", "name of the index"), required=True)}
    sentences: ClassVar[Mapping[str, Text]] = {
        "value": Text("{index} {percent} %: {points}/{max} điểm.", "{index} {percent} %: {points} of {max}.")
    }

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    index: str

    @classmethod
    def build(cls, building: Building) -> ExternalIndex | None:
        if building.spec.inputs:
            building.add(RULE_INPUTS, "inputs", kind=cls.kind, expected=NO_INPUTS)
            return None
        name = building.fields["index"]
        label = Text(f"Chỉ số {name}", f"Index {name}")
        spec = InputSpec(INDEX_INPUT, "percent", label, None, {}, None, building.spec.place)
        return cls(building.maximum, (spec,), name)

    @property
    def branches(self) -> tuple[str, ...]:
        return ("value",)

    @property
    def edges(self) -> tuple[str, ...]:
        return ()

    @property
    def cases(self) -> tuple[Case, ...]:
        most = points_earned(self.maximum)
        return (
            Case(
                Text(f"{self.index} (%)", f"{self.index} (%)"),
                Text(f"{most.vi} × chỉ số / 100", f"{most.en} × index / 100"),
            ),
        )

    def outcome(self, given: Given) -> Outcome:
        value = decimal_of(given, INDEX_INPUT)
        points = Fraction(self.maximum) * min(Fraction(value) / 100, Fraction(1))
        return Outcome(points, "value", "value", {"percent": text_of(value), "points": text_of(points)})

    def edges_at(self, given: Given) -> frozenset[str]:
        return frozenset()

    def words(self) -> Mapping[str, object]:
        return {**super().words(), "index": self.index}
