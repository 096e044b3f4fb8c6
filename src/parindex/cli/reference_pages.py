"""The reference pages, made from what the code declares, so that they cannot say anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from parindex.documents.shapes import (
    Bilingual,
    Code,
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
from parindex.language import LANGUAGES, Text
from parindex.problems import ProblemKind

HEAD = "<!-- Made by `make docs` from the code; edit the code instead. -->\n\n"

PROBLEM_PARTS: tuple[tuple[str, Text], ...] = (
    ("documents", Text("Tệp văn bản, YAML, CSV", "Text files, YAML, CSV")),
    ("tables", Text("Bảng và tệp Parquet", "Tables and Parquet files")),
    ("programme", Text("Bộ tiêu chí, đơn vị, kỳ đánh giá", "Frameworks, units, editions")),
    ("scoring", Text("Cách tính điểm và ví dụ tính sẵn", "Rules and worked examples")),
    ("workbooks", Text("Tệp Excel", "Workbooks")),
    ("submissions", Text("Hồ sơ tự đánh giá", "Self-assessments")),
    ("appraisal", Text("Thẩm định", "Appraisal")),
    ("records", Text("Nhập hồ sơ và danh mục thủ tục", "Importing dossiers and catalogues")),
    ("measures", Text("Chỉ tiêu đếm từ hồ sơ và danh mục", "Measures over records")),
    ("survey", Text("Khảo sát: mẫu, quyền số, ước lượng", "Surveys: samples, weights, estimates")),
    ("engines", Text("Đọc tệp khảo sát, đếm hồ sơ", "Reading survey files, counting records")),
    ("results", Text("Thư mục kỳ đánh giá và kết quả", "Edition folders and results")),
    ("publication", Text("Công bố và kiểm tra", "Publishing and verifying")),
    ("simulation", Text("Kỳ mô phỏng", "Simulated editions")),
)
"""The packages that commands use and that declare problems, in the order a person meets them."""


def problem_kinds() -> Iterator[tuple[Text, tuple[ProblemKind, ...]]]:
    """The kinds of problems of each part, by code; each code once."""
    yield from kinds_in("parindex", PROBLEM_PARTS, seen=set())


def kinds_in(
    root: str, parts: Iterable[tuple[str, Text]], *, seen: set[str], without: tuple[str, ...] = ()
) -> Iterator[tuple[Text, tuple[ProblemKind, ...]]]:
    """The kinds that the modules of each part of a package declare, by code, but for codes already `seen`.

    `without`: parts of module names that are passed over.
    """
    for part, title in parts:
        kinds: dict[str, ProblemKind] = {}
        package = import_module(f"{root}.{part}")
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if any(each in module.name for each in without):
                continue
            for value in vars(import_module(module.name)).values():
                if isinstance(value, ProblemKind) and value.code not in seen:
                    kinds.setdefault(value.code, value)
        seen.update(kinds)
        yield title, tuple(kinds[code] for code in sorted(kinds))


def problems_page() -> str:
    lines = [
        HEAD,
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
        lines.extend(kinds_said(kinds))
    return "\n".join(lines)


def kinds_said(kinds: Iterable[ProblemKind]) -> Iterator[str]:
    """Each kind under its code, in both languages."""
    for kind in kinds:
        mark = " *(lưu ý / notice)*" if kind.severity == "notice" else ""
        yield f"### {kind.code}{mark}\n"
        for language in LANGUAGES:
            parts = [text.in_(language) for text in (kind.what, kind.why, kind.remedy)]
            yield " ".join(f"`{part}`" if part.startswith("{") else part for part in parts if part) + "\n"


_MAP = "bảng khóa / map"


def _shape_words(shape: Shape) -> str:
    match shape:
        case Bilingual():
            return "`{vi, en}`"
        case Word(known=known) if known:
            return " | ".join(f"`{word}`" for word in known)
        case Code():
            return "mã, trong dấu nháy nếu trông như số, ngày / a code, in quotes where it looks like a number, date"
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
            inner = _shape_words(item)
            return f"bảng khóa / map: {inner}" if inner != _MAP else f"{_MAP} `{{tên / name: {{…}}}}`"
        case Record(title=title):
            return f"[{title}](#{title.replace(' ', '-')})" if title else _MAP
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
        path = name
        if isinstance(shape, MapOf):
            shape, path = shape.item, f"{name}.…"
        if isinstance(shape, Record) and not shape.title:
            lines.extend(_key_line(f"{path}.{inner}", inner_key) for inner, inner_key in shape.keys.items())
    return "\n".join(lines) + "\n"


def _key_line(name: str, key: Key) -> str:
    need = " **bắt buộc / required**" if key.required else ""
    return f"| `{name}` | {_escaped(_shape_words(key.shape))} | {_escaped(key.says.both())}{need} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _record_page(title: str, intro: str, root: Record) -> str:
    seen: dict[str, Record] = {}
    _records(root, seen)
    lines = [HEAD, f"# {title}\n", intro + "\n"]
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


def survey_page() -> str:
    from parindex.survey.design_reading import DESIGN
    from parindex.survey.plan_reading import PLAN_FILE
    from parindex.survey.sample_reading import SHAPE

    lines = [
        HEAD,
        "# Tệp khảo sát / Survey files\n",
        "Khóa của plan.yaml (cỡ mẫu), sample.yaml (chọn mẫu) và design.yaml (ước lượng). Cách dùng: "
        "[run-a-survey.md](../how-to/run-a-survey.md).\n",
        "The keys of plan.yaml (size), sample.yaml (selection) and design.yaml (estimation). How to use them: "
        "[run-a-survey.md](../how-to/run-a-survey.md).\n",
    ]
    for root in (PLAN_FILE, SHAPE, DESIGN):
        seen: dict[str, Record] = {}
        _records(root, seen)
        for name, record in seen.items():
            lines.append(f"## {name}\n")
            lines.append(_record_table(record))
            for key, inner in record.keys.items():
                shape: Any = inner.shape
                while isinstance(shape, ListOf | MapOf):
                    shape = shape.item
                if isinstance(shape, Record) and not shape.title:
                    lines.append(f"`{key}`:\n")
                    lines.append(_record_table(shape))
    return "\n".join(lines)


def measures_page() -> str:
    from parindex.measures.library import ready_measures
    from parindex.measures.reading import KINDS, MEASURES, NEEDS
    from parindex.measures.saying import sentence

    page = _record_page(
        "measures.yaml",
        "Chỉ tiêu đếm từ hồ sơ và danh mục thủ tục: khóa của records/measures.yaml, câu điều kiện, chỉ tiêu dựng sẵn. "
        "Cột của các bảng: [mapping.md](mapping.md).\n\n"
        "Measures counted from dossiers and the procedure catalogue: keys of records/measures.yaml, conditions, ready "
        "measures. Columns of the tables: [mapping.md](mapping.md).",
        MEASURES,
    )
    lines = [page, "\n## kind\n", "| kind | nghĩa / meaning | cần / needs |", "|---|---|---|"]
    for kind, says in KINDS.items():
        lines.append(f"| `{kind}` | {says.both()} | {', '.join(f'`{key}`' for key in NEEDS[kind]) or '–'} |")
    lines.append("\n## where, of\n")
    lines.append(
        "Mỗi dòng một câu, mọi câu phải đúng; `any_of:` gồm các câu mà chỉ cần một câu đúng, `all_of:` gồm các câu đều "
        "phải đúng. Ô trống làm câu so sánh thành không rõ: bản ghi không rõ ở `where` thì không thuộc diện xét, không "
        "rõ ở `of` thì đếm riêng, không vào tử số hay mẫu số.\n"
    )
    lines.append(
        "One sentence a line, all must hold; `any_of:` lists sentences of which one must, `all_of:` some that all must."
        " A comparison with an empty cell is unknown: a record unknown in `where` is not concerned, one unknown in"
        " `of` is counted apart, in neither numerator nor denominator.\n"
    )
    lines.append(
        "```yaml\nwhere:\n  - level = province\n  - received_on between edition.year_start and edition.year_end\n"
        "  - channel in online, post\n  - due_on is not empty\n  - settled_on - received_on <= 5 days\n"
        '  - settled_on <= due_on + 2 days\n  - digitised = yes\n  - office = "Sở Y tế"\n'
        "  - procedures.online_service = full   # join: procedures\n"
        '  - any_of: ["apology = no", "apology is empty"]\n```\n'
    )
    lines.append("## ready\n")
    for measure in ready_measures().values():
        lines.append(f"### {measure.code}\n")
        lines.append(f"**{measure.name.vi}** / **{measure.name.en}**\n")
        words = sentence(measure)
        notes = [measure.note] if measure.note is not None else []
        lines.append(" ".join([words.vi, *(note.vi for note in notes)]) + "\n")
        lines.append(" ".join([words.en, *(note.en for note in notes)]) + "\n")
    return "\n".join(lines)


def mapping_page() -> str:
    from parindex.records.mapping import COLUMN, mapping_record
    from parindex.tables.record_tables import RECORD_TABLES

    page = _record_page(
        "mapping.yaml",
        "Khóa của tệp ánh xạ: cột nào của tệp trích xuất vào cột nào của bảng. Cách dùng: "
        "[import-records.md](../how-to/import-records.md).\n\n"
        "The keys of a mapping: which column of an export goes to which column of a table. How to use it: "
        "[import-records.md](../how-to/import-records.md).",
        mapping_record(),
    )
    lines = [page, "\n## column\n", "Mỗi cột là tên, danh sách tên, hoặc / each column is a name, names, or:\n"]
    lines.append(_record_table(COLUMN))
    for table in RECORD_TABLES.values():
        lines.append(f"## {table.name}\n")
        key = ", ".join(f"`{name}`" for name in table.key)
        lines.append(f"{table.says.vi}. / {table.says.en}. Khóa / key: {key}.\n")
        lines.append("| cột / column | kiểu / type | nghĩa / meaning | giá trị / values | ô trống / empty |")
        lines.append("|---|---|---|---|---|")
        for column in table.columns:
            empty = column.null_means.both() if column.null_means else "–"
            codes = ", ".join(f"`{code}` {says.both()}" for code, says in column.codes.items()) or "–"
            lines.append(f"| `{column.name}` | {column.type} | {column.says.both()} | {codes} | {empty} |")
        lines.append("")
    return "\n".join(lines)


def rules_page() -> str:
    from parindex.scoring.rules import KINDS

    lines = [
        HEAD,
        "# Loại cách tính điểm / Kinds of rules\n",
        "Mọi quy tắc cho ra điểm, nhánh trúng và một câu lý do. "
        "Điểm làm tròn một lần, nửa lên, đến 4 chữ số thập phân.\n",
        "Every rule gives points, the branch that was hit and a sentence. "
        "Points are rounded once, half up, to 4 decimals.\n",
        "Mỗi nhánh và mỗi mốc cần một ví dụ tính sẵn. Mọi số liệu của mục phải có thì mục mới có điểm. "
        "Ví dụ từng loại: [viết bộ tiêu chí](../how-to/write-a-framework.md#các-loại-cách-tính--kinds-of-rules).\n",
        "Every branch and every edge needs a worked example. A leaf has points only when all its inputs are there. "
        "An example of each kind: [write a framework]"
        "(../how-to/write-a-framework.md#các-loại-cách-tính--kinds-of-rules).\n",
    ]
    for name, kind in KINDS.items():
        lines.append(f"## {name}\n")
        lines.append(f"{kind.says.vi}. / {kind.says.en}.\n")
        for title, text in (("Số liệu / inputs", kind.takes), ("Nhánh, mốc / branches, edges", kind.hits)):
            lines.append(f"**{title}**: {text.vi}. / {text.en}.\n")
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
        HEAD,
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


def command_words() -> Iterator[tuple[str, ...]]:
    """The words of every command that people see: none for the program itself, then ("check",), …"""
    import typer

    from parindex.cli.app import app

    def walk(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        below = {name: each for name, each in getattr(command, "commands", {}).items() if not each.hidden}
        if not words or not below:
            yield words
        for name, each in below.items():
            yield from walk(each, (*words, name))

    yield from walk(typer.main.get_command(app), ())


def commands_page() -> str:
    """The help of every command, in English beside Vietnamese."""
    import json
    import os
    import subprocess
    import sys

    # A process for each language: texts of commands are chosen when their modules are imported.
    environment = {**os.environ, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1"}
    code = "from parindex.cli.reference_pages import print_helps; print_helps()"
    helps = {}
    for language in LANGUAGES:
        call = [sys.executable, "-c", code, "--lang", language]
        shown = subprocess.run(call, capture_output=True, encoding="utf-8", check=True, env=environment).stdout
        helps[language] = json.loads(shown)
    lines = [HEAD, "# Lệnh / Commands\n"]
    for words in command_words():
        lines.append(f"## parindex {' '.join(words)}".rstrip() + "\n")
        lines.extend(f"```text\n{helps[language][' '.join(words)]}\n```\n" for language in LANGUAGES)
    return "\n".join(lines)


def print_helps() -> None:
    """Print the help of every command as JSON, in the language of this process."""
    import io
    import json
    from contextlib import redirect_stdout

    import typer

    from parindex.cli.app import app
    from parindex.cli.speaking import out

    program = typer.main.get_command(app)
    helps = {}
    for words in command_words():
        with redirect_stdout(io.StringIO()) as shown:
            program.main([*words, "--help"], prog_name="parindex", standalone_mode=False)
        helps[" ".join(words)] = "\n".join(line.rstrip() for line in shown.getvalue().strip().splitlines())
    out(json.dumps(helps))


PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "framework.md": framework_page,
    "rules.md": rules_page,
    "edition.md": edition_page,
    "mapping.md": mapping_page,
    "measures.md": measures_page,
    "survey.md": survey_page,
    "tables.md": tables_page,
    "problems.md": problems_page,
}
