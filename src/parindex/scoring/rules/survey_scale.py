"""survey_scale: the mean weight of valid answers on a scale, times the maximum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Key, ListOf, Word
from parindex.language import Text, number
from parindex.problems import ProblemKind
from parindex.programme.framework import InputSpec, ScaleOption
from parindex.scoring.rule import (
    LANGUAGES,
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

SCALE_UNKNOWN = ProblemKind(
    "SCALE-UNKNOWN",
    what=Text('thang "{scale}" không có trong scales.', 'the scale "{scale}" does not stand under scales.'),
    why=Text("", ""),
    remedy=Text("Thêm thang này vào scales hoặc sửa tên.", "Add it under scales, or correct the name."),
)

MEAN = "mean_percent"


@dataclass(frozen=True)
class SurveyScale(Rule):
    """Either the counts of answers per option, or a survey's estimate of the mean weight in percent."""

    kind: ClassVar[str] = "survey_scale"
    says: ClassVar[Text] = Text("trung bình trọng số các phiếu hợp lệ", "the mean weight of valid answers")
    takes: ClassVar[Text] = Text(
        "không ghi `inputs`; có sẵn một `count` cho mỗi lựa chọn của thang, hoặc `mean_percent` thay cho tất cả",
        "none are written; there is one `count` for every option of the scale, or `mean_percent` in place of them all",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `value`; không có mốc",
        "branch `value`; no edges",
    )
    keys: ClassVar[Mapping[str, Key]] = {
        "scale": Key(Word(), Text("tên thang trả lời", "name of the scale"), required=True),
        "respondents": Key(ListOf(Word()), Text("ai trả lời", "who answers")),
    }
    sentences: ClassVar[Mapping[str, Text]] = {
        "counts": Text("{n} phiếu hợp lệ, trung bình {percent} %: {points}/{max} điểm.", "{n} valid answers, mean weight {percent} %: {points} of {max}."),
        "mean": Text("Điều tra xã hội học, trung bình {percent} %: {points}/{max} điểm.", "Survey, mean weight {percent} %: {points} of {max}."),
        "no_answers": Text("Không có phiếu hợp lệ nào.", "There is no valid answer."),
    }  # fmt: skip

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    options: tuple[ScaleOption, ...]

    @classmethod
    def build(cls, building: Building) -> SurveyScale | None:
        name = building.fields["scale"]
        options = building.framework.scales.get(name)
        if options is None:
            building.add(SCALE_UNKNOWN, "scale", scale=name)
            return None
        if not options:  # what is wrong with the scale was said where it stands
            return None
        if building.spec.inputs:
            building.add(RULE_INPUTS, "inputs", kind=cls.kind, expected=NO_INPUTS)
            return None
        place = building.spec.place
        mean = InputSpec(MEAN, "percent", Text("Trung bình trọng số", "Mean weight"), None, {}, None, place)
        unit = Text("phiếu", "answers")
        counts = tuple(InputSpec(option.code, "count", option.label, unit, {}, None, place) for option in options)
        return cls(building.maximum, (mean, *counts), options)

    @property
    def branches(self) -> tuple[str, ...]:
        return ("value",)

    @property
    def edges(self) -> tuple[str, ...]:
        return ()

    @property
    def cases(self) -> tuple[Case, ...]:
        most = points_earned(self.maximum)
        rows = tuple(
            Case(option.label, Text(*(f"× {number(option.weight, language)}" for language in LANGUAGES)))
            for option in self.options
        )
        mean = Case(
            Text("trung bình trọng số các phiếu hợp lệ", "mean weight of the valid answers"),
            Text(f"× {most.vi}", f"× {most.en}"),
        )
        return (*rows, mean)

    def outcome(self, given: Given) -> Outcome:
        if MEAN in given:
            share = Fraction(decimal_of(given, MEAN)) / 100
            numbers = {}
            because = "mean"
        else:
            counts = {option.code: Fraction(decimal_of(given, option.code)) for option in self.options}
            total = sum(counts.values(), Fraction(0))
            if total == 0:
                return Outcome(None, None, "no_answers", {})
            share = sum((counts[option.code] * Fraction(option.weight) for option in self.options), Fraction(0)) / total
            numbers = {"n": text_of(total)}
            because = "counts"
        points = Fraction(self.maximum) * min(share, Fraction(1))
        return Outcome(
            points, "value", because, {**numbers, "percent": text_of(share * 100), "points": text_of(points)}
        )

    def complete(self, given: Given) -> bool:
        return MEAN in given or all(option.code in given for option in self.options)

    def edges_at(self, given: Given) -> frozenset[str]:
        return frozenset()
