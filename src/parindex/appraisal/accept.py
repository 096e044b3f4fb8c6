"""Claims, decisions and values accepted elsewhere to ACCEPTED: every stage's value is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from parindex.tables.flow import POINTS_INPUT, STAGES, Accepted, Answer, Stage

ROUNDS: tuple[Stage, ...] = ("appraisal_1", "appraisal_2", "council")


class Decision(NamedTuple):
    """One act of appraisal on one input of one leaf; `keep` decisions carry the value they keep."""

    unit: str
    node: str
    input: str
    round: Stage
    value: str
    basis: str
    by: str | None
    at: str | None
    reason: str | None
    decision: str | None
    source: str
    place: str


class AcceptedElsewhere(NamedTuple):
    """A value accepted outside the system, such as a published part."""

    unit: str
    node: str
    input: str
    value: str
    basis: str
    reason: str | None
    source: str
    place: str


def accept(
    *,
    edition: str,
    answers: Sequence[Answer],
    decisions: Sequence[Decision],
    elsewhere: Sequence[AcceptedElsewhere],
    withdrawn: Collection[tuple[str, str, str]] = (),
) -> tuple[Accepted, ...]:
    """The value of every input at every stage that decided on it, and at `final`, in order of unit and node.

    A decision on the inputs of a leaf lifts an earlier decision on its points, and the other way round; inputs that
    a round does not mention keep their value. `withdrawn`: (unit, node, input) whose claim stands at `self` only.
    """
    leaves: dict[tuple[str, str], dict[Stage, dict[str, Accepted]]] = {}

    def put(row: Accepted) -> None:
        leaves.setdefault((row.unit, row.node), {}).setdefault(row.stage, {})[row.input] = row

    for answer in answers:
        put(
            Accepted(
                edition, answer.unit, answer.node, answer.input, "self", answer.value, "answer",
                None, None, answer.explanation, answer.source, answer.place,
            )
        )  # fmt: skip
    for decision in decisions:
        put(
            Accepted(
                edition, decision.unit, decision.node, decision.input, decision.round, decision.value,
                decision.basis, decision.decision, decision.by, decision.reason, decision.source, decision.place,
            )
        )  # fmt: skip
    for value in elsewhere:
        put(
            Accepted(
                edition, value.unit, value.node, value.input, "final", value.value, value.basis,
                None, None, value.reason, value.source, value.place,
            )
        )  # fmt: skip
    rows: list[Accepted] = []
    left = frozenset(withdrawn)
    for stages in leaves.values():
        rows.extend(_carried(stages, left))
    return tuple(rows)


def _carried(
    stages: Mapping[Stage, Mapping[str, Accepted]], withdrawn: frozenset[tuple[str, str, str]]
) -> list[Accepted]:
    """Every stage's full set of inputs, where it decided something; and the last one as `final`."""
    rows: list[Accepted] = []
    standing: dict[str, Accepted] = {}
    for stage in STAGES:
        if stage != "self" and withdrawn:
            standing = {
                name: row
                for name, row in standing.items()
                if row.stage != "self" or (row.unit, row.node, row.input) not in withdrawn
            }
        decided = stages.get(stage)
        if decided is not None:
            if POINTS_INPUT in decided:
                standing = {name: row for name, row in standing.items() if name != POINTS_INPUT}
            else:
                standing.pop(POINTS_INPUT, None)
            standing.update(decided)
        elif stage != "final":
            continue
        rows.extend(row if row.stage == stage else row._replace(stage=stage) for row in standing.values())
    return rows
