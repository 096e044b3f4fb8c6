"""Computations and publications."""

from __future__ import annotations

from typing import ClassVar, Literal

from django.conf import settings
from django.db import models
from django.db.models import Q

from parindex_web.editions.models import Edition

STATES = ("waiting", "running", "done", "failed")

Step = Literal["export", "read", "compute", "write", "verify", "freeze"]
"""What long work does: a computation the first four, a freezing the last two, in this order."""


class Work(models.Model):
    """Long work that a worker does for an edition, and how far it is; see `work`.

    `doing` is the step and, after a colon, what it is at; `done` of `total` belong to the step. `beat_at` is when the
    worker last said that it lives.
    """

    steps: ClassVar[tuple[Step, ...]]

    state = models.CharField(max_length=8, default="waiting")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    doing = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    problems = models.JSONField(default=list)
    attempts = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Computation(Work):
    """One run of the library over the exported edition folder. Its tables lie in `folder`."""

    steps = ("export", "read", "compute", "write")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="computations")
    number = models.PositiveIntegerField()
    folder = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "number"], name="computation_number"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="computation_state"),
        ]
        ordering: ClassVar[list[str]] = ["-number"]


class Publication(models.Model):
    """One version as frozen. Never changed: a correction is the next version."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="publications")
    version = models.PositiveIntegerField()
    computation = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    embargo_until = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    folder = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "version"], name="publication_version"),
        ]
        ordering: ClassVar[list[str]] = ["-version"]


class Freezing(Work):
    """The work of freezing a computation as the next version, as somebody with the right to it has asked."""

    steps = ("verify", "freeze")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="freezings")
    computation = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    decision = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    embargo_until = models.DateTimeField()
    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="freezing_state"),
            models.UniqueConstraint(
                fields=["edition"], condition=Q(state__in=["waiting", "running"]), name="freezing_one_at_a_time"
            ),
        ]
        ordering: ClassVar[list[str]] = ["-pk"]
