"""`counted` of a leaf: which of its inputs records can count, and by which part of which measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from yaml.nodes import Node

from parindex.documents.shapes import InvalidType, Key, Line, MapOf, Mapped, Reading, guess
from parindex.language import Text
from parindex.problems import ProblemKind
from parindex.programme.framework import CountedInput, InputSpec

CountedPart = Literal["numerator", "denominator", "value", "records"]
COUNTED_PARTS: Final[Mapping[CountedPart, Text]] = {
    "numerator": Text("tử số", "numerator"),
    "denominator": Text("mẫu số", "denominator"),
    "value": Text("giá trị", "value"),
    "records": Text("số bản ghi thuộc diện xét", "records concerned"),
}

COUNTED_FORM = ProblemKind(
    "COUNTED-FORM",
    what=Text('"{value}" không phải là chỉ tiêu.phần.', '"{value}" is no measure.part.'),
    why=Text("", ""),
    remedy=Text(
        "Viết ví dụ on_time_share.numerator; các phần: {known}.",
        "Write for example on_time_share.numerator; the parts: {known}.",
    ),
)
COUNTED_PART = ProblemKind(
    "COUNTED-PART",
    what=Text('chỉ tiêu không có phần "{part}"{guess}.', 'a measure has no part "{part}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Các phần: {known}.", "The parts: {known}."),
)
COUNTED_INPUT = ProblemKind(
    "COUNTED-INPUT",
    what=Text('mục này không có số liệu đầu vào "{input}"{guess}.', 'this leaf has no input "{input}"{guess}.'),
    why=Text("Số đếm được so với số đơn vị khai.", "What is counted is held against what a unit claims."),
    remedy=Text("Dùng một trong: {known}.", "Use one of: {known}."),
)
COUNTED_TYPE = ProblemKind(
    "COUNTED-TYPE",
    what=Text(
        'số liệu "{input}" thuộc kiểu {type}, không đếm được từ hồ sơ.',
        'the input "{input}" is of type {type}, which records cannot count.',
    ),
    why=Text("", ""),
    remedy=Text(
        "Chỉ nêu số liệu kiểu count, amount, percent hoặc number.",
        "Name inputs of the types count, amount, percent or number only.",
    ),
)

COUNTED: Final = Key(
    MapOf(Line(Text("`chỉ tiêu.phần`", "`measure.part`")), least=1),
    Text(
        "số liệu đầu vào nào được đếm từ hồ sơ: chỉ tiêu của records/measures.yaml và phần numerator, denominator, "
        "value hoặc records",
        "inputs that records count: a measure of records/measures.yaml and its part numerator, denominator, value or "
        "records",
    ),
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of `counted`, with the node of its input."""

    input: str
    says: str
    node: Node


def read_counted(
    counted: Mapped | InvalidType | None, inputs: Sequence[InputSpec], *, known: bool, reading: Reading
) -> tuple[CountedInput, ...]:
    """The counted inputs of a leaf; those with problems are left out.

    `known` is False where not all inputs could be read, so that an unknown one may be one of those.
    """
    if not isinstance(counted, Mapped):
        return ()
    specs = {spec.name: spec for spec in inputs}
    found = []
    for entry in (_Entry(name, says, counted.nodes[name]) for name, says in counted.values.items()):
        part = _part(entry, reading)
        spec = specs.get(entry.input)
        if spec is None:
            if known:
                names = tuple(specs)
                values: dict[str, Any] = {"input": entry.input, "guess": guess(entry.input, names)}
                reading.add(COUNTED_INPUT, entry.node, **values, known=", ".join(names) or "–")
            continue
        if spec.type in ("yes_no", "choice"):
            reading.add(COUNTED_TYPE, entry.node, input=entry.input, type=spec.type)
            continue
        if part is not None:
            place = reading.place(entry.node)
            found.append(CountedInput(entry.input, entry.says.partition(".")[0], part, place))
    return tuple(found)


def _part(entry: _Entry, reading: Reading) -> CountedPart | None:
    measure, dot, part = entry.says.partition(".")
    known = ", ".join(COUNTED_PARTS)
    if not dot or not measure.strip() or " " in entry.says:
        reading.add(COUNTED_FORM, entry.node, value=entry.says, known=known)
        return None
    if part not in COUNTED_PARTS:
        reading.add(COUNTED_PART, entry.node, part=part, known=known, guess=guess(part, tuple(COUNTED_PARTS)))
        return None
    return cast(CountedPart, part)
