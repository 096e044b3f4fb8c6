"""What waits for who appraises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import reverse

from parindex.language import Text
from parindex_web.accounts.permissions import Rights
from parindex_web.appraise.queue import tasks_of
from parindex_web.editions.models import Edition
from parindex_web.steering.tasks.kinds import Found, Task, Way, common


def appraiser_tasks(rights: Rights, editions: Sequence[Edition]) -> Iterator[Found]:
    """What waits for who appraises, by round."""
    for edition in editions:
        if edition.stage == "appraisal":
            yield from ((edition, task) for task in _of_edition(rights, edition))


def _of_edition(rights: Rights, edition: Edition) -> Iterator[Task]:
    assert rights.person is not None
    tasks = tasks_of(rights, edition, rights.person)
    queue = reverse("appraisal", args=[edition.code])
    standings = dict(edition.unit_files.values_list("unit", "standing")) if tasks else {}
    for what, standing, round_ in (
        ("appraisal_1", "signed", Text("lần 1", "1")),
        ("appraisal_2", "explained", Text("lần 2", "2")),
    ):
        here = [each for each in tasks if standings.get(each.unit) == standing]
        open_ = [each for each in here if each.state == "open"]
        closes = common(edition, what)
        if open_:
            units = len({each.unit for each in open_})
            yield Task(
                len(open_),
                Text(
                    f"mục chờ thẩm định {round_.vi}, ở {units} đơn vị",
                    f"lines wait for appraisal {round_.en}, in {units} units",
                ),
                f"{queue}?state=open",
                closes,
                where=(Way(Text("Mục tiếp theo", "Next line"), reverse("appraisal_next", args=[edition.code])),),
            )
        settle = [each for each in here if each.state == "settle"]
        if settle:
            says = Text(
                "mục hai người chấm khác nhau, chờ bạn quyết định",
                "lines on which two markers differ, for you to settle",
            )
            yield Task(len(settle), says, f"{queue}?state=settle", closes)
        waiting = [each for each in here if each.state == "waiting"]
        if waiting:
            yield Task(
                len(waiting),
                Text("mục chờ người chấm khác", "lines wait for another marker"),
                f"{queue}?state=waiting",
                closes,
                waits=True,
            )
