"""The tables that flow, on one screen each: what every stage takes and gives.

All are keyed by edition and unit, most by node; a leaf may have several inputs, and values keep every stage.
Nulls are never zero: a cell that may be empty says what that means.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from parindex.language import Text
from parindex.tables.columns import Column, TableSpec
from parindex.tables.counted import COUNTED
from parindex.tables.measured import MEASURED

Stage = Literal["self", "appraisal_1", "appraisal_2", "council", "final"]
STAGES: tuple[Stage, ...] = ("self", "appraisal_1", "appraisal_2", "council", "final")

POINTS_INPUT = "points"
"""The input name by which a decision sets the points of a leaf directly."""


class Answer(NamedTuple):
    """What a unit claims for one input of one leaf."""

    edition: str
    unit: str
    node: str
    input: str
    value: str
    evidence: str | None
    explanation: str | None
    source: str
    place: str


class Estimate(NamedTuple):
    """A survey's estimate for one leaf and unit, in percent."""

    edition: str
    unit: str
    node: str
    value: Decimal | None
    se: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    n: int | None
    deff: Decimal | None
    df: Decimal | None
    method: str | None
    basis: str | None
    reason: str | None
    source: str
    place: str


class SurveyTerm(NamedTuple):
    """One figure that an estimate is made of: the index, a sub-index, a factor or a question, for one unit and leaf.

    The value of a figure is the sum of `weight` x `value` of the figures whose `parent` it is.
    """

    edition: str
    survey: str
    unit: str
    node: str
    level: str
    code: str
    parent: str | None
    name_vi: str
    name_en: str
    weight: Decimal | None
    value: Decimal | None
    se: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    n: int | None
    deff: Decimal | None
    df: Decimal | None
    weighted: Decimal | None
    psus: int | None
    strata: int | None
    status: str
    reason: str | None
    source: str
    place: str


class SurveyCount(NamedTuple):
    """How many gave one answer to a question that enters an estimate, in one unit.

    The value of the question is the mean of `score`, weighted by `weighted`, over its answers.
    """

    edition: str
    survey: str
    unit: str
    item: str
    answers: str
    label_vi: str
    label_en: str
    score: Decimal
    n: int | None
    weighted: Decimal | None
    status: str


class Accepted(NamedTuple):
    """The value of one input that counts at a stage. Every stage's row is kept; `final` repeats the last."""

    edition: str
    unit: str
    node: str
    input: str
    stage: Stage
    value: str
    basis: str
    decision: str | None
    by: str | None
    reason: str | None
    source: str
    place: str


class NotApplicable(NamedTuple):
    """A leaf that does not concern a unit, or where nothing arose, with the reason."""

    edition: str
    unit: str
    node: str
    policy: str
    reason: str
    source: str
    place: str


class Score(NamedTuple):
    """Points of one leaf at one stage, with the branch of the rule that was hit and the numbers of its sentence."""

    edition: str
    unit: str
    node: str
    stage: Stage
    status: str
    points: Decimal | None
    max_points: Decimal
    rule: str
    branch: str | None
    because: str
    numbers: Mapping[str, Any]
    source: str
    place: str


class IndexValue(NamedTuple):
    """Points over applicable maximum of one node for one unit; node `index` is the whole."""

    edition: str
    list: str
    unit: str
    node: str
    points: Decimal
    max_points: Decimal
    applicable: Decimal
    adjustment: Decimal | None
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    weight: Decimal | None
    contribution: Decimal | None
    coverage: Decimal
    reason: str | None

    @property
    def exact(self) -> Fraction:
        """The value as the exact fraction that ranks compare; 0 to 100. Only for a node that has a value."""
        value = Fraction(self.points) * 100 / Fraction(self.applicable) + Fraction(self.adjustment or 0)
        return max(Fraction(0), min(value, Fraction(100)))


class Rank(NamedTuple):
    """The place of one unit in its list."""

    edition: str
    list: str
    unit: str
    value: Decimal | None
    rank: int | None
    tied_with: str | None
    group: str | None
    rank_low: int | None
    rank_high: int | None
    reason: str | None


class Mean(NamedTuple):
    """Simple mean of the units of a list or region."""

    edition: str
    list: str
    scope: str
    code: str
    name_vi: str
    name_en: str
    n_units: int
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None


class Movement(NamedTuple):
    """Change of one unit since the last comparable edition."""

    edition: str
    list: str
    unit: str
    since: str
    predecessor: str
    previous_value: Decimal | None
    change: Decimal | None
    previous_rank: int | None
    rank_change: int | None
    comparable: bool
    note: str | None


