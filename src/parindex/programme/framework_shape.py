"""What a framework file may hold: the keys of every level, once for reading and for JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode

from parindex.documents.shapes import (
    INVALID,
    Bilingual,
    Code,
    Fields,
    Flag,
    InvalidType,
    Key,
    Line,
    ListOf,
    MapOf,
    Number,
    Reading,
    Record,
    Whole,
    Word,
)
from parindex.language import Text
from parindex.programme.counted import COUNTED
from parindex.programme.framework import INPUT_TYPES, METHODS, POLICIES

POINTS = Number(low=Decimal(0), high=Decimal(100_000))
NAME = Key(Bilingual(), Text("tên bằng hai thứ tiếng", "name in both languages"), required=True)
MAX_POINTS = Key(Number(above=Decimal(0), high=Decimal(100_000)), Text("điểm tối đa", "maximum points"), required=True)

SOURCES = Key(
    MapOf(
        Record(
            {
                "title": Key(Bilingual(), Text("tên nguồn", "title"), required=True),
                "url": Key(Line(), Text("địa chỉ", "address")),
            }
        ),
        key_form=r"[A-Za-z][A-Za-z0-9_\-]*",
    ),
    Text("các nguồn", "the sources"),
)
"""Legal and other sources by key, cited by `source:`; the same in frameworks and questionnaires."""

INPUT = Record(
    {
        "type": Key(Word(INPUT_TYPES), Text("kiểu số liệu", "type of the input"), required=True),
        "label": Key(Bilingual(), Text("nhãn bằng hai thứ tiếng", "label in both languages"), required=True),
        "unit": Key(Bilingual(), Text("đơn vị tính", "unit of measure")),
        "options": Key(MapOf(Bilingual(), least=2), Text("các lựa chọn", "the choices")),
        "part_of": Key(Word(), Text("số này nằm trong số nào", "the input this one is a part of")),
    },
    title="input",
)


class TextOrBilingual:
    """A short list may hold plain texts or texts in both languages."""

    says = Text("một đoạn chữ", "a text")

    def read(self, node: Node, reading: Reading) -> Text | InvalidType:
        if isinstance(node, MappingNode):
            return Bilingual().read(node, reading)
        line = Line().read(node, reading)
        return Text(line, line) if isinstance(line, str) else INVALID

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/bilingual"}]}


class InputValue:
    """A value of an example: kept as text; numbers plain, words and yes/no in quotes."""

    says = Text("một giá trị", "a value")

    def read(self, node: Node, reading: Reading) -> str | InvalidType:
        if isinstance(node, ScalarNode) and not node.style and node.tag.endswith((":int", ":float")):
            return str(node.value)
        return Line(self.says).read(node, reading)

    def schema(self) -> dict[str, Any]:
        return {"type": ["number", "string"]}


@dataclass(frozen=True)
class RuleHead:
    """The part of a rule that all kinds share. The rest of the body is read by the kind, in `scoring.rules`."""

    kinds: Mapping[str, Mapping[str, Any]]
    says: Text = Text("cách tính điểm", "a rule")

    def read(self, node: Node, reading: Reading) -> Fields | InvalidType:
        shape = Record(
            {
                "kind": Key(Word(), Text("loại cách tính điểm", "kind of rule"), required=True),
                "inputs": Key(MapOf(INPUT), Text("số liệu đầu vào", "the inputs")),
            }
        )
        if not isinstance(node, MappingNode):
            return shape.read(node, reading)
        head = [pair for pair in node.value if isinstance(pair[0], ScalarNode) and pair[0].value in shape.keys]
        fields = shape.read(MappingNode(node.tag, head, node.start_mark, node.end_mark), reading)
        if isinstance(fields, Fields):
            fields.node = node
        return fields

    def schema(self) -> dict[str, Any]:
        if not self.kinds:
            return {"type": "object", "required": ["kind"]}
        return {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"enum": list(self.kinds)}},
            "allOf": [
                {"if": {"properties": {"kind": {"const": kind}}}, "then": dict(schema)}
                for kind, schema in self.kinds.items()
            ],
        }


EXAMPLE = Record(
    {
        "given": Key(
            MapOf(InputValue()), Text("giá trị của từng số liệu đầu vào", "the value of every input"), required=True
        ),
        "points": Key(Number(), Text("điểm phải ra", "the points that must come out"), required=True),
        "branch": Key(Word(), Text("nhánh phải trúng", "the branch that must be hit")),
    },
    title="example",
)

CONTINUES = Record(
    {
        "version": Key(Line(), Text("phiên bản cũ", "the older version"), required=True),
        "code": Key(Code(), Text("mã trong phiên bản cũ", "the code there"), required=True),
        "comparable": Key(Flag(), Text("có so sánh được không", "whether values can be compared"), required=True),
    },
    title="continues",
)

_NODE_KEYS: Mapping[str, Key] = {
    "code": Key(Code(), Text("mã, luôn trong dấu nháy", "the code, always in quotes"), required=True),
    "name": NAME,
    "max_points": MAX_POINTS,
    "source": Key(Word(), Text("mã nguồn trong sources", "a key of sources")),
    "continues": Key(CONTINUES, Text("trước đây là nút nào", "what it was before")),
}


def _leaf_keys(rules: RuleHead) -> Mapping[str, Key]:
    return {
        "method": Key(Word(METHODS), Text("cách đánh giá", "how it is assessed")),
        "appraiser": Key(Bilingual(), Text("cơ quan thẩm định", "who appraises")),
        "evidence": Key(ListOf(TextOrBilingual()), Text("tài liệu kiểm chứng", "evidence asked for")),
        "guidance": Key(Bilingual(), Text("hướng dẫn", "guidance")),
        "not_applicable": Key(
            ListOf(Word(POLICIES)), Text("cách xử lý khi không áp dụng", "what may be done when it does not apply")
        ),
        "rule": Key(rules, Text("cách tính điểm", "the rule")),
        "counted": COUNTED,
        "examples": Key(ListOf(EXAMPLE), Text("ví dụ đã tính", "worked examples")),
    }


def framework_record(kinds: Mapping[str, Mapping[str, Any]] | None = None) -> Record:
    """The whole file. `kinds` are the JSON Schemas of the rule kinds, needed only for export."""
    leaf = _leaf_keys(RuleHead(kinds or {}))
    subcriterion = Record({**_NODE_KEYS, **leaf}, title="subcriterion")
    subcriteria = Key(ListOf(subcriterion, least=1), Text("tiêu chí thành phần", "sub-criteria"))
    criterion = Record({**_NODE_KEYS, **leaf, "subcriteria": subcriteria}, title="criterion")
    domain = Record(
        {
            **_NODE_KEYS,
            "criteria": Key(ListOf(criterion, least=1), Text("các tiêu chí", "the criteria")),
            "criteria_count": Key(Whole(), Text("số tiêu chí (đề cương)", "number of criteria (outline)")),
            "subcriteria_count": Key(Whole(), Text("số TCTP (đề cương)", "number of sub-criteria (outline)")),
        },
        title="domain",
    )
    item = Record(
        {
            "code": Key(Code(), Text("mã", "the code"), required=True),
            "name": NAME,
            "points_each": Key(POINTS, Text("điểm mỗi lần", "points for each"), required=True),
            "unit": Key(Bilingual(), Text("đơn vị tính", "unit of measure"), required=True),
        },
        title="adjustment item",
    )
    adjustment = Record(
        {
            "cap": Key(POINTS, Text("mức tối đa", "the cap"), required=True),
            "items": Key(ListOf(item, least=1), Text("các nội dung", "the items"), required=True),
        },
        title="adjustment",
    )
    option = Record(
        {
            "option": Key(Word(form=r"[a-z][a-z0-9_]*"), Text("mã lựa chọn", "code of the option"), required=True),
            "label": NAME,
            "weight": Key(Number(low=Decimal(0), high=Decimal(1)), Text("trọng số 0–1", "weight 0–1"), required=True),
        },
        title="scale option",
    )
    texts = ListOf(TextOrBilingual())
    return Record(
        {
            "framework": Key(Word(), Text("mã bộ tiêu chí", "id of the framework"), required=True),
            "version": Key(Line(), Text("phiên bản, trong dấu nháy", "version, in quotes"), required=True),
            "name": NAME,
            "legal_basis": Key(Bilingual(), Text("căn cứ pháp lý", "legal basis")),
            "editions": Key(
                ListOf(Whole(1990, 2100), least=1), Text("các năm áp dụng", "years it is for"), required=True
            ),
            "unit_kind": Key(Word(), Text("loại đơn vị", "kind of unit"), required=True),
            "max_points": MAX_POINTS,
            "structure": Key(
                Record(
                    {
                        "domains": Key(Whole(), Text("số lĩnh vực", "number of domains")),
                        "criteria": Key(Whole(), Text("số tiêu chí", "number of criteria")),
                        "subcriteria": Key(Whole(), Text("số TCTP", "number of sub-criteria")),
                    }
                ),
                Text("số nút công bố, để đối chiếu", "declared counts, checked against the tree"),
            ),
            "points_by_method": Key(
                Record({method: Key(POINTS, Text("tổng điểm", "sum of points")) for method in METHODS}),
                Text("điểm theo cách đánh giá, để đối chiếu", "declared points by method, checked"),
            ),
            "completeness": Key(Word(("full", "domains_only")), Text("đầy đủ hay đề cương", "full, or an outline")),
            "provenance": Key(
                Record(
                    {
                        "found": Key(texts, Text("đã thấy trong nguồn", "found in a source")),
                        "recalled": Key(texts, Text("theo trí nhớ", "recalled")),
                        "illustrative": Key(texts, Text("minh họa", "illustrative")),
                        "conflict": Key(TextOrBilingual(), Text("mâu thuẫn của nguồn", "conflict in the source")),
                        "not_official": Key(TextOrBilingual(), Text("điều cần nói rõ", "what must be said")),
                    }
                ),
                Text("nguồn gốc nội dung", "where the content comes from"),
            ),
            "sources": SOURCES,
            "scales": Key(MapOf(ListOf(option, least=2)), Text("thang trả lời", "answer scales")),
            "adjustments": Key(
                Record(
                    {
                        "bonus": Key(adjustment, Text("điểm thưởng", "bonus")),
                        "penalty": Key(adjustment, Text("điểm trừ", "penalty")),
                    }
                ),
                Text("điểm thưởng, điểm trừ", "bonus and penalty"),
            ),
            "domains": Key(ListOf(domain, least=1), Text("các lĩnh vực", "the domains"), required=True),
        },
        title="framework",
    )
