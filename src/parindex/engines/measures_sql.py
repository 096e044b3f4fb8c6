"""What engines that take SQL share: the order in which measures are evaluated and records are listed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from parindex.engines import measures_query as query
from parindex.measures.engine import Grain, ListedRecords, ListRequest, RecordSet, Tally
from parindex.measures.nodes import Measure

if TYPE_CHECKING:
    from sqlglot import exp


class SqlMeasures(ABC):
    """A `MeasureEngine` by SQL. An engine says how parts are offered to it, and how it runs one expression."""

    def evaluate(
        self, measures: Sequence[Measure], records: RecordSet, dates: Mapping[str, date], grain: Grain = Grain(), /
    ) -> tuple[Tally, ...]:
        """See `MeasureEngine`. A second call with the same parts does not look at them again."""
        there = [measure for measure in measures if records.of(measure.table)]
        self._offer(there, records)
        found: list[Tally] = []
        for counted in query.passes(there, dates, grain):
            ordered = {
                measure.code: query.ordered_values(*self._rows(query.order_statistics(measure, dates, grain)))
                for measure in counted.measures
                if measure.kind in ("median", "percentile")
            }
            names, rows = self._rows(counted.query)
            found.extend(query.tallies(counted, names, rows, ordered))
        return query.in_order(found, measures)

    def listed(
        self, measure: Measure, records: RecordSet, dates: Mapping[str, date], request: ListRequest, /
    ) -> ListedRecords:
        """See `MeasureEngine`."""
        columns = tuple(name for name, _ in query.listed_columns(measure, request))
        if not records.of(measure.table):
            return ListedRecords(columns, ())
        self._offer([measure], records)
        return ListedRecords(columns, self._streamed(query.listed(measure, dates, request)))

    @abstractmethod
    def _offer(self, measures: Sequence[Measure], records: RecordSet) -> None:
        """Make the parts that the measures need known to the engine. Raises ProblemsFound."""

    @abstractmethod
    def _rows(self, expression: exp.Expr) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names of columns and all rows of an expression."""

    @abstractmethod
    def _streamed(self, expression: exp.Expr) -> Iterator[tuple[Any, ...]]:
        """The rows of an expression, few at a time."""
