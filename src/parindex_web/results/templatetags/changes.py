"""Changes as they are read: with their sign, and never a nought that is none."""

from __future__ import annotations

from decimal import Decimal

from django import template

from parindex.language import half_up
from parindex.language import number as number_said
from parindex.scoring.rule import points_in
from parindex_web.pages.languages import language

register = template.Library()

MINUS = "\u2212"


@register.filter
def change(value: Decimal | None, decimals: int | None = None) -> str:
    """+1,85 or −0,75; 0 where nothing changed, ≈ 0 where it is less than the last digit shown, – where unknown."""
    if value is None:
        return "–"
    if not value:
        return "0"
    sign = "+" if value > 0 else MINUS
    if decimals is None:
        return sign + points_in(abs(value), language())
    rounded = half_up(abs(value), decimals)
    return sign + number_said(rounded, language()) if rounded else "≈ 0"
