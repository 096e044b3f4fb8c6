"""XLSForm out and in, so that forms go to ODK, KoboToolbox and SurveyCTO, and come back.

What XLSForm has a place for stands in its sheets *survey*, *choices* and *settings*: questions, lists, skips, bounds,
two languages. What it has none for (factors, values of steps, provenance) stands beside it in columns and sheets
whose names begin with "parindex", which form tools leave alone. A form that was made elsewhere has none of these and
is read as far as it can be.

Reference: https://xlsform.org and the ODK XForms specification.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO

from parindex.language import Text
from parindex.problems import ProblemKind, Problems, ProblemsFound
from parindex.sources import Place
from parindex.survey import xlsform_layout as layout
from parindex.survey.questionnaire import Questionnaire
from parindex.survey.questionnaire_checks import check_questionnaire
from parindex.survey.xlsform_reading import RELEVANT, questionnaire_in
from parindex.survey.xlsform_writing import sheets_of
from parindex.workbooks import new_workbook, read_workbook

NOT_CONVERTED = ProblemKind(
    "XLSFORM-NOT-CONVERTED",
    what=Text("pyxform không chuyển được biểu mẫu: {detail}", "pyxform cannot convert the form: {detail}"),
    why=Text("ODK, KoboToolbox và SurveyCTO sẽ từ chối tệp này.", "ODK, KoboToolbox and SurveyCTO will refuse it."),
    remedy=Text("Sửa chỗ được nêu rồi kiểm tra lại.", "Correct what is named, and check it again."),
)
CONVERTED_WITH_WARNING = ProblemKind(
    "XLSFORM-WARNING",
    what=Text("pyxform cảnh báo: {detail}", "pyxform warns: {detail}"),
    why=Text("", ""),
    remedy=Text("", ""),
    severity="notice",
)

_WIDTHS = {"type": 26, "name": 18, "relevant": 32, "constraint": 32, "calculation": 32}


def write_xlsform(questionnaire: Questionnaire, target: Path | IO[bytes]) -> None:
    """Write the questionnaire as an .xlsx; the same questionnaire gives the same bytes.

    The questionnaire must be without problems. A section that rotates is written once for each policy group; a
    calculated `group_start` draws at which group an interview begins, and is a column of the answers.
    """
    with new_workbook(target, properties={"title": questionnaire.name.in_(questionnaire.languages[0])}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E7EEF4", "valign": "top"})
        body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for name, (columns, rows) in sheets_of(questionnaire).items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(columns):
                wide = 46 if column.startswith(("label", "hint")) or column in ("vi", "en") else 14
                sheet.set_column(at, at, _WIDTHS.get(column, wide))
                sheet.write_string(0, at, column, head)
            for number, row in enumerate(rows, 1):
                for at, column in enumerate(columns):
                    if row.get(column):
                        sheet.write_string(number, at, row[column], body)


def read_xlsform(name: str, content: bytes | Path, problems: Problems) -> Questionnaire | None:
    """Read an XLSForm. `name` is how places call it.

    A form written by `write_xlsform` comes back equal. Of other forms, what has no place here is named in a notice
    and left out; a skip that cannot be read is an error, as without it nobody knows who was asked. None when the
    file cannot be read or is no XLSForm; every problem is added to `problems` with its sheet and cell.
    """
    try:
        book = read_workbook(name, content)
    except ProblemsFound as found:
        problems.extend(found.problems)
        return None
    before = len(problems.errors)
    questionnaire = questionnaire_in(book, problems)
    if questionnaire is not None:
        # A condition that cannot be read leaves nothing out of what others refer to.
        complete = all(problem.kind is RELEVANT for problem in problems.errors[before:])
        check_questionnaire(questionnaire, problems, complete=complete)
    return questionnaire


def check_xlsform(name: str, content: bytes, problems: Problems) -> str | None:
    """Convert an XLSForm with pyxform, the converter of ODK and its kin. Gives the XForm.

    None when it cannot be converted, with the problem added; warnings are added as notices. Reads the file whole and
    unguarded: use it on forms of our own, or on those that `read_xlsform` has taken.
    """
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    place = Place(name, sheet=layout.SURVEY)
    try:
        result = convert(content, file_type=".xlsx")
    except PyXFormError as error:
        problems.add(NOT_CONVERTED, place, detail=str(error))
        return None
    for warning in result.warnings:
        problems.add(CONVERTED_WITH_WARNING, place, detail=warning)
    return str(result.xform)
