"""`parindex-web write_reference docs/reference`: the reference pages of the web application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from parindex.documents.writing import write_file
from parindex.language import Text
from parindex_web.steering.reference_pages import PAGES


class Command(BaseCommand):
    help = Text(
        "Ghi lại các trang tra cứu của ứng dụng web.", "Write the reference pages of the web application."
    ).both()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("to", type=Path, help="docs/reference")

    def handle(self, **options: Any) -> None:
        for name, make in PAGES.items():
            write_file(options["to"] / name, make().encode())
            self.stdout.write(str(options["to"] / name))
