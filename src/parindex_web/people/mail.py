"""The mail of an invitation."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage, get_connection
from django.utils import translation

from parindex.language import Language, Text
from parindex_web.accounts.models import Invitation
from parindex_web.pages.templatetags.saying import moment
from parindex_web.people.queries import duty_of_invitation

log = logging.getLogger(__name__)

SUBJECT = Text("parindex: mời tham gia", "parindex: invitation")
BODY = Text(
    "Kính gửi {name},\n\n"
    "Quản trị tài khoản mời bạn tham gia parindex với vai trò: {role}.\n\n"
    "Mở liên kết sau để đặt mật khẩu và bắt đầu. Liên kết dùng một lần, đến {until} (giờ Việt Nam):\n\n"
    "{link}\n\n"
    "Không chuyển thư này cho người khác. Nếu bạn không chờ lời mời này, xin bỏ qua.\n",
    "Dear {name},\n\n"
    "The administrator invites you to parindex as: {role}.\n\n"
    "Open this link to set a password and begin. It works once, until {until} (Vietnam time):\n\n"
    "{link}\n\n"
    "Do not pass this mail on. If you did not expect it, please ignore it.\n",
)


def send_invitation(invitation: Invitation, link: str) -> None:
    """In the language of the invited. Raises OSError where the mail server does not take it."""
    _letter(invitation, link).send()


def send_invitations(made: Sequence[tuple[Invitation, str]]) -> list[Invitation]:
    """Many over one connection; those whose mail the server did not take come back.

    An address that is refused stops nothing; a connection that is lost leaves the rest unsent, rather than waiting for
    the server once for each.
    """
    connection, sent = get_connection(), set()
    try:
        with connection:
            for invitation, link in made:
                letter = _letter(invitation, link)
                letter.connection = connection
                try:
                    letter.send()
                except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
                    log.exception("mail refused", extra={"invitation": invitation.pk})
                else:
                    sent.add(invitation.pk)
    except OSError:
        log.exception("mails not sent")
    return [invitation for invitation, _ in made if invitation.pk not in sent]


def _letter(invitation: Invitation, link: str) -> EmailMessage:
    code: Language = "en" if invitation.language == "en" else "vi"
    with translation.override(code):
        duty = duty_of_invitation(invitation)
        role = duty.role.in_(code) + (f" – {duty.unit_name}" if duty.unit else "")
        body = BODY.filled(
            code,
            {"name": invitation.full_name, "role": role, "until": moment(invitation.expires_at), "link": link},
        )
    return EmailMessage(SUBJECT.in_(code), body, None, [invitation.email])
