"""One thing to do, and how a task is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from parindex.language import Text
from parindex_web.editions.deadlines import Closing, deadline
from parindex_web.editions.models import Edition
from parindex_web.steering.time_left import TimeLeft, time_left


@dataclass(frozen=True, slots=True)
class Way:
    """A link to where something is done."""

    says: Text
    url: str


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `says` follows the number; `where` leads to its parts, where there are several."""

    count: int | None
    says: Text
    url: str
    closes: Closing | None = None
    why: str = ""
    where: tuple[Way, ...] = ()
    waits: bool = False
    """Nothing to be done by this person: somebody else is waited for."""

    @property
    def left(self) -> TimeLeft | None:
        return time_left(self.closes.at) if self.closes and self.closes.at else None


Found: TypeAlias = tuple[Edition, Task]
"""A task, and the edition it belongs to."""


def plain(text: str) -> Text:
    """A code, a day or a name: the same in both languages."""
    return Text(text, text)


def common(edition: Edition, what: str) -> Closing | None:
    """When a step closes for all units of an edition, for a task; None where no deadline is set."""
    at = deadline(edition, what)
    return Closing(at) if at else None
