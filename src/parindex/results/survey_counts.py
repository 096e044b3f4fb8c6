"""Which counts of answers, and which figures made of them, may be published.

A figure on fewer than `least` answers is left out, and others with it so that none of them comes back by subtraction
(`parindex.survey.disclosure`). A count of fewer than `least` answers first joins answers of the same score, which
changes no figure; what is still too small is left out with others of its question, at least three together, as two
unknown counts could be solved from the mean and the number of answers. The value that scores a leaf is published
whenever it rests on enough answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from parindex.results.edition_surveys import ABOVE, Figure, Level
from parindex.survey.disclosure import Disclosure, Status, TableShape, suppress

HIDDEN_TOGETHER: Final = 3
"""Counts left out of one question: with the number of answers and their mean known, two could be computed."""

_DEARER: Final[Mapping[Level, int]] = {"question": 1, "factor": 10**4, "part": 10**8, "index": 10**12}
"""What leaving out a figure costs, beside its answers: a question goes before a factor, a factor before the index."""


@dataclass(frozen=True, slots=True)
class AnswerClass:
    """One answer code of a question, or several of the same score: how many gave it, and with what weight.

    `score` 0-100, as it is published; `weight` in millionths.
    """

    codes: tuple[str, ...]
    score: Decimal
    n: int
    weight: int
    status: Status


def classes_of(answers: Sequence[AnswerClass], least: int) -> tuple[AnswerClass, ...]:
    """The answers of a question as they are published: joined where they are few, left out where that is not enough.

    Nobody's answer (a count of 0) hides nobody and is published.
    """
    if all(each.n >= least or each.n == 0 for each in answers):
        return tuple(answers)
    classes: list[AnswerClass] = []
    for score in dict.fromkeys(each.score for each in answers):
        classes += _joined([each for each in answers if each.score == score], least)
    given = sorted((each for each in classes if each.n > 0), key=lambda each: (each.n, each.codes))
    small = {each.codes for each in given if each.n < least}
    if not small:
        return tuple(classes)
    hidden = {each.codes for each in given[: max(len(small), HIDDEN_TOGETHER)]}
    return tuple(
        replace(each, status="too_small" if each.codes in small else "protects_others")
        if each.codes in hidden
        else each
        for each in classes
    )


def _joined(answers: Sequence[AnswerClass], least: int) -> list[AnswerClass]:
    """Answers of one score, each alone where enough gave it; one with fewer joins its neighbour."""
    if sum(0 < each.n < least for each in answers) == 0:
        return list(answers)
    found: list[AnswerClass] = []
    for each in answers:
        if found and found[-1].n < least:
            found[-1] = _sum(found[-1], each)
        else:
            found.append(each)
    if len(found) > 1 and found[-1].n < least:
        found[-2:] = [_sum(found[-2], found[-1])]
    return found


def _sum(first: AnswerClass, second: AnswerClass) -> AnswerClass:
    return replace(first, codes=first.codes + second.codes, n=first.n + second.n, weight=first.weight + second.weight)


def figure_disclosure(
    figures: Sequence[Figure],
    answers: Sequence[int],
    classes: Mapping[str, Sequence[AnswerClass]],
    least: int,
) -> Disclosure:
    """What may be shown of the figures of one unit; cells are ("", "level:code").

    `answers` says on how many answers each figure rests, 0 where it has no value.
    """
    columns = [f"{figure.level}:{figure.code}" for figure in figures]
    parents: dict[str, str | None] = {}
    for figure, column in zip(figures, columns, strict=True):
        above = None if figure.parent is None else f"{ABOVE[figure.level]}:{figure.parent}"
        # A figure may stand under two nodes; where it is a part of another one, that counts.
        parents[column] = parents.get(column) or above
    counts = {("", column): n for column, n in zip(columns, answers, strict=True)}
    costs = {
        ("", column): n * _DEARER[figure.level] for figure, column, n in zip(figures, columns, answers, strict=True)
    }
    rested = dict(counts)
    for figure, column in zip(figures, columns, strict=True):
        if figure.item is None or figure.parent is None or not rested["", column]:
            continue
        shown = classes[figure.code]
        if any(each.status != "published" for each in shown) and not any(
            each.status == "published" and each.n > 0 for each in shown
        ):
            # None of its counts is published: its value and number of answers would give them back.
            rested["", column] = min(each.n for each in shown if each.n > 0)
    found = suppress(TableShape(("",), parents), rested, least=least, cost=costs)
    status = dict(found.status)
    for figure, column in zip(figures, columns, strict=True):
        if figure.parent is None and counts["", column] >= least:
            status["", column] = "published"
    return Disclosure(status, least)
