"""What the pages of the self-assessment show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Protocol

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from parindex.language import Text, half_up
from parindex.programme.framework import InputSpec, Node
from parindex.programme.inputs import parse_value
from parindex.submissions.layout import is_asked
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.collect.last_year import ClaimedBefore, claimed_before
from parindex_web.collect.models import Citation, EvidenceFile, Line, cited_documents
from parindex_web.collect.self_score import (
    FieldWrong,
    SelfScore,
    rule_in_short,
    self_score,
    shown,
    what_is_asked,
)
from parindex_web.editions.models import UnitFile
from parindex_web.editions.programme import Asked
from parindex_web.pages.languages import language

BONUS: str = "bonus"
"""Stands for the bonus items in addresses: they belong to no domain."""

CITATION_ROWS_EMPTY = 1
"""Rows for a further document that a form offers: one, and another after each save."""

EXPLANATION_ROW = 60
"""Letters of an explanation that stand beside each other."""

DATALIST_LONGEST = 100
"""Documents offered while typing. A code that is typed in full is found however many there are."""


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One input of a line as a form shows it. `text` is what stands in the field; `counted` what records say of it,
    "" where no record counts it, and `differs` whether that is another value than the one saved.
    """

    spec: InputSpec
    text: str
    wrong: FieldWrong | None
    id: str
    counted: str = ""
    differs: bool = False

    @property
    def first_id(self) -> str:
        """The id of the control that takes the focus: of choices, the group."""
        return f"{self.id}-group" if self.spec.type in ("yes_no", "choice") else self.id


@dataclass(frozen=True, slots=True)
class CitationShown:
    """One row of evidence in a form. `document` None: a row being typed, or still empty."""

    at: int
    document: EvidenceFile | None
    named: str
    where: str
    wrong: FieldWrong | None

    @property
    def number(self) -> int:
        """Counted as people count."""
        return self.at + 1

    @property
    def spare(self) -> bool:
        """The empty row for a further document, where there is one already."""
        return self.at > 0 and not (self.named or self.where or self.wrong)


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line of a domain page. `explanation` is what stands in its field."""

    line: Line
    name: Text
    criterion: Text | None
    max_points: Decimal
    evidence: tuple[Text, ...]
    guidance: Text | None
    rule: tuple[Text, ...]
    fields: tuple[FieldShown, ...]
    score: SelfScore
    needs_explanation: bool
    explanation: str
    explanation_wrong: FieldWrong | None
    citations: tuple[CitationShown, ...]
    before: tuple[ClaimedBefore, ...]

    @property
    def explanation_rows(self) -> int:
        """Height of the explanation: one row while it is neither there nor needed."""
        if not self.explanation:
            return 2 if self.needs_explanation else 1
        return min(8, sum(1 + len(text) // EXPLANATION_ROW for text in self.explanation.split("\n")))

    @property
    def wrong(self) -> Iterator[tuple[str, FieldWrong]]:
        """What cannot be, in the order of the fields: the id to jump to, and the words that stand there too."""
        yield from ((field.first_id, field.wrong) for field in self.fields if field.wrong)
        node = self.line.node
        yield from ((f"{node}-document-{row.at}", row.wrong) for row in self.citations if row.wrong)
        if self.explanation_wrong:
            yield f"{node}-explanation", self.explanation_wrong


@dataclass(frozen=True, slots=True)
class DomainStep:
    """One row of the tree at the side: where the lines of a domain stand. `of` None: bonus items add to no maximum."""

    code: str
    name: Text
    lines: int
    held: int
    handed_in: int
    returned: int
    points: Decimal
    of: Decimal | None
    mine: bool
    """The person looking fills in this domain."""

    @property
    def empty(self) -> int:
        return self.lines - self.held


class LineStands(Protocol):
    """Where a line stands, without drawing it: a `Line` with `cited` (whether, or how often, it cites), or a row."""

    @property
    def node(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def standing(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str]: ...
    @property
    def explanation(self) -> str: ...
    @property
    def points(self) -> Decimal | None: ...


def tree(
    asked: Asked, unit_file: UnitFile, rights: Rights, lines: Iterable[LineStands] | None = None
) -> tuple[DomainStep, ...]:
    """The domains of a unit's framework with where their lines stand.

    `lines`: all lines of the file, where they are at hand; else one query.
    """
    by_domain: dict[str, list[LineStands]] = {}
    for line in lines_in_short(unit_file) if lines is None else lines:
        by_domain.setdefault(line.domain, []).append(line)
    framework = asked.list_of(unit_file.unit).framework
    named: list[tuple[str, Text, Decimal | None]] = [
        (domain.code, domain.name, _most(domain)) for domain in framework.domains if domain.code in by_domain
    ]
    if "" in by_domain:
        named.append(("", Text("Điểm thưởng", "Bonus"), None))
    return tuple(
        DomainStep(
            code or BONUS,
            name,
            len(by_domain[code]),
            sum(bool(line.values or line.explanation) for line in by_domain[code]),
            sum(line.standing == "handed_in" for line in by_domain[code]),
            sum(line.standing == "returned" for line in by_domain[code]),
            half_up(sum((line.points for line in by_domain[code] if line.points is not None), Decimal(0)), 4),
            of,
            rights.may("line.fill", Target(unit_file.edition.code, unit_file.unit, code)),
        )
        for code, name, of in named
    )


def _most(domain: Node) -> Decimal:
    """The points that units claim in a domain: surveys and published indices add theirs later."""
    return sum((leaf.max_points for leaf in domain.leaves() if leaf.leaf and is_asked(leaf.leaf)), Decimal(0))


@dataclass(frozen=True, slots=True)
class UnitTotals:
    """Sum of the self-scores of a unit's file, and of the maxima that are self-scored. Bonus stands apart."""

    points: Decimal
    of: Decimal
    bonus: Decimal | None


