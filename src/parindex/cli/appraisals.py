"""parindex appraisal: what units claim beside what records count, and what was accepted."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parindex.cli.editions import EngineName, ListCode, SparkAddress, known_engine
from parindex.cli.speaking import language, note, out, print_table, problems_said, progress_bar, say, words

if TYPE_CHECKING:
    from parindex.results.appraisal_table import Appraised


def add_to(app: typer.Typer) -> None:
    app.command(
        "appraisal",
        help=say(
            "Bảng thẩm định: số tự đánh giá bên cạnh số đếm từ hồ sơ, chênh lệch, giá trị được chấp nhận và quyết "
            "định; chênh lệch lớn nhất trước.\n\nVí dụ: parindex appraisal ky/ --unit P63-31",
            "The appraisal table: claims beside counts from records, the difference, the accepted value and the "
            "decision; largest difference first.\n\nExample: parindex appraisal edition/ --unit P63-31",
        ),
    )(appraisal)


def appraisal(
    folder: Annotated[
        Path,
        typer.Argument(
            help=say(
                "Thư mục kỳ đánh giá, thư mục kết quả hoặc bản công bố.",
                "An edition folder, a folder of results or a publication.",
            )
        ),
    ],
    unit: Annotated[str | None, typer.Option("--unit", help=say("Chỉ đơn vị này.", "Only this unit."))] = None,
    list_code: ListCode = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help=say("Chỉ in số dòng này.", "Print so many rows only."))
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="table | csv")] = "table",
    engine: EngineName = "duckdb",
    spark: SparkAddress = None,
) -> None:
    from parindex.results.appraisal_table import APPRAISAL, appraisal_rows

    if format_ not in ("table", "csv"):
        raise typer.BadParameter("table, csv", param_hint="--format")
    known_engine(engine, spark)
    with problems_said():
        result = _result(folder, engine, spark)
        if list_code is not None and not result.list_named(list_code):
            raise typer.BadParameter(", ".join(each.code for each in result.edition.lists), param_hint="--list")
        if unit is not None and result.edition.list_of(unit) is None:
            raise typer.BadParameter(say(f"kỳ không có {unit}", f"no unit {unit}"), param_hint="--unit")
        every = appraisal_rows(result, unit=unit, list_code=list_code)
        rows = every[:limit]
        if format_ == "csv":
            out(APPRAISAL.csv_bytes(rows).decode().rstrip("\n"))
            return
        if not every:
            note(say("Không mục nào được đếm từ hồ sơ.", "No leaf is counted from records."))
            return
        _print(result, rows, every)


def _result(folder: Path, engine: str, spark: str | None) -> Any:
    """Computed now from an edition folder, or read from a folder of results."""
    from parindex.publication.sealed import versions_of
    from parindex.results.reading import EDITION_FILE
    from parindex.results.result import read_result

    if not (folder / EDITION_FILE).is_file():
        return read_result(versions_of(folder)[-1])

    from parindex.editions import read_edition
    from parindex.results.compute import compute

    with progress_bar(say("Đọc", "Reading")) as progress:
        return compute(read_edition(folder, engine=engine, spark=spark, progress=progress))


def _print(result: Any, rows: tuple[Appraised, ...], every: tuple[Appraised, ...]) -> None:
    from parindex.results.appraisal_table import claims_above
    from parindex.results.explain import BASIS_NAMES
    from parindex.results.result_tables import SIMULATED
    from parindex.tables.counted import COUNTED_REASONS

    if result.edition.simulated:
        out(words(SIMULATED))
    headings = (
        say("Đơn vị", "Unit"),
        say("Mục", "Node"),
        say("Số liệu", "Input"),
        say("Tự đánh giá", "Claimed"),
        say("Đếm được", "Counted"),
        say("Chênh lệch", "Difference"),
        say("Chấp nhận", "Accepted"),
        say("Căn cứ", "Basis"),
        say("Quyết định", "Decision"),
    )
    lines = []
    for row in rows:
        basis = "–" if row.basis is None else words(BASIS_NAMES[row.basis]) if row.basis in BASIS_NAMES else row.basis
        if row.basis == "points":
            basis = say("ấn định điểm", "points were set")
        lines.append(
            (
                row.unit,
                row.node,
                row.input,
                _number(row.claimed),
                _number(row.counted),
                _number(row.difference, signed=True),
                _number(row.accepted),
                basis,
                row.decision or "–",
            )
        )
    print_table(headings, lines, right=(3, 4, 5, 6))
    if len(every) > len(rows):
        out(say(f"… và {len(every) - len(rows)} dòng nữa.", f"… and {len(every) - len(rows)} more rows."))
    for reason in dict.fromkeys(row.reason for row in every if row.counted is None and row.reason is not None):
        units = len({row.unit for row in every if row.counted is None and row.reason == reason})
        told = words(COUNTED_REASONS[reason])
        out(say(f"Không đếm được, {units} đơn vị: {told}.", f"Not counted, {units} units: {told}."))
    above = claims_above(every)
    of = len({row.unit for row in every})
    out(
        say(
            f"{len(above)}/{of} đơn vị khai cao hơn số đếm ở ít nhất một số liệu.",
            f"{len(above)} of {of} units claim more than is counted of at least one input.",
        )
    )


def _number(value: Decimal | None, *, signed: bool = False) -> str:
    from parindex.language import number

    if value is None:
        return "–"
    text = number(abs(value), language())
    return f"{'+' if signed and value > 0 else '−' if value < 0 else ''}{text}"
