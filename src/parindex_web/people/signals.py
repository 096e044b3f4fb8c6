"""Signing in and out, passwords and second steps: what allauth does is put on record here."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.accounts.signals import turned_away
from parindex_web.accounts.two_steps import SEEN
from parindex_web.audit.acts import act_of_oneself, act_of_the_system


def connect() -> None:
    """Called once, when the application starts."""
    for signal, listener in (
        (account.user_logged_in, _signed_in),
        (user_logged_out, _signed_out),
        (account.password_changed, _password_changed),
        (account.password_set, _password_set),
        (account.password_reset, _password_reset),
        (mfa.authenticator_added, _step_added),
        (mfa.authenticator_removed, _step_removed),
        (mfa.authenticator_reset, _codes_made),
        (mfa.authentication_failed, _code_wrong),
        (social.social_account_added, _connected),
        (turned_away, _turned_away),
    ):
        signal.connect(listener, dispatch_uid=f"parindex.{listener.__name__}")


def _own(name: str, person: Person, **details: Any) -> None:
    with act_of_oneself(name, by=person) as record:
        record(subject=f"person-{person.pk}", details=details)


def _signed_in(request: HttpRequest, user: Person, **_: Any) -> None:
    methods = [each["method"] for each in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])]
    _own("person.sign_in", user, way=list(dict.fromkeys(methods)))


def _signed_out(user: Person | None, **_: Any) -> None:
    if user is not None:
        _own("person.sign_out", user)


def _password_changed(user: Person, **_: Any) -> None:
    _own("person.password", user, kind="changed")


def _password_set(user: Person, **_: Any) -> None:
    _own("person.password", user, kind="set")


def _password_reset(user: Person, **_: Any) -> None:
    _own("person.password", user, kind="reset")


def _step_added(user: Person, authenticator: Any, **_: Any) -> None:
    _own("person.add_second_step", user, kind=authenticator.type)


def _step_removed(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    request.session.pop(SEEN, None)
    _own("person.remove_second_step", user, kind=authenticator.type)


def _codes_made(user: Person, **_: Any) -> None:
    _own("person.new_codes", user)


def _code_wrong(user: Person, authenticator: Any, **_: Any) -> None:
    turned_away.send(Person, person=user, way="mfa", why="code")


def _connected(sociallogin: Any, **_: Any) -> None:
    _own("person.connect", sociallogin.user, way=sociallogin.account.provider)


def _turned_away(person: Person, way: str, why: str, **_: Any) -> None:
    with act_of_the_system("person.turned_away", target=Target()) as record:
        record(subject=f"person-{person.pk}", details={"way": way, "why": why})
