"""What may be wrong with a folder of results or a publication, and what to do about it."""

from __future__ import annotations

from parindex.language import Text
from parindex.problems import ProblemKind

_COPY_AGAIN = Text(
    "Lấy lại thư mục từ nơi công bố; không sửa tay tệp nào.",
    "Fetch the folder again from where it was published; edit no file by hand.",
)
_ASK = Text(
    "Đừng dùng số liệu này; báo cho cơ quan công bố. Đính chính chỉ bằng một phiên bản mới (--corrects).",
    "Do not use these figures; tell the body that published them. A correction is a new version (--corrects).",
)

PUBLICATION_LINE = ProblemKind(
    "PUBLICATION-LINE",
    what=Text("thư mục này chứa các phiên bản công bố: {versions}.", "this folder holds publications: {versions}."),
    why=Text("Mỗi lần kiểm tra một phiên bản.", "One version is verified at a time."),
    remedy=Text("Chạy parindex verify {last}", "Run parindex verify {last}"),
)
MANIFEST_BROKEN = ProblemKind(
    "MANIFEST-BROKEN",
    what=Text("không đọc được ({detail}).", "cannot be read ({detail})."),
    why=Text("Không có tệp này thì không biết các tệp khác có bị sửa không.", "Without it nothing can be checked."),
    remedy=_COPY_AGAIN,
)
MANIFEST_CHANGED = ProblemKind(
    "MANIFEST-CHANGED",
    what=Text("nội dung không khớp con dấu của chính tệp.", "its content does not agree with its own seal."),
    why=Text("Tệp đã bị sửa sau khi tạo.", "It was changed after it was made."),
    remedy=_COPY_AGAIN,
)
MANIFEST_DIFFERS = ProblemKind(
    "MANIFEST-DIFFERS",
    what=Text(
        'mục "{key}" không khớp với các tệp trong thư mục: ghi {found}, đúng ra là {expected}.',
        'the entry "{key}" does not agree with the files of the folder: it says {found}, they give {expected}.',
    ),
    why=Text("", ""),
    remedy=_ASK,
)
MANIFEST_PATH = ProblemKind(
    "MANIFEST-PATH",
    what=Text('không dùng được mục tệp "{path}".', 'the entry of the file "{path}" cannot be used.'),
    why=Text(
        "Mỗi tệp một mục, đường dẫn nằm trong thư mục.", "Each file has one entry, with a path inside the folder."
    ),
    remedy=_COPY_AGAIN,
)
SEAL_DIFFERS = ProblemKind(
    "SEAL-DIFFERS",
    what=Text("con dấu là {found}, con dấu đã thông báo là {expected}.", "the seal is {found}, not {expected}."),
    why=Text("Đây không phải bản đã công bố.", "This is not what was published."),
    remedy=_ASK,
)
FILE_CHANGED = ProblemKind(
    "FILE-CHANGED",
    what=Text(
        "tệp đã bị thay đổi: sha256 {found}…, danh mục ghi {expected}….",
        "the file was changed: sha256 {found}…, the manifest says {expected}….",
    ),
    why=Text("", ""),
    remedy=_COPY_AGAIN,
)
FILE_LOST = ProblemKind(
    "FILE-LOST",
    what=Text("thiếu tệp.", "the file is missing."),
    why=Text("", ""),
    remedy=_COPY_AGAIN,
)
FILE_UNLISTED = ProblemKind(
    "FILE-UNLISTED",
    what=Text("tệp không thuộc thư mục này.", "the file does not belong to this folder."),
    why=Text("Danh mục không ghi tệp này, nên không ai bảo đảm nội dung.", "Nothing vouches for what is not listed."),
    remedy=Text("Chuyển tệp ra khỏi thư mục.", "Take it out of the folder."),
)
FILE_EXTRA = ProblemKind(
    "FILE-EXTRA",
    what=Text("danh mục có tệp này, nhưng parindex không tạo ra nó.", "it is listed, but parindex does not make it."),
    why=Text("Không tính lại được nội dung.", "What it says cannot be computed again."),
    remedy=_ASK,
)
TABLE_DIFFERS = ProblemKind(
    "TABLE-DIFFERS",
    what=Text("ghi {found}; {by} ra {expected}.", "it says {found}; {by} gives {expected}."),
    why=Text("Đây là dòng khác đầu tiên trong tệp.", "This is the first line of the file that differs."),
    remedy=_ASK,
)
EXPORT_DIFFERS = ProblemKind(
    "EXPORT-DIFFERS",
    what=Text("nội dung không đúng với các bảng tính lại.", "it does not say what the recomputed tables say."),
    why=Text("", ""),
    remedy=_ASK,
)
EXPORT_VERSION = ProblemKind(
    "EXPORT-VERSION",
    what=Text(
        "chưa so được câu chữ: do parindex {made} tạo, đây là parindex {this}.",
        "its wording was not compared: parindex {made} made it, this is parindex {this}.",
    ),
    why=Text("Mã băm vẫn đúng; các bảng đã được tính lại.", "Its digest holds, and the tables were computed again."),
    remedy=Text("Để so cả câu chữ, cài parindex {made}.", "To compare the wording as well, install parindex {made}."),
    severity="notice",
)
SURVEY_DIFFERS = ProblemKind(
    "SURVEY-DIFFERS",
    what=Text("{row}: ghi {found}; tính lại ra {expected}.", "{row}: it says {found}; computing it gives {expected}."),
    why=Text(
        "Số liệu điều tra phải ra từ số trả lời, trọng số và phiếu khảo sát đi cùng.",
        "A survey figure comes out of the counts, the weights and the questionnaire beside it.",
    ),
    remedy=_ASK,
)
COUNT_DIFFERS = ProblemKind(
    "COUNT-DIFFERS",
    what=Text("{row}: ghi {found}; đúng ra là {expected}.", "{row}: it says {found}; it must be {expected}."),
    why=Text(
        "Số đếm từ hồ sơ phải khớp với chỉ tiêu, số tự đánh giá và quyết định đi cùng.",
        "A count from records agrees with the measures, claims and decisions beside it.",
    ),
    remedy=_ASK,
)
PROGRAMME_DIFFERS = ProblemKind(
    "PROGRAMME-DIFFERS",
    what=Text("không phải tệp ghi trong sources.csv.", "it is not the file that sources.csv names."),
    why=Text(
        "Bảng đó ghi mã băm của mọi tệp đã đọc khi tính.", "That table has the digest of every file that was read."
    ),
    remedy=_ASK,
)
RECOMPUTE_FAILED = ProblemKind(
    "RECOMPUTE-FAILED",
    what=Text("không tính lại được từ thư mục này ({detail}).", "the folder cannot be computed again ({detail})."),
    why=Text("Giá trị trong các bảng không hợp với bộ tiêu chí.", "The values of its tables do not fit its framework."),
    remedy=_ASK,
)
CORRECTED_CHANGED = ProblemKind(
    "CORRECTED-CHANGED",
    what=Text(
        "phiên bản {version} ở cạnh đây không phải bản đã được đính chính.",
        "version {version} that stands beside this one is not the one that was corrected.",
    ),
    why=Text("Mã băm của manifest.json khác với mã đã ghi.", "Its manifest.json has another digest than is recorded."),
    remedy=_COPY_AGAIN,
)
INPUT_CHANGED = ProblemKind(
    "INPUT-CHANGED",
    what=Text(
        "khác tệp đã dùng để tính: sha256 {found}…, khi đó {expected}….",
        "it is not the file that was computed from: sha256 {found}…, then {expected}….",
    ),
    why=Text("", ""),
    remedy=Text(
        "Dùng đúng hồ sơ lúc tính, hoặc tính lại và công bố một phiên bản mới.",
        "Take the edition folder of that time, or compute again and publish a new version.",
    ),
)
INPUT_LOST = ProblemKind(
    "INPUT-LOST",
    what=Text("thiếu tệp đã dùng để tính.", "a file that was computed from is missing."),
    why=Text("", ""),
    remedy=INPUT_CHANGED.remedy,
)
INPUT_NEW = ProblemKind(
    "INPUT-NEW",
    what=Text("tệp này chưa có lúc tính.", "this file was not there when it was computed."),
    why=Text("", ""),
    remedy=INPUT_CHANGED.remedy,
)