class Difference(NamedTuple):
    """A printed figure that differs from the computed one, or from its own printed parts."""

    edition: str
    unit: str
    node: str
    quantity: str
    printed: Decimal
    computed: Decimal | None
    difference: Decimal | None
    kind: str
    basis: str | None
    source: str
    place: str


class SourceRow(NamedTuple):
    """One file that was read."""

    source: str
    sha256: str
    size: int


def _c(name: str, type_: Any, vi: str, en: str, unit: str = "", null: tuple[str, str] | None = None) -> Column:
    return Column(name, type_, Text(vi, en), unit, Text(*null) if null else None)


_EDITION = _c("edition", "text", "năm đánh giá; bản mô phỏng ghi rõ", "edition; a simulated one says so")
_LIST = _c("list", "text", "danh sách xếp hạng", "list that is ranked")
_UNIT = _c("unit", "text", "mã đơn vị", "unit code")
_NODE = _c(
    "node", "text", "mã lĩnh vực, tiêu chí hoặc tiêu chí thành phần", "code of domain, criterion or sub-criterion"
)
_INPUT = _c("input", "text", "tên số liệu đầu vào của cách tính điểm", "name of the rule's input")
_SOURCE = _c("source", "text", "tệp nguồn, xem sources.csv", "file it came from, see sources.csv")
_PLACE = _c("place", "text", "ô, dòng trong tệp nguồn", "cell or line in that file")
_NONE = ("không có", "none")

ANSWERS: TableSpec[Answer] = TableSpec(
    "answers",
    Answer,
    ("edition", "unit", "node", "input"),
    (
        _EDITION,
        _UNIT,
        _NODE,
        _INPUT,
        _c("value", "text", "giá trị tự kê khai", "claimed value"),
        _c("evidence", "text", "tài liệu kiểm chứng, mục, trang", "evidence with section and page", null=_NONE),
        _c("explanation", "text", "giải trình", "explanation", null=_NONE),
        _SOURCE,
        _PLACE,
    ),
    Text("Giá trị đơn vị tự đánh giá", "What units claim"),
)

ESTIMATES: TableSpec[Estimate] = TableSpec(
    "estimates",
    Estimate,
    ("edition", "unit", "node"),
    (
        _EDITION,
        _UNIT,
        _NODE,
        _c("value", "decimal", "ước lượng", "estimate", "%", ("không có; xem reason", "empty; see reason")),
        _c("se", "decimal", "sai số chuẩn", "standard error", "%", ("chưa biết", "not known")),
        _c("lower", "decimal", "cận dưới 95%", "lower 95% limit", "%", ("chưa biết", "not known")),
        _c("upper", "decimal", "cận trên 95%", "upper 95% limit", "%", ("chưa biết", "not known")),
        _c("n", "whole", "số phiếu hợp lệ", "valid answers", "", ("chưa biết", "not known")),
        _c("deff", "decimal", "hệ số thiết kế", "design effect", "", ("chưa biết", "not known")),
        _c("df", "decimal", "bậc tự do của khoảng tin cậy", "degrees of freedom", "", ("chưa biết", "not known")),
        _c("method", "text", "cách ước lượng", "method", null=("chưa biết", "not known")),
        _c(
            "basis",
            "text",
            "published, survey hoặc simulated",
            "published, survey or simulated",
            null=("không ghi", "not stated"),
        ),
        _c("reason", "text", "lý do để trống", "why it is empty", null=("có giá trị", "there is a value")),
        _SOURCE,
        _PLACE,
    ),
    Text("Kết quả điều tra kèm sai số", "Survey estimates with their error"),
)

_HIDDEN = ("không có hoặc không công bố; xem status", "none, or not published; see status")
_UNKNOWN = ("không có hoặc chưa biết", "none, or not known")

