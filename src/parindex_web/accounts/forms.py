"""Forms of allauth whose own messages exist in English only."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from allauth.account.forms import PasswordVerificationMixin

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
