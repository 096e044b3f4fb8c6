"""`parindex-web bring_demonstration FOLDER`: workbooks and decisions of a folder, as claims and findings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from parindex.language import Text
from parindex.problems import Problems, ProblemsFound
from parindex.results.reading import read_programme
from parindex_web.accounts.models import Person
from parindex_web.demonstration import Cast, bring
from parindex_web.editions.models import Edition
from parindex_web.editions.steps import Impossible
from parindex_web.people.management.commands.invite_first_administrator import both
from parindex_web.steering.demonstration_accounts import ADDRESSES, DEMO_NO_EDITION, DEMO_REFUSED, LOOPBACK


class Command(BaseCommand):
    help = Text(
        "Đưa hồ sơ và quyết định của thư mục vào kỳ trình diễn, mỗi đơn vị ở một bước.",
        "Bring the workbooks and decisions of a folder into the demonstration, units at different steps.",
    ).both()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="thư mục của kỳ đánh giá / the folder of the edition")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not settings.DEMO or not set(settings.ALLOWED_HOSTS) <= LOOPBACK:
                raise Impossible(DEMO_REFUSED)
            found = Problems()
            programme, _, _ = read_programme(options["folder"], found, examples=False)
            if programme is None:
                raise ProblemsFound(found.sorted())
            edition = Edition.objects.filter(code=programme.code).first()
            if edition is None:
                raise Impossible(DEMO_NO_EDITION)
            bring(edition, options["folder"], cast=_cast(), progress=self._progress)
        except Impossible as impossible:
            raise CommandError(both([impossible.problem])) from impossible
        except ProblemsFound as stopped:
            raise CommandError(both(list(stopped.problems))) from stopped

    def _progress(self, unit: str, done: int, total: int) -> None:
        if done == total or done % 10 == 0:
            self.stdout.write(f"  {done}/{total}  {unit}")


def _cast() -> Cast:
    def person(role: str) -> Person:
        return Person.objects.get(email=f"{dict(ADDRESSES)[role]}@demo.test")  # type: ignore[index]

    return Cast(person("programme_manager"), person("coordinator"), person("appraiser"))
