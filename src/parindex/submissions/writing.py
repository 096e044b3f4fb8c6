"""Writing a unit's workbook: empty for the unit to fill in, or filled for examples and tests."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.edition import Edition, UnitList
from parindex.programme.units import Unit
from parindex.submissions import layout
from parindex.submissions.filled import Filled, SelfScore
from parindex.submissions.filling import Filling
from parindex.submissions.form import Form, Mark, Places
from parindex.workbooks import FilledAgain, new_workbook, write_whole

FORM_OUTLINE = ProblemKind(
    "FORM-OUTLINE",
    what=Text(
        "bộ tiêu chí {framework} {version} mới có các lĩnh vực, chưa có tiêu chí.",
        "the framework {framework} {version} has domains but no criteria yet.",
    ),
    why=Text("Biểu mẫu như vậy không hỏi gì.", "A form of it would ask nothing."),
    remedy=Text("Lập biểu mẫu từ bộ tiêu chí đầy đủ.", "Make forms from a full framework."),
)


class BlankForm:
    """The form of one list of units: written when first needed, then filled in for each unit.

    `self_score` gives the points of a leaf as a spreadsheet expression over the cells it is handed, or None where
    there is none; the sheet shows it rounded to the edition's stored decimals, and nothing until all inputs stand.

    Raises ProblemsFound for a framework without criteria.
    """

    def __init__(self, edition: Edition, unit_list: UnitList, self_score: SelfScore):
        framework = unit_list.framework
        if framework.completeness == "domains_only":
            problems = Problems()
            problems.add(FORM_OUTLINE, framework.place, framework=framework.code, version=framework.version)
            problems.raise_if_any()
        self.edition = edition
        self.unit_list = unit_list
        self.self_score = self_score
        self.digest = layout.schema_digest(edition.code, framework)
        self.questions = {each.key: each for leaf in framework.leaves for each in layout.questions(leaf)}
        self.bonus = {each.code: layout.bonus_question(each) for each in layout.bonus_items(framework)}
        self._written: dict[tuple[bool, int], tuple[FilledAgain, Places]] = {}

    def write(self, target: Path | IO[bytes], unit: Unit, filled: Filled | None = None) -> None:
        """Write the workbook of one unit. The same arguments give the same bytes.

        Raises ValueError for a number of more than 15 digits (Excel keeps no more), for a text that is too long for
        a cell, and for a key in `filled` that the form does not ask.
        """
        filled = filled or Filled()
        self._refuse_unasked(filled)
        rows = len(filled.documents) + len(layout.free_ids(filled.documents))
        form, places = self._form(unit.name.en == unit.name.vi, rows)
        sheets = Filling(self.questions, self.bonus, places).of(unit, filled)
        words = {
            Mark.NAME_VI: unit.name.vi,
            Mark.NAME_EN: unit.name.en,
            Mark.CODE: unit.code,
            Mark.CHECK: layout.unit_check(self.digest, unit.code),
            Mark.FOOT: unit.short_name.replace("&", "&&")[:80],
        }
        write_whole(target, form.filled(sheets, words))

    def _form(self, same_names: bool, document_rows: int) -> tuple[FilledAgain, Places]:
        known = self._written.get((same_names, document_rows))
        if known is not None:
            return known
        target = io.BytesIO()
        title = f"{self.edition.name.vi}: {Mark.NAME_VI}"
        framework = self.unit_list.framework
        with new_workbook(target, properties={"title": title, "subject": framework.name.vi}) as book:
            form = Form(
                book,
                self.edition,
                self.unit_list,
                self.self_score,
                same_names=same_names,
                document_rows=document_rows,
            )
            form.cover()
            totals = [form.domain(domain) for domain in framework.domains]
            bonus = form.adjustments() if framework.adjustments else None
            form.documents()
            form.totals(totals, bonus)
            form.choices()
        made = FilledAgain(target.getvalue()), form.places
        self._written[same_names, document_rows] = made
        return made

    def _refuse_unasked(self, filled: Filled) -> None:
        nodes = {question.node for question in self.questions.values()} | self.bonus.keys()
        unasked: list[object] = [
            (node, name)
            for node, values in filled.answers.items()
            for name in values
            if f"{node}/{name}" not in self.questions
        ]
        unasked += [node for node in (*filled.evidence, *filled.explanations) if node not in nodes]
        unasked += [code for code in filled.bonus if code not in self.bonus]
        if unasked:
            raise ValueError(f"the form does not ask {unasked[0]!r}")


def write_submission(
    target: Path | IO[bytes],
    *,
    edition: Edition,
    unit_list: UnitList,
    unit: Unit,
    self_score: SelfScore,
    filled: Filled | None = None,
) -> None:
    """Write the workbook of one unit; `BlankForm` writes many at little more than the cost of one."""
    BlankForm(edition, unit_list, self_score).write(target, unit, filled)
