"""What goes into a workbook besides the form: values already known, and the cells that a rule may speak of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from parindex.programme.inputs import InputValue
from parindex.submissions import layout
from parindex.submissions.layout import EvidenceDocument


@dataclass(frozen=True, slots=True)
class CellsOfSheet:
    """The cells of one leaf's inputs, as its rule speaks of them in the live self-score."""

    cells: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]

    def number(self, name: str) -> str:
        return self.cells[name]

    def holds(self, name: str) -> str:
        return f'({self.cells[name]}="{layout.YES.vi}")'

    def chosen(self, name: str, option: str) -> str:
        return f"({self.cells[name]}={self.choices[name][option]})"


SelfScore: TypeAlias = Callable[[str, CellsOfSheet], "str | None"]


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a filled workbook. `evidence` is (document id, section and page) by leaf or bonus item."""

    documents: Sequence[EvidenceDocument] = ()
    answers: Mapping[str, Mapping[str, InputValue]] = field(default_factory=dict)
    evidence: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    explanations: Mapping[str, str] = field(default_factory=dict)
    bonus: Mapping[str, Decimal] = field(default_factory=dict)