SURVEY_TERMS: TableSpec[SurveyTerm] = TableSpec(
    "survey_terms",
    SurveyTerm,
    ("edition", "survey", "unit", "node", "level", "code"),
    (
        _EDITION,
        _c("survey", "text", "mã khảo sát", "code of the survey"),
        _UNIT,
        _NODE,
        _c("level", "text", "index, part, factor, question", "index, part (sub-index), factor, question"),
        _c("code", "text", "mã chỉ số, nhân tố hoặc câu hỏi", "code of index, sub-index, factor or question"),
        _c(
            "parent",
            "text",
            "mã số liệu mà nó là một phần",
            "code of the figure it is a part of",
            null=("đây là kết quả mà mục nhận", "this is what the leaf takes"),
        ),
        _c("name_vi", "text", "tên hoặc lời câu hỏi", "name or wording in Vietnamese"),
        _c("name_en", "text", "tên tiếng Anh", "name or wording"),
        _c(
            "weight",
            "decimal",
            "trọng số trong parent; gộp trả lời thì là tỷ trọng trả lời có quyền số",
            "weight in its parent; where answers are pooled, its share of the weighted answers",
            "",
            ("không có parent, hoặc không công bố", "no parent, or not published"),
        ),
        _c("value", "decimal", "ước lượng", "estimate", "%", _HIDDEN),
        _c("se", "decimal", "sai số chuẩn", "standard error", "%", _HIDDEN),
        _c("lower", "decimal", "cận dưới 95%", "lower 95% limit", "%", _HIDDEN),
        _c("upper", "decimal", "cận trên 95%", "upper 95% limit", "%", _HIDDEN),
        _c("n", "whole", "số trả lời hợp lệ", "valid answers", "", _HIDDEN),
        _c("deff", "decimal", "hệ số thiết kế", "design effect", "", _UNKNOWN),
        _c("df", "decimal", "bậc tự do", "degrees of freedom", "", _UNKNOWN),
        _c(
            "weighted",
            "decimal",
            "tổng quyền số: của trả lời (question), của phiếu (các mức trên)",
            "sum of weights: of answers to a question, of interviews above it",
            "",
            _HIDDEN,
        ),
        _c("psus", "whole", "số đơn vị mẫu cấp một có phiếu", "first-stage units with interviews", "", _HIDDEN),
        _c("strata", "whole", "số tầng có phiếu", "strata with interviews", "", _HIDDEN),
        _c("status", "text", "published, empty, too_small, protects_others", "whether it is published"),
        _c("reason", "text", "lý do để trống", "why it is empty", null=("có giá trị", "there is a value")),
        _SOURCE,
        _PLACE,
    ),
    Text("Kết quả điều tra đi từ câu hỏi đến chỉ số", "How survey estimates come from factors and questions"),
)

SURVEY_COUNTS: TableSpec[SurveyCount] = TableSpec(
    "survey_counts",
    SurveyCount,
    ("edition", "survey", "unit", "item", "answers"),
    (
        _EDITION,
        _c("survey", "text", "mã khảo sát", "code of the survey"),
        _UNIT,
        _c("item", "text", "mã câu hỏi", "code of the question"),
        _c(
            "answers",
            "text",
            "mã trả lời; các mã cùng điểm có ít trả lời được gộp, cách nhau bằng dấu cách",
            "answer code; codes of the same score with few answers stand together, with spaces between",
        ),
        _c("label_vi", "text", "lời của trả lời", "wording of the answer in Vietnamese"),
        _c("label_en", "text", "tiếng Anh", "wording of the answer"),
        _c("score", "decimal", "điểm của trả lời", "what the answer is worth", "%"),
        _c("n", "whole", "số trả lời", "answers", "", ("không công bố; xem status", "not published; see status")),
        _c(
            "weighted",
            "decimal",
            "tổng quyền số của các trả lời",
            "sum of weights of these answers",
            "",
            ("không công bố; xem status", "not published; see status"),
        ),
        _c("status", "text", "published, too_small, protects_others", "whether it is published"),
    ),
    Text("Số trả lời của các câu hỏi được chấm", "Counts of answers to the questions that are scored"),
)

ACCEPTED: TableSpec[Accepted] = TableSpec(
    "accepted",
    Accepted,
    ("edition", "unit", "node", "input", "stage"),
    (
        _EDITION,
        _UNIT,
        _NODE,
        _INPUT,
        _c("stage", "text", "vòng: self, appraisal_1, appraisal_2, council, final", "stage"),
        _c("value", "text", "giá trị được chấp nhận ở vòng này", "value accepted at this stage"),
        _c("basis", "text", "answer, records, adjusted, published, simulated", "what it rests on"),
        _c("decision", "text", "số quyết định hoặc phiếu thẩm định", "number of the decision", null=_NONE),
        _c("by", "text", "cơ quan quyết định", "body that decided", null=_NONE),
        _c("reason", "text", "lý do", "reason", null=_NONE),
        _SOURCE,
        _PLACE,
    ),
    Text("Giá trị được chấp nhận qua từng vòng", "Values accepted at every stage"),
)

