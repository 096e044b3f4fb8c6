"""A whole small edition in Chromium, in Vietnamese, by everybody's own hands: from opening to publication.

One server and one worker run as they do in a ministry. Nothing goes past the pages but the workbook that a unit fills
in on its own machine.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from live import EDITION, PASSWORD, Live, populate
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from parindex.problems import Problems
from parindex.publication.audit_trail import verify_trail
from parindex.results.reading import read_programme
from parindex.submissions import Filled, write_submission

pytestmark = [pytest.mark.slow, pytest.mark.databases, pytest.mark.xdist_group("browser edition")]

HERE = Path(__file__).parent
E = f"/editions/{EDITION}"
PEOPLE = [
    ("quanly@demo.test", "Quản lý bộ chỉ số", "programme_manager", "", []),
    ("daumoi1@demo.test", "Đầu mối tỉnh Một", "coordinator", "U1", []),
    ("daumoi2@demo.test", "Đầu mối tỉnh Hai", "coordinator", "U2", []),
    ("so1@demo.test", "Sở theo dõi lĩnh vực 2", "field_officer", "U1", ["2"]),
    ("uyban1@demo.test", "Ủy ban tỉnh Một", "approver", "U1", []),
    ("uyban2@demo.test", "Ủy ban tỉnh Hai", "approver", "U2", []),
    ("thamdinh@demo.test", "Người thẩm định", "appraiser", "", []),
    ("thamdinh2@demo.test", "Người thẩm định thứ hai", "appraiser", "", []),
    ("hoidong1@demo.test", "Thành viên Một", "council_member", "", []),
    ("hoidong2@demo.test", "Thành viên Hai", "council_member", "", []),
    ("hoidong3@demo.test", "Thành viên Ba", "council_member", "", []),
    ("thuky@demo.test", "Thư ký hội đồng", "council_secretary", "", []),
    ("thanhtra@demo.test", "Thanh tra", "auditor", "", []),
]


class Stage:
    """A browser window for each person, signed in once."""

    def __init__(self, live: Live, browser: Browser):
        self.live, self.browser = live, browser
        self.windows: dict[str, Page] = {}
        self.complaints: list[str] = []

    def window(self, who: str) -> Page:
        if who not in self.windows:
            page = self.browser.new_context(base_url=self.live.address, locale="vi-VN").new_page()
            page.set_default_timeout(30_000)
            # Refusals of the policy and faults of scripts show here; what the server says with 4xx is meant.
            page.on(
                "console",
                lambda said: (
                    said.type == "error" and "status of 4" not in said.text and self.complaints.append(said.text)
                ),
            )
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.goto("/accounts/login/")
            page.fill("input[name=login]", f"{who}@demo.test")
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            self.windows[who] = page
        return self.windows[who]

    def at(self, who: str, path: str) -> Page:
        page = self.window(who)
        page.goto(path)
        return page


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    live = Live(tmp_path)
    try:
        populate(live, PEOPLE, opened=False)
        live.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            yield Stage(live, browser)
            browser.close()
    finally:
        live.stop()


def saved(page: Page, node: str) -> None:
    expect(page.locator(f"[id='line-{node}'] [data-saved]")).to_contain_text("Đã lưu lúc")


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


@pytest.mark.django_db(transaction=True)
def test_from_opening_to_publication(stage: Stage, tmp_path: Path) -> None:
    manager = stage.at("quanly", f"{E}/")
    press(manager, "Mở tự đánh giá")
    expect(manager.locator("main")).to_contain_text("tự đánh giá")

    self_assessment_by_page(stage, tmp_path)
    self_assessment_by_workbook(stage, tmp_path)

    manager = stage.at("quanly", f"{E}/")
    press(manager, "Bắt đầu thẩm định")
    first_round(stage)
    explanation(stage, tmp_path)
    second_round(stage)

    manager = stage.at("quanly", f"{E}/")
    press(manager, "Chuyển hội đồng")
    council(stage)
    manager = stage.at("quanly", f"{E}/")
    press(manager, "Ghi quyết định")

    publication(stage)
    the_record(stage, tmp_path)
    assert not stage.complaints, stage.complaints


def self_assessment_by_page(stage: Stage, tmp_path: Path) -> None:
    """The coordinator of U1 fills in domain 1, a department domain 2; a line is returned, the file is returned."""
    page = stage.at("daumoi1", f"{E}/units/U1/evidence/")
    (tmp_path / "ke-hoach.pdf").write_bytes(b"%PDF-1.4\n% Ke hoach\n%%EOF\n")
    page.set_input_files("#files", tmp_path / "ke-hoach.pdf")
    press(page, "Tải lên")
    page.fill("input[name='1-title']", "Kế hoạch cải cách hành chính năm")
    page.fill("input[name='1-symbol']", "01/KH-UBND")
    press(page, "Lưu thông tin")

    page = stage.at("daumoi1", f"{E}/units/U1/domains/1/")
    line_by_keyboard(page)
    page.fill("[id='1.2-numerator']", "54")
    page.fill("[id='1.2-denominator']", "60")
    page.fill("[id='1.2-explanation']", "Báo cáo số 12/BC-UBND")
    saved(page, "1.2")
    expect(page.locator("[id='line-1.2'] .score")).to_contain_text("0,9")

    page = stage.at("so1", f"{E}/units/U1/domains/2/")
    page.fill("[id='2.1.1-numerator']", "1.980")
    page.fill("[id='2.1.1-denominator']", "1.900")
    expect(page.locator("[id='line-2.1.1']")).to_contain_text("Chưa lưu")  # a part above its whole
    page.fill("[id='2.1.1-denominator']", "2.000")
    page.fill("[id='2.1.1-explanation']", "Hệ thống một cửa")
    saved(page, "2.1.1")
    page.check("[id='line-2.1.2'] input[value=all]")
    page.fill("[id='2.1.2-explanation']", "Thư xin lỗi")
    saved(page, "2.1.2")
    page = stage.at("so1", f"{E}/units/U1/domains/2/")
    press(page, "Gửi đầu mối mọi mục đã lưu của lĩnh vực")

    page = stage.at("daumoi1", f"{E}/units/U1/domains/2/")
    line = page.locator("[id='line-2.1.1']")
    line.locator("summary", has_text="Trả lại").click()
    line.locator("textarea[name=reason]").fill("Hai hồ sơ tính hai lần")
    line.get_by_role("button", name="Trả lại mục").click()
    page = stage.at("so1", f"{E}/units/U1/domains/2/")
    expect(page.locator("[id='line-2.1.1']")).to_contain_text("Hai hồ sơ tính hai lần")
    page.fill("[id='2.1.1-numerator']", "1.880")
    # At once, before the line has saved itself: what is handed in is what stands on the screen.
    page.locator("[id='line-2.1.1']").get_by_role("button", name="Gửi lại").click()
    expect(page.locator("[id='line-2.1.1']")).to_contain_text("đã gửi đầu mối")
    expect(page.locator("[id='line-2.1.1'] .score")).to_contain_text("1,41")

    page = stage.at("daumoi1", f"{E}/units/U1/")
    press(page, "Tổng hợp, trình phê duyệt")
    page = stage.at("uyban1", f"{E}/units/U1/")
    page.fill("#return-reason", "Ghi rõ số báo cáo ở mục 1.2")
    press(page, "Trả lại để sửa")
    page = stage.at("daumoi1", f"{E}/units/U1/domains/1/")
    page.fill("[id='1.2-explanation']", "Báo cáo số 12/BC-UBND ngày 05/01/2024")
    with page.expect_response(re.compile("/lines/1.2/save/")):
        page.locator("[id='line-1.2']").get_by_role("button", name="Lưu", exact=True).click()
    saved(page, "1.2")
    page = stage.at("daumoi1", f"{E}/units/U1/")
    press(page, "Tổng hợp, trình phê duyệt")
    page = stage.at("uyban1", f"{E}/units/U1/")
    press(page, "Phê duyệt và khóa hồ sơ")
    expect(page.locator("main")).to_contain_text("đã phê duyệt, khóa")


def line_by_keyboard(page: Page) -> None:
    """Line 1.1 without a mouse: to the first field, a choice, the document, its place, and saved."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "1.1-met":
            break
    assert page.evaluate("document.activeElement.name") == "1.1-met"
    for _ in range(3):  # the arrows go round the three answers
        if page.evaluate("document.activeElement.value") == "yes":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "1.1-document":
            break
    page.keyboard.type("TL01")
    page.keyboard.press("Tab")
    page.keyboard.type("Mục II, trang 3")
    page.keyboard.press("Control+Enter")
    saved(page, "1.1")
    expect(page.locator("[id='line-1.1'] .score")).to_contain_text("0,5")
    expect(page.locator("[id='line-1.1']")).to_contain_text("Kế hoạch cải cách hành chính năm")


