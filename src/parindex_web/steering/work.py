"""What a person has to do now: by edition and role, with how much, until when, and where it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.db.models import Count, Prefetch, Q
from django.urls import reverse

from parindex.language import Text
from parindex_web import clock
from parindex_web.accounts.models import Duty, Invitation
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.accounts.roles import APART, ROLES
from parindex_web.appraise.marking import Blind
from parindex_web.appraise.models import BlindMarking, Explanation, Finding, Motion, Session
from parindex_web.appraise.queries import newest_votes
from parindex_web.appraise.queue import tasks_of
from parindex_web.audit.models import Event
from parindex_web.audit.queries import RecordState, events_of, state_of
from parindex_web.collect.models import Line
from parindex_web.collect.queries import BONUS
from parindex_web.editions.deadlines import Closing, closing, closing_of_file
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.moves import STAGES, STANDINGS
from parindex_web.editions.places import may_read_results
from parindex_web.results.models import Computation, Publication
from parindex_web.steering.findings import counting_findings
from parindex_web.steering.letters import STEP_NAMES, WAITS_AT
from parindex_web.steering.record_words import act_said
from parindex_web.steering.time_left import TimeLeft, time_left


@dataclass(frozen=True, slots=True)
class Way:
    """A link to where something is done."""

    says: Text
    url: str


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `says` follows the number; `where` leads to its parts, where there are several."""

    count: int | None
    says: Text
    url: str
    closes: Closing | None = None
    why: str = ""
    where: tuple[Way, ...] = ()
    waits: bool = False
    """Nothing to be done by this person: somebody else is waited for."""

    @property
    def left(self) -> TimeLeft | None:
        return time_left(self.closes.at) if self.closes and self.closes.at else None


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


def work_of(rights: Rights) -> Work:
    """Everything that waits for a person."""
    seen = [
        each
        for each in Edition.objects.prefetch_related("deadlines").order_by("-year", "code")
        if rights.may("edition.see", Target(each.code))
    ]
    running = [each for each in seen if each.stage != "published"]
    tasks = _Tasks(rights, running)
    found = [_edition_work(rights, each, tasks.of(each) if each in running else ()) for each in seen]
    published = _not_yet_public(rights, [each for each in seen if each.stage == "published"])
    current = [each for each in found if each.edition.stage != "published" or each.edition.pk in published]
    current = [replace(each, tasks=(*each.tasks, *published.get(each.edition.pk, ()))) for each in current]
    over = [each for each in found if each.edition.pk not in {one.edition.pk for one in current}]
    records = [
        (each, state_of(each.code), tuple((event, act_said(event.act)) for event in events_of(each.code)[:5]))
        for each in [*running, *seen][:1]
        if "auditor" in rights.roles(each.code)
    ]
    return Work(tuple(current), tuple(over), tuple(_accounts(rights)), tuple(records))


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


