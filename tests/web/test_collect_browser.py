"""The self-assessment in a browser: what is typed survives a broken line, an ended session, two tabs; axe and keys."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from collecting import E, pdf, png
from looking import axe_violations
from playwright.sync_api import Browser, FileChooser, Page, expect, sync_playwright

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("collecting")]

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
COORDINATOR = "daumoi@demo.test"


class Site:
    """The application as a server of its own, whose database can be put back to how it was in the beginning."""

    def __init__(self, folder: Path):
        self.database, self.pristine = folder / "site.sqlite3", folder / "pristine.sqlite3"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PARINDEX_", "DJANGO_"))}
        self.environ = {
            **clean,
            "PYTHONPATH": str(HERE.parents[1] / "src"),
            "PARINDEX_DEMO": "1",
            "PARINDEX_FILES": str(folder),
            "PARINDEX_DATABASE": f"sqlite:///{self.database}",
        }
        self.run("migrate")
        said = self.run("make_demonstration", str(HERE / "small"))
        self.passwords = dict(line.split()[:2] for line in said.splitlines() if "@demo.test" in line)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://localhost:{free.getsockname()[1]}"

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "parindex_web", *words],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def serve(self) -> subprocess.Popen:
        bind = self.address.removeprefix("http://")
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--threads", "4", "-b", bind, "parindex_web.wsgi"],
            env=self.environ,
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{self.address}/accounts/login/", timeout=5)
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise AssertionError("the server does not answer")

    def copy(self, source: Path, target: Path) -> None:
        with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target, timeout=20)) as two:
            one.backup(two)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database, timeout=20)) as database, database:
            return database.execute(sql, values).fetchall()

    def line(self, node: str) -> tuple[str, str, int]:
        """Values, explanation and version of a line of the first unit."""
        (row,) = self.rows(
            """SELECT "values", explanation, version FROM collect_line
            WHERE node = ? AND unit_file_id = (SELECT min(id) FROM editions_unitfile)""",
            node,
        )
        return row


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory, browser) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    with made.serve() as server:
        try:
            made.wait()
            made.rows("UPDATE editions_deadline SET closes_at = '2099-01-31 10:00:00'")
            made.cookies = _signed_in(made, browser)
            made.copy(made.database, made.pristine)
            yield made
        finally:
            server.terminate()


def _signed_in(site: Site, browser: Browser) -> list[Any]:
    """Cookies of the coordinator; the session is part of what the database is put back to."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.address}/accounts/login/")
    page.fill("[name=login]", COORDINATOR)
    page.fill("[name=password]", site.passwords[COORDINATOR])
    page.click("main button.main")
    page.wait_for_url(f"{site.address}/")
    cookies = context.cookies()
    context.close()
    return cookies


class Desk:
    """The coordinator at a browser."""

    def __init__(self, browser: Browser, site: Site, **options: Any):
        self.site = site
        self.context = browser.new_context(**{"viewport": {"width": 1366, "height": 900}, **options})
        self.context.add_cookies(site.cookies)

    def page(self, address: str) -> Page:
        page = self.context.new_page()
        page.goto(f"{self.site.address}{E}/units/U1/{address}")
        return page

    def upload(self, *files: tuple[str, bytes]) -> None:
        page = self.page("evidence/")
        page.set_input_files("#files", [{"name": name, "mimeType": "", "buffer": content} for name, content in files])
        page.get_by_role("button", name="Tải lên", exact=True).click()
        expect(page.locator(".note.good")).to_contain_text(f"Đã nhận {len(files)} tệp")
        page.close()


@pytest.fixture
def desk(browser, site) -> Iterator[Desk]:
    site.copy(site.pristine, site.database)
    made = Desk(browser, site)
    yield made
    made.context.close()


CLAIM = '{"numerator": "54", "denominator": "60"}'


def field(page: Page, name: str):
    return page.locator(f"[id='{name}']")


def saved(page: Page, node: str):
    return expect(page.locator(f"[id='line-{node}'] [data-saved]"))


