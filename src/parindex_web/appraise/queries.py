"""What was found, asked and answered; what waits for an appraiser; how the council voted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from parindex.language import Text
from parindex.scoring.rule import Case, points_earned
from parindex.tables.measured import REASONS
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.appraise.marking import Blind, Marks, blind_of, marks_in, marks_of, seen_by
from parindex_web.appraise.models import Explanation, Finding, Motion, ReusableReason, Session
from parindex_web.collect.last_year import value_shown
from parindex_web.collect.models import Citation, Line
from parindex_web.collect.self_score import rule_in_sentences, self_score, what_is_asked
from parindex_web.editions.continuity import Continued, EarlierFile, continued, earlier_files
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


def newest_replies(unit_file: UnitFile) -> dict[int, Explanation]:
    """The explanation that counts, by line."""
    rows = Explanation.objects.filter(line__unit_file=unit_file).order_by("pk")
    return {row.line_id: row for row in rows.select_related("by")}


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
    marks: Marks


_NONE = Marks(False)


def appraised_lines(asked: Asked, unit_file: UnitFile, rights: Rights, person: int) -> list[Appraised]:
    """The lines of a unit that the person may see in appraisal, in order, with the findings they may see."""
    round_ = ROUND_OF.get(unit_file.standing, "appraisal_2")
    blind = blind_of(unit_file.edition)
    now = marks_of(unit_file, round_, blind)
    before = marks_of(unit_file, "appraisal_1", blind) if round_ == "appraisal_2" else {}
    replies = newest_replies(unit_file)
    rows = []
    for line in unit_file.lines.prefetch_related("citations__document"):
        line.unit_file = unit_file
        if rights.may("line.see_appraisal", Target(unit_file.edition.code, unit_file.unit, line.domain)):
            marks = now.get(line.pk) or Marks(blind.holds(line.node, round_))
            marks = seen_by(rights, unit_file, line.domain, round_, marks, person)
            earlier = seen_by(rights, unit_file, line.domain, "appraisal_1", before.get(line.pk, _NONE), person).counts
            rows.append(appraised(asked, line, marks, earlier, replies.get(line.pk)))
    return rows


def appraised(asked: Asked, line: Line, marks: Marks, earlier: Finding | None, reply: Explanation | None) -> Appraised:
    """A line with its claim, its findings and what they are worth."""
    unit = line.unit_file.unit
    asks = what_is_asked(asked, unit, line.node)
    claimed = self_score(asked, unit, line.node, line.values)
    found = marks.counts
    points, because = worth(asked, line, next((each for each in (found, earlier) if decides(each)), None))
    return Appraised(
        line, asks.name, asks.max_points, claimed.points, claimed.because, found, earlier, reply, points, because, marks
    )


def decides(finding: Finding | None) -> bool:
    """A finding that sets what the line is worth; a question does not."""
    return finding is not None and finding.outcome != "ask"


def worth(asked: Asked, line: Line, finding: Finding | None) -> tuple[Decimal | None, Text]:
    """Points of a line as a finding leaves it, with the reason in one sentence."""
    if finding is not None and finding.outcome == "adjust" and finding.points is not None:
        return finding.points, Text("điểm do người thẩm định ấn định", "points set by the appraiser")
    changed = finding.values if finding is not None and finding.outcome == "adjust" else {}
    score = self_score(asked, line.unit_file.unit, line.node, {**line.values, **changed})
    return score.points, score.because


@dataclass(frozen=True, slots=True)
class LastYear:
    """What a line was worth in the edition before this one, under the code it had then.

    `texts` by input of this year's line; where the inputs are other ones `stated` says what was claimed, label by
    label. `unit` names whose line it was, where this year's unit came out of a merger or split.
    """

    edition: Edition
    line: Line
    renamed: bool
    unit: Text | None
    texts: Mapping[str, str]
    stated: tuple[tuple[Text, str], ...]
    points: Decimal | None
    max_points: Decimal
    comparable: bool
    reasons: tuple[Text, ...]


def last_year(asked: Asked, line: Line) -> list[LastYear]:
    """The line in the last edition of the same programme that is kept here, of each unit that this one came from."""
    files = earlier_files(asked, line.unit_file)
    if not files:
        return []
    new = asked.list_of(line.unit_file.unit).framework
    mapped = [continued(new, file.asked.list_of(file.unit_file.unit).framework).get(line.node) for file in files]
    there = Line.objects.filter(
        unit_file__in=[file.unit_file for file in files], node__in=[was.code for was in mapped if was]
    ).prefetch_related(
        Prefetch("citations", Citation.objects.select_related("document")),
        Prefetch("findings", Finding.objects.order_by("pk")),
    )
    lines = {(each.unit_file_id, each.node): each for each in there}
    found_at_all = any(each.findings.all() for each in lines.values())
    blind = blind_of(files[0].unit_file.edition) if found_at_all else Blind(False, frozenset())
    found = []
    for file, was in zip(files, mapped, strict=True):
        before = lines.get((file.unit_file.pk, was.code)) if was else None
        if was is not None and before is not None:
            before.unit_file = file.unit_file
            found.append(_as_it_was(asked, line, file, was, before, blind))
    return found


def _as_it_was(asked: Asked, line: Line, file: EarlierFile, was: Continued, before: Line, blind: Blind) -> LastYear:
    newest = None
    for round_ in ("council", "appraisal_2", "appraisal_1"):
        newest = marks_in(before, before.findings.all(), round_, blind).counts
        if decides(newest):
            break
    points, _ = worth(file.asked, before, newest)
    changed = newest.values if newest is not None and newest.outcome == "adjust" else {}
    values = {**before.values, **changed}
    asks = what_is_asked(file.asked, file.unit_file.unit, before.node)
    stated = tuple((spec.label, value_shown(spec.name, asks, values)) for spec in asks.inputs if values.get(spec.name))
    now = what_is_asked(asked, line.unit_file.unit, line.node)
    same = {spec.name: spec.type for spec in asks.inputs} == {spec.name: spec.type for spec in now.inputs}
    texts = {spec.name: value_shown(spec.name, asks, values) for spec in asks.inputs if values.get(spec.name)}
    return LastYear(
        file.unit_file.edition,
        before,
        before.node != line.node,
        file.name if file.merged else None,
        texts if same else {},
        () if same else stated,
        points,
        asks.max_points,
        was.comparable and not file.merged,
        was.reasons,
    )


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What records say of a line: the value of each input, the points it would earn, and why."""

    values: Mapping[str, str]
    points: Decimal | None
    because: Text


