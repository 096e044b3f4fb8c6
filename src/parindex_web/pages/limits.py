"""How often one person may ask for what costs the server much, so that a script in their name hurts nobody else.

Counted in the cache of the database, which all processes share. The limits are far above what people do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from parindex_web import clock
from parindex_web.pages.errors import too_many

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)

LIMITS: Final[dict[str, tuple[int, int]]] = {
    "upload": (600, 600),
    "workbook": (60, 600),
    "workbook_down": (300, 600),
    "edition": (20, 600),
    "export": (30, 600),
    "compute": (30, 600),
}
"""By what is asked for: at most so many in so many seconds."""


def limited(
    what: str, *, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Callable[Concatenate[R, P], HttpResponseBase]], Callable[Concatenate[R, P], HttpResponseBase]]:
    """Answer 429 in words, and when to try again, to whoever asks too often. Stands below `for_people`."""

    def around(view: Callable[Concatenate[R, P], HttpResponseBase]) -> Callable[Concatenate[R, P], HttpResponseBase]:
        @wraps(view)
        def counted(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method in methods:
                most, seconds = LIMITS[what]
                left = _left(f"{what}:{_person(request)}", most, seconds)
                if left:
                    return too_many(request, seconds=left)
            return view(request, *args, **kwargs)

        return counted

    return around


def _person(request: Any) -> int:
    person: int = request.user.pk
    return person


def _left(key: str, most: int, seconds: int) -> int:
    """Count one; gives 0, or how many seconds to wait where there were too many."""
    now = int(clock.now().timestamp())
    window, gone = divmod(now, seconds)
    name = f"parindex:limit:{key}:{window}"
    # Two at the same instant may be counted as one: this is a bound for scripts, not a book of accounts.
    count = int(cache.get(name, 0)) + 1
    cache.set(name, count, seconds)
    return seconds - gone if count > most else 0
