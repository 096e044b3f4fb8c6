"""Vietnamese and English: texts in both, numbers as each writes them, names sorted and folded."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages. May hold `{name}` places, filled by `filled`."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        return self.vi if language == "vi" else self.en

    def filled(self, language: Language, values: Mapping[str, object]) -> str:
        """The text with its places filled; numbers are written as the language writes them."""
        return self.in_(language).format_map({name: written(value, language) for name, value in values.items()})

    def both(self) -> str:
        """Vietnamese first, English beside it; once where both are the same."""
        return self.vi if self.vi == self.en else f"{self.vi} / {self.en}"


def same(text: str) -> Text:
    """A text that needs no translation (a code, a file name)."""
    return Text(text, text)


def written(value: object, language: Language) -> str:
    """`value` as people of `language` write it inside a sentence."""
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, bool):
        return Text("có", "yes").in_(language) if value else Text("không", "no").in_(language)
    if isinstance(value, int):
        return number(Decimal(value), language)
    if isinstance(value, Decimal):
        return number(value, language)
    return str(value)


def number(value: Decimal, language: Language, decimals: int | None = None) -> str:
    """1234567.5 as "1.234.567,5" in Vietnamese and "1,234,567.5" in English.

    `decimals` None keeps the digits the value has. Rounding is half up, and happens only here, on print.
    """
    if decimals is not None:
        value = half_up(value, decimals)
    text = f"{value or abs(value):,f}"  # no minus sign before a zero
    if language == "vi":
        text = text.translate(_VIETNAMESE_MARKS)
    return text


_VIETNAMESE_MARKS = str.maketrans({",": ".", ".": ","})


def half_up(value: Decimal | Fraction, decimals: int) -> Decimal:
    """Round half away from zero, from the exact value: 79.125 -> 79.13 (`round()` would say 79.12)."""
    if isinstance(value, Fraction):
        scaled = abs(value) * 10**decimals
        whole, rest = divmod(scaled.numerator, scaled.denominator)
        if 2 * rest >= scaled.denominator:
            whole += 1
        return Decimal(whole if value >= 0 else -whole).scaleb(-decimals)
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def nfc(text: str) -> str:
    """Composed form: the same word typed on two systems must be the same text. Applied at every door."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without accents, đ as d: for searching and matching, never for identity."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền, hỏi, ngã, sắc, nặng


def sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Dictionary order: letters first (ă after a, đ after d), tones only between equal letters.

    Binary order would put Ă, Đ, Ơ and Ư after Z.
    """
    letters: list[int] = []
    tones: list[int] = []
    for composed in unicodedata.normalize("NFC", text.lower()):
        tone = 0
        base = ""
        for part in unicodedata.normalize("NFD", composed):
            if part in _TONES:
                tone = _TONES[part]
            else:
                base += part
        letter = unicodedata.normalize("NFC", base)
        place = _LETTERS.find(letter)
        letters.append(100 + place if place >= 0 and letter else min(ord(letter[:1] or " "), 99))
        tones.append(tone)
    return tuple(letters), tuple(tones)
