"""The reference pages, made from what the code declares, so that they cannot say anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from parindex.documents.shapes import (
    Bilingual,
    Day,
    Flag,
    Key,
    ListOf,
    MapOf,
    Number,
    Record,
    Shape,
    Whole,
    Word,
)
from parindex.language import Text
from parindex.problems import ProblemKind

_HEAD = "<!-- Made by `make docs` from the code; edit the code instead. -->\n\n"

PROBLEM_MODULES: tuple[tuple[str, Text], ...] = (
    ("parindex.documents.text_files", Text("Tệp văn bản", "Text files")),
    ("parindex.documents.yaml_nodes", Text("YAML", "YAML")),
    ("parindex.documents.shapes", Text("Khóa và giá trị trong YAML", "Keys and values in YAML")),
    ("parindex.documents.csv_rows", Text("CSV", "CSV")),
    ("parindex.programme.framework_reading", Text("Bộ tiêu chí", "Frameworks")),
    ("parindex.programme.units", Text("Đơn vị", "Units")),
    ("parindex.programme.edition_reading", Text("Kỳ đánh giá", "Editions")),
    ("parindex.programme.inputs", Text("Giá trị của số liệu đầu vào", "Values of inputs")),
    ("parindex.scoring.rule", Text("Cách tính điểm", "Rules")),
    ("parindex.scoring.rule_book", Text("Ví dụ đã tính", "Worked examples")),
    ("parindex.scoring.rules.tiers", Text("Loại tiers", "Kind tiers")),
    ("parindex.scoring.rules.checklist", Text("Loại checklist", "Kind checklist")),
    ("parindex.scoring.rules.percentage_bands", Text("Loại percentage_bands", "Kind percentage_bands")),
    ("parindex.scoring.rules.proportional", Text("Loại proportional", "Kind proportional")),
    ("parindex.scoring.rules.deduction", Text("Loại deduction", "Kind deduction")),
    ("parindex.scoring.rules.count_tiers", Text("Loại count_tiers", "Kind count_tiers")),
    ("parindex.scoring.rules.year_on_year", Text("Loại year_on_year", "Kind year_on_year")),
    ("parindex.scoring.rules.survey_scale", Text("Loại survey_scale", "Kind survey_scale")),
    ("parindex.workbooks.refusals", Text("Tệp Excel", "Workbooks")),
    ("parindex.submissions.reading", Text("Hồ sơ tự đánh giá", "Self-assessments")),
    ("parindex.results.folder_tables", Text("Tệp CSV của kỳ", "CSV files of an edition")),
    ("parindex.results.reading", Text("Thư mục kỳ đánh giá", "Edition folders")),
    ("parindex.results.result", Text("Thư mục kết quả", "Folders of results")),
    ("parindex.results.replacing", Text("Ghi kết quả", "Writing results")),
    ("parindex.results.explain", Text("Giải thích", "Explaining")),
    ("parindex.publication.freeze", Text("Công bố", "Publishing")),
    ("parindex.publication.verify", Text("Kiểm tra bản công bố", "Verifying")),
    ("parindex.simulation.writing", Text("Kỳ mô phỏng", "Simulated editions")),
)


def problem_kinds() -> Iterator[tuple[Text, tuple[ProblemKind, ...]]]:
    """The kinds of problems of each part, in the order a document meets them; each code once."""
    seen: set[str] = set()
    for name, title in PROBLEM_MODULES:
        kinds = []
        for value in vars(import_module(name)).values():
            if isinstance(value, ProblemKind) and value.code not in seen:
                seen.add(value.code)
                kinds.append(value)
        yield title, tuple(kinds)


def problems_page() -> str:
    lines = [
        _HEAD,
        "# Mã lỗi / Problem codes\n",
        "Mỗi lỗi nêu chỗ sai, điều sai, lý do và cách sửa; mã ở cuối không đổi giữa các phiên bản. "
        "Mã ghi *(lưu ý)* không làm dừng công việc.\n",
        "Every problem says where, what, why and what to do; the code at its end stays the same between versions. "
        "A code marked *(notice)* does not stop the work.\n",
    ]
    for title, kinds in problem_kinds():
        if not kinds:
            continue
        lines.append(f"## {title.both()}\n")
        for kind in kinds:
            mark = " *(lưu ý / notice)*" if kind.severity == "notice" else ""
            lines.append(f"### {kind.code}{mark}\n")
            for language in ("vi", "en"):
                parts = [text.in_("vi" if language == "vi" else "en") for text in (kind.what, kind.why, kind.remedy)]
                lines.append(" ".join(f"`{part}`" if part.startswith("{") else part for part in parts if part) + "\n")
    return "\n".join(lines)


def _shape_words(shape: Shape) -> str:
    match shape:
        case Bilingual():
            return "`{vi, en}`"
        case Word(known=known) if known:
            return " | ".join(f"`{word}`" for word in known)
        case Flag():
            return "`true` | `false`"
        case Number():
            return "số / number"
        case Whole():
            return "số nguyên / whole number"
        case Day():
            return "ngày / date"
        case ListOf(item=item):
            return f"danh sách / list: {_shape_words(item)}"
        case MapOf(item=item):
            return f"bảng khóa / map: {_shape_words(item)}"
        case Record(title=title):
            return f"[{title}](#{title.replace(' ', '-')})" if title else "bảng khóa / map"
        case _:
            return shape.says.both().replace("{{", "{").replace("}}", "}")


def _records(record: Record, seen: dict[str, Record]) -> None:
    if record.title:
        if record.title in seen:
            return
        seen[record.title] = record
    for key in record.keys.values():
        shape: Any = key.shape
        while isinstance(shape, ListOf | MapOf):
            shape = shape.item
        if isinstance(shape, Record):
            _records(shape, seen)


def _record_table(record: Record) -> str:
    lines = ["| khóa / key | giá trị / value | nghĩa / meaning |", "|---|---|---|"]
    for name, key in record.keys.items():
        lines.append(_key_line(name, key))
        shape: Any = key.shape
        if isinstance(shape, Record) and not shape.title:
            lines.extend(_key_line(f"{name}.{inner}", inner_key) for inner, inner_key in shape.keys.items())
    return "\n".join(lines) + "\n"


def _key_line(name: str, key: Key) -> str:
    need = " **bắt buộc / required**" if key.required else ""
    return f"| `{name}` | {_escaped(_shape_words(key.shape))} | {_escaped(key.says.both())}{need} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _record_page(title: str, intro: str, root: Record) -> str:
    seen: dict[str, Record] = {}
    _records(root, seen)
    lines = [_HEAD, f"# {title}\n", intro + "\n"]
    for name, record in seen.items():
        lines.append(f"## {name}\n")
        lines.append(_record_table(record))
    return "\n".join(lines)


def framework_page() -> str:
    from parindex.programme.framework_shape import INPUT, framework_record

    page = _record_page(
        "framework.yaml",
        "Khóa của tệp bộ tiêu chí. Cách tính điểm theo loại: [rules.md](rules.md).\n\n"
        "The keys of a framework file. Rules by kind: [rules.md](rules.md). The same as JSON Schema, for editors: "
        "`parindex framework schema framework`.",
        framework_record(),
    )
    return page + "\n## input\n\n" + _record_table(INPUT)


def edition_page() -> str:
    from parindex.programme.edition_reading import EDITION

    return _record_page(
        "edition.yaml",
        "Khóa của tệp kỳ đánh giá.\n\n"
        "The keys of an edition file. As JSON Schema: `parindex framework schema edition`.",
        EDITION,
    )


def rules_page() -> str:
    from parindex.scoring.rules import KINDS

    lines = [
        _HEAD,
        "# Loại cách tính điểm / Kinds of rules\n",
        "Mọi quy tắc cho ra điểm, nhánh trúng và một câu lý do. "
        "Điểm làm tròn một lần, nửa lên, đến 4 chữ số thập phân.\n",
        "Every rule gives points, the branch that was hit and a sentence. "
        "Points are rounded once, half up, to 4 decimals.\n",
    ]
    for name, kind in KINDS.items():
        lines.append(f"## {name}\n")
        lines.append(f"{kind.says.vi}. / {kind.says.en}.\n")
        if kind.keys:
            lines.append(_record_table(Record(kind.keys)))
            for key, inner in kind.keys.items():
                shape: Any = inner.shape
                while isinstance(shape, ListOf | MapOf):
                    shape = shape.item
                if isinstance(shape, Record):
                    lines.append(f"Mỗi mục của `{key}` / each item of `{key}`:\n")
                    lines.append(_record_table(shape))
        lines.append("Câu lý do / sentences:\n")
        lines.extend(f"- `{code}`: {text.vi} / {text.en}" for code, text in kind.sentences.items())
        lines.append("")
    return "\n".join(lines)


def tables_page() -> str:
    from parindex.tables.flow import TABLES

    lines = [
        _HEAD,
        "# Các bảng / Tables\n",
        "CSV, UTF-8, dấu chấm thập phân; ô trống là không có, không phải 0.\n",
        "CSV in UTF-8 with a decimal point; an empty cell is nothing, not 0.\n",
    ]
    for spec in TABLES:
        lines.append(f"## {spec.file_name}\n")
        lines.append(f"{spec.says.vi}. / {spec.says.en}. Khóa / key: {', '.join(f'`{key}`' for key in spec.key)}.\n")
        lines.append("| cột / column | kiểu / type | đơn vị / unit | nghĩa / meaning | ô trống / empty |")
        lines.append("|---|---|---|---|---|")
        for column in spec.columns:
            empty = column.null_means.both() if column.null_means else "–"
            lines.append(f"| `{column.name}` | {column.type} | {column.unit} | {column.says.both()} | {empty} |")
        lines.append("")
    return "\n".join(lines)


def commands_page() -> str:
    """The help of every command, in English beside Vietnamese."""
    import os
    import subprocess
    import sys

    commands = (
        (),
        ("check",),
        ("compute",),
        ("rank",),
        ("explain",),
        ("publish",),
        ("verify",),
        ("framework", "check"),
        ("framework", "changes"),
        ("framework", "schema"),
        ("workbook", "write"),
        ("workbook", "check"),
        ("example", "list"),
        ("example", "write"),
    )
    environment = {**os.environ, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1"}
    lines = [_HEAD, "# Lệnh / Commands\n"]
    for command in commands:
        lines.append(f"## parindex {' '.join(command)}".rstrip() + "\n")
        for language in ("vi", "en"):
            call = [sys.executable, "-m", "parindex.cli", "--lang", language, *command, "--help"]
            shown = subprocess.run(call, capture_output=True, text=True, check=True, env=environment).stdout
            shown = shown.replace("python -m parindex.cli", "parindex")
            body = "\n".join(line.rstrip() for line in shown.strip().splitlines())
            lines.append(f"```text\n{body}\n```\n")
    return "\n".join(lines)


PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "framework.md": framework_page,
    "rules.md": rules_page,
    "edition.md": edition_page,
    "tables.md": tables_page,
    "problems.md": problems_page,
}
