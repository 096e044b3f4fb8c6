"""Skips and bounds as XLSForm expressions, written and read.

Only the forms that a condition can have are read: equal to one of some answers, a number between bounds, and any
number of these joined by `and`. For everything else the answer is None: to guess at a skip would change who counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from parindex.survey.questionnaire import GROUP_START, MANY, NUMERIC, Condition, Item, ItemKind

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_NAME = r"\$\{\s*([^}\s]+)\s*\}"
_QUOTED = r"""(?:'([^']*)'|"([^"]*)")"""
_SELECTED = re.compile(rf"selected\s*\(\s*{_NAME}\s*,\s*{_QUOTED}\s*\)")
_EQUALS = re.compile(rf"{_NAME}\s*=\s*{_QUOTED}")
_COMPARED = re.compile(rf"{_NAME}\s*(>=|<=|!=|=|>|<)\s*({_NUMBER})")
_BOUND = re.compile(rf"\.\s*(>=|<=|=|>|<)\s*({_NUMBER})")
_COUNTED = re.compile(r"count-selected\s*\(\s*\.\s*\)\s*<=\s*([0-9]+)")
_ALONE = re.compile(
    rf"not\s*\(\s*selected\s*\(\s*\.\s*,\s*{_QUOTED}\s*\)\s+and\s+count-selected\s*\(\s*\.\s*\)\s*>\s*1\s*\)"
)


_LONGEST = 4_000
"""Letters of an expression; longer ones are not read, as they are never of the forms known here."""


