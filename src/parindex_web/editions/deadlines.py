"""When a step closes for a unit or a line: the edition's deadline, or more time given with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from parindex.language import Text
from parindex_web.editions.models import Edition, UnitFile


@dataclass(frozen=True, slots=True)
class Closing:
    """The time a step closes. `extended` where the unit or line was given more time. `at` None: no deadline is set."""

    at: datetime | None
    extended: bool = False

    def passed(self, now: datetime) -> bool:
        return self.at is not None and now > self.at

    @property
    def said(self) -> Text:
        """The time in Vietnam, or that none is set."""
        if self.at is None:
            return Text("chưa đặt", "not set")
        at = timezone.localtime(self.at).strftime("%H:%M, %d/%m/%Y")
        return Text(at, at)


def deadline(edition: Edition, what: str) -> datetime | None:
    """When a step closes for all units of an edition; None where no deadline is set."""
    return next((each.closes_at for each in edition.deadlines.all() if each.what == what), None)


def closing(unit_file: UnitFile, what: str, node: str = "") -> Closing:
    """The latest of the deadline and the extensions of the unit and of this line."""
    at = deadline(unit_file.edition, what)
    longer = [each.until for each in unit_file.extensions.all() if each.what == what and each.node in ("", node)]
    if at is None or not longer or max(longer) <= at:
        return Closing(at)
    return Closing(max(longer), extended=True)


def closing_of_file(unit_file: UnitFile, what: str) -> Closing:
    """When the last line of a file closes: also where only one line was given more time."""
    found = closing(unit_file, what)
    longer = [each.until for each in unit_file.extensions.all() if each.what == what]
    if found.at is None or not longer or max(longer) <= found.at:
        return found
    return Closing(max(longer), extended=True)
