"""`parindex-web make_demonstration [FOLDER]`: one account for each role, its password shown once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from parindex.language import Text
from parindex.problems import ProblemsFound
from parindex_web.editions.steps import Impossible
from parindex_web.people.management.commands.invite_first_administrator import both
from parindex_web.steering.demonstration_accounts import make_demonstration


class Command(BaseCommand):
    help = Text(
        "Tạo tài khoản trình diễn cho từng vai trò; mật khẩu chỉ hiện một lần.",
        "Make one demonstration account for each role; the passwords are shown once.",
    ).both()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            help="thư mục của một kỳ đánh giá, được mở ngay / an edition, opened at once",
        )
        parser.add_argument(
            "--new-passwords", action="store_true", help="đặt mật khẩu mới / set new passwords for the accounts there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_demonstration(options["folder"], new_passwords=options["new_passwords"])
        except Impossible as impossible:
            raise CommandError(both([impossible.problem])) from impossible
        except ProblemsFound as found:
            raise CommandError(both(list(found.problems))) from found
        self.stdout.write(
            Text("Tài khoản trình diễn (mật khẩu không hiện lại):", "Demonstration accounts (shown once):").both()
        )
        width = max(len(each.email) for each in made)
        for each in made:
            unit = f" · {each.unit}" if each.unit else ""
            self.stdout.write(f"  {each.email:<{width}}  {each.password}  {each.role.both()}{unit}")
