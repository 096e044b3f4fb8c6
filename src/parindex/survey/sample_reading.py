"""sample.yaml: seed, frame, stages and allocation, read with every problem in one pass."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from parindex.documents.shapes import Code, Fields, Key, Line, ListOf, MapOf, Number, Reading, Record, Whole, Word
from parindex.documents.yaml_nodes import compose
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.survey.frame import FrameLayout
from parindex.survey.sample import ALLOCATIONS, USUAL_CONTACTS, Allocation, SampleDesign, Stage
from parindex.survey.selection import BY_SIZE, METHODS

SAMPLE_STAGE_ORDER = ProblemKind(
    "SAMPLE-STAGE-ORDER",
    what=Text(
        'giai đoạn "{unit}" không nằm dưới giai đoạn trước trong khung ({levels}).',
        'the stage "{unit}" does not lie below the one before it in the frame ({levels}).',
    ),
    why=Text(
        "Mỗi giai đoạn chọn bên trong giai đoạn trước; cấp đầu là tỉnh, không chọn mà phân tầng.",
        "Each stage is drawn within the one before; the top level is not drawn but stratified.",
    ),
    remedy=Text(
        "Xếp các giai đoạn từ cấp cao xuống thấp; chỉ giai đoạn cuối có thể không có trong khung.",
        "Put the stages from high to low; only the last may be a unit the frame does not list.",
    ),
)
SAMPLE_FIELD_METHOD = ProblemKind(
    "SAMPLE-FIELD-METHOD",
    what=Text(
        'giai đoạn "{unit}" chọn tại thực địa không thể dùng {method}.',
        'the stage "{unit}" is drawn in the field and cannot use {method}.',
    ),
    why=Text("Danh sách lập tại chỗ không có quy mô.", "A list made there has no sizes."),
    remedy=Text("Dùng simple_random hoặc systematic.", "Use simple_random or systematic."),
)
SAMPLE_ALLOCATED = ProblemKind(
    "SAMPLE-ALLOCATED",
    what=Text(
        "có {count} giai đoạn với take: allocated; khóa allocation {stands}.",
        "{count} stages have take: allocated; the key allocation {stands}.",
    ),
    why=Text("Phân bổ chia tổng số của đúng một giai đoạn.", "The allocation shares the number of exactly one stage."),
    remedy=Text(
        "Ghi allocation cùng một giai đoạn take: allocated, hoặc bỏ cả hai.",
        "Write allocation and one stage with take: allocated, or neither.",
    ),
)

ALLOCATED: Final = "allocated"


class _Take:
    """A whole number, or the word `allocated`."""

    says = Text("số đơn vị, hoặc allocated", "a number of units, or allocated")

    def read(self, node: Any, reading: Reading) -> Any:
        if getattr(node, "value", None) == ALLOCATED:
            return ALLOCATED
        return Whole(low=1, high=10_000_000, says=self.says).read(node, reading)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer", "minimum": 1}, {"const": ALLOCATED}]}


_WORD = Word(form=r"[a-z][a-z0-9_]*", says=Text("tên cột", "name of a column"))
_FRAME = Record(
    {
        "file": Key(Line(), Text("tệp khung mẫu", "file of the frame"), required=True),
        "levels": Key(
            ListOf(_WORD, least=2),
            Text("các cột mã, từ tỉnh xuống", "columns of codes, from the province downward"),
            required=True,
        ),
        "size": Key(_WORD, Text("cột quy mô; bỏ qua: mỗi dòng là một", "column of sizes; without it each row is one")),
        "strata": Key(ListOf(_WORD), Text("cột phân tầng thêm", "columns that stratify further")),
    },
    title="frame",
)
_STAGE = Record(
    {
        "unit": Key(_WORD, Text("cấp được chọn", "level that is drawn"), required=True),
        "method": Key(Word(METHODS), Text("cách chọn", "method"), required=True),
        "take": Key(_Take(), Text("số đơn vị trong mỗi nhóm", "units in each group"), required=True),
        "reserves": Key(Whole(high=100_000), Text("số dự phòng trong mỗi nhóm", "reserves in each group")),
    },
    title="stage",
)
_ALLOCATION = Record(
    {
        "kind": Key(Word(ALLOCATIONS), Text("cách phân bổ", "how it is shared"), required=True),
        "total": Key(Whole(low=1), Text("tổng số", "total"), required=True),
        "least": Key(Whole(low=1), Text("ít nhất mỗi tỉnh", "least in a province")),
        "spreads": Key(
            MapOf(Number(above=Decimal(0)), key_form=r"[^\s,;|]+"),
            Text("độ lệch chuẩn theo tỉnh (neyman)", "standard deviation by province (neyman)"),
        ),
    },
    title="allocation",
)
SHAPE = Record(
    {
        "sample": Key(Code(), Text("mã của mẫu", "code of the sample"), required=True),
        "seed": Key(Whole(high=10**15), Text("hạt giống ngẫu nhiên", "seed of all chance"), required=True),
        "frame": Key(_FRAME, Text("khung mẫu", "frame"), required=True),
        "stages": Key(ListOf(_STAGE, least=1), Text("các giai đoạn", "stages"), required=True),
        "allocation": Key(_ALLOCATION, Text("phân bổ cho các tỉnh", "allocation to provinces")),
        "certainty_take": Key(
            Word(("in_proportion", "same")),
            Text("số chọn trong đơn vị chắc chắn", "what is drawn within a certain unit"),
        ),
        "contacts_before_reserve": Key(
            Whole(low=1, high=100), Text("số lần liên hệ trước khi thay", "contacts before a reserve steps in")
        ),
    },
    title="sample.yaml",
)


def read_sample_design(content: bytes, name: str, problems: Problems) -> tuple[SampleDesign, str] | None:
    """The design and the name of its frame file; None when a problem leaves no usable design."""
    before = len(problems.errors)
    document = compose(content, name, problems)
    if document is None:
        return None
    reading = Reading(document, problems)
    fields = SHAPE.read(document.root, reading)
    if not isinstance(fields, Fields) or not fields.has("sample", "seed", "frame", "stages"):
        return None
    frame: Fields = fields["frame"]
    if not frame.has("file", "levels") or not (frame.complete("levels") and frame.complete("strata")):
        return None
    if frame.wrong("size") or not all(item.has("unit", "method", "take") for item in fields.items("stages")):
        return None
    layout = FrameLayout(frame.items("levels"), frame["size"] or None, frame.items("strata"))
    stages = tuple(
        Stage(item["unit"], item["method"], None if item["take"] == ALLOCATED else item["take"], item["reserves"] or 0)
        for item in fields.items("stages")
    )
    allocation = _allocation(fields["allocation"]) if fields.has("allocation") else None
    _check_stages(fields, layout, stages, reading)
    allocated = sum(stage.take is None for stage in stages)
    if not fields.wrong("allocation") and (allocated != 1 if fields.has("allocation") else allocated):
        stands = Text("có", "is there") if fields.has("allocation") else Text("không có", "is not")
        reading.add(SAMPLE_ALLOCATED, fields.node, count=allocated, stands=stands)
    if len(problems.errors) > before or not fields.complete("stages") or fields.wrong("allocation"):
        return None
    design = SampleDesign(
        fields["sample"],
        fields["seed"],
        layout,
        stages,
        allocation,
        fields["certainty_take"] or "in_proportion",
        fields["contacts_before_reserve"] or USUAL_CONTACTS,
    )
    return design, frame["file"]


def _allocation(fields: Fields) -> Allocation | None:
    if not fields.has("kind", "total"):
        return None
    return Allocation(fields["kind"], fields["total"], fields["least"] or 1, fields.entries("spreads"))


def _check_stages(fields: Fields, layout: FrameLayout, stages: tuple[Stage, ...], reading: Reading) -> None:
    level = 0
    for number, (stage, item) in enumerate(zip(stages, fields.items("stages"), strict=True)):
        last = number + 1 == len(stages)
        if stage.unit in layout.levels and layout.levels.index(stage.unit) > level:
            level = layout.levels.index(stage.unit)
        elif last and number > 0 and stage.unit not in layout.levels:
            if stage.method in BY_SIZE:
                reading.add(SAMPLE_FIELD_METHOD, item.node_of("method"), unit=stage.unit, method=stage.method)
        else:
            levels = ", ".join(layout.levels)
            reading.add(SAMPLE_STAGE_ORDER, item.node_of("unit"), unit=stage.unit, levels=levels)
