"""A chunk of text checked as a whole: right records in declared types, and all that is wrong in the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from parindex.problems import ProblemKind
from parindex.records.chunks import NUMBER_CELL, TextChunk, shown
from parindex.records.mapping import ColumnSource, RecordMapping, folded
from parindex.records.mistakes import ROW_CELL, ROW_CODE_NUMBER, ROW_EMPTY, ROW_ORDER, ROW_REFERENCE
from parindex.records.values import TIME_AFTER, Surroundings, Understand, Understood, understanding
from parindex.tables.record_tables import DECIMAL_PLACES, SOURCE_ROW, RecordColumn, RecordTable

if TYPE_CHECKING:
    import numpy as np
    import pyarrow

    Mask = np.ndarray[Any, np.dtype[np.bool_]]

MANY_VALUES: Final = 2_000
"""A chunk with more distinct dates than this has times of day beside them, which are cut off for all at once."""
_REMEMBERED: Final = 100_000


class Finding(NamedTuple):
    """One mistake in one record. `column` is the header of the file; `value` the text that stands there."""

    row: int
    column: str
    value: str
    kind: ProblemKind
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A checked chunk. `good`: declared columns and `source_row`, in order. `bad`: rows with their cells, in order.

    `unchecked`: by unit, how many good records name a procedure of a unit that has no catalogue.
    """

    good: pyarrow.Table
    findings: Sequence[Finding]
    bad: Sequence[tuple[int, Sequence[str]]]
    unchecked: Mapping[str, int]


def arrow_type(column: RecordColumn) -> pyarrow.DataType:
    """How a declared column is stored in Parquet."""
    import pyarrow as pa

    return {
        "text": pa.string(),
        "code": pa.string(),
        "choice": pa.string(),
        "date": pa.date32(),
        "whole": pa.int64(),
        "decimal": pa.decimal128(18, DECIMAL_PLACES),
        "flag": pa.bool_(),
    }[column.type]


def part_schema(table: RecordTable) -> pyarrow.Schema:
    """The schema of every part of a table: the declared columns, then the row of the source."""
    import pyarrow as pa

    return pa.schema(
        [pa.field(each.name, arrow_type(each), nullable=each.null_means is not None) for each in table.columns]
        + [pa.field(SOURCE_ROW, pa.int64(), nullable=False)]
    )


