"""What is wrong, said so that an official with a deadline can mend it.

Code that finds a mistake adds a `Problem` to `Problems` and goes on, so that all problems of a document come at
once. Doors print them; nothing below a door prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from parindex.language import Language, Text
from parindex.sources import Place

Severity = Literal["error", "notice"]


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of mistake. The texts may hold `{name}` places. A `notice` does not stop the work."""

    code: str
    what: Text
    why: Text
    remedy: Text
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake found at a place. `values` fill the texts of its kind."""

    kind: ProblemKind
    where: Place
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.kind.code

    def words(self, language: Language) -> str:
        """Where, what, why and what to do, in that order, with the code at the end."""
        kind = self.kind
        sentences = " ".join(
            text.filled(language, self.values) for text in (kind.what, kind.why, kind.remedy) if text.in_(language)
        )
        where = self.where.words(language)
        return f"{where}: {sentences} [{kind.code}]" if where else f"{sentences} [{kind.code}]"

    def as_data(self, language: Language) -> dict[str, object]:
        """For JSON: place, code and texts apart."""
        kind = self.kind
        place = self.where
        return {
            "code": kind.code,
            "severity": kind.severity,
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "sheet": place.sheet,
            "cell": place.cell,
            "what": kind.what.filled(language, self.values),
            "why": kind.why.filled(language, self.values),
            "remedy": kind.remedy.filled(language, self.values),
        }


class ProblemsFound(Exception):
    """Input that cannot be used. Carries every problem of the document, not only the first."""

    def __init__(self, problems: tuple[Problem, ...]):
        self.problems = problems
        super().__init__("\n".join(problem.words("en") for problem in problems))


class Problems:
    """Collects problems in the order they are found; the same problem at the same place counts once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Place, str], Problem] = {}

    def add(self, kind: ProblemKind, where: Place, /, **values: object) -> None:
        problem = Problem(kind, where, values)
        self._found.setdefault((kind.code, where, repr(sorted(values.items(), key=lambda item: item[0]))), problem)

    def extend(self, problems: Problems | tuple[Problem, ...]) -> None:
        for problem in problems:
            self.add(problem.kind, problem.where, **problem.values)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self if problem.kind.severity == "error")

    @property
    def notices(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self if problem.kind.severity == "notice")

    def sorted(self) -> tuple[Problem, ...]:
        """By file, then by place: the order in which a person mends them."""
        return tuple(
            sorted(
                self,
                key=lambda p: (p.where.file, p.where.sheet or "", p.where.line or 0, p.where.column or 0),
            )
        )

    def raise_if_any(self) -> None:
        """Raise `ProblemsFound` with all problems, if one of them is an error."""
        if self.errors:
            raise ProblemsFound(self.sorted())
