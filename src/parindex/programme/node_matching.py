"""Which node of an older framework a node of a newer one continues.

What the authors declare (`continues`) counts first. The rest is matched by names in both languages, by how the leaf
is scored, and by where it stands. A wrong match is worse than a missing one: it would draw one line through two
different things. So near ties are left open, and named as possible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from math import log
from typing import Literal

from parindex.language import Language, Text, fold, half_up
from parindex.problems import Problem, ProblemKind, Problems
from parindex.programme.framework import Framework, Node

Why = Literal["declared", "same_code_and_name", "same_name", "similar_name", "same_content"]

CONTINUES_UNKNOWN = ProblemKind(
    "CONTINUES-UNKNOWN",
    what=Text(
        '"{code}" nối tiếp "{old}", nhưng phiên bản {version} không có mã này.',
        '"{code}" continues "{old}", but version {version} has no such code.',
    ),
    why=Text("Mục này được coi là mới.", "The node counts as added."),
    remedy=Text("Sửa mã trong continues, hoặc bỏ continues.", "Correct the code under continues, or remove it."),
    severity="notice",
)
CONTINUES_TWICE = ProblemKind(
    "CONTINUES-TWICE",
    what=Text(
        '"{code}" nối tiếp "{old}", nhưng "{first}" đã nối tiếp mã này.',
        '"{code}" continues "{old}", which "{first}" continues already.',
    ),
    why=Text(
        "Một mục cũ chỉ có một mục nối tiếp; mục này được coi là mới.",
        "An older node is continued once; this one counts as added.",
    ),
    remedy=Text("Giữ continues ở một trong hai mục.", "Keep continues on one of the two."),
    severity="notice",
)


@dataclass(frozen=True, slots=True)
class Match:
    """Two codes of one meaning and why they were matched.

    `score` is 0 to 1: likeness of the names for `similar_name`, share of the points below that were matched for
    `same_content`, None for the other reasons.
    """

    old: str
    new: str
    why: Why
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """All matches; no code stands in two. `possible`: old codes left open, with the new codes they resemble."""

    matches: tuple[Match, ...]
    possible: Mapping[str, tuple[str, ...]]
    problems: tuple[Problem, ...]


# Tuned on the frameworks in examples/. A leaf is accepted from _LEAF on; its names must share at least _NAME
# whatever speaks for it beside them.
_LEAF = 0.58
_NAME = 0.34
_GROUP = 0.58
# Two candidates nearer than this are not told apart (one line split into three looks like each of them).
_TIE = 0.06
_BY_NAME_ALONE = 0.40

_SAME_PARENT = 0.20
_SAME_DOMAIN = 0.10
_OTHER_PARENT = -0.20
_OTHER_DOMAIN = -0.15
_SAME_KIND = 0.05
_OTHER_KIND = -0.15
_SAME_CODE = 0.03
_SAME_GROUP_CODE = 0.10

# Names write these in full or short; they are one word to the reader.
_SHORT_FORMS = (
    ("van ban quy pham phap luat", "vbqppl"),
    ("quy pham phap luat", "qppl"),
    ("cai cach hanh chinh", "cchc"),
    ("thu tuc hanh chinh", "tthc"),
    ("dieu tra xa hoi hoc", "dtxhh"),
    ("cong nghe thong tin", "cntt"),
    ("hoi dong nhan dan", "hdnd"),
    ("uy ban nhan dan", "ubnd"),
)
_FILLERS: Mapping[Language, frozenset[str]] = {
    "vi": frozenset(re.findall(r"\w+", "cac cua va ve trong theo duoc qua tai cho den tu khi nhung")),
    "en": frozenset(re.findall(r"\w+", "the of and to in on a an by for as with are is at from")),
}


def match_nodes(old: Framework, new: Framework) -> Matching:
    """Match the nodes of two frameworks. Deterministic; the order of the files breaks ties."""
    return _Matcher(old, new).matching()


def plain_name(name: str) -> str:
    """A Vietnamese name without case, tones and marks, long forms shortened: equal ones are the same name."""
    words = re.sub(r"[^a-z0-9]+", " ", fold(name)).strip()
    for long, short in _SHORT_FORMS:
        words = re.sub(rf"\b{long}\b", short, words)
    return words


def _tokens(name: Text, language: Language) -> frozenset[str]:
    """Words and pairs of neighbours: most Vietnamese words are two syllables, and a syllable alone says little."""
    text = plain_name(name.vi) if language == "vi" else re.sub(r"[^a-z0-9]+", " ", fold(name.en)).strip()
    words = [word for word in text.split() if word not in _FILLERS[language]] or text.split()
    if language == "en":
        words = [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words]
    return frozenset(words) | {f"{one} {two}" for one, two in pairwise(words)}


class _Likeness:
    """How alike two names are, 0 to 1: the tokens they share, rare ones counting more (as Dice, mean of vi and en)."""

    def __init__(self, old: Sequence[Node], new: Sequence[Node]):
        languages: tuple[Language, ...] = ("vi", "en")
        names = dict.fromkeys([node.name for node in old] + [node.name for node in new])
        self._tokens: dict[Text, tuple[frozenset[str], ...]] = {
            name: tuple(_tokens(name, language) for language in languages) for name in names
        }
        self._weights: list[dict[str, float]] = []
        for place in range(len(languages)):
            counts: dict[str, int] = {}
            for node in (*old, *new):
                for token in self._tokens[node.name][place]:
                    counts[token] = counts.get(token, 0) + 1
            self._weights.append({token: log(1 + (len(old) + len(new)) / count) for token, count in counts.items()})
        self._sums = {
            name: tuple(self._weight(tokens, place) for place, tokens in enumerate(both))
            for name, both in self._tokens.items()
        }

    def _weight(self, tokens: Iterable[str], place: int) -> float:
        # Sorted, so that the last digit does not hang on the order of a set.
        weights = self._weights[place]
        return sum(weights[token] for token in sorted(tokens))

    def of(self, one: Text, two: Text) -> float:
        if one == two:
            return 1.0
        shares = []
        for place in range(len(self._weights)):
            shared = self._tokens[one][place] & self._tokens[two][place]
            total = self._sums[one][place] + self._sums[two][place]
            shares.append(2 * self._weight(shared, place) / total if shared else 0.0)
        return sum(shares) / len(shares)


@dataclass(slots=True)
class _Pairs:
    """One-to-one pairs of codes, both ways."""

    new_of: dict[str, str] = field(default_factory=dict)
    old_of: dict[str, str] = field(default_factory=dict)

    def add(self, old: str, new: str) -> None:
        self.new_of[old] = new
        self.old_of[new] = old

    def free(self, old: str, new: str) -> bool:
        return old not in self.new_of and new not in self.old_of

    def stand(self, old: str, new: str) -> int:
        """1: these two are a pair; -1: one of them is paired with another; 0: both are open."""
        if self.new_of.get(old) == new:
            return 1
        return 0 if self.free(old, new) else -1

    def copy(self) -> _Pairs:
        return _Pairs(dict(self.new_of), dict(self.old_of))


class _Matcher:
    def __init__(self, old: Framework, new: Framework):
        self.old = old
        self.new = new
        self.names = _Likeness(old.nodes, new.nodes)
        self.old_order = {node.code: place for place, node in enumerate(old.nodes)}
        self.new_order = {node.code: place for place, node in enumerate(new.nodes)}
        self.problems = Problems()
        self.declared = _Pairs()
        self.refused: set[str] = set()
        self.possible: dict[str, tuple[str, ...]] = {}

    def matching(self) -> Matching:
        self._take_declared()
        certain = self.declared.copy()
        self._take_unchanged(self.old.domains, self.new.domains, certain)
        # The content of a group tells which group it became, and the group tells which leaf it was. The first
        # round of leaves goes by names alone; the last two know where a leaf stands.
        pairs = self._leaves(certain, by_name_alone=True)
        for _ in range(2):
            pairs = self._leaves(self._groups(certain, pairs))
        matches = [self._match(old, new, pairs) for old, new in pairs.new_of.items()]
        matches.sort(key=lambda match: self.new_order[match.new])
        possible = {code: codes for code, codes in self.possible.items() if code not in pairs.new_of}
        return Matching(tuple(matches), possible, tuple(self.problems))

    def _take_declared(self) -> None:
        for node in self.new.nodes:
            continues = node.continues
            if continues is None or continues.version != self.old.version:
                continue
            if continues.code not in self.old.by_code:
                self.problems.add(
                    CONTINUES_UNKNOWN, node.place, code=node.code, old=continues.code, version=self.old.version
                )
            elif continues.code in self.declared.new_of:
                self.problems.add(
                    CONTINUES_TWICE,
                    node.place,
                    code=node.code,
                    old=continues.code,
                    first=self.declared.new_of[continues.code],
                )
            else:
                self.declared.add(continues.code, node.code)
                continue
            # Its authors said it is something else than what its name would find.
            self.refused.add(node.code)

    def _take_unchanged(self, old: Sequence[Node], new: Sequence[Node], pairs: _Pairs) -> None:
        """From the top: the same code and name below parents of the same code and name."""
        by_code = {node.code: node for node in new}
        for one in old:
            two = by_code.get(one.code)
            if two is None or not self._same_name(one, two):
                continue
            if (one.leaf is None) != (two.leaf is None) or one.level != two.level:
                continue
            if pairs.stand(one.code, two.code) == 1 or self._open(one, two, pairs):
                if pairs.stand(one.code, two.code) == 0:
                    pairs.add(one.code, two.code)
                self._take_unchanged(one.children, two.children, pairs)

    def _open(self, one: Node, two: Node, pairs: _Pairs) -> bool:
        return two.code not in self.refused and pairs.free(one.code, two.code)

    @staticmethod
    def _same_name(one: Node, two: Node) -> bool:
        return plain_name(one.name.vi) == plain_name(two.name.vi)

    def _groups(self, certain: _Pairs, leaves: _Pairs) -> _Pairs:
        """Domains, then criteria that have sub-criteria, by name and by the points below that went along."""
        pairs = certain.copy()

        def likeness(one: Node, two: Node) -> float:
            if _only_survey(one) != _only_survey(two):
                return 0.0
            same_code = _SAME_GROUP_CODE if one.code == two.code else 0.0
            return self.names.of(one.name, two.name) + self._content(one, two, leaves) + same_code

        def of_criteria(one: Node, two: Node) -> float:
            stand = pairs.stand(self.old.parents[one.code], self.new.parents[two.code])
            return likeness(one, two) + {1: _SAME_DOMAIN, 0: 0.0, -1: _OTHER_DOMAIN}[stand]

        for level, score in (("domain", likeness), ("criterion", of_criteria)):
            old = [node for node in self.old.nodes if node.level == level and node.leaf is None]
            new = [node for node in self.new.nodes if node.level == level and node.leaf is None]
            self._best_first(old, new, pairs, score, _GROUP)
        return pairs

    @staticmethod
    def _content(one: Node, two: Node, leaves: _Pairs) -> float:
        """Share of the points of both nodes that lie on leaves matched from one to the other, 0 to 1."""
        below = {leaf.code: leaf for leaf in two.leaves()}
        shared = total = Decimal(0)
        for leaf in one.leaves():
            twin = below.get(leaves.new_of.get(leaf.code, ""))
            if twin is not None:
                shared += leaf.max_points + twin.max_points
        total = one.max_points + two.max_points
        return float(shared / total)

    def _leaves(self, groups: _Pairs, *, by_name_alone: bool = False) -> _Pairs:
        pairs = groups.copy()

        def score(one: Node, two: Node) -> float:
            assert one.leaf is not None and two.leaf is not None
            # What people say in a survey and what records show are two things, whatever they are called.
            if (one.leaf.method == "survey") != (two.leaf.method == "survey"):
                return 0.0
            name = self.names.of(one.name, two.name)
            if by_name_alone:
                return name
            if name < _NAME:
                return 0.0
            value = name + (_SAME_CODE if one.code == two.code else 0.0) + self._place(one, two, groups)
            return value + (_SAME_KIND if one.leaf.rule.kind == two.leaf.rule.kind else _OTHER_KIND)

        # Ties are no evidence of where a group went, so they are left open in the first round too.
        least = _BY_NAME_ALONE if by_name_alone else _LEAF
        self.possible = self._best_first(self.old.leaves, self.new.leaves, pairs, score, least, tie=_TIE)
        return pairs

    def _place(self, one: Node, two: Node, groups: _Pairs) -> float:
        """What it says that two leaves stand where they stand."""
        old_parent, new_parent = self.old.parents[one.code], self.new.parents[two.code]
        parent = groups.stand(old_parent, new_parent)
        if parent == 1:
            return _SAME_PARENT
        domain = groups.stand(_domain(old_parent, self.old), _domain(new_parent, self.new))
        value = {1: _SAME_DOMAIN, 0: 0.0, -1: _OTHER_DOMAIN}[domain]
        both_criteria = old_parent not in _tops(self.old) and new_parent not in _tops(self.new)
        return value + (_OTHER_PARENT if parent == -1 and both_criteria else 0.0)

    def _best_first(
        self,
        old: Sequence[Node],
        new: Sequence[Node],
        pairs: _Pairs,
        score: Callable[[Node, Node], float],
        least: float,
        tie: float = 0.0,
    ) -> dict[str, tuple[str, ...]]:
        """Add the best pairs to `pairs`, from the best down to `least`. Returns the near ties it left open.

        With `tie`, a pair is left open when the old or the new node has another open candidate nearly as good.
        """
        rows: list[tuple[float, bool, int, int, Node, Node]] = []
        for one in old:
            for two in new:
                if self._open(one, two, pairs):
                    value = round(score(one, two), 9)
                    if value >= least:
                        places = self.old_order[one.code], self.new_order[two.code]
                        rows.append((-value, one.code != two.code, *places, one, two))
        rows.sort(key=lambda row: row[:4])
        left_open: dict[str, tuple[str, ...]] = {}
        in_doubt: set[str] = set()
        for at, (value, _, _, _, one, two) in enumerate(rows):
            if not pairs.free(one.code, two.code) or one.code in left_open or two.code in in_doubt:
                continue
            near = [
                (first.code, second.code)
                for lower, _, _, _, first, second in rows[at + 1 :]
                if lower - value < tie
                and (first is one or second is two)
                and pairs.free(first.code, second.code)
                and first.code not in left_open
                and second.code not in in_doubt
            ]
            if not near:
                pairs.add(one.code, two.code)
                continue
            for first in dict.fromkeys([one.code, *(first for first, _ in near)]):
                codes = [second for name, second in [(one.code, two.code), *near] if name == first]
                left_open[first] = tuple(codes)
                in_doubt.update(codes)
        return left_open

    def _match(self, old: str, new: str, pairs: _Pairs) -> Match:
        if self.declared.new_of.get(old) == new:
            return Match(old, new, "declared")
        one, two = self.old.by_code[old], self.new.by_code[new]
        if self._same_name(one, two):
            return Match(old, new, "same_code_and_name" if old == new else "same_name")
        name = self.names.of(one.name, two.name)
        if one.leaf is None and (content := self._content(one, two, pairs)) > name:
            return Match(old, new, "same_content", half_up(Decimal(content), 2))
        return Match(old, new, "similar_name", _score(name))


def _score(value: float) -> Decimal:
    # Names that differ only in filling words come out at 1; only equal ones are called the same.
    return min(half_up(Decimal(value), 2), Decimal("0.99"))


def _only_survey(node: Node) -> bool:
    """Everything below is asked in a survey; no when nothing is known of it."""
    methods = {leaf.leaf.method for leaf in node.leaves() if leaf.leaf is not None}
    return methods == {"survey"}


def _tops(framework: Framework) -> frozenset[str]:
    return frozenset(domain.code for domain in framework.domains)


def _domain(code: str, framework: Framework) -> str:
    """The domain above a node's parent, or the parent when it is one."""
    tops = _tops(framework)
    while code not in tops:
        code = framework.parents[code]
    return code