NOT_APPLICABLE: TableSpec[NotApplicable] = TableSpec(
    "not_applicable",
    NotApplicable,
    ("edition", "unit", "node"),
    (
        _EDITION,
        _UNIT,
        _NODE,
        _c("policy", "text", "cách xử lý", "policy"),
        _c("reason", "text", "lý do", "reason"),
        _SOURCE,
        _PLACE,
    ),
    Text("Nội dung không đánh giá hoặc không phát sinh", "What is not applicable, or did not arise"),
)

SCORES: TableSpec[Score] = TableSpec(
    "scores",
    Score,
    ("edition", "unit", "node", "stage"),
    (
        _EDITION,
        _UNIT,
        _NODE,
        _c("stage", "text", "vòng", "stage"),
        _c(
            "status",
            "text",
            "scored, none_arose, excluded, survey_not_held, missing, counted_zero, left_out",
            "what became of the leaf",
        ),
        _c(
            "points",
            "decimal",
            "điểm đạt, làm tròn một lần",
            "points, rounded once",
            "points",
            ("không tính hoặc chưa có số liệu; xem status", "not applicable or no data; status says which"),
        ),
        _c("max_points", "decimal", "điểm tối đa", "maximum points", "points"),
        _c("rule", "text", "loại cách tính điểm", "kind of rule"),
        _c(
            "branch", "text", "nhánh hoặc mức đạt được", "branch or row that was hit", null=("không tính", "not scored")
        ),
        _c("because", "text", "mã câu lý do", "code of the sentence of the reason"),
        _c("numbers", "json", "các số trong câu lý do", "the numbers of that sentence"),
        _SOURCE,
        _PLACE,
    ),
    Text("Điểm từng tiêu chí qua từng vòng", "Points of every leaf at every stage"),
)

INDEX_VALUES: TableSpec[IndexValue] = TableSpec(
    "index_values",
    IndexValue,
    ("edition", "list", "unit", "node"),
    (
        _EDITION,
        _LIST,
        _UNIT,
        _NODE,
        _c("points", "decimal", "tổng điểm đạt, chính xác", "sum of points, exact", "points"),
        _c("max_points", "decimal", "điểm tối đa", "maximum points", "points"),
        _c("applicable", "decimal", "điểm tối đa áp dụng cho đơn vị", "maximum that applies to the unit", "points"),
        _c(
            "adjustment",
            "decimal",
            "điểm thưởng trừ điểm phạt",
            "bonus less penalty",
            "points",
            ("chỉ có ở chỉ số chung", "only at the whole index"),
        ),
        _c(
            "value",
            "decimal",
            "chỉ số, 10 chữ số thập phân của phân số chính xác",
            "index value, 10 decimals of the exact fraction",
            "%",
            ("xem reason", "see reason"),
        ),
        _c("lower", "decimal", "cận dưới", "lower limit", "%", ("chưa tính", "not computed")),
        _c("upper", "decimal", "cận trên", "upper limit", "%", ("chưa tính", "not computed")),
        _c(
            "weight",
            "decimal",
            "phần trong điểm tối đa áp dụng",
            "share of the applicable maximum",
            "",
            ("không áp dụng", "not applicable"),
        ),
        _c(
            "contribution",
            "decimal",
            "đóng góp vào chỉ số",
            "contribution to the index",
            "percent points",
            ("không có chỉ số", "no index"),
        ),
        _c(
            "coverage",
            "decimal",
            "phần điểm tối đa áp dụng đã có điểm",
            "share of the applicable maximum that is scored",
            "%",
        ),
        _c(
            "reason", "text", "lý do không có giá trị", "why there is no value", null=("có giá trị", "there is a value")
        ),
    ),
    Text("Chỉ số của mọi nút trong cây", "Index values of every node of the tree"),
)

RANKS: TableSpec[Rank] = TableSpec(
    "ranks",
    Rank,
    ("edition", "list", "unit"),
    (
        _EDITION,
        _LIST,
        _UNIT,
        _c("value", "decimal", "chỉ số như công bố", "index value as printed", "%", ("xem reason", "see reason")),
        _c(
            "rank",
            "whole",
            "thứ hạng, từ phân số chính xác",
            "rank, from the exact fraction",
            "",
            ("chưa xếp hạng", "not ranked"),
        ),
        _c("tied_with", "text", "đơn vị cùng hạng", "units of the same rank", null=_NONE),
        _c("group", "text", "nhóm hoặc xếp loại", "group or class", null=_NONE),
        _c(
            "rank_low",
            "whole",
            "cận trên của khoảng hạng",
            "best rank of the interval",
            "",
            ("chưa tính", "not computed"),
        ),
        _c(
            "rank_high",
            "whole",
            "cận dưới của khoảng hạng",
            "worst rank of the interval",
            "",
            ("chưa tính", "not computed"),
        ),
        _c("reason", "text", "lý do chưa xếp hạng", "why it is not ranked", null=("đã xếp hạng", "it is ranked")),
    ),
    Text("Thứ hạng", "Ranks"),
)