def test_a_line_saves_itself_and_sums_follow(desk):
    page = desk.page("domains/1/")
    field(page, "1.2-numerator").fill("54")
    field(page, "1.2-denominator").fill("60")
    field(page, "1.2-explanation").fill("Báo cáo số 15")
    saved(page, "1.2").to_contain_text("Đã lưu lúc")
    expect(page.locator("[id='line-1.2'] .score")).to_contain_text("0,90")
    expect(page.locator("#sums")).to_contain_text("0,90")
    expect(page.locator("#mend")).not_to_contain_text("1.2")
    assert desk.site.line("1.2")[0] == CLAIM


def test_a_lost_connection_loses_nothing_and_saves_once(desk):
    page = desk.page("domains/1/")
    page.locator("[id='line-1.1'] input[value=yes]").check()
    saved(page, "1.1").to_contain_text("Đã lưu lúc")
    desk.context.set_offline(True)
    field(page, "1.2-numerator").fill("54")
    field(page, "1.2-denominator").fill("60")
    expect(page.locator("#no-connection")).to_be_visible()
    desk.context.set_offline(False)
    saved(page, "1.2").to_contain_text("Đã lưu lúc")
    expect(page.locator("#no-connection")).to_be_hidden()
    assert desk.site.line("1.2") == (CLAIM, "", 1)


def test_an_answer_that_is_lost_is_not_saved_twice_and_later_typing_is_kept(desk):
    page = desk.page("domains/1/")
    lost = []

    def lose(route):
        route.fetch()  # it arrives, its answer does not
        lost.append(route)
        route.abort()

    page.route("**/lines/1.2/save/", lose, times=1)
    field(page, "1.2-numerator").fill("54")
    field(page, "1.2-denominator").fill("60")
    expect(page.locator("#no-connection")).to_be_visible()
    field(page, "1.2-explanation").fill("gõ thêm sau đó")
    saved(page, "1.2").to_contain_text("Đã lưu lúc")
    expect(page.locator("#no-connection")).to_be_hidden()
    expect(page.locator("[id='line-1.2']")).not_to_have_class(re.compile("waiting"))
    assert lost and desk.site.line("1.2") == (CLAIM, "gõ thêm sau đó", 2)
    assert desk.site.rows("SELECT version FROM collect_lineversion ORDER BY id") == [(1,), (2,)]


def test_a_page_that_is_closed_while_offline_gives_back_what_was_typed(desk):
    page = desk.page("domains/1/")
    desk.context.set_offline(True)
    field(page, "1.1-explanation").fill("viết khi mất mạng")
    page.wait_for_timeout(1500)
    page.close()
    desk.context.set_offline(False)
    again = desk.page("domains/1/")
    expect(field(again, "1.1-explanation")).to_have_value("viết khi mất mạng")
    saved(again, "1.1").to_contain_text("Đã lưu lúc")
    assert desk.site.line("1.1")[1] == "viết khi mất mạng"


def test_two_tabs_show_both_values_and_nothing_is_overwritten_silently(desk):
    one, two = desk.page("domains/1/"), desk.page("domains/1/")
    field(one, "1.1-explanation").fill("bản thứ nhất")
    saved(one, "1.1").to_contain_text("Đã lưu lúc")
    field(two, "1.1-explanation").fill("bản thứ hai")
    line = two.locator("[id='line-1.1']")
    expect(line.locator("table")).to_contain_text("bản thứ nhất")
    expect(line.locator("table")).to_contain_text("bản thứ hai")
    assert desk.site.line("1.1")[1] == "bản thứ nhất"
    # Typing on does not decide, nor does opening the page again.
    field(two, "1.1-explanation").fill("bản thứ hai, sửa")
    two.wait_for_timeout(1500)
    assert desk.site.line("1.1")[1] == "bản thứ nhất"
    two.reload()
    expect(two.locator("[id='line-1.1'] table")).to_contain_text("bản thứ hai, sửa")
    two.get_by_role("button", name="Giữ của tôi").click()
    saved(two, "1.1").to_contain_text("Đã lưu lúc")
    assert desk.site.line("1.1")[1] == "bản thứ hai, sửa"
    field(one, "1.1-explanation").fill("bản thứ ba")
    one.locator("[id='line-1.1'] [data-discard]").click()
    expect(field(one, "1.1-explanation")).to_have_value("bản thứ hai, sửa")
    assert desk.site.line("1.1")[2] == 2


