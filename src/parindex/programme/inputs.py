"""The values of inputs: from the text of a workbook, CSV file or example to a number, a choice or yes/no, and back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from parindex.documents.csv_rows import is_decimal
from parindex.language import LANGUAGES, Text
from parindex.problems import ProblemKind
from parindex.programme.framework import InputSpec

InputValue: TypeAlias = "Decimal | str | bool"

VALUE_NUMBER = ProblemKind(
    "VALUE-NUMBER",
    what=Text('{label}: "{value}" không phải là số.', '{label}: "{value}" is not a number.'),
    why=Text("", ""),
    remedy=Text(
        "Ghi một số, không ghi chữ hay đơn vị (trong tệp CSV, dấu thập phân là dấu chấm: 9.5, không phải 9,5).",
        "Write a number without words or unit (in a CSV file with a decimal point: 9.5, not 9,5).",
    ),
)
VALUE_WHOLE = ProblemKind(
    "VALUE-WHOLE",
    what=Text("{label}: {value} không phải là số nguyên.", "{label}: {value} is not a whole number."),
    why=Text("Đây là một số đếm.", "This is a count."),
    remedy=Text("Ghi số nguyên.", "Write a whole number."),
)
VALUE_NEGATIVE = ProblemKind(
    "VALUE-NEGATIVE",
    what=Text("{label}: {value} là số âm.", "{label}: {value} is negative."),
    why=Text("", ""),
    remedy=Text("Ghi số từ 0 trở lên.", "Write a number of 0 or more."),
)
VALUE_TOO_LARGE = ProblemKind(
    "VALUE-TOO-LARGE",
    what=Text("{label}: {value} lớn hơn mức có thể ({limit}).", "{label}: {value} is larger than can be ({limit})."),
    why=Text("", ""),
    remedy=Text("Kiểm tra số chữ số và đơn vị tính.", "Check the digits and the unit of measure."),
)
VALUE_DECIMALS = ProblemKind(
    "VALUE-DECIMALS",
    what=Text("{label}: {value} có quá nhiều chữ số thập phân.", "{label}: {value} has too many decimals."),
    why=Text("", ""),
    remedy=Text("Ghi nhiều nhất 10 chữ số thập phân.", "Write at most 10 decimals."),
)
VALUE_YES_NO = ProblemKind(
    "VALUE-YES-NO",
    what=Text('{label}: "{value}" không phải là Có hoặc Không.', '{label}: "{value}" is neither yes nor no.'),
    why=Text("", ""),
    remedy=Text("Chọn Có hoặc Không (trong tệp CSV: yes, no).", "Choose yes or no (in a CSV file: yes, no)."),
)
VALUE_CHOICE = ProblemKind(
    "VALUE-CHOICE",
    what=Text('{label}: "{value}" không có trong danh sách chọn.', '{label}: "{value}" is not one of the choices.'),
    why=Text("", ""),
    remedy=Text("Chọn một trong: {options}.", "Choose one of: {options}."),
)
VALUE_PART = ProblemKind(
    "ANSWER-PART",
    what=Text(
        "{part} {value_part} nhiều hơn {whole} {value_whole}.",
        "{part} {value_part} is more than {whole} {value_whole}.",
    ),
    why=Text("Số thứ nhất là một phần của số thứ hai.", "The first is a part of the second."),
    remedy=Text("Sửa một trong hai số.", "Correct one of the two."),
)

_SMALLEST = Decimal("1e-10")
_LIMITS: Mapping[str, Decimal] = {
    "count": Decimal(10) ** 12,
    "amount": Decimal(10) ** 15,
    "percent": Decimal(10) ** 6,
    "number": Decimal(10) ** 15,
}


class ValueWrong(Exception):
    """A value that an input cannot have; carries the kind of problem and what its texts need."""

    def __init__(self, kind: ProblemKind, **values: object):
        self.kind = kind
        self.values = values
        super().__init__(kind.code)

    @property
    def says(self) -> Text:
        """What is wrong, in both languages, for a problem that names more of the place."""
        return self._filled(self.kind.what)

    @property
    def remedy(self) -> Text:
        return self._filled(self.kind.remedy)

    def _filled(self, text: Text) -> Text:
        return Text(*(text.filled(language, self.values) for language in LANGUAGES))


def parse_value(spec: InputSpec, text: str) -> InputValue:
    """The value of an input from its canonical text: "yes"/"no", an option's code, or a plain decimal.

    Raises `ValueWrong`.
    """
    if spec.type == "yes_no":
        if text not in ("yes", "no"):
            raise ValueWrong(VALUE_YES_NO, label=spec.label, value=text)
        return text == "yes"
    if spec.type == "choice":
        if text not in spec.options:
            raise ValueWrong(VALUE_CHOICE, label=spec.label, value=text, options=", ".join(spec.options))
        return text
    if not is_decimal(text):
        raise ValueWrong(VALUE_NUMBER, label=spec.label, value=text)
    return check_number(spec, Decimal(text))


def check_number(spec: InputSpec, value: Decimal) -> Decimal:
    """A finite number within what the type of the input allows. Raises `ValueWrong`."""
    if not value.is_finite():
        raise ValueWrong(VALUE_NUMBER, label=spec.label, value=str(value))
    if abs(value) > _LIMITS[spec.type]:
        raise ValueWrong(VALUE_TOO_LARGE, label=spec.label, value=f"{value:.6G}", limit=_LIMITS[spec.type])
    if spec.type == "count" and value != value.to_integral_value():
        raise ValueWrong(VALUE_WHOLE, label=spec.label, value=value)
    if spec.type != "number" and value < 0:
        raise ValueWrong(VALUE_NEGATIVE, label=spec.label, value=value)
    # Within the limits above no more than 26 digits remain, so quantizing is exact enough to compare.
    if value != value.quantize(_SMALLEST):
        raise ValueWrong(VALUE_DECIMALS, label=spec.label, value=value)
    return value if value else Decimal(0)  # no minus sign before a zero


def canonical(value: InputValue) -> str:
    """The text of a value as tables carry it; `parse_value` reads it back."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        trimmed = value.normalize()
        return format(trimmed if trimmed != 0 else Decimal(0), "f")
    return value


def part_exceeds_whole(
    specs: tuple[InputSpec, ...], given: Mapping[str, InputValue]
) -> list[tuple[InputSpec, InputSpec]]:
    """Pairs of inputs where a part is larger than its whole."""
    by_name = {spec.name: spec for spec in specs}
    found = []
    for spec in specs:
        if spec.part_of is None:
            continue
        part, whole = given.get(spec.name), given.get(spec.part_of)
        if isinstance(part, Decimal) and isinstance(whole, Decimal) and part > whole:
            found.append((spec, by_name[spec.part_of]))
    return found