MEANS: TableSpec[Mean] = TableSpec(
    "means",
    Mean,
    ("edition", "list", "scope", "code"),
    (
        _EDITION,
        _LIST,
        _c("scope", "text", "all hoặc region", "all or region"),
        _c("code", "text", "mã vùng", "code of the region"),
        _c("name_vi", "text", "tên", "name in Vietnamese"),
        _c("name_en", "text", "tên tiếng Anh", "name"),
        _c("n_units", "whole", "số đơn vị có chỉ số", "units with a value"),
        _c(
            "value",
            "decimal",
            "trung bình giản đơn, 10 chữ số thập phân",
            "simple mean, 10 decimals",
            "%",
            ("không có đơn vị nào", "no unit has a value"),
        ),
        _c("low", "decimal", "thấp nhất", "lowest", "%", ("không có đơn vị nào", "no unit has a value")),
        _c("high", "decimal", "cao nhất", "highest", "%", ("không có đơn vị nào", "no unit has a value")),
    ),
    Text("Trung bình chung và theo vùng", "Means of lists and regions"),
)

MOVEMENTS: TableSpec[Movement] = TableSpec(
    "movements",
    Movement,
    ("edition", "list", "unit", "predecessor"),
    (
        _EDITION,
        _LIST,
        _UNIT,
        _c("since", "text", "năm so sánh", "edition compared with"),
        _c("predecessor", "text", "mã đơn vị trước đó", "code of the unit then"),
        _c("previous_value", "decimal", "chỉ số năm đó", "index value then", "%", ("không công bố", "not published")),
        _c("change", "decimal", "tăng, giảm", "change", "percent points", ("không so sánh được", "not comparable")),
        _c("previous_rank", "whole", "hạng năm đó", "rank then", "", ("không công bố", "not published")),
        _c(
            "rank_change",
            "whole",
            "số bậc tăng (dương) hoặc giảm",
            "places gained (positive) or lost",
            "",
            ("không so sánh được", "not comparable"),
        ),
        _c("comparable", "flag", "so sánh được", "can be compared"),
        _c("note", "text", "ghi chú", "note", null=_NONE),
    ),
    Text("Thay đổi so với kỳ trước", "Change since the last comparable edition"),
)

DIFFERENCES: TableSpec[Difference] = TableSpec(
    "differences",
    Difference,
    ("edition", "unit", "node", "quantity"),
    (
        _EDITION,
        _UNIT,
        _NODE,
        _c("quantity", "text", "value hoặc rank", "value or rank"),
        _c("printed", "decimal", "số đã in", "printed figure"),
        _c(
            "computed",
            "decimal",
            "số tính lại, làm tròn như công bố",
            "computed figure, rounded as printed",
            "",
            ("không tính được", "cannot be computed"),
        ),
        _c(
            "difference",
            "decimal",
            "số in trừ số tính",
            "printed less computed",
            "",
            ("không tính được", "cannot be computed"),
        ),
        _c("kind", "text", "rounding, value, rank, not_computed", "what kind of difference"),
        _c("basis", "text", "nguồn gốc số in", "basis of the printed figure", null=("không ghi", "not stated")),
        _SOURCE,
        _PLACE,
    ),
    Text("Số đã in khác số tính lại", "Printed figures that differ from the computed ones"),
)

SOURCES: TableSpec[SourceRow] = TableSpec(
    "sources",
    SourceRow,
    ("source",),
    (
        _c("source", "text", "đường dẫn trong thư mục kỳ đánh giá", "path inside the edition folder"),
        _c("sha256", "text", "SHA-256 của tệp", "SHA-256 of the file"),
        _c("size", "whole", "độ dài tệp", "length of the file", "byte"),
    ),
    Text("Các tệp đã đọc", "Files that were read"),
)

TABLES: tuple[TableSpec[Any], ...] = (
    ANSWERS,
    ESTIMATES,
    SURVEY_TERMS,
    SURVEY_COUNTS,
    MEASURED,
    COUNTED,
    ACCEPTED,
    NOT_APPLICABLE,
    SCORES,
    INDEX_VALUES,
    RANKS,
    MEANS,
    MOVEMENTS,
    DIFFERENCES,
    SOURCES,
)
