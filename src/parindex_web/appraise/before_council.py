"""What stands beside what is proposed: a line before the council, with its points at every step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from parindex.language import Language, Text
from parindex_web.appraise.figures import said_of_finding
from parindex_web.appraise.marking import blind_of, marks_in
from parindex_web.appraise.models import Finding, Motion
from parindex_web.appraise.queries import ROUND_NAMES, decides, worth
from parindex_web.collect.self_score import self_score, what_is_asked
from parindex_web.editions.models import Edition
from parindex_web.editions.programme import Asked


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a line: what it was worth then, the figures that were set, and why."""

    name: Text
    points: Decimal | None
    figures: tuple[tuple[Text, str], ...]
    why: str


@dataclass(frozen=True, slots=True)
class Put:
    """A motion on a line: what stands, what is proposed, and what that changes in the total of the unit."""

    name: Text
    max_points: Decimal
    steps: tuple[Step, ...]
    proposed: Step
    change: Decimal | None


CLAIMED = Text("tự chấm", "claimed")
PROPOSED = Text("đề nghị", "proposed")


def put_to_council(asked: Asked, edition: Edition, motions: Iterable[Motion], language: Language) -> Mapping[int, Put]:
    """Every motion on a line, by its number in the database. Two queries, however many motions."""
    motions = [each for each in motions if each.line is not None]
    findings: dict[int, list[Finding]] = {}
    for row in Finding.objects.filter(line__in={each.line_id for each in motions}).order_by("pk"):
        findings.setdefault(row.line_id, []).append(row)
    blind = blind_of(edition) if motions else None
    found = {}
    for motion in motions:
        line = motion.line
        assert line is not None and blind is not None
        line.unit_file.edition = edition
        asks = what_is_asked(asked, line.unit_file.unit, line.node)
        steps = [Step(CLAIMED, self_score(asked, line.unit_file.unit, line.node, line.values).points, (), "")]
        standing = None
        for round_ in ("appraisal_1", "appraisal_2"):
            finding = marks_in(line, findings.get(line.pk, ()), round_, blind).counts
            if finding is None or not decides(finding):
                continue
            standing = finding
            points, _ = worth(asked, line, finding)
            figures = said_of_finding(asks, finding, language)
            steps.append(Step(ROUND_NAMES[round_], points, figures, finding.reason))
        decided = [each for each in findings.get(line.pk, ()) if each.round == "council" and _before(each, motion)]
        for finding in decided:
            standing = finding
            figures = said_of_finding(asks, finding, language)
            name = Text(f"hội đồng {finding.decision}", f"council {finding.decision}")
            steps.append(Step(name, worth(asked, line, finding)[0], figures, finding.reason))
        as_proposed = Finding(line=line, outcome="adjust", values=motion.values, points=motion.points)
        points, _ = worth(asked, line, as_proposed)
        proposed = Step(PROPOSED, points, said_of_finding(asks, as_proposed, language), "")
        now, _ = worth(asked, line, standing)
        change = points - now if points is not None and now is not None else None
        found[motion.pk] = Put(asks.name, asks.max_points, tuple(steps), proposed, change)
    return found


def _before(finding: Finding, motion: Motion) -> bool:
    """Decided by an earlier motion; the one that this motion itself made is what is proposed."""
    return motion.closed_at is None or finding.at < motion.closed_at
