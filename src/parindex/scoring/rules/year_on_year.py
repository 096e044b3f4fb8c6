"""year_on_year: points by the change against the same measure of the previous year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Fields, Key, ListOf, Number, Record, Word
from parindex.language import Language, Text
from parindex.language import number as number_said
from parindex.problems import ProblemKind
from parindex.programme.framework import InputSpec
from parindex.programme.framework_shape import POINTS
from parindex.scoring.rule import (
    LANGUAGES,
    RULE_LEVEL_UNREACHABLE,
    Building,
    Case,
    Cells,
    Given,
    Outcome,
    Rule,
    code_of,
    decimal_of,
    points_earned,
    text_of,
)

CHANGE_LEVEL_FORM = ProblemKind(
    "CHANGE-LEVEL-FORM",
    what=Text(
        "mỗi mức, trừ mức cuối, cần đúng một trong at_least và above; mức cuối không có.",
        "every level but the last needs exactly one of at_least and above; the last has neither.",
    ),
    why=Text("Nếu không, có thay đổi không rơi vào mức nào.", "Otherwise some change falls into no level."),
    remedy=Text("Sửa các mức.", "Correct the levels."),
)


_DIRECTIONS: Mapping[str, Text] = {
    "up": Text("tăng", "up"),
    "down": Text("giảm", "down"),
    "same": Text("thay đổi", "change of"),
}


@dataclass(frozen=True, slots=True)
class ChangeLevel:
    """A level of change; `bound` None is the remaining case, `strict` excludes the bound itself."""

    bound: Decimal | None
    strict: bool
    points: Decimal

    @property
    def code(self) -> str:
        if self.bound is None:
            return "otherwise"
        return f"{'above' if self.strict else 'at_least'}_{code_of(self.bound)}"

    def holds(self, change: Fraction) -> bool:
        if self.bound is None:
            return True
        return change > self.bound if self.strict else change >= self.bound


@dataclass(frozen=True)
class YearOnYear(Rule):
    """Change of `current` against `previous`, in percent or as a difference; levels from the highest."""

    kind: ClassVar[str] = "year_on_year"
    says: ClassVar[Text] = Text("so với năm trước", "compared with the year before")
    takes: ClassVar[Text] = Text(
        "`current` và `previous`, đều là `count`, `amount`, `percent` hoặc `number`",
        "`current` and `previous`, each a `count`, `amount`, `percent` or `number`",
    )
    hits: ClassVar[Text] = Text(
        "nhánh `at_least_10`, `above_minus_2_5` theo mức (dấu trừ viết `minus_`, dấu chấm viết `_`), `otherwise` cho mức cuối; mốc: thay đổi đúng bằng mỗi mức",
        "branches `at_least_10`, `above_minus_2_5` by level (minus is written `minus_`, the point `_`), `otherwise` for the last; edges: the change exactly at every bound",
    )
    keys: ClassVar[Mapping[str, Key]] = {
        "change": Key(Word(("percent", "difference")), Text("theo % hay hiệu số", "in percent or as a difference"), required=True),
        "levels": Key(
            ListOf(
                Record(
                    {
                        "at_least": Key(Number(), Text("từ", "at least")),
                        "above": Key(Number(), Text("trên", "above")),
                        "points": Key(POINTS, Text("điểm", "points"), required=True),
                    }
                ),
                least=2,
            ),
            Text("các mức, cao nhất trước", "the levels, highest first"),
            required=True,
        ),
    }  # fmt: skip
    sentences: ClassVar[Mapping[str, Text]] = {
        "percent": Text("{label_current}: {current}, năm trước {previous} {unit_previous}, {direction} {change_percent} %: {points}/{max} điểm.", "{label_current}: {current} after {previous} {unit_previous}, {direction} {change_percent} %: {points} of {max}."),
        "difference": Text("{label_current}: {current}, năm trước {previous} {unit_previous}, {direction} {change}: {points}/{max} điểm.", "{label_current}: {current} after {previous} {unit_previous}, {direction} {change}: {points} of {max}."),
        "no_previous": Text("Số liệu năm trước bằng 0, không tính được tỷ lệ thay đổi.", "The figure of the year before is 0, so there is no change in percent."),
    }  # fmt: skip

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    in_percent: bool
    levels: tuple[ChangeLevel, ...]

    @classmethod
    def build(cls, building: Building) -> YearOnYear | None:
        types = ("count", "amount", "percent", "number")
        if not building.inputs_named(("current", types), ("previous", types)):
            return None
        rows: tuple[Fields, ...] = building.fields.items("levels")
        levels: list[ChangeLevel] = []
        good = True
        for number, row in enumerate(rows):
            bounds = [key for key in ("at_least", "above") if row[key] is not None]
            if len(bounds) != (0 if number == len(rows) - 1 else 1):
                building.add(CHANGE_LEVEL_FORM, row.node)
                return None
            good = building.points_within(row["points"], row.node_of("points")) and good
            level = ChangeLevel(row[bounds[0]] if bounds else None, bounds == ["above"], row["points"])
            if levels and level.bound is not None and levels[-1].bound is not None:
                higher = levels[-1]
                # "at least 0" may follow "above 0": it adds the bound itself.
                if level.bound > levels[-1].bound or (
                    level.bound == levels[-1].bound and not (higher.strict and not level.strict)
                ):
                    building.add(
                        RULE_LEVEL_UNREACHABLE,
                        row.node,
                        reason_vi=f"mức trên đã bắt đầu từ {higher.bound}",
                        reason_en=f"the level above begins already at {higher.bound}",
                    )
                    good = False
            levels.append(level)
        if not good:
            return None
        building.reaches_maximum((level.points for level in levels), "levels")
        return cls(building.maximum, building.spec.inputs, building.fields["change"] == "percent", tuple(levels))

    @property
    def branches(self) -> tuple[str, ...]:
        return tuple(level.code for level in self.levels)

    @property
    def edges(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code_of(level.bound) for level in self.levels if level.bound is not None))

    def _change(self, given: Given) -> Fraction | None:
        current, previous = Fraction(decimal_of(given, "current")), Fraction(decimal_of(given, "previous"))
        if not self.in_percent:
            return current - previous
        return (current - previous) * 100 / abs(previous) if previous else None

    @property
    def judged(self) -> Text:
        label = self.input("current").label
        return Text(f"mức tăng so với năm trước: {label.vi}", f"rise on the year before: {label.en}")

    @property
    def cases(self) -> tuple[Case, ...]:
        sign = " %" if self.in_percent else ""
        rows = []
        for level in self.levels:
            if level.bound is None:
                rows.append(Case(Text("trường hợp khác", "otherwise"), points_earned(level.points)))
                continue
            vi, en = (f"{number_said(level.bound, language)}{sign}" for language in LANGUAGES)
            words = ("trên", "more than") if level.strict else ("từ", "at least")
            rows.append(Case(Text(f"{words[0]} {vi}", f"{words[1]} {en}"), points_earned(level.points)))
        return tuple(rows)

    def outcome(self, given: Given) -> Outcome:
        change = self._change(given)
        if change is None:
            return Outcome(None, None, "no_previous", {})
        level = next(level for level in self.levels if level.holds(change))
        shown = text_of(abs(change))
        numbers = {
            "current": text_of(decimal_of(given, "current")),
            "previous": text_of(decimal_of(given, "previous")),
            "change_percent" if self.in_percent else "change": shown,
            "direction": "up" if change > 0 else "down" if change < 0 else "same",
            "points": text_of(level.points),
        }
        return Outcome(Fraction(level.points), level.code, "percent" if self.in_percent else "difference", numbers)

    def edges_at(self, given: Given) -> frozenset[str]:
        change = self._change(given)
        if change is None:
            return frozenset()
        return frozenset(
            code_of(level.bound) for level in self.levels if level.bound is not None and change == level.bound
        )

    def add_words(self, values: dict[str, object], language: Language) -> None:
        super().add_words(values, language)
        if "direction" in values:
            values["direction"] = _DIRECTIONS[str(values["direction"])]

    def spreadsheet(self, cells: Cells) -> str:
        current, previous = cells.number("current"), cells.number("previous")
        change = f"({current}-{previous})"
        expression = str(self.levels[-1].points)
        for level in reversed(self.levels[:-1]):
            assert level.bound is not None
            sign = ">" if level.strict else ">="
            left = f"{change}*100" if self.in_percent else change
            right = f"{level.bound}*ABS({previous})" if self.in_percent else str(level.bound)
            expression = f"IF({left}{sign}{right},{level.points},{expression})"
        return f'IF({previous}=0,"",{expression})' if self.in_percent else expression
