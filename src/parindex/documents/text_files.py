"""Bytes to text: one encoding, one size limit, and a remedy when a file has another."""

from __future__ import annotations

import codecs
from pathlib import Path

from parindex.language import Text, nfc
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place, digest_of_file

FILE_MISSING = ProblemKind(
    "FILE-MISSING",
    what=Text("không tìm thấy tệp này.", "this file was not found."),
    why=Text("", ""),
    remedy=Text("Kiểm tra tên và đường dẫn của tệp.", "Check the name and the path of the file."),
)
FILE_UNREADABLE = ProblemKind(
    "FILE-UNREADABLE",
    what=Text("không mở được tệp ({detail}).", "the file cannot be opened ({detail})."),
    why=Text("", ""),
    remedy=Text("Kiểm tra quyền đọc và ổ đĩa.", "Check the right to read it, and the disk."),
)
FILE_TOO_LARGE = ProblemKind(
    "FILE-TOO-LARGE",
    what=Text("tệp dài {size} byte, giới hạn là {limit}.", "the file has {size} bytes, the limit is {limit}."),
    why=Text("", ""),
    remedy=Text("Chia nhỏ tệp hoặc bỏ phần thừa.", "Split the file, or remove what it does not need."),
)
FILE_UTF16 = ProblemKind(
    "FILE-UTF16",
    what=Text("tệp được lưu bằng mã UTF-16.", "the file is saved as UTF-16."),
    why=Text("Tệp văn bản phải dùng mã UTF-8.", "Text files must be UTF-8."),
    remedy=Text(
        'Trong Excel chọn "CSV UTF-8"; trong Notepad chọn mã UTF-8 khi lưu.',
        'Choose "CSV UTF-8" in Excel, or the encoding UTF-8 when saving in Notepad.',
    ),
)
FILE_ENCODING = ProblemKind(
    "FILE-ENCODING",
    what=Text(
        "byte 0x{byte} không phải là chữ UTF-8 (có thể là Windows-1258 hoặc mã cũ).",
        "byte 0x{byte} is not UTF-8 (the file may be Windows-1258 or an older code).",
    ),
    why=Text("Tệp văn bản phải dùng mã UTF-8.", "Text files must be UTF-8."),
    remedy=Text(
        "Mở tệp bằng đúng mã cũ rồi lưu lại bằng UTF-8.", "Open it with its old encoding and save it as UTF-8."
    ),
)
FILE_NUL = ProblemKind(
    "FILE-NUL",
    what=Text("tệp chứa byte 0, không phải tệp văn bản.", "the file holds a zero byte: it is not a text file."),
    why=Text("", ""),
    remedy=Text("Kiểm tra lại đã chọn đúng tệp chưa.", "Check that this is the right file."),
)

SIZE_LIMIT = 50_000_000


def read_bytes(path: Path, name: str, problems: Problems, *, limit: int = SIZE_LIMIT) -> bytes | None:
    """The content of a file, or None with a problem. `name` is how places call it; `limit` in bytes."""
    try:
        if (size := path.stat().st_size) > limit:
            problems.add(FILE_TOO_LARGE, Place(name), size=size, limit=limit)
            return None
        return path.read_bytes()
    except FileNotFoundError:
        problems.add(FILE_MISSING, Place(name))
    except OSError as error:
        problems.add(FILE_UNREADABLE, Place(name), detail=error.strerror or type(error).__name__)
    return None


def measured(path: Path, name: str, problems: Problems) -> tuple[str, int] | None:
    """Digest and size of a file of any size, which an engine reads; None after a problem."""
    try:
        return digest_of_file(path), path.stat().st_size
    except FileNotFoundError:
        problems.add(FILE_MISSING, Place(name))
    except OSError as error:
        problems.add(FILE_UNREADABLE, Place(name), detail=error.strerror or type(error).__name__)
    return None


def decode(content: bytes, name: str, problems: Problems, *, limit: int = SIZE_LIMIT) -> str | None:
    """UTF-8 (with or without mark) to composed text, or None with a problem that names line and column."""
    if len(content) > limit:
        problems.add(FILE_TOO_LARGE, Place(name), size=len(content), limit=limit)
        return None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or content[:4].count(0) >= 2:
        problems.add(FILE_UTF16, Place(name))
        return None
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        # All before the wrong byte is good, so columns can be counted in letters, as an editor shows them.
        before = nfc(content[: error.start].decode())
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        problems.add(FILE_ENCODING, Place(name, line, column), byte=f"{content[error.start]:02X}")
        return None
    if "\0" in text:
        problems.add(FILE_NUL, Place(name, text.count("\n", 0, text.index("\0")) + 1))
        return None
    return nfc(text)
