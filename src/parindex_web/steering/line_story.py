"""What happened to one line, in the order of time: claims with what changed, findings, replies, decisions, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parindex_web.accounts.models import Person
from parindex_web.appraise.models import Explanation, Finding
from parindex_web.appraise.queries import OUTCOME_NAMES, ROUND_NAMES, worth
from parindex_web.collect.models import EvidenceFile, Line
from parindex_web.collect.self_score import self_score, what_is_asked
from parindex_web.editions.programme import Asked
from parindex_web.pages.languages import language, say


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry: when, who, what, the changes as rows (name, before, after), why, and the points then."""

    at: datetime
    who: Person
    what: str
    changes: tuple[tuple[str, str, str], ...]
    why: str
    files: tuple[tuple[int, str, str], ...]
    points: Any


@dataclass(frozen=True, slots=True)
class Story:
    """The entries of a line, and every document it ever cited, with who brought it and its digest."""

    entries: tuple[Happened, ...]
    files: tuple[EvidenceFile, ...]


def story_of(programme: Asked, line: Line, *, only_by: int | None = None) -> Story:
    """Everything that happened to a line, or of its findings only those of one person. Six queries, at any length."""
    asks = what_is_asked(programme, line.unit_file.unit, line.node)
    labels = {spec.name: spec.label.in_(language()) for spec in asks.inputs}
    documents = {each.number: each for each in line.unit_file.evidence.select_related("uploaded_by")}
    entries = [*_claims(programme, line, labels, documents), *_findings(programme, line, labels, only_by)]
    for reply in Explanation.objects.filter(line=line).select_related("by"):
        files = _files(reply.citations, documents)
        entries.append(Happened(reply.at, reply.by, say("giải trình", "reply"), (), reply.text, files, None))
    entries.sort(key=lambda each: each.at)
    cited = {number for each in entries for number, _, _ in each.files}
    return Story(tuple(entries), tuple(documents[number] for number in sorted(cited) if number in documents))


def _claims(
    programme: Asked, line: Line, labels: Mapping[str, str], documents: Mapping[int, EvidenceFile]
) -> list[Happened]:
    entries = []
    before: Mapping[str, str] = {}
    explained = ""
    for version in line.versions.select_related("by").order_by("version"):
        changes = _changes(before, version.values, labels)
        if version.explanation != explained:
            changes = (*changes, (say("giải trình", "explanation"), explained, version.explanation))
        score = self_score(programme, line.unit_file.unit, line.node, version.values)
        way = "" if version.way == "page" else f" ({version.way})"
        entries.append(
            Happened(
                version.at,
                version.by,
                say(f"tự chấm, lần lưu {version.version}{way}", f"claim, save {version.version}{way}"),
                changes,
                "",
                _files(version.citations, documents),
                score.points,
            )
        )
        before, explained = version.values, version.explanation
    return entries


def _findings(programme: Asked, line: Line, labels: Mapping[str, str], only_by: int | None) -> list[Happened]:
    entries = []
    for finding in Finding.objects.filter(line=line).select_related("by"):
        if only_by is not None and finding.by_id != only_by:
            continue
        changes = _changes(line.values, {**line.values, **finding.values}, labels)
        what = f"{ROUND_NAMES[finding.round].in_(language())}: {OUTCOME_NAMES[finding.outcome].in_(language())}"
        if finding.marker == 2:
            what += say(" (người chấm thứ hai)", " (second marker)")
        elif finding.marker == 3:
            what += say(" (quyết định khi khác nhau)", " (settles a difference)")
        if finding.decision:
            what += say(f", phiên/nội dung {finding.decision}", f", session/motion {finding.decision}")
        points = None if finding.outcome == "ask" else worth(programme, line, finding)[0]
        entries.append(Happened(finding.at, finding.by, what, changes, finding.reason, (), points))
    return entries


def _changes(
    before: Mapping[str, str], after: Mapping[str, str], labels: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    names = [name for name in labels if before.get(name, "") != after.get(name, "")]
    return tuple((labels[name], before.get(name, ""), after.get(name, "")) for name in names)


def _files(
    citations: Sequence[Mapping[str, Any]], documents: Mapping[int, EvidenceFile]
) -> tuple[tuple[int, str, str], ...]:
    """(number, title, section and page) of cited documents."""
    found = []
    for each in citations:
        number = int(each["document"])
        title = documents[number].title if number in documents else ""
        found.append((number, title, str(each.get("locator", ""))))
    return tuple(found)
