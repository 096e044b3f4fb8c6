"""What every page needs: its language, and where the person may go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from parindex_web.pages.languages import language, say


def frame(request: HttpRequest) -> dict[str, Any]:
    """Language and the main links, for the template of all pages; with the bar of an edition where a door set it."""
    links = []
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        home = reverse("home")
        links.append({"url": home, "says": say("Việc của tôi", "My work"), "current": request.path == home})
    return {
        "page_language": language(),
        "nav_links": links,
        "places": getattr(request, "places", ()),
        "places_of": getattr(request, "places_of", None),
    }
