"""Signing in with a real browser, server and identity provider: keys, our content policy, accessibility, two processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from identity_provider import identity_provider
from looking import axe_violations
from oidc_provider_mock import User as Claims
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("signing in")]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[dict]:
    """Gunicorn with two processes on a database of its own, with demonstration accounts and an identity provider."""
    files = tmp_path_factory.mktemp("site")
    (files / "incoming").mkdir()
    person = Claims(sub="daumoi", claims={"email": "daumoi@demo.test", "email_verified": True})
    with identity_provider(person) as (provider, door):
        app = {"provider_id": "so", "name": "Sở", "client_id": "x", "secret": "y", "settings": {"server_url": provider}}
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PARINDEX_", "DJANGO_"))}
        environ = {
            **clean,
            "PYTHONPATH": str(ROOT / "src"),
            "PARINDEX_DEMO": "1",
            "PARINDEX_FILES": str(files),
            "PARINDEX_DATABASE": f"sqlite:///{files}/site.sqlite3",
            "PARINDEX_OIDC": json.dumps([app]),
        }
        for words in (["migrate"], ["make_demonstration", str(HERE / "small")]):
            done = subprocess.run(
                [sys.executable, "-m", "parindex_web", *words], env=environ, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
        accounts = dict(line.split()[:2] for line in done.stdout.splitlines() if "@demo.test" in line)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        serve = [sys.executable, "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{port}", "parindex_web.wsgi"]
        with subprocess.Popen(serve, env=environ, stderr=subprocess.DEVNULL) as server:
            try:
                address = f"http://localhost:{port}"
                _wait_for(address)
                yield {"address": address, "accounts": accounts, "proofs": door, "files": files}
            finally:
                server.terminate()


def _wait_for(address: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{address}/accounts/login/", timeout=5)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the server does not answer")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def _page(browser: Browser, site: dict, *, width: int = 1366, language: str = "vi") -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "parindex_language", "value": language, "url": site["address"]}])
    page = context.new_page()
    page.refused = []
    page.on("console", lambda m: page.refused.append(m.text) if "Content Security Policy" in m.text else None)
    return page


def _sign_in(page: Page, site: dict, email: str) -> None:
    page.goto(f"{site['address']}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", site["accounts"][email])
    page.click("main button.main")
    page.wait_for_load_state()


def _speak(page: Page, language: str) -> None:
    """The person's own language, which the server keeps."""
    if page.get_attribute("html", "lang") != language:
        page.click(".who button[name=language]")
        page.wait_for_load_state()
    assert page.get_attribute("html", "lang") == language


