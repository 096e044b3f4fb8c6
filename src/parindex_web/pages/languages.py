"""In which language a page speaks: what the person chose, else what this browser chose, else Vietnamese."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from parindex.language import Language, Text

COOKIE = "parindex_language"


def language() -> Language:
    """The language of the page that is being made."""
    return "en" if (translation.get_language() or "vi").startswith("en") else "vi"


def say(vi: str, en: str) -> str:
    """One of two texts, in the language of the page that is being made."""
    return en if language() == "en" else vi


def said(text: Text) -> str:
    """A text of the library, in the language of the page that is being made."""
    return text.in_(language())


class LanguageMiddleware:
    """Chooses the language for one request. The address is the same in both: links are shared between people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(COOKIE, "")
        if request.user.is_authenticated:
            chosen = request.user.language
        with translation.override(cast(Language, chosen if chosen in ("vi", "en") else "vi")):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "vi")
            # Pages are about people and drafts: neither a proxy nor a shared browser keeps them after the session.
            response.headers.setdefault("Cache-Control", "private, no-store")
            response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Cookie")))
        return response
