"""What waits for members and secretaries of the council."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Prefetch
from django.urls import reverse

from parindex.language import Text
from parindex_web import clock
from parindex_web.accounts.permissions import Rights
from parindex_web.appraise.models import Motion, Session
from parindex_web.appraise.queries import newest_votes
from parindex_web.editions.models import Edition
from parindex_web.steering.tasks.kinds import Found, Task, common


def council_tasks(rights: Rights, editions: Sequence[Edition]) -> Iterator[Found]:
    """What waits for members and secretaries of the council. Two queries for all editions that are at it."""
    roles = {each.pk: rights.roles(each.code) for each in editions}
    sitting = [each for each in editions if each.stage == "council"]
    if not sitting:
        for each in editions:
            if each.stage == "appraisal" and "council_secretary" in roles[each.pk]:
                yield each, _ready_for_council(each)
        return
    rows = Session.objects.filter(edition__in=sitting).order_by("number")
    sessions = list(rows.prefetch_related(Prefetch("motions", Motion.objects.prefetch_related("votes"))))
    for edition in sitting:
        here = [each for each in sessions if each.edition_id == edition.pk]
        yield from ((edition, task) for task in _sessions(rights, edition, here, roles[edition.pk]))


def _sessions(rights: Rights, edition: Edition, sessions: Sequence[Session], roles: frozenset[str]) -> Iterator[Task]:
    there = reverse("council", args=[edition.code])
    closes = common(edition, "council")
    open_ = [each for each in sessions if each.closed_at is None]
    motions = [motion for each in open_ for motion in each.motions.all() if motion.closed_at is None]
    if "council_member" in roles:
        mine = [each for each in motions if rights.person not in newest_votes(each)]
        if mine:
            yield Task(len(mine), Text("nội dung bạn chưa biểu quyết", "motions without your vote"), there, closes)
        else:
            coming = min((each.held_on for each in open_ if each.held_on >= clock.today()), default=None)
            day = coming.strftime("%d/%m/%Y") if coming else ""
            says = (
                Text(f"Phiên họp tiếp theo: {day}", f"Next session: {day}")
                if day
                else Text("Chưa có phiên họp nào sắp tới", "No session is coming up")
            )
            yield Task(None, says, there, closes, waits=True)
    if "council_secretary" in roles:
        if motions:
            yield Task(len(motions), Text("nội dung chưa chốt biểu quyết", "motions to be closed"), there, closes)
        for each in open_:
            day = each.held_on.strftime("%d/%m/%Y")
            says = Text(f"Phiên {each.number} ngày {day} đang mở", f"Session {each.number} of {day} is open")
            yield Task(None, says, f"{there}#session-{each.number}", closes)
        if not open_:
            says = Text("Lập phiên họp của hội đồng", "Convene a session of the council")
            if any(motion.carried and motion.line_id is None for each in sessions for motion in each.motions.all()):
                says = Text(
                    "Toàn bộ kết quả đã được thông qua, chờ ghi quyết định",
                    "The whole result is carried; the decision is to be recorded",
                )
                yield Task(None, says, there, closes, waits=True)
            else:
                yield Task(None, says, there, closes)


def _ready_for_council(edition: Edition) -> Task:
    standings = list(edition.unit_files.values_list("standing", flat=True))
    ready = standings.count("appraised_2")
    page = reverse("edition", args=[edition.code])
    says = Text(
        f"trên {len(standings)} đơn vị đã thẩm định xong, chờ chuyển hội đồng",
        f"of {len(standings)} units are appraised; the council sits when all are",
    )
    return Task(ready, says, f"{page}?standing=appraised_2", waits=True)
