"""The framework: a tree of domains, criteria and sub-criteria that ends in scored leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from yaml.nodes import MappingNode

from parindex.documents.yaml_nodes import YamlDocument
from parindex.language import Text
from parindex.sources import Place

Level = Literal["domain", "criterion", "subcriterion"]
Method = Literal["appraisal", "data", "survey"]
InputType = Literal["yes_no", "choice", "count", "amount", "percent", "number"]
Policy = Literal["exclude_from_denominator", "full_points_when_none_arise"]

METHODS: tuple[Method, ...] = ("appraisal", "data", "survey")
INPUT_TYPES: tuple[InputType, ...] = ("yes_no", "choice", "count", "amount", "percent", "number")
POLICIES: tuple[Policy, ...] = ("exclude_from_denominator", "full_points_when_none_arise")

INDEX = "index"
"""The code of the root of the tree: the whole index."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One fact that a rule needs. `unit` is None for yes/no, choices and percents; `part_of` names the whole."""

    name: str
    type: InputType
    label: Text
    unit: Text | None
    options: Mapping[str, Text]
    part_of: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule as written: its kind, its inputs, and the rest of its body, opened only by `scoring.rules`."""

    kind: str
    inputs: tuple[InputSpec, ...]
    body: MappingNode
    document: YamlDocument
    place: Place
    readable: bool = True
    """False when an input was left out because of its problems: the rule cannot be built."""

    def input(self, name: str) -> InputSpec | None:
        return next((spec for spec in self.inputs if spec.name == name), None)


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example beside a rule: these inputs earn these points, by this branch."""

    given: Mapping[str, str]
    points: Decimal
    branch: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class ScaleOption:
    """One answer of a survey scale and the share of the points it earns, 0 to 1."""

    code: str
    label: Text
    weight: Decimal


@dataclass(frozen=True, slots=True)
class CountedInput:
    """An input that records can count: `part` of a measure (numerator, denominator, value, records)."""

    input: str
    measure: str
    part: str
    place: Place


@dataclass(frozen=True, slots=True)
class LeafSpec:
    """What makes a node a leaf: how it is scored, from what, and by whom it is appraised."""

    method: Method
    rule: RuleSpec
    examples: tuple[Example, ...]
    not_applicable: tuple[Policy, ...]
    appraiser: Text | None
    evidence: tuple[Text, ...]
    guidance: Text | None
    examples_readable: bool = True
    """False when an example was left out because of its problems: what is missing cannot be told."""
    counted: tuple[CountedInput, ...] = ()


@dataclass(frozen=True, slots=True)
class Continues:
    """What a node was in an older version of the framework, as its authors say."""

    version: str
    code: str
    comparable: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A domain, criterion or sub-criterion. A leaf has `leaf`; the others have `children`."""

    code: str
    level: Level
    name: Text
    max_points: Decimal
    children: tuple[Node, ...]
    leaf: LeafSpec | None
    source: str | None
    continues: Continues | None
    place: Place

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator[Node]:
        return (node for node in self.walk() if node.leaf is not None)


@dataclass(frozen=True, slots=True)
class AdjustmentItem:
    """One thing that earns a bonus or a penalty, counted."""

    code: str
    name: Text
    points_each: Decimal
    unit: Text
    place: Place


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Bonus or penalty points outside the framework's total, up to a cap."""

    kind: Literal["bonus", "penalty"]
    cap: Decimal
    items: tuple[AdjustmentItem, ...]
    place: Place


@dataclass(frozen=True)
class Framework:
    """One version of a framework, as read from one file."""

    code: str
    version: str
    name: Text
    legal_basis: Text | None
    editions: tuple[int, ...]
    unit_kind: str
    max_points: Decimal
    completeness: Literal["full", "domains_only"]
    domains: tuple[Node, ...]
    scales: Mapping[str, tuple[ScaleOption, ...]]
    adjustments: tuple[Adjustment, ...]
    sources: Mapping[str, Text]
    file: str
    sha256: str
    place: Place
    not_official: Text | None = None
    provenance: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node in reading order."""
        return tuple(node for domain in self.domains for node in domain.walk())

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.leaf is not None)

    @cached_property
    def by_code(self) -> Mapping[str, Node]:
        return {node.code: node for node in self.nodes}

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """Code of the parent of each node; `index` for domains."""
        found = {domain.code: INDEX for domain in self.domains}
        for node in self.nodes:
            for child in node.children:
                found[child.code] = node.code
        return found

    @cached_property
    def adjustment_items(self) -> Mapping[str, tuple[Adjustment, AdjustmentItem]]:
        return {item.code: (adjustment, item) for adjustment in self.adjustments for item in adjustment.items}

    def leaves_under(self, code: str) -> tuple[Node, ...]:
        """The leaves of a node (itself when it is one); empty when there is no such node."""
        node = self.by_code.get(code)
        return tuple(node.leaves()) if node is not None else ()
