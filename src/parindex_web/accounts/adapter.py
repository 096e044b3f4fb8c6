"""Who may come in: people who were invited, and through single sign-on people who are known by their address."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social_signals
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib.sites.shortcuts import get_current_site
from django.core.cache import cache
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import lazy

from parindex.language import Text
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.signals import turned_away
from parindex_web.accounts.two_steps import must_use_second_step
from parindex_web.pages.languages import language, said, say

log = logging.getLogger(__name__)

LOCKED_FOR = 5 * 60
"""Seconds for which an account takes no password after too many wrong ones: the window of `login_failed`."""

_MESSAGES = {
    "account_inactive": Text(
        "Tài khoản này đã khóa. Hỏi quản trị tài khoản.", "This account is closed. Ask the administrator of accounts."
    ),
    "email_password_mismatch": Text(
        "Địa chỉ thư hoặc mật khẩu không đúng. Kiểm tra lại, hoặc đặt lại mật khẩu.",
        "The address or the password is wrong. Check them, or set a new password.",
    ),
    "enter_current_password": Text(
        "Mật khẩu hiện tại không đúng. Gõ lại.", "The present password is wrong. Type it again."
    ),
    "incorrect_password": Text("Mật khẩu không đúng. Gõ lại.", "The password is wrong. Type it again."),
    "incorrect_code": Text(
        "Mã không đúng hoặc đã dùng. Chờ mã mới trên điện thoại rồi gõ lại.",
        "The code is wrong or was used. Wait for a new code on your phone and type that.",
    ),
    "invalid_or_expired_key": Text("Liên kết sai hoặc đã hết hạn.", "The link is wrong or has expired."),
    "invalid_password_reset": Text("Liên kết sai hoặc đã hết hạn.", "The link is wrong or has expired."),
    "too_many_login_attempts": Text(
        "Đã sai quá nhiều lần nên tạm khóa đăng nhập. Thử lại sau 5 phút; nếu quên, đặt lại mật khẩu.",
        "Too many wrong attempts: sign-in is locked. Try again in 5 minutes; if you forgot, set a new password.",
    ),
    "rate_limited": Text("Gửi quá nhanh. Chờ một phút rồi thử lại.", "That was too fast. Wait a minute and try again."),
    "broken_key": Text(
        "Không đọc được trả lời của khóa. Thử lại, hoặc dùng cách khác.",
        "The answer of the key cannot be read. Try again, or use another way.",
    ),
    "cannot_delete_authenticator": Text(
        "Vai trò của bạn phải đăng nhập hai lớp nên không gỡ được lớp cuối cùng. Thêm cách khác trước.",
        "Your role must sign in with two steps: the last one cannot be removed. Add another first.",
    ),
    "cannot_generate_recovery_codes": Text(
        "Chưa có ứng dụng sinh mã hay khóa nên chưa tạo được mã dự phòng. Thêm một trong hai trước.",
        "There is no app or key yet, so no recovery codes can be made. Add one of them first.",
    ),
    "unverified_email": Text(
        "Địa chỉ thư chưa được xác nhận. Hỏi quản trị tài khoản.",
        "Your address is not confirmed. Ask the administrator of accounts.",
    ),
}


def _in_both(base: dict[str, Any]) -> dict[str, Any]:
    words = {code: lazy(said, str)(text) for code, text in _MESSAGES.items()}
    return {**base, **words}


class InvitedOnly(DefaultAccountAdapter):
    """Nobody signs up by themselves."""

    error_messages = _in_both(DefaultAccountAdapter.error_messages)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """After the password, or single sign-on, comes the second step; nothing else."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def set_password(self, user: Person, password: str) -> None:
        user.set_password(password)
        # This one column: a person is changed by acts only, a password by the library too.
        user.save(update_fields=["password"])

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse after too many failures, and say so once for each window."""
        key = self._get_login_attempts_cache_key(request, **credentials)
        self._login_failed_rl_usage = ratelimit.consume(request, app="allauth.account", action="login_failed", key=key)
        if self._login_failed_rl_usage:
            return
        address = str(credentials.get("email", "")).lower()
        person = Person.objects.filter(email=address).first()
        if person is not None and cache.add(f"parindex:locked:{person.pk}", True, LOCKED_FOR):
            turned_away.send(InvitedOnly, person=person, way="password", why="locked")
        raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Strangers' attempts go to the log, those at a known account on record."""
        person = Person.objects.filter(email=str(credentials.get("email", "")).lower()).first()
        log.warning("sign-in failed", extra={"person": person.pk if person else None})
        if person is not None:
            turned_away.send(InvitedOnly, person=person, way="password", why="wrong")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail in the language of the person, whoever asked for it. A mail server that is down breaks no page.

        Where the view set `letters` on the request, the mail waits there until the answer is out.
        """
        person = Person.objects.filter(email=email.lower()).first()
        request = allauth_context.request
        site = {"request": request, "email": email, "current_site": get_current_site(request)}
        with translation.override(person.language if person else language()):
            letter = self.render_mail(template_prefix, email, {**site, **context})

        def send() -> None:
            try:
                letter.send()
            except OSError:
                log.exception("mail not sent", extra={"person": person.pk if person else None})

        waiting = getattr(request, "letters", None)
        if waiting is None:
            send()
        else:
            waiting.append(send)


class SecondSteps(DefaultMFAAdapter):
    """Apps that make codes, passkeys and recovery codes."""

    error_messages = _in_both(DefaultMFAAdapter.error_messages)

    def get_totp_issuer(self) -> str:
        return "parindex"

    def _get_site_name(self) -> str:
        return "parindex"

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return say(f"Khóa {number}", f"Key {number}")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays where the roles of the person ask for a second step."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        if others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            return True
        return not must_use_second_step(Person.objects.get(pk=authenticator.user_id), clock.today())


class KnownPeopleOnly(DefaultSocialAccountAdapter):
    """An identity provider says who somebody is; whether they are one of us is said by their address here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("my_account")

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Bind the provider's account to the person of the same address, on its first use.

        Only an address that the provider calls verified counts: `true`, not the text "false" of some providers.
        """
        if sociallogin.is_existing:
            return
        told = [each.email.lower() for each in sociallogin.email_addresses]
        verified = [each.email.lower() for each in sociallogin.email_addresses if each.verified is True]
        person = Person.objects.filter(email__in=verified, is_active=True).first()
        if person is None:
            unverified = bool(told) and not verified
            known = Person.objects.filter(email__in=told).first()
            if known is not None:
                turned_away.send(
                    KnownPeopleOnly, person=known, way="oidc", why="unverified" if unverified else "closed"
                )
            context = {"unverified": unverified, "address": told[0] if told else ""}
            raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", context, status=403))
        # Not `sociallogin.connect`: it writes every column of the person.
        sociallogin.user = sociallogin.account.user = person
        sociallogin.account.save()
        social_signals.social_account_added.send(SocialLogin, request=request, sociallogin=sociallogin)
        self.send_notification_mail(
            "socialaccount/email/account_connected",
            person,
            context={"account": sociallogin.account, "provider": sociallogin.account.get_provider()},
        )
