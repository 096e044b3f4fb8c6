"""plan.yaml: what is measured, what work costs and the choices to weigh, read with every problem in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from parindex.documents.csv_rows import read_rows
from parindex.documents.shapes import Bilingual, Code, Fields, Key, Line, ListOf, Number, Reading, Record, Whole
from parindex.documents.yaml_nodes import compose
from parindex.language import Text, same
from parindex.problems import ProblemKind, Problems
from parindex.survey.planner import Choice, ClusterLevel, share_spread

PLAN_ALIKE = ProblemKind(
    "PLAN-ALIKE",
    what=Text(
        'phương án "{code}": các phần alike cộng lại là {total}.', 'the choice "{code}": alike adds up to {total}.'
    ),
    why=Text(
        "Mỗi alike là một phần của phương sai; cộng lại không quá 1.",
        "Each alike is a part of the variance; together they are at most 1.",
    ),
    remedy=Text("Giảm các phần này; 0.01 đến 0.1 là thường gặp.", "Lower them; 0.01 to 0.1 is usual."),
)
PLAN_STRATA = ProblemKind(
    "PLAN-STRATA",
    what=Text(
        'phương án "{code}": {strata} tầng và {certain} đơn vị chắc chắn, nhưng chỉ {psus} đơn vị mẫu sơ cấp mỗi tỉnh.',
        'the choice "{code}": {strata} strata and {certain} certain units, but {psus} primary units in a province.',
    ),
    why=Text(
        "Mỗi tầng cần ít nhất một đơn vị, ngoài các đơn vị chắc chắn.",
        "Every stratum needs a unit beside those taken with certainty.",
    ),
    remedy=Text(
        "Giảm strata hoặc certain, hoặc tăng count của cấp đầu.", "Lower them, or raise count of the first level."
    ),
)
PLAN_TWICE = ProblemKind(
    "PLAN-TWICE",
    what=Text('phương án "{code}" có hai lần.', 'the choice "{code}" stands twice.'),
    why=Text("Bảng gọi mỗi phương án bằng mã của nó.", "The table calls each choice by its code."),
    remedy=Text("Đặt mã khác.", "Use another code."),
)
PLAN_PEOPLE = ProblemKind(
    "PLAN-PEOPLE",
    what=Text(
        'cột "people": "{value}" không phải là số người lớn hơn 0.', 'column "people": "{value}" is not above 0.'
    ),
    why=Text("Số người nói mỗi tỉnh nặng bao nhiêu trong cả nước.", "People say what a province weighs in the nation."),
    remedy=Text("Ghi số người của tỉnh, hoặc bỏ dòng.", "Write the people of the province, or remove the line."),
)


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """What is planned for. `share` is the part of yes that is measured (0-1), `target` the margin wished for in a
    province in percentage points (None: none is), `populations` the people by province (empty: all count alike)."""

    name: str
    choices: tuple[Choice, ...]
    share: float = 0.5
    confidence: float = 0.95
    target: Decimal | None = None
    currency: str = ""
    populations: Mapping[str, int] = field(default_factory=dict)

    @property
    def spread(self) -> float:
        return share_spread(self.share)


_PART: Final = Number(low=Decimal(0), high=Decimal(1))
_COST: Final = Number(low=Decimal(0))
_LEVEL = Record(
    {
        "name": Key(Bilingual(), Text("tên cấp", "name of the level"), required=True),
        "count": Key(
            Whole(low=1, high=100_000),
            Text(
                "bao nhiêu trong mỗi đơn vị cấp trên (cấp đầu: mỗi tỉnh)",
                "how many in each unit above (first: in a province)",
            ),
            required=True,
        ),
        "alike": Key(
            _PART,
            Text(
                "phần phương sai giữa các đơn vị cấp này (một cấp: hệ số tương quan nội cụm); bỏ qua là 0",
                "part of the variance between its units (with one level the intraclass correlation); 0 without it",
            ),
        ),
        "cost": Key(_COST, Text("chi phí đến mỗi đơn vị", "what a visit to one unit costs")),
    },
    title="level",
)
_CHOICE = Record(
    {
        "code": Key(Code(), Text("mã phương án", "code of the choice"), required=True),
        "name": Key(Bilingual(), Text("tên phương án", "name of the choice")),
        "levels": Key(
            ListOf(_LEVEL, least=1),
            Text("các cấp, từ đơn vị mẫu sơ cấp xuống", "levels, from primary units down"),
            required=True,
        ),
        "people": Key(
            Whole(low=1, high=100_000),
            Text("số phiếu mỗi cụm nhỏ nhất", "interviews in each lowest cluster"),
            required=True,
        ),
        "strata": Key(
            Whole(low=1, high=100_000),
            Text("số tầng mỗi tỉnh; bỏ qua là 1", "strata in a province; 1 without it"),
        ),
        "certain": Key(
            Whole(low=0, high=100_000),
            Text(
                "số đơn vị sơ cấp chắc chắn được chọn (thủ phủ): đơn vị cấp dưới của nó là đơn vị mẫu sơ cấp",
                "first units taken with certainty (the capital): the units of the next level in it are the PSUs",
            ),
        ),
        "response": Key(
            Number(above=Decimal(0), high=Decimal(1)), Text("tỷ lệ trả lời riêng", "a response rate of its own")
        ),
        "weight_cv": Key(
            Number(low=Decimal(0), high=Decimal(10)), Text("hệ số biến thiên riêng", "a weight variation of its own")
        ),
    },
    title="choice",
)
PLAN_FILE = Record(
    {
        "plan": Key(Code(), Text("mã của kế hoạch", "code of the plan"), required=True),
        "provinces": Key(
            Whole(low=1, high=10_000), Text("số tỉnh; bỏ qua khi có populations", "provinces; not with populations")
        ),
        "populations": Key(
            Line(), Text("CSV số người mỗi tỉnh: province, people", "CSV of people by province: province, people")
        ),
        "share": Key(
            Number(low=Decimal("0.01"), high=Decimal("0.99")),
            Text("tỷ lệ cần đo, 0.01–0.99; bỏ qua là 0.5", "the share to measure, 0.01–0.99; 0.5 without it"),
        ),
        "target": Key(
            Number(above=Decimal(0), high=Decimal(50)),
            Text(
                "sai số biên muốn có ở mỗi tỉnh, điểm phần trăm", "margin wished for in a province, percentage points"
            ),
        ),
        "confidence": Key(
            Number(low=Decimal("0.5"), high=Decimal("0.999")),
            Text("độ tin cậy; bỏ qua là 0.95", "confidence; 0.95 without it"),
        ),
        "response": Key(
            Number(above=Decimal(0), high=Decimal(1)), Text("tỷ lệ trả lời; bỏ qua là 1", "response rate; 1 without it")
        ),
        "weight_cv": Key(
            Number(low=Decimal(0), high=Decimal(10)),
            Text("hệ số biến thiên của quyền số; bỏ qua là 0", "coefficient of variation of the weights; 0 without it"),
        ),
        "interview_cost": Key(_COST, Text("chi phí mỗi phiếu", "what one interview costs")),
        "currency": Key(Line(), Text("đơn vị tiền, trong dấu nháy", "the money, in quotes")),
        "choices": Key(ListOf(_CHOICE, least=1), Text("các phương án", "the choices"), required=True),
    },
    title="plan.yaml",
)


def read_plan(content: bytes, name: str, problems: Problems) -> tuple[SamplePlan, str | None] | None:
    """The plan, and the name of the file of populations where it has one; None when a problem leaves no plan."""
    before = len(problems.errors)
    document = compose(content, name, problems)
    if document is None:
        return None
    reading = Reading(document, problems)
    fields = PLAN_FILE.read(document.root, reading)
    if not isinstance(fields, Fields):
        return None
    codes: set[str] = set()
    for item in fields.items("choices"):
        if not item.has("code"):
            continue
        if item["code"] in codes:
            reading.add(PLAN_TWICE, item.node_of("code"), code=item["code"])
        codes.add(item["code"])
        levels = [level for level in item.items("levels") if not level.wrong("alike")]
        alike = sum((level["alike"] or Decimal(0) for level in levels), Decimal(0))
        if alike > 1:
            reading.add(PLAN_ALIKE, item.node_of("levels"), code=item["code"], total=alike)
        strata, certain = item["strata"] or 1, item["certain"] or 0
        if levels and levels[0].has("count") and strata + certain > levels[0]["count"]:
            words = {"code": item["code"], "strata": strata, "certain": certain, "psus": levels[0]["count"]}
            reading.add(PLAN_STRATA, item.node_of("certain" if certain else "strata"), **words)
    if len(problems.errors) > before:
        return None
    share, confidence = fields["share"], fields["confidence"]
    plan = SamplePlan(
        fields["plan"],
        tuple(_choice(item, fields) for item in fields.items("choices")),
        share=0.5 if share is None else float(share),
        confidence=0.95 if confidence is None else float(confidence),
        target=fields["target"],
        currency=fields["currency"] or "",
    )
    return plan, fields["populations"]


def _choice(item: Fields, plan: Fields) -> Choice:
    def given(key: str, usual: float) -> float:
        own = item[key] if key in item.values else plan[key]
        return usual if own is None else float(own)

    levels = tuple(
        ClusterLevel(level["name"], level["count"], float(level["alike"] or 0), float(level["cost"] or 0))
        for level in item.items("levels")
    )
    return Choice(
        item["code"],
        item["name"] or same(item["code"]),
        levels,
        item["people"],
        psu_strata=item["strata"] or 1,
        certain=item["certain"] or 0,
        weight_cv=given("weight_cv", 0),
        response=given("response", 1),
        cost_per_interview=float(plan["interview_cost"] or 0),
        provinces=plan["provinces"] or 63,
    )


def read_populations(content: bytes, name: str, problems: Problems) -> Mapping[str, int]:
    """People by province from CSV (province, people). A frame will do: people of a province are added up."""
    found: dict[str, int] = {}
    for row in read_rows(content, name, problems, columns=("province", "people"), others=True):
        province, text = row.required("province", problems), row.required("people", problems)
        people = row.decimal("people", problems)
        if province is None or text is None or people is None:
            continue
        if people <= 0 or people != int(people):
            problems.add(PLAN_PEOPLE, row.place, value=text)
            continue
        found[province] = found.get(province, 0) + int(people)
    return found
