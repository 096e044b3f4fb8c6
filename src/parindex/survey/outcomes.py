"""What became of every person approached: AAPOR final dispositions, and the outcome rates made from them.

Source: American Association for Public Opinion Research (2016), Standard Definitions: Final Dispositions of Case
Codes and Outcome Rates for Surveys, 9th edition; in-person household surveys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from parindex.language import Text, half_up
from parindex.problems import ProblemKind
from parindex.survey.set_aside import SetAside, set_aside
from parindex.tables.columns import Column, TableSpec

Group = Literal["I", "P", "R", "NC", "O", "UH", "UO", "NE"]

OUTCOME_UNKNOWN = ProblemKind(
    "OUTCOME-UNKNOWN",
    what=Text('mã kết quả "{value}" không có trong bảng.', 'the outcome code "{value}" is not in the table.'),
    why=Text("Trường hợp này không được tính vào tỷ lệ nào.", "The case counts in no rate."),
    remedy=Text("Dùng mã AAPOR, ví dụ 1.1 hoặc 2.11.", "Use an AAPOR code, such as 1.1 or 2.11."),
)
OUTCOME_WEIGHT = ProblemKind(
    "OUTCOME-WEIGHT",
    what=Text('quyền số "{value}" không phải là số dương.', 'the weight "{value}" is not a number above 0.'),
    why=Text("Tỷ lệ có quyền số không tính được.", "A weighted rate cannot be computed."),
    remedy=Text("Ghi quyền số cơ bản của mẫu.", "Write the base weight of the sample."),
)


class Disposition(NamedTuple):
    """One final disposition: its code, the letter under which rates count it, and its name."""

    code: str
    group: Group
    name: Text


GROUPS: Mapping[Group, Text] = {
    "I": Text("Phỏng vấn hoàn thành", "Complete interview"),
    "P": Text("Phỏng vấn một phần", "Partial interview"),
    "R": Text("Từ chối và bỏ dở", "Refusal and break-off"),
    "NC": Text("Không gặp được", "Non-contact"),
    "O": Text("Đủ điều kiện, không phỏng vấn vì lý do khác", "Eligible, no interview for another reason"),
    "UH": Text("Không rõ có phải nhà ở có người", "Unknown if an occupied household"),
    "UO": Text("Không rõ có người đủ điều kiện, lý do khác", "Unknown eligibility, other"),
    "NE": Text("Không thuộc đối tượng", "Not eligible"),
}

DISPOSITIONS: Mapping[str, Disposition] = {
    row.code: row
    for row in (
        Disposition("1.1", "I", GROUPS["I"]),
        Disposition("1.2", "P", GROUPS["P"]),
        Disposition("2.10", "R", Text("Từ chối hoặc bỏ dở", "Refusal or break-off")),
        Disposition("2.11", "R", Text("Từ chối", "Refusal")),
        Disposition("2.111", "R", Text("Hộ từ chối", "Household-level refusal")),
        Disposition("2.112", "R", Text("Người được chọn từ chối", "Known-respondent refusal")),
        Disposition("2.12", "R", Text("Bỏ dở", "Break-off")),
        Disposition("2.20", "NC", Text("Không gặp được", "Non-contact")),
        Disposition("2.23", "NC", Text("Không vào được nhà", "Unable to enter the building")),
        Disposition("2.24", "NC", Text("Không có ai ở nhà", "No one at the residence")),
        Disposition("2.25", "NC", Text("Người được chọn đi vắng", "Respondent away or unavailable")),
        Disposition("2.30", "O", Text("Lý do khác", "Other")),
        Disposition("2.31", "O", Text("Đã chết", "Dead")),
        Disposition("2.32", "O", Text("Không đủ sức khỏe", "Physically or mentally unable")),
        Disposition("2.33", "O", Text("Ngôn ngữ", "Language")),
        Disposition("2.36", "O", Text("Lý do khác, ghi rõ", "Miscellaneous")),
        Disposition("3.10", "UH", GROUPS["UH"]),
        Disposition("3.11", "UH", Text("Chưa tiếp cận", "Not attempted or worked")),
        Disposition("3.17", "UH", Text("Không đến được, nơi không an toàn", "Unable to reach, unsafe area")),
        Disposition("3.18", "UH", Text("Không tìm thấy địa chỉ", "Unable to locate the address")),
        Disposition(
            "3.20", "UO", Text("Nhà có người, không rõ có ai đủ điều kiện", "Household, unknown if anyone is eligible")
        ),
        Disposition("3.21", "UO", Text("Không hoàn thành câu hỏi sàng lọc", "No screener completed")),
        Disposition("3.90", "UO", Text("Không rõ, lý do khác", "Unknown, other")),
        Disposition("4.10", "NE", Text("Ngoài mẫu", "Out of sample")),
        Disposition("4.50", "NE", Text("Không phải nhà ở", "Not a housing unit")),
        Disposition("4.60", "NE", Text("Nhà bỏ trống", "Vacant housing unit")),
        Disposition("4.70", "NE", Text("Không có ai đủ điều kiện", "No eligible respondent")),
        Disposition("4.80", "NE", Text("Đã đủ chỉ tiêu", "Quota filled")),
        Disposition("4.90", "NE", Text("Không thuộc đối tượng, lý do khác", "Not eligible, other")),
    )
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases by group, or sums of their weights. See `GROUPS` for the letters."""

    complete: Fraction = Fraction(0)
    partial: Fraction = Fraction(0)
    refused: Fraction = Fraction(0)
    no_contact: Fraction = Fraction(0)
    other: Fraction = Fraction(0)
    unknown_household: Fraction = Fraction(0)
    unknown_other: Fraction = Fraction(0)
    not_eligible: Fraction = Fraction(0)

    @property
    def interviews(self) -> Fraction:
        return self.complete + self.partial

    @property
    def eligible(self) -> Fraction:
        return self.interviews + self.refused + self.no_contact + self.other

    @property
    def unknown(self) -> Fraction:
        return self.unknown_household + self.unknown_other

    @property
    def all(self) -> Fraction:
        return self.eligible + self.unknown + self.not_eligible


