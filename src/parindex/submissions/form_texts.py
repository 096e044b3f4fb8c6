"""What the form says to those who fill it in, and the range of values that Excel lets them type."""

from __future__ import annotations

from collections.abc import Mapping

from parindex.language import Text
from parindex.programme.framework import Framework, InputSpec
from parindex.submissions import layout

SURVEY = Text("Điều tra xã hội học; đơn vị không tự chấm", "By survey; not self-scored")
ELSEWHERE = Text("Lấy từ chỉ số đã công bố; đơn vị không tự chấm", "From a published index; not self-scored")
BONUS = Text("Điểm thưởng: đơn vị ghi số lần", "Bonus: the unit writes how many")
PENALTY = Text("Điểm trừ: cơ quan thẩm định ghi, đơn vị không khai", "Penalty: recorded by appraisers, not claimed")

ADVICE = (
    (
        layout.EVIDENCE,
        "Mã TLKC / Evidence",
        "Mã ở trang TLKC, cách nhau bằng dấu chấm phẩy: TL01; TL03\nIds of the sheet TLKC, with semicolons between.",
    ),
    (
        layout.LOCATOR,
        "Mục, trang / Section, page",
        "Chỗ cần xem trong từng tài liệu, cùng thứ tự: Mục II, trang 3; trang 5\nWhere to look in each document.",
    ),
    (
        layout.EXPLANATION,
        "Giải trình / Explanation",
        f"Lý do, cách tính; nhiều nhất {layout.EXPLANATION_LONGEST} ký tự.\nReasons; at most that many characters.",
    ),
)

RANGES: Mapping[str, Mapping[str, object]] = {
    "count": {"validate": "integer", "minimum": 0, "maximum": 10**12},
    "amount": {"validate": "decimal", "minimum": 0, "maximum": 10**15},
    "percent": {"validate": "decimal", "minimum": 0, "maximum": 10**6},
    "number": {"validate": "decimal", "minimum": -(10**15), "maximum": 10**15},
}
_TYPE_ADVICE: Mapping[str, Text] = {
    "count": Text("Số nguyên từ 0 trở lên", "A whole number, 0 or more"),
    "amount": Text("Số từ 0 trở lên", "A number, 0 or more"),
    "percent": Text("Số phần trăm, không gõ dấu %: 95 là 95%", "Percent without the sign: 95 is 95%"),
    "number": Text("Một số, có thể âm", "A number, may be negative"),
    "yes_no": Text("Chọn Có hoặc Không", "Choose Có (yes) or Không (no)"),
    "choice": Text("Chọn một dòng trong danh sách", "Choose one from the list"),
}
_NO_FIGURE = Text("Chưa có số liệu thì để trống.", "Leave it empty if not known.")


def messages(spec: InputSpec, whole: str | None) -> dict[str, str]:
    """The note that shows at the cell, and what Excel says to a wrong value."""
    advice = _TYPE_ADVICE[spec.type]
    unit = f" ({spec.unit.vi})" if spec.unit is not None else ""
    limit = f", không lớn hơn ô {whole}" if whole else ""
    note = f"{advice.vi}{unit[:60]}{limit}. {_NO_FIGURE.vi}\n{advice.en}. {_NO_FIGURE.en}"
    return {
        "input_title": "Số liệu của đơn vị / Value",
        "input_message": note[:255],
        "error_title": "Không nhập được giá trị này",
        "error_message": f"{advice.vi}{unit[:60]}. / {advice.en}."[:255],
    }


def steps(framework: Framework) -> tuple[Text, ...]:
    """How to fill in, on the cover."""
    found = [
        Text(
            "Điền các ô nền vàng; các ô khác đã khóa. Ô chưa có số liệu thì để trống, không ghi 0.",
            "Fill in the yellow cells; the others are locked. Leave a cell empty where there is no figure; "
            "do not write 0.",
        ),
        Text(
            "Ghi số, không kèm chữ, đơn vị tính hay dấu %. Không dùng công thức, không dán liên kết tới tệp khác.",
            "Write numbers without words, units or the sign %. No formulas, no links to other files.",
        ),
        Text(
            "Ở trang TLKC, ghi mỗi tài liệu một dòng. Ở mỗi tiêu chí, ghi mã tài liệu (TL01; TL03) và mục, trang.",
            "On the sheet TLKC, one line for each document. At each criterion, the ids (TL01; TL03) and section and "
            "page.",
        ),
        Text(
            "Dòng màu xám do điều tra xã hội học hoặc chỉ số đã công bố; đơn vị không tự chấm.",
            "Grey lines come from surveys or published indices; they are not self-scored.",
        ),
        Text(
            "Điểm tự chấm hiện ra khi đủ số liệu; tổng ở trang Tổng điểm. Điểm chính thức được tính lại khi thẩm định.",
            "The self-score appears when all figures stand; totals are on the sheet Tổng điểm. Official points are "
            "computed anew at appraisal.",
        ),
        Text(
            "Không thêm, xóa hàng, cột, trang; không đổi mã. Gửi tệp .xlsx này, không đổi sang dạng khác.",
            "Do not add or delete rows, columns or sheets, nor change codes. Send this .xlsx file, in no other form.",
        ),
    ]
    if layout.bonus_items(framework):
        found.insert(
            4,
            Text(
                "Điểm thưởng: ghi số lần ở trang Thưởng-trừ, kèm tài liệu kiểm chứng.",
                "Bonus: write how many on the sheet Thưởng-trừ, with evidence.",
            ),
        )
    return tuple(found)
