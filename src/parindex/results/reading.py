"""An edition folder to everything that a computation needs, with every problem of every file in one pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from parindex.appraisal.accept import AcceptedElsewhere, Decision
from parindex.appraisal.from_records import decided_by_records
from parindex.documents.text_files import measured, read_bytes
from parindex.language import Text
from parindex.measures.engine import MeasureEngine
from parindex.problems import Problem, ProblemKind, Problems, ProblemsFound
from parindex.programme.edition import Edition
from parindex.programme.edition_reading import read_edition_file
from parindex.programme.framework import Framework
from parindex.programme.framework_reading import read_framework
from parindex.ranking.movement import PastResult
from parindex.results import edition_records as records
from parindex.results.edition_surveys import CellEngine, read_surveys
from parindex.results.folder_tables import FolderTables, PrintedFigure, PrintedMean
from parindex.scoring.rule_book import RuleBook, check_examples, open_rules
from parindex.sources import Place, SourceFile, digest_of
from parindex.tables.counted import Counted
from parindex.tables.flow import Answer, Estimate, NotApplicable, SurveyCount, SurveyTerm
from parindex.tables.measured import Measured
from parindex.tables.record_tables import MEASURES_FILE, RECORDS_FOLDER

EDITION_FILE = "edition.yaml"
ESTIMATES_FILE = "estimates.csv"
SUBMISSIONS = "submissions"

FOLDER_MISSING = ProblemKind(
    "FOLDER-MISSING",
    what=Text("không có thư mục kỳ đánh giá tại đây.", "there is no edition folder here."),
    why=Text("", ""),
    remedy=Text(
        "Ghi đường dẫn tới thư mục có tệp edition.yaml.", "Give the path of the folder that holds edition.yaml."
    ),
)
COMPARISON_EMPTY = ProblemKind(
    "COMPARISON-EMPTY",
    what=Text(
        'comparison nêu kỳ "{edition}", history.csv không có kỳ này.',
        'comparison names the edition "{edition}", which history.csv does not hold.',
    ),
    why=Text("Sẽ không có cột thay đổi nào.", "No change will be shown."),
    remedy=Text("Sửa mã kỳ hoặc bổ sung history.csv.", "Correct the edition, or add it to history.csv."),
    severity="notice",
)
SUBMISSION_KIND = ProblemKind(
    "SUBMISSION-KIND",
    what=Text("không phải tệp .xlsx.", "this is no .xlsx file."),
    why=Text(
        "Hồ sơ tự đánh giá là tệp Excel do parindex tạo.", "A self-assessment is the workbook that parindex made."
    ),
    remedy=Text(
        "Lưu lại thành .xlsx, hoặc bỏ tệp khỏi submissions/.", "Save it as .xlsx, or take it out of submissions/."
    ),
)
SUBMISSION_TWICE = ProblemKind(
    "SUBMISSION-TWICE",
    what=Text("{unit} đã có hồ sơ trong tệp {first}.", "{unit} has a submission already in {first}."),
    why=Text(
        "Mỗi đơn vị nộp một hồ sơ; không đoán tệp nào đúng.", "A unit sends one file; we do not guess which is right."
    ),
    remedy=Text("Giữ một tệp trong submissions/.", "Keep one of them in submissions/."),
)

SURVEY_AND_ESTIMATE = ProblemKind(
    "SURVEY-AND-ESTIMATE",
    what=Text(
        '{unit}, mục "{node}": đã có {n} phiếu của khảo sát "{survey}".',
        '{unit}, node "{node}": there are {n} interviews of the survey "{survey}" already.',
    ),
    why=Text("Một mục nhận một kết quả; không đoán số nào đúng.", "A leaf takes one estimate; we do not guess which."),
    remedy=Text(
        "Bỏ dòng này, hoặc bỏ mục khỏi nodes của khảo sát.", "Remove the row, or take the node out of the survey."
    ),
)

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done, and of how many."""


