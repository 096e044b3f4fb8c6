"""Writing a unit's workbook: empty for the unit to fill in, or filled for examples and tests."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.edition import Edition, UnitList
from parindex.programme.framework import Framework
from parindex.programme.units import Unit
from parindex.submissions import layout
from parindex.submissions.filled import Filled, SelfScore
from parindex.submissions.form import Form
from parindex.workbooks import new_workbook

FORM_OUTLINE = ProblemKind(
    "FORM-OUTLINE",
    what=Text(
        "bộ tiêu chí {framework} {version} mới có các lĩnh vực, chưa có tiêu chí.",
        "the framework {framework} {version} has domains but no criteria yet.",
    ),
    why=Text("Biểu mẫu như vậy không hỏi gì.", "A form of it would ask nothing."),
    remedy=Text("Lập biểu mẫu từ bộ tiêu chí đầy đủ.", "Make forms from a full framework."),
)


def write_submission(
    target: Path | IO[bytes],
    *,
    edition: Edition,
    unit_list: UnitList,
    unit: Unit,
    self_score: SelfScore,
    filled: Filled | None = None,
) -> None:
    """Write the workbook of one unit. The same arguments give the same bytes.

    `self_score` gives the points of a leaf as a spreadsheet expression over the cells it is handed, or None where
    there is none; the sheet shows it rounded to the edition's stored decimals, and nothing until all inputs stand.

    Raises ProblemsFound for a framework without criteria, ValueError for a number of more than 15 digits (Excel
    keeps no more) and for a key in `filled` that the form does not ask.
    """
    framework = unit_list.framework
    if framework.completeness == "domains_only":
        problems = Problems()
        problems.add(FORM_OUTLINE, framework.place, framework=framework.code, version=framework.version)
        problems.raise_if_any()
    filled = filled or Filled()
    _refuse_unasked(framework, filled)
    title = f"{edition.name.vi}: {unit.name.vi}"
    with new_workbook(target, properties={"title": title, "subject": framework.name.vi}) as book:
        form = Form(book, edition, unit_list, unit, self_score, filled)
        form.cover()
        totals = [form.domain(domain) for domain in framework.domains]
        bonus = form.adjustments() if framework.adjustments else None
        form.documents()
        form.totals(totals, bonus)
        form.choices()


def _refuse_unasked(framework: Framework, filled: Filled) -> None:
    asked = {(question.node, question.spec.name) for leaf in framework.leaves for question in layout.questions(leaf)}
    bonus = {item.code for item in layout.bonus_items(framework)}
    nodes = {node for node, _ in asked} | bonus
    unasked: list[object] = [
        (node, name) for node, values in filled.answers.items() for name in values if (node, name) not in asked
    ]
    unasked += [node for node in (*filled.evidence, *filled.explanations) if node not in nodes]
    unasked += [code for code in filled.bonus if code not in bonus]
    if unasked:
        raise ValueError(f"the form does not ask {unasked[0]!r}")
