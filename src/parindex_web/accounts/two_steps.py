"""Roles that must sign in with a second step (PARINDEX_TWO_STEP_ROLES): without one they can do nothing but add one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import rights_of
from parindex_web.pages.languages import say

SEEN: Final = "parindex_second_step"
"""In the session: this person has a second step. Spares the question at each request."""

OPEN: Final = ("/accounts/", "/language/", "/static/")
"""Beginnings of addresses that stay open: adding the second step itself, and leaving."""


def must_use_second_step(person: Person, day: date) -> bool:
    """Whether one of the person's roles of this day asks for a second step."""
    return bool(settings.TWO_STEP_ROLES & rights_of(person, day).roles())


class SecondStepMiddleware:
    """Leads people who need a second step, and have none, to where it is added."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.TWO_STEP_ROLES and not request.path.startswith(OPEN) and self._lacks(request):
            messages.warning(
                request,
                say(
                    "Vai trò của bạn phải đăng nhập hai lớp. Thêm ứng dụng sinh mã hoặc khóa trước khi làm việc.",
                    "Your role must sign in with two steps. Add an app or a key before you go on.",
                ),
            )
            return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)

    def _lacks(self, request: HttpRequest) -> bool:
        person = request.user
        if not person.is_authenticated or request.session.get(SEEN) == person.pk:
            return False
        if is_mfa_enabled(person, ["totp", "webauthn"]):
            request.session[SEEN] = person.pk
            return False
        return must_use_second_step(person, clock.today())
