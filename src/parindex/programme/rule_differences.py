"""Whether two rules ask the same facts and turn them into the same share of their points.

Rules are compared as written, without opening their kinds. What is plain here is a nest of tuples: a map is its
(key, value) pairs by key, a list its values, a number a Decimal, all else text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.nodes import Node as YamlNode

from parindex.language import Text, fold, nfc, same
from parindex.programme.framework import Framework, InputSpec, LeafSpec, Node, RuleSpec

Plain: TypeAlias = "Decimal | str | tuple[Plain, ...] | tuple[tuple[str, Plain], ...]"
Path: TypeAlias = "tuple[str, ...]"

# What changes no points: the branches that examples must hit; in a row of a list, words for people and the upper edge
# of a band, which only repeats the edge above it.
_NOT_COMPARED = frozenset({"kind", "inputs", "branches"})
_NOT_COMPARED_IN_ROWS = frozenset({"label", "to"})
# Everything below these keys is in points; it is compared as a share of the maximum.
_IN_POINTS = frozenset({"points", "minus", "minimum"})
# A key left out means this value (`scoring.rules` says so), so writing it down changes nothing.
_DEFAULTS: tuple[tuple[str, str, Decimal], ...] = (
    ("deduction", "minimum", Decimal(0)),
    ("proportional", "full_at", Decimal(100)),
    ("proportional", "zero_below", Decimal(0)),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same: where it stands in the rule, and both values as text ("–" is absent)."""

    at: str
    old: Text
    new: Text


@dataclass(frozen=True, slots=True)
class RuleDifferences:
    """How two rules differ. All empty: the same inputs earn the same share of the points.

    `scaled`: the rule has points of its own, and they moved with the maximum. `fixed_formula`: the formula is the
    same text, but its result does not move with the maximum, which changed. `labels`: inputs, or what they count,
    are worded anew.
    """

    kind: Difference | None
    inputs: tuple[Difference, ...]
    parameters: tuple[Difference, ...]
    fixed_formula: bool
    scaled: bool
    labels: bool


def plain_rule(rule: RuleSpec) -> Plain:
    """The body of a rule beside `kind` and `inputs`, without places, labels and comments.

    Key order, spaces in formulas and the way a number is written (0.5 or 0.50) make no difference.
    """
    return _plain(rule.body, leave_out=_NOT_COMPARED)


def _plain(node: YamlNode, *, leave_out: frozenset[str] = frozenset()) -> Plain:
    if isinstance(node, MappingNode):
        pairs = [(str(key.value), _plain(value)) for key, value in node.value if key.value not in leave_out]
        return tuple(sorted(pairs, key=lambda pair: pair[0]))
    if isinstance(node, SequenceNode):
        return tuple(_plain(item, leave_out=_NOT_COMPARED_IN_ROWS) for item in node.value)
    assert isinstance(node, ScalarNode), node
    if not node.style and re.fullmatch(r"-?\d{1,18}(\.\d{1,12})?", node.value):
        return Decimal(node.value).normalize() + 0  # + 0: no minus zero
    return " ".join(nfc(node.value).split())


def rule_differences(old: Node, new: Node, *, old_framework: Framework, new_framework: Framework) -> RuleDifferences:
    """What differs between the rules of two leaves, their points taken as shares of their maximum.

    A survey scale counts by its options and weights, not by its name.
    """
    assert old.leaf is not None and new.leaf is not None, (old.code, new.code)
    inputs, labels = _input_differences(old.leaf.rule, new.leaf.rule)
    if old.leaf.rule.kind != new.leaf.rule.kind:
        kind = Difference("kind", same(old.leaf.rule.kind), same(new.leaf.rule.kind))
        return RuleDifferences(kind, inputs, (), fixed_formula=False, scaled=False, labels=labels)
    before = _parameters(old.leaf, old_framework)
    after = _parameters(new.leaf, new_framework)
    rescaled = old.max_points != new.max_points
    parameters = []
    scaled = fixed_formula = False
    for path in sorted(before.keys() | after.keys(), key=_path_order):
        one, two = before.get(path), after.get(path)
        in_points = path[0] in _IN_POINTS or path[-1] in _IN_POINTS
        if in_points and isinstance(one, Decimal) and isinstance(two, Decimal):
            equal = Fraction(one) / Fraction(old.max_points) == Fraction(two) / Fraction(new.max_points)
            scaled = scaled or (equal and rescaled and one != 0)
        else:
            equal = one == two
        if not equal:
            parameters.append(
                Difference(
                    " ".join(path),
                    _shown(one, old.max_points if in_points and rescaled else None),
                    _shown(two, new.max_points if in_points and rescaled else None),
                )
            )
        elif rescaled and isinstance(one, str):
            # `value` is a formula for points; elsewhere a text is a condition or a name, or the option of a scale.
            moves = moves_with_maximum(one) if path == ("value",) else "max_points" not in _words(one)
            fixed_formula = fixed_formula or not moves
    return RuleDifferences(None, inputs, tuple(parameters), fixed_formula=fixed_formula, scaled=scaled, labels=labels)


