"""Vietnamese in old font codes (TCVN3, VNI): recognised by the headers a mapping expects, and refused.

Both put Vietnamese letters on the bytes of Latin-1, so a file of them reads as text of the wrong letters; only known
words tell. The tables are those of TCVN 5712:1993 (VN3) and of the VNI fonts for Windows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from parindex.language import nfc

_TCVN3_LETTERS: Final = (
    "àB5 ảB6 ãB7 áB8 ạB9 ăA8 ằBB ẳBC ẵBD ắBE ặC6 âA9 ầC7 ẩC8 ẫC9 ấCA ậCB đAE èCC ẻCE ẽCF éD0 ẹD1 êAA ềD2 ểD3 ễD4 ếD5 "
    "ệD6 ìD7 ỉD8 ĩDC íDD ịDE òDF ỏE1 õE2 óE3 ọE4 ôAB ồE5 ổE6 ỗE7 ốE8 ộE9 ơAC ờEA ởEB ỡEC ớED ợEE ùEF ủF1 ũF2 úF3 ụF4 "
    "ưAD ừF5 ửF6 ữF7 ứF8 ựF9 ỳFA ỷFB ỹFC ýFD ỵFE ĂA1 ÂA2 ÊA3 ÔA4 ƠA5 ƯA6 ĐA7"
)
_TCVN3: Final[Mapping[str, str]] = {pair[0]: chr(int(pair[1:], 16)) for pair in _TCVN3_LETTERS.split()}

# Marks that follow the letter: tone alone; circumflex with tone; breve with tone. Grave, hook, tilde, acute, dot.
_TONES: Final = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_VNI_TONES: Final = dict(zip(_TONES, ("", "ø", "û", "õ", "ù", "ï"), strict=True))
_VNI_CIRCUMFLEX: Final = dict(zip(_TONES, ("â", "à", "å", "ã", "á", "ä"), strict=True))
_VNI_BREVE: Final = dict(zip(_TONES, ("ê", "è", "ú", "ü", "é", "ë"), strict=True))
_VNI_I: Final = dict(zip(_TONES, ("i", "ì", "æ", "ó", "í", "ò"), strict=True))


def in_tcvn3(text: str) -> str:
    """The text as a TCVN3 font stores it, read as Latin-1. Capitals with tones have no code: they come as small."""
    return "".join(_TCVN3.get(letter) or _TCVN3.get(letter.lower(), letter) for letter in nfc(text))


def in_vni(text: str) -> str:
    """The text as a VNI font stores it, read as Latin-1."""
    return "".join(_vni(letter) for letter in nfc(text))


def _vni(letter: str) -> str:
    if letter in "đĐ":
        return "ñ" if letter == "đ" else "Ñ"
    base, *marks = tuple(unicodedata.normalize("NFD", letter))
    tone = next((mark for mark in marks if mark in _VNI_TONES), "")
    if "\u031b" in marks:  # horn
        stem = {"o": "ô", "O": "Ô", "u": "ö", "U": "Ö"}[base]
        return stem + _as(base, _VNI_TONES[tone])
    if "\u0302" in marks:
        return base + _as(base, _VNI_CIRCUMFLEX[tone])
    if "\u0306" in marks:
        return base + _as(base, _VNI_BREVE[tone])
    if base in "iI" and tone:
        return _as(base, _VNI_I[tone])
    if base in "yY" and tone == "\u0323":
        return _as(base, "î")
    return base + _as(base, _VNI_TONES[tone]) if tone else letter


def _as(base: str, mark: str) -> str:
    return mark.upper() if base.isupper() else mark


class Legacy(NamedTuple):
    """An old code that was recognised: its name, the header as the file has it, and what it means."""

    code: str
    header: str
    meant: str


def find_legacy(headers: Iterable[str], expected: Iterable[str]) -> Legacy | None:
    """The old code in which one of the `headers` (as Latin-1) says one of the `expected` Vietnamese words."""
    given = {" ".join(header.lower().split()): header for header in headers}
    for meant in expected:
        if meant.isascii():
            continue
        for code, write in (("TCVN3 (ABC)", in_tcvn3), ("VNI", in_vni)):
            old = " ".join(write(meant.lower()).lower().split())
            if old in given:
                return Legacy(code, given[old], meant)
    return None
