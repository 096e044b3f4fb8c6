"""Computations, what they give and change, publishing, and downloads."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from parindex.documents.csv_rows import guarded
from parindex.problems import ProblemsFound
from parindex.results.result import Result, read_result
from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.appraise.queries import ROUND_NAMES
from parindex_web.editions.doors import SignedIn, edition_seen, for_people
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, say
from parindex_web.results import actions
from parindex_web.results.exporting import export_edition
from parindex_web.results.models import Computation, Publication
from parindex_web.results.packing import zipped
from parindex_web.results.review import ROUNDS, RoundRow, changes_between, index_of, rounds_of


def _seen(request: SignedIn, edition: str) -> Edition:
    if not request.rights.may("results.see", Target(edition)):
        raise Http404
    return edition_seen(request, edition)


def _frame(edition: Edition) -> dict[str, Any]:
    return {"edition": edition, "edition_name": edition.name_en if language() == "en" else edition.name_vi}


@lru_cache(maxsize=4)
def _result(folder: Path, finished: datetime) -> Result:
    """The tables of a finished computation; they never change."""
    del finished
    return read_result(folder)


def result_of(computation: Computation) -> Result | None:
    """What a computation gave; None where it gave nothing."""
    if computation.state != "done" or computation.finished_at is None:
        return None
    return _result(actions.files_root() / computation.folder / "result", computation.finished_at)


@require_GET
@for_people
def results(request: SignedIn, edition: str) -> HttpResponse:
    """What was computed and published."""
    found = _seen(request, edition)
    target = Target(edition)
    computations = list(found.computations.select_related("asked_by")[:20])
    running = any(each.state in ("waiting", "running") for each in computations)
    now = clock.now()
    publications = list(found.publications.select_related("published_by", "computation"))
    context = {
        **_frame(found),
        "computations": [(each, actions.is_stale(each, now)) for each in computations],
        "running": running,
        "publications": [(each, each.embargo_until > now) for each in publications],
        "may_compute": request.rights.may("results.compute", target) and not running,
        "may_publish": request.rights.may("results.publish", target) and found.stage in ("decided", "published"),
        "may_export": request.rights.may("edition.export", target),
        "ready": next((each for each in computations if each.state == "done"), None),
    }
    return render(request, "results/results.html", context)


@require_POST
@for_people
def compute(request: SignedIn, edition: str) -> HttpResponse:
    found = _seen(request, edition)
    try:
        actions.ask_computation(by=request.user, edition=found)
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    return HttpResponseRedirect(reverse("results", args=[edition]))


def _computation(request: SignedIn, edition: str, number: int) -> tuple[Edition, Computation]:
    found = _seen(request, edition)
    return found, get_object_or_404(Computation, edition=found, number=number)


def _units(edition: Edition) -> dict[str, UnitFile]:
    return {file.unit: file for file in edition.unit_files.all()}


@require_GET
@for_people
def computation(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """The ranking that a computation gives, what changed since the one before, or why it gave none."""
    found, each = _computation(request, edition, number)
    result = result_of(each)
    names = _units(found)
    before = found.computations.filter(state="done", number__lt=number).first()
    earlier = result_of(before) if before is not None and result is not None else None
    ranks = sorted(result.ranks, key=lambda row: (row.list, row.rank or 10**6)) if result else []
    context = {
        **_frame(found),
        "computation": each,
        "stale": actions.is_stale(each, clock.now()),
        "ranks": [(row, names.get(row.unit)) for row in ranks],
        "before": before,
        "changes": [(row, names.get(row.unit)) for row in changes_between(earlier, result)]
        if earlier is not None and result is not None
        else [],
        "decimals": result.edition.settings.publish_decimals if result else 2,
    }
    return render(request, "results/computation.html", context)


@require_GET
@for_people
def changes_csv(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """What changed since the computation before, line by line."""
    found, each = _computation(request, edition, number)
    result = result_of(each)
    before = found.computations.filter(state="done", number__lt=number).first()
    earlier = result_of(before) if before is not None else None
    if result is None or earlier is None:
        raise Http404
    rows: list[Sequence[object]] = []
    for row in changes_between(earlier, result):
        rows.append((row.unit, "index", row.before, row.after, row.rank_before, row.rank_after))
        rows.extend((row.unit, node, old, new, None, None) for node, old, new in row.lines)
    return _csv("changes.csv", ("unit", "node", "before", "after", "rank_before", "rank_after"), rows)


@require_GET
@for_people
def rounds(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """What every round changed, by unit, and by domain where asked."""
    found, each = _computation(request, edition, number)
    result = result_of(each)
    if result is None:
        raise Http404
    domain = request.GET.get("domain", "")
    domains = {node.code: node.name for unit_list in result.edition.lists for node in unit_list.framework.domains}
    if domain and domain not in domains:
        raise Http404
    names = _units(found)
    rows = [row for row in rounds_of(result) if row.domain == domain]
    sort = request.GET.get("sort", "")
    rows.sort(key=lambda row: _sorting(row, sort, names))
    means = {stage: _mean([row.points[stage] for row in rows]) for stage in ROUNDS}
    context = {
        **_frame(found),
        "computation": each,
        "rows": [(row, names.get(row.unit)) for row in rows],
        "index": index_of(result),
        "means": list(means.values()),
        "stages": [("self", say("tự chấm", "claimed")), *((s, ROUND_NAMES[s].in_(language())) for s in ROUNDS[1:])],
        "domains": domains,
        "domain": domain,
        "sort": sort,
    }
    return render(request, "results/rounds.html", context)


def _sorting(row: RoundRow, sort: str, names: Mapping[str, UnitFile]) -> tuple[Any, ...]:
    order = names[row.unit].order if row.unit in names else 10**6
    if sort == "taken":
        return (row.taken is None, row.taken or Decimal(0), order)
    if sort in ROUNDS:
        value = row.points[sort]
        return (value is None, -(value or Decimal(0)), order)
    return (order,)


def _mean(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [each for each in values if each is not None]
    return sum(known, Decimal(0)) / len(known) if known else None


@require_GET
@for_people
def rounds_csv(request: SignedIn, edition: str, number: int) -> HttpResponse:
    """All units x domains x rounds as a table; domain empty: the whole."""
    _, each = _computation(request, edition, number)
    result = result_of(each)
    if result is None:
        raise Http404
    rows = [(row.unit, row.domain, *row.stages, row.taken) for row in rounds_of(result)]
    return _csv("rounds.csv", ("unit", "domain", *ROUNDS, "taken"), rows)


def _csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(each) for each in row])
    return response


def _cell(value: object) -> str:
    if value is None:
        return ""
    # A number is no formula, whatever its sign.
    return format(value, "f") if isinstance(value, Decimal) else guarded(str(value))


@require_POST
@for_people
def publish(request: SignedIn, edition: str) -> HttpResponse:
    found = _seen(request, edition)
    back = HttpResponseRedirect(reverse("results", args=[edition]))
    number = request.POST.get("computation", "")
    each = found.computations.filter(number=int(number)).first() if number.isdigit() else None
    decision = request.POST.get("decision", "").strip()
    if each is None or not decision:
        messages.error(request, say("Chưa ghi số quyết định.", "The decision is missing."), extra_tags="bad")
        return back
    given = request.POST.get("embargo", "").strip()
    try:
        embargo = _moment(given) if given else clock.now()
        made = actions.publish(
            by=request.user,
            edition=found,
            computation=each,
            decision=decision,
            reason=request.POST.get("reason", "").strip(),
            embargo_until=embargo,
        )
    except Impossible as impossible:
        messages.error(request, impossible.words(language()), extra_tags="bad")
    except ProblemsFound as problems:
        for problem in problems.problems:
            messages.error(request, problem.words(language()), extra_tags="bad")
    else:
        messages.success(request, say(f"Đã công bố v{made.version}.", f"Version v{made.version} is published."), "good")
    return back


def _moment(text: str) -> datetime:
    """A time in Vietnam. A wrong one must not become "now": what is under embargo would be public at once."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())
    except ValueError:
        raise Impossible(actions.EMBARGO_PAST, text=text) from None


