"""Pages for what went wrong, in words that say what to do."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from parindex_web.pages.languages import say


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: also for what a person may not know of."""
    return _page(
        request,
        404,
        say("Không có trang này", "There is no such page"),
        say(
            "Địa chỉ sai, hoặc trang này không dành cho vai trò của bạn.",
            "The address is wrong, or the page is not for your role.",
        ),
        _typed(request),
    )


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(
        request,
        403,
        say("Vai trò của bạn không làm được việc này", "Your role cannot do this"),
        say("Nếu cần, hỏi quản trị tài khoản.", "If you need to, ask the administrator of accounts."),
        _typed(request),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    if isinstance(exception, TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        return _page(
            request,
            400,
            say("Gửi quá nhiều tệp trong một lần", "Too many files were sent at once"),
            say(
                f"Một lần gửi không quá {most} tệp. Chia thành nhiều lần rồi gửi lại; chưa tệp nào được nhận.",
                f"At most {most} files can be sent at once. Send them in parts; no file was taken.",
            ),
        )
    return _page(
        request,
        400,
        say("Không đọc được yêu cầu", "The request cannot be read"),
        say("Quay lại trang trước và thử lại.", "Go back and try again."),
    )


def too_large(request: HttpRequest, megabytes: int) -> HttpResponse:
    """413: more was sent at once than is read."""
    return _page(
        request,
        413,
        say("Gửi quá nhiều trong một lần", "Too much was sent at once"),
        say(
            f"Một lần gửi không quá {megabytes} MB. Chia thành nhiều lần rồi gửi lại; chưa tệp nào được nhận.",
            f"At most {megabytes} MB can be sent at once. Send it in parts; no file was taken.",
        ),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(
        request,
        500,
        say("Máy chủ gặp lỗi", "Something broke on the server"),
        say(
            "Số liệu đã lưu vẫn còn. Lỗi đã được ghi lại; thử lại sau ít phút.",
            "What was saved is kept. The fault is on record; try again in a few minutes.",
        ),
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """429: too many forms sent from one place."""
    response = _page(
        request,
        429,
        say("Gửi quá nhanh", "Too many at once"),
        say(
            "Từ nơi này đã gửi quá nhiều lần trong một phút. Chờ một phút rồi thử lại.",
            "Too many were sent from here within a minute. Wait a minute and try again.",
        ),
    )
    response["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from an expired session: what was typed is kept by the browser."""
    return _page(
        request,
        403,
        say("Phiên làm việc đã hết", "Your session has ended"),
        say(
            "Đăng nhập lại rồi quay lại trang: những gì vừa gõ vẫn còn trong trình duyệt này.",
            "Sign in again and return: what you typed is still in this browser.",
        ),
    )


NOT_TYPED = re.compile(r"csrfmiddlewaretoken|seen|key|digest|token|next|move|show|whole|.*password.*|code|credential")
"""Fields of forms that nobody types into, and those that are never sent back."""


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What somebody typed into a form that was refused, so that it can be copied: their role may have just ended.

    Only for a form that is one of ours: its address exists, so that its token was checked, and they are signed in.
    """
    if request.method != "POST" or request.resolver_match is None or not request.user.is_authenticated:
        return []
    fields = ((name, text) for name, texts in request.POST.lists() for text in texts)
    return [(name, text) for name, text in fields if text.strip() and not NOT_TYPED.fullmatch(name)]


def _page(
    request: HttpRequest, status: int, title: str, text: str, typed: list[tuple[str, str]] | None = None
) -> HttpResponse:
    return render(request, "pages/error.html", {"title": title, "text": text, "typed": typed or []}, status=status)
