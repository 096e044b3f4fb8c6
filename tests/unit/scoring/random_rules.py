"""Rules that nobody would write: every kind with random parameters, as YAML text, and random inputs for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from parindex.programme.framework import InputSpec
from written_rule import WrittenRule, written_rule

Draw = Callable[[st.SearchStrategy], object]

POINTS = st.decimals(Decimal("0.01"), 100, places=2)
SHARE = st.decimals(0, 1, places=2)
WHOLE = st.integers(0, 60)

ALLOWS = st.sampled_from(["", "full_points_when_none_arise", "exclude_from_denominator"])


def text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def numeric(name: str, kind: str) -> str:
    unit = "" if kind == "percent" else f', unit: {{vi: "đơn vị {name}", en: "units of {name}"}}'
    return f'  {name}: {{type: {kind}, label: {{vi: "Số {name}", en: "Figure {name}"}}{unit}}}\n'


def yes_no(name: str) -> str:
    return f'  {name}: {{type: yes_no, label: {{vi: "Có {name}", en: "Has {name}"}}}}\n'


NUMBER_TYPE = st.sampled_from(["count", "amount"])
ANY_TYPE = st.sampled_from(["count", "amount", "percent", "number"])


def below(maximum: Decimal) -> st.SearchStrategy[Decimal]:
    """Points from 0 to the maximum."""
    return st.integers(0, 4).map(lambda quarter: (maximum * quarter / 4).quantize(Decimal("0.0001")))


def falling(draw: Draw, count: int, low: int = 1, high: int = 120) -> list[int]:
    return sorted(draw(st.lists(st.integers(low, high), min_size=count, max_size=count, unique=True)), reverse=True)


@cache
def arithmetic(names: tuple[str, ...], truths: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """A formula that gives a number."""
    leaf = st.one_of(st.sampled_from(names), st.integers(0, 9).map(str), st.sampled_from(["0.5", "max_points"]))

    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pair = st.tuples(inner, inner)
        return st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda each: "({} {} {})".format(*each)),
            st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda each: "{}({}, {})".format(*each)),
            inner.map(lambda each: f"-{each}"),
            st.tuples(condition(pair, truths), inner, inner).map(lambda each: "(if {} then {} else {})".format(*each)),
        )

    return st.recursive(leaf, grow, max_leaves=6)


def condition(pair: st.SearchStrategy[tuple[str, str]], truths: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """A formula that is true or false, comparing the numbers of pairs."""
    compared = st.tuples(st.sampled_from(["<", "<=", "=", "!=", ">", ">="]), pair).map(
        lambda each: f"{each[1][0]} {each[0]} {each[1][1]}"
    )
    plain = st.one_of(compared, st.sampled_from(truths)) if truths else compared
    return st.recursive(
        plain,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda all_: "(" + " and ".join(all_) + ")"),
            st.lists(inner, min_size=2, max_size=3).map(lambda all_: "(" + " or ".join(all_) + ")"),
            inner.map(lambda each: f"not ({each})"),
        ),
        max_leaves=3,
    )


def _binary(draw: Draw, maximum: Decimal) -> str:
    if draw(st.booleans()):
        return "kind: binary\ninputs:\n" + yes_no("met")
    leaf = arithmetic(("a", "b"))
    test = draw(condition(st.tuples(leaf, leaf)))
    inputs = numeric("a", draw(ANY_TYPE)) + numeric("b", draw(ANY_TYPE))
    return f'kind: binary\ninputs:\n{inputs}holds_when: "{test}"'


def _tiers(draw: Draw, maximum: Decimal) -> str:
    count = draw(st.integers(1, 3))
    lower = [draw(below(maximum)) for _ in range(count)]
    if draw(st.booleans()):
        codes = [f"l{number}" for number in range(count + 1)]
        options = ", ".join(f'{code}: {{vi: "Mức {code}", en: "Level {code}"}}' for code in codes)
        points = ", ".join(f"{code}: {text(each)}" for code, each in zip(codes, [*lower, maximum], strict=True))
        label = 'label: {vi: "Mức", en: "Level"}'
        return f"kind: tiers\ninputs:\n  level: {{type: choice, {label}, options: {{{options}}}}}\npoints: {{{points}}}"
    tests = draw(
        st.lists(
            condition(st.tuples(arithmetic(("a",)), arithmetic(("a",))), ("yes",)),
            min_size=count,
            max_size=count,
            unique=True,
        )
    )
    levels = "".join(
        f'  - {{level: l{number}, when: "{test}", label: {{vi: "Mức {number}", en: "Level {number}"}}, '
        f"points: {text(points)}}}\n"
        for number, (test, points) in enumerate(zip(tests, lower, strict=True))
    )
    last = f'  - {{level: rest, label: {{vi: "Còn lại", en: "The rest"}}, points: {text(maximum)}}}'
    return f"kind: tiers\ninputs:\n{numeric('a', draw(ANY_TYPE))}{yes_no('yes')}levels:\n{levels}{last}"


def _checklist(draw: Draw, maximum: Decimal) -> str:
    first = draw(below(maximum))
    return (
        f"kind: checklist\ninputs:\n{yes_no('plan')}{yes_no('report')}"
        f"points: {{plan: {text(first)}, report: {text(maximum - first)}}}"
    )


def _ratio(draw: Draw) -> str:
    return f"inputs:\n{numeric('numerator', draw(NUMBER_TYPE))}{numeric('denominator', draw(NUMBER_TYPE))}"


def _percentage_bands(draw: Draw, maximum: Decimal) -> str:
    starts = falling(draw, draw(st.integers(1, 3)))
    rows = "".join(
        f"  - {{from: {start}, points: {text(maximum if at == 0 else draw(below(maximum)))}}}\n"
        for at, start in enumerate(starts)
    )
    return f"kind: percentage_bands\n{_ratio(draw)}bands:\n{rows}  - {{from: 0, points: {text(draw(below(maximum)))}}}"


def _proportional(draw: Draw, maximum: Decimal) -> str:
    full, floor = falling(draw, 2)
    return f"kind: proportional\n{_ratio(draw)}full_at: {full}\nzero_below: {draw(st.sampled_from([floor, 0]))}"


def _deduction(draw: Draw, maximum: Decimal) -> str:
    names = ["late", "wrong"][: draw(st.integers(1, 2))]
    minus = ", ".join(f"{name}: {text(draw(POINTS))}" for name in names)
    minimum = draw(st.sampled_from([Decimal(0), maximum / 4])).quantize(Decimal("0.0001"))
    inputs = "".join(numeric(name, "count") for name in names)
    return f"kind: deduction\ninputs:\n{inputs}minus: {{{minus}}}\nminimum: {text(minimum)}"


def _count_tiers(draw: Draw, maximum: Decimal) -> str:
    starts = falling(draw, draw(st.integers(1, 3)), high=9)
    rows = "".join(
        f"  - {{at_least: {start}, points: {text(maximum if at == 0 else draw(below(maximum)))}}}\n"
        for at, start in enumerate(starts)
    )
    return f"kind: count_tiers\ninputs:\n{numeric('count', 'count')}levels:\n{rows}  - {{at_least: 0, points: 0}}"


def _year_on_year(draw: Draw, maximum: Decimal) -> str:
    kind = draw(ANY_TYPE)
    rows = "".join(
        f"  - {{{draw(st.sampled_from(['at_least', 'above']))}: {start}, "
        f"points: {text(maximum if at == 0 else draw(below(maximum)))}}}\n"
        for at, start in enumerate(falling(draw, draw(st.integers(1, 3)), low=-40, high=60))
    )
    change = draw(st.sampled_from(["percent", "difference"]))
    inputs = numeric("current", kind) + numeric("previous", kind)
    return f"kind: year_on_year\ninputs:\n{inputs}change: {change}\nlevels:\n{rows}  - {{points: 0}}"


def _target_ratio(draw: Draw, maximum: Decimal) -> str:
    target = draw(st.sampled_from(["count", "amount", "percent"]))
    return f"kind: target_ratio\ninputs:\n{numeric('actual', draw(ANY_TYPE))}{numeric('target', target)}"


def _survey_scale(draw: Draw, maximum: Decimal) -> str:
    return "kind: survey_scale\nscale: three"


def _external_index(draw: Draw, maximum: Decimal) -> str:
    return "kind: external_index\nindex: SIPAS"


def _formula(draw: Draw, maximum: Decimal) -> str:
    value = draw(arithmetic(("a", "b"), ("yes",)))
    inputs = numeric("a", draw(ANY_TYPE)) + numeric("b", draw(ANY_TYPE)) + yes_no("yes")
    return f'kind: formula\ninputs:\n{inputs}value: "{value}"'


BODIES: Mapping[str, Callable[[Draw, Decimal], str]] = {
    "binary": _binary,
    "tiers": _tiers,
    "checklist": _checklist,
    "percentage_bands": _percentage_bands,
    "proportional": _proportional,
    "deduction": _deduction,
    "count_tiers": _count_tiers,
    "year_on_year": _year_on_year,
    "target_ratio": _target_ratio,
    "survey_scale": _survey_scale,
    "external_index": _external_index,
    "formula": _formula,
}


@st.composite
def rules(draw: Draw, kind: str) -> WrittenRule:
    maximum = draw(POINTS)
    weights = [draw(SHARE) for _ in range(3)]
    options = "".join(
        f'    - {{option: o{at}, label: {{vi: "Mức {at}", en: "Level {at}"}}, weight: {text(weight)}}}\n'
        for at, weight in enumerate(weights)
    )
    body = BODIES[kind](draw, maximum)
    return written_rule(body, text(maximum), allows=draw(ALLOWS), beside=f"scales:\n  three:\n{options}")


def values(spec: InputSpec) -> st.SearchStrategy[Decimal | str | bool]:
    """What `parse_value` could give for this input; small numbers, so that edges are met."""
    match spec.type:
        case "yes_no":
            return st.booleans()
        case "choice":
            return st.sampled_from(sorted(spec.options))
        case "count":
            return st.one_of(WHOLE, st.sampled_from([10**6, 10**12])).map(Decimal)
        case "number":
            return st.decimals(-60, 60, places=1)
        case _:
            return st.one_of(st.decimals(0, 60, places=1), WHOLE.map(Decimal))


@st.composite
def inputs(draw: Draw, written: WrittenRule) -> dict[str, Decimal | str | bool]:
    specs = list(written.rule.inputs)
    if written.rule.kind == "survey_scale":
        specs = draw(st.sampled_from([specs[:1], specs[1:]]))
    return {spec.name: draw(values(spec)) for spec in specs}