def self_assessment_by_workbook(stage: Stage, tmp_path: Path) -> None:
    """U2 fills in its workbook and brings it; what would change is shown before it is taken."""
    problems = Problems()
    programme, books, _ = read_programme(HERE / "small", problems)
    assert programme is not None
    unit_list = programme.lists[0]
    rules = books[unit_list.code].rules
    filled = Filled(
        documents=[],
        answers={
            "1.1": {"met": False},
            "1.2": {"numerator": Decimal(60), "denominator": Decimal(60)},
            "2.1.1": {"numerator": Decimal(950), "denominator": Decimal(1000)},
            "2.1.2": {"level": "some"},
        },
        explanations=dict.fromkeys(("1.1", "1.2", "2.1.1", "2.1.2"), "Báo cáo số 7/BC-UBND"),
    )
    write_submission(
        tmp_path / "U2.xlsx", edition=programme, unit_list=unit_list,
        unit=next(unit for unit in unit_list.units if unit.code == "U2"),
        self_score=lambda code, cells: rules[code].spreadsheet(cells), filled=filled,
    )  # fmt: skip
    page = stage.at("daumoi2", f"{E}/units/U2/workbook/")
    page.set_input_files("#workbook", tmp_path / "U2.xlsx")
    press(page, "Xem trước thay đổi")
    expect(page.locator("main")).to_contain_text("4 mục sẽ thay đổi")
    press(page, "Nhận các thay đổi này")
    press(page, "Tổng hợp, trình phê duyệt")
    page = stage.at("uyban2", f"{E}/units/U2/")
    press(page, "Phê duyệt và khóa hồ sơ")
    expect(page.locator("main")).to_contain_text("đã phê duyệt, khóa")


