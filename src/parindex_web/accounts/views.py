"""What allauth has no page for."""

from __future__ import annotations

from io import BytesIO

import segno
from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET


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
