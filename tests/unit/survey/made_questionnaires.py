"""Hypothesis strategies for questionnaires without problems."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from parindex.language import Text, nfc
from parindex.survey.questionnaire import (
    FACTOR_RULES,
    FORMULA_NAMES,
    NATIONAL_RULES,
    NUMERIC,
    Condition,
    Factor,
    IndexDefinition,
    Item,
    PolicyGroup,
    Questionnaire,
    Scale,
    Section,
    Source,
    Step,
    SubIndex,
)
from parindex.survey.series import Break

_LETTERS = "abc xyz ÀĐƠưệ0129.,;:'\"=+-@<>&%()#/?!_"
_words = st.text(alphabet=_LETTERS, min_size=1, max_size=25).map(lambda text: nfc(" ".join(text.split()))).filter(bool)
texts = st.builds(Text, _words, _words)
_maybe_text = st.none() | texts
_numbers = st.decimals(min_value=-50, max_value=50, places=2)


@st.composite
def scales(draw: st.DrawFn, code: str, kind: str) -> Scale:
    if kind == "yes_no":
        valid = [Step("1", draw(texts), Decimal(1)), Step("0", draw(texts), Decimal(0))]
    elif kind == "scale":
        values = draw(
            st.lists(st.integers(0, 9), min_size=2, max_size=5, unique=True).filter(lambda each: max(each) > 0)
        )
        valid = [Step(f"v{at}", draw(texts), Decimal(value) / 2) for at, value in enumerate(values)]
    else:
        count = draw(st.integers(2, 6))
        valid = [
            Step(f"{at}", draw(texts), None, True, draw(st.booleans()) if kind == "choices" else False)
            for at in range(count)
        ]
    others = [Step("98", draw(texts), None, False), Step("refused", draw(texts), None, False)]
    satisfied = tuple(step.code for step in valid if step.value is not None and draw(st.booleans()))
    if kind in ("scale", "yes_no") and not satisfied:
        satisfied = (valid[0].code,)
    return Scale(code, (*valid, *others[: draw(st.integers(0, 2))]), satisfied)


@st.composite
def _conditions(draw: st.DrawFn, earlier: list[Item], lists: dict[str, Scale]) -> tuple[Condition, ...]:
    """Up to two conditions on different earlier items that are asked of everybody, so that all can be met."""
    usable = [item for item in earlier if item.kind != "text" and not item.ask_when]
    chosen = draw(st.lists(st.sampled_from(usable), max_size=2, unique_by=lambda item: item.code)) if usable else []
    found = []
    for item in chosen:
        if item.kind in NUMERIC:
            low, high = item.lowest, item.highest
            bound = low if low is not None else high if high is not None else Decimal(3)
            form = draw(st.sampled_from(("low", "high", "both")))
            found.append(Condition(item.code, (), bound if form != "high" else None, bound if form != "low" else None))
        else:
            codes = [step.code for step in lists[item.scale or ""].steps]
            found.append(Condition(item.code, tuple(draw(st.lists(st.sampled_from(codes), min_size=1, unique=True)))))
    return tuple(found)


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    lists = {
        **{f"scale_{at}": draw(scales(f"scale_{at}", "scale")) for at in range(2)},
        "yn": draw(scales("yn", "yes_no")),
        **{f"list_{at}": draw(scales(f"list_{at}", "choices")) for at in range(2)},
    }
    groups = tuple(PolicyGroup(f"P{at}", draw(texts)) for at in range(draw(st.integers(0, 4))))
    sources = {"law": Source(draw(texts), None), "web": Source(draw(texts), "https://example.org/a?b=c")}
    factors = [f"F{at}" for at in range(draw(st.integers(0, 3)))]
    sections: list[Section] = []
    once: list[Item] = []
    number = 0
    for at in range(draw(st.integers(1, 4))):
        asked = draw(st.none() | st.integers(1, len(groups))) if groups else None
        ask_when = draw(_conditions(list(once), lists))
        items: list[Item] = []
        for _ in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(("scale", "yes_no", "choice", "choices", "pick", "count", "number", "text")))
            scale = {
                "scale": "scale_0",
                "yes_no": "yn",
                "choice": "list_0",
                "choices": "list_1",
                "pick": "list_1",
            }.get(kind)
            text = draw(texts)
            if asked is not None:
                text = Text(f"{text.vi} {{group}}", f"{{group}}: {text.en}")
            bounds: dict[str, Any] = {}
            if kind in NUMERIC:
                low, high = sorted((draw(_numbers), draw(_numbers)))
                if kind == "count":
                    low, high = Decimal(0), Decimal(int(abs(high)) + 1)
                bounds = {"lowest": low, "highest": high, "non_response": draw(st.sampled_from(((), ("-98", "99"))))}
            items.append(
                Item(
                    code=f"Q{number}" + draw(st.sampled_from(("", ".1", "-b", "_x"))),
                    text=text,
                    kind=kind,
                    scale=scale,
                    ask_when=draw(
                        _conditions(
                            # Conditions on one item, here and at the section, might exclude each other.
                            [each for each in (*once, *items) if each.code not in {one.item for one in ask_when}]
                            if asked is None
                            else [each for each in once if each.code not in {one.item for one in ask_when}],
                            lists,
                        )
                    ),
                    factor=draw(st.sampled_from(factors)) if factors and kind in ("scale", "yes_no") else None,
                    node=f"1.{number}" if draw(st.booleans()) else None,
                    at_most=draw(st.integers(1, len(lists["list_1"].valid_codes))) if kind == "pick" else None,
                    required=draw(st.booleans()),
                    hint=draw(_maybe_text),
                    source=draw(st.none() | st.sampled_from(("law", "web"))),
                    **bounds,
                )
            )
            number += 1
        sections.append(Section(f"S{at}", draw(texts), tuple(items), ask_when, asked))
        once += items if asked is None else []
    used = [code for code in factors if any(item.factor == code for each in sections for item in each.items)]
    index = None
    if used:
        share = Decimal(100) / 4
        weights = [share] * (len(used) - 1)
        weights.append(Decimal(100) - sum(weights, Decimal(0)))
        parts = tuple(
            SubIndex(f"T{code}", draw(texts), weight, (Factor(code, draw(texts), weight, "law"),), 2022)
            for code, weight in zip(used, weights, strict=True)
        )
        index = IndexDefinition(
            "INDEX",
            draw(texts),
            draw(st.sampled_from(FORMULA_NAMES)),
            draw(st.sampled_from(FACTOR_RULES)),
            draw(st.sampled_from(NATIONAL_RULES)),
            parts,
        )
    return Questionnaire(
        code="made",
        version=draw(_words),
        name=draw(texts),
        sections=tuple(sections),
        scales=lists,
        groups=groups,
        index=index,
        breaks=(Break("new-method", 2022, draw(texts), draw(texts)),) if draw(st.booleans()) else (),
        editions=draw(st.sampled_from(((), (2022, 2023)))),
        languages=draw(st.sampled_from((("vi", "en"), ("en", "vi"), ("vi",), ("en",)))),
        legal_basis=draw(_maybe_text),
        provenance={"recalled": (draw(texts), draw(texts))} if draw(st.booleans()) else {},
        not_official=draw(_maybe_text),
        sources=sources,
    )
