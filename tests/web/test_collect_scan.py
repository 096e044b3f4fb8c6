"""Scans of the printed self-assessment: the QR code is read, whatever the file, and files made to do harm do none."""

from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path

import pypdfium2
import pytest
from papers import MARK, print_of
from PIL import Image, ImageChops

from parindex_web.collect.confined import Unopened, ask
from parindex_web.collect.file_kinds import JPEG, PDF, PNG, TIFF
from parindex_web.collect.paper_reading import read_paper

DIGEST = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Our own PDF as a printer and a scanner would give it back: its pages as pictures of so many dots an inch."""
    document = pypdfium2.PdfDocument(print_of(DIGEST))

    def scanned(dpi: int) -> list[Image.Image]:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]

    return scanned


def asked_of(path: Path, kind: str) -> dict[str, object]:
    return ask("paper_code", path, {"kind": kind})


def noisy(picture: Image.Image) -> Image.Image:
    return ImageChops.add(picture, Image.effect_noise(picture.size, 20), offset=-128)


def fax(picture: Image.Image, across: int, down: int) -> Image.Image:
    """Black and white, with pixels that are not square."""
    size = (round(8.27 * across), round(11.69 * down))
    return picture.resize(size).point(lambda grey: 255 * (grey > 140)).convert("1")


TURNS = {"upright": 0, "a quarter": 90, "upside down": 180, "askew": 3}


@pytest.mark.parametrize("dpi", [100, 150, 300])
@pytest.mark.parametrize("turn", TURNS)
def test_the_code_is_read_however_the_page_lies(pages, tmp_path, dpi, turn):
    path = tmp_path / "scan.png"
    pages(dpi)[0].rotate(TURNS[turn], expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC).save(path)
    assert asked_of(path, "PNG")["digests"] == [DIGEST]


@pytest.mark.parametrize("dpi", [100, 150, 300])
def test_the_code_is_read_from_a_poor_picture(pages, tmp_path, dpi):
    path = tmp_path / "scan.jpg"
    noisy(pages(dpi)[0].rotate(3, expand=True, fillcolor=255)).save(path, quality=30)
    assert asked_of(path, "JPEG")["digests"] == [DIGEST]


@pytest.mark.parametrize(("across", "down"), [(204, 98), (204, 196)])
def test_the_code_is_read_from_a_fax(pages, tmp_path, across, down):
    path = tmp_path / "fax.tif"
    made = [fax(page, across, down) for page in pages(400)]
    made[0].save(path, save_all=True, append_images=made[1:], compression="group4", dpi=(across, down))
    answer = asked_of(path, "TIFF")
    assert answer["digests"] == [DIGEST] and answer["pages"] == len(made)


@pytest.mark.parametrize("dpi", [100, 150, 300])
def test_the_code_is_read_from_a_pdf_of_pictures(pages, tmp_path, dpi):
    path = tmp_path / "scan.pdf"
    made = [page.convert("RGB") for page in pages(dpi)]
    made[0].save(path, save_all=True, append_images=made[1:], resolution=dpi, quality=30)
    reading = read_paper(path, PDF)
    assert reading.digests == {DIGEST: "code"} and reading.signed.signatures == ()


def test_the_code_stands_behind_other_pages(pages, tmp_path):
    """A covering letter before it, or the print before annexes scanned with it; what lies in the middle is not seen."""
    blank, print_ = Image.new("L", (600, 800), 255), pages(150)[0]
    for at, seen in ((7, True), (29, True), (18, True), (10, False)):
        made = [blank] * 30
        made[at] = print_
        path = tmp_path / f"{at}.tif"
        made[0].save(path, save_all=True, append_images=made[1:])
        answer = asked_of(path, "TIFF")
        assert (bool(answer["digests"]), answer["pages"]) == (seen, 30), at


def test_our_own_pdf_says_it_twice(tmp_path):
    path = tmp_path / "in.pdf"
    path.write_bytes(print_of(DIGEST))
    answer = asked_of(path, "PDF")
    assert answer["digests"] == answer["stated"] == [DIGEST]


def test_a_code_that_is_not_ours_is_told_from_none(tmp_path):
    import segno

    path = tmp_path / "other.png"
    for content in ("https://example.org/van-ban/123", f"{MARK}{'0' * 63}", f"x{MARK}{DIGEST}"):
        segno.make(content).save(str(path), scale=8, border=4)
        reading = read_paper(path, PNG)
        assert not reading.digests and "không phải mã của bản in" in reading.unseen.vi
    Image.new("L", (400, 400), 255).save(path)
    assert read_paper(path, PNG).unseen.en == "No QR code was seen on 1 of 1 pages."


def test_files_that_are_broken_say_so(pages, tmp_path):
    path = tmp_path / "broken"
    whole = tmp_path / "whole.png"
    pages(100)[0].save(whole)
    for content, kind in (
        (b"%PDF-1.7\n%%EOF\n", PDF),
        (whole.read_bytes()[:2000], PNG),
        (b"\xff\xd8\xff\xe0nothing", JPEG),
        (b"II*\x00\x08\x00\x00\x00", TIFF),
        (print_of(DIGEST)[:4000], PDF),
    ):
        path.write_bytes(content)
        assert "hỏng" in read_paper(path, kind).unseen.vi, kind.name


def bomb(side: int) -> bytes:
    """A PNG of side × side pixels, all alike, so that it takes nearly no room."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(bytes(1 + side * 4)) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def plain_pdf(pages: int, content: bytes = b"", box: bytes = b"0 0 595 842") -> bytes:
    """A PDF whose pages all show the same content, packed."""
    packed = zlib.compress(content, 9)
    kids = b" ".join(b"%d 0 R" % (4 + at) for at in range(pages))
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids),
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 3 0 R>>" % box] * pages,
    ]
    out, starts = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, table)
    return bytes(out)


