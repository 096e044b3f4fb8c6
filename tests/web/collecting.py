"""What tests of the self-assessment share: signed-in browsers without a window, saves, and small files of each kind."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

E = "/editions/2023-mô-phỏng"


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(response) -> str:
    return response.content.decode()


def seen_of(client, unit, node) -> str:
    page = text_of(client.get(f"{E}/units/{unit}/domains/{node.split('.')[0]}/"))
    return re.search(r'name="seen" value="(\d+)"', page[page.index(f'id="line-{node}"') :])[1]


def save(client, unit, node, fields, *, seen=None, key=None, script=False, **more):
    body = {f"{node}-{name}": value for name, value in fields.items()}
    headers = {"Accept": "application/json"} if script else {}
    seen = seen_of(client, unit, node) if seen is None else seen
    body = {"seen": seen, "key": key or uuid4(), **body, **{f"{node}-{name}": value for name, value in more.items()}}
    return client.post(f"{E}/units/{unit}/lines/{node}/save/", body, headers=headers)


def upload(client, unit, *files, edition="2023-mô-phỏng"):
    """Each file is (name, bytes)."""
    sent = [SimpleUploadedFile(name, content, "application/octet-stream") for name, content in files]
    return client.post(f"/editions/{edition}/units/{unit}/evidence/", {"files": sent, "whole": "1"})


def pdf(words: str = "") -> bytes:
    return b"%PDF-1.7\n% " + words.encode() + b"\n%%EOF\n"


def png(colour: int = 0) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(bytes([0, colour, colour, colour]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def docx(body: bytes = b"<document/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", body)
    return out.getvalue()


def opendocument(kind: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        archive.writestr("content.xml", b"<office/>")
    return out.getvalue()
