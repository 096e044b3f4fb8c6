"""Reminders by mail, for a timer that runs once a day."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from parindex_web.editions.models import Edition
from parindex_web.steering.reminding import remind

DAYS = (7, 3, 1)


class Command(BaseCommand):
    """parindex-web remind: letters about steps that close soon."""

    help = "Nhắc hạn bằng thư / mail reminders of steps that close in 7, 3 and 1 days. Run it once a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, nargs="+", default=list(DAYS), help="days before a deadline")

    def handle(self, **options: Any) -> None:
        sent = 0
        failed: list[tuple[str, str]] = []
        for edition in Edition.objects.filter(stage__in=["open", "appraisal"]).order_by("code"):
            found = remind(edition=edition, days=options["days"])
            sent += found.sent
            failed.extend(found.failed)
        self.stdout.write(f"Đã gửi {sent} thư / letters sent: {sent}")
        if failed:
            rows = "\n".join(f"  {address}: {why}" for address, why in failed)
            raise CommandError(
                "Chưa gửi được; lần chạy sau gửi tiếp, không gửi lại thư đã gửi: / Not sent; the next run goes on, and "
                f"sends none again that was sent:\n{rows}"
            )
