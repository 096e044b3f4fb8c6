"""parindex survey plan, sample, weights, estimate, report: from a frame to estimates with their errors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parindex.cli.speaking import (
    language,
    out,
    print_problems,
    print_table,
    problems_said,
    progress_bar,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from parindex.results.surveys import EstimateRow
    from parindex.survey.engine import Engine
    from parindex.survey.planner import PlanRow

app = typer.Typer(
    no_args_is_help=True,
    help=say(
        "Khảo sát: cỡ mẫu, chọn mẫu, quyền số, ước lượng kèm sai số, bảng công bố.",
        "Surveys: sample size, selection, weights, estimates with their errors, tables to publish.",
    ),
)
OutFolder = Annotated[Path, typer.Option("--out", help=say("Thư mục ghi kết quả.", "Folder for the results."))]


@app.command(
    help=say(
        "Mỗi cỡ mẫu mua được sai số nào.\n\nVí dụ: parindex survey plan --psus 3 --psus 6 --units 4 --people 24",
        "What margin each sample size buys.\n\nExample: parindex survey plan --psus 3 --psus 6 --units 4 --people 24",
    )
)
def plan(
    psus: Annotated[
        list[int],
        typer.Option(
            "--psus",
            min=1,
            help=say(
                "Số đơn vị mẫu sơ cấp mỗi tỉnh; lặp lại để so sánh.",
                "Primary sampling units in a province; repeat to compare.",
            ),
        ),
    ],
    people: Annotated[
        int, typer.Option("--people", min=1, help=say("Số phiếu mỗi cụm.", "Interviews in a cluster."))
    ] = 10,
    units: Annotated[
        int,
        typer.Option("--units", min=1, help=say("Số cụm trong mỗi đơn vị sơ cấp.", "Clusters in each primary unit.")),
    ] = 1,
    alike: Annotated[
        float,
        typer.Option(
            "--alike",
            min=0,
            max=1,
            help=say(
                "Phần phương sai giữa các đơn vị sơ cấp (0–1).", "Part of the variance between primary units (0–1)."
            ),
        ),
    ] = 0.05,
    response: Annotated[
        float, typer.Option("--response", min=0.01, max=1, help=say("Tỷ lệ trả lời (0–1).", "Response rate (0–1)."))
    ] = 1.0,
    share: Annotated[
        float, typer.Option("--share", min=0, max=1, help=say("Tỷ lệ cần đo (0–1).", "The share to measure (0–1)."))
    ] = 0.5,
    provinces: Annotated[int, typer.Option("--provinces", min=1, help=say("Số tỉnh.", "Provinces."))] = 63,
    to: Annotated[Path | None, typer.Option("--out", help=say("Ghi bảng vào tệp CSV.", "Write the table as CSV."))] = (
        None
    ),
) -> None:
    from parindex.documents.writing import write_file
    from parindex.language import same
    from parindex.survey.planner import PLAN, Choice, ClusterLevel, compared, share_spread

    with problems_said():
        choices = []
        for count in psus:
            levels = [ClusterLevel(same("psu"), count, alike)]
            if units > 1:
                levels.append(ClusterLevel(same("cluster"), units, 0.0))
            code = f"{count}x{units}x{people}"
            choices.append(Choice(code, same(code), tuple(levels), people, response=response, provinces=provinces))
        rows = compared(choices, share_spread(share))
        if to is not None:
            write_file(to, PLAN.csv_bytes(rows))
        _print_plan(rows)


def _print_plan(rows: Sequence[PlanRow]) -> None:
    headings = (
        say("Phương án", "Choice"),
        say("Phiếu/tỉnh", "Interviews"),
        say("Tiếp cận", "Issued"),
        say("Hệ số TK", "Design eff."),
        say("Bậc tự do", "df"),
        say("± tỉnh", "± province"),
        say("± nếu vô hạn bậc", "± with many df"),
        say("± toàn quốc", "± nation"),
    )
    lines = [
        (
            row.choice,
            _number(row.interviews),
            _number(row.issued),
            _number(row.design_effect),
            _number(row.df),
            _number(row.margin),
            _number(row.margin_many_psus),
            _number(row.national_margin),
        )
        for row in rows
    ]
    print_table(headings, lines, right=tuple(range(1, 8)))
    if any(row.margin is None for row in rows):
        out(say("– không có bậc tự do: không có khoảng tin cậy", "– no degree of freedom: there is no interval"))


def _number(value: Decimal | int | None, decimals: int | None = None) -> str:
    from decimal import Decimal

    from parindex.language import number

    return "–" if value is None else number(Decimal(value), language(), decimals)


@app.command(
    help=say(
        "Chọn mẫu từ khung, theo sample.yaml; cùng hạt giống cho cùng mẫu.\n\n"
        "Ví dụ: parindex survey sample sample.yaml --out out/sample",
        "Draw a sample from a frame, as sample.yaml says; the same seed gives the same sample.\n\n"
        "Example: parindex survey sample sample.yaml --out out/sample",
    )
)
def sample(
    design: Annotated[Path, typer.Argument(help=say("Tệp sample.yaml.", "The file sample.yaml."))],
    to: OutFolder,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, help=say("Hạt giống, thay cho số trong tệp.", "Seed, in place of the file's.")),
    ] = None,
) -> None:
    from parindex.results.survey_samples import draw, write_sample

    with problems_said():
        with progress_bar(say("Chọn mẫu", "Drawing")):
            drawn = draw(design, seed=seed)
        write_sample(drawn, to)
        print_problems(drawn.notices)
        freedom = drawn.sample.degrees_of_freedom
        for number, stage in enumerate(drawn.design.listed_stages, 1):
            chosen = [row for row in drawn.sample.units if row.stage == number]
            main = sum(row.in_sample for row in chosen)
            out(
                f"{stage.unit}: {main} "
                + say(f"được chọn, {len(chosen) - main} dự phòng", f"drawn, {len(chosen) - main} in reserve")
            )
        out(
            say(
                f"{len(freedom)} tỉnh; bậc tự do mỗi tỉnh từ {min(freedom.values())} đến {max(freedom.values())}",
                f"{len(freedom)} provinces; degrees of freedom in a province {min(freedom.values())} to "
                f"{max(freedom.values())}",
            )
        )
        out(say(f"Mẫu: {to / 'sample.csv'}", f"Sample: {to / 'sample.csv'}"))


@app.command(
    help=say(
        "Quyền số: xác suất chọn, không trả lời, hiệu chỉnh theo tổng đã biết.\n\n"
        "Ví dụ: parindex survey weights out/sample cases.csv --out out/weights",
        "Weights: chances of selection, non-response, calibration to known totals.\n\n"
        "Example: parindex survey weights out/sample cases.csv --out out/weights",
    )
)
def weights(
    sample_folder: Annotated[
        Path, typer.Argument(help=say("Thư mục mẫu (có sample.csv).", "Folder of the sample (with sample.csv)."))
    ],
    cases: Annotated[
        Path,
        typer.Argument(
            help=say(
                "CSV, mỗi người được tiếp cận một dòng: record, unit, outcome và các câu trả lời.",
                "CSV, a row for each person approached: record, unit, outcome and the answers.",
            )
        ),
    ],
    to: OutFolder,
    classes: Annotated[
        list[str] | None,
        typer.Option(
            "--class",
            help=say("Cột chia lớp không trả lời trong tỉnh.", "Column of non-response classes in a province."),
        ),
    ] = None,
    totals: Annotated[
        Path | None,
        typer.Option(
            "--totals",
            help=say("CSV các tổng đã biết: margin, category, total.", "CSV of known totals: margin, category, total."),
        ),
    ] = None,
    margins: Annotated[
        list[str] | None,
        typer.Option(
            "--margin",
            help=say("Cột hiệu chỉnh; province*sex là bảng chéo.", "Column to calibrate to; province*sex is crossed."),
        ),
    ] = None,
) -> None:
    from parindex.results.survey_samples import ANSWERS_FILE, weigh, write_weights

    with problems_said():
        with progress_bar(say("Tính quyền số", "Weighting")):
            found = weigh(
                sample_folder, cases, classes=tuple(classes or ()), totals_file=totals, margins=tuple(margins or ())
            )
        write_weights(found, to)
        print_problems(found.notices)
        names = {
            "base": say("xác suất chọn", "chances of selection"),
            "nonresponse": say("không trả lời", "non-response"),
            "calibration": say("hiệu chỉnh", "calibration"),
        }
        headings = (
            say("Bước", "Step"),
            say("Phiếu", "Cases"),
            say("Tổng quyền số", "Sum of weights"),
            say("Nhỏ nhất", "Smallest"),
            say("Lớn nhất", "Largest"),
            say("Hệ số Kish", "Kish effect"),
        )
        lines = [
            (
                names[row.step],
                _number(row.n),
                _number(row.total, 0),
                _number(row.smallest, 2),
                _number(row.largest, 2),
                _number(row.design_effect, 3),
            )
            for row in found.effects
        ]
        print_table(headings, lines, right=(1, 2, 3, 4, 5))
        rate = next((row.value for row in found.outcomes if (row.domain, row.rate) == ("*", "RR3")), None)
        out(say(f"Tỷ lệ trả lời AAPOR RR3: {_number(rate, 1)} %", f"Response rate AAPOR RR3: {_number(rate, 1)} %"))
        if found.rounds is not None:
            out(say(f"Hiệu chỉnh hội tụ sau {found.rounds} vòng", f"Calibration converged in {found.rounds} rounds"))
        _say_set_aside(len({row.record for row in found.set_aside}), to)
        out(say(f"Phiếu kèm quyền số: {to / ANSWERS_FILE}", f"Answers with weights: {to / ANSWERS_FILE}"))


def _say_set_aside(count: int, folder: Path) -> None:
    if count:
        out(
            say(
                f"Để riêng {count} bản ghi, kèm lý do: {folder / 'set_aside.csv'}",
                f"{count} record{'s' if count > 1 else ''} set aside, with reasons: {folder / 'set_aside.csv'}",
            )
        )
    else:
        out(say("Không bản ghi nào bị để riêng.", "No record was set aside."))


def _engine(name: str) -> Engine:
    from importlib import import_module
    from typing import cast

    known = {"duckdb": "parindex.engines.duckdb", "reference": "parindex.engines.reference_files"}
    if name not in known:
        raise typer.BadParameter("duckdb, reference", param_hint="--engine")
    return cast("Engine", import_module(known[name]))


@app.command(
    help=say(
        "Ước lượng kèm sai số chuẩn và khoảng tin cậy, từ các tệp trả lời (CSV, Parquet).\n\n"
        "Ví dụ: parindex survey estimate design.yaml out/weights/answers.csv --by province --out out/estimates",
        "Estimates with standard errors and intervals, from files of answers (CSV, Parquet).\n\n"
        "Example: parindex survey estimate design.yaml out/weights/answers.csv --by province --out out/estimates",
    )
)
def estimate(
    design: Annotated[Path, typer.Argument(help=say("Tệp design.yaml.", "The file design.yaml."))],
    to: OutFolder,
    answers: Annotated[list[Path] | None, typer.Argument(help=say("Các tệp trả lời.", "Files of answers."))] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help=say("Cột chia nhóm; lặp lại là chia chéo.", "Column of domains; repeat to cross.")),
    ] = None,
    units: Annotated[
        Path | None,
        typer.Option(
            "--units",
            help=say(
                "CSV có cột unit_code: mọi nhóm phải có trong bảng, cả khi không có phiếu.",
                "CSV with unit_code: every domain that must stand in the table, also without answers.",
            ),
        ),
    ] = None,
    questionnaire: Annotated[
        Path | None,
        typer.Option(
            "--questionnaire", help=say("Phiếu khảo sát có chỉ số (YAML).", "A questionnaire with an index (YAML).")
        ),
    ] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            "--add",
            help=say(
                "Thư mục ước lượng trước: cộng các ô, không đọc lại phiếu.",
                "Folder of earlier estimates: its cells are added, answers are not read again.",
            ),
        ),
    ] = None,
    least: Annotated[
        int,
        typer.Option(
            "--least",
            min=1,
            help=say("Không công bố dưới số trả lời này.", "Fewer answers than this stay unpublished."),
        ),
    ] = 10,
    engine: Annotated[str, typer.Option("--engine", help="duckdb | reference")] = "duckdb",
    threads: Annotated[int, typer.Option("--threads", min=1, max=256, help=say("Số luồng.", "Threads."))] = 2,
) -> None:
    chosen = _engine(engine)
    if not answers and not earlier:
        raise typer.BadParameter(
            say("cần ít nhất một tệp", "at least one file is needed"), param_hint="ANSWERS / --add"
        )

    from parindex.results.surveys import ESTIMATES_FILE, count_answers, estimate_survey, write_survey

    with problems_said():
        declared, form, codes = _read_estimate_inputs(design, questionnaire, units)
        with progress_bar(say("Đếm trả lời", "Counting answers")) as progress:
            counts = count_answers(
                declared,
                answers or (),
                chosen,
                earlier=earlier or (),
                questionnaire=form,
                threads=threads,
                progress=progress,
            )
        with progress_bar(say("Ước lượng", "Estimating")):
            rows = estimate_survey(counts, by=tuple(by or ()), units=codes, questionnaire=form, least=least)
        write_survey(counts, rows, to)
        out(say(f"{counts.cells.respondents} phiếu được dùng.", f"{counts.cells.respondents} interviews used."))
        if counts.answers_not_valid:
            out(
                say(
                    f"{counts.answers_not_valid} trả lời ngoài bảng mã, coi là không trả lời câu đó.",
                    f"{counts.answers_not_valid} answers outside their codes, taken as no answer to that question.",
                )
            )
        _say_set_aside(counts.cells.set_aside, to)
        hidden = sum(row.status in ("too_small", "protects_others") for row in rows)
        empty = sum(row.status == "empty" for row in rows)
        out(
            say(
                f"{len(rows)} ước lượng, {empty} trống có lý do, {hidden} không công bố vì ít trả lời.",
                f"{len(rows)} estimates, {empty} empty with a reason, {hidden} unpublished because of few answers.",
            )
        )
        out(say(f"Ước lượng: {to / ESTIMATES_FILE}", f"Estimates: {to / ESTIMATES_FILE}"))


def _read_estimate_inputs(design: Path, questionnaire: Path | None, units: Path | None) -> tuple[Any, Any, Any]:
    """The design, the questionnaire (or None) and the codes of units (or None); all problems at once."""
    from parindex.documents.csv_rows import read_rows
    from parindex.documents.text_files import read_bytes
    from parindex.problems import Problems
    from parindex.survey.design_reading import read_design
    from parindex.survey.questionnaire_reading import read_questionnaire

    problems = Problems()
    content = read_bytes(design, design.name, problems)
    declared = read_design(content, design.name, problems) if content is not None else None
    form = codes = None
    if questionnaire is not None:
        content = read_bytes(questionnaire, questionnaire.name, problems)
        form = read_questionnaire(content, questionnaire.name, problems) if content is not None else None
    if units is not None:
        content = read_bytes(units, units.name, problems)
        rows = read_rows(content, units.name, problems, columns=("unit_code",), others=True) if content else []
        codes = list(dict.fromkeys(code for row in rows if (code := row.required("unit_code", problems))))
    problems.raise_if_any()
    return declared, form, codes


@app.command(
    help=say(
        "Bảng công bố từ một thư mục ước lượng.\n\nVí dụ: parindex survey report out/estimates --code SIPAS",
        "A table to publish from a folder of estimates.\n\nExample: parindex survey report out/estimates --code SIPAS",
    )
)
def report(
    folder: Annotated[Path, typer.Argument(help=say("Thư mục ước lượng.", "A folder of estimates."))],
    code: Annotated[
        list[str] | None,
        typer.Option("--code", help=say("Chỉ câu hỏi hoặc chỉ số này.", "Only this item or index.")),
    ] = None,
    node: Annotated[
        str | None,
        typer.Option(
            "--node",
            help=say(
                "Với --format edition: mục của bộ tiêu chí nhận mã ở --code.",
                "With --format edition: the node of the framework that takes the code of --code.",
            ),
        ),
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="table | csv | markdown | edition")] = "table",
) -> None:
    if format_ not in ("table", "csv", "markdown", "edition"):
        raise typer.BadParameter("table, csv, markdown, edition", param_hint="--format")
    if node is not None and (format_ != "edition" or len(code or ()) != 1):
        raise typer.BadParameter(say("cần --format edition và một --code", "needs --format edition and one --code"))

    from parindex.results.surveys import ESTIMATES, edition_csv, read_estimates

    with problems_said():
        rows = read_estimates(folder)
        if code:
            known = dict.fromkeys(row.code for row in rows)
            missing = [each for each in code if each not in known]
            if missing:
                raise typer.BadParameter(", ".join(known), param_hint="--code")
            rows = tuple(row for row in rows if row.code in code)
        if format_ == "edition":
            nodes = {code[0]: node} if code and node else {}
            out(edition_csv(rows, nodes, folder.name).decode().rstrip("\n"))
            return
        if format_ == "csv":
            out(ESTIMATES.csv_bytes(rows).decode().rstrip("\n"))
            return
        headings = (
            say("Nhóm", "Domain"),
            say("Mã", "Code"),
            say("Số đo", "Measure"),
            say("Giá trị", "Value"),
            say("Sai số chuẩn", "Std. error"),
            say("Khoảng tin cậy 95 %", "95 % interval"),
            say("n", "n"),
            say("Hệ số TK", "Design eff."),
            say("Bậc tự do", "df"),
        )
        lines = [_report_line(row) for row in rows]
        if format_ == "markdown":
            out("| " + " | ".join(headings) + " |")
            out("|---|---|---|" + "---:|" * 6)
            for line in lines:
                out("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |")
        else:
            print_table(headings, lines, right=(3, 4, 5, 6, 7, 8))
        for told in dict.fromkeys(
            f"{_domain(row)}, {row.code}: {say(row.note_vi or '', row.note_en or '')}" for row in rows if row.note_vi
        ):
            out(told)


def _domain(row: EstimateRow) -> str:
    return say("tất cả", "all") if row.domain == "*" else row.domain


def _report_line(row: EstimateRow) -> tuple[str, ...]:
    percent = row.measure == "share"
    scale = 100 if percent else 1
    decimals = 0 if row.measure in ("total", "count") else 2

    def shown(value: Decimal | None) -> str:
        return _number(None if value is None else value * scale, decimals)

    answers = f" ({row.answers})" if row.answers else ""
    return (
        _domain(row),
        f"{row.code}{answers}",
        row.measure + (" %" if percent else ""),
        shown(row.value),
        shown(row.se),
        "–" if row.lower is None else f"{shown(row.lower)} – {shown(row.upper)}",
        _number(row.n),
        _number(row.deff, 2),
        _number(row.df, 1 if row.df is not None and row.df % 1 else 0),
    )
