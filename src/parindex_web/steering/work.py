"""What a person has to do now: by edition and role, with how much, until when, and where it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from parindex.language import Text
from parindex_web import clock
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.accounts.roles import APART, ROLES
from parindex_web.audit.models import Event
from parindex_web.audit.queries import RecordState, events_of, state_of
from parindex_web.editions.deadlines import Closing
from parindex_web.editions.models import Edition
from parindex_web.editions.moves import STAGES
from parindex_web.editions.places import may_read_results
from parindex_web.steering.letters import STEP_NAMES
from parindex_web.steering.record_words import act_said
from parindex_web.steering.tasks.kinds import Found, Task, Way
from parindex_web.steering.tasks.of_accounts import account_tasks
from parindex_web.steering.tasks.of_appraisers import appraiser_tasks
from parindex_web.steering.tasks.of_council import council_tasks
from parindex_web.steering.tasks.of_managers import manager_tasks, not_yet_public
from parindex_web.steering.tasks.of_units import unit_tasks


@dataclass(frozen=True, slots=True)
class EditionWork:
    """One edition on a person's first page."""

    edition: Edition
    stage: Text
    roles: tuple[Text, ...]
    tasks: tuple[Task, ...]
    ways: tuple[Way, ...]

    only_looks: bool = False
    """The person has a role that does nothing in editions: the administrator of accounts, the auditor."""

    @property
    def to_do(self) -> tuple[Task, ...]:
        return tuple(each for each in self.tasks if not each.waits)

    @property
    def waiting(self) -> tuple[Task, ...]:
        return tuple(each for each in self.tasks if each.waits)

    @property
    def next_deadline(self) -> tuple[Text, Closing] | None:
        """The next deadline of all that is still to come."""
        now = clock.now()
        coming = [each for each in self.edition.deadlines.all() if each.closes_at > now]
        if not coming:
            return None
        first = min(coming, key=lambda each: each.closes_at)
        return {**STEP_NAMES, "council": STAGES["council"]}[first.what], Closing(first.closes_at)


@dataclass(frozen=True, slots=True)
class Work:
    """The whole first page: editions under way, the newest first; those that are over; accounts and the record."""

    current: tuple[EditionWork, ...]
    over: tuple[EditionWork, ...]
    accounts: tuple[Task, ...] = ()
    records: tuple[tuple[Edition, RecordState, tuple[tuple[Event, Text], ...]], ...] = ()
    """For auditors: an edition, how long its record is, and its last acts with their names."""


KINDS: Sequence[tuple[frozenset[str], Callable[[Rights, Sequence[Edition]], Iterator[Found]]]] = (
    (frozenset({"coordinator", "field_officer", "approver"}), unit_tasks),
    (frozenset({"appraiser"}), appraiser_tasks),
    (frozenset({"council_member", "council_secretary"}), council_tasks),
    (frozenset({"programme_manager"}), manager_tasks),
)
"""What waits for a role in the editions under way in which somebody holds it."""


def work_of(rights: Rights) -> Work:
    """Everything that waits for a person."""
    seen = [
        each
        for each in Edition.objects.prefetch_related("deadlines").order_by("-year", "code")
        if rights.may("edition.see", Target(each.code))
    ]
    running = [each for each in seen if each.stage != "published"]
    tasks: dict[int, list[Task]] = {}
    for roles, kind in KINDS:
        held = [each for each in running if rights.roles(each.code) & roles]
        for edition, task in kind(rights, held) if held else ():
            tasks.setdefault(edition.pk, []).append(task)
    found = [_edition_work(rights, each, tasks.get(each.pk, ())) for each in seen]
    published = not_yet_public(rights, [each for each in seen if each.stage == "published"])
    current = [each for each in found if each.edition.stage != "published" or each.edition.pk in published]
    current = [replace(each, tasks=(*each.tasks, *published.get(each.edition.pk, ()))) for each in current]
    over = [each for each in found if each.edition.pk not in {one.edition.pk for one in current}]
    records = [
        (each, state_of(each.code), tuple((event, act_said(event.act)) for event in events_of(each.code)[:5]))
        for each in [*running, *seen][:1]
        if "auditor" in rights.roles(each.code)
    ]
    return Work(tuple(current), tuple(over), tuple(account_tasks(rights)), tuple(records))


def _edition_work(rights: Rights, edition: Edition, tasks: Iterable[Task]) -> EditionWork:
    roles = rights.roles(edition.code)
    ways = [Way(Text("Lịch và thời hạn", "Calendar and deadlines"), reverse("calendar", args=[edition.code]))]
    if rights.may("edition.dashboard", Target(edition.code)):
        ways.insert(
            0, Way(Text("Tiến độ các đơn vị", "Progress of the units"), reverse("edition", args=[edition.code]))
        )
    for unit in sorted(rights.units(edition.code) or ())[:3]:
        ways.insert(
            0,
            Way(
                Text(f"Hồ sơ tự đánh giá {unit}", f"Self-assessment {unit}"), reverse("unit", args=[edition.code, unit])
            ),
        )
    if may_read_results(rights, edition):
        ways.append(Way(Text("Kết quả đã công bố", "Published results"), reverse("published", args=[edition.code])))
    return EditionWork(
        edition,
        STAGES[edition.stage],
        tuple(name for code, name in ROLES.items() if code in roles),
        tuple(tasks),
        tuple(ways),
        roles <= APART,
    )
