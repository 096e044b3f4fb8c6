"""What a questionnaire puts together: factors, sub-indices, the index, and items that score a node of a framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from parindex.problems import Problems
from parindex.sources import Place
from parindex.survey.asked_mistakes import NO_INDEX, NODE_WEIGHTS, QUESTION_ABSENT, QUESTION_CODES
from parindex.survey.design import AnswerItem, SurveyDesign
from parindex.survey.estimands import Composite, Pooled
from parindex.survey.questionnaire import Questionnaire
from parindex.survey.sipas import Composite as IndexPart
from parindex.survey.sipas import index_weights, node_items, scores

NODE: Final = "node:"
"""Before the code of a node that an item scores."""


def item_of(design: SurveyDesign, column: str) -> AnswerItem | None:
    """The item of the design that holds a column of the questionnaire."""
    return next((item for item in design.items if column in (item.code, item.column)), None)


def node_estimands(
    design: SurveyDesign, questionnaire: Questionnaire | None, problems: Problems
) -> tuple[tuple[str, Pooled], ...]:
    """Each node that an item scores, with the mean weight of its answers in percent."""
    if questionnaire is None:
        return ()
    try:
        found = node_items(questionnaire)
    except ValueError as error:
        problems.add(NODE_WEIGHTS, Place(questionnaire.file), reason=str(error))
        return ()
    told: list[tuple[str, Pooled]] = []
    for node, (asked, scale) in found.items():
        worth = {code: 100 * float(value) for code, value in scale.values.items()}
        codes = checked_items(design, questionnaire.columns_of[asked.code], worth, questionnaire, problems)
        if codes:
            told.append((node, Pooled(f"{NODE}{node}", codes, tuple(worth.items()))))
    return tuple(told)


def index_parts(
    design: SurveyDesign, questionnaire: Questionnaire | None, problems: Problems
) -> tuple[tuple[IndexPart, Composite], ...]:
    """Each factor, sub-index and the index as an estimand, on the scale of 0 to 100."""
    if questionnaire is None:
        return ()
    if questionnaire.index is None:
        if not any(item.node for item in questionnaire.items):
            problems.add(NO_INDEX, Place(questionnaire.file))
        return ()
    found = []
    for part in index_weights(questionnaire):
        terms = []
        for term in part.terms:
            scale = questionnaire.scale_of(term.items[0])
            worth = scores(questionnaire.index.formula, scale) if scale is not None else {}
            codes = checked_items(design, term.columns, worth, questionnaire, problems)
            pooled = Pooled(part.code, codes, tuple((code, float(value)) for code, value in worth.items()))
            terms.append((pooled, float(term.weight)))
        found.append((part, Composite(part.code, tuple(terms))))
    return tuple(found)


def checked_items(
    design: SurveyDesign,
    columns: Sequence[str],
    worth: Mapping[str, object],
    questionnaire: Questionnaire,
    problems: Problems,
) -> tuple[str, ...]:
    """The items of the design in these columns, whose codes are those with a score."""
    codes = []
    for column in columns:
        item = item_of(design, column)
        if item is None:
            problems.add(QUESTION_ABSENT, Place(questionnaire.file), column=column)
        elif set(item.answers) != set(worth):
            expected, found = ", ".join(worth), ", ".join(item.answers) or "–"
            problems.add(QUESTION_CODES, Place(questionnaire.file), column=column, found=found, expected=expected)
        else:
            codes.append(item.code)
    return tuple(codes)
