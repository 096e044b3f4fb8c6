"""The only clock of the application. Everything that asks for the time or the day asks here."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """This moment, in UTC as stored."""
    return timezone.now()


def today() -> date:
    """The day in Vietnam, in which deadlines and duties are counted."""
    return timezone.localdate()
