"""Mistakes in what is asked of a survey: unknown domains, questions without scores, figures that do not fit."""

from __future__ import annotations

from parindex.language import Text
from parindex.problems import ProblemKind

DOMAIN_UNKNOWN = ProblemKind(
    "DOMAIN-UNKNOWN",
    what=Text('thiết kế không có cột nhóm "{column}"{guess}.', 'the design has no domain column "{column}"{guess}.'),
    why=Text("Ô chỉ chia theo các cột đã khai.", "Cells are divided by the declared columns only."),
    remedy=Text("Thêm cột vào domains của design.yaml.", "Add the column to domains in design.yaml."),
)
QUESTION_ABSENT = ProblemKind(
    "QUESTION-ABSENT",
    what=Text(
        'thiết kế không có câu hỏi "{column}" của phiếu.', 'the design lacks the question "{column}" of the form.'
    ),
    why=Text("Chỉ số tính từ mọi câu của nhân tố.", "The index is made of all questions of a factor."),
    remedy=Text("Thêm câu hỏi vào items của design.yaml.", "Add the question to items in design.yaml."),
)
QUESTION_CODES = ProblemKind(
    "QUESTION-CODES",
    what=Text(
        'câu "{column}": design.yaml có mã {found}, phiếu có {expected}.',
        'question "{column}": design.yaml has the codes {found}, the questionnaire {expected}.',
    ),
    why=Text("Mỗi mã trả lời cần một điểm.", "Every answer code needs a score."),
    remedy=Text("Ghi cùng một thang ở hai tệp.", "Write the same scale in both files."),
)
NODE_WEIGHTS = ProblemKind(
    "NODE-WEIGHTS",
    what=Text("câu hỏi chấm điểm không có trọng số từ 0 đến 1: {reason}.", "weights outside 0 and 1: {reason}."),
    why=Text("Điểm của mục là tỷ lệ điểm tối đa.", "The points of a node are a share of its maximum."),
    remedy=Text("Ghi value từ 0 đến 1 trong thang của câu hỏi.", "Write values from 0 to 1 in the scale of the item."),
)
NODE_CODE = ProblemKind(
    "NODE-CODE",
    what=Text(
        'không có tỷ lệ hay chỉ số "{code}" theo từng đơn vị.', 'there is no share or index "{code}" for single units.'
    ),
    why=Text("Mục khảo sát nhận một giá trị phần trăm của mỗi đơn vị.", "A survey leaf takes one percentage a unit."),
    remedy=Text("Dùng mã của chỉ số, nhân tố hoặc câu có top.", "Use an index, a factor or an item with top codes."),
)
NO_INDEX = ProblemKind(
    "QUESTIONNAIRE-NO-INDEX",
    what=Text("phiếu không khai báo chỉ số, cũng không chấm mục nào.", "the questionnaire has no index and no nodes."),
    why=Text("", ""),
    remedy=Text("Bỏ --questionnaire, hoặc thêm index vào phiếu.", "Leave out --questionnaire, or add an index to it."),
)
