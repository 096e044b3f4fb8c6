"""README.md: what the folder is, what decided it, how to check it; Vietnamese first, English beside it."""

from __future__ import annotations

from parindex.language import Language, Text
from parindex.publication.release import Release
from parindex.results.result import PROGRAMME
from parindex.results.result_tables import MANIFEST


def files(release: Release) -> dict[str, bytes]:
    return {"README.md": "\n".join(_lines(release)).encode()}


def _lines(release: Release) -> list[str]:
    edition = release.result.edition
    found = [f"# {edition.name.vi} · {edition.name.en}", ""]
    if release.label:
        found += [f"> **{release.label.vi}.** / ***{release.label.en}.***", ""]
    found += ["| | |", "|---|---|"]
    found += [f"| {name.both()} | {_in_line(value)} |" for name, value in _facts(release)]
    found += ["", *_correction(release)]
    found += ["## Tiếng Việt", "", *_body(release, "vi")]
    found += ["", "## English", "", *_body(release, "en"), ""]
    return found


def _facts(release: Release) -> list[tuple[Text, str]]:
    edition = release.result.edition
    lists = "; ".join(f"{each.name.both()}: {len(each.units)}" for each in edition.lists)
    frameworks = dict.fromkeys(f"{each.framework.name.both()}, {each.framework.version}" for each in edition.lists)
    licence = (
        release.licence or Text("chưa nêu; hỏi cơ quan công bố", "not stated; ask the body that published this").both()
    )
    return [
        (Text("Phiên bản", "Version"), release.version),
        (Text("Quyết định công bố", "Decision to publish"), release.decision),
        (Text("Đơn vị", "Units"), lists),
        (Text("Bộ tiêu chí", "Framework"), "; ".join(frameworks)),
        (Text("Giấy phép sử dụng số liệu", "Licence of the figures"), licence),
    ]


def _correction(release: Release) -> list[str]:
    if release.corrects is None:
        return []
    old, reason = release.corrects.version, release.corrects.reason
    return [
        f"**Đính chính** phiên bản {old}. Lý do: {_in_line(reason.vi)}",
        "",
        f"***Correction** of version {old}. Reason: {_in_line(reason.en)}*",
        "",
        f"`{MANIFEST}`, {old}: sha256 `{release.corrects.manifest_sha256}`",
        "",
    ]


def _body(release: Release, language: Language) -> list[str]:
    rows = [
        ("publication.xlsx", Text("bảng để đọc và in", "tables to read and print")),
        ("*.csv", Text("mọi bảng, đủ chữ số; dạng gốc", "every table with all its digits; the original form")),
        ("json/, parquet/", Text("đúng các bảng đó, dạng JSON và Parquet", "the same tables as JSON and Parquet")),
        ("datapackage.json", Text("từng cột là gì (Frictionless)", "what each column is (Frictionless)")),
        ("explanations.json", Text("vì sao từng đơn vị có hạng đó", "how each unit came to its rank")),
        (f"{PROGRAMME}/", Text("bộ tiêu chí, đơn vị, quy định của kỳ", "framework, units, settings of the edition")),
        (MANIFEST, Text("mã băm từng tệp, và con dấu của toàn bộ", "the digest of every file, and the seal of all")),
    ]
    heads = Text("Tệp | Nội dung", "File | Content").in_(language)
    table = [f"| {heads} |", "|---|---|", *(f"| `{name}` | {says.in_(language)} |" for name, says in rows)]
    return [*(text.in_(language) for text in _ABOUT), "", *table, "", *(text.in_(language) for text in _CHECK)]


_ABOUT = (
    Text(
        "Thư mục này là một bản công bố đã đóng băng: không bao giờ bị sửa.\n"
        "Đính chính là một phiên bản mới, nêu phiên bản cũ và lý do.",
        "This folder is a frozen publication: it is never edited.\n"
        "A correction is a new version that names the old one and the reason.",
    ),
)

_CHECK = (
    Text(
        "Kiểm tra và tính lại điểm, chỉ số, thứ hạng từ các giá trị được chấp nhận:",
        "To check it, and compute points, index and ranks again from the accepted values:",
    ),
    Text("", ""),
    Text(
        '```\npip install "parindex[excel,report]"\nparindex verify .\nparindex explain . MÃ_ĐƠN_VỊ\n```',
        '```\npip install "parindex[excel,report]"\n'
        "parindex --lang en verify .\nparindex --lang en explain . UNIT_CODE\n```",
    ),
    Text("", ""),
    Text(
        f"Con dấu (`seal` trong `{MANIFEST}`) được in ra khi công bố; so với con dấu cơ quan công bố đã thông báo.\n"
        "Người giữ hồ sơ đầu vào kiểm tra được trọn vẹn bằng `--edition`.",
        f"The seal (`seal` in `{MANIFEST}`) is printed when publishing; compare it with the one that was announced.\n"
        "Who holds the first input can check everything with `--edition`.",
    ),
    Text("", ""),
    Text(
        "Không có ở đây: tài liệu kiểm chứng, giải trình, phiếu điều tra, hồ sơ thủ tục, tên người quyết định.\n"
        "Giá trị tự đánh giá nằm trong `accepted.csv`, vòng `self`.\n"
        "Trong tệp CSV, ô trống nghĩa là không có (không phải 0), và chữ bắt đầu bằng `=`, `+`, `-`, `@` có dấu `'`\n"
        "đứng trước để bảng tính không chạy nó như công thức.",
        "Not here: evidence, explanations, interviews, dossiers, the names of those who decided.\n"
        "The values that units claimed stand in `accepted.csv`, stage `self`.\n"
        "In CSV an empty cell means there is none (it is not 0), and a text that begins with `=`, `+`, `-`, `@` has a\n"
        "`'` before it, so that no spreadsheet runs it as a formula.",
    ),
)


def _in_line(text: str) -> str:
    """A person's text as it may stand in a line of Markdown: no line of it becomes a heading, no mark a link."""
    words = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in words)
