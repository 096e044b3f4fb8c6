"""The life of long work: begun by one worker, with signs of life, taken over by another, ended with its problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from parindex.language import LANGUAGES, Text
from parindex.problems import Problem, ProblemKind
from parindex_web import clock
from parindex_web.audit.guard import writing
from parindex_web.editions.steps import Impossible
from parindex_web.results.exporting import Progress
from parindex_web.results.models import Step, Work

W = TypeVar("W", bound=Work)

GAVE_UP = ProblemKind(
    "WEB-GAVE-UP",
    what=Text("việc này đã dừng giữa chừng {attempts} lần.", "the work was broken off {attempts} times."),
    why=Text("Tiến trình bị tắt, hoặc máy thiếu bộ nhớ.", "Its worker was killed, or the machine lacks memory."),
    remedy=Text("Xem nhật ký của máy chủ rồi làm lại.", "Look into the log of the server, then ask again."),
)
BROKE = ProblemKind(
    "WEB-COMPUTING-BROKE",
    what=Text("chương trình gặp lỗi ({name}).", "the program failed ({name})."),
    why=Text("Không phải lỗi của số liệu; chi tiết ở nhật ký máy chủ.", "Not a mistake in the data; see the log."),
    remedy=Text("Báo quản trị hệ thống.", "Tell the administrator of the server."),
)
ATTEMPTS = 3
"""How often work begins again after its worker was killed."""

BEAT = 5.0
"""Seconds between two signs of life of a worker."""

STALE_AFTER = timedelta(seconds=30)
"""Work without a sign of life for so long has lost its worker."""


def is_stale(work: Work, now: datetime) -> bool:
    """The work runs on paper, but its worker has given no sign of life."""
    beat = work.beat_at or work.asked_at
    return work.state == "running" and now - beat > STALE_AFTER


def taken_over(kind: type[W], *, enqueue: Callable[[int], None], give_up: Callable[[W, Problem], None]) -> list[W]:
    """Queue all work of a kind again whose worker was killed; after `ATTEMPTS` it is given up."""
    again = []
    for work in kind._default_manager.filter(state="running").select_related("edition"):
        if not is_stale(work, clock.now()):
            continue
        if work.attempts >= ATTEMPTS:
            give_up(work, Impossible(GAVE_UP, attempts=ATTEMPTS).problem)
            continue
        with transaction.atomic(), writing():
            # Only one worker wins this: the others find the state changed.
            won = kind._default_manager.filter(
                pk=work.pk, state="running", attempts=work.attempts, beat_at=work.beat_at
            ).update(state="waiting", doing="", done=0, total=0)
        if won:
            enqueue(work.pk)
            again.append(work)
    return again


def begun(kind: type[W], pk: int) -> W | None:
    """The work, now running in this worker; None where another has it or had it."""
    with transaction.atomic(), writing():
        work = kind._default_manager.select_for_update(of=("self",)).select_related("edition").get(pk=pk)
        if work.state != "waiting":
            return None
        work.state = "running"
        work.attempts += 1
        work.beat_at = clock.now()
        work.save(update_fields=["state", "attempts", "beat_at"])
    return work


def running(work: W) -> QuerySet[W]:
    """The work, as long as it runs in this attempt: a worker that hung while another took over finds nothing."""
    return type(work)._default_manager.filter(pk=work.pk, state="running", attempts=work.attempts)


def progress_in(work: Work, step: Step) -> Progress:
    """Note that a step begins, and then how far it is."""
    mine, last = running(work), monotonic()

    def note(what: str, done: int, total: int) -> None:
        with writing():
            mine.update(doing=f"{step}:{what}"[:200], done=done, total=total, beat_at=clock.now())

    def progress(what: str, done: int, total: int) -> None:
        nonlocal last
        # Every unit would be a write of its own: twice a second is as fast as people read.
        if monotonic() - last >= 0.5:
            last = monotonic()
            note(what, done, total)

    note("", 0, 0)
    return progress


@contextmanager
def signs_of_life(work: Work) -> Iterator[None]:
    """Note every few seconds that the worker lives, also while one step takes long.

    A thread has a connection of its own; inside a transaction (as in tests) none is started.
    """
    over = Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT):
                with writing():
                    running(work).update(beat_at=clock.now())
        finally:
            connection.close()

    thread = None if connection.in_atomic_block else Thread(target=beat, daemon=True)
    if thread:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if thread:
            thread.join()


def ended(work: Work, state: str, problems: list[dict[str, str]]) -> None:
    """Write how the work ended; inside of the act that records it."""
    work.state = state
    work.problems = problems
    work.finished_at = clock.now()
    work.save()


def said(*problems: Problem) -> list[dict[str, str]]:
    """Problems as they are kept: place and words in both languages, as one sentence and by their parts."""
    return [
        {
            "code": each.code,
            "file": each.where.file,
            **{str(language): each.words(language) for language in LANGUAGES},
            **{
                f"{part}_{language}": text.filled(language, each.values)
                for language in LANGUAGES
                for part, text in (("what", each.kind.what), ("why", each.kind.why), ("remedy", each.kind.remedy))
            },
            **{f"where_{language}": each.where.words(language) for language in LANGUAGES},
        }
        for each in problems
    ]
