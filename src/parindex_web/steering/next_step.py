"""The next step of an edition: what it does, what forbids it now, and what one should know before taking it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from parindex.language import Text
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.editions.models import Edition
from parindex_web.editions.moves import EDITION_MOVES, STANDINGS, Move
from parindex_web.pages.languages import language
from parindex_web.steering.actions import refusal_of
from parindex_web.steering.letters import STEP_NAMES
from parindex_web.steering.progress import UNSIGNED, UnitProgress

DOES: Final = {
    "open": Text(
        "Các đơn vị bắt đầu tự chấm, tải tài liệu kiểm chứng và trình phê duyệt.",
        "Units begin to fill in their file, upload evidence and have it signed.",
    ),
    "appraise": Text(
        "Người thẩm định bắt đầu chấm hồ sơ đã phê duyệt. Đơn vị chưa phê duyệt vẫn tự chấm được đến hạn của mình.",
        "Appraisers begin with the signed files. Units that have not signed may go on until their own deadline.",
    ),
    "convene": Text(
        "Thẩm định kết thúc; hội đồng họp, biểu quyết các mục được trình và toàn bộ kết quả.",
        "The appraisal ends; the council sits and votes on the lines put to it and on the whole result.",
    ),
    "decide": Text(
        "Ghi quyết định của hội đồng. Sau đó tính kết quả và công bố.",
        "The decision of the council is recorded. Results are computed and published after it.",
    ),
    "publish": Text(
        "Kết quả được đóng băng thành bản công bố, kèm số quyết định và thời điểm công bố.",
        "The results are frozen as a publication, with the decision and the time from which they are public.",
    ),
}
"""What a step does, said before it is taken."""


@dataclass(frozen=True, slots=True)
class Known:
    """Something that one should know before a step; `url` leads to it."""

    count: int | None
    says: Text
    url: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that may be taken from here. `forbidden`: why it cannot be taken now, in words; "" where it can."""

    move: Move
    does: Text
    forbidden: str
    known: tuple[Known, ...]
    page: str
    """Where the step has a page of its own; "" where a button takes it."""


def next_steps(edition: Edition, rows: Sequence[UnitProgress], rights: Rights) -> tuple[NextStep | None, list[Move]]:
    """The step forward, if the person may take it, and the steps back. `rows`: all units of the edition."""
    mine = [
        each for each in EDITION_MOVES if each.before == edition.stage and rights.may(each.act, Target(edition.code))
    ]
    forward = next((each for each in mine if not each.reason), None)
    back = [each for each in mine if each.reason]
    if forward is None:
        return None, back
    refusal = refusal_of(edition, forward.name)
    return (
        NextStep(
            forward,
            DOES[forward.name],
            refusal.words(language()) if refusal else "",
            tuple(_known(edition, forward.name, rows)),
            reverse("results", args=[edition.code]) if forward.name == "publish" else "",
        ),
        back,
    )


def _known(edition: Edition, name: str, rows: Sequence[UnitProgress]) -> Iterator[Known]:
    page = reverse("edition", args=[edition.code])
    count = {code: sum(row.unit_file.standing == code for row in rows) for code in STANDINGS}
    if name == "open":
        set_ = {each.what for each in edition.deadlines.all()}
        missing = [STEP_NAMES[what] for what in STEP_NAMES if what not in set_]
        if missing:
            vi, en = (", ".join(each.in_(code) for each in missing) for code in ("vi", "en"))
            yield Known(
                len(missing),
                Text(f"bước chưa đặt thời hạn: {vi}", f"steps have no deadline: {en}"),
                reverse("calendar", args=[edition.code]),
            )
    unsigned = sum(count[code] for code in UNSIGNED)
    if name == "appraise" and unsigned:
        yield Known(
            unsigned,
            Text("đơn vị chưa phê duyệt hồ sơ", "units have not signed their file"),
            f"{page}?standing=unsigned",
        )
    if name == "convene":
        for code in ("signed", "appraised_1", "explaining", "explained"):
            if count[code]:
                says = Text(f"đơn vị {STANDINGS[code].vi}", f"units: {STANDINGS[code].en}")
                yield Known(count[code], says, f"{page}?standing={code}")
        if unsigned:
            says = Text(
                "đơn vị chưa phê duyệt hồ sơ: sẽ không có điểm tự chấm",
                "units have not signed: they stay without points of their own",
            )
            yield Known(unsigned, says, f"{page}?standing=unsigned")
    if name == "decide":
        says = Text("Xem các phiên họp của hội đồng", "See the sessions of the council")
        yield Known(None, says, reverse("council", args=[edition.code]))
