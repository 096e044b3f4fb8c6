"""The calendar of an edition: deadlines of all, more time for one unit, and the year as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from parindex.language import Text
from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.editions import actions
from parindex_web.editions.deadlines import deadline
from parindex_web.editions.doors import SignedIn, edition_seen, for_people, unit_file_seen
from parindex_web.editions.models import DEADLINES, Deadline, Edition, Extension, UnitFile
from parindex_web.editions.moves import STAGES, STANDINGS
from parindex_web.editions.programme import asked
from parindex_web.editions.steps import Impossible
from parindex_web.pages.languages import language, said, say
from parindex_web.pages.typed import time_typed
from parindex_web.steering.letters import DAY_NAMES, STEP_NAMES
from parindex_web.steering.time_left import TimeLeft, time_left
from parindex_web.steering.year_picture import YearPicture, year_picture

STEPS: Final = {**STEP_NAMES, "council": STAGES["council"]}
"""The steps that have a deadline, in the order of the year."""

_HELD_BY: Final = {
    "closes_on": "self_assessment",
    "appraisal_1_closes_on": "appraisal_1",
    "explanations_close_on": "explanation",
    "explanation_closes_on": "explanation",
    "appraisal_2_closes_on": "appraisal_2",
    "council_closes_on": "council",
}
"""Declared days that a deadline has replaced: only the deadline is drawn."""

FIELD_NAMES: Final = {
    "closes_at": Text("Hạn mới", "New deadline"),
    "unit": Text("Đơn vị", "Unit"),
    "what": Text("Bước", "Step"),
    "node": Text("Mã mục", "Line"),
    "until": Text("Hạn mới", "New deadline"),
    "reason": Text("Lý do", "Reason"),
    "reopen": Text("Mở lại hồ sơ", "Reopen the file"),
}

NEAR: Final = timedelta(days=150)
"""How far a declared day may be from every deadline and still be drawn beside them."""

REOPENS: Final = {"signed": "reopen", "explained": "ask_again"}
"""By standing of a file: the step that opens it again."""


@dataclass(frozen=True, slots=True)
class Step:
    """One deadline of all: when, and how long it is."""

    what: str
    name: Text
    closes_at: datetime | None

    @property
    def left(self) -> TimeLeft | None:
        return time_left(self.closes_at) if self.closes_at else None


@require_GET
@for_people
def calendar(request: SignedIn, edition: str) -> HttpResponse:
    """Every deadline, what was extended and why, and the forms to change them."""
    found = edition_seen(request, edition)
    typed = {"set": {"what": request.GET.get("set", "")}, "extend": {"unit": request.GET.get("unit", "")}}
    return _page(request, found, typed, {})


def _page(
    request: SignedIn, edition: Edition, typed: Mapping[str, Mapping[str, str]], wrong: Mapping[str, str]
) -> HttpResponse:
    """The calendar; with what was typed and what is wrong with it, by name of the field, after a form was refused."""
    given = {each.what: each.closes_at for each in edition.deadlines.all()}
    steps = [Step(what, name, given.get(what)) for what, name in STEPS.items()]
    units = request.rights.units(edition.code)
    extensions = Extension.objects.filter(unit_file__edition=edition).select_related("unit_file", "given_by")
    if units is not None:
        extensions = extensions.filter(unit_file__unit__in=units)
    declared = asked(edition).edition.calendar
    days = [(DAY_NAMES.get(name, Text(name, name)), day) for name, day in declared.items()]
    may_extend = request.rights.may("unit.reopen", Target(edition.code))
    context = {
        "edition": edition,
        "edition_name": edition.name_en if language() == "en" else edition.name_vi,
        "deadlines": steps,
        "days": sorted(days, key=lambda each: each[1]),
        "picture": _picture(steps, declared),
        "extensions": [
            {"row": each, "step": STEPS[each.what], "left": time_left(each.until)}
            for each in extensions.order_by("-given_at")
        ],
        "steps": STEP_NAMES,
        "may_set": request.rights.may("edition.deadline", Target(edition.code)),
        "may_extend": may_extend,
        "units": [
            (each.unit, each.name_en if language() == "en" else each.name_vi, STANDINGS[each.standing])
            for each in edition.unit_files.all()
        ]
        if may_extend
        else (),
        "typed": typed,
        "wrong": wrong,
        "problems": [(FIELD_NAMES[name], words) for name, words in wrong.items()],
    }
    return render(request, "steering/calendar.html", context, status=422 if wrong else 200)


def _picture(steps: list[Step], declared: Mapping[str, date]) -> YearPicture | None:
    days = [
        (timezone.localtime(each.closes_at).date(), Text(f"hết hạn {each.name.vi}", f"{each.name.en} closes"))
        for each in steps
        if each.closes_at
    ]
    held = {each.what for each in steps if each.closes_at}
    for name, day in declared.items():
        # A deadline that was moved by a year would squeeze the rest: days far from all deadlines stay in their list.
        near = not held or any(abs(day - other) <= NEAR for other, _ in days)
        if _HELD_BY.get(name) not in held and near:
            days.append((day, DAY_NAMES.get(name, Text(name, name))))
    return year_picture(days, clock.today())


def _said(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%H:%M, %d/%m/%Y") if at else say("chưa đặt", "not set")


def _no_time(text: str) -> str:
    if not text:
        return say("Chưa ghi thời điểm. Chọn ngày và giờ.", "No time is given. Choose day and hour.")
    return say(
        f'"{text}" không phải là một thời điểm. Chọn ngày và giờ, như 2024-01-31T17:00.',
        f'"{text}" is no time. Choose day and hour, like 2024-01-31T17:00.',
    )


@require_POST
@for_people
def deadlines(request: SignedIn, edition: str) -> HttpResponse:
    """Set the deadline of a step for all."""
    found = edition_seen(request, edition)
    typed = {name: request.POST.get(name, "").strip() for name in ("what", "closes_at")}
    what, at = typed["what"], time_typed(typed["closes_at"])
    if what not in DEADLINES:
        raise Http404
    request.rights.refuse_unless("edition.deadline", Target(edition))
    if at is None:
        return _page(request, found, {"set": typed}, {"closes_at": _no_time(typed["closes_at"])})
    before = Deadline.objects.filter(edition=found, what=what).values_list("closes_at", flat=True).first()
    actions.set_deadline(by=request.user, edition=found, what=what, closes_at=at)
    name = said(STEPS[what])
    messages.success(
        request,
        say(f"Hạn {name}: {_said(before)} → {_said(at)}.", f"Deadline of {name}: {_said(before)} → {_said(at)}."),
        extra_tags="good",
    )
    return HttpResponseRedirect(reverse("calendar", args=[edition]))


@require_POST
@for_people
def extend_unit(request: SignedIn, edition: str) -> HttpResponse:
    """More time for one unit or one of its lines; where asked, its file is opened again."""
    found = edition_seen(request, edition)
    request.rights.refuse_unless("unit.reopen", Target(edition))
    names = ("unit", "what", "node", "until", "reason", "reopen")
    typed = {name: request.POST.get(name, "").strip() for name in names}
    wrong = _wrong_extension(found, typed)
    if wrong:
        return _page(request, found, {"extend": typed}, wrong)
    unit_file = unit_file_seen(request, edition, typed["unit"])
    until = time_typed(typed["until"])
    assert until is not None
    try:
        actions.extend(
            by=request.user,
            unit_file=unit_file,
            what=typed["what"],
            until=until,
            reason=typed["reason"],
            node=typed["node"],
            reopen=REOPENS.get(unit_file.standing, "") if typed["reopen"] else "",
        )
    except Impossible as impossible:
        return _page(
            request, found, {"extend": typed}, {"reopen" if typed["reopen"] else "until": impossible.words(language())}
        )
    messages.success(request, _extended(unit_file, typed, until), extra_tags="good")
    return HttpResponseRedirect(reverse("calendar", args=[edition]) + "#extensions")


def _extended(unit_file: UnitFile, typed: Mapping[str, str], until: datetime) -> str:
    unit = unit_file.name_en if language() == "en" else unit_file.name_vi
    step = said(STEPS[typed["what"]])
    told = say(f"Đã gia hạn {step} cho {unit} đến {_said(until)}.", f"{unit} has until {_said(until)} for {step}.")
    if not typed["reopen"]:
        return told
    if unit_file.standing in REOPENS:
        return told + say(" Hồ sơ đã mở lại.", " The file is open again.")
    standing = said(STANDINGS[unit_file.standing])
    return told + say(f" Hồ sơ {standing} nên không cần mở lại.", f" The file is {standing}: it needed no reopening.")


def _wrong_extension(edition: Edition, typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with an extension as typed, by name of the field: what stands there, why, what to do."""
    wrong = {}
    unit_file = edition.unit_files.filter(unit=typed["unit"]).first()
    if unit_file is None:
        wrong["unit"] = (
            say(f'Kỳ này không có đơn vị "{typed["unit"]}".', f'This edition has no unit "{typed["unit"]}".')
            if typed["unit"]
            else say("Chưa chọn đơn vị.", "No unit is chosen.")
        ) + say(" Chọn trong danh sách.", " Choose one of the list.")
    elif typed["node"] and not unit_file.lines.filter(node=typed["node"]).exists():
        wrong["node"] = say(
            f'Không có mục "{typed["node"]}" trong hồ sơ của đơn vị. Ghi mã như 1.1, hoặc để trống cho cả hồ sơ.',
            f'The unit has no line "{typed["node"]}". Write a code like 1.1, or leave it empty for the whole file.',
        )
    if typed["what"] not in STEP_NAMES:
        wrong["what"] = say("Chưa chọn bước. Chọn trong danh sách.", "No step is chosen. Choose one of the list.")
    until = time_typed(typed["until"])
    common = deadline(edition, typed["what"])
    if until is None:
        wrong["until"] = _no_time(typed["until"])
    elif until <= clock.now():
        wrong["until"] = say(
            f"{_said(until)} đã qua. Gia hạn cho thêm thời gian từ bây giờ. Chọn một thời điểm sau lúc này.",
            f"{_said(until)} has passed. More time begins now. Choose a time that is still to come.",
        )
    elif common is None and typed["what"] in STEP_NAMES:
        wrong["what"] = say(
            "Bước này chưa có hạn chung nên chưa khóa với ai. Đặt hạn chung trước.",
            "This step has no deadline of all, so it is closed to nobody. Set that deadline first.",
        )
    elif common is not None and until <= common:
        wrong["until"] = say(
            f"{_said(until)} không muộn hơn hạn chung ({_said(common)}) nên không cho thêm thời gian. "
            "Chọn một thời điểm sau hạn chung.",
            f"{_said(until)} is not later than the deadline of all ({_said(common)}), so it gives no more time. "
            "Choose a time after the deadline of all.",
        )
    if not typed["reason"]:
        wrong["reason"] = say(
            "Chưa ghi lý do. Gia hạn vào nhật ký kèm lý do, đơn vị đọc được. Ghi một câu.",
            "No reason is given. More time goes on record with its reason, which the unit can read. Write a sentence.",
        )
    return wrong