def test_a_session_that_ends_while_typing_loses_nothing(desk, browser):
    page = desk.page("domains/1/")
    desk.site.rows("DELETE FROM django_session")
    field(page, "1.1-explanation").fill("gõ khi phiên đã hết")
    expect(page.locator("#session-over")).to_be_visible()
    assert desk.site.line("1.1")[2] == 0
    desk.context.add_cookies(_signed_in(desk.site, browser))
    saved(page, "1.1").to_contain_text("Đã lưu lúc", timeout=20_000)
    expect(page.locator("#session-over")).to_be_hidden()
    assert desk.site.line("1.1")[1] == "gõ khi phiên đã hết"


def test_what_cannot_be_taken_is_marked_as_not_saved_and_kept(desk):
    page = desk.page("domains/1/")
    field(page, "1.2-numerator").fill("70")
    field(page, "1.2-denominator").fill("60")
    saved(page, "1.2").to_contain_text("Chưa lưu")
    expect(field(page, "1.2-numerator")).to_have_attribute("aria-invalid", "true")
    page.reload()
    expect(field(page, "1.2-numerator")).to_have_value("70")
    field(page, "1.2-numerator").fill("54")
    saved(page, "1.2").to_contain_text("Đã lưu lúc")


def test_documents_are_cited_by_keyboard_alone(desk):
    desk.upload(("Kế hoạch 12.pdf", pdf("1")))
    page = desk.page("domains/1/")
    field(page, "1.1-document-0").focus()
    page.keyboard.type("TL01")
    page.keyboard.press("Tab")
    page.keyboard.type("Mục II, trang 3")
    page.keyboard.press("Control+Enter")
    saved(page, "1.1").to_contain_text("Đã lưu lúc")
    assert page.evaluate("document.activeElement.id").startswith("1.2-")
    expect(page.locator("[id='line-1.1'] .cite a").first).to_have_text("Kế hoạch 12")
    assert desk.site.rows("SELECT locator FROM collect_citation") == [("Mục II, trang 3",)]


def focused(page: Page) -> str:
    """What has the focus, as a reader of the page would call it: its label, its words, or the id of a line."""
    return page.evaluate(
        """() => {
          const at = document.activeElement;
          const labels = [...(at.labels || [])].map((each) => each.textContent.trim());
          return at.matches(".line") ? at.id : labels[0] || at.getAttribute("aria-label") || at.textContent.trim();
        }"""
    )


def reach(page: Page, words: str, key: str = "Tab") -> None:
    """Press a key until something whose words begin so has the focus."""
    for _ in range(150):
        if focused(page).startswith(words):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{words!r} is not reached with {key}; the focus is on {focused(page)!r}")


