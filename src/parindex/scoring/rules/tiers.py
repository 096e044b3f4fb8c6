"""tiers: exactly one described level applies, and its points are the score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from parindex.documents.shapes import Bilingual, Fields, Key, Line, ListOf, MapOf, Record, Word
from parindex.language import Language, Text
from parindex.problems import ProblemKind
from parindex.programme.framework import InputSpec
from parindex.programme.framework_shape import POINTS
from parindex.scoring import formula
from parindex.scoring.rule import (
    ANY_NUMBER_TYPES,
    RULE_LEVEL_UNREACHABLE,
    Building,
    Case,
    Cells,
    Given,
    Outcome,
    Rule,
    fractions_of,
    numbers_of,
    points_earned,
    text_of,
)

TIERS_FORM = ProblemKind(
    "TIERS-FORM",
    what=Text(
        'tiers có một trong hai dạng: lựa chọn "level" với points, hoặc số liệu với levels.',
        'tiers has one of two forms: a choice "level" with points, or numbers with levels.',
    ),
    why=Text("", ""),
    remedy=Text("Giữ đúng một trong hai khóa points, levels.", "Keep exactly one of points and levels."),
)
TIERS_OPTIONS = ProblemKind(
    "TIERS-OPTIONS",
    what=Text("points ghi {found}; các lựa chọn là {expected}.", "points has {found}; the options are {expected}."),
    why=Text("Mỗi lựa chọn phải có điểm.", "Every option needs its points."),
    remedy=Text(
        "Ghi điểm cho từng lựa chọn, không thừa không thiếu.", "Give points to each option, no more, no fewer."
    ),
)
TIERS_LAST = ProblemKind(
    "TIERS-LAST",
    what=Text(
        "mức cuối không được có when; các mức trước phải có.",
        "the last level must have no when, and those before it must have one.",
    ),
    why=Text("Nếu không, có trường hợp không rơi vào mức nào.", "Otherwise some case falls into no level."),
    remedy=Text("Để mức cuối là trường hợp còn lại.", "Let the last level be the remaining case."),
)


@dataclass(frozen=True, slots=True)
class Tier:
    code: str
    label: Text
    points: Decimal
    when: formula.Expression | None


@dataclass(frozen=True)
class Tiers(Rule):
    """A choice named `level` with points per option, or levels tried from the top by their `when`."""

    kind: ClassVar[str] = "tiers"
    says: ClassVar[Text] = Text("đúng một mức áp dụng", "exactly one described level applies")
    takes: ClassVar[Text] = Text(
        "một `choice` tên `level`, với `points`; hoặc một hay nhiều số liệu dạng số hay `yes_no`, tên tùy ý, với `levels`",
        "one `choice` named `level`, with `points`; or one or more numbers or `yes_no` under any names, with `levels`",
    )
    hits: ClassVar[Text] = Text(
        "nhánh là mã của các lựa chọn hoặc các mức; mốc: hai vế của mỗi phép so sánh trong mọi `when` bằng nhau; lựa chọn thì không có mốc",
        "branches are the codes of the options or levels; edges: both sides of every comparison in every `when` equal; none for a choice",
    )
    keys: ClassVar[Mapping[str, Key]] = {
        "points": Key(MapOf(POINTS, least=2), Text("điểm của từng lựa chọn", "points of each option")),
        "levels": Key(
            ListOf(
                Record(
                    {
                        "level": Key(Word(form=r"[a-z][a-z0-9_]*"), Text("mã mức", "code of the level"), required=True),
                        "label": Key(Bilingual(), Text("nhãn", "label"), required=True),
                        "when": Key(Line(), Text("điều kiện", "condition")),
                        "points": Key(POINTS, Text("điểm", "points"), required=True),
                    }
                ),
                least=2,
            ),
            Text("các mức, xét từ trên xuống", "the levels, tried from the top"),
        ),
    }
    sentences: ClassVar[Mapping[str, Text]] = {
        "chosen": Text("{level_label}: {points}/{max} điểm.", "{level_label}: {points} of {max}."),
        "level": Text("{facts}: {level_label}. {points}/{max} điểm.", "{facts}: {level_label}. {points} of {max}."),
        "undefined": Text("Không tính được vì có phép chia cho 0.", "It cannot be decided: a condition divides by 0."),
    }

    maximum: Decimal
    inputs: tuple[InputSpec, ...]
    tiers: tuple[Tier, ...]
    by_choice: bool

    @classmethod
    def build(cls, building: Building) -> Tiers | None:
        fields = building.fields
        if ("points" in fields.values) == ("levels" in fields.values):
            building.add(TIERS_FORM, "kind")
            return None
        tiers = cls._by_choice(building) if "points" in fields.values else cls._by_condition(building)
        if tiers is None:
            return None
        building.reaches_maximum((tier.points for tier in tiers), "points" if "points" in fields.values else "levels")
        return cls(building.maximum, building.spec.inputs, tiers, "points" in fields.values)

    @staticmethod
    def _by_choice(building: Building) -> tuple[Tier, ...] | None:
        if not building.inputs_named(("level", ("choice",))):
            return None
        options = building.spec.inputs[0].options
        points = building.fields.entries("points")
        if set(options) != set(points):
            building.add(TIERS_OPTIONS, "points", found=", ".join(points), expected=", ".join(options))
            return None
        for code, value in points.items():
            building.points_within(value, building.fields["points"].nodes[code])
        return tuple(Tier(code, label, points[code], None) for code, label in options.items())

    @staticmethod
    def _by_condition(building: Building) -> tuple[Tier, ...] | None:
        if not building.inputs_all((*ANY_NUMBER_TYPES, "yes_no"), 1):
            return None
        levels: tuple[Fields, ...] = building.fields.items("levels")
        tiers = []
        seen: dict[str, int] = {}
        conditions: set[str] = set()
        good = True
        for number, level in enumerate(levels):
            last = number == len(levels) - 1
            if ("when" in level.values) == last:
                building.add(TIERS_LAST, level.node)
                good = False
                continue
            when = None
            if not last:
                when = building.formula(level["when"], level.node_of("when"), "truth")
                if when is None:
                    good = False
                    continue
                text = formula.written(when)
                if text in conditions:
                    building.add(
                        RULE_LEVEL_UNREACHABLE,
                        level.node,
                        reason_vi="điều kiện này đã đứng ở mức trên",
                        reason_en="its condition stands already on a level above",
                    )
                    good = False
                conditions.add(text)
            if level["level"] in seen:
                building.add(
                    RULE_LEVEL_UNREACHABLE,
                    level.node,
                    reason_vi=f'mã "{level["level"]}" đã dùng',
                    reason_en=f'the code "{level["level"]}" is taken',
                )
                good = False
            seen[level["level"]] = number
            good = building.points_within(level["points"], level.node_of("points")) and good
            tiers.append(Tier(level["level"], level["label"], level["points"], when))
        return tuple(tiers) if good else None

    @property
    def branches(self) -> tuple[str, ...]:
        return tuple(tier.code for tier in self.tiers)

    @property
    def edges(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                formula.written(each)
                for tier in self.tiers
                if tier.when is not None
                for each in formula.comparisons(tier.when)
            )
        )

    @property
    def cases(self) -> tuple[Case, ...]:
        rows = []
        for tier in self.tiers:
            label = tier.label
            if tier.when is not None:
                when = self.named(tier.when)
                label = Text(f"{label.vi}: {when.vi}", f"{label.en}: {when.en}")
            rows.append(Case(label, points_earned(tier.points)))
        return tuple(rows)

    def outcome(self, given: Given) -> Outcome:
        if self.by_choice:
            tier = next(tier for tier in self.tiers if tier.code == given["level"])
            because = "chosen"
        else:
            values = fractions_of(given, self.maximum)
            try:
                tier = next(tier for tier in self.tiers if tier.when is None or formula.evaluate(tier.when, values))
            except formula.Undefined:
                return Outcome(None, None, "undefined", numbers_of(given))
            because = "level"
        numbers = {**numbers_of(given), "points": text_of(tier.points), "level_code": tier.code}
        return Outcome(Fraction(tier.points), tier.code, because, numbers)

    def edges_at(self, given: Given) -> frozenset[str]:
        values = fractions_of(given, self.maximum)
        return frozenset(
            formula.written(each)
            for tier in self.tiers
            if tier.when is not None
            for each in formula.comparisons(tier.when)
            if formula.at_edge(each, values)
        )

    def add_words(self, values: dict[str, object], language: Language) -> None:
        super().add_words(values, language)
        for tier in self.tiers:
            if tier.code == values.get("level_code"):
                values["level_label"] = tier.label

    def spreadsheet(self, cells: Cells) -> str:
        expression = str(self.tiers[-1].points) if not self.by_choice else "0"
        for tier in reversed(self.tiers if self.by_choice else self.tiers[:-1]):
            if tier.when is None:
                test = cells.chosen("level", tier.code)
            else:
                test = self.in_cells(tier.when, cells)
            expression = f"IF({test},{tier.points},{expression})"
        undefined = any(tier.when is not None and formula.may_be_undefined(tier.when) for tier in self.tiers)
        return f'IFERROR({expression},"")' if undefined else expression