@require_GET
@for_people
def published(request: SignedIn, edition: str) -> HttpResponse:
    """The published ranking, for everybody of the edition when its embargo is over."""
    found = edition_seen(request, edition)
    publication = _shown(request, found)
    if publication is None:
        raise Http404
    result = _published(actions.files_root() / publication.folder)
    names = _units(found)
    context = {
        **_frame(found),
        "publication": publication,
        "embargo": publication.embargo_until > clock.now(),
        "ranks": [
            (row, names.get(row.unit)) for row in sorted(result.ranks, key=lambda row: (row.list, row.rank or 10**6))
        ],
        "decimals": result.edition.settings.publish_decimals,
    }
    return render(request, "results/published.html", context)


@lru_cache(maxsize=4)
def _published(folder: Path) -> Result:
    return read_result(folder)


def _shown(request: SignedIn, edition: Edition, version: int | None = None) -> Publication | None:
    """The publication (the newest, or a version) that a person may see now."""
    publications = edition.publications.all()
    if version is not None:
        publications = publications.filter(version=version)
    if not request.rights.may("results.see", Target(edition.code)):
        publications = publications.filter(embargo_until__lte=clock.now())
    return publications.first()


@require_GET
@for_people
def publication_zip(request: SignedIn, edition: str, version: int) -> HttpResponseBase:
    """A whole publication as one .zip."""
    found = edition_seen(request, edition)
    publication = _shown(request, found, version)
    if publication is None:
        raise Http404
    folder = actions.files_root() / publication.folder
    return _zip(zipped(folder, folder.name), f"v{version}.zip")


@require_GET
@for_people
def edition_zip(request: SignedIn, edition: str) -> HttpResponseBase:
    """The whole edition folder as it stands now, for the library and for keeping."""
    if not request.rights.may("edition.export", Target(edition)):
        raise Http404
    found = edition_seen(request, edition)
    root = Path(tempfile.mkdtemp(prefix="export-", dir=_room()))
    try:
        export_edition(found, root / "edition", progress=lambda what, done, total: None)
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)
        raise
    return _zip(_then_removed(root), "edition.zip")


def _room() -> Path:
    room = actions.files_root() / "exports"
    room.mkdir(parents=True, exist_ok=True)
    return room


def _then_removed(root: Path) -> Iterator[bytes]:
    try:
        yield from zipped(root / "edition", "edition")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _zip(pieces: Iterator[bytes], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
