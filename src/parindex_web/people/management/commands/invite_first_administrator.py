"""`parindex-web invite_first_administrator`: the one invitation that nobody inside can give."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from parindex.language import Text
from parindex.problems import Problem
from parindex.sources import Place
from parindex_web.editions.steps import Impossible
from parindex_web.pages.templatetags.saying import moment
from parindex_web.people.actions import invite_first
from parindex_web.people.forms import Wrong, read_person
from parindex_web.people.mail import send_invitation
from parindex_web.people.problems import MAIL_NOT_SENT, SITE_WRONG


class Command(BaseCommand):
    help = Text(
        "Mời quản trị tài khoản đầu tiên; in liên kết dùng một lần ra màn hình.",
        "Invite the first administrator of accounts; the link, for one use, is printed here.",
    ).both()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="địa chỉ thư / address")
        parser.add_argument("name", help="họ và tên / name")
        parser.add_argument("--site", required=True, help="địa chỉ máy chủ / address of the server: https://…")
        parser.add_argument("--language", default="vi", choices=["vi", "en"], help="ngôn ngữ / language")
        parser.add_argument("--mail", action="store_true", help="gửi thư nữa / send the mail as well")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = Wrong()
        person = read_person(
            {"full_name": options["name"], "email": options["email"], "language": options["language"]}, wrong
        )
        site = urlsplit(options["site"])
        if site.scheme not in ("http", "https") or not site.netloc:
            wrong.add("site", SITE_WRONG, site=options["site"])
        if wrong:
            raise CommandError(both([each for found in wrong.fields.values() for each in found]))
        try:
            invitation, secret = invite_first(full_name=person.full_name, email=person.email, language=person.language)
        except Impossible as impossible:
            raise CommandError(both([impossible.problem])) from impossible
        link = f"{site.scheme}://{site.netloc}{reverse('join', args=[secret])}"
        until = moment(invitation.expires_at)
        self.stdout.write(
            Text(
                f"Liên kết dùng một lần của {invitation.email}, đến {until} (giờ Việt Nam):",
                f"Link for one use of {invitation.email}, until {until} (Vietnam time):",
            ).both()
        )
        self.stdout.write(link)
        if options["mail"]:
            try:
                send_invitation(invitation, link)
            except OSError as error:
                raise CommandError(both([Problem(MAIL_NOT_SENT, Place(""), {"address": person.email})])) from error


def both(problems: list[Problem]) -> str:
    """What is wrong, each in both languages."""
    return "\n".join(f"{each.words('vi')}\n  {each.words('en')}" for each in problems)
