"""People and their duties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from parindex_web.accounts.roles import ROLES, UNIT_ROLES

_ROLE_CHOICES = [(code, name.vi) for code, name in ROLES.items()]


class People(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """A person with an address in lower case; without password only a link or single sign-on lets them in."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        if password is None:
            person.set_unusable_password()
        else:
            person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by address. What they may do is said by their duties alone."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="vi", choices=[("vi", "Tiếng Việt"), ("en", "English")])
    is_active = models.BooleanField(default=True)
    session_round = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(language__in=["vi", "en"]), name="person_language"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_session_auth_hash(self) -> str:
        """What a session must carry: another password or another round ends every session of the person."""
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the secrets that were used before."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None) -> str:
        return salted_hmac(
            "parindex_web.accounts.session", f"{self.session_round}:{self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()


class Duty(models.Model):
    """A person speaks in a role, for an edition ("" all), a unit ("" all) and domains ([] all), between two days."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duties")
    role = models.CharField(max_length=20, choices=_ROLE_CHOICES)
    edition = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    domains = models.JSONField(default=list, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "valid_from"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="duty_role"),
            models.CheckConstraint(condition=~Q(role__in=sorted(UNIT_ROLES)) | ~Q(unit=""), name="duty_unit_role"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")), name="duty_days"
            ),
            models.CheckConstraint(
                condition=Q(given_by=None) | ~Q(given_by=models.F("person")), name="duty_given_by_another"
            ),
        ]

    def holds_on(self, day: date) -> bool:
        """The duty holds on this day, both ends included; one that was ended at once holds no more."""
        return (
            self.ended_at is None and self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
        )


class Invitation(models.Model):
    """A link by which a person joins, once. Only the digest of the link is kept."""

    email = models.EmailField()
    full_name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="vi")
    digest = models.CharField(max_length=64, unique=True)
    duty = models.JSONField()
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(used_at=None, withdrawn_at=None), name="invitation_one_open"
            ),
            models.CheckConstraint(condition=Q(used_at=None) | Q(withdrawn_at=None), name="invitation_one_end"),
        ]


class CacheEntry(models.Model):
    """The table of the shared cache: counts of failed sign-ins, codes already used. Kept by Django's cache alone."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "parindex_cache"
