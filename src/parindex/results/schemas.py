"""JSON Schemas of the YAML files, put together from the programme's shapes and the kinds of rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from parindex.programme.schema import edition_schema, framework_schema
from parindex.scoring.rules import KINDS


def rule_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of the body of each kind of rule."""
    return {name: kind.shape().schema() for name, kind in KINDS.items()}


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "framework": lambda: framework_schema(rule_schemas()),
    "edition": edition_schema,
}
