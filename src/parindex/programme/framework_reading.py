"""A framework file to a `Framework`, with every problem of the file in one pass.

Rules are read only as far as all kinds are alike; `scoring.rules` opens their bodies.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from yaml.nodes import MappingNode

from parindex.documents.shapes import INVALID, Fields, Reading
from parindex.documents.yaml_nodes import compose, word_pairs
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.counted import read_counted
from parindex.programme.framework import (
    INDEX,
    METHODS,
    Adjustment,
    AdjustmentItem,
    Continues,
    Example,
    Framework,
    InputSpec,
    LeafSpec,
    Level,
    Node,
    RuleSpec,
    ScaleOption,
)
from parindex.programme.framework_shape import framework_record
from parindex.sources import digest_of

SUM_MISMATCH = ProblemKind(
    "SUM-MISMATCH",
    what=Text(
        "{node} có {maximum} điểm tối đa, nhưng các mục con cộng lại được {total}.",
        "{node} has {maximum} maximum points, but what is below it adds up to {total}.",
    ),
    why=Text("Điểm của một mục là tổng điểm các mục con.", "The points of a node are the sum of those below it."),
    remedy=Text("Sửa điểm tối đa của mục này hoặc của mục con.", "Correct its maximum, or one below it."),
)
CODE_DUPLICATE = ProblemKind(
    "CODE-DUPLICATE",
    what=Text('mã "{code}" đã dùng ở dòng {first}.', 'the code "{code}" stands already on line {first}.'),
    why=Text("Mỗi mã chỉ một nút: mọi bảng số liệu tra theo mã.", "A code is one node: every table is keyed by it."),
    remedy=Text("Đặt mã khác cho một trong hai.", "Give one of the two another code."),
)
CODE_RESERVED = ProblemKind(
    "CODE-RESERVED",
    what=Text('mã "{code}" dành cho chỉ số chung.', 'the code "{code}" is kept for the whole index.'),
    why=Text("", ""),
    remedy=Text("Đặt mã khác.", "Use another code."),
)
CODE_PARENT = ProblemKind(
    "CODE-PARENT",
    what=Text('mã "{code}" nằm dưới "{parent}".', 'the code "{code}" stands below "{parent}".'),
    why=Text(
        'Mã của mục con bắt đầu bằng mã của mục cha và dấu chấm ("{parent}.").',
        'The code of a child begins with that of its parent and a dot ("{parent}.").',
    ),
    remedy=Text("Sửa mã, hoặc chuyển mục này về đúng chỗ.", "Correct the code, or move the node to where it belongs."),
)
LEAF_WITHOUT_RULE = ProblemKind(
    "LEAF-WITHOUT-RULE",
    what=Text('"{code}" không có mục con và không có cách tính điểm.', '"{code}" has nothing below it and no rule.'),
    why=Text("Mục cuối cùng của cây phải được chấm điểm.", "The last node of a branch must be scored."),
    remedy=Text("Thêm rule, method và examples, hoặc thêm mục con.", "Add rule, method and examples, or sub-criteria."),
)
RULE_ABOVE_LEAF = ProblemKind(
    "RULE-ABOVE-LEAF",
    what=Text('"{code}" có mục con nên không được có khóa "{key}".', '"{code}" has sub-criteria and so no "{key}".'),
    why=Text("Chỉ mục cuối cùng được chấm điểm.", "Only the last node is scored."),
    remedy=Text("Bỏ khóa này hoặc bỏ các mục con.", "Remove the key, or the sub-criteria."),
)
METHOD_MISSING = ProblemKind(
    "METHOD-MISSING",
    what=Text('"{code}" chưa ghi cách đánh giá.', '"{code}" does not say how it is assessed.'),
    why=Text("", ""),
    remedy=Text("Thêm method: appraisal, data hoặc survey.", "Add method: appraisal, data or survey."),
)
STRUCTURE_COUNT = ProblemKind(
    "STRUCTURE-COUNT",
    what=Text(
        "structure ghi {declared} {what_vi}, cây có {found}.",
        "structure says {declared} {what_en}, the tree has {found}.",
    ),
    why=Text("", ""),
    remedy=Text("Thêm mục còn thiếu, hoặc sửa số đã ghi.", "Add what is missing, or correct the number."),
)
METHOD_SUM = ProblemKind(
    "METHOD-SUM",
    what=Text(
        "points_by_method ghi {declared} điểm cho {method}, các mục cộng lại được {found}.",
        "points_by_method says {declared} points for {method}, the leaves add up to {found}.",
    ),
    why=Text("", ""),
    remedy=Text("Sửa số đã ghi hoặc cách đánh giá của mục.", "Correct the number, or the method of a leaf."),
)
SOURCE_UNKNOWN = ProblemKind(
    "SOURCE-UNKNOWN",
    what=Text('nguồn "{key}" không có trong sources.', 'the source "{key}" does not stand under sources.'),
    why=Text("", ""),
    remedy=Text("Thêm nguồn này vào sources hoặc sửa tên.", "Add it under sources, or correct the name."),
)
INPUT_UNIT = ProblemKind(
    "INPUT-UNIT",
    what=Text(
        'số liệu "{name}" (kiểu {type}) chưa có đơn vị tính.', 'the input "{name}" ({type}) has no unit of measure.'
    ),
    why=Text("Con số không có đơn vị thì không kiểm tra được.", "A number without a unit cannot be checked."),
    remedy=Text('Thêm unit: {{vi: "…", en: "…"}}.', 'Add unit: {{vi: "…", en: "…"}}.'),
)
INPUT_UNIT_EXTRA = ProblemKind(
    "INPUT-UNIT-EXTRA",
    what=Text('số liệu "{name}" (kiểu {type}) không dùng đơn vị tính.', 'the input "{name}" ({type}) takes no unit.'),
    why=Text("", ""),
    remedy=Text("Bỏ unit.", "Remove unit."),
)
INPUT_OPTIONS = ProblemKind(
    "INPUT-OPTIONS",
    what=Text(
        'số liệu "{name}": options chỉ dùng, và phải có, cho kiểu choice.',
        'the input "{name}": options go with the type choice, and only with it.',
    ),
    why=Text("", ""),
    remedy=Text("Thêm options hoặc đổi kiểu.", "Add options, or change the type."),
)
INPUT_PART_OF = ProblemKind(
    "INPUT-PART-OF",
    what=Text(
        'số liệu "{name}": part_of trỏ tới "{whole}", không phải một số liệu khác cùng loại.',
        'the input "{name}": part_of names "{whole}", which is no other input that is a number.',
    ),
    why=Text("", ""),
    remedy=Text("Sửa tên số liệu.", "Correct the name."),
)
INPUT_RESERVED = ProblemKind(
    "INPUT-RESERVED",
    what=Text('"{name}" là từ dành riêng.', '"{name}" is a reserved word.'),
    why=Text("", ""),
    remedy=Text("Đặt tên khác cho số liệu.", "Give the input another name."),
)
OUTLINE_CONTENT = ProblemKind(
    "OUTLINE-CONTENT",
    what=Text(
        'lĩnh vực "{code}": đề cương (domains_only) không có tiêu chí; bộ đầy đủ phải có.',
        'domain "{code}": an outline (domains_only) has no criteria; a full framework must have them.',
    ),
    why=Text("", ""),
    remedy=Text(
        "Thêm criteria, hoặc ghi completeness: domains_only.", "Add criteria, or write completeness: domains_only."
    ),
)
SCALE_OPTION_TWICE = ProblemKind(
    "SCALE-OPTION-TWICE",
    what=Text(
        'thang "{scale}": lựa chọn "{option}" có hai lần.', 'scale "{scale}": the option "{option}" stands twice.'
    ),
    why=Text("", ""),
    remedy=Text("Giữ một.", "Keep one."),
)
POINTS_DECIMALS = ProblemKind(
    "POINTS-DECIMALS",
    what=Text("{value} có hơn 4 chữ số thập phân.", "{value} has more than 4 decimals."),
    why=Text("Điểm được lưu với 4 chữ số thập phân.", "Points are stored with 4 decimals."),
    remedy=Text("Làm tròn điểm trong bộ tiêu chí.", "Round it in the framework."),
)
STRUCTURE_CONFLICT = ProblemKind(
    "STRUCTURE-CONFLICT",
    what=Text(
        "structure ghi {declared} {what_vi}, các lĩnh vực cộng lại được {found}; provenance nói nguồn tự mâu thuẫn.",
        "structure says {declared} {what_en}, the domains add up to {found}; provenance says the source conflicts.",
    ),
    why=Text("", ""),
    remedy=Text("", ""),
    severity="notice",
)

FRAMEWORK_IS_EDITION = ProblemKind(
    "FRAMEWORK-IS-EDITION",
    what=Text(
        "đây là tệp kỳ đánh giá (edition.yaml), không phải bộ tiêu chí.",
        "this is an edition file (edition.yaml), not a framework.",
    ),
    why=Text("Tệp có khóa programme và edition.", "It has the keys programme and edition."),
    remedy=Text(
        "Nêu tệp bộ tiêu chí; cả thư mục kỳ đánh giá thì dùng parindex check.",
        "Name the framework file; for a whole edition folder use parindex check.",
    ),
)

RESERVED_INPUTS = frozenset(
    {
        *("points", "max_points", "if", "then", "else", "and", "or", "not", "min", "max", "true", "false"),
        # Words that the sentences of rules fill themselves.
        *("minus", "minimum", "result", "facts", "condition", "formula", "events", "parts"),
        *("level_code", "level_label"),
    }
)

_COUNTED = {
    "domains": Text("lĩnh vực", "domains"),
    "criteria": Text("tiêu chí", "criteria"),
    "subcriteria": Text("tiêu chí thành phần", "sub-criteria"),
}


def read_framework(content: bytes, name: str, problems: Problems) -> Framework | None:
    """Read one framework file. Returns what could be read, even beside problems, so that rules are checked too.

    None when the file is no map of keys at all. The caller raises when `problems` holds errors.
    """
    document = compose(content, name, problems)
    if document is None:
        return None
    reading = Reading(document, problems)
    if isinstance(document.root, MappingNode):
        keys = {key.value for key, _ in word_pairs(document.root)}
        if {"programme", "edition"} <= keys and "framework" not in keys:
            reading.add(FRAMEWORK_IS_EDITION, document.root)
            return None
    fields = framework_record().read(document.root, reading)
    if not isinstance(fields, Fields):
        return None
    return _Builder(fields, reading).framework(digest_of(content))


def _optional(value: Any) -> Any:
    return value if value else None


class _Builder:
    """Builds the tree of one file from its fields, and checks what only the whole can show."""

    def __init__(self, fields: Fields, reading: Reading):
        self.fields = fields
        self.reading = reading
        self.sources: Mapping[str, Fields] = fields.entries("sources")
        self.codes: dict[str, int] = {}
        # False when a node or a leaf was left out because of its problems: what the tree adds up to would mislead.
        self.all_nodes = fields.complete("domains")
        self.all_leaves = True

    def framework(self, sha256: str) -> Framework:
        fields = self.fields
        outline = fields["completeness"] == "domains_only"
        domains = tuple(self._node(item, "domain", None, outline) for item in fields.items("domains"))
        adjustments = self._adjustments()
        maximum = fields["max_points"] if fields.has("max_points") else Decimal(0)
        if fields.has("max_points", "domains") and self._complete(fields, "domains", domains):
            self._check_sum(Text("Bộ tiêu chí", "The framework"), maximum, domains, fields, "max_points")
        self._check_structure(domains, outline)
        if not outline:
            self._check_methods(domains)
        provenance: Fields | None = _optional(fields["provenance"])
        return Framework(
            code=fields["framework"] or "",
            version=fields["version"] or "",
            name=fields["name"] or Text("", ""),
            legal_basis=_optional(fields["legal_basis"]),
            editions=fields.items("editions"),
            unit_kind=fields["unit_kind"] or "",
            max_points=maximum,
            completeness="domains_only" if outline else "full",
            domains=domains,
            scales=self._scales(),
            adjustments=adjustments,
            sources={key: source["title"] or Text("", "") for key, source in self.sources.items()},
            file=self.reading.document.name,
            sha256=sha256,
            place=fields.place,
            not_official=_optional(provenance["not_official"]) if provenance else None,
            provenance={
                key: provenance.items(key) for key in ("found", "recalled", "illustrative") if provenance.items(key)
            }
            if provenance
            else {},
        )

    def _add(self, kind: ProblemKind, fields: Fields, key: str, /, **values: object) -> None:
        self.reading.add(kind, fields.node_of(key), **values)

    def _node(self, fields: Fields, level: Level, parent: str | None, outline: bool = False) -> Node:
        code = fields["code"] or ""
        if code:
            self._check_code(code, parent, fields)
        below, next_level = {
            "domain": ("criteria", "criterion"),
            "criterion": ("subcriteria", "subcriterion"),
            "subcriterion": (None, None),
        }[level]
        children: tuple[Node, ...] = ()
        if below is not None and next_level is not None:
            children = tuple(self._node(item, _LEVELS[next_level], code) for item in fields.items(below))
            self.all_nodes = self.all_nodes and fields.complete(below)
        if fields["source"] and fields["source"] not in self.sources and not self.fields.wrong("sources"):
            self._add(SOURCE_UNKNOWN, fields, "source", key=fields["source"])
        maximum = fields["max_points"] if fields.has("max_points") else Decimal(0)
        if maximum and _decimals(maximum) > 4:
            self._add(POINTS_DECIMALS, fields, "max_points", value=maximum)
        has_below = below is not None and below in fields.values
        if level == "domain" and outline == has_below:
            self._add(OUTLINE_CONTENT, fields, "code", code=code)
        if below is not None and maximum and children and self._complete(fields, below, children):
            self._check_sum(same_quoted(code), maximum, children, fields, "max_points")
        leaf = None
        if level != "domain":
            if has_below:
                for key in ("rule", "examples", "method", "not_applicable", "counted"):
                    if key in fields.values:
                        self._add(RULE_ABOVE_LEAF, fields, key, code=code, key=key)
            else:
                leaf = self._leaf(fields, code)
                self.all_leaves = self.all_leaves and bool(leaf and maximum and fields["method"])
        continues: Fields | None = _optional(fields["continues"])
        return Node(
            code=code,
            level=level,
            name=fields["name"] or Text(code, code),
            max_points=maximum,
            children=children,
            leaf=leaf,
            source=fields["source"] or None,
            continues=Continues(continues["version"], continues["code"], continues["comparable"])
            if continues and continues.has("version", "code") and continues["comparable"] is not None
            else None,
            place=fields.place,
        )

    def _check_code(self, code: str, parent: str | None, fields: Fields) -> None:
        line = fields.node_of("code").start_mark.line + 1
        if code == INDEX:
            self._add(CODE_RESERVED, fields, "code", code=code)
        elif code in self.codes:
            self._add(CODE_DUPLICATE, fields, "code", code=code, first=str(self.codes[code]))
        elif parent and not code.startswith(parent + "."):
            self._add(CODE_PARENT, fields, "code", code=code, parent=parent)
        self.codes.setdefault(code, line)

    @staticmethod
    def _complete(fields: Fields, below: str, children: tuple[Node, ...]) -> bool:
        return fields.complete(below) and all(child.max_points for child in children)

    def _check_sum(self, name: Text, maximum: Decimal, children: tuple[Node, ...], fields: Fields, key: str) -> None:
        total = sum((child.max_points for child in children), Decimal(0))
        if total != maximum:
            self._add(SUM_MISMATCH, fields, key, node=name, maximum=maximum, total=total)

    def _leaf(self, fields: Fields, code: str) -> LeafSpec | None:
        if "rule" not in fields.values:
            self._add(LEAF_WITHOUT_RULE, fields, "code", code=code)
            return None
        if "method" not in fields.values:
            self._add(METHOD_MISSING, fields, "code", code=code)
        rule: Fields = fields["rule"]
        if not isinstance(rule, Fields) or not isinstance(rule.node, MappingNode) or not rule.has("kind"):
            return None
        inputs = self._inputs(rule)
        readable = rule.complete("inputs") and len(inputs) == len(rule.entries("inputs"))
        examples = [example for example in fields.items("examples") if _readable(example)]
        return LeafSpec(
            method=fields["method"] or "appraisal",
            rule=RuleSpec(rule["kind"], inputs, rule.node, self.reading.document, rule.place, readable),
            examples=tuple(_example(example) for example in examples),
            examples_readable=fields.complete("examples") and len(examples) == len(fields.items("examples")),
            not_applicable=tuple(dict.fromkeys(fields.items("not_applicable"))),
            appraiser=_optional(fields["appraiser"]),
            evidence=fields.items("evidence"),
            guidance=_optional(fields["guidance"]),
            counted=read_counted(fields["counted"], inputs, known=readable, reading=self.reading),
        )

    def _inputs(self, rule: Fields) -> tuple[InputSpec, ...]:
        entries = rule.entries("inputs")
        numeric = {
            name
            for name, entry in entries.items()
            if entry["type"] in ("count", "amount", "percent", "number", INVALID)
        }
        specs = []
        for name, entry in entries.items():
            kind = entry["type"]
            at_name = rule["inputs"].nodes[name]
            if name in RESERVED_INPUTS or name.startswith(("label_", "unit_")):
                self.reading.add(INPUT_RESERVED, at_name, name=name)
            if kind in ("count", "amount", "number") and "unit" not in entry.values:
                self.reading.add(INPUT_UNIT, at_name, name=name, type=kind)
            if kind in ("yes_no", "choice", "percent") and entry["unit"]:
                self.reading.add(INPUT_UNIT_EXTRA, entry.node_of("unit"), name=name, type=kind)
            options_wrong = kind and (kind == "choice") != ("options" in entry.values)
            if options_wrong:
                self.reading.add(INPUT_OPTIONS, entry.nodes.get("options", at_name), name=name)
            whole = entry["part_of"]
            if whole and (whole == name or whole not in numeric or name not in numeric):
                self.reading.add(INPUT_PART_OF, entry.node_of("part_of"), name=name, whole=whole)
                whole = None
            if kind and not options_wrong and entry.complete("options"):
                specs.append(
                    InputSpec(
                        name,
                        kind,
                        entry["label"] or Text(name, name),
                        _optional(entry["unit"]),
                        entry.entries("options"),
                        _optional(whole),
                        entry.place,
                    )
                )
        return tuple(specs)

    def _scales(self) -> dict[str, tuple[ScaleOption, ...]]:
        """The options of each scale; none where some could not be read."""
        scales = {}
        for name, listed in self.fields.entries("scales").items():
            options: dict[str, ScaleOption] = {}
            for entry in listed.values:
                if not entry.has("option", "label", "weight"):
                    continue
                if entry["option"] in options:
                    self._add(SCALE_OPTION_TWICE, entry, "option", scale=name, option=entry["option"])
                options[entry["option"]] = ScaleOption(entry["option"], entry["label"], entry["weight"])
            readable = listed.complete and all(entry.has("option", "label", "weight") for entry in listed.values)
            scales[name] = tuple(options.values()) if readable else ()
        return scales

    def _adjustments(self) -> tuple[Adjustment, ...]:
        fields: Fields | None = _optional(self.fields["adjustments"])
        if fields is None:
            return ()
        found = []
        kinds: tuple[Literal["bonus", "penalty"], ...] = ("bonus", "penalty")
        for kind in kinds:
            entry: Fields | None = _optional(fields[kind])
            if entry is None:
                continue
            items = []
            for item in entry.items("items"):
                if item["code"]:
                    self._check_code(item["code"], None, item)
                if item.has("code", "name", "points_each", "unit"):
                    items.append(
                        AdjustmentItem(item["code"], item["name"], item["points_each"], item["unit"], item.place)
                    )
            if entry.has("cap"):
                found.append(Adjustment(kind, entry["cap"], tuple(items), entry.place))
        return tuple(found)

    def _check_structure(self, domains: tuple[Node, ...], outline: bool) -> None:
        structure: Fields | None = _optional(self.fields["structure"])
        if structure is None or not self.all_nodes:
            return
        if outline:
            raw = self.fields.items("domains")
            found = {
                "domains": len(domains),
                "criteria": sum(item["criteria_count"] or 0 for item in raw),
                "subcriteria": sum(item["subcriteria_count"] or 0 for item in raw),
            }
        else:
            nodes = [node for domain in domains for node in domain.walk()]
            found = {
                "domains": len(domains),
                "criteria": sum(node.level == "criterion" for node in nodes),
                "subcriteria": sum(node.level == "subcriterion" for node in nodes),
            }
        provenance: Fields | None = _optional(self.fields["provenance"])
        conflict = provenance is not None and provenance.has("conflict")
        for key, count in found.items():
            if structure.has(key) and structure[key] != count:
                kind = STRUCTURE_CONFLICT if outline and conflict else STRUCTURE_COUNT
                label = _COUNTED[key]
                self._add(
                    kind, structure, key, declared=structure[key], found=count, what_vi=label.vi, what_en=label.en
                )

    def _check_methods(self, domains: tuple[Node, ...]) -> None:
        declared: Fields | None = _optional(self.fields["points_by_method"])
        if declared is None or not (self.all_nodes and self.all_leaves):
            return
        for method in METHODS:
            if not declared.has(method):
                continue
            total = sum(
                (
                    node.max_points
                    for domain in domains
                    for node in domain.leaves()
                    if node.leaf is not None and node.leaf.method == method
                ),
                Decimal(0),
            )
            if total != declared[method]:
                self._add(METHOD_SUM, declared, method, declared=declared[method], method=method, found=total)


_LEVELS: Mapping[str, Level] = {"criterion": "criterion", "subcriterion": "subcriterion"}


def same_quoted(code: str) -> Text:
    return Text(f'"{code}"', f'"{code}"')


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _readable(example: Fields) -> bool:
    return example.has("given", "points") and example.complete("given") and not example.wrong("branch")


def _example(fields: Fields) -> Example:
    return Example(dict(fields.entries("given")), fields["points"], fields["branch"] or None, fields.place)
