"""The QR code of a signed copy, read from the picture of its pages. Runs in a confined child only (`confined`).

The code stands beside the signature: on the first pages, before the annexes, or on the last of prints of old. So the
first pages are looked at, then the last, and no more of them than `PAGES`. Each is a picture of bounded size: first as
sharp as a scan of 200 dpi, then, if nothing is seen, of 300.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from PIL.Image import Image

PAGES: Final = 20
FIRST: Final = 8
"""Pages from the beginning, before those from the end."""
PIXELS: Final = 80_000_000
"""Of one picture as it is stored: A3 at 600 dpi has 70 million."""
SHARPNESS: Final = (2400, 3600, 1600)
"""Pixels of the longer side, in the order tried: A4 at about 205, 308 and 137 dpi. The coarse one calms noise."""
SECONDS: Final = 15
"""Of processor time, after which no further page is begun."""

_OURS = re.compile(r"parindex:claims:([0-9a-f]{64})")


def load() -> None:
    """Import what reading needs, before memory is limited."""
    import PIL.Image
    import pypdfium2
    import zxingcpp

    PIL.Image.init()
    del pypdfium2, zxingcpp


def read(file: BinaryIO, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What stands on the copy.

    `digests`: of claims, from QR codes; `stated`: of claims, from the keywords of a PDF; `foreign`: how many QR codes
    are not ours; `pages` and `looked`: how many there are, and were looked at; `problem`: "" or why nothing was seen
    ("locked", "large", "broken").
    """
    answer: dict[str, Any] = {"digests": [], "stated": [], "foreign": 0, "pages": 0, "looked": 0, "problem": ""}
    pages = _pdf(file, answer) if asked["kind"] == "PDF" else _picture(file, answer)
    foreign = set()
    for at, page in enumerate(pages):
        if at >= PAGES or time.process_time() > SECONDS:
            break
        answer["looked"] += 1
        for text in page:
            ours = _OURS.fullmatch(text)
            if ours and ours[1] not in answer["digests"]:
                answer["digests"].append(ours[1])
            elif not ours:
                foreign.add(text)
        if answer["digests"]:
            break
    answer["foreign"] = len(foreign)
    return answer


def _order(pages: int) -> Iterator[int]:
    yield from range(min(FIRST, pages))
    yield from range(pages - 1, FIRST - 1, -1)


def _pdf(file: BinaryIO, answer: dict[str, Any]) -> Iterator[set[str]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as fault:
        answer["problem"] = "locked" if "password" in str(fault).lower() else "broken"
        return
    answer["pages"] = len(document)
    answer["stated"] = sorted(set(_OURS.findall(document.get_metadata_value("Keywords"))))
    for at in _order(len(document)):
        try:
            page = document[at]
        except pypdfium2.PdfiumError:
            # One broken page does not hide the code on another.
            answer["problem"] = "broken"
            continue
        longest = max(page.get_size())
        if longest > 0:
            yield _codes(page.render(scale=side / longest, grayscale=True).to_pil() for side in SHARPNESS)
        page.close()


def _picture(file: BinaryIO, answer: dict[str, Any]) -> Iterator[set[str]]:
    from PIL import Image, UnidentifiedImageError

    # Sizes are looked at here, before a picture is opened further; Pillow's own warning would only be printed.
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = Image.open(file, formats=("PNG", "JPEG", "TIFF"))
        count = int(getattr(picture, "n_frames", 1))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        answer["problem"] = "broken"
        return
    answer["pages"] = count
    for at in _order(count):
        try:
            if count > 1:
                picture.seek(at)
            if picture.width * picture.height > PIXELS:
                answer["problem"] = "large"
                continue
            yield _codes(_sizes(picture))
        except (OSError, ValueError, SyntaxError, EOFError, ZeroDivisionError):
            answer["problem"] = "broken"


def _sizes(picture: Image) -> Iterator[Image]:
    """The picture in grey, with square pixels, as sharp as each of `SHARPNESS`."""
    across, down = _density(picture)
    width, height = picture.width, picture.height
    grey = picture.convert("L")
    if across > 1.2 * down:
        height = round(height * across / down)
    elif down > 1.2 * across:
        width = round(width * down / across)
    for side in SHARPNESS:
        scale = side / max(width, height)
        # Never made larger, but for a fax whose lines lie wide apart.
        size = (max(1, round(width * min(scale, 1))), max(1, round(height * min(scale, 1))))
        yield grey.resize(size) if size != grey.size else grey
        if scale >= 1:
            return


def _density(picture: Image) -> tuple[float, float]:
    """Dots across and down; a fax has twice as many, or more, in one direction."""
    with suppress(TypeError, ValueError, ZeroDivisionError):
        across, down = (float(each) for each in picture.info.get("dpi", (1, 1)))
        if across > 0 and down > 0 and max(across, down) <= 4 * min(across, down):
            return across, down
    return 1.0, 1.0


def _codes(pictures: Iterator[Image]) -> set[str]:
    import zxingcpp

    only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found: set[str] = set()
    for picture in pictures:
        found |= {code.text for code in zxingcpp.read_barcodes(picture, formats=only)}
        if any(_OURS.fullmatch(text) for text in found):
            break
    return found
