"""From files of answers to estimates that never travel without their error.

An engine counts cells, file by file; cells add, so that one pass, parts and a new day give the same bytes. Estimates,
the index of a questionnaire and the suppression of small cells come from the cells alone.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from parindex.documents.shapes import guess
from parindex.documents.text_files import read_bytes
from parindex.language import Text, nfc
from parindex.problems import ProblemKind, Problems
from parindex.results.survey_samples import write_folder
from parindex.sources import Place
from parindex.survey.cells import CELLS_DIFFER, Cells, added, cells_csv, cells_of_csv, check_cells
from parindex.survey.design import AnswerItem, SurveyDesign
from parindex.survey.disclosure import Disclosure, TableShape, suppress
from parindex.survey.engine import Engine
from parindex.survey.estimands import Composite, Estimand, Mean, Pooled, Ratio, Share, Total
from parindex.survey.estimate import Estimate, Options, estimates, interval, published
from parindex.survey.mistakes import ANSWER_UNKNOWN
from parindex.survey.questionnaire import Questionnaire
from parindex.survey.set_aside import SET_ASIDE, SetAside
from parindex.survey.sipas import Composite as IndexPart
from parindex.survey.sipas import IndexRow, index_rows, index_weights, mean_of_units, node_items, scores
from parindex.tables.columns import Column, TableSpec

WHOLE: Final = "*"
"""The domain that holds everybody."""

CROSSED: Final = "*"
"""Joins the words of crossed domains, as in `P01*female`."""

NODE: Final = "node:"
"""Before the code of a node that an item scores."""

OPTIONS: Final = Options(interval="logit")

DOMAIN_UNKNOWN = ProblemKind(
    "DOMAIN-UNKNOWN",
    what=Text('thiết kế không có cột nhóm "{column}"{guess}.', 'the design has no domain column "{column}"{guess}.'),
    why=Text("Ô chỉ chia theo các cột đã khai.", "Cells are divided by the declared columns only."),
    remedy=Text("Thêm cột vào domains của design.yaml.", "Add the column to domains in design.yaml."),
)
QUESTION_ABSENT = ProblemKind(
    "QUESTION-ABSENT",
    what=Text(
        'thiết kế không có câu hỏi "{column}" của phiếu.', 'the design lacks the question "{column}" of the form.'
    ),
    why=Text("Chỉ số tính từ mọi câu của nhân tố.", "The index is made of all questions of a factor."),
    remedy=Text("Thêm câu hỏi vào items của design.yaml.", "Add the question to items in design.yaml."),
)
QUESTION_CODES = ProblemKind(
    "QUESTION-CODES",
    what=Text(
        'câu "{column}": design.yaml có mã {found}, phiếu có {expected}.',
        'question "{column}": design.yaml has the codes {found}, the questionnaire {expected}.',
    ),
    why=Text("Mỗi mã trả lời cần một điểm.", "Every answer code needs a score."),
    remedy=Text("Ghi cùng một thang ở hai tệp.", "Write the same scale in both files."),
)
NODE_WEIGHTS = ProblemKind(
    "NODE-WEIGHTS",
    what=Text("câu hỏi chấm điểm không có trọng số từ 0 đến 1: {reason}.", "weights outside 0 and 1: {reason}."),
    why=Text("Điểm của mục là tỷ lệ điểm tối đa.", "The points of a node are a share of its maximum."),
    remedy=Text("Ghi value từ 0 đến 1 trong thang của câu hỏi.", "Write values from 0 to 1 in the scale of the item."),
)
NODE_CODE = ProblemKind(
    "NODE-CODE",
    what=Text(
        'không có tỷ lệ hay chỉ số "{code}" theo từng đơn vị.', 'there is no share or index "{code}" for single units.'
    ),
    why=Text("Mục khảo sát nhận một giá trị phần trăm của mỗi đơn vị.", "A survey leaf takes one percentage a unit."),
    remedy=Text("Dùng mã của chỉ số, nhân tố hoặc câu có top.", "Use an index, a factor or an item with top codes."),
)
NO_INDEX = ProblemKind(
    "QUESTIONNAIRE-NO-INDEX",
    what=Text("phiếu không khai báo chỉ số, cũng không chấm mục nào.", "the questionnaire has no index and no nodes."),
    why=Text("", ""),
    remedy=Text("Bỏ --questionnaire, hoặc thêm index vào phiếu.", "Leave out --questionnaire, or add an index to it."),
)


class EstimateRow(NamedTuple):
    """One published figure of a survey with its error."""

    by: str
    domain: str
    code: str
    answers: str | None
    measure: str
    value: Decimal | None
    se: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    n: int | None
    deff: Decimal | None
    df: Decimal | None
    method: str
    status: str
    note_vi: str | None
    note_en: str | None


_EMPTY = Text("xem note", "see the note")
ESTIMATES = TableSpec(
    "survey_estimates",
    EstimateRow,
    key=("by", "domain", "code", "answers", "measure"),
    says=Text("Ước lượng kèm sai số", "Estimates with their errors"),
    columns=(
        Column("by", "text", Text("cột chia nhóm, * là không chia", "the column of domains, * for none")),
        Column("domain", "text", Text("nhóm, * là tất cả", "the domain, * for all")),
        Column("code", "text", Text("câu hỏi, nhân tố hoặc chỉ số", "item, factor or index")),
        Column(
            "answers",
            "text",
            Text("các mã trả lời của tỷ lệ", "the answers of a share"),
            null_means=Text("mọi trả lời hợp lệ", "all valid answers"),
        ),
        Column("measure", "text", Text("mean, share, total, ratio, factor, part, index", "mean, share, total, …")),
        Column("value", "decimal", Text("giá trị; tỷ lệ từ 0 đến 1", "the value; shares 0 to 1"), null_means=_EMPTY),
        Column("se", "decimal", Text("sai số chuẩn", "standard error"), null_means=_EMPTY),
        Column("lower", "decimal", Text("cận dưới", "lower end of the interval"), null_means=_EMPTY),
        Column("upper", "decimal", Text("cận trên", "upper end of the interval"), null_means=_EMPTY),
        Column(
            "n",
            "whole",
            Text("số trả lời hợp lệ", "valid answers"),
            null_means=Text("không công bố", "not published"),
        ),
        Column(
            "deff",
            "decimal",
            Text("hệ số thiết kế", "design effect"),
            null_means=Text("không tồn tại với số đo này", "this measure has none"),
        ),
        Column(
            "df",
            "decimal",
            Text("bậc tự do", "degrees of freedom"),
            null_means=Text("vô hạn hoặc không có", "without end, or none"),
        ),
        Column("method", "text", Text("cách tính", "method")),
        Column("status", "text", Text("published, empty, too_small, protects_others", "whether it is published")),
        Column(
            "note_vi",
            "text",
            Text("lý do trống, hoặc điều cần biết (tiếng Việt)", "why it is empty, or what to know, in Vietnamese"),
            null_means=Text("không có", "none"),
        ),
        Column(
            "note_en",
            "text",
            Text("như trên, tiếng Anh", "the same in English"),
            null_means=Text("không có", "none"),
        ),
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class SurveyCounts:
    """The cells of all parts together, and every record set aside, sorted so that the order of parts is gone."""

    cells: Cells
    set_aside: tuple[SetAside, ...]

    @property
    def answers_not_valid(self) -> int:
        """Answers outside their codes: these count as no answer, and the record is used."""
        return sum(row.code == ANSWER_UNKNOWN.code for row in self.set_aside)


def count_answers(
    design: SurveyDesign,
    files: Sequence[Path],
    engine: Engine,
    *,
    earlier: Sequence[Path] = (),
    questionnaire: Questionnaire | None = None,
    threads: int = 2,
    progress: Callable[[str, int, int], None] | None = None,
) -> SurveyCounts:
    """The cells of all files and of `earlier` folders written by `write_survey`, without reading these again.

    With a questionnaire its codes for "don't know" and "refused" are no mistakes. A record that stands in two parts
    is not noticed, as cells know no records. Raises ProblemsFound.
    """
    parts: list[Cells] = []
    bad: list[SetAside] = []
    foreseen = _foreseen(questionnaire)
    for at, file in enumerate(files):
        if progress is not None:
            progress(file.name, at, len(files))
        found = engine.records_set_aside(design, file, threads=threads)
        bad += (_as_read(row) for row in found if (row.column, row.value) not in foreseen)
        parts.append(engine.cells_of_file(design, file, threads=threads))
    for folder in earlier:
        counts = read_counts(folder, design)
        parts.append(counts.cells)
        bad += counts.set_aside
    cells = added(parts)
    problems = Problems()
    check_cells(cells, problems, Place(files[0].name if len(files) == 1 else design.name))
    problems.raise_if_any()
    return SurveyCounts(cells, tuple(sorted(bad)))


def _as_read(row: SetAside) -> SetAside:
    """The row as it comes back from a file, so that parts that were written in between give the same bytes."""
    return SetAside(*(nfc(cell).strip() for cell in row))


def _foreseen(questionnaire: Questionnaire | None) -> frozenset[tuple[str, str]]:
    """(column, value) of answers that the questionnaire offers and that count as none."""
    if questionnaire is None:
        return frozenset()
    columns = ((column.name, column.item) for column in questionnaire.columns)
    return frozenset((name, code) for name, item in columns for code in questionnaire.non_response_codes(item))


CELLS_FILE: Final = "cells.csv"
SUMMARY_FILE: Final = "summary.json"
ESTIMATES_FILE: Final = "estimates.csv"


def read_counts(folder: Path, design: SurveyDesign) -> SurveyCounts:
    """Counts of an earlier run. Raises ProblemsFound where they are of another design."""
    from dataclasses import replace

    problems = Problems()
    contents = {
        name: read_bytes(folder / name, f"{folder.name}/{name}", problems)
        for name in (CELLS_FILE, SET_ASIDE.file_name, SUMMARY_FILE)
    }
    problems.raise_if_any()
    place = Place(f"{folder.name}/{CELLS_FILE}")
    try:
        cells = cells_of_csv(contents[CELLS_FILE] or b"", design, place)
        count = int(json.loads(contents[SUMMARY_FILE] or b"{}")["set_aside"])
    except (ValueError, KeyError, IndexError, TypeError):
        # Whatever was done to these files, they are not what was written.
        problems.add(CELLS_DIFFER, place)
        problems.raise_if_any()
        raise
    rows = SET_ASIDE.read_csv(contents[SET_ASIDE.file_name] or b"", SET_ASIDE.file_name, problems)
    problems.raise_if_any()
    return SurveyCounts(replace(cells, set_aside=count), rows)


def estimands_of(design: SurveyDesign) -> tuple[tuple[Estimand, str | None], ...]:
    """What a design asks to be estimated, each with the answers of a share."""
    found: list[tuple[Estimand, str | None]] = []
    for item in design.items:
        found += _of_item(item)
    found += [(Ratio(ratio.code), None) for ratio in design.ratios]
    return tuple(found)


def _of_item(item: AnswerItem) -> Iterator[tuple[Estimand, str | None]]:
    if not item.coded:
        yield Mean(item.code), None
        yield Total(item.code), None
        return
    if item.kind == "scale":
        yield Mean(item.code), None
    if item.kind == "choice":
        for answer in item.answers:
            yield Share(item.code, (answer,)), answer
    if item.top and (item.kind != "choice" or len(item.top) > 1):
        yield Share(item.code), " ".join(item.top)


def estimate_survey(
    counts: SurveyCounts,
    *,
    by: Sequence[str] = (),
    units: Sequence[str] | None = None,
    questionnaire: Questionnaire | None = None,
    least: int = 10,
    options: Options = OPTIONS,
) -> tuple[EstimateRow, ...]:
    """All estimates: everybody first, then each domain of the crossed columns `by`.

    `units` are the domains to be told, also those without answers (with one column in `by`). Figures with fewer than
    `least` answers are left out, and others with them until none can be computed. Raises ProblemsFound.
    """
    cells = counts.cells
    design = cells.design
    problems = Problems()
    for column in by:
        if column not in design.domains:
            problems.add(DOMAIN_UNKNOWN, Place(design.name), column=column, guess=guess(column, design.domains))
    parts = _index_parts(design, questionnaire, problems)
    problems.raise_if_any()
    asked = estimands_of(design)
    named = None if units is None or len(by) != 1 else [(unit,) for unit in units]
    asked += _node_estimands(design, questionnaire, problems)
    problems.raise_if_any()
    wanted = [estimand for estimand, _ in asked]
    rows: list[EstimateRow] = []
    for columns in ((), tuple(by)) if by else ((),):
        found = estimates(cells, wanted, by=columns, domains=named if columns else None, options=options)
        answers = [each for _, each in asked] * (len(found) // max(len(asked), 1))
        rows += [_row(columns, estimate, each) for estimate, each in zip(found, answers, strict=True)]
    if questionnaire is not None and parts:
        rows += _index(cells, questionnaire, parts, tuple(by), named, options)
    ordered = sorted(range(len(rows)), key=lambda at: (rows[at].domain != WHOLE, _order(rows[at], named), at))
    return _suppressed([rows[at] for at in ordered], design, questionnaire, least)


def _order(row: EstimateRow, named: Sequence[tuple[str, ...]] | None) -> tuple[int, str]:
    if named is not None and (row.domain,) in named:
        return named.index((row.domain,)), ""
    return len(named or ()), row.domain


def _row(by: Sequence[str], estimate: Estimate, answers: str | None) -> EstimateRow:
    return _figures(
        CROSSED.join(by) or WHOLE,
        CROSSED.join(estimate.domain) or WHOLE,
        estimate.name.removeprefix(NODE),
        answers,
        "node" if estimate.name.startswith(NODE) else estimate.measure,
        (estimate.value, estimate.se, estimate.lower, estimate.upper),
        estimate.n,
        estimate.deff,
        estimate.df,
        estimate.method,
        estimate.reason,
    )


def _figures(
    by: str,
    domain: str,
    code: str,
    answers: str | None,
    measure: str,
    figures: tuple[float | None, ...],
    n: int,
    deff: float | None,
    df: float | None,
    method: str,
    note: Text | None,
) -> EstimateRow:
    value, se, lower, upper = (published(each) for each in figures)
    return EstimateRow(
        by,
        domain,
        code,
        answers,
        measure,
        value,
        se,
        lower,
        upper,
        n,
        published(deff),
        published(df) if df is not None and math.isfinite(df) else None,
        method,
        "empty" if value is None else "published",
        None if note is None else note.vi,
        None if note is None else note.en,
    )


# --- Items that score a node of a framework.


def _node_estimands(
    design: SurveyDesign, questionnaire: Questionnaire | None, problems: Problems
) -> tuple[tuple[Estimand, str | None], ...]:
    """The mean weight of the answers, in percent, of each item that scores a node; named by the node."""
    if questionnaire is None:
        return ()
    try:
        found = node_items(questionnaire)
    except ValueError as error:
        problems.add(NODE_WEIGHTS, Place(questionnaire.file), reason=str(error))
        return ()
    told: list[tuple[Estimand, str | None]] = []
    for node, (asked, scale) in found.items():
        worth = {code: 100 * float(value) for code, value in scale.values.items()}
        codes = _checked_items(design, questionnaire.columns_of[asked.code], worth, questionnaire, problems)
        if codes:
            told.append((Pooled(f"{NODE}{node}", codes, tuple(worth.items())), None))
    return tuple(told)


def _checked_items(
    design: SurveyDesign,
    columns: Sequence[str],
    worth: Mapping[str, object],
    questionnaire: Questionnaire,
    problems: Problems,
) -> tuple[str, ...]:
    """The items of the design in these columns, whose codes are those with a score."""
    codes = []
    for column in columns:
        item = _item_of(design, column)
        if item is None:
            problems.add(QUESTION_ABSENT, Place(questionnaire.file), column=column)
        elif set(item.answers) != set(worth):
            expected, found = ", ".join(worth), ", ".join(item.answers) or "–"
            problems.add(QUESTION_CODES, Place(questionnaire.file), column=column, found=found, expected=expected)
        else:
            codes.append(item.code)
    return tuple(codes)


# --- The index of a questionnaire.


def _item_of(design: SurveyDesign, column: str) -> AnswerItem | None:
    return next((item for item in design.items if column in (item.code, item.column)), None)


def _index_parts(
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
            codes = _checked_items(design, term.columns, worth, questionnaire, problems)
            pooled = Pooled(part.code, codes, tuple((code, float(value)) for code, value in worth.items()))
            terms.append((pooled, float(term.weight)))
        found.append((part, Composite(part.code, tuple(terms))))
    return tuple(found)


def _index(
    cells: Cells,
    questionnaire: Questionnaire,
    parts: Sequence[tuple[IndexPart, Composite]],
    by: tuple[str, ...],
    named: Sequence[tuple[str, ...]] | None,
    options: Options,
) -> list[EstimateRow]:
    index = questionnaire.index
    assert index is not None
    wanted = [composite for _, composite in parts]

    def rows_of(columns: tuple[str, ...]) -> tuple[IndexRow, ...]:
        found = estimates(cells, wanted, by=columns, domains=named if columns else None, options=options)
        known = {(CROSSED.join(each.domain) or WHOLE, each.name): each for each in found}
        domains = list(dict.fromkeys(domain for domain, _ in known))
        return index_rows(
            [part for part, _ in parts],
            domains,
            lambda unit, part: known.get((unit, part.code)),
            formula=index.formula,
        )

    def between(value: float, se: float, df: float) -> tuple[float, float]:
        return interval(value, se, df, options.level, logit=False)

    within = rows_of(by) if by else ()
    averaged = len(by) == 1 and index.national == "mean_of_units"
    nation = mean_of_units(WHOLE, within, between) if averaged else rows_of(())
    told = []
    for rows, columns, how in ((nation, (), "mean_of_units" if averaged else ""), (within, by, "")):
        for row in rows:
            method = ", ".join(each for each in (row.formula, how, "taylor", f"t {options.level:.0%}") if each)
            figures = (row.value, row.se, row.lower, row.upper)
            place = CROSSED.join(columns) or WHOLE, row.unit, row.code
            told.append(
                _figures(*place, None, row.level, figures, row.n, row.deff, row.df, method, row.reason or row.note)
            )
    return told


# --- What may be shown.


def _suppressed(
    rows: Sequence[EstimateRow], design: SurveyDesign, questionnaire: Questionnaire | None, least: int
) -> tuple[EstimateRow, ...]:
    parents = _parents(design, questionnaire)
    units = tuple(dict.fromkeys(row.domain for row in rows))
    answers: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.value is not None:
            answers[row.domain, _column(row)] = row.n or 0
    disclosure = suppress(TableShape(units, parents, WHOLE), answers, least=least)
    return tuple(_shown(row, disclosure) for row in rows)


def _column(row: EstimateRow) -> str:
    kind = "index" if row.measure in ("factor", "part", "index") else "node" if row.measure == "node" else "item"
    return f"{kind}:{row.code}"


def _parents(design: SurveyDesign, questionnaire: Questionnaire | None) -> Mapping[str, str | None]:
    found: dict[str, str | None] = {f"item:{item.code}": None for item in design.items}
    found |= {f"item:{ratio.code}": None for ratio in design.ratios}
    if questionnaire is not None:
        found |= {f"{NODE}{item.node}": None for item in questionnaire.items if item.node is not None}
    index = questionnaire.index if questionnaire is not None else None
    if questionnaire is None or index is None:
        return found
    found[f"index:{index.code}"] = None
    for part in index.parts:
        found[f"index:{part.code}"] = f"index:{index.code}"
        for factor in part.factors:
            found[f"index:{factor.code}"] = f"index:{part.code}"
            for asked in questionnaire.items_of_factor(factor.code):
                for column in questionnaire.columns_of[asked.code]:
                    item = _item_of(design, column)
                    if item is not None:
                        found[f"item:{item.code}"] = f"index:{factor.code}"
    return found


def _shown(row: EstimateRow, disclosure: Disclosure) -> EstimateRow:
    column = _column(row)
    status = disclosure.status[row.domain, column]
    reason = disclosure.reason(row.domain, column)
    if status in ("published", "empty") or reason is None:
        return row
    return row._replace(
        value=None,
        se=None,
        lower=None,
        upper=None,
        n=None,
        deff=None,
        df=None,
        status=status,
        note_vi=reason.vi,
        note_en=reason.en,
    )


# --- Folders.


def write_survey(counts: SurveyCounts, rows: Sequence[EstimateRow], folder: Path) -> None:
    """estimates.csv, set_aside.csv, cells.csv and summary.json, whole or not at all."""
    cells = counts.cells
    summary = {
        "design": cells.design.name,
        "respondents": cells.respondents,
        "set_aside": cells.set_aside,
        "answers_not_valid": counts.answers_not_valid,
    }
    files = {
        ESTIMATES_FILE: ESTIMATES.csv_bytes(rows),
        SET_ASIDE.file_name: SET_ASIDE.csv_bytes(counts.set_aside),
        CELLS_FILE: cells_csv(cells),
        SUMMARY_FILE: (json.dumps(summary, ensure_ascii=False, indent=1) + "\n").encode(),
    }
    write_folder(folder, files)


def read_estimates(folder: Path) -> tuple[EstimateRow, ...]:
    """The estimates of a folder. Raises ProblemsFound."""
    problems = Problems()
    content = read_bytes(folder / ESTIMATES_FILE, f"{folder.name}/{ESTIMATES_FILE}", problems)
    rows = ESTIMATES.read_csv(content, ESTIMATES_FILE, problems) if content is not None else ()
    problems.raise_if_any()
    return rows


# --- What an edition takes.

EDITION_COLUMNS: Final = ("unit", "node", "value", "se", "lower", "upper", "n", "method", "basis", "reason", "source")
_HUNDRED: Final = ("index", "part", "factor", "node")
"""Measures that stand in percent already."""


def edition_csv(rows: Sequence[EstimateRow], nodes: Mapping[str, str], source: str) -> bytes:
    """estimates.csv of an edition: the figures of single units, in percent, intervals cut to 0 and 100.

    `nodes` says which node takes which code (an index, or a share); items that score a node are there without being
    named. A unit without a figure keeps its row, empty with the reason. Raises ProblemsFound.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(EDITION_COLUMNS)
    problems = Problems()
    told = set()
    for row in rows:
        node = row.code if row.measure == "node" else nodes.get(row.code)
        if node is None or row.domain == WHOLE or row.measure not in (*_HUNDRED, "share"):
            continue
        told.add(row.code)
        scale = 1 if row.measure in _HUNDRED else 100
        value, se, lower, upper = (None if each is None else each * scale for each in row[5:9])
        low = None if lower is None else max(lower, Decimal(0))
        high = None if upper is None else min(upper, Decimal(100))
        figures = ["" if each is None else format(each, "f") for each in (value, se, low, high)]
        reason = "" if value is not None or row.note_vi is None else f"{row.note_vi} / {row.note_en}"
        n = "" if row.n is None else row.n
        writer.writerow([row.domain, node, *figures, n, row.method, "survey", reason, source])
    for code in nodes:
        if code not in told:
            problems.add(NODE_CODE, Place(source), code=code)
    problems.raise_if_any()
    return out.getvalue().encode()
