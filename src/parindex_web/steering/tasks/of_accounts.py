"""What waits for an administrator of accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse

from parindex.language import Text
from parindex_web import clock
from parindex_web.accounts.models import Duty, Invitation
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.steering.tasks.kinds import Task, Way, plain

SOON = timedelta(days=30)
"""Roles that end within so many days are named to the administrator."""


def account_tasks(rights: Rights) -> Iterator[Task]:
    """What waits for an administrator of accounts. Two queries."""
    if not rights.may("person.invite", Target()):
        return
    people = reverse("people")
    now = clock.now()
    invitations = Invitation.objects.filter(used_at=None, withdrawn_at=None)
    counted = invitations.aggregate(all=Count("pk"), over=Count("pk", filter=Q(expires_at__lt=now)))
    if counted["over"]:
        yield Task(
            counted["over"],
            Text("lời mời đã hết hạn, gửi lại hoặc rút", "invitations have expired: send again or withdraw"),
            people,
        )
    if counted["all"] - counted["over"]:
        yield Task(
            counted["all"] - counted["over"],
            Text("lời mời chưa được nhận", "invitations are not taken yet"),
            people,
            waits=True,
        )
    today = clock.today()
    ending = Duty.objects.filter(
        ended_at=None, valid_until__gte=today, valid_until__lte=today + SOON, person__is_active=True
    )
    rows = list(ending.select_related("person").order_by("valid_until")[:50])
    if rows:
        where = tuple(
            Way(plain(f"{row.person.full_name} ({row.valid_until:%d/%m/%Y})"), reverse("person", args=[row.person_id]))
            for row in rows[:8]
        )
        yield Task(
            len(rows), Text("vai trò kết thúc trong 30 ngày tới", "roles end within 30 days"), people, where=where
        )
