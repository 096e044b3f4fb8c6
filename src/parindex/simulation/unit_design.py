"""The accepted values of one unit, designed before anybody claims anything: answers, and survey results on top.

A unit's answers follow its quality; the quality is chosen so that the points of the answers come near a wish, and
the survey results fill what is left. So a unit can be given any index that its framework can yield.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from parindex.language import half_up
from parindex.programme.framework import Framework, Node
from parindex.programme.inputs import InputValue
from parindex.scoring.rule import Rule
from parindex.scoring.rule_book import RuleBook
from parindex.simulation.answers import Inputs, Luck, Task, answer, draw_luck, usual_figures
from parindex.submissions.layout import is_asked

_LOWEST, _HIGHEST = 0.0, 2.2  # qualities at which hardly a leaf, and every leaf, earns its points
_STEPS = 11
_NEAR = Decimal("0.2")  # points; the survey results fill what is left

Answers: TypeAlias = "Mapping[str, Mapping[str, InputValue]]"

Links: TypeAlias = Callable[[str, Answers], Mapping[str, Decimal]]
"""Figures of a leaf that answers before it have fixed: the late dossiers of one line are those of the others."""


def no_links(code: str, made: Answers) -> Mapping[str, Decimal]:
    return {}


@dataclass(frozen=True, slots=True)
class AskedLeaf:
    """A leaf that units answer, with what is needed to invent an answer."""

    node: Node
    rule: Rule
    usual: Mapping[str, Decimal]


def asked_leaves(framework: Framework, book: RuleBook) -> tuple[AskedLeaf, ...]:
    """The leaves a workbook asks for, in reading order."""
    return tuple(
        AskedLeaf(node, book.rules[node.code], usual_figures(book.rules[node.code], node.leaf))
        for node in framework.leaves
        if node.leaf is not None and is_asked(node.leaf)
    )


class Design(NamedTuple):
    """Answers by leaf, and the points they earn together with the leaves where nothing arose."""

    answers: dict[str, Inputs]
    points: Decimal


class UnitDesigner:
    """One unit with its luck drawn: `at` gives its answers at a quality, `near` those that earn about so many points.

    `none_arose` leaves earn their points without an answer; `left_out` leaves have neither; `full` leaves are
    answered as well as can be, because another fact of the example needs it.
    """

    def __init__(
        self,
        leaves: Sequence[AskedLeaf],
        chance: random.Random,
        *,
        decimals: int,
        size: float,
        links: Links = no_links,
        none_arose: Collection[str] = (),
        left_out: Collection[str] = (),
        full: Collection[str] = (),
    ):
        self.leaves = leaves
        self.lucks: tuple[Luck, ...] = tuple(draw_luck(chance, size=size) for _ in leaves)
        self.decimals = decimals
        self.links = links
        self.none_arose = none_arose
        self.left_out = left_out
        self.full = full
        self.known: dict[tuple[str, tuple[tuple[str, InputValue], ...]], Decimal] = {}

    def at(self, quality: float) -> Design:
        answers: dict[str, Inputs] = {}
        total = Decimal(0)
        for leaf, luck in zip(self.leaves, self.lucks, strict=True):
            code = leaf.node.code
            if code in self.left_out:
                continue
            if code in self.none_arose:
                total += leaf.node.max_points
                continue
            share = 2.0 if code in self.full else quality + luck.shift
            made = answer(Task(code, leaf.rule, leaf.usual, share, luck, self.links(code, answers)))
            answers[code] = made
            total += self._points(leaf, made)
        return Design(answers, total)

    def near(self, wish: Decimal) -> Design:
        """The answers whose points come nearest the wish."""
        low, high = _LOWEST, _HIGHEST
        best = self.at(1.0)
        for _ in range(_STEPS):
            if abs(best.points - wish) <= _NEAR:
                break
            middle = (low + high) / 2
            found = self.at(middle)
            if abs(found.points - wish) < abs(best.points - wish):
                best = found
            if found.points < wish:
                low = middle
            else:
                high = middle
        return best

    def _points(self, leaf: AskedLeaf, made: Inputs) -> Decimal:
        key = (leaf.node.code, tuple(made.items()))
        if key not in self.known:
            points = leaf.rule.outcome(made).points
            assert points is not None, key
            self.known[key] = half_up(points, self.decimals)
        return self.known[key]
