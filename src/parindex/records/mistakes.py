"""What can be wrong with a file of records, and with one record of it."""

from __future__ import annotations

from parindex.language import Text
from parindex.problems import ProblemKind

# --- A file that is not taken at all.

FILE_KIND = ProblemKind(
    "RECORDS-FILE-KIND",
    what=Text('không biết loại tệp "{suffix}".', 'files of kind "{suffix}" are not known.'),
    why=Text("", ""),
    remedy=Text("Dùng tệp .csv, .xlsx hoặc .parquet.", "Use a .csv, .xlsx or .parquet file."),
)
FILE_EMPTY = ProblemKind(
    "RECORDS-EMPTY",
    what=Text("tệp không có bản ghi nào.", "the file holds no record."),
    why=Text("Có thể việc trích xuất hoặc sao chép đã bị ngắt.", "The export or the copying may have been cut off."),
    remedy=Text("Trích xuất lại tệp.", "Export the file again."),
)
FOLDER_EMPTY = ProblemKind(
    "RECORDS-FOLDER-EMPTY",
    what=Text("thư mục không có tệp .csv, .xlsx hoặc .parquet.", "the folder holds no .csv, .xlsx or .parquet file."),
    why=Text("", ""),
    remedy=Text("Kiểm tra đường dẫn.", "Check the path."),
)
ENCODING = ProblemKind(
    "RECORDS-ENCODING",
    what=Text(
        "dòng tiêu đề không phải là chữ {encoding} (byte 0x{byte}).",
        "the header is not {encoding} text (byte 0x{byte}).",
    ),
    why=Text("", ""),
    remedy=Text(
        "Ghi encoding: windows-1258 trong tệp ánh xạ nếu phần mềm cũ dùng mã này, hoặc lưu lại bằng UTF-8.",
        "Write encoding: windows-1258 in the mapping if an old program uses it, or save the file as UTF-8.",
    ),
)
LEGACY = ProblemKind(
    "RECORDS-LEGACY",
    what=Text(
        'chữ tiếng Việt được gõ bằng mã {code} (tiêu đề "{header}" là "{meant}").',
        'the Vietnamese text is typed in {code} (the header "{header}" is "{meant}").',
    ),
    why=Text(
        "Mã phông cũ dùng chung byte với chữ khác; đoán sai sẽ làm hỏng tên và mã mà không ai biết.",
        "Old font codes share their bytes with other letters; a wrong guess would spoil names and codes unseen.",
    ),
    remedy=Text(
        "Chuyển cả tệp sang Unicode bằng công cụ chuyển mã của bộ gõ, lưu UTF-8, rồi nhập lại.",
        "Convert the whole file to Unicode with the converter of a Vietnamese keyboard, save it as UTF-8, and import "
        "it again.",
    ),
)
SEPARATOR = ProblemKind(
    "RECORDS-SEPARATOR",
    what=Text("các cột được ngăn bằng dấu {mark}.", "the columns are separated by {mark}."),
    why=Text("Tệp ánh xạ nói dấu {declared}.", "The mapping says {declared}."),
    remedy=Text('Ghi separator: "{mark}" trong tệp ánh xạ.', 'Write separator: "{mark}" in the mapping.'),
)
COLUMN_MISSING = ProblemKind(
    "RECORDS-COLUMN-MISSING",
    what=Text('không có cột "{header}"{guess}.', 'there is no column "{header}"{guess}.'),
    why=Text(
        "Tệp ánh xạ lấy {column} từ cột này; có thể phần mềm đã đổi tên cột.",
        "The mapping takes {column} from it; the program may have renamed it.",
    ),
    remedy=Text(
        "Thêm tên mới vào header của {column} trong tệp ánh xạ. Các cột của tệp: {found}.",
        "Add the new name to the header of {column} in the mapping. Columns of the file: {found}.",
    ),
)
COLUMN_TWICE = ProblemKind(
    "RECORDS-COLUMN-TWICE",
    what=Text('có {count} cột tên "{header}".', '{count} columns are called "{header}".'),
    why=Text("Không biết {column} nằm ở cột nào.", "Which of them holds {column} is not known."),
    remedy=Text("Đổi tên hoặc bỏ cột thừa.", "Rename or remove the other one."),
)
QUOTE = ProblemKind(
    "RECORDS-QUOTE",
    what=Text("dấu nháy kép mở ra mà không đóng.", "a double quote is opened and not closed."),
    why=Text("Mọi dòng sau đó sẽ thành một ô.", "All lines after it would become one cell."),
    remedy=Text("Đóng hoặc xóa dấu nháy kép ở dòng này.", "Close or delete the quote on this line."),
)
PARQUET_DAMAGED = ProblemKind(
    "RECORDS-PARQUET-DAMAGED",
    what=Text("tệp Parquet bị cắt cụt hoặc hỏng ({detail}).", "the Parquet file is cut off or damaged ({detail})."),
    why=Text("Có thể việc sao chép đã bị ngắt.", "Copying it may have been interrupted."),
    remedy=Text("Chép hoặc trích xuất lại tệp.", "Copy or export the file again."),
)
PARQUET_TYPE = ProblemKind(
    "RECORDS-PARQUET-TYPE",
    what=Text(
        'cột "{header}" có kiểu {found}, không phải giá trị đơn.',
        'the column "{header}" has the type {found}, not one value a cell.',
    ),
    why=Text("", ""),
    remedy=Text("Trích xuất lại cột này thành chữ, số hoặc ngày.", "Export it as text, numbers or dates."),
)
SCHEMAS = ProblemKind(
    "RECORDS-SCHEMAS",
    what=Text("các cột khác với tệp {first}: {difference}.", "the columns differ from those of {first}: {difference}."),
    why=Text("Một thư mục Parquet phải có một lược đồ.", "A folder of Parquet files has one schema."),
    remedy=Text("Nhập riêng từng tệp với ánh xạ của nó.", "Import the files apart, each with its mapping."),
)
SHEET_MISSING = ProblemKind(
    "RECORDS-SHEET",
    what=Text('không có trang "{sheet}".', 'there is no sheet "{sheet}".'),
    why=Text("", ""),
    remedy=Text(
        "Ghi một trong các trang ở khóa sheet: {found}.", "Name one of these sheets at the key sheet: {found}."
    ),
)
SHARE = ProblemKind(
    "RECORDS-SHARE",
    what=Text(
        "{bad} trên {rows} bản ghi có lỗi, quá {limit} %: {reasons}.",
        "{bad} of {rows} records are wrong, more than {limit} %: {reasons}.",
    ),
    why=Text(
        "Nhiều lỗi như vậy thường do ánh xạ sai; không bản ghi nào của tệp được nhập.",
        "So many mostly come from a wrong mapping; no record of the file was taken.",
    ),
    remedy=Text(
        "Sửa ánh xạ hoặc tệp; nếu số liệu đúng là như vậy, cho phép nhiều hơn bằng --bad-share.",
        "Correct the mapping or the file; if the data are really so, allow more with --bad-share.",
    ),
)
BUSY = ProblemKind(
    "RECORDS-BUSY",
    what=Text("một lệnh nhập khác đang chạy ở thư mục này.", "another import is at work in this folder."),
    why=Text("", ""),
    remedy=Text("Đợi lệnh đó xong rồi chạy lại.", "Wait until it has ended, then start again."),
)
JOURNAL_DAMAGED = ProblemKind(
    "RECORDS-JOURNAL",
    what=Text("sổ nhập không đọc được ({detail}).", "the journal of imports cannot be read ({detail})."),
    why=Text("Sổ này nói tệp nào thuộc bảng.", "It says which files belong to the table."),
    remedy=Text(
        "Khôi phục tệp này từ bản sao lưu, hoặc xóa thư mục của bảng và nhập lại.",
        "Restore it from a backup, or delete the folder of the table and import again.",
    ),
)
PART_DAMAGED = ProblemKind(
    "RECORDS-PART",
    what=Text("tệp này của bảng bị thiếu hoặc khác với sổ nhập.", "this file of the table is missing or was changed."),
    why=Text("Sổ nhập ghi {size} byte, sha256 {sha256}.", "The journal says {size} bytes, sha256 {sha256}."),
    remedy=Text(
        "Khôi phục tệp từ bản sao lưu, hoặc xóa thư mục của bảng và nhập lại.",
        "Restore it from a backup, or delete the folder of the table and import again.",
    ),
)
PART_STRANGE = ProblemKind(
    "RECORDS-PART-STRANGE",
    what=Text("tệp này không có trong sổ nhập{difference}.", "this file is not in the journal of imports{difference}."),
    why=Text(
        "Chỉ tệp do lệnh nhập ghi mới thuộc bảng; tệp lạ sẽ không được đếm.",
        "Only files that the import wrote belong to the table; another one would not be counted.",
    ),
    remedy=Text(
        "Chuyển tệp ra khỏi thư mục và nhập nó bằng parindex records import.",
        "Move it out of the folder, and take it in with parindex records import.",
    ),
)
NO_RECORDS = ProblemKind(
    "RECORDS-NONE",
    what=Text('chưa nhập bảng "{table}".', 'the table "{table}" has not been imported.'),
    why=Text("", ""),
    remedy=Text(
        "Nhập bằng parindex records import --table {table}.", "Import it with parindex records import --table {table}."
    ),
)
MAPPING_OTHER = ProblemKind(
    "RECORDS-MAPPING-OTHER",
    what=Text("tệp đã được nhập với một ánh xạ khác.", "the file was imported with another mapping."),
    why=Text("Nội dung đã nhập được giữ nguyên.", "What was taken then stays."),
    remedy=Text(
        "Nếu ánh xạ cũ sai, gỡ tệp bằng parindex records remove rồi nhập lại.",
        "If the old mapping was wrong, take the file out with parindex records remove and import it again.",
    ),
    severity="notice",
)
CATALOGUE_MISSING = ProblemKind(
    "RECORDS-CATALOGUE",
    what=Text(
        "chưa có danh mục thủ tục của {units}, nên mã thủ tục ở {rows} bản ghi chưa được kiểm tra.",
        "the procedure catalogue of {units} is not there, so the procedures of {rows} records were not checked.",
    ),
    why=Text("", ""),
    remedy=Text(
        "Nhập danh mục (--table procedures), rồi chạy parindex records check.",
        "Import the catalogue (--table procedures), then run parindex records check.",
    ),
    severity="notice",
)

