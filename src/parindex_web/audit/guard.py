"""Writes outside of an act are refused: during a request the database takes changes from acts only.

Sessions, sign-in (allauth) and the task queue keep their own tables; these are named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.db import connections
from django.http import HttpRequest, HttpResponse

_writing: ContextVar[bool] = ContextVar("parindex_writing", default=False)

OWN_WAYS: Final = ("django_session", "account_", "mfa_", "socialaccount_", "django_tasks_", "parindex_cache")
"""Beginnings of tables that libraries write to by themselves."""

_WRITE = re.compile(
    r"\s*(INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE(\s+OR\s+\w+)?|DELETE\s+FROM|REPLACE\s+INTO|TRUNCATE(\s+TABLE)?)"
    r"\s+(ONLY\s+)?\"?(?P<table>\w+)",
    re.IGNORECASE,
)
_OWN_COLUMNS = re.compile(
    r'\s*UPDATE\s+"accounts_person"\s+SET\s+"(last_login|password)"\s*=\s*(%s|\$1)\s+WHERE', re.IGNORECASE
)
"""Signing in notes its time, and the library changes a password: both are recorded by signals."""


class WriteOutsideAct(Exception):
    """Code tried to change the database without an act."""


@contextmanager
def writing() -> Iterator[None]:
    """Within it, changes are taken."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def _refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not _writing.get():
        found = _WRITE.match(sql)
        if found and not found["table"].startswith(OWN_WAYS) and not _OWN_COLUMNS.match(sql):
            raise WriteOutsideAct(found["table"])
    return execute(sql, params, many, context)


class WritesOnlyInActsMiddleware:
    """Guards every database connection during a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(_refuse))
            return self.get_response(request)
