"""Writes on results: asking for a computation or a publication, and what the worker then does."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from parindex.editions import read_edition
from parindex.language import Text
from parindex.problems import Problem, ProblemKind, ProblemsFound
from parindex.publication.exports import FORMATS
from parindex.publication.freeze import publish as freeze
from parindex.publication.freeze import seal_in
from parindex.publication.release import folder_name
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
from parindex_web.editions.steps import Impossible, check_move, short
from parindex_web.results.exporting import Progress, export_edition
from parindex_web.results.models import Computation, Freezing, Publication
from parindex_web.results.work import BROKE, begun, ended, progress_in, running, said, signs_of_life, taken_over

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
ALREADY_FREEZING = ProblemKind(
    "WEB-FREEZING",
    what=Text("một bản công bố đang được đóng băng.", "a publication is being frozen."),
    why=Text("Các bản công bố nối tiếp nhau.", "Versions follow one another."),
    remedy=Text("Chờ bản này xong.", "Wait until it is done."),
)


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


def begin_again() -> list[Computation | Freezing]:
    """Queue all work again whose worker was killed; what was begun too often fails.

    Called by workers between two tasks: whoever lives takes over from whoever died.
    """
    from parindex_web.results.tasks import compute_edition, freeze_publication

    return [
        *taken_over(
            Computation,
            enqueue=partial(_enqueue, compute_edition),
            give_up=lambda work, problem: _computed(work, "failed", problems=[problem]),
        ),
        *taken_over(
            Freezing,
            enqueue=partial(_enqueue, freeze_publication),
            give_up=lambda work, problem: _not_frozen(work, problem),
        ),
    ]


def run_computation(pk: int) -> None:
    """Export the folder, read, compute and write results. Safe to run again after a worker was killed."""
    from parindex.results.compute import compute
    from parindex.results.result import write_result

    computation = begun(Computation, pk)
    if computation is None:
        return
    place = files_root() / "computations" / computation.edition.code / str(computation.number)
    attempt = place.with_name(f".{place.name}.{secrets.token_hex(6)}")
    for left in place.parent.glob(f".{place.name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        with signs_of_life(computation):
            export_edition(computation.edition, attempt / "edition", progress=progress_in(computation, "export"))
            inputs = read_edition(attempt / "edition", progress=progress_in(computation, "read"))
            result = compute(inputs, progress=progress_in(computation, "compute"))
            progress_in(computation, "write")
            write_result(result, attempt / "result")
        with transaction.atomic():
            # A worker that hung so long that another took over brings nothing more: what is finished stays.
            if not running(computation).select_for_update().exists():
                return
            shutil.rmtree(place, ignore_errors=True)
            attempt.rename(place)
            _computed(computation, "done", folder=str(place.relative_to(files_root())), counted=result.counted)
    except ProblemsFound as found:
        if running(computation).exists():
            _computed(computation, "failed", problems=found.problems)
    except Exception as error:
        # A fault of the program: it is on the log with its place; the page says so and nothing is left running.
        if running(computation).exists():
            _computed(computation, "failed", problems=[Impossible(BROKE, name=type(error).__name__).problem])
        raise
    finally:
        shutil.rmtree(attempt, ignore_errors=True)


def _computed(
    computation: Computation,
    state: str,
    *,
    folder: str = "",
    problems: Sequence[Problem] = (),
    counted: Sequence[Counted] = (),
) -> None:
    with act_of_the_system("results.computed", target=Target(computation.edition.code)) as record:
        computation.folder = folder
        ended(computation, state, said(*problems))
        kept = keep_counts(computation.edition, counted) if state == "done" else 0
        record(
            subject=f"computation:{computation.number}",
            details={"state": state, "problems": len(problems), "counts": kept},
        )


def publish(
    *, by: Person, edition: Edition, computation: Computation, decision: str, reason: str, embargo_until: datetime
) -> Freezing:
    """Ask for a computation to be frozen as the next version; the work begins when this is committed.

    Raises Impossible, Refused.
    """
    from parindex_web.results.tasks import freeze_publication

    decision, reason = short(decision, 200), short(reason)
    with act("results.publish", by=by, target=Target(edition.code)) as record:
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if computation.edition_id != edition.pk or computation.state != "done":
            raise Impossible(NOT_COMPUTED)
        if edition.freezings.filter(state__in=["waiting", "running"]).exists():
            raise Impossible(ALREADY_FREEZING)
        last = edition.publications.first()
        if last is None:
            check_move(move_named(EDITION_MOVES, "publish"), edition.stage, "")
        freezing = Freezing.objects.create(
            edition=edition,
            computation=computation,
            version=(last.version if last else 0) + 1,
            decision=decision,
            reason=reason,
            embargo_until=embargo_until,
            asked_at=clock.now(),
            asked_by=by,
        )
        record(
            subject=f"v{freezing.version}",
            details={
                "computation": computation.number,
                "decision": decision,
                "reason": reason,
                "embargo": embargo_until.isoformat(),
            },
        )
        transaction.on_commit(lambda: _enqueue(freeze_publication, freezing.pk))
    return freezing


def run_freezing(pk: int) -> None:
    """Verify the results and freeze them. Safe to run again after a worker was killed."""
    freezing = begun(Freezing, pk)
    if freezing is None:
        return
    edition, version = freezing.edition, freezing.version
    line = files_root() / "publications" / edition.code
    # A version that no row names was never published: the worker was killed before it could say so.
    if not edition.publications.filter(version=version).exists():
        shutil.rmtree(line / folder_name(version), ignore_errors=True)
    try:
        with signs_of_life(freezing):
            folder = freeze(
                files_root() / freezing.computation.folder / "result",
                line,
                decision=freezing.decision,
                corrects=f"v{version - 1}" if version > 1 else None,
                reason=freezing.reason or None,
                # The act of publishing is among them; what is recorded of the frozen version carries the seal, so it
                # cannot be inside of it.
                heads=heads_of(edition.code),
                progress=_freezing_progress(freezing),
            )
        _frozen(freezing, folder)
    except ProblemsFound as found:
        _not_frozen(freezing, *found.problems)
    except Impossible as impossible:
        # The edition was moved back in the meantime: nothing is published.
        shutil.rmtree(line / folder_name(version), ignore_errors=True)
        _not_frozen(freezing, impossible.problem)
    except Exception as error:
        _not_frozen(freezing, Impossible(BROKE, name=type(error).__name__).problem)
        raise


def _freezing_progress(freezing: Freezing) -> Progress:
    """Units while the results are verified, then formats."""
    verifying = progress_in(freezing, "verify")
    writes: Progress | None = None

    def progress(what: str, done: int, total: int) -> None:
        nonlocal writes
        if what not in FORMATS:
            verifying(what, done, total)
            return
        writes = writes or progress_in(freezing, "freeze")
        writes(what, done, total)

    return progress


def _frozen(freezing: Freezing, folder: Path) -> None:
    """The version is there: it gets its row, and the first takes the edition from decided to published."""
    edition = freezing.edition
    with act_of_the_system("results.frozen", target=Target(edition.code)) as record:
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if freezing.version == 1:
            move = move_named(EDITION_MOVES, "publish")
            check_move(move, edition.stage, "")
            edition.stage = move.after
            edition.save(update_fields=["stage"])
        freezing.publication = Publication.objects.create(
            edition=edition,
            version=freezing.version,
            computation=freezing.computation,
            decision=freezing.decision,
            reason=freezing.reason,
            embargo_until=freezing.embargo_until,
            published_at=clock.now(),
            published_by=freezing.asked_by,
            folder=str(folder.relative_to(files_root())),
            digest=seal_in(folder),
        )
        ended(freezing, "done", [])
        record(subject=f"v{freezing.version}", details={"state": "done", "seal": freezing.publication.digest})


def _not_frozen(freezing: Freezing, *problems: Problem) -> None:
    with act_of_the_system("results.frozen", target=Target(freezing.edition.code)) as record:
        freezing.publication = None
        ended(freezing, "failed", said(*problems))
        record(subject=f"v{freezing.version}", details={"state": "failed", "problems": len(problems)})
