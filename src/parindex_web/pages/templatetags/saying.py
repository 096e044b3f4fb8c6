"""Both languages side by side in templates, numbers as the language writes them, texts of the library."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from parindex.language import Text, half_up
from parindex.language import number as number_said
from parindex.problems import Problem
from parindex.scoring.rule import points_in
from parindex_web import clock
from parindex_web.pages.languages import language
from parindex_web.pages.languages import say as say_text

register = template.Library()


@register.simple_tag
def say(vi: str, en: str) -> SafeString:
    """`{% say "Đã lưu" "Saved" %}`: texts of the template itself, trusted."""
    return mark_safe(say_text(vi, en))


@register.filter
def said(text: Text | str | None) -> str:
    """A text of the library in the language of the page."""
    if isinstance(text, Text):
        return text.in_(language())
    return text or ""


@register.filter
def problem(found: Problem) -> str:
    """What is wrong, why, and what to do, in the language of the page."""
    return found.words(language())


@register.filter
def points(value: Decimal | None) -> str:
    """Points with at least two decimals; a dash where there are none yet."""
    return "–" if value is None else points_in(value, language())


@register.filter
def figure(value: Decimal | int | None, decimals: int | None = None) -> str:
    """A number as the language writes it."""
    if value is None:
        return "–"
    exact = value if isinstance(value, Decimal) else Decimal(value)
    return number_said(half_up(exact, decimals) if decimals is not None else exact, language())


@register.filter
def moment(at: datetime | None) -> str:
    """A time in Vietnam: 14:32, 20/01/2024."""
    return "–" if at is None else timezone.localtime(at).strftime("%H:%M, %d/%m/%Y")


@register.filter
def lately(at: datetime | None) -> str:
    """A time as short as it is clear: 14:32 today, 14:32, 20/01/2024 on another day."""
    if at is not None and timezone.localtime(at).date() == clock.today():
        return clock_time(at)
    return moment(at)


@register.filter
def clock_time(at: datetime | None) -> str:
    """The time of day in Vietnam: 14:32."""
    return "" if at is None else timezone.localtime(at).strftime("%H:%M")


@register.filter
def day(text: str) -> str:
    """An ISO date as people write it: 30/06/2025. Other words stay as they are."""
    try:
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    except ValueError:
        return text


@register.filter
def value_of(mapping: dict[str, str], key: str) -> str:
    """One entry of a mapping; nothing where it has none."""
    return mapping.get(key, "")


@register.filter
def fraction(value: Fraction | None, decimals: int = 2) -> str:
    """An exact fraction, rounded half up for reading; a dash where there is none."""
    return "–" if value is None else number_said(half_up(value, decimals), language())