def test_the_whole_self_assessment_with_the_keyboard_alone(desk, browser, tmp_path):
    page = desk.page("evidence/")
    (tmp_path / "Kế hoạch 12.pdf").write_bytes(pdf("1"))
    choosers: list[FileChooser] = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    reach(page, "Tải lên (nhiều tệp một lần được)")
    page.keyboard.press("Enter")
    for _ in range(100):
        if choosers:
            break
        page.wait_for_timeout(100)
    choosers[0].set_files(tmp_path / "Kế hoạch 12.pdf")
    reach(page, "Tải lên")
    page.keyboard.press("Tab")
    reach(page, "Tải lên")
    page.keyboard.press("Enter")
    expect(page.locator(".note.good")).to_contain_text("Đã nhận 1 tệp")
    reach(page, "Số, ký hiệu TL01")
    page.keyboard.type("12/KH-UBND")
    page.keyboard.press("Enter")
    expect(page.locator(".note.good")).to_contain_text("Đã lưu thông tin")
    reach(page, "1. ")
    page.keyboard.press("Enter")

    # Domain 1: a choice, a document with its place, an explanation; then two numbers, saved on the way.
    expect(page.locator("h1")).to_contain_text("1. ")
    page.keyboard.press("j")
    assert focused(page) == "line-1.1"
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Có"
    reach(page, "Tài liệu 1")
    page.keyboard.type("TL01")
    page.keyboard.press("Tab")
    page.keyboard.type("Mục II, trang 3")
    reach(page, "Giải trình")
    page.keyboard.type("Ban hành đúng hạn")
    page.keyboard.press("Control+Enter")
    saved(page, "1.1").to_contain_text("Đã lưu lúc")
    expect(page.locator("#saved-state")).to_contain_text("Đã lưu lúc")
    assert page.evaluate("document.activeElement.id") == "1.2-numerator"
    page.keyboard.type("54")
    page.keyboard.press("Tab")
    page.keyboard.type("60")
    # The answer draws the line anew: the focus stays where it was, a choice and the rows of documents too.
    saved(page, "1.2").to_contain_text("Đã lưu lúc")
    assert page.evaluate("document.activeElement.id") == "1.2-denominator"
    page.keyboard.press("Escape")
    assert focused(page) == "line-1.2"
    page.keyboard.press("n")  # what is still to do: figures without evidence or explanation
    assert focused(page) == "line-1.2"
    page.keyboard.press("k")
    assert focused(page) == "line-1.1"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    reach(page, "Giải trình")
    page.keyboard.type("Báo cáo số 15")
    page.keyboard.press("Control+Enter")
    assert focused(page) == "Gửi đầu mối mọi mục đã lưu của lĩnh vực"
    page.keyboard.press("Enter")
    expect(page.locator(".line .badge.good")).to_have_count(2)
    assert desk.site.line("1.1")[:2] == ('{"met": "yes"}', "Ban hành đúng hạn")
    assert desk.site.line("1.2")[:2] == (CLAIM, "Báo cáo số 15")

    # Domain 2, handed in line by line.
    reach(page, "2. ")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("2. ")
    for node, keys in (("2.1.1", ("1", "Tab", "2")), ("2.1.2", ("ArrowDown",))):
        page.keyboard.press("j")
        assert focused(page) == f"line-{node}"
        page.keyboard.press("Enter")
        for key in keys:
            page.keyboard.press(key)
        reach(page, "Giải trình")
        page.keyboard.type("Hệ thống một cửa")
        saved(page, node).to_contain_text("Đã lưu lúc")
        reach(page, f"Gửi đầu mối {node}")
        page.keyboard.press("Enter")
        expect(page.locator(f"[id='line-{node}'] .badge.good")).to_have_count(1)
        assert focused(page) == f"line-{node}", "the next key goes on from the line that was handed in"
    page.goto(f"{desk.site.address}{E}/units/U1/")
    reach(page, "Tổng hợp, trình phê duyệt")
    page.keyboard.press("Enter")
    expect(page.locator(".facts .badge").first).to_have_text("đã tổng hợp, chờ phê duyệt")

    approver = browser.new_context().new_page()
    approver.goto(f"{desk.site.address}/accounts/login/?next={E}/units/U1/")
    approver.locator("[name=login]").focus()
    approver.keyboard.type("pheduyet@demo.test")
    approver.keyboard.press("Tab")
    approver.keyboard.type(desk.site.passwords["pheduyet@demo.test"])
    approver.keyboard.press("Enter")
    expect(approver.locator("h1")).to_contain_text("hồ sơ tự đánh giá")
    reach(approver, "Phê duyệt và khóa hồ sơ")
    approver.keyboard.press("Enter")
    expect(approver.locator(".facts .badge").first).to_contain_text("đã phê duyệt, khóa")
    approver.context.close()


def test_the_focus_stays_on_a_choice_and_in_a_new_row_of_documents(desk):
    desk.upload(("Kế hoạch 12.pdf", pdf("1")), ("Báo cáo 15.pdf", pdf("2")))
    page = desk.page("domains/1/")
    page.locator("[id='line-1.1'] input[value=no]").focus()
    page.keyboard.press("Space")
    saved(page, "1.1").to_contain_text("Đã lưu lúc")
    assert page.evaluate("document.activeElement.value") == "no"
    field(page, "1.1-document-0").focus()
    page.keyboard.type("TL01")
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "1.1-document-1"
    expect(page.locator("[id='line-1.1'] .cite a")).to_have_count(1)
    assert page.evaluate("document.activeElement.id") == "1.1-document-1", "the row is open though it is empty"
    page.keyboard.type("TL02")
    expect(page.locator("[id='line-1.1'] .cite a")).to_have_count(2)
    # What is cited leaves the further row folded away, until it is asked for.
    page.reload()
    expect(field(page, "1.1-document-2")).to_be_hidden()
    page.locator("[id='line-1.1'] .more summary").press("Enter")
    expect(field(page, "1.1-document-2")).to_be_visible()


