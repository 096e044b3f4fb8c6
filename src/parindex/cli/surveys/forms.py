"""parindex survey form: questionnaires out to ODK, KoboToolbox and SurveyCTO, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parindex.cli.speaking import out, print_problems, print_table, problems_said, say, words
from parindex.cli.surveys.wording import number

if TYPE_CHECKING:
    from parindex.results.survey_forms import Difference, Form

forms = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say(
        "Biểu mẫu XLSForm cho ODK, KoboToolbox, SurveyCTO: xuất, nhập, kiểm tra.",
        "XLSForms for ODK, KoboToolbox, SurveyCTO: export, import, check.",
    ),
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(forms, name="form")


@forms.command(
    "export",
    help=say(
        "Ghi phiếu khảo sát thành XLSForm (.xlsx), thử chuyển bằng pyxform và đọc lại xem có mất gì không.\n\n"
        "Trọng số, nhân tố, nguồn nằm ở các cột parindex_… mà các phần mềm thu phiếu bỏ qua.\n\n"
        "Ví dụ: parindex survey form export examples/questionnaires/sipas-2023/questionnaire.yaml --out sipas.xlsx",
        "Write a questionnaire as an XLSForm (.xlsx), try it with pyxform and read it back to see that nothing is "
        "lost.\n\n"
        "Weights, factors and sources stand in columns parindex_… that form tools leave alone.\n\n"
        "Example: parindex survey form export examples/questionnaires/sipas-2023/questionnaire.yaml --out sipas.xlsx",
    ),
)
def export(
    questionnaire: Annotated[Path, typer.Argument(help=say("Tệp questionnaire.yaml.", "The file questionnaire.yaml."))],
    to: Annotated[Path, typer.Option("--out", help=say("Tệp .xlsx để ghi.", "The .xlsx to write."))],
    replace: Annotated[
        bool, typer.Option("--replace", help=say("Ghi đè tệp đã có.", "Write over a file that exists."))
    ] = False,
) -> None:
    _check_target(to, (".xlsx",), replace)

    from parindex.documents.writing import write_file
    from parindex.results.survey_forms import exported

    with problems_said():
        form = exported(questionnaire)
        write_file(to, form.content)
        print_problems(form.notices)
        _say_form(form)
        out(
            say(
                "pyxform chuyển được, không cảnh báo; đọc lại giống hệt.",
                "pyxform converts it without a warning; it reads back equal.",
            )
            if not form.notices
            else say("pyxform chuyển được; đọc lại giống hệt.", "pyxform converts it; it reads back equal.")
        )
        out(say(f"Biểu mẫu: {to}", f"Form: {to}"))


@forms.command(
    "import",
    help=say(
        "Ghi XLSForm (.xlsx) của ODK, KoboToolbox hoặc SurveyCTO thành questionnaire.yaml. "
        "Điều không có chỗ ở đây được nêu kèm trang và ô; một điều kiện hỏi không đọc được thì dừng.\n\n"
        "Ví dụ: parindex survey form import sipas.xlsx --out questionnaire.yaml",
        "Write an XLSForm (.xlsx) of ODK, KoboToolbox or SurveyCTO as questionnaire.yaml. "
        "What has no place here is named with sheet and cell; a skip that cannot be read stops the work.\n\n"
        "Example: parindex survey form import sipas.xlsx --out questionnaire.yaml",
    ),
)
def import_(
    form: Annotated[Path, typer.Argument(help=say("Tệp XLSForm (.xlsx).", "An XLSForm (.xlsx)."))],
    to: Annotated[Path, typer.Option("--out", help=say("Tệp .yaml để ghi.", "The .yaml to write."))],
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help=say(
                "Ghi đè tệp đã có; chú thích trong đó sẽ mất.",
                "Write over a file that exists; its comments are lost.",
            ),
        ),
    ] = False,
) -> None:
    _check_target(to, (".yaml", ".yml"), replace)

    from parindex.documents.writing import write_file
    from parindex.results.survey_forms import imported

    with problems_said():
        found = imported(form)
        write_file(to, found.content)
        print_problems(found.notices)
        _say_form(found)
        out(say(f"Phiếu khảo sát: {to}", f"Questionnaire: {to}"))


@forms.command(
    "check",
    help=say(
        "Kiểm tra một XLSForm trước khi thu phiếu: mọi điều sai hoặc không giữ được, kèm trang, dòng, cột; "
        "thử chuyển bằng pyxform. Không ghi gì.\n\n"
        "Ví dụ: parindex survey form check sipas.xlsx --against questionnaire.yaml",
        "Check an XLSForm before it goes to the field: all that is wrong or cannot be kept, with sheet, row and "
        "column; tried with pyxform. Writes nothing.\n\n"
        "Example: parindex survey form check sipas.xlsx --against questionnaire.yaml",
    ),
)
def check(
    form: Annotated[Path, typer.Argument(help=say("Tệp XLSForm (.xlsx).", "An XLSForm (.xlsx)."))],
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            help=say(
                "So với questionnaire.yaml này; khác nhau thì mã thoát là 1.",
                "Compare with this questionnaire.yaml; where they differ the exit code is 1.",
            ),
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=say("In các lỗi dưới dạng JSON.", "Print the problems as JSON."))
    ] = False,
) -> None:
    from parindex.results.survey_forms import checked

    with problems_said(as_json=as_json):
        found, told = checked(form, against)
    print_problems(found.notices, as_json=as_json)
    if not as_json:
        _say_form(found)
        _say_differences(told, against)
    if told:
        raise typer.Exit(1)


def _check_target(to: Path, endings: tuple[str, ...], replace: bool) -> None:
    if to.suffix not in endings:
        raise typer.BadParameter(", ".join(endings), param_hint="--out")
    if to.exists() and not replace:
        raise typer.BadParameter(
            say(f"{to} đã có; thêm --replace để ghi đè", f"{to} exists; add --replace to write over it"),
            param_hint="--out",
        )


def _say_form(form: Form) -> None:
    asked = form.questionnaire
    out(
        say(
            f"{asked.code} ({asked.version}): {number(len(asked.items))} câu hỏi trong {len(asked.sections)} mục, "
            f"{len(asked.scales)} danh sách trả lời, {number(len(asked.columns))} cột dữ liệu.",
            f"{asked.code} ({asked.version}): {number(len(asked.items))} questions in {len(asked.sections)} sections, "
            f"{len(asked.scales)} answer lists, {number(len(asked.columns))} columns of data.",
        )
    )


def _say_differences(told: tuple[Difference, ...], against: Path | None) -> None:
    if against is None:
        return
    if not told:
        out(say(f"Giống hệt {against.name}.", f"The same as {against.name}."))
        return
    headings = (say("Phần", "Part"), say("Mã", "Code"), against.name, say("biểu mẫu", "the form"))
    absent = say("(không có)", "(absent)")

    def short(text: str | None) -> str:
        shown = absent if text is None else " ".join(text.split())
        return shown if len(shown) <= 60 else shown[:59] + "…"

    print_table(headings, [(words(each.part), each.code, short(each.first), short(each.second)) for each in told])
    out(say(f"{len(told)} chỗ khác nhau.", f"{len(told)} difference{'s' if len(told) > 1 else ''}."))
