"""Editions, their files and deadlines, and the file of each unit."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from parindex_web.editions.moves import STAGES, STANDINGS

DEADLINES: dict[str, str] = {
    "self_assessment": "tự đánh giá",
    "appraisal_1": "thẩm định lần 1",
    "explanation": "giải trình",
    "appraisal_2": "thẩm định lần 2",
    "council": "hội đồng",
}


class Edition(models.Model):
    """One edition as it is run. What it asks stands in its files, read by the library (see `programme`)."""

    code = models.CharField(max_length=60, unique=True)
    programme = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    simulated = models.BooleanField()
    stage = models.CharField(max_length=10, default="preparing")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(stage__in=list(STAGES)), name="edition_stage"),
        ]


class EditionFile(models.Model):
    """One file of an edition folder, as it was brought: edition.yaml, framework.yaml, surveys, records and the rest.

    The bytes lie in the store, by their digest.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "name"], name="edition_file_once"),
        ]


class Deadline(models.Model):
    """When a step closes by itself."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="deadlines")
    what = models.CharField(max_length=20, choices=list(DEADLINES.items()))
    closes_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "what"], name="deadline_once"),
            models.CheckConstraint(condition=Q(what__in=list(DEADLINES)), name="deadline_what"),
        ]


class UnitFile(models.Model):
    """Where one unit's file of an edition stands."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="unit_files")
    unit_list = models.CharField(max_length=60)
    unit = models.CharField(max_length=30)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField()
    standing = models.CharField(max_length=12, default="draft")
    moved_at = models.DateTimeField(null=True)
    signed_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "unit"], name="unit_file_once"),
            models.CheckConstraint(condition=Q(standing__in=list(STANDINGS)), name="unit_file_standing"),
        ]
        ordering: ClassVar[list[str]] = ["order"]


class Extension(models.Model):
    """More time for one unit, or for one line of it (node ""), past a deadline, with the reason."""

    unit_file = models.ForeignKey(UnitFile, on_delete=models.PROTECT, related_name="extensions")
    what = models.CharField(max_length=20, choices=list(DEADLINES.items()))
    node = models.CharField(max_length=30, blank=True)
    until = models.DateTimeField()
    reason = models.TextField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="extension_reason"),
            models.CheckConstraint(condition=Q(what__in=list(DEADLINES)), name="extension_what"),
        ]
