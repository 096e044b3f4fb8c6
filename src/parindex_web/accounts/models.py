"""People and their duties."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q

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

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "valid_from"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="duty_role"),
            models.CheckConstraint(condition=~Q(role__in=sorted(UNIT_ROLES)) | ~Q(unit=""), name="duty_unit_role"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")), name="duty_days"
            ),
        ]

    def holds_on(self, day: date) -> bool:
        """The duty holds on this day, both ends included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Invitation(models.Model):
    """A link by which a person joins. Only the digest of the link is kept."""

    email = models.EmailField()
    full_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    duty = models.JSONField()
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
