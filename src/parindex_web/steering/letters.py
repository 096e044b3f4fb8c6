"""Who is reminded of what, and the words of the letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from parindex.language import Language, Text
from parindex_web.accounts.models import Duty, Person
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.appraise.marking import counting
from parindex_web.appraise.queries import newest_replies
from parindex_web.appraise.queue import tasks_of
from parindex_web.collect.models import Line
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

EMPTY = Text("{n} mục còn trống ({nodes})", "{n} empty lines ({nodes})")
UNSENT = Text("{n} mục chưa gửi đầu mối ({nodes})", "{n} lines not handed in ({nodes})")
UNCONSOLIDATED = Text("hồ sơ chưa tổng hợp", "the file is not consolidated")
UNSIGNED = Text("hồ sơ chờ phê duyệt", "the file waits for signature")
UNAPPRAISED = Text("{n} mục chưa thẩm định", "{n} lines to be appraised")
UNEXPLAINED = Text("{n} mục chưa giải trình ({nodes})", "{n} lines without explanation ({nodes})")
NODES_NAMED = 12

TITLE = Text("Nhắc hạn {step}: {units}, {at}", "Reminder: {step} of {units} closes on {at}")
UNITS = Text("{n} đơn vị", "{n} units")
BODY = Text(
    "{edition}\n\nBước {step} sẽ hết hạn lúc {at} (giờ Việt Nam) và chưa hoàn thành. Hết hạn, hệ thống tự khóa.\n\n"
    "Còn phải làm:\n{rows}\n"
    "Nếu cần thêm thời gian, gửi đề nghị tới cơ quan quản lý bộ chỉ số kèm lý do.\n",
    '{edition}\n\nThe step "{step}" closes at {at} (Vietnam time) and is not finished. After that it locks by itself.'
    "\n\nStill to be done:\n{rows}\n"
    "If more time is needed, ask the owner of the programme, with the reason.\n",
)


@dataclass(frozen=True, slots=True)
class ToDo:
    """What one unit's file still needs of a person, and the page where it is done."""

    unit: str
    name: Text
    says: tuple[Text, ...]
    path: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One reminder to one person: a step that closes at a time, and what is missing in each file."""

    edition: Edition
    person: Person
    what: str
    closes_at: datetime
    days: int
    to_do: tuple[ToDo, ...]

    @property
    def key(self) -> str:
        """Once for each step, deadline, day before it, and person."""
        at = timezone.localtime(self.closes_at).strftime("%Y-%m-%dT%H:%M")
        return f"{self.what}:{at}:{self.days}:person-{self.person.pk}"

    @property
    def _language(self) -> Language:
        return "en" if self.person.language == "en" else "vi"

    @property
    def title(self) -> str:
        language = self._language
        one = self.to_do[0].name.in_(language)
        units = one if len(self.to_do) == 1 else UNITS.filled(language, {"n": len(self.to_do)})
        at = timezone.localtime(self.closes_at).strftime("%d/%m/%Y")
        return TITLE.filled(language, {"step": STEP_NAMES[self.what].in_(language), "units": units, "at": at})

    @property
    def text(self) -> str:
        language = self._language
        rows = "".join(
            f"- {each.name.in_(language)}: {'; '.join(says.in_(language) for says in each.says)}\n"
            + (f"  {settings.SITE}{each.path}\n" if settings.SITE else "")
            for each in self.to_do
        )
        return BODY.filled(
            language,
            {
                "edition": self.edition.name_en if language == "en" else self.edition.name_vi,
                "step": STEP_NAMES[self.what].in_(language),
                "at": timezone.localtime(self.closes_at).strftime("%H:%M, %d/%m/%Y"),
                "rows": rows,
            },
        )


def letters_due(edition: Edition, *, days: Sequence[int], now: datetime) -> Iterator[Letter]:
    """Letters about steps that close in so many days or fewer, counted in Vietnam, to who can still do something.

    A letter belongs to the last of `days` that has come: where nothing could be sent on that day, it is due the next.
    """
    if edition.stage not in ("open", "appraisal"):
        return
    today = timezone.localtime(now).date()
    due: dict[tuple[str, datetime], list[UnitFile]] = {}
    for unit_file in edition.unit_files.prefetch_related("extensions", "edition__deadlines"):
        what, _ = WAITS_AT.get(unit_file.standing, ("", ()))
        if not what or (what != "self_assessment" and edition.stage != "appraisal"):
            continue
        at = closing(unit_file, what).at
        if at is not None and at > now and _reminded_at(at, today, days) is not None:
            due.setdefault((what, at), []).append(unit_file)
    if not due:
        return
    files = [each for group in due.values() for each in group]
    waiting = _Waiting(edition, files)
    people = list(_people(edition, today))
    for (what, at), group in due.items():
        for person, rights in people:
            rows = tuple(
                ToDo(each.unit, Text(each.name_vi, each.name_en), says, waiting.path(each))
                for each in group
                if (says := waiting.of(each, person, rights))
            )
            if rows:
                yield Letter(edition, person, what, at, _reminded_at(at, today, days) or 0, rows)


def _reminded_at(at: datetime, today: date, days: Sequence[int]) -> int | None:
    left = (timezone.localtime(at).date() - today).days
    return min((each for each in days if each >= left), default=None)


def _people(edition: Edition, today: date) -> Iterator[tuple[Person, Rights]]:
    """Everybody whose roles hold today, with what they may do."""
    duties: dict[Person, list[Duty]] = {}
    rows = Duty.objects.filter(edition__in=["", edition.code], person__is_active=True).select_related("person")
    for duty in rows.order_by("person", "pk"):
        if duty.holds_on(today):
            duties.setdefault(duty.person, []).append(duty)
    for person, held in duties.items():
        yield person, Rights(person.pk, tuple(held))


class _Waiting:
    """What files wait for, read once for all people."""

    def __init__(self, edition: Edition, files: Sequence[UnitFile]):
        self.edition = edition
        self.lines: dict[int, list[Line]] = {}
        for line in Line.objects.filter(unit_file__in=files).order_by("order"):
            self.lines.setdefault(line.unit_file_id, []).append(line)
        self.tasks: dict[int, Mapping[str, int]] = {}
        self.unexplained: dict[int, frozenset[int]] = {}

    def path(self, unit_file: UnitFile) -> str:
        if unit_file.standing in ("signed", "explained"):
            return reverse("appraisal", args=[self.edition.code])
        name = "appraisal_unit" if unit_file.standing == "explaining" else "unit"
        return reverse(name, args=[self.edition.code, unit_file.unit])

    def of(self, unit_file: UnitFile, person: Person, rights: Rights) -> tuple[Text, ...]:
        """What a person can do about a file, in words; nothing where it does not wait for them."""
        target = Target(self.edition.code, unit_file.unit)
        match unit_file.standing:
            case "draft":
                return tuple(self._claims(unit_file, rights))
            case "consolidated":
                return (UNSIGNED,) if rights.may("unit.sign", target) else ()
            case "explaining":
                lines = self._mine(unit_file, rights, "line.explain")
                open_ = [each.node for each in lines if each.pk in self._unexplained(unit_file)]
                return (_filled(UNEXPLAINED, open_),) if open_ else ()
            case _:
                n = self._tasks(person, rights).get(unit_file.unit, 0)
                return (_filled(UNAPPRAISED, [""] * n),) if n else ()

    def _claims(self, unit_file: UnitFile, rights: Rights) -> Iterator[Text]:
        lines = [each for each in self._mine(unit_file, rights, "line.fill") if each.standing != "handed_in"]
        empty = [each.node for each in lines if not each.values and not each.explanation]
        consolidates = rights.may("unit.consolidate", Target(self.edition.code, unit_file.unit))
        if empty:
            yield _filled(EMPTY, empty)
        # Who consolidates takes lines as they stand; for the others a line is done when it is handed in.
        unsent = [] if consolidates else [each.node for each in lines if each.node not in empty]
        if unsent:
            yield _filled(UNSENT, unsent)
        if consolidates:
            yield UNCONSOLIDATED

    def _mine(self, unit_file: UnitFile, rights: Rights, act: str) -> list[Line]:
        return [
            each
            for each in self.lines.get(unit_file.pk, ())
            if rights.may(act, Target(self.edition.code, unit_file.unit, each.domain))
        ]

    def _tasks(self, person: Person, rights: Rights) -> Mapping[str, int]:
        if "appraiser" not in rights.roles(self.edition.code):
            return {}
        if person.pk not in self.tasks:
            counts: dict[str, int] = {}
            for task in tasks_of(rights, self.edition, person.pk):
                if task.state in ("open", "settle"):
                    counts[task.unit] = counts.get(task.unit, 0) + 1
            self.tasks[person.pk] = counts
        return self.tasks[person.pk]

    def _unexplained(self, unit_file: UnitFile) -> frozenset[int]:
        if unit_file.pk not in self.unexplained:
            asked = {line for line, each in counting(unit_file, "appraisal_1").items() if each.outcome != "accept"}
            self.unexplained[unit_file.pk] = frozenset(asked - newest_replies(unit_file).keys())
        return self.unexplained[unit_file.pk]


def _filled(text: Text, nodes: Sequence[str]) -> Text:
    named = ", ".join(nodes[:NODES_NAMED]) + (", …" if len(nodes) > NODES_NAMED else "")
    values: Mapping[str, object] = {"n": len(nodes), "nodes": named}
    return Text(text.filled("vi", values), text.filled("en", values))
