"""What a password must be, said in the language of the page. The checks are Django's; the words are ours."""

from __future__ import annotations

from django.contrib.auth import password_validation

from parindex.language import Text
from parindex_web.pages.languages import said

LEAST = 12
"""Characters. A sentence of four words is easy to keep and has more."""

RULES: tuple[Text, ...] = (
    Text(
        f"Ít nhất {LEAST} ký tự; một câu ngắn dễ nhớ là tốt nhất.",
        f"At least {LEAST} characters; a short sentence is best.",
    ),
    Text("Không chứa họ tên hay địa chỉ thư của bạn.", "Not made of your name or address."),
    Text("Không phải mật khẩu nhiều người dùng.", "Not a password that many people use."),
)


class LongEnough(password_validation.MinimumLengthValidator):
    """At least `LEAST` characters."""

    def __init__(self) -> None:
        super().__init__(min_length=LEAST)

    def get_error_message(self) -> str:
        return said(
            Text(
                f"Mật khẩu ngắn hơn {LEAST} ký tự. Thêm vài từ nữa.",
                f"The password is shorter than {LEAST} characters. Add a few words.",
            )
        )

    def get_help_text(self) -> str:
        return said(RULES[0])


class NotAboutThePerson(password_validation.UserAttributeSimilarityValidator):
    """Not the name or address of the person, nor nearly so."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("email", "full_name"))

    def get_error_message(self) -> str:
        return said(
            Text(
                "Mật khẩu quá giống họ tên hoặc địa chỉ thư của bạn. Chọn những từ khác.",
                "The password is too much like your name or address. Choose other words.",
            )
        )

    def get_help_text(self) -> str:
        return said(RULES[1])


class NotCommon(password_validation.CommonPasswordValidator):
    """Not on the list of passwords that are tried first."""

    def get_error_message(self) -> str:
        return said(
            Text(
                "Mật khẩu này có trong danh sách nhiều người dùng nên dễ bị đoán. Chọn mật khẩu khác.",
                "This password is on the list of those many people use, and easily guessed. Choose another.",
            )
        )

    def get_help_text(self) -> str:
        return said(RULES[2])
