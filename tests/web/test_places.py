"""The bar of an edition: what each role is offered there, where it stands, and that every link opens."""

from __future__ import annotations

import re

import pytest
from addresses import CAST, EDITION
from django.test import Client

OFFERED = {
    "manager": ["Tiến độ", "Thẩm định", "Hội đồng", "Kết quả", "Lịch", "Bộ tiêu chí", "Nhật ký"],
    "coordinator": ["Tự đánh giá", "Thẩm định", "Lịch"],
    "officer_of_2": ["Tự đánh giá", "Thẩm định", "Lịch"],
    "approver": ["Tự đánh giá", "Thẩm định", "Lịch"],
    "appraiser": ["Thẩm định", "Lịch"],
    "member": ["Tiến độ", "Hội đồng", "Kết quả", "Lịch", "Bộ tiêu chí"],
    "secretary": ["Tiến độ", "Hội đồng", "Kết quả", "Lịch", "Bộ tiêu chí"],
    "auditor": ["Tiến độ", "Thẩm định", "Hội đồng", "Kết quả", "Lịch", "Bộ tiêu chí", "Nhật ký"],
    "administrator": ["Lịch"],
}
BAR = re.compile(r'<nav class="places".*?</nav>', re.DOTALL)
LINK = re.compile(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>')


@pytest.mark.parametrize("who", list(OFFERED))
def test_every_place_that_is_offered_opens_and_says_that_one_is_there(edition, people, who) -> None:
    duty = {name: value for name, value in CAST[who].items() if name != "role"}
    client = Client()
    client.force_login(people(CAST[who]["role"], name=who, **duty))
    start = client.get(f"/editions/{EDITION}/calendar/")
    bar = LINK.findall(BAR.search(start.content.decode())[0])
    assert [says for _, _, says in bar] == OFFERED[who]
    assert [says for _, here, says in bar if here] == ["Lịch"]
    for url, _, says in bar:
        page = client.get(url, follow=True)
        assert page.status_code == 200, (who, url)
        here = [said for _, current, said in LINK.findall(BAR.search(page.content.decode())[0]) if current]
        assert here == [says], (who, url)


def test_a_unit_of_another_is_not_in_the_bar(edition, people) -> None:
    client = Client()
    client.force_login(people("coordinator", unit="U1"))
    assert "/units/U2/" not in client.get(f"/editions/{EDITION}/units/U1/").content.decode()
