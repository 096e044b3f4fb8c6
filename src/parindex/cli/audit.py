"""parindex audit: the record of acts, checked without the application."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from parindex.cli.speaking import out, problems_said, say

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("Kiểm tra nhật ký của ứng dụng.", "Check the record of the application."),
)


@app.callback()
def _group() -> None:
    """A group of one command keeps its name."""


@app.command(
    help=say(
        "Kiểm tra nhật ký: mọi sự kiện đúng mã băm, nối nhau đủ và đúng thứ tự.\n\n"
        "Với --publication, đầu các chuỗi được so với tệp audit_heads.csv đã niêm phong trong bản công bố; "
        "sự kiện sau khi công bố được phép nối thêm.\n\n"
        "Ví dụ: parindex audit verify record.jsonl --publication cong-bo/v1",
        "Check a record: every event matches its digest, and the chains are whole and in order.\n\n"
        "With --publication, the heads of the chains are held against audit_heads.csv sealed into the publication; "
        "events after publishing may follow.\n\n"
        "Example: parindex audit verify record.jsonl --publication published/v1",
    )
)
def verify(
    record: Annotated[Path, typer.Argument(help=say("Tệp nhật ký (JSONL).", "The record file (JSONL)."))],
    publication: Annotated[
        Path | None, typer.Option("--publication", help=say("Thư mục bản công bố.", "Folder of the publication."))
    ] = None,
) -> None:
    from parindex.problems import Problems
    from parindex.publication.audit_heads import sealed_heads
    from parindex.publication.audit_trail import check_heads, read_trail

    problems = Problems()
    with problems_said():
        trail = read_trail(record, problems)
        expected = sealed_heads(publication) if publication is not None else ()
        problems.raise_if_any()
        check_heads(trail, expected, record.name, problems)
        problems.raise_if_any()
    events = len(trail.digests)
    out(
        say(
            f"Nhật ký nguyên vẹn: {events} sự kiện trong {len(trail.heads)} chuỗi.",
            f"The record is whole: {events} events in {len(trail.heads)} chains.",
        )
    )
    for head in trail.heads:
        name = "/".join(filter(None, (head.edition, head.unit))) or say("bộ chỉ số", "programme")
        out(f"  {name}  {head.length}  {head.digest[:16]}")
    if expected:
        out(
            say(
                f"Khớp với {len(expected)} đầu chuỗi đã niêm phong trong bản công bố.",
                f"It agrees with the {len(expected)} heads sealed into the publication.",
            )
        )
