"""Decisions that follow what records count, and what an edition takes from records without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from parindex.appraisal.accept import Decision
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.edition import RecordUse
from parindex.sources import Place
from parindex.tables.counted import COUNTED_REASONS, Counted
from parindex.tables.flow import POINTS_INPUT

BASIS: Final = "records"
_ROUND: Final = "appraisal_1"

DECISION_COUNT = ProblemKind(
    "DECISION-COUNT",
    what=Text(
        "{unit}, {node} {input}: quyết định ghi {value} theo hồ sơ, hồ sơ đếm được {counted}.",
        "{unit}, {node} {input}: the decision says {value} from records; the records count {counted}.",
    ),
    why=Text("Basis records nghĩa là giá trị đếm được từ hồ sơ của kỳ.", "Basis records means what the records count."),
    remedy=Text(
        "Để trống cột value để lấy số đếm, hoặc ghi basis adjusted kèm lý do.",
        "Leave the column value empty to take the count, or write basis adjusted with its reason.",
    ),
)
DECISION_NOT_COUNTED = ProblemKind(
    "DECISION-NOT-COUNTED",
    what=Text(
        "{unit}, {node} {input}: quyết định lấy số đếm từ hồ sơ, nhưng không có số đếm ({reason}).",
        "{unit}, {node} {input}: the decision takes the count from records, and there is none ({reason}).",
    ),
    why=Text("Ô trống không phải là 0.", "Empty is not 0."),
    remedy=Text(
        "Nhập hồ sơ của đơn vị, hoặc ghi giá trị với basis adjusted kèm lý do.",
        "Import the records of the unit, or write a value with basis adjusted and its reason.",
    ),
)
DECISION_RECORDS_ONLY = ProblemKind(
    "DECISION-RECORDS-ONLY",
    what=Text(
        "{unit}, {node} {input}: kỳ ghi settings.records: only, quyết định lại lấy giá trị khác (basis {basis}).",
        "{unit}, {node} {input}: the edition says settings.records: only, the decision takes another value "
        "(basis {basis}).",
    ),
    why=Text("Mục này chỉ nhận số đếm từ hồ sơ.", "This leaf takes what records count, and nothing else."),
    remedy=Text(
        "Ghi basis records và để trống value, hoặc đổi settings.records thành preferred.",
        "Write basis records with an empty value, or change settings.records to preferred.",
    ),
)
NO_MEASURE: Final = Text("mục này không nêu chỉ tiêu nào", "the leaf names no measure")
TAKEN: Final = Text(
    "theo số đếm từ hồ sơ, không có quyết định riêng (settings.records: {use})",
    "as records count, without a decision of its own (settings.records: {use})",
)

Key = tuple[str, str, str]


def decided_by_records(
    use: RecordUse, decisions: Sequence[Decision], counted: Sequence[Counted], problems: Problems
) -> tuple[Decision, ...]:
    """The decisions, those of basis `records` with the counted value where theirs was empty.

    A value that is written must be the counted one. Where an input has no count, a value of basis `records` stands
    as it is written unless the leaf names a measure for it; an empty one is a problem.
    """
    rows = {(row.unit, row.node, row.input): row for row in counted}
    leaves = {(row.unit, row.node) for row in counted}
    return tuple(
        found
        for decision in decisions
        if (found := _decided(use, decision, rows, (decision.unit, decision.node) in leaves, problems)) is not None
    )


def _decided(
    use: RecordUse, decision: Decision, rows: Mapping[Key, Counted], of_counted_leaf: bool, problems: Problems
) -> Decision | None:
    row = rows.get((decision.unit, decision.node, decision.input))
    place = Place(decision.source, int(decision.place) if decision.place.isdigit() else None)
    values: dict[str, object] = {"unit": decision.unit, "node": decision.node, "input": decision.input}
    if decision.basis != BASIS:
        if use == "only" and (row is not None or (of_counted_leaf and decision.input == POINTS_INPUT)):
            problems.add(DECISION_RECORDS_ONLY, place, **values, basis=decision.basis)
        return decision
    if row is None and decision.value:
        return decision
    if row is None or row.counted is None:
        reason = NO_MEASURE if row is None else COUNTED_REASONS[row.reason or "no_records"]
        problems.add(DECISION_NOT_COUNTED, place, **values, reason=reason)
        return None
    if decision.value and Decimal(decision.value) != row.counted:
        problems.add(DECISION_COUNT, place, **values, value=Decimal(decision.value), counted=row.counted)
        return None
    return decision._replace(value=written_count(row.counted))


def taken_from_records(use: RecordUse, counted: Sequence[Counted], decisions: Sequence[Decision]) -> Iterator[Decision]:
    """What an edition accepts from records by itself: nothing, unless its setting says so.

    An input that was counted, and on which (or on the points of whose leaf) nobody decided, takes the count in the
    first round.
    """
    if use == "beside":
        return
    decided = {(row.unit, row.node, row.input) for row in decisions}
    for row in counted:
        keys = {(row.unit, row.node, row.input), (row.unit, row.node, POINTS_INPUT)}
        if row.counted is None or keys & decided:
            continue
        reason = Text(TAKEN.filled("vi", {"use": use}), TAKEN.filled("en", {"use": use})).both()
        yield Decision(
            row.unit, row.node, row.input, _ROUND, written_count(row.counted), BASIS,
            None, None, reason, None, row.source, row.place,
        )  # fmt: skip


def withdrawn_claims(use: RecordUse, counted: Sequence[Counted]) -> frozenset[Key]:
    """Claims that no round takes over: where only counts are accepted, every input that a measure is named for."""
    return frozenset((row.unit, row.node, row.input) for row in counted) if use == "only" else frozenset()


def written_count(value: Decimal) -> str:
    """A count as tables carry the value of an input."""
    return format(value.normalize() + 0 if value else Decimal(0), "f")
