"""The records of an edition: its imported tables, its measures, and what an engine counts of them for each unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from parindex.documents.csv_rows import is_decimal
from parindex.documents.shapes import guess
from parindex.language import Text
from parindex.measures.engine import Grain, MeasureEngine, RecordSet
from parindex.measures.library import ready_measures
from parindex.measures.measured import measured_rows
from parindex.measures.nodes import Measure, MeasureKind, edition_dates
from parindex.measures.reading import read_measures
from parindex.measures.saying import sentence
from parindex.problems import ProblemKind, Problems, ProblemsFound
from parindex.programme.counted import COUNTED_PARTS
from parindex.programme.edition import Edition, UnitList
from parindex.programme.framework import CountedInput, InputSpec, Node
from parindex.records.journal import JOURNAL, record_set
from parindex.scoring.rule_book import RuleBook
from parindex.tables.counted import Counted
from parindex.tables.flow import Accepted, Answer
from parindex.tables.measured import Measured
from parindex.tables.record_tables import MEASURES_FILE, RECORD_TABLES, RECORDS_FOLDER

COUNTED_NO_MEASURES = ProblemKind(
    "COUNTED-NO-MEASURES",
    what=Text(
        'bộ tiêu chí nêu chỉ tiêu "{measure}", nhưng kỳ này không có {file}.',
        'the framework names the measure "{measure}", but the edition has no {file}.',
    ),
    why=Text(
        "Chỉ tiêu do kỳ khai, bộ tiêu chí chỉ nêu tên.", "The edition declares measures; the framework names them."
    ),
    remedy=Text("Thêm tệp này, hoặc bỏ thư mục records/.", "Add the file, or take the folder records/ away."),
)
COUNTED_MEASURE = ProblemKind(
    "COUNTED-MEASURE",
    what=Text('{file} không có chỉ tiêu "{measure}"{guess}.', '{file} has no measure "{measure}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Các chỉ tiêu của kỳ: {known}.", "The measures of the edition: {known}."),
)
COUNTED_KIND = ProblemKind(
    "COUNTED-KIND",
    what=Text(
        'chỉ tiêu "{measure}" loại {kind} không có phần {part}.',
        'the measure "{measure}" of kind {kind} has no part {part}.',
    ),
    why=Text("", ""),
    remedy=Text("Các phần có thể dùng: {known}.", "Parts that may be used: {known}."),
)
COUNTED_WHOLE = ProblemKind(
    "COUNTED-WHOLE",
    what=Text(
        'số liệu "{input}" là số nguyên, còn {part} của chỉ tiêu "{measure}" (loại {kind}) thì không.',
        'the input "{input}" is a whole number, {part} of the measure "{measure}" (kind {kind}) is none.',
    ),
    why=Text("", ""),
    remedy=Text("Chọn một phần là số bản ghi, hoặc đổi kiểu số liệu.", "Choose a count, or another type of input."),
)
RECORDS_SETTING = ProblemKind(
    "RECORDS-SETTING",
    what=Text(
        "settings.records là {use}, nhưng kỳ không có thư mục {folder}/.",
        "settings.records is {use}, but the edition has no folder {folder}/.",
    ),
    why=Text("Không có gì để đếm.", "There is nothing to count."),
    remedy=Text("Nhập hồ sơ trước, hoặc ghi records: beside.", "Import records first, or write records: beside."),
)

_PARTS: Final[Mapping[MeasureKind, tuple[str, ...]]] = {
    "count": ("numerator", "value", "records"),
    "distinct": ("numerator", "value", "records"),
    "share": ("numerator", "denominator", "value", "records"),
    "sum": ("numerator", "value", "records"),
    "mean": ("numerator", "denominator", "value", "records"),
    "median": ("denominator", "value", "records"),
    "percentile": ("denominator", "value", "records"),
}
_WHOLE: Final = frozenset(
    [(kind, part) for kind in ("count", "distinct") for part in ("numerator", "value", "records")]
    + [("share", part) for part in ("numerator", "denominator", "records")]
    + [(kind, part) for kind in ("mean", "median", "percentile") for part in ("denominator", "records")]
    + [("sum", "records")]
)


@dataclass(frozen=True, slots=True)
class RecordFolder:
    """What `records/` of an edition holds: its measures in the order of their file, and its imported tables.

    `rows` and `digests` are those of whole tables; a table that was not imported is in neither. `files`: the paths,
    inside the edition folder, of the journals, which name every part with its digest.
    """

    measures: tuple[Measure, ...]
    records: RecordSet
    digests: Mapping[str, str]
    rows: Mapping[str, int]
    dates: Mapping[str, date]
    files: tuple[str, ...]

    def measure(self, code: str) -> Measure | None:
        return next((each for each in self.measures if each.code == code), None)


@dataclass(frozen=True, slots=True)
class CountedRecords:
    """What records give an edition. `rows`: records by table, of the tables that were counted."""

    measured: tuple[Measured, ...] = ()
    counted: tuple[Counted, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)


def has_records(root: Path) -> bool:
    return (root / RECORDS_FOLDER).is_dir()


def read_record_folder(
    root: Path, edition: Edition, problems: Problems, *, content: Callable[[str], bytes | None], verify: bool = True
) -> RecordFolder:
    """The measures and tables of `records/`, with their problems. `content` reads a file of the edition folder.

    With `verify`, every part is read and its digest compared with that of the journal. The caller raises when
    `problems` holds errors.
    """
    dates = edition_dates(edition.year, edition.calendar)
    measures: tuple[Measure, ...] = ()
    if (root / MEASURES_FILE).is_file() and (file := content(MEASURES_FILE)) is not None:
        measures = read_measures(file, MEASURES_FILE, problems, dates=dates, ready=ready_measures())
    parts: dict[str, tuple[str, ...]] = {}
    digests: dict[str, str] = {}
    rows: dict[str, int] = {}
    files: list[str] = []
    for table in RECORD_TABLES.values():
        folder = root / RECORDS_FOLDER / table.name
        journal = folder / JOURNAL
        # A folder with parts and no journal was not imported: that is said, not counted as nothing.
        if not journal.is_file() and not any(folder.glob("*.parquet")):
            continue
        try:
            found = record_set(root, table, verify=verify)
        except ProblemsFound as wrong:
            problems.extend(wrong.problems)
            continue
        name = journal.relative_to(root).as_posix()
        content(name)
        files.append(name)
        parts[table.name] = tuple(path.resolve().as_posix() for path in found.files)
        digests[table.name] = found.digest
        rows[table.name] = found.rows
    return RecordFolder(measures, RecordSet(parts), digests, rows, dates, tuple(files))


def check_counted(
    edition: Edition, books: Mapping[str, RuleBook], folder: RecordFolder, *, declared: bool, problems: Problems
) -> None:
    """Hold what leaves name against the measures of the edition. `declared`: it has a file of measures."""
    known = {measure.code: measure for measure in folder.measures}
    told: set[str] = set()
    for unit_list, _, counted, spec in counted_inputs(edition, books):
        file = unit_list.framework.file
        if file in told:
            continue
        measure = known.get(counted.measure)
        values: dict[str, object] = {"measure": counted.measure, "file": MEASURES_FILE}
        if not declared:
            problems.add(COUNTED_NO_MEASURES, counted.place, **values)
            told.add(file)
        elif measure is None:
            near = guess(counted.measure, tuple(known))
            problems.add(COUNTED_MEASURE, counted.place, **values, guess=near, known=", ".join(known) or "–")
        elif counted.part not in _PARTS[measure.kind]:
            listed = ", ".join(_PARTS[measure.kind])
            values = {"measure": measure.code, "kind": measure.kind, "part": counted.part, "known": listed}
            problems.add(COUNTED_KIND, counted.place, **values)
        elif spec.type == "count" and (measure.kind, counted.part) not in _WHOLE:
            part = COUNTED_PARTS[counted.part]  # type: ignore[index]
            values = {"input": counted.input, "part": part, "measure": measure.code, "kind": measure.kind}
            problems.add(COUNTED_WHOLE, counted.place, **values)


def counted_inputs(
    edition: Edition, books: Mapping[str, RuleBook]
) -> Iterator[tuple[UnitList, Node, CountedInput, InputSpec]]:
    """Every input that a leaf lets records count; a framework that two lists share gives its own twice."""
    for unit_list in edition.lists:
        book = books[unit_list.code]
        for leaf in unit_list.framework.leaves:
            rule = book.rules.get(leaf.code)
            if leaf.leaf is None or rule is None:
                continue
            specs = {spec.name: spec for spec in rule.inputs}
            for counted in leaf.leaf.counted:
                if counted.input in specs:
                    yield unit_list, leaf, counted, specs[counted.input]


def measure_units(
    edition: Edition,
    folder: RecordFolder,
    engine: MeasureEngine,
    *,
    measures: Sequence[Measure],
    grains: Sequence[Grain] = (Grain(),),
    units: Sequence[str] | None = None,
) -> tuple[Measured, ...]:
    """MEASURED of these measures for the units of the edition (or `units`), at each of `grains`."""
    tallies = [tally for grain in grains for tally in engine.evaluate(measures, folder.records, folder.dates, grain)]
    everybody = [unit.code for each in edition.lists for unit in each.units]
    return measured_rows(
        measures,
        tallies,
        edition=edition.code,
        units=everybody if units is None else units,
        digests=folder.digests,
    )


def count_records(
    edition: Edition,
    books: Mapping[str, RuleBook],
    folder: RecordFolder,
    engine: MeasureEngine,
    answers: Sequence[Answer],
) -> CountedRecords:
    """Every measure of the edition for every unit, and what it says of inputs. `check_counted` has found no problem."""
    measured = measure_units(edition, folder, engine, measures=folder.measures)
    claims = {(row.unit, row.node, row.input): Decimal(row.value) for row in answers if is_decimal(row.value)}
    counted = counted_rows(edition, books, folder.measures, folder.dates, measured, claims)
    return CountedRecords(measured, counted, folder.rows)


def claims_of(accepted: Sequence[Accepted]) -> dict[tuple[str, str, str], Decimal]:
    """Claimed numbers by unit, node and input, from the values that stand at stage `self`."""
    return {
        (row.unit, row.node, row.input): Decimal(row.value)
        for row in accepted
        if row.stage == "self" and is_decimal(row.value)
    }


def counted_rows(
    edition: Edition,
    books: Mapping[str, RuleBook],
    measures: Sequence[Measure],
    dates: Mapping[str, date],
    measured: Sequence[Measured],
    claims: Mapping[tuple[str, str, str], Decimal],
) -> tuple[Counted, ...]:
    """COUNTED from MEASURED: in order of list, unit, leaf and input."""
    of = {(row.unit, row.measure): row for row in measured if row.office is None and row.month is None}
    known = {measure.code: measure for measure in measures}
    says = {code: sentence(measure, dates) for code, measure in known.items()}
    inputs: dict[str, list[tuple[str, CountedInput]]] = {}
    for unit_list, leaf, counted, _ in counted_inputs(edition, books):
        inputs.setdefault(unit_list.code, []).append((leaf.code, counted))
    rows = []
    for unit_list in edition.lists:
        for unit in unit_list.units:
            for node, counted in inputs.get(unit_list.code, ()):
                measure, row = known[counted.measure], of[unit.code, counted.measure]
                value = part_of(row, counted.part)
                claimed = claims.get((unit.code, node, counted.input))
                rows.append(
                    Counted(
                        edition=edition.code,
                        unit=unit.code,
                        node=node,
                        input=counted.input,
                        claimed=claimed,
                        counted=value,
                        difference=None if claimed is None or value is None else claimed - value,
                        measure=counted.measure,
                        kind=measure.kind,
                        part=counted.part,
                        records=row.records,
                        unknown=row.unknown,
                        reason=row.reason if value is None else None,
                        says_vi=says[counted.measure].vi,
                        says_en=says[counted.measure].en,
                        digest=row.digest,
                        source=measure.place.file,
                        place=str(measure.place.line or ""),
                    )
                )
    return tuple(rows)


def part_of(row: Measured, part: str) -> Decimal | None:
    """A part of a measured row; None where it was not counted.

    Where the unit has records and none is concerned, there are 0 of them: that is a count, unlike a unit without
    records.
    """
    if part == "records":
        return None if row.reason == "no_records" else Decimal(row.records)
    if part in ("numerator", "denominator") and row.reason == "none_concerned":
        return Decimal(0)
    return {"numerator": row.numerator, "denominator": row.denominator, "value": row.value}[part]
