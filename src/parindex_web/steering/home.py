"""The first page and the choice of language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from parindex_web.accounts.permissions import Target
from parindex_web.editions.doors import SignedIn, for_people
from parindex_web.pages.languages import COOKIE
from parindex_web.people.actions import choose_language
from parindex_web.steering.work import work_of


@require_GET
@for_people
def home(request: SignedIn) -> HttpResponse:
    rights = request.rights
    context = {
        "work": work_of(rights),
        "may_see_people": rights.may("person.see", Target()),
        "may_invite": rights.may("person.invite", Target()),
        "may_create": rights.may("edition.create", Target()),
    }
    return render(request, "steering/home.html", context)


@require_POST
def language_chosen(request: HttpRequest) -> HttpResponse:
    """Remembered with the person, or in this browser where nobody is signed in."""
    chosen = request.POST.get("language", "")
    there = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(there if safe else reverse("home"))
    if chosen in ("vi", "en"):
        if request.user.is_authenticated:
            choose_language(by=request.user, language=chosen)
        response.set_cookie(
            COOKIE, chosen, max_age=31_536_000, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return response
