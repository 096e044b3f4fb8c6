"""Events and their chains. Both databases refuse to change or remove an event (see `triggers`)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from parindex.publication.audit_trail import BEGINNING


class Chain(models.Model):
    """The end of the chain of one unit of an edition; unit "" is the edition itself, edition "" the programme."""

    edition = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default=BEGINNING)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "unit"], name="chain_once"),
        ]


class Event(models.Model):
    """One act. `said_at` is the time as text that the digest covers; `at` the same for searching."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="events")
    position = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)
    said_at = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    said_by = models.CharField(max_length=20)
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    details = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["chain", "position"], name="event_position"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["chain", "subject"])]