def no_progress(what: str, done: int, total: int) -> None:
    """For callers that show none."""


@dataclass(frozen=True)
class EditionInputs:
    """Everything an edition folder says, read and checked.

    `interviews` counts those of each survey by unit; units without any are absent. `records`: how many records of
    each table were counted. In `decisions`, those that follow the records carry the counted value.
    """

    edition: Edition
    books: Mapping[str, RuleBook]
    answers: tuple[Answer, ...] = ()
    decisions: tuple[Decision, ...] = ()
    elsewhere: tuple[AcceptedElsewhere, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    not_applicable: tuple[NotApplicable, ...] = ()
    history: tuple[PastResult, ...] = ()
    published: tuple[PrintedFigure, ...] = ()
    printed_means: tuple[PrintedMean, ...] = ()
    files: tuple[tuple[SourceFile, int], ...] = ()
    programme_files: Mapping[str, bytes] = field(default_factory=dict)
    survey_terms: tuple[SurveyTerm, ...] = ()
    survey_counts: tuple[SurveyCount, ...] = ()
    measured: tuple[Measured, ...] = ()
    counted: tuple[Counted, ...] = ()
    records: Mapping[str, int] = field(default_factory=dict)
    interviews: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notices: tuple[Problem, ...] = ()
    reading_cpu_seconds: float = 0.0


class _Folder:
    """The files of one folder as they are read, with their digests."""

    def __init__(self, root: Path, problems: Problems):
        self.root = root
        self.problems = problems
        self.read: dict[str, bytes] = {}
        self.measured: dict[str, tuple[str, int]] = {}

    def has(self, name: str) -> bool:
        return (self.root / name).is_file()

    def content(self, name: str) -> bytes | None:
        if name in self.read:
            return self.read[name]
        content = read_bytes(self.root / name, name, self.problems)
        if content is not None:
            self.read[name] = content
        return content

    def measure(self, name: str) -> bool:
        """Note the digest of a file that an engine reads, which may be too large to hold; False after a problem."""
        found = measured(self.root / name, name, self.problems)
        if found is not None:
            self.measured[name] = found
        return found is not None

    def sources(self) -> tuple[tuple[SourceFile, int], ...]:
        found = {name: (digest_of(content), len(content)) for name, content in self.read.items()} | self.measured
        return tuple((SourceFile(name, digest), size) for name, (digest, size) in sorted(found.items()))


def read_programme(
    root: Path, problems: Problems, *, examples: bool = True
) -> tuple[Edition | None, dict[str, RuleBook], _Folder]:
    """Edition, frameworks with their rules, and units. With `examples`, the worked examples are run as well."""
    folder = _Folder(root, problems)
    if not root.is_dir():
        problems.add(FOLDER_MISSING, Place(root.name or str(root)))
        return None, {}, folder
    content = folder.content(EDITION_FILE)
    if content is None:
        return None, {}, folder
    opened: dict[str, RuleBook] = {}

    def framework(content: bytes, name: str) -> Framework | None:
        found = read_framework(content, name, problems)
        if found is not None:
            book = open_rules(found, problems)
            if examples:
                check_examples(book, problems)
            opened[name] = book
        return found

    edition = read_edition_file(
        content, EDITION_FILE, problems, read_file=folder.content, has_file=folder.has, frameworks=framework
    )
    books = {each.code: opened[each.framework.file] for each in edition.lists} if edition else {}
    return edition, books, folder


PROGRAMME_FILES = ("unit_changes.csv", "history.csv", "published.csv", "means.csv")


def read_edition(
    path: str | Path,
    *,
    engine: Callable[[], CellEngine] | None = None,
    measures: Callable[[], MeasureEngine] | None = None,
    progress: Progress = no_progress,
) -> EditionInputs:
    """Read a whole edition folder. Raises `ProblemsFound` with the problems of all its files at once.

    `engine` gives what counts the interviews of its surveys, `measures` what counts its records; ValueError where it
    has surveys or records and there is none (`parindex.read_edition` takes DuckDB).
    """
    problems = Problems()
    root = Path(path)
    edition, books, folder = read_programme(root, problems)
    if edition is None or problems.errors:
        raise ProblemsFound(problems.sorted())
    programme = dict(folder.read)
    tables = FolderTables(edition, books, problems)

    def optional(name: str) -> bytes | None:
        return folder.content(name) if folder.has(name) else None

    decisions = tables.decisions(content, "decisions.csv") if (content := optional("decisions.csv")) else ()
    elsewhere = tables.accepted(content, "accepted.csv") if (content := optional("accepted.csv")) else ()
    estimates = tables.estimates(content, ESTIMATES_FILE) if (content := optional(ESTIMATES_FILE)) else ()
    left_out = (
        tables.not_applicable(content, "not_applicable.csv") if (content := optional("not_applicable.csv")) else ()
    )
    history = tables.history(content, "history.csv") if (content := optional("history.csv")) else ()
    published = tables.published(content, "published.csv") if (content := optional("published.csv")) else ()
    printed_means = tables.printed_means(content, "means.csv") if (content := optional("means.csv")) else ()
    if edition.comparison and not any(row.edition == edition.comparison.edition for row in history):
        problems.add(COMPARISON_EMPTY, Place(EDITION_FILE), edition=edition.comparison.edition)
    programme.update({name: folder.read[name] for name in PROGRAMME_FILES if name in folder.read})
    surveyed = _surveys(folder, edition, books, estimates, engine, progress)
    for survey in edition.surveys:
        for name in (survey.design, survey.questionnaire):
            if name in folder.read:
                programme[name] = folder.read[name]
    answers, seconds = _submissions(folder, edition, problems, progress)
    counted = _records(folder, edition, books, answers, measures, progress)
    if MEASURES_FILE in folder.read:
        programme[MEASURES_FILE] = folder.read[MEASURES_FILE]
    if counted is not None:
        decisions = decided_by_records(edition.settings.records, decisions, counted.counted, problems)
    problems.raise_if_any()
    assert counted is not None
    return EditionInputs(
        edition=edition,
        books=books,
        answers=answers,
        decisions=decisions,
        elsewhere=elsewhere,
        estimates=(*estimates, *surveyed.estimates),
        not_applicable=left_out,
        history=history,
        published=published,
        printed_means=printed_means,
        files=folder.sources(),
        programme_files=dict(sorted(programme.items())),
        survey_terms=tuple(surveyed.terms),
        survey_counts=tuple(surveyed.counts),
        measured=counted.measured,
        counted=counted.counted,
        records=counted.rows,
        interviews=surveyed.interviews,
        notices=problems.notices,
        reading_cpu_seconds=seconds,
    )


@dataclass(frozen=True, slots=True)
class _Surveyed:
    """What all surveys of an edition give it."""

    estimates: list[Estimate] = field(default_factory=list)
    terms: list[SurveyTerm] = field(default_factory=list)
    counts: list[SurveyCount] = field(default_factory=list)
    interviews: dict[str, Mapping[str, int]] = field(default_factory=dict)


def _surveys(
    folder: _Folder,
    edition: Edition,
    books: Mapping[str, RuleBook],
    given: Sequence[Estimate],
    engine: Callable[[], CellEngine] | None,
    progress: Progress,
) -> _Surveyed:
    """What the surveys of an edition give it, beside the estimates that it was `given` as a file."""
    all_ = _Surveyed()
    if not edition.surveys:
        return all_
    problems = folder.problems
    surveys = read_surveys(edition, books, folder.root, folder.content, problems)
    ready = [survey for survey in surveys if folder.measure(survey.declared.interviews)]
    if engine is None:
        raise ValueError("the edition has surveys: an engine is needed to count them")
    from parindex.results.survey_figures import count_survey

    rows = {(row.unit, row.node): row for row in given}
    for done, survey in enumerate(ready, start=1):
        progress(survey.declared.interviews, done, len(ready))
        try:
            counted = count_survey(survey, engine(), edition=edition, problems=problems)
        except ProblemsFound as found:
            problems.extend(found.problems)
            continue
        if counted is None:
            continue
        for row in counted.estimates:
            other, n = rows.get((row.unit, row.node)), counted.interviews.get(row.unit, 0)
            if other is None:
                all_.estimates.append(row)
            elif n:
                place = Place(other.source, int(other.place))
                values = {"unit": row.unit, "node": row.node, "n": n, "survey": survey.declared.code}
                problems.add(SURVEY_AND_ESTIMATE, place, **values)
        all_.terms.extend(counted.terms)
        all_.counts.extend(counted.counts)
        all_.interviews[survey.declared.code] = counted.interviews
    return all_


def _records(
    folder: _Folder,
    edition: Edition,
    books: Mapping[str, RuleBook],
    answers: Sequence[Answer],
    engine: Callable[[], MeasureEngine] | None,
    progress: Progress,
) -> records.CountedRecords | None:
    """What the records of an edition give it; nothing where it has none, None after a problem."""
    problems = folder.problems
    before = len(problems.errors)
    if not records.has_records(folder.root):
        if edition.settings.records != "beside":
            use, name = edition.settings.records, RECORDS_FOLDER
            problems.add(records.RECORDS_SETTING, Place(EDITION_FILE), use=use, folder=name)
            return None
        return records.CountedRecords()
    if engine is None:
        raise ValueError("the edition has records: an engine is needed to count them")
    found = records.read_record_folder(folder.root, edition, problems, content=folder.content)
    if len(problems.errors) == before:
        records.check_counted(edition, books, found, declared=MEASURES_FILE in folder.read, problems=problems)
    if len(problems.errors) > before:
        return None
    if not found.measures:
        return records.CountedRecords()
    progress(RECORDS_FOLDER, 0, 1)
    try:
        opened = engine()
        try:
            return records.count_records(edition, books, found, opened, answers)
        finally:
            opened.close()
    except ProblemsFound as wrong:
        problems.extend(wrong.problems)
        return None


def _submissions(
    folder: _Folder, edition: Edition, problems: Problems, progress: Progress
) -> tuple[tuple[Answer, ...], float]:
    """The answers of all workbooks, in the order of their file names, and the CPU seconds their readers took."""
    place = folder.root / SUBMISSIONS
    if not place.is_dir():
        return (), 0.0
    names = []
    for path in sorted(place.iterdir()):
        name = f"{SUBMISSIONS}/{path.name}"
        if path.name.startswith((".", "~$")) or path.is_dir():
            continue
        if path.suffix.lower() != ".xlsx":
            problems.add(SUBMISSION_KIND, Place(name))
        else:
            names.append(name)
    if not names:
        return (), 0.0
    from parindex.submissions.reading import read_submission
    from parindex.workbooks import Workbook, read_workbooks

    files = [(name, content) for name in names if (content := folder.content(name)) is not None]
    readings = read_workbooks(files, workers=2)
    answers: list[Answer] = []
    first: dict[str, str] = {}
    for done, (name, reading) in enumerate(zip((name for name, _ in files), readings, strict=True), start=1):
        progress(name, done, len(files))
        if not isinstance(reading, Workbook):
            problems.extend(reading)
            continue
        submission = read_submission(reading, edition=edition, source=name, problems=problems)
        if submission is None:
            continue
        if submission.unit in first:
            problems.add(SUBMISSION_TWICE, Place(name), unit=submission.unit, first=first[submission.unit])
            continue
        first[submission.unit] = name
        answers.extend(submission.answers)
    return tuple(answers), readings.cpu_seconds
