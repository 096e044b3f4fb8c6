"""parindex publish and verify: freeze a result, and hold any folder against its digests and its own rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parindex.cli.editions import ResultFolder
from parindex.cli.speaking import fail, out, problems_said, progress_bar, say, words

if TYPE_CHECKING:
    from parindex.problems import Problem


def add_to(app: typer.Typer) -> None:
    app.command(
        "publish",
        help=say(
            "Đóng băng kết quả thành bản công bố (CSV, JSON, XLSX, Parquet, Frictionless).\n\n"
            "Bản công bố không bao giờ bị sửa: đính chính là một phiên bản mới nêu phiên bản cũ và lý do.\n\n"
            "Ví dụ: parindex publish out/m --to cong-bo/2023 --decision 268/QĐ-BNV",
            "Freeze results into a publication (CSV, JSON, XLSX, Parquet, Frictionless).\n\n"
            "A publication is never edited: a correction is a new version that names the old one and the reason.\n\n"
            "Example: parindex publish out/m --to published/2023 --decision 268/QĐ-BNV",
        ),
    )(publish)
    app.command(
        "verify",
        help=say(
            "Kiểm tra thư mục kết quả hoặc bản công bố: mã băm đúng, tính lại ra đúng từng byte.\n\n"
            "Với --edition, tính lại từ hồ sơ đầu vào.",
            "Verify a folder of results or a publication: digests hold, and recomputing gives the same bytes.\n\n"
            "With --edition, everything is computed again from the first input.",
        ),
    )(verify)


def publish(
    folder: ResultFolder,
    to: Annotated[Path, typer.Option("--to", help=say("Thư mục bản công bố.", "Folder of the publication."))],
    decision: Annotated[str, typer.Option("--decision", help=say("Số quyết định công bố.", "Number of the decision."))],
    corrects: Annotated[
        str | None, typer.Option("--corrects", help=say("Phiên bản được đính chính.", "The version that is corrected."))
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help=say("Lý do đính chính.", "Why it is corrected."))
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(
            "--licence", help=say("Giấy phép dùng số liệu, nếu có.", "Licence of the figures, if there is one.")
        ),
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option(
            "--heads",
            help=say(
                "Tệp audit_heads.csv do ứng dụng xuất: đầu các chuỗi nhật ký được niêm phong vào bản công bố.",
                "The file audit_heads.csv of the application: the heads of its record are sealed into the publication.",
            ),
        ),
    ] = None,
) -> None:
    from parindex.documents.text_files import read_bytes
    from parindex.problems import Problems
    from parindex.publication.audit_trail import read_heads
    from parindex.publication.freeze import publish as freeze
    from parindex.publication.verify import verify_files

    if (corrects is None) != (reason is None):
        raise typer.BadParameter(say("--corrects và --reason đi cùng nhau", "--corrects and --reason go together"))
    with problems_said():
        problems = Problems()
        content = read_bytes(heads, heads.name, problems) if heads is not None else None
        sealed = read_heads(content, heads.name, problems) if heads is not None and content is not None else ()
        problems.raise_if_any()
        with progress_bar(say("Công bố", "Publishing")) as progress:
            place = freeze(
                folder,
                to,
                decision=decision,
                corrects=corrects,
                reason=reason,
                licence=licence,
                heads=sealed,
                progress=progress,
            )
        out(say(f"Bản công bố: {place}", f"Publication: {place}"))
        seal = verify_files(place).seal
        out(say(f"Con dấu (công bố cùng quyết định): {seal}", f"Seal (announce it with the decision): {seal}"))


def verify(
    folder: ResultFolder,
    edition: Annotated[
        Path | None, typer.Option("--edition", help=say("Thư mục kỳ đánh giá.", "The edition folder."))
    ] = None,
    seal: Annotated[
        str | None, typer.Option("--seal", help=say("Con dấu đã được công bố.", "The seal that was announced."))
    ] = None,
) -> None:
    from parindex.publication.sealed import versions_of
    from parindex.publication.verify import verify as verify_folder

    problems: list[Problem] = []
    with problems_said():
        versions = versions_of(folder)
        for version in versions:
            # Older versions of a line stand by themselves; edition and seal are those of the newest.
            newest = version == versions[-1]
            with progress_bar(say("Kiểm tra", "Verifying")) as progress:
                verification = verify_folder(
                    version, edition=edition if newest else None, seal=seal if newest else None, progress=progress
                )
            if len(versions) > 1:
                out(str(version))
            for check in verification.checks:
                out(f"{say('đúng', 'ok') if check.ok else say('SAI', 'FAILED')}  {words(check.says)}")
            problems.extend(verification.problems)
    if problems:
        fail(problems)
