"""What the printed self-assessment says: score table and list of evidence, in the layout of state documents.

`Paper` is what both printers (`paper_word`, `paper_pdf`) print. State documents are in Vietnamese.
Layout: Decree 30/2020/NĐ-CP on clerical work, annex I.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Final

from parindex.scoring.rule import points_in
from parindex_web.collect.actions import claims_digest
from parindex_web.collect.evidence_actions import code_of
from parindex_web.collect.last_year import value_shown
from parindex_web.collect.models import EvidenceFile, Line, cited_documents
from parindex_web.collect.queries import criterion_of
from parindex_web.collect.self_score import what_is_asked
from parindex_web.collect.workbook import title_and_symbol
from parindex_web.editions.models import UnitFile
from parindex_web.editions.programme import Asked

MARK: Final = "parindex:claims:"
"""Stands before the digest in the code that machines read."""

PEOPLES_COMMITTEES: Final = frozenset({"province", "commune"})
"""Kinds of units that a People's Committee signs for."""


FOOTINGS: Final[Mapping[str, str]] = {
    "draft": "BẢN NHÁP, số liệu chưa khóa",
    # Nothing changes between consolidating and signing: what is printed then is what is put before the signer.
    "consolidated": "Bản trình ký",
}


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One row of the score table. `kind`: domain, criterion, line or bonus; the first two are headings with sums."""

    kind: str
    code: str
    name: str
    most: str
    points: str
    basis: str
    evidence: str


@dataclass(frozen=True, slots=True)
class PaperDocument:
    """One row of the list of evidence."""

    code: str
    title: str
    issuer: str
    issued: str
    cited: str
    digest: str


@dataclass(frozen=True, slots=True)
class Paper:
    """The self-assessment of a unit as a state document. `footing` beside the digest tells a draft."""

    year: int
    unit: str
    organ: Sequence[str]
    signatory: str
    signer: Sequence[str]
    footing: str
    simulated: bool
    digest: str
    code: str
    points: str
    most: str
    domains: tuple[PaperLine, ...]
    lines: tuple[PaperLine, ...]
    documents: tuple[PaperDocument, ...]


def paper_of(asked: Asked, unit_file: UnitFile) -> Paper:
    """The paper of what stands in the file now."""
    edition = unit_file.edition
    lines = list(unit_file.lines.prefetch_related(cited_documents()))
    for line in lines:
        line.unit_file = unit_file
    rows = tuple(_rows(asked, unit_file.unit, lines))
    kind = asked.unit(unit_file.unit).kind
    committee = kind in PEOPLES_COMMITTEES
    name = unit_file.name_vi
    digest = unit_file.signed_digest or claims_digest(unit_file)
    domains = tuple(row for row in rows if row.kind in ("domain", "bonus_head"))
    claimed = [line for line in lines if line.domain]
    return Paper(
        year=edition.year,
        unit=unit_file.name_vi,
        organ=("ỦY BAN NHÂN DÂN", name.upper()) if committee else (name.upper(),),
        signatory=f"Ủy ban nhân dân {name[:1].lower()}{name[1:]}" if committee else name,
        signer=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH") if committee else ("THỦ TRƯỞNG CƠ QUAN",),
        footing=FOOTINGS.get(unit_file.standing, ""),
        simulated=edition.simulated,
        digest=digest,
        code=f"{MARK}{digest}",
        points=_points(sum((line.points or Decimal(0) for line in claimed), Decimal(0))),
        most=_points(sum((_most(asked, line) for line in claimed), Decimal(0))),
        domains=domains,
        lines=rows,
        documents=tuple(_documents(unit_file, lines)),
    )


def _points(value: Decimal | None) -> str:
    return "–" if value is None else points_in(value, "vi")


def _most(asked: Asked, line: Line) -> Decimal:
    return what_is_asked(asked, line.unit_file.unit, line.node).max_points


def _rows(asked: Asked, unit: str, lines: Sequence[Line]) -> Iterable[PaperLine]:
    framework = asked.list_of(unit).framework
    for domain in framework.domains:
        own = [line for line in lines if line.domain == domain.code]
        if not own:
            continue
        yield _sum("domain", domain.code, domain.name.vi, asked, own)
        last = ""
        for line in own:
            head = criterion_of(asked, unit, line.node)
            if head is not None and head.code != last:
                below = {node.code for node in head.leaves()}
                yield _sum("criterion", head.code, head.name.vi, asked, [each for each in own if each.node in below])
                last = head.code
            yield _row("line", asked, line)
    bonus = [line for line in lines if not line.domain]
    if bonus:
        earned = sum((line.points or Decimal(0) for line in bonus), Decimal(0))
        yield PaperLine("bonus_head", "", "Điểm thưởng (ngoài tổng điểm)", "", _points(earned), "", "")
        yield from (_row("bonus", asked, line) for line in bonus)


def _sum(kind: str, code: str, name: str, asked: Asked, lines: Sequence[Line]) -> PaperLine:
    most = sum((_most(asked, line) for line in lines), Decimal(0))
    earned = sum((line.points or Decimal(0) for line in lines), Decimal(0))
    return PaperLine(kind, code, name, _points(most), _points(earned), "", "")


def _row(kind: str, asked: Asked, line: Line) -> PaperLine:
    asks = what_is_asked(asked, line.unit_file.unit, line.node)
    said = [
        f"{spec.label.vi}: {value_shown(spec.name, asks, line.values)}"
        for spec in asks.inputs
        if spec.name in line.values
    ]
    if line.explanation:
        said.append(f"Giải trình: {line.explanation}")
    cited = "; ".join(
        f"{code_of(row.document)} ({row.locator})" if row.locator else code_of(row.document)
        for row in line.citations.all()
    )
    points = line.points if line.values else None
    return PaperLine(
        kind,
        line.node,
        asks.name.vi,
        _points(asks.max_points),
        _points(points),
        "\n".join(said) or "Chưa có số liệu",
        cited,
    )


def _documents(unit_file: UnitFile, lines: Sequence[Line]) -> Iterable[PaperDocument]:
    cited: dict[int, list[str]] = {}
    for line in lines:
        for row in line.citations.all():
            nodes = cited.setdefault(row.document_id, [])
            if line.node not in nodes:
                nodes.append(line.node)
    for document in unit_file.evidence.filter(removed_at=None):
        if document.pk in cited:
            yield _document(document, cited[document.pk])


def _document(document: EvidenceFile, nodes: Sequence[str]) -> PaperDocument:
    year, _, rest = document.issued.partition("-")
    month, _, day = rest.partition("-")
    issued = f"{day}/{month}/{year}" if day else document.issued
    return PaperDocument(
        code_of(document), title_and_symbol(document), document.issuer, issued, ", ".join(nodes), document.sha256[:16]
    )


_MARKED = re.compile(rb"parindex:claims:([0-9a-f]{64})")
_READ = 1_000_000


def digests_inside(file: IO[bytes]) -> frozenset[str]:
    """The digests of claims that a PDF says it is of, found in its bytes: a printer of ours puts them there openly.

    Adding a digital signature leaves the earlier bytes as they are. Nothing of the file is interpreted.
    """
    file.seek(0)
    found: set[str] = set()
    tail = b""
    while chunk := file.read(_READ):
        found.update(match.decode() for match in _MARKED.findall(tail + chunk))
        tail = chunk[-400:]
    return frozenset(found)


def holds_signature(file: IO[bytes]) -> bool:
    """A PDF may carry a digital signature: a signed byte range is named, which can only be done openly."""
    file.seek(0)
    tail = b""
    while chunk := file.read(_READ):
        if b"/ByteRange" in tail + chunk:
            return True
        tail = chunk[-20:]
    return False
