"""Edition folders that come as a hostile or careless .zip: refused in words, with nothing left and no long wait."""

from __future__ import annotations

import io
import stat
import struct
import time
import zipfile
from pathlib import Path

import pytest
from collecting import client_of, text_of
from django.core.files.uploadedfile import SimpleUploadedFile

from parindex_web.editions.models import Edition

pytestmark = pytest.mark.slow
SMALL = {path.name: path.read_bytes() for path in sorted((Path(__file__).parent / "small").iterdir()) if path.is_file()}


@pytest.fixture
def manager(people):
    return client_of(people("programme_manager"))


def packed(files, *, method=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def send(manager, content: bytes, name: str = "kỳ.zip"):
    return manager.post("/editions/new/", {"folder": SimpleUploadedFile(name, content)})


def changed(name: str, old: str, new: str) -> bytes:
    text = SMALL[name].decode()
    assert old in text, (name, old)
    return text.replace(old, new).encode()


def with_file(name: str, content: bytes) -> list[tuple[str, bytes]]:
    return list({**SMALL, name: content}.items())


def link() -> bytes:
    entry = zipfile.ZipInfo("units.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return packed(
        [*[(name, content) for name, content in SMALL.items() if name != "units.csv"], (entry, "/etc/passwd")]
    )


def encrypted() -> bytes:
    content = bytearray(packed(SMALL.items(), method=zipfile.ZIP_STORED))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


def many() -> bytes:
    return packed([*SMALL.items(), *((f"x/{number}", b"") for number in range(100_000))], method=zipfile.ZIP_STORED)


def lying() -> bytes:
    """Its end claims a list of files of 3 GB."""
    content = bytearray(packed(SMALL.items()))
    at = content.rfind(b"PK\x05\x06")
    struct.pack_into("<I", content, at + 12, 3_000_000_000)
    return bytes(content)


def elsewhere() -> bytes:
    """Its end says that the true numbers stand in another place, as in files beyond 4 GB."""
    content = packed(SMALL.items())
    at = content.rfind(b"PK\x05\x06")
    return content[:at] + b"PK\x06\x07" + bytes(16) + content[at:]


HOSTILE = {
    "up and out": (lambda: packed([*SMALL.items(), ("../x.yaml", b"x")]), "ZIP-NAME"),
    "absolute": (lambda: packed([*SMALL.items(), ("/etc/x", b"x")]), "ZIP-NAME"),
    "of another system": (lambda: packed([*SMALL.items(), ("C:\\x", b"x")]), "ZIP-NAME"),
    "a link": (link, "ZIP-KIND"),
    "encrypted": (encrypted, "ZIP-KIND"),
    "twice": (lambda: packed([*SMALL.items(), ("Units.csv", b"x")]), "ZIP-TWICE"),
    "a file that is a folder too": (lambda: packed([*SMALL.items(), ("units.csv/x", b"x")]), "ZIP-NAME"),
    "a name longer than a disk takes": (lambda: packed([*SMALL.items(), ("ế" * 150, b"x")]), "ZIP-NAME"),
    "a bomb": (lambda: packed([*SMALL.items(), ("x.csv", bytes(60_000_000))]), "ZIP-RATIO"),
    "a hundred thousand files": (many, "ZIP-LARGE"),
    "a list that lies": (lying, "ZIP-BROKEN"),
    "a list elsewhere": (elsewhere, "ZIP-BROKEN"),
    "a .zip in a .zip": (lambda: packed([("edition.zip", packed(SMALL.items()))]), "ZIP-NO-EDITION"),
    "not to the end": (lambda: packed(SMALL.items())[:-30], "ZIP-BROKEN"),
    "nothing": (lambda: b"", ""),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_zip_is_refused_in_words(manager, settings, case):
    make, code = HOSTILE[case]
    content = make()
    began = time.process_time()
    answer = send(manager, content)
    assert answer.status_code in (409, 422) and code in text_of(answer)
    assert time.process_time() - began < 20
    assert not Edition.objects.exists()
    room = Path(settings.FILES) / "uploads"
    left = list(room.glob("*")) if room.exists() else []
    assert left == []


BROKEN = {
    "yaml that is none": ("edition.yaml", b"edition: [unclosed\n  name: {"),
    "yaml with tabs": ("edition.yaml", b"edition:\n\t- x\n"),
    "a billion laughs": ("edition.yaml", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
    "deep yaml": ("framework.yaml", b"[" * 5_000),
    "utf-16": ("edition.yaml", SMALL["edition.yaml"].decode().encode("utf-16")),
    "windows-1258": (
        "units.csv",
        "unit_code,level,name_vi,name_en\nU1,province,Đồng Nai,x\n".encode("cp1258", "replace"),
    ),
    "null bytes": ("units.csv", b"unit_code,level,name_vi,name_en\nU1,province,a\x00b,x\n"),
    "nothing in it": ("units.csv", b""),
    "only bytes": ("framework.yaml", bytes(range(256)) * 40),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_are_named_with_their_place(manager, case):
    name, content = BROKEN[case]
    answer = send(manager, packed(with_file(name, content)))
    page = text_of(answer)
    assert answer.status_code == 422 and name in page and "Traceback" not in page
    assert not Edition.objects.exists()


@pytest.mark.parametrize("code", ["..", ".an", "a?b", "a#b", "a%2fb", "a" * 61])
def test_a_code_that_would_be_a_path_or_no_address(manager, code):
    broken = changed("edition.yaml", "2023-mô-phỏng", code)
    answer = send(manager, packed(with_file("edition.yaml", broken)))
    assert answer.status_code == 422 and ("WEB-CODE-UNFIT" in text_of(answer) or "mã" in text_of(answer))
    assert not Edition.objects.exists()


@pytest.mark.parametrize("code", ["../../x", "a/b", "..", "U" * 31])
def test_a_unit_whose_code_would_be_a_path(manager, code):
    rows = SMALL["units.csv"].decode().replace("U1,", f"{code},")
    answer = send(manager, packed(with_file("units.csv", rows.encode())))
    assert answer.status_code == 422 and "WEB-CODE-UNFIT" in text_of(answer)
    assert not Edition.objects.exists()


def test_a_zip_that_is_too_large_is_said_to_be(manager, settings):
    settings.EDITION_ZIP_BYTES = 1_000
    answer = send(manager, packed(SMALL.items()))
    assert answer.status_code == 409 and "tệp .zip" in text_of(answer) and "chưa chọn" not in text_of(answer)


def test_a_zip_larger_than_a_document_is_taken(manager, settings):
    settings.EVIDENCE_FILE_BYTES = 1_000
    assert send(manager, packed(SMALL.items())).status_code == 302
    assert Edition.objects.count() == 1