def plain(number: Decimal) -> str:
    """A number as XPath takes it: without exponent or closing zeros."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def relevant_of(conditions: Sequence[Condition], item_of: Callable[[str], Item], name_of: Callable[[str], str]) -> str:
    """The expression for "all these hold"; empty without conditions. `name_of` is the name in the form of an item."""
    parts = []
    for condition in conditions:
        item = item_of(condition.item)
        name = f"${{{name_of(condition.item)}}}"
        if item.kind in NUMERIC:
            atoms = [
                *([f"{name} >= {plain(condition.at_least)}"] if condition.at_least is not None else []),
                *([f"{name} <= {plain(condition.at_most)}"] if condition.at_most is not None else []),
                # A code for "don't know" is a number too, and must not open a question by being large.
                *(f"{name} != {plain(Decimal(code))}" for code in item.non_response),
            ]
            word = " and "
        else:
            form = "selected({}, '{}')" if item.kind in MANY else "{} = '{}'"
            atoms = [form.format(name, code) for code in condition.codes]
            word = " or "
        parts.append(f"({word.join(atoms)})" if len(atoms) > 1 else atoms[0])
    return " and ".join(parts)


def group_start_of(groups: int) -> str:
    """The calculation that draws once, for each interview, with which policy group it begins."""
    return f"once(int(random() * {groups}))"


def group_relevant_of(at: int, groups: int, asked: int) -> str:
    """When the policy group at place `at` (from 0) is asked: it is one of `asked` from the start on, in a circle."""
    if asked >= groups:
        return ""
    return f"(({at} + {groups} - ${{{GROUP_START}}}) mod {groups}) < {asked}"


def constraint_of(item: Item, alone: Sequence[str]) -> str:
    """The bounds of a number, or how many of a list and which only alone (`alone`); empty without any."""
    if item.kind in NUMERIC:
        bounds = [
            *([f". >= {plain(item.lowest)}"] if item.lowest is not None else []),
            *([f". <= {plain(item.highest)}"] if item.highest is not None else []),
        ]
        if not bounds or not item.non_response:
            return " and ".join(bounds)
        others = " or ".join(f". = {plain(Decimal(code))}" for code in item.non_response)
        return f"({' and '.join(bounds)}) or {others}"
    if item.kind in MANY:
        limit = [f"count-selected(.) <= {item.at_most}"] if item.at_most is not None else []
        return " and ".join([*limit, *(f"not(selected(., '{code}') and count-selected(.) > 1)" for code in alone)])
    return ""


@dataclass(frozen=True, slots=True)
class Constraint:
    """What the constraint of a question says."""

    lowest: Decimal | None = None
    highest: Decimal | None = None
    non_response: tuple[str, ...] = ()
    at_most: int | None = None
    alone: tuple[str, ...] = ()


def constraint_in(text: str, *, whole: bool) -> Constraint | None:
    """What a constraint says; None when it has another form. `whole`: the answers are whole numbers."""
    if len(text) > _LONGEST:
        return None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    at_most: int | None = None
    alone: list[str] = []
    ors = list(_split(_unwrapped(text), "or"))
    codes = [_BOUND.fullmatch(each) for each in ors[1:]]
    if not all(match is not None and match[1] == "=" for match in codes):
        return None
    for part in _split(_unwrapped(ors[0]), "and"):
        unwrapped = _unwrapped(part)
        if counted := _COUNTED.fullmatch(unwrapped):
            at_most = int(counted[1])
        elif single := _ALONE.fullmatch(unwrapped):
            alone.append(single[1] or single[2])
        elif bound := _BOUND.fullmatch(unwrapped):
            low, high = _bounds(bound[1], Decimal(bound[2]), whole)
            if (low is None and high is None) or (codes and bound[1] == "="):
                return None
            lowest = low if lowest is None else lowest if low is None else max(low, lowest)
            highest = high if highest is None else highest if high is None else min(high, highest)
        else:
            return None
    return Constraint(lowest, highest, tuple(match[2] for match in codes if match), at_most, tuple(alone))


@dataclass(frozen=True, slots=True)
class Referred:
    """The question a name in an expression stands for."""

    item: str
    kind: ItemKind
    non_response: tuple[str, ...] = ()


def conditions_in(text: str, resolve: Callable[[str], Referred | None]) -> tuple[Condition, ...] | None:
    """The conditions of a `relevant`; None when it has another form, or names a question that is not known."""
    if len(text) > _LONGEST:
        return None
    found: list[Condition] = []
    left_out: set[str] = set()
    for part in _split(text, "and"):
        inner = _unwrapped(part)
        excluded = _excluded(inner, resolve)
        if excluded is not None:
            left_out.add(excluded)
            continue
        if len(list(_split(inner, "or"))) > 1:
            condition = _one_of(list(_split(inner, "or")), resolve)
            if condition is None:
                return None
            found.append(condition)
            continue
        atoms = [_unwrapped(each) for each in _split(inner, "and")]
        if len(atoms) == 1:
            condition = _one_of(atoms, resolve) or _between(atoms, resolve)
            if condition is None:
                return None
            found.append(condition)
            continue
        condition = _between(atoms, resolve)
        if condition is not None:
            found.append(condition)
            continue
        nested = conditions_in(inner, resolve)
        if nested is None:
            return None
        found += nested
    # "Not the code for don't know" goes without saying where the number itself is asked for, and nowhere else.
    return tuple(found) if left_out <= {condition.item for condition in found} else None


def _excluded(atom: str, resolve: Callable[[str], Referred | None]) -> str | None:
    """The numeric item of which `atom` excludes a code of non-response."""
    match = _COMPARED.fullmatch(atom)
    referred = resolve(match[1]) if match is not None and match[2] == "!=" else None
    if match is None or referred is None or referred.kind not in NUMERIC:
        return None
    return referred.item if any(Decimal(match[3]) == Decimal(code) for code in referred.non_response) else None


def _one_of(atoms: Sequence[str], resolve: Callable[[str], Referred | None]) -> Condition | None:
    codes: list[str] = []
    names: set[str] = set()
    for atom in atoms:
        unwrapped = _unwrapped(atom)
        match = _SELECTED.fullmatch(unwrapped) or _EQUALS.fullmatch(unwrapped)
        if match is not None:
            names.add(match[1])
            codes.append(match[2] if match[2] is not None else match[3])
            continue
        compared = _COMPARED.fullmatch(unwrapped)
        if compared is None or compared[2] != "=":
            return None
        names.add(compared[1])
        codes.append(compared[3])
    if len(names) != 1:
        return None
    referred = resolve(names.pop())
    if referred is None or referred.kind in NUMERIC or referred.kind == "text":
        return None
    return Condition(referred.item, tuple(dict.fromkeys(codes)))


def _between(atoms: Sequence[str], resolve: Callable[[str], Referred | None]) -> Condition | None:
    matches = [_COMPARED.fullmatch(atom) for atom in atoms]
    names = {match[1] for match in matches if match is not None}
    if None in matches or len(names) != 1:
        return None
    referred = resolve(names.pop())
    if referred is None or referred.kind not in NUMERIC:
        return None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    for match in matches:
        assert match is not None
        number = Decimal(match[3])
        if match[2] == "!=":
            if not any(number == Decimal(code) for code in referred.non_response):
                return None
            continue
        low, high = _bounds(match[2], number, referred.kind == "count")
        if low is None and high is None:
            return None
        lowest = low if lowest is None else lowest if low is None else max(low, lowest)
        highest = high if highest is None else highest if high is None else min(high, highest)
    if lowest is None and highest is None:
        return None
    return Condition(referred.item, (), lowest, highest)


def _bounds(sign: str, number: Decimal, whole: bool) -> tuple[Decimal | None, Decimal | None]:
    """(lowest, highest) of one comparison; both None where the bound itself is left out of a decimal number."""
    if sign == "=":
        return number, number
    if sign == ">=":
        return number, None
    if sign == "<=":
        return None, number
    if not whole:
        return None, None
    if sign == ">":
        return number.to_integral_value(ROUND_FLOOR) + 1, None
    return None, number.to_integral_value(ROUND_CEILING) - 1


def _split(text: str, word: str) -> Iterator[str]:
    """`text` at each `word` that stands outside of brackets and quotes."""
    joint = re.compile(rf"\s{word}(?=[\s(])")
    depth = 0
    quote = ""
    start = at = 0
    while at < len(text):
        letter = text[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif depth == 0 and joint.match(text, at):
            yield text[start:at].strip()
            at += len(word) + 1
            start = at
            continue
        at += 1
    yield text[start:].strip()


def _unwrapped(text: str) -> str:
    """Without brackets around the whole."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for at, letter in enumerate(text):
            depth += (letter == "(") - (letter == ")")
            if depth == 0 and at < len(text) - 1:
                return text
        text = text[1:-1].strip()
    return text
