"""Fields of allauth's forms in our markup and words: its own exist in English only."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField

from parindex.language import Text
from parindex_web.accounts.passwords import RULES
from parindex_web.pages.languages import said
from parindex_web.pages.languages import say as say_text

register = template.Library()

_OURS = {
    "required": Text("Chưa điền ô này.", "This field is empty."),
    "invalid": Text(
        "Đây không phải địa chỉ thư điện tử. Ghi như ten@tinh.gov.vn.",
        "This is not an e-mail address. Write it like name@province.gov.vn.",
    ),
}
"""Django's own words for these are not those of the field."""


def _said(field: BoundField) -> list[str]:
    data = field.form.errors.as_data().get(field.name, [])
    return [said(_OURS[each.code]) if each.code in _OURS else each.messages[0] for each in data]


@register.inclusion_tag("accounts/field.html")
def sign_in_field(
    field: BoundField, vi: str, en: str, help_vi: str = "", help_en: str = "", kind: str = ""
) -> dict[str, Any]:
    """`{% sign_in_field form.login "Địa chỉ thư" "E-mail address" %}`; `kind="code"` for figures of a code."""
    widget = field.field.widget
    typed = field.value()
    secret = widget.input_type == "password"
    return {
        "id": field.auto_id,
        "name": field.html_name,
        "label": say_text(vi, en),
        "help": say_text(help_vi, help_en),
        "errors": _said(field),
        "type": widget.input_type,
        "code": kind == "code",
        "autocomplete": widget.attrs.get("autocomplete", ""),
        "value": "" if secret or typed is None else typed,
        "required": field.field.required,
    }


@register.inclusion_tag("accounts/errors.html")
def form_errors(*forms: Any) -> dict[str, Any]:
    """What is wrong, at the top of the page, each with the way to its field."""
    found: list[tuple[str, str]] = []
    for form in forms:
        if form is None or not form.is_bound:
            continue
        for name, errors in form.errors.items():
            if name in form.fields and not form[name].is_hidden:
                found += [(form[name].auto_id, error) for error in _said(form[name])]
            else:
                found += [("", error) for error in errors]
    return {"found": found}


@register.inclusion_tag("accounts/password_rules.html")
def password_rules() -> dict[str, Any]:
    """What a password must be."""
    return {"rules": [said(rule) for rule in RULES]}
