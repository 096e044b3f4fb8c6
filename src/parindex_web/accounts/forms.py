"""Forms of allauth whose own messages exist in English only, or which trust what a browser sends."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from allauth.account.forms import PasswordVerificationMixin
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as keys

from parindex_web.pages.languages import say


class TypedTwice:
    """Both passwords must be the same."""

    def clean(self) -> Any:
        data = super(PasswordVerificationMixin, self).clean()  # type: ignore[misc]
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error(  # type: ignore[attr-defined]
                "password2", say("Hai lần gõ mật khẩu khác nhau. Gõ lại.", "The two passwords differ. Type them again.")
            )
        return data


class ChangePassword(TypedTwice, forms.ChangePasswordForm):
    """The present password, and a new one twice."""


class SetPassword(TypedTwice, forms.SetPasswordForm):
    """A first password, for those who came in through single sign-on only."""


class ResetPassword(TypedTwice, forms.ResetPasswordKeyForm):
    """A new password, by the link of a mail."""


_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What reading the answer of a key raises when a browser, or somebody else, sends anything but such an answer."""


class AddKey(keys.AddWebAuthnForm):
    """A new key."""

    def clean(self) -> Any:
        try:
            return super().clean()
        except _UNREADABLE as error:
            raise get_adapter().validation_error("broken_key") from error


class _ReadsKey:
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _UNREADABLE as error:
            raise get_adapter().validation_error("broken_key") from error


class AuthenticateByKey(_ReadsKey, keys.AuthenticateWebAuthnForm):
    """A key as the second step."""


class SignInByKey(_ReadsKey, keys.LoginWebAuthnForm):
    """A key in place of the password."""


class ReauthenticateByKey(_ReadsKey, keys.ReauthenticateWebAuthnForm):
    """A key to confirm that it is oneself."""
