"""One account for each role, to try the application on one's own machine."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import F

from parindex.language import Text
from parindex.problems import ProblemKind
from parindex_web.accounts.models import Duty, Person
from parindex_web.accounts.permissions import Target
from parindex_web.accounts.roles import ROLES, UNIT_ROLES, Role
from parindex_web.audit.acts import act_of_the_system
from parindex_web.editions.actions import move_edition
from parindex_web.editions.models import Edition
from parindex_web.editions.steps import Impossible
from parindex_web.steering.actions import create_edition, files_of_folder

LOOPBACK: Final = {"127.0.0.1", "localhost", "[::1]"}
_BEGINNING: Final = date(2020, 1, 1)

ADDRESSES: Final[Mapping[Role, str]] = {
    "programme_manager": "quanly",
    "coordinator": "daumoi",
    "field_officer": "linhvuc",
    "approver": "pheduyet",
    "appraiser": "thamdinh",
    "council_member": "hoidong",
    "council_secretary": "thuky",
    "auditor": "thanhtra",
    "administrator": "quantri",
}
"""Before `@demo.test`, an ending that exists nowhere."""


DEMO_REFUSED = ProblemKind(
    "WEB-DEMO",
    what=Text("không tạo tài khoản trình diễn ở đây.", "no demonstration accounts are made here."),
    why=Text(
        "Chúng chỉ dành cho máy tự thử: PARINDEX_DEMO=1 và máy chủ chỉ nghe ở địa chỉ của chính máy.",
        "They are for trying on one's own machine: PARINDEX_DEMO=1, and a server on loopback only.",
    ),
    remedy=Text(
        "Đặt PARINDEX_DEMO=1 với một thư mục dữ liệu riêng.", "Set PARINDEX_DEMO=1, with a data folder of its own."
    ),
)
DEMO_THERE = ProblemKind(
    "WEB-DEMO-THERE",
    what=Text("đã có tài khoản trình diễn.", "the demonstration accounts exist."),
    why=Text("Mật khẩu của chúng chỉ hiện một lần.", "Their passwords were shown once."),
    remedy=Text("Thêm --new-passwords để đặt mật khẩu mới.", "Add --new-passwords to set new ones."),
)
DEMO_NO_EDITION = ProblemKind(
    "WEB-DEMO-EDITION",
    what=Text("chưa có kỳ đánh giá nào.", "there is no edition yet."),
    why=Text("Đầu mối, cán bộ lĩnh vực và người phê duyệt cần một đơn vị.", "Some roles need a unit to speak for."),
    remedy=Text("Ghi thư mục của một kỳ sau lệnh.", "Name the folder of an edition after the command."),
)


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """Shown once: the password is kept as a digest only."""

    role: Text
    email: str
    password: str
    unit: str


def make_demonstration(folder: Path | None, *, new_passwords: bool) -> list[DemonstrationAccount]:
    """One account for each role, and the edition of `folder` opened, where one is named.

    Raises Impossible: not a demonstration server, accounts are there, no edition; ProblemsFound for the folder.
    """
    if not settings.DEMO or not set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        raise Impossible(DEMO_REFUSED)
    there = {each.email: each for each in Person.objects.filter(email__endswith="@demo.test")}
    if new_passwords and there:
        return _with_new_passwords(there)
    if there:
        raise Impossible(DEMO_THERE)
    if folder is None and not Edition.objects.exists():
        raise Impossible(DEMO_NO_EDITION)
    manager = _account("programme_manager", "")
    if folder is not None:
        person = Person.objects.get(email=manager.email)
        edition = create_edition(by=person, files=files_of_folder(folder))
        move_edition(by=person, edition=edition, name="open")
    else:
        edition = Edition.objects.order_by("-year", "code")[0]
    unit = edition.unit_files.order_by("order")[0].unit
    others = [_account(role, unit) for role in ADDRESSES if role != "programme_manager"]
    return [manager, *others]


def _account(role: Role, unit: str) -> DemonstrationAccount:
    name, password = ROLES[role], secrets.token_urlsafe(12)
    email = f"{ADDRESSES[role]}@demo.test"
    of_unit = unit if role in UNIT_ROLES else ""
    with act_of_the_system("person.demonstration", target=Target()) as record:
        person = Person.objects.create_user(email, password, full_name=f"{name.vi} (trình diễn)")
        Duty.objects.create(person=person, role=role, unit=of_unit, valid_from=_BEGINNING)
        record(subject=f"person-{person.pk}", details={"role": role, "unit": of_unit})
    return DemonstrationAccount(name, email, password, of_unit)


def _with_new_passwords(there: Mapping[str, Person]) -> list[DemonstrationAccount]:
    made = []
    for role, address in ADDRESSES.items():
        person = there.get(f"{address}@demo.test")
        if person is None:
            continue
        password = secrets.token_urlsafe(12)
        with act_of_the_system("person.demonstration", target=Target()) as record:
            person.set_password(password)
            person.session_round = F("session_round") + 1
            person.save(update_fields=["password", "session_round"])
            record(subject=f"person-{person.pk}", details={"new_password": True})
        duty = person.duties.filter(role=role).first()
        made.append(DemonstrationAccount(ROLES[role], person.email, password, duty.unit if duty else ""))
    return made
