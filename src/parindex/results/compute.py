"""The order of the stages: from what an edition folder says to ranks. Read it as the programme's table of contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parindex.appraisal.accept import accept
from parindex.appraisal.from_records import taken_from_records, withdrawn_claims
from parindex.index.aggregate import METHODS
from parindex.problems import Problems
from parindex.programme.edition import Edition
from parindex.ranking.movement import PastResult, movements
from parindex.ranking.ranks import means, rank
from parindex.results.differences import differences
from parindex.results.folder_tables import FolderTables, PrintedFigure, PrintedMean
from parindex.results.reading import EditionInputs, Progress, no_progress
from parindex.results.result import Result
from parindex.results.standing_values import check_standing
from parindex.scoring.rule_book import RuleBook
from parindex.scoring.score import score
from parindex.tables.counted import Counted
from parindex.tables.flow import (
    Accepted,
    Answer,
    Difference,
    Estimate,
    IndexValue,
    Mean,
    Movement,
    NotApplicable,
    Rank,
    Score,
    SourceRow,
    SurveyCount,
    SurveyTerm,
)
from parindex.tables.measured import Measured


def compute(inputs: EditionInputs, *, progress: Progress = no_progress) -> Result:
    """All stages of an edition. Pure: the same inputs give the same tables.

    Raises `ProblemsFound` where claims and decisions together say what cannot be (a part above its whole).
    """
    use = inputs.edition.settings.records
    accepted = accept(
        edition=inputs.edition.code,
        answers=inputs.answers,
        decisions=(*inputs.decisions, *taken_from_records(use, inputs.counted, inputs.decisions)),
        elsewhere=inputs.elsewhere,
        withdrawn=withdrawn_claims(use, inputs.counted),
    )
    problems = Problems()
    check_standing(edition=inputs.edition, books=inputs.books, accepted=accepted, problems=problems)
    problems.raise_if_any()
    return from_accepted(
        edition=inputs.edition,
        books=inputs.books,
        answers=inputs.answers,
        accepted=accepted,
        estimates=inputs.estimates,
        not_applicable=inputs.not_applicable,
        history=inputs.history,
        published=inputs.published,
        printed_means=inputs.printed_means,
        sources=tuple(SourceRow(file.path, file.sha256, size) for file, size in inputs.files),
        programme_files=inputs.programme_files,
        survey_terms=inputs.survey_terms,
        survey_counts=inputs.survey_counts,
        measured=inputs.measured,
        counted=inputs.counted,
        progress=progress,
    )


def from_accepted(
    *,
    edition: Edition,
    books: Mapping[str, RuleBook],
    answers: Sequence[Answer],
    accepted: Sequence[Accepted],
    estimates: Sequence[Estimate],
    not_applicable: Sequence[NotApplicable],
    history: Sequence[PastResult],
    published: Sequence[PrintedFigure],
    printed_means: Sequence[PrintedMean],
    sources: tuple[SourceRow, ...],
    programme_files: Mapping[str, bytes],
    survey_terms: Sequence[SurveyTerm] = (),
    survey_counts: Sequence[SurveyCount] = (),
    measured: Sequence[Measured] = (),
    counted: Sequence[Counted] = (),
    progress: Progress = no_progress,
) -> Result:
    """Scores, index and ranks from accepted values and estimates: all that a publication carries is enough."""
    scores: list[Score] = []
    index_values: list[IndexValue] = []
    ranks: list[Rank] = []
    all_means: list[Mean] = []
    all_movements: list[Movement] = []
    for done, unit_list in enumerate(edition.lists, start=1):
        list_scores = score(
            edition=edition,
            unit_list=unit_list,
            book=books[unit_list.code],
            accepted=accepted,
            estimates=estimates,
            not_applicable=not_applicable,
            framework_source=unit_list.framework.file,
        )
        list_values = METHODS[edition.settings.aggregation](edition=edition, unit_list=unit_list, scores=list_scores)
        list_ranks = rank(edition=edition, unit_list=unit_list, index_values=list_values)
        scores.extend(list_scores)
        index_values.extend(list_values)
        ranks.extend(list_ranks)
        all_means.extend(means(edition=edition, unit_list=unit_list, index_values=list_values))
        all_movements.extend(movements(edition=edition, unit_list=unit_list, ranks=list_ranks, history=history))
        progress(unit_list.code, done, len(edition.lists))
    all_differences: tuple[Difference, ...] = differences(
        edition=edition,
        index_values=index_values,
        ranks=ranks,
        means=all_means,
        published=published,
        printed_means=printed_means,
    )
    return Result(
        edition=edition,
        books=books,
        answers=tuple(answers),
        accepted=tuple(accepted),
        estimates=tuple(estimates),
        not_applicable=tuple(not_applicable),
        scores=tuple(scores),
        index_values=tuple(index_values),
        ranks=tuple(ranks),
        means=tuple(all_means),
        movements=tuple(all_movements),
        differences=all_differences,
        sources=sources,
        programme_files=programme_files,
        survey_terms=tuple(survey_terms),
        survey_counts=tuple(survey_counts),
        measured=tuple(measured),
        counted=tuple(counted),
    )


def recompute(result: Result) -> Result:
    """The same edition again from the accepted values, estimates and exclusions that a folder carries."""
    problems = Problems()
    tables = FolderTables(result.edition, result.books, problems)
    files = result.programme_files
    history = tables.history(files["history.csv"], "history.csv") if "history.csv" in files else ()
    published = tables.published(files["published.csv"], "published.csv") if "published.csv" in files else ()
    printed = tables.printed_means(files["means.csv"], "means.csv") if "means.csv" in files else ()
    problems.raise_if_any()
    return from_accepted(
        edition=result.edition,
        books=result.books,
        answers=result.answers,
        accepted=result.accepted,
        estimates=result.estimates,
        not_applicable=result.not_applicable,
        history=history,
        published=published,
        printed_means=printed,
        sources=result.sources,
        programme_files=files,
        survey_terms=result.survey_terms,
        survey_counts=result.survey_counts,
        measured=result.measured,
        counted=result.counted,
    )
