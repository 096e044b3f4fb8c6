"""All commands, one group a file. Imports of the library stay inside commands, so that --help is quick."""

from __future__ import annotations

from typing import Annotated

import typer

from parindex.cli import (
    appraisals,
    audit,
    editions,
    examples,
    frameworks,
    publications,
    record_counts,
    records,
    surveys,
    workbooks,
)
from parindex.cli.speaking import out, say

app = typer.Typer(
    name="parindex",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=say(
        "Chạy một bộ chỉ số cải cách hành chính: từ bộ tiêu chí và hồ sơ tự đánh giá đến điểm, chỉ số và thứ hạng "
        "tự giải thích.\n\n"
        "Bắt đầu:\n\n"
        "  parindex compute examples/ministries-2023 --out out/m\n\n"
        "  parindex rank out/m\n\n"
        "  parindex explain out/m M-BTP\n\n"
        "Tiếng Anh: thêm --lang en trước lệnh, hoặc đặt PARINDEX_LANG=en.",
        "Run a public-administration index programme: from its criteria and self-assessments to points, an index and "
        "ranks that explain themselves.\n\n"
        "To begin:\n\n"
        "  parindex compute examples/ministries-2023 --out out/m\n\n"
        "  parindex rank out/m\n\n"
        "  parindex explain out/m M-BTP\n\n"
        "Vietnamese: put --lang vi before the command, or set PARINDEX_LANG=vi.",
    ),
)


def _version(wanted: bool) -> None:
    if wanted:
        import parindex

        out(f"parindex {parindex.__version__}")
        raise typer.Exit


def _language(value: str) -> str:
    if value not in ("vi", "en"):
        raise typer.BadParameter("vi, en")
    return value


@app.callback()
def _root(
    lang: Annotated[
        str, typer.Option("--lang", callback=_language, help=say("Ngôn ngữ: vi hoặc en.", "Language: vi or en."))
    ] = "vi",
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help=say("In phiên bản.", "Print the version.")),
    ] = False,
) -> None:
    # Both are read where they are needed; see `speaking.language`.
    del lang, version


record_counts.add_to(records.app)
for group in (editions, appraisals, publications):
    group.add_to(app)
app.add_typer(frameworks.app, name="framework")
app.add_typer(workbooks.app, name="workbook")
app.add_typer(surveys.app, name="survey")
app.add_typer(records.app, name="records")
app.add_typer(audit.app, name="audit")
app.add_typer(examples.app, name="example")
