"""Breaks in a series as data: years whose figures cannot be told apart as change of method or change of fact.

When the questions, who is asked or the formula change, an index keeps its name and stops being the same measure.
A series across such a break is refused; who wants one names the break, and the name stays with the series.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from parindex.documents.shapes import guess
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place

SERIES_BREAK = ProblemKind(
    "SERIES-BREAK",
    what=Text(
        'chuỗi {first}–{last} đi qua điểm gãy "{code}" trước năm {edition}: {name}.',
        'the series {first}–{last} crosses the break "{code}" before {edition}: {name}.',
    ),
    why=Text(
        "{reason} Chênh lệch giữa hai bên không phải là thay đổi của thực tế.",
        "{reason} A difference between the two sides is no change of fact.",
    ),
    remedy=Text(
        "Trình bày từng đoạn riêng, hoặc nêu tên điểm gãy ({code}) nếu thật sự cần nối.",
        "Show the two pieces apart, or name the break ({code}) to join them all the same.",
    ),
)
BREAK_UNKNOWN = ProblemKind(
    "SERIES-BREAK-UNKNOWN",
    what=Text('không có điểm gãy "{code}"{guess}.', 'there is no break "{code}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Các điểm gãy đã khai: {known}.", "Breaks that are declared: {known}."),
)


@dataclass(frozen=True, slots=True)
class Break:
    """Editions from `first_edition` on are not comparable with those before."""

    code: str
    first_edition: int
    name: Text
    reason: Text
    place: Place = field(default=Place(""), compare=False)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """Editions that may be joined by a line, in order of year, with what belongs to each."""

    points: tuple[tuple[int, T], ...]
    crosses: tuple[Break, ...] = ()
    """The breaks this piece was joined across because they were named; to be shown wherever it is."""


def breaks_between(first: int, last: int, breaks: Sequence[Break]) -> tuple[Break, ...]:
    """The breaks between two editions, in order of year; whichever of the two comes first."""
    low, high = min(first, last), max(first, last)
    return tuple(
        each for each in sorted(breaks, key=lambda each: each.first_edition) if low < each.first_edition <= high
    )


def pieces(
    points: Sequence[tuple[int, T]], breaks: Sequence[Break], *, across: Collection[str] = ()
) -> tuple[Piece[T], ...]:
    """Cut a series of (edition, anything) at its breaks, but not at those named in `across`.

    Raises ProblemsFound when `across` names no break, and ValueError when an edition stands twice.
    """
    _refuse_unknown(breaks, across)
    ordered = sorted(points, key=lambda point: point[0])
    if len({edition for edition, _ in ordered}) < len(ordered):
        raise ValueError("an edition stands twice in the series")
    cut: list[list[tuple[int, T]]] = []
    for point in ordered:
        between = breaks_between(cut[-1][-1][0], point[0], breaks) if cut else ()
        if not cut or any(each.code not in across for each in between):
            cut.append([])
        cut[-1].append(point)
    return tuple(Piece(tuple(piece), breaks_between(piece[0][0], piece[-1][0], breaks)) for piece in cut)


def joined(points: Sequence[tuple[int, T]], breaks: Sequence[Break], *, across: Collection[str] = ()) -> Piece[T]:
    """One series of (edition, anything) in order of year.

    Raises ProblemsFound when it crosses a break that `across` does not name, or `across` names none.
    """
    cut = pieces(points, breaks, across=across)
    if len(cut) == 1:
        return cut[0]
    problems = Problems()
    editions = sorted(edition for edition, _ in points)
    for each in breaks_between(editions[0], editions[-1], breaks) if editions else ():
        if each.code not in across:
            problems.add(
                SERIES_BREAK,
                each.place,
                first=str(editions[0]),
                last=str(editions[-1]),
                code=each.code,
                edition=str(each.first_edition),
                name=each.name,
                reason=each.reason,
            )
    problems.raise_if_any()
    return Piece(())


def _refuse_unknown(breaks: Sequence[Break], across: Collection[str]) -> None:
    problems = Problems()
    known = tuple(each.code for each in breaks)
    for code in across:
        if code not in known:
            problems.add(BREAK_UNKNOWN, Place(""), code=code, known=", ".join(known) or "–", guess=guess(code, known))
    problems.raise_if_any()
