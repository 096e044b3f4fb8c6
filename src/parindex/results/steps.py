"""The steps of an explanation: what each says in both languages, its figures, and the steps behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from parindex.language import LANGUAGES, Language, Text
from parindex.results.result_tables import SIMULATED, ResultTables


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the walk: a title, what it says in both languages, its figures, and the steps behind it."""

    what: str
    code: str
    title: Text
    says: Text
    figures: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()


def both(make: Callable[[Language], str]) -> Text:
    """A text made the same way in each language."""
    return Text(*(make(language) for language in LANGUAGES))


def plain(value: Decimal | None) -> str | None:
    """A decimal as JSON carries it: its digits as text."""
    return format(value, "f") if value is not None else None


def where(result: ResultTables, source: str, place: str) -> str:
    """A place in a source file as a person reads it, with the beginning of the file's digest."""
    digest = result.digest_of_source.get(source, "")
    at = f"{source}:{place}" if place[:1].isdigit() else f"{source} {place}".strip()
    return f"[{at}{', sha256 ' + digest[:8] + '…' if digest else ''}]"


def source_of(result: ResultTables, source: str, place: str) -> dict[str, str]:
    """The same as figures of a step."""
    return {"source": source, "place": place, "sha256": result.digest_of_source.get(source, "")}


def render(step: Step, language: Language) -> str:
    """The walk as a text tree."""
    lines = [step.title.in_(language)]
    if step.figures.get("simulated"):
        lines.append(SIMULATED.in_(language))
    lines.append(step.says.in_(language))
    lines.extend(_branches(step.steps, "", language))
    return "\n".join(lines)


def _branches(steps: tuple[Step, ...], indent: str, language: Language) -> Iterator[str]:
    for number_, step in enumerate(steps):
        last = number_ == len(steps) - 1
        says = step.says.in_(language)
        title = step.title.in_(language)
        yield f"{indent}{'└' if last else '├'} {title}{': ' if says else ''}{says}"
        yield from _branches(step.steps, indent + ("  " if last else "│ "), language)


def as_data(step: Step) -> dict[str, Any]:
    """The walk as JSON objects, texts in both languages."""
    return {
        "what": step.what,
        "code": step.code,
        "title": {"vi": step.title.vi, "en": step.title.en},
        "says": {"vi": step.says.vi, "en": step.says.en},
        **step.figures,
        "steps": [as_data(each) for each in step.steps],
    }
