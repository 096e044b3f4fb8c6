"""How long it is to a deadline, as people say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from parindex.language import Text
from parindex_web import clock


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long it is to a deadline, in days of the calendar in Vietnam."""

    days: int
    passed: bool

    @property
    def says(self) -> Text:
        if self.passed:
            late = -self.days
            return (
                Text(f"quá hạn {late} ngày", f"{late} {_days(late)} late")
                if late
                else Text("đã hết hạn hôm nay", "closed today")
            )
        if not self.days:
            return Text("hết hạn hôm nay", "closes today")
        return Text(f"còn {self.days} ngày", f"{self.days} {_days(self.days)} left")

    @property
    def near(self) -> bool:
        return not self.passed and self.days <= 3


def _days(count: int) -> str:
    return "day" if count == 1 else "days"


def time_left(at: datetime) -> TimeLeft:
    """Days between today and the day of a deadline; whether the moment itself has passed."""
    return TimeLeft((timezone.localtime(at).date() - clock.today()).days, clock.now() > at)
