"""percentage_bands: the highest band whose lower bound a ratio reaches gives the points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Fields, Key, ListOf, Number, Record
from parindex.language import Text
from parindex.problems import ProblemKind
from parindex.programme.framework import InputSpec
from parindex.programme.framework_shape import POINTS
from parindex.scoring.rule import (
    NO_DENOMINATOR,
    NONE_AROSE,
    NUMBER_TYPES,
    RULE_LEVEL_UNREACHABLE,
    Building,
    Case,
    Cells,
    Given,
    Outcome,
    Rule,
    band_said,
    code_of,
    decimal_of,
    none_arose_case,
    nothing_arose,
    points_earned,
    share_named,
    text_of,
    unless_nothing_arose,
)

BANDS_GAP = ProblemKind(
    "BANDS-GAP",
    what=Text("các mức bỏ trống khoảng {low}–{high} %.", "the bands leave {low}–{high} % uncovered."),
    why=Text(
        "Tỷ lệ rơi vào khoảng đó sẽ không có điểm nào.", "A ratio in that range would earn nothing that is stated."
    ),
    remedy=Text(
        "Cho một mức bắt đầu từ {low}, hoặc ghi rõ khoảng này được 0 điểm.",
        "Let one band begin at {low}, or state that this range earns 0.",
    ),
)
BANDS_TOP = ProblemKind(
    "BANDS-TOP",
    what=Text("mức cao nhất dừng ở {high} %.", "the highest band stops at {high} %."),
    why=Text("Tỷ lệ cao hơn sẽ không có điểm nào.", "A higher ratio would earn nothing that is stated."),
    remedy=Text("Bỏ to ở mức này.", "Remove its `to`."),
)
BANDS_OVERLAP = ProblemKind(
    "BANDS-OVERLAP",
    what=Text("hai mức cùng chứa khoảng {low}–{high} %.", "two bands both hold {low}–{high} %."),
    why=Text("Một tỷ lệ chỉ được rơi vào một mức.", "A ratio may fall into one band only."),
    remedy=Text("Cho mức dưới kết thúc ở nơi mức trên bắt đầu.", "Let the lower band end where the upper one begins."),
)


@dataclass(frozen=True, slots=True)
class Band:
    start: Decimal
    points: Decimal

    @property
    def code(self) -> str:
        return f"band_{code_of(self.start)}"


@dataclass(frozen=True)
class PercentageBands(Rule):
    """`numerator` over `denominator` in percent; bands from the highest, the last from 0."""

    kind: ClassVar[str] = "percentage_bands"
    says: ClassVar[Text] = Text("mức cao nhất mà tỷ lệ đạt tới", "the highest band that the ratio reaches")
    takes: ClassVar[Text] = Text(
        "`numerator` và `denominator`, đều là `count` hoặc `amount`",
        "`numerator` and `denominator`, each a `count` or `amount`",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `band_30`, `band_12_5`, `band_0` theo `from` (dấu chấm viết `_`); `none_arose` khi mục cho phép `full_points_when_none_arise`; mốc: mỗi `from` trừ 0",
        "branches `band_30`, `band_12_5`, `band_0` by `from` (the point is written `_`); `none_arose` where the leaf allows `full_points_when_none_arise`; edges: every `from` but 0",
    )
    keys: ClassVar[Mapping[str, Key]] = {
        "bands": Key(
            ListOf(
                Record(
                    {
                        "from": Key(Number(low=Decimal(0)), Text("từ, phần trăm", "from, in percent"), required=True),
                        "to": Key(Number(low=Decimal(0)), Text("đến dưới, phần trăm", "to below, in percent")),
                        "points": Key(POINTS, Text("điểm", "points"), required=True),
                    }
                ),
                least=2,
            ),
            Text("các mức, cao nhất trước", "the bands, highest first"),
            required=True,
        )
    }
    sentences: ClassVar[Mapping[str, Text]] = {
        "top": Text("{label_numerator}: {numerator}/{denominator} {unit_denominator} = {percent} %, mức từ {from} % trở lên: {points}/{max} điểm.", "{label_numerator}: {numerator} of {denominator} {unit_denominator} = {percent} %, band from {from} %: {points} of {max}."),
        "band": Text("{label_numerator}: {numerator}/{denominator} {unit_denominator} = {percent} %, mức từ {from} % đến dưới {to} %: {points}/{max} điểm.", "{label_numerator}: {numerator} of {denominator} {unit_denominator} = {percent} %, band {from} to under {to} %: {points} of {max}."),
        "none_arose": NONE_AROSE,
        "no_denominator": NO_DENOMINATOR,
    }  # fmt: skip

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    bands: tuple[Band, ...]
    when_none_arose: bool

    @classmethod
    def build(cls, building: Building) -> PercentageBands | None:
        if not building.inputs_named(("numerator", NUMBER_TYPES), ("denominator", NUMBER_TYPES)):
            return None
        rows: tuple[Fields, ...] = building.fields.items("bands")
        good = True
        for above, row in zip((None, *rows), rows, strict=False):
            good = building.points_within(row["points"], row.node_of("points")) and good
            if above is None:
                if row["to"] is not None:
                    good = False
                    building.add(BANDS_TOP, row.node_of("to"), high=row["to"])
                continue
            if row["from"] >= above["from"]:
                building.add(
                    RULE_LEVEL_UNREACHABLE,
                    row.node,
                    reason_vi=f"mức trên đã bắt đầu từ {above['from']} %",
                    reason_en=f"the band above begins already at {above['from']} %",
                )
                good = False
            elif row["to"] is not None and row["to"] < above["from"]:
                building.add(BANDS_GAP, row.node_of("to"), low=row["to"], high=above["from"])
                good = False
            elif row["to"] is not None and row["to"] > above["from"]:
                building.add(BANDS_OVERLAP, row.node_of("to"), low=above["from"], high=row["to"])
                good = False
        if rows and rows[-1]["from"] > 0:
            building.add(BANDS_GAP, rows[-1].node, low=Decimal(0), high=rows[-1]["from"])
            good = False
        if not good:
            return None
        building.reaches_maximum((row["points"] for row in rows), "bands")
        return cls(
            building.maximum,
            building.spec.inputs,
            tuple(Band(row["from"], row["points"]) for row in rows),
            "full_points_when_none_arise" in building.leaf.not_applicable,
        )

    @property
    def branches(self) -> tuple[str, ...]:
        return (*(band.code for band in self.bands), *(("none_arose",) if self.when_none_arose else ()))

    @property
    def edges(self) -> tuple[str, ...]:
        return tuple(code_of(band.start) for band in self.bands if band.start > 0)

    @property
    def judged(self) -> Text:
        return share_named(self.input("numerator"), self.input("denominator"))

    @property
    def cases(self) -> tuple[Case, ...]:
        rows = []
        above: Decimal | None = None
        for band in self.bands:
            low, high = band.start, above
            rows.append(
                Case(
                    band_said(low, high),
                    points_earned(band.points),
                )
            )
            above = band.start
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
        at = next(index for index, band in enumerate(self.bands) if percent >= Fraction(band.start))
        band = self.bands[at]
        numbers = {
            "numerator": text_of(numerator),
            "denominator": text_of(denominator),
            "percent": text_of(percent),
            "from": text_of(band.start),
            "points": text_of(band.points),
        }
        if at > 0:
            numbers["to"] = text_of(self.bands[at - 1].start)
        return Outcome(Fraction(band.points), band.code, "band" if at > 0 else "top", numbers)

    def edges_at(self, given: Given) -> frozenset[str]:
        denominator = decimal_of(given, "denominator")
        if denominator == 0:
            return frozenset()
        percent = Fraction(decimal_of(given, "numerator")) * 100 / Fraction(denominator)
        return frozenset(code_of(band.start) for band in self.bands if percent == Fraction(band.start) > 0)

    def spreadsheet(self, cells: Cells) -> str:
        numerator, denominator = cells.number("numerator"), cells.number("denominator")
        expression = str(self.bands[-1].points)
        for band in reversed(self.bands[:-1]):
            expression = f"IF({numerator}*100>={band.start}*{denominator},{band.points},{expression})"
        return unless_nothing_arose(
            expression,
            cells,
            whole="denominator",
            part="numerator",
            allowed=self.when_none_arose,
            maximum=self.maximum,
        )
