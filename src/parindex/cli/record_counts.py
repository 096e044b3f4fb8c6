"""parindex records measure, list: what imported records say, and which records stand behind a number."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parindex.cli.editions import EditionFolder, SparkAddress, known_engine
from parindex.cli.speaking import language, note, out, print_json, print_table, problems_said, say, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parindex.measures.engine import MeasureEngine
    from parindex.measures.nodes import Measure
    from parindex.programme.edition import Edition
    from parindex.results.edition_records import RecordFolder
    from parindex.tables.measured import Measured

BY = ("unit", "month", "office")
WHICH = ("numerator", "denominator", "difference", "unknown")
RecordEngine = Annotated[
    str, typer.Option("--engine", help=say("Bộ đếm: duckdb | spark | reference.", "duckdb | spark | reference."))
]


def add_to(app: typer.Typer) -> None:
    app.command(
        "measure",
        help=say(
            "Đếm hồ sơ và danh mục theo chỉ tiêu của kỳ (records/measures.yaml), cho từng đơn vị; thêm cơ quan, tháng "
            "bằng --by.\n\nVí dụ: parindex records measure ky/ --measure on_time_share_province --by month",
            "Count records by the measures of the edition (records/measures.yaml), for each unit; by office and month "
            "with --by.\n\nExample: parindex records measure edition/ --measure on_time_share_province --by month",
        ),
    )(measure)
    app.command(
        "list",
        help=say(
            "Liệt kê bản ghi đứng sau một con số của một đơn vị; không có cột riêng tư của người dân.\n\n"
            "Ví dụ: parindex records list ky/ on_time_share_province P63-31 --which difference",
            "List the records behind a number of one unit, without personal columns.\n\n"
            "Example: parindex records list edition/ on_time_share_province P63-31 --which difference",
        ),
    )(list_)


def measure(
    edition: EditionFolder,
    codes: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            help=say(
                "Chỉ chỉ tiêu này, của kỳ hoặc dựng sẵn; lặp lại được.",
                "Only this measure, of the edition or a ready one; repeatable.",
            ),
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help=say("unit | month | office; lặp lại được.", "unit | month | office; repeatable.")),
    ] = None,
    units: Annotated[
        list[str] | None,
        typer.Option("--unit", help=say("Chỉ đơn vị này; lặp lại được.", "Only this unit; repeatable.")),
    ] = None,
    engine: RecordEngine = "duckdb",
    spark: SparkAddress = None,
    format_: Annotated[str, typer.Option("--format", help="table | csv | json")] = "table",
    chart: Annotated[
        Path | None,
        typer.Option(
            "--chart", help=say("Vẽ chuỗi theo tháng vào tệp .svg này.", "Draw the monthly series into this .svg file.")
        ),
    ] = None,
) -> None:
    if format_ not in ("table", "csv", "json"):
        raise typer.BadParameter("table, csv, json", param_hint="--format")
    for each in by or ():
        if each not in BY:
            raise typer.BadParameter(", ".join(BY), param_hint="--by")
    known_engine(engine, spark)
    monthly, offices = "month" in (by or ()), "office" in (by or ())
    if chart is not None and not monthly:
        raise typer.BadParameter(say("cần --by month", "needs --by month"), param_hint="--chart")

    from parindex.measures.engine import Grain
    from parindex.results.edition_records import measure_units

    with problems_said():
        declared, folder = _records(edition, verify=True)
        chosen = _measures(folder, codes or (), monthly)
        _check_units(declared, units or ())
        _check_tables(edition, folder, chosen)
        grains = [Grain()]
        grains += [Grain(office=True)] if offices else []
        grains += [Grain(month=True)] if monthly else []
        grains += [Grain(office=True, month=True)] if monthly and offices else []
        with _opened(engine, spark) as opened:
            rows = measure_units(declared, folder, opened, measures=chosen, grains=grains, units=units)
        if chart is not None:
            _draw(chart, declared, chosen, rows, offices)
        if format_ == "csv":
            _say_csv(rows)
        elif format_ == "json":
            _say_json(declared, folder, chosen, rows)
        elif monthly:
            _say_series(declared, folder, chosen, rows, offices)
        else:
            _say_table(declared, folder, chosen, rows, offices)
        if chart is not None:
            note(say(f"Biểu đồ: {chart}", f"Chart: {chart}"))


def _records(folder: Path, *, verify: bool) -> tuple[Edition, RecordFolder]:
    """The edition of a folder and its records. Raises ProblemsFound."""
    from parindex.problems import Problems
    from parindex.results.edition_records import read_record_folder
    from parindex.results.reading import read_programme

    problems = Problems()
    edition, _, files = read_programme(folder, problems, examples=False)
    problems.raise_if_any()
    assert edition is not None
    found = read_record_folder(folder, edition, problems, content=files.content, verify=verify)
    problems.raise_if_any()
    return edition, found


def _measures(folder: RecordFolder, codes: Sequence[str], monthly: bool) -> tuple[Measure, ...]:
    """The measures asked for; without any, those of the edition, or the ready ones where it declares none."""
    from parindex.documents.shapes import guess
    from parindex.measures.library import ready_measures

    known = {**ready_measures(), **{each.code: each for each in folder.measures}}
    for code in codes:
        if code not in known:
            near = words(guess(code, tuple(known)))
            raise typer.BadParameter(f"{code}{near}: {', '.join(known)}", param_hint="--measure")
    chosen = [known[code] for code in dict.fromkeys(codes)]
    chosen = chosen or list(folder.measures) or list(ready_measures().values())
    if not monthly:
        return tuple(chosen)
    without = [each.code for each in chosen if each.month is None]
    if without and codes:
        told = say("chỉ tiêu không có khóa month", "these measures have no key month")
        raise typer.BadParameter(f"{told}: {', '.join(without)}", param_hint="--by")
    return tuple(each for each in chosen if each.month is not None)


def _check_units(edition: Edition, units: Sequence[str]) -> None:
    for unit in units:
        if edition.list_of(unit) is None:
            raise typer.BadParameter(say(f"kỳ không có {unit}", f"no unit {unit}"), param_hint="--unit")


def _check_tables(root: Path, folder: RecordFolder, measures: Sequence[Measure]) -> None:
    """Somebody who asks for a count of records that were never imported is told so; raises ProblemsFound."""
    from parindex.problems import Problems
    from parindex.records.mistakes import NO_RECORDS
    from parindex.sources import Place
    from parindex.tables.record_tables import RECORDS_FOLDER

    tables = dict.fromkeys(each.table for each in measures)
    problems = Problems()
    for table in tables:
        if table not in folder.rows and not any(each in folder.rows for each in tables):
            problems.add(NO_RECORDS, Place(f"{root.name}/{RECORDS_FOLDER}/{table}"), table=table)
    problems.raise_if_any()


@contextmanager
def _opened(engine: str, spark: str | None) -> Iterator[MeasureEngine]:
    from parindex.editions import measure_engine

    opened = measure_engine(engine, spark=spark)
    try:
        yield opened
    finally:
        opened.close()


def _say_csv(rows: Sequence[Measured]) -> None:
    from parindex.tables.measured import MEASURED

    out(MEASURED.csv_bytes(rows).decode().rstrip("\n"))


def _say_json(edition: Edition, folder: RecordFolder, measures: Sequence[Measure], rows: Sequence[Measured]) -> None:
    from parindex.measures.saying import sentence
    from parindex.results.result_tables import SIMULATED
    from parindex.tables.measured import MEASURED

    says = {each.code: sentence(each, folder.dates) for each in measures}
    print_json(
        {
            "edition": edition.code,
            "simulated": edition.simulated,
            **({"label": {"vi": SIMULATED.vi, "en": SIMULATED.en}} if edition.simulated else {}),
            "records": dict(folder.rows),
            "measures": [
                {
                    "code": each.code,
                    "kind": each.kind,
                    "name": {"vi": each.name.vi, "en": each.name.en},
                    "says": {"vi": says[each.code].vi, "en": says[each.code].en},
                }
                for each in measures
            ],
            "rows": MEASURED.as_records(rows),
        }
    )


def _head(edition: Edition, folder: RecordFolder, measure: Measure) -> None:
    """Name of a measure and whom it counts."""
    from parindex.measures.saying import sentence

    out()
    out(f"{measure.code}: {words(measure.name)}")
    out(words(sentence(measure, folder.dates)))


def _say_simulated(edition: Edition) -> None:
    from parindex.results.result_tables import SIMULATED

    if edition.simulated:
        out(words(SIMULATED))


def _say_table(
    edition: Edition, folder: RecordFolder, measures: Sequence[Measure], rows: Sequence[Measured], offices: bool
) -> None:
    from parindex.results.record_series import shown_value

    _say_simulated(edition)
    for each in measures:
        _head(edition, folder, each)
        headings = [
            say("Đơn vị", "Unit"),
            *([say("Cơ quan", "Office")] if offices else []),
            say("Tử số", "Numerator"),
            say("Mẫu số", "Denominator"),
            say("Giá trị", "Value"),
            say("Thiếu số liệu", "Unknown"),
        ]
        lines = []
        for row in rows:
            if row.measure == each.code:
                office = [row.office or say("tất cả", "all")] if offices else []
                numbers = (_number(row.numerator), _number(row.denominator))
                unknown = _number(None if row.unknown is None else Decimal(row.unknown))
                lines.append([row.unit, *office, *numbers, shown_value(row, each, language()), unknown])
        first = 1 + offices
        print_table(headings, lines, right=tuple(range(first, first + 4)))


def _say_series(
    edition: Edition, folder: RecordFolder, measures: Sequence[Measure], rows: Sequence[Measured], offices: bool
) -> None:
    from parindex.results.record_series import bars, series_of, shown_value

    _say_simulated(edition)
    every = series_of(measures, rows, _names(edition), offices=offices)
    for each in measures:
        _head(edition, folder, each)
        for series in every:
            if series.measure.code == each.code:
                out(f"{words(series.title)}: {shown_value(series.whole, each, language())}")
                for line in bars(series, language()):
                    out(line)


def _names(edition: Edition) -> dict[str, Any]:
    return {unit.code: unit.name for each in edition.lists for unit in each.units}


def _draw(file: Path, edition: Edition, measures: Sequence[Measure], rows: Sequence[Measured], offices: bool) -> None:
    from parindex.documents.writing import write_file
    from parindex.results.record_series import chart_svg, series_of
    from parindex.results.result_tables import SIMULATED

    every = series_of(measures, rows, _names(edition), offices=offices)
    label = SIMULATED if edition.simulated else None
    write_file(file, chart_svg(every, language(), heading=edition.name, label=label))


def list_(
    edition: EditionFolder,
    code: Annotated[str, typer.Argument(metavar="MEASURE", help=say("Mã chỉ tiêu.", "Code of the measure."))],
    unit: Annotated[str, typer.Argument(help=say("Mã đơn vị.", "Code of the unit."))],
    which: Annotated[
        str,
        typer.Option(
            "--which",
            help=say(
                "numerator | denominator | difference (có trong mẫu số, không trong tử số) | unknown (thiếu số liệu).",
                "numerator | denominator | difference (in the denominator only) | unknown (data are missing).",
            ),
        ),
    ] = "numerator",
    office: Annotated[str | None, typer.Option("--office", help=say("Chỉ cơ quan này.", "Only this office."))] = None,
    month: Annotated[
        str | None, typer.Option("--month", help=say("Chỉ tháng này, ví dụ 2023-05.", "Only this month, as 2023-05."))
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help=say("Nhiều nhất bao nhiêu bản ghi.", "At most so many records."))
    ] = 100,
    engine: RecordEngine = "duckdb",
    spark: SparkAddress = None,
    format_: Annotated[str, typer.Option("--format", help="table | csv")] = "table",
    with_personal: Annotated[
        bool,
        typer.Option(
            "--with-personal",
            help=say(
                "Thêm cột riêng tư của người dân; hỏi lại, và ghi vào records/personal-access.log.",
                "Add personal columns; it asks, and writes a line into records/personal-access.log.",
            ),
        ),
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", help=say("Lý do xem cột riêng tư.", "Why personal columns are looked at."))
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help=say("Đồng ý trước, không hỏi.", "Agree beforehand; nothing is asked."))
    ] = False,
) -> None:
    if which not in WHICH:
        raise typer.BadParameter(", ".join(WHICH), param_hint="--which")
    if format_ not in ("table", "csv"):
        raise typer.BadParameter("table, csv", param_hint="--format")
    known_engine(engine, spark)

    from parindex.measures.engine import ListRequest

    with problems_said():
        declared, folder = _records(edition, verify=False)
        _check_units(declared, (unit,))
        (chosen,) = _measures(folder, (code,), False)
        _check_tables(edition, folder, (chosen,))
        if office is not None and not any(each.name == "office" for each in chosen.record_table.columns):
            told = say(f"bảng {chosen.table} không có cơ quan", f"the table {chosen.table} has no offices")
            raise typer.BadParameter(told, param_hint="--office")
        if month is not None and chosen.month is None:
            told = say("chỉ tiêu không có khóa month", "the measure has no key month")
            raise typer.BadParameter(told, param_hint="--month")
        personal = _personal(chosen, yes) if with_personal else ()
        why = _why(reason, yes) if personal else ""
        # One more than is shown, to know whether there are more.
        request = ListRequest(unit, which, office, month, limit + 1, personal)  # type: ignore[arg-type]
        with _opened(engine, spark) as opened:
            listed = opened.listed(chosen, folder.records, folder.dates, request)
            found = list(listed)
        rows = found[:limit]
        if personal:
            _note_access(edition, personal, len(rows), why)
        _say_records(declared, chosen, listed.columns, rows, format_)
        if len(found) > limit:
            note(say(f"Còn nữa; xem thêm bằng --limit, đang là {limit}.", f"There are more; --limit is {limit}."))


def _personal(measure: Measure, yes: bool) -> tuple[str, ...]:
    """The personal columns of the table, after somebody agreed to what is written down."""
    from parindex.language import fold

    columns = tuple(each for each in measure.record_table.columns if each.personal)
    if not columns:
        note(say(f"Bảng {measure.table} không có cột riêng tư.", f"The table {measure.table} has no personal columns."))
        return ()
    names = ", ".join(f"{each.name} ({words(each.says)})" for each in columns)
    note(say(f"Cột riêng tư: {names}.", f"Personal columns: {names}."))
    note(
        say(
            "Tên tài khoản, thời điểm, lệnh, lý do và số bản ghi được ghi vào records/personal-access.log.",
            "The name of your account, the time, the command, the reason and the number of records are written into "
            "records/personal-access.log.",
        )
    )
    if not yes and fold(_asked(say("Xem các cột này? [c/K] ", "Show these columns? [y/N] "))) not in _YES:
        note(say("Không xem.", "Nothing is shown."))
        raise typer.Exit(1)
    return tuple(each.name for each in columns)


def _why(reason: str | None, yes: bool) -> str:
    """Why somebody looks at personal columns; asked where it was not said, empty where all was agreed beforehand."""
    if reason is None and not yes:
        reason = _asked(say("Lý do: ", "Why: "))
    return (reason or "").strip()


_YES = ("c", "co", "y", "yes")


def _asked(question: str) -> str:
    """One line of an answer. The question goes to standard error: what goes to standard output may be a CSV file."""
    import sys

    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _note_access(edition: Path, columns: Sequence[str], rows: int, reason: str) -> None:
    """Written before anything is shown."""
    import getpass
    import shlex
    import sys
    from datetime import datetime

    from parindex.results.personal_access import note_access

    command = shlex.join(["parindex", *sys.argv[1:]])
    at = datetime.now().astimezone()
    note_access(edition, at=at, account=getpass.getuser(), command=command, columns=columns, rows=rows, reason=reason)


def _say_records(
    edition: Edition, measure: Measure, columns: Sequence[str], rows: Sequence[Sequence[Any]], format_: str
) -> None:
    if format_ == "csv":
        import csv
        import io

        from parindex.documents.csv_rows import guarded

        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([guarded(_plain(cell)) for cell in row] for row in rows)
        out(text.getvalue().rstrip("\n"))
        return
    _say_simulated(edition)
    if not rows:
        out(say("Không có bản ghi nào.", "There is no record."))
        return
    right = [at for at in range(len(columns)) if any(isinstance(row[at], int | Decimal) for row in rows)]
    right = [at for at in right if not any(isinstance(row[at], bool) for row in rows)]
    labels = [_labels(measure, name) for name in columns]
    lines = [[labels[at].get(cell) or _shown(cell) for at, cell in enumerate(row)] for row in rows]
    print_table(columns, lines, right=right)


def _labels(measure: Measure, name: str) -> dict[Any, str]:
    """The words of a column's codes; `procedures.level` is a column of the joined table."""
    from parindex.tables.record_tables import RECORD_TABLES

    joined, _, own = name.rpartition(".")
    table = RECORD_TABLES[joined] if joined else measure.record_table
    column = next((each for each in table.columns if each.name == own), None)
    return {code: words(says) for code, says in column.codes.items()} if column is not None else {}


def _plain(cell: Any) -> str:
    """A cell of a record as CSV carries it: dates as 2023-12-31, yes or no, empty for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Decimal):
        return format(cell.normalize() + 0, "f")
    return str(cell)


def _shown(cell: Any) -> str:
    from datetime import date

    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return say("có", "yes") if cell else say("không", "no")
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}" if language() == "vi" else cell.isoformat()
    if isinstance(cell, int | Decimal):
        return _number(Decimal(cell).normalize() + 0)
    return str(cell)


def _number(value: Decimal | None) -> str:
    from parindex.language import number

    return "–" if value is None else number(value, language())