@dataclass
class _Tasks:
    """What is to be done in editions under way. Each kind asks the database once, for all of them."""

    rights: Rights
    editions: Sequence[Edition]
    _found: dict[int, list[Task]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._found = {each.pk: [] for each in self.editions}
        by_pk = {each.pk: each for each in self.editions}
        roles = {each.pk: self.rights.roles(each.code) for each in self.editions}

        def holding(*names: str) -> list[Edition]:
            return [by_pk[pk] for pk, held in roles.items() if held & set(names)]

        self._units(holding("coordinator", "field_officer", "approver"))
        for edition in holding("appraiser"):
            self._appraiser(edition)
        self._council(holding("council_member", "council_secretary"), roles)
        self._manager(holding("programme_manager"))

    def of(self, edition: Edition) -> tuple[Task, ...]:
        return tuple(self._found[edition.pk])

    def _add(self, edition: Edition, task: Task) -> None:
        self._found[edition.pk].append(task)

    # --- who speaks for a unit

    def _units(self, editions: Sequence[Edition]) -> None:
        by_pk = {each.pk: each for each in editions}
        units = {unit for each in editions for unit in self.rights.units(each.code) or ()}
        if not units:
            return
        files = [
            each
            for each in UnitFile.objects.filter(edition__in=editions, unit__in=units).prefetch_related("extensions")
            if each.unit in (self.rights.units(by_pk[each.edition_id].code) or ())
        ]
        rows = Line.objects.filter(unit_file__in=files, unit_file__standing="draft")
        lines: dict[int, list[Line]] = {}
        for line in rows.annotate(cited=Count("citations")).order_by("order"):
            lines.setdefault(line.unit_file_id, []).append(line)
        asked = _asked_of([each for each in files if each.standing == "explaining"])
        for unit_file in files:
            unit_file.edition = by_pk[unit_file.edition_id]
            for task in self._of_unit(unit_file, lines.get(unit_file.pk, ()), asked):
                self._add(unit_file.edition, task)

    def _of_unit(
        self, unit_file: UnitFile, lines: Iterable[Line], asked: Mapping[int, Sequence[Line]]
    ) -> Iterator[Task]:
        code, unit = unit_file.edition.code, unit_file.unit
        target = Target(code, unit)
        standing, stage = unit_file.standing, unit_file.edition.stage
        there = reverse("unit", args=[code, unit])
        fills = self.rights.may("evidence.add", target)
        if stage == "preparing":
            return
        if standing == "draft" and fills:
            yield from self._to_fill(unit_file, list(lines))
        elif standing == "draft":
            closes = closing_of_file(unit_file, "self_assessment")
            yield Task(
                None,
                Text("Đơn vị đang tự chấm, chưa trình phê duyệt", "The unit is still filling in its file"),
                there,
                closes,
                waits=True,
            )
        elif standing == "consolidated":
            closes = closing(unit_file, "self_assessment")
            may = self.rights.may("unit.sign", target)
            yield Task(
                1 if may else None,
                Text("hồ sơ chờ bạn phê duyệt", "file waits for your signature")
                if may
                else Text("Hồ sơ đã tổng hợp, chờ phê duyệt", "The file is consolidated and waits for signature"),
                there,
                closes,
                waits=not may,
            )
        elif standing == "explaining":
            mine = [
                each
                for each in asked.get(unit_file.pk, ())
                if self.rights.may("line.explain", Target(code, unit, each.domain))
            ]
            closes = closing(unit_file, "explanation")
            page = reverse("appraisal_unit", args=[code, unit])
            if mine:
                where = tuple(
                    Way(_plain(each.node), reverse("appraisal_line", args=[code, unit, each.node]))
                    for each in mine[:12]
                )
                yield Task(
                    len(mine),
                    Text(
                        "mục bị điều chỉnh hoặc được hỏi, chưa giải trình",
                        "lines changed or asked about, not yet answered",
                    ),
                    page,
                    closes,
                    where=where,
                )
            elif self.rights.may("unit.close_explaining", target):
                yield Task(
                    None,
                    Text(
                        "Đã giải trình đủ: khóa giải trình để thẩm định lần 2",
                        "All answered: lock the explanations for appraisal 2",
                    ),
                    page,
                    closes,
                )
            else:
                yield Task(None, Text("Đơn vị đang giải trình", "The unit is explaining"), page, closes, waits=True)
        else:
            what = {"signed": "appraisal_1", "explained": "appraisal_2"}.get(standing, "")
            yield Task(
                None,
                Text(f"Hồ sơ {STANDINGS[standing].vi}", f"The file is {STANDINGS[standing].en}"),
                reverse("appraisal_unit", args=[code, unit]) if standing != "signed" else there,
                closing(unit_file, what) if what else None,
                waits=True,
            )

    def _to_fill(self, unit_file: UnitFile, lines: Sequence[Line]) -> Iterator[Task]:
        code, unit = unit_file.edition.code, unit_file.unit
        mine = [each for each in lines if self.rights.may("line.fill", Target(code, unit, each.domain))]
        closes = closing_of_file(unit_file, "self_assessment")
        coordinates = self.rights.may("unit.consolidate", Target(code, unit))
        kinds: list[tuple[list[Line], Text]] = [
            (
                [each for each in mine if each.standing == "returned"],
                Text("mục bị trả lại, cần sửa", "lines returned for correction"),
            ),
            (
                [each for each in mine if each.domain and not each.values and not each.explanation],
                Text("mục chưa điền", "lines not filled in"),
            ),
            (
                [each for each in mine if each.values and not each.cited and not each.explanation],  # type: ignore[attr-defined]
                Text("mục có số liệu nhưng thiếu tài liệu kiểm chứng", "lines with figures but without evidence"),
            ),
        ]
        something = False
        for rows, says in kinds:
            if not rows:
                continue
            something = True
            why = next(
                (
                    f"{each.node}: {each.returned_reason}"
                    for each in rows
                    if each.standing == "returned" and each.returned_reason
                ),
                "",
            )
            where = tuple(_by_domain(code, unit, rows))
            yield Task(len(rows), says, where[0].url, closes, why=why, where=where if len(where) > 1 else ())
        ready = [each for each in mine if each.version and each.standing == "open"]
        there = reverse("unit_lines", args=[code, unit])
        if ready and not coordinates:
            yield Task(
                len(ready), Text("mục đã điền, chưa gửi đầu mối", "lines filled in, not handed in"), there, closes
            )
        handed = [each for each in mine if each.standing == "handed_in"]
        if handed:
            yield Task(
                len(handed),
                Text("mục đã gửi, chờ đầu mối tổng hợp", "lines handed in, with the coordinator")
                if not coordinates
                else Text("mục cán bộ đã gửi, chờ bạn xem", "lines handed in, for you to look at"),
                there,
                closes,
                waits=not coordinates,
            )
        if coordinates and not something:
            yield Task(
                None,
                Text(
                    "Mọi mục đã điền: tổng hợp và trình phê duyệt",
                    "Every line is filled in: consolidate and send for signature",
                ),
                reverse("unit", args=[code, unit]),
                closes,
            )

    # --- who appraises

    def _appraiser(self, edition: Edition) -> None:
        if edition.stage != "appraisal":
            return
        assert self.rights.person is not None
        tasks = tasks_of(self.rights, edition, self.rights.person)
        queue = reverse("appraisal", args=[edition.code])
        standings = dict(edition.unit_files.values_list("unit", "standing")) if tasks else {}
        for what, standing, round_ in (
            ("appraisal_1", "signed", Text("lần 1", "1")),
            ("appraisal_2", "explained", Text("lần 2", "2")),
        ):
            here = [each for each in tasks if standings.get(each.unit) == standing]
            open_ = [each for each in here if each.state == "open"]
            closes = next((Closing(each.closes_at) for each in edition.deadlines.all() if each.what == what), None)
            if open_:
                units = len({each.unit for each in open_})
                self._add(
                    edition,
                    Task(
                        len(open_),
                        Text(
                            f"mục chờ thẩm định {round_.vi}, ở {units} đơn vị",
                            f"lines wait for appraisal {round_.en}, in {units} units",
                        ),
                        f"{queue}?state=open",
                        closes,
                        where=(
                            Way(Text("Mục tiếp theo", "Next line"), reverse("appraisal_next", args=[edition.code])),
                        ),
                    ),
                )
            settle = [each for each in here if each.state == "settle"]
            if settle:
                says = Text(
                    "mục hai người chấm khác nhau, chờ bạn quyết định",
                    "lines on which two markers differ, for you to settle",
                )
                self._add(edition, Task(len(settle), says, f"{queue}?state=settle", closes))
            waiting = [each for each in here if each.state == "waiting"]
            if waiting:
                self._add(
                    edition,
                    Task(
                        len(waiting),
                        Text("mục chờ người chấm khác", "lines wait for another marker"),
                        f"{queue}?state=waiting",
                        closes,
                        waits=True,
                    ),
                )

    # --- the council

    def _council(self, editions: Sequence[Edition], roles: Mapping[int, frozenset[str]]) -> None:
        sitting = [each for each in editions if each.stage == "council"]
        if not sitting:
            for each in editions:
                if each.stage == "appraisal" and "council_secretary" in roles[each.pk]:
                    self._ready_for_council(each)
            return
        rows = Session.objects.filter(edition__in=sitting).order_by("number")
        sessions = list(rows.prefetch_related(Prefetch("motions", Motion.objects.prefetch_related("votes"))))
        for edition in sitting:
            here = [each for each in sessions if each.edition_id == edition.pk]
            self._sessions(edition, here, roles[edition.pk])

    def _sessions(self, edition: Edition, sessions: Sequence[Session], roles: frozenset[str]) -> None:
        there = reverse("council", args=[edition.code])
        closes = next((Closing(each.closes_at) for each in edition.deadlines.all() if each.what == "council"), None)
        open_ = [each for each in sessions if each.closed_at is None]
        motions = [motion for each in open_ for motion in each.motions.all() if motion.closed_at is None]
        if "council_member" in roles:
            mine = [each for each in motions if self.rights.person not in newest_votes(each)]
            if mine:
                self._add(
                    edition,
                    Task(len(mine), Text("nội dung bạn chưa biểu quyết", "motions without your vote"), there, closes),
                )
            else:
                coming = min((each.held_on for each in open_ if each.held_on >= clock.today()), default=None)
                day = coming.strftime("%d/%m/%Y") if coming else ""
                says = (
                    Text(f"Phiên họp tiếp theo: {day}", f"Next session: {day}")
                    if day
                    else Text("Chưa có phiên họp nào sắp tới", "No session is coming up")
                )
                self._add(edition, Task(None, says, there, closes, waits=True))
        if "council_secretary" in roles:
            if motions:
                self._add(
                    edition,
                    Task(len(motions), Text("nội dung chưa chốt biểu quyết", "motions to be closed"), there, closes),
                )
            for each in open_:
                day = each.held_on.strftime("%d/%m/%Y")
                says = Text(f"Phiên {each.number} ngày {day} đang mở", f"Session {each.number} of {day} is open")
                self._add(edition, Task(None, says, f"{there}#session-{each.number}", closes))
            if not open_:
                says = Text("Lập phiên họp của hội đồng", "Convene a session of the council")
                if any(motion.carried and motion.line_id is None for each in sessions for motion in each.motions.all()):
                    says = Text(
                        "Toàn bộ kết quả đã được thông qua, chờ ghi quyết định",
                        "The whole result is carried; the decision is to be recorded",
                    )
                    self._add(edition, Task(None, says, there, closes, waits=True))
                else:
                    self._add(edition, Task(None, says, there, closes))

    def _ready_for_council(self, edition: Edition) -> None:
        standings = list(edition.unit_files.values_list("standing", flat=True))
        ready = standings.count("appraised_2")
        page = reverse("edition", args=[edition.code])
        says = Text(
            f"trên {len(standings)} đơn vị đã thẩm định xong, chờ chuyển hội đồng",
            f"of {len(standings)} units are appraised; the council sits when all are",
        )
        self._add(edition, Task(ready, says, f"{page}?standing=appraised_2", waits=True))

    # --- who runs the programme

    def _manager(self, editions: Sequence[Edition]) -> None:
        if not editions:
            return
        files: dict[int, list[UnitFile]] = {each.pk: [] for each in editions}
        by_pk = {each.pk: each for each in editions}
        for unit_file in UnitFile.objects.filter(edition__in=editions).prefetch_related("extensions"):
            unit_file.edition = by_pk[unit_file.edition_id]
            files[unit_file.edition_id].append(unit_file)
        replied = dict(
            Explanation.objects.filter(line__unit_file__edition__in=editions, line__unit_file__standing="explained")
            .values_list("line__unit_file__edition")
            .annotate(n=Count("line__unit_file", distinct=True))
        )
        last: dict[int, Computation] = {}
        for row in Computation.objects.filter(edition__in=editions).order_by("number"):
            last[row.edition_id] = row
        for edition in editions:
            for task in _managed(edition, files[edition.pk], replied.get(edition.pk, 0), last.get(edition.pk)):
                self._add(edition, task)
        deciding = [each for each in editions if each.stage == "council"]
        if deciding:
            carried = set(
                Motion.objects.filter(session__edition__in=deciding, line=None, carried=True).values_list(
                    "session__edition", flat=True
                )
            )
            for edition in deciding:
                if edition.pk in carried:
                    says = Text(
                        "Hội đồng đã thông qua toàn bộ kết quả: ghi quyết định",
                        "The council carried the whole result: record the decision",
                    )
                    self._add(edition, Task(None, says, reverse("edition", args=[edition.code])))


def waits_since(unit_file: UnitFile) -> tuple[str, Closing] | None:
    """The step that a unit's file waits at, and when it closes; None when nothing of it is waited for."""
    step = WAITS_AT.get(unit_file.standing)
    return (step[0], closing_of_file(unit_file, step[0])) if step else None


def _managed(edition: Edition, files: Sequence[UnitFile], replied: int, last: Computation | None) -> Iterator[Task]:
    page = reverse("edition", args=[edition.code])
    now = clock.now()
    count = {code: sum(each.standing == code for each in files) for code in STANDINGS}
    late: dict[str, int] = {}
    for each in files:
        waits = waits_since(each)
        if waits and waits[1].passed(now) and edition.stage in ("open", "appraisal"):
            late[waits[0]] = late.get(waits[0], 0) + 1
    for what, number in late.items():
        at = next((each.closes_at for each in edition.deadlines.all() if each.what == what), None)
        step = STEP_NAMES[what]
        yield Task(
            number, Text(f"đơn vị quá hạn {step.vi}", f"units are late: {step.en}"), f"{page}?only=late", Closing(at)
        )
    if edition.stage == "preparing":
        yield Task(
            None,
            Text(
                "Kỳ đang chuẩn bị: đặt thời hạn rồi mở tự đánh giá",
                "In preparation: set the deadlines, then open self-assessment",
            ),
            page,
        )
    if edition.stage == "open":
        waiting = count["draft"] + count["consolidated"]
        if waiting:
            yield Task(
                waiting,
                Text("đơn vị chưa phê duyệt hồ sơ", "units have not signed their file"),
                f"{page}?standing=unsigned",
                _common(edition, "self_assessment"),
                waits=True,
            )
        else:
            yield Task(
                None,
                Text("Mọi đơn vị đã phê duyệt hồ sơ: bắt đầu thẩm định", "Every unit has signed: begin the appraisal"),
                page,
            )
    if edition.stage == "appraisal":
        if count["appraised_1"]:
            yield Task(
                count["appraised_1"],
                Text(
                    "hồ sơ thẩm định xong lần 1, chờ mở giải trình", "files appraised once, explanations to be opened"
                ),
                f"{page}?standing=appraised_1",
            )
        if replied:
            yield Task(
                replied,
                Text("đơn vị có giải trình, chờ thẩm định lần 2", "units have answered and wait for appraisal 2"),
                f"{page}?standing=explained",
                _common(edition, "appraisal_2"),
                waits=True,
            )
        if count["signed"]:
            yield Task(
                count["signed"],
                Text("hồ sơ đang thẩm định lần 1", "files in appraisal 1"),
                f"{page}?standing=signed",
                _common(edition, "appraisal_1"),
                waits=True,
            )
        if count["explaining"]:
            yield Task(
                count["explaining"],
                Text("đơn vị đang giải trình", "units are explaining"),
                f"{page}?standing=explaining",
                _common(edition, "explanation"),
                waits=True,
            )
        if not any(count[code] for code in ("signed", "appraised_1", "explaining", "explained")):
            yield Task(
                None,
                Text(
                    "Mọi hồ sơ đã thẩm định xong: chuyển hội đồng", "Every file is appraised: hand over to the council"
                ),
                page,
            )
    results = reverse("results", args=[edition.code])
    if last is not None and last.state == "failed":
        yield Task(
            None,
            Text(f"Lần tính {last.number} không xong: xem lỗi", f"Computation {last.number} failed: see why"),
            reverse("computation", args=[edition.code, last.number]),
        )
    if edition.stage == "decided":
        says = (
            Text("Đã tính xong: công bố kết quả", "Computed: publish the results")
            if last is not None and last.state == "done"
            else Text("Tính kết quả theo quyết định", "Compute the results as decided")
        )
        yield Task(None, says, results)


def _common(edition: Edition, what: str) -> Closing | None:
    return next((Closing(each.closes_at) for each in edition.deadlines.all() if each.what == what), None)


def _not_yet_public(rights: Rights, editions: Sequence[Edition]) -> dict[int, tuple[Task, ...]]:
    """Publications that are frozen but not public yet, by edition, for who publishes. One query, or none."""
    mine = [each for each in editions if rights.may("results.publish", Target(each.code))]
    if not mine:
        return {}
    found: dict[int, tuple[Task, ...]] = {}
    codes = {each.pk: each.code for each in mine}
    for row in Publication.objects.filter(edition__in=mine, embargo_until__gt=clock.now()):
        says = Text(
            f"Bản {row.version} đã đóng băng, chưa đến giờ công bố",
            f"Version {row.version} is frozen and not yet public",
        )
        task = Task(
            None, says, reverse("results", args=[codes[row.edition_id]]), Closing(row.embargo_until), waits=True
        )
        found[row.edition_id] = (*found.get(row.edition_id, ()), task)
    return found


def _asked_of(files: Sequence[UnitFile]) -> dict[int, list[Line]]:
    """Lines that a unit was asked about or that were changed, without a reply yet. Three queries, or none."""
    if not files:
        return {}
    rows = list(
        Finding.objects.filter(line__unit_file__in=files, round="appraisal_1").select_related("line").order_by("pk")
    )
    nodes: dict[int, set[str]] = {each.edition_id: set() for each in files}
    for edition, node in BlindMarking.objects.filter(edition__in=list(nodes)).values_list("edition", "node"):
        nodes[edition].add(node)
    edition_of = {each.pk: each.edition_id for each in files}
    replied = set(Explanation.objects.filter(line__unit_file__in=files).values_list("line", flat=True))
    found: dict[int, list[Line]] = {}
    for edition, marked_twice in nodes.items():
        here = [row for row in rows if edition_of[row.line.unit_file_id] == edition]
        lines = {row.line_id: row.line for row in here}
        blind = Blind("" in marked_twice, frozenset(marked_twice - {""}))
        told = {pk: (line.node, line.saved_at) for pk, line in lines.items()}
        for (pk, _), finding in counting_findings(here, blind, told).items():
            if finding.outcome != "accept" and pk not in replied:
                found.setdefault(lines[pk].unit_file_id, []).append(lines[pk])
    for each in found.values():
        each.sort(key=lambda line: line.order)
    return found


def _by_domain(code: str, unit: str, rows: Sequence[Line]) -> Iterator[Way]:
    domains: dict[str, list[Line]] = {}
    for row in rows:
        domains.setdefault(row.domain or BONUS, []).append(row)
    for domain, lines in domains.items():
        there = reverse("unit_domain", args=[code, unit, domain]) + f"#line-{lines[0].node}"
        name = Text("điểm thưởng", "bonus") if domain == BONUS else Text(f"lĩnh vực {domain}", f"domain {domain}")
        yield Way(Text(f"{name.vi} ({len(lines)})", f"{name.en} ({len(lines)})"), there)


SOON = timedelta(days=30)
"""Roles that end within so many days are named to the administrator."""


def _accounts(rights: Rights) -> Iterator[Task]:
    """What waits for an administrator of accounts. Two queries."""
    if not rights.may("person.invite", Target()):
        return
    people = reverse("people")
    now = clock.now()
    invitations = Invitation.objects.filter(used_at=None, withdrawn_at=None)
    counted = invitations.aggregate(all=Count("pk"), over=Count("pk", filter=Q(expires_at__lt=now)))
    if counted["over"]:
        yield Task(
            counted["over"],
            Text("lời mời đã hết hạn, gửi lại hoặc rút", "invitations have expired: send again or withdraw"),
            people,
        )
    if counted["all"] - counted["over"]:
        yield Task(
            counted["all"] - counted["over"],
            Text("lời mời chưa được nhận", "invitations are not taken yet"),
            people,
            waits=True,
        )
    today = clock.today()
    ending = Duty.objects.filter(
        ended_at=None, valid_until__gte=today, valid_until__lte=today + SOON, person__is_active=True
    )
    rows = list(ending.select_related("person").order_by("valid_until")[:50])
    if rows:
        where = tuple(
            Way(_plain(f"{row.person.full_name} ({row.valid_until:%d/%m/%Y})"), reverse("person", args=[row.person_id]))
            for row in rows[:8]
        )
        yield Task(
            len(rows), Text("vai trò kết thúc trong 30 ngày tới", "roles end within 30 days"), people, where=where
        )


def _plain(text: str) -> Text:
    return Text(text, text)
