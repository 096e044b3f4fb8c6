"""A plan of a sample from its file: what each choice buys, what reaches the target, and the drawing of both."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from parindex.documents.text_files import read_bytes
from parindex.problems import Problems
from parindex.survey.plan_reading import SamplePlan, read_plan, read_populations
from parindex.survey.planner import PLAN, PlanRow, compared, reaching


def plan_in(file: Path) -> SamplePlan:
    """The plan of a plan.yaml; its file of populations lies beside it. Raises ProblemsFound."""
    problems = Problems()
    content = read_bytes(file, file.name, problems)
    read = read_plan(content, file.name, problems) if content is not None else None
    problems.raise_if_any()
    assert read is not None
    plan, populations_name = read
    if populations_name is None:
        return plan
    content = read_bytes(file.parent / populations_name, populations_name, problems)
    populations = read_populations(content, populations_name, problems) if content is not None else {}
    problems.raise_if_any()
    choices = tuple(replace(choice, provinces=len(populations)) for choice in plan.choices)
    return replace(plan, choices=choices, populations=populations)


def bought(plan: SamplePlan) -> tuple[PlanRow, ...]:
    """One row for each choice as given, then the rows that reach the target where there is one."""
    people = tuple(plan.populations.values())
    rows = compared(plan.choices, plan.spread, confidence=plan.confidence, populations=people)
    if plan.target is None:
        return rows
    wished = float(plan.target) / 100
    return rows + reaching(plan.choices, plan.spread, wished, confidence=plan.confidence, populations=people)


def plan_bytes(plan: SamplePlan, rows: tuple[PlanRow, ...], *, as_json: bool) -> bytes:
    """The rows as CSV, or as JSON with what was planned for; decimals are texts there, exact as in CSV."""
    if not as_json:
        return PLAN.csv_bytes(rows)
    data = {
        "plan": plan.name,
        "share": plan.share,
        "confidence": plan.confidence,
        "target": None if plan.target is None else str(plan.target),
        "currency": plan.currency,
        "rows": [
            {
                name: value if value is None or isinstance(value, (int, str)) else format(value, "f")
                for name, value in row._asdict().items()
            }
            for row in rows
        ],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
