"""What was found, asked and answered; what waits for an appraiser; how the council voted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from parindex.language import Text
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.appraise.models import Explanation, Finding, Motion, Session
from parindex_web.collect.models import Line
from parindex_web.collect.self_score import self_score, what_is_asked
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.programme import Asked

ROUND_OF = {"signed": "appraisal_1", "explained": "appraisal_2"}
"""In which round a unit's file is appraised, by its standing."""

OUTCOME_NAMES = {
    "accept": Text("chấp nhận", "accepted"),
    "adjust": Text("điều chỉnh", "adjusted"),
    "ask": Text("yêu cầu giải trình", "explanation asked"),
}
ROUND_NAMES = {
    "appraisal_1": Text("thẩm định lần 1", "appraisal 1"),
    "appraisal_2": Text("thẩm định lần 2", "appraisal 2"),
    "council": Text("hội đồng", "council"),
}


def newest_findings(unit_file: UnitFile, round_: str, marker: int = 1) -> dict[int, Finding]:
    """The finding that counts in a round, by line."""
    rows = Finding.objects.filter(line__unit_file=unit_file, round=round_, marker=marker).order_by("pk")
    return {row.line_id: row for row in rows.select_related("by")}


def newest_replies(unit_file: UnitFile) -> dict[int, Explanation]:
    """The explanation that counts, by line."""
    rows = Explanation.objects.filter(line__unit_file=unit_file).order_by("pk")
    return {row.line_id: row for row in rows.select_related("by")}


@dataclass(frozen=True, slots=True)
class QueueUnit:
    """One unit in the queue of an appraiser: lines in their domains, and how many have a finding in the open round."""

    unit_file: UnitFile
    round: Text
    found: int
    lines: int


def queue_of(rights: Rights, edition: Edition) -> list[QueueUnit]:
    """Units whose files are open for appraisal and in which the person appraises at least one line."""
    open_files = list(edition.unit_files.filter(standing__in=list(ROUND_OF)))
    mine: dict[int, list[int]] = {}
    for line in Line.objects.filter(unit_file__in=open_files).values_list(
        "pk", "unit_file", "unit_file__unit", "domain"
    ):
        pk, unit_file, unit, domain = line
        if rights.may("line.appraise", Target(edition.code, unit, domain)):
            mine.setdefault(unit_file, []).append(pk)
    done: dict[int, set[int]] = {}
    for line_pk, unit_file, round_, standing in Finding.objects.filter(
        line__unit_file__in=open_files, marker=1
    ).values_list("line", "line__unit_file", "round", "line__unit_file__standing"):
        if ROUND_OF.get(standing) == round_:
            done.setdefault(unit_file, set()).add(line_pk)
    return [
        QueueUnit(
            each,
            ROUND_NAMES[ROUND_OF[each.standing]],
            len(done.get(each.pk, set()) & set(mine[each.pk])),
            len(mine[each.pk]),
        )
        for each in open_files
        if each.pk in mine
    ]


@dataclass(frozen=True, slots=True)
class Appraised:
    """One line before an appraiser, with what is known of it."""

    line: Line
    name: Text
    max_points: Decimal
    claimed: Decimal | None
    claimed_because: Text
    found: Finding | None
    earlier: Finding | None
    reply: Explanation | None
    points: Decimal | None
    because: Text


def appraised_lines(asked: Asked, unit_file: UnitFile, rights: Rights) -> list[Appraised]:
    """The lines of a unit that the person may see in appraisal, in order."""
    round_ = ROUND_OF.get(unit_file.standing, "appraisal_2")
    found = newest_findings(unit_file, round_)
    earlier = newest_findings(unit_file, "appraisal_1") if round_ == "appraisal_2" else {}
    replies = newest_replies(unit_file)
    rows = []
    for line in unit_file.lines.prefetch_related("citations__document"):
        line.unit_file = unit_file
        if rights.may("line.see_appraisal", Target(unit_file.edition.code, unit_file.unit, line.domain)):
            finding = found.get(line.pk)
            rows.append(appraised(asked, line, finding, earlier.get(line.pk), replies.get(line.pk)))
    return rows


def appraised(
    asked: Asked, line: Line, found: Finding | None, earlier: Finding | None, reply: Explanation | None
) -> Appraised:
    """A line with its claim, its findings and what they are worth."""
    unit = line.unit_file.unit
    asks = what_is_asked(asked, unit, line.node)
    claimed = self_score(asked, unit, line.node, line.values)
    values = {**line.values, **(earlier.values if earlier else {}), **(found.values if found else {})}
    score = self_score(asked, unit, line.node, values)
    decided = next((each.points for each in (found, earlier) if each is not None and each.points is not None), None)
    because = score.because
    if decided is not None:
        because = Text("điểm do người thẩm định ấn định", "points set by the appraiser")
    return Appraised(
        line,
        asks.name,
        asks.max_points,
        claimed.points,
        claimed.because,
        found,
        earlier,
        reply,
        decided if decided is not None else score.points,
        because,
    )


def sessions_of(edition: Edition) -> QuerySet[Session]:
    """The council's sessions, the newest first, with motions and votes."""
    return edition.sessions.order_by("-number").prefetch_related(
        "motions__votes__person", "motions__line__unit_file", "attendance__person"
    )


@dataclass(frozen=True, slots=True)
class Count:
    """The votes on a motion: the newest of each member."""

    in_favour: int
    against: int
    other: int


def count_of(motion: Motion) -> Count:
    """Count the newest vote of each member."""
    newest: dict[int, str] = {}
    for each in sorted(motion.votes.all(), key=lambda row: row.pk):
        newest[each.person_id] = each.choice
    choices = list(newest.values())
    return Count(choices.count("for"), choices.count("against"), choices.count("abstain"))
