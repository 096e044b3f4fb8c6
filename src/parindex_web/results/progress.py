"""How far a computation is, for whoever waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from parindex.language import Text
from parindex_web.results.actions import ATTEMPTS, is_stale
from parindex_web.results.models import Computation, Step

STEPS: Final[Mapping[Step, Text]] = {
    "export": Text("Ghi hồ sơ các đơn vị thành thư mục kỳ", "Write the units' files into the edition folder"),
    "read": Text("Đọc và kiểm tra số liệu", "Read and check the data"),
    "compute": Text("Chấm điểm, tính chỉ số, xếp hạng", "Score, compute the index, rank"),
    "write": Text("Ghi kết quả", "Write the results"),
}

WAITS_LONG: Final = timedelta(minutes=1)
"""After so long in the queue a worker is probably not running."""


@dataclass(frozen=True, slots=True)
class ComputationStep:
    """One step, and how far it is. `at` is what it works on, `total` 0 where it cannot be counted."""

    says: Text
    state: Literal["done", "now", "later"]
    at: str = ""
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A computation that is not over. `lost`: its worker gave no sign of life; `alone`: none has taken it."""

    steps: tuple[ComputationStep, ...]
    lost: bool
    alone: bool
    attempts_most: int = ATTEMPTS


def progress_of(computation: Computation, now: datetime, names: Mapping[str, str]) -> Progress | None:
    """None for a computation that is over. `names` of units, by code."""
    if computation.state not in ("waiting", "running"):
        return None
    doing, _, at = computation.doing.partition(":")
    order = get_args(Step)
    here = order.index(doing) if doing in order and computation.state == "running" else -1
    steps = []
    for place, step in enumerate(order):
        if place < here:
            steps.append(ComputationStep(STEPS[step], "done"))
        elif place == here:
            named = names.get(at, "" if step == "compute" else at)
            steps.append(ComputationStep(STEPS[step], "now", named, computation.done, computation.total))
        else:
            steps.append(ComputationStep(STEPS[step], "later"))
    return Progress(
        tuple(steps),
        is_stale(computation, now),
        computation.state == "waiting" and now - computation.asked_at > WAITS_LONG,
    )
