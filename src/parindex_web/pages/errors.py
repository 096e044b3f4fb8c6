"""Pages for what went wrong, in words that say what to do, with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from parindex_web.pages.languages import say
from parindex_web.pages.typed import typed_texts


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
        keep_typed=True,
    )


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(
        request,
        403,
        say("Vai trò của bạn không làm được việc này", "Your role cannot do this"),
        say("Nếu cần, hỏi quản trị tài khoản.", "If you need to, ask the administrator of accounts."),
        keep_typed=True,
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
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        megabytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000_000
        return _page(
            request,
            400,
            say("Nội dung gõ vào quá dài", "Too much was typed"),
            say(
                f"Một biểu mẫu không quá {megabytes} MB chữ. Chưa có gì được lưu: quay lại trang trước, rút ngắn, "
                "phần còn lại đưa vào tài liệu kiểm chứng.",
                f"A form holds at most {megabytes} MB of text. Nothing was saved: go back, shorten it, "
                "and put the rest into a document.",
            ),
        )
    return _page(
        request,
        400,
        say("Không đọc được yêu cầu", "The request cannot be read"),
        say("Quay lại trang trước và thử lại.", "Go back and try again."),
    )


def wrong_method(request: HttpRequest) -> HttpResponse:
    """405: somebody opened the address of a form, or sent a form to a page."""
    return _page(
        request,
        405,
        say("Địa chỉ này không mở được như vậy", "This address is not opened like this"),
        say(
            "Đây là địa chỉ của một biểu mẫu. Về trang đầu rồi mở lại trang cần dùng.",
            "It is the address of a form. Go to the first page and open the page you need.",
        ),
        keep_typed=True,
    )


def signed_out(request: HttpRequest) -> HttpResponse:
    """401: a form sent after the session ended. What was typed is given back; signing in leads back to its page."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    there = came_from.path if came_from.netloc == request.get_host() else ""
    if not url_has_allowed_host_and_scheme(there, allowed_hosts=None):
        there = reverse("home")
    response = _page(
        request,
        401,
        say("Phiên làm việc đã hết", "Your session has ended"),
        say(
            "Chưa có gì được lưu. Đăng nhập lại trong thẻ khác của trình duyệt, rồi quay lại trang trước và gửi lại.",
            "Nothing was saved. Sign in again in another tab of the browser, then go back and send it again.",
        ),
        keep_typed=True,
        sign_in=f"{reverse('account_login')}?{urlencode({'next': there})}",
    )
    response["WWW-Authenticate"] = 'Form realm="parindex"'
    return response


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


def conflict(request: HttpRequest, title: str, text: str) -> HttpResponse:
    """409: it cannot be now, for a reason that the caller says."""
    return _page(request, 409, title, text, keep_typed=True)


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
        keep_typed=True,
    )


def too_many(request: HttpRequest, exception: Exception | None = None, *, seconds: int = 60) -> HttpResponse:
    """429: too many forms sent from one place, or by one person."""
    minutes = -(-seconds // 60)
    wait = say("một phút" if minutes == 1 else f"{minutes} phút", "a minute" if minutes == 1 else f"{minutes} minutes")
    response = _page(
        request,
        429,
        say("Gửi quá nhiều lần", "Too many at once"),
        say(
            f"Trong thời gian ngắn đã gửi quá nhiều lần từ đây. Chờ {wait} rồi thử lại.",
            f"Too many were sent from here in a short time. Wait {wait} and try again.",
        ),
        keep_typed=True,
    )
    response["Retry-After"] = str(seconds)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from an expired session, or one that another site sends: only the former gets back what was typed."""
    return _page(
        request,
        403,
        say("Phiên làm việc đã hết", "Your session has ended"),
        say(
            "Chưa có gì được lưu. Đăng nhập lại nếu được hỏi, mở lại trang rồi gửi lại.",
            "Nothing was saved. Sign in again where you are asked to, open the page again and send it again.",
        ),
        keep_typed=True,
        # A script of ours renews its tokens when the answer is not its own.
        for_script=False,
    )


class BlankAnswersMiddleware:
    """No answer is a blank page: what the framework refuses without words gets them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in _IN_WORDS or response.streaming or response.content:
            return response
        said = _IN_WORDS[response.status_code](request)
        if response.has_header("Allow"):
            said["Allow"] = response["Allow"]
        return said


_IN_WORDS: dict[int, Callable[[HttpRequest], HttpResponse]] = {
    400: bad_request,
    403: refused,
    404: not_found,
    405: wrong_method,
}


def by_script(request: HttpRequest) -> bool:
    """A script of ours asks, which reads JSON and shows its words where the person types."""
    return request.headers.get("Accept", "").startswith("application/json")


def _page(
    request: HttpRequest,
    status: int,
    title: str,
    text: str,
    *,
    keep_typed: bool = False,
    sign_in: str = "",
    for_script: bool = True,
) -> HttpResponse:
    if for_script and by_script(request) and status in (400, 413, 429):
        return JsonResponse({"status": status, "problem": f"{title}. {text}"}, status=status)
    typed = typed_texts(request) if keep_typed else []
    context = {"title": title, "text": text, "typed": typed, "sign_in": sign_in}
    return render(request, "pages/error.html", context, status=status)
