"""parindex survey estimate: from answers to estimates with their errors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parindex.cli.speaking import out, problems_said, progress_bar, say
from parindex.cli.surveys.wording import OutFolder, say_set_aside

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