def test_a_picture_that_would_fill_the_memory_is_not_opened(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(20_000))
    assert "80 triệu điểm ảnh" in read_paper(path, PNG).unseen.vi


def test_of_ten_thousand_pages_twenty_are_looked_at(tmp_path):
    path = tmp_path / "long.pdf"
    path.write_bytes(plain_pdf(10_000))
    assert read_paper(path, PDF).unseen.vi == "Không thấy mã QR trong 20/10.000 trang."


def test_a_page_that_is_drawn_for_minutes_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("parindex_web.collect.confined.WALL_SECONDS", 4)
    path = tmp_path / "lines.pdf"
    path.write_bytes(plain_pdf(1, b"0 0 m 500 800 l S 10 0 m 400 800 l S\n" * 1_000_000))
    with pytest.raises(Unopened) as stopped:
        asked_of(path, "PDF")
    assert stopped.value.why == "time"


def test_a_page_that_unpacks_to_gigabytes_is_stopped(tmp_path):
    path = tmp_path / "fat.pdf"
    path.write_bytes(plain_pdf(1, b" " * 1_500_000_000))
    assert "bộ nhớ" in read_paper(path, PDF).unseen.vi


def test_a_page_of_absurd_size_is_drawn_small(tmp_path):
    path = tmp_path / "wide.pdf"
    path.write_bytes(plain_pdf(2, b"0 0 m 9 9 l S", box=b"0 0 99999999 1"))
    answer = asked_of(path, "PDF")
    assert (answer["looked"], answer["problem"]) == (2, "")


def test_the_child_can_write_no_file(tmp_path, monkeypatch):
    """What a library that was taken over could do: the child is asked to write beside the file it reads."""
    from parindex_web.collect import confined

    target = tmp_path / "written"
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from parindex_web.collect import confined; "
        "confined._confine(0); open(sys.argv[2], 'wb', buffering=0).write(b'x')"
    )
    folder = str(Path(confined.__file__).parents[2])
    done = subprocess.run([confined.sys.executable, "-I", "-c", program, folder, str(target)], capture_output=True)
    assert done.returncode != 0 and target.stat().st_size == 0


def test_a_missing_library_is_no_fault_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("parindex_web.collect.confined._PROGRAM", "import a_library_that_is_missing")
    path = tmp_path / "any.pdf"
    path.write_bytes(b"%PDF-1.7\n")
    with pytest.raises(RuntimeError, match="before it opened anything"):
        asked_of(path, "PDF")
