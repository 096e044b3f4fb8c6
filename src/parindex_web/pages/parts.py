"""Parts of a page, drawn for a script that puts them in place of the old ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.template.context import make_context
from django.template.loader import get_template


def drawn(request: HttpRequest, context: Mapping[str, Any], *names: str, of: str) -> dict[str, str]:
    """The templates `of/NAME.html` by their names. What every page needs is worked out once for all of them."""
    templates = {name: get_template(f"{of}/{name}.html").template for name in names}  # type: ignore[attr-defined]
    shared = make_context(dict(context), request)
    with shared.bind_template(next(iter(templates.values()))):
        return {name: template.render(shared) for name, template in templates.items()}
