"""Findings of the two rounds, explanations, and what the council decided."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from parindex_web.collect.models import Line
from parindex_web.editions.models import Edition

ROUNDS = ("appraisal_1", "appraisal_2", "council")
OUTCOMES = ("accept", "adjust", "ask")
BASES = ("answer", "records", "adjusted")
WAYS = ("room", "writing", "absent")
MARKERS = (1, 2, 3)
"""First marker, blind second marker, and the third who settles where they differ."""
SETTLES = 3


class Finding(models.Model):
    """What one appraiser found on one line in one round. Append-only: the newest of a marker counts.

    `values` are the inputs that the finding sets (canonical text), `points` set the points directly; both empty where
    the claim is accepted or the unit is asked. A finding that changes anything has a reason.
    """

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="findings")
    round = models.CharField(max_length=12)
    marker = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=8)
    basis = models.CharField(max_length=10)
    values = models.JSONField(default=dict)
    points = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decision = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(round__in=ROUNDS), name="finding_round"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="finding_outcome"),
            models.CheckConstraint(condition=Q(basis__in=BASES), name="finding_basis"),
            models.CheckConstraint(condition=Q(marker__in=MARKERS), name="finding_marker"),
            models.CheckConstraint(condition=Q(outcome="accept") | ~Q(reason=""), name="finding_reason"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["line", "round", "marker", "-id"])]


class BlindMarking(models.Model):
    """Lines that two people appraise in round 1 without seeing each other: one node, or (node "") all."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="blind")
    node = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "node"], name="blind_once"),
        ]


class SecondMarker(models.Model):
    """An appraiser who marks as the second in an edition: in a unit ("" all) and domains ([] all).

    Where they mark as second they do not mark as first.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="second_markers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="second_marking")
    unit = models.CharField(max_length=30, blank=True)
    domains = models.JSONField(default=list)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["edition", "person", "unit"], condition=Q(ended_at=None), name="second_marker_once"
            ),
        ]


class Explanation(models.Model):
    """What a unit answers to a finding of round 1. Append-only: the newest counts.

    `citations`: [{"document": number, "sha256": digest, "locator": section and page}], as they stood when it was saved.
    """

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField()
    citations = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Count(models.Model):
    """What records say of one input of a line, by the last computation. `value` "": see `reason`.

    Written anew with each computation; the history lies in the computations.
    """

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="counts")
    input = models.CharField(max_length=60)
    value = models.CharField(max_length=60, blank=True)
    measure = models.CharField(max_length=120)
    records = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["line", "input"], name="count_once"),
        ]


class ReusableReason(models.Model):
    """A text that an appraiser uses again and again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()


class Session(models.Model):
    """One session of the council. Valid when more than half of its members took part; see `council`."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    held_on = models.DateField()
    place = models.CharField(max_length=200)
    in_writing = models.BooleanField()
    members = models.PositiveSmallIntegerField()
    closed_at = models.DateTimeField(null=True)
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    secretary = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "number"], name="session_number"),
        ]


class Attendance(models.Model):
    """A member of the council at a session: in the room, in writing, or absent."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendance")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=[("room", "có mặt"), ("writing", "bằng văn bản"), ("absent", "vắng")])

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "person"], name="attendance_once"),
            models.CheckConstraint(condition=Q(way__in=WAYS), name="attendance_way"),
        ]


class Motion(models.Model):
    """What the council is asked: a line's values or points, or (line empty) the result of the whole edition."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="motions")
    number = models.PositiveSmallIntegerField()
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, related_name="motions")
    text = models.TextField()
    values = models.JSONField(default=dict)
    points = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    closed_at = models.DateTimeField(null=True)
    carried = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "number"], name="motion_number"),
            models.CheckConstraint(condition=~Q(text=""), name="motion_text"),
        ]
        ordering: ClassVar[list[str]] = ["number"]


class Vote(models.Model):
    """One member's vote on one motion. Append-only: the newest counts while the motion is open."""

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=8, choices=[("for", "tán thành"), ("against", "không"), ("abstain", "khác")])
    at = models.DateTimeField()