class Checker:
    """Checks the chunks of one export. Remembers what each text means, and nothing of the records."""

    def __init__(self, mapping: RecordMapping, places: Mapping[str, int], header: Sequence[str], around: Surroundings):
        self.mapping = mapping
        self.places = places
        self.around = around
        self.names = {name: header[number] for name, number in places.items()}
        self._understand: dict[str, Understand] = {
            source.column.name: understanding(source, around, mapping.units) for source in mapping.columns
        }
        self._known: dict[str, dict[str, Understood]] = {source.column.name: {} for source in mapping.columns}

    @property
    def wanted(self) -> tuple[int, ...]:
        return tuple(sorted(set(self.places.values())))

    @property
    def repeating(self) -> frozenset[int]:
        """The columns in which few values repeat: all but free text."""
        free = {self.places[s.column.name] for s in self.mapping.columns if s.column.type == "text" and s.headers}
        return frozenset(self.wanted) - free

    def understood(self, column: str, text: str) -> Understood:
        """What a text of this column means; the same text always means the same."""
        known = self._known[column]
        found = known.get(text)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[text] = self._understand[column](text)
        return found

    def check(self, chunk: TextChunk) -> Checked:
        """Every record either right or with all its mistakes; rows that hold nothing are passed over."""
        import numpy as np
        import pyarrow as pa

        chunk = _without_blank(chunk)
        count = len(chunk.rows)
        wrong = np.zeros(count, dtype=np.bool_)
        arrays: dict[str, pyarrow.Array] = {}
        masks: list[tuple[ColumnSource, Mask]] = []
        sources = {source.column.name: source for source in self.mapping.columns}
        for column in self.mapping.table.columns:
            source = sources.get(column.name)
            if source is None:
                arrays[column.name] = pa.nulls(count, arrow_type(column))
                continue
            array, bad = self._column(source, chunk, count)
            arrays[column.name] = array
            if bad.any():
                masks.append((source, bad))
                wrong |= bad
        findings = [finding for source, bad in masks for finding in self._column_findings(source, chunk, bad)]
        findings += self._order_findings(arrays, chunk, wrong)
        reference, unchecked = self._reference_findings(arrays, chunk, wrong)
        findings += reference
        table = pa.Table.from_arrays(
            [*arrays.values(), pa.array(chunk.rows, pa.int64())],
            names=[*arrays, SOURCE_ROW],
        )
        if wrong.any():
            table = table.filter(pa.array(~wrong))
        rows = [(int(chunk.rows[at]), chunk.cells(at)) for at in np.flatnonzero(wrong).tolist()]
        rows += [(broken.row, broken.cells) for broken in chunk.broken]
        findings += [Finding(each.row, "", "", each.kind, each.values) for each in chunk.broken]
        order = {name: at for at, name in enumerate(self.names.values())}
        return Checked(
            good=table.cast(part_schema(self.mapping.table)),
            findings=sorted(findings, key=lambda each: (each.row, order.get(each.column, -1), each.kind.code)),
            bad=sorted(rows, key=lambda each: each[0]),
            unchecked=unchecked,
        )

    def _column(self, source: ColumnSource, chunk: TextChunk, count: int) -> tuple[pyarrow.Array, Mask]:
        import numpy as np
        import pyarrow as pa

        column = source.column
        if source.constant is not None:
            found = self.understood(column.name, source.constant)
            if found.value is None:
                return pa.nulls(count, arrow_type(column)), np.full(count, found.kind is not None)
            return pa.repeat(pa.scalar(found.value, arrow_type(column)), count), np.zeros(count, dtype=np.bool_)
        texts = chunk.columns[self.places[column.name]]
        if column.type == "text":
            return _text_column(source, texts)
        if not pa.types.is_dictionary(texts.type):
            texts = texts.dictionary_encode()
        if column.type == "date" and len(texts.dictionary) > MANY_VALUES:
            texts = _without_times(texts)
        meanings = [self.understood(column.name, text) for text in texts.dictionary.to_pylist()]
        values = pa.array([each.value for each in meanings], arrow_type(column))
        bad = np.fromiter((each.kind is not None for each in meanings), dtype=np.bool_, count=len(meanings))
        indices = texts.indices
        return values.take(indices), bad[indices.to_numpy()] if len(meanings) else np.zeros(count, dtype=np.bool_)

    def _column_findings(self, source: ColumnSource, chunk: TextChunk, bad: Mask) -> Iterable[Finding]:
        import numpy as np

        name = source.column.name
        header = self.names.get(name, name)
        for at in np.flatnonzero(bad).tolist():
            row = int(chunk.rows[at])
            text = chunk.columns[self.places[name]][at].as_py() if source.headers else source.constant or ""
            if source.column.type == "text":
                kind, values = _text_mistake(source, text)
            else:
                meaning = self.understood(name, text)
                if meaning.kind is None:
                    continue
                kind, values = meaning.kind, meaning.values
            yield Finding(row, header, shown(text).strip(), kind, values)

    def _order_findings(self, arrays: Mapping[str, pyarrow.Array], chunk: TextChunk, wrong: Mask) -> Sequence[Finding]:
        """Days that come before others they follow. Adds to `wrong`."""
        import numpy as np
        import pyarrow.compute as pc

        findings = []
        table = self.mapping.table
        for rule in table.order:
            later, earlier = arrays[rule.later], arrays[rule.earlier]
            bad = pc.fill_null(pc.less(later, earlier), False).to_numpy(zero_copy_only=False)
            if not bad.any():
                continue
            wrong |= bad
            for at in np.flatnonzero(bad).tolist():
                findings.append(
                    Finding(
                        int(chunk.rows[at]),
                        self.names.get(rule.later, rule.later),
                        str(later[at].as_py()),
                        ROW_ORDER,
                        {
                            "later_says": table.column(rule.later).says,
                            "earlier_says": table.column(rule.earlier).says,
                            "earlier": earlier[at].as_py(),
                        },
                    )
                )
        return findings

    def _reference_findings(
        self, arrays: Mapping[str, pyarrow.Array], chunk: TextChunk, wrong: Mask
    ) -> tuple[Sequence[Finding], Mapping[str, int]]:
        """Procedures that the catalogue of their unit does not have. Adds to `wrong`."""
        import numpy as np

        findings: list[Finding] = []
        unchecked: dict[str, int] = {}
        if not self.mapping.table.references:
            return findings, unchecked
        units, procedures = arrays["unit"], arrays["procedure"]
        pairs, of_row = distinct_pairs(units, procedures)
        known = self.around.catalogue
        strange = np.fromiter(
            (
                unit is not None and code is not None and unit in known and code not in known[unit]
                for unit, code in pairs
            ),
            dtype=np.bool_,
            count=len(pairs),
        )
        bad = strange[of_row]
        wrong |= bad
        for at in np.flatnonzero(bad).tolist():
            unit, code = pairs[int(of_row[at])]
            header = self.names.get("procedure", "procedure")
            findings.append(Finding(int(chunk.rows[at]), header, str(code), ROW_REFERENCE, {"unit": unit}))
        counts = np.bincount(of_row[~wrong], minlength=len(pairs))
        for (unit, _), count in zip(pairs, counts.tolist(), strict=True):
            if unit is not None and unit not in known and count:
                unchecked[unit] = unchecked.get(unit, 0) + count
        return findings, unchecked


