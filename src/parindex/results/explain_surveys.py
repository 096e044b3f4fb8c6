"""How the estimate of a leaf came about: its error, the figures it is made of, questions, answers, sample, files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from parindex.language import Language, Text, half_up, number
from parindex.results.result_tables import ResultTables
from parindex.results.steps import Step, both, plain, source_of, where
from parindex.tables.flow import Estimate, SurveyCount, SurveyTerm

BASES: Mapping[str, Text] = {
    "published": Text("số đã công bố", "as published"),
    "survey": Text("ước lượng từ phiếu", "estimated from interviews"),
    "simulated": Text("mô phỏng", "simulated"),
}

_SHOWN = 2
"""Decimals of figures inside an estimate; the tables have all digits."""


def estimate_step(result: ResultTables, estimate: Estimate) -> Step:
    """The survey behind a leaf. Where its interviews were counted, down to questions, answers, sample and files."""
    terms = result.survey_terms_of.get((estimate.unit, estimate.node), ())

    def says(language: Language) -> str:
        if estimate.value is None:
            reason = _reason(estimate.reason or "", language)
            text = Text(f"trống: {reason}", f"empty: {reason}").in_(language)
        else:
            text = ", ".join(_error(estimate.value, estimate, _digits(4 if terms else None), FORMS, language))
            if estimate.basis is not None and estimate.basis in BASES:
                text += f", {BASES[estimate.basis].in_(language)}"
        return f"{text} {where(result, estimate.source, estimate.place)}"

    figures = {
        "value": plain(estimate.value),
        "se": plain(estimate.se),
        "lower": plain(estimate.lower),
        "upper": plain(estimate.upper),
        "n": estimate.n,
        "deff": plain(estimate.deff),
        "df": plain(estimate.df),
        "method": estimate.method,
        "basis": estimate.basis,
        "reason": estimate.reason,
        **source_of(result, estimate.source, estimate.place),
    }
    steps = tuple(_behind(result, estimate, terms)) if terms else ()
    return Step("estimate", estimate.node, Text("điều tra", "survey"), both(says), figures, steps)


def _behind(result: ResultTables, estimate: Estimate, terms: Sequence[SurveyTerm]) -> Iterator[Step]:
    top = next(row for row in terms if row.parent is None)
    if estimate.source == top.source or estimate.value == top.value:
        yield _figure(result, top, terms)
    survey = next((each for each in result.edition.surveys if each.code == top.survey), None)
    if top.psus is not None:
        yield _sample(result, top, survey.design if survey is not None else None)
    if survey is not None:
        place = where(result, survey.interviews, "")
        title = both(lambda language: f"{survey.name.in_(language)}")
        method = estimate.method or ""
        says = Text(f"phiếu {place}; cách tính: {method}", f"interviews {place}; method: {method}")
        yield Step("interviews", survey.code, title, says, source_of(result, survey.interviews, ""))


def _figure(result: ResultTables, row: SurveyTerm, terms: Sequence[SurveyTerm]) -> Step:
    """A figure and those it is made of; under a question the counts of its answers."""
    below = [each for each in terms if each.parent == row.code and each.level == BELOW.get(row.level)]
    counts = result.survey_counts_of.get((row.survey, row.unit, row.code), ()) if row.level == "question" else ()

    def says(language: Language) -> str:
        parts = []
        if row.weight is not None:
            weight = _digits(_SHOWN)(row.weight * 100, language)
            parts.append(Text(f"trọng số {weight} %", f"weight {weight} %").in_(language))
        if row.value is None:
            parts.append(_reason(row.reason or "", language))
        else:
            parts += _error(
                row.value, row, lambda each, language: number(half_up(each, _SHOWN), language), ANSWERS, language
            )
        return f"{', '.join(parts)} [{row.source}:{row.place}]"

    figures = {
        "level": row.level,
        "name": {"vi": row.name_vi, "en": row.name_en},
        "weight": plain(row.weight),
        "value": plain(row.value),
        "se": plain(row.se),
        "lower": plain(row.lower),
        "upper": plain(row.upper),
        "n": row.n,
        "deff": plain(row.deff),
        "df": plain(row.df),
        "status": row.status,
        "reason": row.reason,
        **source_of(result, row.source, row.place),
    }
    steps = [_figure(result, each, terms) for each in below] if row.value is not None else []
    if counts:
        steps.append(_answers(counts))
    title = Text(f"{row.code} {row.name_vi}", f"{row.code} {row.name_en}")
    return Step(row.level, row.code, title, both(says), figures, tuple(steps))


BELOW: Mapping[str, str] = {"index": "part", "part": "factor", "factor": "question"}


def _answers(counts: Sequence[SurveyCount]) -> Step:
    def one(row: SurveyCount, language: Language) -> str:
        label = Text(row.label_vi, row.label_en).in_(language)
        score = number(row.score, language)
        if row.n is None or row.weighted is None:
            hidden = Text("không công bố", "not published").in_(language)
            return f"{label} ({score} %) {hidden}"
        n, weighted = number(Decimal(row.n), language), number(half_up(row.weighted, 1).normalize() + 0, language)
        return Text(
            f"{label} ({score} %) {n}, quyền số {weighted}", f"{label} ({score} %) {n}, weighted {weighted}"
        ).in_(language)

    figures = {
        "answers": [
            {
                "answers": row.answers.split(),
                "label": {"vi": row.label_vi, "en": row.label_en},
                "score": plain(row.score),
                "n": row.n,
                "weighted": plain(row.weighted),
                "status": row.status,
            }
            for row in counts
        ]
    }
    says = both(lambda language: "; ".join(one(row, language) for row in counts))
    return Step("answers", counts[0].item, Text("trả lời", "answers"), says, figures)


def _sample(result: ResultTables, row: SurveyTerm, design: str | None) -> Step:
    def says(language: Language) -> str:
        psus, strata = number(Decimal(row.psus or 0), language), number(Decimal(row.strata or 0), language)
        word = "stratum" if row.strata == 1 else "strata"
        text = Text(
            f"{psus} đơn vị mẫu cấp một trong {strata} tầng", f"{psus} first-stage units in {strata} {word}"
        ).in_(language)
        if row.level != "question" and row.weighted is not None:
            weighted = number(half_up(row.weighted, 1).normalize() + 0, language)
            text += Text(f", tổng quyền số {weighted}", f", sum of weights {weighted}").in_(language)
        return f"{text} {where(result, design, '')}" if design is not None else text

    weighted_ = row.weighted if row.level != "question" else None
    figures = {"psus": row.psus, "strata": row.strata, "weighted": plain(weighted_)}
    if design is not None:
        figures |= source_of(result, design, "")
    return Step("sample", row.unit, Text("mẫu", "sample"), both(says), figures)


FORMS = Text("phiếu", "answers")
ANSWERS = Text("trả lời", "answers")

Digits = Callable[[Decimal, Language], str]


def _digits(most: int | None) -> Digits:
    """At most so many decimals; None shows every digit."""

    def shown(each: Decimal, language: Language) -> str:
        return number(each if most is None else half_up(each, most).normalize() + 0, language)

    return shown


def _error(value: Decimal, row: Estimate | SurveyTerm, shown: Digits, counted: Text, language: Language) -> list[str]:
    """A value with all that is known of its error."""
    parts = [f"{shown(value, language)} %"]
    if row.lower is not None and row.upper is not None:
        low, high = shown(row.lower, language), shown(row.upper, language)
        parts.append(Text(f"khoảng tin cậy 95 % từ {low} đến {high}", f"95 % interval {low} to {high}").in_(language))
    if row.se is not None:
        se = shown(row.se, language)
        parts.append(Text(f"sai số chuẩn {se}", f"standard error {se}").in_(language))
    if row.n is not None:
        parts.append(f"{number(Decimal(row.n), language)} {counted.in_(language)}")
    if row.deff is not None:
        deff = number(half_up(row.deff, _SHOWN), language)
        parts.append(Text(f"hệ số thiết kế {deff}", f"design effect {deff}").in_(language))
    if row.df is not None:
        df = number(half_up(row.df, 1).normalize() + 0, language)
        parts.append(Text(f"{df} bậc tự do", f"{df} degrees of freedom").in_(language))
    return parts


def _reason(reason: str, language: Language) -> str:
    """One language of a reason that is written in both."""
    vi, _, en = reason.partition(" / ")
    return (en if language == "en" and en else vi).rstrip(".")
