"""From accepted values back to what was claimed: claims, and the decisions that led from claim to accepted value."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from parindex.programme.edition import UnitList
from parindex.programme.framework import Node
from parindex.programme.inputs import InputValue, canonical
from parindex.scoring.rule import Rule
from parindex.simulation.answers import Inputs
from parindex.simulation.slips import SIMULATED, Slip, higher, lower
from parindex.tables.flow import STAGES, Stage

_INFLATED = 0.20  # of claims that leave room for it; about 15 % of all claims end up too high or mistaken
_TOO_LOW = 0.03  # of claims that were right, and appraised too low at first
_HARSH = 0.12  # of corrections that went too far at first
_TO_COUNCIL = 0.25  # of disputes that only the council ends


class Act(NamedTuple):
    """One decision on one input, before it has a number."""

    unit: str
    node: str
    input: str
    round: Stage
    value: str
    basis: str
    by: str
    at: date
    reason: str


class Story(NamedTuple):
    """What a unit claimed for a leaf, and the acts that led to the accepted value; none where the claim stood."""

    claim: Inputs
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Bodies:
    """Who decides, and in which days. `appraiser` is for leaves that name none."""

    appraiser: str
    council: str
    windows: Mapping[Stage, tuple[date, date]]

    def day(self, round_: Stage, chance: random.Random) -> date:
        first, last = self.windows[round_]
        return first + timedelta(days=chance.randint(0, (last - first).days))

    def appraiser_of(self, node: Node) -> str:
        assert node.leaf is not None
        return node.leaf.appraiser.vi if node.leaf.appraiser is not None else self.appraiser


_TOO_HARSH = "tài liệu gửi kèm chưa đủ rõ, chỉ tính phần đã chứng minh"
_GRANTED = (
    "giải trình kèm tài liệu bổ sung được chấp nhận",
    "đơn vị đã chứng minh số liệu thuộc năm đánh giá",
    "đối chiếu lại tài liệu, công nhận theo giải trình",
)
_COUNCIL = (
    "Hội đồng xem lại hồ sơ và thống nhất công nhận",
    "Hội đồng biểu quyết theo ý kiến giải trình của đơn vị",
)


class Storyteller:
    """Tells the stories of one unit, leaf by leaf."""

    def __init__(self, unit: str, bodies: Bodies, chance: random.Random):
        self.unit = unit
        self.bodies = bodies
        self.chance = chance

    def tell(self, node: Node, rule: Rule, final: Inputs) -> Story:
        chance = self.chance
        if chance.random() < _INFLATED:
            slip = higher(rule, final, chance)
            if slip is not None:
                return self._corrected(node, rule, final, slip)
        if chance.random() < _TOO_LOW:
            slip = lower(rule, final, chance)
            if slip is not None and _earns_less(rule, slip.inputs, final):
                return Story(final, (*self._round(node, "appraisal_1", final, slip.inputs, slip.reason, wrong=True),
                                     *self._restored(node, slip.inputs, final)))  # fmt: skip
        return Story(final, ())

    def _corrected(self, node: Node, rule: Rule, final: Inputs, claimed: Slip) -> Story:
        """A claim too high, corrected at once or, when the first correction went too far, in a later round."""
        if self.chance.random() < _HARSH:
            harsh = lower(rule, final, self.chance)
            if harsh is not None and _earns_less(rule, harsh.inputs, final):
                first = self._round(node, "appraisal_1", claimed.inputs, harsh.inputs, _TOO_HARSH, wrong=True)
                return Story(claimed.inputs, (*first, *self._restored(node, harsh.inputs, final)))
        acts = self._round(node, "appraisal_1", claimed.inputs, final, claimed.reason)
        return Story(claimed.inputs, acts)

    def _restored(self, node: Node, standing: Inputs, final: Inputs) -> tuple[Act, ...]:
        if self.chance.random() < _TO_COUNCIL:
            return self._round(node, "council", standing, final, self.chance.choice(_COUNCIL))
        return self._round(node, "appraisal_2", standing, final, self.chance.choice(_GRANTED))

    def _round(
        self, node: Node, round_: Stage, before: Inputs, after: Inputs, reason: str, *, wrong: bool = False
    ) -> tuple[Act, ...]:
        return self.acts(node, round_, {name: v for name, v in after.items() if before[name] != v}, reason, wrong=wrong)

    def acts(
        self, node: Node, round_: Stage, values: Mapping[str, InputValue], reason: str, *, wrong: bool = False
    ) -> tuple[Act, ...]:
        """The acts of one round on the inputs that change; all with the same reason and day.

        `wrong`: a later round takes them back. Where records count the leaf they say what was accepted in the end,
        so that such an act does not rest on them.
        """
        assert node.leaf is not None
        at = self.bodies.day(round_, self.chance)
        council = round_ == "council"
        by = self.bodies.council if council else self.bodies.appraiser_of(node)
        by_records = node.leaf.method == "data" and not council and not (wrong and node.leaf.counted)
        basis = "records" if by_records else "adjusted"
        return tuple(
            Act(self.unit, node.code, name, round_, canonical(value), basis, by, at, SIMULATED + reason)
            for name, value in values.items()
        )


def _earns_less(rule: Rule, one: Inputs, other: Inputs) -> bool:
    less, more = rule.outcome(one).points, rule.outcome(other).points
    return less is not None and more is not None and less < more


DECISION_COLUMNS = ("unit", "node", "input", "round", "value", "basis", "by", "at", "reason", "decision")


def decision_rows(acts: Iterable[Act], lists: Sequence[UnitList]) -> list[tuple[str, ...]]:
    """Rows of decisions.csv by unit, node and round. The acts of a round on one leaf are one decision."""
    order = {
        (unit.code, node): place
        for unit_list in lists
        for unit in unit_list.units
        for place, node in enumerate((*unit_list.framework.by_code, *unit_list.framework.adjustment_items))
    }
    units = {unit.code: place for place, unit in enumerate(unit for each in lists for unit in each.units)}
    rows: list[tuple[str, ...]] = []
    numbers: dict[tuple[str, str, str], int] = {}
    for act in sorted(acts, key=lambda act: (units[act.unit], order[act.unit, act.node], STAGES.index(act.round))):
        number = numbers.setdefault((act.unit, act.node, act.round), len(numbers) + 1)
        decision = f"MP-{number:04d}"
        rows.append(
            (act.unit, act.node, act.input, act.round, act.value, act.basis, act.by, act.at.isoformat(), act.reason,
             decision)
        )  # fmt: skip
    return rows
