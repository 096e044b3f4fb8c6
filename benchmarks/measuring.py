"""CPU seconds of a call, children counted, and the table they are printed in."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured figure: CPU seconds, the limit it must keep, and the same work done by a named peer."""

    name: str
    seconds: float
    limit: float
    peer: str = ""
    peer_seconds: float | None = None

    @property
    def kept(self) -> bool:
        return self.seconds <= self.limit


def cpu_seconds(work: Callable[[], float | None], *, rounds: int = 3) -> float:
    """Best of several rounds, in CPU seconds of this process; `work` may return seconds spent by its children."""
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF)
        outside = work() or 0.0
        after = resource.getrusage(resource.RUSAGE_SELF)
        spent = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime) + outside
        best = min(best, spent)
    return best


def children_seconds(work: Callable[[], None], *, rounds: int = 3) -> float:
    """Best of several rounds, in CPU seconds of the child processes that `work` starts and waits for."""
    best = float("inf")
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        work()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime))
    return best


def print_figures(figures: list[Figure]) -> None:
    print(f"{'figure':58} {'CPU s':>8} {'limit':>6}  {'kept':4}  peer")
    for figure in figures:
        peer = ""
        if figure.peer_seconds is not None:
            ratio = figure.peer_seconds / figure.seconds if figure.seconds else float("inf")
            peer = f"{figure.peer}: {figure.peer_seconds:.3f} s, {ratio:.1f} times ours"
        print(f"{figure.name:58} {figure.seconds:8.3f} {figure.limit:6.2f}  {'yes' if figure.kept else 'NO':4}  {peer}")
