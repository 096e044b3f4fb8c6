"""A `Questionnaire` to questionnaire.yaml, so that a form that comes back from elsewhere becomes a file again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from parindex.language import LANGUAGES, Text, fold
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.survey.questionnaire import Condition, IndexDefinition, Item, Questionnaire, Scale, Section, Step

RENAMED = ProblemKind(
    "FORM-RENAMED",
    what=Text('{kind} "{name}" được ghi là "{new}".', 'the {kind} "{name}" is written as "{new}".'),
    why=Text("questionnaire.yaml không nhận tên này.", "questionnaire.yaml does not take that name."),
    remedy=Text("", ""),
    severity="notice",
)
VERSION_ABSENT = ProblemKind(
    "FORM-VERSION",
    what=Text('biểu mẫu không có phiên bản; ghi là "1".', 'the form has no version; "1" is written.'),
    why=Text("Trả lời của hai phiên bản không được lẫn với nhau.", "Answers to two versions must not be mixed up."),
    remedy=Text("Điền cột version ở trang settings.", "Fill in the column version of the sheet settings."),
    severity="notice",
)

COUNT_FROM_ZERO = ProblemKind(
    "FORM-COUNT",
    what=Text(
        'câu "{code}" không có giới hạn dưới; ghi là từ 0.', 'the question "{code}" has no least number; 0 is written.'
    ),
    why=Text("Số đếm nhỏ hơn 0 không phải là trả lời hợp lệ.", "A count below 0 is no valid answer."),
    remedy=Text(
        "Nếu số âm có nghĩa, đổi kiểu thành decimal trong biểu mẫu.",
        "If numbers below 0 have a meaning, make its type decimal in the form.",
    ),
    severity="notice",
)

_LIST_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FORM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*")
# YAML allows these inside quotes only when they are escaped.
_HIDDEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_WIDTH = 118


def named_for_yaml(questionnaire: Questionnaire, problems: Problems) -> Questionnaire:
    """The questionnaire with names that questionnaire.yaml takes; what had to change is a notice.

    A form made elsewhere may call itself and its lists as it likes, and need not have a version.
    """
    place = Place(questionnaire.file)
    code = questionnaire.code
    if not _FORM_NAME.fullmatch(code):
        code = _fitting(code, "form_", ())
        kind = Text("mã phiếu", "id of the form")
        problems.add(RENAMED, place, kind=kind, name=questionnaire.code, new=code)
    if not questionnaire.version:
        problems.add(VERSION_ABSENT, place)
    taken = {name for name in questionnaire.scales if _LIST_NAME.fullmatch(name)}
    lists: dict[str, str] = {}
    for name, scale in questionnaire.scales.items():
        lists[name] = name
        if not _LIST_NAME.fullmatch(name):
            lists[name] = _fitting(name, "list_", taken).lower()
            taken.add(lists[name])
            kind = Text("danh sách trả lời", "answer list")
            problems.add(RENAMED, scale.place or place, kind=kind, name=name, new=lists[name])
    return replace(
        questionnaire,
        code=code,
        version=questionnaire.version or "1",
        scales={lists[name]: replace(scale, code=lists[name]) for name, scale in questionnaire.scales.items()},
        sections=tuple(
            replace(
                section,
                items=tuple(_item_for_yaml(item, lists, problems) for item in section.items),
            )
            for section in questionnaire.sections
        ),
    )


def _item_for_yaml(item: Item, lists: Mapping[str, str], problems: Problems) -> Item:
    if item.kind == "count" and item.lowest is None:
        problems.add(COUNT_FROM_ZERO, item.place(), code=item.code)
        return replace(item, lowest=Decimal(0))
    return item if item.scale is None else replace(item, scale=lists.get(item.scale, item.scale))


def _fitting(name: str, start: str, taken: Iterable[str]) -> str:
    word = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_") or "x"
    word = word if word[0].isalpha() else start + word
    found, number = word, 1
    while found in taken:
        number += 1
        found = f"{word}_{number}"
    return found


def write_questionnaire(questionnaire: Questionnaire) -> bytes:
    """questionnaire.yaml; `read_questionnaire` gives an equal questionnaire.

    The questionnaire must be without problems. Comments of a file it was read from are not kept.
    """
    return ("\n".join(_document(questionnaire)) + "\n").encode()


def _document(q: Questionnaire) -> Iterator[str]:
    yield f"questionnaire: {q.code}"
    yield f"version: {_quoted(q.version)}"
    yield from _text("name", q.name, "")
    if q.legal_basis is not None:
        yield from _text("legal_basis", q.legal_basis, "")
    if q.editions:
        yield f"editions: [{', '.join(str(each) for each in q.editions)}]"
    if q.languages != LANGUAGES:
        yield f"languages: [{', '.join(q.languages)}]"
    if q.provenance or q.not_official is not None:
        yield "provenance:"
        for key, texts in q.provenance.items():
            yield f"  {key}:"
            for text in texts:
                yield from _listed((f"vi: {_quoted(text.vi)}", f"en: {_quoted(text.en)}"), "    ")
        if q.not_official is not None:
            yield from _text("not_official", q.not_official, "  ")
    if q.sources:
        yield "sources:"
        for key, source in q.sources.items():
            yield f"  {key}:"
            yield from _text("title", source.title, "    ")
            if source.url is not None:
                yield f"    url: {_quoted(source.url)}"
    if q.groups:
        yield "groups:"
        for group in q.groups:
            yield from _listed((f"code: {_quoted(group.code)}", f"name: {_pair(group.name)}"), "  ")
    yield from _lists(q.scales)
    if q.index is not None:
        yield from _index(q.index)
    if q.breaks:
        yield "breaks:"
        for each in q.breaks:
            yield f"  - code: {each.code}"
            yield f"    first_edition: {each.first_edition}"
            yield from _text("name", each.name, "    ")
            yield from _text("reason", each.reason, "    ")
    yield "sections:"
    for section in q.sections:
        yield from _section(section)


def _lists(scales: Mapping[str, Scale]) -> Iterator[str]:
    with_values = {
        name: scale
        for name, scale in scales.items()
        if scale.satisfied or any(step.value is not None for step in scale.steps)
    }
    if with_values:
        yield "scales:"
    for name, scale in with_values.items():
        yield f"  {name}:"
        if scale.satisfied:
            yield f"    satisfied: {_codes(scale.satisfied)}"
        yield "    steps:"
        for step in scale.steps:
            yield from _step(step, "      ")
    if len(with_values) < len(scales):
        yield "choices:"
    for name, scale in scales.items():
        if name not in with_values:
            yield f"  {name}:"
            for step in scale.steps:
                yield from _step(step, "    ")


def _step(step: Step, indent: str) -> Iterator[str]:
    head = [f"code: {_quoted(step.code)}"]
    if step.value is not None:
        head.append(f"value: {_number(step.value)}")
    if not step.valid:
        head.append("valid: false")
    if step.exclusive:
        head.append("exclusive: true")
    yield from _listed((*head, f"label: {_pair(step.label)}"), indent)


def _index(index: IndexDefinition) -> Iterator[str]:
    yield "index:"
    yield f"  code: {_quoted(index.code)}"
    yield from _text("name", index.name, "  ")
    yield f"  formula: {index.formula}"
    yield f"  factor: {index.factor_rule}"
    yield f"  national: {index.national}"
    yield "  parts:"
    for part in index.parts:
        yield f"    - code: {_quoted(part.code)}"
        yield from _text("name", part.name, "      ")
        yield f"      weight: {_number(part.weight)}"
        if part.since is not None:
            yield f"      since: {part.since}"
        if part.source is not None:
            yield f"      source: {part.source}"
        yield "      factors:"
        for factor in part.factors:
            yield f"        - code: {_quoted(factor.code)}"
            yield from _text("name", factor.name, "          ")
            yield f"          weight: {_number(factor.weight)}"
            if factor.source is not None:
                yield f"          source: {factor.source}"


def _section(section: Section) -> Iterator[str]:
    yield f"  - code: {_quoted(section.code)}"
    yield from _text("name", section.name, "    ")
    if section.groups_asked is not None:
        yield f"    groups_asked: {section.groups_asked}"
    yield from _conditions(section.ask_when, "    ")
    yield "    items:"
    for item in section.items:
        yield from _item(item)


def _item(item: Item) -> Iterator[str]:
    indent = "        "
    yield f"      - code: {_quoted(item.code)}"
    yield f"{indent}kind: {item.kind}"
    for key, value in (("scale", item.scale), ("at_most", item.at_most)):
        if value is not None:
            yield f"{indent}{key}: {value}"
    for key, number in (("lowest", item.lowest), ("highest", item.highest)):
        if number is not None:
            yield f"{indent}{key}: {_number(number)}"
    if item.non_response:
        yield f"{indent}non_response: {_codes(item.non_response)}"
    for key, code in (("factor", item.factor), ("node", item.node)):
        if code is not None:
            yield f"{indent}{key}: {_quoted(code)}"
    # What the reader takes for granted: everything but a free text must be answered.
    if item.required is not (item.kind != "text"):
        yield f"{indent}required: {'true' if item.required else 'false'}"
    if item.source is not None:
        yield f"{indent}source: {item.source}"
    yield from _conditions(item.ask_when, indent)
    yield from _text("text", item.text, indent)
    if item.hint is not None:
        yield from _text("hint", item.hint, indent)


def _conditions(conditions: tuple[Condition, ...], indent: str) -> Iterator[str]:
    if conditions:
        yield f"{indent}ask_when:"
    for each in conditions:
        parts = [f"item: {_quoted(each.item)}"]
        if each.codes:
            parts.append(f"in: {_codes(each.codes)}")
        for key, bound in (("at_least", each.at_least), ("at_most", each.at_most)):
            if bound is not None:
                parts.append(f"{key}: {_number(bound)}")
        yield f"{indent}  - {{{', '.join(parts)}}}"


def _text(key: str, text: Text, indent: str) -> Iterator[str]:
    line = f"{indent}{key}: {_pair(text)}"
    if len(line) <= _WIDTH:
        yield line
        return
    yield f"{indent}{key}:"
    yield f"{indent}  vi: {_quoted(text.vi)}"
    yield f"{indent}  en: {_quoted(text.en)}"


def _listed(parts: Sequence[str], indent: str) -> Iterator[str]:
    """An entry of a list: on one line where there is room, else a line for each part."""
    line = f"{indent}- {{{', '.join(parts)}}}"
    if len(line) <= _WIDTH:
        yield line
        return
    for at, part in enumerate(parts):
        yield f"{indent}{'  ' if at else '- '}{part}"


def _pair(text: Text) -> str:
    return f"{{vi: {_quoted(text.vi)}, en: {_quoted(text.en)}}}"


def _codes(codes: Iterable[str]) -> str:
    return f"[{', '.join(_quoted(code) for code in codes)}]"


def _quoted(text: str) -> str:
    """A text in double quotes: what JSON writes, YAML reads, but for marks that YAML wants escaped."""
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _number(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