def totals(steps: Sequence[DomainStep]) -> UnitTotals:
    """Points as claimed, over all domains."""
    domains = [step for step in steps if step.of is not None]
    bonus = next((step.points for step in steps if step.of is None), None)
    return UnitTotals(
        sum((step.points for step in domains), Decimal(0)),
        sum((step.of for step in domains if step.of is not None), Decimal(0)),
        bonus,
    )


def lines_of(asked: Asked, unit_file: UnitFile, domain: str) -> list[LineShown]:
    """The lines of one domain, with live self-scores and what was claimed the year before."""
    rows = list(_of_domain(unit_file, domain).select_related("saved_by").prefetch_related("counts", cited_documents()))
    before = claimed_before(asked, unit_file, [line.node for line in rows])
    found = []
    last = ""
    for line in rows:
        line.unit_file = unit_file
        head = criterion_of(asked, unit_file.unit, line.node)
        again = head is None or head.code == last
        found.append(
            line_shown(
                asked, line, None if again else head, before=before.get(line.node, ()), counted=counts_said(line)
            )
        )
        last = head.code if head else last
    return found


def counts_said(line: Line) -> dict[str, str]:
    """What records say of the line's inputs, as canonical texts; what they cannot say is absent."""
    return {each.input: each.value for each in line.counts.all() if each.value}


def _of_domain(unit_file: UnitFile, domain: str) -> QuerySet[Line]:
    return unit_file.lines.filter(domain="" if domain == BONUS else domain)


def criterion_of(asked: Asked, unit: str, node: str) -> Node | None:
    """The criterion above a sub-criterion; None where the line is a criterion itself or a bonus item."""
    framework = asked.list_of(unit).framework
    parent = framework.parents.get(node)
    above = framework.by_code.get(parent) if parent else None
    return above if above is not None and above.level == "criterion" else None


@dataclass(frozen=True, slots=True)
class TypedLine:
    """What stands in the fields of a line on somebody's screen, as typed."""

    fields: Mapping[str, str]
    explanation: str = ""
    citations: Sequence[tuple[str, str]] | None = None


def line_shown(
    asked: Asked,
    line: Line,
    criterion: Node | None,
    *,
    typed: Mapping[str, str] | TypedLine | None = None,
    wrong: tuple[FieldWrong, ...] = (),
    before: tuple[ClaimedBefore, ...] = (),
    counted: Mapping[str, str] = MappingProxyType({}),
) -> LineShown:
    """One line; `typed` is what stands in the fields instead of what is saved, with what is wrong with it.

    `counted`: what records say of its inputs, as canonical texts.
    """
    unit = line.unit_file.unit
    asks = what_is_asked(asked, unit, line.node)
    leaf = asked.leaf(unit, line.node)
    wrong_at = {each.input: each for each in wrong}
    whole = typed if isinstance(typed, TypedLine) else TypedLine(typed, line.explanation) if typed is not None else None
    fields = []
    for spec in asks.inputs:
        if whole is not None:
            text = whole.fields.get(spec.name, "")
        elif spec.name in line.values:
            text = shown(parse_value(spec, line.values[spec.name]), language())
        else:
            text = ""
        said = counted.get(spec.name, "")
        fields.append(
            FieldShown(
                spec,
                text,
                wrong_at.get(spec.name),
                f"{line.node}-{spec.name}",
                shown(parse_value(spec, said), language()) if said else "",
                bool(said) and spec.name in line.values and said != line.values[spec.name],
            )
        )
    cited = list(line.citations.all())
    return LineShown(
        line,
        asks.name,
        Text(f"{criterion.code}. {criterion.name.vi}", f"{criterion.code}. {criterion.name.en}") if criterion else None,
        asks.max_points,
        leaf.leaf.evidence if leaf and leaf.leaf else (),
        leaf.leaf.guidance if leaf and leaf.leaf else None,
        rule_in_short(asked, unit, line.node),
        tuple(fields),
        self_score(asked, unit, line.node, line.values),
        bool(line.values) and not cited and not line.explanation,
        whole.explanation if whole is not None else line.explanation,
        wrong_at.get("explanation"),
        tuple(_citation_rows(cited, whole, wrong_at)),
        before,
    )


