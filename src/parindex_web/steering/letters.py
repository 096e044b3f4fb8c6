"""Who is reminded of what, and the words of the letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from parindex.language import Language, Text
from parindex_web.accounts.models import Duty, Person
from parindex_web.editions.deadlines import closing
from parindex_web.editions.models import Edition, UnitFile

STEP_NAMES = {
    "self_assessment": Text("tự chấm điểm", "self-assessment"),
    "appraisal_1": Text("thẩm định lần 1", "appraisal 1"),
    "explanation": Text("giải trình", "explanation"),
    "appraisal_2": Text("thẩm định lần 2", "appraisal 2"),
}

DAY_NAMES = {
    "opens_on": Text("mở tự chấm điểm", "self-assessment opens"),
    "closes_on": Text("hết hạn tự chấm điểm", "self-assessment closes"),
    "appraisal_1_closes_on": Text("hết hạn thẩm định lần 1", "appraisal 1 closes"),
    "explanation_closes_on": Text("hết hạn giải trình", "explanation closes"),
    "explanations_close_on": Text("hết hạn giải trình", "explanation closes"),
    "appraisal_2_closes_on": Text("hết hạn thẩm định lần 2", "appraisal 2 closes"),
    "council_closes_on": Text("hết hạn hội đồng", "council closes"),
    "announced_on": Text("công bố", "results announced"),
}
"""Days that an edition declares and pages name."""

WAITS_AT = {
    "draft": ("self_assessment", ("coordinator", "field_officer")),
    "consolidated": ("self_assessment", ("approver",)),
    "signed": ("appraisal_1", ("appraiser",)),
    "explaining": ("explanation", ("coordinator", "field_officer")),
    "explained": ("appraisal_2", ("appraiser",)),
}
"""For each standing of a file the step that closes, and the roles that are waited for."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One reminder about one unit, to everybody who is waited for."""

    edition: Edition
    unit: str
    unit_name: Text
    what: str
    closes_at: datetime
    people: tuple[Person, ...]

    def title(self, person: Person) -> str:
        language = _language(person)
        at = timezone.localtime(self.closes_at).strftime("%d/%m/%Y")
        step, unit = STEP_NAMES[self.what].in_(language), self.unit_name.in_(language)
        return f"Reminder: {step} of {unit} closes on {at}" if language == "en" else f"Nhắc hạn {step}, {unit}: {at}"

    def text(self, person: Person) -> str:
        language = _language(person)
        at = timezone.localtime(self.closes_at).strftime("%H:%M, %d/%m/%Y")
        step, unit = STEP_NAMES[self.what].in_(language), self.unit_name.in_(language)
        name = self.edition.name_en if language == "en" else self.edition.name_vi
        if language == "en":
            return (
                f'{name}\n\nThe step "{step}" of {unit} closes at {at} (Vietnam time) and is not finished. '
                "After that it locks by itself. If more time is needed, ask the owner of the programme, with the "
                "reason.\n"
            )
        return (
            f"{name}\n\nBước {step} của {unit} sẽ hết hạn lúc {at} và chưa hoàn thành. Hết hạn, hệ thống tự khóa. "
            "Nếu cần thêm thời gian, gửi đề nghị tới cơ quan quản lý bộ chỉ số kèm lý do.\n"
        )


def _language(person: Person) -> Language:
    return "en" if person.language == "en" else "vi"


def letters_due(edition: Edition, *, days: Sequence[int], now: datetime) -> Iterator[Letter]:
    """The letters of today: steps that close in so many days, counted in Vietnam, and are not done."""
    if edition.stage not in ("open", "appraisal"):
        return
    today = timezone.localtime(now).date()
    duties = [
        duty
        for duty in Duty.objects.filter(edition__in=["", edition.code], person__is_active=True).select_related("person")
        if duty.holds_on(today)
    ]
    for unit_file in edition.unit_files.prefetch_related("extensions", "edition__deadlines"):
        what, roles = WAITS_AT.get(unit_file.standing, ("", ()))
        if not what or (what != "self_assessment" and edition.stage != "appraisal"):
            continue
        at = closing(unit_file, what).at
        if at is None or at <= now or (timezone.localtime(at).date() - today).days not in days:
            continue
        people = _waited_for(duties, unit_file, roles)
        if people:
            yield Letter(edition, unit_file.unit, Text(unit_file.name_vi, unit_file.name_en), what, at, people)


def _waited_for(duties: Sequence[Duty], unit_file: UnitFile, roles: Sequence[str]) -> tuple[Person, ...]:
    found = {duty.person.pk: duty.person for duty in duties if duty.role in roles and duty.unit in ("", unit_file.unit)}
    return tuple(found[pk] for pk in sorted(found))