def _faults(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return axe_violations(page) + (["wider than the screen"] if wide > 1 else [])


def _confirm(page: Page, site: dict, email: str) -> None:
    if "reauthenticate" in page.url:
        page.fill("[name=password]", site["accounts"][email])
        page.click("main button.main")
        page.wait_for_load_state()


def _key(page: Page, **more) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True, **more}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_key_is_added_and_opens_the_door_without_password(site, browser):
    page, email = _page(browser, site), "thanhtra@demo.test"
    _sign_in(page, site, email)
    _key(page)
    page.goto(f"{site['address']}/accounts/2fa/webauthn/add/")
    _confirm(page, site, email)
    page.fill("[name=name]", "máy ở cơ quan")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".codes li").count() == 10
    page.goto(f"{site['address']}/accounts/2fa/webauthn/")
    assert "máy ở cơ quan" in page.inner_text("main") and not _faults(page)
    page.click("text=Đăng xuất")
    page.goto(f"{site['address']}/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(f"{site['address']}/")
    assert "Việc của tôi" in page.inner_text("h1")
    # The second step after a password: the same key.
    page.click("text=Đăng xuất")
    _sign_in(page, site, email)
    assert page.url.endswith("/accounts/2fa/authenticate/") and not _faults(page)
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(f"{site['address']}/")
    assert not page.refused
    page.context.close()


def test_a_key_that_answers_nothing_is_said_in_words(site, browser):
    page = _page(browser, site)
    page.goto(f"{site['address']}/accounts/login/")
    _key(page, isUserVerified=False)
    page.click("#passkey_login")
    page.wait_for_selector("#key-trouble:not([hidden])")
    assert "Bấm lại nút" in page.inner_text("#key-trouble") and not _faults(page)
    page.context.close()


def test_the_picture_of_the_secret_is_shown_and_its_codes_open(site, browser):
    page, email = _page(browser, site), "thuky@demo.test"
    _sign_in(page, site, email)
    page.goto(f"{site['address']}/accounts/2fa/totp/activate/")
    _confirm(page, site, email)
    page.wait_for_function("document.querySelector('img.qr').complete")
    assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 100
    assert not _faults(page) and not page.refused
    secret = page.input_value("#secret")
    page.fill("[name=code]", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.click("main button.main")
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{site['address']}/people/me/")
    assert "ứng dụng sinh mã" in page.inner_text("main dl")
    # What waits for the end of the transaction has happened here.
    assert page.inner_text("main").count("thêm lớp đăng nhập thứ hai") == 2
    page.context.close()


def test_single_sign_on_passes_our_content_policy(site, browser):
    page = _page(browser, site)
    page.goto(f"{site['address']}/accounts/login/")
    page.click("text=Đăng nhập bằng Sở")
    page.wait_for_url("**/oauth2/authorize**")
    page.click("button:has-text('daumoi')")
    page.wait_for_url(f"{site['address']}/")
    assert "Đầu mối" in page.inner_text("header") and site["proofs"].proofs == 1 and not page.refused
    page.context.close()


def test_an_account_locked_in_one_process_is_locked_in_all(site, browser):
    page, email = _page(browser, site), "hoidong@demo.test"
    for _ in range(10):
        page.goto(f"{site['address']}/accounts/login/")
        page.fill("[name=login]", email)
        page.fill("[name=password]", "sai hoàn toàn")
        page.click("main button.main")
        page.wait_for_load_state()
    for _ in range(6):
        _sign_in(page, site, email)
        assert "tạm khóa đăng nhập" in page.inner_text("main")
    page.context.close()


@pytest.mark.parametrize(("width", "language"), [(390, "vi"), (1366, "en")])
def test_no_page_of_people_and_sign_in_has_a_fault(site, browser, width, language):
    page, email, found = _page(browser, site, width=width, language=language), "quantri@demo.test", {}
    for path in ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/",
                 "/accounts/password/reset/key/x-y/", "/accounts/3rdparty/login/cancelled/", "/people/join/"):  # fmt: skip
        page.goto(site["address"] + path)
        found[path] = _faults(page)
    _sign_in(page, site, email)
    _speak(page, language)
    for path in ("/people/", "/people/?q=khong+ai", "/people/invite/", "/people/2/", "/people/me/", "/accounts/2fa/",
                 "/people/invite/list/", "/people/invitations/", "/people/units/",
                 "/accounts/password/change/", "/accounts/logout/", "/accounts/reauthenticate/"):  # fmt: skip
        page.goto(site["address"] + path)
        assert page.get_attribute("html", "lang") == language
        found[path] = _faults(page)
    page.goto(f"{site['address']}/people/invite/")
    page.click("main button.main")
    page.wait_for_load_state()
    found["/people/invite/ with mistakes"] = _faults(page)
    page.goto(f"{site['address']}/people/invite/list/")
    for listed in ("email,full_name,role\nx,,vua", "email,full_name,role\nxem@so.test,Xem Trước,auditor"):
        page.fill("#list", listed)
        page.click("main button.main")
        page.wait_for_load_state()
        found[f"the list {listed}"] = _faults(page)
    assert page.locator("button[name=send]").count() == 1
    page.goto(f"{site['address']}/people/2/")
    for each in page.locator("main details summary").all():
        each.click()
    found["/people/2/ all open"] = _faults(page)
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert not page.refused
    page.context.close()


def test_people_are_invited_with_the_keyboard_alone_and_without_javascript(site, browser):
    page = _page(browser, site)
    _sign_in(page, site, "quantri@demo.test")
    _speak(page, "vi")
    page.goto(f"{site['address']}/people/invite/")
    page.focus("#full_name")
    page.keyboard.type("Người Bằng Bàn Phím")
    page.keyboard.press("Tab")
    page.keyboard.type(f"phim{int(time.time())}@so.test")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Thanh tra")
    page.focus("main button.main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/invitations/")
    assert "Người Bằng Bàn Phím" in page.inner_text("main")
    page.context.close()
    bare = browser.new_context(java_script_enabled=False).new_page()
    _sign_in(bare, site, "quantri@demo.test")
    bare.goto(f"{site['address']}/people/?q=nguoi+bang")
    assert bare.url.endswith("nguoi+bang") and "Không có ai như vậy" in bare.inner_text("main")
    bare.context.close()
