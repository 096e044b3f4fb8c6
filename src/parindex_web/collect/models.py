"""Lines that units fill in, everything they ever held, and the evidence they cite."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from parindex_web.editions.models import UnitFile
from parindex_web.editions.moves import LINE_STANDINGS


class Line(models.Model):
    """One leaf or bonus item of one unit's file, as claimed.

    `values`: input name to canonical text (as in workbooks); an input that is not stated is absent, never "" or 0.
    `points`: what the rule gave for them at the last save, so that totals need no rule; null: not known yet.
    `version` grows by one with each save: who saves says which version they saw.
    """

    unit_file = models.ForeignKey(UnitFile, on_delete=models.PROTECT, related_name="lines")
    node = models.CharField(max_length=30)
    domain = models.CharField(max_length=30)
    order = models.PositiveSmallIntegerField()
    standing = models.CharField(max_length=10, default="open")
    values = models.JSONField(default=dict)
    explanation = models.TextField(blank=True)
    points = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit_file", "node"], name="line_once"),
            models.CheckConstraint(condition=Q(standing__in=list(LINE_STANDINGS)), name="line_standing"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit_file", "domain"])]
        ordering: ClassVar[list[str]] = ["order"]


def cited_documents() -> models.Prefetch[Any]:
    """For `prefetch_related` of lines: what they cite, with the documents, in one further query."""
    return models.Prefetch("citations", queryset=Citation.objects.select_related("document"))


class LineVersion(models.Model):
    """What a line held after one save. Append-only. `key` numbers the save: sent twice, kept once."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    values = models.JSONField()
    explanation = models.TextField(blank=True)
    citations = models.JSONField(default=list)
    key = models.UUIDField(unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["line", "version"], name="line_version_once"),
            models.CheckConstraint(condition=Q(way__in=["page", "workbook", "api"]), name="line_version_way"),
        ]


class EvidenceFile(models.Model):
    """A document of a unit. The bytes lie outside of the web root under a random name, and stay when it is taken out.

    `symbol`: số, ký hiệu; `issued`: an ISO date, or "" where it was not given.
    """

    unit_file = models.ForeignKey(UnitFile, on_delete=models.PROTECT, related_name="evidence")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    symbol = models.CharField(max_length=60, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    issued = models.CharField(max_length=40, blank=True)
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=80, unique=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit_file", "number"], name="evidence_number"),
            models.UniqueConstraint(
                fields=["unit_file", "sha256"], condition=Q(removed_at=None), name="evidence_content_once"
            ),
        ]
        ordering: ClassVar[list[str]] = ["number"]


class Citation(models.Model):
    """Where in a document the proof of a line stands: section and page."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="citations")
    document = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, related_name="citations")
    locator = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["line", "document", "locator"], name="citation_once"),
        ]
        ordering: ClassVar[list[str]] = ["order"]


class SignedPaper(models.Model):
    """The signed self-assessment as it came back: a scan, or a PDF with a digital signature. Append-only.

    `digest_said` is the digest of the claims that stands on it: read from the file, or the beginning of it as typed.
    `read_from` tells which; "" was kept before that was noted.
    """

    unit_file = models.ForeignKey(UnitFile, on_delete=models.PROTECT, related_name="signed_papers")
    way = models.CharField(max_length=10)
    digest_said = models.CharField(max_length=64)
    read_from = models.CharField(max_length=10, blank=True)
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=80, unique=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(way__in=["scan", "digital"]), name="signed_paper_way"),
            models.CheckConstraint(
                condition=Q(read_from__in=["", "metadata", "code", "typed"]), name="signed_paper_read_from"
            ),
        ]
        ordering: ClassVar[list[str]] = ["-uploaded_at"]


class PaperSignature(models.Model):
    """One digital signature of a paper, as checked when it was handed in. Append-only; only good ones are kept.

    `signed_at` null: no time stands on it. `time_from`: the signer's own word, a time stamp of an authority that is
    trusted, one of another, or "". `trust`, how far the certificate is vouched for: it goes back to an anchor; it does,
    but has run out since and the time is only claimed; its issuer is not known; it is vouched for by itself; it is not
    fit for this use; there were no anchors to check against. `revocation`: whether proofs in the file say it is good.
    """

    paper = models.ForeignKey(SignedPaper, on_delete=models.PROTECT, related_name="signatures")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    serial = models.CharField(max_length=64)
    signed_at = models.DateTimeField(null=True)
    time_from = models.CharField(max_length=15, blank=True)
    trust = models.CharField(max_length=10)
    revocation = models.CharField(max_length=10)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["paper", "number"], name="paper_signature_once"),
            models.CheckConstraint(
                condition=Q(time_from__in=["claim", "stamp", "stamp_unknown"], signed_at__isnull=False)
                | Q(time_from="", signed_at__isnull=True),
                name="paper_signature_time",
            ),
            models.CheckConstraint(
                condition=Q(trust__in=["trusted", "lapsed", "unknown", "self", "unfit", "unchecked"]),
                name="paper_signature_trust",
            ),
            models.CheckConstraint(condition=Q(revocation__in=["good", "unknown"]), name="paper_signature_revocation"),
        ]
        ordering: ClassVar[list[str]] = ["number"]