_FIELD_OF: Mapping[Group, str] = dict(zip(GROUPS, (field.name for field in fields(Counts)), strict=True))


def counted(groups: Mapping[Group, int | Fraction]) -> Counts:
    """Counts from cases by letter."""
    return Counts(**{_FIELD_OF[group]: Fraction(cases) for group, cases in groups.items()})


def eligible_part(counts: Counts) -> Fraction | None:
    """AAPOR's e, by the proportional allocation of CASRO: of the cases whose eligibility is known, the eligible part.

    None when no case is known.
    """
    known = counts.eligible + counts.not_eligible
    return counts.eligible / known if known else None


def outcome_rates(counts: Counts, e: Fraction | None = None) -> Mapping[str, Fraction | None]:
    """RR1-6, COOP1-4, REF1-3 and CON1-3, each as an exact fraction of 1, in the order of the Standard Definitions.

    `e` is the part of the unknown cases taken as eligible, by default `eligible_part`. A rate without a
    denominator is None; so are those that need e when it cannot be told.
    """
    if e is None:
        e = eligible_part(counts)
    complete, interviews, unknown = counts.complete, counts.interviews, counts.unknown
    with_unknown = counts.eligible + unknown
    likely = None if e is None and unknown else counts.eligible + (e or 0) * unknown
    met = interviews + counts.refused + counts.other
    willing = interviews + counts.refused
    return {
        "RR1": _part(complete, with_unknown),
        "RR2": _part(interviews, with_unknown),
        "RR3": _part(complete, likely),
        "RR4": _part(interviews, likely),
        "RR5": _part(complete, counts.eligible),
        "RR6": _part(interviews, counts.eligible),
        "COOP1": _part(complete, met),
        "COOP2": _part(interviews, met),
        "COOP3": _part(complete, willing),
        "COOP4": _part(interviews, willing),
        "REF1": _part(counts.refused, with_unknown),
        "REF2": _part(counts.refused, likely),
        "REF3": _part(counts.refused, counts.eligible),
        "CON1": _part(met, with_unknown),
        "CON2": _part(met, likely),
        "CON3": _part(met, counts.eligible),
    }


def _part(part: Fraction, whole: Fraction | None) -> Fraction | None:
    return part / whole if whole else None


class OutcomeRate(NamedTuple):
    """One rate of one group of cases (a province, or all)."""

    domain: str
    rate: str
    value: Decimal | None
    weighted: bool
    cases: int
    e: Decimal | None


OUTCOMES = TableSpec(
    "outcomes",
    OutcomeRate,
    key=("domain", "rate", "weighted"),
    says=Text("Tỷ lệ trả lời và tiếp cận theo AAPOR", "Outcome rates after AAPOR"),
    columns=(
        Column("domain", "text", Text("tỉnh, hoặc * cho tất cả", "province, or * for all")),
        Column("rate", "text", Text("tên tỷ lệ", "name of the rate")),
        Column(
            "value",
            "decimal",
            Text("giá trị", "value"),
            unit="%",
            null_means=Text("không có trường hợp nào ở mẫu số", "no case in the denominator"),
        ),
        Column("weighted", "flag", Text("có quyền số", "weighted")),
        Column("cases", "whole", Text("số trường hợp", "cases")),
        Column(
            "e",
            "decimal",
            Text("phần đủ điều kiện ước tính trong số không rõ", "part of the unknown taken as eligible"),
            null_means=Text("không ước tính được", "cannot be estimated"),
        ),
    ),
)


def tabulated(
    records: Sequence[str],
    codes: Sequence[str],
    domains: Sequence[str],
    weights: Sequence[Decimal] | None = None,
) -> tuple[tuple[OutcomeRate, ...], tuple[SetAside, ...]]:
    """All rates of all cases ("*") and of each domain, and the cases set aside because of an unknown code or weight.

    One entry per case in each sequence: its record, its disposition code, its domain, its base weight. With weights
    the rates are weighted, e too. A domain whose cases are all set aside stands there with empty values.
    """
    sums: dict[str, dict[Group, Fraction]] = {"*": {}}
    cases: dict[str, int] = {"*": 0}
    bad: list[SetAside] = []
    given: Iterable[Decimal] = weights if weights is not None else (Decimal(1) for _ in records)
    for record, code, domain, weight in zip(records, codes, domains, given, strict=True):
        sums.setdefault(domain, {})
        cases.setdefault(domain, 0)
        disposition = DISPOSITIONS.get(code)
        if disposition is None:
            bad.append(set_aside(OUTCOME_UNKNOWN, record, "outcome", code))
            continue
        if not (weight.is_finite() and weight > 0):
            bad.append(set_aside(OUTCOME_WEIGHT, record, "weight", weight))
            continue
        for name in ("*", domain):
            sums[name][disposition.group] = sums[name].get(disposition.group, Fraction(0)) + Fraction(weight)
            cases[name] += 1
    rows = []
    for name in sorted(sums):
        counts = counted(sums[name])
        e = eligible_part(counts)
        for rate, value in outcome_rates(counts).items():
            rows.append(
                OutcomeRate(
                    name,
                    rate,
                    None if value is None else half_up(100 * value, 4),
                    weights is not None,
                    cases[name],
                    None if e is None else half_up(e, 6),
                )
            )
    return tuple(rows), tuple(bad)
