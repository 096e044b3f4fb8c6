"""parindex records mapping, import, check, remove: exports of offices become record tables."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parindex.cli.editions import EditionFolder
from parindex.cli.speaking import language, note, out, print_problems, problems_said, progress_bar, say

if TYPE_CHECKING:
    from parindex.records.importing import ImportedFile

app = typer.Typer(
    no_args_is_help=True,
    help=say(
        "Hồ sơ một cửa và danh mục thủ tục: nhập từ tệp trích xuất của các cơ quan.",
        "Dossiers of one-stop shops and catalogues of procedures: taken from what offices export.",
    ),
)
TableName = Annotated[str, typer.Option("--table", help="dossiers | procedures")]


def _table(name: str) -> Any:
    from parindex.tables.record_tables import RECORD_TABLES

    if name not in RECORD_TABLES:
        raise typer.BadParameter(", ".join(RECORD_TABLES), param_hint="--table")
    return RECORD_TABLES[name]


def _edition(folder: Path) -> Any:
    """The edition of a folder, for its units and days. Raises ProblemsFound."""
    from parindex.problems import Problems
    from parindex.results.reading import read_programme

    problems = Problems()
    edition, _, _ = read_programme(folder, problems, examples=False)
    problems.raise_if_any()
    assert edition is not None
    return edition


@app.command(
    "import",
    help=say(
        "Nhập tệp trích xuất (.csv, .xlsx, .parquet) vào bảng hồ sơ hoặc danh mục thủ tục. Bản ghi sai được để riêng "
        "kèm lý do. Lệnh bị ngắt thì chạy lại để làm tiếp; tệp đã nhập thì không đổi gì.\n\n"
        "Ví dụ: parindex records import ky/ ho-so.csv --table dossiers --mapping anh-xa.yaml",
        "Take exports (.csv, .xlsx, .parquet) into the table of dossiers or procedures. Wrong records are kept apart "
        "with their reasons. A command that was stopped goes on when run again; a file that is there changes "
        "nothing.\n\n"
        "Example: parindex records import edition/ dossiers.csv --table dossiers --mapping mapping.yaml",
    ),
)
def import_(
    edition: EditionFolder,
    files: Annotated[
        list[Path], typer.Argument(help=say("Các tệp hoặc thư mục, theo thứ tự.", "Files or folders, in order."))
    ],
    table: TableName,
    mapping: Annotated[
        Path,
        typer.Option("--mapping", help=say("Tệp ánh xạ cột (mapping.yaml).", "How columns map (mapping.yaml).")),
    ],
    bad_share: Annotated[
        float,
        typer.Option(
            "--bad-share",
            min=0,
            max=100,
            help=say(
                "Từ chối cả tệp khi quá số % bản ghi này có lỗi.",
                "Refuse a file whole when more than this % of its records are wrong.",
            ),
        ),
    ] = 20,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help=say("Chỉ báo điều sẽ được nhập, không ghi gì.", "Only tell what would be taken.")
        ),
    ] = False,
) -> None:
    declared = _table(table)

    from parindex.documents.text_files import read_bytes
    from parindex.problems import Problems
    from parindex.records.importing import import_records, surroundings
    from parindex.records.mapping import read_mapping

    with problems_said():
        problems = Problems()
        content = read_bytes(mapping, mapping.name, problems)
        read = read_mapping(content, mapping.name, declared, problems) if content is not None else None
        problems.raise_if_any()
        assert read is not None
        print_problems(problems.notices)
        around = surroundings(edition, _edition(edition), declared)
        with progress_bar(say("Nhập", "Importing")) as progress:
            done = import_records(
                edition,
                files,
                read,
                around,
                bad_share=Decimal(str(bad_share)) / 100,
                dry_run=dry_run,
                progress=progress,
            )
        for each in done.files:
            _say_file(each, edition, dry_run)
        print_problems(done.notices)
        if not dry_run and done.digest is not None:
            out(
                say(
                    f"Bảng {table}: {_number(done.rows)} bản ghi, sha256 {done.digest}",
                    f"Table {table}: {_number(done.rows)} records, sha256 {done.digest}",
                )
            )
        if done.problems:
            from parindex.problems import ProblemsFound

            raise ProblemsFound(done.problems)


def _number(value: int) -> str:
    from parindex.language import number

    return number(Decimal(value), language())


def _say_file(each: ImportedFile, edition: Path, dry_run: bool) -> None:
    from parindex.records.quarantine import QUARANTINE
    from parindex.tables.record_tables import RECORDS_FOLDER

    rows, taken = _number(each.rows), _number(each.taken)
    repeated, kept = _number(each.repeated), _number(each.quarantined)
    if each.known:
        out(
            say(
                f"{each.name}: đã nhập trước đây ({taken} bản ghi); không thay đổi gì.",
                f"{each.name}: imported before ({taken} records); nothing changed.",
            )
        )
        return
    verb = say("sẽ nhập", "would take") if dry_run else say("đã nhập", "took")
    out(
        say(
            f"{each.name}: {verb} {taken} trên {rows} bản ghi; {repeated} đã có, tính một lần; {kept} để riêng.",
            f"{each.name}: {verb} {taken} of {rows} records; {repeated} were there, counted once; {kept} set apart.",
        )
    )
    for code, count in each.reasons.items():
        out(f"  {code}: {_number(count)}")
    if dry_run:
        for column, header in each.columns:
            out(f"  {column} ← {header}")
        for example in each.examples:
            reason = say(example.reason_vi, example.reason_en)
            out(say(f"  hàng {example.row}", f"  row {example.row}") + f", {example.column}: {reason} [{example.code}]")
    if each.unused:
        note(say("  Cột không dùng: ", "  Columns not used: ") + ", ".join(each.unused))
    for name in each.quarantine:
        out(say("  Để riêng: ", "  Set apart: ") + str(edition / RECORDS_FOLDER / QUARANTINE / name))


@app.command(
    help=say(
        "Soạn bản nháp tệp ánh xạ từ tiêu đề của một tệp trích xuất.\n\n"
        "Ví dụ: parindex records mapping ho-so.csv --table dossiers --out anh-xa.yaml",
        "Draft a mapping from the headers of an export.\n\n"
        "Example: parindex records mapping dossiers.csv --table dossiers --out mapping.yaml",
    )
)
def mapping(
    file: Annotated[Path, typer.Argument(help=say("Tệp trích xuất.", "The export."))],
    table: TableName,
    to: Annotated[Path | None, typer.Option("--out", help=say("Ghi vào tệp này.", "Write it to this file."))] = None,
) -> None:
    declared = _table(table)

    from parindex.documents.writing import write_file
    from parindex.problems import Problems
    from parindex.records.drafting import draft_mapping

    with problems_said():
        problems = Problems()
        draft = draft_mapping(file, declared, problems)
        problems.raise_if_any()
        assert draft is not None
        if to is None:
            out(draft.text.rstrip("\n"))
        else:
            if to.exists():
                raise typer.BadParameter(say(f"{to} đã có", f"{to} is there already"), param_hint="--out")
            write_file(to, draft.text.encode())
            count = len(draft.found)
            out(say(f"Đã nhận ra {count} cột: {to}", f"{count} columns recognised: {to}"))
        if draft.missing:
            note(say("Còn thiếu cột bắt buộc: ", "Required columns still missing: ") + ", ".join(draft.missing))


@app.command(
    help=say(
        "Đối chiếu hồ sơ đã nhập với danh mục thủ tục nhập sau; không thay đổi gì.\n\n"
        "Ví dụ: parindex records check ky/ --out thieu.csv",
        "Hold imported dossiers against a catalogue that came later; nothing is changed.\n\n"
        "Example: parindex records check edition/ --out missing.csv",
    )
)
def check(
    edition: EditionFolder,
    to: Annotated[Path | None, typer.Option("--out", help=say("Ghi bảng vào tệp CSV.", "Write the table as CSV."))] = (
        None
    ),
) -> None:
    from parindex.cli.speaking import print_table
    from parindex.documents.writing import write_file
    from parindex.records.catalogue_check import UNKNOWN_PROCEDURES, check_catalogue
    from parindex.tables.record_tables import DOSSIERS

    with problems_said():
        found = check_catalogue(edition, DOSSIERS)
        wrong = sum(row.records for row in found.unknown)
        out(
            say(
                f"{_number(found.rows)} hồ sơ; {_number(wrong)} có mã thủ tục ngoài danh mục "
                f"({_number(len(found.unknown))} mã).",
                f"{_number(found.rows)} dossiers; {_number(wrong)} name a procedure outside the catalogue "
                f"({_number(len(found.unknown))} codes).",
            )
        )
        if found.without:
            count = _number(sum(found.without.values()))
            listed = ", ".join(list(found.without)[:8]) + (" …" if len(found.without) > 8 else "")
            out(
                say(
                    f"{count} hồ sơ của đơn vị chưa có danh mục: {listed}.",
                    f"{count} dossiers of units without a catalogue: {listed}.",
                )
            )
        if to is not None:
            write_file(to, UNKNOWN_PROCEDURES.csv_bytes(found.unknown))
            out(say(f"Bảng: {to}", f"Table: {to}"))
        elif found.unknown:
            headings = (
                say("Đơn vị", "Unit"),
                say("Thủ tục", "Procedure"),
                say("Hồ sơ", "Dossiers"),
                say("Tệp", "File"),
                say("Hàng", "Row"),
            )
            lines = [(r.unit, r.procedure, _number(r.records), r.first_source, str(r.first_row)) for r in found.unknown]
            print_table(headings, lines[:50], right=(2, 4))
            if len(lines) > 50:
                out(say(f"… và {len(lines) - 50} mã nữa (--out).", f"… and {len(lines) - 50} more codes (--out)."))


@app.command(
    help=say(
        "Gỡ một tệp đã nhập khỏi bảng, cùng các tệp sau có bản ghi trùng với nó.\n\n"
        "Ví dụ: parindex records remove ky/ ho-so.csv --table dossiers",
        "Take an imported file out of its table, with later files that had records in common with it.\n\n"
        "Example: parindex records remove edition/ dossiers.csv --table dossiers",
    )
)
def remove(
    edition: EditionFolder,
    source: Annotated[
        str,
        typer.Argument(help=say("Tên tệp, hoặc phần đầu của sha256.", "Name of the file, or beginning of its sha256.")),
    ],
    table: TableName,
) -> None:
    declared = _table(table)

    from parindex.records.removing import remove_source

    with problems_said():
        first, *others = remove_source(edition, declared, source)
        out(
            say(
                f"Đã gỡ {first.name} ({_number(first.taken)} bản ghi).",
                f"Took {first.name} out ({_number(first.taken)} records).",
            )
        )
        for each in others:
            out(
                say(
                    f"Đã gỡ cả {each.name}, vì có bản ghi trùng với tệp trước; nhập lại tệp này.",
                    f"Took {each.name} out too: it had records in common with an earlier file. Import it again.",
                )
            )
