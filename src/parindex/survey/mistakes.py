"""What can be wrong with one record of a survey file. Such records are set aside with their reasons, and counted."""

from __future__ import annotations

from parindex.language import Text
from parindex.problems import ProblemKind

WEIGHT_WRONG = ProblemKind(
    "WEIGHT-WRONG",
    what=Text(
        'cột "{column}": quyền số "{value}" không dùng được.', 'column "{column}": the weight "{value}" cannot be used.'
    ),
    why=Text(
        "Quyền số phải là số hữu hạn lớn hơn 0; nếu không, phiếu không đại diện cho ai.",
        "A weight is a finite number above 0; without it the interview stands for nobody.",
    ),
    remedy=Text("Bổ sung hoặc sửa quyền số.", "Add or correct the weight."),
)
KEY_EMPTY = ProblemKind(
    "KEY-EMPTY",
    what=Text('cột "{column}" để trống.', 'column "{column}" is empty.'),
    why=Text(
        "Không biết tầng hoặc đơn vị mẫu thì không tính được sai số.",
        "Without its stratum and sampled units an interview has no standard error.",
    ),
    remedy=Text("Ghi mã.", "Write the code."),
)
POPULATION_WRONG = ProblemKind(
    "POPULATION-WRONG",
    what=Text(
        'cột "{column}": quy mô tổng thể "{value}" không dùng được.',
        'column "{column}": the population size "{value}" cannot be used.',
    ),
    why=Text("Quy mô là số nguyên dương.", "A size is a whole number above 0."),
    remedy=Text("Sửa quy mô.", "Correct the size."),
)
RECORD_TWICE = ProblemKind(
    "RECORD-TWICE",
    what=Text('phiếu "{value}" có nhiều lần.', 'the interview "{value}" stands more than once.'),
    why=Text(
        "Không biết lần nào đúng, và tính cả hai là tính một người hai lần.",
        "Which one is right is not known, and with both one person would count twice.",
    ),
    remedy=Text("Giữ lại một phiếu.", "Keep one of them."),
)
ANSWER_UNKNOWN = ProblemKind(
    "ANSWER-UNKNOWN",
    what=Text(
        'cột "{column}": trả lời "{value}" không có trong bảng mã của câu {item}.',
        'column "{column}": the answer "{value}" is not among the codes of item {item}.',
    ),
    why=Text(
        "Trả lời này được coi là không trả lời câu hỏi; các câu khác của phiếu vẫn được tính.",
        "It counts as no answer to this question; the other answers of the interview are used.",
    ),
    remedy=Text("Sửa trả lời, hoặc bổ sung mã vào design.yaml.", "Correct the answer, or add the code to design.yaml."),
)
COLUMN_ABSENT = ProblemKind(
    "COLUMN-ABSENT",
    what=Text('tệp không có cột "{column}"{guess}.', 'the file has no column "{column}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Sửa tên cột trong design.yaml hoặc trong tệp.", "Correct the name in design.yaml or in the file."),
)
COLUMN_CASE = ProblemKind(
    "COLUMN-CASE",
    what=Text(
        'hai cột "{first}" và "{second}" chỉ khác nhau ở chữ hoa, chữ thường.',
        'the columns "{first}" and "{second}" differ only in capital and small letters.',
    ),
    why=Text(
        "Ngôn ngữ truy vấn coi hai cột này là một, và số liệu của một cột sẽ mất.",
        "Query languages take them for one, and one of the two would be lost.",
    ),
    remedy=Text("Đổi tên một cột.", "Rename one of them."),
)
NUMBERS_LARGE = ProblemKind(
    "NUMBERS-LARGE",
    what=Text("tổng của các số quá lớn để tính chính xác.", "the sums of the numbers are too large to be exact."),
    why=Text("Tổng bình phương vượt quá 38 chữ số.", "Sums of squares pass 38 digits."),
    remedy=Text(
        "Ghi số theo đơn vị lớn hơn (nghìn đồng thay vì đồng), hoặc bớt chữ số thập phân.",
        "Write the numbers in a larger unit (thousand dong for dong), or with fewer decimals.",
    ),
)
FILE_FORM = ProblemKind(
    "SURVEY-FILE-FORM",
    what=Text("không đọc được tệp trả lời: {reason}.", "the file of answers cannot be read: {reason}."),
    why=Text("", ""),
    remedy=Text("Dùng tệp CSV hoặc Parquet.", "Use CSV or Parquet."),
)
MOMENTS_FORM = ProblemKind(
    "MOMENTS-FORM",
    what=Text(
        "bảng tích chéo của các câu hỏi không phải bảng đã ghi.", "the table of products is not the one written."
    ),
    why=Text(
        "Hệ số thiết kế của chỉ số lấy từ bảng này; bảng bị sửa cho hệ số sai.",
        "Design effects of composites come from it, and would be wrong.",
    ),
    remedy=Text("Chạy lại từ tệp trả lời.", "Run again from the files of answers."),
)
