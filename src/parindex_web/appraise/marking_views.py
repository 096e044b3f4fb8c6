"""Pages of blind second marking: options, who marks as second, differences, agreement."""

from __future__ import annotations

import csv

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from parindex.documents.csv_rows import guarded
from parindex_web import clock
from parindex_web.accounts.models import Duty, Person
from parindex_web.accounts.permissions import Target
from parindex_web.appraise import actions
from parindex_web.appraise.agreement import agreements, chart_of, drift_means, drifts, kappa_means, twice_marked
from parindex_web.appraise.models import SecondMarker
from parindex_web.appraise.queries import OUTCOME_NAMES
from parindex_web.appraise.views import domain_names, done, frame_of
from parindex_web.editions.doors import SignedIn, edition_seen, for_people
from parindex_web.editions.models import Edition
from parindex_web.editions.programme import asked
from parindex_web.pages.languages import language, say
from parindex_web.pages.typed import whole_number


def _seen(request: SignedIn, edition: str) -> Edition:
    found = edition_seen(request, edition)
    if not request.rights.may("appraisal.agreement", Target(edition)):
        raise Http404
    return found


def _appraisers(edition: Edition) -> list[Person]:
    duties = Duty.objects.filter(role="appraiser", edition__in=["", edition.code], person__is_active=True)
    today = clock.today()
    people = {duty.person.pk: duty.person for duty in duties.select_related("person") if duty.holds_on(today)}
    return sorted(people.values(), key=lambda each: each.full_name)


@require_GET
@for_people
def agreement_page(request: SignedIn, edition: str) -> HttpResponse:
    """Which lines are marked twice, by whom, how the markers agree, and where they wait for a third."""
    found = _seen(request, edition)
    programme = asked(found)
    names = domain_names(programme)
    rows = twice_marked(programme, found)
    drift = drifts(programme, rows)
    context = {
        **frame_of(found),
        "blind": sorted(found.blind.values_list("node", flat=True)),
        "seconds": found.second_markers.filter(ended_at=None).select_related("person"),
        "people": _appraisers(found),
        "units": found.unit_files.all(),
        "domains": names,
        "agreements": [
            (names.get(each.domain), each, kappa_means(each.outcomes.kappa), kappa_means(each.points.kappa))
            for each in (agreements(rows, list(names)) if rows else ())
        ],
        "differences": [row for row in rows if row.marks.differ],
        "drifts": [(each, drift_means(each.mean)) for each in drift],
        "waiting": sum(row.marks.differ and row.marks.settled is None for row in rows),
        "chart": chart_of(drift, language()),
        "outcomes": OUTCOME_NAMES,
        "may_set": request.rights.may("appraisal.blind", Target(edition)),
    }
    return render(request, "appraise/agreement.html", context)


@require_GET
@for_people
def differences_csv(request: SignedIn, edition: str) -> HttpResponse:
    """Every line that was marked twice, as a table."""
    found = _seen(request, edition)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="markers.csv"'
    writer = csv.writer(response, lineterminator="\n")
    writer.writerow(
        ("unit", "node", "max_points", "first", "first_points", "second", "second_points", "settled", "differ")
    )
    for row in twice_marked(asked(found), found):
        marks = row.marks
        assert marks.first is not None and marks.second is not None
        cells = (
            row.line.unit_file.unit,
            row.line.node,
            format(row.max_points, "f"),
            marks.first.outcome,
            "" if row.first_points is None else format(row.first_points, "f"),
            marks.second.outcome,
            "" if row.second_points is None else format(row.second_points, "f"),
            marks.settled.outcome if marks.settled else "",
            "yes" if marks.differ else "no",
        )
        writer.writerow([guarded(cell) for cell in cells])
    return response


@require_POST
@for_people
def blind(request: SignedIn, edition: str) -> HttpResponse:
    found = _seen(request, edition)
    node, on = request.POST.get("node", "").strip(), request.POST.get("on") == "yes"
    done(
        request,
        lambda: actions.set_blind(by=request.user, edition=found, node=node, on=on),
        say("Đã lưu lựa chọn chấm hai lần.", "The choice of lines marked twice is saved."),
    )
    return HttpResponseRedirect(reverse("agreement", args=[edition]))


@require_POST
@for_people
def second_marker(request: SignedIn, edition: str) -> HttpResponse:
    found = _seen(request, edition)
    number, unit = request.POST.get("person", ""), request.POST.get("unit", "")
    person = get_object_or_404(Person, pk=whole_number(number) or 0)
    domains = [each for each in request.POST.getlist("domains") if each in domain_names(asked(found))]
    if unit and not found.unit_files.filter(unit=unit).exists():
        raise Http404
    done(
        request,
        lambda: actions.give_second_marking(by=request.user, edition=found, person=person, unit=unit, domains=domains),
        say("Đã giao chấm lần hai.", "The second marker is appointed."),
    )
    return HttpResponseRedirect(reverse("agreement", args=[edition]))


@require_POST
@for_people
def second_marker_end(request: SignedIn, edition: str, duty: int) -> HttpResponse:
    found = _seen(request, edition)
    each = get_object_or_404(SecondMarker, pk=duty, edition=found)
    done(
        request,
        lambda: actions.end_second_marking(by=request.user, duty=each),
        say("Đã thôi giao chấm lần hai.", "The duty as second marker has ended."),
    )
    return HttpResponseRedirect(reverse("agreement", args=[edition]))
