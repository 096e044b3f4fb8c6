"""The mail of an invitation."""

from __future__ import annotations

from django.core.mail import send_mail
from django.utils import translation

from parindex.language import Language, Text
from parindex_web.accounts.models import Invitation
from parindex_web.pages.templatetags.saying import moment
from parindex_web.people.queries import duty_of_invitation

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
    code: Language = "en" if invitation.language == "en" else "vi"
    with translation.override(code):
        duty = duty_of_invitation(invitation)
        role = duty.role.in_(code) + (f" – {duty.unit_name}" if duty.unit else "")
        body = BODY.filled(
            code,
            {"name": invitation.full_name, "role": role, "until": moment(invitation.expires_at), "link": link},
        )
    send_mail(SUBJECT.in_(code), body, None, [invitation.email])
