"""Files as they come in: written beside the evidence under limits and hashed on the way, or refused in words."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from parindex.language import Text, nfc
from parindex.problems import ProblemKind
from parindex_web.editions.steps import Impossible
from parindex_web.pages.errors import too_large

FILE_LARGE = ProblemKind(
    "WEB-FILE-LARGE",
    what=Text("{name}: lớn hơn {limit} MB.", "{name}: larger than {limit} MB."),
    why=Text("Mỗi tệp không được vượt mức này.", "No file may exceed this size."),
    remedy=Text(
        "Quét ở 200 dpi, hoặc tách văn bản thành nhiều tệp rồi tải lại.",
        "Scan at 200 dpi, or split the document, and upload again.",
    ),
)
DISK_FULL = ProblemKind(
    "WEB-DISK-FULL",
    what=Text("{name}: chưa nhận được vì máy chủ hết chỗ lưu.", "{name}: not taken, the server has no room left."),
    why=Text(
        "Không có phần nào của tệp được giữ; số liệu đã lưu không bị ảnh hưởng.",
        "No part of the file is kept; what was saved is untouched.",
    ),
    remedy=Text(
        "Báo quản trị hệ thống, rồi tải lại tệp này.", "Tell the administrator of the system, then upload it again."
    ),
)
BROKEN_OFF = ProblemKind(
    "WEB-UPLOAD-BROKEN",
    what=Text("đường truyền đứt khi đang gửi.", "the connection broke off while sending."),
    why=Text("Chưa tệp nào được nhận: tệp cuối có thể chỉ là một phần.", "No file was taken: the last may be a part."),
    remedy=Text("Gửi lại; mạng yếu thì gửi ít tệp một lần.", "Send again; on a weak line fewer files at once."),
)

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a system says when nothing more can be written: disk full, quota reached, file size limit."""

NAME_LONGEST: Final = 150


def clean_name(name: str) -> str:
    """The last part of a file name, without signs that are not seen or that turn the reading order around."""
    last = nfc(name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(" .")
    stem, dot, ending = seen.rpartition(".")
    if not dot:
        return seen[:NAME_LONGEST]
    return f"{stem[: NAME_LONGEST - len(ending) - 1]}.{ending}"[:NAME_LONGEST]


class Incoming(UploadedFile[bytes]):
    """An uploaded file on disk beside the evidence, with its digest once it is whole. Gone when it is closed."""

    def __init__(self, name: str, content_type: str):
        folder = Path(settings.INCOMING)
        folder.mkdir(parents=True, exist_ok=True)
        self.content: IO[bytes] = tempfile.NamedTemporaryFile(dir=folder)  # noqa: SIM115
        super().__init__(self.content, name, content_type, 0)
        self.sha256 = ""

    @property
    def length(self) -> int:
        return self.size or 0

    def temporary_file_path(self) -> str:
        return self.content.name

    def close(self) -> None:
        try:
            self.content.close()
        except OSError as fault:
            # It was moved to where it is kept, or its last part found no room: it is gone either way.
            if not isinstance(fault, FileNotFoundError) and fault.errno not in FULL:
                raise


class BoundedUploadHandler(FileUploadHandler):
    """Takes files to disk. One that is too large, or that finds the disk full, is left out; `refused` says why."""

    file: Any

    def __init__(self, request: HttpRequest, largest: int):
        super().__init__(request)
        self.largest = largest
        self.refused: list[Impossible] = []
        self.hash = hashlib.sha256()
        self.size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        # Until the new file is open, a refusal must close nothing that came before.
        self.file = io.BytesIO()
        self.hash, self.size = hashlib.sha256(), 0
        super().new_file(*args, **kwargs)
        try:
            self.file = Incoming(self.file_name or "", self.content_type or "")
        except OSError as fault:
            self._fault(fault)
        if shutil.disk_usage(settings.INCOMING).free < settings.DISK_RESERVE_BYTES:
            self._refuse(DISK_FULL)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > self.largest:
            self._refuse(FILE_LARGE, limit=self.largest // 1_000_000)
        self.hash.update(raw_data)
        try:
            self.file.write(raw_data)
        except OSError as fault:
            self._fault(fault)

    def file_complete(self, file_size: int) -> Incoming | None:
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
        except OSError as fault:
            try:
                self._fault(fault)
            except SkipFile:
                self.file.close()
                return None
        self.file.sha256 = self.hash.hexdigest()
        self.file.seek(0)
        self.file.size = file_size
        taken: Incoming = self.file
        return taken

    def upload_interrupted(self) -> None:
        self.file.close()

    def _fault(self, fault: OSError) -> None:
        if fault.errno not in FULL:
            raise fault
        self._refuse(DISK_FULL)

    def _refuse(self, kind: ProblemKind, **values: object) -> None:
        self.refused.append(Impossible(kind, name=clean_name(self.file_name or ""), **values))
        raise SkipFile


def uploads(request: HttpRequest, field: str) -> tuple[list[Incoming], list[Impossible]]:
    """The whole files of a field, and why others were left out.

    A form sends `whole` behind its files: without it the connection broke off, and its last file is only a part.
    """
    files = [cast(Incoming, each) for each in request.FILES.getlist(field)]
    refused = [each for handler in request.upload_handlers for each in getattr(handler, "refused", ())]
    if "whole" not in request.POST:
        return [], [Impossible(BROKEN_OFF)]
    return files, refused


class BoundedUploadsMiddleware:
    """Puts the handler before every upload. A request larger than all limits, or of nobody, is not read at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and (request.content_type or "").startswith("multipart/"):
            length = int(request.META.get("CONTENT_LENGTH") or 0)
            known = request.user.is_authenticated
            limit = settings.UPLOAD_REQUEST_BYTES if known else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            if length > limit:
                return too_large(request, limit // 1_000_000)
            # An edition comes as one .zip; everything else is a document.
            whole_edition = known and request.path == reverse("new_edition")
            largest = settings.EDITION_ZIP_BYTES if whole_edition else settings.EVIDENCE_FILE_BYTES
            request.upload_handlers = [BoundedUploadHandler(request, largest)]
        return self.get_response(request)
