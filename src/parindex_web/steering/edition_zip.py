"""An edition folder that comes as a .zip: everything about it is suspected before a byte is unpacked."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Final

from django.conf import settings

from parindex.language import Text, nfc
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex_web.collect.uploads import DISK_FULL, FULL
from parindex_web.editions.steps import Impossible

MOST_FILES: Final = 3_000
LARGEST_FILE: Final = 400_000_000
LARGEST_ALL: Final = 1_000_000_000
LARGEST_UPLOAD: Final[int] = settings.EDITION_ZIP_BYTES
MOST_RATIO: Final = 200
"""Unpacked bytes to a packed byte. Tables of digits reach 20; what reaches 200 is made to fill a disk."""

_PIECE: Final = 1 << 20
_MOST_ENTRIES: Final = 4 * MOST_FILES
"""Folders, and what systems leave behind, are listed too."""
_DIRECTORY_LARGEST: Final = 4_000_000
_END_LARGEST: Final = 22 + 65_535

NO_ZIP = ProblemKind(
    "ZIP-BROKEN",
    what=Text("tệp này không phải .zip, hoặc bị hỏng.", "this is no .zip, or it is broken."),
    why=Text("", ""),
    remedy=Text("Nén lại thư mục kỳ đánh giá rồi tải lên.", "Pack the edition folder again, then upload it."),
)
ZIP_LARGE = ProblemKind(
    "ZIP-LARGE",
    what=Text("{what}: {found}, nhiều nhất {most}.", "{what}: {found}, at most {most}."),
    why=Text("Giới hạn này giữ cho máy chủ không đầy đĩa.", "The limit keeps the server from filling its disk."),
    remedy=Text("Bỏ bớt tệp không thuộc kỳ đánh giá.", "Leave out what does not belong to the edition."),
)
ZIP_RATIO = ProblemKind(
    "ZIP-RATIO",
    what=Text("tệp nén {found} lần, nhiều nhất {most}.", "the file is packed {found} times, at most {most}."),
    why=Text("Tệp như vậy được làm ra để làm đầy đĩa.", "Such files are made to fill a disk."),
    remedy=Text("Nén lại từ thư mục gốc.", "Pack the folder anew."),
)
ZIP_NAME = ProblemKind(
    "ZIP-NAME",
    what=Text('tên "{name}" không dùng được.', 'the name "{name}" cannot be used.'),
    why=Text(
        "Tên phải nằm trong thư mục, không có .., dấu \\ hay ký tự điều khiển.",
        "A name stays inside the folder, without .., backslash or control characters.",
    ),
    remedy=Text("Đổi tên tệp.", "Rename the file."),
)
ZIP_TWICE = ProblemKind(
    "ZIP-TWICE",
    what=Text('có hai tệp cùng tên "{name}".', 'two files are called "{name}".'),
    why=Text("Không biết tệp nào đúng.", "Nobody knows which is meant."),
    remedy=Text("Giữ một tệp.", "Keep one."),
)
ZIP_KIND = ProblemKind(
    "ZIP-KIND",
    what=Text("{what}.", "{what}."),
    why=Text("Chỉ nhận tệp thường, không mật khẩu.", "Only plain files without a password are taken."),
    remedy=Text("Nén lại không đặt mật khẩu, không có liên kết.", "Pack it without password and without links."),
)
ZIP_NO_EDITION = ProblemKind(
    "ZIP-NO-EDITION",
    what=Text("không có edition.yaml.", "there is no edition.yaml."),
    why=Text("Thư mục kỳ đánh giá bắt đầu từ tệp này.", "An edition folder begins with this file."),
    remedy=Text("Nén chính thư mục kỳ đánh giá.", "Pack the edition folder itself."),
)

_WRONG = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")


@contextmanager
def unpacked(upload: IO[bytes], size: int, name: str) -> Iterator[Path]:
    """The edition folder of an uploaded .zip, for as long as the block runs. Raises ProblemsFound with all problems."""
    problems = Problems()
    if size > LARGEST_UPLOAD:
        problems.add(
            ZIP_LARGE, Place(name), what=Text("tệp .zip", "the .zip"), found=_mb(size), most=_mb(LARGEST_UPLOAD)
        )
    problems.raise_if_any()
    room = Path(settings.FILES) / "uploads"
    room.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="edition-", dir=room) as made:
        folder = Path(made)
        try:
            _check_directory(upload, name, problems)
            problems.raise_if_any()
            with zipfile.ZipFile(upload) as archive:
                entries = _checked(archive, name, problems)
                problems.raise_if_any()
                for path, entry in entries.items():
                    _unpack(archive, entry, folder / path, name, problems)
                    problems.raise_if_any()
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as error:
            if isinstance(error, OSError) and error.errno in FULL:
                raise Impossible(DISK_FULL, name=name) from error
            problems.add(NO_ZIP, Place(name))
        except zlib.error:
            problems.add(NO_ZIP, Place(name))
        problems.raise_if_any()
        yield folder


def _check_directory(upload: IO[bytes], name: str, problems: Problems) -> None:
    """The list of files at the end, before the library reads it into memory: a line of it takes 47 bytes there."""
    size = upload.seek(0, os.SEEK_END)
    start = upload.seek(max(0, size - _END_LARGEST))
    tail = upload.read(_END_LARGEST)
    upload.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        problems.add(NO_ZIP, Place(name))
        return
    entries, length = struct.unpack_from("<HI", tail, at + 10)
    if entries > _MOST_ENTRIES or _DIRECTORY_LARGEST < length <= start + at:
        what = Text("số tệp", "files")
        problems.add(ZIP_LARGE, Place(name), what=what, found=max(entries, length // 47), most=MOST_FILES)
    elif tail[max(0, at - 20) : at].startswith(b"PK\x06\x07") or length > start + at:
        # The form for files beyond 4 GB says its numbers in another place; nothing that is taken needs it.
        problems.add(NO_ZIP, Place(name))


def _checked(archive: zipfile.ZipFile, name: str, problems: Problems) -> dict[str, zipfile.ZipInfo]:
    """The files by path within the edition folder; a single folder around everything is taken off."""
    entries = [each for each in archive.infolist() if not each.is_dir() and not _left_by_systems(each.filename)]
    if len(entries) > MOST_FILES:
        what = Text("số tệp", "files")
        problems.add(ZIP_LARGE, Place(name), what=what, found=len(entries), most=MOST_FILES)
        return {}
    total = sum(each.file_size for each in entries)
    if total > LARGEST_ALL:
        what = Text("tổng dung lượng sau khi giải nén", "all files unpacked")
        problems.add(ZIP_LARGE, Place(name), what=what, found=_mb(total), most=_mb(LARGEST_ALL))
    found: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for entry in entries:
        path = nfc(entry.filename)
        place = Place(f"{name}/{_WRONG.sub('?', path)[:120]}")
        if not _good_name(path, entry.orig_filename):
            problems.add(ZIP_NAME, place, name=_WRONG.sub("?", path)[:120])
            continue
        _check_entry(entry, place, problems)
        if path.casefold() in folded:
            problems.add(ZIP_TWICE, place, name=path)
        folded.add(path.casefold())
        found[path] = entry
    for path in found:
        if any(parent.as_posix().casefold() in folded for parent in PurePosixPath(path).parents):
            problems.add(ZIP_NAME, Place(f"{name}/{path}"[:200]), name=path[:120])
    if problems.errors:
        return {}
    if "edition.yaml" not in found:
        tops = {path.split("/")[0] for path in found}
        if len(tops) == 1 and f"{next(iter(tops))}/edition.yaml" in found:
            found = {path.split("/", 1)[1]: entry for path, entry in found.items()}
        else:
            problems.add(ZIP_NO_EDITION, Place(name))
    return found


def _check_entry(entry: zipfile.ZipInfo, place: Place, problems: Problems) -> None:
    if entry.file_size > LARGEST_FILE:
        what = Text("dung lượng", "size")
        problems.add(ZIP_LARGE, place, what=what, found=_mb(entry.file_size), most=_mb(LARGEST_FILE))
    if entry.file_size > MOST_RATIO * max(entry.compress_size, 64):
        ratio = entry.file_size // max(entry.compress_size, 1)
        problems.add(ZIP_RATIO, place, found=ratio, most=MOST_RATIO)
    if entry.flag_bits & 0x1:
        problems.add(ZIP_KIND, place, what=Text("tệp có mật khẩu", "the file has a password"))
    mode = entry.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        problems.add(ZIP_KIND, place, what=Text("đây là liên kết hoặc thiết bị", "this is a link or a device"))
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        problems.add(ZIP_KIND, place, what=Text("cách nén lạ", "packed in an unusual way"))


def _good_name(path: str, written: str) -> bool:
    """Inside the folder, on every system. `written` still has what the library of .zip files cuts off or turns."""
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and not path.startswith("/")
        and ".." not in parts
        and not _WRONG.search(nfc(written))
        and len(path) <= 200
        and all(
            part == part.strip() and not part.endswith(".") and len(part.encode(errors="replace")) <= 250
            for part in parts
        )
    )


def _left_by_systems(path: str) -> bool:
    """What some systems put into every .zip, and hidden files: they belong to no edition."""
    parts = path.split("/")
    return "__MACOSX" in parts or any(part.startswith(".") and part != ".." for part in parts)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path, name: str, problems: Problems) -> None:
    """Unpack one file, and stop where it is longer than it says: the sizes in a .zip are claims."""
    to.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as source, to.open("wb") as target:
        while piece := source.read(_PIECE):
            written += len(piece)
            if written > entry.file_size:
                problems.add(NO_ZIP, Place(f"{name}/{entry.filename}"))
                return
            target.write(piece)


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.0f} MB"
