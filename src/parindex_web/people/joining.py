"""Pages for oneself: joining by an invitation, one's own account."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parindex_web.accounts.models import Invitation, Person
from parindex_web.accounts.passwords import RULES
from parindex_web.editions.doors import SignedIn, for_people
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import COOKIE, language, say
from parindex_web.people import actions, queries

SECRET = "parindex_invitation"


@require_GET
@never_cache
def follow(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of the mail. Its secret leaves the address at once, so that it stays out of history and logs after."""
    request.session[SECRET] = secret
    return HttpResponseRedirect(reverse("joining"))


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """Say who is invited to what, and take a password twice."""
    try:
        secret = str(request.session.get(SECRET, ""))
        invitation = actions.invitation_of(secret)
    except Impossible as impossible:
        return _not_possible(request, impossible)
    chosen = request.COOKIES.get(COOKIE) or invitation.language
    with translation.override(chosen if chosen in ("vi", "en") else "vi"):
        if request.user.is_authenticated:
            return render(request, "people/join_signed_in.html", {"invitation": invitation}, status=409)
        wrong: dict[str, list[str]] = {}
        if request.method == "POST":
            by_provider = request.POST.get("way") == "provider" and bool(settings.OIDC_APPS)
            password = None if by_provider else _password(request, invitation, wrong)
            if not wrong:
                try:
                    person = actions.join(secret=secret, password=password)
                except Impossible as impossible:
                    return _not_possible(request, impossible)
                del request.session[SECRET]
                return _enter(request, person, by_provider)
        context = {
            "invitation": invitation,
            "duty": queries.duty_of_invitation(invitation),
            "rules": RULES,
            "wrong": wrong,
            "has_provider": bool(settings.OIDC_APPS),
        }
        return render(request, "people/join.html", context, status=422 if wrong else 200)


def _password(request: HttpRequest, invitation: Invitation, wrong: dict[str, list[str]]) -> str:
    first, second = request.POST.get("password1", ""), request.POST.get("password2", "")
    try:
        validate_password(first, Person(email=invitation.email, full_name=invitation.full_name))
    except ValidationError as error:
        wrong["password1"] = list(error.messages)
    if first != second:
        wrong["password2"] = [
            say("Hai lần gõ mật khẩu khác nhau. Gõ lại.", "The two passwords differ. Type them again.")
        ]
    return first


def _enter(request: HttpRequest, person: Person, by_provider: bool) -> HttpResponse:
    if by_provider:
        messages.success(
            request,
            say("Đã tham gia. Bấm nút đăng nhập của cơ quan bạn.", "You have joined. Use the button of your office."),
        )
        return HttpResponseRedirect(reverse("account_login"))
    record_authentication(request, person, method="invitation")
    response: HttpResponse = perform_login(request, person)
    return response


def _not_possible(request: HttpRequest, impossible: Impossible) -> HttpResponse:
    words = impossible.words(language())
    return render(request, "people/join_impossible.html", {"words": words[:1].upper() + words[1:]}, status=410)


@require_GET
@for_people
def my_account(request: SignedIn) -> HttpResponse:
    """Who the system says I am: my roles, how I sign in, what happened to my account."""
    page = Paginator(queries.events_on(request.user), 10).get_page(request.GET.get("page"))
    context = {
        "person": request.user,
        "duties": queries.duties_of(request.user),
        "ways": queries.ways_in(request.user),
        "events": [queries.event_shown(event) for event in page],
        "page": page,
    }
    return render(request, "people/my_account.html", context)


@require_POST
@for_people
def sign_out_everywhere(request: SignedIn) -> HttpResponse:
    actions.sign_out_everywhere(by=request.user)
    return HttpResponseRedirect(reverse("account_login"))
