"""Survey estimates computed again without any interview: from published counts and weights, as far as these go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

from parindex.problems import Problems
from parindex.results.edition_surveys import ABOVE, Figure, read_surveys
from parindex.results.result import Result
from parindex.results.survey_figures import figure_weight, score_of
from parindex.tables.flow import ESTIMATES, SURVEY_COUNTS, SURVEY_TERMS, SurveyCount, SurveyTerm

FROM_COUNTS: Final = Fraction(2, 10**8)
"""Values carry 10 digits: two units of the last one, in percent."""
FROM_PARTS: Final = Fraction(1, 10**6)
"""Weights and values of parts are rounded to 10 digits each."""


class Disagreement(NamedTuple):
    """A figure that is not what comes out of those below it, or a row that the questionnaire does not make."""

    file: str
    row: str
    found: str
    expected: str


class Recomputed(NamedTuple):
    """How many figures there are with a value, how many of them came out of counts or parts, and what disagrees."""

    figures: int
    again: int
    disagreements: tuple[Disagreement, ...]


def recompute_surveys(result: Result) -> Recomputed:
    """Hold SURVEY_TERMS, SURVEY_COUNTS and ESTIMATES against each other and against the questionnaire.

    A question comes out of its counts where none is left out; a factor, sub-index or index out of the figures below
    it where all of them are published. Names, weights and scores are those of the questionnaire in the programme.
    """
    rows: dict[tuple[str, str, str], list[SurveyTerm]] = {}
    for term in result.survey_terms:
        rows.setdefault((term.survey, term.unit, term.node), []).append(term)
    figures = again = 0
    wrong: list[Disagreement] = list(_declared(result))
    for terms in rows.values():
        below: dict[tuple[str, str], list[SurveyTerm]] = {}
        for term in terms:
            if term.parent is not None:
                below.setdefault((ABOVE[term.level], term.parent), []).append(term)  # type: ignore[index]
        for term in terms:
            if term.value is None:
                continue
            figures += 1
            if term.level == "question":
                value = _from_counts(result.survey_counts_of.get((term.survey, term.unit, term.code), ()))
                near = FROM_COUNTS
            else:
                value, near = _from_parts(below.get((term.level, term.code), ())), FROM_PARTS
            if value is None:
                continue
            again += 1
            if abs(value - Fraction(term.value)) > near:
                wrong.append(_of(SURVEY_TERMS.file_name, term, _text(term.value), _text(value)))
        wrong += _estimated(result, terms)
    return Recomputed(figures, again, tuple(wrong))


def _from_counts(counts: Sequence[SurveyCount]) -> Fraction | None:
    weighted = [row.weighted for row in counts]
    if not counts or any(each is None for each in weighted):
        return None
    total = sum((Fraction(each) for each in weighted if each is not None), Fraction(0))
    worth = (Fraction(row.weighted or 0) * Fraction(row.score) for row in counts)
    return sum(worth, Fraction(0)) / total if total else None


def _from_parts(parts: Sequence[SurveyTerm]) -> Fraction | None:
    if not parts or any(part.weight is None or part.value is None for part in parts):
        return None
    products = (Fraction(part.weight or 0) * Fraction(part.value or 0) for part in parts)
    return sum(products, Fraction(0))


def _estimated(result: Result, terms: Sequence[SurveyTerm]) -> Iterator[Disagreement]:
    """The estimate of a leaf is the figure at its top; one from estimates.csv may stand where that is empty."""
    top = next((term for term in terms if term.parent is None), None)
    if top is None:
        return
    estimate = result.estimate_of.get((top.unit, top.node))
    found = (estimate.value, estimate.se, estimate.n) if estimate is not None else (None, None, None)
    if found != (top.value, top.se, top.n) and (top.value is not None or estimate is None):
        yield _of(ESTIMATES.file_name, top, _text(found[0]), _text(top.value))


def _declared(result: Result) -> Iterator[Disagreement]:
    """What the questionnaire of the programme says of each row."""
    problems = Problems()
    files = result.programme_files
    surveys = read_surveys(result.edition, result.books, Path(), files.get, problems)
    problems.raise_if_any()
    figures: dict[tuple[str, str, str, str], Figure] = {}
    worth: dict[tuple[str, str, str], Decimal] = {}
    units: dict[str, tuple[str, ...]] = {}
    for survey in surveys:
        code = survey.declared.code
        units[code] = survey.units
        for figure in survey.figures:
            figures[code, figure.node, figure.level, figure.code] = figure
            if figure.item is not None:
                for answer, score in figure.pools[0][0].scores:
                    worth[code, figure.code, answer] = score_of(score)
    yield from _rows_missing(result, figures, units)
    for term in result.survey_terms:
        found = figures.get((term.survey, term.node, term.level, term.code))
        if found is None:
            yield _of(SURVEY_TERMS.file_name, term, term.code, "–")
            continue
        weight = term.weight if found.weight is None else figure_weight(found.weight)
        says = (term.parent, term.name_vi, term.name_en, term.weight)
        should = (found.parent, found.name.vi, found.name.en, weight)
        if says != should:
            yield _of(SURVEY_TERMS.file_name, term, " · ".join(map(str, says)), " · ".join(map(str, should)))
    for row in result.survey_counts:
        for answer in row.answers.split():
            expected = worth.get((row.survey, row.item, answer))
            if expected != row.score:
                where = f"{row.survey}, {row.unit}, {row.item}, {answer}"
                yield Disagreement(SURVEY_COUNTS.file_name, where, _text(row.score), _text(expected))


def _rows_missing(
    result: Result, figures: Mapping[tuple[str, str, str, str], Figure], units: Mapping[str, Sequence[str]]
) -> Iterator[Disagreement]:
    """Every figure stands there for every unit, also where it is empty."""
    there = {(term.survey, term.node, term.level, term.code, term.unit) for term in result.survey_terms}
    for survey, node, level, code in figures:
        for unit in units[survey]:
            if (survey, node, level, code, unit) not in there:
                yield Disagreement(SURVEY_TERMS.file_name, f"{survey}, {unit}, {node}, {code}", "–", code)


def _of(file: str, term: SurveyTerm, found: str, expected: str) -> Disagreement:
    return Disagreement(file, f"{term.survey}, {term.unit}, {term.node}, {term.code}", found, expected)


def _text(value: Decimal | Fraction | None) -> str:
    if value is None:
        return "–"
    return format(value, "f") if isinstance(value, Decimal) else f"{float(value):.10g}"