def keys(page: Page, *pressed: str) -> None:
    """Keys as they are pressed; text between < and > is typed."""
    for key in pressed:
        if key.startswith("<"):
            page.keyboard.type(key[1:-1])
        else:
            page.keyboard.press(key)


def tab_to(page: Page, wanted: Locator) -> None:
    """Tab until something has the focus, as people do without a mouse."""
    for _ in range(150):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {wanted} with the keyboard")


def at_line(page: Page, node: str, unit: str) -> None:
    """The line stands on the screen, and the keyboard is where its finding is chosen."""
    expect(page.locator("h1")).to_contain_text(node)
    expect(page.locator("h1")).to_contain_text(unit)
    expect(page.locator("input[name=outcome]:focus")).to_have_count(1)


def first_round(stage: Stage) -> None:
    """A unit appraised with the keyboard alone: accepted, adjusted with a reason, asked, evidence opened, settled, closed.

    Line 1.2 is marked twice; the second marker differs on one unit, and the manager settles it.
    """
    page = stage.at("quanly", f"{E}/appraisal/agreement/")
    page.fill("#node", "1.2")
    press(page, "Chấm hai lần")
    page.select_option("#person", label="Người thẩm định thứ hai")
    press(page, "Giao chấm lần hai")

    page = stage.at("thamdinh", f"{E}/appraisal/")
    keys(page, "j")
    at_line(page, "1.1", "Tỉnh Một")
    keys(page, "e")
    expect(page.locator("#looking iframe")).to_be_visible()
    assert page.frame(name="evidence") is not None
    page.wait_for_function("document.querySelector('a.look[aria-current]') !== null")
    keys(page, "Escape")
    expect(page.locator("#looking iframe")).to_be_hidden()
    keys(page, "a", "Control+Enter")
    at_line(page, "1.2", "Tỉnh Một")
    expect(page.locator("main")).to_contain_text("Đã lưu kết quả thẩm định mục 1.1, Tỉnh Một")
    keys(page, "u")
    at_line(page, "1.1", "Tỉnh Một")  # back to what was saved, which still can be changed
    expect(page.locator("#finding")).to_contain_text("lưu kết quả khác sẽ thay kết quả này")
    keys(page, "n")
    at_line(page, "1.2", "Tỉnh Một")
    keys(page, "a", "Control+Enter")
    at_line(page, "2.1.1", "Tỉnh Một")
    keys(page, "d")
    tab_to(page, page.locator("[id='2.1.1-numerator']"))
    keys(page, "Control+a", "<1.800>", "Escape", "r", "<80 hồ sơ tính hai lần>", "Control+Enter")
    at_line(page, "2.1.2", "Tỉnh Một")
    keys(page, "y", "r", "<Chưa thấy thư xin lỗi>")
    tab_to(page, page.locator("input[name=keep]"))
    keys(page, "Space", "Control+Enter")
    for node in ("1.1", "1.2", "2.1.1", "2.1.2"):
        at_line(page, node, "Tỉnh Hai")
        if node == "2.1.2":
            keys(page, "1")  # the reason that was kept, one key away
            expect(page.locator("#reason")).to_have_value("Chưa thấy thư xin lỗi")
            keys(page, "Control+a", "Delete", "Escape")
        keys(page, "a", "Control+Enter")
    expect(page.locator("main")).to_contain_text("Đã lưu kết quả thẩm định mục 2.1.2, Tỉnh Hai")

    page = stage.at("thamdinh2", f"{E}/appraisal/")
    keys(page, "j")
    at_line(page, "1.2", "Tỉnh Một")
    keys(page, "d", "p", "<0,5>", "Escape", "r", "<Sáu nhiệm vụ chưa có sản phẩm>", "Control+Enter")
    at_line(page, "1.2", "Tỉnh Hai")
    keys(page, "a", "Control+Enter")

    page = stage.at("quanly", f"{E}/appraisal/?state=settle")
    tab_to(page, page.get_by_role("link", name="1.2 U1"))
    keys(page, "Enter")
    at_line(page, "1.2", "Tỉnh Một")
    for words in ("Sáu nhiệm vụ chưa có sản phẩm", "người chấm thứ hai", "Quyết định khi hai kết quả khác nhau"):
        expect(page.locator("main")).to_contain_text(words)
    keys(page, "a", "r", "<Sản phẩm có trong báo cáo số 12>", "Control+Enter")
    expect(page.locator("main")).to_contain_text("Đã lưu kết quả thẩm định mục 1.2, Tỉnh Một")
    for unit in ("U1", "U2"):
        page = stage.at("quanly", f"{E}/appraisal/units/{unit}/")
        keys(page, "c", "Enter")
        expect(page.locator("main")).to_contain_text("đang giải trình")


