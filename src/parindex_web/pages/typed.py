"""What comes in by forms and addresses: one way of writing Vietnamese, and no signs that nobody typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone

from parindex.language import Text, nfc
from parindex_web.pages.languages import language, say

_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # no text: databases, XML and mails refuse or cut them
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn the reading order around: a name is not what it looks like
    "\ufeff\ufffe\uffff\ud800-\udfff]"
)
_KEPT_AS_TYPED: Final = ("password", "oldpassword")
"""Passwords are compared, never shown."""

LARGEST_NUMBER: Final = 2**31 - 1


def cleaned(text: str) -> str:
    """The text composed (NFC), its lines ended in one way, without signs that are neither seen nor meant."""
    return nfc(_UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def whole_number(text: str) -> int | None:
    """The number that a field or an address holds, as the database can hold it; None for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        return None
    number = int(text)
    return number if number <= LARGEST_NUMBER else None


def time_typed(text: str) -> datetime | None:
    """A time in Vietnam as a browser's field writes it, of this century or the next; None for anything else."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if at.tzinfo is not None or not 2000 <= at.year < 2200:
        return None
    return at.replace(tzinfo=timezone.get_default_timezone())


LABELS: Final = {
    "reason": Text("Lý do", "Reason"),
    "text": Text("Nội dung", "Text"),
    "explanation": Text("Giải trình", "Explanation"),
    "title": Text("Tên văn bản", "Title"),
    "symbol": Text("Số, ký hiệu", "Number and symbol"),
    "issuer": Text("Cơ quan ban hành", "Issued by"),
    "issued": Text("Ngày ban hành", "Date of issue"),
    "where": Text("Mục, trang", "Section and page"),
    "locator": Text("Mục, trang", "Section and page"),
    "document": Text("Tài liệu", "Document"),
    "points": Text("Điểm", "Points"),
    "values": Text("Số liệu", "Figures"),
    "place": Text("Địa điểm", "Place"),
    "held_on": Text("Ngày họp", "Day"),
    "decision": Text("Số quyết định", "Decision"),
    "embargo": Text("Công bố từ", "Public from"),
    "until": Text("Gia hạn đến", "More time until"),
    "closes_at": Text("Thời hạn", "Deadline"),
    "full_name": Text("Họ và tên", "Full name"),
}
"""Fields by their names, as people know them; what is not named here is not worth giving back, or no one's to see."""

_NOT_TYPED = re.compile(
    r"csrfmiddlewaretoken|seen|key|digest|token|next|move|show|whole|.*password.*|code|credential|login|email"
)
"""Fields that nobody types into, and those that are never sent back."""

_OF_A_LINE = re.compile(r"(?P<node>[\w.]{1,30})-(?P<field>\w{1,60})")


def typed_texts(request: HttpRequest, only: Container[str] | None = None) -> list[tuple[str, str]]:
    """What a form carries that a person has typed: (label, text). Nothing where another site sent the form."""
    origin = request.headers.get("Origin", "")
    if request.method != "POST" or request.resolver_match is None:
        return []  # no form of ours: nobody has looked at its token
    if origin and urlsplit(origin).netloc != request.get_host():
        return []
    try:
        sent = request.POST
    except (SuspiciousOperation, UnreadablePostError, MultiPartParserError):
        return []  # it could not be read, which is what the page says
    found = []
    for name, values in sent.lists():
        if only is not None and name not in only:
            continue
        of_line = _OF_A_LINE.fullmatch(name)
        field = of_line["field"] if of_line and of_line["node"] not in LABELS else name.partition("-")[0]
        label = LABELS[field].in_(language()) if field in LABELS else ""
        if of_line and of_line["node"][:1].isdigit():
            label = f"{of_line['node']} {label}".strip()
        if not label and not _NOT_TYPED.fullmatch(name):
            # A field that is not named above: words are worth giving back, what a button or a list says is not.
            values = [value for value in values if any(sign in value.strip() for sign in " \t\n@")]
            label = say("Nội dung khác", "Other text")
        found += [(label, value) for value in values if label and value.strip()]
    return found


def say_typed(request: HttpRequest, only: Container[str] | None = None) -> None:
    """Give back, on the next page, what a form carried that could not be taken: all of it, or the fields named."""
    typed = typed_texts(request, only)
    if typed:
        what = "; ".join(f"{label}: {value}" for label, value in typed)
        messages.warning(request, f"{say('Bạn đã gõ, chưa lưu', 'You typed, not saved')}: {what}", extra_tags="warn")


class TypedTextMiddleware:
    """Cleans what forms and addresses carry before any page reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
    ) -> None:
        for name, value in kwargs.items():
            if isinstance(value, str):
                kwargs[name] = nfc(value)
                if _UNWANTED.search(value):
                    raise Http404
            elif isinstance(value, int) and value > LARGEST_NUMBER:
                raise Http404
        request.GET = _clean(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = _clean(request.POST)  # type: ignore[assignment]


def _clean(sent: QueryDict) -> QueryDict:
    found = QueryDict(mutable=True, encoding=sent.encoding)
    for name, values in sent.lists():
        kept = name.startswith(_KEPT_AS_TYPED)
        found.setlist(cleaned(name), values if kept else [cleaned(value) for value in values])
    found._mutable = False
    return found
