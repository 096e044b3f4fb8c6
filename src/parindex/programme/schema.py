"""The documents of a programme as JSON Schema (draft 2020-12): completion and checks while a file is being written.

An editor sees a file as YAML reads it, so a code without quotes is a number here and is refused by its type. What
needs the whole file (sums, codes below their parent, worked examples) is left to reading it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parindex.documents.shapes import BILINGUAL_SCHEMA, MapOf, Record
from parindex.language import Text
from parindex.programme.edition_reading import EDITION
from parindex.programme.framework_shape import INPUT, framework_record

DIALECT = "https://json-schema.org/draft/2020-12/schema"

FRAMEWORK_TITLE = Text("Bộ tiêu chí (framework.yaml)", "Framework (framework.yaml)")
FRAMEWORK_DESCRIPTION = Text(
    "Lĩnh vực, tiêu chí, tiêu chí thành phần với điểm tối đa, cách tính điểm và ví dụ đã tính.",
    "Domains, criteria and sub-criteria with their maximum points, rules and worked examples.",
)
EDITION_TITLE = Text("Kỳ đánh giá (edition.yaml)", "Edition (edition.yaml)")
EDITION_DESCRIPTION = Text(
    "Một năm đánh giá: danh sách đơn vị, lịch, quy tắc làm tròn và xếp hạng.",
    "One year of a programme: its lists of units, calendar, rounding and ranking.",
)

_LEAF_KEYS = ("method", "rule", "examples", "not_applicable", "counted")


def framework_schema(kinds: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The schema of framework.yaml.

    `kinds` are the schemas of the rule bodies by kind, as their shapes give them; what they say of `kind` and
    `inputs`, which all kinds share, is replaced here. With no kinds any rule with a `kind` is accepted.
    """
    record = framework_record({kind: {"$ref": f"#/$defs/rule_{kind}"} for kind in kinds})
    schema = document_schema(record, title=FRAMEWORK_TITLE, description=FRAMEWORK_DESCRIPTION)
    defs: dict[str, Any] = schema["$defs"]
    _name_rule(defs)
    inputs = _lifted(MapOf(INPUT).schema(), defs)
    defs.update((f"rule_{kind}", _rule(kind, body, inputs)) for kind, body in kinds.items())
    # A node is scored itself or through those below it.
    leaf = {"required": ["method", "rule"]}
    group = {"properties": dict.fromkeys(_LEAF_KEYS, False)}
    defs["subcriterion"].update(leaf)
    defs["subcriterion"]["required"] = ["code", "name", "max_points", "method", "rule"]
    defs["criterion"].update({"if": {"required": ["subcriteria"]}, "then": group, "else": leaf})
    outline = {"required": ["completeness"], "properties": {"completeness": {"const": "domains_only"}}}
    schema.update({"if": outline, "else": {"properties": {"domains": {"items": {"required": ["criteria"]}}}}})
    return schema


def edition_schema() -> dict[str, Any]:
    """The schema of edition.yaml."""
    return document_schema(EDITION, title=EDITION_TITLE, description=EDITION_DESCRIPTION)


def document_schema(record: Record, *, title: Text, description: Text) -> dict[str, Any]:
    """The schema of a document: every titled record inside it stands once, under `$defs`."""
    defs: dict[str, Any] = {"bilingual": dict(BILINGUAL_SCHEMA)}
    body = record.schema()
    lifted = {key: _lifted(value, defs) for key, value in body.items() if key != "title"}
    return {
        "$schema": DIALECT,
        "title": title.both(),
        "description": description.both(),
        **lifted,
        "$defs": defs,
    }


def _name_rule(defs: dict[str, Any]) -> None:
    """The rule of criteria and sub-criteria under one name; a rule without `kind` is told that, not twelve bodies."""
    for level in ("criterion", "subcriterion"):
        properties = defs[level]["properties"]
        rule = dict(properties["rule"])
        properties["rule"] = {"description": rule.pop("description"), "$ref": "#/$defs/rule"}
        for choice in rule.get("allOf", []):
            choice["if"]["required"] = ["kind"]
        defs["rule"] = rule


def _rule(kind: str, schema: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = dict(schema.get("properties", {}))
    shared: tuple[tuple[str, Mapping[str, Any]], ...] = (("kind", {"const": kind}), ("inputs", inputs))
    for name, body in shared:
        says = properties.get(name, {}).get("description")
        properties[name] = {**({"description": says} if says else {}), **body}
    return {**schema, "properties": properties}


def _lifted(value: Any, defs: dict[str, Any]) -> Any:
    """`value` with each titled schema replaced by a reference; the description stays where it is used."""
    if isinstance(value, list):
        return [_lifted(item, defs) for item in value]
    if not isinstance(value, dict):
        return value
    title = value.get("title")
    if not isinstance(title, str):  # under `properties`, "title" may be a key of the document
        return {key: _lifted(item, defs) for key, item in value.items()}
    name = title.replace(" ", "_")
    description = {"description": value["description"]} if "description" in value else {}
    found = {key: _lifted(item, defs) for key, item in value.items() if key != "description"}
    if defs.setdefault(name, found) != found:
        raise AssertionError(f"two records are titled {title}")
    return {**description, "$ref": f"#/$defs/{name}"}
