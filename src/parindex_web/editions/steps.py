"""Taking a step of the table of moves, inside an act, and what to say when it cannot be taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from parindex.language import Language, Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex_web import clock
from parindex_web.editions.models import UnitFile
from parindex_web.editions.moves import LINE_STANDINGS, STAGES, STANDINGS, Move

MOVE_IMPOSSIBLE = ProblemKind(
    "WEB-MOVE",
    what=Text('không thể "{move}" khi đang ở bước "{standing}".', '"{move}" cannot be done at the step "{standing}".'),
    why=Text("Bước này theo sau bước khác.", "It follows another step."),
    remedy=Text("Tải lại trang để xem bước hiện tại.", "Load the page again to see the present step."),
)
REASON_MISSING = ProblemKind(
    "WEB-REASON",
    what=Text("chưa ghi lý do.", "no reason is given."),
    why=Text("Bước này được ghi vào nhật ký kèm lý do.", "This step goes on record with its reason."),
    remedy=Text("Ghi lý do.", "Write the reason."),
)


TEXT_LONG = ProblemKind(
    "WEB-TEXT-LONG",
    what=Text("nội dung dài {found} ký tự, nhiều nhất {most}.", "the text has {found} characters, at most {most}."),
    why=Text("Nội dung được in vào văn bản và ghi vào nhật ký.", "It is printed in documents and goes on record."),
    remedy=Text("Rút gọn; phần còn lại đưa vào tài liệu.", "Shorten it; put the rest into a document."),
)
LONGEST: Final = 4_000
"""Characters of a reason, an explanation, a motion: two pages."""


class Impossible(Exception):
    """An act that cannot be done now; carries what to tell the person."""

    def __init__(self, kind: ProblemKind, **values: object):
        super().__init__(kind.code)
        problems = Problems()
        problems.add(kind, Place(""), **values)
        self.problem = problems.sorted()[0]

    def words(self, language: Language) -> str:
        """What to tell the person: what cannot be, why, and what to do."""
        return self.problem.words(language)


def listed(first: Sequence[Text], count: int, others: Text) -> Text:
    """The names of the first of `count` things; `others` says what the remaining ones are, after their number."""
    more = count - len(first)
    vi, en = ", ".join(each.vi for each in first), ", ".join(each.en for each in first)
    return Text(f"{vi} và {more} {others.vi}", f"{en} and {more} {others.en}") if more > 0 else Text(vi, en)


def short(text: str, most: int = LONGEST) -> str:
    """The text without space around it. Raises Impossible where nobody would read it."""
    text = text.strip()
    if len(text) > most:
        raise Impossible(TEXT_LONG, found=len(text), most=most)
    return text


def locked(unit_file: UnitFile) -> UnitFile:
    """The file as it stands, held until the transaction ends."""
    return UnitFile.objects.select_for_update(of=("self",)).select_related("edition").get(pk=unit_file.pk)


def step(unit_file: UnitFile, move: Move, reason: str) -> None:
    """Take a move on a locked file, inside an act. Raises Impossible."""
    if unit_file.edition.stage not in move.stages:
        raise Impossible(MOVE_IMPOSSIBLE, move=move.says, standing=standing_said(unit_file.edition.stage))
    check_move(move, unit_file.standing, reason)
    unit_file.standing = move.after
    unit_file.moved_at = clock.now()
    unit_file.save(update_fields=["standing", "moved_at"])


def check_move(move: Move, standing: str, reason: str) -> None:
    if standing != move.before:
        raise Impossible(MOVE_IMPOSSIBLE, move=move.says, standing=standing_said(standing))
    if not short(reason) and move.reason:
        raise Impossible(REASON_MISSING)


def standing_said(standing: str) -> Text:
    """The words for a stage or standing."""
    return {**STAGES, **STANDINGS, **LINE_STANDINGS}[standing]
