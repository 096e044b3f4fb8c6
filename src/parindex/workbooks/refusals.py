"""Why a workbook is not read, and what its sender can do.

The kinds stand together because the child that finds them can only send their codes (`KINDS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from parindex.language import Text
from parindex.problems import ProblemKind

_SAVE_AGAIN = Text(
    "Mở tệp bằng Excel, chọn Lưu thành (Save As), loại Excel Workbook (*.xlsx), rồi gửi tệp mới.",
    "Open it in Excel, choose Save As, type Excel Workbook (*.xlsx), and send the new file.",
)
_FILL_THE_FORM = Text(
    "Sao chép các giá trị vào biểu mẫu đã phát hành và gửi biểu mẫu đó.",
    "Copy the values into the form that was handed out, and send that form.",
)

UNOPENED = ProblemKind(
    "WORKBOOK-UNOPENED",
    what=Text("không mở được tệp ({detail}).", "the file cannot be opened ({detail})."),
    why=Text("", ""),
    remedy=Text("Kiểm tra tên, đường dẫn và quyền đọc.", "Check the name, the path and the right to read it."),
)
EMPTY_FILE = ProblemKind(
    "WORKBOOK-EMPTY",
    what=Text("tệp rỗng (0 byte).", "the file is empty (0 bytes)."),
    why=Text("Có thể việc sao chép hoặc tải lên đã bị ngắt.", "Copying or uploading may have been cut off."),
    remedy=Text("Gửi lại tệp.", "Send the file again."),
)
TOO_LARGE = ProblemKind(
    "WORKBOOK-TOO-LARGE",
    what=Text("tệp nặng {size} MB, giới hạn là {limit} MB.", "the file has {size} MB, the limit is {limit} MB."),
    why=Text("", ""),
    remedy=Text("Xoá ảnh và các trang không thuộc biểu mẫu.", "Remove pictures and sheets that are not in the form."),
)
OLD_EXCEL = ProblemKind(
    "WORKBOOK-OLD-EXCEL",
    what=Text("đây là tệp Excel 97–2003 (.xls).", "this is an Excel 97–2003 file (.xls)."),
    why=Text("Chỉ nhận tệp .xlsx; đổi đuôi tệp là chưa đủ.", "Only .xlsx is taken; renaming the file is not enough."),
    remedy=_SAVE_AGAIN,
)
ENCRYPTED = ProblemKind(
    "WORKBOOK-ENCRYPTED",
    what=Text("tệp được đặt mật khẩu mở.", "the file needs a password to open."),
    why=Text("Không thể đọc nội dung đã mã hoá.", "Encrypted content cannot be read."),
    remedy=Text(
        "Trong Excel chọn Tệp > Thông tin > Bảo vệ sổ làm việc, xoá mật khẩu, lưu và gửi lại.",
        "In Excel choose File > Info > Protect Workbook, remove the password, save and send again.",
    ),
)
OPEN_DOCUMENT = ProblemKind(
    "WORKBOOK-OPENDOCUMENT",
    what=Text("đây là tệp OpenDocument (.ods).", "this is an OpenDocument file (.ods)."),
    why=Text("Chỉ nhận tệp .xlsx; đổi đuôi tệp là chưa đủ.", "Only .xlsx is taken; renaming the file is not enough."),
    remedy=Text(
        "Trong LibreOffice chọn Lưu thành, loại Excel 2007-365 (.xlsx), rồi gửi tệp mới.",
        "In LibreOffice choose Save As, type Excel 2007-365 (.xlsx), and send the new file.",
    ),
)
BINARY = ProblemKind(
    "WORKBOOK-BINARY",
    what=Text("đây là tệp Excel nhị phân (.xlsb).", "this is an Excel binary workbook (.xlsb)."),
    why=Text("Chỉ nhận tệp .xlsx; đổi đuôi tệp là chưa đủ.", "Only .xlsx is taken; renaming the file is not enough."),
    remedy=_SAVE_AGAIN,
)
PLAIN_TEXT = ProblemKind(
    "WORKBOOK-PLAIN-TEXT",
    what=Text(
        "đây là tệp văn bản (CSV, HTML hoặc tương tự), không phải .xlsx.",
        "this is a text file (CSV, HTML or the like), not .xlsx.",
    ),
    why=Text("Đổi đuôi tệp là chưa đủ.", "Renaming the file is not enough."),
    remedy=_SAVE_AGAIN,
)
NOT_EXCEL = ProblemKind(
    "WORKBOOK-NOT-EXCEL",
    what=Text("đây không phải là tệp Excel .xlsx.", "this is not an Excel .xlsx file."),
    why=Text("", ""),
    remedy=Text("Kiểm tra lại đã chọn đúng tệp chưa.", "Check that this is the right file."),
)
DAMAGED = ProblemKind(
    "WORKBOOK-DAMAGED",
    what=Text("tệp bị hỏng hoặc thiếu: {part}.", "the file is damaged or incomplete: {part}."),
    why=Text(
        "Có thể việc sao chép hoặc tải lên đã bị ngắt, hoặc phần mềm tạo tệp đã ghi sai.",
        "Copying or uploading may have been cut off, or the program that made the file wrote it wrongly.",
    ),
    remedy=_SAVE_AGAIN,
)
TOO_MANY_PARTS = ProblemKind(
    "WORKBOOK-PARTS",
    what=Text("tệp gồm {count} phần, giới hạn là {limit}.", "the file has {count} parts, the limit is {limit}."),
    why=Text("Một biểu mẫu đã điền không thể có nhiều phần như vậy.", "A filled form cannot have so many."),
    remedy=_FILL_THE_FORM,
)
EXPANDS = ProblemKind(
    "WORKBOOK-EXPANDS",
    what=Text(
        "nội dung giải nén nặng {size} MB ({part}), giới hạn là {limit} MB.",
        "the unpacked content has {size} MB ({part}), the limit is {limit} MB.",
    ),
    why=Text("Tệp như vậy có thể làm treo máy đọc.", "Such a file can bring the reading machine to a stop."),
    remedy=_FILL_THE_FORM,
)
RATIO = ProblemKind(
    "WORKBOOK-RATIO",
    what=Text(
        "phần {part} nén {ratio} lần, giới hạn là {limit}.",
        "the part {part} is compressed {ratio} times, the limit is {limit}.",
    ),
    why=Text(
        "Tỷ lệ này là của tệp được tạo để làm treo máy, hoặc của trang có định dạng đến hàng cuối cùng.",
        "Files made to stop a machine look like this, and so do sheets formatted down to the last row.",
    ),
    remedy=_FILL_THE_FORM,
)
PART_NAME = ProblemKind(
    "WORKBOOK-PART-NAME",
    what=Text("tệp chứa phần có tên không hợp lệ: {part}.", "the file holds a part with a wrong name: {part}."),
    why=Text(
        "Tên trùng nhau, tuyệt đối hoặc có '..' cho phép giấu nội dung.",
        "Names that are repeated, absolute or hold '..' can hide content.",
    ),
    remedy=_SAVE_AGAIN,
)
MACRO = ProblemKind(
    "WORKBOOK-MACRO",
    what=Text("tệp chứa macro ({part}).", "the file holds macros ({part})."),
    why=Text("Macro là chương trình; biểu mẫu chỉ nhận giá trị.", "Macros are programs; a form takes values only."),
    remedy=_SAVE_AGAIN,
)
EXTERNAL_LINK = ProblemKind(
    "WORKBOOK-EXTERNAL-LINK",
    what=Text("tệp liên kết tới dữ liệu bên ngoài ({part}).", "the file is linked to data outside of it ({part})."),
    why=Text(
        "Giá trị lấy từ tệp khác không thể kiểm tra và có thể đổi về sau.",
        "Values taken from another file cannot be checked and may change later.",
    ),
    remedy=Text(
        "Trong Excel chọn Dữ liệu > Sửa liên kết > Ngắt liên kết, xoá các truy vấn và kết nối, lưu và gửi lại.",
        "In Excel choose Data > Edit Links > Break Link, delete queries and connections, save and send again.",
    ),
)
EMBEDDED = ProblemKind(
    "WORKBOOK-EMBEDDED",
    what=Text("tệp nhúng đối tượng khác ({part}).", "the file embeds another object ({part})."),
    why=Text(
        "Đối tượng nhúng có thể chứa chương trình và không được đọc.",
        "Embedded objects can hold programs, and are not read.",
    ),
    remedy=Text(
        "Xoá đối tượng nhúng; gửi tài liệu kiểm chứng thành tệp riêng.",
        "Delete the embedded object; send evidence as a file of its own.",
    ),
)
DOCTYPE = ProblemKind(
    "WORKBOOK-DOCTYPE",
    what=Text("phần {part} có khai báo DOCTYPE.", "the part {part} holds a DOCTYPE declaration."),
    why=Text(
        "Excel không bao giờ ghi khai báo này; nó cho phép đọc tệp khác hoặc làm đầy bộ nhớ.",
        "Excel never writes one; it can read other files or fill the memory.",
    ),
    remedy=_FILL_THE_FORM,
)
UNUSUAL = ProblemKind(
    "WORKBOOK-UNUSUAL",
    what=Text(
        "phần {part} được ghi theo cách mà các chương trình đọc khác nhau ({detail}).",
        "the part {part} is written in a way that programs read differently ({detail}).",
    ),
    why=Text(
        "Giá trị nhìn thấy trong Excel có thể khác giá trị được đọc.",
        "What Excel shows could differ from what is read.",
    ),
    remedy=_SAVE_AGAIN,
)
TOO_MANY_SHEETS = ProblemKind(
    "WORKBOOK-SHEETS",
    what=Text("tệp có {count} trang, giới hạn là {limit}.", "the file has {count} sheets, the limit is {limit}."),
    why=Text("", ""),
    remedy=Text("Xoá các trang không thuộc biểu mẫu.", "Remove sheets that are not in the form."),
)
TOO_FAR = ProblemKind(
    "WORKBOOK-TOO-FAR",
    what=Text(
        "có dữ liệu ở ô này, ngoài giới hạn {rows} hàng và {columns} cột.",
        "this cell holds data beyond the limit of {rows} rows and {columns} columns.",
    ),
    why=Text("", ""),
    remedy=Text(
        "Xoá dữ liệu nằm ngoài biểu mẫu (chọn các hàng, cột thừa và xoá).",
        "Delete what lies outside the form (select the spare rows and columns and delete them).",
    ),
)
TOO_MUCH = ProblemKind(
    "WORKBOOK-TOO-MUCH",
    what=Text(
        "tệp có quá {limit} ô dữ liệu, hoặc quá nhiều văn bản.",
        "the file holds more than {limit} cells with data, or too much text.",
    ),
    why=Text("", ""),
    remedy=_FILL_THE_FORM,
)
CELL_UNREADABLE = ProblemKind(
    "WORKBOOK-CELL",
    what=Text("không đọc được nội dung của ô này ({found}).", "what this cell holds cannot be read ({found})."),
    why=Text("", ""),
    remedy=Text("Xoá ô và gõ lại giá trị.", "Clear the cell and type the value again."),
)
TOO_LONG = ProblemKind(
    "WORKBOOK-TIME",
    what=Text(
        "việc đọc tệp kéo dài quá giới hạn ({seconds} giây).", "reading the file took longer than {seconds} seconds."
    ),
    why=Text("Một biểu mẫu đã điền được đọc trong chưa đầy một giây.", "A filled form is read in less than one."),
    remedy=_FILL_THE_FORM,
)
MEMORY = ProblemKind(
    "WORKBOOK-MEMORY",
    what=Text("việc đọc tệp cần nhiều bộ nhớ hơn giới hạn.", "reading the file takes more memory than is allowed."),
    why=Text("", ""),
    remedy=_FILL_THE_FORM,
)
UNREADABLE = ProblemKind(
    "WORKBOOK-UNREADABLE",
    what=Text("không đọc được tệp ({detail}).", "the file cannot be read ({detail})."),
    why=Text(
        "Tệp không được ghi đúng chuẩn, hoặc đã bị sửa bằng tay.",
        "It is not written as the format asks, or was altered by hand.",
    ),
    remedy=_SAVE_AGAIN,
)

KINDS: Mapping[str, ProblemKind] = {
    kind.code: kind
    for kind in (
        UNOPENED,
        EMPTY_FILE,
        TOO_LARGE,
        OLD_EXCEL,
        ENCRYPTED,
        OPEN_DOCUMENT,
        BINARY,
        PLAIN_TEXT,
        NOT_EXCEL,
        DAMAGED,
        TOO_MANY_PARTS,
        EXPANDS,
        RATIO,
        PART_NAME,
        MACRO,
        EXTERNAL_LINK,
        EMBEDDED,
        DOCTYPE,
        UNUSUAL,
        TOO_MANY_SHEETS,
        TOO_FAR,
        TOO_MUCH,
        CELL_UNREADABLE,
        TOO_LONG,
        MEMORY,
        UNREADABLE,
    )
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem before it has a file name. `values` are plain text or whole numbers, as the child can send them."""

    kind: ProblemKind
    values: Mapping[str, str | int] = field(default_factory=dict)
    sheet: str | None = None
    cell: str | None = None


class Refused(Exception):
    """The workbook is not read. Carries all that was found until then."""

    def __init__(self, *findings: Finding):
        self.findings = findings
        super().__init__(", ".join(finding.kind.code for finding in findings))


def shown(text: str, most: int = 80) -> str:
    """A text out of a hostile file, fit to stand in a message: one short printable line."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:most]) or "?"


def megabytes(size: int) -> str:
    """Bytes as whole megabytes, rounded up, so that what is over a limit never reads as equal to it."""
    return str(-(-size // 1_000_000))
