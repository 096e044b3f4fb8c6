"""What allauth has no page for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from io import BytesIO

import requests
import segno
from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect import views as openid
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

log = logging.getLogger(__name__)


@require_GET
@never_cache
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def picture_of_secret(request: HttpRequest) -> HttpResponse:
    """The QR code of the secret on offer, as a picture with an address: our policy refuses `data:`."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    made = BytesIO()
    segno.make(get_adapter().build_totp_url(request.user, secret)).save(
        made, kind="svg", scale=5, border=4, light="#fff"
    )
    return HttpResponse(made.getvalue(), content_type="image/svg+xml")


def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The mail leaves after the answer, whose time tells nobody whether an account is there."""
    letters: list[Callable[[], None]] = []
    request.letters = letters  # type: ignore[attr-defined]
    answer: HttpResponse = account.password_reset(request)
    close = answer.close

    def close_then_send() -> None:
        close()
        for send in letters:
            send()

    answer.close = close_then_send  # type: ignore[method-assign]
    return answer


def provider_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the identity provider. One that is down, or does not describe itself, is said in words."""
    try:
        answer: HttpResponse = openid.login(request, provider_id)
    except (requests.RequestException, KeyError):
        return _provider_failed(request, provider_id)
    return answer


def provider_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the identity provider."""
    try:
        answer: HttpResponse = openid.callback(request, provider_id)
    except (requests.RequestException, KeyError):
        return _provider_failed(request, provider_id)
    return answer


def _provider_failed(request: HttpRequest, provider_id: str) -> HttpResponse:
    log.exception("identity provider failed")
    try:
        provider = get_social_adapter().get_provider(request, provider=provider_id)
    except SocialApp.DoesNotExist as unknown:
        raise Http404 from unknown
    answer: HttpResponse = render_authentication_error(request, provider)
    return answer