# --- A record that goes to quarantine. `column` is the header as the file has it.

ROW_WIDTH = ProblemKind(
    "RECORD-WIDTH",
    what=Text("dòng có {found} ô, tiêu đề có {expected} cột.", "the row has {found} cells, the header {expected}."),
    why=Text("", ""),
    remedy=Text("Đặt ô có dấu ngăn cột trong dấu nháy kép.", "Put a cell that holds a separator into double quotes."),
)
ROW_ENCODING = ProblemKind(
    "RECORD-ENCODING",
    what=Text("byte 0x{byte} không phải là chữ {encoding}.", "byte 0x{byte} is not {encoding} text."),
    why=Text(
        "Dòng này được ghi bằng mã khác phần còn lại của tệp.", "The row is written in another code than the file."
    ),
    remedy=Text("Gõ lại dòng này.", "Type the row again."),
)
ROW_EMPTY = ProblemKind(
    "RECORD-EMPTY",
    what=Text("ô trống.", "the cell is empty."),
    why=Text("Cột {name} phải có giá trị.", "The column {name} is never empty."),
    remedy=Text("Điền giá trị.", "Fill it in."),
)
ROW_DATE = ProblemKind(
    "RECORD-DATE",
    what=Text('"{value}" không phải là ngày.', '"{value}" is not a date.'),
    why=Text("Ngày ở cột này được đọc theo {form}.", "Dates of this column are read as {form}."),
    remedy=Text("Sửa ngày.", "Correct the date."),
)
ROW_NUMBER = ProblemKind(
    "RECORD-NUMBER",
    what=Text('"{value}" không phải là số.', '"{value}" is not a number.'),
    why=Text("Cột này dùng {mark}.", "This column has {mark}."),
    remedy=Text("Sửa số.", "Correct the number."),
)
ROW_WHOLE = ProblemKind(
    "RECORD-WHOLE",
    what=Text('"{value}" không phải là số nguyên.', '"{value}" is not a whole number.'),
    why=Text("", ""),
    remedy=Text("Sửa số.", "Correct the number."),
)
ROW_PLACES = ProblemKind(
    "RECORD-PLACES",
    what=Text(
        '"{value}" có quá {places} chữ số thập phân hoặc quá lớn.',
        '"{value}" has more than {places} decimals, or is too large.',
    ),
    why=Text("Làm tròn là đổi số liệu.", "Rounding would change it."),
    remedy=Text("Sửa số.", "Correct the number."),
)
ROW_LOW = ProblemKind(
    "RECORD-LOW",
    what=Text("{value} nhỏ hơn {lowest}.", "{value} is less than {lowest}."),
    why=Text("", ""),
    remedy=Text("Sửa số.", "Correct the number."),
)
ROW_CHOICE = ProblemKind(
    "RECORD-CHOICE",
    what=Text('"{value}" không có trong các giá trị của cột.', '"{value}" is not a value of this column.'),
    why=Text("Các giá trị: {known}.", "Its values: {known}."),
    remedy=Text("Sửa giá trị, hoặc thêm vào values của ánh xạ.", "Correct it, or add it to values in the mapping."),
)
ROW_FLAG = ProblemKind(
    "RECORD-FLAG",
    what=Text('"{value}" không phải là có hoặc không.', '"{value}" is neither yes nor no.'),
    why=Text("", ""),
    remedy=Text("Sửa giá trị, hoặc thêm vào values của ánh xạ.", "Correct it, or add it to values in the mapping."),
)
ROW_CELL = ProblemKind(
    "RECORD-CELL",
    what=Text("ô không giữ giá trị mà là {value}.", "the cell holds no value but {value}."),
    why=Text("Giá trị hiện ra ở đó không kiểm tra được.", "What it shows cannot be checked."),
    remedy=Text("Dán lại thành giá trị.", "Paste it as a value."),
)
ROW_CODE_NUMBER = ProblemKind(
    "RECORD-CODE-NUMBER",
    what=Text("mã {value} là một số trong tệp.", "the code {value} is a number in the file."),
    why=Text("Số không giữ chữ số 0 ở cuối: 1.001230 thành 1.00123.", "Numbers drop zeros: 1.001230 becomes 1.00123."),
    remedy=Text("Trích xuất cột này thành chữ.", "Export the column as text."),
)
ROW_UNIT = ProblemKind(
    "RECORD-UNIT",
    what=Text(
        'không có đơn vị "{value}" vào ngày {day}.',
        'there is no unit "{value}" on {day}.',
    ),
    why=Text(
        "Mã không có trong units.csv, và unit_changes.csv không dẫn tới đơn vị nào.",
        "It is not in units.csv, and unit_changes.csv leads to no unit.",
    ),
    remedy=Text(
        "Sửa mã, hoặc ghi mã cũ vào units của ánh xạ.", "Correct it, or add the old code to units in the mapping."
    ),
)
ROW_UNIT_SPLIT = ProblemKind(
    "RECORD-UNIT-SPLIT",
    what=Text('đơn vị cũ "{value}" đã tách thành {known}.', 'the old unit "{value}" was split into {known}.'),
    why=Text("Không biết bản ghi thuộc đơn vị nào.", "Which of them the record belongs to is not known."),
    remedy=Text("Ghi đơn vị mới vào bản ghi.", "Write the new unit into the record."),
)
ROW_FUTURE = ProblemKind(
    "RECORD-FUTURE",
    what=Text("{value} sau ngày {day}.", "{value} is after {day}."),
    why=Text("Việc đã ghi phải xảy ra trước khi kỳ khóa sổ.", "What is recorded happened before the edition closed."),
    remedy=Text("Sửa ngày.", "Correct the date."),
)
ROW_ORDER = ProblemKind(
    "RECORD-ORDER",
    what=Text(
        "{later_says} {value} trước {earlier_says} {earlier}.",
        "{later_says} {value} is before {earlier_says} {earlier}.",
    ),
    why=Text("", ""),
    remedy=Text("Sửa một trong hai ngày.", "Correct one of the two dates."),
)
ROW_REFERENCE = ProblemKind(
    "RECORD-PROCEDURE",
    what=Text('danh mục của {unit} không có thủ tục "{value}".', 'the catalogue of {unit} has no procedure "{value}".'),
    why=Text("", ""),
    remedy=Text("Sửa mã, hoặc bổ sung danh mục trước.", "Correct the code, or complete the catalogue first."),
)
ROW_CONFLICT = ProblemKind(
    "RECORD-CONFLICT",
    what=Text(
        '"{value}" đã có với nội dung khác, ở {first}, dòng {row}.',
        '"{value}" stands already with other content, in {first}, row {row}.',
    ),
    why=Text("Bản ghi đến trước được giữ.", "The one that came first is kept."),
    remedy=Text(
        "Giữ một bản; nếu bản sau đúng, gỡ tệp cũ rồi nhập tệp mới.",
        "Keep one; if the later one is right, take the old file out and import the new one.",
    ),
)
ROW_BAD = ProblemKind(
    "RECORDS-ROW",
    what=Text('cột "{column}": {reason} [{code}]', 'column "{column}": {reason} [{code}]'),
    why=Text("", ""),
    remedy=Text("", ""),
)
