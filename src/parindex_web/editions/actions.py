"""Writes on editions that run: moving on, deadlines, more time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from parindex.language import Text
from parindex.problems import ProblemKind
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act
from parindex_web.editions.models import DEADLINES, Deadline, Edition, Extension, UnitFile
from parindex_web.editions.moves import EDITION_MOVES, UNIT_MOVES, move_named
from parindex_web.editions.steps import REASON_MISSING, Impossible, check_move, locked, short, step

DEADLINE_EARLIER = ProblemKind(
    "WEB-DEADLINE",
    what=Text("thời hạn mới {until} không muộn hơn hiện tại.", "the new deadline {until} is not later than now."),
    why=Text("", ""),
    remedy=Text("Chọn một thời điểm sau lúc này.", "Choose a time that is still to come."),
)


def move_edition(
    *,
    by: Person,
    edition: Edition,
    name: str,
    reason: str = "",
    unless: Callable[[Edition], None] = lambda edition: None,
) -> Edition:
    """One step of the edition. `unless` looks at the locked edition and raises what stands in the way.

    Raises Impossible, Refused.
    """
    move = move_named(EDITION_MOVES, name)
    with act(move.act, by=by, target=Target(edition=edition.code)) as record:
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        check_move(move, edition.stage, reason)
        unless(edition)
        edition.stage = move.after
        edition.save(update_fields=["stage"])
        record(details={"move": name, "from": move.before, "to": move.after, "reason": reason.strip()})
    return edition


def move_unit(*, by: Person, unit_file: UnitFile, name: str, reason: str = "") -> UnitFile:
    """One step of a unit's file, without conditions beyond the table of moves. Raises Impossible, Refused."""
    move = move_named(UNIT_MOVES, name)
    target = Target(edition=unit_file.edition.code, unit=unit_file.unit)
    with act(move.act, by=by, target=target) as record:
        unit_file = locked(unit_file)
        step(unit_file, move, reason)
        record(details={"move": name, "from": move.before, "to": move.after, "reason": reason.strip()})
    return unit_file


def set_deadline(*, by: Person, edition: Edition, what: str, closes_at: datetime) -> Deadline:
    """Set or change when a step closes. Raises Refused."""
    assert what in DEADLINES, what
    with act("edition.deadline", by=by, target=Target(edition=edition.code)) as record:
        before = Deadline.objects.select_for_update().filter(edition=edition, what=what).first()
        deadline, _ = Deadline.objects.update_or_create(edition=edition, what=what, defaults={"closes_at": closes_at})
        record(
            subject=what,
            details={"from": before.closes_at.isoformat() if before else None, "to": closes_at.isoformat()},
        )
    return deadline


def extend(
    *, by: Person, unit_file: UnitFile, what: str, until: datetime, reason: str, node: str = "", reopen: str = ""
) -> Extension:
    """More time for one unit, or one line of it, with a reason. `reopen`: the step that opens its file again.

    Both or neither. Raises Impossible, Refused.
    """
    if not short(reason):
        raise Impossible(REASON_MISSING)
    if until <= clock.now():
        raise Impossible(DEADLINE_EARLIER, until=timezone.localtime(until).strftime("%H:%M, %d/%m/%Y"))
    target = Target(edition=unit_file.edition.code, unit=unit_file.unit)
    with act("unit.reopen", by=by, target=target) as record:
        extension = Extension.objects.create(
            unit_file=unit_file,
            what=what,
            node=node,
            until=until,
            reason=reason.strip(),
            given_by=by,
            given_at=clock.now(),
        )
        opened: dict[str, str] = {}
        if reopen:
            move = move_named(UNIT_MOVES, reopen)
            step(locked(unit_file), move, reason)
            opened = {"move": move.name, "from": move.before, "to": move.after}
        details = {"what": what, "until": until.isoformat(), "reason": reason.strip(), **opened}
        record(subject=node, details=details)
    return extension