def counted(asked: Asked, line: Line) -> CountedLine | None:
    """The counts of the last computation beside a claim; None where no record counts this line."""
    rows = list(line.counts.all())
    if not rows:
        return None
    values = {row.input: row.value for row in rows if row.value}
    missing = [REASONS[row.reason] for row in rows if not row.value and row.reason in REASONS]
    score = self_score(asked, line.unit_file.unit, line.node, {**line.values, **values})
    records = max(row.records for row in rows)
    said = Text(f"đếm từ {records} bản ghi", f"counted from {records} records")
    return CountedLine(values, score.points if values else None, missing[0] if missing else said)


@dataclass(frozen=True, slots=True)
class RuleShown:
    """How a line is scored: what is looked at, the rows of the table, the sentence of each worked example."""

    judged: Text | None
    cases: tuple[Case, ...]
    examples: tuple[Text, ...]


def rule_shown(asked: Asked, unit: str, node: str) -> RuleShown:
    """The rule of a line in words; of a bonus item what each is worth and the cap."""
    unit_list = asked.list_of(unit)
    leaf = asked.leaf(unit, node)
    if leaf is None or leaf.leaf is None:
        adjustment, item = unit_list.framework.adjustment_items[node]
        sign = "+ " if adjustment.kind == "bonus" else "− "
        return RuleShown(
            item.name,
            (
                Case(Text(f"mỗi {item.unit.vi}", f"each of {item.unit.en}"), points_earned(item.points_each, sign)),
                Case(Text("cộng lại, nhiều nhất", "in all, at most"), points_earned(adjustment.cap)),
            ),
            (),
        )
    rule = asked.books[unit_list.code].rules.get(node)
    return RuleShown(rule.judged if rule else None, rule.cases if rule else (), rule_in_sentences(asked, unit, node))


REASONS_OFFERED = 9
"""As many as there are keys for them."""


@dataclass(frozen=True, slots=True)
class ReasonOffered:
    """A reason that can be taken over: one's own, or one that was written on this line for other units."""

    text: str
    own: int | None
    """Its number among one's own; None: it was written on the line."""
    times: int


def findings_on(line: Line) -> list[Finding]:
    """The findings on this line of all units of the edition, oldest first: what reasons were written, too."""
    rows = Finding.objects.filter(line__node=line.node, line__unit_file__edition=line.unit_file.edition)
    return list(rows.select_related("by", "line__unit_file").order_by("pk"))


def reasons_offered(
    rights: Rights, line: Line, on_line: Sequence[Finding], blind: Blind, person: int
) -> list[ReasonOffered]:
    """One's own reusable reasons, then what was written on the same line for other units, the most frequent first.

    Of a line that is marked twice only what the person wrote: what the other marker thinks stays unseen.
    """
    edition = line.unit_file.edition
    own = dict(ReusableReason.objects.filter(person=person).order_by("text").values_list("text", "pk"))
    twice = blind.holds(line.node, "appraisal_1")
    written: Counter[str] = Counter()
    for each in on_line:
        if each.line_id == line.pk or not each.reason or each.round == "council" or (twice and each.by_id != person):
            continue
        if rights.may("line.see_appraisal", Target(edition.code, each.line.unit_file.unit, each.line.domain)):
            written[each.reason] += 1
    found = [ReasonOffered(text, pk, 0) for text, pk in own.items()]
    found += [ReasonOffered(text, None, times) for text, times in written.most_common() if text not in own]
    return found[:REASONS_OFFERED] if len(own) <= REASONS_OFFERED else found[: len(own)]


def sessions_of(edition: Edition) -> QuerySet[Session]:
    """The council's sessions, the newest first, with motions and votes."""
    motions = Motion.objects.select_related("line__unit_file").prefetch_related("votes").order_by("number")
    sessions = edition.sessions.select_related("chair", "secretary").order_by("-number")
    return sessions.prefetch_related(Prefetch("motions", motions), "attendance")


@dataclass(frozen=True, slots=True)
class Count:
    """The votes on a motion: the newest of each member."""

    in_favour: int
    against: int
    other: int


CHOICE_NAMES = {
    "for": Text("tán thành", "for"),
    "against": Text("không tán thành", "against"),
    "abstain": Text("ý kiến khác", "abstains"),
}
WAY_NAMES = {
    "room": Text("có mặt", "present"),
    "writing": Text("bằng văn bản", "in writing"),
    "absent": Text("vắng mặt", "absent"),
}


def newest_votes(motion: Motion) -> dict[int, str]:
    """The vote that counts, by member."""
    newest: dict[int, str] = {}
    for each in sorted(motion.votes.all(), key=lambda row: row.pk):
        newest[each.person_id] = each.choice
    return newest


def count_of(motion: Motion) -> Count:
    """Count the newest vote of each member."""
    choices = list(newest_votes(motion).values())
    return Count(choices.count("for"), choices.count("against"), choices.count("abstain"))