def explanation(stage: Stage, tmp_path: Path) -> None:
    """The unit brings a new document and explains both findings; then both units lock."""
    page = stage.at("daumoi1", f"{E}/units/U1/evidence/")
    (tmp_path / "so-lieu.pdf").write_bytes(b"%PDF-1.4\n% So lieu\n%%EOF\n")
    page.set_input_files("#files", tmp_path / "so-lieu.pdf")
    press(page, "Tải lên")
    page.fill("input[name='2-title']", "Trích xuất hệ thống một cửa")
    press(page, "Lưu thông tin")
    for node, words in (("2.1.1", "Đã rà soát, số đúng là 1.880"), ("2.1.2", "Gửi kèm danh sách thư xin lỗi")):
        page = stage.at("daumoi1", f"{E}/appraisal/units/U1/lines/{node}/")
        page.fill("#text", words)
        page.check("input[name=document][value='2']")
        page.fill("#locator-2", "trang 1")
        press(page, "Lưu giải trình")
        expect(page.locator("main")).to_contain_text(words)
    for number in (1, 2):
        page = stage.at(f"daumoi{number}", f"{E}/appraisal/units/U{number}/")
        press(page, "Khóa giải trình")
        expect(page.locator("main")).to_contain_text("đã giải trình, khóa")


