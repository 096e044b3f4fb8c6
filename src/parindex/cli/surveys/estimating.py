"""parindex survey estimate: from answers to estimates with their errors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parindex.cli.speaking import out, problems_said, progress_bar, say
from parindex.cli.surveys.wording import OutFolder, one_of, say_set_aside

if TYPE_CHECKING:
    from parindex.survey.engine import Engine


def add_to(app: typer.Typer) -> None:
    app.command(
        "estimate",
        help=say(
            "Ước lượng kèm sai số chuẩn và khoảng tin cậy, từ các tệp trả lời (CSV, Parquet).\n\n"
            "Ví dụ: parindex survey estimate design.yaml out/weights/answers.csv --by province --out out/estimates",
            "Estimates with standard errors and intervals, from files of answers (CSV, Parquet).\n\n"
            "Example: parindex survey estimate design.yaml out/weights/answers.csv --by province --out out/estimates",
        ),
    )(estimate)


def _engine(name: str) -> Engine:
    from importlib import import_module
    from typing import cast

    known = {"duckdb": "parindex.engines.duckdb", "reference": "parindex.engines.reference_files"}
    if name not in known:
        raise typer.BadParameter("duckdb, reference", param_hint="--engine")
    return cast("Engine", import_module(known[name]))


def estimate(
    design: Annotated[Path, typer.Argument(help=say("Tệp design.yaml.", "The file design.yaml."))],
    to: OutFolder,
    answers: Annotated[list[Path] | None, typer.Argument(help=say("Các tệp trả lời.", "Files of answers."))] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            help=say(
                "Bảng chia nhóm; lặp lại cho nhiều bảng; province*sex là bảng chéo. Bảng đầu là các đơn vị.",
                "A table of domains; repeat for several; province*sex is crossed. The first has the units.",
            ),
        ),
    ] = None,
    units: Annotated[
        Path | None,
        typer.Option(
            "--units",
            help=say(
                "CSV có cột unit_code: mọi nhóm phải có trong bảng đầu, cả khi không có phiếu.",
                "CSV with unit_code: every domain that must stand in the first table, also without answers.",
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
    level: Annotated[
        float,
        typer.Option(
            "--level", min=0.5, max=0.999, help=say("Mức tin cậy (0–1).", "Level of the confidence intervals (0–1).")
        ),
    ] = 0.95,
    interval: Annotated[
        str,
        typer.Option(
            "--interval",
            help=say(
                "t | logit: khoảng của tỷ lệ; logit không ra ngoài 0 và 1.",
                "t | logit: intervals of shares; logit stays within 0 and 1.",
            ),
        ),
    ] = "logit",
    formula: Annotated[
        str | None,
        typer.Option(
            "--formula",
            help=say(
                "Công thức chỉ số, thay cho phiếu: satisfaction_share (tỷ lệ hài lòng) | mean_rescaled | "
                "mean_rescaled_zero (điểm trung bình).",
                "Formula of the index, in place of the questionnaire's: satisfaction_share (percent satisfied) | "
                "mean_rescaled | mean_rescaled_zero (mean of scores).",
            ),
        ),
    ] = None,
    lonely: Annotated[
        str | None,
        typer.Option(
            "--lonely",
            help=say(
                "Tầng chỉ có một đơn vị mẫu, thay cho design.yaml: ",
                "Strata with one sampled unit, in place of design.yaml: ",
            )
            + "fail | remove | certainty | adjust | average",
        ),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            help=say(
                "Sai số: taylor (tuyến tính hóa) | jkn | bootstrap.",
                "Standard errors: taylor (linearised) | jkn | bootstrap.",
            ),
        ),
    ] = "taylor",
    replicates: Annotated[
        int,
        typer.Option("--replicates", min=2, help=say("Số bản lặp của bootstrap.", "Replicates of the bootstrap.")),
    ] = 1000,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help=say("Hạt giống của bootstrap.", "Seed of the bootstrap."))
    ] = 1,
    edition: Annotated[
        int | None,
        typer.Option("--edition", help=say("Năm của cuộc khảo sát, để so các năm.", "Year of the survey, for series.")),
    ] = None,
    simulated: Annotated[
        bool,
        typer.Option(
            "--simulated",
            help=say(
                "Ghi nhãn số liệu mô phỏng lên báo cáo (tự ghi khi cạnh tệp có generator.json).",
                "Label the report as simulated (done by itself where generator.json lies beside the files).",
            ),
        ),
    ] = False,
    engine: Annotated[str, typer.Option("--engine", help="duckdb | reference")] = "duckdb",
    threads: Annotated[int, typer.Option("--threads", min=1, max=256, help=say("Số luồng.", "Threads."))] = 2,
) -> None:
    from parindex.results.surveys.counting import count_answers
    from parindex.results.surveys.estimating import Errors, estimate_survey
    from parindex.results.surveys.folders import ESTIMATES_FILE, read_counts, write_survey
    from parindex.results.surveys.inputs import METHODS, Settings, is_simulated, read_inputs
    from parindex.survey.design import LONELY_RULES
    from parindex.survey.questionnaire import FORMULA_NAMES

    chosen = _engine(engine)
    if not answers and not earlier:
        raise typer.BadParameter(
            say("cần ít nhất một tệp", "at least one file is needed"), param_hint="ANSWERS / --add"
        )
    settings = Settings(
        tables=tuple(tuple(each.split("*")) for each in by or ()),
        least=least,
        level=level,
        interval=one_of(interval, ("t", "logit"), "--interval"),
        formula=None if formula is None else one_of(formula, FORMULA_NAMES, "--formula"),
        lonely=None if lonely is None else one_of(lonely, LONELY_RULES, "--lonely"),
        method=one_of(method, METHODS, "--method"),
        replicates=replicates,
        seed=seed,
        edition=edition,
        simulated=simulated or is_simulated([design, *(answers or ())]),
    )
    with problems_said():
        inputs = read_inputs(design, questionnaire, units)
        declared, form = inputs.under(settings)
        with progress_bar(say("Đếm trả lời", "Counting answers")) as progress:
            counts = count_answers(
                inputs.design,
                answers or (),
                chosen,
                earlier=[read_counts(folder, inputs.design, form) for folder in earlier or ()],
                questionnaire=form,
                threads=threads,
                progress=progress,
            )
        with progress_bar(say("Ước lượng", "Estimating")) as progress:
            rows = estimate_survey(
                counts.under(declared.lonely_psu),
                by=tuple(by or ()),
                units=None if inputs.units is None else list(inputs.units),
                questionnaire=form,
                least=least,
                options=settings.options,
                errors=Errors(settings.method, replicates, seed),
                progress=progress,
            )
        write_survey(counts, rows, to, inputs, settings)
        out(say(f"{counts.cells.respondents} phiếu được dùng.", f"{counts.cells.respondents} interviews used."))
        if counts.answers_not_valid:
            out(
                say(
                    f"{counts.answers_not_valid} trả lời ngoài bảng mã, coi là không trả lời câu đó.",
                    f"{counts.answers_not_valid} answers outside their codes, taken as no answer to that question.",
                )
            )
        say_set_aside(counts.cells.set_aside, to)
        hidden = sum(row.status in ("too_small", "protects_others") for row in rows)
        empty = sum(row.status == "empty" for row in rows)
        out(
            say(
                f"{len(rows)} ước lượng, {empty} trống có lý do, {hidden} không công bố vì ít trả lời.",
                f"{len(rows)} estimates, {empty} empty with a reason, {hidden} unpublished because of few answers.",
            )
        )
        out(say(f"Ước lượng: {to / ESTIMATES_FILE}", f"Estimates: {to / ESTIMATES_FILE}"))
