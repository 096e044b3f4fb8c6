"""Writes on results: asking for a computation, noting how far it is, publishing."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from parindex.editions import read_edition
from parindex.language import LANGUAGES, Text
from parindex.problems import Problem, ProblemKind, ProblemsFound
from parindex.publication.freeze import publish as freeze
from parindex.publication.freeze import seal_in
from parindex.tables.counted import Counted
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.appraise.actions import keep_counts
from parindex_web.audit.acts import act, act_of_the_system
from parindex_web.audit.guard import writing
from parindex_web.audit.queries import heads_of
from parindex_web.editions.models import Edition
from parindex_web.editions.moves import EDITION_MOVES, move_named
from parindex_web.editions.steps import Impossible, check_move
from parindex_web.results.exporting import Progress, export_edition
from parindex_web.results.models import Computation, Publication, Step

ALREADY_COMPUTING = ProblemKind(
    "WEB-COMPUTING",
    what=Text("đang tính, chưa xong.", "a computation is under way."),
    why=Text("Mỗi kỳ tính một lần một lúc.", "An edition is computed once at a time."),
    remedy=Text("Chờ lần này xong.", "Wait until it is done."),
)
NOT_COMPUTED = ProblemKind(
    "WEB-NOT-COMPUTED",
    what=Text("chưa có kết quả tính xong để công bố.", "there is no finished computation to publish."),
    why=Text("", ""),
    remedy=Text("Tính kết quả trước.", "Compute the results first."),
)

GAVE_UP = ProblemKind(
    "WEB-GAVE-UP",
    what=Text("việc tính đã dừng giữa chừng {attempts} lần.", "the computation was broken off {attempts} times."),
    why=Text("Tiến trình tính bị tắt, hoặc máy thiếu bộ nhớ.", "Its worker was killed, or the machine lacks memory."),
    remedy=Text("Xem nhật ký của máy chủ rồi tính lại.", "Look into the log of the server, then compute again."),
)
BROKE = ProblemKind(
    "WEB-COMPUTING-BROKE",
    what=Text("việc tính gặp lỗi của chương trình ({name}).", "the program failed while computing ({name})."),
    why=Text("Không phải lỗi của số liệu; chi tiết ở nhật ký máy chủ.", "Not a mistake in the data; see the log."),
    remedy=Text("Báo quản trị hệ thống.", "Tell the administrator of the server."),
)
ATTEMPTS = 3
"""How often a computation begins again after its worker was killed."""

BEAT = 5.0
"""Seconds between two signs of life of a worker that computes."""

STALE_AFTER = timedelta(seconds=30)
"""A computation without a sign of life for so long has lost its worker."""


def files_root() -> Path:
    return Path(settings.FILES)


def ask_computation(*, by: Person, edition: Edition) -> Computation:
    """Queue a computation; the task begins when this is committed. Raises Impossible, Refused."""
    from parindex_web.results.tasks import compute_edition

    with act("results.compute", by=by, target=Target(edition.code)) as record:
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if edition.computations.filter(state__in=["waiting", "running"]).exists():
            raise Impossible(ALREADY_COMPUTING)
        number = (edition.computations.aggregate(last=Max("number"))["last"] or 0) + 1
        computation = Computation.objects.create(edition=edition, number=number, asked_at=clock.now(), asked_by=by)
        record(subject=f"computation:{number}")
        transaction.on_commit(lambda: _enqueue(compute_edition, computation.pk))
    return computation


def _enqueue(task: object, pk: int) -> None:
    with writing():
        task.enqueue(pk)  # type: ignore[attr-defined]


def is_stale(computation: Computation, now: datetime) -> bool:
    """The computation runs on paper, but its worker has given no sign of life."""
    beat = computation.beat_at or computation.asked_at
    return computation.state == "running" and now - beat > STALE_AFTER


def begin_again() -> list[int]:
    """Queue every computation again whose worker was killed; after `ATTEMPTS` it fails. Gives their numbers.

    Called by workers between two tasks: whoever lives takes over from whoever died.
    """
    from parindex_web.results.tasks import compute_edition

    again = []
    for computation in Computation.objects.filter(state="running").select_related("edition"):
        if not is_stale(computation, clock.now()):
            continue
        if computation.attempts >= ATTEMPTS:
            _finish(computation, "failed", problems=_said(Impossible(GAVE_UP, attempts=ATTEMPTS).problem))
            continue
        with transaction.atomic(), writing():
            # Only one worker wins this: the others find the state changed.
            won = Computation.objects.filter(
                pk=computation.pk, state="running", attempts=computation.attempts, beat_at=computation.beat_at
            ).update(state="waiting", doing="", done=0, total=0)
        if won:
            _enqueue(compute_edition, computation.pk)
            again.append(computation.number)
    return again


def run_computation(pk: int) -> None:
    """Export the folder, read, compute and write results. Safe to run again after a worker was killed."""
    from parindex.results.compute import compute
    from parindex.results.result import write_result

    computation = _begin(pk)
    if computation is None:
        return
    place = files_root() / "computations" / computation.edition.code / str(computation.number)
    attempt = place.with_name(f".{place.name}.{secrets.token_hex(6)}")
    for left in place.parent.glob(f".{place.name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        with _signs_of_life(pk):
            export_edition(computation.edition, attempt / "edition", progress=_progress(pk, "export"))
            inputs = read_edition(attempt / "edition", progress=_progress(pk, "read"))
            result = compute(inputs, progress=_progress(pk, "compute"))
            _progress(pk, "write")
            write_result(result, attempt / "result")
            shutil.rmtree(place, ignore_errors=True)
            attempt.rename(place)
    except ProblemsFound as found:
        _finish(computation, "failed", problems=_said(*found.problems))
    except Exception as error:
        # A fault of the program: it is on the log with its place; the page says so and nothing is left running.
        _finish(computation, "failed", problems=_said(Impossible(BROKE, name=type(error).__name__).problem))
        raise
    else:
        _finish(computation, "done", folder=str(place.relative_to(files_root())), counted=result.counted)
    finally:
        shutil.rmtree(attempt, ignore_errors=True)


def _progress(pk: int, step: Step) -> Progress:
    """Note that a step begins, and then how far it is."""
    last = monotonic()

    def note(what: str, done: int, total: int) -> None:
        with writing():
            Computation.objects.filter(pk=pk).update(
                doing=f"{step}:{what}"[:200], done=done, total=total, beat_at=clock.now()
            )

    def progress(what: str, done: int, total: int) -> None:
        nonlocal last
        # Every unit would be a write of its own: twice a second is as fast as people read.
        if monotonic() - last >= 0.5:
            last = monotonic()
            note(what, done, total)

    note("", 0, 0)
    return progress


@contextmanager
def _signs_of_life(pk: int) -> Iterator[None]:
    """Note every few seconds that the worker lives, also while one step takes long.

    A thread has a connection of its own; inside a transaction (as in tests) none is started.
    """
    over = Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT):
                with writing():
                    Computation.objects.filter(pk=pk).update(beat_at=clock.now())
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


def _begin(pk: int) -> Computation | None:
    with transaction.atomic(), writing():
        computation = Computation.objects.select_for_update(of=("self",)).select_related("edition").get(pk=pk)
        if computation.state != "waiting":
            return None
        computation.state = "running"
        computation.attempts += 1
        computation.beat_at = clock.now()
        computation.save(update_fields=["state", "attempts", "beat_at"])
    return computation


def _said(*problems: Problem) -> list[dict[str, str]]:
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


def _finish(
    computation: Computation,
    state: str,
    *,
    folder: str = "",
    problems: list[dict[str, str]] | None = None,
    counted: Sequence[Counted] = (),
) -> None:
    target = Target(computation.edition.code)
    with act_of_the_system("results.computed", target=target) as record:
        computation.state = state
        computation.folder = folder
        computation.problems = problems or []
        computation.finished_at = clock.now()
        computation.save(update_fields=["state", "folder", "problems", "finished_at"])
        kept = keep_counts(computation.edition, counted) if state == "done" else 0
        record(
            subject=f"computation:{computation.number}",
            details={"state": state, "problems": len(problems or []), "counts": kept},
        )


def publish(
    *, by: Person, edition: Edition, computation: Computation, decision: str, reason: str, embargo_until: datetime
) -> Publication:
    """Freeze a computation as the next version. The first takes the edition from decided to published.

    Raises ProblemsFound, Impossible, Refused.
    """
    target = Target(edition.code)
    with act("results.publish", by=by, target=target) as record:
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if computation.edition_id != edition.pk or computation.state != "done":
            raise Impossible(NOT_COMPUTED)
        last = edition.publications.first()
        if last is None:
            move = move_named(EDITION_MOVES, "publish")
            check_move(move, edition.stage, "")
            edition.stage = move.after
            edition.save(update_fields=["stage"])
        line = files_root() / "publications" / edition.code
        folder = freeze(
            files_root() / computation.folder / "result",
            line,
            decision=decision,
            corrects=f"v{last.version}" if last else None,
            reason=reason or None,
            # The heads before this act: the act itself carries the seal, so it cannot be inside of it.
            heads=heads_of(edition.code),
        )
        publication = Publication.objects.create(
            edition=edition,
            version=(last.version if last else 0) + 1,
            computation=computation,
            decision=decision,
            reason=reason,
            embargo_until=embargo_until,
            published_at=clock.now(),
            published_by=by,
            folder=str(folder.relative_to(files_root())),
            digest=seal_in(folder),
        )
        record(
            subject=f"v{publication.version}",
            details={
                "decision": decision,
                "reason": reason,
                "seal": publication.digest,
                "embargo": embargo_until.isoformat(),
            },
        )
    return publication
