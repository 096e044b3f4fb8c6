"""What waits for who runs the programme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Count
from django.urls import reverse

from parindex.language import Text
from parindex_web import clock
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.appraise.models import Explanation, Motion
from parindex_web.editions.deadlines import Closing, closing_of_file
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.moves import STANDINGS
from parindex_web.results.models import Computation, Publication
from parindex_web.steering.letters import STEP_NAMES, WAITS_AT
from parindex_web.steering.tasks.kinds import Found, Task, common


def manager_tasks(rights: Rights, editions: Sequence[Edition]) -> Iterator[Found]:
    """What waits for who runs the programme. A few queries for all editions."""
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
            yield edition, task
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
                yield edition, Task(None, says, reverse("edition", args=[edition.code]))


def _waits_since(unit_file: UnitFile) -> tuple[str, Closing] | None:
    """The step that a unit's file waits at, and when it closes; None when nothing of it is waited for."""
    step = WAITS_AT.get(unit_file.standing)
    return (step[0], closing_of_file(unit_file, step[0])) if step else None


WITH_OTHERS: Sequence[tuple[str, str, Text]] = (
    (
        "explained",
        "appraisal_2",
        Text("đơn vị có giải trình, chờ thẩm định lần 2", "units have answered and wait for appraisal 2"),
    ),
    ("signed", "appraisal_1", Text("hồ sơ đang thẩm định lần 1", "files in appraisal 1")),
    ("explaining", "explanation", Text("đơn vị đang giải trình", "units are explaining")),
)
"""Standings in which a file is with somebody else during appraisal, and the step that then closes."""


def _managed(edition: Edition, files: Sequence[UnitFile], replied: int, last: Computation | None) -> Iterator[Task]:
    page = reverse("edition", args=[edition.code])
    now = clock.now()
    count = {code: sum(each.standing == code for each in files) for code in STANDINGS}
    late: dict[str, int] = {}
    for each in files:
        waits = _waits_since(each)
        if waits and waits[1].passed(now) and edition.stage in ("open", "appraisal"):
            late[waits[0]] = late.get(waits[0], 0) + 1
    for what, number in late.items():
        step = STEP_NAMES[what]
        says = Text(f"đơn vị quá hạn {step.vi}", f"units are late: {step.en}")
        yield Task(number, says, f"{page}?only=late", common(edition, what))
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
                common(edition, "self_assessment"),
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
        for standing, what, says in WITH_OTHERS:
            number = replied if standing == "explained" else count[standing]
            if number:
                yield Task(number, says, f"{page}?standing={standing}", common(edition, what), waits=True)
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


def not_yet_public(rights: Rights, editions: Sequence[Edition]) -> dict[int, tuple[Task, ...]]:
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