def test_letters_move_between_lines_only_outside_of_fields_and_can_be_switched_off(desk):
    page = desk.page("domains/1/")
    field(page, "1.1-explanation").focus()
    page.keyboard.type("jk?")
    expect(field(page, "1.1-explanation")).to_have_value("jk?")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert focused(page) == "line-1.2"
    page.keyboard.press("?")
    expect(page.locator("#letters")).to_be_visible()
    page.locator("#letters").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.locator("#letters")).to_be_hidden()
    page.keyboard.press("j")
    assert focused(page).startswith("Phím tắt")
    page.reload()
    page.keyboard.press("j")
    assert not focused(page).startswith("line-")


def test_going_on_from_a_line_that_is_saved_makes_no_version(desk):
    page = desk.page("domains/1/")
    field(page, "1.1-explanation").fill("một lần")
    saved(page, "1.1").to_contain_text("Đã lưu lúc")
    field(page, "1.1-explanation").press("Control+Enter")
    page.wait_for_timeout(800)
    assert page.evaluate("document.activeElement.id") == "1.2-numerator"
    versions = (
        "SELECT node, v.explanation, v.way, v.version FROM collect_lineversion v JOIN collect_line l ON l.id = line_id"
    )
    assert desk.site.rows(versions) == [("1.1", "một lần", "page", 1)]


def test_without_javascript_a_line_is_saved_by_its_button(desk, browser):
    plain = Desk(browser, desk.site, java_script_enabled=False)
    page = plain.page("domains/1/")
    field(page, "1.2-numerator").fill("70")
    field(page, "1.2-denominator").fill("60")
    page.locator("[id='line-1.2'] button.main").click()
    expect(page.get_by_role("alert").first).to_contain_text("Chưa lưu")
    field(page, "1.2-numerator").fill("54")
    page.locator("[id='line-1.2'] button.main").click()
    expect(page.locator("[id='line-1.2'] .saved")).to_contain_text("Đã lưu lúc")
    assert desk.site.line("1.2")[0] == CLAIM
    plain.context.close()


def test_the_same_form_sent_by_two_quick_clicks_is_kept_once(desk):
    page = desk.page("domains/1/")
    field(page, "1.1-explanation").fill("một lần")
    page.locator("[id='line-1.1'] button.main").dblclick()
    saved(page, "1.1").to_contain_text("Đã lưu lúc")
    page.wait_for_timeout(1500)
    assert desk.site.rows("SELECT count(*) FROM collect_lineversion") == [(1,)]


PAGES = ("", "domains/1/", "domains/2/", "lines/", "evidence/", "evidence/?edit=1", "evidence/1/", "evidence/2/", "workbook/", "paper/",
         "lines/1.2/history/")  # fmt: skip


@pytest.mark.parametrize(("width", "spoken"), [(1366, "en"), (390, "vi")])
def test_axe_finds_nothing_and_nothing_overflows(desk, browser, width, spoken):
    desk.upload(("Kế hoạch 12.pdf", pdf("1")), ("ảnh.png", png()))
    page = desk.page("domains/1/")
    field(page, "1.2-numerator").fill("54")
    field(page, "1.2-denominator").fill("60")
    field(page, "1.2-document-0").fill("TL01")
    saved(page, "1.2").to_contain_text("Đã lưu lúc")
    page.get_by_role("button", name="Gửi đầu mối 1.2").click()
    desk.site.rows("UPDATE accounts_person SET language = ? WHERE email = ?", spoken, COORDINATOR)
    here = Desk(browser, desk.site, viewport={"width": width, "height": 900})
    shots = os.environ.get("PARINDEX_SHOTS")
    faults: list[tuple[str, str, str]] = []
    for address in PAGES:
        page = here.context.new_page()
        errors: list[str] = []
        page.on("console", lambda said, errors=errors: errors.append(said.text) if said.type == "error" else None)
        page.goto(f"{here.site.address}{E}/units/U1/{address}")
        if shots:
            name = re.sub(r"\W+", "-", address).strip("-") or "unit"
            page.screenshot(path=str(Path(shots) / f"{name}-{width}-{spoken}.png"), full_page=True)
        faults += [(address, "axe", each) for each in axe_violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append((address, "wider than the screen", ""))
        faults += [(address, "console", said) for said in errors]
        page.close()
    here.context.close()
    assert not faults, faults
