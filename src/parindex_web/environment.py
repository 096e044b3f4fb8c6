"""Every setting that the environment gives, on one screen. docs/reference/settings.md is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from parindex.language import Text


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: what it is for, and what holds without it ("" nothing does: it must be set, or stays away)."""

    says: Text
    without: str = ""
    required: bool = False


VARIABLES: Final[Mapping[str, Variable]] = {
    "PARINDEX_SECRET_KEY": Variable(
        Text(
            "khóa bí mật, từ 50 ký tự, như nhau trên mọi máy; kỳ trình diễn tự có",
            "secret, 50 characters or more, the same on each machine; a demonstration makes its own",
        ),
        required=True,
    ),
    "PARINDEX_HOSTS": Variable(
        Text(
            "tên miền của máy chủ, cách nhau bằng dấu phẩy, không dùng `*`",
            "names under which the server is reached, with commas, never `*`",
        ),
        required=True,
    ),
    "PARINDEX_DATABASE": Variable(
        Text(
            "`sqlite:///PATH` hoặc `postgres://USER:PASSWORD@HOST:PORT/NAME`",
            "`sqlite:///PATH` or `postgres://USER:PASSWORD@HOST:PORT/NAME`",
        ),
        "sqlite, parindex.sqlite3 · PARINDEX_FILES",
    ),
    "PARINDEX_FILES": Variable(
        Text(
            "thư mục tài liệu và kết quả; không bao giờ nằm trong thư mục web",
            "folder for uploads and results; never below what is served",
        ),
        "out/web",
    ),
    "PARINDEX_EVIDENCE_FILE_MB": Variable(Text("tài liệu lớn nhất, MB", "the largest document, MB"), "50"),
    "PARINDEX_EVIDENCE_UNIT_MB": Variable(Text("tài liệu của một đơn vị, MB", "documents of one unit, MB"), "5000"),
    "PARINDEX_UPLOAD_MB": Variable(Text("một lần tải lên, MB", "one upload, MB"), "500"),
    "PARINDEX_DISK_RESERVE_MB": Variable(Text("luôn để trống trên đĩa, MB", "stays free on the disk, MB"), "200"),
    "PARINDEX_MAIL": Variable(
        Text(
            "`smtp://USER:PASSWORD@HOST:PORT`, `smtp+tls://…`; không đặt thì thư in ra nhật ký",
            "`smtp://USER:PASSWORD@HOST:PORT`, `smtp+tls://…`; without it letters are printed to the log",
        ),
        "consolemail://",
    ),
    "PARINDEX_MAIL_FROM": Variable(Text("địa chỉ gửi thư", "sender of letters"), "parindex@localhost"),
    "PARINDEX_SITE": Variable(
        Text(
            "địa chỉ của ứng dụng, như `https://parindex.bonoivu.example`, để ghi liên kết trong thư nhắc",
            "address of the application, such as `https://parindex.ministry.example`, for links in reminders",
        ),
    ),
    "PARINDEX_DEMO": Variable(
        Text(
            "`1`: trình diễn trên chính máy này, mật khẩu hiện trên màn hình",
            "`1`: a demonstration on this machine alone, whose passwords are shown on screen",
        ),
        "0",
    ),
    "PARINDEX_HTTPS": Variable(
        Text(
            "`0`: HTTP thường, chỉ cho trình diễn và máy chủ không ra ngoài máy đó",
            "`0`: plain HTTP, only for a demonstration or a server that nothing but loopback reaches",
        ),
        "1",
    ),
    "PARINDEX_BEHIND_PROXY": Variable(
        Text(
            "`1` khi đúng một máy chủ web đứng trước và tự ghi `X-Forwarded-For`, `X-Forwarded-Proto`",
            "`1` when exactly one proxy stands before and sets `X-Forwarded-For`, `X-Forwarded-Proto` itself",
        ),
        "0",
    ),
    "PARINDEX_OIDC": Variable(
        Text(
            'đăng nhập một lần: JSON, danh sách `{"provider_id", "name", "client_id", "secret", "settings": '
            '{"server_url": "https://…"}}`',
            'single sign-on: a JSON list of `{"provider_id", "name", "client_id", "secret", "settings": '
            '{"server_url": "https://…"}}`',
        ),
        "[]",
    ),
    "PARINDEX_TWO_STEP_ROLES": Variable(
        Text(
            "vai trò phải đăng nhập hai lớp, cách nhau bằng dấu phẩy, như `administrator,approver`",
            "roles that must sign in with a second step, with commas, such as `administrator,approver`",
        ),
    ),
    "PARINDEX_INVITATION_DAYS": Variable(
        Text("số ngày liên kết mời còn hạn", "days for which the link of an invitation holds"), "7"
    ),
    "PARINDEX_TRUST": Variable(
        Text(
            "thư mục chứng thư (PEM, DER) mà chữ ký số trên bản ký phải dẫn về; không có thì không kiểm tra nơi cấp",
            "folder of certificates (PEM, DER) that digital signatures on papers must go back to; without it issuers "
            "are not checked",
        ),
    ),
    "PARINDEX_LISTEN": Variable(
        Text("địa chỉ và cổng; trình diễn chỉ ở chính máy này", "address and port; loopback only for a demonstration"),
        "127.0.0.1:8000",
    ),
    "PARINDEX_PROCESSES": Variable(Text("tiến trình trả lời", "processes that answer"), "2"),
    "PARINDEX_THREADS": Variable(Text("luồng của mỗi tiến trình", "threads of each process"), "4"),
}
