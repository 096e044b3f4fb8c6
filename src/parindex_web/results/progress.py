"""How far long work is, for whoever waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from parindex.language import Text
from parindex_web.results.models import Step, Work
from parindex_web.results.work import ATTEMPTS, is_stale

STEPS: Final[Mapping[Step, Text]] = {
    "export": Text("Ghi hồ sơ các đơn vị thành thư mục kỳ", "Write the units' files into the edition folder"),
    "read": Text("Đọc và kiểm tra số liệu", "Read and check the data"),
    "compute": Text("Chấm điểm, tính chỉ số, xếp hạng", "Score, compute the index, rank"),
    "write": Text("Ghi kết quả", "Write the results"),
    "verify": Text("Kiểm tra con dấu, tính lại để đối chiếu", "Check the seal and compute again to compare"),
    "freeze": Text("Ghi và niêm phong bản công bố", "Write and seal the publication"),
}

WAITS_LONG: Final = timedelta(minutes=1)
"""After so long in the queue a worker is probably not running."""


@dataclass(frozen=True, slots=True)
class WorkStep:
    """One step, and how far it is. `at` is what it works on, `total` 0 where it cannot be counted."""

    says: Text
    state: Literal["done", "now", "later"]
    at: str = ""
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Work that is not over. `lost`: its worker gave no sign of life; `alone`: none has taken it."""

    steps: tuple[WorkStep, ...]
    lost: bool
    alone: bool
    attempts_most: int = ATTEMPTS


def progress_of(work: Work, now: datetime, names: Mapping[str, str]) -> Progress | None:
    """None for work that is over. `names` of units, by code."""
    if work.state not in ("waiting", "running"):
        return None
    doing, _, at = work.doing.partition(":")
    order = work.steps
    here = order.index(doing) if doing in order and work.state == "running" else -1
    steps = []
    for place, step in enumerate(order):
        if place < here:
            steps.append(WorkStep(STEPS[step], "done"))
        elif place == here:
            named = names.get(at, "" if step == "compute" else at)
            steps.append(WorkStep(STEPS[step], "now", named, work.done, work.total))
        else:
            steps.append(WorkStep(STEPS[step], "later"))
    return Progress(
        tuple(steps),
        is_stale(work, now),
        work.state == "waiting" and now - work.asked_at > WAITS_LONG,
    )
