"""parindex framework: check, compare and describe frameworks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parindex.cli.speaking import fail, language, note, out, print_json, print_problems, problems_said, say

if TYPE_CHECKING:
    from parindex.problems import Problems
    from parindex.programme.framework import Framework

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("Kiểm tra, so sánh, mô tả bộ tiêu chí.", "Check, compare and describe frameworks."),
)

Json = Annotated[bool, typer.Option("--json", help=say("In dạng JSON.", "Print JSON."))]


def read_checked(path: Path, problems: Problems) -> tuple[Framework | None, int]:
    """A framework with its rules opened and its worked examples run; the number of examples."""
    from parindex.documents.text_files import read_bytes
    from parindex.programme.framework_reading import read_framework
    from parindex.scoring.rule_book import check_examples, open_rules

    content = read_bytes(path, str(path), problems)
    if content is None:
        return None, 0
    framework = read_framework(content, str(path), problems)
    if framework is None:
        return None, 0
    return framework, check_examples(open_rules(framework, problems), problems)


@app.command(
    help=say(
        "Kiểm tra bộ tiêu chí: mọi lỗi cùng lúc, có dòng, cột và cách sửa; chạy mọi ví dụ đã tính.\n\n"
        "Ví dụ: parindex framework check examples/national/framework.yaml",
        "Check frameworks: all problems at once with line, column and remedy; every worked example is run.\n\n"
        "Example: parindex framework check examples/national/framework.yaml",
    )
)
def check(
    files: Annotated[list[Path], typer.Argument(help=say("Các tệp framework.yaml.", "The framework.yaml files."))],
    as_json: Json = False,
) -> None:
    from parindex.language import number
    from parindex.problems import Problems

    problems = Problems()
    for path in files:
        before = len(problems.errors)
        framework, examples = read_checked(path, problems)
        if framework is None or len(problems.errors) > before or as_json:
            continue
        counts = {
            level: sum(node.level == level for node in framework.nodes)
            for level in ("domain", "criterion", "subcriterion")
        }
        shape = say(
            f"{counts['domain']} lĩnh vực, {counts['criterion']} tiêu chí, "
            f"{counts['subcriterion']} tiêu chí thành phần, "
            f"{len(framework.leaves)} mục chấm điểm, {number(framework.max_points, 'vi')} điểm; {examples} ví dụ đúng",
            f"{counts['domain']} domains, {counts['criterion']} criteria, "
            f"{counts['subcriterion']} sub-criteria, "
            f"{len(framework.leaves)} leaves, {number(framework.max_points, 'en')} points; {examples} examples hold",
        )
        if framework.completeness == "domains_only":
            shape = say(
                f"đề cương: {counts['domain']} lĩnh vực, {number(framework.max_points, 'vi')} điểm; "
                "không tính điểm được",
                f"an outline: {counts['domain']} domains, {number(framework.max_points, 'en')} points; "
                "it cannot be computed",
            )
        out(f"{path}: {shape}")
    if problems.errors:
        fail(problems.sorted(), as_json=as_json)
    print_problems(problems.notices, as_json=as_json)


@app.command(
    help=say(
        "Hai phiên bản khác nhau ở đâu: mục nào giữ, chuyển, bỏ, thêm, và còn so sánh được không.\n\n"
        "Ví dụ: parindex framework changes cu/framework.yaml moi/framework.yaml",
        "What differs between two versions: nodes kept, moved, dropped, added, and whether they stay comparable.\n\n"
        "Example: parindex framework changes old/framework.yaml new/framework.yaml",
    )
)
def changes(
    old: Annotated[Path, typer.Argument(help=say("Phiên bản cũ.", "The older version."))],
    new: Annotated[Path, typer.Argument(help=say("Phiên bản mới.", "The newer version."))],
    as_json: Json = False,
) -> None:
    from parindex.problems import Problems
    from parindex.programme.changes import changes as compare
    from parindex.programme.changes_text import render_changes

    problems = Problems()
    before, _ = read_checked(old, problems)
    after, _ = read_checked(new, problems)
    if before is None or after is None or problems.errors:
        fail(problems.sorted(), as_json=as_json)
    found = compare(before, after)
    if as_json:
        print_json(found.as_data())
    else:
        out(render_changes(found, language()))
        print_problems(found.problems)


@app.command(
    help=say(
        "Xuất JSON Schema để trình soạn thảo gợi ý và kiểm tra tệp YAML.\n\n"
        "Ví dụ: parindex framework schema edition --out edition.schema.json",
        "Export the JSON Schema, so that editors complete and check the YAML.\n\n"
        "Example: parindex framework schema edition --out edition.schema.json",
    )
)
def schema(
    what: Annotated[str, typer.Argument(help="framework | edition")] = "framework",
    to: Annotated[Path | None, typer.Option("--out", help=say("Ghi vào tệp này.", "Write it to this file."))] = None,
) -> None:
    from parindex.documents.writing import write_file
    from parindex.results.schemas import SCHEMAS

    if what not in SCHEMAS:
        raise typer.BadParameter(", ".join(SCHEMAS))
    text = json.dumps(SCHEMAS[what](), ensure_ascii=False, indent=1)
    if to is None:
        out(text)
        return
    with problems_said():
        write_file(to, (text + "\n").encode())
    note(str(to))
