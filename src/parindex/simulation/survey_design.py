"""design.yaml of the simulated survey, from its questionnaire: which column of the interviews holds what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parindex.survey.questionnaire import DataColumn, Questionnaire

_HEAD = """\
# Các cột của {interviews} (mô phỏng).
# Columns of {interviews} (simulated).
design: "Khảo sát hài lòng 2023, mô phỏng / satisfaction survey 2023, simulated"
columns: {{record: record, stratum: stratum, psu: psu, weight: weight}}
lonely_psu: fail
domains: [province]
"""


def survey_design_yaml(questionnaire: Questionnaire, margins: Sequence[str], *, interviews: str) -> bytes:
    """design.yaml of the file `interviews` with every column that is not free text; raked margins as declared."""
    names = ", ".join(f'"{margin}"' for margin in margins)
    lines = [f"calibration: {{margins: [{names}], base_weight: base_weight}}", "items:"]
    lines += [line for column in questionnaire.columns for line in _item(questionnaire, column)]
    return (_HEAD.format(interviews=interviews) + "\n".join(lines) + "\n").encode()


def _item(questionnaire: Questionnaire, column: DataColumn) -> Iterator[str]:
    item = questionnaire.by_code[column.item]
    scale = questionnaire.scale_of(item.code)
    if item.kind == "text":
        return
    start = f'  - {{code: "{column.name}"'
    if item.kind == "scale" and scale is not None:
        values = sorted(int(value) for value in scale.values.values())
        top = ", ".join(f'"{code}"' for code in scale.satisfied)
        yield f"{start}, kind: scale, lowest: {values[0]}, highest: {values[-1]}, top: [{top}]}}"
    elif item.kind == "yes_no":
        yield f"{start}, kind: yes_no}}"
    elif item.kind in ("choice", "choices", "pick"):
        answers = ", ".join(f'"{code}"' for code in questionnaire.answer_codes(item.code))
        yield f"{start}, kind: {'choice' if item.kind == 'choice' else 'choices'}, answers: [{answers}]}}"
    else:
        bounds = [f", {name}: {bound}" for name, bound in (("lowest", item.lowest), ("highest", item.highest)) if bound]
        yield f"{start}, kind: count{''.join(bounds)}}}"
