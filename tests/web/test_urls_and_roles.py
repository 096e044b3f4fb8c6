"""Every address, tried by every role and by nobody: own unit and another's."""

from __future__ import annotations

from collections import Counter

import pytest
from addresses import ADDRESSES, ANYBODY, CAST, EDITION, MINE, OTHER, Address, all_routes, scene
from django.db import transaction
from django.test import Client
from django.urls import reverse

from parindex_web.accounts.roles import ROLES

pytestmark = pytest.mark.slow

LIBRARY = ("account_", "mfa_", "socialaccount_", "openid_connect_")
"""Pages of the sign-in library: about the account of whoever asks, never about anybody else."""


def test_every_address_is_listed():
    routes = Counter(name for name, _ in all_routes())
    assert "" not in routes, "an address without a name cannot be listed"
    assert {name for name, count in routes.items() if count > 1} == set(), "two addresses of one name"
    listed = {each.name for each in ADDRESSES}
    assert set(routes) - listed == set(), "an address that nobody listed: say in addresses.py who may use it"
    assert listed - set(routes) == set(), "listed, and not there any more"


def test_every_role_is_tried():
    assert {duty["role"] for duty in CAST.values()} == set(ROLES)
    named = {who for each in ADDRESSES for who in (each.let_in + " " + each.refused).split()}
    assert named <= set(CAST), named - set(CAST)


def answer(client: Client, each: Address, things: dict) -> str:
    """What came back: in, sign in, refused, no such page, wrong method. Whatever it changed is undone."""
    with transaction.atomic():
        body = dict(each.body(things))
        ask = client.post if each.method == "POST" else client.get
        response = ask(each.url(things), body)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    where = response.headers.get("Location", "")
    if response.status_code == 302 and where.startswith(reverse("account_login")):
        return "sign in"
    return {401: "sign in", 403: "refused", 404: "no such page", 405: "wrong method", 500: "broken"}.get(
        response.status_code, "in"
    )


def test_what_each_role_may_do(edition, people):
    things = scene(edition, people)
    clients = {}
    for name, person in things["cast"].items():
        clients[name] = Client()
        clients[name].force_login(person)
    found, wanted = {}, {}
    for each in ADDRESSES:
        if each.name.startswith(LIBRARY):
            continue
        let_in, refused = set(each.let_in.split()), set(each.refused.split())
        for who, client in clients.items():
            key = (each.method, each.name, who)
            wanted[key] = "in" if who in let_in else "refused" if who in refused else "no such page"
            found[key] = answer(client, each, things)
        key = (each.method, each.name, "nobody")
        wanted[key] = {"open": "in"}.get(each.anonymous, each.anonymous)
        found[key] = answer(Client(), each, things)
    for key in [key for key in wanted if key[1] == "sign_out_everywhere"]:
        wanted[key] = "sign in"  # here too: that is what it does
    wrong = [f"{' '.join(key)}: {found[key]}, not {wanted[key]}" for key in found if found[key] != wanted[key]]
    assert not wrong, "\n" + "\n".join(wrong)


def test_pages_of_the_library_tell_nobody_about_another(edition, people):
    """They take no one's number but that of a key, and a key of somebody else is no page."""
    things = scene(edition, people)
    somebody = Client()
    somebody.force_login(things["cast"]["coordinator"])
    for each in ADDRESSES:
        if not each.name.startswith(LIBRARY):
            continue
        assert set(each.let_in.split()) == set(ANYBODY.split())
        assert answer(somebody, each, things) != "broken", each.name
        alone = answer(Client(), each, things)
        assert alone != "broken", each.name
        if each.anonymous == "sign in":
            assert alone == "sign in", each.name


def test_the_other_method_is_refused(edition, people):
    """What is read is not sent to, what is sent is not read: no change follows from a link."""
    things = scene(edition, people)
    everyone = {}
    for name, person in things["cast"].items():
        everyone[name] = Client()
        everyone[name].force_login(person)
    both = Counter(each.name for each in ADDRESSES)
    for each in ADDRESSES:
        if each.name.startswith(LIBRARY) or both[each.name] > 1 or each.name in ("joining", "home"):
            continue
        other = Address(each.name, "GET" if each.method == "POST" else "POST", each.args)
        who = each.let_in.split()[0]
        assert answer(everyone[who], other, things) == "wrong method", each.name


def test_a_province_learns_nothing_of_the_draft_of_another(edition, people):
    """The same answer, byte for byte, as for a unit that does not exist."""
    things = scene(edition, people)
    stranger = Client()
    stranger.force_login(things["cast"]["coordinator_there"])
    for each in ADDRESSES:
        if "unit" not in each.args:
            continue
        answers = []
        for unit in (MINE, "U9"):
            url = each.url({**things, "unit": unit})
            with transaction.atomic():
                response = (stranger.post if each.method == "POST" else stranger.get)(url, dict(each.body(things)))
                transaction.set_rollback(True)
            page = response.content.decode().replace(url, "").replace(response.wsgi_request.get_full_path(), "")
            answers.append((response.status_code, _without_tokens(page)))
        assert answers[0] == answers[1], each.name
        assert answers[0][0] == 404, each.name


def _without_tokens(page: str) -> str:
    import re

    return re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", page)


def test_no_page_names_another_units_draft(edition, people):
    """Pages that a province may open do not say how far another has come."""
    from uuid import uuid4

    things = scene(edition, people)
    writer = Client()
    writer.force_login(things["cast"]["coordinator"])
    secret = "Tờ trình chưa ký số 4711"
    saved = writer.post(
        reverse("line_save", args=[EDITION, MINE, "1.1"]),
        {"seen": "0", "key": str(uuid4()), "1.1-met": "yes", "1.1-explanation": secret},
    )
    assert saved.status_code == 302
    reader = Client()
    reader.force_login(things["cast"]["coordinator_there"])
    opened = 0
    for each in ADDRESSES:
        if each.method != "GET" or not each.page:
            continue
        response = reader.get(each.url({**things, "unit": OTHER}))
        if response.status_code == 200:
            opened += 1
            text = response.content.decode()
            assert secret not in text, each.name
            assert f"/units/{MINE}/" not in text, each.name
    assert opened > 10
