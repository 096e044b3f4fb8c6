"""Two versions of a line side by side, as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parindex.language import Text
from parindex.programme.inputs import ValueWrong
from parindex_web.collect.last_year import value_shown
from parindex_web.collect.models import Line, LineVersion
from parindex_web.collect.queries import TypedLine
from parindex_web.collect.self_score import typed, what_is_asked
from parindex_web.editions.programme import Asked
from parindex_web.pages.languages import language

EXPLANATION = Text("Giải trình", "Explanation")
EVIDENCE = Text("Tài liệu kiểm chứng", "Evidence")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two versions say: what stands there, and what the other says. "" where nothing stands."""

    label: Text
    there: str
    mine: str

    @property
    def differs(self) -> bool:
        return self.there != self.mine


def differences(asked: Asked, line: Line, mine: TypedLine) -> Iterator[Difference]:
    """What stands in a line beside what somebody typed, input by input."""
    asks = what_is_asked(asked, line.unit_file.unit, line.node)
    for spec in asks.inputs:
        text = mine.fields.get(spec.name, "").strip()
        try:
            value = typed(spec, text, language())
            shown = value_shown(spec.name, asks, {spec.name: value} if value is not None else {})
        except ValueWrong:
            shown = text
        yield Difference(spec.label, value_shown(spec.name, asks, line.values), shown)
    yield Difference(EXPLANATION, line.explanation, mine.explanation.replace("\r\n", "\n").strip())
    if mine.citations is not None:
        there = [(f"TL{row.document.number:02d}", row.locator) for row in line.citations.all()]
        yield Difference(EVIDENCE, cited_shown(there), cited_shown([pair for pair in mine.citations if any(pair)]))


@dataclass(frozen=True, slots=True)
class CellShown:
    """One thing that a version says, and whether the version before said otherwise."""

    label: Text
    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One save of a line."""

    version: LineVersion
    cells: tuple[CellShown, ...]


def versions_shown(asked: Asked, line: Line) -> list[VersionShown]:
    """Everything a line ever held, the newest first. One query."""
    asks = what_is_asked(asked, line.unit_file.unit, line.node)
    labels = [*(spec.label for spec in asks.inputs), EVIDENCE, EXPLANATION]
    found = []
    before: list[str] | None = None
    for version in line.versions.select_related("by").order_by("version"):
        cited = cited_shown([(f"TL{row['document']:02d}", row["locator"]) for row in version.citations])
        texts = [value_shown(spec.name, asks, version.values) for spec in asks.inputs]
        texts += [cited, version.explanation]
        was = before if before is not None else texts
        cells = tuple(CellShown(label, text, text != old) for label, text, old in zip(labels, texts, was, strict=True))
        found.append(VersionShown(version, cells))
        before = texts
    return found[::-1]


def cited_shown(rows: list[tuple[str, str]]) -> str:
    """TL01 (Mục II, trang 3); TL04."""
    return "; ".join(f"{code} ({where})" if where else code for code, where in rows)
