"""Writes on results: asking for a computation, noting how far it is, publishing."""

from __future__ import annotations

import secrets
import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from parindex.language import LANGUAGES, Text
from parindex.problems import ProblemKind, ProblemsFound
from parindex.publication.freeze import publish as freeze
from parindex.publication.freeze import seal_in
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act, act_of_the_system
from parindex_web.audit.guard import writing
from parindex_web.editions.models import Edition
from parindex_web.editions.moves import EDITION_MOVES, move_named
from parindex_web.editions.steps import Impossible, check_move
from parindex_web.results.exporting import export_edition
from parindex_web.results.models import Computation, Publication

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

ATTEMPTS = 3


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
    task.enqueue(pk)  # type: ignore[attr-defined]


def run_computation(pk: int) -> None:
    """Export the folder, read, compute and write results. Safe to run again after a worker was killed."""
    from parindex.results.compute import compute
    from parindex.results.reading import read_edition
    from parindex.results.result import write_result

    computation = _begin(pk)
    if computation is None:
        return
    place = files_root() / "computations" / computation.edition.code / str(computation.number)
    attempt = place.with_name(f".{place.name}.{secrets.token_hex(6)}")

    def progress(what: str, done: int, total: int) -> None:
        with writing():
            Computation.objects.filter(pk=pk).update(doing=what[:200], done=done, total=total)

    try:
        export_edition(computation.edition, attempt / "edition", progress=progress)
        inputs = read_edition(attempt / "edition", progress=progress)
        result = compute(inputs, progress=progress)
        write_result(result, attempt / "result")
        shutil.rmtree(place, ignore_errors=True)
        attempt.rename(place)
    except ProblemsFound as found:
        said = [{str(language): problem.words(language) for language in LANGUAGES} for problem in found.problems]
        _finish(computation, "failed", problems=said)
    else:
        _finish(computation, "done", folder=str(place.relative_to(files_root())))
    finally:
        shutil.rmtree(attempt, ignore_errors=True)


def _begin(pk: int) -> Computation | None:
    with transaction.atomic(), writing():
        computation = Computation.objects.select_for_update(of=("self",)).select_related("edition").get(pk=pk)
        if computation.state in ("done", "failed"):
            return None
        computation.state = "running"
        computation.attempts += 1
        computation.save(update_fields=["state", "attempts"])
    return computation


def _finish(
    computation: Computation, state: str, *, folder: str = "", problems: list[dict[str, str]] | None = None
) -> None:
    target = Target(computation.edition.code)
    with act_of_the_system("results.computed", target=target) as record:
        computation.state = state
        computation.folder = folder
        computation.problems = problems or []
        computation.finished_at = clock.now()
        computation.save(update_fields=["state", "folder", "problems", "finished_at"])
        record(subject=f"computation:{computation.number}", details={"state": state, "problems": len(problems or [])})


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