def second_round(stage: Stage) -> None:
    for node in ("2.1.1", "2.1.2"):
        page = stage.at("thamdinh", f"{E}/appraisal/units/U1/lines/{node}/")
        page.check("#accept")
        press(page, "Lưu, ở lại trang này")
        expect(page.locator("main")).to_contain_text("Đã lưu kết quả thẩm định")
    for unit in ("U1", "U2"):
        page = stage.at("quanly", f"{E}/appraisal/units/{unit}/")
        press(page, "Kết thúc thẩm định lần 2")
        expect(page.locator("main")).to_contain_text("đã thẩm định lần 2")


def council(stage: Stage) -> None:
    """One line is set by a vote, then the whole is carried: two of three members, who vote with the keyboard alone."""
    page = stage.at("thuky", f"{E}/appraisal/council/")
    page.fill("#held_on", "2024-03-20")
    page.fill("#place", "Hà Nội")
    press(page, "Lập phiên họp")
    for unit, node, points, words in (
        ("U2", "2.1.2", "0,75", "Ấn định điểm mục 2.1.2"),
        ("", "", "", "Thông qua kết quả"),
    ):
        page = stage.at("thuky", f"{E}/appraisal/council/")
        page.get_by_text("Trình nội dung").click()
        page.fill("#text1", words)
        page.select_option("#unit1", unit)
        page.fill("#node1", node)
        page.fill("#points1", points)
        press(page, "Trình")
        for who in ("hoidong1", "hoidong2"):
            page = stage.at(who, f"{E}/appraisal/council/")
            tab_to(page, page.get_by_role("button", name="Tán thành", exact=True))
            keys(page, "Enter")
            expect(page.locator("main")).to_contain_text("Phiếu của bạn: tán thành")
        page = stage.at("thuky", f"{E}/appraisal/council/")
        page.get_by_role("button", name=re.compile("^Chốt biểu quyết")).click()
        expect(page.locator("article.motion").last).to_contain_text("thông qua")
    press(page, "Kết thúc phiên")
    expect(page.locator("#session-1")).to_contain_text("đã kết thúc")


def publication(stage: Stage) -> None:
    page = stage.at("quanly", f"{E}/results/")
    press(page, "Tính kết quả")
    # The worker computes in another process; the page looks again by itself.
    expect(page.get_by_role("link", name=re.compile("^Công bố…"))).to_be_visible(timeout=90_000)
    page.goto(f"{E}/results/computations/1/")
    # U1: 0.5 + 0.9 + 1.41 + 1 of 4, as claimed and accepted in round 2. U2: 0 + 1 + 1.425 + 0.75, set by the council.
    expect(page.locator("main")).to_contain_text("95,25")
    expect(page.locator("main")).to_contain_text("79,38")
    page.goto(f"{E}/results/")
    page.get_by_role("link", name=re.compile("^Công bố…")).click()
    expect(page.locator("main")).to_contain_text("2/2 đơn vị có hạng")
    page.fill("#decision", "Quyết định số 1 (mô phỏng)")
    page.get_by_role("button", name=re.compile("^Đóng băng và công bố")).click()
    # The worker freezes in its process, too.
    expect(page.get_by_role("link", name="v1.zip")).to_be_visible(timeout=90_000)
    for who in ("daumoi2", "thanhtra"):
        page = stage.at(who, f"{E}/results/published/")
        expect(page.locator("main")).to_contain_text("Quyết định số 1 (mô phỏng)")
        expect(page.locator("main")).to_contain_text("95,25")


def the_record(stage: Stage, tmp_path: Path) -> None:
    """The auditor takes the whole record away and checks it: nothing is missing in the middle."""
    page = stage.at("thanhtra", f"{E}/record/units/U1/lines/2.1.1/")
    for words in ("Sở theo dõi lĩnh vực 2", "Hai hồ sơ tính hai lần", "80 hồ sơ tính hai lần"):
        expect(page.locator("main")).to_contain_text(words)
    page = stage.at("thanhtra", f"{E}/record/")
    with page.expect_download() as taken:
        page.locator(f"a[href$='{'/record/export/'}']").first.click()
    record = Path(str(taken.value.path())).read_bytes()
    problems = Problems()
    trail = verify_trail(record, "record.jsonl", problems)
    assert not problems.errors and {head.unit for head in trail.heads} == {"", "U1", "U2"}