def moves_with_maximum(formula: str) -> bool:
    """The formula is a product of which `max_points` is one factor, so its result is a share of the maximum.

    Says no in doubt: `max_points - late` and `if … then max_points else 0` are not taken apart.
    """
    factors: list[str] = [""]
    signs = ["*"]
    depth = 0
    for part in re.findall(r"[A-Za-z_]\w*|[\d.]+|\S", formula):
        depth += (part == "(") - (part == ")")
        if depth == 0 and part in ("*", "/"):
            factors.append("")
            signs.append(part)
            continue
        if depth == 0 and part in _NOT_A_PRODUCT:
            return False
        factors[-1] += part + " "
    own = [sign for factor, sign in zip(factors, signs, strict=True) if factor.strip() == "max_points"]
    return own == ["*"] and _words(formula).count("max_points") == 1


_NOT_A_PRODUCT = frozenset({"+", "-", "<", ">", "=", "!", "if", "then", "else", "and", "or", "not"})


def _words(formula: str) -> list[str]:
    return re.findall(r"[A-Za-z_]\w*", formula)


def _parameters(leaf: LeafSpec, framework: Framework) -> dict[Path, Decimal | str]:
    body = plain_rule(leaf.rule)
    found = dict(_flat(body, ()))
    for kind, key, value in _DEFAULTS:
        if leaf.rule.kind == kind:
            found.setdefault((key,), value)
    scale = found.get(("scale",))
    if isinstance(scale, str) and scale in framework.scales:
        del found[("scale",)]
        for option in framework.scales[scale]:
            found["scale", option.code] = option.weight.normalize()
    return found


def _flat(value: Plain, path: Path) -> Iterator[tuple[Path, Decimal | str]]:
    if not isinstance(value, tuple):
        yield path, value
        return
    words = [item for item in value if isinstance(item, str)]
    if words and len(words) == len(value):
        # Who is asked: one value, and its order says nothing.
        yield path, ", ".join(sorted(words))
        return
    for place, item in enumerate(value, start=1):
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
            yield from _flat(item[1], (*path, item[0]))
        else:
            yield from _flat(item, (*path, str(place)))


def _path_order(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdecimal() else 0, part) for part in path)


def _shown(value: Decimal | str | None, maximum: Decimal | None) -> Text:
    if value is None:
        return same("–")
    if isinstance(value, str):
        return same(value)
    number = _number(value)
    return same(number if maximum is None else f"{number}/{_number(maximum)}")


def _number(value: Decimal) -> str:
    # As the YAML file has it, for it is a parameter of the file that a reader will look for.
    return format(value.normalize() + 0, "f")


def _input_differences(old: RuleSpec, new: RuleSpec) -> tuple[tuple[Difference, ...], bool]:
    found = []
    labels = False
    names = dict.fromkeys([spec.name for spec in old.inputs] + [spec.name for spec in new.inputs])
    for name in names:
        one, two = old.input(name), new.input(name)
        if one is None or two is None or _asks(one) != _asks(two) or _other_unit(one, two):
            found.append(Difference(name, _input_words(one), _input_words(two)))
        elif one.label != two.label or one.options != two.options or one.unit != two.unit:
            labels = True
    return tuple(found), labels


def _asks(spec: InputSpec) -> tuple[str, str | None, frozenset[str]]:
    return spec.type, spec.part_of, frozenset(spec.options)


def _other_unit(old: InputSpec, new: InputSpec) -> bool:
    """Another unit would be another scale. What a count counts is its label; a mended translation is no change."""
    if old.type == "count" or old.unit is None or new.unit is None:
        return False
    return fold(old.unit.vi) != fold(new.unit.vi) and fold(old.unit.en) != fold(new.unit.en)


def _input_words(spec: InputSpec | None) -> Text:
    if spec is None:
        return same("–")
    words: str = spec.type
    if spec.options:
        words += f" ({', '.join(spec.options)})"
    if spec.part_of is not None:
        words += f" ⊂ {spec.part_of}"
    if spec.unit is None:
        return same(words)
    return Text(f"{words}, {spec.unit.vi}", f"{words}, {spec.unit.en}")
