"""The table of moves: which step may follow which. Pages, actions and both databases follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from parindex.language import Text

Stage = Literal["preparing", "open", "appraisal", "council", "decided", "published"]
Standing = Literal["draft", "consolidated", "signed", "appraised_1", "explaining", "explained", "appraised_2"]
LineStanding = Literal["open", "handed_in", "returned"]

STAGES: Final[Mapping[str, Text]] = {
    "preparing": Text("chuẩn bị", "in preparation"),
    "open": Text("tự đánh giá", "self-assessment"),
    "appraisal": Text("thẩm định", "appraisal"),
    "council": Text("hội đồng", "council"),
    "decided": Text("đã quyết định", "decided"),
    "published": Text("đã công bố", "published"),
}
STANDINGS: Final[Mapping[str, Text]] = {
    "draft": Text("đang tự chấm", "being filled in"),
    "consolidated": Text("đã tổng hợp, chờ phê duyệt", "consolidated, to be signed"),
    "signed": Text("đã phê duyệt, khóa", "signed and locked"),
    "appraised_1": Text("đã thẩm định lần 1", "appraised once"),
    "explaining": Text("đang giải trình", "explaining"),
    "explained": Text("đã giải trình, khóa", "explained and locked"),
    "appraised_2": Text("đã thẩm định lần 2", "appraised twice"),
}
LINE_STANDINGS: Final[Mapping[str, Text]] = {
    "open": Text("đang chấm", "being filled in"),
    "handed_in": Text("đã gửi đầu mối", "handed to the coordinator"),
    "returned": Text("bị trả lại", "returned"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """One step: from where to where, the act that allows it, whether a reason is asked for, and what it says."""

    name: str
    before: str
    after: str
    act: str
    says: Text
    reason: bool = False
    stages: tuple[Stage, ...] = ()
    """Stages of the edition in which a unit's file may take the step; empty for the edition's own steps."""


EDITION_MOVES: Final[tuple[Move, ...]] = (
    Move("open", "preparing", "open", "edition.move", Text("Mở tự đánh giá", "Open self-assessment")),
    Move("appraise", "open", "appraisal", "edition.move", Text("Bắt đầu thẩm định", "Begin the appraisal")),
    Move("convene", "appraisal", "council", "edition.move", Text("Chuyển hội đồng", "Hand over to the council")),
    Move("decide", "council", "decided", "edition.move", Text("Ghi quyết định", "Record the decision")),
    Move("publish", "decided", "published", "results.publish", Text("Công bố", "Publish")),
    Move(
        "back_to_open",
        "appraisal",
        "open",
        "edition.move",
        Text("Trở lại tự đánh giá", "Back to self-assessment"),
        True,
    ),
    Move(
        "back_to_appraisal",
        "council",
        "appraisal",
        "edition.move",
        Text("Trở lại thẩm định", "Back to appraisal"),
        True,
    ),
    Move(
        "back_to_council", "decided", "council", "edition.move", Text("Trở lại hội đồng", "Back to the council"), True
    ),
)

UNIT_MOVES: Final[tuple[Move, ...]] = (
    Move(
        "consolidate", "draft", "consolidated", "unit.consolidate",
        Text("Tổng hợp, trình phê duyệt", "Consolidate and send for signature"), stages=("open", "appraisal"),
    ),
    Move(
        "sign", "consolidated", "signed", "unit.sign",
        Text("Phê duyệt và khóa", "Sign and lock"), stages=("open", "appraisal"),
    ),
    Move(
        "return_to_draft", "consolidated", "draft", "unit.return",
        Text("Trả lại để sửa", "Return for correction"), True, stages=("open", "appraisal"),
    ),
    Move(
        "reopen", "signed", "draft", "unit.reopen",
        Text("Mở lại hồ sơ", "Reopen the file"), True, stages=("open", "appraisal"),
    ),
    Move(
        "close_round_1", "signed", "appraised_1", "unit.close_appraisal",
        Text("Kết thúc thẩm định lần 1", "Close appraisal round 1"), stages=("appraisal",),
    ),
    Move(
        "ask", "appraised_1", "explaining", "unit.close_appraisal",
        Text("Mở giải trình", "Open the explanations"), stages=("appraisal",),
    ),
    Move(
        "explained", "explaining", "explained", "unit.close_explaining",
        Text("Khóa giải trình", "Lock the explanations"), stages=("appraisal",),
    ),
    Move(
        "ask_again", "explained", "explaining", "unit.reopen",
        Text("Mở lại giải trình", "Reopen the explanations"), True, stages=("appraisal",),
    ),
    Move(
        "close_round_2", "explained", "appraised_2", "unit.close_appraisal",
        Text("Kết thúc thẩm định lần 2", "Close appraisal round 2"), stages=("appraisal",),
    ),
)  # fmt: skip

LINE_MOVES: Final[tuple[Move, ...]] = (
    Move("hand_in", "open", "handed_in", "line.submit", Text("Gửi đầu mối", "Hand in"), stages=("open", "appraisal")),
    Move(
        "hand_in_again", "returned", "handed_in", "line.submit", Text("Gửi lại", "Hand in again"),
        stages=("open", "appraisal"),
    ),
    Move(
        "return", "handed_in", "returned", "line.return", Text("Trả lại", "Return"), True,
        stages=("open", "appraisal"),
    ),
    Move(
        "take_back", "handed_in", "open", "line.submit", Text("Lấy lại để sửa", "Take back"),
        stages=("open", "appraisal"),
    ),
)  # fmt: skip


def pairs(moves: tuple[Move, ...]) -> tuple[tuple[str, str], ...]:
    """The moves as (from, to), for the triggers."""
    return tuple((move.before, move.after) for move in moves)


def move_named(moves: tuple[Move, ...], name: str) -> Move:
    """The move of this name; KeyError where there is none."""
    for move in moves:
        if move.name == name:
            return move
    raise KeyError(name)
