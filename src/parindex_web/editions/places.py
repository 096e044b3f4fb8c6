"""Where a person may go in an edition: the bar below the header of every page of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from parindex.language import Text
from parindex_web import clock
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.accounts.roles import Role
from parindex_web.editions.models import Edition


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the bar."""

    url: str
    says: Text
    current: bool


QUEUE_ROLES: Final[frozenset[Role]] = frozenset({"appraiser", "programme_manager", "auditor"})
"""Who sees the queue of appraisal."""
COUNCIL_ROLES: Final[frozenset[Role]] = frozenset(
    {"programme_manager", "council_member", "council_secretary", "auditor"}
)
"""Who sees the council's sessions."""
_ROOM: Final[int] = 2
"""Units named in the bar: who speaks for more finds them on the first page."""


def may_read_results(rights: Rights, edition: Edition) -> bool:
    """Whether a published result is there for the person: under embargo only for who sees results before."""
    if edition.stage != "published":
        return False
    if rights.may("results.see", Target(edition.code)):
        return True
    return bool(edition.publications.filter(embargo_until__lte=clock.now()).exists())


def places(rights: Rights, edition: Edition, path: str) -> list[Place]:
    """The pages of an edition that the person may open, in the order of its year.

    One query where a result is published, else none.
    """
    code, roles = edition.code, rights.roles(edition.code)
    target = Target(code)
    found: list[tuple[str, Text, bool]] = []

    def offer(url: str, vi: str, en: str, *, here: bool) -> None:
        found.append((url, Text(vi, en), here))

    start = reverse("calendar", args=[code]).removesuffix("calendar/")
    if rights.may("edition.dashboard", target):
        offer(start, "Tiến độ", "Progress", here=path == start)
    own = sorted(rights.units(code) or ())
    if len(own) <= _ROOM and not roles & QUEUE_ROLES:
        for unit in own:
            beside = f" {unit}" if len(own) > 1 else ""
            there = reverse("unit", args=[code, unit])
            offer(there, f"Tự đánh giá{beside}", f"Self-assessment{beside}", here=path.startswith(there))
            there = reverse("appraisal_unit", args=[code, unit])
            offer(there, f"Thẩm định{beside}", f"Appraisal{beside}", here=path.startswith(there))
    if roles & QUEUE_ROLES:
        there = reverse("appraisal", args=[code])
        council = reverse("council", args=[code])
        offer(there, "Thẩm định", "Appraisal", here=path.startswith(there) and not path.startswith(council))
    if roles & COUNCIL_ROLES:
        there = reverse("council", args=[code])
        offer(there, "Hội đồng", "Council", here=path.startswith(there))
    published = reverse("published", args=[code])
    if rights.may("results.see", target):
        there = reverse("results", args=[code])
        offer(there, "Kết quả", "Results", here=path.startswith(there) and path != published)
    if may_read_results(rights, edition):
        offer(published, "Công bố", "Published", here=path == published)
    there = reverse("calendar", args=[code])
    offer(there, "Lịch", "Calendar", here=path == there)
    if rights.may("edition.dashboard", target):
        there = reverse("framework_start", args=[code])
        offer(there, "Bộ tiêu chí", "Framework", here=path.startswith(there))
    if rights.may("audit.see", target):
        there = reverse("record", args=[code])
        offer(there, "Nhật ký", "Record", here=path.startswith(there))
    return [Place(url, says, here) for url, says, here in found]