def _citation_rows(
    cited: Sequence[Citation], typed: TypedLine | None, wrong: Mapping[str, FieldWrong]
) -> Iterable[CitationShown]:
    by_code = {f"TL{row.document.number:02d}": row.document for row in cited}
    if typed is not None and typed.citations is not None:
        rows = list(typed.citations)
        while rows and rows[-1] == ("", ""):
            rows.pop()
    else:
        rows = [(f"TL{row.document.number:02d}", row.locator) for row in cited]
    for at, (named, where) in enumerate([*rows, *[("", "")] * CITATION_ROWS_EMPTY]):
        yield CitationShown(at, by_code.get(named[:10]), named, where, wrong.get(f"citation-{at}"))


def documents_offered(unit_file: UnitFile) -> list[EvidenceFile]:
    """The documents that lines may cite, newest first."""
    rows = unit_file.evidence.filter(removed_at=None).only("number", "title", "symbol", "unit_file")
    return list(rows.order_by("-number")[:DATALIST_LONGEST])


@dataclass(frozen=True, slots=True)
class ToMend:
    """What a domain still needs, by kind; each a list of codes of lines."""

    returned: tuple[str, ...]
    incomplete: tuple[str, ...]
    unexplained: tuple[str, ...]
    empty: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.returned or self.incomplete or self.unexplained or self.empty)


def to_mend(rows: Iterable[LineStands]) -> ToMend:
    """What lines need before they can be sent on. The lines hold `cited`: whether, or how often, they cite."""
    lines = list(rows)
    return ToMend(
        tuple(line.node for line in lines if line.standing == "returned"),
        tuple(line.node for line in lines if line.values and line.points is None and not line.explanation),
        tuple(line.node for line in lines if line.values and not _cited(line) and not line.explanation),
        tuple(line.node for line in lines if not line.values and not line.explanation),
    )


def _cited(line: LineStands) -> int:
    return int(getattr(line, "cited", 0))


def lines_in_short(unit_file: UnitFile) -> list[LineStands]:
    """All lines of a file with whether they cite a document (`cited`). One query of rows: each save asks for them."""
    rows = unit_file.lines.annotate(cited=Exists(Citation.objects.filter(line=OuterRef("pk"))))
    return list(rows.values_list("node", "domain", "standing", "values", "explanation", "points", "cited", named=True))


@dataclass(frozen=True, slots=True)
class LineInShort:
    """One row of the overview of all lines."""

    line: Line
    name: Text
    max_points: Decimal
    cited: int
    unexplained: bool
    may_submit: bool
    may_return: bool

    @property
    def points_held(self) -> Decimal:
        """Points as claimed; a line without figures holds none yet."""
        return self.line.points if self.line.values and self.line.points is not None else Decimal(0)


def overview(asked: Asked, unit_file: UnitFile, rights: Rights) -> list[LineInShort]:
    """All lines of a unit in order, without their figures."""
    found = []
    for line in unit_file.lines.select_related("saved_by").annotate(cited=Count("citations")):
        asks = what_is_asked(asked, unit_file.unit, line.node)
        target = Target(unit_file.edition.code, unit_file.unit, line.domain)
        cited = _cited(line)
        found.append(
            LineInShort(
                line,
                asks.name,
                asks.max_points,
                cited,
                bool(line.values) and not cited and not line.explanation,
                line.standing != "handed_in" and bool(line.version) and rights.may("line.submit", target),
                line.standing == "handed_in" and rights.may("line.return", target),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """One document of a unit, and the lines that cite it."""

    document: EvidenceFile
    cited_by: tuple[tuple[str, str, str], ...]
    """(line, domain as in addresses, section and page)."""


def documents_of(unit_file: UnitFile) -> list[DocumentShown]:
    """The documents of a unit that were not taken out, with where they are cited. Two queries."""
    rows = (
        unit_file.evidence.filter(removed_at=None)
        .select_related("uploaded_by")
        .prefetch_related(
            Prefetch("citations", queryset=Citation.objects.select_related("line").order_by("line__order", "order"))
        )
    )
    return [
        DocumentShown(
            document,
            tuple((row.line.node, row.line.domain or BONUS, row.locator) for row in document.citations.all()),
        )
        for document in rows
    ]
