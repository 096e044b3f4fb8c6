"""Which edition, computation and publication an address names, opened for reading. Results never change."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from parindex.documents.csv_rows import guarded
from parindex.results.result import Result, read_result
from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.editions.doors import SignedIn, edition_seen
from parindex_web.editions.models import Edition
from parindex_web.pages.languages import language
from parindex_web.results.actions import files_root
from parindex_web.results.models import Computation, Publication


def edition_of_results(request: SignedIn, edition: str) -> Edition:
    """The edition, for those who see results before publication. Raises Http404."""
    if not request.rights.may("results.see", Target(edition)):
        raise Http404
    return edition_seen(request, edition)


def frame(edition: Edition) -> dict[str, Any]:
    return {"edition": edition, "edition_name": edition.name_en if language() == "en" else edition.name_vi}


def computation_seen(request: SignedIn, edition: str, number: int) -> tuple[Edition, Computation]:
    found = edition_of_results(request, edition)
    return found, get_object_or_404(Computation.objects.select_related("asked_by"), edition=found, number=number)


def result_of(computation: Computation | None) -> Result | None:
    """What a computation gave; None where it gave nothing."""
    if computation is None or computation.state != "done" or computation.finished_at is None:
        return None
    return _result(files_root() / computation.folder / "result", computation.finished_at)


@lru_cache(maxsize=4)
def _result(folder: Path, finished: datetime) -> Result:
    del finished
    return read_result(folder)


@lru_cache(maxsize=4)
def published_result(folder: Path) -> Result:
    return read_result(folder)


def publications_seen(request: SignedIn, edition: Edition) -> list[Publication]:
    """The publications that a person may see now, newest first."""
    publications = edition.publications.all()
    if not request.rights.may("results.see", Target(edition.code)):
        publications = publications.filter(embargo_until__lte=clock.now())
    return list(publications)


def names_of(edition: Edition) -> dict[str, str]:
    """The names of units in the language of the page."""
    field = "name_en" if language() == "en" else "name_vi"
    return dict(edition.unit_files.values_list("unit", field))


def as_csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
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
