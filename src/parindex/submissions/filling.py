"""What a unit says, put where the form asks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from parindex.programme.inputs import InputValue
from parindex.programme.units import Unit
from parindex.submissions import layout
from parindex.submissions.filled import Filled
from parindex.submissions.form import HIGHEST, Places
from parindex.submissions.layout import EvidenceDocument, Question
from parindex.submissions.looks import height_of
from parindex.workbooks import CellFilling, SheetFilling

_WIDTHS = {place: layout.DOMAIN_COLUMNS[place].width for place in layout.EVIDENCE_PLACES}
_EXCEL_BEGINS = date(1900, 3, 1)
"""Excel shows no day before 1900, and counts one in February 1900 that never was."""


class Filling:
    """The cells and heights of one unit's workbook."""

    def __init__(self, questions: Mapping[str, Question], bonus: Mapping[str, Question], places: Places):
        self.questions = questions
        self.bonus = bonus
        self.places = places
        self.sheets = {name: SheetFilling() for name in places.heights}

    def of(self, unit: Unit, filled: Filled) -> Mapping[str, SheetFilling]:
        width = layout.COVER_WIDTHS[2]
        english = unit.name.en if unit.name.en != unit.name.vi else ""
        self._tall(layout.COVER, self.places.unit_name, height_of(unit.name.vi, width, english))
        for node, values in filled.answers.items():
            for name, value in values.items():
                self._value(self.questions[f"{node}/{name}"], value)
        for code, count in filled.bonus.items():
            self._value(self.bonus[code], count)
        for node in dict.fromkeys((*filled.evidence, *filled.explanations)):
            self._evidence(node, filled.evidence.get(node, ()), filled.explanations.get(node, ""))
        self._documents(filled.documents)
        return self.sheets

    def _value(self, question: Question, value: InputValue) -> None:
        sheet, row = self.places.values[question.key]
        self.sheets[sheet].cells[row, layout.VALUE_PLACE] = _cell(question, value)

    def _evidence(self, code: str, named: Sequence[tuple[str, str]], explanation: str) -> None:
        # One document may have any words as its place; between several the semicolon separates.
        places = [place.replace(";", ",") if len(named) > 1 else place for _, place in named]
        texts = (
            "; ".join(document for document, _ in named),
            "; ".join(places) if any(places) else "",
            explanation,
        )
        sheet, row = self.places.evidence[code]
        for column, text in zip(layout.EVIDENCE_PLACES, texts, strict=True):
            self._text(sheet, row, column, text, _WIDTHS[column])

    def _documents(self, documents: Sequence[EvidenceDocument]) -> None:
        """The documents first, then the ids that are free."""
        row = self.places.documents
        for document in documents:
            self._text(layout.DOCUMENTS, row, 0, document.id, layout.DOCUMENT_ID.width)
            for column, text in ((1, document.title), (2, document.issuer), (4, document.file)):
                self._text(layout.DOCUMENTS, row, column, text, layout.DOCUMENT_COLUMNS[column].width)
            day = _day(document.issued)
            if day:
                self.sheets[layout.DOCUMENTS].cells[row, 3] = day
            row += 1
        for id_ in layout.free_ids(documents):
            self.sheets[layout.DOCUMENTS].cells[row, 0] = id_
            row += 1

    def _text(self, sheet: str, row: int, column: int, text: str, width: float) -> None:
        if text:
            self.sheets[sheet].cells[row, column] = text
            self._tall(sheet, row, height_of(text, width))

    def _tall(self, sheet: str, row: int, height: float) -> None:
        heights = self.sheets[sheet].heights
        now = max(heights.get(row, 0), self.places.heights[sheet].get(row, 0))
        if height > now:
            heights[row] = min(height, HIGHEST)


def _cell(question: Question, value: InputValue) -> CellFilling:
    if isinstance(value, bool):
        return (layout.YES if value else layout.NO).vi
    if isinstance(value, str):
        return question.spec.options[value].vi
    return _double(value)


def _day(issued: str) -> CellFilling:
    """The day where the words are one that Excel has; otherwise the words."""
    try:
        day = date.fromisoformat(issued)
    except ValueError:
        return issued
    return day if day >= _EXCEL_BEGINS else issued


def _double(value: Decimal) -> float:
    """The number Excel keeps. Raises ValueError where it cannot keep every digit."""
    if len(value.normalize().as_tuple().digits) > 15:
        raise ValueError(f"Excel keeps 15 digits, {value} has more")
    return float(value)