def distinct_pairs(
    first: pyarrow.Array, second: pyarrow.Array
) -> tuple[Sequence[tuple[str | None, str | None]], np.ndarray[Any, np.dtype[np.int64]]]:
    """The distinct pairs of two text columns, and for each row (n,) the number of its pair."""
    import numpy as np

    left, right = first.dictionary_encode("encode"), second.dictionary_encode("encode")
    rights = right.dictionary.to_pylist()
    lefts = left.dictionary.to_pylist()
    width = max(len(rights), 1)
    joined = left.indices.to_numpy().astype(np.int64) * width + right.indices.to_numpy()
    distinct, of_row = np.unique(joined, return_inverse=True)
    return [(lefts[pair // width], rights[pair % width]) for pair in distinct.tolist()], of_row


def _without_blank(chunk: TextChunk) -> TextChunk:
    """Without rows in which all wanted cells are empty: separators below the data, or formatted cells."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    blank = np.ones(len(chunk.rows), dtype=np.bool_)
    for texts in chunk.columns.values():
        if pa.types.is_dictionary(texts.type):
            empty = pc.equal(texts.dictionary, "").to_numpy(zero_copy_only=False)
            blank &= empty[texts.indices.to_numpy()] if len(empty) else False
        else:
            blank &= pc.equal(texts, "").to_numpy(zero_copy_only=False)
        if not blank.any():
            return chunk
    kept = np.flatnonzero(~blank)
    return TextChunk(
        rows=chunk.rows[kept],
        columns={number: texts.take(pa.array(kept)) for number, texts in chunk.columns.items()},
        broken=chunk.broken,
        cells=lambda at: chunk.cells(int(kept[at])),
        next=chunk.next,
        done=chunk.done,
    )


def _without_times(texts: pyarrow.DictionaryArray) -> pyarrow.DictionaryArray:
    """Dates without the time of day behind them, so that again few values repeat."""
    import pyarrow as pa
    import pyarrow.compute as pc

    days = pc.replace_substring_regex(texts.dictionary, TIME_AFTER, "").dictionary_encode()
    return pa.DictionaryArray.from_arrays(days.indices.take(texts.indices), days.dictionary)


def _text_column(source: ColumnSource, texts: pyarrow.Array) -> tuple[pyarrow.Array, Mask]:
    """Free text: trimmed, empty as null."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(texts)
    bad = np.zeros(len(texts), dtype=np.bool_)
    data = texts.buffers()[2]
    content = data.to_pybytes() if data is not None else b""
    if b"'" in content:
        texts = pc.replace_substring_regex(texts, r"^'('*[=+\-@\t\r])", r"\1")
    if b"\0" in content:
        texts = pc.replace_substring_regex(texts, r"^\x00#(-?[0-9]+)$", r"\1")
        bad |= pc.starts_with(texts, "\0").to_numpy(zero_copy_only=False)
    nothing = pc.equal(texts, "")
    if source.empty:
        longest = max(len(text) for text in source.empty) + 8
        short = texts.filter(pc.less_equal(pc.utf8_length(texts), longest)).unique().to_pylist()
        words = [text for text in short if folded(text) in source.empty]
        nothing = pc.or_(nothing, pc.is_in(texts, pa.array(words, pa.string())))
    if source.column.null_means is None:
        bad |= nothing.to_numpy(zero_copy_only=False)
    return pc.if_else(nothing, pa.scalar(None, pa.string()), texts), bad


def _text_mistake(source: ColumnSource, text: str) -> tuple[ProblemKind, Mapping[str, object]]:
    if text.startswith(NUMBER_CELL):
        return ROW_CODE_NUMBER, {}
    if text.startswith("\0"):
        return ROW_CELL, {}
    return ROW_EMPTY, {"name": source.column.name}
