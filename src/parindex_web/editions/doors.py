"""The doors of views: who is signed in, which edition and unit an address names, and what a refusal answers.

Whoever may not know of a thing gets the answer of a thing that is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import iri_to_uri
from django.utils.functional import SimpleLazyObject

from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Refused, Rights, Target, rights_of
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.places import Place, places
from parindex_web.pages.errors import signed_out

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class SignedIn(HttpRequest):
    """A request of somebody signed in; `rights` hold for today. `places`: the bar of the edition that was asked for."""

    user: Person
    rights: Rights
    places_of: Edition
    places: list[Place]


def for_people(view: Callable[Concatenate[SignedIn, P], HttpResponseBase]) -> View[P]:
    """Only for people signed in. An act that is refused answers 403, what may not be seen 404.

    A form that comes after the session ended is answered with what was typed: nothing of it is lost.
    """

    @wraps(view)
    def door(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            return signed_out(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.rights = rights_of(request.user, clock.today())
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            raise PermissionDenied from refused

    return door


def edition_seen(request: SignedIn, code: str) -> Edition:
    """The edition of this code, where the person may see it. Raises Http404."""
    edition = Edition.objects.prefetch_related("deadlines").filter(code=code).first()
    if edition is None or not request.rights.may("edition.see", Target(code)):
        raise Http404
    stands_in(request, edition)
    return edition


def unit_file_seen(request: SignedIn, edition: str, unit: str, act: str = "unit.see") -> UnitFile:
    """The file of a unit, where the person may see it. Raises Http404."""
    if not request.rights.may(act, Target(edition, unit)):
        raise Http404
    unit_file = (
        UnitFile.objects.select_related("edition")
        .prefetch_related("extensions", "edition__deadlines")
        .filter(edition__code=edition, unit=unit)
        .first()
    )
    if unit_file is None:
        raise Http404
    stands_in(request, unit_file.edition)
    return unit_file


def stands_in(request: SignedIn, edition: Edition) -> None:
    """For the frame of the page: worked out when a page is drawn, as answers to a script have none."""
    request.places_of = edition
    request.places = SimpleLazyObject(lambda: places(request.rights, edition, iri_to_uri(request.path)))  # type: ignore[assignment]
